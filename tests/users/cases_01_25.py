"""cases_01_25.py - what would have helped, as predicates: cases 1 to 25. users.py has the idea."""
import os

DROP = ["sku", "A-1", "A-2", "B-1", "B-2", "C-1"]


def first(rows):
    return [row[0] for row in rows]


def bom_concat(case):
    judged = case.validate("in.csv")
    yield "the header is not called missing", "header-missing" not in judged.rules()
    yield "the header comes again on records 3 and 5", judged.findings("header-repeated")[0]["named"] == "3, 5"
    sniffed, = case.sniff("in.csv")
    yield "sniff: there is a header", sniffed["header"]["value"] is True
    plain, drop = case.normalize("in.csv"), case.normalize("in.csv", "--repeated-headers=drop")
    yield "the repeated headers are set apart", plain.rejects == b"\xef\xbb\xbfday,amount,note\n" * 2
    yield "the option is named", plain.tells("--repeated-headers=drop")
    yield "it drops them", drop.status == 0 and first(drop.rows) == [
        "day", "2024-03-01", "2024-03-02", "2024-03-03"]


def bom_quoted_mid(case):
    judged = case.validate("in.csv")
    yield "the mark is found", judged.status == 1 and judged.records("bom-in-data") == [3]
    yield "what follows from it is told under it", judged.rules()["quote-in-unquoted-field"] == 2 and \
        [f.get("follows") for f in judged.findings("field-count")][:1] != [None]
    made = case.normalize("in.csv")
    yield "the record is as it was meant", made.status == 0 and \
        made.text.splitlines()[2] == '"Lee, Ann","Cork"' and made.lost_nothing(4)


def header_repeated(case):
    judged = case.validate("in.csv")
    repeated = judged.findings("header-repeated")
    yield "a warning at records 4 and 7", [(f["severity"], f["named"]) for f in repeated] == [("warning", "4, 7")]
    yield "sniff: there is a header", case.sniff("in.csv")[0]["header"]["value"] is True
    plain, drop = case.normalize("in.csv"), case.normalize("in.csv", "--repeated-headers=drop")
    yield "the repeated headers are set apart", plain.status == 1 and plain.rejects == b"sku,qty,price\n" * 2 and \
        first(plain.rows) == DROP
    yield "the option is named", plain.tells("--repeated-headers=drop")
    yield "it drops them", drop.status == 0 and drop.rows == plain.rows
    types = case.types("in.csv").types
    yield "the types are of the other records", [types[name]["others"] for name in ("sku", "qty", "price")] == [
        "STRING", "INTEGER", "NUMERIC"]
    yield "nothing is lost", {column["type"] for column in types.values()} == {"STRING"}
    for command in (("manifest", "create", "in.csv", "-o", "x.manifest"), ("slice", "in.csv", "-o", "sl")):
        told = case.run(*command, "--data-type=auto")
        yield f"{command[0]}: record 4 repeats the header", told.tells(
            "qty: STRING", "record 4 repeats the header, the others are INTEGER", "2 records repeat the header")


def mysql_backslash(case):
    judged = case.validate("in.csv")
    yield "backslashes before quotes are found", judged.records("backslash-escaped-quote") == [2, 4] or \
        len(judged.findings("backslash-escaped-quote")) == 2
    yield "the option is named", case.told("in.csv").tells("--escape='\\'")
    yield "without it nothing is guessed", case.normalize("in.csv").status == 1
    given = case.normalize("--escape=\\", "in.csv")
    yield "with it all is read", given.status == 0 and given.rows[1:] == [
        ["1", '"Blue Door"', "ann"], ["2", "plain", "bob"], ["3", 'size 3" pipe, steel', "cyd"]]


def winpath_backslash(case):
    yield "sniff proposes the escape", case.sniff("in.csv")[0]["escape"]["value"] == "\\"
    given = case.normalize("in.csv", "--escape=\\")
    yield "what becomes of \\N is told", given.rows[4:] == [["4", "\\N", "\\N"]] or given.tells("\\N became N")
    yield "the paths are read", given.rows[1] == ["1", "C:\\data\\in\\", "ann"]


