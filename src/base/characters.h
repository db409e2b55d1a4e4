#ifndef LEARNIFY_CHARACTERS_H
#define LEARNIFY_CHARACTERS_H

#include "common/unicode_norm.h"
#include "mb/pg_wchar.h"

/* Stands for a character that is unknown or that Unicode does not have. */
#define UNKNOWN_CHARACTER	0xFFFD

extern pg_wchar *characters_of(const char *data, int length, int *count);

/* Returns the character at a place, and how many bytes it has there. */
extern pg_wchar character_at(const char *at, const char *end, int *bytes);

extern bool is_blank(pg_wchar c);
extern bool is_hidden(pg_wchar c);
extern bool is_joiner(pg_wchar c);
extern bool is_variation_selector(pg_wchar c);
extern bool is_punctuation(pg_wchar c);

extern char *utf8_of(const char *data, int length);
extern char *normalize_utf8(UnicodeNormalizationForm form, char *utf8);
extern char *fold_case(const char *data, int length);

#endif							/* LEARNIFY_CHARACTERS_H */
