#!/usr/bin/env python3
"""compare_prototype.py - what csvkit and the prototype of its repairs make of the same damage.

Usage: CSVKIT=program compare_prototype.py [--cases=N] [--seeds=A,B] [--examples=K] [--dump=FILE]

N cases for each seed of ../shared/testbench/damage.py (20,000 take about 15 minutes), each read by
csvkit and by ../shared/testbench/repair_prototype.py. Printed are the outcomes that differ, by kind
of damage, and K examples of every difference: the damaged lines, and what csvkit says of them.

Exit status: 0 csvkit is nowhere wrong, 1 it is, 77 the yardstick or the prototype is not here.
"""
import argparse
import collections
import json
import os
import sys
import tempfile

import damage_world

yardstick = damage_world.yardstick
PROTOTYPE = os.path.join(os.path.dirname(damage_world.YARDSTICK), "repair_prototype.py")
COMMAND = "%s normalize {in} {dialect} -o {out} --rejects={rej} --log={rej}.log -q"


def read(name):
    if not os.path.exists(name):
        return None
    with open(name, "rb") as file:
        return file.read()


class Bench:
    """A folder in which both read the same file."""

    def __init__(self, folder):
        self.prototype = yardstick.load_module(PROTOTYPE)
        self.command = COMMAND % os.environ.get("CSVKIT", "csvkit")
        self.names = [os.path.join(folder, name) for name in ("in.csv", "out.csv", "rejects")]

    def outcome(self, table, damage, run):
        for name in self.names[1:] + [self.names[2] + ".jsonl", self.names[2] + ".log"]:
            if os.path.exists(name):
                os.unlink(name)
        status = run(table)
        return yardstick.judge(table, damage, status, read(self.names[1]), read(self.names[2]))[0]

    def csvkit(self, table):
        return yardstick.run_command(self.command, self.names, table)[0]

    def of_prototype(self, table):
        return self.prototype.main(["normalize", self.names[0], "--delimiter=" + table.delimiter, "-o",
                                    self.names[1], "--rejects=" + self.names[2]])

    def said(self, damaged):
        """What csvkit says of the first record that it repaired or rejected, with the readings."""
        lines = []
        for name in (self.names[2] + ".jsonl", self.names[2] + ".log"):
            for line in (read(name) or b"").decode().splitlines():
                entry = json.loads(line)
                if "length" in entry and (not damaged or entry["record"] - 1 in damaged):
                    readings = ", ".join("%s %.1f" % (r["reading"], r["bits"]) for r in entry.get("readings", ()))
                    lines.append("%s %s: %s [%s]" % ("rejected" if "reason" in entry else "repaired",
                                                     entry["repair"], entry.get("reason", entry.get("evidence")), readings))
        return lines[0] if lines else "nothing"


def damaged_lines(table, damage):
    """The damaged text without the whole lines before and behind it."""
    return damage_world.split(table, damage)[2][:300]


def both(bench, seed, number):
    """kind, outcomes of both, and how it came about; None: no such case."""
    case = yardstick.make(seed, number)
    if case is None:
        return None
    kind, shape, table, damage = case
    with open(bench.names[0], "wb") as file:
        file.write(damage.text.encode("utf-8"))
    theirs = bench.outcome(table, damage, bench.of_prototype)
    ours = bench.outcome(table, damage, bench.csvkit)
    story = "--seed=%s --case=%d %s/%s/%s\n      %r\n      csvkit: %s" % (
        seed, number, kind, shape, table.style, damaged_lines(table, damage), bench.said(damage.records))
    return kind, ours, theirs, story


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--cases", type=int, default=4000)
    p.add_argument("--seeds", default="21,22,23,24,25")
    p.add_argument("--examples", type=int, default=5)
    p.add_argument("--dump", metavar="FILE", help="one line per case: seed number kind csvkit prototype")
    options = p.parse_args()
    if not os.path.exists(PROTOTYPE):
        print("../shared/testbench/repair_prototype.py is not here")
        return 77
    bench = Bench(tempfile.mkdtemp(prefix="compare-"))
    differ, stories, lines = collections.defaultdict(collections.Counter), collections.defaultdict(list), []
    totals = collections.Counter(), collections.Counter()
    for seed in options.seeds.split(","):
        for number in range(options.cases):
            found = both(bench, seed, number)
            if found is None:
                continue
            kind, ours, theirs, story = found
            totals[0][ours] += 1
            totals[1][theirs] += 1
            lines.append("%s\t%d\t%s\t%s\t%s" % (seed, number, kind, ours, theirs))
            if ours != theirs:
                differ[kind][ours, theirs] += 1
                stories[ours, theirs].append(story)
    if options.dump:
        with open(options.dump, "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))
    for name, total in zip(("csvkit", "prototype"), totals):
        print("%-10s" % name, *("%s %d" % (outcome, total[outcome]) for outcome in yardstick.OUTCOMES))
    print("\n%-28s %-22s %s" % ("kind", "csvkit, prototype", "cases"))
    for kind in yardstick.KINDS:
        for (ours, theirs), count in differ[kind].most_common():
            print("%-28s %-22s %d" % (kind, "%s, %s" % (ours, theirs), count))
    for (ours, theirs), told in sorted(stories.items()):
        print("\ncsvkit %s, prototype %s: %d cases" % (ours, theirs, len(told)))
        for story in told[::max(1, len(told) // options.examples)][:options.examples]:
            print("  " + story)
    return 1 if totals[0]["WRONG"] or totals[0]["ERROR"] else 0


if __name__ == "__main__":
    sys.exit(main())
