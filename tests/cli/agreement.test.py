"""agreement.test.py - one table, described in many ways, read by every command: one answer.

Usage: agreement.test.py CSVKIT. A row says who names the columns, who says what about the header,
how the data begins, and whether it is in slices. `expected` is the oracle: it knows nothing of the
program, only the rules in the head of manifest/table_definition.h. Each command that can be given
the row must refuse it or not as the oracle says, tell exactly the rules about header and width that
it says, and find the same columns and as many rows of data. What tells of each table apart is given
many at once: those it has to refuse apart from those it has to take, so that its status speaks of all.
"""
import concurrent.futures
import csv
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile

CSVKIT = os.path.abspath(sys.argv[1])
COLUMNS = ["id", "name"]

# ---- the rows ---------------------------------------------------------------------------------------

# How the data begins; the records after it are those of `BODY`.
FIRST = {
    "equal": "id,name\n",
    "folded": "ID,Name\n",
    "moved": "name,id\n",
    "other": "nr,title\n",
    "wide": "id,name,more\n",
    "blank": "\nid,name\n",
    "none": "",
}
BODY = "1,a\n2,b\n"
WIDE_BODY = "1,a,u\n2,b,v\n"
# (who names the columns, who speaks about the header, what that one says)
DESCRIPTIONS = [
    (None, None, None), (None, "option", True), (None, "option", False), (None, "manifest", True),
    ("option", None, None), ("option", "option", True), ("option", "option", False),
    ("manifest", None, None), ("manifest", "manifest", True), ("manifest", "manifest", False),
    ("manifest", "option", True), ("manifest", "option", False),
    ("mapping", None, None), ("mapping", "mapping", True), ("mapping", "manifest", True),
]


class Row:
    def __init__(self, description, first, second=None):
        self.columns_by, self.header_by, self.header_said = description
        self.first, self.second = first, second
        self.sliced = second is not None

    def __str__(self):
        said = {None: "", True: " header", False: " no header"}[self.header_said]
        return (f"columns by {self.columns_by},{said} by {self.header_by}, begins with {self.first}" +
                (f", next slice with {self.second}" if self.sliced else ""))

    def files(self):
        def text(first):
            return FIRST[first] + (WIDE_BODY if first == "wide" else BODY)
        return [text(self.first)] + ([text(self.second)] if self.sliced else [])

    def options(self):
        options = ["--columns=" + ",".join(COLUMNS)] if self.columns_by == "option" else []
        if self.header_by == "option":
            options.append("--header" if self.header_said else "--no-header")
        return options

    def manifest(self):
        """What the manifest says; None: there is none."""
        said = {"columns": COLUMNS} if self.columns_by == "manifest" else {}
        if self.header_by == "manifest":
            said["has_header"] = self.header_said
        return said or None

    def mapping(self):
        said = {"columns": COLUMNS} if self.columns_by == "mapping" else {}
        if self.header_by == "mapping":
            said["has_header"] = self.header_said
        return said or None


def rows():
    for description, first in itertools.product(DESCRIPTIONS, FIRST):
        yield Row(description, first)
    for description, second in itertools.product(DESCRIPTIONS, ("equal", "moved", "other", "none")):
        yield Row(description, "equal", second)
    for description in DESCRIPTIONS: # each slice has a header, of other names than the columns
        if description[0] in ("manifest", "mapping") and description[2]:
            for first, second in itertools.product(("other", "folded"), ("equal", "other", "folded", "none")):
                yield Row(description, first, second)


# ---- the oracle -------------------------------------------------------------------------------------

ERRORS = {"header-mismatch", "manifest-header", "shape", "not-one-table", "no-columns"}


class Answer:
    def __init__(self, rules, columns, records):
        self.rules, self.columns, self.records = frozenset(rules), columns, records
        self.refused = bool(self.rules & ERRORS)


def has_header(row):
    if row.header_by is not None:
        return row.header_said
    return row.columns_by in (None, "option") and not row.sliced


