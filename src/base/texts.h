#ifndef LEARNIFY_BASE_TEXTS_H
#define LEARNIFY_BASE_TEXTS_H

/* Compares bytes that are not terminated with a string. */
static inline bool
equals_string(const char *data, Size length, const char *string)
{
	return strlen(string) == length && memcmp(data, string, length) == 0;
}

#define text_equals_string(text, string) \
	equals_string(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text), (string))

#endif							/* LEARNIFY_BASE_TEXTS_H */
