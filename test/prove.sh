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

# initdb takes two seconds, and a copy of what it has made with the same options a tenth of
# one. Later majors have a way of their own for this, INITDB_TEMPLATE, and pass other options.
mkdir -p "$TMPDIR/bin" "$TMPDIR/clusters"
cat >"$TMPDIR/bin/initdb" <<END
#!/bin/bash
# initdb -D FOLDER OPTION...
set -e
[ "\$1" = -D ] || exec "$LEARNIFY_BINDIR/initdb" "\$@"
template=$TMPDIR/clusters/\$(echo "\${*:3}" | md5sum | cut -c 1-32)
exec {lock}>"\$template.lock"
flock \$lock
[ -d "\$template" ] || "$LEARNIFY_BINDIR/initdb" -D "\$template" "\${@:3}"
flock -u \$lock
cp -R "\$template" "\$2"
END
chmod 755 "$TMPDIR/bin/initdb"
export PATH=$TMPDIR/bin:$PATH

# FILE OUTPUT TMPDIR: runs a test. Why one has died is only in its own log.
run_test() {
	local name
	name=$(basename "$1" .pl)
	prove --verbose --merge "$1" >"$2/$name.pl" 2>&1 && return
	find "$3" -name "regress_log_$name" -exec tail -n 40 '{}' + >>"$2/$name.pl"
	return 1
}
export -f run_test

output=$(mktemp -d "$TMPDIR/prove.XXXXXX")
status=0
# The tests have a process group of their own, so that a signal ends all of them at once.
set -m
ls -S -- "$@" >"$output.files"
xargs -I '{}' -P 3 bash -c 'run_test "$1" "$2" "$3"' bash '{}' "$output" "$TMPDIR" <"$output.files" &
trap 'kill -TERM -- -$! 2>/dev/null; wait; exit 130' INT TERM HUP
wait $! || status=$?
cat "$output"/*
exit $status
