# SPDX-License-Identifier: Apache-2.0
"""Whatever the relay does, nobody's job is printed, listed or taken for printed wrongly; when it behaves again, all is as if
it always had. LATCHKEY_FAULT_SECONDS lies for longer (60), LATCHKEY_FAULT_SEED in another way."""
import collections
import os
import time

import pytest
import relay_client
from crowd import Crowd
from harness import printers, procs
from http_wire import Answer
from latchkey_protocol import read_plain
from lied_site import LiedSite
from lies import EVENT_LIES, EXCHANGE_LIES, UNASKED_LIES, Liar, is_message

SECONDS = int(os.environ.get("LATCHKEY_FAULT_SECONDS", "60"))
SEED = os.environ.get("LATCHKEY_FAULT_SEED", "a relay that lies")
DEVICE_SCOUT = "node0"  # it signs in first
CONVERGED_S = 120  # a reader that was refused again and again tries again after a minute at the latest
RSS_MOST_KIB = 64 * 1024  # far below what an answer without end would need


@pytest.fixture(scope="module")
def site(scratch, people):
    s = LiedSite(scratch, people)
    try:
        s.init().start()
        yield s
    finally:
        bad = s.stop()
        assert not bad, "\n".join(bad)


@pytest.fixture(scope="module")
def crowd(scratch, site, people, bus, authority):
    made = [printers.RawPrinter(scratch, f"raw{n}").start() for n in range(3)]
    made.append(printers.IppPrinter(scratch, bus, authority, "colour").start())
    for p in made:
        site.add_printer(p.name, p)
    workstations = {person: site.workstation(person + "-pc", person) for person in ("alice", "bob", "carol")}
    site.front.others_bulletin = relay_client.Site().bulletin(1 << 31)
    yield Crowd(site, people, workstations, {p.name: p for p in made}, SEED)
    for p in made:
        p.stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed and "site" in getattr(item, "funcargs", {}):
        report.sections.append(("daemons", item.funcargs["site"].logs()))


def rss_kib(daemon):
    with open(f"/proc/{daemon.process.pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def is_sanitized():
    return "address" in os.environ.get("LATCHKEY_BUILD", "") or "ASAN_OPTIONS" in os.environ


def check_daemons(site):
    for d in site.daemons():
        assert d.process.running(), f"{d.label} ended:\n{d.log()[-4000:]}"
        assert "AddressSanitizer" not in d.log() and "runtime error" not in d.log(), d.log()[-4000:]
        assert is_sanitized() or rss_kib(d) < RSS_MOST_KIB, f"{d.label} holds {rss_kib(d)} KiB"


def trouble(site, crowd, n):
    """Now and then somebody pulls a plug, or an administrator changes something."""
    kinds = ["courier", "devicescout", "relay", "policy", "back", "cut"]
    what = kinds[n % len(kinds)]
    if what == "courier":
        w = site.workstations[n % len(site.workstations)]
        assert w.courier.stop() == 0
        w.courier.start()
    elif what == "devicescout":
        site.devicescout.kill()
        site.start_devicescout()
        crowd.signed_out()
    elif what == "relay":
        site.relay.kill()
        site.start_relay()
    elif what == "back":
        site.set_relay_back("early")
    elif what == "policy":
        site.command("policy", "--retention", str(48 + n))
    else:
        site.front.cut()


def pending_reports(workstation):
    pending = []
    for folder in workstation.job_folders():
        try:
            with open(os.path.join(folder, "state"), "rb") as f:
                state = read_plain("spool_state", f.read())
        except FileNotFoundError:
            continue
        if state["report_pending"]:
            pending.append((os.path.basename(folder), state["state"], state["reason"]))
    return pending


def wait_clean(crowd, timeout_s):
    """Every last report is acknowledged, every sealed file erased."""
    for w in crowd.workstations.values():
        procs.wait_until(f"no sealed file and no pending report at {w.name}", lambda: not w.sealed_jobs() and not
                         pending_reports(w), timeout_s)


def converge(site, crowd):
    crowd.wait_listed(CONVERGED_S)
    crowd.release_all(CONVERGED_S)
    wait_clean(crowd, CONVERGED_S)
    check_daemons(site)


class Swallow:
    """Says yes to every message of a courier's, and keeps none."""

    def __init__(self):
        self.swallowed = collections.Counter()

    def exchange(self, link, request):
        sender = link.relay.name(link.relay.node_of(request.token))
        if is_message(request) and sender != DEVICE_SCOUT:
            self.swallowed[sender] += 1
            link.reply(Answer(201))
        else:
            link.honest(request)

    def event(self, stream, event):
        stream.send(event)


def test_what_a_relay_has_swallowed_comes_again(site, crowd):
    """Lists and the answers to orders are sent once; whoever waits for them has to ask again."""
    for person in crowd.workstations:
        crowd.print_one(person)
    crowd.wait_listed(20)
    site.devicescout.stop()
    swallow = Swallow()
    site.front.lie(swallow)
    site.start_devicescout()
    crowd.signed_out()
    procs.wait_until("hellos and lists to be swallowed", lambda: swallow.swallowed.total() >= 12)
    site.front.lie(None)  # and no connection is cut: nobody has a reason to begin again
    converge(site, crowd)


def test_thousands_of_lies_print_show_and_accept_nothing_wrong(site, crowd):
    crowd.print_one("alice")
    site.keep_relay_state("early")
    liar = Liar(site.front, SEED).start()
    end, next_trouble, troubles = time.monotonic() + SECONDS, time.monotonic() + 3, 0
    while time.monotonic() < end:
        crowd.act()
        if time.monotonic() > next_trouble:
            trouble(site, crowd, troubles)
            troubles += 1
            next_trouble = time.monotonic() + 3
    check_daemons(site)
    in_between = len(crowd.count_paper())
    liar.stop()
    print(f"{sum(liar.told.values())} lies of {len(liar.told)} kinds, {troubles} troubles, people {dict(crowd.did)}, "
          f"{in_between} of {len(crowd.jobs)} jobs printed meanwhile\n{dict(liar.told)}")
    assert sum(liar.told.values()) >= 30 * SECONDS
    missing = {*EXCHANGE_LIES, *EVENT_LIES, *UNASKED_LIES} - set(liar.told)
    assert not missing or SECONDS < 60, f"never told: {missing}"
    converge(site, crowd)
    assert in_between > 0, "nothing got through: the lies were too many to try anything else"
