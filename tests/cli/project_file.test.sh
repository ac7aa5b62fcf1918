#!/bin/bash
# The project file .csvkit.json: where it is found, what it sets, what wins over it, which files a
# pattern is about; that it judges as the same options on the command line do; what is wrong with one is
# told with its place before anything is judged. Examples and faults agree with the schema that is
# installed, and so does the documentation.
set -u
work=$(realpath "$(mktemp -d)") || exit 2
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")/../.." && pwd)
schema=$here/doc/schema/project.schema.json
cd "$work" || exit 2
failures=0

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

# The report with a project file is the report with these options.
same() { # what; options in one word; then the input and other options
    local what=$1 options=$2
    shift 2
    # shellcheck disable=SC2086
    "$CSVKIT" validate --no-config --format=json $options "$@" >wanted 2>&1
    local wanted=$?
    "$CSVKIT" validate --format=json "$@" >got 2>&1
    local status=$?
    [ "$status" = "$wanted" ] && cmp -s got wanted ||
        fail "$what: exit status $status, not $wanted: $(diff wanted got)"
    [ -s wanted ] || fail "$what: no report"
}

mkdir -p repo/.git repo/data/deep repo/slices
printf 'a;b\n1;2\n1;3\n' | tee repo/top.csv repo/data/x.csv >repo/data/deep/y.csv
printf '1;2\n' | tee repo/slices/a >repo/slices/b
cd repo || exit 2

# ---- every setting, beside its option
setting() { # text of the file; options
    printf '%s' "$1" >.csvkit.json
    printf '%s\n' "$1" >>"$work/fit"
    same "$1" "$2" data/x.csv
}
setting '{}' ''
setting '{"profile": "keboola"}' --profile=keboola
setting '{"fail_on": "warning"}' --fail-on=warning
setting '{"rules": {"eol-lf": "error", "delimiter-suspected": "off"}}' '--rule=eol-lf=error --rule=delimiter-suspected=off'
setting '{"rules": {"all": "off", "eol-lf": "error"}}' '--rule=all=off --rule=eol-lf=error'
setting '{"rules": {"eol-lf": "error", "all": "off"}}' '--rule=eol-lf=error --rule=all=off'
setting '{"rules": {"manifest-unknown-key": "off"}}' ''
setting '{"dialect": {"delimiter": ";"}}' '--delimiter=;'
setting '{"dialect": {"delimiter": "semicolon", "enclosure": "none"}}' '--delimiter=; --enclosure=none'
setting '{"dialect": {"delimiter": "auto"}}' --delimiter=auto
setting '{"dialect": {"escape": "\\", "encoding": "latin1"}}' '--escape=\ --encoding=latin1'
setting '{"dialect": {"header": false}}' --no-header
setting '{"dialect": {"header": true}}' --header
setting '{"dialect": {"skip_blanks": true}}' --skip-blanks
setting '{"dialect": {"skip_blanks": false}}' ''
printf '# of "x"\na;b\n1;2\n# 1\n' >data/comments.csv
setting '{"dialect": {"comment": "#"}}' '--comment=#'
same "comments" '--comment=#' data/comments.csv
setting '{"dialect": {"delimiter": ";"}, "columns": ["a", "b\"c,"]}' '--delimiter=; --columns=a,"b""c,"'
setting '{"dialect": {"delimiter": ";"}, "primary_key": ["a"]}' '--delimiter=; --primary-key=a'
setting '{"$schema": "x", "schema": "orders"}' ''
printf '\xef\xbb\xbf{"profile": "excel"}' >.csvkit.json
same "a byte order mark" --profile=excel data/x.csv

# ---- what is typed wins, option by option
echo '{"profile": "excel", "rules": {"eol-lf": "error", "all": "info"},
    "dialect": {"delimiter": ";", "header": false}}' >.csvkit.json