def pg_text_dump(case):
    judged = case.validate("-d", "tab", "in.csv")
    yield "validate knows the mark of COPY", judged.records("copy-end-marker") == [5]
    yield "and names the option", case.told("-d", "tab", "in.csv").tells("--skip-tail=1")
    got = case.normalize("in.csv", "-d", "tab")
    yield "normalize sets it apart", got.status == 1 and len(got.rows) == 4 and got.rejects == b"\\.\n"
    yield "and says what it is", got.tells("COPY", "--skip-tail=1")
    followed = case.normalize("in.csv", "-d", "tab", "--skip-tail=1")
    yield "the option drops it alone", followed.status == 0 and followed.rows == got.rows
    types = case.types("-d", "tab", "in.csv")
    yield "it counts for no type", types.status == 0 and types.types["id"]["type"] == "INTEGER" and \
        types.types["qty"]["empty"] == 0


def double_pipe(case):
    sniffed, = case.sniff("in.csv")
    yield "sniff finds both bytes", (sniffed["verdict"], sniffed["delimiter"]["value"]) == ("clear", "||")
    judged = case.validate("in.csv")
    yield "validate names it", judged.says("delimiter-suspected", "||", "3 fields")
    yield "with it there is nothing to say", case.validate("-d", "||", "in.csv").rules() == {}
    yield "normalize reads it", case.normalize("-d", "auto", "in.csv").rows[1:] == [
        ["1", "Ann", "Brno"], ["2", "Bob", "Cork"], ["3", "Cyd", "Kobe"]]


def preamble_semicolon(case):
    yield "sniff: one line above the table", case.sniff("in.csv")[0]["skip_head"]["value"] == 1
    judged = case.validate("-d", ";", "in.csv")
    yield "one finding", list(judged.rules().values()) == [1]
    given = case.normalize("in.csv", "-d", ";")
    yield "the option is named, and no table is made of the title", given.status == 1 and \
        not given.published and given.tells("--skip-head=1")
    found = case.normalize("in.csv", "-d", "auto")
    yield "with --delimiter=auto, too", found.published or found.tells("--skip-head=1")
    followed = case.normalize("in.csv", "-d", ";", "--skip-head=1")
    yield "it gives the table", followed.status == 0 and len(followed.rows) == 10


def preamble_multi_trailing(case):
    sniffed, = case.sniff("in.csv")
    yield "sniff: semicolons, three lines above", (sniffed["delimiter"]["value"], sniffed["skip_head"]["value"]) == \
        (";", 3)
    got = case.normalize("in.csv", "-d", ";", "--skip-head=3")
    yield "the blank fields are told", got.tells("blank", "--trim", "--ragged=pad")
    followed = case.normalize("in.csv", "-d", ";", "--skip-head=3", "--trim", "--ragged=pad")
    yield "the advice drops them", followed.status == 0 and followed.rows[:2] == [
        ["Booked", "Paid", "Total"], ["03/05/2023", "05/05/2023", "14,35"]] and len(followed.rows) == 4


def dialect_change(case):
    verdicts = [sniffed["verdict"] for sniffed in case.sniff("grow.csv", "mid.csv")]
    yield "the verdict is uncertain", verdicts == ["ambiguous", "ambiguous"]
    judged = case.validate("mid.csv")
    reasons = [f.get("reason", "") for f in judged.findings("field-count")]
    yield "semicolons from record 32 on", judged.records("field-count")[0] == 32 and \
        judged.rules()["field-count"] == 31 and all("semicolon" in reason for reason in reasons)
    yield "told as one stretch", case.told("mid.csv").tells("the same up to record 62")
    yield "another width from record 42 on", case.told("grow.csv").tells(
        ":42:8:", "3 fields, expected 2; the same up to record 81")
    mid = case.normalize("mid.csv")
    yield "nothing is guessed", mid.status == 1 and mid.lost_nothing(62) and len(mid.rows) == 31


def header_one_more(case):
    judged = case.validate("in.csv")
    yield "one finding", judged.rules() == {"header-width": 1} and \
        judged.says("header-width", "5 names", "4 fields")
    got = case.normalize("in.csv")
    yield "normalize says the same", got.status == 1 and not got.published and \
        got.tells("the header has 5 names, 300 of 300 records have 4 fields")
    yield "and advises nothing that would harm", not got.tells("--skip-head") and not got.tells("--delimiter")


def r_rownames(case):
    told, got = case.told("in.csv"), case.normalize("in.csv")
    yield "validate: a name is missing", told.tells("3 names", "4 fields", "row names", "--missing-names=first")
    yield "normalize, too", got.status == 1 and not got.published and got.tells("row names")
    yield "the header is not advised away", "--skip-head" not in got.err and "--skip-head" not in told.out
    followed = case.normalize("in.csv", "--missing-names=first")
    yield "the advice keeps all names and records", followed.status == 0 and followed.lost_nothing(301) and \
        followed.rows[0][1:] == ["speed", "dist", "kind"]


