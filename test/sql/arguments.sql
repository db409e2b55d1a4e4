-- Each argument of each public function, as the catalog lists them, is given a bad value, NULL and
-- a long value. The errors must name the argument. A function without a case here is reported.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;

DROP ROLE IF EXISTS regress_somebody;
CREATE ROLE regress_somebody;
CREATE SCHEMA regress_old;
CREATE TABLE regress_old.users (id integer, email text);
CREATE SCHEMA regress_empty;
CREATE FUNCTION pg_temp.id(kind text, number integer) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN md5(kind || number)::uuid;

-- User 1 has rows in all tables, 2 has an archetype, 3 has nothing, 4 is the author of the
-- course that 2 learns from, and 5 is blocked.
INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.id('user', n), format('user%s@example.org', n), hash_password('correct horse'), 'User ' || n FROM generate_series(1, 5) AS n;
INSERT INTO user_relationships (id, follower_id, following_id) VALUES (pg_temp.id('follow', 1), pg_temp.id('user', 1), pg_temp.id('user', 2)),
                                                                      (pg_temp.id('follow', 2), pg_temp.id('user', 2), pg_temp.id('user', 1));
INSERT INTO learnify_internal.follow_requests (id, follower_id, following_id) VALUES (pg_temp.id('request', 1), pg_temp.id('user', 3), pg_temp.id('user', 1));
INSERT INTO learnify_internal.user_blocks (id, user_id, other_id) VALUES (pg_temp.id('block', 1), pg_temp.id('user', 2), pg_temp.id('user', 3)),
                                                                               (pg_temp.id('block', 2), pg_temp.id('user', 1), pg_temp.id('user', 5));
INSERT INTO user_archetypes (id, user_id, meta_category, domain, skill_level, validation_status)
VALUES (pg_temp.id('archetype', 1), pg_temp.id('user', 1), 'Digital', 'chess', 'novice', 'pending'),
       (pg_temp.id('archetype', 2), pg_temp.id('user', 2), 'Digital', 'go', 'novice', 'valid');
INSERT INTO learnify_internal.model_requests (kind, archetype_id, ticket, tries, due_at)
VALUES ('domain_validation', pg_temp.id('archetype', 1), pg_temp.id('ticket', 1), 1, now() + interval '1 hour');
SELECT set_variables(pg_temp.id('user', 1), '{"ENTITY": "e", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "x",
                                              "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "g"}') IS NOT NULL AS set;
INSERT INTO generated_courses (id, user_id, title, meta_category, status)
VALUES (pg_temp.id('course', 1), pg_temp.id('user', 1), 'Course', 'Digital', 'active'),
       (pg_temp.id('course', 2), pg_temp.id('user', 1), 'Archived course', 'Digital', 'archived'),
       (pg_temp.id('course', 3), pg_temp.id('user', 4), 'Course of somebody else', 'Digital', 'active');
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (pg_temp.id('course', 4), pg_temp.id('user', 1), 'Completed course', 'Digital');
INSERT INTO user_progress (id, user_id, course_id, completed_at) VALUES (pg_temp.id('progress', 2), pg_temp.id('user', 1), pg_temp.id('course', 4), '2026-01-01');
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT pg_temp.id('module', n), pg_temp.id('course', (n + 1) / 2), 1 + n % 2, 'Module' FROM generate_series(1, 4) AS n;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty, test_cases, hints)
SELECT pg_temp.id('exercise', n), pg_temp.id('module', n), 1, 'Exercise', 'python', 'easy', '[{"input": "1"}, {"input": "2"}]', '["hint"]'
FROM generate_series(1, 4) AS n;
INSERT INTO module_completions (id, user_id, module_id, exercise_id, language)
VALUES (pg_temp.id('submission', 1), pg_temp.id('user', 2), pg_temp.id('module', 1), pg_temp.id('exercise', 1), 'python');
INSERT INTO user_progress (id, user_id, course_id) VALUES (pg_temp.id('progress', 1), pg_temp.id('user', 2), pg_temp.id('course', 3));
INSERT INTO activity_feed (id, user_id, activity_type, reference_type, reference_id)
VALUES (pg_temp.id('activity', 1), pg_temp.id('user', 2), 'exercise_solved', 'exercise', pg_temp.id('exercise', 1));
SELECT erase_user(pg_temp.id('user', 4)) AS erased;

