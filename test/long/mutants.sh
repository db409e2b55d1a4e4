#!/bin/bash
# mutants.sh [NUMBER [SEED [PATH ...]]]
#
# Proves that the tests notice mistakes: makes NUMBER (20) mutants of src/ and sql/, or of the
# files and folders named, each with one line changed at random by SEED (1), and runs the
# tests of its layer on each. At least 95 % must die, that is, make a test fail. Prints each
# one that lives, with its file, line and change. test/long/mutants.pl says what is changed,
# and test/long/mutants_equivalent lists changes that cannot be noticed, with the reason.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
# runs in the background, so that a signal is handled at once
[ $# -gt 1 ] || set -- "${1:-20}" 1
test/throwaway.sh test/long/mutants.pl "$@" &
wait $!
