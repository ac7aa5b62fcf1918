#!/bin/bash
# preflight --fix: what it repairs, what it only proposes, and that data stay as they are.
set -u
# shellcheck source=tests/preflight/helpers.sh
. "$(dirname "$0")/helpers.sh"

sum_of_data() {
    find "$F" -type f ! -name '*.manifest' -exec sha256sum {} + | sort
}

fresh fix
table orders.csv 'id\n1\n'
echo '{"destination":"in.c-main.orders"}' >"$T/orders.manifest"
mkdir "$T/s"
printf 'id,name\n1,a\n' >"$T/s/p1"
printf 'id,name\n2,b\n' >"$T/s/p2"
echo '{"destination":"in.c-main.s"}' >"$T/s.manifest"
before=$(sum_of_data)
all=$(find "$F" -type f -exec sha256sum {} + | sort)

judge --fix --dry-run
[ "$got" = 1 ] || fail "dry run: exit $got"
grep -qx 'rename to out/tables/orders.csv.manifest' err || fail "no rename in $(cat err)"
grep -qx '+    "has_header": true,\?' err || fail "no has_header in $(cat err)"
[ "$(find "$F" -type f -exec sha256sum {} + | sort)" = "$all" ] || fail "a dry run changed something"

judge --fix
silent
grep -qx '+++ out/tables/s.manifest' err || fail "no diff in $(cat err)"
[ "$(sum_of_data)" = "$before" ] || fail "data changed"
[ ! -e "$T/orders.manifest" ] || fail "the old name is still there"
jq -e '.columns == ["id", "name"] and .has_header and .destination == "in.c-main.s"' \
    "$T/s.manifest" >/dev/null || fail "columns: $(cat "$T/s.manifest")"
after=$(find "$F" -type f -exec sha256sum {} + | sort)
judge --fix
silent
[ "$(find "$F" -type f -exec sha256sum {} + | sort)" = "$after" ] || fail "repairing twice changed more"

# What is not certain stays: two candidates, different headers, values instead of names.
fresh uncertain
table a.csv 'id\n1\n'
printf 'id\n1\n' | gzip >"$T/a.csv.gz"
echo '{"destination":"in.c-main.a"}' >"$T/a.manifest"
mkdir "$T/s" "$T/v"
printf 'id,name\n1,a\n' >"$T/s/p1"
printf 'id,title\n2,b\n' >"$T/s/p2"
printf '1,2\n' | tee "$T/v/p1" >"$T/v/p2"
table k.csv 'id\n1\n' '{"destination":"in.c-main.k","primaryKey":["id"]}'
all=$(find "$F" -type f -exec sha256sum {} + | sort)
judge --fix
[ "$got" = 1 ] || fail "uncertain: exit $got"
[ "$(find "$F" -type f -exec sha256sum {} + | sort)" = "$all" ] || fail "it was not certain"
grep -q 'proposal for out/tables/k.csv.manifest: .*primary_key' err || fail "no proposal: $(cat err)"

conclude
