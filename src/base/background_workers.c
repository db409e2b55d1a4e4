/*
 * background_workers.c
 *		Runs statements in background workers of this database, as the current
 *		user and with the settings of this session, which leads them.
 *
 * Each statement is a transaction of its own at READ COMMITTED, which sees
 * nothing that the leader has not committed, and is committed whatever becomes of
 * the leader's transaction. An error ends the worker, and is raised in the
 * leader.
 *
 * The leader waits for its workers, which the deadlock detector does not know.
 * So it looks for workers that wait for a lock of its own, at the interval at
 * which that detector looks, and fails.
 *
 * Cost: starting a process and copying the settings for each worker, and a
 * message each way for each statement. Memory: a segment of dynamic shared
 * memory, which holds the settings and two queues of QUEUE_SIZE for each worker.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "libpq/pqmq.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/shm_mq.h"
#include "storage/shm_toc.h"
#include "tcop/tcopprot.h"
#include "utils/array.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/wait_event.h"

#include "base/background_workers.h"
#include "base/compat.h"

#define SEGMENT_MAGIC	0x6c66790a
#define QUEUE_SIZE		((Size) 16384)
#define NO_STATEMENT	(-1)

/*
 * What a worker answers, besides errors and notices, which have the types of the
 * protocol: the result of a committed statement.
 */
#define RESULT_MESSAGE	'D'

/* Keys of what is in the segment */
#define KEY_LEADER		UINT64CONST(1)
#define KEY_LIBRARIES	UINT64CONST(2)
#define KEY_SETTINGS	UINT64CONST(3)
#define KEY_QUEUES		UINT64CONST(4)

/* Whom the workers work for */
typedef struct Leader
{
	Oid			database;
	Oid			authenticated_user;
	Oid			current_user;
	int			security_context;
} Leader;

typedef struct Worker
{
	BackgroundWorkerHandle *process;
	shm_mq_handle *statements;
	shm_mq_handle *answers;
	int			number;			/* of its statement, or NO_STATEMENT */
} Worker;

struct BackgroundWorkers
{
	dsm_segment *segment;
	int			count;
	Worker		workers[FLEXIBLE_ARRAY_MEMBER];
};

PGDLLEXPORT void learnify_worker_main(Datum segment);

/*
 * The leader
 */

static void
put_leader(shm_toc *toc)
{
	Leader	   *leader = shm_toc_allocate(toc, sizeof(Leader));

	leader->database = MyDatabaseId;
	leader->authenticated_user = GetAuthenticatedUserId();
	GetUserIdAndSecContext(&leader->current_user, &leader->security_context);
	shm_toc_insert(toc, KEY_LEADER, leader);
}

/* Makes the segment that the leader shares with its workers. */
static dsm_segment *
share_session(int workers)
{
	Size		libraries = EstimateLibraryStateSpace();
	Size		settings = EstimateGUCStateSpace();
	Size		queues = mul_size(2 * QUEUE_SIZE, workers);
	shm_toc_estimator estimator;
	dsm_segment *segment;
	shm_toc    *toc;
	char	   *at;

	shm_toc_initialize_estimator(&estimator);
	shm_toc_estimate_chunk(&estimator, sizeof(Leader));
	shm_toc_estimate_chunk(&estimator, libraries);
	shm_toc_estimate_chunk(&estimator, settings);
	shm_toc_estimate_chunk(&estimator, queues);
	shm_toc_estimate_keys(&estimator, 4);
	segment = dsm_create(shm_toc_estimate(&estimator), 0);
	toc = shm_toc_create(SEGMENT_MAGIC, dsm_segment_address(segment),
						 shm_toc_estimate(&estimator));
	put_leader(toc);
	at = shm_toc_allocate(toc, libraries);
	SerializeLibraryState(libraries, at);
	shm_toc_insert(toc, KEY_LIBRARIES, at);
	at = shm_toc_allocate(toc, settings);
	SerializeGUCState(settings, at);
	shm_toc_insert(toc, KEY_SETTINGS, at);
	shm_toc_insert(toc, KEY_QUEUES, shm_toc_allocate(toc, queues));
	return segment;
}

