/*
 * ticker.c
 *		activity_ticker() and newer_activity(): what the users that a user
 *		follows did, newest first, or what is newer than a row, oldest first.
 *
 * There are two ways to the newest rows of the followed users. A scan along
 * time skips the rows of all others, and is slow where the followed users did
 * nothing lately. A scan along each followed user is slow where there are many
 * of them. So the scan along time goes first, with a budget of as many entries
 * as could be read in the time in which the other scans descend their index.
 * The rows that it finds are the top of the page. The remaining rows come from
 * a descending scan for each followed user. These are merged in a heap of at
 * most a page; once it is full, each scan ends at the oldest row kept. A page
 * of newer rows is read the same two ways, by scans that ascend.
 *
 * The list of followed users may have thousands of entries. Only its beginning
 * is read before the scan along time; actors beyond that are looked up one by
 * one, until FIRST_ENTRIES entries have been read.
 *
 * Cost: at most one descent of the index for each followed user, and about
 * page_size * log(followed) rows. It does not depend on how deep the page
 * lies, nor on how long users have been dormant. Private rows of the followed
 * users, and dead rows that have not been vacuumed, are read and skipped.
 *
 * Memory: 17 bytes for each followed user, up to twice as much as the list
 * grows, and a copy of the page's rows, in a context that is deleted before
 * the function returns.
 *
 * The tables are read under the statement's snapshot, without policies and
 * privileges: see check_caller. Where a table cannot be read through an index,
 * for example since it is distributed, a query that runs as the owner returns
 * the same rows.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tupdesc.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/binaryheap.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/growing_array.h"
#include "base/indexed_table.h"
#include "base/uuids.h"
#include "distribution/shards.h"
#include "identity/acting_user.h"
#include "social/page.h"
#include "social/ticker_of_nodes.h"
#include "social/visibility.h"

/*
 * How many index entries can be read in the time of a descent, or of fetching
 * a row.
 */
#define ENTRIES_PER_DESCENT		4
#define ENTRIES_PER_ROW			8

/*
 * How much of the list of followed users is read at first, and how many
 * entries of the feed are read with that.
 */
#define FIRST_FOLLOWED			512
#define FIRST_ENTRIES			1024

PG_FUNCTION_INFO_V1(activity_ticker);
PG_FUNCTION_INFO_V1(newer_activity);
PG_FUNCTION_INFO_V1(followed_page);

typedef struct FeedRow
{
	PagePosition position;
	HeapTuple	tuple;
} FeedRow;

typedef enum Standing
{
	STANDING_UNKNOWN,
	STANDING_SHOWN,
	STANDING_HIDDEN
} Standing;

typedef struct Followed
{
	pg_uuid_t	id;				/* first, for find_by_uuid() */
	uint8		standing;
} Followed;

/* Sorted by id. */
typedef struct FollowedUsers
{
	Followed   *items;
	Size		count;
	Size		allocated;
} FollowedUsers;

typedef struct Ticker
{
	Oid			schema;
	pg_uuid_t	user_id;
	int			page_size;
	ScanDirection direction;	/* to newer rows, or to older ones */
	PageCursor	cursor;
	PageBound	bound;			/* the page has all rows before this */

	IndexedTable users;
	IndexedTable relationships;
	IndexedTable lookups;		/* the same, to look up one user */
	ScanKeyData lookup_keys[2];
	IndexedTable times;			/* the feed by time; its index may be NULL */
	IndexedTable actors;		/* the feed by actor and time */
	IndexedTable ids;			/* the feed by id */
	AttrNumber	max_visibility;
	AttrNumber	social_enabled;
	AttrNumber	visibility;
	AttrNumber	created_at;
	AttrNumber	id;

	Snapshot	snapshot;
	FollowedUsers followed;
	bool		all_followed;	/* whether the list has been read to its end */
	int			row_count;
	FeedRow    *rows;
	binaryheap *kept;			/* pointers to rows, the page's last on top */
} Ticker;

static const IndexColumn user_columns[] = {{"id", UUIDOID}};
static const IndexColumn relationship_columns[] = {
	{"follower_id", UUIDOID}, {"following_id", UUIDOID}
};
static const IndexColumn time_columns[] = {
	{"created_at", TIMESTAMPTZOID}, {"id", UUIDOID}, {"user_id", UUIDOID}
};
static const IndexColumn actor_columns[] = {
	{"user_id", UUIDOID}, {"created_at", TIMESTAMPTZOID}, {"id", UUIDOID}
};

