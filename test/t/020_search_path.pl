# Nothing that somebody put in the way runs, and nothing of theirs is read. All
# functions, operators, types, tables and views that PostgreSQL and the extension
# have are there a second time, in a schema of an attacker and, as far as such
# objects are looked for there, among the temporary ones; each raises an alarm.
# With that schema first in search_path, even before pg_catalog, every function of
# the extension is called and every trigger fired: by an owner, to see whether
# the attacker gets hold of their privileges, and by the attacker, to see whether
# functions that run as their owner give theirs away. A function for which no
# call is given here fails the test.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntrack_functions = all\nclient_min_messages = warning\n");
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

# Functions are looked for in no temporary schema: there, only types and relations.
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
		    -- an aggregate is shadowed by a plain function, which fails in its place
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
		      NULL;  -- what nobody but the core can make
		    END;
		  END LOOP;
		  PERFORM set_config('hostile.made', made::text, false);
		END
		\$shadows\$;
		SELECT format('%s %s', k.key, k.value) FROM jsonb_each_text(current_setting('hostile.made')::jsonb) AS k ORDER BY 1;
		SQL
}

# Before the first shadow, what they call.
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
# A database with something in every table
#

my ($ann, $bob, $cem, $dee) = map { "00000000-0000-4000-8000-00000000000$_" } 1 .. 4;

sub populate
{
	my ($database) = @_;
	quiet_psql($node, $database, <<~SQL);
		SET learnify.password_cost = 4;
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
		untaken    => quiet_psql($node, $database, "SELECT id FROM generated_courses WHERE user_id = '$dee'"),
		archetype  => quiet_psql($node, $database, "SELECT id FROM user_archetypes WHERE user_id = '$cem'"),
		submission => quiet_psql($node, $database, "SELECT id FROM module_completions WHERE user_id = '$ann' AND module_id = '$module'"));
}

#
# Calls
#

