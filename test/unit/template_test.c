/*
 * template_test.c
 *		Tests what template.c renders.
 *
 * There are cases with expected results, and a comparison with a slow renderer
 * that reads byte by byte. Each buffer has exactly the length that template.h
 * requires, so that AddressSanitizer detects any access beyond it.
 */
#include "curriculum/template.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Pair
{
	const char *name;
	const char *value;			/* NULL for a null, which text_of() reports */
} Pair;

#define SEED	UINT64_C(4711)
#define ALL		SIZE_MAX

/* Copies bytes, with exactly this much padding after them. */
static char *
copy_bytes(const char *data, size_t length, size_t padding)
{
	char	   *copy = malloc(length + padding + (length + padding == 0));

	memcpy(copy, data, length);
	memset(copy + length, '{', padding);
	return copy;
}

/*
 * Variables
 */

#define MAX_VARIABLES	8

static TemplateVariable items[MAX_VARIABLES];
static TemplateVariables variables = {items, 0};
static int	calls_of_text_of;

/* Makes the text "7" of "#7"; returns false for a null. */
static bool
text_of(void *context, uint32_t number)
{
	const Pair *pairs = context;

	calls_of_text_of++;
	if (pairs[number].value == NULL)
		return false;
	items[number].text.length = strlen(pairs[number].value) - 1;
	items[number].text.data = copy_bytes(pairs[number].value + 1,
										 items[number].text.length,
										 TEMPLATE_PADDING);
	return true;
}

static void
set_variables(const Pair *pairs)
{
	uint32_t	count = 0;

	for (; pairs[count].name != NULL; count++)
	{
		const char *value = pairs[count].value;

		items[count].name.length = strlen(pairs[count].name);
		items[count].name.data = copy_bytes(pairs[count].name,
											items[count].name.length, 0);
		items[count].text.data = NULL;
		items[count].text.length = 0;
		if (value != NULL && value[0] != '#')
		{
			items[count].text.length = strlen(value);
			items[count].text.data = copy_bytes(value, strlen(value),
												TEMPLATE_PADDING);
		}
	}
	variables.count = count;
}

static void
free_variables(void)
{
	uint32_t	i;

	for (i = 0; i < variables.count; i++)
	{
		free((char *) items[i].name.data);
		free((char *) items[i].text.data);
	}
}

/*
 * Rendering, in parts and by both ways of copying
 */

typedef struct Rendering
{
	char	   *text;
	size_t		length;
	char		missing[256];
} Rendering;

static void
list_missing(Rendering *rendering, const TemplateTexts *missing)
{
	uint32_t	i;
	size_t		at = 0;

	rendering->missing[0] = '\0';
	for (i = 0; i < missing->count && at + 60 < sizeof(rendering->missing); i++)
		at += snprintf(rendering->missing + at, 60, "%s%.*s", i > 0 ? "," : "",
					   (int) missing->texts[i].length, missing->texts[i].data);
}

/* Measures and then renders, as a caller must. */
static Rendering
render(const char *data, size_t length, const Pair *pairs, TemplateMissing mode,
	   bool padded, size_t max_pieces)
{
	size_t		padding = padded ? TEMPLATE_PADDING : 0;
	TemplateText source = {copy_bytes(data, length, padding), length};
	TemplateTexts missing;
	TemplateResolver resolver = {&variables, text_of, (void *) pairs, mode, &missing};
	TemplateParser parser;
	TemplateText *values = NULL;
	Rendering	rendering = {NULL, 0, ""};
	char	   *end = NULL;
	int			pass;

	set_variables(pairs);
	template_texts_init(&missing, realloc, SEED);
	template_parser_init(&parser, realloc, SEED);
	for (pass = 0; pass < 2; pass++)
	{
		bool		last;

		parser.next = 0;
		if (pass == 1)
			end = rendering.text = malloc(rendering.length + padding + 1);
		do
		{
			last = template_parse(&parser, source, padded, parser.next, max_pieces);
			values = realloc(values, parser.template.placeholder_count * sizeof(*values));
			if (pass == 0)
				rendering.length += template_resolve(&parser.template, &resolver, values);
			else
			{
				template_resolve(&parser.template, &resolver, values);
				end = template_render(&parser.template, values, end);
			}
		} while (!last);
	}
	if ((size_t) (end - rendering.text) != rendering.length)
		rendering.length = SIZE_MAX;	/* which no case expects */
	list_missing(&rendering, &missing);

	free_variables();
	free(values);
	free(missing.texts);
	free(missing.buckets);
	free(parser.template.pieces);
	free(parser.template.placeholders);
	free(parser.distinct.texts);
	free(parser.distinct.buckets);
	free((char *) source.data);
	return rendering;
}

