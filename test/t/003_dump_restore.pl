# A dump brings every row back as it was, whatever its format, and sets nothing off:
# no row is broadcast, counted or dated a second time.
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

# A database with rows in all tables, made as an application makes them.
sub populate
{
	my ($database, $schema) = @_;
	create_database($node, $database);
	quiet_psql($node, $database, <<~SQL, "$database is populated");
		SET client_min_messages = warning;
		CREATE SCHEMA IF NOT EXISTS "$schema"; CREATE EXTENSION learnify SCHEMA "$schema"; SET search_path = "$schema";
		SET learnify.password_cost = 4;

		-- what ships: one module edited, two replaced by modules of another key that
		-- traded numbers, one taken out of use; an achievement edited, one replaced, one added
		UPDATE blueprint_modules SET title_template = 'Objects: {ENTITY}' WHERE module_number = 1;
		INSERT INTO blueprint_modules (id, module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
		VALUES ('6c656172-6e69-8679-8000-000000000002', 3, 'standard', 'Tests for {ENTITY}', '', 'beginner', 1),
		       ('00000000-0000-4000-8000-00000000abcd', 2, 'mine', 'Mine: {ENTITY}', '', 'beginner', 1);
		UPDATE blueprint_modules SET active = false WHERE module_number = 6;
		UPDATE achievements SET description = 'Edited' WHERE slug = 'first-module';
		INSERT INTO achievements (name, description, criteria, rarity)
		VALUES ('Flawless', 'Replaced', '{"metric": "perfect_scores", "at_least": 1}', 'epic'),
		       ('Early bird', 'Added', '{"metric": "exercises_solved", "at_least": 2}', 'common');

		-- people, what they learn, their courses
		SELECT register_user(format('learner-%s\@example.org', n), 'correct horse', 'Learner ' || n, 'Europe/Berlin') FROM generate_series(1, 6) AS n;
		SELECT choose_archetype(id, 'Biological', E'sour\\tdough \\\\ "', 'novice') FROM users;
		SELECT set_variables(id, '{"ENTITY": "starter", "STATE": "Größe {X}", "LOGIC": "a\\\\b", "FLOW": "", "CONTAINER": "c", "EDGE_CASE": "e", "INTERFACE": "i", "VARIANT": "v"}') FROM users;
		SELECT generate_course(id, '{"EVENT": "timer", "CAPSTONE_GOAL": "a planner"}') FROM users;
		SELECT request_domain_validation(id) FROM user_archetypes;
		SELECT record_domain_validation(id, '{"is_valid": true, "reason": "a craft"}') FROM user_archetypes ORDER BY id LIMIT 3;

		-- what they do: enrolled in each other's courses, the first modules solved, reviewed
		INSERT INTO user_relationships (follower_id, following_id) SELECT a.id, b.id FROM users AS a JOIN users AS b ON a.id <> b.id;
		INSERT INTO user_progress (user_id, course_id) SELECT u.id, c.id FROM users AS u JOIN generated_courses AS c ON c.user_id <> u.id;
		INSERT INTO module_completions (user_id, module_id, exercise_id, language, submitted_code, test_results, passed, score, time_spent_minutes)
		SELECT p.user_id, e.module_id, e.id, e.language, E'print("\\\\n")\\n', '[true]', true, 100, 10
		FROM user_progress AS p JOIN generated_modules AS m USING (course_id) JOIN exercises AS e ON e.module_id = m.id
		WHERE m.module_number IN (1, 4);
		INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score)
		SELECT user_id, module_id, id, 80, 90, 70, 91 FROM module_completions ORDER BY id LIMIT 20;
		INSERT INTO user_course_interactions (user_id, course_id, interaction_type, interaction_value) SELECT user_id, course_id, 'viewed', 0.1 FROM user_progress;
		INSERT INTO recommendations (user_id, course_id, recommendation_type, reason, metadata) SELECT user_id, course_id, 'trending', 'Many start it', '{"rank": 1}' FROM user_progress;
		UPDATE generated_courses SET status = 'archived' WHERE user_id = (SELECT id FROM users WHERE name = 'Learner 2');
		SELECT refresh_trending();

		-- what a restore could stumble over: an author erased, a zone that is no zone here,
		-- feed rows deleted, an achievement taken away, a login
		SELECT erase_user(id) FROM users WHERE name = 'Learner 1';
		SET row_security = off;
		INSERT INTO users (email, password_hash, name, time_zone) VALUES ('mars\@example.org', '!', 'Mars', 'Mars/Olympus');
		RESET row_security;
		DELETE FROM activity_feed WHERE id IN (SELECT id FROM activity_feed ORDER BY id LIMIT 5);
		DELETE FROM user_achievements WHERE id IN (SELECT id FROM user_achievements ORDER BY id LIMIT 2);
		SELECT authenticate('learner-3\@example.org', 'correct horse');
		SQL
	my $digests = row_digests($node, $database, $schema);
	is_deeply([ grep { /\|0\|/ } split /\n/, $digests ], [], "$database has rows in every table");
	is(scalar(split /\n/, $digests), 18, "$database has eighteen of them");
	return $digests;
}

