/*
 * texts.c
 *		The rules for the texts and documents of the tables: addresses, names,
 *		variables, titles, code, content.
 *
 * Each kind of text has one rule, and the name of the columns that contain it.  A
 * trigger on the tables tidies texts and refuses those that break their rule.
 * Functions with such arguments check them first, import_legacy changes texts to
 * obey the rules, and inject_variables() checks names.  What people call themselves
 * has a form; of other texts and documents only the size is limited, so that nobody
 * can make others read megabytes.
 *
 * The rules are checked by triggers and not by CHECK constraints, because rows of
 * earlier versions may break a rule that is newer.  Such rows can still be dumped
 * and restored, and their other columns can be updated.
 *
 * Cost: one pass over a text that has a form, or over a document, for its depth.
 * Memory: four bytes a character, in the current context; a text above
 * CHECKED_BYTES is too long for every rule with a form, so only its length is
 * computed.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/rel.h"

#include "base/argument.h"
#include "base/characters.h"
#include "base/compat.h"
#include "base/row_trigger.h"
#include "base/settings.h"
#include "base/texts.h"
#include "distribution/shards.h"
#include "identity/acting_user.h"
#include "identity/texts.h"

#define CHECKED_BYTES		(64 * 1024)
#define MAX_DEPTH			32

PG_FUNCTION_INFO_V1(tidy_texts);
PG_FUNCTION_INFO_V1(require_text);
PG_FUNCTION_INFO_V1(require_size);
PG_FUNCTION_INFO_V1(text_fault);
PG_FUNCTION_INFO_V1(document_fault);
PG_FUNCTION_INFO_V1(fit_text);
PG_FUNCTION_INFO_V1(fold_email);
PG_FUNCTION_INFO_V1(text_rules);

#define TEXT_REQUIRED		0x01	/* not blank */
#define TEXT_LINES			0x02	/* may have several lines, and tabs */
#define TEXT_EXACT			0x04	/* blanks around it are kept */
#define TEXT_ADDRESS		0x08	/* an e-mail address */
#define TEXT_NO_BRACES		0x10
#define TEXT_NO_ESCAPES		0x20	/* no \u */
#define TEXT_ALL_OR_NONE	0x40	/* of no use if it is changed */
#define TEXT_PLAIN			0x80	/* of any form */
#define TEXT_SECRET			0x100	/* must not be quoted */
#define DOCUMENT			0x200	/* jsonb, whose bytes are limited */

typedef struct TextRule
{
	const char *kind;			/* column, or table.column */
	const char *label;
	int			max_size;		/* characters, or a document's bytes as stored */
	int			flags;
	const char *hint;			/* NULL where the limit is all there is to say */
} TextRule;

