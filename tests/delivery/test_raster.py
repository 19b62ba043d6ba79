# SPDX-License-Identifier: Apache-2.0
"""A raster document comes out of a printer that takes PDF and no raster, and of one that wants its backs turned, pixel for pixel; a
damaged one never goes out."""
import random
import struct
import subprocess

import pytest
import straw_ipp as ipp
from harness import jpeg, raster
from harness.pixels import mirrored, page, picture, unpack, urf, urf_page
from straw_printer import StrawPrinter


@pytest.fixture
def printer(certificates):
    pair, pin = certificates.make()
    p = StrawPrinter(pair).start()
    p.pin, p.formats = pin, ["application/pdf"]
    yield p
    p.stop()


def read_ppm(paths):
    found = []
    for path in sorted(paths):
        magic, size, most, data = path.read_bytes().split(b"\n", 3)
        assert (magic, most) == (b"P6", b"255")
        found.append((*map(int, size.split()), data))
    return found


def rendered(path, folder):
    """The pages of a PDF as pdftoppm renders them four times as large, the middle of each pixel: [(width, height, bytes)]."""
    subprocess.run(["pdftoppm", "-r", "400", path, folder / "page"], check=True)
    found = []
    for width, height, data in read_ppm(folder.glob("page-*.ppm")):
        middles = b"".join(data[(y * width + x) * 3:][:3] for y in range(2, height, 4) for x in range(2, width, 4))
        found.append((width // 4, height // 4, middles))
    return found


def look_alike(one, other):
    """Rendering rounds: a step in 255."""
    return len(one) == len(other) and all(abs(a - b) <= 1 for a, b in zip(one, other))


def stored(path, folder):
    """The samples of a PDF's pictures, exactly, one after the other, as RGB."""
    subprocess.run(["pdfimages", path, folder / "picture"], check=True)
    return b"".join(f.read_bytes().split(b"\n", 3)[3] for f in sorted(folder.glob("picture-*")))


def write(path, data):
    path.write_bytes(data)
    return path


def the_document(printer):
    return next(j["document"] for j in printer.jobs.values() if j["document"])


def test_a_raster_that_is_cut_is_refused_before_the_printer_has_a_job(printer, deliver, tmp_path):
    whole = b"RaS2" + page(picture(200, 300, 3, 1), 3)
    d = deliver(printer.uri, "--pin", printer.pin, of=write(tmp_path / "cut.pwg", whole[:-10]))
    assert d.end() == ("not-printed", "format-not-supported")
    assert printer.jobs == {}


def test_a_raster_for_a_printer_that_takes_neither_is_refused(printer, deliver, tmp_path):
    printer.formats = ["image/jpeg"]
    d = deliver(printer.uri, "--pin", printer.pin, of=write(tmp_path / "a.pwg", raster.document(dpi=75)))
    assert d.end() == ("not-printed", "format-not-supported")
    assert printer.jobs == {}


def test_pages_in_colour_and_grey_come_out_pixel_for_pixel(printer, deliver, tmp_path):
    colour, grey = picture(200, 250, 3, 2), picture(150, 100, 1, 3)
    source = write(tmp_path / "a.pwg", b"RaS2" + page(colour, 3) + page(grey, 1))
    d = deliver(printer.uri, "--pin", printer.pin, of=source)
    assert d.end() == ("printed", "none")
    pdf = write(tmp_path / "a.pdf", the_document(printer))
    one, two = rendered(pdf, tmp_path)
    assert one[:2] == (200, 250) and look_alike(one[2], b"".join(colour))
    in_rgb = b"".join(bytes([v] * 3) for line in grey for v in line)
    assert two[:2] == (150, 100) and look_alike(two[2], in_rgb)
    assert stored(pdf, tmp_path) == b"".join(colour) + in_rgb
    warned = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True)
    assert warned.stderr == ""
    assert "108 x 72 pts" in subprocess.run(["pdfinfo", "-f", "2", "-l", "2", pdf], capture_output=True, text=True).stdout


def test_many_pages_go_into_one_document(printer, deliver, tmp_path):
    source = write(tmp_path / "many.pwg", raster.document("sgray-8", dpi=36, pages=700))
    d = deliver(printer.uri, "--pin", printer.pin, "--idle-ms", 30000, of=source)
    assert d.end() == ("printed", "none")
    pdf = write(tmp_path / "many.pdf", the_document(printer))
    told = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True)
    assert "Pages:           700" in told.stdout and told.stderr == ""


