"""damaged_tables.py - small tables with one defect each, of the kinds that make csvkit give advice.

Each sound table (shape, delimiter, line break) is damaged in every way of DEFECTS that fits it.
"""
import random

NAMES = ["id", "name", "city", "amount"]
WORDS = "Ann Bob Cyd Dora Eve Finn Gus Hana Ivo Jan Kim Lea".split()
TOWNS = ["Lima", "Oslo", "Cork", "Graz", "Brno", "Pisa"]
ACCENTED = ["Zo\u00e9", "Bj\u00f6rn", "Ma\u0142gorzata", "Jos\u00e9", "Ji\u0159\u00ed", "Z\u00fcrich"]


def records_of(rng, count=14, accented=False, width=4):
    rows = []
    for number in range(1, count + 1):
        name = rng.choice(ACCENTED if accented and number % 3 == 0 else WORDS)
        rows.append([str(number), name, rng.choice(TOWNS), f"{rng.randint(1, 99)}.{rng.randint(10, 99)}"][:width])
    return rows


class Table:
    """Lines of text, joined with a line break; a defect changes the lines or the bytes."""

    def __init__(self, rng, delimiter, line_break, accented=False, width=4):
        self.rng, self.delimiter, self.line_break = rng, delimiter, line_break
        self.rows = records_of(rng, accented=accented, width=width)
        self.names = NAMES[:width]
        self.lines = [delimiter.join(row) for row in [self.names, *self.rows]]

    def bytes(self):
        return (self.line_break.join(self.lines) + self.line_break).encode()

    def any_line(self):
        return self.rng.randrange(3, len(self.lines) - 1)


def lines(change):
    def make(table):
        change(table)
        return table.bytes()
    return make


def put(*added, at=0):
    return lines(lambda t: t.lines.__setitem__(slice(at, at), added))


def end(*added):
    return lines(lambda t: t.lines.extend(added))


def each(change, header=True):
    def make(t):
        t.lines = [change(line, t) if header or i else line for i, line in enumerate(t.lines)]
    return lines(make)


def some(change):
    def make(t):
        at = t.any_line()
        t.lines[at] = change(t.lines[at], t)
    return lines(make)


def quoted(line, t, quote):
    return t.delimiter.join(quote + v + quote for v in line.split(t.delimiter))


def with_delimiter_in(quote):
    """Values enclosed in another quote, and one of them holds a delimiter."""
    def make(t):
        t.lines = [quoted(line, t, quote) for line in t.lines]
        at = t.any_line()
        t.lines[at] = t.lines[at].replace(quote + t.delimiter, t.delimiter + "x" + quote + t.delimiter, 1)
    return lines(make)


def field(line, t, at, change):
    values = line.split(t.delimiter)
    values[at] = change(values[at])
    return t.delimiter.join(values)


def escaped(t, also=""):
    for at in (3, 6, 9):
        t.lines[at] = field(t.lines[at], t, 1, lambda v: '"the \\"' + v + '\\" one"')
    if also:
        t.lines[5] = field(t.lines[5], t, 1, lambda v: also)


def recoded(name):
    return lambda t: t.bytes().decode().encode(name, "replace")


def one_value_in_latin(t):
    raw = t.bytes().split(t.line_break.encode())
    raw[5] = raw[5].replace(b"a", b"\xe4", 1).replace(b"e", b"\xe9", 1).replace(b"i", b"\xed", 1)
    return t.line_break.encode().join(raw)


def cut(count):
    return lambda t: t.bytes()[:-count]


def nul_block(t):
    raw = t.bytes()
    return raw[:150] + b"\0" * 60 + raw[210:]


def cr_among(t):
    at = t.any_line()
    t.lines[at:at + 3] = ["\r".join(t.lines[at:at + 3])]


