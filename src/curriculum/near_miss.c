/*
 * near_miss.c
 *		Finds near misses of placeholders: { NAME }, {Name}, {{NAME}}, {NA-ME},
 *		{NAME, and the like.
 *
 * The caller knows the names of the variables, and ignores near misses of anything
 * else. But templates contain code, in which a name can be in braces by right. So
 * the place decides what is taken for a near miss:
 *
 * - in prose, anything;
 * - in a comment of a program, anything, unless the line looks like code;
 * - in a string of a program, between backticks and in data, only names in
 *   capitals between two braces;
 * - elsewhere in a program, and in format strings such as Python's f-strings,
 *   nothing.
 *
 * Cost: two passes over the text. Memory: none.
 */
#include "curriculum/near_miss.h"

#include <string.h>

/* How far to search for the end of a default text, or of what follows a name. */
#define DEFAULT_TEXT_MAX	500
#define SUFFIX_MAX			60

/* What is taken for a near miss at some place. */
typedef enum Strictness
{
	TAKE_ANYTHING,
	TAKE_CAPITALS,
	TAKE_NOTHING
} Strictness;

/*
 * Bytes
 */

static inline bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Letters beyond ASCII are part of a word, which can then only be a misspelling. */
static inline bool
is_word(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || (c & 0x80) != 0;
}

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Returns the byte at a position, or a line break beyond the end. */
static inline char
byte_at(TemplateText source, size_t at)
{
	return at < source.length ? source.data[at] : '\n';
}

static bool
has_at(TemplateText source, size_t at, const char *text)
{
	size_t		length = strlen(text);

	return at + length <= source.length &&
		memcmp(source.data + at, text, length) == 0;
}

/* Includes the special blanks that often come with text copied from elsewhere. */
static size_t
blank_length(TemplateText source, size_t at)
{
	static const char *const wide[] = {
		"\xC2\xA0", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\x8B",
		"\xE2\x80\x8C", "\xE2\x80\x8D", "\xE2\x80\xAF", "\xE2\x81\xA0",
		"\xE3\x80\x80", "\xEF\xBB\xBF", NULL
	};
	char		c = byte_at(source, at);
	int			i;

	if (at >= source.length)
		return 0;
	if (is_blank(c) || c == '\n' || c == '\r')
		return 1;
	for (i = 0; (c & 0x80) != 0 && wide[i] != NULL; i++)
		if (has_at(source, at, wide[i]))
			return strlen(wide[i]);
	return 0;
}

static size_t
skip_blanks(TemplateText source, size_t at)
{
	size_t		length;

	while ((length = blank_length(source, at)) > 0)
		at += length;
	return at;
}

static size_t
skip_byte(TemplateText source, size_t at, char byte)
{
	while (at < source.length && source.data[at] == byte)
		at++;
	return at;
}

/*
 * Lines
 */

/* Whether a quote opens a format string like f"{n}" or rf'{n}'. */
static bool
opens_format_string(TemplateText source, size_t start, size_t quote)
{
	size_t		at = quote;
	bool		formats = false;

	while (at > start && quote - at < 2 &&
		   strchr("fFrRbBuU", source.data[at - 1]) != NULL)
	{
		at--;
		formats |= source.data[at] == 'f' || source.data[at] == 'F';
	}
	return formats && (at == start || !is_word(source.data[at - 1]));
}

static bool
has_word_of_code(TemplateText source, size_t at)
{
	static const char *const words[] = {
		"class ", "const ", "def ", "enum ", "final ", "for (", "func ",
		"function ", "if (", "import ", "let ", "package ", "private ",
		"protected ", "public ", "return ", "static ", "struct ", "type ",
		"var ", "while (", NULL
	};
	int			i;

	for (i = 0; words[i] != NULL; i++)
		if (has_at(source, at, words[i]))
			return true;
	return false;
}

