"""advice.py - no advice makes things worse: every advice that names a command or an option is followed.

Usage: advice.py CORPORA CSVKIT [few|all]

Whatever csvkit says of the files of the public corpora and of damaged tables is searched for options
and commands (asked.py). What names one needs a row in rows.py, which tells how a person would follow
it. It is followed, and then

  - there are fewer errors than before, or as many with fewer warnings (or notes), and no error of
    another kind; for normalize, every record that is rejected counts as an error;
  - no record that nothing was wrong with is lost, and none of its values changes, as Python's csv
    reads them (good_values.py);
  - what the text promises happens, and the same is not advised again.

A refusal is no harm when it says something else than before: then the next advice counts.
"""
import collections
import json
import os
import re
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import asked
import damaged_tables
import good_values
import rows

CORPORA, CSVKIT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
FEW = sys.argv[3:] != ["all"]
EACH = 1 if FEW else 10 ** 9        # cases of one advice in one corpus that are followed
FILES = 20 if FEW else 10 ** 9      # of one corpus
GROUP = 32                          # files that one command is asked about in one run
KINDS = (".csv", ".tsv", ".txt")
READING = ("--delimiter=", "--enclosure=", "--escape=", "--encoding=", "--no-header", "--columns=", "--skip-blanks")
# What is said to be wrong about the table as a whole: a refusal after that has to name what is next.
GUESSES = {"skip-head", "sniff-head", "comment-drops", "delimiters", "delimiter-try", "likely-any",
           "missing-first", "missing-last", "end-blank", "end-empty", "enclosure"}
csvkit = asked.Csvkit(CSVKIT)


# ---- files ----

class File:
    """`path` is where csvkit finds it, by a name that no other file has, and `shown` what a person knows it by."""

    def __init__(self, corpus, path, shown):
        self.corpus, self.path, self.shown = corpus, path, shown
        self.by_all = not FEW or corpus == "users" or os.path.basename(shown)[0] in "02"


def corpus_files(work):
    """Of each corpus in an order that mixes its kinds."""
    for corpus in sorted(os.listdir(CORPORA)) if os.path.isdir(CORPORA) else []:
        paths = [os.path.join(root, name) for root, _, names in os.walk(os.path.join(CORPORA, corpus))
                 for name in names if name.endswith(KINDS)]
        paths = [path for path in paths if os.path.getsize(path) < 300000]
        most = 4 * FILES if corpus == "users" else FILES
        shown = sorted((os.path.relpath(path, CORPORA) for path in paths), key=lambda name: zlib.crc32(name.encode()))
        for number, name in enumerate(shown[:most]):
            path = os.path.join(work, f"{corpus}-{number}-{os.path.basename(name)}")
            os.symlink(os.path.join(CORPORA, name), path)
            yield File(corpus, path, name)


def written(work, corpus, name, data):
    path = os.path.join(work, name)
    with open(path, "wb") as file:
        file.write(data)
    return File(corpus, path, name)


def text_cases(work):
    """The inputs that papaparse-cases holds as text."""
    source = os.path.join(CORPORA, "papaparse-cases", "parse.jsonl")
    if os.path.exists(source):
        with open(source, encoding="utf-8") as file:
            for number, line in enumerate(file):
                yield written(work, "papaparse-cases", f"papaparse-{number}.csv",
                              json.loads(line)["input"].encode("utf-8", "surrogatepass"))


def made_files(work):
    for name, data in damaged_tables.tables():
        if not FEW or name[0] in "012":
            yield written(work, "damaged", name + ".csv", data)


# ---- what is better ----

def reading(options):
    return [option for option in options if option.startswith(READING)]


def error_kinds(judgement):
    return {found["rule"] for found in judgement["findings"] if found["severity"] == "error"}


def weight(judgement, rejected=(0, 0)):
    return judgement["errors"] + rejected[0], judgement["warnings"] + rejected[1], judgement["infos"]


