# SPDX-License-Identifier: Apache-2.0
"""Behind deploy/cups-setup a person prints from every program on Linux, and cupsd keeps nothing of it."""
import base64
import json
import os
import re
import stat

import ipp
import pytest

from harness import cups, document, printers, procs
from harness.site import program, write_conf
from queue_fixture import Queue

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="cupsd drops to another user: needs root")


@pytest.fixture(scope="module")
def printer(scratch, bus, authority):
    p = printers.IppPrinter(scratch, bus, authority, "behind").start()
    yield p
    p.stop()


@pytest.fixture
def machine(folder, memory, printer):
    """A machine whose cupsd leads to a printer that keeps what it gets."""
    m = cups.Machine(folder, memory, printer)
    yield m
    m.stop()


@pytest.fixture
def alices(folder, memory):
    """alice's machine, whose cupsd leads to printscout-queue."""
    queue = Queue(folder).enrolled("alice").start()
    m = cups.Machine(folder, memory, queue)
    yield m
    m.stop()
    queue.stop()


def test_nobody_prints_under_another_name(machine):
    machine.setup()
    done, _, _ = machine.lp("Latchkey", "-U", "root")
    assert done.returncode != 0, done.stdout
    assert machine.cupsd.command("lpstat", "-o") == ""
    machine.cupsd.command("lpadmin", "-p", "open", "-E", "-v", "socket://127.0.0.1:9", "-m", "raw")
    done, _, _ = machine.lp("open", "-U", "root", "-H", "hold")
    assert done.returncode == 0, "the control: cupsd's default policy believes any name"


def test_a_spool_on_a_disk_is_refused_and_nothing_is_changed(folder, printer):
    if procs.run(["stat", "-f", "-c", "%T", folder]).stdout.strip() == "tmpfs":
        pytest.skip("here, even the folders of tests are on tmpfs")
    m = cups.Machine(folder, None, printer)
    before = m.conf()
    done = m.setup(check=False)
    m.stop()
    assert done.returncode == 1 and "is on a disk" in done.stderr, done.stderr
    assert m.conf() == before and not os.path.exists(m.secret_file)


def test_what_was_printed_is_nowhere_in_cupsds_folders(machine):
    cupsd = machine.cupsd
    cupsd.command("lpadmin", "-p", "plain", "-E", "-v", f"ipp://localhost:{machine.printer.port}/ipp/print", "-m", "everywhere")
    done, marker, title = machine.lp("plain")
    assert done.returncode == 0, done.stderr
    cupsd.wait_idle("plain")
    places = {m for _, m, _ in machine.kept(marker, title)}
    assert places == {marker, title}, "the control: without the set-up cupsd keeps document and title"
    machine.setup()
    done, marker, title = machine.lp("Latchkey")
    assert done.returncode == 0, done.stderr
    cupsd.wait_idle("Latchkey")
    assert any(title.lower() in os.path.basename(p) for p in machine.printer.documents())
    assert machine.kept(marker, title) == []
    assert "-files.conf" not in cupsd.error_log() and "cupsd.conf" not in cupsd.error_log(), cupsd.error_log()


def test_a_document_on_its_way_is_in_memory_only(machine):
    machine.setup()
    done, marker, title = machine.lp("Latchkey", "-H", "hold")
    assert done.returncode == 0, done.stderr
    places = machine.kept(marker, title)
    assert {m for _, m, _ in places} == {marker, title}
    assert all(path.startswith(machine.cupsd.spool) for path, _, _ in places), places
    machine.cupsd.cancel_all()
    assert machine.kept(marker, title) == []


def test_what_lp_prints_is_sealed_and_waits_for_its_person(alices):
    alices.setup()
    done, marker, title = alices.lp("Latchkey")
    assert done.returncode == 0, done.stderr
    alices.cupsd.wait_idle("Latchkey")
    queue = alices.printer
    sealed, = queue.site.jobs()
    data, owner, ticket = queue.site.open(sealed)
    assert data.startswith(b"%PDF-") and owner == "alice" and ticket["title"] == title
    assert alices.kept(marker, title) == [] == document.search(queue.folder, [marker, title])


