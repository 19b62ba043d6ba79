# SPDX-License-Identifier: Apache-2.0
"""A whole site in one scratch folder: relay, keyholder, device scout, workstations, each a process of its own."""
import json
import os

from . import panel, procs

LATCHKEY_PROGRAMS = {
    "printscout-queue": "printscout/queue", "printscout-pages": "printscout/queue", "printscout-courier": "printscout/courier",
    "printscout": "printscout/cli", "devicescout": "devicescout", "devicescout-keyholder": "devicescout/keyholder", "scoutrelay": "relay",
}


def program(name):
    """Path of one of our programs in the build that is tested ($LATCHKEY_BUILD) or installed ($LATCHKEY_BIN)."""
    if os.environ.get("LATCHKEY_BIN"):
        return os.path.join(os.environ["LATCHKEY_BIN"], name)
    return os.path.join(os.environ["LATCHKEY_BUILD"], LATCHKEY_PROGRAMS[name], name)


def write_conf(path, settings):
    """A configuration file in libconfuse's form."""

    def value(v):
        if isinstance(v, bool):
            return "true" if v else "false"
        if isinstance(v, int):
            return str(v)
        if isinstance(v, (list, tuple)):
            return "{" + ", ".join(json.dumps(str(i)) for i in v) + "}"
        return json.dumps(str(v))

    with open(path, "w") as f:
        f.writelines(f"{k} = {value(v)}\n" for k, v in settings.items())
    return path


def port_of(path):
    """The port that a daemon wrote to its port file, or None while it has not."""
    try:
        with open(path) as f:
            return int(f.read().strip() or 0) or None
    except FileNotFoundError:
        return None


class Daemon:
    """A program of ours with a configuration file; start() waits until it serves."""

    def __init__(self, folder, label, argv, settings):
        self.folder, self.label, self.argv, self.settings = folder, label, argv, dict(settings)
        os.makedirs(folder, exist_ok=True)
        self.conf = os.path.join(folder, label + ".conf")
        self.process = None

    def write(self):
        return write_conf(self.conf, self.settings)

    def start(self, ready=None, env=None):
        self.write()
        self.process = procs.Process(self.label, [*self.argv, "--config", self.conf], self.folder, env=env)
        self.process.start()
        if ready:
            self.process.wait_for("ready", ready)
        return self

    def stop(self):
        return self.process.stop() if self.process else None

    def kill(self):
        if self.process:
            self.process.kill()

    def log(self):
        return self.process.log() if self.process else ""


class Workstation:
    """A queue and a courier with one spool, as a person's computer has them."""

    def __init__(self, site, name, **more):
        """more: further settings, with _ for -."""
        self.site, self.name = site, name
        self.folder = os.path.join(site.folder, name)
        os.makedirs(self.folder)
        self.spool, self.state = os.path.join(self.folder, "spool"), os.path.join(self.folder, "state")
        self.socket = os.path.join(self.folder, "queue.sock")
        self.port_file = os.path.join(self.folder, "queue.port")
        settings = {"spool": self.spool, "state": self.state, "queue-socket": self.socket, "queue-port": 0,
                    "queue-port-file": self.port_file, "log-level": "debug",
                    **{k.replace("_", "-"): v for k, v in more.items()}}
        self.queue = Daemon(self.folder, "printscout-queue", [program("printscout-queue")], settings)
        self.courier = Daemon(self.folder, "printscout-courier", [program("printscout-courier")], settings)

    @property
    def port(self):
        return port_of(self.port_file)

    @property
    def uri(self):
        return f"ipp://localhost:{self.port}/ipp/print"

    def share(self, authority):
        """Before it starts: have its queue take jobs from the network, with a certificate of this authority."""
        certificate, key = authority.issue(self.name)
        self.shared_port_file = os.path.join(self.folder, "shared.port")
        self.queue.settings.update({
            "shared-address": "127.0.0.1", "shared-port": 0, "shared-port-file": self.shared_port_file,
            "shared-name": "localhost", "shared-certificate": certificate, "shared-key": key})
        self.courier.settings.update(self.queue.settings)
        return self

    @property
    def shared_port(self):
        return port_of(self.shared_port_file)

    def shared_uri(self, user, password):
        return f"ipps://{user}:{password}@localhost:{self.shared_port}/ipp/print"

    def print_file(self, path, title="letter", uri=None):
        """Print as the person does: ipptool sends the file to the virtual queue."""
        here = os.path.dirname(os.path.abspath(__file__))
        return procs.run(["ipptool", "-q", "-f", path, "-d", "filetype=application/pdf", "-d", f"title={title}",
                          uri or self.uri, os.path.join(here, "print.test")], timeout_s=300)

    def command(self, *argv, input_text=None, check=True):
        """Run `printscout …` on this workstation."""
        self.queue.write()
        return procs.run([program("printscout"), *argv, "--config", self.queue.conf], input_text, check=check)

    def bulletin_version(self):
        return json.loads(self.command("status", "--json", check=False).stdout)["bulletin"]["version"]

    def enroll(self, code):
        return self.command("enroll", input_text=code)

    def start(self):
        if os.path.exists(self.port_file):
            os.unlink(self.port_file)
        self.queue.start(ready=lambda: self.port and os.path.exists(self.socket))
        self.courier.start()
        return self

    def job_folders(self):
        jobs = os.path.join(self.spool, "jobs")
        return [os.path.join(jobs, j) for j in os.listdir(jobs)] if os.path.isdir(jobs) else []

    def sealed_jobs(self):
        """Paths of sealed job files in the spool."""
        return [p for p in (os.path.join(j, "job") for j in self.job_folders()) if os.path.exists(p)]

    def stop(self):
        return [self.queue.stop(), self.courier.stop()]


