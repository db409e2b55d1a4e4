# The same story in a plain database and in one that is distributed over two workers, of
# which one dies while it is distributed.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use IPC::Run;
use Learnify;

my $PLAIN = 'plain';
my $SPREAD = 'spread';

sub new_node
{
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	my $host = $node->host;
	$node->append_conf('postgresql.conf', <<~CONF);
		shared_preload_libraries = 'citus,learnify'
		max_prepared_transactions = 100
		learnify.password_cost = 4
		citus.local_hostname = '$host'
		citus.node_conninfo = 'sslmode=prefer'
		citus.enable_statistics_collection = off
		citus.enable_unsafe_triggers = on
		citus.enable_local_execution = off
		citus.enable_local_fast_path_query_optimization = off
		citus.propagate_set_commands = local
		CONF
	return $node;
}

# Runs SQL that must fail with this SQLSTATE and message.
sub fails_with
{
	my ($node, $database, $sql, $state, $message, $name) = @_;
	my (undef, undef, $stderr) = $node->psql($database, "\\set VERBOSITY verbose\n$sql", on_error_stop => 1);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	like($stderr, qr/ERROR:  $state: .*$message/s, $name // $message);
}

my $coordinator = new_node('coordinator');
$coordinator->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$coordinator->start;
if ($coordinator->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'citus'}) eq '0')
{
	$coordinator->stop;
	plan(skip_all => 'the server does not offer the extension citus');
}
create_database($coordinator, $PLAIN, 'CREATE EXTENSION learnify');
fails_with($coordinator, $PLAIN, 'SELECT learnify_distribute(8)', '55000', 'Citus 13 or later is needed, and there is none', 'a plain server refuses');
$coordinator->append_conf('postgresql.conf', "shared_preload_libraries = 'citus,learnify'");
$coordinator->restart;

my @workers = map { new_node("worker$_") } 1, 2;
$_->start foreach @workers;

# Makes a database on each node.
sub prepare_nodes
{
	my ($database) = @_;
	foreach my $node ($coordinator, @workers)
	{
		$node->safe_psql('postgres', "SET citus.enable_create_database_propagation = off; CREATE DATABASE $database");
		$node->safe_psql($database, 'CREATE EXTENSION citus; CREATE EXTENSION learnify');
	}
}

# Makes the node a coordinator of the others.
sub join_nodes
{
	my ($database) = @_;
	$coordinator->safe_psql($database, sprintf "SELECT citus_set_coordinator_host('%s', %s)", $coordinator->host, $coordinator->port);
	$coordinator->safe_psql($database, sprintf "SELECT citus_add_node('%s', %s)", $_->host, $_->port) foreach @workers;
}

prepare_nodes($SPREAD);
fails_with($coordinator, $SPREAD, 'SELECT learnify_distribute(8)', '55000', 'this is not a coordinator with workers');
join_nodes($SPREAD);

#
# Refusing
#

fails_with($coordinator, $SPREAD, 'SELECT learnify_distribute(0)', '22023', '0 shards');
fails_with($coordinator, $SPREAD, 'SELECT learnify_distribute(NULL)', '22004', 'shard_count');
fails_with($coordinator, $SPREAD, 'CREATE ROLE somebody; BEGIN; GRANT EXECUTE ON FUNCTION learnify_distribute TO somebody; SET ROLE somebody; SELECT learnify_distribute(8)', '42501', '', 'who is no superuser is refused');
$workers[0]->safe_psql($SPREAD, 'ALTER SYSTEM SET citus.enable_local_execution = on');
$workers[0]->restart;
fails_with($coordinator, $SPREAD, 'SELECT learnify_distribute(8)', '55000', 'enable_local_execution is on, and must be off', 'a setting of a worker is checked');
$workers[0]->safe_psql($SPREAD, 'ALTER SYSTEM RESET citus.enable_local_execution');
$workers[0]->restart;
$workers[1]->safe_psql($SPREAD, 'SET citus.enable_ddl_propagation = off; DROP EXTENSION learnify; CREATE EXTENSION learnify VERSION \'0.5.0\'');
fails_with($coordinator, $SPREAD, 'SELECT learnify_distribute(8)', '55000', 'cannot be one of a distributed database', 'the version of a worker is checked');
$workers[1]->safe_psql($SPREAD, 'SET citus.enable_ddl_propagation = off; DROP EXTENSION learnify; CREATE EXTENSION learnify');
$coordinator->safe_psql($SPREAD, 'CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER own BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION own()');
fails_with($coordinator, $SPREAD, 'SELECT learnify_distribute(8)', '55000', 'trigger users.own \(added\)', 'a trigger of a user is refused');
$coordinator->safe_psql($SPREAD, 'DROP TRIGGER own ON users; DROP FUNCTION own');

