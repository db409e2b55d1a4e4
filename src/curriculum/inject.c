/*
 * inject.c
 *		inject_variables() and template_variables() for text, and what they
 *		share with those for jsonb.
 *
 * Cost: a call site caches the variables of the last call and the templates
 * that it has parsed. A cached template with the same variables costs a
 * comparison of both with the cached copies, and one pass over the result.
 * Otherwise the template is parsed, or the variables are read, or both. A template
 * that gets no place in the cache is rendered in one pass, unless there is anything
 * unusual in it.
 *
 * Memory: the cache lives as long as the query. It holds one copy of the
 * variables, and up to work_mem of templates. A template of more than
 * CACHED_TEMPLATE_BYTES is not cached but parsed in place, in parts of at most
 * PART_PIECES pieces. If it takes several parts, they are parsed twice: to
 * measure the result and find missing variables, and to render. The result is
 * allocated once, in the caller's context.
 *
 * A call site may be used again after an error at any point. So whatever is
 * being changed is marked invalid before, and valid after.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/pg_prng.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/texts.h"
#include "curriculum/inject.h"
#include "curriculum/variables.h"

#define CACHE_SETS				256
#define CACHE_WAYS				4
#define CACHED_TEMPLATE_BYTES	(16 * 1024)
#define PART_PIECES				8192
#define CACHE_LINE				64
#define PREFETCHED_BYTES		4096
#define OUTPUT_BYTES			(2 * CACHED_TEMPLATE_BYTES)
#define REPORTED_NAME_BYTES		100
#define REPORTED_NAMES_BYTES	1024

PG_FUNCTION_INFO_V1(inject_variables_text);
PG_FUNCTION_INFO_V1(template_variables_text);

/* A parsed template, and the values of its placeholders. */
typedef struct KnownTemplate
{
	uint64		fingerprint;
	Template	template;
	TemplateText *values;
	uint64		generation;		/* that of the variables; 0 if no values */
	TemplateMissing mode;
	uint64		bytes;			/* length of the result */
} KnownTemplate;

/*
 * A set of the cache, which is set-associative; the fingerprint selects the
 * set.
 */
typedef struct CacheSet
{
	KnownTemplate *ways[CACHE_WAYS];
	uint64		refused;		/* fingerprint last refused a place */
	uint32		victim;			/* the way to evict next */
} CacheSet;

struct InjectSite
{
	MemoryContext context;
	Variables	variables;
	TemplateMissing mode;
	bool		constant_template;
	KnownTemplate *current;
	MemoryContext cache;
	CacheSet	sets[CACHE_SETS];
	TemplateParser parser;
	KnownTemplate scratch;		/* the template in the parser, not cached */
	uint32		values_allocated;	/* length of scratch.values */
	char	   *buffer;			/* for a padded copy of a short source */
	TemplateInjector injector;
	uint64		injector_generation;	/* of the variables that it knows */
	char	   *output;			/* of the injector; NULL before it is needed */
	bool		in_parts;		/* the parser has only a part of it */
	TemplateTexts missing;
	MemoryContext missing_names;
	Size		missing_bytes;
};

/*
 * A TemplateReallocate. The first allocation is in the current context, and
 * the chunk stays there.
 */
static void *
reallocate(void *pointer, size_t size)
{
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("template has too many different placeholders"),
				 errhint("Split the template."),
				 errargument("template")));
	return pointer == NULL ? palloc(size) : repalloc(pointer, size);
}

static uint64
hash_seed(void)
{
	static uint64 seed = 0;

	if (seed == 0)
		seed = pg_prng_uint64(&pg_global_prng_state) | 1;
	return seed;
}

/*
 * Call sites
 */

/*
 * Whether the argument is a literal. A Param is not: it is stable within a
 * query, but PL/pgSQL evaluates the same expression again with other values.
 */
static bool
is_constant(FmgrInfo *flinfo, int argument)
{
	List	   *arguments;

	if (flinfo->fn_expr == NULL || !IsA(flinfo->fn_expr, FuncExpr))
		return false;
	arguments = ((FuncExpr *) flinfo->fn_expr)->args;
	return argument < list_length(arguments) &&
		IsA(list_nth(arguments, argument), Const);
}