class Site:
    """Relay, keyholder and device scout. init() makes a new site; start() runs it."""

    password = "correct horse battery staple"

    def __init__(self, folder, directory):
        self.folder, self.directory = folder, directory
        self.relay_port = procs.free_port()
        self.relay_url = f"https://localhost:{self.relay_port}"
        self.state = os.path.join(folder, "devicescout-state")
        self.port_file = os.path.join(folder, "devicescout.port")
        own = {"state": self.state, "keyholder-state": os.path.join(folder, "keyholder-state"),
               "scout-socket": os.path.join(folder, "scout.sock"), "admin-socket": os.path.join(folder, "admin.sock"),
               "scout-user": str(os.getuid()), "address": "127.0.0.1", "port": 0, "port-file": self.port_file,
               "log-level": "debug", **directory.settings()}
        self.keyholder = Daemon(folder, "devicescout-keyholder", [program("devicescout-keyholder"), "run"], own)
        self.devicescout = Daemon(folder, "devicescout", [program("devicescout"), "run"], own)
        self.relay_state = os.path.join(folder, "relay-state")
        self.relay = Daemon(folder, "scoutrelay", [program("scoutrelay")], {
            "state": self.relay_state, "address": "127.0.0.1", "port": self.relay_port, "url": [self.relay_url],
            "certificate": os.path.join(self.state, "tls", "relay.crt"),
            "key": os.path.join(self.state, "tls", "relay.key"), "log-level": "debug"})
        self.workstations = []
        self.panel_tokens = {}
        self.kit = None

    @property
    def ca(self):
        return os.path.join(self.state, "tls", "ca.crt")

    @property
    def port(self):
        return port_of(self.port_file)

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    def command(self, *argv, input_text=None, check=True, timeout_s=60):
        """Run `devicescout …` as the administrator."""
        self.devicescout.write()
        return procs.run([program("devicescout"), *argv, "--config", self.devicescout.conf], input_text, check=check,
                         timeout_s=timeout_s)

    def init(self):
        password_file = os.path.join(self.folder, "site.password")
        with open(password_file, "w") as f:
            f.write(self.password + "\n")
        os.chmod(password_file, 0o600)
        self.kit = self.command("init", "--relay", self.relay_url, "--password-file", password_file).stdout
        return self

    def start_keyholder(self):
        admin = self.keyholder.settings["admin-socket"]
        self.keyholder.start(ready=lambda: os.path.exists(admin))

    def site_id(self):
        return json.loads(self.command("status", "--json").stdout)["site"]

    def start_relay(self):
        self.relay.settings["sites"] = [self.site_id()]
        self.relay.start(ready=lambda: procs.accepts(self.relay_port))

    def start_devicescout(self):
        if os.path.exists(self.port_file):
            os.unlink(self.port_file)
        self.devicescout.start(ready=lambda: self.port and procs.accepts(self.port))

    def start(self):
        self.start_keyholder()
        self.start_relay()
        self.start_devicescout()
        return self

    def add_printer(self, name, printer, place="", language="pdf"):
        """Register one of printers.py, as the administrator does, and believe the certificate that it shows."""
        options = ["--place", place] if place else []
        if printer.uri.startswith("socket:"):
            self.allow_raw(True)
            options += ["--raw", "--language", language]
        self.command("printer", "add", name, printer.uri, "--yes", *options)
        at = panel.Panel(self, name)
        procs.wait_until(f"the panel of {name}", lambda: at.call("GET", f"/api/v1/printer/{name}")[0] == 200)

    def panel_token(self, printer):
        """The token of a panel at this printer: made once, as the administrator does."""
        if printer not in self.panel_tokens:
            self.panel_tokens[printer] = self.command("panel", "add", printer, "--token-only").stdout.strip()
        return self.panel_tokens[printer]

    def allow_raw(self, allowed):
        """Change the site's policy, and wait until every workstation has heard of it."""
        self.command("policy", "--raw", "yes" if allowed else "no")
        version = json.loads(self.command("status", "--json").stdout)["bulletin"]
        for w in self.workstations:
            procs.wait_until(f"bulletin {version} at {w.name}", lambda: w.bulletin_version() >= version)

    def invite(self, person=None, *options):
        whose = ("--for", person) if person else ("--shared",)
        return self.command("invite", *whose, *options).stdout.strip()

    def workstation(self, name, person=None, *options, shared_by=None, **more):
        """A new workstation, invited with these options, enrolled and running; its queue shared, with a
        certificate of shared_by."""
        w = Workstation(self, name, **more)
        if shared_by:
            w.share(shared_by)
        self.workstations.append(w)
        w.enroll(self.invite(person, *options))
        return w.start()

    def stop(self):
        """Stop all that runs, workstations first; gives every exit status that was not 0, with its log's end."""
        parts = [d for w in self.workstations for d in (w.queue, w.courier)]
        parts += [self.devicescout, self.relay, self.keyholder]
        bad = []
        for d in parts:
            ended_alone = d.process is not None and not d.process.running()
            status = d.stop()
            if status not in (None, 0) and not (ended_alone and status == -9):
                bad.append(f"{d.label} in {d.folder} ended with {status}:\n{d.log()[-3000:]}")
        return bad

    def logs(self):
        """The end of every daemon's log, for a test that failed."""
        parts = [self.keyholder, self.devicescout, self.relay]
        parts += [d for w in self.workstations for d in (w.queue, w.courier)]
        return "\n".join(f"--- {d.folder}/{d.label}\n{d.log()[-3000:]}" for d in parts if d.process)


def wait_listed(at, count, timeout_s=20):
    """Wait until the panel's person has count jobs waiting; gives them."""
    return procs.wait_until(f"{count} waiting job(s)",
                            lambda: (lambda js: len(js) == count and (js or True))(at.waiting()), timeout_s)
