# SPDX-License-Identifier: Apache-2.0
"""The other side of the keyholder's sockets, in Python from PROTOCOL.md alone: frames, a workstation's keys, sealed jobs,
and a second reader of the audit chain."""
import hashlib
import os
import re
import socket
import struct
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "reference"))
import latchkey_format as form  # noqa: E402
import latchkey_protocol as proto  # noqa: E402

BULLETIN, DESCRIBE, HELLO, GRANT, CLOSE, JOIN, AUDIT, PRINTERS, DOORS, REPORT = range(1, 11)
PIN_SET, PIN_CHECK, PIN_UNLOCK, PIN_CLEAR, PIN_LOOK, BADGE_MAC = range(11, 17)
DELEGATE, UNDELEGATE, DELEGATIONS, PROFILE = range(17, 21)
(PRINTER_ADD, PRINTER_REMOVE, PRINTER_TRUST, INVITE, WITHDRAW, NODES, REVOKE, ROTATE, POLICY, RELAYS, AUDIT_READ,
 SCOUT_ADD) = range(32, 44)
OK, FORMAT, LIMIT, AUTH, REFUSED, NOTFOUND, STATE, STALE, REPLAY, UNSUPPORTED = 0, 4, 5, 6, 7, 8, 10, 11, 12, 17


def text16(text):
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


class Client:
    """One connection. ask() waits for its answer; send() and raw() do not."""

    def __init__(self, path, timeout_s=20):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout_s)
        self.socket.connect(path)

    def raw(self, data):
        self.socket.sendall(data)

    def send(self, op, body=b""):
        self.raw(struct.pack(">IB", len(body) + 1, op) + body)

    def receive(self):
        """(result, body), or None when the keyholder has closed the connection."""
        head = self._exactly(4)
        if head is None:
            return None
        answer = self._exactly(struct.unpack(">I", head)[0])
        return (answer[0], answer[1:]) if answer else None

    def _exactly(self, length):
        data = b""
        while len(data) < length:
            try:
                part = self.socket.recv(length - len(data))
            except ConnectionResetError:
                return None
            if not part:
                return None
            data += part
        return data

    def ask(self, op, body=b""):
        """(result, body), or None when the keyholder has closed the connection, before or after it was asked."""
        try:
            self.send(op, body)
        except (BrokenPipeError, ConnectionResetError):
            return None
        return self.receive()

    def must(self, op, body=b""):
        result, answer = self.ask(op, body)
        assert result == OK, f"op {op} was refused with {result}: {answer[2:].decode(errors='replace')}"
        return answer

    def closed(self, within_s=20):
        """Does the keyholder close this connection by itself? Gives the seconds that it took."""
        start = time.monotonic()
        self.socket.settimeout(within_s)
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        return time.monotonic() - start

    def close(self):
        self.socket.close()


class Workstation:
    """Keys of a node that has joined, and what its queue and courier make with them."""

    def __init__(self, admin, scout, person, roles=1):
        self.seed, self.box_secret = os.urandom(32), os.urandom(32)
        self.sign_public, self.box_public = proto.public_of(self.seed), form.box_public(self.box_secret)
        self.node = form.key_id(self.sign_public)
        answer = admin.must(INVITE, text16(person) + struct.pack(">BII", roles, 1, 1))
        code = proto.read_invitation(answer[2:].decode())
        self.site = code["site"]
        code_id, code_key, _, _ = proto.join_keys(code["secret"], self.site)
        request = proto.write_join_request({"code_id": code_id, "site": self.site, "sign_public": self.sign_public,
                                            "box_public": self.box_public, "nonce": os.urandom(16)}, code_key)
        self.certificate = scout.must(JOIN, request)[:148]

    def hello(self, boot_ms=1000):
        self.hello_secret = os.urandom(32)
        return proto.write_signed("hello", {"certificate_bytes": self.certificate, "boot_ms": boot_ms,
                                            "hello_public": form.box_public(self.hello_secret)}, self.seed)

    def seal(self, bulletin, owner, title="a letter"):
        """(job id, job key, description file)."""
        epoch = bulletin["epochs"][-1]
        header = form.Header(site=self.site, job=os.urandom(16), node=self.node, epoch=epoch["number"],
                             created_unix_ms=1700000000000, wrapped_key=b"")
        file, key = form.job_seal(epoch["public_key"], header, b"document")
        description = form.Description(1, file[152:208], len(file) - 152, owner, b'{"title":"%s"}' % title.encode())
        return header.job, key, form.description_seal(key, file[:152], description)

    def report(self, order, state, reason=0, terminal=1):
        return proto.write_signed("report", {
            "site": self.site, "order": order["order"], "job": order["job"], "node": self.node, "state": state,
            "reason": reason, "terminal": terminal, "confirmed": 1, "sent_bytes": 8, "impressions": 1,
            "printer_state_reasons": "", "hello_public": form.box_public(self.hello_secret)}, self.seed)


def printer(name="colour"):
    return {"id": os.urandom(16), "name": name, "place": "", "uri": "ipps://printer.example:631/ipp/print",
            "protocol": 1, "pin": os.urandom(32), "language": ""}


def grant(description, who, recipient_node, printer_id, **changed):
    values = {"description": description, "owner": who, "whose": who, "person": who, "authentication": 1, "keep": 0,
              "recipient": recipient_node, "printer": printer_id, "source": 0, "blob": bytes(16), "options": b""}
    return proto.write_plain("grant", {**values, **changed})


def audit_fields(tokens):
    """What a line says, values decoded; in a line of old, one "detail" that held them all."""
    assert all(re.fullmatch(r"[a-z_]+=([A-Za-z0-9._@/:,+-]|%[0-9A-F]{2})*", token) for token in tokens), tokens
    fields = {key: urllib.parse.unquote(value) for key, value in (token.split("=", 1) for token in tokens)}
    assert len(fields) == len(tokens), f"a key twice: {tokens}"
    if list(fields) == ["detail"]:
        return audit_fields(fields["detail"].split(" "))
    return fields


def audit_lines(admin):
    """The audit log, every line checked as PROTOCOL.md says; [(event, {field: value}), …]."""
    site_public = admin.must(BULLETIN)[1:33]
    before, number, position, found = bytes(32), 0, 1, []
    while True:
        answer = admin.must(AUDIT_READ, struct.pack(">Q", position))
        after, lines = struct.unpack(">Q", answer[:8])[0], answer[8:].decode("ascii").splitlines()
        for line in lines:
            text, digest = line.rsplit(" ", 1)
            right = hashlib.sha512(form.label("audit") + before + text.encode()).digest()[:32]
            assert right.hex() == digest, f"the chain breaks at: {line}"
            count, _, event, *fields = text.split(" ")
            assert int(count) == number + 1, f"not the next number: {line}"
            values = audit_fields(fields)
            if event == "checkpoint":
                signed = form.key_id(site_public) + struct.pack(">Q", number) + before
                proto.verify("audit", signed + bytes.fromhex(values["signature"]), site_public)
            before, number = right, number + 1
            found.append((event, values))
        if after == position:
            return found
        position = after
