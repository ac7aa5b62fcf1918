"""slice.py - csvkit slice beside the platform's slicer, the bare engines, zlib, gzip and pigz.

Usage: slice.py BUILD_FOLDER [MEGABYTES]        (CSVKIT_BENCH_RUNS: rounds, default 4;
                                                 CSVKIT_BENCH_TABLE: a table of one's own instead)
Called by `make bench S=slice`; `make bench-deps` installs what it compares with. tables.py makes the
tables, of MEGABYTES each. Output goes to tmpfs when there is room. Every round runs every command once, on one table after the other; the slow ones
take part in the first round or two. Verdicts are on all tables together: seconds and bytes are
added up. "x" counts processor time and is the median of the ratios round by round; where threads
are compared it counts the clock, the best round of each: a busy machine spoils that one, so the
load is reported.

The platform's slicer is a Go program. slicer.go does its work with the same compressor and is built
here from Debian's packages golang-go and golang-github-klauspost-pgzip-dev. Where these are missing,
an estimate takes its place, from two measurements of another machine, one core, a table of 1 GB:
slicer at its level 2 79 MB/s and ratio 2.32, zlib at level 1 70 MB/s and ratio 2.17.
"""
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import tables

BUILD = os.path.abspath(sys.argv[1])
SIZE = int(sys.argv[2] if len(sys.argv) > 2 else "200") * 1000000
RUNS = int(os.environ.get("CSVKIT_BENCH_RUNS", "4"))
TOOL = BUILD + "/bin/csvkit"
PACK = BUILD + "/tests/bench/bench_gzip"
PEAK = BUILD + "/tests/tools/peak"
SLICER_SPEED, SLICER_RATIO = 79 / 70, 2.32 / 2.17
FAST, DEFAULT, ZLIB6 = 2, 4, 6
LEVELS = (FAST, DEFAULT, ZLIB6)
TABLES = ("packages", "files", "vendors", "characters", "orders")
MOST_RUNS = {"zlib -1": 1, "zlib -6": 2, "split, ": 1}  # of the slow, by their names' beginnings
GO_FOLDER = "/usr/share/gocode"
SECONDS = 75  # that a round takes with five tables of 200 MB, more or less


def take_output(folder):
    """Bytes that a command wrote; they are removed."""
    out = os.path.join(folder, "out")
    paths = [os.path.join(out, name) for name in os.listdir(out)] if os.path.isdir(out) else [out]
    size = sum(os.path.getsize(path) for path in paths)
    shutil.rmtree(out) if os.path.isdir(out) else os.unlink(out)
    if os.path.exists(out + ".manifest"):
        os.unlink(out + ".manifest")
    return size


class Run:
    """What a command took: the clock, processor time, bytes written."""

    def __init__(self, wall, cpu, size):
        self.wall, self.cpu, self.bytes = wall, cpu, size


def run(command, folder):
    before = time.monotonic()
    with open(os.devnull, "wb") as null:
        process = subprocess.Popen(command, cwd=folder, stdout=null, stderr=null)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - before
    if status != 0:
        sys.exit("failed: " + " ".join(command))
    return Run(wall, usage.ru_utime + usage.ru_stime, take_output(folder))


def peak_megabytes(command, folder):
    """Through a small program: what Python starts is charged with Python's own memory."""
    done = subprocess.run([PEAK, *command], cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    take_output(folder)
    return int(done.stdout.split()[1]) / 1024


# ---- the commands ----


def ours(level, threads):
    return [TOOL, "slice", "t.csv", "-o", "out", "-q", "--any-size", "--level=%d" % level, "-j%d" % threads]


def pieces(*compressor):
    """Cut by bytes of text, each piece compressed: what one does without a slicer."""
    return ["sh", "-c", "mkdir out && split -b 130000000 --filter='%s >out/$FILE.gz' t.csv part-"
            % " ".join(compressor)]


def build_slicer(folder):
    """The path of the Go program, or None."""
    program = os.path.join(folder, "slicer")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "slicer.go")
    if shutil.which("go") is None or not os.path.isdir(GO_FOLDER + "/src/github.com/klauspost/pgzip"):
        return None
    go = dict(os.environ, GOPATH=GO_FOLDER, GO111MODULE="off", GOCACHE=os.path.join(folder, "go-cache"))
    subprocess.run(["go", "build", "-o", program, source], env=go, check=True)
    return program


