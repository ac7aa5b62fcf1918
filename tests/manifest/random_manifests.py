#!/usr/bin/env python3
"""random_manifests.py - random manifests, judged by csvkit and by the platform's rules.

  random_manifests.py CSVKIT [COUNT] [SEED ...]

For each seed, COUNT manifests are made (made_manifests.py). `csvkit manifest check` judges them, a
few hundred in one process, and platform_rules.py does. Fails

  - when the platform refuses something that csvkit does not name;
  - when csvkit refuses what the platform takes, unless DIFFERENCES lists it, with a reason;
  - when `manifest convert` or `manifest create` writes what either of the two refuses;
  - when a manifest is taken for one of another kind.
"""
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import platform_rules
from made_manifests import NAMES, TYPES, Case, make, some, sometimes

BATCH = 500

# --- what csvkit says ----------------------------------------------------------------------------

Report = collections.namedtuple("Report", "kind errors")  # errors: (rule, path, message)


def path_of(text):
    """`$.schema[0]["a b"]` -> ("schema", 0, "a b")"""
    keys, at = [], 1
    while at < len(text):
        if text[at] == ".":
            end = re.compile(r"[.\[]|$").search(text, at + 1).start()
            keys.append(text[at + 1:end])
        else:
            key, end = json.JSONDecoder().raw_decode(text, at + 1)
            keys.append(key)
            end += 1
        at = end
    return tuple(keys)


def read_reports(text):
    at, decoder = 0, json.JSONDecoder()
    while at < len(text.rstrip()):
        report, at = decoder.raw_decode(text, at)
        while text[at:at + 1].isspace():
            at += 1
        yield Report(report["kind"], [(f["rule"], path_of(f["path"]), f["message"])
                                      for f in report["findings"] if f["severity"] == "error"])


