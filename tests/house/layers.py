#!/usr/bin/env python3
"""The layers inside of a room: no file includes or calls one above its own.

    tests/house/layers.py HEADER LIBRARY

HEADER holds the list, from the ground up: lines of its first comment that begin with names of
sources (`*` stands for anything), a layer each. A file of a layer may call what its own layer and
those before it define, and no other file of the room; LIBRARY, a static one, tells by its symbols
who calls whom. And files of the room in no layer do not call each other in a circle. A header belongs to the source of its name; of one that belongs to none, what it
includes counts as included by who includes it.

Prints what is wrong, a line each; exit status 1 when there is anything.
"""
import collections
import fnmatch
import functools
import os
import re
import subprocess
import sys


def read_layers(header):
    """A list of patterns for each layer."""
    with open(header, encoding='utf-8') as text:
        comment = text.read().split('*/')[0]
    lines = (re.match(r' \*   ((?:[\w*]+\.c ?)+)', line) for line in comment.split('\n'))
    return [match.group(1).split() for match in lines if match]


def layer_of(layers, source):
    """Its number; None: it is in none."""
    for number, patterns in enumerate(layers):
        if any(fnmatch.fnmatchcase(source, pattern) for pattern in patterns):
            return number
    return None


@functools.lru_cache
def symbols_of(library):
    """symbol -> the source that defines it; source -> the symbols that it needs."""
    defined, needed = {}, collections.defaultdict(set)
    listing = subprocess.run(['nm', '-A', '-g', library], check=True, capture_output=True, text=True)
    for line in listing.stdout.split('\n'):
        match = re.match(r'.*:([^:]+)\.o: *(?:[0-9a-f]+)? (\w) (\S+)$', line)
        if match:
            source, kind, symbol = match.group(1) + '.c', match.group(2), match.group(3)
            if kind == 'U':
                needed[source].add(symbol)
            elif kind.isupper():
                defined[symbol] = source
    return defined, needed


def judge_calls(layers, sources, library):
    defined, needed = symbols_of(library)
    for source in sorted(sources):
        number = layer_of(layers, source)
        for symbol in sorted(needed[source]) if number is not None else ():
            other = defined.get(symbol)
            if other not in sources:
                continue
            above = layer_of(layers, other)
            if above is None:
                yield f'{source} calls {symbol} of {other}, which is in no layer'
            elif above > number:
                yield f'{source} calls {symbol} of {other}, which is above it'


def find_circle(calls):
    """Files that call each other in turn, the first one again at the end; None: there are none.
    `calls`: source -> the sources that it calls."""
    left = dict(calls)
    while True:
        ends = [source for source in left if not left.keys() & calls[source]]
        if not ends:
            break
        for source in ends:
            del left[source]
    path = sorted(left)[:1]
    while path and path[-1] not in path[:-1]:
        path.append(min(left.keys() & calls[path[-1]]))
    return path[path.index(path[-1]):] if path else None


def judge_circles(sources, library):
    defined, needed = symbols_of(library)
    calls = {source: {defined[symbol] for symbol in needed[source]
                      if defined.get(symbol) in sources and defined[symbol] != source}
             for source in sources}
    circle = find_circle(calls)
    if circle is not None:
        yield 'a circle: ' + ' calls '.join(circle)


def includes_of(layers, room, name):
    """What the file includes of the room, without `.h`; of a header in no layer what that includes,
    too."""
    with open(f'{room}/{name}', encoding='utf-8') as text:
        included = re.findall(rf'#include "{room}/(\w+)\.h"', text.read())
    for other in included:
        yield other
        if layer_of(layers, other + '.c') is None:
            yield from includes_of(layers, room, other + '.h')


def judge_includes(layers, room):
    for name in sorted(os.listdir(room)):
        number = layer_of(layers, re.sub(r'\.h$', '.c', name))
        if number is None:
            continue
        for other in sorted(set(includes_of(layers, room, name))):
            above = layer_of(layers, other + '.c')
            if above is not None and above > number:
                yield f'{name} includes {other}.h, which is above it'


def judge(header, library):
    room = os.path.dirname(header)
    layers = read_layers(header)
    sources = {name for name in os.listdir(room) if name.endswith('.c')}
    complaints = [f'no source is called {pattern}' for patterns in layers for pattern in patterns
                  if not fnmatch.filter(sources, pattern)]
    complaints += judge_calls(layers, sources, library)
    complaints += judge_includes(layers, room)
    complaints += judge_circles(sources, library)
    for complaint in complaints or ([] if layers else [f'{header} lists no layers']):
        print(f'{room}: {complaint}')
    return 1 if complaints or not layers else 0


if __name__ == '__main__':
    sys.exit(judge(sys.argv[1], sys.argv[2]))
