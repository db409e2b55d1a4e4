/*
 * search_words.c
 *		fold_words(): makes words equal that differ only in case, or in how
 *		Unicode composes their characters.
 *
 * Each word is folded by itself, because long texts are not normalised. White space
 * of ASCII separates words here; no character composes with it.
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
is_separator(char c)
{
	return (unsigned char) c <= ' ';
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
	StringInfoData words;

	initStringInfo(&words);
	while (at < end)
	{
		const char *word = at;

		while (at < end && !is_separator(*at))
			at++;
		append_folded(&words, word, (int) (at - word));
		for (; at < end && is_separator(*at); at++)
			appendStringInfoChar(&words, *at);
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(words.data, words.len));
}
