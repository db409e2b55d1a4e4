/*
 * template_fuzzer.c
 *		Runs template.c on the inputs of libFuzzer:
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc \
 *		-o template_fuzzer test/fuzz/template_fuzzer.c src/curriculum/template.c
 *	./template_fuzzer -max_total_time=60 -seed=1
 *
 * The first byte selects the mode and the size of the parts; the rest is the
 * template. The result must have the measured length. It must be the same in
 * parts as in a whole and for both ways of copying, and the same as that of a
 * short program which reads byte by byte. The names of missing variables must
 * be the same, too. What is rendered in one pass must be the same again.
 */
#include "curriculum/template.h"

#include <stdlib.h>
#include <string.h>

static TemplateVariable items[] = {
	{{"A", 1}, {"", 0}},
	{{"B", 1}, {"{A}{B|", 6}},
	{{"AB", 2}, {NULL, 0}},
	{{"LONG_NAME_OF_VARIABLE", 21}, {"a value that is longer than any padding", 39}}
};
static TemplateVariables variables = {items, 4};

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The expected result, by the definition
 */

typedef struct Expected
{
	TemplateText source;
	TemplateMissing mode;
	char	   *output;
	size_t		length;
	TemplateText *missing;
	size_t		missing_count;
} Expected;

static bool
in_name(char c, bool first)
{
	return (c >= 'A' && c <= 'Z') || (!first && ((c >= '0' && c <= '9') || c == '_'));
}

/*
 * Returns the length of the placeholder at this brace, or 0 if it is not one.
 */
static size_t
placeholder_length(TemplateText source, size_t brace, TemplateText *name)
{
	size_t		at = brace + 1;

	while (at < source.length && in_name(source.data[at], at == brace + 1))
		at++;
	name->data = source.data + brace + 1;
	name->length = at - brace - 1;
	if (name->length == 0 || at == source.length)
		return 0;
	if (source.data[at] == '|')
	{
		while (at < source.length && source.data[at] != '}')
			at++;
	}
	return at < source.length && source.data[at] == '}' ? at + 1 - brace : 0;
}

static bool
equals(TemplateText a, TemplateText b)
{
	return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static void
expect_bytes(Expected *expected, const char *data, size_t length)
{
	if (length > 0)
		memcpy(expected->output + expected->length, data, length);
	expected->length += length;
}

static void
expect_missing(Expected *expected, TemplateText name)
{
	size_t		i;

	for (i = 0; i < expected->missing_count; i++)
	{
		if (equals(expected->missing[i], name))
			return;
	}
	expected->missing[expected->missing_count++] = name;
}

static void
expect_value(Expected *expected, const char *placeholder, size_t length,
			 TemplateText name)
{
	size_t		i;

	for (i = 0; i < variables.count; i++)
	{
		if (equals(items[i].name, name) && items[i].text.data != NULL)
		{
			expect_bytes(expected, items[i].text.data, items[i].text.length);
			return;
		}
	}
	if (length > name.length + 2)	/* there is a default text */
		expect_bytes(expected, placeholder + name.length + 2,
					 length - name.length - 3);
	else if (expected->mode == TEMPLATE_MISSING_KEEP)
		expect_bytes(expected, placeholder, length);
	else if (expected->mode == TEMPLATE_MISSING_ERROR)
		expect_missing(expected, name);
}

/* No value has more than 39 bytes, no placeholder less than 3. */
static Expected
expect(TemplateText source, TemplateMissing mode)
{
	Expected	expected = {.source = source, .mode = mode};
	size_t		at = 0;

	expected.output = malloc(source.length * 13 + 1);
	expected.missing = malloc((source.length / 3 + 1) * sizeof(TemplateText));
	while (at < source.length)
	{
		const char *start = source.data + at;
		TemplateText name;
		size_t		length = 0;

		if (*start == '{' && at + 1 < source.length && start[1] == '{' &&
			(length = placeholder_length(source, at + 1, &name)) > 0)
		{
			expect_bytes(&expected, start + 1, length);
			length++;
		}
		else if (*start == '{' &&
				 (length = placeholder_length(source, at, &name)) > 0)
			expect_value(&expected, start, length, name);
		else
			expect_bytes(&expected, start, length = 1);
		at += length;
	}
	return expected;
}

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
require_missing(const TemplateTexts *missing, const Expected *expected)
{
	uint32_t	i;

	require(missing->count == expected->missing_count);
	for (i = 0; i < missing->count; i++)
		require(equals(missing->texts[i], expected->missing[i]));
}

/*
 * The result of template.c
 */

static bool
text_of(void *context, uint32_t number)
{
	(void) context;
	(void) number;
	return false;
}

static char *
copy_bytes(const char *data, size_t length, size_t padding)
{
	char	   *copy = malloc(length + padding + 1);

	memcpy(copy, data, length);
	return realloc(copy, length + padding + (length + padding == 0));
}

/* The values of a padded template must be padded, too. */
static void
pad_values(TemplateText *values, uint32_t count, char **copies)
{
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		copies[i] = copy_bytes(values[i].data, values[i].length, TEMPLATE_PADDING);
		values[i].data = copies[i];
	}
}

