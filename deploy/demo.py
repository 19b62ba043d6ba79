# SPDX-License-Identifier: Apache-2.0
"""The demo behind deploy/demo: one site with real parts, on loopback, in one scratch folder."""
import os
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests"))
from harness import certs, directory, document, panel, printers, procs, site as sites  # noqa: E402


ALICE_BADGE, ALICE_PIN = "04A1B2C3D4", "738215"
BOB_BADGE = "04B5C6D7E8"  # nobody knows it yet


class Clock:
    """One line a step, with its time."""

    def __init__(self):
        self.start = self.last = time.monotonic()

    def done(self, verb, text):
        now = time.monotonic()
        print(f"  {verb:<13} {(now - self.last) * 1000:7.0f} ms   {text}", flush=True)
        self.last = time.monotonic()


class Demo:
    def __init__(self, folder):
        self.folder = folder
        self.clock = Clock()
        self.parts = []  # stopped in reverse order

    def begin(self):
        authority = certs.Authority(os.path.join(self.folder, "test-ca"))
        self.directory = self._part(directory.Directory(self.folder, authority))
        self.directory.start()
        self.clock.done("directory", f"OpenLDAP at {self.directory.uri} with {', '.join(self.directory.people)}")
        bus = self._part(printers.Bus(self.folder)).start()
        self.colour = self._part(printers.IppPrinter(self.folder, bus, authority, "colour")).start()
        self.mono = self._part(printers.RawPrinter(self.folder, "mono")).start()
        self.clock.done("printers", f"colour {self.colour.uri}, mono {self.mono.uri}")
        self.site = self._part(sites.Site(self.folder, self.directory))
        self.site.init().start()
        self.clock.done("site", f"keyholder, relay {self.site.relay_url}, device scout {self.site.url}")
        self.site.add_printer("colour", self.colour, "2nd floor, by the stairs")
        self.site.add_printer("mono", self.mono, "3rd floor, post room")
        self.clock.done("printer add", "both registered, the certificate of colour pinned")
        self.alice = self.site.workstation("alice-pc", "alice")
        self.bob = self.site.workstation("bob-pc", "bob")
        self.clock.done("enroll", "two workstations")

    def _part(self, part):
        self.parts.append(part)
        return part

    def print_document(self, workstation, name):
        """A new PDF with a marker in it, printed on the workstation: (path, marker)."""
        text = document.marker()
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(document.pdf(text, 200_000))
        workstation.print_file(path, name)
        return path, text

    def end(self):
        """Stop everything; True if every daemon ended as it should."""
        good = True
        for part in reversed(self.parts):
            bad = part.stop()
            for line in bad if isinstance(bad, list) else []:
                good = False
                print(line, file=sys.stderr)
        return good


def same(path, other):
    with open(path, "rb") as a, open(other, "rb") as b:
        return a.read() == b.read()


def expect(truth, sentence):
    if not truth:
        raise procs.Failed(sentence)


def release_one(demo, person, job, printer, original):
    status, answer = person.release(job["id"])
    expect(status in (200, 202), f"release was answered with {status}: {answer}")
    demo.clock.done("order", f"release of \"{job['title']}\" to {person.printer} granted")
    procs.wait_until(f"the document at {person.printer}", printer.documents, 30)
    demo.clock.done("deliver", f"arrived at {person.printer}")
    person.wait_state(job["id"], "gone", "delivered")
    demo.clock.done("report", "the panel says that it is printed")
    expect(same(printer.documents()[-1], original), f"what arrived at {person.printer} is not what was printed")
    print(f"                            {person.printer}: byte for byte what was printed", flush=True)


def signed_in(answer, how):
    expect(answer[0] == 200, f"{how} was answered with {answer[0]}: {answer[1]}")
    return answer[1]


def refused(answer, error, how):
    expect(answer[0] == 401 and answer[1]["error"] == error, f"{how} was answered with {answer[0]}: {answer[1]}")
    return answer[1]


def first_swipe(demo, at):
    """A badge that nobody knows: alice signs in once with her password, and it is hers; then she chooses a PIN."""
    handle = refused(at.badge(ALICE_BADGE), "unknown-badge", "a badge that nobody knows")["register"]
    refused(at.sign_in("alice", "wrong password", register=handle), "sign-in-refused", "a wrong password")
    who = signed_in(at.sign_in("alice", demo.directory.people["alice"][0], register=handle), "the password")
    expect(who["registered"], "the badge is not registered")
    status, answer = at.call("PUT", "/api/v1/pin", {"pin": ALICE_PIN})
    expect(status == 200, f"the PIN was answered with {status}: {answer}")
    demo.clock.done("first swipe", f"alice's badge is hers by her password, at {at.printer}; she has a PIN")


