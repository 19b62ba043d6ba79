# SPDX-License-Identifier: Apache-2.0
"""A person reads on the page, in their language, what this printer cannot do of a job and where it can be printed."""
import pytest
from panel_page import no_complaints, row, sign_in, signed_in


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