same "a profile" '--no-header --rule=eol-lf=error --rule=all=info -d;' --profile=keboola data/x.csv
same "a rule" '--profile=excel --no-header --rule=eol-lf=error --rule=all=info -d;' --rule=eol-lf=warning data/x.csv
same "a header" '--profile=excel --rule=eol-lf=error --rule=all=info -d;' --header data/x.csv
same "auto" '--profile=excel --no-header --rule=eol-lf=error --rule=all=info' --delimiter=auto data/x.csv
echo '{"columns": ["a", "b"], "delimiter": ","}' >comma.manifest
same "a manifest" '--profile=excel --rule=eol-lf=error --rule=all=info' --manifest=comma.manifest data/x.csv
"$CSVKIT" validate --no-config data/x.csv | grep -q 'valid (rfc4180)' || fail "--no-config"

# ---- which file: the nearest one; not beyond .git; standard input: from here; slices
echo '{"profile": "excel"}' >../.csvkit.json
echo '{"profile": "keboola"}' >.csvkit.json
echo '{"profile": "rfc4180-strict"}' >data/deep/.csvkit.json
profile() { # what; wanted; command line
    local what=$1 wanted=$2
    shift 2
    "$CSVKIT" validate --format=json "$@" >out 2>err
    [ "$(jq -r .profile out | tr '\n' ' ')" = "$wanted " ] || fail "$what: $(cat out err)"
}
profile "in the same folder" keboola top.csv
profile "above" keboola data/x.csv
profile "nearest" rfc4180-strict data/deep/y.csv
profile "several inputs" "rfc4180-strict keboola rfc4180-strict" data/deep/y.csv top.csv data/deep/y.csv
outside=$(mktemp -d) && cp top.csv "$outside/"
profile "none, between two that have one" "keboola rfc4180 keboola" top.csv "$outside/top.csv" top.csv
rm -r "$outside"
profile "by an absolute path" rfc4180-strict "$work/repo/data/deep/y.csv"
profile "slices" "keboola keboola" slices
printf 'data/deep/y.csv\ntop.csv\n' >list
profile "a list" "rfc4180-strict keboola" --files-from=list
profile "standard input" keboola - <top.csv
(cd data/deep && profile "standard input there" rfc4180-strict - <y.csv; exit "$failures") || fail "standard input"
(cd data/deep && profile "from below" keboola ../../top.csv; exit "$failures") || fail "from below"
mv .csvkit.json kept.json
profile "not beyond .git" rfc4180 data/x.csv
rmdir .git
profile "beyond, without .git" excel data/x.csv
echo 'gitdir: elsewhere' >.git
profile "a worktree of git" rfc4180 data/x.csv
rm .git && mkdir .git && mkdir .csvkit.json
profile "a folder of that name" rfc4180 data/x.csv
rmdir .csvkit.json && mv kept.json .csvkit.json
ln -s ../data/deep/y.csv slices-link.csv 2>/dev/null
ln -s data/deep/y.csv link.csv
profile "a link: where it stands" keboola link.csv
echo '{"profile": "rfc4180-bis"}' >other.json
profile "--config" "rfc4180-bis rfc4180-bis" --config=other.json top.csv data/deep/y.csv
profile "the last one counts" rfc4180 --config=other.json --no-config top.csv
profile "the last one counts" rfc4180-bis --no-config --config=other.json top.csv

# ---- overrides
rm -f data/deep/.csvkit.json
echo '{"profile": "keboola", "rules": {"eol-lf": "error"}, "overrides": [
    {"files": "x.csv", "profile": "excel", "rules": {"eol-lf": "off"}},
    {"files": ["data/**", "nowhere"], "dialect": {"delimiter": ";"}},
    {"files": "/*.csv", "profile": "rfc4180-strict"},
    {"files": "slices", "profile": "rfc4180-bis"}]}' >.csvkit.json
