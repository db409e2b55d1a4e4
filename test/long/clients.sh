#!/bin/bash
# clients.sh [CLIENT ...]
#
# Proves that one story (somebody registers, learns, hands in, reads the ticker page by page and
# the home page) has the same result by node-postgres, Prisma, PostGraphile, psycopg, JDBC, Go and
# ActiveRecord, or by those named, for an owner, a back end and a learner, directly and through
# pgbouncer in transaction mode. The files of test/clients tell it. Installs Debian's packages, and
# those of test/clients/package.json from npm; a client that cannot be had is skipped.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/packages.sh

[ $# -gt 0 ] || set -- node-postgres prisma postgraphile psycopg jdbc go activerecord
work=$(mktemp -d "${TMPDIR:-/tmp}/learnify-clients.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'kill -TERM $! 2>/dev/null; wait; exit 130' INT TERM HUP

# Prisma's command line wants to download an engine, even for what needs none: naming one prevents that.
install_node_modules() {
	[ ! -e "$work/node_modules" ] || return 0
	command -v npm >/dev/null || need_packages nodejs npm || return
	cp test/clients/package.json test/clients/schema.prisma "$work"
	npm install --prefix "$work" --no-package-lock --no-audit --no-fund --ignore-scripts >"$work/npm.log" 2>&1 &&
		(cd "$work" && PRISMA_SCHEMA_ENGINE_BINARY=/bin/true node node_modules/prisma/build/index.js generate --schema schema.prisma) >>"$work/npm.log" 2>&1 ||
		{ tail -n 20 "$work/npm.log" >&2; rm -rf "$work/node_modules"; return 1; }
}

# prepare CLIENT: installs and builds it, and prints the command that tells the story.
prepare() {
	case $1 in
		node-postgres) install_node_modules >&2 && echo "node test/clients/story.js" ;;
		prisma) install_node_modules >&2 && echo "node test/clients/story_prisma.js" ;;
		postgraphile) install_node_modules >&2 && echo "node test/clients/story_postgraphile.js" ;;
		psycopg) need_packages python3 python3-psycopg >&2 && echo "/usr/bin/python3 test/clients/story.py" ;;
		jdbc)
			need_packages default-jdk-headless libpostgresql-jdbc-java >&2 &&
				javac -cp /usr/share/java/postgresql.jar -d "$work/java" test/clients/Story.java >&2 &&
				echo "java -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -cp /usr/share/java/postgresql.jar:$work/java Story"
			;;
		go)
			need_packages golang-go golang-github-lib-pq-dev >&2 &&
				GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$work/cache go build -o "$work/story" test/clients/story.go >&2 &&
				echo "$work/story"
			;;
		activerecord) need_packages ruby-activerecord ruby-pg >&2 && echo "ruby test/clients/story.rb" ;;
		*) echo "No client is known here by the name $1." >&2; return 1 ;;
	esac
}

need_packages pgbouncer || { echo "skip - clients: pgbouncer is not installed"; exit; }
for client in "$@"; do
	if command=$(prepare "$client"); then
		printf '%s\t%s\n' "$client" "$command" >>"$work/commands"
	else
		echo "skip - the story by $client: it cannot be had"
	fi
done
[ -s "$work/commands" ] || exit 0
chmod -R a+rX "$work"
STORY_FOLDER=$work test/throwaway.sh test/prove.sh test/long/clients.pl &
wait $!
