"""rows.py - how each advice is followed: the table that new advice needs a row in.

A row has a name, who says it, the regular expression of the text, and what to do then: a list of
trials, each a way in which a person would follow the advice. A trial is a command and the options
that are added to it. What the options need and the text leaves open (NAME, C, N) is taken from where
the person would look: the finding's message, the first line, csvkit sniff. No trial: the advice needs
knowledge that no file holds, or it is about something that no file shows; the row says why.
"""
import re
import zipfile


class Trial:
    """`command` is validate or normalize. `changes`: what the values are compared without; None:
    another table is read, so only the new reading counts. `drops`: lines that are to go, as a
    function of line number, text and number of lines."""

    def __init__(self, command, *options, changes=lambda value: value, drops=None, promise=None):
        self.command, self.options, self.changes = command, options, changes
        self.drops, self.promise = drops, promise


class Case:
    """What a row may look at: the file, the text, and the sniffer's proposal."""

    def __init__(self, csvkit, path, said, folder):
        self.csvkit, self.path, self.said, self.folder = csvkit, path, said, folder

    def sniffed(self):
        return self.csvkit.proposal(self.path)

    def sure_encoding(self):
        found = self.sniffed().get("encoding", {})
        return found["value"] if found.get("score", 0) >= 80 and found["value"] != "UTF-8" else None

    def judged(self):
        profile = [word[10:] for word in self.said.command if word.startswith("--profile=")]
        return self.csvkit.judgement(self.path, *(profile or ["rfc4180"]))


def only(*trials):
    return lambda found, case: list(trials)


def nothing(why):
    assert why
    return lambda found, case: []


def validate_with(option, **how):
    return lambda found, case: [Trial("validate", option.format(*found.groups()), **how)]


def normalize_with(*options, **how):
    return lambda found, case: [Trial("normalize", *(o.format(*found.groups()) for o in options), **how)]


def encoding_of_message(found, case):
    name = re.search(r"(?:look like|file is) ([\w-]+)", case.said.message)
    return [Trial("validate", "--encoding=" + name.group(1))] if name else []


def sure_encoding(command):
    def follow(found, case):
        name = case.sure_encoding()
        return [Trial(command, "--encoding=" + name)] if name else []
    return follow


def names(found, case):
    count = case.judged()["columns"]
    columns = ",".join(f"c{i}" for i in range(1, count + 1))
    return [Trial("validate", "--no-header", "--columns=" + columns)]


def proposed_encoding(found, case):
    """What sniff proposes, be it sure or not; it says so when it proposes none."""
    name = case.sniffed().get("encoding", {}).get("value")
    return [Trial("normalize", "--encoding=" + name)] if name and name != "UTF-8" else []


def without_sep_line(found, case):
    with open(case.path, "rb") as file:
        raw = file.read()
    sep = re.match(rb"(?:\xef\xbb\xbf)?sep=(.[^\r\n]*)\r?\n?", raw, re.I)
    if not sep:
        return []
    trial = Trial("validate", "--delimiter=" + sep.group(1).decode(errors="replace"), changes=None)
    trial.input = raw[sep.end():]
    return [trial]


def without_ends(found, case):
    """Lines that end with the beginning of a delimiter of several bytes lose it."""
    with open(case.path, "rb") as file:
        raw = file.read()
    trial = Trial("normalize", "--no-header", "--delimiter=\\t|\\t",
                  *(["--enclosure=none"] if found.group(1) else []), changes=None)
    trial.input = re.sub(rb"(?m)\t\|$", b"", raw)
    return [trial]


def unpacked(found, case):
    with zipfile.ZipFile(case.path) as packed:
        if len(packed.namelist()) != 1:
            return []
        trial = Trial("validate", changes=None)
        trial.input = packed.read(packed.namelist()[0])
        return [trial]


def converted_back(found, case):
    """As iconv does; it stops where not all of the file is so."""
    with open(case.path, encoding="utf-8", newline="") as file:
        try:
            back = file.read().encode("windows-1252")
        except ValueError:
            return []
    trial = Trial("validate", changes=None)
    trial.input = back
    return [trial]


def delimiter(found, case):
    return [Trial(case.said.speaks_as(), "--delimiter=" + found.group(1), changes=None)]


def both_delimiters(found, case):
    value = found.group(1).strip("'")
    return [Trial("normalize", "--delimiter=" + value, changes=None),
            Trial("normalize", "--delimiter=auto", changes=None)]


