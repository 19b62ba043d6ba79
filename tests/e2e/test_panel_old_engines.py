# SPDX-License-Identifier: Apache-2.0
"""The panel's page works on engines ten years old, and is small: ES5, plain flexbox, nothing that came later, under 100 kB."""
import json
import os
import re
import subprocess

import pytest
from panel_page import PIN, ALICE_BADGE, choose, no_complaints, pin, seen, signed_in, swipe, wait_how

WEB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "devicescout", "web")
SCRIPTS = sorted(f for f in os.listdir(WEB) if f.endswith(".js"))

# An engine of 2016 has none of these, nor has the page's after this.
WITHOUT = """
['fetch', 'Promise', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Proxy', 'Reflect', 'URL', 'URLSearchParams', 'AbortController',
 'EventSource', 'IntersectionObserver', 'ResizeObserver', 'queueMicrotask', 'structuredClone', 'PointerEvent'
].forEach(function (name) { delete window[name]; });
function strip(from, names) { names.forEach(function (name) { delete from[name]; }); }
strip(Array, ['from', 'of']);
strip(Array.prototype, ['includes', 'find', 'findIndex', 'findLast', 'fill', 'flat', 'flatMap', 'at', 'entries', 'values',
                        'keys', 'copyWithin']);
strip(String.prototype, ['includes', 'startsWith', 'endsWith', 'padStart', 'padEnd', 'repeat', 'replaceAll', 'matchAll', 'at',
                         'trimStart', 'trimEnd', 'normalize']);
strip(Object, ['assign', 'values', 'entries', 'fromEntries', 'is', 'hasOwn']);
strip(Number, ['isInteger', 'isFinite', 'isNaN']);
strip(Element.prototype, ['closest', 'matches', 'append', 'prepend', 'replaceChildren', 'replaceWith', 'before', 'after',
                          'toggleAttribute', 'remove', 'getAttributeNames', 'insertAdjacentElement']);
strip(NodeList.prototype, ['forEach', 'entries', 'values', 'keys']);
strip(KeyboardEvent.prototype, ['key', 'code']);
strip(DOMTokenList.prototype, ['toggle', 'replace', 'forEach', 'values']);
"""

# What a style sheet says that such an engine does not lay out, and what it would take for nothing.
LATER_CSS = {r"display:\s*(inline-)?grid": "grid", r"var\(|--\w": "variables", r"[^-]\bgap:": "gap", r"\binset:": "inset",
             r"\b(min|max|clamp)\(": "min(), max(), clamp()", r":(is|where|has|focus-visible|focus-within)\b": "new selectors",
             r"aspect-ratio:": "aspect-ratio", r"position:\s*sticky": "sticky", r"@(layer|container|supports)": "new rules",
             r"\d(dvh|svh|lvh)\b": "new units", r"rgb\(\d+ ": "new colours", r"object-fit:": "object-fit"}


def read(name):
    with open(os.path.join(WEB, name), encoding="utf-8") as f:
        return f.read()



@pytest.fixture
def parses(tmp_path):
    """mujs, an interpreter that knows ES5 and nothing later, reads a script without running it."""
    reader = tmp_path / "read.js"
    reader.write_text("new Function(read(scriptArgs[0]));")

    def go(text):
        script = tmp_path / "script.js"
        script.write_text(text)
        return subprocess.run(["mujs", "-s", str(reader), str(script)], capture_output=True, timeout=20).returncode == 0

    return go


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_script_is_es5(parses, name):
    assert parses(read(name))


@pytest.mark.parametrize("later", ["let a = 1;", "const a = 1;", "var f = () => 1;", "var s = `x`;", "class A {}", "var {a} = b;",
                                   "f(...a);", "var o = {a};", "for (var a of b) {}", "var o = {f() {}};", "a ** b;", "a?.b;"])
def test_what_came_later_would_be_found(parses, later):
    assert parses("var a = 1;") and not parses("var a = 1; " + later)


def test_every_script_is_in_the_page_and_the_other_way_round():
    assert sorted(re.findall(r'<script src="/static/([^"]+)" defer></script>', read("panel.html"))) == SCRIPTS


def test_the_page_keeps_to_its_policy():
    page = read("panel.html")
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|javascript:|https?://", page)
    for name in SCRIPTS:
        assert not re.search(r"\beval\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write|new Function", read(name)), name


def test_the_style_sheet_says_nothing_that_came_later():
    style = re.sub(r"/\*.*?\*/", "", read("panel.css"), flags=re.S)
    assert [words for pattern, words in LATER_CSS.items() if re.search(pattern, style)] == []


@pytest.mark.parametrize("bad", ["a{display:grid}", "a{color:var(--x)}", "a{ gap: 4px}", "a:focus-visible{}", "a{top:min(1px,2px)}"])
def test_what_came_later_in_styles_would_be_found(bad):
    assert [words for pattern, words in LATER_CSS.items() if re.search(pattern, bad)] != []


def test_german_and_english_say_the_same_things():
    messages = {language: json.loads(read(f"messages.{language}.json")) for language in ("en", "de")}
    assert list(messages["en"]) == list(messages["de"])
    for key, english in messages["en"].items():
        german = messages["de"][key]
        assert english.strip() and german.strip(), key
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", german)), key
    plural = [k[:-4] for k in messages["en"] if k.endswith(".one")]
    assert all(k + ".other" in messages["en"] for k in plural)


def test_each_sentence_of_the_page_is_there_and_none_is_left_over():
    known = set(json.loads(read("messages.en.json")))
    used = set(re.findall(r'data-(?:text|label|placeholder)="([^"]+)"', read("panel.html")))
    said = "\n".join(read(n) for n in SCRIPTS)
    used |= set(re.findall(r"self\.(?:text|leave|toIdle)\('([\w.-]+)'", said)) | set(re.findall(r"signOut\('([\w.-]+)'", said))
    missing = {u for u in used if u not in known and not u.endswith(".")}
    assert missing == set()
    whole = said + read("panel.html")
    made = ("others.refused.", "why.", "reason.", "fit.", "how.", "state.", "pin.refused.", "mine.since.", "mine.pin.", "register.", "signin.",
            "pin-none.", "pin-locked.")
    assert [k for k in known if f"'{k}'" not in whole and f'"{k}"' not in whole and not k.startswith(made)
            and f"'{k.rsplit('.', 1)[0]}'" not in whole] == []


def test_a_panel_loads_less_than_100_kb_in_all(open_page):
    page = open_page(language="de")
    sizes = page.js("""performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
        .filter(function (e) { return e.name.indexOf('/api/') < 0; }).map(function (e) { return [e.name, e.decodedBodySize]; })""")
    assert len(sizes) >= len(SCRIPTS) + 3, sizes
    assert sum(size for _, size in sizes) < 100_000, sizes


def test_a_walk_where_nothing_later_than_2016_is_there(open_page):
    page = open_page(before=WITHOUT)
    assert page.js("typeof window.Promise + typeof window.fetch + typeof window.EventSource") == "undefined" * 3
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    pin(page, PIN)
    signed_in(page, 5)
    page.click("#options")
    page.type("#pages", "1-3")
    page.click("#options-done")
    choose(page, "Minutes")
    page.click("#release")
    wait_how(page, "Minutes", "12 pages printed")
    page.click("#to-mine")
    page.wait("the sheet", "!document.getElementById('mine').hidden")
    page.click("#mine-close")
    page.click("#sign-out")
    seen(page, "idle")
    page.click("#touch")
    page.click("#keys [data-key='a']")
    assert page.js("document.getElementById('user').value") == "a"
    no_complaints(page)
