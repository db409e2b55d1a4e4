-- What is computed from the rows of all users is computed in a distributed database on one node, from
-- copies that it makes of these rows for the transaction. The functions are those of a plain database.

CREATE OR REPLACE FUNCTION learnify_internal.on_gathered(statement text)
RETURNS SETOF record
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'on_gathered';

COMMENT ON FUNCTION learnify_internal.on_gathered(text) IS 'Runs a statement for which the names of tables stand for the copies that gather_table has made of them, and else for those of this node';

-- A copy is read only by statements of the role that has made it. It has the columns by the same
-- numbers, and the same indexes, which are made before the rows, so that any snapshot may use them.
CREATE OR REPLACE FUNCTION learnify_internal.make_gathered(name name)
RETURNS name
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
  source CONSTANT regclass := learnify_internal.qualified_table(name);
  target CONSTANT name := 'learnify_gathered_' || (SELECT c.relname FROM pg_class AS c WHERE c.oid = source);
  item record;
BEGIN
  EXECUTE format('DROP TABLE IF EXISTS pg_temp.%I', target);
  EXECUTE format('CREATE TEMP TABLE pg_temp.%I (%s) ON COMMIT DROP', target,
                 (SELECT string_agg(CASE
                                      WHEN a.attisdropped THEN format('%I "char"', 'dropped ' || a.attnum)
                                      ELSE format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
                                           || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
                                    END, ', ' ORDER BY a.attnum)
                  FROM pg_attribute AS a
                  LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                  WHERE a.attrelid = source AND a.attnum > 0));
  FOR item IN SELECT 'dropped ' || a.attnum AS name FROM pg_attribute AS a WHERE a.attrelid = source AND a.attnum > 0 AND a.attisdropped LOOP
    EXECUTE format('ALTER TABLE pg_temp.%I DROP COLUMN %I', target, item.name);
  END LOOP;
  FOR item IN
    SELECT CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END AS kind, substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*') AS definition
    FROM pg_index AS i
    WHERE i.indrelid = source AND i.indisvalid
  LOOP
    EXECUTE format('CREATE %sINDEX ON pg_temp.%I%s', item.kind, target, item.definition);
  END LOOP;
  RETURN target;
END
$$;

COMMENT ON FUNCTION learnify_internal.make_gathered(name) IS 'Makes an empty copy of a table for the transaction, or makes it anew, and returns its name in pg_temp';

-- All rows where the users are NULL, and of a table that is not by user.
CREATE OR REPLACE FUNCTION learnify_internal.gather_table(name name, users uuid[] DEFAULT NULL, first_user_id uuid DEFAULT NULL, last_user_id uuid DEFAULT NULL,
                                                          ids uuid[] DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  user_column CONSTANT name := (SELECT u.user_column FROM learnify_internal.user_tables() AS u WHERE u.name = gather_table.name);
  target CONSTANT name := learnify_internal.make_gathered(name);
  schema name;
  relation name;
BEGIN
  PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true);
  SELECT n.nspname, c.relname INTO schema, relation
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.oid = learnify_internal.qualified_table(gather_table.name);
  IF ids IS NOT NULL THEN
    EXECUTE format('INSERT INTO pg_temp.%I SELECT t.* FROM %I.%I AS t WHERE t.id = ANY (%L)', target, schema, relation, ids);
  ELSIF users IS NOT NULL AND user_column IS NOT NULL THEN
    EXECUTE format('INSERT INTO pg_temp.%I SELECT t.* FROM %I.%I AS t WHERE t.%I = ANY (%L)', target, schema, relation, user_column, users);
  ELSIF first_user_id IS NOT NULL AND user_column IS NOT NULL THEN
    EXECUTE format('INSERT INTO pg_temp.%I SELECT t.* FROM %I.%I AS t WHERE t.%I BETWEEN %L AND %L', target, schema, relation, user_column, first_user_id, last_user_id);
  ELSE
    EXECUTE format('INSERT INTO pg_temp.%I SELECT t.* FROM %I.%I AS t', target, schema, relation);
  END IF;
  EXECUTE format('ANALYZE pg_temp.%I', target);
END
$$;

