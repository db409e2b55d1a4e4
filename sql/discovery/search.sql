CREATE OR REPLACE FUNCTION learnify_internal.search_language()
RETURNS text
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'search_language';

COMMENT ON FUNCTION learnify_internal.search_language() IS 'Returns the setting learnify.search_language';

-- A mistake in the setting must not keep anybody from writing a course. It is looked up instead of
-- cast, since an error could only be caught in a subtransaction, which a parallel query refuses.
CREATE OR REPLACE FUNCTION learnify_internal.search_configuration(language text)
RETURNS regconfig
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  configuration CONSTANT regconfig := (
    SELECT c.oid
    FROM pg_ts_config AS c
    JOIN pg_namespace AS n ON n.oid = c.cfgnamespace
    WHERE lower(language COLLATE "C") IN (lower(c.cfgname), lower(format('%s.%s', n.nspname, c.cfgname) COLLATE "C"))
    ORDER BY n.nspname <> 'pg_catalog', c.oid
    LIMIT 1);
BEGIN
  IF configuration IS NULL THEN
    RAISE WARNING 'text search configuration "%" of learnify.search_language does not exist', learnify_internal.excerpt(language)
      USING HINT = 'Courses are searched without a language until it is set to one of pg_ts_config.';
    RETURN 'pg_catalog.simple';
  END IF;
  RETURN configuration;
END
$$;

COMMENT ON FUNCTION learnify_internal.search_configuration(text) IS 'Returns a text search configuration by name, and simple with a warning where there is none';

-- PostgreSQL's parser folds case by the locale of the database, and takes a letter with a combining
-- mark for another one than the composed letter. So words are folded before it reads them.
CREATE OR REPLACE FUNCTION learnify_internal.fold_words(value text)
RETURNS text
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'fold_words';

COMMENT ON FUNCTION learnify_internal.fold_words(text) IS 'Returns a text with each word in Unicode''s normalisation form C and its simple case folding, whatever the database''s encoding, collation and provider';

-- The words of a title and tags have weight A, those of the description B, those of modules C. A
-- tsvector has a greatest length, so what is read of each text has one.
CREATE OR REPLACE FUNCTION learnify_internal.head_words(configuration regconfig, course_id uuid, title text)
RETURNS tsvector
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT setweight(to_tsvector(configuration, learnify_internal.fold_words(left(concat_ws(' ', head_words.title, string_agg(t.tag, ' ' ORDER BY t.tag COLLATE "C")), 5000))), 'A')
  FROM course_tags AS t
  WHERE t.course_id = head_words.course_id;
END;

COMMENT ON FUNCTION learnify_internal.head_words(regconfig, uuid, text) IS 'Returns the words of a course''s title and tags';

CREATE OR REPLACE FUNCTION learnify_internal.body_words(configuration regconfig, course_id uuid, description text)
RETURNS tsvector
LANGUAGE sql
STABLE PARALLEL SAFE COST 10000
BEGIN ATOMIC
  SELECT setweight(to_tsvector(configuration, learnify_internal.fold_words(left(body_words.description, 10000))), 'B')
      || setweight(to_tsvector(configuration, learnify_internal.fold_words(
           coalesce(left(string_agg(concat_ws(' ', m.title, left(m.description, 2000), left(o.objectives::text, 5000)),
                                    ' ' ORDER BY m.module_number), 50000), ''))), 'C')
  FROM generated_modules AS m
  CROSS JOIN LATERAL jsonb_path_query_array(m.content, 'lax $.learning_objectives[*] ? (@.type() == "string")') AS o (objectives)
  WHERE m.course_id = body_words.course_id;
END;

COMMENT ON FUNCTION learnify_internal.body_words(regconfig, uuid, text) IS 'Returns the words of a course''s description, and of its modules and their objectives';

CREATE OR REPLACE FUNCTION learnify_internal.is_coordinating()
RETURNS boolean
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'is_coordinating';

COMMENT ON FUNCTION learnify_internal.is_coordinating() IS 'Returns whether the database is distributed and the statement writes to the tables of all nodes, and not to the copies or shards of one';

CREATE OR REPLACE FUNCTION learnify_internal.is_on_node()
RETURNS boolean
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'is_on_node';

COMMENT ON FUNCTION learnify_internal.is_on_node() IS 'Returns whether the statement reads and writes the copies or shards of one node of a distributed database';

