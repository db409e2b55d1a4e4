-- A row is live if its INSERT leaves broadcast_at out, or gives NULL; automation acts on live
-- rows only. A dump has a value in every row, so that a restore sets nothing off. This
-- trigger marks a live row with the time of the transaction, which the later triggers look
-- for; a row that comes with exactly that time is dated a microsecond earlier.
--
-- The name of the trigger sorts before all others of its table. It does nothing else: if
-- INSERT ... ON CONFLICT DO NOTHING does not insert the row, nothing must remain of it.
--
-- An UPDATE to NULL or to the time of the transaction keeps the mark. Clients that write all
-- columns of a row send the NULL with which they inserted it, or have an upsert write all
-- columns of EXCLUDED, in which this trigger has set the mark.
CREATE OR REPLACE FUNCTION learnify_internal.mark_live_row()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1
AS 'MODULE_PATHNAME', 'mark_live_row';

COMMENT ON FUNCTION learnify_internal.mark_live_row() IS 'Row trigger: fills in broadcast_at, by which later triggers tell a live row, on which they act, from one that a dump or an import brings';

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

-- A client that has read a row, and writes all of it back, has rounded its instants to what
-- its clock can hold. Not for statements of triggers, which write the instants that they mean.
CREATE OR REPLACE FUNCTION learnify_internal.keep_instants()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1
AS 'MODULE_PATHNAME', 'keep_instants';

COMMENT ON FUNCTION learnify_internal.keep_instants() IS 'Row trigger: leaves instants as they are that an UPDATE would only round to milliseconds';

CREATE OR REPLACE TRIGGER "0_keep_instants"
BEFORE UPDATE OF started_at, last_activity, completed_at, retaken_after, broadcast_at ON user_progress
FOR EACH ROW WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION learnify_internal.keep_instants();

CREATE OR REPLACE TRIGGER "0_keep_instants"
BEFORE UPDATE OF submitted_at, broadcast_at ON module_completions
FOR EACH ROW WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION learnify_internal.keep_instants();

CREATE OR REPLACE TRIGGER "0_keep_instants"
BEFORE UPDATE OF reviewed_at, broadcast_at ON architecture_reviews
FOR EACH ROW WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION learnify_internal.keep_instants();

CREATE OR REPLACE TRIGGER "0_keep_instants"
BEFORE UPDATE OF unlocked_at, broadcast_at ON user_achievements
FOR EACH ROW WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION learnify_internal.keep_instants();

-- ALWAYS, because broadcast_at may not be NULL in a session whose session_replication_role
-- is replica either.
ALTER TABLE user_progress ENABLE ALWAYS TRIGGER "0_mark_live_row";
ALTER TABLE user_progress ENABLE ALWAYS TRIGGER "0_keep_mark";
ALTER TABLE module_completions ENABLE ALWAYS TRIGGER "0_mark_live_row";
ALTER TABLE module_completions ENABLE ALWAYS TRIGGER "0_keep_mark";
ALTER TABLE architecture_reviews ENABLE ALWAYS TRIGGER "0_mark_live_row";
ALTER TABLE architecture_reviews ENABLE ALWAYS TRIGGER "0_keep_mark";
ALTER TABLE user_achievements ENABLE ALWAYS TRIGGER "0_mark_live_row";
ALTER TABLE user_achievements ENABLE ALWAYS TRIGGER "0_keep_mark";

-- An event after the start of the transaction is not in the future: the transaction may have
-- waited for another one, whose work it now counts.
CREATE OR REPLACE FUNCTION learnify_internal.effect_time(happened_at timestamptz)
RETURNS timestamptz
LANGUAGE sql
VOLATILE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT CASE WHEN isfinite(happened_at) AND happened_at <= clock_timestamp() THEN happened_at ELSE now() END;
END;

COMMENT ON FUNCTION learnify_internal.effect_time(timestamptz) IS 'Returns the time of the effects of an event: that of the event, or the transaction''s where the event is dated in the future or has no finite time';
