#!/bin/bash
# example.sh
#
# Proves that people can use the example: it is started, and used in Chromium with the mouse
# and by the keyboard alone, on a desk and on a phone, and by two learners side by side.
# Leaves screenshots in test/results. Skipped where Chromium is not installed and cannot be.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/packages.sh

need_packages chromium chromium-driver fonts-dejavu-core || { echo "skip - the example in a browser: Chromium is not installed"; exit; }
export PORT=${PORT:-8090}
exec example/start.sh bash -c 'mkdir -p ../test/results && exec node ../test/long/example.js ../test/results'
