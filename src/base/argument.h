#ifndef LEARNIFY_ARGUMENT_H
#define LEARNIFY_ARGUMENT_H

/*
 * For ereport: names the argument that is refused, so that an application can
 * tell apart errors with the same SQLSTATE.
 */
#define errargument(name) err_generic_string(PG_DIAG_COLUMN_NAME, (name))

/* Returns a palloc'd copy of the beginning of a refused value. */
extern char *excerpt(const char *data, int length);
extern char *excerpt_text(const text *value);

#endif							/* LEARNIFY_ARGUMENT_H */
