# A server process is killed by SIGKILL, or the server is shut down immediately, while
# sessions run the operations that write most. Afterwards all rows must be unchanged, the
# extension must have the old version and catalog, indexes must agree with their tables,
# and the next call must work. Out of memory must be an error with its SQLSTATE.
#
# To make the moment reproducible, triggers stop each session after some rows on an
# advisory lock that the test holds. FAULT_ROUNDS is the number of rounds, each with
# another number of rows; test/long/faults.sh runs more of them, and fills a disk.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $rounds = $ENV{FAULT_ROUNDS} // 1;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nrestart_after_crash = on");
$node->start;

# Triggers that count rows, or commands of an extension script, and wait for the lock when
# the count reaches hold.after.
my $hold = <<~'SQL';
	CREATE SCHEMA hold;
	CREATE FUNCTION hold.here() RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		passed integer := coalesce(nullif(current_setting('hold.passed', true), ''), '0')::integer + 1;
	BEGIN
		PERFORM set_config('hold.passed', passed::text, true);
		IF passed = nullif(current_setting('hold.after', true), '')::integer THEN
			PERFORM pg_advisory_lock(4711);
		END IF;
	END $$;
	CREATE FUNCTION hold.row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM hold.here(); RETURN coalesce(NEW, OLD); END $$;
	CREATE FUNCTION hold.command() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM hold.here(); END $$;
	SQL

create_database($node, 'learning', 'CREATE EXTENSION learnify');
quiet_psql($node, 'learning', slurp_file("$TREE/test/soak/setup.sql"), 'create learners and courses');
quiet_psql($node, 'learning', <<~SQL, 'submit work and review it');
	$hold
	SELECT generate_course(soak.learner(n)) FROM generate_series(1, 3) AS n;
	SELECT submit_exercise(soak.learner(l), e.id, '', 'python', '[true]', 0, 5)
	FROM generate_series(1, 24) AS l
	JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM soak.exercises) AS e ON (e.n * 7 + l * 5) % 11 < 4 ORDER BY l, e.n;
	SELECT record_review(id, 80, 60 + attempts, 70, 90) FROM module_completions ORDER BY user_id, id;
	INSERT INTO user_relationships (follower_id, following_id)
	SELECT soak.learner(a), soak.learner(b) FROM generate_series(1, 24) AS a, generate_series(1, 24) AS b WHERE (a * 5 + b) % 4 = 0 AND a <> b;
	INSERT INTO user_progress (user_id, course_id) SELECT soak.learner(5), id FROM generated_courses WHERE title ~ 'through' ON CONFLICT DO NOTHING;
	SELECT refresh_trending();
	SELECT refresh_recommendations();
	-- A refresh writes these again, although they are as they were.
	UPDATE recommendations SET expires_at = now();
	CREATE TRIGGER hold_row BEFORE INSERT OR UPDATE OR DELETE ON trending_courses FOR EACH ROW EXECUTE FUNCTION hold.row();
	CREATE TRIGGER hold_row BEFORE INSERT OR UPDATE OR DELETE ON recommendations FOR EACH ROW EXECUTE FUNCTION hold.row();
	CREATE TRIGGER hold_row BEFORE INSERT ON exercises FOR EACH ROW EXECUTE FUNCTION hold.row();
	CREATE TRIGGER hold_row BEFORE INSERT ON activity_feed FOR EACH ROW EXECUTE FUNCTION hold.row();
	SQL
