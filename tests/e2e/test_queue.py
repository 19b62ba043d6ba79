# SPDX-License-Identifier: Apache-2.0
"""A person prints from any program, and what they print is held: sealed, complete, theirs, and nobody else's."""
import gzip
import hashlib
import hmac
import os
import signal
import socket
import struct
import subprocess
import time
import zlib

import ipp
import pytest
from fake_site import ANY_FORMAT_ALLOWED, DELIVERED, DELIVERING, FAILED, HELD_SHOWN_COMPLETED, UNKNOWN
from harness import document, procs, raster
from harness.site import program
from queue_fixture import Queue

NOBODY = 65534
HEADERS = b"POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n"
NOT_ACCEPTING, NOT_FOUND, NOT_POSSIBLE, TOO_LARGE, TEMPORARY, CANCELED_STATUS = 0x506, 0x406, 0x404, 0x408, 0x505, 0x508


@pytest.fixture
def queues(tmp_path):
    """queues(name, **settings) gives a queue that is not started; all are stopped at the end."""
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        os.chmod(folder, 0o755)  # other accounts are to reach the socket
    made = []

    def go(name="queue", **settings):
        made.append(Queue(tmp_path, name, **settings))
        return made[-1]

    yield go
    for q in made:
        q.stop()


@pytest.fixture
def queue(queues):
    return queues().start().enrolled()


def chunk(data):
    return b"%x\r\n" % len(data) + data + b"\r\n"


def settled(queue):
    """Wait until nothing is arriving any more."""
    procs.wait_until("an empty incoming folder", lambda: not queue.site.arriving())


