# SPDX-License-Identifier: Apache-2.0
"""At the panel page: others' jobs that a person may release, jobs kept after printing, and a swipe that releases everything."""
import pytest
from panel_page import (ALICE_BADGE, PIN, choose, no_complaints, nothing_left, pin, row, said, seen, sign_in, signed_in,
                        swipe, wait_how)


def to_others(page):
    page.click("#to-mine")
    page.wait("the sheet", "!document.getElementById('mine').hidden")
    page.click("#to-others")
    page.wait("the sheet", "!document.getElementById('others').hidden")


def test_a_person_lets_another_print_for_them_and_ends_it(open_site):
    page = open_site("delegates")
    sign_in(page, "alice")
    signed_in(page, 8)
    to_others(page)
    for user, words in (("", "Please enter"), ("nobody-here", "Nobody has this user name."), ("alice", "That is you.")):
        page.js("document.getElementById('others-user').value = ''")
        if user:
            page.type("#others-user", user)
        page.click("#others-allow")
        said(page, "others-error", words)
    page.js("document.getElementById('others-user').value = ''")
    page.type("#others-user", "bob")
    page.click("#others-days [data-days='7']")
    page.click("#others-allow")
    page.wait("bob", "document.querySelectorAll('#delegates li').length === 1")
    assert "bob" in page.text("#delegates") and "until" in page.text("#delegates")
    page.click("#others-close")
    page.click("#sign-out")
    seen(page, "idle")
    nothing_left(page, "alice", "bob")
    sign_in(page, "bob")
    signed_in(page, 6)
    assert page.text("#jobs .owner:first-child") == "Your own"
    assert "Jobs of alice" in page.text("#jobs")
    assert page.text("#release") == "Print"  # all means one's own
    choose(page, "Minutes")
    assert page.js("document.getElementById('delete').disabled")
    page.click("#release")
    wait_how(page, "Minutes", "12 pages printed")
    to_others(page)
    page.click("#delegates-for button")
    page.wait("nobody", "document.querySelectorAll('#delegates-for li').length === 0")
    page.click("#others-close")
    signed_in(page, 1)
    no_complaints(page)


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_panel_whose_clock_is_wrong_names_somebody_for_the_right_time(open_site, hours):
    wrong = f"(function () {{ var now = Date.now; Date.now = function () {{ return now() + {hours} * 3600000; }}; }}());"
    page = open_site("delegates", before=wrong)
    sign_in(page, "alice")
    signed_in(page, 8)
    to_others(page)
    page.type("#others-user", "bob")
    page.click("#others-days [data-days='31']")
    page.click("#others-allow")
    page.wait("bob", "document.querySelectorAll('#delegates li').length === 1")


def test_who_came_without_a_password_is_told_how_to_name_somebody(open_site):
    page = open_site("delegates")
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    pin(page, PIN)
    signed_in(page, 8)
    to_others(page)
    assert "sign in with your password" in page.text("#others-how")
    assert page.js("document.getElementById('others-add').hidden")


def test_a_job_is_kept_after_printing_and_all_leaves_it_out(open_site):
    page = open_site("delegates")
    sign_in(page, "alice")
    signed_in(page, 8)
    choose(page, "Minutes")
    page.click("#options")
    page.click("#keep-field")
    page.click("#options-done")
    assert page.text("#options-text") == "Options: changed"
    page.click("#release")
    wait_how(page, "Minutes", "Printed, and kept for printing again")
    assert page.text("#release") == "Print all 4"
    choose(page, "Minutes")
    page.click("#release")
    wait_how(page, "Minutes", "12 pages printed")
    no_complaints(page)


def test_a_swipe_releases_everything_and_what_waits_can_be_taken_back(open_site):
    page = open_site("badge-alone", "fast-release")
    swipe(page, ALICE_BADGE)
    page.wait("the progress", "!document.getElementById('progress').hidden && !document.getElementById('cancel').hidden")
    page.click("#cancel")
    page.wait("nothing to wait any more", "document.getElementById('cancel').hidden")
    page.wait("some to be held again", "document.querySelectorAll('.job:not(.fixed)').length >= 2")
    assert page.js("document.querySelectorAll('.job').length") == 5
    no_complaints(page)


def test_where_nothing_is_kept_or_shared_nothing_of_it_is_offered(open_site):
    page = open_site()
    sign_in(page, "alice")
    signed_in(page, 5)
    page.click("#to-mine")
    page.wait("the sheet", "!document.getElementById('mine').hidden")
    assert page.js("document.getElementById('mine-others').hidden")
    assert row(page, "Jobs of") == 0
