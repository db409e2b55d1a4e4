-- A row is live if its INSERT leaves broadcast_at out, or NULL: then it sets off what
-- automation does. A dump always has a value, and so a restore sets nothing off. The
-- trigger sorts before all others of its table and writes only this mark, so that
-- INSERT ... ON CONFLICT DO NOTHING has no effect on a row that it does not insert; all
-- later triggers look for this transaction's time. A row that brings exactly this time
-- was brought all the same, and is marked a microsecond earlier. An UPDATE cannot remove
-- the mark, as one does that writes all columns of a row as a client first sent it.
CREATE OR REPLACE FUNCTION learnify_internal.mark_live_row()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1
AS 'MODULE_PATHNAME', 'mark_live_row';

COMMENT ON FUNCTION learnify_internal.mark_live_row() IS 'Row trigger: marks a row that comes without a mark with the transaction''s time, by which later triggers know that it is live';

CREATE OR REPLACE TRIGGER "0_mark_live_row"
BEFORE INSERT ON user_progress
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.mark_live_row();

CREATE OR REPLACE TRIGGER "0_keep_mark"
BEFORE UPDATE OF broadcast_at ON user_progress
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.mark_live_row();

CREATE OR REPLACE TRIGGER "0_mark_live_row"
BEFORE INSERT ON module_completions
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.mark_live_row();

CREATE OR REPLACE TRIGGER "0_keep_mark"
BEFORE UPDATE OF broadcast_at ON module_completions
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.mark_live_row();

CREATE OR REPLACE TRIGGER "0_mark_live_row"
BEFORE INSERT ON architecture_reviews
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.mark_live_row();

CREATE OR REPLACE TRIGGER "0_keep_mark"
BEFORE UPDATE OF broadcast_at ON architecture_reviews
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.mark_live_row();

CREATE OR REPLACE TRIGGER "0_mark_live_row"
BEFORE INSERT ON user_achievements
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.mark_live_row();

CREATE OR REPLACE TRIGGER "0_keep_mark"
BEFORE UPDATE OF broadcast_at ON user_achievements
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.mark_live_row();

-- Sessions whose session_replication_role is replica store no row without a mark either.
ALTER TABLE user_progress ENABLE ALWAYS TRIGGER "0_mark_live_row";
ALTER TABLE user_progress ENABLE ALWAYS TRIGGER "0_keep_mark";
ALTER TABLE module_completions ENABLE ALWAYS TRIGGER "0_mark_live_row";
ALTER TABLE module_completions ENABLE ALWAYS TRIGGER "0_keep_mark";
ALTER TABLE architecture_reviews ENABLE ALWAYS TRIGGER "0_mark_live_row";
ALTER TABLE architecture_reviews ENABLE ALWAYS TRIGGER "0_keep_mark";
ALTER TABLE user_achievements ENABLE ALWAYS TRIGGER "0_mark_live_row";
ALTER TABLE user_achievements ENABLE ALWAYS TRIGGER "0_keep_mark";

CREATE OR REPLACE FUNCTION learnify_internal.effect_time(happened_at timestamptz)
RETURNS timestamptz
LANGUAGE sql
STABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT CASE WHEN isfinite(happened_at) THEN least(happened_at, now()) ELSE now() END;
END;

COMMENT ON FUNCTION learnify_internal.effect_time(timestamptz) IS 'Returns when what follows from an event is dated: as the event, but not later than now, and now where the event has no finite time';
