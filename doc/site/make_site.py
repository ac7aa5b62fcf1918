"""The documents and man pages as a small static site: make_site.py CSVKIT FOLDER, from the top of the
sources. It needs cmark-gfm and mandoc, which know Markdown and man pages; what is done here is the
rest: names of pages, links between them, places of headings, the frame.

Every link is followed in the end: a page, a file of the sources (which is copied) or a heading that is not
there is an error. Addresses elsewhere are not asked. FOLDER must be new or empty.
"""
import html
import os
import posixpath
import re
import shutil
import subprocess
import sys
import urllib.parse

FIRST = ['README.md', 'doc/tutorial.md', 'doc/how-to.md']
STYLE = '''
:root { color-scheme: light dark; --page: #fff; --ink: #1b2128; --soft: #59636e; --line: #d5dae0; --link: #0a58b5; --code: #eef1f4; }
@media (prefers-color-scheme: dark) { :root { --page: #14181d; --ink: #e3e8ee; --soft: #9aa6b2; --line: #343c46;
  --link: #7ab7ff; --code: #262d36; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; display: grid; grid-template-columns: 14rem minmax(0, 1fr); gap: 2rem; }
nav ul { list-style: none; padding: 0; margin: 0 0 1rem; } nav { font-size: .93rem; } nav b { color: var(--soft); }
a { color: var(--link); } a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
code, pre { font: .9em/1.45 ui-monospace, "DejaVu Sans Mono", monospace; background: var(--code); border-radius: 3px; }
code { padding: 0 .2em; } pre { padding: .7rem; overflow-x: auto; overflow-wrap: normal; } pre code { padding: 0; font-size: 1em; }
table { display: block; overflow-x: auto; border-collapse: collapse; } th, td { text-align: left; vertical-align: top;
  padding: .35rem .6rem; border-top: 1px solid var(--line); overflow-wrap: break-word; }
img { max-width: 100%; }
@media (max-width: 50rem) { body { grid-template-columns: minmax(0, 1fr); } }
@media print { nav { display: none; } body { display: block; } }
'''


def fail(what):
    sys.exit(f'make_site: {what}')


def run(*command, text=''):
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        fail(f'{" ".join(command)}: {result.stderr.strip()}')
    return result.stdout


def sources():
    """Path of each document, and the name of its page."""
    found = FIRST + sorted(f'doc/{name}' for name in os.listdir('doc')
                           if name.endswith('.md') and f'doc/{name}' not in FIRST)
    found += ['CHANGELOG.md', 'CONTRIBUTING.md']
    found += sorted(f'examples/{name}/README.md' for name in os.listdir('examples')
                    if os.path.exists(f'examples/{name}/README.md'))
    pages = {}
    for path in found:
        stem = path.removesuffix('.md').removeprefix('doc/').removesuffix('/README').replace('/', '-')
        pages[path] = 'index.html' if path == 'README.md' else f'{stem.lower()}.html'
    return pages


def plain(markup):
    return html.unescape(re.sub(r'<[^>]*>', '', markup))


def with_places(body):
    """Headings get the names by which documents on GitHub refer to them."""
    used = {}

    def place(match):
        name = re.sub(r'[^\w\- ]', '', plain(match[2]).lower()).replace(' ', '-')
        used[name] = used.get(name, -1) + 1
        name += f'-{used[name]}' if used[name] else ''
        return f'<h{match[1]} id="{html.escape(name)}">{match[2]}</h{match[1]}>'
    return re.sub(r'<h([1-6])>(.*?)</h\1>', place, body, flags=re.S)


def with_links(body, path, pages, folder):
    """Links between documents become links between pages; a file of the sources is copied."""
    def link(match):
        target, _, place = html.unescape(match[2]).partition('#')
        if target == '' or urllib.parse.urlsplit(target).scheme != '':
            return match[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), urllib.parse.unquote(target)))
        if target in pages:
            address = pages[target] + (f'#{place}' if place else '')
        elif os.path.isfile(target) and not target.startswith('..'):
            address = 'files/' + target
            os.makedirs(os.path.dirname(f'{folder}/{address}'), exist_ok=True)
            shutil.copyfile(target, f'{folder}/{address}')
        else:
            fail(f'{path}: no document or file {target}')
        return f'{match[1]}="{html.escape(address)}"'
    return re.sub(r'\b(href|src)="([^"]*)"', link, body)


def title_of(body, otherwise):
    heading = re.search(r'<h1[^>]*>(.*?)</h1>', body, flags=re.S)
    return plain(heading[1]).strip() if heading else otherwise


def manuals(csvkit):
    """(page, title, body) of each man page."""
    lines = run(csvkit, 'internal-man', '--list').splitlines()
    made = [('csvkit.1', [])] + [(page, command.split()) for page, command in (i.split('\t') for i in lines)]
    for page, arguments in made + [('csvkit-rules.7', ['--rules'])]:
        text = run(csvkit, 'internal-man', *arguments)
        stem, section = page.rsplit('.', 1)
        yield f'{page}.html', f'{stem}({section})', run('mandoc', '-Thtml', '-Ofragment', text=text)


def navigation(entries, current):
    parts, group = [], None
    for address, title, kind in entries:
        if kind != group:
            parts.append(('</ul>' if group else '') + f'<b>{kind}</b><ul>')
            group = kind
        here = ' aria-current="page"' if address == current else ''
        parts.append(f'<li><a href="{address}"{here}>{html.escape(title)}</a></li>')
    return '\n'.join(parts) + '</ul>'


def check(folder):
    """Every link of every page leads to something."""
    places, links = {}, []
    for name in sorted(os.listdir(folder)):
        if name.endswith('.html'):
            with open(f'{folder}/{name}', encoding='utf-8') as file:
                text = file.read()
            places[name] = set(html.unescape(i) for i in re.findall(r'\bid="([^"]*)"', text))
            links += [(name, html.unescape(link)) for link in re.findall(r'\b(?:href|src)="([^"]*)"', text)]
    wrong = []
    for name, link in links:
        if urllib.parse.urlsplit(link).scheme != '':
            continue
        target, _, place = link.partition('#')
        target, place = target or name, urllib.parse.unquote(place)
        if not os.path.isfile(f'{folder}/{target}') or (place and place not in places.get(target, ())):
            wrong.append(f'{name}: {link}')
    if wrong:
        fail('links to nothing:\n  ' + '\n  '.join(wrong))
    return len(places), len(links)


def main():
    csvkit, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    if os.listdir(folder):
        fail(f'{folder} is not empty')
    pages, bodies = sources(), {}
    for path, page in pages.items():
        body = run('cmark-gfm', '-e', 'table', '-e', 'autolink', path)
        body = with_places(with_links(body, path, pages, folder))
        bodies[page] = (title_of(body, page), 'Documents', body)
    for page, title, body in manuals(csvkit):
        if page in bodies:
            fail(f'two pages with the name {page}')
        bodies[page] = (title, 'Man pages', body)
    entries = [(page, title, kind) for page, (title, kind, _) in bodies.items()]
    for page, (title, _, body) in bodies.items():
        with open(f'{folder}/{page}', 'w', encoding='utf-8') as file:
            file.write(f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
                       f'<meta name="viewport" content="width=device-width">\n'
                       f'<title>{html.escape(title)} - csvkit</title>\n<style>{STYLE}</style>\n</head>\n<body>\n'
                       f'<nav aria-label="Pages">{navigation(entries, page)}</nav>\n<main>\n{body}</main>\n'
                       '</body>\n</html>\n')
    print('{} pages, {} links'.format(*check(folder)))


if __name__ == '__main__':
    main()
