/*
 * near_miss.h
 *		Near misses of placeholders: text in a template that was probably meant as
 *		a placeholder but is not one.
 *
 * Independent of PostgreSQL, so that a unit test can link near_miss.c alone.
 */
#ifndef LEARNIFY_NEAR_MISS_H
#define LEARNIFY_NEAR_MISS_H

#include "curriculum/template.h"

/* The kind of text, which decides what is taken for a near miss. */
typedef enum NearMissText
{
	NEAR_MISS_PROSE,			/* Markdown, with code in backticks */
	NEAR_MISS_CODE,				/* a program with comments */
	NEAR_MISS_DATA				/* input or output of a program */
} NearMissText;

/* Both texts point into the source. */
typedef struct NearMiss
{
	TemplateText fragment;		/* with its braces */
	TemplateText name;			/* as written, without mending it */
	bool		misspelled;		/* whether to look for similar names, too */
} NearMiss;

/* The state of the current line, up to the current byte. */
typedef struct NearMissLine
{
	size_t		start;
	size_t		first;			/* the first byte that is not a blank */
	int			depth;			/* number of open braces in literal text */
	char		quote;			/* that opened the current string, or 0 */
	bool		backticks;		/* between two backticks */
	bool		comment;
	bool		known;			/* whether the next two are set */
	bool		is_code;
	bool		formats;		/* has a format string, with code in braces */
} NearMissLine;

typedef struct NearMissScan
{
	TemplateText source;
	NearMissText kind;
	size_t		at;
	bool		fenced;			/* in a fenced block of Markdown */
	NearMissLine line;
} NearMissScan;

extern void near_miss_begin(NearMissScan *scan, TemplateText source,
							NearMissText kind);

/*
 * Finds the next near miss in the literal text from the scan's position to end.
 * Returns false if there is none, with the scan at the end.
 */
extern bool near_miss_next(NearMissScan *scan, size_t end, NearMiss *miss);

/* Moves the scan past a placeholder. */
extern void near_miss_skip(NearMissScan *scan, size_t end);

/*
 * Converts a name as written to the form that placeholders need: capitals, and
 * underscores instead of blanks and hyphens. The result has the same length, and
 * is not terminated.
 */
extern void near_miss_name(TemplateText written, char *name);

#endif							/* LEARNIFY_NEAR_MISS_H */
