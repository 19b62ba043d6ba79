# SPDX-License-Identifier: Apache-2.0
"""Draw the queue's icon, a sheet with a keyhole, as icon-SIZE.png in the sizes that IPP Everywhere asks for (printer-icons)."""
import os
import struct
import zlib

BACK, SHEET, KEYHOLE = (0x1d, 0x4e, 0x6b), (0xff, 0xff, 0xff), (0xe0, 0x8a, 0x1e)


def colour(x, y):
    """The picture on a square of side 1."""
    if (x - 0.5) ** 2 + (y - 0.46) ** 2 < 0.011 or (0.46 < y < 0.72 and abs(x - 0.5) < 0.035 + (y - 0.46) * 0.16):
        return KEYHOLE
    if 0.24 < x < 0.76 and 0.14 < y < 0.86 and not (x > 0.6 and y < 0.14 + (x - 0.6)):
        return SHEET
    return BACK


def pixel(x, y, size, fine=4):
    points = [colour((x + (i + 0.5) / fine) / size, (y + (j + 0.5) / fine) / size) for i in range(fine) for j in range(fine)]
    return bytes(sum(p[c] for p in points) // len(points) for c in range(3))


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(size):
    rows = b"".join(b"\0" + b"".join(pixel(x, y, size) for x in range(size)) for y in range(size))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


for side in (48, 128, 512):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), f"icon-{side}.png"), "wb") as f:
        f.write(png(side))
