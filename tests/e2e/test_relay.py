# SPDX-License-Identifier: Apache-2.0
"""A site's messages wait at the relay for those they are for, and for nobody else, whatever clients do to it."""
import contextlib
import hashlib
import os
import re
import signal
import socket
import ssl
import struct
import sys
import threading
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from relay_client import (DEVICE_SCOUT, ORIGIN, Connection, Node, Relay, Site, Stream, new_id, read_all,  # noqa: E402
                          signed)
from harness import certs, procs, site as sites  # noqa: E402


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return certs.Authority(str(tmp_path_factory.mktemp("ca")))


@pytest.fixture(scope="module")
def home():
    return Site()


@pytest.fixture(scope="module")
def other():
    return Site()


@pytest.fixture(scope="module")
def relay(tmp_path_factory, authority, home, other):
    r = Relay(tmp_path_factory.mktemp("relay"), authority, [home, other], **{
        "heartbeat-s": 1, "mailbox-messages-max": 40, "mailbox-bytes-max": 400000})
    r.start()
    yield r
    assert r.stop() == 0, r.daemon.log()


@pytest.fixture
def scout(relay, home):
    """A fresh device scout, in a bulletin that the relay has."""
    s = Node(relay, home, DEVICE_SCOUT)
    publish(s, home, [s.key])
    return s


@pytest.fixture
def courier(relay, home):
    return Node(relay, home)


versions = {}


def publish(scout, site, scouts, revoked=()):
    """Put the next bulletin of a site."""
    versions[site] = versions.get(site, 0) + 1
    answer = scout.publish(site.bulletin(versions[site], scouts, revoked))
    assert answer.status == 204, answer


NODE, MESSAGE, DOOR = new_id().hex(), new_id().hex(), os.urandom(32).hex()
ROUTES = [("POST", f"/v1/mailboxes/{NODE}/{MESSAGE}"), ("GET", "/v1/mailbox"), ("GET", "/v1/mailbox/events"),
          ("DELETE", "/v1/mailbox?through=5"), ("PUT", "/v1/sites/{site}/bulletin"), ("PUT", f"/v1/doors/{DOOR}"),
          ("DELETE", f"/v1/doors/{DOOR}"), ("PUT", f"/v1/doors/{DOOR}/answers/{MESSAGE}"),
          ("POST", "/v1/sites/{site}/doors/" + f"{DOOR}/{NODE}/{MESSAGE}"),
          ("GET", "/v1/sites/{site}/doors/" + f"{DOOR}/answers/{MESSAGE}")]


# Who may come in

@pytest.mark.parametrize("method,path", ROUTES)
def test_nothing_is_served_without_a_session(relay, home, method, path):
    body = b"x" if method in ("POST", "PUT") else None
    path = path.format(site=home.id.hex())
    with Connection(relay) as c:
        assert c.ask(method, path, body=body).status == 401
        wrong = c.ask(method, path, token="0" * 64, body=body).status
        assert wrong == (403 if "/sites/" in path and "/doors/" in path else 401)
        for junk in ("", "x" * 64, "0" * 63, "0" * 65, "0" * 2000):
            assert c.ask(method, path, body=body, headers=[("Authorization", "Bearer " + junk)]).status in (401, 403)
        assert c.ask(method, path, body=body, headers=[("Authorization", "Basic QTpC")]).status == 401


def test_what_is_not_a_route_is_not_found(relay):
    with Connection(relay) as c:
        for path in ("/", "/v1", "/v1/", "//v1/nonce", "/v1/nonce/", "/v1/%6eonce", "/v1/../health", "/health/x",
                     f"/v1/mailboxes/{NODE.upper()}/{MESSAGE}", "/v1/mailboxes/../../etc/passwd", "/V1/nonce"):
            assert c.ask("GET", path).status == 404, path
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
            assert c.ask(method, "/v1/nonce").status == 404, method


def test_a_site_that_is_not_served_gets_nothing(relay):
    stranger = Site()
    node = Node(relay, stranger, DEVICE_SCOUT)
    assert node.sign_in().status == 403
    with Connection(relay) as c:
        assert c.ask("GET", f"/v1/sites/{stranger.id.hex()}/bulletin").status == 404


