#!/bin/bash
# The example programs do what they say, on the example data.
set -eu
data=examples/data
"$BUILD/examples/columns" $data/orders.csv | grep -qx 'column 2: at most 14 bytes'
"$BUILD/examples/columns" $data/orders.csv | grep -qx '6 records'
"$BUILD/examples/check" $data/orders.csv
! "$BUILD/examples/check" $data/products-dirty.csv >"$BUILD/examples/said"
grep -q '^byte 28, record 2, field 2: error: text after the closing quote' "$BUILD/examples/said"
! "$BUILD/examples/check" no-such-file 2>"$BUILD/examples/said"
grep -q no-such-file "$BUILD/examples/said"
