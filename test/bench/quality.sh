#!/bin/bash
# quality.sh [FOLDER]: measures the quality of recommendations and the time to compute them
#
# FOLDER has the courses that learners took, in a training part and a test part:
# train.txt.gz and test.txt.gz, with a line for each learner (the learner's number,
# then those of the courses); and courses.csv.gz: course, name, fields of study
# (separated by |), school. They are loaded as learners, courses, tags and
# interactions. The model is fitted to the training part, and its recommendations
# are compared with the test part by
#
#   NDCG@20 and Recall@20, mean over the learners, ideal DCG over min(20, test courses)
#
# Also prints the quality of popularity and of cosine neighbours, the times of the
# fit and of refreshes for one learner and for all, and the memory of the fit.
# test/results/bench gets the quality, for doc/diagrams/plots.pl.
# Without a folder, the data are generated with a known structure. Exits non-zero
# if the quality or the memory misses its target; a missed time is only printed,
# since machines differ. Starts its own server.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
[ $# -le 1 ] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" >&2; exit 2; }

# FILE PART: prints a line of part, learner, course and place for each course taken.
unfold() {
	gzip -dc "$1" | tr -d '\r' | awk -v part="$2" '{ for (i = 2; i <= NF; i++) print part "," $1 "," $i "," i - 1 }'
}

# Phase 1, as the caller, who may read the folder.
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
		echo "Data: generated. Pass a folder for real ones."
	fi
	"$here/../throwaway.sh" test/bench/quality.sh "$data" &
	child=$!
	trap 'kill -TERM $child 2>/dev/null || :; wait $child || :; exit 130' INT TERM HUP
	wait $child
	exit
fi

# Phase 2, on the throw-away server.
session() {
	psql -X -q -v ON_ERROR_STOP=1 -P pager=off -P footer=off "$@"
}

cd "$here"
mkdir -p ../results/bench
session -d postgres -c 'CREATE DATABASE quality'
export PGDATABASE=quality
if [ -e "$1/taken.csv" ]; then
	session -f quality_tables.sql -c "\\copy taken FROM '$1/taken.csv' CSV" \
		-c "\\copy courses FROM '$1/courses.csv' CSV HEADER"
	session -v ndcg=0.160 -v recall=0.150 -v tuned=0.163 -f quality.sql
else
	session -f quality_tables.sql -f quality_planted.sql
	session -v ndcg=0.37 -v recall=0.61 -v tuned=0.37 -f quality.sql
fi
