# deb.sh - three Debian packages: csvk (the program), libcsvkit0, libcsvkit-dev. For build.sh.
#
# Debian has another csvkit, in Python. So the package of the program is called csvk and its file is
# /usr/bin/csvk; csvkit is an alternative of Debian's kind, which takes the name only where it is
# free. Neither package touches a file of the other.
maintainer="The csvkit authors <${DEBEMAIL:-csvkit@packages.invalid}>"

needed_by() { # files: the packages of the libraries they are linked with
    mkdir -p "$work/shlibs/debian"
    printf 'Source: csvk\n\nPackage: csvk\nArchitecture: any\n' >"$work/shlibs/debian/control"
    (cd "$work/shlibs" && dpkg-shlibdeps --ignore-missing-info -l"$work/root/usr/lib" -O "$@" 2>/dev/null |
        sed -n 's/^shlibs:Depends=//p')
}

control() { # package, section, depends, recommends, title; standard input: the description
    local folder=$work/deb/$1
    mkdir -p "$folder/DEBIAN" "$folder/usr/share/doc/$1"
    {
        printf 'Package: %s\nSource: csvk\nVersion: %s\nArchitecture: %s\n' "$1" "$version-1" "$architecture"
        printf 'Maintainer: %s\nInstalled-Size: %s\n' "$maintainer" \
            "$(du -sk --apparent-size "$folder" | cut -f 1)"
        printf 'Section: %s\nPriority: optional\n' "$2"
        [ -z "$3" ] || printf 'Depends: %s\n' "$3"
        [ -z "$4" ] || printf 'Recommends: %s\n' "$4"
        [ "$1" = csvk ] || printf 'Multi-Arch: same\n'
        printf 'Description: %s\n' "$5"
        sed 's/^/ /'
    } >"$folder/DEBIAN/control"
    {
        printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n'
        printf 'Upstream-Name: csvkit\n\nFiles: *\n'
        sed -n 's/^Copyright (c) /Copyright: /p' LICENSE
        printf 'License: Expat\n'
        sed '1,/^Permission/{/^Permission/!d}' LICENSE | sed 's/^$/./; s/^/ /'
    } >"$folder/usr/share/doc/$1/copyright"
    printf 'csvk (%s-1) unstable; urgency=medium\n\n  * See CHANGELOG.md of the sources.\n\n -- %s  %s\n' \
        "$version" "$maintainer" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")" |
        gzip -9n >"$folder/usr/share/doc/$1/changelog.Debian.gz"
}

put_together() { # package
    local folder=$work/deb/$1
    (cd "$folder" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    find "$folder" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --build "$folder" "$out/${1}_$version-1_$architecture.deb" >/dev/null
}

move() { # package, folder below /usr, files
    mkdir -p "$work/deb/$1/usr/$2"
    mv "${@:3}" "$work/deb/$1/usr/$2/"
}

make_program_deb() {
    local root=$work/root/usr folder=$work/deb/csvk
    mv "$root/bin/csvkit" "$root/bin/csvk"
    gzip -9n "$root"/share/man/man?/*
    move csvk bin "$root/bin/csvk"
    move csvk share "$root/share/man" "$root/share/bash-completion" "$root/share/zsh" "$root/share/fish" \
        "$root/share/csvkit"
    # Both names have the page and the completion.
    ln -s csvkit.1.gz "$folder/usr/share/man/man1/csvk.1.gz"
    ln -s csvkit "$folder/usr/share/bash-completion/completions/csvk"
    control csvk utils "$(needed_by "$folder/usr/bin/csvk")" \
        'libcurl4, libssl3, libzstd1, liblzma5, libbz2-1.0, libuchardet0, libutf8proc2, libmagic1' \
        'checks, repairs and slices CSV files (RFC 4180)' <<'TEXT'
csvkit judges CSV files byte by byte, repairs what can be repaired without
losing or inventing anything, and prepares tables for an import: gzip
slices, manifests, a check of the whole data folder, the upload.
.
The program is called csvk, and csvkit too where that name is free. The
package csvkit of Debian is another program; both can be installed.
TEXT
    printf '#!/bin/sh\nset -e\nif [ "$1" = configure ]; then\n%s\nfi\n' \
        '    update-alternatives --install /usr/bin/csvkit csvkit /usr/bin/csvk 10' >"$folder/DEBIAN/postinst"
    printf '#!/bin/sh\nset -e\nif [ "$1" = remove ] || [ "$1" = deconfigure ]; then\n%s\nfi\n' \
        '    update-alternatives --remove csvkit /usr/bin/csvk' >"$folder/DEBIAN/prerm"
    chmod 755 "$folder/DEBIAN/postinst" "$folder/DEBIAN/prerm"
    put_together csvk
}

make_library_debs() {
    local root=$work/root/usr lib=lib/$multiarch name
    sed -i "s,^libdir=.*,libdir=\${prefix}/$lib," "$root"/lib/pkgconfig/*.pc
    local depends
    depends=$(needed_by "$root"/lib/lib*.so.*.*)
    move libcsvkit-dev include "$root"/include/csvkit
    move libcsvkit-dev "$lib" "$root"/lib/*.a "$root"/lib/lib*.so "$root"/lib/pkgconfig
    move libcsvkit0 "$lib" "$root"/lib/lib*.so.*
    control libcsvkit0 libs "$depends" \
        'libzstd1, liblzma5, libbz2-1.0, libuchardet0, libutf8proc2, libmagic1' \
        'validation and normalization of CSV: shared libraries' <<'TEXT'
libcsvkit reads, judges, repairs and writes CSV files; libcsvkit-extra
adds compression, manifests, slices and data folders.
TEXT
    for name in libcsvkit libcsvkit-extra; do
        printf '%s 0 libcsvkit0 (>= %s)\n' "$name" "$version"
    done >"$work/deb/libcsvkit0/DEBIAN/shlibs"
    printf 'activate-noawait ldconfig\n' >"$work/deb/libcsvkit0/DEBIAN/triggers"
    put_together libcsvkit0
    control libcsvkit-dev libdevel "libcsvkit0 (= $version-1), zlib1g-dev, libdeflate-dev, libisal-dev, \
libcjson-dev, libcsv-dev" '' 'validation and normalization of CSV: headers' <<'TEXT'
Headers, static libraries and pkg-config files of libcsvkit and
libcsvkit-extra. Programs that need libcsvkit alone need libc only.
TEXT
    put_together libcsvkit-dev
}

make_debs() {
    architecture=$(dpkg --print-architecture)
    multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch)
    staged /usr
    make_library_debs
    make_program_deb
}
