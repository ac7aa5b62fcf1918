#!/usr/bin/env python3
"""Table Schema, type by type, format by format, constraint by constraint: what is taken, and what is
refused by which rule at which byte of the value.

Each row is a field of a schema, values that it takes, and values that it refuses: (value, rule, byte).
All rows go into one schema. One table has the values that are taken, one those that are refused; of
the second every finding is compared, so a refused value has one finding and no other column any.
"""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile

T, M, O, L, S, N, P = ("type-mismatch", "value-missing", "value-out-of-range", "value-too-long",
                       "value-too-short", "value-not-in-list", "value-pattern")


def field(kind, **more):
    constraints = more.pop("c", None)
    result = dict(more, type=kind)
    if constraints is not None:
        result["constraints"] = constraints
    return result


def bad(rule, *values):
    """Values that are refused as a whole, or (value, byte)."""
    return [(v, rule, 0) if isinstance(v, str) else (v[0], rule, v[1]) for v in values]


ROWS = [
    # strings
    (field("string"), ["a", "1", " x ", "ž", "a,b", 'say "x"', "a\nb", "NULL"], []),
    (field("any"), ["a", "1", "2024-13-45"], []),
    ({}, ["anything"], []),
    (field("string", c={"required": True}), ["a", " "], bad(M, "")),
    (field("string", c={"minLength": 2}), ["ab", "žž", "abc"], bad(S, "a", "ž")),
    (field("string", c={"maxLength": 3}), ["abc", "žžž", "a"], bad(L, ("abcd", 3), ("žžžž", 6))),
    (field("string", c={"maxLength": 0}), [""], bad(L, "a")),
    (field("string", c={"minLength": 1, "maxLength": 2}), ["a", "ab"], bad(L, ("abc", 2))),
    (field("string", c={"enum": ["a", "b c", ""]}), ["a", "b c", ""], bad(N, "A", "b", "a ")),
    (field("string", categories=["x", "y"]), ["x", "y"], bad(N, "z")),
    (field("string", categories=[{"value": "x", "label": "X"}], categoriesOrdered=True), ["x"],
     bad(N, "X")),
    (field("string", categories=["x", "y"], c={"enum": ["x"]}), ["x"], bad(N, "y")),
    (field("string", c={"pattern": "[a-z]+"}), ["abc"], bad(P, "Abc", ("ab1", 2))),
    (field("string", c={"pattern": "^[a-z]+$"}), ["abc"], bad(P, "Abc", ("ab1", 2))),
    (field("string", c={"pattern": "a|bc"}), ["a", "bc"], bad(P, "b", ("abc", 1), "c")),
    (field("string", c={"pattern": "(ab)*"}), ["ab", "abab"], bad(P, "aba", ("abb", 2))),
    (field("string", c={"pattern": "\\d{3}-\\d{2,}"}), ["123-45", "123-4567"],
     bad(P, "12-45", "123-4")[1:] + [("12-45", P, 2)]),
    (field("string", c={"pattern": "[\\i-[:]][\\c-[:]]*"}), ["a1", "_x", "č-1"], bad(P, "1a", ":a")),
    (field("string", c={"pattern": "\\p{Lu}\\p{Ll}+"}), ["Abc", "Čas"], bad(P, "abc", ("AbC", 2))),
    (field("string", c={"pattern": "[^a-c]+"}), ["xyz", "ž"], bad(P, ("xa", 1))),
    (field("string", c={"pattern": "[a-z-[aeiou]]+"}), ["xyz"], bad(P, ("xa", 1), "e")),
    (field("string", c={"pattern": ".{2}"}), ["ab", "žš", "𝄞𝄞"], bad(P, "a", ("abc", 2))),
    (field("string", c={"pattern": "\\s*x\\S"}), [" xy", "xž"], bad(P, "x")),
    (field("string", c={"pattern": "\\w+"}), ["abc", "č1"], bad(P, "-", ("a b", 1))),
    (field("string", c={"pattern": "(a?){30}a{30}"}), ["a" * 30, "a" * 60],
     bad(P, "a" * 29, ("a" * 61, 60))),
    (field("string", c={"pattern": "a\\.b\\*"}), ["a.b*"], bad(P, ("axb*", 1))),
    (field("string", c={"pattern": "$5"}), ["$5"], bad(P, "5")),
    (field("string", c={"pattern": "x{0}y{2}"}), ["yy"], bad(P, "y", "xyy")),
    (field("string", c={"pattern": "[\\-\\]]+"}), ["-]"], bad(P, "[")),
    (field("string", format="email"), ["a@b.cz", "a.b+c@d-e.org", "x@localhost"],
     bad(T, ("a", 0), ("@b.cz", 0), ("a@", 1), ("a b@c.cz", 1), ("a..b@c.cz", 2), ("a@b..cz", 4),
         ("a@-b.cz", 2), ("a@b@c", 3))),
    (field("string", format="uri"), ["http://a.cz/x?y#z", "mailto:a@b.cz", "urn:isbn:1",
                                     "http://a/%20"],
     bad(T, ("abc", 2), ("1http://x", 0), ("http://a b", 8), ("http://a/%2", 9), ("x:#a#b", 4),
         ("http://č", 7), ("http:", 4))),
    (field("string", format="uuid"), ["123e4567-e89b-12d3-a456-426614174000",
                                      "123E4567-E89B-12D3-A456-426614174000"],
     bad(T, ("123e4567", 7), ("123e4567-e89b-12d3-a456-42661417400g", 35),
         ("123e4567e89b12d3a456426614174000", 8), ("123e4567-e89b-12d3-a456-4266141740001", 36))),
    (field("string", format="binary"), ["YQ==", "YWI=", "YWJj"], bad(T, ("YQ=", 2), ("Y Q=", 1), ("===", 2))),
    (field("string", format="binary", c={"maxLength": 2}), ["YQ==", "YWI="], bad(L, "YWJj")),
    # integers
    (field("integer"), ["0", "1", "-1", "+1", "007", "123456789012345678901234567890"],
     bad(T, ("1.0", 1), ("1e3", 1), ("1,000", 1), (" 1", 0), ("1 ", 1), ("-", 0), ("abc", 0),
         ("0x1F", 1), ("1_000", 1), ("١", 0), ("--1", 1), ("1-", 1))),
    (field("integer", c={"required": True}), ["1"], bad(M, "")),
    (field("integer", c={"minimum": 10}), ["10", "11", "99999999999999999999", "+10", "010"],
     bad(O, "9", "-10", "-99999999999999999999")),
    (field("integer", c={"minimum": "10"}), ["10"], bad(O, "9")),
    (field("integer", c={"maximum": 10}), ["10", "-11", "0"], bad(O, "11", "99999999999999999999")),
    (field("integer", c={"minimum": -5, "maximum": 5}), ["-5", "0", "5", "-0"], bad(O, "-6", "6")),
    (field("integer", c={"exclusiveMinimum": 0}), ["1"], bad(O, "0", "-0", "-1")),
    (field("integer", c={"exclusiveMaximum": 0}), ["-1"], bad(O, "0", "1")),
    (field("integer", c={"maximum": "123456789012345678901234567890"}),
     ["123456789012345678901234567890"], bad(O, "123456789012345678901234567891")),
    (field("integer", c={"enum": [1, "2", 30]}), ["1", "2", "30", "01", "+2"], bad(N, "3", "-1", "300")),
    (field("integer", categories=[{"value": 0, "label": "no"}, {"value": 1}]), ["0", "1", "-0"],
     bad(N, "2")),
    (field("integer", groupChar=","), ["1,000", "1000", "1,2,3", "-1,000"],
     bad(T, ("1,,000", 0), ("1,", 0), (",1", 0))),
    (field("integer", groupChar=" "), ["1 000", "12 345 678"], bad(T, " 1", "1  000", "1 ")),
    (field("integer", groupChar="\u00a0"), ["1\u00a0000"], bad(T, "1 000")),
    (field("integer", bareNumber=False), ["95%", "€95", "EUR 95", "95", "-5 Kč", "#+7!"],
     bad(T, "abc", "%", "9 5 %")),
    (field("integer", bareNumber=False, groupChar=",", c={"maximum": 1000}), ["$1,000"], bad(O, "$1,001")),
    (field("integer", missingValues=["", "-999", "NA"]), ["1", "-999", "NA", ""], bad(T, "na")),
    (field("integer", missingValues=["-"], c={"required": True}), ["1"], bad(M, "-") + bad(T, "")),
    (field("integer", missingValues=[]), ["1"], bad(T, "")),
    (field("integer", missingValues=[{"value": "x", "label": "none"}]), ["x"], bad(T, "", "none")),
    # numbers
    (field("number"), ["0", "1.5", "-1.5", "+1.5", ".5", "5.", "-.5", "1e3", "1E-3", "1.5e+10", "NaN", "nan",
                       "INF", "-INF", "inf", "00.10", "123456789012345678901234567890.5"],
     bad(T, ("1,5", 1), ("1e", 1), ("e5", 0), (".", 0), ("-", 0), ("1.2.3", 3), ("abc", 0), ("+INF", 1),
         ("Infinity", 0), ("1 000", 1), ("$5", 0), ("5%", 1), ("1_0", 1), ("-NaN", 1), ("1e1.5", 3))),
    (field("number", c={"minimum": 0.1}), ["0.1", "0.10", "1e-1", "1", "INF", ".1"],
     bad(O, "0.09999999999999999999", "0", "-1", "-INF", "NaN", "99e-3")),
    (field("number", c={"maximum": 1e3}), ["1000", "1e3", "1000.0", "-1e9"], bad(O, "1000.0000001", "1e4", "INF")),
    (field("number", c={"minimum": "-1.5", "maximum": "1.5"}), ["-1.5", "1.50", "0"], bad(O, "-1.51", "1.51")),
    (field("number", c={"exclusiveMinimum": 1.5}), ["1.500001"], bad(O, "1.5", "1.50", "15e-1")),
    (field("number", c={"exclusiveMaximum": 1.5}), ["1.499999"], bad(O, "1.5", "2")),
    (field("number", c={"enum": [1, 2.5, "1e2"]}), ["1", "1.0", "2.50", "100", "+1", "0.1e1"],
     bad(N, "2", "1.00000001", "-1")),
    (field("number", decimalChar=","), ["1,5", "1", ",5", "-1,5e3"], bad(T, ("1.5", 1), "1,5,5")),
    (field("number", decimalChar=",", groupChar="."), ["1.000,5", "1000,5", "1.0"], bad(T, "1,000.5")[:0] + bad(T, ("1,5.5", 3))),
    (field("number", decimalChar=",", groupChar=" ", c={"maximum": 1000.5}), ["1 000,5", "999,9"],
     bad(O, "1 000,6")),
    (field("number", decimalChar=",", c={"enum": [1.5, "2,5"]}), ["1,5", "2,50"], bad(N, "3,5")),
    (field("number", decimalChar=",", c={"minimum": "1,5"}), ["1,5"], bad(O, "1,4")),
    (field("number", groupChar=","), ["1,000.5", "1,234,567"], bad(T, "1,000.5,5", "1,.5")),
    (field("number", bareNumber=False), ["95.5%", "€ -1.5", "1.5 km", "1.5"], bad(T, "km", "1.5 x 2")),
    (field("number", bareNumber=False, decimalChar=",", groupChar="."), ["1.000,50 €"], bad(T, "€")),
    # booleans
    (field("boolean"), ["true", "True", "TRUE", "1", "false", "False", "FALSE", "0"],
     bad(T, "tRUE", "t", "yes", "no", "2", "01", " true", "on")),
    (field("boolean", trueValues=["ano"], falseValues=["ne"]), ["ano", "ne"],
     bad(T, "true", "1", "Ano", "0")),
    (field("boolean", trueValues=["yes", "y"]), ["yes", "y", "false", "0"], bad(T, "true", "no")),
    (field("boolean", falseValues=["-"]), ["true", "-"], bad(T, "0")),
    (field("boolean", c={"enum": [True]}), ["true", "1", "TRUE"], bad(N, "false", "0")),
    (field("boolean", trueValues=["ano"], c={"enum": [True]}), ["ano"], bad(N, "false")),
    (field("boolean", c={"required": True}), ["1"], bad(M, "")),
    # dates
    (field("date"), ["2024-01-31", "2024-02-29", "0001-01-01", "9999-12-31"],
     bad(T, ("2023-02-29", 0), ("2024-1-5", 6), ("2024-13-01", 0), ("2024-00-01", 0), ("2024-04-31", 0),
         ("1/2/2024", 1), ("20240131", 4), ("2024-01-31T00:00:00", 10), ("2024-01-31 ", 10), ("0000-01-01", 0),
         ("24-01-31", 2), ("2024/01/31", 4), ("2024-01", 6), ("1900-02-29", 0))),
    (field("date", format="default"), ["2024-01-31"], bad(T, ("31.1.2024", 2))),
    (field("date", format="%d.%m.%Y"), ["31.12.2024", "1.2.2024", "01.02.2024"],
     bad(T, ("2024-12-31", 2), ("32.1.2024", 0), ("29.2.2023", 0), ("1.13.2024", 0), ("1.2.24", 5), ("1.2.20245", 8))),
    (field("date", format="fmt:%d/%m/%y"), ["31/12/24", "1/1/69"], bad(T, ("31/12/2024", 8), ("31-12-24", 2))),
    (field("date", format="%d %B %Y"), [" 5 May 2024", "5  May 2024"], bad(T, ("  5 May 2024", 0))),
    (field("date", format="%Y%m%d"), ["20240131"], bad(T, ("2024131", 0), ("2024-01-31", 4), ("20240231", 0))),
    (field("date", format="%B %d, %Y"), ["January 5, 2024", "may 05, 2024"], bad(T, ("Jan 5, 2024", 0))),
    (field("date", format="%a %d %b %Y"), ["Mon 05 Jan 2024", "sun 5 FEB 2023"], bad(T, ("Xxx 5 Jan 2024", 0))),
    (field("date", format="%Y-%j"), ["2024-366", "2023-001", "2023-1"], bad(T, "2023-366", ("2023-0", 5))),
    (field("date", format="%Y-%m"), ["2024-02"], bad(T, ("2024-02-01", 7))),
    (field("date", c={"minimum": "2024-01-01"}), ["2024-01-01", "9999-12-31"], bad(O, "2023-12-31")),
    (field("date", c={"maximum": "2024-01-01"}), ["2024-01-01", "0001-01-01"], bad(O, "2024-01-02")),
    (field("date", c={"exclusiveMinimum": "2024-01-01"}), ["2024-01-02"], bad(O, "2024-01-01")),
    (field("date", c={"exclusiveMaximum": "2024-01-01"}), ["2023-12-31"], bad(O, "2024-01-01")),
    (field("date", format="%d.%m.%Y", c={"minimum": "1.2.2024"}), ["1.2.2024", "2.1.2025"],
     bad(O, "31.1.2024", "2.1.2024")),
    (field("date", format="%d.%m.%Y", c={"minimum": "2024-02-01"}), ["01.02.2024"], bad(O, "31.01.2024")),
    (field("date", c={"enum": ["2024-01-01"]}), ["2024-01-01"], bad(N, "2024-01-02")),
    (field("date", format="%d.%m.%Y", c={"enum": ["01.02.2024"]}), ["1.2.2024"], bad(N, "2.1.2024")),
    # times
    (field("time"), ["00:00:00", "23:59:59"],
     bad(T, ("24:00:00", 0), ("12:60:00", 0), ("12:00:60", 0), ("12:00", 4), ("1:00:00", 1), ("12:00:00.5", 8),
         ("12:00:00Z", 8), ("noon", 0))),
    (field("time", format="%H:%M"), ["12:30", "1:05"], bad(T, ("12:30:00", 5), ("25:00", 0), ("12.30", 2))),
    (field("time", format="%I:%M %p"), ["12:30 PM", "1:05 am"], bad(T, ("13:00 PM", 0), ("12:30", 4), ("0:30 AM", 0))),
    (field("time", format="%H:%M:%S.%f"), ["12:30:01.5", "12:30:01.123456"], bad(T, ("12:30:01.1234567", 15), ("12:30:01", 7))),
    (field("time", c={"minimum": "08:00:00", "maximum": "16:30:00"}), ["08:00:00", "16:30:00"],
     bad(O, "07:59:59", "16:30:01")),
    (field("time", format="%H:%M", c={"maximum": "16:30"}), ["16:30"], bad(O, "16:31")),
    (field("time", format="%I:%M %p", c={"minimum": "12:00 PM"}), ["12:00 PM", "1:00 PM"], bad(O, "12:00 AM", "11:59 AM")),
    # datetimes
    (field("datetime"), ["2024-01-31T15:00:00", "2024-01-31T15:00:00Z", "2024-01-31T15:00:00.300-05:00",
                         "2024-02-29T24:00:00", "-0001-01-01T00:00:00", "-0001-12-31T24:00:00",
                         "9999-12-31T24:00:00", "12024-01-01T00:00:00"],
     bad(T, ("2024-01-31 15:00:00", 10), ("2024-01-31", 9), ("2024-02-30T00:00:00", 0), ("2024-01-31T25:00:00", 0),
         ("2024-01-31T15:00:00+0500", 22), ("2024-01-31T15:00:00.", 19), ("2024-01-31T15:00", 15),
         ("2024-01-31T15:00:00z", 19), ("24-01-31T15:00:00", 2), ("2024-01-31T24:00:01", 0),
         ("2024-04-31T24:00:00", 0), ("1900-02-29T24:00:00", 0), ("2024-01-00T24:00:00", 0), ("2024-13-01T24:00:00", 0),
         ("0000-01-01T24:00:00", 0), ("0000-12-31T24:00:00", 0),
         ("2024-01-31T15:00:00+15:00", 25 - 1))),
    (field("datetime", format="%d/%m/%Y %H:%M:%S"), ["12/11/2018 09:15:32", "1/1/2018   9:5:2"],
     bad(T, ("2018-11-12T09:15:32", 2), ("12/11/2018", 9), ("32/11/2018 09:15:32", 0))),
    (field("datetime", format="%Y-%m-%dT%H:%M:%S%z"), ["2024-01-31T15:00:00+0200", "2024-01-31T15:00:00Z",
                                                       "2024-01-31T15:00:00-02:30"],
     bad(T, ("2024-01-31T15:00:00", 18))),
    (field("datetime", format="%F %T"), ["2024-01-31 15:00:00"], bad(T, ("2024-01-31T15:00:00", 10))),
    (field("datetime", c={"minimum": "2024-01-31T15:00:00Z"}),
     ["2024-01-31T15:00:00Z", "2024-01-31T16:00:00+01:00", "2024-01-31T15:00:00.0001Z"],
     bad(O, "2024-01-31T14:59:59.999Z", "2024-01-31T15:00:00+01:00")),
    (field("datetime", c={"maximum": "2024-02-29T24:00:00"}), ["2024-03-01T00:00:00"], bad(O, "2024-03-01T00:00:00.1")),
    (field("datetime", c={"enum": ["2024-01-31T15:00:00Z"]}), ["2024-01-31T15:00:00Z", "2024-01-31T17:00:00+02:00",
                                                               "2024-01-31T15:00:00.000Z"],
     bad(N, "2024-01-31T15:00:00+02:00")),
    # years, months
    (field("year"), ["2024", "0001", "-0044", "12024", "2024Z", "2024+02:00"],
     bad(T, ("0000", 0), ("24", 1), ("02024", 4), ("20x4", 2), ("+2024", 0), ("2024-01", 6))),
    (field("year", c={"minimum": 2000, "maximum": 2024}), ["2000", "2024"], bad(O, "1999", "2025", "12024", "-2010")),
    (field("year", c={"minimum": "2000", "exclusiveMaximum": "2024"}), ["2023"], bad(O, "2024")),
    (field("year", c={"enum": [2000, "2004"]}), ["2000", "2004"], bad(N, "2001")),
    (field("yearmonth"), ["2024-01", "2024-12", "2024-01Z"],
     bad(T, ("2024-13", 0), ("2024-1", 5), ("2024", 3), ("2024-00", 0), ("2024-01-01", 9), ("2024/01", 4))),
    (field("yearmonth", c={"minimum": "2024-02"}), ["2024-02", "2025-01"], bad(O, "2024-01", "2023-12")),
    (field("yearmonth", c={"maximum": "2024-02"}), ["2024-02", "2023-12"], bad(O, "2024-03")),
    # durations
    (field("duration"), ["P1Y", "P1Y2M3DT4H5M6S", "PT1H", "PT0.5S", "-P1D", "P0D", "PT36H", "P1Y3D"],
     bad(T, ("P", 0), ("1Y", 0), ("PT", 1), ("P1YT", 3), ("P1S", 2), ("P1M1Y", 4), ("PT1D", 3), ("P1.5D", 2),
         ("P-1D", 1), ("p1d", 0), ("P1Y2", 3), ("PT1.S", 4), ("P1W", 2))),
    (field("duration", c={"minimum": "P1D"}), ["P1D", "PT24H", "P1M", "PT86400.1S"], bad(O, "PT23H", "-P2D", "P0D")),
    (field("duration", c={"maximum": "P1M"}), ["P28D", "P1M"], bad(O, "P32D", "P1M1D", "P30D")),
    (field("duration", c={"enum": ["PT1H"]}), ["PT1H", "PT60M", "PT3600S"], bad(N, "PT61M", "-PT1H")),
    # points
    (field("geopoint"), ["90.50, 45.50", "90.50,45.50", "-180,-90", "180,90", "0, 0", "1e1,2"],
     bad(T, ("90.5", 3), ("90.5;45", 4), ("a,b", 0), ("1,2,3", 3), ("1,", 1), ("", 0))[:5]
     + bad(O, ("181,0", 0), ("0, 91", 3), ("-180.0001,0", 0))),
    (field("geopoint", format="array"), ["[90.5, 45.5]", "[0,0]", " [1, 2] "],
     bad(T, ("90.5,45.5", 4), ("[1]", 0), ("[1,2,3]", 0), ("[1,\"a\"]", 3)) + bad(O, ("[181,0]", 1))),
    (field("geopoint", format="object"), ['{"lon": 90.5, "lat": 45.5}', '{"lat":1,"lon":2}'],
     bad(T, ('{"lon": 90.5}', 0), ('{"lon": 1, "lon": 2}', 11), ('{"x": 1, "lat": 2}', 1), ("[1,2]", 0))
     + bad(O, ('{"lat":91,"lon":2}', 7))),
    # lists
    (field("list"), ["a,b", "a", "a,,b"], []),
    (field("list", itemType="integer"), ["1,2,-3", "5"], bad(T, ("1,x", 2), ("1,,2", 2), ("1.5", 1), ("1, 2", 2))),
    (field("list", itemType="number", delimiter=";"), ["1.5;2"], bad(T, ("1.5,2", 3))),
    (field("list", itemType="boolean", delimiter="||"), ["true||0"], bad(T, ("true||x", 6))),
    (field("list", itemType="date"), ["2024-01-01,2024-02-29"], bad(T, ("2024-01-01,2023-02-29", 11))),
    (field("list", itemType="time"), ["10:00:00"], bad(T, ("10:00:00,10", 10))),
    (field("list", itemType="datetime"), ["2024-01-01T00:00:00Z"], bad(T, ("2024-01-01", 9))),
    (field("list", itemType="string", c={"minLength": 2, "maxLength": 3}), ["a,b", "a,b,c"], bad(S, "a") + bad(L, "a,b,c,d")),
    # JSON
    (field("object"), ["{}", '{"a": 1}', '{"a": {"b": [1, null, true]}}', ' {"a":"\\u0041"} '],
     bad(T, ("[]", 0), ("1", 0), ("{", 0), ('{"a" 1}', 5), ("{'a': 1}", 1), ('{"a": 1} x', 9), ('{"a": 1,}', 8),
         ('{"a": 01}', 7), ("null", 0), ('{"a": "\\x"}', 8))),
    (field("object", c={"minLength": 1, "maxLength": 2}), ['{"a": {"x":1,"y":2,"z":3}}', '{"a":1,"b":2}'],
     bad(S, "{}") + bad(L, '{"a":1,"b":2,"c":3}')),
    (field("array"), ["[]", "[1, 2]", '["a", {"b": []}]', "[[[]]]"],
     bad(T, ("{}", 0), ("[1,]", 3), ("[1 2]", 3), ("1,2", 1), ("[1", 1), ("[NaN]", 1), ("[1]]", 3))),
    (field("array", c={"minLength": 2, "maxLength": 2}), ["[1, 2]", "[[1,2,3], {}]"], bad(S, "[1]") + bad(L, "[1,2,3]")),
]


