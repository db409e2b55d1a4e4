#!/bin/bash
# prove.sh FILE...
#
# Runs Perl tests on servers of their own, inside test/throwaway.sh, and prints
# their TAP. The servers have no autovacuum, which complains of being stopped. Where
# their data is, is said by TESTDIR before PostgreSQL 16, and by the others since.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

pgxs_test=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
printf '%s\n' 'fsync = off' 'autovacuum = off' >"$TMPDIR/postgresql.conf"
exec env -u PGHOST -u PGUSER -u PGDATABASE \
	TEMP_CONFIG="$TMPDIR/postgresql.conf" PG_REGRESS="$pgxs_test/regress/pg_regress" TESTDIR="$TMPDIR" TESTDATADIR="$TMPDIR/tap" TESTLOGDIR="$TMPDIR/taplog" \
	PERL5LIB="$pgxs_test/perl:$PWD/test/t" PG_TEST_TIMEOUT_DEFAULT=300 \
	prove --verbose --merge "$@"
