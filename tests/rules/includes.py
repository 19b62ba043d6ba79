#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""includes: every #include of ours is on the list of its folder (allowed_includes.txt).

usage: includes.py ROOT RULES      exit 1 and a line per offence; exit 0 and a count otherwise
"""
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|(<[^>]+>))')
ANY_INCLUDE = re.compile(r"^\s*#\s*include\b")


def read_rules(path):
    """{"@name" or "folder": set of what may stand behind #include}, the @lists filled in."""
    rules = {}
    name = None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.split("#")[0].rstrip()
            if not line:
                continue
            head, colon, rest = line.partition(":")
            if colon and not line[0].isspace():
                name, line = head, rest
                if name in rules:
                    sys.exit(f"{path}: {name} stands there twice")
                rules[name] = set()
            rules[name].update(line.split())

    def fill(words):
        lists = {word for word in words if word.startswith("@")}
        for word in lists:
            words = words | fill(rules[word])
        return words - lists

    return {name: fill(words | {"@libc"}) for name, words in rules.items() if not name.startswith("@")}


def allowed(word, words):
    """Is it there itself, or a folder that it stands in? "<openssl/evp.h>" is in "<openssl/>"."""
    folders = {entry.rstrip(">") for entry in words if entry.rstrip(">").endswith("/")}
    return word in words or any(word.startswith(folder) for folder in folders)


def offences(root, rules):
    """Yield (file, line, sentence) for each include that is not allowed, and the number of files last."""
    files = 0
    top = {name.split("/")[0] for name in rules}
    for folder in sorted(top):
        for here, subfolders, names in os.walk(os.path.join(root, folder)):
            subfolders.sort()
            for name in sorted(names):
                if not name.endswith((".c", ".h")):
                    continue
                files += 1
                path = os.path.relpath(os.path.join(here, name), root)
                yield from file_offences(root, path, rules)
    yield files


def file_offences(root, path, rules):
    folder = os.path.dirname(path)
    rule = folder
    while rule not in rules:
        rule = os.path.dirname(rule)
    words = rules[rule]
    with open(os.path.join(root, path), encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not ANY_INCLUDE.match(line):
                continue
            found = INCLUDE.match(line)
            if not found:
                yield path, number, "an #include that cannot be checked"
                continue
            word = found.group(1) or found.group(2)
            if found.group(1) and "/" not in word and word.endswith("_files.h"):
                continue  # made by latchkey_embed from files of the same folder
            # One's own folder, and the folders below it that have no rule of their own.
            home = os.path.dirname(word)
            while home and home not in rules:
                home = os.path.dirname(home)
            if found.group(1) and home == rule:
                continue
            if not allowed(word, words):
                yield path, number, f"{rule} may not include {word}"


def main(root, rules_path):
    *found, files = offences(root, read_rules(rules_path))
    for path, number, sentence in found:
        print(f"{path}:{number}: {sentence}")
    print(f"{files} files looked at, {len(found)} includes not allowed by {os.path.basename(rules_path)}")
    return 1 if found or files == 0 else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