static const IndexColumn id_columns[] = {{"id", UUIDOID}};

static const IndexShape user_shape = {user_columns, 1, 1};
static const IndexShape relationship_shape = {relationship_columns, 2, 2};
static const IndexShape time_shape = {time_columns, 2, 3};
static const IndexShape actor_shape = {actor_columns, 3, 3};
static const IndexShape id_shape = {id_columns, 1, 1};

/*
 * Positions
 */

static int
compare_positions(const PagePosition *a, const PagePosition *b)
{
	if (a->created_at != b->created_at)
		return a->created_at < b->created_at ? -1 : 1;
	return compare_uuids(&a->id, &b->id);
}

/* Below 0 where a comes first in the page. */
static int
compare_in_page(const PagePosition *a, const PagePosition *b,
				ScanDirection direction)
{
	return ScanDirectionIsForward(direction) ?
		compare_positions(a, b) : compare_positions(b, a);
}

static int
compare_rows(const void *a, const void *b, void *direction)
{
	return compare_in_page(&((const FeedRow *) a)->position,
						   &((const FeedRow *) b)->position,
						   *(ScanDirection *) direction);
}

static int
compare_last_on_top(Datum a, Datum b, void *direction)
{
	return compare_rows(DatumGetPointer(a), DatumGetPointer(b), direction);
}

static StrategyNumber
bound_strategy(Ticker *ticker)
{
	if (ScanDirectionIsForward(ticker->direction))
		return ticker->bound.is_included ?
			BTGreaterEqualStrategyNumber : BTGreaterStrategyNumber;
	return ticker->bound.is_included ?
		BTLessEqualStrategyNumber : BTLessStrategyNumber;
}

/*
 * Makes a scan key for (created_at, id) beyond the bound, or from it on with
 * is_included, as the executor does for a row comparison. column is the number
 * of created_at in the index; id follows. The key points to a copy, which must
 * live as long as the scan.
 */
static void
init_bound_key(ScanKey key, AttrNumber column, Ticker *ticker)
{
	StrategyNumber strategy = bound_strategy(ticker);
	ScanKey		members = palloc(2 * sizeof(ScanKeyData));
	PagePosition *position = palloc(sizeof(PagePosition));

	*position = ticker->bound.position;
	ScanKeyEntryInitialize(&members[0], SK_ROW_MEMBER, column, strategy,
						   TIMESTAMPTZOID, InvalidOid, F_TIMESTAMPTZ_CMP,
						   TimestampTzGetDatum(position->created_at));
	ScanKeyEntryInitialize(&members[1], SK_ROW_MEMBER | SK_ROW_END, column + 1,
						   strategy, UUIDOID, InvalidOid, F_UUID_CMP,
						   UUIDPGetDatum(&position->id));
	memset(key, 0, sizeof(ScanKeyData));
	key->sk_flags = SK_ROW_HEADER;
	key->sk_attno = column;
	key->sk_strategy = strategy;
	key->sk_argument = PointerGetDatum(members);
}

/*
 * Followed users
 */

static void
add_followed(Ticker *ticker, const pg_uuid_t *user_id)
{
	Followed   *followed = growing_array_append(&ticker->followed);

	followed->id = *user_id;
	followed->standing = STANDING_UNKNOWN;
}

static void
begin_followed(Ticker *ticker)
{
	indexed_table_begin(&ticker->relationships, ticker->snapshot, 1, true);
	indexed_table_seek(&ticker->relationships, &ticker->user_id);
}

/* Reads on until the list has that many users, or to its end. */
static void
load_followed(Ticker *ticker, Size count)
{
	IndexedTable *relationships = &ticker->relationships;

	while (!ticker->all_followed && ticker->followed.count < count)
	{
		if (indexed_table_next_entry(relationships))
			add_followed(ticker,
						 DatumGetUUIDP(indexed_table_entry_value(relationships, 2)));
		else
			ticker->all_followed = true;
	}
}

