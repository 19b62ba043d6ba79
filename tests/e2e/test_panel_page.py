# SPDX-License-Identifier: Apache-2.0
"""A person at the panel page signs in, sees their jobs, prints some, deletes one, and leaves nothing behind."""
import os

import pytest
from harness import browser

from panel_stage import Stage

STREAMLESS = "delete window.EventSource;"
EXPECTED = ("401",)  # a wrong password is an error to the browser's log


@pytest.fixture
def stage(tmp_path, authority):
    s = Stage(str(tmp_path / "panel"), authority).start()
    yield s
    s.stop()


@pytest.fixture
def open_page(stage, tmp_path):
    """open_page(printer, language=…) gives a Browser that shows the printer's page."""
    opened = []

    def go(printer="Lobby", language="en", before=None, size=(800, 480)):
        b = browser.Browser(str(tmp_path), stage.certificate, *size, language=language)
        opened.append(b)
        b.start()
        if before:
            b.ask("Page.addScriptToEvaluateOnNewDocument", source=before)
        b.go(f"{stage.url}/panel/{printer}")
        b.wait("the first screen", "!document.getElementById('welcome').hidden && "
               "document.getElementById('printer-name').textContent !== ''")
        return b

    yield go
    for b in opened:
        b.stop()


def sign_in(page, user="alice", password=None):
    page.type("#user", user)
    page.type("#password", password or user + "-password")
    page.click("#sign-in-button")


def signed_in(page, jobs):
    page.wait(f"{jobs} jobs", f"document.querySelectorAll('.job').length === {jobs}")


def row(page, word):
    """The number of the row with this word, for a selector."""
    return page.js(f"""[].slice.call(document.querySelectorAll('.job')).map(function (e) {{ return e.textContent.indexOf('{word}') >= 0; }})
                   .indexOf(true)""") + 1


def choose(page, word):
    page.click(f"#jobs li:nth-child({row(page, word)}) .title")


def how(page, word):
    return page.text(f"#jobs li:nth-child({row(page, word)}) .how")


def wait_how(page, word, text):
    page.wait(f"'{text}' at {word}", f"""(document.querySelector('#jobs li:nth-child({row(page, word)}) .how') || {{}})
              .textContent.indexOf({text!r}) >= 0""")


def no_complaints(page):
    left = [c for c in page.complaints() if not any(code in c for code in EXPECTED)]
    assert left == [], left


def test_a_wrong_password_is_one_sentence_and_the_field_is_empty(open_page):
    page = open_page()
    sign_in(page, "alice", "wrong")
    page.wait("the sentence", "document.getElementById('sign-in-error').textContent !== ''")
    assert page.text("#sign-in-error") == "User name or password is wrong."
    assert page.js("document.getElementById('password').value") == ""
    assert page.js("document.activeElement.id") == "password"
    no_complaints(page)


def test_an_empty_form_asks_nobody(open_page, stage):
    page = open_page()
    page.click("#sign-in-button")
    assert "Please enter" in page.text("#sign-in-error")
    assert "sign_in" not in stage.process.log()


@pytest.mark.parametrize("before", [None, STREAMLESS], ids=["stream", "asking"])
def test_jobs_are_printed_and_each_ending_is_said(open_page, before):
    page = open_page(before=before)
    sign_in(page)
    signed_in(page, 5)
    choose(page, "Minutes")
    assert page.text("#release") == "Print 1"
    page.click("#release")
    wait_how(page, "Minutes", "12 pages printed")
    assert page.text("#release") == "Print all 4"
    page.click(".all")
    page.click("#release")
    wait_how(page, "Slides", "The computer “alice-laptop” that holds this job is off or not connected. The job is still held.")
    wait_how(page, "very long title", "12 pages printed")
    wait_how(page, "Poster", "Lobby: The printer has stopped. Paper is jammed. A cover is open. The job is still held.")
    wait_how(page, "Travel", "Not tried: Lobby: The printer has stopped.")
    choose(page, "Travel")
    page.click("#release")
    wait_how(page, "Travel", "It is not known whether this was printed.")
    no_complaints(page)


