# SPDX-License-Identifier: Apache-2.0
"""The end-to-end tests take the fixtures of a whole site as they are."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from harness.fixtures import (alice_pc, authority, bus, colour, folder, memory, mono, people, print_pdf,  # noqa: E402, F401
                              pytest_runtest_makereport, scratch, sign_in, site)
from panel_page import open_page, open_site, played  # noqa: E402, F401
