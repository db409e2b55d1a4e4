#!/bin/bash
# prove.sh FILE...
#
# Runs Perl tests, which start servers of their own, and prints their TAP in the order
# of the files. As they often wait, a few run at a time, the largest files first. It is
# started by test/throwaway.sh. Autovacuum is off in these servers, because it logs an
# error when they are stopped. PostgreSQL 15 takes the folder for their data from
# TESTDIR, later majors take it from TESTDATADIR and TESTLOGDIR.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

pgxs_test=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
printf '%s\n' 'fsync = off' 'autovacuum = off' >"$TMPDIR/postgresql.conf"
unset PGHOST PGUSER PGDATABASE
export TEMP_CONFIG=$TMPDIR/postgresql.conf PG_REGRESS=$pgxs_test/regress/pg_regress TESTDIR=$TMPDIR TESTDATADIR=$TMPDIR/tap TESTLOGDIR=$TMPDIR/taplog
export PERL5LIB=$pgxs_test/perl:$PWD/test/t PG_TEST_TIMEOUT_DEFAULT=300

output=$(mktemp -d "$TMPDIR/prove.XXXXXX")
status=0
# The tests have a process group of their own, so that a signal ends all of them at once.
set -m
ls -S -- "$@" >"$output.files"
xargs -I '{}' -P 3 sh -c 'prove --verbose --merge "$1" >"$2/$(basename "$1")" 2>&1' sh '{}' "$output" <"$output.files" &
trap 'kill -TERM -- -$! 2>/dev/null; wait; exit 130' INT TERM HUP
wait $! || status=$?
cat "$output"/*
exit $status
