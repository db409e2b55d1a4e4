-- The statements of a back end that was written before these tables were an extension: unqualified
-- names, explicit columns, $n parameters, and none of the new columns. It logs in with a role that
-- has BYPASSRLS.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_back_end;
RESET client_min_messages;
SET client_min_messages = warning;
CREATE ROLE regress_back_end BYPASSRLS;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO regress_back_end;
SET ROLE regress_back_end;
\set learner '''00000000-0000-4000-8000-000000000001'''
\set friend '''00000000-0000-4000-8000-000000000002'''
\set course '''00000000-0000-4000-8000-0000000000c1'''
\set other_course '''00000000-0000-4000-8000-0000000000c2'''
\set module '''00000000-0000-4000-8000-0000000000d1'''
\set exercise '''00000000-0000-4000-8000-0000000000e1'''
\set submission '''00000000-0000-4000-8000-0000000000f1'''
\set achievement '''00000000-0000-4000-8000-0000000000a1'''

-- Identity
PREPARE create_user AS
  INSERT INTO users (id, email, password_hash, name, avatar_url, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, NOW(), NOW())
  ON CONFLICT (email) DO NOTHING
  RETURNING id, email, name;
EXECUTE create_user(:learner, 'ada@example.org', '$2b$12$hash', 'Ada', '');
EXECUTE create_user(:friend, 'bob@example.org', '$2b$12$hash', 'Bob', 'https://example.org/bob.png');
EXECUTE create_user('00000000-0000-4000-8000-000000000003', 'ada@example.org', '$2b$12$hash', 'Again', '');
-- in another case or with blanks around it, the address is the same, and registered already
EXECUTE create_user('00000000-0000-4000-8000-000000000003', 'ADA@Example.org', '$2b$12$hash', 'Again', '');
EXECUTE create_user('00000000-0000-4000-8000-000000000003', E' ada@example.org\n', '$2b$12$hash', 'Again', '');

PREPARE user_by_email AS
  SELECT id, email, password_hash, name, avatar_url FROM users WHERE email = $1;
EXECUTE user_by_email('ada@example.org');
-- This finds only the registered spelling; fold_email() finds any.
EXECUTE user_by_email('ADA@example.org');
PREPARE user_by_address AS SELECT name FROM users WHERE fold_email(email) = fold_email($1);
EXECUTE user_by_address('ADA@example.org');
-- Patterns match parts of addresses.
SELECT name FROM users WHERE email LIKE 'ada@%' OR email ILIKE 'BOB@%' OR split_part(email, '@', 2) ~ '^nowhere' ORDER BY name;

PREPARE log_in AS
  UPDATE users SET last_login = NOW() WHERE id = $1 RETURNING last_login >= created_at AS later;
EXECUTE log_in(:learner);

PREPARE save_archetype AS
  INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level)
  VALUES ($1, $2, $3, $4)
  ON CONFLICT (user_id) DO UPDATE
  SET meta_category = EXCLUDED.meta_category, domain = EXCLUDED.domain, skill_level = EXCLUDED.skill_level,
      updated_at = NOW()
  RETURNING meta_category, domain, skill_level;
EXECUTE save_archetype(:learner, 'Economic', 'stock trading', 'novice');
EXECUTE save_archetype(:learner, 'Economic', 'options trading', 'analyst');

PREPARE save_variable AS
  INSERT INTO user_variables (user_id, variable_key, variable_value, archetype_id)
  VALUES ($1, $2, $3, $4)
  ON CONFLICT (user_id, variable_key) DO UPDATE
  SET variable_value = EXCLUDED.variable_value, updated_at = NOW()
  RETURNING variable_key, variable_value, archetype_id;
EXECUTE save_variable(:learner, 'ENTITY', 'limit order', NULL);
EXECUTE save_variable(:learner, 'ENTITY', 'stop order', NULL);
-- other variables of its onboarding form, and fields that were left empty
EXECUTE save_variable(:learner, 'preferred_language', 'go', NULL);
EXECUTE save_variable(:learner, 'SUB-ENTITY', ' leg ', NULL);
EXECUTE save_variable(:learner, 'STATE', '', NULL);

-- Curriculum. Its own modules replace the shipped ones.
BEGIN;
PREPARE save_blueprint AS
  INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty,
                                 estimated_hours, learning_objectives, variable_schema)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (module_number) DO UPDATE
  SET title_template = EXCLUDED.title_template, estimated_hours = EXCLUDED.estimated_hours, updated_at = NOW();