/* Finds a user in the part of the list that has been read. */
static Followed *
find_followed(Ticker *ticker, const pg_uuid_t *user_id)
{
	return find_by_uuid(ticker->followed.items, ticker->followed.count,
						sizeof(Followed), user_id);
}

/* Whether the list has been read as far as the place of a user. */
static bool
is_in_reach(Ticker *ticker, const pg_uuid_t *user_id)
{
	return ticker->all_followed ||
		compare_uuids(user_id,
					  &ticker->followed.items[ticker->followed.count - 1].id) <= 0;
}

static void
begin_lookups(Ticker *ticker)
{
	ScanKeyInit(&ticker->lookup_keys[0], 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(&ticker->user_id));
	ScanKeyInit(&ticker->lookup_keys[1], 2, BTEqualStrategyNumber, F_UUID_EQ,
				(Datum) 0);
	indexed_table_begin(&ticker->lookups, ticker->snapshot, 2, true);
}

/*
 * Whether a user beyond the part of the list that has been read is followed.
 */
static bool
look_up_followed(Ticker *ticker, const pg_uuid_t *user_id)
{
	ticker->lookup_keys[1].sk_argument = UUIDPGetDatum(user_id);
	index_rescan(ticker->lookups.scan, ticker->lookup_keys, 2, NULL, 0);
	return indexed_table_next_entry(&ticker->lookups);
}

/*
 * Whether the visibility in a column lets followers see the row or the user.
 */
static bool
lets_followers_see(TupleTableSlot *slot, AttrNumber column)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, column, &isnull);
	Visibility	visibility;

	return !isnull && find_visibility(DatumGetTextPP(value), &visibility) &&
		followers_may_see(visibility);
}

/* As visibility_to() decides for followers, whom nobody has blocked. */
static bool
is_user_shown(Ticker *ticker, const pg_uuid_t *user_id)
{
	IndexedTable *users = &ticker->users;

	indexed_table_seek(users, user_id);
	return index_getnext_slot(users->scan, ForwardScanDirection, users->slot) &&
		lets_followers_see(users->slot, ticker->max_visibility) &&
		DatumGetBool(slot_value(users->slot, ticker->social_enabled));
}

/*
 * Reads the user's row only when something that the user did is about to be
 * shown.
 */
static bool
is_followed_shown(Ticker *ticker, Followed *followed)
{
	if (followed->standing == STANDING_UNKNOWN)
		followed->standing = is_user_shown(ticker, &followed->id) ?
			STANDING_SHOWN : STANDING_HIDDEN;
	return followed->standing == STANDING_SHOWN;
}

/*
 * The page
 */

static bool
is_page_full(Ticker *ticker)
{
	return ticker->row_count == ticker->page_size;
}

static FeedRow *
append_row(Ticker *ticker, const PagePosition *position, TupleTableSlot *slot)
{
	FeedRow    *row = &ticker->rows[ticker->row_count];

	row->position = *position;
	row->tuple = ExecCopySlotHeapTuple(slot);
	ticker->row_count++;
	return row;
}

static FeedRow *
last_kept(Ticker *ticker)
{
	return (FeedRow *) DatumGetPointer(binaryheap_first(ticker->kept));
}

/* Keeps a row; replaces the page's last one where the page is full. */
static void
keep_row(Ticker *ticker, const PagePosition *position, TupleTableSlot *slot)
{
	FeedRow    *row;

	if (!is_page_full(ticker))
	{
		row = append_row(ticker, position, slot);
		binaryheap_add(ticker->kept, PointerGetDatum(row));
		return;
	}
	row = last_kept(ticker);
	heap_freetuple(row->tuple);
	row->position = *position;
	row->tuple = ExecCopySlotHeapTuple(slot);
	binaryheap_replace_first(ticker->kept, PointerGetDatum(row));
}

/*
 * Along time
 */

static void
begin_along_time(Ticker *ticker)
{
	ScanKeyData key;
	int			keys = 0;

	if (ticker->bound.is_set)
	{
		init_bound_key(&key, 1, ticker);
		keys = 1;
	}
	indexed_table_begin(&ticker->times, ticker->snapshot, keys, true);
	index_rescan(ticker->times.scan, &key, keys, NULL, 0);
}

/*
 * Moves the bound to the current entry. There may be several entries for one
 * row, of which at most one is live. So the bound includes the position,
 * unless the row has been appended already.
 */
