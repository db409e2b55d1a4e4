#!/bin/bash
# suite.sh [PART[=NAME,...] ...]
#
# Runs the parts named, or all: warnings (gcc and clang, where each warning is an
# error), unit (the C that knows nothing of PostgreSQL), fuzz (the same C, for a few
# seconds, with a fixed seed), regress (SQL in one session), isolation (several
# sessions) and tap (several servers). Names restrict a part to the tests whose names
# begin with them: regress=templates,velocity tap=002
# The tap tests start servers of their own, so they run beside the other parts.
# It is started by test/throwaway.sh, and its last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$(realpath "$0")")/.."

pgxs_test=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
results=test/results
mkdir -p "$results"
. test/tally.sh

# NAMES PATTERN: prints the files that match the pattern, and if there are NAMES, only
# those that begin with one of them.
files() {
	local names=$1 pattern=$2 name
	if [ -z "$names" ]; then
		compgen -G "$pattern" | sort
	else
		for name in ${names//,/ }; do compgen -G "${pattern/\*/$name*}" | sort; done
	fi
}

run_unit_test() {
	local source=$1 name
	name=$(basename "$source" .c)
	gcc -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=all -Isrc \
		-o "$TMPDIR/$name" "$source" src/*/"${name%_test}.c" $(sed -n 's|^ \* Links \(src/.*\.c\) too\.$|\1|p' "$source") -lm &&
		"$TMPDIR/$name" || echo "not ok - $name"
}

run_unit() {
	local source logs=()
	for source in $(files "$1" 'test/unit/*.c'); do
		logs+=("$TMPDIR/$(basename "$source").log")
		run_unit_test "$source" >"${logs[-1]}" 2>&1 &
	done
	wait
	cat "${logs[@]}" </dev/null
}

# Starts from the corpus in test/fuzz/corpus. For a long run, build as below and run
# with -runs=10000000 on a copy of the corpus, and then minimize that with -merge=1 or
# -set_cover_merge=1.
run_fuzz() {
	local source name number=0
	for source in $(files "$1" 'test/fuzz/*.c'); do
		name=$(basename "$source" _fuzzer.c)
		number=$((number + 1))
		if ! echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
			clang -fsanitize=fuzzer,address,undefined -o "$TMPDIR/fuzzer" -xc - 2>/dev/null; then
			echo "ok $number # SKIP fuzz $name: clang has no libFuzzer here (Debian: libclang-rt-dev)"
			continue
		fi
		cp -R "test/fuzz/corpus/$name" "$TMPDIR/corpus_$name"
		if clang -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Isrc \
			-o "$TMPDIR/fuzz_$name" "$source" src/*/"$name.c" -lm &&
			"$TMPDIR/fuzz_$name" -seed=1 -runs=4000 -timeout=60 -verbosity=0 -artifact_prefix="$TMPDIR/$name-" "$TMPDIR/corpus_$name"; then
			echo "ok $number - fuzz $name"
		else
			echo "not ok $number - fuzz $name"
		fi
	done
}

run_warnings() {
	local compiler number=0 directory=$TMPDIR/warnings
	for compiler in ${1:-gcc clang}; do
		number=$((number + 1))
		rm -rf "$directory"
		mkdir "$directory"
		cp -R Makefile learnify.control sql src "$directory"
		if make -s -j"$(nproc)" -C "$directory" PG_CONFIG="$PG_CONFIG" with_llvm=no CC="$compiler" WERROR=1 \
			COPT='-Wno-unknown-warning-option -Wno-ignored-optimization-argument -Wno-unused-command-line-argument' all; then
			echo "ok $number - no warning under $compiler"
		else
			echo "not ok $number - no warning under $compiler"
		fi
	done
}

# DRIVER PATTERN NAMES: runs pg_regress or pg_isolation_regress.
run_schedule() {
	local driver=$1 pattern=$2 names=() file
	for file in $(files "$3" "$pattern"); do
		names+=("$(basename "${file%.*}")")
	done
	[ ${#names[@]} -gt 0 ] || return 0
	mkdir -p "$results/$(basename "$driver")"
	"$pgxs_test/$driver" --bindir="$LEARNIFY_BINDIR" --inputdir=test --outputdir="$results" \
		--load-extension=learnify --dbname=contrib_regression --encoding=UTF8 --no-locale "${names[@]}"
	local status=$?
	[ $status = 0 ] || cat "$results/regression.diffs"
	return $status
}

run_tap() {
	local files
	mapfile -t files < <(files "$1" 'test/t/*.pl')
	test/prove.sh "${files[@]}"
}

run_part() {
	local part=${1%%=*} names=
	[ "$part" = "$1" ] || names=${1#*=}
	case $part in
		unit) run_unit "$names" ;;
		fuzz) run_fuzz "$names" ;;
		warnings) run_warnings "$names" ;;
		regress) run_schedule regress/pg_regress 'test/sql/*.sql' "$names" ;;
		isolation) run_schedule isolation/pg_isolation_regress 'test/specs/*.spec' "$names" ;;
		tap) run_tap "$names" ;;
		*) echo "unknown part: $part" >&2; return 2 ;;
	esac
}

# Runs the parts named tap or tap=NAME,... among the arguments.
run_tap_parts() {
	local part status=0
	for part in "$@"; do
		[ "${part%%=*}" != tap ] || run_part "$part" || status=$?
	done
	return $status
}

# LOG COMMAND...: runs a command in the background, in a process group of its own, so
# that a signal is handled at once and ends everything that it has started.
start() {
	set -m
	"${@:2}" >"$1" 2>&1 &
	set +m
	started+=($!)
}

started=()
trap 'for job in "${started[@]}"; do kill -TERM -- -$job 2>/dev/null; done; wait; exit 130' INT TERM HUP

[ $# -gt 0 ] || set -- warnings unit fuzz regress isolation tap
tap_log=$results/tap.log
[[ " $*" != *' tap'* ]] || start "$tap_log" run_tap_parts "$@"
tap=${started[*]}
for part in "$@"; do
	[ "${part%%=*}" != tap ] || continue
	printf '%-10s ' "${part%%=*}"
	log=$results/${part%%=*}.log
	start "$log" run_part "$part"
	wait "${started[-1]}"
	tally "$log" $?
done
if [ -n "$tap" ]; then
	printf '%-10s ' tap
	wait "$tap"
	tally "$tap_log" $?
fi
conclude
