"""mojibake.py - UTF-8 that was encoded twice is told, real text in 30 languages is not.

Usage: mojibake.py CSVKIT FOLDER. Every sentence of sentences.py is a table of its own, and all of a
language are one: as they are, in capitals, in quotes of several countries with and without no-break
spaces, before a dash and an ellipsis. None of these may be taken for text that was encoded twice.
Read as windows-1252 (latin-1 where that has no character) and written again, all of them must be. Read
as another encoding of one byte, the table of a language that has letters there must be told, and never as
another one that does not undo it.
"""
import csv
import io
import os
import re
import subprocess
import sys

from sentences import SENTENCES

QUOTES = ["{}", "\u00ab\u00a0{}\u00a0\u00bb", "\u00ab{}\u00bb", "\u201c{}\u201d", "\u201e{}\u201c", "\u2018{}\u2019",
          "{}\u2026", "{}\u2013", "\u00bb{}\u00ab", "{}\u2026\u00bb", "{}\u00a0\u2014", "{}\u2122"]


def encoded_twice(text):
    return "".join(bytes([byte]).decode("windows-1252" if byte not in (0x81, 0x8d, 0x8f, 0x90, 0x9d) else "latin-1")
                   for byte in text.encode())


# What iconv calls it; what Python does; which letters give it away.
PAGES = [("WINDOWS-1250", "cp1250", "\u00e1\u00e9\u00e7\u00e4\u00f6\u00fc\u0161\u0159"), ("CP437", "cp437", "\u00e1\u00e9\u00e7\u00e4\u00f6\u00fc\u0161\u0159"),
         ("CP850", "cp850", "\u00e1\u00e9\u00e7\u00e4\u00f6\u00fc\u0161\u0159"), ("CP852", "cp852", "\u00e1\u00e9\u00e7\u00e4\u00f6\u00fc\u0161\u0159"),
         ("MACINTOSH", "mac_roman", "\u00e9\u00e8\u00c9\u00e7\u00e4"), ("WINDOWS-1251", "cp1251", "\u043f\u043e\u0442")]


def read_as_page(text, python):
    """Bytes without a character there become controls, as Windows does."""
    return "".join(bytes([byte]).decode(python) if bytes([byte]).decode(python, "ignore") else chr(byte) for byte in text.encode())


def pages():
    """(name, encoding, text, must it be told) of all of a language, and of each sentence."""
    for language, (_, sentences) in SENTENCES.items():
        for name, python, letters in PAGES:
            for lines in [sentences, *([one] for one in sentences)]:
                plain = "\n".join(line.replace(",", "").replace('"', "") for line in lines)
                if not plain.isascii():
                    yield f"{language} {name}", name, python, plain, len(lines) > 1 and sum(plain.count(c) for c in letters) >= 12


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


def undoes(encoding, seen, plain):
    """Would the text look the same if it had been read so?"""
    return read_as_page(plain, dict((name, python) for name, python, _ in PAGES).get(encoding, "cp1252")) == seen


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
    read_as = {}
    for name, encoding, python, plain, sure in pages():
        path = f"page{len(read_as)}.csv"
        read_as[path] = (name, encoding, python, plain, sure)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write("a\n" + read_as_page(plain, python) + "\n")
    with open("list", "w", encoding="utf-8") as file:
        file.write("".join(path + "\n" for path in [*files, *read_as]))
    run = subprocess.run([csvkit, "validate", "--format=csv", "--files-from=list"], capture_output=True, timeout=50, check=False)
    rows = list(csv.DictReader(io.StringIO(run.stdout.decode())))
    told = {row["file"]: row["message"] for row in rows if row["rule"] == "mojibake-suspected"}
    for path, (name, twice, text) in files.items():
        if (path in told) != twice:
            print(f"FAILED {name}: {'not told' if twice else 'told'}: {text[:60]!r}")
            bad += 1
    right = 0
    for path, (name, encoding, python, plain, sure) in read_as.items():
        found = re.search(r"read as (\S+)(?: or (\S+))?", told.get(path, ""))
        names = found.groups() if found else ()
        if (sure and not found) or (found and encoding not in names and not any(undoes(one, read_as_page(plain, python), plain) for one in names)):
            print(f"FAILED {name}: {told.get(path)}: {plain[:60]!r}")
            bad += 1
        right += bool(found)
    print(f"{right} of {len(read_as)} tables that were read as another encoding are told")
    print(f"{len(files) - bad} of {len(files)} tables are judged rightly")
    sys.exit(bad != 0 or len(files) < 2000)


if __name__ == "__main__":
    main()
