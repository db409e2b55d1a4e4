# Privileges: the scripts leave exactly those that they name, whatever ALTER DEFAULT PRIVILEGES
# says, and an update keeps those that an administrator has granted. Roles that row-level
# security holds get an error where they would otherwise see nothing.
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
$node->safe_psql('postgres', q{CREATE ROLE anon; CREATE ROLE app BYPASSRLS; CREATE ROLE reader LOGIN});

# Every privilege on the extension's objects, whether written out or PostgreSQL's default.
my $PRIVILEGES = q{
	SELECT o.name, coalesce(r.rolname, 'PUBLIC'), g.privilege_type, g.is_grantable
	FROM pg_extension AS e
	JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
	CROSS JOIN LATERAL (
	  SELECT c.oid::regclass::text, coalesce(c.relacl, acldefault('r', c.relowner)) FROM pg_class AS c WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid
	  UNION ALL
	  SELECT format('%s.%s', c.oid::regclass, a.attname), a.attacl FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
	  WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid
	  UNION ALL
	  SELECT n.nspname::text, coalesce(n.nspacl, acldefault('n', n.nspowner)) FROM pg_namespace AS n WHERE d.classid = 'pg_namespace'::regclass AND n.oid = d.objid
	  UNION ALL
	  SELECT p.oid::regprocedure::text, coalesce(p.proacl, acldefault('f', p.proowner)) FROM pg_proc AS p WHERE d.classid = 'pg_proc'::regclass AND p.oid = d.objid) AS o (name, acl)
	CROSS JOIN LATERAL aclexplode(o.acl) AS g
	LEFT JOIN pg_roles AS r ON r.oid = g.grantee
	WHERE e.extname = 'learnify'
	ORDER BY 1, 2, 3};

my %DEFAULTS = (
	'grants to roles' => q{
		ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anon, app;
		ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO anon WITH GRANT OPTION;
		ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO anon;
		ALTER DEFAULT PRIVILEGES GRANT ALL ON TYPES TO anon;
		ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO anon},
	'grants in the schema' => q{
		ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON TABLES TO anon WITH GRANT OPTION;
		ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON FUNCTIONS TO anon, app},
	'grants to PUBLIC' => q{
		ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;
		ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO PUBLIC},
	'revocations' => q{
		ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
		ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM postgres;
		ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM postgres},
	'both' => q{
		ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
		ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO anon;
		ALTER DEFAULT PRIVILEGES GRANT SELECT, TRUNCATE ON TABLES TO anon});

create_database($node, 'plain', 'CREATE EXTENSION learnify');
create_database($node, 'plain_0_5_0', "CREATE EXTENSION learnify VERSION '0.5.0'");
my $expected = quiet_psql($node, 'plain', $PRIVILEGES);
my $expected_0_5_0 = quiet_psql($node, 'plain_0_5_0', $PRIVILEGES);
is(quiet_psql($node, 'plain', q{
	-- since 17, the row types of tables are members of their own
	SELECT DISTINCT d.classid::regclass::text COLLATE "C" FROM pg_extension AS e JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
	WHERE e.extname = 'learnify' AND d.classid <> 'pg_type'::regclass ORDER BY 1}) =~ s/\n/ /gr, 'pg_class pg_event_trigger pg_namespace pg_proc', 'the extension has objects of these kinds only; all but event triggers have privileges, which the next tests look at');

sub dump_privileges
{
	my ($database) = @_;
	my ($dump) = run_command([ 'pg_dump', '-d', $node->connstr($database) ]);
	return join "\n", sort grep { !/ALTER DEFAULT|SCHEMA public/ } $dump =~ /^((?:GRANT|REVOKE) .*)/mg;
}

