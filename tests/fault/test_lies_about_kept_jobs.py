# SPDX-License-Identifier: Apache-2.0
"""A job that stays after printing could be printed by any order played back; whatever the relay does, each order prints it once."""
import http.client
import os
import re
import time

import pytest
from harness import document, panel, printers, procs, site as sites

from crowd import SEED
from liar import Liar

SECONDS = int(os.environ.get("LATCHKEY_FAULT_SECONDS", "60")) // 3
CRASH_EVERY_S = 4


@pytest.fixture(scope="module")
def raw(scratch, site):
    p = printers.RawPrinter(scratch, "kept").start()
    site.add_printer("kept", p)
    yield p
    p.stop()


@pytest.fixture(scope="module")
def pc(site):
    return site.workstation("alice-pc", "alice")


def signed_in(site):
    """A panel at which alice may keep jobs; None while she may not yet."""
    at = panel.Panel(site, "kept")
    return at if at.sign_in("alice", "alice-password")[1]["may"]["keep"] else None


def release(at, job):
    """One more copy, if it may be had now: how many orders that can have become."""
    answer = at.call("POST", "/api/v1/release", {"jobs": [job["id"]], "keep": True})[1]
    return answer.get("released", 0)


def lines(site, event, wanted):
    found = [l for l in site.command("audit", "show").stdout.splitlines() if f" {event} " in l]
    return [l for l in found if re.search(wanted, l)]


def test_each_order_prints_a_kept_job_once_whatever_the_relay_does(site, raw, pc):
    site.command("policy", "--keep", "yes")
    at = procs.wait_until("the policy", lambda: signed_in(site))
    data = document.pdf("a form that is needed again and again", 20_000)
    path = os.path.join(site.folder, "form")
    with open(path, "wb") as f:
        f.write(data)
    pc.print_file(path, "form")
    job = sites.wait_listed(at, 1)[0]
    liar = Liar(site.front, SEED + ", kept").start()
    begun = time.monotonic()
    asked = troubles = 0
    while time.monotonic() < begun + SECONDS:
        try:
            asked += release(at, job)
        except (OSError, http.client.HTTPException):
            pass
        if time.monotonic() > begun + CRASH_EVERY_S * (troubles + 1):
            pc.courier.kill()
            pc.courier.start()
            troubles += 1
        time.sleep(0.1)  # a person's pace
    liar.stop()
    granted = len(lines(site, "grant", rf"job={job['id']} .* keep=1 "))
    assert sum(liar.told.values()) > 5 * SECONDS and troubles > 0
    assert 0 < len(raw.documents()) <= granted <= 2 * asked, (len(raw.documents()), granted, asked)
    procs.wait_until("nothing under way", lambda: at.job(job["id"])["state"] in ("held", "failed", "unknown"), 120)
    before = raw.count
    procs.wait_until("one more order", lambda: release(at, job), 120)
    procs.wait_until("it to be kept again", lambda: at.job(job["id"])["kept"], 120)
    assert raw.count == before + 1
    for document_path in raw.documents():
        with open(document_path, "rb") as f:
            assert f.read() == data
    said = len(lines(site, "report", rf"job={job['id']} .* state=held reason=kept "))
    assert 0 < said <= len(raw.documents())
    assert at.delete(job["id"])[0] == 200
    procs.wait_until("the sealed file to be erased", lambda: not pc.sealed_jobs())
