#!/bin/bash
# every_case.sh
#
# Runs the tests that try some of their cases in "make test", which must not take long,
# with all of them: updates from each version, each setting of a session alone, schemas of
# other names, more default privileges, locales and dumps from one encoding to another.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

mapfile -t tests < <(grep -lE '\bcases\(|EVERY_CASE' test/t/*.pl)
EVERY_CASE=1 exec test/throwaway.sh test/prove.sh "${tests[@]}"
