#!/bin/bash
# make site: every document and every man page is a page, every link leads to something, and a link that
# does not is an error. It has no script and loads nothing.
set -u
for program in cmark-gfm mandoc; do
    command -v "$program" >/dev/null || { echo "no $program (apt-get install cmark-gfm mandoc)"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

fail() {
    echo "FAILED $*"
    bad=1
}

python3 doc/site/make_site.py "$CSVKIT" "$work/site" || fail "the site"
for document in doc/*.md; do
    name=$(basename "$document" .md)
    heading=$(sed -n 's/^# //p' "$document" | head -n 1)
    grep -q "<h1 id=" "$work/site/$name.html" && grep -qF "<title>${heading%% *}" "$work/site/$name.html" || fail "$document"
    grep -q "<a href=\"$name.html\"" "$work/site/index.html" || fail "no link to $name.html"
done
"$CSVKIT" internal-man --list | while IFS=$'\t' read -r page command; do
    grep -q "csvkit.*$command" "$work/site/$page.html" || echo "$page"
done >"$work/lost"
[ ! -s "$work/lost" ] || fail "man pages: $(cat "$work/lost")"
grep -lE '<script|<link|(src|href)="(http:)?//' "$work"/site/*.html && fail "something is loaded"

refuses() { # what stands in a document; what is said
    rm -rf "$work/site"
    printf '%s\n' "$1" >"$work/tree/doc/csvw.md"
    (cd "$work/tree" && python3 doc/site/make_site.py "$CSVKIT" "$work/site") >"$work/said" 2>&1 && fail "taken: $1"
    grep -qF "$2" "$work/said" || fail "$1: $(cat "$work/said")"
}
mkdir "$work/tree" && cp -r doc examples README.md CHANGELOG.md CONTRIBUTING.md "$work/tree" || exit 2
refuses '# CSVW [x](nowhere.md)' 'doc/csvw.md: no document or file doc/nowhere.md'
refuses '# CSVW [x](../../out.md)' 'no document or file ../out.md'
refuses '# CSVW [x](stats.md#nothing)' 'csvw.html: stats.html#nothing'
refuses '# CSVW [x](#nothing)' 'csvw.html: #nothing'
exit "$bad"