static void
move_bound(Ticker *ticker)
{
	IndexedTable *times = &ticker->times;
	PageBound  *bound = &ticker->bound;

	bound->is_set = true;
	bound->position.created_at =
		DatumGetTimestampTz(indexed_table_entry_value(times, 1));
	bound->position.id = *DatumGetUUIDP(indexed_table_entry_value(times, 2));
	bound->is_included = ticker->row_count == 0 ||
		compare_positions(&bound->position,
						  &ticker->rows[ticker->row_count - 1].position) != 0;
}

/*
 * Appends the row of the current entry, whose actor is followed, if it may be
 * seen.
 */
static void
read_followed_entry(Ticker *ticker, bool actor_is_shown)
{
	IndexedTable *times = &ticker->times;

	if (actor_is_shown && index_fetch_heap(times->scan, times->slot) &&
		lets_followers_see(times->slot, ticker->visibility))
	{
		append_row(ticker, &ticker->bound.position, times->slot);
		ticker->bound.is_included = false;
	}
}

/*
 * Returns the cost of the entry, in units of an entry of a user who is not
 * followed.
 */
static Size
read_entry(Ticker *ticker)
{
	pg_uuid_t	actor;
	Followed   *followed;

	move_bound(ticker);
	actor = *DatumGetUUIDP(indexed_table_entry_value(&ticker->times, 3));
	if (is_in_reach(ticker, &actor))
	{
		followed = find_followed(ticker, &actor);
		if (followed == NULL)
			return 1;
		read_followed_entry(ticker, is_followed_shown(ticker, followed));
	}
	else
	{
		if (!look_up_followed(ticker, &actor))
			return 1;
		read_followed_entry(ticker, is_user_shown(ticker, &actor));
	}
	return ENTRIES_PER_ROW;
}

/* Returns whether the page is complete: full, or at the end of the feed. */
static bool
read_entries(Ticker *ticker, Size budget)
{
	Size		spent = 0;

	while (!is_page_full(ticker) && spent < budget)
	{
		CHECK_FOR_INTERRUPTS();
		if (index_getnext_tid(ticker->times.scan, ticker->direction) == NULL)
			return true;
		spent += read_entry(ticker);
	}
	return is_page_full(ticker);
}

static bool
read_along_time(Ticker *ticker)
{
	bool		is_complete = false;

	begin_along_time(ticker);
	if (!ticker->all_followed)
	{
		begin_lookups(ticker);
		is_complete = read_entries(ticker, FIRST_ENTRIES);
		indexed_table_end(&ticker->lookups);
	}
	if (!is_complete)
	{
		load_followed(ticker, SIZE_MAX);
		is_complete = read_entries(ticker,
								   ticker->followed.count * ENTRIES_PER_DESCENT);
	}
	indexed_table_end(&ticker->times);
	return is_complete;
}

/*
 * Along each followed user
 */

static void
init_actor_keys(Ticker *ticker, ScanKey keys)
{
	bool		is_forward = ScanDirectionIsForward(ticker->direction);

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_UUID_EQ, (Datum) 0);
	ScanKeyInit(&keys[1], 2,
				is_forward ? BTLessEqualStrategyNumber : BTGreaterEqualStrategyNumber,
				is_forward ? F_TIMESTAMPTZ_LE : F_TIMESTAMPTZ_GE, (Datum) 0);
	if (ticker->bound.is_set)
		init_bound_key(&keys[2], 2, ticker);
}

/*
 * Reads the rows of one user, in the page's order, until one is beyond the
 * page.
 */
static void
read_actor(Ticker *ticker, Followed *followed)
{
	IndexedTable *actors = &ticker->actors;

	while (index_getnext_slot(actors->scan, ticker->direction, actors->slot))
	{
		PagePosition position;

		CHECK_FOR_INTERRUPTS();
		position.created_at =
			DatumGetTimestampTz(slot_value(actors->slot, ticker->created_at));
		position.id = *DatumGetUUIDP(slot_value(actors->slot, ticker->id));
		if (is_page_full(ticker) &&
			compare_in_page(&position, &last_kept(ticker)->position,
							ticker->direction) > 0)
			return;
		if (!is_followed_shown(ticker, followed))
			return;
		if (lets_followers_see(actors->slot, ticker->visibility))
			keep_row(ticker, &position, actors->slot);
	}
}

