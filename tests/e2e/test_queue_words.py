# SPDX-License-Identifier: Apache-2.0
"""The queue speaks IPP Everywhere's words: what it says that it can, it can, and no word of a client's releases a job."""
import os

import ipp
import pytest
from fake_site import DELIVERED, DELIVERING
from queue_fixture import Queue

NOT_POSSIBLE, NOT_FOUND = 0x404, 0x406
# PWG 5100.14 section 4.1, all REQUIRED; RFC 8011's Hold-Job and Release-Job, RFC 3380's Set-Job-Attributes.
OPERATIONS = {ipp.PRINT_JOB, ipp.VALIDATE_JOB, ipp.CREATE_JOB, ipp.SEND_DOCUMENT, ipp.CANCEL_JOB, ipp.GET_JOB_ATTRIBUTES,
              ipp.GET_JOBS, ipp.GET_PRINTER_ATTRIBUTES, ipp.CANCEL_MY_JOBS, ipp.CLOSE_JOB, ipp.IDENTIFY_PRINTER,
              ipp.HOLD_JOB, ipp.RELEASE_JOB, ipp.SET_JOB_ATTRIBUTES}


@pytest.fixture
def queue(tmp_path):
    q = Queue(tmp_path).start().enrolled()
    yield q
    q.stop()


def number_of(job):
    return ipp.attribute(ipp.INTEGER, "job-id", job)


def about(queue, job):
    """(job-state, job-state-reasons) of a job."""
    a = queue.ask(ipp.request(ipp.GET_JOB_ATTRIBUTES, number_of(job)))
    return a.one("job-state"), a.one("job-state-reasons")


def files(queue, job):
    """All that the spool has of a job, by name."""
    return {name: queue.site.read(job, name) for name in os.listdir(os.path.join(queue.spool, "jobs", job))}


HELD = (ipp.HELD, "job-held-for-authorization")


def test_every_operation_that_it_names_answers_and_no_other(queue):
    named = set(queue.ask(ipp.request(ipp.GET_PRINTER_ATTRIBUTES)).group(ipp.PRINTER)[0]["operations-supported"])
    assert named == OPERATIONS
    answered = {op for op in range(2, 0x70) if queue.ask(ipp.request(op)).status != 0x501}
    assert answered == OPERATIONS


def test_it_says_how_a_job_is_released_and_what_a_job_may_bring(queue):
    said = queue.ask(ipp.request(ipp.GET_PRINTER_ATTRIBUTES)).group(ipp.PRINTER)[0]
    for name, values in {"job-release-action-default": ["owner-authorized"], "job-release-action-supported": ["owner-authorized"],
                         "ipp-features-supported": ["ipp-everywhere"], "job-privacy-scope": ["owner"],
                         "job-password-encryption-supported": ["none", "sha2-256", "sha2-512"],
                         "job-cancel-after-supported": [b"\0\0\0\1\x7f\xff\xff\xff"]}.items():
        assert said[name] == values
    assert {"job-release-action", "job-cancel-after"} <= set(said["job-creation-attributes-supported"])
    assert "job-name" in said["job-privacy-attributes"] and "until you release them at a printer" in said["printer-state-message"][0]


@pytest.mark.parametrize("action", ["none", "button-press", "job-password"])
def test_a_client_cannot_ask_for_a_release_without_its_person(queue, action):
    asked = [ipp.attribute(ipp.KEYWORD, "job-release-action", action)]
    fidelity = ipp.attribute(ipp.BOOLEAN, "ipp-attribute-fidelity", True)
    assert queue.ask(ipp.request(ipp.PRINT_JOB, fidelity, job=asked) + b"%PDF-1.7").status == 0x40b
    answer = queue.ask(ipp.request(ipp.PRINT_JOB, job=asked) + b"%PDF-1.7")
    assert answer.status == 1 and answer.group(ipp.UNSUPPORTED)[0]["job-release-action"] == [action]
    assert about(queue, answer.one("job-id")) == HELD