# By signature: the call, and its SQLSTATE where it has to fail. Each name is
# qualified, so that no shadow is the test's own doing.
sub calls
{
	my (%id) = @_;
	my $pair = "'$ann', '$ann'";
	my $no_cron = '55000';
	return (
		'activity_ticker(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.activity_ticker('$ann')",
		'authenticate(text, text)' => q{SELECT public.authenticate('eve@example.org', 'correct horse')},
		'automation_enabled()' => 'SELECT learnify_internal.automation_enabled()',
		'award_achievements(uuid)' => "SELECT public.award_achievements('$ann')",
		'activity_types()' => 'SELECT * FROM learnify_internal.activity_types()',
		'metrics()' => 'SELECT * FROM learnify_internal.metrics()',
		'model_defaults()' => 'SELECT * FROM learnify_internal.model_defaults()',
		'recommendation_kinds()' => 'SELECT * FROM learnify_internal.recommendation_kinds()',
		'recommendation_validity(text)' => q{SELECT learnify_internal.recommendation_validity('trending')},
		'takes_course(text)' => q{SELECT learnify_internal.takes_course('enrolled')},
		'shows_interest(text, double precision)' => q{SELECT learnify_internal.shows_interest('enrolled', 1)},
		'excludes_course(text, double precision)' => q{SELECT learnify_internal.excludes_course('viewed', -1)},
		'model_columns()' => 'SELECT learnify_internal.model_columns()',
		'completed_courses(uuid)' => "SELECT learnify_internal.completed_courses('$ann')",
		'is_shown_to_followers(text, boolean)' => q{SELECT learnify_internal.is_shown_to_followers('public', true)},
		'record_catalog(jsonb)' => q{BEGIN; SELECT learnify_internal.record_catalog('[]'); ROLLBACK},
		'grant_backend(regrole)' => "SELECT public.grant_backend('backend')",
		'award_for_event(uuid, text)' => "SELECT learnify_internal.award_for_event('$ann', 'submission')",
		'blueprint_missing_variables(jsonb)' => q{SELECT * FROM learnify_internal.blueprint_missing_variables('{"ENTITY": "starter"}')},
		'broadcast(uuid, text, text, uuid, jsonb, timestamp with time zone)' =>
		  "SELECT learnify_internal.broadcast('$ann', 'review_passed', 'review', '$ann', '{}', '2026-01-01')",
		'broadcast_completion(uuid, uuid)' => "SELECT learnify_internal.broadcast_completion('$ann', '$id{module}')",
		'broadcast_solution(uuid, uuid, uuid, integer, timestamp with time zone)' =>
		  "SELECT learnify_internal.broadcast_solution('$ann', '$id{module}', '$id{exercise}', 90, '2026-01-01')",
		'check_course_can_be_generated(user_archetypes, uuid, jsonb)' => [
			q{SELECT learnify_internal.check_course_can_be_generated(a, a.user_id, '{}') FROM public.user_archetypes AS a}, '42P02' ],
		'choose_archetype(uuid, text, text, text)' => "SELECT public.choose_archetype('$ann', 'Digital', 'baking', 'quant')",
		'claim_domain_validations(integer)' => 'SELECT * FROM public.claim_domain_validations(2)',
		'collaborative_match_score(double precision, double precision)' => 'SELECT learnify_internal.collaborative_match_score(1, 2)',
		'collaborative_reason(text, text, text)' => q{SELECT learnify_internal.collaborative_reason('a', 'b', 'c')},
		'check_blueprint()' => 'SELECT * FROM public.check_blueprint()',
		'check_template(jsonb, text[])' => q{SELECT * FROM public.check_template('{"a": "{ A } {C}"}'::pg_catalog.jsonb, '{A,B}')},
		'check_template(text, text[])' => q{SELECT * FROM public.check_template('{ A } {C}'::pg_catalog.text, '{A,B}')},
		'collaborative_recommendations(uuid, integer)' => "SELECT * FROM learnify_internal.collaborative_recommendations('$ann')",
		'course_outline(uuid, uuid)' => "SELECT * FROM public.course_outline('$ann', '$id{course}')",
		'add_minutes(integer, bigint)' => 'SELECT learnify_internal.add_minutes(52559999, 5), learnify_internal.add_minutes(5, -9)',
		'corrected_time(timestamp with time zone, timestamp with time zone)' =>
		  q{SELECT learnify_internal.corrected_time('2026-01-01', '2026-01-02'), learnify_internal.corrected_time('2026-01-01', 'infinity')},
		'effect_time(timestamp with time zone)' =>
		  q{SELECT learnify_internal.effect_time('2026-01-01'), learnify_internal.effect_time('infinity')},
		'first_module_to_do(uuid, uuid)' => "SELECT learnify_internal.first_module_to_do('$ann', '$id{course}')",
		'is_submitted(uuid, uuid, uuid, text, text, jsonb, integer)' => [
			"SELECT learnify_internal.is_submitted(s.id, s.user_id, s.exercise_id, 'other', s.language, s.test_results, 0) FROM public.module_completions AS s LIMIT 1", '23505' ],
		'metric_reached_at(uuid, text, numeric)' =>
		  "SELECT m.metric, learnify_internal.metric_reached_at('$ann', m.metric, 1) FROM learnify_internal.metrics() AS m",
		'possible_minutes(text)' => q{SELECT learnify_internal.possible_minutes('module_completions')},
		'refuse_minutes(text, integer)' => [ q{SELECT learnify_internal.refuse_minutes('user_progress', 52560001)}, '23514' ],
		'correct_broadcast(uuid, text, uuid, numeric, timestamp with time zone)' =>
		  "SELECT learnify_internal.correct_broadcast('$ann', 'exercise_solved', '$id{exercise}', 50, '2026-01-01')",
		'current_learner()' => 'SELECT public.current_learner()',
		'describe_schema()' => 'SELECT * FROM learnify_internal.describe_schema()',
		'dismiss_recommendation(uuid, uuid)' => "SELECT public.dismiss_recommendation('$ann', '$id{untaken}')",
		'dummy_password_hash()' => 'SELECT learnify_internal.dummy_password_hash()',
		'evaluate_recommendations(double precision, integer)' => 'SELECT * FROM public.evaluate_recommendations()',
		'export_user(uuid)' => "SELECT public.export_user('$ann')",
		'fit_recommendation_model(integer, double precision, double precision, double precision, double precision, integer)' =>
		  'SELECT learnify_internal.fit_recommendation_model(100, 100, 0, 0, 1, 1)',
		'fit_similar_courses(integer, double precision, double precision, double precision)' =>
		  'SELECT * FROM learnify_internal.fit_similar_courses(100, 100, 0, 0)',
		'follow_user(uuid, uuid)' => "SELECT public.follow_user('$ann', '$bob')",
		'follower_count(uuid)' => "SELECT public.follower_count('$ann')",
		'followers(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.followers('$ann')",
		'following(uuid, integer, timestamp with time zone, uuid)' => "SELECT * FROM public.following('$ann')",
		'following_count(uuid)' => "SELECT public.following_count('$ann')",
		'fresh_recommendations(text, uuid, uuid)' => join('; ', map { "SELECT * FROM learnify_internal.fresh_recommendations('$_', $pair)" }
			  qw(collaborative_filtering skill_adjacency social_signal trending)),
		'generate_course(uuid, jsonb)' => "SELECT public.generate_course('$ann')",
		'get_variables(uuid)' => "SELECT public.get_variables('$ann')",
		'grant_learner(regrole)' => q{SELECT public.grant_learner('mallory')},
		'hash_password(text)' => q{SELECT public.hash_password('correct horse')},
		'home_rows(uuid, integer)' => "SELECT * FROM public.home_rows('$ann')",
		'inject_variables(jsonb, jsonb, text)' => q{SELECT public.inject_variables('["{A}"]'::pg_catalog.jsonb, '{"A": 1}')},
		'inject_variables(text, jsonb, text)' => q{SELECT public.inject_variables('{A}{B}'::pg_catalog.text, '{"A": 1.5, "B": true}')},
		'is_time_zone_name(text)' => q{SELECT public.is_time_zone_name('Europe/Berlin')},
		'join_words(text[])' => q{SELECT learnify_internal.join_words('{a,b,c}')},
		'learner_metric(uuid, text)' => "SELECT learnify_internal.learner_metric('$ann', 'streak_days')",
		'learnify_status()' => 'SELECT version, available_version, update_path, row_counts FROM public.learnify_status()',
		'limit_visibility(text, text)' => q{SELECT learnify_internal.limit_visibility('public', 'friends')},
		'living_resume(uuid, uuid)' => "SELECT public.living_resume('$bob', '$ann')",
		'lock_learner(uuid)' => "SELECT learnify_internal.lock_learner('$ann')",
		'mastered_tags()' => 'SELECT * FROM learnify_internal.mastered_tags()',
		'mastered_title(text[])' => q{SELECT learnify_internal.mastered_title('{a,b,c,d}')},
		'may_name_people(uuid, jsonb)' => qq{SELECT learnify_internal.may_name_people('$ann', '{"user_ids": ["$bob"]}')},
		'may_read_activity(uuid, text)' => "SELECT learnify_internal.may_read_activity('$bob', 'friends')",
		'missing_variables(uuid)' => "SELECT * FROM public.missing_variables('$ann')",
		'module_metadata(uuid)' => "SELECT learnify_internal.module_metadata('$id{module}')",
		'module_result(uuid, uuid)' => "SELECT * FROM learnify_internal.module_result('$ann', '$id{module}')",
		'module_state(uuid, uuid)' => "SELECT * FROM learnify_internal.module_state('$ann', '$id{module}')",
		'module_states(uuid, uuid)' => "SELECT * FROM learnify_internal.module_states('$ann', '$id{course}')",
		'pg_cron_database()' => 'SELECT learnify_internal.pg_cron_database()',
		'popular_courses(uuid, integer)' => "SELECT * FROM learnify_internal.popular_courses('$ann', 5)",
		'recommendation_progress()' => 'SELECT * FROM public.recommendation_progress()',
		'record_domain_validation(uuid, jsonb)' =>
		  qq{SELECT public.record_domain_validation('$id{archetype}', '{"is_valid": true, "reason": "r", "variables": {"ENTITY": "x"}}')},
		'record_interaction(uuid, uuid, text, timestamp with time zone)' =>
		  "SELECT learnify_internal.record_interaction('$ann', '$id{course}', 'completed', '2026-01-01')",
		'record_review(uuid, integer, integer, integer, integer, jsonb)' => "SELECT public.record_review('$id{submission}', 90, 90, 90, 90)",
		'refresh_jobs(text, text)' => q{SELECT * FROM learnify_internal.refresh_jobs('a', 'b')},
		'refresh_recommendations(uuid, integer, double precision, double precision, double precision, double precision, integer)' =>
		  "SELECT public.refresh_recommendations(); SELECT public.refresh_recommendations('$ann')",
		'refresh_trending(timestamp with time zone)' => 'SELECT public.refresh_trending()',
		'register_user(text, text, text, text)' =>
		  q{SELECT public.register_user('fay@example.org', 'correct horse', 'Fay', 'Europe/Berlin')},
		'replace_all_recommendations(uuid, uuid)' => "SELECT learnify_internal.replace_all_recommendations($pair)",
		'replace_recommendations(text, uuid, uuid)' => "SELECT learnify_internal.replace_recommendations('trending', $pair)",
		'report_recommendation_progress(text, bigint, bigint)' => q{SELECT learnify_internal.report_recommendation_progress('tests', 1, 2)},
		'request_domain_validation(uuid)' => "SELECT public.request_domain_validation('$id{archetype}')",
		'require_acting_user(uuid)' => "SELECT learnify_internal.require_acting_user('$ann')",
		'require_count(integer, integer)' => 'SELECT learnify_internal.require_count(1, 2)',
		'require_model_parameters(integer, double precision, double precision, double precision)' =>
		  'SELECT learnify_internal.require_model_parameters(1, 1, 1, 1)',
		'require_open_course(uuid)' => "SELECT learnify_internal.require_open_course('$id{course}')",
		'require_page(uuid, integer, timestamp with time zone, uuid)' => "SELECT learnify_internal.require_page('$ann', 1, NULL, NULL)",
		'require_pg_cron(text, text)' => [ q{SELECT learnify_internal.require_pg_cron('a', 'b')}, $no_cron ],
		'require_rule_limits(double precision, integer)' => 'SELECT learnify_internal.require_rule_limits(1, 1)',
		'require_user(uuid)' => "SELECT learnify_internal.require_user('$ann')",
		'restore_shipped_rows(text[])' => 'SELECT public.restore_shipped_rows()',
		'retract_broadcast(uuid, text, uuid)' => "SELECT learnify_internal.retract_broadcast('$ann', 'review_passed', '$ann')",
		'review_activities(architecture_reviews[])' =>
		  'SELECT a.activity FROM learnify_internal.review_activities(ARRAY(SELECT r FROM public.architecture_reviews AS r)) AS a',
		'row_count_estimate(regclass)' => q{SELECT learnify_internal.row_count_estimate('public.users')},
		'schedule_refresh(text, text)' => [ 'SELECT * FROM public.schedule_refresh()', $no_cron ],
		'schema_variables(jsonb)' => q{SELECT learnify_internal.schema_variables('{"required": ["A"], "defaults": {"B": "b"}}')},
		'score_learners(integer, uuid, uuid)' => "SELECT * FROM learnify_internal.score_learners(5, $pair); "
		  . "SELECT * FROM learnify_internal.score_learners(5, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')",
		'set_variables(uuid, jsonb)' => qq{SELECT public.set_variables('$ann', '{"ENTITY": "loaf", "STATE": null}')},
		'ship_achievements(uuid[])' => q{SELECT learnify_internal.ship_achievements('{6c656172-6e69-8679-8000-000000000101}')},
		'ship_blueprint_modules(uuid[])' => q{SELECT learnify_internal.ship_blueprint_modules('{6c656172-6e69-8679-8000-000000000001}')},
		'ship_untouched_rows()' => 'SELECT learnify_internal.ship_untouched_rows()',
		'shipped_achievements()' => 'SELECT * FROM learnify_internal.shipped_achievements()',
		'shipped_blueprint_modules()' => 'SELECT * FROM learnify_internal.shipped_blueprint_modules()',
		map({; "shipped_module_$_()" => "SELECT learnify_internal.shipped_module_$_()" }
			qw(archetype atom capstone decision_tree flow_state standard workflow)),
		'similar_courses(uuid, integer)' => "SELECT * FROM public.similar_courses('$id{course}')",
		'skill_adjacency(double precision, integer)' => 'SELECT * FROM public.skill_adjacency(1, 1)',
		'skill_recommendations(uuid, integer)' => "SELECT * FROM learnify_internal.skill_recommendations('$ann')",
		'social_recommendations(uuid, integer, timestamp with time zone)' => "SELECT * FROM learnify_internal.social_recommendations('$ann')",
		'start_course(uuid, uuid)' => "SELECT public.start_course('$ann', '$id{untaken}')",
		'streak_days(uuid, timestamp with time zone)' => "SELECT public.streak_days('$ann')",
		'submit_exercise(uuid, uuid, text, text, jsonb, integer, integer, uuid)' =>
		  "SELECT public.submit_exercise('$ann', '$id{exercise}', 'code', '$id{language}', '$id{results}')",
		'taken_courses(uuid)' => "SELECT learnify_internal.taken_courses('$ann')",
		'template_variables(jsonb, boolean)' => q{SELECT public.template_variables('["{A}"]'::pg_catalog.jsonb)},
		'template_variables(text, boolean)' => q{SELECT public.template_variables('{A}'::pg_catalog.text)},
		'test_case_passed(jsonb)' => q{SELECT learnify_internal.test_case_passed('{"passed": true}')},
		'trending_recommendations(uuid, integer)' => "SELECT * FROM learnify_internal.trending_recommendations('$ann')",
		'trending_velocity(timestamp with time zone, timestamp with time zone)' =>
		  q{SELECT public.trending_velocity(p.started_at, 'now') FROM public.user_progress AS p},
		'trending_velocity_accum(bigint[], timestamp with time zone, timestamp with time zone)' =>
		  q{SELECT learnify_internal.trending_velocity_accum('{0,0}', '2026-01-01', '2026-01-01')},
		'trending_velocity_combine(bigint[], bigint[])' => q{SELECT learnify_internal.trending_velocity_combine('{0,1}', '{1,0}')},
		'trending_velocity_final(bigint[])' => q{SELECT learnify_internal.trending_velocity_final('{2,1}')},
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
		'visible_to(uuid, uuid)' => "SELECT learnify_internal.visible_to('$bob', '$ann')",
		'window_signups(timestamp with time zone, timestamp with time zone)' =>
		  q{SELECT public.window_signups(p.started_at, 'now') FROM public.user_progress AS p},

		# at last, since it takes away what others need
		'erase_user(uuid)' => "SELECT public.erase_user('$dee')");
}