def mixed_encoding(case):
    told, plain = case.told("in.csv"), case.normalize("in.csv")
    yield "validate names the encoding of the bad bytes alone", "--encoding-fallback" in told.out or \
        "--encoding=" not in told.out
    yield "normalize, too", "--encoding=" not in plain.err + plain.index and plain.tells("--encoding-fallback")
    got = case.normalize("in.csv", "--encoding-fallback=windows-1252")
    yield "that repairs them, and them alone", got.status == 0 and len(got.rows) == 204 and got.tells("r3") and all(
        text in got.text for text in ("198,Caf\u00e9 198", "900,Andr\u00e9,old", "901,Ren\u00e9e,old", "902,Zo\u00eb,new"))


def utf16_nobom_tab(case):
    judged = case.validate("in.csv")
    yield "the encoding is told, and the judgement ends", set(judged.rules()) == {"encoding-suspected", "nul-byte"} \
        and sum(judged.rules().values()) <= 2 and judged.says("encoding-suspected", "UTF-16LE")
    yield "the option is named", case.told("in.csv").tells("--encoding=UTF-16LE")
    yield "as with a mark", case.validate("bom.csv").rules() == {"utf16-bom": 1}
    yield "it is right", case.validate("--encoding=UTF-16LE", "-d", "tab", "in.csv").rules() == {}
    for name in ("in.csv", "bom.csv"):
        got = case.normalize("--encoding=auto", "-d", "auto", name)
        yield f"{name} is read", got.status == 0 and got.rows[2] == ["2", "\u017dofie", "Plze\u0148"]


def not_csv(case):
    for name, kind in (("zip", "ZIP archive"), ("xlsx", ".xlsx"), ("pdf", "PDF document"), ("parquet", "Parquet")):
        yield f"{name}: validate", kind in case.validate(f"{name}.csv").findings("not-csv")[0]["message"]
        yield f"{name}: sniff", case.sniff(f"{name}.csv")[0]["verdict"] == "not-text"
        for command in (("normalize",), ("manifest", "create")):
            told = case.run(*command, f"{name}.csv", "-o", "never")
            yield f"{name}: {command[0]} refuses in one line", told.status == 1 and told.err.count("\n") == 1 and \
                told.tells("not CSV", kind) and not case.exists("never")
    for name, kind in (("html", "HTML"), ("xml", "XML"), ("json", "JSON"), ("ndjson", "JSON lines")):
        yield f"{name}: validate", case.validate(f"{name}.csv").says("not-csv-suspected", kind)
        sniffed, = case.sniff(f"{name}.csv")
        yield f"{name}: sniff", sniffed["verdict"] == "not-a-table" and kind in sniffed["delimiter"]["evidence"]
        for command in (("normalize",), ("manifest", "create")):
            yield f"{name}: {command[0]} says so", case.run(*command, f"{name}.csv", "-o", "made").tells(
                f"the file looks like {'a web page (HTML)' if name == 'html' else kind}")
    for command in (("sniff",), ("normalize",), ("manifest", "create")):
        told = case.run(*command, "bz.csv")
        yield f"bz: {command[0]} tells the damage", told.status == 1 and told.tells("bzip2", "damaged")
    yield "bz: validate tells the damage", "compressed-input-damaged" in case.validate("bz.csv").rules()
    os.makedirs(case.path("d/out/tables"))
    os.rename(case.path("pdf.csv"), case.path("d/out/tables/pdf.csv"))
    yield "preflight refuses", case.run("preflight", "--default-bucket=in.c-main", "d").tells("error[not-csv]")


def slices_column_order(case):
    for how in ([], ["--header"]):
        judged = case.validate(*how, "t")
        yield f"validate {how}", judged.status == 1 and judged.rules(1)["header-mismatch"] == 1
    for how in ([], ["--header"], ["--columns=city,temp"]):
        yield f"merge {how}", case.run("merge", *how, "t", "-o", "m.csv").status != 0 and not case.exists("m.csv")
    made = case.run("manifest", "create", "t", "--columns=city,temp", "--has-header", "-o", "t2.manifest")
    yield "manifest create", made.status == 1
    manifest = '{"columns":["city","temp"],"has_header":true,"destination":"in.c-main.t"}'
    case.write("d/out/tables/t.csv.manifest", manifest)
    case.write("t.manifest", manifest)
    yield "validate --manifest", case.validate("--manifest=t.manifest", "t").rules(1).get("header-mismatch") == 1
    os.rename(case.path("t"), case.path("d/out/tables/t.csv"))
    folder = case.run("preflight", "d")
    yield "preflight", folder.status == 1 and folder.tells("out/tables/t.csv/b.csv:1:1: error[header-mismatch]")
    yield "slices without headers are no matter", case.validate("u").status == 0


