# A refresh of recommendations by several workers writes the same rows as one in a session.
# Whatever happens to the leader or to a worker, no worker is left, what has been committed
# is right, and the next refresh completes it.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\n");
$node->start;
create_database($node, 'learning', 'CREATE EXTENSION learnify');

# A range has a thousand learners; here it has a hundred, so that few learners make two ranges.
quiet_psql($node, 'learning', q{SELECT replace(pg_get_functiondef('learnify_internal.learner_ranges()'::regprocedure), '/ 1000', '/ 100') \gexec}, 'make ranges smaller');

# 110 learners, which are two ranges, with courses by chance; they follow each other, have
# completed courses, and started some today and the day before.
quiet_psql($node, 'learning', q{
	SET client_min_messages = warning;
	SET learnify.automation = off;
	CREATE FUNCTION chance(salt integer, n integer, k integer, below integer) RETURNS integer LANGUAGE sql IMMUTABLE
	RETURN abs(hashint8(salt * 1000000 + n * 100 + k)::bigint) % below;
	INSERT INTO users (id, email, password_hash, name)
	SELECT md5('learner' || n)::uuid, n || '@example.org', '', 'Learner ' || n FROM generate_series(1, 110) AS n;
	INSERT INTO generated_courses (id, user_id, title, meta_category)
	SELECT md5('course' || n)::uuid, md5('learner' || 1 + n % 110)::uuid, 'Course ' || n, 'Digital' FROM generate_series(0, 149) AS n;
	INSERT INTO course_tags (course_id, tag) SELECT md5('course' || n)::uuid, 'tag ' || n / 10 FROM generate_series(0, 149) AS n;
	INSERT INTO user_progress (user_id, course_id, progress_percentage, started_at, last_activity, completed_at)
	SELECT DISTINCT ON (1, 2) md5('learner' || n)::uuid, md5('course' || chance(1, n, k, 30) + 30 * CASE WHEN k % 4 = 0 THEN k / 4 ELSE n % 5 END)::uuid,
	       CASE k % 2 WHEN 1 THEN 100 ELSE 10 END, now() - make_interval(hours => 8 * k), now() - make_interval(hours => 4 * k),
	       CASE k % 2 WHEN 1 THEN now() - make_interval(hours => 4 * k) END
	FROM generate_series(1, 110) AS n, generate_series(1, 8) AS k ORDER BY 1, 2, k;
	INSERT INTO user_course_interactions (user_id, course_id, interaction_type)
	SELECT p.user_id, p.course_id, CASE WHEN p.completed_at IS NULL THEN 'enrolled' ELSE 'completed' END FROM user_progress AS p;
	INSERT INTO user_relationships (follower_id, following_id)
	SELECT DISTINCT md5('learner' || n)::uuid, md5('learner' || n % 50 + 50 * chance(2, n, k, 2) + 1)::uuid
	FROM generate_series(1, 110) AS n, generate_series(1, 10) AS k WHERE n % 50 + 50 * chance(2, n, k, 2) + 1 <> n;
	SELECT refresh_trending() \g /dev/null
	ANALYZE;
}, 'populate the database');

# What a refresh writes, but for ids and times.
my $ROWS = 'SELECT r.user_id, r.course_id, r.recommendation_type, r.match_score, r.reason, r.metadata FROM recommendations AS r';
my $RESULT = qq{
	SELECT k.kinds, k.rows, m.digest
	FROM (SELECT string_agg(k.recommendation_type || ' ' || k.count, ', ' ORDER BY k.recommendation_type) AS kinds, md5(string_agg(k.rows, '')) AS rows
	      FROM (SELECT r.recommendation_type, count(*), md5(string_agg(r::text, ',' ORDER BY r.user_id, r.course_id)) AS rows FROM ($ROWS) AS r GROUP BY 1 ORDER BY 1) AS k) AS k,
	     (SELECT md5(string_agg(format('%s %s %s %s %s', c.id, c.similar_course_ids, c.similar_course_weights, c.learner_count, c.next_tags), ',' ORDER BY c.id)) AS digest FROM generated_courses AS c) AS m};
my $FORGET = q{DELETE FROM recommendations; UPDATE generated_courses SET similar_course_ids = DEFAULT, similar_course_weights = DEFAULT, next_tags = DEFAULT};
my $WORKERS = q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'learnify worker'};

sub learning
{
	my ($sql, @name) = @_;
	return quiet_psql($node, 'learning', $sql, @name);
}

