#!/bin/bash
# doc/storage.md keeps its word: every test that its table names is there, with the check that it names
# as "TEST: CHECK"; and csvkit has nothing without a test.
set -u
document=doc/storage.md
bad=0
rows=0

fail() { # what
    printf 'FAILED %s\n' "$1"
    bad=1
}

checked_in() { # TEST CHECK: the check is in the file of the test, or in a file that it sources or runs
    local file=tests/$1.test.sh
    grep -qF -- "$2" "$file" && return 0
    [ "$1" = storage/requests ] && grep -qF -- "$2" tests/storage/check_requests.py
}

while IFS='|' read -r _ feature _ _ csvkit named _; do
    feature=${feature# } feature=${feature% } csvkit=${csvkit# } csvkit=${csvkit% }
    named=${named# } named=${named% }
    case $feature in
    feature | ---* | '' | '**'*) continue ;;
    esac
    rows=$((rows + 1))
    case $csvkit:$named in
    no:-) continue ;;
    no:* | *:-) fail "$feature: a test and '$csvkit' do not go together" ;;
    esac
    test=${named%%:*}
    [ -e "tests/$test.test.sh" ] || fail "$feature: there is no test $test"
    [ "$test" = "$named" ] || checked_in "$test" "${named#*: }" ||
        fail "$feature: $test has no check '${named#*: }'"
done < <(grep '^|' $document)
[ $rows -ge 40 ] || fail "only $rows rows were read"
exit $bad