static void
seek_actor(Ticker *ticker, Followed *followed, ScanKey keys, int key_count)
{
	TimestampTz end = ScanDirectionIsForward(ticker->direction) ?
		DT_NOEND : DT_NOBEGIN;

	if (is_page_full(ticker))
		end = last_kept(ticker)->position.created_at;
	keys[0].sk_argument = UUIDPGetDatum(&followed->id);
	keys[1].sk_argument = TimestampTzGetDatum(end);
	index_rescan(ticker->actors.scan, keys, key_count, NULL, 0);
}

/*
 * Visits the users in several sweeps in the order of the index. The first sweep
 * visits few users, each further one twice as many, spread over the whole list. If
 * ids grow with time, a single sweep could meet users with newer and newer rows,
 * and would keep rows of each for a while.
 */
static void
visit_actors(Ticker *ticker)
{
	int			key_count = ticker->bound.is_set ? 3 : 2;
	Size		stride = 1;
	ScanKeyData keys[3];

	init_actor_keys(ticker, keys);
	indexed_table_begin(&ticker->actors, ticker->snapshot, key_count, false);
	while (stride < ticker->followed.count)
		stride *= 2;
	for (; stride > 0; stride /= 2)
	{
		Size		number;

		for (number = stride - 1; number < ticker->followed.count;
			 number += 2 * stride)
		{
			Followed   *followed = &ticker->followed.items[number];

			CHECK_FOR_INTERRUPTS();
			if (followed->standing == STANDING_HIDDEN)
				continue;
			seek_actor(ticker, followed, keys, key_count);
			read_actor(ticker, followed);
		}
	}
	indexed_table_end(&ticker->actors);
}

/* Appends what is missing in the page. */
static void
read_along_actors(Ticker *ticker)
{
	int			complete = ticker->row_count;

	ticker->kept = binaryheap_allocate(ticker->page_size - complete,
									   compare_last_on_top, &ticker->direction);
	visit_actors(ticker);
	qsort_arg(ticker->rows + complete, ticker->row_count - complete,
			  sizeof(FeedRow), compare_rows, &ticker->direction);
}

/*
 * Reading the tables
 */

static void
find_columns(Ticker *ticker, Relation users, Relation feed)
{
	Oid			user_table = RelationGetRelid(users);
	Oid			feed_table = RelationGetRelid(feed);

	ticker->max_visibility = get_attnum(user_table, "max_visibility");
	ticker->social_enabled = get_attnum(user_table, "social_enabled");
	ticker->visibility = get_attnum(feed_table, "visibility");
	ticker->created_at = get_attnum(feed_table, "created_at");
	ticker->id = get_attnum(feed_table, "id");
}

/* Returns whether the tables can be read through their indexes. */
static bool
open_tables(Ticker *ticker, Relation users, Relation relationships,
			Relation feed)
{
	find_columns(ticker, users, feed);
	ticker->snapshot = GetActiveSnapshot();
	if (!indexed_table_open(&ticker->users, users, &user_shape,
							ticker->snapshot) ||
		!indexed_table_open(&ticker->relationships, relationships,
							&relationship_shape, ticker->snapshot) ||
		!indexed_table_open(&ticker->actors, feed, &actor_shape,
							ticker->snapshot) ||
		(ticker->cursor.has_id &&
		 !indexed_table_open(&ticker->ids, feed, &id_shape, ticker->snapshot)) ||
		!AttributeNumberIsValid(ticker->max_visibility) ||
		!AttributeNumberIsValid(ticker->social_enabled) ||
		!AttributeNumberIsValid(ticker->visibility))
		return false;
	indexed_table_open(&ticker->times, feed, &time_shape, ticker->snapshot);
	ticker->lookups = ticker->relationships;
	return true;
}

static void
close_tables(Ticker *ticker)
{
	indexed_table_close(&ticker->users);
	indexed_table_close(&ticker->relationships);
	indexed_table_close(&ticker->times);
	indexed_table_close(&ticker->actors);
	indexed_table_close(&ticker->ids);
}

