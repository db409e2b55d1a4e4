#!/bin/bash
# installcheck.sh [LOCALE ...]
#
# Proves that "make installcheck" passes on a running server that asks for passwords,
# whatever the locale of its databases: C.UTF-8, en_US.UTF-8 and en-US of ICU, or those
# named, each on a server of its own, at the same time. The server has databases and
# roles left by a run that was broken off. installcheck runs in a folder other than the
# sources'.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/packages.sh

# Everything that follows runs inside test/throwaway.sh, which has installed the
# extension. For each locale, TMPDIR is a folder of its own.

start() {
	local locale=(--locale="$1")
	[[ $1 != icu:* ]] || locale=(--locale=en_US.UTF-8 --locale-provider=icu --icu-locale="${1#icu:}")
	initdb -D "$TMPDIR/data" -U postgres -A scram-sha-256 --pwfile=<(echo "$PGPASSWORD") -N -E UTF8 "${locale[@]}" >"$TMPDIR/initdb.log" 2>&1 ||
		{ cat "$TMPDIR/initdb.log"; return 1; }
	printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$TMPDIR'" 'fsync = off' >>"$TMPDIR/data/postgresql.conf"
	pg_ctl -s -w -D "$TMPDIR/data" -l "$TMPDIR/server.log" start
}

stop() {
	[ ! -d "$TMPDIR/data" ] || pg_ctl -s -w -D "$TMPDIR/data" -m immediate stop 2>/dev/null || :
	rm -rf "$TMPDIR/data"
}

# The databases, and every role that a regression test makes, with privileges there.
leave_behind() {
	local database
	psql -qX -v ON_ERROR_STOP=1 -d postgres -c 'CREATE DATABASE contrib_regression' -c 'CREATE DATABASE isolation_regression'
	for database in contrib_regression isolation_regression; do
		psql -qX -v ON_ERROR_STOP=1 -d "$database" -c 'CREATE EXTENSION learnify' -c 'CREATE TABLE left_behind ()'
	done
	sed -nE 's/^CREATE ROLE (regress_\w+).*/\1/p' test/sql/*.sql | sort -u >"$TMPDIR/roles"
	sed 's/.*/CREATE ROLE &; GRANT SELECT ON users TO &;/' "$TMPDIR/roles" | psql -qX -v ON_ERROR_STOP=1 -d contrib_regression
}

# The client's locale is that of the server.
check() {
	local locale=$1
	[[ $locale != icu:* ]] || locale=en_US.UTF-8
	rm -rf "$TMPDIR/build"
	mkdir "$TMPDIR/build"
	env -u LC_ALL LANG="$locale" make -C "$TMPDIR/build" -f "$PWD/Makefile" PG_CONFIG="$PG_CONFIG" installcheck >"$TMPDIR/check.log" 2>&1
}

# NUMBER LOCALE: prints a line of TAP.
check_locale() {
	local number=$1 locale=$2
	export TMPDIR=$TMPDIR/$number PGHOST=$TMPDIR/$number
	mkdir "$TMPDIR"
	trap stop EXIT
	trap 'exit 130' INT TERM HUP
	if start "$locale" && leave_behind && check "$locale"; then
		echo "ok $number - make installcheck, $locale: $(grep -cE '^(test .*\.\.\. ok|ok [0-9])' "$TMPDIR/check.log") tests"
	else
		echo "not ok $number - make installcheck, $locale"
		cat "$TMPDIR/check.log" "$TMPDIR/build/test/results/regression.diffs" 2>/dev/null | sed 's/^/# /'
		return 1
	fi
}

check_locales() {
	local number=0 status=0 locale checks=() logs=()
	export PGPASSWORD=secret LOCPATH=$TMPDIR/locales
	mkdir "$LOCPATH"
	localedef -i en_US -f UTF-8 "$LOCPATH/en_US.UTF-8"
	trap '[ ${#checks[@]} = 0 ] || kill -TERM "${checks[@]}" 2>/dev/null; wait; exit 130' INT TERM HUP
	for locale in "$@"; do
		number=$((number + 1))
		logs+=("$TMPDIR/check$number")
		(check_locale "$number" "$locale") >"${logs[-1]}" 2>&1 &
		checks+=($!)
	done
	for number in "${!checks[@]}"; do
		wait "${checks[$number]}" || status=1
		cat "${logs[$number]}"
	done
	return $status
}

if [ "${1:-}" = --inside ]; then
	shift
	check_locales "$@"
	exit
fi

need_packages locales >&2
[ $# -gt 0 ] || set -- C.UTF-8 en_US.UTF-8 icu:en-US
trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
test/throwaway.sh test/long/installcheck.sh --inside "$@" &
wait $!
