/*
 * json_object.c
 *		Builds a jsonb object, member by member.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/fmgrprotos.h"

#include "base/compat.h"
#include "base/json_object.h"

static void
push_key(JsonbParseState **state, const char *key)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, key);
	value.val.string.len = strlen(key);
	pushJsonbValue(state, WJB_KEY, &value);
}

void
push_json_string(JsonbParseState **state, const char *key, char *string)
{
	JsonbValue	value;

	push_key(state, key);
	value.type = jbvString;
	value.val.string.val = string;
	value.val.string.len = strlen(string);
	pushJsonbValue(state, WJB_VALUE, &value);
}

void
push_json_uuid(JsonbParseState **state, const char *key, Datum uuid)
{
	push_json_string(state, key, DatumGetCString(DirectFunctionCall1(uuid_out, uuid)));
}

void
push_json_numeric(JsonbParseState **state, const char *key, Numeric number)
{
	JsonbValue	value;

	push_key(state, key);
	value.type = jbvNumeric;
	value.val.numeric = number;
	pushJsonbValue(state, WJB_VALUE, &value);
}

Jsonb *
finish_json_object(JsonbParseState **state)
{
	return JsonbValueToJsonb(pushJsonbValue(state, WJB_END_OBJECT, NULL));
}
