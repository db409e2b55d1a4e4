# A standby is read by each role and promoted while learners work, a base backup is
# recovered to a point in time, and transactions are committed in two phases.
use strict;
use warnings FATAL => 'all';
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;
use Platform;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1, has_archiving => 1);
$primary->append_conf('postgresql.conf', "max_prepared_transactions = 10\nlearnify.password_cost = 4\n");
$primary->start;
populate($primary, 'app');
create_database($primary, 'soak', 'CREATE EXTENSION learnify');
quiet_psql($primary, 'soak', slurp_file("$TREE/test/soak/setup.sql"), 'learners and courses for the load are created');
$primary->backup('base');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

my ($ann, $bob) = split /\n/, quiet_psql($primary, 'app', q{SELECT id FROM users WHERE name IN ('Learner 4', 'Learner 5') ORDER BY name});
my $course = quiet_psql($primary, 'app', "SELECT id FROM generated_courses WHERE user_id = '$bob'");
my $exercise = quiet_psql($primary, 'app', "SELECT e.id FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id WHERE m.course_id = '$course' ORDER BY m.module_number, e.exercise_number LIMIT 1");

# Runs SQL that must fail with this SQLSTATE.
sub fails_with
{
	my ($node, $database, $sql, $state, $name) = @_;
	my (undef, undef, $stderr) = $node->psql($database, "\\set VERBOSITY sqlstate\n$sql", on_error_stop => 1);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	like($stderr, qr/ERROR:  $state$/m, $name);
}

# A learner solves what is left of somebody else's course: one course after the other.
sub solve
{
	my ($learner) = @_;
	my $left = "FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id AND c.status = 'active' "
	  . "WHERE NOT EXISTS (SELECT FROM module_completions AS s WHERE (s.user_id, s.exercise_id) = ('$learner', e.id)) AND c.user_id <> '$learner' AND c.id <> '$course'";
	return "INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes) "
	  . "SELECT '$learner', e.module_id, e.id, e.language, true, 100, 5 $left AND c.id = (SELECT min(c.id::text)::uuid $left)";
}

#
# Reading a standby
#

my %readers = reader_calls($primary, 'app', ann => $ann, bob => $bob, course => $course, exercise => $exercise);
quiet_psql($primary, 'app', q{CREATE ROLE web; CREATE ROLE api; SELECT grant_learner('web'), grant_backend('api') \g /dev/null}, 'roles are set up on the primary');
$primary->wait_for_catchup($standby);
is_same_text(row_digests($standby, 'app'), row_digests($primary, 'app'), 'the standby has all rows');
my %role = (learner => 'web', backend => 'api');
foreach my $role (sort keys %readers)
{
	foreach my $call (@{ $readers{$role} })
	{
		foreach my $as ($role, $role eq 'learner' ? 'backend' : ())
		{
			# the ages of caches grow
			my $from = $call =~ / FROM / ? $call : "x.* FROM $call AS x";
			my $query = "SET ROLE $role{$as}; SET learnify.user_id = '$ann'; SELECT md5(coalesce(string_agg(r::text, E'\\n' ORDER BY r::text), '')) FROM (SELECT $from) AS r";
			$query =~ s/r::text/(to_jsonb(r) - 'trending_age' - 'recommendations_age')::text/g if $call eq 'learnify_status()';
			is(quiet_psql($standby, 'app', $query), quiet_psql($primary, 'app', $query), "$as: $call answers on a standby as on the primary");
		}
	}
}

my @writers = (
	'refresh_trending()', 'refresh_recommendations()', "leave_course('$ann', '$course')", "submit_exercise('$ann', '$exercise', '', 'python', '[true]')",
	"follow_user('$ann', u.id) FROM users AS u WHERE u.name = 'Mars'", q{register_user('new@example.org', 'correct horse', 'New')}, "set_variables('$ann', '{}')",
	"erase_user('$ann')", 'restore_shipped_rows()', "award_achievements('$ann')");
fails_with($standby, 'app', "SELECT $_", '25006', "$_ fails on a standby") foreach @writers;
is(quiet_psql($standby, 'app', "SELECT follow_user('$ann', '$bob')"), 'f', 'follow_user answers there that somebody follows already');
fails_with($standby, 'app', 'LISTEN learnify_activity', '25006', 'nobody can listen on a standby');
fails_with($standby, 'app', "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT user_stats('$ann')", '0A000', 'nor read at the level serializable');
is(quiet_psql($standby, 'app', "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) > 0 FROM activity_ticker('$ann'); COMMIT"), 't', 'repeatable read is possible');
is(quiet_psql($standby, 'app', "SET ROLE web; SET learnify.user_id = '$ann'; SELECT string_agg(DISTINCT name, '') FROM users"), 'Learner 4', 'row-level security applies there');

