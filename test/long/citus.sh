#!/bin/bash
# citus.sh
#
# Proves what doc/distributed.md says, with a coordinator and two workers. It is skipped
# where the server does not offer Citus.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
exec test/throwaway.sh test/prove.sh test/long/citus.pl
