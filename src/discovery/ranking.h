#ifndef LEARNIFY_RANKING_H
#define LEARNIFY_RANKING_H

#include "discovery/course_scores.h"
#include "discovery/local_ridge.h"
#include "discovery/skill_ranking.h"
#include "discovery/split.h"
#include "discovery/work_memory.h"

/* How well a model predicts what is hidden; means over the learners. */
typedef struct RankingQuality
{
	double		recall;
	double		ndcg;
	double		cold_ndcg;		/* known by 1 to 3 courses only */
	double		tail_ndcg;		/* of courses outside of the head */
	double		new_ndcg;		/* of courses that nobody has in the rest */
	double		coverage;		/* share of courses recommended to anybody */
	uint64		learners;
	uint64		tail_learners;
	uint64		new_learners;
} RankingQuality;

/* Workspace to rank the courses for one learner at a time. */
typedef struct Ranking
{
	uint32		courses;
	uint32		n;
	CourseScores scores;
	bool	   *excluded;
	bool	   *recommended;	/* whether to anybody */
	bool	   *head;			/* the fewest courses with half of the rest */
	bool	   *is_new;			/* whether nobody has it in the rest, but for
								 * its author */
	const uint32 *author;		/* of each course, a user of the rest; NULL if
								 * this does not matter */
	SkillRanking *skills;		/* ranks instead of a model, unless NULL */
	TopCourse  *popular;		/* all courses, by the number of learners */
	TopCourse  *best;
	uint32	   *ranked;
	uint32	   *relevant;
} Ranking;

extern Size ranking_size(uint64 courses, uint32 n);
extern void ranking_create(Ranking *ranking, uint32 courses, uint32 n,
						   WorkMemory *memory);

/*
 * Ranks for every step-th learner with hidden courses. If ndcgs is not NULL, it
 * gets the NDCG of each of these.
 */
extern void ranking_measure(Ranking *ranking, const Split *split,
							const LocalRidgeModel *model,
							LocalRidgeMethod method, uint64 step,
							RankingQuality *quality, float *ndcgs);

#endif							/* LEARNIFY_RANKING_H */
