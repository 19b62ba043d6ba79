# SPDX-License-Identifier: Apache-2.0
"""Nobody but the panel's own page, signed in at this panel, gets anything out of the panel's API or does anything by it."""
import json
import os
import shutil
import signal
import socket
import ssl
import time

import pytest
from harness import procs

from panel_stage import Client, Stage, read_answer


@pytest.fixture(scope="module")
def stage(scratch, authority):
    s = Stage(os.path.join(scratch, "panel"), authority).start()
    yield s
    s.stop()


@pytest.fixture
def client(stage):
    return Client(stage)


@pytest.fixture
def alice(client):
    return client.sign_in()


# What is not there, and what every answer carries ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/panel", "/panel/", "/panel/Lobby/", "/static/", "/static/../panel.html", "/static/panel.html",
                                  "/static/%2e%2e/x", "/panel/%4cobby", "/api", "/api/v1", "/api/v1/", "/api/v1/session/",
                                  "/api/v2/jobs", "/api/v1/jobs/x/y", "//panel/Lobby", "/panel/" + "x" * 64, "/setup", "/admin",
                                  "/panel/Lobby%00", "/favicon.ico", "/api/v1/Jobs", "/" + "a" * 4000])
def test_what_is_not_in_the_table_is_not_there(alice, path):
    assert alice.status("GET", path) in (404, 405, 401)
    assert alice.status("GET", path) != 200


@pytest.mark.parametrize("method,path", [("POST", "/panel/Lobby"), ("PUT", "/static/panel.js"), ("DELETE", "/api/v1/printer/Lobby"),
                                         ("GET", "/api/v1/session"), ("POST", "/api/v1/jobs"), ("GET", "/api/v1/release"),
                                         ("OPTIONS", "/api/v1/release"), ("TRACE", "/api/v1/jobs"), ("HEAD", "/api/v1/jobs"),
                                         ("PATCH", "/api/v1/session"), ("CONNECT", "/api/v1/jobs")])
def test_other_methods_are_refused(alice, method, path):
    assert alice.status(method, path) in (400, 404, 405)


@pytest.mark.parametrize("method,path,body", [
    ("GET", "/panel/Lobby", None), ("GET", "/panel/nowhere", None), ("GET", "/static/panel.js", None),
    ("GET", "/static/panel.css", None), ("GET", "/api/v1/printer/Lobby", None), ("GET", "/api/v1/jobs", None),
    ("GET", "/nothing", None), ("POST", "/api/v1/session", {"printer": "Lobby", "user": "x", "password": ""}),
    ("POST", "/api/v1/release", {})])
def test_every_answer_carries_its_protection(client, method, path, body):
    _, headers, _ = client.ask(method, path, body)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in headers


def test_the_page_is_small_and_holds_no_script_of_its_own(client):
    names = ["panel.css", "words.js", "calls.js", "jobs.js", "panel.js", "icon.svg", "messages.en.json", "messages.de.json"]
    page = client.ask("GET", "/panel/Lobby")[2]
    parts = [client.ask("GET", "/static/" + n) for n in names]
    assert all(p[0] == 200 for p in parts)
    assert len(page) + sum(int(p[1]["Content-Length"]) for p in parts) < 100_000
    assert b"style=" not in page and b"onclick" not in page and page.count(b"<script") == page.count(b"<script src=\"/static/")


# Other sites' pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{"X_Latchkey": None}, {"X_Latchkey": "0"}, {"Origin": "https://evil.test"}, {"Origin": "null"},
                                     {"Origin": "http://localhost"}, {"Sec_Fetch_Site": "cross-site"},
                                     {"Sec_Fetch_Site": "same-site"}])
@pytest.mark.parametrize("method,path,body", [("POST", "/api/v1/session", {"printer": "Lobby", "user": "alice", "password": "x"}),
                                              ("POST", "/api/v1/release", {"jobs": ["0" * 32]}), ("DELETE", "/api/v1/session", None),
                                              ("POST", "/api/v1/delegates", {"user": "bob", "until_unix_ms": 1 << 50}),
                                              ("DELETE", "/api/v1/delegates/" + "0" * 32, None),
                                              ("PUT", "/api/v1/session", None), ("DELETE", "/api/v1/jobs/" + "0" * 32, None)])
