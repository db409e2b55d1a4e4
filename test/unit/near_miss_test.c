/*
 * near_miss_test.c
 *		Tests which near misses near_miss.c finds, and that it finds none in code.
 *
 * Each text is in a chunk of exactly its size, so that AddressSanitizer notices
 * reads beyond its end.
 */
#include "curriculum/near_miss.h"

/* for names, which near_miss.c checks, and for literal text */
#include "curriculum/template.c"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>

static void *
checked_realloc(void *pointer, size_t size)
{
	pointer = realloc(pointer, size);
	if (pointer == NULL)
		abort();
	return pointer;
}

typedef struct Finding
{
	char		text[2048];
	size_t		length;
} Finding;

/* "fragment=NAME" for each, with a question mark where it may be misspelt. */
static void
add_finding(Finding *finding, const NearMiss *miss)
{
	char		name[VARIABLE_NAME_MAX];

	near_miss_name(miss->name, name);
	finding->length += snprintf(finding->text + finding->length,
								sizeof(finding->text) - finding->length,
								"%s%.*s=%.*s%s", finding->length > 0 ? " " : "",
								(int) miss->fragment.length, miss->fragment.data,
								(int) miss->name.length, name,
								miss->misspelled ? "?" : "");
}

static void
scan_literal(NearMissScan *scan, size_t start, size_t end, Finding *finding)
{
	NearMiss	miss;

	near_miss_skip(scan, start);
	while (near_miss_next(scan, end, &miss))
		add_finding(finding, &miss);
}

static void
scan_template(const char *text, NearMissText kind, Finding *finding)
{
	TemplateText source = {NULL, strlen(text)};
	char	   *copy = malloc(source.length + (source.length == 0));
	TemplateParser parser;
	NearMissScan scan;
	size_t		i;

	source.data = memcpy(copy, text, source.length);
	memset(finding, 0, sizeof(*finding));
	template_parser_init(&parser, checked_realloc, 4711);
	template_parse(&parser, source, false, 0, SIZE_MAX);
	near_miss_begin(&scan, source, kind);
	for (i = 0; i < parser.template.piece_count; i++)
	{
		TemplatePiece *piece = &parser.template.pieces[i];

		scan_literal(&scan, piece->literal_start,
					 piece->literal_start + piece->literal_length, finding);
	}
	free(parser.template.pieces);
	free(parser.template.placeholders);
	free(parser.distinct.texts);
	free(parser.distinct.buckets);
	free(copy);
}

static void
expect(const char *text, NearMissText kind, const char *expected)
{
	Finding		finding;

	scan_template(text, kind, &finding);
	ok(strcmp(finding.text, expected) == 0, text);
	if (strcmp(finding.text, expected) != 0)
		printf("# expected: %s\n# found:    %s\n", expected, finding.text);
}

static void
prose(const char *text, const char *expected)
{
	expect(text, NEAR_MISS_PROSE, expected);
}

static void
code(const char *text, const char *expected)
{
	expect(text, NEAR_MISS_CODE, expected);
}

static void
test_prose(void)
{
	prose("", "");
	prose("Feed the {ENTITY} until its {STATE|state} is high.", "");
	prose("{ ENTITY }", "{ ENTITY }=ENTITY?");
	prose("Feed the { ENTITY}, {ENTITY }, {\tENTITY\n}",
		  "{ ENTITY}=ENTITY? {ENTITY }=ENTITY? {\tENTITY\n}=ENTITY?");
	prose("{\xC2\xA0" "ENTITY}{ENTITY\xE2\x80\x8B}",
		  "{\xC2\xA0" "ENTITY}=ENTITY? {ENTITY\xE2\x80\x8B}=ENTITY?");
	prose("{Entity} and {entity}", "{Entity}=ENTITY {entity}=ENTITY");
	prose("{{ENTITY}} {{ ENTITY }} {{{ENTITY}}}",
		  "{{ENTITY}}=ENTITY? {{ ENTITY }}=ENTITY? {{{ENTITY}}}=ENTITY?");
	prose("{{Entity}}", "{{Entity}}=ENTITY");
	prose("{{ENTITY|thing}}", "{{ENTITY|thing}}=ENTITY?");
	prose("an escape: {{ENTITY} and {{ENTITY|thing}", "");
	prose("{EDGE CASE} {EDGE-CASE} {Edge Case}",
		  "{EDGE CASE}=EDGE_CASE? {EDGE-CASE}=EDGE_CASE? {Edge Case}=EDGE_CASE");
	prose("{ENTITY |thing} { Entity|thing}", "{ENTITY |thing}=ENTITY? { Entity|thing}=ENTITY");
	prose("{$ENTITY} {\"ENTITY\"} {%ENTITY%} {:entity}",
		  "{$ENTITY}=ENTITY? {\"ENTITY\"}=ENTITY? {%ENTITY%}=ENTITY? {:entity}=ENTITY");
	prose("{1ENTITY} {_ENTITY} {\xD0\x95NTITY}",
		  "{1ENTITY}=1ENTITY? {_ENTITY}=_ENTITY? {\xD0\x95NTITY}=\xD0\x95NTITY?");
	prose("Feed the {ENTITY until it is ripe.", "{ENTITY=ENTITY");
	prose("Feed the {ENTITY: a starter} now", "{ENTITY: a starter}=ENTITY");
	prose("{ENTITY.name}, {ENTITY, STATE}, {ENTITY",
		  "{ENTITY.name}=ENTITY {ENTITY, STATE}=ENTITY {ENTITY=ENTITY");
	prose("Feed the ENTITY} now", "ENTITY}=ENTITY");
	prose("({Entity}) \"{Entity}\" **{Entity}**", "{Entity}=ENTITY {Entity}=ENTITY {Entity}=ENTITY");
	prose("Look at `{ Entity }` and `{ ENTITY }`.", "{ ENTITY }=ENTITY?");
	prose("One sets `x = 1` and feeds the { Entity }.", "{ Entity }=ENTITY");
	prose("where a = b, feed the { ENTITY }.", "{ ENTITY }=ENTITY?");
	prose("{for one } {}, { }, {|}, {{}}, {1}", "{for one }=FOR_ONE {1}=1?");
}

