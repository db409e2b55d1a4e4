#ifndef LEARNIFY_TEXTS_H
#define LEARNIFY_TEXTS_H

/* Without the blanks around it. */
extern text *trim_text(const char *data, int length);

/* Has it characters that nobody sees, but for joiners that show by their use? */
extern bool hides_characters(const char *data, int length);

/* As much of a text as the rule of its kind allows. */
extern char *fitting_string(const char *kind, Datum value);

/* Raises what is wrong with the name of a variable in that argument. */
extern void check_variable_key(const char *key, int length, const char *argument);

#endif							/* LEARNIFY_TEXTS_H */
