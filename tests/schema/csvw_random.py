#!/usr/bin/env python3
"""Random columns of W3C CSVW with random values: csvkit against a model of the standard.

    csvw_random.py CSVKIT [COLUMNS] [SEED]

The model was written from the standard, without a look at the C code: numbers are decimal.Decimal,
groups are checked by grouping the digits anew, days are those of datetime. For each column, the
records in which csvkit finds an error must be those that the model refuses.
"""
import datetime
import decimal
import json
import os
import random
import re
import subprocess
import sys
import tempfile

VALUES = 300
decimal.getcontext().prec = 200
RANGES = {"integer": (None, None), "byte": (-128, 127), "unsignedByte": (0, 255),
          "short": (-2 ** 15, 2 ** 15 - 1), "int": (-2 ** 31, 2 ** 31 - 1),
          "long": (-2 ** 63, 2 ** 63 - 1), "unsignedLong": (0, 2 ** 64 - 1),
          "positiveInteger": (1, None), "nonNegativeInteger": (0, None),
          "negativeInteger": (None, -1), "nonPositiveInteger": (None, 0)}
FLOATS = ("double", "float")


# ---- numbers -----------------------------------------------------------------------------------

def xsd_number(base, text):
    """The value, or None: not of the datatype."""
    if base in FLOATS and text in ("NaN", "INF", "-INF"):
        return decimal.Decimal({"NaN": "NaN", "INF": "Infinity", "-INF": "-Infinity"}[text])
    form = {"decimal": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"}.get(base, r"[+-]?[0-9]+")
    if base in FLOATS:
        form = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
    return decimal.Decimal(text) if re.fullmatch(form, text) else None


def in_range(base, value):
    least, most = RANGES.get(base, (None, None))
    return (least is None or value >= least) and (most is None or value <= most)


def group_whole(digits, first, second):
    """The digits of the whole part with commas, as a pattern groups them."""
    if not first:
        return digits
    parts, rest = [digits[-first:]], digits[:-first]
    while rest:
        parts.insert(0, rest[-second:])
        rest = rest[:-second]
    return ",".join(parts)


def group_part(digits, size):
    return ",".join(digits[i:i + size] for i in range(0, len(digits), size)) if size else digits


class Pattern:
    """A random number pattern, and what it takes."""

    def __init__(self, dice):
        self.first = dice.choice([0, 0, 2, 3, 4])
        self.second = dice.choice([self.first, 2, 3]) if self.first else 0
        self.least = dice.randint(0, 4)
        self.part_least = dice.randint(0, 2)
        self.part_most = self.part_least + dice.randint(0, 3)
        self.part_group = dice.choice([0, 0, 1, 2, 3]) if self.part_most > 3 else 0
        self.least = max(self.least, 0 if self.part_most else 1)
        self.end = dice.choice(["", "", "", "%"])
        if self.first:
            length = max(self.least, self.first + self.second + 1)
            symbols = ("#" * (length - self.least)) + "0" * self.least
            whole = group_whole(symbols, self.first, self.second)
        else:
            whole = "#" * dice.randint(0 if self.least else 1, 2) + "0" * self.least
        part = "0" * self.part_least + "#" * (self.part_most - self.part_least)
        self.text = whole + ("." + group_part(part, self.part_group) if part else "") + self.end

    def takes(self, text, base):
        match = re.fullmatch(r"[+-]?([0-9,]*)(\.([0-9,]+))?(%?)", text)
        if match is None or match.group(4) != self.end:
            return False
        whole, part = match.group(1), match.group(3) or ""
        digits, decimals = whole.replace(",", ""), part.replace(",", "")
        return (bool(digits + decimals) and group_whole(digits, self.first, self.second) == whole
                and group_part(decimals, self.part_group) == part and len(digits) >= self.least
                and self.part_least <= len(decimals) <= self.part_most
                and not (part and base == "integer"))

    def write(self, dice):
        digits = str(dice.randint(0, 10 ** dice.randint(1, 9))).zfill(self.least)
        decimals = "".join(dice.choices("0123456789",
                                        k=dice.randint(self.part_least, self.part_most)))
        text = group_whole(digits, self.first, self.second)
        text += "." + group_part(decimals, self.part_group) if decimals else ""
        return dice.choice(["", "", "-", "+"]) + text + self.end


def random_number(dice):
    digits = "".join(dice.choices("0123456789", k=dice.randint(0, dice.choice([3, 20]))))
    part = "".join(dice.choices("0123456789", k=dice.randint(0, 4)))
    text = dice.choice(["", "", "-", "+"]) + digits + dice.choice(["", ".", ""]) + part
    text += dice.choice(["", "", "", f"e{dice.randint(-9, 9)}", f"E+{dice.randint(0, 9)}"])
    return text or "0"


def damage(dice, text):
    """One edit: a byte more, one less, another one; or nothing."""
    at = dice.randrange(len(text) + 1)
    new = dice.choice("0123456789.,-+eE%xZT: /")
    return dice.choice([text, text, text[:at] + new + text[at:], text[:at] + text[at + 1:],
                        text[:at] + new + text[at + 1:]])


def number_column(dice):
    base = dice.choice(list(RANGES) + ["decimal", "double", "float"])
    limits, datatype = [], {"base": base}
    for name, good in (("minInclusive", lambda v, l: v >= l), ("maxExclusive", lambda v, l: v < l)):
        if dice.random() < 0.3:
            limit = str(dice.randint(-1000, 0) if name[1] == "i" else dice.randint(1, 1000))
            limit += dice.choice(["", ".50", "e1"]) if base in FLOATS else ""
            datatype[name] = limit
            limits.append((good, decimal.Decimal(limit)))

    def takes(text):
        value = xsd_number(base, text)
        if value is None or (not value.is_nan() and not in_range(base, value)):
            return False
        return all(not value.is_nan() and good(value, limit) for good, limit in limits)
    edge = [str(n + d) for n in RANGES.get(base, (0, 0)) if n is not None for d in (-1, 0, 1)]
    words = edge + ["NaN", "INF", "-INF", "-0", "0.0", "+", "."]
    return datatype, takes, lambda: damage(dice, dice.choice([random_number(dice),
                                                              dice.choice(words)]))


def pattern_column(dice):
    pattern, base = Pattern(dice), dice.choice(["decimal", "decimal", "double"])
    return ({"base": base, "format": pattern.text}, lambda text: pattern.takes(text, base),
            lambda: damage(dice, pattern.write(dice)))


# ---- days and times ----------------------------------------------------------------------------

DATES = ["yyyy-MM-dd", "yyyyMMdd", "dd-MM-yyyy", "d-M-yyyy", "MM-dd-yyyy", "M-d-yyyy", "dd/MM/yyyy",
         "d/M/yyyy", "MM/dd/yyyy", "M/d/yyyy", "dd.MM.yyyy", "d.M.yyyy", "MM.dd.yyyy", "M.d.yyyy"]
TIMES = ["HH:mm:ss", "HHmmss", "HH:mm", "HHmm"]
ZONES = {"": "", "X": r"(Z|[+-]\d\d(\d\d)?)", "XX": r"(Z|[+-]\d{4})", "XXX": r"(Z|[+-]\d\d:\d\d)",
         "x": r"[+-]\d\d(\d\d)?", "xx": r"[+-]\d{4}", "xxx": r"[+-]\d\d:\d\d"}
PARTS = {"yyyy": r"(?P<y>\d{4})", "MM": r"(?P<m>\d\d)", "M": r"(?P<m>\d\d?)", "dd": r"(?P<d>\d\d)",
         "d": r"(?P<d>\d\d?)", "HH": r"(?P<H>\d\d)", "mm": r"(?P<M>\d\d)", "ss": r"(?P<S>\d\d)"}


def time_form(pattern, zone, blank, digits):
    form = re.sub("yyyy|MM|M|dd|d|HH|mm|ss|[^a-zA-Z]|T",
                  lambda m: PARTS.get(m.group(), re.escape(m.group())), pattern)
    form += r"\.(?P<f>\d{1,%d})" % digits if digits else ""
    return re.compile(form + (" " if blank else "") + "(?P<zone>" + ZONES[zone] + ")", re.ASCII)


def is_real(parts):
    year, month, day = (int(parts.get(k) or other) for k, other in (("y", 2000), ("m", 1), ("d", 1)))
    hour, minute, second = (int(parts.get(k) or 0) for k in "HMS")
    try:  # the calendar of the year 0 is that of the year 2000
        datetime.date(year or 2000, month, day)
    except ValueError:
        return False
    midnight = (hour, minute, second, int(parts.get("f") or 0)) == (24, 0, 0, 0)
    digits = re.sub(r"\D", "", parts["zone"]) if parts["zone"] else ""
    minutes = int(digits[:2] or 0) * 60 + int(digits[2:] or 0)
    return ((hour <= 23 or midnight) and minute <= 59 and second <= 59
            and minutes <= 14 * 60 and int(digits[2:] or 0) <= 59)


def time_column(dice):
    base = dice.choice(["date", "time", "dateTime"])
    date, time = dice.choice(DATES), dice.choice(TIMES)
    pattern = {"date": date, "time": time, "dateTime": date + " " + time}[base]
    if base == "dateTime" and date == "yyyy-MM-dd" and dice.random() < 0.5:
        pattern = date + "T" + time
    zone, blank = dice.choice(list(ZONES)), dice.random() < 0.3
    blank = blank and zone != ""
    digits = dice.choice([0, 1, 3]) if pattern.endswith("HH:mm:ss") else 0
    form = time_form(pattern, zone, blank, digits)
    text = pattern + ("." + "S" * digits if digits else "") + (" " if blank else "") + zone

    def takes(value):
        match = form.fullmatch(value)
        return match is not None and is_real(match.groupdict())

    def write():
        numbers = {"yyyy": f"{dice.randint(0, 9999):04}", "MM": f"{dice.randint(0, 13):02}",
                   "M": str(dice.randint(0, 13)), "dd": f"{dice.randint(0, 32):02}",
                   "d": str(dice.choice([1, 9, 28, 29, 30, 31])), "HH": f"{dice.randint(0, 24):02}",
                   "mm": f"{dice.choice([0, 0, 30, 59, 60]):02}",
                   "ss": f"{dice.choice([0, 0, 30, 59, 60]):02}"}
        value = re.sub("yyyy|MM|M|dd|d|HH|mm|ss", lambda m: numbers[m.group()], pattern)
        value += "." + "1230"[:dice.randint(1, digits + 1)] if digits else ""
        marks = ["Z", "+02", "-0530", "+02:00", "-14:00", "+14:30", "+0060", ""]
        value += (" " if blank else "") + (dice.choice(marks) if zone else "")
        return damage(dice, value) if dice.random() < 0.3 else value
    return {"base": base, "format": text}, takes, write


# ---- the comparison ----------------------------------------------------------------------------

def run(tool, folder, datatype, values):
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv",
                "tableSchema": {"columns": [{"titles": "c", "datatype": datatype, "null": "?"}]}}
    with open(os.path.join(folder, "t-metadata.json"), "w", encoding="utf-8") as file:
        json.dump(metadata, file)
    with open(os.path.join(folder, "t.csv"), "w", encoding="utf-8", newline="") as file:
        enclosed = (value if len(value) % 2 and "," not in value else f'"{value}"'
                    for value in values)
        file.write("c\n" + "".join(value + "\n" for value in enclosed))
    done = subprocess.run([tool, "validate", "-f", "json", "--max-findings=0",
                           "--schema=t-metadata.json"], cwd=folder, capture_output=True, timeout=60)
    found = set()
    for line in done.stdout.decode().splitlines():
        for finding in json.loads(line)["findings"]:
            if finding["rule"] in ("type-mismatch", "value-out-of-range"):
                found.add(finding["record"] - 2)
            elif finding["severity"] == "error" or finding["rule"].startswith("schema-"):
                raise SystemExit(f"{datatype}: {finding}")
    return found


def main():
    tool = os.path.abspath(sys.argv[1])
    columns = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    dice = random.Random(seed)
    differences = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(columns):
            make = (number_column, pattern_column, time_column)[number % 3]
            datatype, takes, write = make(dice)
            values = [write().strip() or "0" for _ in range(VALUES)]
            values = [re.sub(" +", " ", value) for value in values]
            found = run(tool, folder, datatype, values)
            for i, value in enumerate(values):
                refused += i in found
                if takes(value) == (i in found):
                    differences += 1
                    print(f"{datatype} {value!r}: csvkit {'refuses' if i in found else 'takes'} it")
    print(f"{columns * VALUES} values in {columns} columns, seed {seed}: {refused} refused, "
          f"{differences} differ from the model")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
