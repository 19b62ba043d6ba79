# SPDX-License-Identifier: Apache-2.0
"""JPEG for tests: pictures of plain squares of eight by eight pixels, with tables that are as simple as the format allows."""
import struct


def segment(marker, body):
    return struct.pack(">BBH", 0xff, marker, len(body) + 2) + body


def exif(orientation):
    """An EXIF segment that says how the picture lies."""
    return segment(0xe1, b"Exif\0\0MM\0\x2a" + struct.pack(">IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0))


def picture(squares, colours=1, dpi=100, more=b""):
    """squares: rows of values, or of tuples of YCbCr values, 0 to 255."""
    height, width = 8 * len(squares), 8 * len(squares[0])
    bits, before = "", [0] * colours
    for row in squares:
        for square in row:
            for n, value in enumerate(square if colours > 1 else [square]):
                level = value - 128  # the quantizer of 8 makes it the block's first coefficient
                step, before[n] = level - before[n], level
                size = abs(step).bit_length()
                bits += f"{size:04b}"  # twelve sizes, four bits each
                if size:
                    bits += f"{step if step > 0 else step + (1 << size) - 1:0{size}b}"
                bits += "0"  # the rest of the block is nothing
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    components = b"".join(bytes([n + 1, 0x11, 0]) for n in range(colours))
    return (b"\xff\xd8" + segment(0xe0, b"JFIF\0\1\2\1" + struct.pack(">HHBB", dpi, dpi, 0, 0)) + more +
            segment(0xdb, b"\0" + b"\x08" * 64) + segment(0xc0, struct.pack(">BHHB", 8, height, width, colours) + components) +
            segment(0xc4, b"\0" + bytes([0, 0, 0, 12]) + bytes(12) + bytes(range(12))) +
            segment(0xc4, b"\x10" + bytes([1]) + bytes(15) + b"\0") +
            segment(0xda, bytes([colours]) + b"".join(bytes([n + 1, 0]) for n in range(colours)) + b"\0\x3f\0") + data +
            b"\xff\xd9")
