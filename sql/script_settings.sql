-- Every script begins with these settings, which end with it: the session's must make no
-- difference to what it creates, to what verify_schema takes for drift before an update, and
-- to the triggers on the rows that ship. PostgreSQL parses a script before it runs it, so that
-- none of this changes how its own text is read: a constant with a backslash is written E'...'.
SET LOCAL standard_conforming_strings = on;
SET LOCAL quote_all_identifiers = off;
SET LOCAL bytea_output = hex;
SET LOCAL "DateStyle" = 'ISO, MDY';
SET LOCAL "IntervalStyle" = postgres;
SET LOCAL "TimeZone" = 'UTC';
SET LOCAL extra_float_digits = 1;
SET LOCAL array_nulls = on;
SET LOCAL transform_null_equals = off;
SET LOCAL default_table_access_method = heap;
SET LOCAL session_replication_role = origin;
SET LOCAL plpgsql.variable_conflict = error;
SET LOCAL plpgsql.extra_errors = none;
SET LOCAL plpgsql.extra_warnings = none;

