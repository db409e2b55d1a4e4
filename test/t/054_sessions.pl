# Functions and triggers do the same in every database and every session: whatever locale
# and provider the database has, and whatever the session's settings for texts, plans and
# transactions are.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;
use Platform;

my $INSTANT = qr/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d(?::\d\d)?/;

# Locales of the C library that a machine may not have, made for this test.
my %has_locale = (C => 1);
$ENV{LOCPATH} = PostgreSQL::Test::Utils::tempdir();
foreach my $locale (qw(en_US tr_TR))
{
	$has_locale{"$locale.UTF-8"} = IPC::Run::run([ 'localedef', '-i', $locale, '-f', 'UTF-8', "$ENV{LOCPATH}/$locale.UTF-8" ], '>&', \my $output);
}

my $node = start_node('main');
populate($node, 'app');
my ($ann, $bob) = split /\n/, quiet_psql($node, 'app', q{SELECT id FROM users WHERE name IN ('Learner 4', 'Learner 5') ORDER BY name});

# Texts whose order and case depend on the locale, and a schema to import.
quiet_psql($node, 'app', <<~SQL, 'add texts whose order and case depend on the locale');
	SET client_min_messages = warning;
	SELECT register_user(address, 'correct horse', name) FROM (VALUES ('Ilker.ISIK\@example.org', 'İlker'), ('zoe\@example.org', 'émile'), ('eve\@example.org', 'Zoë')) AS u (address, name);
	INSERT INTO course_tags (course_id, tag) SELECT c.id, t.tag FROM generated_courses AS c, unnest('{I,i,ı,İ,z,Z,é,a-b,ab,a b,_x,10,9}'::text[]) AS t (tag);
	SELECT follow_user(u.id, '$ann') FROM users AS u WHERE u.email LIKE '%\@example.org' AND u.id <> '$ann' AND u.name <> 'Former author';
	SELECT set_variables('$ann', '{"ı": "1", "i": "2", "I": "3", "İ": "4", "_": "5", "Z": "6", "é": "7"}');
	SELECT refresh_recommendations();
	-- a claim that does not end while this runs
	UPDATE learnify_internal.model_requests SET due_at = now() + interval '1 day' WHERE tries > 0;
	CREATE SCHEMA legacy;
	CREATE TABLE legacy.users (id integer, email text, password_hash text, name varchar(50), created_at timestamp);
	INSERT INTO legacy.users VALUES (1, 'INGRID\@example.org', '!', E'O\\'Neill \\\\ I', '2020-03-01 12:00'), (2, 'ingrid\@Example.org', '!', 'Twice', '2020-01-02 12:00');
	CREATE TABLE legacy.generated_courses (id integer, user_id integer, title text, meta_category text, status text, created_at text);
	INSERT INTO legacy.generated_courses VALUES (7, 1, 'Title', 'DIGITAL', 'ACTIVE', '2020-02-03 04:05:06'), (8, 2, 'Archive', 'civic', 'Archived', '2020-02-30');
	CREATE TABLE legacy.blueprint_modules (module_number integer, concept_slug text, title_template text, description_template text, difficulty text, estimated_hours float8, content_template json);
	INSERT INTO legacy.blueprint_modules VALUES (9, 'nine', '{ENTITY}', '', 'INTERMEDIATE', 1.5, '{"lessons": []}'), (10, 'ten', '{ENTITY}', '', 'impossible', 1, '[]');
	SQL
my $course = quiet_psql($node, 'app', "SELECT id FROM generated_courses WHERE user_id = '$bob'");
my $exercise = quiet_psql($node, 'app', "SELECT e.id FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id WHERE m.course_id = '$course' ORDER BY m.module_number DESC, e.exercise_number LIMIT 1");
my %readers = reader_calls($node, 'app', ann => $ann, bob => $bob, course => $course, exercise => $exercise);
my @readers = map { @$_ } values %readers;
# The ages of caches change, and a table has no column of type void.
my %columns = ('learnify_status()' => 'version, row_counts, exposed_to FROM learnify_status()', 'require_backend()' => 'require_backend() IS NULL AS ok');

# Calls of functions that write, and statements, in an order in which all succeed.
my @writers = (
	q{SELECT authenticate(' ILKER.isik@EXAMPLE.ORG ', 'correct horse') IS NOT NULL, authenticate('ilker.isik@example.org', 'wrong') IS NULL},
	q{SELECT register_user('I@example.org', 'correct horse', 'I', 'Asia/Kathmandu') IS NOT NULL},
	q{SELECT refresh_trending('2026-11-01T12:00Z') >= 0, refresh_trending() > 0, refresh_recommendations() > 0},
	"SELECT start_course(u.id, '$course') IS NOT NULL FROM users AS u WHERE u.name = 'İlker'",
	"SELECT submit_exercise('$ann', '$exercise', 'code', 'python', (SELECT jsonb_agg(true) FROM exercises AS e, jsonb_array_elements(e.test_cases) WHERE e.id = '$exercise'), 1, 30, '00000000-0000-4000-8000-000000000001')",
	q{SELECT record_review('00000000-0000-4000-8000-000000000001', 91, 92, 93, 94, '{"taste": "fine"}') IS NOT NULL},
	q{INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at, time_spent_minutes)
	  SELECT u.id, e.module_id, e.id, e.language, true, 87.5, '2026-11-02T23:30:00Z', 5 FROM users AS u, exercises AS e WHERE u.name = 'Learner 7'},
	q{UPDATE module_completions SET score = 33.25, passed = false WHERE user_id = (SELECT id FROM users WHERE name = 'Learner 3')},
	"SELECT unfollow_user('$bob', '$ann'), follow_user('$bob', '$ann')",
	"SELECT dismiss_recommendation('$ann', id) FROM generated_courses WHERE user_id <> '$ann' AND status = 'active'",
	"SELECT choose_archetype('$ann', 'Digital', 'İstanbul tramways', 'novice') IS NOT NULL",
	q{SELECT request_domain_validation(id) IS NOT NULL FROM user_archetypes WHERE domain = 'İstanbul tramways'},
	q{SELECT bool_and(record_domain_validation(ticket, '{"is_valid": true, "reason": "fine", "variables": {"STATE": "x"}}') IS NOT NULL) FROM claim_domain_validations(20, '90 min', 3)},
	"SELECT generate_course('$ann', '{\"EVENT\": \"\\u0131\", \"CAPSTONE_GOAL\": \"a planner\"}') IS NOT NULL",
	q{SELECT recompute_progress() >= 0},
	"SELECT award_achievements('$ann') >= 0",
	"SELECT leave_course('$bob', c.id) FROM generated_courses AS c WHERE c.user_id = '$ann' LIMIT 1",
	q{SELECT rows_read, rows_written, rows_refused, rows_adjusted, reason, samples FROM import_legacy('legacy', 'Europe/Berlin') WHERE rows_read > 0},
	q{SELECT rows_read, rows_written, rows_present FROM import_legacy('legacy', 'Europe/Berlin', true) WHERE rows_read > 0},
	q{DELETE FROM exercises WHERE exercise_number = 2},
	q{SELECT restore_shipped_rows() > 0},
	q{SELECT erase_user(id) FROM users WHERE name = 'Learner 7'},
	q{SELECT * FROM verify_schema()});

