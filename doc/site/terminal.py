"""The picture of a terminal in the README: terminal.py CSVKIT, from the top of the sources; the picture
goes to standard output, in SVG.

The commands below are run, one after another, in a folder with the files of examples/data, and all that
they print is drawn, in its colours. Nothing in it depends on the machine or the day: tests/doc holds
doc/terminal.svg to what this prints. A browser shows one command after the other, and at once where
less motion is wanted.
"""
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile

COMMANDS = [
    'csvkit validate products-dirty.csv',
    'csvkit normalize products-dirty.csv -o products.csv --rejects=rejects.csv',
    'cat rejects.csv',
    'csvkit slice products.csv -o data/out/tables/products --primary-key=id '
    '--destination=in.c-shop.products',
    'csvkit preflight data',
]
COLUMNS, CELL, LINE, EDGE, BAR = 116, 8, 18, 16, 34
# The colours that csvkit uses, on a dark ground.
COLOURS = {'31': '#ff8a80', '32': '#79d495', '33': '#f0b849', '36': '#7fd6e0', '34': '#8fbdf0', '35': '#d3a6f5'}


def session(csvkit):
    """[(command, what it prints)]"""
    with tempfile.TemporaryDirectory() as folder:
        work = os.path.join(folder, 'work')
        shutil.copytree('examples/data', work)
        os.makedirs(os.path.join(work, 'data/out/tables'))
        os.symlink(os.path.realpath(csvkit), os.path.join(folder, 'csvkit'))
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(('KBC_', 'CSVKIT')) and name != 'NO_COLOR'}
        kept.update(PATH=folder + ':' + os.environ['PATH'], LC_ALL='C.UTF-8', TERM='xterm')
        for command in COMMANDS:
            coloured = re.sub(r'^(csvkit \w+)', r'\1 --color=always', command)
            said = subprocess.run(['bash', '-c', coloured], cwd=work, env=kept, check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
            yield command, said.stdout.decode().replace('\r', '')


def runs(line):
    """[(column, text, colour, bold)] of a line with colours."""
    column, colour, bold = 0, None, False
    for part in re.split(r'(\033\[[0-9;]*m)', line):
        if part.startswith('\033'):
            for code in part[2:-1].split(';'):
                colour = COLOURS[code] if code in COLOURS else None if code in ('', '0') else colour
                bold = code == '1' or (bold and code not in ('', '0'))
            continue
        for words in re.finditer(r'\S+(?: \S+)*', part):
            yield column + words.start(), words[0], colour, bold
        column += len(part)


def folded(line):
    """What a terminal makes of a line that is longer than it is wide; such lines have no colours."""
    if len(line) <= COLUMNS or '\033' in line:
        return [line]
    return [line[at:at + COLUMNS] for at in range(0, len(line), COLUMNS)]


def texts(line, y):
    for column, text, colour, bold in runs(line):
        style = (f' fill="{colour}"' if colour else '') + (' font-weight="bold"' if bold else '')
        yield (f'<text x="{EDGE + column * CELL}" y="{y}" textLength="{len(text) * CELL}"{style}>'
               f'{html.escape(text, quote=False)}</text>')


def draw(steps):
    out, y = [], BAR + LINE
    for number, (command, said) in enumerate(steps):
        out.append(f'<g class="step" style="animation-delay: {number * 2.5}s">')
        lines = folded('$ ' + command)
        for at, line in enumerate(lines + [part for each in said.splitlines() for part in folded(each)]):
            own = list(texts(line, y))
            if at < len(lines):
                own = [text.replace('<text ', '<text class="typed" ', 1) for text in own]
            out += own
            y += LINE
        out.append('</g>')
    return out, y


def picture(steps):
    body, y = draw(steps)
    width, height = 2 * EDGE + COLUMNS * CELL, y
    told = 'A terminal: csvkit judges a broken file, repairs it, cuts it into slices and judges the folder.'
    return '\n'.join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{told}">',
        f'<title>{told}</title>',
        '<style>',
        'text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; }',
        '.typed { fill: #fff; font-weight: bold; }',
        '.step { animation: appear .3s backwards; }',
        '@keyframes appear { from { opacity: 0; } }',
        '@media (prefers-reduced-motion: reduce) { .step { animation: none; } }',
        '</style>',
        f'<rect width="{width}" height="{height}" rx="8" fill="#1c2128"/>',
        *(f'<circle cx="{EDGE + 6 + 20 * i}" cy="{BAR // 2}" r="6" fill="{colour}"/>'
          for i, colour in enumerate(('#ff5f57', '#febc2e', '#28c840'))),
        '<g fill="#c9d1d9">', *body, '</g>', '</svg>']) + '\n'


if __name__ == '__main__':
    sys.stdout.write(picture(session(sys.argv[1])))
