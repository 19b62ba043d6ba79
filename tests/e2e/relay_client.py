# SPDX-License-Identifier: Apache-2.0
"""A relay's client in Python, written from proto/PROTOCOL.md and relay/API.md alone: nodes, certificates, bulletins,
and HTTPS by hand where a test needs to send what no library would."""
import base64
import contextlib
import hashlib
import os
import socket
import ssl
import struct
import sys

from nacl.signing import SigningKey

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from harness import procs, site as sites  # noqa: E402

ORIGIN, DELIVER, DEVICE_SCOUT = 1, 2, 4


def new_id():
    return os.urandom(16)


def text16(text):
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


def signed(key, label, record):
    return record + key.sign(b"latchkey/v1/" + label + b"\0" + record).signature


def key_id(key):
    return hashlib.sha256(bytes(key.verify_key)).digest()[:16]


class Site:
    """A site's identity, and what it signs."""

    def __init__(self):
        self.key = SigningKey.generate()
        self.public, self.id = bytes(self.key.verify_key), key_id(self.key)

    def certificate(self, node, roles, site_id=None):
        record = struct.pack(">B16s32s32sBH", 1, site_id or self.id, bytes(node.verify_key), bytes(32), roles, 1)
        return signed(self.key, b"certificate", record)

    def bulletin(self, version, scouts=(), revoked=(), key=None):
        record = struct.pack(">B32sIQ", 1, self.public, version, 0) + b"\0"
        record += bytes([len(scouts)]) + b"".join(key_id(s) + bytes(s.verify_key) + bytes(32) for s in scouts)
        record += b"\0" + struct.pack(">IIBH", 86400, 0, 6, 0)
        record += struct.pack(">H", len(revoked)) + b"".join(revoked)
        return signed(key or self.key, b"bulletin", record)


class Relay:
    """A scoutrelay with its own folder, and its address."""

    def __init__(self, folder, authority, served, **settings):
        self.folder = str(folder)
        self.port = procs.free_port()
        self.url = f"https://localhost:{self.port}"
        crt, key = authority.issue(os.path.basename(self.folder) + "-relay")
        self.crt, self.key = crt, key
        self.daemon = sites.Daemon(self.folder, "scoutrelay", [sites.program("scoutrelay")], {
            "state": os.path.join(self.folder, "state"), "address": "127.0.0.1", "port": self.port, "url": [self.url],
            "port-file": os.path.join(self.folder, "port"), "certificate": crt, "key": key,
            "sites": [s.id.hex() for s in served], "log-level": "debug", **settings})

    def start(self):
        port_file = self.daemon.settings["port-file"]
        with contextlib.suppress(FileNotFoundError):
            os.unlink(port_file)
        self.daemon.start(ready=lambda: sites.port_of(port_file))
        return self

    def stop(self):
        return self.daemon.stop()

    @property
    def pin(self):
        return hashlib.sha256(public_key_info(self.connect)).digest()

    def connect(self, tls=True, timeout_s=20, receive_buffer=None):
        """A connection; tls=False stops after TCP."""
        s = socket.socket()
        if receive_buffer:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)  # before connecting: it bounds the window
        s.settimeout(timeout_s)
        s.connect(("127.0.0.1", self.port))
        if not tls:
            return s
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(s)

    def raw(self, data, tls=True):
        """Send these bytes and give everything that comes until the relay closes."""
        with self.connect(tls) as s:
            s.sendall(data)
            return read_all(s)


def public_key_info(connect):
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    with connect() as s:
        crt = x509.load_der_x509_certificate(s.getpeercert(True))
    return crt.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def read_all(s):
    got = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while piece := s.recv(65536):
            got += piece
    return got


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return f"{self.status} {self.body[:200]!r}"


