"""cases_26_49.py - what would have helped, as predicates: cases 26 to 49. users.py has the idea."""
import os


def very_wide(case):
    judged = case.validate("in.csv")
    yield "one finding of a record of 12000 columns", judged.rules() == {"field-count": 1} and \
        judged.records("field-count") == [3]
    yield "shown in few bytes", len(case.told("in.csv").out) < 1000
    repeated = [rule for rule in case.validate("dup.csv").rules() if rule.startswith("header-")]
    told = case.told("dup.csv").out
    yield "one finding of 2999 names that are the same", len(repeated) == 1 and told.count("[header-") == 1 and \
        "2-3000" in told
    told = case.told("noname.csv").out
    yield "one finding of 16383 names that are missing", told.count("[header-") == 1 and "2-16384" in told
    named = case.normalize("--names=storage", "noname.csv")
    yield "and names for them", named.status == 0 and named.rows[0][:3] == ["id", "col_2", "col_3"]


def key_equality(case):
    judged = case.validate("--profile=keboola", "--primary-key=id", "in.csv")
    yield "enclosed or not is the same", judged.status == 1 and judged.records("duplicate-key") == [3, 6, 8, 12]
    yield "a key may not be empty", judged.records("empty-key") == [7, 8]
    yield "keys that differ in blanks or case only are told, as a warning", [
        (f["record"], f["first_record"], f["severity"]) for f in judged.findings("duplicate-key-suspected")] == [
            (5, 2, "warning"), (10, 9, "warning"), (13, 2, "warning")]
    yield "01 is not 1", 4 not in judged.records("duplicate-key-suspected")


def sep_variants(case):
    for name in ("in.csv", "up.csv", "tab.csv"):
        rules = case.validate(name).rules()
        yield f"{name}: sep-directive", rules.get("sep-directive") == 1
        yield f"{name}: and nothing that follows from it", "preamble-suspected" not in rules and \
            "delimiter-suspected" not in rules
    for name in ("in.csv", "up.csv", "u16.csv", "tab.csv"):
        got = case.normalize("-d", "auto", "--encoding=auto", name)
        yield f"{name}: normalize and sniff honour it", got.status == 0 and \
            got.rows[:2] == [["id", "price"], ["1", "2,50"]] and case.sniff(name)[0]["sep_line"] is True


def excel_ghost_rows(case):
    for name, records, all_of_it in (("in.csv", "4, 5, 6", 3), ("g2.csv", "4, 5", 2)):
        judged = case.validate("--profile=keboola", name)
        yield f"{name}: a warning", [(f["severity"], f["named"]) for f in judged.findings("empty-record")] == [
            ("warning", records)]
        yield f"{name}: the option is named", case.told(name).tells("--empty-records=drop")
        plain, drop = case.normalize(name), case.normalize("--empty-records=drop", name)
        yield f"{name}: normalize says how many there are", plain.status == 0 and plain.tells(
            f"{all_of_it} records hold nothing but empty fields", "--empty-records=drop")
        yield f"{name}: they are dropped, nothing else", drop.status == 0 and drop.rows == plain.rows[:3] and \
            len(plain.rows) == 3 + all_of_it and not drop.tells("nothing but empty fields")


def sql_tool_frame(case):
    told = case.told("in.csv")
    yield "the footer is shown", told.tells("[footer-suspected]", ":7:")
    got, followed = case.normalize("in.csv"), case.normalize("in.csv", "--skip-tail=2")
    yield "it breaks no table", followed.status == 0 and len(followed.rows) == 5
    yield "normalize names the option", got.status == 1 and got.tells("--skip-tail=2")
    psql = case.normalize("psql.csv", "-d", "pipe")
    yield "psql: the option, and the rows", psql.tells("--skip-tail=1") and len(psql.rows) == 3
    yield "the dashes are told", got.tells("dashes")
    yield "those of a Markdown table, too", case.normalize("md.csv", "-d", "pipe").tells("dashes")