static InjectSite *
create_site(FmgrInfo *flinfo)
{
	MemoryContext context = AllocSetContextCreate(flinfo->fn_mcxt,
												  "learnify injection",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	InjectSite *site = palloc0(sizeof(InjectSite));

	site->context = context;
	variables_init(&site->variables, context, is_constant(flinfo, 1));
	site->constant_template = is_constant(flinfo, 0);
	site->cache = AllocSetContextCreate(context, "learnify templates",
										ALLOCSET_DEFAULT_SIZES);
	site->buffer = palloc(CACHED_TEMPLATE_BYTES + TEMPLATE_PADDING);
	template_parser_init(&site->parser, reallocate, hash_seed());
	template_texts_init(&site->missing, reallocate, hash_seed());
	template_texts_clear(&site->missing);
	site->missing_names = AllocSetContextCreate(context,
												"learnify missing variables",
												ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(old);
	flinfo->fn_extra = site;
	return site;
}

static TemplateMissing
missing_mode(text *mode)
{
	if (text_equals_string(mode, "error"))
		return TEMPLATE_MISSING_ERROR;
	if (text_equals_string(mode, "keep"))
		return TEMPLATE_MISSING_KEEP;
	if (text_equals_string(mode, "empty"))
		return TEMPLATE_MISSING_EMPTY;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown way to treat missing variables: \"%s\"",
					excerpt_text(mode)),
			 errhint("Use 'error', 'keep' or 'empty'."),
			 errargument("missing")));
	return TEMPLATE_MISSING_ERROR;	/* keep the compiler quiet */
}

/* Removes what an error in the last call may have left behind. */
static void
clear_missing(InjectSite *site)
{
	template_texts_clear(&site->missing);
	site->missing_bytes = 0;
	MemoryContextReset(site->missing_names);
}

/* Begins a call with the arguments template, variables and missing. */
InjectSite *
inject_begin(FunctionCallInfo fcinfo)
{
	InjectSite *site = fcinfo->flinfo->fn_extra;

	if (site == NULL)
		site = create_site(fcinfo->flinfo);
	if (site->missing.count > 0)
		clear_missing(site);
	site->mode = missing_mode(PG_GETARG_TEXT_PP(2));
	variables_read(&site->variables, PG_GETARG_DATUM(1));
	return site;
}

/*
 * Templates
 */

static inline uint64
load_word(const char *data, size_t length)
{
	uint64		word = 0;

	memcpy(&word, data, length);
	return word;
}

/*
 * Hashes eight samples of the template. Templates with equal fingerprints may
 * differ: compare them as well.
 */
static uint64
fingerprint_of(TemplateText source)
{
	const uint64 odd = UINT64CONST(0x9E3779B97F4A7C15);
	uint64		sum = source.length;
	size_t		last;
	int			i;

	if (source.length < sizeof(uint64))
		return (sum + load_word(source.data, source.length) * 2) * odd;
	last = source.length - sizeof(uint64);
	for (i = 0; i < 7; i++)
		sum += load_word(source.data + last / 7 * i, sizeof(uint64)) * (odd << i | 1);
	return (sum ^ load_word(source.data + last, sizeof(uint64)) ^ sum >> 32) * odd;
}

static CacheSet *
cache_set(InjectSite *site, uint64 fingerprint)
{
	return &site->sets[(fingerprint >> 32) % CACHE_SETS];
}

static inline bool
is_parsed_from(const KnownTemplate *known, TemplateText source)
{
	return known->template.source.length == source.length &&
		memcmp(known->template.source.data, source.data, source.length) == 0;
}

static KnownTemplate *
find_known(CacheSet *set, TemplateText source, uint64 fingerprint)
{
	int			i;

	for (i = 0; i < CACHE_WAYS; i++)
	{
		KnownTemplate *known = set->ways[i];

		if (known != NULL && known->fingerprint == fingerprint &&
			is_parsed_from(known, source))
			return known;
	}
	return NULL;
}

/* Parses a part into scratch; returns whether it was the last one. */
static bool
parse_part(InjectSite *site, TemplateText source, bool padded, size_t start)
{
	MemoryContext old = MemoryContextSwitchTo(site->context);
	bool		last;
	uint32		count;

	CHECK_FOR_INTERRUPTS();
	last = template_parse(&site->parser, source, padded, start, PART_PIECES);
	site->scratch.template = site->parser.template;
	site->scratch.generation = 0;
	count = site->parser.placeholders_allocated;
	if (count > site->values_allocated)
	{
		site->scratch.values = reallocate(site->scratch.values,
										  count * sizeof(TemplateText));
		site->values_allocated = count;
	}
	MemoryContextSwitchTo(old);
	return last;
}

