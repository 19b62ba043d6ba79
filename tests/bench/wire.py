# SPDX-License-Identifier: Apache-2.0
"""A wire before the relay: it hands bytes on and counts, for each process that connects, what crosses its connections."""
import os
import re
import selectors
import socket
import struct
import threading

from harness import procs, site as sites

HEADERS = 20 + 32  # IPv4, and TCP with time stamps


class Count:
    """What crossed TCP connections in both directions: bytes, and segments, each of which has headers besides."""

    def __init__(self, stream=0, segments=0):
        self.stream, self.segments = stream, segments

    def __add__(self, other):
        return Count(self.stream + other.stream, self.segments + other.segments)

    def __sub__(self, other):
        return Count(self.stream - other.stream, self.segments - other.segments)

    def __mul__(self, times):
        return Count(self.stream * times, self.segments * times)

    @property
    def wire(self):
        return self.stream + self.segments * HEADERS


def _counted(s):
    """From struct tcp_info."""
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    acked, received = struct.unpack_from("<QQ", info, 120)
    segments_out, segments_in = struct.unpack_from("<II", info, 136)
    return Count(acked + received, segments_out + segments_in)


def _process_of(port, pids):
    """Which of these processes has the socket with this local port? None: no longer any."""
    with open("/proc/net/tcp") as f:
        inodes = {line.split()[9] for line in f.readlines()[1:] if int(line.split()[1].split(":")[1], 16) == port}
    for pid in pids:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            try:
                link = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{fd}"))
            except FileNotFoundError:
                continue
            if link and link[1] in inodes:
                return pid
    return None


class Wire:
    def __init__(self, port, behind, pids):
        """pids() gives the processes whose connections are told apart."""
        self.behind, self.pids = behind, pids
        self.open, self.gone, self.lock = {}, {}, threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.open[client] = _process_of(client.getpeername()[1], self.pids())
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client):
        with socket.create_connection(("127.0.0.1", self.behind)) as server, selectors.DefaultSelector() as chooser:
            chooser.register(client, selectors.EVENT_READ, server)
            chooser.register(server, selectors.EVENT_READ, client)
            try:
                while self._hand_on(chooser):
                    pass
            except OSError:
                pass
        with self.lock:
            pid = self.open.pop(client)
            self.gone[pid] = self.gone.get(pid, Count()) + _counted(client)
        client.close()

    @staticmethod
    def _hand_on(chooser):
        for key, _ in chooser.select():
            data = key.fileobj.recv(65536)
            if not data:
                return False
            key.data.sendall(data)
        return True

    def count(self, *pids):
        """What has crossed the connections of these processes so far."""
        with self.lock:
            return sum([self.gone.get(pid, Count()) for pid in pids]
                       + [_counted(c) for c, pid in self.open.items() if pid in pids], Count())

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class WiredSite(sites.Site):
    """A site whose scouts reach the relay over a wire."""

    def __init__(self, folder, directory, heartbeat_s):
        super().__init__(folder, directory)
        self.behind, self.wire = procs.free_port(), None
        self.relay.settings.update({"port": self.behind, "heartbeat-s": heartbeat_s})

    def _pids(self):
        daemons = [self.devicescout, *(w.courier for w in self.workstations)]
        return [d.process.pid for d in daemons if d.process and d.process.running()]

    def start_relay(self):
        self.wire = Wire(self.relay_port, self.behind, self._pids)
        self.relay.settings["sites"] = [self.site_id()]
        self.relay.start(ready=lambda: procs.accepts(self.behind))

    def stop(self):
        bad = super().stop()
        if self.wire:
            self.wire.stop()
        return bad
