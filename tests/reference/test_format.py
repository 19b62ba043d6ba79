# SPDX-License-Identifier: Apache-2.0
"""What C seals, Python opens, and the reverse: golden files, random documents of awkward sizes, and hostile changes."""
import json
import os
import random
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "..", "vectors")
sys.path[:0] = [HERE, VECTORS]

import latchkey_format as ref  # noqa: E402
import make  # noqa: E402  (for the documents that it sealed)

SIZES = [0, 1, 15, 16, 17, 16367, 16368, 16383, 16384, 16385, 32767, 32768, 32769, 262144, 262145, 1000003]


def read(path):
    with open(path, "rb") as f:
        return f.read()


def golden(name):
    return read(os.path.join(VECTORS, name))


class Tool:
    """format_tool: crypto/, as the products link it."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.program = os.path.join(os.environ["LATCHKEY_BUILD"], "reference", "format_tool")

    def path(self, name, data=None):
        path = os.path.join(self.folder, name)
        if data is not None:
            with open(path, "wb") as f:
                f.write(data)
        return path

    def run(self, *args):
        done = subprocess.run([self.program, *map(str, args)], capture_output=True, text=True, check=False)
        if done.returncode == 1:
            raise ref.Refused(done.stderr.strip())
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def tool(tmp_path):
    return Tool(tmp_path)


@pytest.fixture(scope="module")
def keys():
    return json.loads(golden("keys.json"))


@pytest.fixture
def secret():
    return os.urandom(32)


def a_header():
    return ref.Header(os.urandom(16), os.urandom(16), os.urandom(16), random.getrandbits(32), random.getrandbits(63))


def the_description(file, **changes):
    fields = dict(number=5, payload_prefix=file[152:208], payload_length=len(file) - 152, owner="alice",
                  ticket=b'{"title":"x"}')
    return ref.Description(**{**fields, **changes})


def test_golden_jobs_open(keys):
    for job in keys["jobs"]:
        file, description = golden(job["file"]), golden(job["description"])
        header = ref.Header.read(file)
        assert header.site.hex() == keys["site"] and header.job.hex() == job["job"]
        key = header.job_key(bytes.fromhex(keys["epoch_secret"]))
        assert ref.job_open(key, file) == make.document(job["document_length"])
        assert ref.description_open(key, description) == the_description(
            file, number=keys["number"], owner=keys["owner"], ticket=keys["ticket"].encode())


def test_golden_grant_envelopes_and_root_open(keys):
    info = ref.wrap_info_grant(bytes.fromhex(keys["site"]), bytes.fromhex(keys["order"]))
    wrapped = bytes.fromhex(keys["order_wrap"])
    assert ref.unwrap(bytes.fromhex(keys["hello_secret"]), info, wrapped).hex() == keys["order_job_key"]
    for envelope in keys["envelopes"]:
        plain = ref.envelope_open(bytes.fromhex(keys["recipient_secret"]), golden(envelope["file"]))
        assert plain == make.document(envelope["length"])
    root = ref.kit_read(golden("root.kit").decode())
    assert root.hex() == keys["root"]
    assert ref.site_identity(root).hex() == keys["identity_public"]
    assert ref.key_id(bytes.fromhex(keys["identity_public"])).hex() == keys["site"]
    assert ref.root_file_read(golden("root.file"), keys["root_password"].encode()) == root


@pytest.mark.parametrize("size", SIZES)
def test_what_c_seals_python_opens(tool, secret, size):
    document, header = os.urandom(size), a_header()
    ticket = os.urandom(random.choice([0, 1, 300, 437, 438, 439, 16000]))
    job, description = tool.path("job"), tool.path("description")
    tool.run("seal", ref.box_public(secret).hex(), header.site.hex(), header.job.hex(), header.node.hex(), header.epoch,
             header.created_unix_ms, 9, "Bj\u00f6rn", tool.path("document", document), tool.path("ticket", ticket), job,
             description)
    file = read(job)
    got = ref.Header.read(file)
    header.wrapped_key = got.wrapped_key
    assert got == header
    key = got.job_key(secret)
    assert ref.job_open(key, file) == document
    assert ref.description_open(key, read(description)) == the_description(
        file, number=9, owner="Bj\u00f6rn", ticket=ticket)


@pytest.mark.parametrize("size", SIZES)
def test_what_python_seals_c_opens(tool, secret, size):
    document = os.urandom(size)
    file, key = ref.job_seal(ref.box_public(secret), a_header(), document)
    description = the_description(file, ticket=os.urandom(random.randrange(2000)))
    sealed = ref.description_seal(key, file[:152], description)

    tool.run("open", secret.hex(), tool.path("job", file), tool.path("opened"))
    assert read(tool.path("opened")) == document
    said = tool.run("describe", secret.hex(), tool.path("description", sealed), tool.path("ticket")).splitlines()
    assert said == ["5", file[152:208].hex(), str(len(file) - 152), "alice"]
    assert read(tool.path("ticket")) == description.ticket


def test_both_refuse_the_same_changes_of_a_job(tool, secret):
    file, key = ref.job_seal(ref.box_public(secret), a_header(), os.urandom(20000))
    places = [0, 8, 9, 10, 11, 12, 28, 44, 60, 64, 71, 72, 104, 151, 152, 176, 207, 208, 16591, 16592, len(file) - 1]
    changed = [file[:i] + bytes([file[i] ^ 1]) + file[i + 1:] for i in places]
    changed += [file[:n] for n in (0, 151, 152, 208, 224, 208 + 16400, len(file) - 1)] + [file + b"\0"]
    for bad in changed:
        with pytest.raises(ref.Refused):
            ref.job_open(ref.Header.read(bad).job_key(secret), bad)
        with pytest.raises(ref.Refused):
            tool.run("open", secret.hex(), tool.path("job", bad), tool.path("opened"))


@pytest.mark.parametrize("changes", [
    {"owner": ""}, {"owner": "a" * 256}, {"owner": "a\nb"}, {"owner": "a\x7fb"}, {"payload_length": 71},
    {"payload_length": 56 + 16400 + 15}, {"payload_length": 2**64 - 1},
], ids=str)
def test_both_refuse_a_description_that_lies(tool, secret, changes):
    file, key = ref.job_seal(ref.box_public(secret), a_header(), b"")
    sealed = ref.description_seal(key, file[:152], the_description(file, **changes))
    with pytest.raises(ref.Refused):
        ref.description_open(key, sealed)
    with pytest.raises(ref.Refused):
        tool.run("describe", secret.hex(), tool.path("description", sealed), tool.path("ticket"))


def test_the_longest_owner_is_taken_by_both(tool, secret):
    file, key = ref.job_seal(ref.box_public(secret), a_header(), b"")
    sealed = ref.description_seal(key, file[:152], the_description(file, owner="\u00f6" * 127 + "x"))
    assert ref.description_open(key, sealed).owner == "\u00f6" * 127 + "x"
    assert "\u00f6" * 127 in tool.run("describe", secret.hex(), tool.path("d", sealed), tool.path("ticket"))


def test_grants_both_ways(tool, secret):
    site, order, key = os.urandom(16), os.urandom(16), os.urandom(32)
    made_by_c = tool.run("grant", ref.box_public(secret).hex(), site.hex(), order.hex(), key.hex()).strip()
    assert ref.unwrap(secret, ref.wrap_info_grant(site, order), bytes.fromhex(made_by_c)) == key
    made_here = ref.wrap(ref.box_public(secret), ref.wrap_info_grant(site, order), key).hex()
    assert tool.run("ungrant", secret.hex(), site.hex(), order.hex(), made_here).strip() == key.hex()
    with pytest.raises(ref.Refused):
        tool.run("ungrant", secret.hex(), site.hex(), os.urandom(16).hex(), made_here)
    with pytest.raises(ref.Refused):
        ref.unwrap(secret, ref.wrap_info_job(site, order, 0), bytes.fromhex(made_by_c))
    with pytest.raises(ref.Refused):
        tool.run("grant", bytes(32).hex(), site.hex(), order.hex(), key.hex())


@pytest.mark.parametrize("size", [0, 1, 510, 511, 512, 1023, 1024, 16383, 16384, 32766, 32767])
def test_envelopes_both_ways(tool, secret, size):
    plain = os.urandom(size)
    tool.run("envelope", ref.box_public(secret).hex(), tool.path("plain", plain), tool.path("sealed"))
    sealed = read(tool.path("sealed"))
    assert len(sealed) == ref.padding_class(size) + 48
    assert ref.envelope_open(secret, sealed) == plain
    tool.run("unenvelope", secret.hex(), tool.path("sealed", ref.envelope_seal(ref.box_public(secret), plain)),
             tool.path("opened"))
    assert read(tool.path("opened")) == plain
    with pytest.raises(ref.Refused):
        tool.run("unenvelope", os.urandom(32).hex(), tool.path("sealed"), tool.path("opened"))


def test_kits_both_ways_and_a_slip_is_found_in_its_line(tool):
    for root in [bytes(32), b"\xff" * 32] + [os.urandom(32) for _ in range(20)]:
        words = tool.run("kit", root.hex())
        assert words == ref.kit_write(root)
        assert ref.kit_read(words) == root
        assert tool.run("unkit", tool.path("kit", words.upper().encode())).strip() == root.hex()
    words = words.split()
    for i in (0, 6, 7, 20, 27):
        slip = " ".join(words[:i] + ["baba" if words[i] != "baba" else "dada"] + words[i + 1:])
        with pytest.raises(ref.Refused) as by_c:
            tool.run("unkit", tool.path("kit", slip.encode()))
        with pytest.raises(ref.Refused) as by_python:
            ref.kit_read(slip)
        assert str(by_python.value) == f"line {i // 7 + 1}" == str(by_c.value).split(":", maxsplit=1)[0]


def test_root_files_both_ways(tool):
    root, password = os.urandom(32), "Stra\u00dfe 7"
    assert tool.run("identity", root.hex()).strip() == ref.site_identity(root).hex()
    tool.run("root", root.hex(), password, tool.path("root.file"))
    assert ref.root_file_read(read(tool.path("root.file")), password.encode()) == root
    ours = tool.path("root.file", ref.root_file_write(root, password.encode()))
    assert tool.run("unroot", ours, password).strip() == root.hex()
