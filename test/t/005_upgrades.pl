# A database filled under an older version is updated to the newest one, step by step and
# at once. Both must lead to the catalog of a fresh install and leave all rows unchanged.
# The newest library must give the same results under every version of the catalog.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

# Functions that test/versions/ does not call: pg_cron is not installed here, grants would
# change the fingerprint, and import_legacy has a test of its own.
my @ELSEWHERE = qw(schedule_refresh unschedule_refresh grant_learner grant_backend import_legacy import_counts own_ddl);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

# Internals were in the extension's schema before 1.0.0, some under other names. They need not
# be called. learnify_distribute needs Citus.
create_database($node, 'last', 'CREATE EXTENSION learnify');
my %internal = map { $_ => 1 } @ELSEWHERE, qw(schema_fingerprint visible_to dummy_password_hash learnify_distribute),
  split /\n/, quiet_psql($node, 'last', q{SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'learnify_internal'::regnamespace});
my (%fresh, %fresh_rows, %columns);
foreach my $version (@VERSIONS)
{
	my $database = create_database($node, 'fresh_' . $version =~ tr/./_/r, "CREATE EXTENSION learnify VERSION '$version'");
	$fresh{$version} = fingerprint($node, $database);
	$fresh_rows{$version} = row_digests($node, $database);
	$columns{$version} = table_columns($node, $database);
	is(quiet_psql($node, $database, 'SELECT * FROM verify_schema()'), '', "$version: verify_schema() finds no drift");

	my @functions = split /\n/, quiet_psql($node, $database, q{
		SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype ORDER BY 1});
	my $called = version_script($version);
	is_deeply([ grep { !$internal{$_} && $called !~ /\b$_\(/ } @functions ], [], "$version: test/versions/ calls every function");
}

# Update from the oldest version and from the last but one, or from each of them.
foreach my $version (cases(2, @VERSIONS[ 0, -2, 1 .. $#VERSIONS - 2 ]))
{
	subtest "update from $version" => sub {
		my $stepped = create_database($node, 'stepped_' . $version =~ tr/./_/r, "CREATE EXTENSION learnify VERSION '$version'");
		my $leapt = 'leapt_' . $version =~ tr/./_/r;
		fill_version($node, $stepped, $version);
		my $rows = row_digests($node, $stepped);
		my $answers = version_answers($node, $stepped, $version);
		cmp_ok($answers =~ tr/\n//, '>', 10, 'its functions return results');
		is_same_text(fingerprint($node, $stepped), $fresh{$version}, 'writing rows leaves the catalog unchanged');
		copy_database($node, $leapt, $stepped);

		my ($from) = grep { $VERSIONS[$_] eq $version } 0 .. $#VERSIONS;
		foreach my $to (@VERSIONS[ $from + 1 .. $#VERSIONS ])
		{
			quiet_psql($node, $stepped, "ALTER EXTENSION learnify UPDATE TO '$to'", "the update to $to prints nothing");
			is_same_text(fingerprint($node, $stepped), $fresh{$to}, "the catalog is that of a fresh install of $to");
		}
		quiet_psql($node, $leapt, 'ALTER EXTENSION learnify UPDATE', "the update to $VERSIONS[-1] at once prints nothing");
		is_same_text(fingerprint($node, $leapt), $fresh{ $VERSIONS[-1] }, 'the catalog is that of a fresh install');

		foreach my $database ($stepped, $leapt)
		{
			is_same_text(row_digests($node, $database, $columns{$version}), $rows, "$database: all rows are unchanged");
			my %count = map { split /\|/ } split /\n/, row_digests($node, $database) =~ s/\|[^|\n]*$//mgr;
			my %expected = map { split /\|/ } split /\n/, $fresh_rows{ $VERSIONS[-1] } =~ s/\|[^|\n]*$//mgr;
			$expected{'learnify_internal.model_requests'} = quiet_psql($node, $database, q{SELECT count(*) FROM user_archetypes WHERE validation_status = 'pending'});
			$expected{'learnify_internal.kept_completions'} = quiet_psql($node, $database, 'SELECT count(*) FROM user_progress WHERE completed_at IS NOT NULL');
			is_deeply([ grep { !$columns{$version}{$_} && $count{$_} != $expected{$_} } sort keys %count ], [],
				"$database: new tables have only the rows that ship, a request for each pending domain, and a record of each completed course");
			is_same_text(version_answers($node, $database, $version), $answers, "$database: functions return the same results");
		}
		$node->safe_psql('postgres', "DROP DATABASE $_") foreach $stepped, $leapt;
	};
}

# An update must keep what users have granted and added.
subtest 'customisation by users' => sub {
	my $database = create_database($node, 'customised', "CREATE EXTENSION learnify VERSION '0.1.0'");
	quiet_psql($node, $database, q{CREATE ROLE reader; GRANT SELECT ON users TO reader; GRANT EXECUTE ON FUNCTION get_variables(uuid) TO reader;
		CREATE INDEX users_name_idx ON users (name); ALTER TABLE users SET (fillfactor = 90);
		ALTER TABLE users ALTER avatar_url SET DEFAULT 'none'; DROP INDEX user_variables_archetype_id_idx;
		ALTER TABLE users DISABLE TRIGGER users_touch_updated_at; ALTER FUNCTION get_variables(uuid) COST 1}, 'customise 0.1.0');
	my $privileges = q{SELECT has_table_privilege('reader', 'users', 'SELECT'), has_function_privilege('reader', 'get_variables(uuid)', 'EXECUTE'),
		has_table_privilege('reader', 'user_variables', 'SELECT'), (SELECT reloptions FROM pg_class WHERE oid = 'users'::regclass)};
	my (undef, undef, $stderr) = $node->psql($database, 'SET learnify.allow_row_security = on; ALTER EXTENSION learnify UPDATE', on_error_stop => 1);
	# Each script of the path that compares the schema names the drift that is left.
	my ($first, @later) = $stderr =~ /WARNING:  (.*)/g;
	is($first, 'the schema has drifted: column users.avatar_url (changed), function get_variables(uuid) (changed), '
		  . 'index user_variables.user_variables_archetype_id_idx (missing), trigger users.users_touch_updated_at (changed)', 'the update names the drift');
	is_deeply([ grep { $_ ne 'the schema has drifted: column users.avatar_url (changed), index user_variables.user_variables_archetype_id_idx (missing)' } @later ],
		[], 'the scripts after that name what it has left');
	is(quiet_psql($node, $database, $privileges), 't|t|f|{fillfactor=90}', 'grants and storage parameters are kept');
	is(quiet_psql($node, $database, 'SELECT drift, object, expected, found FROM verify_schema()'), join("\n",
			q{changed|users.avatar_url|text NOT NULL DEFAULT ''::text|text NOT NULL DEFAULT 'none'::text},
			q{missing|user_variables.user_variables_archetype_id_idx|CREATE INDEX user_variables_archetype_id_idx ON user_variables USING btree (archetype_id)|},
			q{added|users.users_name_idx||CREATE INDEX users_name_idx ON users USING btree (name)},
			q{added|users||SELECT}),
		'verify_schema() still reports the drift of tables and the privilege on hashes of passwords, and no drift of functions, which the update replaces');
	is(quiet_psql($node, $database, q{SELECT tgenabled FROM pg_trigger WHERE tgname = 'users_touch_updated_at'}), 'O', 'the update has replaced the disabled trigger with an enabled one');

	# submit_exercise() has got another argument since 0.5.0.
	my $granted = create_database($node, 'granted', "CREATE EXTENSION learnify VERSION '0.5.0'");
	quiet_psql($node, $granted, 'GRANT EXECUTE ON FUNCTION submit_exercise TO reader WITH GRANT OPTION', 'grant a function of 0.5.0');
	quiet_psql($node, $granted, 'ALTER EXTENSION learnify UPDATE', 'update');
	is(quiet_psql($node, $granted, q{SELECT count(*), bool_and(has_function_privilege('reader', oid, 'EXECUTE WITH GRANT OPTION')), bool_or(has_function_privilege('public', oid, 'EXECUTE'))
			FROM pg_proc WHERE proname = 'submit_exercise'}), '1|t|f', 'grants on a function whose arguments change are kept');

	# Scripts that run in the same transaction must not take what it has granted for what
	# ALTER DEFAULT PRIVILEGES grants.
	my $at_once = create_database($node, 'at_once');
	quiet_psql($node, $at_once, q{BEGIN; CREATE EXTENSION learnify; GRANT EXECUTE ON FUNCTION get_variables(uuid), submit_exercise TO reader; GRANT INSERT ON users TO reader;
		SET learnify.allow_data_loss = on; SET learnify.allow_row_security = on; ALTER EXTENSION learnify UPDATE TO '0.5.0'; ALTER EXTENSION learnify UPDATE; COMMIT}, 'grants between scripts of one transaction');
	is(quiet_psql($node, $at_once, q{SELECT has_table_privilege('reader', 'users', 'INSERT'), bool_and(has_function_privilege('reader', oid, 'EXECUTE'))
			FROM pg_proc WHERE proname IN ('get_variables', 'submit_exercise')}), 't|t', 'are kept');
};

$node->stop;
is_deeply([ grep { !/the schema has drifted/ } @{ complaints($node) } ], [], 'the server log has no unexpected errors or warnings');
done_testing();