static const TextRule rules[] = {
	{"email", "e-mail address", 255,
		TEXT_REQUIRED | TEXT_ADDRESS | TEXT_ALL_OR_NONE,
	"An address has one @ with something on both sides, no white space, and at most 255 characters."},
	{"name", "name", 100, TEXT_REQUIRED,
	"A name is one line of 1 to 100 characters."},
	{"avatar_url", "avatar_url", 2048, TEXT_ALL_OR_NONE,
	"Give the address of a picture, of at most 2048 characters, not the picture."},
	{"domain", "domain", 200, TEXT_NO_ESCAPES,
	"Name the domain on one line of 1 to 200 characters, such as sourdough baking."},
	{"variable_key", "variable name", 50,
		TEXT_REQUIRED | TEXT_EXACT | TEXT_NO_BRACES,
	"A variable's name has 1 to 50 characters, without braces and line breaks. Those that templates use are capital letters, digits and underscores."},
	{"variable_value", "variable", 200, TEXT_NO_ESCAPES,
	"A variable is a word or a phrase: one line of at most 200 characters."},
	{"validation_reason", "reason", 1000, TEXT_LINES,
	"Give the reason in at most 1000 characters."},
	{"achievements.name", "name", 200, TEXT_PLAIN, NULL},
	{"title", "title", 300, TEXT_PLAIN, NULL},
	{"generated_courses.title", "title", 300, 0,
	"A title is one line of 1 to 300 characters."},
	{"title_template", "title_template", 1000, TEXT_PLAIN, NULL},
	{"description", "description", 10000, TEXT_PLAIN, NULL},
	{"description_template", "description_template", 10000, TEXT_PLAIN, NULL},
	{"concept_slug", "concept_slug", 100, TEXT_PLAIN | TEXT_ALL_OR_NONE | TEXT_REQUIRED, NULL},
	{"slug", "slug", 100, TEXT_PLAIN | TEXT_ALL_OR_NONE | TEXT_REQUIRED, NULL},
	{"badge_icon", "badge_icon", 2048, TEXT_PLAIN | TEXT_ALL_OR_NONE, NULL},
	{"tag", "tag", 200, TEXT_PLAIN, NULL},
	{"next_tag", "tag", 200, TEXT_PLAIN, NULL},
	{"reason", "reason", 1000, TEXT_PLAIN, NULL},
	{"reference_type", "reference_type", 50, TEXT_PLAIN | TEXT_ALL_OR_NONE | TEXT_REQUIRED, NULL},
	{"password_hash", "password_hash", 500, TEXT_PLAIN | TEXT_ALL_OR_NONE | TEXT_SECRET, NULL},
	{"starter_code", "starter_code", 100000, TEXT_PLAIN, NULL},
	{"solution_code", "solution_code", 100000, TEXT_PLAIN, NULL},
	{"submitted_code", "submitted_code", 1000000, TEXT_PLAIN, NULL},
	{"learning_objectives", "list of objectives", 100000, DOCUMENT, NULL},
	{"variable_schema", "variable_schema", 100000, DOCUMENT, NULL},
	{"content_template", "content_template", 1000000, DOCUMENT, NULL},
	{"content", "content", 1000000, DOCUMENT, NULL},
	{"injected_variables", "set of variables", 250000, DOCUMENT, NULL},
	{"rendered", "rendered", 260000, DOCUMENT, NULL},
	{"test_cases", "list of test cases", 1000000, DOCUMENT, NULL},
	{"test_results", "list of test results", 1000000, DOCUMENT, NULL},
	{"hints", "list of hints", 100000, DOCUMENT, NULL},
	{"feedback", "feedback", 100000, DOCUMENT, NULL},
	{"metadata", "metadata", 20000, DOCUMENT, NULL},
	{"criteria", "set of criteria", 1000, DOCUMENT, NULL}
};

static const TextRule *
rule_called(const char *kind, int length)
{
	size_t		i;

	for (i = 0; i < lengthof(rules); i++)
		if (equals_string(kind, length, rules[i].kind))
			return &rules[i];
	return NULL;
}

/* A kind is a column, or a table and a column, whose rule may be any such column's. */
static const TextRule *
find_rule(const char *kind, int length)
{
	const char *dot = memchr(kind, '.', length);
	const TextRule *rule = rule_called(kind, length);

	if (rule == NULL && dot != NULL)
		rule = rule_called(dot + 1, kind + length - dot - 1);
	if (rule == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown kind of text: \"%s\"", excerpt(kind, length)),
				 errhint("The kinds are called like columns, such as email and name."),
				 errargument("kind")));
	return rule;
}

static const TextRule *
rule_of_column(Relation table, const char *column)
{
	char	   *kind = psprintf("%s.%s", own_table_name(table), column);

	return find_rule(kind, strlen(kind));
}

/*
 * Faults
 */

static bool
is_seen(pg_wchar c)
{
	return c != 0 && !is_blank(c) && !is_joiner(c) && !is_variation_selector(c);
}

/*
 * Whether a character cannot be seen.  A joiner can be seen between two characters
 * that can, and a variation selector after one.
 */
