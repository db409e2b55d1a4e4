#!/bin/bash
# start.sh
#
# Starts the example on a throwaway server; Ctrl-C ends and removes everything. PORT and
# HOST say where it listens: on port 8080 of this machine if they are not set.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
. test/packages.sh

command -v npm >/dev/null || need_packages nodejs npm
[ -d example/node_modules ] || npm install --prefix example --no-package-lock --no-audit --no-fund
exec test/throwaway.sh example/serve.sh "$@"
