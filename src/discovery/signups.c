/*
 * signups.c
 *		count_signups(): the signups of each course in the 24 hours up to an
 *		instant and in the 24 hours before, but for its author's.
 *
 * The entries of the index on started_at, which hold the course and the learner
 * too, are read without a query. Where that is not possible, because row-level security
 * applies, the role may not read the table, or it is distributed, a query
 * returns the same counts or raises the error.
 *
 * Cost: a pass over generated_courses, the index entries of 48 hours, and a look-up
 * in a hash table for each. Memory: 56 bytes for each course, up to four times as
 * much while the table grows, in a context that is deleted before the function returns.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/uuids.h"

PG_FUNCTION_INFO_V1(count_signups);

/* The windows: number n ends n days before as_of. A day has 24 hours. */
#define RECENT		0
#define PREVIOUS	1
#define WINDOWS		2

/* Columns of the index. */
#define STARTED_AT	1
#define COURSE_ID	2
#define USER_ID		3

/* How many courses the hash table has room for at first. */
#define FIRST_COURSES	1024

typedef struct CourseSignups
{
	pg_uuid_t	course_id;
	pg_uuid_t	author_id;
	int64		signups[WINDOWS];
	char		status;			/* for simplehash.h */
} CourseSignups;

/* Mixes all bits, since ids may be assigned in any pattern. */
static inline uint32
hash_course_id(const pg_uuid_t *id)
{
	uint64		halves[2];
	uint64		mixed;

	memcpy(halves, id, sizeof(halves));
	mixed = hash_combine64(halves[0], halves[1]);
	return murmurhash32((uint32) (mixed ^ (mixed >> 32)));
}

#define SH_PREFIX		signups
#define SH_ELEMENT_TYPE	CourseSignups
#define SH_KEY_TYPE		pg_uuid_t
#define SH_KEY			course_id
#define SH_HASH_KEY(table, key)	hash_course_id(&(key))
#define SH_EQUAL(table, a, b)	equal_uuids(&(a), &(b))
#define SH_SCOPE		static inline
#define SH_DEFINE
#define SH_DECLARE
#include "lib/simplehash.h"

static void
put_signups(ReturnSetInfo *result, const pg_uuid_t *course_id, int64 recent,
			int64 previous)
{
	Datum		values[3];
	bool		nulls[3] = {false};

	values[0] = UUIDPGetDatum(course_id);
	values[1] = Int64GetDatum(recent);
	values[2] = Int64GetDatum(previous);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * Reading the index
 */

static const char *const authors_query =
"SELECT id, user_id FROM %1$s.generated_courses";

static void
read_authors(Oid schema, signups_hash *counts)
{
	Portal		portal;
	uint64		row;

	SPI_connect();
	portal = cursor_open(authors_query, schema, NULL, NULL);
	while (cursor_fetch(portal))
		for (row = 0; row < SPI_processed; row++)
		{
			bool		found;
			CourseSignups *signups =
				signups_insert(counts, *DatumGetUUIDP(cursor_value(row, 1)), &found);

			signups->author_id = *DatumGetUUIDP(cursor_value(row, 2));
			memset(signups->signups, 0, sizeof(signups->signups));
		}
	SPI_cursor_close(portal);
	SPI_finish();
}

/* Leaves out authors, who enrol in what they have made: that is no demand. */
static void
count_window(IndexedTable *table, TimestampTz as_of, int window,
			 signups_hash *counts)
{
	TimestampTz end = as_of - window * USECS_PER_DAY;
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], STARTED_AT, BTGreaterStrategyNumber,
				F_TIMESTAMPTZ_GT, TimestampTzGetDatum(end - USECS_PER_DAY));
	ScanKeyInit(&keys[1], STARTED_AT, BTLessEqualStrategyNumber,
				F_TIMESTAMPTZ_LE, TimestampTzGetDatum(end));
	index_rescan(table->scan, keys, 2, NULL, 0);
	while (indexed_table_next_entry(table))
	{
		pg_uuid_t  *course_id = DatumGetUUIDP(indexed_table_entry_value(table, COURSE_ID));
		CourseSignups *signups = signups_lookup(counts, *course_id);

		/* An enrolment that foreign keys did not check may have no course. */
		if (signups != NULL &&
			!equal_uuids(&signups->author_id,
						 DatumGetUUIDP(indexed_table_entry_value(table, USER_ID))))
			signups->signups[window]++;
	}
}