static bool
is_out_of_sight(const TextRule *rule, const pg_wchar *characters, int i)
{
	pg_wchar	c = characters[i];
	pg_wchar	before = i > 0 ? characters[i - 1] : 0;

	if ((rule->flags & TEXT_LINES) && (c == '\n' || c == '\r' || c == '\t'))
		return false;
	if (is_hidden(c))
		return true;
	if (!is_joiner(c) && !is_variation_selector(c))
		return false;
	if (rule->flags & TEXT_ADDRESS)
		return true;
	if (is_variation_selector(c))
		return !is_seen(before);
	return !(is_seen(before) || is_variation_selector(before)) ||
		!is_seen(characters[i + 1]);
}

static bool
has_shape_of_address(const pg_wchar *characters, int count)
{
	int			at = -1;
	int			i;

	for (i = 0; i < count; i++)
	{
		if (is_blank(characters[i]) || (characters[i] == '@' && at >= 0))
			return false;
		if (characters[i] == '@')
			at = i;
	}
	return at > 0 && at < count - 1;
}

static const char *
fault_of_characters(const TextRule *rule, const pg_wchar *characters, int count)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		pg_wchar	c = characters[i];

		if (is_out_of_sight(rule, characters, i))
			return "has a line break or another character that is not seen";
		if ((rule->flags & TEXT_NO_BRACES) && (c == '{' || c == '}'))
			return "has a brace";
		if ((rule->flags & TEXT_NO_ESCAPES) && c == '\\' && characters[i + 1] == 'u')
			return "has \\u, which some languages read as another character";
	}
	if ((rule->flags & TEXT_ADDRESS) && !has_shape_of_address(characters, count))
		return "is not of the form name@host";
	return NULL;
}

/* Returns the characters; of a plain text that is short enough, an upper bound. */
static int
count_characters(const TextRule *rule, const char *data, int length)
{
	if ((rule->flags & TEXT_PLAIN) && length <= rule->max_size)
		return length;
	return pg_mbstrlen_with_len(data, length);
}

/* Returns how a tidy text breaks the rule, as the end of a sentence, or NULL. */
static const char *
fault_of(const TextRule *rule, const char *data, int length)
{
	int			count = count_characters(rule, data, length);
	const char *fault;
	pg_wchar   *characters;

	if (count > rule->max_size)
		return psprintf("has more than %d characters", rule->max_size);
	if (count == 0)
		return (rule->flags & TEXT_REQUIRED) ? "is blank" : NULL;
	if (rule->flags & TEXT_PLAIN)
		return NULL;
	characters = characters_of(data, length, &count);
	fault = fault_of_characters(rule, characters, count);
	pfree(characters);
	return fault;
}

static bool
is_deep(Jsonb *document)
{
	JsonbIterator *iterator = JsonbIteratorInit(&document->root);
	JsonbValue	value;
	int			depth = 0;

	for (;;)
	{
		switch (JsonbIteratorNext(&iterator, &value, false))
		{
			case WJB_BEGIN_ARRAY:
			case WJB_BEGIN_OBJECT:
				if (++depth > MAX_DEPTH)
					return true;
				break;
			case WJB_END_ARRAY:
			case WJB_END_OBJECT:
				depth--;
				break;
			case WJB_DONE:
				return false;
			default:
				break;
		}
	}
}

/* The size is known without reading the document. */
static const char *
fault_of_document(const TextRule *rule, Datum document)
{
	if (toast_raw_datum_size(document) - VARHDRSZ > (Size) rule->max_size)
		return psprintf("has more than %d bytes", rule->max_size);
	if (is_deep(DatumGetJsonbP(document)))
		return psprintf("is nested more than %d levels deep", MAX_DEPTH);
	return NULL;
}

static const char *
hint_of(const TextRule *rule)
{
	if (rule->hint != NULL)
		return rule->hint;
	if (rule->flags & DOCUMENT)
		return psprintf("Give at most %d bytes, nested at most %d levels deep.",
						rule->max_size, MAX_DEPTH);
	return psprintf("Give at most %d characters.", rule->max_size);
}

