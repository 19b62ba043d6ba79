# SPDX-License-Identifier: Apache-2.0
"""The record names who did what; a title is in it only where the site wants that; whoever changes a line is found by that line."""
import glob
import json
import os
import re

import pytest

from harness import document, procs
from test_people import Stage, register

TITLE, BADGE = "Very Secret Merger Plan", "04DEC0DE000001"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    s = Stage(str(tmp_path_factory.mktemp("record")))
    yield s
    s.stop()


def print_and_release(stage, name):
    at = stage.at()
    if not stage.site.workstations:
        stage.site.workstation("alice-pc", "alice")
    path = os.path.join(stage.site.folder, name)
    with open(path, "wb") as f:
        f.write(document.pdf(document.marker(), 20_000))
    stage.site.workstations[0].print_file(path, TITLE)
    assert at.sign_in("alice", "alice-password")[0] == 200
    job, = procs.wait_until("the job", lambda: at.waiting())
    assert at.release(job["id"])[0] == 202
    at.wait_state(job["id"], "delivered")
    at.sign_out()
    return job["id"]


def folder(stage):
    return os.path.join(stage.site.keyholder.settings["keyholder-state"], "audit")


def chain(stage):
    data = b""
    for path in sorted(glob.glob(folder(stage) + "/*")):
        with open(path, "rb") as f:
            data += f.read()
    return data.decode()


def test_without_the_switch_no_title_is_in_the_record_and_with_it_each_is(stage):
    print_and_release(stage, "first.pdf")
    words = re.compile("Secret|Merger|first")
    assert not words.search(chain(stage)) and not words.search(stage.site.command("audit", "export").stdout)
    stage.site.devicescout.stop()
    stage.site.devicescout.settings["audit-titles"] = True
    stage.site.start_devicescout()
    job = print_and_release(stage, "second.pdf")
    line, = [x for x in chain(stage).splitlines() if "scout.released" in x]
    assert job in line and "Merger" in line and "alice" in line


def test_each_act_of_a_person_and_of_an_administrator_is_a_line(stage):
    at, admin = stage.at(), stage.at()
    register(at, BADGE, "alice", "915264")
    assert at.badge(BADGE, "000001")[0] == 401
    at.sign_in("bob", "wrong")
    assert admin.sign_in("carol", "carol-password")[0] == 200
    badge = admin.call("POST", "/api/v1/badges", {"person": "alice"})[1]["badges"][0]["id"]
    token = admin.call("POST", "/api/v1/accessories", {"kind": "reader", "printer": "mono"})[1]
    admin.call("DELETE", f"/api/v1/accessories/{token['id']}")
    admin.call("DELETE", f"/api/v1/badges/{badge}")
    stage.site.command("pin", "clear", "alice")
    stage.site.command("certificate", "renew", "--host", "localhost")
    text = chain(stage)
    for event, *words in (("scout.sign_in", "person=alice by=password ", "badge=registered"), ("scout.sign_in_refused", "person=alice"),
                          ("scout.sign_in_refused", "person=bob"), ("pin_set", "alice"), ("scout.panel_added", "by=carol"),
                          ("scout.panel_removed", "by=carol"), ("scout.badges_listed", "by=carol", "person=alice"),
                          ("scout.badge_revoked", "by=carol", "person=alice"), ("admin.pin_cleared", "alice"), ("admin.certificate_renewed",),
                          ("grant", "alice"), ("report",), ("printer_add",), ("policy",), ("invite",), ("join",)):
        assert any(f" {event} " in line and all(w in line for w in words) for line in text.splitlines()), (event, words)
    assert not re.search(f"{BADGE}|915264|000001|{token['token']}|-password", text, re.I)


