# A refresh of recommendations can be cancelled or terminated at any moment and then leaves
# the old ones in place. It reports its progress, keeps within
# learnify.recommend_work_mem, and says how much it needs when that is too little. The
# model and dismissals survive dump and restore.
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

# Enough data that a fit takes about a second: 1,200 learners with up to 24 courses each,
# most of them from one of five fields.
quiet_psql($node, 'learning', q{
	SET client_min_messages = warning;
	SET learnify.automation = off;
	INSERT INTO users (id, email, password_hash, name)
	SELECT md5('learner' || n)::uuid, n || '@example.org', '', 'Learner ' || n FROM generate_series(0, 1200) AS n;
	INSERT INTO generated_courses (id, user_id, title, meta_category)
	SELECT md5('course' || n)::uuid, md5('learner0')::uuid, 'Course ' || n, 'Digital' FROM generate_series(0, 999) AS n;
	INSERT INTO user_course_interactions (user_id, course_id, interaction_type)
	SELECT DISTINCT md5('learner' || n)::uuid, md5('course' || (abs(hashint8(n * 100 + k)) % 200 + 200 * CASE WHEN k % 6 = 0 THEN k / 6 ELSE n % 5 END))::uuid, 'enrolled'
	FROM generate_series(1, 1200) AS n, generate_series(1, 24) AS k;
	ANALYZE;
}, 'populate the database');
my $ADA = q{md5('learner1')::uuid};
quiet_psql($node, 'learning', q{SELECT refresh_recommendations()}, 'the first refresh');

# Returns the numbers and digests of what a refresh writes: recommendations, and the model
# in generated_courses.
sub state_of_caches
{
	return quiet_psql($node, 'learning', q{
		SELECT *
		FROM (SELECT count(*), md5(string_agg(r::text, E'\n' ORDER BY r.id)) FROM recommendations AS r) AS r,
		     (SELECT count(*), md5(string_agg(c::text, E'\n' ORDER BY c.id)) FROM generated_courses AS c) AS c});
}

# interrupt_at() waits until a refresh reports the given phase with at least that much
# done, calls a function with the refresh's process id as $1, and waits until the refresh
# has ended. It returns how much was done at the call, the total, how often progress
# changed after the call, and the milliseconds from the call to the end; NULL if the
# session "refreshing" ended before.
quiet_psql($node, 'learning', q{
	CREATE FUNCTION interrupt_at(awaited text, at_least bigint, call text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		started_at timestamptz := clock_timestamp();
		was_there boolean := false;
		seen record;
		later record;
		called_at timestamptz;
		last_done bigint;
		further integer := 0;
	BEGIN
		LOOP
			PERFORM pg_sleep(0.002), pg_stat_clear_snapshot();
			IF called_at IS NOT NULL THEN
				SELECT p.* INTO later FROM recommendation_progress() AS p WHERE p.pid = seen.pid;
				EXIT WHEN NOT FOUND;
				further := further + (later.done <> last_done)::integer;
				last_done := later.done;
				CONTINUE;
			END IF;
			SELECT p.* INTO seen FROM recommendation_progress() AS p WHERE p.phase = awaited AND p.done >= at_least;
			IF FOUND THEN
				called_at := clock_timestamp();
				last_done := seen.done;
				EXECUTE 'SELECT ' || call USING seen.pid;
			ELSIF EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'refreshing') THEN
				was_there := true;
			ELSIF was_there OR clock_timestamp() > started_at + interval '1 minute' THEN
				RETURN NULL;
			END IF;
		END LOOP;
		RETURN format('%s|%s|%s|%s', seen.done, seen.total, further, round(1000 * extract(epoch FROM clock_timestamp() - called_at)));
	END
	$$});

# Starts psql in the background. The SQL is passed by -c, since IPC::Run would feed a pipe
# only in finish().
sub start_psql
{
	my ($name, @sql) = @_;
	my ($out, $err) = ('', '');
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose',
			'-d', $node->connstr('learning') . " application_name=$name", map { ('-c', $_) } @sql ],
		'<', \undef, '>', \$out, '2>', \$err);
	return { session => $session, out => \$out, err => \$err };
}

