# SPDX-License-Identifier: Apache-2.0
"""A relay that lies: the relay's own TLS key and URL, before a real scoutrelay on another port. It reads every exchange and
every event, keeps them all, and passes them on as a liar (liar.py) sees fit; without one it is honest."""
import base64
import collections
import hashlib
import re
import socket
import ssl
import threading

import http_wire as http
from http_wire import HangUp

CERTIFICATE_AT, CERTIFICATE_LEN = 32, 148  # in the body of POST /v1/session, behind the site's public key
Event = collections.namedtuple("Event", "cursor data")
# What the relay saw: whose, what it was ("POST /v1/mailboxes/ID/ID", "event"), the recipient's name, the lengths of
# request head and body, the answer's status and the length of its body; and the path, which tells repeats.
Seen = collections.namedtuple("Seen", "who what to head body status answer path")


def shape(path):
    """The path without what is random or a position in it."""
    return re.sub(r"(after|through)=\d+", r"\1=N", re.sub(r"[0-9a-f]{32,64}", "ID", path))


def node_of_claim(body):
    """The id of the node that signs in with this body of POST /v1/session, in hex."""
    return hashlib.sha256(body[CERTIFICATE_AT + 17:CERTIFICATE_AT + 49]).hexdigest()[:32]


class Tape:
    """Everything that went through, as a curious relay could keep it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.seen, self.plain = [], bytearray()

    def messages(self):
        """Messages that were sent, each once."""
        with self.lock:
            sent = {s.path: s for s in reversed(self.seen) if s.to}
        return list(reversed(sent.values()))

    def add(self, seen, *pieces):
        with self.lock:
            self.seen.append(seen)
            for p in pieces:
                self.plain += p


class Stream:
    """A mailbox's event stream on its way to its reader. Any thread may write into it."""

    def __init__(self, client, node):
        self.client, self.node, self.lock = client, node, threading.Lock()
        self.last_cursor, self.held, self.rough = 0, [], None  # the last two are a liar's

    def raw(self, data):
        with self.lock:
            self.client.sendall(b"%x\r\n%s\r\n" % (len(data), data))

    def text(self, cursor, text):
        self.raw(b"id: %s\ndata: %s\n\n" % (str(cursor).encode(), text))

    def send(self, event):
        self.last_cursor = event.cursor
        self.text(event.cursor, base64.b64encode(event.data))


class Link:
    """One client's connection, and the connection to the real relay behind it."""

    def __init__(self, relay, client):
        self.relay, self.client = relay, client
        self.file = client.makefile("rb")
        self.behind = self.behind_file = None

    def _connect(self):
        plain = socket.create_connection(("127.0.0.1", self.relay.behind_port), timeout=90)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.behind = self.relay.opened(context.wrap_socket(plain))
        self.behind_file = self.behind.makefile("rb")

    def _ask(self, request, read):
        """The real relay may have closed an idle connection: then once more on a new one."""
        for fresh in (self.behind is None, True):
            try:
                if fresh:
                    self._connect()
                self.behind.sendall(request.bytes())
                return read(self.behind_file)
            except (OSError, HangUp):
                if fresh:
                    raise
        return None

    def forward(self, request):
        answer = self._ask(request, http.read_answer)
        self.relay.learn(request, answer)
        return answer

    def reply(self, answer):
        self.client.sendall(answer.bytes())

    def pause(self, seconds):
        """Wait, or end with the relay."""
        if self.relay.ending.wait(seconds):
            raise HangUp("the relay ends")

    def honest(self, request):
        if request.is_stream:
            self.stream(request)
            return
        answer = self.forward(request)
        self.relay.record(request, answer)
        self.reply(answer)

    def stream(self, request, heartbeat=None):
        """Open the event stream and carry it until somebody ends it."""
        head = self._ask(request, http.read_answer_head)
        if head.status != 200:
            head.body = http.read_body(self.behind_file, head.headers)
            self.reply(head)
            return
        headers = {**head.headers, "transfer-encoding": "chunked"}
        if heartbeat is not None:
            headers["latchkey-heartbeat"] = heartbeat
        self.relay.record(request, head)
        self.client.sendall(http.head_bytes("HTTP/1.1 200 OK", headers))
        stream = Stream(self.client, self.relay.node_of(request.token))
        self.relay.streams_open.append(stream)
        try:
            self._carry(stream)
        finally:
            self.relay.streams_open.remove(stream)

    def _carry(self, stream):
        text, cursor = b"", None
        while piece := http.read_chunk(self.behind_file):
            text += piece
            while b"\n" in text:
                line, text = text.split(b"\n", 1)
                if line.startswith(b"id: "):
                    cursor = int(line[4:])
                elif line.startswith(b"data: "):
                    self.relay.pass_event(stream, Event(cursor, base64.b64decode(line[6:], validate=True)))
                elif line.startswith(b":"):
                    stream.raw(b":\n\n")
        raise HangUp("the real relay ended the stream")

    def serve(self):
        while (request := http.read_request(self.file)) is not None:
            liar = self.relay.liar
            if liar is None:
                self.honest(request)
            else:
                liar.exchange(self, request)


