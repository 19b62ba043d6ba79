# SPDX-License-Identifier: Apache-2.0
"""What the tests of the relay's lies share: real parts in one scratch folder, and a crowd."""
import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e"), os.path.join(HERE, "..", "reference"), os.path.join(HERE, "..")]
import relay_client  # noqa: E402
from crowd import Crowd  # noqa: E402
from harness import printers  # noqa: E402
from harness.fixtures import (authority, bus, people, pytest_runtest_makereport, scratch, started,  # noqa: E402, F401
                              sign_in)
from lied_site import LiedSite  # noqa: E402


@pytest.fixture(scope="module")
def site(scratch, people):
    """A site whose relay can be made to lie."""
    with started(LiedSite(scratch, people)) as s:
        yield s


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
