#!/bin/bash
# dump_restore.sh
#
# Proves that every row of all 18 tables survives whatever pg_dump, pg_dumpall and
# pg_restore can do with it, from every version, and that what cannot work is
# refused without loss. "make test" has the usual ways; these are the others.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
exec test/throwaway.sh test/prove.sh test/long/dump_restore.pl
