#!/usr/bin/env python3
"""What judging a file in parts costs, and what follows for files that no machine here can hold.

    scale.py BUILD        CSVKIT_BENCH_MB=200  CSVKIT_BENCH_RUNS=3

Measures coefficients in processor time (user and system, the least of RUNS): a byte, a part, a key that is
written to a part, a key that is joined. Then it lets the model predict runs that were not used for the
coefficients (other sizes, other numbers of parts) and prints how far off it is; and at last what the model
says about 1 TB and 100 TB on 64 cores behind an NVMe of 7 GB/s, as one file and as 1,000 objects.

Processor time does not depend on what else runs, so the model is checked on a busy machine, too. What it
assumes and does not measure: that N processes on N cores take 1/N of the time until the disk is the limit.
"""
import os
import resource
import subprocess
import sys
import tempfile

MB = 1_000_000
CORES, DISK = 64, 7e9


def processor_time(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit(f'{" ".join(command)}: {done.stderr.decode(errors="replace")}')
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Bench:
    def __init__(self, build, folder, runs):
        self.tool, self.generate = f'{build}/bin/csvkit', f'{build}/tests/bench/generate'
        self.folder, self.runs = folder, runs

    def table(self, kind, size):
        path = f'{self.folder}/{kind}-{size}.csv'
        if not os.path.exists(path):
            with open(path, 'wb') as out:
                subprocess.run([self.generate, kind, str(size)], stdout=out, check=True)
        return path

    def least(self, command):
        return min(processor_time(command) for _ in range(self.runs))

    def one(self, table, options=()):
        return self.least([self.tool, 'validate', '-q', '-j', '1', *options, table])

    def part_path(self, i):
        return f'{self.folder}/part.{i}'

    def part(self, table, i, n, options=()):
        return self.least([self.tool, 'validate', '-q', *options, f'--byte-range={i}/{n}',
                           f'--partial={self.part_path(i)}', table])

    def parts(self, table, n, options=()):
        return sum(self.part(table, i, n, options) for i in range(1, n + 1))

    def join(self, n, options=()):
        return self.least([self.tool, 'validate', '-q', *options, '--merge',
                           *(self.part_path(i) for i in range(1, n + 1))])

    def bytes_of_parts(self, n):
        return sum(os.path.getsize(self.part_path(i)) for i in range(1, n + 1))


KEY = ('--primary-key=column_1,column_2',)


def records_of(path):
    with open(path, 'rb') as table:
        return sum(1 for _ in table) - 1


def measure(bench, size):
    """The coefficients, in seconds for one byte, part or key."""
    c = {}
    plain, keyed = bench.table('mixed', size), bench.table('keys', size)
    keys = records_of(keyed)
    small = bench.one(bench.table('mixed', 1 * MB))
    c['byte'] = (bench.one(plain) - small) / (size - 1 * MB)
    few, many = bench.parts(plain, 2), bench.parts(plain, 42)
    c['part'] = (many - few) / 40
    joined_many = bench.join(42)
    c['part file'] = bench.bytes_of_parts(42) / 42
    bench.parts(plain, 2)
    c['join part'] = (joined_many - bench.join(2)) / 40
    with_keys, without = bench.parts(keyed, 4, KEY), bench.parts(keyed, 4)
    join_without = bench.join(4)
    bench.parts(keyed, 4, KEY)
    c['key'] = (with_keys - without) / keys
    c['join key'] = (bench.join(4, KEY) - join_without) / keys
    c['key file'] = bench.bytes_of_parts(4) / keys
    c['record'] = size / keys
    return c


def judge_time(c, size, parts, keys):
    return size * c['byte'] + parts * c['part'] + keys * c['key']


def join_time(c, parts, keys):
    return parts * c['join part'] + keys * c['join key']


def check(bench, c, size):
    """Runs that the coefficients were not taken from."""
    plain, keyed = bench.table('mixed', 2 * size), bench.table('keys', size // 2)
    keys = records_of(keyed)
    rows = [('one run, twice the size', bench.one(plain), judge_time(c, 2 * size, 1, 0)),
            ('2 parts', bench.parts(plain, 2), judge_time(c, 2 * size, 2, 0)),
            ('16 parts', bench.parts(plain, 16), judge_time(c, 2 * size, 16, 0)),
            ('7 parts with keys', bench.parts(keyed, 7, KEY), judge_time(c, size // 2, 7, keys)),
            ('7 parts with keys, joined', bench.join(7, KEY), join_time(c, 7, keys) + c['part'])]
    print('\nThe model beside runs that it was not made from, seconds of processor time:')
    for name, seen, said in rows:
        print(f'  {name:<28} {seen:8.3f} measured {said:8.3f} predicted {said / seen - 1:+7.1%}')


def clock(seconds):
    return f'{seconds:.0f} s' if seconds < 120 else f'{seconds / 60:.0f} min' if seconds < 7200 else f'{seconds / 3600:.1f} h'


def predict(c):
    print(f'\n{CORES} cores, a disk of {DISK / 1e9:.0f} GB/s:')
    for name, size, parts in (('1 TB, one file, 256 parts', 1e12, 256), ('1 TB, 1,000 objects', 1e12, 1000),
                              ('100 TB, one file, 10,000 parts', 1e14, 10000), ('100 TB, 1,000 objects', 1e14, 1000)):
        keys = size / c['record']
        disk = size / DISK
        cores = judge_time(c, size, parts, 0) / CORES
        with_keys = judge_time(c, size, parts, keys) / CORES
        written = keys * c['key file']
        print(f'  {name}')
        print(f'    without keys: {clock(max(disk, cores))} (cores {clock(cores)}, disk {clock(disk)}), '
              f'join {clock(join_time(c, parts, 0))}')
        print(f'    {keys:.1e} keys:  {clock(max(disk, with_keys))} (cores {clock(with_keys)}), '
              f'parts of {written / 1e9:,.0f} GB, join {clock(join_time(c, parts, keys))}, one core')


def main():
    build = sys.argv[1]
    size = int(os.environ.get('CSVKIT_BENCH_MB', '200')) * MB
    with tempfile.TemporaryDirectory(prefix='csvkit-scale-') as folder:
        bench = Bench(build, folder, int(os.environ.get('CSVKIT_BENCH_RUNS', '3')))
        c = measure(bench, size)
        print(f'Processor time, tables of {size // MB} MB ("mixed", "keys"):')
        print(f'  a byte                      {c["byte"] * 1e9:8.3f} ns    ({1e-9 / c["byte"]:.2f} GB/s on one core)')
        print(f'  a part: start, head, file   {c["part"] * 1e3:8.2f} ms    {c["part file"]:,.0f} bytes')
        print(f'  a part, joined              {c["join part"] * 1e3:8.2f} ms')
        print(f'  a key, written to a part    {c["key"] * 1e9:8.1f} ns    {c["key file"]:.1f} bytes')
        print(f'  a key, joined and searched  {c["join key"] * 1e9:8.1f} ns')
        check(bench, c, size)
        predict(c)


if __name__ == '__main__':
    main()
