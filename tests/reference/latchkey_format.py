# SPDX-License-Identifier: Apache-2.0
"""latchkey_format: a second reader and writer of crypto/FORMAT.md, which shares no code with crypto/.

It is written from the page, for the tests: slow, whole documents in memory, keys as ordinary bytes. Whatever the page
calls refused raises Refused.
"""
import hashlib
import os
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl import public as nacl_public
from nacl import pwhash
from nacl.exceptions import CryptoError

CHUNK = 16384
TAG = 16
PREFIX = 56
HEADER_LEN = 152
ENVELOPE_MOST = 32768
DESCRIPTION_MOST = 16384


class Refused(Exception):
    """The bytes are not what the page allows, or not for this key."""


def require(condition, why):
    if not condition:
        raise Refused(why)


def label(name):
    return b"latchkey/v1/" + name.encode() + b"\0"


def hkdf(salt, ikm, info, length=32):
    return HKDF(hashes.SHA512(), length, salt, info).derive(ikm)


def hkdf_expand(prk, info, length=32):
    return HKDFExpand(hashes.SHA512(), length, info).derive(prk)


def raw_public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def box_public(secret):
    return raw_public(x25519.X25519PrivateKey.from_private_bytes(secret))


# Cobblestone-256


def chunked_keys(key, salt, context):
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    okm = hkdf_expand(key, info, 76)
    return AESGCM(okm[:32]), okm[32:44], okm[44:]


def chunk_nonce(base, index):
    return bytes(a ^ b for a, b in zip(base, index.to_bytes(12, "big")))


def chunked_seal(key, context, plain, salt=None):
    salt = salt or os.urandom(24)
    aead, base, commitment = chunked_keys(key, salt, context)
    pieces = [plain[at:at + CHUNK] for at in range(0, len(plain) + 1, CHUNK)]
    sealed = (aead.encrypt(chunk_nonce(base, i), piece, None) for i, piece in enumerate(pieces))
    return salt + commitment + b"".join(sealed)


def chunked_open(key, context, sealed):
    require(len(sealed) >= PREFIX, "no prefix")
    aead, base, commitment = chunked_keys(key, sealed[:24], context)
    require(commitment == sealed[24:PREFIX], "another key or context")
    chunks = [sealed[at:at + CHUNK + TAG] for at in range(PREFIX, len(sealed), CHUNK + TAG)]
    require(chunks and TAG <= len(chunks[-1]) < CHUNK + TAG, "no short last chunk")
    try:
        return b"".join(aead.decrypt(chunk_nonce(base, i), chunk, None) for i, chunk in enumerate(chunks))
    except InvalidTag as e:
        raise Refused("a chunk was changed") from e


# Wrap


def wrap_info_job(site, job, epoch):
    return label("wrap") + site + job + struct.pack(">I", epoch)


def wrap_info_grant(site, order):
    return label("grant") + site + order


def wrap_cipher(secret, peer, ephemeral_public, recipient_public, info):
    try:
        shared = x25519.X25519PrivateKey.from_private_bytes(secret).exchange(
            x25519.X25519PublicKey.from_public_bytes(peer))
    except ValueError as e:
        raise Refused("the shared secret is all zero") from e
    return AESGCM(hkdf(ephemeral_public + recipient_public, shared, info))


def wrap(recipient_public, info, key):
    secret = os.urandom(32)
    ephemeral = box_public(secret)
    cipher = wrap_cipher(secret, recipient_public, ephemeral, recipient_public, info)
    return ephemeral + cipher.encrypt(bytes(12), key, None)


def unwrap(recipient_secret, info, wrapped):
    require(len(wrapped) == 80, "a wrap has 80 bytes")
    cipher = wrap_cipher(recipient_secret, wrapped[:32], wrapped[:32], box_public(recipient_secret), info)
    try:
        return cipher.decrypt(bytes(12), wrapped[32:], None)
    except InvalidTag as e:
        raise Refused("another recipient or use, or changed") from e


# Sealed job


@dataclass
class Header:
    site: bytes
    job: bytes
    node: bytes
    epoch: int
    created_unix_ms: int
    wrapped_key: bytes = bytes(80)

    def write(self):
        return struct.pack(">8sBBH16s16s16sIQ80s", b"LATCHJOB", 1, 0, HEADER_LEN, self.site, self.job, self.node,
                           self.epoch, self.created_unix_ms, self.wrapped_key)

    @classmethod
    def read(cls, data):
        require(len(data) >= HEADER_LEN, "the header is cut short")
        magic, version, reserved, length, *fields = struct.unpack(">8sBBH16s16s16sIQ80s", data[:HEADER_LEN])
        require(magic == b"LATCHJOB" and version == 1 and reserved == 0 and length == HEADER_LEN, "not our header")
        return cls(*fields)

    def job_key(self, epoch_secret):
        return unwrap(epoch_secret, wrap_info_job(self.site, self.job, self.epoch), self.wrapped_key)


def header_context(name, header):
    return hashlib.sha512(label(name) + header).digest()


def job_seal(epoch_public, header, document):
    """The job file, and the job key that a real workstation forgets."""
    key = os.urandom(32)
    header.wrapped_key = wrap(epoch_public, wrap_info_job(header.site, header.job, header.epoch), key)
    head = header.write()
    return head + chunked_seal(key, header_context("job-payload", head), document), key


def job_open(key, file):
    Header.read(file)
    return chunked_open(key, header_context("job-payload", file[:HEADER_LEN]), file[HEADER_LEN:])


