# A search over the bodies and settings of functions, as pgspot does it, for what would let a
# caller act with the owner's privileges: a SECURITY DEFINER function that resolves a name in
# a schema of the caller's, runs a string that the caller composes, or is open to PUBLIC.
# Bad functions are planted to see that each kind is found.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE learner; CREATE ROLE stranger');
create_database($node, 'searched', 'CREATE EXTENSION learnify');
quiet_psql($node, 'searched', q{SELECT grant_learner('learner')});

# verify_schema() reads the catalogs, which everybody may read, and what it compares them with.
my %FOR_PUBLIC = map { $_ => 1 } 'verify_schema()';

# These raise an error for a learner who is not the one in learnify.user_id.
my $ASKS = qr/\b(?:require_acting_user|current_learner|relationship_page|get_variables|export_user_rows|hold_own_course|may_act_for)\s*\(/;

# These compose a string with %s, and have been reviewed: only words of a fixed list, or names
# from the catalogs as regclass, come there.
my %REVIEWED = map { $_ => 1 } 'learnify_internal.relationship_page(regclass,name,name,uuid,integer,boolean,timestamp with time zone,uuid)', 'learnify_internal.make_gathered(name)';

# These answer a learner without asking who that is: they are about rows that everybody may
# read, or return ids alone, of which search_courses() returns those that the caller may see.
my %FOR_EVERY_LEARNER = map { $_ => 1 } 'visible_test_cases(uuid)', 'learnify_internal.find_courses(text,text,integer,uuid)';

# The words that may follow FROM, JOIN, INTO, UPDATE and USING and are no relations.
my $NO_RELATION = qr/(?:LATERAL|ONLY|STRICT|SET|SELECT|unnest|generate_series|OF|SKIP|NOWAIT|ORDER|WHERE|LIMIT|IN|ON)\b/;

# Returns the code of a body without comments and, unless they are to be kept, strings. The
# same bodies are searched for each function that is planted.
my %code_of;

sub code_of
{
	my ($body, $keep_strings) = @_;
	return $code_of{ $keep_strings // 0 }{$body} //= read_code($body, $keep_strings);
}

sub read_code
{
	my ($body, $keep_strings) = @_;
	my $code = '';
	while ($body =~ /\G(?:(--[^\n]*|\/\*.*?\*\/)|([Ee]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\$\w*\$.*?\$\w*\$)|("[^"]*"|.))/gs)
	{
		$code .= defined $1 ? ' ' : defined $2 ? ($keep_strings ? $2 : "''") : $3;
	}
	return $code;
}

# Returns the names that stand for a relation in a body and have no schema.
sub unqualified_relations
{
	my ($code) = @_;
	my %own = map { lc $_ => 1 } $code =~ /(?:\bWITH\s+(?:RECURSIVE\s+)?|,\s*|\)\s*,\s*)(\w+)\s*(?:\([\w\s,]*\)\s*)?AS\s+(?:(?:NOT\s+)?MATERIALIZED\s*)?\(/gi;
	my @names;
	while ($code =~ /\b(IS\s+(?:NOT\s+)?DISTINCT\s+FROM|FROM|JOIN|INTO|UPDATE|USING|TABLE|TRUNCATE|LOCK)\s+(?!$NO_RELATION)("[^"]+"|[a-z_]\w*)(\s*(?:\.|=|\())?/gi)
	{
		my ($word, $name, $next) = (uc $1, $2, $3 // '');
		my $is_insert = $word eq 'INTO' && substr($code, 0, $-[0]) =~ /\bINSERT\s+$/i;
		# RAISE ... USING and EXECUTE ... USING name no relation
		next if $word eq 'USING' && substr($code, $+[2]) !~ /^\s+AS\b/i;
		next if $word =~ /DISTINCT/ || $next =~ /[.=]/ || ($next =~ /\(/ && !$is_insert) || $own{ lc $name } || $name =~ /^pg_/;
		push @names, $name unless $word eq 'INTO' && !$is_insert;
	}
	push @names, "$1%ROWTYPE" while $code =~ /(?<![.\w"])([a-z_]\w*)%ROWTYPE/gi;
	push @names, "$1%TYPE" while $code =~ /(?<![.\w"])([a-z_]\w*)\.\w+%TYPE/gi;
	return @names;
}

# Returns what is wrong with the strings that a body runs.
sub composed_strings
{
	my ($body) = @_;
	my @problems;
	while ($body =~ /\bEXECUTE\s+(?!(?:FUNCTION|ON)\b)(format\(\s*'((?:[^']|'')*)')?/gi)
	{
		push @problems, !defined $1 ? 'runs a string' : $2 =~ /%(?:\d+\$)?-?\d*s/ ? 'composes a string with %s' : ();
	}
	return @problems;
}

# Returns the functions that are SECURITY DEFINER or are called by one, directly or not.
sub functions_with_owners_privileges
{
	my ($database) = @_;
	my @fields = qw(name proname language body config for_stranger for_learner is_trigger is_parsed is_owners is_definer);
	my @functions;
	foreach (split /\x02/, quiet_psql($node, $database, q{
		SELECT string_agg(concat_ws(E'\x01', p.oid::regprocedure, p.proname, l.lanname, coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
		                            coalesce(array_to_string(p.proconfig, E'\n'), ''), has_function_privilege('stranger', p.oid, 'EXECUTE'),
		                            has_function_privilege('learner', p.oid, 'EXECUTE'), p.prorettype = 'trigger'::regtype, p.prosqlbody IS NOT NULL,
		                            p.proowner = (SELECT c.relowner FROM pg_class AS c WHERE c.oid = 'users'::regclass), p.prosecdef), E'\x02')
		FROM pg_extension AS e
		JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
		JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
		JOIN pg_language AS l ON l.oid = p.prolang
		WHERE e.extname = 'learnify'}))
	{
		my %function;
		@function{@fields} = split /\x01/;
		$function{code} = code_of($function{body});
		push @functions, \%function;
	}
	my @reached = grep { $_->{is_definer} eq 't' } @functions;
	my %reached = map { $_->{name} => 1 } @reached;
	for (my $i = 0; $i < @reached; $i++)
	{
		foreach my $callee (grep { !$reached{ $_->{name} } && $reached[$i]{code} =~ /\b\Q$_->{proname}\E\s*\(/ } @functions)
		{
			$reached{ $callee->{name} } = 1;
			push @reached, $callee;
		}
	}
	return @reached;
}

sub problems
{
	my ($database) = @_;
	my @problems;
	foreach my $function (functions_with_owners_privileges($database))
	{
		my ($name, $code) = @$function{qw(name code)};
		my @found;
		if ($function->{language} =~ /^(?:sql|plpgsql)$/)
		{
			push @found, composed_strings(code_of($function->{body}, 1)) unless $REVIEWED{$name};
			push @found, 'changes who acts or where names are looked up'
			  if $code =~ /\bSET\s+(?:LOCAL\s+|SESSION\s+)?(?:search_path|role|session_authorization)\b/i || $function->{body} =~ /set_config\('(?:search_path|role)/i;
			my %transition = $function->{is_trigger} eq 't' ? (before => 1, after => 1, changed_rows => 1) : ();
			# PostgreSQL has resolved the names in a parsed body already
			push @found, map { "unqualified $_" } grep { !$transition{$_} } unqualified_relations($code) if $function->{is_parsed} ne 't';
		}
		if ($function->{is_definer} eq 't')
		{
			my ($search_path) = $function->{config} =~ /^search_path=(.*)$/m;
			# This search cannot read C, in which there are only triggers, whom nobody can call.
			push @found, "language $function->{language}" if $function->{language} !~ /^(?:sql|plpgsql)$/ && $function->{is_trigger} ne 't';
			push @found, 'no search_path' if !defined $search_path;
			push @found, "search_path is $search_path" if defined $search_path && $search_path ne 'pg_catalog, pg_temp';
			push @found, 'PUBLIC may execute it' if $function->{for_stranger} eq 't' && !$FOR_PUBLIC{$name};
			push @found, "its owner is not the tables'" if $function->{is_owners} ne 't';
			push @found, 'does not ask who acts' if $function->{for_learner} eq 't' && $function->{for_stranger} ne 't' && !$FOR_EVERY_LEARNER{$name} && $code !~ $ASKS;
		}
		push @problems, map { "$name: $_" } @found;
	}
	return sort @problems;
}

is(join("\n", problems('searched')), '', 'no SECURITY DEFINER function has a problem');
my @searched = functions_with_owners_privileges('searched');
cmp_ok(scalar(grep { $_->{is_definer} eq 't' } @searched), '>', 40, 'SECURITY DEFINER functions were searched');
cmp_ok(scalar(@searched), '>', 90, 'and those that they call');

foreach my $case (
	[ 'no search_path', '', q{BEGIN RETURN 1; END}, 'no search_path' ],
	[ 'a writable schema', 'SET search_path = pg_catalog, public, pg_temp', q{BEGIN RETURN 1; END}, 'search_path is pg_catalog, public, pg_temp' ],
	[ 'no pg_temp, which then comes first', 'SET search_path = pg_catalog', q{BEGIN RETURN 1; END}, 'search_path is pg_catalog' ],
	[ 'pg_temp first', 'SET search_path = pg_temp, pg_catalog', q{BEGIN RETURN 1; END}, 'search_path is pg_temp, pg_catalog' ],
	[ 'an unqualified table', undef, q{BEGIN RETURN count(*) FROM users AS u; END}, 'unqualified users' ],
	[ 'an unqualified table of a join', undef, q{BEGIN RETURN count(*) FROM public.users AS u LEFT JOIN user_progress AS p ON p.user_id = u.id; END}, 'unqualified user_progress' ],
	[ 'an unqualified table in a subquery after a comment', undef, qq{BEGIN RETURN (SELECT 1 FROM -- public.\n users LIMIT 1); END}, 'unqualified users' ],
	[ 'an unqualified INSERT', undef, q{BEGIN INSERT INTO users (email) VALUES ('x'); RETURN 1; END}, 'unqualified users' ],
	[ 'an unqualified UPDATE', undef, q{BEGIN UPDATE users SET name = 'x'; RETURN 1; END}, 'unqualified users' ],
	[ 'an unqualified DELETE', undef, q{BEGIN DELETE FROM users; RETURN 1; END}, 'unqualified users' ],
	[ 'an unqualified table of a DELETE', undef, q{BEGIN DELETE FROM public.user_progress AS p USING users AS u WHERE u.id = p.user_id; RETURN 1; END}, 'unqualified users' ],
	[ 'an unqualified row type', undef, q{DECLARE account users%ROWTYPE; BEGIN RETURN 1; END}, 'unqualified users%ROWTYPE' ],
	[ 'an unqualified column type', undef, q{DECLARE address users.email%TYPE; BEGIN RETURN 1; END}, 'unqualified users%TYPE' ],
	[ 'a composed statement', undef, q{DECLARE n integer; BEGIN EXECUTE 'SELECT ' || current_setting('my.sql') INTO n; RETURN n; END}, 'runs a string' ],
	[ 'a changed search_path', undef, q{BEGIN SET LOCAL search_path = public; RETURN 1; END}, 'changes who acts or where names are looked up' ],
	[ 'a composed statement without quotes', undef, q{DECLARE n integer; BEGIN EXECUTE format('SELECT %s', current_setting('my.sql')) INTO n; RETURN n; END}, 'composes a string with %s' ],
	[ 'PUBLIC', undef, q{BEGIN RETURN 1; END}, 'PUBLIC may execute it', 'GRANT EXECUTE ON FUNCTION planted(integer) TO PUBLIC' ],
	[ 'another owner', undef, q{BEGIN RETURN 1; END}, "its owner is not the tables'", 'ALTER FUNCTION planted(integer) OWNER TO stranger; REVOKE ALL ON FUNCTION planted(integer) FROM stranger' ],
	[ 'a learner who is not asked for', undef, q{BEGIN RETURN count(*) FROM public.users; END}, 'does not ask who acts', 'GRANT EXECUTE ON FUNCTION planted(integer) TO learner' ])
{
	my ($name, $settings, $body, $problem, $grant) = @$case;
	$settings //= 'SET search_path = pg_catalog, pg_temp';
	quiet_psql($node, 'searched', qq{
		SET check_function_bodies = off;
		CREATE FUNCTION planted(n integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER $settings AS \$planted\$ $body \$planted\$;
		REVOKE EXECUTE ON FUNCTION planted(integer) FROM PUBLIC;
		ALTER EXTENSION learnify ADD FUNCTION planted(integer);
		} . ($grant // ''));
	is(join("\n", problems('searched')), "planted(integer): $problem", "planted: $name");
	quiet_psql($node, 'searched', 'ALTER EXTENSION learnify DROP FUNCTION planted(integer); DROP FUNCTION planted(integer)');
}

$node->stop;
is_deeply(complaints($node), [], 'the server log has no errors or warnings');
done_testing();