def test_a_failed_job_leaves_no_title_in_the_log(machine):
    machine.setup()
    machine.cupsd.command("lpadmin", "-p", "broken", "-E", "-v", "ipp://localhost:9/none", "-m", "raw", "-o",
                          "printer-error-policy=abort-job")
    _, marker, title = machine.lp("broken")
    machine.cupsd.cancel_all()
    machine.cupsd.wait_idle("broken")
    assert machine.kept(marker, title) == []


def test_the_secret_is_shown_nowhere(machine):
    machine.setup()
    secret = machine.secret
    assert len(secret) == 64 and set(secret) <= set("0123456789abcdef")
    assert stat.S_IMODE(os.stat(machine.secret_file).st_mode) == 0o400
    with open(machine.arguments) as f:
        arguments = f.read()
    assert "lpadmin -p Latchkey" in arguments and secret not in arguments
    machine.lp("Latchkey")
    machine.cupsd.wait_idle("Latchkey")
    assert secret not in machine.cupsd.command("lpstat", "-t")
    machine.cupsd.stop()  # writes everything down
    hits = {os.path.basename(p) for p, _, _ in document.search(machine.cupsd.folder, [secret])}
    assert {h.rstrip(".O") for h in hits} == {"printers.conf"}, "only where cupsd itself keeps it, for root"
    assert stat.S_IMODE(os.stat(f"{machine.cupsd.folder}/etc/printers.conf").st_mode) & 0o007 == 0
    machine.cupsd.process.start()


def test_a_second_run_changes_nothing(machine):
    machine.setup()
    before, secret, restarts = machine.conf(), machine.secret, machine.restarts
    machine.setup()
    assert machine.conf() == before and machine.secret == secret
    assert machine.restarts == restarts == 1


def test_a_dry_run_changes_nothing(machine):
    before = machine.conf()
    said = machine.setup("--dry-run").stdout
    assert "would write" in said and "printer-op-policy=authenticated" in said
    assert machine.conf() == before and not os.path.exists(machine.secret_file) and machine.restarts == 0
    assert machine.cupsd.command("lpstat", "-v", check=False).stdout == ""


def test_remove_brings_back_every_byte(machine):
    before = machine.conf()
    machine.setup()
    assert machine.conf() != before
    machine.setup("--remove")
    assert machine.conf() == before and not os.path.exists(machine.secret_file)
    assert machine.cupsd.command("lpstat", "-v", check=False).stdout == ""


def test_what_it_says_at_its_end_is_how_to_print_and_how_to_undo_it(machine, folder):
    assert "The queue" not in machine.setup("--dry-run").stdout
    said = machine.setup("--name", "Secure").stdout
    assert len(said.splitlines()) == 3
    paper = os.path.join(folder, "paper.txt")
    with open(paper, "w") as f:
        f.write("a page")
    os.chmod(paper, 0o644)
    done = machine.command(*re.search(r" or: (lp -d \S+) FILE\n", said)[1].split(), paper)
    assert done.returncode == 0 and "Secure-" in done.stdout
    machine.cupsd.command("cancel", "-a")
    machine.setup("--name", "Secure", *re.search(r" again: cups-setup (.*)\n", said)[1].split())
    assert machine.cupsd.command("lpstat", "-v", check=False).stdout == ""


def warned(machine):
    """What `printscout status` says of this cupsd."""
    conf = write_conf(os.path.join(machine.folder, "printscout.conf"), {
        "spool": machine.folder + "/none", "queue-socket": machine.folder + "/none.sock",
        "cups-server-root": os.path.dirname(machine.cupsd.conf)})
    done = procs.run([program("printscout"), "status", "--json", "--config", conf], check=False)
    return [w for w in json.loads(done.stdout)["warnings"] if "cupsd" in w]


def test_status_warns_of_a_cupsd_as_debian_brings_it_and_not_of_one_that_is_set_up(machine):
    said = warned(machine)
    assert len(said) == 3 and all("run latchkey-cups-setup" in w for w in said), said
    assert "keeps every printed document" in said[0]
    machine.setup()
    assert warned(machine) == []


@pytest.mark.parametrize("file, line, what", [
    ("cupsd.conf", "PreserveJobFiles 60", "keeps every printed document"),
    ("cupsd.conf", "preservejobhistory Yes", "keeps the titles"),
    ("cupsd.conf", "LogLevel debug2", "titles of documents into its error log"),
    ("cupsd.conf", "LogDebugHistory", "titles of documents that failed"),
    ("cups-files.conf", "RequestRoot {folder}", "to a disk on their way"),
    ("cups-files.conf", "TempDir {folder}", "to a disk on their way"),
    ("cups-files.conf", "PageLog page_log", "who printed what")])
