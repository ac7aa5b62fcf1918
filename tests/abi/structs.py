#!/usr/bin/env python3
"""The structs of the installed headers: of which kind they are, how they lie in memory, and a copy of
the sources in which all that may grow have grown. csvkit.h states the rules, "Structs".

    structs.py rows                 the sized structs, as ROW(name) lines of C
    structs.py grow FOLDER          a copy of the library's sources with one more member at the end of
                                    every struct that may grow
    structs.py layout               offset and size of every member
    structs.py check                the same compared with layout.txt beside this file
    structs.py write                brings layout.txt up to date, when the check agrees

An installed header is one that exports something (CSVK_API). A struct is sized when it begins with
`size_t size`, the library's when the comment above it says so, and fixed otherwise.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOMS = ['csvkit', 'validator', 'manifest', 'preflight']
RECORDED = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'layout.txt')
GROWN = '    uint64_t csvk_grown;\n'


def sources():
    """The sources of the library, and its headers."""
    for room in ROOMS:
        for folder, folders, names in os.walk(room):
            folders[:] = sorted(f for f in folders if os.path.join(folder, f) != 'csvkit/cli')
            yield from (os.path.join(folder, n) for n in sorted(names) if n[-2:] in ('.c', '.h'))


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def without_comments(text):
    return re.sub(r'/\*.*?\*/', lambda m: re.sub(r'[^\n]', ' ', m[0]), text, flags=re.S)


class Struct:
    def __init__(self, header, text, match):
        self.header, self.name, self.end = header, match[1], match.end(2)
        body = without_comments(match[2])
        self.members = [name for part in body.split(';') for name in self.declared(part)]
        self.holds = re.findall(r'\bstruct (csvk_\w+) \w', body)
        above = re.search(r'/\*((?:(?!\*/).)*)\*/\s*$', text[:match.start()], re.S)
        first = re.match(r'\s*size_t size;', body)
        owned = above is not None and "library's" in above[1]
        self.kind = 'sized' if first else 'library' if owned else 'fixed'

    @staticmethod
    def declared(part):
        """The names in one declaration of members."""
        pointer = re.search(r'\(\*(\w+)\)\s*\(', part)
        if pointer:
            return [pointer[1]]
        names = [re.search(r'(\w+)\s*(?:\[[^]]*\]\s*)*$', piece.strip()) for piece in part.split(',')]
        return [name[1] for name in names if name]


def structs():
    for path in sources():
        if not path.endswith('.h') or 'CSVK_API' not in read(path):
            continue
        text = read(path)
        for match in re.finditer(r'^struct (csvk_\w+) \{(.*?)^\};', text, re.S | re.M):
            yield Struct(path, text, match)


def grow(folder):
    ends = {}
    for struct in structs():
        if struct.kind != 'fixed':
            ends.setdefault(struct.header, []).append(struct.end)
    for path in sources():
        to = os.path.join(folder, path)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        if path not in ends:
            shutil.copyfile(path, to)
            continue
        text = read(path)
        for end in sorted(ends[path], reverse=True):
            text = text[:end] + GROWN + text[end:]
        with open(to, 'w', encoding='utf-8') as file:
            file.write(text)


def layout():
    """The lines of layout.txt: a compiler is asked."""
    found = list(structs())
    code = ['#include <stdio.h>']
    code += [f'#include "{header}"' for header in sorted({s.header for s in found})]
    code += ['int main(void)\n{']
    for s in found:
        code.append(f'printf("{s.kind} {s.name} %zu\\n", sizeof(struct {s.name}));')
        code += [f'printf("    {m} %zu %zu\\n", offsetof(struct {s.name}, {m}), '
                 f'sizeof((*(struct {s.name} *)0).{m}));' for m in s.members]
    code.append('return 0;\n}\n')
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, 'l.c'), os.path.join(folder, 'l')
        with open(source, 'w', encoding='utf-8') as file:
            file.write('\n'.join(code))
        subprocess.run([os.environ.get('CC', 'cc'), '-std=c11', '-w', '-I.', source, '-o', program],
                       check=True)
        return subprocess.run([program], check=True, capture_output=True, text=True).stdout


def parse(text):
    """{name: (kind, size, [(member, offset, size)])}"""
    out = {}
    for line in text.splitlines():
        words = line.split()
        if not line.startswith(' '):
            members = []
            out[words[1]] = (words[0], int(words[2]), members)
        else:
            members.append((words[0], int(words[1]), int(words[2])))
    return out


def complaints(now, then):
    for name, (kind, size, members) in now.items():
        if name.endswith(('_options', '_judge')) and kind != 'sized':
            yield f'struct {name} holds options, and does not begin with `size_t size`'
        if name not in then:
            continue
        old_kind, old_size, old_members = then[name]
        if kind != old_kind:
            yield f'struct {name} was {old_kind} and is {kind}'
        if kind == 'fixed':
            kept = [m for m in old_members if m[0] != 'reserved']
            if size != old_size or members[:len(kept)] != kept:
                yield f'struct {name} has changed, and it is one that never does'
            continue
        if members[:len(old_members)] != old_members:
            yield f'struct {name}: a member was moved, removed or changed'
        for member, offset, length in members[len(old_members):]:
            if offset < old_size:
                yield (f'struct {name}: {member} lies in what was padding, which an older program '
                       'leaves as it is')
        if len(members) > len(old_members) and sum(members[-1][1:]) != size:
            yield f'struct {name} ends with padding after its new members: fill it with a `reserved`'
    yield from (f'struct {name} has gone' for name in then if name not in now)


def embedded():
    """What would move the members after it when it grows."""
    kinds = {s.name: s.kind for s in structs()}
    for struct in structs():
        for name in struct.holds:
            if kinds.get(name, 'fixed') != 'fixed':
                yield f'struct {struct.name} holds a struct {name}, which may grow: use a pointer'


def arrays():
    """A program has a copy of what is exported, as large as it was when the program was linked."""
    for path in sources():
        for name in re.findall(r'^CSVK_API extern [^;]*?(\w+)\[', read(path), re.M):
            yield f'{path}: {name} is an exported array, which cannot grow: export a pointer to it'


def check(writes):
    text = layout()
    now, then = parse(text), parse(read(RECORDED)) if os.path.exists(RECORDED) else {}
    wrong = list(complaints(now, then)) + list(embedded()) + list(arrays())
    missing = [] if writes else [f'struct {n} is not in tests/abi/layout.txt: '
                                 'tests/abi/structs.py write' for n in now if n not in then]
    missing += [] if writes else [f'struct {n} has new members: tests/abi/structs.py write'
                                  for n in now if n in then and len(now[n][2]) > len(then[n][2])]
    for line in wrong + missing:
        print(line)
    if writes and not wrong:
        with open(RECORDED, 'w', encoding='utf-8') as file:
            file.write(text)
    return 1 if wrong or missing else 0


def main():
    command = sys.argv[1] if len(sys.argv) > 1 else ''
    if command == 'rows':
        print(''.join(f'ROW({s.name})\n' for s in structs() if s.kind == 'sized'), end='')
    elif command == 'grow':
        grow(sys.argv[2])
    elif command == 'layout':
        print(layout(), end='')
    elif command in ('check', 'write'):
        return check(command == 'write')
    else:
        print(__doc__)
        return 2
    return 0


sys.exit(main())
