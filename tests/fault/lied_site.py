# SPDX-License-Identifier: Apache-2.0
"""A site whose relay has a lying one before it (lying_relay.py): scouts know the liar's URL, and its key is the relay's."""
import os
import shutil

from harness import procs, site as sites
from lying_relay import LyingRelay


class LiedSite(sites.Site):
    def __init__(self, folder, directory, log_level="info"):
        super().__init__(folder, directory)
        self.behind_port, self.front, self.log_level = procs.free_port(), None, log_level
        # A second between heartbeats: a stream that a lie has silenced is noticed in 2.5 of them.
        self.relay.settings.update({"port": self.behind_port, "heartbeat-s": 1})
        for part in (self.keyholder, self.devicescout):
            # An order that the relay has swallowed bars the next for 12 s, not for half an hour.
            part.settings.update({"delivery-timeout-s": 2, "grants-per-minute": 10000, "session-idle-s": 3600})
        for part in (self.keyholder, self.devicescout, self.relay):
            part.settings["log-level"] = log_level

    def start_relay(self):
        if self.front is None:
            self.front = LyingRelay(self.relay.settings["certificate"], self.relay.settings["key"], self.relay_port,
                                    self.behind_port).start()
        self.relay.settings["sites"] = [self.site_id()]
        self.relay.start(ready=lambda: procs.accepts(self.behind_port))

    def workstation(self, name, person=None, *options):
        w = sites.Workstation(self, name)
        w.queue.settings["log-level"] = w.courier.settings["log-level"] = self.log_level
        self.workstations.append(w)
        w.enroll(self.invite(person, *options))
        return w.start()

    def daemons(self):
        return [self.keyholder, self.relay, self.devicescout,
                *(d for w in self.workstations for d in (w.queue, w.courier))]

    def keep_relay_state(self, name):
        """A copy of what the relay has on disk, to set it back to later."""
        self.relay.stop()
        shutil.copytree(self.relay_state, os.path.join(self.folder, name))
        self.start_relay()

    def set_relay_back(self, name):
        self.relay.kill()
        shutil.rmtree(self.relay_state)
        shutil.copytree(os.path.join(self.folder, name), self.relay_state)
        self.start_relay()

    def stop(self):
        bad = super().stop()
        if self.front is not None:
            self.front.stop()
        return bad