def test_a_printer_that_takes_raster_gets_it_as_it_is(printer, deliver, tmp_path):
    printer.formats = ["application/pdf", "image/pwg-raster"]
    source = write(tmp_path / "a.pwg", raster.document(dpi=75))
    d = deliver(printer.uri, "--pin", printer.pin, of=source)
    assert d.end() == ("printed", "none")
    assert the_document(printer) == source.read_bytes()


class Duplex(StrawPrinter):
    """Prints on two sides, and wants its backs as `back` says."""
    back, urf, more = "rotated", ["V1.4", "W8", "SRGB24", "RS100-300", "DM3"], b""

    def _printer(self):
        return (super()._printer() + ipp.attribute(ipp.KEYWORD, "pwg-raster-document-sheet-back", self.back) +
                ipp.attribute(ipp.KEYWORD, "urf-supported", *self.urf) + self.more +
                ipp.attribute(ipp.KEYWORD, "sides-supported", "one-sided", "two-sided-long-edge", "two-sided-short-edge"))


@pytest.fixture
def duplex(certificates):
    pair, pin = certificates.make()
    p = Duplex(pair).start()
    p.pin, p.formats = pin, ["image/pwg-raster", "image/urf"]
    yield p
    p.stop()


def chosen(sides, more=b""):
    return (ipp.attribute(ipp.KEYWORD, "sides", sides) + more).hex()


LONG, SHORT = "two-sided-long-edge", "two-sided-short-edge"
# (sheet-back, sides): the transforms of a back across the feed and along it; -1 turns it round. PWG 5102.4
TRANSFORMS = {("normal", LONG): (1, 1), ("normal", SHORT): (1, 1), ("flipped", LONG): (1, -1), ("flipped", SHORT): (-1, 1),
              ("rotated", LONG): (-1, -1), ("rotated", SHORT): (1, 1), ("manual-tumble", LONG): (1, 1),
              ("manual-tumble", SHORT): (-1, -1)}


def turned(lines, unit, transforms):
    across, along = transforms
    lines = mirrored(lines, unit) if across == -1 else lines
    return lines[::-1] if along == -1 else lines


