/*
 * json_object.c
 *		Builds a jsonb object, member by member.
 *
 * Cost: linear in the members, which are sorted at the end. Memory: the
 * members and the result, in the current context.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/fmgrprotos.h"

#include "base/json_object.h"

void
begin_json_object(JsonBuilder *builder)
{
	memset(builder, 0, sizeof(JsonBuilder));
	push_jsonb_token(builder, WJB_BEGIN_OBJECT, NULL);
}

static void
push_key(JsonBuilder *builder, const char *key)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, key);
	value.val.string.len = strlen(key);
	push_jsonb_token(builder, WJB_KEY, &value);
}

void
push_json_string(JsonBuilder *builder, const char *key, char *string)
{
	JsonbValue	value;

	push_key(builder, key);
	value.type = jbvString;
	value.val.string.val = string;
	value.val.string.len = strlen(string);
	push_jsonb_token(builder, WJB_VALUE, &value);
}

void
push_json_uuid(JsonBuilder *builder, const char *key, const pg_uuid_t *uuid)
{
	Datum		string = DirectFunctionCall1(uuid_out, UUIDPGetDatum(uuid));

	push_json_string(builder, key, DatumGetCString(string));
}

void
push_json_integer(JsonBuilder *builder, const char *key, int64 number)
{
	JsonbValue	value;

	push_key(builder, key);
	value.type = jbvNumeric;
	value.val.numeric = int64_to_numeric(number);
	push_jsonb_token(builder, WJB_VALUE, &value);
}

Jsonb *
finish_json_object(JsonBuilder *builder)
{
	push_jsonb_token(builder, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(builder->result);
}
