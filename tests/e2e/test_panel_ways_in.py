# SPDX-License-Identifier: Apache-2.0
"""A person at the panel page shows who they are: badge and PIN, name and PIN, name and password; a new badge becomes theirs."""
import json
import ssl
import urllib.request

import pytest
from panel_page import (ALICE_BADGE, BOB_BADGE, fill_form, NEW_BADGE, no_complaints, nothing_left, OWN_CLOCK, PIN, pin,
                        said, seen, sign_in, signed_in, stopped_clock, swipe, to_form)

def swipe_on_the_network(played, badge):
    """What a reader's computer says."""
    with open(played.port_file + ".reader", encoding="utf-8") as f:
        token = f.read()
    ask = urllib.request.Request(f"{played.url}/api/v1/swipe", json.dumps({"badge": badge}).encode(), {
        "Authorization": "Bearer " + token, "Content-Type": "application/json"})
    with urllib.request.urlopen(ask, context=ssl.create_default_context(cafile=played.ca), timeout=10) as answer:
        assert answer.status == 200


REFUSED = "document.getElementById('pad-error').textContent !== ''"


def test_a_wrong_password_is_one_sentence_and_the_field_is_empty(open_page):
    page = open_page()
    sign_in(page, "alice", "wrong")
    said(page, "sign-in-error", "User name or password is wrong.")
    assert page.js("document.getElementById('password').value") == ""
    assert page.js("document.activeElement.id") == "password"
    no_complaints(page)


def test_an_empty_form_asks_nobody(open_page, played):
    page = open_page()
    to_form(page)
    page.click("#sign-in-button")
    said(page, "sign-in-error", "Please enter")
    assert "sign_in" not in played.process.log()


@pytest.mark.parametrize("spot", ["#printer-name", "#idle-art", ".or"])
def test_a_touch_anywhere_on_the_first_screen_leads_on(open_page, spot):
    page = open_page()
    page.click(spot)
    seen(page, "form")
    assert page.js("document.activeElement.id") == "user"


@pytest.mark.parametrize("user,words", [("down", "Passwords cannot be checked at the moment."),
                                        ("dave", "You may not print on this printer.")])
def test_other_refusals_are_said_in_words(open_page, user, words):
    page = open_page()
    sign_in(page, user)
    said(page, "sign-in-error", words)


def test_a_badge_and_a_pin_open_the_list_and_no_digit_of_either_is_seen(open_page):
    page = open_page()
    with stopped_clock(page):
        for letter in ALICE_BADGE:
            page.key(letter)
            nothing_left(page, ALICE_BADGE, ALICE_BADGE[:4])
        page.key("\r")
    seen(page, "pad")
    for digit in PIN:
        page.click(f"#digits [data-digit='{digit}']")
    assert page.text("#pad-dots") == "\u25cf" * 6
    assert page.js("document.getElementById('pad-count').textContent") == "6 digits"
    nothing_left(page, ALICE_BADGE, PIN)
    page.click("#pad-ok")
    signed_in(page, 5)
    nothing_left(page, ALICE_BADGE, PIN)
    no_complaints(page)


def test_readers_type_while_a_button_has_the_focus_and_press_nothing(open_page):
    page = open_page()
    page.press("Tab", 9)
    assert page.js("document.activeElement.id") == "touch"
    swipe(page, ALICE_BADGE)
    seen(page, "pad")


@pytest.mark.parametrize("typed", ["04\r", "\r\r"])
def test_what_is_too_short_for_a_badge_is_not_sent(open_page, played, typed):
    page = open_page()
    for letter in typed:
        page.key(letter)
    assert not page.js("document.getElementById('idle').hidden")
    assert "sign_in" not in played.process.log()


def test_a_badge_held_to_the_reader_again_starts_anew_and_is_not_typed_into_a_field(open_page):
    page = open_page()
    swipe(page, NEW_BADGE)
    seen(page, "form")
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    nothing_left(page, ALICE_BADGE)
    swipe(page, BOB_BADGE)
    said(page, "form-title", "You have no PIN yet")


