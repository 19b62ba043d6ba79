#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Make the golden files of this folder anew with build/…/format_tool. Needed only when version 1 itself changes.

usage: make.py BUILD-FOLDER
Keys are fixed; salts and ephemeral keys are random, so each run gives other files that open to the same content.
"""
import hashlib
import json
import os
import subprocess
import sys

from nacl.signing import SigningKey

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "reference"))

import latchkey_format  # noqa: E402

LENGTHS = (0, 5, 16383, 16384, 16385, 40000)
TICKET = b'{"title":"a letter","pages":2}'


def fixed(name):
    """32 bytes that anyone can make again; no key here protects anything."""
    return hashlib.sha256(b"latchkey test vectors: " + name.encode()).digest()


def document(length):
    """The decimal numbers from 1, one a line, cut to length."""
    return b"".join(b"%d\n" % i for i in range(1, length + 2))[:length]


def main(build):
    tool = os.path.join(build, "reference", "format_tool")

    def run(*args):
        return subprocess.run([tool, *args], check=True, capture_output=True, text=True).stdout

    def write(name, data):
        path = os.path.join(HERE, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    root, order_key = fixed("root"), fixed("job key of the order")
    identity = run("identity", root.hex()).strip()
    site = hashlib.sha256(bytes.fromhex(identity)).digest()[:16].hex()
    keys = {
        "what": "test keys, public on purpose",
        "root": root.hex(), "root_password": "correct horse battery staple", "identity_public": identity, "site": site,
        "node": fixed("node").hex()[:32], "order": fixed("order").hex()[:32], "order_job_key": order_key.hex(),
        "epoch": 7, "created_unix_ms": 1700000000000, "number": 3, "owner": "Bj\u00f6rn", "ticket": TICKET.decode(),
        "jobs": [{"file": f"{n}.job", "description": f"{n}.description", "document_length": n} for n in LENGTHS],
        "envelopes": [{"file": f"{n}.envelope", "length": n} for n in (0, 511, 512, 32767)],
    }
    for name in ("epoch", "hello", "recipient"):
        keys[name + "_secret"] = fixed(name).hex()
        keys[name + "_public"] = latchkey_format.box_public(fixed(name)).hex()
    scratch = write("scratch", b"")
    ticket = write("scratch.ticket", TICKET)
    for job in keys["jobs"]:
        write("scratch", document(job["document_length"]))
        job["job"] = fixed(job["file"]).hex()[:32]
        run("seal", keys["epoch_public"], site, job["job"], keys["node"], str(keys["epoch"]),
            str(keys["created_unix_ms"]), str(keys["number"]), keys["owner"], scratch, ticket,
            os.path.join(HERE, job["file"]), os.path.join(HERE, job["description"]))
    for envelope in keys["envelopes"]:
        write("scratch", document(envelope["length"]))
        run("envelope", keys["recipient_public"], scratch, os.path.join(HERE, envelope["file"]))
    keys["order_wrap"] = run("grant", keys["hello_public"], site, keys["order"], order_key.hex()).strip()
    write("root.kit", run("kit", root.hex()).encode())
    run("root", root.hex(), keys["root_password"], os.path.join(HERE, "root.file"))
    write("node.keys", fixed("node sign seed") + fixed("node box secret"))
    signer = SigningKey(fixed("node sign seed"))  # signatures are the same whoever makes them
    keys["node_keys_id"] = latchkey_format.key_id(bytes(signer.verify_key)).hex()
    keys["node_keys_report"] = signer.sign(b"latchkey/v1/report\0" + document(100)).signature.hex()
    for name in ("scratch", "scratch.ticket"):
        os.unlink(os.path.join(HERE, name))
    write("keys.json", json.dumps(keys, indent=1, ensure_ascii=False).encode() + b"\n")
    for name in os.listdir(HERE):
        os.chmod(os.path.join(HERE, name), 0o755 if name.endswith(".py") else 0o644)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
