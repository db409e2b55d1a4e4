-- data.sql: generates the benchmark data, the same on every run.
--
--   psql -v size=1 -v history=1 -v social=on -f data.sql
--
-- At size 1 there are 100,000 learners, 10,000 courses, 5 million enrolments (379,000
-- of them in the last 48 hours), 3 million follows and 5 million feed rows. The numbers of
-- enrolments, follows and feed rows grow with size, those of learners and courses with its
-- square root, so that the share of courses that a learner has taken is constant. history
-- scales only the enrolments older than 48 hours; with social=off, nothing after the
-- enrolments is loaded.
--
-- Random numbers are hashes of row numbers, so that they depend neither on plans nor on
-- the version of PostgreSQL. Foreign keys are not checked during the load, but hold.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SET work_mem = '256MB';
SET jit = off;

CREATE SCHEMA bench;

CREATE TABLE bench.parameters AS
SELECT date_trunc('minute', now()) AS as_of,
       -- four more learners are added below, as readers for the ticker's bench
       round(100000 * sqrt(:size))::bigint - 4 AS learners,
       round(10000 * sqrt(:size))::bigint AS courses,
       round(379000 * :size)::bigint AS recent_enrolments,
       round(4621000 * :size * :history)::bigint AS older_enrolments,
       round(3000000 * :size)::bigint AS follows,
       round(5000000 * :size)::bigint AS feed_rows;

SELECT * FROM bench.parameters \gset

-- Returns random number n of the sequence given by seed, uniform in [0, 1).
CREATE FUNCTION bench.uniform(n bigint, seed bigint)
RETURNS double precision
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE
RETURN (hashint8extended(n, seed) & 9007199254740991)::double precision / 9007199254740992;

CREATE FUNCTION bench.id(kind text, n bigint)
RETURNS uuid
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE
RETURN md5(kind || n::text)::uuid;

-- Strides coprime to the number of learners. Stepping through the learners by such a stride
-- modulo their number visits each once, which gives a course distinct learners without
-- deduplication.
CREATE TABLE bench.strides AS
SELECT row_number() OVER (ORDER BY c.n) - 1 AS n, c.stride
FROM (SELECT n, 1 + floor(bench.uniform(n, 11) * :learners)::bigint AS stride
      FROM generate_series(1, 10000) AS n) AS c
WHERE gcd(c.stride, :learners) = 1
ORDER BY c.n
LIMIT 1000;

-- Disables a table's indexes. Loading without them and reindexing afterwards takes a third
-- of the time.
CREATE FUNCTION bench.set_indexes_aside(relation regclass)
RETURNS void
LANGUAGE sql
VOLATILE
BEGIN ATOMIC
  UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = relation;
END;

-- The CPU time of the server process, in milliseconds; elapsed time where the system does
-- not tell it. The system brings it up to date when the process gives up the processor, which
-- pg_sleep does.
CREATE FUNCTION bench.cpu_ms()
RETURNS numeric
LANGUAGE sql
VOLATILE
BEGIN ATOMIC
  SELECT coalesce(split_part(pg_read_file('/proc/self/schedstat', 0, 100, true), ' ', 1)::numeric / 1000000,
                  1000 * extract(epoch FROM clock_timestamp()))
  FROM pg_sleep(0.0001);
END;

-- Keeps the shortest CPU time of a statement. EXECUTE plans it each time, as happens in a
-- session that runs it once an hour.
CREATE TABLE bench.times (label text CONSTRAINT times_pkey PRIMARY KEY, ms numeric NOT NULL);

CREATE PROCEDURE bench.measure(label text, statement text)
LANGUAGE plpgsql AS $$
DECLARE
  started numeric := bench.cpu_ms();
BEGIN
  EXECUTE statement;
  INSERT INTO bench.times AS t
  VALUES (label, bench.cpu_ms() - started)
  ON CONFLICT ON CONSTRAINT times_pkey DO UPDATE SET ms = least(t.ms, excluded.ms);
END
$$;

-- Runs two expressions in turns, each some times, and returns the median time of one call of
-- each. Their plans are kept for the session.
CREATE FUNCTION bench.compare_calls(ours text, other text, calls integer, OUT ours_ms numeric, OUT other_ms numeric)
LANGUAGE plpgsql
VOLATILE AS $$
DECLARE
  side text;
  started numeric;
  times numeric[] := '{}';
