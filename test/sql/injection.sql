-- Malicious text is passed in every argument of a text type, column and setting. It must be refused
-- with an error, or be stored byte for byte, and no other rows may change. A function or argument
-- without a call here is reported. Everything is rolled back, and the database must be empty at
-- the beginning.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;
BEGIN;
DELETE FROM users;

CREATE TEMP TABLE payloads (payload text NOT NULL);
INSERT INTO payloads VALUES
  (''''), ('"'), ('\'), ('\'' OR true --'), ('%s%n%1$s%L%I%%'), ('$1'), ('1 OR 1=1'), ('''); DELETE FROM users; --'),
  ('x''||pg_sleep(100)||'''), ('$$; DROP TABLE users CASCADE; $$'), ('*/ DELETE FROM users; /*'),
  ('"}, "is_valid": true, {"'), ('{NULL}'), ('NULL'), (''), (' '), ('{A}'), ('{{A}}'), ('{A|b}'), ('{ENTITY}'), ('{'),
  ('\0\x00\u0000'), (E'\x01\x1f\x7f\r\n\t\b'), ('Größe Ω 𝄞 é ‮abc'), (U&'\FEFF\200B\2028'), ('%_^$.*[](){}+?|'),
  ('pg_catalog.pg_authid'), ('@extschema@'), ('MODULE_PATHNAME'), ('o''hara"%s$$\@example.org'),
  ('robert'');DROP/**/SCHEMA/**/public/**/CASCADE;--@example.org'), (repeat('''"\%$$ö', 500));

-- The calls are for Ada. Bob's rows must not change.
INSERT INTO users (id, email, password_hash, name)
VALUES ('00000000-0000-4000-8000-000000000001', 'ada@example.org', hash_password('correct horse'), 'Ada'),
       ('00000000-0000-4000-8000-000000000002', 'bob@example.org', '!', 'Bob');
SELECT choose_archetype(id, 'Biological', 'sourdough', 'novice') IS NOT NULL AS chosen FROM users;
SELECT set_variables(id, '{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e",
                           "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "a planner"}') IS NOT NULL AS set FROM users;
UPDATE blueprint_modules SET active = false WHERE module_number > 1;
SELECT id AS ada, '00000000-0000-4000-8000-000000000002'::uuid AS bob, generate_course(id) AS course FROM users WHERE name = 'Ada' \gset
SELECT m.id AS module, e.id AS exercise, e.language, jsonb_array_length(e.test_cases) AS tests
FROM generated_modules AS m JOIN exercises AS e ON e.module_id = m.id
WHERE m.course_id = :'course' ORDER BY exercise_number LIMIT 1 \gset
SELECT start_course(:'ada', :'course') IS NOT NULL AS started, follow_user(:'ada', :'bob') AS followed;
SELECT submit_exercise(:'ada', :'exercise', 'x', :'language', (SELECT jsonb_agg(true) FROM generate_series(1, :tests))) AS submission \gset
SELECT record_review(:'submission', 80, 70, 75, 81) IS NOT NULL AS reviewed;
SELECT request_domain_validation(id) FROM user_archetypes WHERE user_id = :'ada';
INSERT INTO recommendations (user_id, course_id, recommendation_type, reason) VALUES (:'bob', :'course', 'trending', 'r');
INSERT INTO trending_courses (course_id, rank, meta_category) VALUES (:'course', 1, 'Biological');

-- The calls, in which $1 is the payload. If the payload is stored or returned, "again" is a query
-- for it, in which $2 is the result of the call.
CREATE TEMP TABLE calls (function text, argument text, call text, again text);
INSERT INTO calls VALUES
  ('authenticate', 'email', 'authenticate($1, ''correct horse'')', NULL),
  ('authenticate', 'password', 'authenticate(''ada@example.org'', $1)', NULL),
  ('award_for_event', 'event', 'learnify_internal.award_for_event(:ada, $1)', NULL),
  ('account_digest', 'email', 'learnify_internal.account_digest($1, ''x'')', NULL),
  ('account_digest', 'password_hash', 'learnify_internal.account_digest(''x'', $1)', NULL),
  ('account_with_password', 'password', 'learnify_internal.account_with_password(:ada, $1)', NULL),
  ('change_email', 'password', 'change_email(:ada, $1, ''eve@example.org'')', NULL),
  ('change_email', 'email', 'change_email(:ada, ''correct horse'', $1)', 'email FROM users WHERE id = :ada'),
  ('change_password', 'old_password', 'change_password(:ada, $1, ''battery staple'')', NULL),
  ('change_password', 'password', 'change_password(:ada, ''correct horse'', $1)', '$1 FROM users WHERE id = :ada AND verify_password($1, password_hash)'),
  ('issue_token', 'purpose', 'issue_token(:ada, $1)', NULL),
  ('redeem_token', 'secret', 'redeem_token($1, ''login'')', NULL),
  ('redeem_token', 'purpose', 'redeem_token(''x'', $1)', NULL),
  ('refuse_taken_address', 'address', 'learnify_internal.refuse_taken_address($1)', NULL),
  ('require_purpose', 'purpose', 'learnify_internal.require_purpose($1)', NULL),
  ('set_email', 'email', 'set_email(:ada, $1)', 'email FROM users WHERE id = :ada'),
  ('set_password', 'password', 'set_password(:ada, $1)', '$1 FROM users WHERE id = :ada AND verify_password($1, password_hash)'),
  ('text_digest', 'value', 'learnify_internal.text_digest($1)', NULL),
  ('write_email', 'email', 'learnify_internal.write_email(:ada, $1)', NULL),
  ('write_email', 'proven_hash', 'learnify_internal.write_email(:ada, ''eve@example.org'', $1)', NULL),
  ('blueprint_missing_variables', 'variables', 'count(*) FROM learnify_internal.blueprint_missing_variables(to_jsonb($1))', NULL),
  ('blueprint_missing_variables', 'variables', 'count(*) FROM learnify_internal.blueprint_missing_variables(jsonb_build_object($1, $1))', NULL),
  ('broadcast', 'activity', 'learnify_internal.broadcast(:ada, $1, :ada, ''{}'', now())', NULL),
  ('broadcast', 'metadata', 'learnify_internal.broadcast(:ada, ''review_passed'', :ada, jsonb_build_object(''key'', $1), ''2020-01-01'')', 'metadata ->> ''key'' FROM activity_feed WHERE created_at = ''2020-01-01'''),
  ('broadcast', 'metadata', 'learnify_internal.broadcast(:ada, ''review_passed'', :ada, jsonb_build_object($1, ''x''), ''2020-01-01'')', 'jsonb_object_keys(metadata - ''actor_name'') FROM activity_feed WHERE created_at = ''2020-01-01'''),
  ('broadcast', 'metadata', 'learnify_internal.broadcast(:ada, ''review_passed'', :ada, to_jsonb($1), ''2020-01-01'')', 'metadata ->> 1 FROM activity_feed WHERE created_at = ''2020-01-01'''),
  ('check_course_can_be_generated', 'variables', 'learnify_internal.check_course_can_be_generated(a, a.user_id, jsonb_build_object(''ENTITY'', $1, ''STATE'', $1, $1, $1)) FROM user_archetypes AS a WHERE user_id = :ada', NULL),
  ('check_template', 'template', 'max(fragment) FROM check_template($1, ''{ENTITY}'')', NULL),
  ('check_template', 'template', 'max(path[1]) FROM check_template(jsonb_build_object($1, ''{ B } {C} {C|'' || $1), ''{B}'')', '$2'),
  ('check_template', 'known', 'max(fragment) FROM check_template(''{A}''::text, ARRAY[$1])', NULL),
  ('given_variables', 'variables', 'learnify_internal.given_variables(jsonb_build_object($1, $1))', NULL),
  ('variables_to_inject', 'variables', 'learnify_internal.variables_to_inject(jsonb_build_object($1, $1))', NULL),
  ('render_course', 'variables', '(learnify_internal.render_course(jsonb_build_object(''DOMAIN'', $1))).title', NULL),
  ('render_modules', 'variables', 'count(*) FROM generated_courses AS c, learnify_internal.render_modules(c.injected_variables || jsonb_build_object($1, $1)) WHERE c.id = :course', NULL),
  ('render_exercises', 'exercises', 'title FROM learnify_internal.render_exercises(:ada, 1, jsonb_build_array(jsonb_build_object(''title'', $1)))', '$2'),
  ('kind_of_change', 'columns', 'learnify_internal.kind_of_change(ARRAY[$1], true)', NULL),
  ('plan_modules', 'variables', 'count(*) FROM generated_courses AS c, learnify_internal.plan_modules(c, c.injected_variables || jsonb_build_object($1, $1), ''{}'', true) WHERE c.id = :course', NULL),
  ('plan_modules', 'earlier_variables', 'count(*) FROM generated_courses AS c, learnify_internal.plan_modules(c, c.injected_variables, jsonb_build_object($1, $1), true) WHERE c.id = :course', NULL),
  ('plan_exercises', 'templates', 'count(*) FROM generated_modules AS m, learnify_internal.plan_exercises(m, jsonb_build_array(jsonb_build_object(''title'', $1)), ''[]'', 1, true)', NULL),
  ('plan_exercises', 'earlier_templates', 'count(*) FROM generated_modules AS m, learnify_internal.plan_exercises(m, ''[]'', jsonb_build_array(jsonb_build_object(''title'', $1)), 1, true)', NULL),
  ('plan_tags', 'tags', 'max(p.tag) FROM generated_courses AS c, learnify_internal.plan_tags(c, ARRAY[$1], true) AS p', NULL),
  ('rendering_of_course', 'variables', 'learnify_internal.rendering_of_course(c, jsonb_build_object($1, $1), ''{}'', ''{}'') FROM generated_courses AS c WHERE c.id = :course', NULL),
  ('rendering_of_course', 'tags', 'learnify_internal.rendering_of_course(c, ''{}'', ''{}'', ARRAY[$1]) FROM generated_courses AS c WHERE c.id = :course', NULL),
  ('write_course', 'kept', 'learnify_internal.write_course(c, c, c, ARRAY[$1]) FROM generated_courses AS c WHERE c.id = :course', NULL),
  ('regenerate_course', 'variables', 'count(*) FROM regenerate_course(:course, variables => jsonb_build_object(''ENTITY'', $1))', 'injected_variables ->> ''ENTITY'' FROM generated_courses WHERE id = :course'),
  ('regenerate_course', 'variables', 'count(*) FROM regenerate_course(:course, variables => to_jsonb($1))', NULL),
  ('rename_course', 'title', 'rename_course(:course, $1)', 'title FROM generated_courses WHERE id = :course'),
  ('choose_archetype', 'meta_category', 'choose_archetype(:ada, $1, ''d'', ''quant'')', NULL),
  ('choose_archetype', 'domain', 'choose_archetype(:ada, ''Digital'', $1, ''quant'')', 'domain FROM user_archetypes WHERE id = $2::uuid'),
  ('choose_archetype', 'skill_level', 'choose_archetype(:ada, ''Digital'', ''d'', $1)', NULL),
  ('search_courses', 'query', 'count(*) FROM search_courses($1)', NULL),
  ('search_courses', 'meta_category', 'count(*) FROM search_courses(''chess'', $1)', NULL),
  ('find_courses', 'query', 'learnify_internal.find_courses($1, NULL, 20, NULL)', NULL),
  ('find_courses', 'meta_category', 'learnify_internal.find_courses(''chess'', $1, 20, NULL)', NULL),
  ('may_count_person', 'metadata', 'learnify_internal.may_count_person(:ada, jsonb_build_object(''people'', $1), :ada)', NULL),
  ('search_words', 'query', 'learnify_internal.search_words($1)', NULL),
  ('word_query', 'word', 'learnify_internal.word_query(left(''x'' || $1, 500))', NULL),
  ('correct_words', 'lexemes', 'learnify_internal.correct_words(''x'', ARRAY[$1])', NULL),
  ('search_configuration', 'language', 'learnify_internal.search_configuration($1) FROM set_config(''client_min_messages'', ''error'', true)', NULL),
  ('head_words', 'title', 'learnify_internal.head_words(''simple'', :course, $1)', NULL),
  ('body_words', 'description', 'learnify_internal.body_words(''simple'', :course, $1)', NULL),
  ('continues_streak', 'time_zone', 'learnify_internal.continues_streak($1, ''2026-01-01'', ''2026-01-02'')', NULL),
  ('collaborative_reason', 'first', 'learnify_internal.collaborative_reason($1, NULL, NULL, 1, NULL, NULL)', 'substring($2, ''^Because you took "(.*)"$'')'),
  ('collaborative_reason', 'second', 'learnify_internal.collaborative_reason(''a'', $1, ''b'', 1, NULL, NULL)', NULL),
  ('collaborative_reason', 'third', 'learnify_internal.collaborative_reason(''a'', ''b'', $1, 1, NULL, NULL)', NULL),
  ('new_course_reason', 'source_title', 'learnify_internal.new_course_reason(:course, :course, $1)', NULL),
  ('correct_broadcast', 'activity', 'learnify_internal.correct_broadcast(:ada, $1, :exercise, 1, now())', NULL),
  ('evaluate_recommendations', 'parameters', 'count(*) FROM evaluate_recommendations(parameters => to_jsonb($1))', NULL),
  ('evaluate_recommendations', 'parameters', 'count(*) FROM evaluate_recommendations(parameters => jsonb_build_object($1, 1))', NULL),
  ('evaluate_recommendations', 'split', 'count(*) FROM evaluate_recommendations(split => $1)', NULL),
  ('fit_recommendation_model', 'parameters', 'learnify_internal.fit_recommendation_model(jsonb_build_object($1, $1), 1, 3)', NULL),
  ('fit_similar_courses', 'parameters', 'count(*) FROM learnify_internal.fit_similar_courses(jsonb_build_object(''rank'', $1))', NULL),
  ('keep_tuning', 'parameters', 'learnify_internal.keep_tuning(jsonb_build_object(''rank'', $1), 1, ''1 second'', 0, 0)', NULL),
  ('model_parameters', 'parameters', 'learnify_internal.model_parameters(jsonb_build_object($1, 1))', NULL),
  ('refresh_recommendations', 'parameters', 'refresh_recommendations(parameters => jsonb_build_object(''rank'', $1))', NULL),
  ('document_fault', 'value', 'learnify_internal.document_fault(to_jsonb($1::text), ''content'')', NULL),
  ('document_fault', 'kind', 'learnify_internal.document_fault(''{}'', $1)', NULL),
  ('distribution_obstacle', 'version', 'learnify_internal.distribution_obstacle($1, ''public'')', NULL),
  ('distribution_obstacle', 'schema', 'learnify_internal.distribution_obstacle(''1'', $1)', NULL),
  ('grant_functions', 'role', 'learnify_internal.grant_functions($1, false)', NULL),
  ('grant_on_node', 'role', 'learnify_internal.grant_on_node($1, false)', NULL),
  ('grant_on_nodes', 'role', 'learnify_internal.grant_on_nodes($1, false)', NULL),
  ('sees_activity', 'visibility', 'learnify_internal.sees_activity(:ada, $1)', NULL),
  ('on_gathered', 'statement', '* FROM learnify_internal.on_gathered($1) AS r (n integer)', NULL),
  ('policy_without_subquery', 'expression', 'learnify_internal.policy_without_subquery($1)', NULL),
  ('refresh_on_nodes', 'parameters', 'learnify_internal.refresh_on_nodes(NULL, to_jsonb($1), 1, 3)', NULL),
  ('resume_of', 'reach', 'learnify_internal.resume_of(:ada, :bob, $1)', NULL),
  ('excerpt', 'value', 'learnify_internal.excerpt($1)', NULL),
  ('fit_text', 'value', 'learnify_internal.fit_text($1, ''name'')', NULL),
  ('fit_text', 'kind', 'learnify_internal.fit_text(''x'', $1)', NULL),
  ('hold_lock', 'purpose', 'learnify_internal.hold_lock($1)', NULL),
  ('try_share_lock', 'purpose', 'learnify_internal.try_share_lock($1)', NULL),
  ('login_address', 'email', 'learnify_internal.login_address($1)', NULL),
  ('fold_email', 'email', 'fold_email($1)', NULL),
  ('fold_words', 'value', 'learnify_internal.fold_words($1)', NULL),
  ('keep_tokens', 'earlier_hash', 'learnify_internal.keep_tokens(:ada, $1)', NULL),
  ('fresh_recommendations', 'kind', 'count(*) FROM learnify_internal.fresh_recommendations($1, :ada, :ada)', NULL),
  ('generate_course', 'variables', 'generate_course(:ada, to_jsonb($1))', NULL),
  ('generate_course', 'variables', 'generate_course(:ada, jsonb_build_object(''ENTITY'', $1))', 'injected_variables ->> ''ENTITY'' FROM generated_courses WHERE id = $2::uuid'),
  ('generate_course', 'variables', 'generate_course(:ada, jsonb_build_object(''CAPSTONE_GOAL'', $1))', 'regexp_replace(regexp_replace(description, ''^From a single building block to '', ''''), '': [a-z]+ modules? that .*'', '''') FROM generated_courses WHERE id = $2::uuid'),
  ('generate_course', 'variables', 'generate_course(:ada, jsonb_build_object($1, ''x''))', NULL),
  ('hash_password', 'password', 'hash_password($1)', '$1 WHERE verify_password($1, $2)'),
  ('inject_variables', 'template', 'inject_variables($1, ''{}'', ''keep'')', '''{'' || $2 WHERE $1 = ''{{A}}'' UNION ALL SELECT ''{A|'' || $2 || ''}'' WHERE $1 = ''{A|b}'' UNION ALL SELECT $2 WHERE $1 NOT IN (''{{A}}'', ''{A|b}'')'),
  ('inject_variables', 'template', 'inject_variables(jsonb_build_object($1, ARRAY[''{'']), ''{}'', ''keep'')', 'jsonb_object_keys($2::jsonb)'),
  ('inject_variables', 'variables', 'inject_variables(''{A}''::text, jsonb_build_object(''A'', $1))', '$2'),
  ('inject_variables', 'variables', 'inject_variables(''"{A}"''::jsonb, jsonb_build_object(''A'', $1))', '$2::jsonb #>> ''{}'''),
  ('inject_variables', 'variables', 'inject_variables(''"-{A}-"''::jsonb, jsonb_build_object(''A'', $1))', 'regexp_replace($2::jsonb #>> ''{}'', ''^-(.*)-$'', ''\1'')'),
  ('inject_variables', 'variables', 'inject_variables(''{A}''::text, jsonb_build_object($1, ''A''))', NULL),
  ('inject_variables', 'variables', 'inject_variables(''{A}''::text, to_jsonb($1))', NULL),
  ('inject_variables', 'missing', 'inject_variables(''{A}''::text, ''{}'', $1)', NULL),
  ('inject_variables', 'missing', 'inject_variables(''"{A}"''::jsonb, ''{}'', $1)', NULL),
  ('is_variable_name', 'name', 'learnify_internal.is_variable_name($1)', NULL),
  ('is_time_zone_name', 'name', 'is_time_zone_name($1)', NULL),
  ('is_submitted', 'code', 'learnify_internal.is_submitted(:submission, :ada, :exercise, $1, ''python'', ''[true]'', 0)', NULL),
  ('is_submitted', 'language', 'learnify_internal.is_submitted(:submission, :ada, :exercise, ''x'', $1, ''[true]'', 0)', NULL),
  ('is_submitted', 'test_results', 'learnify_internal.is_submitted(:submission, :ada, :exercise, ''x'', ''python'', to_jsonb($1), 0)', NULL),
  ('join_words', 'words', 'learnify_internal.join_words(ARRAY[$1])', '$2'),
  ('join_words', 'words', 'learnify_internal.join_words(ARRAY[$1, $1])', 'left($2, (char_length($2) - 5) / 2)'),
  ('learner_metric', 'metric', 'learnify_internal.learner_metric(:ada, $1)', NULL),
  ('limit_visibility', 'visibility', 'learnify_internal.limit_visibility($1, ''private'')', NULL),
  ('limit_visibility', 'maximum', 'learnify_internal.limit_visibility(''private'', $1)', NULL),
  ('is_shown_to_followers', 'max_visibility', 'learnify_internal.is_shown_to_followers($1, true)', NULL),
  ('social_reason', 'names', 'learnify_internal.social_reason(1, ARRAY[$1])', NULL),
  ('mastered_title', 'tags', 'learnify_internal.mastered_title(ARRAY[$1])', 'substring($2, ''^Because you mastered (.*)$'')'),
  ('mastered_title', 'tags', 'learnify_internal.mastered_title(ARRAY[$1, $1, $1, $1])', NULL),
  ('may_name_people', 'metadata', 'learnify_internal.may_name_people(:ada, to_jsonb($1))', NULL),
  ('may_name_people', 'metadata', 'learnify_internal.may_name_people(:ada, jsonb_build_object(''user_ids'', ARRAY[$1, :bob || $1]))', NULL),
  ('may_read_activity', 'visibility', 'learnify_internal.may_read_activity(:bob, $1)', NULL),
  ('may_read_recommendation', 'recommendation_type', 'learnify_internal.may_read_recommendation($1, ''{}'')', NULL),
  ('may_read_recommendation', 'metadata', 'learnify_internal.may_read_recommendation(''social_signal'', to_jsonb($1))', NULL),
  ('may_see_activity', 'visibility', 'learnify_internal.may_see_activity(:bob, $1, :ada)', NULL),
  ('admits_follower', 'argument', 'learnify_internal.admits_follower(:ada, :bob, $1)', NULL),
  ('metric_reached_at', 'metric', 'learnify_internal.metric_reached_at(:ada, $1, 1)', NULL),
  ('possible_minutes', 'table_name', 'learnify_internal.possible_minutes($1)', NULL),
  ('import_counts', 'schema', 'count(*) FROM import_counts($1)', NULL),
  ('resolve_statement', 'statement', 'learnify_internal.resolve_statement($1)', NULL),
  ('alter_column_statement', 'statement', 'learnify_internal.alter_column_statement($1, ''text'', ''text NOT NULL'')', NULL),
  ('alter_column_statement', 'found', 'learnify_internal.alter_column_statement(''ALTER TABLE @.users ADD COLUMN name text'', $1, ''text'')', NULL),
  ('alter_column_statement', 'wanted', 'learnify_internal.alter_column_statement(''ALTER TABLE @.users ADD COLUMN name text'', ''text'', $1)', NULL),
  ('alter_trigger_statement', 'statement', 'learnify_internal.alter_trigger_statement($1, ''x'', ''x DISABLED'')', NULL),
  ('alter_trigger_statement', 'found', 'learnify_internal.alter_trigger_statement(''x'', $1, ''x DISABLED'')', NULL),
  ('alter_trigger_statement', 'wanted', 'learnify_internal.alter_trigger_statement(''x'', ''x DISABLED'', $1)', NULL),
  ('qualified_name', 'kind', 'learnify_internal.qualified_name($1, ''users.x'')', NULL),
  ('qualified_name', 'object', 'learnify_internal.qualified_name(''statistics'', $1)', NULL),
  ('drop_statement', 'kind', 'learnify_internal.drop_statement($1, ''users.x'')', NULL),
  ('drop_statement', 'object', 'learnify_internal.drop_statement(''index'', $1)', NULL),
  ('enable_constraint_statement', 'object', 'learnify_internal.enable_constraint_statement($1)', NULL),
  ('repair_statement', 'drift', 'learnify_internal.repair_statement($1, ''column'', ''users.x'', ''text'', ''text'', NULL)', NULL),
  ('repair_statement', 'kind', 'learnify_internal.repair_statement(''added'', $1, ''users.x'', ''text'', ''text'', NULL)', NULL),
  ('repair_statement', 'object', 'learnify_internal.repair_statement(''added'', ''column'', $1, NULL, ''text'', NULL)', NULL),
  ('repair_statement', 'expected', 'learnify_internal.repair_statement(''changed'', ''column'', ''users.x'', $1, ''text'', NULL)', NULL),
  ('repair_statement', 'found', 'learnify_internal.repair_statement(''changed'', ''column'', ''users.x'', ''text'', $1, NULL)', NULL),
  ('repair_statement', 'statement', 'learnify_internal.repair_statement(''missing'', ''index'', ''users.x'', ''x'', NULL, $1)', NULL),
  ('record_catalog', 'drift', 'learnify_internal.record_catalog(jsonb_build_array(jsonb_build_object(''kind'', $1, ''object'', $1, ''expected'', $1)))', 'definition FROM learnify_internal.expected_catalog WHERE (kind, object) = ($1, $1)'),
  ('record_domain_validation', 'verdict', 'record_domain_validation(c.ticket, to_jsonb($1)) FROM claim_domain_validations() AS c', NULL),
  ('record_domain_validation', 'verdict', 'record_domain_validation(c.ticket, jsonb_build_object(''is_valid'', $1)) FROM claim_domain_validations() AS c', NULL),
  ('record_domain_validation', 'verdict', 'record_domain_validation(c.ticket, jsonb_build_object(''is_valid'', true, ''reason'', $1)) FROM claim_domain_validations() AS c', 'validation_reason FROM user_archetypes WHERE user_id = :ada'),
  ('record_domain_validation', 'verdict', 'record_domain_validation(c.ticket, jsonb_build_object(''is_valid'', true, ''variables'', jsonb_build_object(''ENTITY'', $1))) FROM claim_domain_validations() AS c', 'variable_value FROM user_variables WHERE user_id = :ada AND variable_key = ''ENTITY'''),
  ('record_interaction', 'kind', 'record_interaction(:ada, :course, $1)', NULL),
  ('injected_variables', 'variables', 'learnify_internal.injected_variables(:ada, jsonb_build_object($1, $1))', NULL),
  ('injected_variables', 'variables', 'learnify_internal.injected_variables(:ada, jsonb_build_object(''ENTITY'', $1))', NULL),
  ('onboard', 'meta_category', 'onboard(:ada, $1, ''d'', ''quant'')', NULL),
  ('onboard', 'domain', 'onboard(:ada, ''Digital'', $1, ''quant'')', 'injected_variables ->> ''DOMAIN'' FROM generated_courses WHERE id = $2::uuid'),
  ('onboard', 'skill_level', 'onboard(:ada, ''Digital'', ''d'', $1)', NULL),
  ('onboard', 'variables', 'onboard(:ada, ''Digital'', ''d'', ''quant'', to_jsonb($1))', NULL),
  ('onboard', 'variables', 'onboard(:ada, ''Digital'', ''d'', ''quant'', jsonb_build_object(''A'', $1))', 'variable_value FROM user_variables WHERE user_id = :ada AND variable_key = ''A'''),
  ('record_review', 'feedback', 'record_review(:submission, 80, 70, 75, 81, to_jsonb($1))', 'feedback #>> ''{}'' FROM architecture_reviews WHERE id = $2::uuid'),
  ('record_review', 'feedback', 'record_review(:submission, 80, 70, 75, 81, jsonb_build_object($1, $1))', 'jsonb_object_keys(feedback) FROM architecture_reviews WHERE id = $2::uuid'),
  ('request_answer', 'kind', 'learnify_internal.request_answer($1, :ada)', NULL),
  ('lock_due_requests', 'kind', 'learnify_internal.lock_due_requests($1, 1, 0, 1)', NULL),
  ('gather_due_requests', 'kind', 'learnify_internal.gather_due_requests($1, 1)', NULL),
  ('refresh_in_session', 'parameters', 'learnify_internal.refresh_in_session(jsonb_build_object(''rank'', $1), 1, 3)', NULL),
  ('refresh_in_workers', 'parameters', 'learnify_internal.refresh_in_workers(jsonb_build_object(''rank'', $1), 1, 3, 1)', NULL),
  ('renew_recommendation_model', 'parameters', 'learnify_internal.renew_recommendation_model(jsonb_build_object($1, $1), 1, 3)', NULL),
  ('refresh_jobs', 'trending', 'schedule FROM learnify_internal.refresh_jobs($1, ''x'', ''x'') LIMIT 1', '$2'),
  ('refresh_jobs', 'recommendations', 'max(schedule) FROM learnify_internal.refresh_jobs(NULL, $1, NULL)', '$2'),
  ('refresh_jobs', 'search', 'max(schedule) FROM learnify_internal.refresh_jobs(NULL, NULL, $1)', '$2'),
  ('register_user', 'email', 'register_user($1, ''correct horse'', ''Eve'')', 'email FROM users WHERE id = $2::uuid'),
  -- in some locales, U+2028 is a space, which an address may not contain
  ('register_user', 'email', 'register_user(translate(left($1, 100), U&''\2028'', '''') || ''@example.com'', ''correct horse'', ''Eve'')', NULL),
  ('register_user', 'password', 'register_user(''eve@example.org'', $1, ''Eve'')', '$1 WHERE authenticate(''eve@example.org'', $1) = $2::uuid'),
  ('register_user', 'name', 'register_user(''eve@example.org'', ''correct horse'', $1)', 'name FROM users WHERE id = $2::uuid'),
  ('register_user', 'time_zone', 'register_user(''eve@example.org'', ''correct horse'', ''Eve'', $1)', NULL),
  ('takes_course', 'interaction_type', 'learnify_internal.takes_course($1)', NULL),
  ('shows_interest', 'interaction_type', 'learnify_internal.shows_interest($1, 1)', NULL),
  ('excludes_course', 'interaction_type', 'learnify_internal.excludes_course($1, 1)', NULL),
  ('recommendation_validity', 'kind', 'learnify_internal.recommendation_validity($1)', NULL),
  ('replace_recommendations', 'kind', 'learnify_internal.replace_recommendations($1, :ada, :ada)', NULL),
  ('write_recommendations', 'kind', 'learnify_internal.write_recommendations($1, :ada, :ada)', NULL),
  ('report_recommendation_progress', 'phase', 'learnify_internal.report_recommendation_progress($1, 1, 2)', NULL),
  ('require_pg_cron', 'trending', 'learnify_internal.require_pg_cron($1, ''x'', ''x'', 0)', NULL),
  ('require_pg_cron', 'recommendations', 'learnify_internal.require_pg_cron(''x'', $1, ''x'', 0)', NULL),
  ('require_pg_cron', 'search', 'learnify_internal.require_pg_cron(''x'', ''x'', $1, 0)', NULL),
  ('set_skill_edge', 'tag', 'set_skill_edge($1, ''next'')', 'tag FROM learnify_internal.skill_edges WHERE next_tag = ''next'''),
  ('set_skill_edge', 'next_tag', 'set_skill_edge(''first'', $1)', 'next_tag FROM learnify_internal.skill_edges WHERE tag = ''first'''),
  ('store_skill_edge', 'tag', 'learnify_internal.store_skill_edge($1, ''next'', 2)', NULL),
  ('store_skill_edge', 'next_tag', 'learnify_internal.store_skill_edge(''first'', $1, 2)', NULL),
  ('skill_edge_slug', 'tag', 'learnify_internal.skill_edge_slug($1, ''next'')', NULL),
  ('skill_edge_slug', 'next_tag', 'learnify_internal.skill_edge_slug(''first'', $1)', NULL),
  ('skill_reason', 'tag', 'learnify_internal.skill_reason($1, ''next'', 1, 2)', NULL),
  ('skill_reason', 'next_tag', 'learnify_internal.skill_reason(''first'', $1, 1, NULL)', NULL),
  ('restore_skill_edges', 'slugs', 'learnify_internal.restore_skill_edges(ARRAY[$1])', NULL),
  ('restore_shipped_rows', 'slugs', 'restore_shipped_rows(ARRAY[''standard'', $1])', NULL),
  ('retract_broadcast', 'activity', 'learnify_internal.retract_broadcast(:ada, $1, :ada)', NULL),
  ('import_legacy', 'schema', 'count(*) FROM import_legacy($1, ''UTC'', true)', NULL),
  ('import_legacy', 'time_zone', 'count(*) FROM import_legacy(''pg_catalog'', $1, true)', NULL),
  ('grant_backend', 'role', 'grant_backend($1)', NULL),
  ('grant_learner', 'role', 'grant_learner($1)', NULL),
  ('require_acting_user', 'argument', 'learnify_internal.require_acting_user(:ada, $1)', NULL),
  ('require_role', 'role', 'learnify_internal.require_role($1)', NULL),
  ('refuse_user', 'argument', 'learnify_internal.refuse_user(:ada, $1)', NULL),
  ('require_user', 'argument', 'learnify_internal.require_user(:ada, $1)', NULL),
  ('require_user', 'argument', 'learnify_internal.require_user(gen_random_uuid(), $1)', NULL),
  ('schedule_refresh', 'trending', 'count(*) FROM schedule_refresh($1, ''x'')', NULL),
  ('schedule_refresh', 'recommendations', 'count(*) FROM schedule_refresh(''x'', $1)', NULL),
  ('schedule_refresh', 'search', 'count(*) FROM schedule_refresh(''x'', ''x'', $1)', NULL),
  ('schema_variables', 'variable_schema', 'max(v) FROM learnify_internal.schema_variables(to_jsonb($1)) AS v', NULL),
  ('schema_variables', 'variable_schema', 'max(v) FROM learnify_internal.schema_variables(jsonb_build_object(''required'', ARRAY[$1])) AS v', '$2'),
  ('schema_variables', 'variable_schema', 'max(v) FROM learnify_internal.schema_variables(jsonb_build_object(''defaults'', jsonb_build_object($1, $1))) AS v', '$2'),
  ('set_variables', 'variables', 'set_variables(:ada, to_jsonb($1))', NULL),
  ('set_variables', 'variables', 'set_variables(:ada, jsonb_build_object(''ENTITY'', $1))', 'variable_value FROM user_variables WHERE user_id = :ada AND variable_key = ''ENTITY'''),
  ('set_variables', 'variables', 'set_variables(:ada, jsonb_build_object($1, ''x''))', NULL),
  ('keys_in_one_case', 'document', 'learnify_internal.keys_in_one_case(jsonb_build_object($1, $1), false)', NULL),
  ('suggested_variables', 'variables', 'learnify_internal.suggested_variables(jsonb_build_object($1, $1))', NULL),
  ('tidy_variables', 'variables', 'learnify_internal.tidy_variables(to_jsonb($1))', NULL),
  ('tidy_variables', 'variables', 'learnify_internal.tidy_variables(jsonb_build_object($1, $1))', NULL),
  ('require_rendered', 'value', 'learnify_internal.require_rendered($1, ''title'', ''title'')', NULL),
  ('require_rendered', 'value', 'learnify_internal.require_rendered(to_jsonb($1::text), ''content'', ''content'')', NULL),
  ('require_rendered', 'kind', 'learnify_internal.require_rendered(''x''::text, $1, ''title'')', NULL),
  ('require_rendered', 'what', 'learnify_internal.require_rendered(''x''::text, ''title'', $1)', NULL),
  ('require_size', 'value', 'learnify_internal.require_size($1::text, ''title'', ''title'')', NULL),
  ('require_size', 'kind', 'learnify_internal.require_size(''x''::text, $1, ''title'')', NULL),
  ('require_size', 'argument', 'learnify_internal.require_size(''x''::text, ''title'', $1)', NULL),
  ('require_text', 'value', 'learnify_internal.require_text($1, ''name'')', NULL),
  ('require_text', 'kind', 'learnify_internal.require_text(''x'', $1)', NULL),
  ('text_fault', 'value', 'learnify_internal.text_fault($1, ''email'')', NULL),
  ('text_fault', 'kind', 'learnify_internal.text_fault(''x'', $1)', NULL),
  ('submit_exercise', 'code', 'submit_exercise(:ada, :exercise, $1, :language, (SELECT jsonb_agg(true) FROM generate_series(1, :tests)))', 'submitted_code FROM module_completions WHERE id = $2::uuid'),
  ('submit_exercise', 'language', 'submit_exercise(:ada, :exercise, ''x'', $1, (SELECT jsonb_agg(true) FROM generate_series(1, :tests)))', NULL),
  ('submit_exercise', 'test_results', 'submit_exercise(:ada, :exercise, ''x'', :language, to_jsonb($1))', NULL),
  ('submit_exercise', 'test_results', 'submit_exercise(:ada, :exercise, ''x'', :language, (SELECT jsonb_agg($1) FROM generate_series(1, :tests)))', NULL),
  ('submit_exercise', 'test_results', 'submit_exercise(:ada, :exercise, ''x'', :language, (SELECT jsonb_agg(jsonb_build_object(''passed'', true, $1, $1)) FROM generate_series(1, :tests)))', 'jsonb_object_keys((test_results -> 0) - ''passed'') FROM module_completions WHERE id = $2::uuid'),
  ('template_variables', 'template', 'template_variables($1)', NULL),
  ('template_variables', 'template', 'template_variables(to_jsonb($1))', NULL),
  ('test_case_passed', 'result', 'learnify_internal.test_case_passed(to_jsonb($1))', NULL),
  ('test_case_passed', 'result', 'learnify_internal.test_case_passed(jsonb_build_object(''passed'', $1, $1, $1))', NULL),
  ('trending_courses_for', 'category', 'count(*) FROM learnify_internal.trending_courses_for($1, ''{}'', 5, NULL)', NULL),
  ('try_password', 'password', 'learnify_internal.try_password($1, hash_password(''correct horse''), true)', NULL),
  ('try_password', 'hash', 'learnify_internal.try_password(''correct horse'', $1, true)', NULL),
  ('verify_password', 'password', 'verify_password($1, hash_password(''correct horse''))', NULL),
  ('verify_password', 'hash', 'verify_password(''correct horse'', $1)', NULL);

-- The arguments of every function of the extension, in whichever schema it is.
CREATE TEMP VIEW arguments AS
SELECT p.proname AS function, a.name AS argument, a.type
FROM pg_depend AS d
JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'learnify'
JOIN pg_proc AS p ON p.oid = d.objid
CROSS JOIN LATERAL ROWS FROM (unnest(p.proargtypes), unnest(p.proargnames)) AS a (type, name)
WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'e';
-- Arguments without a call, and calls of arguments that do not exist. The internals of
-- import_legacy are left out, because import_legacy.sql tests them with malicious names.
SELECT a.function, a.argument
FROM arguments AS a
WHERE a.type IN ('text'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
  AND a.function !~ '^import_(?!legacy$)'
EXCEPT
SELECT function, argument FROM calls
ORDER BY 1, 2;
SELECT function, argument FROM calls
EXCEPT
SELECT a.function, a.argument FROM arguments AS a
ORDER BY 1, 2;

-- Add an UPDATE of every column.
INSERT INTO calls
SELECT c.table_name, c.column_name,
       format('UPDATE %1$I SET %2$I = %3$s WHERE ctid = (SELECT min(ctid) FROM %1$I) RETURNING ctid', c.table_name, c.column_name,
              CASE c.data_type WHEN 'ARRAY' THEN 'ARRAY[$1]' WHEN 'jsonb' THEN 'to_jsonb($1)' ELSE '$1' END),
       format('%I%s FROM %I WHERE ctid = $2::tid', c.column_name,
              CASE c.data_type WHEN 'ARRAY' THEN '[1]' WHEN 'jsonb' THEN ' #>> ''{}''' END, c.table_name)
FROM information_schema.columns AS c
WHERE c.table_schema = 'public' AND (c.data_type IN ('text', 'jsonb') OR c.udt_name = '_text')
  AND c.table_name <> 'schema_migrations';
INSERT INTO calls
SELECT '(setting)', s.name, format('set_config(%L, $1, true)', s.name), '$2'
FROM pg_settings AS s
WHERE s.name LIKE 'learnify.%';

-- All tables of the database are watched for changes.
CREATE TEMP TABLE watched AS
SELECT c.oid AS id, c.relname::text AS place
FROM pg_class AS c
WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'learnify_internal'::regnamespace)
   OR c.oid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_authid'::regclass, 'pg_auth_members'::regclass,
                'pg_namespace'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_extension'::regclass);

-- The place of each row, and the transaction that wrote it.
CREATE TEMP TABLE before (place text, row_at tid, made_by xid);
CREATE FUNCTION pg_temp.everything() RETURNS SETOF before
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE (
    SELECT string_agg(format('SELECT %L, ctid, xmin FROM %s', w.place, w.id::regclass), ' UNION ALL ') FROM watched AS w);
END
$$;

-- Returns how many rows this transaction has inserted (+), updated (~) and deleted (-) so far,
-- including those that were rolled back.
CREATE FUNCTION pg_temp.written() RETURNS jsonb
LANGUAGE sql AS $$
  SELECT jsonb_object_agg(k.kind || w.place, k.count)
  FROM watched AS w
  CROSS JOIN LATERAL (
    VALUES ('+', pg_stat_get_xact_tuples_inserted(w.id)), ('~', pg_stat_get_xact_tuples_updated(w.id)),
           ('-', pg_stat_get_xact_tuples_deleted(w.id))) AS k (kind, count)
  WHERE k.count > 0
$$;
-- Returns what has been written since. A hundred or more rows are reported as many, because
-- expected_catalog, which is written as a whole, may grow.
CREATE FUNCTION pg_temp.effects(since jsonb) RETURNS text
LANGUAGE sql AS $$
  SELECT string_agg(format('%s %s%s', substr(w.key, 2), left(w.key, 1), CASE WHEN n < 100 THEN n::text ELSE ' many' END), ', '
                    ORDER BY substr(w.key, 2) COLLATE "C", w.key COLLATE "C")
  FROM jsonb_each_text(pg_temp.written()) AS w
  CROSS JOIN LATERAL (SELECT w.value::integer - coalesce(since ->> w.key, '0')::integer) AS c (n)
  WHERE n <> 0
$$;

-- Pass each payload in each call, and roll it back. Calls that start workers or describe the whole
-- catalog take the time of a hundred others, so that they get some of the payloads only.
CREATE TEMP TABLE outcomes (function text, argument text, state text, is_intact boolean, effects text);
CREATE FUNCTION pg_temp.try(called calls, ids jsonb, payload text) RETURNS outcomes
LANGUAGE plpgsql AS $$
DECLARE
  outcome outcomes;
  result text;
  again text;
  id record;
  before jsonb := pg_temp.written();
BEGIN
  outcome.function := called.function;
  outcome.argument := called.argument;
  FOR id IN SELECT * FROM jsonb_each_text(ids) LOOP
    called.call := replace(called.call, ':' || id.key, quote_literal(id.value));
    called.again := replace(called.again, ':' || id.key, quote_literal(id.value));
  END LOOP;
  BEGIN
    EXECUTE CASE WHEN called.call LIKE 'UPDATE %' THEN '' ELSE 'SELECT ' END || called.call INTO result USING payload;
    outcome.effects := pg_temp.effects(before);
    IF called.again IS NOT NULL THEN
      EXECUTE 'SELECT ' || called.again INTO again USING payload, result;
      outcome.is_intact := again IS NOT DISTINCT FROM payload;
    END IF;
    RAISE EXCEPTION 'undone' USING ERRCODE = 'ZZZZZ';
  EXCEPTION WHEN OTHERS THEN
    outcome.state := nullif(SQLSTATE, 'ZZZZZ');
  END;
  RETURN outcome;
END
$$;
INSERT INTO before SELECT * FROM pg_temp.everything();
INSERT INTO outcomes
SELECT t.*
FROM calls AS c
CROSS JOIN payloads AS p
CROSS JOIN LATERAL pg_temp.try(c, jsonb_build_object('ada', :'ada', 'bob', :'bob', 'course', :'course', 'exercise', :'exercise',
                                                     'submission', :'submission', 'language', :'language', 'tests', :tests), p.payload) AS t
WHERE c.function NOT IN ('refresh_in_workers', 'record_catalog')
   OR p.payload IN ('''', '"', '\', '%s%n%1$s%L%I%%', '''); DELETE FROM users; --', '$$; DROP TABLE users CASCADE; $$', '"}, "is_valid": true, {"', '@extschema@');

-- No text was taken for SQL, for a format or for JSON: there are no syntax errors, no errors about
-- names, and no internal errors. (42P02 is an undefined variable of a template, 55000 a missing
-- pg_cron, and 55L01 a stale ticket.)
SELECT state, count(*), array_agg(DISTINCT function || ' ' || argument)
FROM outcomes
WHERE state !~ '^2[23]' AND (state, function) NOT IN (('P0002', 'import_legacy'), ('P0002', 'import_counts'), ('P0002', 'grant_backend'), ('P0002', 'grant_learner'),
                                                     ('P0002', 'require_role'), ('P0002', 'restore_shipped_rows'), ('P0002', 'require_user'), ('P0002', 'refuse_user'), ('42P02', 'inject_variables'),
                                                     ('55000', 'schedule_refresh'), ('55000', 'require_pg_cron'), ('55000', 'grant_on_node'), ('55000', 'on_gathered'), ('55000', 'refresh_on_nodes'), ('P0002', 'grant_functions'),
                                                     ('55L01', 'redeem_ticket'))
GROUP BY state ORDER BY state;

-- For each argument: how many payloads were accepted, how many of these were changed (since blanks
-- around a text are removed), the errors of the others, and the rows that were written.
SELECT function, argument, count(*) AS tried, count(*) FILTER (WHERE state IS NULL) AS accepted,
       count(*) FILTER (WHERE state IS NULL AND NOT is_intact) AS altered,
       string_agg(DISTINCT state, ' ' ORDER BY state) AS refused, string_agg(DISTINCT effects COLLATE "C", '; ' ORDER BY effects COLLATE "C") AS effects
FROM outcomes
GROUP BY function, argument
ORDER BY function COLLATE "C", argument COLLATE "C";

-- Nothing is left.
(SELECT * FROM pg_temp.everything() EXCEPT SELECT * FROM before)
UNION ALL
(SELECT * FROM before EXCEPT SELECT * FROM pg_temp.everything());
ROLLBACK;

-- Remove the dead rows, which could affect other tests.
VACUUM ANALYZE;
