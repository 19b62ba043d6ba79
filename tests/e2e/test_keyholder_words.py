# SPDX-License-Identifier: Apache-2.0
"""PINs, badges and the queue's profile: the keyholder and a reader written from PROTOCOL.md alone mean the same."""
import os
import struct

import keyholder_client as kh
import pytest
from harness import directory, site as sites

PRINTER = b"\1" * 16
proto = kh.proto


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    s = sites.Site(str(tmp_path_factory.mktemp("site")), directory.NoDirectory()).init()
    s.start_keyholder()
    yield s
    s.keyholder.stop()


@pytest.fixture
def scout(site):
    c = kh.Client(site.keyholder.settings["scout-socket"])
    yield c
    c.close()


def state(site, name):
    with open(os.path.join(site.keyholder.settings["keyholder-state"], name), "rb") as f:
        return f.read()


def ask(scout, op, **values):
    return proto.keyholder_answer(op, scout.must(op, proto.keyholder_question(op, values)))


def test_questions_cut_or_longer_are_refused(scout):
    whole = {kh.PIN_SET: {"person": "mallory", "pin": "738215"}, kh.PIN_UNLOCK: {"person": "mallory"},
             kh.PIN_CHECK: {"person": "mallory", "pin": "738215", "printer": PRINTER}, kh.PIN_CLEAR: {"person": "mallory"},
             kh.PIN_LOOK: {"person": "mallory"}, kh.BADGE_MAC: {"uid": b"\4\xa2\x11\x7f"}}
    for op, values in whole.items():
        question = proto.keyholder_question(op, values)
        for data in [question[:n] for n in range(len(question))] + [question + b"\0"]:
            assert scout.ask(op, data)[0] in (kh.FORMAT, kh.LIMIT), (op, data)
    assert scout.ask(kh.BADGE_MAC, struct.pack(">H", 65) + bytes(65))[0] in (kh.FORMAT, kh.LIMIT)
    assert ask(scout, kh.PIN_LOOK, person="mallory")["verdict"] == proto.NO_PIN


def test_of_a_pin_is_kept_what_the_page_says_and_nothing_else(site, scout):
    ask(scout, kh.PIN_SET, person="alice", pin="738215")
    kept, pepper = state(site, "pins"), state(site, "pepper")
    at = kept.index(proto.pin_person(pepper, "alice")) + 16
    salt, verifier = kept[at:at + 16], kept[at + 16:at + 80]
    assert verifier == proto.pin_verifier(pepper, "alice", "738215", salt)
    assert b"738215" not in kept and b"alice" not in kept


def test_verdicts_are_those_of_the_page(scout):
    def check(pin):
        return ask(scout, kh.PIN_CHECK, person="bob", pin=pin, printer=PRINTER)["verdict"]

    assert check("738215") == proto.NO_PIN
    ask(scout, kh.PIN_SET, person="bob", pin="738215")
    assert check("738215") == proto.RIGHT and check("738216") == proto.WRONG
    assert [check("738217"), check("738218")] == [proto.WRONG] * 2
    late = ask(scout, kh.PIN_CHECK, person="bob", pin="738215", printer=PRINTER)
    assert late == {"verdict": proto.TOO_SOON, "wait_s": 1}
    assert ask(scout, kh.PIN_LOOK, person="bob") == {"verdict": proto.RIGHT, "pin_digits_least": 6}
    ask(scout, kh.PIN_CLEAR, person="bob")
    assert ask(scout, kh.PIN_LOOK, person="bob")["verdict"] == proto.NO_PIN


def test_a_badge_is_the_mac_of_the_page(site, scout):
    for uid in (b"\4", b"\4\xa2\x11\x7f", bytes(range(64))):
        assert ask(scout, kh.BADGE_MAC, uid=uid)["mac"] == proto.badge_mac(state(site, "pepper"), uid)


def test_a_profile_comes_back_in_the_sites_next_bulletin(site, scout):
    def bulletin(data):
        return proto.read_bulletin(data, bytes.fromhex(site.site_id()))

    before = bulletin(scout.must(kh.BULLETIN))
    values = {"formats": 9, "features": 3, "copies_max": 99, "resolutions": [{"number": 600}], "finishings": [{"number": 4}],
              "media": [{"text": "iso_a4_210x297mm"}], "types": [], "sources": [{"text": "tray-1"}], "bins": []}
    profile = proto.write_plain("profile", values)
    after = bulletin(scout.must(kh.PROFILE, profile))
    assert (after["version"], after["profile"]) == (before["version"] + 1, profile)
    assert bulletin(scout.must(kh.PROFILE, profile)) == after
    for unsound in (profile[:-1], profile + b"\0", b"\2" + profile[1:], profile.replace(b"tray-1", b"tray 1")):
        assert scout.ask(kh.PROFILE, unsound)[0] in (kh.FORMAT, kh.UNSUPPORTED)
    assert bulletin(scout.must(kh.BULLETIN)) == after
