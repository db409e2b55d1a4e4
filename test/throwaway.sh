#!/bin/bash
# throwaway.sh COMMAND [ARGUMENT...]
#
# Runs COMMAND in a copy of this tree, which is built and installed for a server that
# listens on a Unix socket only. Everything is in one temporary directory, which is
# removed at the end, whatever happens; only test/results is copied back. On Debian
# and Ubuntu, missing packages are installed first if the caller is root; an ordinary
# user is told the command for it. The server is the newest that is installed, or else
# the one that the distribution has.
#
# PostgreSQL finds its files relative to its own binaries: a copy of bin/ with
# links to the rest is an installation of its own, to which the extension is added
# without writing into the system's. COMMAND finds that copy first in PATH.
#
# Environment: PG_CONFIG picks another server, MAKEFLAGS_EXTRA goes to the build,
# SERVER_ENV="A=b ..." and SERVER_CONF="a = b\n..." to the server.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
unset MAKEFLAGS MAKELEVEL MFLAGS
. test/packages.sh

# Where PG_CONFIG is not set, the Makefile says which server there is to build for.
# Fails where there is none, or no make to ask.
find_server() {
	PG_CONFIG=${PG_CONFIG:-$(make -s --no-print-directory pg_config 2>/dev/null)} && "$PG_CONFIG" --version >/dev/null 2>&1
}

# The major of that server, or else the one that the distribution has.
server_major() {
	if find_server; then
		"$PG_CONFIG" --version | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p'
	else
		distribution_major
	fi
}

require_supported_major() {
	[ "$1" -ge 15 ] || { echo "learnify needs PostgreSQL 15 or later, and this is PostgreSQL $1. Set PG_CONFIG=/path/to/pg_config to name another server." >&2; exit 1; }
}

# What is missing of the server. Debian's client package has pg_config and PGXS, but
# neither a server nor the header files. A server built from source has everything.
server_packages() {
	if ! find_server; then
		echo "postgresql postgresql-server-dev-all"
	elif [ ! -x "$("$PG_CONFIG" --bindir)/postgres" ] || [ ! -e "$("$PG_CONFIG" --pgxs)" ] || [ ! -e "$("$PG_CONFIG" --includedir-server)/postgres.h" ]; then
		echo "postgresql-$(server_major) postgresql-server-dev-$(server_major)"
	fi
}

