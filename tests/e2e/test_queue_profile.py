# SPDX-License-Identifier: Apache-2.0
"""A person's programs offer what the site's printers can, and follow the site's bulletin while the queue runs."""
import threading

import ipp
import pytest
from fake_site import ANY_FORMAT_ALLOWED, POSTSCRIPT_ALLOWED, proto
from harness import document, procs
from queue_fixture import Queue

COLOR, LONG, SHORT, DRAFT, HIGH = 1, 2, 4, 8, 16
PDF, PWG_RASTER, URF, JPEG, POSTSCRIPT = 1, 2, 4, 8, 16
OK, SUBSTITUTED, VALUES, FORMAT = 0, 1, 0x40B, 0x40A

PLAIN = {"formats": PDF, "features": 0, "copies_max": 1, "resolutions": [], "finishings": [],
         "media": [{"text": "na_letter_8.5x11in"}], "types": [], "sources": [], "bins": []}
RICH = {"formats": PDF | PWG_RASTER | URF | JPEG | POSTSCRIPT, "features": COLOR | LONG | SHORT | HIGH, "copies_max": 20,
        "resolutions": [{"number": 300}, {"number": 1200}], "finishings": [{"number": 4}, {"number": 20}],
        "media": [{"text": "iso_a4_210x297mm"}, {"text": "iso_sra3_320x450mm"}],
        "types": [{"text": "stationery"}, {"text": "photographic-glossy"}], "sources": [{"text": "tray-3"}],
        "bins": [{"text": "mailbox-1"}]}


@pytest.fixture
def queue(tmp_path):
    q = Queue(tmp_path).start().enrolled()
    yield q
    q.stop()


def says(queue, profile, flags=0):
    """The site's next bulletin, as the courier leaves it in the spool."""
    queue.site.bulletin(flags=flags, profile=proto.write_plain("profile", profile) if isinstance(profile, dict) else profile)


def printer(queue, *names):
    wanted = [ipp.attribute(ipp.KEYWORD, "requested-attributes", *names)] if names else []
    return queue.ask(ipp.request(ipp.GET_PRINTER_ATTRIBUTES, *wanted)).group(ipp.PRINTER)[0]


def word(name, value, tag=ipp.KEYWORD):
    return ipp.attribute(tag, name, value)


def test_a_job_that_insists_on_what_no_printer_has_is_refused_and_one_that_does_not_is_told(queue):
    says(queue, PLAIN)
    wishes = [word("sides", "two-sided-long-edge"), word("media", "iso_a4_210x297mm"), word("print-color-mode", "color"),
              word("copies", 2, ipp.INTEGER), word("finishings", 4, ipp.ENUM)]
    for wish in wishes:
        for operation in (ipp.PRINT_JOB, ipp.VALIDATE_JOB, ipp.CREATE_JOB):
            insists = ipp.attribute(ipp.BOOLEAN, "ipp-attribute-fidelity", True)
            answer = queue.ask(ipp.request(operation, insists, job=[wish]) + document.pdf("x"))
            assert answer.status == VALUES and len(answer.group(ipp.UNSUPPORTED)[0]) == 1
    assert queue.site.jobs() == []
    answer = queue.print(document.pdf("all the same"), "letter", job=wishes)
    assert answer.status == SUBSTITUTED and len(answer.group(ipp.UNSUPPORTED)[0]) == len(wishes)
    _, _, ticket = queue.site.open(queue.site.jobs()[0])
    assert ticket["ipp"] == ""  # nothing that no printer can travels on


def test_the_printer_is_what_the_newest_bulletin_says_without_a_restart(queue):
    says(queue, PLAIN)
    plain = printer(queue)
    assert plain["media-supported"] == plain["media-ready"] == ["na_letter_8.5x11in"]
    assert plain["sides-supported"] == ["one-sided"] and plain["print-color-mode-supported"] == ["auto", "monochrome"]
    assert plain["finishings-supported"] == [3] and plain["color-supported"] == [False]
    assert plain["document-format-supported"] == ["application/pdf", "application/octet-stream"]
    assert "urf-supported" not in plain and "jpeg-features-supported" not in plain
    says(queue, RICH)
    rich = printer(queue)
    assert rich["media-supported"] == ["iso_a4_210x297mm", "iso_sra3_320x450mm"]
    assert rich["media-default"] == ["iso_a4_210x297mm"]
    assert rich["sides-supported"] == ["one-sided", "two-sided-long-edge", "two-sided-short-edge"]
    assert rich["print-color-mode-supported"] == ["auto", "color", "monochrome"] and rich["color-supported"] == [True]
    assert rich["finishings-supported"] == [3, 4, 20] and rich["print-quality-supported"] == [4, 5]
    assert rich["media-type-supported"] == ["stationery", "photographic-glossy", "auto"]
    assert rich["media-source-supported"] == ["auto", "tray-3"] and rich["output-bin-supported"] == ["auto", "mailbox-1"]
    assert {"SRGB24", "DM1", "CP20", "PQ4-5", "FN3-4-20"} <= set(rich["urf-supported"])
    assert "srgb_8" in rich["pwg-raster-document-type-supported"]
    assert rich["printer-config-change-date-time"] >= plain["printer-config-change-date-time"]
    assert queue.print(document.pdf("both sides"), "a", job=[word("sides", "two-sided-long-edge")]).status == OK
    assert printer(queue, "media-col-database")["media-col-database"].count("media-size-name") == 2