def mac_cr(case):
    yield "lines end with CR", case.validate("in.csv").rules() == {"eol-cr": 1}
    yield "mixed", set(case.validate("mix.csv").rules()) == {"eol-cr", "eol-mixed"}
    yield "CR CR LF", set(case.validate("crcrlf.csv").rules()) == {"eol-crcrlf"}
    for name, rows in (("in.csv", [["1", "two\nlines"], ["2", "plain"], ["3", "x"]]),
                       ("mix.csv", [["1", "a"], ["2", "b"], ["3", "c"]]),
                       ("crcrlf.csv", [["1", "a\r\r\nb"], ["2", "c"]])):
        got = case.normalize(name)
        yield f"{name}: no value changes", got.status == 0 and got.rows[1:] == rows
    got = case.normalize("hdr.csv")
    yield "a header with LF, then CR: nothing is guessed", got.status == 1 and got.tells("--line-break-in=any")
    yield "the option reads it", case.normalize("--line-break-in=any", "hdr.csv").rows[1:] == [
        ["1", "a"], ["2", "b"], ["3", "c"]]


def header_unicode(case):
    yield "nothing invisible goes untold", len(case.validate("nb.csv").findings("header-invisible-char")) == 3
    judged = case.validate("in.csv")
    fields = [f["field"] for f in judged.findings("header-invisible-char")]
    yield "of no width, of the other direction, equal after composition", fields == [1, 3, 7, 9]
    yield "equal to the eye", case.validate("z.csv").says("header-invisible-char", "looks the same as that of column 1")
    yield "Storage refuses what becomes the same", \
        len(case.validate("--profile=keboola", "z.csv").findings("header-name-refused")) == 2
    yield "manifest create, too", case.run("manifest", "create", "z.csv", "-o", "z.manifest").status == 1 and \
        not case.exists("z.manifest")
    for name in ("in.csv", "z.csv", "tr.csv"):
        names = case.normalize("--names=storage", name).rows[0]
        yield f"{name}: new names differ, whatever their case", len({text.lower() for text in names}) == len(names)


def json_escapes(case):
    yield "enclosed JSON is valid", case.validate("in.csv").rules() == {}
    got = case.normalize("in.csv")
    yield "and stays", got.status == 0 and got.rows[2] == ["u8", '{"id":2,"p":"C:\\\\a\\\\"}', "2021-07-09"]
    yield "backslashes are told", case.validate("mix.csv").records("backslash-escaped-quote") == [2]
    mixed = case.normalize("mix.csv")
    yield "what is not sure is set apart", mixed.rejects == b'1,"{\\"a\\": \\"x, y\\"}"\n' and len(mixed.rows) == 4
    yield "also alone", case.normalize("nl.csv").status == 1


def quote_swallows(case):
    got, even = case.normalize("in.csv"), case.normalize("even3.csv", "-d", ";")
    yield "the table goes on after the fault", got.status == 1 and ["5", "ok", "e"] in got.rows
    yield "even3: no value swallows a record", even.status == 1 and all(
        len(row) == 3 and "\n" not in row[2] for row in even.rows)
    yield "even3: nothing is lost", len(even.rows) + even.rejects.count(b"\n") == 4
    for name in ("open.csv", "even.csv"):
        yield f"{name}: validate suspects the quotes", \
            case.validate(name).records("multiline-field-suspicious") == [2]
    opened = case.normalize("open.csv")
    yield "open: one record is set apart", opened.rejects == b'1,"never closed,a\n' and len(opened.rows) == 4


def auto_types(case):
    told = case.run("manifest", "create", "in.csv", "--data-type=auto", "-o", "x.manifest")
    yield "the reason is the zero", told.tells(
        "zip: STRING", 'not INTEGER: record 2 has "07031", which would lose its zero')
    yield "the sign", told.tells('record 2 has "+420777123456", which would lose its sign')
    yield "the kind of number or date", told.tells('not NUMERIC: record 2 has "1,204.50"', 'not DATE: record 2 has "03/04/2024"')
    types = case.types("clean.csv").types
    yield "what can be typed is", [types[name]["type"] for name in ("id", "price", "day", "at", "ok", "neg0", "exp")] == \
        ["INTEGER", "NUMERIC", "DATE", "TIMESTAMP", "BOOLEAN", "STRING", "FLOAT"]


