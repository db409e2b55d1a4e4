#!/bin/bash
# next_version.sh [FOLDER]
#
# Proves that CONTRIBUTING.md says how to make a version: follows its section "A
# version" to the letter in a copy of the tree. Commands are run and differences applied
# in the order in which they stand there. In the end the tests of versions pass, and at
# most four files besides tests and documents have been edited by hand. With a FOLDER,
# the copy is made there, and is not tested.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

folder=${1:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/learnify-next.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
unset MAKELEVEL MAKEFLAGS MFLAGS
number=0

# NAME COMMAND...: one line of TAP, and what the command printed where it failed.
check() {
	local name=$1 status=0
	shift
	number=$((number + 1))
	"$@" >"$work/log" 2>&1 &
	wait $! || status=$?
	[ $status = 0 ] && echo "ok $number - $name" || { echo "not ok $number - $name"; sed 's/^/# /' "$work/log"; exit 1; }
}

tree=${folder:-$work/tree}
mkdir "$tree"
tar --exclude=./build --exclude=./test/results --exclude='*.o' --exclude='*.bc' --exclude='*.so' -cf - . | tar -C "$tree" -xf -
cd "$tree"
rm -rf .git

# Blocks of the section, one file each, named by their place and kind.
awk -v folder="$work" '
	/^## / { inside = $0 == "## A version" }
	inside && /^```[a-z]+$/ { count++; file = sprintf("%s/%02d.%s", folder, count, substr($0, 4)); next }
	/^```$/ { file = "" }
	file != "" { print >file }' CONTRIBUTING.md
# a version that has been frozen cannot be frozen again: then the example is the next
[ -e "sql/releases/learnify--$(sed -n "s/^default_version = '\(.*\)'/\1/p" learnify.control).sql" ] || frozen_first=yes
edited=0
for block in "$work"/[0-9][0-9].*; do
	case $block in
		*.diff)
			check "the differences of block $(basename "$block" .diff) apply" patch -p1 --fuzz=0 --no-backup-if-mismatch -i "$block"
			edited=$((edited + $(grep -c '^+++ b/\(sql\|src\|Makefile\|learnify\)' "$block" || :))) ;;
		*.sh)
			[ "${frozen_first:-no}" = yes ] || [ "$(cat "$block")" != 'make release' ] || continue
			[ -z "$folder" ] || ! grep -q '^test/' "$block" || continue
			check "$(head -n 1 "$block")" bash -e "$block" ;;
	esac
done
check 'at most four files besides tests and documents were edited' test "$edited" -gt 0 -a "$edited" -le 4
