"""users.test.py - what normalize does for files as people have them.

Usage: users.test.py CASES CSVKIT. A case is a folder with input files and a text of what would help.
The question about each is one of effect: which rows come out, which are set apart, what the exit
status is, which word stands in the message. A case in HELPED that is not helped is a failure; so is
one that is helped and not in HELPED, so the list stays true.
"""
import csv
import os
import shutil
import subprocess
import sys
import tempfile

CASES, CSVKIT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
HELPED = {
    "03-header-repeated", "05-winpath-backslash", "06-pg-text-dump", "09-preamble-semicolon", "10-preamble-multi-trailing",
    "13-r-rownames", "14-mixed-encoding", "20-smart-quotes", "21-space-before-quote", "44-trim-not-after-quote-repair",
    "22-json-unquoted", "23-rows-wrapped", "30-sql-tool-frame",
    "34-quote-swallows", "37-broken-lines", "38-short-pair",
    "39-truncated", "40-comment-lines", "45-stray-quotes-swallow-one", "46-excel-missing-trailing",
}


class Outcome:
    """One run of normalize, in a folder of its own with the files of the case."""

    def __init__(self, folder, arguments):
        for name in ("out.csv", "rejects.csv", "rejects.csv.jsonl"):
            if os.path.exists(os.path.join(folder, name)):
                os.remove(os.path.join(folder, name))
        run = subprocess.run([CSVKIT, "normalize", *arguments, "-o", "out.csv",
                              "--rejects=rejects.csv"], cwd=folder, stderr=subprocess.PIPE,
                             stdin=subprocess.DEVNULL, check=False)
        self.status = run.returncode
        self.told = run.stderr.decode("utf-8", "replace")
        self.rejects = self._read(folder, "rejects.csv")
        self.index = self._read(folder, "rejects.csv.jsonl").decode()
        self.published = os.path.exists(os.path.join(folder, "out.csv"))
        self.text = self._read(folder, "out.csv").decode()
        self.rows = list(csv.reader(self.text.splitlines(keepends=True), strict=True))

    @staticmethod
    def _read(folder, name):
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            return b""
        with open(path, "rb") as file:
            return file.read()

    def tells(self, *words):
        return all(word in self.told + self.index for word in words)


def header_repeated(run):
    plain, drop = run("in.csv"), run("in.csv", "--repeated-headers=drop")
    return (plain.status == 1 and plain.rejects == b"sku,qty,price\n" * 2 and
            [row[0] for row in plain.rows] == ["sku", "A-1", "A-2", "B-1", "B-2", "C-1"] and
            plain.tells("--repeated-headers=drop") and
            drop.status == 0 and drop.rows == plain.rows)


def winpath_backslash(run):
    given = run("in.csv", "--escape=\\")
    return given.rows[4:] == [["4", "\\N", "\\N"]] or given.tells("\\N became N")


def pg_text_dump(run):
    got = run("in.csv", "-d", "tab")
    return got.status == 1 and len(got.rows) == 4 and got.rejects == b"\\.\n" and \
        got.tells("COPY", "--skip-tail=1")


def preamble_semicolon(run):
    given, found = run("in.csv", "-d", ";"), run("in.csv", "-d", "auto")
    followed = run("in.csv", "-d", ";", "--skip-head=1")
    return (given.status == 1 and not given.published and given.tells("--skip-head=1") and
            (found.published or found.tells("--skip-head=1")) and
            followed.status == 0 and len(followed.rows) == 10)


def preamble_multi_trailing(run):
    got = run("in.csv", "-d", ";", "--skip-head=3")
    followed = run("in.csv", "-d", ";", "--skip-head=3", "--trim", "--ragged=pad")
    return (got.tells("blank", "--trim", "--ragged=pad") and followed.status == 0 and
            followed.rows[0] == ["Booked", "Paid", "Total"] and
            followed.rows[1] == ["03/05/2023", "05/05/2023", "14,35"] and len(followed.rows) == 4)


def r_rownames(run):
    got = run("in.csv")
    return got.status == 1 and not got.published and "--skip-head" not in got.told and \
        got.tells("row names")


def mixed_encoding(run):
    plain, got = run("in.csv"), run("in.csv", "--encoding-fallback=windows-1252")
    return (plain.tells("--encoding-fallback") and got.status == 0 and len(got.rows) == 204 and
            "198,Caf\u00e9 198" in got.text and "900,Andr\u00e9,old" in got.text and
            "901,Ren\u00e9e,old" in got.text and "902,Zo\u00eb,new" in got.text and
            got.tells("r3"))


def smart_quotes(run):
    curly, wide = run("in.csv"), run("fw.csv")
    return all(not got.published and got.tells("U+") and "--skip-head" not in got.told
               for got in (curly, wide))


