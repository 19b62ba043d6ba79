# SPDX-License-Identifier: Apache-2.0
"""Raw 9100: the printer gets the document's bytes and nothing else, and only what it took in order is called sent."""
import subprocess

import pytest
import straw_ipp as ipp
from harness import jpeg, raster
from harness.pixels import header, picture, urf, urf_page
from straw_printer import StrawRaw

UEL = b"\x1b%-12345X"


@pytest.fixture
def printer():
    p = StrawRaw().start()
    yield p
    p.stop()


@pytest.mark.parametrize("fault", ["cut_at", "reset_at"])
@pytest.mark.parametrize("at", [1, 100_000, 400_000])
def test_a_connection_that_ends_in_the_middle_is_unknown(printer, deliver, fault, at):
    setattr(printer, fault, at)
    d = deliver(printer.uri)
    assert d.end() == ("outcome-lost", "connection-broken")


def test_a_printer_that_hangs_in_the_middle_is_unknown(printer, deliver):
    printer.hang_at = 100_000
    d = deliver(printer.uri, "--idle-ms", 500)
    assert d.end() == ("outcome-lost", "printer-stopped")


def test_a_printer_that_takes_all_and_never_closes_is_unknown(printer, deliver):
    printer.never_close = True
    d = deliver(printer.uri, "--idle-ms", 500)
    assert d.end() == ("outcome-lost", "printer-stopped")


def test_nobody_there_is_not_printed(deliver):
    nobody = StrawRaw()
    nobody.stop()
    d = deliver(nobody.uri, "--deadline-ms", 300)
    assert d.end() == ("not-printed", "printer-unreachable")


EVIL = UEL + b'@PJL FSDELETE NAME="0:"\r\n'
BEFORE = UEL + b"@PJL JOB NAME=\"letter\"\r\n@PJL SET COPIES=2\r\n@PJL ENTER LANGUAGE=PCL\r\n"
BEHIND = UEL + b"@PJL EOJ NAME=\"letter\"\r\n" + UEL


@pytest.mark.parametrize("spoil", [
    lambda data: data[:20] + EVIL + data[20:], lambda data: data[:65_530] + EVIL + data[65_530:],
    lambda data: data[:300_000] + EVIL + data[300_000:], lambda data: BEFORE + data[:5_000] + EVIL + data[5_000:] + BEHIND,
    lambda data: BEFORE + data + EVIL + data, lambda data: data + EVIL + b"\x1bE", lambda data: UEL + b"\r\n" + EVIL + data,
    lambda data: UEL + b"@PJL COMMENT " + b"x" * 5_000 + b"\r\n" + data, lambda data: UEL + 600 * b"@PJL RESET\r\n" + data,
    lambda data: BEFORE + BEHIND, lambda data: UEL], ids=range(11))
def test_a_document_that_leaves_its_language_costs_no_byte(printer, deliver, document, tmp_path, spoil):
    """PJL anywhere but around it, more of it than any driver says, or nothing but it."""
    evil = tmp_path / "evil"
    evil.write_bytes(spoil(document.read_bytes()))
    d = deliver(printer.uri, of=evil)
    assert d.end() == ("not-printed", "format-not-supported")
    assert b"".join(printer.received) == b""


def test_a_stop_in_the_middle_is_unknown(printer, deliver):
    printer.hang_at = 100_000
    d = deliver(printer.uri)
    d.until("first-byte")
    d.say("stop")
    assert d.end() == ("outcome-lost", "restarted")


def test_a_plain_sink_gets_the_document_and_not_one_byte_more(printer, deliver, document):
    d = deliver(printer.uri)
    assert d.end() == ("printed", "none")
    assert d.result["confirmed"] == 0
    assert [bytes(r) for r in printer.received] == [document.read_bytes()]


@pytest.mark.parametrize("before, behind", [(BEFORE, BEHIND), (BEFORE, b""), (b"", UEL), (EVIL, b""), (UEL, EVIL)])
@pytest.mark.parametrize("size", [1, 40_000, 500_000])
def test_the_pjl_that_a_driver_puts_around_a_document_is_left_out(printer, deliver, document, tmp_path, before, behind, size):
    data = document.read_bytes()[:size]
    wrapped = tmp_path / "wrapped"
    wrapped.write_bytes(before + data + behind)
    d = deliver(printer.uri, of=wrapped)
    assert d.end() == ("printed", "none")
    assert [bytes(r) for r in printer.received] == [data]


