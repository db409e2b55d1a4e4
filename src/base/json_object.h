#ifndef LEARNIFY_JSON_OBJECT_H
#define LEARNIFY_JSON_OBJECT_H

#include "utils/jsonb.h"
#include "utils/numeric.h"

/* Between pushJsonbValue(WJB_BEGIN_OBJECT) and finish_json_object. */
extern void push_json_string(JsonbParseState **state, const char *key,
							 char *string);
extern void push_json_uuid(JsonbParseState **state, const char *key,
						   Datum uuid);
extern void push_json_numeric(JsonbParseState **state, const char *key,
							  Numeric number);

extern Jsonb *finish_json_object(JsonbParseState **state);

#endif							/* LEARNIFY_JSON_OBJECT_H */
