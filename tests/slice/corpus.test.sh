#!/bin/bash
# Every valid file of the corpora: sliced small, read by independent readers, merged again. Of those that are
# refused, five for each rule that refuses them, or with WHOLE=whole all.
set -u
corpus=$(cd "$(dirname "$0")/../../../shared/corpus" 2>/dev/null && pwd)
if [ -z "$corpus" ]; then
    echo "NO CORPUS beside the project (../shared/corpus): the round trip over it is not tested"
    exit 77
fi
tmp=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)") && trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2
python3 - "$CSVKIT" "$corpus" <<'PY'
import collections, csv, glob, gzip, io, json, os, shutil, subprocess, sys
tool, corpus = sys.argv[1:]
csv.field_size_limit(1 << 30)
whole = os.environ.get("WHOLE")
sliced = empty = exact = 0
files = sorted(f for f in glob.glob(corpus + "/**/*.csv", recursive=True)
               if os.path.isfile(f) and os.path.getsize(f) < 3_000_000)

def rows_begin_with_the_names(text, columns):
    return any(next(csv.reader(io.StringIO(part.decode(), newline="")), None) == columns
               for part in text)

def fail(name, what):
    sys.exit(f"{name}: {what}")

contents = {} # several corpora have the same files
for name in files:
    with open(name, "rb") as file:
        contents.setdefault(file.read(), name)

def judged():
    """(file, its content, what forbids to slice it)"""
    data = {name: content for content, name in contents.items()}
    names = list(data)
    for at in range(0, len(names), 64):
        out = subprocess.run([tool, "validate", "--no-config", "--profile=keboola", "--format=json", *names[at:at + 64]],
                             capture_output=True)
        for found in map(json.loads, out.stdout.splitlines()):
            errors = {f["rule"] for f in found.get("findings", ()) if f["severity"] == "error"} or {"unreadable"}
            yield found["file"], data.pop(found["file"]), set() if found["valid"] else errors
    if data:
        fail(min(data), "nothing is said about it")

refused = collections.Counter()
for i, (name, content, errors) in enumerate(judged()):
    if errors and not whole and all(refused[rule] >= 5 for rule in errors):
        continue
    refused.update(errors)
    run = lambda *a: subprocess.run([tool, *a], capture_output=True)
    out = run("slice", name, "-o", "dir", "--records=2", "--verify", "--format=json",
              "-j%d" % (i % 3 + 1))
    if out.returncode == 1:
        if os.path.exists("dir") or os.path.exists("dir.manifest") or os.listdir("."):
            fail(name, "refused, but something is left behind: %s" % os.listdir("."))
        if not out.stdout and not out.stderr:
            fail(name, "refused without a word")
        continue
    if out.returncode != 0:
        fail(name, "exit %d %s" % (out.returncode, out.stderr))
    sliced += 1
    result = json.loads(out.stdout)
    raw = content
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    parts = sorted(os.listdir("dir"))
    if parts != [s["name"] for s in result["slices"]]:
        fail(name, "names differ")
    text = [gzip.decompress(open("dir/" + p, "rb").read()) for p in parts]
    body = b"".join(text)
    bom = raw.startswith(b"\xef\xbb\xbf")
    head = raw[3 if bom else 0:len(raw) - len(body)]
    if not raw.endswith(body) or head[-1:] not in (b"\n", b"\r", b"") and body:
        fail(name, "the slices are not the body")
    if not os.path.exists("dir.manifest"):
        fail(name, "no manifest")
    columns = json.load(open("dir.manifest"))["columns"]
    names = next(csv.reader([head.decode()], strict=True)) if b"\n" not in head.rstrip() else columns
    if names != columns or result["columns"] != columns:
        fail(name, "columns %s, header %s" % (columns, names))
    for part, slice_ in zip(text, result["slices"]):
        rows = list(csv.reader(io.StringIO(part.decode(), newline="")))
        if len(part) != slice_["bytes"]:
            fail(name, "bytes of a slice")
        if b"\r" not in part.replace(b"\r\n", b"") and len(rows) != slice_["records"]:
            fail(name, "%s: %d rows, told %d" % (slice_["name"], len(rows), slice_["records"]))
    if any(s["records"] > 2 for s in result["slices"]):
        fail(name, "too many records in a slice")
    empty += not parts
    back = run("merge", "dir")
    if rows_begin_with_the_names(text, columns):
        # A header that was merged as a record would look like that, so somebody has to say it.
        if back.returncode != 1 or b"manifest-header" not in back.stderr:
            fail(name, "merge takes a header for data: %d %s" % (back.returncode, back.stderr))
        back = run("merge", "dir", "--no-header", "--columns=" + ",".join(columns))
    if back.returncode != 0 or not back.stdout.endswith(body):
        fail(name, "merge: %d %s" % (back.returncode, back.stderr))
    # Byte for byte, header included: as long as it is written in one of two ways, and ends as the
    # first record does.
    def enclosed(name, always):
        special = (always or any(c in name for c in ',"\r\n') or name[:1] == "\ufeff" or
                   len(columns) == 1 and not name)
        return '"%s"' % name.replace('"', '""') if special else name
    want, line = raw[3 if bom else 0:], head.decode().rstrip("\r\n")
    shown = result["records"] > 1 or body.endswith(b"\n") # what ends a record
    alike = shown and head.endswith(b"\r\n") == (b"\r\n" in body and
        body.index(b"\r\n") < body.index(b"\n"))
    if alike and line == ",".join(enclosed(c, False) for c in columns):
        exact += 1
        if back.stdout != want:
            fail(name, "merge is not the input")
    elif alike and line == ",".join(enclosed(c, True) for c in columns):
        exact += 1
        if run("merge", "dir", "--quote=all").stdout != want:
            fail(name, "merge --quote=all is not the input")
    shutil.rmtree("dir")
    os.remove("dir.manifest")
print("%d files, %d valid and sliced, %d of them without a record, %d came back byte for byte; refused for %s" % (
    len(files), sliced, empty, exact, ", ".join("%s %d" % each for each in sorted(refused.items()))))
if sliced < 50 or exact < sliced / 2:
    sys.exit("too few valid files to show anything")
PY
