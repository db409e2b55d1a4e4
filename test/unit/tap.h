/*
 * tap.h
 *		Prints the results of a unit test as TAP.
 */
#ifndef LEARNIFY_TAP_H
#define LEARNIFY_TAP_H

#include <stdbool.h>
#include <stdio.h>

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *name)
{
	tests++;
	if (!passed)
		failures++;
	printf("%sok %d - %s\n", passed ? "" : "not ", tests, name);
}

/* Prints the plan; returns the exit status. */
static int
end_of_tests(void)
{
	printf("1..%d\n", tests);
	return failures > 0;
}

#endif							/* LEARNIFY_TAP_H */
