# SPDX-License-Identifier: Apache-2.0
"""A person reads on the page, in their language, what this printer cannot do of a job and where it can be printed."""
import json
import os
import re

import pytest
import yaml
from panel_page import no_complaints, row, sign_in, signed_in


ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def fit(page, word):
    return page.text(f"#jobs li:nth-child({row(page, word)}) .fit")


@pytest.mark.parametrize("language,no_format,no_staple", [
    ("en", "This printer cannot print this kind of document. It can be printed at: Workshop-raw.",
     "This printer will leave out: stapling and the like."),
    ("de", "Dieser Drucker kann diese Art von Dokument nicht drucken. Drucken lässt es sich an: Workshop-raw.",
     "Dieser Drucker lässt weg: Heften und Ähnliches.")])
def test_the_rows_say_what_this_printer_cannot_do(open_page, language, no_format, no_staple):
    page = open_page(language=language)
    sign_in(page, "carol")
    signed_in(page, 3)
    assert fit(page, "Drawing.ps") == no_format
    assert fit(page, "stapled") == no_staple
    no_complaints(page)


def test_options_that_the_printer_lacks_are_not_offered(open_page):
    page = open_page("Workshop-raw")
    sign_in(page, "carol")
    signed_in(page, 3)
    page.click("#options")
    offered = "[].slice.call(document.querySelectorAll('#sides input')).filter(function (o) { return !o.disabled; }).length"
    assert page.js(offered) == 2  # as chosen before, and one side
    assert page.js("document.getElementById('pages').disabled") is True
    no_complaints(page)


def test_each_word_of_the_api_that_a_person_meets_is_a_sentence():
    job = yaml.safe_load(read("devicescout/web/openapi.yaml"))["components"]["schemas"]["Job"]["properties"]
    reasons = re.findall(r'\[REASON_(?!NONE|KEPT)\w+\] = \{"([a-z-]+)"', read("proto/jobstate.c"))
    notes = re.findall(r'\[NOTE_(?!NONE|NOT_TRIED)\w+\] = "([a-z-]+)"', read("devicescout/jobs/progress.c"))
    assert len(reasons) > 15 and len(notes) >= 6
    wanted = [f"fit.{word}" for word in job["lacks"]["items"]["enum"]] + [f"why.{word}" for word in reasons + notes]
    for language in ("en", "de"):
        known = json.loads(read(f"devicescout/web/messages.{language}.json"))
        assert [word for word in wanted if word not in known] == []