def nul_blocks(case):
    padded = case.validate("pad.csv")
    yield "padding, although the last record is unfinished", padded.rules() == {"nul-padding-at-eof": 1}
    yield "validate: the block was lost", case.told("in.csv").tells("never written, or was lost")
    pad = case.normalize("pad.csv")
    yield "padding is not advised away", pad.status == 1 and pad.tells("was lost") and not pad.tells("--null-bytes")
    got = case.normalize("in.csv")
    yield "a single byte may be, a block not", len(got.reasons) == 2 and "--null-bytes=remove" in got.reasons[0] and \
        "--null-bytes" not in got.reasons[1] and "was lost" in got.reasons[1]
    yield "a person who reads the summary alone knows", "was lost" in got.err and "on line 4" in got.err
    yield "also one who removes them", case.normalize("--null-bytes=remove", "in.csv").tells("was lost")


def broken_lines(case):
    """Two clean records are too few to join by, and too many to call the header wrong."""
    judged = case.validate("in.csv")
    yield "validate: split records", [(f["first_record"], f["last_record"])
                                      for f in judged.findings("split-record-suspected")] == [(3, 4), (5, 7)]
    got = case.normalize("in.csv")
    yield "they are set apart", got.status == 1 and got.rejects.count(b"\n") == 5 and \
        got.rows[1:] == [["1", "login fails", "open"], ["4", "ok", "open"]]
    yield "for want of evidence", got.tells("2 clean records are too few")


def short_pair(case):
    got = case.normalize("in.csv")
    yield "two people stay two", got.status == 1 and got.rejects == b"2,Bob\n3,Cyd\n" and len(got.rows) == 3
    yield "a person can have them padded", case.normalize("in.csv", "--ragged=pad").rows[2:4] == [
        ["2", "Bob", ""], ["3", "Cyd", ""]]


def truncated(case):
    yield "a finding of its own", case.validate("in.csv").records("truncated-suspected") == [4]
    yield "half a character, too", case.validate("u.csv").records("truncated-suspected") == [3]
    got, cut = case.normalize("in.csv"), case.normalize("u.csv")
    yield "the record is set apart", got.status == 1 and got.rejects == b"3,Cy" and got.tells("may be cut")
    yield "and said to be cut", cut.tells("cut within the last character")
    yield "that one, too", cut.status == 1 and cut.rejects == b"2,Zo\xc3"
    yield "a whole record without line break is no matter", case.normalize("in2.csv").status == 0


def comment_lines(case):
    told = case.told("in.csv")
    yield "validate shows it", told.tells("[comment-line]", "--comment=#")
    got, percent = case.normalize("in.csv"), case.normalize("pc.csv")
    yield "no table of comments", not got.published and got.tells("--comment=#")
    yield "with percent signs neither", not percent.published and percent.tells("--comment=%")
    yield "a header is not dropped in silence", case.normalize("hash.csv", "--comment=#").tells("was it the header")
    followed = case.normalize("in.csv", "--comment=#")
    yield "the option gives the table", followed.status == 0 and \
        [row[0] for row in followed.rows] == ["ts", "2024-01-01", "2024-01-02"]


def single_quotes(case):
    for name, style, width in (("in.csv", "single quotes", 2), ("bt.csv", "backticks", 2)):
        judged, told = case.validate(name), case.told(name)
        yield f"{name}: the style is found", judged.says("quote-style-suspected", style)
        yield f"{name}: and shown beside the width that follows from it", told.tells("[quote-style-suspected]")
        yield f"{name}: the width says so", [(f["record"], style in f.get("reason", ""))
                                           for f in judged.findings("field-count")] == [(width, True)]
    yield "with the option all is well", case.validate("-e", "'", "in.csv").rules() == {}
    yield "and all is read", case.normalize("-e", "'", "in.csv").rows[1:3] == [
        ["1", "Novak, Jan", "a,b"], ["2", "O'Hara", "c"]]


def header_multi(case):
    for name in ("in.csv", "cr.csv"):
        yield f"{name}: lines in names are valid", case.validate(name).rules() == {}
    two = case.validate("two.csv")
    yield "names that are missing", two.rules() == {"header-empty-name": 2} and two.status == 0
    yield "Storage will change names", case.validate("--profile=keboola", "in.csv").rules() == {
        "header-invalid-name": 2}
    yield "names for all", case.normalize("--names=storage", "two.csv").rows[:2] == [
        ["Sales", "col_2", "Costs", "col_4"], ["Q1", "Q2", "Q1", "Q2"]]


