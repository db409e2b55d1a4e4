# Fills a database as an application would, dumps and restores it, and checks that the
# copy is identical and works.
package Platform;

use strict;
use warnings FATAL => 'all';
use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

our @EXPORT = qw(start_node populate check_copy check_restore check_that_it_works reader_calls);

# Starts a server, in which a hash of a password takes little time.
sub start_node
{
	my ($name, %how) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name, %{ $how{new} // {} });
	$node->init(%{ $how{init} // {} });
	$node->append_conf('postgresql.conf', 'learnify.password_cost = 4');
	$node->start;
	return $node;
}

# Creates a database with rows in all tables, written through the functions that an
# application would call. Returns their digests.
sub populate
{
	my ($node, $database, $schema) = @_;
	$schema //= 'public';
	create_database($node, $database);
	quiet_psql($node, $database, <<~SQL, "$database is populated");
		SET client_min_messages = warning;
		CREATE SCHEMA IF NOT EXISTS "$schema"; CREATE EXTENSION learnify SCHEMA "$schema"; SET search_path = "$schema";
		SET learnify.password_cost = 4;

		-- Customise the shipped rows: edit one module, override two with modules of other
		-- keys in swapped order, deactivate one; edit, override and add an achievement.
		-- Replacing a shipped row raises a warning.
		SET client_min_messages = error; SET log_min_messages = error;
		UPDATE blueprint_modules SET title_template = 'Objects: {ENTITY}' WHERE module_number = 1;
		INSERT INTO blueprint_modules (id, module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
		VALUES ('6c656172-6e69-8679-8000-000000000002', 3, 'standard', 'Tests for {ENTITY}', '', 'beginner', 1),
		       ('00000000-0000-4000-8000-00000000abcd', 2, 'mine', 'Mine: {ENTITY}', '', 'beginner', 1);
		UPDATE blueprint_modules SET active = false WHERE module_number = 6;
		UPDATE achievements SET description = 'Edited' WHERE slug = 'first-module';
		INSERT INTO achievements (name, description, criteria, rarity)
		VALUES ('Flawless', 'Replaced', '{"metric": "perfect_scores", "at_least": 1}', 'epic'),
		       ('Early bird', 'Added', '{"metric": "exercises_solved", "at_least": 2}', 'common');
		SET client_min_messages = warning; RESET log_min_messages;

		-- Learners, their archetypes, variables and courses. Learner 7 publishes only to
		-- themselves, Learner 8 publishes nothing.
		SELECT register_user(format('learner-%s\@example.org', n), 'correct horse', 'Learner ' || n, 'Europe/Berlin') FROM generate_series(1, 8) AS n;
		UPDATE users SET max_visibility = 'private' WHERE name IN ('Learner 7', 'Learner 8');
		UPDATE users SET social_enabled = false, avatar_url = 'https://example.org/8.png' WHERE name = 'Learner 8';
		SELECT choose_archetype(id, 'Biological', E'sour  dough \\\\ "', 'novice') FROM users;
		SELECT set_variables(id, '{"ENTITY": "starter", "STATE": "Größe {X}", "LOGIC": "a\\\\b", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e", "INTERFACE": "i", "VARIANT": "v"}') FROM users;
		SELECT generate_course(id, '{"EVENT": "timer", "CAPSTONE_GOAL": "a planner"}') FROM users;
		SELECT request_domain_validation(id) FROM user_archetypes;
		SELECT record_domain_validation(ticket, '{"is_valid": true, "reason": "a craft"}') FROM claim_domain_validations(3);

		-- Enrol everybody in everybody else's course, solve two modules, review the work.
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

		-- Rows written while automation is off: a restore must not catch up on them.
		SET learnify.automation = off;
		INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
		SELECT u.id, e.module_id, e.id, e.language, true, 100
		FROM users AS u, generated_modules AS m JOIN exercises AS e ON e.module_id = m.id
		WHERE u.name = 'Learner 6' AND m.module_number = 2;
		RESET learnify.automation;

		-- States that a restore could undo or refuse: an erased author, an unknown time zone,
		-- deleted feed rows and achievements, a login.
		SELECT erase_user(id) FROM users WHERE name = 'Learner 1';
		SET row_security = off;
		INSERT INTO users (email, password_hash, name, time_zone) VALUES ('mars\@example.org', '!', 'Mars', 'Mars/Olympus');
		RESET row_security;
		DELETE FROM activity_feed WHERE id IN (SELECT id FROM activity_feed ORDER BY id LIMIT 5);
		DELETE FROM user_achievements WHERE id IN (SELECT id FROM user_achievements ORDER BY id LIMIT 2);
		SELECT authenticate('learner-3\@example.org', 'correct horse');
		-- A validator has claimed a domain, and not answered yet.
		SELECT ticket FROM claim_domain_validations(1);
		-- Somebody waits for an answer, somebody is blocked, and a course that was completed has been deleted.
		UPDATE users SET follow_policy = 'approve' WHERE name = 'Mars';
		SELECT follow_user(a.id, b.id) FROM users AS a, users AS b WHERE a.name = 'Learner 3' AND b.name = 'Mars';
		SELECT block_user(a.id, b.id) FROM users AS a, users AS b WHERE a.name = 'Learner 7' AND b.name = 'Mars';
		INSERT INTO learnify_internal.kept_completions (user_id, course_id, title, author_name, started_at, completed_at, exercises, score, minutes)
		SELECT id, gen_random_uuid(), 'Deleted', 'Its author', now() - interval '1 day', now(), 9, 88, 90 FROM users WHERE name = 'Learner 3';
		-- The recommendation model has been fitted.
		INSERT INTO learnify_internal.recommendation_model (fitted_at, learners, interactions) VALUES (now(), 7, 49);
		-- The platform has an edge of its own, and has taken a shipped one out of use.
		SELECT set_skill_edge('python', 'sql', 3), set_skill_edge('atom', 'standard', 0);
		-- An import has written a row that has been deleted since.
		INSERT INTO learnify_internal.imported_rows (table_name, id, source_hash, target_hash) VALUES ('users', gen_random_uuid(), 1, 1);
		SQL
	my $digests = row_digests($node, $database);
	is_deeply([ grep { /\|0\|/ } split /\n/, $digests ], [], "$database has rows in every table");
	is(scalar(split /\n/, $digests), $TABLES{ $VERSIONS[-1] }, "$database has all tables");
	is(quiet_psql($node, $database, <<~SQL), "t|f", "$database has private feed rows, and none where social_enabled is off");
		SELECT bool_or(f.visibility = 'private' AND u.name = 'Learner 7'), bool_or(u.name = 'Learner 8')
		FROM "$schema".activity_feed AS f JOIN "$schema".users AS u ON u.id = f.user_id
		SQL
	return $digests;
}

# Checks that a copy has the same rows and the same catalog as the original. The rows of
# schema_migrations are not dumped: CREATE EXTENSION writes them.
sub check_copy
{
	my ($node, $database, $digests, $catalog) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is_same_text(row_digests($node, $database), $digests, 'all rows are unchanged');
	is_same_text(fingerprint($node, $database), $catalog, 'the catalog is unchanged');
	is(quiet_psql($node, $database, $IN_SCHEMA . 'SELECT count(*) FROM schema_migrations'), 1 + @VERSIONS, 'schema_migrations has a row for each version and its own');
}

my $number = 0;

# Dumps a database, restores it into a new one, and compares the two. Returns the name of
# the new database.
#   source   [ database, row digests, catalog fingerprint ]
#   dump     options for pg_dump
#   restore  a list of options for each run of pg_restore; without it, psql restores
#   before   SQL to run in the new database before the restore
#   options  PGOPTIONS for the restore
#   works    whether to run check_that_it_works afterwards
sub check_restore
{
	my ($node, $source, $name, %how) = @_;
	my ($database, $digests, $catalog) = @$source;
	my $target = 'restored_' . ++$number;
	subtest "$database: $name" => sub {
		my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
		create_database($node, $target, $how{before});
		quietly($node, 'pg_dump', 'pg_dump', '-f', $dump, @{ $how{dump} // [] }, '-d', $node->connstr($database));
		{
			local $ENV{PGOPTIONS} = $how{options} // '';
			quietly($node, "pg_restore @$_", 'pg_restore', '-e', @$_, '-d', $node->connstr($target), $dump) foreach @{ $how{restore} // [] };
			restore_with_psql($node, $target, $dump) unless $how{restore};
		}
		check_copy($node, $target, $digests, $catalog);
		check_that_it_works($node, $target) if $how{works};
	};
	return $target;
}

# Checks that a database works: learners can log in, triggers fire once for new rows, and
# the caches can be refreshed. This writes to the database.
sub check_that_it_works
{
	my ($node, $database) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is(quiet_psql($node, $database, $IN_SCHEMA . q{SELECT u.name FROM users AS u WHERE u.id = authenticate('LEARNER-3@example.org', 'correct horse')}),
		'Learner 3', 'a learner can log in');

	# Two learners solve the same module of somebody else's active course twice. Learner 8
	# has social_enabled off, so nothing of theirs may be broadcast.
	is(quiet_psql($node, $database, <<~SQL), <<~OUT =~ s/\n\z//r, 'solving a module advances progress and is broadcast once');
		$IN_SCHEMA
		CREATE TEMP TABLE work AS
		SELECT p.id AS progress_id, p.user_id, p.progress_percentage, u.name, m.id AS module_id, e.id AS exercise_id, e.language
		FROM user_progress AS p
		JOIN users AS u ON u.id = p.user_id AND u.name IN ('Learner 3', 'Learner 8')
		JOIN generated_courses AS c ON c.id = p.course_id AND c.status = 'active'
		JOIN users AS a ON a.id = c.user_id AND a.name = 'Learner 5'
		JOIN generated_modules AS m ON m.course_id = c.id AND m.module_number = 5
		JOIN exercises AS e ON e.module_id = m.id;
		CREATE TEMP TABLE feed AS TABLE activity_feed;
		INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
		SELECT user_id, module_id, exercise_id, language, true, 100 FROM work;
		INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, attempts)
		SELECT user_id, module_id, exercise_id, language, true, 100, 2 FROM work;
		SELECT DISTINCT w.name, 'moves on', p.progress_percentage - w.progress_percentage
		FROM work AS w JOIN user_progress AS p ON p.id = w.progress_id ORDER BY 1;
		SELECT w.name, f.activity_type, count(DISTINCT f.id) = count(DISTINCT coalesce(w.exercise_id, w.module_id))
		FROM activity_feed AS f
		JOIN (SELECT name, user_id, module_id, exercise_id FROM work UNION SELECT name, user_id, module_id, NULL FROM work) AS w
		  ON w.user_id = f.user_id AND f.reference_id = coalesce(w.exercise_id, w.module_id)
		GROUP BY w.name, f.activity_type ORDER BY 1, 2;
		SELECT count(*) FROM activity_feed AS f
		WHERE f.id NOT IN (SELECT id FROM feed) AND f.activity_type NOT IN ('exercise_solved', 'module_completed', 'achievement_earned');
		SQL
		Learner 3|moves on|17
		Learner 8|moves on|17
		Learner 3|exercise_solved|t
		Learner 3|module_completed|t
		0
		OUT

	is(quiet_psql($node, $database, <<~SQL), "t\nt\n20", 'the caches can be refreshed and the ticker read');
		$IN_SCHEMA
		SELECT refresh_trending() > 0;
		SELECT refresh_recommendations() > 0;
		SELECT count(*) FROM (SELECT f.* FROM users AS u, activity_ticker(u.id, 20) AS f WHERE u.name = 'Learner 4') AS page;
		SQL
}

# Returns a call of every function that does not write, by the kind of role that may call it.
# They are about two learners, a course and one of its exercises.
sub reader_calls
{
	my ($node, $database, %id) = @_;
	my %calls = (
		learner => [
			"activity_ticker('$id{ann}')", "newer_activity('$id{ann}')", "course_outline('$id{ann}', '$id{course}')", 'current_learner()', "export_user('$id{ann}')", "export_user_rows('$id{ann}')",
			q{fold_email('ANN@example.org')}, "followers('$id{ann}')", "following('$id{ann}')", "newer_followers('$id{ann}')", "newer_following('$id{ann}')", "follower_count('$id{ann}')",
			"following_count('$id{ann}')", "get_variables('$id{ann}')", "home_rows('$id{ann}')", "is_time_zone_name('Europe/Berlin')", "living_resume('$id{bob}', '$id{ann}')",
			"missing_variables('$id{ann}')", "streak_days('$id{ann}')", "learning_streaks('$id{ann}')", "enrolled_courses('$id{ann}')", "authored_courses('$id{ann}')", "blocked_users('$id{ann}')", "follow_requests('$id{ann}')", "completion_record('$id{ann}', '$id{course}')", "user_stats('$id{ann}')", q{search_courses('software')}, 'velocity(3, 1)', 'velocity_label(2)', 'velocity_lower_bound(3, 1, 24, 24)',
			q{trending_velocity(created_at, '2026-01-01') FROM users AS x}, q{window_signups(created_at, '2026-01-01') FROM users AS x},
			"visible_test_cases('$id{exercise}')", 'recommendation_progress()', 'verify_schema()', q[check_template('{ENTITY} {STAT}'::text, '{ENTITY}')],
			q[check_template('["{ENTITY} {STAT}"]'::jsonb, '{ENTITY}')], q[template_variables('{ENTITY}'::text)], q[template_variables('["{ENTITY}"]'::jsonb)],
			q[inject_variables('{ENTITY}'::text, '{"ENTITY": "dough"}')], q[inject_variables('["{ENTITY}"]'::jsonb, '{"ENTITY": "dough"}')] ],
		backend => [
			'check_blueprint()', 'evaluate_recommendations()', 'learnify_status()', q{fact, subject, value FROM monitoring_facts() WHERE fact NOT LIKE '%age_seconds' AND fact <> 'dead_row_share'}, 'own_ddl()', 'require_backend()', "similar_courses('$id{course}')", "score_courses('$id{ann}', '{$id{course}}')", 'skill_adjacency()', 'skill_edges()', 'trending_tags()',
			q{verify_password('correct horse', (SELECT password_hash FROM users WHERE name = 'Learner 4'))} ]);
	my %called = map { /(\w+)\(/ ? ($1 => 1) : () } map { @$_ } values %calls;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is(quiet_psql($node, $database, q{
		SELECT DISTINCT p.proname FROM pg_extension AS e
		JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
		JOIN pg_proc AS p ON p.oid = d.objid
		WHERE e.extname = 'learnify' AND p.pronamespace = e.extnamespace AND p.provolatile <> 'v' ORDER BY 1}),
		join("\n", sort keys %called), 'there is a call of every function that does not write');
	return %calls;
}

1;