/* What is no near miss of any name, or nobody would say so. */
static void
test_code_in_prose(void)
{
	prose("{\"state\": \"{STATE}\", \"event\": {\"state\": 1}}", "");
	prose("{state, event} and {event: 1} and {state of it", "");
	prose("print(f\"{state} of {entity:>5}\")", "");
	prose("x = '{state}'.format(state=1)", "");
	prose("const {state, event} = props", "");
	prose("const {state} = props;", "");
	prose("import {Event} from './event'", "");
	prose("Order{state} []string{event} \\frac{state}{event} ${state} x_{state}", "");
	prose("render({state}) => {event}", "");
	prose("enum Event { STATE }", "");
	prose("```go\nevents := []Event{{STATE}, {STATE}}\n{STATE: 1}\n```\n{State}", "{State}=STATE");
	prose("```\n\"{entity}\" # the { Entity }\n```", "{ Entity }=ENTITY");
	prose("for (State s : states) { STATE }", "");
}

static void
test_code(void)
{
	code("# One { ENTITY } and its {State}", "{ ENTITY }=ENTITY? {State}=STATE");
	code("    // the {Entity}", "{Entity}=ENTITY");
	code("/* the {Entity} */\n * {State}", "{Entity}=ENTITY {State}=STATE");
	code("x = 1  # the {Entity}, the { ENTITY }", "{ ENTITY }=ENTITY?");
	code("print(\"the { ENTITY } and {entity}\")", "{ ENTITY }=ENTITY?");
	code("print(f\"the { ENTITY } and {entity}\")", "");
	code("print(rf'{ENTITY }', Fr\"{ENTITY }\", of\"{ ENTITY }\")", "");
	code("say(of\"{ ENTITY }\")", "{ ENTITY }=ENTITY?");
	code("console.log(`${ STATE } {STATE }`)", "{STATE }=STATE?");
	code("class Event { STATE }\nenum E { STATE, ENTITY }\nx = { STATE }", "");
	code("var m = map[State]int{STATE: 1}", "");
	code("a * { ENTITY }", "");
	code("'it\\'s { ENTITY }'", "{ ENTITY }=ENTITY?");
	code("s = \"it's\" + { ENTITY }", "");
	code("    return {STATE }\n}", "");
}

static void
test_data(void)
{
	expect("{\"state\": 1} {state} {STATE} {STATE }", NEAR_MISS_DATA, "{STATE }=STATE?");
}

/* Any bytes: nothing is read past the end, and every fragment is in the text. */
static void
test_random_texts(void)
{
	static const char *const parts[] = {
		"{", "}", "{{", "}}", "ENTITY", "Entity", "|", " ", "\n", "`", "```\n", "\"",
		"'", "f\"", "# ", "// ", " = ", "$", "\xC2\xA0", "\xE2", "-", ";", "(", "word"
	};
	uint32_t	state = 1;
	Finding		finding;
	int			round;

	for (round = 0; round < 20000; round++)
	{
		char		text[128] = "";
		int			count = round % 16;

		while (count-- > 0)
		{
			state = state * 1664525 + 1013904223;
			strcat(text, parts[(state >> 16) % (sizeof(parts) / sizeof(parts[0]))]);
		}
		scan_template(text, (NearMissText) (round % 3), &finding);
	}
	ok(true, "20,000 random texts");
}

int
main(void)
{
	test_prose();
	test_code_in_prose();
	test_code();
	test_data();
	test_random_texts();
	return end_of_tests();
}