def judge_single(row, header):
    """The rules that the first file breaks."""
    first, told = row.first, set()
    denied = row.header_by == "option" and not row.header_said
    if first == "blank":
        told.add("shape")
    if row.columns_by is None:
        return told
    if first == "wide":
        told.add("shape")
    names = {"blank": "equal"}.get(first, first)
    if header and row.columns_by == "option":
        if names != "equal":
            told.add("header-mismatch")
    elif header:
        if names == "moved":
            told.add("header-mismatch")
        elif names in ("folded", "other", "none"):
            told.add("manifest-header-skipped")
    elif not denied:
        if names in ("equal", "folded"):
            told.add("manifest-header")
        elif names == "moved":
            told.add("header-mismatch")
    return told


def judge_next(row, header):
    """The rules that the second slice breaks, after a first one that begins with names."""
    denied = row.header_by == "option" and not row.header_said
    if header and row.columns_by in ("manifest", "mapping") and row.second != "moved":
        alike = {"folded": "equal"}
        same = alike.get(row.first, row.first) == alike.get(row.second, row.second)
        renamed = {"manifest-header-skipped"} if row.second != "equal" else set()
        return renamed if same else {"manifest-header"}
    if denied or (row.second == "equal" and header):
        return set()
    if header:
        return {"header-mismatch"}
    if row.columns_by is None:
        return {"equal": {"header-repeated"}, "moved": {"header-mismatch"},
                "other": {"not-one-table"}, "none": set()}[row.second]
    return {"equal": {"manifest-header"}, "moved": {"header-mismatch"}}.get(row.second, set())


def expected(row):
    header = has_header(row)
    told = judge_single(row, header)
    if row.sliced:
        told |= judge_next(row, header)
    files = row.files()
    records = sum(len(list(csv.reader(text.splitlines()))) for text in files)
    records -= len(files) if header else 0
    names = next(csv.reader(files[0].strip().splitlines())) if header else []
    return Answer(told, COLUMNS if row.columns_by else names, records)


# ---- the commands -----------------------------------------------------------------------------------

CLASSES = {"field-count": "shape", "manifest-width": "shape", "blank-line": "shape",
           "trailing-delimiter": "shape", "preflight-slices-differ": "shape",
           "manifest-sliced-columns": "no-columns", "header-mismatch": "header-mismatch",
           "manifest-header": "manifest-header", "header-repeated": "header-repeated",
           "manifest-header-skipped": "manifest-header-skipped"}


def classes(ids):
    return frozenset(CLASSES[i] for i in ids if i in CLASSES)


def ids_in(text):
    return classes(re.findall(r"(?:error|warning)\[([a-z-]+)\]", text) +
                   re.findall(r": (?:warning: )?([a-z]+(?:-[a-z]+)+): ", text))


