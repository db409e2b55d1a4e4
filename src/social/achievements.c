/*
 * achievements.c
 *		award_for_event(): awards the achievements that a learner has reached.
 *
 * Only those are considered whose metric the event can raise, and that the
 * learner has not earned yet.
 *
 * Cost: reading all achievements and the learner's own, and measuring each
 * metric of those considered once. Memory: 16 bytes for each achievement
 * earned, and a few allocations, in the current context.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/skey.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/id_list.h"
#include "base/indexed_table.h"
#include "base/saved_plan.h"
#include "identity/acting_user.h"
#include "progress/learner_lock.h"
#include "social/achievements.h"
#include "social/streaks.h"

PG_FUNCTION_INFO_V1(award_for_event);

static const IndexColumn earned_columns[] = {
	{"user_id", UUIDOID}, {"achievement_id", UUIDOID}
};
static const IndexShape earned_shape = {earned_columns, 2, 2};

/*
 * The criteria of an achievement, which check_achievement_criteria has
 * accepted.
 */
typedef struct Rule
{
	Metric		metric;
	Numeric		at_least;
	Numeric		reviews_received;	/* NULL where none are required */
} Rule;

typedef struct Award
{
	Oid			schema;
	const pg_uuid_t *user_id;
	Events		events;
	const NewWork *work;		/* NULL where none is known */
	Snapshot	snapshot;
	Numeric		measured[METRIC_COUNT]; /* NULL until it is measured */
	IdList		earned;
	IdList		reached;
	IdList		reached_now;	/* of those, by work of this moment */
} Award;

/*
 * Serializes the awards of a learner for completed courses, so that of two
 * courses completed at the same time, the later transaction counts both. The
 * lock is taken after those on the rows that are counted.
 */
static void
lock_learner_awards(Oid schema, const pg_uuid_t *user_id)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID};
	Datum		values[] = {UUIDPGetDatum(user_id)};

	SPI_connect();
	execute_saved(&saved, schema, "SELECT learnify_internal.hold_award_lock($1)",
				  lengthof(types), types, values, NULL);
	SPI_finish();
	require_latest_work(schema, user_id, LEARNER_AWARDS_LOCK);
}

static JsonbValue *
criterion(Jsonb *criteria, const char *key, JsonbValue *value)
{
	return getKeyJsonValueFromContainer(&criteria->root, key, strlen(key),
										value);
}

/*
 * Returns false for malformed criteria, which only a disabled trigger lets in.
 */
static bool
read_rule(Jsonb *criteria, Rule *rule)
{
	JsonbValue	metric;
	JsonbValue	at_least;
	JsonbValue	reviews;

	if (!JB_ROOT_IS_OBJECT(criteria) ||
		criterion(criteria, "metric", &metric) == NULL ||
		metric.type != jbvString ||
		!find_metric(metric.val.string.val, metric.val.string.len,
					 &rule->metric) ||
		criterion(criteria, "at_least", &at_least) == NULL ||
		at_least.type != jbvNumeric)
		return false;
	rule->at_least = at_least.val.numeric;
	rule->reviews_received = NULL;
	if (criterion(criteria, "reviews_received", &reviews) != NULL &&
		reviews.type == jbvNumeric)
		rule->reviews_received = reviews.val.numeric;
	return true;
}

/*
 * Reads all of them at once: a learner cannot have earned more than there are.
 */
static void
collect_earned(Award *award)
{
	IndexedTable earned;

	indexed_table_begin_reading(&earned, award->schema, "user_achievements",
								&earned_shape, award->snapshot, 1, true);
	indexed_table_seek(&earned, award->user_id);
	while (indexed_table_next_entry(&earned))
		id_list_add(&award->earned,
				   DatumGetUUIDP(indexed_table_entry_value(&earned, 2)));
	indexed_table_end_reading(&earned);
}

/*
 * Returns the length of the longest streak around a day of the new work, which may be
 * in the past, or of the longest streak ever where no work is known.
 */
static Numeric
measure_best_streak(Award *award)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	int			best = 0;
	int			i;

	if (award->work == NULL)
		return int64_to_numeric(measure_longest_streak(award->schema, award->user_id,
													   now, award->snapshot));
	for (i = 0; i < award->work->day_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		best = Max(best, measure_streak_around(award->schema, award->user_id,
											   award->work->days[i], now,
											   award->snapshot));
	}
	return int64_to_numeric(best);
}

static bool
is_at_least(Numeric number, Numeric least)
{
	return DatumGetBool(DirectFunctionCall2(numeric_ge, NumericGetDatum(number),
											NumericGetDatum(least)));
}

static bool
has_reached(Award *award, Metric metric, Numeric at_least)
{
	if (award->measured[metric] == NULL && metric == METRIC_STREAK_DAYS)
		award->measured[metric] = measure_best_streak(award);
	if (award->measured[metric] == NULL)
		award->measured[metric] = measure(award->schema, award->user_id, metric,
										  award->snapshot);
	return is_at_least(award->measured[metric], at_least);
}

