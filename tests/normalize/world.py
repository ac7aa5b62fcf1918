"""world.py - tables of the world, cut into small ones for the yardstick of damage.

Made-up tables have the columns their maker thought of. These have what people wrote: names of
packages and the sentences about them, paths, vendors with their addresses, languages, places, time
zones, characters. Each source is one table of what a Debian machine has; a source that is not here
is left out, so a case is the same only where the sources are. tests/bench/tables.py makes some of
them.
"""
import functools
import json
import os
import subprocess
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "bench"))
import tables  # noqa: E402 (its folder is known only now)

MOST = 40000  # records of one source; the rest tells nothing more
ISO = "/usr/share/iso-codes/json/iso_%s.json"


def paragraphs(text, names):
    """Debian control files; lines that go on stay lines of their value."""
    yield names
    for paragraph in text.split("\n\n"):
        values, name = {}, None
        for line in paragraph.split("\n"):
            if line.startswith((" ", "\t")) and name is not None:
                values[name] += "\n" + line[1:]
            elif ":" in line:
                name, value = line.split(":", 1)
                values[name] = value.strip()
        if "Package" in values:
            yield [values.get(field, "") for field in names]


def installed():
    """Descriptions over several lines, dependencies with commas."""
    with open("/var/lib/dpkg/status", encoding="utf-8", errors="replace") as file:
        return paragraphs(file.read(), ["Package", "Status", "Priority", "Section", "Installed-Size", "Maintainer",
                                        "Architecture", "Source", "Version", "Depends", "Suggests", "Description"])


def iso(number, key, names):
    def rows():
        yield names
        with open(ISO % number, encoding="utf-8") as file:
            for entry in json.load(file)[key]:
                yield [entry.get(name, "") for name in names]
    return rows


def separated(path, separator, names):
    def rows():
        yield names
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                fields = line.rstrip("\n").split(separator)
                if not line.startswith("#") and len(fields) <= len(names):
                    yield fields + [""] * (len(names) - len(fields))
    return rows


def comma_separated(path):
    def rows():
        with open(path, encoding="utf-8", newline="") as file:
            yield from tables.csv.reader(file)
    return rows


def characters():
    """What UnicodeData.txt says of each, without the package that has it."""
    yield ["code", "name", "category", "combining", "bidi", "decomposition", "numeric", "mirrored", "upper", "lower"]
    for code in range(0x20, 0x1ffff):
        character = chr(code)
        name = unicodedata.name(character, "")
        if name and not name.startswith(("CJK UNI", "HANGUL SYLL")):
            yield ["%04X" % code, name, unicodedata.category(character), unicodedata.combining(character),
                   unicodedata.bidirectional(character), unicodedata.decomposition(character),
                   "" if unicodedata.numeric(character, None) is None else "%g" % unicodedata.numeric(character),
                   "Y" if unicodedata.mirrored(character) else "N",
                   "" if character.upper() == character else " ".join("%04X" % ord(c) for c in character.upper()),
                   "" if character.lower() == character else " ".join("%04X" % ord(c) for c in character.lower())]


SOURCES = {
    "packages": tables.packages,
    "installed": installed,
    "files": tables.files,
    "vendors": tables.vendors,
    "small-vendors": comma_separated("/usr/share/ieee-data/oui36.csv"),
    "characters": characters,
    "languages": iso("639-3", "639-3", ["alpha_3", "alpha_2", "name", "scope", "type", "inverted_name", "common_name"]),
    "places": iso("3166-2", "3166-2", ["code", "name", "type", "parent"]),
    "countries": iso("3166-1", "3166-1", ["alpha_2", "alpha_3", "flag", "name", "numeric", "official_name", "common_name"]),
    "currencies": iso("4217", "4217", ["alpha_3", "name", "numeric"]),
    "zones": separated("/usr/share/zoneinfo/zone1970.tab", "\t", ["codes", "coordinates", "zone", "comments"]),
    "media-types": separated("/usr/share/mime/globs2", ":", ["weight", "type", "pattern"]),
}


@functools.lru_cache(None)
def load(name):
    """The header and the records; None when this machine has no such source, or a short one."""
    try:
        rows = []
        for row in SOURCES[name]():
            rows.append([str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "") for value in row])
            if len(rows) > MOST:
                break
    except (OSError, subprocess.CalledProcessError):
        return None
    header = rows[0] if rows else []
    rows = [row for row in rows[1:] if len(row) == len(header) and row != header]
    return (header, rows) if len(rows) >= 30 else None
