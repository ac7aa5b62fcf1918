"""bench.py - what `make bench` prints: csvkit beside its peers, in turn, in one run.

Usage: bench.py BUILD_FOLDER [SECTION...]
Sections: validate threads keys schema normalize dialects slice merge upload memory start-up
CSVKIT_BENCH_MB sets the size of the generated files (default 500; slice takes two fifths of it),
CSVKIT_BENCH_RUNS the number of counted runs (default 5, after one warm-up; slice has rules of its
own; threads are timed by the clock, for which smaller files are too soon done). Times are processor time
(user + system) of the whole process, medians; ratios are medians of the ratios pair by pair. Only ratios
within one run mean anything: machines differ and drift.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = sys.argv[1]
SECTIONS = sys.argv[2:] or ["validate", "threads", "keys", "schema", "normalize", "dialects", "slice", "merge",
                             "upload", "memory", "start-up"]
SIZE = int(os.environ.get("CSVKIT_BENCH_MB", "500")) * 1000000
PEER_SIZE = 5000000  # for what takes a thousand times as long
RUNS = int(os.environ.get("CSVKIT_BENCH_RUNS", "5"))
TOOL = BUILD + "/bin/csvkit"
VALIDATE = [TOOL, "validate", "-q", "-j1"]  # by one thread, unless a section is about threads
NORMALIZE = [TOOL, "normalize", "-q", "-j1"]
BENCH = BUILD + "/tests/bench/"


def run(command):
    """Processor seconds of one run; its output is thrown away."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime


def compare(base, others, output=None):
    """Runs all in turn, every second time backwards; answers {name: (median cpu, median ratio
    base/this)}. `output`, if given, is removed before every run, so that nobody frees another's."""
    commands = {**base, **others}
    first = next(iter(base))
    times = {name: [] for name in commands}
    for turn in range(RUNS + 1):
        for name, command in list(commands.items())[::1 if turn % 2 == 0 else -1]:
            if output is not None and os.path.exists(output):
                os.unlink(output)
            cpu = run(command)
            if turn > 0:
                times[name].append(max(cpu, 1e-4))
    return {name: (statistics.median(times[name]),
                   statistics.median(b / t for b, t in zip(times[first], times[name])))
            for name in commands}


def table(title, size, rows, first):
    print("\n%s" % title)
    print("  %-34s %8s %8s %10s" % ("", "CPU s", "GB/s", "x " + first))
    for name, (cpu, ratio) in rows.items():
        print("  %-34s %8.3f %8.2f %10.2f" % (name, cpu, size / cpu / 1e9, ratio))
    sys.stdout.flush()


def generate(folder, kind, size=SIZE):
    path = os.path.join(folder, kind + ".csv")
    with open(path, "wb") as file:
        subprocess.run([BENCH + "generate", kind, str(size)], stdout=file, check=True)
    subprocess.run(["cat", path], stdout=subprocess.DEVNULL, check=True)
    return path


