#!/usr/bin/perl
# mutants.pl NUMBER SEED [PATH ...]
#
# Runs inside test/throwaway.sh, for test/long/mutants.sh, on its server and in its copy of
# the tree. A mutant of SQL replaces one function, trigger or policy in a new database; one of
# C replaces the library, which the sessions that follow load. Then tests run in that
# database until one fails. verify_schema() is told to expect the mutant, and tests of the
# catalog alone are left out, because a checksum notices every change.
#
# A mutant that does not compile, or gives the same machine code, is none; another is made in
# its place. Left out are statements that only free memory, account for it or let a cancel in,
# messages of errors, headers, tables, which cannot be replaced, and what only tests with servers
# of their own can notice: the schedule, pg_cron, logical replication, Citus, and privileges before an
# install.
use strict;
use warnings FATAL => 'all';
use File::Basename qw(basename dirname);
use File::Path qw(make_path);
use List::Util qw(first shuffle uniq);

my ($wanted, $seed, @paths) = @ARGV;
die "usage: mutants.pl NUMBER SEED [PATH ...]\n" unless ($wanted // '') =~ /^[1-9]\d*$/ && ($seed // '') =~ /^\d+$/;
my $least = 95;
my $database = 'contrib_regression';	# the name that expected output has
my $template = 'mutants_template';
my $seconds = 180;						# for one test
my $pgxs_test = dirname(qx("$ENV{PG_CONFIG}" --pgxs)) . '/../test';
chomp(my $libdir = qx("$ENV{LEARNIFY_BINDIR}/pg_config" --pkglibdir));
my $output = "$ENV{TMPDIR}/mutants";
$| = 1;
my $running;							# the process group of a command
$SIG{$_} = sub { kill 'KILL', -$running if $running; exit 130 } for qw(INT TERM HUP);

# The tests of a file are those of the longest prefix of its path. Tests of one session come
# first, and the quick ones before the slow ones.
my @races = qw(completions_race plain_statements completion_of_locked_author submissions_race corrections_race retries_race enrolments_race retakes_race reviews_race review_claims order_race
	course_deletion content_race isolation_levels);
my @erasures = qw(erasure_of_new_work submission_and_erasure review_and_erasure enrolment_and_erasure learner_and_erasure
	author_and_erasure follow_and_erasure erasure_and_variables several_learners erasures_race erasures_order erasure_of_new_courses);
my @work = qw(feed supplied_values whole_course enrolments retries live_rows retakes enforced_order review_requests achievements streaks statistics
	existing_backend content_changes corrections late_work bulk_look_ups);
my @learning = qw(home_rows velocity trending new_courses skills search search_typos recommendations);
my @trending = qw(refresh_of_changed_courses trending_refreshes trending_and_deletion trending_and_enrolment);
# what looks at every function or table
my @everywhere = qw(arguments row_security internals secrets sizes wrappers altered_tables injection);
my %tests = (
	'' => [ @work, qw(identity following ticker courses seeds), @learning, @everywhere ],
	'src/base' => [ qw(learner jwt_claims live_rows statistics identity templates template_checks),
		@work, qw(following ticker who_sees registries), @learning, @everywhere, qw(rebuilt_index ticker_snapshots) ],
	'src/curriculum' => [ qw(templates template_checks courses regeneration identity seeds whole_course arguments generation_race blueprint_race), @everywhere ],
	'sql/curriculum' => [ qw(templates template_checks courses authors onboarding regeneration identity seeds whole_course), @everywhere,
		qw(generation_race blueprint_race regeneration_race onboarding_race) ],
	'src/identity' => [ qw(time_zones learner jwt_claims identity credentials domain_validation privacy statistics passwords), @everywhere ],
	'sql/identity' => [ qw(time_zones jwt_claims identity credentials logins domain_validation privacy supplied_values courses onboarding home_rows following passwords),
		@everywhere, qw(logins_race tokens_race registrations variable_writers validation_claims), @erasures, 'course_deletion' ],
	'src/progress' => [ @work, qw(authors regeneration privacy content_steps), @everywhere, @races, @erasures ],
	'sql/progress' => [ @work, qw(privacy courses authors registries content_steps), @everywhere, @races, @erasures ],
	'src/social' => [ qw(registries broadcasts following feed achievements streaks statistics late_work retakes ticker who_sees), @everywhere,
		qw(settings_and_broadcasts ticker_snapshots awards_race rebuilt_index follows_race follow_policy_race) ],
	'sql/social' => [ qw(registries broadcasts following feed achievements seeds streaks statistics late_work corrections retakes ticker who_sees), @everywhere,
		qw(settings_and_broadcasts awards_race follows_race follow_policy_race follow_and_erasure) ],
	'src/discovery' => [ @learning, qw(onboarding), @everywhere, 'recommendations_race', @trending ],
	'sql/discovery' => [ @learning, qw(onboarding privacy registries), @everywhere, 'recommendations_race', @trending ],
	'sql/operation' => [ qw(status live_rows registries seeds identity existing_backend domain_validation review_requests), @everywhere, @work, @learning,
		qw(import_legacy open_transactions) ],
	'sql/operation/locks' => [ qw(achievements recommendations trending import_legacy awards_race recommendations_race learner_and_erasure) ],
	'sql/operation/verify_schema' => [ qw(verify_schema arguments row_security) ],
	'sql/operation/import' => [ qw(import_legacy import_later_runs arguments sizes) ],
);

# A test that no mutant meets would be forgotten here. The rules of the catalog are checked
# against a database without mutants.
sub check_lists
{
	my %listed = map { $_ => 1 } 'schema', map { @$_ } values %tests;
	my @forgotten = grep { !$listed{$_} } map { basename($_) =~ s/\.\w+$//r } glob('test/sql/*.sql test/specs/*.spec');
	die "no list of test/long/mutants.pl has: @forgotten\n" if @forgotten;
}

sub tests_of
{
	my ($file) = @_;
	my $area = first { index($file, $_) == 0 } sort { length $b <=> length $a } keys %tests;
	return uniq(@{ $tests{$area} });
}

# What an operator, a word or a name is exchanged for.
my %counterpart = (
	'<=' => '<', '<' => '<=', '>=' => '>', '>' => '>=', '=' => '<>', '<>' => '=', '==' => '!=', '!=' => '==', '&&' => '||', '||' => '&&',
	'AND' => 'OR', 'OR' => 'AND', 'IS NULL' => 'IS NOT NULL', 'IS NOT NULL' => 'IS NULL', 'NOT EXISTS' => 'EXISTS', 'EXISTS' => 'NOT EXISTS',
	'IS DISTINCT FROM' => 'IS NOT DISTINCT FROM', 'IS NOT DISTINCT FROM' => 'IS DISTINCT FROM', 'NOT IN' => 'IN', 'IN' => 'NOT IN',
	'LEFT JOIN' => 'JOIN', 'UNION ALL' => 'UNION', 'DISTINCT ' => '', ' DESC' => '', 'IF NOT' => 'IF', 'IF ' => 'IF NOT ', ' NOT ' => ' ',
	'OLD.' => 'NEW.', 'NEW.' => 'OLD.', 'greatest' => 'least', 'least' => 'greatest', 'min(' => 'max(', 'max(' => 'min(', 'bool_or' => 'bool_and',
	'bool_and' => 'bool_or', 'true' => 'false', 'false' => 'true', ' + ' => ' - ', ' - ' => ' + ', 'Max(' => 'Min(', 'Min(' => 'Max(',
	'follower_id' => 'following_id', 'following_id' => 'follower_id', 'started_at' => 'last_activity', 'last_activity' => 'started_at',
	'completed_at' => 'started_at', 'updated_at' => 'created_at', 'code_sense_score' => 'efficiency_score', 'interval' => 'interval \'1 hour\' + interval',
	' FOR NO KEY UPDATE' => '', ' FOR KEY SHARE' => '', ' FOR UPDATE' => '', ' SKIP LOCKED' => '', ' NOWAIT' => '', 'if (!' => 'if (', '++' => '--',
	'Forward' => 'Backward', 'Backward' => 'Forward',
);
my $sql_word = join '|', map { quotemeta } sort { length $b <=> length $a } grep { !/^(==|!=|&&|\|\||Max\(|Min\(|if \(!|\+\+|Forward|Backward)$/ } keys %counterpart;
my $c_word = join '|', map { quotemeta } sort { length $b <=> length $a }
	('<=', '>=', '==', '!=', '&&', '||', ' < ', ' > ', 'true', 'false', ' + ', ' - ', 'Max(', 'Min(', 'if (!', '++', 'Forward', 'Backward');
$counterpart{' < '} = ' <= ';
$counterpart{' > '} = ' >= ';

# Replaces comments, and strings unless they are the text of a query, by characters that match nothing.
sub masked
{
	my ($line, $language) = @_;
	my $blank = sub { "\x01" x length $_[0] };
	if ($language eq 'c')
	{
		$line =~ s{(/\*.*?(?:\*/|$)|//.*)}{$blank->($1)}ge;
		$line =~ s{("(?:[^"\\]|\\.)*")}{my $text = $1; $text =~ /\b(?:SELECT|UPDATE|DELETE|INSERT|WHERE|FROM|JOIN|SET|AND|ORDER)\b/ ? $text : $blank->($text)}ge;
		$line =~ s{('(?:[^'\\]|\\.)+')}{$blank->($1)}ge unless $line =~ /"/;
	}
	else
	{
		$line =~ s{(--.*)}{$blank->($1)}e unless $line =~ /'[^']*--/;
		$line =~ s{('(?:[^']|'')*')}{my $text = $1; $text =~ /\b(?:SELECT|UPDATE|DELETE|INSERT|WHERE|FROM|JOIN)\b/ ? $text : $blank->($text)}ge;
	}
	return $line;
}

# Returns the changes that begin at line number $at: for each, how many lines are replaced, and the line
# that takes their place, undefined for none.
sub changes
{
	my ($lines, $at, $language) = @_;
	my $line = $lines->[$at];
	my $masked = masked($line, $language);
	my $is_query = $language eq 'sql' || $masked =~ /"/;
	my @forms;
	my $words = $is_query ? $sql_word : $c_word;
	while ($masked =~ /(?<![\w<>=!:&|+-])($words)(?![<>=!&|])|(?<=[\w)\]])($words)/g)
	{
		my $word = $1 // $2;
		my ($from, $to) = $1 ? ($-[1], $+[1]) : ($-[2], $+[2]);
		next if $word =~ /^\w/ && $from > 0 && substr($masked, $from - 1, 1) =~ /\w/;
		next if $word =~ /\w$/ && substr($masked, $to, 1) =~ /\w/;
		push @forms, substr($line, 0, $from) . $counterpart{$word} . substr($line, $to);
	}
	while ($masked !~ /return \(Datum\) 0|^\t(?:\w+ )*\w+\s+\**\w+\[\d+\](?:;| =)/ && $masked =~ /(?<![\w.\$%'{])(\d+)(?![\w.\$'}])/g)
	{
		push @forms, substr($line, 0, $-[1]) . ($1 + 1) . substr($line, $+[1]);
	}
	# a term of a condition
	push @forms, $1 . $2 if $masked !~ /\x01/ && $line =~ /^(.*\b(?:WHERE|ON|AND) )(?:[^()]|\([^()]*\))+? AND (.*)$/;
	push @forms, "$1$2" if $masked !~ /BETWEEN/ && $line =~ /^(.*\S)(?: AND (?:[^()]|\([^()]*\))+?)((?:;| THEN|\)+)?\s*"?[,;)]*)$/;
	push @forms, "$1$2" if $masked =~ /ORDER BY/ && $line =~ /^(.*[^\s"]) ORDER BY [^()"';]*(.*)$/;
	if ($language eq 'c')
	{
		push @forms, "$1!($2)$3" if $masked =~ /^(\s*(?:else )?if \()(?!!)(.*)(\))$/ && $line =~ /^(\s*(?:else )?if \()(?!!)(.*)(\))$/;
	}
	my @changes = map { [ 1, $_ ] } grep { $_ ne $line && /\S/ } uniq(@forms);
	push @changes, [ 1, undef ] if $is_query && $masked =~ /^\s*"?\s*(?:AND|OR|ORDER BY|WHERE|FOR (?:UPDATE|NO KEY|KEY SHARE|SHARE)|LIMIT|HAVING|LOCK TABLE) /;
	return @changes, statement_removal($lines, $at, $language);
}

# Returns the change that removes the statement which begins there.
sub statement_removal
{
	my ($lines, $at, $language) = @_;
	my $before = $at == 0 ? '' : $lines->[ $at - 1 ];
	if ($language eq 'c')
	{
		my $is_first = $before =~ /[;{}]\s*(?:\/\*.*)?$|^\s*$|\*\/$/;
		return () unless $is_first && $lines->[$at] =~ /^\t+(?!return|case|default|static|const|struct|typedef|goto)[a-z]\S*(?: [-+*\/|&]?= |\(|\+\+|->|\[|;)/;
		my $length = 1;
		$length++ while $length < 8 && $lines->[ $at + $length - 1 ] !~ /;$/ && $lines->[ $at + $length - 1 ] !~ /[{}]/;
		my $text = join "\n", @$lines[ $at .. $at + $length - 1 ];
		return () if $text !~ /;$/ || $text =~ /MemoryContextSwitchTo/ || $text =~ /^\t+(?:if|while|for|switch|do|else)\b/;
		return () if $text =~ /^\t+(?:CHECK_FOR_INTERRUPTS|pfree|MemoryContext\w+|SPI_freetuptable|SPI_finish|PopActiveSnapshot|index_endscan|\w*_end\w*|heap_freetuple|table_close|index_close|ReleaseSysCache|ereport|ExecDrop\w+)\b/;
		return [ $length, undef ];
	}
	return () unless $lines->[$at] =~ /^  +(?:PERFORM|UPDATE|DELETE FROM|INSERT INTO|EXECUTE|EXIT|CONTINUE|RETURN (?:NULL|NEW|OLD);|LOCK|[A-Za-z_.]+ :=)/ && $before =~ /;$|(?:BEGIN|LOOP|THEN|ELSE)$|^\s*--/;
	my $length = 1;
	$length++ while $length < 30 && $lines->[ $at + $length - 1 ] !~ /;\s*(?:--.*)?$/;
	return [ $length, undef ];
}

sub read_lines
{
	my ($file) = @_;
	open my $handle, '<', $file or die "$file: $!";
	chomp(my @lines = <$handle>);
	return \@lines;
}

# Returns the statements that can be replaced: numbers of their first and last lines, and those of the
# body, or of a trigger's or policy's conditions, which may be changed.
sub sql_statements
{
	my ($lines) = @_;
	my (@statements, $statement, $body);
	for my $at (0 .. $#$lines)
	{
		local $_ = $lines->[$at];
		if (!$statement && /^CREATE (?:OR REPLACE FUNCTION|OR REPLACE TRIGGER|POLICY)/)
		{
			$statement = { first => $at, kind => /POLICY/ ? 'policy' : /TRIGGER/ ? 'trigger' : 'function', own => [] };
			$body = 0;
		}
		next unless $statement;
		my $ends = $body ? /^\$\$;$|^END;$/ : /;$/;
		push @{ $statement->{own} }, $at if !$ends && $body || $statement->{kind} ne 'function' && $at > $statement->{first};
		$body = 1 if /^AS \$\$$|^BEGIN ATOMIC$/;
		if ($ends)
		{
			$statement->{last} = $at;
			push @statements, $statement;
			undef $statement;
		}
	}
	return @statements;
}

sub reads_cron
{
	my ($lines, $statement) = @_;
	return grep { /\bcron\./ } @$lines[ $statement->{first} .. $statement->{last} ];
}

my (%lines, %statements);	# of each file

# Returns the lines that may be changed, with their changes.
sub candidates
{
	my @candidates;
	for my $file (sort glob('src/*/*.c sql/{identity,curriculum,progress,social,discovery,operation}/*.sql sql/operation/import/*.sql'))
	{
		next if @paths && !grep { index($file, $_) == 0 } @paths;
		next if $file =~ m{/(?:tables|comments|shipped_\w+|schedule|replication|privileges|initial_privileges|settings|first_migration)\.sql$};
		next if $file =~ m{^(?:src|sql)/distribution/};
		my $language = $file =~ /\.c$/ ? 'c' : 'sql';
		my $lines = $lines{$file} = read_lines($file);
		my @own;
		if ($language eq 'sql')
		{
			$statements{$file} = [ grep { !reads_cron($lines, $_) } sql_statements($lines) ];
			@own = map { @{ $_->{own} } } @{ $statements{$file} };
		}
		else
		{
			@own = grep { $lines->[$_] =~ /^\t|^"/ } 0 .. $#$lines;
		}
		my $is_message = 0;
		my $is_accounting = 0;
		my $is_comment = 0;
		for my $at (@own)
		{
			local $_ = $lines->[$at];
			$is_comment = 1 if $language eq 'c' && m{^\s*/\*};
			my $skipped = $is_comment;
			$is_comment = 0 if $is_comment && m{\*/};
			$is_message = 1 if /\bereport\(|\berrmsg|^\s*RAISE (?!SQLSTATE|;)/;
			$is_accounting = 1 if $language eq 'c' && /\bwork_memory_free\(|\bBLOCK\(/;
			$skipped ||= $is_message || $is_accounting || /^\s*(?:--|#|SET \w+ = |COST)/ || /HINT|DETAIL|mul_size|add_size|alloc\w*\(.*sizeof/;
			$is_message = $is_accounting = 0 if /;$/;
			next if $skipped;
			my @changes = changes($lines, $at, $language);
			push @candidates, { file => $file, at => $at, language => $language, changes => \@changes } if @changes;
		}
	}
	return @candidates;
}

# What a mutant changes, as a difference.
sub change_of
{
	my ($mutant) = @_;
	my ($length, $new) = @{ $mutant->{change} };
	my @old = @{ $lines{ $mutant->{file} } }[ $mutant->{at} .. $mutant->{at} + $length - 1 ];
	return map { s/^\s+|\s+$//gr } (map { "- " . s/^\s+//r } @old), defined $new ? '+ ' . $new =~ s/^\s+//r : ();
}

sub mutated_lines
{
	my ($mutant, $from, $to) = @_;
	my $lines = $lines{ $mutant->{file} };
	my ($length, $new) = @{ $mutant->{change} };
	my $at = $mutant->{at};
	# as many lines as there were, so that errors have the same line numbers
	return (@$lines[ $from .. $at - 1 ], $new // '', ('') x ($length - 1), @$lines[ $at + $length .. $to ]);
}

# Equivalent mutants: paragraphs of the file, the line before where the change alone is not enough, the
# change, and "= " with the reason. Returns for each change the lines before it, or nothing for any.
sub read_equivalents
{
	my %equivalents;
	local $/ = '';
	open my $handle, '<', 'test/long/mutants_equivalent' or die "test/long/mutants_equivalent: $!";
	while (my $paragraph = <$handle>)
	{
		my ($file, @lines) = grep { !/^#/ } split /\n/, $paragraph;
		next unless defined $file;
		my @before = map { s/^\s+|\s+$//gr } grep { /^  / } @lines;
		die "no reason is given for\n$paragraph" unless grep { /^= \S/ } @lines;
		push @{ $equivalents{ join "\n", $file, map { s/\s+$//r } grep { /^[-+] / } @lines } }, $before[0] // '';
	}
	return %equivalents;
}

sub is_equivalent
{
	my ($mutant, $equivalents) = @_;
	my $before = $lines{ $mutant->{file} }[ $mutant->{at} - 1 ] =~ s/^\s+|\s+$//gr;
	return grep { $_ eq '' || $_ eq $before } @{ $equivalents->{ join "\n", $mutant->{file}, change_of($mutant) } // [] };
}

# The server

# Runs a command with its output in a log, for as long as the time that it has. Returns whether it
# succeeded, undefined if its time was over.
sub run
{
	my ($time, @command) = @_;
	my $pid = fork // die "fork: $!";
	if ($pid == 0)
	{
		setpgrp;
		open STDIN, '<', '/dev/null';
		open STDOUT, '>>', "$output/log";
		open STDERR, '>&', \*STDOUT;
		exec @command or exit 127;
	}
	$running = $pid;
	my $ended = eval {
		local $SIG{ALRM} = sub { die "time\n" };
		alarm $time;
		waitpid $pid, 0;
		alarm 0;
		1;
	};
	my $status = $?;
	kill 'KILL', -$pid unless $ended;
	waitpid $pid, 0 unless $ended;
	undef $running;
	return $status == 0 if $ended;
	end_sessions();
	return undef;
}

sub psql
{
	my ($in, @commands) = @_;
	return run(60, 'psql', '-qX', '-v', 'ON_ERROR_STOP=1', '-d', $in, map { ('-c', $_) } @commands);
}

# Ends the sessions of a mutant that does not end itself, be it one that does not notice.
sub end_sessions
{
	my $pids = "SELECT pid FROM pg_stat_activity WHERE datname = '$database'";
	qx(psql -qXAt -d postgres -c "SELECT pg_terminate_backend(pid, 5000) FROM ($pids) AS a");
	kill 'KILL', split ' ', qx(psql -qXAt -d postgres -c "$pids");
}

# A mutant may have crashed the server, which starts again by itself.
sub await_server
{
	for (1 .. 120)
	{
		return if system("psql -qXAt -d postgres -c 'SELECT 1' >/dev/null 2>&1") == 0;
		sleep 1;
	}
	die "the server does not come back\n";
}

# The settings are those that pg_regress gives its database. A server that is about to notice
# a killed session may still accept connections, and then breaks them off.
sub make_database
{
	for (1 .. 5)
	{
		await_server();
		return if psql('postgres', "DROP DATABASE IF EXISTS $database WITH (FORCE)", "CREATE DATABASE $database TEMPLATE $template",
			(map { "ALTER DATABASE $database SET $_ TO 'C'" } qw(lc_messages lc_monetary lc_numeric lc_time)),
			"ALTER DATABASE $database SET bytea_output TO 'hex'", "ALTER DATABASE $database SET timezone_abbreviations TO 'Default'");
		sleep 1;
	}
	die "cannot create a database:\n" . qx(tail -n 20 $output/log);
}

sub slurp
{
	my ($file) = @_;
	open my $handle, '<:raw', $file or die "$file: $!";
	local $/;
	return scalar <$handle>;
}

sub write_file
{
	my ($file, @lines) = @_;
	open my $handle, '>', $file or die "$file: $!";
	print $handle map { "$_\n" } @lines;
	close $handle or die "$file: $!";
}

sub install_library
{
	my ($library) = @_;
	# a file that sessions have loaded must not change: put another in its place
	system('cp', $library, "$libdir/learnify.so.new") == 0 && rename "$libdir/learnify.so.new", "$libdir/learnify.so"
		or die "cannot replace the library\n";
}

sub object_of { return $_[0] =~ s/\.c$/.o/r }

# Returns an object file without its debugging information.
sub code_of
{
	my ($object) = @_;
	system('strip', '-g', '-o', "$output/stripped", $object) == 0 or die "cannot read $object\n";
	return slurp("$output/stripped");
}

# Makes a mutant of C; false if it is none.
sub apply_c
{
	my ($mutant) = @_;
	my ($file, $object) = ($mutant->{file}, object_of($mutant->{file}));
	my $before = code_of($object);
	system('cp', '-p', $object, "$output/object") == 0 or die "there is no $object\n";
	write_file($file, mutated_lines($mutant, 0, $#{ $lines{$file} }));
	my $made = run(300, 'make', '-s', "PG_CONFIG=$ENV{PG_CONFIG}", 'with_llvm=no', 'learnify.so') && code_of($object) ne $before;
	install_library('learnify.so') if $made;
	return $made;
}

sub undo_c
{
	my ($mutant) = @_;
	my ($file, $object) = ($mutant->{file}, object_of($mutant->{file}));
	write_file($file, @{ $lines{$file} });
	system('cp', "$output/object", $object) == 0 or die "cannot restore $object\n";
	install_library("$output/learnify.so");
}

# Makes a mutant of SQL; false if it is none.
sub apply_sql
{
	my ($mutant) = @_;
	my $statement = first { $_->{first} <= $mutant->{at} && $mutant->{at} <= $_->{last} } @{ $statements{ $mutant->{file} } };
	my $text = join "\n", mutated_lines($mutant, $statement->{first}, $statement->{last});
	$text =~ s/\@extschema\@/public/g;
	$text =~ s/MODULE_PATHNAME/\$libdir\/learnify/;
	my ($name, $table) = $text =~ /^CREATE POLICY (\w+) ON (\w+)/;
	return psql($database, ($name ? "DROP POLICY $name ON $table" : ()), $text);
}

my %is_race = map { basename($_, '.spec') => 1 } glob('test/specs/*.spec');

# Runs a test; returns whether it passes. One that measures time may fail on a busy machine, and so
# has a second try.
sub passes
{
	my ($test) = @_;
	my $driver = $is_race{$test} ? 'isolation/pg_isolation_regress' : 'regress/pg_regress';
	my @command = ("$pgxs_test/$driver", "--bindir=$ENV{LEARNIFY_BINDIR}", '--inputdir=test', "--outputdir=$output", '--use-existing', "--dbname=$database", $test);
	local $ENV{PGISOLATIONTIMEOUT} = 30;
	my $passed = run($seconds, @command);
	return $passed || defined $passed && run($seconds, @command);
}

# The C that knows nothing of PostgreSQL has a test of its own.
sub unit_of
{
	my ($file) = @_;
	my $test = 'test/unit/' . basename($file, '.c') . '_test.c';
	return $file =~ /\.c$/ && -e $test ? $test : undef;
}

sub unit_passes
{
	my ($file) = @_;
	my $test = unit_of($file);
	my @linked = slurp($test) =~ m{^ \* Links (src/.*\.c) too\.$}mg;
	return run($seconds, 'gcc', '-O1', '-Isrc', '-o', "$output/unit", $test, $file, @linked, '-lm') && run($seconds, "$output/unit");
}

# Returns the test that fails, or nothing.
sub killer
{
	my ($file) = @_;
	return 'unit ' . basename(unit_of($file)) if unit_of($file) && !unit_passes($file);
	psql($database, "SELECT learnify_internal.record_catalog('[]')") or return 'record_catalog()';
	return first { !passes($_) } tests_of($file);
}

sub prepare
{
	make_path($output);
	system('cp', "$libdir/learnify.so", "$output/learnify.so") == 0 or die "there is no $libdir/learnify.so\n";
	psql('postgres', "CREATE DATABASE $template TEMPLATE template0 ENCODING 'UTF8'") && psql($template, 'CREATE EXTENSION learnify')
		or die "cannot create the template:\n" . qx(cat $output/log);
}

# Without a mutant, no test may fail.
sub check_tests
{
	make_database();
	for my $test (uniq(map { tests_of($_) } sort keys %lines))
	{
		passes($test) or die "$test fails without a mutant:\n" . qx(head -n 60 $output/regression.diffs);
	}
	for my $file (grep { unit_of($_) } sort keys %lines)
	{
		unit_passes($file) or die "the unit test of $file fails without a mutant:\n" . qx(tail -n 20 $output/log);
	}
}

sub try_mutant
{
	my ($mutant) = @_;
	make_database();
	my $killer;
	if ($mutant->{language} eq 'sql')
	{
		return undef unless apply_sql($mutant);
		$killer = killer($mutant->{file});
	}
	else
	{
		$killer = killer($mutant->{file}) if my $made = apply_c($mutant);
		undo_c($mutant);
		return undef unless $made;
	}
	return $killer // '';
}

my %equivalents = read_equivalents();
check_lists();
srand $seed;
# one change of each line, in random order
my @mutants = map { { %$_, change => $_->{changes}[ int rand @{ $_->{changes} } ] } } shuffle(candidates());
prepare();
check_tests();
my ($run, $died, $equivalent) = (0, 0, 0);
for my $mutant (@mutants)
{
	last if $run == $wanted;
	my @difference = change_of($mutant);
	my $place = "$mutant->{file}:" . ($mutant->{at} + 1);
	if (is_equivalent($mutant, \%equivalents))
	{
		$equivalent++;
		next;
	}
	my $killer = try_mutant($mutant);
	next unless defined $killer;
	$run++;
	$died++ if $killer;
	print $killer ? "# died, $place: $killer\n" : "# LIVED, $place\n", map { "#   $_\n" } @difference;
}
psql('postgres', "DROP DATABASE IF EXISTS $database WITH (FORCE)", "DROP DATABASE $template");
my $share = $run ? 100 * $died / $run : 0;
printf "%s 1 - %d of %d mutants died, %.1f %%, at least %d %% (seed %d, and %d equivalent ones)\n",
	$share >= $least ? 'ok' : 'not ok', $died, $run, $share, $least, $seed, $equivalent;
exit($share < $least);
