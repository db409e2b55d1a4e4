/*
 * template.c
 *		Parses templates with placeholders and renders them.
 *
 * A placeholder is {NAME} or {NAME|default text}, where NAME is an upper-case
 * ASCII letter followed by such letters, digits and underscores. The default
 * text extends to the next }; without one, this is not a placeholder. A second
 * { before a placeholder escapes it: one { is dropped, and the rest is text.
 * All other braces are text, since templates hold code and JSON. Values are
 * not expanded again.
 *
 * Cost: one pass over the template, which scans 64 bytes at a time for braces;
 * for each distinct placeholder a binary search among the variables; one copy
 * of the result.
 *
 * Memory: all of it comes from the caller's TemplateReallocate and is reused
 * by the next parse. It is proportional to the pieces of a part and the
 * distinct placeholders among them, which max_pieces bounds. Texts are not
 * copied: the template and the variables must outlive them.
 */
#include "curriculum/template.h"

#include <string.h>

#if defined(__x86_64__) && !defined(TEMPLATE_PORTABLE)
#include <emmintrin.h>
#define TEMPLATE_SSE2
#endif

#define SCAN_BLOCK			64
#define FIRST_ALLOCATION	16
#define KEY_TEXT_MAX		15
#define LONG_KEY			UINT64_MAX
#define MULTIPLIER			UINT64_C(0x9E3779B97F4A7C15)
#define OTHER_MULTIPLIER	UINT64_C(0xD6E8FEB86659FD93)

/*
 * The value of a missing variable: empty, and readable as far as a padded
 * text.
 */
static const char nothing[TEMPLATE_PADDING];

/*
 * Distinct texts
 */

static inline uint64_t
load_word(const char *data)
{
	uint64_t	word;

	memcpy(&word, data, sizeof(word));
	return word;
}

/* The random seed keeps an author from choosing names that collide. */
static uint64_t
hash_long_text(TemplateText text, uint64_t seed)
{
	uint64_t	hash = seed ^ text.length;
	size_t		at;

	for (at = 0; at + 8 < text.length; at += 8)
	{
		hash = (hash ^ load_word(text.data + at)) * MULTIPLIER;
		hash ^= hash >> 32;
	}
	return (hash ^ load_word(text.data + text.length - 8)) * MULTIPLIER;
}

static TemplateKey
key_of(TemplateText text, uint64_t seed)
{
	char		padded[16] = {0};
	TemplateKey key;

	if (text.length <= KEY_TEXT_MAX)
	{
		memcpy(padded, text.data, text.length);
		padded[15] = (char) text.length;
		key.low = load_word(padded);
		key.high = load_word(padded + 8);
	}
	else
	{
		key.low = hash_long_text(text, seed);
		key.high = LONG_KEY;
	}
	return key;
}

static inline uint32_t
hash_key(TemplateKey key, uint64_t seed)
{
	uint64_t	low = (key.low ^ seed) * MULTIPLIER;
	uint64_t	high = (key.high + seed) * OTHER_MULTIPLIER;

	return (uint32_t) ((low ^ high ^ low >> 29) >> 32);
}

