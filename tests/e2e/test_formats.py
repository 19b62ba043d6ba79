# SPDX-License-Identifier: Apache-2.0
"""What a person's program sent comes out of the printer that they stand at, with what they chose: pictures wrapped, backs turned,
options mapped to what the printer can; and what it cannot is read on the screen before."""
import http.client
import os
import struct
import subprocess
import sys

import ipp
import pytest
from harness import jpeg, panel, procs, site as sites
from harness.pixels import mirrored, page, picture, unpack, urf, urf_page

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "delivery"))
import straw_ipp  # noqa: E402
from straw_printer import StrawPrinter, StrawRaw  # noqa: E402

PDF, PWG, URF, JPEG = "application/pdf", "image/pwg-raster", "image/urf", "image/jpeg"
LONG = "two-sided-long-edge"


class Able(StrawPrinter):
    """A printer that says what it can."""

    says = b""

    def _printer(self):
        return super()._printer() + self.says


def printer_of(site, authority, name, formats, says=b""):
    p = Able(authority.issue(name))
    p.formats, p.says = formats, says
    p.start()
    site.add_printer(name, p)
    return p


SIDES = straw_ipp.attribute(straw_ipp.KEYWORD, "sides-supported", "one-sided", LONG, "two-sided-short-edge")
ALL = SIDES + b"".join([
    b"\x33" + struct.pack(">H16sHii", 16, b"copies-supported", 8, 1, 99),
    straw_ipp.attribute(straw_ipp.KEYWORD, "media-supported", "iso_a4_210x297mm", "iso_a5_148x210mm"),
    straw_ipp.attribute(straw_ipp.KEYWORD, "print-color-mode-supported", "auto", "color", "monochrome"),
    straw_ipp.attribute(straw_ipp.ENUM, "finishings-supported", 3, 4),
    straw_ipp.attribute(straw_ipp.BOOLEAN, "page-ranges-supported", True),
    straw_ipp.attribute(straw_ipp.ENUM, "orientation-requested-supported", 3, 4, 5, 6),
    straw_ipp.attribute(straw_ipp.ENUM, "print-quality-supported", 3, 4, 5)])


@pytest.fixture(scope="module")
def office(site, authority):
    """PDF alone."""
    p = printer_of(site, authority, "office", [PDF], ALL)
    yield p
    p.stop()


@pytest.fixture(scope="module")
def turner(site, authority):
    """Raster alone, its backs rotated, grey and colour at 100 dpi."""
    says = SIDES + b"".join([
        straw_ipp.attribute(straw_ipp.KEYWORD, "pwg-raster-document-sheet-back", "rotated"),
        straw_ipp.attribute(straw_ipp.KEYWORD, "pwg-raster-document-type-supported", "srgb_8", "sgray_8"),
        b"\x32" + struct.pack(">H40sHiib", 40, b"pwg-raster-document-resolution-supported", 9, 100, 100, 3)])
    p = printer_of(site, authority, "turner", [PWG], says)
    yield p
    p.stop()


@pytest.fixture(scope="module")
def raw(site):
    """Port 9100, registered as one that takes PDF."""
    p = StrawRaw().start()
    site.add_printer("raw", p)
    yield p
    p.stop()


@pytest.fixture
def printed(site, alice_pc, sign_in):
    """printed(document, format, options) prints as alice; gives the job as the panel at `printer` lists it, and that panel."""

    def go(printer, document, fmt, job=()):
        at = sign_in("alice", printer)
        for old in at.waiting():
            at.delete(old["id"])
        sites.wait_listed(at, 0)
        c = http.client.HTTPConnection("localhost", alice_pc.port, timeout=30)
        answer = ipp.post(c, ipp.print_job("letter", job=job, fmt=fmt) + document)
        c.close()
        assert answer.status in (0, 1), answer.message
        sites.wait_listed(at, 1)
        procs.wait_until("what the printer can", lambda: at.waiting()[0]["prints_here"] is not None)
        return at.waiting()[0], at

    return go


def released(at, job):
    at.release(job["id"])
    at.wait_state(job["id"], "gone", "delivered")


def last_document(printer):
    return [j["document"] for j in printer.jobs.values()][-1]


def pictures_in(pdf, folder):
    path = folder / "got.pdf"
    path.write_bytes(pdf)
    subprocess.run(["pdfimages", path, folder / "got"], check=True)
    return b"".join(f.read_bytes().split(b"\n", 3)[3] for f in sorted(folder.glob("got-*")))


def test_a_raster_of_another_resolution_is_refused_at_a_raster_printer_and_printed_at_one_that_takes_pdf(
        office, turner, printed, sign_in):
    job, at = printed("turner", b"RaS2" + page(picture(60, 40, 3, 1), 3, dpi=300), PWG)
    assert job["prints_here"] is False
    assert "office" in job["elsewhere"]
    assert at.release(job["id"])[1]["refused"] == [{"id": job["id"], "error": "format-not-supported"}]
    assert turner.jobs == {}
    there = sign_in("alice", "office")
    procs.wait_until("what office can", lambda: there.waiting()[0]["prints_here"] is not None)
    assert there.waiting()[0]["prints_here"] is True
    released(there, job)
    assert last_document(office).startswith(b"%PDF")