/* Begins at the row that the cursor names, whoever may see it by now. */
static void
find_bound(Ticker *ticker)
{
	IndexedTable *ids = &ticker->ids;
	const TimestampTz *found = NULL;
	TimestampTz created_at;

	if (ticker->cursor.has_id)
	{
		indexed_table_begin(ids, ticker->snapshot, 1, false);
		indexed_table_seek(ids, &ticker->cursor.id);
		if (indexed_table_next_row(ids, ForwardScanDirection))
		{
			created_at = DatumGetTimestampTz(slot_value(ids->slot,
														ticker->created_at));
			found = &created_at;
		}
		indexed_table_end(ids);
	}
	ticker->bound = page_bound(&ticker->cursor, found);
}

static void
read_page(Ticker *ticker)
{
	ticker->rows = palloc(ticker->page_size * sizeof(FeedRow));
	find_bound(ticker);
	indexed_table_begin(&ticker->users, ticker->snapshot, 1, false);
	begin_followed(ticker);
	load_followed(ticker, FIRST_FOLLOWED);
	if (ticker->followed.count > 0 &&
		(ticker->times.index == NULL || !read_along_time(ticker)))
	{
		load_followed(ticker, SIZE_MAX);
		read_along_actors(ticker);
	}
	indexed_table_end(&ticker->relationships);
	indexed_table_end(&ticker->users);
}