/* Returns the queue of a worker's statements, or the one of its answers. */
static char *
queue_of(char *queues, int worker, bool answers)
{
	return queues + (2 * worker + answers) * QUEUE_SIZE;
}

static void
make_queues(char *queues, int number, dsm_segment *segment, Worker *worker)
{
	shm_mq	   *statements = shm_mq_create(queue_of(queues, number, false), QUEUE_SIZE);
	shm_mq	   *answers = shm_mq_create(queue_of(queues, number, true), QUEUE_SIZE);

	shm_mq_set_sender(statements, MyProc);
	shm_mq_set_receiver(answers, MyProc);
	worker->statements = shm_mq_attach(statements, segment, NULL);
	worker->answers = shm_mq_attach(answers, segment, NULL);
}

/* Returns false where the server has room for no further process. */
static bool
start_process(dsm_segment *segment, int number, Worker *worker)
{
	BackgroundWorker process = {
		.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION,
		.bgw_start_time = BgWorkerStart_RecoveryFinished,
		.bgw_restart_time = BGW_NEVER_RESTART,
		.bgw_main_arg = UInt32GetDatum(dsm_segment_handle(segment)),
		.bgw_notify_pid = MyProcPid
	};

	strlcpy(process.bgw_library_name, "$libdir/learnify", BGW_MAXLEN);
	strlcpy(process.bgw_function_name, "learnify_worker_main", BGW_MAXLEN);
	strlcpy(process.bgw_type, "learnify worker", BGW_MAXLEN);
	snprintf(process.bgw_name, BGW_MAXLEN, "learnify worker for process %d",
			 MyProcPid);
	memcpy(process.bgw_extra, &number, sizeof(number));
	if (!RegisterDynamicBackgroundWorker(&process, &worker->process))
		return false;
	shm_mq_set_handle(worker->statements, worker->process);
	shm_mq_set_handle(worker->answers, worker->process);
	return true;
}

static void
warn_of_missing(int started, int wanted)
{
	ereport(WARNING,
			(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
			 errmsg("%d of %d workers could be started", started, wanted),
			 errhint("Raise max_worker_processes, or pass a smaller number of workers.")));
}

BackgroundWorkers *
background_workers_start(int count)
{
	BackgroundWorkers *workers = palloc0(offsetof(BackgroundWorkers, workers) +
										 mul_size(count, sizeof(Worker)));
	char	   *queues;

	if (InSecurityRestrictedOperation())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("workers cannot be started within a security-restricted operation")));
	workers->segment = share_session(count);
	queues = shm_toc_lookup(shm_toc_attach(SEGMENT_MAGIC, dsm_segment_address(workers->segment)),
							KEY_QUEUES, false);
	for (; workers->count < count; workers->count++)
	{
		Worker	   *worker = &workers->workers[workers->count];

		worker->number = NO_STATEMENT;
		make_queues(queues, workers->count, workers->segment, worker);
		if (!start_process(workers->segment, workers->count, worker))
			break;
	}
	if (workers->count < count)
		warn_of_missing(workers->count, count);
	if (workers->count > 0)
		return workers;
	dsm_detach(workers->segment);
	return NULL;
}

/* Raises a worker's error or notice again. A worker's end is no reason to end. */
static void
raise_again(StringInfo message)
{
	ErrorData	error;

	pq_parse_errornotice(message, &error);
	error.elevel = Min(error.elevel, ERROR);
	error.context = error.context ?
		psprintf("%s\nbackground worker", error.context) :
		pstrdup("background worker");
	ThrowErrorData(&error);
}

/* Returns whether the message is the result of a statement. */
static bool
read_answer(const char *data, Size size, int64 *result)
{
	StringInfoData message;
	bool		is_result = false;

	initStringInfo(&message);
	appendBinaryStringInfo(&message, data, size);
	switch (pq_getmsgbyte(&message))
	{
		case 'E':
		case 'N':
			raise_again(&message);
			break;
		case RESULT_MESSAGE:
			*result = pq_getmsgint64(&message);
			is_result = true;
			break;
		default:				/* what a client would be told of the session */
			break;
	}
	pfree(message.data);
	return is_result;
}

