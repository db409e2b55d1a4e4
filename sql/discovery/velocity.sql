-- The velocity of a course compares its signups of the last 24 hours with those of the 24
-- hours before.

CREATE OR REPLACE FUNCTION velocity(recent bigint, previous bigint)
RETURNS double precision
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'velocity';

COMMENT ON FUNCTION velocity(bigint, bigint) IS 'Returns recent signups divided by previous signups; 10 if there are recent ones only, 0 if there are none at all';

-- It is not STRICT, because the planner would not inline it then.
CREATE OR REPLACE FUNCTION velocity_label(velocity double precision)
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT CASE
    WHEN velocity > 5 THEN 'hot'
    WHEN velocity > 2 THEN 'trending'
    WHEN velocity IS NOT NULL THEN ''
  END;
END;

COMMENT ON FUNCTION velocity_label(double precision) IS 'Returns hot for a velocity above 5, trending for one above 2 and the empty string for others';

CREATE OR REPLACE FUNCTION velocity_lower_bound(recent bigint, previous bigint, site_ratio double precision, exposure double precision DEFAULT 24)
RETURNS double precision
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'velocity_lower_bound';

COMMENT ON FUNCTION velocity_lower_bound(bigint, bigint, double precision, double precision) IS 'Returns a bound that the velocity exceeds with a probability of 95 %, given the velocity of the whole site and the hours of the previous 24 in which signups were possible; to rank by it keeps courses with few signups, which prove little, from the top';

-- The support functions of the aggregates. They are STRICT, so that rows with a NULL are
-- skipped; the state {recent, previous} begins with zero signups.

CREATE OR REPLACE FUNCTION learnify_internal.trending_velocity_accum(state bigint[], started_at timestamptz, as_of timestamptz)
RETURNS bigint[]
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'trending_velocity_accum';

COMMENT ON FUNCTION learnify_internal.trending_velocity_accum(bigint[], timestamptz, timestamptz) IS 'Transition function of trending_velocity and window_signups: counts one more signup in the state';

CREATE OR REPLACE FUNCTION learnify_internal.trending_velocity_combine(state bigint[], other bigint[])
RETURNS bigint[]
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'trending_velocity_combine';

COMMENT ON FUNCTION learnify_internal.trending_velocity_combine(bigint[], bigint[]) IS 'Combine function of trending_velocity and window_signups: returns the sum of two states';

CREATE OR REPLACE FUNCTION learnify_internal.trending_velocity_final(state bigint[])
RETURNS double precision
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'trending_velocity_final';

COMMENT ON FUNCTION learnify_internal.trending_velocity_final(bigint[]) IS 'Final function of trending_velocity: returns the velocity of the counted signups';

CREATE OR REPLACE AGGREGATE trending_velocity(started_at timestamptz, as_of timestamptz) (
  SFUNC = learnify_internal.trending_velocity_accum,
  STYPE = bigint[],
  SSPACE = 40,
  INITCOND = '{0,0}',
  COMBINEFUNC = learnify_internal.trending_velocity_combine,
  FINALFUNC = learnify_internal.trending_velocity_final,
  PARALLEL = SAFE
);

COMMENT ON AGGREGATE trending_velocity(timestamptz, timestamptz) IS 'Returns the velocity at as_of: signups of the 24 hours up to as_of divided by those of the 24 hours before; rows with a NULL do not count';

CREATE OR REPLACE AGGREGATE window_signups(started_at timestamptz, as_of timestamptz) (
  SFUNC = learnify_internal.trending_velocity_accum,
  STYPE = bigint[],
  SSPACE = 40,
  INITCOND = '{0,0}',
  COMBINEFUNC = learnify_internal.trending_velocity_combine,
  PARALLEL = SAFE
);

COMMENT ON AGGREGATE window_signups(timestamptz, timestamptz) IS 'Returns {recent, previous}: the signups of the 24 hours up to as_of and those of the 24 hours before, which trending_velocity divides';
