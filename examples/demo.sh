#!/bin/bash
# demo.sh - shows the main job on example data, step by step: validate, explain, sniff, normalize,
# slice with a manifest, preflight, and an import into a local test server for Storage. `make demo`
# runs it. It writes only into a temporary folder.
#   CSVKIT=path of the program  BUILD=build folder  examples/demo.sh
set -euo pipefail
cd "$(dirname "$0")/.."
CSVKIT=$(realpath "$CSVKIT")
BUILD=$(realpath "$BUILD")
export CSVKIT BUILD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bold='' plain=''
[ ! -t 1 ] || { bold=$(tput bold) && plain=$(tput sgr0); } 2>/dev/null

step() {
    printf '\n%s== %s%s\n' "$bold" "$1" "$plain"
}

# expect STATUS COMMAND...: shows a command as a user would type it and runs it. The demonstration
# ends at once when the exit status is not STATUS.
expect() {
    local wanted=$1 status=0
    shift
    printf '%s$ %s%s\n' "$bold" "${*//$work\//}" "$plain"
    "$@" || status=$?
    [ "$status" = 0 ] || echo "(exit status $status)"
    [ "$status" = "$wanted" ] || { echo "expected exit status $wanted" >&2 && exit 1; }
}

run() {
    expect 0 "$@"
}

csvkit() {
    "$CSVKIT" "$@" 2> >(sed "s|$work/||g" >&2) | sed "s|$work/||g"
    return "${PIPESTATUS[0]}"
}

step "1. Is it CSV? A clean file, and a dirty one"
cp examples/data/* "$work"
run csvkit validate "$work/orders.csv"
expect 1 csvkit validate "$work/products-dirty.csv"

step "2. What does a rule mean?"
run csvkit explain text-after-closing-quote

step "3. A spreadsheet export: which dialect is it?"
run csvkit sniff "$work/customers-export.csv"

step "4. Repair both: nothing is lost, nothing is invented, and every change is logged"
run csvkit normalize "$work/customers-export.csv" --delimiter=semicolon --encoding=windows-1252 --names=storage \
    -o "$work/customers.csv"
run cat "$work/customers.csv"
expect 1 csvkit normalize "$work/products-dirty.csv" --rejects="$work/rejects.csv" \
    --log="$work/repairs.jsonl" -o "$work/products.csv"
run cat "$work/products.csv"
run cat "$work/repairs.jsonl"
run csvkit validate -q "$work/products.csv"

step "5. A large table: check it, remove the header, cut it into gzip slices, write the manifest"
"$BUILD/tests/bench/generate" shop 120000000 >"$work/shop-orders.csv"
mkdir -p "$work/data/out/tables" "$work/data/in/tables"
run head -n 4 "$work/shop-orders.csv"
run csvkit slice "$work/shop-orders.csv" -o "$work/data/out/tables/shop-orders" --slice-size=10MB \
    --primary-key=order_id --destination=in.c-demo.shop-orders
cp "$work/customers.csv" "$work/data/out/tables/customers.csv"
run csvkit manifest create "$work/data/out/tables/customers.csv" --destination=in.c-demo.customers

step "6. Check the data folder of a component before the platform reads it"
run csvkit preflight "$work/data"

step "7. Import into Storage: a local test server, which keeps everything in memory"
cat >"$work/import.sh" <<'IMPORT'
set -e
cd "$1"
"$CSVKIT" load in.c-demo.shop-orders data/out/tables/shop-orders
"$CSVKIT" load in.c-demo.customers data/out/tables/customers.csv
"$CSVKIT" download --table=in.c-demo.shop-orders -o back.csv
echo "$ csvkit download: the records that came back, and those that were loaded"
"$CSVKIT" validate --format=json back.csv | sed 's/.*"records":\([0-9]*\).*/\1 records/'
"$CSVKIT" validate --format=json shop-orders.csv | sed 's/.*"records":\([0-9]*\).*/\1 records/'
IMPORT
run bash tests/storage/with-store.sh bash "$work/import.sh" "$work"
printf '\n%sDone.%s Everything ran on this machine, and the temporary files are removed.\n' "$bold" "$plain"
