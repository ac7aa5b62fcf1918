"""good_values.py - the values that nothing was wrong with, as Python's csv reads them.

A record is good when it stands on one line, validate reported nothing on that line, and Python's csv
finds in it as many values as the table has columns. What follows an advice must leave these as they
are: every one comes out again, in the same columns. Empty values at the end of a record are not
compared, because a table may become wider or narrower by columns without a value.
"""
import csv
import io
import re

csv.field_size_limit(10 ** 9)
LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "}
STAND_IN = "\x1e" # for a delimiter of several bytes, which csv does not take


class Dialect:
    """How a file is read, from the options of the command line."""

    def __init__(self, options):
        given = dict(option[2:].split("=", 1) for option in options if "=" in option)
        self.encoding = given.get("encoding", "utf-8").lower()
        self.delimiter = self.byte(given.get("delimiter", ","))
        self.quote = None if given.get("enclosure") == "none" else given.get("enclosure", '"')
        self.escape = given.get("escape")
        self.header = "--no-header" not in options

    @staticmethod
    def byte(text):
        if text.startswith("\\x"):
            return chr(int(text[2:], 16))
        return {"\\t": "\t"}.get(text) or WORDS.get(text, text)

    def records(self, text):
        """(first line, last line, values) of each record."""
        delimiter = self.delimiter
        if len(delimiter) > 1:
            text, delimiter = text.replace(delimiter, STAND_IN), STAND_IN
        quoting = {"quoting": csv.QUOTE_NONE} if self.quote is None else {"quotechar": self.quote}
        reader = csv.reader([line for line in LINE.findall(text) if line], delimiter=delimiter,
                            escapechar=self.escape, **quoting)
        before = 0
        for values in reader:
            yield before + 1, reader.line_num, values
            before = reader.line_num


def text_of(path, encoding):
    with open(path, "rb") as file:
        raw = file.read()
    text = raw.decode(encoding, errors="surrogateescape")
    return text[1:] if text.startswith("\ufeff") else text


def lines_with_findings(judgement, path):
    """Numbers of lines; a finding that spans lines covers all of them."""
    with open(path, "rb") as file:
        raw = file.read()
    bad = set()
    for found in judgement["findings"]:
        if found["severity"] == "info" and not found["rule"].endswith("-suspected"):
            continue
        first = found["line"] or 1
        length = found["length"] or 0
        end = found.get("end_offset") or (found["byte"] or 0) + length
        more = len(re.findall(rb"\r\n|\n|\r", raw[found["byte"] or 0:end]))
        bad.update(range(first, first + more + 1))
    return bad


def without_empty_end(values):
    values = list(values)
    while values and values[-1] == "":
        values.pop()
    return tuple(values)


def good_records(path, judgement, dialect):
    """{line: values}, without the header. Empty where Python cannot read the file so."""
    try:
        text = text_of(path, dialect.encoding)
        records = list(dialect.records(text))
    except (UnicodeError, LookupError, csv.Error, TypeError, ValueError):
        return {}
    bad, width = lines_with_findings(judgement, path), judgement["columns"]
    return {first: tuple(values) for at, (first, last, values) in enumerate(records)
            if first == last and first not in bad and len(values) == width and any(values) and
            not (dialect.header and at == 0)}


def values_in(path, dialect=None):
    """How often each record of a file occurs, as Python's csv reads it."""
    counts = {}
    for _, _, values in (dialect or Dialect(())).records(text_of(path, dialect.encoding if dialect else "utf-8")):
        key = without_empty_end(values)
        counts[key] = counts.get(key, 0) + 1
    return counts


def missing(wanted, there, change=lambda value: value):
    """The first of the records that is not there (as often); None: all are."""
    left = {}
    for key, count in there.items():
        key = without_empty_end(change(value) for value in key)
        left[key] = left.get(key, 0) + count
    for line, values in wanted.items():
        key = without_empty_end(change(value) for value in values)
        if left.get(key, 0) == 0:
            return line, values
        left[key] -= 1
    return None
