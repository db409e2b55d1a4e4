# The commands of doc/migrating.md, as they stand there, on a database that six hand-run
# migrations have made: by renaming the schema, by a restore into a new database and by
# postgres_fdw, to the end and back.
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

my $folder = PostgreSQL::Test::Utils::tempdir();
my $text = slurp_file("$TREE/doc/migrating.md");
my @blocks = $text =~ /^```sh (\w+)\n(.*?)^```$/msg;
my %commands = @blocks;
is(join(' ', sort keys %commands), 'back backup drop fdw last rehearse rename restore roles stop switch', 'the page has these commands');
is(scalar(() = $text =~ /^```/mg), 2 * keys %commands, 'and no others');

# The migrations, with the tracker that a runner of their kind keeps.
my @migrations = (
	q{CREATE TABLE schema_migrations (version varchar(10) PRIMARY KEY, description text, applied_at timestamp DEFAULT now());},
	q{CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email varchar(255) UNIQUE NOT NULL, password_hash varchar(255) NOT NULL,
	    name varchar(100) NOT NULL, avatar_url text, created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now(), last_login timestamp);
	  CREATE TABLE user_archetypes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid UNIQUE NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	    meta_category varchar(20) NOT NULL, domain varchar(100) NOT NULL, skill_level varchar(20) NOT NULL, created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now());
	  CREATE TABLE user_variables (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	    variable_key varchar(50) NOT NULL, variable_value text NOT NULL, archetype_id uuid REFERENCES user_archetypes (id), UNIQUE (user_id, variable_key));},
	q{CREATE TABLE blueprint_modules (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), module_number integer UNIQUE NOT NULL, concept_slug varchar(50) UNIQUE NOT NULL,
	    title_template text NOT NULL, description_template text NOT NULL, difficulty varchar(20) NOT NULL, estimated_hours integer NOT NULL,
	    learning_objectives jsonb NOT NULL DEFAULT '[]', variable_schema jsonb NOT NULL DEFAULT '{}');
	  CREATE TABLE generated_courses (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	    archetype_id uuid REFERENCES user_archetypes (id), title text NOT NULL, description text, meta_category varchar(20) NOT NULL,
	    injected_variables jsonb, status varchar(20) DEFAULT 'active', created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now());
	  CREATE TABLE generated_modules (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), course_id uuid NOT NULL REFERENCES generated_courses (id) ON DELETE CASCADE,
	    blueprint_module_id uuid REFERENCES blueprint_modules (id), module_number integer NOT NULL, title text NOT NULL, content jsonb, UNIQUE (course_id, module_number));
	  CREATE TABLE exercises (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), module_id uuid NOT NULL REFERENCES generated_modules (id) ON DELETE CASCADE,
	    exercise_number integer NOT NULL, title text NOT NULL, language varchar(20) NOT NULL, test_cases jsonb, difficulty varchar(20), points integer, UNIQUE (module_id, exercise_number));
	  CREATE TABLE course_tags (course_id uuid REFERENCES generated_courses (id) ON DELETE CASCADE, tag varchar(50), PRIMARY KEY (course_id, tag));},
	q{CREATE TABLE user_progress (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users (id), course_id uuid NOT NULL REFERENCES generated_courses (id),
	    current_module_id uuid, progress_percentage integer DEFAULT 0, time_spent_minutes integer DEFAULT 0, last_activity timestamp DEFAULT now(),
	    started_at timestamp DEFAULT now(), completed_at timestamp, UNIQUE (user_id, course_id));
	  CREATE TABLE module_completions (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users (id), module_id uuid NOT NULL REFERENCES generated_modules (id),
	    exercise_id uuid REFERENCES exercises (id), submitted_code text, language varchar(20), test_results jsonb, passed boolean, score integer, attempts integer DEFAULT 1,
	    hints_used integer DEFAULT 0, time_spent_minutes integer DEFAULT 0, submitted_at timestamp DEFAULT now());
	  CREATE TABLE architecture_reviews (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users (id), module_id uuid NOT NULL REFERENCES generated_modules (id),
	    submission_id uuid, overall_score integer, code_sense_score integer, efficiency_score integer, edge_cases_score integer, taste_score integer, feedback jsonb, reviewed_at timestamp DEFAULT now());},
	q{CREATE TABLE user_relationships (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), follower_id uuid REFERENCES users (id), following_id uuid REFERENCES users (id),
	    created_at timestamp DEFAULT now(), UNIQUE (follower_id, following_id));
	  CREATE TABLE activity_feed (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid REFERENCES users (id), activity_type varchar(50), reference_type varchar(50), reference_id uuid,
	    metadata jsonb, visibility varchar(20) DEFAULT 'public', created_at timestamp DEFAULT now());
	  CREATE TABLE achievements (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name varchar(100) UNIQUE NOT NULL, description text, badge_icon text, criteria jsonb, rarity varchar(20));
	  CREATE TABLE user_achievements (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid REFERENCES users (id), achievement_id uuid REFERENCES achievements (id),
	    unlocked_at timestamp DEFAULT now(), UNIQUE (user_id, achievement_id));},
	q{CREATE TABLE recommendations (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid REFERENCES users (id), course_id uuid REFERENCES generated_courses (id),
	    recommendation_type varchar(50), match_score integer, reason text, metadata jsonb, created_at timestamp DEFAULT now(), UNIQUE (user_id, course_id, recommendation_type));
	  CREATE TABLE trending_courses (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), course_id uuid UNIQUE REFERENCES generated_courses (id), velocity decimal(10,2), signups_24h integer,
	    signups_previous_24h integer, rank integer, meta_category varchar(20), calculated_at timestamp DEFAULT now());
	  CREATE TABLE user_course_interactions (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid REFERENCES users (id), course_id uuid REFERENCES generated_courses (id),
	    interaction_type varchar(20), interaction_value decimal(5,2), created_at timestamp DEFAULT now());},
	q{CREATE INDEX users_name_idx ON users (name); CREATE INDEX activity_feed_user_id_idx ON activity_feed (user_id);});

my $rows = q{
	INSERT INTO users (email, password_hash, name, created_at) SELECT format('learner%s@example.org', n), '$2b$04$x', format('Learner %s', n), timestamp '2025-06-01 12:00' + n * interval '1 day' FROM generate_series(1, 20) AS n;
	INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level) SELECT id, 'Digital', 'chess', 'novice' FROM users;
	INSERT INTO user_variables (user_id, variable_key, variable_value) SELECT id, 'ENTITY', 'piece' FROM users;
	INSERT INTO generated_courses (user_id, archetype_id, title, meta_category) SELECT u.id, a.id, 'Course of ' || u.name, 'Digital' FROM users AS u JOIN user_archetypes AS a ON a.user_id = u.id WHERE u.name LIKE '%1';
	INSERT INTO generated_modules (course_id, module_number, title, content) SELECT c.id, n, 'Module ' || n, '{"lessons": []}' FROM generated_courses AS c, generate_series(1, 7) AS n;
	INSERT INTO exercises (module_id, exercise_number, title, language, test_cases, difficulty, points) SELECT id, 1, 'Exercise', 'go', '[]', 'easy', 100 FROM generated_modules;
	INSERT INTO course_tags SELECT id, 'chess' FROM generated_courses;
	INSERT INTO user_progress (user_id, course_id) SELECT u.id, c.id FROM users AS u, generated_courses AS c WHERE u.id <> c.user_id;
	INSERT INTO module_completions (user_id, module_id, exercise_id, submitted_code, language, test_results, passed, score, time_spent_minutes)
	SELECT p.user_id, e.module_id, e.id, 'x', 'go', '[true]', true, 100, 5 FROM user_progress AS p JOIN generated_modules AS m USING (course_id) JOIN exercises AS e ON e.module_id = m.id WHERE m.module_number < 3;
	INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score) SELECT user_id, module_id, id, 80, 80, 80, 80 FROM module_completions LIMIT 5;
	INSERT INTO user_relationships (follower_id, following_id) SELECT a.id, b.id FROM users AS a, users AS b WHERE a.name < b.name LIMIT 30;
	INSERT INTO achievements (name, description, criteria, rarity) VALUES ('Chess king', 'Old', '{"wins": 3}', 'rare');
	INSERT INTO user_achievements (user_id, achievement_id) SELECT u.id, a.id FROM users AS u, achievements AS a LIMIT 4;
	INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id) SELECT user_id, 'exercise_solved', 'exercise', exercise_id FROM module_completions;
	INSERT INTO user_course_interactions (user_id, course_id, interaction_type, interaction_value) SELECT user_id, course_id, 'enrolled', 1 FROM user_progress;
};

# Runs one of the page's blocks as a script.
sub run_block
{
	my ($block, $new, $name) = @_;
	local $ENV{PGHOST} = $node->host;
	local $ENV{PGPORT} = $node->port;
	local $ENV{PGUSER} = getpwuid($<);
	local $ENV{NEW} = $new;
	my $script = "$folder/$block.sh";
	append_to_file($script, "set -eu\ncd '$folder'\nexport PGOPTIONS='-c client_min_messages=error'\n$commands{$block}");
	my ($stdout, $stderr);
	my $status = IPC::Run::run([ 'bash', $script ], '<', \undef, '>', \$stdout, '2>', \$stderr);
	unlink $script;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is(($status ? 'done' : 'failed') . ": $stderr", 'done: ', $name // $block);
	return $stdout;
}

# Makes the old database, with a runner's record, and a role that owns nothing.
sub old_database
{
	$node->safe_psql('postgres', "DROP DATABASE IF EXISTS app WITH (FORCE)");
	$node->safe_psql('postgres', "DROP DATABASE IF EXISTS app_new WITH (FORCE)");
	create_database($node, 'app');
	foreach my $number (0 .. $#migrations)
	{
		$node->safe_psql('app', $migrations[$number] . sprintf q{; INSERT INTO schema_migrations (version) VALUES ('%03d')}, $number);
	}
	$node->safe_psql('app', $rows . 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO backend');
	return;
}

sub digest
{
	my ($database, $schema) = @_;
	return $node->safe_psql($database, "SELECT table_name, (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I.%I', table_schema, table_name), false, true, '')))[1]
		FROM information_schema.tables WHERE table_schema = '$schema' ORDER BY 1");
}

# Checks that the new database has what the old one had, and works.
sub check_new
{
	my ($database) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($node->safe_psql($database, q{SELECT table_name, in_source - imported, deleted_since, others FROM import_counts('old')
		WHERE in_source <> imported OR deleted_since > 0 OR others > 0 AND table_name NOT IN ('achievements', 'blueprint_modules', 'recommendations', 'trending_courses')}), '', 'every row has arrived');
	is($node->safe_psql($database, q{SELECT count(*) FROM users WHERE created_at = '2025-06-02 10:00Z'}), 1, 'at its time');
	is($node->safe_psql($database, q{SELECT count(*) FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id WHERE a.name = 'Chess king' AND NOT a.active}), 4, 'with its badges');
	is($node->safe_psql($database, q{SELECT count(*) FROM generated_courses WHERE archetype_id IS NULL}) . $node->safe_psql($database, q{SELECT count(*) FROM generated_modules WHERE blueprint_module_id IS NULL}), '00', 'no reference that back ends read into strings is NULL');
	is($node->safe_psql($database, q{SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations}), '000 001 002 003 004 005 006', 'a runner that looks its files up finds them all applied');
	is($node->psql($database, q{SET ROLE backend; INSERT INTO users (email, password_hash, name) VALUES ('new@example.org', '!', 'New'); SELECT email FROM users WHERE name = 'New'}), 0, 'the back end writes and reads');
	return;
}

# What ways to run the files again do.
sub check_retired
{
	my ($database) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $before = digest($database, 'public') . fingerprint($node, $database);
	foreach my $number (0 .. 5)
	{
		refused($node, $database, "\\set VERBOSITY verbose\n\\set ON_ERROR_STOP 1\n$migrations[$number]", qr/ERROR:  42P07/, sprintf 'file %03d fails', $number);
		quiet_psql($node, $database, 'SET client_min_messages = warning;' . $migrations[$number] =~ s/CREATE TABLE/CREATE TABLE IF NOT EXISTS/gr, sprintf 'file %03d with IF NOT EXISTS runs', $number);
	}
	refused($node, $database, "\\set VERBOSITY verbose\nINSERT INTO schema_migrations (version, description) VALUES ('007', 'next')", qr/ERROR:  23502/, "a runner cannot keep its record in the extension's table");
	is_same_text(digest($database, 'public') . fingerprint($node, $database), $before, 'and nothing has changed');
	return;
}

$node->safe_psql('postgres', 'CREATE ROLE backend LOGIN');

subtest 'rename, and the way back' => sub {
	old_database();
	my $before = digest('app', 'public');
	run_block('backup', 'app');
	run_block('stop', 'app');
	run_block('rename', 'app');
	run_block('rehearse', 'app');
	run_block('last', 'app');
	run_block('roles', 'app');
	check_new('app');
	run_block('back', 'app');
	is_same_text(digest('app', 'public'), $before, 'the old tables are back');
	is($node->safe_psql('app', q{SELECT count(*) FROM pg_extension WHERE extname = 'learnify'}), 0, 'without the extension');
	is($node->safe_psql('postgres', q{SELECT rolcanlogin FROM pg_roles WHERE rolname = 'backend'}), 't', 'and the back end may log in');

	run_block('rename', 'app');
	run_block('last', 'app');
	run_block('roles', 'app');
	run_block('switch', 'app');
	check_new('app');
	check_retired('app');
	run_block('drop', 'app');
	is($node->safe_psql('app', q{SELECT to_regnamespace('old') IS NULL, count(*) FROM users}), 't|21', 'the old schema is gone, the rows are there');
};

subtest 'restore' => sub {
	old_database();
	unlink "$folder/app.dump";
	run_block('backup', 'app_new');
	run_block('restore', 'app_new');
	run_block('rehearse', 'app_new');
	run_block('stop', 'app_new');
	run_block('last', 'app_new');
	run_block('roles', 'app_new');
	run_block('switch', 'app_new');
	check_new('app_new');
	run_block('drop', 'app_new');
};

SKIP:
{
	skip 'postgres_fdw is not installed', 1
	  if $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'}) eq '0';
	subtest 'postgres_fdw' => sub {
		old_database();
		run_block('fdw', 'app_new');
		run_block('rehearse', 'app_new');
		# The old system goes on; so does somebody in the new one.
		$node->safe_psql('app', q{UPDATE users SET name = 'Renamed' WHERE email IN ('learner3@example.org', 'learner4@example.org');
			INSERT INTO users (email, password_hash, name) VALUES ('late@example.org', 'x', 'Late')});
		$node->safe_psql('app_new', q{UPDATE users SET name = 'Renamed here' WHERE email = 'learner4@example.org'});
		run_block('stop', 'app_new');
		run_block('last', 'app_new');
		is($node->safe_psql('app_new', q{SELECT email, name FROM users WHERE name IN ('Renamed', 'Renamed here', 'Late') ORDER BY email}),
			"late\@example.org|Late\nlearner3\@example.org|Renamed\nlearner4\@example.org|Renamed here", 'the last run takes what has changed in the source, and not over what has changed here');
		run_block('roles', 'app_new');
		run_block('switch', 'app_new');
		check_new('app_new');
		run_block('drop', 'app_new');
	};
}

$node->stop;
done_testing();
