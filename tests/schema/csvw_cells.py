#!/usr/bin/env python3
"""Values of W3C CSVW: what each column takes, and by which rule the others are refused.

    csvw_cells.py CSVKIT

Each row is a column as the metadata describes it, values that it takes, and values that it refuses,
each with the rule. All taken values of a row stand in one file, all refused ones in another: the
first must be free of errors, the second must have exactly one error for each value, in order.
"""
import json
import os
import subprocess
import sys
import tempfile

TYPE, RANGE, LONG, SHORT, PATTERN, MISSING = (
    "type-mismatch", "value-out-of-range", "value-too-long", "value-too-short", "value-pattern",
    "value-missing")


def number(base, pattern=None, **signs):
    form = dict(signs)
    if pattern is not None:
        form["pattern"] = pattern
    return {"datatype": {"base": base, "format": form}}


def typed(base, **rest):
    return {"datatype": {"base": base, **rest}}


ROWS = [
    # booleans
    (typed("boolean"), ["true", "false", "1", "0", " true ", ""], [("TRUE", TYPE), ("yes", TYPE)]),
    (typed("boolean", format="ano|ne"), ["ano", "ne", "\tne"], [("Ano", TYPE), ("1", TYPE)]),
    # numbers in the form of XSD
    (typed("decimal"), ["0", "-0", "+5", "007", ".5", "5.", "-12.50", "1" * 60],
     [("1e3", TYPE), ("1,000", TYPE), ("NaN", TYPE), ("INF", TYPE), (".", TYPE), ("-", TYPE),
      ("1 000", TYPE), ("12%", TYPE), ("0x1F", TYPE)]),
    (typed("double"), ["1e3", "1E-3", "NaN", "INF", "-INF", "1e999", "+.5e+05"],
     [("nan", TYPE), ("inf", TYPE), ("+INF", TYPE), ("e3", TYPE), ("1e", TYPE), ("1e+", TYPE)]),
    (typed("integer"), ["1" * 50, "-7", "+7", "0000"], [("1.0", TYPE), ("1.", TYPE)]),
    (typed("long"), ["9223372036854775807", "-9223372036854775808", "0009223372036854775807"],
     [("9223372036854775808", RANGE), ("-9223372036854775809", RANGE)]),
    (typed("int"), ["2147483647", "-2147483648"], [("2147483648", RANGE), ("-2147483649", RANGE)]),
    (typed("short"), ["32767", "-32768"], [("32768", RANGE), ("-32769", RANGE)]),
    (typed("byte"), ["127", "-128"], [("128", RANGE), ("-129", RANGE), ("1.0", TYPE)]),
    (typed("unsignedLong"), ["18446744073709551615", "-0"], [("18446744073709551616", RANGE),
                                                            ("-1", RANGE)]),
    (typed("unsignedInt"), ["4294967295"], [("4294967296", RANGE)]),
    (typed("unsignedShort"), ["65535"], [("65536", RANGE)]),
    (typed("unsignedByte"), ["255", "0"], [("256", RANGE), ("-1", RANGE)]),
    (typed("positiveInteger"), ["1"], [("0", RANGE), ("-0", RANGE)]),
    (typed("nonNegativeInteger"), ["0", "-0"], [("-1", RANGE)]),
    (typed("negativeInteger"), ["-1"], [("0", RANGE)]),
    (typed("nonPositiveInteger"), ["0"], [("1", RANGE)]),
    # numbers with signs, and with patterns
    (number("decimal", decimalChar=",", groupChar=" "), ["1 000,50", "1000", "1000,5"],
     [("1.5", TYPE), (",5", TYPE)]),
    (number("decimal", decimalChar=",", groupChar="."), ["1.000,50", "1000,5", "50%", "5‰"],
     [("1..000", TYPE), ("1,", TYPE)]),
    (number("integer", "#,##0"), ["0", "999", "1,000", "-1,000,000", "+1"],
     [("1000", TYPE), ("1,00", TYPE), (",100", TYPE), ("1,000,00", TYPE), ("1,,000", TYPE)]),
    (number("integer", "#,##,##0"), ["1,00,000", "12,34,567"], [("100,000", TYPE)]),
    (number("integer", "00"), ["01", "12", "123"], [("1", TYPE)]),
    (number("decimal", "#0.0#"), ["1.5", "1.25", "10.0"], [("1", TYPE), ("1.234", TYPE)]),
    (number("decimal", "0.000,###"), ["1.123", "1.123,4"],
     [("1.1234", TYPE), ("1.12", TYPE), ("1.123,", TYPE)]),
    (number("double", "0.0#E0"), ["1.5E3", "1.25E-3"], [("1.5", TYPE), ("1.5e3", TYPE)]),
    (number("double", "0E+00"), ["1E+03", "1E-12"], [("1E03", TYPE), ("1E+3", TYPE)]),
    (number("double", "0E#"), ["1E3", "1E-12"], [("1", TYPE), ("1E", TYPE)]),
    (number("integer", "#\u202f##0", groupChar="\u202f"), ["999", "1\u202f234\u202f567"],
     [("1234", TYPE), ("1\u202f23", TYPE), ("1,234", TYPE)]),
    (number("decimal", "0%"), ["5%", "-12%"], [("5", TYPE), ("5‰", TYPE)]),
    (number("decimal", "#.##0,00", decimalChar=",", groupChar="."), ["1.234,50", "0,00"],
     [("1234,50", TYPE), ("1,234.50", TYPE)]),
    # limits
    (typed("decimal", minInclusive="1.50", maxExclusive=10), ["1.5", "001.500", "9.999999999999"],
     [("1.49999999999999999999", RANGE), ("10", RANGE), ("10.0", RANGE)]),
    (typed("double", minExclusive=0, maxInclusive="1e3"), ["1e-300", "1000", "10e2"],
     [("0", RANGE), ("-1", RANGE), ("1000.0000000000000000000001", RANGE), ("NaN", RANGE),
      ("INF", RANGE)]),
    (typed("double", minInclusive=0), ["0", "INF"], [("NaN", RANGE), ("-INF", RANGE)]),
    (typed("double", maxInclusive=0), ["0", "-INF"], [("NaN", RANGE), ("INF", RANGE)]),
    (typed("decimal", format="0%", maximum="0.5"), ["50%"], [("51%", RANGE)]),
    (typed("date", minimum="2024-01-01", maximum="2024-12-31", format="d.M.yyyy"),
     ["1.1.2024", "31.12.2024"], [("31.12.2023", RANGE), ("1.1.2025", RANGE)]),
    (typed("dateTime", maxExclusive="2024-01-01T12:00:00Z"),
     ["2024-01-01T13:59:59.999+02:00", "2024-01-01T11:59:59"],
     [("2024-01-01T14:00:00+02:00", RANGE), ("2024-01-01T12:00:00.000000000001Z", RANGE)]),
    (typed("duration", minInclusive="P1M"), ["P31D", "P1M", "P2M"], [("P27D", RANGE),
                                                                     ("P30D", RANGE)]),
    # dates and times
    (typed("date"), ["2024-02-29", "2024-12-31Z", "2024-12-31+14:00", "-0044-03-15", "12024-01-01",
                     "2000-02-29", "0000-01-01"],
     [("2023-02-29", RANGE), ("1900-02-29", RANGE), ("2024-13-01", RANGE), ("2024-1-1", TYPE),
      ("20240101", TYPE), ("2024-12-31+14:01", RANGE), ("2024-12-31+05:60", RANGE), ("31.12.2024", TYPE), ("24-12-31", TYPE)]),
    (typed("time"), ["00:00:00", "24:00:00", "23:59:59.123456789Z"],
     [("24:00:01", RANGE), ("23:60:00", RANGE), ("23:59", TYPE), ("23:59:60", RANGE),
      ("12:00:00.", TYPE)]),
    (typed("dateTimeStamp"), ["2024-12-31T23:59:59Z", "2024-12-31T23:59:59-05:00"],
     [("2024-12-31T23:59:59", TYPE)]),
    (typed("datetime"), ["2024-12-31T23:59:59", "2024-12-31T24:00:00", "2024-12-31T23:59:59.5"],
     [("2024-12-31 23:59:59", TYPE), ("2024-12-31T23:59", TYPE), ("2024-12-31", TYPE),
      ("2024-12-31T24:00:01", RANGE), ("2023-02-29T00:00:00", RANGE)]),
    (typed("gDay"), ["---31", "---01Z"], [("---32", RANGE), ("31", TYPE)]),
    (typed("gMonth"), ["--12"], [("--13", RANGE), ("12", TYPE)]),
    (typed("gMonthDay"), ["--02-29"], [("--02-30", RANGE)]),
    (typed("gYear"), ["2024", "-0001", "12024"], [("024", TYPE), ("02024", TYPE)]),
    (typed("gYearMonth"), ["2024-12"], [("2024-00", RANGE), ("2024", TYPE)]),
    (typed("date", format="dd/MM/yyyy"), ["31/12/2024"], [("12/31/2024", RANGE),
                                                          ("1/1/2024", TYPE)]),
    (typed("date", format="M/d/yyyy"), ["1/2/2024", "12/31/2024", "01/02/2024"],
     [("13/1/2024", RANGE), ("1-2-2024", TYPE)]),
    (typed("time", format="HH:mm:ss.SSS"), ["12:00:00.1", "12:00:00.123"],
     [("12:00:00.1234", TYPE), ("12:00:00", TYPE)]),
    (typed("dateTime", format="dd.MM.yyyy HH:mm XXX"), ["31.12.2024 23:59 +02:00",
                                                        "31.12.2024  23:59 Z"],
     [("31.12.2024 23:59", TYPE), ("31.12.2024 23:59 +0200", TYPE)]),
    (typed("dateTime", format="yyyy-MM-ddTHH:mmx"), ["2024-12-31T23:59+02",
                                                     "2024-12-31T23:59-0530"],
     [("2024-12-31T23:59Z", TYPE)]),
    (typed("duration"), ["P1Y", "PT0.5S", "-P1Y2M3DT4H5M6.7S", "P0D"],
     [("P", TYPE), ("PT", TYPE), ("P1YT", TYPE), ("1Y", TYPE), ("P1M1Y", TYPE), ("P1.5Y", TYPE),
      ("P1S", TYPE)]),
    (typed("dayTimeDuration"), ["P1DT2H", "PT5M"], [("P1M", TYPE), ("P1Y", TYPE)]),
    (typed("yearMonthDuration"), ["P1Y2M"], [("P1D", TYPE), ("P1YT1H", TYPE)]),
    # texts and binary values
    (typed("string", minLength=2, maxLength=3), ["ab", "žlu", "  ", "a\nb"],
     [("a", SHORT), ("abcd", LONG), ("žluť", LONG)]),
    (typed("token", length=3), ["abc", "  a  b  ", "a\nb"], [("ab", SHORT), ("a bc", LONG)]),
    (typed("normalizedString", length=3), [" a ", "a\tb"], [("a", SHORT)]),
    (typed("hexBinary", maxLength=2), ["0FB7", "ff"], [("0FB", TYPE), ("0G", TYPE),
                                                       ("000000", LONG)]),
    (typed("base64Binary", length=2), ["YWI="], [("YW=I", TYPE), ("YWJj", LONG), ("YW", TYPE)]),
    (typed("language"), ["en", "de-CH-1996", "x-klingon"], [("e_n", TYPE), ("-en", TYPE),
                                                            ("toolonglang", TYPE)]),
    (typed("Name"), ["a:b", "_x"], [("1a", TYPE), ("a b", TYPE)]),
    (typed("NMTOKEN"), ["1a", "-x"], [("a b", TYPE)]),
    (typed("QName"), ["a:b", "a"], [("a:b:c", TYPE), (":a", TYPE)]),
    (typed("anyURI"), ["http://example.org/ž"], []),
    (typed("json"), ["{\"a\":\n1}"], []),
    # null, default, required, lists
    ({"required": True}, ["x"], [("", MISSING)]),
    ({"required": True, "null": ["NA", "-"]}, ["x", ""], [("NA", MISSING), ("-", MISSING)]),
    ({"datatype": "integer", "null": "-"}, ["-", "5", " - "], [("", TYPE), ("--", TYPE)]),
    ({"datatype": "integer", "default": "0", "required": True}, ["", "5"], [("x", TYPE)]),
    ({"datatype": "integer", "default": "none"}, ["5"], [("", TYPE)]),
    ({"datatype": "integer", "separator": ";"}, ["1;2;3", "", "1", " 1 ; 2 ", "1;;2"],
     [("1;x;3", TYPE), ("1,2", TYPE)]),
    ({"datatype": "integer", "separator": ";", "required": True}, ["1;2"], [("", MISSING)]),
    ({"datatype": "integer", "separator": "||"}, ["1||2"], [("1|2", TYPE)]),
    ({"datatype": "string", "separator": ";", "null": "-"}, ["-", "a;-"], []),
    ({"datatype": {"base": "string", "maxLength": 2}, "separator": ";"}, ["ab;cd;e"],
     [("ab;cde", LONG)]),
]