my $number = 0;

# Dumps a database with some options, restores it into another one, and compares.
sub check_restore
{
	my ($source, $schema, $digests, $name, %how) = @_;
	subtest "$source: $name" => sub {
		my $dump = PostgreSQL::Test::Utils::tempdir() . "/dump";
		$number++;
		my $target = create_database($node, "restored_$number", $how{before});
		quietly($node, 'dumped', 'pg_dump', '-f', $dump, @{ $how{dump} // [] }, '-d', $node->connstr($source));
		local $ENV{PGOPTIONS} = $how{options} // '';
		if ($how{restore})
		{
			quietly($node, 'restored', 'pg_restore', '-e', @{ $how{restore} }, '-d', $node->connstr($target), $dump);
		}
		else
		{
			restore_with_psql($node, $target, $dump);
		}
		is_same_text(row_digests($node, $target, $schema), $digests, 'every row is as it was');
		is_same_text(fingerprint($node, $target, $schema), fingerprint($node, $source, $schema), 'so is the catalog');
		is(quiet_psql($node, $target, qq(SELECT count(*) FROM "$schema".schema_migrations)), scalar(@VERSIONS), 'the tracker has its own rows');
	};
}

my $digests = populate('source', 'public');
my @source = ('source', 'public', $digests);
my $create = 'CREATE EXTENSION learnify';

check_restore(@source, 'plain');
check_restore(@source, '--inserts', dump => ['--inserts']);
check_restore(@source, '--column-inserts --on-conflict-do-nothing', dump => [ '--column-inserts', '--on-conflict-do-nothing' ]);
check_restore(@source, 'custom format', dump => ['-Fc'], restore => []);
check_restore(@source, 'in parallel, as a replica', dump => ['-Fd'], restore => ['-j4'], options => '-c session_replication_role=replica');
check_restore(@source, 'data only', dump => ['--data-only'], before => $create);
check_restore(@source, 'data only, as inserts', dump => [ '--data-only', '--inserts' ], before => $create);
check_restore(@source, 'data only, into a database that was stepped up', dump => ['--data-only'],
	before => join('; ', "$create VERSION '$VERSIONS[0]'", map { "ALTER EXTENSION learnify UPDATE TO '$_'" } @VERSIONS[ 1 .. $#VERSIONS ]));

my $schema = 'Learn it, & more';
my @other = ('other', $schema, populate('other', $schema));
check_restore(@other, 'plain', dump => []);
check_restore(@other, 'custom format', dump => ['-Fc'], restore => []);

# A dump of a dump, and life after it: what is written now sets off what it should.
subtest 'a restored database works' => sub {
	my $database = 'restored_1';
	my $dump = "$PostgreSQL::Test::Utils::tmp_check/second_dump";
	create_database($node, 'second');
	quietly($node, 'dumped again', 'pg_dump', '-f', $dump, '-d', $node->connstr($database));
	restore_with_psql($node, 'second', $dump);
	is_same_text(row_digests($node, 'second'), $digests, 'a second time every row is as it was');

	is(quiet_psql($node, $database, q{SELECT authenticate('LEARNER-3@example.org', 'correct horse') = id FROM users WHERE name = 'Learner 3'}), 't', 'people log in');
	is(quiet_psql($node, $database, q{
			WITH solved AS (
			  INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
			  SELECT u.id, e.module_id, e.id, e.language, true, 100
			  FROM users AS u, exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
			  WHERE u.name = 'Learner 3' AND c.status = 'active' AND m.module_number = 5 LIMIT 1
			  RETURNING user_id)
			SELECT count(*) FROM solved;
			SELECT count(*) FROM activity_feed WHERE activity_type = 'exercise_solved' AND created_at > now() - interval '10 seconds' AND user_id = (SELECT id FROM users WHERE name = 'Learner 3')
			  AND metadata ->> 'module_number' = '5'}), "1\n1", 'an exercise solved is broadcast once');
	is(quiet_psql($node, $database, 'SELECT refresh_trending() > 0'), 't', 'trending is computed');
};

$node->stop;
my $log = slurp_file($node->logfile);
is_deeply([ $log =~ /^.*(?:ERROR|WARNING|FATAL|PANIC):.*$/mg ], [], 'the server has nothing to complain of');
done_testing();
