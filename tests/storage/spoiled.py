#!/usr/bin/python3
"""Runs csvkit against a server that repeats secrets in its answers, and looks for them afterwards.

    spoiled.py CSVKIT FOLDER [whole]    with KBC_URL, KBC_TOKEN and PROVIDER of a fake_storage.py

For every field of every answer: the field has the token, session tokens, private keys, bearers and
signatures of that moment, each in six spellings. No run of 9 bytes of any of them may be in what
was printed, in the name of a file or in a file, whatever the spelling; journals hold credentials of
a file and are looked through for the token only. The data that is moved is not looked through.

A case is a command and what is spoiled. Its kinds are the requests that the command sends, each with
what is spoiled in the answer: one field, all texts, a new field. Only requests for files have answers that
depend on the provider. Without `whole`, the cases run that are needed for all kinds.
"""
import html
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request

CSVKIT, FOLDER = sys.argv[1:3]
WHOLE = 'whole' in sys.argv[3:]
PROVIDER = os.environ['PROVIDER']
URL, TOKEN = os.environ['KBC_URL'], os.environ['KBC_TOKEN']
TABLE = 'in.c-main.orders'
CREDENTIALS = ('SecretAccessKey', 'SessionToken', 'access_token', 'SASConnectionString', 'url')
RUN, PADS = 9, [0, 88, 250, 1000]


