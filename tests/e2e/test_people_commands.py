# SPDX-License-Identifier: Apache-2.0
"""What an administrator does about people: panels' tokens, badges, the directory, the audit log for others."""
import json
import os
import re
import signal
import socket
import threading

import pytest

from harness import panel, procs


def test_without_a_token_every_route_is_refused(site, mono):
    at = panel.Panel(site, "mono", has_token=False)
    for method, path, body in (("GET", "/api/v1/printer/mono", None), ("GET", "/api/v1/jobs", None), ("GET", "/api/v1/events", None),
                               ("GET", "/api/v1/badges", None), ("DELETE", "/api/v1/session", None),
                               ("POST", "/api/v1/session", {"printer": "mono", "user": "alice", "password": "alice-password"}),
                               ("POST", "/api/v1/release", {"jobs": []}), ("PUT", "/api/v1/pin", {"pin": "738215"})):
        status, answer = at.call(method, path, body)
        assert (status, answer["error"]) == (403, "no-panel"), path
    assert at.call("POST", "/api/v1/panel", {"token": "0" * 64})[0] == 403
    assert at.call("POST", "/api/v1/panel", {"token": "*"})[0] == 403


def test_a_token_is_shown_once_opens_one_printers_panel_and_is_taken_back(site, mono, colour):
    shown = site.command("panel", "add", "mono", "--host", "scout.example:4321", "--label", "by the door").stdout
    token = re.search(r"https://scout\.example:4321/panel/mono#([0-9a-f]{64})", shown)[1]
    assert "\u2588" in shown  # the QR code
    at = panel.Panel(site, "mono", has_token=False)
    assert at.call("POST", "/api/v1/panel", {"token": token}) == (200, {"printer": "mono"})
    at.panel_cookie, at.cookie = at.cookie, None
    assert at.sign_in("alice", "alice-password")[0] == 200
    elsewhere = panel.Panel(site, "colour", has_token=False)
    elsewhere.panel_cookie = at.panel_cookie
    assert elsewhere.sign_in("alice", "alice-password")[0] == 404
    listed = site.command("panel", "list").stdout
    assert "by the door" in listed and token not in listed and token[:16] not in listed
    site.command("panel", "remove", next(line for line in listed.splitlines() if "by the door" in line).split()[0])
    assert at.call("GET", "/api/v1/jobs")[0] == 403
    log = site.command("audit", "show").stdout
    assert "admin.panel_added" in log and "admin.panel_removed" in log and token not in log


def test_the_address_that_a_panel_is_given_can_be_opened(site, mono):
    def opened():
        shown = site.command("panel", "add", "mono").stdout
        return re.match(r"https://(\S+):(\d+)/panel/mono#[0-9a-f]{64}\n", shown).groups()

    assert opened() == (socket.gethostname(), str(site.port))  # init was told no name
    for hosts, shown in ((("print.example", "192.0.2.7"), "print.example"), (("192.0.2.7", "print.example"), "192.0.2.7"),
                         (("127.0.0.1", "2001:db8::7"), "[2001:db8::7]"), (("*.example", "a.example"), "a.example")):
        site.command("certificate", "renew", *(word for host in hosts for word in ("--host", host)))
        assert opened() == (shown, str(site.port))
    assert f"panels       https://a.example:{site.port}/panel/PRINTER\n" in site.command("status").stdout
    os.kill(site.devicescout.process.child.pid, signal.SIGHUP)  # so that it serves what is in the file now
    fetch = lambda name: procs.run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", site.ca, "--resolve",  # noqa: E731
                                    f"{name}:{site.port}:127.0.0.1", f"https://{name}:{site.port}/panel/mono"], check=False)
    procs.wait_until("the page under its new name", lambda: fetch(opened()[0]).stdout == "200")
    assert fetch("other.example").returncode == 60  # the control: a name that is not in the certificate
    added = site.command("reader", "add", "mono")
    assert re.fullmatch("[0-9a-f]{64}\n", added.stdout)
    assert f"devicescout reader --server https://a.example:{site.port} --token-file " in added.stderr
    assert site.command("reader", "add", "mono", "--token-only").stderr == ""


