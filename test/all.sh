#!/bin/bash
# all.sh [NAME ...]
#
# Runs all tests: first the suite, as "make test" does, and then each script of
# test/long in the order of their names. Ends with a table of what passed and failed
# and of the seconds that each took, as doc/durability.md has it; the last line is
# "N passed, N failed".
# With NAMEs, runs only the suite (suite) or those scripts (a name without .sh).
#
# A script of test/long sets up by itself what it needs, and prints a line for each
# test: "ok N - what", "not ok N - what", or "skip N - what: why", which does not count
# as passed. Its output is in test/results/long/NAME.log when everything has run.
set -uo pipefail
cd "$(dirname "$(realpath "$0")")/.."
. test/tally.sh

# The suite replaces test/results, so the logs are kept elsewhere until the end.
logs=$(mktemp -d "${TMPDIR:-/tmp}/learnify-all.XXXXXX")
running=

finish() {
	mkdir -p test/results/long && cp "$logs"/* test/results/long/
	rm -rf "$logs"
}
trap finish EXIT
trap '[ -z "$running" ] || { kill -TERM $running; wait $running; }; exit 130' INT TERM HUP

# Runs a command in the background, so that a signal is handled at once.
run() {
	local status
	"$@" </dev/null &
	running=$!
	wait $running
	status=$?
	running=
	return $status
}

# The suite has counted the tests of its parts. Adds the sum that it prints.
run_suite() {
	local log=$logs/suite.log screen status sum good bad
	exec {screen}> >(tee "$log")
	run test/throwaway.sh test/suite.sh >&$screen 2>&1
	status=$?
	exec {screen}>&-
	wait
	sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
	read -r good _ bad _ <<<"${sum:-0 passed, 0 failed}"
	[ $status = 0 ] || [ "$bad" != 0 ] || bad=1
	passed=$((passed + good))
	failed=$((failed + bad))
}

run_long() {
	run "test/long/$1.sh" >"$logs/$1.log" 2>&1
	tally "$logs/$1.log" $?
}

# Prints the heading of a script, runs it, and adds its line to the table.
run_named() {
	local name=$1 good=$passed bad=$failed since=$SECONDS
	printf '\n%s\n%s\n' "$name" "${name//?/=}"
	if [ "$name" = suite ]; then run_suite; else run_long "$name"; fi
	printf '%-15s %4d passed, %d failed %6d s\n' "$name" $((passed - good)) $((failed - bad)) $((SECONDS - since)) >>"$logs/table"
}

if [ $# = 0 ]; then
	set -- suite
	for script in test/long/*.sh; do
		[ ! -x "$script" ] || set -- "$@" "$(basename "$script" .sh)"
	done
fi

for name in "$@"; do run_named "$name"; done
echo
cat "$logs/table"
echo
conclude
