/*
 * template.h
 *		Templates with placeholders: parsing and rendering.
 *
 * Nothing here knows of PostgreSQL, so that a unit test or a fuzzer can link
 * template.c alone.
 */
#ifndef LEARNIFY_TEMPLATE_H
#define LEARNIFY_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest name that a variable can have; a placeholder's may be longer. */
#define VARIABLE_NAME_MAX	50

/*
 * Copying short texts in whole blocks is what makes rendering fast: a padded
 * text can be read, and a padded destination written, this far past its end.
 */
#define TEMPLATE_PADDING	32

/* Some bytes, not terminated. A NULL data means that there is no such text. */
typedef struct TemplateText
{
	const char *data;
	size_t		length;
} TemplateText;

/* A realloc() that never returns NULL; the pointer is NULL at first. */
typedef void *(*TemplateReallocate) (void *pointer, size_t size);

/*
 * A text of up to 15 bytes is its own key; of a longer one this is a hash.
 * Equal texts have equal keys.
 */
typedef struct TemplateKey
{
	uint64_t	low;
	uint64_t	high;			/* its last byte is the length, or 0xFF */
} TemplateKey;

typedef struct TemplateBucket
{
	TemplateKey key;
	uint32_t	number;			/* index into texts, plus one; 0 is empty */
} TemplateBucket;

/* Distinct texts in order of appearance; the bytes are not copied. */
typedef struct TemplateTexts
{
	TemplateReallocate reallocate;
	uint64_t	seed;
	TemplateText *texts;
	TemplateBucket *buckets;
	uint32_t	count;
	uint32_t	limit;			/* grow when count reaches it; a power of 2 */
	uint32_t	allocated;		/* length of texts; twice as many buckets */
} TemplateTexts;

/* Literal text, then the text that a placeholder turns into. */
typedef struct TemplatePiece
{
	uint32_t	literal_start;
	uint32_t	literal_length;
	uint32_t	placeholder;	/* or TEMPLATE_NO_PLACEHOLDER */
} TemplatePiece;

/* After an escape and at the end no placeholder follows: number 0 is none. */
#define TEMPLATE_NO_PLACEHOLDER	0

/*
 * What is between the braces of {NAME} or {NAME|default text}; where that
 * appears more than once, this is all of them.
 */
typedef struct TemplatePlaceholder
{
	uint32_t	start;
	uint32_t	length;
	uint32_t	name_length;	/* less than length where there is a default */
	uint32_t	uses;
} TemplatePlaceholder;

/* A template, or a part of one: its pieces, and where they refer to. */
typedef struct Template
{
	TemplateText source;
	bool		padded;
	size_t		literal_bytes;
	size_t		piece_count;
	TemplatePiece *pieces;
	uint32_t	placeholder_count;	/* with number 0 */
	TemplatePlaceholder *placeholders;
} Template;

/* What is parsed, and the memory for it, which the next parse uses again. */
typedef struct TemplateParser
{
	Template	template;
	size_t		next;			/* where the next part starts */
	size_t		escapes;
	bool		unclosed;		/* no closing brace follows */
	size_t		pieces_allocated;
	uint32_t	placeholders_allocated;
	TemplateTexts distinct;
} TemplateParser;

/* Where the text is not at hand, text.data is NULL: see TemplateTextOf. */
typedef struct TemplateVariable
{
	TemplateText name;
	TemplateText text;
} TemplateVariable;

/* Sorted by the length of the name, then its bytes, as the keys of jsonb are */
typedef struct TemplateVariables
{
	TemplateVariable *items;
	uint32_t	count;
} TemplateVariables;

/* Makes items[number].text, or returns false: the variable counts as missing. */
typedef bool (*TemplateTextOf) (void *context, uint32_t number);

typedef enum TemplateMissing
{
	TEMPLATE_MISSING_ERROR,
	TEMPLATE_MISSING_KEEP,
	TEMPLATE_MISSING_EMPTY
} TemplateMissing;

/* What resolving needs besides the template; names go to missing on ERROR. */
typedef struct TemplateResolver
{
	const TemplateVariables *variables;
	TemplateTextOf text_of;
	void	   *context;
	TemplateMissing mode;
	TemplateTexts *missing;
} TemplateResolver;

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

#endif							/* LEARNIFY_TEMPLATE_H */
