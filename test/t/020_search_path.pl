# Functions of the extension must not resolve names in a schema that an attacker controls.
#
# For every function, operator, type, table and view of PostgreSQL and of the extension, an
# object of the same name ("shadow") is created in an attacker's schema and, where PostgreSQL
# would look for it there, in the temporary schema. Each shadow raises an error when it is
# used. With that schema first in search_path, even before pg_catalog, every function of
# the extension is called and every trigger fired: by the owner, whose privileges an
# attacker's function would gain, and by the attacker, who could exploit SECURITY DEFINER
# functions. The test fails if a function has no call here.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntrack_functions = all\nclient_min_messages = warning\nlearnify.password_cost = 4\n");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN; CREATE ROLE backend');

my $functions = q{
	SELECT p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')'
	FROM pg_catalog.pg_proc AS p
	WHERE p.oid IN (SELECT d.objid FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
	                WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'e' AND e.extname = 'learnify')};

#
# The attacker's objects
#

# PostgreSQL looks for types and relations in the temporary schema, but not for functions
# and operators.
sub shadows
{
	my ($schema) = @_;
	my $functions_too = $schema eq 'hostile' ? 'true' : 'false';
	return <<~SQL;
		SET search_path = pg_catalog, pg_temp;
		DO \$shadows\$
		DECLARE
		  shadow record;
		  made jsonb := '{}';
		BEGIN
		  FOR shadow IN
		    -- a plain function can shadow an aggregate
		    SELECT 1 AS phase, 'function' AS kind, p.proname AS name,
		           format('CREATE FUNCTION hostile.%I(%s) RETURNS %s %s LANGUAGE plpgsql AS %L', p.proname,
		                  (SELECT string_agg(CASE WHEN p.provariadic <> 0 AND a.number = p.pronargs THEN 'VARIADIC ' ELSE '' END
		                                     || CASE WHEN a.type <> '"any"'::regtype THEN format_type(a.type, NULL)
		                                             WHEN p.provariadic <> 0 AND a.number = p.pronargs THEN 'anyarray'
		                                             ELSE 'anyelement' END, ', ' ORDER BY a.number)
		                   FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, number)),
		                  CASE WHEN p.proretset THEN 'SETOF' ELSE '' END, format_type(p.prorettype, NULL),
		                  format('BEGIN RAISE WARNING %L, current_user; RAISE EXCEPTION %1\$L, current_user; END',
		                         'hostile: function ' || p.proname || ' runs as %')) AS command
		    FROM pg_proc AS p
		    WHERE p.pronamespace IN (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname IN ('pg_catalog', 'public', 'learnify_internal')) AND p.prokind IN ('f', 'a', 'w')
		      AND $functions_too
		    UNION ALL
		    SELECT 2, 'operator', o.oprname,
		           format(E'CREATE FUNCTION hostile.operator_%s(%s) RETURNS %s LANGUAGE plpgsql AS %L;\\n'
		                  'CREATE OPERATOR hostile.%5\$s (FUNCTION = hostile.operator_%1\$s, %6\$s RIGHTARG = %7\$s)',
		                  o.oid, concat_ws(', ', format_type(nullif(o.oprleft, 0), NULL), format_type(o.oprright, NULL)),
		                  format_type(o.oprresult, NULL),
		                  format('BEGIN RAISE WARNING %L, current_user; RAISE EXCEPTION %1\$L, current_user; END',
		                         'hostile: operator ' || replace(o.oprname, '%', '%%') || ' runs as %'),
		                  o.oprname, 'LEFTARG = ' || format_type(nullif(o.oprleft, 0), NULL) || ',',
		                  format_type(o.oprright, NULL))
		    FROM pg_operator AS o
		    WHERE $functions_too
		    UNION ALL
		    SELECT 3, 'relation', c.relname,
		           format(E'CREATE VIEW $schema.%1\$I AS SELECT t.* FROM hostile.alarm(%2\$L) AS a LEFT JOIN %3\$s AS t ON true;\\n'
		                  'CREATE TRIGGER alarm INSTEAD OF INSERT OR UPDATE OR DELETE ON $schema.%1\$I FOR EACH ROW EXECUTE FUNCTION hostile.alarm()',
		                  c.relname, 'hostile: relation ' || c.relname, c.oid::regclass)
		    FROM pg_class AS c
		    WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'public'::regnamespace) AND c.relkind IN ('r', 'v')
		    UNION ALL
		    SELECT 4, 'type', t.typname,
		           format('CREATE DOMAIN $schema.%I AS %s CHECK (hostile.alarm(%L) IS NULL)',
		                  t.typname, format_type(t.oid, NULL), 'hostile: type ' || t.typname)
		    FROM pg_type AS t
		    WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b' AND t.typelem = 0
		    UNION ALL
		    SELECT 5, 'cast', t.name,
		           format(E'CREATE FUNCTION hostile.evil(%1\$s) RETURNS hostile.evil LANGUAGE plpgsql AS %2\$L;\\n'
		                  'CREATE CAST (%1\$s AS hostile.evil) WITH FUNCTION hostile.evil(%1\$s) AS IMPLICIT', t.name,
		                  format('BEGIN RAISE WARNING %L; RAISE EXCEPTION %1\$L; END', 'hostile: cast of ' || t.name))
		    FROM unnest('{uuid,text,jsonb,integer,bigint,double precision,boolean,timestamptz}'::text[]) AS t (name)
		    WHERE $functions_too
		    ORDER BY 1
		  LOOP
		    BEGIN
		      EXECUTE shadow.command;
		      made := made || jsonb_build_object(shadow.kind, coalesce((made -> shadow.kind)::integer, 0) + 1);
		    EXCEPTION WHEN invalid_function_definition OR feature_not_supported OR syntax_error OR duplicate_function
		                OR duplicate_object OR duplicate_table OR undefined_object OR invalid_object_definition OR datatype_mismatch
		                OR invalid_table_definition OR wrong_object_type OR undefined_function THEN
		      NULL;  -- users cannot create a function, operator or type of this kind
		    END;
		  END LOOP;
		  PERFORM set_config('hostile.made', made::text, false);
		END
		\$shadows\$;
		SELECT format('%s %s', k.key, k.value) FROM jsonb_each_text(current_setting('hostile.made')::jsonb) AS k ORDER BY 1;
		SQL
}

# What the shadows call; created before them.
my $alarms = <<~'SQL';
	CREATE SCHEMA hostile AUTHORIZATION mallory;
	GRANT USAGE ON SCHEMA hostile TO PUBLIC;
	SET ROLE mallory;
	CREATE TYPE hostile.evil AS (evil pg_catalog.int4);
	CREATE FUNCTION hostile.alarm(what pg_catalog.text) RETURNS pg_catalog.void LANGUAGE plpgsql AS $$
	BEGIN
	  RAISE WARNING '% is used by %', what, current_user;
	  RAISE EXCEPTION '% is used by %', what, current_user;
	END
	$$;
	CREATE FUNCTION hostile.alarm() RETURNS pg_catalog.trigger LANGUAGE plpgsql AS $$
	BEGIN
	  RAISE WARNING 'hostile: % is written by %', TG_TABLE_NAME, current_user;
	  RAISE EXCEPTION 'hostile: % is written by %', TG_TABLE_NAME, current_user;
	END
	$$;
	SQL

#
# A database with rows in every table
#

my ($ann, $bob, $cem, $dee) = map { "00000000-0000-4000-8000-00000000000$_" } 1 .. 4;

sub populate
{
	my ($database) = @_;
	quiet_psql($node, $database, <<~SQL);
		SELECT grant_learner('mallory'); GRANT USAGE ON SCHEMA learnify_internal TO mallory;
		INSERT INTO users (id, email, password_hash, name)
		VALUES ('$ann', 'ann\@example.org', '!', 'Ann'), ('$bob', 'bob\@example.org', '!', 'Bob'),
		       ('$cem', 'cem\@example.org', '!', 'Cem'), ('$dee', 'dee\@example.org', '!', 'Dee');
		SELECT register_user('eve\@example.org', 'correct horse', 'Eve');
		SELECT choose_archetype(id, 'Biological', 'sourdough', 'novice') FROM users;
		SELECT set_variables(id, '{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e", "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "a planner"}') FROM users;
		SELECT generate_course(id) FROM users WHERE name IN ('Bob', 'Cem', 'Dee');
		SELECT request_domain_validation(id) FROM user_archetypes;
		INSERT INTO user_relationships (follower_id, following_id) SELECT a.id, b.id FROM users AS a JOIN users AS b ON a.id <> b.id;
		SELECT start_course(u.id, c.id) FROM users AS u JOIN generated_courses AS c ON c.user_id <> u.id
		WHERE NOT (u.name = 'Ann' AND c.user_id = '$dee');
		SELECT submit_exercise(p.user_id, e.id, 'x', e.language,
		                       (SELECT jsonb_agg(true) FROM jsonb_array_elements(e.test_cases)))
		FROM user_progress AS p JOIN generated_modules AS m USING (course_id) JOIN exercises AS e ON e.module_id = m.id
		WHERE m.module_number = 1 AND e.exercise_number = 1;
		INSERT INTO generated_courses (id, user_id, title, meta_category)
		VALUES ('$ann', '$ann', 'Ann''s', 'Digital'), ('$bob', '$ann', 'Another of Ann''s', 'Digital');
		SELECT record_review(id, 80, 70, 75, 81) FROM module_completions WHERE user_id <> '$ann';
		SELECT refresh_trending();
		SELECT refresh_recommendations();
		CREATE SCHEMA legacy;
		CREATE TABLE legacy.users (id integer, email text, name varchar(99), created_at timestamp, shoe_size integer);
		CREATE TABLE legacy.generated_courses (id text, user_id text, title text, meta_category text, updated_at text);
		CREATE TABLE legacy.generated_modules (id text, course_id text, module_number numeric, content text);
		CREATE TABLE legacy.course_tags (course_id text, tag text[]);
		CREATE TABLE legacy.activity_feed (user_id integer, activity_type text, reference_type text, reference_id text, visibility text);
		INSERT INTO legacy.users VALUES (1, 'old\@example.org', 'Old', '2020-02-02'), (2, 'OLD\@example.org', 'Older', NULL);
		INSERT INTO legacy.generated_courses VALUES ('bread', 'old\@example.org', 'Bread', 'biological', '2020-02-02'), ('gone', '7', '', '', '');
		INSERT INTO legacy.generated_modules VALUES ('one', 'bread', 1.2, '{}'), ('two', 'bread', 1, '{');
		INSERT INTO legacy.course_tags VALUES ('bread', '{rye,wheat}');
		INSERT INTO legacy.activity_feed VALUES (2, 'course_completed', 'course', 'bread', 'PUBLIC');
		SQL
	my ($course, $module, $exercise, $language, $results) = split /\|/, quiet_psql($node, $database, <<~SQL);
		SELECT c.id, m.id, e.id, e.language, (SELECT jsonb_agg(true) FROM jsonb_array_elements(e.test_cases))
		FROM generated_courses AS c JOIN generated_modules AS m ON m.course_id = c.id JOIN exercises AS e ON e.module_id = m.id
		WHERE c.user_id = '$bob' AND m.module_number = 1 AND e.exercise_number = 1
		SQL
	return (
		course     => $course,
		module     => $module,
		exercise   => $exercise,
		language   => $language,
		results    => $results,
		own_course => quiet_psql($node, $database, "SELECT generate_course('$ann')"),
		untaken    => quiet_psql($node, $database, "SELECT id FROM generated_courses WHERE user_id = '$dee'"),
		archetype  => quiet_psql($node, $database, "SELECT id FROM user_archetypes WHERE user_id = '$cem'"),
		submission => quiet_psql($node, $database, "SELECT id FROM module_completions WHERE user_id = '$ann' AND module_id = '$module'"));
}

