# SPDX-License-Identifier: Apache-2.0
"""Programs on this computer find the queue by themselves, as they find any AirPrint or IPP Everywhere printer."""
import os

import pytest
from fake_site import proto
from harness import certs, cups, printers, procs
from queue_fixture import Queue
from shared_fixture import SharedQueue

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

# avahi-daemon is alone on its computer: its process id has one fixed place, and whatever else answers on the loopback
# interface is found, too. Here it has a network and a /run/avahi-daemon of its own; programs reach it over the bus.
ALONE = ["unshare", "--net", "--mount", "sh", "-c",
         'ip link set lo up && mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon && exec "$@"', "sh"]


class Avahi:
    def __init__(self, folder, bus):
        self.folder, self.bus = folder, bus
        self.conf = os.path.join(folder, "avahi.conf")
        with open(self.conf, "w") as f:
            f.write(CONF)
        self.process = None

    def start(self):
        self.process = procs.Process("avahi", [*ALONE, "avahi-daemon", "-f", self.conf, "--no-rlimits", "--no-chroot",
                                               "--debug"], self.folder, env=self.bus.env).start()
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

    def go(name, authority=None, **settings):
        """A shared queue, if an authority gives it a certificate."""
        made_by = (SharedQueue, tmp_path, authority) if authority else (Queue, tmp_path)
        q = made_by[0](*made_by[1:], name, queue_dns_sd=True, **settings)
        made.append(q)
        return q.start(env=bus.env).enrolled()

    yield go
    for q in made:
        q.stop()


def search(bus, what="_ipp._tcp", *options, seconds=2):
    """The printers' URIs that a program finds in this time, all of which it takes."""
    done = procs.run(["ippfind", "-T", seconds, what, *options, "--print"], env=bus.env, check=False)
    return done.stdout.split()


def found(bus, count, *what):
    """As many printers, once they are found: on a busy computer avahi's answers come later than any one search waits."""
    return procs.wait_until(f"{count} printer(s) by {what}",
                            lambda: (lambda uris: uris if len(uris) == count else None)(search(bus, *what, seconds=1)), 60)


def test_the_queue_is_found_with_everything_that_clients_look_for(queues, avahi, bus):
    queue = queues("one")
    uri, = found(bus, 1)
    assert uri.startswith("ipp://") and uri.endswith(f":{queue.port}/ipp/print")
    for subtype in ("_ipp._tcp,_universal", "_ipp._tcp,_print"):
        assert found(bus, 1, subtype) == [uri]
    keys = {"rp": "ipp/print", "pdl": "application/pdf,image/pwg-raster,image/urf", "URF": "SRGB24", "UUID": "-8", "ty": "Latchkey",
            "Color": "T", "Duplex": "T", "txtvers": "1", "qtotal": "1", "kind": "document", "adminurl": "http://localhost"}
    assert found(bus, 1, "_ipp._tcp", *(word for key, value in keys.items() for word in ("--txt-" + key, value))) == [uri]
    assert search(bus, "_ipp._tcp", "--txt", "TLS") == []


def test_what_it_says_of_itself_follows_the_sites_printers(queues, avahi, bus):
    queue = queues("one")

    def says(**keys):
        return found(bus, 1, "_ipp._tcp", *(word for key, value in keys.items() for word in ("--txt-" + key, value)))

    assert says(Color="T", Duplex="T", Staple="T", pdl="image/jpeg", PaperMax="tabloid-A3")
    plain = {"formats": 1, "features": 0, "copies_max": 1, "resolutions": [], "finishings": [],
             "media": [{"text": "na_letter_8.5x11in"}], "types": [], "sources": [], "bins": []}
    queue.site.bulletin(profile=proto.write_plain("profile", plain))
    queue.process.wait_for_log("dns_sd state=updated")
    assert says(Color="F", Duplex="F", Staple="F", Copies="F", PaperMax="legal-A4")
    assert search(bus, "_ipp._tcp", "--txt-pdl", "image/jpeg") == [] == search(bus, "_ipp._tcp", "--txt", "URF")
    queue.site.bulletin(profile=proto.write_plain("profile", plain | {"features": 3, "formats": 5}))
    assert says(Color="T", Duplex="T", URF="SRGB24", pdl="image/urf")