def test_a_sign_in_must_be_exactly_right(relay, home, other, courier):
    with Connection(relay) as c:
        nonce = c.ask("GET", "/v1/nonce").body
        good = courier.claim(nonce)
        for bad in (b"", good[:-1], good + b"\0"):
            assert c.ask("POST", "/v1/session", body=bad).status in (400, 413), len(bad)
        for i in range(0, len(good), 5):  # any byte of it changed
            bad = good[:i] + bytes([good[i] ^ 1]) + good[i + 1:]
            assert c.ask("POST", "/v1/session", body=bad).status in (401, 403), i
        assert c.ask("POST", "/v1/session", body=good).status == 200
        assert c.ask("POST", "/v1/session", body=good).status == 401  # the nonce was used
    assert courier.sign_in(url="https://localhost:1").status == 401
    assert courier.sign_in(url=relay.url + "/").status == 401
    assert courier.sign_in(pin=bytes(32)).status == 401
    assert courier.sign_in(label=b"hello").status == 401
    assert courier.sign_in(certificate=other.certificate(courier.key, ORIGIN)).status == 403
    assert courier.sign_in(certificate=home.certificate(courier.key, ORIGIN, site_id=other.id)).status == 403
    assert courier.sign_in(certificate=home.certificate(Node(relay, home).key, ORIGIN)).status == 401


def test_a_nonce_of_another_relay_is_refused(relay, courier):
    with Connection(relay) as c:
        for nonce in (bytes(32), os.urandom(32)):
            assert c.ask("POST", "/v1/session", body=courier.claim(nonce)).status == 401


def test_signing_in_again_and_again_is_slowed_down(relay, home):
    node = Node(relay, home)
    answers = [node.sign_in() for _ in range(34)]
    assert [a.status for a in answers[:32]] == [200] * 32
    assert answers[-1].status == 429 and "retry-after" in answers[-1].headers


def test_a_revoked_node_is_out_at_once(relay, home, scout):
    thief = Node(relay, home)
    token = thief.token()
    with Stream(thief) as stream:
        assert stream.line() == b":"
        waiting = Connection(relay)
        waiting.send("GET", "/v1/mailbox?wait=50", token)
        publish(scout, home, [scout.key], revoked=[thief.id])
        while stream.line() is not None:
            pass  # heartbeats, then the end
        assert waiting.answer().status in (401, 403)
        waiting.close()
    assert thief.append(scout, b"x").status == 401
    assert thief.sign_in().status == 403
    publish(scout, home, [scout.key])
    assert thief.sign_in().status == 200


# Mailboxes

def test_sites_do_not_reach_each_other(relay, home, other, scout, courier):
    stranger = Node(relay, other, DEVICE_SCOUT)
    assert stranger.append(scout, b"for a mailbox of the other site").status == 201
    assert scout.read() == []
    assert courier.append(scout, b"hello").status == 201
    same_key = Node(relay, other, DEVICE_SCOUT, key=scout.key)
    assert [m[2] for m in same_key.read()] == [b"for a mailbox of the other site"]
    assert [m[2] for m in scout.read()] == [b"hello"]
    path = f"/v1/sites/{home.id.hex()}/bulletin"
    assert stranger.ask("PUT", path, home.bulletin(1 << 30, [])).status == 403


def test_a_courier_writes_to_device_scouts_only(relay, home, scout, courier):
    assert courier.append(Node(relay, home), b"x").status == 403
    assert courier.append(courier, b"x").status == 403
    assert courier.append(scout, b"x").status == 201
    assert scout.append(courier, b"x").status == 201


def test_before_the_first_bulletin_couriers_are_asked_to_wait(tmp_path, authority):
    site = Site()
    r = Relay(tmp_path, authority, [site]).start()
    try:
        scout, courier = Node(r, site, DEVICE_SCOUT), Node(r, site)
        assert courier.append(scout, b"x").status == 503
        assert scout.append(courier, b"x").status == 201
    finally:
        assert r.stop() == 0


def test_one_message_id_is_one_message(scout, courier):
    message = new_id()
    assert courier.append(scout, b"one", message).status == 201
    assert courier.append(scout, b"one", message).status == 200
    assert courier.append(scout, b"two", message).status == 200
    assert [m[1:] for m in scout.read()] == [(message, b"one")]


