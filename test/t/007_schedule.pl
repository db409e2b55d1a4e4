# schedule_refresh() with a real pg_cron, and its errors where pg_cron cannot be used.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

# A name with quotes, blanks and %, which must be quoted in SQL, in a shell and in a crontab.
my $ELSEWHERE = q(it's 100 % elsewhere);
my $LONG = 'a' x 63;
my $SCHEMA = 'Learn it, & more';

# Creates a database with two courses that were started today, and a third learner to whom
# they can be recommended.
sub populate
{
	my ($node, $database, $schema) = @_;
	$node->safe_psql('postgres', qq(CREATE DATABASE "$database" TEMPLATE template0));
	quiet_psql($node, $database, <<~SQL, "$database: populated");
		SET client_min_messages = warning;
		CREATE SCHEMA IF NOT EXISTS "$schema"; CREATE EXTENSION learnify SCHEMA "$schema"; SET search_path = "$schema";
		SET learnify.password_cost = 4;
		SELECT register_user(format('learner-%s\@example.org', n), 'correct horse', 'Learner ' || n) FROM generate_series(1, 3) AS n;
		SELECT choose_archetype(id, 'Biological', 'sourdough', 'novice') FROM users;
		INSERT INTO generated_courses (user_id, title, meta_category)
		SELECT id, 'Course of ' || name, 'Biological' FROM users WHERE name < 'Learner 3';
		INSERT INTO user_progress (user_id, course_id)
		SELECT u.id, c.id FROM users AS u JOIN generated_courses AS c ON c.user_id <> u.id WHERE u.name < 'Learner 3';
		SQL
	return;
}

# Runs SQL that fails. Returns the error's SQLSTATE and message, its detail, the first line
# of its hint, and a list of the hint's other lines.
sub failure
{
	my ($node, $database, $sql) = @_;
	my ($stdout, $stderr) = ('', '');
	$node->psql($database, $sql, stdout => \$stdout, stderr => \$stderr, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	$stderr =~ s/^(?:CONTEXT|LOCATION|SCHEMA NAME):.*//ms;
	my ($error) = $stderr =~ /ERROR:  (.*)/;
	my ($detail) = $stderr =~ /^DETAIL:  (.*)/m;
	my ($hint, $lines) = $stderr =~ /^HINT:  (.*)\n((?s:.*))/m;
	return { error => $error, detail => $detail, hint => $hint, lines => [ split /\n/, $lines // '' ] };
}

sub refused_argument
{
	my ($node, $database, $sql) = @_;
	$node->psql($database, $sql, stderr => \my $stderr, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	return $stderr =~ /^COLUMN NAME:  (.*)/m ? $1 : 'none';
}

# Runs the commands of crontab lines, unescaped as by cron.
sub run_crontab
{
	my ($node, @lines) = @_;
	foreach (@lines)
	{
		my ($command) = /^(?:\S+ ){5}(.*)/;
		unlike($command, qr/(?<!\\)%/, 'every % is escaped');
		$command =~ s/\\%/%/g;
		$node->command_checks_all([ 'sh', '-c', $command ], 0, [qr/\A\z/], [qr/\A\z/], $command);
	}
	return;
}

sub is_filled
{
	my ($node, $database, $schema, $table) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	isnt($node->safe_psql($database, qq(SELECT count(*) FROM "$schema".$table)), '0', "$database: $table has rows");
	return;
}

my $without = PostgreSQL::Test::Cluster->new('without');
$without->init;
$without->append_conf('postgresql.conf', 'fsync = off');
$without->start;
my $major = int($without->safe_psql('postgres', 'SHOW server_version_num') / 10000);
my $control = $without->safe_psql('postgres', q{SELECT setting || '/extension/pg_cron.control' FROM pg_config WHERE name = 'SHAREDIR'});

subtest 'pg_cron is not loaded' => sub {
	populate($without, $ELSEWHERE, 'public');
	my $steps = q(Add pg_cron to shared_preload_libraries, set cron.database_name = 'it''s 100 % elsewhere', restart the server, )
	  . 'run CREATE EXTENSION IF NOT EXISTS pg_cron here as a superuser, then this again.';
	my $package = "Install pg_cron (Debian's package is postgresql-$major-cron). ";
	my $expected = {
		error => qq(55000: cannot schedule jobs from database "$ELSEWHERE"),
		detail => 'pg_cron is not installed here.',
		hint => (-e $control ? '' : $package) . $steps,
		lines => [
			'Or put these lines into the crontab of a user who may connect:',
			q(5 * * * * psql -X -q -o /dev/null -d 'it'\''s 100 \% elsewhere' -c 'SELECT public.refresh_trending()'),
			q(30 3 * * * psql -X -q -o /dev/null -d 'it'\''s 100 \% elsewhere' -c 'SELECT public.refresh_recommendations()'),
			q(20 * * * * psql -X -q -o /dev/null -d 'it'\''s 100 \% elsewhere' -c 'SELECT public.refresh_search()') ] };
	my $failure = failure($without, $ELSEWHERE, 'SELECT * FROM schedule_refresh()');
	is_deeply($failure, $expected, 'the hint says how to load pg_cron and gives crontab lines instead');
	run_crontab($without, @{ $failure->{lines} }[ 1, 2, 3 ]);
	is_filled($without, $ELSEWHERE, 'public', $_) foreach qw(trending_courses recommendations);
	is($without->safe_psql($ELSEWHERE, 'SELECT unschedule_refresh()'), '0', 'unschedule_refresh() removes no job');

	is_deeply(
		failure($without, $ELSEWHERE, q{CREATE ROLE guest; SELECT grant_backend('guest'); SET ROLE guest; SELECT * FROM schedule_refresh()}),
		$expected, 'the error is the same for a role that may not read the settings');

	# Hide pg_cron's control file, if it is a link in an installation made for the tests.
	SKIP:
	{
		skip 'pg_cron cannot be hidden', 1 unless -l $control;
		rename($control, "$control.hidden") or die "cannot rename $control: $!";
		is(failure($without, $ELSEWHERE, 'SELECT * FROM schedule_refresh()')->{hint}, $package . $steps, 'where pg_cron is not installed, the hint names the package');
		rename("$control.hidden", $control) or die "cannot rename $control.hidden: $!";
	}
};

if (!-e $control)
{
	SKIP: { skip "pg_cron is not installed (Debian's package is postgresql-$major-cron)", 1 }
	done_testing();
	exit;
}

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', <<~CONF);
	fsync = off
	shared_preload_libraries = 'pg_cron'
	cron.database_name = 'learning'
	cron.host = '@{[ $node->host ]}'
	CONF
$node->start;
populate($node, 'learning', $SCHEMA);
populate($node, $_, 'public') foreach $ELSEWHERE, $LONG;

sub learning
{
	my ($sql) = @_;
	return quiet_psql($node, 'learning', qq(SET search_path = "$SCHEMA"; $sql));
}

sub jobs
{
	return $node->safe_psql('learning', 'SELECT jobname, schedule, command, database, username FROM cron.job ORDER BY jobname DESC, username');
}

# Returns how often each job, existing or removed, has run with each status.
sub runs
{
	my ($condition) = @_;
	return $node->safe_psql('learning',
		"SELECT database, command, status, count(*) FROM cron.job_run_details WHERE $condition GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
}

my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
my @commands = map { qq(SELECT "$SCHEMA".refresh_$_()) } qw(trending recommendations search);

is_deeply(
	failure($node, 'learning', qq(SELECT * FROM "$SCHEMA".schedule_refresh())),
	{ error => '55000: cannot schedule jobs from database "learning"',
		detail => 'pg_cron is loaded, but its extension is not created here.',
		hint => 'Run CREATE EXTENSION pg_cron here as a superuser, then this again.',
		lines => [] },
	'pg_cron is loaded, but its extension is not created');
is(learning('SELECT unschedule_refresh()'), '0', 'unschedule_refresh() removes no job');

subtest 'scheduling again replaces the jobs' => sub {
	learning('CREATE EXTENSION pg_cron');
	my @defaults = ('learnify trending learning', '5 * * * *', $commands[0], 'learnify recommendations learning', '30 3 * * *', $commands[1], 'learnify search learning', '20 * * * *', $commands[2]);
	is(learning('SELECT job_name, schedule, command FROM schedule_refresh()'),
		join("\n", join('|', @defaults[ 0 .. 2 ]), join('|', @defaults[ 3 .. 5 ]), join('|', @defaults[ 6 .. 8 ])), 'hourly and nightly by default');
	my $scheduled = join("\n", map { join('|', @defaults[ $_ .. $_ + 2 ], 'learning', $superuser) } 0, 6, 3);
	is(jobs(), $scheduled, 'pg_cron has all jobs');
	my ($returned, $registered) = split /\n/,
	  learning('SELECT array_agg(job_id ORDER BY job_id) FROM schedule_refresh(); SELECT array_agg(jobid ORDER BY jobid) FROM cron.job');
	is($returned, $registered, 'schedule_refresh() returns the ids of the jobs');
	is(jobs(), $scheduled, 'scheduling twice leaves three jobs');

	foreach my $malformed ('daily', '', '* * * *', '61 * * * *')
	{
		is_deeply(
			failure($node, 'learning', qq(SELECT * FROM "$SCHEMA".schedule_refresh(recommendations => '$malformed'))),
			{ error => qq(22023: cannot schedule "learnify recommendations learning": invalid schedule: $malformed),
				detail => undef,
				hint => 'Give minute, hour, day of the month, month and day of the week, such as 5 * * * * for five past every hour.',
				lines => [] },
			"malformed: '$malformed'");
		is(refused_argument($node, 'learning', qq(SELECT * FROM "$SCHEMA".schedule_refresh(recommendations => '$malformed'))), 'recommendations', 'the one argument');
		is(refused_argument($node, 'learning', qq(SELECT * FROM "$SCHEMA".schedule_refresh('$malformed'))), 'trending', 'another');
		is(refused_argument($node, 'learning', qq(SELECT * FROM "$SCHEMA".schedule_refresh(search => '$malformed'))), 'search', 'the last');
	}
	is(jobs(), $scheduled, 'errors leave the jobs unchanged');

	is(learning(q{SELECT job_name, schedule FROM schedule_refresh('*/10 * * * *', NULL, NULL)}), 'learnify trending learning|*/10 * * * *', 'NULL schedules no job');
	is(jobs(), "learnify trending learning|*/10 * * * *|$commands[0]|learning|$superuser", 'NULL removes an existing job');
	is(learning('SELECT unschedule_refresh(), unschedule_refresh()'), '1|0', 'unschedule_refresh() removes the job and returns their number');
	is(jobs(), '', 'no job is left');

	is(learning(q{SELECT command FROM schedule_refresh(NULL, workers => 2)}), join("\n", $commands[1] =~ s/\(\)/(workers => 2)/r, $commands[2]), 'a refresh of recommendations can have workers');
	is(refused_argument($node, 'learning', qq(SELECT * FROM "$SCHEMA".schedule_refresh(workers => -1))), 'workers', 'their number is checked');
	learning('SELECT unschedule_refresh()');
};

subtest 'jobs of several roles' => sub {
	learning(qq{CREATE ROLE planner; SELECT grant_backend('planner'); SELECT cron.schedule('of another', '0 0 1 1 *', 'SELECT 1')});
	is(failure($node, 'learning', qq(SET ROLE planner; SELECT * FROM "$SCHEMA".schedule_refresh()))->{error},
		'42501: permission denied for schema cron', 'a role without USAGE on schema cron cannot schedule');
	learning('GRANT USAGE ON SCHEMA cron TO planner');
	is(learning('SET ROLE planner; SELECT count(*) FROM schedule_refresh()'), '3', 'a role with USAGE on schema cron can schedule');
	my $roles = q{SELECT string_agg(username, ' ') FROM cron.job WHERE jobname ~ '^learnify'};
	is($node->safe_psql('learning', $roles), 'planner planner planner', 'the jobs run as the role that scheduled them');
	learning('SELECT schedule_refresh()');
	is($node->safe_psql('learning', $roles), "$superuser $superuser $superuser", "a superuser's jobs replace those of other roles");
	is(learning('SET ROLE planner; SELECT unschedule_refresh()'), '0', "a role cannot remove a superuser's jobs");
	is(learning('SELECT unschedule_refresh()'), '3', 'a superuser can');
	is(jobs(), "of another|0 0 1 1 *|SELECT 1|learning|$superuser", 'jobs with other names are kept');
	learning(q{SELECT cron.unschedule('of another')});
};

subtest 'a database other than cron.database_name' => sub {
	foreach my $database ($ELSEWHERE, $LONG)
	{
		my $failure = failure($node, $database, q{SELECT * FROM schedule_refresh('@reboot', '@reboot', '@reboot')});
		my @statements = splice @{ $failure->{lines} };
		is_deeply($failure,
			{ error => qq(55000: cannot schedule jobs from database "$database"),
				detail => 'pg_cron takes its jobs from database "learning".',
				hint => 'Run there, as a superuser:',
				lines => [] }, 'the error names the database to use');
		learning("SET client_min_messages = warning; @statements") foreach 1, 2;
		is($node->safe_psql('learning', 'SELECT count(DISTINCT jobname), max(octet_length(jobname::text)) <= 63 FROM cron.job WHERE database <> $$learning$$'),
			($database eq $ELSEWHERE ? 3 : 6) . '|t', "$database: the statements of the hint schedule three jobs");
	}
	is(learning('SELECT unschedule_refresh()'), '0', 'unschedule_refresh() leaves the jobs of other databases');

	my $failure = failure($node, $LONG, 'SELECT unschedule_refresh()');
	my @statements = splice @{ $failure->{lines} };
	is_deeply($failure,
		{ error => qq(55000: cannot unschedule jobs from database "$LONG"),
			detail => 'pg_cron takes its jobs from database "learning".',
			hint => 'Run there, as a superuser:',
			lines => [] }, 'unschedule_refresh(): the error names the database to use');
	is(learning("@statements"), "t\nt\nt", 'the statements of the hint remove all jobs');
	is($node->safe_psql('learning', 'SELECT count(*), min(database) FROM cron.job'), "3|$ELSEWHERE", 'the jobs of other databases are kept');
};

# Restarts the server and waits until all @reboot jobs have ended. A control job shows that
# pg_cron has started them, so a job that is missing then will never run.
sub restart
{
	$node->restart;
	ok($node->poll_query_until('learning', q{SELECT count(*) = 1 FROM cron.job_run_details WHERE command = 'SELECT 1' AND status = 'succeeded'}),
		'pg_cron has started its jobs');
	ok($node->poll_query_until('learning', q{SELECT count(*) = 0 FROM cron.job_run_details WHERE status NOT IN ('succeeded', 'failed')}), 'all jobs have ended');
	return;
}

# The jobs run at the same time, and what one recommends depends on what the other finds
# trending, so only one of the tables is emptied.
learning(q{SELECT cron.schedule('control', '@reboot', 'SELECT 1')});
foreach my $case ([ 'off', 'trending_courses' ], [ 'on', 'recommendations' ])
{
	my ($workers, $table) = @$case;
	subtest "pg_cron runs the jobs of both databases, cron.use_background_workers = $workers" => sub {
		$node->append_conf('postgresql.conf', "cron.use_background_workers = $workers");
		learning(qq{DELETE FROM cron.job_run_details; DELETE FROM $table});
		$node->safe_psql($ELSEWHERE, "DELETE FROM $table");
		learning(q{SELECT schedule_refresh('@reboot', '@reboot', '@reboot')});
		restart();
		is(runs(q{command <> 'SELECT 1'}),
			join("\n", (map { "$ELSEWHERE|SELECT public.refresh_$_()|succeeded|1" } qw(recommendations search trending)), map { "learning|$_|succeeded|1" } sort @commands),
			'each job has run once');
		my $results = q{SELECT string_agg(subject || ' ' || value, ', ' ORDER BY subject) FROM monitoring_facts() WHERE fact = 'job_succeeded'};
		is(learning($results), 'recommendations 1, search 1, trending 1', 'monitoring_facts() has their results');
		is(learning(q{SELECT count(*) FROM monitoring_facts() WHERE fact = 'job_age_seconds' AND value BETWEEN 0 AND 600}), '3', 'and their ages');
		is(learning("UPDATE cron.job_run_details SET status = 'failed' WHERE command LIKE '%trending%' AND database = 'learning'; $results"),
			'recommendations 1, search 1, trending 0', 'one of which has failed');
		is(learning("BEGIN; CREATE ROLE monitor; SELECT grant_backend('monitor') \\g /dev/null\nSET LOCAL ROLE monitor; $results; ROLLBACK"),
			'', 'but only to the role whose jobs they are, and to superusers');
		is_filled($node, 'learning', $SCHEMA, $table);
		is_filled($node, $ELSEWHERE, 'public', $table);
	};
}

subtest 'jobs after unscheduling and after DROP EXTENSION' => sub {
	learning('DELETE FROM cron.job_run_details; SELECT unschedule_refresh()');
	$node->safe_psql($ELSEWHERE, 'SET learnify.allow_data_loss = on; DROP EXTENSION learnify');
	restart();
	is(runs(q{command <> 'SELECT 1'}), join("\n", map { "$ELSEWHERE|SELECT public.refresh_$_()|failed|1" } qw(recommendations search trending)),
		'unscheduled jobs do not run, jobs of the dropped extension fail');
	like($node->safe_psql('learning', q{SELECT string_agg(return_message, ' ') FROM cron.job_run_details WHERE status = 'failed'}),
		qr/function public\.refresh_trending\(\) does not exist/, 'the failed jobs say that the function does not exist');
};

done_testing();
