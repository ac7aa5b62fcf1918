"""encodings.py - text in 30 encodings, from 50 bytes to 100 KB: which one is it?

Usage: encodings.py CSVKIT [SEEDS]. (One seed: fewer sizes.) Tables are made of the sentences of sentences.py in four ways: as
they are, in capitals, as names, as a few words again and again. Judged is what `csvkit sniff` says,
once by the text that comes out: two encodings that read the bytes alike are both right.

  - A wrong proposal with a score from 60 on, which other commands use without a question, is a
    failure, always.
  - Of ordinary text of 4 KB and more, a share must be clear, and nearly all proposals right.

  - Text in an encoding that is seldom met is not taken for another one with such a score either.
  - validate, with and without --encoding=auto, and normalize --encoding=auto give the answer of sniff.

Prints a table, and what is wrong.
"""
import collections
import functools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unicodedata

from sentences import SENTENCES

CSVKIT = os.path.abspath(sys.argv[1])
SEEDS = int(sys.argv[2]) if len(sys.argv) > 2 else 2
SIZES = (50, 120, 500, 1000, 4000, 20000, 100000) if SEEDS > 1 else (50, 500, 4000, 20000)
SURE = 60
# Not told apart: the old Macintosh's Greek, which iconv does not know, and Hungarian in ISO-8859-16, which
# has two letters in other places than ISO-8859-2.
SELDOM = {
    "romanian": ["iso8859_16"], "latvian": ["iso8859_4", "iso8859_10", "cp775"], "lithuanian": ["iso8859_4", "cp775"],
    "estonian": ["iso8859_4", "iso8859_10"], "turkish": ["iso8859_3", "cp857", "mac_turkish"], "greek": ["cp737", "cp869"],
    "icelandic": ["iso8859_10", "cp861", "mac_iceland"], "czech": ["mac_latin2"], "polish": ["mac_latin2", "iso8859_16"],
    "hungarian": ["mac_latin2"], "russian": ["cp855"], "ukrainian": ["cp1125", "iso8859_5", "cp855", "mac_cyrillic"],
    "hebrew": ["cp862"], "arabic": ["cp864", "cp720"], "danish": ["cp865"], "swedish": ["cp865", "iso8859_10"],
    "portuguese": ["cp860"], "french": ["cp863", "iso8859_14"], "croatian": ["mac_croatian", "iso8859_16"]}
# What iconv calls otherwise than Python does.
PYTHON = {"MACINTOSH": "mac_roman", "MAC-CYRILLIC": "mac_cyrillic"}


@functools.cache
def words_of(language):
    words = {word.strip('.,:;?!¿¡()') for text in SENTENCES[language][1] for word in text.split()}
    return sorted(word for word in words if len(word) > 2 and "," not in word)


def records(language, way, rng):
    """The values of the columns, record by record, without end."""
    texts, words = SENTENCES[language][1], words_of(language)
    few = [word for word in words if not word.isascii()][:3] or words
    number = 0
    while True:
        number += 1
        if way == "names":
            yield [number, *(f"{rng.choice(words).capitalize()} {rng.choice(words).capitalize()}"
                             for _ in range(2))]
        elif way == "few":
            yield [number, rng.choice(few), rng.randrange(10**6)]
        else:
            text = rng.choice(texts).replace(",", "").replace('"', "")
            if rng.random() < .5:
                parts = text.split(" ")
                first = rng.randrange(len(parts))
                text = " ".join(parts[first:first + 3])
            text = text.upper() if way == "capitals" else text
            yield [number, f"2024-0{rng.randrange(1, 10)}-1{rng.randrange(10)}", text]


@functools.cache # by all encodings of the language
def make_table(language, way, size, seed):
    rng = random.Random(f"{language} {way} {size} {seed}")
    table = "id,when,note\n"
    for record in records(language, way, rng):
        if len(table) >= size:
            return table
        table += ",".join(map(str, record)) + "\n"


def encode(text, encoding):
    """None: it has a character that the encoding lacks."""
    if encoding == "windows-1258":  # writes tones as marks of their own
        text = "".join(part for char in text for part in vietnamese(char))
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None


def vietnamese(char):
    try:
        char.encode("windows-1258")
        return char
    except UnicodeEncodeError:
        plain = unicodedata.normalize("NFD", char)
        for length in (2, 1):
            base = unicodedata.normalize("NFC", plain[:length])
            marks = plain[length:]
            if len(base) == 1:
                return base + marks
        return plain


def sniff(files):
    run = subprocess.run([CSVKIT, "sniff", "--format=json", *files], stdout=subprocess.PIPE, check=False)
    return [json.loads(line)["encoding"] for line in run.stdout.splitlines()]


