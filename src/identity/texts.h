#ifndef LEARNIFY_TEXTS_H
#define LEARNIFY_TEXTS_H

/* Raises what is wrong with the name of a variable in that argument. */
extern void check_variable_key(const char *key, int length, const char *argument);

#endif							/* LEARNIFY_TEXTS_H */
