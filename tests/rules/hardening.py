#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""hardening: the protections that the flags ask for are in the files that were built.

usage: hardening.py FILE…          exit 1 and a line per missing protection; exit 0 and a count otherwise
"""
import os
import re
import sys

import elf


def missing(path):
    """Yield the protections that a program lacks."""
    header = elf.run("readelf", "-hW", path)
    dynamic = elf.run("readelf", "-dW", path)
    segments = elf.run("readelf", "-lW", path)
    imported = elf.run("readelf", "--dyn-syms", "-W", path)
    if not re.search(r"Type:\s+DYN", header) or "INTERP" not in segments or not re.search(r"FLAGS_1.*\bPIE\b", dynamic):
        yield "not a position-independent executable"
    if "GNU_RELRO" not in segments:
        yield "no RELRO"
    if not re.search(r"\(FLAGS\).*BIND_NOW|FLAGS_1.*\bNOW\b", dynamic):
        yield "not BIND_NOW, so RELRO is only partial"
    if not re.search(r"GNU_STACK(\s+0x[0-9a-f]+){5}\s+RW\s", segments):
        yield "the stack may be executed"
    if "__stack_chk_fail" not in imported:
        yield "no stack protector"
    if not re.search(r" __\w+_chk\b", imported.replace("__stack_chk", "")):
        yield "no fortified function"
    if "TEXTREL" in dynamic:
        yield "text relocations"
    if "RPATH" in dynamic or "RUNPATH" in dynamic:
        yield "a library path of the build machine"


def main(paths):
    found = 0
    for path in paths:
        reasons = list(missing(path)) if os.path.isfile(path) else ["the program is missing"]
        found += len(reasons)
        for reason in reasons:
            print(f"{path}: {reason}")
    print(f"{len(paths)} programs looked at, {found} protections missing")
    return 1 if found or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
