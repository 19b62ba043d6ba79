# SPDX-License-Identifier: Apache-2.0
"""What the tests of the relay's lies share: real parts in one scratch folder, a directory and a bus."""
import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e"), os.path.join(HERE, "..", "reference"), os.path.join(HERE, "..")]
from harness import certs, directory, printers  # noqa: E402


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