def as_user(uid, function):
    """Run function in a process of that account; give back what it returned, as text."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            os.write(write, str(function()).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as f:
        text = f.read()
    os.waitpid(child, 0)
    return text


# Cut uploads


def cut_after(queue, family, data, how):
    """Send data and end the connection without the rest."""
    s = queue.raw(family)
    s.sendall(data)
    if how == "reset":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how == "half-close":
        s.shutdown(socket.SHUT_WR)
        s.settimeout(10)
        while s.recv(4096):
            pass
    s.close()


@pytest.mark.parametrize("how", ["close", "reset", "half-close"])
@pytest.mark.parametrize("framing", ["length-short", "mid-chunk", "no-last-chunk", "in-chunk-size", "in-last-chunk"])
@pytest.mark.parametrize("family", [socket.AF_UNIX, socket.AF_INET])
def test_a_cut_upload_never_becomes_a_job(queue, family, framing, how):
    body, document = ipp.print_job(), b"A" * 50000
    sent = {
        "length-short": HEADERS + b"Content-Length: 100000\r\n\r\n" + body + document,
        "mid-chunk": HEADERS + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(body) + b"20000\r\n" + document,
        "no-last-chunk": HEADERS + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(body) + chunk(document),
        "in-chunk-size": HEADERS + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(body) + chunk(document) + b"1",
        "in-last-chunk": HEADERS + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(body) + chunk(document) + b"0\r\n",
    }[framing]
    cut_after(queue, family, sent, how)
    queue.print(b"another one, so that the first was looked at")
    settled(queue)
    assert len(queue.site.jobs()) == 1


def test_a_request_cut_at_any_byte_never_becomes_a_job(queue):
    whole = HEADERS + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(ipp.print_job()) + chunk(b"document") + b"0\r\n\r\n"
    for cut in range(len(whole)):
        cut_after(queue, socket.AF_UNIX, whole[:cut], "close")
    settled(queue)
    assert queue.site.jobs() == []
    cut_after(queue, socket.AF_UNIX, whole, "half-close")  # the whole of it does
    assert len(queue.site.jobs()) == 1


def test_two_framings_or_a_chunk_of_two_to_the_63_are_refused(queue):
    for head in (b"Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(ipp.print_job()) + b"0\r\n\r\n",
                 b"Transfer-Encoding: chunked\r\n\r\n8000000000000000\r\n" + ipp.print_job() + b"x" * 100,
                 b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + ipp.print_job(),
                 b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + ipp.print_job(),
                 b"Content-Length: -1\r\n\r\n" + ipp.print_job(),
                 b"Content-Length: 18446744073709551616\r\n\r\n" + ipp.print_job(),
                 b"Transfer-Encoding: chunked\r\n\r\n" + b"5\r\nhelloXX0\r\n\r\n"):
        s = queue.raw()
        s.sendall(HEADERS + head)
        s.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while data := s.recv(4096):
                answer += data
        except ConnectionResetError:
            pass
        assert b" 200 " not in answer.split(b"\r\n")[0], (head[:60], answer)
    settled(queue)
    assert queue.site.jobs() == []


def test_what_is_no_ipp_request_is_refused(queue):
    host = b" HTTP/1.1\r\nHost: localhost\r\n"
    for request in (b"GET /etc/passwd" + host + b"\r\n", b"PUT /ipp/print" + host + b"\r\n",
                    b"POST /etc/passwd" + host + b"Content-Type: application/ipp\r\nContent-Length: 0\r\n\r\n",
                    b"POST /ipp/print" + host + b"Content-Type: text/html\r\nContent-Length: 0\r\n\r\n",
                    HEADERS + b"Content-Length: 0\r\n\r\n", HEADERS + b"Content-Length: 5\r\n\r\nhello"):
        s = queue.raw()
        s.sendall(request)
        assert s.recv(4096).split(b" ")[1] in (b"400", b"404", b"405", b"415"), request
        s.close()


def test_a_web_page_that_calls_itself_127_0_0_1_is_refused(queue):
    """DNS rebinding: the browser is the person's, the page is somebody else's."""
    for host in ("evil.example", f"evil.example:{queue.port}", "localhost.evil.example"):
        for method, path in (("GET", "/"), ("POST", "/ipp/print")):
            c = ipp.http.client.HTTPConnection("127.0.0.1", queue.port, timeout=30)
            c.request(method, path, ipp.request(ipp.GET_JOBS), {"Host": host, "Content-Type": "application/ipp"})
            assert c.getresponse().status == 421
            c.close()


def test_the_page_shows_a_person_their_own_jobs_and_runs_nothing(queue):
    def page(path="/"):
        c = ipp.http.client.HTTPConnection("127.0.0.1", queue.port, timeout=30)
        c.request("GET", path)
        response = c.getresponse()
        assert response.status == 200
        return response, response.read()

    queue.print(b"mine", "<script>alert(1)</script>")
    response, body = page()
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in body and b"<script" not in body and b"{{" not in body
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert b"script" not in as_user(NOBODY, lambda: page()[1]).encode()
    icons = queue.ask(ipp.request(ipp.GET_PRINTER_ATTRIBUTES)).group(ipp.PRINTER)[0]["printer-icons"]
    assert len(icons) == 3
    for uri in icons:
        response, body = page(uri[uri.index("/icon"):])
        assert (response.headers["Content-Type"], body[:4]) == ("image/png", b"\x89PNG")


# What was acknowledged


@pytest.mark.parametrize("size", [1, 16383, 16384, 16385, 1_000_003])
def test_an_acknowledged_job_opens_to_the_same_bytes(queue, size):
    document = os.urandom(size)
    answer = queue.print(document, "Größe", job=[ipp.attribute(ipp.INTEGER, "copies", 3),
                                                  ipp.attribute(ipp.KEYWORD, "sides", "two-sided-long-edge")])
    assert (answer.one("job-state"), answer.one("job-state-reasons")) == (ipp.HELD, "job-held-for-authorization")
    (job,) = queue.site.jobs()
    opened, owner, ticket = queue.site.open(job)
    assert opened == document
    assert owner == "alice"
    assert (ticket["title"], ticket["account"], ticket["document-bytes"]) == ("Größe", "root", size)
    assert bytes.fromhex(ticket["ipp"]) == (ipp.attribute(ipp.INTEGER, "copies", 3) +
                                            ipp.attribute(ipp.KEYWORD, "sides", "two-sided-long-edge"))
    assert queue.site.record(job) == (answer.one("job-id"), os.getuid(), size)
    assert queue.site.arriving() == []


def test_every_framing_brings_the_same_document(queue):
    document = os.urandom(300_000)
    pieces = [ipp.print_job() + document[:10], *(document[at:at + 4093] for at in range(10, len(document), 4093))]
    queue.ask(ipp.print_job() + document)
    queue.ask(iter(pieces))
    tcp = ipp.http.client.HTTPConnection("127.0.0.1", queue.port, timeout=60)
    for expect in ({}, {"Expect": "100-continue"}):
        assert ipp.post(tcp, ipp.print_job() + document, expect).status == 0  # on one connection
    tcp.close()
    assert [queue.site.open(job)[0] for job in queue.site.jobs()] == [document] * 4


def test_create_job_and_send_document_make_the_same_job(queue):
    created = queue.ask(ipp.request(ipp.CREATE_JOB, ipp.attribute(ipp.NAME, "job-name", "in two steps"),
                                    job=[ipp.attribute(ipp.INTEGER, "copies", 2)]))
    number = ipp.attribute(ipp.INTEGER, "job-id", created.one("job-id"))
    assert (created.one("job-state"), created.one("job-state-reasons")) == (ipp.HELD, "job-incoming")
    assert queue.site.jobs() == []
    last = ipp.attribute(ipp.BOOLEAN, "last-document", True)
    sent = queue.ask(ipp.request(ipp.SEND_DOCUMENT, number, last) + b"%PDF-1.7")
    assert sent.one("job-id") == created.one("job-id")
    (job,) = queue.site.jobs()
    document, _, ticket = queue.site.open(job)
    assert (document, ticket["title"], ticket["format"]) == (b"%PDF-1.7", "in two steps", "application/pdf")
    assert ticket["ipp"] == ipp.attribute(ipp.INTEGER, "copies", 2).hex()
    assert queue.ask(ipp.request(ipp.SEND_DOCUMENT, number, last)).status == 0  # closes it once more
    assert queue.ask(ipp.request(ipp.SEND_DOCUMENT, number, last) + b"more").status == 0x509
    assert len(queue.site.jobs()) == 1


@pytest.mark.parametrize("name, pack", [("gzip", gzip.compress), ("deflate", zlib.compress),
                                        ("deflate", lambda d: zlib.compress(d)[2:-4])])
def test_compressed_documents_are_unpacked(queue, name, pack):
    document = b"all work and no play " * 10000
    queue.print(pack(document), "letter", ipp.attribute(ipp.KEYWORD, "compression", name))
    assert queue.site.open(queue.site.jobs()[0])[0] == document


def test_pages_are_counted_while_the_document_passes(queue):
    """For the list at the panel."""
    cases = [(raster.document("srgb-8", 300, pages=3), "image/pwg-raster", 3),
             (raster.document("black-1", 600, "na_letter_8.5x11in", 7), "image/pwg-raster", 7),
             (document.pdf("marker"), "application/pdf", 1), (b"something else", "application/octet-stream", 0)]
    for data, fmt, pages in cases:
        queue.print(data)
        (job,) = [j for j in queue.site.jobs() if queue.site.record(j)[2] == len(data)]
        ticket = queue.site.open(job)[2]
        assert (ticket["format"], ticket["pages"]) == (fmt, pages)


def test_a_bomb_leaves_nothing(queue):
    bomb = gzip.compress(bytes(64 << 20))
    answer = queue.ask(ipp.print_job("bomb", ipp.attribute(ipp.KEYWORD, "compression", "gzip")) + bomb)
    assert answer.status == TOO_LARGE
    assert queue.site.jobs() == [] and queue.site.arriving() == []


def test_the_calls_that_make_a_job_durable_come_before_the_answer(queues, tmp_path):
    queue = queues()
    trace = tmp_path / "trace"
    queue.wrapper = ["strace", "-f", "-y", "-s", "60", "-o", str(trace), "-e",
                     "trace=openat,fsync,renameat,renameat2,rename,sendto,sendmsg,write,writev"]
    queue.start().enrolled()
    queue.print(b"durable")
    child = subprocess.run(["pgrep", "-P", str(queue.process.pid)], capture_output=True, text=True).stdout.split()
    os.kill(int(child[0]), signal.SIGTERM)
    queue.process.child.wait(10)
    (job,) = queue.site.jobs()
    want = [f"fsync({{}}</{{}}/{job}/job>", f"fsync({{}}</{{}}/{job}/description>", f"fsync({{}}</{{}}/{job}/queue>",
            f"fsync({{}}</{{}}/incoming/{job}>", f"renameat({{}}incoming/{job}{{}}jobs/{job}", "fsync({}/spool/jobs>",
            "HTTP/1.1 200 OK"]
    lines = trace.read_text().splitlines()
    at = 0
    for step in want:
        parts = step.split("{}")
        while at < len(lines) and not all(p.strip("/") in lines[at] for p in parts):
            at += 1
        assert at < len(lines), f"not in this order: {step}\n" + "\n".join(lines[-40:])
        assert lines[at].rstrip().endswith("= 0") or "HTTP" in step, lines[at]


def test_kill_at_any_moment_keeps_what_was_acknowledged_and_nothing_else(queue):
    acknowledged = {}
    for n in range(6):
        for _ in range(n):
            document = os.urandom(5000)
            acknowledged[queue.print(document).one("job-id")] = document
        half = queue.raw()
        half.sendall(HEADERS + b"Content-Length: 100000\r\n\r\n" + ipp.print_job() + b"half")
        procs.wait_until("the half document", queue.site.arriving)
        queue.process.kill()
        half.close()
        queue.start()
        assert queue.site.arriving() == []
        found = {queue.site.record(j)[0]: queue.site.open(j)[0] for j in queue.site.jobs()}
        assert found == acknowledged
        for number in acknowledged:
            seen = queue.ask(ipp.request(ipp.GET_JOB_ATTRIBUTES, ipp.attribute(ipp.INTEGER, "job-id", number)))
            assert (seen.one("job-state"), seen.one("job-name")) == (ipp.HELD, "Held document")
    assert len(set(acknowledged)) == len(acknowledged)


# Disk and size


def test_a_full_disk_refuses_with_a_sentence_and_keeps_earlier_jobs(queues, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk takes root")
    try:
        queue = queues(spool=str(disk / "spool"))
        queue.spool = queue.site.spool = str(disk / "spool")
        queue.start().enrolled()
        queue.print(b"fits")
        for size in (4_000_000, 10_000_000):
            answer = queue.ask(ipp.print_job() + bytes(size))
            assert answer.status == TEMPORARY and "full" in answer.message
            assert queue.site.arriving() == []
        queue.print(b"fits again")
        assert len(queue.site.jobs()) == 2
        state = queue.ask(ipp.request(ipp.GET_PRINTER_ATTRIBUTES))
        assert state.one("printer-is-accepting-jobs", ipp.PRINTER)
        queue.stop()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_document_longer_than_allowed_is_refused_while_it_arrives(queues):
    queue = queues(job_bytes_max=100_000).start().enrolled()
    answer = queue.ask(ipp.print_job() + bytes(150_000))
    assert answer.status == TOO_LARGE and "100000" in answer.message
    assert queue.site.jobs() == [] and queue.site.arriving() == []
    queue.print(bytes(100_000))


def test_memory_stays_the_same_however_large_the_document(queue):
    size = int(os.environ.get("LATCHKEY_TEST_LARGE_MIB", "256")) << 20
    queue.print(b"warm up")
    before = queue.rss_kib()
    piece = os.urandom(1 << 20)

    def body():
        yield ipp.print_job()
        for _ in range(size >> 20):
            yield piece

    assert queue.ask(body()).status == 0
    grown = queue.rss_kib("VmHWM") - before
    assert queue.site.record(next(j for j in queue.site.jobs() if queue.site.record(j)[2] > 100))[2] == size
    if "asan" not in os.environ["LATCHKEY_BUILD"]:
        assert grown <= 8 * 1024, f"{grown} KiB more for {size >> 20} MiB"


def test_an_account_has_so_many_jobs_and_no_more(queues):
    queue = queues(jobs_per_person_max=3).start().enrolled()
    for _ in range(3):
        queue.print(b"one of three")
    answer = queue.ask(ipp.print_job() + b"the fourth")
    assert answer.status == 0x50b and "Release or cancel" in answer.message
    queue.ask(ipp.request(ipp.CANCEL_MY_JOBS))
    queue.print(b"there is room again")


# Who


def test_a_spoofed_user_name_changes_nothing(queue):
    """On a shared computer the account is the kernel's word."""
    queue.enrolled("")
    queue.print(b"root's", user="alice")
    assert queue.site.open(queue.site.jobs()[0])[1] == "root"


