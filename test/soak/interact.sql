-- A learner searches, looks at, saves or shares a course, which is on record once.
\set learner random(1, 24)
\set kind random(1, 3)
SELECT soak.attempt('SELECT count(record_interaction(soak.learner(:learner), c.course_id, (ARRAY[''viewed'', ''saved'', ''shared''])[:kind]))
  FROM (SELECT course_id FROM search_courses(''course | starter'') ORDER BY random() LIMIT 1) AS c');