-- Good values, with which calls succeed (or say what this server lacks).
CREATE TEMP TABLE good (function name, argument name, value text);
INSERT INTO good VALUES
  ('activity_ticker', 'before_id', '@activity1'), ('authenticate', 'email', 'user1@example.org'), ('authenticate', 'password', 'correct horse'),
  ('choose_archetype', 'meta_category', 'Digital'), ('choose_archetype', 'domain', 'chess'), ('choose_archetype', 'skill_level', 'novice'),
  ('claim_domain_validations', 'n', '1'), ('claim_domain_validations', 'time_out', '5 minutes'), ('claim_domain_validations', 'max_tries', '5'),
  ('evaluate_recommendations', 'holdout', '0.2'), ('evaluate_recommendations', 'n', '20'), ('evaluate_recommendations', 'parameters', '{}'),
  ('evaluate_recommendations', 'split', 'time'), ('tune_recommendations', 'budget', '1 second'), ('trending_tags', 'n', '5'), ('trending_tags', 'as_of', '2026-01-01'), ('score_courses', 'course_ids', '{00000000-0000-4000-8000-000000000001}'),
  ('refresh_recommendations', 'parameters', '{"rank": 8}'),
  ('follow_user', 'follower', '@user1'), ('follow_user', 'followee', '@user3'), ('unfollow_user', 'follower', '@user1'), ('unfollow_user', 'followee', '@user2'),
  ('followers', 'before_id', '@follow2'), ('following', 'before_id', '@follow1'), ('follow_requests', 'before_id', '@request1'), ('blocked_users', 'before_id', '@block2'),
  ('accept_follower', 'follower_id', '@user3'), ('decline_follower', 'follower_id', '@user3'), ('remove_follower', 'follower_id', '@user2'),
  ('block_user', 'other_id', '@user3'), ('unblock_user', 'other_id', '@user3'), ('generate_course', 'variables', '{}'),
  ('authored_courses', 'before_id', '@course1'), ('enrolled_courses', 'before_id', '@progress2'), ('delete_course', 'course_id', '@course2'), ('rename_course', 'title', 'New title'),
  ('regenerate_course', 'dry_run', 'false'), ('regenerate_course', 'variables', '{}'), ('regenerate_course', 'overwrite', 'false'),
  ('grant_backend', 'role', 'regress_somebody'), ('grant_learner', 'role', 'regress_somebody'), ('hash_password', 'password', 'correct horse'),
  ('home_rows', 'per_row', '10'), ('import_counts', 'schema', 'regress_old'), ('import_legacy', 'schema', 'regress_old'), ('import_legacy', 'time_zone', 'UTC'), ('import_legacy', 'dry_run', 'true'), ('import_legacy', 'take_changes', 'true'),
  ('check_template', 'template', '"{A}"'), ('check_template', 'known', '{A}'), ('restore_shipped_rows', 'slugs', '{first-module}'),
  ('inject_variables', 'template', '"{A}"'), ('inject_variables', 'variables', '{"A": "a"}'), ('inject_variables', 'missing', 'error'),
  ('is_time_zone_name', 'name', 'UTC'), ('living_resume', 'viewer_id', '@user2'),
  ('newer_activity', 'after_id', '@activity1'), ('newer_followers', 'after_id', '@follow2'), ('newer_following', 'after_id', '@follow1'),
  ('record_domain_validation', 'ticket', '@ticket1'), ('record_domain_validation', 'verdict', '{"is_valid": true}'), ('fold_email', 'email', 'user1@example.org'),
  ('record_review', 'submission_id', '@submission1'), ('record_review', 'code_sense', '80'), ('record_review', 'ticket', NULL), ('request_review', 'submission_id', '@submission1'),
  ('claim_reviews', 'n', '1'), ('claim_reviews', 'time_out', '5 minutes'), ('claim_reviews', 'max_tries', '5'),
  ('record_review', 'efficiency', '80'), ('record_review', 'edge_cases', '80'), ('record_review', 'taste', '80'), ('record_review', 'feedback', '{}'),
  ('refresh_recommendations', 'min_lift', '1'), ('refresh_recommendations', 'min_support', '3'), ('refresh_recommendations', 'workers', '0'), ('schedule_refresh', 'workers', '0'),
  ('retake_course', 'course_id', '@course4'),
  ('refresh_trending', 'as_of', '2026-01-01 00:00+00'), ('register_user', 'email', 'new@example.org'), ('register_user', 'password', 'correct horse'),
  ('learnify_distribute', 'shard_count', '32'), ('register_user', 'name', 'New'), ('register_user', 'time_zone', 'UTC'), ('schedule_refresh', 'trending', '5 * * * *'),
  ('schedule_refresh', 'recommendations', '30 3 * * *'), ('schedule_refresh', 'search', '20 * * * *'), ('set_variables', 'variables', '{"ENTITY": "e"}'), ('similar_courses', 'n', '10'),
  ('set_skill_edge', 'tag', 'loops'), ('set_skill_edge', 'next_tag', 'recursion'), ('set_skill_edge', 'weight', '2'), ('skill_adjacency', 'min_lift', '1'), ('skill_adjacency', 'min_support', '3'), ('streak_days', 'as_of', '2026-01-01 00:00+00'), ('learning_streaks', 'as_of', '2026-01-01 00:00+00'),
  ('submit_exercise', 'code', 'x'), ('submit_exercise', 'language', 'python'), ('submit_exercise', 'test_results', '[true, true]'),
  ('submit_exercise', 'hints_used', '1'), ('submit_exercise', 'minutes', '5'), ('template_variables', 'template', '"{A}"'),
  ('template_variables', 'without_default', 'true'), ('trending_velocity', 'started_at', '2026-01-01 00:00+00'), ('trending_velocity', 'as_of', '2026-01-01 00:00+00'),
  ('window_signups', 'started_at', '2026-01-01 00:00+00'), ('window_signups', 'as_of', '2026-01-01 00:00+00'), ('velocity', 'recent', '3'), ('velocity', 'previous', '1'),
  ('velocity_label', 'velocity', '3'), ('velocity_lower_bound', 'recent', '3'), ('velocity_lower_bound', 'previous', '1'),
  ('velocity_lower_bound', 'site_ratio', '1'), ('velocity_lower_bound', 'exposure', '24'), ('verify_password', 'password', 'correct horse'), ('verify_password', 'hash', 'x'),
  ('change_email', 'email', 'new@example.org'), ('change_email', 'password', 'correct horse'), ('change_password', 'old_password', 'correct horse'), ('change_password', 'password', 'battery staple'),
  ('issue_token', 'purpose', 'login'), ('issue_token', 'ttl', '1 hour'), ('redeem_token', 'secret', 'x'), ('redeem_token', 'purpose', 'login'), ('set_email', 'email', 'new@example.org'), ('set_password', 'password', 'battery staple'),
  ('onboard', 'meta_category', 'Digital'), ('onboard', 'domain', 'chess'), ('onboard', 'skill_level', 'novice'), ('onboard', 'variables', '{}'), ('record_interaction', 'kind', 'saved'),
  ('search_courses', 'query', 'chess'), ('search_courses', 'meta_category', NULL), ('search_courses', 'after_id', NULL),
  -- for all functions
  (NULL, 'user_id', '@user1'), (NULL, 'course_id', '@course1'), (NULL, 'exercise_id', '@exercise1'), (NULL, 'archetype_id', '@archetype1'),
  (NULL, 'page_size', '50'), (NULL, 'before_at', NULL), (NULL, 'after_at', NULL);

