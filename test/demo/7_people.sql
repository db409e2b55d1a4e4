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

\echo 'Malik wants to be asked from now on. Ines asks, and he lets her follow him:'
\echo
SELECT id AS malik FROM users WHERE name = 'Malik' \gset
SELECT id AS ines FROM users WHERE name = 'Ines' \gset
\set ECHO queries
UPDATE users SET follow_policy = 'approve' WHERE id = :'malik';

SELECT follow_user(:'ines', :'malik') AS follows;

SELECT name FROM follow_requests(:'malik');

SELECT accept_follower(:'malik', :'ines') AS accepted;

SELECT count(*) AS rows_in_her_ticker FROM activity_ticker(:'ines');
\set ECHO none

\echo 'He changes his mind and blocks her. She is not told: to her, he has become private.'
\echo
\set ECHO queries
SELECT block_user(:'malik', :'ines') AS blocked;

SELECT count(*) AS rows_in_her_ticker, living_resume(:'malik', :'ines') AS resume FROM activity_ticker(:'ines');
\set ECHO none
\set ON_ERROR_STOP off
\set ECHO queries
SELECT follow_user(:'ines', :'malik');
\set ECHO none
\set ON_ERROR_STOP on
SET demo.sqlstate = :'LAST_ERROR_SQLSTATE';

DO $$
BEGIN
  ASSERT (SELECT count(*) = 0 FROM follow_requests((SELECT id FROM users WHERE name = 'Malik'))), 'a request is left';
  ASSERT (SELECT count(*) = 0 FROM users AS m, users AS i WHERE (m.name, i.name) = ('Malik', 'Ines') AND living_resume(m.id, i.id) IS NOT NULL), 'Ines sees Malik';
  ASSERT current_setting('demo.sqlstate') = '55000', 'Ines may follow Malik';
END
$$;
SELECT unblock_user(:'malik', :'ines') \g /dev/null
UPDATE users SET follow_policy = 'open' WHERE id = :'malik';

DO $$
BEGIN
  ASSERT (SELECT count(*) = 5 FROM users AS u CROSS JOIN activity_ticker(u.id) WHERE u.name = 'Noor'), 'not five rows for Noor';
  ASSERT (SELECT count(*) = 0 FROM users AS u CROSS JOIN activity_ticker(u.id) WHERE u.name = 'Ines'), 'rows for Ines';
END
$$;
