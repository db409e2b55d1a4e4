-- An author's course follows changed variables, after a look at what would change.
\set learner random(1, 24)
SELECT soak.attempt('SELECT set_variables(soak.learner(:learner), jsonb_build_object(''ENTITY'', ''starter '' || floor(3 * random())))');
SELECT soak.attempt('SELECT count(*) FROM (
  SELECT id FROM generated_courses WHERE archetype_id IS NOT NULL AND user_id = soak.learner(:learner) ORDER BY random() LIMIT 1) AS c
  CROSS JOIN (VALUES (true), (false)) AS d (dry_run) CROSS JOIN LATERAL regenerate_course(c.id, d.dry_run) AS r', '55000');
