#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""registered: every file of tests is run by a test of ctest's, and every test of ctest's has a time limit.

usage: registered.py ROOT LIST     LIST: what `ctest --show-only=json-v1` says; - reads it from the standard input
                                   exit 1 and a line per offence; exit 0 and a count otherwise
"""
import json
import os
import sys


def property_of(test, name):
    return next((p["value"] for p in test["properties"] if p["name"] == name), None)


def run_by(test):
    """Files and folders that its command names."""
    folder = property_of(test, "WORKING_DIRECTORY") or "/"
    return {os.path.normpath(os.path.join(folder, word)) for word in test.get("command", [])}


def files(root):
    for here, _, names in os.walk(os.path.join(root, "tests")):
        yield from (os.path.join(here, n) for n in sorted(names) if n.startswith("test_") and n.endswith((".py", ".c")))


def is_run(path, names, named):
    if path.endswith(".c"):
        return "unit." + os.path.basename(path)[len("test_"):-len(".c")] in names
    return path in named or os.path.dirname(path) in named


def main(root, source):
    root = os.path.abspath(root)
    with sys.stdin if source == "-" else open(source, encoding="utf-8") as f:
        tests = json.load(f)["tests"]
    names, named = {t["name"] for t in tests}, set().union(*map(run_by, tests))
    found = list(files(root))
    bad = [f"{os.path.relpath(path, root)}: no test of ctest's runs it" for path in found if not is_run(path, names, named)]
    bad += [f"{t['name']}: has no TIMEOUT" for t in tests if not property_of(t, "TIMEOUT")]
    for line in bad:
        print(line)
    print(f"{len(found)} files, {len(tests)} tests, {len(bad)} offences")
    return 1 if bad or not found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
