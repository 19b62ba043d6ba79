# SPDX-License-Identifier: Apache-2.0
"""A job from the network is its person's: nobody else sees, changes or cancels it, whatever name they give."""
import ipp
import pytest
from harness import procs
from harness.site import program
from shared_fixture import authority, shared  # noqa: F401

PEOPLE_FIRST = 1 << 31


def job(number, operation, *more):
    return ipp.request(operation, ipp.attribute(ipp.INTEGER, "job-id", number), *more)


def named(user):
    return ipp.attribute(ipp.NAME, "requesting-user-name", user)


def wanted(*names):
    return ipp.attribute(ipp.KEYWORD, "requested-attributes", *(names or ("all",)))


def listed(client, *more):
    return [g["job-id"][0] for g in client.ask(ipp.request(ipp.GET_JOBS, *more)).group(ipp.JOB)]


def test_the_owner_is_the_person_whom_the_site_names_and_no_other_name(shared):
    answer = shared.client("Alice", "alice-password").print("letter", user="bob")
    assert answer.status in (0, 1)
    _, owner, ticket = shared.site.open(shared.site.jobs()[0])
    assert (owner, ticket["account"], ticket["title"]) == ("alice", "Alice", "letter")


def test_anothers_job_does_not_exist_whatever_name_is_given(shared):
    number = shared.client("alice").print("secret plans").one("job-id")
    for bob in (shared.client("bob"), shared.client("root")):
        for operation in (ipp.GET_JOB_ATTRIBUTES, ipp.CANCEL_JOB, ipp.HOLD_JOB, ipp.RELEASE_JOB, ipp.CLOSE_JOB):
            assert bob.ask(job(number, operation, named("alice"), wanted())).status == 0x406
        for more in ((), (named("alice"),), (named("alice"), ipp.attribute(ipp.BOOLEAN, "my-jobs", True))):
            assert listed(bob, *more) == []
        assert bob.ask(job(number, ipp.SEND_DOCUMENT, named("alice"), ipp.attribute(ipp.BOOLEAN, "last-document", True))
                       + b"%PDF-1.4").status == 0x406
        assert bob.ask(ipp.request(ipp.CANCEL_MY_JOBS, named("alice"))).status == 0
        status, _, page = bob.send(method="GET", path="/")
        assert status == 200 and b"secret plans" not in page
    alice = shared.client("alice")
    assert alice.ask(job(number, ipp.GET_JOB_ATTRIBUTES, wanted("job-state"))).one("job-state") == ipp.HELD


def test_a_person_sees_and_cancels_their_own(shared):
    alice = shared.client("alice")
    number = alice.print("my letter").one("job-id")
    assert listed(alice) == listed(alice, named("alice"), ipp.attribute(ipp.BOOLEAN, "my-jobs", True)) == [number]
    shown = alice.ask(job(number, ipp.GET_JOB_ATTRIBUTES, wanted()))
    assert shown.one("job-name") == "my letter" and shown.one("job-originating-user-name") == "alice"
    assert shown.one("job-uri") == f"ipps://localhost:{shared.shared_port()}/ipp/print/{number}"
    assert b"my letter" in alice.send(method="GET", path="/")[2]
    assert shared.client("Alice", "alice-password").ask(job(number, ipp.CANCEL_JOB)).status == 0
    assert listed(alice) == []


def test_somebody_called_root_is_not_root_and_nobody_is_an_account_of_this_computer(shared):
    """The tests run as root, whose uid sees that others' jobs are there: a person of that name must not."""
    here = shared.print(b"%PDF-1.4 of an account here")
    alice = shared.client("alice").print("secret plans").one("job-id")
    root = shared.client("root")
    assert listed(root) == [] and root.ask(job(alice, ipp.CANCEL_JOB)).status == 0x406
    assert root.ask(job(here.one("job-id"), ipp.GET_JOB_ATTRIBUTES)).status == 0x406
    uids = sorted(shared.site.record(j)[1] for j in shared.site.jobs())
    assert uids[1] >= PEOPLE_FIRST > uids[0]


