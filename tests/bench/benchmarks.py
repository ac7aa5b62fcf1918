#!/usr/bin/env python3
"""benchmarks.py - writes doc/benchmarks.md: what `make bench` prints, and on what machine.

Usage: benchmarks.py BUILD_FOLDER FILE [SECTION...]
FILE is replaced when all sections are done. Figures of a machine that does something else are worth
nothing, so this waits until the load is below CSVKIT_BENCH_LOAD (default 1), CSVKIT_BENCH_WAIT
seconds at most (default 600: the build before it is a load, too), and gives up otherwise. Sizes
and runs are those of bench.py (CSVKIT_BENCH_MB, CSVKIT_BENCH_RUNS). The head of the file, HEAD, is all
that is in it as long as nobody has measured: `benchmarks.py --head` prints it.
"""
import os
import platform
import re
import subprocess
import sys
import time

HEAD = """# Benchmarks

This file is written by `make benchmarks` and by nobody's hand. It runs the sections of `make bench` one
after the other, on a machine that does nothing else (it waits for a load below 1, or gives up), and puts
down what they print, with the machine, the versions and the commands. Processor time is that of whole
processes, medians of interleaved runs; ratios are medians of the ratios pair by pair. Only ratios within
one section mean anything elsewhere.

The tables are made up: `build/release/tests/bench/generate KIND BYTES` writes the same bytes everywhere.
"""
NOTHING_YET = "\nNothing has been measured for this version yet.\n"
SECTIONS = ["validate", "threads", "keys", "schema", "normalize", "dialects", "slice", "merge", "memory", "start-up"]
VERSIONS = [["gcc", "--version"], ["wc", "--version"], ["gzip", "--version"], ["pigz", "--version"],
            ["curl", "--version"], ["dpkg-query", "-W", "libcsv-dev"], ["go", "version"]]


def first_line(command):
    """What the program says of its version; None when it is not installed."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return (result.stdout + result.stderr).strip().split("\n")[0].replace("\t", " ")


def value_of(path, pattern):
    with open(path, encoding="utf-8") as file:
        found = re.search(pattern, file.read(), re.MULTILINE)
    return found.group(1).strip() if found else "unknown"


def machine():
    memory = value_of("/proc/meminfo", r"^MemTotal:\s*(\d+)")
    rows = [("processor", value_of("/proc/cpuinfo", r"^model name\s*:(.*)$")),
            ("processors that may be used", len(os.sched_getaffinity(0))),
            ("memory", "%.0f GB" % (int(memory) * 1024 / 1e9) if memory.isdigit() else memory),
            ("system", value_of("/etc/os-release", r'^PRETTY_NAME="?([^"\n]*)')),
            ("kernel", platform.release()),
            ("date", time.strftime("%Y-%m-%d", time.gmtime()))]
    return ["", "## Machine", "", "| | |", "|---|---|", *("| %s | %s |" % row for row in rows)]


def versions(tool):
    known = [first_line([tool, "--version"]), *(first_line(command) for command in VERSIONS)]
    return ["", "## Versions", "", *("- " + version for version in known if version)]


def settings():
    """The variables that were set, as a person would type them."""
    return "".join("%s=%s " % (name, os.environ[name]) for name in ("CSVKIT_BENCH_MB", "CSVKIT_BENCH_RUNS")
                   if name in os.environ)


def measured(build, section):
    bench = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench.py")
    result = subprocess.run([sys.executable, bench, build, section], stdout=subprocess.PIPE, text=True, check=True)
    lines = result.stdout.rstrip("\n").split("\n")[1:]  # the first one is about the machine
    return ["", "## %s" % section, "", "`%smake bench S=%s`" % (settings(), section), "", "```text",
            *"\n".join(lines).strip("\n").split("\n"), "```"]


def wait_for_calm():
    most = float(os.environ.get("CSVKIT_BENCH_LOAD", "1"))
    until = time.monotonic() + float(os.environ.get("CSVKIT_BENCH_WAIT", "600"))
    while os.getloadavg()[0] >= most:
        if time.monotonic() >= until:
            sys.exit("benchmarks: the load of this machine is %.1f, so figures would be worth nothing; %s" % (
                os.getloadavg()[0], "nothing was written"))
        time.sleep(5)


def main():
    if sys.argv[1:] == ["--head"]:
        print(HEAD + NOTHING_YET, end="")
        return
    build, path, sections = sys.argv[1], sys.argv[2], sys.argv[3:] or SECTIONS
    wait_for_calm()
    lines = machine() + versions(build + "/bin/csvkit")
    for section in sections:
        lines += measured(build, section)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(HEAD + "\n".join(lines) + "\n")
    os.replace(path + ".new", path)


main()