/* Returns where to cache a template, or NULL not to cache it. */
static KnownTemplate **
choose_way(InjectSite *site, CacheSet *set, uint64 fingerprint)
{
	Size		used = MemoryContextMemAllocated(site->cache, false);
	KnownTemplate **way;
	int			i;

	for (i = 0; i < CACHE_WAYS && used < work_mem * (Size) 1024; i++)
		if (set->ways[i] == NULL)
			return &set->ways[i];

	/*
	 * Evict only for a template missed twice, so that one-offs do not flush
	 * the cache.
	 */
	if (set->refused != fingerprint)
	{
		set->refused = fingerprint;
		return NULL;
	}
	way = &set->ways[set->victim++ % CACHE_WAYS];
	if (*way == NULL)
		return NULL;
	pfree(*way);
	*way = NULL;
	return way;
}

/*
 * Copies a template to one chunk: the struct, its arrays and the padded
 * source.
 */
static KnownTemplate *
pack_template(MemoryContext context, const Template *template)
{
	Size		values = template->placeholder_count * sizeof(TemplateText);
	Size		placeholders = template->placeholder_count * sizeof(TemplatePlaceholder);
	Size		pieces = template->piece_count * sizeof(TemplatePiece);
	KnownTemplate *known;
	char	   *at;

	known = MemoryContextAlloc(context,
							   sizeof(KnownTemplate) + values + placeholders +
							   pieces + template->source.length + TEMPLATE_PADDING);
	at = (char *) (known + 1);
	known->generation = 0;
	known->template = *template;
	known->values = (TemplateText *) at;
	at += values;
	known->template.placeholders = memcpy(at, template->placeholders, placeholders);
	at += placeholders;
	known->template.pieces = memcpy(at, template->pieces, pieces);
	at += pieces;
	known->template.source.data = memcpy(at, template->source.data,
										 template->source.length);
	return known;
}

/* Parses the template in the buffer, and caches it where there is a place. */
static KnownTemplate *
learn_template(InjectSite *site, KnownTemplate **way, TemplateText source,
			   uint64 fingerprint)
{
	source.data = site->buffer;
	site->in_parts = !parse_part(site, source, true, 0);
	if (way == NULL)
		return &site->scratch;
	*way = pack_template(site->cache, &site->scratch.template);
	(*way)->fingerprint = fingerprint;
	return *way;
}

static TemplateResolver
make_resolver(InjectSite *site)
{
	TemplateResolver resolver;

	resolver.variables = &site->variables.table;
	resolver.text_of = variables_text_of;
	resolver.context = &site->variables;
	resolver.mode = site->missing_bytes > REPORTED_NAMES_BYTES ?
		TEMPLATE_MISSING_EMPTY : site->mode;
	resolver.missing = &site->missing;
	return resolver;
}

/*
 * Renders the template in the buffer in one pass. Returns the length of the result,
 * which is in site->output, or -1 where it has to be parsed.
 */
static int64
render_at_once(InjectSite *site, TemplateText source)
{
	TemplateResolver resolver = make_resolver(site);
	MemoryContext old = MemoryContextSwitchTo(site->context);
	char	   *end;

	if (site->output == NULL)
	{
		template_injector_init(&site->injector, reallocate, hash_seed());
		site->output = palloc(OUTPUT_BYTES);
	}
	if (site->injector_generation != site->variables.generation)
	{
		template_injector_clear(&site->injector);
		site->injector_generation = site->variables.generation;
	}
	source.data = site->buffer;
	end = template_inject(&site->injector, &resolver, source, site->output,
						  OUTPUT_BYTES);
	MemoryContextSwitchTo(old);
	return end == NULL ? -1 : end - site->output;
}

/*
 * Makes this template the site's current one, or, where that is asked for and the
 * template is not going to be cached, renders it; returns the length of the result
 * then, and otherwise -1.
 */
static int64
open_or_render(InjectSite *site, TemplateText source, bool may_render)
{
	uint64		fingerprint;
	CacheSet   *set;
	KnownTemplate **way;
	int64		rendered = -1;

	if (site->current != NULL && site->current != &site->scratch &&
		is_parsed_from(site->current, source))
		return -1;				/* the same as in the last call */
	site->current = NULL;
	if (source.length > CACHED_TEMPLATE_BYTES)
	{
		site->in_parts = !parse_part(site, source, false, 0);
		site->current = &site->scratch;
		return -1;
	}
	fingerprint = fingerprint_of(source);
	set = cache_set(site, fingerprint);
	site->current = find_known(set, source, fingerprint);
	if (site->current != NULL)
		return -1;
	way = choose_way(site, set, fingerprint);
	memcpy(site->buffer, source.data, source.length);
	if (way == NULL && may_render)
		rendered = render_at_once(site, source);
	if (rendered < 0)
		site->current = learn_template(site, way, source, fingerprint);
	return rendered;
}