static inline bool
text_equals(TemplateText a, TemplateText b)
{
	return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

void
template_texts_init(TemplateTexts *texts, TemplateReallocate reallocate,
					uint64_t seed)
{
	memset(texts, 0, sizeof(*texts));
	texts->reallocate = reallocate;
	texts->seed = seed;
}

static void
texts_allocate(TemplateTexts *texts, uint32_t count)
{
	texts->texts = texts->reallocate(texts->texts,
									 (size_t) count * sizeof(TemplateText));
	texts->buckets = texts->reallocate(texts->buckets,
									   (size_t) count * 2 * sizeof(TemplateBucket));
	texts->allocated = count;
}

/*
 * Starts small again, so that a long template does not slow down the next
 * ones.
 */
void
template_texts_clear(TemplateTexts *texts)
{
	if (texts->allocated == 0)
		texts_allocate(texts, FIRST_ALLOCATION);
	texts->count = 0;
	texts->limit = FIRST_ALLOCATION;
	memset(texts->buckets, 0, texts->limit * 2 * sizeof(TemplateBucket));
}

/* Returns the bucket of a text, or the empty one where it belongs. */
static inline TemplateBucket *
find_bucket(const TemplateTexts *texts, TemplateKey key, TemplateText text)
{
	uint32_t	mask = texts->limit * 2 - 1;
	uint32_t	at = hash_key(key, texts->seed) & mask;

	for (;; at = (at + 1) & mask)
	{
		TemplateBucket *bucket = &texts->buckets[at];

		if (bucket->key.low == key.low && bucket->key.high == key.high &&
			(key.high != LONG_KEY ||
			 (bucket->number != 0 &&
			  text_equals(texts->texts[bucket->number - 1], text))))
			return bucket;
		if (bucket->number == 0)
			return bucket;
	}
}

static void
texts_grow(TemplateTexts *texts)
{
	uint32_t	i;

	if (texts->limit == texts->allocated)
		texts_allocate(texts, texts->allocated * 2);
	texts->limit *= 2;
	memset(texts->buckets, 0,
		   (size_t) texts->limit * 2 * sizeof(TemplateBucket));
	for (i = 0; i < texts->count; i++)
	{
		TemplateKey key = key_of(texts->texts[i], texts->seed);
		TemplateBucket *bucket = find_bucket(texts, key, texts->texts[i]);

		bucket->key = key;
		bucket->number = i + 1;
	}
}

static void
texts_append(TemplateTexts *texts, TemplateBucket *bucket, TemplateKey key,
			 TemplateText text)
{
	if (texts->count == texts->limit)
	{
		texts_grow(texts);
		bucket = find_bucket(texts, key, text);
	}
	texts->texts[texts->count] = text;
	bucket->key = key;
	bucket->number = ++texts->count;
}

/*
 * Returns the index of the text, which is the previous count where the text is
 * new.
 */
static inline uint32_t
add_text(TemplateTexts *texts, TemplateKey key, TemplateText text)
{
	TemplateBucket *bucket = find_bucket(texts, key, text);

	if (bucket->number != 0)
		return bucket->number - 1;
	texts_append(texts, bucket, key, text);
	return texts->count - 1;
}

uint32_t
template_texts_add(TemplateTexts *texts, TemplateText text)
{
	if (texts->allocated == 0)
		template_texts_clear(texts);
	return add_text(texts, key_of(text, texts->seed), text);
}

/*
 * Scanning
 */

static inline bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool
is_name_byte(char c)
{
	return is_capital(c) || (c >= '0' && c <= '9') || c == '_';
}

#ifdef TEMPLATE_SSE2

static inline uint64_t
braces_in_16(const char *data)
{
	__m128i		bytes = _mm_loadu_si128((const __m128i *) data);
	__m128i		equal = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('{'));

	return (uint32_t) _mm_movemask_epi8(equal);
}

static inline uint64_t
braces_in_block(const char *block)
{
	return braces_in_16(block) | braces_in_16(block + 16) << 16 |
		braces_in_16(block + 32) << 32 | braces_in_16(block + 48) << 48;
}

/*
 * Returns how many of the next 16 bytes precede a closing brace, or 16. Sets
 * the key of these bytes, which is valid up to KEY_TEXT_MAX of them.
 */
static inline uint32_t
read_inside(const char *data, TemplateKey *key)
{
	static const char ones_then_zeros[32] = {
		-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1
	};
	__m128i		bytes = _mm_loadu_si128((const __m128i *) data);
	__m128i		closes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('}'));
	uint32_t	length = __builtin_ctz(_mm_movemask_epi8(closes) | 0x10000);
	const char *mask = ones_then_zeros + 16 - length;

	bytes = _mm_and_si128(bytes, _mm_loadu_si128((const __m128i *) mask));
	key->low = _mm_cvtsi128_si64(bytes);
	key->high = _mm_cvtsi128_si64(_mm_unpackhi_epi64(bytes, bytes)) |
		(uint64_t) length << 56;
	return length;
}

#else

static inline uint64_t
braces_in_block(const char *block)
{
	uint64_t	found = 0;
	int			i;

	for (i = 0; i < SCAN_BLOCK; i++)
		found |= (uint64_t) (block[i] == '{') << i;
	return found;
}

static inline uint32_t
read_inside(const char *data, TemplateKey *key)
{
	const char *close = memchr(data, '}', 16);
	TemplateText inside = {data, close == NULL ? 16 : close - data};

	*key = key_of(inside, 0);
	return (uint32_t) inside.length;
}

#endif

