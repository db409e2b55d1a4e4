# Less usual ways to dump and restore, from each version. Ways that cannot work are
# refused, and lose no row.
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
my $source = [ 'source', 'public', $digests, fingerprint($node, 'source') ];

# Runs a program that must fail, and returns what it says on stderr.
sub fails
{
	my ($name, @command) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($stdout, $stderr) = ('', '');
	my $succeeded = IPC::Run::run(\@command, '>', \$stdout, '2>', \$stderr);
	ok(!$succeeded, "$name: refused");
	return $stderr;
}

sub dump_file
{
	my (@options) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir() . '/dump';
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	quietly($node, "dumped @options", 'pg_dump', '-f', $file, @options, '-d', $node->connstr('source'));
	return $file;
}

check_restore($node, $source, '--column-inserts', dump => ['--column-inserts'], works => 1);
check_restore($node, $source, '--inserts, fifty rows each', dump => ['--rows-per-insert=50']);
check_restore($node, $source, 'in one transaction', dump => ['-Fc'], restore => [ ['--single-transaction'] ], works => 1);
check_restore($node, $source, 'tar', dump => ['-Ft'], restore => [ [] ]);
check_restore($node, $source, 'dumped in parallel, restored by one job', dump => [ '-Fd', '-j4' ], restore => [ [] ]);
check_restore($node, $source, 'names quoted, owners and privileges left out', dump => [ '--quote-all-identifiers', '--no-owner', '--no-privileges' ]);
check_restore($node, $source, 'in another encoding', dump => ['--encoding=LATIN1']);
check_restore($node, $source, 'the schema, then the data', dump => ['-Fc'], restore => [ ['--schema-only'], ['--data-only'] ], works => 1);
check_restore($node, $source, 'data only, column by column', dump => [ '--data-only', '--column-inserts' ], before => $create, works => 1);
check_restore($node, $source, 'data only, in parallel, as a replica', dump => [ '-Fd', '--data-only' ], restore => [ ['-j4'] ], before => $create, @replica);
check_restore($node, $source, 'section by section, in parallel, as a replica', dump => ['-Fd'],
	restore => [ map { [ '-j4', "--section=$_" ] } qw(pre-data data post-data) ], @replica);

my $schema = 'Learn it, & more';
my $other = [ 'other', $schema, populate($node, 'other', $schema), fingerprint($node, 'other', $schema) ];
my $create_other = qq(CREATE SCHEMA "$schema"; $create SCHEMA "$schema");
check_restore($node, $other, '--inserts', dump => ['--inserts'], works => 1);
check_restore($node, $other, 'in parallel, as a replica', dump => ['-Fd'], restore => [ ['-j4'] ], @replica);
check_restore($node, $other, 'section by section', dump => ['-Fc'], restore => [ map { ["--section=$_"] } qw(pre-data data post-data) ]);
check_restore($node, $other, 'data only', dump => ['--data-only'], before => $create_other, works => 1);

subtest 'two dumps, of the schema and of the data' => sub {
	create_database($node, 'two_dumps');
	restore_with_psql($node, 'two_dumps', dump_file('--schema-only'));
	restore_with_psql($node, 'two_dumps', dump_file('--data-only'));
	check_copy($node, 'two_dumps', 'public', @$source[ 2, 3 ]);
	check_that_it_works($node, 'two_dumps');
};

# What was written after the dump is dropped with the extension, and the rows of the
# dump are restored.
subtest 'over an older copy, with --clean' => sub {
	my $dump = dump_file('-Fc');
	create_database($node, 'cleaned');
	quietly($node, 'restored', 'pg_restore', '-e', '-d', $node->connstr('cleaned'), $dump);
	check_that_it_works($node, 'cleaned');
	quietly($node, 'restored over it', 'pg_restore', '-e', '--clean', '--if-exists', '-d', $node->connstr('cleaned'), $dump);
	check_copy($node, 'cleaned', 'public', @$source[ 2, 3 ]);
};