static bool
renders_to(const char *template, const Pair *pairs, TemplateMissing mode,
		   const char *expected, const char *missing)
{
	const size_t part[] = {ALL, 1, 2};
	bool		passed = true;
	size_t		i;

	for (i = 0; i < 2 * sizeof(part) / sizeof(part[0]); i++)
	{
		Rendering	got = render(template, strlen(template), pairs, mode,
								 i % 2 == 0, part[i / 2]);

		if (got.length != strlen(expected) ||
			memcmp(got.text, expected, got.length) != 0 ||
			strcmp(got.missing, missing) != 0)
		{
			printf("# %s rendered to %.*s, missing %s\n", template,
				   got.length > 1000 ? 0 : (int) got.length, got.text, got.missing);
			passed = false;
		}
		free(got.text);
	}
	return passed;
}

/*
 * Cases
 */

/* In the order of the keys of a jsonb: by length, then by bytes. */
static const Pair given[] = {
	{"A", "one"},
	{"B", "{A}"},
	{"NULL_", NULL},
	{"ENTITY", "stock trade"},
	{"NUMBER", "#42"},
	{"NAME_OF_15_CHRS", "fifteen"},
	{"NAME_OF_16_CHARS", "sixteen"},
	{NULL, NULL}
};

static void
test_placeholders(void)
{
	ok(renders_to("", given, TEMPLATE_MISSING_ERROR, "", ""),
	   "an empty template renders to nothing");
	ok(renders_to("no braces", given, TEMPLATE_MISSING_ERROR, "no braces", ""),
	   "text is text");
	ok(renders_to("{A}", given, TEMPLATE_MISSING_ERROR, "one", ""),
	   "a placeholder alone");
	ok(renders_to("{A}{A}x{ENTITY}{A}", given, TEMPLATE_MISSING_ERROR,
				  "oneonexstock tradeone", ""),
	   "placeholders side by side");
	ok(renders_to("<{B}>", given, TEMPLATE_MISSING_ERROR, "<{A}>", ""),
	   "a value that looks like a placeholder is not expanded");
	ok(renders_to("{NAME_OF_15_CHRS} {NAME_OF_16_CHARS} {NAME_OF_15_CHRS} {NAME_OF_16_CHARS}",
				  given, TEMPLATE_MISSING_ERROR,
				  "fifteen sixteen fifteen sixteen", ""),
	   "names around the length at which keys become hashes");
	ok(renders_to("{NAME_OF_15_CHRS} {NAME_OF_15_CHRSX|other} {NAME_OF_15_CHRS", given,
				  TEMPLATE_MISSING_ERROR, "fifteen other {NAME_OF_15_CHRS", ""),
	   "a known name is one only with a brace after it");
	ok(renders_to("a fairly long text of more than sixty-four bytes, then across a block's end {ENTITY} and on",
				  given, TEMPLATE_MISSING_ERROR,
				  "a fairly long text of more than sixty-four bytes, then across a block's end stock trade and on", ""),
	   "a placeholder after a long text");
	ok(renders_to("n = {NUMBER}; m = {NUMBER}", given, TEMPLATE_MISSING_ERROR,
				  "n = 42; m = 42", ""),
	   "a value is made into text where it is needed");
}