def test_on_a_shared_computer_each_account_has_its_own_jobs(queue):
    queue.enrolled("")
    mine = queue.print(b"root's own", "secret title").one("job-id")

    def other():
        answer = queue.print(b"nobody's own", "theirs", user="root")
        listed = queue.ask(ipp.request(ipp.GET_JOBS)).group(ipp.JOB)
        number = ipp.attribute(ipp.INTEGER, "job-id", mine)
        about = [queue.ask(ipp.request(op, number)).status for op in
                 (ipp.GET_JOB_ATTRIBUTES, ipp.CANCEL_JOB, ipp.HOLD_JOB, ipp.RELEASE_JOB, ipp.CLOSE_JOB)]
        return answer.one("job-id"), [j["job-id"] for j in listed], about

    theirs, listed, about = eval(as_user(NOBODY, other))
    assert listed == [[theirs]] and set(about) == {NOT_FOUND}
    owners = {queue.site.record(j)[1]: queue.site.open(j)[1] for j in queue.site.jobs()}
    assert owners == {0: "root", NOBODY: "nobody"}
    # root sees that there is a job, and whose, but not what it is
    seen = queue.ask(ipp.request(ipp.GET_JOB_ATTRIBUTES, ipp.attribute(ipp.INTEGER, "job-id", theirs)))
    assert (seen.one("job-originating-user-name"), seen.one("job-name")) == ("nobody", "Held document")


