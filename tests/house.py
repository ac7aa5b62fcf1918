#!/usr/bin/env python3
"""The walls of the house: who may include whom, and names that occur once.

    tests/house.py [ROOT]    (EXTRA_DIRS = the folders of libcsvkit-extra, by make)

The map is the table of rooms in CONTRIBUTING.md. A room is a folder (files belong to the deepest
room around them); its doors are the headers that other rooms may include; what it builds on are the
rooms whose doors it may use. Rooms stand in the table from the ground up, so a room can only build
on rooms above it in the list, and no two rooms can need each other. A room belongs to a library or to
the program, and builds on rooms of its own or of one that comes before it in LIBRARIES. Tests and fuzz targets may look
into every room; examples see installed headers only (tests/lint.sh).

Prints what is wrong, a line each, under headings; exit status 1 when there is anything.
"""
import collections
import os
import re
import subprocess
import sys

PRODUCT = ('csvkit', 'validator', 'manifest', 'preflight', 'storage')
LIBRARIES = ('core', 'extra', 'program')
NAMED_ONCE = ('.c', '.h', '.py', '.sh', '.go')


def list_files(root):
    """Tracked and new files; without git, whatever is there and was not built."""
    git = subprocess.run(['git', '-C', root, 'ls-files', '-co', '--exclude-standard'],
                         capture_output=True, text=True)
    if git.returncode == 0 and os.path.isdir(os.path.join(root, '.git')):
        return sorted(f for f in git.stdout.split('\n') if f and os.path.isfile(f'{root}/{f}'))
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in ('.git', 'build', 'dist')]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


def words_in_code(cell):
    return re.findall(r'`([^`]+)`', cell)


class Room:
    def __init__(self, folder, library, doors, builds_on):
        self.folder, self.library, self.doors, self.builds_on = folder, library, doors, builds_on

    def has_door(self, path):
        return self.doors == 'all' or os.path.basename(path) in self.doors


def read_rooms(root):
    """The table under the heading "Map of the house": room, library, what is in it, doors, builds on."""
    rooms = collections.OrderedDict()
    with open(f'{root}/CONTRIBUTING.md', encoding='utf-8') as text:
        for line in text:
            cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
            if not line.startswith('| `') or len(cells) != 5:
                continue
            folder = words_in_code(cells[0])[0]
            doors = 'all' if cells[3] == 'all' else words_in_code(cells[3])
            rooms[folder] = Room(folder, cells[1], doors, words_in_code(cells[4]))
    return rooms


def room_of(rooms, path):
    """The deepest room around the file; the installed headers have no folders inside."""
    folder = os.path.dirname(path)
    while folder and folder not in rooms:
        folder = os.path.dirname(folder)
    inside_headers = folder == 'csvkit' and os.path.dirname(path) != 'csvkit'
    return None if inside_headers else rooms.get(folder)


def includes_of(text):
    for number, line in enumerate(text.split('\n'), 1):
        match = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
        if match:
            yield number, match.group(1)


class House:
    def __init__(self, root):
        self.root = root
        self.files = list_files(root)
        self.rooms = read_rooms(root)
        self.complaints = collections.OrderedDict()

    def complain(self, heading, place):
        self.complaints.setdefault(heading, []).append(place)

    def read(self, path):
        with open(f'{self.root}/{path}', encoding='utf-8') as text:
            return text.read()

    def sources(self, *folders):
        return [f for f in self.files
                if f.endswith(('.c', '.h')) and (not folders or f.split('/')[0] in folders)]

    def check_map(self):
        """What a room builds on stands before it in the table: nothing goes up, nothing in a circle."""
        before = []
        for room in self.rooms.values():
            for name in room.builds_on:
                if name not in before:
                    self.complain('a room builds on one that is not below it (CONTRIBUTING.md)',
                                  f'{room.folder} on {name}')
            before.append(room.folder)
        if not self.rooms:
            self.complain('there is no map of the house', 'CONTRIBUTING.md')

    def check_libraries(self):
        """No room builds on one of a library that comes after its own; make builds the same ones."""
        for room in self.rooms.values():
            if room.library not in LIBRARIES:
                self.complain('a room in no library (CONTRIBUTING.md)', f'{room.folder}: {room.library}')
                continue
            for name in room.builds_on:
                other = self.rooms.get(name, room)
                if other.library in LIBRARIES[LIBRARIES.index(room.library) + 1:]:
                    self.complain('a room builds on one of a library above its own (CONTRIBUTING.md)',
                                  f'{room.folder} ({room.library}) on {name} ({other.library})')
        built = os.environ.get('EXTRA_DIRS', '').split()
        for room in self.rooms.values() if built else ():
            inside = any((room.folder + '/').startswith(folder + '/') for folder in built)
            if inside != (room.library == 'extra'):
                self.complain('the Makefile and CONTRIBUTING.md put a room into different libraries',
                              room.folder)

    def check_include(self, path, number, header):
        room, other = room_of(self.rooms, path), room_of(self.rooms, header)
        place = f'{path}:{number}: "{header}"'
        if other is None or header not in self.files:
            self.complain('an include of a file that is in no room', place)
        elif other is room or other.folder == 'csvkit':
            return
        elif other.folder not in room.builds_on:
            names = list(self.rooms)
            upward = names.index(other.folder) > names.index(room.folder)
            self.complain('an include that goes upward' if upward else
                          'an include of a room that this one does not build on', place)
        elif not other.has_door(header):
            self.complain("an include of another room's private header", place)

    def check_includes(self):
        for path in self.sources(*PRODUCT):
            if room_of(self.rooms, path) is None:
                self.complain('a source in no room (CONTRIBUTING.md lists them)', path)
                continue
            for number, header in includes_of(self.read(path)):
                self.check_include(path, number, header)

    def check_installed(self):
        """csvkit/*.h are the installed headers and nothing else stands beside them."""
        for path in self.files:
            if os.path.dirname(path) == 'csvkit' and not path.endswith('.h'):
                self.complain('csvkit/ holds installed headers only', path)

    def check_names(self):
        seen = collections.defaultdict(list)
        for path in self.files:
            if path.endswith(NAMED_ONCE):
                seen[os.path.basename(path)].append(path)
        for paths in seen.values():
            if len(paths) > 1:
                self.complain('a file name that occurs twice', ' '.join(paths))

    def check_tags(self):
        seen = collections.defaultdict(list)
        for path in self.sources():
            for match in re.finditer(r'\b((?:struct|enum|union) \w+)\s*\{', self.read(path)):
                seen[match.group(1)].append(path)
        for tag, paths in sorted(seen.items()):
            if len(paths) > 1:
                self.complain('a tag that is defined twice', f'{tag}: {" ".join(paths)}')

    def judge(self):
        self.check_map()
        self.check_libraries()
        self.check_includes()
        self.check_installed()
        self.check_names()
        self.check_tags()
        for heading, places in self.complaints.items():
            print(f'lint: {heading}')
            for place in places:
                print(f'    {place}')
        return 1 if self.complaints else 0


if __name__ == '__main__':
    sys.exit(House(sys.argv[1] if len(sys.argv) > 1 else '.').judge())
