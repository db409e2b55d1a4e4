/*
 * compat.h
 *		What differs between the supported major versions of PostgreSQL.
 */
#ifndef LEARNIFY_COMPAT_H
#define LEARNIFY_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "learnify needs PostgreSQL 15 or later"
#endif

/* Since 16, postgres.h leaves the layout of variable-length values out. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#if PG_VERSION_NUM >= 160000
#define owns_relation(relation, role) \
	object_ownercheck(RelationRelationId, (relation), (role))
#else
#define owns_relation(relation, role) \
	pg_class_ownercheck((relation), (role))
#endif

/* The scan is of no query's plan, so that it instruments nothing. */
#if PG_VERSION_NUM >= 180000
#define begin_index_scan(table, index, snapshot, keys) \
	index_beginscan((table), (index), (snapshot), NULL, (keys), 0)
#else
#define begin_index_scan(table, index, snapshot, keys) \
	index_beginscan((table), (index), (snapshot), (keys), 0)
#endif

#endif							/* LEARNIFY_COMPAT_H */
