/*
 * near_miss_fuzzer.c
 *		Runs near_miss.c on the inputs of libFuzzer:
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc \
 *		-o near_miss_fuzzer test/fuzz/near_miss_fuzzer.c src/curriculum/near_miss.c
 *	./near_miss_fuzzer -max_total_time=60 -seed=1
 *
 * The first byte selects the kind of text, the second one where a placeholder
 * is that the scan skips; the rest is the text, in a chunk of exactly its size.
 * What is found must be in the literal text, in its order, and must not
 * overlap; the name must be in the fragment and have the form that names have;
 * in data, only capitals between two braces may be found. A scan of a copy must
 * find the same.
 */
#include "curriculum/near_miss.h"

/* for names, which near_miss.c checks */
#include "curriculum/template.c"

#include <stdio.h>
#include <stdlib.h>

#define PLACEHOLDER_LENGTH	3

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition, const char *what)
{
	if (!condition)
	{
		fprintf(stderr, "violated: %s\n", what);
		abort();
	}
}

/* Whether the part is within the whole, from a position on. */
static bool
is_within(TemplateText part, const char *from, const char *end)
{
	return part.data >= from && part.data + part.length <= end;
}

static bool
has_lower_case(TemplateText name)
{
	size_t		i;

	for (i = 0; i < name.length; i++)
		if (name.data[i] >= 'a' && name.data[i] <= 'z')
			return true;
	return false;
}

static void
check_name(const NearMiss *miss)
{
	char		name[VARIABLE_NAME_MAX];
	TemplateText mended = {name, miss->name.length};

	require(miss->name.length > 0 && miss->name.length <= VARIABLE_NAME_MAX, "length of the name");
	near_miss_name(miss->name, name);
	require(!has_lower_case(mended), "capitals");
	require(memchr(name, ' ', mended.length) == NULL && memchr(name, '-', mended.length) == NULL, "underscores");
}

static void
check_miss(const NearMissScan *scan, const NearMiss *miss, const char *from)
{
	const char *end = scan->source.data + scan->source.length;
	const char *last = miss->fragment.data + miss->fragment.length - 1;

	require(miss->fragment.length > 1, "length of the fragment");
	require(is_within(miss->fragment, from, end), "place of the fragment");
	require(is_within(miss->name, miss->fragment.data, last + 1), "place of the name");
	require(*miss->fragment.data == '{' || *last == '}', "a brace at an end");
	require(scan->at == (size_t) (last + 1 - scan->source.data), "the scan is behind the fragment");
	if (scan->kind == NEAR_MISS_DATA)
		require(*miss->fragment.data == '{' && *last == '}' && !has_lower_case(miss->name), "capitals between braces in data");
	check_name(miss);
}

typedef struct Findings
{
	size_t		count;
	size_t		digest;			/* of where they are */
} Findings;

/* An exact name in literal text may have braces before it that the scan has passed. */
static const char *
before_braces(const char *start, const char *at)
{
	while (at > start && at[-1] == '{')
		at--;
	return at;
}

static void
scan_to(NearMissScan *scan, size_t end, Findings *findings)
{
	const char *from = before_braces(scan->source.data, scan->source.data + scan->at);
	NearMiss	miss;

	while (near_miss_next(scan, end, &miss))
	{
		check_miss(scan, &miss, from);
		from = miss.fragment.data + miss.fragment.length;
		findings->count++;
		findings->digest = findings->digest * 31 + (size_t) (miss.fragment.data - scan->source.data);
		findings->digest = findings->digest * 31 + (size_t) (from - scan->source.data);
		findings->digest = findings->digest * 31 + miss.name.length * 2 + miss.misspelled;
		require(findings->count <= scan->source.length, "fewer findings than bytes");
	}
	require(scan->at >= end, "the scan is at the end");
}

static Findings
scan_text(TemplateText text, NearMissText kind, size_t placeholder)
{
	NearMissScan scan;
	Findings	findings = {0, 0};

	near_miss_begin(&scan, text, kind);
	if (placeholder + PLACEHOLDER_LENGTH <= text.length)
	{
		scan_to(&scan, placeholder, &findings);
		if (scan.at < placeholder + PLACEHOLDER_LENGTH)
			near_miss_skip(&scan, placeholder + PLACEHOLDER_LENGTH);
	}
	scan_to(&scan, text.length, &findings);
	return findings;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TemplateText text;
	NearMissText kind;
	Findings	first;
	Findings	second;
	char	   *copy;

	if (size < 2)
		return 0;
	kind = (NearMissText) (data[0] % 3);
	text.length = size - 2;
	copy = malloc(text.length > 0 ? text.length : 1);
	if (copy == NULL)
		return 0;
	if (text.length > 0)
		memcpy(copy, data + 2, text.length);
	text.data = copy;
	first = scan_text(text, kind, data[1]);
	text.data = (const char *) data + 2;
	second = scan_text(text, kind, data[1]);
	require(first.count == second.count && first.digest == second.digest, "two scans find the same");
	free(copy);
	return 0;
}
