# SPDX-License-Identifier: Apache-2.0
"""A person sees at the panel how many pages a job has and whether in colour; a document that was made to break what counts them
costs its number of pages, and nobody's job or time."""
import functools
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import zlib

import ipp
import pytest
from harness import document, procs, raster
from harness.site import program
from queue_fixture import Queue

LONGEST_S = 8  # an acknowledgement on a machine that does something else besides; the queue itself waits 1.2 s at most


@pytest.fixture(scope="module")
def queue(tmp_path_factory):
    q = Queue(tmp_path_factory.mktemp("pages")).start().enrolled()
    yield q
    q.stop()


def obj(number, body):
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)


def stream(dictionary, data):
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (dictionary, len(data), data)


def pdf(*bodies, trailer=b""):
    """Objects 1, 2, … in the classic way."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for n, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += obj(n, body)
    xref = b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return bytes(out) + xref + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, trailer, len(out))


def pages(n, content=b"0 g", resources=b""):
    """n pages that share a content."""
    kids = b" ".join(b"%d 0 R" % (4 + i) for i in range(n))
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]/Resources<<%s>>>>" % (n, kids, resources),
               content if content.startswith(b"<<") else stream(b"", content),
               *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R>>"] * n)


def packed(n, squeezed=None, stated=None):
    """A PDF whose objects are all in an object stream, found by a cross-reference stream (ISO 32000-1 section 7.5.7)."""
    kids = b" ".join(b"%d 0 R" % (3 + i) for i in range(n))
    bodies = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (n, kids),
              *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"] * n]
    index, at = b"", 0
    for number, body in enumerate(bodies, 1):
        index += b"%d %d " % (number, at)
        at += len(body) + 1
    data = index + b" ".join(bodies)
    squeezed = squeezed or zlib.compress(data)
    stm, xref = len(bodies) + 1, len(bodies) + 2
    out = b"%PDF-1.7\n"
    stm_at = len(out)
    out += obj(stm, stream(b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (stated or len(bodies), len(index)), squeezed))
    table = struct.pack(">BIH", 0, 0, 65535) + b"".join(struct.pack(">BIH", 2, stm, i) for i in range(len(bodies)))
    table += struct.pack(">BIH", 1, stm_at, 0) + struct.pack(">BIH", 1, len(out), 0)
    end = b"\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + obj(xref, stream(b"/Type/XRef/W[1 4 2]/Size %d/Root 1 0 R" % (xref + 1), table)) + end


def deep(levels):
    """A page tree that is a long chain."""
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>",
               *[b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (n + 3) for n in range(levels)],
               b"<</Type/Page/Parent %d 0 R>>" % (levels + 1))


def nested(levels):
    return pdf(b"<</Type/Catalog/Pages " + b"[" * levels + b"]" * levels + b">>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
               b"<</Type/Page/Parent 2 0 R>>")


def doubling(levels):
    """A tree of some nodes with 2^levels leaves: each names the next one twice."""
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>",
               *[b"<</Type/Pages/Count 1/Kids[%d 0 R %d 0 R]>>" % (n + 3, n + 3) for n in range(levels)],
               b"<</Type/Page/Parent %d 0 R>>" % (levels + 1))


@functools.cache
def bomb():
    """Unpacks to more than a process of printscout-pages may have."""
    pack = zlib.compressobj(1)
    return b"".join([pack.compress(bytes(1 << 20)) for _ in range(512)] + [pack.flush()])


SOUND = pages(2)
SLOW = packed(65000)  # a second's work, for less than a megabyte
HOSTILE = {
    "a tree that is 100,000 nodes deep": deep(100_000),
    "arrays that are nested 1,000,000 deep": nested(1_000_000),
    "a tree that loops": pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 9/Kids[2 0 R]>>"),
    "cross references that loop": pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
                                      b"<</Type/Page/Parent 2 0 R>>", trailer=b"/Prev 200"),
    "an object stream that unpacks to more than there may be": packed(1, squeezed=bomb()),
    "an object stream of two thousand million objects": packed(1, stated=2_000_000_000),
    "cut in the middle": SOUND[:len(SOUND) // 2],
    "cut before its last line": SOUND[:SOUND.rindex(b"startxref") + 12],
    "a password": pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"<</Type/Page/Parent 2 0 R>>",
                      trailer=b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"00" * 32, b"00" * 32)),
    "only its first line": b"%PDF-1.7\n" + os.urandom(100_000),
}


def found(queue, data, title="letter"):
    """The ticket of a document, and that it is whole; also how long its acknowledgement took."""
    before = set(queue.site.jobs())
    start = time.monotonic()
    queue.print(data, title)
    took = time.monotonic() - start
    (job,) = set(queue.site.jobs()) - before
    kept, _, ticket = queue.site.open(job)
    assert kept == data
    return ticket, took


def counters(queue):
    """The processes behind the queue: printscout-pages, and those that it has forked."""
    first = procs.children(queue.process.pid)
    return [p for child in first for p in [child, *procs.children(child)]]


def filters(pid):
    """How many seccomp filters a process is behind."""
    return int(re.search(r"Seccomp_filters:\t(\d+)|$", procs.status(pid))[1] or 0)


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_pdf_costs_its_number_of_pages_and_little_time(queue, what):
    ticket, took = found(queue, HOSTILE[what])
    assert (ticket["pages"], ticket["color"]) == (0, 0)
    assert took < LONGEST_S
    assert found(queue, SOUND)[0]["pages"] == 2, "the next one is counted"


def test_pages_that_are_one_page_a_million_times_come_to_an_end(queue):
    _, took = found(queue, doubling(60))
    assert took < LONGEST_S


def test_a_content_that_unpacks_to_more_than_there_may_be_costs_its_colour(queue):
    ticket, took = found(queue, pages(2, stream(b"/Filter/FlateDecode", bomb())))
    assert (ticket["pages"], ticket["color"]) == (2, 0)
    assert took < LONGEST_S


def test_documents_that_take_long_to_count_are_not_waited_for_again_and_again(tmp_path):
    """Each one keeps a worker from others for a second: a person with many could keep all of them."""
    q = Queue(tmp_path).start().enrolled()
    took = [found(q, SLOW)[1] for _ in range(15)]
    assert sum(took) < LONGEST_S, took
    procs.wait_until("the counters to end", lambda: len(counters(q)) == 1)
    q.stop()


AS_FD_3 = "import os, sys; fd = int(sys.argv[1]); fd == 3 or os.dup2(fd, 3); os.set_inheritable(3, True); os.execv(sys.argv[2], sys.argv[2:])"


def cpu_s(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            words = f.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def test_a_counter_for_whose_answer_nobody_waits_any_more_ends_at_once():
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    p = subprocess.Popen([sys.executable, "-c", AS_FD_3, str(there.fileno()), program("printscout-pages")], pass_fds=[there.fileno()])
    there.close()
    assert here.recv(1) == b"r"
    used = {}
    for waits in (False, True):
        document, stream = socket.socketpair()
        socket.send_fds(here, [b"d"], [stream.fileno()])
        stream.close()
        document.sendall(SLOW)
        document.shutdown(socket.SHUT_WR)
        (counter,) = procs.wait_until("its process", lambda: procs.children(p.pid))
        if not waits:
            document.close()
        used[waits] = 0
        while counter in procs.children(p.pid):
            used[waits] = max(used[waits], cpu_s(counter))
        document.close()
    here.close()
    p.wait(10)
    assert used[False] < used[True] / 2, "it went on counting"


def test_a_pdf_above_64_mib_is_held_and_its_pages_are_unknown(queue):
    assert found(queue, document.pdf("large", 70 << 20))[0]["pages"] == 0


def test_many_that_upload_slowly_leave_others_their_pages_or_unknown_ones_and_all_their_jobs(queue):
    slow = []
    for _ in range(40):
        s = queue.raw()
        body = ipp.print_job("slow") + SOUND
        s.sendall(b"POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n"
                  b"Content-Length: %d\r\n\r\n" % len(body) + body[:-20])
        slow.append((s, body))
    assert found(queue, SOUND)[0]["pages"] in (0, 2)
    before = len(queue.site.jobs())
    for s, body in slow:
        s.sendall(body[-20:])
    for s, _ in slow:
        assert s.recv(12) == b"HTTP/1.1 200"
        s.close()
    assert len(queue.site.jobs()) == before + len(slow)
    procs.wait_until("the counters to end", lambda: len(counters(queue)) == 1 or found(queue, SOUND)[0]["pages"] == 2)
    assert found(queue, SOUND)[0]["pages"] == 2


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="a sanitizer has calls of its own, so its build is not confined")
def test_what_counts_can_open_no_file_and_has_none_of_the_queues(queue):
    s = queue.raw(socket.AF_UNIX)
    body = ipp.print_job("slow") + SOUND
    s.sendall(b"POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n" %
              len(body) + body[:-20])
    program = procs.children(queue.process.pid)[0]
    procs.wait_until("a counter that is confined", lambda: any(filters(c) > filters(program) for c in procs.children(program)))
    (counter,) = procs.children(program)
    assert os.listdir(f"/proc/{counter}/fd") == ["0"], "the document alone"
    assert open(f"/proc/{counter}/oom_score_adj").read() == "1000\n", "the first to go where memory runs short"
    limits = open(f"/proc/{counter}/limits").read()
    assert re.search(r"Max open files +1 +1 ", limits) and re.search(r"Max cpu time +2 +2 ", limits)
    assert re.search(r"Max core file size +0 +0 ", limits) and re.search(r"Max file size +0 +0 ", limits)
    with open("/proc/swaps", encoding="ascii") as f:
        assert "VmLck:\t       0 kB" not in procs.status(counter) or len(f.readlines()) == 1, "memory could go to a disk"
    s.close()
    procs.wait_until("the counter to end with its upload", lambda: not procs.is_there(counter))


def test_a_queue_whose_counter_was_killed_takes_jobs_and_says_so(tmp_path):
    q = Queue(tmp_path).start().enrolled()
    assert found(q, SOUND)[0]["pages"] == 2
    os.kill(procs.children(q.process.pid)[0], signal.SIGKILL)
    procs.wait_until("its end", lambda: not procs.children(q.process.pid))
    assert found(q, SOUND)[0]["pages"] == 0
    assert "pages_not_counted" in q.process.log()
    q.stop()


def test_the_counter_ends_with_the_queue_however_that_ends(tmp_path):
    q = Queue(tmp_path).start().enrolled()
    program = procs.children(q.process.pid)[0]
    q.process.kill()
    procs.wait_until("its end", lambda: not procs.is_there(program))


def test_pages_are_counted_however_a_pdf_is_written(queue):
    assert found(queue, SOUND)[0]["pages"] == 2
    assert found(queue, packed(7))[0]["pages"] == 7
    assert found(queue, pages(500))[0]["pages"] == 500
    assert found(queue, document.pdf("a letter", 300_000))[0]["pages"] == 1


def test_colour_is_told_where_it_is_sure(queue):
    assert found(queue, pages(2, b"0.5 g 0 0 0 rg"))[0]["color"] == 1
    assert found(queue, pages(2, b"0 0 1 rg"))[0]["color"] == 2
    assert found(queue, pages(2, b"/S1 sh"))[0]["color"] == 0


def test_raster_tells_pages_colour_type_and_resolution(queue):
    ticket, _ = found(queue, raster.document("sgray-8", dpi=75, pages=3))
    assert (ticket["pages"], ticket["color"], ticket["raster-type"], ticket["raster-dpi"]) == (3, 1, "sgray_8", 75)
    one_red_run = raster.document("srgb-8", dpi=75, pages=2).replace(b"\x7f\xff\xff\xff", b"\x7f\xff\0\0", 1)
    ticket, _ = found(queue, one_red_run)
    assert (ticket["pages"], ticket["color"], ticket["raster-type"], ticket["raster-dpi"]) == (2, 2, "srgb_8", 75)
    assert found(queue, raster.document("srgb-8", dpi=75))[0]["color"] == 1
    assert found(queue, raster.document("srgb-8", dpi=75)[:-1])[0]["pages"] == 0
