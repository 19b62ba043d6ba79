# SPDX-License-Identifier: Apache-2.0
"""Printers: ippeveprinter over IPPS, and a raw 9100 sink that keeps each connection's bytes."""
import os
import shutil
import socket
import time

from . import procs
from .listener import Listener


class Bus:
    """A private D-Bus system bus: ippeveprinter aborts without one."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "bus")
        conf = os.path.join(folder, "bus.conf")
        with open(conf, "w") as f:
            f.write('<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" '
                    '"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">\n'
                    f'<busconfig><type>system</type><listen>unix:path={self.path}</listen><auth>EXTERNAL</auth>'
                    '<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>'
                    '<allow send_type="signal"/>'
                    '<allow send_requested_reply="true" send_type="method_return"/>'
                    '<allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/>'
                    '<allow receive_type="method_return"/><allow receive_type="error"/>'
                    '<allow receive_type="signal"/></policy></busconfig>\n')
        self.process = procs.Process("dbus", ["dbus-daemon", f"--config-file={conf}", "--nofork", "--nopidfile"], folder)

    def start(self):
        self.process.start()
        self.process.wait_for("its socket", lambda: os.path.exists(self.path))
        return self

    @property
    def env(self):
        return {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.path}"}

    def stop(self):
        self.process.stop()


class IppPrinter:
    """ippeveprinter with a certificate of its own. What arrives is kept, a file a job."""

    formats = "application/pdf,image/pwg-raster,image/urf,image/jpeg,application/octet-stream"
    options = ()  # more of ippeveprinter's own

    def __init__(self, folder, bus, authority, name="colour", command="/bin/true"):
        self.folder, self.bus, self.authority, self.name, self.command = folder, bus, authority, name, command
        self.spool, self.keys = os.path.join(folder, name + "-out"), os.path.join(folder, name + "-keys")
        os.makedirs(self.spool, exist_ok=True)
        os.makedirs(self.keys, exist_ok=True)
        self.port = procs.free_port()
        self.new_certificate()
        self.process = None

    def new_certificate(self):
        """Another key and certificate, used from the next start on (a firmware update, or somebody else)."""
        crt, key = self.authority.issue(self.name)
        shutil.copy(crt, os.path.join(self.keys, "localhost.crt"))
        shutil.copy(key, os.path.join(self.keys, "localhost.key"))

    @property
    def uri(self):
        return f"ipps://localhost:{self.port}/ipp/print"

    def start(self):
        self.process = procs.Process(self.name, [
            "ippeveprinter", "-r", "off", "-n", "localhost", "-p", self.port, "-K", self.keys, "-k", "-d", self.spool,
            "-f", self.formats, *self.options, "-s", "60,60", "-c", self.command, "-vvv", self.name],
            self.folder, env=self.bus.env)
        self.process.start()
        self.process.wait_for("its port", lambda: procs.accepts(self.port))
        return self

    def documents(self):
        """Paths of the documents that arrived, oldest first. (A .prn is what ippeveprinter's command printed.)"""
        found = [os.path.join(d, f) for d, _, fs in os.walk(self.spool) for f in fs if not f.endswith(".prn")]
        return sorted(found, key=os.path.getmtime)

    def stop(self):
        if self.process:
            self.process.stop()


class RawPrinter:
    """A raw 9100 printer: keeps the bytes of each connection; can hang up or stall at byte `cut_at`."""

    def __init__(self, folder, name="mono"):
        self.name, self.spool = name, os.path.join(folder, name + "-out")
        os.makedirs(self.spool, exist_ok=True)
        self.cut_at = None      # close the connection after this many bytes
        self.first_byte_at = []  # time.monotonic() of each connection's first byte
        self.listener = Listener(self._take)
        self.port = self.listener.port

    @property
    def uri(self):
        return f"socket://127.0.0.1:{self.port}"

    def start(self):
        self.listener.start()
        return self

    @property
    def count(self):
        """Connections that came."""
        return self.listener.count

    def _take(self, connection, before):
        number = before + 1
        part = os.path.join(self.spool, f"{number:04}.part")
        got = 0
        with connection, open(part, "wb") as f:
            while True:
                want = 262144 if self.cut_at is None else min(262144, self.cut_at - got)
                if want == 0:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    return
                try:
                    data = connection.recv(want)
                except OSError:
                    return
                if not data:
                    break
                if got == 0:
                    self.first_byte_at.append(time.monotonic())
                got += len(data)
                f.write(data)
        if got:
            os.rename(part, os.path.join(self.spool, f"{number:04}.prn"))
        else:
            os.unlink(part)

    def documents(self):
        """Paths of documents whose connection was closed in order, oldest first."""
        return [os.path.join(self.spool, f) for f in sorted(os.listdir(self.spool)) if f.endswith(".prn")]

    def stop(self):
        self.listener.stop()
