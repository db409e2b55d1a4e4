# What the tests on servers of their own share.
package Learnify;

use strict;
use warnings FATAL => 'all';
use Exporter 'import';
use File::Basename qw(dirname);
use File::Spec;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(@VERSIONS %TABLES $TREE quiet_psql quietly refused complaints restore_with_psql create_database fill_version
  compare_versions version_script version_answers fingerprint is_same_text row_digests table_columns invariants);

our $TREE = File::Spec->rel2abs(dirname(__FILE__) . '/../..');
# the released versions and the one in work, in order
our @VERSIONS = versions();
# What each version brought: test/versions/ has rows for it by that name, and what its
# functions answer about them. Later versions have files by their numbers, if any.
my @LAYERS = qw(identity curriculum progress social discovery automation);
push @LAYERS, @VERSIONS[ @LAYERS .. $#VERSIONS ];
# how many tables each version has, besides the tracker
my @LAYER_TABLES = (3, 8, 11, 15, 18);
our %TABLES = map { $VERSIONS[$_] => $LAYER_TABLES[$_] // 18 } 0 .. $#VERSIONS;

sub versions
{
	my ($default) = slurp_file("$TREE/learnify.control") =~ /^default_version = '(.*)'/m;
	my %versions = map { $_ => 1 } $default, map { /--([^-]+)\.sql$/ } glob "$TREE/sql/releases/learnify--*.sql";
	return sort { compare_versions($a, $b) } keys %versions;
}

sub compare_versions
{
	my @a = split /\./, $_[0];
	my @b = split /\./, $_[1];
	return $a[0] <=> $b[0] || $a[1] <=> $b[1] || $a[2] <=> $b[2];
}

# Runs SQL that must succeed and say nothing besides its result, which is returned.
sub quiet_psql
{
	my ($node, $database, $sql, $name) = @_;
	my ($stdout, $stderr) = ('', '');
	my $status = $node->psql($database, $sql, stdout => \$stdout, stderr => \$stderr, on_error_stop => 1);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is("$status: $stderr", '0: ', $name) if defined $name || $status != 0 || $stderr ne '';
	return $stdout;
}

# What a server that has been stopped complained of, with the lines that explain
# it. A session whose client had just gone may still have been there at the end.
sub complaints
{
	my ($node) = @_;
	my @complaints = slurp_file($node->logfile) =~
	  /^(.*(?:ERROR|WARNING|FATAL|PANIC):.*\n(?:.*(?:DETAIL|HINT|CONTEXT|STATEMENT):.*\n|\t.*\n)*)/mg;
	return [ grep { !/terminating connection due to administrator command/ } @complaints ];
}

# Runs SQL that must fail with this message.
sub refused
{
	my ($node, $database, $sql, $message, $name) = @_;
	my ($status, undef, $stderr) = $node->psql($database, $sql, on_error_stop => 1);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	isnt($status, 0, "$name: refused");
	like($stderr, $message, "$name: told so");
}

# Runs a program that must succeed and say nothing.
sub quietly
{
	my ($node, $name, @command) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$node->command_checks_all(\@command, 0, [qr/\A\z/], [qr/\A\z/], $name);
}

sub restore_with_psql
{
	my ($node, $database, $dump) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	quietly($node, 'restored, without a word',
		'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $node->connstr($database), '-f', $dump);
}

# A database of that name, where "CREATE EXTENSION ..." has run, if it is given.
sub create_database
{
	my ($node, $database, $extension) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	quiet_psql($node, $database, $extension, "$database: $extension, without a word") if defined $extension;
	return $database;
}

sub layers
{
	my ($version) = @_;
	my ($last) = grep { $VERSIONS[$_] eq $version } 0 .. $#VERSIONS;
	return @LAYERS[ 0 .. $last ];
}

# The SQL in test/versions/ of a version and those before it, in files of these endings.
sub version_files
{
	my ($version, @endings) = @_;
	return map { slurp_file($_) } grep { -e } map { my $layer = $_; map { "$TREE/test/versions/$layer$_.sql" } @endings } layers($version);
}

# Internals are called by their names alone, since before 1.0.0 they lay elsewhere.
my $SEARCH_PATH = "SET search_path = public, learnify_internal;\n";

# Rows in every table of a version, made with every function that it has.
sub fill_version
{
	my ($node, $database, $version) = @_;
	my $rows = join '', version_files($version, '');
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	quiet_psql($node, $database, "SET learnify.password_cost = 4;\n$SEARCH_PATH$rows", "$database is filled with rows of $version");
	my @tables = split /\n/, row_digests($node, $database);
	is(scalar(@tables), $TABLES{$version}, 'in as many tables as it has');
	is_deeply([ grep { /\|0\|/ } @tables ], [], 'in every one of them');
}

# All that fill_version and version_answers run.
sub version_script
{
	my ($version) = @_;
	return join '', version_files($version, '', '_answers');
}

# What a version's functions say of these rows.
sub version_answers
{
	my ($node, $database, $version) = @_;
	return quiet_psql($node, $database, join '', $SEARCH_PATH, version_files($version, '_answers'));
}

sub fingerprint
{
	my ($node, $database, $schema) = @_;
	my $search_path = 'SET search_path = ' . (defined $schema ? qq("$schema") : 'public') . ", learnify_internal;\n";
	return quiet_psql($node, $database, $search_path . slurp_file("$TREE/test/fingerprint.sql"));
}

# Compares texts of many lines, and shows the lines that only one of them has.
sub is_same_text
{
	my ($got, $expected, $name) = @_;
	my %got = map { $_ => 1 } split /\n/, $got;
	my %expected = map { $_ => 1 } split /\n/, $expected;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok($got eq $expected, $name) or diag(
		(map { "expected only: $_\n" } grep { !$got{$_} } sort keys %expected),
		(map { "got only: $_\n" } grep { !$expected{$_} } sort keys %got));
}

# One line for each table of the schema but the tracker: its name, how many rows
# it has, and a digest of them. Columns can be given, as a hash of arrays by table.
sub row_digests
{
	my ($node, $database, $schema, $columns) = @_;
	$schema //= 'public';
	my @tables = sort keys %{ $columns // table_columns($node, $database, $schema) };
	my @queries;
	foreach my $table (@tables)
	{
		my $row = $columns ? 'ROW(' . join(', ', map { "t.$_" } @{ $columns->{$table} }) . ')' : 't';
		push @queries, qq(
			SELECT '$table', count(*), md5(string_agg($row\::text, E'\\n' ORDER BY $row\::text COLLATE "C"))
			FROM "$schema".$table AS t);
	}
	return quiet_psql($node, $database, join(' UNION ALL ', @queries) . ' ORDER BY 1');
}

# The columns of each table of the schema but the tracker.
sub table_columns
{
	my ($node, $database, $schema) = @_;
	my %columns;
	my $lines = quiet_psql($node, $database, qq(
		SELECT table_name || ' ' || column_name FROM information_schema.columns
		WHERE table_schema = '$schema' AND table_name <> 'schema_migrations' ORDER BY table_name, ordinal_position));
	foreach (split /\n/, $lines)
	{
		my ($table, $column) = split / /;
		push @{ $columns{$table} }, $column;
	}
	return \%columns;
}

# What violates test/invariants.sql, a line each. The learners whose work has been
# corrected may be given, as a query, and what to do before, in the same session.
sub invariants
{
	my ($node, $database, $corrected, $before) = @_;
	my $set = defined $corrected ? "\\set corrected '$corrected'\n" : '';
	return quiet_psql($node, $database, ($before // '') . "\n$set" . slurp_file("$TREE/test/invariants.sql"));
}

1;
