/*
 * skill_ranking.c
 *		Ranks courses for learners of a split as skill_recommendations() would
 *		have done, had it known no more than the rest.
 *
 * A completion is known if the course is among the learner's in the rest, and
 * if it was not completed later than the split lets be known. Archived courses
 * are ranked too, as by the other methods that evaluate_recommendations()
 * compares.
 *
 * Cost: for each learner, the square of the learner's courses once, and the
 * courses with tags that follow those mastered. Memory: that of mastery.c, 1
 * byte for each interaction, 20 for each course, 25 for each tag, 4 for each
 * tag of a course, and 40 for each rule.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/portal.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/uuids.h"
#include "discovery/skill_ranking.h"

#define NO_RULE		PG_UINT32_MAX

static const char *const newest_query =
"SELECT id FROM %1$s.generated_courses ORDER BY created_at DESC, id";

/*
 * Loading
 */

static void
load_ages(Oid schema, const Catalogue *catalogue, SkillRanking *ranking)
{
	Portal		portal = cursor_open(newest_query, schema, NULL, NULL);
	uint32		count = 0;

	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
		{
			uint32		course;

			if (!find_course(catalogue, DatumGetUUIDP(cursor_value(row, 1)), &course))
				continue;
			ranking->newest[count] = course;
			ranking->age[course] = count++;
		}
	}
	SPI_cursor_close(portal);
}

/* Marks the course as completed if it is in the rest and known; returns whether it is. */
static bool
mark_completion(SkillRanking *ranking, const Split *split, uint32 user,
				const Completion *completion)
{
	size_t		at;

	if (completion->at > split->until[user])
		return false;
	for (at = split->rest.row_start[user]; at < split->rest.row_start[user + 1]; at++)
		if (split->rest.course[at] == completion->course)
			return ranking->is_completed[at] = true;
	return false;
}