def test_a_job_is_deleted_after_one_more_question(open_page):
    page = open_page()
    sign_in(page)
    signed_in(page, 5)
    choose(page, "Slides")
    page.click("#delete")
    assert page.text("#question-title") == "Delete this job?"
    page.click("#question-no")
    signed_in(page, 5)
    page.click("#delete")
    page.click("#question-yes")
    signed_in(page, 4)
    assert row(page, "Slides") == 0
    no_complaints(page)


def test_options_go_with_the_release_and_are_then_forgotten(open_page):
    page = open_page()
    sign_in(page)
    signed_in(page, 5)
    page.click("#options")
    page.click("#copies-more")
    page.type("#pages", "3-1")
    page.click("#options-sheet button[type=submit]")
    assert page.text("#options-error") == "Write pages like this: 1-3, 7"
    page.click("#options-reset")
    page.type("#pages", "1-3, 7")
    page.click("#options-sheet button[type=submit]")
    assert page.text("#options") == "Options: changed"
    choose(page, "Minutes")
    page.click("#release")
    wait_how(page, "Minutes", "12 pages printed")
    assert page.text("#options") == "Options"


def test_the_password_of_a_job_is_asked_for_and_not_kept(open_page):
    page = open_page(size=(800, 1200))  # the news lies over no row
    sign_in(page, "carol")
    signed_in(page, 3)
    assert "with a password" in page.text(f"#jobs li:nth-child({row(page, 'Payslip')}) .facts")
    for given, answer in (("", "not right"), ("4712", "not right")):
        choose(page, "Payslip")
        page.click("#release")
        assert page.text("#question-title") == "Password of \u201cPayslip\u201d"
        page.type("#question-password", given)
        page.click("#question-yes")
        page.wait("the refusal", f"document.getElementById('news').textContent.indexOf('{answer}') >= 0")
        page.wait("an end of the choice", "document.querySelectorAll('.job.chosen').length === 0")
        assert page.js("document.getElementById('question-password').value") == ""
    choose(page, "Payslip")
    page.click("#release")
    page.click("#question-no")
    choose(page, "Payslip")
    choose(page, "Payslip")
    page.click("#release")
    page.type("#question-password", "4711")
    page.press("Enter", 13)
    wait_how(page, "Payslip", "printed")
    assert "4711" not in page.js("document.documentElement.innerHTML")
    assert page.js("document.getElementById('question-password').value") == ""
    no_complaints(page)


def test_what_a_document_is_called_is_text_and_nothing_else(open_page):
    page = open_page()
    sign_in(page, "bob")
    signed_in(page, 1)
    assert page.text(".job .title") == "<img src=x onerror=alert(1)>"
    assert page.js("document.querySelectorAll('.job img').length") == 0
    no_complaints(page)


def test_after_signing_out_nothing_of_the_person_is_on_the_page(open_page):
    page = open_page()
    sign_in(page)
    signed_in(page, 5)
    assert "Minutes" in page.js("document.documentElement.innerHTML")
    page.click("#sign-out")
    page.wait("the first screen", "!document.getElementById('welcome').hidden")
    left = page.js("document.documentElement.innerHTML")
    for word in ("alice", "Minutes", "Slides", "laptop"):
        assert word not in left
    assert page.js("document.getElementById('user').value + document.getElementById('password').value") == ""
    assert page.js("JSON.stringify([localStorage.length, sessionStorage.length, document.cookie])") == '[0,0,""]'


