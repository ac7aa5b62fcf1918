#!/usr/bin/env python3
"""Runs the public validation tests of W3C CSVW (w3c/csvw) with csvkit validate.

    csvw_suite.py CSVKIT FOLDER [NUMBER]...    judges the tests, all or the ones named
    csvw_suite.py CSVKIT FOLDER --table        prints the table of doc/csvw.md

FOLDER holds manifest-validation.jsonld and its files. Each test says what a validator must do:
nothing (positive), warn (warning), or refuse (negative). A positive test is passed when csvkit
exits with 0 and reports neither an error nor a warning about the metadata; a warning test when it
exits with 0 and warns about the metadata; a negative test when it exits with 1 because of the
metadata, a value, a key or the header. Exit status 2 (not supported) is never a pass.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

# What needs HTTP: each with the reason. Neither passed nor failed.
NOT_RUN = {
    14: "Link header", 16: "Link header", 120: "Link header", 122: "Link header",
    259: "site-wide location", 260: "site-wide location",
}
GROUPS = [
    ("formats of values", [(152, 194), (245, 248), (279, 304)]),
    ("lengths, ranges, lists", [(195, 198), (202, 215), (228, 230)]),
    ("required, null, header", [(124, 126), (278, 278)]),
    ("keys in one table", [(231, 234)]),
    ("foreign keys", [(250, 258)]),
    ("tables, finding metadata", [(1, 38), (116, 123), (235, 237), (249, 249), (259, 260),
                                  (305, 307)]),
    ("properties of the metadata", [(39, 115), (127, 151), (199, 201), (216, 227), (238, 244),
                                    (261, 277), (308, 308)]),
]
# Rules of the profile that have nothing to do with CSVW; the suite's files have no LF at their end.
PROFILE = ["--profile=rfc4180"]
RULES_OF_SCHEMA = {"schema-invalid", "schema-ignored", "schema-unsupported"}
# A negative test must be refused for what it is about, where the verdict alone would prove nothing.
REASONS = {302: "header-mismatch"}


def number_of(entry):
    return int(entry["id"].rsplit("test", 1)[1])


def command(tool, entry, folder):
    """The words of the command for one test, run in `folder`."""
    action = entry["action"]
    words = [tool, "validate", "-f", "json"] + PROFILE
    metadata = entry.get("option", {}).get("metadata")
    if metadata is not None:
        return words + ["--schema=" + metadata, action]
    if action.endswith(".json"):
        return words + ["--schema=" + action]
    return words + ["--schema=auto", action]


def prepare(entry, folder):
    """A URL with a query is a file whose name has it."""
    action = entry["action"]
    if "?" in action:
        shutil.copy(os.path.join(folder, action.split("?")[0]), os.path.join(folder, action))


def run(tool, entry, folder):
    prepare(entry, folder)
    done = subprocess.run(command(tool, entry, folder), cwd=folder, capture_output=True, timeout=60)
    subjects = [json.loads(line) for line in done.stdout.decode().splitlines() if line.strip()]
    found = set()
    for subject in subjects:
        for finding in subject.get("findings", []):
            found.add((finding["rule"], finding["severity"]))
    return done.returncode, found, done.stderr.decode()


def judge(entry, status, found):
    kind = entry["type"].split(":")[1]
    errors = {rule for rule, severity in found if severity == "error"}
    warned = ("schema-ignored", "warning") in found
    if kind == "NegativeValidationTest":
        wanted = REASONS.get(number_of(entry))
        return status == 1 and bool(errors) and (wanted is None or wanted in errors)
    if kind == "WarningValidationTest":
        return status == 0 and not errors and warned
    return status == 0 and not errors and not warned


def main():
    tool, folder, rest = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    table = "--table" in rest
    chosen = {int(word) for word in rest if word.isdigit()}
    with open(os.path.join(folder, "manifest-validation.jsonld"), encoding="utf-8") as file:
        entries = json.load(file)["entries"]
    results = {}
    with tempfile.TemporaryDirectory() as room:
        copy = os.path.join(room, "tests")
        shutil.copytree(folder, copy)
        for entry in entries:
            number = number_of(entry)
            if chosen and number not in chosen or number in NOT_RUN:
                continue
            status, found, text = run(tool, entry, copy)
            passed = judge(entry, status, found)
            results[number] = "pass" if passed else "unsupported" if status == 2 else "fail"
            if (not passed and not table) or chosen:
                print(f"test{number:03d} {entry['type'][5:13]} {results[number]}: exit {status}, "
                      f"{sorted(found)} {text.strip()}")
    if table:
        print_table(entries, results)
        return 0
    bad = [n for n, result in sorted(results.items()) if result != "pass"]
    print(f"{len(results) - len(bad)} of {len(results)} tests passed, {len(NOT_RUN)} need HTTP")
    return 1 if bad else 0


def print_table(entries, results):
    print("| group | tests | passed | refused as not supported | other verdict | need HTTP |")
    print("|---|---|---|---|---|---|")
    for name, ranges in GROUPS + [("all", [(1, 999)])]:
        numbers = [number_of(e) for e in entries
                   if any(a <= number_of(e) <= b for a, b in ranges)]
        count = [sum(results.get(n) == word for n in numbers)
                 for word in ("pass", "unsupported", "fail")]
        http = sum(n in NOT_RUN for n in numbers)
        print(f"| {name} | {len(numbers)} | {count[0]} | {count[1]} | {count[2]} | {http} |")


if __name__ == "__main__":
    sys.exit(main())
