# SPDX-License-Identifier: Apache-2.0
"""elf: what nm and readelf say about a built file, and the tables of this folder."""
import os
import re
import subprocess
import sys


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=dict(os.environ, LC_ALL="C"))
    if done.returncode != 0:
        sys.exit(f"{' '.join(argv)}: {done.stderr.strip()}")
    return done.stdout


def defined(path):
    """The functions that a program or archive defines for all its files to call."""
    return set(re.findall(r"^[0-9a-f]+ T (\S+)$", run("nm", "--defined-only", path), re.MULTILINE))


def functions(path):
    """Every function in a program, static ones too; empty when it was stripped."""
    return set(re.findall(r"^[0-9a-f]+ [TtWwi] (\S+)$", run("nm", "--defined-only", path), re.MULTILINE))


def needed(path):
    """The shared libraries that a program loads, without version: libcurl.so.4 is libcurl."""
    return {name.split(".so")[0] for name in re.findall(r"\(NEEDED\).*\[(.+)\]", run("readelf", "-dW", path))}


def read_table(path):
    """{first word: list of the others}; "#" begins a comment, a line that begins with a space goes on."""
    table = {}
    name = None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = line.split("#")[0].split()
            if not words:
                continue
            if not line[0].isspace():
                name = words.pop(0).rstrip(":")
                if name in table:
                    sys.exit(f"{path}: {name} stands there twice")
                table[name] = []
            table[name] += words
    return table
