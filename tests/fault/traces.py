# SPDX-License-Identifier: Apache-2.0
"""Where a marker has left a trace: on a disk, in a process's memory, in what went over a wire; in any of the shapes in which a
text can lie about."""
import array
import itertools
import os
import re
import zlib

from harness import document

DEFLATED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
INFLATED_MOST = 1 << 20
PAGE = os.sysconf("SC_PAGE_SIZE")


def shapes(marker):
    """As it is and in lower case, which is how names are compared."""
    for text in (marker, marker.lower()):
        yield from document.forms(text).items()


def inflated(data):
    """What zlib and gzip streams in it hold, as far as they go. A match that is none ends at once."""
    for m in DEFLATED.finditer(data):
        unpack = zlib.decompressobj(wbits=47)
        try:
            yield unpack.decompress(data[m.start():m.start() + INFLATED_MOST], INFLATED_MOST)
        except zlib.error:
            continue


def find_plain(data, markers):
    """Names of markers ({name: text}) that are in it, each with the shape."""
    return {(name, shape) for name, text in markers.items() for shape, raw in shapes(text) if raw in data}


def find(data, markers):
    """The same, deflated as well."""
    found = find_plain(data, markers)
    for part in inflated(data):
        found |= {(name, "deflated " + shape) for name, shape in find_plain(part, markers)}
    return found


def in_folder(folder, markers):
    found = set()
    for d, _, files in os.walk(folder):
        for f in files:
            with open(os.path.join(d, f), "rb") as file:
                found |= {(os.path.join(d, f), *hit) for hit in find(file.read(), markers)}
    return found


def used_spans(pid):
    """(start, end) of pages that a process has in memory or in swap, neighbours together."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/pagemap", "rb", buffering=0) as pagemap:
        for line in maps:
            span, _, _, _, _, *name = line.split()
            start, end = (int(x, 16) // PAGE for x in span.split("-"))
            if name and name[0] in ("[vvar]", "[vsyscall]", "[vdso]"):
                continue
            pagemap.seek(start * 8)
            used = [entry >> 62 != 0 for entry in array.array("Q", pagemap.read((end - start) * 8))]
            for is_used, pages in itertools.groupby(enumerate(used), key=lambda p: p[1]):
                if is_used:
                    numbers = [n for n, _ in pages]
                    yield (start + numbers[0]) * PAGE, (start + numbers[-1] + 1) * PAGE


def memory_of(pid):
    """All that a process holds, as root may read it: its core, while it lives."""
    pieces = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for start, end in used_spans(pid):
            try:
                mem.seek(start)
                pieces.append(mem.read(end - start))
            except OSError:
                continue  # given back meanwhile
    return b"\0".join(pieces)


def in_memory(daemon, markers):
    return find_plain(memory_of(daemon.process.pid), markers)