def table(rows):
    """A header and one record, as CSV; and where the value of each column begins, in bytes."""
    out = io.BytesIO()
    begins = []
    for i, (name, value) in enumerate(rows):
        out.write(b"," if i else b"")
        out.write(name.encode())
    out.write(b"\r\n")
    for i, (name, value) in enumerate(rows):
        out.write(b"," if i else b"")
        quoted = any(c in value for c in ',"\r\n')
        begins.append(out.tell() + quoted)
        text = value.replace('"', '""')
        out.write((f'"{text}"' if quoted else text).encode())
    out.write(b"\r\n")
    return out.getvalue(), begins


def run(tool, folder, fields, rows):
    data, begins = table(rows)
    with open(os.path.join(folder, "schema.json"), "w") as f:
        json.dump({"fields": fields}, f)
    with open(os.path.join(folder, "t.csv"), "wb") as f:
        f.write(data)
    command = [tool, "validate", "--schema=schema.json", "--format=json", "--max-findings=0", "t.csv"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode == 2:
        sys.exit("refused: " + done.stderr)
    report = json.loads(done.stdout)
    report = report[0] if isinstance(report, list) else report
    files = report.get("files", [report])
    return files[0]["findings"], begins


def raw_offset(value, at):
    """The byte of the value's character at byte `at`, where enclosures are doubled."""
    return at + value.encode()[:at].count(b'"')


def main():
    tool = sys.argv[1]
    good, wrong, fields_good, fields_wrong = [], [], [], []
    for row, (spec, accepts, refuses) in enumerate(ROWS):
        for i, value in enumerate(accepts):
            good.append((f"g{row}_{i}", value))
            fields_good.append(dict(spec, name=f"g{row}_{i}"))
        for i, (value, rule, at) in enumerate(refuses):
            wrong.append((f"r{row}_{i}", value, rule, at))
            fields_wrong.append(dict(spec, name=f"r{row}_{i}"))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        findings, _ = run(tool, folder, fields_good, good)
        for f in findings:
            if f["severity"] == "error":
                failed += 1
                print("refused:", dict(good)[f["field_name"]], fields_good[f["field"] - 1], f["message"])
        findings, begins = run(tool, folder, fields_wrong, [(n, v) for n, v, _, _ in wrong])
    by_field = {}
    for f in findings:
        if f["severity"] == "error":
            by_field.setdefault(f["field"], []).append(f)
    for i, (name, value, rule, at) in enumerate(wrong):
        got = [(f["rule"], f["byte"] - begins[i]) for f in by_field.get(i + 1, [])]
        if got != [(rule, raw_offset(value, at))]:
            failed += 1
            print(f"{value!r} as {fields_wrong[i]}: expected {rule} at {at}, got {got}")
    print(f"{len(good)} taken, {len(wrong)} refused, {len(good) + len(wrong)} rows, {failed} wrong")
    assert len(good) + len(wrong) >= 400
    sys.exit(failed != 0)


main()
