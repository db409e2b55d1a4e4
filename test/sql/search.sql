-- search_courses(): what is found, in which order and by which indexes, and what keeps it up to date.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_learner, regress_blind;
DELETE FROM users;
SET datestyle = 'ISO, YMD';
CREATE FUNCTION id(kind text, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5('search ' || kind || n)::uuid;
INSERT INTO users (id, email, password_hash, name) SELECT id('user', n), n || '@example.org', '!', 'User ' || n FROM generate_series(1, 40) AS n;
CREATE FUNCTION pg_temp.found(query text, category text DEFAULT NULL, page_size integer DEFAULT 20, after_id uuid DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(title, ', ' ORDER BY n) FROM search_courses(query, category, page_size, after_id) WITH ORDINALITY AS c (course_id, title, description, category, author_id, created_at, n)
$$;
CREATE FUNCTION pg_temp.try(statement text, OUT result text, OUT code text, OUT argument text, OUT message text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'SELECT ' || statement INTO result;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, argument = COLUMN_NAME, message = MESSAGE_TEXT;
END
$$;

-- Words of the title, the tags, the description, the modules and their objectives, in any form
-- that the language has; those of title and tags first.
INSERT INTO generated_courses (id, user_id, title, description, meta_category) VALUES
  (id('course', 1), id('user', 1), 'Baking', 'A craft of bakers and their ovens', 'Biological'), (id('course', 2), id('user', 1), 'Chess', 'Openings, and baking a plan', 'Cognitive'),
  (id('course', 3), id('user', 2), 'Gardening', 'Seeds', 'Biological'), (id('course', 4), id('user', 2), 'Trading', '', 'Economic');
INSERT INTO course_tags (course_id, tag) VALUES (id('course', 1), 'sourdough-bread'), (id('course', 3), 'compost'), (id('course', 4), 'oven futures');
INSERT INTO generated_modules (id, course_id, module_number, title, description, content) VALUES
  (id('module', 1), id('course', 1), 1, 'The atom', 'Encapsulating one starter', '{"learning_objectives": ["Name the parts of a loaf"], "lesson": "submarines"}'),
  (id('module', 2), id('course', 2), 1, 'The standard', 'Testing a gambit', '{"learning_objectives": ["Weigh a sacrifice", 7, ["nested"]]}'),
  (id('module', 3), id('course', 3), 1, 'The workflow', '', '{"learning_objectives": "Rotate the crops"}'), (id('module', 4), id('course', 4), 1, 'None', '', '[]');
SELECT query, pg_temp.found(query) FROM unnest(ARRAY['baking', 'bake', 'BAKED', 'sourdough', 'sourdough-bread', 'bread', 'oven', 'encapsulate', 'loaf', 'sacrifices', 'crop', 'submarine', 'nested', 'baking oven', 'baking gambit',
  'loaf or gambit', 'baking -chess', '"baking a plan"', '"plan a baking"', 'the', '', ' ', 'the of', 'Größe', 'a&b | !c:* <->', '''; DROP TABLE users; --']) AS query;
SELECT query, category, pg_temp.found(query, category) FROM (VALUES ('oven', 'Biological'), ('oven', 'Economic'), ('oven', 'Digital'), ('', 'Biological')) AS v (query, category);
SELECT count(*) AS nothing FROM search_courses(NULL);
-- It follows every change, by whoever and whatever way.
UPDATE generated_courses SET title = 'Bread' WHERE id = id('course', 1);
UPDATE generated_modules SET content = '{"learning_objectives": ["Count the bees"]}' WHERE id = id('module', 3);
UPDATE course_tags SET tag = 'castling' WHERE course_id = id('course', 3);
INSERT INTO course_tags (course_id, tag) VALUES (id('course', 2), 'queens');
SELECT query, pg_temp.found(query) FROM unnest('{baking,bread,bees,crop,compost,castling,queen,gambit}'::text[]) AS query;
DELETE FROM course_tags WHERE tag = 'castling';
UPDATE course_tags SET course_id = id('course', 4) WHERE tag = 'queens';
UPDATE generated_modules SET course_id = id('course', 4), module_number = 2 WHERE id = id('module', 3);
DELETE FROM generated_modules WHERE id = id('module', 2);
UPDATE generated_courses SET description = 'Roses', meta_category = 'Aesthetic' WHERE id = id('course', 3);
SELECT query, pg_temp.found(query) FROM unnest('{castling,queen,bees,gambit,seeds,roses}'::text[]) AS query;
SELECT pg_temp.found('roses', 'Aesthetic') AS aesthetic, pg_temp.found('roses', 'Biological') AS biological;
-- Case and the ways in which Unicode composes a character make no difference, whatever the locale.
BEGIN;
INSERT INTO generated_courses (id, user_id, title, description, meta_category) VALUES
  (id('course', 6), id('user', 1), U&'Cafe\0301 R\00D6STEN', repeat('roast ', 900) || U&'\0160umava', 'Aesthetic'),
  (id('course', 7), id('user', 1), U&'Caf\00E9 ro\0308sten', U&' \039F\0394\039F\03A3 ', 'Aesthetic');
INSERT INTO course_tags (course_id, tag) VALUES (id('course', 7), U&'\00C9toile');
SELECT query, count(c.course_id) AS found
FROM unnest(ARRAY[U&'caf\00E9', U&'CAFE\0301', U&'r\00F6sten', U&'RO\0308STEN', U&'s\030Cumava', U&'\03BF\03B4\03BF\03C2', U&'\00E9toile', U&'"CAF\00C9 ro\0308sten"'])
  WITH ORDINALITY AS q (query, n) LEFT JOIN LATERAL search_courses(query) AS c ON true
GROUP BY query, n ORDER BY n;
-- Marks of print separate words as those of ASCII do, and quote phrases; what is not seen does neither.
UPDATE generated_courses SET title = U&'\00BFThe \201CSourdough\201D\2014baker\2019s craft\2026 \00ABpain\00BB, \5165\9580\3001\6A5F\68B0\3002 \0645\06CC\200C\062E\0648\0627\0647\0645 non\2011stop 5\20AC \+01F35E',
  description = U&'air\00ADcraft\3000rye\00A0loaf' WHERE id = id('course', 6);
SELECT query, count(c.course_id) AS found
FROM unnest(ARRAY['sourdough', 'baker', 'baker''s', U&'baker\2019s', 'craft', 'pain', U&'\5165\9580', U&'\6A5F\68B0', U&'\0645\06CC\062E\0648\0627\0647\0645', '"non-stop"', '5', 'aircraft', 'rye', 'loaf',
                  U&'\201Csourdough baker\201D', U&'\201Cbaker sourdough\201D', U&'\201Esourdough', U&'\2014sourdough', U&'\+01F35E'])
  WITH ORDINALITY AS q (query, n) LEFT JOIN LATERAL search_courses(query, 'Aesthetic') AS c ON c.course_id = id('course', 6)
GROUP BY query, n ORDER BY n;
ROLLBACK;
-- An archived course is not found, until it is open again; a deleted one goes.
UPDATE generated_courses SET status = 'archived' WHERE id = id('course', 3);
SELECT pg_temp.found('roses') AS archived, (SELECT count(*) FROM learnify_internal.course_documents) AS documents;
UPDATE generated_courses SET status = 'paused' WHERE id = id('course', 3);
SELECT pg_temp.found('roses') AS paused;
DELETE FROM generated_courses WHERE id = id('course', 3);
SELECT pg_temp.found('roses') AS deleted, (SELECT count(*) FROM learnify_internal.course_documents) AS documents;
-- After any change, the documents equal those that would be written from scratch.
CREATE TEMP VIEW differences AS
SELECT c.title FROM generated_courses AS c FULL JOIN learnify_internal.course_documents AS d ON d.course_id = c.id
WHERE (d.head, tsvector_to_array(d.document)) IS DISTINCT FROM
      (learnify_internal.head_words('english', c.id, c.title), tsvector_to_array(learnify_internal.head_words('english', c.id, c.title) || learnify_internal.body_words('english', c.id, c.description)))
   OR d.meta_category <> c.meta_category;
SELECT * FROM differences;
SET learnify.automation = off;
UPDATE generated_courses SET title = 'Loafs' WHERE id = id('course', 1);
SELECT pg_temp.found('loaf') AS automation_off;
RESET learnify.automation;
-- Writing many rows by one statement, and rows that change nothing that is searched.
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT id('course', n), id('user', 1 + n % 40), format('Course of craft%s and trade%s', n % 100, n % 7), (ARRAY['Digital', 'Economic', 'Aesthetic', 'Biological', 'Cognitive'])[1 + n % 5] FROM generate_series(101, 3100) AS n;
INSERT INTO course_tags (course_id, tag) SELECT id('course', n), 'guild' || n % 500 FROM generate_series(101, 3100) AS n;
UPDATE generated_courses SET injected_variables = '{}', status = 'active', title = title;
SELECT count(*) AS differences FROM differences;
-- Texts of the greatest length are no obstacle.
INSERT INTO generated_courses (id, user_id, title, description, meta_category)
SELECT id('course', 5), id('user', 1), left(string_agg(md5(n::text), ' '), 300), left(string_agg(md5(n::text), ' '), 10000), 'Digital' FROM generate_series(1, 400) AS n;
INSERT INTO generated_modules (course_id, module_number, title, description, content)
SELECT id('course', 5), m, 'Long', left(string_agg(md5((m * n)::text), ' '), 10000), jsonb_build_object('learning_objectives', jsonb_agg(repeat(md5((m * n)::text), 60))) FROM generate_series(1, 7) AS m, generate_series(1, 400) AS n GROUP BY m;
SELECT count(*) AS found FROM search_courses(md5('1'));
DELETE FROM generated_courses WHERE id = id('course', 5);

-- Courses with most learners come first, as counted by the last refresh_search.
INSERT INTO user_progress (user_id, course_id) SELECT id('user', u), id('course', 100 + c) FROM generate_series(1, 40) AS u, generate_series(1, 300) AS c WHERE u <= c % 8;
SELECT count(*) FILTER (WHERE learners > 0) AS counted FROM learnify_internal.course_documents;
SELECT refresh_search() > 200 AS counted, refresh_search() AS again;
SELECT count(*) AS wrong FROM learnify_internal.course_documents AS d WHERE d.learners <> (SELECT count(*) FROM user_progress AS p WHERE p.course_id = d.course_id);

-- Pages: put together they are all that there is, in the order, whatever the size.
CREATE FUNCTION pg_temp.pages(query text, category text, size integer) RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  page uuid[];
  pages uuid[] := '{}';
BEGIN
  LOOP
    page := ARRAY(SELECT c.course_id FROM search_courses(query, category, size, pages[cardinality(pages)]) WITH ORDINALITY AS c (course_id, title, description, category, author_id, created_at, n) ORDER BY n);
    pages := pages || page;
    IF cardinality(page) < size THEN
      RETURN pages;
    END IF;
  END LOOP;
END
$$;
CREATE FUNCTION pg_temp.expected(query text, category text) RETURNS uuid[] LANGUAGE sql AS $$
  SELECT coalesce(array_agg(d.course_id ORDER BY (numnode(q) = 0 OR d.head @@ q) DESC, d.learners DESC, d.course_id DESC), '{}')
  FROM learnify_internal.course_documents AS d, websearch_to_tsquery('english', query) AS q
  WHERE (numnode(q) = 0 OR d.document @@ q) AND coalesce(d.meta_category = category, true)
$$;
UPDATE generated_courses SET description = 'About craft' || (ascii(title) + length(title)) % 9 || ' and guild7' WHERE id IN (SELECT id('course', n) FROM generate_series(101, 3100, 3) AS n);
SELECT query, category, size, cardinality(pg_temp.expected(query, category)) AS courses, pg_temp.pages(query, category, size) = pg_temp.expected(query, category) AS same
FROM (VALUES ('course', NULL, 200), ('craft7', NULL, 7), ('guild7', NULL, 20), ('guild7', 'Digital', 3), ('trade3 -craft10', NULL, 50), ('', NULL, 200), ('', 'Cognitive', 100), ('craft1 guild7', NULL, 1), ('nothing', NULL, 5), ('course guild7', 'Biological', 199)) AS v (query, category, size);
-- A course that has got more learners between two pages is not shown twice, and none is skipped that has not moved.
BEGIN;
CREATE TEMP TABLE first_page AS SELECT course_id, n FROM search_courses('course', NULL, 50) WITH ORDINALITY AS c (course_id, title, description, category, author_id, created_at, n);
UPDATE learnify_internal.course_documents SET learners = learners + 100 WHERE course_id IN (SELECT course_id FROM first_page WHERE n IN (10, 20));
SELECT count(*) AS rows, count(f.course_id) AS again FROM search_courses('course', NULL, 50, (SELECT course_id FROM first_page WHERE n = 50)) AS s LEFT JOIN first_page AS f USING (course_id);
ROLLBACK;
SELECT c.call, t.* FROM unnest(ARRAY['count(*) FROM search_courses(''x'', NULL, 0)', 'count(*) FROM search_courses(''x'', NULL, 201)', 'count(*) FROM search_courses(''x'', NULL, NULL)', 'count(*) FROM search_courses(''x'', ''Culinary'')', 'count(*) FROM search_courses(''x'', NULL, 20, md5(''x'')::uuid)',
  'count(*) FROM search_courses(repeat(''x'', 1001))', 'count(*) FROM search_courses(repeat(''x '', 500))']) AS c (call) CROSS JOIN LATERAL pg_temp.try(c.call) AS t;

-- No query of a page scans the table, for an owner or for a learner whom row-level security holds.
ANALYZE generated_courses;
ANALYZE learnify_internal.course_documents;
CREATE TEMP TABLE watched AS
SELECT i.indexrelid FROM pg_index AS i WHERE i.indrelid = 'learnify_internal.course_documents'::regclass AND i.indexrelid::regclass::text ~ '(head|document|learners)_idx$';
CREATE FUNCTION pg_temp.scans(query text, category text, after_id uuid DEFAULT NULL, OUT rows bigint, OUT by_index bigint, OUT scans_of_courses bigint) LANGUAGE plpgsql AS $$
BEGIN
  by_index := (SELECT -sum(pg_stat_get_xact_numscans(indexrelid)) FROM watched);
  scans_of_courses := -pg_stat_get_xact_numscans('public.generated_courses'::regclass);
  SELECT count(*) INTO rows FROM search_courses(query, category, 20, after_id);
  by_index := by_index + (SELECT sum(pg_stat_get_xact_numscans(indexrelid)) FROM watched);
  scans_of_courses := scans_of_courses + pg_stat_get_xact_numscans('public.generated_courses'::regclass);
END
$$;
SELECT id('course', 107) AS middle \gset
SELECT v.query, v.category, v.after_id IS NOT NULL AS later, s.rows, s.by_index > 0 AS by_index, s.scans_of_courses
FROM (VALUES ('guild17', NULL, NULL::uuid), ('craft7', NULL, NULL), ('course', NULL, NULL), ('course', 'Digital', NULL), ('course', NULL, :'middle'), ('', NULL, :'middle'), ('guild17', 'Economic', NULL)) AS v (query, category, after_id)
CROSS JOIN LATERAL pg_temp.scans(v.query, v.category, v.after_id) AS s;

-- A learner finds what row-level security shows, and a page is full of that.
CREATE ROLE regress_learner;
CREATE ROLE regress_blind;
SELECT grant_learner('regress_learner'), grant_learner('regress_blind');
CREATE POLICY even ON generated_courses AS RESTRICTIVE FOR SELECT TO regress_blind USING (get_byte(uuid_send(id), 15) % 8 = 0);
CREATE TEMP TABLE shown AS SELECT c.n, c.course_id FROM search_courses('course', NULL, 200) WITH ORDINALITY AS c (course_id, title, description, category, author_id, created_at, n);
GRANT SELECT ON shown, watched TO regress_learner, regress_blind;
SET ROLE regress_learner;
SET learnify.user_id = '00000000-0000-4000-8000-000000000001';
SELECT count(*) AS rows, count(*) FILTER (WHERE c.course_id = s.course_id) AS same FROM search_courses('course', NULL, 200) WITH ORDINALITY AS c (course_id, title, description, category, author_id, created_at, n) JOIN shown AS s USING (n);
SELECT query, rows, by_index > 0 AS by_index, scans_of_courses FROM unnest('{course,guild17}'::text[]) AS query CROSS JOIN LATERAL pg_temp.scans(query, NULL) AS s;
SELECT t.code, t.message FROM unnest(ARRAY['learnify_internal.find_courses(''course'', NULL, 20, NULL)', 'refresh_search()']) AS c (call) CROSS JOIN LATERAL pg_temp.try(c.call) AS t;
SET learnify.search_language = 'pg_catalog.simple';
SET ROLE regress_blind;
SELECT count(*) AS rows, count(*) FILTER (WHERE get_byte(uuid_send(course_id), 15) % 8 = 0) AS visible FROM search_courses('course', NULL, 100);
SELECT cardinality(p) > 300 AS many, cardinality(p) = (SELECT count(*) FROM generated_courses WHERE title LIKE 'Course of%') AS "all", cardinality(p) = (SELECT count(DISTINCT i) FROM unnest(p) AS i) AS once FROM pg_temp.pages('course', NULL, 30) AS p;
SELECT rows, by_index > 0 AS by_index, scans_of_courses FROM pg_temp.scans('course', NULL) AS s;
-- A page after a course that is hidden is refused as one after no course, so that nobody learns which there are.
SELECT (SELECT count(*) FROM shown AS s WHERE get_byte(uuid_send(s.course_id), 15) % 8 <> 0) > 0 AS hidden, t.code, t.message
FROM pg_temp.try(format('search_courses(''course'', after_id => %L)', (SELECT s.course_id FROM shown AS s WHERE get_byte(uuid_send(s.course_id), 15) % 8 <> 0 LIMIT 1))) AS t;
SELECT t.code, t.message FROM pg_temp.try('search_courses(''course'', after_id => gen_random_uuid())') AS t;
RESET ROLE;
RESET learnify.user_id;
DROP POLICY even ON generated_courses;
DROP OWNED BY regress_learner, regress_blind;
DROP ROLE regress_learner, regress_blind;

-- generate_course writes the document of its course once; what others insert meanwhile is searched too.
BEGIN;
SELECT choose_archetype(id('user', 1), 'Digital', 'beekeeping', 'novice') IS NOT NULL AS chosen,
       set_variables(id('user', 1), (SELECT jsonb_object_agg(k, 'hive') FROM unnest('{ENTITY,STATE,LOGIC,FLOW,CONTAINER,EDGE_CASE,INTERFACE,VARIANT,EVENT,CAPSTONE_GOAL}'::text[]) AS k)) IS NOT NULL AS set;
CREATE FUNCTION pg_temp.companion() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$ BEGIN
  INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (id('course', 99), NEW.user_id, 'Zymurgy', 'Digital');
  INSERT INTO course_tags (course_id, tag) VALUES (NEW.id, 'ytterbium');
  RETURN NULL;
END $$;
CREATE TRIGGER companion AFTER INSERT ON generated_courses FOR EACH ROW WHEN (NEW.rendered IS NOT NULL) EXECUTE FUNCTION pg_temp.companion();
SELECT generate_course(id('user', 1)) AS generated \gset
SELECT d.head = h.head AS head, d.document = h.head || learnify_internal.body_words('english', c.id, c.description) AS document
FROM learnify_internal.course_documents AS d JOIN generated_courses AS c ON c.id = d.course_id CROSS JOIN LATERAL learnify_internal.head_words('english', c.id, c.title) AS h (head)
WHERE d.course_id = :'generated';
SELECT pg_temp.found('zymurgy') AS companion, pg_temp.found('beekeeping ytterbium') IS NOT NULL AS tags, current_setting('learnify_internal.course_in_the_making', true) AS left_over;
ROLLBACK;

-- A word that is excluded is in no course that is found, wherever it is.
BEGIN;
INSERT INTO generated_courses (id, user_id, title, description, meta_category) VALUES
  (id('course', 6), id('user', 1), 'Zymurgy at home', 'With ytterbium', 'Digital'), (id('course', 7), id('user', 1), 'Zymurgy in town', '', 'Digital'),
  (id('course', 8), id('user', 1), 'Ytterbium', 'Without zymurgy', 'Digital');
SELECT query, pg_temp.found(query) FROM unnest(ARRAY['zymurgy', 'zymurgy -ytterbium', 'ytterbium -zymurgy', 'zymurgy -town', '-zymurgy ytterbium or town']) AS query;
SELECT count(*) AS found FROM search_courses('-bread', page_size => 100) AS f JOIN learnify_internal.course_documents AS d USING (course_id) WHERE d.document @@ 'bread';
ROLLBACK;

-- TRUNCATE takes words away as DELETE does.
BEGIN;
SELECT count(*) > 3 AS by_tags FROM learnify_internal.course_documents AS d WHERE d.head <> learnify_internal.head_words('english', gen_random_uuid(), (SELECT c.title FROM generated_courses AS c WHERE c.id = d.course_id));
TRUNCATE course_tags;
SELECT count(*) AS by_tags FROM learnify_internal.course_documents AS d WHERE d.head <> learnify_internal.head_words('english', gen_random_uuid(), (SELECT c.title FROM generated_courses AS c WHERE c.id = d.course_id));
TRUNCATE generated_modules CASCADE;
SELECT count(*) AS by_modules FROM learnify_internal.course_documents AS d WHERE ts_filter(d.document, '{c}') <> '';
TRUNCATE generated_courses CASCADE;
SELECT count(*) AS documents FROM learnify_internal.course_documents;
ROLLBACK;

-- The language is a setting; refresh_search finds the words anew, and what triggers have missed.
SET learnify.search_language = 'pg_catalog.german';
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (id('course', 6), id('user', 1), 'Häuser bauen', 'Digital');
SELECT pg_temp.found('haus') AS german;
SELECT refresh_search() AS written, refresh_search() AS again;
SELECT DISTINCT language FROM learnify_internal.course_documents;
SET session_replication_role = replica;
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (id('course', 7), id('user', 1), 'Bäume pflanzen', 'Digital');
RESET session_replication_role;
SELECT pg_temp.found('baum') AS missed, refresh_search() AS written;
SELECT pg_temp.found('baum') AS found;
SET client_min_messages = warning;
SET learnify.search_language = 'nowhere.klingon';
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (id('course', 8), id('user', 1), 'Running', 'Digital');
SELECT pg_temp.found('running') AS simple, pg_temp.found('run') AS no_stems;
RESET learnify.search_language;
SELECT refresh_search() > 3000 AS written, pg_temp.found('run') AS english;

DELETE FROM user_progress;
DELETE FROM generated_courses;
DELETE FROM users;
SELECT count(*) FROM learnify_internal.course_documents;
DROP FUNCTION id(text, integer) CASCADE;