my $number = 0;
foreach my $name (cases(2, 'both', 'grants to PUBLIC', 'grants to roles', 'grants in the schema', 'revocations'))
{
	subtest "default privileges: $name" => sub {
		$number++;
		my $fresh = create_database($node, "fresh_$number");
		quiet_psql($node, $fresh, $DEFAULTS{$name});
		quiet_psql($node, $fresh, 'CREATE EXTENSION learnify', 'the extension is created');
		is_same_text(quiet_psql($node, $fresh, $PRIVILEGES), $expected, 'a fresh install has the privileges that the script names');
		is(quiet_psql($node, $fresh, 'SELECT * FROM verify_schema()'), '', 'verify_schema() agrees');
		is(dump_privileges($fresh), '', 'a dump has no privileges');

		# by a subtransaction, too
		my $old = create_database($node, "old_$number", "CREATE EXTENSION learnify VERSION '0.5.0'");
		quiet_psql($node, $old, $DEFAULTS{$name});
		quiet_psql($node, $old, 'BEGIN; SAVEPOINT s; ALTER EXTENSION learnify UPDATE; COMMIT', 'the update from 0.5.0');
		is_same_text(quiet_psql($node, $old, $PRIVILEGES), $expected, 'an update leads to the same privileges');
		is(dump_privileges($old), '', 'a dump has no privileges');
		quiet_psql($node, $old, "ALTER EXTENSION learnify UPDATE TO '0.5.0'", 'the downgrade to 0.5.0');
		is_same_text(quiet_psql($node, $old, $PRIVILEGES), $expected_0_5_0, 'a downgrade leads to the privileges of 0.5.0');

		# what a restore meets is what the database's template has
		if ($name eq 'both' || $name eq 'grants to PUBLIC')
		{
			my $dump = "$PostgreSQL::Test::Utils::tmp_check/dump_$number";
			quietly($node, 'pg_dump', 'pg_dump', '-f', $dump, '-d', $node->connstr($fresh));
			my $restored = create_database($node, "restored_$number");
			quiet_psql($node, $restored, $DEFAULTS{$name});
			restore_with_psql($node, $restored, $dump);
			is_same_text(quiet_psql($node, $restored, $PRIVILEGES), $expected, 'a restored database has the same privileges');
		}
	};
}

subtest 'an update keeps what has been granted by hand' => sub {
	my $database = create_database($node, 'granted', "CREATE EXTENSION learnify VERSION '0.5.0'");
	my $by_hand = q{
		GRANT SELECT, INSERT ON users, generated_courses TO app WITH GRANT OPTION;
		GRANT SELECT (title) ON exercises TO app;
		GRANT EXECUTE ON FUNCTION authenticate(text, text), choose_archetype(uuid, text, text, text) TO app;
		GRANT EXECUTE ON FUNCTION submit_exercise, claim_domain_validations, record_domain_validation TO app WITH GRANT OPTION;
		REVOKE EXECUTE ON FUNCTION get_variables(uuid) FROM PUBLIC};
	quiet_psql($node, $database, $by_hand);
	quiet_psql($node, $database, 'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anon; ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO anon; ALTER EXTENSION learnify UPDATE', 'update');
	# what the same statements do to a fresh install
	my $same = create_database($node, 'granted_after', 'CREATE EXTENSION learnify');
	quiet_psql($node, $same, $by_hand);
	my $wanted = quiet_psql($node, $same, $PRIVILEGES);
	isnt($wanted, $expected, 'the grants make a difference');
	is_same_text(quiet_psql($node, $database, $PRIVILEGES), $wanted, 'all of them are there after the update, and nothing else');

	my $dump = "$PostgreSQL::Test::Utils::tmp_check/dump_granted";
	quietly($node, 'pg_dump', 'pg_dump', '-f', $dump, '-d', $node->connstr($database));
	my $restored = create_database($node, 'granted_restored');
	restore_with_psql($node, $restored, $dump);
	is_same_text(quiet_psql($node, $restored, $PRIVILEGES), $wanted, 'a restored database has them, too');

	quiet_psql($node, $database, "ALTER EXTENSION learnify UPDATE TO '0.5.0'", 'downgrade');
	my $old = create_database($node, 'granted_0_5_0', "CREATE EXTENSION learnify VERSION '0.5.0'");
	quiet_psql($node, $old, $by_hand);
	is_same_text(quiet_psql($node, $database, $PRIVILEGES), quiet_psql($node, $old, $PRIVILEGES), 'a downgrade keeps them');
};