-- Bad values, the errors that they raise, and the argument that the error names if it is a
-- different one. "with" has values for other arguments.
CREATE TEMP TABLE bad (function name, argument name, value text, code text, names text, "with" jsonb DEFAULT '{}');
INSERT INTO bad (function, argument, value, code) VALUES
  ('activity_ticker', 'page_size', '0', '22023'), ('activity_ticker', 'page_size', '201', '22023'), ('activity_ticker', 'before_id', '@nobody1', 'P0002'),
  ('award_achievements', 'user_id', '@nobody1', 'P0002'), ('choose_archetype', 'user_id', '@nobody1', 'P0002'), ('choose_archetype', 'meta_category', 'Culinary', '22023'),
  ('change_email', 'user_id', '@nobody1', 'P0002'), ('change_email', 'email', 'nobody', '22023'), ('change_email', 'email', 'USER2@example.org', '23505'), ('change_password', 'user_id', '@nobody1', 'P0002'),
  ('change_password', 'password', 'short', '22023'), ('issue_token', 'user_id', '@nobody1', 'P0002'), ('issue_token', 'purpose', 'anything', '22023'), ('issue_token', 'ttl', '0', '22023'), ('issue_token', 'ttl', '31 days', '22023'),
  ('redeem_token', 'purpose', 'anything', '22023'), ('set_email', 'user_id', '@nobody1', 'P0002'), ('set_email', 'email', 'nobody', '22023'), ('set_email', 'email', 'USER2@example.org', '23505'),
  ('set_password', 'user_id', '@nobody1', 'P0002'), ('set_password', 'password', 'short', '22023'),
  ('learnify_distribute', 'shard_count', '0', '22023'), ('learnify_distribute', 'shard_count', '1025', '22023'),
  ('onboard', 'user_id', '@nobody1', 'P0002'), ('onboard', 'meta_category', 'Culinary', '22023'), ('onboard', 'domain', ' ', '22023'), ('onboard', 'skill_level', 'chef', '22023'), ('onboard', 'variables', '[]', '22023'),
  ('onboard', 'variables', '{"ENTITY": []}', '42804'), ('record_interaction', 'user_id', '@nobody1', 'P0002'), ('record_interaction', 'course_id', '@nobody1', 'P0002'), ('record_interaction', 'kind', 'enrolled', '22023'),
  ('search_courses', 'query', repeat('x', 1001), '22023'), ('search_courses', 'meta_category', 'Culinary', '22023'), ('search_courses', 'page_size', '0', '22023'), ('search_courses', 'after_id', '@nobody1', 'P0002'),
  ('choose_archetype', 'domain', ' ', '22023'), ('choose_archetype', 'skill_level', 'chef', '22023'), ('claim_domain_validations', 'n', '0', '22023'),
  ('claim_domain_validations', 'time_out', '0', '22023'), ('claim_domain_validations', 'time_out', '25 hours', '22023'),
  ('claim_domain_validations', 'max_tries', '0', '22023'), ('claim_domain_validations', 'max_tries', '101', '22023'),
  ('dismiss_recommendation', 'user_id', '@nobody1', 'P0002'), ('dismiss_recommendation', 'course_id', '@nobody1', 'P0002'),
  ('evaluate_recommendations', 'holdout', '1', '22023'), ('evaluate_recommendations', 'holdout', 'NaN', '22023'), ('evaluate_recommendations', 'n', '0', '22023'),
  ('evaluate_recommendations', 'parameters', '{"rank": -1}', '22023'), ('evaluate_recommendations', 'split', 'place', '22023'), ('tune_recommendations', 'budget', '0', '22023'), ('trending_tags', 'n', '0', '22023'), ('trending_tags', 'as_of', 'infinity', '22023'),
  ('score_courses', 'user_id', '@nobody1', 'P0002'), ('score_courses', 'course_ids', '{}', '22023'), ('score_courses', 'course_ids', '{NULL}', '22023'), ('refresh_recommendations', 'parameters', '[]', '22023'),
  ('follow_user', 'follower', '@nobody1', 'P0002'), ('follow_user', 'followee', '@nobody1', 'P0002'), ('follow_user', 'followee', '@user1', '22023'),
  ('block_user', 'user_id', '@nobody1', 'P0002'), ('block_user', 'other_id', '@nobody1', 'P0002'), ('block_user', 'other_id', '@user1', '22023'),
  ('follow_requests', 'page_size', '0', '22023'), ('follow_requests', 'before_id', '@nobody1', 'P0002'), ('blocked_users', 'page_size', '0', '22023'), ('blocked_users', 'before_id', '@nobody1', 'P0002'),
  ('followers', 'page_size', '0', '22023'), ('followers', 'before_id', '@nobody1', 'P0002'), ('following', 'page_size', '0', '22023'), ('following', 'before_id', '@nobody1', 'P0002'),
  ('generate_course', 'user_id', '@nobody1', 'P0002'), ('generate_course', 'user_id', '@user3', '55000'), ('generate_course', 'variables', '[]', '22023'),
  ('generate_course', 'variables', '{"ENTITY": []}', '42804'), ('grant_backend', 'role', 'regress_missing', 'P0002'), ('grant_learner', 'role', 'regress_missing', 'P0002'),
  ('grant_learner', 'role', '', 'P0002'), ('hash_password', 'password', 'battery', '22023'), ('hash_password', 'password', repeat('x', 73), '22023'),
  ('learning_streaks', 'as_of', 'infinity', '22023'), ('home_rows', 'user_id', '@nobody1', 'P0002'), ('home_rows', 'per_row', '0', '22023'), ('import_counts', 'schema', 'regress_nowhere', 'P0002'), ('import_legacy', 'schema', 'regress_nowhere', 'P0002'),
  ('import_legacy', 'schema', 'regress_empty', 'P0002'), ('import_legacy', 'schema', 'public', '22023'), ('import_legacy', 'time_zone', 'CEST', '22023'),
  ('inject_variables', 'variables', '[]', '22023'), ('inject_variables', 'variables', '{"{}": "a"}', '22023'), ('inject_variables', 'variables', '{}', '42P02'),
  ('inject_variables', 'missing', 'whatever', '22023'), ('living_resume', 'user_id', '@nobody1', 'P0002'), ('newer_activity', 'page_size', '0', '22023'),
  ('retake_course', 'user_id', '@nobody1', 'P0002'), ('retake_course', 'course_id', '@nobody1', 'P0002'), ('retake_course', 'course_id', '@course2', '55000'),
  ('leave_course', 'user_id', '@nobody1', 'P0002'), ('leave_course', 'course_id', '@nobody1', 'P0002'),
  ('rename_course', 'course_id', '@nobody1', 'P0002'), ('rename_course', 'title', ' ', '22023'), ('rename_course', 'title', repeat('x', 301), '22023'),
  ('regenerate_course', 'course_id', '@nobody1', 'P0002'), ('regenerate_course', 'variables', '[]', '22023'), ('regenerate_course', 'variables', '{"ENTITY": []}', '42804'),
  ('archive_course', 'course_id', '@nobody1', 'P0002'), ('restore_course', 'course_id', '@nobody1', 'P0002'), ('delete_course', 'course_id', '@nobody1', 'P0002'),
  ('authored_courses', 'page_size', '0', '22023'), ('authored_courses', 'before_id', '@nobody1', 'P0002'),
  ('enrolled_courses', 'page_size', '0', '22023'), ('enrolled_courses', 'before_id', '@nobody1', 'P0002'),
  ('newer_activity', 'after_id', '@nobody1', 'P0002'), ('newer_followers', 'page_size', '0', '22023'), ('newer_followers', 'after_id', '@nobody1', 'P0002'),
  ('newer_following', 'page_size', '0', '22023'), ('newer_following', 'after_id', '@nobody1', 'P0002'),
  ('recompute_progress', 'user_id', '@nobody1', 'P0002'), ('recompute_progress', 'course_id', '@nobody1', 'P0002'),
  ('record_domain_validation', 'ticket', '@nobody1', '55L01'), ('record_domain_validation', 'ticket', '@ticket2', '55L01'),
  ('record_domain_validation', 'verdict', '[]', '22023'), ('record_domain_validation', 'verdict', '{"is_valid": 1}', '22023'),
  ('record_review', 'ticket', '@nobody1', '55L01'), ('request_review', 'submission_id', '@nobody1', 'P0002'),
  ('claim_reviews', 'n', '0', '22023'), ('claim_reviews', 'time_out', '0', '22023'), ('claim_reviews', 'time_out', '25 hours', '22023'),
  ('claim_reviews', 'max_tries', '0', '22023'), ('claim_reviews', 'max_tries', '101', '22023'),
  ('record_review', 'submission_id', '@nobody1', 'P0002'), ('record_review', 'code_sense', '101', '22023'), ('record_review', 'efficiency', '-1', '22023'),
  ('record_review', 'edge_cases', '101', '22023'), ('record_review', 'feedback', to_jsonb(repeat('x', 100000))::text, '22023'), ('record_review', 'taste', '101', '22023'), ('refresh_recommendations', 'user_id', '@nobody1', 'P0002'),
  ('refresh_recommendations', 'min_lift', '0', '22023'), ('refresh_recommendations', 'min_support', '0', '22023'), ('refresh_recommendations', 'workers', '-1', '22023'), ('refresh_recommendations', 'workers', '1000000', '22023'), ('schedule_refresh', 'workers', '-1', '22023'), ('schedule_refresh', 'workers', '1000000', '22023'),
  ('refresh_trending', 'as_of', 'infinity', '22023'), ('register_user', 'email', 'nobody', '22023'), ('register_user', 'email', 'USER1@example.org', '23505'),
  ('register_user', 'password', 'short', '22023'), ('register_user', 'name', ' ', '22023'), ('register_user', 'time_zone', 'CEST', '22023'),
  ('request_domain_validation', 'archetype_id', '@nobody1', 'P0002'), ('restore_shipped_rows', 'slugs', '{nothing-of-the-kind}', 'P0002'),
  ('set_variables', 'user_id', '@nobody1', 'P0002'), ('set_variables', 'variables', '[]', '22023'),
  ('set_variables', 'variables', '{"{}": "x"}', '22023'), ('set_variables', 'variables', '{"A": []}', '42804'), ('similar_courses', 'course_id', '@nobody1', 'P0002'),
  ('set_skill_edge', 'weight', '-1', '22023'), ('set_skill_edge', 'tag', repeat('x', 201), '22023'), ('set_skill_edge', 'next_tag', 'loops', '22023'), ('similar_courses', 'n', '0', '22023'), ('skill_adjacency', 'min_lift', '0', '22023'), ('skill_adjacency', 'min_support', '0', '22023'),
  ('start_course', 'user_id', '@nobody1', 'P0002'), ('start_course', 'course_id', '@nobody1', 'P0002'), ('start_course', 'course_id', '@course2', '55000'),
  ('submit_exercise', 'user_id', '@nobody1', 'P0002'), ('submit_exercise', 'exercise_id', '@nobody1', 'P0002'), ('submit_exercise', 'language', 'perl', '22023'), ('submit_exercise', 'code', repeat('x', 1000001), '22023'),
  ('submit_exercise', 'test_results', to_jsonb(repeat('x', 1000000))::text, '22023'), ('generate_course', 'variables', (SELECT jsonb_object_agg('A' || n, repeat('x', 200))::text FROM generate_series(1, 1300) AS n), '22023'),
  ('set_variables', 'variables', (SELECT jsonb_object_agg('A' || n, 'x')::text FROM generate_series(1, 201) AS n), '22023'),
  ('submit_exercise', 'test_results', '{}', '22023'), ('submit_exercise', 'test_results', '[true]', '22023'), ('submit_exercise', 'test_results', '[true, 1]', '22023'),
  ('submit_exercise', 'hints_used', '2', '22023'), ('submit_exercise', 'hints_used', '-1', '22023'), ('submit_exercise', 'minutes', '-1', '22023'),
  ('user_stats', 'user_id', '@nobody1', 'P0002'), ('velocity', 'recent', '-1', '22023'), ('velocity', 'previous', '-1', '22023'),
  ('velocity_lower_bound', 'recent', '-1', '22023'), ('velocity_lower_bound', 'previous', '-1', '22023'), ('velocity_lower_bound', 'site_ratio', '0', '22023'),
  ('velocity_lower_bound', 'exposure', '25', '22023'), ('verify_password', 'hash', '$2b$31$' || repeat('.', 53), '54000');