COMMENT ON FUNCTION learnify_internal.gather_table(name, uuid[], uuid, uuid, uuid[]) IS 'Copies the rows of a table that are of these users, or of those from the first to the last, or that have these ids, or all, for on_gathered';

-- What on_gathered changes can be told from the rows as they were.
CREATE OR REPLACE FUNCTION learnify_internal.keep_gathered(name name)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
  EXECUTE format('DROP TABLE IF EXISTS pg_temp.%I', 'learnify_before_' || name);
  EXECUTE format('CREATE TEMP TABLE pg_temp.%I ON COMMIT DROP AS SELECT * FROM pg_temp.%I', 'learnify_before_' || name, 'learnify_gathered_' || name);
END
$$;

COMMENT ON FUNCTION learnify_internal.keep_gathered(name) IS 'Keeps what gather_table has copied, to compare it with';

--
-- Recommendations
--

CREATE OR REPLACE FUNCTION learnify_internal.send_model()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  model jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('id', g.id, 'ids', g.similar_course_ids, 'weights', g.similar_course_weights, 'intercept', g.similarity_intercept,
                                      'learners', g.learner_count, 'tags', g.next_tags))
  INTO model
  FROM pg_temp.learnify_gathered_generated_courses AS g
  JOIN pg_temp.learnify_before_generated_courses AS b ON b.id = g.id
  WHERE (g.similar_course_ids, g.similar_course_weights, g.similarity_intercept, g.learner_count, g.next_tags)
        IS DISTINCT FROM (b.similar_course_ids, b.similar_course_weights, b.similarity_intercept, b.learner_count, b.next_tags);
  IF model IS NOT NULL THEN
    UPDATE @extschema@.generated_courses AS c
    SET similar_course_ids = m.ids,
        similar_course_weights = m.weights,
        similarity_intercept = m.intercept,
        learner_count = m.learners,
        next_tags = m.tags
    FROM jsonb_to_recordset(model) AS m (id uuid, ids uuid[], weights real[], intercept real, learners integer, tags jsonb)
    WHERE c.id = m.id;
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.send_model() IS 'Writes on all nodes what on_gathered has changed of the recommendation model';

CREATE OR REPLACE FUNCTION learnify_internal.send_recommendations()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  users uuid[];
  gone uuid[];
BEGIN
  SELECT array_agg(DISTINCT b.user_id), array_agg(b.id) INTO users, gone
  FROM pg_temp.learnify_before_recommendations AS b
  WHERE NOT EXISTS (SELECT FROM pg_temp.learnify_gathered_recommendations AS g WHERE g.id = b.id);
  IF gone IS NOT NULL THEN
    DELETE FROM @extschema@.recommendations AS r WHERE r.user_id = ANY (users) AND r.id = ANY (gone);
  END IF;
  DELETE FROM pg_temp.learnify_gathered_recommendations AS g
  USING pg_temp.learnify_before_recommendations AS b
  WHERE b.id = g.id AND b IS NOT DISTINCT FROM g;
  INSERT INTO @extschema@.recommendations AS r (id, user_id, course_id, recommendation_type, match_score, reason, metadata, created_at, expires_at)
  SELECT g.id, g.user_id, g.course_id, g.recommendation_type, g.match_score, g.reason, g.metadata, g.created_at, g.expires_at
  FROM pg_temp.learnify_gathered_recommendations AS g
  ON CONFLICT (user_id, course_id, recommendation_type) DO UPDATE
  SET match_score = excluded.match_score,
      reason = excluded.reason,
      metadata = excluded.metadata,
      created_at = excluded.created_at,
      expires_at = excluded.expires_at;
END
$$;

COMMENT ON FUNCTION learnify_internal.send_recommendations() IS 'Writes to the shards what on_gathered has changed of the recommendations';

CREATE OR REPLACE FUNCTION learnify_internal.gather_interests(users uuid[])
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  followed uuid[];
BEGIN
  PERFORM learnify_internal.gather_table('user_course_interactions', users),
          learnify_internal.gather_table('user_relationships', users);
  IF users IS NOT NULL THEN
    followed := ARRAY(SELECT r.following_id FROM pg_temp.learnify_gathered_user_relationships AS r);
  END IF;
  PERFORM learnify_internal.gather_table('user_progress', users || followed);