subtest 'who has what nobody should have' => sub {
	my $database = create_database($node, 'exposed', 'CREATE EXTENSION learnify');
	my $report = q{SELECT kind, object, found FROM verify_schema()};
	quiet_psql($node, $database, q{CREATE ROLE learner; CREATE ROLE backend; CREATE ROLE "Ann's"; SELECT grant_learner('learner'), grant_backend('backend');
		CREATE ROLE auditor; CREATE ROLE deputy; GRANT pg_read_all_data TO auditor; GRANT postgres TO deputy;
		GRANT ALL ON users TO deputy; GRANT SELECT ON exercises TO auditor});
	is(quiet_psql($node, $database, $report), '', 'nobody, if all that was granted is what a learner, a back end, an auditor and a member of the owner should have');
	is(quiet_psql($node, $database, 'SELECT exposed_to FROM learnify_status()'), '{}', 'learnify_status() agrees');
	foreach my $case (
		[ 'GRANT SELECT ON exercises TO anon', 'privilege of anon|exercises|SELECT' ],
		[ 'GRANT SELECT (solution_code, title), UPDATE (title) ON exercises TO anon', "privilege of anon|exercises.solution_code|SELECT\nprivilege of anon|exercises.title|UPDATE" ],
		[ 'GRANT SELECT ON users TO "Ann\'s"', q{privilege of "Ann's"|users|SELECT} ],
		[ 'GRANT UPDATE (email) ON users TO learner', 'privilege of learner|users.email|UPDATE' ],
		[ 'GRANT TRUNCATE, TRIGGER ON users TO backend', 'privilege of backend|users|TRIGGER, TRUNCATE' ],
		[ 'GRANT INSERT ON schema_migrations TO backend', 'privilege of backend|schema_migrations|INSERT' ],
		[ 'GRANT SELECT, DELETE ON learnify_internal.model_requests, learnify_internal.expected_catalog TO backend',
			"privilege of backend|expected_catalog|DELETE, SELECT\nprivilege of backend|model_requests|DELETE" ],
		[ 'GRANT SELECT ON learnify_internal.locks TO backend', 'privilege of backend|locks|SELECT' ],
		[ 'GRANT EXECUTE ON FUNCTION learnify_internal.refuse_drop() TO backend', 'privilege of backend|learnify_internal.refuse_drop()|EXECUTE' ],
		[ 'GRANT USAGE ON SCHEMA learnify_internal TO learner', 'privilege of learner|learnify_internal|USAGE' ],
		[ 'GRANT CREATE ON SCHEMA learnify_internal TO backend', 'privilege of backend|learnify_internal|CREATE' ],
		[ 'GRANT EXECUTE ON FUNCTION learnify_internal.match_email() TO backend', 'privilege of backend|learnify_internal.match_email()|EXECUTE' ],
		[ 'GRANT EXECUTE ON FUNCTION import_legacy(text, text, boolean, boolean) TO learner', 'privilege of learner|import_legacy(text, text, boolean, boolean)|EXECUTE' ],
		[ 'GRANT EXECUTE ON FUNCTION export_user(uuid) TO PUBLIC', 'privilege of PUBLIC|export_user(uuid)|EXECUTE' ],
		[ 'GRANT DELETE ON users TO auditor', 'privilege of auditor|users|DELETE' ])
	{
		is(quiet_psql($node, $database, "BEGIN; $case->[0]; $report"), $case->[1], $case->[0]);
	}
	is(quiet_psql($node, $database, q{BEGIN; GRANT SELECT ON exercises TO anon, PUBLIC; GRANT ALL ON users TO "Ann's"; SELECT exposed_to FROM learnify_status()}),
		q({"\"Ann's\"",PUBLIC,anon}), 'learnify_status() names the roles');

	my $old = create_database($node, 'exposed_old');
	quiet_psql($node, $old, "$DEFAULTS{both}; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; CREATE EXTENSION learnify VERSION '0.5.0'");
	quiet_psql($node, $old, 'SET learnify.allow_row_security = on; ALTER EXTENSION learnify UPDATE', 'update a database that gave its tables away');
	is(quiet_psql($node, $old, q{SELECT kind, found FROM verify_schema() WHERE object = 'exercises'}),
		"privilege of PUBLIC|SELECT\nprivilege of anon|SELECT, TRUNCATE", 'what an update finds is not taken for right');
};