static void
test_defaults(void)
{
	ok(renders_to("{A|x} {C|x}", given, TEMPLATE_MISSING_ERROR, "one x", ""),
	   "a default is for a variable that is not given");
	ok(renders_to("{C|}|{C|{A}|{C|a\n|b}", given, TEMPLATE_MISSING_ERROR,
				  "|{A|a\n|b", ""),
	   "a default runs to the next closing brace, is never expanded and can be empty");
	ok(renders_to("{C|x}{C|y}{C|x}", given, TEMPLATE_MISSING_ERROR, "xyx", ""),
	   "each placeholder has its own default");
	ok(renders_to("{NULL_|none}", given, TEMPLATE_MISSING_ERROR, "none", ""),
	   "null counts as missing");
	ok(renders_to("{C|x} {C|y", given, TEMPLATE_MISSING_ERROR, "x {C|y", ""),
	   "a default that does not end is text");
	ok(renders_to("{C|{A|{C|{{A|", given, TEMPLATE_MISSING_ERROR, "{C|{A|{C|{{A|", ""),
	   "many defaults that do not end are text");
}

static void
test_other_braces(void)
{
	const char *texts[] = {
		"{", "}", "{}", "{{", "}}", "{{}}", "{ A}", "{A }", "{a}", "{Name}", "{A-B}",
		"{1A}", "{_A}", "{A", "{A{", "{\"A\": {\"b\": 1}}", "{{ foo }}", "{{foo}}",
		"{{Name}}", "{{A", "{{{", "{{{A", "{\xC3\x84}", "{A\xC3\x84}", "{|x}", "{ |x}",
		"f(x) { return {}; }", "{{1A}}", "{|", "{A\n}"
	};
	size_t		i;
	bool		passed = true;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		passed &= renders_to(texts[i], given, TEMPLATE_MISSING_ERROR, texts[i], "");
	ok(passed, "any other brace is text");
	ok(renders_to("{A{A}}", given, TEMPLATE_MISSING_ERROR, "{Aone}", ""),
	   "a placeholder right after such a brace");
	ok(renders_to("{\"{A}\": \"{ENTITY}\"}", given, TEMPLATE_MISSING_ERROR,
				  "{\"one\": \"stock trade\"}", ""),
	   "placeholders inside of JSON");
}

static void
test_escapes(void)
{
	ok(renders_to("{{A}", given, TEMPLATE_MISSING_ERROR, "{A}", ""),
	   "two braces before a name are one, and no placeholder");
	ok(renders_to("{{A}}", given, TEMPLATE_MISSING_ERROR, "{A}}", ""),
	   "closing braces are never doubled");
	ok(renders_to("{{A|x}}", given, TEMPLATE_MISSING_ERROR, "{A|x}}", ""),
	   "an escape of a placeholder with a default");
	ok(renders_to("{{A|{A}{A}", given, TEMPLATE_MISSING_ERROR, "{A|{A}one", ""),
	   "what is escaped is text to its end");
	ok(renders_to("{{{A}", given, TEMPLATE_MISSING_ERROR, "{{A}", "") &&
	   renders_to("{{{{A}", given, TEMPLATE_MISSING_ERROR, "{{{A}", ""),
	   "of more braces the last two count");
	ok(renders_to("{{A}{A}{{A}{A}", given, TEMPLATE_MISSING_ERROR, "{A}one{A}one", ""),
	   "escapes and placeholders in turn");
}

static void
test_missing(void)
{
	ok(renders_to("{D} {A} {C} {D} {C|x}", given, TEMPLATE_MISSING_ERROR,
				  " one   x", "D,C"),
	   "all that is missing is named, once, in order of appearance");
	ok(renders_to("{NULL_}", given, TEMPLATE_MISSING_ERROR, "", "NULL_"),
	   "null is missing");
	ok(renders_to("{D} {A} {NAME_OF_16_BYTES} {C|x}", given, TEMPLATE_MISSING_KEEP,
				  "{D} one {NAME_OF_16_BYTES} x", ""),
	   "kept placeholders are as they were");
	ok(renders_to("<{D}> {A} {C|x}", given, TEMPLATE_MISSING_EMPTY, "<> one x", ""),
	   "emptied placeholders are gone");
	ok(renders_to("{A23456789012345678901234567890123456789012345678901}", given,
				  TEMPLATE_MISSING_KEEP,
				  "{A23456789012345678901234567890123456789012345678901}", ""),
	   "a name too long for any variable is still a placeholder");
}

static void
test_long_names(void)
{
	char		template[203];

	memset(template, 'N', sizeof(template));
	template[0] = '{';
	template[201] = '}';
	template[202] = '\0';
	ok(renders_to(template, given, TEMPLATE_MISSING_KEEP, template, ""),
	   "and one that is far too long");
}

