#!/bin/bash
# fresh_machine.sh [SUITE ...]
#
# Proves that "make demo", "make test" and "make bench" run from a clone on a Debian
# that has nothing but git and make, with the PostgreSQL which that Debian has: on
# bookworm, trixie and forky, or those named. Root gets the missing packages installed;
# an ordinary user is told the command for it, here where there is a server already.
# The Debians are made from scratch (test/chroot.sh), at the same time, which needs root.
set -uo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/bare_debian.sh

# Inside the chroot, where root has a clone and so has the user learner, who is new.

clone() {
	git init -q . && git add -A &&
		git -c user.name=Test -c user.email=test@example.org commit -q -m All &&
		git clone -q . /root/learnify &&
		echo 'learner:x:1000:1000::/home/learner:/bin/bash' >>/etc/passwd &&
		cp -R /root/learnify /home/learner && chown -R 1000:1000 /home/learner
}

as_root() {
	env -C /root/learnify "$@"
}

as_user() {
	env -C /home/learner setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=/home/learner "$@"
}

# What throwaway.sh tells an ordinary user to run as root is run, as it stands.
refused_with_command() {
	local command
	! as_user make -s demo >/tmp/refusal 2>&1 || return
	cat /tmp/refusal
	command=$(sed -n '/As root, run:/{n;p}' /tmp/refusal)
	[ -n "$command" ] && bash -c "$command"
}

inside() {
	local variant=$1 major=$2
	prove "$variant: a clone" clone
	if [ -d /usr/lib/postgresql ]; then
		prove "$variant: an ordinary user is told which packages are missing, and root installs these" refused_with_command
		prove "$variant: make demo, by the user" as_user make -s demo
		return
	fi
	prove "$variant: make demo, by root" as_root make -s demo
	prove "$variant: on PostgreSQL $major" test "$(as_root make -s pg_config)" = "/usr/lib/postgresql/$major/bin/pg_config"
	prove "$variant: make test, some of each part" as_root make -s test ONLY='warnings unit fuzz regress=identity isolation=follows_race tap=001,007'
	prove "$variant: make bench" as_root env SIZE=0.001 make -s bench
	prove "$variant: make demo, by an ordinary user" as_user make -s demo
}

if [ "${1:-}" = --inside ]; then
	inside "$2" "$3"
	exit $status
fi

# SUITE PACKAGES
on_fresh_machine() {
	on_bare_debian "$1 with $2" "$1" "$2" test/long/fresh_machine.sh --inside "$1 with $2" "$(major_of "$1")"
}

[ $# -gt 0 ] || set -- bookworm trixie forky
for suite in "$@"; do
	on_fresh_machine "$suite" git,make
	[ "$suite" != trixie ] || on_fresh_machine "$suite" git,make,postgresql
done
await_debians
exit $status