INSERT INTO bad (function, argument, value, code, names, "with") VALUES
  ('authored_courses', 'before_at', '2026-01-01', '22023', 'before_id', '{"before_id": null}'), ('enrolled_courses', 'before_at', '2026-01-01', '22023', 'before_id', '{"before_id": null}'),
  ('activity_ticker', 'before_at', '2026-01-01', '22023', 'before_id', '{"before_id": null}'), ('followers', 'before_at', '2026-01-01', '22023', 'before_id', '{"before_id": null}'),
  ('following', 'before_at', '2026-01-01', '22023', 'before_id', '{"before_id": null}'),
  ('follow_requests', 'before_at', '2026-01-01', '22023', 'before_id', '{"before_id": null}'), ('blocked_users', 'before_at', '2026-01-01', '22023', 'before_id', '{"before_id": null}'), ('generate_course', 'user_id', '@user2', '42P02', 'variables', '{}'),
  ('submit_exercise', 'exercise_id', '@exercise3', '55000', 'course_id', '{}'), ('erase_user', 'user_id', '@author', '55006', 'id', '{}'),
  ('follow_user', 'follower', '@user2', '55000', 'followee', '{}'), ('follow_user', 'follower', '@user3', '55000', 'followee', '{"followee": "@user2"}');

-- Arguments that accept any value: an id that does not exist returns no rows or does not match,
-- and any instant, flag or text is valid.
CREATE TEMP TABLE free (function name, arguments name[]);
INSERT INTO free VALUES
  ('activity_ticker', '{user_id}'), ('authenticate', '{email,password}'), ('change_email', '{password}'), ('change_password', '{old_password}'), ('check_template', '{template,known}'), ('course_outline', '{user_id,course_id}'), ('completion_record', '{user_id,course_id}'), ('export_user', '{user_id}'), ('export_user_rows', '{user_id}'), ('fold_email', '{email}'),
  ('authored_courses', '{user_id}'), ('enrolled_courses', '{user_id}'), ('regenerate_course', '{dry_run,overwrite}'),
  ('follower_count', '{user_id}'), ('following_count', '{user_id}'), ('followers', '{user_id}'), ('following', '{user_id}'), ('follow_requests', '{user_id}'), ('blocked_users', '{user_id}'),
  ('accept_follower', '{user_id,follower_id}'), ('decline_follower', '{user_id,follower_id}'), ('remove_follower', '{user_id,follower_id}'), ('unblock_user', '{user_id,other_id}'), ('get_variables', '{user_id}'),
  ('import_legacy', '{dry_run,take_changes}'), ('inject_variables', '{template}'), ('is_time_zone_name', '{name}'), ('living_resume', '{viewer_id}'), ('missing_variables', '{user_id}'),
  ('newer_activity', '{user_id,after_at}'), ('newer_followers', '{user_id,after_at}'), ('newer_following', '{user_id,after_at}'),
  ('redeem_token', '{secret}'), ('learning_streaks', '{user_id}'), ('streak_days', '{user_id,as_of}'), ('submit_exercise', '{submission_id}'), ('template_variables', '{template,without_default}'),
  ('trending_velocity', '{started_at,as_of}'), ('unfollow_user', '{follower,followee}'), ('velocity_label', '{velocity}'), ('verify_password', '{password}'),
  ('visible_test_cases', '{exercise_id}'), ('window_signups', '{started_at,as_of}'),
  -- 007_schedule.pl tests these with pg_cron
  ('schedule_refresh', '{trending,recommendations,search}');

