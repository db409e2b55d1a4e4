# Settings of the session that creates or updates the extension, and of the one that calls
# verify_schema(), must make no difference to the catalog and to the rows that ship.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my @SETTINGS = (
	# how texts are parsed
	[ 'standard_conforming_strings', 'off' ], [ 'backslash_quote', 'off' ], [ 'backslash_quote', 'on' ], [ 'escape_string_warning', 'off' ],
	[ 'array_nulls', 'off' ], [ 'transform_null_equals', 'on' ], [ 'xmloption', 'document' ], [ 'timezone_abbreviations', 'Australia' ],
	[ 'default_text_search_config', 'pg_catalog.german' ],
	# how they are printed
	[ 'quote_all_identifiers', 'on' ], [ 'bytea_output', 'escape' ], [ 'DateStyle', 'SQL, DMY' ], [ 'DateStyle', 'German' ],
	[ 'IntervalStyle', 'sql_standard' ], [ 'IntervalStyle', 'iso_8601' ], [ 'TimeZone', 'Asia/Kathmandu' ], [ 'TimeZone', 'Pacific/Apia' ],
	[ 'extra_float_digits', '-15' ], [ 'extra_float_digits', '3' ], [ 'client_encoding', 'LATIN1' ], [ 'client_encoding', 'SQL_ASCII' ],
	[ 'lc_messages', 'C.UTF-8' ], [ 'lc_numeric', 'C.UTF-8' ], [ 'lc_monetary', 'C.UTF-8' ], [ 'lc_time', 'C.UTF-8' ], [ 'xmlbinary', 'hex' ],
	# where objects lie, and of what kind they are
	[ 'default_toast_compression', 'lz4' ], [ 'default_table_access_method', 'other_heap' ], [ 'check_function_bodies', 'off' ],
	[ 'search_path', '' ], [ 'search_path', 'decoys, public, pg_catalog' ], [ 'search_path', 'pg_temp, "$user", "no such schema"' ],
	[ 'search_path', 'information_schema, public' ], [ 'default_statistics_target', '10000' ], [ 'password_encryption', 'md5' ],
	# who acts
	[ 'role', 'installer' ], [ 'row_security', 'off' ], [ 'session_replication_role', 'replica' ], [ 'session_replication_role', 'local' ],
	[ 'createrole_self_grant', 'set, inherit' ], [ 'allow_system_table_mods', 'on' ],
	# PL/pgSQL
	[ 'plpgsql.variable_conflict', 'use_column' ], [ 'plpgsql.variable_conflict', 'use_variable' ], [ 'plpgsql.extra_warnings', 'all' ],
	[ 'plpgsql.extra_errors', 'all' ], [ 'plpgsql.print_strict_params', 'on' ], [ 'plpgsql.check_asserts', 'off' ],
	# transactions
	[ 'default_transaction_isolation', 'serializable' ], [ 'default_transaction_isolation', 'repeatable read' ], [ 'default_transaction_deferrable', 'on' ],
	[ 'lock_timeout', '100' ], [ 'synchronous_commit', 'off' ],
	# our own
	[ 'learnify.automation', 'off' ], [ 'learnify.notify', 'on' ], [ 'learnify.user_id', '00000000-0000-4000-8000-000000000001' ], [ 'learnify.allow_data_loss', 'on' ]);

# Settings of the planner, which would make queries very slow if they were tried together.
my @PLANS = (
	[ 'constraint_exclusion', 'on' ], [ 'jit_above_cost', '0' ], [ 'enable_seqscan', 'off' ], [ 'enable_indexscan', 'off' ], [ 'enable_hashjoin', 'off' ],
	[ 'enable_mergejoin', 'off' ], [ 'enable_nestloop', 'off' ], [ 'enable_hashagg', 'off' ], [ 'enable_sort', 'off' ], [ 'enable_material', 'off' ],
	[ 'plan_cache_mode', 'force_generic_plan' ], [ 'plan_cache_mode', 'force_custom_plan' ], [ 'force_parallel_mode', 'on' ], [ 'geqo_threshold', '2' ],
	[ 'from_collapse_limit', '1' ], [ 'join_collapse_limit', '1' ], [ 'work_mem', '64kB' ]);
push @SETTINGS, @PLANS if $ENV{EVERY_CASE};

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
$node->safe_psql('postgres', q{CREATE ROLE installer SUPERUSER});

my %has_setting = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', q{LOAD 'plpgsql'; SELECT lower(name) FROM pg_settings});
my @settings = grep { $has_setting{ lc $_->[0] } || $_->[0] =~ /^learnify|^role$/ } @SETTINGS;
cmp_ok(scalar(@settings), '>', 45, 'the server knows the settings');

# The catalog, its objects' access methods, and the rows. The owner is left out.
sub contents
{
	my ($database) = @_;
	return join "\n", fingerprint($node, $database) =~ s/\binstaller\b/postgres/gr, row_digests($node, $database), quiet_psql($node, $database, q{
		SELECT c.oid::regclass, a.amname FROM pg_class AS c JOIN pg_am AS a ON a.oid = c.relam JOIN pg_depend AS d ON d.objid = c.oid AND d.deptype = 'e' ORDER BY c.oid::regclass::text COLLATE "C"});
}

