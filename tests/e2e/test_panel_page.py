# SPDX-License-Identifier: Apache-2.0
"""A person at the panel page signs in, sees their jobs, prints some, deletes one, and leaves nothing behind."""
import re

import pytest
from panel_page import choose, no_complaints, nothing_left, row, said, sign_in, signed_in, wait_how
from panel_walk import LOOKS

STREAMLESS = "delete window.EventSource;"


@pytest.mark.parametrize("before", [None, STREAMLESS], ids=["stream", "asking"])
def test_jobs_are_printed_and_each_ending_is_said(open_page, before):
    page = open_page(before=before)
    sign_in(page)
    signed_in(page, 5)
    choose(page, "Minutes")
    assert page.text("#release") == "Print 1"
    page.click("#release")
    wait_how(page, "Minutes", "12 pages printed")
    said(page, "progress-text", "12 pages printed")
    assert page.text("#release") == "Print all 4"
    page.click(".all")
    page.click("#release")
    wait_how(page, "Slides", "The computer “alice-laptop” that holds this job is off or not connected. The job is still held.")
    wait_how(page, "very long title", "12 pages printed")
    wait_how(page, "Poster", "Lobby: The printer has stopped. Paper is jammed. A cover is open. The job is still held.")
    wait_how(page, "Travel", "Not tried: Lobby: The printer has stopped.")
    said(page, "progress-text", "1 of 4 printed. Please look at the list.")
    choose(page, "Travel")
    page.click("#release")
    wait_how(page, "Travel", "It is not known whether this was printed.")
    no_complaints(page)


def test_a_row_says_title_pages_colour_when_and_from_which_computer(open_page):
    page = open_page()
    sign_in(page)
    signed_in(page, 5)

    def facts(word):
        return page.text(f"#jobs li:nth-child({row(page, word)}) .facts").split(" \u00b7 ")

    minutes, poster, slides = facts("Minutes"), facts("Poster"), facts("Slides")
    assert minutes[:2] == ["12 pages", "grey"] and minutes[-1] == "from alice-laptop"
    assert ":" in minutes[2]
    assert poster[:2] == ["1 page", "colour"]
    assert "colour" not in slides and "grey" not in slides and "," in slides[1]  # not known; another day
    assert "1.2" in facts("very long")[0]  # no pages known: its size


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
    page.click("#options-done")
    assert page.text("#options-error") == "Write pages like this: 1-3, 7"
    page.click("#options-reset")
    page.type("#pages", "1-3, 7")
    page.click("#options-done")
    assert page.text("#options-text") == "Options: changed"
    choose(page, "Minutes")
    page.click("#release")
    wait_how(page, "Minutes", "12 pages printed")
    assert page.text("#options-text") == "Options"


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


@pytest.mark.parametrize("before", [None, STREAMLESS], ids=["stream", "asking"])
def test_a_server_that_goes_away_is_said_and_the_page_goes_on_when_it_is_back(open_page, played, before):
    page = open_page(before=before)
    sign_in(page)
    signed_in(page, 5)
    played.process.kill()
    said(page, "news", "The connection was lost.")
    assert page.js("document.querySelectorAll('.job').length") == 5
    page.click("#sign-out")
    said(page, "printer-state-text", "The device scout does not answer.")
    nothing_left(page, "alice", "Minutes")
    played.start()
    page.wait("the printer", "document.getElementById('printer-state-text').textContent === 'Ready'")
    sign_in(page)
    signed_in(page, 5)


def test_fifty_jobs_are_released_by_one_touch_and_taken_back_by_another(open_site):
    page = open_site("fifty")
    sign_in(page, "bob")
    signed_in(page, 50)
    assert page.text("#release") == "Print all 50"
    page.click("#release")
    page.wait("all on their way", "document.querySelectorAll('.job.fixed').length === 50")
    assert re.fullmatch("Printing: [0-9] of 50 done", page.text("#progress-text"))  # one is printed each second or two
    page.click("#cancel")
    page.wait("most to be held again", "document.querySelectorAll('.job:not(.fixed)').length >= 25")
    page.wait("the rest to be printed", "document.getElementById('progress').className === 'progress done'")
    no_complaints(page)


@pytest.mark.parametrize("language, expected", [("en", "The printer waits. The paper is used up."),
                                                ("de", "Der Drucker wartet. Das Papier ist aufgebraucht.")])
def test_what_the_printer_waits_for_is_said_while_it_has_the_job(open_site, language, expected):
    page = open_site("no-paper", language=language, before=LOOKS)
    sign_in(page, "bob")
    signed_in(page, 2)
    choose(page, "Newsletter")
    page.click("#release")
    wait_how(page, "Newsletter", expected)
    assert page.text(f"#jobs li:nth-child({row(page, 'Newsletter')}) .how") == expected, "and nothing of a warning"
    said(page, "progress-text", expected)
    assert page.js("document.getElementById('progress').className") == "progress wrong"
    for look in ("small", "cut", "faint"):
        assert (look, page.js(f"looks.{look}()")) == (look, [])
    no_complaints(page)


@pytest.mark.parametrize("detail, expected", [("", "Printing …"), ("toner-low-warning,cover-open-report", "Printing …"),
                                              ("media-low,marker-supply-low,connecting-to-device", "Printing …"),
                                              ("cover-open", "The printer waits. A cover is open."),
                                              ("media-needed-error,door-open-error", "The printer waits. Paper is needed. A door is open."),
                                              ("envelope-feeder-jam-error", "The printer waits. It asks for: envelope feeder jam.")])
def test_each_wish_of_a_printer_has_its_words(open_page, detail, expected):
    page = open_page()
    assert page.js(f"latchkey.how({{state: 'delivering', detail: '{detail}'}})") == expected
    assert page.js(f"latchkey.how({{state: 'ordered', detail: '{detail}'}})") == "Getting ready …"


def test_what_a_document_is_called_is_text_and_nothing_else(open_page):
    page = open_page()
    sign_in(page, "bob")
    signed_in(page, 1)
    assert page.text(".job .title") == "<img src=x onerror=alert(1)>"
    assert page.js("document.querySelectorAll('.job img').length") == 0
    no_complaints(page)


def test_of_thousands_of_jobs_some_are_shown_and_the_rest_counted(open_site):
    page = open_site("flood")
    sign_in(page, "bob")
    signed_in(page, 500)
    said(page, "more", "2500 more jobs are not shown.")
    page.click("#sign-out")
    nothing_left(page, "Letter", "2500")
