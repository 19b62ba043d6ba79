# SPDX-License-Identifier: Apache-2.0
"""Whatever a printer, a stop or a crash does to a delivery, the person reads what became of the job, and no job prints twice."""
import json
import os
import signal
import sys

import pytest
from harness import panel, procs, site as sites

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "delivery"))
from straw_printer import StrawPrinter, StrawRaw  # noqa: E402


@pytest.fixture(scope="module")
def straw(site, authority):
    """An IPP printer whose faults a test can ask for."""
    p = StrawPrinter(authority.issue("straw")).start()
    site.add_printer("straw", p)
    yield p
    p.stop()


@pytest.fixture(scope="module")
def reed(site):
    """The same for raw 9100."""
    p = StrawRaw().start()
    site.add_printer("reed", p)
    yield p
    p.stop()


@pytest.fixture(autouse=True)
def sound_printers(straw, reed):
    """Each test begins with printers that work, and ends with what they held back let go."""
    yield
    straw.hang_at = straw.cut_at = None
    straw.jobs_end, straw.impressions, straw.state, straw.reasons = "completed", 1, 3, "none"
    reed.hang_at = reed.cut_at = None
    for p in (straw, reed):
        p.let_go.set()
        p.let_go.clear()


@pytest.fixture
def printed(site, alice_pc, print_pdf, people):
    """printed("straw") prints a document and gives (bytes, job, alice's panel at that printer)."""

    def go(printer, size=50_000):
        at = panel.Panel(site, printer)
        assert at.sign_in("alice", people.people["alice"][0])[0] == 200
        for job in at.waiting():
            at.delete(job["id"])
        sites.wait_listed(at, 0)
        data, _ = print_pdf(alice_pc, size)
        sites.wait_listed(at, 1)
        return data, at.waiting()[0], at

    return go


def documents(straw):
    return [j["document"] for j in straw.jobs.values() if j["document"]]


def wait_spool_state(workstation, job, state):
    """Wait until the courier has written this state (PROTOCOL.md, "The spool folder") for the queue to see."""
    path = os.path.join(workstation.spool, "jobs", job["id"], "state")

    def is_there():
        with open(path, "rb") as f:
            return f.read(2)[1] == state

    procs.wait_until(f"state {state} in {path}", lambda: os.path.exists(path) and is_there())


def journal_types(workstation):
    """The types of the journal's records, in order: 1 accepted, 2 sent whole, 3 answered."""
    with open(os.path.join(workstation.state, "journal"), "rb") as f:
        data = f.read()
    types, at = [], 0
    while at + 3 <= len(data):
        types.append(data[at + 2])
        at += 3 + int.from_bytes(data[at:at + 2], "big") + 4
    return types


def test_a_second_courier_on_one_state_says_so_and_ends(alice_pc):
    done = procs.run([sites.program("printscout-courier"), "--config", alice_pc.courier.conf], check=False)
    assert done.returncode == 1
    assert "another courier runs on this state" in done.stderr


def test_a_courier_of_nobody_names_the_next_command_and_ends(scratch):
    conf = sites.write_conf(os.path.join(scratch, "nobody.conf"), {"spool": scratch + "/nobody-spool",
                                                                  "state": scratch + "/nobody-state"})
    done = procs.run([sites.program("printscout-courier"), "--config", conf], check=False)
    assert done.returncode == 2  # what only a person can mend
    assert "run printscout enroll" in done.stderr


def test_a_doubled_setting_ends_it_with_file_line_and_key(scratch):
    path = os.path.join(scratch, "doubled.conf")
    with open(path, "w") as f:
        f.write('spool = "/a"\nspool = "/b"\n')
    done = procs.run([sites.program("printscout-courier"), "--config", path], check=False)
    assert done.returncode == 2
    assert f"{path}:2: spool" in done.stderr


def test_a_changed_byte_in_the_sealed_file_costs_no_byte_at_the_printer(alice_pc, reed, printed):
    _, job, at = printed("reed")
    before = len(reed.received)
    with open(os.path.join(alice_pc.spool, "jobs", job["id"], "job"), "r+b") as f:
        f.seek(-1, os.SEEK_END)
        byte = f.read(1)
        f.seek(-1, os.SEEK_END)
        f.write(bytes([byte[0] ^ 1]))
    at.release(job["id"])
    assert at.wait_state(job["id"], "failed")["problem"] == "file-damaged"
    assert b"".join(reed.received[before:]) == b""


def test_a_stop_in_the_middle_is_clean_and_the_outcome_is_told_after_the_restart(alice_pc, reed, printed):
    reed.hang_at = 100_000
    _, job, at = printed("reed", size=20_000_000)
    before = len(reed.received)
    at.release(job["id"])
    wait_spool_state(alice_pc, job, 4)
    assert alice_pc.courier.stop() == 0
    alice_pc.courier.start()
    assert at.wait_state(job["id"], "unknown")["problem"] in ("restarted", "connection-broken")
    assert len(reed.received) == before + 1, "nothing is sent a second time by itself"


def test_a_crash_in_the_middle_of_a_raw_job_is_unknown_and_not_repeated(alice_pc, reed, printed):
    reed.hang_at = 100_000
    _, job, at = printed("reed", size=20_000_000)
    before = len(reed.received)
    at.release(job["id"])
    procs.wait_until("the first byte", lambda: len(reed.received) > before and reed.received[-1])
    alice_pc.courier.kill()
    alice_pc.courier.start()
    assert at.wait_state(job["id"], "unknown")["problem"] == "restarted"
    assert len(reed.received) == before + 1


