/*
 * acting_user.c
 *		require_acting_user(), current_learner() and require_backend(): which
 *		user a session acts for, and whether its role may. automation_enabled(),
 *		which a role may turn off only if it may act for anybody.
 *
 * A role is bound unless row-level security exempts it, too: a superuser, a
 * role with BYPASSRLS, and the owner of the table users. A bound role may act
 * only for the user that the setting learnify.user_id names or, while
 * learnify.use_jwt_claims is on, the claim sub of request.jwt.claims.
 *
 * Both the session's role, as SET ROLE has left it, and the current one count:
 * a SECURITY DEFINER function runs as the extension's owner, who is not bound,
 * on behalf of a session that may be. In a security-restricted operation every
 * role is bound, since the code that runs there may belong to somebody else,
 * for example an index expression that a superuser's ANALYZE evaluates.
 *
 * Cost: a few look-ups in the system caches; claims are parsed when they have
 * changed. Memory: the parsed settings, in static variables, and a copy of the
 * claims.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/uuid.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/extension.h"
#include "base/settings.h"
#include "base/uuids.h"
#include "distribution/authors.h"
#include "distribution/shards.h"
#include "identity/acting_user.h"

PG_FUNCTION_INFO_V1(current_learner);
PG_FUNCTION_INFO_V1(require_acting_user);
PG_FUNCTION_INFO_V1(may_act_for);
PG_FUNCTION_INFO_V1(require_backend);
PG_FUNCTION_INFO_V1(session_role_is_bound);
PG_FUNCTION_INFO_V1(automation_enabled);

#define CLAIMS_SETTING "request.jwt.claims"

/* The user that a setting names, if any. acting_user() decides which setting applies. */
typedef struct NamedUser
{
	bool		is_set;
	pg_uuid_t	id;
} NamedUser;

static NamedUser user_of_setting;
static NamedUser user_of_claims;
static char *parsed_claims = NULL;	/* which user_of_claims is from */

/*
 * The setting learnify.user_id
 */

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Accepts what uuid_in accepts: 32 hexadecimal digits, optionally with a
 * hyphen after any group of four, optionally in braces. A check hook cannot
 * call uuid_in, which raises an error instead of returning false.
 */
static bool
parse_uuid(const char *string, pg_uuid_t *uuid)
{
	bool		braces = string[0] == '{';
	const char *c = string + (braces ? 1 : 0);
	int			i;

	for (i = 0; i < UUID_LEN; i++)
	{
		int			high = hex_value(c[0]);
		int			low = high < 0 ? -1 : hex_value(c[1]);

		if (low < 0)
			return false;
		uuid->data[i] = (unsigned char) (high << 4 | low);
		c += 2;
		if (*c == '-' && i % 2 == 1 && i < UUID_LEN - 1)
			c++;
	}
	if (braces && *c++ != '}')
		return false;
	return *c == '\0';
}

bool
check_user_id_setting(char **newval, void **extra, GucSource source)
{
	pg_uuid_t	uuid;

	(void) extra;
	(void) source;
	if (*newval == NULL || **newval == '\0' || parse_uuid(*newval, &uuid))
		return true;
	GUC_check_errmsg("invalid value for parameter \"%s\": \"%s\"", "learnify.user_id",
					 excerpt(*newval, strlen(*newval)));
	GUC_check_errdetail("The value is not a uuid.");
	GUC_check_errhint("Set learnify.user_id to the id of a user, or to '' for none.");
	return false;
}

/* The check hook has accepted the value, so it is empty or a uuid. */
void
assign_user_id_setting(const char *newval, void *extra)
{
	(void) extra;
	user_of_setting.is_set = newval != NULL &&
		parse_uuid(newval, &user_of_setting.id);
}

/*
 * The claims, which PostgREST sets as the text of a JSON object. Any role may
 * set them to any text, so this checks them.
 */

static void
report_claims(const char *fault)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s", fault),
			 errhint("Let only what verifies tokens set %s, or turn learnify.use_jwt_claims off.",
					 CLAIMS_SETTING)));
}

static void
name_claims_in_context(void *arg)
{
	(void) arg;
	errcontext("setting \"%s\"", CLAIMS_SETTING);
}

