# The extension, and with it all rows of its tables, is not dropped by accident.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\nclient_min_messages = warning\n");
$node->start;
$node->safe_psql('postgres', q{CREATE ROLE installer SUPERUSER; CREATE ROLE owner; CREATE ROLE stranger});

my $REFUSAL = qr/ERROR:  55000: dropping learnify would lose the data in .*users.*\nHINT:  Dump the database first\. SET learnify\.allow_data_loss = on/;
my $is_there = q{SELECT count(*) FROM pg_extension WHERE extname = 'learnify'};

sub database_with_data
{
	my ($name, $schema) = @_;
	create_database($node, $name);
	quiet_psql($node, $name, qq{SET ROLE installer; } . ($schema eq 'public' ? '' : qq{CREATE SCHEMA "$schema"; }) . qq{
		CREATE EXTENSION learnify SCHEMA "$schema"; SET search_path = "$schema", public; SET learnify.password_cost = 4;
		SELECT register_user('ann\@example.org', 'correct horse', 'Ann')});
	return $name;
}

my $database = database_with_data('filled', 'Learn it');
foreach my $command ('DROP EXTENSION learnify', 'DROP EXTENSION IF EXISTS learnify', 'DROP EXTENSION learnify CASCADE', 'DROP EXTENSION plpgsql, learnify CASCADE',
	'DROP SCHEMA "Learn it" CASCADE', 'DROP SCHEMA IF EXISTS public, "Learn it" CASCADE', 'DROP OWNED BY stranger, installer', 'DROP OWNED BY installer CASCADE',
	q{DO $$ BEGIN EXECUTE 'drop extension ' || 'learnify'; END $$}, 'BEGIN; SET ROLE installer; DROP OWNED BY CURRENT_USER')
{
	refused($node, $database, "\\set VERBOSITY verbose\n$command", $REFUSAL, $command);
	is($node->safe_psql($database, $is_there), '1', "$command: the extension is there");
}
refused($node, $database, 'SET ROLE stranger; DROP EXTENSION learnify', qr/permission denied|must be owner of extension/, 'a stranger');
refused($node, $database, 'SET learnify.allow_data_loss = on; SET ROLE stranger; DROP EXTENSION learnify', qr/must be owner of extension/, 'a stranger who allows data loss');

# Other commands with the same tags are none of its business.
quiet_psql($node, $database, q{CREATE EXTENSION pg_trgm; DROP EXTENSION pg_trgm; CREATE SCHEMA other; CREATE TABLE other.t (); DROP SCHEMA other CASCADE;
	CREATE TABLE t (); ALTER TABLE t OWNER TO stranger; DROP OWNED BY stranger; DROP SCHEMA IF EXISTS "no such schema" CASCADE;
	DROP EXTENSION IF EXISTS "no such extension"}, 'other extensions and schemas can be dropped');

quiet_psql($node, $database, 'BEGIN; SET LOCAL learnify.allow_data_loss = on; DROP EXTENSION learnify; COMMIT', 'if the setting allows it, the extension is dropped');
is($node->safe_psql($database, $is_there . q{ UNION ALL SELECT count(*) FROM pg_event_trigger}), "0\n0", 'it is gone, and the event trigger with it');
quiet_psql($node, $database, 'CREATE EXTENSION learnify; DROP EXTENSION learnify', 'without data, it is dropped at once');
quiet_psql($node, $database, q{CREATE EXTENSION learnify; UPDATE achievements SET name = 'Ours' WHERE slug = 'first-module'});
refused($node, $database, 'DROP EXTENSION learnify', qr/would lose the data in public\.achievements/, 'an edited shipped row counts');

# An owner who is no superuser.
$database = database_with_data('reassigned', 'public');
quiet_psql($node, $database, 'REASSIGN OWNED BY installer TO owner', 'the extension can be given to a role that is no superuser');
is($node->safe_psql($database, q{SELECT e.extowner::regrole, c.relowner::regrole FROM pg_extension AS e, pg_class AS c WHERE e.extname = 'learnify' AND c.oid = 'users'::regclass}),
	'owner|owner', 'who owns the extension and its tables then');
refused($node, $database, "\\set VERBOSITY verbose\nSET ROLE owner; DROP EXTENSION learnify", $REFUSAL, 'the owner is refused, too');
refused($node, $database, q{SET ROLE owner; CREATE OR REPLACE FUNCTION learnify_internal.refuse_drop() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'},
	qr/must be owner of function|permission denied/, 'the owner cannot replace what the commands of superusers run');
refused($node, $database, 'SET ROLE owner; ALTER EVENT TRIGGER learnify_refuse_drop DISABLE', qr/must be owner of event trigger/, 'or disable it');
is($node->safe_psql($database, 'BEGIN; ALTER EVENT TRIGGER learnify_refuse_drop DISABLE; SELECT drift, kind, object FROM verify_schema()'),
	'changed|event trigger|learnify_refuse_drop', 'verify_schema() reports that it is disabled');
quiet_psql($node, $database, 'SET learnify.allow_data_loss = on; SET ROLE owner; DROP EXTENSION learnify', 'the owner may, if the setting allows it');

# Dump and restore, and what pg_dump --clean does.
$database = database_with_data('dumped', 'public');
my $dump = "$PostgreSQL::Test::Utils::tmp_check/dump";
quietly($node, 'pg_dump', 'pg_dump', '--clean', '--if-exists', '-f', $dump, '-d', $node->connstr($database));
unlike(slurp_file($dump), qr/EVENT TRIGGER/, 'a dump has no event trigger');
my $restored = create_database($node, 'restored');
restore_with_psql($node, $restored, $dump);
is($node->safe_psql($restored, 'SELECT count(*) FROM users; SELECT count(*) FROM verify_schema()'), "1\n0", 'a dump with --clean can be restored in a new database');
my ($status, undef, $stderr) = $node->psql($restored, slurp_file($dump), on_error_stop => 1);
like($stderr, qr/would lose the data/, 'over data it is refused');
{
	local $ENV{PGOPTIONS} = '-c learnify.allow_data_loss=on';
	restore_with_psql($node, $restored, $dump);
}
is($node->safe_psql($restored, 'SELECT count(*) FROM users'), '1', 'unless PGOPTIONS allows it');

# Versions before 1.0.0 have no guard; the update brings it, and the downgrade takes it away.
$database = create_database($node, 'old', "CREATE EXTENSION learnify VERSION '0.5.0'");
quiet_psql($node, $database, q{SET learnify.password_cost = 4; SELECT register_user('ann@example.org', 'correct horse', 'Ann'); ALTER EXTENSION learnify UPDATE});
refused($node, $database, "\\set VERBOSITY verbose\nDROP EXTENSION learnify", $REFUSAL, 'after an update');
quiet_psql($node, $database, q{ALTER EXTENSION learnify UPDATE TO '0.5.0'; DROP EXTENSION learnify}, 'after a downgrade it can be dropped');

$node->stop;
is_deeply([ grep { !/would lose the data|must be owner|permission denied/ } @{ complaints($node) } ], [], 'the server log has no unexpected errors or warnings');
done_testing();