def test_a_request_from_another_page_changes_nothing(alice, method, path, body, changed):
    assert alice.status(method, path, body, **changed) == 403


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                                  "application/jsonx", "text/plain; application/json"])
def test_a_body_that_a_form_could_send_is_refused(alice, kind):
    assert alice.status("POST", "/api/v1/release", b"{}", Content_Type=kind) == 415


# Sessions -----------------------------------------------------------------------------------------------------------------


def test_the_cookie_stays_with_this_api_this_site_and_tls(client):
    cookie = client.sign_in().set_cookie
    for rule in ("Path=/api", "Secure", "HttpOnly", "SameSite=Strict"):
        assert rule in cookie
    assert len(cookie.split(";")[0].split("=")[1]) == 64


@pytest.mark.parametrize("cookie", [None, "__Secure-latchkey=", "__Secure-latchkey=" + "0" * 64, "__Secure-latchkey=" + "z" * 64,
                                    "__Secure-latchkey=" + "0" * 5000])
def test_without_a_session_there_is_nothing_to_see(client, cookie):
    for method, path, body in (("GET", "/api/v1/jobs", None), ("GET", "/api/v1/events", None), ("GET", "/api/v1/events?wait=1", None),
                               ("POST", "/api/v1/release", {"jobs": ["0" * 32]}), ("DELETE", "/api/v1/jobs/" + "0" * 32, None),
                               ("GET", "/api/v1/delegates", None), ("DELETE", "/api/v1/delegates/" + "0" * 32, None),
                               ("POST", "/api/v1/delegates", {"user": "bob", "until_unix_ms": 1 << 50}),
                               ("PUT", "/api/v1/session", None)):
        assert client.status(method, path, body, Cookie=cookie) == 401


def test_a_cookie_is_worth_nothing_at_another_panel(stage, alice):
    thief = Client(stage, source="127.0.0.2")
    thief.cookie = alice.cookie
    assert thief.status("GET", "/api/v1/jobs") == 401
    assert alice.status("GET", "/api/v1/jobs") == 200


def test_after_signing_out_the_cookie_is_worth_nothing(alice):
    cookie = alice.cookie
    assert alice.status("DELETE", "/api/v1/session") == 200
    assert alice.status("GET", "/api/v1/jobs", Cookie=cookie) == 401
    assert alice.status("DELETE", "/api/v1/session", Cookie=cookie) == 200


def test_the_next_person_at_a_panel_ends_the_session_of_the_last(stage, alice):
    cookie = alice.cookie
    alice.sign_in("bob")
    assert alice.jobs()[0]["title"] == "<img src=x onerror=alert(1)>"
    assert Client(stage).status("GET", "/api/v1/jobs", Cookie=cookie) == 401


def test_an_untouched_session_ends_and_its_stream_says_so(scratch, authority):
    s = Stage(os.path.join(scratch, "impatient"), authority, idle_s=2).start()
    try:
        c = Client(s).sign_in()
        with s.connect() as stream:
            stream.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nCookie: {c.cookie}\r\n\r\n".encode())
            data = b""
            while b"signed-out" not in data:
                more = stream.recv(65536)
                assert more, data
                data += more
        assert c.status("GET", "/api/v1/jobs") == 401
    finally:
        s.stop()


def test_refusals_are_one_sentence_whatever_was_wrong(client):
    answers = [client.ask("POST", "/api/v1/session", {"printer": "Lobby", "user": user, "password": password})
               for user, password in (("alice", "wrong"), ("nobody", "x"), ("alice", ""), ("", "x"))]
    assert [a[0] for a in answers] == [401] * 4
    assert len({json.dumps(a[2]) for a in answers}) == 1
    assert all("Set-Cookie" not in a[1] for a in answers)


