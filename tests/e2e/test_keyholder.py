# SPDX-License-Identifier: Apache-2.0
"""Who has captured the device scout cannot get a key out of the keyholder, nor keep it from serving others."""
import os
import select
import signal
import struct
import threading
import time

import pytest

import keyholder_client as kh
from harness import directory, procs, site as sites

GOOD_ASK_S = 2  # what a good client may wait for an answer while others flood: 1 ms is usual, and a bad one is waited for 5 s


@pytest.fixture
def site(tmp_path):
    s = sites.Site(str(tmp_path), directory.NoDirectory()).init()
    s.start_keyholder()
    yield s
    s.keyholder.stop()


@pytest.fixture
def scout(site):
    c = kh.Client(site.keyholder.settings["scout-socket"])
    yield c
    c.close()


@pytest.fixture
def admin(site):
    c = kh.Client(site.keyholder.settings["admin-socket"])
    yield c
    c.close()


def connect(site, which="scout"):
    return kh.Client(site.keyholder.settings[which + "-socket"])


class Scene:
    """alice's workstation, bob's, a courier, one printer, one sealed job of alice's."""

    def __init__(self, admin, scout):
        self.admin, self.scout = admin, scout
        self.printer = kh.printer()
        admin.must(kh.PRINTER_ADD, kh.proto.write_plain("printer", self.printer))
        self.alice, self.bob = kh.Workstation(admin, scout, "alice"), kh.Workstation(admin, scout, "bob")
        for w in (self.alice, self.bob):
            scout.must(kh.HELLO, w.hello())
        self.new_job()

    def new_job(self):
        bulletin = kh.proto.read_bulletin(self.scout.must(kh.BULLETIN), self.alice.site)
        self.site_public = bulletin["site_public"]
        self.job, self.key, self.description = self.alice.seal(bulletin, "alice")

    def grant(self, **changed):
        description = changed.pop("description", self.description)
        return kh.grant(description, "alice", self.alice.node, self.printer["id"], **changed)

    def order(self):
        return kh.proto.read_of_site("order", self.scout.must(kh.GRANT, self.grant()), self.site_public)


def refused(scene, op, body, result):
    """A sentence, too short to hold a key or a signature, and one more line in the audit chain."""
    before = [e for e, _ in kh.audit_lines(scene.admin)].count("refused")
    got, answer = scene.scout.ask(op, body)
    assert got == result, f"result {got}: {answer}"
    assert struct.unpack(">H", answer[:2])[0] == len(answer) - 2 < 120 and answer.endswith(b".")
    assert [e for e, _ in kh.audit_lines(scene.admin)].count("refused") == before + 1


def test_a_captured_device_scout_gets_no_key(admin, scout):
    scene = Scene(admin, scout)
    other_site = kh.form.Header.read(scene.description)
    other_site.site = os.urandom(16)
    refused(scene, kh.GRANT, scene.grant(owner="bob"), kh.REFUSED)
    refused(scene, kh.GRANT, scene.grant(person="bob"), kh.REFUSED)
    refused(scene, kh.GRANT, scene.grant(printer=os.urandom(16)), kh.NOTFOUND)
    refused(scene, kh.GRANT, scene.grant(recipient=scene.bob.node, source=1, blob=os.urandom(16)), kh.REFUSED)
    refused(scene, kh.GRANT, scene.grant(recipient=os.urandom(16)), kh.NOTFOUND)
    refused(scene, kh.GRANT, scene.grant(description=other_site.write() + scene.description[152:]), kh.REFUSED)
    changed = bytearray(scene.description)
    changed[-1] ^= 1
    refused(scene, kh.GRANT, scene.grant(description=bytes(changed)), kh.AUTH)
    refused(scene, kh.GRANT, b"nonsense", kh.FORMAT)
    # A node of its own making: its certificate is signed by itself.
    own = kh.Workstation.__new__(kh.Workstation)
    own.seed, own.site = os.urandom(32), scene.alice.site
    own.certificate = kh.proto.write_signed("certificate", {
        "site": own.site, "sign_public": kh.proto.public_of(own.seed), "box_public": os.urandom(32), "roles": 3,
        "serial": 1}, own.seed)
    refused(scene, kh.HELLO, own.hello(), kh.AUTH)


def test_stale_hellos_closed_jobs_and_revoked_nodes_are_refused(admin, scout):
    scene = Scene(admin, scout)
    old = scene.alice.hello(2000)
    scout.must(kh.HELLO, old)
    scout.must(kh.HELLO, scene.alice.hello(3000))
    refused(scene, kh.HELLO, old, kh.STALE)
    scout.must(kh.CLOSE, scene.job + b"\2" + kh.text16("alice") + kh.text16(""))
    refused(scene, kh.GRANT, scene.grant(), kh.REPLAY)
    refused(scene, kh.DESCRIBE, scene.description, kh.REPLAY)
    scene.new_job()
    admin.must(kh.REVOKE, scene.alice.node)
    refused(scene, kh.GRANT, scene.grant(), kh.REFUSED)
    refused(scene, kh.HELLO, scene.alice.hello(4000), kh.REFUSED)


