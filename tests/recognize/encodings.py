"""encodings.py - text in 30 encodings, from 50 bytes to 100 KB: which one is it?

Usage: encodings.py CSVKIT [SEEDS]. (One seed: fewer sizes.) Tables are made of the sentences of sentences.py in four ways: as
they are, in capitals, as names, as a few words again and again. Judged is what `csvkit sniff` says,
once by the text that comes out: two encodings that read the bytes alike are both right.

  - A wrong proposal with a score from 60 on, which other commands use without a question, is a
    failure, always.
  - Of ordinary text of 4 KB and more, a share must be clear, and nearly all proposals right.

Prints a table, and what is wrong. tests/recognize/encodings.test.sh holds the other commands to the
same answers.
"""
import collections
import json
import os
import random
import subprocess
import sys
import tempfile
import unicodedata

from sentences import SENTENCES

CSVKIT = os.path.abspath(sys.argv[1])
SEEDS = int(sys.argv[2]) if len(sys.argv) > 2 else 2
SIZES = (50, 120, 500, 1000, 4000, 20000, 100000) if SEEDS > 1 else (50, 500, 4000, 20000)
SURE = 60
# What iconv calls otherwise than Python does.
PYTHON = {"MACINTOSH": "mac_roman", "MAC-CYRILLIC": "mac_cyrillic"}


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
        for encoding in encodings:
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


def main():
    wrong, counts = [], collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as folder:
        made = make_files(folder)
        for first in range(0, len(made), 500):
            part = made[first:first + 500]
            for (language, encoding, way, size, name, data), answer in zip(
                    part, sniff([row[4] for row in part])):
                right = says_the_same(data, answer["value"], encoding)
                sure = answer["score"] >= SURE
                long = "long" if size >= 4000 else "short"
                counts[way, long][f"{'clear' if sure else 'unclear'} {'right' if right else 'wrong'}"] += 1
                if sure and not right:
                    wrong.append(f"{os.path.basename(name)}: {answer}")
    for (way, long), row in sorted(counts.items()):
        print(f"{way:10}{long:7}", *(f"{what}: {count}" for what, count in sorted(row.items())))
    text = counts["text", "long"]
    clear, right = text["clear right"], text["clear right"] + text["unclear right"]
    everything = sum(text.values())
    if wrong:
        print("WRONG AND CLEAR", *wrong, sep="\n  ")
    print(f"{clear} of {everything} long texts are clear, {right} proposals are right")
    sys.exit(bool(wrong) or clear < 0.75 * everything or right < 0.97 * everything)


main()
