# SPDX-License-Identifier: Apache-2.0
"""What the delivery tests share: certificates, a document, the tool."""
import hashlib
import json
import os
import subprocess
import sys

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from harness import certs  # noqa: E402


class Certificates:
    """One authority, any number of keys. make() gives ((crt, key), pin)."""

    def __init__(self, folder):
        self.authority = certs.Authority(str(folder))
        self.count = 0

    def make(self):
        self.count += 1
        pair = self.authority.issue(f"printer{self.count}")
        with open(pair[0], "rb") as f:
            key = x509.load_pem_x509_certificate(f.read()).public_key()
        spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return pair, hashlib.sha256(spki).hexdigest()


class Delivery:
    """deliver_tool at work: its lines as they come, and its end."""

    def __init__(self, folder, document, uri, *options):
        argv = [os.path.join(os.environ["LATCHKEY_BUILD"], "delivery", "deliver_tool"), str(folder), str(document), uri,
                *map(str, options)]
        self.child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = []
        self.order = self.until("order")["order"]

    def until(self, what, **values):
        """Read on until a line of this kind, with these values."""
        for line in self.child.stdout:
            self.lines.append(json.loads(line))
            last = self.lines[-1]
            if last["what"] == what and all(last.get(k) == v for k, v in values.items()):
                return last
        pytest.fail(f"no '{what}' {values} came: {self.lines}")

    def say(self, word):
        self.child.stdin.write(word + "\n")
        self.child.stdin.flush()

    def end(self):
        """(event, reason) of the end; self.last has the numbers."""
        done = self.until("end")
        self.last = [line for line in self.lines if line["what"] == "last"][-1]
        self.result = done
        assert self.child.wait(10) == 0
        return done["event"], done["reason"]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def document(tmp_path):
    """Path of a document that begins like a PDF and does not compress."""
    path = tmp_path / "document"
    path.write_bytes(b"%PDF-1.4\n" + os.urandom(500_000))
    return path


@pytest.fixture
def deliver(tmp_path, document):
    """Start a delivery; what is still running at the end of the test is ended."""
    started = []

    def start(uri, *options, of=None):
        started.append(Delivery(tmp_path / f"spool{len(started)}", of or document, uri, *options))
        return started[-1]

    yield start
    for d in started:
        d.child.kill()
        d.child.wait()
        d.child.stdin.close()
        d.child.stdout.close()
