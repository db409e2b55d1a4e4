-- Triggers broadcast what learners do, no more widely than the learners allow, and only with
-- automation on.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\set ada 00000000-0000-4000-8000-000000000ada

-- A course of one module with one exercise; Ada is its author and only learner.
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', '!', 'Ada');
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES ('00000000-0000-4000-8000-0000000000c1', :'ada', 'Sorting', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title)
VALUES ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000c1', 1, 'Bubbles');
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
VALUES ('00000000-0000-4000-8000-0000000000e1', '00000000-0000-4000-8000-0000000000a1', 1, 'Swap', 'python', 'easy');

-- Solves the exercise and records two reviews, the second of which is 10 better.
CREATE FUNCTION do_all() RETURNS void LANGUAGE sql AS $$
  INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
  VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000e1',
          'python', true, 95);
  INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, reviewed_at)
  VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a1', 60, 70, 60, 60, now() - interval '1 hour'),
         ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a1', 90, 80, 90, 90, now());
$$;
-- Returns the numbers of rows that triggers have written.
CREATE FUNCTION set_off() RETURNS text LANGUAGE sql AS $$
  SELECT format('%s progress, %s interactions, %s achievements, %s broadcasts',
                (SELECT count(*) FROM user_progress), (SELECT count(*) FROM user_course_interactions),
                (SELECT count(*) FROM user_achievements), (SELECT count(*) FROM activity_feed))
$$;

-- Each activity type has its visibility and metadata.
BEGIN;
SELECT do_all();
SELECT set_off();
SELECT activity_type, reference_type, visibility, metadata - '{course_id,module_id}'::text[] AS metadata, created_at = now() AS dated
FROM activity_feed
ORDER BY activity_type, metadata ->> 'slug' COLLATE "C";
SELECT count(*) AS about_the_course, count(*) FILTER (WHERE metadata ? 'module_id') AS about_the_module,
       bool_and(metadata ->> 'course_id' = '00000000-0000-4000-8000-0000000000c1') AS its_course,
       bool_and(metadata ->> 'module_id' = '00000000-0000-4000-8000-0000000000a1') AS its_module
FROM activity_feed
WHERE metadata ? 'course_id';
-- Feed rows keep the names and titles of the time of the activity.
UPDATE users SET name = 'Countess' WHERE id = :'ada';
UPDATE generated_courses SET title = 'Ordering';
SELECT DISTINCT metadata ->> 'actor_name' AS actor_name, metadata ->> 'course_title' AS course_title
FROM activity_feed
WHERE metadata ? 'course_title';
ROLLBACK;

-- The actor's max_visibility limits the visibility of broadcasts.
CREATE FUNCTION visibilities(maximum text) RETURNS TABLE (visibility text, activities text) LANGUAGE plpgsql AS $$
BEGIN
  UPDATE users SET max_visibility = maximum;
  PERFORM do_all();
  RETURN QUERY
    SELECT f.visibility, string_agg(DISTINCT f.activity_type, ' ' ORDER BY f.activity_type)
    FROM activity_feed AS f
    GROUP BY f.visibility;
END
$$;
BEGIN;
SELECT * FROM visibilities('public') ORDER BY visibility;
ROLLBACK;
BEGIN;
SELECT * FROM visibilities('friends') ORDER BY visibility;
ROLLBACK;
BEGIN;
SELECT * FROM visibilities('private') ORDER BY visibility;
ROLLBACK;
SELECT v AS visibility, m AS maximum, learnify_internal.limit_visibility(v, m)
FROM unnest('{public,friends,private}'::text[]) WITH ORDINALITY AS v (v, n)
CROSS JOIN unnest('{public,friends,private}'::text[]) WITH ORDINALITY AS m (m, o)
ORDER BY v.n, m.o;

-- With social_enabled off, nothing is broadcast, but progress and achievements are written.
BEGIN;
UPDATE users SET social_enabled = false;
SELECT do_all();
SELECT set_off();
SELECT progress_percentage FROM user_progress;
-- Turning social_enabled on does not broadcast earlier activities.
UPDATE users SET social_enabled = true;
UPDATE user_progress SET last_activity = now();
SELECT set_off();
ROLLBACK;

-- A rolled-back submission leaves no broadcast.
BEGIN;
SAVEPOINT s;
SELECT do_all();
ROLLBACK TO s;
SELECT set_off();
ROLLBACK;