BEGIN
  FOREACH side IN ARRAY ARRAY['ours', 'other'] LOOP
    EXECUTE format('CREATE OR REPLACE FUNCTION pg_temp.%I(calls integer) RETURNS void LANGUAGE plpgsql AS $f$ '
                   'BEGIN FOR turn IN 1 .. calls LOOP PERFORM %s; END LOOP; END $f$',
                   side, CASE side WHEN 'ours' THEN ours ELSE other END);
    EXECUTE format('SELECT pg_temp.%I(20)', side);
  END LOOP;
  FOR turn IN 1 .. 7 LOOP
    started := bench.cpu_ms();
    PERFORM pg_temp.ours(calls);
    times := times || (bench.cpu_ms() - started) / calls;
    started := bench.cpu_ms();
    PERFORM pg_temp.other(calls);
    times := times || (bench.cpu_ms() - started) / calls;
  END LOOP;
  SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) FILTER (WHERE t.number % 2 = 1)::numeric,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) FILTER (WHERE t.number % 2 = 0)::numeric
  INTO ours_ms, other_ms
  FROM unnest(times) WITH ORDINALITY AS t (ms, number);
END
$$;

-- Learners. Three in ten have been dormant for a year.
CREATE TABLE bench.learners AS
SELECT n, bench.id('learner', n) AS id, bench.uniform(n, 21) < 0.3 AS dormant
FROM generate_series(1, :learners::bigint) AS n
UNION ALL
SELECT :learners + p, bench.id('learner', :learners + p), false
FROM generate_series(1, 4) AS p;

INSERT INTO users (id, email, password_hash, name, created_at, updated_at, last_login, max_visibility)
SELECT l.id,
       CASE l.n - :learners
         WHEN 1 THEN 'follows-200-active@bench.example'
         WHEN 2 THEN 'follows-6000@bench.example'
         WHEN 3 THEN 'follows-200-dormant@bench.example'
         WHEN 4 THEN 'follows-5@bench.example'
         ELSE 'learner-' || l.n || '@bench.example'
       END,
       '!', 'Learner ' || l.n, joined.at, joined.at, joined.at,
       CASE WHEN bench.uniform(l.n, 22) < 0.93 THEN 'public' WHEN bench.uniform(l.n, 22) < 0.98 THEN 'friends' ELSE 'private' END
FROM bench.learners AS l
CROSS JOIN LATERAL (SELECT :'as_of'::timestamptz - interval '1 day' * (735 + 400 * bench.uniform(l.n, 23))) AS joined (at);

INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level)
SELECT l.id,
       (ARRAY['Digital', 'Economic', 'Aesthetic', 'Biological', 'Cognitive'])[1 + l.n % 5],
       'domain ' || l.n % 997,
       (ARRAY['novice', 'analyst', 'quant'])[1 + l.n % 3]
FROM bench.learners AS l;

-- Courses in order of popularity, which is proportional to 1 / (n + 30). One in fifty is
-- younger than 48 hours and has no earlier enrolments. momentum is the ratio of the
-- enrolments in the last 24 hours to those in the 24 hours before.
CREATE TABLE bench.courses AS
WITH drawn AS (
  SELECT n,
         1.0::double precision / (n + 30) AS weight,
         exp(1.2 * (bench.uniform(n, 31) + bench.uniform(n, 32) - 1)) AS momentum,
         n % 50 = 49 AS young
  FROM generate_series(1, :courses::bigint) AS n
), shared AS (
  SELECT d.*,
         sum(d.weight) OVER upto / sum(d.weight) OVER () AS recent_upto,
         sum(d.weight) FILTER (WHERE NOT d.young) OVER upto / sum(d.weight) FILTER (WHERE NOT d.young) OVER () AS older_upto
  FROM drawn AS d
  WINDOW upto AS (ORDER BY d.n)
)
SELECT s.n,
       bench.id('course', s.n) AS id,
       s.momentum,
       s.young,
       CASE WHEN s.young THEN 6 + 40 * bench.uniform(s.n, 33) ELSE 24 * (735 + 300 * bench.uniform(s.n, 33)) END AS age_hours,
       round(:recent_enrolments * s.recent_upto)::bigint
         - coalesce(round(:recent_enrolments * lag(s.recent_upto) OVER (ORDER BY s.n))::bigint, 0) AS recent,
       round(:older_enrolments * s.older_upto)::bigint
         - coalesce(round(:older_enrolments * lag(s.older_upto) OVER (ORDER BY s.n))::bigint, 0) AS older,
       floor(bench.uniform(s.n, 34) * :learners)::bigint AS first_learner,
       t.stride
