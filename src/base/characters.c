/*
 * characters.c
 *		Classifies, normalises and case-folds the characters of a text.
 *
 * The results of PostgreSQL's own functions depend on the database: normalize()
 * works only in UTF8, and lower() and the character classes of regular expressions
 * depend on a collation and its provider.  The functions here follow Unicode and
 * return the same in every database.  If its encoding is not UTF8, each character
 * is converted.  In SQL_ASCII, bytes beyond ASCII are unknown characters.
 *
 * Cost: one pass, and a search in a table of some 200 ranges for each character
 * beyond ASCII; in encodings other than UTF8, also a conversion of each of these.
 * The time of normalising can grow with the square of the number of combining
 * marks, so longer texts than NORMALIZED_BYTES are not normalised.
 *
 * Memory: four bytes a character and the result, in the current context.
 */
#include "postgres.h"

#include "catalog/namespace.h"

#include "base/case_folding.h"
#include "base/characters.h"
#include "base/compat.h"

#define NORMALIZED_BYTES	4096

typedef struct CharacterRange
{
	pg_wchar	first;
	pg_wchar	last;
} CharacterRange;

/*
 * Unicode's White_Space, and characters that look like spaces, or like nothing at
 * the ends of a text: zero-width spaces and the blank Braille pattern.
 */
static const CharacterRange blanks[] = {
	{0x0009, 0x000D}, {0x0020, 0x0020}, {0x0085, 0x0085}, {0x00A0, 0x00A0},
	{0x1680, 0x1680}, {0x2000, 0x200B}, {0x2028, 0x2029}, {0x202F, 0x202F},
	{0x205F, 0x2060}, {0x2800, 0x2800}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}
};

/*
 * Unicode's categories Cc (controls), Zl and Zp (line and paragraph separators)
 * and Cf (format characters), its property Default_Ignorable_Code_Point, without
 * joiners and variation selectors, and the noncharacters, of which is_hidden()
 * knows the last two of each plane.
 */
static const CharacterRange hidden[] = {
	{0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x034F, 0x034F},
	{0x061C, 0x061C}, {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180E, 0x180E},
	{0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
	{0x3164, 0x3164}, {0xFDD0, 0xFDEF}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0},
	{0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
	{0xE0000, 0xE00FF}, {0xE01F0, 0xE0FFF}
};

/*
 * Punctuation and symbols beyond ASCII: of Unicode's categories P and S, those that
 * stand beside words of living scripts.
 */
static const CharacterRange punctuation[] = {
	{0x00A1, 0x00A9}, {0x00AB, 0x00AC}, {0x00AE, 0x00B1}, {0x00B4, 0x00B4},
	{0x00B6, 0x00B8}, {0x00BB, 0x00BB}, {0x00BF, 0x00BF}, {0x00D7, 0x00D7},
	{0x00F7, 0x00F7}, {0x037E, 0x037E}, {0x0387, 0x0387}, {0x055A, 0x055F},
	{0x0589, 0x058A}, {0x05BE, 0x05BE}, {0x05C0, 0x05C0}, {0x05C3, 0x05C3},
	{0x05F3, 0x05F4}, {0x060C, 0x060D}, {0x061B, 0x061B}, {0x061D, 0x061F},
	{0x066A, 0x066D}, {0x06D4, 0x06D4}, {0x0964, 0x0965}, {0x0E5A, 0x0E5B},
	{0x1360, 0x1368}, {0x17D4, 0x17D6}, {0x2010, 0x2027}, {0x2030, 0x205E},
	{0x207A, 0x207E}, {0x208A, 0x208E}, {0x20A0, 0x20C0}, {0x2116, 0x2116},
	{0x2122, 0x2122}, {0x2190, 0x245F}, {0x2500, 0x2BFF}, {0x2E00, 0x2E7F},
	{0x3001, 0x3003}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x303D, 0x303D},
	{0x30A0, 0x30A0}, {0x30FB, 0x30FB}, {0xFE10, 0xFE19}, {0xFE30, 0xFE6B},
	{0xFF01, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65},
	{0xFFE0, 0xFFE6}, {0x1F000, 0x1FAFF}
};