def test_over_tcp_the_account_is_the_owner_of_the_socket(queue):
    queue.enrolled("")

    def other():
        c = ipp.http.client.HTTPConnection("127.0.0.1", queue.port, timeout=30)
        return ipp.post(c, ipp.print_job(user="root") + b"over tcp").status

    assert as_user(NOBODY, other) == "0"
    assert queue.site.open(queue.site.jobs()[0])[1] == "nobody"


def test_a_client_that_closes_at_once_is_nobody_and_never_root(queue):
    """The kernel says uid 0 for a closed socket; believing that would make everybody root."""
    queue.enrolled("")
    whole = HEADERS + b"Content-Length: %d\r\n\r\n" % (len(ipp.print_job()) + 4) + ipp.print_job() + b"evil"

    def knock():
        s = socket.create_connection(("127.0.0.1", queue.port))
        s.sendall(whole)
        s.close()

    queue.stopped()  # so that the connection is closed before it is accepted
    try:
        as_user(NOBODY, knock)
    finally:
        os.kill(queue.process.pid, signal.SIGCONT)
    queue.process.wait_for_log("client_unknown reason=refused")
    queue.print(b"mine")
    settled(queue)
    assert len(queue.site.jobs()) == 1


# States


def test_the_couriers_word_is_what_clients_see(queue):
    number = queue.print(b"%PDF-1.7").one("job-id")
    (job,) = queue.site.jobs()

    def seen():
        a = queue.ask(ipp.request(ipp.GET_JOB_ATTRIBUTES, ipp.attribute(ipp.INTEGER, "job-id", number)))
        return a.one("job-state"), a.one("job-state-reasons")

    assert seen() == (ipp.HELD, "job-held-for-authorization")
    queue.site.state(job, DELIVERING)
    assert seen() == (ipp.PROCESSING, "job-printing")
    queue.site.state(job, FAILED, reason=1)
    assert seen() == (ipp.HELD, "job-held-for-authorization")
    queue.site.state(job, UNKNOWN, reason=5)
    assert seen() == (ipp.HELD, "job-held-for-authorization")
    queue.site.state(job, DELIVERED)
    assert seen() == (ipp.COMPLETED, "job-completed-successfully")
    which = ipp.attribute(ipp.KEYWORD, "which-jobs", "completed")
    assert len(queue.ask(ipp.request(ipp.GET_JOBS)).group(ipp.JOB)) == 0
    assert len(queue.ask(ipp.request(ipp.GET_JOBS, which)).group(ipp.JOB)) == 1
    queue.stop()
    queue.start()
    assert queue.site.jobs() == []  # history ends with the process


