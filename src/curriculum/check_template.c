/*
 * check_template.c
 *		check_template() for text and jsonb: finds text in a template that was
 *		probably meant as a placeholder but will not be filled in.
 *
 * The keys of a jsonb template decide whether a string is taken for prose, code or
 * data; see text_of_key.
 *
 * Cost: three passes over the template, and for each near miss a comparison with
 * each known name. Memory: the rows, and a context of its own that holds the parsed
 * part of one string.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "utils/varlena.h"

#include "base/compat.h"
#include "base/growing_array.h"
#include "curriculum/inject.h"
#include "curriculum/near_miss.h"

PG_FUNCTION_INFO_V1(check_template_text);
PG_FUNCTION_INFO_V1(check_template_jsonb);

#define PART_PIECES			8192
#define SHOWN_FRAGMENT		200
#define COMPARED_NAME_MAX	255
#define MAX_EDITS			2

/* The current key or index of an object or array that encloses the string. */
typedef struct PathStep
{
	bool		is_array;
	int			index;			/* of the element */
	TemplateText key;
} PathStep;

typedef struct Path
{
	PathStep   *items;
	Size		count;
	Size		allocated;
} Path;

typedef struct TemplateCheck
{
	ReturnSetInfo *set;
	MemoryContext work;
	NameCollector names;		/* known names first, then unknown ones */
	uint32		known_count;
	bool	   *used;			/* for each known name */
	Path		path;
	TemplateText source;		/* the current string */
} TemplateCheck;

/*
 * Rows
 */

static Datum
text_datum(TemplateText text)
{
	return PointerGetDatum(cstring_to_text_with_len(text.data, text.length));
}

static Datum
path_datum(const Path *path)
{
	Datum	   *steps = palloc((path->count + 1) * sizeof(Datum));
	Size		i;

	for (i = 0; i < path->count; i++)
	{
		const PathStep *step = &path->items[i];

		steps[i] = step->is_array ? CStringGetTextDatum(psprintf("%d", step->index)) :
			text_datum(step->key);
	}
	return PointerGetDatum(construct_array(steps, path->count, TEXTOID, -1, false,
										   TYPALIGN_INT));
}

static Datum
fragment_datum(TemplateText fragment)
{
	int			length;

	if (fragment.length <= SHOWN_FRAGMENT)
		return text_datum(fragment);
	length = pg_mbcliplen(fragment.data, fragment.length, SHOWN_FRAGMENT);
	return CStringGetTextDatum(psprintf("%.*s...", length, fragment.data));
}

/* Returns the position of the fragment, in characters from 1. */
static Datum
position_datum(TemplateText source, TemplateText fragment)
{
	return Int32GetDatum(pg_mbstrlen_with_len(source.data,
											  fragment.data - source.data) + 1);
}

