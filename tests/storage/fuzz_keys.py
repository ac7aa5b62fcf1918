#!/usr/bin/python3
"""Object keys that are hard to sign: made by chance, the same for the same seed.

    fuzz_keys.py make SEED FOLDER          FOLDER/slices and FOLDER/single with odd names, FOLDER/keys.json
    fuzz_keys.py check FOLDER KEPT LISTED  compares what came back, and the keys that the server lists

A slice's name is any text without a slash; the prefix, which a server chooses, has slashes as well,
also doubled ones and segments of dots.
"""
import json
import os
import random
import sys

PIECES = [' ', '  ', '+', '%', '%2F', '%20', '%zz', '~', '..', '.', '"', "'", '&', '=', ';', ':', '@',
          ',', '!', '*', '(', ')', '$', '#', '?', '[', ']', '{', '}', '|', '^', '`', '<', '>', '\\',
          '-', '_', 'a', 'Z', '9', 'ü', 'ž', 'ß', '漢', '字', '😀', 'e\u0301', '&amp;', '?uploads',
          '=1&x=2']


def text(chance, pieces):
    return ''.join(chance.choice(pieces) for _ in range(chance.randint(1, 12)))


def make(seed, folder):
    chance = random.Random(seed)
    os.makedirs(folder + '/slices')
    names = set()
    while len(names) < 8:
        name = (chance.choice('sA0~+%=ü') + text(chance, PIECES))[:60]
        if not name.endswith(('.gz', '.manifest')):
            names.add(name)
    for name in names:
        with open(os.path.join(folder, 'slices', name), 'wb') as file:
            file.write(chance.randbytes(chance.randint(1, 3000)))
    slashes = PIECES + ['/', '//', '/./', '/../', '/...', '/ /', '/%2e%2e/']
    keys = {'prefix': 'exp-15/%d/%sk' % (seed, text(chance, slashes)),
            'single': 'exp-16/%d/%sk' % (seed, text(chance, slashes)),
            'names': sorted(names, key=os.fsencode)}
    with open(folder + '/single', 'wb') as file:
        file.write(chance.randbytes(5000))
    with open(folder + '/keys.json', 'w') as file:
        json.dump(keys, file)


def check(folder, kept, listed):
    with open(folder + '/keys.json') as file:
        keys = json.load(file)
    with open(listed) as file:
        listed = json.load(file)
    expected = sorted([keys['prefix'] + n for n in keys['names']] + [keys['prefix'] + 'manifest'])
    if sorted(listed) != expected:
        sys.exit('keys in the store: %r\nexpected: %r' % (sorted(listed), expected))
    back = sorted(os.listdir(kept))
    if len(back) != len(keys['names']):
        sys.exit('%d slices came back: %r' % (len(back), back))
    for name, copy in zip(keys['names'], back):
        with open(os.path.join(folder, 'slices', name), 'rb') as a, \
                open(os.path.join(kept, copy), 'rb') as b:
            if a.read() != b.read():
                sys.exit('%r came back differently' % (keys['prefix'] + name))


if __name__ == '__main__':
    if sys.argv[1] == 'make':
        make(int(sys.argv[2]), sys.argv[3])
    else:
        check(*sys.argv[2:5])
