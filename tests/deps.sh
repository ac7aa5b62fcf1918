#!/bin/sh
# Installs the Debian packages that building and testing need and that are not there yet.
set -eu
need='gcc g++ make pkg-config zlib1g-dev libcsv-dev libcjson-dev libdeflate-dev libisal-dev
libzstd-dev liblzma-dev libbz2-dev libuchardet-dev libutf8proc-dev libmagic-dev zstd xz-utils bzip2
libcurl4-openssl-dev libssl-dev curl openssl python3-swift check libsubunit-dev jq python3
python3-jsonschema python3-yaml bash ca-certificates'
missing=
for package in $need ${EXTRA_PACKAGES:-}; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing" >&2
if [ "$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