def test_after_a_restart_a_job_is_still_its_persons_and_nobody_elses(shared):
    numbers = [shared.client(n).print(f"of {n}").one("job-id") for n in ("bob", "alice")]
    shared.stop()
    shared.start().with_courier()
    assert listed(shared.client("bob")) == numbers[:1] and listed(shared.client("alice")) == numbers[1:]
    whose = shared.client("bob").ask(job(numbers[0], ipp.GET_JOB_ATTRIBUTES)).one("job-originating-user-name")
    assert whose == "bob"
    assert shared.client("bob").ask(job(numbers[1], ipp.CANCEL_JOB)).status == 0x406
    assert shared.client("alice").ask(job(numbers[1], ipp.CANCEL_JOB)).status == 0


@pytest.mark.parametrize("method,status", [("none", 0x40B), ("md5", 0x40B), ("sha2-256", 0)])
def test_a_jobs_password_never_comes_in_the_clear(shared, method, status):
    asked = ipp.attribute(ipp.OCTETS, "job-password", b"1234" if method == "none" else bytes(32)) + ipp.attribute(
        ipp.KEYWORD, "job-password-encryption", method)
    answer = shared.client("alice").print("letter", b"%PDF-1.4", asked)
    assert answer.status == status, answer.message
    assert len(shared.site.jobs()) == (status == 0)


def test_a_cut_upload_leaves_nothing_and_two_framings_are_refused(shared):
    client, body = shared.client("alice"), ipp.print_job() + b"%PDF-1.4" + bytes(100_000)
    assert client.send(ipp.request(ipp.GET_PRINTER_ATTRIBUTES))[0] == 200
    c = client.connection()
    c.putrequest("POST", "/ipp/print")
    for name, value in {**client.headers(), "Content-Length": str(len(body))}.items():
        c.putheader(name, value)
    c.endheaders(body[:50_000])
    c.sock.close()
    c.close()
    body = ipp.print_job() + b"%PDF-1.4"
    assert client.send(body, **{"Content-Length": str(len(body)), "Transfer-Encoding": "chunked"})[0] == 400
    client.print("whole")
    assert len(shared.site.jobs()) == 1


def test_a_large_document_goes_on_when_it_is_known_whose_it_is(shared):
    shared.courier.delay_s = 0.3
    document = b"%PDF-1.4" + bytes(range(256)) * 40_000
    assert shared.client("alice").print("large", document).status in (0, 1)
    assert shared.site.open(shared.site.jobs()[0])[0] == document


@pytest.mark.parametrize("password,status", [("", 401), ("wrong", 401), ("alice-password", 503)])
def test_a_document_of_nobody_that_is_known_is_read_and_dropped_so_that_its_sender_hears_why(shared, password, status):
    client = shared.client("alice", password)
    if status == 503:
        shared.courier.stop()
        shared.process.wait_for_log("courier_line state=down")
    kept = client.connection()
    got, _, said = client.send(ipp.print_job() + b"%PDF-1.4" + bytes(3_000_000), connection=kept)
    assert got == status and said
    assert not shared.site.jobs() and not shared.site.arriving()
    if status == 401:
        client.password = "alice-password"
        assert client.send(ipp.print_job() + b"%PDF-1.4", connection=kept)[0] == 200, "on the same connection"


def test_whoever_asks_first_hears_it_before_a_byte_is_sent(shared):
    client = shared.client()
    c = client.connection()
    c.putrequest("POST", "/ipp/print")
    for name, value in {**client.headers(), "Content-Length": "1000000", "Expect": "100-continue"}.items():
        c.putheader(name, value)
    c.endheaders()
    assert c.getresponse().status == 401


def test_a_document_without_end_of_nobody_that_is_known_is_cut_off(shared):
    def endless():
        for _ in range(200):
            yield bytes(1_000_000)

    client = shared.client()
    c = client.connection()
    sent = 0
    with pytest.raises(OSError):
        c.putrequest("POST", "/ipp/print")
        for name, value in {**client.headers(), "Transfer-Encoding": "chunked"}.items():
            c.putheader(name, value)
        c.endheaders()
        for piece in endless():
            c.send(b"%x\r\n" % len(piece) + piece + b"\r\n")
            sent += len(piece)
    assert sent < 100_000_000


def test_a_damaged_list_of_people_stops_the_start_and_names_the_file(shared):
    shared.client("alice").print("letter")
    shared.stop()
    with open(shared.spool + "/people", "ab") as f:
        f.write(b"cut off")
    done = procs.run([program("printscout-queue"), "--config", shared.conf], check=False)
    assert done.returncode != 0 and "people" in done.stderr
