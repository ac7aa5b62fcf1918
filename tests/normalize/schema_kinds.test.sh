#!/bin/bash
# normalize --schema by CSVW metadata and by manifests with native types: what is written, rejected
# and refused; numbers of CSVW against Python's decimal.
. tests/schema/schema_tests.sh

metadata() { # columns as JSON, further members of the table
    printf '{"@context":"http://www.w3.org/ns/csvw","url":"t.csv"%s,"tableSchema":{"columns":[%s]}}' \
        "${2:-}" "$1" >m.json
}
column() { # name, members of the datatype, further members of the column
    printf '{"titles":"%s","datatype":{%s}%s}' "$1" "$2" "${3:-}"
}
# Each line: a value, and what is written; - for a value that does not fit.
values() { # members of the datatype
    metadata "$(column v "$1"),$(column n '"base":"integer"')"
    printf 'v,n\n' >t.csv
    : >want
    number=0
    while IFS='|' read -r value canonical; do
        number=$((number + 1))
        printf '"%s",%s\n' "$value" "$number" >>t.csv
        [ "$canonical" = - ] || printf '%s,%s\n' "$canonical" "$number" >>want
    done
    "$CSVKIT" normalize -q --schema=m.json t.csv --rejects=r.csv --line-break=lf 2>err |
        sed '1d; s/"//g' >out
    diff want out || fail "values of $1: $(cat err)"
    "$CSVKIT" normalize -q --schema=m.json t.csv --rejects=r.csv -o once.csv 2>err
    expect_exit 0 "$CSVKIT" normalize -q --check --schema=m.json once.csv
    sed -E 's/,"format":(\{[^}]*\}|"[^"]*")//g' m.json >xsd.json
    mv once.csv t.csv
    expect_exit 0 "$CSVKIT" validate -q --schema=xsd.json t.csv
}

values '"base":"decimal","format":{"decimalChar":",","groupChar":" "}' <<'END'
1 000,50|1000.50
-0,05|-0.05
+12|+12
1000.50|1000.50
0,00|0
000 123|123
12 34|-
1,5|1.5
,5|-
abc|-
|
END
values '"base":"decimal","format":{"decimalChar":",","groupChar":"."}' <<'END'
1.000|1000
1.000,5|1000.5
1.000.000,25|1000000.25
1.5|1.5
END
values '"base":"decimal","format":{"pattern":"#,##0.00"}' <<'END'
1,234.50|1234.50
7.00|7.00
1234.5|1234.5
1,23.00|-
END
values '"base":"decimal","format":{"pattern":"#0.0%"}' <<'END'
12.5%|0.125
0.0%|0
100.0%|1.000
-2.5%|-0.025
END
values '"base":"integer","format":{"pattern":"#,##0"}' <<'END'
1,234,567|1234567
-1,000|-1000
42|42
END
values '"base":"double","format":{"pattern":"0.0##E0"}' <<'END'
1.5E3|1.5E3
1.25E-2|1.25E-2
-9.9E99|-9.9E99
1.0E-50|1.0E-50
NaN|NaN
INF|INF
END
values '"base":"double","format":{"decimalChar":",","groupChar":" "}' <<'END'
1 000,5E3|1000500
1,25E-2|0.0125
-9,9E99|-9.9E99
1,0E-50|1.0E-50
END
values '"base":"boolean","format":"ano|ne"' <<'END'
ano|true
ne|false
true|true
0|0
ANO|-
END
values '"base":"date","format":"d.M.yyyy"' <<'END'
1.2.2024|2024-02-01
31.12.2024|2024-12-31
2024-12-31|2024-12-31
31.2.2024|-
END
values '"base":"dateTime","format":"yyyy-MM-dd HH:mm:ss.SSS"' <<'END'
2024-01-02 03:04:05.250|2024-01-02T03:04:05.25
2024-01-02T03:04:05|2024-01-02T03:04:05
2024-01-02 25:00:00.0|-
END
values '"base":"time","format":"HHmm"' <<'END'
0304|03:04:00
03:04:05|03:04:05
2460|-
END
values '"base":"date","format":"yyyy-MM-dd"' <<'END'
2024-02-29|2024-02-29
2023-02-29|-
END

