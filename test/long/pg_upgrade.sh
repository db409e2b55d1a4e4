#!/bin/bash
# pg_upgrade.sh [MAJOR ...]
#
# Proves that pg_upgrade takes a database from PostgreSQL 15 to 17 and 18 with
# every row and the whole catalog, copied and linked, and that it works there.
# The servers are built from source with assertions, once (test/source_server.sh,
# 2 minutes each). Where the new major's source package cannot be downloaded, root
# upgrades to Debian's own build of it instead (test/chroot.sh).
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

old_major=15

# Runs inside test/throwaway.sh. Unpacks the old server, and the new one if there is an
# archive of it, and installs the extension into these. Without an archive, the new
# server is the one that throwaway.sh has installed it into.
upgrade() {
	local old=$TMPDIR/old new=$TMPDIR/new archive directory
	mkdir "$old" "$new"
	tar -C "$old" -I zstd -xf "$1"
	if [ -n "$2" ]; then
		tar -C "$new" -I zstd -xf "$2"
	else
		new=$(dirname "$LEARNIFY_BINDIR")
	fi
	for directory in "$old" ${2:+"$new"}; do
		make -s PG_CONFIG="$directory/bin/pg_config" clean >/dev/null
		LD_LIBRARY_PATH=$directory/lib make -s PG_CONFIG="$directory/bin/pg_config" with_llvm=no install
	done
	OLD_INSTALLATION=$old NEW_INSTALLATION=$new test/prove.sh test/long/pg_upgrade.pl
}

# Copies an archive to where the user that throwaway.sh switches to can read it, and
# prints the name of the copy.
stage() {
	cp "$1" "$stage/$(basename "$1")"
	chmod 644 "$stage/$(basename "$1")"
	echo "$stage/$(basename "$1")"
}

if [ "${1:-}" = --inside ]; then
	upgrade "$2" "${3:-}"
	exit
fi

stage=$(mktemp -d "${TMPDIR:-/tmp}/learnify-upgrade.XXXXXX")
chmod 755 "$stage"
trap 'rm -rf "$stage"' EXIT
trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP

# Runs a command in the background, so that a signal is handled at once.
run() {
	"$@" &
	wait $!
}

# Runs in the chroot, which has Debian's build of the new major and the user's cache.
if [ "${1:-}" = --to-this-server ]; then
	run test/throwaway.sh test/long/pg_upgrade.sh --inside "$(stage "$(test/source_server.sh $old_major)")"
	exit
fi

[ $# -gt 0 ] || set -- 17 18
run test/source_server.sh $old_major >"$stage/old"
status=0
for major in "$@"; do
	echo "# from PostgreSQL $old_major to $major"
	if run test/source_server.sh "$major" >"$stage/new"; then
		run test/throwaway.sh test/long/pg_upgrade.sh --inside "$(stage "$(tail -n 1 "$stage/old")")" "$(stage "$(tail -n 1 "$stage/new")")" || status=1
	else
		result=0
		run test/chroot.sh "$major" test/long/pg_upgrade.sh --to-this-server || result=$?
		case $result in
			0) ;;
			77) echo "skip - PostgreSQL $major: its source package is not to be had, and the other way needs root" ;;
			*) status=1 ;;
		esac
	fi
done
exit $status
