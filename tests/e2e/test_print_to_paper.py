# SPDX-License-Identifier: Apache-2.0
"""A person prints to the virtual queue, walks to any printer, signs in, and gets their page; nobody in between could read it."""

import hashlib
import json

import ipp
import pytest
from harness import document, panel, printers, procs, site as sites


FINAL = ("delivered", "canceled", "expired")  # listed until their person signs out


@pytest.fixture(autouse=True)
def nothing_left_behind(request, site):
    """Each test begins with no job of alice's: what a test before it left is deleted."""
    if "alice_pc" not in request.fixturenames:
        return
    at = request.getfixturevalue("sign_in")("alice", "mono")
    request.getfixturevalue("alice_pc")
    for job in at.jobs():
        at.delete(job["id"])
    procs.wait_until("an empty list", lambda: all(j["state"] in FINAL for j in at.jobs()))


def read(path):
    with open(path, "rb") as f:
        return f.read()


def print_and_list(print_pdf, workstation, at, size=50_000):
    """Print one document and wait until it is listed at a signed-in panel: (bytes, marker, job)."""
    before = {j["id"] for j in at.jobs()}
    data, marker = print_pdf(workstation, size)
    job = procs.wait_until("the job in the list", lambda: next((j for j in at.jobs() if j["id"] not in before), None))
    return data, marker, job


def test_a_wrong_password_gets_one_sentence_and_no_list(site, mono):
    p = panel.Panel(site, "mono")
    for user, password in (("alice", "wrong"), ("nobody", "wrong"), ("alice", ""), ("*", "x"), ("alice)(uid=*", "x")):
        status, answer = p.sign_in(user, password)
        assert status == 401, (user, answer)
    assert p.call("GET", "/api/v1/jobs")[0] == 401


def test_a_wrong_password_and_an_unknown_person_look_alike(site, mono):
    answers = {str(panel.Panel(site, "mono").sign_in(u, "guess-1")) for u in ("carol", "nobody-like-that")}
    assert len(answers) == 1


def test_a_job_released_to_raw_9100_arrives_byte_for_byte(site, mono, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "mono")
    data, _, job = print_and_list(print_pdf, alice_pc, at)
    assert at.release(job["id"])[0] in (200, 202)
    at.wait_state(job["id"], "gone", "delivered")
    assert read(mono.documents()[-1]) == data
    procs.wait_until("the sealed file to be erased", lambda: not alice_pc.sealed_jobs())


def test_a_job_released_over_ipps_arrives_byte_for_byte(site, colour, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "colour")
    data, _, job = print_and_list(print_pdf, alice_pc, at)
    assert at.release(job["id"])[0] in (200, 202)
    at.wait_state(job["id"], "gone", "delivered")
    assert read(colour.documents()[-1]) == data
    procs.wait_until("the sealed file to be erased", lambda: not alice_pc.sealed_jobs())


def test_no_marker_of_a_held_document_is_on_any_disk(site, mono, alice_pc, sign_in, print_pdf, scratch):
    at = sign_in("alice", "mono")
    data, marker, job = print_and_list(print_pdf, alice_pc, at)
    assert marker.encode() in data, "the control: the same text is in the original"
    for place in (alice_pc.folder, site.relay_state, site.folder):
        assert document.search(place, [marker]) == []


def test_a_deleted_job_is_erased_on_the_workstation(site, mono, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "mono")
    _, _, job = print_and_list(print_pdf, alice_pc, at)
    assert at.delete(job["id"])[0] in (200, 202, 204)
    at.wait_state(job["id"], "gone", "canceled")
    procs.wait_until("the sealed file to be erased", lambda: not alice_pc.sealed_jobs())


def test_nobody_sees_or_releases_anothers_job(site, mono, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "mono")
    _, _, job = print_and_list(print_pdf, alice_pc, at)
    bob = sign_in("bob", "mono")
    assert bob.job(job["id"]) is None
    assert bob.release(job["id"])[1] == {"released": 0, "refused": [{"id": job["id"], "error": "no-such-job"}]}
    assert bob.delete(job["id"])[0] == 404
    assert at.job(job["id"])["state"] == "held"


def test_a_job_printed_while_the_relay_is_down_is_listed_when_it_is_back(site, mono, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "mono")
    site.relay.stop()
    try:
        data, _ = print_pdf(alice_pc)
        assert at.jobs() == []
    finally:
        site.start_relay()
    job = sites.wait_listed(at, 1, timeout_s=30)[0]
    assert at.release(job["id"])[0] in (200, 202)
    at.wait_state(job["id"], "gone", "delivered")
    assert read(mono.documents()[-1]) == data


def test_a_printer_that_shows_another_certificate_gets_no_job(site, colour, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "colour")
    _, _, job = print_and_list(print_pdf, alice_pc, at)
    arrived = len(colour.documents())
    colour.stop()
    colour.new_certificate()
    colour.start()
    at.release(job["id"])
    shown = at.wait_state(job["id"], "failed", timeout_s=60)
    assert shown["problem"] == "certificate-changed"
    assert len(colour.documents()) == arrived
    assert len(alice_pc.sealed_jobs()) == 1, "the job is still held"
    site.command("printer", "trust", "colour", "--yes")
    at.release(job["id"])
    at.wait_state(job["id"], "gone", "delivered")
    assert len(colour.documents()) == arrived + 1


