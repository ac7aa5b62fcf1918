"""The HTML reports in a browser: page.py CSVKIT FOLDER. They open, ask for nothing, run no script
of the data, filter, jump, and can be read in both themes, on a small screen and on paper."""
import json
import os
import subprocess
import sys
import time

import driver

EVIL = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=2">'
csvkit, folder = os.path.realpath(sys.argv[1]), sys.argv[2]
os.chdir(folder)
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)
        print('FAIL:', what)


def soon(condition):
    """True as soon as it is: what a page does for an event may come after the answer to the click."""
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def write(name, data):
    with open(name, 'wb') as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def report(name, *command):
    result = subprocess.run([csvkit, *command, f'--report=html:{name}', '--format=json'],
                            capture_output=True, check=False)
    return [json.loads(line) for line in result.stdout.splitlines()]


def make_files():
    write('plain.csv', 'id,name,city\r\n' + ''.join(
        f'{i},a"b,x\r\n' if i % 50 == 7 else f'{i},Anna,Praha\r\n' for i in range(1000)))
    write('flood.csv', 'id,name\r\n' + ''.join(f'{i},a"b\r\n' for i in range(2000)))
    head = f'id,"{EVIL.replace(chr(34), chr(34) * 2)}","\u2028\u202ename",n\r\n'
    write('hostile.csv', head.encode() + b'1,a"<b>,\x00\xff' + f'\u2028\u202e"{EVIL},\r\n'.encode()
          + f"2,x\"y&lt;{EVIL}\r\n".encode())
    write('titled.csv', 'Sales 2024;;;\r\n;;;\r\nid;name;sum;city\r\n' + ''.join(
        f'{i};Anna;{i}.50;Praha\r\n' for i in range(100)))
    name = '<img src=x onerror=window.hacked=3>\u202e.csv'
    write(name, 'a,b\r\n1,2,3\r\n')
    os.makedirs('data/out/tables')
    write(f'data/out/tables/{name}', 'a,b\r\n1,x"y\r\n')
    write('data/out/tables/t.csv', 'id,name\r\n1,x"y\r\n')
    write('data/out/tables/t.csv.manifest', json.dumps({'destination': EVIL, 'primary_key': ['id']}))
    return name


def open_page(browser, name):
    browser.log('performance')
    browser.open('file://' + os.path.realpath(name))
    quiet(browser, name)


def quiet(browser, name):
    """No word on the console, no request but for the page."""
    said = [entry['message'] for entry in browser.log('browser')]
    check(said == [], f'{name}: console: {said}')
    asked = []
    for entry in browser.log('performance'):
        message = json.loads(entry['message'])['message']
        if message['method'] == 'Network.requestWillBeSent':
            asked.append(message['params']['request']['url'])
    foreign = [url for url in asked if not url.startswith(('file:', 'data:', 'chrome:'))]
    check(foreign == [], f'{name}: requests: {foreign}')
    check(len([u for u in asked if u.startswith('file:')]) <= 1, f'{name}: other files: {asked}')


def shown_rows(browser):
    return browser.run('return [...document.querySelectorAll(".findings tbody tr")]'
                       '.filter(r => r.offsetParent !== null).map(r => r.id)')


def check_filter(browser):
    [truth] = report('plain.html', 'validate', '--rule=eol-lf=off', '--rule=needless-enclosure=off',
                     'plain.csv')
    open_page(browser, 'plain.html')
    rows = shown_rows(browser)
    check(len(rows) == len(truth['findings']) == 20, f'rows: {len(rows)}')
    browser.type('input[type=search]', 'line 109')
    check(soon(lambda: len(shown_rows(browser)) == 1), 'the filter by a line')
    check(soon(lambda: browser.run('return document.querySelector("[role=status]").textContent')
               == '1 of 20 shown'), 'what the filter says')
    first = browser.run('return document.querySelector(".strip li a").getAttribute("href").slice(1)')
    check(first not in shown_rows(browser), 'a row that is filtered out')
    browser.click('.strip li a')
    check(soon(lambda: shown_rows(browser) == rows), 'a jump to a hidden row shows all')
    check(soon(lambda: browser.run('return document.activeElement.id') == first == rows[0]),
          'the row has the focus')
    check(soon(lambda: browser.run('const b = document.activeElement.getBoundingClientRect();'
                                   'return b.top >= 0 && b.bottom <= innerHeight')), 'the row is in sight')
    browser.click('.filter input[type=checkbox]')
    check(soon(lambda: shown_rows(browser) == []), 'no errors, no rows')
    browser.click('.problems button')
    check(soon(lambda: shown_rows(browser) == rows), 'only one kind of problem')
    check(browser.run('return document.querySelectorAll(".strip li").length') == 20, 'strip')
    quiet(browser, 'plain.html, used')


