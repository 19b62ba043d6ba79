#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Make the golden files of proto/ anew with build/…/protocol_tool. Needed only when version 1 itself changes.

usage: make_proto.py BUILD-FOLDER
Values come from a fixed seed; the message is sealed under a random key, so each run gives another that opens the same.
"""
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "reference"))


def main(build):
    os.environ["LATCHKEY_BUILD"] = build
    import protocol_examples as ex
    import test_protocol

    for kind in ex.KINDS:
        values = ex.Examples(random.Random("golden " + kind)).of(kind)
        files = {kind: test_protocol.c_writes(kind, values),
                 kind + ".fields": ex.to_lines(values, ex.fields_of(kind)).encode()}
        for name, data in files.items():
            with open(os.path.join(HERE, "proto", name), "wb") as f:
                f.write(data)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