@pytest.fixture
def machine(folder, memory, bus, monkeypatch):
    """A cupsd as Debian brings it, which finds printers by itself."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.env["DBUS_SYSTEM_BUS_ADDRESS"])
    m = cups.Machine(folder, memory, None)
    yield m
    m.stop()


def print_to_found(machine, *options):
    """lp to the queue that `lpstat -e` names; gives the title. lp itself looks for no more than a second each time, in which
    a busy computer gets nowhere."""
    procs.wait_until("the queue in lpstat -e", lambda: "Latchkey" in machine.command("lpstat", "-e").stdout.split(), 60)
    said = []

    def sent():
        done, _, title = machine.lp("Latchkey", *options)
        said.append(done.stderr)
        return title if done.returncode == 0 else None

    try:
        return procs.wait_until("lp to be sent", sent, 150)
    except procs.Failed as e:
        raise procs.Failed(f"{e}\n{said[-1]}") from None


def arrived(queue, machine):
    """What became of the one job: (document, owner, ticket)."""
    try:
        return queue.site.open(procs.wait_until("the job", queue.site.jobs, 60)[0])
    except procs.Failed as e:
        raise procs.Failed(f"{e}\n{machine.cupsd.error_log()}\n{queue.process.log()}") from None


def test_lp_prints_without_any_set_up_for_the_person_whose_computer_this_is(queues, avahi, machine):
    """A temporary queue of cupsd's: every job of this computer is alice's."""
    queue = queues("one")
    title = print_to_found(machine)
    data, owner, ticket = arrived(queue, machine)
    assert data.startswith(b"%PDF-") and (owner, ticket["title"]) == ("alice", title)


@pytest.fixture
def secret(folder):
    """What cups-setup would have made for its own queue, which a temporary one lacks."""
    path = os.path.join(folder, "cups-secret")
    with open(path, "w", encoding="ascii") as f:
        f.write("5" * 64)
    os.chmod(path, 0o400)
    return path


def test_a_temporary_queue_brings_nobodys_job_where_its_word_is_not_trusted(queues, avahi, machine, secret):
    queue = queues("one", cups_secret=secret).enrolled("")
    print_to_found(machine, "-U", "daemon")
    procs.wait_until("cupsd to want a password for it",
                     lambda: "held-for-authentication" in machine.cupsd.command("lpstat", "-l", "-o"), 60)
    assert queue.site.jobs() == [] and queue.site.arriving() == []
    machine.cupsd.cancel_all()


def test_once_it_is_set_up_there_is_one_queue_and_it_knows_who_prints(queues, avahi, machine, secret, bus):
    """As it is installed: found by itself and set up."""
    queue = machine.printer = queues("one", cups_secret=secret).enrolled("")
    found(bus, 1)
    machine.setup()
    for _ in range(3):
        assert machine.command("lpstat", "-e").stdout.split() == ["Latchkey"]
    title = print_to_found(machine)
    _, owner, ticket = arrived(queue, machine)
    assert (owner, ticket["title"]) == ("nobody", title)


def test_where_nothing_is_set_up_a_name_that_lp_forwards_changes_nothing(queues, avahi, machine):
    """On a shared computer such a job belongs to the account of cupsd's backend, as the kernel says."""
    queue = queues("one").enrolled("")
    print_to_found(machine, "-U", "daemon")
    assert arrived(queue, machine)[1] in ("lp", "root")


def test_a_temporary_queue_is_believed_where_the_administrator_trusts_everybody_here(queues, avahi, machine, secret):
    queue = queues("one", cups_secret=secret, trust_user_names=True).enrolled("")
    print_to_found(machine)
    assert arrived(queue, machine)[1] == "nobody"
    print_to_found(machine, "-U", "daemon")
    procs.wait_until("the second job", lambda: len(queue.site.jobs()) == 2, 60)
    assert {queue.site.open(j)[1] for j in queue.site.jobs()} == {"nobody", "daemon"}, "what such trust means"


def test_two_queues_of_one_name_get_two_names(queues, avahi, bus):
    for name in ("one", "two"):
        queues(name)
    assert len(set(found(bus, 2))) == 2


def test_without_avahi_it_prints_all_the_same_and_registers_when_avahi_comes(queues, bus, tmp_path):
    queue = queues("one")
    queue.print(b"nobody found it, but it is there")
    avahi = Avahi(str(tmp_path), bus).start()
    queue.process.wait_for_log("dns_sd state=registered")
    found(bus, 1)
    avahi.stop()
    avahi.start()
    procs.wait_until("the second registration", lambda: queue.process.log().count("dns_sd state=registered") == 2)
    queue.stop()
    procs.wait_until("nothing to be found", lambda: search(bus) == [])
    avahi.stop()


def test_without_a_bus_it_says_so_and_prints(tmp_path):
    queue = Queue(tmp_path, queue_dns_sd=True).start(env={"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/none"}).enrolled()
    queue.print(b"found by its address")
    queue.stop()
    assert "dns_sd state=off" in queue.process.log()


def test_a_shared_queue_is_found_as_ipps_and_says_that_it_wants_name_and_password(queues, avahi, bus, tmp_path):
    queue = queues("shared", certs.Authority(str(tmp_path / "ca")))
    queue.process.wait_for_log("dns_sd state=registered service=_ipps._tcp")
    uri, = found(bus, 1, "_ipps._tcp")
    assert uri.startswith("ipps://") and uri.endswith(f":{queue.shared_port()}/ipp/print")
    for subtype in ("_ipps._tcp,_universal", "_ipps._tcp,_print"):
        assert found(bus, 1, subtype) == [uri]
    keys = {"rp": "ipp/print", "pdl": "application/pdf", "URF": "W8", "UUID": "-8", "ty": "Latchkey", "Color": "T", "Duplex": "T",
            "txtvers": "1", "qtotal": "1", "kind": "document", "air": "username,password", "TLS": "1.3",
            "adminurl": f"https://localhost:{queue.shared_port()}/"}
    assert found(bus, 1, "_ipps._tcp", *(word for key, value in keys.items() for word in ("--txt-" + key, value))) == [uri]
    assert len(found(bus, 1, "_ipp._tcp")) == 1 and search(bus, "_ipp._tcp", "--txt", "air") == []
