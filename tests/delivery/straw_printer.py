# SPDX-License-Identifier: Apache-2.0
"""Printers of straw: an IPP printer over TLS and a raw one, each with the faults that a test asks for."""
import socket
import ssl
import threading

from harness.listener import Listener

import straw_ipp as ipp


class Connection(Exception):
    """The printer ends this connection."""


class Straw:
    """What both do: listen, note each connection, and let go of those that hang when the test is over."""

    def __init__(self, prepare):
        self.let_go = threading.Event()
        self.listener = Listener(self._serve, prepare)
        self.port = self.listener.port

    @property
    def connections(self):
        """TCP connections that came."""
        return self.listener.count

    def start(self):
        self.listener.start()
        return self

    def stop(self):
        self.let_go.set()
        self.listener.stop()


class StrawPrinter(Straw):
    """
    An IPP printer. Set before start(), or while it runs:
      certificates   one (crt, key) for each connection, the last for all that follow
      operations     operations-supported
      formats        document-format-supported
      close_each     close after each answer
      busy           so many requests to make a job are answered "busy"
      accepting      printer-is-accepting-jobs
      hang_at        stop reading in the middle of a document, after so many bytes
      cut_at         close in the middle of a document, after so many bytes
      jobs_end       what becomes of a whole document: "completed", "aborted", "canceled", "stopped" (till resume())
      impressions    job-impressions-completed when it ended; None: never told
      http_status    what HTTP says instead of answering
      tls_version    the only one that it speaks
    """

    def __init__(self, *certificates):
        super().__init__(lambda: self.application_bytes.append(0))
        self.certificates = list(certificates)
        self.operations = [ipp.PRINT_JOB, ipp.CREATE_JOB, ipp.SEND_DOCUMENT, ipp.CANCEL_JOB, ipp.GET_JOB, ipp.GET_JOBS,
                           ipp.GET_PRINTER]
        self.formats = ["application/pdf", "application/octet-stream"]
        self.can = {}                 # more of its printer attributes: name: (syntax, values)
        self.close_each, self.busy, self.accepting = False, 0, True
        self.hang_at = self.cut_at = self.http_status = self.tls_version = None
        self.jobs_end, self.impressions = "completed", 1
        self.state, self.reasons = 3, "none"
        self.on_request = lambda operation: None  # called for each, before its document is read
        self.application_bytes = []   # of each connection, after TLS
        self.requests = []            # (operation, attributes)
        self.jobs = {}                # job-id: {"name", "state", "document", "impressions"}

    @property
    def uri(self):
        return f"ipps://localhost:{self.port}/ipp/print"

    def resume(self):
        """Somebody put paper in."""
        self.state, self.reasons = 3, "none"
        for job in self.jobs.values():
            if job["state"] == 6:
                job.update(state=9, impressions=self.impressions)

    def job(self, name):
        return next((j for j in self.jobs.values() if j["name"] == name), None)

    def _serve(self, raw, number):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.tls_version:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = self.tls_version
        context.load_cert_chain(*self.certificates[min(number, len(self.certificates) - 1)])
        try:
            with context.wrap_socket(raw, server_side=True) as tls:
                while self._request(tls, number):
                    pass
        except (OSError, Connection):
            raw.close()

    def _read(self, tls, number, most=65536):
        data = tls.recv(most)
        if not data:
            raise Connection
        self.application_bytes[number] += len(data)
        return data

    def _request(self, tls, number):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._read(tls, number)
        head, _, data = data.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        assert b"expect" not in fields and b"transfer-encoding" not in fields
        length = int(fields[b"content-length"])
        while (request := ipp.read_head(data)) is None:
            data += self._read(tls, number)
        operation, request_id, attributes, head_len = request
        self.requests.append((operation, attributes))
        self.on_request(operation)
        document = bytearray(data[head_len:])
        self._document(tls, number, document, length - head_len)
        if self.http_status:
            tls.sendall(b"HTTP/1.1 %d No\r\nLocation: https://localhost:1/\r\nContent-Length: 0\r\n\r\n" % self.http_status)
            return not self.close_each
        reply = self._answer(operation, request_id, attributes, bytes(document))
        close = b"Connection: close\r\n" if self.close_each else b""
        tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n%s\r\n" %
                    (len(reply), close) + reply)
        return not self.close_each

    def _document(self, tls, number, document, length):
        while len(document) < length:
            if self.hang_at is not None and len(document) >= self.hang_at:
                self.let_go.wait()
                raise Connection
            if self.cut_at is not None and len(document) >= self.cut_at:
                raise Connection
            document += self._read(tls, number, 4096)

    def _answer(self, operation, request_id, attributes, document):
        if operation == ipp.GET_PRINTER:
            return ipp.answer(request_id, 0, (ipp.PRINTER, self._printer()))
        if operation in (ipp.PRINT_JOB, ipp.CREATE_JOB):
            if self.busy > 0:
                self.busy -= 1
                return ipp.answer(request_id, ipp.BUSY)
            number = len(self.jobs) + 1
            self.jobs[number] = {"name": attributes["job-name"], "state": 3, "document": b"", "impressions": 0,
                                 "user": attributes["requesting-user-name"]}
            if operation == ipp.PRINT_JOB:
                self._finish(self.jobs[number], document)
            return ipp.answer(request_id, 0, (ipp.JOB, ipp.attribute(ipp.INTEGER, "job-id", number)))
        if operation == ipp.GET_JOBS:
            return self._list(request_id, attributes.get("which-jobs") == "completed")
        job = self.jobs.get(attributes.get("job-id"))
        if job is None:
            return ipp.answer(request_id, ipp.NOT_FOUND)
        if operation == ipp.SEND_DOCUMENT:
            self._finish(job, document)
        elif operation == ipp.CANCEL_JOB:
            if job["state"] >= 7:
                return ipp.answer(request_id, ipp.NOT_POSSIBLE)
            job["state"] = 7
        shown = ipp.attribute(ipp.ENUM, "job-state", job["state"])
        if job["impressions"] is not None:
            shown += ipp.attribute(ipp.INTEGER, "job-impressions-completed", job["impressions"])
        return ipp.answer(request_id, 0, (ipp.JOB, shown))

    def _finish(self, job, document):
        job["document"] = document
        job["state"] = {"completed": 9, "aborted": 8, "canceled": 7, "stopped": 6}[self.jobs_end]
        if job["state"] != 6:
            job["impressions"] = self.impressions

    def _reasons(self):
        """Where jobs stop the printer, all is well until there is one."""
        begun = self.jobs_end != "stopped" or any(j["state"] == 6 for j in self.jobs.values())
        return self.reasons if begun or self.state == 5 else "none"

    def _printer(self):
        return (ipp.attribute(ipp.ENUM, "printer-state", self.state) +
                ipp.attribute(ipp.KEYWORD, "printer-state-reasons", *self._reasons().split(",")) +
                ipp.attribute(ipp.BOOLEAN, "printer-is-accepting-jobs", self.accepting) +
                ipp.attribute(ipp.MIME, "document-format-supported", *self.formats) +
                ipp.attribute(ipp.ENUM, "operations-supported", *self.operations) +
                b"".join(ipp.attribute(tag, name, *values) for name, (tag, values) in self.can.items()))

    def _list(self, request_id, completed):
        groups = [(ipp.JOB, ipp.attribute(ipp.INTEGER, "job-id", n) + ipp.attribute(ipp.NAME, "job-name", j["name"]))
                  for n, j in self.jobs.items() if (j["state"] >= 7) == completed]
        return ipp.answer(request_id, 0, *groups)


class StrawRaw(Straw):
    """
    A raw 9100 printer. Faults:
      hang_at    stop reading after so many bytes
      cut_at     close after so many bytes
      reset_at   the same, with a reset
      never_close  take everything and keep the connection
      pjl        None, or a function of the printer that is called with each line of PJL and gives an answer
    """

    def __init__(self):
        super().__init__(lambda: self.received.append(bytearray()))
        self.hang_at = self.cut_at = self.reset_at = self.pjl = None
        self.never_close = False
        self.received = []

    @property
    def uri(self):
        return f"socket://127.0.0.1:{self.port}"

    def _serve(self, connection, number):
        got = self.received[number]
        with connection:
            try:
                while data := connection.recv(16384):
                    got += data
                    if self.pjl:
                        self.pjl(connection, got)
                    if self.hang_at is not None and len(got) >= self.hang_at:
                        self.let_go.wait()
                        return
                    if self.reset_at is not None and len(got) >= self.reset_at:
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                        return
                    if self.cut_at is not None and len(got) >= self.cut_at:
                        return
                if self.never_close:
                    self.let_go.wait()
            except OSError:
                pass
