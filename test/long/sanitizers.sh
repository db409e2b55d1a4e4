#!/bin/bash
# sanitizers.sh [PART ...]
#
# Proves that the library, built with AddressSanitizer and UndefinedBehaviorSanitizer,
# passes the suite (regress, isolation and tap, or the parts named) without a report of
# these. The server itself is built without: a wrapper preloads the sanitizers.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/packages.sh

# This part runs inside test/throwaway.sh. It puts the wrapper in place of postgres, for
# the servers that tests start.
if [ "${1:-}" = --inside ]; then
	shift
	mv "$LEARNIFY_BINDIR/postgres" "$LEARNIFY_BINDIR/postgres.stock"
	cat >"$LEARNIFY_BINDIR/postgres" <<-END
		#!/bin/bash
		export $SERVER_ENV
		exec -a "\$0" "$LEARNIFY_BINDIR/postgres.stock" "\$@"
	END
	chmod 755 "$LEARNIFY_BINDIR/postgres"
	exec test/suite.sh "$@"
fi

need_packages gcc libc6-dev
work=$(mktemp -d "${TMPDIR:-/tmp}/learnify-sanitizers.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'kill -TERM $! 2>/dev/null || :; wait; exit 130' INT TERM HUP
mkdir "$work/reports"
chmod 1777 "$work/reports"
chmod 755 "$work"

# A server with NLS hangs when it starts under ASan: its bindtextdomain() waits for a
# lock that ASan's constructor holds. Replace gettext by functions that do not translate.
gcc -O2 -fPIC -shared -o "$work/no_gettext.so" -xc - <<'END'
#define TEXT(name, parameters, text) char *name parameters; char *name parameters { return (char *) (text); }
TEXT(bindtextdomain, (const char *domain, const char *directory), directory)
TEXT(bind_textdomain_codeset, (const char *domain, const char *codeset), codeset)
TEXT(textdomain, (const char *domain), domain)
TEXT(gettext, (const char *text), text)
TEXT(dgettext, (const char *domain, const char *text), text)
TEXT(dcgettext, (const char *domain, const char *text, int category), text)
TEXT(ngettext, (const char *one, const char *many, unsigned long n), n == 1 ? one : many)
TEXT(dngettext, (const char *domain, const char *one, const char *many, unsigned long n), n == 1 ? one : many)
TEXT(dcngettext, (const char *domain, const char *one, const char *many, unsigned long n, int category), n == 1 ? one : many)
END

export COPT='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -Wp,-U_FORTIFY_SOURCE'
SERVER_ENV="LD_PRELOAD=$(realpath "$(gcc -print-file-name=libasan.so)"):$(realpath "$(gcc -print-file-name=libubsan.so)"):$work/no_gettext.so"
# Short stacks and a small quarantine, because CREATE EXTENSION allocates so often that it takes half a minute otherwise.
SERVER_ENV+=" ASAN_OPTIONS=detect_leaks=0:malloc_context_size=2:quarantine_size_mb=4:thread_local_quarantine_size_kb=64"
SERVER_ENV+=":abort_on_error=1:disable_coredump=1:log_path=$work/reports/asan"
SERVER_ENV+=" UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:log_path=$work/reports/ubsan"
export SERVER_ENV

[ $# -gt 0 ] || set -- regress isolation tap
status=0
test/throwaway.sh test/long/sanitizers.sh --inside "$@" >"$work/log" 2>&1 &
wait $! || status=$?

number=0
while read -r part good _ bad _; do
	number=$((number + 1))
	if [ "$bad" = 0 ]; then
		echo "ok $number - $part, $good tests"
	else
		echo "not ok $number - $part, $bad of $((good + bad)) tests failed"
	fi
done < <(grep -E '^[a-z]+ +[0-9]+ passed, [0-9]+ failed' "$work/log")
number=$((number + 1))
if [ -z "$(ls "$work/reports")" ]; then
	echo "ok $number - no report of a sanitizer"
else
	status=1
	echo "not ok $number - no report of a sanitizer"
	head -qn 40 "$work/reports"/* | sed 's/^/# /'
fi
[ $status = 0 ] || sed 's/^/# /' "$work/log"
exit $status
