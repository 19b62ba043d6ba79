#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""symbols: opening functions are where they must be and nowhere else, in the built programs and on their link lines.

usage: symbols.py BUILT.json SYMBOLS LIBRARIES
  BUILT.json  {"programs": {name: {"file": path, "links": {library: archive}}}, "crypto": {library: archive}},
              written by CMake; "links" are the libraries of ours on the program's link line, with theirs in turn
  SYMBOLS     opening_symbols.txt
  LIBRARIES   allowed_libraries.txt
exit 1 and a line per offence; exit 0 and a count otherwise
"""
import json
import os
import re
import sys

import elf

OPENS = re.compile(r"(^|_)(open|unseal|unwrap)(_|$)|^root_file_read$")
SANITIZERS = {"libasan", "libubsan", "libtsan", "libm", "libgcc_s", "ld-linux-x86-64", "ld-linux-aarch64"}


def check_list(crypto, opening):
    """The list and crypto/ name the same functions."""
    there = set().union(*(elf.defined(archive) for archive in crypto.values()))
    for name in sorted(name for name in there if OPENS.search(name) and name not in opening):
        yield f"crypto defines {name}, which opens something and is not on the list"
    for name in sorted(set(opening) - there):
        yield f"the list names {name}, which no library of crypto defines"


def check_program(name, file, links, opening, libraries):
    if not os.path.isfile(file):
        yield f"{name}: the program is missing ({file})"
        return
    found = elf.functions(file)
    if "main" not in found:
        yield f"{name}: stripped; nothing can be told from it"
        return
    must = {symbol for symbol, programs in opening.items() if name in programs}
    for symbol in sorted(must - found):
        yield f"{name}: {symbol} is not in it: either this check looks at the wrong thing, or the list is out of date"
    for symbol in sorted((set(opening) - must) & found):
        yield f"{name}: {symbol} is in it and must not be"
    # An archive gives a program only what it calls. The edge itself would let the next change call more.
    for library, archive in sorted(links.items()):
        for symbol in sorted((set(opening) - must) & elf.defined(archive)):
            yield f"{name}: links {library}, which defines {symbol}"
    for library in sorted(elf.needed(file) - set(libraries.get(name, ())) - SANITIZERS):
        yield f"{name}: needs {library}, which is not on its list"


def main(built_path, opening_path, libraries_path):
    with open(built_path, encoding="utf-8") as f:
        built = json.load(f)
    opening = elf.read_table(opening_path)
    libraries = elf.read_table(libraries_path)
    found = list(check_list(built["crypto"], opening))
    for name in sorted({program for programs in opening.values() for program in programs} - set(built["programs"])):
        found.append(f"{name}: the list names this program and the build has none")
    for name, program in sorted(built["programs"].items()):
        found += check_program(name, program["file"], program["links"], opening, libraries)
    for sentence in found:
        print(sentence)
    print(f"{len(built['programs'])} programs and {len(opening)} opening functions looked at, {len(found)} offences")
    return 1 if found or not built["programs"] else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
