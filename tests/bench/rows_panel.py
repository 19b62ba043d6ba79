# SPDX-License-Identifier: Apache-2.0
"""Rows of people at panels: from the swipe to the list, sign-ins a second, fifty panels at once."""
import concurrent.futures
import os
import threading
import time

import nacl.pwhash
from harness import browser, panel, procs
from table import percentile
from world import RateSink, person

PIN = "738215"
PANELS = 50
SIGN_INS_MAX = 4_000  # three rates and what goes before stay below the 12,000 badges a minute that the keyholder looks at


def badge(n):
    return f"04A1B2C3{n:06X}"


def give_badges(world):
    path = os.path.join(world.folder, "badges.csv")
    if os.path.exists(path):
        return
    with open(path, "w") as f:
        f.writelines(f"{person(n)},{badge(n)}\n" for n in range(world.people_count))
    world.site.command("badge", "import", path)


def _panels(world, printer):
    return [panel.Panel(world.site, printer, f"127.0.3.{n + 1}") for n in range(PANELS)]


def _rate(panels, people, seconds, pin=None):
    """Sign-ins a second, and their p99: every panel signs in one person after the other; a refused one is an error."""
    end = time.monotonic() + seconds
    took = []

    def work(at, first):
        n = first
        while time.monotonic() < end and len(took) < SIGN_INS_MAX:
            start = time.monotonic()
            status, answer = at.badge(badge(n % people), pin)
            took.append(time.monotonic() - start)
            if status != 200:
                raise procs.Failed(f"{person(n % people)} was answered with {status}: {answer}")
            n += len(panels)

    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(panels)) as pool:
        for done in [pool.submit(work, at, n) for n, at in enumerate(panels)]:
            done.result()
    return len(took) / (time.monotonic() - start), percentile(took, 99) * 1000


def _hashes_a_second(seconds):
    """What this machine's cores do of a PIN's Argon2id, and nothing else."""
    end, counts = time.monotonic() + seconds, []

    def work():
        n = 0
        while time.monotonic() < end:
            nacl.pwhash.argon2id.kdf(32, PIN.encode(), bytes(16), opslimit=2, memlimit=19 << 20)
            n += 1
        counts.append(n)

    threads = [threading.Thread(target=work) for _ in range(os.cpu_count())]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return sum(counts) / seconds


def sign_ins(table, world, quick):
    seconds = 3 if quick else 8
    give_badges(world)
    panels = _panels(world, "eve")
    _rate(panels, world.people_count, 6)  # the directory shows each of them once, and every connection is open
    rate, p99 = _rate(panels, world.people_count, seconds)
    table.add(f"sign-ins a second, badge, {PANELS} panels, the directory asked each time", rate, "/s",
              note=f"p99 {p99:.0f} ms")
    world.directory.process.stop()
    rate, p99 = _rate(panels, world.people_count, seconds)
    table.add(f"sign-ins a second, badge, {PANELS} panels, cached identities", rate, "/s", "≥ 200", note=f"p99 {p99:.0f} ms")
    world.directory.process.start()
    world.directory.process.wait_for("its port", lambda: procs.accepts(world.directory.tls_port))
    for n in range(PANELS):
        at = world.panel("eve", person(n), f"127.0.4.{n + 1}")
        status, answer = at.call("PUT", "/api/v1/pin", {"pin": PIN})
        if status != 200:
            raise procs.Failed(f"the PIN was answered with {status}: {answer}")
        at.sign_out()
    rate, p99 = _rate(panels, PANELS, seconds, PIN)
    table.add(f"sign-ins a second, badge and PIN, {PANELS} panels", rate, "/s", "",
              ("Argon2id alone", _hashes_a_second(3)), "ours/peer", note=f"p99 {p99:.0f} ms")


# From the reader's last key to the frame after the one in which the rows were drawn.
RECORDER = """(function (rows) {
    var list = document.getElementById('jobs'), start = 0;
    window.benchTook = null;
    window.addEventListener('keydown', function (e) { if (e.key === 'Enter') { start = performance.now(); } }, true);
    new MutationObserver(function () {
        var since = start;
        if (!since || list.children.length !== rows) { return; }
        start = 0;
        requestAnimationFrame(function () { setTimeout(function () { window.benchTook = performance.now() - since; }, 0); });
    }).observe(list, { childList: true });
}(%d))"""