def test_messages_wait_in_order_until_they_are_acknowledged(scout, courier):
    for i in range(9):
        assert courier.append(scout, b"%d" % i).status == 201
    found = scout.read()
    assert [m[2] for m in found] == [b"%d" % i for i in range(9)]
    assert [m[2] for m in scout.read(after=found[4][0])] == [b"%d" % i for i in range(5, 9)]
    assert scout.ask("DELETE", f"/v1/mailbox?through={found[6][0]}").status == 204
    assert scout.ask("DELETE", f"/v1/mailbox?through={found[6][0]}").status == 204
    assert [m[2] for m in scout.read()] == [b"7", b"8"]
    assert courier.ask("DELETE", f"/v1/mailbox?through={2 ** 64 - 1}").status == 204
    assert [m[2] for m in scout.read()] == [b"7", b"8"]


def test_a_cursor_that_this_relay_never_gave_reads_everything(scout, courier):
    assert courier.append(scout, b"x").status == 201
    assert len(scout.read(after=2 ** 64 - 1)) == 1


@pytest.mark.parametrize("number", ["", "-1", "1x", "18446744073709551616", "0x5", "%31", "9" * 30])
def test_numbers_are_numbers(scout, number):
    assert scout.ask("GET", "/v1/mailbox?after=" + number).status == 400
    assert scout.ask("GET", "/v1/mailbox/events?after=" + number).status == 400
    assert scout.ask("DELETE", "/v1/mailbox?through=" + number).status == 400
    assert scout.ask("GET", "/v1/mailbox?wait=" + number).status == 400
    assert scout.ask("GET", "/v1/mailbox?wait=61").status == 400


def test_acknowledging_everything_must_be_said(scout):
    assert scout.ask("DELETE", "/v1/mailbox").status == 400


def test_one_courier_cannot_fill_the_mailbox(relay, home, scout, courier):
    statuses = [courier.append(scout, b"x").status for _ in range(12)]
    assert statuses == [201] * 10 + [429] * 2  # a quarter of 40
    assert Node(relay, home).append(scout, b"x").status == 201
    big = Node(relay, home)
    assert big.append(scout, bytes(65536)).status == 201
    assert big.append(scout, bytes(65536)).status == 429  # a quarter of 400,000 bytes
    while (status := scout.append(scout, b"x").status) == 201:
        pass
    assert status == 429 and len(scout.read()) == 40
    assert scout.ask("DELETE", f"/v1/mailbox?through={2 ** 63}").status == 204
    assert courier.append(scout, b"x").status == 201


def test_a_message_is_1_to_65536_bytes(scout, courier):
    assert courier.append(scout, b"").status == 400
    assert courier.append(scout, bytes(65536)).status == 201
    assert courier.append(scout, bytes(65537)).status == 413
    assert courier.append(scout, bytes(900_000)).status == 413
    assert len(scout.read()) == 1


# Streams and long polls

def test_a_stream_wakes_for_a_message_and_beats_between(scout, courier):
    with Stream(scout) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["latchkey-heartbeat"] == "1"
        assert stream.line() == b":"  # at once: the stream is up
        assert courier.append(scout, b"first").status == 201
        assert stream.event()[1] == b"first"
        beats = 0
        while beats < 2:  # a line and an empty line each
            beats += stream.line() == b":"
        assert courier.append(scout, bytes(65536)).status == 201
        assert stream.event()[1] == bytes(65536)


def test_a_stream_goes_on_where_the_last_one_ended(scout, courier):
    for i in range(5):
        courier.append(scout, b"%d" % i)
    with Stream(scout) as stream:
        stream.event()
        cursor, data = stream.event()
        assert data == b"1"
    with Stream(scout, headers=[("Last-Event-ID", cursor)]) as stream:
        assert stream.event()[1] == b"2"
    with Stream(scout, after=cursor) as stream:
        assert [stream.event()[1] for _ in range(3)] == [b"2", b"3", b"4"]
    with Stream(scout, after=1, headers=[("Last-Event-ID", cursor)]) as stream:
        assert stream.event()[1] == b"2"
    with Stream(scout, headers=[("Last-Event-ID", "yesterday")]) as stream:
        assert stream.status == 400


def test_every_stream_of_a_node_gets_every_message(scout, courier):
    streams = [Stream(scout) for _ in range(5)]
    courier.append(scout, b"x")
    assert [s.event()[1] for s in streams] == [b"x"] * 5
    for s in streams:
        s.close()