def test_cancel_tells_the_courier_and_a_release_from_here_is_refused(queue):
    number = ipp.attribute(ipp.INTEGER, "job-id", queue.print(b"%PDF-1.7").one("job-id"))
    (job,) = queue.site.jobs()
    answer = queue.ask(ipp.request(ipp.RELEASE_JOB, number))
    assert answer.status == NOT_POSSIBLE and "printer" in answer.message
    assert queue.ask(ipp.request(ipp.HOLD_JOB, number)).status == 0
    assert queue.ask(ipp.request(ipp.CANCEL_JOB, number)).status == 0
    assert queue.site.read(job, "cancel") == b""
    assert queue.ask(ipp.request(ipp.GET_JOB_ATTRIBUTES, number)).one("job-state") == ipp.CANCELED
    assert queue.ask(ipp.request(ipp.CANCEL_JOB, number)).status == NOT_POSSIBLE


def test_title_and_options_of_a_held_job_can_be_changed(queue):
    copies, sides = ipp.attribute(ipp.INTEGER, "copies", 5), ipp.attribute(ipp.KEYWORD, "sides", "two-sided-long-edge")
    number = ipp.attribute(ipp.INTEGER, "job-id", queue.print(b"%PDF-1.7", "draft", job=[copies, sides]).one("job-id"))
    (job,) = queue.site.jobs()
    before = queue.site.read(job, "description")

    def change(*attributes):
        return queue.ask(ipp.request(ipp.SET_JOB_ATTRIBUTES, number, job=attributes))

    wrong = change(ipp.attribute(ipp.INTEGER, "copies", 2), ipp.attribute(ipp.KEYWORD, "sides", "three-sided"))
    assert wrong.status == 0x40b and "sides" in wrong.group(ipp.UNSUPPORTED)[0]
    assert change(ipp.attribute(ipp.INTEGER, "job-cancel-after", 9)).status == 0x40b, "said once, when it is made"
    assert queue.site.read(job, "description") == before, "all or nothing"
    assert change(ipp.attribute(ipp.NAME, "job-name", "final"), ipp.attribute(ipp.INTEGER, "copies", 2),
                  ipp.attribute(ipp.DELETE, "sides", b"")).status == 0
    document, owner, ticket = queue.site.open(job)
    assert (document, owner, ticket["title"], ticket["document-bytes"]) == (b"%PDF-1.7", "alice", "final", 8)
    assert bytes.fromhex(ticket["ipp"]) == ipp.attribute(ipp.INTEGER, "copies", 2)
    assert queue.site.description(job).number == 2
    seen = queue.ask(ipp.request(ipp.GET_JOB_ATTRIBUTES, number))
    assert (seen.one("job-name"), seen.one("copies")) == ("final", 2) and "sides" not in seen.group(ipp.JOB)[0]
    assert as_user(NOBODY, lambda: change(copies).status) == str(NOT_FOUND)
    queue.site.state(job, DELIVERING)
    assert change(copies).status == NOT_POSSIBLE
    queue.site.state(job, FAILED, reason=1)
    assert change(copies).status == 0
    queue.stop()
    queue.start()
    answer = change(copies)
    assert answer.status == NOT_POSSIBLE and "print again" in answer.message


