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

debians=()
names=()
logs=()

# NAME SUITE PACKAGES COMMAND...: runs it in a Debian with nothing but these packages, in
# the background: several do that at the same time.
on_bare_debian() {
	names+=("$1")
	logs+=("$(mktemp)")
	test/chroot.sh --bare "${@:2}" >"${logs[-1]}" 2>&1 &
	debians+=($!)
}

# Prints the output of each in turn, or why there is no such Debian.
await_debians() {
	local at result
	for at in "${!debians[@]}"; do
		wait "${debians[$at]}"
		result=$?
		unset "debians[$at]"
		if [ $result = 77 ]; then
			echo "skip - ${names[$at]}: $(tail -n 1 "${logs[$at]}")"
		else
			cat "${logs[$at]}"
			[ $result = 0 ] || status=1
		fi
	done
}

trap '[ ${#logs[@]} = 0 ] || rm -f "${logs[@]}"' EXIT
trap '[ ${#debians[@]} = 0 ] || kill -TERM "${debians[@]}" 2>/dev/null; wait; exit 130' INT TERM HUP
