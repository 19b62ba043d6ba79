# SPDX-License-Identifier: Apache-2.0
"""A person signs in with a badge, a PIN or a password; whoever guesses, has left or may not, does not."""
import itertools
import os
import time

import pytest

from harness import active_directory, certs, directory, panel, printers, procs, site as sites

BADGE, OTHER = "04A1B2C3D4E5F6", "0499887766554433"

DIRECTORIES = {"ldap": directory.Directory, "ad": active_directory.ActiveDirectory}  # test_people_ad.py runs the second


class Stage:
    def __init__(self, folder, **settings):
        self.addresses = itertools.count(2)
        self.authority = certs.Authority(folder + "/ca")
        self.directory = DIRECTORIES[os.environ.get("LATCHKEY_DIRECTORY", "ldap")](
            folder, self.authority, dict(directory.PEOPLE, dave=("dave-password", "Dave Doe")), anonymous_bind_dn=True).start()
        self.site = sites.Site(folder, self.directory)
        closed, staff, admins = self.make_groups()
        self.site.devicescout.settings.update({"ldap-printer-groups": ["closed:" + closed], "ldap-use-groups": [staff],
                                               "ldap-admin-groups": [admins], "ldap-card-attribute": "employeeNumber", **settings})
        self.site.init().start()
        self.raw = printers.RawPrinter(folder).start()
        self.site.add_printer("mono", self.raw)
        self.site.add_printer("closed", self.raw)

    def make_groups(self):
        """carol is in "printers" by way of "floor-3"; "printers" may use the printer "closed". dave is no staff; carol, by way of
        "floor-3" again, administers."""
        self.directory.group("floor-3", "carol")
        return (self.directory.group("printers", "floor-3"), self.directory.group("staff", "alice", "bob", "floor-3"),
                self.directory.group("admins", "floor-3"))

    def at(self, printer="mono"):
        """A panel of its own address, so that one test's guesses are not another's."""
        return panel.Panel(self.site, printer, f"127.0.0.{next(self.addresses)}")

    def stop(self):
        bad = self.site.stop()
        self.raw.stop()
        self.directory.stop()
        assert not bad, "\n".join(bad)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    s = Stage(str(tmp_path_factory.mktemp("people")))
    yield s
    s.stop()


def register(at, badge, user="alice", pin="738215"):
    status, body = at.badge(badge)
    assert (status, body["error"]) == (401, "unknown-badge")
    status, body = at.sign_in(user, user + "-password", register=body["register"])
    assert status == 200 and body["registered"]
    if pin:
        assert at.call("PUT", "/api/v1/pin", {"pin": pin})[0] == 200
    at.sign_out()


def test_a_first_swipe_registers_the_badge_and_the_second_asks_for_the_pin(stage):
    at = stage.at()
    register(at, BADGE)
    status, body = at.badge(BADGE)
    assert (status, body["error"]) == (401, "pin-wanted")
    status, body = at.badge(BADGE, "738215")
    assert status == 200, body
    assert (body["person"], body["authentication"], body["pin"]) == ("alice", "badge-pin", "set")
    assert body["display"] == "Alice Adams"
    status, body = at.call("GET", "/api/v1/badges")
    assert status == 200 and [b["source"] for b in body["badges"]] == ["panel"]
    at.sign_out()
    status, body = at.pin("alice", "738215")
    assert status == 200 and body["authentication"] == "name-pin"
    assert at.call("PUT", "/api/v1/pin", {"pin": "915264"})[1]["error"] == "password-wanted"
    at.sign_out()
    assert at.badge(BADGE, "738216")[1]["error"] == "sign-in-refused"


def test_easily_guessed_pins_are_refused(stage):
    at = stage.at()
    assert at.sign_in("bob", "bob-password")[0] == 200
    for pin, error in (("123456", "pin-trivial"), ("7382", "pin-length"), ("73a215", "pin-not-digits")):
        status, body = at.call("PUT", "/api/v1/pin", {"pin": pin})
        assert (status, body["error"]) == (422, error)
    at.sign_out()
    assert at.pin("bob", "123456")[1]["error"] == "sign-in-refused"  # nor does it tell that bob has none


def test_a_handle_works_once_and_from_its_own_panel_alone(stage):
    at = stage.at()
    handle = at.badge(OTHER)[1]["register"]
    assert at.sign_in("bob", "wrong", register=handle)[0] == 401
    assert at.sign_in("bob", "bob-password", register="0" * 32)[1]["registered"] is False
    assert at.sign_in("bob", "bob-password", register=handle)[1]["registered"] is True
    assert at.sign_in("carol", "carol-password", register=handle)[1]["registered"] is False
    at.sign_out()
    status, body = at.badge(OTHER)
    assert body["error"] == "pin-none"


