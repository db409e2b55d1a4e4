# Each version can be installed, and every update path to the newest version ends in the
# same catalog with unchanged rows.
use strict;
use warnings FATAL => 'all';
use Digest::SHA qw(sha256_hex);
use File::Basename qw(basename);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

# u is also an alias in some function, users also a table.
my @SCHEMAS = cases(2, 'public', 'Learn it, & more', 'u', 'users');

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

my $sharedir = $node->safe_psql('postgres', q{SELECT setting FROM pg_config WHERE name = 'SHAREDIR'});
my $number = 0;

sub new_database
{
	my ($extension) = @_;
	$number++;
	return create_database($node, "database_$number", $extension);
}

sub create_extension
{
	my ($schema, $version) = @_;
	return qq(CREATE SCHEMA IF NOT EXISTS "$schema"; ) x ($schema ne 'public')
	  . qq(CREATE EXTENSION learnify SCHEMA "$schema") . (defined $version ? " VERSION '$version'" : '');
}

# Returns the number of rows of each system catalog.
sub catalog_sizes
{
	my ($database) = @_;
	my $catalogs = $node->safe_psql($database, q{
		SELECT string_agg(format('SELECT %L, count(*) FROM pg_catalog.%I', relname, relname), ' UNION ALL ')
		FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared AND relname !~ '^pg_statistic'});
	return $node->safe_psql($database, "$catalogs ORDER BY 1");
}

# Returns the path of the installed script that leads to a version.
sub script
{
	my ($step) = @_;
	my $name = $step == 0 ? $VERSIONS[0] : "$VERSIONS[$step - 1]--$VERSIONS[$step]";
	return "$sharedir/extension/learnify--$name.sql";
}

# Returns the versions in a version's schema_migrations, in the order of its rows. Since
# 1.0.0 the table also has row 000, for itself.
sub tracked
{
	my ($version) = @_;
	return (compare_versions($version, '1.0.0') >= 0 ? $VERSIONS[0] : (), grep { compare_versions($_, $version) <= 0 } @VERSIONS);
}

subtest 'each version can be installed by its name' => sub {
	foreach my $version (@VERSIONS)
	{
		my $database = new_database(create_extension('public', $version));
		is(quiet_psql($node, $database, q{
				SELECT extversion, cardinality(extconfig),
				       (SELECT string_agg(extension_version, ' ' ORDER BY version) FROM schema_migrations)
				FROM pg_extension WHERE extname = 'learnify'}),
			join('|', $version, $TABLES{$version}, join(' ', tracked($version))),
			"$version: extversion, number of tables in dumps, and schema_migrations");
	}
};

