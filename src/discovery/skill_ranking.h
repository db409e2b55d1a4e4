#ifndef LEARNIFY_SKILL_RANKING_H
#define LEARNIFY_SKILL_RANKING_H

#include "discovery/interactions.h"
#include "discovery/skill_rules.h"
#include "discovery/split.h"
#include "discovery/top_courses.h"

/* Grown by work_memory_append(). */
typedef struct SkillRuleList
{
	SkillRule  *items;
	Size		count;
	Size		allocated;
} SkillRuleList;

/* What skill_recommendations() goes by, for learners of a split. */
typedef struct SkillRanking
{
	Mastery		mastery;		/* as far as the split lets it be known */
	const uint32 *taken;		/* the courses of the rest */
	bool	   *is_completed;	/* of each of them */
	uint32		courses;
	uint32	   *newest;			/* the courses, latest first */
	uint32	   *age;			/* the place of each course among them */
	Size	   *first_course;	/* of each tag, in tag_courses */
	uint32	   *tag_courses;
	SkillRuleList rules;		/* best first */
	uint32	   *place;			/* of each rule, the same for those alike */
	Size	   *first_rule;		/* of each tag, in tag_rules */
	uint32	   *tag_rules;		/* numbers of rules */

	/* The learner for whom courses are ranked */
	bool	   *is_mastered;	/* of each tag */
	uint32	   *tag_rule;		/* the best rule that leads to each tag */
	uint32	   *course_rule;	/* the best rule that leads to each course */
	uint32	   *tags;			/* that have a rule */
	uint32	   *candidates;		/* courses that have a rule */
} SkillRanking;

/* Call within SPI_connect() and SPI_finish(). */
extern void skill_ranking_load(Oid schema, const Catalogue *catalogue,
							   const Interactions *interactions,
							   const Split *split, WorkMemory *memory,
							   SkillRanking *ranking);

/* Finds the rules to rank by: those observed, of the edges, or both. */
extern void skill_ranking_set_rules(SkillRanking *ranking, bool is_observed,
									SkillEdges *edges, WorkMemory *memory);

/* Ranks for a learner who took these courses, which are of the split. */
extern uint32 skill_ranking_best(SkillRanking *ranking, const uint32 *taken,
								 size_t count, const bool *excluded,
								 TopCourse *best, uint32 limit, uint32 *ranked);

#endif							/* LEARNIFY_SKILL_RANKING_H */
