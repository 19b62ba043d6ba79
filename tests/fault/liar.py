# SPDX-License-Identifier: Apache-2.0
"""A liar who chooses from the menu by a seed: the n-th exchange of a node meets the same lie in every run of one seed."""
import collections
import itertools
import random
import threading

import lies_of_events  # noqa: F401  (enters the menu)
from lies_of_exchanges import RARE, is_bulletin
from menu import EVENT_LIES, EXCHANGE_LIES, UNASKED_LIES

BULLETIN_RATE = 0.8  # share of bulletins that are lied about: they are asked for every ten seconds at most
ROUGH_SHARE = 0.5  # of streams that are cut, too; see is_rough()


class Liar:
    """
    seed           what to choose
    exchange_rate  share of exchanges that are lied about; event_rate likewise
    unasked_s      seconds between two unasked lies; None: none
    """

    def __init__(self, relay, seed, exchange_rate=0.1, event_rate=0.2, unasked_s=0.02):
        self.relay, self.seed = relay, seed
        self.exchange_rate, self.event_rate, self.unasked_s = exchange_rate, event_rate, unasked_s
        self.lock = threading.Lock()
        self.counters = collections.defaultdict(itertools.count)
        self.told = collections.Counter()
        self.over = threading.Event()

    def _rng(self, *what):
        with self.lock:
            n = next(self.counters[what])
        return random.Random(f"{self.seed} {what} {n}")

    def _tell(self, name):
        with self.lock:
            self.told[name] += 1

    @staticmethod
    def _choose(rng, menu, subject=None):
        """Every second time one that is made for just this, where there is one: a bulletin is seldom asked for."""
        fitting = [f for f, applies in menu.values() if applies is None or applies(subject)]
        special = [f for f in fitting if menu[f.__name__][1] in RARE]
        chosen = rng.choice(special if special and rng.random() < 0.5 else fitting)
        return chosen, chosen.__name__

    def exchange(self, link, request):
        who = self.relay.name(self.relay.node_of(request.token)) if request.token else ""
        kind = request.method + " " + request.path.split("/")[2].split("?")[0]
        rng = self._rng(who, kind)
        if rng.random() >= (BULLETIN_RATE if is_bulletin(request) else self.exchange_rate):
            link.honest(request)
            return
        function, name = self._choose(rng, EXCHANGE_LIES, request)
        self._tell(name)
        function(rng, link, request)

    def event(self, stream, event):
        if stream.rough is None:
            stream.rough = self._rng(self.relay.name(stream.node), "stream").random() < ROUGH_SHARE
        rng = self._rng(self.relay.name(stream.node), "event")
        if rng.random() < self.event_rate:
            function, name = self._choose(rng, EVENT_LIES, stream)
            self._tell(name)
            function(rng, stream, event)
        else:
            stream.send(event)
        if len(stream.held) > 4 or rng.random() < 0.2:
            rng.shuffle(stream.held)
            while stream.held:
                stream.send(stream.held.pop())

    def start(self):
        if self.unasked_s is not None:
            threading.Thread(target=self._unasked, daemon=True).start()
        self.relay.lie(self)
        return self

    def _unasked(self):
        while not self.over.wait(self.unasked_s):
            rng = self._rng("unasked")
            streams = [s for s in self.relay.streams() if self.relay.mail.get(s.node) and s.node in self.relay.certificates]
            if not streams:
                continue
            function, name = self._choose(rng, UNASKED_LIES)
            try:
                function(rng, self.relay, rng.choice(streams))
                self._tell(name)
            except OSError:
                pass  # its reader went away

    def stop(self):
        self.over.set()
        self.relay.behave()
