-- A week of sign-ups
\echo 'For the next steps, 2,995 more learners and 301 more courses with a week of enrolments are'
\echo 'loaded by plain INSERTs, the same on every run. A few courses have most enrolments, and some'
\echo 'grow every day.'
\echo

-- Returns random number n of the sequence given by seed, uniform in [0, 1).
CREATE FUNCTION pg_temp.uniform(n bigint, seed bigint)
RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(n, seed) & 9007199254740991)::double precision / 9007199254740992;

CREATE FUNCTION pg_temp.learner(n bigint)
RETURNS uuid
LANGUAGE sql IMMUTABLE
RETURN md5('learner ' || n::text)::uuid;

SET learnify.automation = off;

INSERT INTO users (id, email, password_hash, name, created_at)
SELECT pg_temp.learner(n), 'learner-' || n || '@example.com', '!', 'Learner ' || n, now() - interval '1 year'
FROM generate_series(1, 2995) AS n;

INSERT INTO generated_courses (id, user_id, title, description, meta_category, injected_variables, created_at)
SELECT md5('course ' || d.n)::uuid,
       pg_temp.learner(1 + d.n % 2995),
       'Software architecture through ' || d.domain,
       'Seven modules that teach how software is built, in the terms of ' || d.domain || '.',
       (ARRAY['Digital', 'Economic', 'Aesthetic', 'Biological', 'Cognitive'])[1 + d.kind % 5],
       jsonb_build_object('DOMAIN', d.domain),
       now() - interval '1 month'
FROM (
  SELECT row_number() OVER (ORDER BY pg_temp.uniform(hashtext(place || pursuit), 1)) AS n, place || ' ' || pursuit AS domain, kind
  FROM unnest(ARRAY['amateur', 'backyard', 'city', 'coastal', 'competitive', 'family', 'home', 'Japanese', 'mountain', 'Nordic',
                    'old-school', 'small-town', 'traditional', 'vintage', 'weekend']) AS place
  CROSS JOIN unnest(ARRAY['archery', 'beekeeping', 'bird watching', 'board games', 'bonsai', 'calligraphy', 'ceramics',
                          'chess', 'climbing', 'coffee roasting', 'cycling', 'fly fishing', 'gardening', 'guitar building',
                          'jazz piano', 'knitting', 'orchid growing', 'photography', 'running', 'woodworking'])
    WITH ORDINALITY AS p (pursuit, kind)
) AS d;

-- Sign-ups by course and day; day 0 is the last 24 hours. Popularity is proportional to
-- 1 / (n + 4). One course in twelve grows fast, the others change little from day to day.
CREATE TEMP TABLE signups AS
WITH courses AS (
  SELECT n, 380.0 / (n + 4) AS base,
         CASE WHEN n % 12 = 5 THEN 1.5 + pg_temp.uniform(n, 2) ELSE 0.9 + 0.2 * pg_temp.uniform(n, 2) END AS growth
  FROM generate_series(1, 300) AS n
)
SELECT md5('course ' || c.n)::uuid AS course_id, c.n, day,
       floor(c.base * c.growth ^ (3 - day) * (0.8 + 0.4 * pg_temp.uniform(c.n * 7 + day, 3))
             + pg_temp.uniform(c.n * 7 + day, 4))::integer AS signups
FROM courses AS c
CROSS JOIN generate_series(0, 6) AS day;

-- Four courses to compare in the next step: those of Noor, Malik and Ines, as if they had
-- opened three weeks ago, and one that opened 30 hours ago.
UPDATE generated_courses
SET created_at = now() - interval '3 weeks'
WHERE injected_variables ->> 'DOMAIN' IN ('stock trading', 'sneaker collecting', 'sourdough');

INSERT INTO generated_courses (user_id, title, meta_category, injected_variables, created_at)
VALUES (pg_temp.learner(1), 'Software architecture through juggling', 'Cognitive', '{"DOMAIN": "juggling"}',
        now() - interval '30 hours');

INSERT INTO signups
SELECT c.id, t.n, t.day, t.signups
FROM (VALUES ('sourdough', 301, 1, 50), ('sourdough', 301, 0, 100),
             ('sneaker collecting', 302, 1, 1), ('sneaker collecting', 302, 0, 3),
             ('stock trading', 303, 1, 12), ('stock trading', 303, 0, 70),
             ('juggling', 304, 1, 11), ('juggling', 304, 0, 56)) AS t (domain, n, day, signups)
JOIN generated_courses AS c ON c.injected_variables ->> 'DOMAIN' = t.domain;

-- Each fifth of the learners likes one category; three in four of a course's learners are
-- from the fifth that likes its category. Since each fifth has 599 learners, a prime,
-- stepping by any number modulo 599 visits each learner once.
INSERT INTO user_progress (user_id, course_id, started_at, last_activity)
SELECT pg_temp.learner(1 + 5 * ((s.n * 677 + s.place * (1 + s.n * 37 % 598)) % 599) + s.fifth),
       s.course_id, s.started_at, s.started_at
FROM (
  SELECT d.course_id, d.n,
         row_number() OVER (PARTITION BY d.n ORDER BY d.day, k) AS place,
         CASE WHEN pg_temp.uniform(draw.n, 6) < 0.75
           THEN array_position(ARRAY['Digital', 'Economic', 'Aesthetic', 'Biological', 'Cognitive'], c.meta_category) - 1
           ELSE floor(5 * pg_temp.uniform(draw.n, 7))::integer
         END AS fifth,
         -- not before the course was created, and minutes away from the limits of the day,
         -- so that no sign-up falls into another day by the time of the refresh
         now() - interval '1 day' * d.day
           - least(interval '1 day', now() - interval '1 day' * d.day - c.created_at)
             * (0.01 + 0.98 * pg_temp.uniform(draw.n, 5)) AS started_at
  FROM signups AS d
  JOIN generated_courses AS c ON c.id = d.course_id
  CROSS JOIN LATERAL generate_series(1, d.signups) AS k
  CROSS JOIN LATERAL (SELECT d.n * 100000 + d.day * 10000 + k) AS draw (n)
) AS s;

-- The interactions that triggers would have recorded with learnify.automation on.
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT user_id, course_id, 'enrolled', started_at
FROM user_progress;

RESET learnify.automation;
ANALYZE;

\set ECHO queries
SELECT (SELECT count(*) FROM users) AS learners,
       (SELECT count(*) FROM generated_courses) AS courses,
       (SELECT count(*) FROM user_progress) AS enrolments;

SELECT CASE WHEN place <= 3 THEN '  1 to 3' WHEN place <= 30 THEN '  4 to 30' ELSE ' 31 to 304' END
         AS courses_by_popularity,
       sum(enrolments) AS enrolments,
       round(100 * sum(enrolments) / sum(sum(enrolments)) OVER ()) || ' %' AS share
FROM (SELECT count(*) AS enrolments, row_number() OVER (ORDER BY count(*) DESC) AS place
      FROM user_progress
      GROUP BY course_id) AS c
GROUP BY 1
ORDER BY 1;
\set ECHO none
