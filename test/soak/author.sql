-- An author renames, archives, restores or deletes a generated course, which somebody else begins.
-- A course in which others have worked is not deleted.
\set learner random(1, 24)
\set other random(1, 24)
\set kind random(1, 5)
SELECT soak.attempt('SELECT start_course(soak.learner(:other), id)
  FROM (SELECT id FROM generated_courses WHERE archetype_id IS NOT NULL AND user_id = soak.learner(:learner) ORDER BY random() LIMIT 1) AS c', '55000')
WHERE :kind > 2;
SELECT soak.attempt(format('SELECT %s FROM (
  SELECT id FROM generated_courses WHERE archetype_id IS NOT NULL AND user_id = soak.learner(:learner) ORDER BY random() LIMIT 1) AS c',
  (ARRAY['delete_course(id)', 'rename_course(id, ''Renamed '' || random())', 'archive_course(id)', 'restore_course(id)', 'restore_course(id)'])[:kind]),
  '55006', '55000');
