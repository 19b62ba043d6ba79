# SPDX-License-Identifier: Apache-2.0
"""Between a shared queue and the site stands the courier: it carries, and can neither read, nor answer, nor keep anybody out."""
import os
import socket
import time

import ipp
import pytest
from fake_site import FakeSite
from harness import procs
from played_courier import DOWN, MAY_NOT, OK, TIMEOUT, TOO_OFTEN, YES, PlayedCourier, ref
from shared_fixture import PEOPLE, SharedQueue, authority, shared  # noqa: F401

ASK = ipp.request(ipp.GET_PRINTER_ATTRIBUTES)
STRANGER = 54321  # a uid that nobody here has


def unavailable(client):
    """The answer that nobody can be reached, and how long it took."""
    start = time.monotonic()
    status, headers, text = client.send(ipp.print_job() + b"%PDF-1.4")
    assert status == 503 and int(headers["Retry-After"]) > 0 and b"print again" in text
    return time.monotonic() - start


def test_without_a_courier_the_answer_is_not_now_at_once_and_nothing_is_lost(tmp_path, authority):
    queue = SharedQueue(tmp_path, authority).start().enrolled("")
    try:
        assert unavailable(queue.client("alice")) < 2
        assert not queue.site.jobs() and not queue.site.arriving()
        queue.with_courier()
        assert queue.client("alice").print("now").status in (0, 1)
    finally:
        queue.stop()


def test_a_courier_that_puts_a_site_of_its_own_there_gets_no_password_and_no_job(shared):
    theirs = FakeSite(shared.spool, "").enroll()
    shared.site.write("site-key", shared.site.public)  # that one is not the courier's to write
    theirs.bulletin()
    assert shared.client("alice").send(ASK)[0] == 503
    assert shared.ask(ipp.print_job() + b"%PDF-1.4").status != 0
    assert not shared.courier.packets and not shared.site.jobs()
    assert "node_refused" in shared.process.log()
    shared.enrolled("")
    assert shared.client("alice").print("at home").status in (0, 1)  # the control


def test_a_courier_that_goes_away_fails_what_it_was_asked_at_once(shared):
    shared.courier.says = lambda number, question: None
    c = shared.client("alice").connection()
    c.request("POST", "/ipp/print", ASK, shared.client("alice").headers())
    procs.wait_until("the question", lambda: shared.courier.packets)
    shared.courier.stop()
    assert c.getresponse().status == 503
    shared.with_courier()
    assert shared.client("alice").send(ASK)[0] == 200


def test_a_courier_that_says_nothing_is_given_up_after_ten_seconds_and_others_are_served(shared):
    assert shared.client("bob").send(ASK)[0] == 200
    shared.courier.says = lambda number, question: None
    c = shared.client("alice").connection()
    start = time.monotonic()
    c.request("POST", "/ipp/print", ASK, shared.client("alice").headers())
    procs.wait_until("the question", lambda: len(shared.courier.packets) == 2)
    assert shared.client("bob").print("meanwhile").status in (0, 1)
    assert c.getresponse().status == 503
    assert 8 < time.monotonic() - start < 14


def lie_other_key(courier, number, question):
    return courier.answer(number, {**question, "password": b"alice-password"}, key=os.urandom(32))


def lie_other_person(courier, number, question):
    good = courier.answer(number, {**question, "password": b"alice-password"})
    return good.replace(b"alice", b"carol")


def lie_refusal_turned(courier, number, question):
    good = bytearray(courier.answer(number, question))
    good[17 + 17] = YES
    return bytes(good)


def lie_old_answer(courier, number, question):
    old = ref.write_answer({"question": bytes(16), "outcome": YES, "wait_s": 0, "person": "alice"}, question["answer_key"])
    return number + bytes([OK]) + old


def lie_nothing_behind_ok(courier, number, question):
    return number + bytes([OK])


