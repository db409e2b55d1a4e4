/*
 * template_fuzzer.c
 *		Feeds template.c whatever libFuzzer thinks of:
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc \
 *		-o template_fuzzer test/fuzz/template_fuzzer.c src/template.c
 *	./template_fuzzer -max_total_time=60 -seed=1
 *
 * The first byte picks the mode and the size of the parts, the rest is the
 * template. It has to render to the measured size, and to the same bytes in
 * parts as in a whole, copied either way.
 */
#include "template.h"

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

/* Values for padded templates need padding themselves. */
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
	if (template_render(template, values, *output + length) != *output + length + bytes)
		abort();
	for (i = 0; i < count; i++)
		free(copies[i]);
	free(copies);
	free(values);
	return bytes;
}

static size_t
render(TemplateText source, TemplateMissing mode, bool padded, size_t max_pieces,
	   char **output)
{
	TemplateTexts missing;
	TemplateResolver resolver = {&variables, text_of, NULL, mode, &missing};
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
		length += render_part(&parser, &resolver, output, length);
	}
	free(copy);
	free(missing.texts);
	free(missing.buckets);
	free(parser.template.pieces);
	free(parser.template.placeholders);
	free(parser.distinct.texts);
	free(parser.distinct.buckets);
	return length;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TemplateText source = {(const char *) data + 1, size - 1};
	TemplateMissing mode;
	char	   *whole = NULL;
	char	   *parts = NULL;
	size_t		length;

	if (size == 0)
		return 0;
	mode = data[0] % 3;
	length = render(source, mode, true, SIZE_MAX, &whole);
	if (render(source, mode, false, 1 + data[0] / 3 % 8, &parts) != length ||
		memcmp(whole, parts, length) != 0)
		abort();
	free(whole);
	free(parts);
	return 0;
}