static void
read_entries(Oid schema, IndexedTable *table, TimestampTz as_of,
			 ReturnSetInfo *result)
{
	signups_hash *counts = signups_create(CurrentMemoryContext, FIRST_COURSES,
										  NULL);
	signups_iterator iterator;
	CourseSignups *signups;
	int			window;

	read_authors(schema, counts);
	indexed_table_begin(table, GetActiveSnapshot(), 2, true);
	for (window = 0; window < WINDOWS; window++)
		count_window(table, as_of, window, counts);
	indexed_table_end(table);

	signups_start_iterate(counts, &iterator);
	while ((signups = signups_iterate(counts, &iterator)) != NULL)
		if (signups->signups[RECENT] + signups->signups[PREVIOUS] > 0)
			put_signups(result, &signups->course_id, signups->signups[RECENT],
						signups->signups[PREVIOUS]);
}

/*
 * Reading by a query
 */

static const char *const signups_query =
"SELECT c.course_id, c.signups[1], c.signups[2]"
"  FROM (SELECT p.course_id, %1$s.window_signups(p.started_at, $1) AS signups"
"          FROM %1$s.user_progress AS p"
"          JOIN %1$s.generated_courses AS c ON c.id = p.course_id AND c.user_id <> p.user_id"
"         WHERE p.started_at > $1 - interval '48 hours' AND p.started_at <= $1"
"         GROUP BY p.course_id) AS c";

static void
query_signups(Oid schema, TimestampTz as_of, ReturnSetInfo *result)
{
	const char *name = quote_identifier(get_namespace_name(schema));
	Oid			type = TIMESTAMPTZOID;
	Datum		value = TimestampTzGetDatum(as_of);
	uint64		row;

	SPI_connect();
	SPI_execute_with_args(psprintf(signups_query, name), 1, &type, &value, NULL,
						  true, 0);
	for (row = 0; row < SPI_processed; row++)
		put_signups(result, DatumGetUUIDP(cursor_value(row, 1)),
					DatumGetInt64(cursor_value(row, 2)),
					DatumGetInt64(cursor_value(row, 3)));
	SPI_finish();
}

/* Whether a query would check nothing and return every row. */
static bool
may_read_all(Relation table)
{
	Oid			id = RelationGetRelid(table);

	return pg_class_aclcheck(id, GetUserId(), ACL_SELECT) == ACLCHECK_OK &&
		check_enable_rls(id, InvalidOid, true) != RLS_ENABLED;
}

/*
 * count_signups(as_of timestamptz)
 */
Datum
count_signups(PG_FUNCTION_ARGS)
{
	static const IndexColumn columns[] = {
		{"started_at", TIMESTAMPTZOID}, {"course_id", UUIDOID}, {"user_id", UUIDOID}
	};
	static const IndexShape shape = {columns, 1, 3};
	Oid			schema = extension_schema(fcinfo->flinfo);
	TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(0);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	IndexedTable table = {0};
	Relation	progress;
	MemoryContext context;
	MemoryContext old;

	InitMaterializedSRF(fcinfo, 0);
	if (TIMESTAMP_NOT_FINITE(as_of))
		return (Datum) 0;
	progress = open_extension_table(schema, "user_progress");
	context = AllocSetContextCreate(CurrentMemoryContext, "learnify signups",
									ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	if (may_read_all(progress) &&
		indexed_table_open(&table, progress, &shape, GetActiveSnapshot()))
		read_entries(schema, &table, as_of, result);
	else
		query_signups(schema, as_of, result);
	indexed_table_close(&table);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	table_close(progress, NoLock);
	return (Datum) 0;
}
