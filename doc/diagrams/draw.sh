#!/bin/bash
# draw.sh: draws the tables into test/results/doc. It is started by test/throwaway.sh.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

mkdir -p test/results/doc/diagrams
psql -Xq -c 'CREATE EXTENSION learnify'
doc/diagrams/tables.pl page >test/results/doc/tables.md
doc/diagrams/tables.pl svg >test/results/doc/diagrams/tables.svg
