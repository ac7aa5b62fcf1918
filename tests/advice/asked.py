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


def tables_in(data, folder, paths):
    """Copies of the files; their names, in the order in which csvkit takes them."""
    names = [f"t{at:03}.csv" for at in range(len(paths))]
    for name, path in zip(names, paths):
        shutil.copyfile(path, os.path.join(data, folder, name))
    return names


class Csvkit:
    """The program. What is asked of many files is asked in one run where the command takes many, and what was
    answered once is remembered: files stay as they are once they are known here."""

    def __init__(self, program):
        self.program = program
        self.judged, self.made, self.preflights, self.proposals = {}, {}, {}, {}

    def run(self, *arguments, folder=None):
        done = subprocess.run([self.program, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False, timeout=120)
        if done.returncode not in (0, 1, 2):
            raise RuntimeError(f"exit {done.returncode}: {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def judgement(self, path, profile, *options):
        """What validate says of all places: {"errors": N, ...}, or None when it cannot read the file."""
        if (path, profile, options) not in self.judged:
            self.judge([path], profile, *options)
        return self.judged[path, profile, options]

    def judge(self, paths, profile, *options):
        _, out, _ = self.run("validate", "--no-config", "--format=json", "--max-findings=0",
                             "--profile=" + profile, *options, *paths)
        said = {line["file"]: line for line in map(json.loads, out.splitlines())}
        for path in paths:
            found = said.get(path, {})
            self.judged[path, profile, options] = found if "findings" in found else None

    def proposal(self, path):
        """What sniff proposes, {"delimiter": {"value": ...}, ...}; nothing when it cannot read the file."""
        if path not in self.proposals:
            self.propose([path])
        return self.proposals[path]

    def propose(self, paths):
        _, out, _ = self.run("sniff", "--format=json", *paths)
        said = {line["file"]: line for line in map(json.loads, out.splitlines())}
        self.proposals.update((path, said.get(path, {})) for path in paths)

    def preflight(self, path, folder, manifest=None):
        """What preflight says of the file as a table of an output; None when it cannot read it."""
        if manifest:
            return self.judge_folder([path], folder, manifest)[0]
        if path not in self.preflights:
            self.preflights[path] = self.judge_folder([path], folder)[0]
        return self.preflights[path]

    def preflight_all(self, paths, folder):
        self.preflights.update(zip(paths, self.judge_folder(paths, folder)))

    def judge_folder(self, paths, folder, manifest=None):
        """The tables of one data folder, in the order of paths."""
        data = data_folder(folder)
        names = tables_in(data, "out/tables", paths)
        for name in names if manifest else ():
            with open(os.path.join(data, "out/tables", name + ".manifest"), "w", encoding="utf-8") as file:
                json.dump(manifest, file)
        _, out, _ = self.run("preflight", "--default-bucket=in.c-main", "--format=json", "--max-findings=0", data)
        tables = {table["source"]: table for table in json.loads(out)["tables"]} if out.strip() else {}
        return [tables.get(name) for name in names]

    def processed(self, paths, folder, parameters):
        """(name of the table, what is told or "") of each file as a table of the step "normalize". A table that is
        refused ends the run: those after it are asked for again."""
        while paths:
            data = data_folder(folder)
            names = tables_in(data, "in/tables", paths)
            with open(os.path.join(data, "config.json"), "w", encoding="utf-8") as file:
                json.dump({"parameters": {"normalize": parameters}}, file)
            status, _, error = self.run("processor", data)
            told = by_file(error.splitlines(), names)
            last = max((at for at, name in enumerate(names) if told[name]), default=None) if status else len(names) - 1
            if last is None:
                raise RuntimeError(f"exit {status}, and nothing is told")
            yield from zip(paths[:last + 1], map(told.get, names))
            paths = paths[last + 1:]

    def sliced(self, path, folder, *options):
        """What is told, and whether slices were made."""
        slices = os.path.join(tempfile.mkdtemp(dir=folder), "slices")
        _, said, error = self.run("slice", "-o", slices, *options, path, folder=folder)
        return said + error, os.path.exists(slices + ".manifest")

    def normalized(self, path, folder, *options, rejects=True):
        """What a run of normalize said and left behind."""
        if (path, options, rejects) not in self.made:
            self.normalize([path], folder, *options, rejects=rejects)
        return self.made[path, options, rejects]

    def normalize(self, paths, folder, *options, rejects=True):
        """The summaries are lines of JSON among the notes."""
        work = tempfile.mkdtemp(dir=folder)
        out, bad = os.path.join(work, "out"), os.path.join(work, "bad")
        more = ["--rejects=" + (bad if len(paths) > 1 else os.path.join(bad, os.path.basename(paths[0])))] if rejects else []
        os.mkdir(out)
        os.mkdir(bad)
        _, _, error = self.run("normalize", "--format=json", "-o", out, *more, *options, *paths)
        lines = error.splitlines()
        summaries = {line["file"]: line for line in map(json.loads, filter(is_summary, lines))}
        told = by_file([line for line in lines if not is_summary(line)], paths)
        for path in paths:
            name = os.path.basename(path)
            self.made[path, options, rejects] = Made(
                summaries.get(path, {}), told[path], os.path.join(out, name), os.path.join(bad, name))


def is_summary(line):
    return line.startswith('{"file":')


def by_file(lines, paths):
    """The text that each file is named in; no line is about nothing."""
    told = {path: [] for path in paths}
    for line in lines:
        named = [path for path in paths if path in line] or (paths if len(paths) == 1 else [])
        if not named:
            raise RuntimeError("no file is named: " + line)
        told[max(named, key=len)].append(line)
    return {path: "\n".join(texts).strip() for path, texts in told.items()}


class Made:
    """What a run of normalize said of one file and left behind."""

    def __init__(self, summary, told, out, rejects):
        self.summary, self.told, self.out, self.rejects = summary, told, out, rejects

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


# Each of these asks about all files of a group, and yields (path, text).

def parts_of(out, paths):
    """The report of each file: a line of it begins with the name of the file, or belongs to the line before."""
    parts, part = {path: [] for path in paths}, []
    for line in out.splitlines():
        part = next((parts[path] for path in paths if line.startswith(path + ":")), part)
        part.append(line)
    return {path: "\n".join(part) for path, part in parts.items()}


def said_by_validate(csvkit, paths, profile, options=()):
    command = ("validate", "--profile=" + profile, *options)
    _, out, err = csvkit.run(*command, "--no-config", "-v", "--color=never", *paths)
    for path, part in parts_of(out, paths).items():
        yield from ((path, said) for said in in_report(command, part))
    yield from ((path, Said(command, "refusal", text)) for path, text in by_file(err.splitlines(), paths).items() if text)


def said_by_sniff(csvkit, paths):
    _, out, err = csvkit.run("sniff", *paths)
    for path, part in parts_of(out, paths).items():
        for line in part.splitlines()[1:]:
            yield path, Said(("sniff",), "proposal", line.strip(), part)
    yield from ((path, Said(("sniff",), "refusal", text)) for path, text in by_file(err.splitlines(), paths).items() if text)


def said_by_normalize(csvkit, paths, folder, options):
    """Without --rejects first. Where nothing is rejected it is the same run without them."""
    csvkit.normalize(paths, folder, *options)
    runs = {path: [csvkit.made[path, options, True]] for path in paths}
    again = [path for path, (made,) in runs.items() if not (made.done() and made.rejected() == 0)]
    if again:
        csvkit.normalize(again, folder, *options, rejects=False)
    for path, made in runs.items():
        if path in again:
            made.insert(0, csvkit.made[path, options, False])
        for about, text in (each for one in made for each in one.texts()):
            yield path, Said(("normalize", *options), about, text)


def said_by_slice(csvkit, paths, folder):
    """The report is that of the profile keboola; what is refused is said as by normalize, and where it says so."""
    for path in paths:
        told, _ = csvkit.sliced(path, folder)
        yield from ((path, said) for said in in_report(("slice", "--profile=keboola"), told))
        normalized = csvkit.normalized(path, folder)
        if not normalized.done() or normalized.rejected():
            told, made = csvkit.sliced(path, folder, "--normalize")
            if not made:
                yield path, Said(("slice", "--profile=keboola", "--normalize"), "refusal", told.strip())


def said_by_preflight(csvkit, paths, folder):
    csvkit.preflight_all(paths, folder)
    for path in paths:
        report = csvkit.preflights[path]
        for found in report["findings"] if report else ():
            if found.get("mend"):
                yield path, Said(("preflight", "--profile=keboola"), found["rule"], found["mend"], found["message"])


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


def said_by_processor(csvkit, paths, folder):
    for parameters, options in ((True, ()), ({"delimiter": "auto"}, ("--delimiter=auto",))):
        for path, told in csvkit.processed(paths, folder, parameters):
            if re.search("--[a-z]", told):
                yield path, Said(("processor", *options), "refusal", "an option where a key should stand: " + told)
            if told:
                yield path, Said(("processor", *options), "refusal", as_options(told))


def said_of(csvkit, paths, folder, by_all):
    """Of each file: what is said by the commands that read one, and of those in by_all by all that judge or repair."""
    said = {path: [] for path in paths}
    sources = [said_by_normalize(csvkit, paths, folder, options) for options in ((), ("--delimiter=auto",))]
    sources += [said_by_validate(csvkit, paths, profile) for profile in PROFILES]
    sources += [said_by_sniff(csvkit, paths)]
    if by_all:
        sources += [said_by_slice(csvkit, by_all, folder), said_by_preflight(csvkit, by_all, folder),
                    said_by_processor(csvkit, by_all, folder)]
    for path, text in (each for source in sources for each in source):
        said[path].append(text)
    return said