@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("keep", [False, True])
def test_after_a_stop_or_crash_an_ipp_printer_is_asked_by_name_and_the_job_printed_once(site, alice_pc, straw, printed, end,
                                                                                        keep):
    site.command("policy", "--keep", "yes")
    straw.jobs_end = "stopped"
    data, job, at = printed("straw")
    before = len(documents(straw))
    procs.wait_until("the policy", lambda: at.call("POST", "/api/v1/release", {"jobs": [job["id"]], "keep": keep})[0] == 202)
    procs.wait_until("the document", lambda: len(documents(straw)) > before)
    procs.wait_until("a note of it", lambda: journal_types(alice_pc)[-1] == 2)
    if end == "stop":
        assert alice_pc.courier.stop() == 0
    else:
        alice_pc.courier.kill()
    straw.resume()
    alice_pc.courier.start()
    if keep:
        procs.wait_until("it to be kept", lambda: at.job(job["id"])["kept"])
        assert len(alice_pc.sealed_jobs()) == 1
    else:
        at.wait_state(job["id"], "gone", "delivered")
    assert documents(straw)[before:] == [data]


def test_an_error_at_the_printer_stops_the_release_before_it_begins_and_is_named(straw, alice_pc, print_pdf, printed):
    straw.state, straw.reasons = 5, "media-jam-error"
    at = printed("straw")[2]
    print_pdf(alice_pc)
    job, more = sites.wait_listed(at, 2)
    before = len(straw.jobs)
    assert at.release(job["id"], more["id"])[1]["released"] == 2
    shown = at.wait_state(job["id"], "failed")
    assert (shown["problem"], shown["detail"], shown["not_tried"]) == ("printer-stopped", "media-jam-error", False)
    rest = procs.wait_until("the second one to be given up", lambda: (
        lambda j: None if j["state"] == "waiting" else j)(at.job(more["id"])))
    assert (rest["state"], rest["not_tried"]) == ("held", True)
    assert len(straw.jobs) == before
    straw.resume()
    at.release(job["id"], more["id"])
    at.wait_state(job["id"], "gone", "delivered")
    at.wait_state(more["id"], "gone", "delivered")


def test_out_of_paper_is_shown_and_the_paper_ends_it(alice_pc, straw, printed):
    straw.jobs_end, straw.reasons = "stopped", "media-empty-error"
    _, job, at = printed("straw")
    at.release(job["id"])
    procs.wait_until("the reason on the panel", lambda: "media-empty" in str(at.job(job["id"])))
    straw.resume()
    at.wait_state(job["id"], "gone", "delivered")


def test_a_job_that_the_printer_gives_up_before_a_page_came_is_held_and_prints_at_the_next_try(straw, printed):
    straw.jobs_end, straw.impressions = "aborted", 0
    data, job, at = printed("straw")
    at.release(job["id"])
    assert at.wait_state(job["id"], "failed")["problem"] == "aborted-by-printer"
    straw.jobs_end, straw.impressions = "completed", 1
    at.release(job["id"])
    at.wait_state(job["id"], "gone", "delivered")
    assert documents(straw)[-1] == data


def test_a_job_canceled_at_the_workstation_while_it_prints_is_taken_back_and_erased(alice_pc, straw, printed):
    straw.jobs_end = "stopped"
    _, job, at = printed("straw")
    before = len(documents(straw))
    at.release(job["id"])
    procs.wait_until("the document", lambda: len(documents(straw)) > before)
    listed = json.loads(alice_pc.command("jobs", "--json").stdout)["jobs"]
    alice_pc.command("cancel", str(listed[-1]["job-id"]))
    at.wait_state(job["id"], "gone", "canceled")
    procs.wait_until("the sealed file to be erased", lambda: not alice_pc.sealed_jobs())
    assert list(straw.jobs.values())[-1]["state"] == 7


def test_one_printer_takes_job_after_job_in_the_order_of_the_releases(alice_pc, reed, printed, print_pdf):
    first, job, at = printed("reed", size=2_000_000)
    rest = [print_pdf(alice_pc, 10_000)[0] for _ in range(4)]
    sites.wait_listed(at, 5)
    order = [job["id"]] + [j["id"] for j in sorted(at.waiting(), key=lambda j: j["created"]) if j["id"] != job["id"]]
    before = len(reed.received)
    at.release(*order)
    procs.wait_until("all to be printed", lambda: not at.waiting())
    assert [bytes(r) for r in reed.received[before:]] == [first, *rest]


def test_a_printer_that_hangs_keeps_no_other_printer_waiting(alice_pc, straw, reed, printed, print_pdf, sign_in):
    reed.hang_at = 1000
    _, stuck, at = printed("reed", size=20_000_000)
    at.release(stuck["id"])
    wait_spool_state(alice_pc, stuck, 4)
    data, _ = print_pdf(alice_pc)
    other = sign_in("alice", "straw")
    sites.wait_listed(other, 2)
    job = next(j for j in other.waiting() if j["id"] != stuck["id"])
    other.release(job["id"])
    other.wait_state(job["id"], "gone", "delivered")
    assert documents(straw)[-1] == data
    other.wait_state(stuck["id"], "delivering")
    alice_pc.courier.process.stop(signal.SIGTERM)  # lets go of the printer that hangs
    alice_pc.courier.start()
    at.wait_state(stuck["id"], "unknown")


def test_the_state_of_a_courier_is_for_nobody_elses_eyes(alice_pc, reed, printed):
    _, job, at = printed("reed")
    at.release(job["id"])
    at.wait_state(job["id"], "gone", "delivered")
    assert set(os.listdir(alice_pc.state)) == {"journal", "sequence", "node.key", "lock"}
    assert os.stat(alice_pc.state).st_mode & 0o777 == 0o700
    for name in os.listdir(alice_pc.state):
        assert os.stat(os.path.join(alice_pc.state, name)).st_mode & 0o077 == 0, name
