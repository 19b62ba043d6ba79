# SPDX-License-Identifier: Apache-2.0
"""latchkey_protocol: a second reader and writer of proto/PROTOCOL.md, which shares no code with proto/.

Each record is a list of fields, in the order of the page, and a function that checks what the layout cannot say. Values
are int, bytes, str and, for lists, list of dict. Whatever the page does not allow raises Refused, when it is written too.
"""
import base64
import hashlib
import hmac
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Callable

from nacl import pwhash
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

import latchkey_format
from latchkey_format import Refused, hkdf, key_id, label, require

VERSION = 1
ERRORS = 19  # base/err.h knows so many results, OK among them
STATES = range(1, 10)
REASONS = range(0, 18)


# Fields: (name, kind); kind is an int (so many bytes), "u8" …, ("text16", most), ("bytes16", most), "bytes32", or
# ("list", kind of the count, most, fields).

SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}


def clean(text):
    return not any(unicodedata.category(c) == "Cc" and (ord(c) < 0x80) for c in text)


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        require(len(self.data) - self.at >= length, "cut short")
        self.at += length
        return self.data[self.at - length:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def end(self):
        require(self.at == len(self.data), "bytes behind the last field")


def read_text(raw):
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        raise Refused("not UTF-8") from e
    require(clean(text), "a control character")
    return text


def read_field(c, kind):
    if isinstance(kind, int):
        return c.take(kind)
    if isinstance(kind, str) and kind in SIZES:
        return c.number(SIZES[kind])
    if kind == "bytes32":
        return c.take(c.number(4))
    if kind[0] in ("text16", "bytes16"):
        length = c.number(2)
        require(length <= kind[1], "too long")
        raw = c.take(length)
        return read_text(raw) if kind[0] == "text16" else raw
    _, count_kind, most, fields = kind
    count = c.number(SIZES[count_kind])
    require(count <= most, "too many")
    return [read_fields(c, fields) for _ in range(count)]


def read_fields(c, fields):
    return {name: read_field(c, kind) for name, kind in fields}


def write_number(value, size):
    require(0 <= value < 1 << 8 * size, "does not fit")
    return value.to_bytes(size, "big")


def write_field(value, kind):
    if isinstance(kind, int):
        require(len(value) == kind, "another length")
        return value
    if isinstance(kind, str) and kind in SIZES:
        return write_number(value, SIZES[kind])
    if kind == "bytes32":
        return write_number(len(value), 4) + value
    if kind[0] in ("text16", "bytes16"):
        raw = value.encode() if kind[0] == "text16" else value
        require(len(raw) <= kind[1], "too long")
        return write_number(len(raw), 2) + raw
    _, count_kind, most, fields = kind
    require(len(value) <= most, "too many")
    return write_number(len(value), SIZES[count_kind]) + b"".join(write_fields(v, fields) for v in value)


def write_fields(values, fields):
    return b"".join(write_field(values[name], kind) for name, kind in fields)


# What the layout cannot say


def relay_url(url):
    require(re.fullmatch(r'https://[^/?#@\\" ]+', url), "not https://host:port")


def delivery(protocol, uri, pin):
    scheme, pinned = {1: ("ipps://", True), 2: ("socket://", False)}.get(protocol, ("", None))
    require(scheme and uri.startswith(scheme) and len(uri) > len(scheme), "protocol and URI do not belong together")
    require(any(pin) == pinned, "a pin belongs to IPPS and to nothing else")


def check_certificate(v):
    require(1 <= v["roles"] <= 7, "no such role")


def check_bulletin(v):
    numbers = [e["number"] for e in v["epochs"]]
    require(all(a < b for a, b in zip(numbers, numbers[1:])), "epochs do not rise")
    for e in v["epochs"]:
        require(e["start_unix_ms"] <= e["use_until_unix_ms"] <= e["destroy_at_unix_ms"], "an epoch ends before it starts")
    for s in v["scouts"]:
        require(s["node"] == key_id(s["sign_public"]), "a device scout's id is that of its key")
    for r in v["relays"]:
        relay_url(r["url"])
    require(v["flags"] < 32, "an unknown policy")


def media_name(name):
    """A self-describing name of PWG 5101.1; its size in hundredths of a millimetre."""
    found = re.fullmatch(r"(asme|iso|jis|jpn|na|oe|om|prc|roc)_[a-z0-9._-]+_(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(mm|in)", name)
    require(found, "no name of a medium")
    sides = []
    for side in found.group(2, 3):
        whole, _, decimals = side.partition(".")
        require(len(whole + decimals) <= 9 and len(decimals) <= 4, "no such size")
        ten_thousandths = int((whole + decimals).ljust(len(whole) + 4, "0"))
        sides.append((ten_thousandths * (100 if found.group(4) == "mm" else 2540) + 5000) // 10000)
    require(all(1000 <= s <= 200000 for s in sides), "no such size")
    return tuple(sides)


def check_profile(v):
    require(v["formats"] & 1 and v["formats"] < 32 and v["features"] < 32, "an unknown format or feature, or no PDF")
    require(1 <= v["copies_max"] <= 999 and v["media"], "no copy, or no medium")
    for name in ("resolutions", "finishings"):
        numbers = [0] + [n["number"] for n in v[name]]
        require(all(a < b for a, b in zip(numbers, numbers[1:])) and (name, 3) not in [("finishings", n) for n in numbers],
                "numbers do not rise, or name none")
    for name in ("media", "types", "sources", "bins"):
        words = [w["text"] for w in v[name]]
        require(len(set(words)) == len(words), "a word twice")
        require(all(re.fullmatch(r"[a-z0-9._-]{1,47}", w) for w in words), "no keyword")
    for w in v["media"]:
        media_name(w["text"])


def check_order(v):
    delivery(v["protocol"], v["printer_uri"], v["printer_pin"])
    require(v["source"] in (0, 1) and any(v["blob"]) == (v["source"] == 1), "source and blob do not belong together")
    require(v["payload_len"] >= latchkey_format.PREFIX + latchkey_format.TAG, "no payload is so short")
    require(v["person"] and 1 <= v["authentication"] <= 5, "nobody asked")
    require(v["keep"] < 2, "neither yes nor no")


def check_report(v):
    require(v["state"] in STATES and v["reason"] in REASONS, "no such state or reason")
    require(v["terminal"] < 2 and v["confirmed"] < 2, "neither yes nor no")


def check_closed(v):
    require(1 <= v["reason"] <= 3, "no such reason")


def check_gone(v):
    require(2 <= v["reason"] <= 3, "no such reason")


def check_question(v):
    require(0 not in v["password"], "a NUL")


def check_answer(v):
    require(1 <= v["outcome"] <= 5 and (v["outcome"] == 1) == bool(v["person"]), "a yes names a person, nothing else does")


def check_ack(v):
    require(v["result"] < ERRORS, "no such result")


def check_list(v):
    require(v["part"] < v["parts"], "parts count from 0")


def check_printer(v):
    require(re.fullmatch(r"[A-Za-z0-9_-]+", v["name"]), "the name stands in a URL")
    require((v["protocol"] == 2) == bool(v["language"]), "raw 9100 names its language, and nothing else does")
    delivery(v["protocol"], v["uri"], v["pin"])


def check_delegation(v):
    require(v["from"] and v["to"] and v["from"] != v["to"], "nobody, or their own delegate")
    require(v["since_unix_ms"] < v["until_unix_ms"], "it ends before it begins")


def check_spool_state(v):
    require(v["state"] in STATES and v["reason"] in REASONS and v["report_pending"] < 2, "no such state or reason")


@dataclass
class Layout:
    fields: list
    check: Callable = lambda v: None
    most: int = 65536
    version: bool = True


EPOCH = [("number", "u32"), ("public_key", 32), ("start_unix_ms", "u64"), ("use_until_unix_ms", "u64"),
         ("destroy_at_unix_ms", "u64")]
SCOUT = [("node", 16), ("sign_public", 32), ("box_public", 32)]
RELAY = [("url", ("text16", 255)), ("pin", 32)]
NUMBER, WORD = [("number", "u16")], [("text", ("text16", 47))]

LAYOUTS = {
    "certificate": Layout([("site", 16), ("sign_public", 32), ("box_public", 32), ("roles", "u8"), ("serial", "u16")],
                          check_certificate),
    "bulletin": Layout([("site_public", 32), ("version", "u32"), ("issued_unix_ms", "u64"),
                        ("epochs", ("list", "u8", 32, EPOCH)), ("scouts", ("list", "u8", 8, SCOUT)),
                        ("relays", ("list", "u8", 8, RELAY)), ("retention_s", "u32"), ("flags", "u32"),
                        ("pin_digits_least", "u8"), ("profile", ("bytes16", 8192)),
                        ("revoked", ("list", "u16", 3000, [("node", 16)]))], check_bulletin),
    "profile": Layout([("formats", "u16"), ("features", "u16"), ("copies_max", "u16"),
                       ("resolutions", ("list", "u8", 8, NUMBER)), ("finishings", ("list", "u8", 64, NUMBER)),
                       ("media", ("list", "u8", 64, WORD)), ("types", ("list", "u8", 32, WORD)),
                       ("sources", ("list", "u8", 32, WORD)), ("bins", ("list", "u8", 32, WORD))], check_profile, 8192),
    "hello": Layout([("certificate_bytes", 148), ("hello_public", 32), ("boot_ms", "u64")]),
    "order": Layout([("site", 16), ("order", 16), ("job", 16), ("recipient", 16), ("hello_public", 32),
                     ("deadline_boot_ms", "u64"), ("printer", 16), ("printer_uri", ("text16", 255)), ("protocol", "u8"),
                     ("printer_pin", 32), ("source", "u8"), ("blob", 16), ("payload_prefix", 56), ("payload_len", "u64"),
                     ("wrapped_key", 80), ("options", ("bytes16", 4096)), ("person", ("text16", 255)),
                     ("authentication", "u8"), ("keep", "u8")], check_order, 8192),
    "report": Layout([("site", 16), ("order", 16), ("job", 16), ("node", 16), ("state", "u8"), ("reason", "u8"),
                      ("terminal", "u8"), ("confirmed", "u8"), ("sent_bytes", "u64"), ("impressions", "u32"),
                      ("printer_state_reasons", ("text16", 512)), ("hello_public", 32)], check_report),
    "closed": Layout([("site", 16), ("job", 16), ("reason", "u8")], check_closed),
    "join_request": Layout([("code_id", 8), ("site", 16), ("sign_public", 32), ("box_public", 32), ("nonce", 16)]),
    "join_answer": Layout([("request_sha256", 32), ("certificate", 148), ("person", ("text16", 255))]),
    "invitation": Layout([("secret", 16), ("site", 16), ("bulletin_least", "u32"), ("relay_pin", 32),
                          ("relay_url", ("text16", 255))], lambda v: relay_url(v["relay_url"])),
    "gone": Layout([("job", 16), ("reason", "u8")], check_gone, version=False),
    "question": Layout([("site", 16), ("node", 16), ("answer_key", 32), ("address", ("text16", 63)),
                        ("name", ("text16", 255)), ("password", ("bytes16", 1024))], check_question),
    "answer": Layout([("question", 16), ("outcome", "u8"), ("wait_s", "u32"), ("person", ("text16", 255))], check_answer),
    "ack": Layout([("message", 16), ("result", "u8")], check_ack, version=False),
    "list": Layout([("nonce", 16), ("part", "u16"), ("parts", "u16"),
                    ("jobs", ("list", "u16", 1024, [("job", 16), ("digest", "u32")]))], check_list, version=False),
    "message": Layout([("type", "u8"), ("recipient", 16), ("sender", 16), ("id", 16), ("sequence", "u64"),
                       ("seen", "u64"), ("body", "bytes32")], lambda v: require(1 <= v["type"] <= 14, "no such type")),
    "printer": Layout([("id", 16), ("name", ("text16", 63)), ("place", ("text16", 127)), ("uri", ("text16", 255)),
                       ("protocol", "u8"), ("pin", 32), ("language", ("text16", 31))], check_printer, version=False),
    "grant": Layout([("description", ("bytes16", 16624)), ("owner", ("text16", 255)), ("whose", ("text16", 255)),
                     ("person", ("text16", 255)), ("authentication", "u8"), ("keep", "u8"), ("recipient", 16),
                     ("printer", 16), ("source", "u8"), ("blob", 16), ("options", ("bytes16", 4096))], version=False),
    "delegation": Layout([("id", 16), ("from", ("text16", 255)), ("to", ("text16", 255)), ("since_unix_ms", "u64"),
                          ("until_unix_ms", "u64")], check_delegation, version=False),
    "spool_node": Layout([("node", 16), ("site_public", 32), ("certificate", 148), ("person", ("text16", 255))]),
    "spool_queue": Layout([("job_number", "u32"), ("uid", "u32"), ("created_unix_ms", "u64"),
                           ("document_bytes", "u64"), ("expires_unix_ms", "u64")]),
    "spool_state": Layout([("state", "u8"), ("reason", "u8"), ("report_pending", "u8"), ("changed_unix_ms", "u64"),
                           ("order", 16), ("sent_bytes", "u64"), ("impressions", "u32"),
                           ("printer_state_reasons", ("text16", 512)), ("printer", ("text16", 255)),
                           ("report", ("bytes16", 1024))], check_spool_state),
}


def write_plain(kind, values):
    """The fields of a record, its version first, without a signature."""
    layout = LAYOUTS[kind]
    layout.check(values)
    return (bytes([VERSION]) if layout.version else b"") + write_fields(values, layout.fields)


def read_plain(kind, data):
    layout = LAYOUTS[kind]
    c = Cursor(data)
    if layout.version:
        require(c.number(1) == VERSION, "another version")
    values = read_fields(c, layout.fields)
    c.end()
    layout.check(values)
    return values


# The keyholder's questions about PINs and badges, and what is kept of either

PERSON, PIN = ("person", ("text16", 255)), ("pin", ("text16", 255))
KEYHOLDER = {  # op: fields of the question, fields of the answer
    11: ([PERSON, PIN], []),
    12: ([PERSON, PIN, ("printer", 16)], [("verdict", "u8"), ("wait_s", "u32")]),
    13: ([PERSON], []),
    14: ([PERSON], []),
    15: ([PERSON], [("verdict", "u8"), ("pin_digits_least", "u8")]),
    16: ([("uid", ("bytes16", 64))], [("mac", 32)]),
}
RIGHT, WRONG, TOO_SOON, LOCKED, NO_PIN = range(5)


def keyholder_question(op, values):
    return write_fields(values, KEYHOLDER[op][0])


def keyholder_answer(op, data):
    c = Cursor(data)
    values = read_fields(c, KEYHOLDER[op][1])
    c.end()
    require(values.get("verdict", 0) <= NO_PIN, "no such verdict")
    return values


def pin_person(pepper, name):
    return hmac.digest(pepper, label("pin-person") + name.encode(), "sha512")[:16]


def pin_verifier(pepper, name, pin, salt):
    slow = pwhash.argon2id.kdf(32, pin.encode(), salt, opslimit=2, memlimit=19 * 1024 * 1024)
    return hmac.digest(pepper, label("pin") + pin_person(pepper, name) + slow, "sha512")


def badge_mac(pepper, uid):
    return hmac.digest(pepper, label("badge") + uid, "sha512")[:32]


# Signatures


def public_of(seed):
    return bytes(SigningKey(seed).verify_key)


def signature(name, data, seed):
    return SigningKey(seed).sign(label(name) + data).signature


def verify(name, signed, public):
    """The bytes before the signature."""
    require(len(signed) > 64, "no signature")
    try:
        VerifyKey(public).verify(label(name) + signed[:-64], signed[-64:])
    except (BadSignatureError, ValueError) as e:
        raise Refused("the signature does not match") from e
    return signed[:-64]


def write_signed(kind, values, seed):
    data = write_plain(kind, values)
    signed = data + signature(kind, data, seed)
    require(len(signed) <= LAYOUTS[kind].most, "too long")
    return signed


def read_signed(kind, signed, public):
    require(len(signed) <= LAYOUTS[kind].most, "too long")
    return read_plain(kind, verify(kind, signed, public))


def read_of_site(kind, signed, site_public):
    """Certificate, order, closed: they name the site that signed them."""
    values = read_signed(kind, signed, site_public)
    require(values["site"] == key_id(site_public), "another site")
    return values


def read_bulletin(signed, site):
    require(len(signed) > 33 and key_id(signed[1:33]) == site, "another site")
    return read_signed("bulletin", signed, signed[1:33])


def read_hello(signed, site_public):
    require(len(signed) == 253, "another length")
    certificate = read_of_site("certificate", signed[1:149], site_public)
    return read_signed("hello", signed, certificate["sign_public"])


def read_report(signed, node_public):
    require(len(signed) <= 1024, "too long")
    values = read_signed("report", signed, node_public)
    require(values["node"] == key_id(node_public), "in another's name")
    return values


# Messages: signed inside, sealed outside


def write_message(values, seed, recipient_box_public):
    return latchkey_format.envelope_seal(recipient_box_public, write_signed("message", values, seed))


def read_message(sealed, sender_public, recipient, recipient_box_secret):
    inner = latchkey_format.envelope_open(recipient_box_secret, sealed)
    values = read_signed("message", inner, sender_public)
    require(values["recipient"] == recipient and values["sender"] == key_id(sender_public), "not from them to us")
    return values


# Joining


def join_keys(secret, site):
    """Code id, code key, token and door."""
    code_key, token = hkdf(site, secret, label("join-code")), hkdf(site, secret, label("join-token"))
    door = hashlib.sha256(token).digest()
    return door[:8], code_key, token, door


def write_join_request(values, code_key):
    data = write_plain("join_request", values)
    return data + hmac.digest(code_key, label("join") + data, "sha512")


def read_join_request(data, code_key):
    require(len(data) == 169, "another length")
    require(hmac.compare_digest(hmac.digest(code_key, label("join") + data[:-64], "sha512"), data[-64:]), "another code")
    return read_plain("join_request", data[:-64])


# Who a password belongs to

QUESTION_LEN = 1500


def write_question(values):
    return write_plain("question", values).ljust(QUESTION_LEN, b"\0")


def read_question(data):
    require(len(data) == QUESTION_LEN, "another length")
    layout, c = LAYOUTS["question"], Cursor(data)
    require(c.number(1) == VERSION, "another version")
    values = read_fields(c, layout.fields)
    require(not any(c.take(QUESTION_LEN - c.at)), "something behind the last field")
    layout.check(values)
    return values


def answer_mac(data, answer_key):
    return hmac.digest(answer_key, label("answer") + data, "sha512")[:32]


def write_answer(values, answer_key):
    data = write_plain("answer", values)
    return data + answer_mac(data, answer_key)


def read_answer(data, answer_key):
    require(len(data) >= 32 and hmac.compare_digest(answer_mac(data[:-32], answer_key), data[-32:]), "another key")
    return read_plain("answer", data[:-32])


def write_invitation(values):
    data = write_plain("invitation", values)
    text = base64.b32encode(data + hashlib.sha256(data).digest()[:4]).decode().rstrip("=")
    return "-".join(text[at:at + 5] for at in range(0, len(text), 5))


def read_invitation(text):
    digits = re.sub(r"[- \t\r\n]", "", text)
    require(re.fullmatch(r"[A-Za-z2-7]*", digits), "no such digit")
    digits = digits.upper()
    bits = "".join(f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.index(d):05b}" for d in digits)
    whole = len(bits) // 8 * 8
    require(len(bits) - whole < 5 and "1" not in bits[whole:], "bits left over")
    data = int(bits[:whole] or "0", 2).to_bytes(whole // 8, "big")
    require(len(data) >= 4 and hashlib.sha256(data[:-4]).digest()[:4] == data[-4:], "mistyped")
    return read_plain("invitation", data[:-4])


# The ticket

TICKET_TEXTS = {"title": 255, "format": 127, "host": 255, "account": 255, "raster-type": 31}
TICKET_HEX = ("ipp", "password")
NO_PASSWORD = bytes(49)  # in the ticket an empty text
TICKET_NUMBERS = {"document-bytes": 1 << 63, "pages": 1 << 32, "color": 3, "raster-dpi": 1 << 32,
                  "created-unix-ms": 1 << 63}


def check_ticket(v):
    for name, most in TICKET_TEXTS.items():
        require(isinstance(v[name], str) and len(v[name].encode()) <= most and clean(v[name]), "no such text")
    for name, limit in TICKET_NUMBERS.items():
        require(type(v[name]) is int and 0 <= v[name] < limit, "no such number")
    require(isinstance(v["ipp"], bytes) and len(v["ipp"]) <= 4096, "too many attributes")
    require(v["password"] == NO_PASSWORD or isinstance(v["password"], bytes) and len(v["password"]) == 49 and
            v["password"][0] in (1, 2), "no such password")


def write_ticket(values):
    check_ticket(values)
    texts = {name: "" if values[name] == NO_PASSWORD else values[name].hex() for name in TICKET_HEX}
    data = json.dumps({**values, **texts}, ensure_ascii=False).encode()
    require(len(data) <= 12288, "too long")
    return data


def read_ticket(data):
    def once(pairs):
        require(len({name for name, _ in pairs}) == len(pairs), "a key twice")
        return dict(pairs)

    require(len(data) <= 12288, "too long")
    try:
        values = json.loads(data.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as e:
        raise Refused("not JSON") from e
    require(isinstance(values, dict) and values.keys() == {*TICKET_TEXTS, *TICKET_NUMBERS, *TICKET_HEX}, "other keys")
    for name in TICKET_HEX:
        require(isinstance(values[name], str) and re.fullmatch(r"([0-9a-f]{2})*", values[name]), "not hex")
        values[name] = bytes.fromhex(values[name])
    require(values["password"] != NO_PASSWORD, "no such password")
    values["password"] = values["password"] or NO_PASSWORD
    check_ticket(values)
    return values