static void
put_finding(TemplateCheck *check, const char *kind, TemplateText fragment,
			bool is_placed, const char *suggestion)
{
	MemoryContext row = AllocSetContextCreate(check->work, "learnify finding",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(row);
	Datum		values[5] = {0};
	bool		nulls[5] = {false, false, !is_placed, !is_placed, suggestion == NULL};

	values[0] = CStringGetTextDatum(kind);
	values[1] = fragment_datum(fragment);
	if (is_placed)
	{
		values[2] = path_datum(&check->path);
		values[3] = position_datum(check->source, fragment);
	}
	if (suggestion != NULL)
		values[4] = CStringGetTextDatum(suggestion);
	tuplestore_putvalues(check->set->setResult, check->set->setDesc, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row);
}

/*
 * Names
 */

/* Returns how many edits a misspelling of a name of this length may have. */
static int
edits_of(TemplateText name)
{
	return Min(MAX_EDITS, name.length / 3);
}

/* Returns the nearest known name that is at most so many edits away, or NULL. */
static const TemplateText *
nearest_name(const TemplateCheck *check, TemplateText name, int edits)
{
	const TemplateText *nearest = NULL;
	uint32		i;

	if (name.length > COMPARED_NAME_MAX)
		return NULL;
	for (i = 0; i < check->known_count && edits >= 0; i++)
	{
		const TemplateText *known = &check->names.names.texts[i];
		int			distance;

		CHECK_FOR_INTERRUPTS();
		if (known->length > COMPARED_NAME_MAX)
			continue;
		distance = varstr_levenshtein_less_equal(name.data, name.length,
												 known->data, known->length,
												 1, 1, 1, edits, true);
		if (distance > edits)
			continue;
		nearest = known;
		edits = distance - 1;
	}
	return nearest;
}

/* Returns the intended placeholder, with the default text of the fragment. */
static char *
placeholder_of(const TemplateText *name, TemplateText fragment)
{
	const char *end = memchr(fragment.data, '}', fragment.length);
	const char *bar = end == NULL ? NULL :
	memchr(fragment.data, '|', end - fragment.data);

	if (name == NULL)
		return NULL;
	if (bar == NULL)
		bar = end = fragment.data;
	return psprintf("{%.*s%.*s}", (int) name->length, name->data,
					(int) (end - bar), bar);
}

static void
add_known_names(TemplateCheck *check, ArrayType *known)
{
	Datum	   *names;
	bool	   *nulls;
	int			count;
	int			i;

	deconstruct_array(known, TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, &count);
	for (i = 0; i < count; i++)
	{
		text	   *name;
		TemplateText bytes;

		if (nulls[i])
			continue;
		name = DatumGetTextPP(names[i]);
		bytes.data = VARDATA_ANY(name);
		bytes.length = VARSIZE_ANY_EXHDR(name);
		template_texts_add(&check->names.names, bytes);
	}
	check->known_count = check->names.names.count;
	check->used = palloc0(check->known_count + 1);
}

/*
 * Strings
 */

static void
put_near_miss(TemplateCheck *check, const NearMiss *miss)
{
	char	   *data = palloc(miss->name.length);
	TemplateText name = {data, miss->name.length};
	const TemplateText *known;

	near_miss_name(miss->name, data);
	known = nearest_name(check, name, miss->misspelled ? edits_of(name) : 0);
	if (known != NULL)
		put_finding(check, "near_miss", miss->fragment, true,
					placeholder_of(known, miss->fragment));
}

/*
 * A default text ends at the first closing brace. So a placeholder inside of it
 * ends it, and is not filled in.
 */
static bool
has_placeholder_in_default(const TemplateCheck *check, TemplateText fragment,
						   size_t name_length)
{
	const char *end = fragment.data + fragment.length - 1;
	const char *at = fragment.data + 1 + name_length;
	TemplateText name;

	while ((at = memchr(at, '{', end - at)) != NULL)
	{
		const char *bar;

		name.data = ++at;
		bar = memchr(at, '|', end - at);
		name.length = (bar == NULL ? end : bar) - at;
		if (nearest_name(check, name, 0) != NULL)
			return true;
	}
	return false;
}

static void
note_placeholder(TemplateCheck *check, TemplateText fragment, TemplateText name)
{
	TemplateTexts *names = &check->names.names;
	uint32		count = names->count;
	uint32		number = template_texts_add(names, name);

	if (number < check->known_count)
		check->used[number] = true;
	else if (number == count)
		put_finding(check, "unknown", fragment, true,
					placeholder_of(nearest_name(check, name, edits_of(name)),
								   fragment));
	if (fragment.length > name.length + 2 &&
		has_placeholder_in_default(check, fragment, name.length))
		put_finding(check, "near_miss", fragment, true, NULL);
}

static void
check_piece(TemplateCheck *check, NearMissScan *scan, const TemplatePiece *piece)
{
	const Template *template = &check->names.parser.template;
	size_t		end = (size_t) piece->literal_start + piece->literal_length;
	NearMiss	miss;

	near_miss_skip(scan, piece->literal_start);
	while (near_miss_next(scan, end, &miss))
		put_near_miss(check, &miss);
	if (piece->placeholder != TEMPLATE_NO_PLACEHOLDER)
	{
		TemplateText fragment = {check->source.data + end,
		(size_t) template->placeholders[piece->placeholder].length + 2};

		note_placeholder(check, fragment,
						 template_placeholder_name(template, piece->placeholder));
	}
}

static void
check_string(TemplateCheck *check, TemplateText source, NearMissText kind)
{
	TemplateParser *parser = &check->names.parser;
	NearMissScan scan;
	size_t		start = 0;
	bool		last = false;
	size_t		i;

	if (memchr(source.data, '{', source.length) == NULL &&
		memchr(source.data, '}', source.length) == NULL)
		return;
	check->source = source;
	near_miss_begin(&scan, source, kind);
	while (!last)
	{
		last = template_parse(parser, source, false, start, PART_PIECES);
		for (i = 0; i < parser->template.piece_count; i++)
		{
			CHECK_FOR_INTERRUPTS();
			check_piece(check, &scan, &parser->template.pieces[i]);
		}
		start = parser->next;
	}
}

/* A placeholder in a key is a near miss, because keys are not filled in. */
static void
check_key(TemplateCheck *check, TemplateText key)
{
	TemplateParser *parser = &check->names.parser;
	uint32		i;

	if (memchr(key.data, '{', key.length) == NULL)
		return;
	check->source = key;
	template_parse(parser, key, false, 0, PART_PIECES);
	for (i = TEMPLATE_NO_PLACEHOLDER + 1; i < parser->template.placeholder_count; i++)
	{
		TemplatePlaceholder *placeholder = &parser->template.placeholders[i];
		TemplateText fragment = {key.data + placeholder->start - 1,
		(size_t) placeholder->length + 2};

		if (nearest_name(check, template_placeholder_name(&parser->template, i), 0) != NULL)
			put_finding(check, "near_miss", fragment, true, NULL);
	}
}

/*
 * Walks
 */

static bool
key_is(TemplateText key, const char *name)
{
	return key.length == strlen(name) && memcmp(key.data, name, key.length) == 0;
}

/* Exercises have the keys starter_code, solution_code and test_cases. */
static NearMissText
text_of_key(const Path *path)
{
	NearMissText kind = NEAR_MISS_PROSE;
	Size		i;

	for (i = 0; i < path->count; i++)
	{
		TemplateText key = path->items[i].key;

		if (path->items[i].is_array)
			continue;
		if (key_is(key, "test_cases"))
			return NEAR_MISS_DATA;
		kind = key.length >= 4 && memcmp(key.data + key.length - 4, "code", 4) == 0 ?
			NEAR_MISS_CODE : NEAR_MISS_PROSE;
	}
	return kind;
}

static void
check_token(TemplateCheck *check, JsonbIteratorToken token, const JsonbValue *value)
{
	PathStep   *step = check->path.count == 0 ? NULL :
	&check->path.items[check->path.count - 1];

	if (token == WJB_KEY)
	{
		step->key.data = value->val.string.val;
		step->key.length = value->val.string.len;
		check_key(check, step->key);
		return;
	}
	/* any other token begins the next element of an array */
	if (step != NULL && step->is_array && token != WJB_END_ARRAY)
		step->index++;
	if (token == WJB_BEGIN_ARRAY || token == WJB_BEGIN_OBJECT)
	{
		step = growing_array_append(&check->path);
		memset(step, 0, sizeof(PathStep));
		step->is_array = token == WJB_BEGIN_ARRAY;
		step->index = -1;
	}
	else if (token == WJB_END_ARRAY || token == WJB_END_OBJECT)
		check->path.count--;
	else if (value->type == jbvString)
	{
		TemplateText source = {value->val.string.val, value->val.string.len};

		check_string(check, source, text_of_key(&check->path));
	}
}

static void
check_jsonb(TemplateCheck *check, Jsonb *template)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;

	if (JB_ROOT_IS_SCALAR(template))
	{
		JsonbExtractScalar(&template->root, &value);
		check_token(check, WJB_ELEM, &value);
		return;
	}
	iterator = JsonbIteratorInit(&template->root);
	while ((token = JsonbIteratorNext(&iterator, &value, false)) != WJB_DONE)
		check_token(check, token, &value);
}