-- The document of a course is locked before the course is read, so that of two transactions that
-- change a course the second reads what the first has written.
--
-- Only tags have changed if of_head is true. The other words of the document can stay then.
CREATE OR REPLACE FUNCTION learnify_internal.write_documents(courses uuid[], of_head boolean DEFAULT false)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  present CONSTANT text := learnify_internal.search_language();
  configuration CONSTANT regconfig := learnify_internal.search_configuration(present);
  n bigint;
BEGIN
  IF cardinality(courses) = 0 THEN
    RETURN 0;
  END IF;
  IF learnify_internal.is_coordinating() THEN
    RETURN 0;  -- each node has done this for its copy
  END IF;
  PERFORM FROM learnify_internal.course_documents AS d WHERE d.course_id = ANY (courses) ORDER BY d.course_id FOR UPDATE;
  INSERT INTO learnify_internal.course_documents AS d (course_id, meta_category, language, head, document)
  SELECT c.id, c.meta_category, present, h.head,
         h.head || CASE
                     WHEN of_head AND o.language = present THEN ts_filter(o.document, '{b,c}')
                     ELSE learnify_internal.body_words(configuration, c.id, c.description)
                   END
  FROM @extschema@.generated_courses AS c
  LEFT JOIN learnify_internal.course_documents AS o ON o.course_id = c.id
  CROSS JOIN LATERAL learnify_internal.head_words(configuration, c.id, c.title) AS h (head)
  WHERE c.id = ANY (courses) AND c.status <> 'archived'
  ORDER BY c.id
  ON CONFLICT (course_id) DO UPDATE
  SET meta_category = excluded.meta_category,
      language = excluded.language,
      head = excluded.head,
      document = excluded.document;
  GET DIAGNOSTICS n = ROW_COUNT;
  DELETE FROM learnify_internal.course_documents AS d
  USING @extschema@.generated_courses AS c
  WHERE d.course_id = ANY (courses) AND c.id = d.course_id AND c.status = 'archived';
  RETURN n;
END
$$;

COMMENT ON FUNCTION learnify_internal.write_documents(uuid[], boolean) IS 'Brings what is searched about courses up to date, and returns how many documents it has written';

-- The triggers on INSERT and DELETE are called once for a statement. Those on UPDATE are called
-- for rows, because most updates of these tables change nothing that is searched.
--
-- A course that is in the making is left out: generate_course, which inserts it in several
-- statements and names it in a setting, writes its document once at the end.
CREATE OR REPLACE FUNCTION learnify_internal.process_searched_rows()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  in_the_making CONSTANT text := coalesce(current_setting('learnify_internal.course_in_the_making', true), '');
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    PERFORM learnify_internal.write_documents(ARRAY(SELECT d.course_id FROM learnify_internal.course_documents AS d), starts_with(TG_TABLE_NAME, 'course_tags'));
  ELSIF starts_with(TG_TABLE_NAME, 'generated_courses') THEN
    PERFORM learnify_internal.write_documents(ARRAY(SELECT r.id FROM changed_rows AS r WHERE r.id::text <> in_the_making));
  ELSE
    PERFORM learnify_internal.write_documents(ARRAY(SELECT DISTINCT r.course_id FROM changed_rows AS r WHERE r.course_id::text <> in_the_making),
                                              starts_with(TG_TABLE_NAME, 'course_tags'));
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.process_searched_rows() IS 'Statement trigger: brings what is searched up to date with inserted or deleted rows, or a table that was truncated';

CREATE OR REPLACE FUNCTION learnify_internal.process_searched_row()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF starts_with(TG_TABLE_NAME, 'generated_courses') THEN
    PERFORM learnify_internal.write_documents(ARRAY[NEW.id]);
  ELSE
    PERFORM learnify_internal.write_documents(ARRAY[OLD.course_id, NEW.course_id], starts_with(TG_TABLE_NAME, 'course_tags'));
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.process_searched_row() IS 'Row trigger: brings what is searched up to date with a changed row';

CREATE OR REPLACE TRIGGER generated_courses_search_insert
AFTER INSERT ON generated_courses
REFERENCING NEW TABLE AS changed_rows
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_searched_rows();

CREATE OR REPLACE TRIGGER generated_courses_search_update
AFTER UPDATE ON generated_courses
FOR EACH ROW
WHEN (OLD.title <> NEW.title OR OLD.description <> NEW.description OR OLD.meta_category <> NEW.meta_category
      OR (OLD.status = 'archived') <> (NEW.status = 'archived'))
EXECUTE FUNCTION learnify_internal.process_searched_row();

