# packages.sh: Debian packages that tests need, for the scripts that source it.

# Of the packages named, those that are not installed.
missing() {
	local package
	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || echo "$package"
	done
}

# Says nothing more unless it fails.
install() {
	echo "Installing $* ..."
	local log status=0
	log=$(mktemp)
	{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null || status=$?
	[ $status = 0 ] || tail -n 20 "$log" >&2
	rm -f "$log"
	return $status
}

# What is missing is installed by root; an ordinary user is told the command.
need_packages() {
	local packages
	mapfile -t packages < <(missing "$@")
	[ ${#packages[@]} -gt 0 ] || return 0
	if [ "$(id -u)" = 0 ]; then
		install "${packages[@]}"
	else
		echo "Packages are missing. As root, run:" >&2
		echo "  apt-get update && apt-get install -y --no-install-recommends ${packages[*]}" >&2
		return 1
	fi
}

# The Debian suite that carries a major of PostgreSQL.
debian_suite() {
	case $1 in
		15) echo bookworm ;;
		17) echo trixie ;;
		18) echo forky ;;
		*) echo "No suite of Debian is known here to have PostgreSQL $1." >&2; return 1 ;;
	esac
}

# KIND MAJOR: apt's sources of that suite (deb or deb-src), from where this machine
# has its own packages. The one that is not released has no security updates.
debian_sources() {
	local kind=$1 suite mirror signed='[check-valid-until=no signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
	suite=$(debian_suite "$2") || return
	mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -v security | head -n 1)
	echo "$kind $signed $mirror $suite main"
	[ "$suite" = forky ] || echo "$kind $signed $mirror-security $suite-security main"
}
