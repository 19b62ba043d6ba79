# SPDX-License-Identifier: Apache-2.0
"""A real Active Directory (Samba as a domain controller) with the people of directory.py, only its LDAP service, over TLS.

Its ports are Samba's own (389, 636), so it runs in a network namespace of its own: see test_people_ad.py."""
import os
import shutil

from . import directory, procs

BASE = "DC=ad,DC=test"


def missing():
    """Why it cannot run here, or None."""
    for program in ("samba", "samba-tool"):
        if not shutil.which(program):
            return f"{program} is not installed"
    return None


class ActiveDirectory:
    uri, starttls_uri, port, tls_port = "ldaps://127.0.0.1", "ldap://127.0.0.1", 389, 636

    def __init__(self, folder, authority, people=None, anonymous_bind_dn=True):
        """Active Directory lets a name without a password in as anybody: anonymous_bind_dn cannot be off."""
        self.folder = os.path.join(folder, "samba")
        self.authority, self.people = authority, people or directory.PEOPLE
        self.conf, self.db = os.path.join(self.folder, "etc", "smb.conf"), os.path.join(self.folder, "private", "sam.ldb")
        self.process = None

    def _tool(self, *argv):
        return procs.run(["samba-tool", *argv, "-s", self.conf, "-H", self.db], timeout_s=120)

    def _provision(self):
        os.makedirs(self.folder)
        procs.run(["samba-tool", "domain", "provision", f"--targetdir={self.folder}", "--realm=AD.TEST", "--domain=ADTEST",
                   "--server-role=dc", "--dns-backend=NONE", "--adminpass=Adm1n-password", "--host-name=dc1",
                   "--host-ip=127.0.0.1", "--option=interfaces=lo", "--option=bind interfaces only=yes",
                   "--option=vfs objects=dfs_samba4 acl_xattr"], timeout_s=180)
        os.makedirs(os.path.join(self.folder, "run"), exist_ok=True)

    def _configure(self, expired=False):
        crt, key = self.authority.issue("directory", expired=expired)
        own_key = os.path.join(self.folder, "private", "latchkey-test.key")
        shutil.copy(key, own_key)
        os.chmod(own_key, 0o600)  # Samba refuses any other mode
        d = self.folder
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write(f"[global]\nnetbios name = DC1\nrealm = AD.TEST\nworkgroup = ADTEST\n"
                    "server role = active directory domain controller\nserver services = ldap\n"
                    f"private dir = {d}/private\nstate directory = {d}/state\ncache directory = {d}/cache\n"
                    f"lock directory = {d}\nbinddns dir = {d}/bind-dns\npid directory = {d}/run\nlog file = {d}/log.%m\n"
                    "interfaces = lo\nbind interfaces only = yes\ntls enabled = yes\n"
                    f"tls keyfile = {own_key}\ntls certfile = {crt}\ntls cafile = {self.authority.crt}\n")

    def certificate(self, expired=False):
        """Serve with a new certificate."""
        self.process.stop()
        self._configure(expired)
        self.process.start()
        self.process.wait_for("its port", lambda: procs.accepts(self.tls_port), timeout_s=60)

    def start(self):
        self._provision()
        self._configure()
        # The same passwords as everywhere in the tests; they are not complex enough for a domain as it comes.
        self._tool("domain", "passwordsettings", "set", "--complexity=off", "--min-pwd-length=1", "--min-pwd-age=0",
                   "--history-length=0")
        self._tool("user", "create", "reader", directory.SERVICE_PASSWORD)
        for name in self.people:
            self.add(name)
        # One process: what kills it kills the whole server.
        self.process = procs.Process("samba", ["samba", "-i", "-M", "single", "-s", self.conf], self.folder)
        self.process.start()
        self.process.wait_for("its port", lambda: procs.accepts(self.tls_port), timeout_s=60)
        return self

    def dn(self, name):
        return f"CN={self.people[name][1]},CN=Users,{BASE}"

    def set_attribute(self, name, attribute, value):
        procs.run(["ldapmodify", "-x", "-H", self.uri, "-D", "administrator@ad.test", "-w", "Adm1n-password"],
                  f"dn: {self.dn(name)}\nchangetype: modify\nreplace: {attribute}\n{attribute}: {value}\n",
                  env={"LDAPTLS_CACERT": self.authority.crt})

    def lock(self, name):
        self._tool("domain", "passwordsettings", "set", "--account-lockout-threshold=2")
        for _ in range(2):
            self.wrong_bind(f"{name}@ad.test")
        self._tool("domain", "passwordsettings", "set", "--account-lockout-threshold=0")

    def unlock(self, name):
        self._tool("user", "unlock", name)

    wrong_bind = directory.Directory.wrong_bind

    def add(self, name):
        password, full = self.people[name]
        given, _, family = full.partition(" ")
        self._tool("user", "create", name, password, f"--given-name={given}", f"--surname={family}")

    def remove(self, name):
        self._tool("user", "delete", name)

    def disable(self, name):
        self._tool("user", "disable", name)

    def enable(self, name):
        self._tool("user", "enable", name)

    def group(self, name, *members):
        """Make a group; gives its DN."""
        self._tool("group", "add", name)
        for member in members:
            self._tool("group", "addmembers", name, member)
        return f"CN={name},CN=Users,{BASE}"

    def join(self, group, name):
        """A new account is in no group, whatever one of that name was in."""
        self._tool("group", "addmembers", group, name)

    def settings(self):
        password_file = os.path.join(self.folder, "reader.password")
        with open(password_file, "w", encoding="utf-8") as f:
            f.write(directory.SERVICE_PASSWORD + "\n")
        os.chmod(password_file, 0o600)
        return {"ldap-uri": [self.uri], "ldap-base": BASE, "ldap-bind-dn": "reader@ad.test",
                "ldap-filter": "(&(objectClass=user)(sAMAccountName=%s))", "ldap-person-attribute": "sAMAccountName",
                "ldap-bind-password-file": password_file, "ldap-ca": self.authority.crt, "ldap-group-nesting": "ad"}

    def stop(self):
        if self.process:
            self.process.stop()
