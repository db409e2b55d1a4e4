#ifndef LEARNIFY_MINUTES_H
#define LEARNIFY_MINUTES_H

#include "utils/rel.h"

/*
 * Raises an error for more minutes than an attempt, in module_completions, or a
 * course, in user_progress, can take.
 */
extern void require_possible_minutes(Relation table, int minutes);

#endif							/* LEARNIFY_MINUTES_H */
