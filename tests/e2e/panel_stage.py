# SPDX-License-Identifier: Apache-2.0
"""The panel's real server with a played site behind it (panel_server.c), and raw ways to speak to it."""
import http.client
import json
import os
import socket
import ssl

from harness import procs

PROGRAM = os.path.join(os.environ["LATCHKEY_BUILD"], "devicescout", "web", "panel_server")


class Stage:
    def __init__(self, folder, authority, idle_s=120, more=()):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.authority, self.ca = folder, authority, authority.crt
        self.certificate, self.key = authority.issue("panel-" + os.path.basename(folder))
        self.port_file = os.path.join(folder, "port")
        self.process = procs.Process("panel_server", [PROGRAM, self.certificate, self.key, self.port_file, idle_s, *more],
                                     folder)

    def start(self):
        self.process.start()
        self.process.wait_for("its port", lambda: os.path.exists(self.port_file) and procs.accepts(self.port))
        return self

    @property
    def port(self):
        with open(self.port_file) as f:
            return int(f.read())

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    def connect(self, source="127.0.0.1", version=None):
        """A TLS connection, for bytes that no client library would send."""
        context = ssl.create_default_context(cafile=self.ca)
        if version:
            context.minimum_version = context.maximum_version = version
            context.set_ciphers("ALL:@SECLEVEL=0")
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=15, source_address=(source, 0))
        return context.wrap_socket(plain, server_hostname="localhost")

    def raw(self, data, source="127.0.0.1"):
        """All that the server answers to these bytes, until it closes or is done with one answer."""
        with self.connect(source) as s:
            s.sendall(data)
            return read_answer(s)

    def stop(self):
        status = self.process.stop()
        assert status == 0, f"panel_server ended with {status}\n{self.process.log()}"


def read_answer(stream):
    """(status, headers, body) of one HTTP answer; status 0 when the connection ends without one."""
    try:
        answer = http.client.HTTPResponse(stream)
        answer.begin()
        return answer.status, answer.headers, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, {}, b""


class Client:
    """Calls as the page makes them, on one connection; headers can be changed or left out (None)."""

    def __init__(self, stage, source="127.0.0.1"):
        self.stage, self.cookie = stage, None
        self.context = ssl.create_default_context(cafile=stage.ca)
        self.source = source
        self.connection = self.fresh()

    def fresh(self):
        return http.client.HTTPSConnection("localhost", self.stage.port, context=self.context, timeout=20,
                                           source_address=(self.source, 0))

    def ask(self, method, path, body=None, **changed):
        """(status, headers, decoded body). body: an object, or bytes as they are."""
        headers = {"X-Latchkey": "1", "Origin": self.stage.url, "Content-Type": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        headers.update({k.replace("_", "-"): v for k, v in changed.items()})
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        try:
            self.connection.request(method, path, body, {k: v for k, v in headers.items() if v is not None})
            answer = self.connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection = self.fresh()
            raise
        if data and answer.getheader("Content-Type", "").startswith("application/json"):
            data = json.loads(data)
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self.cookie = cookie.split(";")[0]
        return answer.status, answer.headers, data

    def status(self, *args, **changed):
        return self.ask(*args, **changed)[0]

    def sign_in(self, user="alice", password=None, printer="Lobby"):
        status, headers, body = self.ask("POST", "/api/v1/session", {
            "printer": printer, "user": user, "password": f"{user}-password" if password is None else password})
        assert status == 200, body
        self.set_cookie = headers["Set-Cookie"]
        return self

    def jobs(self):
        status, _, body = self.ask("GET", "/api/v1/jobs")
        assert status == 200, body
        return body["jobs"]

    def job(self, word):
        """The job with this word in its title."""
        return next((j for j in self.jobs() if word in j["title"]), None)
