#!/bin/bash
# chroot.sh MAJOR COMMAND [ARGUMENT...]
#
# Runs COMMAND in a copy of this tree inside a Debian that has PostgreSQL MAJOR, as
# root of that. It is made once by mmdebstrap (3 minutes), kept as an archive in the
# user's cache for a month, and unpacked in seconds. Its processes and mounts are in
# namespaces of their own: none outlives this script, whatever ends it. Needs root.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
. test/packages.sh

make_archive() {
	local major=$1 packages
	# Patterns, so that what the suite has not got is left out.
	packages="postgresql-$major postgresql-server-dev-$major gcc clang make libc6-dev libcrypt-dev libipc-run-perl python3"
	packages+=" zlib1g zstd ~n^libclang-rt-dev\$ ~n^postgresql-$major-cron\$"
	debian_sources deb "$major" |
		mmdebstrap --quiet --variant=minbase --include="$packages" \
			--aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Check-Valid-Until "false"' \
			--dpkgopt='force-unsafe-io' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
			--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/lib/llvm-*/lib/*.a' \
			--dpkgopt='path-exclude=/usr/lib/llvm-*/include/llvm*' --dpkgopt='path-exclude=/usr/lib/llvm-*/include/mlir*' \
			--dpkgopt='path-include=/usr/lib/llvm-*/lib/clang/*' \
			--essential-hook='mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"' \
			"$(debian_suite "$major")" "$work/root.tar" - >"$work/log" 2>&1 || { tail -n 40 "$work/log" >&2; return 1; }
	zstd -q -3 -T0 --rm "$work/root.tar" -o "$archive.$$"
	mv "$archive.$$" "$archive"
}

# Runs in the namespaces, as their first process: mounts what a server needs, and
# the cache, to read.
enter() {
	local root=$1 cache=$2 device
	shift 2
	mount -t proc proc "$root/proc"
	mount -t tmpfs -o mode=755 dev "$root/dev"
	for device in null zero full random urandom tty; do
		: >"$root/dev/$device"
		mount --bind "/dev/$device" "$root/dev/$device"
	done
	ln -s /proc/self/fd "$root/dev/fd"
	mkdir -m 1777 "$root/dev/shm"
	mkdir -p "$root/root/.cache/learnify"
	mount --bind "$cache" "$root/root/.cache/learnify"
	mount -o remount,bind,ro "$root/root/.cache/learnify"
	exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		bash -c 'cd /tmp/learnify && exec "$@"' bash "$@"
}

if [ "${1:-}" = --enter ]; then
	enter "${@:2}"
fi
[ $# -ge 2 ] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
major=$1
shift
debian_suite "$major" >/dev/null
if [ "$(id -u)" != 0 ] || ! unshare --mount --pid --fork true 2>/dev/null; then
	echo "A Debian with PostgreSQL $major needs root, and namespaces." >&2
	exit 77
fi
need_packages mmdebstrap zstd >&2

cache=${XDG_CACHE_HOME:-$HOME/.cache}/learnify
archive=$cache/debian-$major-$(dpkg --print-architecture)-$(declare -f make_archive | sha256sum | cut -c1-12).tar.zst
mkdir -p "$cache"

# What a killed run has left: directories named for processes that are gone.
for stale in /var/tmp/learnify-chroot.*; do
	kill -0 "${stale##*.}" 2>/dev/null || rm -rf --one-file-system "$stale"
done
work=/var/tmp/learnify-chroot.$$
root=$work/root
trap 'rm -rf --one-file-system "$work" "$archive.$$"' EXIT
# mmdebstrap cleans up after itself; in the namespaces nothing is worth that
set -m
signal=TERM
trap 'kill -$signal -- -$! 2>/dev/null || :; wait; exit 130' INT TERM HUP

mkdir -p "$root/tmp/learnify"
if [ ! -s "$archive" ] || [ -n "$(find "$archive" -mtime +30)" ]; then
	make_archive "$major" &
	wait $!
fi
tar -C "$root" -I zstd -xpf "$archive" --numeric-owner --exclude='./dev/*'
tar --exclude=./.git --exclude=./build --exclude=./test/results --exclude='*.o' --exclude='*.so' -cf - . |
	tar -C "$root/tmp/learnify" --no-same-owner -xf -
signal=KILL
setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private \
	"$PWD/test/chroot.sh" --enter "$root" "$cache" "$@" &
wait $!