static bool
is_in_ranges(pg_wchar c, const CharacterRange *ranges, int count)
{
	int			low = 0;
	int			high = count;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (c > ranges[middle].last)
			low = middle + 1;
		else if (c < ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

bool
is_blank(pg_wchar c)
{
	return is_in_ranges(c, blanks, lengthof(blanks));
}

bool
is_hidden(pg_wchar c)
{
	return (c & 0xFFFE) == 0xFFFE || is_in_ranges(c, hidden, lengthof(hidden));
}

/* Persian and Indic scripts need joiners, and emoji are combined by them. */
bool
is_joiner(pg_wchar c)
{
	return c == 0x200C || c == 0x200D;
}

/* These select a form of the preceding emoji, Han or Mongolian character. */
bool
is_variation_selector(pg_wchar c)
{
	return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF) ||
		(c >= 0x180B && c <= 0x180D) || c == 0x180F;
}

bool
is_punctuation(pg_wchar c)
{
	return is_in_ranges(c, punctuation, lengthof(punctuation));
}

static bool
is_ascii_text(const char *data, int length)
{
	int			i;

	for (i = 0; i < length; i++)
		if (IS_HIGHBIT_SET(data[i]))
			return false;
	return true;
}

/*
 * Encodings
 */

/* Returns a terminated copy, or NULL if the bytes cannot be converted. */
static char *
convert(const char *data, int length, int from, int to)
{
	Oid			function = FindDefaultConversionProc(from, to);
	int			size = length * MAX_CONVERSION_GROWTH + 1;
	char	   *result;

	if (!OidIsValid(function))
		return NULL;
	result = palloc(size);
	if (pg_do_encoding_conversion_buf(function, from, to,
									  (unsigned char *) unconstify(char *, data), length,
									  (unsigned char *) result, size,
									  true) == length)
		return result;
	pfree(result);
	return NULL;
}

/* Returns a copy in UTF-8, or NULL if the text cannot be converted to it. */
char *
utf8_of(const char *data, int length)
{
	int			encoding = GetDatabaseEncoding();

	if (encoding == PG_UTF8 || is_ascii_text(data, length) ||
		(encoding == PG_SQL_ASCII &&
		 pg_verify_mbstr(PG_UTF8, data, length, true)))
		return pnstrdup(data, length);
	if (encoding == PG_SQL_ASCII)
		return NULL;
	return convert(data, length, encoding, PG_UTF8);
}

/* Returns a character of the database's encoding as a Unicode character. */
static pg_wchar
character_of(const char *data, int length)
{
	char	   *utf8;
	pg_wchar	c = UNKNOWN_CHARACTER;

	if (!IS_HIGHBIT_SET(*data))
		return (unsigned char) *data;
	if (GetDatabaseEncoding() == PG_UTF8)
		return utf8_to_unicode((const unsigned char *) data);
	if (GetDatabaseEncoding() == PG_SQL_ASCII)
		return UNKNOWN_CHARACTER;
	utf8 = convert(data, length, GetDatabaseEncoding(), PG_UTF8);
	if (utf8 != NULL)
	{
		c = utf8_to_unicode((unsigned char *) utf8);
		pfree(utf8);
	}
	return c;
}

static int
character_length(const char *data, const char *end)
{
	return Min(pg_encoding_mblen(GetDatabaseEncoding(), data),
			   (int) (end - data));
}

pg_wchar
character_at(const char *at, const char *end, int *bytes)
{
	*bytes = character_length(at, end);
	return character_of(at, *bytes);
}

/* Returns an item for each character, as the database counts them. */
pg_wchar *
characters_of(const char *data, int length, int *count)
{
	pg_wchar   *characters = palloc((length + 1) * sizeof(pg_wchar));
	const char *end = data + length;
	int			n = 0;

	while (data < end)
	{
		int			bytes = character_length(data, end);

		characters[n++] = character_of(data, bytes);
		data += bytes;
	}
	characters[n] = 0;
	*count = n;
	return characters;
}

/* The characters end with a 0, and the result is terminated. */
static char *
utf8_of_characters(const pg_wchar *characters)
{
	int			count = 0;
	char	   *utf8;
	char	   *end;

	while (characters[count] != 0)
		count++;
	utf8 = end = palloc(count * pg_encoding_max_length(PG_UTF8) + 1);
	for (; *characters != 0; characters++)
	{
		unicode_to_utf8(*characters, (unsigned char *) end);
		end += pg_utf_mblen((unsigned char *) end);
	}
	*end = '\0';
	return utf8;
}

static pg_wchar *
characters_of_utf8(const char *utf8)
{
	pg_wchar   *characters = palloc((strlen(utf8) + 1) * sizeof(pg_wchar));
	int			count = 0;

	for (; *utf8 != '\0'; utf8 += pg_utf_mblen((const unsigned char *) utf8))
		characters[count++] = utf8_to_unicode((const unsigned char *) utf8);
	characters[count] = 0;
	return characters;
}

/*
 * Normalisation and case
 */

/* Returns a text that is too long to be normalised unchanged. */
char *
normalize_utf8(UnicodeNormalizationForm form, char *utf8)
{
	int			length = strlen(utf8);

	if (length > NORMALIZED_BYTES || is_ascii_text(utf8, length))
		return utf8;
	return utf8_of_characters(unicode_normalize(form, characters_of_utf8(utf8)));
}

static pg_wchar
fold_character(pg_wchar c)
{
	int			low = 0;
	int			high = lengthof(folded_ranges);

	if (c < 0x80)
		return pg_ascii_tolower((unsigned char) c);
	while (low < high)
	{
		int			middle = (low + high) / 2;
		const FoldedRange *range = &folded_ranges[middle];

		if (c > range->last)
			low = middle + 1;
		else if (c < range->first)
			high = middle;
		else
			return (c - range->first) % range->step == 0 ? c + range->offset : c;
	}
	return c;
}

/*
 * Folds the decomposed text and composes the result. Two texts become equal if
 * they are canonically equivalent but for case, as in Unicode's definition D145.
 */
static char *
fold_utf8(char *utf8)
{
	pg_wchar   *characters = characters_of_utf8(normalize_utf8(UNICODE_NFD, utf8));
	pg_wchar   *c;

	for (c = characters; *c != 0; c++)
		*c = fold_character(*c);
	return normalize_utf8(UNICODE_NFC, utf8_of_characters(characters));
}

/* Keeps a character if the encoding does not have the folded one. */
static char *
fold_characters(const char *data, int length)
{
	const char *end = data + length;
	char	   *folded = palloc(length * MAX_CONVERSION_GROWTH + 1);
	char	   *at = folded;

	while (data < end)
	{
		int			bytes = character_length(data, end);
		pg_wchar	one[2] = {fold_character(character_of(data, bytes)), 0};
		char	   *utf8 = utf8_of_characters(one);
		char	   *character = one[0] < 0x80 ? utf8 : NULL;

		if (character == NULL && one[0] != UNKNOWN_CHARACTER)
			character = convert(utf8, strlen(utf8), PG_UTF8, GetDatabaseEncoding());
		if (character == NULL)
			character = pnstrdup(data, bytes);
		strcpy(at, character);
		at += strlen(at);
		data += bytes;
	}
	*at = '\0';
	return folded;
}

/* Returns the same text for texts that differ only in case. */
char *
fold_case(const char *data, int length)
{
	if (GetDatabaseEncoding() == PG_UTF8)
		return fold_utf8(pnstrdup(data, length));
	return fold_characters(data, length);
}
