#ifndef LEARNIFY_BACKGROUND_WORKERS_H
#define LEARNIFY_BACKGROUND_WORKERS_H

/* Background workers that run statements for this session. */
typedef struct BackgroundWorkers BackgroundWorkers;

/*
 * Starts that many workers, or as many as the server has room for, about which
 * it warns. NULL for none.
 */
extern BackgroundWorkers *background_workers_start(int count);

/*
 * Gives a statement to a worker that has none; false where all have one. The
 * number identifies the statement for background_workers_take().
 */
extern bool background_workers_give(BackgroundWorkers *workers, int number,
									const char *statement);

/*
 * Waits until a statement has been committed. Returns its number, and the
 * bigint that it returned, or 0 for null. An error of a statement is raised
 * here.
 */
extern int	background_workers_take(BackgroundWorkers *workers, int64 *result);

/* Waits until the workers, none of which has a statement, have ended. */
extern void background_workers_finish(BackgroundWorkers *workers);

/*
 * Ends the workers and their statements, for PG_ENSURE_ERROR_CLEANUP; the
 * argument is a pointer.
 */
extern void background_workers_stop(int code, Datum workers);

#endif							/* LEARNIFY_BACKGROUND_WORKERS_H */
