# SPDX-License-Identifier: Apache-2.0
"""What people may do with a release: let a colleague do it, have a badge do it at once, keep the job; and what nobody may."""
import hashlib
import json
import re
import time

import ipp
import pytest
from harness import document, panel, procs, site as sites

DAY_MS = 24 * 60 * 60 * 1000
FINAL = ("delivered", "canceled", "expired")


@pytest.fixture(autouse=True)
def nothing_left_behind(site, sign_in, mono, alice_pc):
    """Each test begins without jobs and delegations of alice's."""
    if not json.loads(site.command("policy", "--json").stdout)["keep"]:
        site.command("policy", "--keep", "yes")
    procs.wait_until("the policy", lambda: panel.Panel(site, "mono").sign_in("alice", "alice-password")[1]["may"]["keep"])
    alice = sign_in("alice", "mono")
    for d in delegates(alice)["delegates"]:
        alice.call("DELETE", f"/api/v1/delegates/{d['id']}")
    for job in alice.waiting():
        alice.delete(job["id"])
    procs.wait_until("an empty list", lambda: alice.waiting() == [])


def soon(days=1):
    return int(time.time() * 1000 + days * DAY_MS)


def delegates(at):
    status, body = at.call("GET", "/api/v1/delegates")
    assert status == 200, body
    return body


def delegate(at, user, until=None):
    return at.call("POST", "/api/v1/delegates", {"user": user, "until_unix_ms": soon() if until is None else until})


def audit(site):
    return site.command("audit", "show").stdout


def printed_jobs(site, printer):
    """What the statistics say of this printer."""
    rows = json.loads(site.command("statistics", "--json").stdout)["statistics"]
    return sum(r["jobs"] for r in rows if r["printer"] == printer)


def printed(printer, before):
    return len(printer.documents()) - before


# Delegates ----------------------------------------------------------------------------------------------------------------


def test_who_is_not_named_neither_sees_nor_releases(site, mono, alice_pc, sign_in, print_pdf):
    print_pdf(alice_pc)
    alice, bob = sign_in("alice", "mono"), sign_in("bob", "mono")
    job = sites.wait_listed(alice, 1)[0]
    delegate(bob, "alice")  # the other way round
    delegate(alice, "carol")  # somebody else
    assert bob.jobs() == [] and bob.release(job["id"])[1]["refused"][0]["error"] == "no-such-job"
    assert bob.delete(job["id"])[0] == 404


@pytest.mark.parametrize("user,until,status,error", [
    ("alice", soon(), 422, "delegate-self"), ("bob", 0, 422, "until-wrong"), ("bob", soon(-1), 422, "until-wrong"),
    ("bob", soon(40), 422, "until-wrong"), ("bob", 1 << 62, 422, "until-wrong"), ("bob", -1, 400, "bad-json"),
    ("bob", "tomorrow", 400, "bad-json"), ("bob", None, 400, "bad-json"), ("", soon(), 400, "bad-json"),
    ("nobody-like-that", soon(), 404, "no-such-person"), ("*", soon(), 404, "no-such-person"),
    ("bob)(uid=*", soon(), 404, "no-such-person"), ("b" * 300, soon(), 400, "bad-json")])
def test_what_may_not_be_delegated_is_refused_in_words(sign_in, user, until, status, error):
    alice = sign_in("alice", "mono")
    body = {"user": user} if until is None else {"user": user, "until_unix_ms": until}
    answer = alice.call("POST", "/api/v1/delegates", body)
    while answer[0] == 429:  # the tests before this have asked for so many names
        time.sleep(answer[1]["wait_s"])
        answer = alice.call("POST", "/api/v1/delegates", body)
    assert (answer[0], answer[1]["error"]) == (status, error)
    assert delegates(alice)["delegates"] == []


def test_a_delegate_sees_and_releases_and_does_not_delete(site, mono, alice_pc, sign_in, print_pdf):
    data, _ = print_pdf(alice_pc)
    alice, bob = sign_in("alice", "mono"), sign_in("bob", "mono")
    job = sites.wait_listed(alice, 1)[0]
    status, said = delegate(alice, "bob")
    assert status == 200 and [d["person"] for d in said["delegates"]] == ["bob"] and "titles" in said["text"]
    assert [d["person"] for d in delegates(bob)["for"]] == ["alice"]
    seen = sites.wait_listed(bob, 1)[0]
    assert (seen["owner"], seen["title"], job["owner"]) == ("alice", job["title"], "")
    assert bob.delete(job["id"])[0] == 404
    before = len(mono.documents())
    assert bob.release(job["id"], job["id"])[1] == {"released": 1, "refused": [{"id": job["id"], "error": "on-its-way"}]}
    assert alice.release(job["id"])[1]["released"] == 0
    alice.wait_state(job["id"], "delivered", "gone")
    assert printed(mono, before) == 1
    with open(mono.documents()[-1], "rb") as f:
        assert f.read() == data
    line = next(l for l in reversed(audit(site).splitlines()) if " grant " in l)
    assert re.search(r"whose=alice person=bob delegation=[0-9a-f]{32}$", line)
    assert re.search(r" delegate delegation=[0-9a-f]{32} from=alice to=bob until=20", audit(site))


