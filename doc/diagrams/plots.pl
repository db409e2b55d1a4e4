#!/usr/bin/perl
# plots.pl cost_curves|quality
#
# Draws what "make bench" and test/bench/quality.sh have measured, from the CSV file of that name
# beside this script, as SVG.
use strict;
use warnings FATAL => 'all';
use File::Basename;
use List::Util qw(max);

my $FOLDER = dirname(__FILE__);
my $LINE = 20;    # height of a row, in pixels

# Returns the rows of a CSV file, which has neither quotes nor commas in its values, as hashes by
# the names of its first line.
sub records
{
	my ($name) = @_;
	open my $file, '<', "$FOLDER/$name.csv" or die "$name.csv: $!\n";
	chomp(my @lines = <$file>);
	my @names = split /,/, shift @lines;
	return map { my %record; @record{@names} = split /,/, $_, -1; \%record } @lines;
}

sub text
{
	my ($x, $y, $class, $text) = @_;
	return qq(<text x="$x" y="$y" class="$class">$text</text>\n);
}

sub svg
{
	my ($width, $height, $title, $body) = @_;
	open my $css, '<', "$FOLDER/plots.css" or die "plots.css: $!\n";
	my $style = do { local $/; <$css> };
	return <<~SVG;
		<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height" viewBox="0 0 $width $height" role="img">
		<title>$title</title>
		<style>
		$style</style>
		$body</svg>
		SVG
}

# Returns the line through three numbers of buffers in a cell, whose height is a million.
sub curve
{
	my ($x, $y, $class, @buffers) = @_;
	my @points = map {
		sprintf '%d,%.1f', $x + 30 * $_, $y - 16 * log(max($buffers[$_], 1)) / log(1e6)
	} 0 .. $#buffers;
	return qq(<polyline class="$class" points="@points"/>\n);
}

# One row for each function: its name, its curve, and the buffers with all data.
sub cost_curves
{
	my @records = records('cost_curves');
	my $rows = int((@records + 1) / 2);
	my $body = join '', map { text(380 * $_ + 12, 20, 'head', 'function') . text(380 * $_ + 190, 20, 'head', '1 x, 10 x, 100 x') . text(380 * $_ + 372, 20, 'head end', 'buffers') } 0, 1;
	foreach my $n (0 .. $#records)
	{
		my $record = $records[$n];
		my ($x, $y) = (380 * int($n / $rows), 28 + $LINE * ($n % $rows + 1) - 6);
		$body .= text($x + 12, $y, 'name', $record->{name}) . curve($x + 200, $y + 3, $record->{growth}, @$record{qw(hundredth tenth all)}) .
			text($x + 268, $y, $record->{growth}, $record->{growth}) . text($x + 372, $y, 'end', $record->{all});
	}
	return svg(760, 36 + $LINE * $rows, 'The buffers that each function reads and writes, by the size of the data, on a logarithmic scale', $body);
}

my %METHODS = (local_ridge => 'learnify', cosine => 'cosine neighbours', popularity => 'popularity');

# A panel for each measure, with a bar for each method.
sub quality
{
	my @records = records('quality');
	my @measures = ([ ndcg => 'NDCG@20' ], [ cold_ndcg => '1 to 3 courses taken' ], [ tail_ndcg => 'rare courses' ], [ coverage => 'coverage' ]);
	my $body = join '', map { text(12, 30 + $LINE * ($_ + 1) - 6, 'name', $METHODS{ $records[$_]{method} }) } 0 .. $#records;
	foreach my $m (0 .. $#measures)
	{
		my ($column, $title) = @{ $measures[$m] };
		my $most = max map { $_->{$column} } @records;
		my $x = 180 + 145 * $m;
		$body .= text($x, 20, 'head', $title);
		foreach my $n (0 .. $#records)
		{
			my $value = $records[$n]{$column};
			my $y = 30 + $LINE * $n;
			$body .= sprintf qq(<rect x="%d" y="%d" width="%.1f" height="%d" class="%s"/>\n), $x, $y + 2, 85 * $value / $most, $LINE - 4, $n ? 'other' : 'model';
			$body .= text(sprintf('%.1f', $x + 4 + 85 * $value / $most), $y + $LINE - 6, 'value', sprintf('%.3f', $value) =~ s/^0//r);
		}
	}
	return svg(760, 40 + $LINE * @records, 'The quality of recommendations by several methods', $body);
}

my %plots = (cost_curves => \&cost_curves, quality => \&quality);
my $plot = $plots{ $ARGV[0] // '' } or die "usage: plots.pl cost_curves|quality\n";
print $plot->();