/*
 * Reads what a worker has answered so far. Returns whether that is the result of
 * its statement.
 */
static bool
has_result(Worker *worker, int64 *result)
{
	Size		size;
	void	   *data;

	for (;;)
	{
		switch (shm_mq_receive(worker->answers, &size, &data, true))
		{
			case SHM_MQ_SUCCESS:
				if (read_answer(data, size, result))
					return true;
				break;
			case SHM_MQ_WOULD_BLOCK:
				return false;
			default:
				ereport(ERROR,
						(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						 errmsg("a worker has ended before its statement"),
						 errhint("The server's log may say why. Call again for what is left to do.")));
		}
	}
}

bool
background_workers_give(BackgroundWorkers *workers, int number,
						const char *statement)
{
	int			i;

	for (i = 0; i < workers->count; i++)
	{
		Worker	   *worker = &workers->workers[i];
		int64		result;

		if (worker->number != NO_STATEMENT)
			continue;
		/* Where it has ended, the error that it left says why. */
		if (shm_mq_send(worker->statements, strlen(statement) + 1, statement,
						false, true) != SHM_MQ_SUCCESS)
			(void) has_result(worker, &result);
		worker->number = number;
		return true;
	}
	return false;
}

static Datum
worker_pids(const BackgroundWorkers *workers)
{
	Datum	   *pids = palloc(workers->count * sizeof(Datum));
	int			i;

	for (i = 0; i < workers->count; i++)
	{
		pid_t		pid = 0;

		(void) GetBackgroundWorkerPid(workers->workers[i].process, &pid);
		pids[i] = Int32GetDatum(pid);
	}
	return PointerGetDatum(construct_array(pids, workers->count, INT4OID,
										   sizeof(int32), true, TYPALIGN_INT));
}

static const char *const waits_query =
"WITH RECURSIVE awaited (pid) AS ("
"  SELECT unnest(pg_catalog.pg_blocking_pids(w.pid)) FROM unnest($1) AS w (pid)"
"  UNION "
"  SELECT unnest(pg_catalog.pg_blocking_pids(a.pid)) FROM awaited AS a)"
" SELECT FROM awaited AS a WHERE a.pid = pg_catalog.pg_backend_pid()";

/* Fails where a worker waits, however indirectly, for this session. */
static void
refuse_deadlock(const BackgroundWorkers *workers)
{
	Oid			types[1] = {INT4ARRAYOID};
	Datum		values[1] = {worker_pids(workers)};
	bool		is_awaited;

	SPI_connect();
	SPI_execute_with_args(waits_query, 1, types, values, NULL, true, 1);
	is_awaited = SPI_processed > 0;
	SPI_finish();
	if (is_awaited)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_DEADLOCK_DETECTED),
				 errmsg("a worker waits for a lock that this session holds"),
				 errhint("Call it in a transaction of its own, or without workers.")));
}

int
background_workers_take(BackgroundWorkers *workers, int64 *result)
{
	for (;;)
	{
		int			i;

		for (i = 0; i < workers->count; i++)
		{
			Worker	   *worker = &workers->workers[i];
			int			number = worker->number;

			if (number != NO_STATEMENT && has_result(worker, result))
			{
				worker->number = NO_STATEMENT;
				return number;
			}
		}
		if (WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
					  DeadlockTimeout, PG_WAIT_EXTENSION) & WL_TIMEOUT)
			refuse_deadlock(workers);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
}

static void
await_end(const BackgroundWorkers *workers)
{
	int			i;

	for (i = 0; i < workers->count; i++)
		(void) WaitForBackgroundWorkerShutdown(workers->workers[i].process);
}

void
background_workers_finish(BackgroundWorkers *workers)
{
	/* A worker whose queue is gone ends. */
	dsm_detach(workers->segment);
	await_end(workers);
}

/*
 * Nothing interrupts this, since the statements must have ended before the locks of
 * the leader's transaction are released. The segment goes with that.
 */
void
background_workers_stop(int code pg_attribute_unused(), Datum workers)
{
	BackgroundWorkers *stopped = (BackgroundWorkers *) DatumGetPointer(workers);
	int			i;

	HOLD_INTERRUPTS();
	for (i = 0; i < stopped->count; i++)
		TerminateBackgroundWorker(stopped->workers[i].process);
	await_end(stopped);
	RESUME_INTERRUPTS();
}