profile "overrides" "rfc4180-strict excel keboola" top.csv data/x.csv data/deep/y.csv
jq -se '(.[0].dialect.delimiter == ",") and (.[1].dialect.delimiter == ";") and (.[2].dialect.delimiter == ";")
    and (.[0].rules["eol-lf"] == 1) and (.[1].rules["eol-lf"] // 0) == 0 and .[2].rules["eol-lf"] == 1' out \
    >/dev/null || fail "overrides: $(cat out)"
profile "a folder of slices" "rfc4180-bis rfc4180-bis" slices
profile "standard input has no name" keboola - <top.csv
profile "from another folder" keboola ./data/../data/deep/../deep/y.csv
mkdir -p ../conf && cp .csvkit.json ../conf/other.json
profile "patterns begin at the project file" keboola --config=../conf/other.json top.csv

# ---- -v says which file
"$CSVKIT" validate -v top.csv data/x.csv >out 2>err
[ "$(cat err)" = "csvkit: top.csv: settings of $work/repo/.csvkit.json
csvkit: data/x.csv: settings of $work/repo/.csvkit.json" ] || fail "-v: $(cat err)"
"$CSVKIT" validate top.csv >out 2>err
[ -s err ] && fail "without -v: $(cat err)"

# ---- faults: told with their place, all of them, before anything is judged; the schema sees them too
faulty() { # text; what is told, a line each
    local wanted
    printf '%s' "$1" >bad.json
    wanted=$(printf 'csvkit: bad.json:%s\n' "${@:2}")
    "$CSVKIT" validate --config=bad.json -o report.json --format=json top.csv >out 2>err
    local status=$?
    [ "$status" = 2 ] && [ ! -s out ] && [ ! -e report.json ] && [ "$(cat err)" = "$wanted" ] ||
        fail "$1: exit status $status: $(cat out err)"
}
unfit() { # as faulty, for what a schema can see
    faulty "$@"
    printf '%s\n' "$1" >>"$work/unfit"
}
unfit '{"profle": "excel"}' '1:2: unknown key "profle"; did you mean "profile"?'
unfit '{"zzzzzzzz": 1}' '1:2: unknown key "zzzzzzzz"'
unfit '{"delimiter": ";"}' '1:2: "delimiter" belongs into "dialect"'
unfit '{"dialect": {"delimeter": ";"}}' '1:14: unknown key "delimeter"; did you mean "delimiter"?'
unfit '{"profile": 7}' '1:2: "profile": a string was expected, but this is a number'
unfit '{"profile": "kebola"}' "1:2: \"profile\": unknown profile 'kebola'; did you mean keboola?"
unfit '{"fail_on": "info"}' '1:2: "fail_on": error or warning was expected'
unfit '{"rules": []}' '1:2: "rules": an object, in { }, was expected, but this is a list'
unfit '{"rules": {"eol-lf": true}}' \
    '1:12: "eol-lf": off, info, warning or error was expected, but this is true or false'
unfit '{"rules": {"eol-lf": "fatal"}}' "1:12: \"eol-lf\": unknown level 'fatal': off, info, warning or error"
faulty '{"rules": {"feild-count": "off"}}' '1:12: unknown rule "feild-count"; did you mean field-count?'
faulty '{"rules": {"qqqq-zzzz": "off"}}' "1:12: unknown rule \"qqqq-zzzz\" (\`csvkit rules\` lists them)"
unfit '{"dialect": {"header": "yes"}}' '1:14: "header": true or false was expected, but this is a string'
unfit '{"dialect": {"comment": ""}}' '1:14: "comment": "" is not a comment: give one byte, a name (comma, semicolon, tab, pipe, space) or a code such as \t or \x1f'
faulty '{"dialect": {"comment": "none"}}' '1:14: "comment": "none" is not a comment: give one byte, a name (comma, semicolon, tab, pipe, space) or a code such as \t or \x1f'
faulty '{"dialect": {"encoding": "latin-1"}}' "1:14: \"encoding\": unknown encoding 'latin-1'; did you mean latin1?"
unfit '{"columns": "a,b"}' '1:2: "columns": a list of names was expected'
unfit '{"columns": ["a", 1]}' '1:2: "columns": a list of names was expected'
unfit '{"schema": ""}' '1:2: "schema": a name was expected'
unfit '{"overrides": {}}' '1:2: "overrides": a list, in [ ], was expected, but this is an object'
unfit '{"overrides": [7]}' '1:16: "overrides": an object, in { }, was expected, but this is a number'
unfit '{"overrides": [{"profile": "excel"}]}' '1:16: "files" is missing: for which files is this?'
unfit '{"overrides": [{"files": []}]}' '1:17: "files": a pattern, or a list of patterns, was expected'
unfit '{"overrides": [{"files": "a", "overrides": []}]}' '1:31: unknown key "overrides"'
faulty '{"overrides": [{"files": "{a,b}"}]}' \
    '1:17: "files": "{a,b}": patterns have no braces; write a list of patterns, or \{ for the character'
faulty '{"overrides": [{"files": "[a"}]}' '1:17: "files": "[a": a set of characters has no closing bracket'
faulty '{"profile": "excel", "profile": "keboola"}' '1:22: the key "profile" is given more than once'
faulty $'{\n  "profile": }' '2:14: no JSON: a value was expected'
faulty '[]' '1:1: an empty list is read as an empty object'
faulty $'{"x": 1,\n "rules": {"x": 1}}' '1:2: unknown key "x"' \
    "2:12: unknown rule \"x\" (\`csvkit rules\` lists them)"

"$CSVKIT" validate --config=nowhere.json top.csv >out 2>err
[ $? = 2 ] && grep -q 'nowhere.json: the project file cannot be read: No such file' err || fail "missing: $(cat err)"
head -c 1100000 /dev/zero | tr '\0' ' ' >bad.json
"$CSVKIT" validate --config=bad.json top.csv >out 2>err
[ $? = 2 ] && grep -q 'more than 1 MiB' err || fail "too long: $(cat err)"
# A fault that concerns the second input stops the first one as well; without its file it is judged.
echo '{' >data/.csvkit.json
"$CSVKIT" validate top.csv data/x.csv >out 2>err
[ $? = 2 ] && [ ! -s out ] && grep -q "^csvkit: $work/repo/data/.csvkit.json:" err || fail "the second: $(cat out err)"
rm data/.csvkit.json
# Options and settings that do not go together: the file is in the report, not judged.
echo '{"dialect": {"delimiter": ";"}}' >.csvkit.json
"$CSVKIT" validate --format=json '--enclosure=;' top.csv >out 2>err
[ $? = 2 ] && grep -q 'same byte' err || fail "options that do not fit: $(cat out err)"
echo '{"overrides": [{"files": "x.csv", "dialect": {"delimiter": ";"}}]}' >.csvkit.json
"$CSVKIT" validate --format=json '--enclosure=;' top.csv data/x.csv >out 2>err
[ $? = 2 ] && jq -se 'length == 2 and .[0].file == "top.csv" and .[1].file == "data/x.csv" and
    (.[1].error | test("do not fit"))' out >/dev/null || fail "one that does not fit: $(cat out err)"

# ---- preflight: the severities of rules
mkdir -p component/out/tables
printf 'a\n1\n' >component/out/tables/t.csv
echo '{"columns": ["a"], "destination": "in.c-main.t", "x": 1}' >component/out/tables/t.csv.manifest
echo '{"profile": "excel", "rules": {"manifest-unknown-key": "warning", "all": "off"}}' >component/.csvkit.json
"$CSVKIT" preflight --format=json component >out 2>err
"$CSVKIT" preflight --no-config --rule=manifest-unknown-key=warning --format=json component >wanted 2>&1
cmp -s out wanted || fail "preflight: $(cat out err)"
grep -q '"severity":"warning"' out || fail "preflight: no warning: $(cat out)"

# ---- the example of the documentation
sed -n '/^```json/,/^```/p' "$here/doc/project-file.md" | sed '1d;$d' >bad.json
tr '\n' ' ' <bad.json >>"$work/fit"
"$CSVKIT" validate -q --config=bad.json top.csv >out 2>err
[ -s err ] && fail "the documentation: $(cat err)"
for kind in fit unfit; do
    [ "$(wc -l <"$work/$kind")" -gt 15 ] || fail "few are $kind for the schema"
    python3 "$here/tests/support/report_readers.py" project "$schema" "$kind" <"$work/$kind" >out 2>&1 ||
        fail "the schema: $(cat out)"
done
for name in $(jq -r '[.properties, .properties.overrides.items.properties, .["$defs"].dialect.properties]
    | map(keys) | add | unique | .[]' "$schema"); do
    grep -qF "\`$name\`" "$here/doc/project-file.md" || fail "doc/project-file.md does not explain $name"
done
[ "$(jq -c '.["$defs"].profile.enum' "$schema")" = "$("$CSVKIT" rules --format=json | jq -c '.[0].levels | keys_unsorted')" ] ||
    fail "the profiles of the schema"

[ "$failures" = 0 ] && echo 'a project file is an option by another name'
exit $((failures != 0))