def validate(folder):
    for kind in ("numeric", "mixed", "mixed-accents", "mixed-cjk", "mixed-crlf", "quoted", "cities",
                 "onebyte"):
        path = generate(folder, kind)
        rows = compare({"wc -l": ["wc", "-l", path]},
                       {"reader alone, no judgement": [BENCH + "bench_count", path],
                        "validate --rule=all=off": [*VALIDATE, "--rule=all=off", path],
                        "validate": [*VALIDATE, path],
                        "validate --profile=keboola": [*VALIDATE, "--profile=keboola", path],
                        "libcsv, strict, counting": [BENCH + "libcsv_count", path]})
        table("validate: %s, %d MB" % (kind, SIZE // 1000000), SIZE, rows, "wc -l")
        print("  validate beside libcsv: %.1f x as fast" %
              (rows["libcsv, strict, counting"][0] / rows["validate"][0]))
        os.unlink(path)
    clean, dirty = generate(folder, "mixed"), generate(folder, "dirty")
    few = generate(folder, "dirty1000")
    rows = compare({"clean": [*VALIDATE, clean]},
                   {"a defect in one of 1000 records": [*VALIDATE, few],
                    "a defect in every record": [*VALIDATE, dirty]})
    table("validate: malformed files", SIZE, rows, "clean")
    for level in ("scalar", "sse4.2", "avx2", "avx512"):
        judge = [BENCH + "bench_judge"]
        rows = compare({"clean": [*judge, clean, level]}, {"a defect in every record": [*judge, dirty, level]})
        table("validate: malformed files, by the vector registers of " + level, SIZE, rows, "clean")
    for path in (clean, dirty, few):
        os.unlink(path)


def clock(command):
    begin = time.monotonic()
    return run(command), time.monotonic() - begin


def clock_two(command):
    begin = time.monotonic()
    for process in [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in "ab"]:
        process.wait()
    return time.monotonic() - begin


def without_output(command):
    """What the run before has written is freed by nobody's time."""
    if "-o" in command:
        output = command[command.index("-o") + 1]
        shutil.rmtree(output) if os.path.isdir(output) else os.path.exists(output) and os.unlink(output)
    return command


def beside(name, command):
    """By the clock, in turn: what one thread takes beside two, and what two take of the processors
    beside one. Two processes that share nothing, each doing all of the work, show what the machine
    gives; not where both would write the same file."""
    alone = [*command, "-j1"]
    turns = [[clock(without_output(alone)), clock([*without_output(command), "-j2"]), clock_two(alone) if "-o" not in command else None]
             for _ in range(RUNS + 1)][1:]
    print("  %-34s %8.3f %8.3f %10.2f %10.2f %11s" % (
        name, statistics.median(one[1] for one, _, _ in turns),
        statistics.median(two[1] for _, two, _ in turns),
        statistics.median(one[1] / two[1] for one, two, _ in turns),
        statistics.median(two[0] / one[0] for one, two, _ in turns),
        "" if turns[0][2] is None else "%.2f" % statistics.median(2 * one[1] / apart for one, _, apart in turns)))
    sys.stdout.flush()


def threads(folder):
    """From the page cache of a disk, as files are there; what is written goes to tmpfs."""
    place, _ = in_memory(folder, 2 * SIZE)
    small = generate(folder, "mixed", 1000)
    start = statistics.median(clock([TOOL, "validate", "-q", small])[1] for _ in range(21))
    os.unlink(small)
    print("\n-j2 beside -j1, %d MB; of each time %.1f ms are the start of the program, which no thread makes shorter"
          % (SIZE // 1000000, start * 1000))
    print("  %-34s %8s %8s %10s %10s %11s" % ("", "-j1 s", "-j2 s", "x as fast", "x CPU", "2 processes"))
    normalize = [TOOL, "normalize", "-q", "--max-repairs=1000000000", "--rejects=/dev/null", "-o",
                 os.path.join(place, "out")]
    for kind in ("numeric", "mixed", "mixed-accents", "quoted", "dirty1000", "dirty"):
        path = generate(folder, kind)
        os.sync()
        beside("validate " + kind, [TOOL, "validate", "-q", path])
        if kind not in ("numeric", "mixed-accents"):
            beside("normalize " + kind, [*normalize, path])
        if kind == "mixed":
            beside("normalize --quote=all " + kind, [*normalize, "--quote=all", path])
            beside("validate --primary-key " + kind,
                   [TOOL, "validate", "-q", "--primary-key=column_1,column_2", path])
            beside("stats " + kind, [TOOL, "stats", path])
            beside("schema infer " + kind, [TOOL, "schema", "infer", "-o", os.path.join(place, "schema"), path])
            beside("slice --compress=gzip " + kind,
                   [TOOL, "slice", "-q", "--force", "-o", os.path.join(place, "slices"), path])
            with open(path + ".gz", "wb") as packed:
                subprocess.run(["gzip", "-1", "-c", path], stdout=packed, check=True)
            for command in ("validate", "stats"):
                beside("%s %s.gz" % (command, kind), [TOOL, command, path + ".gz"])
            os.unlink(path + ".gz")
        os.unlink(path)
    if place != folder:
        shutil.rmtree(place)


def keys(folder):
    path = generate(folder, "mixed", 10_000_000 * 172)
    key = ["--primary-key=column_1,column_2"]
    rows = compare({"validate": [*VALIDATE, path]},
                   {"validate --primary-key (2 columns)": [*VALIDATE, *key, path]})
    table("validate --primary-key: 10 million records", os.path.getsize(path), rows, "validate")
    os.unlink(path)


TYPES = {"numeric": ["integer"] * 10,
         "mixed": ["integer"] * 3 + ["string"] + ["integer"] * 3 + ["string", "integer", "string", "integer",
                                                                   "string", "integer", "date", "integer"]}
NATIVE = {"integer": "INTEGER", "string": "STRING", "date": "DATE"}


def write_schema(path, types):
    """A Table Schema, and a manifest with native types, beside the table."""
    names = ["column_%d" % (i + 1) for i in range(len(types))]
    with open(path + ".json", "w", encoding="utf-8") as out:
        json.dump({"fields": [{"name": n, "type": t} for n, t in zip(names, types)]}, out)
    with open(path + ".manifest", "w", encoding="utf-8") as out:
        json.dump({"has_header": True, "schema": [{"name": n, "data_type": {"base": {"type": NATIVE[t]}}}
                                                  for n, t in zip(names, types)]}, out)


def schema_peer(folder):
    """Beside frictionless (a Python package), where it is installed; it takes minutes for 100 MB."""
    if shutil.which("frictionless") is None:
        print("\nvalidate --schema beside frictionless: it is not installed")
        return
    for kind, types in TYPES.items():
        path, size = generate(folder, kind, min(SIZE, PEER_SIZE)), min(SIZE, PEER_SIZE)
        write_schema(path, types)
        rows = compare({"frictionless validate": ["frictionless", "validate", "--schema", path + ".json", path]},
                       {"validate --schema": [TOOL, "validate", "-q", "--schema=" + path + ".json", path]})
        table("validate --schema: %s, %.0f MB" % (kind, size / 1e6), size, rows, "frictionless validate")
        os.unlink(path)


def schema(folder):
    schema_peer(folder)
    for kind, types in TYPES.items():
        path = generate(folder, kind)
        write_schema(path, types)
        rows = compare({"validate": [TOOL, "validate", "-q", path]},
                       {"validate --schema": [TOOL, "validate", "-q", "--schema=" + path + ".json", path],
                        "validate --manifest": [TOOL, "validate", "-q", "--header",
                                                "--manifest=" + path + ".manifest", path],
                        "validate --primary-key (2 columns)": [TOOL, "validate", "-q",
                                                               "--primary-key=column_1,column_2", path]})
        table("validate, all columns typed: %s, %d MB" % (kind, SIZE // 1000000), SIZE, rows, "validate")
        print("  peak memory: %.1f MB" % (peak_of(
            [TOOL, "validate", "-q", "--schema=" + path + ".json", path]) / 1024))
        os.unlink(path)


def peak_of(command):
    """The largest resident set of the command, in KiB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return os.wait4(process.pid, 0)[2].ru_maxrss


def in_memory(folder, size):
    """A folder on tmpfs with room for `size` bytes, or `folder`; and what to say of it."""
    shm = "/dev/shm"
    with open("/proc/mounts", encoding="utf-8") as mounts:
        is_tmpfs = any(line.split()[1:3] == [shm, "tmpfs"] for line in mounts)
    if is_tmpfs and os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > size:
        return tempfile.mkdtemp(prefix="csvkit-bench-", dir=shm), "input and output on tmpfs"
    return folder, "input and output on disk: no room on tmpfs; what is written makes it noisy"


def normalize(folder):
    """Output goes to a file for the comparison with cp, to nowhere for the others."""
    place, where = in_memory(folder, 4 * SIZE)
    try:
        normalize_clean(place, where)
        normalize_dirty(place)
    finally:
        if place != folder:
            shutil.rmtree(place)


def normalize_clean(folder, where):
    clean, out = generate(folder, "mixed"), os.path.join(folder, "out.csv")
    table("normalize: a clean file, %d MB, %s" % (SIZE // 1000000, where), SIZE,
          compare({"cp": ["cp", clean, out]},
                  {"cp by read and write (dd bs=256K)": ["dd", "bs=256K", "if=" + clean, "of=" + out],
                   "cp, then sync of the file": ["sh", "-c", 'cp "$0" "$1" && sync "$1"', clean, out],
                   "normalize": [*NORMALIZE, "--line-break=lf", clean, "-o", out]}, out),
          "cp")
    table("normalize: LF to CRLF, to nowhere", SIZE,
          compare({"validate": [*VALIDATE, clean]},
                  {"normalize": [*NORMALIZE, clean, "-o", "/dev/null"]}), "validate")
    os.unlink(out)


def normalize_dirty(folder):
    """Eight kinds of defects, evenly mixed: too many fields, too few, a quote in an open field, one
    in an enclosed field, a blank before an enclosure, ill-formed UTF-8, a control character, a CR
    or CRLF in a table of LF. Three of eight records are rejected, each with a line in the index."""
    clean, few, dirty = (generate(folder, kind) for kind in ("mixed", "dirty1000", "dirty"))
    out = os.path.join(folder, "out.csv")
    tool = [*NORMALIZE, "--line-break=lf", "--max-repairs=1000000000",
            "--rejects=" + os.path.join(folder, "rejects")]
    for where, to in (("output and rejects to files", out), ("rejects to a file, output to nowhere", "/dev/null")):
        table("normalize: eight kinds of defects, " + where, SIZE,
              compare({"clean": [*tool, clean, "-o", to]},
                      {"a defect in one of 1000 records": [*tool, few, "-o", to],
                       "a defect in every record": [*tool, dirty, "-o", to]},
                      out), "clean")


def with_delimiter(path, delimiter):
    """The table with another delimiter for every comma, also those in values."""
    other = path + "." + str(len(delimiter))
    with open(path, "rb") as source, open(other, "wb") as target:
        for line in source:
            target.write(line.replace(b",", delimiter))
    return other


def dialects(folder):
    """What a delimiter of two bytes costs: the reference parser in place of the scan."""
    path = generate(folder, "mixed", SIZE // 5)
    one, two = with_delimiter(path, b";"), with_delimiter(path, b"||")
    size = os.path.getsize(one)
    for command in ("validate", "normalize"):
        tool = [TOOL, command, "-q", "-j1", *(["-o", "/dev/null"] if command == "normalize" else [])]
        table("%s: delimiters of one byte and of two" % command, size,
              compare({"one byte": [*tool, "-d", ";", one]},
                      {"two bytes": [*tool, "-d", "||", two],
                       "one byte, --skip-blanks": [*tool, "-d", ";", "--skip-blanks", one]}), "one byte")


def slices(_):
    print("\nslice, beside gzip and pigz")
    sys.stdout.flush()
    megabytes = str(SIZE * 2 // 5 // 1000000)
    subprocess.run([sys.executable, "tests/bench/slice.py", BUILD, megabytes], check=False)


def merge(folder):
    path, cut = generate(folder, "mixed"), os.path.join(folder, "cut")
    subprocess.run([TOOL, "slice", "-q", path, "-o", cut], stdout=subprocess.DEVNULL, check=True)
    table("merge of gzip slices, to nowhere", SIZE,
          compare({"zcat": ["sh", "-c", "zcat '%s'/*" % cut]},
                  {"merge": [TOOL, "merge", "-q", cut, "-o", "/dev/null"]}), "zcat")


def upload(_):
    print("\nupload, beside curl -T")
    sys.stdout.flush()
    megabytes = min(SIZE // 1000000, 200)  # Swift takes some fifty a second
    subprocess.run([sys.executable, "tests/bench/upload.py", BUILD, str(megabytes), str(RUNS)],
                   check=False)


def peak_of_stream(size):
    command = "%s mixed %d | %s validate -q -" % (BENCH + "generate", size, TOOL)
    process = subprocess.Popen(["sh", "-c", command], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        for pid in os.listdir("/proc"):
            if pid.isdigit():
                try:
                    with open("/proc/%s/cmdline" % pid, "rb") as file:
                        if not file.read().startswith(TOOL.encode() + b"\0validate"):
                            continue
                    with open("/proc/%s/status" % pid, encoding="ascii") as file:
                        for line in file:
                            if line.startswith("VmHWM:"):
                                peak = max(peak, int(line.split()[1]))
                except OSError:
                    pass
        time.sleep(0.005 if size < 1e9 else 0.1)
    return peak


def memory(_):
    print("\npeak memory of validate on a stream")
    for size in (10_000_000, 1_000_000_000, 10_000_000_000):
        print("  %8d MB: %6.1f MB" % (size // 1000000, peak_of_stream(size) / 1024))
        sys.stdout.flush()


def startup(folder):
    path = generate(folder, "mixed", 1000)
    rows = compare({"true": ["true"]}, {"validate of a 1 KB file": [*VALIDATE, path],
                                        "csvkit --help": [TOOL, "--help"]})
    print("\nstart-up")
    for name, (cpu, _) in rows.items():
        print("  %-34s %6.1f ms CPU" % (name, cpu * 1000))


print("machine: %d processors; %s" % (os.cpu_count(), subprocess.run(
    [TOOL, "--version"], capture_output=True, text=True, check=True).stdout.replace("\n", ", ")))
with tempfile.TemporaryDirectory(prefix="csvkit-bench-") as temporary:
    for section in SECTIONS:
        {"validate": validate, "threads": threads, "keys": keys, "normalize": normalize, "dialects": dialects,
         "slice": slices,
         "merge": merge, "schema": schema, "upload": upload, "memory": memory, "start-up": startup}[section](temporary)
