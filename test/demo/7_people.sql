-- What other learners see
\echo 'The submissions were broadcast to the feed, where followers see them. Noor follows Malik,'
\echo 'Ines does not:'
\echo
\set ECHO queries
SELECT follow_user(noor.id, malik.id) AS follows
FROM users AS noor, users AS malik
WHERE noor.name = 'Noor' AND malik.name = 'Malik';

SELECT t.metadata ->> 'actor_name' AS who, t.activity_type, t.metadata ->> 'score' AS score,
       coalesce(t.metadata ->> 'achievement', t.metadata ->> 'exercise_title',
                'module ' || (t.metadata ->> 'module_number')) AS what, t.visibility
FROM users AS noor
CROSS JOIN activity_ticker(noor.id, page_size => 10) AS t
WHERE noor.name = 'Noor';

SELECT name, (SELECT count(*) FROM activity_ticker(id)) AS rows_in_the_ticker
FROM users
WHERE name IN ('Noor', 'Ines')
ORDER BY name;
\set ECHO none

\echo 'Malik hides his activities, which takes effect at once, and shows them again:'
\echo
\set ECHO queries
UPDATE users SET max_visibility = 'private' WHERE name = 'Malik';

SELECT count(*) AS rows_in_her_ticker
FROM users AS noor
CROSS JOIN activity_ticker(noor.id)
WHERE noor.name = 'Noor';

UPDATE users SET max_visibility = 'public' WHERE name = 'Malik';

SELECT count(*) AS rows_in_her_ticker
FROM users AS noor
CROSS JOIN activity_ticker(noor.id)
WHERE noor.name = 'Noor';
\set ECHO none

\echo 'The living resume that Ines, who does not follow Malik, may see:'
\echo
\set ECHO queries
SELECT jsonb_pretty(living_resume(malik.id, ines.id)) AS resume
FROM users AS malik, users AS ines
WHERE malik.name = 'Malik' AND ines.name = 'Ines' \g (format=unaligned)
\set ECHO none

DO $$
BEGIN
  ASSERT (SELECT count(*) = 5 FROM users AS u CROSS JOIN activity_ticker(u.id) WHERE u.name = 'Noor'), 'not five rows for Noor';
  ASSERT (SELECT count(*) = 0 FROM users AS u CROSS JOIN activity_ticker(u.id) WHERE u.name = 'Ines'), 'rows for Ines';
END
$$;
