"""asked.py - what csvkit says about a file: every text in which it may advise something."""
import json
import os
import re
import shutil
import subprocess
import tempfile

PROFILES = ("rfc4180", "keboola")
FINDING = re.compile(r"(?:error|warning|info)\[([a-z0-9-]+)\]: ")


class Said:
    """One text: who said it (the arguments of the command) and about what (rule, "note", ...)."""

    def __init__(self, command, about, text, message=""):
        self.command, self.about, self.text, self.message = command, about, text, message

    def speaks_as(self):
        """Whose rows the text is followed by: findings are those of validate, refusals of normalize."""
        command = self.command[0]
        return {"slice": "normalize" if self.about == "refusal" else "validate",
                "preflight": "validate", "processor": "normalize"}.get(command, command)


def data_folder(folder):
    data = tempfile.mkdtemp(dir=folder)
    for name in ("in/tables", "in/files", "out/tables", "out/files"):
        os.makedirs(os.path.join(data, name))
    with open(os.path.join(data, "config.json"), "w", encoding="utf-8") as file:
        file.write("{}")
    return data


class Csvkit:
    def __init__(self, program):
        self.program = program
        self.judged = {}

    def run(self, *arguments, folder=None):
        done = subprocess.run([self.program, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False, timeout=60)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def judgement(self, path, profile, *options):
        """What validate says of all places: {"errors": N, ...}, or None when it cannot read the file. Files stay
        as they are once they were judged, so each is asked for once."""
        key = path, profile, options
        if key not in self.judged:
            self.judged[key] = self.judge(path, profile, *options)
        return self.judged[key]

    def judge(self, path, profile, *options):
        _, out, _ = self.run("validate", "--no-config", "--format=json", "--max-findings=0",
                             "--profile=" + profile, *options, path)
        said = json.loads(out) if out.strip() else {}
        return said if "findings" in said else None

    def preflight(self, path, folder, manifest=None):
        """What preflight says of the file as a table of an output; None when it cannot read it."""
        data = data_folder(folder)
        shutil.copyfile(path, os.path.join(data, "out/tables/t.csv"))
        if manifest:
            with open(os.path.join(data, "out/tables/t.csv.manifest"), "w", encoding="utf-8") as file:
                json.dump(manifest, file)
        _, out, _ = self.run("preflight", "--default-bucket=in.c-main", "--format=json", "--max-findings=0", data)
        tables = json.loads(out)["tables"] if out.strip() else []
        return tables[0] if tables else None

    def processed(self, path, folder, parameters):
        """(status, what is told, the table that was written) of the step "normalize"."""
        data = data_folder(folder)
        shutil.copyfile(path, os.path.join(data, "in/tables/t.csv"))
        with open(os.path.join(data, "config.json"), "w", encoding="utf-8") as file:
            json.dump({"parameters": {"normalize": parameters}}, file)
        status, _, error = self.run("processor", data)
        made = os.path.join(data, "out/tables/t.csv")
        return status, error.strip(), made if os.path.exists(made) else None

    def sliced(self, path, folder, *options):
        """(status, what is told): of slices made, which are put together again in FOLDER/out.csv."""
        work = tempfile.mkdtemp(dir=folder)
        slices, out = os.path.join(work, "slices"), os.path.join(work, "out.csv")
        status, said, error = self.run("slice", "-o", slices, *options, path, folder=work)
        if status == 0 and os.path.exists(slices + ".manifest"):
            self.run("merge", slices, "-o", out)
        return status, said + error, out if os.path.exists(out) else None

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


def in_report(command, out):
    """The helps of a report for people."""
    about, message = "", ""
    for line in out.splitlines():
        found = FINDING.search(line)
        if line.startswith("    help: "):
            yield Said(command, about, line[len("    help: "):], message)
        elif found:
            about, message = found.group(1), line[found.end():]


def said_by_validate(csvkit, path, profile, options=()):
    command = ("validate", "--profile=" + profile, *options)
    _, out, err = csvkit.run(*command, "--no-config", "-v", "--color=never", path)
    yield from in_report(command, out)
    if err.strip():
        yield Said(command, "refusal", err.strip())


def said_by_sniff(csvkit, path):
    _, out, err = csvkit.run("sniff", path)
    for line in out.splitlines()[1:]:
        yield Said(("sniff",), "proposal", line.strip(), out)
    if err.strip():
        yield Said(("sniff",), "refusal", err.strip())


def said_by_normalize(csvkit, path, folder, options):
    """Without --rejects first. Where nothing is rejected it is the same run without them."""
    runs = [csvkit.normalized(path, folder, *options)]
    if not (runs[0].done() and runs[0].rejected() == 0):
        runs.insert(0, csvkit.normalized(path, folder, *options, rejects=False))
    return [Said(("normalize", *options), about, text) for made in runs for about, text in made.texts()]


def said_by_slice(csvkit, path, folder):
    """The report is that of the profile keboola; what is refused is said as by normalize."""
    _, told, _ = csvkit.sliced(path, folder)
    yield from in_report(("slice", "--profile=keboola"), told)
    status, told, _ = csvkit.sliced(path, folder, "--normalize")
    if status not in (0, 1) and told.strip():
        yield Said(("slice", "--profile=keboola", "--normalize"), "refusal", told.strip())


def said_by_preflight(csvkit, path, folder):
    report = csvkit.preflight(path, folder)
    for found in report["findings"] if report else ():
        if found.get("mend"):
            yield Said(("preflight", "--profile=keboola"), found["rule"], found["mend"], found["message"])


KEY = re.compile(r'"([a-z_0-9]+)": (true|\d+|N\b|"(?:[^"\\]|\\.)*")')


def as_options(text):
    """Keys of a step as the options of their names: the same advice, for the same rows."""
    def option(found):
        name, value = "--" + found.group(1).replace("_", "-"), found.group(2)
        value = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        value = "'" + value + "'" if value in ("'", '"', "\\", ",", ";", "|") else value
        return {"true": name}.get(value, name + "=" + value)
    text = text.replace('"rejects": true', "--rejects=FILE").replace('"ragged": "widen"', "--widen")
    return KEY.sub(option, text).replace(", --ragged", " --ragged")


def said_by_processor(csvkit, path, folder):
    for parameters in (True, {"delimiter": "auto"}):
        _, told, _ = csvkit.processed(path, folder, parameters)
        if told:
            options = [] if parameters is True else ["--delimiter=auto"]
            if re.search("--[a-z]", told):
                yield Said(("processor", *options), "refusal", "an option where a key should stand: " + told)
            yield Said(("processor", *options), "refusal", as_options(told))


def said_of(csvkit, path, folder, by_all=True):
    """What is said by the commands that read a file, or by all that judge or repair one."""
    if by_all:
        yield from said_by_slice(csvkit, path, folder)
        yield from said_by_preflight(csvkit, path, folder)
        yield from said_by_processor(csvkit, path, folder)
    for profile in PROFILES:
        yield from said_by_validate(csvkit, path, profile)
    yield from said_by_sniff(csvkit, path)
    for options in ((), ("--delimiter=auto",)):
        yield from said_by_normalize(csvkit, path, folder, options)