def test_raw_9100_is_refused_where_the_site_forbids_it_from_the_next_moment_on(site, mono, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "mono")
    _, _, job = print_and_list(print_pdf, alice_pc, at)
    connections = mono.count
    site.allow_raw(False)
    try:
        at.release(job["id"])
        problem = procs.wait_until("the reason on the panel", lambda: at.job(job["id"])["problem"].strip("none"))
        assert problem in ("refused", "raw-not-allowed")
        assert at.job(job["id"])["state"] in ("held", "failed") and mono.count == connections
    finally:
        site.allow_raw(True)
    at.release(job["id"])
    at.wait_state(job["id"], "gone", "delivered")


def test_an_unreachable_printer_leaves_the_job_held_and_says_so(site, mono, alice_pc, sign_in, print_pdf, scratch):
    gone = printers.RawPrinter(scratch, "gone").start()
    site.add_printer("gone", gone)
    gone.stop()
    at = sign_in("alice", "gone")
    _, _, job = print_and_list(print_pdf, alice_pc, at)
    at.release(job["id"])
    assert at.wait_state(job["id"], "failed", timeout_s=60)["problem"] == "printer-unreachable"


def test_a_connection_that_breaks_in_the_middle_is_unknown_and_never_printed(site, mono, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "mono")
    _, _, job = print_and_list(print_pdf, alice_pc, at, size=8_000_000)
    arrived = len(mono.documents())
    mono.cut_at = 100_000
    try:
        at.release(job["id"])
        shown = at.wait_state(job["id"], "unknown")
    finally:
        mono.cut_at = None
    assert shown["problem"] == "connection-broken"
    assert len(mono.documents()) == arrived
    at.release(job["id"])  # the person decides
    at.wait_state(job["id"], "gone", "delivered")
    assert len(mono.documents()) == arrived + 1


def test_a_killed_courier_never_prints_twice(site, mono, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "mono")
    _, _, job = print_and_list(print_pdf, alice_pc, at, size=30_000_000)
    connections = mono.count
    at.release(job["id"])
    procs.wait_until("the first byte", lambda: mono.count > connections)
    alice_pc.courier.kill()
    alice_pc.courier.start()
    at.wait_state(job["id"], "unknown", "gone", "delivered", timeout_s=60)
    assert mono.count == connections + 1, "a second connection would print it again"


def test_the_persons_command_shows_and_cancels_jobs(site, mono, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "mono")
    _, _, job = print_and_list(print_pdf, alice_pc, at)
    listed = json.loads(alice_pc.command("jobs", "--json").stdout)["jobs"]
    assert [j["state"] for j in listed if j["state"] == "held" or j["state"] == "pending-held"]
    number = next(j["job-id"] for j in listed if j["state"] in ("held", "pending-held"))
    alice_pc.command("cancel", str(number))
    at.wait_state(job["id"], "gone", "canceled")
    procs.wait_until("the sealed file to be erased", lambda: not alice_pc.sealed_jobs())
    status = procs.wait_until("status to say that jobs can be taken and released", lambda: (
        lambda done: json.loads(done.stdout) if done.returncode == 0 else None)(
            alice_pc.command("status", "--json", check=False)))
    assert status["enrolled"] is True


@pytest.mark.parametrize("kind", ["sha2-256", "sha2-512", "none"])
def test_a_job_with_a_password_is_released_with_it_and_not_without(site, mono, alice_pc, sign_in, kind):
    hashed = {"sha2-256": hashlib.sha256, "sha2-512": hashlib.sha512}
    sent = hashed[kind](b"4711").digest() if kind in hashed else b"4711"
    at = sign_in("alice", "mono")
    queue = ipp.UnixConnection(alice_pc.socket, 30)
    data = document.pdf(document.marker(), 20_000)
    asked = ipp.print_job("payslip", ipp.attribute(ipp.OCTETS, "job-password", sent),
                          ipp.attribute(ipp.KEYWORD, "job-password-encryption", kind))
    assert ipp.post(queue, asked + data).status == 0
    queue.close()
    job = sites.wait_listed(at, 1)[0]
    assert job["password"] is True
    connections = mono.count
    for passwords, why in (({}, "wanted"), ({job["id"]: ""}, "wrong"), ({job["id"]: 4711}, "wanted"),
                           ({job["id"]: "4712"}, "wrong"), ({"0" * 32: "4711"}, "wanted")):
        answer = at.release(job["id"], passwords=passwords)[1]
        assert answer == {"released": 0, "refused": [{"id": job["id"], "error": f"password-{why}"}]}
    assert mono.count == connections and at.job(job["id"])["state"] == "held"
    assert at.release(job["id"], passwords={job["id"]: "4711"})[1] == {"released": 1, "refused": []}
    at.wait_state(job["id"], "gone", "delivered")
    assert read(mono.documents()[-1]) == data


