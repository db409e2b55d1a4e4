#!/bin/bash
# sqlsmith.sh [SECONDS]
#
# Proves that ten minutes (or SECONDS) of random queries over the extension's functions,
# tables and views neither crash the server nor raise an internal error (XX000). SEED=n
# chooses the sequence of queries, which is 1 by default.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/packages.sh

# This part runs inside test/throwaway.sh. sqlsmith picks functions from pg_proc, without
# naming its schema: a view that comes first in search_path restricts it to those of the
# extension and a tenth of the others. Otherwise one call in 2,700 would be of the extension.
if [ "${1:-}" = --inside ]; then
	psql -qX -v ON_ERROR_STOP=1 >/dev/null <<-'END'
		SET learnify.password_cost = 4;
		CREATE EXTENSION learnify;
		SELECT register_user(format('learner-%s@example.org', n), 'correct horse', format('Learner %s', n)) FROM generate_series(1, 8) AS n;
		SELECT choose_archetype(id, 'Biological', 'sourdough', 'novice') FROM users;
		SELECT set_variables(id, '{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e", "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "a planner"}') FROM users;
		SELECT generate_course(id) FROM users;
		SELECT start_course(u.id, c.id) FROM users AS u JOIN generated_courses AS c ON c.user_id <> u.id;
		SELECT refresh_trending(), refresh_recommendations();
		CREATE SCHEMA smith;
		CREATE VIEW smith.pg_proc AS
		SELECT *
		FROM pg_catalog.pg_proc
		WHERE oid IN (SELECT objid FROM pg_depend WHERE classid = 'pg_catalog.pg_proc'::regclass AND deptype = 'e')
		   OR (oid < 16384 AND provolatile = 'i' AND oid::bigint % 10 = 0);
	END
	status=0
	timeout "$2" sqlsmith --exclude-catalog --dump-all-queries --seed="${SEED:-1}" \
		--target="host=$PGHOST user=$PGUSER dbname=$PGDATABASE options='-c statement_timeout=2s -c search_path=smith,pg_catalog,public'" \
		>"$TMPDIR/queries" 2>"$TMPDIR/smith.log" || status=$?
	# timeout exits with 124 when the time is up
	[ $status = 124 ] || { tail -n 20 "$TMPDIR/smith.log"; exit 1; }
	echo "queries $(grep -c ';$' "$TMPDIR/queries")"
	# PostgreSQL raises these without the extension as well: for a value of type unknown,
	# and in interval(interval, integer), whose second argument the parser has to make.
	grep -vE 'XX000 ERROR:  (failed to find conversion function from unknown to|invalid INTERVAL typmod:|unrecognized interval typmod:)' "$THROWAWAY/server.log" |
		grep -E 'XX[0-9]{3}|terminated by signal|TRAP:|PANIC' | sort | uniq -c | sort -rn | head -n 40 | sed 's/^/found /' || :
	# of a crash, the statement
	sed -n '/Failed process was running:/,/^[0-9A-Z]\{5\} LOG:/p' "$THROWAWAY/server.log" | head -n 400
	exit 0
fi

need_packages sqlsmith
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
status=0
SERVER_CONF='log_line_prefix = '"'%e '"'\nlog_min_messages = error\nlog_min_error_statement = panic' \
	test/throwaway.sh test/long/sqlsmith.sh --inside "${1:-600}" >"$log" 2>&1 &
wait $! || status=$?
queries=$(sed -n 's/^queries //p' "$log")
if [ $status = 0 ] && [ "${queries:-0}" -gt 0 ] && ! grep -q '^found' "$log"; then
	echo "ok 1 - $queries random queries, no crash and no internal error"
	exit
fi
echo "not ok 1 - random queries, no crash and no internal error"
sed 's/^/# /' "$log"
exit 1
