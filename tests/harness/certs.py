# SPDX-License-Identifier: Apache-2.0
"""Throw-away certificates for the servers that tests and the demo start."""
import datetime
import ipaddress
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject, issuer, key, expired=False):
    now = datetime.datetime.utcnow() - datetime.timedelta(days=60 if expired else 0)
    return (x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer))
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30)))


def _save(folder, name, cert, key):
    os.makedirs(folder, exist_ok=True)
    crt, pem = os.path.join(folder, name + ".crt"), os.path.join(folder, name + ".key")
    with open(crt, "wb") as f:
        f.write(cert.public_bytes(serialization.Encoding.PEM))
    with open(pem, "wb") as f:
        f.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                  serialization.NoEncryption()))
    os.chmod(pem, 0o600)
    return crt, pem


class Authority:
    """A certificate authority in a folder: ca.crt, and a certificate for each name that is asked for."""

    def __init__(self, folder, name="Test CA"):
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        cert = (_builder(name, name, self.key).add_extension(x509.BasicConstraints(True, None), True)
                .sign(self.key, hashes.SHA256()))
        self.crt, _ = _save(folder, "ca", cert, self.key)

    def issue(self, name, hosts=("localhost",), ips=("127.0.0.1",), expired=False):
        """(certificate path, key path) for a server; a new key each time."""
        key = ec.generate_private_key(ec.SECP256R1())
        san = [x509.DNSName(h) for h in hosts] + [x509.IPAddress(ipaddress.ip_address(i)) for i in ips]
        cert = (_builder(hosts[0], self.name, key, expired).add_extension(x509.SubjectAlternativeName(san), False)
                .sign(self.key, hashes.SHA256()))
        return _save(self.folder, name, cert, key)
