# SPDX-License-Identifier: Apache-2.0
"""The person's command: a code lets a computer in once and for one site; what goes wrong is said in one sentence."""
import json
import os
import pty
import select
import shutil

import pytest
from harness import procs, site as sites


@pytest.fixture
def newcomer(site, tmp_path_factory):
    """A computer that belongs to nobody yet, beside the site's."""
    site.newcomers = getattr(site, "newcomers", 0) + 1
    w = sites.Workstation(site, f"newcomer{site.newcomers}")
    yield w
    w.stop()


def node_of(workstation):
    with open(os.path.join(workstation.spool, "site", "node"), "rb") as f:
        return f.read()[1:17]


def refused(done, *words):
    assert done.returncode == 1, done.stdout
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize("code", ["", "\n", "hello", "A" * 400, "A" * 100_000, "\x00\x01", "AAAAA-BBBBB-CCCCC"])
def test_what_is_no_code_is_refused_and_leaves_no_key(newcomer, code):
    refused(newcomer.command("enroll", input_text=code, check=False), "code")
    assert not os.path.exists(os.path.join(newcomer.state, "node.key"))


def test_a_courier_that_belongs_to_no_site_says_so_once_and_is_not_started_again(newcomer):
    newcomer.queue.start(ready=lambda: os.path.exists(newcomer.socket))  # makes the spool
    newcomer.courier.write()
    done = procs.run([sites.program("printscout-courier"), "--config", newcomer.courier.conf], check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "printscout enroll" in done.stderr


def test_a_mistyped_code_is_refused_before_anybody_is_asked(site, newcomer):
    code = site.invite("alice")
    for i in range(0, len(code), 17):
        wrong = code[:i] + ("A" if code[i] != "A" else "B") + code[i + 1:]
        if wrong.replace("-", "") != code.replace("-", ""):
            refused(newcomer.command("enroll", input_text=wrong, check=False), "mistyped")


def test_a_code_works_once(site, newcomer):
    code = site.invite("alice")
    assert "alice" in newcomer.enroll(code).stdout
    other = sites.Workstation(site, newcomer.name + "-other")
    refused(other.command("enroll", input_text=code, check=False), "used already")
    assert not os.path.exists(os.path.join(other.spool, "site", "node"))


def test_an_enrolled_computer_is_not_enrolled_by_mistake(site, newcomer):
    newcomer.enroll(site.invite("alice"))
    before = node_of(newcomer)
    refused(newcomer.command("enroll", input_text=site.invite("bob"), check=False), "enrolled already", "--again")
    assert node_of(newcomer) == before
    newcomer.command("enroll", "--again", input_text=site.invite("bob"))
    assert node_of(newcomer) != before
    newcomer.start()
    procs.wait_until("the courier's relay", lambda: newcomer.command("status", check=False).returncode == 0)


def test_a_running_courier_must_be_stopped_first(site, newcomer):
    newcomer.enroll(site.invite("alice"))
    newcomer.start()
    newcomer.courier.process.wait_for_log(" started ")
    refused(newcomer.command("enroll", "--again", input_text=site.invite("alice"), check=False), "courier is running")


def test_a_relay_that_is_away_is_named(site, newcomer):
    code = site.invite("alice")
    site.relay.stop()
    try:
        refused(newcomer.command("enroll", input_text=code, check=False), f"{site.relay_url}: this relay, named in the code, cannot")
    finally:
        site.start_relay()
    newcomer.enroll(code)  # and the code is still good


def test_keys_of_another_certificate_are_not_used(site, newcomer):
    newcomer.enroll(site.invite("alice"))
    key = os.path.join(newcomer.state, "node.key")
    shutil.copy(key, key + ".old")
    newcomer.command("enroll", "--again", input_text=site.invite("alice"))
    os.replace(key + ".old", key)
    done = procs.run([sites.program("printscout-courier"), "--config", newcomer.courier.write()], check=False)
    assert done.returncode == 2
    assert "enroll --again" in done.stderr


def test_at_a_terminal_the_code_is_asked_for_and_not_shown(site, newcomer):
    code = site.invite("alice")
    newcomer.queue.write()
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sites.program("printscout"), ["printscout", "enroll", "--config", newcomer.queue.conf])
    seen = b""
    while b"Invitation code" not in seen:
        seen += os.read(terminal, 4096)
    os.write(terminal, code.encode() + b"\n")
    while select.select([terminal], [], [], 30)[0]:
        try:
            seen += os.read(terminal, 4096)
        except OSError:  # the terminal is gone with the program
            break
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, seen
    assert code[:20].encode() not in seen
    assert b"is enrolled" in seen


def test_json_is_json_and_nothing_else(site, newcomer):
    done = newcomer.command("enroll", "--json", input_text=site.invite())
    told = json.loads(done.stdout)
    assert done.stderr == ""
    assert told["person"] is None and told["site"] == site.site_id()
    newcomer.start()
    assert json.loads(newcomer.command("jobs", "--json").stdout) == {"jobs": []}
    problems = json.loads(newcomer.command("cancel", "--json", "7", "x", check=False).stdout)
    assert [p["canceled"] for p in problems] == [False, False]
    status = json.loads(newcomer.command("status", "--json", check=False).stdout)
    assert status["enrolled"] and status["queue"]["accepting_jobs"]


def test_files_of_a_root_who_enrolls_belong_to_the_courier(site, newcomer):
    if os.geteuid() != 0:
        pytest.skip("only root has files to give away")
    for folder in (newcomer.state, newcomer.spool):
        os.makedirs(folder, mode=0o700)
        os.chown(folder, 4711, 4711)
    newcomer.enroll(site.invite("alice"))
    for path in (newcomer.state + "/node.key", newcomer.state + "/lock", newcomer.spool + "/site/node",
                 newcomer.spool + "/site/bulletin", newcomer.spool + "/site", newcomer.spool + "/incoming",
                 newcomer.spool + "/jobs"):
        assert os.stat(path).st_uid == 4711, path


def test_a_captured_queue_has_root_write_nothing_outside_the_spool(site, newcomer):
    if os.geteuid() != 0:
        pytest.skip("only root writes for others")
    newcomer.enroll(site.invite("alice"))
    outside = os.path.join(newcomer.folder, "etc")
    os.mkdir(outside)
    os.rename(newcomer.spool + "/site", newcomer.spool + "/site.old")
    os.symlink(outside, newcomer.spool + "/site")
    os.chown(newcomer.spool, 4711, 4711)
    done = newcomer.command("enroll", "--again", input_text=site.invite("alice"), check=False)
    assert done.returncode != 0
    assert os.listdir(outside) == []


def test_a_computer_of_nobody_says_what_to_do(newcomer):
    done = newcomer.command("status", check=False)
    assert done.returncode == 1
    assert "run printscout enroll" in done.stdout
    refused(newcomer.command("jobs", check=False), "queue")
    refused(newcomer.command("cancel", "1", check=False), "queue")


@pytest.mark.parametrize("argv", [[], ["print"], ["jobs", "--no-such"], ["cancel"], ["jobs", "operand"]])
def test_a_wrong_command_line_ends_with_2(newcomer, argv):
    done = procs.run([sites.program("printscout"), *argv], check=False)
    assert done.returncode == 2
    assert done.stderr
