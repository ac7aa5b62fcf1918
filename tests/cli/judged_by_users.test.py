"""judged_by_users.test.py - what validate, merge, slice, manifest and preflight say of files as people have them.

Usage: judged_by_users.test.py CASES CSVKIT. A case is a folder with files and a text of what would help. Each
is asked for its effect: what is refused, which rule says so, what is written. A case in HELPED has
to be helped; of another one it is said when it is.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

CASES, CSVKIT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
HELPED = {"02-bom-quoted-mid", "18-slices-column-order", "35-auto-types", "43-field-over-4x-limit",
          "49-slices-headers-merge"}


class Case:
    def __init__(self, folder):
        self.folder = folder

    def run(self, *arguments):
        done = subprocess.run([CSVKIT, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def rules(self, *arguments):
        """The exit status of validate, and for each file how often which rule is broken."""
        status, out, _ = self.run("validate", "--format=json", *arguments)
        return status, [json.loads(line)["rules"] for line in out.splitlines()]

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8-sig") as file:
            return file.read()


def bom_concat(case):
    """The header comes again behind a mark: that is told, and it is no data."""
    _, (rules,) = case.rules("in.csv")
    return "header-missing" not in rules and "header-repeated" in rules


def bom_quoted_mid(case):
    status, (rules,) = case.rules("in.csv")
    made = case.run("normalize", "in.csv", "-o", "out.csv", "--rejects=bad.csv")
    return status == 1 and rules["bom-in-data"] == 1 and rules["quote-in-unquoted-field"] == 2 and \
        made[0] == 0 and case.read("out.csv").splitlines()[2] == '"Lee, Ann","Cork"'


def slices_column_order(case):
    said = [case.rules("t"), case.rules("--header", "t")]
    merged = [case.run("merge", *how, "t", "-o", "m.csv") for how in
              ([], ["--header"], ["--columns=city,temp"])]
    made = case.run("manifest", "create", "t", "--columns=city,temp", "--has-header", "-o", "t2.manifest")
    manifest = '{"columns":["city","temp"],"has_header":true,"destination":"in.c-main.t"}'
    case.write("d/out/tables/t.csv.manifest", manifest)
    case.write("t.manifest", manifest)
    shutil.copytree(case.path("t"), case.path("d/out/tables/t.csv"))
    folder = case.run("preflight", "d")
    data = case.rules("u")
    return all(status == 1 and rules[1]["header-mismatch"] == 1 for status, rules in said) and \
        all(status != 0 for status, _, _ in merged) and not os.path.exists(case.path("m.csv")) and \
        made[0] == 1 and case.rules("--manifest=t.manifest", "t")[1][1].get("header-mismatch") == 1 and \
        folder[0] == 1 and "out/tables/t.csv/b.csv:1:1: error[header-mismatch]" in folder[1] and \
        data[0] == 0


def key_equality(case):
    """Keys that differ in blanks or case only would be worth a warning."""
    status, (rules,) = case.rules("--profile=keboola", "--primary-key=id", "in.csv")
    assert status == 1 and rules["duplicate-key"] == 4, rules # enclosed or not is the same
    return "duplicate-key-suspected" in rules


def excel_ghost_rows(case):
    _, (rules,) = case.rules("--profile=keboola", "g2.csv")
    status, out, _ = case.run("normalize", "--empty-records=drop", "g2.csv")
    assert status == 0 and out.count("\n") == 3, out
    return "empty-record" in rules


def auto_types(case):
    _, _, told = case.run("manifest", "create", "in.csv", "--data-type=auto", "-o", "x.manifest")
    return 'zip: STRING' in told and 'not INTEGER: record 2 has "07031", which would lose its zero' in told


def field_over_4x_limit(case):
    case.write("in.csv", "id,blob,c\n1," + "x" * 70000000 + ",z\n2,b,y\n")
    wanted = (1, [{"field-too-long": 1}])
    said = [case.rules("--profile=keboola", *more, "in.csv") for more in ([], ["--primary-key=id"])]
    sliced = case.run("slice", "in.csv", "-o", "sl", "--no-manifest")
    os.makedirs(case.path("d/out/tables"))
    os.rename(case.path("in.csv"), case.path("d/out/tables/in.csv"))
    folder = case.run("preflight", "--default-bucket=in.c-main", "d")
    small = []
    for size in (1048576, 1048577, 4194400):
        case.write("s.csv", "id,blob,c\n1," + "x" * size + ",z\n2,b,y\n")
        small.append(case.rules("--max-field=1MiB", "s.csv")[1][0].get("field-too-long", 0))
    return said == [wanted, wanted] and sliced[0] == 1 and "error[field-too-long]" in sliced[2] and \
        folder[0] == 1 and "error[field-too-long]" in folder[1] and small == [0, 1, 1]


def slices_headers_merge(case):
    merged = case.run("merge", "--columns=id,name", "t", "-o", "m.csv")
    said = [case.rules(*how, "u") for how in ([], ["--header"], ["--columns=id,name"])]
    return merged[0] == 1 and "manifest-header" in merged[2] and not os.path.exists(case.path("m.csv")) and \
        all(status == 1 and rules[1].get("header-mismatch") == 1 for status, rules in said)


def main():
    wrong = []
    for name in sorted(os.listdir(CASES)):
        helps = globals().get(name[3:].replace("-", "_"))
        if helps is None or not os.path.isdir(os.path.join(CASES, name)):
            continue
        with tempfile.TemporaryDirectory() as folder:
            work = os.path.join(folder, "work")
            shutil.copytree(os.path.join(CASES, name), work)
            for place, _, files in os.walk(work):
                os.chmod(place, 0o755)
                for file in files:
                    os.chmod(os.path.join(place, file), 0o644)
            helped = helps(Case(work))
        print(f"{name}: {'helped' if helped else 'not helped'}")
        if not helped and name in HELPED:
            wrong.append(name)
    for name in wrong:
        print(f"{name}: expected otherwise", file=sys.stderr)
    sys.exit(len(wrong) != 0)


main()
