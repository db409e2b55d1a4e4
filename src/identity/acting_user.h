#ifndef LEARNIFY_ACTING_USER_H
#define LEARNIFY_ACTING_USER_H

#include "utils/guc.h"
#include "utils/uuid.h"

/* Hooks of the setting learnify.user_id. */
extern bool check_user_id_setting(char **newval, void **extra,
								  GucSource source);
extern void assign_user_id_setting(const char *newval, void *extra);

/*
 * Whether the session may act only for the user that the setting names. schema
 * is the extension's, as extension_schema() returns it.
 */
extern bool role_is_bound(Oid schema);

/* Whether learnify.automation is on, as it always is for a bound role. */
extern bool automation_is_on(Oid schema);

/*
 * Raises an error where a bound role acts for anybody else; user_id may be
 * NULL. The error names the argument.
 */
extern void require_acting_for(Oid schema, const pg_uuid_t *user_id,
							   const char *argument);

/*
 * Checks the caller of a function that reads a user's rows without a query,
 * and so without policies. The names of the tables that it reads end with
 * NULL.
 *
 * A current role to which row-level security applies must act for the user,
 * and have SELECT on a column of each table, as grant_learner() grants it. Any
 * other role must have SELECT on all columns.
 */
extern void require_reader(Oid schema, const pg_uuid_t *user_id,
						   const char *const *tables);

/* Requires besides what SELECT ... FOR UPDATE and its like require. */
extern void require_locker(Oid schema, const pg_uuid_t *user_id,
						   const char *const *tables);

#endif							/* LEARNIFY_ACTING_USER_H */
