# Each client tells the story of test/clients, and prints what is in expected.txt. The time zones of
# the server, the client and the learner differ, so that an instant that is read or written without
# its offset is seen.
use strict;
use warnings FATAL => 'all';
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;
use Platform;

my $FOLDER = $ENV{STORY_FOLDER};
my $ZONE = 'Asia/Kolkata';
# The expected output has these in braces.
my %PLACES = (
	owner => { another => 'allowed', nobody => 3, address => 'email' },
	backend => { another => 'allowed', nobody => 3, address => 'email' },
	learner => { another => '42501 user_id', nobody => 0, address => 'email' });
# Prisma keeps the constraint of a violation instead of the column.
my %OWN_PLACES = (prisma => { address => 'users_email_lower_key' });

my $node = start_node('main', init => { extra => [ '--auth=trust', '--encoding=UTF8' ] });
$node->append_conf('postgresql.conf', <<~CONF);
	listen_addresses = '127.0.0.1'
	timezone = 'Asia/Tokyo'
	learnify.notify = on
	CONF
$node->restart;
$node->safe_psql('postgres', 'CREATE ROLE story_owner SUPERUSER LOGIN; CREATE ROLE story_backend LOGIN; CREATE ROLE story_learner LOGIN');
create_database($node, 'story');
quiet_psql($node, 'story', 'SET SESSION AUTHORIZATION story_owner; ' . slurp_file("$TREE/test/clients/setup.sql"), 'the platform of the story is set up');

my $directory = PostgreSQL::Test::Utils::tempdir_short();
my $pooler_port = PostgreSQL::Test::Cluster::get_free_port();
append_to_file("$directory/users", join '', map { qq("story_$_" ""\n) } sort keys %PLACES);
append_to_file("$directory/pgbouncer.ini", sprintf <<~INI, $node->port, $pooler_port);
	[databases]
	* = host=127.0.0.1 port=%d
	[pgbouncer]
	listen_addr = 127.0.0.1
	listen_port = %d
	unix_socket_dir =
	auth_type = trust
	auth_file = $directory/users
	pool_mode = transaction
	default_pool_size = 3
	server_round_robin = 1
	ignore_startup_parameters = extra_float_digits
	logfile = $directory/log
	pidfile = $directory/pid
	INI
my ($in, $out, $err) = ('', '', '');
my $pooler = IPC::Run::start([ 'pgbouncer', '-q', "$directory/pgbouncer.ini" ], '<', \$in, '>', \$out, '2>', \$err);
foreach (1 .. 50)
{
	last if run_log([ 'psql', '-XAtqc', 'SELECT 1', "host=127.0.0.1 port=$pooler_port user=story_owner dbname=postgres" ]);
	sleep 1;
}

sub expected
{
	my ($client, $role) = @_;
	my %places = (%{ $PLACES{$role} }, %{ $OWN_PLACES{$client} // {} });
	return slurp_file("$TREE/test/clients/expected.txt") =~ s/\{(\w+)\}/$places{$1}/gr;
}

# Three sessions at a time make the pooler open three connections, by which the transactions of the
# story then go in turn: what a client leaves in a session is missed.
sub open_connections
{
	my ($database, $user) = @_;
	my @psql = ('psql', '-XAtq', '-c', 'SELECT pg_sleep(0.3)', "host=127.0.0.1 port=$pooler_port user=$user dbname=$database");
	my @sessions = map { IPC::Run::start([@psql], '<', \undef, '>', \my $nothing) } 1 .. 3;
	$_->finish foreach @sessions;
}

my $stories = 0;

# A client tells the story in a copy of the platform, by a role and a port.
sub tell_story
{
	my ($client, $command, $role, $port) = @_;
	my $database = 'story_' . ++$stories;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE story");
	my ($user, $accounts) = ("story_$role", $role eq 'owner' ? 'story_owner' : 'story_backend');
	local %ENV = (%ENV, TZ => $ZONE, NODE_PATH => "$FOLDER/node_modules",
		PGHOST => '127.0.0.1', PGPORT => $port, DIRECT_PORT => $node->port, PGDATABASE => $database, PGUSER => $user, ACCOUNTS_USER => $accounts);
	if ($port == $pooler_port)
	{
		my %users = map { $_ => 1 } $user, $accounts;
		open_connections($database, $_) foreach sort keys %users;
	}
	my ($story, $complaints) = ('', '');
	IPC::Run::run([ split / /, $command ], '<', \undef, '>', \$story, '2>', \$complaints, IPC::Run::timeout(120));
	my $name = sprintf '%s: the story of the %s, %s', $client, $role, $port == $node->port ? 'directly' : 'through pgbouncer';
	is_same_text($story, expected($client, $role), $name) or diag($complaints);
}

my @commands = map { [ split /\t/ ] } split /\n/, slurp_file("$FOLDER/commands");
# Prisma comes last, since it needs other settings of the roles.
foreach (sort { ($a->[0] eq 'prisma') <=> ($b->[0] eq 'prisma') } @commands)
{
	my ($client, $command) = @$_;
	quiet_psql($node, 'postgres', slurp_file("$TREE/test/clients/prisma.sql")) if $client eq 'prisma';
	foreach my $role (sort keys %PLACES)
	{
		tell_story($client, $command, $role, $_) foreach $node->port, $pooler_port;
	}
}

$pooler->signal('INT');
$pooler->finish;
is($err, '', 'the pooler has no complaints');
$node->stop;
done_testing();