CREATE OR REPLACE TRIGGER generated_modules_search_insert
AFTER INSERT ON generated_modules
REFERENCING NEW TABLE AS changed_rows
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_searched_rows();

CREATE OR REPLACE TRIGGER generated_modules_search_delete
AFTER DELETE ON generated_modules
REFERENCING OLD TABLE AS changed_rows
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_searched_rows();

CREATE OR REPLACE TRIGGER generated_modules_search_truncate
AFTER TRUNCATE ON generated_modules
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_searched_rows();

CREATE OR REPLACE TRIGGER generated_modules_search_update
AFTER UPDATE ON generated_modules
FOR EACH ROW
WHEN (OLD.course_id <> NEW.course_id OR OLD.title <> NEW.title OR OLD.description <> NEW.description OR OLD.content <> NEW.content)
EXECUTE FUNCTION learnify_internal.process_searched_row();

CREATE OR REPLACE TRIGGER course_tags_search_insert
AFTER INSERT ON course_tags
REFERENCING NEW TABLE AS changed_rows
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_searched_rows();

CREATE OR REPLACE TRIGGER course_tags_search_delete
AFTER DELETE ON course_tags
REFERENCING OLD TABLE AS changed_rows
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_searched_rows();

CREATE OR REPLACE TRIGGER course_tags_search_truncate
AFTER TRUNCATE ON course_tags
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_searched_rows();

CREATE OR REPLACE TRIGGER course_tags_search_update
AFTER UPDATE ON course_tags
FOR EACH ROW
WHEN (OLD.course_id <> NEW.course_id OR OLD.tag <> NEW.tag)
EXECUTE FUNCTION learnify_internal.process_searched_row();

-- Counts of courses that somebody else is changing are left to the next refresh, so that nobody
-- waits for the other.
CREATE OR REPLACE FUNCTION learnify_internal.refresh_documents()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
  written bigint;
  counted bigint;
BEGIN
  PERFORM learnify_internal.hold_lock('search');
  IF learnify_internal.is_coordinating() THEN
    RETURN learnify_internal.refresh_documents_of_nodes();
  END IF;
  written := learnify_internal.write_documents(ARRAY(
    SELECT c.id
    FROM @extschema@.generated_courses AS c
    LEFT JOIN learnify_internal.course_documents AS d ON d.course_id = c.id
    WHERE c.status <> 'archived' AND d.language IS DISTINCT FROM learnify_internal.search_language()));
  WITH counts AS (
    SELECT d.course_id, count(p.course_id) AS learners
    FROM learnify_internal.course_documents AS d
    LEFT JOIN @extschema@.user_progress AS p ON p.course_id = d.course_id
    GROUP BY d.course_id
  ), stale AS (
    SELECT d.course_id, c.learners
    FROM learnify_internal.course_documents AS d
    JOIN counts AS c ON c.course_id = d.course_id
    WHERE d.learners <> c.learners
    ORDER BY d.course_id
    FOR UPDATE OF d SKIP LOCKED
  )
  UPDATE learnify_internal.course_documents AS d
  SET learners = s.learners
  FROM stale AS s
  WHERE d.course_id = s.course_id;
  GET DIAGNOSTICS counted = ROW_COUNT;
  RETURN written + counted;
END
$$;

COMMENT ON FUNCTION learnify_internal.refresh_documents() IS 'Does what refresh_search returns';

CREATE OR REPLACE FUNCTION refresh_search()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
BEGIN
  PERFORM @extschema@.require_backend();
  RETURN learnify_internal.refresh_documents();
END
$$;

COMMENT ON FUNCTION refresh_search() IS 'Counts the learners of courses, by which search_courses ranks them, writes what is searched anew where it is missing or of another language, and returns how many courses have changed';

-- To a learner, words of courses that the learner may not see are in none. The first course that
-- has the words answers the question: where most have them, the planner scans the table until it
-- meets one.
CREATE OR REPLACE FUNCTION learnify_internal.any_course_has(words tsquery)
RETURNS boolean
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
  IF NOT learnify_internal.role_is_bound() THEN
    RETURN EXISTS (SELECT FROM learnify_internal.course_documents AS d WHERE d.document @@ words);
  END IF;
  RETURN EXISTS (
    SELECT
    FROM learnify_internal.course_documents AS d
    JOIN @extschema@.generated_courses AS c ON c.id = d.course_id
    WHERE d.document @@ words AND learnify_internal.may_see_course(c.id, c.user_id, @extschema@.current_learner()));
END
$$;