def test_a_badge_signs_out_who_is_signed_in_and_its_enter_presses_nothing(open_page, played):
    page = open_page(before=OWN_CLOCK)
    sign_in(page, "alice")
    signed_in(page, 5)
    page.js("document.getElementById('release').focus()")
    swipe(page, BOB_BADGE)  # within three seconds: a reader that reads twice
    signed_in(page, 5)
    page.js("window.later = 4000; 0")
    swipe(page, BOB_BADGE)
    seen(page, "idle")
    said(page, "idle-note", "You are signed out.")
    nothing_left(page, "alice", BOB_BADGE)
    sign_in(page, "alice")
    signed_in(page, 5)
    assert page.js("document.querySelectorAll('.job.fixed, .job.wrong').length") == 0
    page.js("window.later = 8000; 0")
    swipe_on_the_network(played, ALICE_BADGE)
    seen(page, "idle")


def test_a_slow_reader_is_one_too_and_spaces_on_the_list_are_none(open_page):
    page = open_page(before=OWN_CLOCK)
    sign_in(page, "alice")
    signed_in(page, 5)
    page.js("window.later = 4000; document.querySelector('#jobs input').focus(); 0")
    for key in " " * 7 + "\r":
        page.key(key)
    signed_in(page, 5)
    assert page.text("#release") == "Print 1"
    page.js("document.getElementById('release').focus()")
    with stopped_clock(page):
        for key in BOB_BADGE + "\r":
            page.js("window.stoppedAt += 200; 0")
            page.key(key)
    seen(page, "idle")


def test_a_badge_read_on_the_network_comes_to_the_page(open_page, played):
    page = open_page()
    swipe_on_the_network(played, ALICE_BADGE)
    seen(page, "pad")
    pin(page, PIN)
    signed_in(page, 5)


def test_wrong_pins_cost_time_then_lock_and_the_password_unlocks(open_page):
    page = open_page()
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    pin(page, "111111")
    said(page, "pad-error", "That was not right. Please try again.")
    locked = "!document.getElementById('form').hidden"
    waited = False
    while not page.js(locked):
        page.wait("the keys to be free", "!/ s$/.test(document.getElementById('pad-ok-text').textContent)")
        pin(page, "111111")
        page.wait("an answer", f"{REFUSED} || {locked}")
        waited = waited or "Too many tries. Please wait" in page.text("#pad-error")
    assert waited
    assert page.text("#form-title") == "Your PIN is locked"
    fill_form(page, "alice")
    signed_in(page, 5)
    page.click("#sign-out")
    seen(page, "idle")
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    pin(page, PIN)
    signed_in(page, 5)
    no_complaints(page)


def test_a_name_and_a_pin_do_as_well(open_page):
    page = open_page()
    to_form(page, "pin")
    assert page.js("document.getElementById('password-field').hidden")
    page.type("#user", "alice")
    page.click("#sign-in-button")
    seen(page, "pad")
    pin(page, "111111")
    said(page, "pad-error", "That was not right.")
    pin(page, PIN)
    signed_in(page, 5)
    no_complaints(page)


def test_real_digits_do_on_the_keypad(open_page):
    page = open_page()
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    for digit in PIN[:4] + "9":
        page.key(digit)
    page.press("Backspace", 8)
    assert page.text("#pad-dots") == "\u25cf" * 4
    page.press("Escape", 27)
    seen(page, "idle")


def test_a_first_swipe_makes_the_badge_ones_own_and_asks_for_a_pin(open_page):
    page = open_page()
    swipe(page, NEW_BADGE)
    seen(page, "form")
    assert page.text("#form-title") == "We don\u2019t know this badge yet"
    assert page.js("document.getElementById('way').hidden")
    fill_form(page, "bob", "wrong")
    said(page, "sign-in-error", "User name or password is wrong.")
    page.type("#password", "bob-password")
    page.click("#sign-in-button")
    seen(page, "pad")
    assert "Your badge is registered." in page.text("#pad-text") and "6 digits or more" in page.text("#pad-text")
    for bad, words in (("9152", "At least 6 digits"), ("123456", "PIN is too easily guessed"), ("915264", "not the same")):
        pin(page, bad)
        if len(bad) == 6:
            said(page, "pad-title", "Once more")
            pin(page, bad if "guessed" in words else "915265")
        said(page, "pad-error", words)
    pin(page, "915264")
    said(page, "pad-title", "Once more")
    pin(page, "915264")
    signed_in(page, 1)
    said(page, "news", "Your PIN is set.")
    page.click("#sign-out")
    seen(page, "idle")
    swipe(page, NEW_BADGE)
    seen(page, "pad")
    pin(page, "915264")
    signed_in(page, 1)
    no_complaints(page)