def check_keyboard(browser):
    open_page(browser, 'plain.html')
    for _ in range(3):
        browser.press('tab')
        place = browser.run('const e = document.activeElement;'
                            'return e.closest(".strip") ? [e.hash, e.getAttribute("aria-label")] : null')
        if place:
            break
    check(place and place[1].endswith('finding, the worst: error'), f'by keyboard to the strip: {place}')
    browser.press('enter')
    check(place and soon(lambda: '#' + browser.run('return document.activeElement.id') == place[0]),
          'by keyboard')
    nameless = browser.run('return [...document.querySelectorAll("input, button, a")].filter(e =>'
                           '!(e.getAttribute("aria-label") || e.textContent || e.closest("label"))).length')
    check(nameless == 0, f'{nameless} controls without a name')
    levels = browser.run('return [...document.querySelectorAll("h1, h2, h3")].map(h => +h.tagName[1])')
    check(levels[:2] == [1, 2] and all(b - a <= 1 for a, b in zip(levels, levels[1:])), f'{levels}')


def check_bounds(browser):
    report('flood.html', 'validate', '--rule=eol-lf=off', 'flood.csv')
    open_page(browser, 'flood.html')
    hatch = browser.run('return parseFloat(document.querySelector(".unlisted").style.left)')
    check(3 < hatch < 10, f'what is not listed is hatched from {hatch} %')
    text = browser.run('return document.querySelector(".findings .shown").textContent')
    check(text.startswith('100 of 2000 findings are listed.'), text)


def check_counted(browser):
    """A problem without a row of its own, as four empty names under a suspected title, has no button
    that would show nothing; and no word of a severity is broken in two."""
    report('titled.html', 'validate', '--delimiter=;', 'titled.csv')
    open_page(browser, 'titled.html')
    buttons = browser.run('return Object.fromEntries([...document.querySelectorAll(".problems li")].map('
                          'p => [p.dataset.rule, p.querySelector("button") !== null]))')
    check(buttons.get('preamble-suspected') is True and buttons.get('header-empty-name') is False,
          f'buttons: {buttons}')
    heights = browser.run('return [...document.querySelectorAll(".severity")].map(e => e.clientHeight)')
    check(len(heights) > 3 and max(heights) < 30, f'heights of severities: {heights}')


def check_hostile(browser, name):
    report('hostile.html', 'validate', 'hostile.csv', name, 'missing.csv')
    report('folder.html', 'preflight', 'data')
    for page, least in (('hostile.html', 5), ('folder.html', 4)):
        open_page(browser, page)
        check(browser.run('return window.hacked') is None, f'{page}: a script of the data ran')
        found = browser.run('return [document.images.length, document.scripts.length -'
                            'document.querySelectorAll(".facts").length]')
        check(found == [0, 1], f'{page}: elements of the data: {found}')
        check(len(shown_rows(browser)) >= least, f'{page}: {len(shown_rows(browser))} rows')
        text = browser.run('return document.body.textContent')
        check('onerror' in text, f'{page}: the data are shown')
        visible = browser.run('return document.body.innerText')
        check(not set('\u202e\u2028\0') & set(visible), f'{page}: signs that should be escaped')
    open_page(browser, 'hostile.html')
    check(browser.run('return document.querySelectorAll("nav.files li").length') == 3, 'index')


def check_slices(browser):
    """Each with its size, the bars in proportion; names are text."""
    evil = '<img src=x onerror=window.hacked=4>\u202e'
    os.makedirs('sliced/out/tables/t')
    for name, records in (('a', 50), ('b', 100), (evil, 25)):
        write(f'sliced/out/tables/t/{name}', '1,abcdef\n' * records)
    write('sliced/out/tables/t.manifest', json.dumps({'destination': 'in.c-a.t', 'columns': ['id', 'v']}))
    report('sliced.html', 'preflight', 'sliced')
    open_page(browser, 'sliced.html')
    check(browser.run('return window.hacked') is None, 'sliced.html: a script of the data ran')
    check(browser.run('return document.images.length') == 0, 'sliced.html: elements of the data')
    lines = browser.run('return [...document.querySelectorAll(".slices li")].map(l => l.innerText)')
    check(len(lines) == 3 and '225 bytes, 25 records' in lines[0] and 'onerror' in lines[0]
          and '\u202e' not in lines[0] and '450 bytes, 50 records' in lines[1], f'slices: {lines}')
    said = browser.run('return document.querySelector(".slices p").innerText')
    check(said == '3 slices, 1.57 kB as stored: 225 bytes to 900 bytes each.', said)
    heights = browser.run('return [...document.querySelectorAll(".known td.number")]'
                          '.map(c => c.getClientRects().length && c.innerText.includes("\\n"))')
    check(heights and not any(heights), 'a number is in one line')
    widths = browser.run('return [...document.querySelectorAll(".slices i")]'
                         '.map(i => i.getBoundingClientRect().width)')
    check([round(4 * w / max(widths), 1) for w in widths] == [1, 2, 4], f'bars of slices: {widths}')
    report('unread.html', 'preflight', '--no-data', 'sliced')
    open_page(browser, 'unread.html')
    lines = browser.run('return [...document.querySelectorAll(".slices li")].map(l => l.innerText)')
    check(len(lines) == 3 and all('not judged' in line for line in lines), f'not judged: {lines}')