def check(demo):
    first, first_marker = demo.print_document(demo.alice, "letter.pdf")
    second, second_marker = demo.print_document(demo.alice, "report.pdf")
    demo.clock.done("print", "alice prints two documents over IPP")
    expect(len(demo.alice.sealed_jobs()) == 2, "two sealed files were expected in the spool")
    demo.clock.done("seal, spool", "sealed on her workstation: " + ", ".join(
        f"{os.path.getsize(p)} bytes" for p in demo.alice.sealed_jobs()))
    at_colour, at_mono = panel.Panel(demo.site, "colour"), panel.Panel(demo.site, "mono")
    first_swipe(demo, at_colour)
    signed_in(at_colour.sign_in("alice", demo.directory.people["alice"][0]), "the password")
    demo.clock.done("authenticate", "alice signs in at colour with her password; a wrong one was refused")
    jobs = sites.wait_listed(at_colour, 2)
    demo.clock.done("announce, list", ", ".join(f"\"{j['title']}\"" for j in jobs))
    markers = [first_marker, second_marker]
    for place in (demo.alice.folder, demo.site.relay_state):
        hits = document.search(place, markers)
        expect(not hits, f"a document's marker lies in the clear: {hits}")
    for path, marker in ((first, first_marker), (second, second_marker)):
        expect(any(h[1] == marker for h in document.search(os.path.dirname(path), [marker])),
               "the search does not even find the marker in the original")
    demo.clock.done("search", "no marker in spool or relay; the same search finds them in the originals")
    jobs.sort(key=lambda j: j["created"])
    release_one(demo, at_colour, jobs[0], demo.colour, first)
    refused(at_mono.badge(ALICE_BADGE), "pin-wanted", "the badge alone")
    refused(at_mono.badge(ALICE_BADGE, "000001"), "sign-in-refused", "a wrong PIN")
    signed_in(at_mono.badge(ALICE_BADGE, ALICE_PIN), "badge and PIN")
    demo.clock.done("authenticate", "alice signs in at mono with badge and PIN; badge alone and a wrong PIN were refused")
    release_one(demo, at_mono, jobs[1], demo.mono, second)
    procs.wait_until("the sealed files to be erased", lambda: not demo.alice.sealed_jobs(), 20)
    demo.clock.done("erase", "no sealed file is left in the spool")


def wait_for_signal():
    """Until Ctrl-C; a second one does no harm. An Event set by a handler could wait for itself for ever."""
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, lambda *_: None)
    os.read(woken, 1)


def show(demo):
    demo.print_document(demo.alice, "letter.pdf")
    demo.print_document(demo.bob, "notes.pdf")
    sealed = procs.wait_until("the sealed file", demo.alice.sealed_jobs)[0]
    at = panel.Panel(demo.site, "colour")
    first_swipe(demo, at)
    at.sign_out()
    print(f"""
alice has printed letter.pdf, bob notes.pdf. Both wait, sealed, until their people stand at a printer.

  panels       {demo.site.url}/panel/colour#{demo.site.panel_token("colour")}
               {demo.site.url}/panel/mono#{demo.site.panel_token("mono")}
               the browser warns about the site's own CA: {demo.site.ca}
  alice        badge {ALICE_BADGE} and PIN {ALICE_PIN}, or alice and PIN, or alice / {demo.directory.people["alice"][0]}
  bob          badge {BOB_BADGE}, which nobody knows yet: bob / {demo.directory.people["bob"][0]}, once, and a PIN of six digits
               to swipe a badge without a reader: on the first screen type its number and Enter, as a reader does
  sealed file  {sealed}
               try: strings -n 8 {sealed} | head
  print more   ipptool -t -f FILE.pdf -d filetype=application/pdf {demo.alice.uri} print-job.test
  paper        {demo.colour.spool}
               {demo.mono.spool}
  record       {sites.program("devicescout")} audit show --config {demo.site.devicescout.conf}
  logs         {demo.folder}

Ctrl-C stops everything.""", flush=True)
    wait_for_signal()
    print("\nstopping", flush=True)


def main(options):
    folder = tempfile.mkdtemp(prefix="latchkey-demo-")
    os.chmod(folder, 0o755)  # dbus and slapd look through it
    demo, good = Demo(folder), False
    try:
        demo.begin()
        (check if "--check" in options else show)(demo)
        good = True
    except procs.Failed as e:
        print(f"demo: {e}", file=sys.stderr)
    except KeyboardInterrupt:
        pass
    finally:
        good = demo.end() and good
    if "--check" in options:
        print(f"{'all of it held' if good else 'FAILED'}, {time.monotonic() - demo.clock.start:.1f} s")
    if "--keep" in options or not good:
        print(f"scratch folder: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