def test_a_guesser_is_told_to_wait(stage):
    c = Client(stage, source="127.0.0.7")
    ask = {"printer": "Lobby", "user": "mallory", "password": "guess"}
    statuses = [c.status("POST", "/api/v1/session", ask) for _ in range(7)]
    assert statuses[:5] == [401] * 5 and statuses[5:] == [429] * 2
    status, headers, body = c.ask("POST", "/api/v1/session", ask)
    assert status == 429 and int(headers["Retry-After"]) == body["wait_s"] > 0


def test_names_and_passwords_are_not_in_the_log(stage, client):
    client.status("POST", "/api/v1/session", {"printer": "Lobby", "user": "typed-name", "password": "typed-secret"})
    log = stage.process.log()
    assert "outcome=no" in log and "typed-name" not in log and "typed-secret" not in log


# Bodies ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b'{"jobs":1}', b'{"jobs":[]}', b'{"jobs":["x"],"jobs":["y"]}',
                                  b'{"jobs":["x"],"more":1}', b'{"jobs":["x"],"options":[]}', b'{"jobs":["x"]} x', b"\xff\xfe{}",
                                  b'{"jobs":["\\u0000"]}', b'{"jobs":["\xc3\x28"]}', b'{"jobs":' + b"[" * 30000 + b"]" * 30000 + b"}",
                                  b'{"jobs":[' + b'"x",' * 1001 + b'"x"]}', b'{"jobs":["x"],"options":{"copies":1,"copies":2}}'])
def test_json_that_is_not_what_is_wanted_is_refused(alice, body):
    assert alice.status("POST", "/api/v1/release", body) == 400


@pytest.mark.parametrize("ids", [["0" * 32], ["x"], [""], [1], [None], [{}], ["0" * 33], ["A" * 32], ["../../etc"]])
def test_an_id_that_is_no_job_of_mine_is_refused_by_itself(alice, ids):
    status, _, body = alice.ask("POST", "/api/v1/release", {"jobs": ids})
    assert status == 202 and body["released"] == 0 and body["refused"][0]["error"] == "no-such-job"


@pytest.mark.parametrize("options", [{"copies": 0}, {"copies": -1}, {"copies": 1000}, {"copies": 1.5}, {"copies": "2"}, {"sides": 1},
                                     {"sides": "both"}, {"print-color-mode": "red"}, {"page-ranges": "3-1"}, {"page-ranges": []},
                                     {"media": "na_letter"}, {"copies": True}])
def test_an_option_that_cannot_be_is_named_and_nothing_released(alice, options):
    status, _, body = alice.ask("POST", "/api/v1/release", {"jobs": [alice.jobs()[0]["id"]], "options": options})
    assert status == 400 and body["error"] == "bad-option" and body["option"] in options
    assert all(j["state"] != "waiting" for j in alice.jobs())


@pytest.mark.parametrize("size", [64 * 1024 + 1, 200_000, 900_000])
def test_a_body_that_is_too_large_is_answered_and_dropped(alice, size):
    assert alice.status("POST", "/api/v1/release", b" " * size) == 413


def test_a_body_without_a_place_for_it_is_refused(alice):
    assert alice.status("DELETE", "/api/v1/session", b"x" * 100) == 413


def test_an_endless_body_ends_the_connection(stage, alice):
    head = (f"POST /api/v1/release HTTP/1.1\r\nHost: localhost:{stage.port}\r\nX-Latchkey: 1\r\nContent-Type: application/json\r\n"
            f"Cookie: {alice.cookie}\r\nContent-Length: 100000000\r\n\r\n")
    with stage.connect() as s:
        s.sendall(head.encode())
        with pytest.raises(OSError):
            for _ in range(10000):
                s.sendall(b" " * 65536)


@pytest.mark.parametrize("head", ["Content-Length: 9223372036854775808", "Content-Length: -1", "Content-Length: 10\r\nContent-Length: 20",
                                  "Transfer-Encoding: chunked\r\nContent-Length: 5", "Content-Length: 0x10", "Transfer-Encoding: gzip"])
