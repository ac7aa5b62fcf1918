"""folders.py - advice about slices and manifests, followed: what `merge` and `manifest check` say.

Usage: folders.py CSVKIT. Folders of slices are made, with and without headers and manifests, and
manifests of one table. Whatever the two commands say that names an option, a key or a command needs a
row below, which says how a person follows it. Then `merge` has to give every record once and no other
one, under the right names; `manifest check` has to find fewer errors, and no error of another kind.
"""
import collections
import csv
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile

from rows import NAMES_COMMAND

CSVKIT = os.path.abspath(sys.argv[1])
NAMES = ["id", "name", "note"]
SLICES = [[["1", "Ann", "x"], ["2", "Bob", "a,b;c"]], [["3", "Cyd", ""]], [["4", "Eve", 'say "hi"']]]


def run(folder, *arguments):
    done = subprocess.run([CSVKIT, *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def write(path, rows, delimiter):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)


def read(path, delimiter):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter, strict=True))


# ---- merge ----

def with_columns(case):
    return ["--columns=" + ",".join(NAMES)]


# What is said, and the options that a person adds; None: whoever has this data would not.
MERGE = [
    (r"give --columns=A,B, or --header if every slice has a header, or --no-header(?: if none has one)?",
     [lambda case: None if case["headers"] else with_columns(case), lambda case: ["--header"] if case["headers"] else None,
      lambda case: None if case["headers"] else ["--no-header"]]),
    (r"give --columns=A,B, or --header if every slice has a header",
     [lambda case: None if case["headers"] else with_columns(case), lambda case: ["--header"] if case["headers"] else None]),
    (r"give --header if each slice has a header, --no-header with --columns if it is data",
     [lambda case: ["--header"] if case["headers"] else None,
      lambda case: None if case["headers"] else ["--no-header", *with_columns(case)]]),
    (r"give --header if every slice has a header", [lambda case: ["--header"] if case["headers"] else None]),
]


def merge_cases():
    for delimiter, headers, manifest, like_names in itertools.product(",;\t", (True, False), ("none", "columns", "header", "no columns"), (True, False)):
        yield {"delimiter": delimiter, "headers": headers, "manifest": manifest, "like_names": like_names and not headers}


def make_slices(case, folder):
    """With like_names the first record of the first slice is data that looks like the header."""
    slices = [list(rows) for rows in SLICES]
    if case["like_names"]:
        slices[0].insert(0, list(NAMES))
    os.mkdir(os.path.join(folder, "t"))
    for number, rows in enumerate(slices):
        write(os.path.join(folder, "t", f"part{number}.csv"), [NAMES, *rows] if case["headers"] else rows, case["delimiter"])
    manifest = {"delimiter": case["delimiter"], "enclosure": '"'}
    if case["manifest"] in ("columns", "header"):
        manifest["columns"] = NAMES
    if case["manifest"] == "header":
        manifest["has_header"] = case["headers"]
    if case["manifest"] != "none":
        with open(os.path.join(folder, "t.manifest"), "w", encoding="utf-8") as file:
            json.dump(manifest, file)
    return [row for rows in slices for row in rows]


def judge_merged(folder, case, options, records):
    out = os.path.join(folder, "out.csv")
    if not os.path.exists(out):
        return "nothing was written"
    rows = read(out, case["delimiter"])
    wanted = records if "--no-header" in options and not any(o.startswith("--columns") for o in options) else [NAMES, *records]
    return None if rows == wanted else f"it holds {rows}"


def follow_merge(case, told, folder, base, records):
    """(row, what is wrong or None) of each way in which the advice is followed."""
    for number, (text, ways) in enumerate(MERGE):
        if not re.search(text, told):
            continue
        for way in ways:
            options = way(case)
            if options is None:
                continue
            _, said = run(folder, "merge", *base, *options, "t", "-o", "out.csv")
            wrong = judge_merged(folder, case, options, records)
            leads_on = wrong == "nothing was written" and said != told and NAMES_COMMAND.search(said)
            yield f"merge {number + 1}", None if wrong is None or leads_on else f"{case} {options}: {wrong}: {said}"
            if os.path.exists(os.path.join(folder, "out.csv")):
                os.remove(os.path.join(folder, "out.csv"))
        return
    if NAMES_COMMAND.search(told):
        yield "merge", f"{case}: unknown advice: {told}"


def check_merge():
    for case in merge_cases():
        with tempfile.TemporaryDirectory() as folder:
            records = make_slices(case, folder)
            base = [] if case["manifest"] != "none" or case["delimiter"] == "," else ["--delimiter=" + case["delimiter"]]
            status, told = run(folder, "merge", *base, "t", "-o", "out.csv")
            if status == 0:
                wrong = judge_merged(folder, case, base, records)
                yield "merge at once", wrong and f"{case}: {wrong}"
            else:
                yield from follow_merge(case, told, folder, base, records)


# ---- manifest check ----

