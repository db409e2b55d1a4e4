# A restore, from whatever format, leaves all rows as they were: its INSERTs fire no
# trigger that would broadcast, count or date them again. test/long has the slow formats.
use strict;
use warnings FATAL => 'all';
use Test::More;
use Learnify;
use Platform;

my $node = start_node('main');

my $create = 'CREATE EXTENSION learnify';
my $digests = populate($node, 'source');
my $source = [ 'source', $digests, fingerprint($node, 'source') ];

my $plain = check_restore($node, $source, 'plain');
check_restore($node, $source, '--inserts', dump => ['--inserts']);
check_restore($node, $source, '--column-inserts --on-conflict-do-nothing', dump => [ '--column-inserts', '--on-conflict-do-nothing' ]);
check_restore($node, $source, 'custom format', dump => ['-Fc'], restore => [ [] ]);
check_restore($node, $source, 'section by section', dump => ['-Fc'], restore => [ map { ["--section=$_"] } qw(pre-data data post-data) ]);
check_restore($node, $source, 'parallel, session_replication_role = replica', dump => [ '-Fd', '-j4' ], restore => [ ['-j4'] ], options => '-c session_replication_role=replica',
	works => 1);
check_restore($node, $source, 'data only', dump => ['--data-only'], before => $create);
check_restore($node, $source, 'data only, as inserts', dump => [ '--data-only', '--inserts' ], before => $create);
check_restore($node, $source, 'data only, into a database updated step by step', dump => ['--data-only'],
	before => join('; ', "$create VERSION '$VERSIONS[0]'", map { "ALTER EXTENSION learnify UPDATE TO '$_'" } @VERSIONS[ 1 .. $#VERSIONS ]));

my $schema = 'Learn it, & more';
my $other = [ 'other', populate($node, 'other', $schema), fingerprint($node, 'other') ];
check_restore($node, $other, 'plain');
check_restore($node, $other, 'custom format', dump => ['-Fc'], restore => [ [] ], works => 1);

# A back end need not be a superuser to dump its data.
quiet_psql($node, 'other', qq{CREATE ROLE backend LOGIN; DO \$\$ BEGIN PERFORM "$schema".grant_backend('backend'); END \$\$});
$other->[2] = fingerprint($node, 'other');
check_restore($node, $other, 'by a back end', dump => [ '-U', 'backend' ]);

# Dump the restored database again, and check that triggers fire for new rows.
check_restore($node, [ $plain, @$source[ 1, 2 ] ], 'a dump of a restored database', works => 1);

$node->stop;
is_deeply(complaints($node), [], 'the server log has no errors or warnings');
done_testing();
