# SPDX-License-Identifier: Apache-2.0
"""A person who asks for a thousand things at once at one panel keeps nobody else from theirs."""
import threading

from harness import panel

AT_ONCE = 100  # a hundred PINs are six seconds' work, and nobody waits longer to be let in


def test_who_sets_a_pin_again_and_again_keeps_nobody_from_signing_in(site, people, mono):
    alice = panel.Panel(site, "mono")
    assert alice.sign_in("alice", "alice-password")[0] == 200
    answers, ended = [], threading.Event()

    def set_pins():
        at = panel.Panel(site, "mono")
        at.cookie = alice.cookie
        while not ended.is_set():
            answers.append(at.call("PUT", "/api/v1/pin", {"pin": "738215"}))

    threads = [threading.Thread(target=set_pins) for _ in range(AT_ONCE)]
    for t in threads:
        t.start()
    try:
        bob = [panel.Panel(site, "mono", "127.0.0.9").sign_in("bob", "bob-password")[0] for _ in range(5)]
    finally:
        ended.set()
        for t in threads:
            t.join()
    assert bob == [200] * 5
    assert {status for status, _ in answers} == {200, 503}  # some were set, and the others heard that it is too much
    assert {body["error"] for status, body in answers if status == 503} == {"busy"}
    assert alice.call("PUT", "/api/v1/pin", {"pin": "738215"})[0] == 200
