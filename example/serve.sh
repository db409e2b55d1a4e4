#!/bin/bash
# serve.sh [COMMAND...]
#
# Sets up the database that the environment names, and starts the back end there; with a
# COMMAND, until that ends. It is started by test/throwaway.sh.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")"

psql -Xq -v ON_ERROR_STOP=1 -f people.sql
export PGUSER=example_backend LEARNER_ROLE=example_learner
[ $# -gt 0 ] || exec node server.js
node server.js &
trap "kill $! 2>/dev/null || :" EXIT
"$@"
