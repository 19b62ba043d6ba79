# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the relay's tests: one relay that serves two sites, a device scout and a courier of the first."""
import pytest

from relay_client import DEVICE_SCOUT, Connection, Node, Relay, Site
from harness import certs, procs


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return certs.Authority(str(tmp_path_factory.mktemp("ca")))


@pytest.fixture(scope="module")
def home():
    return Site()


@pytest.fixture(scope="module")
def other():
    return Site()


@pytest.fixture(scope="module")
def relay(tmp_path_factory, authority, home, other):
    r = Relay(tmp_path_factory.mktemp("relay"), authority, [home, other], **{
        "heartbeat-s": 1, "mailbox-messages-max": 40, "mailbox-bytes-max": 400000})
    r.start()
    yield r
    assert r.stop() == 0, r.daemon.log()


@pytest.fixture
def scout(relay, home):
    """A fresh device scout, in a bulletin that the relay has."""
    s = Node(relay, home, DEVICE_SCOUT)
    publish(s, home, [s.key])
    return s


@pytest.fixture
def courier(relay, home):
    return Node(relay, home)


versions = {}


def publish(scout, site, scouts, revoked=()):
    """Put the next bulletin of a site."""
    versions[site] = versions.get(site, 0) + 1
    answer = scout.publish(site.bulletin(versions[site], scouts, revoked))
    assert answer.status == 204, answer


def gauge(relay, name):
    with Connection(relay) as c:
        text = c.ask("GET", "/metrics").body.decode()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith(f"scoutrelay_{name} ")))


def wait_for_streams(relay, n):
    """Until the relay has noticed which streams are gone."""
    procs.wait_until(f"{n} streams", lambda: gauge(relay, "streams") == n)
