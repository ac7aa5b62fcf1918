"""run.py - runs csvkit in a copy of a case's folder, and reads what came of it: findings, tables, words."""
import csv
import json
import os
import re
import shutil
import subprocess


class Run:
    """One command: its exit status and what it said."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def tells(self, *words):
        return all(word in self.out + self.err for word in words)


class Judged(Run):
    """What validate says: for each file how often which rule is broken, and the findings."""

    def __init__(self, run):
        super().__init__(run.status, run.out, run.err)
        self.files = [json.loads(line) for line in run.out.splitlines()]

    def rules(self, number=0):
        """Of one file, without the notes about line breaks that every profile but one has."""
        return {rule: n for rule, n in self.files[number]["rules"].items() if rule != "eol-lf"}

    def findings(self, rule, number=0):
        return [finding for finding in self.files[number]["findings"] if finding["rule"] == rule]

    def records(self, rule, number=0):
        return [finding["record"] for finding in self.findings(rule, number)]

    def says(self, rule, *words):
        return any(all(word in finding["message"] for word in words) for finding in self.findings(rule))


class Normalized(Run):
    """What normalize made: the rows of the table, the rejects byte for byte, and why."""

    def __init__(self, case, run):
        super().__init__(run.status, run.out, run.err)
        self.published = os.path.exists(case.path("out.csv"))
        self.text = case.read("out.csv")
        self.rows = list(csv.reader(self.text.splitlines(keepends=True), strict=True))
        self.rejects = case.read_bytes("rejects.csv")
        self.index = case.read("rejects.csv.jsonl")
        self.reasons = [json.loads(line)["reason"] for line in self.index.splitlines()]

    def tells(self, *words):
        return all(word in self.out + self.err + self.index for word in words)

    def lost_nothing(self, records):
        """Every record of the input is in the table or among the rejects."""
        told = re.search(r"(\d+) records? in, (\d+) out, (\d+) rejected, (\d+) dropped", self.err)
        return told is not None and int(told[1]) == records and \
            int(told[1]) == int(told[2]) + int(told[3]) + int(told[4]) and len(self.rows) == int(told[2])


class Case:
    """A copy of the folder of a case, that may be written to."""

    def __init__(self, origin, work, csvkit):
        self.folder, self.csvkit = work, csvkit
        shutil.copytree(origin, work)
        for place, _, files in os.walk(work):
            os.chmod(place, 0o755)
            for file in files:
                os.chmod(os.path.join(place, file), 0o644)

    def run(self, *arguments):
        done = subprocess.run([self.csvkit, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False)
        return Run(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    def validate(self, *arguments):
        return Judged(self.run("validate", "--format=json", *arguments))

    def told(self, *arguments):
        """As a person reads it, with the remedies."""
        return self.run("validate", *arguments)

    def sniff(self, *arguments):
        return [json.loads(line) for line in self.run("sniff", "--format=json", *arguments).out.splitlines()]

    def normalize(self, *arguments):
        for name in ("out.csv", "rejects.csv", "rejects.csv.jsonl"):
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))
        return Normalized(self, self.run("normalize", *arguments, "-o", "out.csv", "--rejects=rejects.csv"))

    def types(self, *arguments):
        """The types that --data-type=auto proposes, by column."""
        run = self.run("manifest", "create", *arguments, "--data-type=auto", "--format=json", "-o", "types.manifest")
        run.types = {column["column"]: column for column in json.loads(run.out or '{"types":[]}')["types"]}
        return run

    def path(self, name):
        return os.path.join(self.folder, name)

    def exists(self, name):
        return os.path.exists(self.path(name))

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def read_bytes(self, name):
        if not self.exists(name):
            return b""
        with open(self.path(name), "rb") as file:
            return file.read()

    def read(self, name):
        return self.read_bytes(name).decode("utf-8")