# Packages that a few tests need, which are skipped where the distribution does not
# have them: libFuzzer, and pg_cron for a server that is the distribution's own.
optional_packages() {
	local packages=(libclang-rt-dev) package
	! find_server || [[ $("$PG_CONFIG" --bindir) != /usr/lib/postgresql/* ]] || packages+=("postgresql-$(server_major)-cron")
	for package in "${packages[@]}"; do
		! apt-cache show "$package" >/dev/null 2>&1 || echo "$package"
	done
}

install_packages() {
	command -v dpkg-query >/dev/null || return 0
	local packages
	mapfile -t packages < <(missing $(server_packages) gcc clang make libc6-dev libcrypt-dev libipc-run-perl python3)
	if [ "$(id -u)" != 0 ]; then
		[ ${#packages[@]} = 0 ] || { tell_packages "${packages[@]}" $(missing $(optional_packages)); exit 1; }
		return
	fi
	[ ${#packages[@]} = 0 ] || install "${packages[@]}" || exit 1
	# apt may only now know which of these there are
	mapfile -t packages < <(missing $(optional_packages))
	[ ${#packages[@]} = 0 ] || install "${packages[@]}" || :
}

# Phase 1, as the caller: installs packages, copies the tree, and runs phase 2 as an
# ordinary user, since initdb refuses to run as root.
prepare() {
	local major
	[ -z "${PG_CONFIG:-}" ] || find_server || { echo "PG_CONFIG=$PG_CONFIG does not work." >&2; exit 1; }
	major=$(server_major)
	[ -z "$major" ] || require_supported_major "$major"
	install_packages
	find_server || { echo "There is no PostgreSQL here. Set PG_CONFIG=/path/to/pg_config to name a server." >&2; exit 1; }
	require_supported_major "$(server_major)"
	PG_CONFIG=$("$PG_CONFIG" --bindir)/pg_config
	THROWAWAY=$(mktemp -d "${TMPDIR:-/tmp}/learnify.XXXXXX")
	export PG_CONFIG THROWAWAY
	trap 'rm -rf "$THROWAWAY"' EXIT
	trap 'exit 130' INT TERM HUP
	mkdir "$THROWAWAY/source" "$THROWAWAY/tmp"
	tar --exclude=./.git --exclude=./build --exclude=./test/results --exclude=./tmp_check --exclude='*.o' --exclude='*.bc' --exclude='*.so' -cf - . |
		tar -C "$THROWAWAY/source" --no-same-owner -xf -
	local status=0 user=()
	if [ "$(id -u)" = 0 ]; then
		local name=nobody
		! getent passwd postgres >/dev/null || name=postgres
		chown -R "$name" "$THROWAWAY"
		user=(setpriv --reuid="$name" --regid="$(id -g "$name")" --clear-groups env "HOME=$THROWAWAY")
	fi
	# runs in the background, so that a signal is handled at once and passed on
	"${user[@]}" bash "$THROWAWAY/source/test/throwaway.sh" "$@" &
	trap "kill -TERM $! 2>/dev/null || :; wait $! || :; exit 130" INT TERM HUP
	wait $! || status=$?
	if [ -d "$THROWAWAY/source/test/results" ]; then
		rm -rf test/results
		cp -R --no-preserve=ownership "$THROWAWAY/source/test/results" test/results
	fi
	exit $status
}

relocate_installation() {
	local libdir sharedir directory
	libdir=$("$PG_CONFIG" --pkglibdir)
	sharedir=$("$PG_CONFIG" --sharedir)
	mkdir -p "$root$bindir" "$root$libdir" "$root$sharedir/extension"
	cp -p "$bindir"/* "$root$bindir/"
	ln -s "$libdir"/* "$root$libdir/"
	find "$sharedir" -mindepth 1 -maxdepth 1 ! -name extension -exec ln -s {} "$root$sharedir/" \;
	ln -s "$sharedir"/extension/* "$root$sharedir/extension/"
	# a learnify that the system has must be neither used nor written through a link
	rm -rf "$root$libdir/learnify.so" "$root$sharedir"/extension/learnify*
	for directory in "$("$PG_CONFIG" --includedir)" "$("$PG_CONFIG" --libdir)" "$("$PG_CONFIG" --localedir)"; do
		if [ -e "$directory" ] && [ ! -e "$root$directory" ]; then
			mkdir -p "$root$(dirname "$directory")"
			ln -s "$directory" "$root$directory"
		fi
	done
}

build() {
	# shellcheck disable=SC2086
	if ! make -s -j"$(nproc)" PG_CONFIG="$PG_CONFIG" with_llvm=no ${MAKEFLAGS_EXTRA:-} DESTDIR="$root" install >"$THROWAWAY/build.log" 2>&1; then
		cat "$THROWAWAY/build.log" >&2
		exit 1
	fi
	grep -i warning "$THROWAWAY/build.log" || :
}

stop_server() {
	[ -n "$postmaster" ] || return 0
	kill -INT "$postmaster" 2>/dev/null || :
	wait "$postmaster" 2>/dev/null || :
	postmaster=
}

start_server() {
	local data=$THROWAWAY/data
	"$root$bindir/initdb" -D "$data" -U postgres -A trust -N -E UTF8 --locale=C >"$THROWAWAY/initdb.log" 2>&1 ||
		{ cat "$THROWAWAY/initdb.log" >&2; exit 1; }
	mkdir -m 700 "$THROWAWAY/socket"
	cat >>"$data/postgresql.conf" <<-END
		listen_addresses = ''
		unix_socket_directories = '$THROWAWAY/socket'
		fsync = off
		max_wal_size = 4GB
		shared_buffers = 512MB
		log_min_messages = warning
	END
	printf '%b\n' "${SERVER_CONF:-}" >>"$data/postgresql.conf"
	env ${SERVER_ENV:-} "$root$bindir/postgres" -D "$data" >"$THROWAWAY/server.log" 2>&1 &
	postmaster=$!
	for _ in $(seq 1500); do
		"$root$bindir/pg_isready" -q -h "$THROWAWAY/socket" && return 0
		kill -0 "$postmaster" 2>/dev/null || break
		sleep 0.2
	done
	cat "$THROWAWAY/server.log" >&2
	exit 1
}

# Phase 2, in the copy, as an ordinary user: builds, starts the server, runs COMMAND.
run() {
	unset "${!PG@}"
	PG_CONFIG=$pg_config
	bindir=$("$PG_CONFIG" --bindir)
	root=$THROWAWAY/installation
	postmaster=
	trap stop_server EXIT
	trap 'exit 130' INT TERM HUP
	relocate_installation
	build
	start_server
	export PG_CONFIG LC_ALL=C.UTF-8 TZ=UTC TMPDIR=$THROWAWAY/tmp
	export PGHOST=$THROWAWAY/socket PGUSER=postgres PGDATABASE=postgres
	export LEARNIFY_BINDIR=$root$bindir PATH=$root$bindir:$PATH
	local status=0
	"$@" &
	command=$!
	trap 'kill -TERM $command 2>/dev/null || :; wait $command || :; exit 130' INT TERM HUP
	wait $command || status=$?
	if [ -d test/results ]; then
		cp "$THROWAWAY/server.log" test/results
	elif [ $status != 0 ]; then
		tail -n 20 "$THROWAWAY/server.log" >&2
	fi
	exit $status
}

[ $# -gt 0 ] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
if [ -z "${THROWAWAY:-}" ]; then
	prepare "$@"
else
	pg_config=$PG_CONFIG
	run "$@"
fi