my $expected;
foreach my $schema (@SCHEMAS)
{
	subtest "in schema $schema" => sub {
		my $fresh = new_database();
		my $before = catalog_sizes($fresh);
		quiet_psql($node, $fresh, qq(CREATE SCHEMA "$schema")) if $schema ne 'public';
		quiet_psql($node, $fresh, qq(CREATE EXTENSION learnify SCHEMA "$schema"), 'a fresh install prints nothing');
		my $installed = fingerprint($node, $fresh);
		cmp_ok($installed =~ tr/\n//, '>', 500, 'the fingerprint is not empty');
		$expected //= $installed;
		is_same_text($installed, $expected, 'the catalog is the same as in schema public');

		my $leapt = new_database(create_extension($schema, $VERSIONS[0]));
		quiet_psql($node, $leapt, 'ALTER EXTENSION learnify UPDATE', "update from $VERSIONS[0] to $VERSIONS[-1]");
		is_same_text(fingerprint($node, $leapt), $expected, 'an update leads to the same catalog');

		quiet_psql($node, $fresh, 'DROP EXTENSION learnify' . ($schema eq 'public' ? '' : qq(; DROP SCHEMA "$schema")), 'DROP EXTENSION');
		is_same_text(catalog_sizes($fresh), $before, 'DROP EXTENSION leaves no row in any catalog');
	};
}

subtest 'step by step' => sub {
	my $stepped = new_database(create_extension('public', $VERSIONS[0]));
	quiet_psql($node, $stepped, "ALTER EXTENSION learnify UPDATE TO '$_'", "update to $_") foreach @VERSIONS[ 1 .. $#VERSIONS ];
	is_same_text(fingerprint($node, $stepped), $expected, 'updates step by step lead to the same catalog');
};

# CREATE EXTENSION must not adopt an existing object, and must leave nothing when it fails.
subtest 'an object of the same name exists' => sub {
	my $database = new_database();
	quiet_psql($node, $database, q{CREATE FUNCTION velocity(bigint, bigint) RETURNS double precision LANGUAGE sql RETURN 1});
	my $before = catalog_sizes($database);
	refused($node, $database, 'CREATE EXTENSION learnify', qr/ERROR:  function velocity\(bigint,bigint\) is not a member of extension "learnify"/, 'a function of the same name');
	quiet_psql($node, $database, 'DROP FUNCTION velocity; CREATE TABLE schema_migrations (version text)');
	$before = catalog_sizes($database);
	refused($node, $database, "\\set VERBOSITY verbose\nCREATE EXTENSION learnify", qr/ERROR:  42P07: schema public already has schema_migrations\nDETAIL:.*Rails.*\nHINT:.*CREATE SCHEMA/, 'a table of the same name');
	is_same_text(catalog_sizes($database), $before, 'the failed CREATE EXTENSION leaves nothing');
};

subtest 'a schema learnify_internal exists' => sub {
	my $database = new_database();
	quiet_psql($node, $database, 'CREATE SCHEMA learnify_internal');
	my $before = catalog_sizes($database);
	foreach my $command ('CREATE EXTENSION learnify', 'CREATE EXTENSION learnify SCHEMA learnify_internal')
	{
		refused($node, $database, "\\set VERBOSITY verbose\n$command", qr/ERROR:  42P06: schema "learnify_internal" already exists\nHINT:  .*Rename or drop/, $command);
	}
	is_same_text(catalog_sizes($database), $before, 'the failed CREATE EXTENSION leaves nothing');
	quiet_psql($node, $database, 'DROP SCHEMA learnify_internal; CREATE EXTENSION learnify', 'the extension can be created once the schema is dropped');
	quiet_psql($node, $database, 'CREATE VIEW learnify_internal.mine AS SELECT 1');
	refused($node, $database, 'DROP EXTENSION learnify', qr/view learnify_internal.mine depends on schema learnify_internal/, "DROP EXTENSION with a user's view in learnify_internal");

	$database = new_database(create_extension('public', '0.5.0'));
	quiet_psql($node, $database, 'CREATE SCHEMA learnify_internal');
	refused($node, $database, 'ALTER EXTENSION learnify UPDATE', qr/schema "learnify_internal" already exists/, 'ALTER EXTENSION UPDATE');
};

# Teams whose migration 000 creates schema_migrations must find it as already run.
subtest 'row 000 of schema_migrations' => sub {
	my $database = new_database(create_extension('public'));
	is(quiet_psql($node, $database, q{SELECT count(*), min(description) FROM schema_migrations WHERE version = '000'}), '1|tracker', 'migration 000 counts as run');
};

subtest 'rows of 0.3.0 are untouched by the update' => sub {
	my $database = new_database(create_extension('public', '0.3.0'));
	quiet_psql($node, $database, q{
		SET learnify.password_cost = 4;
		SELECT register_user(format('learner-%s@example.org', n), 'correct horse', 'Learner', 'Europe/Berlin') FROM generate_series(1, 3) AS n;
		SELECT choose_archetype(id, 'Biological', 'sourdough', 'novice') FROM users;
		SELECT generate_course(id, (SELECT jsonb_object_agg(name, 'word') FROM missing_variables(id) AS m, unnest(m.missing) AS name)) FROM users;
		SELECT set_variables(id, '{"ENTITY": "starter"}') FROM users;
		INSERT INTO user_progress (user_id, course_id) SELECT u.id, c.id FROM users AS u, generated_courses AS c;
		INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
		SELECT u.id, e.module_id, e.id, e.language, true, 100 FROM users AS u, exercises AS e JOIN generated_modules AS m ON m.id = e.module_id WHERE m.module_number < 3;
		INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score)
		SELECT user_id, module_id, id, 80, 90, 70, 80 FROM module_completions;
		UPDATE blueprint_modules SET title_template = 'Edited {ENTITY}' WHERE module_number = 1;
	}, 'write rows under 0.3.0');
	my $columns = table_columns($node, $database);
	my $before = row_digests($node, $database, $columns);
	my @empty = grep { /\|0\|/ } split /\n/, $before;
	is_deeply(\@empty, [], 'no table is empty');
	is(scalar(keys %$columns), $TABLES{'0.3.0'}, 'all tables of 0.3.0 are compared');

	# pg_dump writes CREATE EXTENSION without a version, so a restore installs the newest one
	foreach my $format ('COPY', 'INSERT')
	{
		my $dump = "$PostgreSQL::Test::Utils::tmp_check/dump_$format";
		my $restored = new_database();
		quietly($node, "pg_dump with $format", 'pg_dump', '-f', $dump, $format eq 'COPY' ? () : '--inserts', '-d', $node->connstr($database));
		restore_with_psql($node, $restored, $dump);
		is_same_text(row_digests($node, $restored, $columns), $before, "a dump of 0.3.0 with $format restores the same rows");
		is(quiet_psql($node, $restored, 'SELECT extversion, (SELECT count(*) FROM activity_feed) FROM pg_extension WHERE extname = \'learnify\''),
			"$VERSIONS[-1]|0", "restoring it with $format installs the newest version and broadcasts nothing");
	}

	quiet_psql($node, $database, 'ALTER EXTENSION learnify UPDATE', 'the update prints nothing');
	is_same_text(row_digests($node, $database, $columns), $before, 'the update leaves all rows unchanged');
	is_same_text(fingerprint($node, $database), $expected, 'the update leads to the catalog of a fresh install');
	is(quiet_psql($node, $database, 'SELECT count(*) FROM activity_feed'), '0', 'the update broadcasts nothing');
	quiet_psql($node, $database, 'SET learnify.allow_data_loss = on; DROP EXTENSION learnify', 'the extension can be dropped with its rows');
};

subtest 'schema_migrations' => sub {
	my $database = new_database(create_extension('public', $VERSIONS[0]));
	quiet_psql($node, $database, "ALTER EXTENSION learnify UPDATE TO '$_'") foreach @VERSIONS[ 1 .. $#VERSIONS ];
	my @rows;
	foreach my $step (0 .. $#VERSIONS)
	{
		my ($above) = slurp_file(script($step)) =~ /\A(.*)^INSERT INTO schema_migrations \(version, description, checksum, extension_version\)\nVALUES [^;]*;\s*\z/ms;
		push @rows, sprintf('%03d|%s|%s', $step + 1, $VERSIONS[$step], sha256_hex($above));
	}
	unshift @rows, $rows[0] =~ s/^001/000/r;
	my $tracked = 'SELECT version, extension_version, checksum FROM schema_migrations ORDER BY version';
	is(quiet_psql($node, $database, $tracked), join("\n", @rows), 'after updates, each step has a row with the checksum of its script');
	is(quiet_psql($node, new_database(create_extension('public')), $tracked), join("\n", @rows), 'after a fresh install, the rows are the same');
	is(quiet_psql($node, $database, q{SELECT count(*) FROM schema_migrations WHERE description = '' OR applied_at > now() OR applied_at IS NULL}),
		'0', 'each row has a description and the time when it was applied');
	is(quiet_psql($node, $database, 'SELECT count(DISTINCT applied_at) FROM schema_migrations'), scalar(@VERSIONS), 'updates step by step have different times');
};

subtest 'update paths' => sub {
	my $database = new_database();
	my %path = map { split /\|/ } split /\n/, quiet_psql($node, $database,
		"SELECT source || ' ' || target, path FROM pg_extension_update_paths('learnify') WHERE path IS NOT NULL");
	my %expected;
	foreach my $from (0 .. $#VERSIONS)
	{
		foreach my $to (0 .. $#VERSIONS)
		{
			my @path = $from < $to ? @VERSIONS[ $from .. $to ] : reverse @VERSIONS[ $to .. $from ];
			$expected{"$VERSIONS[$from] $VERSIONS[$to]"} = join '--', @path if $from != $to;
		}
	}
	is_deeply(\%path, \%expected, 'each pair of versions has a path, through exactly the versions between them');
};

# A released script must not change: databases that have run it would differ from those
# that run it later, under the same version. "make release" writes SHA256SUMS.
subtest 'released scripts' => sub {
	my %released = map { reverse split / +/ } split /\n/, slurp_file("$TREE/sql/releases/SHA256SUMS");
	is_deeply([ sort keys %released ], [ map { basename($_) } sort glob "$TREE/sql/releases/learnify--*.sql" ], 'each has a checksum');
	is(sha256_hex(slurp_file("$sharedir/extension/$_")), $released{$_}, "$_ is unchanged")
	  or diag('A released script must not be edited. Put the change into sql/update/migration.sql.')
	  foreach sort keys %released;
};

# Scripts must refuse to be run by psql directly.
subtest 'scripts' => sub {
	my $database = new_database();
	foreach my $step (0 .. $#VERSIONS)
	{
		my $command = $step == 0 ? 'CREATE EXTENSION learnify' : 'ALTER EXTENSION learnify UPDATE';
		my $file = script($step);
		$node->command_checks_all([ 'psql', '-X', '-d', $node->connstr($database), '-f', $file ],
			0, [qr/\AUse "\Q$command\E" to load this file\.\s*\z/], [qr/\A\z/], "$VERSIONS[$step]: psql is told to use \"$command\"");

		my @functions = slurp_file($file) =~ /^(CREATE (?:OR REPLACE )?FUNCTION .*?(?:^AS |^BEGIN ATOMIC|\$\$))/msg;
		my @silent = grep {
			!(/\bLANGUAGE\b/ && /\b(?:VOLATILE|STABLE|IMMUTABLE)\b/ && /\bPARALLEL (?:SAFE|RESTRICTED|UNSAFE)\b/ && /\bCOST \d/)
		} @functions;
		is_deeply(\@silent, [], "$VERSIONS[$step]: every function states language, volatility, PARALLEL and COST");
	}
	is(quiet_psql($node, $database, q{SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'}), '0', 'psql has created no table');
};

$node->stop;
is_deeply([ grep { !/velocity|learnify_internal|already has schema_migrations/ } @{ complaints($node) } ], [], 'the server log has no unexpected errors or warnings');
done_testing();
