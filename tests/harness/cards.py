# SPDX-License-Identifier: Apache-2.0
"""A PC/SC reader that is a program (vsmartcard's), and badges for it."""
import os
import shutil
import socket
import struct
import threading

from . import procs

PORT = 35963  # fixed in the virtual reader's driver
SOCKET = "/run/pcscd/pcscd.comm"  # fixed in pcscd
DRIVER = "/etc/reader.conf.d/vpcd"
ATR = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")  # of a contactless card, PC/SC part 3


def missing():
    """Why it cannot run here, or None."""
    if not shutil.which("pcscd") or not os.path.exists(DRIVER):
        return "pcscd or the virtual reader vsmartcard-vpcd is not installed"
    if os.getuid() != 0:
        return "pcscd's socket is root's"
    if procs.accepts(PORT) or os.path.exists(SOCKET):
        return "another pcscd runs here"
    return None


class Pcscd:
    def __init__(self, folder):
        readers = os.path.join(folder, "readers")
        os.makedirs(readers)
        shutil.copy(DRIVER, readers)
        self.process = procs.Process("pcscd", ["pcscd", "-f", "-i", "--force-reader-polling", "-c", readers], folder)

    def start(self):
        self.process.start()
        self.process.wait_for("its reader", lambda: procs.accepts(PORT) and os.path.exists(SOCKET))
        return self

    def stop(self):
        self.process.stop()


class Badge:
    """A card with this UID on the reader, until it is taken away."""

    def __init__(self, uid):
        self.uid = uid
        self.link = socket.create_connection(("127.0.0.1", PORT))
        threading.Thread(target=self._serve, daemon=True).start()

    def _exactly(self, length):
        data = b""
        while len(data) < length:
            part = self.link.recv(length - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def _answer(self, data):
        self.link.sendall(struct.pack(">H", len(data)) + data)

    def _serve(self):
        try:
            while True:
                asked = self._exactly(struct.unpack(">H", self._exactly(2))[0])
                if len(asked) == 1:
                    if asked[0] == 4:  # power and reset have no answer; the ATR has
                        self._answer(ATR)
                elif asked[:4] == b"\xff\xca\x00\x00":
                    self._answer(self.uid + b"\x90\x00")
                else:
                    self._answer(b"\x6a\x81")
        except (OSError, EOFError):
            pass

    def take_away(self):
        self.link.shutdown(socket.SHUT_RDWR)
        self.link.close()
