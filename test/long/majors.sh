#!/bin/bash
# majors.sh [MAJOR ...]
#
# Proves that the whole suite passes on Debian's PostgreSQL 17 and 18, or on those
# named, each in a Debian of its own (test/chroot.sh), which needs root. The first run
# makes these in 3 minutes each, and keeps them in the user's cache for later runs.
set -uo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

[ $# -gt 0 ] || set -- 17 18
number=0
status=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'kill -TERM $! 2>/dev/null; wait; exit 130' INT TERM HUP

# Prints a line of TAP for each part of the suite, with the suite's own counts.
report() {
	local major=$1 part good bad
	while read -r part good _ bad _; do
		number=$((number + 1))
		if [ "$bad" = 0 ]; then
			echo "ok $number - PostgreSQL $major: $part, $good tests"
		else
			echo "not ok $number - PostgreSQL $major: $part, $bad of $((good + bad)) tests failed"
		fi
	done < <(grep -E '^[a-z]+ +[0-9]+ passed, [0-9]+ failed' "$log")
}

for major in "$@"; do
	test/chroot.sh "$major" test/throwaway.sh test/suite.sh ${SUITE:-} >"$log" 2>&1 &
	wait $!
	result=$?
	if [ $result = 77 ]; then
		number=$((number + 1))
		echo "skip $number - PostgreSQL $major: $(tail -n 1 "$log")"
		continue
	fi
	report "$major"
	if [ $result != 0 ]; then
		status=1
		number=$((number + 1))
		echo "not ok $number - PostgreSQL $major: the suite passes"
		sed 's/^/# /' "$log"
	fi
done
exit $status
