# SPDX-License-Identifier: Apache-2.0
"""A badge held to a reader beside the printer reaches the panel there, and no other; from nobody else anything does."""
import socket
import threading

import pytest

from harness import cards, panel, procs, site as sites


@pytest.fixture(scope="module")
def readers(site, mono, colour):
    """The port for network readers; the one at 127.0.0.9 stands beside mono."""
    site.devicescout.stop()
    port = procs.free_port()
    site.devicescout.settings.update({"reader-port": port, "reader-address": "127.0.0.1", "readers": ["127.0.0.9=mono"]})
    site.start_devicescout()
    at = panel.Panel(site, "mono")
    procs.wait_until("the printers", lambda: at.call("GET", "/api/v1/printer/mono")[0] == 200)
    return port


def tap(port, data, address="127.0.0.9"):
    with socket.create_connection(("127.0.0.1", port), source_address=(address, 0)) as s:
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            return s.recv(1)
        except OSError:  # it has hung up already
            return b""


class Waiting:
    """A panel that waits for a swipe."""

    def __init__(self, site, printer, address="127.0.0.1"):
        self.at, self.answer = panel.Panel(site, printer, address), None
        self.thread = threading.Thread(target=self._wait)
        self.thread.start()

    def _wait(self):
        self.answer = self.at.call("GET", "/api/v1/swipe")

    def heard(self, timeout_s=20):
        self.thread.join(timeout_s)
        assert not self.thread.is_alive(), "no swipe was heard"
        return self.answer


@pytest.mark.parametrize("sent", [b"04A1B2C3\r\n", b"\x0204A1B2C3\x03", b"04A1B2C3"])
def test_a_network_readers_badge_reaches_the_panel_beside_it(site, readers, sent):
    waiting = Waiting(site, "mono")
    tap(readers, sent)
    assert waiting.heard() == (200, {"badge": "04A1B2C3"})
    status, body = waiting.at.badge("04A1B2C3")
    assert body["error"] == "unknown-badge"


def test_a_swipe_is_heard_once_and_only_at_its_printer(site, readers):
    tap(readers, b"04A1B2C3\n")  # kept for a moment
    assert panel.Panel(site, "mono").call("GET", "/api/v1/swipe") == (200, {"badge": "04A1B2C3"})
    elsewhere, again = Waiting(site, "colour"), Waiting(site, "mono")
    tap(readers, b"04A1B2C4\n")
    assert again.heard() == (200, {"badge": "04A1B2C4"})
    assert elsewhere.thread.is_alive()
    assert elsewhere.heard(30) == (200, {"badge": None})


def test_a_page_that_is_loaded_again_hears_the_swipe_and_its_old_question_ends(site, readers):
    pages = [Waiting(site, "mono", "127.0.0.7") for _ in range(2)]
    procs.wait_until("one question to end", lambda: not all(p.thread.is_alive() for p in pages))
    tap(readers, b"04A1B2C6\n")
    assert sorted(p.heard()[0] for p in pages) == [200, 409]


def test_from_an_address_that_is_no_readers_nothing_is_taken(site, readers):
    waiting = Waiting(site, "mono")
    assert tap(readers, b"04FFFFFF\n", "127.0.0.10") == b""
    for bad in (b"\n\n\n", b"A" * 200 + b"\n", b"04\xff\x00A1\n"):
        tap(readers, bad)
    tap(readers, b"04A1B2C5\n")
    assert waiting.heard() == (200, {"badge": "04A1B2C5"})


def test_only_a_reader_with_its_token_brings_badges(site, readers):
    at = panel.Panel(site, "mono")
    for token in ("", "0" * 64, site.panel_token("mono")):  # nor is a panel's token a reader's
        status, body = at.call("POST", "/api/v1/swipe", {"badge": "04A1B2C3"}, {"Authorization": "Bearer " + token})
        assert (status, body["error"]) == (403, "no-reader")
    token = site.command("reader", "add", "mono").stdout.strip()
    fresh = panel.Panel(site, "mono", has_token=False)
    fresh.panel_cookie = f"__Secure-latchkey-panel={token}"
    assert fresh.call("GET", "/api/v1/swipe")[0] == 403  # and a reader is no panel
    waiting = Waiting(site, "mono")
    assert at.call("POST", "/api/v1/swipe", {"badge": "04A1B2C3"}, {"Authorization": "Bearer " + token})[0] == 200
    assert waiting.heard() == (200, {"badge": "04A1B2C3"})


@pytest.mark.skipif(cards.missing() is not None, reason=cards.missing() or "")
def test_a_card_on_a_pcsc_reader_reaches_the_panel_once_a_tap(site, readers, scratch):
    token_file = scratch + "/reader.token"
    with open(token_file, "w", encoding="utf-8") as f:
        f.write(site.command("reader", "add", "mono").stdout)
    pcscd = cards.Pcscd(scratch).start()
    reader = procs.Process("reader", [sites.program("devicescout"), "reader", "--server", site.url, "--ca", site.ca,
                                      "--token-file", token_file], scratch)
    try:
        reader.start().wait_for_log("started")
        for uid in ("04A1B2C3D4E5F6", "0411223344"):
            waiting = Waiting(site, "mono")
            badge = cards.Badge(bytes.fromhex(uid))
            assert waiting.heard() == (200, {"badge": uid.lower()}), reader.log()
            badge.take_away()
        assert uid.lower() not in reader.log()
        for line in [line for line in site.command("panel", "list").stdout.splitlines() if " reader " in line]:
            site.command("panel", "remove", line.split()[0])
        badge = cards.Badge(b"\1\2\3\4")
        reader.wait_for_log("token_refused")
        badge.take_away()
    finally:
        reader.stop()
        pcscd.stop()