$coordinator->safe_psql($SPREAD, q{
	INSERT INTO users (id, email, password_hash, name) SELECT format('00000000-0000-4000-9000-00000000000%s', n)::uuid, format('reviewed-%s@example.org', n), '!', 'Reviewed' FROM generate_series(1, 2) AS n;
	INSERT INTO generated_courses (id, user_id, title, description, meta_category) SELECT u.id, u.id, 'Reviewed', 'about chess', 'Digital' FROM users AS u WHERE u.email = 'reviewed-1@example.org';
	INSERT INTO generated_modules (id, course_id, module_number, title, description) SELECT c.id, c.id, 1, 'Reviewed', '' FROM generated_courses AS c;
	INSERT INTO module_completions (id, user_id, module_id, language) SELECT c.id, c.user_id, c.id, 'python' FROM generated_courses AS c;
	INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, broadcast_at)
	SELECT u.id, s.module_id, s.id, 1, 2, 3, 4, 'yesterday' FROM module_completions AS s, users AS u WHERE u.email = 'reviewed-2@example.org'});
fails_with($coordinator, $SPREAD, 'SELECT learnify_distribute(8)', '55000', 'is of a submission of another user', 'a review that could not be beside its submission is refused');
$coordinator->safe_psql($SPREAD, q{DELETE FROM architecture_reviews; DELETE FROM generated_courses; DELETE FROM users});

#
# Distributing
#

# The first half of the story happens before.
my $setup = slurp_file("$TREE/test/long/citus_before.sql");
my $story = slurp_file("$TREE/test/long/citus_story.sql");
my $state = slurp_file("$TREE/test/long/citus_state.sql");
$coordinator->safe_psql($_, $setup) foreach $PLAIN, $SPREAD;
my $before = $coordinator->safe_psql($PLAIN, $state);
is_same_text($coordinator->safe_psql($SPREAD, $state), $before, 'the two databases begin alike');

# Locks a table on a worker, so that distributing waits there, and kills the worker.
sub lose_worker_while_distributing
{
	my ($database) = @_;
	my $before = $coordinator->safe_psql($database, $state);
	my $holder = $workers[1]->background_psql($database);
	$holder->query_safe('BEGIN; LOCK TABLE architecture_reviews IN ACCESS EXCLUSIVE MODE');
	my $distributing = $coordinator->background_psql($database, on_error_stop => 0);
	$distributing->query_until(qr/started/, "\\echo started\nSELECT learnify_distribute(8);\n");
	$workers[1]->poll_query_until($database, q{SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'architecture_reviews'::regclass})
	  or die 'distributing does not wait';
	$workers[1]->stop('immediate');
	eval { $distributing->quit };
	eval { $holder->{run}->finish };
	is($coordinator->safe_psql($database, 'SELECT count(*) FROM pg_dist_partition'), '0', "$database: nothing is distributed where a worker dies meanwhile");
	is_same_text($coordinator->safe_psql($database, $state), $before, "$database: and all rows are there");
	$workers[1]->start;
}

lose_worker_while_distributing($SPREAD);
is($coordinator->safe_psql($SPREAD, 'SELECT learnify_distribute(8)'), '27', 'the function distributes all tables when it is called again');
is($coordinator->safe_psql($SPREAD, 'SELECT learnify_distribute(8)'), '0', 'and nothing when it is called once more');
is($coordinator->safe_psql($SPREAD, 'SELECT * FROM verify_schema()'), '', 'verify_schema() knows the distributed shape');
$coordinator->safe_psql($SPREAD, 'SET session_replication_role = replica; SELECT truncate_local_data_after_distributing_table(logicalrelid) FROM pg_dist_partition');
is_same_text($coordinator->safe_psql($SPREAD, $state), $before, 'the rows are those of before');

#
# The story goes on
#

$coordinator->safe_psql($_, $story) foreach $PLAIN, $SPREAD;
my $after = $coordinator->safe_psql($PLAIN, $state);
isnt($after, $before, 'the story changes something');
is_same_text($coordinator->safe_psql($SPREAD, $state), $after, 'the rows are those of the plain database');

my $answers = slurp_file("$TREE/test/long/citus_answers.sql");
is_same_text($coordinator->safe_psql($SPREAD, $answers), $coordinator->safe_psql($PLAIN, $answers), 'so are the answers of the functions');

my $changes = slurp_file("$TREE/test/long/citus_changes.sql");
is_same_text($coordinator->safe_psql($SPREAD, $changes), $coordinator->safe_psql($PLAIN, $changes), 'changes of content and erasures return the same');
my $story_end = $after;
$after = $coordinator->safe_psql($PLAIN, $state);
isnt($after, $story_end, 'and change something');
is_same_text($coordinator->safe_psql($SPREAD, $state), $after, 'which leaves the rows of the plain database');

