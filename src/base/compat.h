/*
 * compat.h
 *		What differs between the major versions of PostgreSQL.
 *
 * Versions 15, 17 and 18 are built and tested. The sources compile with the
 * headers of 16.0 and of 19 in development, but have been run on neither.
 */
#ifndef LEARNIFY_COMPAT_H
#define LEARNIFY_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "learnify needs PostgreSQL 15 or later"
#endif

/*
 * Since 16, postgres.h does not include the layout of variable-length values.
 */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/*
 * Until 17, this is an attribute by the name of pg_attribute_noreturn, which 18
 * has not.
 */
#ifndef pg_noreturn
#define pg_noreturn	pg_attribute_noreturn()
#endif

#if PG_VERSION_NUM >= 160000
#define owns_relation(relation, role) \
	object_ownercheck(RelationRelationId, (relation), (role))
#else
#define owns_relation(relation, role) \
	pg_class_ownercheck((relation), (role))
#endif

/*
 * Since 18, index_beginscan() has a parameter for instrumentation, which is
 * NULL for a scan that is not part of a plan. Since 19, scans have flags.
 */
#if PG_VERSION_NUM >= 190000
#define begin_index_scan(table, index, snapshot, keys) \
	index_beginscan((table), (index), (snapshot), NULL, (keys), 0, SO_NONE)
#define begin_table_scan(table, snapshot) \
	table_beginscan((table), (snapshot), 0, NULL, SO_NONE)
#else
#if PG_VERSION_NUM >= 180000
#define begin_index_scan(table, index, snapshot, keys) \
	index_beginscan((table), (index), (snapshot), NULL, (keys), 0)
#else
#define begin_index_scan(table, index, snapshot, keys) \
	index_beginscan((table), (index), (snapshot), (keys), 0)
#endif
#define begin_table_scan(table, snapshot) \
	table_beginscan((table), (snapshot), 0, NULL)
#endif

/*
 * The hook that sees how many pages and rows the planner takes a table for.
 * Since 19, it is called later, and for other relations than tables, too.
 */
#if PG_VERSION_NUM >= 190000
#define relation_size_hook_type build_simple_rel_hook_type
#define relation_size_hook	build_simple_rel_hook
#define RELATION_SIZE_PARAMETERS \
	PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *entry
#define RELATION_SIZE_ARGUMENTS root, rel, entry
#else
#define relation_size_hook_type get_relation_info_hook_type
#define relation_size_hook	get_relation_info_hook
#define RELATION_SIZE_PARAMETERS \
	PlannerInfo *root, Oid relation, bool is_parent, RelOptInfo *rel
#define RELATION_SIZE_ARGUMENTS root, relation, is_parent, rel
#endif

/*
 * The state of a jsonb value under construction, all zeroes at first. Its
 * member result is the value once that is complete. Since 19, PostgreSQL has
 * such a struct; before, pushJsonbValue() returns the result.
 */
#if PG_VERSION_NUM >= 190000
#define JSONB_BUILD_STATE	JsonbInState
#define push_jsonb_token(state, token, value) \
	pushJsonbValue((state), (token), (value))
#else
#define JSONB_BUILD_STATE \
	struct \
	{ \
		JsonbParseState *nesting; \
		JsonbValue *result; \
	}
#define push_jsonb_token(state, token, value) \
	((state)->result = pushJsonbValue(&(state)->nesting, (token), (value)))
#endif

#endif							/* LEARNIFY_COMPAT_H */
