#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""manuals: each verb and option that a program's --help names is in its manual page, and no page has an option that no
program knows. (Pages of configuration files are made from --sample, so they cannot differ.)

usage: manuals.py PROGRAM=PAGE…      exit 1 and a line per offence; exit 0 and a count otherwise
"""
import os
import re
import subprocess
import sys

VERB = re.compile(r"^  ([a-z]+(?: [a-z]+)?) {2,}\S", re.M)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
ALWAYS = {"--help", "--version"}  # every program's, described or not


def help_of(program, *verb):
    done = subprocess.run([program, *verb, "--help"], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        sys.exit(f"{program} {' '.join(verb)} --help: status {done.returncode}\n{done.stderr}")
    return done.stdout


def text_of(page):
    """The page as it is read: without escapes and font changes, macros and quotes, in one line."""
    with open(page, encoding="utf-8") as f:
        lines = (re.sub(r"^\.(?:[BI]|[BIR]{2}|SH|TP) ", "", line) for line in f if not line.startswith('.\\"'))
        text = " ".join(lines).replace("\\-", "-")
    return re.sub(r"\s+", " ", re.sub(r'\\f.|\\\(..|["\\]', "", text))


def main(pairs):
    known, pages, found = set(ALWAYS), {}, []
    for program, page in pairs:
        overview, text, name = help_of(program), text_of(page), os.path.basename(page)
        verbs = VERB.findall(overview)
        options = set(OPTION.findall(overview)).union(*(OPTION.findall(help_of(program, *v.split())) for v in verbs))
        known |= options
        pages[name] = set(OPTION.findall(text))
        found += [f"{name}: the verb '{v}' is missing" for v in verbs if not re.search(rf"\b{v}\b", text)]
        found += [f"{name}: {o} is missing" for o in sorted(options - ALWAYS - pages[name])]
    for name, options in pages.items():
        found += [f"{name}: no program knows {o}" for o in sorted(options - known)]
    for sentence in found:
        print(sentence)
    print(f"{len(pages)} manual pages and {len(known)} options looked at, {len(found)} offences")
    return 1 if found or not pages else 0


if __name__ == "__main__":
    sys.exit(main([pair.split("=", 1) for pair in sys.argv[1:]]))
