"""slice.py - csvkit slice beside the platform's slicer, the bare engines, zlib, gzip and pigz.

Usage: slice.py BUILD_FOLDER [MEGABYTES]        (CSVKIT_BENCH_RUNS: rounds, default 4;
                                                 CSVKIT_BENCH_TABLE: a table of one's own instead)
Called by `make bench S=slice`. Output goes to tmpfs when there is room. Every round runs every
command once, but the slow ones only the first or the first two rounds do; a figure is the median over the
rounds, a ratio the median of the ratios pair by pair. "x" counts processor time, but where threads
are compared it counts the clock, the best round of each: a busy machine spoils that one, so the
load is told. What the first round gave is shown at once.

The main table is `generate orders`, made to compress like tables of the world; those of few words
come at the end.

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

BUILD = os.path.abspath(sys.argv[1])
SIZE = int(sys.argv[2] if len(sys.argv) > 2 else "200") * 1000000
RUNS = int(os.environ.get("CSVKIT_BENCH_RUNS", "4"))
TOOL = BUILD + "/bin/csvkit"
PACK = BUILD + "/tests/bench/bench_gzip"
PEAK = BUILD + "/tests/tools/peak"
SLICER_SPEED, SLICER_RATIO = 79 / 70, 2.32 / 2.17
FAST, DEFAULT, ZLIB6 = 2, 4, 6
MOST_RUNS = {"zlib -": 2, "split, ": 1, "go slicer, runs": 2}  # of the slow, by their names' beginnings
GO_FOLDER = "/usr/share/gocode"


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
    """What one command took: the clock, processor time, bytes written."""

    def __init__(self, command, folder):
        before = time.monotonic()
        with open(os.devnull, "wb") as null:
            process = subprocess.Popen(command, cwd=folder, stdout=null, stderr=null)
            _, status, usage = os.wait4(process.pid, 0)
        self.wall = time.monotonic() - before
        self.cpu = usage.ru_utime + usage.ru_stime
        if status != 0:
            sys.exit("failed: " + " ".join(command))
        self.bytes = take_output(folder)


def peak_megabytes(command, folder):
    """Through a small program: what Python starts is charged with Python's own memory."""
    done = subprocess.run([PEAK, *command], cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    take_output(folder)
    return int(done.stdout.split()[1]) / 1024


def ours(level, threads):
    return [TOOL, "slice", "t.csv", "-o", "out", "-q", "--any-size", "--level=%d" % level, "-j%d" % threads]


def pieces(*compressor):
    """Cut by bytes of text, each piece compressed: what one does without a slicer."""
    return ["sh", "-c", "mkdir out && split -b 130000000 --filter='%s >out/$FILE.gz' t.csv part-"
            % " ".join(compressor)]


def most_runs(name):
    return min([runs for start, runs in MOST_RUNS.items() if name.startswith(start)], default=RUNS)


def measure(commands, folder, turns):
    """Yields the runs of all commands after each round."""
    rounds = {name: [] for name in commands}
    for turn in range(turns):
        for name, command in commands.items():
            if turn < most_runs(name):
                rounds[name].append(Run(command, folder))
        yield rounds


def last(iterator):
    for item in iterator:
        pass
    return item


def say_how_long():
    """From what the commands took on another machine, in seconds for 200 MB."""
    each, zlib_and_go, split, few_words = 24, 14, 28, 13
    seconds = SIZE / 200e6 * (each * RUNS + 2 * zlib_and_go + split + few_words) + 15
    print("takes about %.0f minutes, longer on a busy machine" % math.ceil(seconds / 60), flush=True)


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def table(rounds, size, title):
    print("\n%s" % title)
    print("  %-26s %8s %8s %8s %8s" % ("", "clock s", "CPU s", "MB/CPU s", "ratio"))
    for name, runs in rounds.items():
        print("  %-26s %8.2f %8.2f %8.0f %8.3f" % (
            name, median(runs, "wall"), median(runs, "cpu"), size / 1e6 / median(runs, "cpu"),
            size / median(runs, "bytes")), flush=True)


def times(rounds, name, other):
    """How many times less processor time `name` takes than `other`."""
    return statistics.median(b.cpu / a.cpu for a, b in zip(rounds[name], rounds[other]))


def times_by_clock(rounds, name, other):
    """The same by the clock, the best round of each: what else the machine does only adds to it."""
    return min(run.wall for run in rounds[other]) / min(run.wall for run in rounds[name])


def smaller(rounds, name, bytes_there):
    return 100 * (1 - median(rounds[name], "bytes") / bytes_there)


def verdict(what, value, must, unit="x", most=False):
    held = value <= must if most else value >= must
    print("  %-58s %7.2f %-2s (%s %.2f: %s)" % (what, value, unit, "at most" if most else "must be",
                                              must, "held" if held else "NOT HELD"))


def generate(kind, size, folder):
    with open(os.path.join(folder, "t.csv"), "wb") as file:
        subprocess.run([BUILD + "/tests/bench/generate", kind, str(size)], stdout=file, check=True)


def build_slicer(folder):
    """The path of the Go program, or None."""
    program = os.path.join(folder, "slicer")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "slicer.go")
    if shutil.which("go") is None or not os.path.isdir(GO_FOLDER + "/src/github.com/klauspost/pgzip"):
        return None
    go = dict(os.environ, GOPATH=GO_FOLDER, GO111MODULE="off", GOCACHE=os.path.join(folder, "go-cache"))
    subprocess.run(["go", "build", "-o", program, source], env=go, check=True)
    return program


