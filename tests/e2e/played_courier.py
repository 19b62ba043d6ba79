# SPDX-License-Identifier: Apache-2.0
"""A courier and its device scout played by a thread: takes a shared queue's questions from the socket in its spool, opens
them, and answers from a table of people. Counts what it was asked."""
import os
import socket
import sys
import threading
import time

import nacl.public

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "reference"))
import latchkey_format as fmt  # noqa: E402
import latchkey_protocol as ref  # noqa: E402

YES, NO, TOO_OFTEN, DOWN, MAY_NOT = 1, 2, 3, 4, 5
OK, TIMEOUT = 0, 14
PACKET = 16 + 16 + 2048 + 48


def socket_path(spool):
    return os.path.join(spool, "questions")


class PlayedCourier:
    def __init__(self, spool, box_secret, people):
        self.spool, self.people = spool, people
        self.box = nacl.public.SealedBox(nacl.public.PrivateKey(box_secret))
        self.questions, self.packets = [], []  # what was asked, opened; and as it came
        self.says = self.answer                # what becomes of a question; tests put lies here
        self.delay_s = 0
        self.line = None

    def start(self):
        """Connect; from then on every question is answered."""
        folder = os.open(self.spool, os.O_PATH)
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.line.connect(f"/proc/self/fd/{folder}/questions")  # the spool's own path may be too long for a socket
        os.close(folder)
        threading.Thread(target=self.run, args=(self.line,), daemon=True).start()
        return self

    def stop(self):
        self.line.shutdown(socket.SHUT_RDWR)

    def run(self, line):
        while True:
            try:
                packet = line.recv(PACKET + 1)
                if not packet:
                    return
                self.packets.append(packet)
                question = ref.read_question(fmt.unpad(self.box.decrypt(packet[32:])))
                self.questions.append(question)
                time.sleep(self.delay_s)  # what is played here: a directory that takes its time
                reply = self.says(packet[16:32], question)
                if reply is not None:
                    line.send(reply)
            except OSError:
                return

    def outcome(self, question):
        """(outcome, person)"""
        person = self.people.get(question["name"])
        return (YES, person[1]) if person and question["password"] == person[0].encode() else (NO, "")

    def answer(self, number, question, key=None):
        outcome, person = self.outcome(question)
        record = ref.write_answer({"question": number, "outcome": outcome, "wait_s": 0, "person": person},
                                  key or question["answer_key"])
        return number + bytes([OK]) + record