# Runs SQL while interrupt_at() waits for the phase to call the function. Returns the error
# and the results of interrupt_at().
sub run_interrupted
{
	my ($sql, $phase, $at_least, $call, @settings) = @_;
	my $watch = start_psql('watching', "SELECT interrupt_at('$phase', $at_least, '$call')");
	my $run = start_psql('refreshing', @settings, $sql);
	$_->{session}->finish foreach $run, $watch;
	chomp(my $seen = ${ $watch->{out} });
	return (${ $run->{err} }, split /\|/, $seen || '-1|-1|-1|-1');
}

#
# Cancellation and termination
#

my $before = state_of_caches();
like($before, qr/\A[1-9]\d{4}\|/, 'there are tens of thousands of recommendations');

# The parameters differ from the first refresh, so that a completed one would show.
my %moments = (
	'in the fit' => [ 'SELECT refresh_recommendations(parameters => $${"neighbours": 300, "regularization": 7}$$)', 'courses fitted', 1 ],
	'among the learners' => [ 'SELECT refresh_recommendations(parameters => $${"neighbours": 20, "regularization": 7}$$)', 'learners done', 1000 ],
	'in an evaluation' => [ 'SELECT * FROM evaluate_recommendations()', 'courses fitted', 0 ]);
foreach my $moment (sort keys %moments)
{
	my ($error, $done, $total, $further, $ms) = run_interrupted(@{ $moments{$moment} }, 'pg_cancel_backend($1)');
	cmp_ok($done, '>=', $moments{$moment}[2], "$moment: progress is reported");
	cmp_ok($total, '>', $done, "$moment: the total is reported");
	like($error, qr/ERROR:  57014: canceling statement/, "$moment: a cancelled refresh fails with query_canceled");
	# one report, which are 200 ms apart, may have been due at the same time
	cmp_ok($further, '<=', 1, "$moment: a cancelled refresh stops at once");
	is(state_of_caches(), $before, "$moment: a cancelled refresh changes nothing");
	# The target is 100 ms, but the time depends on the load of the machine.
	note("$moment: cancelled in $ms ms");
}

foreach my $moment ('in the fit', 'among the learners')
{
	my ($error) = run_interrupted(@{ $moments{$moment} }, 'pg_terminate_backend($1)');
	like($error, qr/57P01: terminating connection/, "$moment: the refresh is terminated");
	is(state_of_caches(), $before, "$moment: a terminated refresh changes nothing");
}

# The interrupted refreshes must leave no lock and no progress entry behind.
is(quiet_psql($node, 'learning', 'SELECT * FROM recommendation_progress()'), '', 'recommendation_progress() is empty when no refresh runs');
quiet_psql($node, 'learning', 'SELECT refresh_recommendations(parameters => $${"neighbours": 20}$$)', 'a refresh succeeds afterwards');
isnt(state_of_caches(), $before, 'that refresh writes new rows');

# Crash the server when a refresh has written all rows, but not committed.
$before = state_of_caches();
my $run = start_psql('refreshing', 'BEGIN', 'SELECT refresh_recommendations(parameters => $${"neighbours": 20, "regularization": 7}$$)', 'SELECT pg_sleep(600)');
ok($node->poll_query_until('learning', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'refreshing' AND query = 'SELECT pg_sleep(600)'}),
	'the refresh has written its rows');
$node->stop('immediate');
$run->{session}->finish;
like(${ $run->{err} }, qr/connection to server was lost|server closed the connection/, 'the server crashes');
$node->start;
is(state_of_caches(), $before, 'an uncommitted refresh changes nothing');

#
# Memory
#

