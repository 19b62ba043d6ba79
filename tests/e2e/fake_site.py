# SPDX-License-Identifier: Apache-2.0
"""A site without its programs: what a courier would have written into a workstation's spool, and the epoch key that
opens what the queue seals. Tests of the queue alone use it."""
import json
import os
import struct
import sys
import time

from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "reference"))
import latchkey_format as fmt  # noqa: E402
import latchkey_protocol as proto  # noqa: E402, F401

DAY_MS = 86400 * 1000
RAW_ALLOWED, HELD_SHOWN_COMPLETED, POSTSCRIPT_ALLOWED, ANY_FORMAT_ALLOWED = 1, 2, 8, 16
DELIVERED, CANCELED, FAILED, UNKNOWN, DELIVERING = 5, 8, 6, 7, 4


def text16(text):
    return struct.pack(">H", len(text.encode())) + text.encode()


class FakeSite:
    def __init__(self, spool, person="alice"):
        self.spool = spool
        self.person = person
        self.identity = ed25519.Ed25519PrivateKey.generate()
        self.public = fmt.raw_public(self.identity)
        self.id = fmt.key_id(self.public)
        self.node_public = fmt.raw_public(ed25519.Ed25519PrivateKey.generate())
        self.node = fmt.key_id(self.node_public)
        self.scout_public = fmt.raw_public(ed25519.Ed25519PrivateKey.generate())
        self.scout_box = os.urandom(32)  # opens what is asked of a device scout
        self.more_scouts = 0
        self.epoch_key = x25519.X25519PrivateKey.generate()
        self.version = 0
        os.makedirs(os.path.join(spool, "site"), exist_ok=True)

    @property
    def epoch_secret(self):
        return self.epoch_key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

    def signed(self, name, record):
        return record + self.identity.sign(fmt.label(name) + record)

    def write(self, name, data):
        path = os.path.join(self.spool, name)
        with open(path + ".new", "wb") as f:
            f.write(data)
        os.rename(path + ".new", path)

    def enroll(self, roles=1, person=None):
        self.write("site-key", self.public)
        certificate = self.signed("certificate", struct.pack(">B16s32s32sBH", 1, self.id, self.node_public,
                                                             bytes(range(32)), roles, 1))
        self.write("site/node", struct.pack(">B16s32s", 1, self.node, self.public) + certificate +
                   text16(self.person if person is None else person))
        return self

    def bulletin(self, use_until_ms=21 * DAY_MS, flags=RAW_ALLOWED | ANY_FORMAT_ALLOWED, revoked=(), signer=None, profile=b""):
        """Publish the next bulletin, with one epoch that ends use_until_ms from now."""
        now = int(time.time() * 1000)
        self.version += 1
        record = struct.pack(">B32sIQ", 1, self.public, self.version, now)
        record += struct.pack(">BI32sQQQ", 1, 7, fmt.raw_public(self.epoch_key), now - DAY_MS, now + use_until_ms,
                              now + use_until_ms + 3 * DAY_MS)
        record += bytes([1 + self.more_scouts])
        for public in [self.scout_public, *(os.urandom(32) for _ in range(self.more_scouts))]:
            record += fmt.key_id(public) + public + fmt.box_public(self.scout_box)
        record += struct.pack(">BIIBH", 0, 172800, flags, 6, len(profile)) + profile
        record += struct.pack(">H", len(revoked)) + b"".join(revoked)
        self.write("site/bulletin", (signer or self).signed("bulletin", record))
        return self

    # What the queue made

    def jobs(self):
        return sorted(os.listdir(os.path.join(self.spool, "jobs")))

    def arriving(self):
        return [n for n in os.listdir(os.path.join(self.spool, "incoming")) if n != "lock"]

    def read(self, job, name):
        with open(os.path.join(self.spool, "jobs", job, name), "rb") as f:
            return f.read()

    def key(self, job):
        """The job key, with the site's secret."""
        header = fmt.Header.read(self.read(job, "job"))
        assert header.job.hex() == job and header.site == self.id and header.node == self.node and header.epoch == 7
        return header.job_key(self.epoch_secret)

    def description(self, job):
        return fmt.description_open(self.key(job), self.read(job, "description"))

    def open(self, job):
        """(document, owner, ticket) of a sealed job, with the site's secret."""
        file, key, d = self.read(job, "job"), self.key(job), self.description(job)
        assert d.payload_prefix == file[fmt.HEADER_LEN:fmt.HEADER_LEN + fmt.PREFIX]
        assert d.payload_length == len(file) - fmt.HEADER_LEN
        return fmt.job_open(key, file), d.owner, json.loads(d.ticket)

    def record(self, job):
        """(job-id, uid, document bytes) of the queue's record."""
        version, number, uid, _, size, _ = struct.unpack(">BIIQQQ", self.read(job, "queue"))
        assert version == 1
        return number, uid, size

    def state(self, job, state, reason=0, pending=0, changed_ms=None, printer="colour"):
        """Say what a courier would say of a job."""
        changed = int(time.time() * 1000) if changed_ms is None else changed_ms
        self.write(f"jobs/{job}/state", struct.pack(">BBBBQ16sQI", 1, state, reason, pending, changed, bytes(16), 0, 3) +
                   text16("") + text16(printer) + struct.pack(">H", 0))