DEFECTS = {
    "sound": lines(lambda t: None),
    "no-header": lines(lambda t: t.lines.pop(0)),
    "preamble-1": put("Report of sales"),
    "preamble-2": put("Report of sales", "2024-01-31"),
    "preamble-3": put("Report of sales", "", "made by x"),
    "preamble-filled": lines(lambda t: t.lines.__setitem__(slice(0, 0), [
        t.delimiter.join(["Report", "2024", "", "", ""][:len(t.names)]), t.delimiter * (len(t.names) - 1)])),
    "preamble-comment": put("# made by x"),
    "preamble-comments": put("# made by x", "# and y, too"),
    "footer": end("Total of 14"),
    "footer-2": end("", "14 rows"),
    "footer-3": end("14 rows", "page 1", "end"),
    "footer-total": lines(lambda t: t.lines.append("Total" + t.delimiter * (len(t.names) > 2) + "12")),
    "copy-end": end("\\."),
    "sep": lambda t: ("sep=" + t.delimiter + t.line_break).encode() + t.bytes(),
    "sep-wrong": put("sep=:"),
    "latin-1": recoded("latin-1"),
    "windows-1250": recoded("windows-1250"),
    "utf-16": recoded("utf-16"),
    "utf-16-le": recoded("utf-16-le"),
    "utf-16-be": recoded("utf-16-be"),
    "one-latin": one_value_in_latin,
    "bom": lambda t: b"\xef\xbb\xbf" + t.bytes(),
    "two-boms": lambda t: b"\xef\xbb\xbf" + t.bytes() + b"\xef\xbb\xbf" + t.bytes(),
    "apostrophes": each(lambda line, t: quoted(line, t, "'")),
    "apostrophes-comma": with_delimiter_in("'"),
    "apostrophe-one": some(lambda line, t: field(line, t, 1, lambda v: "'" + v + t.delimiter + " jr'")),
    "apostrophe-names": lines(lambda t: (t.lines.__setitem__(4, field(t.lines[4], t, 1, lambda v: "O'Hara")),
                                         t.lines.__setitem__(7, field(t.lines[7], t, 1, lambda v: "'" + v + t.delimiter + " jr'")))),
    "backticks-comma": with_delimiter_in("`"),
    "typographic": each(lambda line, t: t.delimiter.join("\u201c" + v + "\u201d" for v in line.split(t.delimiter))),
    "enclosed-twice": each(lambda line, t: '"' + line + '"'),
    "one-enclosed-twice": some(lambda line, t: '"' + line + '"'),
    "backslash": lines(escaped),
    "backslash-path": lines(lambda t: escaped(t, "C:\\data\\new")),
    "backslash-n": lines(lambda t: escaped(t, "\\N")),
    "stray-quote": some(lambda line, t: field(line, t, 1, lambda v: '6" ' + v)),
    "open-quote": some(lambda line, t: field(line, t, 1, lambda v: '"' + v)),
    "text-after": some(lambda line, t: field(line, t, 1, lambda v: '"' + v + '" x')),
    "spaces": each(lambda line, t: line.replace(t.delimiter, t.delimiter + " "), header=False),
    "cr": lambda t: t.bytes().replace(t.line_break.encode(), b"\r"),
    "cr-among": lines(cr_among),
    "bare-cr": some(lambda line, t: field(line, t, 1, lambda v: v + "\rx")),
    "crcrlf": lambda t: t.bytes().replace(t.line_break.encode(), b"\r\r\n"),
    "mixed": lambda t: t.bytes().replace(b"\n", b"\r\n", 5),
    "cut": cut(5),
    "name-lost-first": lines(lambda t: t.lines.__setitem__(0, t.lines[0].split(t.delimiter, 1)[-1])),
    "name-lost-last": lines(lambda t: t.lines.__setitem__(0, t.lines[0].rsplit(t.delimiter, 1)[0])),
    "delimiter-at-end": each(lambda line, t: line + t.delimiter, header=False),
    "blank-at-end": each(lambda line, t: line + t.delimiter + " ", header=False),
    "delimiter-at-all-ends": each(lambda line, t: line + t.delimiter),
    "empty-records": lines(lambda t: t.lines.insert(5, t.delimiter * (len(t.names) - 1))),
    "empty-records-end": lines(lambda t: t.lines.extend([t.delimiter * (len(t.names) - 1)] * 20)),
    "blank-line": put("", at=6),
    "repeated-header": lines(lambda t: t.lines.insert(7, t.lines[0])),
    "repeated-headers": lines(lambda t: (t.lines.insert(4, t.lines[0]), t.lines.insert(9, t.lines[0]))),
    "comment-among": put("# a note", at=6),
    "comments-among": lines(lambda t: (t.lines.insert(3, "# a note, of x"), t.lines.insert(6, "# and y; z"), t.lines.insert(0, "# of a, b,"),
                                       t.lines.append("# the end"))),
    "comment-of-width": some(lambda line, t: "#" + line),
    "rule-line": lines(lambda t: t.lines.insert(1, t.delimiter.join(["---"] * len(t.names)))),
    "nul": some(lambda line, t: field(line, t, 1, lambda v: v + "\0")),
    "nul-block": nul_block,
    "nul-end": lambda t: t.bytes() + b"\0" * 40,
    "control": some(lambda line, t: field(line, t, 1, lambda v: v + "\x07")),
    "ctrl-z": lambda t: t.bytes() + b"\x1a",
    "other-delimiter-below": lines(lambda t: t.lines.__setitem__(slice(8, None), [
        line.replace(t.delimiter, "|") for line in t.lines[8:]])),
    "one-wider": some(lambda line, t: line + t.delimiter + "x"),
    "one-narrower": some(lambda line, t: line.rsplit(t.delimiter, 1)[0]),
    "most-wider": each(lambda line, t: line + t.delimiter + "x" + t.delimiter + "y", header=False),
    "some-wider": lines(lambda t: t.lines.__setitem__(slice(1, 8), [
        line + t.delimiter + "x" + t.delimiter + "y" for line in t.lines[1:8]])),
    "left-out": lines(lambda t: t.lines.__setitem__(slice(1, 12), [
        t.delimiter.join(line.split(t.delimiter)[:2 + i % 2]) for i, line in enumerate(t.lines[1:12])])),
    "left-out-but-one-wider": lines(lambda t: t.lines.__setitem__(slice(1, 12), [
        line + t.delimiter + "x" if i == 5 else line.rsplit(t.delimiter, 1)[0] for i, line in enumerate(t.lines[1:12])])),
    "lost-in-the-middle": lines(lambda t: t.lines.__setitem__(slice(1, 12), [
        t.delimiter.join(line.split(t.delimiter)[:1] + line.split(t.delimiter)[2:]) for line in t.lines[1:12]])),
    "thousands": some(lambda line, t: field(line, t, 3, lambda v: "12" + t.delimiter + "345.10")),
    "json": some(lambda line, t: field(line, t, 1, lambda v: '{"a":1' + t.delimiter + '"b":2}')),
    "empty": lambda t: b"",
    "header-only": lines(lambda t: t.lines.__setitem__(slice(1, None), [])),
    "gone-names": lines(lambda t: t.lines.__setitem__(0, t.delimiter * (len(t.names) - 1))),
    "empty-name": lines(lambda t: t.lines.__setitem__(0, field(t.lines[0], t, 1, lambda v: ""))),
    "long-field": some(lambda line, t: field(line, t, 1, lambda v: "x" * 20000)),
}


def tables(seed=1):
    """(name, bytes) of all of them."""
    shapes = [(",", "\r\n", False, 4), (",", "\n", True, 4), (";", "\n", False, 4), ("\t", "\r\n", True, 3),
              ("|", "\n", False, 4), (",", "\n", True, 2), (";", "\r\n", True, 4)]
    for number, shape in enumerate(shapes):
        for name, damage in DEFECTS.items():
            if shape[3] < 4 and name == "thousands":
                continue
            rng = random.Random(f"{seed} {number} {name}")
            yield f"{number}-{name}", damage(Table(rng, *shape))
