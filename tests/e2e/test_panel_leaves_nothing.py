# SPDX-License-Identifier: Apache-2.0
"""What a person did at a panel is gone with them: from the screen, the page's elements, and the browser's history."""
import pytest
from panel_page import ALICE_BADGE, NEW_BADGE, nothing_left, OWN_CLOCK, said, seen, sign_in, signed_in, swipe, to_form

OF_ALICE = ("alice", "Alice", "Minutes", "Slides", "laptop")


def test_after_signing_out_nothing_of_the_person_is_on_the_page(open_page):
    page = open_page()
    sign_in(page)
    signed_in(page, 5)
    assert "Minutes" in page.js("document.documentElement.innerHTML")
    page.click("#to-mine")
    page.wait("the sheet", "!document.getElementById('mine').hidden")
    page.click("#mine-close")
    page.click("#sign-out")
    seen(page, "idle")
    nothing_left(page, *OF_ALICE)
    assert page.js("document.querySelectorAll('#jobs li, #badges li, #keys *').length") == 0
    assert page.js("JSON.stringify([localStorage.length, sessionStorage.length, document.cookie])") == '[0,0,""]'
    said(page, "idle-note", "You are signed out.")


def test_an_untouched_screen_counts_down_and_signs_out_by_itself(open_site):
    page = open_site(idle_s=4)
    sign_in(page)
    signed_in(page, 5)
    page.wait("the question", "!document.getElementById('question').hidden")
    assert page.text("#question-title") == "Still there?"
    said(page, "question-text", "You are signed out in one second.")
    page.click("#question-yes")
    assert page.js("document.getElementById('veil').hidden")
    seen(page, "idle")
    nothing_left(page, *OF_ALICE)


@pytest.mark.parametrize("away", ["about:blank", "itself"])
def test_the_way_back_shows_nothing_and_nobody_is_signed_in_there(open_page, played, away):
    page = open_page()
    sign_in(page)
    signed_in(page, 5)
    page.go(f"{played.url}/panel/Workshop-raw" if away == "itself" else away)
    page.js("history.back(); 0")
    page.wait("the first screen", "location.pathname === '/panel/Lobby' && !!document.getElementById('idle') && "
              "!document.getElementById('idle').hidden && document.getElementById('printer-name').textContent === 'Lobby'")
    nothing_left(page, *OF_ALICE)
    asked = """new Promise(function (done) { var r = new XMLHttpRequest(); r.open('GET', '/api/v1/jobs');
               r.onloadend = function () { done(r.status); }; r.send(); })"""
    page.wait("nobody to be signed in", f"{asked}.then(function (status) {{ return status === 401; }})")


def test_the_page_is_empty_before_it_is_put_away(open_page):
    page = open_page()
    sign_in(page)
    signed_in(page, 5)
    page.js("window.dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true})); 0")
    nothing_left(page, *OF_ALICE)


def test_what_was_half_typed_goes_with_the_way_back(open_page):
    page = open_page()
    to_form(page)
    page.type("#user", "alice")
    page.type("#password", "alice-password")
    page.click("#form-back")
    nothing_left(page, "alice")
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    page.click("#digits [data-digit='7']")
    page.click("#pad-back")
    seen(page, "idle")
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    assert page.text("#pad-dots") == ""


def test_a_door_that_nobody_touches_closes(open_page):
    page = open_page(before=OWN_CLOCK)
    swipe(page, NEW_BADGE)
    seen(page, "form")
    page.type("#user", "alice")
    page.js("window.later = 61000; 0")
    seen(page, "idle")
    nothing_left(page, "alice")


def test_no_field_offers_what_others_typed(open_page):
    page = open_page()
    kinds = page.js("[].slice.call(document.querySelectorAll('form, input[type=text], input[type=password]'))"
                    ".map(function (e) { return e.getAttribute('autocomplete'); })")
    assert set(kinds) == {"off"}


# Answers to a path wait until the page is told to hear them.
HELD_BACK = """window.held = [];
(function (open, send) {
  XMLHttpRequest.prototype.open = function (method, path) { this.path = path; return open.apply(this, arguments); };
  XMLHttpRequest.prototype.send = function (body) {
    var request = this, done = this.onloadend;
    if (/badges$/.test(this.path)) { this.onloadend = function () { window.held.push(done.bind(request)); }; }
    return send.call(this, body);
  };
}(XMLHttpRequest.prototype.open, XMLHttpRequest.prototype.send));"""


def test_an_answer_that_comes_when_its_person_has_left_is_not_shown_to_the_next(open_page):
    page = open_page(before=HELD_BACK)
    sign_in(page)
    signed_in(page, 5)
    page.click("#to-mine")
    page.wait("the answer", "held.length === 1")
    page.click("#sign-out")
    seen(page, "idle")
    sign_in(page, "bob")
    page.wait("bob", "!document.getElementById('desk').hidden")
    page.js("held[0](); 0")
    assert page.js("document.getElementById('mine').hidden && document.querySelectorAll('#badges li').length === 0")
    page.click("#to-mine")  # the control: bob's own answer is shown
    page.wait("the answer", "held.length === 2")
    page.js("held[1](); 0")
    page.wait("the sheet", "!document.getElementById('mine').hidden")