END
$$;

COMMENT ON FUNCTION learnify_internal.gather_interests(uuid[]) IS 'Gathers what these users take, whom they follow, and what those take; of all users where NULL';

CREATE OR REPLACE FUNCTION learnify_internal.score_on_nodes(user_id uuid, course_ids uuid[])
RETURNS TABLE (course_id uuid, rank integer, score double precision, reason text, because_courses uuid[])
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000000 ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.gather_interests(ARRAY[user_id]);
  RETURN QUERY
    SELECT r.*
    FROM learnify_internal.on_gathered(format('SELECT * FROM @extschema@.score_courses(%L, %L)', user_id, course_ids))
      AS r (course_id uuid, rank integer, score double precision, reason text, because_courses uuid[]);
END
$$;

COMMENT ON FUNCTION learnify_internal.score_on_nodes(uuid, uuid[]) IS 'Returns what score_courses does, from what has been gathered of the learner';

CREATE OR REPLACE FUNCTION learnify_internal.refresh_gathered(first_user_id uuid, last_user_id uuid)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  written bigint;
BEGIN
  PERFORM learnify_internal.gather_table('recommendations', NULL, first_user_id, last_user_id),
          learnify_internal.keep_gathered('recommendations');
  SELECT r.written INTO written
  FROM learnify_internal.on_gathered(format('SELECT learnify_internal.replace_all_recommendations(%L, %L)', first_user_id, last_user_id)) AS r (written bigint);
  PERFORM learnify_internal.send_recommendations();
  RETURN written;
END
$$;

COMMENT ON FUNCTION learnify_internal.refresh_gathered(uuid, uuid) IS 'Does what replace_all_recommendations does for the learners from the first to the last, from what has been gathered, and writes it to the shards';

CREATE OR REPLACE FUNCTION learnify_internal.refresh_on_nodes(user_id uuid, parameters jsonb, min_lift double precision, min_support integer)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  range record;
  learners bigint;
  done bigint := 0;
  written bigint := 0;
BEGIN
  IF user_id IS NOT NULL THEN
    PERFORM learnify_internal.gather_interests(ARRAY[user_id]);
    RETURN learnify_internal.refresh_gathered(user_id, user_id);
  END IF;
  PERFORM learnify_internal.gather_interests(NULL), learnify_internal.gather_table('generated_courses'), learnify_internal.keep_gathered('generated_courses');
  PERFORM FROM learnify_internal.on_gathered(
    format('SELECT learnify_internal.renew_recommendation_model(%L, %L, %L)', parameters, min_lift, min_support)) AS r (written bigint);
  PERFORM learnify_internal.send_model();
  learners := (SELECT count(*) FROM @extschema@.users AS u);
  FOR range IN
    SELECT r.*
    FROM learnify_internal.on_gathered('SELECT * FROM learnify_internal.learner_ranges()') AS r (first_user_id uuid, last_user_id uuid, learners bigint)
  LOOP
    PERFORM learnify_internal.report_recommendation_progress('learners done', done, learners);
    written := written + learnify_internal.refresh_gathered(range.first_user_id, range.last_user_id);
    done := done + range.learners;
  END LOOP;
  PERFORM learnify_internal.report_recommendation_progress('learners done', done, learners);
  RETURN written;
END
$$;

COMMENT ON FUNCTION learnify_internal.refresh_on_nodes(uuid, jsonb, double precision, integer) IS 'Does what refresh_recommendations does, from the rows of all nodes';

--
-- What is searched
--

