#!/bin/bash
# The packages: the same bytes twice, and from a build in another folder; what is in them runs where
# nothing else is; they name what they need; npx runs the program out of the packed file, without network.
set -u
cd "$(dirname "$0")/../.." || exit 2
here=$PWD
case $(basename "$BUILD") in
release*) ;;
*) echo "packages are made of a release build" && exit 77 ;;
esac
for program in dpkg-deb dpkg-shlibdeps strip; do
    command -v "$program" >/dev/null || { echo "no $program (apt-get install dpkg-dev)" && exit 77; }
done
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
printf 'id,name\r\n1,a"b\r\n' >"$work/bad.csv"
printf 'id,name\r\n1,caf\xe9\r\n' >"$work/latin.csv"
gzip -k "$work/bad.csv"
failed=0

fail() {
    echo "FAIL: $*"
    failed=1
}

build() { # kind: twice, with another time, time zone and mask
    SOURCE_DATE_EPOCH=1700000000 examples/packages/build.sh "$1" "$work/one" 2>"$work/err" ||
        { fail "$1: $(cat "$work/err")" && return 1; }
    (umask 077 && TZ=Asia/Tokyo SOURCE_DATE_EPOCH=1700000000 examples/packages/build.sh "$1" "$work/two" 2>/dev/null)
    diff -r "$work/one" "$work/two" >/dev/null || fail "$1: not the same bytes twice"
}

