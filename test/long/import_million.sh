#!/bin/bash
# import_million.sh
#
# Proves that import_legacy copies a million rows of a database that hand-run
# migrations made, refuses the bad rows among them, fires no automation, and writes
# nothing when it is run again. Prints how long it took, but sets no limit.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
exec test/throwaway.sh bash -c 'set -o pipefail
	psql -X -f test/long/import_million.sql | tee "$TMPDIR/import_million.out" &&
		! grep -q "^not ok" "$TMPDIR/import_million.out"'