def test_a_job_canceled_while_it_arrives_leaves_nothing(queue):
    s = queue.raw()
    s.sendall(HEADERS + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(ipp.print_job()) + chunk(b"first half"))
    procs.wait_until("the job", queue.site.arriving)
    (listed,) = queue.ask(ipp.request(ipp.GET_JOBS)).group(ipp.JOB)
    number = ipp.attribute(ipp.INTEGER, "job-id", listed["job-id"][0])
    assert queue.ask(ipp.request(ipp.CANCEL_JOB, number)).status == 0
    s.sendall(chunk(b"second half") + b"0\r\n\r\n")
    response = ipp.http.client.HTTPResponse(s)
    response.begin()
    assert ipp.Answer(response.read()).status == CANCELED_STATUS
    s.close()
    assert queue.site.jobs() == [] and queue.site.arriving() == []
    assert queue.ask(ipp.request(ipp.GET_JOB_ATTRIBUTES, number)).one("job-state") == ipp.CANCELED


def test_a_site_may_show_held_jobs_as_completed(queue):
    queue.site.bulletin(flags=HELD_SHOWN_COMPLETED | ANY_FORMAT_ALLOWED)
    answer = queue.print(b"%PDF-1.7")
    assert (answer.one("job-state"), answer.one("job-state-reasons")) == (ipp.COMPLETED, "queued-in-device")
    assert len(queue.site.jobs()) == 1


