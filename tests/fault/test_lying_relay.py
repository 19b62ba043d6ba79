# SPDX-License-Identifier: Apache-2.0
"""Whatever the relay does, nobody's job is printed, listed or taken for printed wrongly; when it behaves again, all is as if
it always had. LATCHKEY_FAULT_SECONDS lies for longer (60), LATCHKEY_FAULT_SEED in another way."""
import os
import time

from crowd import SEED
from liar import Liar
from menu import EVENT_LIES, EXCHANGE_LIES, UNASKED_LIES

SECONDS = int(os.environ.get("LATCHKEY_FAULT_SECONDS", "60"))
LIES_LEAST = 30 * SECONDS
TROUBLE_EVERY_S = 3
RSS_MOST_KIB = 64 * 1024  # far below what an answer without end would need
LOG_MOST = 8 << 20  # nor can a relay fill a disk with our logs


def rss_kib(daemon):
    with open(f"/proc/{daemon.process.pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def check_daemons(site):
    sanitized = "ASAN_OPTIONS" in os.environ  # a sanitizer has memory of its own
    for d in site.daemons():
        assert d.process.running(), f"{d.label} ended:\n{d.log()[-4000:]}"
        assert "Sanitizer" not in d.log() and "runtime error" not in d.log(), d.log()[-4000:]
        assert sanitized or rss_kib(d) < RSS_MOST_KIB, f"{d.label} holds {rss_kib(d)} KiB"
        assert len(d.log()) < LOG_MOST, f"{d.label} has written {len(d.log())} bytes of log"


def trouble(site, crowd, n):
    """Now and then somebody pulls a plug, or an administrator changes something."""
    what = ["courier", "devicescout", "relay", "policy", "back", "cut", "keyholder"][n % 7]
    if what == "courier":
        w = site.workstations[n // 7 % len(site.workstations)]
        assert w.courier.stop() == 0
        w.courier.start()
    elif what == "devicescout":
        site.devicescout.kill()
        site.start_devicescout()
        crowd.signed_out()
    elif what == "relay":
        site.relay.kill()
        site.start_relay()
    elif what == "policy":
        site.command("policy", "--retention", str(48 + n))
    elif what == "back":
        site.set_relay_back("early")
    elif what == "cut":
        site.front.cut()
    else:
        site.keyholder.kill()
        site.start_keyholder()


def test_thousands_of_lies_print_show_and_accept_nothing_wrong(site, crowd):
    crowd.print_one("alice")
    site.keep_relay_state("early")
    liar = Liar(site.front, SEED).start()
    end, next_trouble, troubles = time.monotonic() + SECONDS, time.monotonic() + TROUBLE_EVERY_S, 0
    while time.monotonic() < end:
        crowd.act()
        if time.monotonic() > next_trouble:
            trouble(site, crowd, troubles)
            troubles += 1
            next_trouble = time.monotonic() + TROUBLE_EVERY_S
    check_daemons(site)
    printed = len(crowd.count_paper())
    liar.stop()
    lies = sum(liar.told.values())
    print(f"{lies} lies of {len(liar.told)} kinds, {troubles} troubles; people {dict(crowd.did)}; {printed} of "
          f"{len(crowd.jobs)} jobs printed meanwhile\n{dict(liar.told)}")
    assert lies >= LIES_LEAST and printed > 0
    missing = {*EXCHANGE_LIES, *EVENT_LIES, *UNASKED_LIES} - set(liar.told)
    assert not missing, f"{SECONDS} s are too few for: {missing}"
    crowd.converge()
    check_daemons(site)
