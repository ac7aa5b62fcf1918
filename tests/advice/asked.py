"""asked.py - what csvkit says about a file: every text in which it may advise something."""
import json
import os
import re
import subprocess
import tempfile

PROFILES = ("rfc4180", "keboola")
FINDING = re.compile(r"(?:error|warning|info)\[([a-z0-9-]+)\]: ")


class Said:
    """One text: who said it (the arguments of the command) and about what (rule, "note", ...)."""

    def __init__(self, command, about, text, message=""):
        self.command, self.about, self.text, self.message = command, about, text, message


class Csvkit:
    def __init__(self, program):
        self.program = program

    def run(self, *arguments, folder=None):
        done = subprocess.run([self.program, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False, timeout=60)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def judgement(self, path, profile, *options):
        """What validate says of all places: {"errors": N, ...}, or None when it cannot read the file."""
        _, out, _ = self.run("validate", "--no-config", "--format=json", "--max-findings=0",
                             "--profile=" + profile, *options, path)
        said = json.loads(out) if out.strip() else {}
        return said if "findings" in said else None

    def normalized(self, path, folder, *options, rejects=True):
        """What a run of normalize said and left behind. The summary is a line of JSON among the notes."""
        work = tempfile.mkdtemp(dir=folder)
        out = os.path.join(work, "out.csv")
        more = ["--rejects=" + os.path.join(work, "bad.csv")] if rejects else []
        status, _, error = self.run("normalize", "--format=json", "-o", out, *more, *options, path)
        summary = [line for line in error.splitlines() if line.startswith('{"file":')]
        told = "\n".join(line for line in error.splitlines() if not line.startswith('{"file":'))
        return Made(status, json.loads(summary[0]) if summary else {}, told.strip(), work)


class Made:
    def __init__(self, status, summary, told, folder):
        self.status, self.summary, self.told = status, summary, told
        self.out, self.rejects = os.path.join(folder, "out.csv"), os.path.join(folder, "bad.csv")

    def done(self):
        return bool(self.summary) and os.path.exists(self.out)

    def rejected(self):
        return self.summary["records_rejected"]

    def set_apart(self):
        """Numbers of the lines that are in the file of rejects."""
        lines = set()
        if os.path.exists(self.rejects + ".jsonl"):
            with open(self.rejects + ".jsonl", encoding="utf-8") as file, open(self.rejects, "rb") as data:
                raw = data.read()
                for entry in map(json.loads, file):
                    part = raw[entry["rejects_byte"]:entry["rejects_byte"] + entry["length"]]
                    count = len(re.findall(rb"\r\n|\n|\r", part))
                    lines.update(range(entry["line"], entry["line"] + max(count, 1)))
        return lines

    def texts(self):
        """(about, text) of all that the run said."""
        if self.told:
            yield "refusal", self.told
        if self.summary.get("advice"):
            yield "note", self.summary["advice"]
        for reason in reasons_in(self.rejects + ".jsonl"):
            yield "reason", reason


def reasons_in(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return sorted({json.loads(line)["reason"] for line in file})


def said_by_validate(csvkit, path, profile, options=()):
    command = ("validate", "--profile=" + profile, *options)
    _, out, err = csvkit.run(*command, "--no-config", "-v", "--color=never", path)
    about, message = "", ""
    for line in out.splitlines():
        found = FINDING.search(line)
        if line.startswith("    help: "):
            yield Said(command, about, line[len("    help: "):], message)
        elif found:
            about, message = found.group(1), line[found.end():]
    if err.strip():
        yield Said(command, "refusal", err.strip())


def said_by_sniff(csvkit, path):
    _, out, err = csvkit.run("sniff", path)
    for line in out.splitlines()[1:]:
        yield Said(("sniff",), "proposal", line.strip(), out)
    if err.strip():
        yield Said(("sniff",), "refusal", err.strip())


def said_by_normalize(csvkit, path, folder, rejects, options):
    made = csvkit.normalized(path, folder, *options, rejects=rejects)
    return [Said(("normalize", *options), about, text) for about, text in made.texts()]


def said_of(csvkit, path, folder):
    for profile in PROFILES:
        yield from said_by_validate(csvkit, path, profile)
    yield from said_by_sniff(csvkit, path)
    for options in ((), ("--delimiter=auto",)):
        for rejects in (False, True):
            yield from said_by_normalize(csvkit, path, folder, rejects, options)