# authenticate answers, and writes nothing: neither last_login, nor a failure, nor a hash of
# another cost.
my $accounts = q{SELECT md5(string_agg(u::text, '' ORDER BY id)), (SELECT count(*) FROM learnify_internal.login_failures) FROM users AS u};
my $before = quiet_psql($standby, 'app', $accounts);
is(quiet_psql($standby, 'app', qq{SET ROLE api; SET learnify.login_attempts = 3; SELECT authenticate('learner-4\@example.org', 'wrong') FROM generate_series(1, 9);
	SELECT authenticate('LEARNER-4\@example.org', 'correct horse')}) =~ s/^\n+//r, $ann, 'authenticate answers after any number of failures');
is(quiet_psql($standby, 'app', $accounts), $before, 'and writes nothing');
is(quiet_psql($standby, 'app', q{SET ROLE api; SELECT verify_password('correct horse', hash_password('correct horse'))}), 't', 'hash_password works there');
fails_with($standby, 'app', "SET ROLE web; SELECT authenticate('learner-4\@example.org', 'correct horse')", '42501', 'a learner role may not call it there either');

# A standby that lags shows an older state, all of it: what a submission sets off comes with it.
my $state = "SELECT (SELECT count(*) FROM module_completions WHERE user_id = '$ann'), "
  . "(SELECT (sum(time_spent_minutes), sum(progress_percentage)) FROM user_progress WHERE user_id = '$ann'), (SELECT count(*) FROM activity_feed WHERE user_id = '$ann'), "
  . "(SELECT array_agg(id) FROM activity_ticker('$bob', 5)), (SELECT u FROM user_stats('$ann') AS u)";
my $seen = quiet_psql($standby, 'app', $state);
quiet_psql($standby, 'app', 'SELECT pg_wal_replay_pause() \g /dev/null');
$standby->poll_query_until('postgres', q{SELECT pg_get_wal_replay_pause_state() = 'paused'}) or BAIL_OUT('replay is not paused');
quiet_psql($primary, 'app', solve($ann), 'work goes on');
my $written = quiet_psql($primary, 'app', 'SELECT pg_current_wal_lsn()');
my $caught_up = "SELECT pg_last_wal_replay_lsn() >= '$written'";
is(quiet_psql($standby, 'app', $caught_up), 'f', 'the position in the WAL shows that the standby lags');
is(quiet_psql($standby, 'app', $state), $seen, 'it shows the state before');
# A client that has read a page from the primary goes on with one from the standby.
my $page = quiet_psql($primary, 'app', "SELECT id, created_at FROM activity_ticker('$bob') LIMIT 1");
my ($id, $at) = split /\|/, $page;
is(quiet_psql($standby, 'app', "SELECT count(*) FROM activity_feed WHERE id = '$id'"), '0', 'the standby lacks the first row of a page of the primary');
is(quiet_psql($standby, 'app', "SELECT id, created_at FROM activity_ticker('$bob', 5, '$at', '$id')"),
	quiet_psql($standby, 'app', "SELECT id, created_at FROM activity_ticker('$bob', 5)"), 'what is older than that row begins there with the newest row');
is(quiet_psql($standby, 'app', "SELECT * FROM newer_activity('$bob', 5, '$at', '$id')"), '', 'and there is nothing newer');
quiet_psql($standby, 'app', 'SELECT pg_wal_replay_resume() \g /dev/null');
ok($standby->poll_query_until('app', $caught_up), 'it catches up');
is(quiet_psql($standby, 'app', $state), quiet_psql($primary, 'app', $state), 'and shows the whole state after');
isnt(quiet_psql($standby, 'app', $state), $seen, 'which is another');

#
# Two-phase commit
#

my $feed = "SELECT count(*) FROM activity_feed WHERE user_id = '$ann'";
$before = quiet_psql($primary, 'app', $feed);
quiet_psql($primary, 'app', 'BEGIN; ' . solve($ann) . q{; PREPARE TRANSACTION 'submitted'}, 'submissions are prepared');
is(quiet_psql($primary, 'app', $feed), $before, 'nothing is told before the second phase');
quiet_psql($primary, 'app', q{COMMIT PREPARED 'submitted'}, 'they are committed');
cmp_ok(quiet_psql($primary, 'app', $feed), '>', $before, 'what they set off is told');
fails_with($primary, 'app', 'SET learnify.notify = on; BEGIN; ' . solve($ann) . q{; PREPARE TRANSACTION 'notified'}, '0A000', 'a broadcast with learnify.notify cannot be prepared');
fails_with($primary, 'app', q{BEGIN; SELECT request_domain_validation(id) FROM user_archetypes LIMIT 1; PREPARE TRANSACTION 'requested'}, '0A000', 'a request for a validation cannot be prepared');
is(quiet_psql($primary, 'app', 'SELECT count(*) FROM pg_prepared_xacts'), '0', 'no transaction is left over');
quiet_psql($primary, 'app', 'BEGIN; ' . solve($ann) . q{; PREPARE TRANSACTION 'over the promotion'}, 'one is prepared and left so');

#
# Recovery of the base backup to a point in time
#

my $then = row_digests($primary, 'app');
my $time = quiet_psql($primary, 'postgres', 'SELECT clock_timestamp()');
quiet_psql($primary, 'app', 'SELECT pg_sleep(1) \g /dev/null');
quiet_psql($primary, 'app', solve($bob), 'work goes on');
isnt(row_digests($primary, 'app'), $then, 'rows have changed since');
quiet_psql($primary, 'postgres', 'SELECT pg_switch_wal() \g /dev/null');
my $recovered = PostgreSQL::Test::Cluster->new('recovered');
$recovered->init_from_backup($primary, 'base', has_restoring => 1);
$recovered->append_conf('postgresql.conf', "recovery_target_time = '$time'\nrecovery_target_action = promote");
$recovered->start;
ok($recovered->poll_query_until('app', 'SELECT NOT pg_is_in_recovery()'), 'a base backup is recovered to a point in time');
is_same_text(row_digests($recovered, 'app'), $then, 'it has the rows of that time');
is(quiet_psql($recovered, 'app', 'SELECT * FROM verify_schema()'), '', 'there is no drift');
is_same_text(fingerprint($recovered, 'app'), fingerprint($primary, 'app'), 'the catalog is the same');
quiet_psql($recovered, 'app', q{ROLLBACK PREPARED 'over the promotion'}, 'what was prepared then can be rolled back');
check_that_it_works($recovered, 'app');
$recovered->stop;

#
# Promotion under load
#

# The primary waits for the standby with each commit, and is killed while sessions run the
# soak and one submits with ids of its own.
$primary->append_conf('postgresql.conf', "synchronous_standby_names = '*'");
$primary->reload;
my @scripts = map { ('-f', "$TREE/test/soak/$_.sql") }
  qw(submit insert_submissions submit_late retry enrol leave review correct_review correct_submission follow erase settings award edit_content generate_course dismiss validate refresh_trending);
my ($out, $err) = ('', '');
my $load = IPC::Run::start([ 'pgbench', '-n', '-c', '6', '-T', '60', '--max-tries', '100', @scripts, $primary->connstr('soak') ], '>', \$out, '2>', \$err);
# No script of the soak erases this learner.
quiet_psql($primary, 'soak', 'SELECT soak.register(25) \g /dev/null');
my $one = q{SELECT submit_exercise(soak.learner(25), (SELECT e.id FROM soak.exercises AS e ORDER BY e.n LIMIT 1), '', 'python', '[true]', submission_id => '%s')};
my @ids = map { sprintf '00000000-0000-4000-8000-%012d', $_ } 1 .. 5000;
my $script = $primary->basedir . '/submissions.sql';
append_to_file($script, join '', map { sprintf("$one;\n", $_) } @ids);
my ($acknowledged, $lost) = ('', '');
my $client = IPC::Run::start([ 'psql', '-XAtq', '-f', $script, '-d', $primary->connstr('soak') ], '>', \$acknowledged, '2>', \$lost);
sleep 10;
$primary->stop('immediate');
$_->finish foreach $load, $client;
my @acknowledged = $acknowledged =~ /^([0-9a-f-]{36})$/mg;
like($lost, qr/server closed the connection|terminating connection/, 'the session that submitted has lost its server');
cmp_ok(scalar(@acknowledged), '>', 10, 'submissions were acknowledged');
$standby->promote;
ok($standby->poll_query_until('soak', 'SELECT NOT pg_is_in_recovery()'), 'the standby is promoted');
is(quiet_psql($standby, 'soak', sprintf q{SELECT count(*) FROM unnest('{%s}'::uuid[]) AS a (id) WHERE NOT EXISTS (SELECT FROM module_completions AS s WHERE s.id = a.id)}, join ',', @acknowledged),
	'0', 'no submission that was acknowledged is lost');
cmp_ok(quiet_psql($standby, 'soak', 'SELECT count(*) FROM module_completions WHERE user_id <> soak.learner(25)'), '>', 20, 'the work of the others is there');
# The client does not know whether its last one was recorded, and sends all of the last again.
is(quiet_psql($standby, 'soak', sprintf("$one;\n", $acknowledged[-1]) . sprintf($one, $ids[@acknowledged])), "$acknowledged[-1]\n$ids[@acknowledged]", 'what is sent again is recorded once');
quiet_psql($standby, 'soak', 'SELECT refresh_trending(), refresh_recommendations() \g /dev/null', 'the caches can be refreshed');
is(invariants($standby, 'soak', { corrected => 'SELECT user_id FROM soak.corrected', left => 'SELECT user_id, course_id FROM soak.left_courses', edited => 'SELECT course_id FROM soak.edited' }),
	'', 'every invariant holds');
$before = quiet_psql($standby, 'app', $feed);
quiet_psql($standby, 'app', q{COMMIT PREPARED 'over the promotion'}, 'a transaction that was prepared on the primary is committed on the standby');
cmp_ok(quiet_psql($standby, 'app', $feed), '>', $before, 'and what it set off is told');
is(quiet_psql($standby, 'app', 'SELECT * FROM verify_schema()'), '', 'there is no drift');
check_that_it_works($standby, 'app');
$standby->stop;
done_testing();
