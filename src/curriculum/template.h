/*
 * template.h
 *		Templates with placeholders: parsing and rendering.
 *
 * Independent of PostgreSQL, so that a unit test or a fuzzer can link
 * template.c alone.
 */
#ifndef LEARNIFY_TEMPLATE_H
#define LEARNIFY_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The maximum length of a variable's name; the name in a placeholder may be
 * longer.
 */
#define VARIABLE_NAME_MAX	50

/*
 * A padded text can be read this far beyond its end, and a padded destination
 * can be written. Rendering is fast since it copies short texts in blocks of
 * this size.
 */
#define TEMPLATE_PADDING	32

/* Bytes without a terminator; where data is NULL, there is no text. */
typedef struct TemplateText
{
	const char *data;
	size_t		length;
} TemplateText;

/* Like realloc(), but never returns NULL. */
typedef void *(*TemplateReallocate) (void *pointer, size_t size);

/*
 * The key of a text: for up to 15 bytes the text itself, for more a hash.
 * Equal texts have equal keys.
 */
typedef struct TemplateKey
{
	uint64_t	low;
	uint64_t	high;			/* last byte: length, or 0xFF for a hash */
} TemplateKey;

typedef struct TemplateBucket
{
	TemplateKey key;
	uint32_t	number;			/* index into texts plus one; 0 if empty */
} TemplateBucket;

/* Distinct texts in order of appearance; the bytes are not copied. */
typedef struct TemplateTexts
{
	TemplateReallocate reallocate;
	uint64_t	seed;
	TemplateText *texts;
	TemplateBucket *buckets;
	uint32_t	count;
	uint32_t	limit;			/* a power of 2; grow at this count */
	uint32_t	allocated;		/* length of texts, half that of buckets */
} TemplateTexts;

/* Literal text, followed by a placeholder, if any. */
typedef struct TemplatePiece
{
	uint32_t	literal_start;
	uint32_t	literal_length;
	uint32_t	placeholder;	/* or TEMPLATE_NO_PLACEHOLDER */
} TemplatePiece;

/* Number 0 stands for no placeholder: after an escape, and at the end. */
#define TEMPLATE_NO_PLACEHOLDER	0

/*
 * A placeholder, whose position is that of the text between its braces. If the
 * same text occurs several times, this stands for all of them.
 */
typedef struct TemplatePlaceholder
{
	uint32_t	start;
	uint32_t	length;
	uint32_t	name_length;	/* less than length where there is a default */
	uint32_t	uses;
} TemplatePlaceholder;

/* A parsed template, or a part of one. */
typedef struct Template
{
	TemplateText source;
	bool		padded;
	size_t		literal_bytes;
	size_t		piece_count;
	TemplatePiece *pieces;
	uint32_t	placeholder_count;	/* including number 0 */
	TemplatePlaceholder *placeholders;
} Template;

/* The part parsed last, and memory that the next parse reuses. */
typedef struct TemplateParser
{
	Template	template;
	size_t		next;			/* start of the next part */
	size_t		escapes;
	bool		unclosed;		/* no closing brace follows */
	size_t		pieces_allocated;
	uint32_t	placeholders_allocated;
	TemplateTexts distinct;
} TemplateParser;

/* text.data is NULL until a TemplateTextOf makes it. */
typedef struct TemplateVariable
{
	TemplateText name;
	TemplateText text;
} TemplateVariable;

/*
 * Sorted by the length of the name, then by its bytes, like the keys of a
 * jsonb.
 */
typedef struct TemplateVariables
{
	TemplateVariable *items;
	uint32_t	count;
} TemplateVariables;

/* Makes items[number].text; returns false to treat the variable as missing. */
typedef bool (*TemplateTextOf) (void *context, uint32_t number);

typedef enum TemplateMissing
{
	TEMPLATE_MISSING_ERROR,
	TEMPLATE_MISSING_KEEP,
	TEMPLATE_MISSING_EMPTY
} TemplateMissing;

/*
 * How to resolve placeholders; with TEMPLATE_MISSING_ERROR, collects names in
 * missing.
 */
typedef struct TemplateResolver
{
	const TemplateVariables *variables;
	TemplateTextOf text_of;
	void	   *context;
	TemplateMissing mode;
	TemplateTexts *missing;
} TemplateResolver;

/*
 * Renders templates that are met once, in one pass. It knows the placeholders that
 * it has met with the present variables; the names are those of the variables.
 */
typedef struct TemplateInjector
{
	TemplateTexts names;
	TemplateText *values;		/* of the names */
	uint32_t	values_allocated;
} TemplateInjector;

extern void template_texts_init(TemplateTexts *texts,
								TemplateReallocate reallocate, uint64_t seed);
extern void template_texts_clear(TemplateTexts *texts);
extern uint32_t template_texts_add(TemplateTexts *texts, TemplateText text);

extern void template_parser_init(TemplateParser *parser,
								 TemplateReallocate reallocate, uint64_t seed);
extern bool template_parse(TemplateParser *parser, TemplateText source,
						   bool padded, size_t start, size_t max_pieces);
extern bool template_is_placeholder(const Template *template);
extern TemplateText template_placeholder_name(const Template *template,
											  uint32_t number);
extern bool template_placeholder_has_default(const Template *template,
											 uint32_t number);

extern bool variable_name_is_valid(TemplateText name);
extern int64_t template_variables_find(const TemplateVariables *variables,
									   TemplateText name);

extern uint64_t template_resolve(const Template *template,
								 const TemplateResolver *resolver,
								 TemplateText *values);
extern char *template_render(const Template *template,
							 const TemplateText *values, char *destination);

extern void template_injector_init(TemplateInjector *injector,
								   TemplateReallocate reallocate,
								   uint64_t seed);

/* Forgets the values, which belong to variables that have changed. */
extern void template_injector_clear(TemplateInjector *injector);

/*
 * Renders a padded source to a destination of that many bytes; returns the end of the
 * result. Returns NULL where the template is not a simple one: parse it then.
 */
extern char *template_inject(TemplateInjector *injector,
							 const TemplateResolver *resolver,
							 TemplateText source, char *destination,
							 size_t room);

#endif							/* LEARNIFY_TEMPLATE_H */