-- Arguments of functions that write for which NULL is valid: it stands for a wrong password, all
-- learners, all rows, no job, a new id or no request.
CREATE TEMP TABLE nullable (function name, arguments name[]);
INSERT INTO nullable VALUES ('authenticate', '{email,password}'), ('hash_password', '{password}'), ('recompute_progress', '{user_id,course_id}'), ('refresh_recommendations', '{user_id,parameters}'), ('evaluate_recommendations', '{parameters}'),
                            ('restore_shipped_rows', '{slugs}'), ('schedule_refresh', '{trending,recommendations,search}'),
                            ('submit_exercise', '{submission_id}'), ('record_review', '{ticket}');

-- The public functions with their input arguments, from the catalog.
CREATE TEMP VIEW arguments AS
SELECT p.oid, p.proname AS function, p.provolatile = 'v' AS writes, a.name AS argument, a.type, a.number
FROM pg_depend AS d
JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'learnify'
JOIN pg_proc AS p ON p.oid = d.objid AND p.pronamespace = e.extnamespace
CROSS JOIN LATERAL ROWS FROM (unnest(p.proargtypes), unnest(p.proargnames)) WITH ORDINALITY AS a (type, name, number)
WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'e' AND a.type IS NOT NULL;
CREATE FUNCTION pg_temp.literal(value text, type oid) RETURNS text LANGUAGE sql
RETURN format('CAST(%L AS %s)', CASE
  WHEN value = '@author' THEN (SELECT u.id::text FROM users AS u WHERE u.name = 'Former author')
  WHEN value ~ '^@' THEN pg_temp.id(substring(value FROM '[a-z]+'), substring(value FROM '\d+')::integer)::text
  ELSE value END, format_type(type, NULL));