def control(what, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request('%s/_fake/%s' % (URL, what), data,
                                     method='GET' if body is None else 'PUT')
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text[:1] in (b'[', b'{') else text


def spellings(text):
    """What was printed, and what a reader could make of it."""
    def unescape(match):
        return chr(int(match.group(1), 16))
    decoded = urllib.parse.unquote(urllib.parse.unquote(text))
    plain = re.sub(r'\\+u([0-9a-fA-F]{4})', unescape, text)
    return [text, decoded, html.unescape(text), plain, re.sub(r'\\x([0-9a-f]{2})', unescape, text),
            plain.replace('\\', ''), urllib.parse.unquote(html.unescape(plain))]


def secret_parts(given=()):
    """The texts that are secret and that this run was told: the token, and what was given away since
    `given`. Of a signature in an address it is the value, not the names."""
    found = {TOKEN}
    for secret in set(control('secrets')) - set(given):
        match = re.search('sig=([^&]*)', secret)
        own = urllib.parse.unquote(match.group(1)) if match else secret
        found.add(re.sub(r'^(canarySECRET|session/|ya29\.)', '', own))  # that all have
    return found


class Watch:
    def __init__(self):
        self.leaks, self.runs, self.answers = [], 0, {}

    def look(self, what, texts, secrets):
        windows = {s[i:i + RUN] for s in secrets for i in range(len(s) - RUN + 1)}
        for spelled in {s for text in texts for s in spellings(text)}:
            for window in windows:
                i = spelled.find(window)
                if i >= 0:
                    self.leaks.append('%s: ...%s...' % (what, spelled[max(0, i - 40):i + 40]))
                    return

    def run(self, what, *arguments):
        folder = os.path.join(FOLDER, 'run')
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        arguments = [a.replace('DIR', folder) for a in arguments]
        before, start = control('secrets'), time.monotonic()
        try:
            done = subprocess.run([CSVKIT] + arguments + ['--retries=1'], capture_output=True,
                                  timeout=4, stdin=subprocess.DEVNULL, cwd=folder)
            texts = [done.stdout, done.stderr]
        except subprocess.TimeoutExpired as late:
            texts = [late.stdout or b'', late.stderr or b'']
        texts = [t.decode('latin-1') for t in texts]
        journals = []
        for place, folders, files in os.walk(folder):
            texts += folders + files
            for name in files:
                with open(os.path.join(place, name), 'rb') as file:
                    (journals if name == 'journal' else texts).append(file.read().decode('latin-1'))
        self.runs += 1
        self.answers = control('answers')
        control('reset', {})
        if 'SLOW' in os.environ and time.monotonic() - start > 1:
            print('slow: %s: %s' % (what, ' '.join(arguments)))
        secrets = secret_parts(before)
        self.look('%s: %s' % (what, ' '.join(arguments[:2])), texts, secrets)
        if what not in CREDENTIALS:
            self.look('%s: journal of %s' % (what, arguments[0]), journals, [TOKEN])


# The commands whose answers have the most fields, and the others.
TRANSFERS = [
    ['load', TABLE, FOLDER + '/o.csv', '--state=DIR/journal', '--timeout=1', '--format=json'],
    ['download', '--table=' + TABLE, '-o', 'DIR/back.csv', '--timeout=1', '--format=json']]
OTHERS = [
    ['upload', FOLDER + '/o.csv'],
    ['load', 'in.c-main.typed', FOLDER + '/typed.csv'],
    ['load', TABLE, FOLDER + '/o.csv', '--importer', '--format=json'],
    ['download', '--file-id=1', '-o', 'DIR/back.csv'],
    ['download', '--tag=spoiled', '--all', '-o', 'DIR/all'],
    ['download', '--table=' + TABLE, '-o', 'DIR/kept', '--keep-slices', '--timeout=1'],
    ['load', TABLE, FOLDER + '/o.csv', '--dry-run']]
OTHERS += [command + ['--format=' + form] for form in ('text', 'json') for command in (
    ['job', 'JOB'], ['files', 'list', '--limit=3'], ['files', 'show', 'FILE'], ['token'],
    ['table', 'show', TABLE], ['bucket', 'show', 'in.c-main'])]
OTHERS += [['table', 'create', TABLE, '--columns=a'], ['bucket', 'create', 'in.c-main'],
           ['files', 'delete', '1']]
FAILED = ['load', TABLE, FOLDER + '/o.csv', '--timeout=1', '--format=json'] # whose job fails
SLICES = [['download', '--table=' + TABLE, '-o', 'DIR/back.csv'],
          ['download', '--table=' + TABLE, '-o', 'DIR/x', '--keep-slices']]
STORE = [('PUT', ['upload', FOLDER + '/o.csv']),
         ('GET', ['download', '--table=' + TABLE, '-o', 'DIR/back.csv'])]


class Case:
    """A command with something spoiled: `field` after `pad` letters, or in the object store."""

    def __init__(self, command, field, pad, answers, fail_job=False, store=None):
        self.command, self.field, self.pad, self.store = command, field, pad, store
        self.fail_job = fail_job
        self.what = field if field not in ('*', '+', 'slice') else '%s after %d' % (field, pad)
        sent = {kind for kind, fields in answers.items() if field in fields or field in '*+'}
        self.kinds = {(PROVIDER if '/files' in kind else '', kind, field) for kind in sent}
        # How a command shows things matters only for the text, so it is a kind of its own.
        self.kinds.add((' '.join(command[:2] + command[-1:]), field if field in '*+' else ''))
        self.kinds |= {('pad', field, pad)} if field in ('*', '+', 'slice') else set()
        self.kinds |= {('job fails', field)} if fail_job else set()
        self.kinds |= {(PROVIDER, store, pad if WHOLE else 0)} if store else set()

    def run(self, watch):
        control('set', {'spoil': [self.field, self.pad]})
        if self.fail_job:
            control('set', {'fail_job': 'csvImport.columnsNotMatch'})
        if self.store:
            method, status = self.store
            control('fault', {'where': 'store', 'method': method, 'times': 2, 'mode': 'spoiled',
                              'status': status, 'pad': self.pad})
        watch.run(self.what, *self.command)


def all_cases(fields, answers):
    """`answers`: of each command, what came when nothing was spoiled."""
    def of(command):
        return answers.get(' '.join(command), {})
    aws = PROVIDER == 'aws'
    for number, field in enumerate(fields):
        for command in TRANSFERS:
            yield Case(command, field, PADS[number % len(PADS)], of(command))
    for pad in PADS[1:] if aws else PADS[:1]:
        for command in SLICES:
            yield Case(command, 'slice', pad, {})
        for field in ('*', '+'):
            for command in TRANSFERS + OTHERS:
                yield Case(command, field, pad, of(command))
            yield Case(FAILED, field, pad, of(TRANSFERS[0]), fail_job=True)
            for method, command in STORE:
                for status in (403, 503, 200):
                    yield Case(command, field, pad, {}, store=(method, status))


def sample(cases, known):
    """As few of the cases as have all kinds that are not known from another provider."""
    rest = list(cases)
    random.Random(1).shuffle(rest)
    missing = set().union(*(case.kinds for case in rest)) - known
    while missing:
        best = max(rest, key=lambda case: len(case.kinds & missing))
        rest.remove(best)
        missing -= best.kinds
        yield best


def main():
    # The first runs, which nothing spoils, show which fields there are.
    watch, answers = Watch(), {}
    first = subprocess.run([CSVKIT, 'load', TABLE, FOLDER + '/o.csv', '--format=json'],
                           capture_output=True, check=True)
    job, file = (json.loads(first.stdout)[key] for key in ('job_id', 'file_id'))
    for command in OTHERS:
        command[:] = [{'JOB': job, 'FILE': file}.get(word, word) for word in command]
    subprocess.run([CSVKIT, 'upload', FOLDER + '/o.csv', '--tag=spoiled'], capture_output=True,
                   check=True)
    for command in TRANSFERS + OTHERS:
        watch.run('clean', *command)
        answers[' '.join(command)] = watch.answers
    fields = sorted({field for kinds in answers.values() for of in kinds.values() for field in of})
    assert len(fields) > 40 and not watch.leaks, watch.leaks
    cases = list(all_cases(fields if PROVIDER == 'aws' else CREDENTIALS, answers))
    # What does not depend on the provider is tried with the first of them.
    elsewhere = set() if PROVIDER == 'aws' else {
        kind for case in cases for kind in case.kinds if kind[0] != PROVIDER}
    chosen = cases if WHOLE else list(sample(cases, elsewhere))
    for case in chosen:
        case.run(watch)
    kinds, tried = (set().union(*(case.kinds for case in some)) for some in (cases, chosen))
    print('%s: %d of %d cases, %d of %d kinds, %d leaks' % (
        PROVIDER, len(chosen), len(cases), len(tried), len(kinds), len(watch.leaks)))
    for leak in watch.leaks[:20]:
        print('LEAK ' + leak)
    enough = len(kinds) > (200 if PROVIDER == 'aws' else 60) and tried >= kinds - elsewhere
    return 0 if enough and not watch.leaks else 1


if __name__ == '__main__':
    sys.exit(main())
