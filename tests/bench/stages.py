#!/usr/bin/env python3
"""Instructions by stage, of this revision beside another one: which stage grew.

    stages.py BUILD [REV]     REV: a revision of git; without it this revision alone
    CSVKIT_BENCH_BYTES=4000000    size of each table

Runs the commands of COMMANDS on made-up tables (generate.c writes the same bytes everywhere) under
callgrind, one thread each, and adds up the instructions by the folder in which the code stands: code
that is inlined counts where it is written. What a run on an empty table takes is subtracted, so that
starting the program is a row of its own. Instructions hardly vary from run to run, on a busy machine,
too; valgrind has no AVX-512, so this is what AVX2 machines run.

The other revision is checked out and built in a temporary folder. A stage is marked when it takes at
least 2 % more than before, and at least 0.5 % of all.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

# Stage: the beginnings of paths of source files. The first one that fits counts.
STAGES = (
    ('scan', ('csvkit/parse/scan/',)),
    ('grammar', ('csvkit/parse/grammar/',)),
    ('reader', ('csvkit/parse/', 'csvkit/parallel/')),
    ('fields', ('validator/field_rules', 'validator/record_in_memory', 'validator/key_fields')),
    ('search', ('validator/search_rules', 'csvkit/base/pattern_search', 'csvkit/base/pair_search', 'validator/end_rules')),
    ('values', ('csvkit/schema/', 'validator/schema_')),
    ('keys', ('validator/keys/', 'validator/key_', 'validator/unique_rules')),
    ('judge', ('validator/',)),
    ('repair', ('csvkit/normalize/',)),
    ('sniff', ('csvkit/sniff/',)),
    ('stats', ('csvkit/stats/',)),
    ('decode', ('csvkit/io/decode/', 'csvkit/io/unpack/', 'csvkit/io/source_to_utf8')),
    ('io', ('csvkit/io/',)),
    ('report', ('csvkit/findings/',)),
    ('base', ('csvkit/base/',)),
    ('command', ('csvkit/', 'manifest/', 'preflight/', 'storage/')),
)
TABLES = ('mixed', 'mixed-accents', 'quoted', 'numeric', 'dirty', 'dirty1000')
VALIDATE = ('validate', '-q', '-j', '1')
COMMANDS = tuple((f'validate {table}', VALIDATE, table) for table in TABLES) + (
    ('validate keys', VALIDATE + ('--primary-key=column_1,column_2',), 'keys'),
    ('normalize mixed', ('normalize', '-q', '-o', '/dev/null'), 'mixed'),
    ('normalize dirty1000', ('normalize', '-q', '-o', '/dev/null'), 'dirty1000'),
    ('stats mixed', ('stats', '-q'), 'mixed'),
)
GREW, MATTERS = 1.02, 0.005


def stage_of(path):
    for stage, beginnings in STAGES:
        if any(path.startswith(beginning) for beginning in beginnings):
            return stage
    return 'libraries'


def read_profile(path, roots):
    """Instructions by stage, from a file of callgrind: the costs of code itself, not of what it calls."""
    names, costs = {}, collections.Counter()
    file, called = '', False
    header = re.compile(r'(?:fl|fi|fe)=\((\d+)\)(?: (.*))?$')
    with open(path, encoding='utf-8', errors='replace') as lines:
        for line in lines:
            if line[:3] in ('fl=', 'fi=', 'fe='):
                number, name = header.match(line.rstrip('\n')).groups()
                if name is not None:
                    names[number] = name
                file = names[number]
            elif line.startswith(('cfi=', 'cfl=')):  # may name a file for the first time
                number, name = re.match(r'cf[il]=\((\d+)\)(?: (.*))?$', line.rstrip('\n')).groups()
                if name is not None:
                    names[number] = name
            elif line.startswith('calls='):
                called = True
            elif line[0] in '+-*0123456789':
                if not called:
                    costs[file] += int(line.split()[1])
                called = False
    stages = collections.Counter()
    for name, cost in costs.items():
        for root in roots:
            name = name[len(root) + 1:] if name.startswith(root + '/') else name
        stages[stage_of(name)] += cost
    return stages


def run(tool, command, table, folder, roots):
    out = os.path.join(folder, 'profile')
    done = subprocess.run(['valgrind', '--tool=callgrind', f'--callgrind-out-file={out}', tool, *command, table],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1) or not os.path.exists(out):
        sys.exit(f'{tool} {" ".join(command)}: {done.stderr.decode(errors="replace")}')
    stages = read_profile(out, roots)
    os.remove(out)
    return stages


def measure(tool, command, table, folder, roots):
    """By stage, without what an empty table takes; that is the stage `start`."""
    empty = os.path.join(folder, 'empty')
    with open(table, 'rb') as whole, open(empty, 'wb') as head:
        head.write(whole.readline())
    start = run(tool, command, empty, folder, roots)
    stages = run(tool, command, table, folder, roots)
    for stage, cost in start.items():
        stages[stage] = max(stages[stage] - cost, 0)
    stages['start'] = sum(start.values())
    return stages


def build_other(revision, folder):
    tree = os.path.join(folder, 'tree')
    subprocess.run(['git', 'worktree', 'add', '--detach', '--quiet', tree, revision], check=True)
    subprocess.run(['make', '-C', tree, f'-j{os.cpu_count()}', 'build/release/bin/csvkit'], check=True,
                   stdout=subprocess.DEVNULL, env={k: v for k, v in os.environ.items() if k != 'MAKEFLAGS'})
    return tree, os.path.join(tree, 'build/release/bin/csvkit')


def show(title, here, there):
    total = sum(here.values()) - here['start']
    print(f'{title}')
    stages = [stage for stage, _ in STAGES] + ['libraries', 'start']
    grew = []
    for stage in [s for s in stages if here[s] or (there and there[s])] + ['all']:
        mine = total if stage == 'all' else here[stage]
        line = f'  {stage:<10} {mine:>14,} {mine / max(total, 1):>7.1%}'
        if there is not None:
            other = sum(there.values()) - there['start'] if stage == 'all' else there[stage]
            ratio = mine / other if other > 0 else float('inf') if mine > 0 else 1.0
            mark = ratio >= GREW and mine - other >= MATTERS * max(total, 1)
            line += f' {other:>14,} {ratio:>7.3f}{"  grew" if mark else ""}'
            grew += [(title, stage, ratio)] if mark else []
        print(line)
    return grew


def main():
    build, revision = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 and sys.argv[2] else None
    size = os.environ.get('CSVKIT_BENCH_BYTES', '4000000')
    tool, root = os.path.join(os.path.abspath(build), 'bin/csvkit'), os.getcwd()
    folder = tempfile.mkdtemp(prefix='csvkit-stages-')
    grew = []
    try:
        tree, other = build_other(revision, folder) if revision else (None, None)
        roots = [path for path in (tree, root) if path] + ['.']
        print(f'instructions, tables of {size} bytes; share of all' + (f'; at {revision}; ratio' if revision else ''))
        for title, command, kind in COMMANDS:
            table = os.path.join(folder, kind + '.csv')
            if not os.path.exists(table):
                with open(table, 'wb') as out:
                    subprocess.run([os.path.join(build, 'tests/bench/generate'), kind, size], stdout=out, check=True)
            here = measure(tool, command, table, folder, roots)
            there = measure(other, command, table, folder, roots) if other else None
            grew += show(title, here, there)
            sys.stdout.flush()
    finally:
        subprocess.run(['git', 'worktree', 'remove', '--force', os.path.join(folder, 'tree')],
                       stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(folder, ignore_errors=True)
    for title, stage, ratio in grew:
        print(f'grew: {stage} by {ratio - 1:.1%} in {title}')
    if revision and not grew:
        print('nothing grew')


if __name__ == '__main__':
    main()
