#!/usr/bin/env python3
"""damage_world.py - the yardstick of damage over tables of the world.

Usage: damage_world.py [--cases=N] [--seed=S] [--case=K --keep=FOLDER] [--kind=KIND] [--source=NAME]
                       [--wrong-to=FOLDER] [--dump=FILE] [--command=TEXT]

A case is a stretch of 20 to 200 records out of one source of world.py, some or all of its columns,
written in some dialect with one named damage; a pure function of (seed, number) on one machine. The
kinds of damage, the command and the words for the outcome are those of
../shared/testbench/damage.py. --wrong-to keeps the files of every WRONG and ERROR, cut down to the
least records that still show it (LEAST of them, so that there is evidence): SEED-NUMBER.csv.

Exit status: 0 nothing is wrong, 1 something is, 77 the yardstick is not here.
"""
import argparse
import collections
import importlib.util
import os
import sys
import tempfile
import time

import world

HERE = os.path.dirname(os.path.abspath(__file__))
YARDSTICK = os.path.join(HERE, "../../../shared/testbench/damage.py")
DELIMITERS = ",,;\t|"
LEAST = 20  # records left of a case that is cut down
COMMAND = "%s normalize {in} {dialect} -o {out} --rejects={rej} -q"
# What these do is seen by the header only: without one, all records agree.
OF_THE_HEADER = ("header_short", "header_long", "header_quote", "header_again", "trailing_delimiter_all",
                 "empty_tails_omitted")


