"""mojibake.py - UTF-8 that was encoded twice is told, real text in 30 languages is not.

Usage: mojibake.py CSVKIT FOLDER. Every sentence of sentences.py is a table of its own, and all of a
language are one: as they are, in capitals, in quotes of several countries with and without no-break
spaces, before a dash and an ellipsis. None of these may be taken for text that was encoded twice.
Read as windows-1252 (latin-1 where that has no character) and written again, all of them must be.
"""
import csv
import io
import os
import subprocess
import sys

from sentences import SENTENCES

QUOTES = ["{}", "\u00ab\u00a0{}\u00a0\u00bb", "\u00ab{}\u00bb", "\u201c{}\u201d", "\u201e{}\u201c", "\u2018{}\u2019",
          "{}\u2026", "{}\u2013", "\u00bb{}\u00ab", "{}\u2026\u00bb", "{}\u00a0\u2014", "{}\u2122"]


def encoded_twice(text):
    return "".join(bytes([byte]).decode("windows-1252" if byte not in (0x81, 0x8d, 0x8f, 0x90, 0x9d) else "latin-1")
                   for byte in text.encode())


def texts():
    for language, (_, sentences) in SENTENCES.items():
        plain = [sentence.replace(",", "").replace('"', "") for sentence in sentences]
        words = sorted({word.strip(".;:?!") for sentence in plain for word in sentence.split()})
        for case in (str, str.upper, str.title):
            for quote in QUOTES:
                yield f"{language} {quote}", [quote.format(case(one)) for one in plain]
            for quote in QUOTES[:4]:
                yield f"{language} words {quote}", [quote.format(case(word)) for word in words]
            for number, sentence in enumerate(plain):
                yield f"{language} {number}", [case(sentence)]


def main():
    csvkit, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    os.chdir(folder)
    files, bad = {}, 0
    for name, lines in texts():
        text = "a\n" + "\n".join(lines) + "\n"
        for twice in (False, True):
            if text.isascii():
                continue
            path = f"{len(files)}.csv"
            files[path] = (name, twice, text)
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(encoded_twice(text) if twice else text)
    with open("list", "w", encoding="utf-8") as file:
        file.write("".join(path + "\n" for path in files))
    run = subprocess.run([csvkit, "validate", "--format=csv", "--files-from=list"], capture_output=True, timeout=50, check=False)
    rows = csv.DictReader(io.StringIO(run.stdout.decode()))
    told = {row["file"] for row in rows if row["rule"] == "mojibake-suspected"}
    for path, (name, twice, text) in files.items():
        if (path in told) != twice:
            print(f"FAILED {name}: {'not told' if twice else 'told'}: {text[:60]!r}")
            bad += 1
    print(f"{len(files) - bad} of {len(files)} tables are judged rightly")
    sys.exit(bad != 0 or len(files) < 2000)


if __name__ == "__main__":
    main()
