-- The graph of skills says which tag is learned after which, before learners have shown it.
-- Nobody but these functions writes the edges, and no row refers to them. So the shipped ones
-- need no rows, unlike other seeds: the table has only what the platform has decided, a row of
-- which stands in place of a shipped edge. An update brings what ships up to date, a dump has
-- what was edited, and deleting the row restores the shipped edge.
CREATE OR REPLACE FUNCTION learnify_internal.shipped_skill_edges()
RETURNS TABLE (tag text, next_tag text, weight double precision)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1 ROWS 9
BEGIN ATOMIC
  -- The blueprint's order, and which concept a later module takes up again.
  VALUES ('atom', 'standard', 2.0::double precision),
         ('standard', 'workflow', 2.0),
         ('workflow', 'decision-tree', 2.0),
         ('decision-tree', 'archetype', 2.0),
         ('archetype', 'flow-state', 2.0),
         ('flow-state', 'capstone', 2.0),
         ('standard', 'decision-tree', 1.5),
         ('atom', 'archetype', 1.5),
         ('workflow', 'flow-state', 1.5);
END;

COMMENT ON FUNCTION learnify_internal.shipped_skill_edges() IS 'Returns the edges of the graph of skills that ship: between the concepts of the shipped blueprint';

CREATE OR REPLACE FUNCTION learnify_internal.skill_graph()
RETURNS TABLE (tag text, next_tag text, weight double precision, shipped_weight double precision)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100 ROWS 20
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT coalesce(e.tag, s.tag), coalesce(e.next_tag, s.next_tag), coalesce(e.weight, s.weight), s.weight
    FROM learnify_internal.skill_edges AS e
    FULL JOIN learnify_internal.shipped_skill_edges() AS s ON s.tag = e.tag AND s.next_tag = e.next_tag;
END
$$;

COMMENT ON FUNCTION learnify_internal.skill_graph() IS 'Returns the edges of the graph of skills, with 0 for those that are out of use, and with the weight that ships';

CREATE OR REPLACE FUNCTION skill_edges()
RETURNS TABLE (tag text, next_tag text, weight double precision, shipped_weight double precision)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100 ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_backend();
  RETURN QUERY
    SELECT g.* FROM learnify_internal.skill_graph() AS g ORDER BY g.tag COLLATE "C", g.next_tag COLLATE "C";
END
$$;

COMMENT ON FUNCTION skill_edges() IS 'Returns the edges of the graph of skills: which tag is learned after which, with the weight, which is 0 for an edge out of use, and the weight of edges that ship';

CREATE OR REPLACE FUNCTION learnify_internal.store_skill_edge(tag text, next_tag text, weight double precision)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- What equals the shipped edge, or is no edge at all, needs no row.
  IF weight = coalesce((SELECT s.weight
                        FROM learnify_internal.shipped_skill_edges() AS s
                        WHERE s.tag = store_skill_edge.tag AND s.next_tag = store_skill_edge.next_tag), 0) THEN
    DELETE FROM learnify_internal.skill_edges AS e
    WHERE e.tag = store_skill_edge.tag AND e.next_tag = store_skill_edge.next_tag;
  ELSE
    INSERT INTO learnify_internal.skill_edges AS e (tag, next_tag, weight)
    VALUES (store_skill_edge.tag, store_skill_edge.next_tag, store_skill_edge.weight)
    ON CONFLICT ON CONSTRAINT skill_edges_pkey DO UPDATE SET weight = excluded.weight WHERE e.weight <> excluded.weight;
  END IF;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION learnify_internal.store_skill_edge(text, text, double precision) IS 'Stores an edge of the graph of skills as far as it differs from what ships; false where nothing changes';

CREATE OR REPLACE FUNCTION set_skill_edge(tag text, next_tag text, weight double precision DEFAULT 2)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_backend();
  PERFORM learnify_internal.require_arguments('tag', tag, 'next_tag', next_tag, 'weight', weight);
  PERFORM learnify_internal.require_size(tag, 'tag', 'tag');
  PERFORM learnify_internal.require_size(next_tag, 'tag', 'next_tag');
  IF tag = next_tag THEN
    RAISE EXCEPTION 'tag "%" cannot come after itself', learnify_internal.excerpt(tag)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'next_tag',
            HINT = 'Pass the tag that is learned next.';
  ELSIF NOT weight BETWEEN 0 AND 1000 THEN
    RAISE EXCEPTION 'weight cannot be %', weight
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'weight',
            HINT = 'Pass the lift that is expected, such as 2 for twice as often as by chance, up to 1000; 0 takes the edge out of use.';
  END IF;
  RETURN learnify_internal.store_skill_edge(tag, next_tag, weight);
END
$$;

COMMENT ON FUNCTION set_skill_edge(text, text, double precision) IS 'Says that a tag is learned after another, with the lift that is expected; 0 takes the edge out of use. Returns false where that was so already';

CREATE OR REPLACE FUNCTION learnify_internal.restore_skill_edges(slugs text[])
RETURNS integer
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  restored integer;
BEGIN
  DELETE FROM learnify_internal.skill_edges AS e
  USING learnify_internal.shipped_skill_edges() AS s
  WHERE e.tag = s.tag AND e.next_tag = s.next_tag
    AND (slugs IS NULL OR learnify_internal.skill_edge_slug(s.tag, s.next_tag) = ANY (slugs));
  GET DIAGNOSTICS restored = ROW_COUNT;
  RETURN restored;
END
$$;

COMMENT ON FUNCTION learnify_internal.restore_skill_edges(text[]) IS 'Puts shipped edges of the graph of skills back, all of them or those with these slugs, and returns how many';

CREATE OR REPLACE FUNCTION learnify_internal.skill_edge_slug(tag text, next_tag text)
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT tag || ' > ' || next_tag;
END;

COMMENT ON FUNCTION learnify_internal.skill_edge_slug(text, text) IS 'Returns what restore_shipped_rows calls an edge';