def load_yardstick():
    if not os.path.exists(YARDSTICK):
        print("../shared/testbench/damage.py is not here")
        sys.exit(77)
    spec = importlib.util.spec_from_file_location("damage", YARDSTICK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


yardstick = load_yardstick()


class WorldTable(yardstick.Table):
    """A stretch of a source. What the yardstick's kinds ask of a table, they ask of this one."""

    def __init__(self, seed, source, kind):  # pylint: disable=super-init-not-called
        r = self.r = yardstick.random.Random(seed)
        self.shape = source
        names, records = world.load(source)
        count = min(r.randint(20, 200), len(records))
        first = r.randint(0, len(records) - count)
        columns = list(range(len(names)))
        if r.random() < .5:
            columns = sorted(r.sample(columns, r.randint(min(2, len(names)), len(names))))
        self.header = r.random() < .9 or kind in OF_THE_HEADER
        self.rows = [[row[i] for i in columns] for row in [names] * self.header + records[first:first + count]]
        if self.header:
            self.rows[1:] = [row for row in self.rows[1:] if row != self.rows[0]]
        self.width = len(columns)
        self.width_one = self.width == 1
        self.delimiter = r.choice(DELIMITERS)
        self.eol = r.choice(["\r\n", "\r\n", "\n"])
        self.style = r.choice(["minimal", "minimal", "all", "columns", "values"])
        self.always = {i for i in range(self.width) if r.random() < .5 and
                       any(row[i] and not row[i].replace(".", "").isdigit() for row in self.rows[1:])}
        self.raw = [[self.write(value, i) for i, value in enumerate(row)] for row in self.rows]


def split(table, damage):
    """Number of whole lines before the damage and behind it; the damaged text between them."""
    lines = [table.line(k) + table.eol for k in range(len(table.rows))]
    before, rest = 0, damage.text
    least = min(damage.records, default=len(lines))
    while before < least and rest.startswith(lines[before]):
        rest = rest[len(lines[before]):]
        before += 1
    behind = 0
    most = max(damage.records, default=before - 1)
    while len(lines) - behind > max(most + 1, before) and rest.endswith(lines[-1 - behind]):
        rest = rest[:-len(lines[-1 - behind])]
        behind += 1
    return before, behind, rest


def make(seed, number, kinds, sources):
    """Kinds and sources in turn; the next source where a kind has nothing to damage."""
    kind = kinds[number % len(kinds)]
    for step in range(4 * len(sources)):
        source = sources[(number // len(kinds) + step) % len(sources)]
        table = WorldTable("%s/%s/%s/%s" % (seed, number, kind, step), source, kind)
        damage = yardstick.KINDS[kind](table)
        if damage is None or damage.text == table.text([table.line(k) for k in range(len(table.rows))]):
            continue
        if damage.records and split(table, damage)[2].strip("\r\n") == "":
            continue  # all that the record held is gone
        return kind, table, damage
    return None


def run(command, folder, table, damage):
    """The outcome, and a word about it."""
    names = [os.path.join(folder, name) for name in ("in.csv", "out.csv", "rejects")]
    for name in names[1:] + [names[2] + ".jsonl"]:
        if os.path.exists(name):
            os.unlink(name)
    with open(names[0], "wb") as file:
        file.write(damage.text.encode("utf-8"))
    option = "" if table.header else " --no-header"
    status, told = yardstick.run_command(command + option, names, table)
    read = []
    for name in names[1:]:
        read.append(None)
        if os.path.exists(name):
            with open(name, "rb") as file:
                read[-1] = file.read()
    outcome, word = yardstick.judge(table, damage, status, read[0], read[1])
    return outcome, word + (" " + told.strip() if outcome == "ERROR" else "")


# ---- the least records that show it ----


class Part(yardstick.Table):
    """Some rows of a table, and the damaged lines among them."""

    def __init__(self, whole, keep):  # pylint: disable=super-init-not-called
        for name in ("shape", "delimiter", "eol", "style", "header", "width", "width_one"):
            setattr(self, name, getattr(whole, name))
        self.rows = [whole.rows[k] for k in keep]
        self.raw = [whole.raw[k] for k in keep]


def part_of(table, damage, before, middle, behind, text):
    """The case with some of its sound records only; `before` and `behind` are their numbers."""
    part = Part(table, before + middle + behind)
    place = {k: n for n, k in enumerate(before + middle + behind)}
    lines = ["".join(table.line(k) + table.eol for k in side) for side in (before, behind)]
    return part, yardstick.Damage(part, [place[k] for k in damage.records], lines[0] + text + lines[1],
                                  {place[k]: rows for k, rows in damage.left.items()},
                                  {place[k]: row for k, row in damage.truth.items()})


def shrink(command, folder, table, damage, outcome):
    """Leaves out half of the sound records, a quarter, ... while the outcome stays."""
    nbefore, nbehind, text = split(table, damage)
    count = len(table.rows)
    middle = list(range(nbefore, count - nbehind))
    sound = list(range(nbefore)) + list(range(count - nbehind, count))

    def shows(rows):
        case = part_of(table, damage, [k for k in rows if k < nbefore], middle, [k for k in rows if k >= nbefore], text)
        return run(command, folder, *case)[0] == outcome

    size = len(sound) // 2
    while size >= 1:
        at = 0
        while at < len(sound):
            fewer = [k for n, k in enumerate(sound) if not at <= n < at + size or k == 0]
            if LEAST <= len(fewer) < len(sound) and shows(fewer):
                sound = fewer
            else:
                at += size
        size //= 2
    return part_of(table, damage, [k for k in sound if k < nbefore], middle, [k for k in sound if k >= nbefore], text)


# ---- the whole ----


def tell(number, kind, table, outcome, word, options):
    print("%s --seed=%s --case=%d  %s/%s/%s/%r%s  %s" % (
        outcome, options.seed, number, kind, table.shape, table.style, table.delimiter,
        "" if table.header else " without header", word[:300]), flush=True)


def print_table(counts, of):
    print("%-28s" % of, *("%9s" % outcome for outcome in yardstick.OUTCOMES))
    for name, count in counts.items():
        print("%-28s" % name, *("%9s" % (count[outcome] or ".") for outcome in yardstick.OUTCOMES))


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--command", default=COMMAND % os.environ.get("CSVKIT", "csvkit"))
    p.add_argument("--seed", default="1")
    p.add_argument("--cases", type=int, default=2000)
    p.add_argument("--case", type=int)
    p.add_argument("--kind", choices=list(yardstick.KINDS))
    p.add_argument("--source", choices=list(world.SOURCES))
    p.add_argument("--keep", metavar="FOLDER")
    p.add_argument("--wrong-to", metavar="FOLDER")
    p.add_argument("--dump", metavar="FILE", help="one line per case: number kind source style outcome")
    return p.parse_args()


def judge_case(number, case, options, folder):
    kind, table, damage = case
    outcome, word = run(options.command, folder, table, damage)
    if outcome in ("WRONG", "ERROR"):
        tell(number, kind, table, outcome, word, options)
        if options.wrong_to:
            case = shrink(options.command, folder, table, damage, outcome)
            os.makedirs(options.wrong_to, exist_ok=True)
            run(options.command, os.path.abspath(folder), *case)
            for name in ("in.csv", "out.csv", "rejects.jsonl"):
                path = os.path.join(folder, name)
                if os.path.exists(path):
                    to = os.path.join(options.wrong_to, "%s-%d%s" % (options.seed, number, name.replace("in.csv", ".csv")
                                      .replace("out.csv", ".out.csv").replace("rejects", ".rejects")))
                    os.replace(path, to)
    return outcome


def main():
    options = arguments()
    kinds = [options.kind] if options.kind else list(yardstick.KINDS)
    sources = [name for name in ([options.source] if options.source else world.SOURCES) if world.load(name)]
    if not sources:
        print("no source of tables is here")
        return 77
    folder = options.keep or tempfile.mkdtemp(prefix="damage-world-")
    os.makedirs(folder, exist_ok=True)
    by_kind = collections.OrderedDict((kind, collections.Counter()) for kind in kinds)
    by_source = collections.OrderedDict((name, collections.Counter()) for name in sources)
    begun, lines = time.time(), []
    for number in range(options.cases) if options.case is None else [options.case]:
        case = make(options.seed, number, kinds, sources)
        if case is None:
            continue
        outcome = judge_case(number, case, options, folder)
        by_kind[case[0]][outcome] += 1
        by_source[case[1].shape][outcome] += 1
        lines.append("%d\t%s\t%s\t%s\t%s" % (number, case[0], case[1].shape, case[1].style, outcome))
    if options.dump:
        with open(options.dump, "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))
    total = sum(by_kind.values(), collections.Counter())
    print_table(by_source, "source")
    print()
    print_table(dict(by_kind, all=total), "kind")
    print("%d cases, seed %s, %.1f s" % (sum(total.values()), options.seed, time.time() - begun))
    return 1 if total["WRONG"] or total["ERROR"] else 0


if __name__ == "__main__":
    sys.exit(main())
