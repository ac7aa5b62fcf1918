"""corpora.py - the reader and the validator against the expectations of public test corpora.

Usage: corpora.py CORPUS_ROOT ROWS_TOOL CSVKIT. Every expectation that does not hold is either in
DEVIATIONS, with the reason why csvkit differs on purpose, or a failure. A deviation that no longer
occurs is a failure too, so the list stays true.
"""
import csv
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT, ROWS, CSVKIT = sys.argv[1:4]
QUOTING = {0, 1, 2, 3, 4, 5}  # enum csvk_fact_kind: the six that concern enclosures
SKIPS_EMPTY = "that reader skips empty lines; here they are records (doc/reading.md A5)"
CR_ENDS = "the first line break decides: CR in a file that begins so ends records (doc/reading.md A7)"
CRCRLF = "CR CR LF is one line break and an error of its own (doc/reading.md A9)"
CR_INNER = "that reader turns CRLF inside enclosures into LF; here bytes stay (doc/reading.md A11)"
QUOTE_DATA = "accepted there as data; here data too, with a finding (doc/reading.md A13, A16)"
NOT_CLEAN = "holds a quote in a field that is not enclosed, whatever its description says"
LOST_CR = "the file lost its CR on the way into the corpus; its expected rows still have it"
EMPTY_FIELDS = "a record of empty fields only has the right width: no structural finding"
FULL_WIDTH = "the title line is padded to the full width: names are missing, no width differs"
FIRST_SURPLUS = "one finding a record, at its first surplus field; there one for each"
DEVIATIONS = {
    "go BareCR": CR_ENDS, "go BlankLine": SKIPS_EMPTY, "go BlankLineFieldCount": SKIPS_EMPTY,
    "go MultipleCRLF": SKIPS_EMPTY, "go CRLFInQuotedField": CR_INNER,
    "go QuotedTrailingCRCR": CR_ENDS, "go FieldCR": CR_ENDS, "go FieldCRCR": CR_ENDS,
    "go FieldCRCRLF": CRCRLF, "go FieldCRCRLFCR": CRCRLF, "go FieldCRCRLFCRCR": CRCRLF,
    "go MultiFieldCRCRLFCRCR": CRCRLF,
    "csv-spectrum location_coordinates.csv": NOT_CLEAN,
    "csv-spectrum location_coordinates.csv valid": NOT_CLEAN,
    "csv-spectrum newlines_crlf.csv": LOST_CR,
    "papaparse Unquoted field with quotes at end of field (accepted there)": QUOTE_DATA,
    "papaparse Quoted field with whitespace around quotes (accepted there)": QUOTE_DATA,
    "papaparse Misplaced quotes in data, not as opening quotes (accepted there)": QUOTE_DATA,
    "frictionless blank-rows.csv 4 - blank-row": EMPTY_FIELDS,
    "csvlint title-row.csv": FULL_WIDTH,
    "duckdb rejects/multiple_errors/cast_and_more_col.csv 5 6 TOO MANY COLUMNS": FIRST_SURPLUS,
}
DEVIATIONS.update({"frictionless blank-rows-multiple.csv %d - blank-row" % row: EMPTY_FIELDS
                   for row in range(4, 15)})
failures, used, checked = [], set(), {}


def note(corpus, name, ok, detail=""):
    checked[corpus] = checked.get(corpus, 0) + 1
    key = corpus + " " + name
    if ok:
        return
    if key in DEVIATIONS:
        used.add(key)
    else:
        failures.append(key + ": " + detail)


def raw(value):
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"])
    return value.encode("utf-8", "surrogateescape")


def rows(path, *dialect):
    out = subprocess.run([ROWS, path, *dialect], capture_output=True, check=False)
    if out.returncode != 0:
        return None
    got = json.loads(out.stdout)
    got["raw"] = [[raw(v) for v in record] for record in got["rows"]]
    return got


def rows_of_text(data, *dialect):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return rows(file.name, *dialect)


def validate(path, *options):
    out = subprocess.run([CSVKIT, "validate", "--format=json", "--max-findings=0", *options, path],
                         capture_output=True, check=False)
    return json.loads(out.stdout.decode("utf-8", "surrogatepass"))


def corpus(name):
    path = os.path.join(ROOT, name)
    if not os.path.isdir(path):
        print("SKIPPED: %s is not here; nothing was checked against it" % path)
        return None
    return path


def csv_spectrum():
    folder = corpus("csv-spectrum")
    if folder is None:
        return
    for file in sorted(os.listdir(folder + "/csvs")):
        wanted = json.load(open(folder + "/json/" + file[:-3] + "json", encoding="utf-8"))
        got = rows(folder + "/csvs/" + file)
        names = got["rows"][0]
        have = [dict(zip(names, record)) for record in got["rows"][1:]]
        note("csv-spectrum", file, have == wanted, "rows differ")
        report = validate(folder + "/csvs/" + file)
        note("csv-spectrum", file + " valid", report["valid"], "is not valid")


