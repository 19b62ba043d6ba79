# SPDX-License-Identifier: Apache-2.0
"""protocol_examples: keys, and one example after the other of each record, for the test and for the golden files."""
import hashlib

import latchkey_format
import latchkey_protocol as ref


def fixed(name):
    """32 bytes that anyone can make again; no key here protects anything."""
    return hashlib.sha256(b"latchkey protocol vectors: " + name.encode()).digest()


SITE, NODE, SCOUT, CODE, BOX, ANSWER = (fixed(n) for n in ("site", "node", "scout", "code", "box", "answer"))
SITE_PUBLIC, NODE_PUBLIC, SCOUT_PUBLIC = (ref.public_of(seed) for seed in (SITE, NODE, SCOUT))
SITE_ID, NODE_ID, SCOUT_ID = (latchkey_format.key_id(k) for k in (SITE_PUBLIC, NODE_PUBLIC, SCOUT_PUBLIC))
BOX_PUBLIC = latchkey_format.box_public(BOX)

# What protocol_tool is given for each kind; nothing for what nobody signs.
KEYS = {"certificate": SITE, "bulletin": SITE, "hello": SITE + NODE, "order": SITE, "report": NODE, "closed": SITE,
        "join_request": CODE, "answer": ANSWER, "message": NODE + SCOUT + BOX}
KINDS = [*ref.LAYOUTS, "ticket"]


class Examples:
    """Sound records from a random.Random."""

    def __init__(self, rng):
        self.rng = rng

    def bytes(self, most, least=0):
        return self.rng.randbytes(self.rng.randint(least, most))

    def text(self, most, least=0):
        text = "".join(self.rng.choice("abcXYZ019 -_.,:/\"\\äß漢🖨") for _ in range(self.rng.randint(least, most)))
        while len(text.encode()) > most:
            text = text[:-1]
        return text

    def value(self, kind):
        if isinstance(kind, int):
            return self.rng.randbytes(kind)
        if isinstance(kind, str) and kind in ref.SIZES:
            bits = 8 * ref.SIZES[kind]
            return self.rng.choice([0, 1, (1 << bits) - 1, self.rng.getrandbits(bits)])
        if kind == "bytes32":
            return self.bytes(self.rng.choice([0, 100, 30000]))
        if kind[0] == "text16":
            return self.text(kind[1])
        if kind[0] == "bytes16":
            return self.bytes(kind[1])
        return [self.fields(kind[3]) for _ in range(self.rng.randint(0, min(kind[2], 40)))]

    def fields(self, fields):
        return {name: self.value(kind) for name, kind in fields}

    def of(self, kind):
        if kind == "ticket":
            return self.ticket()
        values = self.fields(ref.LAYOUTS[kind].fields)
        getattr(self, kind, lambda v: None)(values)
        return values

    def url(self):
        return f"https://relay-{self.rng.randrange(1000)}.example:{self.rng.randrange(1, 65536)}"

    def delivery(self, values, uri, pin):
        values["protocol"] = self.rng.choice([1, 2])
        host = f"printer-{self.rng.randrange(1000)}.example"
        values[uri] = f"ipps://{host}/ipp/print" if values["protocol"] == 1 else f"socket://{host}:9100"
        if values["protocol"] == 2:
            values[pin] = bytes(32)

    # Kind by kind: what makes random values sound.

    def certificate(self, v):
        v.update(site=SITE_ID, roles=self.rng.randint(1, 7))

    def bulletin(self, v):
        v.update(site_public=SITE_PUBLIC, flags=self.rng.randrange(32))
        numbers = sorted(self.rng.sample(range(1 << 32), min(len(v["epochs"]), 32)))
        v["epochs"] = v["epochs"][:32]
        for e, number in zip(v["epochs"], numbers):
            times = sorted(self.rng.getrandbits(64) for _ in range(3))
            e.update(number=number, start_unix_ms=times[0], use_until_unix_ms=times[1], destroy_at_unix_ms=times[2])
        v["scouts"], v["relays"] = v["scouts"][:8], v["relays"][:8]
        for s in v["scouts"]:
            s["node"] = latchkey_format.key_id(s["sign_public"])
        for r in v["relays"]:
            r["url"] = self.url()

    def profile(self, v):
        v.update(formats=self.rng.randrange(32) | 1, features=self.rng.randrange(32), copies_max=self.rng.randint(1, 999))
        for name, most in (("resolutions", 8), ("finishings", 64)):
            numbers = sorted({n["number"] for n in v[name]} - {0, 3})
            v[name] = [{"number": n} for n in numbers[:most]]
        for name in ("types", "sources", "bins"):
            words = {"".join(self.rng.choices("abcxyz019-._", k=self.rng.randint(1, 47))) for _ in v[name]}
            v[name] = [{"text": w} for w in sorted(words)]
        media = {self.medium() for _ in range(self.rng.randint(1, 64))}
        v["media"] = [{"text": m} for m in sorted(media)]

    def medium(self):
        unit, least, most = self.rng.choice([("mm", 10, 1999), ("in", 1, 78)])
        sides = [f"{self.rng.randint(least, most)}{self.rng.choice(['', '.5', '.25', '.125'])}" for _ in range(2)]
        name = "".join(self.rng.choices("abz09-", k=self.rng.randint(1, 12)))
        return f"{self.rng.choice(['iso', 'na', 'jpn', 'om'])}_{name}_{sides[0]}x{sides[1]}{unit}"

    def hello(self, v):
        certificate = self.of("certificate") | {"sign_public": NODE_PUBLIC}
        v["certificate_bytes"] = ref.write_signed("certificate", certificate, SITE)

    def order(self, v):
        v.update(site=SITE_ID, source=self.rng.randrange(2), person=self.text(255, 1), authentication=self.rng.randint(1, 5),
                 keep=self.rng.randrange(2))
        v["payload_len"] = max(v["payload_len"], 72)
        if v["source"] == 0:
            v["blob"] = bytes(16)
        self.delivery(v, "printer_uri", "printer_pin")

    def report(self, v):
        v.update(site=SITE_ID, node=NODE_ID, state=self.rng.randint(1, 9), reason=self.rng.randint(0, 17),
                 terminal=self.rng.randrange(2), confirmed=self.rng.randrange(2))

    def closed(self, v):
        v.update(site=SITE_ID, reason=self.rng.randint(1, 3))

    def question(self, v):
        v["password"] = v["password"].replace(b"\0", b"-")

    def answer(self, v):
        v.update(outcome=self.rng.randint(1, 5))
        v["person"] = self.text(255, 1) if v["outcome"] == 1 else ""

    def invitation(self, v):
        v["relay_url"] = self.url()

    def gone(self, v):
        v["reason"] = self.rng.choice([2, 3])

    def ack(self, v):
        v["result"] = self.rng.randrange(ref.ERRORS)

    def list(self, v):
        v["part"], v["parts"] = self.rng.randrange(5), 5

    def message(self, v):
        v.update(type=self.rng.randint(1, 14), recipient=SCOUT_ID, sender=NODE_ID)

    def printer(self, v):
        self.delivery(v, "uri", "pin")
        v.update(name=f"printer_{self.rng.randrange(100)}-A", language="pdf" if v["protocol"] == 2 else "")

    def delegation(self, v):
        v.update({"from": self.text(255, 1), "to": self.text(255, 1)})
        v["since_unix_ms"] = self.rng.randrange(1 << 62)
        v["until_unix_ms"] = v["since_unix_ms"] + self.rng.randint(1, 1 << 62)

    def spool_state(self, v):
        v.update(state=self.rng.randint(1, 9), reason=self.rng.randint(0, 17), report_pending=self.rng.randrange(2))

    def ticket(self):
        values = {name: self.text(most) for name, most in ref.TICKET_TEXTS.items()}
        values |= {name: self.rng.randrange(limit) for name, limit in ref.TICKET_NUMBERS.items()}
        password = self.rng.choice([ref.NO_PASSWORD, bytes([self.rng.randint(1, 2)]) + self.rng.randbytes(48)])
        return values | {"ipp": self.bytes(4096), "password": password}


