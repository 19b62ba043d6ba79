# SPDX-License-Identifier: Apache-2.0
"""A document goes to the printer that was pinned or to none, and what is said of it afterwards is true."""
import ssl
import time

import straw_ipp as ipp
import pytest
from straw_printer import StrawPrinter


@pytest.fixture
def printer(certificates):
    pair, pin = certificates.make()
    p = StrawPrinter(pair).start()
    p.pin = pin
    yield p
    p.stop()


def sent_documents(p):
    return [j["document"] for j in p.jobs.values() if j["document"]]


def test_another_certificate_gets_no_byte_of_ipp(certificates, printer, deliver):
    d = deliver(printer.uri, "--pin", certificates.make()[1])
    assert d.end() == ("not-printed", "certificate-changed")
    assert printer.connections >= 1
    assert set(printer.application_bytes) == {0}


@pytest.mark.parametrize("connection", [1, 2])
def test_a_certificate_that_changes_between_connections_of_one_job_gets_no_document(certificates, deliver, document,
                                                                                    connection):
    (pair, pin), (other, _) = certificates.make(), certificates.make()
    p = StrawPrinter(*[pair] * connection, other).start()
    p.close_each = True
    d = deliver(p.uri, "--pin", pin)
    assert d.end() == ("not-printed", "certificate-changed")
    assert p.connections > connection
    assert set(p.application_bytes[connection:]) == {0}
    assert sent_documents(p) == []
    p.stop()


def test_a_certificate_that_changes_after_the_document_makes_the_outcome_unknown(certificates, deliver):
    (pair, pin), (other, _) = certificates.make(), certificates.make()
    p = StrawPrinter(pair, pair, pair, other).start()  # attributes, create, document; then somebody else
    p.close_each = True
    d = deliver(p.uri, "--pin", pin)
    assert d.end() == ("outcome-lost", "certificate-changed")
    assert set(p.application_bytes[3:]) == {0}
    p.stop()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_an_old_tls_version_gets_no_byte(printer, deliver, version):
    printer.tls_version = version
    d = deliver(printer.uri, "--pin", printer.pin)
    assert d.end() == ("not-printed", "printer-refused")
    assert set(printer.application_bytes) == {0}


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 404, 417, 426, 500, 503])
def test_an_http_answer_that_is_no_answer_is_not_followed(printer, deliver, status):
    printer.http_status = status
    d = deliver(printer.uri, "--pin", printer.pin)
    assert d.end() == ("not-printed", "printer-refused")
    assert printer.connections == 1


def test_a_printer_that_hangs_in_the_middle_is_never_called_printed(printer, deliver):
    printer.hang_at = 100_000
    d = deliver(printer.uri, "--pin", printer.pin, "--idle-ms", 1500)
    event, reason = d.end()
    assert (event, reason) == ("not-printed", "printer-stopped")  # taken back: it counts its pages, and counted none
    assert [o for o, _ in printer.requests].count(ipp.CANCEL_JOB) == 1


def test_a_printer_that_hangs_and_does_not_count_pages_is_unknown(printer, deliver):
    printer.hang_at = 100_000
    d = deliver(printer.uri, "--pin", printer.pin, "--idle-ms", 1500)
    d.until("first-byte")
    for job in printer.jobs.values():
        job["impressions"] = None
    assert d.end() == ("outcome-lost", "printer-stopped")


def test_a_connection_that_breaks_in_the_middle_is_taken_back_and_never_called_printed(printer, deliver):
    printer.cut_at = 200_000
    d = deliver(printer.uri, "--pin", printer.pin)
    assert d.end() == ("not-printed", "connection-broken")
    assert printer.job(d.order)["state"] == 7
    assert len(sent_documents(printer)) == 0


def test_a_printer_that_calls_half_a_document_complete_is_unknown(printer, deliver):
    printer.cut_at = 200_000
    d = deliver(printer.uri, "--pin", printer.pin)
    d.until("first-byte")
    for job in printer.jobs.values():
        job["state"] = 9
    assert d.end()[0] == "outcome-lost"