def test_a_length_that_cannot_be_releases_nothing(stage, alice, head):
    job = alice.job("Minutes")["id"]
    body = json.dumps({"jobs": [job]})
    status, _, _ = stage.raw((f"POST /api/v1/release HTTP/1.1\r\nHost: localhost:{stage.port}\r\nX-Latchkey: 1\r\nConnection: close\r\n"
                              f"Content-Type: application/json\r\nCookie: {alice.cookie}\r\n{head}\r\n\r\n{body}").encode())
    assert status != 202
    assert alice.job("Minutes")["state"] == "held"


def test_a_body_cut_at_any_byte_releases_nothing(stage, alice):
    body = json.dumps({"jobs": [alice.job("Minutes")["id"]]})
    head = (f"POST /api/v1/release HTTP/1.1\r\nHost: localhost:{stage.port}\r\nX-Latchkey: 1\r\nContent-Type: application/json\r\n"
            f"Cookie: {alice.cookie}\r\nContent-Length: {len(body)}\r\n\r\n")
    for cut in range(0, len(body), 5):
        with stage.connect() as s:
            s.sendall((head + body[:cut]).encode())
    assert alice.job("Minutes")["state"] == "held"


# Jobs -------------------------------------------------------------------------------------------------------------------------


def test_anothers_jobs_cannot_be_seen_released_or_deleted(stage, alice):
    theirs = Client(stage, source="127.0.0.3").sign_in("bob").jobs()[0]["id"]
    assert theirs not in [j["id"] for j in alice.jobs()]
    assert alice.ask("POST", "/api/v1/release", {"jobs": [theirs]})[2]["released"] == 0
    assert alice.status("DELETE", f"/api/v1/jobs/{theirs}") == 404


def read_events(stream, data, until):
    """What came over the stream until the text is in it."""
    while until not in data:
        more = stream.recv(65536)
        assert more, data
        data += more
    return data


@pytest.mark.parametrize("body", [{}, {"jobs": []}, {"jobs": "all"}, {"jobs": ["0" * 32] * 1001}, {"jobs": ["x"], "more": 1}])
def test_what_is_no_list_of_jobs_takes_nothing_back(alice, body):
    assert alice.ask("POST", "/api/v1/withdraw", body)[2]["error"] == "bad-json"


def test_what_waits_in_line_is_taken_back_and_what_is_on_its_way_or_anothers_is_not(stage, alice):
    bob = Client(stage, source="127.0.0.3").sign_in("bob")
    on_its_way, waiting = (alice.job(word)["id"] for word in ("Slides", "Travel"))  # the computer of the first is off
    assert alice.ask("POST", "/api/v1/release", {"jobs": [on_its_way, waiting]})[2]["released"] == 2
    assert bob.ask("POST", "/api/v1/withdraw", {"jobs": [waiting]})[2] == {
        "withdrawn": 0, "refused": [{"id": waiting, "error": "no-such-job"}]}
    assert alice.job("Travel")["state"] == "waiting"
    status, _, body = alice.ask("POST", "/api/v1/withdraw", {"jobs": [on_its_way, waiting]})
    assert (status, body) == (200, {"withdrawn": 1, "refused": [{"id": on_its_way, "error": "on-its-way"}]})
    assert (alice.job("Travel")["state"], alice.job("Travel")["problem"]) == ("held", "none")
    procs.wait_until("the first to be given up", lambda: alice.job("Slides")["problem"] == "computer-off")


