# Checks doc/reference.md against the extension: its examples are run in order and must
# print what it shows; its signatures, settings, channels, tables and errors must be
# exactly those of the catalog.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $SQLSTATE = qr/[0-9A-Z]{5}/;
my @LINES = split /\n/, slurp_file("$TREE/doc/reference.md");

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
create_database($node, 'reference');

#
# Reading the document
#

# Returns each code fence as [ info string, text, line ].
sub blocks
{
	my (@blocks, $open);
	foreach my $number (1 .. @LINES)
	{
		my $line = $LINES[ $number - 1 ];
		if    (!$open && $line =~ /^```(.*)/) { $open = [ $1, '', $number ] }
		elsif ($open && $line eq '```')       { push @blocks, $open; undef $open }
		elsif ($open)                         { $open->[1] .= "$line\n" }
	}
	die 'a fence is open' if $open;
	return @blocks;
}

# Returns the examples as { sql, line, state (the SQLSTATE expected, if any), output (if
# shown) }.
sub examples
{
	my @examples;
	my $end = 0;
	foreach my $block (blocks())
	{
		my ($info, $text, $line) = @$block;
		if ($info =~ /^sql(?: error ($SQLSTATE))?$/)
		{
			push @examples, { sql => $text, line => $line, state => $1 };
			$end = $line + ($text =~ tr/\n//) + 1;
		}
		elsif ($info eq '' && $line == $end + 2)
		{
			$examples[-1]{output} = $text;
		}
	}
	return @examples;
}

# Returns a hash of the text below each heading of a level.
sub sections
{
	my ($level) = @_;
	my (%sections, $name, $fenced);
	foreach my $line (@LINES)
	{
		$fenced = !$fenced if $line =~ /^```/;
		if (!$fenced && $line =~ /^(#{1,$level}) (.*)/)
		{
			$name = length $1 == $level ? $2 : undef;
			die "heading $name twice" if defined $name && exists $sections{$name};
		}
		$sections{$name} .= "$line\n" if defined $name;
	}
	return \%sections;
}

my $chapters = sections(2);
my $sections = sections(3);
my $document = join("\n", @LINES);

# Returns the cells of a chapter's table, which is found by the name of its first column.
sub table
{
	my ($chapter, $column) = @_;
	my ($rows) = $chapters->{$chapter} =~ /^\| \Q$column\E \|.*\n\|[-|]+\n((?:\|.*\n)+)/m or die "no table by $column";
	return map { [ map { s/^\s+|\s+$//gr } split /(?<!\\)\|/, s/^\|//r ] } split /\n/, $rows;
}

# Returns the text of an entry's bullet as one line.
sub bullet
{
	my ($entry, $name) = @_;
	my ($text) = $entry =~ /^- \*\*\Q$name\E\*\*: (.*?)(?=^- |^$)/ms;
	return defined $text ? $text =~ s/\s+/ /gr : undef;
}

sub query_lines
{
	my ($sql) = @_;
	return split /\n/, quiet_psql($node, 'reference', $sql);
}

#
# Examples
#

# Runs all examples in one psql session. Returns the output and SQLSTATE of each.
sub run_examples
{
	my (@examples) = @_;
	my $script = "\\set SHOW_CONTEXT never\n";
	my $output = '';
	foreach my $number (0 .. $#examples)
	{
		my $example = $examples[$number];
		$script .= sprintf "\\set ON_ERROR_STOP %s\n\\echo [%d]\n%s\\echo [/%d%s]\n", $example->{state} ? 'off' : 'on',
		  $number, $example->{sql}, $number, $example->{state} ? ' :LAST_ERROR_SQLSTATE' : '';
	}
	local $ENV{PGTZ} = 'UTC';
	IPC::Run::run([ 'psql', '-Xq', '-P', 'pager=off', '-d', $node->connstr('reference'), '-f', '-' ],
		'<', \$script, '>&', \$output);
	my %results;
	$results{$1} = [ $2, $3 ] while $output =~ /^\[(\d+)\]\n(.*?)^\[\/\1(?: (\w+))?\s*\]$/msg;
	diag($output =~ s/.*^\[\d+\]\n//msr) unless exists $results{$#examples};
	return \%results;
}

# Masks what differs between runs: uuids, process ids and psql's line numbers.
sub comparable
{
	my ($output) = @_;
	$output =~ s/^psql:<stdin>:\d+: //mg;
	$output =~ s/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/<id>/g;
	$output =~ s/PID \d+/PID <number>/g;
	$output =~ s/ +$//mg;
	return $output =~ s/\n*\z/\n/r;
}

my @examples = examples();
my $results = run_examples(@examples);
foreach my $number (0 .. $#examples)
{
	my ($example, $result) = ($examples[$number], $results->{$number});
	my $name = "the example in line $example->{line}";
	ok($result, "$name runs") or next;
	is($result->[1], $example->{state}, "$name fails with $example->{state}") if $example->{state};
	is(comparable($result->[0]), comparable($example->{output}), "$name prints what is shown") if defined $example->{output};
}

#
# Functions
#

sub normal_signature
{
	my ($signature) = @_;
	$signature =~ s/\btimestamptz\b/timestamp with time zone/g;
	$signature =~ s/('[^']*'|NULL)::[a-z ]+(\[\])?/$1/g;
	return $signature =~ s/\s+/ /gr;
}

# A function's entry has its signatures in a fence right below the heading. Indented lines
# continue a signature.
my (%entries, %documented);
foreach my $name (grep { $sections->{$_} =~ /\A### .*\n\n```\n/ } keys %$sections)
{
	my ($fence) = $sections->{$name} =~ /\A[^\n]*\n\n```\n(.*?)^```$/ms;
	$entries{$name} = $sections->{$name};
	$documented{ normal_signature($_) } = $name foreach split /\n/, $fence =~ s/\n +/ /gr;
}

my (%catalog, %functions);
foreach (query_lines(q{
	SELECT p.oid, p.proname, CASE p.prokind WHEN 'a' THEN 'AGGREGATE ' ELSE '' END || p.proname
	       || '(' || pg_get_function_arguments(p.oid) || ') RETURNS ' || pg_get_function_result(p.oid)
	FROM pg_depend AS d
	JOIN pg_proc AS p ON p.oid = d.objid
	WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
	  AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'learnify') AND p.pronamespace <> 'learnify_internal'::regnamespace}))
{
	my ($oid, $name, $signature) = split /\|/, $_, 3;
	$functions{$name} = $oid;
	$catalog{ normal_signature($signature) } = $name;
}

is_deeply([ sort keys %documented ], [ sort keys %catalog ], "the reference has exactly the functions of the extension's schema");
is_deeply([ grep { my $name = $_; !grep { $_->{sql} =~ /\b$name\(/ } @examples } sort keys %entries ], [],
	'every function has an example');

# Texts and documents have the lengths that the table says.
my @rules = query_lines(q{
	SELECT c.relname || '.' || a.name || '|' || r.size || CASE WHEN r.is_document THEN ' bytes' ELSE ' characters' END
	FROM pg_trigger AS t
	JOIN pg_class AS c ON c.oid = t.tgrelid
	CROSS JOIN LATERAL unnest(trim_array(string_to_array(encode(t.tgargs, 'escape'), '\\000'), 1)) AS a (name)
	CROSS JOIN LATERAL (SELECT * FROM learnify_internal.text_rules() AS k
	                    WHERE k.kind IN (a.name, c.relname || '.' || a.name) ORDER BY length(k.kind) DESC LIMIT 1) AS r
	WHERE t.tgfoid = 'learnify_internal.tidy_texts()'::regprocedure
	ORDER BY 1});
is_deeply([ sort map { "$_->[0]|$_->[1]" } table('Conventions', 'text') ], [ sort @rules ], 'the table of texts has the rules of all of them');

# An entry must list all errors that the function, or a function that it calls, raises.
# Calls in the text of a job ('SELECT ...') do not count: the job runs later.
my %raised = (
	require_acting_user => { insufficient_privilege => 1 },
	require_page => { null_value_not_allowed => 1, invalid_parameter_value => 1 },
	find_page => { no_data_found => 1 },
	model_parameters => { invalid_parameter_value => 1 },
	map { $_ => { map { $_ => 1 } qw(null_value_not_allowed invalid_parameter_value
			configuration_limit_exceeded out_of_memory program_limit_exceeded) } }
	  qw(fit_similar_courses evaluate_recommendations search_parameters));
my (%definition, %calls);
foreach (split /\x02/, quiet_psql($node, 'reference', q{
	SELECT string_agg(p.proname || E'\x01' || pg_get_functiondef(p.oid), E'\x02')
	FROM pg_proc AS p
	WHERE p.pronamespace IN ('public'::regnamespace, 'learnify_internal'::regnamespace) AND p.prokind = 'f'}))
{
	my ($function, $definition) = split /\x01/;
	$definition{$function} .= $definition;
}
foreach my $function (keys %definition)
{
	my $definition = $definition{$function};
	$raised{$function}{$_} = 1 foreach map { /'(\w+)'/g } $definition =~ /ERRCODE = ([^,;]+)/g;
	$definition =~ s/'SELECT [^']*'//g;
	$calls{$function}{$_} = 1
	  foreach grep { exists $definition{$_} && $_ ne $function } $definition =~ /(?<!FUNCTION public\.)(?<!FUNCTION learnify_internal\.)\b(\w+)\(/g;
}

my %strict = map { $_ => 1 } query_lines(q{
	SELECT proname FROM pg_proc
	WHERE pronamespace IN ('public'::regnamespace, 'learnify_internal'::regnamespace) AND proisstrict});

sub all_raised
{
	my ($function, $seen) = @_;
	return () if $seen->{$function}++;
	return (keys %{ $raised{$function} // {} }, map { all_raised($_, $seen) } keys %{ $calls{$function} // {} });
}

foreach my $name (sort keys %entries)
{
	my $documented = bullet($entries{$name}, 'Errors') // '';
	my %names = map { $_ => 1 } all_raised($name, {});
	# a STRICT function is not called with NULL; require_acting_user lets back ends pass
	delete $names{null_value_not_allowed} if $strict{$name};
	delete $names{insufficient_privilege} if bullet($entries{$name}, 'Callers') =~ /^(back end|owner)\./;
	is_deeply([ grep { $documented !~ /\b$_\b/ } sort keys %names ], [], "$name: every error that it raises is documented");
}

# A SQLSTATE stands before its name; both are PostgreSQL's, but for three of our own. Each has
# an HTTP status.
my $OWN_STATE = qr/^55L0[123]$/;
my %errors = map { /^\| `($SQLSTATE)` \| \w+ \| ([45]\d\d) \|/ ? ($1 => $2) : () } split /\n/, $chapters->{Errors};
my %pairs;
$pairs{"$1 $2"} = 1 while $document =~ /`($SQLSTATE)`\s(?:\|\s)?([a-z][a-z_]+[a-z])/g;
foreach my $pair (sort keys %pairs)
{
	my ($state, $name) = split / /, $pair;
	ok($errors{$state}, "$state is in a table of errors, with a status");
	next if $state =~ $OWN_STATE;
	is(quiet_psql($node, 'reference', qq(
		DO \$\$ BEGIN RAISE EXCEPTION USING ERRCODE = '$name'; EXCEPTION WHEN OTHERS OR query_canceled THEN
		PERFORM set_config('reference.state', SQLSTATE, false); END \$\$;
		SHOW reference.state)), $state, "$name is $state");
}
is_deeply([ grep { my $state = $_->{state}; $state && !grep { /^$state / } keys %pairs } @examples ], [],
	'every SQLSTATE of an example is named in the document');

# "Callers" (see Conventions in the reference) must agree with the privileges. The examples
# have made web a learner role. PUBLIC may execute functions that run as their caller,
# because the caller's privileges on the tables decide what these can do.
my %PRIVILEGES = (
	'anyone' => qr/^anyone/, 'back end' => qr/^(nobody|anyone invoker)$/, 'owner' => qr/^(nobody|anyone invoker)$/,
	'back end, learner' => qr/^(learner|anyone invoker)$/);
my %may = map { split /\|/ } query_lines(q{
	SELECT p.oid, CASE WHEN has_function_privilege('public', p.oid, 'EXECUTE')
	                   THEN CASE WHEN p.prosecdef THEN 'anyone' ELSE 'anyone invoker' END
	                   WHEN has_function_privilege('web', p.oid, 'EXECUTE') THEN 'learner' ELSE 'nobody' END
	FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace});
foreach my $name (sort keys %entries)
{
	my ($callers) = (bullet($entries{$name}, 'Callers') // '') =~ /^(anyone|back end|back end, learner|owner)[.:]/;
	my $privilege = $may{ $functions{$name} // 0 } // 'none: there is no such function';
	like($privilege, $PRIVILEGES{ $callers // '' } // qr/of known callers/, "$name: Callers agrees with its privileges");
	ok(defined bullet($entries{$name}, $_), "$name: $_ is given") foreach qw(Errors Cost);
}

#
# The index
#

my %by_task = map { $_ => 1 } map { $_->[2] =~ /\[(\w+)\]/g } table('Index', 'task');
is_deeply([ sort keys %by_task ], [ sort keys %entries ], 'the index by task has every function');

# Returns the lines of the index by name for an entry, one for each signature.
sub index_lines
{
	my ($name) = @_;
	my ($signatures) = $entries{$name} =~ /^```\n(.*?)^```$/ms;
	my ($lines, $text) = ('', $signatures =~ s/\s+/ /gr);
	while ($text =~ /\b$name\((.*?)\) RETURNS (.*?)(?= $name\(| ?$)/g)
	{
		my ($arguments, $result) = ($1, $2);
		my @names = map { /(\w+)(?: .*?( DEFAULT ))?/ ? $1 . ($2 ? '?' : '') : () } split /,/, $arguments;
		$result = "table of $1" if $result =~ /^TABLE ?\((.*)\)$/;
		$lines .= sprintf "| [%s](#%1\$s) | %s | %s |\n", $name, join(', ', @names), $result;
	}
	return $lines;
}

my ($by_name) = $chapters->{Index} =~ /^\| function \|.*\n\|[-|]+\n((?:\|.*\n)+)/m;
is_same_text($by_name, join('', map { index_lines($_) } sort keys %entries), 'the index by name has every function, its arguments and its result');

#
# Settings, channels, tables, the feed
#

my @settings = query_lines(q{
	LOAD 'learnify';
	SELECT name, CASE boot_val WHEN '' THEN 'empty' ELSE current_setting(name) END,
	       CASE vartype WHEN 'bool' THEN 'boolean' WHEN 'integer' THEN concat_ws(' ', min_val, 'to', max_val, unit) END
	FROM pg_settings WHERE name LIKE 'learnify.%' ORDER BY name COLLATE "C"});
my @documented_settings = table('Settings', 'setting');
is_deeply([ map { join '|', @$_[ 0, 1 ], $_->[2] =~ /uuid/ ? '' : $_->[2] } @documented_settings ], \@settings, 'the table has all settings with their defaults and types');
ok(defined bullet($chapters->{Settings} =~ s/\*\* (off|on):/**:/gr, $_->[0]), "$_->[0] is explained") foreach @documented_settings;
my %settings = map { $_->[0] => 1 } @documented_settings;
is_deeply([ grep { !$settings{$_} } $document =~ /\b(learnify\.(?!md)[a-z_]+)/g ], [], 'every setting mentioned exists');

my %channels = map { $_ => 1 } query_lines(q{
	SELECT DISTINCT r.name[1] FROM pg_proc AS p, regexp_matches(p.prosrc, $$pg_notify\('(\w+)'$$, 'g') AS r (name)
	WHERE p.pronamespace IN ('public'::regnamespace, 'learnify_internal'::regnamespace)});
$channels{$_} = 1 foreach map { slurp_file($_) =~ /Async_Notify\("(\w+)"/g } glob("$TREE/src/*/*.c");
is_deeply([ map { $_->[0] } table('Notification channels', 'channel') ], [ sort keys %channels ], 'the table has exactly the channels that are notified');

my %columns = map { split /\|/ } query_lines(q{
	SELECT attrelid::regclass, string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
	WHERE attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)
	  AND attnum > 0 AND NOT attisdropped GROUP BY attrelid});
my @added;
foreach my $table (sort keys %columns)
{
	my $documented = bullet($chapters->{Tables}, $table) // '';
	push @added, map { "'$table.$_'" } $documented =~ /\*(\w+)\*/g;
	is($documented =~ s/\*|\s+$//gr, $columns{$table}, "the columns of $table");
}
is(join(' ', sort $chapters->{Tables} =~ /^- \*\*(\w+)\*\*/mg), join(' ', sort keys %columns), 'every table documented exists');
is_deeply([ query_lines(sprintf q{SELECT c.table_name, c.column_name FROM information_schema.columns AS c
	WHERE c.table_schema = 'public' AND c.column_default IS NULL AND c.column_name NOT IN ('broadcast_at', 'submitted_on', 'rendered', 'retaken_after') AND c.table_name || '.' || c.column_name IN (%s)},
	join ', ', @added) ], [], 'columns marked as added have defaults');
my ($nullable) = $chapters->{Tables} =~ /NOT NULL but\s+(.*?)\./s;
is_deeply([ sort split /,\s+|\s+and\s+/, $nullable ], [ query_lines(q{
	SELECT DISTINCT column_name COLLATE "C" FROM information_schema.columns
	WHERE table_schema = 'public' AND is_nullable = 'YES' ORDER BY 1}) ], 'the list of nullable columns is complete');

my %feed = map { split /\|/, $_, 2 } query_lines(q{
	SELECT f.activity_type, f.visibility, f.reference_type, string_agg(DISTINCT k, ', ' ORDER BY k)
	FROM activity_feed AS f, jsonb_object_keys(f.metadata) AS k WHERE k <> 'actor_name' GROUP BY 1, 2, 3});
is_deeply({ map { $_->[0] => join('|', @$_[ 1 .. 2 ], $_->[3] =~ s/: [^,]*//gr) } table('The feed', 'activity_type') }, \%feed,
	'the feed of the examples has the documented activity types, visibilities, references and keys');

# doc/tables.md and its picture show the tables as they are. Which version of Graphviz has
# drawn it does not matter.
sub drawn
{
	my ($form) = @_;
	local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'reference');
	return scalar qx("$TREE/doc/diagrams/tables.pl" $form);
}
is_same_text(slurp_file("$TREE/doc/tables.md"), drawn('page'), 'doc/tables.md agrees with the catalog: run "make diagrams"');
my $picture = slurp_file("$TREE/doc/diagrams/tables.svg");
my @parts = drawn('dot') =~ /^ +(\w+ \[class|\w+:\w+ -> \w+:table)/mg;
cmp_ok(scalar(@parts), '>', 18 + 15, 'the picture has tables and references');
is_deeply([ sort $picture =~ /<title>(?!cluster|tables<)(.*?)<\/title>/g ], [ sort map { s/ \[class//r =~ s/ -> /&#45;&gt;/r } @parts ], 'the picture agrees with the catalog');
my @texts = map { /<b>|<i>|">/ ? />([^<>]+)</g : () } map { /label=<(.*)>\]/ } split /\n/, drawn('dot');
is_deeply([ sort grep { !/^(?:identity|curriculum|progress|social|discovery)$/ } $picture =~ />([^<>\n]+)<\/text>/g ], [ sort @texts ], 'and so do the columns in it');

# The plots are of the figures beside them, and of every function whose entry says how its cost grows.
foreach my $plot (qw(cost_curves quality))
{
	is_same_text(slurp_file("$TREE/doc/diagrams/$plot.svg"), scalar qx("$TREE/doc/diagrams/plots.pl" $plot), "$plot.svg agrees with its figures: run \"make plots\"");
}
my %growth = $document =~ /^### (\w+)$(?:(?!^### ).)*?^- \*\*Cost\*\*: (flat|logarithmic|linear)[ ;:,.]/msg;
is_deeply({ slurp_file("$TREE/doc/diagrams/cost_curves.csv") =~ /^(\w+),(flat|logarithmic|linear),/mg }, \%growth, 'the curves are of all functions whose entries say how their cost grows');

# 001_documents.pl tests that links have targets.
my %linked = map { $_ => 1 } $document =~ /\]\(([^)\s]+)\)/g;
is_deeply([ grep { !$linked{ '#' . lc =~ tr/ /-/r } } sort keys %$chapters ], [], 'the table of contents links to every chapter');

done_testing();
