-- search_courses() with misspelt words, where pg_trgm is installed, in whatever schema. Where the server has none, this ends.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT count(*) = 0 AS is_missing FROM pg_available_extensions WHERE name = 'pg_trgm' \gset
\if :is_missing
\quit
\endif
DELETE FROM users;
INSERT INTO users (id, email, password_hash, name) VALUES (md5('typos')::uuid, 'typos@example.org', '!', 'Typos');
INSERT INTO generated_courses (id, user_id, title, description, meta_category)
SELECT md5('typos' || n)::uuid, md5('typos')::uuid, (ARRAY['Sourdough bread', 'Running', 'Chess openings', 'It''s a craft', 'Trading oil', 'Trading corn'])[n], (ARRAY['Ovens', '', 'Gambits', '', '', ''])[n], 'Digital' FROM generate_series(1, 6) AS n;
CREATE FUNCTION pg_temp.found(query text, category text DEFAULT NULL, page_size integer DEFAULT 20, after_id uuid DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(title, ', ' ORDER BY title COLLATE "C") FROM search_courses(query, category, page_size, after_id)
$$;
SELECT pg_temp.found('sourdoh') AS without;
CREATE SCHEMA "Odd ""one""";
CREATE EXTENSION pg_trgm SCHEMA "Odd ""one""";
-- Only words of titles and tags are guessed, and only where nothing is found.
SELECT query, pg_temp.found(query) FROM unnest(ARRAY['sourdoh', 'sourdoh bred', 'sourdogh ovens', 'sourdough ovns', 'runing -bread', '"chess opnings"', 'chesss or sourdoh', 'traiding', 'trading', 'trading oyl', 'gambts', 'xyzzy', 'its a crft', 'sour\dough''']) AS query;
-- A page goes on with the words that were guessed.
SELECT c.title IN ('Trading oil', 'Trading corn') AS first, pg_temp.found('traiding', 'Digital', 1, c.course_id) IS DISTINCT FROM c.title AS other
FROM search_courses('traiding', 'Digital', 1) AS c;
SELECT cardinality(array_agg(DISTINCT t)) AS both
FROM (SELECT c.title AS t FROM search_courses('traiding', 'Digital', 1) AS c
      UNION ALL SELECT pg_temp.found('traiding', 'Digital', 1, c.course_id) FROM search_courses('traiding', 'Digital', 1) AS c) AS p;
-- A learner guesses as well as anybody.
DROP ROLE IF EXISTS regress_learner;
CREATE ROLE regress_learner;
SELECT grant_learner('regress_learner');
SET ROLE regress_learner;
SELECT title FROM search_courses('sourdoh');
RESET ROLE;
-- Words of a course that the learner may not see neither answer the learner nor are guessed; a back end finds them.
INSERT INTO users (id, email, password_hash, name, max_visibility) VALUES (md5('hidden')::uuid, 'hidden@example.org', '!', 'Hidden', 'private');
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (md5('hidden')::uuid, md5('hidden')::uuid, 'Sourdogs xylophone', 'Digital');
SELECT query, pg_temp.found(query) FROM unnest(ARRAY['sourdogs', 'sourdog', 'xylophon']) AS query;
SET ROLE regress_learner;
SELECT title FROM search_courses('sourdogs');
SELECT title FROM search_courses('sourdog');
SELECT title FROM search_courses('xylophon');
RESET ROLE;
DROP OWNED BY regress_learner;
DROP ROLE regress_learner;
DROP SCHEMA "Odd ""one""" CASCADE;
SELECT pg_temp.found('sourdoh') AS without_again;
DELETE FROM users;
