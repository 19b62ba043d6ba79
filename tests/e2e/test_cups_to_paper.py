# SPDX-License-Identifier: Apache-2.0
"""What a person prints with lp, through a cupsd that cups-setup set up, waits for them and arrives on paper."""
import json
import os
import pathlib
import re
import struct
import subprocess
import zlib

import pytest
from harness import cups, document, jpeg, procs, site as sites
from harness.site import program

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="cupsd drops to another user: needs root")
RED, BLUE = (200, 30, 40), (20, 60, 190)


@pytest.fixture
def alices(site, folder, memory):
    """alice's computer: workstation and cupsd, set up as deploy/ does it."""
    w = site.workstation(f"with-cups{len(site.workstations)}", "alice", queue_port=procs.free_port(),
                         cups_secret=os.path.join(folder, "cups-secret"))
    machine = cups.Machine(folder, memory, w)
    machine.setup()
    w.stop()
    w.start()  # the queue reads the secret when it starts
    yield machine
    machine.stop()
    w.stop()


MARKER, LINES = document.marker(), 90


def png(colours, side=120):
    """Stripes of these colours, top to bottom, and the marker as a comment."""
    rows = b"".join((b"\0" + bytes(c) * side) * side for c in colours)

    def part(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return (b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", side, side * len(colours), 8, 2, 0, 0, 0)) +
            part(b"tEXt", b"Comment\0" + MARKER.encode()) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b""))


def walk(machine, at):
    """alice finds the one job that she printed at the panel, and releases it; gives the job as it was listed."""
    job, = sites.wait_listed(at, 1)
    status, answer = at.release(job["id"])
    assert (status, answer["released"]) == (202, 1), answer
    at.wait_state(job["id"], "gone", "delivered")
    procs.wait_until("the sealed file to be erased", lambda: not machine.printer.sealed_jobs())
    return job


def pages_of(path, dpi=144):
    """The pages as they would look: a (width, bytes) each, three bytes a pixel."""
    done = subprocess.run(["pdftoppm", "-r", str(dpi), path], capture_output=True, check=True, timeout=60)
    data, found = done.stdout, []
    while head := re.match(rb"P6\s(\d+)\s(\d+)\s255\s", data):
        width, size = int(head[1]), 3 * int(head[1]) * int(head[2])
        found.append((width, data[head.end():head.end() + size]))
        data = data[head.end() + size:]
    return found


def lines_on(page):
    """How many lines of text: rows of the picture with something on them, in one piece."""
    width, data = page
    inked = [any(b < 128 for b in data[at:at + 3 * width]) for at in range(0, len(data), 3 * width)]
    return sum(now and not before for before, now in zip([False] + inked, inked))


def near(page, colour):
    """How many of its pixels have this colour, or nearly."""
    data = page[1]
    return sum(all(abs(data[at + i] - colour[i]) < 24 for i in range(3)) for at in range(0, len(data), 3))


def has_both_stripes(paper):
    page, = pages_of(paper, 36)
    return all(near(page, colour) > 500 for colour in (RED, BLUE))


JPEG = jpeg.picture([[(82, 104, 212), (63, 200, 97)] * 15] * 30, colours=3, more=jpeg.segment(0xfe, MARKER.encode()))


@pytest.mark.parametrize("suffix, data, kind, pages, is_on", [
    (".pdf", document.pdf(MARKER), "application/pdf", 1, lambda paper: MARKER in procs.run(["pdftotext", paper, "-"]).stdout),
    (".txt", f"{MARKER}\n".encode() * LINES, "application/pdf", 2, lambda paper: sum(map(lines_on, pages_of(paper))) == LINES),
    (".png", png([RED, BLUE]), "application/pdf", 1, has_both_stripes),
    (".jpg", JPEG, "image/jpeg", 1, lambda paper: pathlib.Path(paper).read_bytes() == JPEG)],
    ids=["pdf", "text", "png", "jpeg"])
def test_what_lp_prints_waits_and_arrives_as_it_was_meant(alices, colour, sign_in, suffix, data, kind, pages, is_on):
    """cupsd's filters write most documents anew, so what counts is what a page looks like; JPEG they leave as it is."""
    at, before = sign_in("alice", "colour"), len(colour.documents())
    done, title = alices.lp_document("Latchkey", data, suffix=suffix)
    assert done.returncode == 0, done.stderr
    assert len(colour.documents()) == before
    job = walk(alices, at)
    assert (job["title"], job["pages"], job["format"]) == (title, pages, kind)
    assert len(colour.documents()) == before + 1 and is_on(colour.documents()[-1])
    assert alices.kept(title, MARKER) == [], "and cupsd kept nothing"


def ask(machine, *argv):
    """`printscout …` by the account that printed."""
    return machine.command(program("printscout"), *argv, "--config", machine.printer.queue.conf)


def page(url, run=lambda *argv: procs.run(argv)):
    """What a browser of whoever runs it gets."""
    return run("/usr/bin/python3", "-c", f"import urllib.request as r; print(r.urlopen({url!r}).read().decode())").stdout


def test_for_cups_the_job_is_done_and_all_that_is_ours_says_that_it_is_held(alices, colour, sign_in):
    at = sign_in("alice", "colour")
    done, title = alices.lp_document("Latchkey", document.pdf(MARKER))
    assert done.returncode == 0, done.stderr
    alices.cupsd.wait_idle("Latchkey")
    job, = sites.wait_listed(at, 1)
    assert alices.command("lpstat", "-W", "all", "-o").stdout == "" and alices.command("cancel", "Latchkey-1").returncode != 0
    listed, = json.loads(ask(alices, "jobs", "--json").stdout)["jobs"]
    assert (listed["title"], listed["state"]) == (title, "pending-held")
    assert "Held until you release it at a printer" in listed["message"]
    own = f"http://localhost:{alices.printer.port}/"
    shown = page(own, alices.command)
    assert title in shown and "Held until you release it at a printer" in shown
    assert title not in page(own), "the title is for the account that printed"
    for said in (page(f"http://localhost:{alices.cupsd.port}/printers/Latchkey"), alices.command("lpstat", "-l", "-p").stdout):
        assert "a completed job is held for you" in said and own in said, said
    assert ask(alices, "cancel", str(listed["job-id"])).returncode == 0
    at.wait_state(job["id"], "gone", "canceled")
    assert json.loads(ask(alices, "jobs", "--json").stdout)["jobs"] == []
    assert "Canceled" in page(own, alices.command)


def test_what_lp_was_told_about_copies_and_quality_reaches_the_printer(alices, colour, sign_in):
    done, _ = alices.lp_document("Latchkey", document.pdf(MARKER), "-n", "3", "-o", "print-quality=5")
    assert done.returncode == 0, done.stderr
    walk(alices, sign_in("alice", "colour"))
    request = colour.process.log().rsplit("operation-id=Create-Job", 1)[1]
    assert "copies (integer) 3" in request and "print-quality (enum) high" in request


def test_a_password_that_lp_gives_is_asked_for_at_the_printer(alices, colour, sign_in):
    at = sign_in("alice", "colour")
    password = document.marker()
    done, _ = alices.lp_document("Latchkey", document.pdf(MARKER), "-o", f"job-password={password}")
    assert done.returncode == 0, done.stderr
    job, = sites.wait_listed(at, 1)
    assert job["password"] is True
    assert at.release(job["id"])[1]["refused"] == [{"id": job["id"], "error": "password-wanted"}]
    assert at.release(job["id"], passwords={job["id"]: password})[1]["released"] == 1
    at.wait_state(job["id"], "gone", "delivered")
    assert alices.kept(password) == []
