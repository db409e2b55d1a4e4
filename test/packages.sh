# packages.sh: functions that find and install the Debian packages that tests need,
# for the scripts that source it.

# Prints those of the packages named that are not installed.
missing() {
	local package
	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || echo "$package"
	done
}

# Installs packages, as root. Their installation is shown only if it fails. Of scripts
# that run at the same time, one waits for the other.
install() {
	echo "Installing $* ..."
	local log status=0
	log=$(mktemp)
	flock --close /run/learnify-install.lock bash -c 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"' \
		bash "$@" >"$log" 2>&1 </dev/null || status=$?
	[ $status = 0 ] || tail -n 20 "$log" >&2
	rm -f "$log"
	return $status
}

# Tells an ordinary user which command installs the packages named.
tell_packages() {
	echo "Packages are missing. As root, run:" >&2
	echo "  apt-get update && apt-get install -y --no-install-recommends $*" >&2
}

# Installs those of the packages named that are missing if the caller is root, and
# else tells the command and fails.
need_packages() {
	local packages
	mapfile -t packages < <(missing "$@")
	[ ${#packages[@]} -gt 0 ] || return 0
	if [ "$(id -u)" = 0 ]; then
		install "${packages[@]}"
	else
		tell_packages "${packages[@]}"
		return 1
	fi
}

# The major of PostgreSQL that this distribution has: what its metapackage depends
# on. Prints nothing where apt knows no packages yet.
distribution_major() {
	{ apt-cache depends postgresql 2>/dev/null || :; } | sed -nE 's/^ *Depends: postgresql-([0-9]+)$/\1/p'
}

# The suite of Debian that has a major of PostgreSQL.
debian_suite() {
	case $1 in
		15) echo bookworm ;;
		17) echo trixie ;;
		18) echo forky ;;
		*) echo "No suite of Debian is known here to have PostgreSQL $1." >&2; return 1 ;;
	esac
}

# Where this machine has its own packages of Debian from, without those of security
# updates and of other projects. Fails on other distributions.
debian_mirror() {
	local codename
	codename=$(. /etc/os-release && [ "$ID" = debian ] && echo "${VERSION_CODENAME:-sid}") &&
		apt-get indextargets --no-release-info --format '$(RELEASE) $(SITE)' |
		sed -nE "s/^($codename|stable|testing|unstable|sid) //p" | head -n 1 | grep .
}

# KIND SUITE: apt's sources (deb or deb-src) of that suite, from the same mirror. The
# suite that is not released yet has no security updates.
debian_sources() {
	local kind=$1 suite=$2 mirror signed='[check-valid-until=no signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
	mirror=$(debian_mirror) || { echo "The mirror of Debian that this machine uses is not known." >&2; return 1; }
	echo "$kind $signed $mirror $suite main"
	[ "$suite" = forky ] || echo "$kind $signed $mirror-security $suite-security main"
}