-- Returns a call with good values, except for the given ones.
CREATE FUNCTION pg_temp.call(called oid, given jsonb) RETURNS text LANGUAGE sql
RETURN (
  SELECT format('SELECT %s(%s)', called::regproc, string_agg(
           pg_temp.literal(CASE WHEN given ? a.argument::text THEN given ->> a.argument
                           ELSE (SELECT g.value FROM good AS g
                                 WHERE g.argument = a.argument AND coalesce(g.function = a.function, true)
                                 ORDER BY g.function NULLS LAST LIMIT 1) END, a.type), ', ' ORDER BY a.number))
  FROM arguments AS a WHERE a.oid = called);
CREATE TYPE pg_temp.diagnosis AS (code text, "table" text, "column" text, "constraint" text, quoted integer);
CREATE FUNCTION pg_temp.diagnose(statement text) RETURNS pg_temp.diagnosis LANGUAGE plpgsql AS $$
DECLARE
  d pg_temp.diagnosis;
  message text;
  detail text;
  hint text;
BEGIN
  EXECUTE statement;
  RAISE EXCEPTION USING ERRCODE = 'LX000';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS d.code = RETURNED_SQLSTATE, d."table" = TABLE_NAME, d."column" = COLUMN_NAME, d."constraint" = CONSTRAINT_NAME,
    message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  d.code := nullif(d.code, 'LX000');
  d.quoted := length(message || detail || hint);
  RETURN d;