#
# Calls
#

# A call that is undone.
sub undone
{
	my ($call) = @_;
	return [ "DO \$\$BEGIN PERFORM $call; RAISE EXCEPTION SQLSTATE 'UNDON'; END\$\$", 'UNDON' ];
}

# Returns, by signature, a call of each function, with its SQLSTATE if it has to fail. The
# calls qualify all names, so that they use no shadow themselves.
sub calls
{
	my (%id) = @_;
	my $pair = "'$ann', '$ann'";
	my $no_cron = '55000';
	my $all_variables = '{"ENTITY": "a", "STATE": "b", "LOGIC": "c", "FLOW": "d", "CONTAINER": "e", "EDGE_CASE": "f", "INTERFACE": "g", "VARIANT": "h", "EVENT": "i", "CAPSTONE_GOAL": "j", "DOMAIN": "k"}';
	return (
		'activity_ticker(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.activity_ticker('$ann')",
		'authenticate(text, text)' => q{SELECT public.authenticate('eve@example.org', 'correct horse')},
		'automation_enabled()' => 'SELECT learnify_internal.automation_enabled()',
		'restores_rows()' => 'SELECT learnify_internal.restores_rows()',
		'perfect_score()' => 'SELECT learnify_internal.perfect_score()',
		'complete_percentage()' => 'SELECT learnify_internal.complete_percentage()',
		'award_achievements(uuid)' => "SELECT public.award_achievements('$ann')",
		'activity_types()' => 'SELECT * FROM learnify_internal.activity_types()',
		'metrics()' => 'SELECT * FROM learnify_internal.metrics()',
		'fitted_learners()' => 'SELECT learnify_internal.fitted_learners()',
		'keep_fit(bigint, bigint)' => 'SELECT learnify_internal.keep_fit(1, 1)',
		'model_parameters(jsonb)' => 'SELECT learnify_internal.model_parameters(NULL)',
		'recommendation_model()' => 'SELECT * FROM learnify_internal.recommendation_model()',
		'keep_tokens(uuid, text)' => "SELECT learnify_internal.keep_tokens('$ann', 'earlier')",
		'modules_that_teach()' => 'SELECT learnify_internal.modules_that_teach()',
		'keep_tuning(jsonb, bigint, interval, double precision, double precision)' => q{SELECT learnify_internal.keep_tuning(NULL, 1, '1 second', 0, 0)},
		'search_parameters(double precision)' => 'SELECT * FROM learnify_internal.search_parameters(1)',
		'tune_recommendations(interval)' => q{SELECT * FROM public.tune_recommendations('1 second')},
		'course_demand(timestamp with time zone)' => 'SELECT pg_catalog.count(*) FROM learnify_internal.course_demand(pg_catalog.now())',
		'require_instant(timestamp with time zone)' => 'SELECT learnify_internal.require_instant(pg_catalog.now())',
		'score_courses(uuid, uuid[])' => "SELECT pg_catalog.count(*) FROM public.score_courses('$ann', ARRAY['$id{course}'::pg_catalog.uuid])",
		'score_given_courses(uuid, uuid[])' => "SELECT pg_catalog.count(*) FROM learnify_internal.score_given_courses('$ann', ARRAY['$id{course}'::pg_catalog.uuid])",
		'trending_tags(integer, timestamp with time zone)' => 'SELECT pg_catalog.count(*) FROM public.trending_tags()',
		'tuned_parameters()' => 'SELECT learnify_internal.tuned_parameters()',
		'recommendation_kinds()' => 'SELECT * FROM learnify_internal.recommendation_kinds()',
		'recommendation_validity(text)' => q{SELECT learnify_internal.recommendation_validity('trending')},
		'completes_module(uuid, uuid, boolean)' => "SELECT learnify_internal.completes_module('$ann', '$id{module}', true)",
		'first_solution(uuid, uuid, uuid)' => "SELECT * FROM learnify_internal.first_solution('$ann', '$id{module}', '$id{exercise}')",
		'rebroadcast_exercise_solved(uuid, uuid, uuid, boolean)' => "SELECT learnify_internal.rebroadcast_exercise_solved('$ann', '$id{module}', '$id{exercise}', true)",
		'rebroadcast_module_completed(uuid, uuid, boolean)' => "SELECT learnify_internal.rebroadcast_module_completed('$ann', '$id{module}', false)",
		'takes_course(text)' => q{SELECT learnify_internal.takes_course('enrolled')},
		'shows_interest(text, double precision)' => q{SELECT learnify_internal.shows_interest('enrolled', 1)},
		'excludes_course(text, double precision)' => q{SELECT learnify_internal.excludes_course('viewed', -1)},
		'model_columns()' => 'SELECT learnify_internal.model_columns()',
		'completed_courses(uuid)' => "SELECT learnify_internal.completed_courses('$ann')",
		'is_shown_to_followers(text, boolean)' => q{SELECT learnify_internal.is_shown_to_followers('public', true)},
		'record_catalog(jsonb)' => q{BEGIN; SELECT learnify_internal.record_catalog('[]'); ROLLBACK},
		'grant_backend(text)' => "SELECT public.grant_backend('backend')",
		'award_for_event(uuid, text)' => "SELECT learnify_internal.award_for_event('$ann', 'submission')",
		'blueprint_missing_variables(jsonb)' => q{SELECT * FROM learnify_internal.blueprint_missing_variables('{"ENTITY": "starter"}')},
		'broadcast(uuid, text, uuid, jsonb, timestamp with time zone)' =>
		  "SELECT learnify_internal.broadcast('$ann', 'review_passed', '$ann', '{}', '2026-01-01')",
		'broadcast_module_completed(uuid, uuid)' => "SELECT learnify_internal.broadcast_module_completed('$ann', '$id{module}')",
		'broadcast_exercise_solved(uuid, uuid, uuid, integer, timestamp with time zone)' =>
		  "SELECT learnify_internal.broadcast_exercise_solved('$ann', '$id{module}', '$id{exercise}', 90, '2026-01-01')",
		'check_course_can_be_generated(user_archetypes, uuid, jsonb)' => [
			q{SELECT learnify_internal.check_course_can_be_generated(a, a.user_id, '{}') FROM public.user_archetypes AS a}, '42P02' ],
		'account_digest(text, text)' => q{SELECT learnify_internal.account_digest('a', 'b')},
		'account_with_password(uuid, text)' => "SELECT learnify_internal.account_with_password('$ann', 'wrong horse')",
		'change_email(uuid, text, text)' => "SELECT public.change_email('$ann', 'correct horse', 'ann\@example.org')",
		'change_password(uuid, text, text)' => "SELECT public.change_password('$ann', 'correct horse', 'correct horse')",
		'issue_token(uuid, text, interval)' => "SELECT pg_catalog.length(public.issue_token('$ann', 'login'))",
		'redeem_token(text, text)' => "SELECT public.redeem_token(public.issue_token('$ann', 'login'), 'login')",
		'refuse_taken_address(text)' => [ q{SELECT learnify_internal.refuse_taken_address('ann@example.org')}, '23505' ],
		'require_purpose(text)' => [ q{SELECT learnify_internal.require_purpose('x')}, '22023' ],
		'set_email(uuid, text)' => "SELECT public.set_email('$ann', 'ann\@example.org')",
		'set_password(uuid, text)' => "SELECT public.set_password('$ann', 'correct horse')",
		'text_digest(text)' => q{SELECT learnify_internal.text_digest('x')},
		'write_email(uuid, text, text)' => "SELECT learnify_internal.write_email('$ann', 'ann\@example.org')",
		'choose_archetype(uuid, text, text, text)' => "SELECT public.choose_archetype('$ann', 'Digital', 'baking', 'quant')",
		'claim_domain_validations(integer, interval, integer)' => 'SELECT * FROM public.claim_domain_validations(2)',
		'collaborative_match_score(double precision, double precision)' => 'SELECT learnify_internal.collaborative_match_score(1, 2)',
		'collaborative_reason(text, text, text, integer, uuid, uuid)' => "SELECT learnify_internal.collaborative_reason('a', 'b', 'c', 0, '$id{course}', '$id{course}')",
		'new_course_reason(uuid, uuid, text)' => "SELECT learnify_internal.new_course_reason('$id{course}', '$id{course}', 'a')",
		'course_features()' => 'SELECT * FROM learnify_internal.course_features()',
		'check_blueprint()' => 'SELECT * FROM public.check_blueprint()',
		'check_template(jsonb, text[])' => q{SELECT * FROM public.check_template('{"a": "{ A } {C}"}'::pg_catalog.jsonb, '{A,B}')},
		'check_template(text, text[])' => q{SELECT * FROM public.check_template('{ A } {C}'::pg_catalog.text, '{A,B}')},
		'collaborative_recommendations(uuid, integer)' => "SELECT * FROM learnify_internal.collaborative_recommendations('$ann')",
		'course_outline(uuid, uuid)' => "SELECT * FROM public.course_outline('$ann', '$id{course}')",
		'add_minutes(integer, bigint)' => 'SELECT learnify_internal.add_minutes(52559999, 5), learnify_internal.add_minutes(5, -9)',
		'count_failed_login(bytea)' => q{SELECT learnify_internal.count_failed_login('x')},
		'corrected_time(timestamp with time zone, timestamp with time zone)' =>
		  q{SELECT learnify_internal.corrected_time('2026-01-01', '2026-01-02'), learnify_internal.corrected_time('2026-01-01', 'infinity')},
		'document_fault(jsonb, text)' => q{SELECT learnify_internal.document_fault('{}', 'content')},
		'effect_time(timestamp with time zone)' =>
		  q{SELECT learnify_internal.effect_time('2026-01-01'), learnify_internal.effect_time('infinity')},
		'is_submitted(uuid, uuid, uuid, text, text, jsonb, integer)' => [
			"SELECT learnify_internal.is_submitted(s.id, s.user_id, s.exercise_id, 'other', s.language, s.test_results, 0) FROM public.module_completions AS s LIMIT 1", '23505' ],
		'metric_reached_at(uuid, text, numeric)' =>
		  "SELECT m.metric, learnify_internal.metric_reached_at('$ann', m.metric, 1) FROM learnify_internal.metrics() AS m",
		'possible_minutes(text)' => q{SELECT learnify_internal.possible_minutes('module_completions')},
		'count_signups(timestamp with time zone)' => q{SELECT * FROM learnify_internal.count_signups('2026-01-01')},
		'correct_broadcast(uuid, text, uuid, numeric, timestamp with time zone)' =>
		  "SELECT learnify_internal.correct_broadcast('$ann', 'exercise_solved', '$id{exercise}', 50, '2026-01-01')",
		'current_learner()' => 'SELECT public.current_learner()',
		'require_backend()' => 'SELECT public.require_backend()',
		'describe_schema()' => 'SELECT * FROM learnify_internal.describe_schema()',
		'describe_details()' => 'SELECT * FROM learnify_internal.describe_details()',
		'setval_statement(regclass)' => q{BEGIN; CREATE SEQUENCE public.own; SELECT learnify_internal.setval_statement('public.own'); ROLLBACK},
		'describe_statements()' => 'SELECT * FROM learnify_internal.describe_statements()',
		'own_schema_pattern()' => 'SELECT learnify_internal.own_schema_pattern()',
		'resolve_statement(text)' => q{SELECT learnify_internal.resolve_statement('DROP TABLE @.users')},
		'alter_column_statement(text, text, text)' => q{SELECT learnify_internal.alter_column_statement('ALTER TABLE @.users ADD COLUMN name text DEFAULT now() NOT NULL', 'text', 'text NOT NULL DEFAULT now()')},
		'alter_trigger_statement(text, text, text)' => q{SELECT learnify_internal.alter_trigger_statement('ALTER', 'CREATE TRIGGER', 'CREATE TRIGGER DISABLED')},
		'qualified_name(text, text)' => q{SELECT learnify_internal.qualified_name('index', 'users.i'), learnify_internal.qualified_name('statistics', 'users.s'), learnify_internal.qualified_name('column', 'users.name')},
		'drop_statement(text, text)' => q{SELECT learnify_internal.drop_statement('index', 'users.i'), learnify_internal.drop_statement('statistics', 'users.s')},
		'enable_constraint_statement(text)' => q{SELECT learnify_internal.enable_constraint_statement('users.k')},
		'repair_statement(text, text, text, text, text, text)' => q{SELECT learnify_internal.repair_statement('changed', 'column', 'users.name', 'text', 'text NOT NULL', NULL)},
		'warn_of_drift()' => 'SELECT learnify_internal.warn_of_drift()',
		'own_ddl()' => 'SELECT * FROM public.own_ddl()',
		'excess_privileges()' => 'SELECT * FROM learnify_internal.excess_privileges()',
		'learner_functions()' => 'SELECT pg_catalog.count(*) FROM learnify_internal.learner_functions()',
		'learner_tables()' => 'SELECT pg_catalog.count(*) FROM learnify_internal.learner_tables()',
		'dismiss_recommendation(uuid, uuid)' => "SELECT public.dismiss_recommendation('$ann', '$id{untaken}')",
		'enter_exercise(uuid)' => "SELECT learnify_internal.enter_exercise('$id{exercise}')",
		'evaluate_recommendations(double precision, integer, jsonb, text)' => 'SELECT * FROM public.evaluate_recommendations()',
		'export_user(uuid)' => "SELECT public.export_user('$ann')",
		'export_user_rows(uuid)' => "SELECT * FROM public.export_user_rows('$ann')",
		'find_page(boolean, timestamp with time zone, uuid, timestamp with time zone)' =>
		  "SELECT * FROM learnify_internal.find_page(true, '2026-01-01', '$ann', NULL)",
		'fit_recommendation_model(jsonb, double precision, integer)' =>
		  'SELECT learnify_internal.fit_recommendation_model(NULL, 1, 1)',
		'fit_similar_courses(jsonb)' => 'SELECT * FROM learnify_internal.fit_similar_courses(NULL)',
		'fit_text(text, text)' => q{SELECT learnify_internal.fit_text(' x ', 'name')},
		'fold_email(text)' => q{SELECT public.fold_email('Ann@example.org')},
		'fold_words(text)' => q{SELECT learnify_internal.fold_words(E'Gro\u00DFe W\u00D6RTER')},
		'accept_follower(uuid, uuid)' => "SELECT public.accept_follower('$ann', '$bob')",
		'admits_follower(uuid, uuid, text)' => "SELECT learnify_internal.admits_follower('$ann', '$cem', 'followee')",
		'block_user(uuid, uuid)' => "SELECT public.block_user('$ann', '$dee')",
		'blocked_users(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.blocked_users('$ann')",
		'delete_follow_request(uuid, uuid)' => "SELECT learnify_internal.delete_follow_request('$ann', '$bob')",
		'require_few_reviews(uuid, uuid)' => "SELECT learnify_internal.require_few_reviews('$ann', '$id{submission}')",
		'decline_follower(uuid, uuid)' => "SELECT public.decline_follower('$ann', '$bob')",
		'follow_requests(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.follow_requests('$ann')",
		'follows_between(uuid, uuid)' => "SELECT * FROM learnify_internal.follows_between('$ann', '$bob')",
		'former_author()' => 'SELECT learnify_internal.former_author()',
		'follow_user(uuid, uuid)' => "SELECT public.follow_user('$ann', '$bob')",
		'follower_count(uuid)' => "SELECT public.follower_count('$ann')",
		'followers(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.followers('$ann')",
		'following(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.following('$ann')",
		'following_count(uuid)' => "SELECT public.following_count('$ann')",
		'fresh_recommendations(text, uuid, uuid)' => join('; ', map { "SELECT * FROM learnify_internal.fresh_recommendations('$_', $pair)" }
			  qw(collaborative_filtering skill_adjacency social_signal trending)),
		'forget_failed_logins(bytea)' => q{SELECT learnify_internal.forget_failed_logins('x')},
		'generate_course(uuid, jsonb)' => "SELECT public.generate_course('$ann')",
		'get_variables(uuid)' => "SELECT public.get_variables('$ann')",
		'give_up_domain_validations(integer)' => 'SELECT learnify_internal.give_up_domain_validations(1)',
		'grant_learner(text)' => q{SELECT public.grant_learner('mallory')},
		'hand_out_tickets(uuid[], interval)' => q{SELECT * FROM learnify_internal.hand_out_tickets(ARRAY(SELECT r.id FROM learnify_internal.model_requests AS r), '1 minute')},
		'hash_password(text)' => q{SELECT public.hash_password('correct horse')},
		'grant_on_node(text, boolean)' => [ q{SELECT learnify_internal.grant_on_node('mallory', false)}, '55000' ],
		'trending_age()' => 'SELECT learnify_internal.trending_age() IS NULL',
		'recommendations_age()' => 'SELECT learnify_internal.recommendations_age() IS NULL',
		'node_anchors()' => 'SELECT * FROM learnify_internal.node_anchors()',
		'demand_of_node(uuid, timestamp with time zone)' => "SELECT pg_catalog.count(*) FROM learnify_internal.demand_of_node('$ann', pg_catalog.now())",
		'demand_of_nodes(timestamp with time zone)' => 'SELECT pg_catalog.count(*) FROM learnify_internal.demand_of_nodes(pg_catalog.now())',
		'site_demand(timestamp with time zone)' => 'SELECT pg_catalog.count(*) FROM learnify_internal.site_demand(pg_catalog.now())',
		'trending_ranking(timestamp with time zone)' => 'SELECT pg_catalog.count(*) FROM learnify_internal.trending_ranking(pg_catalog.now())',
		'write_trending_of_nodes(timestamp with time zone)' => 'SELECT learnify_internal.write_trending_of_nodes(pg_catalog.now())',
		'sees_activity(uuid, text)' => "SELECT learnify_internal.sees_activity('$ann', 'public')",
		'require_user_here(uuid)' => "SELECT learnify_internal.require_user_here('$ann')",
		'grant_functions(text, boolean)' => q{SELECT learnify_internal.grant_functions('mallory', false)},
		'grant_on_nodes(text, boolean)' => q{SELECT learnify_internal.grant_on_nodes('mallory', false)},
		'followed_page(uuid, uuid[], integer, boolean, timestamp with time zone, uuid, boolean)' => "SELECT * FROM learnify_internal.followed_page('$ann', '{$ann}', 10, false, NULL, NULL, NULL)",
		'take_pending_statuses(uuid)' => "SELECT * FROM learnify_internal.take_pending_statuses('$ann')",
		'take_pending_renewals(uuid)' => "SELECT * FROM learnify_internal.take_pending_renewals('$ann')",
		'renew_review_requests(uuid[], uuid[])' => undone("learnify_internal.renew_review_requests('{$id{submission}}', '{$id{submission}}')"),
		'hold_award_lock(uuid)' => "SELECT learnify_internal.hold_award_lock('$ann')",
		'hold_lock(text)' => q{SELECT learnify_internal.hold_lock('import')},
		'home_rows(uuid, integer)' => "SELECT * FROM public.home_rows('$ann')",
		'inject_variables(jsonb, jsonb, text)' => q{SELECT public.inject_variables('["{A}"]'::pg_catalog.jsonb, '{"A": 1}')},
		'inject_variables(text, jsonb, text)' => q{SELECT public.inject_variables('{A}{B}'::pg_catalog.text, '{"A": 1.5, "B": true}')},
		'is_own_statement()' => 'SELECT learnify_internal.is_own_statement()',
		'is_variable_name(text)' => q{SELECT learnify_internal.is_variable_name('A')},
		'is_replication_worker()' => 'SELECT learnify_internal.is_replication_worker()',
		'is_time_zone_name(text)' => q{SELECT public.is_time_zone_name('Europe/Berlin')},
		'join_words(text[])' => q{SELECT learnify_internal.join_words('{a,b,c}')},
		'learner_metric(uuid, text)' => "SELECT learnify_internal.learner_metric('$ann', 'streak_days')",
		'available_functions()' => 'SELECT * FROM learnify_internal.available_functions()',
		'delegate_functions(regclass)' => [ q{SELECT learnify_internal.delegate_functions('public.user_progress'::pg_catalog.regclass)}, '42P01' ],
		'distribute_tables(integer)' => [ 'SELECT learnify_internal.distribute_tables(8)', '42P01' ],
		'distribution_obstacle(text, text)' => q{SELECT learnify_internal.distribution_obstacle('1', 'public')},
		'learnify_distribute(integer)' => [ 'SELECT public.learnify_distribute()', '55000' ],
		'policy_without_subquery(text)' => q{SELECT learnify_internal.policy_without_subquery('true')},
		'prepare_distribution()' => [ 'SELECT learnify_internal.prepare_distribution()', '42704' ],
		'is_coordinating()' => 'SELECT learnify_internal.is_coordinating()',
		'qualified_table(name)' => q{SELECT learnify_internal.qualified_table('users') IS NOT NULL},
		'replicated_tables()' => 'SELECT learnify_internal.replicated_tables()',
		'require_distributable()' => [ 'SELECT learnify_internal.require_distributable()', '55000' ],
		'sees_course(uuid)' => "SELECT learnify_internal.sees_course('$id{course}')",
		'sees_module(uuid)' => "SELECT learnify_internal.sees_module('$id{module}')",
		# Functions of a distributed database, in a plain one: without what they gather first, some find no copies.
		'authors_of_completions(uuid)' => "SELECT * FROM learnify_internal.authors_of_completions('$ann')",
		'call_on_each_group()' => undone('learnify_internal.call_on_each_group()'),
		'claim_domains_of_nodes(integer, interval, integer)' => [ "SELECT learnify_internal.claim_domains_of_nodes(1, '5 minutes', 5)", '55000' ],
		'claim_from_nodes(integer, interval, integer)' => [ "SELECT learnify_internal.claim_from_nodes(1, '5 minutes', 5)", '55000' ],
		'end_follows_on_nodes()' => undone('learnify_internal.end_follows_on_nodes()'),
		'erase_from_nodes(uuid)' => undone("learnify_internal.erase_from_nodes('$bob')"),
		'gather_due_requests(text, integer)' => undone("learnify_internal.gather_due_requests('review', 1)"),
		'gather_interests(uuid[])' => undone("learnify_internal.gather_interests('{$ann}')"),
		'gather_table(name, uuid[], uuid, uuid, uuid[])' => undone("learnify_internal.gather_table('user_progress', '{$ann}')"),
		'hand_over_courses(uuid, uuid[])' => undone("learnify_internal.hand_over_courses('$ann', '{$id{course}}')"),
		'has_learners_on_nodes(uuid, uuid)' => "SELECT learnify_internal.has_learners_on_nodes('$id{course}', '$ann')",
		'insert_block(uuid, uuid)' => undone("learnify_internal.insert_block('$ann', '$bob')"),
		'is_on_node()' => 'SELECT learnify_internal.is_on_node()',
		'keep_gathered(name)' => [ q{SELECT learnify_internal.keep_gathered('user_progress')}, '42P01' ],
		'make_gathered(name)' => undone("learnify_internal.make_gathered('user_progress')"),
		'on_gathered(text)' => [ q{SELECT * FROM learnify_internal.on_gathered('SELECT 1') AS r (n pg_catalog.int4)}, '55000' ],
		'refresh_documents_of_nodes()' => [ 'SELECT learnify_internal.refresh_documents_of_nodes()', '55000' ],
		'refresh_gathered(uuid, uuid)' => [ "SELECT learnify_internal.refresh_gathered('$ann', '$ann')", '55000' ],
		'refresh_on_nodes(uuid, jsonb, double precision, integer)' => [ "SELECT learnify_internal.refresh_on_nodes('$ann', NULL, 1.2, 5)", '55000' ],
		'refuse_loss(uuid, uuid)' => [ "SELECT learnify_internal.refuse_loss('$id{course}', '$ann')", '55006' ],
		'resume_from_nodes(uuid, uuid)' => "SELECT learnify_internal.resume_from_nodes('$ann', NULL)",
		'resume_of(uuid, uuid, text, uuid[], bigint)' => "SELECT learnify_internal.resume_of('$ann', NULL, 'public')",
		'score_on_nodes(uuid, uuid[])' => [ "SELECT * FROM learnify_internal.score_on_nodes('$ann', '{$id{course}}')", '55000' ],
		'send_documents()' => [ 'SELECT learnify_internal.send_documents()', '42P01' ],
		'send_given_up_domains()' => [ 'SELECT learnify_internal.send_given_up_domains()', '42P01' ],
		'send_model()' => [ 'SELECT learnify_internal.send_model()', '42P01' ],
		'send_recommendations()' => [ 'SELECT learnify_internal.send_recommendations()', '42P01' ],
		'send_requests()' => [ 'SELECT learnify_internal.send_requests()', '42P01' ],
		'shared_on_nodes(uuid)' => "SELECT learnify_internal.shared_on_nodes('$ann')",
		'visible_people(uuid, uuid[])' => "SELECT * FROM learnify_internal.visible_people('$ann', '{$bob}')",
		'user_tables()' => 'SELECT * FROM learnify_internal.user_tables()',
		'job_facts()' => 'SELECT * FROM learnify_internal.job_facts()',
		'monitoring_facts()' => 'SELECT pg_catalog.count(fact) FROM public.monitoring_facts()',
		'learnify_status()' => 'SELECT version, available_version, update_path, row_counts FROM public.learnify_status()',
		'changed_columns(exercises, exercises)' => 'SELECT learnify_internal.changed_columns(x, x) FROM public.exercises AS x LIMIT 1',
		'changed_columns(generated_modules, generated_modules)' => 'SELECT learnify_internal.changed_columns(m, m) FROM public.generated_modules AS m LIMIT 1',
		'given_variables(jsonb)' => q{SELECT learnify_internal.given_variables('{"ENTITY": "x", "STATE": null}')},
		'hold_course_rows(uuid)' => "SELECT learnify_internal.hold_course_rows('$id{course}')",
		'kind_of_change(text[], boolean)' => q{SELECT learnify_internal.kind_of_change('{title}', true)},
		'plan_course(generated_courses, generated_courses, generated_courses, boolean)' => 'SELECT learnify_internal.plan_course(c, c, c, false) FROM public.generated_courses AS c LIMIT 1',
		'plan_exercises(generated_modules, jsonb, jsonb, integer, boolean)' => "SELECT learnify_internal.plan_exercises(m, '[]', '[]', 0, false) FROM public.generated_modules AS m LIMIT 1",
		'plan_modules(generated_courses, jsonb, jsonb, boolean)' => qq{SELECT (p).change FROM (SELECT learnify_internal.plan_modules(c, '$all_variables', '$all_variables', false) AS p FROM public.generated_courses AS c ORDER BY c.id LIMIT 1) AS t},
		'plan_tags(generated_courses, text[], boolean)' => q{SELECT learnify_internal.plan_tags(c, '{x}', true) FROM public.generated_courses AS c LIMIT 1},
		'regenerate_course(uuid, boolean, jsonb, boolean)' => "SELECT object, change FROM public.regenerate_course('$id{own_course}', variables => '{\"ENTITY\": \"levain\"}')",
		'regenerate_exercise(exercises, exercises, exercises, boolean)' => 'SELECT (learnify_internal.regenerate_exercise(x, x, x, true)).change FROM public.exercises AS x LIMIT 1',
		'regenerate_module(generated_modules, generated_modules, generated_modules, boolean)' => 'SELECT (learnify_internal.regenerate_module(m, m, m, true)).change FROM public.generated_modules AS m LIMIT 1',
		'render_course(jsonb)' => q{SELECT (learnify_internal.render_course('{"DOMAIN": "x"}')).title},
		'render_exercises(uuid, integer, jsonb)' => q{SELECT title FROM learnify_internal.render_exercises(NULL, 1, '[{"title": "x"}]')},
		'render_modules(jsonb)' => "SELECT (r.module).title FROM learnify_internal.render_modules('$all_variables') AS r",
		'rendering_digest(exercises)' => 'SELECT learnify_internal.rendering_digest(x) IS NULL FROM public.exercises AS x LIMIT 1',
		'rendering_digest(generated_modules)' => 'SELECT learnify_internal.rendering_digest(m) IS NULL FROM public.generated_modules AS m LIMIT 1',
		'rendering_of_course(generated_courses, jsonb, integer[], text[])' => "SELECT learnify_internal.rendering_of_course(c, '{}', '{1}', '{x}') IS NULL FROM public.generated_courses AS c LIMIT 1",
		'tags_of_archetype(user_archetypes)' => 'SELECT learnify_internal.tags_of_archetype(a) FROM public.user_archetypes AS a LIMIT 1',
		'variables_to_inject(jsonb)' => q{SELECT learnify_internal.variables_to_inject('{"ENTITY": "x", "y": "z"}')},
		'write_course(generated_courses, generated_courses, generated_courses, text[])' => q{SELECT learnify_internal.write_course(c, c, c, '{title}') FROM public.generated_courses AS c LIMIT 1},
		'write_regenerated(generated_modules[], exercises[])' => 'SELECT learnify_internal.write_regenerated(ARRAY(SELECT m FROM public.generated_modules AS m LIMIT 1), ARRAY(SELECT x FROM public.exercises AS x LIMIT 1))',
		'write_rendered(generated_modules[], exercises[])' => q{SELECT learnify_internal.write_rendered('{}', '{}')},
		'archive_course(uuid)' => "SELECT public.archive_course('$ann')",
		'authored_courses(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.authored_courses('$ann', before_id => '$ann')",
		'delete_course(uuid)' => "SELECT public.delete_course('$bob')",
		'enrolled_courses(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.enrolled_courses('$ann')",
		'hold_own_course(uuid)' => "SELECT learnify_internal.hold_own_course('$id{course}')",
		'may_act_for(uuid)' => "SELECT learnify_internal.may_act_for('$ann')",
		'rename_course(uuid, text)' => "SELECT public.rename_course('$ann', 'Renamed')",
		'restore_course(uuid)' => "SELECT public.restore_course('$ann')",
		'leave_course(uuid, uuid)' => "SELECT public.leave_course('$ann', '$id{untaken}')",
		'limit_visibility(text, text)' => q{SELECT learnify_internal.limit_visibility('public', 'friends')},
		'living_resume(uuid, uuid)' => "SELECT public.living_resume('$bob', '$ann')",
		'lock_curriculum(uuid, boolean)' => "SELECT learnify_internal.lock_curriculum('$id{course}', true)",
		'lock_existing_learner(uuid)' => "SELECT learnify_internal.lock_existing_learner('$ann')",
		'lock_learner(uuid)' => "SELECT learnify_internal.lock_learner('$ann')",
		'login_address(text)' => q{SELECT learnify_internal.login_address('Ann@example.org')},
		'login_wait(integer)' => 'SELECT learnify_internal.login_wait(7)',
		'mastered_title(text[])' => q{SELECT learnify_internal.mastered_title('{a,b,c,d}')},
		'may_name_people(uuid, jsonb)' => qq{SELECT learnify_internal.may_name_people('$ann', '{"user_ids": ["$bob"]}')},
		'has_blocked(uuid, uuid)' => "SELECT learnify_internal.has_blocked('$bob', '$ann')",
		'insert_follow(uuid, uuid)' => "SELECT learnify_internal.insert_follow('$ann', '$bob')",
		'lock_requests_and_blocks(uuid, boolean)' => "SELECT learnify_internal.lock_requests_and_blocks('$ann', true), learnify_internal.lock_requests_and_blocks('$ann', false)",
		'may_read_course(uuid, uuid)' => "SELECT learnify_internal.may_read_course('$id{course}', '$bob')",
		'may_read_recommendation(text, jsonb)' => qq{SELECT learnify_internal.may_read_recommendation('social_signal', '{"user_ids": ["$bob"]}')},
		'may_see_activity(uuid, text, uuid)' => "SELECT learnify_internal.may_see_activity('$bob', 'friends', '$ann')",
		'shown_course(uuid, uuid, uuid)' => "SELECT * FROM learnify_internal.shown_course('$id{course}', '$bob', '$ann')",
		'may_see_course(uuid, uuid, uuid)' => "SELECT learnify_internal.may_see_course('$id{course}', '$bob', '$ann')",
		'may_see_module(uuid, uuid)' => "SELECT learnify_internal.may_see_module('$id{module}', '$ann')",
		'may_read_activity(uuid, text)' => "SELECT learnify_internal.may_read_activity('$bob', 'friends')",
		'missing_variables(uuid)' => "SELECT * FROM public.missing_variables('$ann')",
		'module_metadata(uuid)' => "SELECT learnify_internal.module_metadata('$id{module}')",
		'module_result(uuid, uuid)' => "SELECT * FROM learnify_internal.module_result('$ann', '$id{module}')",
		'module_state(uuid, uuid)' => "SELECT * FROM learnify_internal.module_state('$ann', '$id{module}')",
		'module_states(uuid, uuid)' => "SELECT * FROM learnify_internal.module_states('$ann', '$id{course}')",
		'newer_activity(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.newer_activity('$ann')",
		'newer_followers(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.newer_followers('$ann')",
		'newer_following(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.newer_following('$ann')",
		'others_learn_from(uuid, uuid)' => "SELECT learnify_internal.others_learn_from('$id{course}', '$ann')",
		'others_work_in_module(uuid, uuid)' => "SELECT learnify_internal.others_work_in_module('$id{module}', '$ann')",
		'pg_cron_database()' => 'SELECT learnify_internal.pg_cron_database()',
		'queue_pending_domains(integer)' => 'SELECT learnify_internal.queue_pending_domains(1)',
		'recompute_enrolments(uuid, uuid)' => "SELECT learnify_internal.recompute_enrolments('$ann', NULL)",
		'recompute_progress(uuid, uuid)' => 'SELECT public.recompute_progress()',
		'rebroadcast_reviews(architecture_reviews[], architecture_reviews[])' =>
		  'SELECT learnify_internal.rebroadcast_reviews(ARRAY(SELECT r FROM public.architecture_reviews AS r), ARRAY(SELECT r FROM public.architecture_reviews AS r))',
		'process_moved_reviews(uuid[], uuid[])' => "SELECT learnify_internal.process_moved_reviews(ARRAY(SELECT r.id FROM public.architecture_reviews AS r), ARRAY(SELECT r.module_id FROM public.architecture_reviews AS r))",
		'recommendation_progress()' => 'SELECT * FROM public.recommendation_progress()',
		'record_domain_validation(uuid, jsonb)' =>
		  q{SELECT public.record_domain_validation(c.ticket, '{"is_valid": true, "reason": "r", "variables": {"Entity": "x"}}') FROM public.claim_domain_validations() AS c},
		'search_courses(text, text, integer, uuid)' => q{SELECT * FROM public.search_courses('software')},
		'find_courses(text, text, integer, uuid)' => q{SELECT learnify_internal.find_courses('software', 'Biological', 20, NULL)},
		'search_language()' => 'SELECT learnify_internal.search_language()',
		'search_configuration(text)' => q{SELECT learnify_internal.search_configuration('english')},
		'any_course_has(tsquery)' => q{SELECT learnify_internal.any_course_has('softwear')},
		'may_count_person(uuid, jsonb, uuid)' => qq{SELECT learnify_internal.may_count_person('$id{course}', '{"people": 4}', '$ann')},
		'search_words(text)' => q{SELECT learnify_internal.search_words('the nosuchword')},
		'word_query(text)' => q{SELECT learnify_internal.word_query('it''s')},
		'correct_words(tsquery, text[])' => q{SELECT learnify_internal.correct_words('softwear', '{softwear}')},
		'head_words(regconfig, uuid, text)' => "SELECT learnify_internal.head_words('simple', '$id{course}', 'Title')",
		'body_words(regconfig, uuid, text)' => "SELECT learnify_internal.body_words('english', '$id{course}', 'Text')",
		'write_documents(uuid[], boolean)' => "SELECT learnify_internal.write_documents('{$id{course}}', true)",
		'refresh_documents()' => 'SELECT learnify_internal.refresh_documents()',
		'refresh_search()' => 'SELECT public.refresh_search()',
		'record_interaction(uuid, uuid, text)' => "SELECT public.record_interaction('$ann', '$id{course}', 'saved')",
		'injected_variables(uuid, jsonb)' => "SELECT learnify_internal.injected_variables('$ann', '{}')",
		'onboard(uuid, text, text, text, jsonb)' => "SELECT public.onboard('$ann', 'Digital', 'baking', 'quant')",
		'record_review(uuid, integer, integer, integer, integer, jsonb, uuid)' => "SELECT public.record_review('$id{submission}', 90, 90, 90, 90)",
		'redeem_ticket(uuid, uuid)' => [ qq{SELECT learnify_internal.redeem_ticket('$ann', '$ann')}, '55L01' ],
		'request_answer(text, uuid)' => "SELECT learnify_internal.request_answer('domain_validation', '$id{archetype}')",
		'request_review(uuid)' => "SELECT public.request_review('$id{submission}')",
		'check_claim(integer, interval, integer)' => q{SELECT learnify_internal.check_claim(1, '1 minute', 1)},
		'claim_reviews(integer, interval, integer)' => 'SELECT * FROM public.claim_reviews(2)',
		'earlier_reviews(uuid, uuid)' => "SELECT learnify_internal.earlier_reviews('$ann', '$id{module}')",
		'give_up_reviews(integer)' => 'SELECT learnify_internal.give_up_reviews(1)',
		'lock_due_requests(text, integer, integer, integer)' => q{SELECT learnify_internal.lock_due_requests('review', 1, 0, 5)},
		'refuse_user(uuid, text)' => [ "SELECT learnify_internal.refuse_user('$ann')", 'P0002' ],
		'refuse_submission(uuid)' => [ "SELECT learnify_internal.refuse_submission('$ann')", 'P0002' ],
		'refresh_jobs(text, text, text, integer)' => q{SELECT * FROM learnify_internal.refresh_jobs('a', 'b', 'c')},
		'refresh_recommendations(uuid, jsonb, double precision, integer, integer)' =>
		  "SELECT public.refresh_recommendations(); SELECT public.refresh_recommendations('$ann')",
		'refresh_in_session(jsonb, double precision, integer)' => 'SELECT learnify_internal.refresh_in_session(NULL, 1, 1)',
		'refresh_in_workers(jsonb, double precision, integer, integer)' => 'SELECT learnify_internal.refresh_in_workers(NULL, 1, 1, 1)',
		'learner_ranges()' => 'SELECT * FROM learnify_internal.learner_ranges()',
		'renew_recommendation_model(jsonb, double precision, integer)' => 'SELECT learnify_internal.renew_recommendation_model(NULL, 1, 1)',
		'require_no_writes()' => 'SELECT learnify_internal.require_no_writes()',
		'require_workers(integer)' => 'SELECT learnify_internal.require_workers(1)',
		'tune_recommendation_model(interval)' => q{SELECT * FROM learnify_internal.tune_recommendation_model('1 second')},
		'refresh_trending(timestamp with time zone)' => 'SELECT public.refresh_trending()',
		'register_user(text, text, text, text)' =>
		  q{SELECT public.register_user('fay@example.org', 'correct horse', 'Fay', 'Europe/Berlin')},
		'rehome_reviews(uuid[], uuid[])' => "SELECT learnify_internal.rehome_reviews(ARRAY['$id{module}'::pg_catalog.uuid], ARRAY['$id{module}'::pg_catalog.uuid])",
		'rehome_submissions(uuid, uuid)' => "SELECT learnify_internal.rehome_submissions('$ann', '$id{module}')",
		'replace_all_recommendations(uuid, uuid, boolean)' => "SELECT learnify_internal.replace_all_recommendations($pair)",
		'replace_recommendations(text, uuid, uuid)' => "SELECT learnify_internal.replace_recommendations('trending', $pair)",
		'lock_present_courses(uuid[])' => "SELECT * FROM learnify_internal.lock_present_courses(ARRAY['$id{course}']::pg_catalog.uuid[])",
		'lock_present_users(uuid[])' => "SELECT * FROM learnify_internal.lock_present_users(ARRAY['$ann']::pg_catalog.uuid[])",
		'write_recommendations(text, uuid, uuid)' => "SELECT learnify_internal.write_recommendations('trending', $pair)",
		'report_recommendation_progress(text, bigint, bigint)' => q{SELECT learnify_internal.report_recommendation_progress('tests', 1, 2)},
		'relationship_page(regclass, name, name, uuid, integer, boolean, timestamp with time zone, uuid)' =>
		  "SELECT * FROM learnify_internal.relationship_page('public.user_relationships', 'follower_id', 'following_id', '$ann', 1, true, NULL, NULL)",
		'remove_follower(uuid, uuid)' => "SELECT public.remove_follower('$ann', '$bob')",
		'require_latest_content(uuid)' => "SELECT learnify_internal.require_latest_content('$id{course}')",
		'require_latest_holdings(uuid, uuid[])' => "SELECT learnify_internal.require_latest_holdings('$ann', '{$id{course}}')",
		'require_latest_follow(uuid, uuid)' => "SELECT learnify_internal.require_latest_follow('$ann', '$bob')",
		'request_domain_validation(uuid)' => "SELECT public.request_domain_validation('$id{archetype}')",
		'excerpt(text)' => q{SELECT learnify_internal.excerpt('refused')},
		'require_acting_user(uuid, text)' => "SELECT learnify_internal.require_acting_user('$ann', 'viewer_id')",
		'require_arguments("any")' => q{SELECT learnify_internal.require_arguments('n', 1)},
		'retake_course(uuid, uuid)' => "SELECT public.retake_course(p.user_id, p.course_id) FROM (SELECT * FROM public.user_progress AS q WHERE q.completed_at IS NOT NULL LIMIT 1) AS p",
		'completion_record(uuid, uuid)' => "SELECT * FROM public.completion_record('$ann', '$id{course}')",
		'completions(uuid)' => "SELECT * FROM learnify_internal.completions('$ann')",
		'present_completions(uuid, uuid)' => "SELECT * FROM learnify_internal.present_completions('$ann', NULL)",
		'add_completion_records(uuid, uuid)' => 'SELECT learnify_internal.add_completion_records(NULL, NULL)',
		'role_is_bound()' => 'SELECT learnify_internal.role_is_bound()',
		'require_course(uuid, uuid)' => "SELECT learnify_internal.require_course('$id{course}')",
		'require_role(text)' => q{SELECT learnify_internal.require_role('mallory')},
		'require_acting_user(uuid)' => "SELECT learnify_internal.require_acting_user('$ann')",
		'require_count(integer, integer)' => 'SELECT learnify_internal.require_count(1, 2)',
		'require_open_course(uuid)' => "SELECT learnify_internal.require_open_course('$id{course}')",
		'require_page(uuid, integer, timestamp with time zone, uuid)' => "SELECT learnify_internal.require_page('$ann', 1, NULL, NULL)",
		'require_pg_cron(text, text, text, integer)' => [ q{SELECT learnify_internal.require_pg_cron('a', 'b', 'c', 0)}, $no_cron ],
		'require_rule_limits(double precision, integer)' => 'SELECT learnify_internal.require_rule_limits(1, 1)',
		'require_text(text, text)' => q{SELECT learnify_internal.require_text(' x ', 'name')},
		'require_user(uuid, text)' => "SELECT learnify_internal.require_user('$ann')",
		'restore_shipped_rows(text[])' => 'SELECT public.restore_shipped_rows()',
		'retract_broadcast(uuid, text, uuid)' => "SELECT learnify_internal.retract_broadcast('$ann', 'review_passed', '$ann')",
		'retract_untrue(uuid, uuid)' => 'SELECT learnify_internal.retract_untrue(NULL, NULL)',
		'review_activities(architecture_reviews[])' =>
		  'SELECT a.activity FROM learnify_internal.review_activities(ARRAY(SELECT r FROM public.architecture_reviews AS r)) AS a',
		'row_count_estimate(regclass)' => q{SELECT learnify_internal.row_count_estimate('public.users')},
		'schedule_refresh(text, text, text, integer)' => [ 'SELECT * FROM public.schedule_refresh()', $no_cron ],
		'schema_variables(jsonb)' => q{SELECT learnify_internal.schema_variables('{"required": ["A"], "defaults": {"B": "b"}}')},
		'score_learners(integer, uuid, uuid)' => "SELECT * FROM learnify_internal.score_learners(5, $pair); "
		  . "SELECT * FROM learnify_internal.score_learners(5, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')",
		'set_variables(uuid, jsonb)' => qq{SELECT public.set_variables('$ann', '{"ENTITY": "loaf", "STATE": null}')},
		'settle_submissions(uuid, uuid)' => 'SELECT learnify_internal.settle_submissions(NULL, NULL)',
		'share_content(uuid)' => "SELECT learnify_internal.share_content('$id{course}')",
		'ship_achievements(uuid[])' => q{SELECT learnify_internal.ship_achievements('{6c656172-6e69-8679-8000-000000000101}')},
		'ship_blueprint_modules(uuid[])' => q{SELECT learnify_internal.ship_blueprint_modules('{6c656172-6e69-8679-8000-000000000001}')},
		'ship_untouched_rows()' => 'SELECT learnify_internal.ship_untouched_rows()',
		'shipped_achievements()' => 'SELECT * FROM learnify_internal.shipped_achievements()',
		'shipped_blueprint_modules()' => 'SELECT * FROM learnify_internal.shipped_blueprint_modules()',
		map({; "shipped_module_$_()" => "SELECT learnify_internal.shipped_module_$_()" }
			qw(archetype atom capstone decision_tree flow_state standard workflow)),
		'similar_courses(uuid, integer)' => "SELECT * FROM public.similar_courses('$id{course}')",
		'set_skill_edge(text, text, double precision)' => q{SELECT public.set_skill_edge('a', 'b', 2), public.set_skill_edge('a', 'b', 0)},
		'skill_edges()' => 'SELECT * FROM public.skill_edges()',
		'skill_adjacency(double precision, integer)' => 'SELECT * FROM public.skill_adjacency(1, 1)',
		'skill_recommendations(uuid, integer)' => "SELECT * FROM learnify_internal.skill_recommendations('$ann')",
		'social_reason(bigint, text[])' => q{SELECT learnify_internal.social_reason(3, '{Ann,Bob}')},
		'social_signals(integer, uuid, uuid, timestamp with time zone)' => "SELECT * FROM learnify_internal.social_signals(5, $pair, '2026-01-01'); "
		  . "SELECT * FROM learnify_internal.social_signals(5, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '2026-01-01')",
		'social_recommendations(uuid, integer, timestamp with time zone)' => "SELECT * FROM learnify_internal.social_recommendations('$ann')",
		'keys_in_one_case(jsonb, boolean)' => q{SELECT learnify_internal.keys_in_one_case('{"Entity": 1}', true)},
		'suggested_variables(jsonb)' => q{SELECT learnify_internal.suggested_variables('{"Entity": " x "}')},
		'skill_rules(double precision, integer)' => 'SELECT * FROM learnify_internal.skill_rules(1, 1)',
		'shipped_skill_edges()' => 'SELECT * FROM learnify_internal.shipped_skill_edges()',
		'skill_graph()' => 'SELECT * FROM learnify_internal.skill_graph()',
		'store_skill_edge(text, text, double precision)' => q{SELECT learnify_internal.store_skill_edge('atom', 'standard', 1), learnify_internal.store_skill_edge('atom', 'standard', 2)},
		'restore_skill_edges(text[])' => q{SELECT learnify_internal.restore_skill_edges('{atom > standard}')},
		'skill_edge_slug(text, text)' => q{SELECT learnify_internal.skill_edge_slug('a', 'b')},
		'skill_reason(text, text, bigint, double precision)' => q{SELECT learnify_internal.skill_reason('a', 'b', 1, 2)},
		'text_fault(text, text)' => q{SELECT learnify_internal.text_fault('x', 'name')},
		'try_share_lock(text)' => q{SELECT learnify_internal.try_share_lock('import')},
		'tidy_variables(jsonb)' => q{SELECT learnify_internal.tidy_variables('{"ENTITY": " x ", "LIST": ["x"]}')},
		'start_course(uuid, uuid)' => "SELECT public.start_course('$ann', '$id{untaken}')",
		'learning_streaks(uuid, timestamp with time zone)' => "SELECT * FROM public.learning_streaks('$ann')",
		'continues_streak(text, date, date)' => q{SELECT learnify_internal.continues_streak('UTC', '2026-01-01', '2026-01-02')},
		'streak_days(uuid, timestamp with time zone)' => "SELECT public.streak_days('$ann')",
		'submit_exercise(uuid, uuid, text, text, jsonb, integer, integer, uuid)' =>
		  "SELECT public.submit_exercise('$ann', '$id{exercise}', 'code', '$id{language}', '$id{results}')",
		'taken_courses(uuid)' => "SELECT learnify_internal.taken_courses('$ann')",
		'template_variables(jsonb, boolean)' => q{SELECT public.template_variables('["{A}"]'::pg_catalog.jsonb)},
		'template_variables(text, boolean)' => q{SELECT public.template_variables('{A}'::pg_catalog.text)},
		'test_case_passed(jsonb)' => q{SELECT learnify_internal.test_case_passed('{"passed": true}')},
		'trending_courses_for(text, uuid[], integer, uuid)' => "SELECT * FROM learnify_internal.trending_courses_for('Digital', '{$id{course}}', 5, '$ann')",
		'trending_recommendations(uuid, integer)' => "SELECT * FROM learnify_internal.trending_recommendations('$ann')",
		'require_login_due(bytea)' => [ q{SELECT learnify_internal.count_failed_login(f.address), learnify_internal.require_login_due(f.address) FROM pg_catalog.generate_series(1, 6) CROSS JOIN (SELECT 'y'::pg_catalog.bytea AS address) AS f}, '55L02' ],
		'require_rendered(jsonb, text, text)' => q{SELECT learnify_internal.require_rendered('{}'::pg_catalog.jsonb, 'content', 'content')},
		'require_rendered(text, text, text)' => [ q{SELECT learnify_internal.require_rendered(pg_catalog.repeat('x', 301), 'title', 'title')}, '22023' ],
		'require_size(jsonb, text, text)' => q{SELECT learnify_internal.require_size('{}'::pg_catalog.jsonb, 'content', 'content')},
		'require_size(text, text, text)' => [ q{SELECT learnify_internal.require_size(pg_catalog.repeat('x', 301), 'title', 'title')}, '22023' ],
		'text_rules()' => 'SELECT * FROM learnify_internal.text_rules()',
		'try_password(text, text, boolean)' => q{SELECT learnify_internal.try_password('correct horse', NULL, true)},
		'trending_tier(bigint)' => 'SELECT learnify_internal.trending_tier(33)',
		'trending_velocity(timestamp with time zone, timestamp with time zone)' =>
		  q{SELECT public.trending_velocity(p.started_at, 'now') FROM public.user_progress AS p},
		'trending_velocity_accum(bigint[], timestamp with time zone, timestamp with time zone)' =>
		  q{SELECT learnify_internal.trending_velocity_accum('{0,0}', '2026-01-01', '2026-01-01')},
		'trending_velocity_combine(bigint[], bigint[])' => q{SELECT learnify_internal.trending_velocity_combine('{0,1}', '{1,0}')},
		'trending_velocity_final(bigint[])' => q{SELECT learnify_internal.trending_velocity_final('{2,1}')},
		'unblock_user(uuid, uuid)' => "SELECT public.unblock_user('$ann', '$dee')",
		'unfollow_user(uuid, uuid)' => "SELECT public.unfollow_user('$ann', '$bob')",
		'unschedule_refresh()' => 'SELECT public.unschedule_refresh()',
		'update_progress(uuid, uuid, boolean)' => "SELECT learnify_internal.update_progress('$ann', '$id{course}', false)",
		'user_stats(uuid)' => "SELECT * FROM public.user_stats('$ann')",
		'velocity(bigint, bigint)' => 'SELECT public.velocity(2, 1)',
		'velocity_label(double precision)' => 'SELECT public.velocity_label(3)',
		'velocity_lower_bound(bigint, bigint, double precision, double precision)' => 'SELECT public.velocity_lower_bound(3, 0, 1)',
		'verify_password(text, text)' =>
		  q{SELECT public.verify_password('correct horse', '$2b$04$abcdefghijklmnopqrstuuT0AfF6cVHCHHmJdc0rMBHD0dKVnFhUe')},
		'verify_schema()' => 'SELECT * FROM public.verify_schema()',
		'visible_test_cases(uuid)' => "SELECT public.visible_test_cases('$id{exercise}')",
		'visibilities_to(uuid, uuid)' => "SELECT * FROM learnify_internal.visibilities_to('$bob', '$ann')",
		'visibility_to(uuid, uuid)' => "SELECT learnify_internal.visibility_to('$bob', '$ann')",
		'window_signups(timestamp with time zone, timestamp with time zone)' =>
		  q{SELECT public.window_signups(p.started_at, 'now') FROM public.user_progress AS p},

		# called last, since it deletes rows that other calls need
		'erase_user(uuid)' => "SELECT public.erase_user('$dee')");
}

