# SPDX-License-Identifier: Apache-2.0
"""Who prints what, a relay cannot tell: when two people exchange documents, or places, it sees the same messages of the same
lengths in the same order, but for random bytes."""
import collections
import itertools
import json
import os
import struct
import time

import pytest
from harness import document, panel, printers, procs, site as sites
from lied_site import LiedSite
from lying_relay import Tape

SIZE = 50_000
DOCUMENTS = {"X": "a", "Y": "Minutes of the meeting about closing the Oslo office.docx"}  # names of unlike lengths
ROUNDS = 3  # a machine that stalls repeats a hello or tells progress once more; one round without is enough
QUIET_S = 0.5
VERSION_AT, VERSION = 33, struct.Struct(">I")  # in a bulletin, behind the record's version and the site's key

Play = collections.namedtuple("Play", "steps kinds")


class SettledSite(LiedSite):
    """What the administrator did has reached the relay before anybody goes on: the other way round a computer that is let in
    fetches two bulletins, or knocks twice, and it is chance which one does."""

    def add_printer(self, name, printer, place=""):
        super().add_printer(name, printer, place)

        def is_published():
            status = json.loads(self.command("status", "--json").stdout)
            return status["profile"] and VERSION.unpack_from(self.front.bulletins[-1], VERSION_AT) == (status["bulletin"],)

        procs.wait_until("the bulletin that says what this printer can", is_published, 60)

    def doors(self):
        return {s.path for s in list(self.front.tape.seen) if s.what == "PUT /v1/doors/ID" and s.status == 204}

    def invite(self, person=None, *options):
        before = self.doors()
        code = super().invite(person, *options)
        procs.wait_until("the door of the code", lambda: self.doors() - before)
        return code


class Game:
    """A fresh site, and two people who do the same things one after the other; what the relay saw of each."""

    def __init__(self, folder, people, cast):
        """cast: for the first and the second computer (person, document)."""
        os.makedirs(folder)
        os.chmod(folder, 0o755)
        self.folder, self.people, self.cast = folder, people, cast
        self.site = SettledSite(folder, people)
        self.tape = Tape()
        self.steps = []

    def play(self):
        try:
            self.site.init().start()
            self.site.front.tape = self.tape
            printer = printers.RawPrinter(self.folder, "mono").start()
            self.site.add_printer("mono", printer)
            computers = [self.site.workstation(f"pc{n}", person) for n, (person, _) in enumerate(self.cast)]
            self.step(lambda: None)
            panels = []
            for w, (person, name) in zip(computers, self.cast):
                self.step(lambda w=w, name=name: self.print_one(w, name))
                panels.append(self.sign_in(person))
            for w, at, done in zip(computers, panels, ("delivered", "canceled")):
                self.step(lambda w=w, at=at, done=done: self.end_one(w, at, done))
            self.print_another(computers[0])
            return Play(self.steps, self.kinds())
        finally:
            bad = self.site.stop()
            assert not bad, "\n".join(bad)

    def print_one(self, workstation, name):
        data = document.pdf(DOCUMENTS[name], SIZE - 500)
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(data.ljust(SIZE, b"\n"))
        workstation.print_file(path, DOCUMENTS[name])

    def print_another(self, workstation):
        """What the control compares with: two prints where there was one."""
        def twice():
            self.print_one(workstation, "X")
            self.print_one(workstation, "X")
        self.step(twice)

    def sign_in(self, person):
        at = panel.Panel(self.site, "mono")
        assert at.sign_in(person, self.people.people[person][0])[0] == 200
        return at

    def end_one(self, workstation, at, how):
        """The first releases, the second deletes."""
        job = sites.wait_listed(at, 1)[0]
        if how == "delivered":
            at.release(job["id"])
        else:
            at.delete(job["id"])
        procs.wait_until("the sealed file to be erased", lambda: not workstation.sealed_jobs())

    def step(self, act):
        """Do it, wait until nobody says anything more, and keep what was said: for each two the lengths, in order."""
        before = len(self.tape.messages())
        act()
        seen = [before, time.monotonic()]

        def is_quiet():
            if len(self.tape.messages()) != seen[0]:
                seen[:] = len(self.tape.messages()), time.monotonic()
            return time.monotonic() - seen[1] > QUIET_S

        procs.wait_until("silence", is_quiet)
        said = collections.defaultdict(list)
        for m in self.tape.messages()[before:]:
            said[m.who, m.to].append(m.body)
        self.steps.append(dict(said))

    def kinds(self):
        """Every kind of exchange with its lengths. How often depends on the clock, and is left out."""
        return {s._replace(path="") for s in self.tape.seen}


@pytest.fixture(scope="module")
def game(scratch, people):
    numbers = itertools.count(1)
    return lambda *cast: Game(os.path.join(scratch, f"game{next(numbers)}"), people, cast).play()


def differences(a, b):
    found = [f"step {n}: {x} and {y}" for n, (x, y) in enumerate(zip(a.steps, b.steps)) if n > 0 and x != y]
    return found + [f"only once: {k}" for k in sorted(a.kinds ^ b.kinds)]


def test_the_relay_sees_the_same_when_documents_or_people_change_places(game):
    found = None
    for _ in range(ROUNDS):
        first = game(("alice", "X"), ("bob", "Y"))
        found = {"documents exchanged": differences(first, game(("alice", "Y"), ("bob", "X"))),
                 "people exchanged": differences(first, game(("bob", "X"), ("alice", "Y")))}
        if not any(found.values()):
            break
    assert not any(found.values()), found
    steps = first.steps
    assert steps[1] and steps[1] != steps[3] != steps[4], "control: a print, a release and a deletion do not look alike"
    assert steps[5] != steps[1], "control: nor do two prints look like one"
