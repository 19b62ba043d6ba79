# SPDX-License-Identifier: Apache-2.0
"""Where the site wants it a badge releases at once all that fits; what a person would be asked about stays held and is named."""
import hashlib
import ipp
import pytest
from harness import document, procs, site as sites
from test_people import Stage, register
from test_profile import can

PIN = "738215"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    s = Stage(str(tmp_path_factory.mktemp("fast")), **{"fast-release": "listed", "fast-release-printers": ["mono"]})
    s.pc = s.site.workstation("alice-pc", "alice")
    # The queue offers what any printer can: PostScript and two sides, which mono is not among.
    s.site.command("printer", "add", "office", s.raw.uri + "?pjl", "--yes", "--raw", "--language", "postscript")
    s.site.command("policy", "--postscript", "yes")
    procs.wait_until("the queue's offer", lambda: "application/postscript" in can(s.pc, "document-format") and
                     "two-sided-long-edge" in can(s.pc, "sides"))
    register(s.at(), "04AA", "alice", PIN)
    register(s.at(), "04BB", "bob", PIN)
    yield s
    s.stop()


@pytest.fixture(autouse=True)
def nothing_left_behind(stage):
    at = stage.at()
    assert at.sign_in("alice", "alice-password")[0] == 200
    for job in at.waiting():
        at.delete(job["id"])
    at.sign_out()


def hold(stage, title, format_="application/pdf", data=None, *attributes, job=()):
    """Print to the queue with these attributes, and wait until it is held."""
    queue = ipp.UnixConnection(stage.pc.socket, 30)
    data = data or document.pdf(document.marker(), 20_000)
    asked = ipp.print_job(title, *attributes, job=list(job), fmt=format_)
    assert ipp.post(queue, asked + data).status == 0
    queue.close()
    return data


def listed(stage, count):
    at = stage.at()
    assert at.sign_in("alice", "alice-password")[0] == 200
    jobs = sites.wait_listed(at, count)
    at.sign_out()
    return jobs


def swipe(stage, printer="mono", badge="04AA"):
    status, body = stage.at(printer).badge(badge, PIN)
    assert status == 200, body
    return body["fast_release"]


def documents(stage):
    found = []
    for path in stage.raw.documents():
        with open(path, "rb") as f:
            found.append(f.read())
    return found


def test_neither_a_password_nor_another_printer_nor_another_person_releases_anything(stage):
    hold(stage, "letter")
    listed(stage, 1)
    connections = stage.raw.count
    at = stage.at()
    assert at.sign_in("alice", "alice-password")[1]["fast_release"] is None
    assert at.call("POST", "/api/v1/delegates", {"user": "bob", "until_unix_ms": (1 << 53) - 1})[0] == 422
    at.sign_out()
    assert at.pin("alice", PIN)[1]["fast_release"] is None
    assert swipe(stage, badge="04BB") == {"released": 0, "held": []}
    assert stage.at().badge("04AA")[1]["error"] == "pin-wanted"
    assert stage.at().badge("04AA", "000001")[0] == 401
    assert stage.raw.count == connections and listed(stage, 1)[0]["state"] == "held"


def test_a_swipe_releases_all_that_fits_and_names_the_rest(stage):
    first, second = hold(stage, "first"), hold(stage, "second")
    hold(stage, "payslip", "application/pdf", None,
         ipp.attribute(ipp.OCTETS, "job-password", hashlib.sha256(b"4711").digest()),
         ipp.attribute(ipp.KEYWORD, "job-password-encryption", "sha2-256"))
    hold(stage, "program", "application/postscript", b"%!PS-Adobe-3.0\nshowpage\n")
    listed(stage, 4)
    before = len(documents(stage))
    answer = swipe(stage)
    assert answer["released"] == 2
    assert [(j["title"], j["error"]) for j in answer["held"]] == [
        ("payslip", "password-wanted"), ("program", "format-not-supported")]
    procs.wait_until("two documents", lambda: len(documents(stage)) == before + 2)
    assert documents(stage)[before:] == [first, second]
    assert {j["title"] for j in listed(stage, 2)} == {"payslip", "program"}


def test_what_came_out_already_does_not_come_out_with_each_swipe(stage):
    stage.site.command("policy", "--keep", "yes")
    hold(stage, "minutes")
    job = listed(stage, 1)[0]
    at = stage.at()
    assert procs.wait_until("the policy", lambda: at.sign_in("alice", "alice-password")[1]["may"]["keep"])
    assert at.call("POST", "/api/v1/release", {"jobs": [job["id"]], "keep": True})[1]["released"] == 1
    procs.wait_until("it to be kept", lambda: at.job(job["id"])["kept"])
    connections = stage.raw.count
    answer = swipe(stage)
    assert (answer["released"], answer["held"][0]["error"]) == (0, "kept")
    stage.raw.cut_at = 1000
    try:
        at.release(job["id"])
        at.wait_state(job["id"], "unknown")
    finally:
        stage.raw.cut_at = None
    answer = swipe(stage)
    assert (answer["released"], answer["held"][0]["error"]) == (0, "outcome-unknown")
    assert stage.raw.count == connections + 1


def test_options_that_would_be_left_out_are_asked_about(stage):
    hold(stage, "booklet", job=[ipp.attribute(ipp.KEYWORD, "sides", "two-sided-long-edge")])
    job = listed(stage, 1)[0]
    answer = swipe(stage)
    assert (answer["released"], answer["held"]) == (0, [{"id": job["id"], "title": "booklet", "error": "options-left-out"}])


@pytest.mark.parametrize("settings,word", [({"fast-release": "maybe"}, "fast-release"),
                                           ({"fast-release": "yes", "fast-release-printers": ["mono"]}, "listed")])
def test_a_setting_that_means_nothing_is_refused_at_the_start(stage, tmp_path, settings, word):
    d = stage.site.devicescout
    d.stop()
    other = sites.Daemon(str(tmp_path), "devicescout", d.argv, {**d.settings, **settings})
    done = procs.run([*d.argv, "--config", other.write()], check=False)
    stage.site.start_devicescout()
    assert done.returncode == 2 and word in done.stderr