def test_a_jobs_password_is_asked_of_a_delegate_too(site, mono, alice_pc, sign_in):
    queue = ipp.UnixConnection(alice_pc.socket, 30)
    asked = ipp.print_job("payslip", ipp.attribute(ipp.OCTETS, "job-password", hashlib.sha256(b"4711").digest()),
                          ipp.attribute(ipp.KEYWORD, "job-password-encryption", "sha2-256"), fmt="application/pdf")
    assert ipp.post(queue, asked + document.pdf(document.marker(), 20_000)).status == 0
    queue.close()
    alice, bob = sign_in("alice", "mono"), sign_in("bob", "mono")
    job = sites.wait_listed(alice, 1)[0]
    delegate(alice, "bob")
    for passwords, why in (({}, "wanted"), ({job["id"]: "4712"}, "wrong")):
        assert bob.release(job["id"], passwords=passwords)[1]["refused"][0]["error"] == f"password-{why}"
    assert bob.release(job["id"], passwords={job["id"]: "4711"})[1]["released"] == 1
    alice.wait_state(job["id"], "delivered", "gone")


def test_one_that_ends_before_the_order_is_obeyed_grants_no_second_one(site, mono, alice_pc, sign_in, print_pdf):
    """The order meets a courier with a new key, and would be granted once more; the keyholder looks anew."""
    print_pdf(alice_pc)
    alice, bob = sign_in("alice", "mono"), sign_in("bob", "mono")
    job = sites.wait_listed(alice, 1)[0]
    named = delegate(alice, "bob")[1]["delegates"][0]
    sites.wait_listed(bob, 1)
    connections, refused = mono.count, audit(site).count("why=not-delegated")
    alice_pc.courier.stop()
    assert bob.release(job["id"])[1]["released"] == 1
    site.command("delegation", "end", named["id"])
    alice_pc.courier.start()
    shown = procs.wait_until("an end", lambda: (lambda j: None if j["state"] == "waiting" else j)(alice.job(job["id"])))
    assert (shown["state"], shown["problem"]) == ("held", "refused") and mono.count == connections
    assert audit(site).count("why=not-delegated") == refused + 1


def test_ended_it_is_over_at_once_in_sessions_that_go_on(site, mono, alice_pc, sign_in, print_pdf):
    print_pdf(alice_pc)
    alice, bob = sign_in("alice", "mono"), sign_in("bob", "mono")
    job = sites.wait_listed(alice, 1)[0]
    named = delegate(alice, "bob")[1]["delegates"][0]
    sites.wait_listed(bob, 1)
    changes = bob.call("GET", "/api/v1/events?wait=0")[1]["changes"]
    assert alice.call("DELETE", f"/api/v1/delegates/{named['id']}")[0] == 200
    answer = bob.call("GET", f"/api/v1/events?wait=20&since={changes}")[1]
    assert answer["jobs"] == [] and answer["changes"] > changes
    assert bob.release(job["id"])[1]["refused"][0]["error"] == "no-such-job"
    assert alice.call("DELETE", f"/api/v1/delegates/{named['id']}")[1]["error"] == "no-such-delegate"
    assert bob.call("DELETE", f"/api/v1/delegates/{'0' * 32}")[0] == 404


def test_its_end_comes_by_itself(site, mono, alice_pc, sign_in, print_pdf):
    print_pdf(alice_pc)
    alice, bob = sign_in("alice", "mono"), sign_in("bob", "mono")
    job = sites.wait_listed(alice, 1)[0]
    assert delegate(alice, "bob", int(time.time() * 1000) + 3000)[0] == 200
    sites.wait_listed(bob, 1)
    changes = bob.call("GET", "/api/v1/events?wait=0")[1]["changes"]
    assert bob.call("GET", f"/api/v1/events?wait=20&since={changes}")[1]["jobs"] == []
    assert bob.release(job["id"])[1]["released"] == 0
    assert delegates(alice)["delegates"] == [] and delegates(bob)["for"] == []


def test_an_administrator_sees_and_ends_it(site, mono, alice_pc, sign_in, print_pdf):
    print_pdf(alice_pc)
    alice, bob = sign_in("alice", "mono"), sign_in("bob", "mono")
    sites.wait_listed(alice, 1)
    named = delegate(alice, "bob")[1]["delegates"][0]
    sites.wait_listed(bob, 1)
    shown = json.loads(site.command("delegation", "list", "bob", "--json").stdout)["delegations"]
    assert (named["id"], "alice", "bob") in [(d["id"], d["from"], d["to"]) for d in shown]
    assert "alice lets bob release until" in site.command("delegation", "list", "alice").stdout
    changes = bob.call("GET", "/api/v1/events?wait=0")[1]["changes"]
    site.command("delegation", "end", named["id"])
    assert bob.call("GET", f"/api/v1/events?wait=20&since={changes}")[1]["jobs"] == []
    assert site.command("delegation", "end", named["id"], check=False).returncode == 1
    assert "by=admin" in audit(site)


