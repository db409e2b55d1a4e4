-- How the cost of functions grows with the data: the buffers that each reads and writes with a hundredth of
-- the data, a tenth and all. Fails if a function's grow faster than its entry in the reference says. The psql
-- variables hundredth and tenth name the databases, growths is what the entries say, as a JSON object, and
-- figures is the file for doc/diagrams/plots.pl.
\set all :DBNAME
\c :hundredth
\ir cost_curve.sql
\set least :curve
\c :tenth
\ir cost_curve.sql
\set less :curve
\c :all
\ir cost_curve.sql

CREATE TEMP TABLE bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

-- For ten times the data: flat is as many, logarithmic a level of some indexes more, linear ten times as many. Twelve
-- allow for what does not grow evenly.
CREATE TEMP TABLE growth AS
SELECT c.name, :'growths'::jsonb ->> c.name AS stated, (:'least'::jsonb ->> c.name)::bigint AS least,
       (:'less'::jsonb ->> c.name)::bigint AS less, c.buffers::bigint AS most
FROM jsonb_each_text(:'curve'::jsonb) AS c (name, buffers);
ALTER TABLE growth ADD ok boolean;
UPDATE growth
SET ok = CASE stated
           WHEN 'flat' THEN most <= least AND less <= least
           WHEN 'logarithmic' THEN less <= 1.3 * least + 10 AND most <= 1.3 * less + 10
           WHEN 'linear' THEN less <= 12 * least + 10 AND most <= 12 * less + 10
           ELSE false
         END;
INSERT INTO bench_result
SELECT format('buffers of %s: %s, %s, %s', name, least, less, most), NULL, NULL, NULL, coalesce(stated, 'no entry says'), ok
FROM growth
ORDER BY name COLLATE "C";
SELECT name, stated AS growth, least AS hundredth, less AS tenth, most AS "all"
FROM growth
ORDER BY name COLLATE "C" \g (format=csv) :figures
CREATE TEMP TABLE bench_growths AS SELECT k AS name FROM jsonb_object_keys(:'growths'::jsonb) AS k;
DO $$
DECLARE
  wrong text := (SELECT string_agg(format('%s: %s, %s and %s buffers', g.name, g.least, g.less, g.most), '; ' ORDER BY g.name)
                 FROM growth AS g
                 WHERE NOT g.ok);
  unmeasured text := (SELECT string_agg(k.name, ', ' ORDER BY k.name)
                      FROM bench_growths AS k
                      WHERE k.name NOT IN (SELECT g.name FROM growth AS g));
BEGIN
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'buffers grow faster than the reference says: %', wrong;
  END IF;
  IF unmeasured IS NOT NULL THEN
    RAISE EXCEPTION 'the reference says how the cost of functions grows that are not measured: %', unmeasured;
  END IF;
END
$$;
