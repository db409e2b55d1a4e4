# A dump brings every row back as it was, whatever its format, and sets nothing off:
# no row is broadcast, counted or dated a second time. The fast ways; test/long has
# the others.
use strict;
use warnings FATAL => 'all';
use Test::More;
use Learnify;
use Platform;

my $node = start_node('main');

my $create = 'CREATE EXTENSION learnify';
my $digests = populate($node, 'source');
my $source = [ 'source', 'public', $digests, fingerprint($node, 'source') ];

my $plain = check_restore($node, $source, 'plain');
check_restore($node, $source, '--inserts', dump => ['--inserts']);
check_restore($node, $source, '--column-inserts --on-conflict-do-nothing', dump => [ '--column-inserts', '--on-conflict-do-nothing' ]);
check_restore($node, $source, 'custom format', dump => ['-Fc'], restore => [ [] ]);
check_restore($node, $source, 'section by section', dump => ['-Fc'], restore => [ map { ["--section=$_"] } qw(pre-data data post-data) ]);
check_restore($node, $source, 'in parallel, as a replica', dump => [ '-Fd', '-j4' ], restore => [ ['-j4'] ], options => '-c session_replication_role=replica',
	works => 1);
check_restore($node, $source, 'data only', dump => ['--data-only'], before => $create);
check_restore($node, $source, 'data only, as inserts', dump => [ '--data-only', '--inserts' ], before => $create);
check_restore($node, $source, 'data only, into a database that was stepped up', dump => ['--data-only'],
	before => join('; ', "$create VERSION '$VERSIONS[0]'", map { "ALTER EXTENSION learnify UPDATE TO '$_'" } @VERSIONS[ 1 .. $#VERSIONS ]));

my $schema = 'Learn it, & more';
my $other = [ 'other', $schema, populate($node, 'other', $schema), fingerprint($node, 'other', $schema) ];
check_restore($node, $other, 'plain');
check_restore($node, $other, 'custom format', dump => ['-Fc'], restore => [ [] ], works => 1);

# A dump of a dump, and life after it: what is written now sets off what it should.
check_restore($node, [ $plain, @$source[ 1 .. 3 ] ], 'a second time', works => 1);

$node->stop;
is_deeply(complaints($node), [], 'the server has nothing to complain of');
done_testing();