# The error must name exactly the memory needed: one kilobyte less must fail.
sub memory_error
{
	my ($setting, $sql) = @_;
	my ($stdout, $stderr) = ('', '');
	$node->psql('learning', "SET learnify.recommend_work_mem = '$setting'; $sql", stdout => \$stdout, stderr => \$stderr,
		extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	return $stderr;
}
foreach my $sql ('SELECT count(*) FROM learnify_internal.fit_similar_courses(NULL)', 'SELECT refresh_recommendations(parameters => $${"neighbours": 300}$$)', 'SELECT count(*) FROM evaluate_recommendations()',
	"SELECT count(*) FROM learnify_internal.score_learners(20, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')")
{
	my $error = memory_error('1MB', $sql);
	like($error, qr/ERROR:  53400: recommendations need \d+ kB of memory, and may take 1024 kB\nHINT:  Raise learnify\.recommend_work_mem to at least \d+kB\.\n/,
		"$sql: the hint says how much memory is needed");
	my ($needed) = $error =~ /to at least (\d+)kB/;
	like(memory_error(($needed - 1) . 'kB', $sql), qr/53400/, "$sql: 1 kB less than needed is an error");
	is(memory_error("${needed}kB", $sql), '', "$sql: $needed kB are enough");
}
# The size of the recommender's memory context, which the server logs during a fit, must
# be within the setting, plus the context's own overhead.
my ($needed) = memory_error('1MB', 'SELECT refresh_recommendations(parameters => $${"neighbours": 300}$$)') =~ /to at least (\d+)kB/;
run_interrupted('SELECT refresh_recommendations(parameters => $${"neighbours": 300}$$)', 'courses fitted', 1, 'pg_log_backend_memory_contexts($1)', "SET learnify.recommend_work_mem = '${needed}kB'");
my ($used) = slurp_file($node->logfile) =~ /learnify recommender: (\d+) total/;
ok(defined $used && $used / 1024 <= $needed + 8, 'a fit uses ' . int(($used // 0) / 1024) . " kB of $needed kB");
# The size of the memory must not change the model.
my @models = map { quiet_psql($node, 'learning', "SET learnify.recommend_work_mem = '$_'; SELECT md5(string_agg(f::text, ',' ORDER BY f.course_id)) FROM learnify_internal.fit_similar_courses('{\"neighbours\": 50}') AS f") } '1GB', "${needed}kB";
is($models[0], $models[1], 'the model is the same with little memory');

#
# Dump and restore
#

quiet_psql($node, 'learning', "SELECT dismiss_recommendation($ADA, course_id) FROM recommendations WHERE user_id = $ADA ORDER BY match_score DESC LIMIT 1", 'dismiss a recommendation');
my $dismissed = quiet_psql($node, 'learning', "SELECT course_id FROM user_course_interactions WHERE user_id = $ADA AND interaction_value < 0");
my $dump = $node->basedir . '/learning.sql';
quietly($node, 'pg_dump', 'pg_dump', '-f', $dump, '-d', $node->connstr('learning'));
create_database($node, 'restored');
restore_with_psql($node, 'restored', $dump);
is(quiet_psql($node, 'restored', "SELECT course_id FROM user_course_interactions WHERE user_id = $ADA AND interaction_value < 0"), $dismissed, 'the dismissal is restored');
is(quiet_psql($node, 'restored', 'SELECT count(*) FROM recommendations'), quiet_psql($node, 'learning', 'SELECT count(*) FROM recommendations'), 'the recommendations are restored');
is(quiet_psql($node, 'restored', 'SELECT md5(string_agg(c::text, chr(10) ORDER BY c.id)) FROM generated_courses AS c'),
	quiet_psql($node, 'learning', 'SELECT md5(string_agg(c::text, chr(10) ORDER BY c.id)) FROM generated_courses AS c'), 'the model is restored');
quiet_psql($node, 'restored', "SELECT refresh_recommendations($ADA)");
is(quiet_psql($node, 'restored', "SELECT count(*) FROM recommendations WHERE user_id = $ADA AND course_id = '$dismissed'"), '0', "a refresh of the learner's recommendations leaves out the dismissed course");
quiet_psql($node, 'restored', 'SELECT refresh_recommendations()');
is(quiet_psql($node, 'restored', "SELECT count(*) > 5, count(*) FILTER (WHERE course_id = '$dismissed') FROM recommendations WHERE user_id = $ADA"), 't|0', 'a refresh for everybody leaves out the dismissed course');

done_testing();
