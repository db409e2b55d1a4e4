#!/bin/bash
# monitoring.sh
#
# Proves that prometheus-postgres-exporter, with monitoring/postgres_exporter.yaml, shows what
# monitoring_facts returns, to a role that is a back end. Installs the exporter.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/packages.sh

if [ "${1:-}" != --inside ]; then
	need_packages prometheus-postgres-exporter curl || { echo "skip - monitoring: prometheus-postgres-exporter is not installed"; exit; }
	exec test/throwaway.sh test/long/monitoring.sh --inside
fi

number=0
ok() {
	number=$((number + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $number - $3"
	else
		printf 'not ok %s - %s\n# got:      %s\n# expected: %s\n' "$number" "$3" "$1" "$2"
	fi
}

# The facts that the exporter shows, without ages, which grow.
metrics() {
	curl -s "http://$address/metrics" | sed -n 's/^learnify_value{.*fact="\([^"]*\)".*subject="\([^"]*\)".*} \(.*\)$/\1 \2 \3/p' | grep -v _age_ | sort
}

psql -Xq -v ON_ERROR_STOP=1 <<'END'
SET learnify.password_cost = 4;
CREATE EXTENSION learnify;
CREATE ROLE monitor LOGIN;
SELECT grant_backend('monitor') \g /dev/null
SELECT register_user('ann@example.org', 'correct horse', 'Ann') \g /dev/null
SELECT refresh_trending() \g /dev/null
END
address=127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
DATA_SOURCE_NAME="postgresql://monitor@/$PGDATABASE?host=$PGHOST&sslmode=disable" prometheus-postgres-exporter --disable-default-metrics --disable-settings-metrics \
	--no-collector.database --no-collector.bgwriter --extend.query-path=monitoring/postgres_exporter.yaml --web.listen-address="$address" >"$TMPDIR/exporter.log" 2>&1 &
trap "kill $! 2>/dev/null || :" EXIT
for _ in $(seq 100); do
	! curl -sf "http://$address/metrics" >/dev/null || break
	sleep 0.2
done
facts="SELECT fact || ' ' || subject || ' ' || value FROM monitoring_facts() WHERE value IS NOT NULL AND fact NOT LIKE '%_age_%'"
ok "$(metrics)" "$(psql -XAt -c "$facts" | sort)" 'the exporter shows the facts'
ok "$(metrics | grep -E '^(drift|rows users|update_available) ')" "$(printf 'drift  0\nrows users 1\nupdate_available  0')" 'which are right'
psql -Xq -c 'CREATE INDEX mine ON users (name)'
ok "$(metrics | grep '^drift ')" 'drift  1' 'and what has drifted since'