def not_better(before, after, about, rejected=(0, 0)):
    """Why the second judgement is not better than the first one; None: it is. A warning that was
    hidden behind what was advised about may show now, an error may not."""
    new = error_kinds(after) - error_kinds(before)
    if new:
        return "new errors: " + ", ".join(sorted(new))
    was, now = weight(before), weight(after, rejected)
    gone = now[0] <= was[0] and before["rules"].get(about, 0) > after["rules"].get(about, 0)
    return None if now < was or gone else f"errors, warnings and notes were {was}, are {now}"


def not_opened(path, options, before, after, about):
    """The same where the table could not be seen before. Now most records have to be in order, or as
    wide as each other: what is wrong then is the header, which the same report tells."""
    known = error_kinds(before)
    wrong = len({found["record"] for found in after["findings"] if found["severity"] == "error" and
                 found["record"] and not found.get("follows") and found["rule"] not in known})
    if after["rules"].get(about):
        return "the same is advised again"
    if 2 * wrong <= after["records"] + 1:
        return None
    dialect = good_values.Dialect(options)
    widths = collections.Counter(
        len(values) for _, _, values in dialect.records(good_values.text_of(path, dialect.encoding)) if any(values))
    width, count = widths.most_common(1)[0]
    alike = width > 1 and 2 * count > sum(widths.values())
    return None if alike else f"{wrong} of {after['records']} records are wrong"


def severity_of_rejected(judgement, rejects):
    """How many of the rejected records had an error before, or nothing at all; and a warning. One
    that stands beside an error may be a part of that record."""
    worst = {}
    for found in judgement["findings"]:
        if found["severity"] != "info":
            line = found["line"] or 1
            worst[line] = "error" if "error" in (worst.get(line), found["severity"]) else "warning"
    lines = []
    if os.path.exists(rejects + ".jsonl"):
        with open(rejects + ".jsonl", encoding="utf-8") as file:
            lines = [(entry["line"], entry["reason"]) for entry in map(json.loads, file)]
    severities = [worst.get(line) or ("warning" if why.startswith("the header again") or
                                      "error" in (worst.get(line - 1), worst.get(line + 1)) else "error")
                  for line, why in lines]
    return severities.count("error"), severities.count("warning")


def is_open(judgement):
    """Is the delimiter right, so that values can be compared?"""
    return judgement is not None and not {"delimiter-suspected", "sep-directive"} & set(judgement["rules"])


def lost(wanted, there, change):
    gone = good_values.missing(wanted, there, change)
    return gone and f"line {gone[0]} was good and is lost or changed: {list(gone[1])}"


# ---- following ----

NOT_TAKEN = re.compile("unknown option|unknown encoding|only a file|works with|has no option|must be|does not find|only read")


def key_of(option):
    """--skip-head=3 as a key of the step "normalize"."""
    name, given, value = option[2:].partition("=")
    if name == "widen":
        return "ragged", "widen"
    value = int(value) if name in ("skip-head", "skip-tail", "max-repairs") else value
    return name.replace("-", "_"), value if given else True