/* data is NULL where it is not quoted: a document, or a secret. */
static void
report_fault(const TextRule *rule, const char *data, int length,
			 const char *fault, Relation table, int attnum, const char *argument)
{
	char	   *quoted = "";

	if (data != NULL && !(rule->flags & TEXT_SECRET))
		quoted = psprintf("\"%s\" ", excerpt(data, length));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s %s%s", rule->label, quoted, fault),
			 errhint("%s", hint_of(rule)),
			 table != NULL ? errtablecol(table, attnum) :
			 errargument(argument)));
}

/* The error names the column of the table or, without one, the argument. */
static void
check_text(const TextRule *rule, const text *value, Relation table, int attnum,
		   const char *argument)
{
	const char *data = VARDATA_ANY(value);
	int			length = VARSIZE_ANY_EXHDR(value);
	const char *fault = fault_of(rule, data, length);

	if (fault != NULL)
		report_fault(rule, data, length, fault, table, attnum, argument);
}

static void
check_document(const TextRule *rule, Datum document, Relation table, int attnum,
			   const char *argument)
{
	const char *fault = fault_of_document(rule, document);

	if (fault != NULL)
		report_fault(rule, NULL, 0, fault, table, attnum, argument);
}

bool
hides_characters(const char *data, int length)
{
	static const TextRule any = {0};
	int			count;
	pg_wchar   *characters = characters_of(data, length, &count);
	bool		hides = false;
	int			i;

	for (i = 0; i < count && !hides; i++)
		hides = is_out_of_sight(&any, characters, i);
	explicit_bzero(characters, count * sizeof(pg_wchar));
	pfree(characters);
	return hides;
}

void
check_variable_key(const char *key, int length, const char *argument)
{
	const TextRule *rule = find_rule("variable_key", strlen("variable_key"));
	const char *fault = fault_of(rule, key, length);

	if (fault != NULL)
		report_fault(rule, key, length, fault, NULL, InvalidAttrNumber, argument);
}

/*
 * Tidying
 */

text *
trim_text(const char *data, int length)
{
	int			count;
	pg_wchar   *characters = characters_of(data, length, &count);
	int			first = 0;
	int			start;
	int			end;

	while (first < count && is_blank(characters[first]))
		first++;
	while (count > first && is_blank(characters[count - 1]))
		count--;
	pfree(characters);
	start = pg_mbcharcliplen(data, length, first);
	end = pg_mbcharcliplen(data, length, count);
	return cstring_to_text_with_len(data + start, end - start);
}

/* Converts equivalent sequences of characters to the same form. */
static text *
compose(text *value)
{
	if (GetDatabaseEncoding() != PG_UTF8)
		return value;
	return cstring_to_text(normalize_utf8(UNICODE_NFC, text_to_cstring(value)));
}

static text *
tidy(const TextRule *rule, text *value)
{
	text	   *result;

	if ((rule->flags & (TEXT_EXACT | TEXT_PLAIN)) || VARSIZE_ANY_EXHDR(value) > CHECKED_BYTES)
		return value;
	result = trim_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
	return (rule->flags & TEXT_ADDRESS) ? compose(result) : result;
}

static bool
is_removed(const TextRule *rule, const pg_wchar *characters)
{
	if (rule->flags & TEXT_NO_BRACES && (characters[0] == '{' || characters[0] == '}'))
		return true;
	return rule->flags & TEXT_NO_ESCAPES && characters[0] == '\\' && characters[1] == 'u';
}

/* Replaces characters that cannot be seen by blanks, and removes braces and the \ of \u. */
static text *
show(const TextRule *rule, const text *value)
{
	const char *data = VARDATA_ANY(value);
	const char *end = data + VARSIZE_ANY_EXHDR(value);
	int			count;
	pg_wchar   *characters = characters_of(data, end - data, &count);
	text	   *result = palloc(VARHDRSZ + (end - data));
	char	   *at = VARDATA(result);
	int			i;

	for (i = 0; i < count; i++)
	{
		int			bytes = pg_mbcharcliplen(data, end - data, 1);

		if (is_out_of_sight(rule, characters, i))
			*at++ = characters[i] = ' ';
		else if (!is_removed(rule, &characters[i]))
		{
			memcpy(at, data, bytes);
			at += bytes;
		}
		data += bytes;
	}
	SET_VARSIZE(result, at - (char *) result);
	pfree(characters);
	return result;
}

