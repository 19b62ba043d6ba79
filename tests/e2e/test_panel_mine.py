# SPDX-License-Identifier: Apache-2.0
"""A person looks after their own badges and PIN at the panel page."""
from panel_page import ALICE_BADGE, no_complaints, nothing_left, PIN, pin, said, seen, sign_in, signed_in, swipe


def to_mine(page, badges):
    page.click("#to-mine")
    page.wait("the sheet", "!document.getElementById('mine').hidden")
    assert page.js("document.querySelectorAll('#badges li').length") == badges


def test_who_signed_in_with_a_badge_sees_their_badges_and_cannot_change_the_pin(open_page):
    page = open_page()
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    pin(page, PIN)
    signed_in(page, 5)
    to_mine(page, 1)
    assert page.text("#pin-state") == "You have a PIN"
    assert page.text("#pin-how") == "To change it, sign in with your password."
    assert page.js("document.getElementById('pin-set').hidden")
    assert "given out" in page.text("#badges")
    nothing_left(page, ALICE_BADGE, ALICE_BADGE.lower())
    page.press("Escape", 27)
    assert page.js("document.activeElement.id") == "to-mine"
    no_complaints(page)


def test_a_lost_badge_is_removed_after_one_more_question_and_opens_nothing_any_more(open_page):
    page = open_page()
    sign_in(page, "alice")
    signed_in(page, 5)
    to_mine(page, 1)
    page.click("#badges button")
    assert page.text("#question-title") == "Remove this badge?"
    page.click("#question-no")
    page.wait("the sheet", "!document.getElementById('mine').hidden")
    page.click("#badges button")
    page.click("#question-yes")
    said(page, "badges-none", "You have none.")
    page.click("#mine-close")
    page.click("#sign-out")
    seen(page, "idle")
    swipe(page, ALICE_BADGE)
    said(page, "form-title", "know this badge yet")
    no_complaints(page)


def test_the_pin_is_changed_after_a_sign_in_with_the_password(open_page):
    page = open_page()
    sign_in(page, "alice")
    signed_in(page, 5)
    to_mine(page, 1)
    page.click("#pin-set")
    for _ in range(2):
        pin(page, "915264")
    said(page, "news", "Your PIN is set.")
    nothing_left(page, "915264")
    page.click("#sign-out")
    seen(page, "idle")
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    pin(page, "915264")
    signed_in(page, 5)
    no_complaints(page)
