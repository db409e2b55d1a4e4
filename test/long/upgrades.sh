#!/bin/bash
# upgrades.sh
#
# Proves for each version that a database filled with rows is updated, step by step and
# in one go, to the catalog of a fresh install, and keeps every row and every answer.
# "make test" proves that for the first version and the last but one, by the same
# test (test/t/005_upgrades.pl). Then it tries each setting of a session alone, of
# which "make test" tries many together (test/t/051_settings.pl).
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

EVERY_VERSION=1 EVERY_SETTING=1 exec test/throwaway.sh test/prove.sh test/t/005_upgrades.pl test/t/051_settings.pl
