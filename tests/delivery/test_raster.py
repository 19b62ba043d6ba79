# SPDX-License-Identifier: Apache-2.0
"""A raster document comes out of a printer that takes PDF and no raster, pixel for pixel; a damaged one never goes out."""
import random
import struct
import subprocess

import pytest
import straw_ipp as ipp
from harness import raster
from straw_printer import StrawPrinter


@pytest.fixture
def printer(certificates):
    pair, pin = certificates.make()
    p = StrawPrinter(pair).start()
    p.pin, p.formats = pin, ["application/pdf"]
    yield p
    p.stop()


def header(width, height, colours, dpi):
    fields = {276: (dpi, dpi), 372: (width, height), 384: (8, 8 * colours, width * colours, 0, 19 if colours == 3 else 18),
              420: (colours,)}
    h = bytearray(1796)
    h[:10] = b"PwgRaster\0"
    for at, values in fields.items():
        struct.pack_into(f">{len(values)}I", h, at, *values)
    return bytes(h)


def pack_line(line, unit):
    """As runs of equal pixels, and pixels as they are between them."""
    pixels, out, at = [line[i:i + unit] for i in range(0, len(line), unit)], b"", 0
    while at < len(pixels):
        run = 1
        while at + run < len(pixels) and run < 128 and pixels[at + run] == pixels[at]:
            run += 1
        if run > 1 or at + 1 == len(pixels):
            out += bytes([run - 1]) + pixels[at]
            at += run
            continue
        n = 1
        while at + n < len(pixels) and n < 128 and pixels[at + n] != pixels[at + n - 1]:
            n += 1
        n = max(n, 2)
        out += bytes([257 - n]) + b"".join(pixels[at:at + n])
        at += n
    return out


def page(lines, colours, dpi=100):
    body, at = b"", 0
    while at < len(lines):
        same = 1
        while at + same < len(lines) and same < 256 and lines[at + same] == lines[at]:
            same += 1
        body += bytes([same - 1]) + pack_line(lines[at], colours)
        at += same
    return header(len(lines[0]) // colours, len(lines), colours, dpi) + body


def picture(width, height, colours, seed):
    """Noise, bars and bands: runs, single pixels and repeated lines."""
    rng = random.Random(seed)
    out = []
    for y in range(height):
        if y % 40 < 20 and out and y % 40 > 0:
            out.append(out[-1])
        elif y % 3 == 0:
            out.append(rng.randbytes(width * colours))
        else:
            out.append(b"".join(bytes([(x // 9 * 40 + y) % 256] * colours) for x in range(width)))
    return out


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
    back = "rotated"

    def _printer(self):
        return (super()._printer() + ipp.attribute(ipp.KEYWORD, "pwg-raster-document-sheet-back", self.back) +
                ipp.attribute(ipp.KEYWORD, "sides-supported", "one-sided", "two-sided-long-edge"))


@pytest.mark.parametrize("back,sides,wrapped", [("rotated", "two-sided-long-edge", True), ("flipped", "two-sided-long-edge", True),
                                                ("normal", "two-sided-long-edge", False), ("rotated", "one-sided", False)])
def test_two_sided_raster_for_a_printer_that_turns_its_backs_goes_as_pdf_whose_pages_are_upright(
        certificates, deliver, tmp_path, back, sides, wrapped):
    pair, pin = certificates.make()
    p = Duplex(pair).start()
    p.back, p.formats = back, ["application/pdf", "image/pwg-raster"]
    front, other = picture(150, 200, 3, 4), picture(150, 200, 3, 5)
    source = write(tmp_path / "a.pwg", b"RaS2" + page(front, 3) + page(other, 3))
    d = deliver(p.uri, "--pin", pin, "--options", ipp.attribute(ipp.KEYWORD, "sides", sides).hex(), of=source)
    assert d.end() == ("printed", "none")
    document = the_document(p)
    p.stop()
    if not wrapped:
        assert document == source.read_bytes()
        return
    pdf = write(tmp_path / "a.pdf", document)
    assert stored(pdf, tmp_path) == b"".join(front) + b"".join(other)
    assert all(look_alike(page[2], b"".join(lines)) for page, lines in zip(rendered(pdf, tmp_path), (front, other)))