class Followed:
    """One trial of one advice."""

    def __init__(self, case, row, match, trial):
        self.case, self.row, self.match, self.trial = case, row, match, trial
        self.base = [option for option in case.said.command[1:]
                     if not option.startswith("--profile=") and option != "--normalize"]
        self.base += getattr(trial, "both", [])
        self.options = self.base + list(trial.options)

    def profile(self):
        return next((word[10:] for word in self.case.said.command if word.startswith("--profile=")), "rfc4180")

    def judged(self, path, options=()):
        return csvkit.judgement(path, self.profile(), *reading(options))

    def result(self):
        """None: all is well; else what is wrong."""
        if hasattr(self.trial, "input"):
            self.changed = os.path.join(tempfile.mkdtemp(dir=self.case.folder), "changed.csv")
            with open(self.changed, "wb") as file:
                file.write(self.trial.input)
        return self.not_taken() or self.judged_better()

    def judged_better(self):
        return {"validate": self.by_validate, "preflight": self.by_manifest}.get(
            self.trial.command, self.by_normalize)()

    def not_taken(self):
        """The command that has advised has the options, too, or the keys."""
        command, said = self.case.said.command[0], self.case.said
        told = ""
        if command == "slice" and self.trial.command == said.speaks_as():
            more = ["--normalize"] if "--normalize" in said.command else []
            told, _ = csvkit.sliced(self.case.path, self.case.folder, *more, *self.options)
        elif command == "processor":
            keys = dict(key_of(option) for option in self.options)
            told = next(csvkit.processed([self.case.path], self.case.folder, keys))[1]
        return "not taken: " + told if NOT_TAKEN.search(told) else None

    def by_manifest(self):
        path, folder = self.case.path, self.case.folder
        before = csvkit.preflight(path, folder)
        after = csvkit.preflight(path, folder, self.trial.manifest)
        after["records"] += after["header"]
        if self.trial.changes is None:
            return not_opened(path, self.options, before, after, self.case.said.about)
        return not_better(before, after, self.case.said.about)

    def by_validate(self):
        path = getattr(self, "changed", self.case.path)
        before, after = self.judged(self.case.path, self.base), self.judged(path, self.options)
        if before is None or after is None:
            return None # refused, and the text says why
        if self.trial.changes is not None and is_open(before):
            good = good_values.good_records(path, before, good_values.Dialect(self.base))
            gone = lost(good, self.read_by_python(path), self.trial.changes)
            if gone:
                return gone
        if self.trial.changes is None or self.case.said.about == "utf16-bom":
            return not_opened(path, self.options, before, after, self.case.said.about)
        return not_better(before, after, self.case.said.about)

    def read_by_python(self, path):
        try:
            return good_values.values_in(path, good_values.Dialect(self.options))
        except (UnicodeError, LookupError, good_values.csv.Error):
            return {}

    def by_normalize(self):
        path, folder, said = self.case.path, self.case.folder, self.case.said
        made = csvkit.normalized(path, folder, *self.options)
        by_validate = said.command[0] == "validate"
        base = None if by_validate else csvkit.normalized(path, folder, *self.base)
        if not made.done():
            return self.of_refusal(made, base)
        wrong = self.not_promised(made) or self.lost_of(made, base)
        if wrong:
            return wrong
        if by_validate:
            before = self.judged(path)
            return not_better(before, self.judged(made.out), said.about, severity_of_rejected(before, made.rejects))
        split = self.trial.changes is None and base.done() and made.summary["columns"] > base.summary["columns"]
        if base.done() and made.rejected() > base.rejected() and not split:
            return f"{base.rejected()} records were rejected, and {made.rejected()} are"
        return None

    def of_refusal(self, made, base):
        """A refusal says something new, and leads on."""
        said = self.case.said
        if made.told and made.told in said.text:
            return "refused as before"
        leads_on = rows.NAMES_COMMAND.search(made.told)
        if self.row in GUESSES:
            return None if leads_on else "a dead end: " + made.told
        if base is not None and base.done() and said.about in ("reason", "note"):
            return "refused, and was not before: " + made.told
        return None

    def not_promised(self, made):
        for _, text in made.texts() if self.trial.options else ():
            if self.match.group(0) in text:
                return "advised again: " + text
        if self.trial.promise is None:
            return None
        with open(made.out, encoding="utf-8") as file:
            names = next(good_values.csv.reader(file), [])
        return self.trial.promise(names, made)

    def base_as_read(self):
        """The options with the dialect that "auto" finds, and how many lines it leaves out."""
        if "--delimiter=auto" not in self.base:
            return self.base, 0
        found = self.case.sniffed()
        values = {name: found.get(name, {}).get("value") for name in ("delimiter", "enclosure", "escape")}
        named = [f"--{name}={value}" for name, value in values.items()
                 if value and not any(option.startswith("--" + name) and not option.endswith("=auto") for option in self.base)]
        rest = [option for option in self.base if option != "--delimiter=auto"]
        return named + rest, found.get("skip_head", {}).get("value", 0)

    def lost_of(self, made, base):
        path, width = self.case.path, made.summary["columns"]
        there = good_values.values_in(made.out)
        base_options, above = self.base_as_read()
        before = self.judged(path, base_options)
        if self.trial.changes is not None and is_open(before):
            dialect = good_values.Dialect(base_options)
            good = good_values.good_records(path, before, dialect)
            good = {line: values for line, values in good.items() if line > above}
            texts = good_values.LINE.findall(good_values.text_of(path, dialect.encoding))
            count = len(texts) - (texts[-1] == "")
            if self.row == "header-again":
                good = {line: values for line, values in good.items() if texts[line - 1].strip() != texts[above].strip()}
            for line in [line for line in good if self.trial.drops and self.trial.drops(line, texts[line - 1], count)]:
                if len(good[line]) == width > 1:
                    return f"line {line} is dropped, and was good: {list(good[line])}"
                del good[line]
            aside = made.set_apart()
            if base is not None and base.done():
                aside &= base.set_apart()
            good = {line: values for line, values in good.items() if line not in aside}
            gone = lost(good, there, self.trial.changes)
            if gone:
                return gone
        return None if self.trial.drops else self.lost_of_new_reading(path, width, there, made.set_apart())

    def lost_of_new_reading(self, path, width, there, aside):
        if any(option.endswith("=auto") for option in self.options):
            return None
        after = self.judged(path, self.options)
        if not is_open(after):
            return None
        good = good_values.good_records(path, after, good_values.Dialect(self.options))
        good = {line: values for line, values in good.items() if len(values) == width and line not in aside}
        return lost(good, there, self.trial.changes or (lambda value: value))


