# What the documents link to and name is there: documents, headings, files.
use strict;
use warnings FATAL => 'all';
use File::Basename qw(basename dirname);
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my @documents = map { s/^\Q$TREE\E\///r } glob "$TREE/*.md $TREE/doc/*.md";
cmp_ok(scalar(@documents), '>=', 7, 'there are documents');

# The anchors of a document's headings, those in its examples aside.
sub anchors
{
	my ($text) = @_;
	return map { (lc =~ s/[^a-z0-9_ -]//gr =~ tr/ /-/r) => 1 } $text =~ s/^```.*?^```$//msgr =~ /^#+ (.*)/mg;
}

sub leads_somewhere
{
	my ($document, $link) = @_;
	return 1 if $link =~ /^https:/;
	my ($file, $anchor) = $link =~ /^([^#]*)#?(.*)/;
	my $path = $file eq '' ? "$TREE/$document" : dirname("$TREE/$document") . "/$file";
	return 0 if !-e $path;
	my %anchors = $anchor eq '' ? () : anchors(slurp_file($path));
	return $anchor eq '' || $anchors{$anchor};
}

foreach my $document (@documents)
{
	my $text = slurp_file("$TREE/$document");
	is_deeply([ grep { !leads_somewhere($document, $_) } $text =~ /\]\(([^)\s]+)\)/g ], [], "$document: every link leads somewhere");
	# what is left when the tests have run aside
	my @paths = grep { !/^test\/results/ } $text =~ /`((?:test|src|sql|doc)\/[\w.\/-]+)`/g;
	is_deeply([ grep { !-e "$TREE/$_" } @paths ], [], "$document: every file that is named is there");
}

# Each promise names what proves it, and each test of several sessions is one's proof.
my $durability = slurp_file("$TREE/doc/durability.md");
my ($promises) = $durability =~ /^(## Work and.*)^## What does not survive/ms;
is_deeply([ grep { !/\| .*\| .*`(?:test\/|make test`)/ } grep { !/^\| promise \| proof \||^\|---/ } $promises =~ /^(\|.*)/mg ], [], 'every promise has a proof');
is_deeply([ grep { index($durability, "`test/specs/$_`") < 0 } map { basename($_) } glob "$TREE/test/specs/*.spec" ], [], 'every isolation spec proves one');
is_deeply([ grep { index($durability, "`test/long/$_`") < 0 } map { basename($_) } glob "$TREE/test/long/*.sh" ], [], 'so does every script of test/long');

done_testing();
