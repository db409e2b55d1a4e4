# When ten sessions submit for one learner concurrently, no attempt is lost and each module
# is completed once. Dumps of the result restore to the same rows, and submissions after a
# restore are broadcast once.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

# A learner, and a course of seven modules, with two exercises each.
my $ada = '00000000-0000-4000-8000-000000000ada';
create_database($node, 'source', 'CREATE EXTENSION learnify');
quiet_psql($node, 'source', <<~SQL, 'create two learners and a course');
	SET client_min_messages = warning;
	INSERT INTO users (id, email, password_hash, name) VALUES ('$ada', 'ada\@example.org', '!', 'Ada'), (gen_random_uuid(), 'bob\@example.org', '!', 'Bob');
	INSERT INTO generated_courses (user_id, title, meta_category) SELECT id, 'Sorting', 'Digital' FROM users WHERE name = 'Bob';
	INSERT INTO generated_modules (course_id, module_number, title) SELECT id, n, 'Module ' || n FROM generated_courses, generate_series(1, 7) AS n;
	INSERT INTO exercises (module_id, exercise_number, title, language, difficulty)
	SELECT id, n, 'Exercise ' || n, 'python', 'easy' FROM generated_modules, generate_series(1, 2) AS n;
	SQL

# 200 submissions to random exercises, then one by each session to each exercise.
my $script = "$PostgreSQL::Test::Utils::tmp_check/submit.sql";
append_to_file($script, <<~SQL);
	\\set exercise random(0, 13)
	SELECT submit_exercise('$ada', (SELECT id FROM exercises ORDER BY id OFFSET :exercise LIMIT 1), '', 'python', '[]', 0, 1);
	SQL
my $every = "$PostgreSQL::Test::Utils::tmp_check/every.sql";
append_to_file($every, join('', map { "SELECT submit_exercise('$ada', (SELECT id FROM exercises ORDER BY id OFFSET $_ LIMIT 1), '', 'python', '[]', 0, 1);\n" } 0 .. 13));
$node->command_checks_all([ 'pgbench', '-n', '-c', '10', '-j', '2', '-t', @$_, $node->connstr('source') ], 0, [qr/actually processed: (\d+)\/\1/], [qr/\A(?!.*(?:error|ERROR))/s], "ten sessions submit concurrently, $$_[0] transactions each")
  foreach ([ 20, '-f', $script ], [ 1, '-f', $every ]);

is(quiet_psql($node, 'source', 'SELECT count(*) FROM module_completions'), 340, 'no submission is lost');
is(quiet_psql($node, 'source', q{
		SELECT count(*) FROM (SELECT array_agg(attempts ORDER BY attempts) AS attempts FROM module_completions GROUP BY exercise_id) AS e
		WHERE attempts = ARRAY(SELECT n FROM generate_series(1, cardinality(attempts)) AS n)}), 14, 'the attempts at each exercise are numbered without gaps or duplicates');
is(quiet_psql($node, 'source', q{
		SELECT activity_type, count(*), count(DISTINCT reference_id) FROM activity_feed GROUP BY activity_type ORDER BY activity_type}),
	"achievement_earned|4|4\ncourse_completed|1|1\nexercise_solved|14|14\nmodule_completed|7|7", 'each event is broadcast once');
is(quiet_psql($node, 'source', 'SELECT progress_percentage, completed_at IS NOT NULL, time_spent_minutes FROM user_progress'), '100|t|340', 'the course is completed and no minute is lost');
is(quiet_psql($node, 'source', 'SELECT interaction_type, count(*) FROM user_course_interactions GROUP BY interaction_type ORDER BY interaction_type'), "completed|1\nenrolled|1", 'enrolment and completion are recorded once');

# Each format must restore the same rows, and triggers must work afterwards.
my $digests = row_digests($node, 'source');
is(scalar(split /\n/, $digests), $TABLES{ $VERSIONS[-1] }, 'all tables are compared');
my $number = 0;

sub check_restore
{
	my ($name, %how) = @_;
	subtest $name => sub {
		my $dump = PostgreSQL::Test::Utils::tempdir() . "/dump";
		$number++;
		my $target = create_database($node, "restored_$number", $how{before});
		quietly($node, 'pg_dump', 'pg_dump', '-f', $dump, @{ $how{dump} // [] }, '-d', $node->connstr('source'));
		{
			local $ENV{PGOPTIONS} = $how{options} // '';
			$how{restore}
			  ? quietly($node, 'pg_restore', 'pg_restore', '-e', @{ $how{restore} }, '-d', $node->connstr($target), $dump)
			  : restore_with_psql($node, $target, $dump);
		}
		is_same_text(row_digests($node, $target), $digests, 'all rows are unchanged');

		is(quiet_psql($node, $target, <<~SQL), "1,2\n1\n100", 'solving an exercise twice adds two attempts and one broadcast');
			INSERT INTO exercises (module_id, exercise_number, title, language, difficulty) SELECT id, 3, 'New', 'python', 'easy' FROM generated_modules WHERE module_number = 7;
			SELECT submit_exercise('$ada', id, '', 'python', '[]') FROM exercises WHERE title = 'New' \\g /dev/null
			SELECT submit_exercise('$ada', id, '', 'python', '[]') FROM exercises WHERE title = 'New' \\g /dev/null
			SELECT string_agg(s.attempts::text, ',' ORDER BY s.attempts) FROM module_completions AS s JOIN exercises AS e ON e.id = s.exercise_id WHERE e.title = 'New';
			SELECT count(*) FROM activity_feed WHERE metadata ->> 'exercise_title' = 'New';
			SELECT progress_percentage FROM user_progress;
			SQL
	};
}

my $create = 'CREATE EXTENSION learnify';
check_restore('plain');
check_restore('custom format', dump => ['-Fc'], restore => []);
check_restore('--inserts', dump => ['--inserts']);
check_restore('data only', dump => ['--data-only'], before => $create);
check_restore('parallel, session_replication_role = replica', dump => ['-Fd'], restore => ['-j4'], options => '-c session_replication_role=replica');

$node->stop;
is_deeply(complaints($node), [], 'the server log has no errors or warnings');
done_testing();
