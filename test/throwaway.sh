#!/bin/bash
# throwaway.sh COMMAND [ARGUMENT...]
#
# Runs COMMAND in a copy of this tree, built and installed for a server of its
# own that listens on a Unix socket only. Everything is in one temporary
# directory, which goes at the end, whatever happens; only test/results is
# copied back. On Debian, missing packages are installed first by root; an
# ordinary user is told the command.
#
# PostgreSQL finds its files relative to its own binaries: a copy of bin/ with
# links to the rest is an installation that the extension can be added to
# without writing into the system's. COMMAND finds that copy first in PATH.
#
# Environment: PG_CONFIG picks the server, MAKEFLAGS_EXTRA goes to the build,
# SERVER_ENV="A=b ..." and SERVER_CONF="a = b\n..." to the server.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
. test/packages.sh

# A server built from source has its own development files. Debian's client has
# PGXS, and only its development package the headers.
server_packages() {
	local config=${PG_CONFIG:-pg_config} major
	if [ ! -x "$("$config" --bindir 2>/dev/null)/postgres" ] || [ ! -e "$("$config" --pgxs 2>/dev/null)" ] ||
		[ ! -e "$("$config" --includedir-server 2>/dev/null)/postgres.h" ]; then
		major=$("$config" --version 2>/dev/null | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p')
		echo "postgresql-${major:-15} postgresql-server-dev-${major:-15}"
	fi
}

# The job scheduler that Debian has for its own server, for some majors. Its
# test skips where it is not there.
scheduler_package() {
	local bindir package
	bindir=$("${PG_CONFIG:-pg_config}" --bindir 2>/dev/null) || bindir=/usr/lib/postgresql/15/bin
	[[ $bindir == /usr/lib/postgresql/*/bin ]] || return 0
	package=postgresql-$(basename "$(dirname "$bindir")")-cron
	! apt-cache show "$package" >/dev/null 2>&1 || echo "$package"
}

install_packages() {
	command -v dpkg-query >/dev/null || return 0
	local packages
	mapfile -t packages < <(missing $(server_packages) gcc clang make libc6-dev libcrypt-dev libipc-run-perl python3)
	if [ "$(id -u)" != 0 ]; then
		[ ${#packages[@]} -gt 0 ] || return 0
		echo "Packages are missing. As root, run:" >&2
		echo "  apt-get update && apt-get install -y --no-install-recommends" "${packages[@]}" $(missing libclang-rt-dev $(scheduler_package)) >&2
		exit 1
	fi
	[ ${#packages[@]} = 0 ] || install "${packages[@]}" || exit 1
	# which suites have these is known only now, after apt-get update; tests that
	# need them skip where they are not there
	mapfile -t packages < <(missing libclang-rt-dev $(scheduler_package))
	[ ${#packages[@]} = 0 ] || install "${packages[@]}" || :
}

# Phase 1, as whoever calls: packages, the copy, and an unprivileged user, for
# initdb refuses root.
prepare() {
	install_packages
	PG_CONFIG=${PG_CONFIG:-$(ls -v /usr/lib/postgresql/*/bin/pg_config 2>/dev/null | tail -n 1)}
	PG_CONFIG=$("${PG_CONFIG:-pg_config}" --bindir)/pg_config
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
	# in the background, so that a signal is handled at once and passed on
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
	# an installed learnify must not shine, or be written, through a link
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
	if ! make -s PG_CONFIG="$PG_CONFIG" with_llvm=no ${MAKEFLAGS_EXTRA:-} DESTDIR="$root" install >"$THROWAWAY/build.log" 2>&1; then
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
	for _ in $(seq 300); do
		"$root$bindir/pg_isready" -q -h "$THROWAWAY/socket" && return 0
		kill -0 "$postmaster" 2>/dev/null || break
		sleep 0.2
	done
	cat "$THROWAWAY/server.log" >&2
	exit 1
}

# Phase 2, in the copy and as an ordinary user.
run() {
	unset "${!PG@}" MAKEFLAGS MAKELEVEL MFLAGS
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
	[ $status = 0 ] || tail -n 20 "$THROWAWAY/server.log" >&2
	exit $status
}

[ $# -gt 0 ] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
if [ -z "${THROWAWAY:-}" ]; then
	prepare "$@"
else
	pg_config=$PG_CONFIG
	run "$@"
fi
