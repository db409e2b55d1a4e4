# Downgrades refuse to lose data unless learnify.allow_data_loss is on. They lead to the
# catalog of a fresh install of the earlier version, and an update afterwards leads back
# to the catalog before.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $ALLOW = 'SET learnify.allow_data_loss = on;';

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

my (%fresh, %columns);
foreach my $version (@VERSIONS)
{
	my $database = create_database($node, 'fresh_' . $version =~ tr/./_/r, "CREATE EXTENSION learnify VERSION '$version'");
	$fresh{$version} = fingerprint($node, $database);
	$columns{$version} = table_columns($node, $database);
}

sub update_to
{
	my ($version) = @_;
	return "ALTER EXTENSION learnify UPDATE TO '$version'";
}

# What the earlier version has in another form: tier follows from rank.
my %kept_otherwise = ('trending_courses.tier' => 1);

# Returns the tables that a version has and another does not, and likewise the columns of
# tables that both have.
sub only_in
{
	my ($version, $other) = @_;
	my @gone;
	foreach my $table (keys %{ $columns{$version} })
	{
		my %kept = map { $_ => 1 } @{ $columns{$other}{$table} // [] };
		push @gone, %kept ? map { "$table.$_" } grep { !$kept{$_} } @{ $columns{$version}{$table} } : $table;
	}
	return sort grep { !$kept_otherwise{$_} } @gone;
}

# Returns the tables and columns whose data a refused downgrade says it would lose.
sub refused_data
{
	my ($database, $sql) = @_;
	my (undef, undef, $stderr) = $node->psql($database, $sql, on_error_stop => 1);
	my ($data) = $stderr =~ /ERROR:  the earlier version has no place for the data in (.*)\nHINT:.*learnify\.allow_data_loss/ or return $stderr;
	return join ', ', sort split /, /, $data;
}

# Columns that an update computes, with the expression: equal values are not data to lose.
my %derived = ('module_completions.submitted_on' => q{(submitted_at AT TIME ZONE (SELECT u.time_zone FROM users AS u WHERE u.id = user_id))::date});

# Returns SQL that deletes the data of tables, except for the rows that ship, and resets
# columns ("table.column") to their defaults.
sub empty
{
	my $sql = 'SET session_replication_role = replica;';
	foreach my $holder (@_)
	{
		my ($table, $column) = $holder =~ /^((?:learnify_internal\.)?\w+)(?:\.(\w+))?$/;
		$sql .= defined $column ? "UPDATE $table SET $column = " . ($derived{$holder} // 'DEFAULT') . ';'
		  : "DELETE FROM $table" . ($table =~ /^(achievements|blueprint_modules)$/ ? ' WHERE NOT builtin' : '') . ';';
	}
	return "$sql RESET session_replication_role;";
}

sub everything
{
	my ($database) = @_;
	return quiet_psql($node, $database, 'TABLE schema_migrations ORDER BY version') . "\n"
	  . fingerprint($node, $database) . "\n" . row_digests($node, $database);
}

my $filled = create_database($node, 'filled', 'CREATE EXTENSION learnify');
fill_version($node, $filled, $VERSIONS[-1]);

sub copy_of_filled
{
	my ($database) = @_;
	copy_database($node, $database, $filled);
	return $database;
}

subtest 'a downgrade that would lose data is refused' => sub {
	my $database = copy_of_filled('refused');
	foreach my $step (reverse 1 .. $#VERSIONS)
	{
		my ($from, $to) = @VERSIONS[ $step, $step - 1 ];
		my @holders = only_in($from, $to);
		my $before = everything($database);
		is(refused_data($database, update_to($to)), join(', ', @holders), "$from: the error names every table and column with data that $to lacks") if @holders;
		foreach my $holder (cases(2, @holders))
		{
			is(refused_data($database, 'BEGIN;' . empty(grep { $_ ne $holder } @holders) . update_to($to)), $holder, "$from: data in $holder alone is refused");
		}
		is_same_text(everything($database), $before, "$from: refused downgrades change nothing");
		quiet_psql($node, $database, empty(@holders) . update_to($to), "$from: rows that ship do not prevent a downgrade");
	}
};

subtest 'courses as they were generated prevent no downgrade' => sub {
	my $database = create_database($node, 'generated', 'CREATE EXTENSION learnify');
	quiet_psql($node, $database, q{
		INSERT INTO users (email, password_hash, name) VALUES ('ann@example.org', '', 'Ann');
		SELECT onboard(id, 'Digital', 'chess', 'novice', (SELECT jsonb_object_agg(k, 'x') FROM unnest('{ENTITY,STATE,LOGIC,FLOW,CONTAINER,EDGE_CASE,INTERFACE,VARIANT,EVENT,CAPSTONE_GOAL}'::text[]) AS k)) FROM users});
	my $regenerate = 'SELECT count(*) FROM generated_courses AS c CROSS JOIN regenerate_course(c.id, true)';
	is($node->safe_psql($database, $regenerate), '0', 'the course follows its template');
	quiet_psql($node, $database, update_to('0.5.0'), 'a downgrade');
	quiet_psql($node, $database, update_to('1.0.0'), 'and an update');
	is($node->safe_psql($database, $regenerate), '0', 'and still does');
	is($node->safe_psql($database, q{UPDATE users SET name = name; SELECT set_variables(id, '{"FLOW": "y"}') FROM users \g /dev/null
			SELECT count(*) > 0 AND bool_and(change = 'changed') FROM generated_courses AS c CROSS JOIN regenerate_course(c.id, true)}), 't', 'also to new variables');
};

subtest 'a refusal rolls back the earlier steps' => sub {
	my $database = copy_of_filled('partly');
	quiet_psql($node, $database, empty(map { only_in(@VERSIONS[ $_, $_ - 1 ]) } 3 .. $#VERSIONS));
	my $before = everything($database);
	is(refused_data($database, update_to('0.1.0')), 'architecture_reviews, module_completions, user_progress', 'the step from 0.2.0 is refused');
	is_same_text(everything($database), $before, 'the refused downgrade changes nothing');
};

subtest "with $ALLOW" => sub {
	my $stepped = copy_of_filled('stepped');
	foreach my $version (reverse @VERSIONS[ 0 .. $#VERSIONS - 1 ])
	{
		my $rows = row_digests($node, $stepped, $columns{$version});
		my $tracked = quiet_psql($node, $stepped, "SELECT * FROM schema_migrations WHERE extension_version <= '$version' AND (version <> '000' OR '$version' >= '1.0.0') ORDER BY version");
		quiet_psql($node, $stepped, $ALLOW . update_to($version), "the downgrade to $version prints nothing");
		is_same_text(fingerprint($node, $stepped), $fresh{$version}, "the catalog is that of a fresh install of $version");
		is_same_text(row_digests($node, $stepped), $rows, 'the remaining rows and columns are unchanged');
		is(quiet_psql($node, $stepped, 'SELECT * FROM schema_migrations ORDER BY version'), $tracked, 'the remaining rows of schema_migrations are unchanged');
	}

	my $leapt = copy_of_filled('leapt');
	my $rows = row_digests($node, $leapt, $columns{'0.1.0'});
	foreach my $database ($stepped, $leapt)
	{
		quiet_psql($node, $database, $ALLOW . update_to('0.1.0'), "$database: downgrade to 0.1.0 at once") if $database eq $leapt;
		is_same_text(fingerprint($node, $database), $fresh{'0.1.0'}, "$database: the catalog is that of a fresh install of 0.1.0");
		quiet_psql($node, $database, 'ALTER EXTENSION learnify UPDATE', "$database: update afterwards");
		is_same_text(fingerprint($node, $database), $fresh{ $VERSIONS[-1] }, "$database: the catalog is that of a fresh install again");
		is_same_text(row_digests($node, $database, $columns{'0.1.0'}), $rows, "$database: the rows of 0.1.0 are unchanged");
	}
};

# A downgrade that loses nothing needs no permission.
subtest 'a downgrade and an update without data of later versions' => sub {
	my $database = create_database($node, 'identity', 'CREATE EXTENSION learnify');
	quiet_psql($node, $database, 'SET learnify.password_cost = 4;' . slurp_file("$TREE/test/versions/identity.sql"), 'register learners');
	refused($node, $database, update_to('0.1.0'), qr/no place for the data in learnify_internal.model_requests\n/, 'whose domains are being validated');
	quiet_psql($node, $database, q{UPDATE user_archetypes SET validation_status = 'unchecked' WHERE validation_status = 'pending'});
	my ($catalog, $rows) = (fingerprint($node, $database), row_digests($node, $database));
	quiet_psql($node, $database, update_to('0.1.0'), 'downgrade to 0.1.0');
	quiet_psql($node, $database, 'ALTER EXTENSION learnify UPDATE', 'update');
	is_same_text(fingerprint($node, $database), $catalog, 'the catalog is unchanged');
	is_same_text(row_digests($node, $database), $rows, 'all rows, also those that ship, are unchanged');
};

# A snapshot older than the table locks would miss rows committed in between.
subtest 'a downgrade at other isolation levels' => sub {
	refused($node, 'identity', "BEGIN ISOLATION LEVEL $_;" . update_to('0.4.0'), qr/by read committed transactions only/, $_)
	  foreach 'REPEATABLE READ', 'SERIALIZABLE';
};

subtest 'allow_data_loss is not a boolean' => sub {
	my ($status, undef, $stderr) = $node->psql($filled, 'SET learnify.allow_data_loss = perhaps;' . update_to('0.4.0'), on_error_stop => 1);
	like($stderr, qr/parameter "learnify.allow_data_loss" requires a Boolean value.*ERROR:  the earlier version has no place/s, 'the setting is ignored with a warning');
};

subtest "a user's view of a table that the downgrade drops" => sub {
	quiet_psql($node, 'identity', 'CREATE VIEW trends AS SELECT rank FROM trending_courses');
	my $before = everything('identity');
	refused($node, 'identity', $ALLOW . update_to('0.4.0'), qr/view trends depends on table trending_courses/, 'the downgrade');
	is_same_text(everything('identity'), $before, 'the failed downgrade changes nothing');
	quiet_psql($node, 'identity', 'DROP VIEW trends');
};

# The downgrade from 1.0.0 drops the policies but keeps grants, so roles that policies
# restrict would see all rows. It is refused while such grants exist.
subtest 'grants that row-level security restricts' => sub {
	my $down = update_to('0.5.0');
	quiet_psql($node, 'identity', q{CREATE ROLE web; CREATE ROLE reports BYPASSRLS; SELECT grant_learner('web');
		GRANT SELECT ON users TO reports});
	refused($node, 'identity', $down, qr/without row-level security, every row would be open to web\n/, 'with a learner role');
	quiet_psql($node, 'identity', "BEGIN; $ALLOW $down", 'learnify.allow_data_loss allows it');
	quiet_psql($node, 'identity', 'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM web; GRANT SELECT (title) ON generated_courses TO PUBLIC');
	refused($node, 'identity', $down, qr/open to PUBLIC\n/, 'with a grant of one column to PUBLIC');
	quiet_psql($node, 'identity', "REVOKE ALL (title) ON generated_courses FROM PUBLIC; BEGIN; $down", 'without such grants the downgrade succeeds');
};

# The downgrade locks all tables at once or none, so that a concurrent writer neither
# deadlocks with it nor loses rows.
subtest 'a row is written while the downgrade waits' => sub {
	my $save = q{INSERT INTO user_course_interactions (user_id, course_id, interaction_type)
		SELECT u.id, c.id, 'saved' FROM users AS u, generated_courses AS c LIMIT 1};
	create_database($node, 'meanwhile', 'CREATE EXTENSION learnify');
	quiet_psql($node, 'meanwhile', q{INSERT INTO users (email, password_hash, name) VALUES ('ada@example.org', '!', 'Ada');
		INSERT INTO generated_courses (user_id, title, meta_category) SELECT id, 'Sorting', 'Digital' FROM users});
	my $writer = $node->background_psql('meanwhile');
	$writer->query_safe('BEGIN; UPDATE users SET last_login = now()');
	my $operator = $node->background_psql('meanwhile', on_error_stop => 0);
	$operator->query_safe("SET application_name = 'the downgrade'");
	$operator->query_until(qr/started/, "\\echo started\n" . update_to('0.4.0') . ";\n");
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'the downgrade' AND state = 'active'}),
		'the downgrade is running');
	$writer->query_safe($save);
	$writer->query_safe('COMMIT');
	like($operator->query('SELECT extversion FROM pg_extension'), qr/\Q$VERSIONS[-1]\E/, "the version is still $VERSIONS[-1]");
	like($operator->{stderr}, qr/has no place for the data in user_course_interactions/, 'the downgrade sees the row and is refused');
	is(quiet_psql($node, 'meanwhile', 'SELECT count(*) FROM user_course_interactions'), '1', 'the row is not lost');
	$_->quit foreach $writer, $operator;
};

$node->stop;
done_testing();
