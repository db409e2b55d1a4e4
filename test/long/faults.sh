#!/bin/bash
# faults.sh [ROUNDS]
#
# Proves that a killed process, an immediate shutdown, a full disk and too little
# memory leave every row as it was, and the extension wholly at one version. Runs the
# same test as "make test" (test/t/031_faults.pl), but injects faults in more places,
# and fills a disk: a tmpfs of 24 MB, mounted in a namespace of this script. Mounting
# needs root; the full disk is skipped without.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

if [ "${1:-}" = --with-disk ]; then
	shift
	disk=$(mktemp -d "${TMPDIR:-/tmp}/learnify-disk.XXXXXX")
	trap 'umount "$disk" 2>/dev/null; rmdir "$disk"' EXIT
	mount -t tmpfs -o size=24m,mode=777 tmpfs "$disk"
	mkdir -m 777 "$disk/small"
	! getent passwd postgres >/dev/null && owner=nobody || owner=postgres
	chown "$owner" "$disk/small"
	export FAULT_SMALL_DISK=$disk/small
elif [ "$(id -u)" = 0 ] && unshare --mount mount -t tmpfs tmpfs /mnt 2>/dev/null; then
	exec unshare --mount "$0" --with-disk "$@"
else
	echo "skip - a disk that is full: needs root, to mount a small one"
fi

trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
# runs in the background, so that a signal is handled at once
FAULT_ROUNDS=${1:-6} test/throwaway.sh test/prove.sh test/t/031_faults.pl &
wait $!
