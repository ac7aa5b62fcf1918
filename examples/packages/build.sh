#!/bin/bash
# Makes packages out of what is built: the same bytes from the same program, whenever and wherever.
#   CSVKIT=program BUILD=build folder  examples/packages/build.sh deb|tarball|npm|sbom FOLDER
# README.md says what is in them.
set -euo pipefail
umask 022
kind=$1
mkdir -p "$2"
out=$(realpath "$2")
cd "$(dirname "$0")/../.."
here=examples/packages
version=$(sed -n 's/^#define CSVK_VERSION "\(.*\)"/\1/p' csvkit/basics.h)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# All times are that of the last commit, or of the changelog outside of a checkout.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH

staged() { # prefix: what make install puts into $work/root
    make --no-print-directory B="$BUILD" PREFIX="$1" DESTDIR="$work/root" install-files >/dev/null
    strip --strip-unneeded "$work/root$1/bin/csvkit" "$work/root$1"/lib/*.so.*.*
    strip --strip-debug --enable-deterministic-archives "$work/root$1"/lib/*.a
}

compressed() { # folder, file: the folder as an archive, with nothing of today in it
    tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        --format=gnu -C "$(dirname "$1")" -c "$(basename "$1")" | gzip -9n >"$2"
}

need() { # program, the Debian package it is in
    command -v "$1" >/dev/null ||
        { echo "csvkit: make $kind needs $1: apt-get install $2" >&2 && exit 2; }
}

. "$here/deb.sh"
. "$here/bundle.sh"

case $kind in
deb)
    need dpkg-shlibdeps dpkg-dev
    make_debs
    ;;
tarball)
    make_bundle "$work/csvkit-$version"
    compressed "$work/csvkit-$version" "$out/csvkit-$version-linux-$(uname -m).tar.gz"
    ;;
npm)
    need npm npm
    make_npm
    ;;
sbom) python3 "$here/sbom.py" "$CSVKIT" "$version" >"$out/csvkit-$version.cdx.json" ;;
*) echo "usage: build.sh deb|tarball|npm|sbom FOLDER" >&2 && exit 2 ;;
esac
