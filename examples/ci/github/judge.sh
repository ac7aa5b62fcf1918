#!/bin/bash
# What action.yml runs. Settings come as variables, never as text of a script, so that no name of a
# file is taken for a command: FILES ARGUMENTS SARIF HTML ARCHIVE.
set -uo pipefail
shopt -s globstar nullglob
csvkit=csvkit
if [ -n "${ARCHIVE:-}" ]; then
    folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/csvkit-XXXXXX")
    case $ARCHIVE in
    http*) curl -fsSL "$ARCHIVE" ;;
    *) cat "$ARCHIVE" ;;
    esac | tar -xz -C "$folder" --strip-components=1 || exit 2
    csvkit=$folder/csvkit
fi
files=()
while IFS= read -r pattern; do
    [ -n "$pattern" ] || continue
    if [ -e "$pattern" ]; then
        files+=("$pattern")
    else
        IFS= # a blank in a name is no end of it
        # shellcheck disable=SC2206
        matched=($pattern)
        unset IFS
        [ ${#matched[@]} -gt 0 ] || { echo "::error title=csvkit::nothing matches $pattern" && exit 2; }
        files+=("${matched[@]}")
    fi
done <<<"$FILES"
[ ${#files[@]} -gt 0 ] || { echo "::error title=csvkit::no files are given" && exit 2; }
reports=("--report=sarif:${SARIF:-csvkit.sarif}")
[ -z "${HTML:-}" ] || reports+=("--report=html:$HTML")
read -ra arguments <<<"${ARGUMENTS:-}"
"$csvkit" validate --format=github "${arguments[@]}" "${reports[@]}" -- "${files[@]}"
status=$?
printf 'sarif=%s\nstatus=%s\n' "${SARIF:-csvkit.sarif}" "$status" >>"${GITHUB_OUTPUT:-/dev/null}"
exit "$status"
