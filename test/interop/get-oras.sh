#!/bin/sh
# Unpacks oras (and nothing else) from Debian trixie into a folder, and prints the path of the program.
# Adds nothing to the system: its own package lists, its own folder. Needs apt-get and dpkg.
#   export SALLYPORT_ORAS="$(test/interop/get-oras.sh /some/folder)"
set -eu
folder=${1:?usage: get-oras.sh FOLDER}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
if [ -x "$folder/root/usr/bin/oras" ]; then
  echo "$folder/root/usr/bin/oras"
  exit 0
fi
mkdir -p "$folder/lists/partial" "$folder/archives/partial" "$folder/root"
mirror=${DEBIAN_MIRROR:-}
if [ -z "$mirror" ]; then
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    sed -n -e 's/^deb  *\(\[[^]]*\]  *\)\{0,1\}\(http[^ ]*debian\)\/\{0,1\}  *.*/\2/p' -e 's/^URIs: *\(http[^ ]*debian\)\/\{0,1\} *$/\1/p' | head -n 1)
fi
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] ${mirror:-http://deb.debian.org/debian} trixie main" > "$folder/sources.list"
apt() {
  apt-get -q -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$folder/lists" -o Dir::Cache::archives="$folder/archives" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User= "$@" >&2
}
apt update
cd "$folder"
apt download oras
dpkg -x oras_*.deb "$folder/root"
echo "$folder/root/usr/bin/oras"
