#ifndef LEARNIFY_AUTHORS_H
#define LEARNIFY_AUTHORS_H

#include "executor/execdesc.h"
#include "nodes/params.h"
#include "nodes/plannodes.h"
#include "utils/uuid.h"

/* Whose submissions a statement may write that Citus sends to other nodes. */
typedef struct SentWork
{
	bool		is_known;		/* one user, or else unknown ones */
	pg_uuid_t	user_id;
	bool		corrects_code;	/* of submissions whose review may be requested */
	int			nest_level;		/* of settings for the statement */
} SentWork;

/* Reads a parameter of type uuid. Returns false where it is null or of another type. */
extern bool read_parameter(ParamListInfo list, int number, Datum *value);

/*
 * Lets the plan carry whose submissions its statement writes: a constant or a
 * parameter, or NULL where that is not known.
 */
extern void carry_user(PlannedStmt *plan, Node *user);

/* Marks the plan as that of a statement that corrects the code of submissions. */
extern void carry_correction(PlannedStmt *plan);

/*
 * Whether the plan carries whose submissions it writes, and something may have to be
 * written on all nodes after it: statuses of modules of a user who is the author of
 * courses, or of unknown ones; requests for reviews of what it corrects.
 */
extern bool sends_work_of_author(QueryDesc *query, Oid schema, SentWork *work);

/*
 * Makes all that is sent part of one transaction. Settings for it last to the end
 * of work->nest_level.
 */
extern void begin_sent_transaction(SentWork *work);

/* Whether Citus has opened this session on another node's behalf. */
extern bool is_session_of_node(void);

#endif							/* LEARNIFY_AUTHORS_H */
