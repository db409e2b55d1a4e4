-- Sign-ups are on the nodes of those who signed up. Each node counts what its shards have, as a plain
-- database counts its table.
CREATE OR REPLACE FUNCTION learnify_internal.node_anchors()
RETURNS SETOF uuid
LANGUAGE c
STABLE PARALLEL SAFE COST 1000 ROWS 4
AS 'MODULE_PATHNAME', 'node_anchors';

COMMENT ON FUNCTION learnify_internal.node_anchors() IS 'Returns, for each node that has shards of users, an id by which Citus finds it; in a plain database, one';

CREATE OR REPLACE FUNCTION learnify_internal.demand_of_node(anchor uuid, as_of timestamptz)
RETURNS TABLE (id uuid, meta_category text, created_at timestamptz, status text, recent bigint, previous bigint)
LANGUAGE c
STABLE STRICT PARALLEL RESTRICTED COST 1000000 ROWS 10000
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'demand_of_node';

COMMENT ON FUNCTION learnify_internal.demand_of_node(uuid, timestamptz) IS 'Returns the course_demand of each shard of this node; the anchor is for Citus to find it';

CREATE OR REPLACE FUNCTION learnify_internal.demand_of_nodes(as_of timestamptz)
RETURNS TABLE (id uuid, meta_category text, created_at timestamptz, status text, recent bigint, previous bigint)
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 1000000 ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  anchor uuid;
BEGIN
  FOR anchor IN SELECT a.id FROM learnify_internal.node_anchors() AS a (id) LOOP
    -- Citus sends a call to a node by a constant, and where the statement has nothing else.
    RETURN QUERY EXECUTE format('SELECT d.* FROM learnify_internal.demand_of_node(%L, %L) AS d', anchor, as_of);
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.demand_of_nodes(timestamptz) IS 'Returns the course_demand of all nodes, of which several may have rows of a course';

-- Citus writes one table at a time, and all copies of it.
CREATE OR REPLACE FUNCTION learnify_internal.write_trending_of_nodes(as_of timestamptz)
RETURNS integer
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  courses uuid[];
  ranking jsonb;
BEGIN
  SELECT coalesce(array_agg(r.id), '{}'), coalesce(jsonb_agg(r), '[]') INTO courses, ranking
  FROM learnify_internal.trending_ranking(as_of) AS r;
  DELETE FROM @extschema@.trending_courses AS t WHERE t.course_id <> ALL (courses);
  INSERT INTO @extschema@.trending_courses AS t
    (course_id, velocity, signups_24h, signups_previous_24h, rank, meta_category, calculated_at, score, tier)
  SELECT r.id, r.velocity, r.recent, r.previous, r.rank, r.meta_category, write_trending_of_nodes.as_of, r.score, learnify_internal.trending_tier(r.rank)
  FROM jsonb_to_recordset(ranking)
    AS r (id uuid, meta_category text, recent bigint, previous bigint, score double precision, velocity double precision, rank bigint)
  ON CONFLICT (course_id) DO UPDATE
  SET velocity = excluded.velocity,
      signups_24h = excluded.signups_24h,
      signups_previous_24h = excluded.signups_previous_24h,
      rank = excluded.rank,
      meta_category = excluded.meta_category,
      calculated_at = excluded.calculated_at,
      score = excluded.score,
      tier = excluded.tier;
  RETURN cardinality(courses);
END
$$;

COMMENT ON FUNCTION learnify_internal.write_trending_of_nodes(timestamptz) IS 'Does what refresh_trending does, on all nodes';
