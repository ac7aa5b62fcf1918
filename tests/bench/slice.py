"""slice.py - csvkit slice beside the bare engines, zlib, gzip and pigz, in turn, in one run.

Usage: slice.py BUILD_FOLDER [MEGABYTES]        (CSVKIT_BENCH_RUNS: rounds, default 5)
Called by `make bench S=slice`. Output goes to tmpfs when there is room. Every round runs every
command once; a figure is the median over the rounds, a ratio the median of the ratios pair by pair.
"x" counts processor time, but for threads against each other, where it counts the clock: a busy
machine spoils that one, so the load is told.

The platform's own slicer is not to be had here. Its place is taken by an estimate from two
measurements of another machine, one core, a table of 1 GB: slicer at its level 2 79 MB/s and ratio
2.32, zlib at level 1 70 MB/s and ratio 2.17. So the slicer counts as 79/70 of the speed and 2.32/2.17
of the ratio of zlib -1 as measured in this run.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(sys.argv[1])
SIZE = int(sys.argv[2] if len(sys.argv) > 2 else "300") * 1000000
RUNS = int(os.environ.get("CSVKIT_BENCH_RUNS", "5"))
TOOL = BUILD + "/bin/csvkit"
PACK = BUILD + "/tests/bench/bench_gzip"
PEAK = BUILD + "/tests/tools/peak"
SLICER_SPEED, SLICER_RATIO = 79 / 70, 2.32 / 2.17
FAST, DEFAULT, ZLIB6 = 2, 4, 6


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
    return [TOOL, "slice", "t.csv", "-o", "out", "-q", "--level=%d" % level, "-j%d" % threads]


def pieces(*compressor):
    """Cut by bytes of text, each piece compressed: what one does without a slicer."""
    return ["sh", "-c", "mkdir out && split -b 130000000 --filter='%s >out/$FILE.gz' t.csv part-"
            % " ".join(compressor)]


def measure(commands, folder):
    rounds = {name: [] for name in commands}
    for turn in range(RUNS + 1):
        for name, command in commands.items():
            result = Run(command, folder)
            if turn > 0:
                rounds[name].append(result)
    return rounds


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def table(rounds, size):
    print("  %-26s %8s %8s %8s %8s" % ("", "clock s", "CPU s", "MB/CPU s", "ratio"))
    for name, runs in rounds.items():
        print("  %-26s %8.2f %8.2f %8.0f %8.3f" % (
            name, median(runs, "wall"), median(runs, "cpu"), size / 1e6 / median(runs, "cpu"),
            size / median(runs, "bytes")))


def times(rounds, name, other, what="cpu"):
    """How many times less `name` takes than `other`."""
    return statistics.median(getattr(b, what) / getattr(a, what)
                             for a, b in zip(rounds[name], rounds[other]))


def smaller(rounds, name, bytes_there):
    return 100 * (1 - median(rounds[name], "bytes") / bytes_there)


def verdict(what, value, must, unit="x", most=False):
    held = value <= must if most else value >= must
    print("  %-58s %7.2f %-2s (%s %.2f: %s)" % (what, value, unit, "at most" if most else "must be",
                                              must, "held" if held else "NOT HELD"))


def generate(kind, size, folder):
    with open(os.path.join(folder, "t.csv"), "wb") as file:
        subprocess.run([BUILD + "/tests/bench/generate", kind, str(size)], stdout=file, check=True)


def against_slicer(rounds, size):
    zlib = median(rounds["zlib -1"], "bytes")
    there = zlib / SLICER_RATIO
    print("\n  estimate of the platform's slicer, level 2, from zlib -1 of this run: %.0f MB/s, ratio %.3f"
          % (SLICER_SPEED * size / 1e6 / median(rounds["zlib -1"], "cpu"), size / there))
    for level, name in ((FAST, "fast"), (FAST + 1, "next"), (DEFAULT, "default")):
        mine = "slice -%d -j1" % level
        verdict("level %d (%s) beside the estimate" % (level, name),
                times(rounds, mine, "zlib -1") / SLICER_SPEED, 1.6 if level == DEFAULT else 2.7)
        print("  %-58s %7.2f %% smaller%s" % ("", smaller(rounds, mine, there),
                                          " (must be 3)" if level == DEFAULT else ""))


def mixed(folder):
    generate("mixed", SIZE, folder)
    commands = {}
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
    rounds = measure(commands, folder)
    table(rounds, SIZE)
    against_slicer(rounds, SIZE)
    for level in (FAST, FAST + 1, DEFAULT, ZLIB6):
        verdict("level %d: CPU over the bare engine's, file to file" % level,
                1 / times(rounds, "slice -%d -j1" % level, "bare engine of -%d" % level), 1.1, "x", True)
    for level in (FAST, FAST + 1, DEFAULT, ZLIB6):
        verdict("level %d: 2 threads beside 1, by the clock" % level,
                times(rounds, "slice -%d -j2" % level, "slice -%d -j1" % level, "wall"), 1.8)
        verdict("level %d: peak memory, 2 threads" % level,
                peak_megabytes(ours(level, 2), folder), 32, "MB", True)
    verdict("level 6 beside zlib -6", times(rounds, "slice -6 -j1", "zlib -6"), 2.7)
    verdict("level 6 beside split and gzip -6", times(rounds, "slice -6 -j1", "split, gzip -6"), 2.7)
    for threads in (1, 2) if pigz else ():
        print("  %-58s %7.2f x  by the clock" % (
            "level 6 beside split and pigz -6, %d threads" % threads,
            times(rounds, "slice -6 -j%d" % threads, "split, pigz -6 -p%d" % threads, "wall")))
    if not pigz:
        print("  pigz is not installed: not compared")


def equal_ratio(folder):
    print("\nlevel 6 beside zlib -6 on other tables")
    for kind in ("numeric", "cities", "quoted"):
        size = SIZE // 4
        generate(kind, size, folder)
        rounds = measure({"ours": ours(ZLIB6, 1), "zlib -6": [PACK, "zlib", "6", "t.csv", "out"]},
                         folder)
        verdict("%s, %.2f %% smaller" % (kind, smaller(rounds, "ours", median(rounds["zlib -6"], "bytes"))),
                times(rounds, "ours", "zlib -6"), 2.7)


def main():
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="csvkit-bench-", dir=base) as folder:
        print("load of the machine: %.2f before" % os.getloadavg()[0])
        mixed(folder)
        equal_ratio(folder)
    print("load of the machine: %.2f after (1 minute), of this run itself up to 2" % os.getloadavg()[0])


main()
