# Links and file names in the documents must lead to existing documents, headings and files,
# and blocks of code that name a part of a file must be that part.
use strict;
use warnings FATAL => 'all';
use File::Basename qw(basename dirname);
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my @documents = map { s/^\Q$TREE\E\///r } glob "$TREE/*.md $TREE/doc/*.md";
cmp_ok(scalar(@documents), '>=', 7, 'the documents are found');

# Returns the anchors of a document's headings, ignoring lines in code fences.
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
	is_deeply([ grep { !leads_somewhere($document, $_) } $text =~ /\]\(([^)\s]+)\)/g ], [], "$document: every link has a target");
	# test/results exists only after the tests have run; NAME and 1.1.0, a version that
	# does not exist yet, are examples
	my @paths = grep { !/^test\/results|\bNAME\b|\b1\.1\.0/ } $text =~ /`((?:test|src|sql|doc)\/[\w.\/-]+)`/g;
	is_deeply([ grep { !-e "$TREE/$_" } @paths ], [], "$document: every file named exists");
}

# doc/durability.md must name a test for each promise, and each isolation and long test
# must be the proof of one.
my $durability = slurp_file("$TREE/doc/durability.md");
my ($promises) = $durability =~ /^(## Work and.*)^## What does not survive/ms;
is_deeply([ grep { !/\| .*\| .*`(?:test\/|make test`)/ } grep { !/^\| promise \| proof \||^\|---/ } $promises =~ /^(\|.*)/mg ], [], 'durability.md: every promise names its test');
is_deeply([ grep { index($durability, "`test/specs/$_`") < 0 } map { basename($_) } glob "$TREE/test/specs/*.spec" ], [], 'durability.md names every isolation spec');
is_deeply([ grep { index($durability, "`test/long/$_`") < 0 } map { basename($_) } glob "$TREE/test/long/*.sh" ], [], 'durability.md names every script of test/long');

# mutants.pl refuses to run if one of its lists forgets a test; here it is noticed at once.
my $mutants = slurp_file("$TREE/test/long/mutants.pl");
is_deeply([ grep { $_ ne 'schema' && $mutants !~ /\b$_\b/ } map { basename($_) =~ s/\.\w+$//r } glob "$TREE/test/sql/*.sql $TREE/test/specs/*.spec" ], [],
	'mutants.pl runs every test');

# Returns the parts of a client's story by name: what is between [name] and [/name], without its
# indentation.
sub parts
{
	my ($file) = @_;
	my %parts;
	my $text = slurp_file($file);
	while ($text =~ /^\h*(?:\/\/|#|--) \[(\w+)\]\n(.*?)^\h*(?:\/\/|#|--) \[\/\1\]\n/msg)
	{
		my ($name, $part) = ($1, $2);
		my ($indentation) = sort { length $a <=> length $b } $part =~ /^(\h*)(?=\S)/mg;
		$parts{$name} = $part =~ s/^\Q$indentation\E//mgr =~ s/\s*\z/\n/r;
	}
	return \%parts;
}

my $clients = slurp_file("$TREE/doc/clients.md");
my (%shown, %parts);
while ($clients =~ /^```\w+ (test\/clients\/\S+) (\w+)\n(.*?)^```$/msg)
{
	$shown{"$1 $2"} = $3;
	$parts{$1} //= parts("$TREE/$1");
}
cmp_ok(scalar(keys %parts), '>=', 7, 'clients.md: the blocks of code are found');
my %told = map { my $file = $_; map { ("$file $_" => $parts{$file}{$_}) } keys %{ $parts{$file} } } keys %parts;
is_deeply(\%shown, \%told, 'clients.md has each part of the stories as it is');
is_deeply([ sort keys %parts ], [ sort map { s/^\Q$TREE\E\///r } glob "$TREE/test/clients/{prisma.sql,*.js,*.py,*.java,*.go,*.rb}" ], 'clients.md has parts of each story');
is(() = $clients =~ /^```\w/mg, keys %shown, 'clients.md has no other code');

done_testing();
