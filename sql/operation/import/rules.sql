-- What import_legacy has to know about the tables besides what the catalog says. It
-- reads columns, types, defaults, checks and keys from the extension's own tables.
-- import_legacy.sql describes the whole import.

-- Lists the tables so that each comes after those that its rows refer to.
--   sort_order        the first of the rows that have a key in common is kept
--   name_expressions  what other rows may give in place of this row's id
--   parent_column     the column that names what this row belongs to: a row without any
--                     date dates from when its parent was created
--   added_columns     columns that hand-run migrations did not make, so that their
--                     absence from the source is nothing to report
CREATE OR REPLACE FUNCTION learnify_internal.import_tables()
RETURNS TABLE (number bigint, table_name text, sort_order text, name_expressions text[], parent_column text, added_columns text[])
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10 ROWS 18
BEGIN ATOMIC
  SELECT row_number() OVER (), t.table_name, t.sort_order, t.name_expressions::text[], t.parent_column, t.added_columns::text[]
  FROM (VALUES
    ('users', 'last_login DESC NULLS LAST, created_at', '{email}', NULL,
     '{time_zone,max_visibility,social_enabled,follow_policy}'),
    ('user_archetypes', 'updated_at DESC NULLS LAST', '{}', 'user_id', '{validation_status,validation_reason}'),
    ('user_variables', 'updated_at DESC NULLS LAST', '{}', 'user_id', '{}'),
    ('blueprint_modules', 'updated_at DESC NULLS LAST', '{concept_slug,module_number}', NULL,
     '{content_template,active}'),
    ('achievements', 'created_at DESC NULLS LAST', '{slug,name}', NULL, '{slug,active}'),
    ('generated_courses', 'created_at DESC NULLS LAST', '{}', 'user_id', '{rendered}'),
    ('generated_modules', 'created_at DESC NULLS LAST', '{course_id || ''/'' || module_number}', 'course_id',
     '{rendered,retired}'),
    ('exercises', 'created_at DESC NULLS LAST', '{module_id || ''/'' || exercise_number}', 'module_id',
     '{rendered,retired}'),
    ('course_tags', 'created_at', '{}', 'course_id', '{}'),
    ('user_progress',
     'completed_at, progress_percentage DESC NULLS LAST, last_activity DESC NULLS LAST', '{}', 'user_id',
     '{retaken_after}'),
    ('module_completions', 'submitted_at DESC NULLS LAST', '{}', 'user_id', '{}'),
    ('architecture_reviews', 'reviewed_at DESC NULLS LAST', '{}', 'user_id', '{}'),
    ('user_relationships', 'created_at', '{}', 'follower_id', '{}'),
    ('user_achievements', 'unlocked_at', '{}', 'user_id', '{}'),
    ('activity_feed', 'created_at DESC NULLS LAST', '{}', 'user_id', '{}'),
    ('recommendations', 'created_at DESC NULLS LAST', '{}', 'user_id', '{}'),
    ('trending_courses', 'calculated_at DESC NULLS LAST', '{}', NULL, '{score,tier}'),
    ('user_course_interactions', 'created_at DESC NULLS LAST', '{}', 'user_id', '{}')
  ) AS t (table_name, sort_order, name_expressions, parent_column, added_columns);
END;

COMMENT ON FUNCTION learnify_internal.import_tables() IS 'Returns the tables that import_legacy copies, in the order in which it copies them, each with what the catalog does not say about it';

-- substitute is an expression on the staged row s for a missing value; NULL leaves the value
-- to the table's trigger or to a later step of the import. fallback is one for a value that
-- is of no use; NULL where that is the same. Who can see a row must not grow because nobody
-- can tell what a word meant.
CREATE OR REPLACE FUNCTION learnify_internal.import_substitutes()
RETURNS TABLE (table_name text, column_name text, substitute text, fallback text)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10 ROWS 12
BEGIN ATOMIC
  VALUES
    ('users', 'password_hash', $$'!'$$, NULL),
    ('users', 'name', $$'Learner'$$, NULL),
    ('users', 'max_visibility', $$'public'$$, $$'private'$$),
    ('users', 'social_enabled', 'true', 'false'),
    ('users', 'follow_policy', $$'open'$$, $$'closed'$$),
    ('generated_courses', 'title', $$'Untitled course'$$, NULL),
    ('generated_modules', 'title', $$'Module ' || s.module_number$$, NULL),
    ('exercises', 'title', $$'Exercise ' || s.exercise_number$$, NULL),
    ('module_completions', 'language', NULL, NULL),
    ('architecture_reviews', 'overall_score', NULL, NULL),
    ('activity_feed', 'visibility', $$'friends'$$, $$'private'$$),
    ('achievements', 'criteria', $$'{}'$$, NULL);
END;

COMMENT ON FUNCTION learnify_internal.import_substitutes() IS 'Returns the SQL expressions that import_legacy writes where the source has no value, for columns that have no suitable default, and where it has one of no use';