class Run:
    def __init__(self, arguments, folder, environment=None):
        env = {k: v for k, v in os.environ.items() if not k.startswith("KBC_")}
        done = subprocess.run([CSVKIT, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False, env={**env, **(environment or {})})
        self.status, self.out = done.returncode, done.stdout.decode()
        self.err = done.stderr.decode()
        self.refused = self.status == 1
        self.rules, self.columns, self.records = ids_in(self.err), None, None
        if "not the slices of one table" in self.err + self.out:
            self.rules |= {"not-one-table"}


class Told:
    """What a run over several tables says of one of them."""
    def __init__(self, report):
        self.refused, self.err = not report["valid"], json.dumps(report.get("findings"))
        self.rules, self.columns, self.records = classes(report.get("rules", ())), None, None
        if "not the slices of one table" in report.get("error", ""):
            self.rules |= {"not-one-table"}


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def data_at(row, folder, name):
    """Writes the data and its manifest; returns the path of the data."""
    files = row.files()
    path = os.path.join(folder, name)
    if row.sliced:
        for i, text in enumerate(files):
            put(f"{path}/p{i}", text)
    else:
        put(path, files[0])
    manifest = row.manifest()
    if manifest is not None:
        destination = "in.c-main." + name.removesuffix(".csv")
        put(path + ".manifest", json.dumps({"destination": destination, **manifest}))
    return path


def validate(row, folder):
    if row.manifest() is None:
        return None # validate_together does
    run = Run(["validate", "--profile=keboola", "--format=json", "--manifest=t.csv.manifest", *row.options(),
               "t.csv"], folder)
    reports = [json.loads(line) for line in run.out.splitlines()]
    if reports and "rules" in reports[0]:
        run.rules |= classes(i for report in reports for i in report["rules"])
        run.records = sum(r["records"] - r["dialect"]["header"] for r in reports)
        run.columns = reports[0]["column_names"] or []
    return run


def slice_(row, folder):
    options = [] if row.columns_by is not None or has_header(row) else ["--no-manifest"]
    run = Run(["slice", "t.csv", "-o", "out", "--any-size", *options, *row.options()], folder)
    if run.status == 2 and row.sliced and row.columns_by is None and row.header_by is None:
        return None # it asks for names, or for a word about the header
    if not run.refused:
        run.records = int(re.search(r"^out: \d+ slices?, (\d+) record", run.out, re.M).group(1))
        if not options:
            with open(os.path.join(folder, "out.manifest"), encoding="utf-8") as file:
                run.columns = json.load(file)["columns"]
    return run


def merge(row, folder):
    if not row.sliced or (row.columns_by is None and row.header_by is None):
        return None # merge asks for a header or for names
    run = Run(["merge", "t.csv", *row.options()], folder)
    if not run.refused:
        lines = list(csv.reader(run.out.splitlines()))
        names = has_header(row) or row.columns_by == "manifest" and row.header_by != "option" or \
            row.columns_by == "option"
        run.columns = lines[0] if names else None
        run.records = len(lines) - names
    run.first_only = True # it stops at the first defect
    return run


def processor(row, folder):
    if row.options() or row.mapping() or (row.columns_by is None and row.sliced):
        return None
    data_at(row, os.path.join(folder, "work/in/tables"), "t.csv")
    for name in ("in/files", "out/tables", "out/files"):
        os.makedirs(os.path.join(folder, "work", name))
    put(os.path.join(folder, "work/config.json"),
        json.dumps({"parameters": {"slice": {"any_size": True, "compress": "none"}}}))
    run = Run(["processor", "work"], folder, {"TMPDIR": folder})
    made = os.path.join(folder, "work/out/tables/t.csv.manifest")
    made = made if os.path.exists(made) else os.path.join(folder, "work/out/tables/t.manifest")
    if not run.refused and os.path.exists(made):
        with open(made, encoding="utf-8") as file:
            run.columns = json.load(file)["columns"]
        slices = made.removesuffix(".manifest")
        run.records = sum(len(list(csv.reader(open(os.path.join(slices, name), encoding="utf-8"))))
                          for name in os.listdir(slices))
    return run


def remote(command):
    def act(row, folder):
        target = ["in.c-main.t"] if command == "load" else []
        run = Run([command, "--dry-run", *target, "t.csv", *row.options()], folder,
                  {"KBC_URL": "http://127.0.0.1:9", "KBC_TOKEN": "x"})
        sent = re.search(r'"columns":(\[[^]]*\])', run.out)
        if sent is not None and not run.refused:
            run.columns = [c["name"] if isinstance(c, dict) else c
                           for c in json.loads(sent.group(1))]
        if sum(len(text) for text in row.files()) and run.status == 2:
            return None # it needs names that nobody gives
        return run
    return act


def normalize(row, folder):
    """It repairs, so only the names and the rows of what it takes as sound are compared."""
    if row.manifest() or row.mapping() or row.sliced or row.first in ("blank", "wide"):
        return None
    if row.columns_by == "option" and row.first != "equal":
        return None # there the names select columns, or name those that are sound in any case
    run = Run(["normalize", "t.csv", "-o", "clean.csv", *row.options()], folder)
    if run.status != 0:
        return run
    with open(os.path.join(folder, "clean.csv"), encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    run.columns = lines[0] if has_header(row) else None
    run.records = len(lines) - has_header(row)
    run.rules = None
    return run


COMMANDS = {"validate": validate, "slice": slice_, "merge": merge, "processor": processor,
            "load": remote("load"), "upload": remote("upload"), "normalize": normalize}


# ---- the commands that tell of each table apart ------------------------------------------------------

def validate_together(rows_by_name, folder):
    """Rows without manifests, and with the same options."""
    options = next(iter(rows_by_name.values())).options()
    run = Run(["validate", "--profile=keboola", "--format=json", *options, *rows_by_name], folder)
    reports = {}
    for report in map(json.loads, run.out.splitlines()):
        reports.setdefault(report["file"].split("/")[0], []).append(report)
    told = {}
    for name, of_table in reports.items():
        told[name] = Told(of_table[0])
        if "error" not in of_table[0]:
            told[name].refused = not all(report["valid"] for report in of_table)
            told[name].rules = classes(rule for report in of_table for rule in report["rules"])
            told[name].records = sum(r["records"] - r["dialect"]["header"] for r in of_table)
            told[name].columns = of_table[0]["column_names"] or []
    return run, told


def manifest_check(rows_by_name, folder):
    run = Run(["manifest", "check", "--format=json", *rows_by_name], folder)
    reports = [json.loads(line) for line in run.out.splitlines()]
    return run, {report["file"].removesuffix(".manifest"): Told(report) for report in reports}


def preflight(rows_by_name, folder, *more):
    tables = []
    for name, row in rows_by_name.items():
        os.makedirs(os.path.join(folder, "data/out/tables"), exist_ok=True)
        for made in (name, name + ".manifest"):
            if os.path.exists(os.path.join(folder, made)):
                os.rename(os.path.join(folder, made), os.path.join(folder, "data/out/tables", made))
        destination = "in.c-main." + name.removesuffix(".csv")
        tables.append({"source": name, "destination": destination, **(row.mapping() or {})})
    put(os.path.join(folder, "data/config.json"),
        json.dumps({"storage": {"output": {"tables": tables}}}))
    run = Run(["preflight", "--format=json", *more, "data"], folder)
    told = {}
    for table in json.loads(run.out)["tables"]:
        told[table["source"]] = Told(table)
        if not more:
            told[table["source"]].columns = table["columns"]
            told[table["source"]].records = table["records"]
    return run, told


def preflight_starts(rows_by_name, folder):
    """What the first records show is the same without the others."""
    return preflight(rows_by_name, folder, "--no-data")


# Each with the rows that it can be given; those with the same options go together.
TOGETHER = {
    "validate": (validate_together, lambda row: not row.mapping() and row.manifest() is None),
    "manifest check": (manifest_check, lambda row: row.manifest() and not row.options() and not row.mapping()),
    "preflight": (preflight, lambda row: not row.options()),
    "preflight --no-data": (preflight_starts, lambda row: not row.options()),
}


# ---- one row in one command -------------------------------------------------------------------------

def answer_for(command, row, answer):
    """Where a command has to say more: slices without columns cannot be loaded as a folder."""
    rules, no_table = set(answer.rules), command in ("manifest check", "preflight", "preflight --no-data")
    if row.sliced and row.columns_by is None and no_table:
        rules.add("no-columns")
    if "not-one-table" in rules and command not in ("validate", "slice"):
        rules.discard("not-one-table") # the others are told that it is one
    if command == "preflight --no-data":
        wide = row.columns_by is not None and row.first == "wide"
        rules -= set() if wide else {"shape"} # records further on are not looked at
    return Answer(rules, answer.columns, answer.records)


def compare(command, row, answer, run):
    wanted = answer_for(command, row, answer)
    wrong = []
    if run.refused != wanted.refused:
        wrong.append(f"refused: {run.refused}, expected {wanted.refused}")
    if getattr(run, "first_only", False):
        if run.refused and not run.rules & wanted.rules:
            wrong.append(f"tells {sorted(run.rules)}, none of {sorted(wanted.rules)}")
    elif run.rules is not None and run.rules != wanted.rules:
        quiet = command == "upload" and run.rules == wanted.rules - {"header-repeated"}
        quiet = quiet or command == "load" and run.rules == wanted.rules - {"header-repeated"}
        if not quiet:
            wrong.append(f"tells {sorted(run.rules)}, expected {sorted(wanted.rules)}")
    if not wanted.refused and run.columns is not None and run.columns != wanted.columns:
        wrong.append(f"columns {run.columns}, expected {wanted.columns}")
    if not wanted.refused and run.records is not None and run.records != wanted.records:
        wrong.append(f"{run.records} rows, expected {wanted.records}")
    return [f"{row}: {command}: {text}; {run.err.strip()[:300]}" for text in wrong]


def judge(row):
    wrong, runs = [], 0
    answer = expected(row)
    for command, act in COMMANDS.items():
        if row.mapping():
            continue
        with tempfile.TemporaryDirectory() as folder:
            data_at(row, folder, "t.csv")
            run = act(row, folder)
            if run is not None:
                runs += 1
                wrong += compare(command, row, answer, run)
    return wrong, runs


def groups(every):
    """The commands of TOGETHER, each with rows that it is given in one run."""
    for command, (act, takes) in TOGETHER.items():
        by = {}
        for row in filter(takes, every):
            refused = answer_for(command, row, expected(row)).refused
            by.setdefault((refused, *row.options()), []).append(row)
        for (refused, *_), some in by.items():
            yield command, act, refused, some


def judge_group(group):
    command, act, refused, some = group
    rows_by_name = {f"t{number}.csv": row for number, row in enumerate(some)}
    with tempfile.TemporaryDirectory() as folder:
        for name, row in rows_by_name.items():
            data_at(row, folder, name)
        run, told = act(rows_by_name, folder)
    if run.status != refused:
        wrong = [f"{command} of {len(some)} tables: exit {run.status}, expected {refused:d}; {run.err.strip()[:300]}"]
    else:
        wrong = []
    for name, row in rows_by_name.items():
        if name in told:
            wrong += compare(command, row, expected(row), told[name])
        else:
            wrong.append(f"{row}: {command}: nothing is told; {run.err.strip()[:300]}")
    return wrong, 1


# ---- names of columns -------------------------------------------------------------------------------

# What Storage makes of two names: takes them as they are, renames one, or refuses the table.
NAMES = {"id,name": "taken", "a b,c": "renamed", "Ž,c": "renamed", "a,a": "refused", "a,A": "refused",
         "a b,a-b": "refused", "_timestamp,b": "refused", "x" * 65 + ",b": "refused"}
TELLS = {
    "renamed": {"header-invalid-name", "manifest-column-name"},
    "refused": {"header-name-refused", "header-duplicate-name", "header-case-clash",
                "manifest-column-collision", "manifest-system-column", "manifest-column-name"},
    "taken": set(),
}


def judge_names(case):
    """The names of `case` in a header, in an option, in a manifest: judged once, with one verdict."""
    (names, verdict), told_by = case
    wrong, runs = [], 0
    commands = {"validate": ["validate", "--profile=keboola"],
                "slice": ["slice", "-o", "out", "--any-size"],
                "load": ["load", "--dry-run", "in.c-main.t"], "upload": ["upload", "--dry-run"],
                "preflight": ["preflight", "data"], "manifest check": ["manifest", "check"]}
    options = ["--no-header", "--columns=" + names] if told_by == "option" else []
    manifest = {"destination": "in.c-main.t"}
    if told_by == "manifest":
        manifest["columns"] = names.split(",")
    for command, arguments in commands.items():
        folders = command in ("preflight", "manifest check")
        if (folders and options) or (told_by == "manifest" and command == "validate"):
            continue # validate leaves the names of a manifest to manifest check
        with tempfile.TemporaryDirectory() as folder:
            for place in ("t.csv", "data/out/tables/t.csv"):
                put(f"{folder}/{place}", (names + "\n" if told_by == "header" else "") + "1,2\n")
                put(f"{folder}/{place}.manifest", json.dumps(manifest))
            run = Run(arguments + options + ([] if command == "preflight" else ["t.csv"]), folder,
                      {"KBC_URL": "http://127.0.0.1:9", "KBC_TOKEN": "x"})
        found = re.findall(r"(error|warning)\[([a-z-]+)\]", run.out + run.err)
        errors = [rule for severity, rule in found if severity == "error"]
        quiet = command in ("load", "upload") and verdict != "refused" # they show errors only
        runs += 1
        good = run.status == (1 if verdict == "refused" else 0) and \
            (quiet or set(rule for _, rule in found) & TELLS[verdict] or verdict == "taken") and \
            len(errors) == (verdict == "refused")
        if not good:
            wrong.append(f"names {names} by {told_by}: {command}: exit {run.status}, {found}")
    return wrong, runs


def main():
    every = list(rows())
    names = list(itertools.product(NAMES.items(), ("header", "option", "manifest")))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        judged = [*pool.map(judge, every), *pool.map(judge_names, names), *pool.map(judge_group, groups(every))]
    wrong = [text for texts, _ in judged for text in texts]
    for text in wrong:
        print(f"FAIL: {text}")
    print(f"{len(every)} rows and {len(names)} names in {sum(runs for _, runs in judged)} runs, {len(wrong)} disagree")
    sys.exit(bool(wrong) or len(every) < 150)


main()
