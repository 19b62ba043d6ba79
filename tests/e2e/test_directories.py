# SPDX-License-Identifier: Apache-2.0
"""What must hold of OpenLDAP and of Active Directory alike: whom a server is believed, when it is given up, and what is said of it."""
import contextlib
import os
import re
import socket
import threading
import time

import pytest

from harness import certs, panel, printers, procs, site as sites
from test_people import DIRECTORIES

NOBODY_LISTENS = "ldaps://127.0.0.1:1"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("directories"))
    d = DIRECTORIES[os.environ.get("LATCHKEY_DIRECTORY", "ldap")](folder, certs.Authority(folder + "/ca"), anonymous_bind_dn=True)
    d.start()
    d.group("inner", "carol")
    d.outer = d.group("outer", "inner")
    yield d
    d.stop()


@contextlib.contextmanager
def listening(address="127.0.0.1", forward_to=None):
    """A port that takes connections and says nothing, or passes them on; gives its number."""
    listener, ends = socket.create_server((address, 0)), []

    def pump(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                client = listener.accept()[0]
                ends.append(client)
                if forward_to:
                    other = socket.create_connection(("127.0.0.1", forward_to))
                    ends.append(other)
                    for pair in ((client, other), (other, client)):
                        threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        for s in (listener, *ends):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)
            s.close()


def check(server, tmp_path, name=None, password=None, **settings):
    """(exit status, what `directory check` says, seconds)."""
    conf = sites.write_conf(str(tmp_path / "devicescout.conf"), {**server.settings(), **settings})
    more = []
    if password is not None:
        path = tmp_path / "password"
        path.write_text(password + "\n")
        os.chmod(path, 0o600)
        more = ["--password-file", str(path)]
    begun = time.monotonic()
    done = procs.run([sites.program("devicescout"), "directory", "check", *([name] if name else []), *more, "--config", conf],
                     check=False)
    return done.returncode, done.stdout, time.monotonic() - begun


def outcome(text, step):
    """"ok", "NO", "NO ANSWER" or "WRONG" of a step."""
    found = re.search(rf"^  {re.escape(step)} +(ok|NO ANSWER|NO|WRONG) ", text, re.M)
    return found and found[1]


CONNECT, PASSWORD = "connect, TLS and certificate", "the person's password"


@pytest.mark.parametrize("starttls", [False, True], ids=["ldaps", "starttls"])
def test_every_step_of_a_sign_in_is_said_to_work(server, tmp_path, starttls):
    settings = {"ldap-uri": [server.starttls_uri], "ldap-starttls": True} if starttls else {}
    status, text, _ = check(server, tmp_path, "carol", "carol-password", **{"ldap-use-groups": [server.outer], **settings})
    assert status == 0 and text.count(" ok ") == 5, text
    assert "person carol" in text and re.search(r"identity [0-9a-f-]{32,36},", text)
    assert f"in {server.outer}" in text and f"not in {server.outer}" not in text  # by way of the inner group
    assert f"not in {server.outer}" in check(server, tmp_path, "bob", **{"ldap-use-groups": [server.outer], **settings})[1]


@pytest.mark.parametrize("name, password", [("alice", "wrong"), ("alice", "bob-password"), ("*)(uid=*", "alice-password"),
                                            ("nobody", "alice-password")])
def test_the_step_that_fails_is_named_and_the_command_fails(server, tmp_path, name, password):
    status, text, _ = check(server, tmp_path, name, password)
    assert status == 1 and outcome(text, CONNECT) == "ok"
    assert outcome(text, PASSWORD if name == "alice" else "find the person") == "NO"


