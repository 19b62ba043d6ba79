# SPDX-License-Identifier: Apache-2.0
"""What a relay can do to those who trust it with nothing: a menu of lies about exchanges and about events, and a liar who
chooses from it by a seed. The n-th exchange of a node meets the same lie in every run of one seed."""
import base64
import collections
import itertools
import os
import random
import threading

from http_wire import Answer, HangUp
from lying_relay import Event
from nacl import public as nacl_public

EXCHANGE_LIES, EVENT_LIES, UNASKED_LIES = {}, {}, {}
STATUSES = [100, 200, 201, 202, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503, 599, 999]
GIANT = 8 << 20  # far above what any client takes, and enough to see that it does not


def lie_of(menu, applies=None):
    def enter(function):
        menu[function.__name__] = (function, applies)
        return function
    return enter


def flip(rng, data, most=3):
    changed = bytearray(data)
    for _ in range(rng.randint(1, most)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(rng, data):
    return data[:rng.randrange(len(data))]


# Exchanges. What a lie applies to is asked with the request; a stream's opening is an exchange, too.


def has_body(q):
    return len(q.body) > 0


def is_call(q):
    return not q.is_stream


def is_stream(q):
    return q.is_stream


def is_message(q):
    return q.method == "POST" and q.path.startswith("/v1/mailboxes/")


def is_acknowledgement(q):
    return q.method == "DELETE"


def is_bulletin(q):
    return q.method == "GET" and q.path.endswith("/bulletin")


def is_session(q):
    return q.path == "/v1/session"


def is_nonce(q):
    return q.path == "/v1/nonce"


@lie_of(EXCHANGE_LIES)
def hang_up_before(rng, link, request):
    raise HangUp


@lie_of(EXCHANGE_LIES, is_call)
def hang_up_after(rng, link, request):
    link.forward(request)
    raise HangUp


@lie_of(EXCHANGE_LIES, has_body)
def say_yes_and_forget(rng, link, request):
    link.reply(Answer(rng.choice([200, 201, 204])))


@lie_of(EXCHANGE_LIES, is_call)
def come_late(rng, link, request):
    link.pause(rng.uniform(0.01, 0.4))
    link.honest(request)


@lie_of(EXCHANGE_LIES, is_call)
def do_it_twice(rng, link, request):
    link.forward(request)
    link.honest(request)


@lie_of(EXCHANGE_LIES, is_call)
def answer_twice(rng, link, request):
    answer = link.forward(request).bytes()
    link.client.sendall(answer + answer)


@lie_of(EXCHANGE_LIES, is_message)
def put_into_anothers_mailbox(rng, link, request):
    others = sorted(link.relay.mail) or [os.urandom(16).hex()]
    parts = request.path.split("/")
    parts[3] = rng.choice(others)
    link.honest(request.changed(path="/".join(parts)))


@lie_of(EXCHANGE_LIES, is_message)
def put_under_anothers_id(rng, link, request):
    link.honest(request.changed(path=request.path[:-32] + rng.choice([bytes(16).hex(), os.urandom(16).hex()])))


@lie_of(EXCHANGE_LIES, has_body)
def flip_what_is_sent(rng, link, request):
    link.reply(link.forward(request.changed(body=flip(rng, request.body))))


@lie_of(EXCHANGE_LIES, has_body)
def cut_what_is_sent(rng, link, request):
    link.reply(link.forward(request.changed(body=cut(rng, request.body))))


@lie_of(EXCHANGE_LIES)
def answer_another_status(rng, link, request):
    link.reply(Answer(rng.choice(STATUSES), {"location": "https://127.0.0.1:9/", "retry-after": "31536000"}))


@lie_of(EXCHANGE_LIES, is_call)
def do_it_and_deny(rng, link, request):
    link.forward(request)
    link.reply(Answer(rng.choice([400, 401, 403, 404, 409, 413, 429, 500, 503])))


@lie_of(EXCHANGE_LIES, is_call)
def flip_the_answer(rng, link, request):
    answer = link.forward(request)
    link.reply(answer.changed(body=flip(rng, answer.body)) if answer.body else answer)


@lie_of(EXCHANGE_LIES, is_call)
def shorten_the_answer(rng, link, request):
    answer = link.forward(request)
    link.reply(answer.changed(body=cut(rng, answer.body)) if answer.body else answer)


@lie_of(EXCHANGE_LIES, is_call)
def break_the_answer_off(rng, link, request):
    answer = link.forward(request)
    link.client.sendall(cut(rng, answer.bytes()))
    raise HangUp


@lie_of(EXCHANGE_LIES, is_call)
def lengthen_the_answer(rng, link, request):
    answer = link.forward(request)
    link.reply(answer.changed(body=answer.body + os.urandom(rng.choice([1, 64, 70000]))))


@lie_of(EXCHANGE_LIES)
def answer_without_end(rng, link, request):
    length = rng.choice([GIANT, 1 << 40, (1 << 63) - 1])
    link.client.sendall(Answer(200).head(length))
    for _ in range(GIANT >> 16):
        link.client.sendall(os.urandom(1 << 16))
    raise HangUp


@lie_of(EXCHANGE_LIES)
def answer_with_headers_without_end(rng, link, request):
    link.client.sendall(b"HTTP/1.1 200 OK\r\n")
    for i in range(2000):
        link.client.sendall(b"X-%d: %s\r\n" % (i, b"x" * 500))
    raise HangUp


@lie_of(EXCHANGE_LIES)
def answer_interim_without_end(rng, link, request):
    for _ in range(2000):
        link.client.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
    raise HangUp


@lie_of(EXCHANGE_LIES)
def answer_garbage(rng, link, request):
    link.client.sendall(rng.choice([
        os.urandom(300), b"\r\n" * 400, b"SSH-2.0-relay\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nzz\r\n", b"HTTP/9.9 777\r\n\r\n"]))
    raise HangUp


@lie_of(EXCHANGE_LIES, is_acknowledgement)
def forget_more_or_less(rng, link, request):
    cursor = int(request.path.rsplit("=", 1)[1])
    other = rng.choice([0, cursor - 1, cursor + 1, cursor * 2, (1 << 63) - 1])
    link.honest(request.changed(path=f"/v1/mailbox?through={other}"))


@lie_of(EXCHANGE_LIES, is_stream)
def begin_elsewhere(rng, link, request):
    streams = link.relay.streams()
    after = rng.choice([0, 1, (1 << 63) - 1, *(s.last_cursor for s in streams)])
    link.honest(request.changed(path=f"/v1/mailbox/events?after={after}"))


@lie_of(EXCHANGE_LIES, is_stream)
def promise_odd_heartbeats(rng, link, request):
    link.stream(request, rng.choice(["0", "-1", "1", "2", "many", "99999999999999999999", ""]))


@lie_of(EXCHANGE_LIES, is_bulletin)
def give_an_older_bulletin(rng, link, request):
    known = link.relay.bulletins
    link.reply(Answer(200, body=rng.choice(known)) if known else Answer(404))


@lie_of(EXCHANGE_LIES, is_bulletin)
def give_a_false_bulletin(rng, link, request):
    known = link.relay.bulletins or [os.urandom(500)]
    newest = known[-1]
    link.reply(Answer(200, body=rng.choice([
        link.relay.others_bulletin, newest[:-64] + os.urandom(64), newest + b"\0", flip(rng, newest), cut(rng, newest),
        newest[:33] + b"\xff\xff\xff\xff" + newest[37:], b"", os.urandom(65536)])))


@lie_of(EXCHANGE_LIES, is_session)
def give_a_false_token(rng, link, request):
    tokens = sorted(link.relay.tokens)
    link.reply(Answer(200, body=rng.choice([
        b"", b"0" * 63, b"0" * 64, b"0" * 65, b"G" * 64, b"\r\n" * 32, os.urandom(64), b"a" * 70000,
        *(t.encode() for t in tokens[-3:])])))


@lie_of(EXCHANGE_LIES, is_nonce)
def give_a_false_nonce(rng, link, request):
    link.reply(Answer(200, body=rng.choice([b"", bytes(31), bytes(32), bytes(33), os.urandom(32), bytes(70000)])))


# Events


@lie_of(EVENT_LIES)
def drop_it(rng, stream, event):
    pass


@lie_of(EVENT_LIES)
def double_it(rng, stream, event):
    for _ in range(rng.randint(2, 5)):
        stream.send(event)


@lie_of(EVENT_LIES)
def hold_it_back(rng, stream, event):
    """It comes with a later one, behind it."""
    stream.held.append(event)


@lie_of(EVENT_LIES)
def flip_it(rng, stream, event):
    stream.send(event._replace(data=flip(rng, event.data)))


@lie_of(EVENT_LIES)
def cut_it(rng, stream, event):
    stream.send(event._replace(data=cut(rng, event.data)))


@lie_of(EVENT_LIES)
def lengthen_it(rng, stream, event):
    stream.send(event._replace(data=event.data + os.urandom(rng.choice([1, 512, 65536 - len(event.data), 65536]))))


@lie_of(EVENT_LIES)
def number_it_anew(rng, stream, event):
    stream.text(rng.choice([0, 1, event.cursor - 1, event.cursor + 10 ** 6, (1 << 63) - 1, (1 << 64) - 1]),
                base64.b64encode(event.data))


@lie_of(EVENT_LIES)
def write_it_wrong(rng, stream, event):
    data, number = base64.b64encode(event.data), str(event.cursor).encode()
    stream.raw(rng.choice([
        b"id: %s\ndata: %s\n\n" % (number, data[:-1]), b"id: %s\ndata: =%s\n\n" % (number, data),
        b"id: %s\ndata: %s\n\n" % (number, data[:9] + b" " + data[9:]), b"id: %s\ndata: \n\n" % number,
        b"id: %s\ndata: %s\n\n" % (number, base64.urlsafe_b64encode(b"\xfb\xff" + event.data)), b"id: %s\n\n" % number,
        b"data: %s\n\n" % data, b"id: %s\nid: %s\ndata: %s\n\n" % (number, number, data),
        b"id: %s\ndata: %s\ndata: %s\n\n" % (number, data, data), b"id: -%s\ndata: %s\n\n" % (number, data),
        b"id: 18446744073709551616\ndata: %s\n\n" % data, b"id: 0x10\ndata: %s\n\n" % data,
        b"retry: 999999999\nid: %s\ndata: %s\n\n" % (number, data), b"event: message\nid: %s\ndata: %s\n\n" % (number, data),
        b"\xef\xbb\xbfid: %s\ndata: %s\n\n" % (number, data), b"id: %s\0\ndata: %s\n\n" % (number, data)]))


@lie_of(EVENT_LIES)
def write_it_oddly_but_rightly(rng, stream, event):
    """Byte by byte, with comments and carriage returns: a reader that is picky here would fall behind some proxy."""
    text = b": x\r\nid: %d\r\ndata: %s\r\n\r\n" % (event.cursor, base64.b64encode(event.data))
    for at in range(0, 40):
        stream.raw(text[at:at + 1])
    stream.raw(text[40:])


@lie_of(EVENT_LIES)
def a_line_without_end(rng, stream, event):
    stream.raw(b"id: %d\ndata: " % event.cursor)
    for _ in range(GIANT >> 20):
        stream.raw(b"A" * (1 << 20))
    raise HangUp


@lie_of(EVENT_LIES)
def hang_up_within_it(rng, stream, event):
    stream.raw(cut(rng, b"id: %d\ndata: %s\n\n" % (event.cursor, base64.b64encode(event.data))) or b":")
    raise HangUp


@lie_of(EVENT_LIES)
def hang_up_behind_it(rng, stream, event):
    stream.send(event)
    raise HangUp


# Unasked: into any stream at any time


@lie_of(UNASKED_LIES)
def replay(rng, relay, stream):
    stream.send(Event(stream.last_cursor, rng.choice(relay.mail[stream.node])))


@lie_of(UNASKED_LIES)
def replay_all(rng, relay, stream):
    for data in relay.mail[stream.node][-60:]:
        stream.send(Event(stream.last_cursor, data))


@lie_of(UNASKED_LIES)
def give_anothers(rng, relay, stream):
    stream.send(Event(stream.last_cursor + 1, rng.choice(relay.mail[rng.choice(sorted(relay.mail))])))


@lie_of(UNASKED_LIES)
def forge(rng, relay, stream):
    """A message that a relay can make: well formed, sealed to its reader, signed by nobody that counts."""
    certificate = relay.certificates[stream.node]
    senders = [bytes.fromhex(n) for n in relay.certificates]
    inner = bytes([1, rng.randrange(256) if rng.random() < 0.2 else rng.randint(1, 12)])
    inner += bytes.fromhex(stream.node) + rng.choice(senders) + os.urandom(16)
    inner += rng.choice([0, 1, rng.randrange(1 << 16), (1 << 64) - 1]).to_bytes(8, "big")
    inner += rng.choice([0, 1 << 61, (1 << 64) - 1]).to_bytes(8, "big")
    body = rng.choice([b"", os.urandom(17), os.urandom(98), certificate + os.urandom(105), os.urandom(600)])
    inner += rng.choice([len(body), 0, (1 << 32) - 1]).to_bytes(4, "big") + body + os.urandom(64)
    padded = inner + b"\x80" + bytes(-(len(inner) + 1) % 512)
    stream.send(Event(stream.last_cursor, nacl_public.SealedBox(nacl_public.PublicKey(certificate[49:81])).encrypt(padded)))


@lie_of(UNASKED_LIES)
def noise(rng, relay, stream):
    stream.send(Event(stream.last_cursor, os.urandom(rng.choice([1, 47, 560, 4096, 65536]))))


@lie_of(UNASKED_LIES)
def flood_of_heartbeats(rng, relay, stream):
    stream.raw(b":\n\n" * 5000)


class Liar:
    """
    seed           what to choose
    exchange_rate  share of exchanges that are lied about; event_rate likewise
    unasked_s      seconds between two unasked lies; None: none
    """

    def __init__(self, relay, seed, exchange_rate=0.15, event_rate=0.3, unasked_s=0.02):
        self.relay, self.seed = relay, seed
        self.exchange_rate, self.event_rate, self.unasked_s = exchange_rate, event_rate, unasked_s
        self.lock = threading.Lock()
        self.counters = collections.defaultdict(itertools.count)
        self.told = collections.Counter()
        self.over = threading.Event()

    def _rng(self, *what):
        with self.lock:
            n = next(self.counters[what])
        return random.Random(f"{self.seed} {what} {n}")

    def _tell(self, name):
        with self.lock:
            self.told[name] += 1

    @staticmethod
    def _choose(rng, menu, subject=None):
        return rng.choice([(f, f.__name__) for f, applies in menu.values() if applies is None or applies(subject)])

    def exchange(self, link, request):
        who = self.relay.name(self.relay.node_of(request.token)) if request.token else ""
        kind = request.method + " " + request.path.split("/")[2].split("?")[0]
        rng = self._rng(who, kind)
        if rng.random() >= self.exchange_rate:
            link.honest(request)
            return
        function, name = self._choose(rng, EXCHANGE_LIES, request)
        self._tell(name)
        function(rng, link, request)

    def event(self, stream, event):
        rng = self._rng(self.relay.name(stream.node), "event")
        if rng.random() < self.event_rate:
            function, name = self._choose(rng, EVENT_LIES)
            self._tell(name)
            function(rng, stream, event)
        else:
            stream.send(event)
        if len(stream.held) > 4 or rng.random() < 0.2:
            rng.shuffle(stream.held)
            while stream.held:
                stream.send(stream.held.pop())

    def start(self):
        if self.unasked_s is not None:
            threading.Thread(target=self._unasked, daemon=True).start()
        self.relay.lie(self)
        return self

    def _unasked(self):
        while not self.over.wait(self.unasked_s):
            rng = self._rng("unasked")
            streams = [s for s in self.relay.streams() if self.relay.mail.get(s.node) and s.node in self.relay.certificates]
            if not streams:
                continue
            function, name = self._choose(rng, UNASKED_LIES)
            try:
                function(rng, self.relay, rng.choice(streams))
                self._tell(name)
            except OSError:
                pass  # its reader went away

    def stop(self):
        self.over.set()
        self.relay.behave()