def test_a_print_job_that_breaks_is_found_by_its_name_and_canceled(printer, deliver):
    printer.operations = [ipp.PRINT_JOB, ipp.CANCEL_JOB, ipp.GET_JOB, ipp.GET_JOBS, ipp.GET_PRINTER]
    printer.cut_at = 200_000
    d = deliver(printer.uri, "--pin", printer.pin)
    d.until("first-byte")
    printer.jobs[7] = {"name": "f" * 32, "state": 3, "document": b"", "impressions": 0}
    printer.jobs[8] = {"name": d.order, "state": 5, "document": b"", "impressions": 0}
    assert d.end() == ("not-printed", "connection-broken")
    assert printer.jobs[8]["state"] == 7
    assert printer.jobs[7]["state"] == 3, "somebody else's"


@pytest.mark.parametrize("impressions, event", [(0, "not-printed"), (2, "outcome-lost"), (None, "outcome-lost")])
@pytest.mark.parametrize("end, reason", [("aborted", "aborted-by-printer"), ("canceled", "canceled-at-printer")])
def test_a_job_that_the_printer_gave_up_is_held_only_if_no_page_came(printer, deliver, end, reason, impressions, event):
    printer.jobs_end, printer.impressions = end, impressions
    d = deliver(printer.uri, "--pin", printer.pin)
    assert d.end() == (event, reason)


@pytest.mark.parametrize("state", [3, 4, 5], ids=["idle", "processing", "stopped"])
def test_a_printer_that_has_stopped_gets_no_job_and_says_why(printer, deliver, state):
    printer.state, printer.reasons = state, "media-jam-error,cover-open-error"
    d = deliver(printer.uri, "--pin", printer.pin)
    assert d.end() == ("not-printed", "printer-stopped")
    assert d.last["reasons"] == "media-jam-error,cover-open-error"
    assert printer.jobs == {} and [o for o, _ in printer.requests] == [ipp.GET_PRINTER]


def test_warnings_stop_no_job(printer, deliver):
    printer.reasons = "toner-low-warning,media-low-report,cover-open"
    d = deliver(printer.uri, "--pin", printer.pin)
    assert d.end() == ("printed", "none")


def test_out_of_paper_is_told_and_after_paper_came_the_job_is_printed(printer, deliver):
    printer.jobs_end, printer.reasons = "stopped", "media-empty-error,cover-open-error"
    d = deliver(printer.uri, "--pin", printer.pin)
    d.until("sent")
    d.until("progress", reasons="media-empty-error,cover-open-error")
    printer.resume()
    assert d.end() == ("printed", "none")
    assert d.result["confirmed"] == 1
    assert d.last["impressions"] == 1
    assert d.last["reasons"] == ""


def test_out_of_paper_for_good_is_taken_back_and_held(printer, deliver):
    printer.jobs_end, printer.reasons = "stopped", "media-empty-error"
    d = deliver(printer.uri, "--pin", printer.pin, "--idle-ms", 1500)
    assert d.end() == ("not-printed", "printer-stopped")
    assert printer.job(d.order)["state"] == 7
    assert d.last["reasons"] == "media-empty-error"


def test_state_reasons_that_are_no_keywords_are_not_passed_on(printer, deliver):
    printer.jobs_end, printer.reasons = "stopped", 'x"}\n{"what": "end"},<script>,media-jam-error,' + "a" * 600
    d = deliver(printer.uri, "--pin", printer.pin)
    d.until("sent")
    d.until("progress", reasons="media-jam-error")
    printer.resume()
    assert d.end() == ("printed", "none")


def test_a_format_that_the_printer_does_not_list_costs_no_byte(printer, deliver):
    printer.formats = ["image/pwg-raster", "application/octet-stream"]
    d = deliver(printer.uri, "--pin", printer.pin)
    assert d.end() == ("not-printed", "format-not-supported")
    assert [o for o, _ in printer.requests] == [ipp.GET_PRINTER]