def test_guessing_a_jobs_password_is_slowed_down(site, mono, alice_pc, sign_in):
    at = sign_in("alice", "mono")
    queue = ipp.UnixConnection(alice_pc.socket, 30)
    asked = ipp.print_job("payslip", ipp.attribute(ipp.OCTETS, "job-password", hashlib.sha256(b"4711").digest()),
                          ipp.attribute(ipp.KEYWORD, "job-password-encryption", "sha2-256"))
    assert ipp.post(queue, asked + b"%PDF-1.7").status == 0
    queue.close()
    job = sites.wait_listed(at, 1)[0]
    said = {at.release(job["id"], passwords={job["id"]: str(guess)})[1]["refused"][0]["error"] for guess in range(100)}
    assert said == {"password-wrong", "password-too-often"}
    assert at.release(job["id"], passwords={job["id"]: "4711"})[1]["refused"][0]["error"] == "password-too-often"
    assert at.delete(job["id"])[0] == 200


def ended(workstation, title):
    """What `printscout jobs --all` says of a job, once it has ended."""
    listed = json.loads(workstation.command("jobs", "--all", "--json").stdout)["jobs"]
    return next((j for j in listed if j["title"] == title and j["state"] == "aborted"), None)


def test_a_job_that_nobody_released_in_its_persons_time_is_erased_and_says_so(site, mono, alice_pc, sign_in):
    at = sign_in("alice", "mono")
    queue = ipp.UnixConnection(alice_pc.socket, 30)
    asked = ipp.print_job("soon gone", job=[ipp.attribute(ipp.INTEGER, "job-cancel-after", 2)])
    assert ipp.post(queue, asked + document.pdf(document.marker(), 20_000)).status == 0
    job = sites.wait_listed(at, 1)[0]
    at.wait_state(job["id"], "gone", "expired")
    said = procs.wait_until("the person's computer to say so", lambda: ended(alice_pc, "soon gone"))
    assert said["reason"] == "aborted-by-system" and "not released in time" in said["message"]
    assert alice_pc.sealed_jobs() == []
    assert at.release(job["id"])[1]["released"] == 0
    queue.close()


def test_a_job_older_than_the_sites_retention_is_erased_and_says_so(site, mono, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "mono")
    _, _, job = print_and_list(print_pdf, alice_pc, at)
    retention_s = json.loads(site.command("policy", "--json").stdout)["retention_s"]
    alice_pc.courier.stop()
    with open(alice_pc.sealed_jobs()[0], "r+b") as f:  # as if it had been made that long ago: FORMAT.md, "created"
        f.seek(64)
        created = int.from_bytes(f.read(8), "big")
        f.seek(64)
        f.write((created - 1000 * retention_s).to_bytes(8, "big"))
    alice_pc.courier.start()
    at.wait_state(job["id"], "gone", "expired")
    procs.wait_until("the person's computer to say so", lambda: ended(alice_pc, job["title"]))
    assert alice_pc.sealed_jobs() == []


def test_a_restarted_device_scout_lists_the_jobs_that_couriers_confirm(site, mono, alice_pc, sign_in, print_pdf):
    at = sign_in("alice", "mono")
    _, _, job = print_and_list(print_pdf, alice_pc, at)
    site.devicescout.stop()
    site.keyholder.stop()
    site.start_keyholder()
    site.start_devicescout()
    at = sign_in("alice", "mono")
    listed = sites.wait_listed(at, 1, timeout_s=30)
    assert listed[0]["id"] == job["id"]
    at.release(job["id"])
    at.wait_state(job["id"], "gone", "delivered")


@pytest.mark.parametrize("part", ["printscout-queue", "printscout-courier", "devicescout", "scoutrelay", "keyholder"])
def test_every_daemon_stops_cleanly_with_jobs_in_flight(site, mono, alice_pc, sign_in, print_pdf, part):
    at = sign_in("alice", "mono")
    data, _, job = print_and_list(print_pdf, alice_pc, at, size=5_000_000)
    at.release(job["id"])
    daemon, start = {
        "printscout-queue": (alice_pc.queue, lambda: alice_pc.start()),
        "printscout-courier": (alice_pc.courier, lambda: alice_pc.courier.start()),
        "devicescout": (site.devicescout, site.start_devicescout),
        "scoutrelay": (site.relay, site.start_relay),
        "keyholder": (site.keyholder, site.start_keyholder),
    }[part]
    assert daemon.stop() == 0, daemon.log()[-2000:]
    if part == "printscout-queue":
        alice_pc.courier.stop()
    start()
    at = sign_in("alice", "mono")
    shown = at.wait_state(job["id"], "gone", "delivered", "failed", "unknown", "held", timeout_s=60)
    assert alice_pc.courier.process.running() and alice_pc.queue.process.running()
    assert shown["state"] != "delivered" or read(mono.documents()[-1]) == data