def space_before_quote(run):
    got = run("in.csv", "--trim")
    return got.status == 0 and got.rows[1:] == [
        ["101", "152731", "Sam Lee", "Rain all day. I stayed in, read, slept. #quiet", "0"],
        ["102", "152732", "Ann Roe", "Sun, at last", "4"],
        ["103", "152733", "Bo Ek", "ok", "1"]]


def json_unquoted(run):
    got = run("in.csv")
    return (got.status == 1 and len(got.rows) == 3 and got.rows[1] == ["1", '{"a":"b"}', "x"] and
            got.rejects.count(b"\n") == 3)


def rows_wrapped(run):
    whole, half = run("in.csv"), run("half.csv")
    return not half.published and half.tells("enclosed") and whole.tells("enclosed")


def sql_tool_frame(run):
    got, followed = run("in.csv"), run("in.csv", "--skip-tail=2")
    psql = run("psql.csv", "-d", "pipe")
    return (got.status == 1 and got.tells("--skip-tail=2") and followed.status == 0 and
            len(followed.rows) == 5 and psql.tells("--skip-tail=1") and len(psql.rows) == 3 and
            got.tells("dashes") and run("md.csv", "-d", "pipe").tells("dashes"))


def quote_swallows(run):
    got, even = run("in.csv"), run("even3.csv", "-d", ";")
    return (got.status == 1 and ["5", "ok", "e"] in got.rows and even.status == 1 and
            all(len(row) == 3 and "\n" not in row[2] for row in even.rows) and
            len(even.rows) + even.rejects.count(b"\n") == 4)


def broken_lines(run):
    """Two clean records are too few to join by, and too many to call the header wrong."""
    got = run("in.csv")
    return (got.status == 1 and got.rows[1:] == [["1", "login fails", "open"], ["4", "ok", "open"]] and
            got.rejects.count(b"\n") == 5 and got.tells("2 clean records are too few"))


def short_pair(run):
    got = run("in.csv")
    return got.status == 1 and got.rejects == b"2,Bob\n3,Cyd\n" and len(got.rows) == 3


def truncated(run):
    got, cut = run("in.csv"), run("u.csv")
    return (got.status == 1 and got.rejects == b"3,Cy" and got.tells("may be cut") and
            cut.status == 1 and cut.rejects == b"2,Zo\xc3")


def comment_lines(run):
    got, percent = run("in.csv"), run("pc.csv")
    followed = run("in.csv", "--comment=#")
    return (not got.published and got.tells("--comment=#") and not percent.published and
            percent.tells("--comment=%") and
            run("hash.csv", "--comment=#").tells("was it the header") and followed.status == 0 and
            [row[0] for row in followed.rows] == ["ts", "2024-01-01", "2024-01-02"])


def trim_not_after_quote_repair(run):
    got = run("in.csv", "--trim")
    with open(os.path.join(run.folder, "once.csv"), "w", encoding="utf-8", newline="") as file:
        file.write(got.text)
    again = run("once.csv", "--trim")
    return got.status == 0 and got.rows[1:] == [["1", "x,y", "3"], ["4", "5", "6"]] and \
        again.text == got.text


def stray_quotes_swallow_one(run):
    got = run("in.csv")
    return got.status == 1 and b'1,"tube 4\n' in got.rejects and ["3", "tube 6"] in got.rows


def excel_missing_trailing(run):
    even, odd = run("in.csv"), run("odd.csv")
    pad = [run(name, "--ragged=pad") for name in ("in.csv", "odd.csv")]
    return ((len(even.rows), even.rejects.count(b"\n")) == (25, 16) and
            (len(odd.rows), odd.rejects.count(b"\n")) == (26, 15) and
            all(got.status == 0 and len(got.rows) == 41 for got in pad))


def main():
    wrong = []
    for name in sorted(os.listdir(CASES)):
        helps = globals().get(name[3:].replace("-", "_"))
        if helps is None or not os.path.isdir(os.path.join(CASES, name)):
            continue
        with tempfile.TemporaryDirectory() as folder:
            for file in os.listdir(os.path.join(CASES, name)):
                shutil.copyfile(os.path.join(CASES, name, file), os.path.join(folder, file))

            def run(*arguments, folder=folder):
                return Outcome(folder, arguments)
            run.folder = folder
            helped = helps(run)
        print(f"{name}: {'helped' if helped else 'not helped'}")
        if helped != (name in HELPED):
            wrong.append(name)
    for name in wrong:
        print(f"{name}: expected otherwise", file=sys.stderr)
    sys.exit(len(wrong) != 0)


main()