def go_encoding_csv():
    folder = corpus("go-encoding-csv")
    if folder is None:
        return
    for line in open(folder + "/read.jsonl", encoding="utf-8"):
        case = json.loads(line)
        if case.get("lazy_quotes") or case.get("trim_leading_space") or case.get("comment"):
            continue
        delimiter = case.get("delimiter") or ","
        if len(delimiter.encode()) != 1 or delimiter in "\r\n\"\0\ufffd":
            continue
        got = rows_of_text(raw(case["input"]), delimiter)
        errors = [e for e in case["errors"] or [] if e]
        quoting = [e for e in errors if '"' in e["error"]]
        name = case["name"]
        if quoting:
            note("go", name, any(f[0] in QUOTING for f in got["facts"]), "no quoting fact")
            continue
        wanted = [[raw(v) for v in record] for record in case["records"]]
        note("go", name, got["raw"] == wanted, "%r, expected %r" % (got["raw"], wanted))
        if got["raw"] == wanted:
            note("go", name + " places", got["places"] == case["field_positions"],
                 "%r, expected %r" % (got["places"], case["field_positions"]))


def scalars(text):
    """Values of a YAML flow list of strings: 'a''b', "a\\n" or plain; all that the corpus uses."""
    out = []
    for single, double, plain in re.findall(r"'((?:[^']|'')*)'|\"((?:[^\"\\]|\\.)*)\"|([^,\[\]'\"\s][^,\]]*)", text):
        if plain:
            out.append(plain.strip())
        elif double:
            out.append(json.loads('"' + double + '"'))
        else:
            out.append(single.replace("''", "'"))
    return out


def fastcsv_cases(path):
    """(id, input, records or None, may be refused) of one YAML file of that corpus."""
    strict_free, case = False, None
    for line in open(path, encoding="utf-8"):
        text = line.strip()
        if text.startswith("exceptionAllowed:"):
            strict_free = "true" in text
        elif text.startswith("- id:"):
            if case:
                yield case
            case = [text[5:].strip(), None, [], strict_free]
        elif text.startswith("input:") and case:
            case[1] = (scalars(text[6:]) or [""])[0]
        elif text.startswith("- [") and case:
            case[2].append(scalars(text[2:]))
        elif text.startswith("- ") and case and "[]" in text:
            case[2].append([])
    if case:
        yield case


def expand(text):
    for mark, bytes_ in (("␍", "\r"), ("␊", "\n"), ("␤", "\r\n"), ("␠", " ")):
        text = text.replace(mark, bytes_)
    return text


def fastcsv_spec():
    folder = corpus("fastcsv-spec")
    if folder is None:
        return
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".yaml") or file.startswith(("comments-read", "comments-skip", "skip-empty")):
            continue  # options that csvkit's reader has not: comments and skipping
        for name, text, records, may_refuse in fastcsv_cases(os.path.join(folder, file)):
            for eol in (("\n", "\r\n", "\r") if "⏎" in (text or "") else ("",)):
                data = expand((text or "").replace("⏎", eol)).encode()
                wanted = [[expand(v.replace("⏎", eol)) for v in r] for r in records]
                got = rows_of_text(data, ",", '"', "none", "any")
                label = name + (" " + repr(eol) if eol else "")
                if may_refuse:
                    note("fastcsv", label, any(f[0] in QUOTING for f in got["facts"]) or
                         len({len(r) for r in got["rows"]}) > 1, "neither a fact nor a width")
                else:
                    note("fastcsv", label, got["rows"] == wanted,
                         "%r, expected %r" % (got["rows"], wanted))


def papaparse():
    folder = corpus("papaparse-cases")
    if folder is None:
        return
    for line in open(folder + "/core.jsonl", encoding="utf-8"):
        case = json.loads(line)
        config = case.get("config") or {}
        if set(config) - {"delimiter", "quoteChar", "newline"} or not isinstance(case["input"], str):
            continue
        delimiter, quote = config.get("delimiter", ","), config.get("quoteChar", '"')
        if len(delimiter) != 1 or not isinstance(quote, str) or len(quote) != 1 or delimiter in "\r\n":
            continue
        got = rows_of_text(case["input"].encode(), delimiter, quote)
        wanted = case["expected"]["data"]
        if wanted and wanted[-1] == [""] and case["input"][-1:] in ("\n", "\r"):
            wanted = wanted[:-1]  # that reader keeps an empty last line as a row
        name = case["description"]
        if case["expected"]["errors"]:
            note("papaparse", name, any(f[0] in QUOTING for f in got["facts"]), "no quoting fact")
        elif got is not None and any(f[0] in QUOTING for f in got["facts"]):
            note("papaparse", name + " (accepted there)", False, "quoting fact for a valid case")
        else:
            note("papaparse", name, got is not None and got["rows"] == wanted,
                 "%r, expected %r" % (got and got["rows"], wanted))