# The database that each one is a copy of: with another access method, decoys for unqualified
# names, and event triggers that watch.
sub make_template
{
	my ($name, $extension) = @_;
	create_database($node, $name, $extension);
	quiet_psql($node, $name, q{
		CREATE ACCESS METHOD other_heap TYPE TABLE HANDLER heap_tableam_handler;
		CREATE SCHEMA decoys;
		CREATE TABLE decoys.users (id integer);
		CREATE TABLE decoys.pg_class (id integer);
		CREATE FUNCTION decoys.jsonb_build_object(VARIADIC "any") RETURNS jsonb LANGUAGE internal AS 'jsonb_build_object_noargs';
		CREATE FUNCTION decoys.lower(text) RETURNS text LANGUAGE sql RETURN 'decoy';
		GRANT ALL ON SCHEMA decoys TO PUBLIC;
		CREATE TABLE decoys.log (tag text);
		CREATE FUNCTION decoys.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO decoys.log VALUES (tg_tag); END $$;
		CREATE FUNCTION decoys.watch_end() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO decoys.log SELECT c.command_tag FROM pg_event_trigger_ddl_commands() AS c; END $$;
		CREATE EVENT TRIGGER watch_start ON ddl_command_start EXECUTE FUNCTION decoys.watch();
		CREATE EVENT TRIGGER watch_end ON ddl_command_end EXECUTE FUNCTION decoys.watch_end();
		CREATE EVENT TRIGGER watch_drop ON sql_drop EXECUTE FUNCTION decoys.watch();
		CREATE EVENT TRIGGER watch_rewrite ON table_rewrite EXECUTE FUNCTION decoys.watch()});
}
make_template('empty');
make_template('old', "CREATE EXTENSION learnify VERSION '0.5.0'");
create_database($node, 'plain', 'CREATE EXTENSION learnify; CREATE ACCESS METHOD other_heap TYPE TABLE HANDLER heap_tableam_handler');
my $expected = contents('plain');

sub same_catalog
{
	my ($name, $set, $template, $command) = @_;
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS tried');
	copy_database($node, 'tried', $template);
	my ($status, undef, $stderr) = $node->psql('tried', "SET client_min_messages = error;\n$set$command", on_error_stop => 1);
	is("$status: $stderr", '0: ', "$name: the command succeeds");
	is_same_text(contents('tried'), $expected, "$name: the catalog and the rows are the same");
	is(quiet_psql($node, 'tried', 'SELECT * FROM verify_schema()'), '', "$name: verify_schema() finds nothing");
}

# Tries settings together, each name once in a group; test/long/every_case.sh tries each alone.
my @groups;
foreach my $setting (@settings)
{
	my ($group) = $ENV{EVERY_CASE} ? () : grep { !exists $_->{ $setting->[0] } } @groups;
	push @groups, $group = {} if !defined $group;
	$group->{ $setting->[0] } = $setting->[1];
}
foreach my $group (@groups)
{
	my $name = join ', ', map { "$_ = '$group->{$_}'" } sort keys %$group;
	# the role last, since a superuser's settings come before
	my $set = join '', map { "SELECT set_config('$_', \$\$$group->{$_}\$\$, false) \\g /dev/null\n" } sort { ($a eq 'role') - ($b eq 'role') || $a cmp $b } keys %$group;
	same_catalog("CREATE with $name", $set, 'empty', 'CREATE EXTENSION learnify SCHEMA public');
	same_catalog("UPDATE with $name", $set, 'old', 'ALTER EXTENSION learnify UPDATE');
	my ($status, $stdout, $stderr) = $node->psql('plain', "SET client_min_messages = error;\n${set}SELECT * FROM public.verify_schema()", on_error_stop => 1);
	is("$status: $stderr$stdout", '0: ', "verify_schema() with $name");
}

# A constant in plain quotes with a backslash is another one where standard_conforming_strings
# is off, in scripts and in bodies that are strings.
sub backslashes
{
	my ($sql) = @_;
	my @constants;
	while ($sql =~ /\G(?:(--[^\n]*|[Ee]'(?:[^'\\]|\\.|'')*'|"[^"]*"|\$(\w*)\$.*?\$\2\$)|('(?:[^']|'')*')|.)/gs)
	{
		my $constant = $3 // '';
		push @constants, $constant if $constant =~ /\\/;
	}
	return @constants;
}
my ($script) = glob $node->safe_psql('postgres', q{SELECT setting FROM pg_config WHERE name = 'SHAREDIR'}) . "/extension/learnify--$VERSIONS[-1].sql";
is_deeply([ backslashes(slurp_file($script)) ], [], 'no constant of the script has a backslash in plain quotes');
is_deeply([ backslashes(q{SELECT 'a\d', E'a\\d' -- 'a\d'
	'$' "'\'"}) ], [q{'a\d'}], 'one would be found');
my %body = map { split /\x01/, $_, 2 } split /\x02/, quiet_psql($node, 'plain', q{
	SELECT string_agg(p.proname || E'\x01' || p.prosrc, E'\x02')
	FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
	WHERE e.extname = 'learnify' AND p.prosqlbody IS NULL AND coalesce(NOT p.proconfig @> '{standard_conforming_strings=on}', true)
	  -- import_legacy calls these, and sets it
	  AND p.proname !~ '^import_'});
cmp_ok(scalar(keys %body), '>', 50, 'bodies are searched');
is_deeply([ map { my $name = $_; map { "$name: $_" } backslashes($body{$name}) } sort keys %body ], [], 'no body has one, unless it sets standard_conforming_strings');

$node->stop;
done_testing();