sub failure
{
	my ($sql) = @_;
	$node->psql('learning', $sql, stderr => \my $stderr, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	return $stderr;
}

# Starts psql in the background, as IPC::Run would feed a pipe only in finish().
sub start_psql
{
	my ($name, @sql) = @_;
	my ($out, $err) = ('', '');
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose',
			'-d', $node->connstr('learning') . " application_name=$name", map { ('-c', $_) } @sql ],
		'<', \undef, '>', \$out, '2>', \$err);
	return { session => $session, out => \$out, err => \$err };
}

my $count = learning('SELECT refresh_recommendations()');
my $expected = learning($RESULT);
like($expected, qr/\Acollaborative_filtering \d{3,}, skill_adjacency \d{3,}, social_signal \d{3,}, trending \d{3,}\|/, 'there are hundreds of rows of each kind');
learning("CREATE TABLE serial AS $ROWS");

#
# The same rows
#

foreach my $workers (1, 2, 3)
{
	learning($FORGET);
	is(learning("SELECT refresh_recommendations(workers => $workers)"), $count, "$workers workers: as many rows are written");
	is(learning($RESULT), $expected, "$workers workers: the rows and the model are the same");
	is(learning($WORKERS), '0', "$workers workers: none is left");
	is(learning('SELECT * FROM recommendation_progress()'), '', "$workers workers: there is no progress left");
}
is(learning('SELECT refresh_recommendations(workers => 2)'), '0', 'what is as it was is not written again');

#
# Sessions and transactions
#

learning(q{CREATE ROLE backend LOGIN; SELECT grant_backend('backend') \g /dev/null
	CREATE ROLE team NOLOGIN; SELECT grant_backend('team') \g /dev/null
	GRANT team TO backend; GRANT SELECT ON users TO team});
learning($FORGET);
is(learning('SET SESSION AUTHORIZATION backend; SET ROLE team; SELECT refresh_recommendations(workers => 2)'), $count, 'workers have the role of the session, which cannot log in');
is(learning($RESULT), $expected, 'the rows are the same for such a role');
learning(q{CREATE ROLE guest LOGIN; CREATE FUNCTION refresh_for_guests() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public
	RETURN refresh_recommendations(workers => 2); ALTER FUNCTION refresh_for_guests() OWNER TO team});
is(learning('SET SESSION AUTHORIZATION guest; SELECT refresh_for_guests()'), '0', 'workers of a SECURITY DEFINER function are its owner');
like(failure(q{SET learnify.recommend_work_mem = '1MB'; SELECT refresh_recommendations(workers => 2, parameters => '{"neighbours": 1000}')}),
	qr/ERROR:  53400: recommendations need \d+ kB of memory, and may take 1024 kB\nHINT:  Raise learnify\.recommend_work_mem/, 'workers have the settings of the session, and an error of a worker arrives with its hint');
is(learning(q{SET default_transaction_isolation = 'serializable'; SET default_transaction_read_only = on; BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
	SELECT refresh_recommendations(workers => 2); COMMIT}), '0', 'the transactions of workers are READ COMMITTED and READ WRITE');
learning("CREATE ROLE learner; SELECT grant_learner('learner') \\g /dev/null\nGRANT EXECUTE ON FUNCTION refresh_recommendations TO learner");
like(failure('SET ROLE learner; SELECT refresh_recommendations(workers => 2)'), qr/42501/, 'a role that may not refresh cannot do it by workers');
my $alone = qr/HINT:  Call it in a transaction of its own, or without workers\./;
like(failure("BEGIN; UPDATE users SET name = 'A' WHERE email = '1\@example.org'; SELECT refresh_recommendations(workers => 2)"),
	qr/ERROR:  25001: workers cannot be started by a transaction that has written.*\n.*\n$alone/, 'a transaction that has written cannot start workers');
like(failure("BEGIN ISOLATION LEVEL $_; SELECT refresh_recommendations(workers => 2)"), qr/ERROR:  25001: workers cannot be started by a $_ transaction/, "a $_ transaction cannot start workers")
  foreach 'REPEATABLE READ', 'SERIALIZABLE';
learning($FORGET);
like(failure('BEGIN; LOCK TABLE recommendations IN SHARE MODE; SELECT refresh_recommendations(workers => 2)'),
	qr/ERROR:  40P01: a worker waits for a lock that this session holds\n$alone/, 'a worker that waits for its leader is a deadlock');

#
# Errors, cancellation and termination
#

