# SPDX-License-Identifier: Apache-2.0
"""What a relay can do to one exchange: not forward it, forward something else, answer something else, or nothing, or without
end. What a lie applies to is asked with the request; the opening of a stream is an exchange, too."""
import os

from http_wire import Answer, HangUp
from menu import EXCHANGE_LIES, GIANT, cut, flip, lie_of

STATUSES = [100, 200, 201, 202, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503, 599, 999]


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


RARE = (is_acknowledgement, is_bulletin, is_session, is_nonce, is_stream)


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
def give_another_bulletin(rng, link, request):
    """An older one, another site's, or one that was altered."""
    known = link.relay.bulletins or [os.urandom(500)]
    newest = known[-1]
    link.reply(Answer(200, body=rng.choice([
        rng.choice(known), link.relay.others_bulletin, newest[:-64] + os.urandom(64), newest + b"\0", flip(rng, newest),
        cut(rng, newest), newest[:33] + b"\xff\xff\xff\xff" + newest[37:], b"", os.urandom(65536)])))


@lie_of(EXCHANGE_LIES, is_session)
def give_a_false_token(rng, link, request):
    tokens = sorted(link.relay.tokens)
    link.reply(Answer(200, body=rng.choice([
        b"", b"0" * 63, b"0" * 64, b"0" * 65, b"G" * 64, b"\r\n" * 32, os.urandom(64), b"a" * 70000,
        *(t.encode() for t in tokens[-3:])])))


@lie_of(EXCHANGE_LIES, is_nonce)
def give_a_false_nonce(rng, link, request):
    link.reply(Answer(200, body=rng.choice([b"", bytes(31), bytes(32), bytes(33), os.urandom(32), bytes(70000)])))