def test_ten_thousand_asks_give_one_order(admin, scout):
    scene = Scene(admin, scout)
    frame, orders = scene.grant(), 0
    for _ in range(100):
        for _ in range(100):  # sent ahead: the answers come in order
            scout.send(kh.GRANT, frame)
        for _ in range(100):
            result, answer = scout.receive()
            orders += result == kh.OK
            assert result in (kh.OK, kh.STATE), answer
    assert orders == 1
    events = [(e, v.get("why")) for e, v in kh.audit_lines(admin)]
    assert events.count(("refused", "order-open")) == 9999


def test_an_order_is_opened_by_its_recipient_and_printed_once(admin, scout):
    scene = Scene(admin, scout)
    order = scene.order()
    info = kh.form.wrap_info_grant(scene.alice.site, order["order"])
    assert kh.form.unwrap(scene.alice.hello_secret, info, order["wrapped_key"]) == scene.key
    assert order["printer_uri"] == scene.printer["uri"] and order["printer_pin"] == scene.printer["pin"]
    with pytest.raises(kh.form.Refused):
        kh.form.unwrap(scene.bob.hello_secret, info, order["wrapped_key"])
    refused(scene, kh.GRANT, scene.grant(), kh.STATE)
    scout.must(kh.REPORT, scene.alice.report(order, 6))  # failed: again
    scout.must(kh.REPORT, scene.alice.report(scene.order(), 7))  # unknown: the person decides, again
    scout.must(kh.REPORT, scene.alice.report(scene.order(), 5))  # delivered: never again
    refused(scene, kh.GRANT, scene.grant(), kh.REPLAY)
    log = "".join(f"{e} {v}" for e, v in kh.audit_lines(admin))
    assert "letter" not in log and scene.key.hex() not in log


def test_killed_it_still_knows_what_it_granted(site, admin, scout):
    scene = Scene(admin, scout)
    scene.order()
    site.keyholder.kill()
    os.unlink(site.keyholder.settings["admin-socket"])
    site.start_keyholder()
    with_restart = connect(site)
    assert with_restart.ask(kh.GRANT, scene.grant())[0] == kh.STATE
    assert "grant" in [e for e, _ in kh.audit_lines(connect(site, "admin"))]


def test_no_admin_operation_on_the_scout_socket_and_no_unknown_one_on_either(admin, scout):
    for op in range(32, 44):
        assert scout.ask(op, b"")[0] == kh.REFUSED
    for op in (0, 21, 31, 44, 128, 255):
        assert scout.ask(op, b"")[0] == kh.UNSUPPORTED
        assert admin.ask(op, b"")[0] == kh.UNSUPPORTED
    for op in (kh.GRANT, kh.CLOSE, kh.JOIN, kh.DESCRIBE, kh.PIN_CHECK, kh.DELEGATE):
        assert admin.ask(op, b"")[0] == kh.REFUSED


def test_what_the_device_scout_has_logged_cannot_look_like_a_grant(admin, scout):
    for forged in ("person=alice\u00e9", "person=alice 7 grant order=00", "order=00 7 grant", "detail=order%3D00", "a=1 a=2", "a=1  b=2"):
        assert scout.ask(kh.AUDIT, kh.text16("signin") + kh.text16(forged))[0] == kh.FORMAT
    scout.must(kh.AUDIT, kh.text16("signin") + kh.text16("person=alice%C3%A9%20x%3D1%0A7%20grant%20order%3D00 by=badge"))
    assert scout.ask(kh.AUDIT, kh.text16("grant order") + kh.text16(""))[0] == kh.FORMAT
    event, fields = kh.audit_lines(admin)[-2]
    assert event == "scout.signin" and fields == {"person": "alice\u00e9 x=1\n7 grant order=00", "by": "badge"}


@pytest.mark.parametrize("length", [0, 65537, 0x7fffffff, 0xffffffff])
def test_an_impossible_length_ends_the_connection_at_once(site, length):
    c = connect(site)
    c.raw(struct.pack(">I", length) + b"\1")
    assert c.closed() < 4  # half a frame is waited for 5 s


def test_half_a_frame_is_waited_for_a_while_and_not_for_ever(site, scout):
    halves = [connect(site) for _ in range(10)]
    for i, c in enumerate(halves):
        c.raw((struct.pack(">IB", 1000, kh.GRANT) + bytes(500))[:1 + i * 40])
    start = time.monotonic()
    scout.must(kh.BULLETIN)
    assert time.monotonic() - start < GOOD_ASK_S
    for c in halves:
        c.closed()
    assert 3 < time.monotonic() - start < 30  # 5 s, whoever trickles bytes


