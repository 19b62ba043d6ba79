# SPDX-License-Identifier: Apache-2.0
"""IPP for tests: requests as bytes, well formed or not, and answers back as groups of attributes (RFC 8010)."""
import http.client
import itertools
import socket
import struct

# Tags
OPERATION, JOB, END, PRINTER, UNSUPPORTED = 1, 2, 3, 4, 5
INTEGER, BOOLEAN, ENUM, OCTETS, DATE, RESOLUTION, RANGE, BEGIN, END_COLLECTION = (
    0x21, 0x22, 0x23, 0x30, 0x31, 0x32, 0x33, 0x34, 0x37)
DELETE = 0x16
TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME, MEMBER = 0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49, 0x4a

# Operations
PRINT_JOB, VALIDATE_JOB, CREATE_JOB, SEND_DOCUMENT, CANCEL_JOB = 2, 4, 5, 6, 8
GET_JOB_ATTRIBUTES, GET_JOBS, GET_PRINTER_ATTRIBUTES, HOLD_JOB, RELEASE_JOB = 9, 10, 11, 12, 13
CANCEL_MY_JOBS, CLOSE_JOB, IDENTIFY_PRINTER, SET_JOB_ATTRIBUTES = 0x39, 0x3b, 0x3c, 0x14

# job-state
HELD, PROCESSING, CANCELED, ABORTED, COMPLETED = 4, 5, 7, 8, 9

PRINTER_URI = "ipp://localhost/ipp/print"
request_ids = itertools.count(1)


def element(tag, name, value):
    """One attribute, one further value (name b""), or one member of a collection."""
    return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value


def attribute(tag, name, *values):
    """An attribute of one syntax; Python's int, bool and str become what the tag asks for."""

    def encoded(v):
        if isinstance(v, bytes):
            return v
        if tag == BOOLEAN:
            return bytes([bool(v)])
        if tag in (INTEGER, ENUM):
            return struct.pack(">i", v)
        if tag == RANGE:
            return struct.pack(">ii", *v)
        return v.encode()

    names = itertools.chain([name.encode()], itertools.repeat(b""))
    return b"".join(element(tag, n, encoded(v)) for n, v in zip(names, values))


def member(name, tag, value):
    return element(MEMBER, b"", name.encode()) + element(tag, b"", value)


def collection(name, *members):
    return element(BEGIN, name.encode(), b"") + b"".join(members) + element(END_COLLECTION, b"", b"")


def start(operation, version=(2, 0), request_id=None):
    return struct.pack(">BBHI", *version, operation, next(request_ids) if request_id is None else request_id)


def head(uri=PRINTER_URI, charset="utf-8"):
    """The operation group as far as every request needs it."""
    return (bytes([OPERATION]) + attribute(CHARSET, "attributes-charset", charset) +
            attribute(LANGUAGE, "attributes-natural-language", "en") + attribute(URI, "printer-uri", uri))


def request(operation, *operation_attributes, job=(), uri=PRINTER_URI, version=(2, 0)):
    """A whole request without its document."""
    body = start(operation, version) + head(uri) + b"".join(operation_attributes)
    if job:
        body += bytes([JOB]) + b"".join(job)
    return body + bytes([END])


def print_job(title="letter", *more, job=(), fmt="application/octet-stream", user="nobody"):
    return request(PRINT_JOB, attribute(NAME, "requesting-user-name", user), attribute(NAME, "job-name", title),
                   attribute(MIME, "document-format", fmt), *more, job=job)


class Answer:
    """status, and groups: a list of (tag, {name: [values]})."""

    def __init__(self, data):
        self.version, self.status, self.request_id = (data[0], data[1]), *struct.unpack_from(">HI", data, 2)
        self.groups, self.document = [], b""
        at, name = 8, None
        while at < len(data):
            tag = data[at]
            at += 1
            if tag == END:
                self.document = data[at:]
                return
            if tag < 0x10:
                self.groups.append((tag, {}))
                continue
            (length,) = struct.unpack_from(">H", data, at)
            name = data[at + 2:at + 2 + length].decode() or name
            at += 2 + length
            (length,) = struct.unpack_from(">H", data, at)
            self.groups[-1][1].setdefault(name, []).append(self.value(tag, data[at + 2:at + 2 + length]))
            at += 2 + length
        raise ValueError("no end-of-attributes tag")

    @staticmethod
    def value(tag, data):
        if tag in (INTEGER, ENUM):
            return struct.unpack(">i", data)[0]
        if tag == BOOLEAN:
            return data != b"\0"
        return data.decode() if tag >= 0x41 else data

    def group(self, tag):
        """All groups with this tag."""
        return [attributes for t, attributes in self.groups if t == tag]

    def one(self, name, tag=JOB):
        """The one value of an attribute."""
        (value,) = self.group(tag)[0][name]
        return value

    @property
    def message(self):
        return self.group(OPERATION)[0].get("status-message", [""])[0]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def post(connection, body, headers=None, path="/ipp/print"):
    """POST on an open http.client connection; body is bytes or an iterable, which goes chunked."""
    connection.request("POST", path, body=body, headers={"Content-Type": "application/ipp", **(headers or {})},
                       encode_chunked=not isinstance(body, bytes))
    response = connection.getresponse()
    data = response.read()
    assert response.status == 200, f"HTTP {response.status}: {data[:200]!r}"
    return Answer(data)
