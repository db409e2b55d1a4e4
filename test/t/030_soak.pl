# Eight sessions, or SOAK_CLIENTS, run the scripts of test/soak concurrently, on few learners and courses so
# that they conflict. There must be no error and no deadlock, and all invariants must hold
# in the end. SOAK_SECONDS sets the duration, and SOAK_WEIGHTS="NAME=WEIGHT ..." how often
# scripts run (test/long/soak.sh: a minute each of two mixes).
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $seconds = $ENV{SOAK_SECONDS} // 5;
my $clients = $ENV{SOAK_CLIENTS} // 8;

# The relative frequency of each script of test/soak.
my %weights = (
	submit => 20, insert_submissions => 8, submit_late => 8, retry => 6, enrol => 8, review => 8, correct_review => 6, correct_submission => 8,
	follow => 6, erase => 4, settings => 3, refresh_trending => 3, refresh_learner => 6, refresh_everyone => 1,
	read => 10, award => 4, generate_course => 2, dismiss => 6, account => 4, validate => 4,
	map { split /=/ } split ' ', $ENV{SOAK_WEIGHTS} // '');

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ndeadlock_timeout = 100ms");
$node->start;
create_database($node, 'soak', 'CREATE EXTENSION learnify');
quiet_psql($node, 'soak', slurp_file("$TREE/test/soak/setup.sql"), 'create learners and courses');

my @scripts = map { s/.*\/(\w+)\.sql/$1/r } grep { !/setup/ } glob "$TREE/test/soak/*.sql";
is_deeply([ sort keys %weights ], [ sort @scripts ], 'every script has a weight');

my @command = ('pgbench', '-n', '-c', $clients, '-j', '2', '-T', $seconds, '--random-seed', '5',
	(map { ('-f', "$TREE/test/soak/$_.sql\@$weights{$_}") } @scripts), $node->connstr('soak'));
my ($stdout, $stderr) = run_command(\@command);
is($stderr =~ s/^pgbench: setting random seed to \d+\n?//r, '', 'pgbench prints no errors');
my ($transactions) = $stdout =~ /number of transactions actually processed: (\d+)/;
cmp_ok($transactions // 0, '>', 20 * $seconds, 'pgbench runs enough transactions');
is($stdout =~ /number of failed transactions: ([1-9]\d*)/ ? $1 : 0, 0, 'no transaction fails');
my @done = $stdout =~ /^ - (\d+) transactions/mg;
is(scalar(grep { $_ > 0 } @done), scalar(@scripts), 'each script is run') if $seconds >= 5;
note("$transactions transactions in $seconds s");

quiet_psql($node, 'soak', 'SELECT refresh_trending(); SELECT refresh_recommendations()', 'the caches can be refreshed');
is(invariants($node, 'soak', 'SELECT user_id FROM soak.corrected'), '', 'every invariant holds');
note(quiet_psql($node, 'soak', q{SELECT string_agg(format('%s %s', n, t), ', ') FROM (
	SELECT count(*), 'submissions' FROM module_completions UNION ALL SELECT count(*), 'feed rows' FROM activity_feed UNION ALL
	SELECT count(*), 'achievements' FROM user_achievements UNION ALL SELECT count(*), 'courses' FROM generated_courses UNION ALL
	SELECT count(*), 'recommendations' FROM recommendations UNION ALL SELECT count(*), 'courses completed' FROM user_progress WHERE completed_at IS NOT NULL) AS r (n, t)}));

# Violate each invariant, to see that its query detects that. Triggers are off, since they
# would prevent or repair some violations.
my %violations = (
	'progress agrees with the submissions' => 'UPDATE user_progress SET progress_percentage = 51',
	'completed_at is set exactly at 100 percent' => 'UPDATE user_progress SET completed_at = now() WHERE completed_at IS NULL',
	'time_spent_minutes is the sum of the submissions' => 'UPDATE user_progress SET time_spent_minutes = time_spent_minutes + 1',
	'a learner with submissions is enrolled' => 'DELETE FROM user_progress',
	'attempts have different numbers' => 'UPDATE module_completions SET attempts = 1',
	'each enrolment and completion has one interaction' => 'DELETE FROM user_course_interactions',
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
	'module_completions_user_id_fkey' => 'DELETE FROM users',
	'recommendations name existing users only' => q{INSERT INTO recommendations (user_id, course_id, recommendation_type, metadata)
		SELECT u.id, c.id, 'social_signal', jsonb_build_object('rank', 1, 'user_ids', ARRAY[gen_random_uuid()]) FROM users AS u, generated_courses AS c ON CONFLICT DO NOTHING});
foreach my $name (sort keys %violations)
{
	my $violated = invariants($node, 'soak', 'SELECT user_id FROM soak.corrected', "BEGIN; SET LOCAL session_replication_role = replica; $violations{$name};");
	like($violated, qr/\Q$name\E/, "detected: $name");
}

$node->stop;
is(join('', @{ complaints($node) }), '', 'the server log has no errors or warnings');
done_testing();