GOOD = {"columns": ["id", "name"], "delimiter": ",", "enclosure": '"', "primary_key": ["id"]}
MANIFESTS = {
    "header": (GOOD, "id,name\n1,a\n2,b\n"),
    "delimiter": ({**GOOD, "delimiter": ";"}, "1,a\n2,b\n3,c\n"),
    "no delimiter": ({"columns": ["id", "name"]}, "1;a\n2;b\n3;c\n"),
    "apostrophes": (GOOD, "1,'a'\n2,'b'\n3,'c,d'\n"),
    "backslash": (GOOD, '1,"a \\"b\\" c"\n2,b\n'),
    "latin": (GOOD, "1,Zo\xeb\n2,Bj\xf6rn\n3,Jos\xe9\n4,M\xfcller\n"),
    "utf-16": (GOOD, "1,a\n2,b\n".encode("utf-16")),
    "line breaks": (GOOD, "1,a\r2,b\r"),
    "quotes": (GOOD, '1,a "b" c\n2,b\n'),
    "short": (GOOD, "1,a\n2\n3,c\n"),
    "twice": (GOOD, "1,a\n1,b\n"),
    "legacy": ({**GOOD, "column_metadata": {"id": [{"key": "KBC.datatype.basetype", "value": "INTEGER"}]}}, "1,a\n2,b\n"),
    "sep": (GOOD, "sep=,\n1,a\n2,b\n"),
    "workbook": (GOOD, b"PK\x03\x04" + bytes(40)),
    "total": (GOOD, "1,a\n2,b\n3,c\nTotal\n"),
    "empty": (GOOD, ""),
}


def with_manifest(change):
    def follow(folder):
        path = os.path.join(folder, "t.csv.manifest")
        with open(path, encoding="utf-8") as file:
            manifest = json.load(file)
        manifest.update(change)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(manifest, file)
    return follow


def by_command(*arguments):
    def follow(folder):
        target = "t.csv" if arguments[0] == "normalize" else "t.csv.manifest"
        source = target if arguments[1] == "convert" else "t.csv"
        _, said = run(folder, *arguments, source, "-o", "made")
        if os.path.exists(os.path.join(folder, "made")):
            os.replace(os.path.join(folder, "made"), os.path.join(folder, target))
            return ""
        return said
    return follow


def nothing(folder):
    """The advice needs what no file holds."""


# A command that reads the data needs what the manifest says of it.
NAMED = ("--no-header", "--columns=id,name")
TYPED = by_command("manifest", "create", *NAMED, "--primary-key=id", "--data-type=auto")
MANIFEST = [
    (r'say in the manifest that there is one: "has_header": true\.', [with_manifest({"has_header": True})]),
    (r"csvkit manifest convert --to=native; or write it with types: csvkit manifest create --data-type=auto",
     [by_command("manifest", "convert", "--to=native"), TYPED]),
    (r"csvkit manifest create --data-type=auto", [TYPED]),
    (r"csvkit normalize --line-break=crlf", [nothing]),
    (r"csvkit normalize --skip-tail=1 does", [by_command("normalize", "-q", *NAMED, "--skip-tail=1")]),
    (r"--encoding=NAME", [nothing]),
    (r"csvkit normalize --encoding=auto does", [by_command("normalize", "-q", *NAMED, "--encoding=auto")]),
    (r"with --encoding=([\w-]+)\.", [nothing]),
    (r"--delimiter=", [nothing]),
    (r"--enclosure=", [nothing]),
    (r"--escape=", [nothing]),
    (r"--columns", [nothing]),
    (r"csvkit normalize", [nothing]),
]


def judged(folder, support):
    _, said = run(folder, "manifest", "check", "--format=json", "--data-type-support=" + support, "t.csv.manifest")
    said = json.loads(said)
    return said["errors"], {found["rule"] for found in said["findings"] if found["severity"] == "error"}


def make_table(folder, manifest, data):
    with open(os.path.join(folder, "t.csv"), "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode("latin-1"))
    with open(os.path.join(folder, "t.csv.manifest"), "w", encoding="utf-8") as file:
        json.dump(manifest, file)


def check_manifests():
    for (name, (manifest, data)), support in itertools.product(MANIFESTS.items(), ("none", "authoritative")):
        with tempfile.TemporaryDirectory() as folder:
            make_table(folder, manifest, data)
            _, told = run(folder, "manifest", "check", "--data-type-support=" + support, "t.csv.manifest")
            for help_text in re.findall(r"^ +help: (.*)$", told, re.M):
                yield from follow_manifest(name, manifest, data, support, help_text)


def follow_manifest(name, manifest, data, support, help_text):
    ways = next((ways for text, ways in MANIFEST if re.search(text, help_text)), None)
    if ways is None:
        if NAMES_COMMAND.search(help_text):
            yield "manifest", f"{name}: unknown advice: {help_text}"
        return
    for way in ways:
        if way is nothing:
            continue
        with tempfile.TemporaryDirectory() as folder:
            make_table(folder, manifest, data)
            before, kinds = judged(folder, support)
            said = way(folder)
            after, then = judged(folder, support)
            # Of a table without types a conversion makes one without types: that is told next.
            better = (after < before and not then - kinds) or (said and "csvkit" in said) or (
                "convert" in help_text and "proposes them" in run(folder, "manifest", "check", "--data-type-support=" + support, "t.csv.manifest")[1])
            yield "manifest", None if better else f"{name}: {help_text!r}: {before} {kinds}, then {after} {then}"


def main():
    followed, bad = collections.Counter(), 0
    for row, wrong in itertools.chain(check_merge(), check_manifests()):
        followed[row] += 1
        if wrong:
            print("harmful advice: " + wrong)
            bad += 1
    print("followed: " + ", ".join(f"{row} {count}" for row, count in sorted(followed.items())))
    sys.exit(bad != 0 or len(followed) < 3)


main()