EXECUTE save_blueprint(1, 'basics', 'Basics of {ENTITY}', '', 'beginner', 1, '["Know {ENTITY}"]', '{"required": ["ENTITY"]}');
EXECUTE save_blueprint(1, 'basics', 'More of {ENTITY}', '', 'beginner', 2, '[]', '{}');
INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES (1, 'basics', 'Third', '', 'beginner', 3)
ON CONFLICT (concept_slug) DO NOTHING;
SELECT module_number, concept_slug, title_template, estimated_hours FROM blueprint_modules WHERE module_number < 3 ORDER BY module_number;
ROLLBACK;

PREPARE create_course AS
  INSERT INTO generated_courses (id, user_id, archetype_id, title, description, meta_category, injected_variables, status)
  VALUES ($1, $2, (SELECT id FROM user_archetypes WHERE user_id = $2), $3, $4, $5, $6, $7)
  RETURNING title, status, created_at = updated_at AS new;
EXECUTE create_course(:course, :learner, 'Options from scratch', '', 'Economic', '{"ENTITY": "stop order"}', 'active');
EXECUTE create_course(:other_course, :friend, 'Knitting', 'In rows', 'Aesthetic', '{}', 'active');

PREPARE save_module AS
  INSERT INTO generated_modules (id, course_id, blueprint_module_id, module_number, title, description, content, status, unlocked_at)
  VALUES ($1, $2, (SELECT id FROM blueprint_modules WHERE module_number = $3), $3, $4, $5, $6, $7, $8)
  ON CONFLICT (course_id, module_number) DO UPDATE SET title = EXCLUDED.title, content = EXCLUDED.content
  RETURNING module_number, title, status, unlocked_at;
EXECUTE save_module(:module, :course, 1, 'The order', '', '{"lessons": []}', 'active', '2026-01-01 00:00+00');
EXECUTE save_module(gen_random_uuid(), :course, 1, 'The stop order', '', '{}', 'active', NULL);
EXECUTE save_module(gen_random_uuid(), :course, 2, 'The rule', '', '{}', 'locked', NULL);

PREPARE save_exercise AS
  INSERT INTO exercises (id, module_id, exercise_number, title, description, language, starter_code, solution_code,
                         test_cases, difficulty, points, hints)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT (module_id, exercise_number) DO UPDATE SET points = EXCLUDED.points
  RETURNING exercise_number, title, points;
EXECUTE save_exercise(:exercise, :module, 1, 'Place one', '', 'go', '', '', '[{"input": "1", "expected_output": "1", "is_hidden": false}]', 'easy', 50, '[]');
EXECUTE save_exercise(gen_random_uuid(), :module, 1, 'Place one', '', 'go', '', '', '[]', 'easy', 80, '[]');

PREPARE tag_course AS
  INSERT INTO course_tags (course_id, tag) VALUES ($1, $2) ON CONFLICT (course_id, tag) DO NOTHING RETURNING tag;
EXECUTE tag_course(:course, 'options');
EXECUTE tag_course(:course, 'options');

-- Progress
PREPARE enrol AS
  INSERT INTO user_progress (user_id, course_id, current_module_id, progress_percentage, time_spent_minutes,
                             last_activity, started_at)
  VALUES ($1, $2, $3, $4, $5, NOW(), NOW())
  ON CONFLICT (user_id, course_id) DO UPDATE
  SET time_spent_minutes = user_progress.time_spent_minutes + EXCLUDED.time_spent_minutes, last_activity = NOW()
  RETURNING time_spent_minutes, completed_at;
EXECUTE enrol(:friend, :course, :module, 0, 5);
EXECUTE enrol(:friend, :course, :module, 0, 7);

PREPARE submit AS
  INSERT INTO module_completions (id, user_id, module_id, exercise_id, submitted_code, language, test_results, passed,
                                  score, attempts, hints_used, time_spent_minutes, submitted_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NOW())
  RETURNING score, passed;
EXECUTE submit(:submission, :friend, :module, :exercise, 'package main', 'go', '[{"passed": true}]', true, 100, 1, 0, 9);

PREPARE review AS
  INSERT INTO architecture_reviews (user_id, module_id, submission_id, overall_score, code_sense_score,
                                    efficiency_score, edge_cases_score, taste_score, feedback)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  RETURNING overall_score;
EXECUTE review(:friend, :module, :submission, 40, 40, 40, 40, 40, '{"summary": "not yet"}');
-- without overall_score, it is the integer mean
INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score)
VALUES (:friend, :module, 10, 20, 30, 43)
RETURNING overall_score;

-- Social
PREPARE follow AS
  INSERT INTO user_relationships (follower_id, following_id) VALUES ($1, $2)
  ON CONFLICT (follower_id, following_id) DO NOTHING
  RETURNING follower_id;
EXECUTE follow(:learner, :friend);
EXECUTE follow(:learner, :friend);