/*
 * Changes a text, if need be, so that it obeys the rule. What is removed can leave
 * another fault: of two backslashes before a u, the first one, or a joiner at the
 * end. Each turn leaves fewer characters that are seen.
 */
static text *
fit(const TextRule *rule, text *value)
{
	text	   *result = tidy(rule, value);
	const char *data = VARDATA_ANY(result);
	int			length = VARSIZE_ANY_EXHDR(result);
	int			kept;

	if (fault_of(rule, data, length) == NULL)
		return result;
	if (rule->flags & TEXT_ALL_OR_NONE)
		return rule->flags & TEXT_REQUIRED ? result : cstring_to_text("");
	kept = pg_mbcharcliplen(data, length, rule->max_size);
	if (rule->flags & TEXT_PLAIN)
		return cstring_to_text_with_len(data, kept);
	result = cstring_to_text_with_len(data, kept);
	do
		result = tidy(rule, show(rule, result));
	while (VARSIZE_ANY_EXHDR(result) > 0 &&
		   fault_of(rule, VARDATA_ANY(result), VARSIZE_ANY_EXHDR(result)) != NULL);
	return result;
}

char *
fitting_string(const char *kind, Datum value)
{
	return text_to_cstring(fit(find_rule(kind, strlen(kind)), DatumGetTextPP(value)));
}

/*
 * SQL functions
 */

static const TextRule *
rule_argument(text *kind)
{
	return find_rule(VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind));
}

/* require_text(value text, kind text) returns text */
Datum
require_text(PG_FUNCTION_ARGS)
{
	const TextRule *rule = rule_argument(PG_GETARG_TEXT_PP(1));
	text	   *value = tidy(rule, PG_GETARG_TEXT_PP(0));

	check_text(rule, value, NULL, InvalidAttrNumber, rule->kind);
	PG_RETURN_TEXT_P(value);
}

/* require_size(value "any", kind text, argument text) */
Datum
require_size(PG_FUNCTION_ARGS)
{
	const TextRule *rule = rule_argument(PG_GETARG_TEXT_PP(1));
	const char *argument = text_to_cstring(PG_GETARG_TEXT_PP(2));

	if (rule->flags & DOCUMENT)
		check_document(rule, PG_GETARG_DATUM(0), NULL, InvalidAttrNumber, argument);
	else
		check_text(rule, PG_GETARG_TEXT_PP(0), NULL, InvalidAttrNumber, argument);
	PG_RETURN_VOID();
}

/* text_fault(value text, kind text) returns text */
Datum
text_fault(PG_FUNCTION_ARGS)
{
	const TextRule *rule = rule_argument(PG_GETARG_TEXT_PP(1));
	text	   *value = tidy(rule, PG_GETARG_TEXT_PP(0));
	const char *fault = fault_of(rule, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));

	if (fault == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(fault));
}

/* document_fault(value jsonb, kind text) returns text */
Datum
document_fault(PG_FUNCTION_ARGS)
{
	const TextRule *rule = rule_argument(PG_GETARG_TEXT_PP(1));
	const char *fault = fault_of_document(rule, PG_GETARG_DATUM(0));

	if (fault == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(fault));
}

