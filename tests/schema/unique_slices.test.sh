#!/bin/bash
# What a Table Schema wants unique, over all slices of a table: values, values together, and with the
# primary key; in bounded memory; held against the same records in one file.
. tests/schema/schema_tests.sh

mkdir t
printf '1,x,a\n2,y,b\n' >t/1.csv
printf '3,X,a\n1.0,z,a\n' >t/2.csv
printf '4,z,c\n,y,d\n,w,\n' >t/3.csv
schema() { # members of the three fields, further members
    printf '{"fields":[{"name":"n","type":"number"%s},{"name":"s"%s},{"name":"u"%s}]%s}' "$@" >s.json
}
unique=',"constraints":{"unique":true}'

schema "$unique" '' '' ''
expect_exit 1 "$CSVKIT" validate --schema=s.json t
has 't/2.csv:2:1: error[not-unique]'
has 'record 1 of t/1.csv'
[ "$(grep -c 'error\[not-unique\]' out)" = 1 ] || fail "not one: $(cat out)"
has 't/2.csv: column n: 1 of 2 values'

schema '' "$unique" '' ''
expect_exit 1 "$CSVKIT" validate --schema=s.json t
has 't/3.csv:1:1: error[not-unique]'
has 'record 2 of t/2.csv'
has 't/3.csv:2:'
has 'record 2 of t/1.csv'

schema '' '' '' ',"uniqueKeys":[["s","u"]]'
expect_exit 0 "$CSVKIT" validate --schema=s.json t
printf '9,x,a\n' >t/4.csv
expect_exit 1 "$CSVKIT" validate --schema=s.json t
has 't/4.csv:1:1: error[not-unique]'
has 'record 1 of t/1.csv'

# with the primary key: both are told
schema '' '' '' ',"uniqueKeys":[["s","u"]],"primaryKey":["s"]'
expect_exit 1 "$CSVKIT" validate --schema=s.json t
has 'error[duplicate-key]'
has 't/4.csv:1:1: error[not-unique]'
expect_exit 0 "$CSVKIT" validate --schema=s.json --rule=duplicate-key=off \
    --rule=not-unique=off t
expect_exit 2 "$CSVKIT" validate --schema=s.json --verify t

schema "$unique" '' '' ''

# as many as in one file, also when the keys do not fit into the memory
rm t/*
python3 - <<'END'
import random
draw = random.Random(3)
records = ["%d,%s,u" % (draw.randrange(300000), "x" * draw.randrange(30)) for _ in range(300000)]
with open("one.csv", "w", encoding="ascii") as out:
    out.write("\n".join(records) + "\n")
for i in range(6):
    with open("t/%d.csv" % i, "w", encoding="ascii") as out:
        out.write("\n".join(records[i * 50000:(i + 1) * 50000]) + "\n")
END
count() { # files...
    "$CSVKIT" validate --schema=s.json --no-header --memory=1MiB --format=json "$@" |
        jq -s '[.[] | (.files // [.])[].rules["not-unique"] // 0] | add'
}
one=$(count one.csv)
slices=$(count t)
[ -n "$one" ] && [ "$one" != null ] && [ "$one" -gt 100000 ] && [ "$one" = "$slices" ] ||
    fail "in one file $one are not unique, in slices $slices"
exit "$failed"
