# SPDX-License-Identifier: Apache-2.0
"""The queue's page, as a person sees it in a browser on a screen of any width: what waits, and what became of it."""
import struct

import ipp
import pytest
from fake_site import FAILED
from harness import browser
from queue_fixture import Queue

TITLES = ["letter.pdf", "<i>minutes</i>", "A-title-without-a-space-" * 8]


@pytest.fixture
def queue(tmp_path):
    q = Queue(tmp_path).start().enrolled()
    yield q
    q.stop()


@pytest.fixture
def chromium(tmp_path, authority):
    b = browser.Browser(str(tmp_path), authority.crt).start()
    yield b
    b.stop()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_shows_every_job_and_fits_the_screen(queue, chromium, width):
    for title in TITLES:
        queue.print(b"%PDF-1.7", title)
    failed, = [j for j in queue.site.jobs() if queue.site.open(j)[2]["title"] == TITLES[0]]
    queue.site.state(failed, FAILED, reason=1)
    chromium.resize(width, 800)
    chromium.go(f"http://localhost:{queue.port}/")
    rows = chromium.js("[...document.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c => c.innerText))")
    assert [r[1] for r in rows] == TITLES[::-1]
    assert rows[0][2] == "Held until you release it at a printer." and rows[2][2] == "Held. The printer could not be reached."
    assert chromium.js("document.documentElement.scrollWidth <= innerWidth"), "nothing is to be scrolled sideways"
    heads = chromium.js("[...document.querySelectorAll('th')].map(h => h.getClientRects()[0].height)")
    assert len(set(heads)) == 1 and heads[0] < 50, "no heading is broken into pieces"
    assert chromium.complaints() == []


def test_the_icons_have_the_sizes_that_they_are_named_after(queue, chromium):
    """PWG 5100.13: 48, 128 and 512 pixels square."""
    uris = queue.ask(ipp.request(ipp.GET_PRINTER_ATTRIBUTES)).group(ipp.PRINTER)[0]["printer-icons"]
    sizes = []
    for uri in uris:
        c = ipp.http.client.HTTPConnection("127.0.0.1", queue.port, timeout=30)
        c.request("GET", uri[uri.index("/icon"):])
        sizes.append(struct.unpack_from(">II", c.getresponse().read(), 16))
        c.close()
    assert sizes == [(48, 48), (128, 128), (512, 512)]
    chromium.go(f"http://localhost:{queue.port}/")
    assert chromium.js("document.images[0].naturalWidth") == 128 and chromium.js("document.images[0].width") == 64
