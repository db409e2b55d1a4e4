/*
 * search_words.c
 *		fold_words(): makes a text that PostgreSQL's parser takes apart in the same
 *		way in every locale.
 *
 * Words become equal that differ only in case, or in how Unicode composes their
 * characters. The parser asks the locale what a letter is, and under C takes every
 * character beyond ASCII for one: so quotation marks, dashes and blanks of print
 * become those of ASCII, which also lets people quote phrases as their devices do.
 * What is not seen goes.
 *
 * Each word is folded by itself, because long texts are not normalised. No character
 * composes with a separator.
 *
 * Cost: one pass. Memory: the result, and some allocations for each word that is not
 * ASCII, in the current context.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "base/characters.h"
#include "base/compat.h"

PG_FUNCTION_INFO_V1(fold_words);

static bool
is_quotation_mark(pg_wchar c)
{
	return c == 0x00AB || c == 0x00BB || (c >= 0x201C && c <= 0x201F);
}

static bool
is_hyphen(pg_wchar c)
{
	return c == 0x2010 || c == 0x2011;
}

/* Returns what stands for a character between words, or 0 for one of a word. */
static char
separator_for(pg_wchar c)
{
	if (c <= ' ')
		return (char) c;
	if (is_quotation_mark(c))
		return '"';
	if (is_hyphen(c))
		return '-';
	return is_blank(c) || is_punctuation(c) ? ' ' : 0;
}

static bool
is_dropped(pg_wchar c)
{
	return c > ' ' && (is_hidden(c) || is_joiner(c) || is_variation_selector(c));
}

static void
append_folded(StringInfo words, const char *word, int length)
{
	int			i;

	for (i = 0; i < length && !IS_HIGHBIT_SET(word[i]); i++)
		;
	if (i < length)
	{
		appendStringInfoString(words, fold_case(word, length));
		return;
	}
	for (i = 0; i < length; i++)
		appendStringInfoChar(words, pg_ascii_tolower((unsigned char) word[i]));
}

/*
 * fold_words(value text)
 */
Datum
fold_words(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	const char *at = VARDATA_ANY(value);
	const char *end = at + VARSIZE_ANY_EXHDR(value);
	const char *word = at;
	StringInfoData words;

	initStringInfo(&words);
	while (at < end)
	{
		int			bytes;
		pg_wchar	c = character_at(at, end, &bytes);
		bool		dropped = is_dropped(c);
		char		separator = dropped ? 0 : separator_for(c);

		if (dropped || separator != 0)
		{
			append_folded(&words, word, (int) (at - word));
			word = at + bytes;
		}
		if (separator != 0)
			appendStringInfoChar(&words, separator);
		at += bytes;
	}
	append_folded(&words, word, (int) (end - word));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(words.data, words.len));
}
