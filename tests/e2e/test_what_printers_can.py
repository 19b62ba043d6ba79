# SPDX-License-Identifier: Apache-2.0
"""A person reads at the panel what this printer cannot do and how it is, before anything is released."""
import os
import sys

import pytest
from harness import panel, procs

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "delivery"))
from straw_printer import StrawPrinter  # noqa: E402


@pytest.fixture(scope="module")
def photo(site, authority):
    """A printer that takes JPEG alone, and is out of paper."""
    p = StrawPrinter(authority.issue("photo"))
    p.formats, p.reasons = ["image/jpeg"], "media-empty-error"
    p.start()
    site.add_printer("photo", p)
    yield p
    p.stop()


def about(site, name):
    return panel.Panel(site, name).call("GET", f"/api/v1/printer/{name}")[1]


def test_a_document_that_a_printer_cannot_print_is_refused_there_and_printed_where_the_list_says(
        site, colour, photo, alice_pc, sign_in, print_pdf):
    procs.wait_until("what colour can", lambda: about(site, "colour")["sides"])
    assert about(site, "colour")["sides"] == ["one-sided"]
    print_pdf(alice_pc)
    at = sign_in("alice", "photo")
    procs.wait_until("the job", lambda: [j for j in at.waiting() if j["prints_here"] is False])
    job = at.waiting()[0]
    assert job["elsewhere"] == ["colour"]
    assert at.release(job["id"])[1]["refused"] == [{"id": job["id"], "error": "format-not-supported"}]
    assert photo.jobs == {}
    there = sign_in("alice", "colour")
    assert [(j["prints_here"], j["lacks"]) for j in there.waiting()] == [(True, [])]
    there.release(job["id"])
    there.wait_state(job["id"], "gone", "delivered")


def test_the_first_screen_says_that_paper_is_out_and_when_it_is_back(site, photo):
    procs.wait_until("the trouble", lambda: about(site, "photo")["state"] == "trouble")
    told = about(site, "photo")
    assert (told["problem"], told["detail"]) == ("printer-stopped", "media-empty-error")
    photo.reasons = "none"
    procs.wait_until("paper", lambda: about(site, "photo")["state"] == "ready")
