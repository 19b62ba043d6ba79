# SPDX-License-Identifier: Apache-2.0
"""Fixtures of all tests with a whole site: one directory, one bus and one site for a test file. A conftest.py imports what it
needs and defines its own where it differs."""
import contextlib
import os
import shutil
import tempfile

import pytest

from . import certs, directory, document, panel, printers, site as sites


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A folder that dbus and slapd can look through."""
    path = tmp_path_factory.mktemp("site")
    for p in (path, path.parent, path.parent.parent):
        os.chmod(p, 0o755)
    return str(path)


@pytest.fixture
def folder(tmp_path):
    """A folder of this test's that daemons of other users can look through."""
    for p in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        os.chmod(p, 0o755)
    return str(tmp_path)


@pytest.fixture
def memory():
    """A folder on tmpfs, for cupsd's spool."""
    path = tempfile.mkdtemp(prefix="latchkey-cups-", dir="/dev/shm")
    yield path
    shutil.rmtree(path)


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


@contextlib.contextmanager
def started(new_site):
    """This site, made and running; a daemon of it that ended badly is a failure."""
    try:
        yield new_site.init().start()
    finally:
        bad = new_site.stop()
        assert not bad, "\n".join(bad)


@pytest.fixture(scope="module")
def site(scratch, people):
    with started(sites.Site(scratch, people)) as s:
        yield s


@pytest.fixture(scope="module")
def colour(scratch, bus, authority, site):
    p = printers.IppPrinter(scratch, bus, authority, "colour").start()
    site.add_printer("colour", p)
    yield p
    p.stop()


@pytest.fixture(scope="module")
def mono(scratch, site):
    p = printers.RawPrinter(scratch, "mono").start()
    site.add_printer("mono", p)
    yield p
    p.stop()


@pytest.fixture(scope="module")
def alice_pc(site):
    return site.workstation("alice-pc", "alice")


@pytest.fixture
def sign_in(site, people):
    """sign_in("alice", "mono") gives a signed-in panel."""

    def go(person, printer):
        p = panel.Panel(site, printer)
        status, answer = p.sign_in(person, people.people[person][0])
        assert status == 200, f"sign-in was answered with {status}: {answer}\n{site.logs()}"
        return p

    return go


@pytest.fixture
def print_pdf(scratch):
    """print_pdf(workstation, size) prints a new document and gives (bytes, marker)."""

    def go(workstation, size=50_000, name="letter.pdf"):
        text = document.marker()
        data = document.pdf(text, size)
        path = os.path.join(scratch, text + name)
        with open(path, "wb") as f:
            f.write(data)
        workstation.print_file(path, name)
        os.unlink(path)
        return data, text

    return go


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the daemons' logs."""
    report = (yield).get_result()
    if report.failed and "site" in getattr(item, "funcargs", {}):
        report.sections.append(("daemons", item.funcargs["site"].logs()))