def test_the_stream_tells_a_release_step_by_step(stage, alice):
    job = alice.job("very long title")["id"]
    with stage.connect() as s:
        s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nCookie: {alice.cookie}\r\n\r\n".encode())
        data = read_events(s, b"", b"event: jobs")
        status, _, body = alice.ask("POST", "/api/v1/release", {"jobs": [job, job]})
        assert status == 202 and body == {"released": 1, "refused": [{"id": job, "error": "on-its-way"}]}
        data = read_events(s, data, b'"state":"waiting"')
        assert alice.status("DELETE", f"/api/v1/jobs/{job}") == 409
        for state in (b'"state":"ordered"', b'"state":"delivering"', b'"state":"delivered"'):
            data = read_events(s, data, state)
    assert alice.job("very long title")["impressions"] == 12
    assert alice.status("DELETE", f"/api/v1/jobs/{job}") == 404


def test_the_long_question_is_answered_when_something_changes(stage, alice):
    changes = alice.ask("GET", "/api/v1/events?wait=0")[2]["changes"]
    other = Client(stage)
    other.cookie = alice.cookie
    job = other.job("Travel")["id"]
    alice.connection.request("GET", f"/api/v1/events?wait=50&since={changes}", headers={"Cookie": alice.cookie})
    assert other.ask("POST", "/api/v1/release", {"jobs": [job]})[2]["released"] == 1
    body = json.loads(alice.connection.getresponse().read())
    assert body["changes"] > changes and any(j["id"] == job for j in body["jobs"])
    procs.wait_until("the job's end", lambda: other.job("Travel")["state"] == "unknown")


@pytest.mark.parametrize("query", ["wait=x", "wait=-1", "wait=56", "wait=", "wait=1&since=-1", "wait=1&since=99999999999999999999"])
def test_a_question_with_wrong_numbers_is_refused(alice, query):
    assert alice.status("GET", "/api/v1/events?" + query) == 400


def test_a_deleted_job_is_gone_for_every_screen_of_that_person(stage, alice):
    job = alice.job("Slides")["id"]
    with stage.connect() as s:
        s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nCookie: {alice.cookie}\r\n\r\n".encode())
        data = read_events(s, b"", b"event: jobs")
        assert alice.status("DELETE", f"/api/v1/jobs/{job}") == 200
        read_events(s, data, b"event: gone\ndata: {\"id\":\"" + job.encode())
    assert alice.status("DELETE", f"/api/v1/jobs/{job}") == 404


# Connections ----------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_gets_no_byte(stage, version):
    with pytest.raises((ssl.SSLError, OSError)):
        stage.connect(version=version)