def test_a_profile_that_cannot_be_read_and_none_at_all_leave_what_is_usual(queue):
    usual = printer(queue)["media-supported"]
    for unreadable in (b"", b"\2later", b"\1", proto.write_plain("profile", PLAIN)[:-1]):
        says(queue, PLAIN)
        assert printer(queue)["media-supported"] == ["na_letter_8.5x11in"]
        says(queue, unreadable)
        assert printer(queue)["media-supported"] == usual


POSTSCRIPT_PAGE = b"%!PS-Adobe-3.0\nshowpage\n"
UNKNOWN = b"\x1b%-12345X@PJL ENTER LANGUAGE=PCL\r\n"


@pytest.mark.parametrize("data, mime, needs", [
    (POSTSCRIPT_PAGE, "application/postscript", POSTSCRIPT_ALLOWED),
    (POSTSCRIPT_PAGE, "application/octet-stream", POSTSCRIPT_ALLOWED),
    (POSTSCRIPT_PAGE, "application/pdf", POSTSCRIPT_ALLOWED),
    (b"%!", "application/octet-stream", POSTSCRIPT_ALLOWED),
    (UNKNOWN, "application/octet-stream", ANY_FORMAT_ALLOWED),
    (UNKNOWN, "application/pdf", ANY_FORMAT_ALLOWED),
    (b"x", "application/octet-stream", ANY_FORMAT_ALLOWED)])
def test_a_format_that_the_site_does_not_allow_is_refused_whatever_it_is_called(queue, data, mime, needs):
    others = (POSTSCRIPT_ALLOWED | ANY_FORMAT_ALLOWED) & ~needs
    says(queue, RICH, others)
    answer = queue.ask(ipp.print_job(fmt=mime) + data)
    assert answer.status == FORMAT and "document-format" in answer.group(ipp.UNSUPPORTED)[0]
    made = queue.ask(ipp.request(ipp.CREATE_JOB, ipp.attribute(ipp.NAME, "job-name", "two steps")))
    sent = queue.ask(ipp.request(ipp.SEND_DOCUMENT, ipp.attribute(ipp.INTEGER, "job-id", made.one("job-id")),
                                 ipp.attribute(ipp.MIME, "document-format", mime),
                                 ipp.attribute(ipp.BOOLEAN, "last-document", True)) + data)
    assert sent.status == FORMAT
    assert queue.site.jobs() == [] and queue.site.arriving() == []
    says(queue, RICH, needs)
    assert queue.ask(ipp.print_job(fmt=mime) + data).status == OK
    assert len(queue.site.jobs()) == 1


def test_a_format_that_no_printer_takes_is_refused(queue):
    picture = b"\xff\xd8\xff\xe0" + bytes(40)
    says(queue, PLAIN, POSTSCRIPT_ALLOWED)
    for mime in ("image/jpeg", "application/octet-stream"):
        assert queue.ask(ipp.print_job(fmt=mime) + picture).status == FORMAT
    assert queue.ask(ipp.request(ipp.VALIDATE_JOB, ipp.attribute(ipp.MIME, "document-format", "image/jpeg"))).status == FORMAT
    assert queue.ask(ipp.print_job(fmt="application/postscript") + POSTSCRIPT_PAGE).status == FORMAT
    assert queue.ask(ipp.print_job(fmt="application/pdf") + document.pdf("x")).status == OK


def test_a_document_that_is_refused_by_its_first_bytes_takes_no_room(queue):
    says(queue, RICH)

    def long():
        yield ipp.print_job() + b"this is no document"
        for _ in range(200):
            yield bytes(65536)
            rooms.append(len(queue.site.arriving()))

    rooms = []
    assert queue.ask(long()).status == FORMAT
    assert rooms[-1] == 0


def test_every_answer_is_of_one_piece_while_bulletins_come(queue):
    says(queue, PLAIN)
    one = {"na_letter_8.5x11in"}, {"one-sided"}, {False}
    other = {m["text"] for m in RICH["media"]}, {"one-sided", "two-sided-long-edge", "two-sided-short-edge"}, {True}
    seen, over = [], threading.Event()

    def look():
        c = queue.connection()
        while not over.is_set():
            p = ipp.post(c, ipp.request(ipp.GET_PRINTER_ATTRIBUTES)).group(ipp.PRINTER)[0]
            seen.append(tuple(set(p[n]) for n in ("media-supported", "sides-supported", "color-supported")))
        c.close()

    clients = [threading.Thread(target=look) for _ in range(4)]
    for t in clients:
        t.start()
    for i in range(60):
        count = len(seen)
        says(queue, RICH if i % 2 == 0 else PLAIN)
        procs.wait_until("more answers", lambda: len(seen) > count + 4)
    over.set()
    for t in clients:
        t.join()
    assert one in seen and other in seen and all(s in (one, other) for s in seen)
