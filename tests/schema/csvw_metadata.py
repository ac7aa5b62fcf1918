#!/usr/bin/env python3
"""Metadata of W3C CSVW: for each case the files, the command, and what csvkit must say.

    csvw_metadata.py CSVKIT

A case is its name, its files, the words after `csvkit validate`, the exit status, and every finding
that is an error or a warning, as RULE or RULE:PART OF THE MESSAGE. No other one may be there.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile

NS = "http://www.w3.org/ns/csvw"
CSV = "id,name\n1,a\n2,b\n"
COLUMNS = [{"name": "id", "titles": "id", "datatype": "integer"}, {"name": "name", "titles": "name"}]
IGNORED, INVALID, UNSUPPORTED = "schema-ignored", "schema-invalid", "schema-unsupported"


def table(schema=None, **more):
    return {"@context": NS, "url": "t.csv",
            "tableSchema": {"columns": COLUMNS} if schema is None else schema, **more}


def columns(*list_of, **more):
    """The table with these columns; what else is given stands in its schema."""
    return table({"columns": list(list_of), **more})


def one(name, metadata, status, *findings, csv=CSV, words="--schema=m.json", **files):
    return name, {"m.json": metadata, "t.csv": csv, **files}, words, status, findings


def group(rows, parents="id,name\n1,a\n2,b\n", words="--schema=m.json", status=1, more=(), **change):
    """Two tables: `child.csv` refers to `parent.csv` by a number that is written otherwise."""
    key = {"columnReference": "parent", "reference": {"resource": "parent.csv",
                                                      "columnReference": "id", **change}}
    child = {"url": "child.csv", "tableSchema": {
        "columns": [{"name": "parent", "titles": "p", "datatype": "decimal"}], "foreignKeys": [key]}}
    parent = {"url": "parent.csv", "tableSchema": {"columns": COLUMNS}}
    metadata = {"@context": NS, "tables": [child, parent]}
    return {"m.json": metadata, "child.csv": rows, "parent.csv": parents}, words, status, more


def slices(rows, parents, *more):
    files, _, status, _ = group(None, None)
    del files["child.csv"], files["parent.csv"]
    for name, content in (("child.csv", rows), ("parent.csv", parents)):
        files.update({f"{name}/{slice_name}".rstrip("/"): text for slice_name, text in content.items()})
    return files, "--schema=m.json child.csv", status, more


ID, NAME = COLUMNS
LIMITS = [({"base": base, **limits}, words) for base, limits, words in (
    ("integer", {"maximum": "x"}, "maximum is not a value"),
    ("integer", {"minInclusive": "x"}, "minInclusive is not a value"),
    ("integer", {"maxInclusive": "x"}, "maxInclusive is not a value"),
    ("integer", {"minExclusive": "x"}, "minExclusive is not a value"),
    ("integer", {"minimum": 1, "minExclusive": 1}, "both minimum and minExclusive"),
    ("integer", {"maxInclusive": 1, "maxExclusive": 1}, "both maxInclusive and maxExclusive"),
    ("integer", {"maximum": 1, "maxExclusive": 1}, "both maximum and maxExclusive"),
    ("integer", {"minimum": 2, "maxInclusive": 1}, "minimum and maxInclusive leave"),
    ("integer", {"minInclusive": 2, "maximum": 1}, "minInclusive and maximum leave"),
    ("string", {"minimum": 1}, "minimum is for numbers"),
    ("string", {"maxInclusive": 1}, "maxInclusive is for numbers"))]
CASES = [
    one("a good table", table(), 0),
    one("a value", table(), 1, "type-mismatch:`x` is not integer", csv="id,name\nx,a\n"),
    one("a group", {"@context": NS, "tables": [{"url": "t.csv", "tableSchema": {"columns": COLUMNS}}]},
        0),
    # the document
    one("no context", {"url": "t.csv"}, 1, INVALID, words="--schema=m-metadata.json",
        **{"m-metadata.json": {"url": "t.csv"}}),
    one("another context", table(**{"@context": "http://example.org/"}), 1, INVALID + ":@context"),
    one("base and language", table(**{"@context": [NS, {"@base": "d/", "@language": "en"}]}), 0,
        **{"d/t.csv": CSV}),
    one("a bad language", table(**{"@context": [NS, {"@language": "a-b"}]}), 0, IGNORED),
    one("no JSON", "{\"@context\": \"" + NS + "\",}", 1, INVALID + ":no JSON",
        words="--schema=m-metadata.json", **{"m-metadata.json": "{,}"}),
    one("a key twice", '{"@context":"' + NS + '","url":"t.csv","url":"t.csv"}', 1, INVALID,
        words="--schema=m-metadata.json",
        **{"m-metadata.json": '{"@context":"' + NS + '","url":"t.csv","url":"t.csv"}'}),
    one("no url", {"@context": NS, "tableSchema": {"columns": COLUMNS}}, 1, INVALID + ":'url'"),
    one("no tables", {"@context": NS, "tables": []}, 1, INVALID + ":'tables'"),
    # properties
    one("an unknown property", table(foo=1), 0, IGNORED + ":'foo'"),
    one("of another vocabulary", table(**{"dc:title": "x", "http://example.org/p": {"@id": "u"}}), 0),
    one("an unknown prefix", table(**{"foo:bar": "x"}), 0, IGNORED + ":'foo:bar'"),
    one("a blank node", table(**{"@id": "_:x"}), 1, INVALID + ":blank node"),
    one("a wrong type", table(**{"@type": "Schema"}), 1, INVALID + ":Table"),
    one("in the wrong place", table(titles="x"), 0, IGNORED + ":'titles'"),
    one("of the wrong kind", table(suppressOutput="yes", tableDirection="up"), 0, IGNORED, IGNORED),
    one("a list inside", table(**{"dc:x": {"@list": [1]}}), 1, INVALID + ":@list"),
    one("a value and a type", table(**{"dc:x": {"@value": "1", "@type": "xsd:integer"}}), 0),
    one("a value that is an object", table(notes=[{"dc:x": {"@value": {}}}]), 1, INVALID),
    # columns
    one("titles in a language", table({"columns": [{"titles": {"en": ["id", "ID"], "de": "Nummer"}},
                                                   NAME]}, lang="en-GB"), 0),
    one("no title in the language", table({"columns": [{"titles": {"de": "id"}}, NAME]}, lang="en"),
        1, INVALID + ":'titles'"),
    one("another title", columns({"titles": ["nr", "id"]}, NAME), 0),
    one("a name is no title", columns({"name": "id"}, NAME), 1, INVALID + ":'name'"),
    one("neither name nor title", columns({"datatype": "integer"}, NAME), 0),
    one("letter case", columns({"titles": "ID"}, NAME), 1, "header-mismatch:`ID`"),
    one("too few columns", columns(ID), 1, "header-mismatch:surplus `name`", "field-count",
        "field-count", "field-count"),
    one("a name twice", columns(ID, {"name": "id", "titles": "name"}), 1, INVALID + ":two columns"),
    one("a name that is none", columns({"name": "_id", "titles": "id"}, NAME), 0, IGNORED + ":'name'"),
    one("virtual at the end", columns(ID, NAME, {"name": "v", "virtual": True}), 0),
    one("virtual before", columns({"virtual": True}, ID, NAME), 1, INVALID, INVALID),
    one("inherited", table({"columns": [{"titles": "id"}, {"titles": "name", "datatype": "string"}],
                            "datatype": "integer"}, required=True), 1,
        "type-mismatch:`x` is not integer", "value-missing", csv="id,name\nx,a\n1,\n"),
    one("no columns", {"@context": NS, "url": "t.csv"}, 0),
    # datatypes
    one("no datatype", columns({"titles": "id", "datatype": "foo"}, NAME), 0, IGNORED + ":'datatype'"),
    one("no base", columns({"titles": "id", "datatype": {"base": "foo"}}, NAME), 0,
        IGNORED + ":'base'"),
    one("no pattern", columns({"titles": "id", "datatype": {"base": "date", "format": "yy-MM-dd"}},
                              NAME), 1, IGNORED + ":'format'", "type-mismatch", "type-mismatch"),
    one("a length of numbers", columns({"titles": "id", "datatype": {"base": "integer",
                                                                     "length": 3}}, NAME), 1,
        INVALID + ":length"),
    one("limits", columns({"titles": "id", "datatype": {"base": "integer", "minimum": 5,
                                                        "maximum": 4}}, NAME), 1,
        INVALID + ":leave no value"),
    one("limits that are none", columns({"titles": "id", "datatype": {"base": "integer",
                                                                      "minimum": "x"}}, NAME), 1,
        INVALID + ":minimum is not a value of integer: x"),
    *[one("limits by the name that was written", columns({"titles": "id", "datatype": datatype}, NAME), 1,
          INVALID + ":" + words) for datatype, words in LIMITS],
    one("a limit by both of its names", columns({"titles": "id", "datatype": {
        "base": "integer", "minimum": 9, "minInclusive": 1, "maxInclusive": 3, "maximum": "3"}}, NAME), 0,
        IGNORED + ":'minimum' does not count beside 'minInclusive'"),
    one("the greatest by both of its names", columns({"titles": "id", "datatype": {
        "base": "integer", "maximum": 9, "maxInclusive": 3}}, NAME), 0,
        IGNORED + ":'maximum' does not count beside 'maxInclusive'"),
    # dialects
    one("delimiter and quote", table(dialect={"delimiter": ";", "quoteChar": "'"}), 0,
        csv="id;name\n1;'a;b'\n"),
    one("the user's delimiter wins", table(dialect={"delimiter": ";"}), 0,
        words="--schema=m.json -d ,"),
    one("no header", table(dialect={"header": False}), 0, csv="1,a\n2,b\n"),
    one("no quotes", table(dialect={"quoteChar": None}), 0, csv="id,name\n1,a\"b\n"),
    one("escaped quotes", table(dialect={"doubleQuote": False}), 0, csv='id,name\n1,"a\\"b"\n'),
    one("blanks at the ends", table(dialect={"trim": True}), 0, "header-edge-space", "header-edge-space",
        csv="id , name\n1,a\n"),
    one("an encoding", table(dialect={"encoding": "iso-8859-2"}), 0, csv="id,name\n1,ž\n"),
    one("rows to skip", table(dialect={"skipRows": 1}), 2, UNSUPPORTED + ":'skipRows'"),
    one("columns to skip", table(dialect={"skipColumns": 1}), 2, UNSUPPORTED + ":'skipColumns'"),
    one("two headers", table(dialect={"headerRowCount": 2}), 2, UNSUPPORTED),
    one("trim one end", table(dialect={"trim": "start"}), 2, UNSUPPORTED + ":'trim'"),
    one("comments", table(dialect={"commentPrefix": "%"}), 2, UNSUPPORTED + ":'commentPrefix'"),
    one("dialect in a file", table(dialect="d.json"), 0, csv="id;name\n1;a\n",
        **{"d.json": {"delimiter": ";"}}),
    # keys
    one("a key", columns(ID, NAME, primaryKey="id"), 1, "duplicate-key", csv="id,name\n1,a\n1,b\n"),
    one("a key by another title", columns({"name": "nr", "titles": "id"}, NAME, primaryKey=["nr"]),
        1, "duplicate-key", csv="id,name\n1,a\n1,b\n"),
    one("no such key", columns(ID, NAME, primaryKey="nr"), 0, IGNORED + ":'nr'"),
    # foreign keys
    ("refers to one", *group("p\n1.0\n2\n", status=0)),
    ("refers to none", *group("p\n1\n3\n", more=["foreign-key:`3` is in 0 records of parent.csv (id)"])),
    ("refers to two", *group("p\n1\n", "id,name\n1,a\n01,b\n", more=["foreign-key:2 records"])),
    ("refers to nothing", *group("p\n1\n\"\"\n", more=["foreign-key"])),
    ("a value that is none", *group("p\nx\n", more=["type-mismatch"])),
    ("only the table that refers", *group("p\n3\n", words="--schema=m.json child.csv",
                                         more=["foreign-key"])),
    ("only the other table", *group("p\n3\n", words="--schema=m.json parent.csv", status=0)),
    ("slices to a file", *slices({"1": "p\n1\n", "2": "p\n2\n3\n"}, {"": "id,name\n1,a\n2,b\n"},
                                 "foreign-key:`3` is in 0 records of parent.csv (id)")),
    ("slices to slices", *slices({"1": "p\n1\n", "2": "p\n3\n2\n"}, {"1": "id,name\n1,a\n", "2": "id,name\n2,b\n"},
                                 "foreign-key:`3` is in 0 records of parent.csv (id)")),
    ("not by that rule", *group("p\n3\n", words="--schema=m.json --rule=foreign-key=off", status=0)),
    ("no such table", *group("p\n1\n", more=[INVALID + ":not in this group"], resource="x.csv")),
    ("no such column", *group("p\n1\n", more=[INVALID + ":'nr'"], columnReference="nr")),
    ("not as many", *group("p\n1\n", more=[INVALID + ":as many"], columnReference=["id", "name"])),
    ("the key of a table of one's own", {
        "m.json": columns({"name": "id", "titles": "id"}, {"name": "up", "titles": "name"},
                          foreignKeys=[{"columnReference": "up", "reference": {
                              "resource": "t.csv", "columnReference": "id"}}]),
        "t.csv": "id,name\na,b\nb,a\nc,d\n"}, "--schema=m.json", 1, ["foreign-key:`d`"]),
    # files
    one("schema in a file", table("s.json"), 0, **{"s.json": {"columns": COLUMNS}}),
    one("no such file", table("s.json"), 1, INVALID + ":s.json"),
    one("a schema elsewhere", table("http://example.org/s.json"), 2, UNSUPPORTED),
    one("a schema outside", table("../s.json"), 2, UNSUPPORTED),
    one("one table for another file", table(), 0, words="--schema=m.json other.csv",
        **{"other.csv": CSV}),
    one("beside the file", table(), 0, words="--schema=auto t.csv", **{"csv-metadata.json": table()}),
    one("beside another file", table(), 0, IGNORED + ":does not describe",
        words="--schema=auto other.csv", **{"other.csv": CSV, "csv-metadata.json": table()}),
    one("beside it, and wrong", table(), 1, "type-mismatch", words="--schema=auto t.csv",
        csv="id,name\nx,a\n", **{"t.csv-metadata.json": table()}),
    one("nothing beside it", table(), 0, words="--schema=auto t.csv", csv="id,name\nx,a\n"),
    one("several tables for another file", {"@context": NS, "tables": [
        {"url": "t.csv"}, {"url": "u.csv"}]}, 2, words="--schema=m.json other.csv",
        **{"other.csv": CSV}),
    one("with a manifest", table(), 2, words="--schema=m.json --columns=a,b t.csv"),
    one("percent and dots", table(**{"url": "./a%20b.csv"}), 0, **{"a b.csv": CSV}),
]
REMOTE = {"@context": NS, "url": "http://example.org/t.csv", "tableSchema": {"columns": COLUMNS}}


def write(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    encoding = "iso-8859-2" if "ž" in text else "utf-8"
    with open(path, "w", encoding=encoding, newline="") as file:
        file.write(text)


def run(tool, folder, words):
    done = subprocess.run([tool, "validate", "-f", "json"] + shlex.split(words), cwd=folder,
                          capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    found = []
    for line in done.stdout.decode().splitlines():
        for finding in json.loads(line).get("findings", []):
            if finding["severity"] in ("error", "warning"):
                found.append(finding)
    return done.returncode, found, done.stderr.decode()


def fits(finding, wanted):
    rule, _, part = wanted.partition(":")
    return finding["rule"] == rule and part in finding["message"]


def check(tool, case):
    name, files, words, status, wanted = case
    with tempfile.TemporaryDirectory() as folder:
        for file, content in files.items():
            write(folder, file, content)
        got, found, text = run(tool, folder, words)
    left = list(found)
    for one_wanted in wanted:
        match = next((f for f in left if fits(f, one_wanted)), None)
        if match is None:
            return f"{name}: no {one_wanted}: exit {got}, {found} {text}"
        left.remove(match)
    if left or got != status:
        return f"{name}: exit {got} for {status}, {left} {text}"
    return None


def check_places(tool):
    """Findings about the metadata have line and column of the property."""
    with tempfile.TemporaryDirectory() as folder:
        write(folder, "t.csv", CSV)
        write(folder, "m.json", '{"@context":"' + NS + '","url":"t.csv",\n "foo":1}')
        _, found, _ = run(tool, folder, "--schema=m.json")
    places = [(f["line"], f["column"]) for f in found]
    return None if places == [(2, 2)] else f"places: {found}"


def check_remote(tool):
    """A table that is no local file cannot be judged, unless the user names a copy."""
    with tempfile.TemporaryDirectory() as folder:
        write(folder, "m.json", REMOTE)
        write(folder, "t.csv", CSV)
        alone, found, _ = run(tool, folder, "--schema=m.json")
        named, _, _ = run(tool, folder, "--schema=m.json t.csv")
    good = (alone == 2 and named == 0 and len(found) == 1
            and fits(found[0], UNSUPPORTED + ":http://example.org/t.csv") and found[0]["line"] == 1)
    return None if good else f"remote: {alone} {named} {found}"


def main():
    tool = os.path.abspath(sys.argv[1])
    bad = [check(tool, case) for case in CASES] + [check_places(tool), check_remote(tool)]
    bad = [text for text in bad if text is not None]
    print("\n".join(bad))
    print(f"{len(CASES)} cases, {len(bad)} otherwise")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