@pytest.mark.parametrize("lie", [lie_other_key, lie_other_person, lie_refusal_turned, lie_old_answer, lie_nothing_behind_ok])
def test_a_courier_that_lies_lets_nobody_in(shared, lie):
    shared.courier.says = lambda number, question: lie(shared.courier, number, question)
    assert shared.client("alice", "wrong").send(ASK)[0] == 503
    assert "question_not_answered" in shared.process.log()
    shared.courier.says = shared.courier.answer
    assert shared.client("alice", "wrong").send(ASK)[0] == 401  # the control, and nothing was kept of the lie


@pytest.mark.parametrize("packet", [b"", b"x", bytes(16), bytes(17) + bytes(4000), bytes(16) + b"\xff", bytes(16) + b"\x01and more"])
def test_what_is_no_answer_ends_the_line_and_the_courier_may_come_again(shared, packet):
    shared.courier.says = lambda number, question: packet
    if packet:
        assert shared.client("alice").send(ASK)[0] == 503
    else:
        shared.courier.stop()
    shared.process.wait_for_log("courier_line state=down")
    shared.courier = PlayedCourier(shared.spool, shared.site.scout_box, PEOPLE).start()
    procs.wait_until("an answer", lambda: shared.client("alice").send(ASK)[0] == 200)


@pytest.mark.parametrize("outcome,status", [(TOO_OFTEN, 429), (DOWN, 503), (MAY_NOT, 403)])
def test_what_the_site_says_reaches_the_person(shared, outcome, status):
    shared.courier.outcome = lambda question: (outcome, "")
    assert shared.client("alice").send(ASK)[0] == status
    assert not shared.site.jobs()


def test_while_the_site_is_away_a_right_password_is_no_guess(shared):
    shared.courier.outcome = lambda question: (DOWN, "")
    for _ in range(15):
        assert shared.client("alice").send(ASK)[0] == 503
    del shared.courier.outcome
    assert shared.client("alice").send(ASK)[0] == 200


def test_after_a_silent_device_scout_the_next_one_is_asked(tmp_path, authority):
    queue = SharedQueue(tmp_path, authority).start()
    queue.site.more_scouts = 1
    queue.enrolled("").with_courier()
    try:
        queue.courier.says = lambda number, question: number + bytes([TIMEOUT])
        asked = []
        for _ in range(3):
            queue.client("alice").send(ASK)
            asked.append(queue.courier.packets[-1][:16])
        assert asked[0] == asked[2] != asked[1]
    finally:
        queue.stop()


@pytest.mark.skipif(os.getuid() != 0, reason="becomes another account")
@pytest.mark.parametrize("mode", [0o770, 0o777])
def test_another_account_of_this_computer_is_not_the_courier(shared, mode):
    """Neither where the folder keeps it out, nor where somebody opened folder and socket to it."""
    folders = [shared.spool, shared.folder, *[os.path.dirname(shared.folder)] * 1]
    path = os.path.join(shared.spool, "questions")
    os.chmod(path, mode)
    for f in folders if mode == 0o777 else ():
        os.chmod(f, 0o755)
    fd = os.open(shared.spool, os.O_PATH)
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        said = b"?"
        try:
            os.setgroups([])
            os.setgid(STRANGER)
            os.setuid(STRANGER)
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            s.settimeout(10)
            s.connect(f"/proc/self/fd/{fd}/questions")
            said = b"closed" if s.recv(100) == b"" else b"served"
        except OSError as e:
            said = type(e).__name__.encode()
        finally:
            os.write(tell, said)
            os._exit(0)
    os.waitpid(child, 0)
    os.close(fd)
    assert os.read(told, 100) in ((b"PermissionError",) if mode == 0o770 else (b"closed", b"ConnectionResetError"))
    assert shared.client("alice").send(ASK)[0] == 200, "the courier's own line is as it was"
    if mode == 0o777:
        assert "question_socket_refused" in shared.process.log()


def test_the_socket_and_the_list_of_people_are_the_spools_groups_alone(shared):
    shared.client("alice").print("letter")
    assert os.stat(os.path.join(shared.spool, "questions")).st_mode & 0o007 == 0
    assert os.stat(os.path.join(shared.spool, "people")).st_mode & 0o077 == 0
    shared.stop()
    assert not os.path.exists(os.path.join(shared.spool, "questions"))