def follow(file, said, name, match, how, work):
    case = rows.Case(csvkit, file.path, said, work)
    wrong = []
    trials = how(match, case)
    for trial in trials:
        why = Followed(case, name, match, trial).result()
        if why:
            wrong.append(f"{name}: {file.corpus}: {file.shown}: {' '.join(said.command)}: "
                         f"{said.text!r}: {' '.join(trial.options) or trial.command}: {why}")
    return name, len(trials), wrong


# ---- all together ----

def groups_of(things):
    return [things[at:at + GROUP] for at in range(0, len(things), GROUP)]


def asked_about(files, pool, work):
    """(file, text) of all that is said."""
    def ask(group):
        return asked.said_of(csvkit, [file.path for file in group], work, [file.path for file in group if file.by_all])
    for group, said in zip(groups_of(files), pool.map(ask, groups_of(files))):
        yield from ((file, text) for file in group for text in said[file.path])


def learn(chosen, pool):
    """What most who follow an advice look at first."""
    profiles = collections.defaultdict(set)
    for file, said, *_ in chosen:
        profiles[next((word[10:] for word in said.command if word.startswith("--profile=")), "rfc4180")].add(file.path)
    for profile, paths in profiles.items():
        list(pool.map(lambda group, profile=profile: csvkit.judge(group, profile), groups_of(sorted(paths))))
    list(pool.map(csvkit.propose, groups_of(sorted(set().union(*profiles.values())))))


def main():
    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(os.cpu_count() + 1) as pool:
        files = [*made_files(work), *text_cases(work), *corpus_files(work)]
        seen, chosen, unknown = collections.Counter(), [], set()
        for file, said in asked_about(files, pool, work):
            found, rest = rows.rows_for(said)
            if rest:
                unknown.add(f"{file.shown}: {' '.join(said.command)}: {said.text!r} names {rest}")
            for name, match, how in found:
                key = (file.corpus, name, said.command)
                seen[key] += 1
                if seen[key] <= EACH:
                    chosen.append((file, said, name, match, how, work))
        learn(chosen, pool)
        done = list(pool.map(lambda each: follow(*each), chosen))
        report(files, done, unknown)


def report(files, done, unknown):
    trials, wrong = collections.Counter(), []
    for name, count, bad in done:
        trials[name] += count
        wrong += bad
    for line in sorted(unknown):
        print("unknown advice: " + line)
    for line in wrong:
        print("harmful advice: " + line)
    print(f"{len(files)} files; followed: " + ", ".join(f"{name} {trials[name]}" for name in sorted(trials)))
    if not os.path.isdir(CORPORA):
        print("skipped: the public corpora are not there; damaged tables only")
    sys.exit(bool(wrong or unknown))


main()
