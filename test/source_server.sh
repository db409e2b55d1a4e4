#!/bin/bash
# source_server.sh MAJOR
#
# Builds PostgreSQL MAJOR from Debian's source package, with assertions and with the
# requests by which valgrind knows its memory contexts. Does so once, and prints the
# name of the archive that is kept in the user's cache. It can be unpacked anywhere:
# set LD_LIBRARY_PATH to its lib folder. Its bin/pg_config serves PGXS, and
# valgrind.supp has suppressions for valgrind. Takes 2 minutes, and needs no root,
# unless compilers have to be installed.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
# Under another make, PostgreSQL's would not generate its header files.
unset MAKEFLAGS MAKELEVEL MFLAGS
. test/packages.sh

major=$1
suite=$(debian_suite "$major")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/learnify

# Uses a package list of its own, and leaves the machine's alone. Tries the security
# updates first, but a mirror may list their sources without having the files.
download() {
	debian_sources deb-src "$suite" >"$work/sources.list"
	download_from "$work/sources.list" || download_from <(head -n 1 "$work/sources.list")
}

download_from() {
	rm -rf "$work/apt"
	mkdir -p "$work"/apt/{state/lists/partial,cache/archives/partial}
	cat "$1" >"$work/apt/sources.list"
	local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State=$work/apt/state"
		-o Dir::State::status=/var/lib/dpkg/status -o "Dir::Cache=$work/apt/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root)
	"${apt[@]}" update && cd "$work" && "${apt[@]}" source --download-only "postgresql-$major"
}

# PostgreSQL finds its files relative to its binaries, so the prefix does not matter.
# The contrib modules are not built.
build() {
	mkdir "$work/source"
	tar -C "$work/source" -xf "$work"/postgresql-"$major"_*.orig.tar.* --strip-components=1
	cd "$work/source"
	./configure -q --prefix=/postgresql --enable-cassert --enable-tap-tests --without-icu --without-readline CFLAGS='-O1 -g1 -fno-omit-frame-pointer -DUSE_VALGRIND'
	make -s -j"$(nproc)"
	make -s install DESTDIR="$work/installed"
	make -s -C src/test/isolation install DESTDIR="$work/installed"
	cp src/tools/valgrind.supp "$work/installed/postgresql"
}

archive=$cache/postgresql-$major-$(dpkg --print-architecture)-$(declare -f build | sha256sum | cut -c1-12).tar.zst
if [ -s "$archive" ]; then
	echo "$archive"
	exit
fi

need_packages gcc make libc6-dev bison flex zlib1g-dev libipc-run-perl bzip2 zstd valgrind >&2
mkdir -p "$cache"
work=$(mktemp -d "${TMPDIR:-/tmp}/learnify-build.XXXXXX")
trap 'rm -rf "$work" "$archive.$$"' EXIT
# Each step runs in a process group of its own, so that a signal reaches all of it.
set -m
trap 'kill -TERM -- -$! 2>/dev/null || :; wait; exit 130' INT TERM HUP
for step in download build; do
	( $step ) >"$work/$step.log" 2>&1 </dev/null &
	wait $! || { tail -n 40 "$work/$step.log" >&2; exit 1; }
done
tar -C "$work/installed/postgresql" -cf - . | zstd -q -6 -T0 -o "$archive.$$"
mv "$archive.$$" "$archive"
echo "$archive"
