# SPDX-License-Identifier: Apache-2.0
"""Whoever comes to a shared queue from the network says who they are, and is believed only by the site's word."""
import base64
import os
import socket
import ssl
import time
import warnings

import ipp
import pytest
from harness import procs
from harness.site import program
from shared_fixture import Client, SharedQueue, authority, shared  # noqa: F401

ASK = ipp.request(ipp.GET_PRINTER_ATTRIBUTES)


@pytest.mark.parametrize("method,path", [("POST", "/ipp/print"), ("GET", "/"), ("GET", "/icon-48.png"), ("HEAD", "/")])
def test_without_name_and_password_nothing_is_said_and_nobody_is_asked(shared, method, path):
    status, headers, body = shared.client().send(ASK if method == "POST" else b"", method, path)
    assert status == 401 and headers["WWW-Authenticate"].startswith('Basic realm="Latchkey"')
    assert shared.client().send(ipp.print_job() + b"%PDF-1.4")[0] == 401
    assert not shared.courier.packets and not shared.site.jobs() and b"ipp" not in body
    assert shared.client("alice").send(ASK)[0] == 200  # the control


@pytest.mark.parametrize("authorization", [
    "Basic", "Basic ", "Basic !!!!", "Basic YWxpY2U=", "Digest username=alice", "Bearer abc", "Basic YWxpY2U6YWxpY2UtcGFzc3dvcmQ= x",
    "Basic " + base64.b64encode(b"alice:").decode(), "Basic " + base64.b64encode(b":alice-password").decode(),
    "Basic " + base64.b64encode(b":").decode(), "Basic " + base64.b64encode(b"alice\nx:alice-password").decode(),
    "Basic " + base64.b64encode(b"alice\x00:alice-password").decode(), "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
    "Basic " + base64.b64encode(b"alice:alice-\x00password").decode()])
def test_what_is_no_name_with_a_password_is_asked_for_again_and_asks_nobody(shared, authorization):
    status, headers, _ = shared.client().send(ASK, Authorization=authorization)
    assert status == 401 and "WWW-Authenticate" in headers
    assert not shared.courier.packets


@pytest.mark.parametrize("length", [2000, 20_000, 500_000])
def test_a_huge_authorization_is_refused_and_the_next_client_is_served(shared, length):
    long = base64.b64encode(b"alice:" + b"p" * length).decode()
    try:
        assert shared.client().send(ASK, Authorization="Basic " + long)[0] in (431, 413, 400)
    except (OSError, ssl.SSLError):
        pass  # or the connection ends
    assert not shared.courier.packets
    assert shared.client("alice").send(ASK)[0] == 200


@pytest.mark.parametrize("name", ["*", "*)(uid=*", "alice)(|(uid=*", "alice\\2a", "uid=alice,ou=people", "../../etc/passwd", "alice printer=x"])
def test_a_name_with_a_directorys_signs_in_it_goes_on_as_it_is_and_is_nobody(shared, name):
    assert shared.client(name, "alice-password").send(ASK)[0] == 401
    assert [q["name"] for q in shared.courier.questions] == [name]


def test_a_question_shows_neither_name_nor_password_and_is_of_one_length(shared):
    assert shared.client("alice").send(ASK)[0] == 200
    shared.client("bob", "b" * 1000).send(ASK)
    assert len({len(p) for p in shared.courier.packets}) == 1
    for packet in shared.courier.packets:
        assert b"alice" not in packet and b"password" not in packet and b"bbbb" not in packet
    assert shared.courier.questions[1]["password"] == b"b" * 1000
    log = shared.process.log()
    assert "alice-password" not in log and "bbbb" not in log


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="a sanitizer keeps what was freed, and has terabytes to dump")
def test_no_password_stays_in_the_queues_memory(shared, tmp_path):
    client = shared.client("alice")
    kept = client.connection()  # with all that a server keeps of a connection
    assert client.send(ASK, connection=kept)[0] == 200
    client.print("letter", b"%PDF-1.4" + bytes(100_000))
    assert shared.client("bob", "a-wrong-password").send(ASK)[0] == 401
    procs.run(["gcore", "-o", tmp_path / "core", str(shared.process.pid)])
    kept.close()
    memory = (tmp_path / f"core.{shared.process.pid}").read_bytes()
    assert b"shared-certificate" in memory, "the control: it is that process's memory"
    for secret in (b"alice-password", b"a-wrong-password", base64.b64encode(b"alice:alice-password")):
        assert secret not in memory


def test_the_ten_requests_of_a_job_are_one_question(shared):
    c = shared.client("alice")
    for _ in range(10):
        assert c.send(ASK)[0] == 200
    assert len(shared.courier.packets) == 1


def test_requests_that_come_at_once_are_one_question(shared):
    shared.courier.delay_s = 0.5
    clients = [shared.client("alice").connection() for _ in range(10)]
    for c in clients:
        c.request("POST", "/ipp/print", ASK, shared.client("alice").headers())
    assert [c.getresponse().status for c in clients] == [200] * 10
    assert len(shared.courier.packets) == 1


def test_a_client_that_repeats_a_wrong_password_locks_nobody_out(shared):
    for _ in range(20):
        assert shared.client("alice", "last year's").send(ASK)[0] == 401
    assert len(shared.courier.packets) == 1
    assert shared.client("alice").send(ASK)[0] == 200


