# Many clients share few connections through pgbouncer in transaction mode.
use strict;
use warnings FATAL => 'all';
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;
use Platform;

my $node = start_node('main');
populate($node, 'app');
create_database($node, 'soak', 'CREATE EXTENSION learnify');
quiet_psql($node, 'soak', slurp_file("$TREE/test/soak/setup.sql"), 'learners and courses for the load are created');
quiet_psql($node, 'app', q{CREATE ROLE web LOGIN; SELECT grant_learner('web') \g /dev/null}, 'a learner role is made');
my ($ann, $bob) = split /\n/, quiet_psql($node, 'app', q{SELECT id FROM users WHERE name IN ('Learner 4', 'Learner 5') ORDER BY name});

# One connection as web, and three for the load.
my $directory = PostgreSQL::Test::Utils::tempdir_short();
my $port = PostgreSQL::Test::Cluster::get_free_port();
my $server = sprintf 'host=%s port=%s', $node->host, $node->port;
my $me = $node->safe_psql('postgres', 'SELECT current_user');
append_to_file("$directory/pgbouncer.ini", <<~INI);
	[databases]
	app = $server user=web pool_size=1
	soak = $server user=$me pool_size=3
	[pgbouncer]
	listen_port = $port
	unix_socket_dir = $directory
	auth_type = any
	pool_mode = transaction
	ignore_startup_parameters = extra_float_digits
	logfile = $directory/log
	pidfile = $directory/pid
	INI
my ($in, $out, $err) = ('', '', '');
my $pooler = IPC::Run::start([ 'pgbouncer', '-q', "$directory/pgbouncer.ini" ], '<', \$in, '>', \$out, '2>', \$err);
my $pooled = "host=$directory port=$port dbname=app";

# A client of its own runs SQL through the pooler. Returns what it prints.
sub client
{
	my ($sql) = @_;
	my ($stdout, $stderr) = run_command([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $pooled, '-f', script($sql) ]);
	return "$stdout$stderr";
}

my $scripts = 0;

sub script
{
	my ($sql) = @_;
	my $file = "$directory/" . ++$scripts;
	append_to_file($file, "$sql;\n");
	return $file;
}

foreach (1 .. 50)
{
	last if client('SELECT 1') eq '1';
	sleep 1;
}
my $backend = client('SELECT pg_backend_pid()');
is(client('SELECT pg_backend_pid()'), $backend, 'clients share a connection');

my $names = q{SELECT string_agg(name, ',') FROM users};
is(client($names), '', 'a client without a learner sees nobody');
is(client("BEGIN; SELECT set_config('learnify.user_id', '$ann', true) \\g /dev/null\n$names; COMMIT"), 'Learner 4', 'a transaction acts for its learner by set_config(..., true)');
is(client("BEGIN; SET LOCAL learnify.user_id = '$ann'; $names; COMMIT"), 'Learner 4', 'or by SET LOCAL');
is(client($names), '', 'the next client of the same connection acts for nobody');
like(client("SET LOCAL learnify.user_id = '$ann'; $names"), qr/\A.*WARNING:  SET LOCAL can only be used in transaction blocks\z/, 'SET LOCAL outside of a transaction warns and does nothing');
is(client("BEGIN; SELECT set_config('learnify.user_id', '$ann', true) \\g /dev/null\nROLLBACK; $names"), '', 'a transaction that is rolled back leaves nothing either');
is(client("SET learnify.user_id = '$ann'; $names"), 'Learner 4', 'a plain SET seems to do as well');
is(client($names), 'Learner 4', 'but outlives its client: another one acts for that learner');
is(client("SELECT submit_exercise('$ann', id, 'code', language, (SELECT jsonb_agg(true) FROM generate_series(1, 5))) IS NOT NULL FROM exercises LIMIT 1"), 't', 'and writes for that learner');
is(client("BEGIN; SET LOCAL learnify.user_id = '$bob'; $names; COMMIT"), 'Learner 5', 'not where its transaction names another');
is(client($names), 'Learner 4', 'which ends with the transaction');
is(client('RESET learnify.user_id'), '', 'RESET ends it');
is(client($names), '', 'for all clients');
is(client("SELECT set_config('learnify.user_id', '$ann', false)"), $ann, 'set_config(..., false) is a plain SET');
is(client($names), 'Learner 4', 'and outlives its client');
client('RESET ALL');