FROM shared AS s
JOIN bench.strides AS t ON t.n = s.n % 1000;

INSERT INTO generated_courses (id, user_id, title, description, meta_category, injected_variables, status, created_at, updated_at)
SELECT c.id,
       bench.id('learner', 1 + floor(bench.uniform(c.n, 35) * :learners)::bigint),
       'Software architecture through domain ' || c.n,
       'Seven modules that teach how software is built, in the terms of domain ' || c.n || '.',
       (ARRAY['Digital', 'Economic', 'Aesthetic', 'Biological', 'Cognitive'])[1 + c.n % 5],
       jsonb_build_object('DOMAIN', 'domain ' || c.n),
       CASE WHEN bench.uniform(c.n, 36) < 0.97 THEN 'active' ELSE 'archived' END,
       made.at, made.at
FROM bench.courses AS c
CROSS JOIN LATERAL (SELECT :'as_of'::timestamptz - interval '1 hour' * c.age_hours) AS made (at);

INSERT INTO course_tags (course_id, tag)
SELECT c.id, 'tag-' || (floor(200 * bench.uniform(c.n, 40) ^ 2)::bigint + 70 * t) % 200
FROM bench.courses AS c
CROSS JOIN generate_series(0, 2) AS t;

-- Modules and exercises, for the 200 most popular courses only.
INSERT INTO generated_modules (id, course_id, blueprint_module_id, module_number, title, description, content, status, unlocked_at)
SELECT bench.id('module', c.n * 10 + b.module_number), c.id, b.id, b.module_number,
       'Module ' || b.module_number || ' of domain ' || c.n, '', '{"lessons": []}',
       CASE b.module_number WHEN 1 THEN 'active' ELSE 'locked' END,
       CASE b.module_number WHEN 1 THEN now() END
FROM bench.courses AS c
CROSS JOIN blueprint_modules AS b
WHERE c.n <= 200;

INSERT INTO exercises (id, module_id, exercise_number, title, language, test_cases, difficulty)
SELECT bench.id('exercise', (c.n * 10 + m) * 10 + e), bench.id('module', c.n * 10 + m), e,
       'Exercise ' || e, 'python',
       '[{"input": "1", "expected_output": "1", "is_hidden": false}, {"input": "2", "expected_output": "2", "is_hidden": true}]',
       'easy'
FROM bench.courses AS c
CROSS JOIN generate_series(1, 7) AS m
CROSS JOIN generate_series(1, 2) AS e
WHERE c.n <= 200;

\echo '  learners and courses loaded'

-- Enrolments, in order of time, and more frequent recently.
SELECT bench.set_indexes_aside('user_progress') \g /dev/null

INSERT INTO user_progress
  (user_id, course_id, current_module_id, progress_percentage, time_spent_minutes, last_activity, started_at, completed_at)
SELECT bench.id('learner', 1 + (e.first_learner + e.k * e.stride) % :learners),
       e.id,
       CASE WHEN e.n <= 200 AND e.modules < 7 THEN bench.id('module', e.n * 10 + e.modules + 1) END,
       100 * e.modules / 7,
       25 * e.modules,
       last.activity,
       e.started_at,
       CASE WHEN e.modules = 7 THEN last.activity END