def all_commands(slicer):
    commands = {}
    for threads in (1, 2) if slicer is not None else ():
        commands["go slicer, %d" % threads] = [
            "env", "GOMAXPROCS=%d" % threads, slicer, "2", "130000000", "t.csv", "out"]
    for level in LEVELS:
        for threads in (1, 2):
            commands["slice -%d -j%d" % (level, threads)] = ours(level, threads)
        commands["bare engine of -%d" % level] = [PACK, "bare", str(level), "t.csv", "out"]
    commands["zlib -1"] = [PACK, "zlib", "1", "t.csv", "out"]
    commands["zlib -6"] = [PACK, "zlib", "6", "t.csv", "out"]
    commands["split, gzip -6"] = pieces("gzip", "-6")
    for threads in (1, 2) if shutil.which("pigz") is not None else ():
        commands["split, pigz -6 -p%d" % threads] = pieces("pigz", "-6", "-p%d" % threads)
    return commands


# ---- the figures ----


def measure(commands, folder):
    """{name: [Run, ...]} for the table t.csv."""
    rounds = {name: [] for name in commands}
    for turn in range(RUNS):
        for name, command in commands.items():
            most = min([runs for start, runs in MOST_RUNS.items() if name.startswith(start)], default=RUNS)
            if turn < most:
                rounds[name].append(run(command, folder))
    return rounds


def add_up(all_rounds):
    """The rounds of several tables as those of one."""
    return {name: [Run(*(sum(getattr(r, what) for r in turn) for what in ("wall", "cpu", "bytes")))
                   for turn in zip(*(rounds[name] for rounds in all_rounds))] for name in all_rounds[0]}


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def times(rounds, name, other):
    """How many times less processor time `name` takes than `other`."""
    return statistics.median(b.cpu / a.cpu for a, b in zip(rounds[name], rounds[other]))


def times_by_clock(rounds, name, other):
    """The same by the clock, the best round of each: what else the machine does only adds to it."""
    return min(run.wall for run in rounds[other]) / min(run.wall for run in rounds[name])


def smaller(rounds, name, other):
    return 100 * (1 - median(rounds[name], "bytes") / median(rounds[other], "bytes"))


# ---- what is printed ----


def table(rounds, size, title):
    print("\n%s" % title)
    print("  %-26s %8s %8s %8s %8s" % ("", "clock s", "CPU s", "MB/CPU s", "ratio"))
    for name, runs in rounds.items():
        print("  %-26s %8.2f %8.2f %8.0f %8.3f" % (
            name, median(runs, "wall"), median(runs, "cpu"), size / 1e6 / median(runs, "cpu"),
            size / median(runs, "bytes")), flush=True)


def verdict(what, value, must, unit="x", most=False):
    held = value <= must if most else value >= must
    print("  %-58s %7.2f %-2s (%s %.2f: %s)" % (what, value, unit, "at most" if most else "must be",
                                              must, "held" if held else "NOT HELD"))


def at_equal_size(rounds, there):
    """How many times less processor time the fast level would take with as many blocks of the
    default level among its own as make it as large as the slicer's; worked out, not run."""
    fast, better, slicer = rounds["slice -%d -j1" % FAST], rounds["slice -%d -j1" % DEFAULT], rounds[there]
    share = max(0, 1 - (slicer[0].bytes - better[0].bytes) / (fast[0].bytes - better[0].bytes))
    return statistics.median(s.cpu / (f.cpu + share * (b.cpu - f.cpu))
                             for s, f, b in zip(slicer, fast, better))


def against_slicer(rounds):
    there = "go slicer, 1"
    print("  the platform's slicer as rebuilt, level 2, beside zlib -1: %.2f of the speed, %.3f of the ratio"
          % (times(rounds, there, "zlib -1"),
             median(rounds["zlib -1"], "bytes") / median(rounds[there], "bytes")))
    print("  (the original, on another machine and table: %.2f and %.3f)" % (SLICER_SPEED, SLICER_RATIO))
    for level, name, must in ((FAST, "fast", 2.7), (DEFAULT, "default", 1.6)):
        verdict("level %d (%s) beside it, 1 thread" % (level, name),
                times(rounds, "slice -%d -j1" % level, there), must)
        verdict("level %d (%s) beside it, 2 threads, by the clock" % (level, name),
                times_by_clock(rounds, "slice -%d -j2" % level, "go slicer, 2"), must)
        print("  %-58s %7.2f x" % ("   its bare engine beside it, file to file",
                                 times(rounds, "bare engine of -%d" % level, there)))
        saved = smaller(rounds, "slice -%d -j1" % level, there)
        if level == DEFAULT:
            verdict("   and smaller by", saved, 3, "%")
        else:
            print("  %-58s %7.2f %%" % ("   and smaller by", saved))
            print("  %-58s %7.2f x" % ("   at its very size, blocks of levels %d and %d mixed (worked out)"
                                     % (FAST, DEFAULT), at_equal_size(rounds, there)))


