# A refresh that is cancelled, or whose server process is killed, leaves the old
# recommendations; it can be cancelled at any moment, says how far it is, obeys its
# memory bound, and says what would be enough. A dismissal survives a dump.
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

# Enough that a fit takes a second: learners of up to 24 courses each, of one of
# five fields mostly.
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
}, 'populated');
my $ADA = q{md5('learner1')::uuid};
quiet_psql($node, 'learning', q{SELECT refresh_recommendations()}, 'refreshed');

# What there is, but for what a refresh may compute again.
sub state_of_caches
{
	return quiet_psql($node, 'learning', q{
		SELECT *
		FROM (SELECT count(*), md5(string_agg(r::text, E'\n' ORDER BY r.id)) FROM recommendations AS r) AS r,
		     (SELECT count(*), md5(string_agg(c::text, E'\n' ORDER BY c.id)) FROM generated_courses AS c) AS c});
}

# Waits, in a session of its own, until the session named "refreshing" shows this
# phase and has done at least that much; calls a function with its process, and
# waits until that shows nothing any more. Returns what was done, of how many, how
# often it was seen to have come further after the call, and the milliseconds from
# the call to the end; nothing where that session ended before.
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

# The SQL is an argument: what goes through a pipe is not sent before somebody
# waits for the end.
sub start_psql
{
	my ($name, @sql) = @_;
	my ($out, $err) = ('', '');
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose',
			'-d', $node->connstr('learning') . " application_name=$name", map { ('-c', $_) } @sql ],
		'<', \undef, '>', \$out, '2>', \$err);
	return { session => $session, out => \$out, err => \$err };
}

# Runs SQL and has that function called when it is where it should be. Returns
# the error, and what interrupt_at() returned.
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
# Cancelled and killed
#

my $before = state_of_caches();
like($before, qr/\A[1-9]\d{4}\|/, 'there are ten thousands of recommendations');

# Parameters of their own, so that another refresh would leave other rows.
my %moments = (
	'in the fit' => [ 'SELECT refresh_recommendations(neighbours => 300, regularization => 7)', 'courses fitted', 1 ],
	'among the learners' => [ 'SELECT refresh_recommendations(neighbours => 20, regularization => 7)', 'learners done', 1000 ],
	'in an evaluation' => [ 'SELECT * FROM evaluate_recommendations()', 'courses fitted', 0 ]);
foreach my $moment (sort keys %moments)
{
	my ($error, $done, $total, $further, $ms) = run_interrupted(@{ $moments{$moment} }, 'pg_cancel_backend($1)');
	cmp_ok($done, '>=', $moments{$moment}[2], "$moment: progress is seen");
	cmp_ok($total, '>', $done, "$moment: and how much there is");
	like($error, qr/ERROR:  57014: canceling statement/, "$moment: it ends as a cancellation");
	# it says how far it is every 200 ms, and may have been about to
	cmp_ok($further, '<=', 1, "$moment: and goes no further");
	is(state_of_caches(), $before, "$moment: what there was is there after a cancellation");
	# the aim is 100 ms; what it takes here depends on what else runs
	note("$moment: cancelled in $ms ms");
}

foreach my $moment ('in the fit', 'among the learners')
{
	my ($error) = run_interrupted(@{ $moments{$moment} }, 'pg_terminate_backend($1)');
	like($error, qr/57P01: terminating connection/, "$moment: terminated");
	is(state_of_caches(), $before, "$moment: what there was is there after a termination");
}

# Nobody is left waiting, and nothing is left to see.
is(quiet_psql($node, 'learning', 'SELECT * FROM recommendation_progress()'), '', 'no progress when nothing runs');
quiet_psql($node, 'learning', 'SELECT refresh_recommendations(neighbours => 20)', 'a refresh afterwards');
isnt(state_of_caches(), $before, 'it writes');

# The server crashes when everything is written, but not committed.
$before = state_of_caches();
my $run = start_psql('refreshing', 'BEGIN', 'SELECT refresh_recommendations(neighbours => 20, regularization => 7)', 'SELECT pg_sleep(600)');
ok($node->poll_query_until('learning', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'refreshing' AND query = 'SELECT pg_sleep(600)'}),
	'everything is written');
$node->stop('immediate');
$run->{session}->finish;
like(${ $run->{err} }, qr/connection to server was lost|server closed the connection/, 'and the server crashes');
$node->start;
is(state_of_caches(), $before, 'what there was is there after a crash');

