# pg_upgrade takes every row to the new major, where the extension works, with the
# same catalog as if it had been installed there.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;
use Platform;

my %installation = (old => $ENV{OLD_INSTALLATION}, new => $ENV{NEW_INSTALLATION});
my %schema = (source => 'public', other => 'Learn it, & more', behind => 'public');

# Starts a server without checksums, which pg_upgrade wants alike in both, and which
# initdb enables by default from PostgreSQL 18 on.
sub start
{
	my ($name, $which) = @_;
	local $ENV{LD_LIBRARY_PATH} = "$installation{$which}/lib";
	my ($help) = run_command([ "$installation{$which}/bin/initdb", '--help' ]);
	my @checksums = $help =~ /--no-data-checksums/ ? '--no-data-checksums' : ();
	return start_node($name, new => { install_path => $installation{$which} }, init => { extra => [ '--encoding=UTF8', '--locale=C', @checksums ] });
}

my $old = start('old', 'old');
my %digests = map { $_ => populate($old, $_, $schema{$_}) } qw(source other);

# A database that has not been updated yet, and the grants and settings of an application.
create_database($old, 'behind', "CREATE EXTENSION learnify VERSION '0.5.0'");
quiet_psql($old, 'behind', q{SELECT register_user('ada@example.org', 'correct horse', 'Ada')});
$digests{behind} = row_digests($old, 'behind');
quiet_psql($old, 'source', q{
	CREATE ROLE web; SELECT grant_learner('web') \g /dev/null
	CREATE ROLE backend BYPASSRLS; ALTER ROLE backend SET learnify.automation = off;
	GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO backend});
my $from = quiet_psql($old, 'postgres', 'SHOW server_version');
my %tracker = map { $_ => quiet_psql($old, $_, qq(SELECT * FROM "$schema{$_}".schema_migrations ORDER BY version)) } keys %schema;
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
		ok($upgraded && $stderr eq '', 'upgraded') or do { diag("$stdout$stderr"); return };
		$new->start;

		# fresh installs to compare with, which get the same grants
		create_database($new, 'fresh', 'CREATE EXTENSION learnify');
		quiet_psql($new, 'fresh', q{SELECT grant_learner('web') \g /dev/null
			GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO backend});
		my $catalog = fingerprint($new, 'fresh');
		create_database($new, 'fresh_behind', "CREATE EXTENSION learnify VERSION '0.5.0'");

		is_same_text(row_digests($new, $_, $schema{$_}), $digests{$_}, "$_: every row is as it was") foreach sort keys %schema;
		is_same_text(quiet_psql($new, $_, qq(SELECT * FROM "$schema{$_}".schema_migrations ORDER BY version)), $tracker{$_}, "$_: so is the tracker") foreach sort keys %schema;
		is_same_text(fingerprint($new, 'source'), $catalog, 'source: the catalog is that of a fresh install');
		is_same_text(fingerprint($new, 'behind'), fingerprint($new, 'fresh_behind'), 'behind: so is that of an earlier version');
		is(quiet_psql($new, $_, qq(SELECT * FROM "$schema{$_}".verify_schema())), '', "$_: verify_schema finds no drift") foreach sort keys %schema;
		is(quiet_psql($new, 'source', q{SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'backend'::regrole}), '{learnify.automation=off}', 'settings are there');

		check_that_it_works($new, $_, $schema{$_}) foreach qw(source other);
		quiet_psql($new, 'behind', 'ALTER EXTENSION learnify UPDATE', 'the earlier version is updated');
		create_database($new, 'restored');
		my $dump = "$directory/dump";
		$new->command_ok([ 'pg_dump', '-f', $dump, '-d', $new->connstr('other') ], 'dumped there');
		restore_with_psql($new, 'restored', $dump);
		is_same_text(row_digests($new, 'restored', $schema{other}), row_digests($new, 'other', $schema{other}), 'restored, every row is as it was');
		$new->stop;
		is_deeply(complaints($new), [], 'the server has nothing to complain of');
	};
}

done_testing();
