# SPDX-License-Identifier: Apache-2.0
"""Once a person has signed out, no memory holds their password, PIN or badge: nothing that was freed keeps one."""
import base64
import os
import signal
import threading

import pytest

from harness import procs
from test_people import Stage

pytestmark = [pytest.mark.skipif(os.geteuid() != 0, reason="only root may read the memory of a process that allows no dumps"),
              pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="a sanitizer stands where wiping_free.c would")]

PASSWORD, PIN, BADGE = "Correct-Zebra-Battery-7351-Staple", "7319465028", "04FEEDBEEF5EED"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    s = Stage(str(tmp_path_factory.mktemp("memory")))
    s.directory.people["erin"] = (PASSWORD, "Erin Eriksen")
    s.directory.add("erin")
    s.directory.group("more-staff", "erin")
    s.site.devicescout.stop()
    s.site.devicescout.settings["ldap-use-groups"].append(f"cn=more-staff,{s.directory.dn('erin').split(',', 1)[1]}")
    s.site.start_devicescout()
    yield s
    s.stop()


def memory(pid):
    """Every readable byte of a process. Its own user may not look (no dumps); root may."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            span, mode, *_ = line.split()
            if mode[0] != "r" or "[v" in line:
                continue
            begin, end = (int(x, 16) for x in span.split("-"))
            try:
                mem.seek(begin)
                yield line, mem.read(end - begin)
            except OSError:
                continue


def found(pid, secret):
    """Where the secret is, in any of the shapes that it may have had on its way."""
    shapes = (secret.encode(), secret.lower().encode(), secret.encode("utf-16-le"), base64.b64encode(secret.encode())[:-4])
    return [line.strip() for line, data in memory(pid) if any(shape in data for shape in shapes)]


def test_what_was_typed_is_nowhere_in_memory_once_the_person_has_signed_out(stage):
    at, pid = stage.at(), stage.site.devicescout.process.pid
    for _ in range(3):
        assert at.sign_in("erin", PASSWORD, register=at.badge(BADGE)[1].get("register", "0" * 32))[0] == 200
        assert at.call("PUT", "/api/v1/pin", {"pin": PIN})[0] == 200
        assert at.badge(BADGE, PIN)[0] == 200
        assert at.sign_in("erin", PASSWORD + "x")[0] == 401
        at.sign_out()
    assert found(pid, "Erin Eriksen") or found(pid, "erin"), "the search finds nothing at all"
    at.connection.close()
    for secret in (PASSWORD, PIN, BADGE):
        procs.wait_until(f"{secret} to be gone: {found(pid, secret)}", lambda: not found(pid, secret), timeout_s=5)
    assert not found(stage.site.keyholder.process.pid, PIN)


def test_while_the_password_is_being_checked_it_is_there_and_the_search_sees_it(stage):
    at, pid = stage.at(), stage.site.devicescout.process.pid
    os.kill(stage.directory.process.pid, signal.SIGSTOP)
    try:
        thread = threading.Thread(target=lambda: at.sign_in("erin", PASSWORD))
        thread.start()
        procs.wait_until("the password to be in memory", lambda: found(pid, PASSWORD), timeout_s=5)
    finally:
        os.kill(stage.directory.process.pid, signal.SIGCONT)
    thread.join(10)
    at.connection.close()
    procs.wait_until("the password to be gone", lambda: not found(pid, PASSWORD), timeout_s=5)
