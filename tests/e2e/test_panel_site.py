# SPDX-License-Identifier: Apache-2.0
"""On a whole site: a person's first swipe makes the badge theirs, a PIN is set; with both they print, and paper comes."""
import os

import pytest
from harness import browser, procs
from panel_page import choose, fill_form, nothing_left, no_complaints, pin, said, seen, signed_in, swipe, wait_how

BADGE, PIN = "04A1B2C3D4E5F6", "738215"


@pytest.fixture
def page(site, mono, tmp_path):
    b = browser.Browser(str(tmp_path), os.path.join(site.state, "tls", "devicescout.crt")).start()
    yield b
    b.stop()


def test_a_page_without_its_token_says_that_it_is_not_set_up(page, site):
    page.go(f"{site.url}/panel/mono")
    page.wait("the sentence", "document.getElementById('printer-name').textContent === 'This panel is not set up'")
    assert page.js("document.getElementById('invite').hidden")


def test_first_swipe_badge_and_pin_paper(page, site, mono, alice_pc, print_pdf):
    page.go(f"{site.url}/panel/mono#{site.panel_token('mono')}")
    page.wait("the printer", "document.getElementById('printer-name').textContent === 'mono'")
    assert page.js("location.hash") == ""
    data, _ = print_pdf(alice_pc, name="letter.pdf")
    swipe(page, BADGE)
    said(page, "form-title", "know this badge yet")
    fill_form(page, "alice")
    said(page, "pad-title", "Choose a PIN")
    pin(page, PIN)
    said(page, "pad-title", "Once more")
    pin(page, PIN)
    signed_in(page, 1)
    page.click("#sign-out")
    seen(page, "idle")
    nothing_left(page, "alice", "letter")

    reader = site.command("reader", "add", "mono").stdout.strip()  # and now by a reader on the network
    swiped = procs.run(["curl", "-sS", "--cacert", site.ca, "-H", f"Authorization: Bearer {reader}",
                        "-H", "Content-Type: application/json", "-d", '{"badge": "%s"}' % BADGE, site.url + "/api/v1/swipe"])
    assert swiped.stdout == "{}"
    seen(page, "pad")
    pin(page, "000000")
    said(page, "pad-error", "That was not right.")
    pin(page, PIN)
    signed_in(page, 1)
    choose(page, "letter.pdf")
    page.click("#release")
    wait_how(page, "letter.pdf", "Sent to the printer, not confirmed")  # more no raw printer says
    procs.wait_until("paper", mono.documents)
    with open(mono.documents()[-1], "rb") as f:
        assert data in f.read()
    page.click("#to-mine")
    page.wait("the badge", "document.querySelectorAll('#badges li').length === 1")
    assert "registered here" in page.text("#badges")
    no_complaints(page)
