#!/bin/bash
# soak.sh [SECONDS]
#
# Proves that eight sessions of all isolation levels can do everything at once for two
# minutes (or SECONDS) without a deadlock or an error but serialization failures, that all
# of test/invariants.sql holds after it, and that nothing was broadcast twice. Runs the same
# test as "make test" (test/t/030_soak.pl), for longer, and then for as long again with a
# crowd of 80 sessions that erase people, follow, hide and dismiss most of the time.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
# MIX...: settings of the test. Runs in the background, so that a signal is handled at once.
soak() {
	SOAK_SECONDS=$seconds env "$@" test/throwaway.sh test/prove.sh test/t/030_soak.pl &
	wait $!
}

seconds=${1:-120}
status=0
soak SOAK_CROWD=1 || status=1
soak SOAK_CROWD=10 \
	SOAK_WEIGHTS='erase=15 follow=15 settings=15 dismiss=15 enrol=10 generate_course=8 refresh_learner=8 refresh_everyone=6 submit=8 read=1 award=1 retry=1' ||
	status=1
exit $status