FROM (
  SELECT c.n, c.id, c.first_learner, c.stride, k,
         CASE WHEN k < c.recent THEN 0 ELSE floor(8 * bench.uniform(c.n * 1000000 + k, 53))::integer END AS modules,
         :'as_of'::timestamptz - interval '1 hour' *
           CASE
             WHEN k >= c.recent THEN 48 + (730 * 24 - 48) * bench.uniform(c.n * 1000000 + k, 51) ^ 2
             WHEN c.young THEN c.age_hours * bench.uniform(c.n * 1000000 + k, 51)
             WHEN bench.uniform(c.n * 1000000 + k, 52) < c.momentum / (1 + c.momentum)
               THEN 24 * bench.uniform(c.n * 1000000 + k, 51)
             ELSE 24 + 24 * bench.uniform(c.n * 1000000 + k, 51)
           END AS started_at
  FROM bench.courses AS c
  CROSS JOIN LATERAL generate_series(0, c.recent + c.older - 1) AS k
  ORDER BY started_at
) AS e
CROSS JOIN LATERAL (
  SELECT e.started_at + (:'as_of'::timestamptz - e.started_at) * bench.uniform(e.n * 1000000 + e.k, 54) ^ 3
) AS last (activity);

REINDEX TABLE user_progress;
VACUUM ANALYZE user_progress;
\echo '  enrolments loaded'
-- No trigger has written what searches read.
SELECT refresh_search() \g /dev/null

-- The rest is for the benches of the social and discovery layers.
\if :social

-- Submissions to both exercises of each completed module in the five most popular courses.
SELECT bench.set_indexes_aside('module_completions') \g /dev/null

INSERT INTO module_completions
  (user_id, module_id, exercise_id, submitted_code, language, test_results, passed, score, attempts, time_spent_minutes, submitted_at)
SELECT p.user_id, bench.id('module', c.n * 10 + m), bench.id('exercise', (c.n * 10 + m) * 10 + e), 'print(input())', 'python',
       '[true, true]', true, 100, 1, 12,
       p.started_at + (p.last_activity - p.started_at) * (m * 2 + e - 2) / (p.progress_percentage * 7 / 100 * 2 + 2)
FROM bench.courses AS c
JOIN user_progress AS p ON p.course_id = c.id
CROSS JOIN LATERAL generate_series(1, (p.progress_percentage * 7 + 99) / 100) AS m
CROSS JOIN generate_series(1, 2) AS e
WHERE c.n <= 5;

REINDEX TABLE module_completions;
VACUUM ANALYZE module_completions;
\echo '  submissions loaded'

SELECT bench.set_indexes_aside('user_course_interactions') \g /dev/null

INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT p.user_id, p.course_id, 'enrolled', p.started_at
FROM user_progress AS p
UNION ALL
SELECT p.user_id, p.course_id, 'completed', p.completed_at
FROM user_progress AS p
WHERE p.completed_at IS NOT NULL;

REINDEX TABLE user_course_interactions;
VACUUM ANALYZE user_course_interactions;

SELECT bench.set_indexes_aside('recommendations') \g /dev/null

INSERT INTO recommendations
  (user_id, course_id, recommendation_type, match_score, reason, metadata, created_at, expires_at)
SELECT l.id,
       bench.id('course', 1 + (floor(bench.uniform(l.n, 61) * :courses)::bigint + r * (1 + l.n % 7)) % :courses),
       kind.name,
       99 - 2 * r,
       'Learners like you took this course',
       jsonb_build_object('rank', 1 + r / 4),
       :'as_of'::timestamptz,
       :'as_of'::timestamptz + interval '7 days'
FROM bench.learners AS l
CROSS JOIN generate_series(0, 19) AS r
CROSS JOIN LATERAL (
  SELECT (ARRAY['collaborative_filtering', 'skill_adjacency', 'social_signal', 'trending'])[1 + r % 4]
) AS kind (name);

REINDEX TABLE recommendations;
VACUUM ANALYZE recommendations;
\echo '  interactions and recommendations loaded'

-- Follows. The number of followers is proportional to 1 / (n + 50), so learner 1 has most.
-- The last four learners follow 200 active ones, 6,000 of all kinds, 200 dormant ones, and
-- 5 active ones.
SELECT bench.set_indexes_aside('user_relationships') \g /dev/null