/* text_rules() returns table (kind text, size integer, is_document boolean) */
Datum
text_rules(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	size_t		i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < lengthof(rules); i++)
	{
		Datum		values[] = {
			CStringGetTextDatum(rules[i].kind),
			Int32GetDatum(rules[i].max_size),
			BoolGetDatum(rules[i].flags & DOCUMENT)
		};
		bool		nulls[lengthof(values)] = {false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* fit_text(value text, kind text) returns text */
Datum
fit_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(fit(rule_argument(PG_GETARG_TEXT_PP(1)), PG_GETARG_TEXT_PP(0)));
}

/* fold_email(email text) returns text */
Datum
fold_email(PG_FUNCTION_ARGS)
{
	text	   *email = tidy(&rules[0], PG_GETARG_TEXT_PP(0));

	PG_RETURN_TEXT_P(cstring_to_text(fold_case(VARDATA_ANY(email), VARSIZE_ANY_EXHDR(email))));
}

/*
 * The trigger
 */

static int
find_column(TupleDesc columns, const char *name, bool is_document)
{
	int			attnum = SPI_fnumber(columns, name);
	Oid			type;

	if (attnum <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" does not exist", name),
				 errhint("verify_schema() lists what has been changed.")));
	type = TupleDescAttr(columns, attnum - 1)->atttypid;
	if (is_document ? type != JSONBOID : type != TEXTOID && type != VARCHAROID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" is not of type %s", name, is_document ? "jsonb" : "text"),
				 errhint("verify_schema() lists what has been changed.")));
	return attnum;
}

/*
 * Compares two texts, or two documents, byte by byte.  Neither is read where the
 * lengths differ, or where both are the same toasted value, as in an UPDATE that
 * leaves it alone.
 */
static bool
is_same(Datum a, Datum b)
{
	struct varlena *a_bytes = (struct varlena *) DatumGetPointer(a);
	struct varlena *b_bytes = (struct varlena *) DatumGetPointer(b);

	if (toast_raw_datum_size(a) != toast_raw_datum_size(b))
		return false;
	if (VARATT_IS_EXTERNAL_ONDISK(a_bytes) && VARATT_IS_EXTERNAL_ONDISK(b_bytes) &&
		memcmp(a_bytes, b_bytes, VARSIZE_EXTERNAL(a_bytes)) == 0)
		return true;
	a_bytes = PG_DETOAST_DATUM_PACKED(a);
	b_bytes = PG_DETOAST_DATUM_PACKED(b);
	return memcmp(VARDATA_ANY(a_bytes), VARDATA_ANY(b_bytes), VARSIZE_ANY_EXHDR(a_bytes)) == 0;
}

/* Returns the row with the column tidied; raises an error for a broken rule. */
static HeapTuple
tidy_column(TriggerData *trigger, HeapTuple row, const char *name)
{
	TupleDesc	columns = RelationGetDescr(trigger->tg_relation);
	const TextRule *rule = rule_of_column(trigger->tg_relation, name);
	int			attnum = find_column(columns, name, rule->flags & DOCUMENT);
	bool		is_null;
	Datum		value = heap_getattr(row, attnum, columns, &is_null);
	bool		was_null = true;
	Datum		old_value = 0;
	text	   *tidied;

	if (is_null)
		return row;
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		old_value = heap_getattr(trigger->tg_trigtuple, attnum, columns, &was_null);
	if (!was_null && is_same(old_value, value))
		return row;				/* that of an earlier version may stay */

	if (rule->flags & DOCUMENT)
	{
		check_document(rule, value, trigger->tg_relation, attnum, NULL);
		return row;
	}
	tidied = tidy(rule, DatumGetTextPP(value));
	check_text(rule, tidied, trigger->tg_relation, attnum, NULL);
	if (is_same(value, PointerGetDatum(tidied)))
		return row;
	value = PointerGetDatum(tidied);
	is_null = false;
	return heap_modify_tuple_by_cols(row, columns, 1, &attnum, &value, &is_null);
}

/*
 * tidy_texts() returns trigger: its arguments are columns.
 *
 * Restored rows are left as they are, unless the role is held to row-level
 * security, since a learner can make the settings of a restore.
 */
Datum
tidy_texts(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_row_trigger(fcinfo);
	HeapTuple	row = new_row(trigger);
	int			i;

	if (!session_restores_rows() || TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ||
		role_is_bound(RelationGetNamespace(trigger->tg_relation)))
		for (i = 0; i < trigger->tg_trigger->tgnargs; i++)
			row = tidy_column(trigger, row, trigger->tg_trigger->tgargs[i]);
	return PointerGetDatum(row);
}