def test_a_person_sees_and_removes_their_own_badges_only(stage):
    at, other = stage.at(), stage.at()
    assert at.sign_in("bob", "bob-password")[0] == 200 and other.sign_in("alice", "alice-password")[0] == 200
    badge = at.call("GET", "/api/v1/badges")[1]["badges"][0]["id"]
    assert other.call("DELETE", f"/api/v1/badges/{badge}")[0] == 404
    assert at.call("DELETE", f"/api/v1/badges/{badge}")[0] == 200
    assert at.call("GET", "/api/v1/badges")[1]["badges"] == []
    at.sign_out()
    assert at.badge(OTHER)[1]["error"] == "unknown-badge"


def test_wrong_pins_make_everybody_wait_until_the_password(stage):
    at = stage.at()
    seen, begun = [], []
    while not seen or seen[-1]["error"] == "sign-in-refused":
        begun.append(time.monotonic())
        seen.append(at.badge(BADGE, "000001")[1])
    assert 2 <= len(seen) <= 6 and seen[-1]["error"] == "too-often" and seen[-1]["wait_s"] >= 1
    however_right = at.badge(BADGE, "738215")[1]
    waited_s = time.monotonic() - begun[-2]  # since the last guess that counted; only a machine that stalls waits for so long
    assert however_right.get("error") == "too-often" or waited_s >= 1
    assert at.sign_in("alice", "alice-password")[1]["pin"] == "set"
    at.sign_out()
    assert at.badge(BADGE, "738215")[0] == 200


@pytest.mark.parametrize("body", [
    {"badge": BADGE, "user": "alice"}, {"user": "alice"}, {"pin": "738215"}, {"badge": BADGE, "password": "x"},
    {"user": "alice", "pin": "1", "password": "x"}, {"badge": 7}, {"badge": BADGE, "register": "0" * 32}])
def test_other_mixtures_are_no_sign_in(stage, body):
    assert stage.at().call("POST", "/api/v1/session", {"printer": "mono", **body})[0] == 400


@pytest.mark.parametrize("badge", ["", "0", "zz", "00000000", "04" * 33, "04" * 2000, "*)(uid=*"])
def test_what_is_no_badge_is_refused(stage, badge):
    assert stage.at().badge(badge)[1]["error"] in ("sign-in-refused", "too-often")


def test_a_printer_of_a_group_is_its_members_alone_groups_in_groups_included(stage):
    at = stage.at("closed")
    status, body = at.sign_in("alice", "alice-password")
    assert (status, body["error"]) == (403, "not-allowed")
    assert at.sign_in("carol", "carol-password")[0] == 200
    at.sign_out()


def test_who_is_in_no_group_that_may_print_is_refused_at_every_printer(stage):
    status, body = stage.at().sign_in("dave", "dave-password")
    assert (status, body["error"]) == (403, "not-allowed")


def test_administration_is_its_groups_alone_and_wants_the_password(stage):
    at, admin = stage.at(), stage.at()
    calls = (("GET", "/api/v1/statistics", None), ("GET", "/api/v1/accessories", None),
             ("POST", "/api/v1/accessories", {"kind": "panel", "printer": "mono"}),
             ("DELETE", "/api/v1/accessories/" + "0" * 16, None), ("POST", "/api/v1/badges", {"person": "bob"}))
    assert at.sign_in("bob", "bob-password")[1]["may"]["administer"] is False
    for call in calls:
        status, body = at.call(*call)
        assert (status, body["error"]) == (403, "not-an-administrator"), call
    register(admin, "04C0FFEE000000", "carol", "915264")
    assert admin.badge("04C0FFEE000000", "915264")[1]["may"]["administer"] is False  # not now
    for call in calls:
        status, body = admin.call(*call)
        assert (status, body["error"]) == (403, "password-wanted"), call
    may = admin.call("GET", "/api/v1/authorization")[1]["may"]
    assert may["print"] and not may["set_pin"] and not may["administer"]
    assert admin.sign_in("carol", "carol-password")[1]["may"]["administer"] is True
    assert admin.call("GET", "/api/v1/authorization")[1]["printers"] == ["mono", "closed"]
    assert at.call("GET", "/api/v1/authorization")[1]["printers"] == ["mono"]
    assert [admin.call(*c)[0] for c in calls] == [200, 200, 201, 404, 200]
    badge = admin.call("POST", "/api/v1/badges", {"person": "carol"})[1]["badges"][0]["id"]
    assert at.call("DELETE", f"/api/v1/badges/{badge}")[0] == 404  # bob may not
    assert admin.call("DELETE", f"/api/v1/badges/{badge}")[0] == 200


