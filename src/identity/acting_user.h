#ifndef LEARNIFY_ACTING_USER_H
#define LEARNIFY_ACTING_USER_H

#include "utils/guc.h"
#include "utils/uuid.h"

/* Hooks of the setting learnify.user_id. */
extern bool check_user_id_setting(char **newval, void **extra,
								  GucSource source);
extern void assign_user_id_setting(const char *newval, void *extra);

/*
 * Whether the role is held to the learner that the setting names. The schema is
 * the extension's own, see extension_schema.
 */
extern bool role_is_bound(Oid schema);

/*
 * Refuses a bound role that asks for anyone else; user_id may be NULL. The error
 * names the argument.
 */
extern void require_acting_for(Oid schema, const pg_uuid_t *user_id,
							   const char *argument);

/*
 * For functions that anyone may call and that read what a user did past
 * policies: a current role that row-level security binds reads for its own
 * learner, if it may read something of each of the tables, whose names end with
 * NULL, as grant_learner() grants it; any other for anyone, if it may read all of
 * them.
 */
extern void require_reader(Oid schema, const pg_uuid_t *user_id,
						   const char *const *tables);

#endif							/* LEARNIFY_ACTING_USER_H */