static bool
is_reached(Award *award, const Rule *rule)
{
	return has_reached(award, rule->metric, rule->at_least) &&
		(rule->reviews_received == NULL ||
		 has_reached(award, METRIC_REVIEWS_RECEIVED, rule->reviews_received));
}

/*
 * By how much the new work has raised the metric, at least; zero where that is not
 * known. Hours are rounded to hundredths.
 */
static Numeric
rise_by_work(const NewWork *work, Metric metric)
{
	switch (metric)
	{
		case METRIC_EXERCISES_SOLVED:
			return int64_to_numeric(work->exercises_solved);
		case METRIC_MODULES_COMPLETED:
			return int64_to_numeric(work->modules_completed);
		case METRIC_HOURS_LEARNED:
			return int64_div_fast_to_numeric(Max(work->minutes * 100 / 60 - 1, 0), 2);
		default:
			return int64_to_numeric(0);
	}
}

/*
 * Whether the metric was lower than required before the new work, which is of this
 * moment; there is nothing to look up then.
 */
static bool
is_reached_now(const Award *award, const Rule *rule)
{
	Datum		before;

	if (award->work == NULL || !award->work->is_now ||
		rule->reviews_received != NULL)
		return false;
	before = DirectFunctionCall2(numeric_sub,
								 NumericGetDatum(award->measured[rule->metric]),
								 NumericGetDatum(rise_by_work(award->work, rule->metric)));
	return !is_at_least(DatumGetNumeric(before), rule->at_least);
}

static void
collect_reached(Award *award)
{
	Relation	achievements = open_extension_table(award->schema,
													"achievements");
	AttrNumber	id = table_column(achievements, "id", UUIDOID);
	AttrNumber	active = table_column(achievements, "active", BOOLOID);
	AttrNumber	criteria = table_column(achievements, "criteria", JSONBOID);
	TupleTableSlot *slot = table_slot_create(achievements, NULL);
	TableScanDesc scan = begin_table_scan(achievements, award->snapshot);

	collect_earned(award);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		pg_uuid_t  *achievement_id = DatumGetUUIDP(slot_value(slot, id));
		Rule		rule;

		if (!DatumGetBool(slot_value(slot, active)) ||
			!read_rule(DatumGetJsonbP(slot_value(slot, criteria)), &rule) ||
			!metric_depends_on(rule.metric, award->events) ||
			sorted_id_list_contains(&award->earned, achievement_id) ||
			!is_reached(award, &rule))
			continue;
		id_list_add(&award->reached, achievement_id);
		if (is_reached_now(award, &rule))
			id_list_add(&award->reached_now, achievement_id);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(achievements, NoLock);
}

/*
 * Returns how many rows were inserted; another transaction may have been
 * first. An achievement that another one is deleting is waited for, and left
 * out once it is gone, before the foreign key would refuse it.
 */
static int
insert_reached(Award *award)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID, UUIDARRAYOID, UUIDARRAYOID};
	Datum		values[] = {
		UUIDPGetDatum(award->user_id),
		id_list_array(&award->reached),
		id_list_array(&award->reached_now)
	};
	int			inserted;

	SPI_connect();
	execute_saved(&saved, award->schema,
				  "INSERT INTO %1$s.user_achievements (user_id, achievement_id, unlocked_at)"
				  " SELECT $1, a.id, CASE WHEN a.id = ANY ($3) THEN now() ELSE coalesce(greatest("
				  "          learnify_internal.metric_reached_at($1, a.criteria ->> 'metric', (a.criteria -> 'at_least')::numeric),"
				  "          learnify_internal.metric_reached_at($1, 'reviews_received', (a.criteria -> 'reviews_received')::numeric)),"
				  "          now()) END"
				  " FROM %1$s.achievements AS a"
				  " WHERE a.id = ANY ($2)"
				  " ORDER BY a.id"
				  " FOR KEY SHARE"
				  " ON CONFLICT (user_id, achievement_id) DO NOTHING",
				  lengthof(types), types, values, NULL);
	inserted = (int) SPI_processed;
	SPI_finish();
	return inserted;
}

int
award_learner(Oid schema, const pg_uuid_t *user_id, Events events,
			  const NewWork *work)
{
	Award		award = {
		.schema = schema,
		.user_id = user_id,
		.events = events,
		.work = work
	};

	if (metric_depends_on(METRIC_COURSES_COMPLETED, events))
		lock_learner_awards(schema, user_id);

	/*
	 * See what the caller has written, and what was committed during the wait.
	 */
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	award.snapshot = GetActiveSnapshot();
	collect_reached(&award);
	PopActiveSnapshot();
	return award.reached.count > 0 ? insert_reached(&award) : 0;
}

/*
 * award_for_event(user_id uuid, event text)
 */
Datum
award_for_event(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {
		"achievements", "user_achievements", NULL
	};
	Oid			schema = extension_schema(fcinfo->flinfo);
	pg_uuid_t  *user_id = PG_GETARG_UUID_P(0);

	require_reader(schema, user_id, tables);
	require_reader(schema, user_id, metric_tables);
	PG_RETURN_INT32(award_learner(schema, user_id,
								  find_event(PG_GETARG_TEXT_PP(1)), NULL));
}