/* Makes this template the site's current one. */
void
inject_open(InjectSite *site, TemplateText source)
{
	(void) open_or_render(site, source, false);
}

/*
 * Measuring and rendering
 */

/*
 * Copies the names that were found missing, since the template may be freed
 * first.
 */
static void
keep_missing_names(InjectSite *site, uint32 from)
{
	uint32		i;

	for (i = from; i < site->missing.count; i++)
	{
		TemplateText *name = &site->missing.texts[i];
		char	   *copy = MemoryContextAlloc(site->missing_names, name->length);

		memcpy(copy, name->data, name->length);
		name->data = copy;
		site->missing_bytes += name->length;
	}
}

/*
 * Resolves the placeholders; collects missing names up to what an error can
 * report.
 */
static uint64
resolve(InjectSite *site, KnownTemplate *known)
{
	uint32		missing = site->missing.count;
	TemplateResolver resolver = make_resolver(site);
	uint64		bytes;

	bytes = template_resolve(&known->template, &resolver, known->values);
	if (site->missing.count > missing)
		keep_missing_names(site, missing);
	return bytes;
}

static uint64
measure_parts(InjectSite *site)
{
	TemplateText source = site->scratch.template.source;
	uint64		bytes = resolve(site, &site->scratch);
	bool		last = false;

	while (!last)
	{
		last = parse_part(site, source, false, site->parser.next);
		bytes += resolve(site, &site->scratch);
	}
	return bytes;
}

/*
 * Returns the length of the result, and collects the names that are missing.
 */
uint64
inject_measure(InjectSite *site)
{
	KnownTemplate *known = site->current;
	uint64		generation = site->variables.generation;

	if (known == &site->scratch && site->in_parts)
		return measure_parts(site);
	if (known->generation == generation && known->mode == site->mode)
		return known->bytes;

	known->generation = 0;
	known->bytes = resolve(site, known);
	known->mode = site->mode;
	if (site->missing.count == 0)
		known->generation = generation;
	return known->bytes;
}

/*
 * Where the current template is one placeholder and nothing else, and its
 * variable is given, sets value to the variable, of whatever type, and returns
 * true.
 */
bool
inject_whole_variable(const InjectSite *site, JsonbValue *value)
{
	const Template *template = &site->current->template;
	int64		number;

	if (!template_is_placeholder(template))
		return false;
	number = template_variables_find(&site->variables.table,
									 template_placeholder_name(template, 1));
	if (number < 0)
		return false;
	variables_json_value(&site->variables, (uint32) number, value);
	return true;
}

bool
inject_lacks_variables(const InjectSite *site)
{
	return site->missing.count > 0;
}

void
inject_report_missing(const InjectSite *site)
{
	StringInfoData names;
	uint32		i;

	initStringInfo(&names);
	for (i = 0; i < site->missing.count && names.len <= REPORTED_NAMES_BYTES; i++)
	{
		TemplateText name = site->missing.texts[i];
		bool		whole = name.length <= REPORTED_NAME_BYTES;

		if (i > 0)
			appendStringInfoString(&names, ", ");
		appendBinaryStringInfo(&names, name.data,
							   whole ? name.length : REPORTED_NAME_BYTES);
		if (!whole)
			appendStringInfoString(&names, "...");
	}
	if (i < site->missing.count || site->missing_bytes > REPORTED_NAMES_BYTES)
		appendStringInfoString(&names, " and more");
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_PARAMETER),
			 errmsg_plural("missing variable: %s", "missing variables: %s",
						   site->missing.count, names.data),
			 errhint("Supply what is missing, give the placeholders a default as in {NAME|default}, or pass missing => 'keep' or 'empty'."),
			 errargument("variables")));
}

void
inject_check_size(uint64 bytes, uint64 limit)
{
	if (bytes > limit)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("template would render to " UINT64_FORMAT " bytes, over the limit of " UINT64_FORMAT,
						bytes, limit),
				 errhint("Shorten the template or its variables, or split the template."),
				 errargument("template")));
}

/*
 * Writes the result, whose length inject_measure() has returned, and up to
 * TEMPLATE_PADDING bytes of garbage after it.
 */
void
inject_render(InjectSite *site, char *destination)
{
	KnownTemplate *known = site->current;
	TemplateText source = known->template.source;
	size_t		start = 0;
	bool		last = false;

	if (known != &site->scratch || !site->in_parts)
	{
		template_render(&known->template, known->values, destination);
		return;
	}
	while (!last)
	{
		last = parse_part(site, source, false, start);
		resolve(site, known);
		destination = template_render(&known->template, known->values,
									  destination);
		start = site->parser.next;
	}
}