static void
put_page(Ticker *ticker, Relation feed, ReturnSetInfo *result)
{
	TupleDesc	descriptor = RelationGetDescr(feed);
	Datum	   *values = palloc(descriptor->natts * sizeof(Datum));
	bool	   *nulls = palloc(descriptor->natts * sizeof(bool));
	int			i;

	for (i = 0; i < ticker->row_count; i++)
	{
		/*
		 * The table's own descriptor has the defaults of columns added since.
		 */
		heap_deform_tuple(ticker->rows[i].tuple, descriptor, values, nulls);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/*
 * Reading by a query
 */

/*
 * Citus accepts this form, too: it sends the followed users to the shards of
 * the feed. The addition in ORDER BY keeps the planner from scanning the index
 * along time: with that, 200 users who had been dormant for a year took 24 s
 * instead of 20 ms.
 */
static const char *const bound_query =
"SELECT a.created_at FROM %s.activity_feed AS a WHERE a.id = $1";

static const char *const page_query =
"WITH followed AS MATERIALIZED ("
"  SELECT r.following_id"
"  FROM %1$s.user_relationships AS r"
"  JOIN %1$s.users AS u ON u.id = r.following_id"
"  WHERE r.follower_id = $1 AND u.max_visibility IN ('public', 'friends')"
"     AND u.social_enabled)"
" SELECT a.*"
" FROM %1$s.activity_feed AS a"
" WHERE a.user_id IN (SELECT f.following_id FROM followed AS f)"
"   AND a.visibility IN ('public', 'friends')"
"   AND ($3 IS NULL OR (a.created_at, a.id) %2$s ($3, $4))"
" ORDER BY a.created_at + interval '0' %3$s, a.id %3$s"
" LIMIT $2";

static void
query_bound(Ticker *ticker, const char *schema)
{
	Oid			type = UUIDOID;
	Datum		id = UUIDPGetDatum(&ticker->cursor.id);
	const TimestampTz *found = NULL;
	TimestampTz created_at;
	bool		isnull;

	if (ticker->cursor.has_id)
	{
		SPI_execute_with_args(psprintf(bound_query, schema), 1, &type, &id, NULL,
							  true, 1);
		if (SPI_processed > 0)
		{
			created_at = DatumGetTimestampTz(SPI_getbinval(SPI_tuptable->vals[0],
														   SPI_tuptable->tupdesc,
														   1, &isnull));
			found = &created_at;
		}
	}
	ticker->bound = page_bound(&ticker->cursor, found);
}

static const char *
page_query_text(Ticker *ticker, const char *schema)
{
	if (ScanDirectionIsForward(ticker->direction))
		return psprintf(page_query, schema,
						ticker->bound.is_included ? ">=" : ">", "ASC");
	return psprintf(page_query, schema, "<", "DESC");
}

static void
query_page(Ticker *ticker, Relation feed, ReturnSetInfo *result)
{
	const char *schema = quote_identifier(get_namespace_name(ticker->schema));
	PagePosition *position = &ticker->bound.position;
	Oid			types[] = {UUIDOID, INT4OID, TIMESTAMPTZOID, UUIDOID};
	Datum		values[4];
	uint64		i;

	SPI_connect();
	query_bound(ticker, schema);
	if (coordinates_nodes())
	{
		NodesPage	page = {
			.schema = schema,
			.user_id = ticker->user_id,
			.page_size = ticker->page_size,
			.is_forward = ScanDirectionIsForward(ticker->direction),
			.bound = ticker->bound
		};

		put_page_of_nodes(&page, feed, result);
		SPI_finish();
		return;
	}
	values[0] = UUIDPGetDatum(&ticker->user_id);
	values[1] = Int32GetDatum(ticker->page_size);
	values[2] = TimestampTzGetDatum(position->created_at);
	values[3] = UUIDPGetDatum(&position->id);
	SPI_execute_with_args(page_query_text(ticker, schema), lengthof(types),
						  types, values, ticker->bound.is_set ? NULL : "  nn",
						  true, 0);
	for (i = 0; i < SPI_processed; i++)
		put_query_row(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, feed, result);
	SPI_finish();
}

/*
 * Runs the query as the owner, since row-level security may apply to the
 * caller, and with a search_path that holds nothing of the caller's. Error
 * cleanup restores both.
 */
static void
query_page_as_owner(Ticker *ticker, Relation feed, ReturnSetInfo *result)
{
	int			nest_level = NewGUCNestLevel();
	Oid			role;
	int			security_context;

	GetUserIdAndSecContext(&role, &security_context);
	SetUserIdAndSecContext(feed->rd_rel->relowner,
						   security_context | SECURITY_LOCAL_USERID_CHANGE);
	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	query_page(ticker, feed, result);
	AtEOXact_GUC(true, nest_level);
	SetUserIdAndSecContext(role, security_context);
}

/*
 * SQL functions
 */

static void
read_arguments(FunctionCallInfo fcinfo, Ticker *ticker)
{
	bool		is_forward = ScanDirectionIsForward(ticker->direction);

	page_check(fcinfo, is_forward);
	ticker->schema = extension_schema(fcinfo->flinfo);
	ticker->user_id = *PG_GETARG_UUID_P(0);
	ticker->page_size = PG_GETARG_INT32(1);
	ticker->cursor = page_cursor(fcinfo, 2, is_forward);
}

/* A bound session stays bound within a SECURITY DEFINER function. */
static void
check_caller(Ticker *ticker)
{
	static const char *const tables[] = {
		"user_relationships", "activity_feed", NULL
	};

	if (role_is_bound(ticker->schema))
		require_acting_for(ticker->schema, &ticker->user_id, "user_id");
	else
		require_reader(ticker->schema, &ticker->user_id, tables);
}

/* The node that coordinates has no rows of users. */
static void
return_page_of_nodes(FunctionCallInfo fcinfo, Ticker *ticker)
{
	Relation	feed = table_open(get_relname_relid("activity_feed", ticker->schema),
								  AccessShareLock);

	check_caller(ticker);
	InitMaterializedSRF(fcinfo, 0);
	query_page_as_owner(ticker, feed, (ReturnSetInfo *) fcinfo->resultinfo);
	table_close(feed, NoLock);
}

static void
return_page(FunctionCallInfo fcinfo, ScanDirection direction)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Ticker		ticker = {.direction = direction};
	Relation	users;
	Relation	relationships;
	Relation	feed;
	MemoryContext context;
	MemoryContext old;

	read_arguments(fcinfo, &ticker);
	if (coordinates_nodes())
	{
		return_page_of_nodes(fcinfo, &ticker);
		return;
	}
	users = open_extension_table(ticker.schema, "users");
	relationships = open_extension_table(ticker.schema, "user_relationships");
	feed = open_extension_table(ticker.schema, "activity_feed");
	check_caller(&ticker);
	InitMaterializedSRF(fcinfo, 0);

	context = AllocSetContextCreate(CurrentMemoryContext, "learnify ticker",
									ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	if (open_tables(&ticker, users, relationships, feed))
	{
		read_page(&ticker);
		put_page(&ticker, feed, result);
	}
	else
		query_page_as_owner(&ticker, feed, result);
	close_tables(&ticker);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);

	table_close(users, NoLock);
	table_close(relationships, NoLock);
	table_close(feed, NoLock);
}

/*
 * followed_page(anchor uuid, followed uuid[], page_size integer, is_forward boolean,
 *				 bound_at timestamptz, bound_id uuid, is_included boolean)
 *
 * The part of a page that is on this node, in any order. The anchor is one of the
 * followed, by whom Citus finds the node.
 */
typedef struct NodePart
{
	Ticker		ticker;
	const pg_uuid_t *followed;
	int			followed_count;
} NodePart;

static void
read_group(void *argument)
{
	NodePart   *part = argument;
	Ticker	   *ticker = &part->ticker;
	Relation	feed;
	int			i;

	ticker->followed.count = 0;
	for (i = 0; i < part->followed_count; i++)
		if (is_user_here(&part->followed[i]))
			add_followed(ticker, &part->followed[i]);
	indexed_table_require(&ticker->actors, ticker->schema, "activity_feed",
						  &actor_shape, ticker->snapshot);
	feed = ticker->actors.table;
	visit_actors(ticker);
	indexed_table_close(&ticker->actors);
	table_close(feed, NoLock);
}

/* The node that asks does so as the owner, after it has checked the caller. */
static void
check_part(FunctionCallInfo fcinfo)
{
	int			i;

	require_acting_for(extension_schema(fcinfo->flinfo), NULL, "followed");
	for (i = 0; i < 4; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument %d is null", i + 1)));
	if (PG_GETARG_INT32(2) < 1 || array_contains_nulls(PG_GETARG_ARRAYTYPE_P(1)) ||
		(!PG_ARGISNULL(4) && (PG_ARGISNULL(5) || PG_ARGISNULL(6))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("this is no part of a page")));
}

static void
begin_part(FunctionCallInfo fcinfo, NodePart *part)
{
	ArrayType  *followed = PG_GETARG_ARRAYTYPE_P(1);
	Ticker	   *ticker = &part->ticker;
	PageBound  *bound = &ticker->bound;

	part->followed = (const pg_uuid_t *) ARR_DATA_PTR(followed);
	part->followed_count = ArrayGetNItems(ARR_NDIM(followed), ARR_DIMS(followed));
	ticker->schema = extension_schema(fcinfo->flinfo);
	ticker->page_size = PG_GETARG_INT32(2);
	ticker->direction = PG_GETARG_BOOL(3) ? ForwardScanDirection : BackwardScanDirection;
	ticker->snapshot = GetActiveSnapshot();
	ticker->rows = palloc(ticker->page_size * sizeof(FeedRow));
	bound->is_set = !PG_ARGISNULL(4);
	if (bound->is_set)
	{
		bound->position.created_at = PG_GETARG_TIMESTAMPTZ(4);
		bound->position.id = *PG_GETARG_UUID_P(5);
		bound->is_included = PG_GETARG_BOOL(6);
	}
}

Datum
followed_page(PG_FUNCTION_ARGS)
{
	NodePart	part = {0};
	Ticker	   *ticker = &part.ticker;
	Relation	feed;

	check_part(fcinfo);
	begin_part(fcinfo, &part);
	indexed_table_begin_reading(&ticker->users, ticker->schema, "users",
								&user_shape, ticker->snapshot, 1, false);
	feed = open_extension_table(ticker->schema, "activity_feed");
	find_columns(ticker, ticker->users.table, feed);
	InitMaterializedSRF(fcinfo, 0);
	ticker->kept = binaryheap_allocate(ticker->page_size, compare_last_on_top,
									   &ticker->direction);
	for_each_group_here(read_group, &part);
	indexed_table_end_reading(&ticker->users);
	put_page(ticker, feed, (ReturnSetInfo *) fcinfo->resultinfo);
	table_close(feed, NoLock);
	return (Datum) 0;
}

/* activity_ticker(user_id, page_size, before_at, before_id) */
Datum
activity_ticker(PG_FUNCTION_ARGS)
{
	return_page(fcinfo, BackwardScanDirection);
	return (Datum) 0;
}

/* newer_activity(user_id, page_size, after_at, after_id) */
Datum
newer_activity(PG_FUNCTION_ARGS)
{
	return_page(fcinfo, ForwardScanDirection);
	return (Datum) 0;
}