def test_a_line_that_was_changed_removed_doubled_or_moved_is_named(stage):
    verify = lambda: stage.site.command("audit", "verify", check=False)  # noqa: E731
    assert verify().returncode == 0
    path = sorted(glob.glob(folder(stage) + "/*"))[-1]
    with open(path, "rb") as f:
        whole = f.read().splitlines(keepends=True)
    first = int(os.path.basename(path))

    def tampered(lines):
        with open(path, "r+b") as f:
            f.truncate(0)
            f.write(b"".join(lines))
        done = verify()
        with open(path, "r+b") as f:
            f.truncate(0)
            f.write(b"".join(whole))
        assert done.returncode == 1, done.stdout
        return int(re.search(r"DAMAGED after line (\d+)", done.stderr)[1])

    for i in sorted({1, len(whole) // 3, len(whole) // 2, len(whole) - 3}):
        at = len(whole[i]) // 2
        changed = whole[i][:at] + bytes([whole[i][at] ^ 1]) + whole[i][at + 1:]
        before = first + i - 1
        assert tampered(whole[:i] + [changed] + whole[i + 1:]) == before
        assert tampered(whole[:i] + whole[i + 1:]) == before
        assert tampered(whole[:i] + [whole[i]] + whole[i:]) == before + 1
        assert tampered(whole[:i] + [whole[i + 1], whole[i]] + whole[i + 2:]) == before
    assert verify().returncode == 0  # the control: as it was, it holds


def test_what_an_administrator_reads_names_when_who_how_and_where(stage):
    show = lambda *words, **more: stage.site.command("audit", "show", *words, **more)  # noqa: E731
    lines = show().stdout.splitlines()
    assert any(re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z +\d+ scout\.sign_in person=alice by=password printer=mono"
                            r" address=[0-9.]+", line) for line in lines), lines
    assert any(line.endswith(" checkpoint") for line in lines) and not any(re.search(" [0-9a-f]{64}$", line) for line in lines)
    assert show("--raw").stdout == chain(stage)  # what `verify` checks
    refused = show("--event", "sign_in_refused", "--person", "ALICE").stdout.splitlines()
    assert refused and all(" scout.sign_in_refused " in line and " person=alice" in line for line in refused)
    grant = show("--event", "grant", "--person", "alice").stdout
    assert re.search(r" printer_name=mono .* by=password .* person=alice ", grant)
    carol = show("--person", "carol").stdout
    assert " scout.panel_added by=carol " in carol and "person=bob" not in carol
    middle = re.match(r"\S+ \S+", lines[len(lines) // 2])[0]
    since, until = show("--since", middle).stdout.splitlines(), show("--until", middle).stdout.splitlines()
    assert until + since == lines and until and since
    assert show("--since", "2000-01-01", "--until", "2000-01-02 03:04").stdout == ""
    assert json.loads(show("--json", "--event", "printer_add").stdout.splitlines()[0])["fields"]["name"] == "mono"
    done = show("--since", "yesterday", check=False)
    assert done.returncode == 2 and done.stderr.startswith("--since: a time is written 2026-11-20 or")


def test_exported_lines_are_json_and_syslog_without_a_secret(stage, tmp_path):
    lines = [json.loads(x) for x in stage.site.command("audit", "export").stdout.splitlines()]
    assert [x["number"] for x in lines] == list(range(1, len(lines) + 1))
    released, = [x["fields"] for x in lines if x["event"] == "scout.released"]
    assert (released["person"], released["title"]) == ("alice", TITLE)
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", x["time"]) for x in lines)
    assert {"person": "alice", "by": "carol"}.items() <= [x["fields"] for x in lines if x["event"] == "scout.badge_revoked"][0].items()
    syslog = stage.site.command("audit", "export", "--format", "syslog").stdout.splitlines()
    assert len(syslog) == len(lines) and all(re.match(r"<10[89]|<11[0-1]>1 ", x) for x in syslog)
    assert any("sign_in_refused" in x and x.startswith("<109>") for x in syslog)
    assert "alice-password" not in str(lines) + str(syslog)
