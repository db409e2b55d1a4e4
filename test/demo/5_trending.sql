-- What is trending
\echo 'refresh_trending reads the last 48 hours from an index and ranks every course that had'
\echo 'sign-ups in the last 24:'
\echo
\set ECHO queries
SELECT refresh_trending() AS courses_ranked;

SELECT t.rank,
       c.injected_variables ->> 'DOMAIN' AS course,
       t.signups_previous_24h AS "24 h before",
       t.signups_24h AS "last 24 h",
       t.velocity,
       round(t.score::numeric, 2) AS bound,
       velocity_label(t.velocity) AS label
FROM trending_courses AS t
JOIN generated_courses AS c ON c.id = t.course_id
ORDER BY t.rank
LIMIT 15;
\set ECHO none

\echo 'Velocity is the last 24 hours over the 24 before: above 2 is trending, above 5 hot. But a'
\echo 'ratio of few sign-ups proves little, so the rank follows the bound: what the true ratio'
\echo 'exceeds with 95 % probability, given how the whole site goes. Four courses to compare:'
\echo
\set ECHO queries
SELECT c.injected_variables ->> 'DOMAIN' AS course,
       to_char(now() - c.created_at, 'FMDD "d" FMHH24 "h"') AS age,
       t.signups_previous_24h AS "24 h before",
       t.signups_24h AS "last 24 h",
       t.velocity,
       round(t.score::numeric, 2) AS bound,
       t.rank,
       1 + (SELECT count(*) FROM trending_courses AS o WHERE o.velocity > t.velocity) AS by_velocity
FROM trending_courses AS t
JOIN generated_courses AS c ON c.id = t.course_id
WHERE c.injected_variables ->> 'DOMAIN'
      IN ('stock trading', 'sneaker collecting', 'sourdough', 'juggling')
ORDER BY t.rank;
\set ECHO none

\echo 'Sneakers went from 1 to 3 and stay far behind sourdough, which went from 50 to 100: two more'
\echo 'sign-ups are chance, fifty are not. Juggling looks as hot as stock trading, but opened 30 hours'
\echo 'ago: its 11 came in 6 hours, at the pace at which its 56 came in 24.'

DO $$
BEGIN
  ASSERT (SELECT t.rank FROM trending_courses AS t JOIN generated_courses AS c ON c.id = t.course_id
          WHERE c.injected_variables ->> 'DOMAIN' = 'sourdough')
       < (SELECT t.rank FROM trending_courses AS t JOIN generated_courses AS c ON c.id = t.course_id
          WHERE c.injected_variables ->> 'DOMAIN' = 'sneaker collecting'),
    '1 to 3 outranks 50 to 100';
END
$$;