def field_over_4x_limit(case):
    case.write("in.csv", "id,blob,c\n1," + "x" * 70000000 + ",z\n2,b,y\n")
    for more in ([], ["--primary-key=id"]):
        judged = case.validate("--profile=keboola", *more, "in.csv")
        yield f"validate {more}", (judged.status, judged.rules()) == (1, {"field-too-long": 1})
    sliced = case.run("slice", "in.csv", "-o", "sl", "--no-manifest")
    yield "slice", sliced.status == 1 and "error[field-too-long]" in sliced.err
    os.makedirs(case.path("d/out/tables"))
    os.rename(case.path("in.csv"), case.path("d/out/tables/in.csv"))
    folder = case.run("preflight", "--default-bucket=in.c-main", "d")
    yield "preflight", folder.status == 1 and "error[field-too-long]" in folder.out
    for size, count in ((1048576, 0), (1048577, 1), (4194400, 1)):
        case.write("s.csv", "id,blob,c\n1," + "x" * size + ",z\n2,b,y\n")
        yield f"{size} bytes of 1 MiB", case.validate("--max-field=1MiB", "s.csv").rules().get("field-too-long", 0) == count


def trim_not_after_quote_repair(case):
    got = case.normalize("in.csv", "--trim")
    yield "trimmed", got.status == 0 and got.rows[1:] == [["1", "x,y", "3"], ["4", "5", "6"]]
    case.write("once.csv", got.text)
    yield "a second run changes nothing", case.normalize("once.csv", "--trim").text == got.text


def stray_quotes_swallow_one(case):
    yield "a valid one is suspected", case.validate("valid.csv").records("multiline-field-suspicious") == [2]
    yield "one with a fault is", "multiline-field-suspicious" in case.validate("in.csv").rules()
    got = case.normalize("in.csv")
    yield "normalize sets it apart", got.status == 1 and b'1,"tube 4\n' in got.rejects and ["3", "tube 6"] in got.rows


def excel_missing_trailing(case):
    even, odd = case.normalize("in.csv"), case.normalize("odd.csv")
    yield "16 rows are treated alike", (len(even.rows), even.rejects.count(b"\n")) == (25, 16)
    yield "15 rows, too", (len(odd.rows), odd.rejects.count(b"\n")) == (26, 15)
    for name in ("in.csv", "odd.csv"):
        got = case.normalize(name, "--ragged=pad")
        yield f"{name}: a person can have them padded", got.status == 0 and len(got.rows) == 41


def encoding_auto_cjk(case):
    sniffed, = case.sniff("in.csv")
    yield "no encoding that makes nonsense", sniffed["encoding"]["value"] in (None, "CP932", "Shift_JIS")
    got = case.normalize("--encoding=auto", "in.csv")
    yield "nothing is written by a guess", got.status == 1 and not got.published and got.tells("--encoding=NAME")
    given = case.normalize("--encoding=cp932", "in.csv")
    yield "the likely one that is named is right", given.status == 0 and "\u6771\u4eac" in given.text


def cr_after_lf_header(case):
    judged, told = case.validate("in.csv"), case.told("in.csv")
    yield "validate: every CR is followed by a record", judged.says("field-count", "") and \
        [f.get("reason") for f in judged.findings("field-count")] == ["every CR in it is followed by a whole record"]
    yield "the option is named", told.tells("--line-break-in=any")
    yield "no other remedy", "Enclose the field" not in told.out
    got = case.normalize("in.csv")
    yield "normalize says so, too", "every CR in it is followed by a whole record (--line-break-in=any)" in got.index
    followed = case.normalize("--line-break-in=any", "in.csv")
    yield "the option gives all records", followed.status == 0 and followed.rows[1:] == [
        ["1", "a"], ["2", "b"], ["3", "c"]]


def slices_headers_merge(case):
    merged = case.run("merge", "--columns=id,name", "t", "-o", "m.csv")
    yield "no header becomes a row", merged.status == 1 and "manifest-header" in merged.err and \
        not case.exists("m.csv")
    for how in ([], ["--header"], ["--columns=id,name"]):
        judged = case.validate(*how, "u")
        yield f"validate {how}", judged.status == 1 and judged.rules(1).get("header-mismatch") == 1