def enclosure(quote):
    """With the delimiter, when the same report advises one: a person follows both."""
    def follow(found, case):
        other = [f["delimiter"] for f in case.judged()["findings"] if f["rule"] == "delimiter-suspected"]
        return [Trial("validate", "--enclosure=" + quote, *("--delimiter=" + name for name in other),
                      changes=None if other else without(quote))]
    return follow


def without(quote):
    return lambda value: value.strip(quote).replace(2 * quote, quote)


def first(count):
    return lambda line, text, lines: line <= count


def last(count):
    return lambda line, text, lines: line > lines - count


def skip_head(found, case):
    count = int(found.group(1))
    return [Trial("normalize", f"--skip-head={count}", drops=first(count))]


def skip_head_of_sniff(found, case):
    count, sniffed = int(found.group(1)), case.sniffed()
    options = ["--delimiter=" + sniffed["delimiter"]["value"]] if sniffed["delimiter"]["value"] else []
    if sniffed["encoding"]["value"] != "UTF-8":
        options.append("--encoding=" + sniffed["encoding"]["value"])
    trial = Trial("normalize", f"--skip-head={count}", drops=first(count))
    trial.both = options
    return [trial]


def skip_tail(found, case):
    count = int(found.group(1))
    return [Trial("normalize", f"--skip-tail={count}", drops=last(count))]


def comment(found, case):
    mark = found.group(1)
    return [Trial("normalize", "--comment=" + mark, drops=lambda line, text, lines: text.startswith(mark))]


def comment_of_sniff(found, case):
    trials, value = comment(found, case), case.sniffed()["delimiter"]["value"]
    trials[0].both = ["--delimiter=" + value] if value else []
    return trials


BYTES = {"semicolon": ";", "pipe": "|", "tab": "\t", "comma": ",", "space": " "}


def in_manifest(key, options=()):
    """The value that the message names, written into the manifest of the table."""
    def follow(found, case):
        if key == "delimiter":
            name = re.search(r"fits better: (\S+) gives", case.said.message) or re.search(
                r"`sep=(.)", open(case.path, encoding="utf-8", errors="replace").readline())
            value = name and BYTES.get(name.group(1), name.group(1))
        else:
            value = "`" if "backtick" in case.said.message else "'"
        if not value or len(value) > 1:
            return []
        trial = Trial("preflight", "--" + key + "=" + value, *options, changes=None)
        trial.manifest = {key: value}
        return [trial]
    return follow


def columns_in_manifest(found, case):
    trial = Trial("preflight", "--no-header")
    trial.manifest = {"columns": [f"c{i}" for i in range(1, max(case.judged()["columns"], 1) + 1)]}
    return [trial]


def names_first(names, made):
    return None if names and names[0].startswith("col_1") else f"the first name is {names[:1]}"


def names_last(names, made):
    return None if names and names[-1].startswith("col_") else f"the last name is {names[-1:]}"