my $discovery = slurp_file("$TREE/test/long/citus_discovery.sql");
is_same_text($coordinator->safe_psql($SPREAD, $discovery), $coordinator->safe_psql($PLAIN, $discovery), 'so do recommendations, and what people see and hide of each other');
$after = $coordinator->safe_psql($PLAIN, $state);
is_same_text($coordinator->safe_psql($SPREAD, $state), $after, 'and the rows are those of the plain database again');

my $upkeep = slurp_file("$TREE/test/long/citus_upkeep.sql");
is_same_text($coordinator->safe_psql($SPREAD, $upkeep), $coordinator->safe_psql($PLAIN, $upkeep), 'what a back end keeps up returns the same');
$after = $coordinator->safe_psql($PLAIN, $state);
is_same_text($coordinator->safe_psql($SPREAD, $state), $after, 'and leaves the same rows');

# The same errors.
foreach my $call (
	q{SELECT submit_exercise('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000002', '', 'python', '[]')},
	q{SELECT start_course('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000002')},
	q{SELECT erase_user('00000000-0000-4000-8000-00000000ffff')}, q{SELECT erase_user(NULL)},
	q{SELECT erase_user('6c656172-6e69-8679-8000-00000000ffff')},
	q{SELECT delete_course('00000000-0000-4000-8000-00000000ffff')},
	q{SELECT refresh_recommendations('00000000-0000-4000-8000-00000000ffff')}, q{SELECT refresh_recommendations(min_lift => -1)},
	q{SELECT score_courses('00000000-0000-4000-8000-00000000ffff', '{00000000-0000-4000-8000-00000000ffff}')}, q{SELECT trending_tags(0)},
	q{SELECT tune_recommendations('0')}, q{SELECT evaluate_recommendations(2)}, q{SELECT evaluate_recommendations(parameters => '{"x": 1}')},
	q{SELECT claim_reviews(0)},
	q{SELECT request_review('00000000-0000-4000-8000-00000000ffff')},
	q{SELECT request_domain_validation('00000000-0000-4000-8000-00000000ffff')}, q{SELECT claim_domain_validations(0)},
	q{SELECT record_domain_validation('00000000-0000-4000-8000-00000000ffff', '{}')},
	q{SELECT record_domain_validation('00000000-0000-4000-8000-00000000ffff', '{"is_valid": true}')},
	q{SELECT restore_shipped_rows('{nothing}')}, q{SELECT import_counts('nothing')}, q{SELECT regenerate_course('00000000-0000-4000-8000-00000000ffff')},
	q{SELECT record_review('00000000-0000-4000-8000-00000000ffff', 1, 2, 3, 4)}, q{SELECT record_review('00000000-0000-4000-8000-00000000ffff', 1, 2, 3, 400)},
	q{SELECT record_review('00000000-0000-4000-8000-00000000ffff', 1, 2, 3, 4, '{}', '00000000-0000-4000-8000-00000000ffff')},
	q{SELECT living_resume('00000000-0000-4000-8000-00000000ffff', '00000000-0000-4000-8000-000000000002')},
	q{SELECT block_user('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000002')},
	q{SELECT block_user('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-00000000ffff')},
	q{SELECT block_user('00000000-0000-4000-8000-00000000ffff', '00000000-0000-4000-8000-000000000002')},
	q{SELECT follow_user('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000001')},
	q{SELECT start_course('00000000-0000-4000-8000-00000000ffff', '00000000-0000-4000-8000-000000000002')},
	q{SELECT register_user('LEARNER-2@example.org', 'correct horse', 'Again')},
	q{SELECT set_email('00000000-0000-4000-8000-000000000004', 'LEARNER-2@example.org')},
	q{SELECT change_email('00000000-0000-4000-8000-000000000004', 'correct horse', 'learner-2@example.org')},
	q{SELECT start_course(NULL, NULL)}, q{SELECT * FROM start_course(course_id => NULL, user_id => NULL)}, q{SELECT award_achievements(NULL)},
	q{SELECT submit_exercise(NULL, NULL, NULL, NULL, NULL)}, q{SELECT enrolled_courses(NULL)}, q{SELECT * FROM following(NULL)},
	q{SELECT follow_user(NULL, '00000000-0000-4000-8000-000000000002')}, q{SELECT accept_follower('00000000-0000-4000-8000-000000000002', NULL)},
	q{PREPARE nobody (uuid) AS SELECT leave_course($1, $1); EXECUTE nobody(NULL)}, q{DO $$ DECLARE nobody uuid; BEGIN PERFORM record_interaction(nobody, nobody, 'saved'); END $$},
	q{SELECT recompute_progress(course_id => '00000000-0000-4000-8000-00000000ffff')})
{
	my @errors = map { ($coordinator->psql($_, "\\set VERBOSITY verbose\n$call"))[2] =~ /(ERROR:  \S+: .*)/ } $PLAIN, $SPREAD;
	is($errors[1], $errors[0], "$call fails alike");
}

