# SPDX-License-Identifier: Apache-2.0
"""Whoever comes to a shared queue from the network says who they are, and is believed only by the site's word."""
import ipp
import pytest
from shared_fixture import authority, shared  # noqa: F401

ASK = ipp.request(ipp.GET_PRINTER_ATTRIBUTES)


@pytest.mark.parametrize("method,path", [("POST", "/ipp/print"), ("GET", "/"), ("GET", "/icon-48.png"), ("HEAD", "/")])
def test_without_name_and_password_nothing_is_said_and_nobody_is_asked(shared, method, path):
    status, headers, body = shared.client().send(ASK if method == "POST" else b"", method, path)
    assert status == 401 and headers["WWW-Authenticate"].startswith('Basic realm="Latchkey"')
    assert shared.client().send(ipp.print_job() + b"%PDF-1.4")[0] == 401
    assert not shared.courier.packets and not shared.site.jobs() and b"ipp" not in body
    assert shared.client("alice").send(ASK)[0] == 200  # the control
