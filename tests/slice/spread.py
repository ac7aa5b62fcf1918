#!/usr/bin/env python3
"""spread.py - how even slices are when the length of the input is known.

Tables of random text, of SIZES lengths and five alphabets (so they compress well or badly), are cut
to slices of one size. Prints for each alphabet the largest ratio of the largest slice to the
smallest; fails when it is above 1.1.

  spread.py CSVKIT [SIZES]
"""
import json
import os
import random
import subprocess
import sys
import tempfile

ALPHABETS = {'hex digits': '0123456789abcdef', 'letters': 'etaoinshrdlu ', 'two letters': 'ab',
             'base 64': ''.join(chr(c) for c in range(48, 112) if chr(c) not in ',"\\'),
             'words': None}
WORDS = ['express', 'pending', 'Oslo', 'order', 'shipment', 'Vienna', 'invoice', 'paid']
WANTED = 1_000_000  # bytes of a slice


def texts(rng, alphabet):
    """Random bytes that are translated: letter by letter takes a hundred times as long."""
    of_byte = bytes(ord(alphabet[i % len(alphabet)]) for i in range(256)) if alphabet else None
    while True:
        if alphabet is None:
            yield ' '.join(rng.choices(WORDS, k=12))
        else:
            text = rng.randbytes(90_000).translate(of_byte).decode('ascii')
            yield from (text[i:i + 90] for i in range(0, len(text), 90))


def lines(rng, alphabet, length):
    written = 0
    for number, text in enumerate(texts(rng, alphabet), 1):
        line = f'{number},{text}\n'
        written += len(line)
        yield line
        if written >= length:
            return


def spread(tool, folder, rng, alphabet, length):
    table, out = os.path.join(folder, 't.csv'), os.path.join(folder, 'out')
    with open(table, 'w', encoding='ascii') as file:
        file.write('id,text\n')
        file.writelines(lines(rng, alphabet, length))
    done = subprocess.run([tool, 'slice', table, '-o', out, '--force', '--any-size', '-f', 'json',
                           '-q', f'--slice-size={WANTED}'], stdout=subprocess.PIPE, check=True)
    sizes = [s['compressed_bytes'] for s in json.loads(done.stdout)['slices']]
    return max(sizes) / min(sizes), len(sizes)


def main():
    tool, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    worst = 1
    with tempfile.TemporaryDirectory() as folder:
        for name, alphabet in ALPHABETS.items():
            rng = random.Random(name)
            found = [spread(tool, folder, rng, alphabet, rng.randrange(1_000_000, 20_000_000))
                     for _ in range(count)]
            ratio = max(r for r, _ in found)
            worst = max(worst, ratio)
            print(f'{name}: {count} tables, 1 to {max(n for _, n in found)} slices, '
                  f'largest to smallest at most {ratio:.3f}', flush=True)
    return worst > 1.1


if __name__ == '__main__':
    sys.exit(main())