def test_who_does_not_read_answers_blocks_nobody(site, scout):
    deaf = connect(site)
    deaf.socket.setblocking(False)
    try:
        while True:
            deaf.socket.send(struct.pack(">IB", 1, kh.BULLETIN))
    except BlockingIOError:
        pass
    for _ in range(20):
        start = time.monotonic()
        scout.must(kh.BULLETIN)
        assert time.monotonic() - start < GOOD_ASK_S
    procs.wait_until("the deaf client to be cut off",
                     lambda: "connection_stalled" in site.keyholder.log(), 15)


def flood(site, stop, sent):
    """Nonsense as fast as it is taken, on a new connection whenever one is closed."""
    while not stop.is_set():
        try:
            c = connect(site)
            while not stop.is_set():
                for _ in range(50):
                    c.send(kh.GRANT, bytes(2000))
                    sent[0] += 1
                for _ in range(50):
                    if c.receive() is None:
                        break
        except OSError:
            pass


def test_a_flood_keeps_neither_the_device_scout_nor_the_administrator_waiting(site, admin, scout):
    idle = [connect(site) for _ in range(60)]  # more than there are places: the longest idle go
    stop, sent = threading.Event(), [0]
    threads = [threading.Thread(target=flood, args=(site, stop, sent)) for _ in range(4)]
    for t in threads:
        t.start()
    try:
        procs.wait_until("the flood", lambda: sent[0] > 1000)
        good, slowest = connect(site), 0
        for i in range(200):
            start = time.monotonic()
            (good if i % 2 else admin).must(kh.PRINTERS)
            slowest = max(slowest, time.monotonic() - start)
        assert slowest < GOOD_ASK_S, f"an answer took {slowest * 1000:.0f} ms"
    finally:
        stop.set()
        for t in threads:
            t.join()
    for c in idle:
        c.close()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give the scout socket to another user")
def test_another_user_gets_no_answer_on_the_scout_socket(site):
    site.keyholder.stop()
    site.keyholder.settings["scout-user"] = "12345"
    site.start_keyholder()
    assert connect(site).ask(kh.BULLETIN) is None
    assert connect(site, "admin").ask(kh.BULLETIN)[0] == kh.OK
    assert "peer_refused socket=scout uid=0" in site.keyholder.log()


def test_it_has_no_way_to_the_network_and_ends_cleanly_with_clients_connected(site, scout):
    with open(f"/proc/{site.keyholder.process.pid}/status") as f:
        status = dict(line.split(":\t", 1) for line in f if ":\t" in line)
    assert status["Seccomp"].strip() == "2"
    half = connect(site)
    half.raw(b"\0\0")
    assert site.keyholder.process.stop(signal.SIGTERM) == 0
    assert not os.path.exists(site.keyholder.settings["scout-socket"])
    assert scout.closed() < 5


def pin(person, digits, printer=b"\1" * 16):
    return kh.text16(person) + kh.text16(digits) + printer


def test_killed_in_the_middle_of_guesses_it_has_counted_each(site, scout):
    scout.must(kh.PIN_SET, kh.text16("alice") + kh.text16("738215"))
    for _ in range(3):
        connect(site).send(kh.PIN_CHECK, pin("alice", "000001"))
        # An answer on a later connection: the try was counted before it, and its Argon2 is under way or over.
        connect(site).must(kh.PIN_LOOK, kh.text16("alice"))
        site.keyholder.kill()
        os.unlink(site.keyholder.settings["admin-socket"])
        site.start_keyholder()
    verdict, wait_s = struct.unpack(">BI", connect(site).must(kh.PIN_CHECK, pin("alice", "738215")))
    assert (verdict, wait_s) == (2, 1)  # too soon after three wrong ones


def test_pins_hold_up_nobody_else(site, scout):
    scout.must(kh.PIN_SET, kh.text16("alice") + kh.text16("738215"))
    busy = [connect(site) for _ in range(16)]
    for i, c in enumerate(busy):
        c.send(kh.PIN_SET, kh.text16(f"person-{i}") + kh.text16("738215"))  # Argon2 too
    scout.must(kh.PRINTERS)
    done, _, _ = select.select([c.socket for c in busy], [], [], 0)
    assert len(done) < len(busy), "the list of printers waited for every PIN"
    assert [c.receive()[0] for c in busy] == [kh.OK] * len(busy)


def test_a_client_that_leaves_while_its_pin_is_checked_harms_nobody(site, scout):
    scout.must(kh.PIN_SET, kh.text16("alice") + kh.text16("738215"))
    for _ in range(2):
        c = connect(site)
        c.send(kh.PIN_CHECK, pin("alice", "000001"))
        c.send(kh.PIN_CHECK, pin("alice", "000002"))  # behind it; never read
        c.close()
    verdict, _ = struct.unpack(">BI", scout.must(kh.PIN_CHECK, pin("alice", "738215")))
    assert verdict in (0, 2)
    two = connect(site)
    two.send(kh.PIN_CHECK, pin("bob", "738215"))
    two.send(kh.PRINTERS)
    assert two.receive() == (kh.OK, struct.pack(">BI", 4, 0)) and two.receive()[0] == kh.OK