/* Keeps what is known. Both the completions and the split are in the order of users. */
static void
keep_known(SkillRanking *ranking, const Interactions *interactions, const Split *split)
{
	Mastery    *mastery = &ranking->mastery;
	CompletionList *list = &mastery->completions;
	Size		kept = 0;
	uint32		user = 0;
	Size		i;

	for (i = 0; i < list->count; i++)
	{
		const pg_uuid_t *id = &mastery->users[list->items[i].user];

		while (user < split->rest.users &&
			   compare_uuids(&interactions->user_ids[split->user[user]], id) < 0)
			user++;
		if (user < split->rest.users &&
			equal_uuids(&interactions->user_ids[split->user[user]], id) &&
			mark_completion(ranking, split, user, &list->items[i]))
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

/* Lists the courses of each tag. */
static void
load_tag_courses(SkillRanking *ranking, WorkMemory *memory)
{
	const Mastery *mastery = &ranking->mastery;
	uint32		entries = mastery->first_tag[ranking->courses];
	Size	   *first = work_memory_allocate(memory, (Size) mastery->tag_count + 2, sizeof(Size));
	uint32		course;
	uint32		i;

	memset(first, 0, ((Size) mastery->tag_count + 2) * sizeof(Size));
	ranking->tag_courses = work_memory_allocate(memory, entries, sizeof(uint32));
	for (i = 0; i < entries; i++)
		first[mastery->course_tags[i] + 2]++;
	for (i = 2; i < mastery->tag_count + 2; i++)
		first[i] += first[i - 1];
	for (course = 0; course < ranking->courses; course++)
		for (i = mastery->first_tag[course]; i < mastery->first_tag[course + 1]; i++)
			ranking->tag_courses[first[mastery->course_tags[i] + 1]++] = course;
	ranking->first_course = first;
}

static void
allocate_workspace(SkillRanking *ranking, WorkMemory *memory)
{
	uint32		tags = ranking->mastery.tag_count;

	ranking->is_mastered = work_memory_allocate(memory, tags, sizeof(bool));
	ranking->tag_rule = work_memory_allocate(memory, tags, sizeof(uint32));
	ranking->tags = work_memory_allocate(memory, tags, sizeof(uint32));
	ranking->course_rule = work_memory_allocate(memory, ranking->courses, sizeof(uint32));
	ranking->candidates = work_memory_allocate(memory, ranking->courses, sizeof(uint32));
	memset(ranking->is_mastered, 0, tags * sizeof(bool));
	memset(ranking->tag_rule, 0xff, tags * sizeof(uint32));
	memset(ranking->course_rule, 0xff, ranking->courses * sizeof(uint32));
}

void
skill_ranking_load(Oid schema, const Catalogue *catalogue,
				   const Interactions *interactions, const Split *split,
				   WorkMemory *memory, SkillRanking *ranking)
{
	size_t		taken = split->rest.row_start[split->rest.users];

	memset(ranking, 0, sizeof(SkillRanking));
	ranking->courses = catalogue->count;
	ranking->taken = split->rest.course;
	ranking->is_completed = work_memory_allocate(memory, taken, sizeof(bool));
	ranking->newest = work_memory_allocate(memory, catalogue->count, sizeof(uint32));
	ranking->age = work_memory_allocate(memory, catalogue->count, sizeof(uint32));
	memset(ranking->is_completed, 0, taken * sizeof(bool));
	load_ages(schema, catalogue, ranking);
	load_mastery(schema, catalogue, memory, &ranking->mastery);
	keep_known(ranking, interactions, split);
	load_tag_courses(ranking, memory);
	allocate_workspace(ranking, memory);
}

/*
 * Rules
 */

typedef struct RuleCollector
{
	SkillRuleList *rules;
	WorkMemory *memory;
} RuleCollector;

static void
collect_rule(const SkillRule *rule, void *state)
{
	RuleCollector *collector = state;

	*work_memory_append(collector->memory, collector->rules) = *rule;
}

static int
compare_rules(const void *a, const void *b)
{
	const SkillRule *x = a;
	const SkillRule *y = b;

	if (x->lift != y->lift)
		return x->lift > y->lift ? -1 : 1;
	return x->support > y->support ? -1 : x->support < y->support;
}

/* Rules that are alike have the same place, so that the age of courses decides. */
static void
place_rules(SkillRanking *ranking, WorkMemory *memory)
{
	const SkillRule *rules = ranking->rules.items;
	Size		i;

	ranking->place = work_memory_allocate(memory, ranking->rules.count, sizeof(uint32));
	for (i = 0; i < ranking->rules.count; i++)
		ranking->place[i] = i > 0 && compare_rules(&rules[i - 1], &rules[i]) == 0 ?
			ranking->place[i - 1] : (uint32) i;
}

/* Lists the rules of each tag, best first. */
static void
sort_rules(SkillRanking *ranking, WorkMemory *memory)
{
	SkillRuleList *rules = &ranking->rules;
	uint32		tags = ranking->mastery.tag_count;
	Size	   *first = work_memory_allocate(memory, (Size) tags + 2, sizeof(Size));
	Size		i;

	if (rules->count > 0)
		qsort(rules->items, rules->count, sizeof(SkillRule), compare_rules);
	memset(first, 0, ((Size) tags + 2) * sizeof(Size));
	ranking->tag_rules = work_memory_allocate(memory, rules->count, sizeof(uint32));
	for (i = 0; i < rules->count; i++)
		first[rules->items[i].tag + 2]++;
	for (i = 2; i < (Size) tags + 2; i++)
		first[i] += first[i - 1];
	for (i = 0; i < rules->count; i++)
		ranking->tag_rules[first[rules->items[i].tag + 1]++] = (uint32) i;
	ranking->first_rule = first;
	place_rules(ranking, memory);
}

static void
free_rules(SkillRanking *ranking, WorkMemory *memory)
{
	SkillRuleList *rules = &ranking->rules;

	if (ranking->first_rule == NULL)
		return;
	work_memory_free(memory, ranking->tag_rules, rules->count, sizeof(uint32));
	work_memory_free(memory, ranking->place, rules->count, sizeof(uint32));
	work_memory_free(memory, ranking->first_rule,
					 (Size) ranking->mastery.tag_count + 2, sizeof(Size));
	work_memory_free(memory, rules->items, rules->allocated, sizeof(SkillRule));
	memset(rules, 0, sizeof(SkillRuleList));
	ranking->first_rule = NULL;
}

void
skill_ranking_set_rules(SkillRanking *ranking, bool is_observed,
						SkillEdges *edges, WorkMemory *memory)
{
	Mastery		mastery = ranking->mastery;
	RuleCollector collector = {&ranking->rules, memory};

	free_rules(ranking, memory);
	if (!is_observed)
		mastery.completions.count = 0;
	find_skill_rules(&mastery, edges, DEFAULT_MIN_LIFT, DEFAULT_MIN_SUPPORT,
					 memory, collect_rule, &collector);
	sort_rules(ranking, memory);
}

/*
 * Ranking
 */

/* Finds the best rule that leads from the tag to each other one. */
static void
master_tag(SkillRanking *ranking, uint32 tag, uint32 *tags)
{
	Size		i;

	if (ranking->is_mastered[tag])
		return;
	ranking->is_mastered[tag] = true;
	for (i = ranking->first_rule[tag]; i < ranking->first_rule[tag + 1]; i++)
	{
		uint32		rule = ranking->tag_rules[i];
		uint32		next = ranking->rules.items[rule].next;

		if (ranking->tag_rule[next] == NO_RULE)
			ranking->tags[(*tags)++] = next;
		ranking->tag_rule[next] = Min(ranking->tag_rule[next], rule);
	}
}

/* Marks or unmarks the tags of the courses that the learner has completed. */
static void
master_courses(SkillRanking *ranking, const uint32 *taken, size_t count,
			   bool mark, uint32 *tags)
{
	const bool *is_completed = &ranking->is_completed[taken - ranking->taken];
	size_t		at;
	uint32		i;

	for (at = 0; at < count; at++)
	{
		if (!is_completed[at])
			continue;
		for (i = ranking->mastery.first_tag[taken[at]];
			 i < ranking->mastery.first_tag[taken[at] + 1]; i++)
		{
			if (mark)
				master_tag(ranking, ranking->mastery.course_tags[i], tags);
			else
				ranking->is_mastered[ranking->mastery.course_tags[i]] = false;
		}
	}
}

/* Finds the best of the rules that lead to each course with the tag. */
static void
add_candidates(SkillRanking *ranking, uint32 tag, const bool *excluded, uint32 *candidates)
{
	Size		i;

	for (i = ranking->first_course[tag]; i < ranking->first_course[tag + 1]; i++)
	{
		uint32		course = ranking->tag_courses[i];

		if (excluded[course])
			continue;
		if (ranking->course_rule[course] == NO_RULE)
			ranking->candidates[(*candidates)++] = course;
		ranking->course_rule[course] = Min(ranking->course_rule[course], ranking->tag_rule[tag]);
	}
}

static uint32
find_candidates(SkillRanking *ranking, const uint32 *taken, size_t count, const bool *excluded)
{
	uint32		tags = 0;
	uint32		candidates = 0;
	uint32		i;

	master_courses(ranking, taken, count, true, &tags);
	for (i = 0; i < tags; i++)
	{
		if (!ranking->is_mastered[ranking->tags[i]])
			add_candidates(ranking, ranking->tags[i], excluded, &candidates);
		ranking->tag_rule[ranking->tags[i]] = NO_RULE;
	}
	master_courses(ranking, taken, count, false, &tags);
	return candidates;
}

/* The heap breaks ties by the age of the course, which stands in place of its number. */
uint32
skill_ranking_best(SkillRanking *ranking, const uint32 *taken, size_t count,
				   const bool *excluded, TopCourse *best, uint32 limit, uint32 *ranked)
{
	uint32		candidates = find_candidates(ranking, taken, count, excluded);
	uint32		found = 0;
	uint32		i;

	for (i = 0; i < candidates; i++)
	{
		uint32		course = ranking->candidates[i];
		TopCourse	item = {-(double) ranking->place[ranking->course_rule[course]], ranking->age[course]};

		top_courses_add(best, &found, limit, item);
		ranking->course_rule[course] = NO_RULE;
	}
	top_courses_sort(best, found);
	for (i = 0; i < found; i++)
		ranked[i] = ranking->newest[best[i].course];
	return found;
}