/*
 * The worker
 */

/* Attaches both queues. From here on, errors reach the leader. */
static shm_mq_handle *
attach_queues(dsm_segment *segment, shm_toc *toc)
{
	char	   *queues = shm_toc_lookup(toc, KEY_QUEUES, false);
	int			number;
	shm_mq	   *statements;
	shm_mq	   *answers;

	memcpy(&number, MyBgworkerEntry->bgw_extra, sizeof(number));
	statements = (shm_mq *) queue_of(queues, number, false);
	answers = (shm_mq *) queue_of(queues, number, true);
	shm_mq_set_receiver(statements, MyProc);
	shm_mq_set_sender(answers, MyProc);
	pq_redirect_to_shm_mq(segment, shm_mq_attach(answers, segment, NULL));
	return shm_mq_attach(statements, segment, NULL);
}

/* Makes the session one like the leader's. */
static void
restore_session(shm_toc *toc, const Leader *leader)
{
	BackgroundWorkerInitializeConnectionByOid(leader->database,
											  leader->authenticated_user, 0);
	StartTransactionCommand();
	RestoreLibraryState(shm_toc_lookup(toc, KEY_LIBRARIES, false));
	RestoreGUCState(shm_toc_lookup(toc, KEY_SETTINGS, false));
	CommitTransactionCommand();
	/* The leader, and not the client, reads what is sent. */
	SetClientEncoding(GetDatabaseEncoding());
}

static int64
execute_statement(const char *statement)
{
	int64		result = 0;

	SPI_connect();
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_execute(statement, false, 0);
	if (SPI_processed > 0)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[0],
										  SPI_tuptable->tupdesc, 1, &isnull);

		result = isnull ? 0 : DatumGetInt64(value);
	}
	SPI_finish();
	PopActiveSnapshot();
	return result;
}

/*
 * Runs a statement in a transaction of its own. Deferred triggers, which run at its
 * end, are the current user's, too, who cannot become the authenticated one.
 */
static int64
run_statement(const char *statement, const Leader *leader)
{
	int64		result;

	debug_query_string = statement;
	pgstat_report_activity(STATE_RUNNING, statement);
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	XactIsoLevel = XACT_READ_COMMITTED;
	XactReadOnly = false;
	SetUserIdAndSecContext(leader->current_user,
						   leader->security_context | SECURITY_LOCAL_USERID_CHANGE);
	result = execute_statement(statement);
	CommitTransactionCommand();
	SetUserIdAndSecContext(GetSessionUserId(), 0);
	pgstat_report_stat(false);
	pgstat_report_activity(STATE_IDLE, NULL);
	debug_query_string = NULL;
	return result;
}

static void
send_result(int64 result)
{
	StringInfoData message;

	pq_beginmessage(&message, RESULT_MESSAGE);
	pq_sendint64(&message, result);
	pq_endmessage(&message);
}

/* Runs the leader's statements until its queue is gone. */
static void
serve_leader(shm_mq_handle *statements, const Leader *leader)
{
	Size		size;
	void	   *statement;

	while (shm_mq_receive(statements, &size, &statement, false) == SHM_MQ_SUCCESS)
		send_result(run_statement(statement, leader));
}

void
learnify_worker_main(Datum handle)
{
	dsm_segment *segment;
	shm_toc    *toc;
	shm_mq_handle *statements;
	Leader	   *leader;

	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	CurrentMemoryContext = AllocSetContextCreate(TopMemoryContext,
												 "learnify worker",
												 ALLOCSET_DEFAULT_SIZES);
	segment = dsm_attach(DatumGetUInt32(handle));
	if (segment == NULL)
		return;					/* The leader has gone. */
	toc = shm_toc_attach(SEGMENT_MAGIC, dsm_segment_address(segment));
	statements = attach_queues(segment, toc);
	leader = shm_toc_lookup(toc, KEY_LEADER, false);
	restore_session(toc, leader);
	serve_leader(statements, leader);
}