# The calls of import_legacy and of its parts. Some of these must fail, because they read
# temporary tables that import_legacy creates.
sub import_calls
{
	my $no_table = '42P01';
	my $table = q{'legacy', 'generated_courses'};
	return (
		'import_adjustments(text)' => [ q{SELECT * FROM learnify_internal.import_adjustments('users')}, $no_table ],
		'import_base_type(oid)' => 'SELECT learnify_internal.import_base_type(20)',
		'import_boolean_expression(text, text)' => q{SELECT learnify_internal.import_boolean_expression('s.passed', 'integer')},
		'import_choice_expression(text, text[])' => q{SELECT learnify_internal.import_choice_expression('s.status', '{a,b}')},
		'import_columns(text, text)' => "SELECT * FROM learnify_internal.import_columns($table)",
		'import_decide_rows(text, boolean)' => [ q{SELECT learnify_internal.import_decide_rows('users', false)}, $no_table ],
		'import_can_be_awarded(jsonb)' => q{SELECT learnify_internal.import_can_be_awarded('{"metric": "courses_completed", "at_least": 1}')},
		'import_counts(text)' => q{SELECT * FROM public.import_counts('legacy')},
		'import_fault_expression(text, text, text)' => q{SELECT learnify_internal.import_fault_expression('title', 'text', 'title')},
		'import_fitted_expression(text, text, text, text)' =>
		  q{SELECT learnify_internal.import_fitted_expression('score', 'integer', '((score >= 0) AND (score <= 100))', NULL), learnify_internal.import_fitted_expression('content', 'jsonb', NULL, 'content')},
		'import_is_given_expression(text, text, text[], oid, text)' =>
		  q{SELECT learnify_internal.import_is_given_expression('status', 'text', '{a,b}', 25, NULL), learnify_internal.import_is_given_expression('name', 'text', NULL, 25, 'users.name')},
		'import_coming_rows_query(text, text[])' => q{SELECT learnify_internal.import_coming_rows_query('users', '{email}')},
		'import_note_fragment(text, text, text, text)' => [ q{SELECT learnify_internal.import_note_fragment('generated_courses', 'archetype_id', 'changed', '')}, $no_table ],
		'import_reconcile_progress()' => [ 'SELECT learnify_internal.import_reconcile_progress()', $no_table ],
		'import_json_text(json)' => q{SELECT learnify_internal.import_json_text('{}')},
		'import_shown_expression(text, text, oid)' => q{SELECT learnify_internal.import_shown_expression('raw_2', 'email', 25)},
		'import_hash_expression(text)' => [ q{SELECT learnify_internal.import_hash_expression('users')}, $no_table ],
		'import_is_recorded(text)' => q{SELECT learnify_internal.import_is_recorded('users')},
		'import_mark_changes(text, boolean)' => [ q{SELECT learnify_internal.import_mark_changes('users', false)}, $no_table ],
		'import_record_query(text)' => q{SELECT learnify_internal.import_record_query('TABLE t')},
		'import_record_rows(text)' => [ q{SELECT learnify_internal.import_record_rows('users')}, $no_table ],
		'import_refuse_deleted(text)' => [ q{SELECT learnify_internal.import_refuse_deleted('users')}, $no_table ],
		'import_take_changes(text)' => [ q{SELECT learnify_internal.import_take_changes('users')}, $no_table ],
		'import_complete_courses()' => [ 'SELECT learnify_internal.import_complete_courses()', $no_table ],
		'import_complete_modules()' => [ 'SELECT learnify_internal.import_complete_modules()', $no_table ],
		'import_index_references()' => [ 'SELECT learnify_internal.import_index_references()', $no_table ],
		'import_index_rows(text)' => [ q{SELECT learnify_internal.import_index_rows('users')}, $no_table ],
		'import_instant_expression(text, text)' => q{SELECT learnify_internal.import_instant_expression('s.created_at', k.kind) FROM pg_catalog.unnest('{timestamp,integer,text}'::pg_catalog.text[]) AS k (kind)},
		'import_fit_expression(text, text)' => q{SELECT learnify_internal.import_fit_expression('s.name', 'users.name')},
		'import_is_changed_expression(text, text, text[], oid, text)' =>
		  q{SELECT learnify_internal.import_is_changed_expression('status', 'text', '{a,b}', 25, NULL), learnify_internal.import_is_changed_expression('name', 'text', NULL, 25, 'users.name')},
		'import_is_uuid_expression(text)' => q{SELECT learnify_internal.import_is_uuid_expression('s.id')},
		'import_key_expression(text, text)' => q{SELECT learnify_internal.import_key_expression('s.id', 'text')},
		'import_legacy(text, text, boolean, boolean)' => q{SELECT * FROM public.import_legacy('legacy', 'Europe/Berlin')},
		'import_corrections()' => 'SELECT * FROM learnify_internal.import_corrections()',
		'import_mark_present_rows(text, text[])' => [ q{SELECT learnify_internal.import_mark_present_rows('users', '{id}')}, $no_table ],
		'import_match_shipped_rows(text)' => [ q{SELECT learnify_internal.import_match_shipped_rows('achievements')}, $no_table ],
		'import_number_expression(text, text)' => q{SELECT learnify_internal.import_number_expression('s.score', 'float')},
		'import_output_expression(text, text, text, text, integer, text[], text)' =>
		  q{SELECT learnify_internal.import_output_expression('started_at', 'timestamp with time zone', 'now()', NULL, 3, '{last_activity}', 'NULL')},
		'import_parse_instant(text)' => q{SELECT learnify_internal.import_parse_instant('2020-02-30'), learnify_internal.import_parse_instant('2020-02-02')},
		'import_parse_json(text)' => q{SELECT learnify_internal.import_parse_json('['), learnify_internal.import_parse_json('{"a": [1]}')},
		'import_raw_expression(text, oid)' => q{SELECT learnify_internal.import_raw_expression('score', 20)},
		'import_read_query(text, text)' => [ "SELECT learnify_internal.import_read_query($table)", $no_table ],
		'import_reason_expression(text)' => [ q{SELECT learnify_internal.import_reason_expression('users')}, $no_table ],
		'import_reference_fragments(text, integer)' => [ q{SELECT * FROM learnify_internal.import_reference_fragments('generated_courses', 2)}, $no_table ],
		'import_reference_type_expression(text)' => q{SELECT learnify_internal.import_reference_type_expression('s.reference_type')},
		'import_refusals()' => 'SELECT * FROM learnify_internal.import_refusals()',
		'import_refuse_duplicates(text, text[])' => [ q{SELECT learnify_internal.import_refuse_duplicates('users', '{id}')}, $no_table ],
		'import_reconcile_reviews()' => [ 'SELECT learnify_internal.import_reconcile_reviews()', $no_table ],
		'import_reconcile_submissions()' => [ 'SELECT learnify_internal.import_reconcile_submissions()', $no_table ],
		'import_report_lines(text, text)' => [ "SELECT * FROM learnify_internal.import_report_lines($table)", $no_table ],
		'import_require_source(text, text, boolean, boolean)' => q{SELECT learnify_internal.import_require_source('legacy', 'Europe/Berlin', false, false)},
		'import_resolve_query(text, text)' => [ "SELECT learnify_internal.import_resolve_query($table)", $no_table ],
		'import_source_from_item(text, text)' => q{SELECT learnify_internal.import_source_from_item('legacy', 'course_tags')},
		'import_source_relation(text, text)' => "SELECT learnify_internal.import_source_relation($table) IS NOT NULL",
		'import_stage_rows(text, text)' => [ q{SELECT learnify_internal.import_stage_rows('legacy', 'users')}, $no_table ],
		'import_substitutes()' => 'SELECT * FROM learnify_internal.import_substitutes()',
		'import_tables()' => 'SELECT * FROM learnify_internal.import_tables()',
		'import_text_expression(text, text)' => q{SELECT learnify_internal.import_text_expression('s.title', 'json')},
		'import_type_kind(oid)' => 'SELECT learnify_internal.import_type_kind(20)',
		'import_unique_keys(text)' => q{SELECT * FROM learnify_internal.import_unique_keys('users')},
		'import_value_expression(text, text, text[], oid, text)' =>
		  q{SELECT learnify_internal.import_value_expression('score', 'integer', NULL, 1700, NULL), learnify_internal.import_value_expression('name', 'text', NULL, 25, 'users.name')},
		'import_write_rows(text)' => [ q{SELECT learnify_internal.import_write_rows('users')}, $no_table ]);
}

