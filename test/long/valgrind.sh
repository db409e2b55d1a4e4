#!/bin/bash
# valgrind.sh [TEST ...]
#
# Proves that the regression tests that run the library's C (or those named) read no
# memory before it is written, after it is freed or beyond its end, as far as valgrind's
# memcheck sees. The server is built from source so that valgrind knows its memory
# contexts, too (test/source_server.sh). As many servers run at a time as there are
# processors, each with a share of the tests. Each is stopped after an hour.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/packages.sh

tests=(achievements statistics whole_course broadcasts ticker learner passwords time_zones templates courses identity velocity recommendations
	template_checks skills search home_rows retakes content_changes corrections trending review_requests supplied_values jwt_claims who_sees
	feed enforced_order new_courses following)
[ $# = 0 ] || tests=("$@")

need_packages valgrind zstd >&2
work=$(mktemp -d "${TMPDIR:-/tmp}/learnify-valgrind.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
mkdir "$work/server" "$work/reports"
chmod 1777 "$work/reports"
chmod 755 "$work"

# Runs in the background, so that a signal is handled at once.
test/source_server.sh 15 >"$work/archive" &
wait $!
tar -C "$work/server" -I zstd -xf "$(cat "$work/archive")"

# initdb runs none of our code, and would take minutes under valgrind. The server that
# it starts does not have -D as its first argument.
mv "$work/server/bin/postgres" "$work/server/bin/postgres.stock"
cat >"$work/server/bin/postgres" <<END
#!/bin/bash
server=\$(dirname "\$(realpath "\$0")")/postgres.stock
[ "\${1:-}" = -D ] || exec "\$server" "\$@"
exec valgrind --quiet --leak-check=no --error-limit=no --num-callers=30 \\
	--suppressions=$work/server/valgrind.supp --log-file=$work/reports/%p "\$server" "\$@"
END
chmod 755 "$work/server/bin/postgres"

# SHARE TEST...: runs tests in a copy of the tree, because throwaway.sh puts its results there. Writes the
# exit status to a file, and the output to another.
run_share() {
	local share=$1 status=0
	shift
	mkdir "$work/tree$share"
	tar --exclude=./.git --exclude=./build --exclude=./test/results --exclude='*.o' --exclude='*.bc' --exclude='*.so' -cf - . | tar -C "$work/tree$share" -xf -
	LD_LIBRARY_PATH=$work/server/lib PG_CONFIG=$work/server/bin/pg_config \
		timeout --foreground 3600 "$work/tree$share/test/throwaway.sh" test/suite.sh "regress=$(IFS=,; echo "$*")" >"$work/log$share" 2>&1 || status=$?
	[ $status != 124 ] || echo "stopped after an hour: $*" >>"$work/log$share"
	return $status
}

status=0
shares=()
number=$(nproc)
[ "$number" -le ${#tests[@]} ] || number=${#tests[@]}
set -m
for share in $(seq "$number"); do
	# every NUMBERth test, starting from the SHAREth
	run_share "$share" $(printf '%s\n' "${tests[@]}" | awk -v share="$share" -v number="$number" 'NR % number == share % number') &
	shares+=($!)
done
trap 'for share in "${shares[@]}"; do kill -TERM -- -"$share" 2>/dev/null || :; done; wait; exit 130' INT TERM HUP
for share in "${shares[@]}"; do
	wait "$share" || status=$?
done
set +m

if [ $status = 0 ]; then
	echo "ok 1 - ${#tests[@]} tests pass under valgrind"
else
	echo "not ok 1 - ${#tests[@]} tests pass under valgrind"
	cat "$work"/log* | sed 's/^/# /'
fi

# Each server process writes to a file of its own, which is empty without a report.
processes=$(find "$work/reports" -type f | wc -l)
if [ "$processes" -gt ${#tests[@]} ] && [ -z "$(find "$work/reports" -type f -size +0)" ]; then
	echo "ok 2 - no report of valgrind on any of $processes processes"
else
	status=1
	echo "not ok 2 - no report of valgrind on any of $processes processes"
	cat "$work/reports"/* | head -n 120 | sed 's/^/# /'
fi
exit $status