END
$$;

-- Arguments without a case, and cases without an argument.
SELECT a.oid::regprocedure AS function, a.argument
FROM arguments AS a
WHERE NOT EXISTS (SELECT FROM bad AS b WHERE (b.function, b.argument) = (a.function, a.argument))
  AND NOT EXISTS (SELECT FROM free AS f WHERE f.function = a.function AND a.argument = ANY (f.arguments))
ORDER BY 1, 2;
SELECT c.function, c.argument
FROM (SELECT function, argument FROM good WHERE function IS NOT NULL
      UNION SELECT function, argument FROM bad
      UNION SELECT function, unnest(arguments) FROM free
      UNION SELECT function, unnest(arguments) FROM nullable) AS c
WHERE NOT EXISTS (SELECT FROM arguments AS a WHERE (a.function, a.argument) = (c.function, c.argument))
ORDER BY 1, 2;

-- Every good call succeeds.
SELECT f.oid::regproc AS function, d.code
FROM (SELECT DISTINCT a.oid FROM arguments AS a) AS f
CROSS JOIN LATERAL pg_temp.diagnose(pg_temp.call(f.oid, '{}')) AS d
WHERE d.code IS NOT NULL ORDER BY 1;
-- Every bad value is refused by its code, and the argument is named.
SELECT count(*) > 100 AS many, count(*) FILTER (WHERE d.code = b.code AND d."column" = coalesce(b.names, b.argument)) = count(*) AS "all"
FROM bad AS b
JOIN arguments AS a ON (a.function, a.argument) = (b.function, b.argument)
CROSS JOIN LATERAL pg_temp.diagnose(pg_temp.call(a.oid, b."with" || jsonb_build_object(b.argument, b.value))) AS d;
SELECT a.oid::regproc AS function, b.argument, left(b.value, 20) AS value, b.code AS expected, d.*
FROM bad AS b
JOIN arguments AS a ON (a.function, a.argument) = (b.function, b.argument)
CROSS JOIN LATERAL pg_temp.diagnose(pg_temp.call(a.oid, b."with" || jsonb_build_object(b.argument, b.value))) AS d
WHERE (d.code, d."column") IS DISTINCT FROM (b.code, coalesce(b.names, b.argument)) ORDER BY 1, 2;

-- Functions that write refuse NULL for every argument that they need; functions that read may do so.
CREATE TEMP VIEW nulls AS
SELECT a.oid::regproc AS function, a.argument, a.writes, d.code, d."column",
       EXISTS (SELECT FROM nullable AS n WHERE n.function = a.function AND a.argument = ANY (n.arguments)) AS is_nullable
FROM arguments AS a
CROSS JOIN LATERAL pg_temp.diagnose(pg_temp.call(a.oid, jsonb_build_object(a.argument, NULL))) AS d;
SELECT writes, is_nullable, code, count(*) > 0 AS there, count(*) FILTER (WHERE "column" = argument::text) = count(*) AS named
FROM nulls GROUP BY writes, is_nullable, code ORDER BY 1, 2, 3;
SELECT * FROM nulls WHERE writes AND NOT is_nullable AND code IS DISTINCT FROM '22004' ORDER BY 1, 2;

-- A value of 10,000 characters is not quoted in full, be it a text, a JSON string, or the key or
-- value of an object.
SELECT a.oid::regproc AS function, a.argument, v.form, d.code, d.quoted
FROM arguments AS a
CROSS JOIN LATERAL (VALUES ('text', repeat('ä', 10000)), ('string', to_jsonb(repeat('ä', 10000))::text), ('key', jsonb_build_object(repeat('A', 10000), 'a')::text),
                           ('value', jsonb_build_object('A', repeat('ä', 10000))::text), ('list', jsonb_build_object('A', jsonb_build_array(repeat('ä', 10000)))::text)) AS v (form, value)