# Returns statements that write to tables directly, so that each trigger fires.
sub statements
{
	my (%id) = @_;
	my $is = sub { "$_[0] OPERATOR(pg_catalog.=) '$_[1]'" };
	return (
		'DROP SCHEMA IF EXISTS nothing CASCADE',  # runs the event trigger
		q{INSERT INTO public.users (email, password_hash, name, time_zone) VALUES ('gus@example.org', '!', 'Gus', 'Asia/Tokyo')},
		"UPDATE public.users SET name = 'Annie', time_zone = 'Europe/Berlin' WHERE " . $is->('id', $ann),
		"UPDATE public.users SET max_visibility = 'private' WHERE " . $is->('id', $cem),
		[ "UPDATE public.users SET max_visibility = 'nobody' WHERE " . $is->('id', $cem), '23514' ],
		[ 'UPDATE public.users SET name = NULL WHERE ' . $is->('id', $cem), '23502' ],
		"UPDATE public.user_variables SET variable_value = 'x' WHERE " . $is->('user_id', $ann),
		"UPDATE public.user_archetypes SET domain = 'tea' WHERE " . $is->('user_id', $ann),
		"UPDATE public.generated_courses SET title = 'x' WHERE " . $is->('id', $id{course}),
		q{UPDATE public.blueprint_modules SET title_template = 'x' WHERE } . $is->('module_number', 1),
		q{INSERT INTO public.blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
		  VALUES (2, 'mine', 'x', '', 'beginner', 1)},
		[ 'DELETE FROM public.blueprint_modules WHERE ' . $is->('module_number', 1), '55000' ],
		q{UPDATE public.achievements SET description = 'x' WHERE } . $is->('slug', 'first-module'),
		q{INSERT INTO public.achievements (name, slug, description, criteria, rarity)
		  VALUES ('Flawless', 'flawless', 'x', '{"metric": "perfect_scores", "at_least": 1}', 'epic')},
		[ 'DELETE FROM public.achievements WHERE ' . $is->('slug', 'first-module'), '55000' ],
		"INSERT INTO public.user_progress (user_id, course_id, time_spent_minutes) SELECT '$bob', c.id, 600 FROM public.generated_courses AS c WHERE "
		  . $is->('c.user_id', $bob),
		[ "UPDATE public.user_progress SET user_id = '$cem' WHERE " . $is->('user_id', $bob), '55000' ],
		'UPDATE public.user_progress SET progress_percentage = 100, time_spent_minutes = 700, last_activity = last_activity WHERE ' . $is->('user_id', $bob),
		"INSERT INTO public.module_completions (user_id, module_id, exercise_id, language, passed, score) VALUES ('$bob', '$id{module}', '$id{exercise}', '$id{language}', true, 100)",
		'UPDATE public.module_completions SET passed = false, score = 0 WHERE ' . $is->('user_id', $cem),
		q{UPDATE public.module_completions SET submitted_code = 'z' WHERE } . $is->('user_id', $cem),
		'DELETE FROM public.module_completions WHERE ' . $is->('user_id', $cem),
		"INSERT INTO public.architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score) VALUES ('$bob', '$id{module}', 90, 90, 90, 90)",
		'UPDATE public.architecture_reviews SET taste_score = 50 WHERE ' . $is->('user_id', $bob),
		'DELETE FROM public.architecture_reviews WHERE ' . $is->('user_id', $bob),
		"INSERT INTO public.user_achievements (user_id, achievement_id) SELECT '$cem', a.id FROM public.achievements AS a WHERE "
		  . $is->('a.slug', 'hundred-hours'),
		'DELETE FROM public.user_achievements WHERE ' . $is->('user_id', $cem),
		'TRUNCATE public.user_achievements',
		"DELETE FROM public.user_relationships WHERE " . $is->('follower_id', $bob),
		"UPDATE public.users SET follow_policy = 'approve' WHERE " . $is->('id', $ann),
		"SET learnify.notify = on; INSERT INTO public.user_relationships (follower_id, following_id) VALUES ('$bob', '$ann'), ('$bob', '$cem')",
		"DELETE FROM public.users WHERE " . $is->('id', $cem),

		# content under learners
		"INSERT INTO public.exercises (module_id, exercise_number, title, language, difficulty) VALUES ('$id{module}', 9, 'x', 'python', 'easy')",
		"INSERT INTO public.generated_modules (id, course_id, module_number, title) VALUES ('$ann', '$id{untaken}', 3, 'x') ON CONFLICT DO NOTHING",
		'UPDATE public.exercises SET exercise_number = 8, module_id = (SELECT m.id FROM public.generated_modules AS m WHERE '
		  . $is->('m.course_id', $id{untaken}) . ' ORDER BY m.module_number LIMIT 1) WHERE ' . $is->('id', $id{exercise}),
		"UPDATE public.generated_modules SET module_number = (SELECT pg_catalog.max(m.module_number) FROM public.generated_modules AS m WHERE "
		  . $is->('m.id', $id{module}) . ') WHERE ' . $is->('id', $id{module}),
		'DELETE FROM public.exercises WHERE ' . $is->('id', $id{exercise}),
		'DELETE FROM public.generated_modules WHERE ' . $is->('id', $id{module}),
		'DELETE FROM public.user_progress WHERE ' . $is->('user_id', $bob),
		[ 'DELETE FROM public.generated_courses WHERE ' . $is->('id', $id{course}), '55006' ],

		# without its index, the ticker falls back to a query
		'ALTER TABLE public.activity_feed DROP CONSTRAINT activity_feed_pkey; '
		  . "DO \$\$ DECLARE i record; BEGIN FOR i IN SELECT x.indexrelid FROM pg_catalog.pg_index AS x WHERE x.indrelid OPERATOR(pg_catalog.=) 'public.activity_feed'::pg_catalog.regclass LOOP EXECUTE pg_catalog.format('DROP INDEX %s', i.indexrelid::pg_catalog.regclass); END LOOP; END \$\$",
		"SELECT * FROM public.activity_ticker('$ann')");
}