/* Each of twenty names occurs twice, the last one at the end. */
static void
test_equal_placeholders(void)
{
	char		text[1024];
	TemplateText source = {text, 0};
	TemplateParser parser;
	int			i;

	for (i = 0; i < 60; i++)
		source.length += sprintf(text + source.length, "{%s%d}",
								 i % 20 < 10 ? "N" : "N_A_LONG_NAME_", i % 20);
	template_parser_init(&parser, realloc, SEED);
	template_parse(&parser, source, false, 0, ALL);
	ok(parser.template.piece_count == 61 &&
	   parser.template.placeholder_count == 21 &&
	   parser.template.placeholders[20].uses == 3,
	   "equal placeholders are one");
	free(parser.template.pieces);
	free(parser.template.placeholders);
	free(parser.distinct.texts);
	free(parser.distinct.buckets);
}

/* This would take many minutes if each brace searched for an end again. */
static void
test_linear_time(void)
{
	enum
	{
		LENGTH = 3 * 1000 * 1000
	};
	char	   *template = malloc(LENGTH);
	Rendering	got;
	int			i;

	for (i = 0; i < LENGTH; i++)
		template[i] = "{A|"[i % 3];
	got = render(template, LENGTH, given, TEMPLATE_MISSING_ERROR, false, ALL);
	ok(got.length == LENGTH && memcmp(got.text, template, LENGTH) == 0,
	   "a million defaults that do not end take no time");
	free(got.text);
	free(template);
}

static void
test_names(void)
{
	const TemplateText good[] = {{"A", 1}, {"Z9_", 3}, {"ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789ABCDEFGHIJKLM", 50}};
	const TemplateText bad[] = {{"", 0}, {"a", 1}, {"1", 1}, {"_A", 2}, {"A-", 2}, {"A\xC3\x84", 3},
	{"ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789ABCDEFGHIJKLMN", 51}};
	bool		passed = true;
	size_t		i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		passed &= variable_name_is_valid(good[i]);
	ok(passed, "names that a variable can have");
	passed = true;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		passed &= !variable_name_is_valid(bad[i]);
	ok(passed, "names that it cannot");
}

static void
test_distinct_texts(void)
{
	enum
	{
		COUNT = 5000
	};
	static char names[COUNT][40];
	TemplateTexts texts;
	bool		passed = true;
	uint32_t	i;

	template_texts_init(&texts, realloc, SEED);
	for (i = 0; i < COUNT; i++)
	{
		TemplateText text = {names[i], 0};

		text.length = snprintf(names[i], sizeof(names[i]), "%s%u",
							   i % 2 ? "A" : "A_RATHER_LONG_PREFIX_", i / 2);
		passed &= template_texts_add(&texts, text) == i;
	}
	for (i = 0; i < COUNT; i++)
	{
		TemplateText text = {names[i], strlen(names[i])};

		passed &= template_texts_add(&texts, text) == i;
	}
	ok(passed && texts.count == COUNT, "distinct texts keep their numbers");
	template_texts_clear(&texts);
	ok(texts.count == 0 &&
	   template_texts_add(&texts, (TemplateText) {"B", 1}) == 0,
	   "and are forgotten when cleared");
	free(texts.texts);
	free(texts.buckets);
}

static void
test_values_on_demand(void)
{
	Rendering	got;

	calls_of_text_of = 0;
	got = render("{A} {ENTITY}", 12, given, TEMPLATE_MISSING_ERROR, true, ALL);
	ok(calls_of_text_of == 0, "no value is made into text that is not injected");
	free(got.text);
	got = render("{NUMBER}{NUMBER}{NUMBER|x}", 26, given, TEMPLATE_MISSING_ERROR, true, ALL);
	ok(calls_of_text_of == 1, "and one that is, only once");
	free(got.text);
}

/*
 * Comparison with a slow renderer
 */

typedef struct Match
{
	size_t		name_length;
	size_t		default_start;	/* 0 if none */
	size_t		end;
} Match;

