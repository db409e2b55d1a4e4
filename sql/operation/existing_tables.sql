-- Another tool's table of the same name is the usual reason why the extension cannot be created,
-- and PostgreSQL's own error would not say what to do.
DO $$
DECLARE
  tables CONSTANT text := (
    SELECT string_agg(c.relname, ', ' ORDER BY c.relname)
    FROM pg_class AS c
    WHERE c.relnamespace = '@extschema@'::regnamespace
      AND c.relname IN ('users', 'user_archetypes', 'user_variables', 'blueprint_modules', 'generated_courses', 'generated_modules',
                        'exercises', 'course_tags', 'user_progress', 'module_completions', 'architecture_reviews', 'user_relationships',
                        'activity_feed', 'achievements', 'user_achievements', 'recommendations', 'trending_courses',
                        'user_course_interactions', 'schema_migrations'));
BEGIN
  IF tables IS NOT NULL THEN
    RAISE EXCEPTION 'schema % already has %', '@extschema@', tables
      USING ERRCODE = 'duplicate_table',
            DETAIL = 'The extension makes tables of these names. Rails, Ecto, golang-migrate and other runners of migrations keep their record in a table schema_migrations, too.',
            HINT = 'Give the extension a schema of its own: CREATE SCHEMA learning; CREATE EXTENSION learnify SCHEMA learning; import_legacy copies rows from tables of these names.';
  END IF;
END
$$;
