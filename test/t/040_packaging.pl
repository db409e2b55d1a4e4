# Tests for packagers: a VPATH build, install and uninstall with DESTDIR, and the archive
# for PGXN.
use strict;
use warnings FATAL => 'all';
use File::Basename qw(basename dirname);
use File::Find;
use File::Path qw(make_path);
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

# The make that runs this test must not affect the one that it calls.
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};

my $directory = PostgreSQL::Test::Utils::tempdir();
my $tree = "$directory/tree";
my $elsewhere = "$tree/elsewhere";
my ($sharedir, $libdir, $docdir) = map { output_of($ENV{PG_CONFIG}, $_) } qw(--sharedir --pkglibdir --docdir);

sub output_of
{
	my ($stdout) = run_command(\@_);
	return $stdout;
}

# Returns all files below a folder, by name, with the time of their last change.
sub tree
{
	my ($top) = @_;
	my %tree;
	find(sub { $tree{ $File::Find::name =~ s/^\Q$top\E//r } = -d $_ ? 'folder' : (lstat $_)[9] }, $top);
	return \%tree;
}

# Creates a root for DESTDIR with the folders that an installed server has.
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

# Returns the files installed below a root, except for LLVM bitcode.
sub installed
{
	my ($root) = @_;
	return [ sort grep { !/\/bitcode\// && -f "$root$_" } keys %{ tree($root) } ];
}

# A copy of the source tree, which test/throwaway.sh has already built. Other tests that run
# now write their results to the tree itself.
mkdir $tree;
PostgreSQL::Test::Utils::system_or_bail("tar -C '$TREE' --exclude=./test/results -cf - . | tar -C '$tree' -xf -");

# The VPATH build must neither use nor change the objects and scripts of the source tree.
my $sources = tree($tree);
mkdir $elsewhere;
my @elsewhere = ('-C', $elsewhere, '-f', '../Makefile');
make_quietly('a VPATH build', '-j2', @elsewhere, 'OPTFLAGS=-O0', 'COPT=-MD');

# With -MD, the compiler lists beside each object what its source includes. Some headers of
# PostgreSQL include those of libraries that the server was built with, such as GSSAPI.
my @lists = map { chomp; $_ } qx(find '$elsewhere' -name '*.d');
my ($headers) = map { output_of($ENV{PG_CONFIG}, $_) } '--includedir-server';
my %included = map { $_ => 1 } grep { m{^/} && !m{^(?:\Q$tree\E|\Q$headers\E)/} } map { split /[\s\\]+/, slurp_file($_) } @lists;
unlink @lists;
SKIP:
{
	skip 'there is no dpkg here', 1 if !grep { -x "$_/dpkg" } split /:/, $ENV{PATH};
	my %packages = map { /^(\S+?)[:,]/ ? ($1 => 1) : () } split /\n/, output_of('dpkg', '-S', sort keys %included);
	is_deeply([ grep { !/^(?:libc6|linux-libc|libcrypt|libpq|libgcc-\d+)-dev$/ } sort keys %packages ], [], 'no header of another package is included');
}
make_quietly('the build is up to date when VPATH is given', '-q', '-C', $elsewhere, '-f', "$tree/Makefile", "VPATH=$tree", 'OPTFLAGS=-O0', 'all');

my $here_root = make_root("$directory/here");
my $elsewhere_root = make_root("$directory/elsewhere");
my $before = tree($elsewhere_root);
make_quietly('install from the source folder', '-C', $tree, 'with_llvm=no', "DESTDIR=$here_root", 'install');
make_quietly('install from the VPATH build', @elsewhere, "DESTDIR=$elsewhere_root", 'install');

my $installed = installed($here_root);
my %scripts = map { basename($_) => 1 } glob "$tree/build/*.sql $tree/sql/releases/*.sql";
my @scripts = keys %scripts;
my @documents = qw(README.md CHANGELOG.md LICENSE);
push @documents, map { s/^\Q$tree\E\///r } glob "$tree/doc/*.md $tree/doc/diagrams/*.svg";
cmp_ok(scalar(@scripts), '>=', 3 * @VERSIONS - 2, 'there are scripts to install each version and for each update and downgrade');
is_deeply(
	$installed,
	[ sort "$libdir/learnify.so", (map { "$sharedir/extension/$_" } 'learnify.control', @scripts), map { "$docdir/learnify/$_" } @documents ],
	'install copies the library, the control file, all scripts and all documents');
is_deeply(installed($elsewhere_root), $installed, 'both builds install the same files');
is_deeply([ grep { slurp_file("$here_root$_") ne slurp_file("$elsewhere_root$_") } grep { !/learnify\.so$/ } @$installed ], [], 'both builds install the same contents, except for the library');

make_quietly('uninstall from the source folder', '-C', $tree, 'with_llvm=no', "DESTDIR=$here_root", 'uninstall');
make_quietly('uninstall from the VPATH build', @elsewhere, "DESTDIR=$elsewhere_root", 'uninstall');
is_deeply([ sort keys %{ tree($here_root) } ], [ sort keys %$before ], 'uninstall from the source folder leaves nothing');
is_deeply([ sort keys %{ tree($elsewhere_root) } ], [ sort keys %$before ], 'uninstall from the VPATH build leaves nothing');

make_quietly('make clean', @elsewhere, 'clean');
# gcc writes the .gcno files of a build that measures coverage
is_deeply([ grep { !/\/$|^$|\.gcno$/ && -f "$elsewhere$_" } keys %{ tree($elsewhere) } ], [], 'make clean leaves no file of the VPATH build');
PostgreSQL::Test::Utils::system_or_bail('rm', '-rf', $elsewhere);
is_deeply(tree($tree), $sources, 'the source tree is unchanged');

SKIP:
{
	skip 'git is not available', 1 if !grep { -x "$_/git" } split /:/, $ENV{PATH};

	# Copy the tree into a new repository, since it may not be one itself.
	my $repository = "$directory/repository";
	my @git = ('git', '-C', $repository, '-c', 'user.name=Test', '-c', 'user.email=test@example.org');
	PostgreSQL::Test::Utils::system_or_bail('cp', '-R', $tree, $repository);
	PostgreSQL::Test::Utils::system_or_bail(@$_) foreach [ 'git', 'init', '-q', $repository ], [ @git, 'add', '-A' ], [ @git, 'commit', '-q', '-m', 'All' ];

	make_quietly('make dist', '-C', $repository, 'dist');
	my $name = "learnify-$VERSIONS[-1]";
	PostgreSQL::Test::Utils::system_or_bail('python3', '-m', 'zipfile', '-e', "$repository/$name.zip", "$directory/archive");
	is_deeply([ sort { $a cmp $b } slurp_dir("$directory/archive") ], [ '.', '..', $name ], 'the archive has a single top-level folder');
	is_deeply(
		[ sort map { s/^\///r } grep { -f "$directory/archive/$name$_" } keys %{ tree("$directory/archive/$name") } ],
		[ sort grep { !/^\.(?:ci\/|clang-format$|git)/ } split /\n/, output_of(@git, 'ls-files') ],
		'the archive has all files of git except for those for developers');
	make_quietly('the archive has all sources that make needs', '-n', '-C', "$directory/archive/$name", 'all');
}

done_testing();
