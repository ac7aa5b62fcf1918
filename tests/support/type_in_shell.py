#!/usr/bin/env python3
"""Types lines into an interactive shell and presses TAB: what a user has before him then.

    type_in_shell.py bash|zsh COMPLETION-SCRIPT

Only a terminal shows whether a shell puts a blank or a backslash behind a word that ends with "=".
Prints the lines that were completed in another way than they should; exit status 1 then.
"""
import os
import pty
import re
import select
import shutil
import signal
import sys
import tempfile
import time

LINES = (
    ('csvkit help --pro', 'csvkit help --progress='),
    ('csvkit validate --rule=field-c', 'csvkit validate --rule=field-count='),
    ('csvkit validate --rule=field-count=er', 'csvkit validate --rule=field-count=error '),
    ('csvkit validate --format=js', 'csvkit validate --format=json '),
    ('csvkit explain field-co', 'csvkit explain field-count '),
)
SECONDS = 20


class Shell:
    """A shell on a terminal of its own, in an empty folder."""

    def __init__(self, name, script, folder):
        self.seen = ''
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(HOME=folder, TERM='dumb', INPUTRC='/dev/null')
            options = {'bash': ['--norc', '--noprofile', '-i'], 'zsh': ['-f', '-i']}[name]
            os.execvp(name, [name] + options)
        if name == 'bash':
            setup = f'. {script}'
        else:
            shutil.copy(script, f'{folder}/_csvkit')
            setup = 'fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; compdef _csvkit csvkit'
        # The mark is written in two parts, so that the echo of the line is not taken for its output.
        self.write(f"{setup}; PS1='> '; printf 'rea%s\\n' dy\n")
        self.wait_for('ready\r\n')

    def write(self, text):
        os.write(self.terminal, text.encode())

    def wait_for(self, wanted):
        """True when the text appears in time; what stands before it is forgotten."""
        end = time.monotonic() + SECONDS
        while wanted not in self.seen and time.monotonic() < end:
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    data = os.read(self.terminal, 65536).decode('utf-8', 'replace')
                except OSError:
                    break
                self.seen += re.sub(r'\x1b\[[0-9;?]*[a-zA-Z]', '', data)
                self.seen = re.sub('[^\b]\b', '', self.seen)
        found = wanted in self.seen
        if found:
            self.seen = self.seen[self.seen.index(wanted) + len(wanted):]
        return found

    def complete(self, line, wanted):
        """Types the line, TAB, and a mark: where the mark stands, the cursor was."""
        self.write(line + '\t' + '@@')
        good = self.wait_for(wanted + '@@')
        rest = self.seen
        self.write('\x15\n')
        time.sleep(0.1)
        return good, rest

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def main():
    name, script = sys.argv[1:]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(name, script, folder)
        for line, wanted in LINES:
            good, seen = shell.complete(line, wanted)
            if not good:
                print(f'{line!r} did not become {wanted!r}: {seen[-200:]!r}')
                bad = 1
        shell.end()
    sys.exit(bad)


main()
