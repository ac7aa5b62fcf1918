"""named_commands.py - every `csvkit ...` that stands within a sentence or a table is run, as it stands there.

Usage: named_commands.py CSVKIT DOCUMENT... Blocks that begin with ```console are for current.test.sh.

Words in capitals are replaced by files that have what they say, [OPTIONS] are left out and given, a\\|b stands for
two commands. None may be refused for how it was typed: it does its work, or finds the data bad. Those that
talk to Storage have no token here, and say that; any other trouble is a failure.
"""
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile

CSVKIT = os.path.abspath(sys.argv[1])
DATA = os.path.abspath('examples/data')
FOLDERS = os.path.abspath('examples/data-folder.sh')
# What stands for something; in the order in which they are tried.
PLACES = [
    (r'stats --merge PART\.\.\.', 'stats --merge first.stats second.stats'),
    (r'slice --merge PART\.\.\.', 'slice --merge first second'),
    (r'RULE\|REPAIR', 'field-count|r18'), (r'\bID\b', 'field-count'), (r'/data/parts/\*\.part|PART\.\.\.', 'one.part two.part'),
    (r'-o DIR --rejects=DIR2 --log=DIR3', '-o dir --rejects=dir2 --log=dir3'), (r'--in-place FILE', '--in-place changing.csv'),
    (r'--partial=PART', '--partial=part'), (r'I/N', '1/2'), (r'-j N', '-j 2'), (r'--schema=METADATA', '--schema=metadata.json'),
    (r'--schema=FILE IN', '--schema=schema.json orders.csv'), (r'--schema=FILE$', '--schema=schema.json orders.csv'),
    (r'FILE\.\.\.|FILES', 'orders.csv good.csv'), (r'TABLE PATH', 'in.c-main.t orders.csv'), (r'--table=TABLE', '--table=in.c-main.t'),
    (r'--backend=NAME', '--backend=snowflake'), (r'MANIFEST', 'orders.csv.manifest'), (r'DATADIR', 'folders/good'), (r'create PATH', 'create orders.csv'),
    (r'\bSCHEMA\b', 'schema.json'), (r'--to=KIND', '--to=csvw'), (r'\bA B\b', 'orders.csv good.csv'), (r'merge DIR', 'merge slices'),
    (r'show \.\.\.', 'show 1'), (r'-o FILE', '-o written.csv'), (r'-o OUT', '-o out.csv'), (r'-o DIR', '-o new'),
    (r'html:PAGE', 'html:page.html'), (r'=REJECTS', '=rejects.csv'), (r'=LOG', '=log.jsonl'), (r'--primary-key=a,b', '--primary-key=order_id,total'),
    (r'--primary-key=a\b', '--primary-key=order_id'), (r'\bFILE\b', 'orders.csv')]
REMOTE = ('files', 'table', 'bucket', 'token', 'load', 'upload', 'download', 'job')
# Names of commands and of what they write, not commands.
NAMES = re.compile(r'csvkit( [a-z]+)?|csvkit (manifest|schema) [a-z]+|csvkit part of a judgement')


def run(folder, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith('KBC_')}
    return subprocess.run(arguments, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors='replace', timeout=60, check=False)


def make_files(folder):
    for name in os.listdir(DATA):
        shutil.copy(os.path.join(DATA, name), folder)
    for name in ('good.csv', 'changing.csv'):
        shutil.copy(os.path.join(DATA, 'orders.csv'), os.path.join(folder, name))
    for command in ([FOLDERS, 'folders'], [CSVKIT, 'manifest', 'create', '-q', 'orders.csv'], [CSVKIT, 'slice', '-q', 'orders.csv', '-o', 'slices'],
                    [CSVKIT, 'schema', 'infer', '-o', 'schema.json', 'orders.csv'],
                    [CSVKIT, 'schema', 'infer', '--to=csvw', '-o', 'metadata.json', 'orders.csv'],
                    [CSVKIT, 'stats', '--byte-range=1/2', '--partial=first.stats', 'orders.csv'],
                    [CSVKIT, 'stats', '--byte-range=2/2', '--partial=second.stats', 'orders.csv'],
                    [CSVKIT, 'slice', '--byte-range=1/2', 'orders.csv', '-o', 'first'],
                    [CSVKIT, 'slice', '--byte-range=2/2', 'orders.csv', '-o', 'second'],
                    [CSVKIT, 'validate', '--byte-range=1/2', '--partial=one.part', 'orders.csv'],
                    [CSVKIT, 'validate', '--byte-range=2/2', '--partial=two.part', 'orders.csv']):
        made = run(folder, *command)
        if made.returncode != 0:
            sys.exit(f'named_commands: {" ".join(command)}: {made.stdout}{made.stderr}')


def commands_in(path):
    """(line, text): none of those in blocks."""
    block = False
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            block ^= line.startswith('```')
            for text in () if block or line.startswith('```') else re.findall(r'`(csvkit(?: [^`]*)?)`', line):
                yield number, text.replace('\\|', '|')


def variants(text):
    """With and without what is optional, and each of the alternatives."""
    for pattern, place in PLACES:
        text = re.sub(pattern, place, text)
    parts = re.split(r'(\[[^]]*\](?:\.\.\.)?)', text)
    choices = [['', part.strip('[].')] if part.startswith('[') else [part] for part in parts]
    for chosen in itertools.product(*choices):
        words = [re.split(r'(?<=[a-z0-9])\|', word) for word in ''.join(chosen).split()]
        for each in itertools.product(*([word[0], *(re.sub(r'^(--[a-z]+=)?.*', r'\1', word[0]) + other for other in word[1:])]
                                        for word in words)):
            yield list(each)


def fault_of(folder, words):
    if words[1] not in REMOTE:
        for name in ('dir', 'dir2', 'dir3', 'new', 'new.manifest', 'written.csv', 'out.csv', 'rejects.csv', 'rejects.csv.jsonl', 'part'):
            path = os.path.join(folder, name)
            (shutil.rmtree if os.path.isdir(path) else os.unlink)(path) if os.path.exists(path) else None
    done = run(folder, CSVKIT, *words[1:])
    if words[1] in REMOTE:
        return None if 'no token: set KBC_TOKEN' in done.stderr or '--help' in words else done.stderr
    return None if done.returncode in (0, 1) and not re.search('no such option|unknown', done.stderr) else done.stdout + done.stderr


def main():
    count, bad = 0, False
    with tempfile.TemporaryDirectory() as folder:
        make_files(folder)
        for path in sys.argv[2:]:
            for number, text in commands_in(path):
                for words in [] if NAMES.fullmatch(text) else variants(text):
                    count += 1
                    fault = fault_of(folder, words)
                    if fault is not None:
                        bad = True
                        print(f'FAILED {path}:{number}: {text}: {" ".join(words)}: {fault.strip()[:300]}')
    print(f'{count} commands')
    sys.exit(bad or count < 60)


main()