static size_t
render_part(TemplateParser *parser, const TemplateResolver *resolver,
			char **output, size_t length)
{
	const Template *template = &parser->template;
	uint32_t	count = template->placeholder_count;
	TemplateText *values = malloc(count * sizeof(*values));
	char	  **copies = calloc(count, sizeof(*copies));
	size_t		bytes = template_resolve(template, resolver, values);
	uint32_t	i;

	if (template->padded)
		pad_values(values, count, copies);
	*output = realloc(*output, length + bytes + (template->padded ? TEMPLATE_PADDING : 1));
	require(template_render(template, values, *output + length) == *output + length + bytes);
	for (i = 0; i < count; i++)
		free(copies[i]);
	free(copies);
	free(values);
	return bytes;
}

static void
render(const Expected *expected, bool padded, size_t max_pieces)
{
	TemplateText source = expected->source;
	TemplateTexts missing;
	TemplateResolver resolver = {&variables, text_of, NULL, expected->mode, &missing};
	char	   *output = NULL;
	TemplateParser parser;
	char	   *copy = copy_bytes(source.data, source.length,
								  padded ? TEMPLATE_PADDING : 0);
	size_t		length = 0;
	bool		last = false;

	source.data = copy;
	template_texts_init(&missing, realloc, 1);
	template_parser_init(&parser, realloc, 1);
	while (!last)
	{
		last = template_parse(&parser, source, padded, parser.next, max_pieces);
		length += render_part(&parser, &resolver, &output, length);
	}
	require(length == expected->length);
	require(memcmp(output, expected->output, length) == 0);
	require_missing(&missing, expected);
	free(output);
	free(copy);
	free(missing.texts);
	free(missing.buckets);
	free(parser.template.pieces);
	free(parser.template.placeholders);
	free(parser.distinct.texts);
	free(parser.distinct.buckets);
}

/*
 * Renders in one pass, which may decline to, with an injector that knows no name at
 * first, and then those of the first time.
 */
static void
inject(const Expected *expected)
{
	char		texts[4][2 * TEMPLATE_PADDING + 8] = {{0}};
	TemplateVariable padded_items[4];
	TemplateVariables padded = {padded_items, 4};
	TemplateResolver resolver = {&padded, text_of, NULL, expected->mode, NULL};
	TemplateText source = expected->source;
	size_t		room = expected->length + 2 * TEMPLATE_PADDING;
	char	   *copy = copy_bytes(source.data, source.length, TEMPLATE_PADDING);
	char	   *output = malloc(room);
	TemplateInjector injector;
	int			i;

	for (i = 0; i < 4; i++)
	{
		padded_items[i] = items[i];
		if (items[i].text.data != NULL)
			padded_items[i].text.data = memcpy(texts[i], items[i].text.data,
											   items[i].text.length);
	}
	source.data = copy;
	template_injector_init(&injector, realloc, 1);
	for (i = 0; i < 2; i++)
	{
		char	   *end = template_inject(&injector, &resolver, source, output, room);

		if (end == NULL)
			continue;
		require(expected->missing_count == 0);
		require((size_t) (end - output) == expected->length);
		require(memcmp(output, expected->output, expected->length) == 0);
	}
	if (expected->length > 0)
		require(template_inject(&injector, &resolver, source, output, room - 1) == NULL);
	free(output);
	free(copy);
	free(injector.values);
	free(injector.names.texts);
	free(injector.names.buckets);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TemplateText source = {(const char *) data + 1, size - 1};
	Expected	expected;

	if (size == 0)
		return 0;
	expected = expect(source, data[0] % 3);
	render(&expected, true, SIZE_MAX);
	render(&expected, false, 1 + data[0] / 3 % 8);
	inject(&expected);
	free(expected.output);
	free(expected.missing);
	return 0;
}
