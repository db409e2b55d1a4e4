-- Triggers that fire where a replicated table is written, and read or write what people do: some of
-- these tables themselves, and those of the shards whose rows a foreign key deletes or changes then. In
-- a plain database they call their functions themselves.
CREATE OR REPLACE FUNCTION learnify_internal.on_each_group()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1000
AS 'MODULE_PATHNAME', 'on_each_group';

COMMENT ON FUNCTION learnify_internal.on_each_group() IS 'Trigger of a distributed database: calls the function of learnify_internal that the first argument names, with the other arguments, for each group of users on this node, or for the group of the shard';

CREATE OR REPLACE FUNCTION learnify_internal.call_on_each_group()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
  item record;
BEGIN
  FOR item IN
    SELECT regexp_replace(
             regexp_replace(pg_get_triggerdef(t.oid), '^CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER'),
             E' EXECUTE FUNCTION learnify_internal\\.(\\w+)\\(',
             E' EXECUTE FUNCTION learnify_internal.on_each_group(''\\1''' || CASE t.tgnargs WHEN 0 THEN '' ELSE ', ' END) AS statement
    FROM (SELECT r.name, true AS is_replicated FROM unnest(learnify_internal.replicated_tables()) AS r (name)
          UNION ALL
          SELECT u.name, false FROM learnify_internal.user_tables() AS u) AS r
    JOIN pg_trigger AS t ON t.tgrelid = learnify_internal.qualified_table(r.name::name) AND NOT t.tgisinternal
    JOIN pg_proc AS p ON p.oid = t.tgfoid AND p.pronamespace = 'learnify_internal'::regnamespace
    WHERE CASE
            WHEN r.is_replicated
              THEN p.proname = ANY ('{hand_over_shared_courses,forget_hidden,forget_erased,refuse_loss_of_course,rehome_work,carry_submissions,'
                                    'move_broadcasts,forget_deleted,update_achievement_reference}')
            -- AFTER UPDATE or DELETE
            ELSE t.tgtype & 2 = 0 AND t.tgtype & 24 > 0 AND p.proname <> 'on_each_group'
          END
  LOOP
    EXECUTE item.statement;
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.call_on_each_group() IS 'Lets triggers call their functions by on_each_group that fire where a replicated table is written and are about what people do';

CREATE OR REPLACE FUNCTION learnify_internal.forget_reviewed()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  UPDATE @extschema@.architecture_reviews AS r
  SET submission_id = NULL
  WHERE r.user_id = OLD.user_id AND r.submission_id = OLD.id;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_reviewed() IS 'Row trigger of a distributed database: does what the foreign key of reviews does in a plain one where a submission is deleted';

-- The name sorts before that of the foreign key's trigger, which would refuse the deletion.
CREATE OR REPLACE FUNCTION learnify_internal.forget_reviewed_on_nodes()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CREATE OR REPLACE TRIGGER "0_forget_reviewed"
  AFTER DELETE ON @extschema@.module_completions
  FOR EACH ROW
  EXECUTE FUNCTION learnify_internal.on_each_group('forget_reviewed');
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_reviewed_on_nodes() IS 'Makes each node take submissions that are deleted from their reviews';
