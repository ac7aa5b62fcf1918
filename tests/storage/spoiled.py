#!/usr/bin/python3
"""Runs csvkit against a server that repeats secrets in its answers, and looks for them afterwards.

    spoiled.py CSVKIT FOLDER    with KBC_URL and KBC_TOKEN of a fake_storage.py

For every field of every answer: the field has the token, session tokens, private keys, bearers and
signatures of that moment, each in six spellings. No run of 9 bytes of any of them may be in what
was printed, in the name of a file or in a file, whatever the spelling; journals hold credentials of
a file and are looked through for the token only. The data that is moved is not looked through.
"""
import html
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

CSVKIT, FOLDER = sys.argv[1:]
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
        self.leaks, self.runs = [], 0

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
        subprocess.run(['rm', '-rf', folder], check=True)
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
        control('reset', {})
        if 'SLOW' in os.environ and time.monotonic() - start > 1:
            print('slow: %s: %s' % (what, ' '.join(arguments)))
        secrets = secret_parts(before)
        self.look('%s: %s' % (what, ' '.join(arguments[:2])), texts, secrets)
        if what not in CREDENTIALS:
            self.look('%s: journal of %s' % (what, arguments[0]), journals, [TOKEN])


def transfers(watch, what):
    """The commands whose answers have the most fields."""
    watch.run(what, 'load', TABLE, FOLDER + '/o.csv', '--state=DIR/journal', '--timeout=1',
              '--format=json')
    watch.run(what, 'download', '--table=' + TABLE, '-o', 'DIR/back.csv', '--timeout=1',
              '--format=json')


def others(watch, what):
    watch.run(what, 'upload', FOLDER + '/o.csv')
    watch.run(what, 'load', 'in.c-main.typed', FOLDER + '/typed.csv')
    watch.run(what, 'load', TABLE, FOLDER + '/o.csv', '--importer', '--format=json')
    watch.run(what, 'download', '--file-id=1', '-o', 'DIR/back.csv')
    watch.run(what, 'download', '--tag=spoiled', '--all', '-o', 'DIR/all')
    watch.run(what, 'download', '--table=' + TABLE, '-o', 'DIR/kept', '--keep-slices', '--timeout=1')
    watch.run(what, 'load', TABLE, FOLDER + '/o.csv', '--dry-run')
    for form in ('text', 'json'):
        watch.run(what, 'job', JOB, '--format=' + form)
        watch.run(what, 'files', 'list', '--format=' + form)
        watch.run(what, 'files', 'show', FILE, '--format=' + form)
        watch.run(what, 'token', '--format=' + form)
        watch.run(what, 'table', 'show', TABLE, '--format=' + form)
        watch.run(what, 'bucket', 'show', 'in.c-main', '--format=' + form)
    watch.run(what, 'table', 'create', TABLE, '--columns=a')
    watch.run(what, 'bucket', 'create', 'in.c-main')
    watch.run(what, 'files', 'delete', '1')


def failures(watch, what):
    control('set', {'fail_job': 'csvImport.columnsNotMatch'})
    watch.run(what, 'load', TABLE, FOLDER + '/o.csv', '--timeout=1', '--format=json')
    for method, command in (('PUT', ['upload', FOLDER + '/o.csv']),
                            ('GET', ['download', '--table=' + TABLE, '-o', 'DIR/back.csv'])):
        for status in (403, 503, 200):
            control('fault', {'where': 'store', 'method': method, 'times': 2, 'mode': 'spoiled',
                              'status': status, 'pad': control_pad[0]})
            watch.run('%s, store %d' % (what, status), *command)


control_pad = [0]
# The first runs, which nothing spoils, show which fields there are.
watch = Watch()
first = subprocess.run([CSVKIT, 'load', TABLE, FOLDER + '/o.csv', '--format=json'],
                       capture_output=True, check=True)
JOB, FILE = (json.loads(first.stdout)[key] for key in ('job_id', 'file_id'))
subprocess.run([CSVKIT, 'upload', FOLDER + '/o.csv', '--tag=spoiled'], capture_output=True, check=True)
transfers(watch, 'clean')
others(watch, 'clean')
fields = control('fields')
assert not watch.leaks, watch.leaks
for number, field in enumerate(fields if os.environ.get('PROVIDER') == 'aws' else CREDENTIALS):
    control('set', {'spoil': [field, PADS[number % len(PADS)]]})
    transfers(watch, field)
for pad in PADS[1:] if os.environ.get('PROVIDER') == 'aws' else PADS[:1]:
    control_pad[0] = pad
    control('set', {'spoil': ['slice', pad]})
    watch.run('slice after %d' % pad, 'download', '--table=' + TABLE, '-o', 'DIR/back.csv')
    watch.run('slice after %d' % pad, 'download', '--table=' + TABLE, '-o', 'DIR/x', '--keep-slices')
    for field in ('*', '+'):
        control('set', {'spoil': [field, pad]})
        transfers(watch, '%s after %d' % (field, pad))
        others(watch, '%s after %d' % (field, pad))
        failures(watch, '%s after %d' % (field, pad))
print('%d fields, %d runs, %d leaks' % (len(fields), watch.runs, len(watch.leaks)))
for leak in watch.leaks[:20]:
    print('LEAK ' + leak)
if not 40 < len(fields) or watch.leaks:
    sys.exit(1)