def test_plain_http_gets_no_byte(stage):
    with socket.create_connection(("127.0.0.1", stage.port), timeout=5) as s:
        s.sendall(b"GET /panel/Lobby HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP" not in s.recv(4096)


def test_clients_that_drip_are_cut_off_and_hold_up_nobody(stage, alice):
    slow = [stage.connect("127.0.0.8") for _ in range(100)]
    start = time.monotonic()
    for s in slow:
        s.sendall(b"GET /panel/Lobby HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    times = []
    for _ in range(50):
        begun = time.monotonic()
        assert alice.status("GET", "/api/v1/jobs") == 200
        times.append(time.monotonic() - begun)
    assert sorted(times)[47] < 1, "who drips is waited for 10 s"
    left = set(slow)
    while left:
        for s in list(left):
            try:
                s.sendall(b"x")
                s.settimeout(0.01)
                if s.recv(1) == b"":
                    left.discard(s)
            except TimeoutError:
                pass
            except OSError:
                left.discard(s)
        assert time.monotonic() - start < 30, f"{len(left)} of 100 dripping clients are still connected"


def test_requests_on_one_connection_are_answered_in_order(stage):
    one = b"GET /api/v1/printer/Lobby HTTP/1.1\r\nHost: x\r\n\r\n"
    two = b"GET /api/v1/printer/Nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
    with stage.connect() as s:
        s.sendall(one + two + one)
        assert [read_answer(s)[0] for _ in range(1)] == [200]


def test_a_new_certificate_is_read_on_sighup_and_a_broken_one_is_not(scratch, authority):
    s = Stage(os.path.join(scratch, "renewed"), authority).start()
    try:
        def shown():
            with s.connect() as c:
                return c.getpeercert(binary_form=True)

        first = shown()
        with open(s.key, "w") as f:
            f.write("not a key")
        s.process.child.send_signal(signal.SIGHUP)
        s.process.wait_for_log("certificate_unusable")
        assert shown() == first
        crt, key = authority.issue("renewed")
        shutil.copy(crt, s.certificate)
        shutil.copy(key, s.key)
        s.process.child.send_signal(signal.SIGHUP)
        s.process.wait_for_log("certificate_read")
        assert shown() != first
    finally:
        s.stop()


def test_it_stops_at_once_with_streams_questions_and_sign_ins_open(scratch, authority):
    s = Stage(os.path.join(scratch, "stopping"), authority).start()
    c = Client(s).sign_in()
    streams = [s.connect() for _ in range(5)]
    for i, stream in enumerate(streams):
        path = "/api/v1/events" if i % 2 else "/api/v1/events?wait=50&since=1"
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {c.cookie}\r\n\r\n".encode())
    procs.wait_until("an event", lambda: streams[1].recv(10))
    start = time.monotonic()
    s.stop()
    assert time.monotonic() - start < 8, "a question is answered after 50 s"


# What a printer cannot do -------------------------------------------------------------------------------------------------

@pytest.fixture
def carol(stage):
    return Client(stage).sign_in("carol")


def test_a_document_that_the_printer_cannot_print_is_refused_before_release_and_the_list_says_where_it_can(carol):
    job = carol.job("Drawing.ps")
    assert (job["prints_here"], job["lacks"], job["elsewhere"]) == (False, [], ["Workshop-raw"])
    status, _, body = carol.ask("POST", "/api/v1/release", {"jobs": [job["id"]]})
    assert (status, body) == (202, {"released": 0, "refused": [{"id": job["id"], "error": "format-not-supported"}]})
    assert carol.job("Drawing.ps")["state"] == "held"


def test_options_that_the_printer_will_leave_out_are_named_before_release(carol):
    job = carol.job("Handbook")
    assert (job["prints_here"], job["lacks"], job["elsewhere"]) == (True, ["finishings"], [])


def test_at_the_printer_that_takes_it_the_same_document_fits(stage):
    job = Client(stage).sign_in("carol", printer="Workshop-raw").job("Drawing.ps")
    assert (job["prints_here"], job["lacks"], job["elsewhere"]) == (True, [], [])


def test_the_first_screen_knows_what_the_printer_offers(client):
    printer = client.ask("GET", "/api/v1/printer/Lobby")[2]
    assert printer["sides"] == ["one-sided", "two-sided-long-edge", "two-sided-short-edge"]
    assert printer["color_modes"] == ["auto", "color", "monochrome"]
    assert printer["copies_max"] == 99
    assert printer["page_ranges"] is True
    assert printer["state"] == "ready"


def test_who_may_release_for_somebody_takes_back_no_release_of_theirs(tmp_path, authority):
    played = Stage(str(tmp_path / "delegates"), authority, more=["delegates"]).start()
    try:
        carol, alice = Client(played).sign_in("carol"), Client(played, "127.0.0.3").sign_in("alice")
        first, waiting = alice.job("Slides")["id"], carol.job("Handbook")["id"]  # the computer of the first is off
        alice.ask("POST", "/api/v1/release", {"jobs": [first]})
        assert carol.ask("POST", "/api/v1/release", {"jobs": [waiting]})[2]["released"] == 1
        assert alice.ask("POST", "/api/v1/withdraw", {"jobs": [waiting]})[2]["refused"] == [
            {"id": waiting, "error": "on-its-way"}]
        assert carol.job("Handbook")["state"] == "waiting"
        assert carol.ask("POST", "/api/v1/withdraw", {"jobs": [waiting]})[2]["withdrawn"] == 1
        assert alice.ask("POST", "/api/v1/release", {"jobs": [waiting]})[2]["released"] == 1
        assert alice.ask("POST", "/api/v1/withdraw", {"jobs": [waiting]})[2]["withdrawn"] == 1  # the control: their own
    finally:
        played.stop()
