# bundle.sh - a folder that runs on any Linux of this processor, and the npm package of it. For
# build.sh.
#
# A static program would lack what csvkit loads at need: decoders, encodings (glibc's iconv loads
# them, too), HTTP. So the folder has all of it, with the C library and its loader, and a small
# static program starts it (launcher.c). The kinds of files that libmagic knows are left out: its
# tables are larger than all the rest.
LOADED='libzstd.so.1 liblzma.so.5 libbz2.so.1.0 libuchardet.so.0 libutf8proc.so.2 libcurl.so.4 libcrypto.so.3'

libraries_of() { # files: the paths of what they are linked with, all the way
    ldd "$@" 2>/dev/null | sed -n 's/^.* => \(\/[^ ]*\) (.*/\1/p' | sort -u
}

make_bundle() { # folder
    local lib=$1/lib name path loader paths=()
    mkdir -p "$lib"
    for name in $LOADED; do
        path=$(ldconfig -p | sed -n "s/^\t$name (.*x86-64) => //p; s/^\t$name (.*AArch64) => //p" | head -n 1)
        [ -n "$path" ] || { echo "$name is not installed" >&2 && return 1; }
        cp -L "$path" "$lib/$name" && paths+=("$path")
    done
    for path in $(libraries_of "$CSVKIT" "${paths[@]}"); do
        cp -L "$path" "$lib/$(basename "$path")"
    done
    loader=$(ldd "$CSVKIT" | sed -n 's/^\t\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p')
    cp -L "$loader" "$lib/ld.so"
    path=$(libraries_of "$CSVKIT" | grep '/libc\.so\.6$')
    cp -rL "$(dirname "$path")/gconv" "$lib"
    rm -f "$lib/gconv/gconv-modules.cache"
    cp "$CSVKIT" "$lib/csvkit"
    strip --strip-unneeded "$lib/csvkit"
    ${CC:-cc} -O2 -static -s -Wl,--build-id=none -o "$1/csvkit" "$here/launcher.c"
    cp LICENSE CHANGELOG.md "$1"
    cp "$here/BUNDLE.md" "$1/README.md"
    python3 "$here/sbom.py" "$CSVKIT" "$version" "$1" >"$1/sbom.cdx.json"
    chmod -R u=rwX,go=rX "$1"
}

# npm gives every file the same time, and packs them in the order of their names.
make_npm() {
    make_bundle "$work/npm/dist"
    sed "s/@VERSION@/$version/" "$here/npm/package.json" >"$work/npm/package.json"
    cp "$here/npm/README.md" LICENSE "$work/npm/"
    (cd "$work/npm" && npm pack --silent --offline --pack-destination "$out" --cache "$work/cache" >/dev/null)
}