static void
put_unused(TemplateCheck *check)
{
	uint32		i;

	for (i = 0; i < check->known_count; i++)
		if (!check->used[i])
			put_finding(check, "unused", check->names.names.texts[i], false, NULL);
}

/*
 * SQL functions
 */

static void
check_begin(TemplateCheck *check, FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, 0);
	memset(check, 0, sizeof(*check));
	check->set = (ReturnSetInfo *) fcinfo->resultinfo;
	check->work = AllocSetContextCreate(CurrentMemoryContext,
										"learnify template check",
										ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(check->work);
	collector_init(&check->names, false);
	add_known_names(check, PG_GETARG_ARRAYTYPE_P(1));
}

Datum
check_template_text(PG_FUNCTION_ARGS)
{
	MemoryContext old = CurrentMemoryContext;
	text	   *template = PG_GETARG_TEXT_PP(0);
	TemplateText source = {VARDATA_ANY(template), VARSIZE_ANY_EXHDR(template)};
	TemplateCheck check;

	check_begin(&check, fcinfo);
	check_string(&check, source, NEAR_MISS_PROSE);
	put_unused(&check);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(check.work);
	return (Datum) 0;
}

Datum
check_template_jsonb(PG_FUNCTION_ARGS)
{
	MemoryContext old = CurrentMemoryContext;
	Jsonb	   *template = PG_GETARG_JSONB_P(0);
	TemplateCheck check;

	check_begin(&check, fcinfo);
	check_jsonb(&check, template);
	put_unused(&check);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(check.work);
	return (Datum) 0;
}