CROSS JOIN LATERAL pg_temp.diagnose(pg_temp.call(a.oid, jsonb_build_object(a.argument, v.value))) AS d
WHERE a.type IN ('text'::regtype, 'jsonb'::regtype) AND (v.form = 'text') = (a.type = 'text'::regtype) AND d.quoted > 800
ORDER BY 1, 2, 3;
SELECT learnify_internal.excerpt(repeat('ä', 100)) = repeat('ä', 100) AS whole, learnify_internal.excerpt(repeat('ä', 101)) = repeat('ä', 100) || '...' AS beginning,
       learnify_internal.excerpt('') = '' AS empty, learnify_internal.excerpt(NULL) IS NULL AS "null";

-- Errors of plain statements name the table and the column if a trigger raises them, and the
-- constraint if that does.
SELECT s.what, d.code, d."table", d."column", d."constraint", d.quoted < 600 AS brief
FROM (VALUES
  (1, 'time zone', format('UPDATE users SET time_zone = %L', repeat('x', 10000))),
  (2, 'criteria', format('INSERT INTO achievements (name, description, criteria) VALUES (%L, '''', ''[]'')', repeat('x', 1000))),
  (3, 'metric', format('INSERT INTO achievements (name, description, criteria) VALUES (''x'', '''', %L)', jsonb_build_object('metric', repeat('x', 10000)))),
  (4, 'bound', format('INSERT INTO achievements (name, description, criteria) VALUES (''x'', '''', %L)', jsonb_build_object('metric', 'streak_days', 'at_least', repeat('x', 10000)))),
  (5, 'key', format('INSERT INTO achievements (name, description, criteria) VALUES (''x'', '''', %L)', jsonb_build_object('metric', 'streak_days', 'at_least', 1, repeat('x', 10000), 1))),
  (6, 'seed', 'DELETE FROM blueprint_modules WHERE module_number = 1'),
  (7, 'language', format('INSERT INTO module_completions (user_id, module_id, exercise_id, language) VALUES (%L, %L, %L, %L)', pg_temp.id('user', 1), pg_temp.id('module', 1), pg_temp.id('exercise', 1), repeat('x', 10000))),
  (8, 'hints', format('INSERT INTO module_completions (user_id, module_id, exercise_id, language, hints_used) VALUES (%L, %L, %L, ''python'', 2)', pg_temp.id('user', 1), pg_temp.id('module', 1), pg_temp.id('exercise', 1))),
  (9, 'module of an exercise', format('INSERT INTO module_completions (user_id, module_id, exercise_id, language) VALUES (%L, %L, %L, ''python'')', pg_temp.id('user', 1), pg_temp.id('module', 1), pg_temp.id('exercise', 2))),
  (10, 'user of a review', format('INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score) VALUES (%L, %L, %L, 1, 1, 1, 1)', pg_temp.id('user', 1), pg_temp.id('module', 1), pg_temp.id('submission', 1))),
  (11, 'module of a review', format('INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score) VALUES (%L, %L, %L, 1, 1, 1, 1)', pg_temp.id('user', 2), pg_temp.id('module', 2), pg_temp.id('submission', 1))),
  (12, 'archived course', format('INSERT INTO user_progress (user_id, course_id) VALUES (%L, %L)', pg_temp.id('user', 1), pg_temp.id('course', 2))),
  (13, 'no such course', format('INSERT INTO user_progress (user_id, course_id) VALUES (%L, %L)', pg_temp.id('user', 1), pg_temp.id('nobody', 1))),
  (14, 'no such user', format('INSERT INTO user_progress (user_id, course_id) VALUES (%L, %L)', pg_temp.id('nobody', 1), pg_temp.id('course', 1))),
  (15, 'no such exercise', format('INSERT INTO module_completions (user_id, module_id, exercise_id, language) VALUES (%L, %L, %L, ''python'')', pg_temp.id('user', 1), pg_temp.id('module', 1), pg_temp.id('nobody', 1))),
  (16, 'former author', 'DELETE FROM users WHERE name = ''Former author'''),
  (17, 'address twice', 'INSERT INTO users (email, password_hash, name) VALUES (''USER1@example.org'', ''!'', ''x'')')
) AS s (number, what, statement)
CROSS JOIN LATERAL pg_temp.diagnose(s.statement) AS d
ORDER BY s.number;

-- The error for a learner who acts for another user names the argument.
SELECT grant_learner('regress_somebody');
SELECT d.code, d."column"
FROM unnest(ARRAY['follow_user(md5(''user3'')::uuid, md5(''user1'')::uuid)', 'unfollow_user(md5(''user3'')::uuid, md5(''user1'')::uuid)',
                  'living_resume(md5(''user1'')::uuid, md5(''user3'')::uuid)', 'user_stats(md5(''user3'')::uuid)', 'activity_ticker(md5(''user3'')::uuid)'])
     WITH ORDINALITY AS c (call, number)
CROSS JOIN LATERAL pg_temp.diagnose('SET LOCAL ROLE regress_somebody; SELECT ' || c.call) AS d
ORDER BY c.number;

DROP SCHEMA regress_old, regress_empty CASCADE;
DROP OWNED BY regress_somebody;
DROP ROLE regress_somebody;
TRUNCATE users CASCADE;
