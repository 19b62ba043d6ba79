# SPDX-License-Identifier: Apache-2.0
"""A TCP server on a free loopback port, with a thread for each connection."""
import socket
import threading


class Listener:
    """Bound from the start, so that its port is known; connections are taken from start() on."""

    def __init__(self, serve, prepare=lambda: None):
        """serve(connection, number) is called for each, the first with number 0; before it, in their order, prepare()."""
        self.serve, self.prepare, self.count = serve, prepare, 0
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def start(self):
        self.socket.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.prepare()
            threading.Thread(target=self.serve, args=(connection, self.count), daemon=True).start()
            self.count += 1

    def stop(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the accept, which would keep the port open
        except OSError:  # it never listened
            pass
        self.socket.close()