@pytest.mark.parametrize("back, sides", TRANSFORMS)
def test_the_backs_of_a_two_sided_raster_are_turned_as_the_printer_says(duplex, deliver, tmp_path, back, sides):
    duplex.back = back
    pictures = [picture(150, 200, 3, n) for n in range(4)] + [picture(90, 60, 1, 9)]
    pictures[1][0] = b"\x07" * 450  # a line that stands alone, at the edge
    source = write(tmp_path / "a.pwg", b"RaS2" + b"".join(page(p, len(p[0]) // 150 or 1) for p in pictures))
    d = deliver(duplex.uri, "--pin", duplex.pin, "--options", chosen(sides), of=source)
    assert d.end() == ("printed", "none")
    if back == "normal":
        assert the_document(duplex) == source.read_bytes()
        return
    transforms = TRANSFORMS[back, sides]
    for n, ((head, lines), original) in enumerate(zip(unpack(the_document(duplex)), pictures, strict=True)):
        unit = struct.unpack_from(">I", head, 420)[0]
        is_back = n % 2 == 1
        assert struct.unpack_from(">ii", head, 456) == (transforms if is_back else (1, 1))
        assert struct.unpack_from(">I", head, 272) + struct.unpack_from(">I", head, 368) == (1, sides == SHORT)
        assert lines == (turned(original, unit, transforms) if is_back else original)


@pytest.mark.parametrize("key, back", [("DM2", "flipped"), ("DM3", "rotated"), ("DM4", "manual-tumble")])
@pytest.mark.parametrize("sides", [LONG, SHORT])
def test_the_backs_of_a_two_sided_urf_are_turned_as_well(duplex, deliver, tmp_path, key, back, sides):
    duplex.urf = ["V1.4", "W8", "SRGB24", "RS100-300", key]
    pictures = [[line[:-9 - y % 5 * 3] + b"\xff" * (9 + y % 5 * 3) for y, line in enumerate(picture(150, 90, 3, n))]
                for n in range(4)]
    pictures[3] = [b"\xff" * 450] * 300  # nothing but white
    source = write(tmp_path / "a.urf", urf(*(urf_page(p, 3) for p in pictures)))
    d = deliver(duplex.uri, "--pin", duplex.pin, "--options", chosen(sides), of=source)
    assert d.end() == ("printed", "none")
    for n, ((head, lines), original) in enumerate(zip(unpack(the_document(duplex)), pictures, strict=True)):
        assert head[2] == (2 if sides == SHORT else 3)
        assert lines == (turned(original, 3, TRANSFORMS[back, sides]) if n % 2 == 1 else original)


def test_the_pages_that_were_chosen_are_turned_by_the_side_that_they_come_on(duplex, deliver, tmp_path):
    duplex.more = ipp.attribute(ipp.BOOLEAN, "page-ranges-supported", True)
    pictures = [picture(60, 40, 3, n) for n in range(6)]
    source = write(tmp_path / "a.pwg", b"RaS2" + b"".join(page(p, 3) for p in pictures))
    ranges = b"\x33" + struct.pack(">H11sHii", 11, b"page-ranges", 8, 2, 3) + b"\x33" + struct.pack(">HHii", 0, 8, 5, 5)
    d = deliver(duplex.uri, "--pin", duplex.pin, "--options", chosen(LONG, ranges), of=source)
    assert d.end() == ("printed", "none")
    assert [lines for _, lines in unpack(the_document(duplex))] == [
        pictures[1], turned(pictures[2], 3, (-1, -1)), pictures[4]]
    assert not any("page-ranges" in attributes for _, attributes in duplex.requests), "they were chosen already"


def test_a_printer_that_turns_its_backs_gets_one_side_as_it_is(duplex, deliver, tmp_path):
    source = write(tmp_path / "a.pwg", b"RaS2" + page(picture(150, 200, 3, 4), 3) * 2)
    d = deliver(duplex.uri, "--pin", duplex.pin, "--options", chosen("one-sided"), of=source)
    assert d.end() == ("printed", "none")
    assert the_document(duplex) == source.read_bytes()


def test_a_printer_that_prints_on_two_sides_by_itself_has_its_backs_turned_too(duplex, deliver, tmp_path):
    duplex.more = ipp.attribute(ipp.KEYWORD, "sides-default", LONG)
    lines = picture(150, 200, 3, 4)
    d = deliver(duplex.uri, "--pin", duplex.pin, of=write(tmp_path / "a.pwg", b"RaS2" + page(lines, 3) * 2))
    assert d.end() == ("printed", "none")
    assert unpack(the_document(duplex))[1][1] == turned(lines, 3, (-1, -1))


@pytest.mark.parametrize("cut", [10, 3000, 50_000])
def test_a_cut_raster_whose_backs_are_to_be_turned_never_goes_out(duplex, deliver, tmp_path, cut):
    whole = b"RaS2" + page(picture(150, 200, 3, 4), 3) * 2
    d = deliver(duplex.uri, "--pin", duplex.pin, "--options", chosen(LONG), of=write(tmp_path / "a.pwg", whole[:-cut]))
    assert d.end() == ("not-printed", "format-not-supported")
    assert duplex.jobs == {}


def test_a_large_page_is_turned_across_what_memory_holds_of_it_at_once(duplex, deliver, tmp_path):
    lines = [random.Random(y).randbytes(3 * 1500) for y in range(700)]  # 3 MB that do not compress
    d = deliver(duplex.uri, "--pin", duplex.pin, "--options", chosen(LONG), of=write(tmp_path / "a.pwg", b"RaS2" + page(lines, 3) * 2))
    assert d.end() == ("printed", "none")
    assert [found for _, found in unpack(the_document(duplex))] == [lines, turned(lines, 3, (-1, -1))]


SGRAY = ipp.attribute(ipp.KEYWORD, "pwg-raster-document-type-supported", "sgray_8")


@pytest.mark.parametrize("also_pdf", [False, True])
@pytest.mark.parametrize("what", ["type", "resolution", "urf type", "urf resolution"])
def test_a_raster_of_a_type_or_resolution_that_the_printer_lacks_goes_as_pdf_or_not(duplex, deliver, tmp_path, what, also_pdf):
    duplex.formats = ["image/pwg-raster", "image/urf"] + ["application/pdf"] * also_pdf
    if what == "type":
        duplex.more = SGRAY
    elif what == "resolution":
        duplex.more = b"\x32" + struct.pack(">H40sHiib", 40, b"pwg-raster-document-resolution-supported", 9, 600, 600, 3)
    duplex.urf = ["W8", "RS100"] if what == "urf type" else ["SRGB24", "RS300-600"]
    lines = picture(150, 100, 3, 4)
    document = urf(urf_page(lines, 3)) if "urf" in what else b"RaS2" + page(lines, 3)
    d = deliver(duplex.uri, "--pin", duplex.pin, of=write(tmp_path / "a", document))
    assert d.end() == (("printed", "none") if also_pdf else ("not-printed", "format-not-supported"))
    if also_pdf:
        assert stored(write(tmp_path / "a.pdf", the_document(duplex)), tmp_path) == b"".join(lines)


def test_urf_goes_as_pdf_to_a_printer_that_takes_only_that(printer, deliver, tmp_path):
    colour, grey = picture(200, 150, 3, 2), picture(150, 100, 1, 3)
    colour[7] = b"\x20\x30\x40" + b"\xff" * 597
    source = write(tmp_path / "a.urf", urf(urf_page(colour, 3), urf_page(grey, 1)))
    d = deliver(printer.uri, "--pin", printer.pin, of=source)
    assert d.end() == ("printed", "none")
    in_rgb = b"".join(bytes([v] * 3) for line in grey for v in line)
    assert stored(write(tmp_path / "a.pdf", the_document(printer)), tmp_path) == b"".join(colour) + in_rgb


def test_a_cut_urf_is_refused_before_the_printer_has_a_job(printer, deliver, tmp_path):
    source = write(tmp_path / "a.urf", urf(urf_page(picture(200, 150, 3, 2), 3))[:-5])
    d = deliver(printer.uri, "--pin", printer.pin, of=source)
    assert d.end() == ("not-printed", "format-not-supported")
    assert printer.jobs == {}


def told_of(pdf):
    done = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return {k: v.strip() for k, v in (line.split(":", 1) for line in done.stdout.splitlines())}


@pytest.mark.parametrize("colours", [1, 3])
def test_a_jpeg_goes_byte_for_byte_inside_a_pdf_to_a_printer_that_takes_only_that(printer, deliver, tmp_path, colours):
    squares = [[(x * 20 + y * 4, 100 + x, 90)[:colours] if colours > 1 else x * 20 + y * 4 for x in range(12)] for y in range(9)]
    source = write(tmp_path / "a.jpg", jpeg.picture(squares, colours))
    d = deliver(printer.uri, "--pin", printer.pin, of=source)
    assert d.end() == ("printed", "none")
    pdf = write(tmp_path / "a.pdf", the_document(printer))
    assert told_of(pdf)["Page size"].startswith("69.12 x 51.84 pts")
    subprocess.run(["pdfimages", "-j", pdf, tmp_path / "picture"], check=True)
    assert (tmp_path / "picture-000.jpg").read_bytes() == source.read_bytes()
    subprocess.run(["pdftoppm", "-r", "100", pdf, tmp_path / "page"], check=True)
    ((width, height, data),) = read_ppm(tmp_path.glob("page-*.ppm"))
    assert (width, height) == (96, 72)
    if colours == 1:
        assert all(abs(data[(y * 8 + 4) * 288 + (x * 8 + 4) * 3] - squares[y][x]) <= 1 for y in range(9) for x in range(12))


def test_a_photograph_that_lies_on_its_side_is_printed_upright(printer, deliver, tmp_path):
    source = write(tmp_path / "a.jpg", jpeg.picture([[10] * 4] * 2, more=jpeg.exif(6)))
    d = deliver(printer.uri, "--pin", printer.pin, of=source)
    assert d.end() == ("printed", "none")
    assert told_of(write(tmp_path / "a.pdf", the_document(printer)))["Page rot"] == "90"


@pytest.mark.parametrize("data", [jpeg.picture([[10]], more=jpeg.exif(2)), jpeg.picture([[10]])[:100]], ids=["mirrored", "cut"])
def test_a_jpeg_that_no_pdf_can_hold_is_refused_before_the_printer_has_a_job(printer, deliver, tmp_path, data):
    d = deliver(printer.uri, "--pin", printer.pin, of=write(tmp_path / "a.jpg", data))
    assert d.end() == ("not-printed", "format-not-supported")
    assert printer.jobs == {}


def test_a_printer_that_takes_jpeg_gets_it_as_it_is(printer, deliver, tmp_path):
    printer.formats = ["application/pdf", "image/jpeg"]
    source = write(tmp_path / "a.jpg", jpeg.picture([[10] * 4] * 2))
    d = deliver(printer.uri, "--pin", printer.pin, of=source)
    assert d.end() == ("printed", "none")
    assert the_document(printer) == source.read_bytes()
