#ifndef LEARNIFY_SKILL_RULES_H
#define LEARNIFY_SKILL_RULES_H

#include "discovery/mastery.h"

#define DEFAULT_MIN_LIFT	1.0
#define DEFAULT_MIN_SUPPORT	3

/* An edge of the graph of skills, between tags that courses have. */
typedef struct SkillEdge
{
	uint32		tag;
	uint32		next;
	double		weight;
} SkillEdge;

typedef struct SkillEdges
{
	SkillEdge  *items;
	Size		count;
	Size		allocated;
} SkillEdges;

/* Learners master next after tag; weight is 0 where there is no such edge. */
typedef struct SkillRule
{
	uint32		tag;
	uint32		next;
	uint32		support;
	double		lift;
	double		weight;
} SkillRule;

typedef void (*SkillRuleReceiver) (const SkillRule *rule, void *state);

/* Call within SPI_connect() and SPI_finish(). */
extern void load_skill_edges(Oid schema, const Mastery *mastery,
							 WorkMemory *memory, SkillEdges *edges);

/* Sorts the edges. */
extern void find_skill_rules(const Mastery *mastery, SkillEdges *edges,
							 double min_lift, int32 min_support,
							 WorkMemory *memory, SkillRuleReceiver receive,
							 void *state);

#endif							/* LEARNIFY_SKILL_RULES_H */
