#!/bin/bash
# encodings.sh [ENCODING ...]
#
# Proves that the regression tests pass in databases in LATIN1 and EUC_JP, or the
# encodings named, with clients that use UTF8. A test with characters that the encoding
# lacks cannot run to its end: its first difference must be PostgreSQL's error that says
# so (22P05), and it counts as skipped.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

# Everything that follows runs inside test/throwaway.sh. Each test has a database of its
# own, so that one that stops leaves nothing to the next.
if [ "${1:-}" = --inside ]; then
	shift
	pgxs_test=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
	lacking='^\+(psql:.*)?ERROR:  (character with byte sequence .* has no equivalent in encoding|conversion between .* is not supported)'
	number=0
	for encoding in "$@"; do
		psql -qX -v ON_ERROR_STOP=1 -c "CREATE DATABASE encoded_template ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
		psql -qX -v ON_ERROR_STOP=1 -d encoded_template -c 'CREATE EXTENSION learnify'
		for file in test/sql/*.sql; do
			name=$(basename "$file" .sql)
			number=$((number + 1))
			psql -qX -v ON_ERROR_STOP=1 -c 'CREATE DATABASE contrib_regression TEMPLATE encoded_template' \
				-c "ALTER DATABASE contrib_regression SET client_encoding = 'UTF8'"
			results=$TMPDIR/$encoding/$name
			mkdir -p "$results"
			status=0
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
		done
		psql -qX -c 'DROP DATABASE encoded_template'
	done
	exit
fi

[ $# -gt 0 ] || set -- LATIN1 EUC_JP
trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
# runs in the background, so that a signal is handled at once
test/throwaway.sh test/long/encodings.sh --inside "$@" &
wait $!