def against_estimate(rounds):
    print("  NOT MEASURED: the platform's slicer. There is no Go here with klauspost's pgzip\n"
          "  (packages golang-go, golang-github-klauspost-pgzip-dev). An estimate takes its place,\n"
          "  from zlib -1 of this run")
    for level, name, must in ((FAST, "fast", 2.7), (DEFAULT, "default", 1.6)):
        mine = "slice -%d -j1" % level
        verdict("level %d (%s) beside the estimate" % (level, name),
                times(rounds, mine, "zlib -1") / SLICER_SPEED, must)
        saved = 100 * (1 - median(rounds[mine], "bytes") * SLICER_RATIO / median(rounds["zlib -1"], "bytes"))
        print("  %-58s %7.2f %%%s" % ("   and smaller by", saved, " (must be 3)" if level == DEFAULT else ""))


def against_others(rounds):
    for level in LEVELS:
        verdict("level %d: CPU over the bare engine's, file to file" % level,
                1 / times(rounds, "slice -%d -j1" % level, "bare engine of -%d" % level), 1.1, "x", True)
        verdict("level %d: 2 threads beside 1, by the clock" % level,
                times_by_clock(rounds, "slice -%d -j2" % level, "slice -%d -j1" % level), 1.8)
    verdict("level 6 beside zlib -6, %.2f %% smaller" % smaller(rounds, "slice -6 -j1", "zlib -6"),
            times(rounds, "slice -6 -j1", "zlib -6"), 2.7)
    verdict("level 6 beside split and gzip -6", times(rounds, "slice -6 -j1", "split, gzip -6"), 2.7)
    for threads in (1, 2):
        other = "split, pigz -6 -p%d" % threads
        if other in rounds:
            print("  %-58s %7.2f x  by the clock" % (
                "level 6 beside split and pigz -6, %d threads" % threads,
                times_by_clock(rounds, "slice -6 -j%d" % threads, other)))
        else:
            print("  pigz is not installed: not compared")


def each_table(by_name):
    """The main ratios for every table; what text does to them shows here."""
    print("\nbeside the platform's slicer as rebuilt, and zlib -6, table by table"
          "\n  %-12s %16s %8s %16s %8s %16s %8s" % ("", "fast, 1 and 2", "smaller", "default, 1 and 2",
                                                  "smaller", "level 6, zlib -6", "smaller"))
    for name, rounds in by_name.items():
        line = "  %-12s" % name
        for level in (FAST, DEFAULT) if "go slicer, 1" in rounds else ():
            line += " %8.2f x %.2f x %6.2f %%" % (
                times(rounds, "slice -%d -j1" % level, "go slicer, 1"),
                times_by_clock(rounds, "slice -%d -j2" % level, "go slicer, 2"),
                smaller(rounds, "slice -%d -j1" % level, "go slicer, 1"))
        print(line + " %14.2f x %6.2f %%" % (times(rounds, "slice -6 -j1", "zlib -6"),
                                           smaller(rounds, "slice -6 -j1", "zlib -6")))


def memory(peaks):
    for level in LEVELS:
        verdict("level %d: peak memory, 2 threads, the most of all tables" % level,
                max(peak[level] for peak in peaks), 32, "MB", True)


# ---- the whole ----


def next_table(name, folder):
    """Makes t.csv, or links the one that was asked for; its size, or None."""
    path = os.path.join(folder, "t.csv")
    if os.path.lexists(path):
        os.unlink(path)
    if name in TABLES:
        made = tables.make(name, path, SIZE, BUILD + "/tests/bench/generate")
        return os.path.getsize(path) if made else None
    os.symlink(os.path.abspath(name), path)
    return os.path.getsize(path)


def compare(folder):
    slicer = build_slicer(folder)
    commands = all_commands(slicer)
    own = os.environ.get("CSVKIT_BENCH_TABLE")
    by_name, peaks, size = {}, [], 0
    for name in (own,) if own is not None else TABLES:
        bytes_there = next_table(name, folder)
        if bytes_there is not None:
            by_name[name] = measure(commands, folder)
            peaks.append({level: peak_megabytes(ours(level, 2), folder) for level in LEVELS})
            size += bytes_there
            table(by_name[name], bytes_there, "%s, %d MB, medians" % (name, bytes_there / 1e6))
    together = add_up(list(by_name.values()))
    table(together, size, "all together, %d MB" % (size / 1e6))
    each_table(by_name)
    print("\nall together")
    (against_slicer if slicer is not None else against_estimate)(together)
    against_others(together)
    memory(peaks)


def main():
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="csvkit-bench-", dir=base) as folder:
        print("load of the machine: %.2f before" % os.getloadavg()[0])
        print("takes about %.0f minutes, longer on a busy machine" % math.ceil(
            SIZE / 200e6 * (SECONDS * RUNS + 70) / 60), flush=True)
        compare(folder)
    print("load of the machine: %.2f after (1 minute), of this run itself up to 2" % os.getloadavg()[0])


main()