def test_a_busy_printer_is_asked_again(printer, deliver, document):
    printer.busy = 3
    d = deliver(printer.uri, "--pin", printer.pin, "--deadline-ms", 5000)
    assert d.end() == ("printed", "none")
    assert sent_documents(printer) == [document.read_bytes()]


def test_a_printer_that_takes_no_jobs_is_given_up_at_the_deadline(printer, deliver):
    printer.accepting = False
    d = deliver(printer.uri, "--pin", printer.pin, "--deadline-ms", 300)
    assert d.end() == ("not-printed", "printer-refused")


def test_a_printer_that_nobody_answers_for_is_given_up_at_the_deadline(certificates, deliver):
    p = StrawPrinter(certificates.make()[0])
    p.stop()
    start = time.monotonic()
    d = deliver(p.uri, "--pin", "11" * 32, "--deadline-ms", 300)
    assert d.end() == ("not-printed", "printer-unreachable")
    assert time.monotonic() - start < 5


def test_a_cancel_in_the_middle_takes_the_job_back(printer, deliver):
    printer.hang_at = 100_000
    d = deliver(printer.uri, "--pin", printer.pin)
    d.until("first-byte")
    d.say("cancel")
    assert d.end()[0] == "not-printed"
    assert printer.job(d.order)["state"] == 7


def test_a_cancel_while_the_printer_waits_for_paper_takes_the_job_back(printer, deliver):
    printer.jobs_end = "stopped"
    d = deliver(printer.uri, "--pin", printer.pin)
    d.until("sent")
    d.say("cancel")
    assert d.end()[0] == "not-printed"
    assert printer.job(d.order)["state"] == 7


def test_a_stop_leaves_a_whole_document_with_the_printer_which_is_asked_after_the_restart(printer, deliver):
    printer.jobs_end = "stopped"
    d = deliver(printer.uri, "--pin", printer.pin)
    d.until("sent")
    d.say("stop")
    assert d.end() == ("outcome-lost", "restarted")
    assert d.result["left"] == 1
    printer.on_request = lambda operation: operation == ipp.GET_JOB and printer.resume()
    asked = deliver(printer.uri, "--pin", printer.pin, "--ask", d.order, "--sent")
    assert asked.end() == ("printed", "none")
    assert len(sent_documents(printer)) == 1, "printed once"


def test_asked_after_a_crash_a_printer_that_does_not_know_the_job_says_nothing(printer, deliver):
    d = deliver(printer.uri, "--pin", printer.pin, "--ask", "a" * 32, "--sent")
    assert d.end() == ("outcome-lost", "restarted")


def test_asked_after_a_crash_in_the_middle_a_complete_job_is_not_believed(printer, deliver):
    printer.jobs[1] = {"name": "a" * 32, "state": 9, "document": b"", "impressions": 1}
    d = deliver(printer.uri, "--pin", printer.pin, "--ask", "a" * 32)
    assert d.end() == ("outcome-lost", "restarted")


@pytest.mark.parametrize("create_job", [True, False])
@pytest.mark.parametrize("close_each", [True, False])
def test_the_document_arrives_byte_for_byte_under_a_pseudonym(printer, deliver, document, create_job, close_each):
    printer.close_each = close_each
    if not create_job:
        printer.operations.remove(ipp.CREATE_JOB)
    d = deliver(printer.uri, "--pin", printer.pin)
    assert d.end() == ("printed", "none")
    assert sent_documents(printer) == [document.read_bytes()]
    assert d.last["sent"] == len(document.read_bytes())
    job = printer.job(d.order)
    assert job["user"].startswith("latchkey-")
    for _, attributes in printer.requests:
        assert "document-name" not in attributes
        assert "alice" not in str(attributes)
