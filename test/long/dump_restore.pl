# Less usual ways to dump and restore, and dumps of each version. Unsupported ways must fail
# without loss of rows.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;
use Platform;

my $node = start_node('main');

my $create = 'CREATE EXTENSION learnify';
my @replica = (options => '-c session_replication_role=replica');
my $digests = populate($node, 'source');
my $source = [ 'source', $digests, fingerprint($node, 'source') ];

# Runs a program that must fail, and returns its stderr.
sub fails
{
	my ($name, @command) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($stdout, $stderr) = ('', '');
	my $succeeded = IPC::Run::run(\@command, '>', \$stdout, '2>', \$stderr);
	ok(!$succeeded, "$name: fails");
	return $stderr;
}

sub dump_file
{
	my (@options) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir() . '/dump';
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	quietly($node, "pg_dump @options", 'pg_dump', '-f', $file, @options, '-d', $node->connstr('source'));
	return $file;
}

check_restore($node, $source, '--column-inserts', dump => ['--column-inserts'], works => 1);
check_restore($node, $source, '--inserts, fifty rows each', dump => ['--rows-per-insert=50']);
check_restore($node, $source, 'in one transaction', dump => ['-Fc'], restore => [ ['--single-transaction'] ], works => 1);
check_restore($node, $source, 'tar', dump => ['-Ft'], restore => [ [] ]);
check_restore($node, $source, 'parallel dump, restored by one job', dump => [ '-Fd', '-j4' ], restore => [ [] ]);
check_restore($node, $source, 'quoted names, no owners and privileges', dump => [ '--quote-all-identifiers', '--no-owner', '--no-privileges' ]);
check_restore($node, $source, 'in another encoding', dump => ['--encoding=LATIN1']);
check_restore($node, $source, 'the schema, then the data', dump => ['-Fc'], restore => [ ['--schema-only'], ['--data-only'] ], works => 1);
check_restore($node, $source, 'data only, column by column', dump => [ '--data-only', '--column-inserts' ], before => $create, works => 1);
check_restore($node, $source, 'data only, parallel, session_replication_role = replica', dump => [ '-Fd', '--data-only' ], restore => [ ['-j4'] ], before => $create, @replica);
check_restore($node, $source, 'section by section, parallel, session_replication_role = replica', dump => ['-Fd'],
	restore => [ map { [ '-j4', "--section=$_" ] } qw(pre-data data post-data) ], @replica);

my $schema = 'Learn it, & more';
my $other = [ 'other', populate($node, 'other', $schema), fingerprint($node, 'other') ];
my $create_other = qq(CREATE SCHEMA "$schema"; $create SCHEMA "$schema");
check_restore($node, $other, '--inserts', dump => ['--inserts'], works => 1);
check_restore($node, $other, 'parallel, session_replication_role = replica', dump => ['-Fd'], restore => [ ['-j4'] ], @replica);
check_restore($node, $other, 'section by section', dump => ['-Fc'], restore => [ map { ["--section=$_"] } qw(pre-data data post-data) ]);
check_restore($node, $other, 'data only', dump => ['--data-only'], before => $create_other, works => 1);

subtest 'two dumps, of the schema and of the data' => sub {
	create_database($node, 'two_dumps');
	restore_with_psql($node, 'two_dumps', dump_file('--schema-only'));
	restore_with_psql($node, 'two_dumps', dump_file('--data-only'));
	check_copy($node, 'two_dumps', @$source[ 1, 2 ]);
	check_that_it_works($node, 'two_dumps');
};

# --clean drops the extension with rows written after the dump, and restores those of the dump.
subtest 'over an older copy, with --clean' => sub {
	my $dump = dump_file('-Fc');
	create_database($node, 'cleaned');
	quietly($node, 'pg_restore', 'pg_restore', '-e', '-d', $node->connstr('cleaned'), $dump);
	check_that_it_works($node, 'cleaned');
	my @clean = ('pg_restore', '-e', '--clean', '--if-exists', '-d', $node->connstr('cleaned'), $dump);
	like(fails('pg_restore --clean over rows', @clean), qr/dropping learnify would lose the data in .*SET learnify\.allow_data_loss = on/s, 'error message');
	local $ENV{PGOPTIONS} = '-c learnify.allow_data_loss=on';
	quietly($node, 'pg_restore --clean', @clean);
	check_copy($node, 'cleaned', @$source[ 1, 2 ]);
};