def test_an_administrator_gives_a_panel_its_token_and_takes_it_back(stage):
    admin, new = stage.at(), stage.at()
    assert admin.sign_in("carol", "carol-password")[0] == 200
    status, body = admin.call("POST", "/api/v1/accessories", {"kind": "panel", "printer": "mono", "label": "by the window"})
    assert status == 201
    new.panel_cookie = f"__Secure-latchkey-panel={body['token']}"
    assert new.sign_in("bob", "bob-password")[0] == 200
    listed = admin.call("GET", "/api/v1/accessories")[1]["accessories"]
    assert [a["printer"] for a in listed if a["label"] == "by the window"] == ["mono"]
    assert body["token"] not in str(listed)
    assert admin.call("DELETE", f"/api/v1/accessories/{body['id']}")[0] == 200
    assert new.call("GET", "/api/v1/jobs")[1]["error"] == "no-panel"
    for wrong in ({"kind": "printer", "printer": "mono"}, {"kind": "panel"}, {"kind": "panel", "printer": "mono", "label": "x" * 64},
                  {"kind": "panel", "printer": "mono", "label": "a\u0007"}, {"kind": "panel", "printer": "mono", "more": 1}):
        assert admin.call("POST", "/api/v1/accessories", wrong)[0] == 400, wrong
    assert admin.call("POST", "/api/v1/accessories", {"kind": "panel", "printer": "nowhere"})[0] == 404
    log = stage.site.command("audit", "show").stdout
    assert "scout.panel_added" in log and "scout.panel_removed" in log and body["token"] not in log


def test_while_the_directory_is_down_badge_and_pin_go_on_and_passwords_do_not(stage):
    at = stage.at()
    stage.directory.process.kill()
    assert at.badge(BADGE, "738215")[0] == 200
    at.sign_out()
    assert at.sign_in("alice", "alice-password")[1]["error"] == "directory-down"
    assert at.pin("carol", "738215")[1]["error"] == "sign-in-refused"
    stage.directory.process.start()
    stage.directory.process.wait_for("its port", lambda: procs.accepts(stage.directory.tls_port))


def test_a_disabled_account_is_refused_though_badge_and_pin_are_right(stage):
    if not hasattr(stage.directory, "disable"):
        pytest.skip("this directory has no switch for it")
    at = stage.at()
    stage.directory.disable("alice")
    assert at.badge(BADGE, "738215")[1]["error"] == "sign-in-refused"
    stage.directory.enable("alice")
    assert at.badge(BADGE, "738215")[0] == 200


def test_an_account_that_the_directory_locked_is_refused_though_badge_and_pin_are_right(stage):
    at = stage.at()
    stage.directory.lock("alice")
    assert at.badge(BADGE, "738215")[1]["error"] == "sign-in-refused"
    assert stage.at().sign_in("alice", "alice-password")[1]["error"] == "sign-in-refused"
    stage.directory.unlock("alice")
    assert at.badge(BADGE, "738215")[0] == 200


def test_a_card_that_the_directory_knows_is_its_persons_for_as_long_as_it_says_so(stage):
    card, at = "04CAFE00000001", stage.at()
    stage.directory.set_attribute("bob", "employeeNumber", card.lower())
    assert at.badge(card)[1]["error"] == "pin-none"
    assert at.sign_in("bob", "bob-password")[0] == 200 and at.call("PUT", "/api/v1/pin", {"pin": "603817"})[0] == 200
    assert at.badge(card, "603817")[1]["person"] == "bob"
    assert [b["source"] for b in at.call("GET", "/api/v1/badges")[1]["badges"]] == ["directory"]
    stage.directory.set_attribute("bob", "employeeNumber", "04cafe00000002")
    assert at.badge(card, "603817")[1]["error"] == "unknown-badge"
    assert at.badge("04CAFE00000002", "603817")[1]["person"] == "bob"


@pytest.mark.parametrize("name, password", [("alice", ""), ("nobody", ""), ("", ""), ("*)(uid=*", "alice-password"),
                                            ("*", "alice-password"), ("alice)(|(uid=*", "alice-password")])
def test_an_empty_password_or_a_name_that_is_a_filter_signs_nobody_in(stage, name, password):
    assert stage.at().sign_in(name, password)[0] == 401


def test_who_has_left_the_directory_is_refused_though_badge_and_pin_are_right(stage):
    at = stage.at()
    stage.directory.remove("alice")
    procs.wait_until("the directory to be asked again", lambda: at.badge(BADGE, "738215")[1]["error"] == "sign-in-refused")
    stage.directory.process.kill()
    assert at.badge(BADGE, "738215")[0] == 503  # nor does a directory that is down bring them back
    stage.directory.process.start()
    stage.directory.process.wait_for("its port", lambda: procs.accepts(stage.directory.tls_port))
    stage.directory.add("alice")
    stage.directory.join("staff", "alice")  # a new account with an old name inherits nothing
    procs.wait_until("the new account", lambda: at.sign_in("alice", "alice-password")[0] == 200)
    assert at.call("GET", "/api/v1/badges")[1]["badges"] == []
    at.sign_out()
    assert at.pin("alice", "738215")[0] == 401


def test_no_badge_and_no_pin_is_in_state_or_logs(stage):
    text = stage.site.logs() + stage.site.command("audit", "show").stdout
    for secret in (BADGE, BADGE.lower(), "738215", "alice-password"):
        assert secret not in text
    assert " by=badge-pin " in text  # who signed in how