WITH shared AS (
  SELECT l.n, l.id, sum(1.0 / (l.n + 50)) OVER (ORDER BY l.n) / sum(1.0 / (l.n + 50)) OVER () AS upto
  FROM bench.learners AS l
  WHERE l.n <= :learners
), followed AS (
  SELECT s.n, s.id, t.stride, floor(bench.uniform(s.n, 71) * :learners)::bigint AS first,
         round(:follows * s.upto)::bigint - coalesce(round(:follows * lag(s.upto) OVER (ORDER BY s.n))::bigint, 0) AS followers
  FROM shared AS s
  JOIN bench.strides AS t ON t.n = s.n % 1000
), pairs AS (
  SELECT bench.id('learner', 1 + (f.first + k * f.stride) % :learners) AS follower_id,
         f.id AS following_id,
         f.n * 1000000 + k AS draw
  FROM followed AS f
  CROSS JOIN LATERAL generate_series(1, f.followers) AS k
  UNION ALL
  SELECT bench.id('learner', :learners + profile.n), chosen.id, -1000000 * profile.n - chosen.n
  FROM (VALUES (1, 200, ARRAY[false]), (2, 6000, ARRAY[false, true]), (3, 200, ARRAY[true]), (4, 5, ARRAY[false]))
    AS profile (n, follows, dormant)
  CROSS JOIN LATERAL (
    SELECT l.id, l.n
    FROM bench.learners AS l
    WHERE l.n <= :learners AND l.dormant = ANY (profile.dormant)
    ORDER BY bench.uniform(l.n, 72), l.n
    LIMIT profile.follows
  ) AS chosen
)
INSERT INTO user_relationships (follower_id, following_id, created_at)
SELECT p.follower_id, p.following_id, :'as_of'::timestamptz - interval '1 day' * (1 + 728 * bench.uniform(p.draw, 73))
FROM pairs AS p
WHERE p.follower_id <> p.following_id;

REINDEX TABLE user_relationships;
VACUUM ANALYZE user_relationships;
\echo '  follows loaded'

-- The activities possible in the 200 courses that have modules.
CREATE TABLE bench.deeds AS
SELECT row_number() OVER (ORDER BY c.n, m, d.kind) - 1 AS n,
       d.activity, d.reference,
       CASE d.reference
         WHEN 'course' THEN c.id
         WHEN 'module' THEN bench.id('module', c.n * 10 + m)
         ELSE bench.id('exercise', (c.n * 10 + m) * 10 + d.kind)
       END AS reference_id,
       d.visibility,
       jsonb_build_object('course_title', 'Software architecture through domain ' || c.n, 'module_number', m,
                          'score', 60 + 10 * d.kind) AS metadata
FROM bench.courses AS c
CROSS JOIN generate_series(1, 7) AS m
CROSS JOIN (VALUES (1, 'exercise_solved', 'exercise', 'friends'), (2, 'exercise_solved', 'exercise', 'friends'),
                   (3, 'module_completed', 'module', 'friends'), (4, 'course_completed', 'course', 'public'))
  AS d (kind, activity, reference, visibility)
WHERE c.n <= 200;
ANALYZE bench.deeds;
SELECT count(*) AS deeds FROM bench.deeds \gset

-- The feed, in order of time. Learners with many followers are more active; activities of
-- dormant ones are more than a year old. One row in twenty is private.
SELECT bench.set_indexes_aside('activity_feed') \g /dev/null

INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id, metadata, visibility, created_at)
SELECT w.actor, d.activity, d.reference, d.reference_id, w.actor_name || d.metadata,
       CASE WHEN w.n % 20 = 0 THEN 'private' ELSE d.visibility END,
       w.created_at
FROM (
  SELECT n, l.id AS actor, l.actor_name,
         floor(bench.uniform(n, 83) * :deeds)::bigint AS deed,
         :'as_of'::timestamptz - interval '1 day' *
           CASE WHEN l.dormant THEN 366 + 364 * bench.uniform(n, 82) ELSE 730 * bench.uniform(n, 82) ^ 2 END AS created_at
  FROM generate_series(1, :feed_rows::bigint) AS row (n)
  JOIN (SELECT a.n AS learner, a.id, a.dormant, jsonb_build_object('actor_name', 'Learner ' || a.n) AS actor_name
        FROM bench.learners AS a) AS l
    ON l.learner = 1 + floor(bench.uniform(row.n, 81) ^ 1.7 * :learners)::bigint
  ORDER BY created_at
) AS w
JOIN bench.deeds AS d ON d.n = w.deed;

REINDEX TABLE activity_feed;
\echo '  feed loaded'
\endif

VACUUM ANALYZE;
