#!/bin/bash
# packages.sh [SUITE ...]
#
# Proves that learnify can be packaged. On bookworm, trixie and forky, or those named, which have
# PostgreSQL 15, 17 and 18: pg_buildext builds the Debian package, twice with the same result, in
# which lintian finds no fault; it can be installed and removed, and its autopkgtest passes, which
# is "make installcheck". On bookworm, the archive of "make dist" is always the same, and pgxn
# installs it. On trixie, the commands of docker/Dockerfile and docker/compose.yaml are run; the
# images themselves need Docker. The Debians are made from scratch (test/chroot.sh), at the same
# time, which needs root.
set -uo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/bare_debian.sh

# Inside the chroot.

# FOLDER: a source package and its binary packages, which are moved there. All are built in one folder,
# whose name LLVM's bitcode has.
build_package() {
	local source=/tmp/build/learnify-$version
	mkdir -p "$source" &&
		tar --exclude=./debian -cf - . | tar -C "$source" -xf - &&
		tar -C /tmp/build --sort=name --mtime=@0 --owner=0 --group=0 -czf "/tmp/build/learnify_$version.orig.tar.gz" "learnify-$version" &&
		cp -R debian "$source" &&
		env -C "$source" pg_buildext updatecontrol &&
		env -C "$source" dpkg-buildpackage -us -uc &&
		mv /tmp/build "$1"
}

same_packages() {
	local package
	for package in /tmp/first/*.deb; do
		cmp "$package" "/tmp/second/$(basename "$package")" || return
	done
}

# Nobody has asked for a package in Debian's bug tracker, and the sources have no address of their
# own that could be watched.
no_fault() {
	lintian -EvIL +pedantic --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs /tmp/first/*.changes
}

install_package() {
	apt-get install -y --no-install-recommends "/tmp/first/postgresql-$major-learnify_$version"-*.deb
}

# The tests of the package run in its unpacked sources.
run_autopkgtest() {
	env -C "/tmp/first/learnify-$version" debian/tests/installcheck || { cat "/tmp/first/learnify-$version/test/results/regression.diffs"; return 1; }
}

remove_package() {
	apt-get purge -y "postgresql-$major-learnify" && ! find /usr /etc /var/lib/postgresql -name '*learnify*' | grep .
}

# FOLDER: the archive of a clone there.
build_archive() {
	git -c safe.directory='*' clone -q . "$1" && make -s -C "$1" dist
}

commit() {
	git init -q . && git add -A && git -c user.name=Test -c user.email=test@example.org commit -q -m All
}

install_archive() {
	pgxn install --unstable --pg_config "/usr/lib/postgresql/$major/bin/pg_config" "/tmp/clone1/learnify-$version.zip"
}

# COMMAND...: psql on a new server, with the options that follow "postgres" in compose.yaml. Both the
# server and psql run as postgres.
on_server() {
	local options
	mapfile -t options < <(python3 -c 'import yaml; print("\n".join(yaml.safe_load(open("docker/compose.yaml"))["services"]["database"]["command"][1:]))')
	rm -rf /tmp/data && mkdir /tmp/data && chown postgres /tmp/data || return
	setpriv --reuid=postgres --regid=postgres --clear-groups bash -c '
		bin=$1 && shift && export PATH=$bin:$PATH PGHOST=/tmp
		initdb -D /tmp/data -A trust >/dev/null && pg_ctl -s -w -D /tmp/data -l /tmp/data/log -o "-k /tmp -c listen_addresses=" start && createdb learning &&
		pg_ctl -s -w -D /tmp/data stop && pg_ctl -s -w -D /tmp/data -l /tmp/data/log -o "-k /tmp -c listen_addresses= $*" start || { cat /tmp/data/log; exit 1; }
		psql -XAt -v ON_ERROR_STOP=1 -d learning -f docker/create.sql -c "SELECT count(*) FROM verify_schema()"
		status=$?
		pg_ctl -s -w -D /tmp/data -m immediate stop
		exit $status' bash "/usr/lib/postgresql/$major/bin" "${options[@]}"
}

# The commands of docker/Dockerfile, one a line.
dockerfile_commands() {
	sed -n 's/^RUN //p' docker/Dockerfile
}

# What the two stages of the image do, in this Debian. The official image has the server.
build_image() {
	local command
	apt-get install -y --no-install-recommends "postgresql-$major" &&
		rm -rf /learnify && cp -R . /learnify || return
	export PG_MAJOR=$major
	while read -r command; do
		bash -c "$command" </dev/null || return
	done < <(dockerfile_commands)
	cp -R /installed/. /
}

inside() {
	major=$2
	version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" learnify.control)
	export DEBIAN_FRONTEND=noninteractive
	apt-get update >/dev/null 2>&1
	prove "$1: the Debian package for PostgreSQL $major is built" build_package /tmp/first
	prove "$1: and built again" build_package /tmp/second
	prove "$1: both have the same contents" same_packages
	prove "$1: lintian finds no fault in them" no_fault
	prove "$1: the package can be installed" install_package
	prove "$1: its autopkgtest passes" run_autopkgtest
	prove "$1: removed, it leaves nothing" remove_package
	if [ "$1" = bookworm ]; then
		prove "$1: a repository" commit
		prove "$1: make dist" build_archive /tmp/clone1
		prove "$1: make dist, elsewhere" build_archive /tmp/clone2
		prove "$1: both archives are the same" cmp "/tmp/clone1/learnify-$version.zip" "/tmp/clone2/learnify-$version.zip"
		prove "$1: pgxn installs the archive" install_archive
		prove "$1: which has what the server needs" test -e "/usr/share/postgresql/$major/extension/learnify--$version.sql" -a -e "/usr/lib/postgresql/$major/lib/learnify.so"
	elif [ "$1" = trixie ]; then
		prove "$1: the commands of the Dockerfile run" build_image
		prove "$1: a server with the options of compose.yaml runs create.sql" on_server
	fi
}

if [ "${1:-}" = --inside ]; then
	inside "$2" "$3"
	exit $status
fi

[ $# -gt 0 ] || set -- bookworm trixie forky
for suite in "$@"; do
	on_bare_debian "packages for $suite" "$suite" build-essential,debhelper,git,libcrypt-dev,lintian,pgxnclient,postgresql-server-dev-all,python3-yaml \
		test/long/packages.sh --inside "$suite" "$(major_of "$suite")"
done
await_debians
exit $status