def says_the_same(data, proposal, encoding):
    try:
        return bool(proposal) and data.decode(PYTHON.get(proposal, proposal)) == data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False


def make_files(folder):
    made = []
    for language, (encodings, _) in SENTENCES.items():
        for encoding in encodings + SELDOM.get(language, []):
            for way in ("text", "capitals", "names", "few"):
                for size in SIZES:
                    for seed in range(SEEDS):
                        data = encode(make_table(language, way, size, seed), encoding)
                        # A sequence or two of UTF-8 come about by chance in capitals.
                        if data is None or data.isascii() or is_utf8(data):
                            continue
                        name = f"{folder}/{language}-{encoding}-{way}-{size}-{seed}"
                        with open(name, "wb") as file:
                            file.write(data)
                        made.append((language, encoding, way, size, name, data))
    return made


def is_utf8(data):
    try:
        data.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def read_as(line, file):
    """The encoding that a command notes for the file."""
    return line[len(f"csvkit: {file}: read as "):].split(" ")[0] if line.startswith(f"csvkit: {file}: read as ") else None


def others_differ(files, answers, folder):
    """What the other commands say otherwise; what is not sure they do not read, and give no option for."""
    bad = []
    listed = os.path.join(folder, "list")
    with open(listed, "w", encoding="utf-8") as file:
        file.write("".join(name + "\n" for name in files))
    run = lambda *arguments: subprocess.run([CSVKIT, *arguments], capture_output=True, text=True, errors="replace", check=False)
    out, rejects = os.path.join(folder, "out"), os.path.join(folder, "rejects")
    plain = run("validate", "--format=json", "--files-from=" + listed)
    auto = run("validate", "--encoding=auto", "--format=json", "--files-from=" + listed)
    noted = {name: line for line in auto.stderr.splitlines() for name in [line[len("csvkit: "):].split(": ")[0]]}
    told = {found["file"]: found for found in map(json.loads, plain.stdout.splitlines())}
    made = run("normalize", "--encoding=auto", "--format=json", "-o", out, "--rejects=" + rejects, *files).stderr
    used = {found["file"]: found["encoding"] for found in map(json.loads, re.findall("^{.*", made, re.M))}
    for name in files:
        answer = answers[name]
        sure = answer["value"] if answer["score"] >= SURE and answer["value"] != "UTF-8" else None
        found = [f for f in told[name]["findings"] if f["rule"] == "encoding-suspected"]
        if sure and [f["encoding"] for f in found] != [sure]:
            bad.append(f"{os.path.basename(name)}: sniff {answer}, validate {found}")
        if sure != read_as(noted.get(name, ""), name):
            bad.append(f"{os.path.basename(name)}: sniff {answer}, validate --encoding=auto {noted.get(name)}")
        if sure != (used.get(name) if used.get(name) != "UTF-8" else None):
            said = [line for line in made.splitlines() if name in line]
            bad.append(f"{os.path.basename(name)}: sniff {answer}, normalize {used.get(name)}: {said}")
    return bad


def main():
    wrong, counts, answers = [], collections.defaultdict(collections.Counter), {}
    with tempfile.TemporaryDirectory() as folder:
        made = make_files(folder)
        for first in range(0, len(made), 500):
            part = made[first:first + 500]
            for (language, encoding, way, size, name, data), answer in zip(
                    part, sniff([row[4] for row in part])):
                right = says_the_same(data, answer["value"], encoding)
                sure = answer["score"] >= SURE
                answers[name] = answer
                long = "seldom" if encoding in SELDOM.get(language, []) else "long" if size >= 4000 else "short"
                counts[way, long][f"{'clear' if sure else 'unclear'} {'right' if right else 'wrong'}"] += 1
                if sure and not right:
                    wrong.append(f"{os.path.basename(name)}: {answer}")
        asked = [row[4] for row in made if row[2] in ("text", "few") and row[4].endswith("-0") and row[3] in (500, 4000, 100000)]
        differ = others_differ(asked, answers, folder)
    for (way, long), row in sorted(counts.items()):
        print(f"{way:10}{long:7}", *(f"{what}: {count}" for what, count in sorted(row.items())))
    text = counts["text", "long"]
    clear, right = text["clear right"], text["clear right"] + text["unclear right"]
    everything = sum(text.values())
    if wrong:
        print("WRONG AND CLEAR", *wrong, sep="\n  ")
    if differ:
        print("NOT WHAT SNIFF SAYS", *differ, sep="\n  ")
    print(f"{len(asked)} tables were given to the other commands")
    print(f"{clear} of {everything} long texts are clear, {right} proposals are right")
    sys.exit(bool(wrong) or bool(differ) or clear < 0.75 * everything or right < 0.97 * everything)


main()