/* Returns a bitmap: bit n is set where block + n is an opening brace. */
static inline uint64_t
find_braces(TemplateText source, size_t block)
{
	char		tail[SCAN_BLOCK];
	size_t		left = source.length - block;

	if (left >= SCAN_BLOCK)
		return braces_in_block(source.data + block);
	memset(tail, 0, sizeof(tail));
	memcpy(tail, source.data + block, left);
	return braces_in_block(tail);
}

/* Returns how many bytes, from at on, can be part of a name. */
static size_t
count_name_bytes(TemplateText source, size_t at)
{
	size_t		end = at;

	while (end < source.length && is_name_byte(source.data[end]))
		end++;
	return end - at;
}

/*
 * Parsing
 */

void
template_parser_init(TemplateParser *parser, TemplateReallocate reallocate,
					 uint64_t seed)
{
	memset(parser, 0, sizeof(*parser));
	template_texts_init(&parser->distinct, reallocate, seed);
}

/* Makes room for all pieces of a block, so that add_piece need not check. */
static void
reserve_pieces(TemplateParser *parser)
{
	Template   *template = &parser->template;
	size_t		count = parser->pieces_allocated * 2;

	if (template->piece_count + SCAN_BLOCK <= parser->pieces_allocated)
		return;
	if (count == 0)
		count = SCAN_BLOCK * 2;
	template->pieces =
		parser->distinct.reallocate(template->pieces,
									count * sizeof(TemplatePiece));
	parser->pieces_allocated = count;
}

static void
reserve_placeholder(TemplateParser *parser)
{
	Template   *template = &parser->template;
	uint32_t	count = parser->placeholders_allocated * 2;

	if (template->placeholder_count < parser->placeholders_allocated)
		return;
	if (count == 0)
		count = FIRST_ALLOCATION;
	template->placeholders =
		parser->distinct.reallocate(template->placeholders,
									(size_t) count * sizeof(TemplatePlaceholder));
	parser->placeholders_allocated = count;
}

static inline void
add_piece(TemplateParser *parser, size_t start, size_t end, uint32_t placeholder)
{
	Template   *template = &parser->template;
	TemplatePiece *piece = &template->pieces[template->piece_count++];

	piece->literal_start = (uint32_t) start;
	piece->literal_length = (uint32_t) (end - start);
	piece->placeholder = placeholder;
	template->placeholders[placeholder].uses++;
}

static void
append_placeholder(TemplateParser *parser, TemplateText inside,
				   size_t name_length)
{
	Template   *template = &parser->template;
	TemplatePlaceholder *placeholder;

	reserve_placeholder(parser);
	placeholder = &template->placeholders[template->placeholder_count++];
	placeholder->start = (uint32_t) (inside.data - template->source.data);
	placeholder->length = (uint32_t) inside.length;
	placeholder->name_length = (uint32_t) name_length;
	placeholder->uses = 0;
}

static uint32_t
add_placeholder(TemplateParser *parser, TemplateText inside, size_t name_length)
{
	Template   *template = &parser->template;
	uint32_t	number = template_texts_add(&parser->distinct, inside) + 1;

	if (number == template->placeholder_count)
		append_placeholder(parser, inside, name_length);
	return number;
}

/*
 * Finds the end of a default text; does not search again once there is none.
 */
static const char *
find_close(TemplateParser *parser, const char *from)
{
	TemplateText source = parser->template.source;
	const char *close = NULL;

	if (!parser->unclosed)
		close = memchr(from, '}', source.data + source.length - from);
	parser->unclosed = close == NULL;
	return close;
}

/*
 * Returns whether a placeholder starts at this opening brace, and what is
 * inside.
 */
static bool
match_placeholder(TemplateParser *parser, size_t brace,
				  TemplateText *inside, size_t *name_length)
{
	TemplateText source = parser->template.source;
	const char *start = source.data + brace + 1;
	const char *close;

	*name_length = count_name_bytes(source, brace + 1);
	close = start + *name_length;
	if (*name_length == 0 || !is_capital(*start) ||
		close == source.data + source.length)
		return false;
	if (*close == '|')
		close = find_close(parser, close + 1);
	if (close == NULL || *close != '}')
		return false;
	inside->data = start;
	inside->length = close - start;
	return true;
}

/*
 * Parses at a brace that known_placeholder() does not recognize: a placeholder
 * that is new or long, an escape, or text. Returns where the next literal
 * starts.
 */
