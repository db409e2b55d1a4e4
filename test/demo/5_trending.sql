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

\echo 'Velocity is the number of sign-ups in the last 24 hours divided by that in the 24 hours'
\echo 'before: above 2 is trending, above 5 hot. A ratio of few sign-ups is uncertain, so courses'
\echo 'are ranked by a lower bound, which the true ratio exceeds with 95 % probability given the'
\echo 'trend of the whole site. Four courses to compare:'
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

\echo 'Sneaker collecting (from 1 to 3) ranks far behind sourdough (from 50 to 100), since two more'
\echo 'sign-ups may be chance, and fifty are not. Juggling has almost the velocity of stock trading,'
\echo 'but opened 30 hours ago: 11 sign-ups in its first 6 hours are the same pace as 56 in 24.'

DO $$
BEGIN
  ASSERT (SELECT t.rank FROM trending_courses AS t JOIN generated_courses AS c ON c.id = t.course_id
          WHERE c.injected_variables ->> 'DOMAIN' = 'sourdough')
       < (SELECT t.rank FROM trending_courses AS t JOIN generated_courses AS c ON c.id = t.course_id
          WHERE c.injected_variables ->> 'DOMAIN' = 'sneaker collecting'),
    '1 to 3 outranks 50 to 100';
END
$$;