# import_legacy, and what it is made of: some read temporary tables that only it makes.
sub legacy_calls
{
	my $no_table = '42P01';
	my $table = q{'legacy', 'generated_courses'};
	return (
		'find_present_rows(text, text[])' => [ q{SELECT learnify_internal.find_present_rows('users', '{id}')}, $no_table ],
		'import_legacy(text, text, boolean)' => q{SELECT * FROM public.import_legacy('legacy', 'Europe/Berlin')},
		'index_legacy_references()' => [ 'SELECT learnify_internal.index_legacy_references()', $no_table ],
		'index_legacy_rows(text)' => [ q{SELECT learnify_internal.index_legacy_rows('users')}, $no_table ],
		'legacy_adjustments(text, text)' => "SELECT * FROM learnify_internal.legacy_adjustments($table)",
		'legacy_base_type(oid)' => 'SELECT learnify_internal.legacy_base_type(20)',
		'legacy_bounds()' => 'SELECT * FROM learnify_internal.legacy_bounds()',
		'legacy_booleans(text, text)' => q{SELECT learnify_internal.legacy_booleans('s.passed', 'integer')},
		'legacy_changes(text, text, text[], oid)' => q{SELECT learnify_internal.legacy_changes('status', 'text', '{a,b}', 25)},
		'legacy_choices(text, text[])' => q{SELECT learnify_internal.legacy_choices('s.status', '{a,b}')},
		'legacy_columns(text, text)' => "SELECT * FROM learnify_internal.legacy_columns($table)",
		'legacy_instant(text)' => q{SELECT learnify_internal.legacy_instant('2020-02-30'), learnify_internal.legacy_instant('2020-02-02')},
		'legacy_instants(text, text)' => q{SELECT learnify_internal.legacy_instants('s.created_at', k.kind) FROM pg_catalog.unnest('{timestamp,integer,text}'::pg_catalog.text[]) AS k (kind)},
		'legacy_is_uuid(text)' => q{SELECT learnify_internal.legacy_is_uuid('s.id')},
		'legacy_json(text)' => q{SELECT learnify_internal.legacy_json('['), learnify_internal.legacy_json('{"a": [1]}')},
		'legacy_key(text, text)' => q{SELECT learnify_internal.legacy_key('s.id', 'text')},
		'legacy_keys(text)' => q{SELECT * FROM learnify_internal.legacy_keys('users')},
		'legacy_kind(oid)' => 'SELECT learnify_internal.legacy_kind(20)',
		'legacy_number(text, text)' => q{SELECT learnify_internal.legacy_number('s.score', 'float')},
		'legacy_output(text, text, text, text, text[])' =>
		  q{SELECT learnify_internal.legacy_output('user_progress', 'started_at', 'timestamp with time zone', 'now()', '{last_activity}')},
		'legacy_raw(text, oid)' => q{SELECT learnify_internal.legacy_raw('score', 20)},
		'legacy_reading(text, text)' => "SELECT learnify_internal.legacy_reading($table)",
		'legacy_reasons(text, text)' => "SELECT learnify_internal.legacy_reasons($table)",
		'legacy_reference(text, text, integer)' => "SELECT * FROM learnify_internal.legacy_reference($table, 2)",
		'legacy_refusals()' => 'SELECT * FROM learnify_internal.legacy_refusals()',
		'legacy_relation(text, text)' => "SELECT learnify_internal.legacy_relation($table) IS NOT NULL",
		'legacy_resolving(text, text)' => "SELECT learnify_internal.legacy_resolving($table)",
		'legacy_short_name(text)' => q{SELECT learnify_internal.legacy_short_name('s.reference_type')},
		'legacy_source(text, text)' => q{SELECT learnify_internal.legacy_source('legacy', 'course_tags')},
		'legacy_substitutes()' => 'SELECT * FROM learnify_internal.legacy_substitutes()',
		'legacy_tables()' => 'SELECT * FROM learnify_internal.legacy_tables()',
		'legacy_text(text, text)' => q{SELECT learnify_internal.legacy_text('s.title', 'json')},
		'legacy_value(text, text, text[], oid)' => q{SELECT learnify_internal.legacy_value('score', 'integer', NULL, 1700)},
		'match_shipped_rows(text)' => [ q{SELECT learnify_internal.match_shipped_rows('achievements')}, $no_table ],
		'refuse_legacy_duplicates(text, text[])' => [ q{SELECT learnify_internal.refuse_legacy_duplicates('users', '{id}')}, $no_table ],
		'refuse_legacy_reviews()' => [ 'SELECT learnify_internal.refuse_legacy_reviews()', $no_table ],
		'refuse_legacy_submissions()' => [ 'SELECT learnify_internal.refuse_legacy_submissions()', $no_table ],
		'report_legacy_rows(text, text)' => [ "SELECT * FROM learnify_internal.report_legacy_rows($table)", $no_table ],
		'require_legacy_source(text, text, boolean)' => q{SELECT learnify_internal.require_legacy_source('legacy', 'Europe/Berlin', false)},
		'resolve_legacy_keys(text)' => [ q{SELECT learnify_internal.resolve_legacy_keys('users')}, $no_table ],
		'stage_legacy_rows(text, text)' => q{SELECT learnify_internal.stage_legacy_rows('legacy', 'users')},
		'write_legacy_rows(text, text)' => [ "SELECT learnify_internal.write_legacy_rows($table)", $no_table ]);
}

