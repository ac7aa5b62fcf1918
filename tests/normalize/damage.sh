#!/bin/bash
# Clean tables, one named damage each, repaired and compared with the clean table, position by
# position: what is RECOVERED, set ASIDE, REFUSED; and WRONG, which must be 0.
#   CSVKIT=program  SEEDS='1 2'  CASES=2000  WRONG_MAX=0  tests/normalize/damage.sh
# Exit status 77: the yardstick (../shared/testbench/damage.py) is not here.
set -u
cd "$(dirname "$0")/../.." || exit 2
yardstick=../shared/testbench/damage.py
[ -f "$yardstick" ] || {
    echo "$yardstick is not here"
    exit 77
}
wrong=0
recovered=0
for seed in ${SEEDS:-1}; do
    report=$(python3 "$yardstick" --seed="$seed" --cases="${CASES:-2000}" --wrong=20 \
        --command="$CSVKIT normalize {in} {dialect} -o {out} --rejects={rej} -q")
    printf '== seed %s\n%s\n' "$seed" "$report"
    row=$(printf '%s\n' "$report" | grep '^all ') || exit 1
    # kind RECOVERED LEFT ASIDE ASIDE+ REFUSED UNSEEN WRONG ERROR
    read -r _ good _ _ _ _ _ bad error <<<"${row//./0}"
    recovered=$((recovered + good))
    wrong=$((wrong + bad + error))
done
echo "seeds: ${SEEDS:-1}; cases each: ${CASES:-2000}; recovered: $recovered; wrong: $wrong"
[ "$wrong" -le "${WRONG_MAX:-0}" ] && [ "$recovered" -ge "${RECOVERED_MIN:-0}" ]