static bool
slow_match(const char *text, size_t length, size_t brace, Match *match)
{
	size_t		at = brace + 1;

	if (brace >= length || text[brace] != '{')
		return false;
	if (at >= length || text[at] < 'A' || text[at] > 'Z')
		return false;
	while (at < length && text[at] != '\0' &&
		   strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", text[at]) != NULL)
		at++;
	match->name_length = at - brace - 1;
	match->default_start = 0;
	if (at < length && text[at] == '|')
	{
		match->default_start = at + 1;
		while (at < length && text[at] != '}')
			at++;
	}
	match->end = at + 1;
	return at < length && text[at] == '}';
}

static const char *
slow_value(const Pair *pairs, const char *name, size_t length)
{
	for (; pairs->name != NULL; pairs++)
		if (strlen(pairs->name) == length && memcmp(pairs->name, name, length) == 0)
			return pairs->value != NULL && pairs->value[0] == '#' ?
				pairs->value + 1 : pairs->value;
	return NULL;
}

static size_t
slow_render(const char *text, size_t length, const Pair *pairs,
			TemplateMissing mode, char *out)
{
	char	   *start = out;
	size_t		at = 0;

	while (at < length)
	{
		Match		match;
		const char *value;

		if (text[at] == '{' && slow_match(text, length, at + 1, &match))
		{
			memcpy(out, text + at + 1, match.end - at - 1);
			out += match.end - at - 1;
			at = match.end;
			continue;
		}
		if (!slow_match(text, length, at, &match))
		{
			*out++ = text[at++];
			continue;
		}
		value = slow_value(pairs, text + at + 1, match.name_length);
		if (value != NULL)
			out += sprintf(out, "%s", value);
		else if (match.default_start > 0)
		{
			memcpy(out, text + match.default_start, match.end - 1 - match.default_start);
			out += match.end - 1 - match.default_start;
		}
		else if (mode == TEMPLATE_MISSING_KEEP)
		{
			memcpy(out, text + at, match.end - at);
			out += match.end - at;
		}
		at = match.end;
	}
	return out - start;
}

/* Returns the same numbers on all platforms. */
static uint32_t
next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) (*state >> 33);
}

static size_t
random_template(uint64_t *state, char *text, size_t room)
{
	const char *parts[] = {
		"{", "{", "}", "|", "A", "B", "_", "0", "a", " ", "\n", "\xC3\xA9", "{A}", "{B|", "{C}",
		"{{A}", "{ENTITY}", "{NAME_OF_15_CHRS}", "{NAME_OF_16_CHARS}", "{NUMBER|x}", "{NULL_}",
		"some text that is longer than the padding of every text", "{C|default}", "short text"
	};
	size_t		count = next_random(state) % 40;
	size_t		length = 0;

	while (count-- > 0)
	{
		const char *part = parts[next_random(state) % (sizeof(parts) / sizeof(parts[0]))];

		if (length + strlen(part) > room)
			break;
		memcpy(text + length, part, strlen(part));
		length += strlen(part);
	}
	return length;
}

static bool
agrees_on_random_templates(uint64_t seed, int count)
{
	char		text[1024];
	char		expected[65536];

	while (count-- > 0)
	{
		TemplateMissing mode = next_random(&seed) % 3;
		bool		padded = next_random(&seed) % 2;
		size_t		max_pieces = next_random(&seed) % 4 == 0 ? 1 + next_random(&seed) % 5 : ALL;
		size_t		length = random_template(&seed, text, sizeof(text));
		size_t		expected_length = slow_render(text, length, given, mode, expected);
		Rendering	got = render(text, length, given, mode, padded, max_pieces);
		bool		same = got.length == expected_length &&
			memcmp(got.text, expected, expected_length) == 0;

		free(got.text);
		if (!same)
		{
			printf("# differs: %.*s\n", (int) length, text);
			return false;
		}
	}
	return true;
}

int
main(void)
{
	test_placeholders();
	test_defaults();
	test_other_braces();
	test_escapes();
	test_missing();
	test_long_names();
	test_equal_placeholders();
	test_linear_time();
	test_names();
	test_distinct_texts();
	test_values_on_demand();
	ok(agrees_on_random_templates(1, 50000),
	   "50,000 random templates render as a slow renderer does");
	return end_of_tests();
}
