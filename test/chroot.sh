#!/bin/bash
# chroot.sh MAJOR COMMAND [ARGUMENT...]
# chroot.sh --bare SUITE PACKAGES COMMAND [ARGUMENT...]
#
# Runs COMMAND in a copy of this tree inside a Debian, as its root. This is the Debian
# that has PostgreSQL MAJOR, with all packages that the tests need. With --bare, it is
# SUITE with nothing but PACKAGES, and apt can install more.
#
# mmdebstrap makes that Debian once (up to 3 minutes). It is kept as an archive in the
# user's cache for a month, and unpacked in seconds. Processes and mounts are in
# namespaces of their own: none outlives this script, whatever ends it. Needs root.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
. test/packages.sh

# Packages for a major, and options that leave out what is large and not needed.
prepare_for_major() {
	local major=$1
	suite=$(debian_suite "$major")
	# Where a pattern matches no package, apt goes on.
	packages="postgresql-$major postgresql-server-dev-$major gcc clang make libc6-dev libcrypt-dev libipc-run-perl python3"
	packages+=" zlib1g zstd ~n^libclang-rt-dev\$ ~n^postgresql-$major-cron\$"
	options=(--aptopt='APT::Install-Recommends "false"'
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*'
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/lib/llvm-*/lib/*.a'
		--dpkgopt='path-exclude=/usr/lib/llvm-*/include/llvm*' --dpkgopt='path-exclude=/usr/lib/llvm-*/include/mlir*'
		--dpkgopt='path-include=/usr/lib/llvm-*/lib/clang/*'
		--essential-hook='mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"')
}

# As in a container, installing a server does not start it.
prepare_bare() {
	suite=$1
	packages=$2
	options=(--customize-hook='printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d" && chmod 755 "$1/usr/sbin/policy-rc.d"')
}

# apt in there uses the proxy that apt uses here.
make_archive() {
	apt-config dump | grep -iE '^Acquire::(http|https)::proxy' >"$work/proxy" || :
	debian_sources deb "$suite" >"$work/sources.list"
	mmdebstrap --quiet --variant=minbase --include="$packages" --aptopt="$work/proxy" \
		--aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt='force-unsafe-io' "${options[@]}" \
		"$suite" "$work/root.tar" "$work/sources.list" >"$work/log" 2>&1 || { tail -n 40 "$work/log" >&2; return 1; }
	zstd -q -3 -T0 --rm "$work/root.tar" -o "$archive.$$"
	mv "$archive.$$" "$archive"
}

# Runs in the namespaces, as their first process: mounts what a server needs, and
# the cache for reading, if one is given.
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
	if [ -n "$cache" ]; then
		mkdir -p "$root/root/.cache/learnify"
		mount --bind "$cache" "$root/root/.cache/learnify"
		mount -o remount,bind,ro "$root/root/.cache/learnify"
	fi
	exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
		bash -c 'cd /tmp/learnify && exec "$@"' bash "$@"
}

if [ "${1:-}" = --enter ]; then
	enter "${@:2}"
fi
[ $# -ge 2 ] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
if [ "$1" = --bare ]; then
	bare=yes
	prepare_bare "$2" "$3"
	shift 3
else
	bare=
	prepare_for_major "$1"
	shift
fi
if [ "$(id -u)" != 0 ] || ! unshare --mount --pid --fork true 2>/dev/null; then
	echo "Another Debian ($suite) needs root, and namespaces." >&2
	exit 77
fi
if ! debian_mirror >/dev/null; then
	echo "Another Debian ($suite) needs a mirror of Debian, which this machine does not use." >&2
	exit 77
fi
need_packages mmdebstrap zstd >&2

cache=${XDG_CACHE_HOME:-$HOME/.cache}/learnify
archive=$cache/debian-$suite-$(dpkg --print-architecture)-$({ declare -f make_archive; echo "$packages ${options[*]}"; } | sha256sum | cut -c1-12).tar.zst
mkdir -p "$cache"

# Runs that were killed have left directories, which have the names of processes.
for stale in /var/tmp/learnify-chroot.*; do
	kill -0 "${stale##*.}" 2>/dev/null || rm -rf --one-file-system "$stale"
done
work=/var/tmp/learnify-chroot.$$
root=$work/root
trap 'rm -rf --one-file-system "$work" "$archive.$$"' EXIT
# mmdebstrap is given the time to clean up. What runs in the namespaces needs none.
set -m
signal=TERM
trap 'kill -$signal -- -$! 2>/dev/null || :; wait; exit 130' INT TERM HUP

mkdir -p "$root/tmp/learnify"
if [ ! -s "$archive" ] || [ -n "$(find "$archive" -mtime +30)" ]; then
	make_archive &
	wait $!
fi
tar -C "$root" -I zstd -xpf "$archive" --numeric-owner --exclude='./dev/*'
tar --exclude=./.git --exclude=./build --exclude=./test/results --exclude='*.o' --exclude='*.so' -cf - . |
	tar -C "$root/tmp/learnify" --no-same-owner -xf -
if [ -n "$bare" ]; then
	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	cache=
fi
signal=KILL
setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private \
	"$PWD/test/chroot.sh" --enter "$root" "$cache" "$@" &
wait $!
