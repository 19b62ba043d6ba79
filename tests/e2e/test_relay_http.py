# SPDX-License-Identifier: Apache-2.0
"""HTTP and TLS that no honest client sends never become a message, and hold up nobody."""
import contextlib
import os
import socket
import ssl
import struct
import threading
import time

import pytest

from relay_client import DEVICE_SCOUT, Connection, Node, Relay, Site, Stream, new_id, read_all
from relay_fixture import authority, courier, home, other, relay, scout  # noqa: F401


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
    assert all(9 <= t <= 20 for t in ended.values()), ended


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
