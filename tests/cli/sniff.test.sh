#!/bin/bash
# csvkit sniff: text, JSON, standard input, gzip, samples, exit statuses.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
bad=0

expect() { # what, expected, got
    if [ "$2" != "$3" ]; then
        printf 'FAILED %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"
        bad=1
    fi
}

printf 'id;name\n1;"a;b"\n2;c\n' >semicolon.csv
printf 'a,b;c\nx,y;z\nu,v;w\n' >unclear.csv
: >empty.csv

"$CSVKIT" sniff semicolon.csv >out 2>err
expect "exit of a clear file" 0 $?
expect "first line" "semicolon.csv: clear (all 20 bytes)" "$(head -n 1 out)"
expect "nothing on standard error" "" "$(cat err)"
for part in delimiter enclosure escape encoding 'line break' header; do
    grep -q "^  $part " out || expect "a line for $part" yes no
done

json=$("$CSVKIT" sniff --format=json semicolon.csv)
expect "verdict" clear "$(jq -r .verdict <<<"$json")"
expect "delimiter" ';' "$(jq -r .delimiter.value <<<"$json")"
expect "escape" null "$(jq -r .escape.value <<<"$json")"
expect "header" true "$(jq -r .header.value <<<"$json")"
expect "encoding" UTF-8 "$(jq -r .encoding.value <<<"$json")"
expect "line break" lf "$(jq -r .line_break.value <<<"$json")"
expect "every part has score and evidence" 6 \
    "$(jq '[.delimiter, .enclosure, .escape, .encoding, .line_break, .header]
           | map(select((.score | type) == "number" and (.evidence | length) > 0)) | length' <<<"$json")"

expect "the same from a pipe" "$(jq -c 'del(.file)' <<<"$json")" \
    "$("$CSVKIT" sniff --format=json <semicolon.csv | jq -c 'del(.file)')"
gzip -k semicolon.csv
expect "the same from gzip" "$(jq -c 'del(.file)' <<<"$json")" \
    "$("$CSVKIT" sniff --format=json semicolon.csv.gz | jq -c 'del(.file)')"

"$CSVKIT" sniff unclear.csv >out
expect "exit of an ambiguous file" 1 $?
expect "no delimiter is proposed" null "$("$CSVKIT" sniff --format=json unclear.csv | jq .delimiter.value)"
expect "both are reported" 2 "$("$CSVKIT" sniff --format=json unclear.csv | jq '.candidates | length')"
"$CSVKIT" sniff empty.csv >out
expect "exit of an empty file" 1 $?
"$CSVKIT" sniff missing.csv >out 2>err
expect "exit of a missing file" 2 $?
expect "nothing on standard output" "" "$(cat out)"
"$CSVKIT" sniff --format=json semicolon.csv unclear.csv semicolon.csv >out
expect "exit of several files: the worst" 1 $?
expect "one line each" 3 "$(wc -l <out)"

seq 1 200000 | sed 's/$/;x;y/' >long.csv
expect "a sample" '[false,1000]' \
    "$("$CSVKIT" sniff --sample=1kB --format=json long.csv | jq -c '[.whole_file, .sample_bytes]')"
"$CSVKIT" sniff --sample=0 long.csv >out 2>err
expect "exit of an empty sample" 2 $?

# --delimiter=auto and --encoding=auto of other commands.
judge() { "$CSVKIT" validate --format=json "$@" 2>err | jq -c '[.dialect.delimiter, .columns, .valid]'; }
expect "validate takes the delimiter" '[";",2,true]' "$(judge -d auto semicolon.csv)"
grep -q 'semicolon.csv: delimiter ";" (score' err || expect "a note says so" yes no
expect "from a pipe" '[";",2,true]' "$(judge -d auto - <semicolon.csv)"
expect "and from gzip" '[";",2,true]' "$(judge -d auto semicolon.csv.gz)"
expect "each file its own" '[";",2,true] [",",2,true]' \
    "$(printf 'a,b\n1,2\n' >comma.csv; judge -d auto semicolon.csv comma.csv | tr '\n' ' ' | sed 's/ $//')"
"$CSVKIT" validate -d auto unclear.csv >out 2>err
expect "validate refuses what is not clear" 1 $?
grep -q 'unclear.csv: the delimiter is not clear: ambiguous (best: ' err || expect "and says why" yes no
"$CSVKIT" sniff unclear.csv >out
grep -qE '^  delimiter   \? +[0-9]+  best: . \([0-9] of [0-9] records have [0-9] fields\); second best: ., score' out ||
    expect "the best of what is not clear is named" yes "$(cat out)"
