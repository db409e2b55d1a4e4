# tally.sh: functions that count results of tests, for suite.sh and all.sh, which
# source it.

passed=0
failed=0
failures=()
failure='^not ok|^test .*\.\.\. FAILED'
skip='^(ok [0-9].*# |1\.\.0 # )?skip\b'

# tally LOG STATUS: adds the results in a log to the counts. Shows the failures and the
# end of the log if there are any. Knows TAP, and what pg_regress prints instead before
# PostgreSQL 16. A test that was skipped has neither passed nor failed, and its reason
# is shown.
tally() {
	local log=$1 status=$2 good bad skipped name line
	name=$(basename "$log" .log)
	skipped=$(grep -ciE "$skip" "$log")
	good=$(grep -viE "$skip" "$log" | grep -cE '^ok [0-9]|^test .*\.\.\. ok')
	bad=$(grep -cE "$failure" "$log")
	# a part that was interrupted, or ran no test, has failed
	if [ "$bad" = 0 ] && { [ "$status" != 0 ] || [ $((good + skipped)) = 0 ]; }; then
		bad=1
		failures+=("$name: ended with status $status")
	fi
	while read -r line; do failures+=("$name: $line"); done < <(grep -E "$failure|\(Wstat" "$log" | head -n 15)
	passed=$((passed + good))
	failed=$((failed + bad))
	if [ "$skipped" = 0 ]; then
		echo "$good passed, $bad failed"
	else
		echo "$good passed, $bad failed, $skipped skipped"
		grep -iE "$skip" "$log"
	fi
	[ "$bad" = 0 ] || { grep -E -A 12 "$failure" "$log" | head -n 60; tail -n 60 "$log"; }
}

# Prints what has failed, and the sum as the last line. Fails if a test has failed.
conclude() {
	[ "$failed" = 0 ] || printf '%s\n' "${failures[@]}"
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