def test_status_warns_when_somebody_sets_cupsd_up_otherwise(machine, file, line, what):
    if "{folder}" in line and procs.run(["stat", "-f", "-c", "%T", machine.folder]).stdout.strip() == "tmpfs":
        pytest.skip("here, even the folders of tests are on tmpfs")
    with open(machine.cupsd.conf, "a") as f:
        f.write("PageLogFormat %p %u %j\n")  # says nothing while there is no file for it
    machine.setup()
    assert warned(machine) == []
    with open(os.path.join(os.path.dirname(machine.cupsd.conf), file), "a") as f:
        f.write(line.format(folder=machine.folder) + "\n")
    said, = warned(machine)
    assert what in said


def test_status_says_nothing_of_cupsd_where_there_is_none(machine):
    os.unlink(machine.cupsd.conf)
    assert warned(machine) == []


def owners(queue):
    return sorted(queue.site.open(job)[1] for job in queue.site.jobs())


def test_on_a_shared_computer_the_job_is_the_one_who_ran_lp(folder, memory):
    secret = os.path.join(folder, "cups-secret")
    queue = Queue(folder, queue_port=procs.free_port(), cups_secret=secret).enrolled("").start()
    m = cups.Machine(folder, memory, queue)
    try:
        m.setup()
        queue.stop()
        queue.start()  # it reads the secret when it starts
        for user in ("nobody", "daemon", "root"):
            done, _, _ = m.lp("Latchkey", user=user)
            assert done.returncode == 0, done.stderr
        m.cupsd.wait_idle("Latchkey")
        assert owners(queue) == ["daemon", "nobody", "root"], m.cupsd.error_log()
    finally:
        m.stop()
        queue.stop()


def test_who_lacks_cupsds_secret_prints_under_their_own_name_or_not_at_all(folder):
    secret = os.path.join(folder, "cups-secret")
    with open(secret, "w") as f:
        f.write("5" * 64)
    os.chmod(secret, 0o400)
    queue = Queue(folder, cups_secret=secret).enrolled("").start()
    request = ipp.print_job(user="daemon") + b"%PDF-1.7"

    def status(authorization=None):
        c = queue.connection()
        headers = {"Content-Type": "application/ipp", **({"Authorization": authorization} if authorization else {})}
        c.request("POST", "/ipp/print", request, headers)
        return c.getresponse().status

    def basic(user, password):
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    assert status() == 401  # root, as cupsd's backend is, under another's name
    for wrong in (basic("cups", "4" * 64), basic("root", "5" * 64), basic("cups", ""), basic("cups", "5" * 63), "Basic x"):
        assert status(wrong) == 401
    assert queue.site.jobs() == [] and queue.site.arriving() == []
    assert status(basic("cups", "5" * 64)) == 200
    assert owners(queue) == ["daemon"]
    queue.stop()
    assert "5555" not in queue.process.log()


def test_trust_in_names_is_for_cupsds_connections_and_no_others(folder):
    queue = Queue(folder, trust_user_names=True).enrolled("").start()
    queue.print(b"%PDF-1.7", user="daemon")  # root, as cupsd's backend can be
    assert owners(queue) == ["daemon"]
    assert queue.ask(ipp.print_job(user="no-such-account") + b"%PDF-1.7").status == 0x403
    page = os.path.join(folder, "page.pdf")
    with open(page, "wb") as f:
        f.write(document.pdf(document.marker()))
    done = procs.run(["setpriv", "--reuid", "nobody", "--clear-groups", "ipptool", "-tf", page, "-d", "filetype=application/pdf",
                      queue.uri.replace("ipp://", "ipp://root@"), "print-job.test"])
    assert "PASS" in done.stdout and owners(queue) == ["daemon", "nobody"]
    queue.stop()


def test_a_secret_that_others_may_read_is_no_secret(folder):
    secret = os.path.join(folder, "cups-secret")
    with open(secret, "w") as f:
        f.write("5" * 64)
    os.chmod(secret, 0o444)
    queue = Queue(folder, cups_secret=secret)
    done = procs.run([program("printscout-queue"), "--config", queue.conf], check=False)
    assert done.returncode == 1 and "chmod 400" in done.stderr