# Rows written directly, so that each trigger fires.
sub statements
{
	my (%id) = @_;
	my $is = sub { "$_[0] OPERATOR(pg_catalog.=) '$_[1]'" };
	return (
		q{INSERT INTO public.users (email, password_hash, name, time_zone) VALUES ('gus@example.org', '!', 'Gus', 'Asia/Tokyo')},
		"UPDATE public.users SET name = 'Annie', time_zone = 'Europe/Berlin' WHERE " . $is->('id', $ann),
		"UPDATE public.users SET max_visibility = 'private' WHERE " . $is->('id', $cem),
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
		'UPDATE public.user_progress SET progress_percentage = 100, time_spent_minutes = 700 WHERE ' . $is->('user_id', $bob),
		"INSERT INTO public.module_completions (user_id, module_id, exercise_id, language, passed, score) VALUES ('$bob', '$id{module}', '$id{exercise}', '$id{language}', true, 100)",
		'UPDATE public.module_completions SET passed = false, score = 0 WHERE ' . $is->('user_id', $cem),
		'DELETE FROM public.module_completions WHERE ' . $is->('user_id', $cem),
		"INSERT INTO public.architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score) VALUES ('$bob', '$id{module}', 90, 90, 90, 90)",
		'UPDATE public.architecture_reviews SET taste_score = 50 WHERE ' . $is->('user_id', $bob),
		'DELETE FROM public.architecture_reviews WHERE ' . $is->('user_id', $bob),
		"INSERT INTO public.user_achievements (user_id, achievement_id) SELECT '$cem', a.id FROM public.achievements AS a WHERE "
		  . $is->('a.slug', 'hundred-hours'),
		"DELETE FROM public.user_relationships WHERE " . $is->('follower_id', $bob),
		"DELETE FROM public.users WHERE " . $is->('id', $cem),

		# the ticker has a query for where there is no index to read
		'ALTER TABLE public.activity_feed DROP CONSTRAINT activity_feed_pkey; '
		  . "DO \$\$ DECLARE i record; BEGIN FOR i IN SELECT x.indexrelid FROM pg_catalog.pg_index AS x WHERE x.indrelid OPERATOR(pg_catalog.=) 'public.activity_feed'::pg_catalog.regclass LOOP EXECUTE pg_catalog.format('DROP INDEX %s', i.indexrelid::pg_catalog.regclass); END LOOP; END \$\$",
		"SELECT * FROM public.activity_ticker('$ann')");
}

