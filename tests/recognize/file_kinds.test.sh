#!/bin/bash
# Files that are something else than a table: every command that reads tables says so, in the same
# words, with status 1, and writes nothing. Text that looks like another kind of file is only warned
# of. A table that is damaged or has odd delimiters is never taken for another kind.
set -u
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
bad=0
say() {
    echo "FAILED: $*"
    bad=1
}

# Line by line in what was told: is there one with TEXT and WORD after it? The shell searches, as it is asked often.
tells() { # TEXT WORD
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        [[ $line == *"$1"*"$2"* ]] && return
    done <told
    return 1
}

# ---- surely no tables: the file, and a word of its name
mkdir t && echo data >t/file && tar cf tar t
python3 - <<'E2'
import sqlite3, struct, zipfile, zlib
def pack(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts:
            file.writestr(name, text, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
pack("zip", [("data.csv", "a,b\n1,2\n")])
# In the order in which programs write the parts of a workbook.
types, rels, book = (("[Content_Types].xml", "<Types>" + "<Override/>" * 60 + "</Types>"), ("_rels/.rels", "<x/>"),
                     ("xl/workbook.xml", "<workbook/>"))
sheet, about = ("xl/worksheets/sheet1.xml", "<row><c>1</c></row>" * 900), ("docProps/app.xml", "<Properties/>")
pack("xlsx", [types, rels, book, sheet, about])
pack("xlsx2", [about, sheet, book, rels, types])
pack("xlsx3", [rels, about, book, sheet, types])
pack("ods", [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<x/>" * 300)])
pack("docx", [types, rels, ("word/document.xml", "<w/>" * 100)])
with sqlite3.connect("sqlite") as db:
    db.execute("create table t(a)")
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
open("png", "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) +
                        chunk(b"IDAT", zlib.compress(bytes(4))) + chunk(b"IEND", b""))
open("wav", "wb").write(b"RIFF\x24\x10\0\0WAVEfmt \x10\0\0\0\1\0\1\0" + b"\0\1\2\3" * 200)
E2
printf '%%PDF-1.7\n' >pdf
printf 'PAR1\025\0\025\034\0' >parquet
printf 'a,b\n1,2\n' | gzip | gzip >gzip.gz
while read -r file word; do
    for command in "normalize -o out" "slice -o out" "manifest create -o out" \
        "manifest create --columns=a --data-type=auto -o out"; do
        # shellcheck disable=SC2086
        "$CSVKIT" $command "$file" >told 2>&1 </dev/null
        [ $? = 1 ] || say "$command $file: status"
        mapfile -t lines <told
        tells "not CSV: the file is " "$word" && [ ${#lines[@]} -le 2 ] ||
            say "$command $file: $(cat told)"
        [ ! -e out ] || say "$command $file wrote out"
    done
    "$CSVKIT" validate --format=json "$file" >told
    jq -e --arg word "$word" '[.findings[].rule] == ["not-csv"] and .valid == false and
        .records == 0 and (.findings[0].message | contains($word))' told >/dev/null ||
        say "validate $file: $(cat told)"
    mkdir -p slices && printf '1,2\n' >slices/a && cp "$file" slices/b
    for option in --columns=x,y --header; do
        "$CSVKIT" merge "$option" slices -o out >told 2>&1
        [ $? = 1 ] && tells "slices/b: not CSV: the file is " "$word" || say "merge $file: $(cat told)"
        [ ! -e out ] || say "merge $file wrote out"
    done
    "$CSVKIT" load --dry-run in.c-a.b "$file" >told 2>&1 </dev/null && say "load $file"
    tells 'error[not-csv]: the file is ' "$word" || say "load $file: $(cat told)"
    "$CSVKIT" sniff "$file" >told
    tells "not-text" "" || say "sniff $file"
    tells "the file is " "$word" || say "sniff $file"
    mkdir -p data/out/tables && cp "$file" data/out/tables/t.csv
    "$CSVKIT" preflight --default-bucket=in.c-a data >told 2>&1 && say "preflight $file"
    tells 'error[not-csv]: the file is ' "$word" || say "preflight $file: $(cat told)"
    rm -rf data && mkdir -p data/in/tables data/out && cp "$file" data/in/tables/t.csv
    for step in '"normalize": true' '"slice": true' '"columns": {"names": "header"}' '"columns": {"names": "auto"}'; do
        echo "{\"parameters\": {$step}}" >data/config.json
        "$CSVKIT" processor data >told 2>&1
        [ $? = 1 ] && tells "not CSV: the file is " "$word" || say "processor $step $file: $(cat told)"
        compgen -G 'data/out/*' >/dev/null && find data/out -type f | grep -q . && say "processor $step $file wrote"
    done
    rm -rf data
    KBC_URL=http://127.0.0.1:9 KBC_TOKEN=x "$CSVKIT" upload --dry-run "$file" >told 2>&1
    [ $? = 1 ] && tells 'error[not-csv]: the file is ' "$word" || say "upload $file: $(cat told)"
    tells "normalize may" "" && say "upload $file advises normalize"
done <<'E2'
tar tar archive
zip ZIP archive
xlsx workbook (.xlsx)
xlsx2 workbook (.xlsx)
xlsx3 workbook (.xlsx)
ods workbook (.ods)
docx office document
sqlite SQLite database
png picture
wav recording
pdf PDF
parquet Parquet
gzip.gz gzip
E2

# ---- text of another kind: a warning, wherever data is judged
printf '<!DOCTYPE html>\n<html><body>log in</body></html>\n' >html
printf '<?xml version="1.0"?>\n<a/>\n' >xml
printf '[\n {"id": 1},\n {"id": 2}\n]\n' >json
printf '{"id":1}\n{"id":2}\n' >jsonl
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n' >lfs
printf '{\\rtf1\\ansi text}\n' >rtf
printf 'From: a@x.example\nSubject: table\n\ntext\n' >mail
printf '# A project\n\nIt has a name, and a text about it,\nwhich is long.\n\n## Install it\n\nRun make, then wait.\n' >readme
printf 'A project\n=========\n\nIt has a name and more\n\nRun make and then wait.\n' >underlined
printf 'Name: a\nSize: 1\nText: x, y\n and z\n\nName: b\nSize: 2\n' >paragraphs
printf ' id | name\n----+------\n  1 | Ann\n(1 row)\n' >psql
printf '+----+------+\n| id | name |\n+----+------+\n|  1 | Ann  |\n' >mysql
printf '| id | name |\n|---|:---|\n| 1 | Ann |\n' >markdown
for i in 1 2 3 4; do
    printf '2024-01-31 12:00:0%s WARN Slow query, took %s ms\n' "$i" "$i" >>log
    printf '192.0.2.%s - bob [10/Oct/2000:13:55:3%s -0700] "GET /%s HTTP/1.0" 200 23\n' "$i" "$i" "$i" >>access
    printf '2024-01-31 12:00:01,12%s INFO It has begun\n' "$i" >>pylog
    printf 'Jan  %s 12:00:01 host daemon[12]: started (%s)\n' "$i" "$i" >>syslog
done
while read -r file word; do
    "$CSVKIT" validate --format=json "$file" >told
    jq -e --arg word "$word" '[.findings[] | select(.rule == "not-csv-suspected") | .message |
        contains($word)] == [true]' told >/dev/null || say "validate $file: $(cat told)"
    "$CSVKIT" sniff "$file" >told
    tells "looks like " "$word" || say "sniff $file"
    "$CSVKIT" manifest create "$file" -o out >told 2>&1
    tells "looks like " "$word" || say "manifest create $file"
    rm -f out
done <<'E2'
paragraphs paragraphs
html web page
xml XML
json JSON
jsonl JSON lines
lfs git-lfs
rtf RTF
mail e-mail
readme document
underlined document
log log
access log
syslog log
pylog log
psql drawn
mysql drawn
markdown drawn
E2
"$CSVKIT" slice html -o out 2>&1 | grep -q 'not-csv-suspected' || say "slice html"
"$CSVKIT" normalize json -o out 2>&1 | grep -q 'looks like JSON' || say "normalize json"

# ---- tables that are none of these
python3 - <<'E2'
import os, random
rng = random.Random(5)
os.mkdir("odd")
for number in range(2000):
    rows = [";".join("abcdefgh"[:rng.randrange(1, 8)] if rng.random() < .5 else str(rng.randrange(10**5))
                     for _ in range(4)) for _ in range(rng.randrange(1, 30))]
    data = bytearray("\n".join(rows).encode() + b"\n")
    for _ in range(rng.randrange(1, 1 + len(data) // 10)):
        at = rng.randrange(len(data) if rng.random() < .7 else min(6, len(data)))
        data[at] = rng.choice([0, 1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16, 23, 26, 27, 28, 29, 30, 31])
    open(f"odd/{number}", "wb").write(data)
names = {"hive": b"a\1b\1c\n" + b"1\0012\0013\n" * 900, "tag": b"<b>,c\n1,2\n", "list": b"[a],{b}\n1,2\n",
         "colon": b"Subject: x,From\n1,2\n", "cell": b'"{""a"":1}",b\n1,2\n', "bzh": b"BZh is a name,b\n1,2\n",
         "xmlns": b"<?,b\n1,2\n", "pk": b"PK,b\n1,2\n", "array": b'[1,2]\n[3,4]\n',
         "moment": b"2024-01-31 12:00:01,INFO,it has begun\n" * 9, "bars": b"a|b\n---|x\n1|2\n", "dashes": b"a|b\n-|-\n", "under": b"a,b\n---,---\n1,2\n", "plus": b"+1,b\n+--,2\n",
         "blank": b"2024-01-31 12:00:01, INFO, it has begun\n" * 9, "stamps": b"2024-01-31 12:00:01\n" * 9,
         "log": b"line\n" + b"2024-01-31 12:00:01 it has begun\n" * 9, "bar": b"Jan 31 12:00:01 | it has begun | x y\n" * 9,
         "comments": b"# made by somebody who made it\n\n# and by another person, too\n\na,b\n1,2\n3,4\n5,6\n7,8\n",
         "above": b"# Pages of all web sites in it\n# from January to the end of March\n\n/a,\"1,2\",3\n/b,4,5\n\nday,views of all pages at once\n1,2\n",
         "framed": b"# -----\n\nall pages of the web site\n\nPage,Views of it, in all\n/a,\"1,2\",3\n/b,4,5,6\n",
         "pairs": b"Name: a\nSize: 1\n\nName: b\nSize: 2\n" * 9, "prose": b"Name: a\nSize: 1\nno name in this line\nText: x\n\nName: b\n" * 3,
         "settings": b"Name: a\nSize: 1\nText: x\n\nOther: b\nSize: 2\n", "sizes": b"Name: a\nSize: 1\nText: x\n" * 9,
         "paragraphs": b"# A list of seconds in it.\n\n# It is free for all to use.\n\n# Words, and more of them:\n# a b c d e\nL\t1972\tJun\t30\nL\t1973\tDec\t31\n",
         "divided": b"# Fruit in this list\n\napple tree with fruit;2\npear tree with fruit;3\n\nplum tree with fruit;4\n",
         "marked": b"# Sites of the web\n## from January to March\n\nall pages of the site\n\nmost pages of the site\n",
         "ids": b"# id\n\n1\n\n2\n\n3\n", "titles": b"# Title\nall of it is here\none two three four\n",
         "brace": b'{"a",b}\n1,2\n', "old": b"\7\1" + b"\2\3;\4\5;\6\7;\1;x\n" * 20}
for name, data in names.items():
    open(f"odd/{name}", "wb").write(data)
E2
"$CSVKIT" validate --format=csv odd/* >told 2>err
grep 'not-csv' told && say "a table is taken for another kind"
exit "$bad"
