/*
 * split.c
 *		Hides a part of the interactions, to see how well it is predicted from
 *		the rest.
 *
 * A split by learner hides the latest courses of each learner. The rest then
 * has courses that others took later, as the model will not have them when it
 * is used. A split by time hides what anybody took after one point in time.
 *
 * Cost: a pass over the interactions; for a split by time also a sort of their
 * dates. Memory: 16 bytes for each interaction, and 28 for each user.
 */
#include "postgres.h"

#include "storage/shmem.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "discovery/split.h"

Size
split_size(uint64 users, uint64 interactions)
{
	return add_size(mul_size(users + 1, 2 * sizeof(size_t) + sizeof(uint32) +
							 sizeof(TimestampTz)),
					mul_size(Max(interactions, 1),
							 2 * sizeof(uint32) + sizeof(TimestampTz)));
}

static int
compare_courses(const void *a, const void *b)
{
	uint32		x = *(const uint32 *) a;
	uint32		y = *(const uint32 *) b;

	return x < y ? -1 : x > y;
}

static int
compare_dates(const void *a, const void *b)
{
	TimestampTz x = *(const TimestampTz *) a;
	TimestampTz y = *(const TimestampTz *) b;

	return x < y ? -1 : x > y;
}

/*
 * Finds the point in time after which that share of the interactions is, and
 * the first date after it.
 */
static TimestampTz
find_point_in_time(const TimestampTz *dates, Size count, double holdout,
				   TimestampTz *sorted, TimestampTz *next)
{
	Size		hide = (Size) (count * holdout + 0.5);
	Size		i;

	*next = DT_NOEND;
	if (hide >= count)
		return DT_NOBEGIN;
	memcpy(sorted, dates, count * sizeof(TimestampTz));
	qsort(sorted, count, sizeof(TimestampTz), compare_dates);
	i = count - hide - 1;
	while (i < count && sorted[i] == sorted[count - hide - 1])
		i++;
	if (i < count)
		*next = sorted[i];
	return sorted[count - hide - 1];
}

/* Returns how many of a user's courses, in the order of dates, are hidden. */
static size_t
count_hidden(const TimestampTz *dates, size_t count, SplitKind kind,
			 double holdout, TimestampTz point)
{
	size_t		hide = 0;

	if (kind == SPLIT_BY_LEARNER)
		return (size_t) (count * holdout + 0.5);
	while (hide < count && dates[count - hide - 1] > point)
		hide++;
	return hide;
}

static void
add_user(Split *split, uint32 number, const uint32 *course,
		 const TimestampTz *dates, size_t left, size_t hide,
		 TimestampTz until)
{
	size_t	   *rest_start = unconstify(size_t *, split->rest.row_start);
	uint32	   *rest = unconstify(uint32 *, split->rest.course);
	uint32		user = split->rest.users++;
	uint32	   *hidden = &split->hidden[split->hidden_start[user]];

	split->user[user] = number;
	split->until[user] = until;
	memcpy(&rest[rest_start[user]], course, left * sizeof(uint32));
	memcpy(&split->dates[rest_start[user]], dates, left * sizeof(TimestampTz));
	memcpy(hidden, &course[left], hide * sizeof(uint32));
	qsort(hidden, hide, sizeof(uint32), compare_courses);
	rest_start[user + 1] = rest_start[user] + left;
	split->hidden_start[user + 1] = split->hidden_start[user] + hide;
	split->learners += hide > 0;
}

void
split_interactions(const LocalRidgeMatrix *all, const TimestampTz *dates,
				   SplitKind kind, double holdout, WorkMemory *memory,
				   Split *split)
{
	Size		count = all->row_start[all->users];
	TimestampTz point = DT_NOBEGIN;
	TimestampTz next = DT_NOEND;
	uint32		user;

	memset(split, 0, sizeof(Split));
	split->users_allocated = (Size) all->users + 1;
	split->allocated = count;
	split->rest = *all;
	split->rest.users = 0;
	split->rest.row_start = work_memory_allocate(memory, split->users_allocated, sizeof(size_t));
	split->rest.course = work_memory_allocate(memory, count, sizeof(uint32));
	split->user = work_memory_allocate(memory, split->users_allocated, sizeof(uint32));
	split->until = work_memory_allocate(memory, split->users_allocated, sizeof(TimestampTz));
	split->hidden_start = work_memory_allocate(memory, split->users_allocated, sizeof(size_t));
	split->hidden = work_memory_allocate(memory, count, sizeof(uint32));
	split->dates = work_memory_allocate(memory, count, sizeof(TimestampTz));
	unconstify(size_t *, split->rest.row_start)[0] = 0;
	split->hidden_start[0] = 0;
	if (kind == SPLIT_BY_TIME && count > 0)
		point = find_point_in_time(dates, count, holdout, split->dates, &next);
	for (user = 0; user < all->users; user++)
	{
		size_t		start = all->row_start[user];
		size_t		taken = all->row_start[user + 1] - start;
		size_t		hide = count_hidden(&dates[start], taken, kind, holdout, point);

		if (kind == SPLIT_BY_LEARNER)
			next = hide > 0 ? dates[start + taken - hide] : DT_NOEND;
		if (hide < taken)
			add_user(split, user, &all->course[start], &dates[start], taken - hide, hide, next);
	}
}

void
split_free(Split *split, WorkMemory *memory)
{
	work_memory_free(memory, unconstify(size_t *, split->rest.row_start),
					 split->users_allocated, sizeof(size_t));
	work_memory_free(memory, unconstify(uint32 *, split->rest.course),
					 split->allocated, sizeof(uint32));
	work_memory_free(memory, split->user, split->users_allocated, sizeof(uint32));
	work_memory_free(memory, split->until, split->users_allocated,
					 sizeof(TimestampTz));
	work_memory_free(memory, split->hidden_start, split->users_allocated,
					 sizeof(size_t));
	work_memory_free(memory, split->hidden, split->allocated, sizeof(uint32));
	work_memory_free(memory, split->dates, split->allocated, sizeof(TimestampTz));
}
