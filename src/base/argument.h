#ifndef LEARNIFY_ARGUMENT_H
#define LEARNIFY_ARGUMENT_H

/*
 * Names the argument that an error is about, in ereport: several have one
 * SQLSTATE, and a form has to tell them apart.
 */
#define errargument(name) err_generic_string(PG_DIAG_COLUMN_NAME, (name))

/* The beginning of a value that an error refuses, palloc'd. */
extern char *excerpt(const char *data, int length);
extern char *excerpt_text(const text *value);

#endif							/* LEARNIFY_ARGUMENT_H */