# Reviews refer to submissions of the same user.
sub fails_of_reviewed
{
	my ($database, $sql, $state, $message, $name) = @_;
	fails_with($coordinator, $database, qq{
		SELECT s.id AS own, s.user_id, s.module_id FROM architecture_reviews AS r JOIN module_completions AS s ON s.user_id = r.user_id AND s.id = r.submission_id ORDER BY s.user_id LIMIT 1 \\gset
		SELECT s.id AS foreign_id FROM module_completions AS s WHERE s.user_id <> :'user_id' ORDER BY s.user_id, s.submitted_at LIMIT 1 \\gset
		$sql}, $state, $message, "$database: $name");
}
my $review = 'INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score) VALUES';
fails_of_reviewed($PLAIN, "$review (:'user_id', :'module_id', :'foreign_id', 1, 2, 3, 4)", '22023', 'is not of user', 'a submission of another user is refused');
fails_of_reviewed($SPREAD, "$review (:'user_id', :'module_id', :'foreign_id', 1, 2, 3, 4)", '22023|ERROR:  23503', 'is not of user|is not present in table', 'a submission of another user is refused');
foreach my $database ($PLAIN, $SPREAD)
{
	fails_of_reviewed($database, "$review (:'user_id', :'module_id', gen_random_uuid(), 1, 2, 3, 4)", '23503', 'architecture_reviews_submission_id_fkey', 'so is one that there is not');
	fails_of_reviewed($database, "UPDATE module_completions SET id = '00000000-0000-4000-8000-00000000ffff' WHERE user_id = :'user_id' AND id = :'own'", '23503', 'architecture_reviews_submission_id_fkey', 'the id of a reviewed submission stays');
}

like($coordinator->safe_psql($SPREAD, q{EXPLAIN (COSTS OFF) INSERT INTO module_completions (user_id, module_id, language) VALUES ('00000000-0000-4000-8000-000000000002', gen_random_uuid(), 'python')}),
	qr/Task Count: 1\n/, 'a submission goes to one shard');
like($coordinator->safe_psql($SPREAD, q{EXPLAIN (COSTS OFF) SELECT submit_exercise('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000002', '', 'python', '[]')}),
	qr/Task Count: 1\n/, 'so does submit_exercise');

# A session keeps the plans of what runs on a shard for the next call, and forgets them for anything else. The function has
# saved plans of its own; beside a call about a user, it runs on that user's shard.
$coordinator->safe_psql($SPREAD, 'CREATE FUNCTION public.counted() RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT count(*) FROM public.module_completions); END $$');
my ($one) = split /\n/, $coordinator->safe_psql($SPREAD, 'SELECT user_id FROM module_completions GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT 1');
my $on_shard = "SELECT user_stats('$one') IS NOT NULL, public.counted() > 0";
my @in_turns = (
	$on_shard, 'SELECT count(*), sum(score) FROM module_completions', $on_shard, 'SELECT public.counted()', $on_shard, 'SELECT 1 WHERE public.counted() > 0',
	$on_shard, 'SELECT 1 HAVING public.counted() > 0', $on_shard, 'SELECT 1 LIMIT public.counted()', $on_shard, "SELECT course_id FROM enrolled_courses('$one') ORDER BY 1",
	$on_shard, "SELECT count(*) FROM activity_ticker('$one')", $on_shard, "BEGIN; $on_shard; SELECT public.counted(); COMMIT", $on_shard, "SELECT count(*) FROM home_rows('$one')",
	$on_shard, 'DO $$ BEGIN PERFORM public.counted(); END $$', $on_shard, "PREPARE counting AS SELECT public.counted(); EXECUTE counting; $on_shard; EXECUTE counting; DEALLOCATE counting",
	$on_shard, "BEGIN; DECLARE c CURSOR FOR SELECT generate_series(1, 2), public.counted(); FETCH c; $on_shard; FETCH c; COMMIT", 'SELECT count(*) FROM learnify_status()');
my ($home) = grep { ($_->psql($SPREAD, $on_shard))[0] == 0 } @workers;
my $alone = join "\n", grep { $_ ne '' } map { scalar $home->safe_psql($SPREAD, $_) } @in_turns;
is_same_text($home->safe_psql($SPREAD, join ";\n", @in_turns, @in_turns), "$alone\n$alone", 'answers do not depend on what the session did before');
$coordinator->safe_psql($SPREAD, 'DROP FUNCTION public.counted()');

