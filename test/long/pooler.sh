#!/bin/bash
# pooler.sh
#
# Proves what doc/operations.md says about poolers, with pgbouncer in transaction mode.
# Skipped where that is not installed and cannot be.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/packages.sh

need_packages pgbouncer || { echo "skip - a pooler in transaction mode: pgbouncer is not installed"; exit; }
exec test/throwaway.sh test/prove.sh test/long/pooler.pl
