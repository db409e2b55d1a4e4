# Helpers for the TAP tests.
package Learnify;

use strict;
use warnings FATAL => 'all';
use Exporter 'import';
use File::Basename qw(dirname);
use File::Spec;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(@VERSIONS %TABLES $TREE $IN_SCHEMA quiet_psql quietly refused complaints restore_with_psql cases create_database copy_database fill_version
  compare_versions version_script version_answers fingerprint is_same_text row_digests table_columns invariants check_indexes);

our $TREE = File::Spec->rel2abs(dirname(__FILE__) . '/../..');
# The released versions and the one in development, in order.
our @VERSIONS = versions();
# The layer that each version added. test/versions/ has a file for each layer that makes
# rows, and one that queries them. Files for later versions, if any, are named by number.
my @LAYERS = qw(identity curriculum progress social discovery automation);
push @LAYERS, @VERSIONS[ @LAYERS .. $#VERSIONS ];
# The number of tables in each version whose rows dumps contain.
my @LAYER_TABLES = (3, 8, 11, 15, 18, 25);
our %TABLES = map { $VERSIONS[$_] => $LAYER_TABLES[$_] // $LAYER_TABLES[-1] } 0 .. $#VERSIONS;
# Commands for psql that make the extension's schema the search_path.
our $IN_SCHEMA = q{SELECT extnamespace::regnamespace AS schema FROM pg_extension WHERE extname = 'learnify' \gset} . "\nSET search_path = :schema;\n";

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

# Returns a number of cases, the first ones, for "make test", which must not take long, and all
# of them for test/long/every_case.sh.
sub cases
{
	my ($number, @all) = @_;
	return $ENV{EVERY_CASE} || $number > @all ? @all : @all[ 0 .. $number - 1 ];
}

# Runs SQL that must succeed and print nothing on stderr. Returns its result.
sub quiet_psql
{
	my ($node, $database, $sql, $name) = @_;
	my ($stdout, $stderr) = ('', '');
	my $status = $node->psql($database, $sql, stdout => \$stdout, stderr => \$stderr, on_error_stop => 1);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is("$status: $stderr", '0: ', $name) if defined $name || $status != 0 || $stderr ne '';
	return $stdout;
}

# Returns the errors and warnings in the log of a stopped server, each with its DETAIL,
# HINT, CONTEXT and STATEMENT lines. A session whose client has just disconnected may
# still be running when the server stops, so its termination is ignored.
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
	isnt($status, 0, "$name: fails");
	like($stderr, $message, "$name: error message");
}

# Runs a program that must succeed without output.
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
	quietly($node, 'the dump is restored without output',
		'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $node->connstr($database), '-f', $dump);
}

# By server and command, the databases of which create_database makes copies. Their names contain
# that of the server, because pg_upgrade moves the databases of one server to another.
my %templates;

# Creates a database and, if it is given, has a CREATE EXTENSION command run there. That takes
# most of a second, and a copy of a database in which it has been run a tenth.
sub create_database
{
	my ($node, $database, $extension) = @_;
	my $template = 'template0';
	if (defined $extension)
	{
		my $known = $templates{ $node->name } //= {};
		$template = $known->{$extension} //= create_template($node, join('_', 'template', $node->name, scalar keys %$known), $extension);
	}
	return copy_database($node, $database, $template);
}

# Creates a database as a copy of another one. That takes three times as long if each block
# is logged, as PostgreSQL does by default.
sub copy_database
{
	my ($node, $database, $template) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE $template STRATEGY file_copy");
	return $database;
}

sub create_template
{
	my ($node, $database, $extension) = @_;
	create_database($node, $database);
	quiet_psql($node, $database, $extension, "$extension prints nothing");
	return $database;
}

sub layers
{
	my ($version) = @_;
	my ($last) = grep { $VERSIONS[$_] eq $version } 0 .. $#VERSIONS;
	return @LAYERS[ 0 .. $last ];
}

# Returns the contents of the files in test/versions/ for a version and those before it,
# with these endings after the layer's name.
sub version_files
{
	my ($version, @endings) = @_;
	return map { slurp_file($_) } grep { -e } map { my $layer = $_; map { "$TREE/test/versions/$layer$_.sql" } @endings } layers($version);
}

# The scripts call internals by unqualified names, because these were in the extension's
# schema before 1.0.0 and are in learnify_internal since.
my $SEARCH_PATH = "SET search_path = public, learnify_internal;\n";

# Fills every table of a version, by calling its functions where they write rows.
sub fill_version
{
	my ($node, $database, $version) = @_;
	my $rows = join '', version_files($version, '');
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	quiet_psql($node, $database, "SET learnify.password_cost = 4;\n$SEARCH_PATH$rows", "$database is filled with rows of $version");
	my @tables = split /\n/, row_digests($node, $database);
	is(scalar(@tables), $TABLES{$version}, "$database has all tables of $version");
	is_deeply([ grep { /\|0\|/ } @tables ], [], 'no table is empty');
}

# Returns the SQL that fill_version and version_answers run.
sub version_script
{
	my ($version) = @_;
	return join '', version_files($version, '', '_answers');
}

# Returns the results of a version's functions for the rows of fill_version.
sub version_answers
{
	my ($node, $database, $version) = @_;
	return quiet_psql($node, $database, join '', $SEARCH_PATH, version_files($version, '_answers'));
}

sub fingerprint
{
	my ($node, $database) = @_;
	return quiet_psql($node, $database, "${IN_SCHEMA}SET search_path = :schema, learnify_internal;\n" . slurp_file("$TREE/test/fingerprint.sql"));
}

# Compares two texts of many lines and shows the lines that differ.
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

# Returns a line for each table whose rows dumps contain: its name, its number of rows, and
# a digest of them. The digests cover all columns, or only those given as a hash of arrays
# by table.
sub row_digests
{
	my ($node, $database, $columns) = @_;
	my @queries;
	foreach my $table (sort keys %{ $columns // table_columns($node, $database) })
	{
		my $row = $columns ? 'ROW(' . join(', ', map { "t.$_" } @{ $columns->{$table} }) . ')' : 't';
		push @queries, qq(
			SELECT '$table', count(*), md5(string_agg($row\::text, E'\\n' ORDER BY $row\::text COLLATE "C"))
			FROM $table AS t);
	}
	return quiet_psql($node, $database, $IN_SCHEMA . join(' UNION ALL ', @queries) . ' ORDER BY 1');
}

# Returns the columns of each table whose rows dumps contain. Names of tables outside of the
# extension's schema are qualified.
sub table_columns
{
	my ($node, $database) = @_;
	my %columns;
	my $lines = quiet_psql($node, $database, $IN_SCHEMA . q{
		SELECT a.attrelid::regclass || ' ' || a.attname
		FROM pg_extension AS e
		JOIN pg_attribute AS a ON a.attrelid = ANY (e.extconfig) AND a.attnum > 0 AND NOT a.attisdropped
		WHERE e.extname = 'learnify'
		ORDER BY a.attrelid, a.attnum});
	foreach (split /\n/, $lines)
	{
		my ($table, $column) = split / /;
		push @{ $columns{$table} }, $column;
	}
	return \%columns;
}

# Returns a line for each violation of test/invariants.sql. The optional arguments are a
# query for the learners whose work has been corrected, SQL to run before in the same session,
# and a part of the text of an invariant, if only that is looked at.
sub invariants
{
	my ($node, $database, $parameters, $before, $only) = @_;
	my $set = join '', map { "\\set $_ '$parameters->{$_}'\n" } sort keys %{ $parameters // {} };
	my $queries = join "\n\n", grep { !/^SELECT/m || index($_, $only // '') >= 0 } split /\n\n/, slurp_file("$TREE/test/invariants.sql");
	return quiet_psql($node, $database, ($before // '') . "\n$set$queries");
}

# Every row is in each index of its table, and every index is sound. A server without contrib
# has no amcheck.
sub check_indexes
{
	my ($node, $database, $after) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return unless $node->safe_psql($database, q{SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'});
	cmp_ok(quiet_psql($node, $database, q{
			SET client_min_messages = warning;
			CREATE EXTENSION IF NOT EXISTS amcheck;
			SELECT count(*)
			FROM pg_extension AS e
			JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
			JOIN pg_index AS i ON d.classid = 'pg_class'::regclass AND i.indrelid = d.objid
			JOIN pg_class AS c ON c.oid = i.indexrelid
			JOIN pg_am AS a ON a.oid = c.relam AND a.amname = 'btree'
			CROSS JOIN LATERAL bt_index_check(c.oid, true)
			WHERE e.extname = 'learnify'}, 'the indexes can be checked'), '>', 50, ($after // '') . 'every row is in every index of its table');
}

1;
