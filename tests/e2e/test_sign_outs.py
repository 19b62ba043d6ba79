# SPDX-License-Identifier: Apache-2.0
"""Whatever a person or an administrator takes away, a panel, a badge, a PIN or a reader, opens nothing from then on."""
import itertools
import threading

import pytest

from harness import panel, procs, site as sites

addresses = itertools.count(100)
cards = itertools.count(0x04C1000000000001)


class Desk:
    """An administrator at the command line, and people at panels of their own address."""

    def __init__(self, site):
        self.site = site

    def at(self, printer="mono"):
        return panel.Panel(self.site, printer, f"127.0.0.{next(addresses)}")

    def panel_of_its_own(self):
        """A panel with a token that no other test has, and the name that `panel list` gives it."""
        label = f"panel {next(addresses)}"
        token = self.site.command("panel", "add", "mono", "--label", label, "--token-only").stdout.strip()
        at = self.at()
        at.panel_cookie = f"__Secure-latchkey-panel={token}"
        listed = self.site.command("panel", "list").stdout.splitlines()
        return at, next(line.split()[0] for line in listed if line.endswith(label))

    def with_badge(self, user="bob", pin="738215"):
        """Somebody signed in with a badge and a PIN; gives the panel and the badge's card."""
        at, card = self.at(), f"{next(cards):016X}"
        assert at.sign_in(user, user + "-password", register=at.badge(card)[1]["register"])[1]["registered"]
        assert at.call("PUT", "/api/v1/pin", {"pin": pin})[0] == 200
        assert at.badge(card, pin)[0] == 200
        return at, card


@pytest.fixture
def desk(site, people, mono):
    return Desk(site)


def signed_out(at):
    procs.wait_until("the session to end", lambda: at.call("GET", "/api/v1/jobs")[0] in (401, 403))


def stream_of(at):
    """What an event stream says until it ends, from another thread."""
    other = panel.Panel(at.site, at.printer, at.address, has_token=False)
    other.panel_cookie, other.cookie, said = at.panel_cookie, at.cookie, []
    thread = threading.Thread(target=lambda: said.append(other.call("GET", "/api/v1/events")))
    thread.start()
    return thread, said


def test_a_panel_that_is_removed_is_signed_out_with_its_stream(desk):
    at, name = desk.panel_of_its_own()
    stays = desk.at()
    assert at.sign_in("alice", "alice-password")[0] == 200 and stays.sign_in("alice", "alice-password")[0] == 200
    thread, said = stream_of(at)
    desk.site.command("panel", "remove", name)
    thread.join(5)
    assert not thread.is_alive() and "event: signed-out" in said[0][1]
    assert at.call("GET", "/api/v1/jobs")[1]["error"] == "no-panel"
    assert stays.call("GET", "/api/v1/jobs")[0] == 200  # the control: another panel of the same person


def test_a_removed_panel_that_waits_for_a_swipe_is_answered(desk):
    at, name = desk.panel_of_its_own()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(at.call("GET", "/api/v1/swipe")))
    thread.start()
    desk.site.command("panel", "remove", name)
    thread.join(10)
    assert [(status, body["error"]) for status, body in answers] == [(403, "no-panel")]


def test_a_badge_that_an_administrator_revokes_signs_out_who_came_by_it(desk):
    at, _ = desk.with_badge()
    by_password = desk.at()
    assert by_password.sign_in("bob", "bob-password")[0] == 200
    badge = at.call("GET", "/api/v1/badges")[1]["badges"][-1]["id"]
    desk.site.command("badge", "revoke", badge)
    signed_out(at)
    assert by_password.call("GET", "/api/v1/jobs")[0] == 200


def test_a_badge_that_its_person_removes_signs_out_who_holds_it_and_not_the_person(desk):
    thief, card = desk.with_badge()
    owner = desk.at()
    assert owner.sign_in("bob", "bob-password")[0] == 200
    badge = owner.call("GET", "/api/v1/badges")[1]["badges"][-1]["id"]
    assert owner.call("DELETE", f"/api/v1/badges/{badge}")[0] == 200
    assert thief.call("GET", "/api/v1/jobs")[0] == 401
    assert owner.call("GET", "/api/v1/jobs")[0] == 200
    assert owner.badge(card)[1]["error"] == "unknown-badge"


def test_a_pin_that_is_cleared_or_changed_signs_out_who_typed_it(desk):
    at, card = desk.with_badge()
    said = desk.site.command("pin", "clear", "bob").stdout
    assert "bob has no PIN now" in said
    signed_out(at)
    assert at.badge(card, "738215")[1]["error"] == "pin-none"
    at, card = desk.with_badge()
    owner = desk.at()
    assert owner.sign_in("bob", "bob-password")[0] == 200
    assert owner.call("PUT", "/api/v1/pin", {"pin": "915264"})[0] == 200
    assert at.call("GET", "/api/v1/jobs")[0] == 401
    log = desk.site.command("audit", "show").stdout
    assert "admin.pin_cleared" in log and "738215" not in log


def test_a_reader_that_is_removed_brings_no_more_badges(desk):
    token = desk.site.command("reader", "add", "mono", "--label", "reader of this test").stdout.strip()
    at = panel.Panel(desk.site, "mono", f"127.0.0.{next(addresses)}", has_token=False)

    def swipe():
        return at.call("POST", "/api/v1/swipe", {"badge": "04AABBCCDD"}, {"Authorization": f"Bearer {token}"})[0]
    assert swipe() == 200
    listed = desk.site.command("panel", "list").stdout.splitlines()
    desk.site.command("panel", "remove", next(x for x in listed if "reader of this test" in x).split()[0])
    assert swipe() == 403


def test_a_session_is_worth_nothing_behind_another_panels_token(desk):
    at, _ = desk.panel_of_its_own()
    assert at.sign_in("alice", "alice-password")[0] == 200
    own = at.panel_cookie
    at.panel_cookie = f"__Secure-latchkey-panel={desk.site.panel_token('mono')}"  # the same address, as behind a router
    assert at.call("GET", "/api/v1/jobs")[0] == 401
    at.panel_cookie = own
    assert at.call("GET", "/api/v1/jobs")[0] == 200


def test_a_person_at_whom_somebody_has_guessed_is_unlocked(desk):
    at = desk.at()
    for _ in range(5):
        assert at.sign_in("carol", "wrong")[0] == 401
    assert at.sign_in("carol", "carol-password")[0] == 429
    assert "count no more" in desk.site.command("unlock", "carol").stdout
    procs.wait_until("the unlocking", lambda: desk.at().sign_in("carol", "carol-password")[0] == 200)


def test_who_is_not_the_administrator_clears_no_pin(desk, tmp_path):
    conf = sites.write_conf(str(tmp_path / "devicescout.conf"), dict(desk.site.devicescout.settings, **{
        "admin-socket": str(tmp_path / "nobody.sock")}))
    done = procs.run([sites.program("devicescout"), "pin", "clear", "bob", "--config", conf], check=False)
    assert done.returncode == 1
