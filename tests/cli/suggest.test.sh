#!/bin/bash
# A name that is not known gets a proposal when one is near, and only then: commands, options, values,
# rules, repairs, encodings; a file where a command should stand; options before the command. Whoever
# follows a proposal gets further. The exit status is 2, the message is one line on standard error.
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0
n=0

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

says() { # what standard error is, whole; command line
    local wanted=$1 got status
    shift
    n=$((n + 1))
    got=$("$CSVKIT" "$@" 2>&1 >out </dev/null)
    status=$?
    [ "$status" = 2 ] || fail "$*: exit status $status"
    [ ! -s out ] || fail "$*: a complaint on standard output"
    [ "$got" = "csvkit: $wanted" ] || fail "$*: $got"
}

printf 'a,b\r\n1,2\r\n' | tee data.csv "a b.csv" plain >table.csv.gz
mkdir -p slices component/out/tables other
echo '{}' >component/config.json
echo '{}' >t.csv.manifest

# ---- commands, and files in their place
says "unknown command 'valdate'; did you mean csvkit validate?" valdate data.csv
says "unknown command 'manifest creat'; did you mean csvkit manifest create?" manifest creat t
says "unknown command 'frobnicate'; see csvkit --help" frobnicate
says "no command before 'data.csv'; did you mean csvkit validate data.csv?" data.csv
says "no command before 'a b.csv'; did you mean csvkit validate 'a b.csv'?" 'a b.csv'
says "no command before 'plain'; did you mean csvkit validate plain?" plain
says "no command before 'nowhere.csv'; did you mean csvkit validate nowhere.csv?" nowhere.csv
says "no command before 'slices'; did you mean csvkit validate slices?" slices
says "no command before 'component'; did you mean csvkit preflight component?" component
says "no command before 't.csv.manifest'; did you mean csvkit manifest check t.csv.manifest?" t.csv.manifest
says "no command before '-'; did you mean csvkit validate -?" -
says 'unknown option --html; did you mean --format=html?' validate --html data.csv
says 'unknown option --excel; did you mean --profile=excel?' validate --excel data.csv
says 'unknown option --always; see csvkit validate --help' validate --always data.csv # of two options
says 'unknown option --html; did you mean --format=html?' stats --html data.csv
if [ ! -e /data ]; then
    env -u KBC_DATADIR "$CSVKIT" processor >out 2>said
    grep -qx 'csvkit: outside of the platform, give the data folder: csvkit processor DATADIR' said || fail "processor: $(cat said)"
    KBC_DATADIR=/data "$CSVKIT" processor 2>&1 | grep 'outside of the platform' && fail "processor, told where"
fi
says 'options come after the command: csvkit validate --format=json' --format=json validate data.csv
says 'options come after the command: csvkit manifest check --format' --format json manifest check t
says "unknown option --frmat=json before the command; usage: csvkit COMMAND [OPTION]... [OPERAND]..." \
    --frmat=json validate data.csv
says 'unknown option -q before the command; usage: csvkit COMMAND [OPTION]... [OPERAND]...' -q

# ---- options and their values
says 'unknown option --delimter; did you mean --delimiter?' validate --delimter=x data.csv
says 'unknown option --blorb; see csvkit validate --help' validate --blorb data.csv
says 'unknown option --rejects; it belongs to csvkit normalize, csvkit slice' validate --rejects=x data.csv
says 'unknown option --delimiter; it belongs to csvkit validate, csvkit stats, csvkit schema infer, others' \
    explain --delimiter=x r1
says '--profile=keebola: choose one of rfc4180-strict|rfc4180|rfc4180-bis|keboola|excel; did you mean keboola?' \
    validate --profile=keebola data.csv
says '--format=JSON: choose one of text|json|sarif|github|junit|csv|html; did you mean json?' \
    validate --format=JSON data.csv
says '--format=xlsx: choose one of text|json|sarif|github|junit|csv|html' validate --format=xlsx data.csv

# ---- rules and repairs
says "unknown rule 'feild-count'; did you mean field-count?" explain feild-count
says "unknown rule 'manifest-unknown'; did you mean manifest-unknown-key?" explain manifest-unknown
says "unknown rule 'paded'; did you mean pad?" explain paded
says "unknown rule 'zzzzzz' (\`csvkit rules\` lists them)" explain zzzzzz
says "--rule=feild-count=off: unknown rule 'feild-count'; did you mean field-count?" \
    validate --rule=feild-count=off data.csv
says "--rule=manifest-unkown-key=off: unknown rule 'manifest-unkown-key'; did you mean manifest-unknown-key?" \
    preflight --rule=manifest-unkown-key=off component
says "--rule=feild-count=off: unknown rule 'feild-count'; did you mean field-count?" \
    slice --rule=feild-count=off data.csv -o out
says "--rule=zzzzqq=off: unknown rule 'zzzzqq' (\`csvkit rules\` lists them)" \
    preflight --rule=zzzzqq=off component
says "--rule=field-count: expected ID=off|info|warning|error" validate --rule=field-count data.csv
says "--report=jsn:x: the formats are text|json|sarif|github|junit|csv|html; did you mean json?" \
    validate --report=jsn:x data.csv
# Of the rules of preflight validate knows nothing, so it does not propose them.
says "--rule=manifest-unkown-key=off: unknown rule 'manifest-unkown-key' (\`csvkit rules\` lists them)" \
    validate --rule=manifest-unkown-key=off data.csv

# ---- encodings: refused before a file is opened
for command in validate normalize 'slice -o out' 'merge -o out'; do
    # shellcheck disable=SC2086
    says '--encoding=latin-1: unknown encoding; did you mean latin1?' $command --encoding=latin-1 nowhere.csv
done
says '--encoding=utf-8-sig: unknown encoding; did you mean utf-8?' validate --encoding utf-8-sig data.csv
# shellcheck disable=SC2016
says '--encoding=latin1//IGNORE: unknown encoding; `iconv -l` lists the names' \
    validate --encoding=latin1//IGNORE data.csv
# shellcheck disable=SC2016
says '--encoding=klingon: unknown encoding; `iconv -l` lists the names' validate --encoding=klingon data.csv
says '--encoding-fallback=win1250: unknown encoding; did you mean windows-1250?' \
    normalize --encoding-fallback=win1250 data.csv
"$CSVKIT" validate -q --encoding=latin1 data.csv || fail "the encoding that was proposed"

# Hostile names are shown escaped, proposal or not.
printf 'x' >$'\e[31m.csv'
says "no command before '\\x1b[31m.csv'; did you mean csvkit validate '\\x1b[31m.csv'?" $'\e[31m.csv'

[ "$failures" = 0 ] && echo "$n names, each with its proposal or none"
exit $((failures != 0))