def slicer_commands(slicer):
    """`rows` works as the platform's slicer is told to; `runs` is a stronger one."""
    commands = {}
    for how in ("rows", "runs"):
        for threads in (1, 2):
            commands["go slicer, %s, %d" % (how, threads)] = [
                "env", "GOMAXPROCS=%d" % threads, slicer, how, "2", "130000000", "t.csv", "out"]
    return commands


def against_slicer(rounds, size):
    there = median(rounds["go slicer, rows, 1"], "bytes")
    print("\n  the platform's slicer as rebuilt (slicer.go rows), level 2, beside zlib -1:"
          " %.2f of the speed, %.3f of the ratio" % (
              times(rounds, "go slicer, rows, 1", "zlib -1"), median(rounds["zlib -1"], "bytes") / there))
    print("  (the original, on another machine: %.2f and %.3f)" % (SLICER_SPEED, SLICER_RATIO))
    for level, name in ((FAST, "fast"), (DEFAULT, "default")):
        must = 1.6 if level == DEFAULT else 2.7
        for threads, compared in ((1, times), (2, times_by_clock)):
            mine = "slice -%d -j%d" % (level, threads)
            verdict("level %d (%s) beside it, %s" % (
                level, name, "2 threads, by the clock" if threads > 1 else "1 thread"),
                    compared(rounds, mine, "go slicer, rows, %d" % threads), must)
            print("  %-58s %7.2f x" % ("   the same beside slicer.go runs",
                                     compared(rounds, mine, "go slicer, runs, %d" % threads)))
        print("  %-58s %7.2f x" % ("   the bare engine beside it: the most that slicing can reach",
                                 times(rounds, "bare engine of -%d" % level, "go slicer, rows, 1")))
        saved = smaller(rounds, "slice -%d -j1" % level, there)
        if level == DEFAULT:
            verdict("   and smaller by", saved, 3, "%")
        else:
            print("  %-58s %7.2f %%" % ("   and smaller by", saved))


def against_estimate(rounds, size):
    zlib = median(rounds["zlib -1"], "bytes")
    there = zlib / SLICER_RATIO
    print("\n  NOT MEASURED: the platform's slicer. There is no Go here with klauspost's pgzip\n"
          "  (packages golang-go, golang-github-klauspost-pgzip-dev). An estimate takes its place,\n"
          "  from zlib -1 of this run: %.0f MB/s, ratio %.3f"
          % (SLICER_SPEED * size / 1e6 / median(rounds["zlib -1"], "cpu"), size / there))
    for level, name in ((FAST, "fast"), (DEFAULT, "default")):
        mine = "slice -%d -j1" % level
        verdict("level %d (%s) beside the estimate" % (level, name),
                times(rounds, mine, "zlib -1") / SLICER_SPEED, 1.6 if level == DEFAULT else 2.7)
        print("  %-58s %7.2f %% smaller%s" % ("", smaller(rounds, mine, there),
                                          " (must be 3)" if level == DEFAULT else ""))


