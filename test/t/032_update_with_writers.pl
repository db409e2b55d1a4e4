# The extension is updated while sessions write. The update locks all tables at once or
# none, so that no session deadlocks or fails. Writes after the update fire the triggers of
# the new version, also in sessions that began before it.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ndeadlock_timeout = 100ms");
$node->start;
create_database($node, 'learning', q{CREATE EXTENSION learnify VERSION '0.5.0'});
quiet_psql($node, 'learning', <<~'SQL', 'create learners and exercises');
	INSERT INTO users (email, password_hash, name) SELECT n || '@example.org', '!', n FROM unnest('{Early,Late}'::text[]) AS n;
	INSERT INTO generated_courses (user_id, title, meta_category) SELECT id, 'Sorting', 'Digital' FROM users WHERE name = 'Early';
	INSERT INTO generated_modules (course_id, module_number, title) SELECT id, 1, 'Bubbles' FROM generated_courses;
	INSERT INTO exercises (module_id, exercise_number, title, language, difficulty)
	SELECT m.id, n, 'Exercise ' || n, 'python', 'easy' FROM generated_modules AS m, generate_series(1, 2) AS n;
	SQL

sub submission
{
	my ($name, $exercise) = @_;
	return "SELECT submit_exercise(u.id, e.id, '', 'python', '[]') IS NOT NULL FROM users AS u, exercises AS e WHERE u.name = '$name' AND e.exercise_number = $exercise";
}

my $early = $node->background_psql('learning');
$early->query_safe('BEGIN');
is($early->query_safe(submission('Early', 1)), 't', 'a session has written and has not committed');
my $update = $node->background_psql('learning');
$update->query_safe("SET application_name = 'the update'");
$update->query_until(qr/started/, "\\echo started\nALTER EXTENSION learnify UPDATE;\n");
ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'the update' AND state = 'active'}),
	'the update is running');
my $late = $node->background_psql('learning');
is($late->query_safe(submission('Late', 1)), 't', 'another session can write meanwhile');
is(quiet_psql($node, 'learning', q{SELECT extversion FROM pg_extension WHERE extname = 'learnify'}), '0.5.0', 'the update waits');
is($early->query_safe(submission('Early', 2)), 't', 'the first session can write again');
$early->query_safe('COMMIT');
$update->query_safe('SELECT 1');
is(quiet_psql($node, 'learning', q{SELECT extversion FROM pg_extension WHERE extname = 'learnify'}), $VERSIONS[-1], 'the update is done');
is($late->query_safe(submission('Late', 2)), 't', 'a session that began before the update can write after it');
is(quiet_psql($node, 'learning', q{SELECT u.name, count(*) FROM module_completions AS s JOIN users AS u ON u.id = s.user_id GROUP BY u.name ORDER BY u.name}), "Early|2\nLate|2", 'no submission is lost');
is(quiet_psql($node, 'learning', q{SELECT u.name, e.title FROM activity_feed AS f JOIN users AS u ON u.id = f.user_id JOIN exercises AS e ON e.id = f.reference_id ORDER BY 1, 2}),
	'Late|Exercise 2', 'only the submission after the update is broadcast');
$_->quit foreach $early, $update, $late;

$node->stop;
is_deeply(complaints($node), [], 'the server log has no errors or warnings');
done_testing();
