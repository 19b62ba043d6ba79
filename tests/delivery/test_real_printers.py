# SPDX-License-Identifier: Apache-2.0
"""The good path with real programs: ippeveprinter over IPPS, socat as a raw printer; what arrives is what was printed."""
import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from harness import certs, printers, procs


@pytest.fixture(scope="module")
def ippeve(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("ippeve"))
    bus = printers.Bus(folder).start()
    p = printers.IppPrinter(folder, bus, certs.Authority(folder)).start()
    with open(p.keys + "/localhost.crt", "rb") as f:
        key = x509.load_pem_x509_certificate(f.read()).public_key()
    p.pin = hashlib.sha256(key.public_bytes(serialization.Encoding.DER,
                                            serialization.PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    yield p
    p.stop()
    bus.stop()


def test_another_pin_than_ippeveprinters_sends_nothing(ippeve, deliver):
    before = ippeve.documents()
    d = deliver(ippeve.uri, "--pin", "22" * 32)
    assert d.end() == ("not-printed", "certificate-changed")
    assert ippeve.documents() == before


@pytest.mark.parametrize("size", [0, 1, 16_384, 5_000_000])
def test_ippeveprinter_keeps_the_document_byte_for_byte(ippeve, deliver, tmp_path, size):
    document = tmp_path / "document.pdf"
    document.write_bytes(b"%PDF-1.4\n" + bytes(i % 251 for i in range(size)))
    d = deliver(ippeve.uri, "--pin", ippeve.pin, of=document)
    assert d.end() == ("printed", "none")
    assert d.result["confirmed"] == 1
    with open(ippeve.documents()[-1], "rb") as f:
        assert f.read() == document.read_bytes()


@pytest.fixture
def sink(tmp_path):
    port = procs.free_port()
    socat = procs.Process("socat", ["socat", "-u", f"TCP-LISTEN:{port},bind=127.0.0.1", f"CREATE:{tmp_path}/arrived"], tmp_path).start()
    yield port, socat
    socat.kill()


def test_socat_on_9100_keeps_the_document_byte_for_byte(deliver, sink, tmp_path, document):
    port, socat = sink
    d = deliver(f"socket://127.0.0.1:{port}", "--deadline-ms", 5000)  # the courier waits for the printer, too
    assert d.end() == ("printed", "none")
    assert socat.child.wait(10) == 0
    assert (tmp_path / "arrived").read_bytes() == document.read_bytes()
