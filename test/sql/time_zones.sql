-- is_time_zone_name() accepts the names of the server's IANA database, and no other
-- specifications that PostgreSQL accepts as time zones.

SELECT name, is_time_zone_name(name)
FROM unnest(ARRAY[
  'UTC', 'GMT',
  'Europe/Berlin', 'America/Port-au-Prince', 'America/Argentina/Buenos_Aires',
  'Etc/GMT+3', 'Etc/GMT-14', 'GMT0', 'GMT+0', 'GMT-0', 'EST5EDT',
  'europe/berlin', 'EUROPE/BERLIN', 'est5edt', 'etc/gmt+3'
]) AS name;

-- PostgreSQL accepts these POSIX specifications as time zones.
SELECT name, (timestamptz '2024-03-11 12:00 UTC' AT TIME ZONE name) IS NOT NULL AS taken, is_time_zone_name(name)
FROM unnest(ARRAY[
  'UTC+3', 'UTC-3', 'utc3', 'GMT+3', 'GMT-1', 'Foo/Bar+3', 'Europe/Berlin+1', 'Etc/GMT+99', 'PST8', 'CET-1CEST',
  'EST5EDT4', 'EST5EDT,M3.2.0,M11.1.0', '<+03>-3', '<abc>3'
]) AS name;

-- Other strings that are no names of time zones.
SELECT name, is_time_zone_name(name)
FROM unnest(ARRAY[
  '', ' ', 'Mars/Phobos', 'Europe', 'Europe/', '/Europe/Berlin', 'Europe//Berlin', 'Europe/./Berlin',
  ' UTC', 'UTC ', ':UTC', ':Europe/Berlin', 'PST', 'CEST', '3', '+3', '+03:00', 'zone.tab', 'zone1970.tab', 'iso3166.tab', 'tzdata.zi',
  '..', '../zoneinfo/UTC', 'Europe/../UTC', '/usr/share/zoneinfo/UTC', '/etc/localtime', 'Zürich', '東京'
]) AS name;

-- Files of the time zone folder that are no time zones or depend on the machine.
SELECT name, is_time_zone_name(name)
FROM unnest(ARRAY['localtime', 'posixrules', 'posix/Europe/Berlin', 'right/Europe/Berlin', 'POSIX/UTC']) AS name;

SELECT length, is_time_zone_name(repeat('x', length)) AS one_word, is_time_zone_name(repeat('x/', length / 2)) AS path
FROM unnest(ARRAY[254, 255, 256, 1000000]) AS length;

SELECT is_time_zone_name(NULL);

-- All other names in pg_timezone_names are accepted.
SELECT count(*) > 300 AS hundreds,
       count(*) FILTER (WHERE NOT is_time_zone_name(name)) AS refused,
       count(*) FILTER (WHERE NOT is_time_zone_name(lower(name))) AS refused_in_lower_case
FROM pg_timezone_names
WHERE name !~ '^(localtime|posixrules|posix/.*|right/.*)$';