def test_a_two_sided_raster_comes_out_of_a_printer_with_a_rotated_back_side(turner, printed):
    pages = [picture(120, 90, 3, n) for n in range(3)]
    job, at = printed("turner", b"RaS2" + b"".join(page(p, 3) for p in pages), PWG, [ipp.attribute(ipp.KEYWORD, "sides", LONG)])
    assert (job["prints_here"], job["lacks"], job["pages"], job["color"]) == (True, [], 3, True)
    released(at, job)
    assert [lines for _, lines in unpack(last_document(turner))] == [pages[0], mirrored(pages[1], 3)[::-1], pages[2]]


@pytest.mark.parametrize("fmt", [PWG, URF])
def test_a_raster_comes_out_of_a_printer_that_takes_only_pdf(office, printed, tmp_path, fmt):
    lines = picture(120, 90, 3, 5)
    job, at = printed("office", b"RaS2" + page(lines, 3) if fmt == PWG else urf(urf_page(lines, 3)), fmt)
    assert (job["prints_here"], job["pages"]) == (True, 1)
    released(at, job)
    assert pictures_in(last_document(office), tmp_path) == b"".join(lines)


def test_a_jpeg_comes_out_of_a_printer_that_takes_only_pdf(office, printed):
    photo = jpeg.picture([[(40, 90, 200)] * 5] * 4, 3)
    job, at = printed("office", photo, JPEG)
    assert (job["prints_here"], job["pages"]) == (True, 1)
    released(at, job)
    assert photo in last_document(office)


def test_a_raster_comes_out_of_a_raw_printer_that_takes_pdf(raw, printed, tmp_path):
    lines = picture(120, 90, 1, 5)
    job, at = printed("raw", b"RaS2" + page(lines, 1), PWG)
    assert (job["prints_here"], job["color"]) == (True, False)
    released(at, job)
    assert pictures_in(bytes(raw.received[-1]), tmp_path) == b"".join(bytes([v] * 3) for line in lines for v in line)


CHOSEN = [ipp.attribute(ipp.INTEGER, "copies", 3), ipp.attribute(ipp.KEYWORD, "sides", LONG),
          ipp.attribute(ipp.KEYWORD, "media", "iso_a5_148x210mm"), ipp.attribute(ipp.KEYWORD, "print-color-mode", "monochrome"),
          ipp.attribute(ipp.ENUM, "finishings", 4), ipp.attribute(ipp.RANGE, "page-ranges", (1, 1)),
          ipp.attribute(ipp.ENUM, "orientation-requested", 4), ipp.attribute(ipp.ENUM, "print-quality", 5)]
ARRIVES = {"copies": 3, "sides": LONG, "media": "iso_a5_148x210mm", "print-color-mode": "monochrome", "finishings": 4,
           "page-ranges": "\0\0\0\1\0\0\0\1", "orientation-requested": 4, "print-quality": 5}
PAPER = b"%PDF-1.4\nanything"


@pytest.fixture(scope="module")
def everything(site, alice_pc, office):
    """The queue takes what any printer can, once it has heard of it."""

    def takes_finishings():
        c = http.client.HTTPConnection("localhost", alice_pc.port, timeout=30)
        answer = ipp.post(c, ipp.request(ipp.GET_PRINTER_ATTRIBUTES))
        c.close()
        return 4 in answer.group(ipp.PRINTER)[0].get("finishings-supported", [])

    procs.wait_until("the queue to hear of the printers", takes_finishings, 60)


def test_all_that_was_chosen_travels_with_the_job_to_a_printer_that_can_do_it(everything, office, printed):
    job, at = printed("office", PAPER, PDF, CHOSEN)
    assert job["lacks"] == []
    released(at, job)
    asked = [attributes for operation, attributes in office.requests if operation == straw_ipp.CREATE_JOB][-1]
    assert {name: asked.get(name) for name in ARRIVES} == ARRIVES


def test_all_that_a_printer_cannot_do_is_named_before_release_and_left_out(everything, site, authority, printed):
    plain = printer_of(site, authority, "plain", [PDF])
    job, at = printed("plain", PAPER, PDF, CHOSEN)
    assert set(job["lacks"]) == set(ARRIVES)
    assert "office" in job["elsewhere"]
    released(at, job)
    asked = [attributes for operation, attributes in plain.requests if operation == straw_ipp.CREATE_JOB][-1]
    assert not set(asked) & set(ARRIVES)
    plain.stop()


def test_what_a_driver_makes_comes_out_of_a_raw_printer_without_the_pjl_around_it(site, alice_pc, sign_in):
    """Where the site lets people print what its queues cannot tell."""
    uel, pcl = b"\x1b%-12345X", b"\x1bE\x1b&l0Oa page\x0c\x1bE"
    old = StrawRaw().start()
    site.add_printer("old", old, language="pcl")
    site.command("policy", "--any-format", "yes")
    made = uel + b"@PJL SET COPIES=99\r\n@PJL ENTER LANGUAGE=PCL\r\n" + pcl + uel

    def taken():
        c = http.client.HTTPConnection("localhost", alice_pc.port, timeout=30)
        answer = ipp.post(c, ipp.print_job("from a driver") + made)
        c.close()
        return answer.status in (0, 1)

    at = sign_in("alice", "old")
    for left in at.waiting():
        at.delete(left["id"])
    sites.wait_listed(at, 0)
    procs.wait_until("the queue to hear of the policy", taken, 60)
    job, = sites.wait_listed(at, 1)
    released(at, job)
    assert bytes(old.received[-1]) == pcl
    site.command("policy", "--any-format", "no")
    old.stop()