def test_an_untouched_screen_signs_out_by_itself(tmp_path, authority):
    s = Stage(str(tmp_path / "impatient"), authority, idle_s=4).start()
    page = browser.Browser(str(tmp_path), s.certificate).start()
    try:
        page.go(f"{s.url}/panel/Lobby")
        page.wait("the form", "!document.getElementById('welcome').hidden")
        sign_in(page)
        signed_in(page, 5)
        page.wait("the question", "!document.getElementById('question').hidden")
        assert page.text("#question-title") == "Still there?"
        page.click("#question-yes")
        assert page.js("document.getElementById('veil').hidden")
        page.wait("the first screen", "!document.getElementById('welcome').hidden")
        assert "Minutes" not in page.js("document.documentElement.innerHTML")
    finally:
        page.stop()
        s.stop()


def test_it_speaks_german_to_who_asks_for_it(open_page):
    page = open_page(language="de")
    assert page.text("#sign-in h2") == "Anmelden"
    assert page.js("document.documentElement.lang") == "de"
    page.click("[data-language=en]")
    page.wait("English", "document.querySelector('#sign-in h2').textContent === 'Sign in'")


def test_everything_can_be_done_with_the_keyboard(open_page):
    page = open_page()
    for key in "alice":
        page.ask("Input.insertText", text=key)
    page.press("Tab", 9)
    page.ask("Input.insertText", text="alice-password")
    page.ask("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    signed_in(page, 5)
    page.js("document.querySelector('#jobs li:first-child input').focus()")
    for kind in ("keyDown", "keyUp"):
        page.ask("Input.dispatchKeyEvent", type=kind, key=" ", code="Space", windowsVirtualKeyCode=32, text=" ")
    assert page.text("#release") == "Print 1"
    page.js("document.getElementById('delete').focus()")
    page.ask("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    assert page.js("document.activeElement.id") == "question-no"
    page.press("Escape", 27)
    assert page.js("document.getElementById('veil').hidden")


def test_a_printer_that_is_not_known_is_said_and_offers_no_form(open_page):
    page = open_page("Nowhere")
    assert page.text("#printer-name") == "Unknown printer"
    assert page.js("document.getElementById('sign-in').hidden")


@pytest.mark.parametrize("size", [(800, 480), (1280, 800), (360, 640)])
def test_nothing_sticks_out_of_the_screen_and_targets_are_large(open_page, size):
    page = open_page(size=size)
    sign_in(page)
    signed_in(page, 5)
    assert page.js("document.documentElement.scrollWidth") <= size[0]
    small = page.js("""[].slice.call(document.querySelectorAll('#desk button, #desk .job')).filter(function (e) {
        var r = e.getBoundingClientRect(); return r.height < 44 || r.width < 44; }).map(function (e) { return e.id || e.className; })""")
    assert small == []


def test_labels_are_there_for_who_cannot_see(open_page):
    page = open_page()
    sign_in(page)
    signed_in(page, 5)
    tree = page.ask("Accessibility.getFullAXTree")["nodes"]
    nameless = [n["role"]["value"] for n in tree if not n.get("ignored") and n["role"]["value"] in (
        "button", "checkbox", "textbox", "combobox", "heading") and not n.get("name", {}).get("value")]
    assert nameless == []


@pytest.mark.skipif("PANEL_PICTURES" not in os.environ, reason="PANEL_PICTURES=folder keeps the screens as PNG files")
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", [(800, 480), (1280, 800)])
def test_pictures_for_whoever_looks(open_page, language, size):
    page = open_page(language=language, size=size)
    name = os.path.join(os.environ["PANEL_PICTURES"], f"panel-{size[0]}x{size[1]}-{language}")
    page.picture(name + "-welcome.png")
    sign_in(page)
    signed_in(page, 5)
    choose(page, "Minutes")
    choose(page, "Poster")
    page.picture(name + "-list.png")
    page.click("#options")
    page.picture(name + "-options.png")
    page.press("Escape", 27)
    page.click("#release")
    page.wait("a job on its way", "document.querySelector('.job.moving') !== null")
    page.picture(name + "-printing.png")
    wait_how(page, "Minutes", "Lobby")
    page.picture(name + "-done.png")