/* Whether a call with a string, or an operator, shows that a line is code. */
static bool
has_sign_of_code(TemplateText source, size_t at)
{
	static const char *const signs[] = {
		" = ", " += ", "==", "!=", ":=", "=>", "&&", "();", ".format(", NULL
	};
	int			i;

	if (source.data[at] == '(' && at > 0 && is_word(source.data[at - 1]) &&
		strchr("\"'`", byte_at(source, at + 1)) != NULL)
		return true;
	for (i = 0; signs[i] != NULL; i++)
		if (has_at(source, at, signs[i]))
			return true;
	return false;
}

/* Decides whether a line is code; code between backticks does not count. */
static void
look_at_line(const NearMissScan *scan, NearMissLine *line)
{
	TemplateText source = scan->source;
	bool		markdown = scan->kind == NEAR_MISS_PROSE && !scan->fenced;
	bool		backticks = false;
	size_t		at = line->first;
	char		last = ' ';

	line->known = true;
	line->is_code = has_word_of_code(source, at);
	for (; byte_at(source, at) != '\n'; at++)
	{
		char		c = source.data[at];

		if (c == '`')
			backticks = !backticks;
		if (!is_blank(c) && c != '\r')
			last = c;
		if (backticks && markdown)
			continue;
		if ((c == '"' || c == '\'') &&
			opens_format_string(source, line->start, at))
			line->formats = true;
		if (has_sign_of_code(source, at))
			line->is_code = true;
	}
	if (markdown && (last == '.' || last == '?' || last == '!'))
		line->is_code = false;
	line->is_code |= line->formats || last == ';' || last == '{';
}

static void
begin_line(NearMissScan *scan, size_t start)
{
	size_t		at = start;

	while (is_blank(byte_at(scan->source, at)))
		at++;
	memset(&scan->line, 0, sizeof(NearMissLine));
	scan->line.start = start;
	scan->line.first = at;
	if (scan->kind == NEAR_MISS_PROSE &&
		(has_at(scan->source, at, "```") || has_at(scan->source, at, "~~~")))
		scan->fenced = !scan->fenced;
}

static bool
opens_comment(const NearMissScan *scan)
{
	TemplateText source = scan->source;
	size_t		at = scan->at;

	if (at > scan->line.start && !is_blank(source.data[at - 1]))
		return false;
	if (has_at(source, at, "//") || has_at(source, at, "/*"))
		return is_blank(byte_at(source, at + 2));
	return is_blank(byte_at(source, at + 1)) &&
		(source.data[at] == '#' ||
		 (source.data[at] == '*' && at == scan->line.first));
}

/* Moves the scan past one byte, and updates the state of the line. */
static void
pass_byte(NearMissScan *scan)
{
	NearMissLine *line = &scan->line;
	char		c = scan->source.data[scan->at];

	if (c == '`')
		line->backticks = !line->backticks;
	if (line->quote == 0)
	{
		if (c == '"' || c == '\'' || c == '`')
			line->quote = c;
		else if (!line->comment)
			line->comment = opens_comment(scan);
	}
	else if (c == line->quote && scan->source.data[scan->at - 1] != '\\')
		line->quote = 0;
	scan->at++;
	if (c == '\n')
		begin_line(scan, scan->at);
}

void
near_miss_skip(NearMissScan *scan, size_t end)
{
	while (scan->at < end)
		pass_byte(scan);
}

static Strictness
strictness_of_place(NearMissScan *scan)
{
	NearMissLine *line = &scan->line;
	bool		markdown = scan->kind == NEAR_MISS_PROSE && !scan->fenced;

	if (scan->kind == NEAR_MISS_DATA || (markdown && line->backticks))
		return TAKE_CAPITALS;
	if (!line->known)
		look_at_line(scan, line);
	if (line->formats)
		return TAKE_NOTHING;
	if (line->comment || markdown)
	{
		if (!line->is_code)
			return TAKE_ANYTHING;
		if (line->comment)
			return TAKE_CAPITALS;
	}
	return line->quote != 0 ? TAKE_CAPITALS : TAKE_NOTHING;
}

