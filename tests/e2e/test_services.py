# SPDX-License-Identifier: Apache-2.0
"""The API is what openapi.yaml says, no more and no less; no route is open to who is no panel; the counts are right and nameless."""
import http.client
import os
import re

import pytest
import yaml

from harness import panel, procs
from test_people import Stage

WEB = os.path.join(os.path.dirname(__file__), "..", "..", "devicescout", "web")
# All that a stranger may ask: the page and its files, and to show a token.
ANYBODY = {("GET", "/panel/*"), ("GET", "/static/*"), ("POST", "/api/v1/panel"), ("POST", "/api/v1/swipe")}


def described():
    with open(os.path.join(WEB, "openapi.yaml"), encoding="utf-8") as f:
        return yaml.safe_load(f)


def operations():
    """{(method, path with * for its parameter): operation} of openapi.yaml."""
    return {(method.upper(), re.sub(r"\{\w+\}", "*", path)): operation
            for path, methods in described()["paths"].items() for method, operation in methods.items()}


def routes():
    """{(method, path): flags} of the table in routes.c."""
    with open(os.path.join(WEB, "routes.c"), encoding="utf-8") as f:
        rows = re.findall(r'\{"([A-Z]+)", "(/[^"]*)",\s*([A-Z0-9_| \n]+), serve_\w+\}', f.read())
    return {(method, path): flags for method, path, flags in rows}


ROUTES = sorted(routes())


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    s = Stage(str(tmp_path_factory.mktemp("services")))
    yield s
    s.stop()


def call(at, method, path):
    body = {} if "ROUTE_BODY" in routes()[method, path] else None
    name = {"/panel/*": "mono", "/api/v1/printer/*": "mono", "/static/*": "panel.css"}.get(path, "0" * 32)
    return at.call(method, path.replace("*", name), body)


def test_openapi_and_the_table_of_routes_name_the_same():
    assert len(ROUTES) > 20, "the table is not read any more"
    assert set(operations()) == set(ROUTES)


def test_each_of_the_four_services_has_its_routes():
    tags = [tag["name"] for tag in described()["tags"]]
    used = {tag for operation in operations().values() for tag in operation["tags"]}
    assert used == set(tags) and {"authentication", "authorization", "accessories", "statistics"} <= used
    assert all(len(operation["tags"]) == 1 for operation in operations().values())


def test_every_word_for_an_error_is_described():
    words = set()
    for name in os.listdir(WEB):
        if name.endswith(".c"):
            with open(os.path.join(WEB, name), encoding="utf-8") as f:
                words |= set(re.findall(r'reply_error\(\w+, MHD_\w+,\s*"([a-z-]+)"', f.read()))
    assert len(words) > 15 and words <= set(described()["components"]["schemas"]["Error"]["properties"]["error"]["enum"])


@pytest.mark.parametrize("method, path", ROUTES)
def test_a_route_is_closed_to_who_has_no_token(stage, method, path):
    for token in (None, "0" * 64, "", "x", stage.site.panel_token("mono")[:-1]):
        at = panel.Panel(stage.site, "mono", has_token=False)
        at.panel_cookie = None if token is None else f"__Secure-latchkey-panel={token}"
        status, body = call(at, method, path)
        if (method, path) in ANYBODY:
            assert status != 403 or body["error"] in ("no-panel", "no-reader")
        else:
            assert (status, body["error"]) == (403, "no-panel")


@pytest.mark.parametrize("method, path", ROUTES)
def test_a_route_that_is_described_answers_a_panel(stage, method, path):
    if (method, path) == ("GET", "/api/v1/swipe"):
        pytest.skip("waits for a card: test_readers.py")
    status, body = call(stage.at(), method, path)
    assert status not in (405, 500) and (not isinstance(body, dict) or body.get("error") != "no-such-page")
    if "ROUTE_SIGNED_IN" in routes()[method, path] or "ROUTE_ADMIN" in routes()[method, path]:
        assert (status, body["error"]) == (401, "signed-out")


CHANGES = [route for route in ROUTES if "ROUTE_CHANGES" in routes()[route]]
BODIES = [route for route in ROUTES if "ROUTE_BODY" in routes()[route]]
DEEP = "[" * 3000 + "]" * 3000


@pytest.fixture(scope="module")
def admin(stage):
    """Somebody who may do all that can be done at a panel."""
    at = stage.at()
    assert at.sign_in("carol", "carol-password")[0] == 200
    return at