create_database($node, 'updating', q{CREATE EXTENSION learnify VERSION '0.5.0'});
quiet_psql($node, 'updating', "$hold INSERT INTO users (email, password_hash, name) VALUES ('ada\@example.org', '!', 'Ada');
	CREATE EVENT TRIGGER hold_command ON ddl_command_end EXECUTE FUNCTION hold.command()");

# These run at the same time, so none may wait for a lock of another.
my %operations = (
	'refresh_trending()' => [ 'learning', 'SELECT refresh_trending()' ],
	'refresh_recommendations()' => [ 'learning', 'SELECT refresh_recommendations()' ],
	'generate_course()' => [ 'learning', 'SELECT generate_course(soak.learner(7))' ],
	'submissions' => [ 'learning', q{INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
		SELECT soak.learner(9), e.module_id, e.id, 'python', true, 100 FROM soak.exercises AS e} ],
	'ALTER EXTENSION UPDATE' => [ 'updating', 'ALTER EXTENSION learnify UPDATE' ]);

# Starts all operations and waits until each is held after that many rows or commands.
sub start_operations
{
	my ($after) = @_;
	my $holder = $node->background_psql('learning');
	$holder->query_safe('SELECT pg_advisory_lock(4711)');
	my $other_holder = $node->background_psql('updating');
	$other_holder->query_safe('SELECT pg_advisory_lock(4711)');
	my @sessions = ($holder, $other_holder);
	foreach my $name (sort keys %operations)
	{
		my ($database, $sql) = @{ $operations{$name} };
		my $session = $node->background_psql($database, on_error_stop => 0);
		$session->query_safe("SET application_name = 'held'; SET hold.after = '$after'");
		$session->query_until(qr/started/, "\\echo started\n$sql;\n");
		push @sessions, $session;
	}
	my $held = scalar(keys %operations);
	ok($node->poll_query_until('postgres', "SELECT count(*) = $held FROM pg_stat_activity WHERE application_name = 'held' AND wait_event = 'advisory'"),
		"all operations are held after $after rows or commands");
	return @sessions;
}

sub state
{
	return row_digests($node, 'learning') . "\n" . row_digests($node, 'updating') . "\n" . fingerprint($node, 'updating') . "\n"
	  . quiet_psql($node, 'updating', 'SELECT extversion FROM pg_extension WHERE extname = \'learnify\'') . "\n"
	  . quiet_psql($node, 'updating', 'SELECT version FROM schema_migrations ORDER BY version');
}

my %faults = (
	'a process killed' => sub {
		my $victim = $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE application_name = 'held' ORDER BY random() LIMIT 1});
		kill 'KILL', $victim;
	},
	'an immediate shutdown' => sub {
		$node->stop('immediate');
		$node->start;
	});

my $before = state();
foreach my $after (map { [ 3, 1, 6, 2, 5, 4 ]->[ $_ % 6 ] } 0 .. $rounds - 1)
{
	foreach my $fault (sort keys %faults)
	{
		my @sessions = start_operations($after);
		my $log_offset = -s $node->logfile;
		$faults{$fault}->();
		$node->wait_for_log(qr/database system is ready to accept connections/, $log_offset);
		ok($node->poll_query_until('postgres', 'SELECT true'), "$fault: the server accepts connections again");
		foreach my $session (@sessions)
		{
			$session->{run}->kill_kill;
		}
		is_same_text(state(), $before, "$fault: all rows, the version and the catalog are unchanged");
		is(invariants($node, 'learning'), '', "$fault: the invariants hold");
		check_indexes($node, 'learning', "$fault: ");
	}
}

# An update that is killed at some moment must have happened completely or not at all.
foreach my $attempt (2 .. $rounds)
{
	create_database($node, "updating_$attempt", q{CREATE EXTENSION learnify VERSION '0.5.0'});
	my $update = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr("updating_$attempt"), '-c', 'ALTER EXTENSION learnify UPDATE' ], '>', '/dev/null', '2>', '/dev/null');
	select(undef, undef, undef, 0.03 * $attempt ** 1.5);
	$node->stop('immediate');
	$update->finish;
	$node->start;
	my $version = quiet_psql($node, "updating_$attempt", q{SELECT extversion FROM pg_extension WHERE extname = 'learnify'});
	my $like = create_database($node, "like_$attempt", "CREATE EXTENSION learnify VERSION '$version'");
	is_same_text(fingerprint($node, "updating_$attempt"), fingerprint($node, $like), "an interrupted update leaves the complete catalog of $version");
	$node->safe_psql('postgres', "DROP DATABASE $_") foreach "updating_$attempt", $like;
}

