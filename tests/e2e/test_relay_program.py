# SPDX-License-Identifier: Apache-2.0
"""scoutrelay as a program: killed, stopped, misconfigured, given a new certificate, looked at by others."""
import os
import re
import signal
import threading

import pytest

from relay_client import DEVICE_SCOUT, Connection, Node, Relay, Site, Stream, new_id
from relay_fixture import authority, courier, gauge, home, other, relay, scout  # noqa: F401
from harness import procs, site as sites


def test_killed_and_started_again_it_has_everything(tmp_path, authority):
    site = Site()
    r = Relay(tmp_path, authority, [site]).start()
    scout, courier = Node(r, site, DEVICE_SCOUT), Node(r, site)
    assert scout.publish(site.bulletin(3, [scout.key])).status == 204
    sent, stop = [], threading.Event()

    def keep_sending():
        with Connection(r) as c:
            while not stop.is_set():
                message = new_id()
                path = f"/v1/mailboxes/{scout.id.hex()}/{message.hex()}"
                try:
                    if c.ask("POST", path, courier.token(), b"x").status == 201:
                        sent.append(message)
                except (OSError, IndexError, ValueError):
                    return

    courier.token()
    thread = threading.Thread(target=keep_sending)
    thread.start()
    procs.wait_until("some messages", lambda: len(sent) > 100)
    r.daemon.kill()
    stop.set()
    thread.join()
    r.start()
    try:
        scout._token = courier._token = None
        found, after = [], 0
        while page := scout.read(after):
            found += page
            after = page[-1][0]
        assert set(sent) <= {m[1] for m in found}
        assert len(found) == len({m[1] for m in found}) <= len(sent) + 1
        with Connection(r) as c:
            assert c.ask("GET", f"/v1/sites/{site.id.hex()}/bulletin").status == 200
        assert scout.publish(site.bulletin(2, [])).status == 409
    finally:
        assert r.stop() == 0


def test_a_second_process_on_the_same_state_says_so(relay):
    done = procs.run([sites.program("scoutrelay"), "--config", relay.daemon.conf], check=False)
    assert done.returncode == 1
    assert "another scoutrelay" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_stopping_relay_answers_who_waits(tmp_path, authority):
    site = Site()
    r = Relay(tmp_path, authority, [site]).start()
    scout = Node(r, site, DEVICE_SCOUT)
    with Connection(r) as poll, Stream(scout) as stream:
        poll.send("GET", "/v1/mailbox?wait=50", scout.token())
        assert stream.line() == b":"
        procs.wait_until("the relay to have read both", lambda: gauge(r, "waiting") == 2)
        r.daemon.process.child.send_signal(signal.SIGTERM)
        while stream.line() is not None:
            pass
        assert poll.answer().status == 503
    assert r.stop() == 0


def test_a_new_certificate_is_taken_on_sighup_and_a_bad_one_is_not(tmp_path, authority):
    site = Site()
    r = Relay(tmp_path, authority, [site]).start()
    try:
        scout = Node(r, site, DEVICE_SCOUT)
        old_pin = r.pin
        with Stream(scout) as stream:
            assert stream.line() == b":"
            os.replace(authority.issue("new-relay")[0], r.crt)  # a certificate without its key
            r.daemon.process.child.send_signal(signal.SIGHUP)
            r.daemon.process.wait_for_log("tls_not_loaded")
            assert r.pin == old_pin
            crt, key = authority.issue("newer-relay")
            os.replace(crt, r.crt)
            os.replace(key, r.key)
            r.daemon.process.child.send_signal(signal.SIGHUP)
            r.daemon.process.wait_for_log("tls_loaded")
            assert r.pin != old_pin
            assert scout.append(scout, b"x").status == 201
            assert stream.event()[1] == b"x"  # who was here stays
        assert scout.sign_in(pin=old_pin).status == 401
        assert scout.sign_in().status == 200
    finally:
        assert r.stop() == 0


@pytest.mark.parametrize("line,says", [
    ('colour = "red"', "colour"), ("port = 70000", "port"), ('url = {"http://x"}', "url"), ('sites = {"zz"}', "sites"),
    ('url = {"https://x:1/path"}', "url"), ("sites = {}", "sites"), ('log-level = "loud"', "log-level")])
def test_a_wrong_setting_is_named_with_its_file(tmp_path, line, says):
    conf = tmp_path / "relay.conf"
    good = {"url": 'url = {"https://localhost:1"}', "sites": f'sites = {{"{new_id().hex()}"}}'}
    good.pop(says, None)
    conf.write_text("\n".join([*good.values(), line]) + "\n")
    done = procs.run([sites.program("scoutrelay"), "--config", conf], check=False)
    assert done.returncode == 2
    assert str(conf) in done.stderr and says in done.stderr


def test_the_sample_is_a_configuration_and_check_says_so(tmp_path, relay):
    program = sites.program("scoutrelay")
    assert "mailbox-messages-max" in procs.run([program, "--sample"]).stdout
    assert procs.run([program, "--config", relay.daemon.conf, "--check"]).stdout.strip().endswith("OK")
    assert procs.run([program, "--config", tmp_path / "none"], check=False).returncode == 2
    assert "scoutrelay" in procs.run([program, "--version"]).stdout
    assert "--config" in procs.run([program, "--help"]).stdout


def test_health_and_metrics_name_nobody(relay, home, scout, courier):
    courier.append(scout, b"x")
    with Connection(relay) as c:
        assert c.ask("GET", "/health").body == b"ok\n"
        text = c.ask("GET", "/metrics").body.decode()
    assert "scoutrelay_appended_messages_total" in text
    for secret in (home.id, scout.id, courier.id):
        assert secret.hex() not in text


def test_nobody_may_dump_its_memory_or_read_its_files(relay):
    pid = relay.daemon.process.pid
    with open(f"/proc/{pid}/limits") as limits:
        core = next(line for line in limits if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    state = relay.daemon.settings["state"]
    assert os.stat(state).st_mode & 0o077 == 0
    for name in os.listdir(state):
        assert os.stat(os.path.join(state, name)).st_mode & 0o077 == 0, name


def test_a_token_is_in_no_log(relay, scout):
    assert scout.token() not in relay.daemon.log()


def test_code_and_contract_name_the_same_routes():
    """relay/routes.c, API.md and openapi.yaml; what tests/e2e/relay_client.py asks is in them."""
    root = os.path.join(os.path.dirname(__file__), "..", "..", "relay")
    texts = {}
    for name in ("routes.c", "API.md", "openapi.yaml"):
        with open(os.path.join(root, name)) as f:
            texts[name] = f.read()
    code = set(re.findall(r'\{"([A-Z]+)", "(/[^"]*)", NEED', texts["routes.c"]))
    page = {(m, p.split("?")[0]) for m, p in re.findall(r"^\| ([A-Z]+) (/\S*) \|", texts["API.md"], re.M)}
    tools, path = set(), None
    for line in texts["openapi.yaml"].splitlines():
        if match := re.match(r"  (/\S*):$", line):
            path = match[1]
        elif path and (match := re.match(r"    (get|put|post|delete):$", line)):
            tools.add((match[1].upper(), path))
    assert len(code) == 15
    assert page == code and tools == code