def test_who_came_by_badge_or_pin_names_nobody(site, sign_in):
    alice = sign_in("alice", "mono")
    assert alice.call("PUT", "/api/v1/pin", {"pin": "738215"})[0] == 200
    alice.sign_out()
    assert alice.pin("alice", "738215")[0] == 200
    assert delegate(alice, "bob")[1]["error"] == "password-wanted"


# Kept after printing ------------------------------------------------------------------------------------------------------


def keep(at, *ids):
    return at.call("POST", "/api/v1/release", {"jobs": list(ids), "keep": True})


def test_where_the_site_forbids_it_no_job_is_kept(site, mono, alice_pc, sign_in, print_pdf):
    print_pdf(alice_pc)
    site.command("policy", "--keep", "no")
    alice = sign_in("alice", "mono")
    job = sites.wait_listed(alice, 1)[0]
    procs.wait_until("the policy", lambda: keep(alice, job["id"])[1].get("error") == "keep-off")
    assert alice.job(job["id"])["state"] == "held"


@pytest.mark.parametrize("where", ["mono", "colour"])
def test_a_kept_job_is_printed_once_for_each_release_and_then_stays(site, mono, colour, alice_pc, sign_in, print_pdf, where):
    data, _ = print_pdf(alice_pc)
    printer = {"mono": mono, "colour": colour}[where]
    alice = sign_in("alice", where)
    job = sites.wait_listed(alice, 1)[0]
    before, counted = len(printer.documents()), printed_jobs(site, where)
    for count in (1, 2):
        assert keep(alice, job["id"])[1]["released"] == 1
        procs.wait_until("it to be printed and held", lambda: (
            lambda j: j["kept"] and j["state"] == "held" and printed(printer, before) == count)(alice.job(job["id"])))
        assert alice.job(job["id"])["problem"] == "none" and len(alice_pc.sealed_jobs()) == 1
        told = json.loads(alice_pc.command("jobs", "--json").stdout)["jobs"]
        assert any("was printed and stays" in j["message"] for j in told)
    alice.release(job["id"])
    alice.wait_state(job["id"], "delivered", "gone")
    assert printed(printer, before) == 3
    procs.wait_until("the count", lambda: printed_jobs(site, where) == counted + 3)
    procs.wait_until("the sealed file to be erased", lambda: not alice_pc.sealed_jobs())


def test_a_killed_courier_does_not_print_a_kept_job_again(site, mono, alice_pc, sign_in, print_pdf):
    print_pdf(alice_pc, 30_000_000)
    alice = sign_in("alice", "mono")
    job = sites.wait_listed(alice, 1)[0]
    connections = mono.count
    keep(alice, job["id"])
    procs.wait_until("the first byte", lambda: mono.count > connections)
    alice_pc.courier.kill()
    alice_pc.courier.start()
    alice.wait_state(job["id"], "unknown", "held", timeout_s=60)
    assert mono.count == connections + 1 and len(alice_pc.sealed_jobs()) == 1


def test_kept_it_is_known_as_such_after_every_restart_and_ends_like_any_job(site, mono, alice_pc, sign_in, print_pdf):
    print_pdf(alice_pc)
    alice = sign_in("alice", "mono")
    job = sites.wait_listed(alice, 1)[0]
    keep(alice, job["id"])
    procs.wait_until("it to be kept", lambda: alice.job(job["id"])["kept"])
    connections = mono.count
    for part, start in ((alice_pc.courier, alice_pc.courier.start), (site.devicescout, site.start_devicescout),
                        (site.keyholder, site.start_keyholder)):
        part.kill()
        start()
        alice = procs.wait_until("a sign-in", lambda: sign_in("alice", "mono"))
        procs.wait_until("the kept job", lambda: (alice.job(job["id"]) or {}).get("kept"))
    assert mono.count == connections
    assert alice.delete(job["id"])[0] == 200
    procs.wait_until("the sealed file to be erased", lambda: not alice_pc.sealed_jobs())


# All at once --------------------------------------------------------------------------------------------------------------


def test_fifty_jobs_are_one_gesture_and_come_out_in_order(site, mono, alice_pc, sign_in, print_pdf):
    sent = [print_pdf(alice_pc, 20_000, f"{i:02}.pdf")[0] for i in range(50)]
    alice = sign_in("alice", "mono")
    jobs = sites.wait_listed(alice, 50, timeout_s=60)
    before = len(mono.documents())
    assert alice.release(*[j["id"] for j in jobs])[1] == {"released": 50, "refused": []}
    procs.wait_until("fifty documents", lambda: printed(mono, before) == 50, timeout_s=90)
    came = []
    for path in mono.documents()[before:]:
        with open(path, "rb") as f:
            came.append(f.read())
    assert came == sent
    procs.wait_until("an empty list", lambda: alice.waiting() == [])