/*
 * Candidates
 */

static size_t
end_of_word(TemplateText source, size_t at)
{
	while (at < source.length && is_word(source.data[at]) &&
		   blank_length(source, at) == 0)
		at++;
	return at;
}

/* Returns the length of a name of words with single blanks or hyphens between. */
static size_t
count_name(TemplateText source, size_t at)
{
	size_t		end = at;

	while (end - at <= VARIABLE_NAME_MAX)
	{
		end = end_of_word(source, end);
		if (end == at || (byte_at(source, end) != ' ' && byte_at(source, end) != '-') ||
			!is_word(byte_at(source, end + 1)))
			break;
		end++;
	}
	return end - at;
}

static bool
has_lower(TemplateText name)
{
	size_t		i;

	for (i = 0; i < name.length; i++)
		if (is_lower(name.data[i]))
			return true;
	return false;
}

/*
 * Whether a brace in prose may begin a near miss. After a word, a bracket or a
 * dollar sign, it belongs to code or to a formula.
 */
static bool
stands_alone(const NearMissScan *scan)
{
	TemplateText source = scan->source;
	size_t		at = scan->at;
	char		before = at > 0 ? source.data[at - 1] : ' ';

	if (before == '(')
		return at < 2 || !is_word(source.data[at - 2]);
	return (before & 0x80) != 0 ||
		(!is_word(before) && strchr("$\\^])}", before) == NULL);
}

/* Returns the end of the closing brace, or from if none follows soon. */
static size_t
end_of_suffix(TemplateText source, size_t from)
{
	size_t		at = from;

	while (at < source.length && at - from < SUFFIX_MAX &&
		   strchr("\r\n{}", source.data[at]) == NULL)
		at++;
	return byte_at(source, at) == '}' ? at + 1 : from;
}

/* Whether other template languages write this before or after a name. */
static inline bool
is_mark(char c)
{
	return c != '\0' && strchr("\"'$#%@:.=&^!", c) != NULL;
}

typedef struct Candidate
{
	size_t		open;			/* number of opening braces */
	TemplateText name;
	bool		exact;			/* a valid name right after a single brace */
	bool		marked;
	size_t		after;			/* position after the name, a mark and blanks */
} Candidate;

static bool
read_candidate(TemplateText literal, size_t start, bool marks,
			   Candidate *candidate)
{
	size_t		at = skip_byte(literal, start, '{');

	candidate->open = at - start;
	at = skip_blanks(literal, at);
	candidate->marked = marks && is_mark(byte_at(literal, at));
	if (candidate->marked)
		at++;
	candidate->name.data = literal.data + at;
	candidate->name.length = count_name(literal, at);
	candidate->exact = at == start + 1;
	at += candidate->name.length;
	if (candidate->marked && is_mark(byte_at(literal, at)))
		at++;
	candidate->after = skip_blanks(literal, at);
	candidate->exact &= candidate->after == at &&
		variable_name_is_valid(candidate->name);
	return candidate->name.length > 0 && candidate->name.length <= VARIABLE_NAME_MAX;
}

/* Returns the position of the closing brace, or the end if there is none. */
static size_t
find_close(TemplateText literal, size_t after)
{
	const char *close = NULL;
	size_t		left = literal.length - after;

	if (byte_at(literal, after) == '}')
		return after;
	if (byte_at(literal, after) == '|')
		close = memchr(literal.data + after, '}',
					   left < DEFAULT_TEXT_MAX ? left : DEFAULT_TEXT_MAX);
	return close == NULL ? literal.length : (size_t) (close - literal.data);
}

static void
set_fragment(NearMiss *miss, TemplateText source, size_t start, size_t end)
{
	miss->fragment.data = source.data + start;
	miss->fragment.length = end - start;
}

/*
 * The fragment includes all opening and closing braces. An exact {NAME} in literal
 * text is the rest of an escape, {{NAME}, which is intended. With as many closing
 * as opening braces, it is taken for a near miss.
 */
