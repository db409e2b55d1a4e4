#!/bin/bash
# encodings.sh [ENCODING ...]
#
# Proves that the regression tests pass in databases in LATIN1 and EUC_JP, or the
# encodings named, with clients that use UTF8, each on a server of its own, at the same
# time. A test with characters that the encoding
# lacks cannot run to its end: its first difference must be PostgreSQL's error that says
# so (22P05), and it counts as skipped.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

# Everything that follows runs inside test/throwaway.sh. Each test has a database of its
# own, so that one that stops leaves nothing to the next.

# NUMBER ENCODING NAME: runs a test and prints a line of TAP.
check() {
	local number=$1 encoding=$2 name=$3 results=$TMPDIR/$3 status=0 first
	local lacking='^\+(psql:.*)?ERROR:  (character with byte sequence .* has no equivalent in encoding|conversion between .* is not supported)|^\+.*[| ]22P05( |\||$)'
	psql -qX -v ON_ERROR_STOP=1 -c 'CREATE DATABASE contrib_regression TEMPLATE encoded_template' \
		-c "ALTER DATABASE contrib_regression SET client_encoding = 'UTF8'"
	mkdir -p "$results"
	"$pgxs_test/regress/pg_regress" --bindir="$LEARNIFY_BINDIR" --inputdir=test --outputdir="$results" \
		--use-existing --dbname=contrib_regression "$name" >"$results/log" 2>&1 || status=$?
	first=$(grep -m 1 -E '^[+-][^+-]|^[+-]$' "$results/regression.diffs" 2>/dev/null || :)
	[[ $first != -* ]] || first=$(grep -m 1 -E '^\+[^+]|^\+$' "$results/regression.diffs" || :)
	if [ $status = 0 ]; then
		echo "ok $number - $encoding: $name"
	elif grep -qE "$lacking" <<<"$first"; then
		echo "skip $number - $encoding: $name, after its first character that is not in $encoding"
	else
		echo "not ok $number - $encoding: $name"
		head -n 40 "$results/regression.diffs" | sed 's/^/# /'
	fi
	psql -qX -c 'DROP DATABASE contrib_regression WITH (FORCE)'
}

check_encoding() {
	local encoding=$1 number=0 file
	pgxs_test=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
	psql -qX -v ON_ERROR_STOP=1 -c "CREATE DATABASE encoded_template ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
	psql -qX -v ON_ERROR_STOP=1 -d encoded_template -c 'CREATE EXTENSION learnify'
	for file in test/sql/*.sql; do
		number=$((number + 1))
		check $number "$encoding" "$(basename "$file" .sql)" | tee -a "$TMPDIR/checked"
	done
	! grep -q '^not ok' "$TMPDIR/checked"
}

if [ "${1:-}" = --inside ]; then
	check_encoding "$2"
	exit
fi

# ENCODING: runs in a copy of the tree, because throwaway.sh puts its results there.
run() {
	mkdir "$work/$1"
	tar --exclude=./.git --exclude=./build --exclude=./test/results --exclude='*.o' --exclude='*.bc' --exclude='*.so' -cf - . | tar -C "$work/$1" -xf -
	exec "$work/$1/test/throwaway.sh" test/long/encodings.sh --inside "$1"
}

[ $# -gt 0 ] || set -- LATIN1 EUC_JP
work=$(mktemp -d "${TMPDIR:-/tmp}/learnify-encodings.XXXXXX")
servers=()
trap 'rm -rf "$work"' EXIT
trap '[ ${#servers[@]} = 0 ] || kill -TERM "${servers[@]}" 2>/dev/null; wait; exit 130' INT TERM HUP
for encoding in "$@"; do
	run "$encoding" >"$work/$encoding.log" 2>&1 &
	servers+=($!)
done
status=0
for encoding in "$@"; do
	wait "${servers[0]}" || status=1
	servers=("${servers[@]:1}")
	cat "$work/$encoding.log"
done
exit $status
