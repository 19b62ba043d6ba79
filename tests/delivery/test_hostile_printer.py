# SPDX-License-Identifier: Apache-2.0
"""A printer that attacks: whatever it answers, the delivery ends with a word and the courier goes on."""
import struct

import pytest
import straw_ipp as ipp
from straw_printer import StrawPrinter


def nested(depth):
    """One attribute whose value is a collection in a collection in …"""
    inner = b"\x4a\0\0\0\1a" + b"\x34\0\0\0\0"
    return b"\x34" + struct.pack(">H", 1) + b"x" + b"\0\0" + inner * (depth - 1) + b"\x37\0\0\0\0" * depth


class Nesting(StrawPrinter):
    """Answers the operations of answers_to with collections as deep as depth."""

    depth, answers_to = 15_000, (ipp.GET_PRINTER,)

    def _answer(self, operation, request_id, attributes, document):
        answer = super()._answer(operation, request_id, attributes, document)
        return answer[:-1] + nested(self.depth) + answer[-1:] if operation in self.answers_to else answer


class Dripping(StrawPrinter):
    """Answers a byte at a time, for ever."""

    def _request(self, tls, number):
        while b"\r\n\r\n" not in self._read(tls, number):
            pass
        tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: 200000\r\n\r\n")
        while not self.let_go.wait(0.05):
            tls.sendall(b"\2")
        return False


@pytest.fixture
def straw(certificates):
    started = []

    def make(kind):
        crt, pin = certificates.make()
        started.append(kind(crt))
        return started[-1].start(), pin

    yield make
    for p in started:
        p.stop()


def test_an_answer_that_nests_without_end_is_refused_and_nothing_is_printed(straw, deliver):
    printer, pin = straw(Nesting)
    d = deliver(printer.uri, "--pin", pin)
    assert d.end() == ("not-printed", "printer-refused")
    assert printer.jobs == {}


def test_such_an_answer_to_the_document_leaves_the_outcome_unknown(straw, deliver):
    printer, pin = straw(Nesting)
    printer.answers_to = (ipp.SEND_DOCUMENT, ipp.GET_JOB)
    d = deliver(printer.uri, "--pin", pin)
    assert d.end() == ("outcome-lost", "printer-refused")


def test_an_answer_that_drips_is_given_up(straw, deliver):
    printer, pin = straw(Dripping)
    d = deliver(printer.uri, "--pin", pin, "--idle-ms", 500)
    assert d.end() == ("not-printed", "printer-stopped")


def test_real_collections_are_read(straw, deliver):
    printer, pin = straw(Nesting)
    printer.depth = 3
    d = deliver(printer.uri, "--pin", pin)
    assert d.end() == ("printed", "none")