COMMENT ON FUNCTION learnify_internal.any_course_has(tsquery) IS 'Returns whether there is a course with these words that the session''s learner may see, or any for a back end';

-- Where no course has the words, each word that none has is taken for the most similar one of a
-- title or a tag, by pg_trgm if that is installed, in whichever schema.
CREATE OR REPLACE FUNCTION learnify_internal.correct_words(words tsquery, lexemes text[])
RETURNS tsquery
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  trigrams CONSTANT text := (
    SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
  correction record;
BEGIN
  IF trigrams IS NULL THEN
    RETURN words;
  END IF;
  FOR correction IN EXECUTE format(
    'WITH missing AS MATERIALIZED (
       SELECT l.lexeme FROM unnest($1) AS l (lexeme) WHERE NOT learnify_internal.any_course_has(learnify_internal.word_query(l.lexeme))
     ), similar_words AS MATERIALIZED (
       SELECT m.lexeme, k.word,
              row_number() OVER (PARTITION BY m.lexeme ORDER BY %1$I.similarity(k.word, m.lexeme) DESC, k.ndoc DESC, k.word COLLATE "C") AS place
       FROM ts_stat(''SELECT d.head FROM learnify_internal.course_documents AS d'') AS k
       JOIN missing AS m ON k.word <> m.lexeme AND %1$I.similarity(k.word, m.lexeme) >= 0.3
     )
     SELECT DISTINCT ON (s.lexeme) s.lexeme, s.word
     FROM similar_words AS s
     WHERE s.place <= 5
       AND (NOT learnify_internal.role_is_bound() OR learnify_internal.any_course_has(learnify_internal.word_query(s.word)))
     ORDER BY s.lexeme, s.place', trigrams)
  USING lexemes
  LOOP
    words := ts_rewrite(words, learnify_internal.word_query(correction.lexeme), learnify_internal.word_query(correction.word));
  END LOOP;
  RETURN words;
END
$$;

COMMENT ON FUNCTION learnify_internal.correct_words(tsquery, text[]) IS 'Replaces words of a query that no course has by the most similar ones of a title or a tag, where pg_trgm is installed';

CREATE OR REPLACE FUNCTION learnify_internal.word_query(word text)
RETURNS tsquery
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format('''%s''', replace(replace(word, E'\\', E'\\\\'), '''', ''''''))::tsquery;
END;

COMMENT ON FUNCTION learnify_internal.word_query(text) IS 'Returns a text search query for one word as it is';

CREATE OR REPLACE FUNCTION learnify_internal.search_words(query text)
RETURNS tsquery
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
SET jit = off
AS $$
DECLARE
  configuration CONSTANT regconfig := learnify_internal.search_configuration(learnify_internal.search_language());
  folded CONSTANT text := learnify_internal.fold_words(query);
  words CONSTANT tsquery := websearch_to_tsquery(configuration, folded);
BEGIN
  IF numnode(words) = 0 OR learnify_internal.any_course_has(words) THEN
    RETURN words;
  END IF;
  RETURN learnify_internal.correct_words(words, tsvector_to_array(to_tsvector(configuration, folded)));
END
$$;

COMMENT ON FUNCTION learnify_internal.search_words(text) IS 'Returns what a query of search_courses looks for';

-- Courses that have the words in the title or the tags come first, then those that have them
-- elsewhere, each in the order of learners. SECURITY DEFINER, because row-level security would
-- keep the planner from the indexes: the operator of text search is not leakproof. The caller
-- returns only those ids that row-level security shows.
--
-- Plans are made anew, since the best one depends on how many courses have the words: the index
-- of the words where few have, that of the order where most have.
CREATE OR REPLACE FUNCTION learnify_internal.find_courses(query text, meta_category text, page_size integer, after_id uuid)
RETURNS uuid[]
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
  last_learners integer;
  last_by_head boolean;
  words tsquery;
  is_open boolean;
  ids uuid[] := '{}';
BEGIN
  -- It is no page of a user's, so any id will do.
  PERFORM learnify_internal.require_page('00000000-0000-0000-0000-000000000000', page_size, NULL, NULL);
  IF query IS NULL THEN
    RETURN ids;
  ELSIF length(query) > 1000 THEN
    RAISE EXCEPTION 'query has more than 1000 characters'
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'query',
            HINT = 'Ask for a few words.';
  ELSIF meta_category NOT IN ('Digital', 'Economic', 'Aesthetic', 'Biological', 'Cognitive') THEN
    RAISE EXCEPTION 'meta-category "%" is not known', learnify_internal.excerpt(meta_category)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'meta_category',
            HINT = 'Use Digital, Economic, Aesthetic, Biological or Cognitive.';
  END IF;
  words := learnify_internal.search_words(query);
  is_open := numnode(words) = 0;
  IF after_id IS NOT NULL THEN
    SELECT d.learners, is_open OR d.head @@ words INTO last_learners, last_by_head
    FROM learnify_internal.course_documents AS d
    WHERE d.course_id = after_id;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the course that the page follows cannot be found any more'
        USING ERRCODE = 'no_data_found',
              COLUMN = 'after_id',
              HINT = 'Begin anew, without after_id.';
    END IF;
  END IF;

  IF after_id IS NULL OR last_by_head THEN
    ids := ARRAY(
      SELECT d.course_id
      FROM learnify_internal.course_documents AS d
      WHERE (is_open OR d.head @@ words AND d.document @@ words)  -- the rest may have a word that is excluded
        AND (meta_category IS NULL OR d.meta_category = meta_category)
        AND (after_id IS NULL OR (d.learners, d.course_id) < (last_learners, after_id))
      ORDER BY d.learners DESC, d.course_id DESC
      LIMIT page_size);
    after_id := NULL;  -- the others follow none
  END IF;
  IF cardinality(ids) < page_size AND NOT is_open THEN
    ids := ids || ARRAY(
      SELECT d.course_id
      FROM learnify_internal.course_documents AS d
      WHERE d.document @@ words AND NOT d.head @@ words
        AND (meta_category IS NULL OR d.meta_category = meta_category)
        AND (after_id IS NULL OR (d.learners, d.course_id) < (last_learners, after_id))
      ORDER BY d.learners DESC, d.course_id DESC
      LIMIT page_size - cardinality(ids));
  END IF;
  RETURN ids;
END
$$;

COMMENT ON FUNCTION learnify_internal.find_courses(text, text, integer, uuid) IS 'Returns the ids of a page of search_courses, whoever may see them';

-- This runs as the caller, so that row-level security decides which courses are there. It asks
-- for further pages until one is full of those. A page after a course that the caller does not
-- see is one after no course, so that the answer does not tell that there is one.
CREATE OR REPLACE FUNCTION search_courses(query text, meta_category text DEFAULT NULL, page_size integer DEFAULT 20, after_id uuid DEFAULT NULL)
RETURNS TABLE (course_id uuid, title text, description text, category text, author_id uuid, created_at timestamptz)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10000 ROWS 20
BEGIN ATOMIC
  WITH RECURSIVE page AS (
    SELECT f.ids, ARRAY(SELECT c.id
                        FROM unnest(f.ids) WITH ORDINALITY AS i (id, place)
                        JOIN generated_courses AS c ON c.id = i.id
                        ORDER BY i.place) AS seen
    FROM learnify_internal.find_courses(
           search_courses.query, search_courses.meta_category, search_courses.page_size,
           CASE
             WHEN search_courses.after_id IS NULL OR EXISTS (SELECT FROM generated_courses AS c WHERE c.id = search_courses.after_id)
               THEN search_courses.after_id
             ELSE '00000000-0000-0000-0000-000000000000'
           END) AS f (ids)
    UNION ALL
    SELECT f.ids, p.seen || ARRAY(SELECT c.id
                                  FROM unnest(f.ids) WITH ORDINALITY AS i (id, place)
                                  JOIN generated_courses AS c ON c.id = i.id
                                  ORDER BY i.place)
    FROM page AS p
    CROSS JOIN LATERAL learnify_internal.find_courses(search_courses.query, search_courses.meta_category, search_courses.page_size,
                                                      p.ids[cardinality(p.ids)]) AS f (ids)
    WHERE cardinality(p.ids) = search_courses.page_size AND cardinality(p.seen) < search_courses.page_size
  )
  SELECT c.id, c.title, c.description, c.meta_category, c.user_id, c.created_at
  FROM (SELECT p.seen FROM page AS p ORDER BY cardinality(p.seen) DESC LIMIT 1) AS l
  CROSS JOIN LATERAL unnest(l.seen[1:search_courses.page_size]) WITH ORDINALITY AS i (id, place)
  JOIN generated_courses AS c ON c.id = i.id
  ORDER BY i.place;
END;

COMMENT ON FUNCTION search_courses(text, text, integer, uuid) IS 'Returns a page of the courses that have the words of a query in their titles, tags, descriptions, modules or objectives, those with most learners first; the next page is that after the last row''s course_id';
