# What logins leave in the server's log, and logins on a standby.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $PASSWORD = 'NobodyShallReadThis';

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = none\nlearnify.password_cost = 4\n");
$node->start;
quiet_psql($node, 'postgres', 'CREATE EXTENSION learnify');

# Runs a statement whose :password is sent as a parameter, and returns what the log says of it.
sub logged
{
	my ($settings, $statement) = @_;
	my $script = $node->basedir . '/statement.sql';
	append_to_file($script . ++$main::scripts, "$statement;\n");
	local $ENV{PGOPTIONS} = join ' ', map { "-c $_" } @$settings;
	my $start = -s $node->logfile;
	run_log([ 'pgbench', '-n', '-t', '1', '-M', 'extended', '-D', "password=$PASSWORD", '-f', $script . $main::scripts, '-h', $node->host, '-p', $node->port, 'postgres' ]);
	return slurp_file($node->logfile, $start);
}

my $register = q{SELECT register_user('ann@example.org', :password, 'Ann')};
my $fail = q{SELECT register_user('nobody', :password, 'Ann')};
my $log = logged([ 'log_min_duration_statement=0' ], $register);
like($log, qr/register_user/, 'a slow statement is logged');
like($log, qr/$PASSWORD/, 'with its parameters, unless log_parameter_max_length is 0');
unlike(logged([ 'log_min_duration_statement=0', 'log_parameter_max_length=0' ], $register), qr/$PASSWORD/, 'and without them, if it is');
$log = logged([], $fail);
like($log, qr/ERROR:  e-mail address "nobody".*STATEMENT:  SELECT register_user/s, 'a statement that fails is logged');
unlike($log, qr/$PASSWORD/, 'without its parameters');
like(logged([ 'log_parameter_max_length_on_error=-1' ], $fail), qr/$PASSWORD/, 'unless log_parameter_max_length_on_error says otherwise');
like(logged([], $fail =~ s/:password/'$PASSWORD'/r), qr/$PASSWORD/, 'a literal is logged with its statement');
unlike(logged([ 'log_min_error_statement=panic' ], $fail =~ s/:password/'$PASSWORD'/r), qr/$PASSWORD/, 'unless log_min_error_statement leaves it out');

# A standby answers logins, and writes nothing.
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
is(quiet_psql($standby, 'postgres', "SET learnify.password_cost = 5; SELECT authenticate('ann\@example.org', 'wrong horse') IS NULL, authenticate('nobody\@example.org', 'wrong horse') IS NULL,
	authenticate('ANN\@example.org', '$PASSWORD') IS NOT NULL"), 't|t|t', 'logins on a standby');
quiet_psql($node, 'postgres', "SELECT authenticate('ann\@example.org', 'wrong horse'); UPDATE learnify_internal.login_failures SET failures = 15");
$node->wait_for_catchup($standby);
refused($standby, 'postgres', "SELECT authenticate('ann\@example.org', '$PASSWORD')", qr/logins to this address have failed too often/, 'whoever has to wait waits there, too');

done_testing();
