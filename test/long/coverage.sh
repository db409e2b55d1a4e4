#!/bin/bash
# coverage.sh [PART ...]
#
# Proves that the suite (regress, isolation and tap, or the parts named) runs at
# least 95 % of the lines of src/*.c, and prints the percentage for each file. Lists the
# lines that it does not run in ${XDG_CACHE_HOME:-~/.cache}/learnify/uncovered.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/packages.sh

least=95

# This part runs inside test/throwaway.sh. A server process writes its counts when it
# ends: wait for those that are ending.
if [ "${1:-}" = --inside ]; then
	shift
	status=0
	test/suite.sh "$@" || status=$?
	sleep 2
	gcov -r -o src src/*.c >test/results/gcov 2>/dev/null
	grep -H '^ *#####' ./*.c.gcov | sed -E 's/^\.\/(.*)\.gcov: *#####: */src\/\1:/' >test/results/uncovered || :
	exit $status
fi

need_packages gcc libc6-dev
export COPT='--coverage -O0 -fprofile-update=atomic -Wno-cpp'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
[ $# -gt 0 ] || set -- regress isolation tap
status=0
test/throwaway.sh test/long/coverage.sh --inside "$@" >"$log" 2>&1 &
wait $! || status=$?
if [ $status = 0 ]; then
	echo "ok 1 - the suite passes"
else
	echo "not ok 1 - the suite passes"
	sed 's/^/# /' "$log"
fi

cache=${XDG_CACHE_HOME:-$HOME/.cache}/learnify
mkdir -p "$cache"
cp test/results/uncovered "$cache/uncovered"
awk -F "[':% ]+" -v least=$least '
	/^File/ { file = $2 }
	/^Lines executed/ && file ~ /^src\/.*\.c$/ {
		printf "# %-26s %6.2f %% of %4d lines\n", file, $3, $5
		lines += $5
		run += $3 * $5 / 100
		file = ""
	}
	END {
		percentage = lines > 0 ? 100 * run / lines : 0
		printf "%s 2 - %.2f %% of %d lines are run, at least %d %%\n", (percentage >= least ? "ok" : "not ok"), percentage, lines, least
		exit percentage < least
	}' test/results/gcov || status=1
exit $status