@pytest.mark.parametrize("starttls", [False, True], ids=["ldaps", "starttls"])
def test_another_authority_another_name_and_an_old_certificate_get_no_password(server, tmp_path, starttls):
    def refused(text):
        assert outcome(text, CONNECT) in ("WRONG", "NO ANSWER") and outcome(text, PASSWORD) is None, text

    how = {"ldap-uri": [server.starttls_uri], "ldap-starttls": True} if starttls else {}
    other = certs.Authority(str(tmp_path / "other"))
    refused(check(server, tmp_path, "alice", "alice-password", **{**how, "ldap-ca": other.crt})[1])
    scheme, port = ("ldap", server.port) if starttls else ("ldaps", server.tls_port)
    with listening("127.0.0.9", forward_to=port) as there:
        refused(check(server, tmp_path, "alice", "alice-password", **{**how, "ldap-uri": [f"{scheme}://127.0.0.9:{there}"]})[1])
    with listening(forward_to=port) as there:  # the control: the same way, with the name that the certificate has
        assert check(server, tmp_path, "alice", "alice-password", **{**how, "ldap-uri": [f"{scheme}://127.0.0.1:{there}"]})[0] == 0
    server.certificate(expired=True)
    refused(check(server, tmp_path, "alice", "alice-password", **how)[1])
    server.certificate()
    assert check(server, tmp_path, "alice", "alice-password", **how)[0] == 0


def test_without_starttls_a_plain_uri_is_a_mistake_of_the_configuration(server, tmp_path):
    assert check(server, tmp_path, "alice", **{"ldap-uri": [server.starttls_uri]})[0] == 2


def test_each_server_is_walked_and_one_that_hangs_is_given_up(server, tmp_path):
    with listening() as port:
        status, text, spent = check(server, tmp_path, "alice", "alice-password",
                                    **{"ldap-uri": [NOBODY_LISTENS, f"ldaps://127.0.0.1:{port}", server.uri]})
    assert status == 1 and spent < 20
    assert len(re.findall(r"connect, TLS and certificate +NO ANSWER", text)) == 2
    assert outcome(text[text.index(server.uri + "\n"):], PASSWORD) == "ok"


def test_two_entries_with_the_name_are_nobody(server, tmp_path):
    attribute = server.settings().get("ldap-person-attribute", "uid")
    assert outcome(check(server, tmp_path, "alice", **{"ldap-filter": f"(|({attribute}=%s)({attribute}=bob))"})[1],
                   "find the person") == "NO"


def test_a_referral_is_not_followed(server, tmp_path):
    status, text, _ = check(server, tmp_path, "alice", "alice-password", **{"ldap-base": "dc=other,dc=elsewhere"})
    assert status == 1 and outcome(text, "find the person") == "WRONG" and outcome(text, PASSWORD) is None


def test_a_service_that_may_not_sign_in_is_named(server, tmp_path):
    wrong = tmp_path / "wrong"
    wrong.write_text("not the password\n")
    os.chmod(wrong, 0o600)
    assert outcome(check(server, tmp_path, "alice", **{"ldap-bind-password-file": str(wrong)})[1],
                   "sign in to look people up") == "WRONG"


def test_at_a_panel_the_answer_comes_within_six_seconds_whatever_hangs(server, tmp_path):
    with listening() as first, listening() as second, listening() as third:
        s = sites.Site(str(tmp_path), server)
        silent = [f"ldaps://127.0.0.1:{port}" for port in (first, second, third)]
        s.devicescout.settings["ldap-uri"] = [silent[0], server.uri]
        s.init().start()
        raw = printers.RawPrinter(str(tmp_path)).start()
        try:
            s.add_printer("mono", raw)
            at = panel.Panel(s, "mono")

            def answered():
                begun = time.monotonic()
                status, body = at.sign_in("alice", "alice-password")
                assert time.monotonic() - begun < 6
                return status, body.get("error")

            assert answered() == (200, None)
            s.devicescout.stop()
            s.devicescout.settings["ldap-uri"] = silent
            s.start_devicescout()
            at.connection = None
            assert answered() == (503, "directory-down")
        finally:
            bad = s.stop()
            raw.stop()
            assert not bad, "\n".join(bad)
