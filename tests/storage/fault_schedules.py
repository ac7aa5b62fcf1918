#!/usr/bin/python3
"""Breaks a load at every request in every way, follows the printed advice to the letter, and counts rows.

    fault_schedules.py CSVKIT [--sample N] [--only TEXT] [--from N] [--seconds N] [--workers N] [-v]

A schedule is a cloud, a kind of load, a way to fail, the index of the request that fails, and how the
world stays broken, if it does, until the run has ended. Then the world is well again. What csvkit
advised is done: the command in its message, or the same command again when that is what the message
says or when it says nothing. In the end every row has to be in the table exactly once, and the last
command has to have succeeded. Prints the schedules that break this rule, and how many were tried.

--sample N tries N of them, spread evenly. --only TEXT: those whose name has TEXT in it. --seconds N
begins none after that time and prints the number to go on --from: all of them in parts.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CLOUDS = ['aws', 'azure', 'gcp']
ONCE = {  # ways to fail once
    'refused': {'mode': 'refuse_next', 'seconds': 0.01},
    'reset before': {'mode': 'reset_before'},
    'reset in the middle': {'mode': 'reset_mid'},
    'answer lost': {'mode': 'reset_after'},
    'arrives late': {'mode': 'flight', 'seconds': 0.1},
    '500': {'mode': 'status', 'status': 500},
    '502': {'mode': 'status', 'status': 502},
    '503 later': {'mode': 'status', 'status': 503, 'headers': {'Retry-After': '3'}},
    '429': {'mode': 'status', 'status': 429},
    '401': {'mode': 'status', 'status': 401, 'body': '{"error":"Invalid access token"}'},
    'slow': {'mode': 'slow', 'seconds': 0.03},
    'cut': {'mode': 'cut'},
    'html': {'mode': 'html'},
    'html, applied': {'mode': 'html', 'apply': True},
    'html 502, applied': {'mode': 'html', 'apply': True, 'status': 502},
}
MODES = [(mode, None) for mode in ONCE] + [  # how a request fails, and what follows until the run ends
    ('reset before', 'reset before'), ('answer lost', 'answer lost'), ('502', '502'), ('401', '401'),
    ('html, applied', 'html, applied'), ('answer lost', '502'), ('arrives late', '502'),
    ('answer lost', '401')]
OLD = [['7', 'old'], ['8', 'old']]
NEW = [['1', 'a'], ['2', 'b'], ['3', 'c, "d"']]
LIMIT = 240  # seconds for one command, requests for one schedule: 300


class Load:
    """A kind of load: what is there before, what is run, what has to be there afterwards."""

    def __init__(self, name, table=False, incremental=True, sliced=False, metadata=False, wider=False,
                 deletes=False, state=False):
        self.name = name + (' with state' if state else '')
        self.table, self.incremental, self.sliced = table, incremental, sliced
        self.metadata, self.wider, self.deletes, self.state = metadata, wider, deletes, state

    def expected(self):
        old = [row for row in OLD if self.table and self.incremental]
        old = [row for row in old if not self.deletes or row[0] != '7']
        return sorted([row + [''] * self.wider for row in old] + [row + ['w'] * self.wider for row in NEW])

    def write(self, folder):
        manifest = {'metadata': [{'key': 'k', 'value': 'v'}]} if self.metadata else {}
        lines = ['%s,"%s"%s\n' % (a, b.replace('"', '""'), ',w' * self.wider) for a, b in NEW]
        path = os.path.join(folder, 'data')
        if self.sliced:
            manifest['columns'] = ['id', 'v']
            os.mkdir(path)
            for number, line in enumerate(lines):
                with open('%s/part-%d.csv' % (path, number), 'w') as out:
                    out.write(line)
        else:
            with open(path, 'w') as out:
                out.write(''.join(['id,v%s\n' % (',w' * self.wider)] + lines))
        if manifest:
            with open(path + '.manifest', 'w') as out:
                json.dump(manifest, out)
        return path

    def command(self, table, folder):
        words = ['load', table, self.write(folder), '--parallel=1']
        words += ['--incremental'] if self.incremental else []
        words += ['--add-columns'] if self.wider else []
        words += ['--delete-where-column=id', '--delete-where-values=7'] if self.deletes else []
        return words + (['--state=%s/state' % folder] if self.state else [])


LOADS = [load for state in (False, True) for load in (
    Load('create', state=state),
    Load('full', table=True, incremental=False, state=state),
    Load('incremental', table=True, state=state),
    Load('sliced', table=True, sliced=True, state=state),
    Load('sliced, create', sliced=True, state=state),
    Load('metadata', table=True, metadata=True, state=state),
    Load('add columns', table=True, wider=True, state=state),
    Load('delete', table=True, deletes=True, state=state))]


class Server:
    """A test server of one cloud, as a process of its own."""

    def __init__(self, cloud):
        self.folder = tempfile.mkdtemp(prefix='csvkit-schedules-')
        ready = os.path.join(self.folder, 'ready')
        self.process = subprocess.Popen(
            ['/usr/bin/python3', os.path.join(HERE, 'fake_storage.py'), '--ready', ready,
             '--provider', cloud], stderr=subprocess.DEVNULL)
        for _ in range(200):
            if os.path.exists(ready):
                break
            time.sleep(0.05)
        with open(ready) as file:
            self.known = json.load(file)
        self.host = self.known['url'].partition('://')[2]
        self.environment = {
            'PATH': os.environ['PATH'], 'KBC_URL': self.known['url'], 'KBC_TOKEN': self.known['token'],
            'CSVKIT_S3_ENDPOINT': self.known['store'], 'CSVKIT_GCS_ENDPOINT': self.known['store'],
            'CSVKIT_RETRY_DELAY_MS': '1', 'TMPDIR': self.folder, 'no_proxy': '*', 'LC_ALL': 'C.UTF-8'}

    def control(self, what, body=None, method='PUT'):
        for attempt in range(100):  # it may be refusing connections
            try:
                connection = http.client.HTTPConnection(self.host, timeout=30)
                connection.request(method, '/_fake/' + what, json.dumps(body or {}))
                return connection.getresponse().read().decode()
            except OSError:
                time.sleep(0.01)
            finally:
                connection.close()
        raise RuntimeError('the server does not answer')

    def requests(self):
        return [line for line in self.control('log', method='GET').splitlines()
                if ' /_fake/' not in line]

    def rows(self, table):
        text = self.control('rows?table=' + table, method='GET')
        return sorted(json.loads(line) for line in text.splitlines())

    def end(self):
        self.process.terminate()
        self.process.wait()
        subprocess.run(['rm', '-rf', self.folder])


class Explorer:
    def __init__(self, csvkit):
        self.csvkit, self.count, self.lock = csvkit, 0, threading.Lock()
        self.servers = {cloud: [] for cloud in CLOUDS}

    def borrow(self, cloud):
        with self.lock:
            free = self.servers[cloud]
            if free:
                return free.pop()
        return Server(cloud)

    def give_back(self, cloud, server):
        with self.lock:
            self.servers[cloud].append(server)

    def run(self, server, words):
        done = subprocess.run([self.csvkit] + words, env=server.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=LIMIT, cwd=server.folder)
        return done.returncode, done.stderr.decode()

    def advice(self, text, words):
        """What the messages say to do next; None: nothing."""
        if 'the rows are in' in text:
            return None
        job = re.search(r'csvkit job (\d+) --wait', text)
        if job:
            assert 'csvkit load' not in text, 'a known job, and yet another load is suggested'
            return ['job', job.group(1), '--wait']
        load = re.search(r'csvkit (load \S+ --file-id.*)$', text, re.M)
        return shlex.split(load.group(1)) if load else words

    def begin(self, server, load):
        with self.lock:
            self.count += 1
            name = 'x%d' % self.count
        table, folder = 'in.c-%s.t' % name, os.path.join(server.folder, name)
        os.mkdir(folder)
        server.control('reset')
        if load.table:
            server.control('table', {'id': table, 'columns': ['id', 'v'], 'rows': OLD})
        return table, load.command(table, folder)

    def count_requests(self, cloud, load):
        server = self.borrow(cloud)
        table, words = self.begin(server, load)
        code, text = self.run(server, words)
        assert code == 0 and server.rows(table) == load.expected(), text
        self.give_back(cloud, server)
        return len(server.requests())

    def break_at(self, server, mode, index, then):
        rule = dict(ONCE[mode], skip=index, times=1)
        if mode == 'refused' and index == 0:
            server.control('refuse', {'seconds': 0.05})
            return
        if mode == 'refused':
            rule['skip'] = index - 1
        server.control('fault', rule)
        if then:
            server.control('fault', dict(ONCE[then], skip=index, times=100000))

    def judge(self, server, load, mode, index, then):
        """What went wrong, or '' when nothing did; and what was printed."""
        table, words = self.begin(server, load)
        self.break_at(server, mode, index, then)
        code, text = self.run(server, words)
        said = '$ csvkit %s\n%s(%d)\n' % (shlex.join(words), text, code)
        server.control('reset')
        for _ in range(3):
            words = self.advice(text, words) if code else None
            if words is None:
                break
            code, text = self.run(server, words)
            said += '$ csvkit %s\n%s(%d)\n' % (shlex.join(words), text, code)
        time.sleep(0.15 if mode == 'arrives late' else 0)
        if code and 'the rows are in' not in text:
            return 'the advice does not lead to an end', said
        try:
            rows = server.rows(table)
        except ValueError:
            rows = None
        if rows != load.expected():
            return 'the table holds %s' % rows, said
        return ('', said) if len(server.requests()) < 300 else ('too many requests', said)

    def explore(self, schedule, end=None):
        if end and time.monotonic() >= end:
            return schedule, (None, '')
        cloud, load, mode, index, then = schedule
        server = self.borrow(cloud)
        try:
            return schedule, self.judge(server, load, mode, index, then)
        except (subprocess.TimeoutExpired, AssertionError) as error:
            return schedule, (str(error), '')
        finally:
            self.give_back(cloud, server)

    def end(self):
        for servers in self.servers.values():
            for server in servers:
                server.end()


def name_of(schedule):
    cloud, load, mode, index, then = schedule
    return '%s, %s, request %d: %s%s' % (cloud, load.name, index, mode,
                                         ', then always ' + then if then else '')


def all_schedules(explorer, pool):
    kinds = [(cloud, load) for cloud in CLOUDS for load in LOADS]
    counts = pool.map(lambda kind: explorer.count_requests(*kind), kinds)
    return [(cloud, load, mode, index, then) for (cloud, load), count in zip(kinds, counts)
            for index in range(count) for mode, then in MODES]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('csvkit')
    parser.add_argument('--sample', type=int)
    parser.add_argument('--only', default='')
    parser.add_argument('--from', type=int, default=0, dest='first')
    parser.add_argument('--seconds', type=float)
    parser.add_argument('--workers', type=int, default=8)
    parser.add_argument('-v', action='store_true')
    args = parser.parse_args()
    explorer = Explorer(os.path.abspath(args.csvkit))
    wrong, tried, began = 0, 0, time.monotonic()
    end = began + args.seconds if args.seconds else None
    try:
        with concurrent.futures.ThreadPoolExecutor(args.workers) as pool:
            schedules = all_schedules(explorer, pool)
            schedules = [s for s in schedules if args.only in name_of(s)]
            if args.sample and args.sample < len(schedules):
                step = len(schedules) / args.sample
                schedules = [schedules[int(i * step)] for i in range(args.sample)]
            total = len(schedules)
            print('%d schedules, from number %d' % (total, args.first), flush=True)
            for schedule, (fault, said) in pool.map(lambda s: explorer.explore(s, end),
                                                    schedules[args.first:]):
                if fault is None:  # the time was over; those after this one are not counted
                    break
                tried += 1
                if tried % 1000 == 0:
                    print('%d tried, %d violations, %.0f s' % (tried, wrong, time.monotonic() - began),
                          flush=True)
                wrong += bool(fault)
                if fault or args.v:
                    print('%s\n  %s\n%s' % (name_of(schedule), fault or 'good',
                                            re.sub('(?m)^', '    ', said)), flush=True)
    finally:
        explorer.end()
    print('%d schedules, %d violations, %.0f s' % (tried, wrong, time.monotonic() - began))
    if args.first + tried < total:
        print('not all of them: go on with --from %d' % (args.first + tried))
    return 1 if wrong or not tried else 0


if __name__ == '__main__':
    sys.exit(main())
