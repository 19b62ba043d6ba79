# SPDX-License-Identifier: Apache-2.0
"""Every screen of the panel can be read, touched, and used without seeing it or without touching it."""
import pytest
from panel_page import no_complaints, seen, signed_in
from panel_walk import LOOKS, screens, screens_of_rights

WITH_NAMES = ("button", "checkbox", "radio", "textbox", "heading", "dialog", "alertdialog", "radiogroup")


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", [(800, 480), (1024, 600), (1280, 800), (360, 640)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_nothing_is_cut_off_nothing_sticks_out_and_targets_are_large(open_page, size, language):
    page = open_page(size=size, language=language, before=LOOKS)
    for name in screens(page):
        assert page.js("document.documentElement.scrollWidth") <= size[0], name
        assert (name, page.js("looks.small()")) == (name, [])
        if size[0] >= 800:
            assert (name, page.js("looks.cut()")) == (name, [])
    no_complaints(page)


def test_contrast_is_that_of_wcag_aa_on_every_screen(open_page):
    page = open_page(before=LOOKS)
    for name in screens(page):
        assert (name, page.js("looks.faint()")) == (name, [])


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_screens_of_rights_look_as_good(open_site, language):
    page = open_site("delegates", language=language, before=LOOKS)
    for name in screens_of_rights(page):
        for look in ("small", "cut", "faint"):
            assert (name, page.js(f"looks.{look}()")) == (name, [])
    no_complaints(page)


def test_the_looks_see_what_is_wrong(open_page):
    page = open_page(before=LOOKS)
    for style, look in (("#touch { color: #999 }", "faint"), ("#touch { min-height: 40px; height: 40px }", "small"),
                        ("#touch { width: 80px; white-space: nowrap; overflow: hidden }", "cut"), (".art { color: #bcd }", "faint")):
        page.js(f"""var e = document.styleSheets[0]; e.insertRule({style!r}, e.cssRules.length); 0""")
        assert len(page.js(f"looks.{look}()")) >= 1, style
        page.js("e.deleteRule(e.cssRules.length - 1); 0")
        assert page.js(f"looks.{look}()") == []


def test_each_thing_has_a_name_for_who_cannot_see_it(open_page):
    page = open_page()
    for name in screens(page):
        tree = page.ask("Accessibility.getFullAXTree")["nodes"]
        nameless = [(n["role"]["value"], n.get("properties")) for n in tree if not n.get("ignored")
                    and n["role"]["value"] in WITH_NAMES and not n.get("name", {}).get("value", "").strip()]
        assert (name, nameless) == (name, [])


def test_a_sheet_keeps_the_keyboard_and_gives_it_back(open_page):
    page = open_page()
    next(name for name in screens(page) if name == "list")
    page.js("document.getElementById('options').focus()")
    page.key("\r")
    assert page.js("document.activeElement.id") == "options-title"
    for _ in range(12):
        page.press("Tab", 9)
        assert page.js("document.getElementById('options-sheet').contains(document.activeElement)")
    page.press("Escape", 27)
    assert page.js("document.activeElement.id") == "options"


def test_everything_can_be_done_with_the_keyboard(open_page):
    page = open_page()

    def tab_to(wanted):
        for _ in range(30):
            page.press("Tab", 9)
            if page.js("document.activeElement.id") == wanted:
                return
        raise AssertionError(f"Tab does not come to {wanted}")

    tab_to("touch")
    page.key("\r")
    seen(page, "form")
    assert page.js("document.activeElement.id") == "user"
    page.ask("Input.insertText", text="alice")
    tab_to("password")
    page.ask("Input.insertText", text="alice-password")
    page.key("\r")
    signed_in(page, 5)
    page.js("document.querySelector('#jobs li:first-child input').focus()")
    page.key(" ")
    assert page.text("#release") == "Print 1"
    tab_to("delete")
    page.key("\r")
    assert page.js("document.activeElement.id") == "question-no"
    page.press("Escape", 27)
    assert page.js("document.activeElement.id") == "delete"
    tab_to("release")
    page.key("\r")
    page.wait("it to be printed", "document.querySelector('#progress.done') !== null")
    page.js("document.getElementById('sign-out').focus()")
    page.key("\r")
    seen(page, "idle")
    no_complaints(page)


def test_the_two_ways_are_changed_with_the_arrows(open_page):
    page = open_page()
    page.click("#touch")
    page.js("document.getElementById('way-password').focus()")
    page.press("ArrowRight", 39)
    assert page.js("document.getElementById('way-pin').getAttribute('aria-checked')") == "true"


@pytest.mark.parametrize("what,role", [("#printer-state", "status"), ("#sign-in-error", "alert"), ("#pad-error", "alert"),
                                       ("#pad-count", "status"), ("#news", "status"), ("#progress", "status"),
                                       ("#idle-note", "alert")])
def test_what_changes_by_itself_is_told(open_page, what, role):
    assert open_page().js(f"document.querySelector('{what}').getAttribute('role')") == role
