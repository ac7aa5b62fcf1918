#!/usr/bin/env python3
"""Do the tests notice? Edits that make the program wrong, one at a time: each has to fail a test.

    tests/mutants/mutants.py BUILD_FOLDER [PATTERN]

tests/mutants/list.txt names the edits, and the tests that are expected to notice each; PATTERN (a
regular expression) takes the edits of the files that it matches. Sources and build folder are
copied to a temporary folder for each of JOBS workers, so the working tree is never touched. The
tests have to pass there without an edit first. Then every edit is applied alone, what it changes is
built, and its tests run: `killed` when one of them fails or takes too long, `SURVIVES` when all
pass.

Exit status 0 only when every edit is killed, or the list says why it survives and it does. A text
that does not occur exactly once, an edit that does not build and a known survivor that is killed
are failures, too: the list has to be true.
"""
import collections
import concurrent.futures
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'list.txt')
LEAST_SECONDS, TIMES = 20, 10  # a test may take TIMES as long as without an edit, and some more
GOOD = ('killed', 'survives, as the list says')


class Edit:
    def __init__(self, path, tests, line):
        self.path, self.tests, self.line = path, tests, line
        self.old, self.new, self.reason = [], [], ''

    def texts(self):
        return '\n'.join(self.old), '\n'.join(self.new)

    def name(self):
        old, new = (' '.join(text.split()) for text in self.texts())
        return f'{self.path}: {old[:60]} -> {new[:50] or "nothing"}'


def read_list():
    """`in` and `run` hold for all edits after them; see the head of the list."""
    edits, path, tests, edit = [], None, [], None
    with open(LIST, encoding='utf-8') as text:
        for number, line in enumerate(text, 1):
            word, _, rest = line.rstrip('\n').partition(' ')
            if word == 'in':
                path = rest.strip()
            elif word == 'run':
                tests = rest.split()
            elif word in ('-', '+', 'survives:'):
                if edit is None:
                    edit = Edit(path, tests, number)
                    edits.append(edit)
                if word == 'survives:':
                    edit.reason = rest
                else:
                    (edit.old if word == '-' else edit.new).append(rest)
                continue
            elif word != '' and not word.startswith('#'):
                sys.exit(f'{LIST}:{number}: begins with no word that is known')
            edit = None
    return edits


def copy_tree(build):
    """Sources and build folder with their times, so that make finds nothing to do."""
    root = tempfile.mkdtemp(prefix='csvkit-mutants-')
    shutil.copytree('.', root, symlinks=True, dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns('.git', 'build', 'dist'))
    shutil.copytree(build, os.path.join(root, build), symlinks=True,
                    ignore=shutil.ignore_patterns('test-logs'))
    return root


def is_script(test):
    return test.endswith('.sh')


def target(build, test):
    if test.startswith('tests/library/'):
        return 'library-bins'
    return f'{build}/bin/csvkit' if is_script(test) else f'{build}/tests/unit/{test}'


def make(root, build, tests):
    targets = sorted({target(build, test) for test in tests})
    # With DEVELOPER=1, a warning about what an edit has left unused would be an error.
    variables = ['DEVELOPER=', f'VARIANT={os.path.basename(build)}']
    done = subprocess.run(['make', '-s'] + variables + targets, cwd=root,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0


def passes(root, build, test, seconds):
    # All tests of a binary in one process: with forks each has a group of its own, which a kill of
    # this one leaves running.
    environment = dict(os.environ, CSVKIT=f'{root}/{build}/bin/csvkit', BUILD=f'{root}/{build}',
                       LC_ALL='C.UTF-8', CK_FORK='no', CK_VERBOSITY='silent', TMPDIR=root)
    command = ['bash', test] if is_script(test) else [target(build, test)]
    with subprocess.Popen(command, cwd=root, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          start_new_session=True) as process:
        try:
            return process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return False


def measure(root, build, tests):
    """test -> seconds it may take. Every one has to pass."""
    limits = {}
    if not make(root, build, tests):
        sys.exit('mutants: it does not build without an edit')
    for test in tests:
        start = time.monotonic()
        if not passes(root, build, test, 600):
            sys.exit(f'mutants: {test} fails without an edit')
        limits[test] = LEAST_SECONDS + TIMES * (time.monotonic() - start)
    return limits


def judge(root, build, edit, limits):
    path = os.path.join(root, edit.path)
    old, new = edit.texts()
    with open(path, encoding='utf-8') as text:
        before = text.read()
    if old == '' or before.count(old) != 1:
        return f'TEXT NOT FOUND ONCE ({before.count(old)} times)'
    try:
        with open(path, 'w', encoding='utf-8') as text:
            text.write(before.replace(old, new))
        if not make(root, build, edit.tests):
            return 'DOES NOT BUILD'
        killed = not all(passes(root, build, test, limits[test]) for test in edit.tests)
    finally:
        with open(path, 'w', encoding='utf-8') as text:
            text.write(before)
    if killed:
        return 'KILLED, AND THE LIST SAYS IT SURVIVES' if edit.reason else 'killed'
    return 'survives, as the list says' if edit.reason else 'SURVIVES'


def judge_file(roots, build, edits, limits):
    """All edits of one file by one worker: a file that was put back is compiled once, at the end."""
    root = roots.get()
    answers = []
    for edit in edits:
        answer = judge(root, build, edit, limits)
        print(f'{answer:8} {os.path.basename(LIST)}:{edit.line} {edit.name()}', flush=True)
        if edit.reason:
            print(f'         because {edit.reason}', flush=True)
        answers.append(answer)
    roots.put(root)
    return answers


def main():
    build = sys.argv[1].rstrip('/')
    pattern = sys.argv[2] if len(sys.argv) > 2 else ''
    edits = [edit for edit in read_list() if re.search(pattern, edit.path)]
    files = collections.OrderedDict()
    for edit in edits:
        files.setdefault(edit.path, []).append(edit)
    start = time.monotonic()
    roots = [copy_tree(build) for _ in range(int(os.environ.get('JOBS') or os.cpu_count()))]
    try:
        limits = measure(roots[0], build, sorted({test for edit in edits for test in edit.tests}))
        free = queue.Queue()
        for root in roots:
            free.put(root)
        with concurrent.futures.ThreadPoolExecutor(len(roots)) as workers:
            answers = [answer for result in workers.map(
                lambda of_file: judge_file(free, build, of_file, limits), files.values())
                       for answer in result]
    finally:
        for root in roots:
            shutil.rmtree(root, ignore_errors=True)
    killed, known = (answers.count(answer) for answer in GOOD)
    print(f'{len(answers)} edits: {killed} killed, {known} known survivors, '
          f'{len(answers) - killed - known} wrong; {time.monotonic() - start:.0f} s')
    return 0 if answers and killed + known == len(answers) else 1


if __name__ == '__main__':
    sys.exit(main())