#
# Memory
#

# The error names what is enough: with one kilobyte less it is not, with it it is.
sub memory_error
{
	my ($setting, $sql) = @_;
	my ($stdout, $stderr) = ('', '');
	$node->psql('learning', "SET learnify.recommend_work_mem = '$setting'; $sql", stdout => \$stdout, stderr => \$stderr,
		extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	return $stderr;
}
foreach my $sql ('SELECT count(*) FROM learnify_internal.fit_similar_courses(100, 100, 0, 0)', 'SELECT refresh_recommendations(neighbours => 300)', 'SELECT count(*) FROM evaluate_recommendations()',
	"SELECT count(*) FROM learnify_internal.score_learners(20, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')")
{
	my $error = memory_error('1MB', $sql);
	like($error, qr/ERROR:  53400: recommendations need \d+ kB of memory, and may take 1024 kB\nHINT:  Raise learnify\.recommend_work_mem to at least \d+kB\.\n/,
		"$sql: says what it needs");
	my ($needed) = $error =~ /to at least (\d+)kB/;
	like(memory_error(($needed - 1) . 'kB', $sql), qr/53400/, "$sql: less is not enough");
	is(memory_error("${needed}kB", $sql), '', "$sql: $needed kB are enough");
}
# The bound holds: what the recommender's context has taken at most, as the
# server logs it while a fit runs, is within what it was given, but for what the
# context itself takes.
my ($needed) = memory_error('1MB', 'SELECT refresh_recommendations(neighbours => 300)') =~ /to at least (\d+)kB/;
run_interrupted('SELECT refresh_recommendations(neighbours => 300)', 'courses fitted', 1, 'pg_log_backend_memory_contexts($1)', "SET learnify.recommend_work_mem = '${needed}kB'");
my ($used) = slurp_file($node->logfile) =~ /learnify recommender: (\d+) total/;
ok(defined $used && $used / 1024 <= $needed + 8, 'a fit takes ' . int(($used // 0) / 1024) . " kB of $needed kB");
# the same model, however little memory
my @models = map { quiet_psql($node, 'learning', "SET learnify.recommend_work_mem = '$_'; SELECT md5(string_agg(f::text, ',' ORDER BY f.course_id)) FROM learnify_internal.fit_similar_courses(50, 100, 0, 0) AS f") } '1GB', "${needed}kB";
is($models[0], $models[1], 'little memory gives the same model');

#
# A dump
#

quiet_psql($node, 'learning', "SELECT dismiss_recommendation($ADA, course_id) FROM recommendations WHERE user_id = $ADA ORDER BY match_score DESC LIMIT 1", 'dismissed');
my $dismissed = quiet_psql($node, 'learning', "SELECT course_id FROM user_course_interactions WHERE user_id = $ADA AND interaction_value < 0");
my $dump = $node->basedir . '/learning.sql';
quietly($node, 'dumped', 'pg_dump', '-f', $dump, '-d', $node->connstr('learning'));
create_database($node, 'restored');
restore_with_psql($node, 'restored', $dump);
is(quiet_psql($node, 'restored', "SELECT course_id FROM user_course_interactions WHERE user_id = $ADA AND interaction_value < 0"), $dismissed, 'the dismissal is restored');
is(quiet_psql($node, 'restored', 'SELECT count(*) FROM recommendations'), quiet_psql($node, 'learning', 'SELECT count(*) FROM recommendations'), 'so are the recommendations');
is(quiet_psql($node, 'restored', 'SELECT md5(string_agg(c::text, chr(10) ORDER BY c.id)) FROM generated_courses AS c'),
	quiet_psql($node, 'learning', 'SELECT md5(string_agg(c::text, chr(10) ORDER BY c.id)) FROM generated_courses AS c'), 'and the model');
quiet_psql($node, 'restored', "SELECT refresh_recommendations($ADA)");
is(quiet_psql($node, 'restored', "SELECT count(*) FROM recommendations WHERE user_id = $ADA AND course_id = '$dismissed'"), '0', 'what was dismissed stays away');
quiet_psql($node, 'restored', 'SELECT refresh_recommendations()');
is(quiet_psql($node, 'restored', "SELECT count(*) > 5, count(*) FILTER (WHERE course_id = '$dismissed') FROM recommendations WHERE user_id = $ADA"), 't|0', 'from everyone\'s as well');

done_testing();