static size_t
parse_unusual(TemplateParser *parser, size_t literal, size_t brace)
{
	TemplateText source = parser->template.source;
	TemplateText inside;
	size_t		name_length;
	bool		escape;
	size_t		end;

	escape = brace + 1 < source.length && source.data[brace + 1] == '{';
	if (!match_placeholder(parser, brace + escape, &inside, &name_length))
		return literal;
	end = brace + escape + inside.length + 2;
	if (escape)
	{
		/* Drop the first brace, and keep the rest as literal text. */
		add_piece(parser, literal, brace, TEMPLATE_NO_PLACEHOLDER);
		add_piece(parser, brace + 1, end, TEMPLATE_NO_PLACEHOLDER);
		parser->escapes++;
	}
	else
		add_piece(parser, literal, brace,
				  add_placeholder(parser, inside, name_length));
	return end;
}

/*
 * The fast path: returns the number of the short placeholder at this opening
 * brace, if it has occurred before. There is no need to check its name again.
 */
static inline uint32_t
known_placeholder(const TemplateTexts *distinct, TemplateText source,
				  size_t brace, uint32_t *length)
{
	TemplateText inside = {source.data + brace + 1, 0};
	TemplateKey key;

	if (source.length - brace <= 16)
		return TEMPLATE_NO_PLACEHOLDER;
	*length = read_inside(inside.data, &key);
	if (*length > KEY_TEXT_MAX)
		return TEMPLATE_NO_PLACEHOLDER;
	return find_bucket(distinct, key, inside)->number;
}

/*
 * Parses the pieces at the braces of a block. Returns where the next literal
 * starts; braces before that belong to a placeholder.
 */
static inline size_t
parse_block(TemplateParser *parser, size_t literal, size_t block)
{
	uint64_t	braces = find_braces(parser->template.source, block);

	for (; braces != 0; braces &= braces - 1)
	{
		size_t		brace = block + __builtin_ctzll(braces);
		uint32_t	number;
		uint32_t	length;

		if (brace < literal)
			continue;
		number = known_placeholder(&parser->distinct, parser->template.source,
								   brace, &length);
		if (number == TEMPLATE_NO_PLACEHOLDER)
			literal = parse_unusual(parser, literal, brace);
		else
		{
			add_piece(parser, literal, brace, number);
			literal = brace + length + 2;
		}
	}
	return literal;
}

static void
start_part(TemplateParser *parser, TemplateText source, bool padded)
{
	Template   *template = &parser->template;

	template->source = source;
	template->padded = padded;
	template->piece_count = 0;
	template->placeholder_count = TEMPLATE_NO_PLACEHOLDER;
	reserve_placeholder(parser);
	memset(&template->placeholders[TEMPLATE_NO_PLACEHOLDER], 0,
		   sizeof(TemplatePlaceholder));
	template->placeholder_count++;
	template_texts_clear(&parser->distinct);
	parser->escapes = 0;
	parser->unclosed = false;
}

/*
 * Counts the literal bytes: all but the placeholders and the braces that are
 * dropped.
 */
static void
end_part(TemplateParser *parser, size_t start, size_t end)
{
	Template   *template = &parser->template;
	size_t		bytes = end - start - parser->escapes;
	uint32_t	i;

	for (i = TEMPLATE_NO_PLACEHOLDER + 1; i < template->placeholder_count; i++)
		bytes -= ((size_t) template->placeholders[i].length + 2) *
			template->placeholders[i].uses;
	template->literal_bytes = bytes;
	parser->next = end;
}

/*
 * Parses a part of the source, from start: 0, or parser->next of the previous
 * part. Ends the part once it has max_pieces pieces or a few more. Returns
 * whether it reached the end of the source, which is shorter than 4 GB.
 */
bool
template_parse(TemplateParser *parser, TemplateText source, bool padded,
			   size_t start, size_t max_pieces)
{
	size_t		literal = start;
	size_t		block;

	start_part(parser, source, padded);
	for (block = start; block < source.length; block += SCAN_BLOCK)
	{
		if (parser->template.piece_count >= max_pieces)
		{
			end_part(parser, start, literal);
			return false;
		}
		reserve_pieces(parser);
		literal = parse_block(parser, literal, block);
	}
	reserve_pieces(parser);
	add_piece(parser, literal, source.length, TEMPLATE_NO_PLACEHOLDER);
	end_part(parser, start, source.length);
	return true;
}

/*
 * Whether a template, parsed in one part, is a placeholder and nothing else.
 */
