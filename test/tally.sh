# tally.sh: counts what tests say, for suite.sh and all.sh, which source it.

passed=0
failed=0
failure='^not ok|^test .*\.\.\. FAILED'
skip='^(ok [0-9].*# |1\.\.0 # )?skip\b'

# tally LOG STATUS: adds what a log says, and shows what failed and how it ended.
# Counts TAP lines and pg_regress' own (TAP itself from PostgreSQL 16 on). What
# was skipped is neither passed nor failed, and says why.
tally() {
	local log=$1 status=$2 good bad skipped
	skipped=$(grep -ciE "$skip" "$log")
	good=$(grep -viE "$skip" "$log" | grep -cE '^ok [0-9]|^test .*\.\.\. ok')
	bad=$(grep -cE "$failure" "$log")
	# a part that broke off, or ran nothing, has failed
	if [ "$bad" = 0 ] && { [ "$status" != 0 ] || [ $((good + skipped)) = 0 ]; }; then
		bad=1
	fi
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

# The last line, which says whether all went well.
conclude() {
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