# What does not work says so.
my @refused = split /\n/, $coordinator->safe_psql($SPREAD, q{
	SELECT format('%I(%s)', p.proname, (SELECT string_agg(format('%L::%s', CASE t::regtype::text WHEN 'uuid' THEN '00000000-0000-4000-8000-000000000002' WHEN 'jsonb' THEN '{}'
	                   WHEN 'text' THEN 'x' WHEN 'integer' THEN '1' WHEN 'boolean' THEN 't' WHEN 'double precision' THEN '1' END, t::regtype), ', ' ORDER BY n) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n)))
	FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace AND concat(p.proconfig) LIKE '%not_available%' ORDER BY 1});
is_deeply([ map { s/\(.*//sr } @refused ],
	[qw(import_legacy)],
	'these are the functions that do not work');
fails_with($coordinator, $SPREAD, "SELECT $_", '0A000', 'is not available in a distributed database', "$_ says so") foreach @refused;
my $document = slurp_file("$TREE/doc/distributed.md");
my %named = map { s/\(.*//sr => 1 } @refused;
is_deeply([ grep { $document !~ /`$_`/ } sort keys %named ], [], 'and doc/distributed.md names each');
fails_with($coordinator, $SPREAD, q{SELECT set_variables(c.user_id, '{"ENTITY": "bread"}') FROM generated_courses AS c}, '0A000', 'a function that a query of tables calls', 'what a query of copies calls writes none of them');
is_same_text($coordinator->safe_psql($SPREAD, $state), $after, 'all of which changes nothing');

#
# A role that row-level security binds
#

my $learner = q{00000000-0000-4000-8000-000000000009};
$coordinator->safe_psql('postgres', 'CREATE ROLE spread_reader LOGIN');
$coordinator->safe_psql($SPREAD, 'CREATE ROLE spread_reader LOGIN') if $coordinator->safe_psql($SPREAD, q{SELECT count(*) FROM pg_roles WHERE rolname = 'spread_reader'}) eq '0';
foreach my $worker (@workers)
{
	$worker->safe_psql($SPREAD, q{SET citus.enable_ddl_propagation = off; CREATE ROLE spread_reader LOGIN}) if $worker->safe_psql($SPREAD, q{SELECT count(*) FROM pg_roles WHERE rolname = 'spread_reader'}) eq '0';
}
$coordinator->safe_psql($_, q{SELECT grant_learner('spread_reader')}) foreach $PLAIN, $SPREAD;
is($coordinator->safe_psql($SPREAD, 'SELECT * FROM verify_schema()'), '', 'verify_schema() knows what such a role needs');

# What the role gets, each call in a transaction of its own.
sub answers_to_learner
{
	my ($database, @calls) = @_;
	return join "\n", map { scalar $coordinator->safe_psql($database, "BEGIN; SET LOCAL learnify.user_id = '$learner'; $_; COMMIT", extra_params => [ '-U', 'spread_reader' ]) } @calls;
}
my @calls = (
	'SELECT count(*), count(DISTINCT user_id) FROM user_progress', 'SELECT count(*), count(DISTINCT user_id) FROM module_completions',
	"SELECT count(*), count(DISTINCT user_id) FROM activity_feed WHERE user_id = '$learner'", 'SELECT count(name) FROM users',
	map { "SELECT count(*) FROM $_('$learner')" } qw(activity_ticker home_rows followers following user_stats export_user_rows));
is_same_text(answers_to_learner($SPREAD, @calls), answers_to_learner($PLAIN, @calls), 'a bound role gets the rows that it gets in the plain database');
sub fails_for_learner
{
	my ($sql, $state, $message, $name) = @_;
	my (undef, undef, $stderr) = $coordinator->psql($SPREAD, "\\set VERBOSITY verbose\n$sql", extra_params => [ '-U', 'spread_reader' ]);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	like($stderr, qr/ERROR:  $state: .*$message/s, $name);
}
fails_for_learner('SELECT count(*) FROM user_progress', '42501', 'no user is named on this node', 'without a user, there is an error instead of no rows');
fails_for_learner("SET learnify.user_id = '$learner'; SELECT count(*) FROM user_progress", '42501', 'no user is named on this node', 'so is there with a setting that does not reach the nodes');
fails_for_learner("SET learnify.user_id = '$learner'; SELECT user_stats('$learner')", '42501', 'may not act for user', 'a function says so, too');
fails_for_learner("BEGIN; SET LOCAL learnify.user_id = '$learner'; SELECT count(*) FROM activity_feed", '0A000', 'about several users', 'what would need other shards is refused');
fails_for_learner("BEGIN; SET LOCAL learnify.user_id = '$learner'; SELECT start_course(NULL, NULL)", '22004', 'user_id is null', 'nobody is no crash');
fails_for_learner("BEGIN; SET LOCAL learnify.user_id = '$learner'; SELECT recompute_progress()", '42501', 'permission denied', 'what is about all is refused');
fails_for_learner("BEGIN; SET LOCAL learnify.user_id = '$learner'; SELECT streak_days(gen_random_uuid())", '42501', 'may not act for user', 'others are refused');
# An author who is bound completes a module.
foreach my $database ($PLAIN, $SPREAD)
{
	my $submissions = $coordinator->safe_psql($database, qq{
		SELECT format('SELECT submit_exercise(%L, %L, %L, %L, %L);', c.user_id, e.id, 'x', e.language, (SELECT jsonb_agg(true) FROM generate_series(1, jsonb_array_length(e.test_cases))))
		FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
		WHERE c.user_id = '$learner' AND m.module_number = 1 ORDER BY e.exercise_number});
	$coordinator->safe_psql($database, "BEGIN; SET LOCAL learnify.user_id = '$learner'; $submissions COMMIT", extra_params => [ '-U', 'spread_reader' ]);
}
$after = $coordinator->safe_psql($PLAIN, $state);
is_same_text($coordinator->safe_psql($SPREAD, $state), $after, 'the module of a bound author is completed on all nodes');

# A transaction of an author that is rolled back leaves nothing.
$coordinator->safe_psql($SPREAD, qq{
	BEGIN;
	INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
	SELECT c.user_id, e.module_id, e.id, e.language, true, 50
	FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
	WHERE c.user_id = '$learner' AND m.module_number = 2;
	ROLLBACK});
is_same_text($coordinator->safe_psql($SPREAD, $state), $after, 'what is rolled back leaves nothing on any node');
is($coordinator->safe_psql($SPREAD, 'SELECT count(*) FROM learnify_internal.pending_statuses'), '0', 'and no status is left to be written');

#
# Eight clients at once, while a worker dies, and while shards are moved
#

# Submissions of all learners, of whom some are authors, to courses that are open.
sub start_clients
{
	my ($round) = @_;
	my @clients;
	foreach my $client (1 .. 8)
	{
		my $calls = $coordinator->safe_psql($SPREAD, qq{
			SELECT format('SELECT submit_exercise(%L, %L, %L, %L, %L, 0, 1);', u.id, e.id, 'print($client)', e.language,
			              (SELECT jsonb_agg(true) FROM generate_series(1, jsonb_array_length(e.test_cases))))
			FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
			CROSS JOIN users AS u
			WHERE c.status <> 'archived' AND u.email LIKE 'learner-%' AND u.id <> person(1)
			ORDER BY md5(concat(u.id, e.id, $client, '$round')) LIMIT 60});
		my $file = PostgreSQL::Test::Utils::tempdir() . "/calls.sql";
		append_to_file($file, $calls);
		my $output = '';
		my $started = IPC::Run::start([ 'psql', '-qAtX', '-d', $coordinator->connstr($SPREAD), '-f', $file ], '&>', \$output);
		push @clients, { run => $started, output => \$output };
	}
	return @clients;
}

# Waits for the clients to end, and returns the errors.
sub end_clients
{
	$_->{run}->finish foreach @_;
	return map { ${ $_->{output} } =~ /^.*(?:ERROR|FATAL|connection to server was lost).*$/mg } @_;
}

# What submissions imply is what is there, on all nodes.
sub holds_together
{
	my ($name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$coordinator->safe_psql($SPREAD, 'SELECT recover_prepared_transactions()');
	is($coordinator->safe_psql($SPREAD, q{SELECT format('SELECT recompute_progress(%L, %L)', p.user_id, p.course_id) FROM user_progress AS p WHERE p.user_id <> person(1) \gexec}) =~ s/^0\n?//mgr, '', "$name, progress is what submissions imply");
	is($coordinator->safe_psql($SPREAD, 'SELECT count(*) FROM learnify_internal.pending_statuses'), '0', "$name, no status is left to be written");
	is($coordinator->safe_psql($SPREAD, q{SELECT count(*) FROM (SELECT f.user_id, f.activity_type, f.reference_id FROM activity_feed AS f GROUP BY 1, 2, 3 HAVING count(*) > 1) AS f}), '0', "$name, nothing was told twice");
}

my $submitted = 'SELECT count(*) FROM module_completions';
my $count = $coordinator->safe_psql($SPREAD, $submitted);
my @clients = start_clients('a worker dies');
$coordinator->poll_query_until($SPREAD, "SELECT ($submitted) > $count + 20") or die 'nothing is submitted';
$workers[1]->stop('immediate');
$workers[1]->start;
end_clients(@clients);
holds_together('after a worker has died');

# A soak: eight clients do what people do, of all learners while every shard is moved, and of three
# learners, who are often locked. What a move or a deadlock has broken off is sent again.
my %weights = (submit => 20, enrol => 4, leave => 3, follow => 5, correct => 5, read => 8, award => 2, erase => 3);
my $seconds = $ENV{SOAK_SECONDS} // 120;
$coordinator->safe_psql($SPREAD, q{UPDATE users SET follow_policy = 'open'; DELETE FROM learnify_internal.user_blocks});

sub start_soak
{
	my ($learners) = @_;
	my %run = (stdout => '', stderr => '');
	$coordinator->safe_psql($SPREAD, qq{
		DROP TABLE IF EXISTS soak_calls;
		CREATE TABLE soak_calls AS
		WITH learners AS (SELECT u.id FROM users AS u WHERE u.email LIKE 'learner-%' AND u.id <> person(1) ORDER BY u.id LIMIT $learners)
		SELECT row_number() OVER () AS n, u.id AS user_id, o.id AS other_id, c.id AS course_id, e.id AS exercise_id, e.language,
		       (SELECT jsonb_agg(true) FROM generate_series(1, jsonb_array_length(e.test_cases))) AS tests
		FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
		CROSS JOIN learners AS u JOIN learners AS o ON o.id <> u.id
		WHERE c.status <> 'archived' AND c.user_id <> person(1)});
	my $calls = $coordinator->safe_psql($SPREAD, 'CREATE INDEX ON soak_calls (n); SELECT count(*) FROM soak_calls');
	$run{harness} = IPC::Run::start(
		[   'pgbench', '-n', '-c', 8, '-T', $seconds, '-D', "calls=$calls", '--random-seed', 7, '--max-tries', 1000,
			(map { ('-f', "$TREE/test/long/citus_soak/$_.sql\@$weights{$_}") } sort keys %weights), $coordinator->connstr($SPREAD) ],
		'>', \$run{stdout}, '2>', \$run{stderr});
	return \%run;
}

sub end_soak
{
	my ($run, $name) = @_;
	$run->{harness}->finish;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($run->{stderr} =~ s/^pgbench: setting random seed to \d+\n?//r, '', "$name, clients meet no error that they could not send again");
	is($run->{stdout} =~ /number of failed transactions: ([1-9]\d*)/ ? $1 : 0, 0, "$name, no transaction fails");
	my ($processed) = $run->{stdout} =~ /number of transactions actually processed: (\d+)/;
	my ($retried) = $run->{stdout} =~ /number of transactions retried: (\d+)/;
	cmp_ok($processed // 0, '>', 0, "$name, they do something");
	note("$processed transactions in $seconds s, $retried sent again: $name");
}

my $soak = start_soak(12);
my $move = q{SELECT format('SELECT citus_move_shard_placement(%s, %L, %s, %L, %s, %L)', min(s.shardid), f.nodename, f.nodeport, t.nodename, t.nodeport, 'block_writes')
	FROM pg_dist_shard AS s JOIN pg_dist_placement AS p USING (shardid) JOIN pg_dist_node AS f USING (groupid) JOIN pg_dist_node AS t ON t.groupid > 0 AND t.groupid <> f.groupid
	WHERE s.logicalrelid = 'user_progress'::regclass GROUP BY s.shardid, f.nodename, f.nodeport, t.nodename, t.nodeport ORDER BY s.shardid};
$coordinator->safe_psql($SPREAD, "$move \\gexec");
end_soak($soak, 'while every shard is moved');
holds_together('after the shards have been moved');
end_soak(start_soak(3), 'on three learners');
holds_together('after three learners have met each other');

# Each node has the same copies.
foreach my $table (split /\n/, $coordinator->safe_psql($SPREAD, q{SELECT format('%s_%s', p.logicalrelid::regclass, s.shardid) FROM pg_dist_partition AS p JOIN pg_dist_shard AS s USING (logicalrelid) WHERE p.partmethod = 'n' ORDER BY 1}))
{
	my @digests = map { $_->safe_psql($SPREAD, "SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) FROM $table AS t") } $coordinator, @workers;
	is_deeply([ @digests[ 1, 2 ] ], [ @digests[ 0, 0 ] ], "each node has the same $table");
}

# Who is erased is on no node any more, erased by a role that is no superuser. Citus drops what it has
# moved later, which could make the erasure the victim of a deadlock.
$coordinator->safe_psql($SPREAD, 'CALL citus_cleanup_orphaned_resources()');
$coordinator->poll_query_until($SPREAD, 'SELECT count(*) = 0 FROM pg_dist_cleanup') or die 'shards that were moved are not dropped';
$coordinator->safe_psql($SPREAD, 'CREATE ROLE spread_backend LOGIN');
$coordinator->safe_psql($SPREAD, q{SELECT grant_backend('spread_backend')});
is($coordinator->safe_psql($SPREAD, 'SELECT * FROM verify_schema()'), '', 'verify_schema() knows what a back end needs');
$coordinator->safe_psql($SPREAD, qq{SELECT erase_user('$learner')}, extra_params => [ '-U', 'spread_backend' ]);
foreach my $node ($coordinator, @workers)
{
	is($node->safe_psql($SPREAD, q{SET citus.override_table_visibility = off;
		SELECT format('SELECT %L FROM %s AS t WHERE t::text LIKE %L', c.oid::regclass, c.oid::regclass, '%000000000009%')
		FROM pg_class AS c WHERE c.relkind = 'r' AND c.relname ~ '_[0-9]+$' AND c.relnamespace IN ('public'::regnamespace, 'learnify_internal'::regnamespace) \gexec}),
		'', 'nothing is left of who was erased on ' . $node->name);
}

fails_with($_, $SPREAD, q{SET citus.enable_ddl_propagation = off; ALTER EXTENSION learnify UPDATE TO '0.5.0'}, '55000', 'cannot be updated while its tables are distributed', 'an update is refused on ' . $_->name) foreach $coordinator, $workers[0];
fails_with($_, $SPREAD, 'SET citus.enable_ddl_propagation = off; SET learnify.allow_data_loss = on; DROP EXTENSION learnify', '55000', 'while its tables are distributed', 'DROP EXTENSION would leave shards, and is refused on ' . $_->name) foreach $coordinator, $workers[0];

# The way back is a dump of the coordinator, because Citus undistributes no table of an extension.
fails_with($coordinator, $SPREAD, q{SELECT undistribute_table('user_progress', cascade_via_foreign_keys => true)}, 'XX000', 'an extension depends on it', 'Citus does not undistribute the tables');
create_database($coordinator, 'back');
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump.sql';
quietly($coordinator, 'the coordinator is dumped', 'pg_dump', '-e', 'learnify', '-f', $dump, '-d', $coordinator->connstr($SPREAD));

# Restores as doc/distributed.md says.
sub restore_spread
{
	my ($database) = @_;
	quietly($coordinator, "the dump is restored into $database without output",
		'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $coordinator->connstr($database),
		'-c', 'SET client_min_messages = warning', '-c', 'CREATE EXTENSION IF NOT EXISTS learnify',
		'-f', $dump, '-c', 'SELECT public.refresh_search()');
}

$coordinator->safe_psql($SPREAD, 'SELECT refresh_search()');
restore_spread('back');
is_same_text($coordinator->safe_psql('back', $state), $coordinator->safe_psql($SPREAD, $state), 'a dump of the coordinator has all rows, restored into a plain database');
is($coordinator->safe_psql('back', q{SELECT * FROM verify_schema() WHERE kind NOT LIKE 'privilege of %'}), '', 'which is as the extension makes it');

# The dump can also be restored where it is to be distributed.
prepare_nodes('again');
join_nodes('again');
restore_spread('again');
is($coordinator->safe_psql('again', 'SELECT learnify_distribute(4)'), '27', 'what was restored is distributed again');
is_same_text($coordinator->safe_psql('again', $state), $coordinator->safe_psql($SPREAD, $state), 'with all rows, and nothing is told twice');

# An update: the next version's files on each server, new databases, and the same dump.
my $next = PostgreSQL::Test::Utils::tempdir() . '/next';
my ($bindir) = run_command([ $ENV{PG_CONFIG}, '--bindir' ]);
my $installation = $ENV{LEARNIFY_BINDIR} =~ s/\Q$bindir\E$//r;
like((run_command([ "$TREE/test/long/next_version.sh", $next ]))[0], qr/^ok \d+ - at most four files/m, 'the next version is made');
system_or_bail('make', '-s', '-C', $next, "PG_CONFIG=$ENV{PG_CONFIG}", 'with_llvm=no', "DESTDIR=$installation", 'install');
$_->restart foreach @workers, $coordinator;
prepare_nodes('updated');
join_nodes('updated');
restore_spread('updated');
is($coordinator->safe_psql('updated', q{SELECT extversion FROM pg_extension WHERE extname = 'learnify'}), '1.1.0', 'the next version');
lose_worker_while_distributing('updated');
is($coordinator->safe_psql('updated', 'SELECT learnify_distribute(8)'), '27', 'what was restored into it is distributed when the function is called again');
is_same_text($coordinator->safe_psql('updated', $state), $coordinator->safe_psql($SPREAD, $state), 'with all rows, and nothing is told twice');
is($coordinator->safe_psql('updated', 'SELECT * FROM verify_schema()'), '', 'and is as the next version makes it');
fails_with($coordinator, 'updated', q{SELECT tag_weight(gen_random_uuid(), 'x')}, '0A000', 'tag_weight is not available', 'a function of which nobody has said where it runs says so');

$_->stop foreach @workers, $coordinator;
done_testing();