def test_badges_are_imported_listed_and_revoked(site, people, tmp_path):
    csv = tmp_path / "badges.csv"
    csv.write_text('# person, card\nalice,04A1B2C3\n"bob", "04:A1:B2:C4"\nbob,04A1B2C3\ncarol,zz\n')
    done = site.command("badge", "import", str(csv), check=False)
    assert done.returncode == 1
    assert "2 badges taken, 0 were there already, 2 lines refused" in done.stdout
    assert f"{csv}:4: the card is another person's already" in done.stderr and "04A1" not in done.stderr
    assert "0 badges taken, 2 were there" in site.command("badge", "import", str(csv), check=False).stdout
    badges = json.loads(site.command("badge", "list", "--json").stdout)["badges"]
    assert sorted(b["person"] for b in badges) == ["alice", "bob"]
    assert "alice" in site.command("badge", "list", "alice").stdout
    site.command("badge", "revoke", badges[0]["id"])
    assert len(json.loads(site.command("badge", "list", "--json").stdout)["badges"]) == 1
    assert site.command("badge", "revoke", "0" * 32, check=False).returncode == 1


@pytest.mark.parametrize("settings, text, card", [
    ({}, "04:A1:b2:c3", "04a1b2c3"), ({"badge-byte-order": "reversed"}, ";04A1B2C3?", "c3b2a104"),
    ({"badge-format": "decimal"}, "77705923", "04a1b2c3"), ({"badge-format": "decimal", "badge-length-bytes": 4}, "1", "00000001"),
    ({"badge-format": "facility"}, "123,45678", "7bb26e"),
    ({"badge-format": "decimal", "badge-facility-code": 123}, "45678", "7bb26e"),
    ({"badge-skip-bytes": 1, "badge-length-bytes": 2}, "04A1B2C3", "a1b2")])
def test_a_swipe_is_converted_as_configured(tmp_path, settings, text, card):
    from harness import site as sites
    conf = sites.write_conf(str(tmp_path / "devicescout.conf"), settings)
    done = procs.run([sites.program("devicescout"), "badge", "convert", text, "--config", conf])
    assert f"card id   {card} " in done.stdout


@pytest.mark.parametrize("text", ["", "0", "xyz", "00000000", "04" * 40, "1,2"])
def test_what_is_no_card_is_not_converted(tmp_path, text):
    from harness import site as sites
    conf = sites.write_conf(str(tmp_path / "devicescout.conf"), {})
    assert procs.run([sites.program("devicescout"), "badge", "convert", text, "--config", conf], check=False).returncode == 1


def test_the_directory_is_checked_step_by_step(site, people, tmp_path):
    password = tmp_path / "password"
    password.write_text("alice-password\n")
    os.chmod(password, 0o600)
    done = site.command("directory", "check", "alice", "--password-file", str(password))
    assert done.stdout.count(" ok ") == 5 and "uid=alice,ou=people" in done.stdout and "identity " in done.stdout
    done = site.command("directory", "check", "nobody", check=False)
    assert done.returncode == 1 and "not exactly one usable entry" in done.stdout
    password.write_text("wrong-password\n")
    done = site.command("directory", "check", "alice", "--password-file", str(password), check=False)
    assert done.returncode == 1 and re.search(r"the person's password +NO", done.stdout)


def test_the_audit_log_is_exported_once(site, tmp_path):
    mark, out = str(tmp_path / "mark"), str(tmp_path / "log")
    site.command("audit", "export", out, "--mark", mark)
    first = [json.loads(line) for line in open(out)]
    assert [x["number"] for x in first] == list(range(1, len(first) + 1))
    site.command("audit", "export", out, "--mark", mark)
    assert len(open(out).readlines()) == len(first) or len(open(out).readlines()) < len(first) + 5
    numbers = [json.loads(line)["number"] for line in open(out)]
    assert numbers == sorted(set(numbers))


SYSLOG = re.compile(rb'<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ latchkey - [a-z_.]+ '
                    rb'\[audit@32473 number="\d+"( [a-z_]+="([^"\\\]]|\\["\\\]])*")*\]')


def test_the_audit_log_goes_out_as_syslog(site, tmp_path):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    udp.settimeout(5)
    site.command("audit", "export", f"udp://127.0.0.1:{udp.getsockname()[1]}", "--format", "syslog")
    assert SYSLOG.fullmatch(udp.recv(65536))
    tcp, got = socket.create_server(("127.0.0.1", 0)), []

    def take():
        with tcp.accept()[0] as c:
            while part := c.recv(65536):
                got.append(part)

    t = threading.Thread(target=take)
    t.start()
    site.command("audit", "export", f"tcp://127.0.0.1:{tcp.getsockname()[1]}", "--format", "syslog")
    t.join(10)
    data, count = b"".join(got), 0
    while data:
        length, data = data.split(b" ", 1)
        assert SYSLOG.fullmatch(data[:int(length)])
        data, count = data[int(length):], count + 1
    assert count > 3
    assert site.command("audit", "export", "tcp://127.0.0.1:1", check=False).returncode == 1