# The site


def test_without_a_site_the_queue_runs_and_says_how_to_enroll(queues):
    queue = queues().start()
    answer = queue.ask(ipp.print_job() + b"early")
    assert answer.status == NOT_ACCEPTING and "printscout enroll" in answer.message
    state = queue.ask(ipp.request(ipp.GET_PRINTER_ATTRIBUTES))
    assert not state.one("printer-is-accepting-jobs", ipp.PRINTER)
    assert "printscout enroll" in state.one("printer-state-message", ipp.PRINTER)
    queue.enrolled()
    queue.print(b"now it works")


def test_an_old_key_a_forged_bulletin_and_a_revoked_node_refuse_jobs(queue, queues):
    queue.site.bulletin(use_until_ms=-1000)
    assert queue.ask(ipp.print_job() + b"late").status == NOT_ACCEPTING
    queue.site.bulletin()
    queue.print(b"fresh")
    stranger = queues("stranger").site
    queue.site.bulletin(signer=stranger)
    queue.print(b"a forged bulletin changes nothing")
    queue.site.bulletin(revoked=[queue.site.node])
    answer = queue.ask(ipp.print_job() + b"revoked")
    assert answer.status == NOT_ACCEPTING and "revoked" in answer.message


# The program


def test_a_second_process_on_the_same_spool_says_so(queue):
    done = procs.run([program("printscout-queue"), "--config", queue.conf], check=False)
    assert done.returncode == 1 and "another printscout-queue" in done.stderr
    queue.print(b"the first one goes on")


@pytest.mark.parametrize("line, what", [("spol = x", "spol"), ("queue-port = 1\nqueue-port = 2", "queue-port"),
                                        ("queue-port = 99999", "queue-port"), ("job-bytes-max = much", "job-bytes-max"),
                                        ('log-level = "loud"', "log-level")])
def test_a_wrong_setting_is_named(tmp_path, line, what):
    conf = tmp_path / "printscout.conf"
    conf.write_text("# comment\n" + line + "\n")
    done = procs.run([program("printscout-queue"), "--config", conf, "--check"], check=False)
    assert done.returncode == 2 and what in done.stderr and "\n" not in done.stderr.strip()


def test_an_address_that_is_not_loopback_is_refused(queues):
    queue = queues(queue_address="0.0.0.0")
    done = procs.run([program("printscout-queue"), "--config", queue.conf], check=False)
    assert done.returncode == 1 and "loopback" in done.stderr


def test_stopping_in_mid_upload_takes_no_two_seconds_and_leaves_nothing(queue):
    uploads = []
    for _ in range(5):
        s = queue.raw()
        s.sendall(HEADERS + b"Content-Length: 1000000\r\n\r\n" + ipp.print_job() + bytes(500_000))
        uploads.append(s)
    procs.wait_until("five uploads", lambda: len(queue.site.arriving()) == 5)
    started = time.monotonic()
    queue.stop()
    assert time.monotonic() - started < 2
    assert queue.site.arriving() == [] and queue.site.jobs() == []
    for s in uploads:
        s.close()


def test_a_client_that_never_finishes_its_header_is_cut_off(queues):
    queue = queues(header_timeout_s=1).start().enrolled()
    starts = (b"POST /ipp/print HTTP/1.1\r\nHost: ", HEADERS, HEADERS + b"Content-Length: 500\r\n\r\n" + ipp.print_job()[:20])
    slow = [queue.raw() for _ in starts]
    for s, start in zip(slow, starts):
        s.sendall(start)
    for s in slow:
        s.settimeout(10)
        try:
            assert s.recv(100) == b""
        except ConnectionResetError:
            pass
    assert queue.site.jobs() == [] and queue.site.arriving() == []


def test_titles_and_names_never_reach_the_log(queue):
    queue.print(b"marker-document", "marker-title", user="marker-user", fmt="application/pdf")
    queue.ask(ipp.request(ipp.VALIDATE_JOB, ipp.attribute(ipp.NAME, "job-name", "marker-title"),
                          ipp.attribute(ipp.MIME, "document-format", "marker/format")))
    queue.stop()
    assert "marker" not in queue.process.log()


