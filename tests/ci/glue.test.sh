#!/bin/bash
# The scripts of examples/ci, run as the pipelines run them.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)/examples/ci
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
failed=0
mkdir "$work/bin" "$work/home" && ln -s "$CSVKIT" "$work/bin/csvkit"
export PATH=$work/bin:$PATH HOME=$work/home GIT_CONFIG_NOSYSTEM=1

fail() {
    echo "FAIL: $*"
    failed=1
}

# ---- GitHub
mkdir -p "$work/hub/data/a b" && cd "$work/hub" || exit 2
printf 'id,name\r\n1,x\r\n' >'data/a b/good.csv'
printf 'id,name\r\n1,a"b\r\n' >'data/a b/bad one.csv'
# shellcheck disable=SC2016
printf 'id\r\n1,2\r\n' >'data/$(touch hacked);x.csv'
judge() { # expected status; FILES; more variables
    env FILES="$2" GITHUB_OUTPUT="$work/output" "${@:3}" "$here/github/judge.sh" >"$work/said" 2>&1
    local status=$?
    [ $status = "$1" ] || fail "judge.sh $2: $status, $(cat "$work/said")"
}
judge 0 'data/a b/good.csv'
judge 1 $'data/**/*.csv\n' SARIF=out.sarif HTML=page.html
grep -q '^::error file=data/a b/bad one.csv,line=2,col=4,title=quote-in-unquoted-field::' "$work/said" ||
    fail "annotations: $(cat "$work/said")"
[ "$(jq -r '[.runs[0].results[].ruleId] | unique | join(" ")' out.sarif)" = "field-count quote-in-unquoted-field" ] ||
    fail "sarif: $(jq -c '.runs[0].results[].ruleId' out.sarif)"
grep -q '<article' page.html || fail "the page"
[ ! -e hacked ] || fail "the name of a file was run"
tail -n 2 "$work/output" | tr '\n' ' ' | grep -qx 'sarif=out.sarif status=1 ' || fail "outputs: $(cat "$work/output")"
judge 2 'nothing/*.csv'
judge 2 ''
judge 0 'data/a b/*one.csv' ARGUMENTS='--rule=quote-in-unquoted-field=warning --profile=rfc4180'
mkdir -p pack/csvkit-1 && cp "$(realpath "$CSVKIT")" pack/csvkit-1/csvkit && tar -czf pack.tar.gz -C pack csvkit-1
judge 0 'data/a b/good.csv' ARCHIVE=pack.tar.gz PATH=/usr/bin:/bin RUNNER_TEMP="$work"

# ---- GitLab: the lines of the job, as its shell runs them
script_of() {
    sed -n '/^  script:/,/^  artifacts:/s/^    - //p' "$here/gitlab/csvkit.gitlab-ci.yml"
}
cp 'data/a b/good.csv' good.csv && printf 'id,name\r\n1,a"b\r\n3,4,5\r\n2,a"b\r\n9,z\r\n' >bad.csv
CSVKIT_CI=$here/gitlab CSVKIT_FILES='good.csv bad.csv none.csv' CSVKIT_ARGUMENTS='' \
    bash -ec "$(script_of)" >"$work/said" 2>&1
[ $? = 2 ] || fail "the job of GitLab: $(cat "$work/said")"
jq -e 'length == 4 and (map(.fingerprint) | unique | length) == 4
    and all(.[]; (.description | length > 0) and (.severity | IN("info", "minor", "major", "critical", "blocker"))
        and (.location.lines.begin | type == "number"))
    and map(select(.check_name == "field-count"))[0].location == {path: "bad.csv", lines: {begin: 3}}
    and map(select(.severity == "blocker"))[0].location.path == "none.csv"' gl-code-quality-report.json >/dev/null ||
    fail "code quality: $(cat gl-code-quality-report.json)"
before=$(jq -c 'map(.fingerprint) | sort' gl-code-quality-report.json)
printf 'id,name\r\n0,0\r\n1,a"b\r\n3,4,5\r\n2,a"b\r\n9,z\r\n' >bad.csv
CSVKIT_CI=$here/gitlab CSVKIT_FILES='good.csv bad.csv none.csv' CSVKIT_ARGUMENTS='' \
    bash -ec "$(script_of)" >/dev/null 2>&1
[ "$before" = "$(jq -c 'map(.fingerprint) | sort' gl-code-quality-report.json)" ] || fail "fingerprints move with lines"

# ---- a commit
git init -q "$work/git" && cd "$work/git" || exit 2
git config user.email a@example.org && git config user.name a
cp "$here/pre-commit/pre-commit" .git/hooks/
printf 'text "\n' >notes.txt && git add . && git commit -qm 'no table' || fail "a commit without a table"
printf 'id,name\r\n1,x\r\n' >'a b.csv' && git add . && git commit -qm good >"$work/said" 2>&1 || fail "good: $(cat "$work/said")"
printf 'id,name\r\n1,a"b\r\n' >'a b.csv' && git add .
git commit -qm bad >"$work/said" 2>&1 && fail "a broken file was committed"
grep -q '^a b.csv:2:4: error\[quote-in-unquoted-field\]' "$work/said" || fail "what the hook says: $(cat "$work/said")"
printf 'id,name\r\n1,x\r\n2,y\r\n' >'a b.csv' && git add . && printf 'id,name\r\n1,a"b\r\n' >'a b.csv'
git commit -qm staged >"$work/said" 2>&1 || fail "what is not committed was judged: $(cat "$work/said")"
git rm -qf 'a b.csv' && git commit -qm removed || fail "a file that goes"
exit "$failed"
