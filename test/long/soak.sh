#!/bin/bash
# soak.sh [SECONDS]
#
# Proves that a minute of everything at once, by eight sessions, ends without an
# error or a deadlock and with every invariant of test/invariants.sql: the test of
# make test (test/t/030_soak.pl), for longer.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
# in the background, so that a signal is handled at once
SOAK_SECONDS=${1:-60} test/throwaway.sh test/prove.sh test/t/030_soak.pl &
wait $!