def thousand_sep(case):
    judged = case.validate("in.csv")
    yield "validate gives the reason", [f.get("reason") for f in judged.findings("field-count")] == \
        ["a number with thousands separators is not enclosed"] * 2
    got = case.normalize("in.csv")
    yield "they are set apart", got.rejects == b"North,12,1,204.50\nWest,1,002,12,400.00\n" and len(got.rows) == 3
    yield "for that reason", len(got.reasons) == 2 and all("thousands separators" in text for text in got.reasons)


def smart_quotes(case):
    for name, style in (("in.csv", "U+201C"), ("fw.csv", "U+FF02")):
        judged = case.validate(name)
        yield f"{name}: the style of the quotes is told", judged.says("quote-style-suspected", "typographic quotes")
        yield f"{name}: they explain the widths", all(
            "typographic quotes" in f.get("reason", "") for f in judged.findings("field-count"))
        got = case.normalize(name)
        yield f"{name}: normalize names them", not got.published and got.tells(style)
        yield f"{name}: no header is advised away", "--skip-head" not in got.err and \
            "above the header" not in case.told(name).out
    yield "one that stands alone is no matter", case.validate("lone.csv").rules() == {}
    case.write("one.csv", "id,name\n" + "".join(f"{i},n{i}\n" for i in range(30)) + "30,\u201cNovak, Jan\u201d\n")
    yield "a reject says so", "typographic quotes" in case.normalize("one.csv").reasons[0]


def space_before_quote(case):
    got = case.normalize("in.csv", "--trim")
    yield "--trim trims every record", got.status == 0 and got.rows[1:] == [
        ["101", "152731", "Sam Lee", "Rain all day. I stayed in, read, slept. #quiet", "0"],
        ["102", "152732", "Ann Roe", "Sun, at last", "4"],
        ["103", "152733", "Bo Ek", "ok", "1"]]


def json_unquoted(case):
    got = case.normalize("in.csv")
    yield "what is sure is repaired, the rest set apart", got.status == 1 and len(got.rows) == 3 and \
        got.rows[1] == ["1", '{"a":"b"}', "x"] and got.rejects.count(b"\n") == 3
    yield "the reason is JSON", "JSON that is not enclosed" in got.reasons[0]
    yield "validate says it, too", case.told("in.csv").tells("Enclose the JSON")


def rows_wrapped(case):
    judged = case.validate("in.csv")
    yield "every record is one field that reads as a record", judged.says("twice-encoded-suspected", "3 fields")
    yield "some are", [f.get("reason") for f in case.validate("half.csv").findings("field-count")] == \
        ["the record was enclosed once more"] * 2
    whole, half = case.normalize("in.csv"), case.normalize("half.csv")
    yield "normalize says so of all", whole.tells("enclosed")
    yield "and of some, and makes no table", not half.published and half.tells("enclosed")


def hive_ctrl_a(case):
    yield "sniff tries it", case.sniff("in.csv")[0]["delimiter"]["value"] == "\x01"
    judged = case.validate("in.csv")
    yield "validate names it", judged.says("delimiter-suspected", "\\x01")
    told = case.told("in.csv")
    yield "the delimiter is not told as ten control characters", told.out.count("[control-char]") <= 1
    yield "with it the table is read", case.validate("-d", "\\x01", "--no-header", "in.csv").status == 0
    got = case.normalize("-d", "\\x01", "--no-header", "--columns=id,name,amt,tags", "in.csv")
    yield "and kept", got.rows == [["1", "Ann", "\\N", "a\x02b"], ["2", "Bob, jr", "21.5", "c"], ["3", "\\N", "3", ""]]


def french_noheader(case):
    judged = case.validate("in.csv")
    yield "validate knows what sniff knows", judged.says("delimiter-suspected", "semicolon", "9 fields")
    sniffed = case.sniff("in.csv", "trail.csv", "tiny.csv", "list.csv")
    yield "delimiters at the ends leave it open", sniffed[1]["verdict"] == "ambiguous"
    yield "the others are clear", [s["delimiter"]["value"] for s in sniffed if s["verdict"] == "clear"] == [";"] * 3
    yield "no delimiter is taken that is not clear", case.told("-d", "auto", "trail.csv").tells("not clear")
