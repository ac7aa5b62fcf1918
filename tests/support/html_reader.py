"""Reads an HTML report of csvkit with Python's parser: what is in it, and that nothing in it is
markup which csvkit has not written. An element, attribute or script that is not listed here came
from data."""
import base64
import hashlib
import html.parser
import json
import re

VOID = {'meta', 'link', 'br'}
TAGS = {'html', 'head', 'meta', 'link', 'title', 'style', 'body', 'header', 'h1', 'h2', 'h3', 'main',
        'article', 'section', 'div', 'p', 'b', 'ul', 'li', 'span', 'a', 'bdi', 'code', 'table', 'thead',
        'tbody', 'tr', 'th', 'td', 'small', 'mark', 'br', 'script', 'footer'}
ATTRIBUTES = {'lang', 'charset', 'http-equiv', 'content', 'name', 'rel', 'href', 'class', 'id', 'scope',
              'tabindex', 'type', 'data-severity', 'data-rule', 'data-section', 'data-byte', 'data-file'}
ESCAPED = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]')


def need(condition, what):
    if not condition:
        raise SystemExit(f'report: {what}')


class Page(html.parser.HTMLParser):
    """The rows, verdicts and facts of a page, by subject."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.subjects, self.scripts, self.policy, self.ids = [], [], [], '', set()
        self.links = []
        need(not ESCAPED.search(text), f'a character that should be escaped: {ESCAPED.search(text)}')
        self.feed(text)
        self.close()
        need(self.open == [], f'not closed: {self.open}')
        need({link[1:] for link in self.links} <= self.ids, 'a link to a place that is not there')
        self.check_script()
        need(not any(set('<>&') & set(subject['facts']) for subject in self.subjects),
             'what could end the element of the facts')

    def check_script(self):
        need(len(self.scripts) == 1, f'{len(self.scripts)} scripts')
        digest = base64.b64encode(hashlib.sha256(self.scripts[0].encode()).digest()).decode()
        need(f"script-src 'sha256-{digest}';" in self.policy,
             f'the policy lets another script run: HTML_SCRIPT_HASH has to be sha256-{digest}')
        need("default-src 'none'" in self.policy, 'policy')

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        need(tag in TAGS, f'an element <{tag}>')
        need(set(attributes) <= ATTRIBUTES, f'attributes of <{tag}>: {set(attributes)}')
        need(len(attributes) == len(pairs), 'an attribute twice')
        if 'id' in attributes:
            need(attributes['id'] not in self.ids, 'an id twice')
            self.ids.add(attributes['id'])
        if tag == 'a':
            need(re.fullmatch(r'#s\d+f\d+', attributes['href']), f'a link to {attributes["href"]}')
            self.links.append(attributes['href'])
        if tag == 'link':
            need(attributes == {'rel': 'icon', 'href': 'data:,'}, 'a link to another file')
        if 'http-equiv' in attributes:
            self.policy = attributes['content']
        if tag == 'article':
            self.subjects.append({'name': '', 'verdict': '', 'rows': [], 'shown': '', 'facts': ''})
        if tag == 'tr' and 'data-rule' in attributes:
            self.subjects[-1]['rows'].append({'text': '', **attributes})
        if tag == 'script' and 'class' not in attributes:
            need(attributes == {}, 'a script with attributes')
            self.scripts.append('')
        if tag not in VOID:
            self.open.append((tag, attributes.get('class', '')))

    def handle_endtag(self, tag):
        need(self.open and self.open[-1][0] == tag, f'</{tag}> closes {self.open[-1:]}')
        self.open.pop()

    def handle_data(self, data):
        tag, kind = self.open[-1] if self.open else ('', '')
        inside = {t for t, _ in self.open} | {k for _, k in self.open}
        if tag == 'script' and kind == '':
            self.scripts[-1] += data
        elif tag == 'script':
            self.subjects[-1]['facts'] += data
        elif 'h2' in inside:
            self.subjects[-1]['name'] += data
        elif 'tbody' in inside and 'tr' in inside:
            self.subjects[-1]['rows'][-1]['text'] += data
        elif 'article' in inside and any(k.startswith('verdict') for k in inside):
            self.subjects[-1]['verdict'] += data
        elif 'shown' in inside:
            self.subjects[-1]['shown'] += data

    def handle_comment(self, data):
        need(False, f'a comment: {data}')

    def unknown_decl(self, data):
        need(False, f'a declaration: {data}')


def read(text, found):
    need(text.startswith('<!DOCTYPE html>'), 'doctype')
    for subject in Page(text).subjects:
        verdict = re.fullmatch(r'(Not judged|Not good|Good, but look at it|Good): (.*)\.',
                               subject['verdict'], re.S)
        need(verdict, f'verdict: {subject["verdict"]}')
        if verdict[1] == 'Not judged':
            found.fail(subject['name'], verdict[2])
            continue
        found.files.add(subject['name'])
        facts = json.loads(subject['facts'])
        need(not facts.get('findings'), 'the findings are there twice')
        need(('Good' in verdict[1]) == facts['valid'] or facts.get('folder'), 'verdict')
        for row in subject['rows']:
            found.add(row['data-rule'], row.get('data-file') or subject['name'])
        listed = re.match(r'(\d+) of (\d+) findings are listed', subject['shown'])
        need(listed or subject['shown'].startswith(('All ', 'The finding ')) or not subject['rows'],
             f'how many are listed: {subject["shown"]}')
        need(not listed or int(listed[1]) == len(subject['rows']), 'rows')
        found.left_out += int(listed[2]) - int(listed[1]) if listed else 0