bool
template_is_placeholder(const Template *template)
{
	return template->piece_count == 2 &&
		template->literal_bytes == 0 &&
		template->pieces[0].placeholder != TEMPLATE_NO_PLACEHOLDER;
}

TemplateText
template_placeholder_name(const Template *template, uint32_t number)
{
	const TemplatePlaceholder *placeholder = &template->placeholders[number];
	TemplateText name = {template->source.data + placeholder->start,
	placeholder->name_length};

	return name;
}

bool
template_placeholder_has_default(const Template *template, uint32_t number)
{
	const TemplatePlaceholder *placeholder = &template->placeholders[number];

	return placeholder->name_length < placeholder->length;
}

/*
 * Variables
 */

bool
variable_name_is_valid(TemplateText name)
{
	return name.length > 0 && name.length <= VARIABLE_NAME_MAX &&
		is_capital(name.data[0]) && count_name_bytes(name, 0) == name.length;
}

static inline int
compare_names(TemplateText a, TemplateText b)
{
	if (a.length != b.length)
		return a.length < b.length ? -1 : 1;
	return memcmp(a.data, b.data, a.length);
}

/* Returns the index of the variable of this name, or -1. */
int64_t
template_variables_find(const TemplateVariables *variables, TemplateText name)
{
	uint32_t	low = 0;
	uint32_t	high = variables->count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		int			order = compare_names(name, variables->items[middle].name);

		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

/*
 * Rendering
 */

static bool
find_value(const TemplateResolver *resolver, TemplateText name,
		   TemplateText *value)
{
	const TemplateVariables *variables = resolver->variables;
	int64_t		number = template_variables_find(variables, name);

	if (number < 0)
		return false;
	if (variables->items[number].text.data == NULL &&
		!resolver->text_of(resolver->context, (uint32_t) number))
		return false;
	*value = variables->items[number].text;
	return true;
}

static TemplateText
value_of_missing(const Template *template, uint32_t number,
				 const TemplateResolver *resolver)
{
	const TemplatePlaceholder *placeholder = &template->placeholders[number];
	const char *inside = template->source.data + placeholder->start;
	TemplateText value = {nothing, 0};

	if (template_placeholder_has_default(template, number))
	{
		value.data = inside + placeholder->name_length + 1;
		value.length = placeholder->length - placeholder->name_length - 1;
	}
	else if (resolver->mode == TEMPLATE_MISSING_KEEP)
	{
		value.data = inside - 1;
		value.length = placeholder->length + 2;
	}
	else if (resolver->mode == TEMPLATE_MISSING_ERROR)
		template_texts_add(resolver->missing,
						   template_placeholder_name(template, number));
	return value;
}

/*
 * Fills in template->placeholder_count values, and returns the length of the
 * result.
 */
uint64_t
template_resolve(const Template *template, const TemplateResolver *resolver,
				 TemplateText *values)
{
	uint64_t	bytes = template->literal_bytes;
	uint32_t	i;

	values[TEMPLATE_NO_PLACEHOLDER].data = nothing;
	values[TEMPLATE_NO_PLACEHOLDER].length = 0;
	for (i = TEMPLATE_NO_PLACEHOLDER + 1; i < template->placeholder_count; i++)
	{
		TemplateText name = template_placeholder_name(template, i);

		if (!find_value(resolver, name, &values[i]))
			values[i] = value_of_missing(template, i, resolver);
		bytes += (uint64_t) template->placeholders[i].uses * values[i].length;
	}
	return bytes;
}

static inline char *
append_padded(char *destination, const char *data, size_t length)
{
	memcpy(destination, data, TEMPLATE_PADDING);
	if (length > TEMPLATE_PADDING)
	{
		memcpy(destination + TEMPLATE_PADDING, data + TEMPLATE_PADDING,
			   TEMPLATE_PADDING);
		if (length > 2 * TEMPLATE_PADDING)
			memcpy(destination + 2 * TEMPLATE_PADDING,
				   data + 2 * TEMPLATE_PADDING, length - 2 * TEMPLATE_PADDING);
	}
	return destination + length;
}

static inline char *
append_exact(char *destination, const char *data, size_t length)
{
	memcpy(destination, data, length);
	return destination + length;
}

/*
 * Renders a template, or a part of one, and returns the end of the result. If
 * the template is padded, all values must be padded, and so must the
 * destination.
 */
char *
template_render(const Template *template, const TemplateText *values,
				char *destination)
{
	const char *source = template->source.data;
	const TemplatePiece *piece = template->pieces;
	const TemplatePiece *end = piece + template->piece_count;

	if (template->padded)
		for (; piece < end; piece++)
		{
			TemplateText value = values[piece->placeholder];

			destination = append_padded(destination, source + piece->literal_start,
										piece->literal_length);
			destination = append_padded(destination, value.data, value.length);
		}
	else
		for (; piece < end; piece++)
		{
			TemplateText value = values[piece->placeholder];

			destination = append_exact(destination, source + piece->literal_start,
									   piece->literal_length);
			destination = append_exact(destination, value.data, value.length);
		}
	return destination;
}

/*
 * Rendering in one pass
 */

void
template_injector_init(TemplateInjector *injector,
					   TemplateReallocate reallocate, uint64_t seed)
{
	memset(injector, 0, sizeof(*injector));
	template_texts_init(&injector->names, reallocate, seed);
	template_texts_clear(&injector->names);
}

void
template_injector_clear(TemplateInjector *injector)
{
	template_texts_clear(&injector->names);
}

/*
 * Adds a variable, which need not be new. The text of a long name is compared with
 * that of the variable, which stays, where the template goes.
 */
static uint32_t
learn_variable(TemplateInjector *injector, const TemplateVariable *variable)
{
	uint32_t	number = template_texts_add(&injector->names, variable->name);

	if (number >= injector->values_allocated)
	{
		injector->values_allocated = injector->names.allocated;
		injector->values =
			injector->names.reallocate(injector->values,
									   (size_t) injector->values_allocated * sizeof(TemplateText));
	}
	injector->values[number] = variable->text;
	return number + 1;
}

/*
 * Reads what is at a brace that known_placeholder() does not recognize. Sets number
 * to that of the placeholder, or to TEMPLATE_NO_PLACEHOLDER for text. Returns false
 * for what is rare: a default, an escape, a missing variable.
 */
static bool
read_unusual(TemplateInjector *injector, const TemplateResolver *resolver,
			 TemplateText source, size_t brace, uint32_t *number,
			 uint32_t *length)
{
	TemplateText name = {source.data + brace + 1, count_name_bytes(source, brace + 1)};
	size_t		end = brace + 1 + name.length;
	const TemplateVariable *variable;
	int64_t		found;

	*number = TEMPLATE_NO_PLACEHOLDER;
	*length = (uint32_t) name.length;
	if (end == source.length)
		return true;
	if (name.length == 0)
		return source.data[end] != '{';
	if (!is_capital(*name.data) || (source.data[end] != '}' && source.data[end] != '|'))
		return true;
	found = source.data[end] == '|' ? -1 :
		template_variables_find(resolver->variables, name);
	if (found < 0)
		return false;
	variable = &resolver->variables->items[found];
	if (variable->text.data == NULL &&
		!resolver->text_of(resolver->context, (uint32_t) found))
		return false;
	*number = learn_variable(injector, variable);
	return true;
}

char *
template_inject(TemplateInjector *injector, const TemplateResolver *resolver,
				TemplateText source, char *destination, size_t room)
{
	const char *limit = destination + room - 2 * TEMPLATE_PADDING;
	TemplateTexts names = injector->names;	/* not to be loaded again and again */
	const TemplateText *values = injector->values;
	size_t		literal = 0;
	size_t		block;

	for (block = 0; block < source.length; block += SCAN_BLOCK)
	{
		uint64_t	braces = find_braces(source, block);

		for (; braces != 0; braces &= braces - 1)
		{
			size_t		brace = block + __builtin_ctzll(braces);
			uint32_t	length;
			uint32_t	number;
			TemplateText value;

			if (brace < literal)
				continue;
			number = known_placeholder(&names, source, brace, &length);
			if (number == TEMPLATE_NO_PLACEHOLDER)
			{
				if (!read_unusual(injector, resolver, source, brace, &number, &length))
					return NULL;
				names = injector->names;
				values = injector->values;
				if (number == TEMPLATE_NO_PLACEHOLDER)
					continue;
			}
			value = values[number - 1];
			if (brace - literal + value.length > (size_t) (limit - destination))
				return NULL;
			destination = append_padded(destination, source.data + literal,
										brace - literal);
			destination = append_padded(destination, value.data, value.length);
			literal = brace + length + 2;
		}
	}
	if (source.length - literal > (size_t) (limit - destination))
		return NULL;
	return append_padded(destination, source.data + literal, source.length - literal);
}