static bool
match_closed(TemplateText source, size_t start, size_t close,
			 const Candidate *candidate, NearMiss *miss)
{
	size_t		open = candidate->open;
	size_t		end = close + 1;

	if (candidate->exact)
	{
		if (byte_at(source, end) != '}')
			return false;
		for (; start > 0 && source.data[start - 1] == '{'; start--)
			open++;
	}
	for (; open > 1 && byte_at(source, end) == '}'; open--)
		end++;
	set_fragment(miss, source, start, end);
	miss->misspelled = !has_lower(candidate->name);
	return true;
}

static bool
match_open_brace(NearMissScan *scan, size_t end, NearMiss *miss)
{
	TemplateText literal = {scan->source.data, end};
	Strictness	strictness = strictness_of_place(scan);
	bool		loose = strictness == TAKE_ANYTHING;
	bool		alone = loose && stands_alone(scan);
	Candidate	candidate;
	size_t		after;

	if (strictness == TAKE_NOTHING ||
		!read_candidate(literal, scan->at, loose, &candidate) ||
		(!loose && scan->at > 0 && literal.data[scan->at - 1] == '$'))
		return false;
	miss->name = candidate.name;
	after = find_close(literal, candidate.after);
	if (after < end)
		return (alone || !has_lower(miss->name)) &&
			match_closed(scan->source, scan->at, after, &candidate, miss);

	/* without a closing brace, the first word may be the name */
	if (!alone || candidate.marked)
		return false;
	after = end_of_word(literal, miss->name.data - literal.data);
	miss->name.length = literal.data + after - miss->name.data;
	set_fragment(miss, scan->source, scan->at, end_of_suffix(literal, after));
	miss->misspelled = false;
	return !has_lower(miss->name);
}

/* Matches a name whose opening brace is missing. */
static bool
match_close_brace(NearMissScan *scan, size_t from, NearMiss *miss)
{
	TemplateText source = scan->source;
	size_t		start = scan->at;

	while (start > from && is_word(source.data[start - 1]))
		start--;
	miss->name.data = source.data + start;
	miss->name.length = scan->at - start;
	if (scan->line.depth > 0 || !variable_name_is_valid(miss->name) ||
		strictness_of_place(scan) != TAKE_ANYTHING)
		return false;
	set_fragment(miss, source, start, scan->at + 1);
	miss->misspelled = false;
	return true;
}

void
near_miss_begin(NearMissScan *scan, TemplateText source, NearMissText kind)
{
	memset(scan, 0, sizeof(*scan));
	scan->source = source;
	scan->kind = kind;
	begin_line(scan, 0);
}

/* Moves the scan past a run of braces that is not part of a near miss. */
static void
pass_braces(NearMissScan *scan, size_t end)
{
	char		brace = scan->source.data[scan->at];
	int			depth = brace == '{' ? 1 : -1;

	for (; scan->at < end && scan->source.data[scan->at] == brace; pass_byte(scan))
		if (scan->line.depth + depth >= 0)
			scan->line.depth += depth;
}

bool
near_miss_next(NearMissScan *scan, size_t end, NearMiss *miss)
{
	size_t		from = scan->at;

	while (scan->at < end)
	{
		char		c = scan->source.data[scan->at];

		if (c != '{' && c != '}')
			pass_byte(scan);
		else if (c == '{' ? match_open_brace(scan, end, miss) :
				 match_close_brace(scan, from, miss))
		{
			near_miss_skip(scan, miss->fragment.data + miss->fragment.length -
						   scan->source.data);
			return true;
		}
		else
			pass_braces(scan, end);
	}
	return false;
}

void
near_miss_name(TemplateText written, char *name)
{
	size_t		i;

	for (i = 0; i < written.length; i++)
	{
		char		c = written.data[i];

		if (is_lower(c))
			c -= 'a' - 'A';
		else if (c == ' ' || c == '-')
			c = '_';
		name[i] = c;
	}
}