-- A document that somebody else has written meanwhile stays.
CREATE OR REPLACE FUNCTION learnify_internal.send_documents()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  counts jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('course_id', g.course_id, 'learners', g.learners)) INTO counts
  FROM pg_temp.learnify_gathered_course_documents AS g
  LEFT JOIN pg_temp.learnify_before_course_documents AS b ON b.course_id = g.course_id
  WHERE g.learners <> coalesce(b.learners, 0);
  DELETE FROM pg_temp.learnify_gathered_course_documents AS g
  USING pg_temp.learnify_before_course_documents AS b
  WHERE b.course_id = g.course_id AND b.language = g.language;
  INSERT INTO learnify_internal.course_documents AS d (course_id, meta_category, language, head, document)
  SELECT g.course_id, g.meta_category, g.language, g.head, g.document
  FROM pg_temp.learnify_gathered_course_documents AS g
  ON CONFLICT (course_id) DO UPDATE
  SET meta_category = excluded.meta_category,
      language = excluded.language,
      head = excluded.head,
      document = excluded.document
  WHERE d.language <> excluded.language;
  IF counts IS NOT NULL THEN
    UPDATE learnify_internal.course_documents AS d
    SET learners = c.learners
    FROM jsonb_to_recordset(counts) AS c (course_id uuid, learners integer)
    WHERE d.course_id = c.course_id;
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.send_documents() IS 'Writes on all nodes what on_gathered has changed of what is searched';

CREATE OR REPLACE FUNCTION learnify_internal.refresh_documents_of_nodes()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  changed bigint;
BEGIN
  PERFORM learnify_internal.gather_table('learnify_internal.course_documents'), learnify_internal.gather_table('user_progress'),
          learnify_internal.keep_gathered('course_documents');
  SELECT r.changed INTO changed
  FROM learnify_internal.on_gathered('SELECT learnify_internal.refresh_documents()') AS r (changed bigint);
  PERFORM learnify_internal.send_documents();
  RETURN changed;
END
$$;

COMMENT ON FUNCTION learnify_internal.refresh_documents_of_nodes() IS 'Does what refresh_documents does, from the sign-ups of all nodes';

--
-- The queue of requests to models
--

-- Writing nothing makes Citus lock the copies of the queue, so that one session at a time claims. Of
-- the requests that are due, some more than are claimed are looked at, since their submissions may be
-- gone.
CREATE OR REPLACE FUNCTION learnify_internal.gather_due_requests(kind text, n integer)
RETURNS uuid[]
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  requests uuid[];
  subjects uuid[];
BEGIN
  UPDATE learnify_internal.model_requests AS r SET tries = r.tries WHERE r.id = '00000000-0000-0000-0000-000000000000';
  SELECT coalesce(array_agg(d.id), '{}'), coalesce(array_agg(d.subject), '{}') INTO requests, subjects
  FROM (SELECT r.id, coalesce(r.archetype_id, r.submission_id) AS subject
        FROM learnify_internal.model_requests AS r
        WHERE r.kind = gather_due_requests.kind AND r.due_at <= statement_timestamp()
        ORDER BY r.due_at, r.id
        LIMIT n + 100) AS d;
  PERFORM learnify_internal.gather_table('learnify_internal.model_requests', ids => requests),
          learnify_internal.keep_gathered('model_requests');
  RETURN subjects;
END
$$;

COMMENT ON FUNCTION learnify_internal.gather_due_requests(text, integer) IS 'Gathers requests of a kind that are due, at least so many, and returns what they are about';

CREATE OR REPLACE FUNCTION learnify_internal.send_requests()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  gone uuid[];
  given jsonb;
BEGIN
  gone := ARRAY(SELECT b.id
                FROM pg_temp.learnify_before_model_requests AS b
                WHERE NOT EXISTS (SELECT FROM pg_temp.learnify_gathered_model_requests AS g WHERE g.id = b.id));
  DELETE FROM learnify_internal.model_requests AS r WHERE r.id = ANY (gone);
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'ticket', g.ticket, 'tries', g.tries, 'due_at', g.due_at)), '[]') INTO given
  FROM pg_temp.learnify_gathered_model_requests AS g
  JOIN pg_temp.learnify_before_model_requests AS b ON b.id = g.id
  WHERE g IS DISTINCT FROM b;
  UPDATE learnify_internal.model_requests AS r
  SET ticket = g.ticket,
      tries = g.tries,
      due_at = g.due_at
  FROM jsonb_to_recordset(given) AS g (id uuid, ticket uuid, tries integer, due_at timestamptz)
  WHERE r.id = g.id;
  DELETE FROM pg_temp.learnify_gathered_model_requests AS g
  USING pg_temp.learnify_before_model_requests AS b
  WHERE b.id = g.id;
  INSERT INTO learnify_internal.model_requests (id, kind, archetype_id, due_at, ticket, tries)
  SELECT g.id, g.kind, g.archetype_id, g.due_at, g.ticket, g.tries
  FROM pg_temp.learnify_gathered_model_requests AS g;
