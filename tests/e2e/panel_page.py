# SPDX-License-Identifier: Apache-2.0
"""What the tests of the panel's page share: a played site, a browser that shows its page, and a person's ways on it."""
import contextlib
import json
import os

import pytest
from harness import browser

from panel_stage import Stage

ALICE_BADGE, BOB_BADGE, NEW_BADGE = "04A1B2C3", "04B0B0B0", "04D5E6F7A8"
PIN = "738215"
# A page whose time runs ahead by "later" milliseconds, so that a test need not wait.
OWN_CLOCK = "window.realNow = Date.now; window.later = 0; Date.now = function () { return realNow() + later; };"
EXPECTED = ("401", "403", "404", "422", "429", "503")  # refusals are errors to the browser's log


@pytest.fixture
def played(tmp_path, authority):
    s = Stage(str(tmp_path / "panel"), authority).start()
    yield s
    s.stop()


@pytest.fixture
def open_page(played, tmp_path):
    """open_page(printer, language=…) gives a Browser that shows the printer's page."""
    opened = []

    def go(printer="Lobby", language="en", before=None, size=(800, 480)):
        b = browser.Browser(str(tmp_path), played.certificate, *size, language=language)
        opened.append(b)
        b.start()
        if before:
            b.ask("Page.addScriptToEvaluateOnNewDocument", source=before)
        b.go(f"{played.url}/panel/{printer}")
        b.wait("the first screen", "!document.getElementById('idle').hidden && "
               "document.getElementById('printer-name').textContent !== ''")
        return b

    yield go
    for b in opened:
        b.stop()


@pytest.fixture
def open_site(tmp_path, authority):
    """open_site("delegates", "fast-release", …) gives a Browser at the lobby of a played site with these switches on."""
    parts = []

    def go(*switches, idle_s=120, **more):
        s = Stage(str(tmp_path / "site"), authority, idle_s=idle_s, more=switches).start()
        parts.append(s)
        b = browser.Browser(str(tmp_path), s.certificate, *more.pop("size", (800, 480)), language=more.pop("language", "en"))
        parts.append(b)
        b.start()
        if more.get("before"):
            b.ask("Page.addScriptToEvaluateOnNewDocument", source=more["before"])
        b.go(f"{s.url}/panel/Lobby")
        b.wait("the printer", "document.getElementById('printer-name').textContent === 'Lobby'")
        return b

    yield go
    for part in reversed(parts):
        part.stop()


def seen(page, screen):
    page.wait(f"the screen {screen}", f"!document.getElementById('{screen}').hidden")


def to_form(page, way=None):
    """Touch the first screen, and choose a way to sign in."""
    page.click("#touch")
    seen(page, "form")
    if way:
        page.click(f"#way-{way}")


def fill_form(page, user, password=None):
    page.type("#user", user)
    page.type("#password", password or user + "-password")
    page.click("#sign-in-button")


def sign_in(page, user="alice", password=None):
    to_form(page)
    fill_form(page, user, password)


@contextlib.contextmanager
def stopped_clock(page):
    """Time stands still on the page, or goes by as a test has stoppedAt grow: a busy browser takes long over a key."""
    page.js("window.goingClock = Date.now; window.stoppedAt = Date.now(); Date.now = function () { return stoppedAt; }; 0")
    yield
    page.js("if (window.goingClock) { Date.now = goingClock; } 0")  # where the page was not left


def swipe(page, badge):
    """A reader that types as keyboards do."""
    with stopped_clock(page):
        for letter in badge:
            page.key(letter)
        page.key("\r")


def pin(page, digits):
    for digit in digits:
        page.click(f"#digits [data-digit='{digit}']")
    page.click("#pad-ok")


def signed_in(page, jobs):
    page.wait(f"{jobs} jobs", f"!document.getElementById('desk').hidden && document.querySelectorAll('.job').length === {jobs}")


def said(page, element, text):
    page.wait(f"'{text}' in {element}", f"document.getElementById('{element}').textContent.indexOf({json.dumps(text)}) >= 0")


def row(page, word):
    """The number of the row with this word, for a selector."""
    return page.js(f"""[].slice.call(document.querySelectorAll('#jobs li')).map(function (e) {{ return e.textContent.indexOf('{word}') >= 0; }})
                   .indexOf(true)""") + 1


def choose(page, word):
    page.click(f"#jobs li:nth-child({row(page, word)}) .title")


def wait_how(page, word, text):
    page.wait(f"'{text}' at {word}", f"""(document.querySelector('#jobs li:nth-child({row(page, word)}) .how') || {{}})
              .textContent.indexOf({json.dumps(text)}) >= 0""")


def no_complaints(page):
    left = [c for c in page.complaints() if not any(code in c for code in EXPECTED)]
    assert left == [], left


def nothing_left(page, *words):
    """Nothing of a person is on the page, neither seen nor in its elements."""
    whole = page.js("document.documentElement.outerHTML + [].slice.call(document.querySelectorAll('input')).map("
                    "function (e) { return e.value; }).join(' ')")
    assert [w for w in words if w in whole] == []


def pictures_folder():
    return os.environ.get("PANEL_PICTURES")
