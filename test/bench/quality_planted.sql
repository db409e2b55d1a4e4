-- Generates data for quality.sh: twenty fields of thirty courses each. Every learner likes
-- two fields; three in four of their courses are from these, the others are popular ones.
-- The last fifth of a learner's courses from liked fields is the test part. A model that
-- knew the liked fields would reach NDCG@20 0.418 and Recall@20 0.680.
INSERT INTO courses
SELECT n, 'Course ' || n, 'field ' || n / 30, '' FROM generate_series(0, 599) AS n;

CREATE FUNCTION pg_temp.uniform(a bigint, b bigint) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
  SELECT (hashint8extended(a, b) & 9007199254740991)::double precision / 9007199254740992
$$;
INSERT INTO taken
SELECT CASE WHEN d.is_liked AND d.place > 40 THEN 'test' ELSE 'train' END, d.learner, d.course, min(d.place)
FROM (
  SELECT l AS learner, k AS place, u.is_liked,
         CASE WHEN u.is_liked
              THEN ((l * (1 + 6 * (k % 2))) % 20) * 30 + floor(30 * pg_temp.uniform(l * 100 + k, 2) ^ 1.5)
              ELSE floor(600 * pg_temp.uniform(l * 100 + k, 3) ^ 3)
         END::integer AS course
  FROM generate_series(1, 3000) AS l
  CROSS JOIN generate_series(1, 50) AS k
  CROSS JOIN LATERAL (SELECT pg_temp.uniform(l * 100 + k, 1) < 0.75 AS is_liked) AS u
) AS d
GROUP BY 1, 2, 3;
DELETE FROM taken AS t
WHERE t.part = 'test' AND EXISTS (SELECT FROM taken AS e WHERE e.learner = t.learner AND e.course = t.course AND e.part = 'train');