# A learner's statements need nothing of PUBLIC.
subtest 'grant_learner repairs what is missing' => sub {
	my $database = create_database($node, 'repaired', 'CREATE EXTENSION learnify');
	quiet_psql($node, $database, q{
		SET learnify.password_cost = 4;
		SELECT register_user(format('%s@example.org', n), 'correct horse', 'Learner', 'Europe/Berlin') FROM generate_series(1, 2) AS n;
		REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public, learnify_internal FROM PUBLIC;
		REVOKE ALL ON SCHEMA public FROM PUBLIC;
		CREATE ROLE broken;
		GRANT USAGE ON SCHEMA public TO broken;
		GRANT SELECT ON user_progress TO broken;
		SELECT grant_learner('anon')}, 'take everything away from PUBLIC');
	refused($node, $database, 'SET ROLE broken; SELECT * FROM user_progress', qr/permission denied for function current_learner/, 'a role that has not been granted it');
	my ($ann, $bob) = split /\n/, quiet_psql($node, $database, 'SELECT id FROM users ORDER BY email');
	is(quiet_psql($node, $database, qq{
			SET ROLE anon;
			SET learnify.user_id = '$ann';
			SELECT choose_archetype('$ann', 'Biological', 'sourdough', 'novice') IS NOT NULL;
			SELECT set_variables('$ann', (SELECT jsonb_object_agg(name, 'word') FROM missing_variables('$ann') AS m, unnest(m.missing) AS name)) IS NOT NULL;
			SELECT get_variables('$ann') ->> 'DOMAIN';
			SELECT generate_course('$ann') AS course \\gset
			SELECT start_course('$ann', :'course') IS NOT NULL;
			SELECT submit_exercise('$ann', e.id, 'code', e.language, (SELECT jsonb_agg('{"passed": true}'::jsonb) FROM generate_series(1, 5)), 0, 5) IS NOT NULL FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id WHERE m.module_number = 1 LIMIT 1;
			SELECT count(*) > 0 FROM course_outline('$ann', :'course');
			SELECT count(visible_test_cases(e.id)) > 0 FROM exercises AS e;
			SELECT follow_user('$ann', '$bob'), unfollow_user('$ann', '$bob'), count(*) FROM followers('$ann');
			SELECT count(*) FROM following('$ann'), newer_followers('$ann'), newer_following('$ann');
			SELECT count(*) >= 0, (SELECT count(*) >= 0 FROM newer_activity('$ann')) FROM activity_ticker('$ann');
			SELECT exercises_solved, streak_days('$ann'), follower_count('$ann'), following_count('$ann') FROM user_stats('$ann');
			SELECT living_resume('$ann', '$ann') IS NOT NULL, export_user('$ann') IS NOT NULL;
			SELECT count(*) FROM home_rows('$ann') WHERE false;
			SELECT dismiss_recommendation('$ann', :'course');
			UPDATE users SET name = 'Ann', avatar_url = 'https://example.org/a.png', time_zone = 'Asia/Tokyo', max_visibility = 'friends', social_enabled = false;
			SELECT name, email, current_learner() = id FROM users;
			SELECT count(*) > 0 FROM activity_feed;
			SELECT (SELECT count(*) FROM user_archetypes), (SELECT count(*) FROM user_progress), (SELECT count(*) FROM module_completions), (SELECT count(*) FROM trending_courses)}),
		join("\n", qw(t t sourdough t t t t), 't|t|0', '0', 't|t', '1|1|0|0', 't|t', '0', 't', 'Ann|1@example.org|t', 't', '1|1|1|0'),
		'all that a learner does works after grant_learner');

	quiet_psql($node, $database, q{SELECT grant_backend('backend')});
	is(quiet_psql($node, $database, q{SET ROLE backend; SELECT authenticate('1@example.org', 'correct horse') IS NOT NULL, refresh_trending() >= 0, fold_email('A')}),
		't|t|a', 'and what a back end does, after grant_backend');
};