def check_repairs(browser):
    write('dirty.csv', 'id,name\r\n' + ''.join(f'{i},Anna {EVIL}\r\n' for i in range(99))
          + f'100,x\u202e,{EVIL.replace(chr(34), "")}\r\n101\r\n')
    subprocess.run([csvkit, 'normalize', 'dirty.csv', '-o', 'clean.csv', '--rejects=rejects.csv',
                    '--report=html:repairs.html'], capture_output=True, check=False)
    open_page(browser, 'repairs.html')
    check(browser.run('return window.hacked') is None, 'repairs.html: a script of the data ran')
    check(browser.run('return document.images.length') == 0, 'repairs.html: elements of the data')
    texts = browser.run('return [...document.querySelectorAll(".known .excerpt")].map(c => c.innerText)')
    check(any('onerror' in text for text in texts), f'before and after: {texts}')
    rows = browser.run('return [...document.querySelectorAll("tr[data-rule=rejected]")].map(r => r.innerText)')
    check(len(rows) == 2 and 'onerror' in rows[0] and '\u202e' not in rows[0], f'rejects: {rows}')
    check(browser.run('return document.querySelectorAll("tr[data-rule=rejected] .excerpt").length') == 2,
          'each reject as it stood')


def check_profiles(browser):
    evil = EVIL.replace('"', '""')
    write('wide.csv', f'id,"{evil}",sum\r\n' + ''.join(
        f'{i},{"" if i % 4 else chr(34) + evil + chr(34)},{i / 4}\r\n' for i in range(2000)))
    with open('wide.html', 'wb') as page:
        subprocess.run([csvkit, 'stats', '--format=html', 'wide.csv'], stdout=page, check=True)
    open_page(browser, 'wide.html')
    check(browser.run('return window.hacked') is None, 'wide.html: a script of the data ran')
    check(browser.run('return document.images.length') == 0, 'wide.html: elements of the data')
    texts = browser.run('return [...document.querySelectorAll(".profile")].map(p => p.innerText)')
    check(len(texts) == 3 and 'about ' in texts[0] and EVIL[:30] in texts[1], f'profiles: {texts}')
    check('25 %: 500 of 2,000' in texts[1], f'fill: {texts[1]}')
    check('249.875' in texts[2] and '499.75' in texts[2], f'mean and greatest: {texts[2]}')
    widths = browser.run('return [...document.querySelectorAll(".profile")[0].querySelectorAll(".bars i")]'
                         '.map(i => i.getBoundingClientRect().width)')
    check(len(widths) == 4 and abs(widths[0] / widths[1] - 1000 / 900) < 0.02, f'bars: {widths}')
    said = browser.run('return document.body.innerText')
    check('nothing was judged' in said and 'Good' not in said and ' errors' not in said, 'a verdict')


# The least contrast of text with what is behind it, by the formula of WCAG 2.
CONTRAST = '''
function parse(c) { return c.match(/[\\d.]+/g).map(Number); }
function light(c) { return [0.2126, 0.7152, 0.0722].reduce((sum, part, i) => {
  const v = c[i] / 255; return sum + part * (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); }, 0); }
function behind(e) { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; }
let worst = [99, ''];
for (const e of document.querySelectorAll('main *, header *, footer *')) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.tagName === 'SCRIPT') continue;
  const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < worst[0]) worst = [ratio, e.tagName + ' ' + e.className];
}
return worst;'''


def check_looks(browser):
    for page in ('wide.html', 'repairs.html', 'hostile.html', 'folder.html', 'sliced.html', 'plain.html'):
        open_page(browser, page)
        grounds = []
        for theme in ('light', 'dark'):
            browser.devtools('Emulation.setEmulatedMedia',
                             features=[{'name': 'prefers-color-scheme', 'value': theme}])
            worst = browser.run(CONTRAST)
            check(worst[0] >= 4.5, f'{page}, {theme}: contrast {worst}')
            grounds.append(browser.run('return getComputedStyle(document.body).backgroundColor'))
        check(grounds[0] != grounds[1], f'{page}: two themes')
        browser.devtools('Emulation.setEmulatedMedia', media='', features=[])
        browser.devtools('Emulation.setDeviceMetricsOverride', width=360, height=700, deviceScaleFactor=1,
                         mobile=False)
        check(soon(lambda: browser.run('return innerWidth') == 360), f'{page}: a small screen')
        width = browser.run('return document.documentElement.scrollWidth')
        check(width <= 360, f'{page}: {width} wide on a screen of 360')
        browser.devtools('Emulation.clearDeviceMetricsOverride')
        quiet(browser, f'{page}, looked at')
    browser.devtools('Emulation.setEmulatedMedia', media='print', features=[])
    check(browser.run('return document.querySelector(".filter").offsetParent') is None, 'on paper')


browser = driver.Browser()
try:
    hostile_name = make_files()
    check_filter(browser)
    check_keyboard(browser)
    check_bounds(browser)
    check_counted(browser)
    check_hostile(browser, hostile_name)
    check_profiles(browser)
    check_slices(browser)
    check_repairs(browser)
    check_looks(browser)
finally:
    browser.close()
sys.exit(1 if failures else 0)
