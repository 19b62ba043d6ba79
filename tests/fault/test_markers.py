# SPDX-License-Identifier: Apache-2.0
"""Nobody but the person's own computer and the printer ever has the document, and no relay so much as a name: markers of 32
letters are looked for everywhere, and found where they must be."""
import os
import threading
import zlib

import pytest
import traces
from harness import directory, document, panel, printers, procs, site as sites
from harness.fixtures import started
from lied_site import LiedSite
from lying_relay import Tape

MARKERS = {name: document.marker() for name in ("document", "title", "user", "password", "printer", "place", "host")}
# The document is this line again and again. In memory the line counts, not the marker: vector registers, which hold half
# of it at most, are spilled to a stack when a library's function is called for the first time.
LINE = " ".join([MARKERS["document"]] * 32)
STALL_AT = 100_000  # bytes that the slow printer takes before it waits


class SlowPrinter(printers.RawPrinter):
    """Takes STALL_AT bytes, then no more until it may go on."""

    def __init__(self, folder, name):
        super().__init__(folder, name)
        self.stalled, self.go_on = threading.Event(), threading.Event()

    def take(self, connection, number):
        got = bytearray()
        connection.settimeout(60)
        with connection:
            while data := connection.recv(4096):
                got += data
                if len(got) > STALL_AT:
                    self.stalled.set()
                    self.go_on.wait(60)
        if got:
            with open(os.path.join(self.spool, f"{number:04}.prn"), "wb") as f:
                f.write(got)

    _take = take


pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may read a daemon's memory")


@pytest.fixture(scope="module")
def people(scratch, authority):
    d = directory.Directory(scratch, authority, people={MARKERS["user"]: (MARKERS["password"], "A Person")}).start()
    yield d
    d.stop()


@pytest.fixture(scope="module")
def site(scratch, people):
    """All daemons log what they can."""
    with started(LiedSite(scratch, people, log_level="debug")) as s:
        s.front.tape = Tape()
        yield s


@pytest.fixture(scope="module")
def printer(scratch, site):
    p = SlowPrinter(scratch, MARKERS["printer"]).start()
    site.add_printer(p.name, p, MARKERS["place"])
    yield p
    p.go_on.set()
    p.stop()


@pytest.fixture(scope="module")
def workstation(site):
    """A computer with a marker for a name."""
    w = sites.Workstation(site, "pc")
    for d in (w.queue, w.courier):
        d.settings["log-level"] = "debug"
        d.argv = ["unshare", "-u", "sh", "-c", f'hostname {MARKERS["host"]} && exec "$0" "$@"', *d.argv]
    site.workstations.append(w)
    w.enroll(site.invite(MARKERS["user"]))
    return w.start()


def only(*names):
    return {n: MARKERS[n] for n in names}


DOCUMENT_IN_MEMORY = {"document": LINE}
# A computer that was given to a person knows that person's name.
THEIRS = only("document", "title", "password", "printer", "place", "host")


def check_relay(site, when):
    """The relay has nothing of anybody: on disk, in its log, in memory, and in what was said to it."""
    tape = bytes(site.front.tape.plain)
    assert b"POST /v1/mailboxes/" in tape, "control: the tape is what was said"
    assert traces.find(tape, MARKERS) == set(), f"{when}: said to the relay"
    assert traces.in_folder(site.relay_state, MARKERS) == set(), f"{when}: on the relay's disk"
    assert traces.find(site.relay.log().encode(), MARKERS) == set(), f"{when}: in the relay's log"
    memory = traces.memory_of(site.relay.process.pid)
    assert site.relay_url.encode() in memory, "control: this is the relay's memory"
    assert traces.find_plain(memory, MARKERS) == set(), f"{when}: in the relay's memory"