# The sources as they are here, built in a folder with a longer name: program, libraries, packages.
built_elsewhere() { # kinds of packages
    local there=$work/a-folder-of-another-name file kind
    mkdir "$there"
    git ls-files -zco --exclude-standard | tar -c --null -T - 2>/dev/null | tar -x -C "$there"
    nice make -C "$there" -j"$(nproc)" --no-print-directory all >"$work/said" 2>&1 ||
        { fail "built elsewhere: $(tail -n 5 "$work/said")" && return 1; }
    for file in bin/csvkit libcsvkit.a libcsvkit-extra.a "$BUILD"/libcsvkit*.so.*.*; do
        file=${file#"$BUILD/"}
        cmp "$BUILD/$file" "$there/build/release/$file" || fail "$file: other bytes when built elsewhere"
    done
    for kind in "$@"; do
        CSVKIT=$there/build/release/bin/csvkit BUILD=$there/build/release SOURCE_DATE_EPOCH=1700000000 \
            "$there/examples/packages/build.sh" "$kind" "$work/three" 2>"$work/err" || fail "$kind: $(cat "$work/err")"
    done
    diff -r "$work/one" "$work/three" || fail "packages differ when built elsewhere"
    rm -rf "$there"
}

judges() { # what, program...: a file with one error, plain and compressed, and one that is not UTF-8
    local said status
    for file in bad.csv bad.csv.gz; do
        said=$("${@:2}" validate --format=csv "$folder/$file" 2>&1)
        status=$?
        [ $status = 1 ] && grep -q quote-in-unquoted-field <<<"$said" || fail "$1, $file: $status, $said"
    done
    said=$("${@:2}" normalize --encoding=windows-1252 "$folder/latin.csv" 2>/dev/null)
    [ "$said" = $'id,name\r\n1,caf\xc3\xa9\r' ] || fail "$1, another encoding: $said"
}

# Installed in a folder as in the root of a machine, and removed again.
dpkg_in() { # folder, arguments of dpkg
    fakeroot env DPKG_ROOT="$1" dpkg --root="$1" --force-script-chrootless --force-depends \
        --force-not-root --log=/dev/null "${@:2}" >"$work/said" 2>&1 || fail "dpkg ${*:2}: $(cat "$work/said")"
}
comes_and_goes() { # is the name csvkit taken: no|yes
    local machine=$work/machine-$1 left
    mkdir -p "$machine"/var/lib/dpkg/{info,updates,alternatives,triggers} "$machine"/etc/alternatives \
        "$machine/usr/bin" "$machine/var/log"
    : >"$machine/var/lib/dpkg/status"
    [ "$1" = no ] || echo other >"$machine/usr/bin/csvkit"
    dpkg_in "$machine" -i "$work"/one/*.deb
    if [ "$1" = no ]; then
        [ "$(readlink "$machine/usr/bin/csvkit")" = /etc/alternatives/csvkit ] &&
            [ "$(readlink "$machine/etc/alternatives/csvkit")" = /usr/bin/csvk ] || fail "the second name"
    else
        [ "$(cat "$machine/usr/bin/csvkit")" = other ] || fail "a file of another program was touched"
    fi
    [ -x "$machine/usr/bin/csvk" ] || fail "the program is not there"
    dpkg_in "$machine" --purge csvk libcsvkit-dev libcsvkit0
    left=$(find "$machine" \( -type f -o -type l \) ! -path '*/var/lib/dpkg/*' ! -path '*/var/log/*')
    [ "$1:$left" = no: ] || [ "$1:$left" = "yes:$machine/usr/bin/csvkit" ] || fail "left behind: $left"
}

# Read, not built: doc/platforms.md.
! command -v ruby >/dev/null || ruby -c examples/packages/csvkit-rfc4180.rb >/dev/null || fail "the formula of Homebrew"
! command -v nix-instantiate >/dev/null ||
    nix-instantiate --parse examples/packages/flake.nix >"$work/said" 2>&1 || fail "the flake: $(cat "$work/said")"
grep -q "version = \"$(sed -n 's/^#define CSVK_VERSION "\(.*\)"/\1/p' csvkit/basics.h)\"" examples/packages/flake.nix ||
    fail "the flake has another version"

# On a machine without them the two say what to install.
mkdir "$work/few"
for program in bash env dirname basename realpath mkdir mktemp rm sed git stat; do
    ln -s "$(command -v "$program")" "$work/few/"
done
for kind in deb:dpkg-shlibdeps:dpkg-dev npm:npm:npm; do
    IFS=: read -r kind program package <<<"$kind"
    said=$(PATH=$work/few examples/packages/build.sh "$kind" "$work/none" 2>&1)
    [ "$?: $said" = "2: csvkit: make $kind needs $program: apt-get install $package" ] || fail "a lack: $said"
done

build deb && {
    mkdir "$work/tree"
    for name in csvk libcsvkit0 libcsvkit-dev; do
        file=$(echo "$work/one/${name}"_*.deb)
        dpkg-deb -x "$file" "$work/tree" || fail "$name"
        dpkg-deb -f "$file" Depends | grep -q 'libc6\|libcsvkit0 (=' || fail "$name: $(dpkg-deb -f "$file" Depends)"
        dpkg-deb -f "$file" Conflicts Breaks Replaces | grep . && fail "$name is against another package"
        [ -s "$work/tree/usr/share/doc/$name/copyright" ] || fail "$name: copyright"
    done
    [ ! -e "$work/tree/usr/bin/csvkit" ] || fail "the deb takes the name csvkit by force"
    folder=$work judges deb "$work/tree/usr/bin/csvk"
    printf '#include <csvkit/csvkit.h>\n#include <csvkit/findings/findings.h>\nint main(void) { return csvk_rule_count == 0; }\n' |
        sed 's,findings/findings.h,validator/validator.h,' >"$work/use.c"
    lib=$(echo "$work"/tree/usr/lib/*-linux-gnu*)
    cc -I"$work/tree/usr/include" -o "$work/use" "$work/use.c" -L"$lib" -lcsvkit && LD_LIBRARY_PATH=$lib "$work/use" ||
        fail "a program with libcsvkit-dev"
    command -v fakeroot >/dev/null && comes_and_goes no && comes_and_goes yes
    if command -v lintian >/dev/null; then
        lintian --fail-on error --tag-display-limit 0 "$work/one"/*.deb >"$work/said" 2>&1 || fail "lintian: $(cat "$work/said")"
    fi
}

build tarball && {
    mkdir "$work/any"
    tar -xzf "$work/one"/csvkit-*.tar.gz -C "$work/any" --strip-components=1
    folder=$work judges tarball "$work/any/csvkit"
    ln -s "$work/any/csvkit" "$work/link"
    folder=$work judges "a link to it" "$work/link"
    if [ "$(id -u)" = 0 ]; then
        cp "$work"/*.csv "$work"/*.gz "$work/any" && mkdir "$work/any/tmp"
        folder='' judges "an empty machine" chroot "$work/any" /csvkit
    fi
    jq -e '.bomFormat == "CycloneDX" and (.components | map(.purl) | index("pkg:deb/debian/zlib@unknown") | not)
        and (.components | length > 10) and all(.components[]; .version != "unknown")' \
        "$work/any/sbom.cdx.json" >/dev/null || fail "sbom"
    for file in "$work"/any/lib/lib*.so.*; do
        jq -e --arg name "$(basename "$file")" 'any(.components[]; .["bom-ref"] == $name)' \
            "$work/any/sbom.cdx.json" >/dev/null || fail "$(basename "$file") is not in the sbom"
    done
    [ "$(find "$work/any/licences" -type f | wc -l)" -gt 10 ] || fail "licences"
}

if command -v npm >/dev/null && build npm; then
    mkdir "$work/project" && cd "$work/project" || exit 2
    export npm_config_cache=$work/cache npm_config_offline=true npm_config_update_notifier=false
    npm install --silent --no-audit --no-fund "$work/one"/csvkit-rfc4180-*.tgz >"$work/said" 2>&1 ||
        fail "npm install: $(cat "$work/said")"
    folder=$work judges npx npx --no-install csvkit
    folder=$work judges "npx, second name" npx --no-install csvk
    cd "$here" || exit 2
fi

kinds='deb tarball'
! command -v npm >/dev/null || kinds+=' npm'
# shellcheck disable=SC2086
built_elsewhere $kinds
exit "$failed"
