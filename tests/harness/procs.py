# SPDX-License-Identifier: Apache-2.0
"""Processes of one scratch folder: started with a log each, waited for by what they do, stopped by their own pid."""
import atexit
import os
import signal
import socket
import subprocess
import time


class Failed(Exception):
    """A part did not do what it should; the text says which, and ends with its log."""


def wait_until(what, check, timeout_s=20.0):
    """Poll check() until it gives something true; fail with a sentence after timeout_s."""
    end = time.monotonic() + timeout_s
    pause = 0.002
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"waited {timeout_s:.0f} s in vain for: {what}")
        time.sleep(pause)  # a poll interval that grows, not a guess at how long something takes
        pause = min(pause * 1.5, 0.05)


def free_port():
    """A TCP port on loopback that was free a moment ago, for servers that cannot be told to choose one."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def status(pid):
    """What the kernel says of a process; empty when it is gone."""
    try:
        with open(f"/proc/{pid}/status") as f:
            return f.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_there(pid):
    """Does it run? One that nobody has buried yet does not."""
    said = status(pid)
    return bool(said) and "State:\tZ" not in said


def children(pid):
    """Processes that it has started and that run."""
    found = []
    for task in os.listdir(f"/proc/{pid}/task") if is_there(pid) else []:
        try:
            with open(f"/proc/{pid}/task/{task}/children") as f:
                found += map(int, f.read().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return [child for child in found if is_there(child)]


class Process:
    """One child process whose output goes to folder/NAME.log."""

    def __init__(self, name, argv, folder, env=None, cwd=None):
        self.name = name
        self.argv = [str(a) for a in argv]
        self.log_path = os.path.join(folder, name + ".log")
        self.env = dict(os.environ, **(env or {}))
        self.cwd = cwd
        self.child = None
        atexit.register(self.kill)  # whatever fails before somebody would stop it

    def start(self):
        with open(self.log_path, "ab") as log:
            self.child = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env,
                                          cwd=self.cwd)
        return self

    @property
    def pid(self):
        return self.child.pid

    def running(self):
        return self.child is not None and self.child.poll() is None

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def wait_for(self, what, check, timeout_s=20.0):
        """wait_until, but fail at once, with the log, when the process has ended."""

        def alive_and():
            value = check()
            if not value and not self.running():
                raise Failed(f"{self.name} ended with status {self.child.returncode}:\n{self.log()[-4000:]}")
            return value

        try:
            return wait_until(f"{self.name}: {what}", alive_and, timeout_s)
        except Failed as e:
            raise Failed(f"{e}\n--- {self.log_path}\n{self.log()[-4000:]}") from None

    def wait_for_log(self, text, timeout_s=20.0):
        return self.wait_for(f"log line with '{text}'", lambda: text in self.log(), timeout_s)

    def stop(self, sig=signal.SIGTERM, timeout_s=10.0):
        """End it and give back its exit status; SIGKILL after timeout_s is a failure of its own."""
        if self.child is None:
            return None
        if self.child.poll() is None:
            self.child.send_signal(sig)
            try:
                self.child.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
                raise Failed(f"{self.name} did not stop within {timeout_s:.0f} s:\n{self.log()[-4000:]}") from None
        return self.child.returncode

    def kill(self):
        if self.running():
            self.child.kill()
            self.child.wait()


def run(argv, input_text=None, timeout_s=60, check=True, env=None):
    """Run a command to its end and give its CompletedProcess (text); a failure shows what it printed."""
    done = subprocess.run([str(a) for a in argv], input=input_text, capture_output=True, text=True, timeout=timeout_s,
                          env=dict(os.environ, **(env or {})))
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(map(str, argv))} ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return done