class LyingRelay:
    """
    certificate, key   the real relay's
    port               the one in its URL; behind_port is where the real one listens
    """

    def __init__(self, certificate, key, port, behind_port):
        self.behind_port = behind_port
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.ending = threading.Event()
        self.liar, self.tape = None, None
        self.lock = threading.Lock()
        self.sockets, self.streams_open = set(), []
        self.tokens, self.names, self.certificates = {}, {}, {}
        self.mail = collections.defaultdict(list)  # by recipient: all that was ever posted to it
        self.bulletins = []

    def start(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self):
        self.ending.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def _accept(self):
        while not self.ending.is_set():
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        link = None
        try:
            client.settimeout(90)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = Link(self, self.opened(self.context.wrap_socket(client, server_side=True)))
            link.serve()
        except (OSError, HangUp, ValueError):
            pass  # a client or the real relay went away, or a lie ended the connection
        finally:
            for s in (client, link and link.client, link and link.behind):
                self._close(s)

    def opened(self, s):
        with self.lock:
            self.sockets.add(s)
        return s

    def _close(self, s):
        if s:
            with self.lock:
                self.sockets.discard(s)
            s.close()

    def cut(self):
        """End every connection."""
        with self.lock:
            for s in self.sockets:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # it has ended by itself

    # What a relay knows

    def node_of(self, token):
        return self.tokens.get(token, "")

    def name(self, node):
        """A node's number in the order of first sign-ins: the same in runs of one kind, unlike its id."""
        with self.lock:
            return self.names.setdefault(node, f"node{len(self.names)}")

    def streams(self):
        with self.lock:
            return list(self.streams_open)

    def learn(self, request, answer):
        """Keep what may be worth a lie later."""
        if request.path == "/v1/session" and answer.status == 200:
            node = node_of_claim(request.body)
            self.name(node)
            self.certificates[node] = request.body[CERTIFICATE_AT:CERTIFICATE_AT + CERTIFICATE_LEN]
            self.tokens[answer.body.decode()] = node
        elif request.method == "POST" and request.path.startswith("/v1/mailboxes/"):
            self.mail[request.path.split("/")[3]].append(request.body)
        elif request.method == "PUT" and request.path.endswith("/bulletin") and request.body not in self.bulletins:
            self.bulletins.append(request.body)

    def record(self, request, answer):
        if self.tape is None:
            return
        parts = request.path.split("/")
        to = self.name(parts[3]) if request.path.startswith("/v1/mailboxes/") else ""
        node = self.node_of(request.token)
        seen = Seen(self.name(node) if node else "", f"{request.method} {shape(request.path)}", to,
                    len(request.bytes()) - len(request.body), len(request.body), answer.status, len(answer.body), request.path)
        self.tape.add(seen, request.bytes(), answer.bytes())

    def pass_event(self, stream, event):
        if self.tape is not None:
            self.tape.add(Seen(self.name(stream.node), "event", "", 0, len(event.data), 200, 0, ""), event.data)
        if self.liar is None:
            stream.send(event)
        else:
            self.liar.event(stream, event)

    # Morals

    def lie(self, liar):
        self.liar = liar

    def behave(self):
        """Lie no more. Who was lied to finds a new connection, with everything that the real relay still has."""
        self.liar = None
        self.cut()