def check_logs_and_state(site, when):
    """No log has a title or a document; no state folder of the site has either, or a password."""
    never = only("document", "title", "password", "host")
    for d in site.daemons():
        if d is not site.relay:
            assert traces.find(d.log().encode(), never) == set(), f"{when}: in the log of {d.label}"
    for folder in (site.state, site.keyholder.settings["keyholder-state"]):
        assert traces.in_folder(folder, never) == set(), f"{when}: in {folder}"
    for d in (site.devicescout, site.keyholder):
        assert traces.in_memory(d, DOCUMENT_IN_MEMORY) == set(), f"{when}: in the memory of {d.label}"


def check_workstation(site, workstation, when):
    for folder in (workstation.spool, workstation.state):
        assert traces.in_folder(folder, THEIRS) == set(), f"{when}: in {folder}"
    queue = traces.memory_of(workstation.queue.process.pid)
    assert traces.find_plain(queue, only("title")), "control: this is the queue's memory, which may know the title"
    never = {**only("password", "printer", "place"), **DOCUMENT_IN_MEMORY}
    assert traces.find_plain(queue, never) == set(), f"{when}: in the queue's memory"
    never = {**THEIRS, **DOCUMENT_IN_MEMORY}
    assert traces.in_memory(workstation.courier, never) == set(), f"{when}: in the courier's memory"


def test_the_search_finds_each_shape_in_what_has_it():
    text = MARKERS["document"]
    for name, raw in traces.shapes(text):
        assert traces.find(b"x" * 1000 + raw + b"y" * 1000, only("document")), name
        assert traces.find(b"x" * 777 + zlib.compress(b"abc" + raw), only("document")), "deflated " + name
    assert not traces.find(os.urandom(100_000) + zlib.compress(text[1:].encode()), MARKERS)


@pytest.fixture(scope="module")
def original(scratch):
    """The document as the person has it."""
    folder = os.path.join(scratch, "original")
    os.makedirs(folder)
    path = os.path.join(folder, "letter.pdf")
    with open(path, "wb") as f:
        f.write(document.pdf(" ".join([LINE] * 1000)))
    assert traces.in_folder(folder, only("document")), "control: the document itself has its marker"
    return path


def print_and_sign_in(site, workstation, original, printer):
    workstation.print_file(original, MARKERS["title"])
    at = panel.Panel(site, printer.name)
    assert at.sign_in(MARKERS["user"], MARKERS["password"])[0] == 200
    job = sites.wait_listed(at, 1)[0]
    assert (job["title"], job["computer"]) == (MARKERS["title"], MARKERS["host"]), "control: the person sees both"
    return at, job


def wait_done(at, job, workstation, printer, original):
    at.wait_state(job["id"], "delivered")
    procs.wait_until("the sealed file to be erased", lambda: not workstation.sealed_jobs())
    with open(printer.documents()[0], "rb") as arrived, open(original, "rb") as sent:
        assert arrived.read() == sent.read()
    at.sign_out()


def test_no_marker_is_where_it_must_not_be_before_during_and_after_the_release(site, printer, workstation, original):
    at, job = print_and_sign_in(site, workstation, original, printer)
    check_relay(site, "held")
    check_logs_and_state(site, "held")
    check_workstation(site, workstation, "held")

    at.release(job["id"])
    assert printer.stalled.wait(20)
    assert traces.in_memory(workstation.courier, DOCUMENT_IN_MEMORY), "control: who delivers has the document in memory"
    check_relay(site, "on its way")
    check_logs_and_state(site, "on its way")

    printer.go_on.set()
    wait_done(at, job, workstation, printer, original)
    check_relay(site, "done")
    check_logs_and_state(site, "done")
    check_workstation(site, workstation, "done")


def test_what_went_over_ipps_is_gone_from_the_couriers_memory_too(site, scratch, bus, authority, workstation, original):
    colour = printers.IppPrinter(scratch, bus, authority, "colour").start()
    try:
        site.add_printer("colour", colour)
        at, job = print_and_sign_in(site, workstation, original, colour)
        at.release(job["id"])
        wait_done(at, job, workstation, colour, original)
        check_relay(site, "done")
        check_logs_and_state(site, "done")
        check_workstation(site, workstation, "done")
    finally:
        colour.stop()