GIVEN = "the user has to know it; csvkit says that it does not"
ROWS = [
    # validate
    ("empty", "validate", r"give the names with --columns\.", only(Trial("validate", "--no-header", "--columns=a,b"))),
    ("encoding-of-mark", "validate", r"Read the file with --encoding=auto, or convert", only(Trial("validate", "--encoding=auto", changes=None))),
    ("encoding-named", "validate", r"Read the file with --encoding=([\w-]+)\.", validate_with("--encoding={}")),
    ("encoding-suspected", "validate", r"It is not sure: name the encoding that the file was written in, with --encoding=NAME\.", nothing(GIVEN)),
    ("encoding-real", "validate", r"Convert the file from its real encoding: csvkit normalize --encoding=NAME does; when only some places are damaged, "
     r"--encoding-fallback=NAME reads these alone in it\.", lambda found, case:
     sure_encoding("normalize")(found, case) or [Trial("normalize", "--encoding-fallback=windows-1252")]),
    ("crlf", "validate", r"csvkit normalize --line-break=crlf if", normalize_with("--line-break=crlf")),
    ("one-line-break", "validate", r"Write one kind of line break: csvkit normalize does\.", normalize_with()),
    ("crcrlf", "validate", r"csvkit normalize repairs it safely\.", normalize_with()),
    ("sep-line", "validate", r"Remove the line; give the delimiter outside the file, to csvkit with --delimiter=C\.", without_sep_line),
    ("copy-end", "validate", r"csvkit normalize --skip-tail=(1) does\.", skip_tail),
    ("escape", "validate", r"read with --escape='\\'\.", only(Trial("validate", "--escape=\\"))),
    ("apostrophes", "validate", r"Read with --enclosure=\"'\", or write", enclosure("'")),
    ("quotes-data", "validate", r"Read with --enclosure=none\.", enclosure("none")),
    ("backticks", "validate", r"Read with --enclosure='`', or write", enclosure("`")),
    ("names", "validate", r"give --no-header with --columns\.", names),
    ("delimiter", "validate", r"Give the delimiter with --delimiter='([^\n]+)'\.", delimiter),
    ("delimiter-and-escape", "validate", r"Read with --delimiter='([^\n]+)' --escape='\\'( --enclosure=none)?\.",
     lambda found, case: [Trial("validate", "--delimiter=" + found.group(1), "--escape=\\",
                                *(["--enclosure=none"] if found.group(2) else []), changes=None)]),
    ("delimiter-and-end", "validate",
     r"sed 's/\\t\|\$//' FILE \| csvkit normalize --no-header --delimiter='\\t\|\\t'( --enclosure=none)?", without_ends),
    ("sniff-shows", "validate", r"csvkit sniff shows what speaks for it;", lambda found, case: []),
    ("comments-and-delimiter", "validate", r"csvkit normalize --comment=(#) --delimiter='([^\n]+)' does\.", lambda found, case: [
        Trial("normalize", "--comment=" + found.group(1), "--delimiter=" + found.group(2), changes=None)]),
    ("delimiter-long", "validate", r"Convert the file: csvkit normalize --delimiter='([^\n]+)' does\.", normalize_with("--delimiter={}", changes=None)),
    ("name-missing", "validate", r"csvkit normalize --missing-names=first adds col_1\.", normalize_with("--missing-names=first", promise=names_first)),
    ("comments", "validate", r"csvkit normalize --comment=(#) does\.", comment),
    ("cr-in", "validate", r"csvkit normalize --line-break-in=any does\.", normalize_with("--line-break-in=any")),
    ("field-limit", "validate", r"raise the limit with --max-field\.", validate_with("--max-field=1GB")),
    ("record-limit", "validate", r"raise the limit with --max-record\.", validate_with("--max-record=1GB")),
    ("empty-records", "validate", r"csvkit normalize --empty-records=drop does\.", normalize_with("--empty-records=drop")),
    ("mojibake", "validate", r"When all of the file is so, `iconv -f UTF-8 -t WINDOWS-1252 FILE` undoes it\.", converted_back),
    ("unzip", "", r"unzip -p FILE \| csvkit validate -", unpacked),
    ("psql", "", r"as psql --csv does\.", nothing("the database has the data, no file")),
    # normalize
    ("rejects", "normalize", r"; --rejects=FILE sets such records apart", normalize_with()),
    ("nul", "normalize", r"\(--null-bytes=remove\)", normalize_with("--null-bytes=remove")),
    ("nul-named", "normalize", r"name the delimiter with --delimiter=C, and --null-bytes=remove removes them", nothing(GIVEN)),
    ("not-utf8", "normalize", r"\(--encoding=NAME, or --invalid-utf8=replace\)", lambda found, case:
     sure_encoding("normalize")(found, case) + [Trial("normalize", "--invalid-utf8=replace")]),
    ("fallback-here", "normalize", r"\(--encoding-fallback=NAME, or --invalid-utf8=replace\)",
     normalize_with("--encoding-fallback=windows-1252")),
    ("empty-records-dropped", "normalize", r"\(--empty-records=drop drops (?:it|them)\)", normalize_with("--empty-records=drop")),
    ("cr-in-any", "normalize", r"\(--line-break-in=any\)", normalize_with("--line-break-in=any")),
    ("header-again", "normalize", r"\(--repeated-headers=drop drops it\)", normalize_with("--repeated-headers=drop")),
    ("likely-any", "normalize", r"\(try --delimiter=auto\)", only(Trial("normalize", "--delimiter=auto", changes=None))),
    ("lines-above", "normalize", r"\(--skip-head=N\)", nothing(GIVEN)),
    ("more-repairs", "normalize", r"; --max-repairs=N allows more", normalize_with("--max-repairs=1000000")),
    ("encoding-sniff", "normalize", r"\(csvkit sniff proposes one\)", proposed_encoding),
    ("encoding-give", "normalize", r"name it with --encoding=NAME", nothing(GIVEN)),
    ("delimiter-give", "normalize", r"; give --delimiter$", nothing(GIVEN)),
    ("delimiters", "normalize", r"\(try --delimiter=([^,)]+|','), or --delimiter=auto\)", both_delimiters),
    ("delimiter-try", "normalize", r"\(try --delimiter=([^)]+)\)", lambda found, case: both_delimiters(found, case)[:1]),
    ("skip-head", "normalize", r"\(try --skip-head=(\d+)\)", skip_head),
    ("comment-drops", "normalize", r"\(--comment=(.) drops all lines that do\)", comment),
    ("missing-first", "normalize", r"\(--missing-names=first adds col_1\)", normalize_with("--missing-names=first", promise=names_first)),
    ("missing-last", "normalize", r"\(--missing-names=last adds it\)", normalize_with("--missing-names=last", promise=names_last)),
    ("end-blank", "normalize", r"\(--trim --ragged=pad drops it\)", normalize_with("--trim", "--ragged=pad", changes=str.strip)),
    ("left-out", "normalize", r"\(--ragged=pad adds them, empty\)", normalize_with("--ragged=pad")),
    ("missing-somewhere", "normalize", r"\(csvkit validate lists these records\)", nothing("a person has to look at them")),
    ("left-out-command", "validate", r"csvkit normalize --ragged=pad adds them, empty\.", normalize_with("--ragged=pad")),
    ("end-empty", "normalize", r"\(--ragged=pad drops it\)", normalize_with("--ragged=pad")),
    ("wrong-anything", "normalize", r"wrong --delimiter or --enclosure, or lines before the header \(--skip-head\)\?", nothing(GIVEN)),
    ("utf-16", "normalize", r"\(try --encoding=(utf-16[bl]e)\)", normalize_with("--encoding={}")),
    ("widen", "normalize", r"\(--widen makes the table as wide as its widest record\)", normalize_with("--widen")),
    ("enclosure", "normalize", r"\(try --enclosure=\"'\"\)", normalize_with("--enclosure='", changes=without("'"))),
    ("enclosure-escape", "normalize", r"\(try --enclosure=\"'\", --enclosure=none or --escape='\\'\)", nothing(
        "three guesses, of which one may help")),
    ("fallback", "normalize", r"--encoding-fallback=NAME reads such bytes in it, and no others", normalize_with("--encoding-fallback=windows-1252")),
    ("preamble-lines", "validate", r"Remove the lines above the header; csvkit normalize --skip-head=(\d+) does\.", skip_head),
    ("footer-lines", "validate", r"If they are no records, remove these lines; csvkit normalize --skip-tail=(\d+) does\.", skip_tail),
    ("footer", "normalize", r"\(--skip-tail=(\d+) drops (?:it|them)\)", skip_tail),
    # preflight: what the manifest says
    ("manifest-sep", "preflight", r"Remove the line; name the delimiter in the manifest", nothing("as sep-line")),
    ("manifest-delimiter", "preflight", r"Name the delimiter in the manifest", in_manifest("delimiter")),
    ("manifest-enclosure", "preflight", r"Name the enclosure in the manifest, \"enclosure\"", in_manifest("enclosure")),
    ("manifest-names", "preflight", r"Add a header, or name the columns in the manifest\.", columns_in_manifest),
    ("manifest-empty", "preflight", r"or name the columns in the manifest\.", columns_in_manifest),
    ("step-empty", "processor", r"Write at least the header, or name the columns in the manifest\.", nothing("as manifest-empty")),
    ("escape-convert", "preflight", r"csvkit normalize --escape='\\' does", normalize_with("--escape=\\", changes=None)),
    ("encoding-convert", "preflight", r"csvkit normalize --encoding=(?!NAME)([\w-]+) does", normalize_with("--encoding={}", changes=None)),
    ("encoding-unsure", "preflight", r"csvkit normalize --encoding=NAME does, with the encoding that", nothing(GIVEN)),
    # sniff
    ("sniff-comments", "sniff", r"^comments +--comment=(#)", comment_of_sniff),
    ("sniff-head", "sniff", r"^lines above --skip-head=(\d+)", skip_head_of_sniff),
]
TABLE = [(name, who, re.compile(text), follow) for name, who, text, follow in ROWS]
NAMES_COMMAND = re.compile(r"(?<![\w-])--[a-z][a-z-]+|in the manifest|csvkit (?:sniff|validate|normalize|slice|merge|manifest|preflight|rules)\b|(?<![\w-])-d ")


def rows_for(said):
    """(name, match, follow) of each row that the text shows, and what of the text names a command still."""
    rest, found = said.text, []
    for name, who, text, follow in TABLE:
        match = text.search(rest)
        if match and who in ("", said.command[0], said.speaks_as()):
            found.append((name, match, follow))
            rest = rest[:match.start()] + rest[match.end():]
    return found, NAMES_COMMAND.findall(rest)
