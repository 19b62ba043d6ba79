# SPDX-License-Identifier: Apache-2.0
"""What the tests of the relay's lies share: real parts in one scratch folder, a directory and a bus."""
import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e"), os.path.join(HERE, "..", "reference"), os.path.join(HERE, "..")]
import relay_client  # noqa: E402
from crowd import Crowd  # noqa: E402
from harness import certs, directory, printers  # noqa: E402
from lied_site import LiedSite  # noqa: E402


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A folder that dbus and slapd can look through."""
    path = tmp_path_factory.mktemp("site")
    for p in (path, path.parent, path.parent.parent):
        os.chmod(p, 0o755)
    return str(path)


@pytest.fixture(scope="module")
def authority(scratch):
    return certs.Authority(os.path.join(scratch, "test-ca"))


@pytest.fixture(scope="module")
def people(scratch, authority):
    d = directory.Directory(scratch, authority).start()
    yield d
    d.stop()


@pytest.fixture(scope="module")
def bus(scratch):
    b = printers.Bus(scratch).start()
    yield b
    b.stop()


@pytest.fixture(scope="module")
def site(scratch, people):
    """A site whose relay can be made to lie."""
    s = LiedSite(scratch, people)
    try:
        s.init().start()
        yield s
    finally:
        bad = s.stop()
        assert not bad, "\n".join(bad)


@pytest.fixture(scope="module")
def crowd(scratch, site, people, bus, authority):
    """Three people, each with a computer, and four printers."""
    made = [printers.RawPrinter(scratch, f"raw{n}").start() for n in range(3)]
    made.append(printers.IppPrinter(scratch, bus, authority, "colour").start())
    for p in made:
        site.add_printer(p.name, p)
    workstations = {person: site.workstation(person + "-pc", person) for person in ("alice", "bob", "carol")}
    site.front.others_bulletin = relay_client.Site().bulletin(1 << 31)
    yield Crowd(site, people, workstations, {p.name: p for p in made})
    for p in made:
        p.stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the daemons' logs."""
    report = (yield).get_result()
    if report.failed and "site" in getattr(item, "funcargs", {}):
        report.sections.append(("daemons", item.funcargs["site"].logs()))
