# SPDX-License-Identifier: Apache-2.0
"""ipptool's public suites find a conforming IPP Everywhere printer behind the queue, while somebody releases the jobs."""
import os
import shutil
import threading

import pytest
from fake_site import CANCELED, DELIVERED
from harness import document, procs, raster
from queue_fixture import Queue

SUITES = "/usr/share/cups/ipptool"


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
    for name in ("color.jpg", "gray.jpg"):
        (folder / name).write_bytes(b"\xff\xd8\xff\xe0" + bytes(100) + b"\xff\xd9")
    return folder


class Releaser:
    """A person who releases every job at once, and the courier who says so."""

    def __init__(self, site):
        self.site, self.done, self.stop = site, set(), threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.stop.wait(0.01):
            for job in set(self.site.jobs()) - self.done:
                canceled = os.path.exists(os.path.join(self.site.spool, "jobs", job, "cancel"))
                self.site.state(job, CANCELED if canceled else DELIVERED)
                self.done.add(job)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


@pytest.fixture
def queue(tmp_path):
    q = Queue(tmp_path, jobs_per_person_max=10000).start().enrolled()
    yield q
    q.stop()


def run(suites, queue, suite):
    """The suite's output; -I goes on after errors, the URI names the user."""
    uri = queue.uri.replace("ipp://", "ipp://root@")
    done = procs.run(["ipptool", "-tI", "-f", suites / "letter.pdf", "-d", "filetype=application/pdf", uri, suites / suite],
                     check=False, timeout_s=250)
    return done.stdout


def failed(output):
    """Names of the steps that failed, as far as ipptool prints them."""
    return sorted(line[:68].strip() for line in (x.strip() for x in output.splitlines()) if line.endswith("[FAIL]"))


@pytest.mark.parametrize("suite, least", [("ipp-1.1.test", 45), ("ipp-2.0.test", 45), ("ipp-everywhere.test", 90)])
def test_the_suite_passes_while_somebody_releases_the_jobs(suites, queue, suite, least):
    with Releaser(queue.site):
        output = run(suites, queue, suite)
    assert failed(output) == [], output
    assert output.count("[PASS]") >= least, output


def test_without_a_release_exactly_the_steps_that_wait_for_paper_fail(suites, queue):
    """The queue has no mode that pretends."""
    held = suites / "held.test"
    held.write_text((suites / "ipp-1.1.test").read_text().replace("REPEAT-LIMIT 30", "REPEAT-LIMIT 2"))
    output = run(suites, queue, held.name)
    assert failed(output) == [
        "Get-Job-Attributes Until Job Complete",
        "RFC 8011 section 4.2.6: Get-Jobs Operation (which-jobs, requested-at",
        "RFC 8011 section 4.2.6: Get-Jobs Operation (which-jobs=completed)",
        "RFC 8011 section 4.3.3: Cancel-Job Operation (completed job)"], output
