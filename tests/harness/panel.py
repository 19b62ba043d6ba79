# SPDX-License-Identifier: Apache-2.0
"""A person at a panel: the calls that the panel page makes, over HTTPS with the site's CA checked."""
import http.client
import json
import ssl
import time

from . import procs


class Panel:
    def __init__(self, site, printer, address="127.0.0.1", has_token=True):
        """address: where the panel is, as the device scout sees it; any of 127.0.0.0/8."""
        self.site, self.printer, self.address = site, printer, address
        self.cookie = None
        self.panel_cookie = f"__Secure-latchkey-panel={site.panel_token(printer)}" if has_token else None
        self.context = ssl.create_default_context(cafile=site.ca)
        self.connection = None

    def call(self, method, path, body=None, headers=None):
        """(status, decoded JSON or text). One connection is kept, as a browser does."""
        if self.connection is None:
            self.connection = http.client.HTTPSConnection("localhost", self.site.port, context=self.context, timeout=30,
                                                          source_address=(self.address, 0))
        send = {"X-Latchkey": "1", "Origin": self.site.url}
        cookies = [c for c in (self.panel_cookie, self.cookie) if c]
        if cookies:
            send["Cookie"] = "; ".join(cookies)
        if body is not None:
            send["Content-Type"] = "application/json"
        send.update(headers or {})
        try:
            self.connection.request(method, path, None if body is None else json.dumps(body), send)
            answer = self.connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self.cookie = cookie.split(";")[0]
        if answer.getheader("Content-Type", "").startswith("application/json"):
            return answer.status, json.loads(data or b"null")
        return answer.status, data.decode(errors="replace")

    def sign_in(self, user, password, **more):
        return self.call("POST", "/api/v1/session", {"printer": self.printer, "user": user, "password": password, **more})

    def badge(self, badge, pin=None):
        """Swipe, and with a PIN type it."""
        body = {"printer": self.printer, "badge": badge, **({} if pin is None else {"pin": pin})}
        return self.call("POST", "/api/v1/session", body)

    def pin(self, user, pin):
        return self.call("POST", "/api/v1/session", {"printer": self.printer, "user": user, "pin": pin})

    def sign_out(self):
        return self.call("DELETE", "/api/v1/session")

    def jobs(self):
        status, body = self.call("GET", "/api/v1/jobs")
        if status != 200:
            raise procs.Failed(f"the job list was answered with {status}: {body}")
        return body["jobs"]

    def waiting(self):
        """The jobs that can be released: final ones are listed until their person signs out."""
        return [j for j in self.jobs() if j["state"] not in ("delivered", "canceled", "expired")]

    def job(self, job_id):
        """The job as listed, or None when it is not there (any more)."""
        return next((j for j in self.jobs() if j["id"] == job_id), None)

    def release(self, *job_ids, options=None, passwords=None):
        return self.call("POST", "/api/v1/release",
                         {"jobs": list(job_ids), "options": options or {}, "passwords": passwords or {}})

    def delete(self, job_id):
        return self.call("DELETE", f"/api/v1/jobs/{job_id}")

    def wait_state(self, job_id, *states, timeout_s=30):
        """Wait until the job is in one of the states; "gone" means that it is not listed any more."""
        seen = None
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            job = self.job(job_id)
            seen = job["state"] if job else "gone"
            if seen in states:
                return job or {"id": job_id, "state": "gone"}
            time.sleep(0.01)  # a poll interval
        raise procs.Failed(f"job {job_id} is {seen}, not {' or '.join(states)}, after {timeout_s} s\n{self.site.logs()}")
