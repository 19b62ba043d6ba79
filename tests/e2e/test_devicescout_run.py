# SPDX-License-Identifier: Apache-2.0
"""The device scout goes on, or says what it needs, when keyholder, relay, workstation or its own index are gone."""
import glob
import os
import shutil

import pytest
from harness import procs


@pytest.fixture
def held(site, mono, alice_pc, sign_in, print_pdf):
    """A job of alice's that waits, and her panel at it: (panel, job)."""
    at = sign_in("alice", "mono")
    for job in at.jobs():
        at.delete(job["id"])
    print_pdf(alice_pc)
    job = procs.wait_until("the job in the list", lambda: next((j for j in at.jobs() if j["state"] == "held"), None))
    yield at, job
    again = sign_in("alice", "mono")
    for left in again.jobs():
        again.delete(left["id"])


def listed(at, job):
    return procs.wait_until("the job in the list", lambda: at.job(job["id"]))


def release_until_delivered(at, job):
    def released():
        at.release(job["id"])
        return at.wait_state(job["id"], "delivered", "held", "failed", timeout_s=30)["state"] == "delivered"

    procs.wait_until("the job's release", released, 60)


def restart(site, sign_in, between=lambda: None):
    """Stop the device scout, do something, start it; gives a new panel of alice's."""
    site.devicescout.stop()
    between()
    site.start_devicescout()
    return sign_in("alice", "mono")


def test_a_second_one_on_the_same_state_says_who_is_there(site):
    done = site.command("run", check=False)
    assert done.returncode != 0 and "another devicescout runs" in done.stderr and "Stop it first" in done.stderr


def test_without_a_keyholder_it_says_so_waits_and_then_serves(site):
    site.devicescout.stop()
    site.keyholder.stop()
    os.unlink(site.port_file)
    site.devicescout.start()
    site.devicescout.process.wait_for_log("start devicescout-keyholder")
    assert not os.path.exists(site.port_file), "nothing is served before there is a site"
    site.start_keyholder()
    site.devicescout.process.wait_for("its port", lambda: site.port and procs.accepts(site.port))


def test_a_keyholder_that_ends_stops_releases_and_nothing_else(site, held):
    at, job = held
    site.keyholder.kill()
    assert listed(at, job)
    at.release(job["id"])
    assert procs.wait_until("the reason", lambda: at.job(job["id"])["problem"] != "none" and at.job(job["id"]))[
        "problem"] == "no-keyholder"
    assert at.job(job["id"])["state"] == "held"
    site.start_keyholder()
    release_until_delivered(at, job)


def test_a_computer_that_is_off_is_named_and_prints_when_it_is_back(site, held, alice_pc):
    at, job = held
    alice_pc.courier.stop()
    at.release(job["id"])
    assert at.job(job["id"])["state"] == "waiting"
    off = procs.wait_until("the reason", lambda: at.job(job["id"])["problem"] != "none" and at.job(job["id"]), 30)
    assert (off["problem"], off["state"], off["computer"] != "") == ("computer-off", "held", True)
    alice_pc.courier.start()
    alice_pc.courier.process.wait_for_log("relay_up")
    release_until_delivered(at, job)


def test_a_relay_that_lost_everything_is_filled_again(site, held, alice_pc, sign_in, print_pdf):
    at, job = held
    site.relay.stop()
    for path in glob.glob(os.path.join(site.relay_state, "*")):
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    site.start_relay()
    bob_pc = site.workstation("bob-pc", "bob")  # the door is open again, and the bulletin there
    print_pdf(bob_pc)
    bob = sign_in("bob", "mono")
    theirs = procs.wait_until("bob's job", lambda: bob.jobs())
    bob.delete(theirs[0]["id"])
    assert listed(at, job)
    at.release(job["id"])
    at.wait_state(job["id"], "delivered")


def test_killed_it_lists_the_same_jobs_again(site, held, sign_in):
    _, job = held
    site.devicescout.kill()
    site.start_devicescout()
    assert listed(sign_in("alice", "mono"), job)


def test_a_lost_index_is_made_again_from_what_couriers_hold(site, held, sign_in):
    _, job = held

    def lose():
        for path in glob.glob(os.path.join(site.state, "index.sqlite*")):
            os.unlink(path)

    at = restart(site, sign_in, lose)
    # Nobody tells it whom to ask; couriers say hello by themselves once they connect anew.
    site.relay.stop()
    site.start_relay()
    procs.wait_until("the job in the list", lambda: at.job(job["id"]), 60)


def test_a_broken_index_is_said_and_replaced(site, held, sign_in):
    def spoil():
        for path in glob.glob(os.path.join(site.state, "index.sqlite*")):
            with open(path, "wb") as f:
                f.write(b"x" * 8192)

    restart(site, sign_in, spoil)
    assert "store_replaced" in site.devicescout.log()


def test_what_a_revoked_workstation_put_into_a_list_is_gone(site, mono, sign_in, print_pdf):
    pc = site.workstation("carol-pc", "carol")
    at = sign_in("carol", "mono")
    print_pdf(pc)
    job = procs.wait_until("the job in the list", lambda: at.jobs())[0]
    node = next(line.split()[0] for line in site.command("nodes").stdout.splitlines() if "carol" in line)
    site.command("revoke", node)
    at.wait_state(job["id"], "gone")


def test_no_title_person_or_password_is_in_its_log_or_its_files(site, held, scratch):
    at, job = held
    log = site.devicescout.log()
    assert job["title"] and job["title"] not in log
    assert "alice-password" not in log
    for path in glob.glob(os.path.join(site.state, "index.sqlite*")):
        with open(path, "rb") as f:
            data = f.read()
        assert job["title"].encode() not in data and b"alice" not in data