def test_two_thousand_guesses_at_a_person_are_five_questions_and_each_is_told_to_wait(shared):
    end, statuses = time.monotonic() + 8, []
    while len(statuses) < 2000 and time.monotonic() < end:
        status, headers, _ = shared.client("alice", f"guess {len(statuses)}").send(method="GET", path="/")
        statuses.append(status)
        assert status == 401 or (status == 429 and int(headers["Retry-After"]) >= 1)
    # Five at once, then one after two seconds, one after four more: test_queue_gate.c counts a hundred thousand.
    assert statuses[:5] == [401] * 5 and 429 in statuses[5:7]
    assert len(shared.courier.packets) <= 8


def test_a_right_password_of_another_name_passes_while_one_is_guessed_at(shared):
    for i in range(8):
        shared.client("alice", f"guess {i}").send(ASK)
    assert shared.client("bob").send(ASK)[0] == 200
    assert shared.client("alice").send(ASK)[0] == 429


def test_what_was_right_is_forgotten_with_the_process(shared):
    assert shared.client("alice").send(ASK)[0] == 200
    shared.stop()
    shared.start().with_courier()
    assert shared.client("alice").send(ASK)[0] == 200
    assert len(shared.courier.packets) == 1


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
def test_an_old_tls_gets_no_byte_of_application_data(shared, version):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", shared.shared_port())) as s, pytest.raises((ssl.SSLError, OSError)):
        context.wrap_socket(s)
    for good in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):  # the control
        context = ssl.create_default_context(cafile=shared.authority.crt)
        context.minimum_version = context.maximum_version = good
        with socket.create_connection(("127.0.0.1", shared.shared_port())) as s:
            context.wrap_socket(s, server_hostname="localhost").close()


def test_plain_http_on_the_tls_port_gets_no_answer_in_http(shared):
    with socket.create_connection(("127.0.0.1", shared.shared_port())) as s:
        s.settimeout(20)
        s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic YWxpY2U6YWxpY2UtcGFzc3dvcmQ=\r\n\r\n")
        answer = b""
        try:
            while data := s.recv(4096):
                answer += data
        except ConnectionResetError:
            pass
    assert b"HTTP" not in answer
    assert not shared.courier.packets


def test_this_computers_own_doors_ask_for_no_password(shared):
    assert shared.ask(ASK).status == 0
    with socket.create_connection(("127.0.0.1", shared.port)) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert s.recv(15) == b"HTTP/1.1 200 OK"
    assert not shared.courier.packets


def attributes(answer):
    group, = answer.group(ipp.PRINTER)
    return group


def test_each_door_says_of_itself_how_it_is_reached(shared):
    here, there = attributes(shared.ask(ASK)), attributes(shared.client("alice").ask(ASK))
    names = ("printer-uri-supported", "uri-authentication-supported", "uri-security-supported")
    assert [here[n] for n in names] == [[f"ipp://localhost:{shared.port}/ipp/print"], ["none"], ["none"]]
    assert [there[n] for n in names] == [[f"ipps://localhost:{shared.shared_port()}/ipp/print"], ["basic"], ["tls"]]
    assert all(u.startswith(f"https://localhost:{shared.shared_port()}/") for u in there["printer-icons"] + there["printer-more-info"])
    assert here["printer-uuid"] == there["printer-uuid"], "it is one printer"
    assert "none" in here["job-password-encryption-supported"] and "none" not in there["job-password-encryption-supported"]


def start_fails(queue):
    """What it says when it does not start."""
    done = procs.run([program("printscout-queue"), "--config", queue.conf], check=False, timeout_s=20)
    assert done.returncode != 0
    return done.stderr


def test_a_node_of_one_persons_takes_no_jobs_from_the_network(tmp_path, authority):
    assert "invitation with --shared" in start_fails(SharedQueue(tmp_path, authority).enrolled("alice"))
    queue = SharedQueue(tmp_path, authority, "other").enrolled("").start().with_courier()
    queue.enrolled("alice")  # it was enrolled again meanwhile
    try:
        assert queue.client("alice").send(ASK)[0] == 403
        assert queue.ask(ASK).status == 0
    finally:
        queue.stop()


def test_a_certificate_that_will_not_do_is_named_at_the_start(tmp_path, authority):
    certificate, key = authority.issue("server")
    _, other = authority.issue("other")
    for i, (bad, said) in enumerate([({"shared_key": other}, "does not belong"), ({"shared_certificate": "/nowhere"}, "printscout-queue(8)"),
                                     ({"shared_certificate": key}, key), ({"shared_address": "localhost"}, "write digits")]):
        assert said in start_fails(SharedQueue(tmp_path, authority, f"queue{i}", **bad).enrolled(""))
    queue = SharedQueue(tmp_path, authority, "open").enrolled("")
    os.chmod(key, 0o644)
    assert "chmod 400" in start_fails(queue)


def test_the_command_of_the_manual_makes_a_certificate_that_works(tmp_path, authority):
    here = os.path.dirname(__file__)
    with open(os.path.join(here, "..", "..", "deploy", "ADD-THE-QUEUE.md")) as f:
        lines = f.read().split("openssl req")[1].split("chown")[0]
    command = "name=localhost; openssl req" + lines.replace("/etc/latchkey", str(tmp_path))
    procs.run(["sh", "-ec", command])
    queue = SharedQueue(tmp_path, authority, shared_certificate=str(tmp_path / "queue.crt"), shared_key=str(tmp_path / "queue.key"))
    queue.start().enrolled("").with_courier()
    try:
        assert Client(queue.shared_port(), str(tmp_path / "queue.crt"), "alice").send(ASK)[0] == 200
    finally:
        queue.stop()