def frictionless():
    folder = corpus("frictionless")
    if folder is None:
        return
    rules = {"blank-label": ["header-empty-name"], "duplicate-label": ["header-duplicate-name"],
             "missing-cell": ["field-count"], "extra-cell": ["field-count", "trailing-delimiter"],
             "blank-row": ["blank-line", "ambiguous-empty-record"]}
    for row in csv.DictReader(open(folder + "/expected.tsv", encoding="utf-8"), delimiter="\t"):
        path = os.path.join(folder, row["file"])
        if row["type"] not in rules or not os.path.exists(path):
            continue
        found = [f for f in validate(path)["findings"] if f["rule"] in rules[row["type"]]]
        if row["row"] != "-":
            found = [f for f in found if f.get("record") == int(row["row"])]
        note("frictionless", "%s %s %s %s" % (row["file"], row["row"], row["field"], row["type"]),
             bool(found), "no such finding")


def csvlint():
    folder = corpus("csvlint-rb")
    if folder is None:
        return
    rules = {"nonrfc_line_breaks": "eol-lf", "line_breaks": "eol-mixed",
             "invalid_encoding": "invalid-utf8", "title_row": "field-count"}
    for row in csv.DictReader(open(folder + "/expected.tsv", encoding="utf-8"), delimiter="\t"):
        path = os.path.join(folder, row["file"])
        if not os.path.exists(path):
            continue
        report = validate(path)
        if row["type"] in rules:
            note("csvlint", row["file"], rules[row["type"]] in report["rules"], str(report["rules"]))
        else:
            note("csvlint", row["file"], report["valid"], "is not valid")


def duckdb_rejects():
    folder = corpus("duckdb")
    if folder is None:
        return
    for row in csv.DictReader(open(folder + "/expected.tsv", encoding="utf-8"), delimiter="\t"):
        path = os.path.join(folder, row["file"])
        if not os.path.exists(path):
            continue
        report = validate(path, "--no-header")
        name = "%s %s %s %s" % (row["file"], row["line"], row["column"], row["error_type"])
        at = {f["byte"] for f in report["findings"]}
        if row["error_type"] == "none":
            structural = {"field-count", "trailing-delimiter", "invalid-utf8", "unclosed-quote",
                          "text-after-closing-quote"} & set(report["rules"])
            note("duckdb", name, not structural, str(structural))
        elif row["error_type"] in ("MISSING COLUMNS", "TOO MANY COLUMNS"):
            byte = int(row["byte_position"]) - 1
            extra = row["error_type"] == "TOO MANY COLUMNS"
            note("duckdb", name, byte in at or (extra and byte + 1 in at),
                 "nothing at byte %d: %s" % (byte, sorted(at)[:12]))
        else:
            rules = {"UNQUOTED VALUE": {"text-after-closing-quote", "unclosed-quote",
                                        "backslash-escaped-quote", "space-after-closing-quote"},
                     "INVALID ENCODING": {"invalid-utf8"}}.get(row["error_type"], set())
            lines = {f["line"] for f in report["findings"] if f["rule"] in rules}
            note("duckdb", name, bool(lines), "no such finding: %s" % report["rules"])


def keboola():
    folder = corpus("keboola-php-csv")
    if folder is None:
        return
    for base, _, files in os.walk(folder):
        for file in files:
            path = os.path.join(base, file)
            wide = re.match(r"utf(16|32)(Little|Big)EndianBom", file)
            if wide:
                report = validate(path, "--profile=keboola")
                kind = "UTF-%s%sE" % (wide.group(1), wide.group(2)[0])
                note("keboola", file, any(kind in f["message"] for f in report["findings"]),
                     str(report["rules"]))
            elif ".mac." in file:
                note("keboola", file, "eol-cr" in validate(path, "--profile=keboola")["rules"])
            elif "cp1250" in file:
                note("keboola", file, "invalid-utf8" in validate(path, "--profile=keboola")["rules"])


def commons_csv():
    folder = corpus("commons-csv")
    if folder is None:
        return
    folder += "/CSVFileParser"
    for file in ("test_rfc4180.txt",):
        lines = open(os.path.join(folder, file), encoding="utf-8").read().split("\n")
        lines = [l for l in lines if not l.startswith("#")]
        data = os.path.join(folder, lines[0].split()[0])
        wanted = [l for l in lines[2:] if re.match(r"\d+:", l)]
        got = rows(data)["rows"]
        note("commons-csv", file, [len(r) for r in got] == [int(w.split(":")[0]) for w in wanted],
             "%r, expected %r" % (got, wanted))


for check in (csv_spectrum, go_encoding_csv, fastcsv_spec, papaparse, frictionless, csvlint,
              duckdb_rejects, keboola, commons_csv):
    check()
for key in sorted(set(DEVIATIONS) - used):
    if checked.get(key.split()[0]):
        failures.append(key + ": is listed as a deviation, but holds")
for name, count in sorted(checked.items()):
    print("%-14s %4d expectations, %d deviations on purpose" %
          (name, count, sum(1 for k in used if k.split()[0] == name)))
for failure in failures:
    print("FAILED " + failure)
if not checked:
    print("no corpus is here")
    sys.exit(77)
sys.exit(1 if failures else 0)
