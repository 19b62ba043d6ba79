# SPDX-License-Identifier: Apache-2.0
"""Each screen of the panel as a PNG file, for whoever looks: PANEL_PICTURES=folder."""
import os

import pytest
from panel_walk import screens_of_rights
from panel_page import (ALICE_BADGE, choose, fill_form, NEW_BADGE, pictures_folder, PIN, pin, seen, sign_in,
                        signed_in, swipe, to_form, wait_how)

pytestmark = pytest.mark.skipif(not pictures_folder(), reason="PANEL_PICTURES=folder keeps the screens as PNG files")


@pytest.fixture
def shown(open_page, request):
    """(page, take): take("name") keeps what is seen."""
    size, language = request.param
    page = open_page(language=language, size=size)

    def take(name):
        page.settle()
        page.picture(os.path.join(pictures_folder(), f"panel-{size[0]}x{size[1]}-{language}-{name}.png"))

    return page, take


REFUSED = "document.getElementById('pad-error').textContent !== ''"
every = pytest.mark.parametrize("shown", [(s, l) for s in ((800, 480), (1024, 600), (1280, 800)) for l in ("en", "de")],
                                indirect=True, ids=lambda p: f"{p[0][0]}x{p[0][1]}-{p[1]}")


@every
def test_pictures_of_the_ways_in(shown):
    page, take = shown
    take("idle")
    to_form(page)
    page.type("#user", "alice")
    take("form-keys")
    page.key("x")
    take("form")
    page.click("#way-pin")
    take("form-pin")
    page.click("#form-back")
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    for digit in PIN[:4]:
        page.click(f"#digits [data-digit='{digit}']")
    take("pad")
    pin(page, "11")
    page.wait("the refusal", REFUSED)
    take("pad-wrong")
    for _ in range(2):
        pin(page, "000000")
        page.wait("the refusal", REFUSED)
    page.wait("the delay", "/[12] s/.test(document.getElementById('pad-ok-text').textContent)")
    take("pad-wait")


@every
def test_pictures_of_a_first_swipe(shown):
    page, take = shown
    swipe(page, NEW_BADGE)
    seen(page, "form")
    take("first-swipe-keys")
    page.press("Tab", 9)
    take("first-swipe")
    fill_form(page, "bob")
    seen(page, "pad")
    take("choose-pin")
    pin(page, "915264")
    take("repeat-pin")
    pin(page, "915264")
    seen(page, "desk")
    page.click("#to-mine")
    page.wait("the badges", "document.querySelectorAll('#badges li').length === 2")
    take("mine")
    page.click("#badges li:nth-child(2) button")
    take("mine-remove")


@every
def test_pictures_of_the_jobs(shown):
    page, take = shown
    sign_in(page)
    signed_in(page, 5)
    take("list")
    choose(page, "Minutes")
    choose(page, "Poster")
    take("list-chosen")
    page.click("#options")
    take("options")
    page.click("#pages")
    take("options-keys")
    page.press("Escape", 27)
    page.click("#delete")
    take("delete")
    page.press("Escape", 27)
    page.click("#release")
    page.wait("a job on its way", "document.querySelector('.job.moving') !== null")
    take("printing")
    wait_how(page, "Minutes", "Lobby")
    take("wrong")
    page.click("#jobs li:nth-child(4) .title")
    page.click("#release")
    page.wait("an end", "document.querySelector('#progress.done') !== null")
    take("done")


@every
def test_pictures_of_a_jobs_password(shown):
    page, take = shown
    sign_in(page, "carol")
    signed_in(page, 3)
    take("fits")
    choose(page, "Payslip")
    page.click("#release")
    take("password-keys")
    page.press("Escape", 27)
    page.js("window.latchkey.session.touched = Date.now() - window.latchkey.session.idleMs + 12000; 0")
    page.wait("the countdown", "!document.getElementById('question').hidden")
    take("countdown")


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", [(800, 480), (1280, 800)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_pictures_of_rights(open_site, size, language):
    page = open_site("delegates", size=size, language=language)
    for name in screens_of_rights(page):
        page.settle()
        page.picture(os.path.join(pictures_folder(), f"panel-{size[0]}x{size[1]}-{language}-{name.replace(' ', '-')}.png"))
