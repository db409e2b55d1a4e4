/*
 * inject_jsonb.c
 *		inject_variables() and template_variables() for jsonb templates.
 *
 * Every string value is a template; keys are not. A string that is one
 * placeholder and nothing else is replaced by the variable with its JSON type.
 *
 * Cost: one walk over the template, and for each string that of inject.c.
 *
 * Memory: the walk allocates in a context of its own, which is deleted at the
 * end. A result of more than BUILT_AT_ONCE takes two walks: the first one
 * measures it, and only the second one, once the size is known to be within
 * bounds, builds it.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/json_object.h"
#include "curriculum/inject.h"
#include "curriculum/template.h"

PG_FUNCTION_INFO_V1(inject_variables_jsonb);
PG_FUNCTION_INFO_V1(template_variables_jsonb);

/* Bytes that alignment can add to a number, an array or an object. */
#define MAX_ALIGNMENT	3

/* Up to this size, the result is built while it is measured. */
#define BUILT_AT_ONCE	(16 * 1024 * 1024)

typedef struct JsonbInjection
{
	InjectSite *site;
	uint64		bytes;			/* upper bound for the result so far */
	uint64		limit;			/* beyond this, the result is only measured */
} JsonbInjection;

static bool
is_string_value(JsonbIteratorToken token, const JsonbValue *value)
{
	return (token == WJB_ELEM || token == WJB_VALUE) && value->type == jbvString;
}

static TemplateText
source_of(const JsonbValue *string)
{
	TemplateText source = {string->val.string.val, string->val.string.len};

	return source;
}

/* Adds to the size of the result; returns whether it is still to be built. */
static bool
add_bytes(JsonbInjection *injection, uint64 bytes)
{
	injection->bytes += bytes;
	return injection->bytes <= injection->limit;
}

static uint64
value_bytes(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return value->val.string.len;
		case jbvNumeric:
			return VARSIZE_ANY(value->val.numeric) + MAX_ALIGNMENT;
		case jbvBinary:
			return value->val.binary.len + MAX_ALIGNMENT;
		default:
			return 0;
	}
}

/* Replaces a string by its result, unless the limit is exceeded. */
static void
inject_string(JsonbInjection *injection, JsonbValue *value)
{
	InjectSite *site = injection->site;
	TemplateText source = source_of(value);
	uint64		bytes;

	CHECK_FOR_INTERRUPTS();
	if (memchr(source.data, '{', source.length) == NULL)
		return;
	inject_open(site, source);
	if (inject_whole_variable(site, value))
	{
		if (!add_bytes(injection, value_bytes(value)))
			value->type = jbvNull;
		return;
	}
	bytes = inject_measure(site);
	if (!add_bytes(injection, bytes) || inject_lacks_variables(site))
		return;
	value->val.string.val = palloc(bytes + TEMPLATE_PADDING);
	value->val.string.len = bytes;
	inject_render(site, value->val.string.val);
}

/* Processes one token of the walk; returns whether the token has a value. */
static bool
inject_token(JsonbInjection *injection, JsonbIteratorToken token, JsonbValue *value)
{
	switch (token)
	{
		case WJB_ELEM:
		case WJB_VALUE:
			if (value->type == jbvString)
				inject_string(injection, value);
			else
				add_bytes(injection, MAX_ALIGNMENT);
			return true;
		case WJB_KEY:
			return true;
		default:
			add_bytes(injection, MAX_ALIGNMENT);
			return false;
	}
}

static JsonbValue *
inject_container(JsonbInjection *injection, JsonbContainer *container)
{
	JsonbIterator *iterator = JsonbIteratorInit(container);
	JsonBuilder builder = {0};
	JsonbValue	value;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &value, false)) != WJB_DONE)
	{
		bool		has_value = inject_token(injection, token, &value);

		push_jsonb_token(&builder, token, has_value ? &value : NULL);
	}
	return builder.result;
}

static JsonbValue *
inject_root(JsonbInjection *injection, Jsonb *template, uint64 limit)
{
	JsonbValue *scalar;

	injection->bytes = VARSIZE(template);
	injection->limit = limit;
	if (!JB_ROOT_IS_SCALAR(template))
		return inject_container(injection, &template->root);
	scalar = palloc(sizeof(JsonbValue));
	JsonbExtractScalar(&template->root, scalar);
	inject_token(injection, WJB_ELEM, scalar);
	return scalar;
}

static JsonbValue *
inject_jsonb(InjectSite *site, Jsonb *template)
{
	JsonbInjection injection;
	JsonbValue *value;

	injection.site = site;
	value = inject_root(&injection, template, BUILT_AT_ONCE);
	if (inject_lacks_variables(site))
		inject_report_missing(site);
	inject_check_size(injection.bytes, JENTRY_OFFLENMASK);
	if (injection.bytes > BUILT_AT_ONCE)
		value = inject_root(&injection, template, JENTRY_OFFLENMASK);
	return value;
}

Datum
inject_variables_jsonb(PG_FUNCTION_ARGS)
{
	Jsonb	   *template = PG_GETARG_JSONB_P(0);
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext,
											   "learnify jsonb injection",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(work);
	JsonbValue *value = inject_jsonb(inject_begin(fcinfo), template);
	Jsonb	   *result;

	MemoryContextSwitchTo(old);
	result = JsonbValueToJsonb(value);
	MemoryContextDelete(work);
	PG_FREE_IF_COPY(template, 0);
	PG_RETURN_JSONB_P(result);
}

static void
collect_jsonb_names(NameCollector *collector, Pointer template)
{
	JsonbIterator *iterator = JsonbIteratorInit(&((Jsonb *) template)->root);
	JsonbIteratorToken token;
	JsonbValue	value;

	while ((token = JsonbIteratorNext(&iterator, &value, false)) != WJB_DONE)
		if (is_string_value(token, &value))
			collect_names(collector, source_of(&value));
}

Datum
template_variables_jsonb(PG_FUNCTION_ARGS)
{
	return template_variables(fcinfo, (Pointer) PG_GETARG_JSONB_P(0),
							  collect_jsonb_names);
}