def received(stream):
    """(bytes, segments) that the kernel has seen on a stream's connection, from struct tcp_info."""
    info = stream.connection.s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    return struct.unpack_from("<Q", info, 128)[0], struct.unpack_from("<I", info, 140)[0]


def test_a_heartbeat_is_below_100_bytes_on_the_wire(scout):
    with Stream(scout) as stream:
        for _ in range(4):  # the first two, to let the handshake's last bytes pass
            stream.line()
        bytes_before, segments_before = received(stream)
        assert (stream.line(), stream.line()) == (b":", b"")
        bytes_after, segments_after = received(stream)
    headers = 20 + 32  # IPv4, TCP with time stamps
    assert (segments_after - segments_before) * headers + bytes_after - bytes_before < 100


def test_a_long_poll_answers_when_something_comes(scout, courier):
    assert scout.read(wait=0) == []
    with Connection(scout.relay) as c:
        c.send("GET", "/v1/mailbox?after=0&wait=50", scout.token())
        courier.append(scout, b"x")
        answer = c.answer()
    assert answer.status == 200 and answer.body.endswith(b"x")
    start = time.monotonic()
    assert scout.ask("GET", f"/v1/mailbox?after={struct.unpack('>Q', answer.body[:8])[0]}&wait=1").status == 204
    assert time.monotonic() - start >= 0.9


def test_a_long_poll_takes_many_messages_in_one_answer(scout):
    for _ in range(6):
        assert scout.append(scout, bytes(60000)).status == 201
    first = scout.read()
    assert 1 <= len(first) < 6  # an answer is bounded
    rest = scout.read(after=first[-1][0])
    assert len(first) + len(rest) == 6


def test_a_client_that_vanishes_is_forgotten_by_its_heartbeats(relay, scout):
    wait_for_streams(relay, 0)
    streams = [Stream(scout) for _ in range(3)]
    assert gauge(relay, "streams") == 3
    for s in streams:
        s.close()
    wait_for_streams(relay, 0)


def test_a_stream_that_is_not_read_is_cut_and_holds_up_nobody(relay, other, courier, scout):
    slow = Node(relay, other, DEVICE_SCOUT)
    for _ in range(6):
        assert slow.append(slow, bytes(65536)).status == 201
    wait_for_streams(relay, 0)
    many = []
    for _ in range(10):
        many.append(Connection(relay, receive_buffer=4096))
        many[-1].send("GET", "/v1/mailbox/events", slow.token())
    with Stream(scout) as stream:
        courier.append(scout, b"not held up")
        assert stream.event()[1] == b"not held up"
    wait_for_streams(relay, 0)
    for m in many:
        m.close()


def gauge(relay, name):
    with Connection(relay) as c:
        text = c.ask("GET", "/metrics").body.decode()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith(f"scoutrelay_{name} ")))


def wait_for_streams(relay, n):
    """Until the relay has noticed which streams are gone."""
    procs.wait_until(f"{n} streams", lambda: gauge(relay, "streams") == n)


def test_one_node_cannot_take_all_connections(relay, home):
    node = Node(relay, home)
    wait_for_streams(relay, 0)
    streams = [Stream(node) for _ in range(16)]
    late = Stream(node)
    assert late.line() == b":"
    wait_for_streams(relay, 16)
    for s in [*streams, late]:
        s.close()


# Bulletins

def test_a_bulletin_is_checked_and_never_falls(relay, home, other, scout, courier):
    path = f"/v1/sites/{home.id.hex()}/bulletin"
    version = versions[home] + 5
    versions[home] = version
    new = home.bulletin(version, [scout.key])
    assert courier.ask("PUT", path, new).status == 403
    assert scout.ask("PUT", path, new[:-1] + bytes([new[-1] ^ 1])).status == 403
    assert scout.ask("PUT", path, other.bulletin(version, [])).status == 403
    assert scout.ask("PUT", path, home.bulletin(version, [], key=other.key)).status == 403
    assert scout.ask("PUT", path, b"junk").status == 400
    assert scout.ask("PUT", path, signed(home.key, b"bulletin", b"\1" + home.public)).status == 400
    assert scout.ask("PUT", path, new).status == 204
    assert scout.ask("PUT", path, new).status == 204
    assert scout.ask("PUT", path, home.bulletin(version - 1, [scout.key])).status == 409
    assert scout.ask("PUT", path, home.bulletin(version, [])).status == 409
    assert "bulletin_forked" in relay.daemon.log()
    with Connection(relay) as c:
        assert c.ask("GET", path).body == new


