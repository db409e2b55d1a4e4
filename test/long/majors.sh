#!/bin/bash
# majors.sh [MAJOR ...]
#
# Proves that the whole suite passes on Debian's PostgreSQL 17 and 18, or on those
# named, at the same time, each in a Debian of its own (test/chroot.sh), which needs
# root. The first run makes these in 3 minutes each, and keeps them in the user's cache
# for later runs.
set -uo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

[ $# -gt 0 ] || set -- 17 18
number=0
status=0
work=$(mktemp -d)
suites=()
trap 'rm -rf "$work"' EXIT
trap '[ ${#suites[@]} = 0 ] || kill -TERM "${suites[@]}" 2>/dev/null; wait; exit 130' INT TERM HUP

# LOG MAJOR: prints a line of TAP for each part of the suite, with the suite's own counts.
report() {
	local log=$1 major=$2 part good bad
	while read -r part good _ bad _; do
		number=$((number + 1))
		if [ "$bad" = 0 ]; then
			echo "ok $number - PostgreSQL $major: $part, $good tests"
		else
			echo "not ok $number - PostgreSQL $major: $part, $bad of $((good + bad)) tests failed"
		fi
	done < <(grep -E '^[a-z]+ +[0-9]+ passed, [0-9]+ failed' "$log")
}

# LOG MAJOR RESULT
conclude_major() {
	local log=$1 major=$2 result=$3
	if [ "$result" = 77 ]; then
		number=$((number + 1))
		echo "skip $number - PostgreSQL $major: $(tail -n 1 "$log")"
		return
	fi
	report "$log" "$major"
	if [ "$result" != 0 ]; then
		status=1
		number=$((number + 1))
		echo "not ok $number - PostgreSQL $major: the suite passes"
		sed 's/^/# /' "$log"
	fi
}

for major in "$@"; do
	test/chroot.sh "$major" test/throwaway.sh test/suite.sh ${SUITE:-} >"$work/$major" 2>&1 &
	suites+=($!)
done
for major in "$@"; do
	wait "${suites[0]}"
	conclude_major "$work/$major" "$major" $?
	suites=("${suites[@]:1}")
done
exit $status