#
# Sessions
#

# Runs each command in one session of psql; returns for each its output, SQLSTATE at the end.
sub run
{
	my ($database, $role, $before, @commands) = @_;
	my $script = "SET ROLE $role;\n$before\n\\echo [begin]\n";
	$script .= "\\echo [$_]\n$commands[$_];\n\\echo [/$_ :SQLSTATE]\n" foreach 0 .. $#commands;
	my $output = '';
	IPC::Run::run([ 'psql', '-XqAt', '-d', $node->connstr($database), '-f', '-' ], '<', \$script, '>&', \$output);
	my ($preparation) = $output =~ /\A(.*)^\[begin\]$/ms;
	is($preparation =~ s/^(?:relation|type) \d+\n//mgr, '', "$database, $role: the session is prepared");
	my @results;
	$results[$1] = [ $2, $3 ] while $output =~ /^\[(\d+)\]\n(.*?)^\[\/\1 (\w+)\]$/msg;
	return @results;
}

# Without what depends on random ids, and the order that comes of them, on the
# clock, the process and the database.
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

# The results of commands: [ name, SQL, SQLSTATE that it has to end with ]. What
# is the owner's to do may be refused.
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

# The extension itself is made with all of it in the way.
create_database($node, 'original');
my $made = $node->safe_psql('original', "$alarms " . shadows('hostile'));
my %made = map { split / / } split /\n/, $made;
cmp_ok($made{function} // 0, '>', 2000, 'functions are shadowed');
cmp_ok($made{operator} // 0, '>', 500, 'operators are shadowed');
cmp_ok($made{relation} // 0, '>', 100, 'relations are shadowed');
cmp_ok($made{type} // 0, '>', 50, 'types are shadowed');
is($made{cast}, 8, 'casts are there');
$node->safe_psql('original', shadows('pg_temp') . <<~'SQL');
	SET search_path = hostile, pg_catalog, public;
	CREATE EXTENSION learnify SCHEMA public VERSION '0.1.0';
	ALTER EXTENSION learnify UPDATE;
	SQL
# and now what has the names of the extension's own
$node->safe_psql('original', 'SET ROLE mallory; ' . shadows('hostile'));
my %id = populate('original');
$node->safe_psql('postgres', "CREATE DATABASE called_by_$_ TEMPLATE original") foreach qw(nobody owner attacker);

my %calls = (calls(%id), legacy_calls());
my $is_trigger = "p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype";
my @functions = split /\n/, quiet_psql($node, 'original', "$functions AND NOT $is_trigger ORDER BY p.proname = 'erase_user', 1");
is_deeply([ grep { !exists $calls{$_} } @functions ], [], 'no function is without a call here');
my %is_function = map { $_ => 1 } @functions;
is_deeply([ grep { !$is_function{$_} } sort keys %calls ], [], 'no call is of a function that is gone');

my @calls = map { my $call = $calls{$_} // 'SELECT'; [ $_, ref $call ? @$call : ($call, '00000') ] } @functions;
my @statements = map { [ ref $_ ? ($_->[0], @$_) : ($_, $_, '00000') ] } statements(%id);
my $settings = "SET learnify.user_id = '$ann'; SET learnify.password_cost = 4; SET learnify.notify = on;";
my $hostile_session = shadows('pg_temp') . $settings . 'SET search_path = hostile, pg_catalog, public;';

my @peaceful = run('called_by_nobody', 'postgres', $settings, map { $_->[1] } @calls, @statements);
is_as_expected('an owner with nothing in the way', [ @calls, @statements ], \@peaceful);

my @owner = run('called_by_owner', 'postgres', $hostile_session, map { $_->[1] } @calls, @statements);
is_as_expected('an owner', [ @calls, @statements ], \@owner);
subtest 'with the same results' => sub {
	is(comparable($owner[$_][0]), comparable($peaceful[$_][0]), $calls[$_][0]) foreach 0 .. $#calls;
};

my %definers = map { $_ => 1 } split /\n/, quiet_psql($node, 'original',
	"$functions AND NOT $is_trigger AND p.prosecdef AND pg_catalog.has_function_privilege('mallory', p.oid, 'EXECUTE')");
cmp_ok(scalar(keys %definers), '>', 15, 'the attacker may call functions that run as their owner');
my @attacker = run('called_by_attacker', 'mallory', $hostile_session, map { $_->[1] } @calls);
is_as_expected('the attacker', \@calls, \@attacker, %definers);

is(quiet_psql($node, 'called_by_owner', "$functions AND $is_trigger
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_user_functions AS s WHERE s.funcid = p.oid) ORDER BY 1"), '', 'every trigger function has run');

# What the calls cannot show: a way that they did not take.
is(quiet_psql($node, 'original', "$functions AND p.prosqlbody IS NULL AND p.prolang <> ALL (ARRAY(SELECT l.oid FROM pg_catalog.pg_language AS l WHERE l.lanname IN ('c', 'internal')))
	AND NOT p.proconfig \@> '{\"search_path=pg_catalog, pg_temp\"}'"), '', 'every function with a body in text has a search_path of its own');
is(quiet_psql($node, 'original', "$functions AND p.prosecdef AND coalesce(NOT p.proconfig \@> '{\"search_path=pg_catalog, pg_temp\"}', true)"), '',
	'so has every one that runs as its owner');

done_testing();
