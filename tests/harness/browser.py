# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, driven over its debugging pipe (Chrome DevTools Protocol, one JSON text a message)."""
import base64
import hashlib
import itertools
import json
import os
import select
import subprocess
import time

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from . import procs


def spki_hash(certificate_path):
    """The form in which Chromium takes the one key that it may trust: base64 of SHA-256 of the SubjectPublicKeyInfo."""
    with open(certificate_path, "rb") as f:
        key = x509.load_pem_x509_certificate(f.read()).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


class Browser:
    """One page. start() opens it blank; go() somewhere; then look, click and type as a person does."""

    def __init__(self, folder, certificate, width=800, height=480, language="en", switches=()):
        self.folder = os.path.join(folder, "browser")
        self.log_path = os.path.join(folder, "browser.log")
        self.argv = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync",
                     "--disable-dev-shm-usage", f"--user-data-dir={self.folder}", f"--lang={language}",
                     f"--accept-lang={language}", f"--ignore-certificate-errors-spki-list={spki_hash(certificate)}",
                     "--remote-debugging-pipe", *switches, "about:blank"]
        self.width, self.height = width, height
        self.numbers = itertools.count(1)
        self.events, self.rest, self.session, self.child = [], b"", None, None

    def start(self):
        # Chromium reads orders from descriptor 3 and writes answers to 4.
        orders_out, self.orders = os.pipe()
        self.answers, answers_in = os.pipe()

        def arrange():
            os.dup2(orders_out, 20), os.dup2(answers_in, 21)  # first out of the way of 3 and 4
            os.dup2(20, 3), os.dup2(21, 4)

        with open(self.log_path, "ab") as log:
            self.child = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          preexec_fn=arrange, pass_fds=(3, 4))
        os.close(orders_out)
        os.close(answers_in)
        page = procs.wait_until("a page of Chromium", self._page)
        self.session = self.ask("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(domain + ".enable")
        self.resize(self.width, self.height)
        return self

    def _page(self):
        targets = self.ask("Target.getTargets")["targetInfos"]
        return next((t["targetId"] for t in targets if t["type"] == "page"), None)

    def resize(self, width, height):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def _receive(self, timeout_s):
        end = time.monotonic() + timeout_s
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.answers], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self.answers, 1 << 20) if ready else b""
            if not data:
                with open(self.log_path, errors="replace") as f:
                    raise procs.Failed("Chromium does not answer:\n" + f.read()[-3000:])
            self.rest += data
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, timeout_s=30.0, **params):
        number = next(self.numbers)
        order = {"id": number, "method": method, "params": params}
        if self.session:
            order["sessionId"] = self.session
        os.write(self.orders, json.dumps(order).encode() + b"\0")
        while True:
            message = self._receive(timeout_s)
            if message.get("id") != number:
                self.events.append(message)
                continue
            if "error" in message:
                raise procs.Failed(f"{method}: {message['error']}")
            return message["result"]

    def go(self, url):
        self.ask("Page.navigate", url=url)
        self.wait(f"{url} to load", "document.readyState === 'complete'")

    def js(self, expression):
        """The value of a JavaScript expression on the page."""
        r = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in r:
            raise procs.Failed(f"{expression}: {r['exceptionDetails']}")
        return r["result"].get("value")

    def wait(self, what, expression, timeout_s=20.0):
        try:
            return procs.wait_until(what, lambda: self.js(expression), timeout_s)
        except procs.Failed as e:
            raise procs.Failed(f"{e}\nthe page shows:\n{self.text()}\n{self.complaints()}") from None

    def text(self, selector="body"):
        """What a person reads there."""
        return self.js(f"(document.querySelector({json.dumps(selector)}) || {{innerText: ''}}).innerText")

    def click(self, selector):
        """With the mouse, in the middle of it; fails when something lies over it."""
        spot = self.js(f"""(function () {{
            var e = document.querySelector({json.dumps(selector)}), r, hit;
            if (!e) {{ return null; }}
            e.scrollIntoView({{block: 'nearest'}});
            r = e.getBoundingClientRect();
            hit = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
            return {{x: r.left + r.width / 2, y: r.top + r.height / 2, free: !!hit && (e === hit || e.contains(hit))}};
        }}())""")
        if spot is None or not spot["free"]:
            raise procs.Failed(f"{selector} is not there or covered; the page shows:\n{self.text()}")
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=spot["x"], y=spot["y"], button="left", clickCount=1)

    def type(self, selector, text):
        self.click(selector)
        self.ask("Input.insertText", text=text)

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def key(self, text):
        """One key of a keyboard, with the character that it types; "\\r" is Enter."""
        code = 13 if text == "\r" else ord(text.upper())
        name = "Enter" if text == "\r" else text
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=name, windowsVirtualKeyCode=code, text=text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=name, windowsVirtualKeyCode=code)

    def settle(self):
        """Two frames have been drawn since: what was changed is seen."""
        self.js("new Promise(function (done) { requestAnimationFrame(function () { requestAnimationFrame(done); }); })")

    def picture(self, path):
        with open(path, "wb") as f:
            f.write(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def complaints(self):
        """Errors that the browser noted: scripts that failed, content that the policy kept out."""
        self.js("0")  # whatever was on its way has come now
        found = []
        for e in self.events:
            entry = e.get("params", {}).get("entry", {})
            if e.get("method") == "Runtime.exceptionThrown":
                found.append(json.dumps(e["params"]["exceptionDetails"])[:600])
            elif e.get("method") == "Log.entryAdded" and entry.get("level") == "error":
                found.append(f"{entry.get('text')} {entry.get('url', '')}")
        return found

    def stop(self):
        if self.child is None:
            return
        self.session = None
        try:
            self.ask("Browser.close", timeout_s=5.0)
        except (procs.Failed, OSError):
            self.child.kill()
        self.child.wait(10)
        self.child = None
        os.close(self.orders)
        os.close(self.answers)
