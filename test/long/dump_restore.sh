#!/bin/bash
# dump_restore.sh
#
# Proves that every row of every table survives the less usual ways to use pg_dump,
# pg_dumpall and pg_restore, from every version, and that ways which cannot work are
# refused and lose nothing. "make test" proves the usual ways.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
exec test/throwaway.sh test/prove.sh test/long/dump_restore.pl