END
$$;

COMMENT ON FUNCTION learnify_internal.send_requests() IS 'Writes on all nodes what on_gathered has changed of requests to models';

CREATE OR REPLACE FUNCTION learnify_internal.claim_from_nodes(n integer, time_out interval, max_tries integer)
RETURNS TABLE (submission_id uuid, user_id uuid, exercise jsonb, code text, language text, test_results jsonb, passed boolean,
               score integer, earlier_reviews jsonb, ticket uuid, tries integer)
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000 ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  learners uuid[];
BEGIN
  PERFORM learnify_internal.gather_table('module_completions', ids => learnify_internal.gather_due_requests('review', n));
  SELECT array_agg(DISTINCT s.user_id) INTO learners FROM pg_temp.learnify_gathered_module_completions AS s;
  PERFORM learnify_internal.gather_table('architecture_reviews', coalesce(learners, '{}'));
  RETURN QUERY
    SELECT r.*
    FROM learnify_internal.on_gathered(format('SELECT * FROM @extschema@.claim_reviews(%L, %L, %L)', n, time_out, max_tries))
      AS r (submission_id uuid, user_id uuid, exercise jsonb, code text, language text, test_results jsonb, passed boolean,
            score integer, earlier_reviews jsonb, ticket uuid, tries integer);
  PERFORM learnify_internal.send_requests();
END
$$;

COMMENT ON FUNCTION learnify_internal.claim_from_nodes(integer, interval, integer) IS 'Does what claim_reviews does, with the submissions of all nodes';

-- A trigger on each node deletes the requests of those that are given up.
CREATE OR REPLACE FUNCTION learnify_internal.send_given_up_domains()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  given_up jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('id', g.id, 'reason', g.validation_reason)) INTO given_up
  FROM pg_temp.learnify_gathered_user_archetypes AS g
  WHERE g.validation_status <> 'pending';
  IF given_up IS NOT NULL THEN
    UPDATE @extschema@.user_archetypes AS a
    SET validation_status = 'unchecked',
        validation_reason = g.reason
    FROM jsonb_to_recordset(given_up) AS g (id uuid, reason text)
    WHERE a.id = g.id;
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.send_given_up_domains() IS 'Writes on all nodes which domains on_gathered has given up';

-- Besides those that are due, as many are looked at that may have no request.
CREATE OR REPLACE FUNCTION learnify_internal.claim_domains_of_nodes(n integer, time_out interval, max_tries integer)
RETURNS TABLE (archetype_id uuid, user_id uuid, meta_category text, domain text, skill_level text, variables jsonb,
               ticket uuid, tries integer)
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000 ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  archetypes uuid[] := learnify_internal.gather_due_requests('domain_validation', n);
  unasked uuid[];
BEGIN
  SELECT array_agg(p.id) INTO unasked
  FROM (SELECT a.id
        FROM @extschema@.user_archetypes AS a
        WHERE a.validation_status = 'pending'
          AND NOT EXISTS (SELECT FROM learnify_internal.model_requests AS r WHERE r.archetype_id = a.id)
        ORDER BY a.updated_at
        LIMIT n) AS p;
  PERFORM learnify_internal.gather_table('user_archetypes', ids => archetypes || unasked);
  RETURN QUERY
    SELECT r.*
    FROM learnify_internal.on_gathered(format('SELECT * FROM @extschema@.claim_domain_validations(%L, %L, %L)', n, time_out, max_tries))
      AS r (archetype_id uuid, user_id uuid, meta_category text, domain text, skill_level text, variables jsonb, ticket uuid, tries integer);
  PERFORM learnify_internal.send_requests(), learnify_internal.send_given_up_domains();
END
$$;

COMMENT ON FUNCTION learnify_internal.claim_domains_of_nodes(integer, interval, integer) IS 'Does what claim_domain_validations does, on all nodes';
