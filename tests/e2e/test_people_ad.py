# SPDX-License-Identifier: Apache-2.0
"""All that test_people.py and test_directories.py ask of a directory, asked of Active Directory, in a network of its own."""
import os
import subprocess
import sys

import pytest

from harness import active_directory

# Brings the loopback interface up and becomes the tests.
INSIDE = """
import fcntl, os, socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack("16sH14x", b"lo", 0x49))  # SIOCSIFFLAGS: up, running, loopback
os.execv(sys.executable, [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_people.py", "test_directories.py"])
"""


def test_active_directory_passes_the_same_tests():
    why = active_directory.missing()
    if why is None and subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode != 0:
        why = "this kernel or container allows no network namespace"
    if why:
        pytest.skip(why)
    done = subprocess.run(["unshare", "-n", sys.executable, "-c", INSIDE], capture_output=True, text=True,
                          cwd=os.path.dirname(os.path.abspath(__file__)), timeout=380,
                          env=dict(os.environ, LATCHKEY_DIRECTORY="ad"))
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
