-- Velocity: how signups of the last 24 hours compare with the 24 hours before.

CREATE OR REPLACE FUNCTION velocity(
  recent bigint,
  previous bigint
) RETURNS double precision
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1
AS 'MODULE_PATHNAME', 'velocity';

COMMENT ON FUNCTION velocity(bigint, bigint) IS
  'Returns recent over previous signups; 10 where there are recent ones only, 0 where there are none.';

CREATE OR REPLACE FUNCTION velocity_label(
  velocity double precision
) RETURNS text
LANGUAGE sql
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1
BEGIN ATOMIC
  SELECT CASE
    WHEN velocity > 5 THEN 'hot'
    WHEN velocity > 2 THEN 'trending'
    ELSE ''
  END;
END;

COMMENT ON FUNCTION velocity_label(double precision) IS
  'Returns hot for a velocity above 5, trending for one above 2, otherwise the empty string.';

CREATE OR REPLACE FUNCTION velocity_lower_bound(
  recent bigint,
  previous bigint,
  site_ratio double precision,
  exposure double precision DEFAULT 24
) RETURNS double precision
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 50
AS 'MODULE_PATHNAME', 'velocity_lower_bound';

COMMENT ON FUNCTION velocity_lower_bound(bigint, bigint, double precision, double precision) IS
  'Returns what the velocity exceeds with 95 % probability, given that of the whole site (recent over previous signups) '
  'and the hours of the previous window in which signups were possible. Rank by it: few signups prove little.';

-- The aggregates' support functions. Rows with a NULL are skipped, being
-- STRICT; the state starts at zero signups.

CREATE OR REPLACE FUNCTION learnify_internal.trending_velocity_accum(
  state bigint[],
  started_at timestamptz,
  as_of timestamptz
) RETURNS bigint[]
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1
AS 'MODULE_PATHNAME', 'trending_velocity_accum';

COMMENT ON FUNCTION learnify_internal.trending_velocity_accum(bigint[], timestamptz, timestamptz) IS
  'Transition function of trending_velocity and window_signups: returns the state with one more signup counted.';

CREATE OR REPLACE FUNCTION learnify_internal.trending_velocity_combine(
  state bigint[],
  other bigint[]
) RETURNS bigint[]
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1
AS 'MODULE_PATHNAME', 'trending_velocity_combine';

COMMENT ON FUNCTION learnify_internal.trending_velocity_combine(bigint[], bigint[]) IS
  'Combine function of trending_velocity and window_signups: returns the sum of two states.';

CREATE OR REPLACE FUNCTION learnify_internal.trending_velocity_final(
  state bigint[]
) RETURNS double precision
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1
AS 'MODULE_PATHNAME', 'trending_velocity_final';

COMMENT ON FUNCTION learnify_internal.trending_velocity_final(bigint[]) IS
  'Final function of trending_velocity: returns the velocity of the counted signups.';

CREATE OR REPLACE AGGREGATE trending_velocity(started_at timestamptz, as_of timestamptz) (
  SFUNC = learnify_internal.trending_velocity_accum,
  STYPE = bigint[],
  SSPACE = 40,
  INITCOND = '{0,0}',
  COMBINEFUNC = learnify_internal.trending_velocity_combine,
  FINALFUNC = learnify_internal.trending_velocity_final,
  PARALLEL = SAFE
);

COMMENT ON AGGREGATE trending_velocity(timestamptz, timestamptz) IS
  'Returns the velocity at as_of: signups from 24 hours before it (exclusive) to it (inclusive), over those of the '
  '24 hours before. Rows where either argument is NULL do not count; without rows it is 0.';

CREATE OR REPLACE AGGREGATE window_signups(started_at timestamptz, as_of timestamptz) (
  SFUNC = learnify_internal.trending_velocity_accum,
  STYPE = bigint[],
  SSPACE = 40,
  INITCOND = '{0,0}',
  COMBINEFUNC = learnify_internal.trending_velocity_combine,
  PARALLEL = SAFE
);

COMMENT ON AGGREGATE window_signups(timestamptz, timestamptz) IS
  'Returns {recent, previous}: the signups that trending_velocity compares, at no further cost beside it.';
