# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 by hand, as a proxy needs it that means to break it: heads and bodies read whole, written as they are told."""
import http.client

HEAD_MOST = 65536
BODY_MOST = 1 << 20


class HangUp(Exception):
    """The connection is to end here and now."""


class Request:
    def __init__(self, method, path, headers, body=b""):
        self.method, self.path, self.headers, self.body = method, path, headers, body

    @property
    def is_stream(self):
        return self.path.startswith("/v1/mailbox/events")

    @property
    def token(self):
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def changed(self, path=None, body=None):
        return Request(self.method, path or self.path, self.headers, self.body if body is None else body)

    def bytes(self):
        headers = {k: v for k, v in self.headers.items() if k not in ("content-length", "transfer-encoding")}
        if self.body or self.method in ("POST", "PUT"):
            headers["content-length"] = len(self.body)
        return head_bytes(f"{self.method} {self.path} HTTP/1.1", headers) + self.body


class Answer:
    def __init__(self, status, headers=None, body=b""):
        self.status, self.headers, self.body = status, headers or {}, body

    def changed(self, status=None, body=None):
        return Answer(status or self.status, self.headers, self.body if body is None else body)

    def head(self, length=None):
        """Status line and headers, with this Content-Length; None: the body's own."""
        headers = {k: v for k, v in self.headers.items() if k not in ("content-length", "transfer-encoding")}
        if self.status not in (204, 304):
            headers["content-length"] = len(self.body) if length is None else length
        return head_bytes(f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, 'Odd')}", headers)

    def bytes(self):
        return self.head() + self.body


def head_bytes(first, headers):
    return "\r\n".join([first, *(f"{k}: {v}" for k, v in headers.items()), "", ""]).encode("latin-1")


def read_head(file):
    """(first line, headers by lower-case name), or None when the peer closed in order."""
    first = file.readline(HEAD_MOST)
    if not first:
        return None
    headers = {}
    while (line := file.readline(HEAD_MOST)) not in (b"\r\n", b"\n"):
        if not line:
            raise HangUp("in the middle of a head")
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return first.decode("latin-1").strip(), headers


def read_exactly(file, length):
    data = file.read(length)
    if len(data) != length:
        raise HangUp("in the middle of a body")
    return data


def read_chunk(file):
    """The next chunk of a chunked body; b"" is its end."""
    size = file.readline(HEAD_MOST)
    if not size:
        raise HangUp("in the middle of a chunked body")
    data = read_exactly(file, int(size.split(b";")[0], 16))
    file.readline(HEAD_MOST)
    return data


def read_body(file, headers):
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while piece := read_chunk(file):
            body += piece
        return body
    length = int(headers.get("content-length", 0))
    if length > BODY_MOST:
        raise HangUp("a body that no client sends")
    return read_exactly(file, length)


def read_request(file):
    head = read_head(file)
    if head is None:
        return None
    method, path, _ = head[0].split(" ", 2)
    return Request(method, path, head[1], read_body(file, head[1]))


def read_answer_head(file):
    head = read_head(file)
    if head is None:
        raise HangUp("no answer")
    return Answer(int(head[0].split(" ")[1]), head[1])


def read_answer(file):
    answer = read_answer_head(file)
    if answer.status not in (204, 304):
        answer.body = read_body(file, answer.headers)
    return answer