def read(kind, data):
    if kind == "bulletin":
        return ref.read_bulletin(data, SITE_ID)
    if kind in ("certificate", "order", "closed"):
        return ref.read_of_site(kind, data, SITE_PUBLIC)
    if kind == "hello":
        return ref.read_hello(data, SITE_PUBLIC)
    if kind == "report":
        return ref.read_report(data, NODE_PUBLIC)
    if kind == "join_request":
        return ref.read_join_request(data, CODE)
    if kind == "question":
        return ref.read_question(data)
    if kind == "answer":
        return ref.read_answer(data, ANSWER)
    if kind == "message":
        return ref.read_message(data, NODE_PUBLIC, SCOUT_ID, BOX)
    if kind == "invitation":
        try:
            return ref.read_invitation(data.decode("ascii"))
        except UnicodeDecodeError as e:
            raise ref.Refused("no such digit") from e
    return ref.read_ticket(data) if kind == "ticket" else ref.read_plain(kind, data)


def write(kind, values):
    if kind == "hello":
        return ref.write_signed(kind, values, NODE)
    if kind == "join_request":
        return ref.write_join_request(values, CODE)
    if kind == "question":
        return ref.write_question(values)
    if kind == "answer":
        return ref.write_answer(values, ANSWER)
    if kind == "message":
        return ref.write_message(values, NODE, BOX_PUBLIC)
    if kind == "invitation":
        return ref.write_invitation(values).encode()
    if kind == "ticket":
        return ref.write_ticket(values)
    return ref.write_signed(kind, values, KEYS[kind]) if kind in KEYS else ref.write_plain(kind, values)


# The lines of protocol_tool

TICKET_FIELDS = [("title", "text"), ("format", "text"), ("host", "text"), ("account", "text"),
                 ("document-bytes", "u64"), ("pages", "u32"), ("color", "u32"),
                 ("raster-type", "text"), ("raster-dpi", "u32"), ("created-unix-ms", "u64"), ("ipp", "bytes"),
                 ("password", 49)]


def fields_of(kind):
    return TICKET_FIELDS if kind == "ticket" else ref.LAYOUTS[kind].fields


def to_lines(values, fields):
    out = ""
    for name, kind in fields:
        value = values[name]
        shown = value.encode().hex() if isinstance(value, str) else value.hex() if isinstance(value, bytes) else (
            len(value) if isinstance(value, list) else value)
        out += f"{name.replace('-', '_')} {shown}\n"
        if isinstance(value, list):
            out += "".join(to_lines(v, kind[3]) for v in value)
    return out


def is_text(kind):
    return kind == "text" or (isinstance(kind, tuple) and kind[0] == "text16")


def from_lines(lines, fields):
    """Takes its lines from the front of the list."""
    values = {}
    for name, kind in fields:
        found, value = lines.pop(0).split(" ", 1)
        assert found == name.replace("-", "_")
        if isinstance(kind, str) and kind in ref.SIZES:
            values[name] = int(value)
        elif isinstance(kind, tuple) and kind[0] == "list":
            values[name] = [from_lines(lines, kind[3]) for _ in range(int(value))]
        else:
            values[name] = bytes.fromhex(value).decode() if is_text(kind) else bytes.fromhex(value)
    return values
