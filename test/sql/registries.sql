-- Activity types, metrics, kinds of recommendation and the defaults of the model each have one
-- table in the code. This test walks these tables row by row. Whatever is not in them is refused.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\set ada 00000000-0000-4000-8000-000000000ada
BEGIN;
-- Returns the error of a statement.
CREATE FUNCTION pg_temp.error_of(statement text, OUT code text, OUT message text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END
$$;
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', '!', 'Ada');

-- The feed accepts the activity types of the table and no others. Rows have the reference type and
-- the visibility of their type, but are not more visible than the actor allows.
SELECT * FROM learnify_internal.activity_types();
SELECT (SELECT array_agg(t.activity_type ORDER BY t.activity_type COLLATE "C") FROM learnify_internal.activity_types() AS t)
       = (SELECT array_agg(m.part[1] ORDER BY m.part[1] COLLATE "C")
          FROM pg_constraint AS c, regexp_matches(pg_get_constraintdef(c.oid), '([a-z_]+)[,}]', 'g') AS m (part)
          WHERE c.conname = 'activity_feed_activity_type_check') AS as_the_table_allows;
CREATE FUNCTION pg_temp.shown_as(maximum text, activity text, reference text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  shown text;
BEGIN
  UPDATE users SET max_visibility = maximum WHERE id = '00000000-0000-4000-8000-000000000ada';
  PERFORM learnify_internal.broadcast('00000000-0000-4000-8000-000000000ada', activity, gen_random_uuid(), '{}', now());
  DELETE FROM activity_feed WHERE user_id = '00000000-0000-4000-8000-000000000ada'
  RETURNING CASE reference_type WHEN reference THEN visibility END INTO shown;
  RETURN shown;
END
$$;
SELECT t.activity_type, string_agg(pg_temp.shown_as(m.maximum, t.activity_type, t.reference_type), ' ' ORDER BY m.number) AS shown
FROM learnify_internal.activity_types() AS t
CROSS JOIN unnest('{private,friends,public}'::text[]) WITH ORDINALITY AS m (maximum, number)
GROUP BY t.activity_type
ORDER BY t.activity_type;
\x on
SELECT (pg_temp.error_of('SELECT pg_temp.shown_as(''public'', ''course_started'', ''course'')')).*;
\x off

-- The metrics are the columns of user_stats(). Each can be measured, and be the criterion of an
-- achievement.
SELECT * FROM learnify_internal.metrics();
SELECT (SELECT array_agg(m.metric ORDER BY m.metric COLLATE "C") FROM learnify_internal.metrics() AS m)
       = (SELECT array_agg(k ORDER BY k COLLATE "C")
          FROM user_stats(:'ada') AS s, jsonb_object_keys(to_jsonb(s)) AS k) AS are_the_columns;
SELECT m.metric, learnify_internal.learner_metric(:'ada', m.metric) AS measured FROM learnify_internal.metrics() AS m;
UPDATE achievements SET active = false;
INSERT INTO achievements (name, description, slug, criteria)
SELECT m.metric, '', m.metric, jsonb_build_object('metric', m.metric, 'at_least', 0) FROM learnify_internal.metrics() AS m;

-- Everybody meets the criteria of these achievements. An event awards those whose metric it can
-- raise, and no others; each metric has an event.
CREATE FUNCTION pg_temp.awarded_by(event text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  slugs text[];
BEGIN
  PERFORM learnify_internal.award_for_event('00000000-0000-4000-8000-000000000ada', event);
  slugs := ARRAY(SELECT a.slug FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id ORDER BY 1);
  DELETE FROM user_achievements;
  RETURN slugs;
END
$$;
SELECT e.event, pg_temp.awarded_by(e.event) = e.metrics AS as_said, e.metrics
FROM (SELECT u.event, array_agg(m.metric ORDER BY m.metric) AS metrics
      FROM learnify_internal.metrics() AS m, unnest(m.events) AS u (event)
      GROUP BY u.event) AS e
ORDER BY e.event;
SELECT cardinality(pg_temp.awarded_by('any')) = (SELECT count(*) FROM learnify_internal.metrics()) AS any_awards_all,
       (SELECT bool_and(cardinality(m.events) > 0) FROM learnify_internal.metrics() AS m) AS each_has_an_event;
\x on
SELECT (pg_temp.error_of(format('SELECT learnify_internal.award_for_event(%L, ''course_started'')', :'ada'))).*;
SELECT (pg_temp.error_of(format('SELECT learnify_internal.learner_metric(%L, ''charisma'')', :'ada'))).*;
\x off

-- Each kind of recommendation is allowed by the table's CHECK and can be computed. Any other kind is
-- refused.
SELECT * FROM learnify_internal.recommendation_kinds();
SELECT (SELECT array_agg(k.kind ORDER BY k.kind COLLATE "C") FROM learnify_internal.recommendation_kinds() AS k)
       = (SELECT array_agg(m.part[1] ORDER BY m.part[1] COLLATE "C")
          FROM pg_constraint AS c, regexp_matches(pg_get_constraintdef(c.oid), '([a-z_]+)[,}]', 'g') AS m (part)
          WHERE c.conname = 'recommendations_recommendation_type_check') AS as_the_table_allows;
SELECT k.kind, (SELECT count(*) FROM learnify_internal.fresh_recommendations(k.kind, :'ada', :'ada')) AS for_a_newcomer
FROM learnify_internal.recommendation_kinds() AS k;
\x on
SELECT (pg_temp.error_of(format('SELECT * FROM learnify_internal.fresh_recommendations(''horoscope'', %1$L, %1$L)', :'ada'))).*;
SELECT (pg_temp.error_of(format('SELECT learnify_internal.replace_recommendations(''horoscope'', %1$L, %1$L)', :'ada'))).*;
\x off
ROLLBACK;
