# SPDX-License-Identifier: Apache-2.0
"""Whatever call of the system fails or is the last one, a person has the whole job or none of it, and is told which."""
import collections
import os
import re
import shutil
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), os.path.join(HERE, "..")]
import ipp  # noqa: E402
from harness import procs  # noqa: E402
from queue_fixture import Queue  # noqa: E402

DOCUMENT = os.urandom(40_000)
BEFORE, AFTER = b"an earlier job", b"a later job"
# What may go wrong on a disk, and with what
ERRORS = {"write": ["ENOSPC", "EIO"], "fsync": ["EIO", "ENOSPC"], "openat": ["ENOSPC", "EMFILE"], "mkdirat": ["ENOSPC"],
          "renameat": ["EIO", "ENOSPC"], "fchmod": ["EIO"], "fstatfs": ["EIO"]}
FINAL = {"exit", "exit_group", "restart_syscall"}

pytestmark = pytest.mark.skipif(subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode != 0,
                                reason="strace is missing, or may not trace here")


@pytest.fixture
def queue(tmp_path):
    q = Queue(tmp_path).start().enrolled()
    yield q
    q.stop()


class Strace:
    """strace on the running queue: records the calls of a print job, or makes one of them go wrong."""

    def __init__(self, queue, *options):
        self.output = os.path.join(queue.folder, "calls")
        if os.path.exists(self.output):
            os.unlink(self.output)
        self.process = procs.Process("strace", ["strace", "-f", "-o", self.output, *options, "-p", queue.process.pid],
                                     queue.folder)
        if os.path.exists(self.process.log_path):
            os.unlink(self.process.log_path)

    def __enter__(self):
        self.process.start()
        self.process.wait_for_log("attached")
        return self

    def __exit__(self, *_):
        self.process.kill()  # asked kindly, it would first wait for a queue that it has killed

    def calls(self):
        """How often the thread that made the job called what, in the order of first calls."""
        with open(self.output, encoding="utf-8", errors="replace") as f:
            lines = re.findall(r"^(\d+) +(\w+)\(", f.read(), re.MULTILINE)
        worker = next(thread for thread, call in lines if call == "renameat")
        return collections.Counter(call for thread, call in lines if thread == worker and call not in FINAL)


def print_and_look(queue):
    """Print DOCUMENT; gives the IPP status, or None when no answer came."""
    try:
        return queue.ask(ipp.print_job() + DOCUMENT).status
    except (OSError, ipp.http.client.HTTPException):
        return None


def documents(queue):
    assert queue.site.arriving() == []
    return [queue.site.open(job)[0] for job in queue.site.jobs()]


def record_calls(queue):
    """The calls of the next job; the first of a process also reserves job numbers."""
    with Strace(queue) as s:
        assert print_and_look(queue) == 0
    calls = s.calls()
    assert calls["fsync"] >= 5 and calls["renameat"] >= 1 and calls["write"] >= 3, calls
    return calls


def answers(queue):
    try:
        return queue.ask(ipp.request(ipp.GET_PRINTER_ATTRIBUTES)).status == 0
    except (OSError, ipp.http.client.HTTPException):
        return False


def ended(queue):
    """Was it killed? It may be about to be gone, whatever it has answered: the last call may come behind the answer."""
    procs.wait_until("the queue to be gone, or to go on", lambda: not queue.process.running() or answers(queue))
    return not queue.process.running()


def forget_document(queue):
    for job in queue.site.jobs():
        if queue.site.record(job)[2] == len(DOCUMENT):
            shutil.rmtree(os.path.join(queue.spool, "jobs", job))


def test_killed_at_any_call_the_job_is_whole_or_never_was(queue):
    calls = record_calls(queue)
    forget_document(queue)
    queue.stop()
    queue.start().print(BEFORE)
    acknowledged, killed = 1, 0
    for call, count in calls.items():
        for n in range(1, count + 1):
            with Strace(queue, "-e", f"inject={call}:signal=SIGKILL:when={n}"):
                status = print_and_look(queue)
            acknowledged += status == 0
            if ended(queue):
                killed += 1
                queue.start()
            found = documents(queue)
            assert set(found) <= {BEFORE, DOCUMENT} and found.count(BEFORE) == 1, (call, n)
            assert len(found) >= acknowledged, f"{call} {n}: an acknowledged job is gone"
            acknowledged = len(found)  # one that was whole but not acknowledged is a job, too
    assert killed >= sum(calls.values()) // 2, f"only {killed} of {sum(calls.values())} calls were the last"


@pytest.mark.parametrize("call, error", [(c, e) for c, errors in ERRORS.items() for e in errors])
def test_a_call_that_fails_costs_this_job_and_no_other(queue, call, error):
    queue.print(BEFORE)
    calls = record_calls(queue)
    forget_document(queue)
    refused = 0
    for n in range(1, calls[call] + 1):
        with Strace(queue, "-e", f"inject={call}:error={error}:when={n}"):
            status = print_and_look(queue)
        found = documents(queue)
        assert queue.process.running() and found.count(BEFORE) == 1
        if status in (0, 1):
            assert call != "fsync", "a failed fsync was taken for success"
            assert DOCUMENT in found
        else:
            refused += 1
            assert found == [BEFORE], f"{call} {n} {error}: refused with {status}, and something is left"
        forget_document(queue)
    assert refused > 0, f"no {call} that failed was noticed"
    queue.print(AFTER)
    assert AFTER in documents(queue)