def write(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return path


def check(tool, cases, folder):
    """The reports about the cases, in their order."""
    paths = [write(os.path.join(folder, case.folder), f"t{i}.manifest", case.text)
             for i, case in enumerate(cases)]
    reports = {}
    for files in (False, True):
        some_paths = [path for path, case in zip(paths, cases)
                      if (case.kind == "out-file") == files]
        if some_paths:
            done = subprocess.run([tool, "manifest", "check", "-f", "json", "--max-findings=0",
                                   "--no-data", *(["--files"] if files else []), *some_paths],
                                  stdout=subprocess.PIPE, check=False, encoding="utf-8")
            assert done.returncode in (0, 1), f"exit {done.returncode}"
            reports.update(zip(some_paths, read_reports(done.stdout)))
    assert len(reports) == len(paths)
    return [reports[path] for path in paths]


# --- the comparison ------------------------------------------------------------------------------


def value_at(value, path):
    """The value at the path, or None."""
    for key in path:
        if isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        elif isinstance(value, dict):
            value = value.get(key, value.get(str(key).replace("_", "-")))
        else:
            return None
    return value


def is_clean(name):
    """Storage: up to 64 of letters, digits and _ remain of a name that is cleaned."""
    rest = re.sub("[^A-Za-z0-9_]+", "_", str(name)).strip("_")
    return rest != "" and len(rest) <= 64


def as_text(value):
    """PHP's strval."""
    return "1" if value is True else "" if value is None or value is False else str(value)


def column_names(manifest):
    """The names as text; a name in a schema that is no text and becomes none is no name."""
    schema = [one for one in manifest.get("schema") or [] if isinstance(one, dict)]
    if not schema:
        return [as_text(name) for name in manifest.get("columns") or []
                if not isinstance(name, (list, dict))]
    return [as_text(one.get("name")) for one in schema
            if isinstance(one.get("name"), (str, int)) and one["name"] is not False]


def keys_of(node_class):
    known = (platform_rules.TABLE, platform_rules.FILE, platform_rules.SCHEMA_COLUMN,
             platform_rules.FILTER)
    return [key for fields in known for key, node in fields.fields.items()
            if isinstance(node, node_class)]


BOOLEANS = keys_of(platform_rules.Boolean)
LISTS = keys_of(platform_rules.ListOf) + ["where_filters"]
OBJECTS = ["column_metadata", "table_metadata", "metadata"]


def is_list_place(path):
    """Where the documentation has a list: under a key, or under a column in column_metadata."""
    return path[-1] in LISTS or (path[0] == "column_metadata" and len(path) == 2)


def is_pair_place(path):
    return len(path) == {"metadata": 2, "column_metadata": 3}.get(path[0])


def bad_mark(value, empty_is_good):
    """Storage: a delimiter or an enclosure is one byte, and no line break."""
    if value == "":
        return not empty_is_good
    return len(value.encode()) != 1 and value != "\\t" or value in ("\r", "\n")


def bad_dialect(root):
    delimiter, enclosure = root.get("delimiter", ","), root.get("enclosure", '"')
    return bad_mark(delimiter, False) or bad_mark(enclosure, True) or delimiter == enclosure


def names_collide(root):
    cleaned = [re.sub("[^a-z0-9_]+", "_", name.lower()).strip("_") for name in column_names(root)]
    return len(set(cleaned)) < len(cleaned)


def is_no_column(path, value, root):
    return (path[0] in ("primary_key", "distribution_key", "delete_where_column")
            and as_text(value).strip() not in column_names(root))


# Where csvkit refuses what the platform's classes take: (name, reason, rules of csvkit, test). The
# test gets the path, the value there, and the whole manifest.
def bad_length(length, data_type):
    """Whether both backends refuse the length of a base type, which counts without their own types."""
    numeric = re.fullmatch(r"(\d+)(?:,(\d+))?", length)
    return len(data_type) == 1 and {
        "NUMERIC": not numeric or not max(int(numeric[2] or 0), 1) <= int(numeric[1]) <= 38,
        "STRING": not re.fullmatch("[1-9][0-9]*", length),
        "TIMESTAMP": not re.fullmatch("[0-9]", length)}.get(data_type["base"]["type"].upper(), True)


DIFFERENCES = [
    ("null for true or false", "read as true, which is not what null says", "type",
     lambda path, value, root: value is None and path[-1] in BOOLEANS),
    ("true for a list or an object", "read as an empty one, which is not what true says",
     "type column-metadata",
     lambda path, value, root: value is True and (is_list_place(path) or path[-1] in OBJECTS)),
    ("an object for a list", "its keys go on to Storage, which documents lists",
     "type column-metadata",
     lambda path, value, root: isinstance(value, dict) and value and is_list_place(path)),
    ("a list for column_metadata", "the form with a `name` in each element is documented nowhere",
     "type", lambda path, value, root: path == ("column_metadata",) and isinstance(value, list)
     and value),
    ("metadata that is no map", "dropped, silently", "type",
     lambda path, value, root: path[-1] in ("table_metadata", "metadata") and path[0] != "metadata"
     and not isinstance(value, dict) and value is not None),
    ("lists and objects in a map of metadata", "stored as the word Array", "column-metadata",
     lambda path, value, root: isinstance(value, (list, dict)) and (
         path[:-1] == ("table_metadata",) or path[0] + path[-2] == "schemametadata")),
    ("metadata without a key", "Storage has no metadata without a key", "column-metadata",
     lambda path, value, root: is_pair_place(path) and as_text(value.get("key")) == ""),
    ("null, true, [] as an entry of metadata", "it has no key", "type",
     lambda path, value, root: is_pair_place(path) and value in (None, True, [])),
    ("null, true as a manifest", "a manifest is an object", "not-object",
     lambda path, value, root: root in (None, True)),
    ("a backend's type without a name", "Storage has no such type", "data-type",
     lambda path, value, root: path[-1] in ("snowflake", "bigquery") and value.get("type") == ""),
    ("an unknown base type", "Storage makes no table of it", "data-type",
     lambda path, value, root: path[-2:] == ("base", "type") and value not in TYPES["base"]),
    ("a length that no column of the type has", "Storage refuses the definition", "data-type",
     lambda path, value, root: path[-2:] == ("base", "length") and bad_length(
         as_text(value), root["schema"][int(path[1])]["data_type"])),
    ("a dialect that Storage refuses", "invalidCsv", "dialect",
     lambda path, value, root: bad_dialect(root)),
    ("a name that Storage refuses", "empty, too long, or nothing is left after cleaning",
     "column-name", lambda path, value, root: not is_clean(as_text(value))),
    ("two columns of one name", "Storage refuses them after cleaning, in any letter case",
     "column-collision", lambda path, value, root: names_collide(root)),
    ("a key, or rows to delete, by a column that is not there", "Storage refuses the load",
     "primary-key delete-where", is_no_column),
    ("_timestamp in a key", "it is no column of the data", "system-column",
     lambda path, value, root: path[0] in ("primary_key", "distribution_key")
     and value.strip().lower() == "_timestamp"),
    ("a destination that Storage refuses", "no such stage, or signs that names do not have",
     "destination", lambda path, value, root: not re.fullmatch(
         r"((in|out|sys)\.[A-Za-z0-9_-]+\.)?[A-Za-z0-9_-]+", value)),
]


def excuse(error, root):
    """The name of the difference that the error is, or None."""
    rule, path, _ = error
    value, path = value_at(root, path), spelled(path) or ("",)
    for name, _, rules, test in DIFFERENCES:
        if rule.removeprefix("manifest-") in rules.split() and test(path, value, root):
            return name
    return None


def spelled(path):
    """With underscores for dashes, and with indices as text: the platform has one kind of keys."""
    return tuple(str(key).replace("-", "_") for key in path)


def related(error, refusal):
    """csvkit names the place of the refusal, or a place around it, or inside of it."""
    rule, path, message = error
    (where, word) = refusal
    path, where = spelled(path), spelled(where)
    if path == ():
        return where == () or rule == "manifest-not-object" or (rule == "manifest-conflict" and all(
            part in message for part in (where[0],)))
    return where != () and path[:len(where)] == where[:len(path)]


def compare(case, report):
    """What is wrong, as text, and the names of the differences that excuse the rest."""
    try:
        root = platform_rules.parse(case.text)
    except platform_rules.Unreadable:
        return ([] if report.errors else ["not JSON, but accepted"]), []
    judge = platform_rules.judge_file if case.kind == "out-file" else platform_rules.judge_table
    refusals = platform_rules.Refused() if case.kind == "in-table" else judge(root)
    wrong = [f"the platform refuses {where}: {word}" for where, word in refusals
             if not any(related(error, (where, word)) for error in report.errors)]
    excused = []
    for error in report.errors:
        if any(related(error, refusal) for refusal in refusals + refusals.later):
            continue
        name = excuse(error, root)
        if name is None:
            wrong.append(f"csvkit refuses {error[1]}: {error[0]}: {error[2]}")
        else:
            excused.append(name)
    if report.kind not in (None, case.kind):
        wrong.append(f"taken for {report.kind}")
    return wrong, excused


# --- what csvkit writes --------------------------------------------------------------------------


def written_case(text):
    return Case("out-table", text, "out/tables")


def convert(tool, cases, folder):
    """What `manifest convert` makes of the cases, in both generations."""
    written = []
    for case in cases:
        path = write(folder, "one.manifest", case.text)
        for to in ("native", "legacy"):
            done = subprocess.run([tool, "manifest", "convert", f"--to={to}", "--kind=out", path],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
                                  encoding="utf-8")
            assert done.returncode in (0, 1), f"{to}: exit {done.returncode}: {case.text}"
            if done.returncode == 0:
                written.append((case.text, written_case(done.stdout)))
    return written


def create(tool, rng, folder):
    """What `manifest create` writes for random options; its options, and its output or None."""
    names = rng.choice([some(rng, NAMES, 1), some(rng, NAMES, 1), some(rng, ["0", "1", "2"], 1)])
    table = write(folder, "table.csv", ",".join(names) + "\n" + ",".join("1" * len(names)) + "\n")
    options = ["--destination=" + rng.choice(["in.c-main.orders", "orders"])] * sometimes(rng)
    options += ["--incremental"] * sometimes(rng, 0.3) + ["--write-always"] * sometimes(rng, 0.3)
    options += [rng.choice(["--schema", "--legacy"])] * sometimes(rng, 0.7)
    if sometimes(rng):
        options.append("--primary-key=" + ",".join(some(rng, names, 1)))
    if sometimes(rng, 0.4):
        options.append(f"--description={rng.choice(['text', ''])}")
    for key in some(rng, ["owner", "KBC.description", "my-key"]):
        options.append(f"--metadata={key}={rng.choice(['v', ''])}")
    for name in some(rng, names):
        options.append(f"--column-metadata={name}:{rng.choice(['unit', 'KBC.description'])}=x")
    for name in some(rng, names):
        options.append(f"--data-type={name}={rng.choice(TYPES['base'])}")
    if sometimes(rng, 0.3):
        options += [f"--delete-where-column={rng.choice(names)}", "--delete-where-values=1,2"]
    done = subprocess.run([tool, "manifest", "create", table, "-o", "-", *options], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    assert done.returncode in (0, 1, 2), f"create: exit {done.returncode}"
    return " ".join(options), done.stdout if done.returncode == 0 else None


def judge_written(tool, written, folder):
    """What is wrong with manifests that csvkit wrote: (what they come from, case)."""
    for i in range(0, len(written), BATCH):
        batch = written[i:i + BATCH]
        for (origin, case), report in zip(batch, check(tool, [one for _, one in batch], folder)):
            refusals = platform_rules.judge_table(platform_rules.parse(case.text))
            if report.errors or refusals:
                yield f"written from {origin}\n  {case.text}\n  {report.errors}\n  {refusals}"


# --- the run -------------------------------------------------------------------------------------


def run(tool, count, seed, folder):
    rng = random.Random(seed)
    wrong, accepted, excuses = [], [], collections.Counter()
    refused = 0
    for begin in range(0, count, BATCH):
        cases = [make(rng) for _ in range(min(BATCH, count - begin))]
        for case, report in zip(cases, check(tool, cases, os.path.join(folder, "check"))):
            problems, excused = compare(case, report)
            wrong += [f"{problem}\n  {case.kind}: {case.text}" for problem in problems]
            excuses.update(excused)
            refused += bool(report.errors)
            if case.kind == "out-table" and not report.errors:
                accepted.append(case)
    written = convert(tool, accepted[:count // 4], os.path.join(folder, "convert"))
    created = [create(tool, rng, folder) for _ in range(count // 20)]
    written += [(options, written_case(text)) for options, text in created if text]
    wrong += judge_written(tool, written, os.path.join(folder, "written"))
    print(f"seed {seed}: {count} manifests, {refused} refused, {len(written)} written, "
          f"{len(wrong)} differences; {sum(excuses.values())} are listed: "
          f"{', '.join(f'{n} {name}' for name, n in sorted(excuses.items()))}", flush=True)
    return wrong


def main():
    tool = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    seeds = [int(seed) for seed in sys.argv[3:]] or [1]
    os.environ.pop("KBC_DATA_TYPE_SUPPORT", None)
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            wrong += run(tool, count, seed, os.path.join(folder, str(seed)))
    for text in wrong[:20]:
        print(text)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
