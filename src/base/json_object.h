#ifndef LEARNIFY_JSON_OBJECT_H
#define LEARNIFY_JSON_OBJECT_H

#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/uuid.h"

#include "base/compat.h"

/* A jsonb value under construction; see JSONB_BUILD_STATE. */
typedef JSONB_BUILD_STATE JsonBuilder;

/*
 * Call begin_json_object, then push_json_* for each member, then
 * finish_json_object.
 */
extern void begin_json_object(JsonBuilder *builder);
extern void push_json_string(JsonBuilder *builder, const char *key,
							 char *string);
extern void push_json_uuid(JsonBuilder *builder, const char *key,
						   const pg_uuid_t *uuid);
extern void push_json_integer(JsonBuilder *builder, const char *key,
							  int64 number);
extern Jsonb *finish_json_object(JsonBuilder *builder);

#endif							/* LEARNIFY_JSON_OBJECT_H */