def test_the_public_suite_passes_for_what_needs_no_release(queue, tmp_path):
    document = tmp_path / "letter.pdf"
    document.write_bytes(b"%PDF-1.7\n" + os.urandom(1000))
    for test in ("get-printer-attributes.test", "validate-job.test", "print-job.test", "get-jobs.test",
                 "create-job.test", "get-completed-jobs.test", "identify-printer.test"):
        done = procs.run(["ipptool", "-tf", document, "-d", "filetype=application/pdf", queue.uri, test])
        assert "[FAIL]" not in done.stdout, done.stdout


def with_password(kind, *sent):
    """Attributes of a request that makes a job with a password."""
    named = [ipp.attribute(ipp.OCTETS, "job-password", *sent)] if sent else []
    return named + ([ipp.attribute(ipp.KEYWORD, "job-password-encryption", kind)] if kind else [])


@pytest.mark.parametrize("wrong", [
    with_password(None, b"4711"), with_password("md5", bytes(16)), with_password("sha", bytes(20)),
    with_password("sha2-256", bytes(31)), with_password("sha2-256", bytes(64)), with_password("sha2-512", bytes(32)),
    with_password("none", b""), with_password("none", b"x" * 256), with_password("none", b"47\x0011"),
    with_password("sha2-256", bytes(32), bytes(32)),
    [ipp.attribute(ipp.TEXT, "job-password", "4711"), ipp.attribute(ipp.KEYWORD, "job-password-encryption", "none")]])
def test_a_job_whose_password_cannot_be_kept_is_not_taken_without_one(queue, wrong):
    for operation in (ipp.PRINT_JOB, ipp.CREATE_JOB, ipp.VALIDATE_JOB):
        answer = queue.ask(ipp.request(operation, *wrong) + (b"%PDF-1.7" if operation == ipp.PRINT_JOB else b""))
        assert answer.status == 0x40b, f"{operation}: {answer.status:#x}"
    assert queue.site.jobs() == []


def test_a_password_is_kept_as_a_salted_verifier_and_only_under_the_seal(queue):
    sent = hashlib.sha256(b"4711").digest()
    number = queue.print(b"%PDF-1.7", "payslip", *with_password("sha2-256", sent)).one("job-id")
    made = queue.ask(ipp.request(ipp.CREATE_JOB, *with_password("sha2-256", sent))).one("job-id")
    assert queue.ask(ipp.request(ipp.SEND_DOCUMENT, ipp.attribute(ipp.INTEGER, "job-id", made),
                                 ipp.attribute(ipp.BOOLEAN, "last-document", True)) + b"%PDF-1.7").status == 0
    kept = [bytes.fromhex(queue.site.open(job)[2]["password"]) for job in queue.site.jobs()]
    assert len(kept) == 2 and kept[0][1:17] != kept[1][1:17], "each has a salt of its own"
    for password in kept:
        said = b"latchkey/v1/job-password\0\1" + sent
        assert password == b"\1" + password[1:17] + hmac.digest(password[1:17], said, "sha512")[:32]
        for secret in (sent, sent.hex().encode(), password[17:], password[17:].hex().encode()):
            assert not any(secret in open(os.path.join(d, f), "rb").read() for d, _, fs in os.walk(queue.folder)
                           for f in fs if os.path.isfile(os.path.join(d, f)))
    change = ipp.attribute(ipp.NAME, "job-name", "other")
    assert queue.ask(ipp.request(ipp.SET_JOB_ATTRIBUTES, ipp.attribute(ipp.INTEGER, "job-id", number), job=[change])
                     ).status == 0
    assert sorted(bytes.fromhex(queue.site.open(job)[2]["password"]) for job in queue.site.jobs()) == sorted(kept)
    seen = queue.ask(ipp.request(ipp.GET_PRINTER_ATTRIBUTES)).group(ipp.PRINTER)[0]
    assert seen["job-password-encryption-supported"] == ["none", "sha2-256", "sha2-512"]
    assert seen["job-password-supported"] == [255]
    assert not any("password" in name for name in
                   queue.ask(ipp.request(ipp.GET_JOB_ATTRIBUTES, ipp.attribute(ipp.INTEGER, "job-id", number))
                             ).group(ipp.JOB)[0])
