# SPDX-License-Identifier: Apache-2.0
"""People who print, release and delete, and the book that is kept of it: what may come out where, how often, and what each of
them may see. Nothing here trusts what a program says: paper is counted at the printers."""
import collections
import hashlib
import http.client
import os
import random
import time

from harness import document, panel, procs
from latchkey_protocol import read_plain

SEED = os.environ.get("LATCHKEY_FAULT_SEED", "a relay that lies")
WAITING = ("held", "failed", "unknown")
PAPER_S = 15  # until a printer has written the file that stands for paper; 10 ms is usual
GONE = ("delivered", "canceled", "expired")
OPEN_MOST = 12  # jobs of one person that wait; who has more goes and gets some first


def pending_reports(workstation):
    """Jobs whose last report nobody has acknowledged, by the courier's own books."""
    pending = []
    for folder in workstation.job_folders():
        try:
            with open(os.path.join(folder, "state"), "rb") as f:
                state = read_plain("spool_state", f.read())
        except FileNotFoundError:
            continue
        if state["report_pending"]:
            pending.append(os.path.basename(folder))
    return pending


class Job:
    def __init__(self, person, title, data):
        self.person, self.title, self.digest = person, title, hashlib.sha256(data).digest()
        self.released_at = set()  # printers at which its person asked for it
        self.deleted = False

    def __repr__(self):
        return f"<{self.title} of {self.person}, released at {sorted(self.released_at)}, deleted {self.deleted}>"


