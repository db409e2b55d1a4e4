CREATE FUNCTION is_time_zone_name(
  name text
) RETURNS boolean
LANGUAGE c
STABLE
STRICT
PARALLEL SAFE
COST 10
AS 'MODULE_PATHNAME', 'is_time_zone_name';

COMMENT ON FUNCTION is_time_zone_name(text) IS
  'Returns whether this is the name of a time zone that the server has, such as Europe/Berlin, in any case of letters; '
  'false for abbreviations that name none, such as CEST, and for POSIX specifications such as UTC+3, which PostgreSQL '
  'would take for zones as well.';
