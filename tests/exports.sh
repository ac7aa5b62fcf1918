#!/bin/sh
# The API that a shared library exports, a symbol a line: tests/exports.sh LIBRARY [private]
# private: what it lends to libcsvkit-extra instead (csvkit/base/for_extra.h). The name of a version
# is a symbol too, and is left out.
[ "${2:-}" = private ] && wanted='@@CSVKIT_PRIVATE_' || wanted='^[^@]*$'
nm -D --defined-only "$1" | awk '$2 != "A" { print $3 }' | grep -e "$wanted" | sed 's/@.*//' | LC_ALL=C sort