@pytest.mark.parametrize("headers", [{"X-Latchkey": "0"}, {"Origin": "https://evil.example"}, {"Origin": "null"},
                                     {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
@pytest.mark.parametrize("method, path", CHANGES)
def test_another_sites_page_changes_nothing(admin, method, path, headers):
    body = {} if (method, path) in BODIES else None
    status, answer = admin.call(method, path.replace("*", "0" * 32), body, headers)
    assert (status, answer["error"]) == (403, "not-our-page")
    assert admin.call("GET", "/api/v1/jobs")[0] == 200  # and the session stands


@pytest.mark.parametrize("method, path", BODIES)
def test_a_body_that_is_not_what_is_wanted_is_refused(admin, method, path):
    if path == "/api/v1/session":
        admin = panel.Panel(admin.site, "mono", "127.0.0.99")  # which would be signed out
    for body in ("", "{", "[]", "7", "null", '{"a": 1, "a": 2}', '{"a": "\\ud800"}', DEEP, '{"kind": 7, "printer": []}',
                 "\xff\xfe", '{"' + "x" * 60_000 + '": 1}', "x" * 70_000, "x" * 300_000):
        status, _ = raw_call(admin, method, path, body.encode("latin-1"))
        assert status in ((400, 403) if path == "/api/v1/swipe" else (400,)) or (len(body) > 65536 and status == 413), (status, body[:40])
    assert raw_call(admin, method, path, b"{}", "text/plain")[0] in (415, 403)


def raw_call(at, method, path, body, kind="application/json"):
    """A call with these bytes as its body, on a connection of its own."""
    c = http.client.HTTPSConnection("localhost", at.site.port, context=at.context, timeout=30, source_address=(at.address, 0))
    cookies = "; ".join(x for x in (at.panel_cookie, at.cookie) if x)
    try:
        c.request(method, path, body, {"X-Latchkey": "1", "Content-Type": kind, "Cookie": cookies})
        answer = c.getresponse()
        return answer.status, answer.read()
    finally:
        c.close()


@pytest.mark.parametrize("method, path", ROUTES)
def test_no_answer_is_framed_cached_or_guessed_at(admin, method, path):
    c = http.client.HTTPSConnection("localhost", admin.site.port, context=admin.context, timeout=30)
    c.request(method, path.replace("*", "mono"), headers={"Cookie": admin.panel_cookie})
    if (method, path) == ("GET", "/api/v1/swipe"):
        c.close()
        return
    headers = c.getresponse().headers
    assert headers["Cache-Control"] == "no-store" and headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"] and "unsafe" not in headers["Content-Security-Policy"]
    c.close()


def test_a_readers_token_opens_nothing_but_swiping_and_a_panels_no_swiping(stage):
    reader = stage.site.command("reader", "add", "mono").stdout.strip()
    at = panel.Panel(stage.site, "mono", has_token=False)
    at.panel_cookie = f"__Secure-latchkey-panel={reader}"
    assert at.call("GET", "/api/v1/printer/mono")[0] == 403
    assert at.call("POST", "/api/v1/panel", {"token": reader})[0] == 403
    bearer = {"Authorization": f"Bearer {stage.site.panel_token('mono')}"}
    assert at.call("POST", "/api/v1/swipe", {"badge": "04A1B2C3"}, bearer)[1]["error"] == "no-reader"


def test_what_was_printed_and_what_never_was_is_counted_without_a_name(stage, scratch):
    pc, at, admin = stage.site.workstation("alice-pc", "alice"), stage.at(), stage.at()
    path = os.path.join(scratch, "secret-plan.pdf")
    from harness import document
    with open(path, "wb") as f:
        f.write(document.pdf(document.marker(), 20_000))
    assert at.sign_in("alice", "alice-password")[0] == 200
    for _ in range(2):
        pc.print_file(path, "secret plan")
    jobs = procs.wait_until("two jobs", lambda: (lambda js: len(js) == 2 and js)(at.waiting()))
    pages = jobs[0]["pages"] or 0
    assert at.release(jobs[0]["id"], options={"copies": 2, "print-color-mode": "monochrome", "sides": "two-sided-long-edge"})[0] == 202
    at.wait_state(jobs[0]["id"], "delivered")
    assert at.delete(jobs[1]["id"])[0] == 200
    assert admin.sign_in("carol", "carol-password")[0] == 200
    status, body = admin.call("GET", "/api/v1/statistics?days=1")
    assert status == 200
    row, = body["printed"]
    assert (row["printer"], row["jobs"], row["pages"], row["gray_pages"]) == ("mono", 1, 2 * pages, 2 * pages)
    assert row["sheets"] == 2 * ((pages + 1) // 2) and row["sheets"] + row["sheets_saved"] == row["pages"]
    unreleased, = body["unreleased"]
    assert (unreleased["jobs"], unreleased["sheets_saved"]) == (1, pages)
    stage.site.command("policy", "--keep", "yes")
    procs.wait_until("the policy", lambda: at.call("GET", "/api/v1/authorization")[1]["may"]["keep"])
    pc.print_file(path, "secret plan")
    kept, = procs.wait_until("one more job", lambda: at.waiting())
    for times in (1, 2):  # each time it is paper
        assert at.call("POST", "/api/v1/release", {"jobs": [kept["id"]], "keep": True})[0] == 202
        procs.wait_until("a job more", lambda: any(r["jobs"] == 1 + times for r in
                                                       admin.call("GET", "/api/v1/statistics")[1]["printed"]))
    at.wait_state(kept["id"], "held")
    assert at.delete(kept["id"])[0] == 200
    assert admin.call("GET", "/api/v1/statistics")[1]["unreleased"][0]["jobs"] == 1  # it was released
    assert admin.call("GET", "/api/v1/statistics?printer=closed")[1]["printed"] == []
    for query in ("days=0", "days=3661", "days=x", "days="):
        assert admin.call("GET", f"/api/v1/statistics?{query}")[0] == 400
    shown = stage.site.command("statistics", "--days", "1").stdout + stage.site.command("statistics", "--json").stdout
    assert "mono" in shown and "never released" in shown
    with open(os.path.join(stage.site.state, "statistics.sqlite"), "rb") as f, \
            open(os.path.join(stage.site.state, "statistics.sqlite-wal"), "rb") as wal:
        kept = f.read() + wal.read()
    for secret in ("alice", "secret", jobs[0]["id"], jobs[1]["id"]):
        assert secret.encode() not in kept and secret not in str(body) + shown