subtest 'onto itself, refused without loss' => sub {
	my $itself = $node->connstr('source');
	foreach my $options ([], ['--inserts'], ['--data-only'])
	{
		my $file = dump_file(@$options);
		my ($stdout, $stderr) = ('', '');
		IPC::Run::run([ 'psql', '-X', '-q', '-o', '/dev/null', '-d', $itself, '-f', $file ], '>', \$stdout, '2>', \$stderr);
		my @refused = $stderr =~ /ERROR:  (.*)/g;
		my %table = map { /"(\w+?)_pkey"/ ? ($1 => 1) : () } @refused;
		is_deeply([ sort keys %table ], [ sort keys %{ table_columns($node, 'source', 'public') } ], "@$options: each table refuses the first row that it has");
		is_deeply([ grep { !/^duplicate key value violates unique constraint "\w+_pkey"/ } @refused ], [], 'and nothing else is wrong');
		is_same_text(row_digests($node, 'source'), $digests, 'every row is as it was');
	}
	like(fails('by pg_restore -e', 'pg_restore', '-e', '-d', $itself, dump_file('-Fc')), qr/duplicate key value violates unique constraint/, 'which says so');
	quietly($node, 'conflicts ignored', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', 'SET client_min_messages = warning',
		'-o', '/dev/null', '-d', $itself, '-f', dump_file('--inserts', '--on-conflict-do-nothing'));
	check_copy($node, 'source', 'public', @$source[ 2, 3 ]);
};

