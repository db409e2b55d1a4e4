#!/bin/bash
# upgrades.sh
#
# Proves what test/t/005_upgrades.pl proves of the first version and the last but
# one of each version: filled with rows, it comes step by step and in one go to
# the catalog of a fresh install, with every row and every answer as it was.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

EVERY_VERSION=1 exec test/throwaway.sh test/prove.sh test/t/005_upgrades.pl
