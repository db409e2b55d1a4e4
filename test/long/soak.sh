#!/bin/bash
# soak.sh [SECONDS]
#
# Proves that eight sessions of all isolation levels can do everything at once for two
# minutes (or SECONDS) without a deadlock or an error but serialization failures, that all
# of test/invariants.sql holds after it, and that nothing was broadcast twice. Runs the same
# test as "make test" (test/t/030_soak.pl), for longer.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
# runs in the background, so that a signal is handled at once
SOAK_SECONDS=${1:-120} test/throwaway.sh test/prove.sh test/t/030_soak.pl &
wait $!
