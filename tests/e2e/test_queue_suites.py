# SPDX-License-Identifier: Apache-2.0
"""ipptool's public suites find a conforming IPP Everywhere printer, while a person at a panel releases every job to paper."""
import collections
import hashlib
import json
import os
import shutil
import threading

import pytest
from harness import document, fixtures, jpeg, printers, procs, raster, site as sites

SUITES = "/usr/share/cups/ipptool"
REPEATS = 6  # times that a suite looks whether its job is done, every 5 s: enough for a line that prints in one second


@pytest.fixture(scope="module")
def suites(tmp_path_factory):
    """A copy of the suites with all the files that they send."""
    folder = tmp_path_factory.mktemp("suites")
    for name in os.listdir(SUITES):
        if name.endswith(".test"):
            shutil.copy(os.path.join(SUITES, name), folder)
    assert raster.write_samples(folder, os.path.join(SUITES, "ipp-everywhere.test")) == 144
    pdf = document.pdf(document.marker(), 20_000)
    for name in ("document-a4.pdf", "document-letter.pdf", "letter.pdf"):
        (folder / name).write_bytes(pdf)
    for name in ("document-a4.ps", "document-letter.ps"):
        (folder / name).write_bytes(b"%!PS-Adobe-3.0\nshowpage\n")
    (folder / "color.jpg").write_bytes(jpeg.picture([[(82, 104, 212), (63, 200, 97)] * 20] * 60, colours=3))
    (folder / "gray.jpg").write_bytes(jpeg.picture([[40, 200] * 20] * 60))
    text = (folder / "ipp-1.1.test").read_text()
    assert "REPEAT-LIMIT 30" in text
    (folder / "ipp-1.1.test").write_text(text.replace("REPEAT-LIMIT 30", f"REPEAT-LIMIT {REPEATS}"))
    return folder


class Walker:
    """Somebody who stands at a panel and releases whatever waits, again and again; what goes wrong meanwhile is raised."""

    def __init__(self, panel_signed_in):
        self.panel, self.stop, self.problem = panel_signed_in, threading.Event(), None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        try:
            while not self.stop.wait(0.01):
                self.release()
        except Exception as e:
            self.problem = e

    def release(self):
        """Gives the jobs that wait; those of them that nobody has released yet are."""
        waiting = self.panel.waiting()
        ready = [j["id"] for j in waiting if j["state"] in ("held", "failed")]
        if ready:
            status, answer = self.panel.release(*ready)
            wrong = [r for r in answer["refused"] if r["error"] != "no-such-job"]  # canceled in that moment
            assert status == 202 and not wrong, answer
        return waiting

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        if self.problem:
            raise self.problem


@pytest.fixture(scope="module")
def site(scratch, people):
    """A site whose keyholder lets one person release as many jobs in a minute as a suite prints; usually it is 60."""
    s = sites.Site(scratch, people)
    s.keyholder.settings["grants-per-minute"] = 1000
    with fixtures.started(s):
        s.command("policy", "--postscript", "yes")  # the suites bring some
        yield s


@pytest.fixture(scope="module")
def takes_all(scratch, bus, authority, site):
    """A printer that takes every format of the suites as it is."""
    p = printers.IppPrinter(scratch, bus, authority, "takes-all")
    p.formats += ",application/postscript"
    p.options = ("-2",)  # both sides
    site.add_printer("takes-all", p.start())
    yield p
    p.stop()


@pytest.fixture
def computer(site, request):
    """A computer of its own for each suite: ipptool waits for the oldest job that it is shown, whoever printed it."""
    w = site.workstation(f"suite{len(site.workstations)}", "alice")
    yield w
    w.stop()


def run(suites, computer, suite):
    """The suite's output; -I goes on after errors, the URI names the user."""
    uri = computer.uri.replace("ipp://", "ipp://root@")
    done = procs.run(["ipptool", "-tI", "-f", suites / "letter.pdf", "-d", "filetype=application/pdf", uri, suites / suite],
                     check=False, timeout_s=200)
    return done.stdout


def failed(output):
    """Names of the steps that failed, as far as ipptool prints them."""
    return sorted(line[:68].strip() for line in (x.strip() for x in output.splitlines()) if line.endswith("[FAIL]"))


def jobs(computer):
    """What became of the suite's jobs, as their person's computer says it: how many are in which state."""
    listed = json.loads(computer.command("jobs", "--all", "--json").stdout)["jobs"]
    return collections.Counter(j["state"] for j in listed)


def digest(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


@pytest.mark.parametrize("suite, passed_least, printed_least", [
    ("ipp-1.1.test", 45, 20), ("ipp-2.0.test", 45, 20), ("ipp-everywhere.test", 110, 80)])
def test_the_suite_passes_while_a_person_releases_every_job_to_paper(suites, computer, takes_all, sign_in, suite,
                                                                     passed_least, printed_least):
    before = set(takes_all.documents())
    walker = Walker(sign_in("alice", "takes-all"))
    with walker:
        output = run(suites, computer, suite)
    assert failed(output) == [], output
    assert output.count("[PASS]") >= passed_least, output
    procs.wait_until("every job to be over", lambda: not walker.release(), 120)
    ended = procs.wait_until("their person's computer to know", lambda: (
        lambda c: c if set(c) <= {"completed", "canceled"} else None)(jobs(computer)))
    sent = {digest(os.path.join(d, f)) for d, _, fs in os.walk(suites) for f in fs}
    printed = [p for p in takes_all.documents() if p not in before and digest(p) in sent]
    assert len(printed) >= ended["completed"] >= printed_least, ended


def test_without_a_release_exactly_the_steps_that_wait_for_paper_fail(suites, computer, takes_all):
    """The queue has no mode that pretends."""
    before = takes_all.documents()
    held = suites / "held.test"
    held.write_text((suites / "ipp-1.1.test").read_text().replace(f"REPEAT-LIMIT {REPEATS}", "REPEAT-LIMIT 2"))
    output = run(suites, computer, held.name)
    assert failed(output) == [
        "Get-Job-Attributes Until Job Complete",
        "RFC 8011 section 4.2.6: Get-Jobs Operation (which-jobs, requested-at",
        "RFC 8011 section 4.2.6: Get-Jobs Operation (which-jobs=completed)",
        "RFC 8011 section 4.3.3: Cancel-Job Operation (completed job)"], output
    assert jobs(computer)["completed"] == 0 and takes_all.documents() == before
