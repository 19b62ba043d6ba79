# SPDX-License-Identifier: Apache-2.0
"""Whoever asks the device scout for much, and reads little of it, takes no panel's place."""
import http.client
import json
import socket
import ssl
import threading
import time

import pytest
from harness import procs

from panel_stage import Client, Stage

STREAMS = WAITS = 4  # of one session


@pytest.fixture(scope="module")
def stage(tmp_path_factory, authority):
    s = Stage(str(tmp_path_factory.mktemp("panel") / "greed"), authority).start()
    yield s
    s.stop()


@pytest.fixture
def alice(stage):
    return Client(stage).sign_in()


def asks_and_does_not_read(stage, request=b"GET /static/panel.css HTTP/1.1\r\nHost: x\r\n\r\n"):
    """A connection, of somebody who has no token, with more answers on their way than any buffer holds."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    plain.settimeout(15)
    plain.bind(("127.0.0.7", 0))
    plain.connect(("127.0.0.1", stage.port))
    s = ssl.create_default_context(cafile=stage.ca).wrap_socket(plain, server_hostname="localhost")
    s.sendall(request * 600)
    s.setblocking(False)
    return s


def is_open(s):
    """Does the other side still hold this connection? What it said is left unread."""
    with open("/proc/net/tcp") as f:
        port = f"{s.getsockname()[1]:04X}"
        lines = (line.split() for line in f)
        return any(words[2].endswith(":" + port) and words[3] == "01" for words in lines)


def test_who_asks_and_does_not_read_is_cut_off(stage, alice):
    start = time.monotonic()
    held = [asks_and_does_not_read(stage) for _ in range(20)]
    assert any(is_open(s) for s in held)
    while any(is_open(s) for s in held):
        assert alice.status("GET", "/api/v1/jobs") == 200
        assert time.monotonic() - start < 20, "they still hold their places"
        time.sleep(0.2)  # a poll interval
    for s in held:
        s.close()


def in_background(client, path):
    """Ask on a connection of its own; gives the thread and what came of it."""
    other, said = Client(client.stage), []
    other.cookie = client.cookie
    thread = threading.Thread(target=lambda: said.append(other.ask("GET", path)), daemon=True)
    thread.start()
    return thread, said


@pytest.mark.parametrize("path, most, said", [("/api/v1/events", STREAMS, b"event: jobs"),
                                              ("/api/v1/events?wait=50&since=1", WAITS, "changes")])
def test_of_one_session_s_questions_the_oldest_ends_when_there_are_too_many(alice, path, most, said):
    waiting = []
    for _ in range(most):
        waiting.append(in_background(alice, path))
        waiting[-1][0].join(0.5)  # until it has come; that it waits is what is looked at
    assert all(thread.is_alive() for thread, _ in waiting)
    last = in_background(alice, path)
    waiting[0][0].join(10)
    assert [thread.is_alive() for thread, _ in waiting] == [False] + [True] * (most - 1) and last[0].is_alive()
    assert waiting[0][1][0][0] == 200 and said in waiting[0][1][0][2]
    alice.ask("DELETE", "/api/v1/session")
    for thread, _ in [*waiting, last]:
        thread.join(10)
        assert not thread.is_alive()


def test_a_list_that_a_computer_has_flooded_is_shown_in_part_and_its_stream_goes_on(tmp_path, authority):
    stage = Stage(str(tmp_path / "flood"), authority, more=["flood"]).start()
    try:
        bob = Client(stage).sign_in("bob")
        _, _, listed = bob.ask("GET", "/api/v1/jobs")
        assert len(listed["jobs"]) == 500 and listed["more"] == 2500
        _, _, changed = bob.ask("GET", "/api/v1/events?wait=0")
        assert len(changed["jobs"]) == 500 and changed["more"] == 2500 and changed["changes"] > 0
        with stage.connect() as s:
            s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nCookie: {bob.cookie}\r\n\r\n".encode())
            answer = http.client.HTTPResponse(s)
            answer.begin()
            assert answer.readline() == b"event: jobs\n"
            assert len(json.loads(answer.readline().removeprefix(b"data: "))["jobs"]) == 500
            answer.readline()
            bob.ask("DELETE", f"/api/v1/jobs/{listed['jobs'][0]['id']}")
            assert answer.readline() in (b"event: gone\n", b"event: job\n")
        assert len(bob.jobs()) == 500  # the next one has its place
    finally:
        stage.stop()


def test_one_session_has_few_lists_on_their_way(tmp_path, authority):
    stage = Stage(str(tmp_path / "lists"), authority, more=["flood"]).start()
    held = []
    try:
        bob, alice = Client(stage, "127.0.0.7").sign_in("bob"), Client(stage).sign_in()
        request = f"GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\nCookie: {bob.cookie}\r\n\r\n".encode()
        for _ in range(15):
            held.append(asks_and_does_not_read(stage, request))
        procs.wait_until("a refusal", lambda: bob.ask("GET", "/api/v1/jobs")[2].get("error") == "too-often")
        assert len(alice.jobs()) == 5
        for s in held:
            s.close()
        procs.wait_until("bob's list", lambda: bob.status("GET", "/api/v1/jobs") == 200)
    finally:
        stage.stop()