-- correction is a format for an SQL expression, whose %s is the expression for what would be
-- written; condition tells on the staged row s that the two differ, and shown is what the report
-- shows then. More minutes than these are impossible, a row of the feed with a later date would
-- stay on top of every ticker, and a course is completed exactly if it is at 100 percent, and
-- has no current module then. A column that the source lacks is corrected too.
CREATE OR REPLACE FUNCTION learnify_internal.import_corrections()
RETURNS TABLE (table_name text, column_name text, correction text, condition text, shown text, reason text)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10 ROWS 7
BEGIN ATOMIC
  SELECT b.table_name, b.column_name, format('least(%%s, %s)', b.bound), format('s.%I > %s', b.column_name, b.bound), format('s.%I::text', b.column_name),
         format('%s is over %s: cut', b.column_name, b.bound)
  FROM (VALUES ('user_progress', 'time_spent_minutes', learnify_internal.possible_minutes('user_progress')::text),
               ('module_completions', 'time_spent_minutes', learnify_internal.possible_minutes('module_completions')::text),
               ('activity_feed', 'created_at', 'now()')) AS b (table_name, column_name, bound)
  UNION ALL
  VALUES
    ('user_progress', 'progress_percentage',
     'CASE WHEN s.completed_at IS NULL THEN %s ELSE 100 END',
     's.completed_at IS NOT NULL AND s.progress_percentage < 100', 's.progress_percentage::text',
     'progress_percentage is below 100 in a completed course: set to 100'),
    ('user_progress', 'completed_at',
     $$coalesce(%s, CASE WHEN s.progress_percentage = 100
        THEN coalesce(s.last_activity, s.started_at, (SELECT u.created_at FROM @extschema@.users AS u WHERE u.id = s.user_id)) END)$$,
     's.completed_at IS NULL AND s.progress_percentage = 100', NULL,
     'completed_at is missing in a course at 100 percent: filled in'),
    ('user_progress', 'current_module_id',
     'CASE WHEN s.completed_at IS NULL AND s.progress_percentage IS DISTINCT FROM 100 THEN %s END',
     's.current_module_id IS NOT NULL AND (s.completed_at IS NOT NULL OR s.progress_percentage = 100)', 's.current_module_id::text',
     'current_module_id is set in a completed course: left empty'),
    -- Those who have earned such an achievement keep it. Its criteria stay as they are, so that
    -- somebody can write others.
    ('achievements', 'active',
     'CASE WHEN learnify_internal.import_can_be_awarded(s.criteria) THEN %s ELSE false END',
     'NOT learnify_internal.import_can_be_awarded(s.criteria)', 'learnify_internal.excerpt(s.criteria::text)',
     'criteria are none that award_achievements could evaluate: not active');
END;

COMMENT ON FUNCTION learnify_internal.import_corrections() IS 'Returns the columns of which import_legacy writes another value than the source''s where that contradicts the rest of the row or is impossible';

-- This repeats what the trigger check_achievement_criteria enforces, because the import
-- decides about every row before it writes the first.
CREATE OR REPLACE FUNCTION learnify_internal.import_can_be_awarded(criteria jsonb)
RETURNS boolean
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT (jsonb_typeof(criteria) = 'object'
          AND jsonb_typeof(criteria -> 'metric') = 'string'
          AND criteria ->> 'metric' IN (SELECT m.metric FROM learnify_internal.metrics() AS m)
          AND jsonb_typeof(criteria -> 'at_least') = 'number'
          AND coalesce(jsonb_typeof(criteria -> 'reviews_received'), 'number') = 'number'
          AND criteria - '{metric,at_least,reviews_received}'::text[] = '{}') IS TRUE;
END;

COMMENT ON FUNCTION learnify_internal.import_can_be_awarded(jsonb) IS 'Returns whether award_achievements could evaluate these criteria';

-- Without criteria, an achievement that ships would never be awarded again: it stays as it is. A
-- block leaves no follow between the two, whichever side it is seen from.
CREATE OR REPLACE FUNCTION learnify_internal.import_refusals()
RETURNS TABLE (table_name text, condition text, reason text)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10 ROWS 2
BEGIN ATOMIC
  VALUES
    ('user_relationships',
     'learnify_internal.has_blocked(c.follower_id, c.following_id) OR learnify_internal.has_blocked(c.following_id, c.follower_id)',
     'one of the two has blocked the other'),
    ('achievements',
     $$NOT learnify_internal.import_can_be_awarded(criteria)
       AND EXISTS (SELECT FROM @extschema@.achievements AS t WHERE t.builtin AND (t.name = c.name OR t.slug = c.slug))$$,
     'criteria are none that award_achievements could evaluate: the one that shipped stays');
END;

COMMENT ON FUNCTION learnify_internal.import_refusals() IS 'Returns the conditions on a row c, as text of SQL, under which import_legacy refuses it besides those that the catalog tells';
