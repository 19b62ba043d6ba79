# SPDX-License-Identifier: Apache-2.0
"""As much of RFC 8010 as a printer of straw needs: read a request's head, write an answer."""
import struct

OPERATION, JOB, END, PRINTER = 1, 2, 3, 4
INTEGER, BOOLEAN, ENUM, TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME = 0x21, 0x22, 0x23, 0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
PRINT_JOB, CREATE_JOB, SEND_DOCUMENT, CANCEL_JOB, GET_JOB, GET_JOBS, GET_PRINTER = 2, 5, 6, 8, 9, 10, 11
BUSY, NOT_FOUND, FORMAT_NOT_SUPPORTED, NOT_POSSIBLE = 0x0507, 0x0406, 0x040A, 0x0404


def _value(tag, value):
    if tag in (INTEGER, ENUM):
        return struct.pack(">i", value)
    if tag == BOOLEAN:
        return bytes([value])
    return value.encode()


def attribute(tag, name, *values):
    out, first = b"", name.encode()
    for v in values:
        raw = _value(tag, v)
        out += bytes([tag]) + struct.pack(">H", len(first)) + first + struct.pack(">H", len(raw)) + raw
        first = b""
    return out


def answer(request_id, status, *groups):
    """groups: (tag, attributes) pairs."""
    out = struct.pack(">BBHI", 2, 0, status, request_id)
    out += bytes([OPERATION]) + attribute(CHARSET, "attributes-charset", "utf-8")
    out += attribute(LANGUAGE, "attributes-natural-language", "en")
    for tag, attributes in groups:
        out += bytes([tag]) + attributes
    return out + bytes([END])


def read_head(data):
    """(operation, request id, {name: first value}, length of the head), or None while it is not whole."""
    if len(data) < 9:
        return None
    operation, request_id = struct.unpack(">HI", data[2:8])
    at, found, name = 8, {}, ""
    while True:
        if at >= len(data):
            return None
        tag = data[at]
        at += 1
        if tag == END:
            return operation, request_id, found, at
        if tag < 0x10:
            continue
        if at + 2 > len(data):
            return None
        n = struct.unpack(">H", data[at:at + 2])[0]
        name = data[at + 2:at + 2 + n].decode() or name
        at += 2 + n
        if at + 2 > len(data):
            return None
        n = struct.unpack(">H", data[at:at + 2])[0]
        raw = data[at + 2:at + 2 + n]
        at += 2 + n
        if at > len(data):
            return None
        found.setdefault(name, struct.unpack(">i", raw)[0] if tag in (INTEGER, ENUM) else
                         raw[0] if tag == BOOLEAN else raw.decode(errors="replace"))