# All operations must work afterwards.
foreach my $name (sort keys %operations)
{
	quiet_psql($node, $operations{$name}[0], $operations{$name}[1], "$name works afterwards");
}
quiet_psql($node, 'learning', 'SELECT refresh_trending(); SELECT refresh_recommendations()');
is(invariants($node, 'learning'), '', 'the invariants hold');
check_indexes($node, 'learning');
is(quiet_psql($node, 'updating', 'SELECT extversion, (SELECT count(*) FROM schema_migrations) FROM pg_extension WHERE extname = \'learnify\''), "$VERSIONS[-1]|" . (1 + @VERSIONS), 'the extension is at the new version');

# Runs SQL that must fail with this SQLSTATE and leave all rows unchanged. The next call in
# the same session must work.
sub check_refused
{
	my ($session, $sql, $code, $name) = @_;
	my $rows = row_digests($node, 'learning');
	$session->query("\\set VERBOSITY verbose\n$sql");
	like($session->{stderr}, qr/ERROR:  $code: /, "$name: the error has SQLSTATE $code");
	$session->{stderr} = '';
	is_same_text(row_digests($node, 'learning'), $rows, "$name: all rows are unchanged");
	$session->query_safe('SELECT refresh_trending()');
	is(invariants($node, 'learning'), '', "$name: the next call works, and the invariants hold");
}

# Out of memory: limit the session to the address space that it has and 64 MB.
SKIP:
{
	skip 'AddressSanitizer would abort the process when it is out of memory', 3 if ($ENV{SERVER_ENV} // '') =~ /ASAN_OPTIONS/;
	my $session = $node->background_psql('learning', on_error_stop => 0);
	my $pid = $session->query_safe('SELECT pg_backend_pid()');
	my ($pages) = -r "/proc/$pid/statm" ? slurp_file("/proc/$pid/statm") =~ /^(\d+)/ : ();
	skip 'prlimit is not available', 3 unless defined $pages && system('prlimit', '--pid', $pid, '--as=' . ($pages * 4096 + 64 * 1024 * 1024)) == 0;
	check_refused($session, q{SELECT generate_course(soak.learner(8), jsonb_build_object('ENTITY', repeat('x', 20000000)))}, '53200', 'out of memory');
	$session->quit;
}

# Disk full: move one table at a time to a small file system.
if (defined(my $disk = $ENV{FAULT_SMALL_DISK}))
{
	$node->safe_psql('learning', "CREATE TABLESPACE small LOCATION '$disk'");
	my %writers = (
		module_completions => q{INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_code)
			SELECT soak.learner(10), e.module_id, e.id, 'python', true, 100, (SELECT string_agg(md5(n::text), '') FROM generate_series(e.n * 100000, e.n * 100000 + 30000) AS n) FROM soak.exercises AS e},
		recommendations => q{SELECT refresh_recommendations()},
		generated_modules => q{SELECT generate_course(soak.learner(11), jsonb_build_object('ENTITY', repeat(md5(n::text), 6))) FROM generate_series(1, 20) AS n});
	foreach my $table (sort keys %writers)
	{
		$node->safe_psql('learning', "ALTER TABLE $table SET TABLESPACE small; CREATE TABLE filler (t text) TABLESPACE small; ALTER TABLE filler ALTER t SET STORAGE EXTERNAL");
		# a refresh writes only what has changed
		$node->safe_psql('learning', 'UPDATE recommendations SET expires_at = now()');
		$node->safe_psql('learning', 'VACUUM FULL recommendations');
		# fill the disk until there is no room for another page
		foreach my $rows (1000, 100, 10, 1)
		{
			1 while $node->psql('learning', "INSERT INTO filler SELECT repeat('x', 7900) FROM generate_series(1, $rows)", on_error_stop => 1) == 0;
		}
		my $session = $node->background_psql('learning', on_error_stop => 0);
		check_refused($session, $writers{$table}, '53100', "disk full for $table");
		$session->quit;
		$node->safe_psql('learning', "DROP TABLE filler; ALTER TABLE $table SET TABLESPACE pg_default");
		quiet_psql($node, 'learning', $writers{$table}, "$table: the statement works once there is room");
		quiet_psql($node, 'learning', 'SELECT refresh_trending(); SELECT refresh_recommendations()');
	}
	$node->safe_psql('learning', 'DROP TABLESPACE small');
}

$node->stop;
done_testing();
