# SPDX-License-Identifier: Apache-2.0
"""Who waits at the relay hears of a message at once, and who vanishes or does not read holds up nobody."""
import socket
import struct
import time

from relay_client import DEVICE_SCOUT, Connection, Node, Stream
from relay_fixture import authority, courier, gauge, home, other, relay, scout, wait_for_streams  # noqa: F401


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


def test_one_node_cannot_take_all_connections(relay, home):
    node = Node(relay, home)
    wait_for_streams(relay, 0)
    streams = [Stream(node) for _ in range(16)]
    late = Stream(node)
    assert late.line() == b":"
    wait_for_streams(relay, 16)
    for s in [*streams, late]:
        s.close()


def test_what_waited_comes_without_pauses(scout):
    """Rounds without anything to do are paused for the sake of a core; those that move bytes are not."""
    for _ in range(6):
        assert scout.append(scout, bytes(65536)).status == 201
    started = time.monotonic()
    with Stream(scout) as stream:
        for _ in range(6):
            assert len(stream.event()[1]) == 65536
    assert time.monotonic() - started < 1
