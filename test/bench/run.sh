#!/bin/bash
# run.sh: runs the benches on the server that the environment names
#
# Loads data.sql, runs the benches in the order below, prints a table of times and
# ratios and then the plans of the read paths. Fails if a bench has an error, the
# cost of a function grows faster than the reference says, or a plan scans a big
# table sequentially; a missed target is only reported, since machines differ.
# Creates four databases and drops them at the end. test/results/bench gets the
# curves of cost, for doc/diagrams/plots.pl.
#
# Environment: SIZE scales the rows, 1 by default; 0.01 for a quick look.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")"

benches=(cost_curves inject generate_course trending newcomers velocity ticker automation bulk pages home_rows restore recommendations)
size=${SIZE:-1}
big_tables='user_progress|module_completions|activity_feed|user_relationships|user_course_interactions|users|recommendations'
full=learnify_bench
short=learnify_bench_short
tenth=learnify_bench_tenth
hundredth=learnify_bench_hundredth

awk -v size="$size" 'BEGIN { exit !(size ~ /^[0-9]*\.?[0-9]+$/ && size >= 0.001 && size <= 10) }' ||
	{ echo "SIZE is '$size': pass a number from 0.001 to 10." >&2; exit 2; }

drop_databases() {
	psql -X -q -d postgres -c 'SET client_min_messages = error' \
		-c "DROP DATABASE IF EXISTS $full" -c "DROP DATABASE IF EXISTS $short" \
		-c "DROP DATABASE IF EXISTS $tenth" -c "DROP DATABASE IF EXISTS $hundredth" || :
}

results=$(mktemp -d)
trap 'drop_databases; rm -rf "$results"' EXIT
trap 'exit 130' INT TERM HUP

session() {
	psql -X -q -v ON_ERROR_STOP=1 -P pager=off -P footer=off "$@"
}

# DATABASE HISTORY SOCIAL [SIZE]
load() {
	session -d postgres -c "CREATE DATABASE $1"
	session -d "$1" -c 'CREATE EXTENSION learnify'
	session -d "$1" -v size="${4:-$size}" -v history="$2" -v social="$3" -f data.sql
}

scaled() {
	awk -v rows="$1" -v least="$2" -v size="$size" 'BEGIN { n = size < 1 ? rows * size : rows; print n < least ? least : int(n) }'
}

# SHARE: that of the size, as far as data.sql can
share() {
	awk -v size="$size" -v share="$1" 'BEGIN { n = size * share; print n < 0.001 ? 0.001 : n }'
}

# What the entries of the reference say about how the cost of a function grows, as a JSON object.
stated_growths() {
	awk '
		/^### / { name = $2 }
		/^- \*\*Cost\*\*: (flat|logarithmic|linear)[ ;:,.]/ {
			match($0, /flat|logarithmic|linear/)
			printf "%s\"%s\": \"%s\"", n++ ? ", " : "{", name, substr($0, RSTART, RLENGTH)
		}
		END { print "}" }' ../../doc/reference.md
}

run_bench() {
	local rows=()
	case $1 in
		inject) rows=(-v "rows=$(scaled 20000 1000)") ;;
		cost_curves)
			mkdir -p ../results/bench
			rows=(-v "hundredth=$hundredth" -v "tenth=$tenth" -v "growths=$(stated_growths)" -v figures=../results/bench/cost_curves.csv)
			;;
		velocity) rows=(-v "rows=$(scaled 1000000 50000)") ;;
	esac
	session -d "$full" -v size="$size" -v short_history="$short" "${rows[@]}" \
		-f "$1.sql" -c "\\copy bench_result TO '$results/$1.csv' CSV" >"$results/$1.log"
}

print_table() {
	local bench imports=()
	for bench in "${ran[@]}"; do
		imports+=(-c "\\copy bench_result (name, ours_ms, other_ms, ratio, target, ok) FROM '$results/$bench.csv' CSV")
	done
	session -d "$full" -c 'CREATE TEMP TABLE bench_result (n serial, name text, ours_ms numeric, other_ms numeric,
		ratio numeric, target text, ok boolean)' "${imports[@]}" -c "
		SELECT name AS \"what: against\", ours_ms, other_ms,
		       CASE WHEN target LIKE '%faster' AND ours_ms > 0 THEN round(other_ms / ours_ms, 1) || ' x faster'
		            ELSE round(ratio, 2) || ' x' END AS ratio,
		       coalesce(target, '') AS target,
		       CASE WHEN ok THEN 'ok' WHEN NOT ok THEN 'MISSED' ELSE '' END AS \"?\"
		FROM bench_result
		ORDER BY n" -c "
		SELECT format('%s of %s targets met', count(*) FILTER (WHERE ok), count(ok)) AS \"in short\" FROM bench_result"
}

# Prints each plan under the first line of its statement, and repeated plans of a path once.
# Leaves out foreign key checks and one-line plans that read no table.
print_plans() {
	awk '
		function finish() {
			root = plan
			sub(/\(cost=.*/, "", root)
			if (plan ~ / Scan |\n./ && statement !~ /^SELECT 1 FROM ONLY/ && !seen[statement, root]++)
				printf "\n%s\n%s\n", statement == "" ? "(a statement of an SQL function)" : statement, plan
			statement = plan = ""
		}
		/^LOG:  ===/ { finish(); sub(/^LOG:  /, ""); print "\n" $0; split("", seen); next }
		/^LOG:  duration/ { finish(); next }
		/^Query Text:/ { statement = substr($0, 13, 110); reading = 1; next }
		/\(cost=/ { reading = 0 }
		!reading { plan = plan (plan == "" ? "" : "\n") $0 }
		END { finish() }' "$1"
}

drop_databases
echo "PostgreSQL $(session -d postgres -Atc 'SHOW server_version'), $(nproc) processors, size $size"
echo "Loading:"
load "$full" 1 on
echo "  a tenth of the history, for comparison:"
load "$short" 0.1 off
echo "  a tenth and a hundredth of everything, for the curves of cost:"
load "$tenth" 1 on "$(share 0.1)"
load "$hundredth" 1 on "$(share 0.01)"
echo "Loaded in $SECONDS s."
echo

ran=()
for bench in "${benches[@]}"; do
	[ -f "$bench.sql" ] || continue
	since=$SECONDS
	run_bench "$bench"
	ran+=("$bench")
	echo "$bench: $((SECONDS - since)) s"
done

echo
print_table
awk -v size="$size" 'BEGIN { exit !(size < 1) }' && echo "The targets are for size 1; at size $size, fixed costs weigh more."
echo
echo "The plans of the read paths:"
session -d "$full" <plans.sql >"$results/plans.txt" 2>&1 || { cat "$results/plans.txt"; exit 1; }
print_plans "$results/plans.txt"
echo
if grep -E "Seq Scan on ($big_tables)( |\$)" "$results/plans.txt" | sort -u; then
	echo "FAILED: a big table is scanned sequentially."
	exit 1
fi
echo "No big table is scanned sequentially. $SECONDS s in all."