# What is committed is a part of the right rows, and a refresh completes it.
sub is_completed
{
	my ($name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is(learning($WORKERS), '0', "$name: no worker is left");
	is(learning("SELECT count(*) FROM ($ROWS EXCEPT TABLE serial) AS r"), '0', "$name: what is committed is right");
	is(learning('SELECT refresh_recommendations(workers => 2) + count(*) FROM recommendations'), $count, "$name: the next refresh writes what is missing");
	is(learning($RESULT), $expected, "$name: nothing is missing then");
	learning($FORGET);
	return;
}

# A learner of the last range, whose row the trigger below meets.
my $last = learning('SELECT last_user_id FROM learnify_internal.learner_ranges() ORDER BY 1 DESC LIMIT 1');
learning(qq{
	CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS \$\$
	BEGIN
		RAISE EXCEPTION 'met' USING ERRCODE = 'LX001', DETAIL = 'at the last', HINT = 'Go on.', COLUMN = 'reason';
	END
	\$\$;
	CREATE TRIGGER meet BEFORE INSERT ON recommendations FOR EACH ROW WHEN (NEW.user_id = '$last') EXECUTE FUNCTION meet()});
like(failure('SELECT refresh_recommendations(workers => 2)'), qr/ERROR:  LX001: met\nDETAIL:  at the last\nHINT:  Go on\.\nCONTEXT:  .*\nbackground worker\n.*\nCOLUMN NAME:  reason\n/s, 'an error of a worker arrives as it was raised');
learning(q{CREATE OR REPLACE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'});
is_completed('an error');

# From here on, workers wait there for the gatekeeper, who has the lock.
learning(q{CREATE OR REPLACE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END'});

my $WORKER = q{(SELECT min(pid) FROM pg_stat_activity WHERE backend_type = 'learnify worker')};
my $LEADER = q{(SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name = 'leading')};

# Starts a refresh, and waits until both its workers wait, with which only the rows of the last
# range are missing.
sub start_refresh
{
	my (@settings) = @_;
	my $gatekeeper = start_psql('gatekeeper', 'SELECT pg_advisory_lock(1)', 'SELECT pg_sleep(600)');
	$node->poll_query_until('learning', q{SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND granted}) or die 'the lock is not taken';
	my $run = start_psql('leading', @settings, 'SELECT refresh_recommendations(workers => 2)');
	$node->poll_query_until('learning', q{SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'learnify worker' AND wait_event = 'advisory'}) or die 'the workers do not wait';
	return { %$run, gatekeeper => $gatekeeper };
}

sub open_gate
{
	my ($run) = @_;
	learning(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatekeeper' \g /dev/null});
	$run->{gatekeeper}{session}->finish;
	return;
}

# Waits until the refresh has ended while the gate is shut. Returns its error.
sub error_of
{
	my ($run, $name) = @_;
	$run->{session}->finish;
	is(learning($WORKERS), '0', "$name: the workers have ended before their leader");
	open_gate($run);
	return ${ $run->{err} };
}

foreach my $case (
	[ 'a cancelled leader', "pg_cancel_backend($LEADER)", qr/ERROR:  57014: canceling statement due to user request/ ],
	[ 'a terminated leader', "pg_terminate_backend($LEADER)", qr/57P01: terminating connection/ ],
	[ 'a cancelled worker', "pg_cancel_backend($WORKER)", qr/ERROR:  57014: canceling statement due to user request/ ],
	[ 'a terminated worker', "pg_terminate_backend($WORKER)", qr/ERROR:  57P01: terminating background worker "learnify worker" due to administrator command/ ])
{
	my ($name, $call, $error) = @$case;
	my $run = start_refresh();
	is(learning("SELECT $call"), 't', "$name: the signal is sent");
	like(error_of($run, $name), $error, "$name: the error says so");
	isnt(learning('SELECT count(*) FROM recommendations'), '0', "$name: what has been committed stays");
	is_completed($name);
}

# A leader waits for a worker that takes its time to end.
my $run = start_refresh();
my $stopped = learning("SELECT $WORKER");
kill 'STOP', $stopped;
learning("SELECT pg_cancel_backend($LEADER) \\g /dev/null");
ok($node->poll_query_until('learning', "SELECT wait_event ILIKE 'BgWorkerShutdown' FROM pg_stat_activity WHERE pid = $LEADER"), 'a cancelled leader waits until its workers have ended');
kill 'CONT', $stopped;
like(error_of($run, 'a slow worker'), qr/ERROR:  57014: canceling statement due to user request/, 'it fails then');
is_completed('a slow worker');

# The timeout may pass before the workers wait or after, but not later.
my $gatekeeper = start_psql('gatekeeper', 'SELECT pg_advisory_lock(1)', 'SELECT pg_sleep(600)');
$node->poll_query_until('learning', q{SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND granted}) or die 'the lock is not taken';
like(failure(q{SET statement_timeout = '2s'; SELECT refresh_recommendations(workers => 2)}), qr/ERROR:  57014: canceling statement due to statement timeout/, "the leader's timeout ends a refresh");
open_gate({ gatekeeper => $gatekeeper });
is_completed('a timeout');

#
# Other sessions meanwhile
#

$run = start_refresh();
like(learning('SELECT p.pid = (SELECT a.pid FROM pg_stat_activity AS a WHERE a.application_name = $$leading$$ AND a.backend_type = $$client backend$$), p.phase, p.done < p.total, p.total FROM recommendation_progress() AS p'),
	qr/\At\|learners done\|t\|110\z/, 'the leader shows the progress of all workers');
like(failure("SELECT refresh_recommendations('$last')"), qr/ERROR:  55P03: /, 'the recommendations of one learner cannot be refreshed');
my $second = start_psql('second', 'SELECT refresh_recommendations(workers => 2)');
$node->poll_query_until('learning', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'second' AND wait_event_type = 'Lock'}) or die 'the second refresh does not wait';
my $erasure = start_psql('erasing', "SELECT erase_user('$last')");
$node->poll_query_until('learning', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'erasing' AND wait_event_type = 'Lock'}) or die 'the erasure does not wait';
open_gate($run);
$_->{session}->finish foreach $run, $second, $erasure;
is(join('', map { ${ $_->{err} } } $run, $second, $erasure), '', 'a refresh, a second one and an erasure that wait for it succeed');
is(${ $run->{out} }, "$count\n", 'the refresh has written all rows');
is(learning("SELECT count(*) FROM recommendations WHERE user_id = '$last'"), '0', 'nothing is left of the erased learner');

# While the model is not committed, workers write what is not made by it, and nothing else.
learning("DROP TRIGGER meet ON recommendations; $FORGET; SELECT refresh_recommendations() \\g /dev/null");
($count, $expected) = (learning('SELECT count(*) FROM recommendations'), learning($RESULT));
my $others = learning(q{SELECT count(*) FROM recommendations AS r JOIN learnify_internal.recommendation_kinds() AS k ON k.kind = r.recommendation_type WHERE NOT k.by_model});
learning($FORGET);
$run = start_psql('gatekeeper', 'BEGIN', 'LOCK TABLE learnify_internal.recommendation_model IN SHARE MODE', 'SELECT pg_sleep(600)');
$node->poll_query_until('learning', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'gatekeeper' AND wait_event = 'PgSleep'}) or die 'the table is not locked';
my $refresh = start_psql('leading', 'SELECT refresh_recommendations(workers => 2)');
$node->poll_query_until('learning', qq{SELECT count(*) FILTER (WHERE wait_event_type = 'Lock') = 1 AND count(*) FILTER (WHERE state = 'idle') = 1 AND (SELECT count(*) >= $others FROM recommendations)
	FROM pg_stat_activity WHERE backend_type = 'learnify worker'}) or die 'the workers do not wait';
is(learning('SELECT count(*), string_agg(DISTINCT r.recommendation_type, $$, $$ ORDER BY r.recommendation_type) FROM recommendations AS r'), "$others|social_signal, trending", 'what is not made by the model does not wait for it');
open_gate({ gatekeeper => $run });
$refresh->{session}->finish;
is(${ $refresh->{out} } . ${ $refresh->{err} }, "$count\n", 'what is made by it is written then');
is(learning($RESULT), $expected, 'by the model that has been committed');

#
# Servers with little room
#

foreach my $case ([ 3, '2 of 3', 'with those that there are' ], [ 1, '0 of 1', 'in the session where there is none' ])
{
	my ($most, $some, $how) = @$case;
	# The launcher of logical replication is a worker, too.
	$node->append_conf('postgresql.conf', "max_worker_processes = $most");
	$node->restart;
	learning($FORGET);
	my ($stdout, $stderr) = ('', '');
	$node->psql('learning', "SELECT refresh_recommendations(workers => $most)", stdout => \$stdout, stderr => \$stderr, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	like($stderr, qr/WARNING:  53000: $some workers could be started\nHINT:  Raise max_worker_processes, or pass a smaller number of workers\./, "$some: a warning says that workers are missing");
	is($stdout, $count, "$some: a refresh works $how");
	is(learning($RESULT), $expected, "$some: the rows are the same");
}
like(failure('SELECT refresh_recommendations(workers => 2)'), qr/ERROR:  22023: workers cannot be 2\nHINT:  Pass 0 to 1, which is max_worker_processes\./, 'more than the server can have are refused');

done_testing();
