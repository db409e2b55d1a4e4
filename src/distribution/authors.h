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
	int			nest_level;		/* of settings for the statement */
} SentWork;

/* Reads a parameter of type uuid. Returns false where it is null or of another type. */
extern bool read_parameter(ParamListInfo list, int number, Datum *value);

/*
 * Lets the plan carry whose submissions its statement writes: a constant or a
 * parameter, or NULL where that is not known.
 */
extern void carry_user(PlannedStmt *plan, Node *user);

/*
 * Whether the plan carries that, and statuses of modules may have to be written
 * after it: those of a user who is the author of courses, or of unknown ones.
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
