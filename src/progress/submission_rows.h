#ifndef LEARNIFY_SUBMISSION_ROWS_H
#define LEARNIFY_SUBMISSION_ROWS_H

#include "access/skey.h"
#include "executor/tuptable.h"
#include "utils/date.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/indexed_table.h"

/* The score of a submission without a mistake. */
#define PERFECT_SCORE	100

/* A row of module_completions. */
typedef struct Submission
{
	pg_uuid_t	id;
	pg_uuid_t	user_id;
	pg_uuid_t	module_id;
	pg_uuid_t	exercise_id;	/* only set with has_exercise */
	bool		has_exercise;
	bool		passed;
	int			score;
	int			minutes;
	TimestampTz submitted_at;
	DateADT		submitted_on;	/* DATEVAL_NOBEGIN before version 1.0.0 */
} Submission;

typedef struct SubmissionColumns
{
	AttrNumber	id;
	AttrNumber	user_id;
	AttrNumber	module_id;
	AttrNumber	exercise_id;
	AttrNumber	passed;
	AttrNumber	score;
	AttrNumber	minutes;
	AttrNumber	submitted_at;
	AttrNumber	submitted_on;	/* InvalidAttrNumber before version 1.0.0 */
} SubmissionColumns;

extern void find_submission_columns(Relation table, SubmissionColumns *columns);
extern void read_submission(TupleTableSlot *slot,
							const SubmissionColumns *columns,
							Submission *submission);

/* Whether both are to the same exercise, or to the same module itself. */
extern bool solve_same(const Submission *one, const Submission *other);

/* The index that has a learner's submissions by module and exercise. */
extern const IndexShape submission_shape;
#define SUBMISSION_MODULE	2
#define SUBMISSION_EXERCISE	3
#define SUBMISSION_PASSED	4

/*
 * Makes three keys for the submissions to an exercise, or to the module itself
 * where exercise_id is NULL. The first two keys find all submissions in the
 * module.
 */
extern void init_submission_keys(ScanKey keys, const pg_uuid_t *user_id,
								 const pg_uuid_t *module_id,
								 const pg_uuid_t *exercise_id);

/*
 * Makes a fourth key for passed or failed submissions. In a catalog before 1.0.0,
 * and in an index that a user has made, the result may be an included column, for
 * which there can be no key: submission_key_count() returns 3 there, and else 4.
 */
extern void add_result_key(ScanKey keys, bool passed);
extern int	submission_key_count(Relation index);

#endif							/* LEARNIFY_SUBMISSION_ROWS_H */
