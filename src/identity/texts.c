/*
 * texts.c
 *		The rules for texts that people enter: addresses, names, domains and
 *		variables.
 *
 * Each kind of text has one rule, and the name of the columns that contain it.  A
 * trigger on the tables tidies texts and refuses those that break their rule.
 * Functions with such arguments check them first, import_legacy changes texts to
 * obey the rules, and inject_variables() checks names.
 *
 * The rules are checked by triggers and not by CHECK constraints, because rows of
 * earlier versions may break a rule that is newer.  Such rows can still be dumped
 * and restored, and their other columns can be updated.
 *
 * Cost: one pass over the text.  Memory: four bytes a character, in the current
 * context; a text above CHECKED_BYTES is too long for every rule, so only its
 * length is computed.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "base/argument.h"
#include "base/characters.h"
#include "base/compat.h"
#include "base/settings.h"
#include "identity/texts.h"

#define CHECKED_BYTES		(64 * 1024)

PG_FUNCTION_INFO_V1(tidy_texts);
PG_FUNCTION_INFO_V1(require_text);
PG_FUNCTION_INFO_V1(text_fault);
PG_FUNCTION_INFO_V1(fit_text);
PG_FUNCTION_INFO_V1(fold_email);

#define TEXT_REQUIRED		0x01	/* not blank */
#define TEXT_LINES			0x02	/* may have several lines, and tabs */
#define TEXT_EXACT			0x04	/* blanks around it are kept */
#define TEXT_ADDRESS		0x08	/* an e-mail address */
#define TEXT_NO_BRACES		0x10
#define TEXT_NO_ESCAPES		0x20	/* no \u */
#define TEXT_ALL_OR_NONE	0x40	/* of no use if it is cut */

typedef struct TextRule
{
	const char *kind;
	const char *label;
	int			max_characters;
	int			flags;
	const char *hint;
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
		TEXT_REQUIRED | TEXT_EXACT | TEXT_NO_BRACES | TEXT_ALL_OR_NONE,
	"A variable's name has 1 to 50 characters, without braces and line breaks. Those that templates use are capital letters, digits and underscores."},
	{"variable_value", "variable", 200, TEXT_NO_ESCAPES,
	"A variable is a word or a phrase: one line of at most 200 characters."},
	{"validation_reason", "reason", 1000, TEXT_LINES,
	"Give the reason in at most 1000 characters."}
};

static const TextRule *
find_rule(const char *kind, int length)
{
	size_t		i;

	for (i = 0; i < lengthof(rules); i++)
		if (strlen(rules[i].kind) == (size_t) length &&
			memcmp(rules[i].kind, kind, length) == 0)
			return &rules[i];
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown kind of text: \"%s\"", excerpt(kind, length)),
			 errhint("The kinds are called like columns, such as email and name."),
			 errargument("kind")));
	return NULL;				/* keep the compiler quiet */
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

/* Returns how a tidy text breaks the rule, as the end of a sentence, or NULL. */
static const char *
fault_of(const TextRule *rule, const char *data, int length)
{
	int			count = pg_mbstrlen_with_len(data, length);
	const char *fault;
	pg_wchar   *characters;

	if (count > rule->max_characters)
		return psprintf("has more than %d characters", rule->max_characters);
	if (count == 0)
		return (rule->flags & TEXT_REQUIRED) ? "is blank" : NULL;
	characters = characters_of(data, length, &count);
	fault = fault_of_characters(rule, characters, count);
	pfree(characters);
	return fault;
}

static void
report_fault(const TextRule *rule, const char *data, int length,
			 const char *fault, Relation table, int attnum, const char *argument)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s \"%s\" %s", rule->label, excerpt(data, length), fault),
			 errhint("%s", rule->hint),
			 table != NULL ? errtablecol(table, attnum) :
			 errargument(argument)));
}

