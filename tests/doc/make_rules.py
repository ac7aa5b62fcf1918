#!/usr/bin/env python3
"""Prints doc/rules.md, the catalogue of rules, from what the program says about itself.

    python3 tests/doc/make_rules.py PATH_OF_CSVKIT > doc/rules.md

The texts are those of `csvkit rules --format=json`: to change the document, change the tables of
rules (validator, manifest, preflight) and print it again. current.test.sh beside this file fails
when the document is not what this prints.
"""
import json
import re
import subprocess
import sys
import textwrap

LETTERS = {'error': 'E', 'warning': 'W', 'info': 'I', 'off': '-'}
HEAD = """\
<!-- Printed by tests/doc/make_rules.py: change the tables of rules, not this file. -->

# Rules

Every rule that csvkit judges by: of tables (`csvkit validate`), of manifests (`csvkit manifest
check`) and of data folders (`csvkit preflight`, which judges the tables and manifests in it, too).
The word in brackets of a finding is the id of its rule. Ids never change.

`csvkit explain ID` prints one rule, `csvkit rules` lists all of them. `doc/reading.md` says how a
file is read, `doc/repairs.md` what the repairs of `normalize` do.
"""
TABLES = """\
## Rules of tables

E error, W warning, I info, - off, in the profiles
{profiles}.
`--profile=NAME` chooses one of them, `--rule=ID=LEVEL` gives a rule another level.

In a message `{{key}}` stands for a value, `{{key#noun}}` for a number and its noun, as in `1 field` and
`2 fields`, and `{{key?text}}` for text and value where there is one.
Examples are written as `printf` takes them.
"""
SECTIONS = (
    ('manifest-', '## Rules of manifests\n\nThe level is the same in every profile.\n'),
    ('schema-', '## Rules of schema files\n\nThe level is the same in every profile.\n'),
    ('preflight-', '## Rules of data folders\n\nThe level is the same in every profile.\n'),
)


def read_rules(program):
    run = subprocess.run([program, 'rules', '--format=json'], capture_output=True, check=True)
    return json.loads(run.stdout.decode('utf-8'))


def sentence(text):
    """With a capital letter, unless it begins with the name of a thing, and a full stop."""
    text = text.strip()
    if re.match(r'[a-z]+[ ,:;]', text) and not text.startswith('csvkit'):
        text = text[0].upper() + text[1:]
    return text if text[-1] in '.?!' else text + '.'


def prose(text):
    """Text in which Markdown sees nothing but the code spans that it has."""
    parts = re.split(r'(`[^`]*`)', text)
    parts[::2] = [re.sub(r'[\\*<>\[\]|]|\b_\B|\B_\b', r'\\\g<0>', part) for part in parts[::2]]
    return ''.join(parts)


def code(text):
    fence = '``' if '`' in text else '`'
    edge = ' ' if text.startswith('`') or text.endswith('`') else ''
    return fence + edge + text + edge + fence


def print_wrapped(text):
    print(textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False) + '\n')


def print_overview(rules):
    profiles = list(rules[0]['levels'])
    print(TABLES.format(profiles=', '.join(profiles)))
    print('| rule | ' + ' | '.join(name.replace('rfc4180-', '') for name in profiles) + ' |')
    print('|---|' + ':-:|' * len(profiles))
    for rule in rules:
        levels = ' | '.join(LETTERS[rule['levels'][name]] for name in profiles)
        print(f"| [{rule['rule']}](#{rule['rule']}) | {levels} |")
    print()


def print_rule(rule):
    print(f"### {rule['rule']}\n")
    print_wrapped(f"{prose(sentence(rule['summary']))} {prose(sentence(rule['why']))}")
    lines = ['message: ' + code(rule['message']), 'remedy: ' + prose(sentence(rule['mend']))]
    if rule['example']:
        lines.append('example: ' + code(rule['example']))
    if rule['repairs']:
        lines.append('repairs of `normalize`: ' + ', '.join(rule['repairs'].split()))
    for line in lines:
        print(textwrap.fill(line, 100, initial_indent='- ', subsequent_indent='  ',
                            break_long_words=False, break_on_hyphens=False))
    print()


def print_fixed_rules(rules):
    print('| rule | level | what and why | remedy |\n|---|---|---|---|')
    for rule in rules:
        what, why = prose(sentence(rule['summary'])), prose(sentence(rule['why']))
        remedy = prose(sentence(rule['mend']))
        print(f"| {rule['rule']} | {rule['severity']} | {what} {why} | {remedy} |")
    print()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rules = read_rules(sys.argv[1])
    of_tables = [rule for rule in rules if 'severity' not in rule]
    print(HEAD)
    print_overview(of_tables)
    for rule in of_tables:
        print_rule(rule)
    fixed = [rule for rule in rules if 'severity' in rule]
    for prefix, head in SECTIONS:
        print(head)
        print_fixed_rules([rule for rule in fixed if rule['rule'].startswith(prefix)])
    prefixes = tuple(prefix for prefix, _ in SECTIONS)
    missed = [rule['rule'] for rule in fixed if not rule['rule'].startswith(prefixes)]
    if missed:
        sys.exit(f"rules that belong to no section: {' '.join(missed)}")


if __name__ == '__main__':
    main()
