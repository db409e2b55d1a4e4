# Eight sessions of all isolation levels run the scripts of test/soak concurrently, on few
# learners and courses so that they conflict. There must be no deadlock and no error but
# serialization failures, after which pgbench runs the transaction again, and all invariants
# must hold in the end. SOAK_SECONDS sets the duration, SOAK_CROWD multiplies the sessions, and
# SOAK_WEIGHTS="NAME=WEIGHT ..." sets how often scripts run (test/long/soak.sh: two minutes each
# of two mixes).
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $seconds = $ENV{SOAK_SECONDS} // 5;

# The relative frequency of each script of test/soak.
my %weights = (
	submit => 20, insert_submissions => 8, submit_late => 8, retry => 6, enrol => 8, review => 8, correct_review => 6, correct_submission => 8,
	follow => 6, erase => 4, settings => 3, refresh_trending => 3, refresh_learner => 6, refresh_everyone => 1,
	read => 10, award => 4, generate_course => 2, edit_content => 8, leave => 5, dismiss => 6,
	account => 4, validate => 4, retake => 6, author => 5, regenerate => 3, request_review => 6, people => 8, onboard => 2, interact => 5,
	credentials => 3, skills => 2, refresh_search => 1, map { split /=/ } split ' ', $ENV{SOAK_WEIGHTS} // '');

# Sessions of each isolation level.
my $crowd = $ENV{SOAK_CROWD} // 1;
my %sessions = ('read committed' => 4 * $crowd, 'repeatable read' => 2 * $crowd, 'serializable' => 2 * $crowd);

# Exceptions to the invariants, see invariants.sql.
my %parameters = (
	corrected => 'SELECT user_id FROM soak.corrected',
	left => 'SELECT user_id, course_id FROM soak.left_courses',
	edited => 'SELECT course_id FROM soak.edited');

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ndeadlock_timeout = 100ms\nlog_lock_waits = on\nmax_pred_locks_per_transaction = " . 64 * $crowd);
$node->start;
create_database($node, 'soak', 'CREATE EXTENSION learnify');
quiet_psql($node, 'soak', slurp_file("$TREE/test/soak/setup.sql"), 'create learners and courses');

my @scripts = map { s/.*\/(\w+)\.sql/$1/r } grep { !/setup/ } glob "$TREE/test/soak/*.sql";
is_deeply([ sort keys %weights ], [ sort @scripts ], 'every script has a weight');

my %runs = map { $_ => start_sessions($_, $sessions{$_}) } sort keys %sessions;
my $transactions = 0;
my %done;
foreach my $level (sort keys %runs)
{
	my $run = $runs{$level};
	$run->{harness}->finish;
	is($run->{stderr} =~ s/^pgbench: setting random seed to \d+\n?//r, '', "pgbench prints no errors: $level");
	my ($processed) = $run->{stdout} =~ /number of transactions actually processed: (\d+)/;
	my ($retried) = $run->{stdout} =~ /number of transactions retried: (\d+)/;
	cmp_ok($processed // 0, '>', 2 * $seconds * $sessions{$level} / $crowd, "pgbench runs enough transactions: $level");
	is($run->{stdout} =~ /number of failed transactions: ([1-9]\d*)/ ? $1 : 0, 0, "no transaction fails: $level");
	$transactions += $processed // 0;
	my @processed = $run->{stdout} =~ /^ - (\d+) transactions/mg;
	$done{ $scripts[$_] } += $processed[$_] foreach 0 .. $#processed;
	note("$processed transactions in $seconds s, $retried retried: $level");
}
# With fewer, a script of little weight may not have its turn.
is(join(' ', grep { !$done{$_} } @scripts), '', 'each script is run') if $transactions > 100 * @scripts;

# Runs the scripts in sessions of an isolation level.
sub start_sessions
{
	my ($level, $count) = @_;
	my %run = (stdout => '', stderr => '');
	local $ENV{PGOPTIONS} = '-c default_transaction_isolation=' . $level =~ s/ /\\ /r;
	$run{harness} = IPC::Run::start(
		[   'pgbench', '-n', '-c', $count, '-T', $seconds, '--random-seed', 5 + $count, '--max-tries', 1000,
			(map { ('-f', "$TREE/test/soak/$_.sql\@$weights{$_}") } @scripts), $node->connstr('soak') ],
		'>', \$run{stdout}, '2>', \$run{stderr});
	return \%run;
}

# Requests that were claimed a moment ago are due only later.
quiet_psql($node, 'soak', 'UPDATE learnify_internal.model_requests SET due_at = now(); SELECT count(*) FROM claim_reviews(100000, max_tries => 100)', 'what waits can be claimed');
quiet_psql($node, 'soak', 'SELECT refresh_trending(); SELECT refresh_recommendations()', 'the caches can be refreshed');
is(invariants($node, 'soak', \%parameters), '', 'every invariant holds');
check_indexes($node, 'soak');
note(quiet_psql($node, 'soak', q{SELECT string_agg(format('%s %s', n, t), ', ') FROM (
	SELECT count(*), 'submissions' FROM module_completions UNION ALL SELECT count(*), 'feed rows' FROM activity_feed UNION ALL
	SELECT count(*), 'achievements' FROM user_achievements UNION ALL SELECT count(*), 'courses' FROM generated_courses UNION ALL
	SELECT count(*), 'recommendations' FROM recommendations UNION ALL SELECT count(*), 'courses completed' FROM user_progress WHERE completed_at IS NOT NULL) AS r (n, t)}));

# A row of the feed is written again only after it was deleted.
my $twice = q{SELECT count(*) FROM (
	SELECT t.operation, lag(t.operation) OVER (PARTITION BY t.user_id, t.activity_type, t.reference_id ORDER BY t.n) AS before FROM soak.told AS t) AS t
	WHERE t.operation = coalesce(t.before, 'DELETE')};
cmp_ok(quiet_psql($node, 'soak', 'SELECT count(*) FROM soak.told'), '>', 10, 'broadcasts were noted');
is(quiet_psql($node, 'soak', $twice), '0', 'nothing was told twice');
cmp_ok(quiet_psql($node, 'soak', qq{BEGIN; INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id)
	SELECT user_id, activity_type, reference_type, reference_id FROM activity_feed; $twice}), '>', 0, 'detected: told twice');

# Violate each invariant, to see that its query detects that. Triggers are off, since they
# would prevent or repair some violations.
my %violations = (
	'progress agrees with the submissions' => 'UPDATE user_progress SET progress_percentage = 51',
	'a completed course has no current module' =>
	  'UPDATE user_progress AS p SET completed_at = now(), current_module_id = m.id FROM generated_modules AS m WHERE m.course_id = p.course_id',
	'a submission is in the module of its exercise' => 'UPDATE module_completions AS s SET module_id = m.id FROM generated_modules AS m WHERE m.id <> s.module_id',
	'a review is of the module of its submission' => 'UPDATE architecture_reviews AS r SET module_id = m.id FROM generated_modules AS m WHERE m.id <> r.module_id',
	'an interaction enrolled or completed has an enrolment' => 'DELETE FROM user_progress',
	'outline and statistics agree' => 'UPDATE module_completions SET passed = true; DELETE FROM exercises',
	'the feed refers to existing rows' => 'DELETE FROM exercises',
	'the feed names the present module' => q{UPDATE activity_feed SET metadata = metadata || '{"module_id": ""}' WHERE metadata ? 'module_id'},
	'completed_at is set exactly at 100 percent' => 'UPDATE user_progress SET completed_at = now() WHERE completed_at IS NULL',
	'time_spent_minutes is the sum of the submissions' => 'UPDATE user_progress SET time_spent_minutes = time_spent_minutes + 1',
	'a learner with submissions is enrolled' => 'TRUNCATE soak.left_courses; DELETE FROM user_progress',
	'attempts have different numbers' => 'UPDATE module_completions SET attempts = 1',
	'each enrolment and completion has one interaction' => 'DELETE FROM user_course_interactions',
	'a completed course has a record' => 'TRUNCATE soak.left_courses; UPDATE user_progress SET completed_at = now()',
	'a block leaves no follow and no request' => 'INSERT INTO user_relationships (follower_id, following_id) VALUES (soak.learner(1), soak.learner(2)) ON CONFLICT DO NOTHING; TRUNCATE learnify_internal.user_blocks; INSERT INTO learnify_internal.user_blocks (user_id, other_id) SELECT follower_id, following_id FROM user_relationships',
	'nobody asks to follow whom they follow' => 'INSERT INTO user_relationships (follower_id, following_id) VALUES (soak.learner(1), soak.learner(2)) ON CONFLICT DO NOTHING; TRUNCATE learnify_internal.follow_requests; INSERT INTO learnify_internal.follow_requests (follower_id, following_id) SELECT follower_id, following_id FROM user_relationships',
	'a request to a model is about an existing row' => q{INSERT INTO learnify_internal.model_requests (kind, submission_id) VALUES ('review', gen_random_uuid())},
	'what a learner did with a course is on record once' => 'INSERT INTO user_course_interactions (user_id, course_id, interaction_type) SELECT user_id, course_id, interaction_type FROM user_course_interactions',
	'courses that are not archived are searched' => q{UPDATE generated_courses SET status = 'archived'},
	'a search finds the words of a title' => q{UPDATE generated_courses SET title = 'Something else'},
	'no edge of the graph of skills is stored as it ships' => q{INSERT INTO learnify_internal.skill_edges VALUES ('atom', 'workflow', 0)},
	'generated_modules.status agrees with the author' => q{UPDATE generated_modules SET status = 'completed'},
	'each activity is broadcast once' => 'INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id) SELECT user_id, activity_type, reference_type, reference_id FROM activity_feed',
	'is missing' => q{DELETE FROM activity_feed WHERE activity_type = 'review_passed'},
	'has no source' => q{DELETE FROM module_completions},
	'the feed has the time and score of a solution' => q{UPDATE activity_feed SET metadata = metadata || '{"score": 1}'},
	'the feed has the time of a completion or achievement' => q{UPDATE activity_feed SET created_at = now() WHERE activity_type = 'achievement_earned'},
	'no row that automation wrote is dated later' => q{UPDATE activity_feed SET created_at = now() + interval '1 day'},
	'at one instant, an effect' => q{UPDATE activity_feed SET created_at = '2026-01-01', id = gen_random_uuid()},
	'submitted_on is the date' => 'UPDATE module_completions SET submitted_on = submitted_on - 3',
	'the feed has the time and metadata of a review' => q{UPDATE architecture_reviews SET overall_score = 71},
	'nothing is broadcast where social_enabled is off' => 'UPDATE users SET social_enabled = false',
	'only activity types that allow it are public' => q{UPDATE activity_feed SET visibility = 'public'},
	'every achievement that was reached is awarded' => 'DELETE FROM user_achievements',
	'every achievement awarded was reached' => q{TRUNCATE soak.corrected; DELETE FROM module_completions},
	'trending ranks are 1 to n' => 'UPDATE trending_courses SET rank = rank + 1',
	'the ranks of a learner' => q{UPDATE recommendations SET metadata = jsonb_set(metadata, '{rank}', '2')},
	'no course recommended is archived' => q{UPDATE generated_courses SET status = 'archived'},
	'a generated course is complete' => 'DELETE FROM course_tags',
	'a generated course has modules' => 'DELETE FROM generated_modules',
	'every reference has a target' => 'DELETE FROM users',
	'recommendations name existing users only' => q{INSERT INTO recommendations (user_id, course_id, recommendation_type, metadata)
		SELECT u.id, c.id, 'social_signal', jsonb_build_object('rank', 1, 'user_ids', ARRAY[gen_random_uuid()]) FROM users AS u, generated_courses AS c ON CONFLICT DO NOTHING});
my @invariants = map { s/''/'/gr } slurp_file("$TREE/test/invariants.sql") =~ /^SELECT '((?:[^']|'')+)',/mg;
is(join("\n", grep { my $invariant = $_; !grep { index($invariant, $_) == 0 } keys %violations } @invariants),
	'the feed agrees with its sources', 'every invariant is violated below, the one about the feed in two ways');
foreach my $name (sort keys %violations)
{
	my $violated = invariants($node, 'soak', \%parameters, "BEGIN; SET LOCAL session_replication_role = replica; $violations{$name};", $name);
	like($violated, qr/\Q$name\E/, "detected: $name");
}

$node->stop;
is(join('', grep { !/ERROR:  could not serialize access/ } @{ complaints($node) }), '', 'the server log has no errors or warnings but serialization failures');
done_testing();