# Doors

def door_of(token):
    return hashlib.sha256(token).hexdigest()


def test_a_door_from_its_opening_to_its_closing(relay, home, other, scout, courier):
    token = os.urandom(32)
    door, message = door_of(token), new_id().hex()
    knock = f"/v1/sites/{home.id.hex()}/doors/{door}/{scout.id.hex()}/"
    answers = f"/v1/sites/{home.id.hex()}/doors/{door}/answers/"
    later = int(time.time() * 1000) + 3600_000
    with Connection(relay) as c:
        def at_door(method, path, body=None, key=token):
            return c.ask(method, path, key.hex(), body).status

        assert at_door("POST", knock + message, b"join") == 403  # not open
        assert courier.ask("PUT", f"/v1/doors/{door}", struct.pack(">QI", later, 1)).status == 403
        assert scout.ask("PUT", f"/v1/doors/{door}", struct.pack(">QI", later, 100001)).status == 400
        assert scout.ask("PUT", f"/v1/doors/{door}", b"short").status == 400
        assert scout.ask("PUT", f"/v1/doors/{door}", struct.pack(">QI", later, 1)).status == 204
        assert at_door("POST", knock + message, b"join", key=os.urandom(32)) == 403
        assert at_door("POST", knock.replace(home.id.hex(), other.id.hex()) + message, b"join") == 403
        assert at_door("POST", knock.replace(scout.id.hex(), courier.id.hex()) + message, b"join") == 403
        assert at_door("POST", knock + message, bytes(4097)) == 413
        assert at_door("POST", knock + message, b"") == 400
        assert at_door("GET", answers + message) == 403
        assert scout.read() == []
        assert at_door("POST", knock + message, b"join") == 202
        assert at_door("POST", knock + message, b"join") == 202  # said again: the same
        assert at_door("POST", knock + new_id().hex(), b"join") == 403  # its one use is gone
        assert [m[1:] for m in scout.read()] == [(bytes.fromhex(message), b"join")]
        assert at_door("GET", answers + message) == 204
        c.send("GET", answers + message + "?wait=50", token.hex())
        answer = f"/v1/doors/{door}/answers/"
        assert courier.ask("PUT", answer + message, b"welcome").status == 403
        assert scout.ask("PUT", answer + new_id().hex(), b"welcome").status == 404
        assert scout.ask("PUT", answer + message, bytes(4097)).status == 413
        assert scout.ask("PUT", answer + message, b"welcome").status == 201
        assert scout.ask("PUT", answer + message, b"another").status == 200
        assert c.answer().body == b"welcome"
        assert scout.ask("DELETE", f"/v1/doors/{door}").status == 204
        assert at_door("GET", answers + message) == 403


def test_a_door_past_its_time_is_closed(relay, home, scout):
    token = os.urandom(32)
    door = door_of(token)
    scout.ask("PUT", f"/v1/doors/{door}", struct.pack(">QI", int(time.time() * 1000) - 1, 5))
    with Connection(relay) as c:
        path = f"/v1/sites/{home.id.hex()}/doors/{door}/{scout.id.hex()}/{new_id().hex()}"
        assert c.ask("POST", path, token.hex(), b"join").status == 403


# Bad HTTP

def head(path, token, *lines):
    return "\r\n".join([path + " HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}", *lines, "", ""]).encode()


def test_framing_that_can_be_read_in_two_ways_is_refused(relay, scout, courier):
    path = f"POST /v1/mailboxes/{scout.id.hex()}/"
    chunks = b"3\r\nabc\r\n0\r\n\r\n"
    for lines in (("Content-Length: 3", "Transfer-Encoding: chunked"), ("Transfer-Encoding: chunked", "Content-Length: 3"),
                  ("Content-Length: 3", "Content-Length: 4"), ("Content-Length: 3", "Content-Length: 3"),
                  ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), ("Transfer-Encoding: gzip, chunked",),
                  ("Transfer-Encoding: identity",), ("Content-Length: -1",), ("Content-Length: 3x",),
                  ("Content-Length: +3",), ("Content-Length: 18446744073709551616",), ("Content-Length: 0x3",)):
        got = relay.raw(head(path + new_id().hex(), courier.token(), *lines) + chunks)
        assert got == b"" or got.startswith(b"HTTP/1.1 4"), (lines, got)
        assert b"HTTP/1.1 2" not in got, (lines, got)
    assert scout.read() == []