# With triggers disabled, edited seed rows conflict with those of CREATE EXTENSION.
subtest '--disable-triggers, refused without loss' => sub {
	my $dump = dump_file('--data-only', '--disable-triggers');
	create_database($node, 'disabled', $create);
	my $fresh = row_digests($node, 'disabled');
	my $catalog = fingerprint($node, 'disabled');
	like(fails('in one transaction', 'psql', '-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('disabled'), '-f', $dump),
		qr/duplicate key value violates unique constraint "(?:blueprint_modules|achievements)_/, 'which says so');
	check_copy($node, 'disabled', 'public', $fresh, $catalog);
};

# A dump of single schemas or tables does not contain the extension.
subtest 'parts' => sub {
	my $part = dump_file('-n', 'public', '--inserts');
	unlike(slurp_file($part), qr/CREATE (?:EXTENSION|TABLE)/, '-n: no extension, and no table of it');
	$part = dump_file('-t', 'users', '-t', 'activity_feed', '--inserts');
	unlike(slurp_file($part), qr/CREATE (?:EXTENSION|TABLE)/, '-t: no extension, and no table of it');
	my $without = dump_file('-T', 'activity_feed', '--inserts');
	unlike(slurp_file($without), qr/INSERT INTO public\.activity_feed/, '-T: without that table');
	create_database($node, 'without');
	restore_with_psql($node, 'without', $without);
	my @kept = grep { !/^activity_feed\|/ } split /\n/, $digests;
	is_same_text(row_digests($node, 'without') =~ s/^activity_feed\|.*\n//mr, join("\n", @kept), 'every row of the others is as it was');
};

# A dump of an earlier version is restored under the newest, in every format.
foreach my $version (@VERSIONS)
{
	subtest "from $version" => sub {
		my $name = $version =~ tr/./_/r;
		create_database($node, "of_$name", "$create VERSION '$version'");
		fill_version($node, "of_$name", $version);
		my $columns = table_columns($node, "of_$name", 'public');
		my $rows = row_digests($node, "of_$name", 'public', $columns);
		foreach my $options ([], ['--inserts'], ['-Fc'])
		{
			my $restored = create_database($node, "of_${name}_restored");
			my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
			quietly($node, "dumped @$options", 'pg_dump', '-f', $dump, @$options, '-d', $node->connstr("of_$name"));
			"@$options" eq '-Fc' ? quietly($node, 'restored', 'pg_restore', '-e', '-d', $node->connstr($restored), $dump)
			  : restore_with_psql($node, $restored, $dump);
			is_same_text(row_digests($node, $restored, 'public', $columns), $rows, 'every row is as it was');
			is(quiet_psql($node, $restored, q{SELECT extversion FROM pg_extension WHERE extname = 'learnify'}), $VERSIONS[-1], 'under the newest version');
			$node->safe_psql('postgres', "DROP DATABASE $restored");
		}
		$node->safe_psql('postgres', "DROP DATABASE of_$name");
	};
}

# What the user adds to the extension's tables is not dumped, except for grants. The
# values of an added column are dumped without its definition, and cannot be restored.
subtest 'what the user has added to the tables' => sub {
	create_database($node, 'added', $create);
	quiet_psql($node, 'added', <<~SQL, 'some of each');
		SET client_min_messages = error;
		CREATE ROLE analyst; GRANT SELECT ON users TO analyst; ALTER TABLE course_tags OWNER TO analyst;
		CREATE INDEX our_index ON users (name);
		CREATE TRIGGER our_trigger BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
		CREATE POLICY our_policy ON users FOR SELECT TO analyst USING (true);
		CREATE PUBLICATION our_publication FOR TABLE users;
		INSERT INTO users (email, password_hash, name) VALUES ('ada\@example.org', '!', 'Ada');
		SQL
	is(quiet_psql($node, 'added', 'SELECT drift, object FROM verify_schema()'),
		"added|users.our_index\nadded|users.our_policy\nadded|users.our_trigger", 'verify_schema lists what it looks at');
	my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
	quietly($node, 'dumped', 'pg_dump', '-f', $dump, '-d', $node->connstr('added'));
	my $text = slurp_file($dump);
	like($text, qr/^CREATE PUBLICATION our_publication/m, 'the publication is there');
	unlike($text, qr/our_index|our_trigger|our_policy|ADD TABLE|course_tags OWNER/, 'nothing of the tables is');
	like($text, qr/^GRANT SELECT ON TABLE public\.users TO analyst;/m, 'grants are');

	quiet_psql($node, 'added', q{DROP PUBLICATION our_publication; ALTER TABLE users ADD COLUMN nickname text; UPDATE users SET nickname = 'Countess'});
	quietly($node, 'with a column, dumped', 'pg_dump', '-Fc', '-f', $dump, '-d', $node->connstr('added'));
	like(fails('with a column', 'pg_restore', '-e', '-d', $node->connstr(create_database($node, 'added_column')), $dump),
		qr/column "nickname" of relation "users" does not exist/, 'which says so');
	my $target = $node->connstr(create_database($node, 'added_between'));
	quietly($node, 'without the data, restored', 'pg_restore', '-e', '--section=pre-data', '-d', $target, $dump);
	quiet_psql($node, 'added_between', 'ALTER TABLE users ADD COLUMN nickname text');
	quietly($node, 'and then the data', 'pg_restore', '-e', '--section=data', '--section=post-data', '-d', $target, $dump);
	is(quiet_psql($node, 'added_between', 'SELECT name, nickname FROM users'), 'Ada|Countess', 'with the column added between, it is there');
	# pg_dumpall, below, could not be restored with them
	$node->safe_psql('postgres', "DROP DATABASE $_") foreach qw(added added_column added_between);
};

# pg_dump by a role that may not see every row fails; it does not leave rows out.
subtest 'dumped by whom row-level security binds, refused' => sub {
	quiet_psql($node, 'source', 'CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader');
	like(fails('pg_dump', 'pg_dump', '-U', 'reader', '-f', '/dev/null', '-d', $node->connstr('source')),
		qr/query would be affected by row-level security policy/, 'which says so');
	quiet_psql($node, 'source', 'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM reader');
};

# Where an application that is not a superuser owns the tables, a superuser creates the
# extension, and the owner dumps and restores its data.
subtest 'by the owner of the tables' => sub {
	quiet_psql($node, 'postgres', 'CREATE ROLE owner LOGIN');
	my $give_away = q{SELECT format('ALTER TABLE %I.%I OWNER TO owner', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' \gexec};
	create_database($node, $_, $create) foreach qw(owned owned_copy);
	quiet_psql($node, $_, "$give_away\n; GRANT USAGE, CREATE ON SCHEMA public TO owner") foreach qw(owned owned_copy);
	restore_with_psql($node, 'owned', dump_file('--data-only'));
	my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
	quietly($node, 'the owner dumps', 'pg_dump', '-U', 'owner', '--data-only', '-f', $dump, '-d', $node->connstr('owned'));
	quietly($node, 'the owner restores', 'psql', '-X', '-q', '-U', 'owner', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $node->connstr('owned_copy'), '-f', $dump);
	check_copy($node, 'owned_copy', 'public', $digests, fingerprint($node, 'owned'));
	check_that_it_works($node, 'owned_copy');
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
	quietly($node, 'dumped', 'pg_dumpall', '--clean', '--if-exists', '-f', $dump, '-d', $node->connstr('postgres'));
	my $second = start_node('second');
	my ($stdout, $stderr) = ('', '');
	IPC::Run::run([ 'psql', '-X', '-q', '-o', '/dev/null', '-d', $second->connstr('postgres'), '-f', $dump ], '>', \$stdout, '2>', \$stderr);
	my $me = $node->safe_psql('postgres', 'SELECT current_user');
	is_deeply([ grep { !/role "\Q$me\E" (?:cannot be dropped|already exists)|current user cannot be dropped/ } $stderr =~ /(?:ERROR|WARNING):  (.*)/g ], [],
		'restored, and only the role that restores is in the way');
	check_copy($second, 'source', 'public', $digests, $catalog);
	is(quiet_psql($second, 'source', 'SET ROLE web; SELECT count(*) FROM users; SELECT count(*) > 0 FROM generated_courses'), "0\nt", 'roles may what they might');
	is(quiet_psql($second, 'source', 'SHOW learnify.password_cost'), '5', 'settings are there');
	check_copy($second, 'other', $schema, @$other[ 2, 3 ]);
	check_that_it_works($second, 'source');
	$second->stop;
};

done_testing();