# Row-level security came with 1.0.0. An update would leave a back end that is held by it with
# empty results.
subtest 'an update refuses to blind a role' => sub {
	my $refusal = sub { my ($names) = @_; return qr/ERROR:  55000: row-level security would hide rows from \Q$names\E\nDETAIL:.*\nHINT:.*BYPASSRLS.*learnify\.allow_row_security = on/ };
	foreach my $version (cases(2, '0.5.0', grep { compare_versions($_, '0.5.0') < 0 } @VERSIONS))
	{
		my $database = create_database($node, 'blind_' . $version =~ tr/./_/r, "CREATE EXTENSION learnify VERSION '$version'");
		quiet_psql($node, $database, 'GRANT SELECT, INSERT, UPDATE, DELETE ON users TO reader');
		refused($node, $database, "\\set VERBOSITY verbose\nALTER EXTENSION learnify UPDATE", $refusal->('reader'), "from $version");
		is(quiet_psql($node, $database, q{SELECT extversion FROM pg_extension WHERE extname = 'learnify'}), $version, 'nothing has changed');
		refused($node, $database, "SET learnify.allow_row_security = off; ALTER EXTENSION learnify UPDATE", qr/would hide rows from reader/, "from $version with the setting off");
		quiet_psql($node, $database, 'SET learnify.allow_row_security = on; ALTER EXTENSION learnify UPDATE', "from $version, if the setting says that it is meant");
	}

	$node->safe_psql('postgres', q{
		CREATE ROLE "Team A"; CREATE ROLE member LOGIN; CREATE ROLE exempt_member LOGIN BYPASSRLS; GRANT "Team A" TO member, exempt_member;
		CREATE ROLE dumper LOGIN; GRANT pg_read_all_data TO dumper;
		CREATE ROLE owners_member LOGIN; GRANT postgres TO owners_member;
		CREATE ROLE chief LOGIN SUPERUSER});
	$node->safe_psql('postgres', 'REVOKE pg_read_all_data FROM auditor');
	foreach my $case (
		[ 'GRANT SELECT ON users TO "Team A"', 'dumper, member, "Team A"' ],
		[ 'GRANT SELECT (name) ON users TO reader', 'dumper, reader' ],
		[ 'GRANT DELETE ON recommendations TO PUBLIC', 'dumper, PUBLIC' ],
		[ 'GRANT TRUNCATE, TRIGGER, REFERENCES ON users TO reader', 'dumper' ],
		[ 'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO reader', 'dumper' ],
		[ 'GRANT ALL ON ALL TABLES IN SCHEMA public TO exempt_member, owners_member, chief', 'dumper' ])
	{
		my $database = create_database($node, 'blind', "CREATE EXTENSION learnify VERSION '0.5.0'");
		my ($grant, $names) = @$case;
		my %names = map { $_ => 1 } split /, /, $names;
		quiet_psql($node, $database, $grant);
		my ($stdout, $stderr);
		$node->psql($database, 'ALTER EXTENSION learnify UPDATE', stderr => \$stderr);
		my ($found) = $stderr =~ /would hide rows from (.*)/;
		is_deeply([ sort split /, /, $found // '' ], [ sort keys %names ], $grant);
		$node->safe_psql('postgres', 'DROP DATABASE blind');
	}
	$node->safe_psql('postgres', 'DROP ROLE dumper');
	my $database = create_database($node, 'blind', "CREATE EXTENSION learnify VERSION '0.5.0'");
	quiet_psql($node, $database, 'GRANT ALL ON ALL TABLES IN SCHEMA public TO exempt_member, owners_member, chief; ALTER EXTENSION learnify UPDATE', 'roles that bypass row-level security are no obstacle');
};

# Functions for back ends must not answer a role that row-level security holds as if there
# were no rows.
subtest 'functions for back ends refuse roles that row-level security holds' => sub {
	my $database = create_database($node, 'bound', 'CREATE EXTENSION learnify');
	quiet_psql($node, $database, q{
		SET learnify.password_cost = 4;
		SELECT register_user('ann@example.org', 'correct horse', 'Ann');
		CREATE ROLE "it's";
		GRANT USAGE ON SCHEMA public, learnify_internal TO "it's";
		GRANT ALL ON ALL TABLES IN SCHEMA public, learnify_internal TO "it's";
		GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public, learnify_internal TO "it's";
		CREATE FUNCTION login(text, text) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
		RETURN authenticate($1, $2) IS NOT NULL});
	my $ann = quiet_psql($node, $database, 'SELECT id FROM users');
	foreach my $call (
		q{authenticate('ann@example.org', 'correct horse')}, q{authenticate('ann@example.org', 'wrong')},
		q{register_user('bob@example.org', 'correct horse', 'Bob')}, "set_password('$ann', 'battery staple')", "set_email('$ann', 'bob\@example.org')", "erase_user('$ann')", 'refresh_search()', 'skill_edges()', q{set_skill_edge('a', 'b')}, "award_achievements('$ann')",
		"record_review('$ann', 1, 1, 1, 1)", 'check_blueprint()', 'restore_shipped_rows()', 'learnify_status()', 'monitoring_facts()', 'require_backend()')
	{
		refused($node, $database, qq{\\set VERBOSITY verbose\nSET ROLE "it's"; SELECT $call},
			qr/ERROR:  42501: role "it's" is held to row-level security\nDETAIL:.*\nHINT:.*grant_backend\('it''s'\)/, $call);
	}
	foreach my $call ('refresh_trending()', 'refresh_recommendations()', 'skill_adjacency()', 'evaluate_recommendations()')
	{
		refused($node, $database, qq{\\set VERBOSITY verbose\nSET ROLE "it's"; SELECT $call}, qr/ERROR:  42501: query would be affected by row-level security policy/, $call);
	}
	is(quiet_psql($node, $database, q{SET ROLE "it's"; SELECT login('ann@example.org', 'correct horse'), login('ann@example.org', 'wrong')}), 't|f',
		'a SECURITY DEFINER function of the application may call authenticate for such a role');
	quiet_psql($node, $database, q{SELECT grant_backend('it''s')});
	is(quiet_psql($node, $database, q{SET ROLE "it's"; SELECT authenticate('ann@example.org', 'correct horse') IS NOT NULL, require_backend() IS NOT NULL}), 't|t', 'grant_backend makes it a back end');
};

# Before a session has loaded the library, it may set anything that has the setting's name.
subtest 'a learner cannot turn learnify.enforce_order off' => sub {
	my $database = create_database($node, 'ordered', q{CREATE EXTENSION learnify; CREATE ROLE pupil; SELECT grant_learner('pupil')});
	$node->safe_psql('postgres', "ALTER DATABASE $database SET learnify.enforce_order = on");
	my $enforces = 'SELECT current_learner() \\g /dev/null' . "\nSHOW learnify.enforce_order";
	is(quiet_psql($node, $database, "SET ROLE pupil; $enforces"), 'on', 'it is on for the database');
	# A superuser who has become another role before the library is loaded sets as that role.
	my (undef, $stdout, $stderr) = $node->psql($database, "SET SESSION AUTHORIZATION pupil; SET learnify.enforce_order = off; $enforces");
	is($stdout, 'on', 'a value from before the library is loaded is dropped');
	like($stderr, qr/permission denied to set parameter "learnify.enforce_order"/, 'with a warning');
	refused($node, $database, "SELECT learnify_internal.automation_enabled() \\g /dev/null\nSET SESSION AUTHORIZATION pupil; SET learnify.enforce_order = off",
		qr/permission denied to set parameter "learnify.enforce_order"/, 'afterwards it is an error');
};

$node->stop;
is_deeply([ grep { !/ would hide rows from | is held to row-level security|permission denied for function current_learner|permission denied to set parameter|would be affected by row-level/ } @{ complaints($node) } ], [],
	'the server log has no unexpected errors or warnings');
done_testing();
