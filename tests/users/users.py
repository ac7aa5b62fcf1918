"""users.py - what csvkit does for files as people have them.

Usage: users.py CASES CSVKIT. A case is a folder with files, the commands that such a person would
type (`cmd`), and in one line what would have helped (`want`). cases_*.py state each want as
predicates on the effect: which rule is broken where, what the exit status is, which rows come out
and which are set apart, which word stands in the message, what following the advice gives. A case is
helped when all of its predicates hold, half when some do, else not; those that do not hold are
printed. What is not in HALF has to be helped, and what is in it has to be half, so the list stays true.
"""
import os
import sys
import tempfile

import cases_01_25
import cases_26_49
import run

CASES, CSVKIT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])

# Case -> why it is half helped.
HALF = {}


def predicates_of(name):
    """Functions are named as the folders, without the number: 03-header-repeated."""
    function = name[3:].replace("-", "_")
    return getattr(cases_01_25, function, None) or getattr(cases_26_49, function, None)


def judge(name):
    """The verdict, and the predicates that do not hold."""
    predicates = predicates_of(name)
    if predicates is None:
        return "not stated", []
    with tempfile.TemporaryDirectory() as folder:
        case = run.Case(os.path.join(CASES, name), os.path.join(folder, "work"), CSVKIT)
        answers = list(predicates(case))
    missed = [text for text, holds in answers if not holds]
    verdict = "helped" if not missed else "not" if len(missed) == len(answers) else "half"
    return verdict, missed


def main():
    names = sorted(name for name in os.listdir(CASES) if os.path.isdir(os.path.join(CASES, name)))
    count, wrong = {"helped": 0, "half": 0, "not": 0}, []
    for name in names:
        verdict, missed = judge(name)
        count[verdict] = count.get(verdict, 0) + 1
        print(f"{name}: {verdict}" + "".join(f"\n    not: {text}" for text in missed))
        expected = "half" if name in HALF else "helped"
        if verdict != expected:
            wrong.append(f"{name}: {expected} was expected, {verdict} was found")
    for name in sorted(set(HALF) - set(names)):
        wrong.append(f"{name}: there is no such case")
    print(f"{len(names)} cases: " + ", ".join(f"{n} {verdict}" for verdict, n in count.items()))
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    sys.exit(len(wrong) != 0)


main()