def test_a_registration_that_came_too_late_is_said(open_page):
    spoiled = """var send = XMLHttpRequest.prototype.send; XMLHttpRequest.prototype.send = function (body) {
                 return send.call(this, body && body.replace(/("register":")[0-9a-f]{32}/, '$1' + new Array(33).join('0'))); };"""
    page = open_page(before=spoiled)  # as good as one that is two minutes old
    swipe(page, NEW_BADGE)
    seen(page, "form")
    fill_form(page, "bob")
    signed_in(page, 1)
    said(page, "news", "The badge was not registered")


@pytest.mark.parametrize("switches,hidden", [(["no-name-and-pin"], True), ([], False)])
def test_a_name_and_a_pin_are_offered_only_where_the_site_takes_them(open_site, switches, hidden):
    page = open_site(*switches)
    to_form(page)
    assert page.js("document.getElementById('way').hidden") is hidden


def test_a_pin_can_wait(open_page):
    page = open_page()
    swipe(page, BOB_BADGE)
    said(page, "form-title", "You have no PIN yet")
    fill_form(page, "bob")
    seen(page, "pad")
    page.click("#pad-other")
    signed_in(page, 1)


def test_a_badge_alone_will_do_where_the_site_says_so(open_site):
    page = open_site("badge-alone")
    swipe(page, ALICE_BADGE)
    signed_in(page, 5)


@pytest.mark.parametrize("language,letters", [("en", "qwertyuiop"), ("de", "qwertzuiop\u00fc")])
def test_a_panel_without_keys_has_some_on_the_screen(open_page, language, letters):
    page = open_page(language=language)
    to_form(page)
    assert page.js("document.querySelectorAll('#keys .row')[1].textContent") == letters

    def touch(keys):
        for key in keys:
            page.click(f"#keys [data-key='{key}']")

    touch("alice")
    assert page.js("document.getElementById('user').value") == "alice"
    page.click("#keys .go")
    assert page.js("document.activeElement.id") == "password"
    page.click("#keys .shift")
    touch("a")
    page.click("#keys .other")
    touch("&#")
    assert page.js("document.getElementById('password').value") == "A&#"
    for _ in range(3):
        page.click("#keys .erase")
    page.click("#keys .other")
    touch("alice-password")
    page.click("#keys .go")
    signed_in(page, 5)
    assert page.js("document.getElementById('keys').hidden && document.getElementById('keys').children.length === 0")
    no_complaints(page)


def test_real_keys_send_the_ones_on_the_screen_away(open_page):
    page = open_page()
    to_form(page)
    assert not page.js("document.getElementById('keys').hidden")
    page.key("a")
    assert page.js("document.getElementById('keys').hidden")
    assert page.js("document.getElementById('user').value") == "a"
    page.click("#password")
    assert not page.js("document.getElementById('keys').hidden")


def test_it_speaks_german_to_who_asks_for_it(open_page):
    page = open_page(language="de")
    assert page.text("#idle-title") == "Ausweis an den Leser halten"
    assert page.js("document.documentElement.lang") == "de"
    page.click("[data-language=en]")
    page.wait("English", "document.getElementById('idle-title').textContent === 'Hold your badge to the reader'")


def test_a_printer_that_is_not_known_is_said_and_offers_no_way_in(open_page):
    page = open_page("Nowhere")
    assert page.text("#printer-name") == "Unknown printer"
    assert page.js("document.getElementById('invite').hidden")
    swipe(page, ALICE_BADGE)
    assert not page.js("document.getElementById('idle').hidden")
