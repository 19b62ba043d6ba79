# SPDX-License-Identifier: Apache-2.0
"""A site's messages wait at the relay for those they are for, and for nobody else."""
import hashlib
import os
import struct
import time

import pytest

from relay_client import (DEVICE_SCOUT, ORIGIN, Connection, Node, Relay, Site, Stream, new_id,
                          signed)
from relay_fixture import authority, courier, home, other, publish, relay, scout, versions  # noqa: F401


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
