#!/bin/bash
# quality.sh [FOLDER]: are the recommendations any good, and how soon are they there?
#
# FOLDER holds who took what, in two parts: train.txt.gz and test.txt.gz, a line
# a learner, first the learner's number and then those of the courses; and
# courses.csv.gz: course, name, fields of study (separated by |), school. They are
# loaded as learners, courses, tags and interactions. The model is fitted to the
# first part, and what it recommends is looked up in the second:
#
#   NDCG@20 and Recall@20, mean over the learners, ideal DCG over min(20, test courses)
#
# beside popularity and cosine neighbours, with the time that the fit, one
# learner's and everyone's recommendations take, and the memory of the fit.
# Without a folder it runs on a set that it makes, with structure planted in it.
# Exits non-zero where the quality is missed; times only print, for machines
# differ. Brings its own server: run it alone.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
[ $# -le 1 ] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" >&2; exit 2; }

# PART: as lines of learner, course, place in the line
unfold() {
	gzip -dc "$1" | tr -d '\r' | awk -v part="$2" '{ for (i = 2; i <= NF; i++) print part "," $1 "," $i "," i - 1 }'
}

# Phase 1, as whoever calls and may read the folder.
if [ -z "${THROWAWAY:-}" ]; then
	data=$(mktemp -d)
	trap 'rm -rf "$data"' EXIT
	trap 'exit 130' INT TERM HUP
	chmod 755 "$data"
	if [ $# = 1 ] && [ -r "$1/train.txt.gz" ] && [ -r "$1/test.txt.gz" ] && [ -r "$1/courses.csv.gz" ]; then
		{ unfold "$1/train.txt.gz" train; unfold "$1/test.txt.gz" test; } >"$data/taken.csv"
		gzip -dc "$1/courses.csv.gz" | tr -d '\r' >"$data/courses.csv"
		echo "Data: $1"
	else
		[ $# = 0 ] || echo "There is no train.txt.gz, test.txt.gz and courses.csv.gz to read in $1."
		echo "Data: made here, with structure planted in it. Name a folder for real ones."
	fi
	"$here/../throwaway.sh" test/bench/quality.sh "$data" &
	child=$!
	trap 'kill -TERM $child 2>/dev/null || :; wait $child || :; exit 130' INT TERM HUP
	wait $child
	exit
fi

# Phase 2, on that server.
session() {
	psql -X -q -v ON_ERROR_STOP=1 -P pager=off -P footer=off "$@"
}

cd "$here"
session -d postgres -c 'CREATE DATABASE quality'
export PGDATABASE=quality
if [ -e "$1/taken.csv" ]; then
	session -f quality_tables.sql -c "\\copy taken FROM '$1/taken.csv' CSV" \
		-c "\\copy courses FROM '$1/courses.csv' CSV HEADER"
	session -v ndcg=0.155 -v recall=0.145 -f quality.sql
else
	session -f quality_tables.sql -f quality_planted.sql
	session -v ndcg=0.37 -v recall=0.61 -f quality.sql
fi