def main_table(folder):
    """Makes it, or links the one that was asked for; returns its size."""
    path = os.environ.get("CSVKIT_BENCH_TABLE")
    if path is None:
        generate("orders", SIZE, folder)
    else:
        os.symlink(os.path.abspath(path), os.path.join(folder, "t.csv"))
    print("table: %s" % (path or "generate orders"))
    return os.path.getsize(os.path.join(folder, "t.csv"))


def compare(folder):
    size = main_table(folder)
    slicer = build_slicer(folder)
    commands = slicer_commands(slicer) if slicer is not None else {}
    for level in (FAST, FAST + 1, DEFAULT, ZLIB6):
        for threads in (1, 2):
            commands["slice -%d -j%d" % (level, threads)] = ours(level, threads)
        commands["bare engine of -%d" % level] = [PACK, "bare", str(level), "t.csv", "out"]
    commands["zlib -1"] = [PACK, "zlib", "1", "t.csv", "out"]
    commands["zlib -6"] = [PACK, "zlib", "6", "t.csv", "out"]
    commands["split, gzip -6"] = pieces("gzip", "-6")
    pigz = shutil.which("pigz") is not None
    for threads in (1, 2) if pigz else ():
        commands["split, pigz -6 -p%d" % threads] = pieces("pigz", "-6", "-p%d" % threads)
    for turn, rounds in enumerate(measure(commands, folder, RUNS)):
        if turn == 0:
            table(rounds, size, "after the first round")
    table(rounds, size, "medians of %d rounds" % RUNS)
    (against_slicer if slicer is not None else against_estimate)(rounds, size)
    for level in (FAST, FAST + 1, DEFAULT, ZLIB6):
        verdict("level %d: CPU over the bare engine's, file to file" % level,
                1 / times(rounds, "slice -%d -j1" % level, "bare engine of -%d" % level), 1.1, "x", True)
    for level in (FAST, FAST + 1, DEFAULT, ZLIB6):
        verdict("level %d: 2 threads beside 1, by the clock" % level,
                times_by_clock(rounds, "slice -%d -j2" % level, "slice -%d -j1" % level), 1.8)
        verdict("level %d: peak memory, 2 threads" % level,
                peak_megabytes(ours(level, 2), folder), 32, "MB", True)
    verdict("level 6 beside zlib -6, %.2f %% smaller" % smaller(
        rounds, "slice -6 -j1", median(rounds["zlib -6"], "bytes")),
            times(rounds, "slice -6 -j1", "zlib -6"), 2.7)
    verdict("level 6 beside split and gzip -6", times(rounds, "slice -6 -j1", "split, gzip -6"), 2.7)
    for threads in (1, 2) if pigz else ():
        print("  %-58s %7.2f x  by the clock" % (
            "level 6 beside split and pigz -6, %d threads" % threads,
            times_by_clock(rounds, "slice -6 -j%d" % threads, "split, pigz -6 -p%d" % threads)))
    if not pigz:
        print("  pigz is not installed: not compared")


def equal_ratio(folder):
    print("\nlevel 6 beside zlib -6 on tables of few words")
    for kind in ("mixed", "numeric", "cities", "quoted"):
        size = SIZE // 8
        path = os.path.join(folder, "t.csv")
        if os.path.islink(path):
            os.unlink(path)
        generate(kind, size, folder)
        rounds = last(measure({"ours": ours(ZLIB6, 1),
                               "zlib -6": [PACK, "zlib", "6", "t.csv", "out"]}, folder, 2))
        verdict("%s, %.2f %% smaller" % (kind, smaller(rounds, "ours", median(rounds["zlib -6"], "bytes"))),
                times(rounds, "ours", "zlib -6"), 2.7)


def main():
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="csvkit-bench-", dir=base) as folder:
        print("load of the machine: %.2f before" % os.getloadavg()[0])
        say_how_long()
        compare(folder)
        equal_ratio(folder)
    print("load of the machine: %.2f after (1 minute), of this run itself up to 2" % os.getloadavg()[0])


main()