def write(path, values):
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write('"c"\n')
        for value in values:
            file.write('"' + value.replace('"', '""') + '"\n')


def run(tool, folder):
    done = subprocess.run([tool, "validate", "-f", "json", "--max-findings=0",
                           "--schema=t-metadata.json"], cwd=folder, capture_output=True, timeout=60)
    errors = []
    for line in done.stdout.decode().splitlines():
        for finding in json.loads(line).get("findings", []):
            if finding["severity"] == "error":
                errors.append((finding.get("record"), finding["rule"], finding["message"]))
    return done.returncode, sorted(errors, key=str), done.stderr.decode()


def check(tool, folder, column, values, rules):
    """What differs from one error of each rule in its record, or None."""
    write(os.path.join(folder, "t.csv"), values)
    status, errors, text = run(tool, folder)
    wanted = [(i + 2, rule) for i, rule in enumerate(rules) if rule is not None]
    found = sorted((record, rule) for record, rule, _ in errors if record is not None)
    if status != (1 if wanted else 0) or found != wanted or len(found) != len(errors):
        return f"{column}: {values}\n  wanted {wanted}\n  found  exit {status} {errors} {text}"
    return None


def main():
    tool = os.path.abspath(sys.argv[1])
    bad, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for column, good, refused in ROWS:
            metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv",
                        "tableSchema": {"columns": [{"titles": "c", **column}]}}
            with open(os.path.join(folder, "t-metadata.json"), "w", encoding="utf-8") as file:
                json.dump(metadata, file)
            values = good + [value for value, _ in refused]
            rules = [None] * len(good) + [rule for _, rule in refused]
            bad.append(check(tool, folder, column, values, rules) if values else None)
            count += len(values)
    bad = [text for text in bad if text is not None]
    print("\n".join(bad))
    print(f"{count} values in {len(ROWS)} columns, {len(bad)} columns otherwise")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
