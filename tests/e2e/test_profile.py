# SPDX-License-Identifier: Apache-2.0
"""What people can choose in their programs is what the site's printers can, and follows them: a printer comes, one goes."""
import json
import os
import sys

import ipp
import pytest
from harness import procs

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "delivery"))
import straw_ipp  # noqa: E402
from straw_printer import StrawPrinter  # noqa: E402

VALUES = 0x40B  # client-error-attributes-or-values-not-supported


def straw(authority, name, formats, **can):
    """A printer that can this: names with _ for -, words or numbers."""
    p = StrawPrinter(authority.issue(name))
    p.formats = formats
    for key, values in can.items():
        tag = straw_ipp.ENUM if isinstance(values[0], int) else straw_ipp.KEYWORD
        p.can[key.replace("_", "-") + "-supported"] = (tag, values)
    return p.start()


@pytest.fixture(scope="module")
def mono_a3(authority):
    p = straw(authority, "mono-a3", ["application/pdf"], media=["iso_a4_210x297mm", "iso_a3_297x420mm"],
              sides=["one-sided", "two-sided-long-edge"], print_color_mode=["monochrome"], finishings=[3, 4, 20])
    yield p
    p.stop()


@pytest.fixture(scope="module")
def photo(authority):
    p = straw(authority, "photo", ["image/jpeg"], media=["na_index-4x6_4x6in", "Photo Paper", "custom_min_1x1in"],
              sides=["one-sided"], print_color_mode=["color", "monochrome"], media_type=["photographic-glossy"])
    yield p
    p.stop()


def printer(computer):
    """What any program on this computer is told."""
    c = ipp.UnixConnection(computer.socket)
    try:
        return ipp.post(c, ipp.request(ipp.GET_PRINTER_ATTRIBUTES)).group(ipp.PRINTER)[0]
    finally:
        c.close()


def can(computer, name):
    return set(printer(computer)[name + "-supported"])


def validate(computer, *wishes):
    c = ipp.UnixConnection(computer.socket)
    try:
        insists = ipp.attribute(ipp.BOOLEAN, "ipp-attribute-fidelity", True)
        return ipp.post(c, ipp.request(ipp.VALIDATE_JOB, insists, job=wishes)).status
    finally:
        c.close()


def status(site):
    return json.loads(site.command("status", "--json").stdout)


def test_the_queue_shows_what_any_printer_can_and_follows_them(site, alice_pc, mono_a3, photo):
    usual = can(alice_pc, "media")
    assert status(site)["profile"] is None and "what offices usually have" in site.command("status").stdout
    assert {"iso_a4_210x297mm", "na_letter_8.5x11in"} < usual and "color" in can(alice_pc, "print-color-mode")
    started = alice_pc.queue.process.pid

    site.add_printer("mono-a3", mono_a3)
    a3 = {"iso_a4_210x297mm", "iso_a3_297x420mm"}
    procs.wait_until("the first printer's paper", lambda: can(alice_pc, "media") == a3)
    assert can(alice_pc, "print-color-mode") == {"auto", "monochrome"}
    assert can(alice_pc, "sides") == {"one-sided", "two-sided-long-edge"} and can(alice_pc, "finishings") == {3, 4, 20}
    pictures = {"image/pwg-raster", "image/urf", "image/jpeg"}  # the courier makes PDF of them
    assert can(alice_pc, "document-format") == {"application/pdf", "application/octet-stream"} | pictures
    in_color = ipp.attribute(ipp.KEYWORD, "print-color-mode", "color")
    stapled = ipp.attribute(ipp.ENUM, "finishings", 4)
    assert validate(alice_pc, in_color) == VALUES and validate(alice_pc, stapled) == 0

    site.add_printer("photo", photo)
    procs.wait_until("both printers' paper", lambda: can(alice_pc, "media") == a3 | {"na_index-4x6_4x6in"})
    assert can(alice_pc, "print-color-mode") == {"auto", "color", "monochrome"}
    assert {"image/jpeg", "application/pdf"} < can(alice_pc, "document-format")
    assert "photographic-glossy" in can(alice_pc, "media-type") and can(alice_pc, "finishings") == {3, 4, 20}
    assert validate(alice_pc, in_color) == 0
    told = status(site)["profile"]
    assert set(told["media"]) == can(alice_pc, "media") and told["color"] and told["finishings"] == [4, 20]
    assert "colour, both sides" in site.command("status").stdout

    site.command("printer", "remove", "mono-a3")
    procs.wait_until("the one that is left", lambda: can(alice_pc, "media") == {"na_index-4x6_4x6in"})
    assert can(alice_pc, "sides") == {"one-sided"} and can(alice_pc, "finishings") == {3}
    assert validate(alice_pc, stapled) == VALUES
    assert alice_pc.queue.process.pid == started and alice_pc.queue.process.running()


def test_a_printer_that_is_off_still_counts_when_the_device_scout_starts_again(site, alice_pc, mono_a3, photo):
    before, version = can(alice_pc, "media"), status(site)["bulletin"]
    photo.stop()
    site.devicescout.stop()
    site.start_devicescout()
    assert can(alice_pc, "media") == before and status(site)["bulletin"] == version
    site.add_printer("mono-a3", mono_a3)  # this one answers, and is no reason to forget the other
    procs.wait_until("the next bulletin", lambda: "iso_a3_297x420mm" in can(alice_pc, "media"))
    assert before < can(alice_pc, "media") and "color" in can(alice_pc, "print-color-mode")


def test_without_printers_it_is_again_what_offices_have(site, alice_pc):
    site.command("printer", "remove", "photo")
    site.command("printer", "remove", "mono-a3")
    procs.wait_until("the usual", lambda: {"iso_a4_210x297mm", "na_letter_8.5x11in"} < can(alice_pc, "media"))
    assert "color" in can(alice_pc, "print-color-mode")


def test_a_site_decides_whether_postscript_is_taken(site, alice_pc, authority):
    p = straw(authority, "ps", ["application/pdf", "application/postscript"], media=["iso_a4_210x297mm"])
    try:
        site.add_printer("ps", p)
        procs.wait_until("the printer", lambda: can(alice_pc, "media") == {"iso_a4_210x297mm"})
        assert "application/postscript" not in can(alice_pc, "document-format")
        site.command("policy", "--postscript", "yes")
        procs.wait_until("the policy", lambda: "application/postscript" in can(alice_pc, "document-format"))
        site.command("policy", "--postscript", "no")
        procs.wait_until("it to be taken back", lambda: "application/postscript" not in can(alice_pc, "document-format"))
    finally:
        p.stop()
