/*
 * near_miss.h
 *		What was probably meant as a placeholder of a template and is none.
 *
 * Nothing here knows of PostgreSQL, so that a unit test can link near_miss.c
 * alone.
 */
#ifndef LEARNIFY_NEAR_MISS_H
#define LEARNIFY_NEAR_MISS_H

#include "curriculum/template.h"

/* Who reads a text, which decides how much in it is taken for a near miss. */
typedef enum NearMissText
{
	NEAR_MISS_PROSE,			/* a person: Markdown, with code in backticks */
	NEAR_MISS_CODE,				/* a compiler, and a person its comments */
	NEAR_MISS_DATA				/* a program that is compared byte for byte */
} NearMissText;

/* Both texts point into the source. */
typedef struct NearMiss
{
	TemplateText fragment;		/* with its braces */
	TemplateText name;			/* what stands for the name, as it is written */
	bool		misspelled;		/* the name may be a misspelt one, too */
} NearMiss;

/* What is known of the line that a scan is in, up to the byte that it is at. */
typedef struct NearMissLine
{
	size_t		start;
	size_t		first;			/* byte that is no blank */
	int			depth;			/* braces open in literal text */
	char		quote;			/* of the string that is open, or 0 */
	bool		backticks;		/* between two of them */
	bool		comment;
	bool		known;			/* the next two are */
	bool		is_code;
	bool		formats;		/* has a string whose braces are code again */
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
 * Finds the next near miss before end, of the literal text that begins where
 * the scan is; false where there is none, and the scan is then at the end.
 */
extern bool near_miss_next(NearMissScan *scan, size_t end, NearMiss *miss);

/* Passes over a placeholder. */
extern void near_miss_skip(NearMissScan *scan, size_t end);

/*
 * Writes the name that a placeholder would have, as long as the one written and
 * not terminated: capitals, and an underscore for a blank or a hyphen.
 */
extern void near_miss_name(TemplateText written, char *name);

#endif							/* LEARNIFY_NEAR_MISS_H */