@pytest.mark.parametrize("body", [
    b"8000000000000000\r\nabc", b"ffffffffffffffff\r\nabc", b"10000000000000000\r\nabc", b"-3\r\nabc\r\n0\r\n\r\n",
    b"3 \r\r\nabc\r\n0\r\n\r\n", b"zz\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"\r\n\r\n\r\n", b"3;" + b"x" * 9000],
    ids=["2^63", "2^64-1", "2^64", "negative", "stray-cr", "letters", "too-short", "empty", "endless-extension"])
def test_bad_chunks_never_become_a_message(relay, scout, courier, body):
    path = f"POST /v1/mailboxes/{scout.id.hex()}/"
    with relay.connect(timeout_s=1) as s:
        s.sendall(head(path + new_id().hex(), courier.token(), "Transfer-Encoding: chunked") + body + b"\r\n\r\n")
        got = b""
        with contextlib.suppress(TimeoutError):  # of a chunk of 2^63 bytes more is to come, until the deadline
            got = read_all(s)
    assert not got.startswith(b"HTTP/1.1 2"), (body, got)
    assert scout.read() == []


def test_a_chunked_message_is_taken_and_one_without_end_is_not(relay, scout, courier):
    path = f"POST /v1/mailboxes/{scout.id.hex()}/"
    request = head(path + new_id().hex(), courier.token(), "Transfer-Encoding: chunked", "Connection: close")
    got = relay.raw(request + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 201"), got
    assert [m[2] for m in scout.read()] == [b"abcde"]
    with relay.connect() as s:
        s.sendall(head(path + new_id().hex(), courier.token(), "Transfer-Encoding: chunked"))
        sent = 0
        with pytest.raises(OSError):
            while sent < 50_000_000:
                s.sendall(b"8000\r\n" + bytes(0x8000) + b"\r\n")
                sent += 0x8000
        assert sent < 50_000_000
    assert len(scout.read()) == 1


@pytest.mark.parametrize("cut", ["fin", "reset", "close-notify"])
def test_a_cut_upload_leaves_no_message(relay, scout, courier, cut):
    path = f"POST /v1/mailboxes/{scout.id.hex()}/"
    for framing, body in (("Content-Length: 20000", bytes(20000)), ("Transfer-Encoding: chunked", b"4e20\r\n" + bytes(20000) + b"\r\n0\r\n\r\n")):
        request = head(path + new_id().hex(), courier.token(), framing) + body
        for at in (30, 150, len(request) - 20001, len(request) - 10000, len(request) - 3, len(request) - 1):
            s = relay.connect()
            s.sendall(request[:at])
            if cut == "reset":
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.close()
            elif cut == "fin":
                s.shutdown(socket.SHUT_WR)  # TCP's, without close_notify
                assert not read_all(s).startswith(b"HTTP/1.1 2")
                s.close()
            else:
                try:
                    s.unwrap().close()
                except (OSError, ssl.SSLError):
                    s.close()
    assert courier.append(scout, b"whole").status == 201
    assert [m[2] for m in scout.read()] == [b"whole"]


def test_large_headers_are_refused_and_usual_ones_fit(relay, scout):
    usual = [("User-Agent", "x" * 300), ("Accept", "*/*"), ("Cookie", "y" * 700)]
    assert scout.ask("GET", "/v1/mailbox", headers=usual).status == 204
    for size in (5000, 20000, 200000):
        got = relay.raw(head("GET /v1/mailbox", scout.token(), "X: " + "x" * size))
        assert got == b"" or got.startswith(b"HTTP/1.1 4"), got[:100]
        got = relay.raw(head("GET /v1/mailbox?" + "x" * size, scout.token()))
        assert got == b"" or got.startswith(b"HTTP/1.1 4"), got[:100]


def test_junk_and_plain_http_are_shut_out(relay):
    relay.raw(b"\0" * 3000, tls=False)
    assert b"200 OK" not in relay.raw(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n", tls=False)
    assert b"200 OK" not in relay.raw(os.urandom(3000))
    with Connection(relay) as c:
        assert c.ask("GET", "/health").status == 200


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_tls_below_1_2_is_refused(relay):
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        with socket.create_connection(("127.0.0.1", relay.port)) as s, pytest.raises((ssl.SSLError, OSError)):
            context.wrap_socket(s)


def test_slow_clients_are_cut_after_ten_seconds_and_hold_up_nobody(relay, scout, courier):
    """One sends a byte of its headers each half second, one stops in TLS, one says nothing at all."""
    start = time.monotonic()
    silent, half = relay.connect(tls=False), relay.connect(tls=False)
    half.sendall(b"\x16\x03\x01")
    dripping = relay.connect()
    ended = {}

    def drip():
        request = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"x" * 1000
        try:
            for i in range(len(request)):
                dripping.sendall(request[i:i + 1])
                dripping.settimeout(0.5)
                try:
                    if dripping.recv(1) == b"":
                        break
                except TimeoutError:
                    pass
        except OSError:
            pass
        ended["dripping"] = time.monotonic() - start

    thread = threading.Thread(target=drip)
    thread.start()
    with Stream(scout) as stream:
        for i in range(50):
            assert courier.append(scout, b"x").status in (201, 429)
            if i < 9:
                stream.event()
    for name, s in (("silent", silent), ("half", half)):
        read_all(s)
        ended[name] = time.monotonic() - start
        s.close()
    thread.join()
    assert all(9 <= t <= 13 for t in ended.values()), ended


def test_strangers_take_a_quarter_of_the_connections_at_most(tmp_path, authority):
    site = Site()
    r = Relay(tmp_path, authority, [site], **{"connections-max": 40}).start()
    try:
        scout = Node(r, site, DEVICE_SCOUT)
        with Stream(scout) as stream:
            strangers = [r.connect(tls=False) for _ in range(60)]
            assert scout.append(scout, b"still served").status == 201
            assert stream.event()[1] == b"still served"
            for s in strangers:
                s.close()
    finally:
        assert r.stop() == 0


# The program

def test_killed_and_started_again_it_has_everything(tmp_path, authority):
    site = Site()
    r = Relay(tmp_path, authority, [site]).start()
    scout, courier = Node(r, site, DEVICE_SCOUT), Node(r, site)
    assert scout.publish(site.bulletin(3, [scout.key])).status == 204
    sent, stop = [], threading.Event()

    def keep_sending():
        with Connection(r) as c:
            while not stop.is_set():
                message = new_id()
                path = f"/v1/mailboxes/{scout.id.hex()}/{message.hex()}"
                try:
                    if c.ask("POST", path, courier.token(), b"x").status == 201:
                        sent.append(message)
                except (OSError, IndexError, ValueError):
                    return

    courier.token()
    thread = threading.Thread(target=keep_sending)
    thread.start()
    procs.wait_until("some messages", lambda: len(sent) > 100)
    r.daemon.kill()
    stop.set()
    thread.join()
    r.start()
    try:
        scout._token = courier._token = None
        found, after = [], 0
        while page := scout.read(after):
            found += page
            after = page[-1][0]
        assert set(sent) <= {m[1] for m in found}
        assert len(found) == len({m[1] for m in found}) <= len(sent) + 1
        with Connection(r) as c:
            assert c.ask("GET", f"/v1/sites/{site.id.hex()}/bulletin").status == 200
        assert scout.publish(site.bulletin(2, [])).status == 409
    finally:
        assert r.stop() == 0


def test_a_second_process_on_the_same_state_says_so(relay):
    done = procs.run([sites.program("scoutrelay"), "--config", relay.daemon.conf], check=False)
    assert done.returncode == 1
    assert "another scoutrelay" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_stopping_relay_answers_who_waits(tmp_path, authority):
    site = Site()
    r = Relay(tmp_path, authority, [site]).start()
    scout = Node(r, site, DEVICE_SCOUT)
    with Connection(r) as poll, Stream(scout) as stream:
        poll.send("GET", "/v1/mailbox?wait=50", scout.token())
        assert stream.line() == b":"
        r.daemon.process.child.send_signal(signal.SIGTERM)
        while stream.line() is not None:
            pass
        assert poll.answer().status == 503
    assert r.stop() == 0


def test_a_new_certificate_is_taken_on_sighup_and_a_bad_one_is_not(tmp_path, authority):
    site = Site()
    r = Relay(tmp_path, authority, [site]).start()
    try:
        scout = Node(r, site, DEVICE_SCOUT)
        old_pin = r.pin
        with Stream(scout) as stream:
            assert stream.line() == b":"
            os.replace(authority.issue("new-relay")[0], r.crt)  # a certificate without its key
            r.daemon.process.child.send_signal(signal.SIGHUP)
            r.daemon.process.wait_for_log("tls_not_loaded")
            assert r.pin == old_pin
            crt, key = authority.issue("newer-relay")
            os.replace(crt, r.crt)
            os.replace(key, r.key)
            r.daemon.process.child.send_signal(signal.SIGHUP)
            r.daemon.process.wait_for_log("tls_loaded")
            assert r.pin != old_pin
            assert scout.append(scout, b"x").status == 201
            assert stream.event()[1] == b"x"  # who was here stays
        assert scout.sign_in(pin=old_pin).status == 401
        assert scout.sign_in().status == 200
    finally:
        assert r.stop() == 0


@pytest.mark.parametrize("line,says", [
    ('colour = "red"', "colour"), ("port = 70000", "port"), ('url = {"http://x"}', "url"), ('sites = {"zz"}', "sites"),
    ('url = {"https://x:1/path"}', "url"), ("sites = {}", "sites"), ('log-level = "loud"', "log-level")])
def test_a_wrong_setting_is_named_with_its_file(tmp_path, line, says):
    conf = tmp_path / "relay.conf"
    good = {"url": 'url = {"https://localhost:1"}', "sites": f'sites = {{"{NODE}"}}'}
    good.pop(says, None)
    conf.write_text("\n".join([*good.values(), line]) + "\n")
    done = procs.run([sites.program("scoutrelay"), "--config", conf], check=False)
    assert done.returncode == 2
    assert str(conf) in done.stderr and says in done.stderr


def test_the_sample_is_a_configuration_and_check_says_so(tmp_path, relay):
    program = sites.program("scoutrelay")
    assert "mailbox-messages-max" in procs.run([program, "--sample"]).stdout
    assert procs.run([program, "--config", relay.daemon.conf, "--check"]).stdout.strip().endswith("OK")
    assert procs.run([program, "--config", tmp_path / "none"], check=False).returncode == 2
    assert "scoutrelay" in procs.run([program, "--version"]).stdout
    assert "--config" in procs.run([program, "--help"]).stdout


def test_health_and_metrics_name_nobody(relay, home, scout, courier):
    courier.append(scout, b"x")
    with Connection(relay) as c:
        assert c.ask("GET", "/health").body == b"ok\n"
        text = c.ask("GET", "/metrics").body.decode()
    assert "scoutrelay_appended_messages_total" in text
    for secret in (home.id, scout.id, courier.id):
        assert secret.hex() not in text


def test_nobody_may_dump_its_memory_or_read_its_files(relay):
    pid = relay.daemon.process.pid
    with open(f"/proc/{pid}/limits") as limits:
        core = next(line for line in limits if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    state = relay.daemon.settings["state"]
    assert os.stat(state).st_mode & 0o077 == 0
    for name in os.listdir(state):
        assert os.stat(os.path.join(state, name)).st_mode & 0o077 == 0, name


def test_a_token_is_in_no_log(relay, scout):
    assert scout.token() not in relay.daemon.log()


def test_code_and_contract_name_the_same_routes():
    """relay/routes.c, API.md and openapi.yaml; what tests/e2e/relay_client.py asks is in them."""
    root = os.path.join(os.path.dirname(__file__), "..", "..", "relay")
    texts = {}
    for name in ("routes.c", "API.md", "openapi.yaml"):
        with open(os.path.join(root, name)) as f:
            texts[name] = f.read()
    code = set(re.findall(r'\{"([A-Z]+)", "(/[^"]*)", NEED', texts["routes.c"]))
    page = {(m, p.split("?")[0]) for m, p in re.findall(r"^\| ([A-Z]+) (/\S*) \|", texts["API.md"], re.M)}
    tools, path = set(), None
    for line in texts["openapi.yaml"].splitlines():
        if match := re.match(r"  (/\S*):$", line):
            path = match[1]
        elif path and (match := re.match(r"    (get|put|post|delete):$", line)):
            tools.add((match[1].upper(), path))
    assert len(code) == 15
    assert page == code and tools == code