class Connection:
    """One kept-alive connection; reads answers by Content-Length or chunks."""

    def __init__(self, relay, **how):
        self.s = relay.connect(**how)
        self.file = self.s.makefile("rb")

    def close(self):
        self.file.close()
        self.s.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, method, path, token=None, body=None, headers=()):
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"Authorization: Bearer {token}"] if token else []
        lines += [f"Content-Length: {len(body)}"] if body is not None else []
        lines += [f"{k}: {v}" for k, v in headers]
        self.s.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""))

    def head(self):
        status = int(self.file.readline().split()[1])
        headers = {}
        while (line := self.file.readline().strip()):
            name, value = line.decode().split(":", 1)
            headers[name.lower()] = value.strip()
        return status, headers

    def chunk(self):
        """The next chunk of a chunked body; b"" is its end."""
        size = int(self.file.readline(), 16)
        data = self.file.read(size)
        self.file.readline()
        return data

    def answer(self):
        status, headers = self.head()
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while piece := self.chunk():
                body += piece
        else:
            body = self.file.read(int(headers.get("content-length", 0)))
        return Answer(status, headers, body)

    def ask(self, *args, **kwargs):
        self.send(*args, **kwargs)
        return self.answer()


class Stream:
    """A mailbox's event stream."""

    def __init__(self, node, after=None, headers=()):
        self.connection = Connection(node.relay)
        path = "/v1/mailbox/events" + (f"?after={after}" if after is not None else "")
        self.connection.send("GET", path, node.token(), headers=headers)
        self.status, self.headers = self.connection.head()
        self.text = b""

    def line(self):
        while b"\n" not in self.text:
            piece = self.connection.chunk()
            if not piece:
                return None
            self.text += piece
        line, self.text = self.text.split(b"\n", 1)
        return line

    def event(self):
        """The next message as (cursor, bytes); heartbeats are passed over. None at the end."""
        cursor = data = None
        while (line := self.line()) is not None:
            if line.startswith(b"id: "):
                cursor = int(line[4:])
            elif line.startswith(b"data: "):
                data = base64.b64decode(line[6:], validate=True)
            elif not line and cursor is not None:
                return cursor, data
            else:
                assert line in (b":", b""), line
        return None

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Node:
    """A node of a site: signs in where it must, and asks."""

    def __init__(self, relay, site, roles=ORIGIN, key=None):
        self.relay, self.site = relay, site
        self.key = key or SigningKey.generate()
        self.id = key_id(self.key)
        self.certificate = site.certificate(self.key, roles)
        self._token = None

    def claim(self, nonce, url=None, pin=None, label=b"relay-auth", certificate=None):
        """The body of a sign-in."""
        record = nonce + (pin or self.relay.pin) + text16(url or self.relay.url)
        signature = self.key.sign(b"latchkey/v1/" + label + b"\0" + record).signature
        return self.site.public + (certificate or self.certificate) + nonce + signature

    def sign_in(self, **kwargs):
        with Connection(self.relay) as c:
            nonce = c.ask("GET", "/v1/nonce").body
            return c.ask("POST", "/v1/session", body=self.claim(nonce, **kwargs))

    def token(self):
        if self._token is None:
            answer = self.sign_in()
            assert answer.status == 200, answer
            self._token = answer.body.decode()
        return self._token

    def ask(self, method, path, body=None, headers=()):
        with Connection(self.relay) as c:
            return c.ask(method, path, self.token(), body, headers)

    def append(self, recipient, body, message=None):
        return self.ask("POST", f"/v1/mailboxes/{recipient.id.hex()}/{(message or new_id()).hex()}", body)

    def read(self, after=0, wait=0):
        """Messages as (cursor, id, bytes)."""
        answer = self.ask("GET", f"/v1/mailbox?after={after}&wait={wait}")
        assert answer.status in (200, 204), answer
        found, rest = [], answer.body
        while rest:
            cursor, message, length = struct.unpack(">Q16sI", rest[:28])
            found.append((cursor, message, rest[28:28 + length]))
            rest = rest[28 + length:]
        return found

    def publish(self, bulletin):
        return self.ask("PUT", f"/v1/sites/{self.site.id.hex()}/bulletin", bulletin)
