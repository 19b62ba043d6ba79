# SPDX-License-Identifier: Apache-2.0
"""PWG Raster (PWG 5102.4) for tests: whole documents of plain or striped pages, and the samples that ipptool's suite wants."""
import os
import re
import struct

SIZES = {"iso_a4_210x297mm": (595, 842), "na_letter_8.5x11in": (612, 792), "na_index-4x6_4x6in": (288, 432)}
# type: (colour space, colours, bits per colour)
TYPES = {"black-1": (3, 1, 1), "sgray-8": (18, 1, 8), "srgb-8": (19, 3, 8), "srgb-16": (19, 3, 16), "cmyk-8": (6, 4, 8)}


def page_header(kind, dpi, size, pages):
    space, colours, bits = TYPES[kind]
    points = SIZES[size]
    width, height = (p * dpi // 72 for p in points)
    bytes_per_line = (width * colours * bits + 7) // 8
    fields = {272: (0,), 276: (dpi, dpi), 340: (1,), 352: points, 372: (width, height),
              384: (bits, bits * colours, bytes_per_line, 0, space), 420: (colours,), 452: (pages, 1, 1)}
    header = bytearray(1796)
    header[:10] = b"PwgRaster\0"
    header[1732:1732 + len(size)] = size.encode()
    for at, values in fields.items():
        struct.pack_into(f">{len(values)}I", header, at, *values)
    return bytes(header), max(colours * bits // 8, 1), bytes_per_line, height


def lines(value, unit, bytes_per_line, height):
    """height lines of one value: each record repeats a line up to 256 times, each run a unit up to 128 times."""
    units = bytes_per_line // unit
    line = b"".join(bytes([min(units - at, 128) - 1]) + value * unit for at in range(0, units, 128))
    return b"".join(bytes([min(height - at, 256) - 1]) + line for at in range(0, height, 256))


def document(kind="srgb-8", dpi=300, size="iso_a4_210x297mm", pages=1, value=b"\xff"):
    header, unit, bytes_per_line, height = page_header(kind, dpi, size, pages)
    return b"RaS2" + (header + lines(value, unit, bytes_per_line, height)) * pages


def write_samples(folder, suite):
    """Write every sample file that the suite names, below folder."""
    with open(suite, encoding="utf-8") as f:
        names = set(re.findall(r"^\s*FILE (pwg-raster-samples-\S+)", f.read(), re.MULTILINE))
    for name in names:
        size = next(s for s in SIZES if s.split("_")[1].split("-")[-1].startswith(
            "a4" if "-a4-" in name else "letter" if "-letter-" in name else "4x6"))
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(document(name.split("/")[1], int(re.search(r"(\d+)dpi\.pwg", name)[1]), size,
                             2 if "document-" in name else 1))
    return len(names)
