#!/bin/bash
# big_people.sh
#
# Proves that people with very much of something are served: one with more submissions
# than a jsonb document holds is exported completely, in little memory, and erased.
# Prints how long the functions take that grow with one person's rows.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
exec test/throwaway.sh test/prove.sh test/long/big_people.pl
