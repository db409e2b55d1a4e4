# What packagers do: build in another folder, install below DESTDIR, uninstall, and
# make the archive that PGXN distributes.
use strict;
use warnings FATAL => 'all';
use File::Basename qw(basename dirname);
use File::Find;
use File::Path qw(make_path);
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

# make in these tests is not part of the make that may have started them.
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};

my $directory = PostgreSQL::Test::Utils::tempdir();
my $elsewhere = "$TREE/elsewhere";
my ($sharedir, $libdir, $docdir) = map { output_of($ENV{PG_CONFIG}, $_) } qw(--sharedir --pkglibdir --docdir);

sub output_of
{
	my ($stdout) = run_command(\@_);
	return $stdout;
}

# Every file and folder below this one, with when it was last changed, by name.
sub tree
{
	my ($top) = @_;
	my %tree;
	find(sub { $tree{ $File::Find::name =~ s/^\Q$top\E//r } = -d $_ ? 'folder' : (lstat $_)[9] }, $top);
	return \%tree;
}

# A root with the folders that a server and its system have.
sub make_root
{
	my ($root) = @_;
	make_path(map { "$root$_" } "$sharedir/extension", "$libdir/bitcode", dirname($docdir));
	return $root;
}

sub make_quietly
{
	my ($name, @arguments) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($stdout, $stderr);
	my $ok = IPC::Run::run([ 'make', '-s', "PG_CONFIG=$ENV{PG_CONFIG}", @arguments ], '>', \$stdout, '2>', \$stderr);
	ok($ok, $name) or diag($stdout, $stderr);
}

# What has been installed below a root, without the bitcode that some servers use.
sub installed
{
	my ($root) = @_;
	return [ sort grep { !/\/bitcode\// && -f "$root$_" } keys %{ tree($root) } ];
}

# The tree itself has been built by test/throwaway.sh, with objects and scripts that
# a build elsewhere must neither use nor change.
my $sources = tree($TREE);
mkdir $elsewhere;
my @elsewhere = ('-C', $elsewhere, '-f', '../Makefile');
make_quietly('a build in another folder', '-j2', @elsewhere, 'OPTFLAGS=-O0');
make_quietly('which is up to date for a caller that sets VPATH', '-q', '-C', $elsewhere, '-f', "$TREE/Makefile", "VPATH=$TREE", 'OPTFLAGS=-O0', 'all');

my $here_root = make_root("$directory/here");
my $elsewhere_root = make_root("$directory/elsewhere");
my $before = tree($elsewhere_root);
make_quietly('installed from the folder of the sources', '-C', $TREE, 'with_llvm=no', "DESTDIR=$here_root", 'install');
make_quietly('installed from the other folder', @elsewhere, "DESTDIR=$elsewhere_root", 'install');

my $installed = installed($here_root);
my %scripts = map { basename($_) => 1 } glob "$TREE/build/*.sql $TREE/sql/releases/*.sql";
my @scripts = keys %scripts;
my @documents = qw(README.md CHANGELOG.md LICENSE);
push @documents, map { 'doc/' . basename($_) } glob "$TREE/doc/*.md";
cmp_ok(scalar(@scripts), '>=', 3 * @VERSIONS - 2, 'there are scripts: to install each version, and each step up and down');
is_deeply(
	$installed,
	[ sort "$libdir/learnify.so", (map { "$sharedir/extension/$_" } 'learnify.control', @scripts), map { "$docdir/learnify/$_" } @documents ],
	'the library, the control file, every script and every document');
is_deeply(installed($elsewhere_root), $installed, 'the same from both');
is_deeply([ grep { slurp_file("$here_root$_") ne slurp_file("$elsewhere_root$_") } grep { !/learnify\.so$/ } @$installed ], [], 'with the same contents');

make_quietly('uninstalled from the folder of the sources', '-C', $TREE, 'with_llvm=no', "DESTDIR=$here_root", 'uninstall');
make_quietly('uninstalled from the other folder', @elsewhere, "DESTDIR=$elsewhere_root", 'uninstall');
is_deeply([ sort keys %{ tree($here_root) } ], [ sort keys %$before ], 'nothing is left of the one');
is_deeply([ sort keys %{ tree($elsewhere_root) } ], [ sort keys %$before ], 'nor of the other');

make_quietly('cleaned', @elsewhere, 'clean');
is_deeply([ grep { !/\/$|^$/ && -f "$elsewhere$_" } keys %{ tree($elsewhere) } ], [], 'no file is left of the build');
PostgreSQL::Test::Utils::system_or_bail('rm', '-rf', $elsewhere);
is_deeply(tree($TREE), $sources, 'the sources are as they were');

SKIP:
{
	skip 'no git here', 1 if !IPC::Run::run([ 'git', '--version' ], '>', \my $version);

	# What git would have of this tree, in a repository of its own.
	my $repository = "$directory/repository";
	my @git = ('git', '-C', $repository, '-c', 'user.name=Test', '-c', 'user.email=test@example.org');
	PostgreSQL::Test::Utils::system_or_bail('cp', '-R', $TREE, $repository);
	PostgreSQL::Test::Utils::system_or_bail(@$_) foreach [ 'git', 'init', '-q', $repository ], [ @git, 'add', '-A' ], [ @git, 'commit', '-q', '-m', 'All' ];

	make_quietly('make dist', '-C', $repository, 'dist');
	my $name = "learnify-$VERSIONS[-1]";
	PostgreSQL::Test::Utils::system_or_bail('python3', '-m', 'zipfile', '-e', "$repository/$name.zip", "$directory/archive");
	is_deeply([ sort { $a cmp $b } slurp_dir("$directory/archive") ], [ '.', '..', $name ], 'all that the archive has is in one folder');
	is_deeply(
		[ sort map { s/^\///r } grep { -f "$directory/archive/$name$_" } keys %{ tree("$directory/archive/$name") } ],
		[ sort grep { !/^\.(?:ci\/|clang-format$|git)/ } split /\n/, output_of(@git, 'ls-files') ],
		'everything that git has, but what only developers need');
	make_quietly('all sources are in it', '-n', '-C', "$directory/archive/$name", 'all');
}

done_testing();
