# SPDX-License-Identifier: Apache-2.0
"""Programs on this computer find the queue by themselves, as they find any AirPrint or IPP Everywhere printer."""
import os

import pytest
from harness import cups, document, printers, procs
from queue_fixture import Queue

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="avahi-daemon drops to another user: needs root")

CONF = """[server]
host-name=alice-pc
use-ipv4=yes
use-ipv6=no
allow-interfaces=lo
enable-dbus=yes
[publish]
publish-hinfo=no
publish-workstation=no
[rlimits]
"""


class Avahi:
    def __init__(self, folder, bus):
        self.folder, self.bus = folder, bus
        self.conf = os.path.join(folder, "avahi.conf")
        with open(self.conf, "w") as f:
            f.write(CONF)
        self.process = None

    def start(self):
        self.process = procs.Process("avahi", ["avahi-daemon", "-f", self.conf, "--no-rlimits", "--no-chroot", "--debug"],
                                     self.folder, env=self.bus.env).start()
        self.process.wait_for_log("Server startup complete")
        return self

    def stop(self):
        self.process.stop()


@pytest.fixture
def bus(tmp_path):
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        os.chmod(folder, 0o755)
    b = printers.Bus(str(tmp_path)).start()
    os.chmod(b.path, 0o777)  # avahi is another user
    yield b
    b.stop()


@pytest.fixture
def avahi(tmp_path, bus):
    a = Avahi(str(tmp_path), bus).start()
    yield a
    a.stop()


@pytest.fixture
def queues(tmp_path, bus):
    made = []

    def go(name, title="Latchkey"):
        q = Queue(tmp_path, name, queue_dns_sd=True, queue_name=title)
        made.append(q)
        return q.start(env=bus.env).enrolled()

    yield go
    for q in made:
        q.stop()


def found(bus, what="_ipp._tcp", *options):
    """The printers' URIs, as programs get them."""
    done = procs.run(["ippfind", "-T", "2", what, *options, "--print"], env=bus.env, check=False)
    return done.stdout.split()


def test_the_queue_is_found_with_everything_that_clients_look_for(queues, avahi, bus):
    queue = queues("one")
    queue.process.wait_for_log("dns_sd state=registered")
    uri, = found(bus)
    assert uri.startswith("ipp://") and uri.endswith(f":{queue.port}/ipp/print")
    for subtype in ("_ipp._tcp,_universal", "_ipp._tcp,_print"):
        assert found(bus, subtype) == [uri]
    keys = {"rp": "ipp/print", "pdl": "application/pdf,image/pwg-raster,image/urf", "URF": "SRGB24", "UUID": "-8", "ty": "Latchkey",
            "Color": "T", "Duplex": "T", "txtvers": "1", "qtotal": "1", "kind": "document", "adminurl": "http://localhost"}
    assert found(bus, "_ipp._tcp", *(word for key, value in keys.items() for word in ("--txt-" + key, value))) == [uri]
    assert found(bus, "_ipp._tcp", "--txt", "TLS") == []


def test_lp_prints_to_it_without_any_set_up(queues, avahi, bus, tmp_path, monkeypatch):
    """A temporary queue of cupsd's, for a person whose computer this is."""
    queue = queues("one")
    queue.process.wait_for_log("dns_sd state=registered")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.env["DBUS_SYSTEM_BUS_ADDRESS"])
    cupsd = cups.Cupsd(str(tmp_path)).start()
    try:
        assert "Latchkey" in cupsd.command("lpstat", "-e").split()
        page = tmp_path / "page.pdf"
        page.write_bytes(document.pdf(document.marker()))
        cupsd.command("lp", "-d", "Latchkey", "-t", "by itself", page)
        procs.wait_until(f"the job; cupsd says: {cupsd.error_log()}", queue.site.jobs, 60)
        data, owner, ticket = queue.site.open(queue.site.jobs()[0])
        assert data.startswith(b"%PDF-") and (owner, ticket["title"]) == ("alice", "by itself")
    finally:
        cupsd.stop()


def test_two_queues_of_one_name_get_two_names(queues, avahi, bus):
    for name in ("one", "two"):
        queues(name).process.wait_for_log("dns_sd state=registered")
    assert len(found(bus)) == 2


def test_without_avahi_it_prints_all_the_same_and_registers_when_avahi_comes(queues, bus, tmp_path):
    queue = queues("one")
    queue.print(b"nobody found it, but it is there")
    avahi = Avahi(str(tmp_path), bus).start()
    queue.process.wait_for_log("dns_sd state=registered")
    assert len(found(bus)) == 1
    avahi.stop()
    avahi.start()
    procs.wait_until("the second registration", lambda: queue.process.log().count("dns_sd state=registered") == 2)
    queue.stop()
    procs.wait_until("nothing to be found", lambda: found(bus) == [])
    avahi.stop()


def test_without_a_bus_it_says_so_and_prints(tmp_path):
    queue = Queue(tmp_path, queue_dns_sd=True).start(env={"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/none"}).enrolled()
    queue.print(b"found by its address")
    queue.stop()
    assert "dns_sd state=off" in queue.process.log()
