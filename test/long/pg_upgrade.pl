# pg_upgrade to a new major keeps all rows, the catalog is that of a fresh install there, and the
# extension works.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;
use Platform;

my %installation = (old => $ENV{OLD_INSTALLATION}, new => $ENV{NEW_INSTALLATION});
my @databases = qw(source other behind);

# Starts a server without checksums. pg_upgrade needs the same in both servers, and initdb enables
# them by default since PostgreSQL 18.
sub start
{
	my ($name, $which) = @_;
	local $ENV{LD_LIBRARY_PATH} = "$installation{$which}/lib";
	my ($help) = run_command([ "$installation{$which}/bin/initdb", '--help' ]);
	my @checksums = $help =~ /--no-data-checksums/ ? '--no-data-checksums' : ();
	return start_node($name, new => { install_path => $installation{$which} }, init => { extra => [ '--encoding=UTF8', '--locale=C', @checksums ] });
}

my $old = start('old', 'old');
my %digests = (source => populate($old, 'source'), other => populate($old, 'other', 'Learn it, & more'));

# A database with an older version of the extension, and grants and settings of an application.
create_database($old, 'behind', "CREATE EXTENSION learnify VERSION '0.5.0'");
quiet_psql($old, 'behind', q{SELECT register_user('ada@example.org', 'correct horse', 'Ada')});
$digests{behind} = row_digests($old, 'behind');
quiet_psql($old, 'source', q{
	CREATE ROLE web; SELECT grant_learner('web') \g /dev/null
	CREATE ROLE backend BYPASSRLS; ALTER ROLE backend SET learnify.automation = off;
	SELECT grant_backend('backend') \g /dev/null});
my $from = quiet_psql($old, 'postgres', 'SHOW server_version');
my $tracker = $IN_SCHEMA . 'SELECT * FROM schema_migrations ORDER BY version';
my %tracker = map { $_ => quiet_psql($old, $_, $tracker) } @databases;
$old->stop;

# --link comes last, since the old server cannot be used after it
foreach my $mode ('--copy', '--link')
{
	my $new = start('new_' . substr($mode, 2), 'new');
	my $to = quiet_psql($new, 'postgres', 'SHOW server_version');
	$new->stop;
	subtest "from $from to $to, $mode" => sub {
		my ($stdout, $stderr) = ('', '');
		my $directory = PostgreSQL::Test::Utils::tempdir();
		my $upgraded;
		{
			local $ENV{LD_LIBRARY_PATH} = "$installation{new}/lib";
			$upgraded = IPC::Run::run(
				[ "$installation{new}/bin/pg_upgrade", $mode, '-d', $old->data_dir, '-D', $new->data_dir, '-b', "$installation{old}/bin", '-B', "$installation{new}/bin",
					'-p', $old->port, '-P', $new->port, '-s', $new->host ],
				init => sub { chdir $directory }, '>', \$stdout, '2>', \$stderr);
		}
		ok($upgraded && $stderr eq '', 'pg_upgrade') or do { diag("$stdout$stderr"); return };
		$new->start;

		# fresh installs with the same grants, for comparison
		create_database($new, 'fresh', 'CREATE EXTENSION learnify');
		quiet_psql($new, 'fresh', q{SELECT grant_learner('web'), grant_backend('backend') \g /dev/null});
		my $catalog = fingerprint($new, 'fresh');
		create_database($new, 'fresh_behind', "CREATE EXTENSION learnify VERSION '0.5.0'");

		is_same_text(row_digests($new, $_), $digests{$_}, "$_: all rows are unchanged") foreach @databases;
		is_same_text(quiet_psql($new, $_, $tracker), $tracker{$_}, "$_: schema_migrations is unchanged") foreach @databases;
		is_same_text(fingerprint($new, 'source'), $catalog, 'source: the catalog is that of a fresh install');
		is_same_text(fingerprint($new, 'behind'), fingerprint($new, 'fresh_behind'), 'behind: the catalog is that of a fresh install of the earlier version');
		is(quiet_psql($new, $_, $IN_SCHEMA . 'SELECT * FROM verify_schema()'), '', "$_: verify_schema finds no drift") foreach @databases;
		is(quiet_psql($new, 'source', q{SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'backend'::regrole}), '{learnify.automation=off}', 'settings are kept');

		check_that_it_works($new, $_) foreach qw(source other);
		quiet_psql($new, 'behind', 'ALTER EXTENSION learnify UPDATE', 'the earlier version can be updated');
		create_database($new, 'restored');
		my $dump = "$directory/dump";
		$new->command_ok([ 'pg_dump', '-f', $dump, '-d', $new->connstr('other') ], 'pg_dump');
		restore_with_psql($new, 'restored', $dump);
		is_same_text(row_digests($new, 'restored'), row_digests($new, 'other'), 'all rows are restored');
		$new->stop;
		is_deeply(complaints($new), [], 'the server log has no errors or warnings');
	};
}

done_testing();
