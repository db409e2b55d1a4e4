#!/usr/bin/perl
# tables.pl page|dot|svg
#
# Draws the tables of the extension by layer, with their columns and foreign keys, from the
# catalog of the database to which psql connects by default. Prints the page doc/tables.md, the
# text for Graphviz, or the picture on the page, which Graphviz (Debian: graphviz) makes of it.
use strict;
use warnings FATAL => 'all';
use File::Basename;
use File::Spec;
use File::Temp;

my @LAYERS = qw(identity curriculum progress social discovery);
my $FOLDER = File::Spec->rel2abs(dirname(__FILE__));
my $SQL = "$FOLDER/../../sql";

# Returns the rows of a query as arrays.
sub rows
{
	my ($query) = @_;
	open my $psql, '-|', 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-F', "\t", '-c', $query or die "psql: $!";
	my @rows = map { chomp; [ split /\t/, $_, -1 ] } <$psql>;
	close $psql or die "psql failed\n";
	return @rows;
}

# Returns the tables of a layer in the order in which it creates them.
sub tables_of
{
	my ($layer) = @_;
	open my $file, '<', "$SQL/$layer/tables.sql" or die "$layer: $!";
	return map { /^CREATE TABLE (\w+)/ ? $1 : () } <$file>;
}

# name, type, and PK, FK or UK
my %columns;
foreach my $row (rows(q{
	SELECT c.relname, a.attname, replace(format_type(a.atttypid, NULL), 'timestamp with time zone', 'timestamptz'),
	       CASE WHEN bool_or(k.contype = 'p') THEN 'PK' WHEN bool_or(k.contype = 'f') THEN 'FK'
	            WHEN bool_or(k.contype = 'u' AND cardinality(k.conkey) = 1) THEN 'UK' ELSE '' END
	FROM pg_extension AS e
	JOIN pg_class AS c ON c.relnamespace = e.extnamespace AND c.relkind = 'r' AND c.oid = ANY (e.extconfig)
	JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	LEFT JOIN pg_constraint AS k ON k.conrelid = c.oid AND a.attnum = ANY (k.conkey)
	WHERE e.extname = 'learnify'
	GROUP BY c.relname, a.attnum, a.attname, a.atttypid
	ORDER BY c.relname, a.attnum}))
{
	my ($table, @column) = @$row;
	push @{ $columns{$table} }, \@column;
}

# referencing table and column, referenced table, whether the column is nullable and unique
my @references = rows(q{
	SELECT k.conrelid::regclass, a.attname, k.confrelid::regclass, a.attnotnull,
	       EXISTS (SELECT FROM pg_constraint AS u WHERE u.conrelid = k.conrelid AND u.contype = 'u' AND u.conkey = k.conkey)
	FROM pg_extension AS e
	JOIN pg_constraint AS k ON k.connamespace = e.extnamespace AND k.contype = 'f'
	JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
	WHERE e.extname = 'learnify' AND k.conrelid = ANY (e.extconfig)
	ORDER BY k.conrelid::regclass::text COLLATE "C", a.attnum});

sub mermaid
{
	my $text = "erDiagram\n";
	foreach my $layer (@LAYERS)
	{
		$text .= "  %% $layer\n";
		foreach my $table (tables_of($layer))
		{
			$text .= "  $table {\n";
			$text .= join(' ', '   ', $_->[1] =~ s/ /_/gr, $_->[0], $_->[2] || ()) . "\n" foreach @{ $columns{$table} };
			$text .= "  }\n";
		}
	}
	foreach my $reference (@references)
	{
		my ($from, $column, $to, $not_null, $unique) = @$reference;
		$text .= sprintf "  %s %s--%s %s : %s\n", $to, $not_null eq 't' ? '||' : '|o', $unique eq 't' ? 'o|' : 'o{', $from, $column;
	}
	return $text;
}

sub dot_row
{
	my ($name, $type, $key) = @{ $_[0] };
	my $text = $key eq 'PK' ? "<b>$name</b>" : $key eq 'FK' ? "<i>$name</i>" : $name;
	return qq(<tr><td align="left" port="$name">$text</td></tr>);
}

# Draws no lines to users from other layers, where they would hide the rest: each of them leads
# from a column user_id, follower_id or following_id. Colours are those of tables.css.
sub dot
{
	my $text = <<~'DOT';
		digraph tables {
		  graph [rankdir=RL, bgcolor=transparent, fontname="sans-serif", fontsize=16, nodesep=0.2, ranksep=0.7, pad=0.2]
		  node [shape=plain, fontname="sans-serif", fontsize=11]
		  edge [arrowsize=0.6, arrowhead=normal]
		DOT
	foreach my $layer (@LAYERS)
	{
		$text .= qq(  subgraph cluster_$layer {\n    label="$layer"; class="$layer"; style=rounded\n);
		foreach my $table (tables_of($layer))
		{
			$text .= sprintf qq(    %s [class="%s", label=<<table border="1" cellborder="0" cellspacing="0" cellpadding="1" bgcolor="white">%s%s</table>>]\n),
				$table, $layer, qq(<tr><td align="left" port="table"><font point-size="13"><b>$table</b></font></td></tr>),
				join '', map { dot_row($_) } @{ $columns{$table} };
		}
		$text .= "  }\n";
	}
	my %is_identity = map { $_ => 1 } tables_of('identity');
	$text .= sprintf "  %s:%s -> %s:table\n", @$_[0, 1, 2] foreach grep { $_->[2] ne 'users' || $is_identity{ $_->[0] } } @references;
	return "$text}\n";
}

# Adds the style sheet, and removes comments, one of which has Graphviz's version.
sub svg
{
	my $file = File::Temp->new;
	print $file dot();
	$file->flush;
	my $svg = qx(dot -Tsvg "$file") or die "dot failed (Debian: graphviz)\n";
	open my $css, '<', "$FOLDER/tables.css" or die "tables.css: $!";
	my $style = do { local $/; <$css> };
	$svg =~ s/<!--.*?-->\n//gs;
	$svg =~ s/(<svg[^>]*>\n)/$1<style>\n$style<\/style>\n/;
	return $svg;
}

sub page
{
	return <<~PAGE;
		# Tables

		"make diagrams" has drawn this page from the catalog. Primary keys are bold, and foreign keys are italic. Every `user_id`,
		`follower_id` and `following_id` refers to users, also where the picture has no line.

		![The tables by layer, with their columns and foreign keys](diagrams/tables.svg)

		[reference.md](reference.md#tables) says what the columns are. The same for mermaid:

		```mermaid
		@{[ mermaid() =~ s/\n\z//r ]}
		```
		PAGE
}

my %forms = (page => \&page, dot => \&dot, svg => \&svg);
my $form = $forms{ $ARGV[0] // '' } or die "usage: tables.pl page|dot|svg\n";
print $form->();