#
# Sessions
#

# Runs all commands in one psql session. Returns the output and SQLSTATE of each.
sub run
{
	my ($database, $role, $before, @commands) = @_;
	my $script = "SET ROLE $role;\n$before\n\\echo [begin]\n";
	$script .= "\\echo [$_]\n$commands[$_];\n\\echo [/$_ :SQLSTATE]\n" foreach 0 .. $#commands;
	my $output = '';
	IPC::Run::run([ 'psql', '-XqAt', '-d', $node->connstr($database), '-f', '-' ], '<', \$script, '>&', \$output);
	my ($preparation) = $output =~ /\A(.*)^\[begin\]$/ms;
	is($preparation =~ s/^(?:relation|type) \d+\n//mgr, '', "$database, $role: preparing the session prints nothing");
	my @results;
	$results[$1] = [ $2, $3 ] while $output =~ /^\[(\d+)\]\n(.*?)^\[\/\1 (\w+)\]$/msg;
	return @results;
}

# Masks ids, times, hashes, process ids and database names, and sorts the rest, whose order
# may depend on random ids.
sub comparable
{
	my ($output) = @_;
	$output =~ s/^psql:<stdin>:\d+: //mg;
	$output =~ s/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/<id>/g;
	$output =~ s/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?/<instant>/g;
	$output =~ s/\$2b\$04\$\S{53}/<hash>/g;
	$output =~ s/^\d+(?=\|tests\|)/<process>/mg;
	$output =~ s/called_by_\w+/<database>/g;
	return join "\n", sort split /[\n,{}\[\]]+/, $output;
}

# Checks the results of commands, each [ name, SQL, SQLSTATE expected ]: no shadow may have
# been used. If %may_succeed is given, other functions may also be refused for lack of
# privileges.
sub is_as_expected
{
	my ($where, $commands, $results, %may_succeed) = @_;
	subtest "called by $where" => sub {
		foreach my $number (0 .. $#$commands)
		{
			my ($name, $sql, $state) = @{ $commands->[$number] };
			my ($output, $got) = @{ $results->[$number] // [ '(nothing)', 'none' ] };
			my $is_refused = $got eq '42501' && $output =~ /permission denied|row-level security|may not act/;
			ok($output !~ /hostile/ && ($got eq $state || %may_succeed && !$may_succeed{$name} && $is_refused), $name)
			  or diag("SQLSTATE $got of $sql\n$output");
		}
	};
}

#
# The tests
#

# The extension is created and updated with the shadows of PostgreSQL's objects in place.
create_database($node, 'original');
my $made = $node->safe_psql('original', "$alarms " . shadows('hostile'));
my %made = map { split / / } split /\n/, $made;
cmp_ok($made{function} // 0, '>', 2000, 'functions are shadowed');
cmp_ok($made{operator} // 0, '>', 500, 'operators are shadowed');
cmp_ok($made{relation} // 0, '>', 100, 'relations are shadowed');
cmp_ok($made{type} // 0, '>', 50, 'types are shadowed');
is($made{cast}, 8, 'casts are shadowed');
$node->safe_psql('original', shadows('pg_temp') . <<~'SQL');
	SET search_path = hostile, pg_catalog, public;
	CREATE EXTENSION learnify SCHEMA public VERSION '0.1.0';
	ALTER EXTENSION learnify UPDATE;
	SQL
# Now shadow the extension's objects as well.
$node->safe_psql('original', 'SET ROLE mallory; ' . shadows('hostile'));
my %id = populate('original');
copy_database($node, "called_by_$_", 'original') foreach qw(nobody owner attacker);

my %calls = (calls(%id), import_calls());
my $is_trigger = "p.prorettype IN ('pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype)";
my @functions = split /\n/, quiet_psql($node, 'original', "$functions AND NOT $is_trigger ORDER BY p.proname = 'erase_user', 1");
is_deeply([ grep { !exists $calls{$_} } @functions ], [], 'every function has a call in this test');
my %is_function = map { $_ => 1 } @functions;
is_deeply([ grep { !$is_function{$_} } sort keys %calls ], [], 'every call is of an existing function');

my @calls = map { my $call = $calls{$_} // 'SELECT'; [ $_, ref $call ? @$call : ($call, '00000') ] } @functions;
my @statements = map { [ ref $_ ? ($_->[0], @$_) : ($_, $_, '00000') ] } statements(%id);
my $settings = "SET learnify.user_id = '$ann'; SET learnify.notify = on;";
my $hostile_session = shadows('pg_temp') . $settings . 'SET search_path = hostile, pg_catalog, public;';

my @peaceful = run('called_by_nobody', 'postgres', $settings, map { $_->[1] } @calls, @statements);
is_as_expected('the owner without shadows in search_path', [ @calls, @statements ], \@peaceful);

my @owner = run('called_by_owner', 'postgres', $hostile_session, map { $_->[1] } @calls, @statements);
is_as_expected('the owner', [ @calls, @statements ], \@owner);
subtest 'the results with and without shadows are the same' => sub {
	is(comparable($owner[$_][0]), comparable($peaceful[$_][0]), $calls[$_][0]) foreach 0 .. $#calls;
};

my %definers = map { $_ => 1 } split /\n/, quiet_psql($node, 'original',
	"$functions AND NOT $is_trigger AND p.prosecdef AND pg_catalog.has_function_privilege('mallory', p.oid, 'EXECUTE')");
cmp_ok(scalar(keys %definers), '>', 15, 'the attacker may call SECURITY DEFINER functions');
my @attacker = run('called_by_attacker', 'mallory', $hostile_session, map { $_->[1] } @calls);
is_as_expected('the attacker', \@calls, \@attacker, %definers);

# In a plain database there is no trigger of these two.
is(quiet_psql($node, 'called_by_owner', "$functions AND $is_trigger AND p.proname <> ALL ('{on_each_group,end_blocked_follows}')
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_user_functions AS s WHERE s.funcid = p.oid) ORDER BY 1"), '', 'every trigger function has run');

# The calls do not reach every branch of a function, so check the settings as well.
is(quiet_psql($node, 'original', "$functions AND p.prosqlbody IS NULL AND p.prolang <> ALL (ARRAY(SELECT l.oid FROM pg_catalog.pg_language AS l WHERE l.lanname IN ('c', 'internal')))
	AND NOT p.proconfig \@> '{\"search_path=pg_catalog, pg_temp\"}'"), '', 'every function whose body is a string sets search_path');
is(quiet_psql($node, 'original', "$functions AND p.prosecdef AND coalesce(NOT p.proconfig \@> '{\"search_path=pg_catalog, pg_temp\"}', true)"), '',
	'every SECURITY DEFINER function sets search_path');

done_testing();