/*
 * Names of placeholders
 */

void
collector_init(NameCollector *collector, bool without_default)
{
	template_parser_init(&collector->parser, reallocate, hash_seed());
	template_texts_init(&collector->names, reallocate, hash_seed());
	collector->without_default = without_default;
}

/* Collects the names of a template; they point into the source. */
void
collect_names(NameCollector *collector, TemplateText source)
{
	TemplateParser *parser = &collector->parser;
	const Template *template = &parser->template;
	size_t		start = 0;
	bool		last = false;
	uint32		i;

	while (!last)
	{
		CHECK_FOR_INTERRUPTS();
		last = template_parse(parser, source, false, start, PART_PIECES);
		for (i = TEMPLATE_NO_PLACEHOLDER + 1; i < template->placeholder_count; i++)
			if (!collector->without_default ||
				!template_placeholder_has_default(template, i))
				template_texts_add(&collector->names,
								   template_placeholder_name(template, i));
		start = parser->next;
	}
}

static ArrayType *
collected_names(const NameCollector *collector)
{
	uint32		count = collector->names.count;
	uint64		bytes = 0;
	Datum	   *names;
	uint32		i;

	if (count == 0)
		return construct_empty_array(TEXTOID);
	for (i = 0; i < count; i++)
		bytes += INTALIGN(VARHDRSZ + collector->names.texts[i].length);
	inject_check_size(bytes, MAX_RENDERED_BYTES);

	names = palloc(count * sizeof(Datum));
	for (i = 0; i < count; i++)
	{
		TemplateText name = collector->names.texts[i];

		names[i] = PointerGetDatum(cstring_to_text_with_len(name.data, name.length));
	}
	return construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT);
}

/* template_variables(template, without_default boolean) for any type of template */
Datum
template_variables(FunctionCallInfo fcinfo, Pointer template,
				   void (*collect) (NameCollector *, Pointer))
{
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext,
											   "learnify template variables",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(work);
	NameCollector collector;
	ArrayType  *names;

	collector_init(&collector, PG_GETARG_BOOL(1));
	collect(&collector, template);
	MemoryContextSwitchTo(old);
	names = collected_names(&collector);
	MemoryContextDelete(work);
	PG_FREE_IF_COPY(template, 0);
	PG_RETURN_ARRAYTYPE_P(names);
}

/*
 * SQL functions
 */

static inline TemplateText
source_of(text *template)
{
	TemplateText source = {VARDATA_ANY(template), VARSIZE_ANY_EXHDR(template)};

	return source;
}

/*
 * Prefetches a template, which mostly is in memory that has not been read yet.
 * To request all cache lines at once is faster than to miss them one after the
 * other.
 */
static inline void
prefetch_source(TemplateText source)
{
	size_t		at;

	for (at = 0; at < source.length && at < PREFETCHED_BYTES; at += CACHE_LINE)
		__builtin_prefetch(source.data + at);
}

Datum
inject_variables_text(PG_FUNCTION_ARGS)
{
	text	   *template = PG_GETARG_TEXT_PP(0);
	InjectSite *site;
	text	   *result;
	uint64		bytes;
	int64		rendered = -1;

	prefetch_source(source_of(template));
	site = inject_begin(fcinfo);
	if (!site->constant_template || site->current == NULL ||
		site->current == &site->scratch)
		rendered = open_or_render(site, source_of(template), true);
	if (rendered >= 0)
	{
		result = cstring_to_text_with_len(site->output, (int) rendered);
		PG_FREE_IF_COPY(template, 0);
		PG_RETURN_TEXT_P(result);
	}
	bytes = inject_measure(site);
	if (inject_lacks_variables(site))
		inject_report_missing(site);
	inject_check_size(bytes, MAX_RENDERED_BYTES);

	result = palloc(VARHDRSZ + bytes + TEMPLATE_PADDING);
	SET_VARSIZE(result, VARHDRSZ + bytes);
	inject_render(site, VARDATA(result));
	PG_FREE_IF_COPY(template, 0);
	PG_RETURN_TEXT_P(result);
}

static void
collect_text_names(NameCollector *collector, Pointer template)
{
	collect_names(collector, source_of((text *) template));
}

Datum
template_variables_text(PG_FUNCTION_ARGS)
{
	return template_variables(fcinfo, (Pointer) PG_GETARG_TEXT_PP(0),
							  collect_text_names);
}