subtest 'a restore into the same database' => sub {
	my $itself = $node->connstr('source');
	foreach my $options ([], ['--inserts'], ['--data-only'])
	{
		my $file = dump_file(@$options);
		my ($stdout, $stderr) = ('', '');
		IPC::Run::run([ 'psql', '-X', '-q', '-o', '/dev/null', '-d', $itself, '-f', $file ], '>', \$stdout, '2>', \$stderr);
		my @refused = $stderr =~ /ERROR:  (.*)/g;
		my %table = map { /"(\w+?)_pkey"/ ? ($1 => 1) : () } @refused;
		is_deeply([ sort keys %table ], [ sort map { s/.*\.//r } keys %{ table_columns($node, 'source') } ], "@$options: each table refuses duplicate rows");
		is_deeply([ grep { !/^duplicate key value violates unique constraint "\w+_pkey"/ } @refused ], [], "@$options: there are no other errors");
		is_same_text(row_digests($node, 'source'), $digests, "@$options: all rows are unchanged");
	}
	like(fails('by pg_restore -e', 'pg_restore', '-e', '-d', $itself, dump_file('-Fc')), qr/duplicate key value violates unique constraint/, 'pg_restore -e: error message');
	quietly($node, '--on-conflict-do-nothing', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', 'SET client_min_messages = warning',
		'-o', '/dev/null', '-d', $itself, '-f', dump_file('--inserts', '--on-conflict-do-nothing'));
	check_copy($node, 'source', @$source[ 1, 2 ]);
};

# With triggers disabled, edited seed rows conflict with those of CREATE EXTENSION.
subtest 'a dump with --disable-triggers' => sub {
	my $dump = dump_file('--data-only', '--disable-triggers');
	create_database($node, 'disabled', $create);
	my $fresh = row_digests($node, 'disabled');
	my $catalog = fingerprint($node, 'disabled');
	like(fails('in one transaction', 'psql', '-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('disabled'), '-f', $dump),
		qr/duplicate key value violates unique constraint "(?:blueprint_modules|achievements)_/, 'error message');
	check_copy($node, 'disabled', $fresh, $catalog);
};

# A dump of single schemas or tables does not contain the extension.
subtest 'dumps of single schemas and tables' => sub {
	my $part = dump_file('-n', 'public', '--inserts');
	unlike(slurp_file($part), qr/CREATE (?:EXTENSION|TABLE)/, '-n: neither the extension nor its tables are dumped');
	$part = dump_file('-t', 'users', '-t', 'activity_feed', '--inserts');
	unlike(slurp_file($part), qr/CREATE (?:EXTENSION|TABLE)/, '-t: neither the extension nor its tables are dumped');
	my $without = dump_file('-T', 'activity_feed', '--inserts');
	unlike(slurp_file($without), qr/INSERT INTO public\.activity_feed/, '-T: the rows of that table are not dumped');
	create_database($node, 'without');
	restore_with_psql($node, 'without', $without);
	my @kept = grep { !/^activity_feed\|/ } split /\n/, $digests;
	is_same_text(row_digests($node, 'without') =~ s/^activity_feed\|.*\n//mr, join("\n", @kept), '-T: the rows of the other tables are restored');
};

# A dump of an earlier version is restored under the newest, in every format.
foreach my $version (@VERSIONS)
{
	subtest "from $version" => sub {
		my $name = $version =~ tr/./_/r;
		create_database($node, "of_$name", "$create VERSION '$version'");
		fill_version($node, "of_$name", $version);
		my $columns = table_columns($node, "of_$name");
		my $rows = row_digests($node, "of_$name", $columns);
		foreach my $options ([], ['--inserts'], ['-Fc'])
		{
			my $restored = create_database($node, "of_${name}_restored");
			my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
			quietly($node, "pg_dump @$options", 'pg_dump', '-f', $dump, @$options, '-d', $node->connstr("of_$name"));
			"@$options" eq '-Fc' ? quietly($node, 'pg_restore', 'pg_restore', '-e', '-d', $node->connstr($restored), $dump)
			  : restore_with_psql($node, $restored, $dump);
			is_same_text(row_digests($node, $restored, $columns), $rows, 'all rows are restored');
			is(quiet_psql($node, $restored, q{SELECT extversion FROM pg_extension WHERE extname = 'learnify'}), $VERSIONS[-1], 'the newest version is installed');
			$node->safe_psql('postgres', "DROP DATABASE $restored");
		}
		$node->safe_psql('postgres', "DROP DATABASE of_$name");
	};
}

# Objects that users add to the extension's tables are not dumped, but grants are. The values of
# an added column are dumped without its definition, and cannot be restored.
subtest 'additions of users' => sub {
	create_database($node, 'added', $create);
	quiet_psql($node, 'added', <<~SQL, 'add objects to tables');
		SET client_min_messages = error;
		CREATE ROLE analyst; GRANT SELECT ON users TO analyst; ALTER TABLE course_tags OWNER TO analyst;
		CREATE INDEX our_index ON users (name);
		CREATE TRIGGER our_trigger BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
		CREATE POLICY our_policy ON users FOR SELECT TO analyst USING (true);
		CREATE PUBLICATION our_publication FOR TABLE users;
		INSERT INTO users (email, password_hash, name) VALUES ('ada\@example.org', '!', 'Ada');
		SQL
	is(quiet_psql($node, 'added', 'SELECT drift, kind, object FROM verify_schema()'),
		"added|index|users.our_index\nadded|policy|users.our_policy\nadded|privilege of analyst|users\nadded|trigger|users.our_trigger",
		'verify_schema() reports the index, policy, privilege and trigger');
	my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
	quietly($node, 'pg_dump', 'pg_dump', '-f', $dump, '-d', $node->connstr('added'));
	my $text = slurp_file($dump);
	like($text, qr/^CREATE PUBLICATION our_publication/m, 'the publication is dumped');
	unlike($text, qr/our_index|our_trigger|our_policy|ADD TABLE|course_tags OWNER/, 'the objects on tables, owners and members of the publication are not');
	like($text, qr/^GRANT SELECT ON TABLE public\.users TO analyst;/m, 'grants are dumped');

	quiet_psql($node, 'added', q{DROP PUBLICATION our_publication; ALTER TABLE users ADD COLUMN nickname text; UPDATE users SET nickname = 'Countess'});
	quietly($node, 'pg_dump with an added column', 'pg_dump', '-Fc', '-f', $dump, '-d', $node->connstr('added'));
	like(fails('pg_restore with an added column', 'pg_restore', '-e', '-d', $node->connstr(create_database($node, 'added_column')), $dump),
		qr/column "nickname" of relation "users" does not exist/, 'pg_restore with an added column: error message');
	my $target = $node->connstr(create_database($node, 'added_between'));
	quietly($node, 'pg_restore --section=pre-data', 'pg_restore', '-e', '--section=pre-data', '-d', $target, $dump);
	quiet_psql($node, 'added_between', 'ALTER TABLE users ADD COLUMN nickname text');
	quietly($node, 'pg_restore of the other sections', 'pg_restore', '-e', '--section=data', '--section=post-data', '-d', $target, $dump);
	is(quiet_psql($node, 'added_between', 'SELECT name, nickname FROM users'), 'Ada|Countess', 'a column added between the sections is restored');
	# the dump of pg_dumpall below could not be restored with these databases
	$node->safe_psql('postgres', "DROP DATABASE $_") foreach qw(added added_column added_between);
};

# pg_dump by a role to which policies apply must fail rather than leave out rows.
subtest 'pg_dump by a role subject to row-level security' => sub {
	quiet_psql($node, 'source', 'CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader');
	like(fails('pg_dump', 'pg_dump', '-U', 'reader', '-f', '/dev/null', '-d', $node->connstr('source')),
		qr/query would be affected by row-level security policy/, 'error message');
	quiet_psql($node, 'source', 'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM reader');
};

# If a superuser creates the extension and a role that is not one owns the tables, the owner can
# dump everything, and restore the rows.
subtest 'dump and restore by the owner of the tables' => sub {
	quiet_psql($node, 'postgres', 'CREATE ROLE owner LOGIN');
	my $give_away = q{SELECT format('ALTER TABLE %s OWNER TO owner', t.oid::regclass) FROM pg_extension AS e, unnest(e.extconfig) AS t (oid) WHERE e.extname = 'learnify' \gexec};
	my $set_up = "$give_away\n; GRANT USAGE, CREATE ON SCHEMA public TO owner; GRANT USAGE ON SCHEMA learnify_internal TO owner";
	create_database($node, $_, $create) foreach qw(owned owned_copy);
	quiet_psql($node, $_, $set_up) foreach qw(owned owned_copy);
	restore_with_psql($node, 'owned', dump_file('--data-only'));
	my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
	quietly($node, 'pg_dump by the owner', 'pg_dump', '-U', 'owner', '--data-only', '-f', $dump, '-d', $node->connstr('owned'));
	quietly($node, 'restore by the owner', 'psql', '-X', '-q', '-U', 'owner', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $node->connstr('owned_copy'), '-f', $dump);
	check_copy($node, 'owned_copy', $digests, fingerprint($node, 'owned'));
	check_that_it_works($node, 'owned_copy');

	# A dump of everything has a comment and privileges, which the owner may not set.
	my $grant = q{SELECT grant_learner('reader') \g /dev/null};
	quiet_psql($node, 'owned', $grant);
	quietly($node, 'pg_dump of everything by the owner', 'pg_dump', '-U', 'owner', '-Fc', '-f', $dump, '-d', $node->connstr('owned'));
	create_database($node, 'owned_whole', $create);
	quiet_psql($node, 'owned_whole', $set_up);
	my @restore = ('pg_restore', '-e', '-U', 'owner', '-d', $node->connstr('owned_whole'));
	like(fails('pg_restore by the owner', @restore, $dump), qr/must be owner of extension learnify/, 'pg_restore by the owner: error message');
	like(fails('--no-comments alone', @restore, '--no-comments', '--single-transaction', $dump), qr/permission denied for function/, '--no-comments alone: error message');
	quietly($node, 'pg_restore --no-comments --no-privileges by the owner', @restore, '--no-comments', '--no-privileges', $dump);
	quiet_psql($node, 'owned_whole', $grant);
	check_copy($node, 'owned_whole', $digests, fingerprint($node, 'owned'));
	check_that_it_works($node, 'owned_whole');
};

# pg_dumpall copies a whole server, with its roles, their grants and their settings.
subtest 'pg_dumpall' => sub {
	quiet_psql($node, 'source', <<~SQL);
		CREATE ROLE web; SELECT grant_learner('web') \\g /dev/null
		CREATE ROLE backend BYPASSRLS; ALTER ROLE backend SET learnify.automation = off;
		GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO backend;
		ALTER DATABASE source SET learnify.password_cost = 5;
		SQL
	my $catalog = fingerprint($node, 'source');
	my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
	quietly($node, 'pg_dumpall', 'pg_dumpall', '--clean', '--if-exists', '-f', $dump, '-d', $node->connstr('postgres'));
	my $second = start_node('second');
	my ($stdout, $stderr) = ('', '');
	IPC::Run::run([ 'psql', '-X', '-q', '-o', '/dev/null', '-d', $second->connstr('postgres'), '-f', $dump ], '>', \$stdout, '2>', \$stderr);
	my $me = $node->safe_psql('postgres', 'SELECT current_user');
	is_deeply([ grep { !/role "\Q$me\E" (?:cannot be dropped|already exists)|current user cannot be dropped/ } $stderr =~ /(?:ERROR|WARNING):  (.*)/g ], [],
		'the only errors are about the role that restores');
	check_copy($second, 'source', $digests, $catalog);
	is(quiet_psql($second, 'source', 'SET ROLE web; SELECT count(*) FROM users; SELECT count(*) > 0 FROM generated_courses'), "0\nt", 'roles have their privileges');
	is(quiet_psql($second, 'source', 'SHOW learnify.password_cost'), '5', 'settings are restored');
	check_copy($second, 'other', @$other[ 1, 2 ]);
	check_that_it_works($second, 'source');
	$second->stop;
};

done_testing();
