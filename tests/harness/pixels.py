# SPDX-License-Identifier: Apache-2.0
"""PWG Raster (PWG 5102.4) and URF of given pixels, and the pixels of a document: what the C code does, written once more."""
import random
import struct


def header(width, height, colours, dpi):
    fields = {276: (dpi, dpi), 372: (width, height), 384: (8, 8 * colours, width * colours, 0, 19 if colours == 3 else 18),
              420: (colours,)}
    h = bytearray(1796)
    h[:10] = b"PwgRaster\0"
    for at, values in fields.items():
        struct.pack_into(f">{len(values)}I", h, at, *values)
    return bytes(h)


def pack_line(line, unit):
    """As runs of equal pixels, and pixels as they are between them."""
    pixels, out, at = [line[i:i + unit] for i in range(0, len(line), unit)], b"", 0
    while at < len(pixels):
        run = 1
        while at + run < len(pixels) and run < 128 and pixels[at + run] == pixels[at]:
            run += 1
        if run > 1 or at + 1 == len(pixels):
            out += bytes([run - 1]) + pixels[at]
            at += run
            continue
        n = 1
        while at + n < len(pixels) and n < 128 and pixels[at + n] != pixels[at + n - 1]:
            n += 1
        n = max(n, 2)
        out += bytes([257 - n]) + b"".join(pixels[at:at + n])
        at += n
    return out


def page(lines, colours, dpi=100):
    body, at = b"", 0
    while at < len(lines):
        same = 1
        while at + same < len(lines) and same < 256 and lines[at + same] == lines[at]:
            same += 1
        body += bytes([same - 1]) + pack_line(lines[at], colours)
        at += same
    return header(len(lines[0]) // colours, len(lines), colours, dpi) + body


def picture(width, height, colours, seed):
    """Noise, bars and bands: runs, single pixels and repeated lines."""
    rng = random.Random(seed)
    out = []
    for y in range(height):
        if y % 40 < 20 and out and y % 40 > 0:
            out.append(out[-1])
        elif y % 3 == 0:
            out.append(rng.randbytes(width * colours))
        else:
            out.append(b"".join(bytes([(x // 9 * 40 + y) % 256] * colours) for x in range(width)))
    return out


def urf_page(lines, colours, dpi=100, sides=1):
    """The same for URF: white rests of lines are left out."""
    width, body, at = len(lines[0]) // colours, b"", 0
    while at < len(lines):
        same = 1
        while at + same < len(lines) and same < 256 and lines[at + same] == lines[at]:
            same += 1
        inked = lines[at].rstrip(b"\xff")
        inked = lines[at][:-(-len(inked) // colours) * colours]
        body += bytes([same - 1]) + pack_line(inked, colours) + (b"\x80" if len(inked) < len(lines[at]) else b"")
        at += same
    return struct.pack(">BBBB8xIII8x", 8 * colours, 1 if colours == 3 else 0, sides, 4, width, len(lines), dpi) + body


def urf(*pages):
    return b"UNIRAST\0" + struct.pack(">I", len(pages)) + b"".join(pages)


def unpack(data):
    """[(header, lines)] of a PWG Raster or URF document, by its format's rules."""
    is_urf = data[:8] == b"UNIRAST\0"
    at, found = 12 if is_urf else 4, []
    while at < len(data):
        h = data[at:at + (32 if is_urf else 1796)]
        at += len(h)
        width, height = struct.unpack_from(">II", h, 12 if is_urf else 372)
        unit, lines = (h[0] if is_urf else struct.unpack_from(">I", h, 388)[0]) // 8, []
        while len(lines) < height:
            repeat, line = data[at] + 1, b""
            at += 1
            while len(line) < width * unit:
                code = data[at]
                at += 1
                if code == 128 and is_urf:
                    line = line.ljust(width * unit, b"\xff")
                elif code < 128:
                    line += data[at:at + unit] * (code + 1)
                    at += unit
                else:
                    assert code > 128
                    line += data[at:at + (257 - code) * unit]
                    at += (257 - code) * unit
            assert len(line) == width * unit
            lines += [line] * repeat
        assert len(lines) == height, "a record beyond the page's end"
        found.append((h, lines))
    return found


def mirrored(lines, unit):
    return [b"".join(line[i:i + unit] for i in range(len(line) - unit, -1, -unit)) for line in lines]
