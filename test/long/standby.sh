#!/bin/bash
# standby.sh
#
# Proves what doc/operations.md says about standbys, recovery to a point in time and
# two-phase commit, with servers that stream to each other.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
exec test/throwaway.sh test/prove.sh test/long/standby.pl