static Jsonb *
claims_in(const char *claims)
{
	ErrorContextCallback context = {error_context_stack, name_claims_in_context, NULL};
	Jsonb	   *document;

	error_context_stack = &context;
	document = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(claims)));
	error_context_stack = context.previous;
	return document;
}

/* Nobody without a sub, as in the claims of an anonymous request. */
static NamedUser
parse_claims(const char *claims)
{
	Jsonb	   *document = claims_in(claims);
	NamedUser	user = {false};
	JsonbValue	sub;

	if (!JB_ROOT_IS_OBJECT(document))
		report_claims(CLAIMS_SETTING " is no JSON object");
	if (getKeyJsonValueFromContainer(&document->root, "sub", strlen("sub"), &sub) == NULL ||
		sub.type == jbvNull)
		return user;
	user.is_set = sub.type == jbvString &&
		parse_uuid(pnstrdup(sub.val.string.val, sub.val.string.len), &user.id);
	if (!user.is_set)
		report_claims("the sub of " CLAIMS_SETTING " is not a uuid");
	return user;
}

static void
read_claims(void)
{
	const char *claims = GetConfigOption(CLAIMS_SETTING, true, false);
	NamedUser	user = {false};

	if (claims == NULL)
		claims = "";
	if (parsed_claims != NULL && strcmp(claims, parsed_claims) == 0)
		return;
	if (*claims != '\0')
		user = parse_claims(claims);
	if (parsed_claims != NULL)
		pfree(parsed_claims);
	parsed_claims = NULL;
	parsed_claims = MemoryContextStrdup(TopMemoryContext, claims);
	user_of_claims = user;
}

/* The user for whom a bound role may act, or NULL for nobody. */
static const pg_uuid_t *
acting_user(void)
{
	const NamedUser *user = &user_of_setting;

	if (learnify_use_jwt_claims)
	{
		read_claims();
		user = &user_of_claims;
	}
	return user->is_set ? &user->id : NULL;
}

/*
 * Roles
 */

/* Whether row-level security on the table users does not apply to the role. */
static bool
role_is_exempt(Oid role, Oid users)
{
	return has_bypassrls_privilege(role) ||
		(OidIsValid(users) && owns_relation(users, role));
}

/*
 * The role that may act only for its own user; InvalidOid if neither is bound.
 */
static Oid
bound_role(Oid schema)
{
	Oid			users = get_relname_relid("users", schema);
	Oid			session_role = GetOuterUserId();
	Oid			current_role = GetUserId();

	if (!role_is_exempt(session_role, users))
		return session_role;
	if (InSecurityRestrictedOperation() || !role_is_exempt(current_role, users))
		return current_role;
	return InvalidOid;
}

bool
role_is_bound(Oid schema)
{
	return OidIsValid(bound_role(schema));
}

static char *
uuid_to_cstring(const pg_uuid_t *uuid)
{
	if (uuid == NULL)
		return pstrdup("NULL");
	return DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(uuid)));
}

static bool
is_acting_user(const pg_uuid_t *user_id)
{
	const pg_uuid_t *acting = acting_user();

	return acting != NULL && user_id != NULL && equal_uuids(user_id, acting);
}

void
require_acting_for(Oid schema, const pg_uuid_t *user_id, const char *argument)
{
	Oid			role = bound_role(schema);
	const pg_uuid_t *acting;
	const char *source;

	if (!OidIsValid(role) || is_acting_user(user_id))
		return;
	acting = acting_user();
	source = learnify_use_jwt_claims ? "The sub of " CLAIMS_SETTING : "learnify.user_id";
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("role \"%s\" may not act for user %s",
					GetUserNameFromId(role, false),
					uuid_to_cstring(user_id)),
			 acting != NULL ?
			 errdetail("%s is %s.", source, uuid_to_cstring(acting)) :
			 errdetail("%s is not set.", source),
			 learnify_use_jwt_claims ?
			 errhint("Send the request with a token of that user.") :
			 errhint("Begin a transaction for that user with SET LOCAL learnify.user_id."),
			 errargument(argument)));
}

