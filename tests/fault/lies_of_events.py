# SPDX-License-Identifier: Apache-2.0
"""What a relay can do to one event of a stream, and what it can put into any stream unasked."""
import base64
import os

from http_wire import HangUp
from lying_relay import Event
from menu import EVENT_LIES, GIANT, UNASKED_LIES, cut, flip, lie_of
from nacl import public as nacl_public


def is_rough(stream):
    """Not every stream is cut: behind what a mailbox still holds, nobody would ever come to anything new."""
    return stream.rough


@lie_of(EVENT_LIES)
def drop_it(rng, stream, event):
    pass


@lie_of(EVENT_LIES)
def double_it(rng, stream, event):
    for _ in range(rng.randint(2, 5)):
        stream.send(event)


@lie_of(EVENT_LIES)
def hold_it_back(rng, stream, event):
    """It comes with a later one, behind it."""
    stream.held.append(event)


@lie_of(EVENT_LIES)
def flip_it(rng, stream, event):
    stream.send(event._replace(data=flip(rng, event.data)))


@lie_of(EVENT_LIES)
def cut_it(rng, stream, event):
    stream.send(event._replace(data=cut(rng, event.data)))


@lie_of(EVENT_LIES, is_rough)
def lengthen_it(rng, stream, event):
    stream.send(event._replace(data=event.data + os.urandom(rng.choice([1, 512, 65536 - len(event.data), 65536]))))


@lie_of(EVENT_LIES)
def number_it_anew(rng, stream, event):
    stream.text(rng.choice([0, 1, event.cursor - 1, event.cursor + 10 ** 6, (1 << 63) - 1, (1 << 64) - 1]),
                base64.b64encode(event.data))


@lie_of(EVENT_LIES, is_rough)
def write_it_wrong(rng, stream, event):
    data, number = base64.b64encode(event.data), str(event.cursor).encode()
    stream.raw(rng.choice([
        b"id: %s\ndata: %s\n\n" % (number, data[:-1]), b"id: %s\ndata: =%s\n\n" % (number, data),
        b"id: %s\ndata: %s\n\n" % (number, data[:9] + b" " + data[9:]), b"id: %s\ndata: \n\n" % number,
        b"id: %s\ndata: %s\n\n" % (number, base64.urlsafe_b64encode(b"\xfb\xff" + event.data)), b"id: %s\n\n" % number,
        b"data: %s\n\n" % data, b"id: %s\nid: %s\ndata: %s\n\n" % (number, number, data),
        b"id: %s\ndata: %s\ndata: %s\n\n" % (number, data, data), b"id: -%s\ndata: %s\n\n" % (number, data),
        b"id: 18446744073709551616\ndata: %s\n\n" % data, b"id: 0x10\ndata: %s\n\n" % data,
        b"retry: 999999999\nid: %s\ndata: %s\n\n" % (number, data), b"event: message\nid: %s\ndata: %s\n\n" % (number, data),
        b"\xef\xbb\xbfid: %s\ndata: %s\n\n" % (number, data), b"id: %s\0\ndata: %s\n\n" % (number, data)]))


@lie_of(EVENT_LIES)
def write_it_oddly_but_rightly(rng, stream, event):
    """Byte by byte, with comments and carriage returns: a reader that is picky here would fall behind some proxy."""
    text = b": x\r\nid: %d\r\ndata: %s\r\n\r\n" % (event.cursor, base64.b64encode(event.data))
    for at in range(0, 40):
        stream.raw(text[at:at + 1])
    stream.raw(text[40:])


@lie_of(EVENT_LIES, is_rough)
def a_line_without_end(rng, stream, event):
    stream.raw(b"id: %d\ndata: " % event.cursor)
    for _ in range(GIANT >> 20):
        stream.raw(b"A" * (1 << 20))
    raise HangUp


@lie_of(EVENT_LIES, is_rough)
def hang_up_within_it(rng, stream, event):
    stream.raw(cut(rng, b"id: %d\ndata: %s\n\n" % (event.cursor, base64.b64encode(event.data))) or b":")
    raise HangUp


@lie_of(EVENT_LIES, is_rough)
def hang_up_behind_it(rng, stream, event):
    stream.send(event)
    raise HangUp


# Unasked: into any stream at any time


@lie_of(UNASKED_LIES)
def replay(rng, relay, stream):
    stream.send(Event(stream.last_cursor, rng.choice(relay.mail[stream.node])))


@lie_of(UNASKED_LIES)
def replay_all(rng, relay, stream):
    for data in relay.mail[stream.node][-60:]:
        stream.send(Event(stream.last_cursor, data))


@lie_of(UNASKED_LIES)
def give_anothers(rng, relay, stream):
    stream.send(Event(stream.last_cursor + 1, rng.choice(relay.mail[rng.choice(sorted(relay.mail))])))


@lie_of(UNASKED_LIES)
def forge(rng, relay, stream):
    """A message that a relay can make: well formed, sealed to its reader, signed by nobody that counts."""
    certificate = relay.certificates[stream.node]
    senders = [bytes.fromhex(n) for n in relay.certificates]
    inner = bytes([1, rng.randrange(256) if rng.random() < 0.2 else rng.randint(1, 12)])
    inner += bytes.fromhex(stream.node) + rng.choice(senders) + os.urandom(16)
    inner += rng.choice([0, 1, rng.randrange(1 << 16), (1 << 64) - 1]).to_bytes(8, "big")
    inner += rng.choice([0, 1 << 61, (1 << 64) - 1]).to_bytes(8, "big")
    body = rng.choice([b"", os.urandom(17), os.urandom(98), certificate + os.urandom(105), os.urandom(600)])
    inner += rng.choice([len(body), 0, (1 << 32) - 1]).to_bytes(4, "big") + body + os.urandom(64)
    padded = inner + b"\x80" + bytes(-(len(inner) + 1) % 512)
    stream.send(Event(stream.last_cursor, nacl_public.SealedBox(nacl_public.PublicKey(certificate[49:81])).encrypt(padded)))


@lie_of(UNASKED_LIES)
def noise(rng, relay, stream):
    stream.send(Event(stream.last_cursor, os.urandom(rng.choice([1, 47, 560, 4096, 65536]))))


@lie_of(UNASKED_LIES)
def flood_of_heartbeats(rng, relay, stream):
    stream.raw(b":\n\n" * 5000)
