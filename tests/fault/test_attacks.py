# SPDX-License-Identifier: Apache-2.0
"""Attacks on a whole running site, each by somebody who has taken over a part of it or merely reaches it."""
import concurrent.futures
import os
import resource
import socket

import pytest

from harness import document, panel, procs, site as sites
from harness.fixtures import alice_pc, mono, site  # noqa: F401: an honest relay's site

STRANGE_JOB = "ab" * 16
ADDRESSES, EACH = 11, 200  # more connections than the panel's server takes, and no more of one address than it takes
SIGN_INS = 3000  # by nobody in particular; what is written of them is bounded at 1,200 a minute


@pytest.fixture
def at_mono(sign_in, mono):
    return sign_in("alice", "mono")


def print_one(scratch, workstation, title):
    path = os.path.join(scratch, "attack.pdf")
    with open(path, "wb") as f:
        f.write(document.pdf(document.marker(), 2000))
    workstation.print_file(path, title)


def appear(workstation, make):
    """A job as the queue makes them appear: by rename. make(folder) fills it."""
    incoming = os.path.join(workstation.spool, "incoming", STRANGE_JOB)
    os.mkdir(incoming)
    make(incoming)
    os.rename(incoming, os.path.join(workstation.spool, "jobs", STRANGE_JOB))


def vanish(workstation):
    folder = os.path.join(workstation.spool, "jobs", STRANGE_JOB)
    if os.path.islink(folder):
        os.unlink(folder)
        return
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    os.rmdir(folder)


PLANTED = {
    "a pipe as description": lambda w, f: os.mkfifo(os.path.join(f, "description")),
    "a pipe as state": lambda w, f: os.mkfifo(os.path.join(f, "state")),
    "a pipe as job": lambda w, f: os.mkfifo(os.path.join(f, "job")),
    "the node's key as description": lambda w, f: os.symlink(os.path.join(w.state, "node.key"),
                                                             os.path.join(f, "description")),
    "a device as description": lambda w, f: os.symlink("/dev/zero", os.path.join(f, "description")),
    "an empty folder": lambda w, f: None,
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_a_captured_queue_leaves_in_the_spool_stops_no_courier(scratch, alice_pc, at_mono, what):
    appear(alice_pc, lambda folder: PLANTED[what](alice_pc, folder))
    print_one(scratch, alice_pc, what)
    job = sites.wait_listed(at_mono, 1)[0]
    assert job["title"] == what
    assert at_mono.release(job["id"])[0] in (200, 202)
    at_mono.wait_state(job["id"], "delivered", "gone")
    vanish(alice_pc)
    procs.wait_until("an empty list", lambda: not at_mono.waiting())


def test_a_link_in_a_jobs_place_has_nothing_erased_elsewhere(scratch, alice_pc, at_mono):
    victim = os.path.join(scratch, "victim")
    os.mkdir(victim)
    for name in ("job", "description", "cancel"):
        with open(os.path.join(victim, name), "w") as f:
            f.write("somebody else's")
    os.symlink(victim, os.path.join(alice_pc.spool, "jobs", STRANGE_JOB))
    print_one(scratch, alice_pc, "after the link")  # when it is listed, the link has long been seen
    job = sites.wait_listed(at_mono, 1)[0]
    assert sorted(os.listdir(victim)) == ["cancel", "description", "job"]
    vanish(alice_pc)
    assert at_mono.delete(job["id"])[0] == 200
    procs.wait_until("an empty list", lambda: not at_mono.waiting())


def knock(site, times):
    """Wrong sign-ins, one after another; gives which statuses came."""
    at = panel.Panel(site, "mono")
    return {at.sign_in("nobody-at-all", "guess")[0] for _ in range(times)}


def size_of(folder):
    return sum(os.path.getsize(os.path.join(f, n)) for f, _, names in os.walk(folder) for n in names)


def test_who_only_knocks_at_the_sign_in_cannot_fill_the_audit_log(site, mono):
    state = site.keyholder.settings["keyholder-state"]
    before = size_of(state)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        seen = [f.result() for f in [pool.submit(knock, site, SIGN_INS // 4) for _ in range(4)]]
    assert set().union(*seen) <= {401, 429}, seen
    assert size_of(state) - before < 1300 * 300, "more than 1,200 lines were written"


def hold(site, address):
    """As many connections as one address may have, none of which says more than that it wants TLS."""
    held = []
    for _ in range(EACH):
        held.append(socket.socket())
        held[-1].bind((address, 0))
        held[-1].connect(("127.0.0.1", site.port))
        held[-1].sendall(b"\x16\x03\x01")
    return held


def test_connections_that_say_nothing_keep_nobody_from_the_panel(site, mono):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))
    held = []
    try:
        for n in range(ADDRESSES):
            held += hold(site, f"127.0.77.{n + 1}")
        assert panel.Panel(site, "mono").call("GET", "/api/v1/printer/mono")[0] == 200, "while they are held"
    finally:
        for s in held:
            s.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert panel.Panel(site, "mono").call("GET", "/api/v1/printer/mono")[0] == 200, "when they are gone"
