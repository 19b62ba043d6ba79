#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""documents: ARCHITECTURE.md names every folder of sources and every file of the queue, none that is not there; and what
the documents link to exists.

usage: documents.py ROOT      exit 1 and a line per offence; exit 0 and a count otherwise
"""
import os
import re
import sys

ARCHITECTURE = "ARCHITECTURE.md"
QUEUE = "printscout/queue"
QUEUE_HEADING = "## The queue's files"
SOURCES = (".c", ".py", ".js", ".sh", ".in")
NOT_OURS = {"build", "__pycache__"}
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
FILE = re.compile(r"`([\w/.-]+\.c)`")


def is_named(folder, text):
    return f"`{folder}`" in text or f"`{folder}/`" in text


def folders_of(root):
    """(path, names of files) of each folder in the tree, without what is built and what is hidden."""
    for here, subfolders, names in os.walk(root):
        subfolders[:] = sorted(s for s in subfolders if s not in NOT_OURS and not s.startswith("."))
        yield os.path.relpath(here, root), sorted(names)


def section_of(text, heading):
    """What stands under a heading, to the next one of its kind."""
    _, found, rest = text.partition(heading + "\n")
    return rest.partition("\n## ")[0] if found else ""


def architecture(root):
    """Yield a sentence for each folder or file of the queue that is not named, and each name that nothing has."""
    with open(os.path.join(root, ARCHITECTURE), encoding="utf-8") as f:
        text = f.read()
    for folder, names in folders_of(root):
        spoken_of = "/".join(folder.split("/")[:2]) if folder.startswith("tests/") else folder  # what is below tests/unit is tests/unit's
        if folder not in (".", "tests") and any(n.endswith(SOURCES) for n in names) and not is_named(spoken_of, text):
            yield f"{ARCHITECTURE}: the folder {folder}/ is not named"
    named = set(FILE.findall(section_of(text, QUEUE_HEADING)))
    there = {n for n in os.listdir(os.path.join(root, QUEUE)) if n.endswith(".c")}
    yield from (f"{ARCHITECTURE}: {QUEUE}/{n} is not named under \"{QUEUE_HEADING}\"" for n in sorted(there - named))
    yield from (f"{ARCHITECTURE}: there is no {QUEUE}/{n}" for n in sorted(named - there))


def links(root):
    """Yield a sentence for each link to a file that is not there, and how many links there are last."""
    count = 0
    for folder, names in folders_of(root):
        for name in (n for n in names if n.endswith(".md")):
            with open(os.path.join(root, folder, name), encoding="utf-8") as f:
                targets = LINK.findall(f.read())
            for target in (t for t in targets if "://" not in t):
                count += 1
                if not os.path.exists(os.path.join(root, folder, target)):
                    yield f"{os.path.normpath(os.path.join(folder, name))}: there is no {target}"
    yield count


def main(root):
    *missing, count = links(root)
    found = [*architecture(root), *missing]
    for sentence in found:
        print(sentence)
    print(f"{count} links looked at, {len(found)} offences")
    return 1 if found or count == 0 else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