# Runs all functions that read in a session with these settings, and returns their results.
# These are kept in a table and printed later, so that only what they are is compared, not how
# the session prints it.
sub read_results
{
	my ($database, @settings) = @_;
	my $settings = join '', map { "SET $_;\n" } @settings;
	my $reads = "$settings\\set ON_ERROR_STOP 1\n";
	foreach my $n (0 .. $#readers)
	{
		my $from = $columns{ $readers[$n] } // ($readers[$n] =~ / FROM / ? $readers[$n] : "x.* FROM $readers[$n] AS x");
		$reads .= "CREATE TEMP TABLE read_$n AS SELECT row_number() OVER () AS n, r.* FROM (SELECT $from) AS r;\n";
	}
	$reads .= "RESET ALL; SET extra_float_digits = 0;\n" . join '', map { "SELECT \$c\$$readers[$_]\$c\$, r FROM (SELECT * FROM read_$_ ORDER BY n) AS r;\n" } 0 .. $#readers;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return quiet_psql($node, $database, $reads, "$database: functions that read succeed");
}

# Runs all that write in a session with these settings, and returns what they return and the
# rows afterwards.
sub written_rows
{
	my ($database, @settings) = @_;
	my $settings = join '', map { "SET $_;\n" } @settings;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $written = quiet_psql($node, $database, "${settings}SET client_min_messages = error; SET learnify.password_cost = 4;\n" . join(";\n", @writers), "$database: functions that write succeed");
	my $tables = quiet_psql($node, $database, join '', map { "SELECT '$_', t FROM $_ AS t;\n" } sort keys %{ table_columns($node, $database) });
	return $written . "\n" . masked($tables);
}

# Masks random ids, times, hashes and digits of numbers beyond the sixth, and sorts the rows.
sub masked
{
	my ($text) = @_;
	$text =~ s/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/<id>/g;
	$text =~ s/$INSTANT/<instant>/g;
	$text =~ s/\$2b\$04\$[^,]{53}/<hash>/g;
	$text =~ s/(\d+\.\d{6})\d+/$1/g;
	return join "\n", sort split /\n/, $text;
}

# A session with the defaults, in a database in C.
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
quietly($node, 'pg_dump', 'pg_dump', '-f', $dump, '-d', $node->connstr('app'));
copy_database($node, 'plain', 'app');
my $read = read_results('plain');
my $written = written_rows('plain');
cmp_ok(length $read, '>', 10000, 'functions return rows');

my %sessions = (
	texts => [
		"DateStyle = 'SQL, DMY'", 'IntervalStyle = sql_standard', 'extra_float_digits = -15', 'bytea_output = escape', 'quote_all_identifiers = on',
		'transform_null_equals = on', 'standard_conforming_strings = off', 'escape_string_warning = off', 'backslash_quote = off', 'array_nulls = off', 'xmlbinary = hex', "lc_numeric = 'C.UTF-8'",
		"lc_monetary = 'C.UTF-8'", "lc_time = 'C.UTF-8'", "lc_messages = 'C.UTF-8'" ],
	zone => ["TimeZone = 'Pacific/Apia'"],
	generic_plans => [
		'plan_cache_mode = force_generic_plan', 'enable_indexscan = off', 'enable_indexonlyscan = off', 'enable_bitmapscan = off', 'enable_nestloop = off',
		'enable_memoize = off', 'constraint_exclusion = on', "work_mem = '64kB'", 'jit = off' ],
	compiled => [ 'jit_above_cost = 0', 'jit_inline_above_cost = -1', 'jit_optimize_above_cost = -1' ],
	parallel => [ 'jit = off', 'parallel_setup_cost = 0', 'parallel_tuple_cost = 0', 'min_parallel_table_scan_size = 0', 'min_parallel_index_scan_size = 0' ],
	custom_plans => [
		'plan_cache_mode = force_custom_plan', 'enable_seqscan = off', 'enable_hashjoin = off', 'enable_mergejoin = off', 'enable_hashagg = off', 'enable_sort = off',
		'enable_material = off', 'geqo_threshold = 2', 'from_collapse_limit = 1', 'join_collapse_limit = 1', 'jit = off' ],
	transactions => [
		"default_transaction_isolation = 'repeatable read'", 'check_function_bodies = off', 'session_replication_role = local', 'plpgsql.variable_conflict = use_column',
		"plpgsql.extra_errors = 'all'", 'plpgsql.check_asserts = off', "statement_timeout = '1h'", 'synchronous_commit = off' ],
	serializable => [ "default_transaction_isolation = 'serializable'", 'default_transaction_deferrable = on' ]);
# First many together, then each alone, the slowest last.
foreach my $session (cases(3, 'texts and transactions', 'zone and custom_plans', 'serializable', qw(texts zone transactions custom_plans generic_plans parallel compiled)))
{
	my @settings = map { @{ $sessions{$_} } } split / and /, $session;
	my $database = copy_database($node, $session =~ tr/ /_/r, 'app');
	my $other_read = read_results($database, @settings);
	# PostgreSQL writes instants into JSON in the session's time zone
	my ($got, $expected) = map { $session =~ /zone/ ? s/$INSTANT/<instant>/gr : $_ } $other_read, $read;
	is_same_text($got, $expected, "$session: what functions return is the same");
	# each statement would start parallel workers, or be compiled
	next if $session =~ /^(?:compiled|parallel)$/;
	is_same_text(written_rows($database, @settings), $written, "$session: what functions write is the same");
}

is(quiet_psql($node, 'app', "SET TimeZone = 'Pacific/Apia'; SELECT (export_user(id) -> 'users' ->> 'created_at')::timestamptz = created_at FROM users WHERE id = '$ann'"),
	't', 'an instant in a document is the same in every time zone');

# A session that must not write gets an error from what writes, and answers from what reads.
is(quiet_psql($node, 'app', "SET default_transaction_read_only = on; SELECT count(*) > 0 FROM home_rows('$ann')"), 't', 'a session that must not write can read');
refused($node, 'app', "SET default_transaction_read_only = on; $writers[2]", qr/cannot execute .* in a read-only transaction/, 'a session that must not write');

my %databases = (
	en_us => [ "LOCALE 'en_US.UTF-8'", 'en_US.UTF-8' ],
	tr_tr => [ "LOCALE 'tr_TR.UTF-8'", 'tr_TR.UTF-8' ],
	icu_en => [ "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'", 'icu' ],
	icu_tr => [ "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C'", 'icu' ],
	icu_upper => [ "LOCALE_PROVIDER icu ICU_LOCALE 'en-US-u-kf-upper-kn-true' LOCALE 'C'", 'icu' ]);
$has_locale{icu} = quiet_psql($node, 'app', q{SELECT count(*) FROM pg_collation WHERE collprovider = 'i'}) > 0;
foreach my $database (cases(2, qw(tr_tr icu_upper en_us icu_en icu_tr)))
{
	my ($how, $needs) = @{ $databases{$database} };
	SKIP:
	{
		skip "there is no locale $needs here", 1 unless $has_locale{$needs};
		$node->safe_psql('postgres', "CREATE DATABASE $database ENCODING 'UTF8' $how TEMPLATE template0");
		restore_with_psql($node, $database, $dump);
		is_same_text(read_results($database), $read, "$database: what functions return is the same, in the same order");
		is_same_text(written_rows($database), $written, "$database: what functions write is the same");
	}
}

$node->stop;
done_testing();