def test_an_empty_document_is_sent_as_nothing(printer, deliver, tmp_path):
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    d = deliver(printer.uri, of=empty)
    assert d.end() == ("printed", "none")


def speaks_pjl(pages=2, end="END", jam=False):
    """A printer's side of PJL: answers INFO ID, tells of the job's end."""
    told = {"id": False, "end": False, "jam": False}

    def hear(connection, got):
        if b"@PJL INFO ID" in got and not told["id"]:
            told["id"] = True
            connection.sendall(b"@PJL INFO ID\r\n\"STRAW 9\"\r\n\f")
        if jam and b"@PJL JOB NAME" in got and not told["jam"]:
            told["jam"] = True
            connection.sendall(b"@PJL USTATUS DEVICE\r\nCODE=41213\r\nONLINE=FALSE\r\n\f")
        if got.endswith(UEL) and b"@PJL EOJ NAME=\"" in got and not told["end"]:
            told["end"] = True
            name = got.rsplit(b"@PJL EOJ NAME=\"", 1)[1].split(b"\"")[0]
            connection.sendall(b"@PJL USTATUS DEVICE\r\nCODE=10001\r\n\f@PJL USTATUS JOB\r\n%s\r\nNAME=\"%s\"\r\nPAGES=%d\r\n\f" %
                               (end.encode(), name, pages))

    return hear


def test_a_printer_registered_with_pjl_says_itself_when_the_paper_is_out(printer, deliver, document):
    printer.pjl = speaks_pjl()
    d = deliver(printer.uri + "?pjl")
    assert d.end() == ("printed", "none")
    assert d.result["confirmed"] == 1
    assert d.last["impressions"] == 2
    got = bytes(printer.received[0])
    assert got.startswith(UEL + b"@PJL INFO ID\r\n")
    assert document.read_bytes() in got


def chosen(**options):
    """IPP job attributes, as an order carries them."""
    return b"".join(ipp.attribute(ipp.INTEGER if isinstance(v, int) else ipp.KEYWORD, name.replace("_", "-"), v)
                    for name, v in options.items()).hex()


def test_what_pjl_can_set_is_set_before_the_document_and_these_are_all_the_bytes(printer, deliver, document):
    printer.pjl = speaks_pjl()
    d = deliver(printer.uri + "?pjl", "--options", chosen(copies=2, sides="two-sided-long-edge", print_color_mode="monochrome",
                                                          media="iso_a4_210x297mm", print_quality=3))
    assert d.end() == ("printed", "none")
    name = d.order.encode()
    assert bytes(printer.received[0]) == (
        UEL + b"@PJL INFO ID\r\n" +
        UEL + b"@PJL USTATUSOFF\r\n@PJL USTATUS DEVICE=ON\r\n@PJL USTATUS PAGE=ON\r\n@PJL USTATUS JOB=ON\r\n"
        b'@PJL JOB NAME="' + name + b'"\r\n'
        b"@PJL SET COPIES=2\r\n@PJL SET DUPLEX=ON\r\n@PJL SET BINDING=LONGEDGE\r\n@PJL SET RENDERMODE=GRAYSCALE\r\n"
        b"@PJL SET PAPER=A4\r\n@PJL SET ECONOMODE=ON\r\n" +
        document.read_bytes() +
        UEL + b'@PJL EOJ NAME="' + name + b'"\r\n' + UEL)


def test_a_printer_without_pjl_gets_the_document_alone_whatever_was_chosen(printer, deliver, document):
    d = deliver(printer.uri, "--options", chosen(copies=2, sides="two-sided-long-edge"))
    assert d.end() == ("printed", "none")
    assert bytes(printer.received[0]) == document.read_bytes()


def test_a_job_canceled_at_a_pjl_printer_before_its_first_page_is_not_printed(printer, deliver):
    printer.pjl = speaks_pjl(pages=0, end="CANCELED")
    d = deliver(printer.uri + "?pjl")
    assert d.end() == ("not-printed", "canceled-at-printer")


