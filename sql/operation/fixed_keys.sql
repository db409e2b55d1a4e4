-- An enrolment and an earned achievement are told in the feed, counted as an interaction and
-- dated by what their learner has done. So a row cannot pass to another learner, course or
-- achievement: a new row is inserted, which sets off what belongs to it, and this one deleted.
-- With automation off, as in an import, nothing is set off anyway.
CREATE OR REPLACE FUNCTION learnify_internal.refuse_new_keys()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT learnify_internal.automation_enabled() THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'row % of % cannot pass to another %', OLD.id, TG_TABLE_NAME,
                  CASE WHEN NEW.user_id <> OLD.user_id THEN 'user' ELSE TG_ARGV[0] END
    USING ERRCODE = 'object_not_in_prerequisite_state',
          TABLE = TG_TABLE_NAME,
          COLUMN = CASE WHEN NEW.user_id <> OLD.user_id THEN 'user_id' ELSE TG_ARGV[0] || '_id' END,
          HINT = 'Insert a row with the new ids, which counts what has been submitted, and delete this one.';
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_new_keys() IS 'Row trigger: refuses an UPDATE that gives a row to another user, or to another course or achievement, which its argument names';

-- The name sorts before those of the triggers that look at the new row.
CREATE OR REPLACE TRIGGER "0_refuse_new_keys"
BEFORE UPDATE OF user_id, course_id ON user_progress
FOR EACH ROW WHEN (NEW.user_id <> OLD.user_id OR NEW.course_id <> OLD.course_id)
EXECUTE FUNCTION learnify_internal.refuse_new_keys('course');

-- Depth 0: the key of a changed achievement cascades.
CREATE OR REPLACE TRIGGER "0_refuse_new_keys"
BEFORE UPDATE OF user_id, achievement_id ON user_achievements
FOR EACH ROW WHEN (NEW.user_id <> OLD.user_id OR (NEW.achievement_id <> OLD.achievement_id AND pg_trigger_depth() = 0))
EXECUTE FUNCTION learnify_internal.refuse_new_keys('achievement');
