# People with many rows, or large ones: all that is held about them can be exported.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time sleep);
use Learnify;
use Platform;

my $node = start_node('main');
create_database($node, 'big', 'CREATE EXTENSION learnify');

# Person 1 has 200,000 followers, 2 follows 5,000, 3 has completed 10,000 courses, 4 has
# 300 submissions of a million characters, the most that one may have, which do not compress.
quiet_psql($node, 'big', <<~'SQL', 'create people with many rows');
	SET learnify.automation = off;
	CREATE FUNCTION person(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5('person ' || n)::uuid;
	INSERT INTO users (id, email, password_hash, name) SELECT person(n), n || '@example.org', '!', 'Person ' || n FROM generate_series(1, 200001) AS n;
	INSERT INTO user_relationships (follower_id, following_id) SELECT person(n), person(1) FROM generate_series(2, 200001) AS n;
	INSERT INTO user_relationships (follower_id, following_id) SELECT person(2), person(n) FROM generate_series(3, 5002) AS n;
	INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id, visibility, created_at)
	SELECT person(3 + n % 5000), 'exercise_solved', 'exercise', person(n), 'public', now() - n * interval '1 second' FROM generate_series(1, 100000) AS n;
	INSERT INTO generated_courses (id, user_id, title, meta_category) SELECT person(n), person(7), 'Course ' || n, 'Digital' FROM generate_series(1, 10000) AS n;
	INSERT INTO generated_modules (id, course_id, module_number, title) SELECT person(n), person(n), 1, 'Module' FROM generate_series(1, 10000) AS n;
	INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty) SELECT person(n), person(n), 1, 'Exercise', 'python', 'easy' FROM generate_series(1, 10000) AS n;
	INSERT INTO user_progress (user_id, course_id, progress_percentage, completed_at) SELECT person(3), person(n), 100, now() FROM generate_series(1, 10000) AS n;
	CREATE FUNCTION submit(person integer, n integer, code text) RETURNS void LANGUAGE sql BEGIN ATOMIC
	  INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_code)
	  SELECT person(person), person(n), person(n), 'python', true, 100, code;
	END;
	SELECT submit(3, n, repeat(E'print(1)\n', 110)) FROM generate_series(1, 10000) AS n \g /dev/null
	SELECT submit(4, n, (SELECT string_agg(md5(n || ' ' || i), '') FROM generate_series(1, 31250) AS i)) FROM generate_series(1, 300) AS n \g /dev/null
	VACUUM ANALYZE;
	SQL

# The peak of the memory of a session's own that a COPY takes, in kB.
sub memory_of_copy
{
	my ($query, $file) = @_;
	my $session = $node->background_psql('big');
	my $pid = $session->query_safe('SELECT pg_backend_pid()');
	my $peak = 0;
	$session->query_until(qr/started/, "\\echo started\nCOPY ($query) TO '$file';\n\\echo ended\n");
	while (1)
	{
		my ($kb) = slurp_file("/proc/$pid/status") =~ /^RssAnon:\s+(\d+) kB/m;
		$peak = $kb if $kb > $peak;
		last if $node->safe_psql('big', "SELECT state FROM pg_stat_activity WHERE pid = $pid") eq 'idle';
		sleep 0.05;
	}
	$session->quit;
	return $peak;
}

my $file = "$PostgreSQL::Test::Utils::tmp_check/export";
my $peak = memory_of_copy('SELECT * FROM export_user_rows(person(4))', $file);
cmp_ok(-s $file, '>', 300 * 1000 * 1000, 'a person with 300 MB of submissions is exported');
cmp_ok($peak, '<', 64 * 1024, "it takes little memory ($peak kB)");
is(quiet_psql($node, 'big', <<~SQL), "303|t", 'the rows are those of the tables');
	SELECT count(*), (SELECT string_agg(md5(content ->> 'submitted_code'), '' ORDER BY content ->> 'id') FROM export_user_rows(person(4)) WHERE table_name = 'module_completions')
	       = (SELECT string_agg(md5(submitted_code), '' ORDER BY id::text) FROM module_completions WHERE user_id = person(4))
	FROM export_user_rows(person(4)) AS r WHERE table_name NOT IN ('user_relationships', 'activity_feed') OR content ->> 'follower_id' IN (person(4)::text, person(2)::text)
	SQL
my (undef, undef, $stderr) = $node->psql('big', "\\set VERBOSITY sqlstate\nSELECT export_user(person(4))", on_error_stop => 1);
like($stderr, qr/ERROR:  54000$/m, 'one document cannot hold them');

foreach my $call ('follower_count(person(1))', 'followers(person(1))', 'following_count(person(2))', 'following(person(2))', 'activity_ticker(person(2))',
	'user_stats(person(3))', 'living_resume(person(3), person(3))', 'home_rows(person(3))', 'export_user(person(3))', 'export_user_rows(person(3))',
	'export_user_rows(person(1))', 'erase_user(person(3))', 'erase_user(person(1))', 'erase_user(person(4))')
{
	my $began = time;
	quiet_psql($node, 'big', "SELECT count(x.*) FROM $call AS x \\g /dev/null");
	note(sprintf '%-40s %6.0f ms', $call, (time - $began) * 1000);
}
is(quiet_psql($node, 'big', 'SELECT count(*) FROM users WHERE id IN (person(1), person(3), person(4))'), 0, 'they are erased');
$node->stop;
done_testing();
