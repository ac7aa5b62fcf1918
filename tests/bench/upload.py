"""upload.py - csvkit upload beside curl -T: the same files to the same server, in turn, in one run.

Usage: upload.py BUILD_FOLDER MEGABYTES RUNS
Eight slices go one at a time and four at a time, to a sink that only counts bytes (so the clients
set the pace) and to OpenStack Swift, where curl signs with --aws-sigv4. Processor time is the
client's alone; wall time has the server's in it, on the same machine. csvkit also asks for the
file's credentials, reads every byte twice to sign its SHA-256 (MD5 on Azure), and puts the slice
manifest: that is part of its time. Medians; ratios pair by pair, csvkit / curl, small is good.
"""
import glob
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
STORAGE = os.path.join(os.path.dirname(HERE), 'storage')
SLICES = 8


# ---- the sink ------------------------------------------------------------------------------------
def serve(connection, buffer_size=1 << 20):
    """PUT after PUT on one connection: bodies are read and forgotten."""
    buffer, held = bytearray(buffer_size), b''
    with connection:
        while True:
            while b'\r\n\r\n' not in held:
                more = connection.recv(65536)
                if not more:
                    return
                held += more
            head, _, held = held.partition(b'\r\n\r\n')
            length = re.search(rb'\ncontent-length: *(\d+)', head, re.I)
            left = int(length.group(1)) if length else 0
            if re.search(rb'\nexpect:', head, re.I):
                connection.sendall(b'HTTP/1.1 100 Continue\r\n\r\n')
            taken = min(left, len(held))
            left, held = left - taken, held[taken:]
            while left:
                got = connection.recv_into(buffer, min(left, buffer_size))
                if not got:
                    return
                left -= got
            connection.sendall(b'HTTP/1.1 201 Created\r\nETag: "0"\r\nx-ms-request-id: 0\r\n'
                               b'Content-Length: 0\r\n\r\n')


def sink(ready):
    listener = socket.create_server(('127.0.0.1', 0), backlog=64)
    with open(ready + '.new', 'w', encoding='ascii') as file:
        file.write('http://127.0.0.1:%d' % listener.getsockname()[1])
    os.rename(ready + '.new', ready)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


# ---- servers -------------------------------------------------------------------------------------
class Servers:
    """Processes of this run; the sink and Swift stay, a Storage API comes and goes."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []

    def start(self, name, command):
        ready = os.path.join(self.folder, name + '.ready')
        self.processes.append(subprocess.Popen([a.replace('READY', ready) for a in command],
                                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for _ in range(200):
            if os.path.exists(ready):
                with open(ready, encoding='ascii') as file:
                    return file.read().strip()
            time.sleep(0.05)
        raise RuntimeError(name + ' did not start')

    def api(self, name, arguments):
        answer = json.loads(self.start(name, ['/usr/bin/python3', STORAGE + '/fake_storage.py', '--ready',
                                              'READY', *arguments]))
        return {'KBC_URL': answer['url'], 'KBC_TOKEN': answer['token'],
                'CSVKIT_S3_ENDPOINT': answer['store'], 'no_proxy': '*'}

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.wait()


# ---- measuring -----------------------------------------------------------------------------------
def run(command, environment):
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, **environment})
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError('failed: ' + ' '.join(command[:4]))
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start


def compare(title, size, runs, commands):
    """commands: {name: (command, environment)}, the first one is the measure."""
    times = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, (command, environment) in commands.items():
            result = run(command, environment)
            if turn:
                times[name].append(result)
    base = next(iter(times.values()))
    print('\n%s\n  %-28s %8s %8s %8s %11s %11s' % (title, '', 'CPU s', 'wall s', 'MB/s', 'CPU ratio',
                                                 'wall ratio'))
    for name, results in times.items():
        cpu, wall = (statistics.median(r[i] for r in results) for i in (0, 1))
        ratios = [statistics.median(r[i] / b[i] for r, b in zip(results, base)) for i in (0, 1)]
        print('  %-28s %8.3f %8.3f %8.0f %11.2f %11.2f' % (name, cpu, wall, size / wall / 1e6, *ratios))
    sys.stdout.flush()


def curl(files, url, parallel, extra=()):
    options = ['-Z', '--parallel-max', str(parallel)] if parallel > 1 else []
    return ['curl', '-sS', '--fail', '--noproxy', '*', *options, *extra,
            '-T', '{%s}' % ','.join(files), url]


def upload(tool, folder, parallel):
    return [tool, 'upload', folder, '--no-check', '--quiet', '--parallel=%d' % parallel]


def main(build, megabytes, runs):
    tool, size = build + '/bin/csvkit', megabytes * 1000000
    with tempfile.TemporaryDirectory(prefix='csvkit-bench-') as folder:
        slices = folder + '/slices'
        make = '%s/tests/bench/generate mixed %d | %s slice - -o %s --compress=none --any-size --slice-size=%d' % (
            build, size, tool, slices, size // SLICES + 1)
        subprocess.run(make, shell=True, check=True, stdout=subprocess.DEVNULL)
        files = sorted(glob.glob(slices + '/*'))
        servers = Servers(folder)
        try:
            to_the_sink(servers, tool, slices, files, size, runs)
            to_swift(servers, tool, slices, files, size, runs)
        finally:
            servers.stop()


def to_the_sink(servers, tool, slices, files, size, runs):
    url = servers.start('sink', [sys.executable, __file__, 'sink', 'READY'])
    creds = os.path.join(servers.folder, 'sink.json')
    with open(creds, 'w', encoding='ascii') as file:
        file.write('{"OWNER": {"secret": "unused"}}')
    s3 = servers.api('s3', ['--s3', url, creds])
    azure = servers.api('azure', ['--provider', 'azure', '--azurite', url + '/account', 'dW51c2Vk'])
    for parallel in (1, 4):
        compare('%d MB in %d slices, %d at a time, to a sink' % (size / 1e6, len(files), parallel),
                size, runs, {'curl -T, not signed': (curl(files, url + '/bucket/', parallel), {}),
                             'csvkit upload, S3': (upload(tool, slices, parallel), s3),
                             'csvkit upload, Azure': (upload(tool, slices, parallel), azure)})


def to_swift(servers, tool, slices, files, size, runs):
    creds = os.path.join(servers.folder, 'swift.json')
    with open(creds, 'w', encoding='ascii') as file:
        file.write('{"OWNER": {"secret": "owner-secret"}}')
    try:
        url = servers.start('swift', ['/usr/bin/python3', STORAGE + '/swift_server.py',
                                      servers.folder + '/swift', creds, 'READY'])
    except RuntimeError:
        print("\nSwift is not here (apt-get install python3-swift): not compared")
        return
    api = servers.api('with-swift', ['--s3', url, creds])
    sign = ['--aws-sigv4', 'aws:amz:eu-central-1:s3', '--user', 'OWNER:owner-secret',
            '-H', 'x-amz-content-sha256: UNSIGNED-PAYLOAD']
    for parallel in (1, 4):
        compare('%d MB in %d slices, %d at a time, to Swift' % (size / 1e6, len(files), parallel),
                size, runs, {'curl --aws-sigv4 -T': (curl(files, url + '/kbc-files/', parallel, sign), {}),
                             'csvkit upload, S3': (upload(tool, slices, parallel), api)})


if __name__ == '__main__':
    if sys.argv[1] == 'sink':
        sink(sys.argv[2])
    else:
        main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
