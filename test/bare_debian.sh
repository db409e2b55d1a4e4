# bare_debian.sh: functions for scripts of test/long that run their tests in Debians made
# from scratch, which source it.

. test/packages.sh

number=0
status=0

# NAME COMMAND...: runs it, prints a line of TAP, and its output if it fails.
prove() {
	local name=$1 since=$SECONDS
	shift
	number=$((number + 1))
	if "$@" >/tmp/output 2>&1; then
		echo "ok $number - $name # $((SECONDS - since)) s"
	else
		status=1
		echo "not ok $number - $name"
		sed 's/^/# /' /tmp/output
	fi
}

# SUITE: the major of PostgreSQL that this Debian has.
major_of() {
	local major
	for major in 15 17 18; do
		[ "$(debian_suite $major)" != "$1" ] || break
	done
	echo $major
}

# NAME SUITE PACKAGES COMMAND...: runs it in a Debian with nothing but these packages, in
# the background, so that a signal is handled at once. Prints its output, or why there is
# no such Debian.
on_bare_debian() {
	local name=$1 suite=$2 packages=$3 log result
	shift 3
	log=$(mktemp)
	test/chroot.sh --bare "$suite" "$packages" "$@" >"$log" 2>&1 &
	wait $!
	result=$?
	if [ $result = 77 ]; then
		echo "skip - $name: $(tail -n 1 "$log")"
	else
		cat "$log"
		[ $result = 0 ] || status=1
	fi
	rm -f "$log"
}

trap 'kill -TERM $! 2>/dev/null; wait; exit 130' INT TERM HUP
