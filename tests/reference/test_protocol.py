# SPDX-License-Identifier: Apache-2.0
"""What proto/ writes, Python reads, and the reverse; and of thousands of damaged records both refuse the same."""
import os
import random
import struct
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "..", "vectors", "proto")
sys.path.insert(0, HERE)

import latchkey_protocol as ref  # noqa: E402
import protocol_examples as ex  # noqa: E402

TOOL = os.path.join(os.environ["LATCHKEY_BUILD"], "reference", "protocol_tool")
DAMAGED = 400  # records of each kind


def tool(verb, kind, data):
    done = subprocess.run([TOOL, verb, kind, ex.KEYS.get(kind, b"").hex()], input=data, capture_output=True, check=False)
    if done.returncode == 1:
        raise ref.Refused(done.stderr.decode().strip())
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def c_reads(kind, records):
    """For each record its values, or None for refused."""
    framed = b"".join(struct.pack(">I", len(r)) + r for r in records)
    answers, lines = [], []
    for line in tool("read", kind, framed).decode().split("\n"):
        if line != ".":
            lines.append(line)
        elif lines[0].startswith("! "):
            answers.append(None)
            lines = []
        else:
            answers.append(ex.from_lines(lines, ex.fields_of(kind)))
            assert lines == []
    assert len(answers) == len(records)
    return answers


def c_writes(kind, values):
    return tool("write", kind, ex.to_lines(values, ex.fields_of(kind)).encode())


def python_reads(kind, record):
    try:
        return ex.read(kind, record)
    except ref.Refused:
        return None


def golden(name):
    with open(os.path.join(GOLDEN, name), "rb") as f:
        return f.read()


@pytest.fixture
def rng(request):
    return random.Random(request.node.name)  # a test that failed fails again


@pytest.mark.parametrize("kind", ex.KINDS)
def test_golden_files_are_read_by_both_and_written_the_same_by_python(kind):
    record, lines = golden(kind), golden(kind + ".fields").decode()
    values = ex.read(kind, record)
    assert ex.to_lines(values, ex.fields_of(kind)) == lines
    assert c_reads(kind, [record]) == [values]
    if kind not in ("message", "ticket"):  # sealed anew each time; JSON has more than one spelling
        assert ex.write(kind, values) == record
        assert c_writes(kind, values) == record


@pytest.mark.parametrize("kind", ex.KINDS)
def test_what_python_writes_c_reads(kind, rng):
    examples = [ex.Examples(rng).of(kind) for _ in range(50)]
    assert c_reads(kind, [ex.write(kind, values) for values in examples]) == examples


@pytest.mark.parametrize("kind", ex.KINDS)
def test_what_c_writes_python_reads(kind, rng):
    for _ in range(20):
        values = ex.Examples(rng).of(kind)
        record = c_writes(kind, values)
        assert ex.read(kind, record) == values
        if kind not in ("message", "ticket"):
            assert record == ex.write(kind, values)


def damage(rng, data):
    """One to three changes of the kinds that readers get wrong."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data) + 1)
        choice = rng.randrange(5)
        if choice == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif choice == 1 and at < len(data):
            data[at] = rng.choice([0, 1, 2, 127, 128, 255])
        elif choice == 2:
            del data[at:at + rng.randint(1, 8)]
        elif choice == 3:
            data[at:at] = rng.randbytes(rng.randint(1, 8))
        else:
            data = data[:at]
        if not data:
            break
    return bytes(data)


def damaged(kind, rng):
    """A damaged record, mostly with a signature that matches: what an evil node could send."""
    values = ex.Examples(rng).of(kind)
    if kind not in ex.KEYS or rng.randrange(10) == 0:
        return damage(rng, ex.write(kind, values))
    data = damage(rng, ref.write_plain(kind, values))
    if kind == "join_request":
        return data + ref.hmac.digest(ex.CODE, ref.label("join") + data, "sha512")
    if kind == "answer":
        return data + ref.answer_mac(data, ex.ANSWER)
    seed = ex.NODE if kind in ("hello", "message") else ex.KEYS[kind]
    signed = data + ref.signature(kind, data, seed)
    return ref.latchkey_format.envelope_seal(ex.BOX_PUBLIC, signed) if kind == "message" else signed


@pytest.mark.parametrize("kind", ex.KINDS)
def test_of_damaged_records_both_refuse_the_same(kind, rng):
    records = [damaged(kind, rng) for _ in range(DAMAGED)]
    expected = [python_reads(kind, r) for r in records]
    for record, c, python in zip(records, c_reads(kind, records), expected):
        assert c == python, record.hex()
    refused = sum(values is None for values in expected)
    assert refused > DAMAGED // 10  # the damage does damage


def test_what_is_unsound_nobody_writes(rng):
    unsound = [("certificate", "roles", 8), ("bulletin", "flags", 32), ("order", "authentication", 6), ("order", "keep", 2),
               ("order", "printer_pin", bytes(32)), ("order", "printer_uri", "http://x"), ("report", "state", 0),
               ("report", "reason", 18), ("closed", "reason", 4), ("gone", "reason", 1), ("answer", "outcome", 0),
               ("answer", "outcome", 6), ("ack", "result", ref.ERRORS),
               ("list", "part", 5), ("printer", "name", "a b"), ("spool_state", "reason", 18),
               ("invitation", "relay_url", "https://x/y"), ("profile", "formats", 2), ("profile", "copies_max", 0),
               ("profile", "media", [{"text": "a4"}]), ("delegation", "from", ""), ("delegation", "until_unix_ms", 0)]
    for kind, field, value in unsound:
        values = ex.Examples(rng).of(kind)
        while values.get("protocol") == 2:  # has no pin to take away
            values = ex.Examples(rng).of(kind)
        values[field] = value
        for write in (ex.write, c_writes):
            with pytest.raises(ref.Refused):
                write(kind, values)


def test_both_derive_the_same_from_a_code(rng):
    for _ in range(5):
        secret, site = rng.randbytes(16), rng.randbytes(16)
        assert tool("write", "join_keys", f"secret {secret.hex()}\nsite {site.hex()}\n".encode()) == b"".join(
            ref.join_keys(secret, site))


def test_a_message_that_was_opened_cannot_be_passed_on(rng):
    values = ex.Examples(rng).of("message") | {"recipient": rng.randbytes(16)}
    sealed = ex.write("message", values)
    assert python_reads("message", sealed) is None
    assert c_reads("message", [sealed]) == [None]