/* Requires SELECT on the table, or on all or any of its columns. */
static void
require_select(Oid table, AclMaskHow columns)
{
	if (pg_class_aclcheck(table, GetUserId(), ACL_SELECT) != ACLCHECK_OK &&
		pg_attribute_aclcheck_all(table, GetUserId(), ACL_SELECT,
								  columns) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(table));
}

void
require_reader(Oid schema, const pg_uuid_t *user_id, const char *const *tables)
{
	Oid			users = get_relname_relid("users", schema);
	bool		is_bound = InSecurityRestrictedOperation() ||
		!role_is_exempt(GetUserId(), users);
	const char *const *name;

	if (is_bound)
		require_acting_for(schema, user_id, "user_id");
	if (user_id != NULL)
		require_user_here(user_id);
	for (name = tables; *name != NULL; name++)
	{
		Oid			table = get_relname_relid(*name, schema);

		if (OidIsValid(table))
			require_select(table, is_bound ? ACLMASK_ANY : ACLMASK_ALL);
	}
}

void
require_locker(Oid schema, const pg_uuid_t *user_id, const char *const *tables)
{
	const char *const *name;

	require_reader(schema, user_id, tables);
	for (name = tables; *name != NULL; name++)
	{
		Oid			table = get_relname_relid(*name, schema);

		if (OidIsValid(table) &&
			pg_class_aclcheck(table, GetUserId(), ACL_UPDATE) != ACLCHECK_OK &&
			pg_attribute_aclcheck_all(table, GetUserId(), ACL_UPDATE,
									  ACLMASK_ANY) != ACLCHECK_OK)
			aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, *name);
	}
}

/*
 * SQL functions
 */

/*
 * On another node than the one that a client talks to, nobody may be named since a
 * setting has not been sent along: then policies would hide all rows.
 */
static void
require_sent_settings(Oid schema)
{
	if (is_session_of_node() && role_is_bound(schema))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("no user is named on this node of the distributed database"),
				 errhint("Begin a transaction for the user with the statement SET LOCAL learnify.user_id; neither SET nor set_config() reaches the nodes.")));
}

Datum
current_learner(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *user = acting_user();
	pg_uuid_t  *result;

	if (user == NULL)
	{
		require_sent_settings(extension_schema(fcinfo->flinfo));
		PG_RETURN_NULL();
	}
	result = palloc(sizeof(pg_uuid_t));
	*result = *user;
	PG_RETURN_UUID_P(result);
}

Datum
require_acting_user(PG_FUNCTION_ARGS)
{
	require_acting_for(extension_schema(fcinfo->flinfo),
					   PG_ARGISNULL(0) ? NULL : PG_GETARG_UUID_P(0),
					   PG_NARGS() < 2 || PG_ARGISNULL(1) ? "user_id" :
					   text_to_cstring(PG_GETARG_TEXT_PP(1)));
	PG_RETURN_VOID();
}

/*
 * Anybody may turn the setting off, but a learner whose role is bound would leave
 * the progress of others wrong.
 */
bool
automation_is_on(Oid schema)
{
	return learnify_automation || role_is_bound(schema);
}

/* automation_enabled() */
Datum
automation_enabled(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(automation_is_on(extension_schema(fcinfo->flinfo)));
}

/* role_is_bound() */
Datum
session_role_is_bound(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(role_is_bound(extension_schema(fcinfo->flinfo)));
}

/* may_act_for(user_id uuid) */
Datum
may_act_for(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!role_is_bound(extension_schema(fcinfo->flinfo)) ||
				   is_acting_user(PG_GETARG_UUID_P(0)));
}

/*
 * Policies look at the current role only, and so does this: an application's
 * SECURITY DEFINER function may call a back end's function for a bound role.
 */
Datum
require_backend(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	Oid			role = GetUserId();

	if (!role_is_exempt(role, get_relname_relid("users", schema)))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role \"%s\" is held to row-level security",
						GetUserNameFromId(role, false)),
				 errdetail("It would see no rows of other users, as if there were none."),
				 errhint("If it is a trusted back end, let the owner call grant_backend(%s).",
						 quote_literal_cstr(GetUserNameFromId(role, false)))));
	PG_RETURN_VOID();
}
