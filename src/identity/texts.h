#ifndef LEARNIFY_TEXTS_H
#define LEARNIFY_TEXTS_H

/* Returns a copy without the blanks around it. */
extern text *trim_text(const char *data, int length);

/* Whether a text has characters that cannot be seen, except useful joiners. */
extern bool hides_characters(const char *data, int length);

/* Returns as much of a text as the rule of its kind allows. */
extern char *fitting_string(const char *kind, Datum value);

/* Raises an error about the argument for an invalid name of a variable. */
extern void check_variable_key(const char *key, int length, const char *argument);

#endif							/* LEARNIFY_TEXTS_H */