# What functions keep in a session is nobody's: learners take turns on one connection, and
# each gets what a connection of their own shows.
my $page = q{SELECT md5(string_agg(r::text, '' ORDER BY r::text)) FROM (SELECT to_jsonb(a) FROM activity_ticker(%1$s, 20) AS a
	UNION ALL SELECT to_jsonb(h) FROM home_rows(%1$s) AS h UNION ALL SELECT to_jsonb(s) FROM user_stats(%1$s) AS s UNION ALL SELECT to_jsonb(f) FROM followers(%1$s) AS f
	UNION ALL SELECT get_variables(%1$s) UNION ALL SELECT to_jsonb(m) FROM missing_variables(%1$s) AS m
	UNION ALL SELECT to_jsonb(inject_variables('{STATE} {ENTITY}'::text, get_variables(%1$s))) UNION ALL SELECT to_jsonb(p) FROM user_progress AS p
	UNION ALL SELECT to_jsonb(u.id) FROM users AS u) AS r (r)};
my %own;
foreach my $learner ($ann, $bob)
{
	$own{$learner} = quiet_psql($node, 'app', "SET ROLE web; SET learnify.user_id = '$learner'; " . sprintf $page, "'$learner'");
}
isnt($own{$ann}, $own{$bob}, 'two learners see different things');
is(client("BEGIN; SET LOCAL learnify.user_id = '$_'; " . sprintf($page, "'$_'") . '; COMMIT'), $own{$_}, 'a learner sees the same through the pooler') foreach ($ann, $bob) x 3;
like(client("BEGIN; SET LOCAL learnify.user_id = '$ann'; " . sprintf($page, "'$bob'") . '; COMMIT'), qr/role "web" may not act for user $bob/, 'and cannot ask for another');

# LISTEN is the connection's as well.
is(client('LISTEN learnify_activity; SELECT pg_listening_channels()'), 'learnify_activity', 'LISTEN is accepted');
is(client('SELECT pg_listening_channels()'), 'learnify_activity', 'but for the connection, which other clients use');
client('UNLISTEN *');

# Eight clients work on three connections.
my %weights = (
	submit => 20, insert_submissions => 8, submit_late => 8, retry => 6, enrol => 8, review => 8, correct_review => 6, correct_submission => 8, leave => 5,
	follow => 6, erase => 4, settings => 3, read => 10, award => 4, generate_course => 2, edit_content => 8, dismiss => 6, validate => 4, refresh_learner => 2);
my @scripts = map { ('-f', "$TREE/test/soak/$_.sql\@$weights{$_}") } sort keys %weights;
my ($report, $errors) = run_command([ 'pgbench', '-n', '-c', '8', '-T', '20', '--random-seed', '7', '--max-tries', '1000', @scripts, "host=$directory port=$port dbname=soak" ]);
is($errors =~ s/^pgbench: setting random seed to \d+\n?//r, '', 'clients that share connections meet no error');
like($report, qr/number of failed transactions: 0 /, 'no transaction fails');
cmp_ok($report =~ /number of transactions actually processed: (\d+)/ ? $1 : 0, '>', 100, 'they have worked');
quiet_psql($node, 'soak', 'SELECT refresh_trending(), refresh_recommendations() \g /dev/null', 'the caches can be refreshed');
is(invariants($node, 'soak', { corrected => 'SELECT user_id FROM soak.corrected', left => 'SELECT user_id, course_id FROM soak.left_courses', edited => 'SELECT course_id FROM soak.edited' }),
	'', 'every invariant holds');

$pooler->signal('INT');
$pooler->finish;
is($err, '', 'the pooler has no complaints');
$node->stop;
done_testing();
