# SPDX-License-Identifier: Apache-2.0
"""An upload over TLS that is cut is nobody's job, however politely its connection ends."""
import socket
import ssl
import struct

import ipp
import pytest
from harness import procs
from shared_fixture import authority, shared  # noqa: F401: fixtures

DOCUMENT = b"%PDF-1.4" + bytes(50_000)


def chunk(data):
    return b"%x\r\n" % len(data) + data + b"\r\n"


LENGTH, CHUNKED = b"Content-Length: 100000", b"Transfer-Encoding: chunked"
CUTS = {  # (framing, what is sent of the body)
    "length-short": lambda: (LENGTH, ipp.print_job() + DOCUMENT),
    "mid-chunk": lambda: (CHUNKED, chunk(ipp.print_job()) + b"20000\r\n" + DOCUMENT),
    "no-last-chunk": lambda: (CHUNKED, chunk(ipp.print_job()) + chunk(DOCUMENT)),
    "in-chunk-size": lambda: (CHUNKED, chunk(ipp.print_job()) + chunk(DOCUMENT) + b"1"),
    "in-last-chunk": lambda: (CHUNKED, chunk(ipp.print_job()) + chunk(DOCUMENT) + b"0\r\n"),
}


def head(client, framing):
    lines = [f"{name}: {value}" for name, value in client.headers().items()]
    return "\r\n".join(["POST /ipp/print HTTP/1.1", "Host: localhost", *lines, ""]).encode() + framing + b"\r\n\r\n"


def send_and_end(client, data, how):
    s = client.context.wrap_socket(socket.create_connection(("localhost", client.port), timeout=10), server_hostname="localhost")
    try:
        s.sendall(data)
        if how == "close-notify":  # TLS says that this is the end, and that nothing was cut
            s.unwrap().close()
        elif how == "fin":  # TCP says so, and TLS does not
            s.shutdown(socket.SHUT_WR)
            while s.recv(4096):
                pass
        else:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except (OSError, ssl.SSLError):
        pass  # the queue was quicker
    finally:
        s.close()


@pytest.mark.parametrize("how", ["close-notify", "fin", "reset"])
@pytest.mark.parametrize("cut", CUTS)
def test_what_was_cut_never_becomes_a_job(shared, cut, how):  # noqa: F811
    client = shared.client("alice")
    assert client.send(ipp.request(ipp.GET_PRINTER_ATTRIBUTES))[0] == 200  # who alice is, is known: the body is read
    framing, body = CUTS[cut]()
    send_and_end(client, head(client, framing) + body, how)
    client.print("whole")
    procs.wait_until("an empty incoming folder", lambda: not shared.site.arriving())
    assert len(shared.site.jobs()) == 1


@pytest.mark.parametrize("how", ["close-notify", "fin"])
def test_what_came_whole_is_held_though_its_client_reads_no_answer(shared, how):  # noqa: F811
    """The control: what these cuts lack is the end of the body, and nothing else."""
    client = shared.client("alice")
    framing, body = CUTS["in-last-chunk"]()
    send_and_end(client, head(client, framing) + body + b"\r\n", how)
    procs.wait_until("the job", lambda: len(shared.site.jobs()) == 1)