/* The error names the column of the table or, without one, the kind as argument. */
static void
check_text(const TextRule *rule, const text *value, Relation table, int attnum)
{
	const char *data = VARDATA_ANY(value);
	int			length = VARSIZE_ANY_EXHDR(value);
	const char *fault = fault_of(rule, data, length);

	if (fault != NULL)
		report_fault(rule, data, length, fault, table, attnum, rule->kind);
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

	if ((rule->flags & TEXT_EXACT) || VARSIZE_ANY_EXHDR(value) > CHECKED_BYTES)
		return value;
	result = trim_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
	return (rule->flags & TEXT_ADDRESS) ? compose(result) : result;
}

/* Replaces characters that cannot be seen by blanks, and removes \ from \u. */
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
		else if (!(rule->flags & TEXT_NO_ESCAPES) || characters[i] != '\\' ||
				 characters[i + 1] != 'u')
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

/* Changes a text, if need be, so that it obeys the rule. */
static text *
fit(const TextRule *rule, text *value)
{
	text	   *result = tidy(rule, value);
	const char *data = VARDATA_ANY(result);
	int			length = VARSIZE_ANY_EXHDR(result);
	int			kept;

	if (fault_of(rule, data, length) == NULL ||
		(rule->flags & TEXT_REQUIRED && rule->flags & TEXT_ALL_OR_NONE))
		return result;
	kept = pg_mbcharcliplen(data, length, rule->max_characters);
	if (kept < length && rule->flags & TEXT_ALL_OR_NONE)
		return cstring_to_text("");
	return tidy(rule, show(rule, cstring_to_text_with_len(data, kept)));
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

	check_text(rule, value, NULL, InvalidAttrNumber);
	PG_RETURN_TEXT_P(value);
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

static void
check_called_by_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("tidy_texts must be fired before INSERT or UPDATE for each row")));
}

static int
text_column(TupleDesc columns, const char *name)
{
	int			attnum = SPI_fnumber(columns, name);

	if (attnum <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" does not exist", name),
				 errhint("verify_schema() lists what has been changed.")));
	if (TupleDescAttr(columns, attnum - 1)->atttypid != TEXTOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" is not of type text", name),
				 errhint("verify_schema() lists what has been changed.")));
	return attnum;
}

static bool
is_same_text(Datum a, Datum b)
{
	text	   *a_text = DatumGetTextPP(a);
	text	   *b_text = DatumGetTextPP(b);

	return VARSIZE_ANY_EXHDR(a_text) == VARSIZE_ANY_EXHDR(b_text) &&
		memcmp(VARDATA_ANY(a_text), VARDATA_ANY(b_text), VARSIZE_ANY_EXHDR(a_text)) == 0;
}

/* Returns the row with the column tidied; raises an error for a broken rule. */
static HeapTuple
tidy_column(TriggerData *trigger, HeapTuple row, const char *name)
{
	TupleDesc	columns = RelationGetDescr(trigger->tg_relation);
	int			attnum = text_column(columns, name);
	bool		is_null;
	Datum		value = heap_getattr(row, attnum, columns, &is_null);
	bool		was_null = true;
	Datum		old_value = 0;
	text	   *tidied;

	if (is_null)
		return row;
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		old_value = heap_getattr(trigger->tg_trigtuple, attnum, columns, &was_null);
	if (!was_null && is_same_text(old_value, value))
		return row;				/* that of an earlier version may stay */

	tidied = tidy(find_rule(name, strlen(name)), DatumGetTextPP(value));
	check_text(find_rule(name, strlen(name)), tidied, trigger->tg_relation, attnum);
	if (is_same_text(value, PointerGetDatum(tidied)))
		return row;
	value = PointerGetDatum(tidied);
	is_null = false;
	return heap_modify_tuple_by_cols(row, columns, 1, &attnum, &value, &is_null);
}

/*
 * tidy_texts() returns trigger: its arguments are columns.
 *
 * Restored rows are left as they are.
 */
Datum
tidy_texts(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	HeapTuple	row;
	int			i;

	check_called_by_trigger(fcinfo);
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		row = trigger->tg_trigtuple;
	else
		row = trigger->tg_newtuple;
	if (!session_restores_rows() || TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		for (i = 0; i < trigger->tg_trigger->tgnargs; i++)
			row = tidy_column(trigger, row, trigger->tg_trigger->tgargs[i]);
	return PointerGetDatum(row);
}