PREPARE broadcast AS
  INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id, metadata, visibility)
  VALUES ($1, $2, $3, $4, $5, $6)
  RETURNING activity_type, visibility;
EXECUTE broadcast(:friend, 'optimization_achieved', 'module', :module, '{"actor_name": "Bob"}', 'public');
PREPARE feed AS
  SELECT a.activity_type, a.metadata, u.name
  FROM activity_feed a
  JOIN users u ON u.id = a.user_id
  JOIN user_relationships r ON r.following_id = a.user_id
  WHERE r.follower_id = $1 AND a.visibility IN ('public', 'friends') AND a.activity_type = $2
  ORDER BY a.created_at DESC
  LIMIT $3;
EXECUTE feed(:learner, 'optimization_achieved', 20);

PREPARE save_achievement AS
  INSERT INTO achievements (id, name, description, badge_icon, criteria, rarity)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (name) DO UPDATE SET description = EXCLUDED.description
  RETURNING name, description;
EXECUTE save_achievement(:achievement, 'Moonwalker', 'Walk', '', '{"metric": "streak_days", "at_least": 1000}', 'rare');
EXECUTE save_achievement(gen_random_uuid(), 'Moonwalker', 'Walk on', '', '{"metric": "streak_days", "at_least": 1000}', 'rare');
INSERT INTO achievements (name, description, criteria, slug)
SELECT 'Other', '', criteria, slug FROM achievements WHERE name = 'Moonwalker'
ON CONFLICT (slug) DO NOTHING
RETURNING name;

PREPARE award AS
  INSERT INTO user_achievements (user_id, achievement_id) VALUES ($1, $2)
  ON CONFLICT (user_id, achievement_id) DO NOTHING
  RETURNING user_id;
EXECUTE award(:friend, :achievement);
EXECUTE award(:friend, :achievement);

-- Discovery
PREPARE recommend AS
  INSERT INTO recommendations (user_id, course_id, recommendation_type, match_score, reason, metadata, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (user_id, course_id, recommendation_type) DO UPDATE
  SET match_score = EXCLUDED.match_score, created_at = NOW()
  RETURNING recommendation_type, match_score, expires_at;
EXECUTE recommend(:learner, :other_course, 'social_signal', 60, 'Bob learns it', '{}', NULL);
EXECUTE recommend(:learner, :other_course, 'social_signal', 75, 'Bob learns it', '{}', NULL);

PREPARE interact AS
  INSERT INTO user_course_interactions (user_id, course_id, interaction_type, interaction_value) VALUES ($1, $2, $3, $4);
EXECUTE interact(:learner, :other_course, 'viewed', 0.5);

-- The back end refreshes the cache itself: it deletes all rows and inserts new ones.
BEGIN;
DELETE FROM trending_courses;
COPY trending_courses (course_id, velocity, signups_24h, signups_previous_24h, rank, meta_category, calculated_at) FROM STDIN;
00000000-0000-4000-8000-0000000000c1	3.50	7	2	1	Economic	2026-01-01 00:00:00+00
00000000-0000-4000-8000-0000000000c2	10.00	1	0	2	Aesthetic	2026-01-01 00:00:00+00
\.
COMMIT;
INSERT INTO trending_courses (course_id, velocity, signups_24h, signups_previous_24h, rank, meta_category)
VALUES (:course, 4.25, 8, 2, 1, 'Economic')
ON CONFLICT (course_id) DO UPDATE SET velocity = EXCLUDED.velocity, signups_24h = EXCLUDED.signups_24h;
PREPARE trending AS
  SELECT t.rank, c.title, t.velocity, t.signups_24h
  FROM trending_courses t
  JOIN generated_courses c ON c.id = t.course_id
  WHERE t.meta_category = COALESCE($1, t.meta_category)
  ORDER BY t.rank
  LIMIT $2;
EXECUTE trending(NULL, 10);
EXECUTE trending('Aesthetic', 10);

-- The statements of every request find their rows by an index, with custom and with generic plans.
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) EXECUTE user_by_email('ada@example.org');
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE user_by_email('ada@example.org');
EXPLAIN (COSTS OFF) EXECUTE log_in(:learner);
RESET plan_cache_mode;
RESET enable_seqscan;

-- updated_at is set by statements that do not set it.
UPDATE generated_courses SET status = 'paused' WHERE id = :course;
SELECT status, updated_at > created_at AS touched FROM generated_courses WHERE id = :course;

DELETE FROM users WHERE id IN (:learner, :friend);
DELETE FROM users WHERE email LIKE 'former-author%';
DELETE FROM achievements WHERE id = :achievement;
DEALLOCATE ALL;
RESET ROLE;
DROP OWNED BY regress_back_end;
DROP ROLE regress_back_end;
