#!/bin/sh
# Unpacks the Python clients of model hubs (huggingface_hub, and transformers without a framework) from Debian sid into a
# folder, and prints what PYTHONPATH must be to use them. Adds nothing to the system. Needs apt-get and dpkg, and the python3,
# python3-yaml and python3-regex of the system, since those are compiled for one Python.
#   export SALLYPORT_PYTHON_HUB="$(test/interop/get-python-hub.sh /some/folder)"
set -eu
folder=${1:?usage: get-python-hub.sh FOLDER}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
if [ -e "$folder/complete" ]; then
  echo "$folder/root/usr/lib/python3/dist-packages"
  exit 0
fi
mkdir -p "$folder/lists/partial" "$folder/archives/partial" "$folder/root"
mirror=${DEBIAN_MIRROR:-}
if [ -z "$mirror" ]; then
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    sed -n -e 's/^deb  *\(\[[^]]*\]  *\)\{0,1\}\(http[^ ]*debian\)\/\{0,1\}  *.*/\2/p' -e 's/^URIs: *\(http[^ ]*debian\)\/\{0,1\} *$/\1/p' | head -n 1)
fi
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] ${mirror:-http://deb.debian.org/debian} sid main" > "$folder/sources.list"
apt() {
  apt-get -q -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$folder/lists" -o Dir::Cache::archives="$folder/archives" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User= "$@" >&2
}
apt update
cd "$folder"
for package in huggingface-hub transformers tokenizers safetensors filelock httpx httpcore anyio h11 certifi idna sniffio fsspec \
  packaging tqdm typing-extensions typer click rich shellingham markdown-it mdurl pygments annotated-doc; do
  apt download "python3-$package"
done
for deb in python3-*.deb; do dpkg -x "$deb" "$folder/root"; done
rm -f ./*.deb
# Modules for the stable ABI, under the name that every Python takes.
for module in "$folder"/root/usr/lib/python3/dist-packages/*/*.abi3-*.so; do mv "$module" "${module%%.abi3-*}.abi3.so"; done
touch "$folder/complete"
echo "$folder/root/usr/lib/python3/dist-packages"