def payload_length_is_possible(length):
    whole, last = divmod(length - PREFIX, CHUNK + TAG)
    return length >= PREFIX and last >= TAG and whole < 2**38


# Padding


def padding_class(length):
    padded = 512
    while padded <= length:
        padded *= 2
    return padded


def pad(plain):
    return plain + b"\x80" + bytes(padding_class(len(plain)) - len(plain) - 1)


def unpad(padded):
    plain = padded.rstrip(b"\0")
    require(plain.endswith(b"\x80"), "no end of padding")
    require(len(padded) == padding_class(len(plain) - 1), "another class of length")
    return plain[:-1]


# Description


@dataclass
class Description:
    number: int
    payload_prefix: bytes
    payload_length: int
    owner: str
    ticket: bytes

    def write(self):
        owner = self.owner.encode()
        return (struct.pack(">I56sQH", self.number, self.payload_prefix, self.payload_length, len(owner)) + owner +
                struct.pack(">I", len(self.ticket)) + self.ticket)

    @classmethod
    def read(cls, plain):
        try:
            number, prefix, length, owner_len = struct.unpack_from(">I56sQH", plain)
            owner = plain[70:70 + owner_len].decode()
            (ticket_len,) = struct.unpack_from(">I", plain, 70 + owner_len)
        except (struct.error, UnicodeDecodeError) as e:
            raise Refused("cut short, or the owner is not text") from e
        require(1 <= owner_len <= 255, "length of the owner")
        require(all(ord(c) >= 32 and ord(c) != 127 for c in owner), "control characters in the owner")
        require(payload_length_is_possible(length), "no payload has this length")
        ticket = plain[74 + owner_len:]
        require(len(ticket) == ticket_len, "length of the ticket")
        return cls(number, prefix, length, owner, ticket)


def description_seal(key, header, description):
    sealed = chunked_seal(hkdf_expand(key, label("description-key")), header_context("job-description", header),
                          pad(description.write()))
    return header + sealed


def description_open(key, file):
    Header.read(file)
    padded = chunked_open(hkdf_expand(key, label("description-key")),
                          header_context("job-description", file[:HEADER_LEN]), file[HEADER_LEN:])
    require(len(padded) <= DESCRIPTION_MOST, "too long")
    return Description.read(unpad(padded))


# Envelope


def envelope_seal(recipient_public, plain):
    require(len(plain) < ENVELOPE_MOST, "too long")
    return nacl_public.SealedBox(nacl_public.PublicKey(recipient_public)).encrypt(pad(plain))


def envelope_open(recipient_secret, sealed):
    require(512 + 48 <= len(sealed) <= ENVELOPE_MOST + 48, "length")
    try:
        padded = nacl_public.SealedBox(nacl_public.PrivateKey(recipient_secret)).decrypt(sealed)
    except CryptoError as e:
        raise Refused("another recipient, or changed") from e
    return unpad(padded)


# Keys


def key_id(sign_public):
    return hashlib.sha256(sign_public).digest()[:16]


def site_identity(root):
    return raw_public(ed25519.Ed25519PrivateKey.from_private_bytes(hkdf(None, root, label("site-identity"))))


def root_file_write(root, password):
    salt = os.urandom(16)
    header = struct.pack(">8sBBII16s", b"LATCHROO", 1, 0, 3, 256 * 1024, salt)
    key = pwhash.argon2id.kdf(32, password, salt, opslimit=3, memlimit=256 * 1024 * 1024)
    return header + chunked_seal(key, hashlib.sha512(label("root-file") + header).digest(), root)


def root_file_read(file, password):
    require(len(file) == 138, "length")
    magic, version, reserved, passes, memory_kib, salt = struct.unpack(">8sBBII16s", file[:34])
    require(magic == b"LATCHROO" and version == 1 and reserved == 0, "not our file")
    require(3 <= passes <= 16 and 256 * 1024 <= memory_kib <= 1024 * 1024, "cost")
    key = pwhash.argon2id.kdf(32, password, salt, opslimit=passes, memlimit=memory_kib * 1024)
    return chunked_open(key, hashlib.sha512(label("root-file") + file[:34]).digest(), file[34:])


# Recovery kit

CONSONANTS = "bdfghjklmnprstvz"
VOWELS = "aiou"


def kit_check(number, line):
    return int.from_bytes(hashlib.sha256(bytes([number]) + line).digest(), "big") >> (256 - 13)


def kit_word(bits):
    return CONSONANTS[bits >> 7] + VOWELS[bits >> 5 & 3] + CONSONANTS[bits >> 1 & 15] + VOWELS[bits & 1]


KIT_BITS = {kit_word(bits): bits for bits in range(2048)}


def kit_write(root):
    lines = []
    for n in range(4):
        line = root[8 * n:8 * n + 8]
        bits = int.from_bytes(line, "big") << 13 | kit_check(n + 1, line)
        lines.append(" ".join(kit_word(bits >> 11 * (6 - w) & 2047) for w in range(7)))
    return "\n".join(lines) + "\n"


def kit_read(text):
    words = text.lower().split()
    require(len(words) == 28, "line 0")
    root = b""
    for n in range(4):
        bits = 0
        for word in words[7 * n:7 * n + 7]:
            require(word in KIT_BITS, f"line {n + 1}")
            bits = bits << 11 | KIT_BITS[word]
        line = (bits >> 13).to_bytes(8, "big")
        require(kit_check(n + 1, line) == bits & 0x1fff, f"line {n + 1}")
        root += line
    return root