# titles in the header, null, required; the reasons
metadata "$(column 'day|x' '"base":"date","format":"dd.MM.yyyy"' ',"null":["-"],"required":false'),{\"name\":\"s\",\"titles\":[\"S\",\"T\"],\"datatype\":{\"base\":\"string\",\"maxLength\":3},\"required\":true}"
printf 'day|x,T\n01.02.2024,abc\n-,ab\n01.02.2024,abcd\n01.02.2024,\n' >t.csv
expect_exit 1 "$CSVKIT" normalize --schema=m.json t.csv --rejects=r.csv --line-break=lf
diff out - <<'END' || fail 'titles'
day|x,T
2024-02-01,abc
-,ab
END
[ "$(jq -r .reason r.csv.jsonl)" = 'column `s`: `abcd` has a length of 4, string takes 3
column `s`: no value, but string is required' ] || fail "reasons: $(cat r.csv.jsonl)"
printf 'day|x,U\n01.02.2024,abc\n' >t.csv
expect_exit 1 "$CSVKIT" normalize --schema=m.json t.csv

# what cannot be done is named
metadata "$(column v '"base":"date","format":"dd.MM.yyyy"' ',"separator":";"')"
expect_exit 2 "$CSVKIT" normalize --schema=m.json t.csv
grep -q 'column v: not supported: to rewrite values of a column with "separator"' err || fail "$(cat err)"
metadata "$(column v '"base":"decimal","format":{"decimalChar":","}' ',"default":"1,0"')"
expect_exit 2 "$CSVKIT" normalize --schema=m.json t.csv
grep -q 'with "default"' err || fail "$(cat err)"
metadata "$(column v '"base":"decimal"')" ',"dialect":{"delimiter":";"}'
expect_exit 2 "$CSVKIT" normalize --schema=m.json t.csv
grep -q 'not supported: "delimiter": give --delimiter' err || fail "$(cat err)"
metadata "$(column v '"base":"decimal"')" ',"dialect":{"quoteChar":"\u0027"}'
expect_exit 2 "$CSVKIT" normalize --schema=m.json t.csv
grep -q 'not supported: "quoteChar": give --enclosure' err || fail "$(cat err)"

# native types: what every backend refuses is rejected, what is only warned of stays
cat >n.json <<'END'
{"schema":[{"name":"id","data_type":{"base":{"type":"INTEGER"}},"nullable":false},
 {"name":"amount","data_type":{"base":{"type":"NUMERIC","length":"5,1"}}},
 {"name":"day","data_type":{"base":{"type":"DATE"}}}]}
END
printf 'id,amount,day\n1,abc,\n2,5,2024-01-02\n3,1.25,2024-1-2\n,1,\n5,12345,\n6,1,2024-02-30\n' >t.csv
expect_exit 1 "$CSVKIT" normalize --schema=n.json t.csv --rejects=r.csv --line-break=lf
diff out - <<'END' || fail 'native'
id,amount,day
2,5,2024-01-02
3,1.25,2024-1-2
END
[ "$(jq -r .reason r.csv.jsonl)" = 'column `amount`: `abc` is not NUMERIC(5,1)
column `id`: no value, but INTEGER is required
column `amount`: `12345` is beyond NUMERIC(5,1): too many digits before the point
column `day`: `2024-02-30` is beyond DATE: there is no such day in the years 0001 to 9999' ] || fail "native: $(cat r.csv.jsonl)"
printf 'id,amount\n' >t.csv
expect_exit 1 "$CSVKIT" normalize --schema=n.json t.csv

# random numbers, whatever their length
python3 - "$CSVKIT" <<'END' || fail 'random numbers'
import decimal, json, random, subprocess, sys
draw = random.Random(11)
decimal.getcontext().prec = 200
bad = 0
for point, group in ((",", " "), (",", "."), ("'", ","), (".", "_")):
    json.dump({"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": {"columns": [
        {"titles": "v", "datatype": {"base": "decimal", "format": {"decimalChar": point, "groupChar": group}}},
        {"titles": "w"}]}}, open("m.json", "w", encoding="utf-8"))
    numbers = []
    for _ in range(500):
        whole = str(draw.randrange(10 ** draw.randrange(1, 45)))
        grouped = f"{int(whole):,}".replace(",", group) if draw.random() < 0.6 else whole
        part = "".join(draw.choice("0123456789") for _ in range(draw.choice((0, 0, 1, 2, 30))))
        sign = draw.choice(("", "", "-"))
        text = sign + grouped + (point + part if part else "")
        numbers.append((text, decimal.Decimal(sign + whole + ("." + part if part else "")), part))
    with open("t.csv", "w", encoding="utf-8") as out:
        out.write("v,w\n" + "".join('"%s",%d\n' % (n[0], i) for i, n in enumerate(numbers)))
    run = subprocess.run([sys.argv[1], "normalize", "-q", "--schema=m.json", "t.csv", "--rejects=r.csv",
                          "--line-break=lf"], capture_output=True, text=True, check=False)
    written = {}
    for line in run.stdout.splitlines()[1:]:
        value, _, at = line.replace('"', "").rpartition(",")
        written[int(at)] = value
    for i, (text, number, part) in enumerate(numbers):
        if i not in written:
            bad += point == "," and group == " "  # only what the default form reads otherwise is rejected
        elif decimal.Decimal(written[i]) != number or \
                (number != 0 and len(written[i].partition(".")[2]) != len(part)):
            print(text, "became", written[i])
            bad += 1
    print(len(written), "of", len(numbers), "with", point, "and", group, "written")
sys.exit(bad != 0)
END
exit "$failed"