def test_empty_paper_at_a_pjl_printer_is_told(printer, deliver):
    printer.pjl = speaks_pjl(jam=True)
    d = deliver(printer.uri + "?pjl")
    d.until("progress", reasons="media-empty-error")
    assert d.end() == ("printed", "none")


def test_a_printer_registered_with_pjl_that_stays_silent_gets_the_document_and_is_remembered(printer, deliver, document):
    d = deliver(printer.uri + "?pjl")
    assert d.end() == ("printed", "none")
    assert d.result["silent"] == 1
    assert bytes(printer.received[0]) == UEL + b"@PJL INFO ID\r\n" + document.read_bytes()


PDF_RAW = "?language=pdf"


@pytest.mark.parametrize("name", ["pwg", "urf", "jpeg"])
def test_pictures_go_as_pdf_to_a_raw_printer_that_takes_pdf(printer, deliver, tmp_path, name):
    document = {"pwg": raster.document(dpi=75, pages=2), "jpeg": jpeg.picture([[9, 200], [30, 60]]),
                "urf": urf(urf_page(picture(90, 60, 3, 1), 3))}[name]
    path = tmp_path / name
    path.write_bytes(document)
    d = deliver(printer.uri + PDF_RAW, of=path)
    assert d.end() == ("printed", "none")
    got = bytes(printer.received[0])
    assert got.startswith(b"%PDF-1.4\n") and got.endswith(b"%%EOF\n")
    (tmp_path / "got.pdf").write_bytes(got)
    told = subprocess.run(["pdfinfo", tmp_path / "got.pdf"], capture_output=True, text=True, check=True)
    assert f"Pages:           {2 if name == 'pwg' else 1}\n" in told.stdout and told.stderr == ""
    if name == "jpeg":
        assert document in got


DOCUMENTS = {"pdf": b"%PDF-1.4\n", "pwg-raster": raster.document(dpi=75), "postscript": b"%!PS-Adobe-3.0\n", "pcl": b"\x1bE",
             "text": b"plain text\n", "half a raster": raster.document(dpi=75)[:-9], "half a jpeg": jpeg.picture([[9]])[:90]}


@pytest.mark.parametrize("language, what", [("pdf", "pcl"), ("pdf", "text"), ("pwg-raster", "pdf"), ("postscript", "pdf"),
                                            ("pcl", "pdf"), ("pdf", "half a raster"), ("pdf", "half a jpeg")])
def test_what_a_raw_printer_does_not_take_costs_no_byte(printer, deliver, tmp_path, language, what):
    path = tmp_path / "document"
    path.write_bytes(DOCUMENTS[what])
    d = deliver(printer.uri + "?language=" + language, of=path)
    assert d.end() == ("not-printed", "format-not-supported")
    assert b"".join(printer.received) == b""


@pytest.mark.parametrize("language, what", [(n, n) for n in ("pdf", "pwg-raster", "postscript", "pcl")] + [("pcl", "text")])
def test_what_a_raw_printer_takes_goes_as_it_is(printer, deliver, tmp_path, language, what):
    path = tmp_path / "document"
    path.write_bytes(DOCUMENTS[what])
    d = deliver(printer.uri + "?language=" + language, of=path)
    assert d.end() == ("printed", "none")
    assert bytes(printer.received[0]) == DOCUMENTS[what]


def test_pjl_that_a_picture_would_become_inside_its_pdf_is_found(printer, deliver, tmp_path):
    """Pixels that look like PJL, in a raster whose runs hide them and whose PDF would not."""
    line = (UEL + b"@PJL RESET\r\n").ljust(60, b"\0")
    packed = b"".join(bytes([0]) + line[i:i + 1] for i in range(len(line)))  # each a run of its own
    source = tmp_path / "evil.pwg"
    source.write_bytes(b"RaS2" + header(60, 40, 1, 100) + (b"\0" + packed) * 40)
    assert UEL not in source.read_bytes()
    d = deliver(printer.uri + PDF_RAW, of=source)
    event = d.end()
    assert UEL not in b"".join(map(bytes, printer.received))
    assert event in (("printed", "none"), ("not-printed", "format-not-supported"))