def test_release_job_from_a_client_never_releases(queue):
    """Not what is held, not what is held until further notice, not by hold and release; it says where to go instead."""
    held = queue.print(b"%PDF-1.7").one("job-id")
    for_later = queue.print(b"%PDF-1.7", job=[ipp.attribute(ipp.KEYWORD, "job-hold-until", "indefinite")]).one("job-id")
    before = {job: files(queue, job) for job in queue.site.jobs()}
    for job in (held, for_later):
        assert queue.ask(ipp.request(ipp.HOLD_JOB, number_of(job))).status == 0
        answer = queue.ask(ipp.request(ipp.RELEASE_JOB, number_of(job)))
        assert (answer.status, answer.message) == (NOT_POSSIBLE, "Go to a printer and sign in there to release the job.")
        no_hold = ipp.attribute(ipp.KEYWORD, "job-hold-until", "no-hold")
        assert queue.ask(ipp.request(ipp.HOLD_JOB, number_of(job), no_hold)).status in (0, 1)
        assert about(queue, job) == HELD
    assert {job: files(queue, job) for job in queue.site.jobs()} == before, "and the courier hears nothing"


def test_a_job_that_prints_can_no_longer_be_held(queue):
    job = queue.print(b"%PDF-1.7").one("job-id")
    for state in (DELIVERING, DELIVERED):
        queue.site.state(queue.site.jobs()[0], state)
        assert queue.ask(ipp.request(ipp.HOLD_JOB, number_of(job))).status == NOT_POSSIBLE


def test_close_job_ends_one_without_a_document_and_leaves_one_with_it_held(queue):
    empty = queue.ask(ipp.request(ipp.CREATE_JOB)).one("job-id")
    assert about(queue, empty) == (ipp.HELD, "job-incoming")
    assert queue.ask(ipp.request(ipp.CLOSE_JOB, number_of(empty))).status == 0
    assert about(queue, empty)[0] == ipp.CANCELED and queue.site.jobs() == [] == queue.site.arriving()
    whole = queue.print(b"%PDF-1.7").one("job-id")
    assert queue.ask(ipp.request(ipp.CLOSE_JOB, number_of(whole))).status == 0
    assert about(queue, whole) == HELD and len(queue.site.jobs()) == 1


def test_cancel_my_jobs_takes_those_that_are_named_or_all(queue):
    jobs = [queue.print(b"%PDF-1.7").one("job-id") for _ in range(4)]
    answer = queue.ask(ipp.request(ipp.CANCEL_MY_JOBS, ipp.attribute(ipp.INTEGER, "job-ids", jobs[0], 4711)))
    assert answer.status == NOT_FOUND and "4711" in answer.message
    assert all(about(queue, job) == HELD for job in jobs), "one wrong number, and none is canceled"
    assert queue.ask(ipp.request(ipp.CANCEL_MY_JOBS, ipp.attribute(ipp.INTEGER, "job-ids", *jobs[:2]))).status == 0
    assert [about(queue, job)[0] for job in jobs] == [ipp.CANCELED] * 2 + [ipp.HELD] * 2
    assert queue.ask(ipp.request(ipp.CANCEL_MY_JOBS)).status == 0
    assert [about(queue, job)[0] for job in jobs] == [ipp.CANCELED] * 4


def test_identify_printer_is_answered_though_there_is_nothing_to_flash(queue):
    for more in ([], [ipp.attribute(ipp.KEYWORD, "identify-actions", "display"), ipp.attribute(ipp.TEXT, "message", "Here?")],
                 [ipp.attribute(ipp.KEYWORD, "identify-actions", "flash")]):
        assert queue.ask(ipp.request(ipp.IDENTIFY_PRINTER, *more)).status in (0, 1)


def test_get_jobs_gives_what_is_asked_for(queue):
    jobs = [queue.print(b"%PDF-1.7", f"title {n}").one("job-id") for n in range(3)]
    queue.ask(ipp.request(ipp.CANCEL_JOB, number_of(jobs[0])))

    def listed(*attributes):
        return [j["job-id"][0] for j in queue.ask(ipp.request(ipp.GET_JOBS, *attributes)).group(ipp.JOB)]

    def which(name):
        return ipp.attribute(ipp.KEYWORD, "which-jobs", name)

    assert listed() == jobs[1:] == listed(which("pending-held")) and listed(which("canceled")) == jobs[:1]
    assert listed(which("all")) == jobs and listed(ipp.attribute(ipp.INTEGER, "limit", 1)) == jobs[1:2]
    names = ipp.attribute(ipp.KEYWORD, "requested-attributes", "job-name", "job-state")
    first = queue.ask(ipp.request(ipp.GET_JOBS, names)).group(ipp.JOB)[0]
    assert first == {"job-name": ["title 1"], "job-state": [ipp.HELD]}
    assert queue.ask(ipp.request(ipp.GET_JOBS, which("fetchable"))).status == 0x40b