IDLE = "!document.getElementById('idle').hidden && !document.getElementById('invite').hidden"


def _swipe(page, text):
    """As a reader does that is a keyboard."""
    page.js("window.benchTook = null")
    for c in text:
        page.ask("Input.dispatchKeyEvent", type="keyDown", key=c, text=c)
        page.ask("Input.dispatchKeyEvent", type="keyUp", key=c)
    page.press("Enter", 13)
    return page.wait("the list", "window.benchTook")


def swipe(table, world, quick):
    held, times = (200, 20) if quick else (10_000, 300)
    world.crowd(held)
    give_badges(world)
    page = browser.Browser(world.folder, os.path.join(world.site.state, "tls", "devicescout.crt")).start()
    try:
        page.go(f"{world.site.url}/panel/eve#{world.site.panel_token('eve')}")
        page.wait("the idle screen", IDLE)
        page.js(RECORDER % (held // world.people_count))
        took = []
        for n in range(times + 5):
            took.append(_swipe(page, badge((n * 37) % world.people_count)))
            page.click("#sign-out")
            page.wait("the idle screen", IDLE)
    finally:
        page.stop()
    took = took[5:]  # Chromium has compiled the page's script by then
    for p, goal in ((50, ""), (99, "≤ 300")):
        table.add(f"swipe → list on the screen (Chromium), {held} held, p{p}", percentile(took, p), "ms", goal)


def _wait_delivered(at, job_id):
    """As the page does where there is no event stream: one long question after the other."""
    changes = 0
    while True:
        status, answer = at.call("GET", f"/api/v1/events?wait=25&since={changes}")
        if status != 200:
            raise procs.Failed(f"the question for news was answered with {status}: {answer}")
        changes = answer["changes"]
        job = next((j for j in answer["jobs"] if j["id"] == job_id), None)
        if job is None or job["state"] == "delivered":
            return


def _visit(at, sink, n, together, out):
    """Swipe, read, release, wait for the paper, go: each with all other panels at the same moment."""
    together.wait(60)
    start = time.monotonic()
    status, answer = at.badge(badge(n))
    if status != 200:
        raise procs.Failed(f"{person(n)} was answered with {status}: {answer}")
    job = at.waiting()[0]
    out["list"].append((time.monotonic() - start) * 1000)
    together.wait(60)
    seen, start = len(sink.first), time.monotonic()
    at.release(job["id"])
    procs.wait_until("the first byte", lambda: len(sink.first) > seen)
    out["byte"].append((sink.first[-1] - start) * 1000)
    _wait_delivered(at, job["id"])
    at.sign_out()


def _visits(at, sink, n, rounds, together, out):
    try:
        for _ in range(rounds):
            _visit(at, sink, n, together, out)
    except threading.BrokenBarrierError:
        pass  # another panel failed, and says so
    except Exception:
        together.abort()
        raise


def panels(table, world, quick):
    """Each has a printer of its own. All swipe at the same moment, and release at the same moment, which is the worst case."""
    held, rounds = (200, 2) if quick else (10_000, 8)
    world.crowd(held)
    give_badges(world)
    sinks = [RateSink() for _ in range(PANELS)]
    for n, sink in enumerate(sinks):
        world.site.add_printer(f"busy-{n:02}", sink)
    at = [panel.Panel(world.site, f"busy-{n:02}", f"127.0.5.{n + 1}") for n in range(PANELS)]
    out, errors, together = {"list": [], "byte": []}, [], threading.Barrier(PANELS)
    with concurrent.futures.ThreadPoolExecutor(PANELS) as pool:
        for done in [pool.submit(_visits, at[n], sinks[n], n, rounds, together, out) for n in range(PANELS)]:
            if e := done.exception():
                errors.append(e)
    table.add(f"{PANELS} panels at once, {rounds} people at each: errors", len(errors), "", "= 0",
              note=str(errors[0])[:200] if errors else "")
    for name, what in (("list", "all swipe → list"), ("byte", "all release → first byte")):
        for p in (50, 99):
            if out[name]:
                table.add(f"{PANELS} panels at once: {what}, p{p}", percentile(out[name], p), "ms")
