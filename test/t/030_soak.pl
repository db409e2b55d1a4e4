# Eight sessions do at once whatever a platform's sessions do, to few learners and
# courses so that they meet: no error, no deadlock, and in the end every invariant
# holds. SOAK_SECONDS says how long (test/long/soak.sh: a minute).
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $seconds = $ENV{SOAK_SECONDS} // 5;

# How often each of test/soak is run, of some hundred times.
my %weights = (
	submit => 25, insert_submissions => 10, enrol => 8, review => 8, correct_review => 6, correct_submission => 8,
	follow => 6, erase => 4, settings => 3, refresh_trending => 3, refresh_learner => 6, refresh_everyone => 1,
	read => 10, award => 4, generate_course => 2);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ndeadlock_timeout = 100ms");
$node->start;
create_database($node, 'soak', 'CREATE EXTENSION learnify');
quiet_psql($node, 'soak', slurp_file("$TREE/test/soak/setup.sql"), 'a platform is there');

my @scripts = map { s/.*\/(\w+)\.sql/$1/r } grep { !/setup/ } glob "$TREE/test/soak/*.sql";
is_deeply([ sort keys %weights ], [ sort @scripts ], 'every script has its weight');

my @command = ('pgbench', '-n', '-c', '8', '-j', '2', '-T', $seconds, '--random-seed', '5',
	(map { ('-f', "$TREE/test/soak/$_.sql\@$weights{$_}") } @scripts), $node->connstr('soak'));
my ($stdout, $stderr) = run_command(\@command);
is($stderr =~ s/^pgbench: setting random seed to \d+\n?//r, '', 'pgbench has no complaint');
my ($transactions) = $stdout =~ /number of transactions actually processed: (\d+)/;
cmp_ok($transactions // 0, '>', 20 * $seconds, 'and did its work');
is($stdout =~ /number of failed transactions: ([1-9]\d*)/ ? $1 : 0, 0, 'no transaction failed');
my @done = $stdout =~ /^ - (\d+) transactions/mg;
is(scalar(grep { $_ > 0 } @done), scalar(@scripts), 'each script was run') if $seconds >= 5;
note("$transactions transactions in $seconds s");

quiet_psql($node, 'soak', 'SELECT refresh_trending(); SELECT refresh_recommendations()', 'the caches are refreshed');
is(invariants($node, 'soak', 'SELECT user_id FROM soak.corrected'), '', 'every invariant holds');
note(quiet_psql($node, 'soak', q{SELECT string_agg(format('%s %s', n, t), ', ') FROM (
	SELECT count(*), 'submissions' FROM module_completions UNION ALL SELECT count(*), 'feed rows' FROM activity_feed UNION ALL
	SELECT count(*), 'achievements' FROM user_achievements UNION ALL SELECT count(*), 'courses' FROM generated_courses UNION ALL
	SELECT count(*), 'recommendations' FROM recommendations UNION ALL SELECT count(*), 'courses completed' FROM user_progress WHERE completed_at IS NOT NULL) AS r (n, t)}));

$node->stop;
my @complaints = slurp_file($node->logfile) =~ /^.*(?:ERROR|WARNING|FATAL|PANIC|deadlock).*$/mg;
is_deeply(\@complaints, [], 'the server has nothing to complain of');
done_testing();