-- With automation off, only the rows themselves are written; they are still checked,
-- numbered and marked.
BEGIN;
SET LOCAL learnify.automation = off;
SELECT do_all(), do_all();
INSERT INTO user_progress (user_id, course_id, progress_percentage) VALUES (:'ada', '00000000-0000-4000-8000-0000000000c1', 100);
INSERT INTO user_achievements (user_id, achievement_id) SELECT :'ada', id FROM achievements WHERE slug = 'first-course';
SELECT set_off();
SELECT attempts FROM module_completions ORDER BY attempts;
SELECT completed_at, current_module_id FROM user_progress;
SELECT 'module_completions' AS written, count(*), bool_and(broadcast_at = now()) AS marked FROM module_completions
UNION ALL SELECT 'architecture_reviews', count(*), bool_and(broadcast_at = now()) FROM architecture_reviews
UNION ALL SELECT 'user_achievements', count(*), bool_and(broadcast_at = now()) FROM user_achievements
UNION ALL SELECT 'user_progress', count(*), bool_and(broadcast_at = now()) FROM user_progress
ORDER BY 1;
-- Changes with automation off have no effects either.
UPDATE module_completions SET passed = false;
DELETE FROM architecture_reviews;
SELECT set_off();
SELECT status FROM generated_modules;
ROLLBACK;

SET learnify.automation = off;
SELECT do_all();
SELECT set_off();
SET learnify.automation = on;
-- With automation on again, only new rows are broadcast.
SELECT set_off();
UPDATE architecture_reviews SET feedback = '{"remark": "read"}';
SELECT set_off();
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
VALUES (:'ada', '00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000e1', 'python', true, 99);
SELECT count(*) FROM activity_feed WHERE activity_type IN ('exercise_solved', 'module_completed');

-- ALTER ROLE turns automation off in each session of a role.
TRUNCATE module_completions, architecture_reviews, user_progress, user_course_interactions, user_achievements, activity_feed;
ALTER ROLE CURRENT_USER IN DATABASE :"DBNAME" SET learnify.automation = off;
\c -
SHOW learnify.automation;
SELECT do_all();
SELECT set_off();
ALTER ROLE CURRENT_USER IN DATABASE :"DBNAME" RESET learnify.automation;
\c -
SELECT set_off();
TRUNCATE module_completions, architecture_reviews;
SELECT do_all();
SELECT set_off();

-- With learnify.notify on, which is not the default, each feed row notifies at commit.
TRUNCATE module_completions, architecture_reviews, user_progress, user_course_interactions, user_achievements, activity_feed;
SHOW learnify.notify;
LISTEN learnify_activity;
SELECT do_all();
SELECT 1 AS silence;
TRUNCATE module_completions, architecture_reviews, user_progress, user_course_interactions, user_achievements, activity_feed;
SET learnify.notify = on;
\o | LC_ALL=C sort | sed -E 's/"id" : "[-0-9a-f]{36}"/"id" : its id/; s/PID [0-9]+/PID .../'
BEGIN;
SELECT do_all() \g /dev/null
COMMIT;
BEGIN;
UPDATE users SET social_enabled = false;
SELECT do_all() \g /dev/null
ROLLBACK;
\o
SELECT count(*) AS broadcasts FROM activity_feed;
-- The payload has the values that a user's BEFORE trigger has set; if it skips the row,
-- there is no notification.
CREATE FUNCTION pg_temp.change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CASE NEW.metadata ->> 'change'
    WHEN 'id' THEN NEW.id := '00000000-0000-4000-8000-00000000cafe';
    WHEN 'visibility' THEN NEW.visibility := 'private';
    WHEN 'row' THEN RETURN NULL;
  END CASE;
  RETURN NEW;
END
$$;
CREATE TRIGGER change BEFORE INSERT ON activity_feed FOR EACH ROW EXECUTE FUNCTION pg_temp.change();
\o | sed -E 's/PID [0-9]+/PID .../'
BEGIN;
SELECT learnify_internal.broadcast(:'ada', 'review_passed', '00000000-0000-4000-8000-0000000000a1', jsonb_build_object('change', c), now())
FROM unnest('{id,visibility,row}'::text[]) AS c \g /dev/null
COMMIT;
\o
DROP TRIGGER change ON activity_feed;
UNLISTEN *;

DROP FUNCTION visibilities(text), set_off(), do_all();
SET client_min_messages = warning;
TRUNCATE users CASCADE;
