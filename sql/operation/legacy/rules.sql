-- What import_legacy knows of the 18 tables that the catalog does not say.
-- Columns, types, defaults, checks and keys are read from the extension's own
-- tables.

-- In the order in which rows refer to each other. preference orders rows that
-- have a key in common: the first is kept. names are what others may refer to a
-- row by where they should use its id. since is the instant from which a row of
-- unknown age can date. own are the columns that hand-run migrations did not make.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_tables()
RETURNS TABLE (number bigint, table_name text, preference text, names text[], since text, own text[])
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10 ROWS 18
BEGIN ATOMIC
  SELECT row_number() OVER (), t.table_name, t.preference, t.names::text[], t.since, t.own::text[]
  FROM (VALUES
    ('users', 'last_login DESC NULLS LAST, created_at', '{email}', NULL,
     '{time_zone,max_visibility,social_enabled}'),
    ('user_archetypes', 'updated_at DESC NULLS LAST', '{}', 'user', '{validation_status,validation_reason}'),
    ('user_variables', 'updated_at DESC NULLS LAST', '{}', 'user', '{}'),
    ('blueprint_modules', 'updated_at DESC NULLS LAST', '{concept_slug,module_number}', NULL,
     '{content_template,active}'),
    ('achievements', 'created_at DESC NULLS LAST', '{slug,name}', NULL, '{slug,active}'),
    ('generated_courses', 'created_at DESC NULLS LAST', '{}', 'user', '{}'),
    ('generated_modules', 'created_at DESC NULLS LAST', '{course_id || ''/'' || module_number}', 'course', '{}'),
    ('exercises', 'created_at DESC NULLS LAST', '{module_id || ''/'' || exercise_number}', 'module', '{}'),
    ('course_tags', 'created_at', '{}', 'course', '{}'),
    ('user_progress',
     'completed_at, progress_percentage DESC NULLS LAST, last_activity DESC NULLS LAST', '{}', 'user', '{}'),
    ('module_completions', 'submitted_at DESC NULLS LAST', '{}', 'user', '{}'),
    ('architecture_reviews', 'reviewed_at DESC NULLS LAST', '{}', 'user', '{}'),
    ('user_relationships', 'created_at', '{}', 'follower', '{}'),
    ('user_achievements', 'unlocked_at', '{}', 'user', '{}'),
    ('activity_feed', 'created_at DESC NULLS LAST', '{}', 'user', '{}'),
    ('recommendations', 'created_at DESC NULLS LAST', '{}', 'user', '{}'),
    ('trending_courses', 'calculated_at DESC NULLS LAST', '{}', NULL, '{score}'),
    ('user_course_interactions', 'created_at DESC NULLS LAST', '{}', 'user', '{}')
  ) AS t (table_name, preference, names, since, own);
END;

COMMENT ON FUNCTION learnify_internal.legacy_tables() IS 'Returns the tables that import_legacy copies, in order, with what the catalog does not say of them';

-- What a missing value becomes where the column's default is not it, as an
-- expression on the row s. NULL: the table's trigger or a later step fills it.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_substitutes()
RETURNS TABLE (table_name text, column_name text, substitute text)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10 ROWS 8
BEGIN ATOMIC
  VALUES
    ('users', 'password_hash', $$'!'$$),
    ('users', 'name', $$'Learner'$$),
    ('generated_courses', 'title', $$'Untitled course'$$),
    ('generated_modules', 'title', $$'Module ' || s.module_number$$),
    ('exercises', 'title', $$'Exercise ' || s.exercise_number$$),
    ('module_completions', 'language', NULL),
    ('architecture_reviews', 'overall_score', NULL);
END;

COMMENT ON FUNCTION learnify_internal.legacy_substitutes() IS 'Returns what import_legacy puts where a value is missing and the column has no default';

-- Values that are cut: minutes that nobody can have taken, and what would stay on top of
-- every ticker.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_bounds()
RETURNS TABLE (table_name text, column_name text, bound text)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10 ROWS 3
BEGIN ATOMIC
  VALUES
    ('user_progress', 'time_spent_minutes', learnify_internal.possible_minutes('user_progress')::text),
    ('module_completions', 'time_spent_minutes', learnify_internal.possible_minutes('module_completions')::text),
    ('activity_feed', 'created_at', 'now()');
END;

COMMENT ON FUNCTION learnify_internal.legacy_bounds() IS 'Returns the columns whose values import_legacy cuts, each with an expression for the greatest that is kept';

-- Rules that triggers enforce on a single row, as conditions that refuse it.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_refusals()
RETURNS TABLE (table_name text, condition text, reason text)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10 ROWS 2
BEGIN ATOMIC
  VALUES
    ('users', $$NOT @extschema@.is_time_zone_name(time_zone)$$, 'time_zone is not known'),
    ('achievements',
     $$(jsonb_typeof(criteria) = 'object'
        AND jsonb_typeof(criteria -> 'metric') = 'string'
        AND criteria ->> 'metric' = ANY ('{modules_completed,courses_completed,exercises_solved,perfect_scores,review_average,streak_days,hours_learned,reviews_received}')
        AND jsonb_typeof(criteria -> 'at_least') = 'number'
        AND coalesce(jsonb_typeof(criteria -> 'reviews_received'), 'number') = 'number'
        AND criteria - '{metric,at_least,reviews_received}'::text[] = '{}') IS NOT TRUE$$,
     'criteria are none that award_achievements could evaluate');
END;

COMMENT ON FUNCTION learnify_internal.legacy_refusals() IS 'Returns what import_legacy refuses because a trigger would';
