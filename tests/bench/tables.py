"""tables.py - the tables that `make bench S=slice` packs: four of the world, one made up.

How fast and how well an engine packs depends on the text more than on anything else, so no single
table tells. Those of the world come from what a Debian machine has:

  packages    what apt knows of all packages: names, versions, sentences, paths, hashes
  files       what is below /usr: sizes, times, paths
  vendors     who has which network addresses (package ieee-data)
  characters  what Unicode says of each (package unicode-data)
  orders      `generate orders`: numbers, times, mail addresses, made-up words

A short one is repeated; DEFLATE looks back 32 KiB only and cannot know.
"""
import csv
import functools
import io
import os
import pwd
import subprocess
import time

PACKAGE_FIELDS = ["Package", "Version", "Installed-Size", "Maintainer", "Architecture", "Depends",
                  "Description", "Homepage", "Section", "Priority", "Filename", "Size", "MD5sum", "SHA256"]
VENDORS = "/usr/share/ieee-data/oui.csv"
CHARACTERS = "/usr/share/unicode/UnicodeData.txt"
CHARACTER_FIELDS = ["code", "name", "category", "combining", "bidi", "decomposition", "decimal", "digit",
                    "numeric", "mirrored", "old name", "comment", "upper", "lower", "title"]


def packages():
    text = subprocess.run(["apt-cache", "dumpavail"], stdout=subprocess.PIPE, check=True).stdout
    yield PACKAGE_FIELDS
    for paragraph in text.decode("utf-8", "replace").split("\n\n"):
        values = dict(line.split(": ", 1) for line in paragraph.split("\n") if ": " in line[1:])
        if "Package" in values:
            yield [values.get(field, "") for field in PACKAGE_FIELDS]


@functools.lru_cache(None)
def owner(number):
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def files():
    yield ["inode", "mode", "owner", "size", "changed", "path"]
    for folder, folders, names in os.walk("/usr"):
        for name in sorted(folders + names):
            path = os.path.join(folder, name)
            info = os.lstat(path)
            changed = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(info.st_mtime))
            if path.isprintable():
                yield [info.st_ino, "%o" % info.st_mode, owner(info.st_uid), info.st_size, changed, path]


def vendors():
    with open(VENDORS, encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def characters():
    yield CHARACTER_FIELDS
    with open(CHARACTERS, encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split(";")


SOURCES = {"packages": packages, "files": files, "vendors": vendors, "characters": characters}


def packed(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def write(path, rows, size):
    """The header once, the records again and again up to `size` bytes."""
    rows = iter(rows)
    header = packed([next(rows)])
    body = packed(rows)
    if len(body) < 1000000:
        raise OSError("too few records")
    with open(path, "wb") as file:
        file.write(header)
        whole, rest = divmod(size - len(header), len(body))
        for _ in range(whole):
            file.write(body)
        file.write(body[:body.rfind(b"\n", 0, rest) + 1])


def make(name, path, size, generator):
    """Whether the table `name` could be written to `path`."""
    if name not in SOURCES:
        with open(path, "wb") as file:
            subprocess.run([generator, name, str(size)], stdout=file, check=True)
        return True
    try:
        write(path, SOURCES[name](), size)
        return True
    except (OSError, subprocess.CalledProcessError) as problem:
        print("NO TABLE %s: %s" % (name, problem))
        return False
