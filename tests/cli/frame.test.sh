#!/bin/bash
# The frame as a user meets it: help, exit status, closed descriptors, full disks, broken pipes,
# hostile arguments, and pages that the programs they are made for accept. WHOLE=whole shows every page to
# man, too.
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")/../.." && pwd)
fails=0

fail() {
    echo "FAIL: $*"
    fails=$((fails + 1))
}

# expect STATUS WHAT COMMAND...: runs it, output in $work/out and $work/err
expect() {
    local wanted=$1 what=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null
    local got=$?
    [ "$got" = "$wanted" ] || fail "$what: exit $got, expected $wanted: $(head -n 1 "$work/err")"
}

# What is looked through often is read and searched by the shell, which starts no program for it.
read_text() { # VARIABLE FILE: its bytes up to a zero byte
    local LC_ALL=C
    IFS= read -r -d '' "$1" <"$2"
}

has_line() { # TEXT PATTERN: a line of it does
    local newline=$'\n' beginning=${2#^}
    [[ $1 =~ $2 ]] || [[ $beginning != "$2" && $1 =~ $newline$beginning ]]
}

says() { # PATTERN: standard error has it and is one line
    local told LC_ALL=C
    read_text told "$work/err"
    [[ $told =~ $1 ]] || fail "no '$1' in: $told"
    [[ $told == *$'\n' && ${told%$'\n'} != *$'\n'* ]] || fail "more than one line: $told"
    [ ! -s "$work/out" ] || fail "a complaint on standard output: $(cat "$work/out")"
}

silent() {
    [ ! -s "$work/err" ] || fail "$1 speaks: $(cat "$work/err")"
}

mapfile -t commands < <("$CSVKIT" internal-man --list | cut -f 2)
[ "${#commands[@]}" -ge 1 ] || fail "no commands"

test_help() {
    local page again overview
    expect 0 "--help" "$CSVKIT" --help && silent "--help"
    read_text overview "$work/out"
    expect 0 "help" "$CSVKIT" help
    read_text again "$work/out"
    [ "$again" = "$overview" ] || fail "help and --help differ"
    for command in "${commands[@]}"; do
        read -r -a words <<<"$command"
        expect 0 "$command --help" "$CSVKIT" "${words[@]}" --help && silent "$command --help"
        read_text page "$work/out"
        expect 0 "help $command" "$CSVKIT" help "${words[@]}"
        read_text again "$work/out"
        [ "$again" = "$page" ] || fail "help $command and $command --help differ"
        has_line "$page" '^Usage: csvkit ' || fail "$command: no usage"
        has_line "$page" '^Examples:' || fail "$command: no examples"
        has_line "$overview" "^  $command"$'[ \n]' || fail "--help does not list $command"
    done
    for family in $(printf '%s\n' "${commands[@]}" | grep ' ' | cut -d ' ' -f 1 | sort -u); do
        printf '%s\n' "${commands[@]}" | grep -qxF "$family" && continue
        expect 0 "$family --help" "$CSVKIT" "$family" --help
        expect 2 "$family alone" "$CSVKIT" "$family"
        expect 2 "$family wrong" "$CSVKIT" "$family" nosuchthing
    done
}

test_version() {
    expect 0 "--version" "$CSVKIT" --version
    for word in 'csvkit [0-9]' 'zlib [0-9]' 'libdeflate [0-9]' 'ISA-L [0-9]' 'cJSON [0-9]' \
        'libcsv [0-9]' 'libcurl [0-9]' 'OpenSSL [0-9]' 'SIMD [a-z]'; do
        grep -qE "^$word" "$work/out" || fail "--version has no '$word'"
    done
}

test_usage_errors() {
    expect 2 "nothing" "$CSVKIT" && says 'no command'
    expect 2 "unknown command" "$CSVKIT" nosuchcommand && says "unknown command 'nosuchcommand'"
    expect 2 "near command" "$CSVKIT" hlep && says 'did you mean csvkit help\?'
    expect 2 "option first" "$CSVKIT" --frobnicate help && says 'unknown option --frobnicate'
    expect 2 "near option" "$CSVKIT" help --qiet && says 'did you mean --quiet\?'
    expect 2 "bad choice" "$CSVKIT" help --progress=soon && says 'auto\|always\|never'
    expect 2 "bad number" "$CSVKIT" merge -j none x && says "--threads=none: not a whole number"
    expect 2 "zero threads" "$CSVKIT" merge -j0 x && says 'must be from 1 to'
    expect 2 "threads without a use" "$CSVKIT" help -j 2 && says 'unknown option -j'
    expect 2 "many operands" "$CSVKIT" help a b c && says "unexpected operand 'c'"
    expect 2 "empty word" "$CSVKIT" '' && says "unknown command"
}

refuses_safely() { # COMMAND...: exit 2, one short line, nothing a terminal would obey
    local told control=$'[\x01-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae' LC_ALL=C
    expect 2 "hostile argument" "$@"
    says 'csvkit: '
    read_text told "$work/err" && fail "a zero byte reaches the terminal"
    [[ $told =~ $control ]] && fail "a control byte reaches the terminal: $(od -c "$work/err" | head -n 3)"
    [ ${#told} -lt 20000 ] || fail "a message of ${#told} bytes"
}

test_hostile_arguments() {
    local nasty=$'\e[31m\a\r\n\x9b\xe2\x80\xae\xc2\x85\xff' long
    long=$(head -c 100000 /dev/zero | tr '\0' x)
    for text in "$nasty" "$long"; do
        refuses_safely "$CSVKIT" "$text"
        refuses_safely "$CSVKIT" help "$text"
        refuses_safely "$CSVKIT" help "--$text"
        refuses_safely "$CSVKIT" help "-$text"
        refuses_safely "$CSVKIT" help "--progress=$text"
        refuses_safely "$CSVKIT" merge -j "$text" x
        refuses_safely "$CSVKIT" "--$text"
        refuses_safely "$CSVKIT" validate "$work/$text"
    done
}

test_descriptors() {
    "$CSVKIT" --help <&- >&- 2>&- || fail "all descriptors closed: exit $?"
    "$CSVKIT" --help >&- 2>"$work/err" || fail "standard output closed: exit $?"
    silent "standard output closed"
    "$CSVKIT" nosuch 2>&-
    [ $? = 2 ] || fail "standard error closed: exit status"
    "$CSVKIT" --help >/dev/full 2>"$work/err"
    [ $? = 2 ] || fail "/dev/full: exit status"
    grep -q 'cannot write standard output' "$work/err" || fail "/dev/full: $(cat "$work/err")"
    (ulimit -f 0 && "$CSVKIT" --help >"$work/limited" 2>/dev/null)
    [ $? = 2 ] || fail "a file size limit: exit status"
    "$CSVKIT" --version 2>/dev/full >"$work/out" || fail "--version needs standard error"
    { sleep 0.2 && "$CSVKIT" --help 2>"$work/err" && echo fine >"$work/fine"; } | :
    silent "a closed pipe"
    [ -e "$work/fine" ] || fail "a closed pipe ended with a failure"
}

test_pipe_closed_before_a_complaint() {
    printf 'a,b\r\n1\r\n' >"$work/bad.csv"
    {
        sleep 0.2
        "$CSVKIT" validate "$work/bad.csv" "$work/none" 2>"$work/err"
        echo $? >"$work/status"
    } | :
    [ "$(cat "$work/status")" = 2 ] || fail "closed pipe, missing file: exit $(cat "$work/status")"
    [ "$(wc -l <"$work/err")" = 1 ] || fail "a closed pipe is complained about: $(cat "$work/err")"
}

test_signals() {
    local signal started
    for signal in TERM HUP; do
        mkfifo "$work/fifo.$signal"
        sleep 5 >"$work/fifo.$signal" & # keeps it open and says nothing
        local holder=$!
        "$CSVKIT" validate "$work/fifo.$signal" >"$work/out" 2>"$work/err" &
        local pid=$!
        sleep 0.2
        started=$EPOCHREALTIME
        kill -s "$signal" "$pid"
        wait "$pid" 2>/dev/null
        local status=$?
        kill "$holder" && wait "$holder" 2>/dev/null
        [ "$status" = $((128 + $(kill -l "$signal"))) ] || fail "SIG$signal: exit $status"
        awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { exit b - a > 1 }' || fail "SIG$signal: slow"
        silent "SIG$signal"
    done
}

test_environment() {
    "$CSVKIT" --help >"$work/plain"
    for setting in LC_ALL=tr_TR.UTF-8 LC_ALL=xx LANG=de_DE.ISO-8859-1 COLUMNS=20 TERM= HOME= TMPDIR=/none \
        NO_COLOR=1; do
        env "$setting" "$CSVKIT" --help | cmp -s - "$work/plain" || fail "--help under $setting"
    done
    (ulimit -n 8 && "$CSVKIT" --help | cmp -s - "$work/plain") || fail "--help with 8 descriptors"
    (ulimit -s 256 && "$CSVKIT" --help | cmp -s - "$work/plain") || fail "--help with a small stack"
    env -i "$CSVKIT" --help | cmp -s - "$work/plain" || fail "--help without environment"
}

test_pages() {
    local index text page command
    "$CSVKIT" internal-man >"$work/csvkit.1" || fail "internal-man"
    sed 's/\\-/-/g' "$work/csvkit.1" >"$work/plain.1"
    "$CSVKIT" internal-man --list >"$work/list" || fail "internal-man --list"
    read_text index "$work/plain.1"
    while IFS=$'\t' read -r page command; do
        # shellcheck disable=SC2086
        "$CSVKIT" internal-man $command >"$work/$page" || fail "internal-man $command"
        read_text text "$work/$page"
        [[ $text == *"${page%.1}"* || ${text//\\-/-} == *"${page%.1} - "* ]] || fail "$page has no name"
        [[ $index == *"${page%.1}"* ]] || fail "csvkit.1 misses $page"
    done <"$work/list"
    "$CSVKIT" internal-man --rules >"$work/csvkit-rules.7" || fail "internal-man --rules"
    sed 's/\\-/-/g' "$work/csvkit-rules.7" | sed -n 's/^\.SS "\(.*\)"$/\1/p' | sort >"$work/told"
    for rule in $("$CSVKIT" rules --format=json | jq -r '.[].rule' | sort | comm -23 - "$work/told"); do
        fail "no $rule in csvkit-rules.7"
    done
    if command -v groff >/dev/null; then
        groff -man -ww -Tutf8 -z "$work"/csvkit*.[17] 2>"$work/err" || fail "groff"
        silent "groff"
    fi
    for page in "$work"/csvkit*.[17]; do
        # man starts groff again, and ten other programs: for a page of each kind.
        if [[ ${WHOLE:-} || $page =~ csvkit(|-rules|-validate)[.] ]] && command -v man >/dev/null &&
            command -v nroff >/dev/null; then
            MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" >/dev/null 2>"$work/err"
            silent "man ${page##*/}"
        fi
    done
    for shell in bash zsh fish; do
        expect 0 "completion $shell" "$CSVKIT" internal-completion "$shell"
        cp "$work/out" "$work/completion.$shell"
        command -v "$shell" >/dev/null || continue
        "$shell" -n "$work/completion.$shell" 2>"$work/err" || fail "$shell -n"
        silent "$shell -n"
    done
    expect 2 "completion of no shell" "$CSVKIT" internal-completion tcsh && says 'tcsh'
}

# What the last word of each line may become, in one bash that has read the completion: each line in a process of
# its own. Words end with \x1f, answers with \x1e.
completions_in_bash() {
    bash --norc -c '
        . "$1"
        while IFS= read -r line; do
            mapfile -d $'"'\\x1f'"' -t COMP_WORDS <<<"$line"
            unset "COMP_WORDS[-1]" # the line break of <<<
            (
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _csvkit 2>/dev/null
                printf "\n%s" "${COMPREPLY[@]}"
            )
            printf "\n\x1e"
        done' _ "$work/completion.bash"
}

lines=() wanted=()
completes() { # WANTED LINE: to be asked; an empty WANTED: nothing is proposed
    wanted+=("$1")
    local IFS=$'\x1f'
    lines+=("${*:2}"$'\x1f')
}

judge_completions() {
    local answers i
    mapfile -d $'\x1e' -t answers < <(printf '%s\n' "${lines[@]}" | completions_in_bash)
    [ ${#answers[@]} = ${#lines[@]} ] || fail "${#answers[@]} answers of bash for ${#lines[@]} lines"
    for i in "${!lines[@]}"; do
        if [ -n "${wanted[i]}" ]; then
            [[ ${answers[i]} == *$'\n'"${wanted[i]}"$'\n'* ]]
        else
            [[ ${answers[i]} != *[^$'\n']* ]]
        fi || fail "completing '${lines[i]//$'\x1f'/ }' gives no '${wanted[i]}': ${answers[i]}"
    done
}

test_bash_completion() {
    for command in "${commands[@]}"; do
        read -r -a words <<<"$command"
        completes "${words[0]}" csvkit ""
        completes "--help" csvkit "${words[@]}" "--h"
        [ ${#words[@]} = 1 ] || completes "${words[1]}" csvkit "${words[0]}" ""
    done
    completes "help" csvkit he
    completes "help" csvkit help h
    completes "--progress=" csvkit help --pr
    completes "always" csvkit help --progress = al
    completes "always" csvkit help --progress al
    completes "auto" csvkit help --progress =
    completes "field-count=" csvkit validate --rule = fie
    completes "field-count=" csvkit validate --rule fie
    completes "field-count=" csvkit validate --rule =
    completes "error" csvkit validate --rule = field-count = er
    completes "error" csvkit validate --rule field-count = er
    completes "off" csvkit validate a.csv --rule = field-count =
    completes "manifest-json=" csvkit preflight --rule = man
    completes "field-count" csvkit explain fie
    completes "manifest-json" csvkit explain man
    completes "pad" csvkit explain pa
    completes "--rule=" csvkit validate --ru
    completes "" csvkit validate --rule = manifest-j # a rule of preflight
    judge_completions
}

test_fish_completion() {
    command -v fish >/dev/null || return 0
    fish_completes 'csvkit he' help
    fish_completes 'csvkit help --progress=al' --progress=always
    fish_completes 'csvkit help -' --quiet
    fish_completes 'csvkit validate --rule=fie' --rule=field-count=
    fish_completes 'csvkit validate --rule fie' field-count=
    fish_completes 'csvkit validate --rule=field-count=e' --rule=field-count=error
    fish_completes 'csvkit explain fie' field-count
    fish_completes 'csvkit explain pa' pad
    for command in "${commands[@]}"; do
        [ "${command#* }" = "$command" ] || fish_completes "csvkit ${command%% *} " "${command#* }"
    done
}

fish_completes() { # LINE WANTED
    HOME=$work fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$work/completion.fish" \
        "$1" 2>"$work/err" | cut -f 1 | grep -qxF -- "$2" || fail "fish completes '$1' without $2"
}

# As one types: what a shell does with a word that ends with = cannot be seen otherwise.
test_typed_completion() {
    local shell
    for shell in bash zsh; do
        command -v "$shell" >/dev/null || continue
        python3 "$here/tests/support/type_in_shell.py" "$shell" "$work/completion.$shell" >"$work/typed" \
            2>&1 || fail "typing into $shell: $(cat "$work/typed")"
    done
}

# A message that explain shows is for people: no part of the template that may be missing.
test_messages_explained() {
    local rule
    "$CSVKIT" explain field-count | grep -qxF '    N fields, expected {expected}' || fail "explain field-count"
    for rule in $("$CSVKIT" rules --format=json | jq -r '.[].rule'); do
        "$CSVKIT" explain "$rule" || fail "explain $rule"
    done >"$work/explained"
    sed -n '/^Message$/,/^$/p' "$work/explained" | grep '{[^}]*[?#]' && fail "explain shows what may be missing"
}

test_help
test_version
test_usage_errors
test_hostile_arguments
test_descriptors
test_pipe_closed_before_a_complaint
test_signals
test_environment
test_pages
test_bash_completion
test_fish_completion
test_typed_completion
test_messages_explained
[ "$fails" = 0 ] && echo "${#commands[@]} commands, all as promised"
exit $((fails != 0))
