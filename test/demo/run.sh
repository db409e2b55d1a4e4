#!/bin/bash
# run.sh: a tour of the extension, on the server that the environment names.
#
# Runs each NUMBER_NAME.sql beside this script in order, under its first line as a
# heading. A step that fails ends the tour with its status. Creates two databases
# and a role, and drops them at the end.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")"

databases=(learnify_demo learnify_demo_upgrade)

clean_up() {
	local database
	for database in "${databases[@]}"; do
		psql -X -q -d postgres -c "SET client_min_messages = error" -c "DROP DATABASE IF EXISTS $database" || :
	done
	psql -X -q -d postgres -c "SET client_min_messages = error" -c "DROP ROLE IF EXISTS learnify_demo_learner" || :
}

# Runs a step. It is read from stdin, since psql -f would print the file's name before errors.
run_step() {
	psql -X -q -v ON_ERROR_STOP=1 -v SHOW_CONTEXT=never -P pager=off -P footer=off -d learnify_demo <"$1" 2>&1
}

trap clean_up EXIT
trap 'exit 130' INT TERM HUP
clean_up
for database in "${databases[@]}"; do
	psql -X -q -d postgres -c "CREATE DATABASE $database"
done

number=0
for step in $(ls -v [0-9]*.sql); do
	number=$((number + 1))
	title="$number. $(sed -n '1s/^-- //p' "$step")"
	printf '\n%s\n%s\n\n' "$title" "${title//?/=}"
	run_step "$step"
done
printf '\nThat was the tour: %s steps, %s seconds.\n' "$number" "$SECONDS"