class Crowd:
    """
    workstations   by person
    printers       by name: those of harness.printers, registered
    """

    def __init__(self, site, people, workstations, printers):
        self.site, self.people, self.workstations, self.printers = site, people, workstations, printers
        self.rng = random.Random(SEED)
        self.jobs = []
        self.by_title, self.by_digest = {}, {}
        self.panels = {}
        self.counted, self.unknown = {}, {}  # path at a printer: job; path: when it was seen first
        self.did = collections.Counter()

    # What they do

    def at(self, person, printer):
        """A signed-in panel. The device scout forgets who was signed in when it is restarted."""
        if (person, printer) not in self.panels:
            p = panel.Panel(self.site, printer)
            status, answer = p.sign_in(person, self.people.people[person][0])
            assert status == 200, f"{person} could not sign in: {answer}\n{self.site.logs()}"
            self.panels[person, printer] = p
        return self.panels[person, printer]

    def signed_out(self):
        self.panels.clear()

    def print_one(self, person=None):
        person = person or self.rng.choice(sorted(self.workstations))
        title = f"{person}-{len(self.jobs)}"
        data = document.pdf(title, self.rng.choice([1500, 20_000, 60_000]))
        path = os.path.join(self.site.folder, title)
        with open(path, "wb") as f:
            f.write(data)
        self.workstations[person].print_file(path, title)
        os.unlink(path)
        job = Job(person, title, data)
        self.jobs.append(job)
        self.by_title[title] = self.by_digest[job.digest] = job
        self.did["print"] += 1
        return job

    def act(self):
        """One thing that one of them does, and a look at what there is to see."""
        person, printer = self.rng.choice(sorted(self.workstations)), self.rng.choice(sorted(self.printers))
        try:
            what = self.rng.random()
            if what < 0.35 and len(self.open_jobs(person)) < OPEN_MOST:
                self.print_one(person)
                return
            at = self.at(person, printer)
            shown = [j for j in self.look(person, printer) if j["state"] in WAITING]
            if not shown:
                return
            chosen = self.rng.choice(shown)
            if what < 0.9:
                self.release(at, [chosen])
            else:
                self.delete(at, chosen)
        except (OSError, http.client.HTTPException):
            self.did["nobody there"] += 1  # the device scout is being restarted
            self.signed_out()

    def release(self, at, shown):
        """Of a job whose outcome is unknown its person looks for the paper first, and deletes what is there."""
        paper = self.count_paper()
        for j in [j for j in shown if j["state"] == "unknown" and self.by_title[j["title"]] in paper]:
            shown.remove(j)
            self.delete(at, j)
        if not shown:
            return
        status, answer = at.release(*(j["id"] for j in shown))
        assert status == 202, answer
        refused = {r["id"] for r in answer["refused"]}
        for j in shown:
            if j["id"] not in refused:
                self.by_title[j["title"]].released_at.add(at.printer)
                self.did["release"] += 1

    def delete(self, at, shown):
        if at.delete(shown["id"])[0] == 200:
            self.by_title[shown["title"]].deleted = True
            self.did["delete"] += 1

    # What must hold, whoever lies

    def look(self, person, printer):
        """The list as this person sees it: nothing but their own jobs, each as it is."""
        self.count_paper()
        listed = self.at(person, printer).jobs()
        titles = [j["title"] for j in listed]
        assert len(set(titles)) == len(titles), f"a job is listed twice: {titles}"
        for j in listed:
            job = self.by_title.get(j["title"])
            assert job is not None and job.person == person, f"{person} is shown {j}"
            assert not job.deleted or j["state"] in GONE, f"deleted, and shown as {j['state']}: {job}"
            if j["state"] == "delivered":
                procs.wait_until(f"the paper of {job}, which the panel calls delivered", lambda: job in self.count_paper(), PAPER_S)
        return listed

    def count_paper(self):
        """Jobs that came out of a printer. Each is one that was printed here, asked for there, once."""
        for name, printer in self.printers.items():
            for path in printer.documents():
                if path not in self.counted:
                    self.take_paper(name, path)
        times = collections.Counter(self.counted.values())
        twice = [job for job, n in times.items() if n > 1]
        assert not twice, f"printed more than once: {twice}"
        return list(times)

    def take_paper(self, printer, path):
        """A file that is still being written is nothing that anybody printed, for a moment."""
        with open(path, "rb") as f:
            job = self.by_digest.get(hashlib.sha256(f.read()).digest())
        if job is None:
            first_seen = self.unknown.setdefault(path, time.monotonic())
            assert time.monotonic() - first_seen < PAPER_S, f"{path} is nothing that anybody printed"
            return
        self.unknown.pop(path, None)
        assert printer in job.released_at, f"{printer} printed {job}, and nobody asked for it there"
        self.counted[path] = job

    # When the relay behaves

    def converge(self, timeout_s=120):
        """All is as if nobody had ever lied. A reader that was refused again and again comes back after a minute at most."""
        self.wait_listed(timeout_s)
        self.release_all(timeout_s)
        for w in self.workstations.values():
            procs.wait_until(f"no sealed file and no pending report at {w.name}",
                             lambda: not w.sealed_jobs() and not pending_reports(w), timeout_s)
        procs.wait_until("all paper to be somebody's", lambda: (self.count_paper(), not self.unknown)[1], 2 * PAPER_S)

    def open_jobs(self, person):
        printed = self.count_paper()
        return {j.title for j in self.jobs if j.person == person and not j.deleted and j not in printed}

    def wait_listed(self, timeout_s):
        """Everybody sees each of their jobs that is neither printed nor deleted, and no other as waiting."""
        printer = sorted(self.printers)[0]
        for person in sorted(self.workstations):
            def complete():
                waiting = {j["title"] for j in self.look(person, printer) if j["state"] not in GONE}
                return waiting == self.open_jobs(person)
            try:
                procs.wait_until(f"all of {person}'s jobs to be listed", complete, timeout_s)
            except procs.Failed as e:
                shown = {j["title"]: (j["state"], j["problem"]) for j in self.look(person, printer)}
                raise procs.Failed(f"{e}\nshown: {shown}\nopen: {sorted(self.open_jobs(person))}") from None

    def release_all(self, timeout_s):
        """Everybody takes what is left of theirs, and asks again for what did not come."""
        def nothing_left():
            for n, person in enumerate(sorted(self.workstations)):
                at = self.at(person, sorted(self.printers)[n % len(self.printers)])
                if ready := [j for j in self.look(person, at.printer) if j["state"] in WAITING]:
                    self.release(at, ready)
            return not any(self.open_jobs(person) for person in self.workstations)
        procs.wait_until("every job to be printed", nothing_left, timeout_s)