printf 'a b\n1 2\n3 4\n5 6\n' >space.csv
"$CSVKIT" validate -d auto space.csv >out 2>err
grep -q 'space.csv: delimiter space (score' err || expect "a space has a name" yes "$(cat err)"
printf 'n\303\241zev;k\303\263d\r\n\305\241;1\r\n' | iconv -f utf-8 -t utf-16le >wide.csv
expect "an encoding without mark" '[";",2,true]' "$(judge -d auto --encoding=auto wide.csv)"
printf 'P\370\355li\232 \236lu\235ou\350k\375 k\371\362;0\n\372p\354l \357\341belsk\351 \363dy;1\nJi\370\355 Dvo\370\341k;2\n\310\355slo d\355lu;3\n' >central.csv
printf 'ulice \216i\236kova;4\nm\354sto D\354\350\355n;5\np\370\355\232t\355 t\375den;6\n\232koda zbo\236\355;7\n\372\350et spole\350nosti;8\n\370\355jen z\341\370\355;9\n' >>central.csv
expect "an encoding of one byte" '[";",2,true]' "$(judge -d auto --encoding=auto central.csv)"
grep -q 'read as WINDOWS-1250' err || expect "a note says which" yes no
"$CSVKIT" validate --encoding=auto <(printf 'a,b\nx\0y,1\n') >out 2>err
expect "validate refuses what is no text" 1 $?

# Two letters of another encoding may be well-formed UTF-8 by accident: that is never sure.
printf 'ID,POZN\n1,N\315\216E\n2,V\n' >accident.csv
expect "an accident is not sure" '["UTF-8",40]' \
    "$("$CSVKIT" sniff --format=json accident.csv | jq -c '[.encoding.value,.encoding.score]')"
"$CSVKIT" normalize --encoding=auto accident.csv -o accident.out 2>err
expect "and nothing is written by it" "1 no" "$? $([ -e accident.out ] && echo yes || echo no)"
expect "a usual letter is" '["UTF-8",90]' \
    "$(printf 'id,n\n1,Jos\303\251\n' | "$CSVKIT" sniff --format=json - | jq -c '[.encoding.value,.encoding.score]')"

# The line sep= in quotes, where the next line has the delimiter.
printf '"sep=;"\r\na;b\r\n1;2\r\n' >enclosed.csv
printf '"sep=;"\r\na,b\r\n1,2\r\n' >name.csv
expect "validate obeys it" '[";",2,true]' "$(judge -d auto enclosed.csv)"
expect "where it is asked to" '[",",1,true]' "$(judge enclosed.csv)"
expect "in the profile excel" '[";",2,true]' "$(judge --profile=excel enclosed.csv)"
expect "not where it is a name" '[",",1,false]' "$(judge --profile=excel name.csv)"
expect "sniff does" '[";",100,true]' \
    "$("$CSVKIT" sniff --format=json enclosed.csv | jq -c '[.delimiter.value,.delimiter.score,.header.value]')"
expect "normalize does" 'a,b 1,2' "$("$CSVKIT" normalize enclosed.csv 2>err | tr -d '\r' | paste -sd ' ')"

# slice looks at a file before it reads it, and at nothing else.
"$CSVKIT" slice -d auto --encoding=auto central.csv -o central 2>err >out
expect "slices of both" "0 0" "$? $(jq -r '.columns[1]' central.manifest)"
expect "in UTF-8" "$(iconv -f windows-1250 -t utf-8 central.csv | sed -n 2p)" \
    "$(gzip -dc central/part-00001.csv.gz | head -n 1)"
"$CSVKIT" slice --encoding=auto -o piped <central.csv >out 2>err
expect "not of a pipe" "2 csvkit: --encoding=auto: only a file can be looked at before; name the encoding" "$? $(cat err)"
"$CSVKIT" slice -d auto unclear.csv -o unclear >out 2>err
expect "not of what is unclear" "1 no" "$? $([ -e unclear ] && echo yes || echo no)"

# The whole file: where the dialect changes for good, beyond the sample, too.
{ yes a,b | head -n 300; yes '1;2;3' | head -n 200; } >changes.csv
"$CSVKIT" sniff --all --sample=100 changes.csv >out
expect "exit of a file that changes" 1 $?
expect "changes" "from line 301 delimiter ;, 3 fields, 200 lines" "$(tail -n 1 out | tr -s ' ' | sed 's/^ //')"
expect "changes in JSON" '[[1,0,300,",",2],[301,1200,200,";",3]]' "$(gzip -c changes.csv |
    "$CSVKIT" sniff --all --format=json | jq -c '[.stretches[] | [.line,.byte,.lines,.delimiter,.columns]]')"
yes a,b | head -n 300 | iconv -t utf-16 >one.csv
expect "no change" '[1] 0' "$("$CSVKIT" sniff -a --format=json one.csv | jq -c '[.stretches[].line]') $?"
printf 'title\nid;n\na;1\nb;2\n' >above.csv
expect "lines above" '[1,90,";",true]' "$("$CSVKIT" sniff --format=json above.csv |
    jq -c '[.skip_head.value,.skip_head.score,.delimiter.value,.header.value]')"
"$CSVKIT" sniff above.csv | grep -q -e 'lines above --skip-head=1' || expect "and the option" yes no

# Bytes of a file never reach the terminal as they are.
printf 'sep=\033\na\033b\n' >hostile.csv
"$CSVKIT" sniff hostile.csv >out
expect "no control bytes in text" "" "$(LC_ALL=C grep -P '[\x00-\x08\x0b-\x1f\x7f]' out)"
exit "$bad"
