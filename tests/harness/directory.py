# SPDX-License-Identifier: Apache-2.0
"""A real OpenLDAP server with a few people, on free loopback ports, over TLS."""
import os

from . import procs

SUFFIX = "dc=example,dc=test"
ROOT_PASSWORD = "root-password"
SERVICE_DN, SERVICE_PASSWORD = f"cn=reader,{SUFFIX}", "reader-password"

PEOPLE = {  # user name: (password, common name)
    "alice": ("alice-password", "Alice Adams"),
    "bob": ("bob-password", "Bob (O'Neil) *"),
    "carol": ("carol-password", "Carol Çelik"),
}


class NoDirectory:
    """A site in which nobody signs in."""

    def settings(self):
        return {}


class Directory:
    def __init__(self, folder, authority, people=None, anonymous_bind_dn=False):
        self.folder = os.path.join(folder, "directory")
        self.authority, self.people = authority, people or PEOPLE
        self.anonymous_bind_dn = anonymous_bind_dn  # "allow bind_anon_dn": an empty password then "succeeds"
        self.process = None
        os.makedirs(os.path.join(self.folder, "db"))

    @property
    def uri(self):
        return f"ldaps://127.0.0.1:{self.tls_port}"

    @property
    def starttls_uri(self):
        return f"ldap://127.0.0.1:{self.port}"

    def dn(self, uid):
        return f"uid={uid},ou=people,{SUFFIX}"

    def _configure(self, expired=False):
        crt, key = self.authority.issue("directory", expired=expired)
        conf = os.path.join(self.folder, "slapd.conf")
        schemas = "".join(f"include /etc/ldap/schema/{s}.schema\n" for s in ("core", "cosine", "nis", "inetorgperson"))
        with open(conf, "w") as f:
            f.write(f"""{schemas}modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
{"allow bind_anon_dn" if self.anonymous_bind_dn else ""}
pidfile {self.folder}/slapd.pid
TLSCACertificateFile {self.authority.crt}
TLSCertificateFile {crt}
TLSCertificateKeyFile {key}
TLSVerifyClient never
security simple_bind=128
referral ldap://elsewhere.test
database mdb
maxsize 104857600
suffix "{SUFFIX}"
rootdn "cn=root,{SUFFIX}"
rootpw {ROOT_PASSWORD}
directory {self.folder}/db
index objectClass,uid eq
overlay ppolicy
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
""")
        return conf

    def _entry(self, uid):
        password, name = self.people[uid]
        return (f"dn: uid={uid},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {name}\n"
                f"sn: {name.split()[-1]}\nuserPassword: {password}\n")

    def _as_root(self, command, *argv, input_text=None):
        return procs.run([command, "-x", "-H", self.uri, "-D", f"cn=root,{SUFFIX}", "-w", ROOT_PASSWORD, *argv], input_text,
                         env={"LDAPTLS_CACERT": self.authority.crt})

    def set_attribute(self, uid, attribute, value):
        self._as_root("ldapmodify", input_text=f"dn: {self.dn(uid)}\nchangetype: modify\nreplace: {attribute}\n{attribute}: {value}\n")

    def lock(self, uid):
        """As ppolicy locks an account after wrong passwords."""
        policy = f"cn=strict,ou=people,{SUFFIX}"
        self._as_root("ldapadd", input_text=f"dn: {policy}\nobjectClass: device\nobjectClass: pwdPolicy\ncn: strict\n"
                      "pwdAttribute: userPassword\npwdLockout: TRUE\npwdMaxFailure: 2\n")
        self.set_attribute(uid, "pwdPolicySubentry", policy)
        for _ in range(2):
            self.wrong_bind(self.dn(uid))

    def unlock(self, uid):
        self._as_root("ldapmodify", input_text=f"dn: {self.dn(uid)}\nchangetype: modify\ndelete: pwdAccountLockedTime\n")

    def wrong_bind(self, who):
        done = procs.run(["ldapwhoami", "-x", "-H", self.uri, "-D", who, "-w", "wrong"], check=False,
                         env={"LDAPTLS_CACERT": self.authority.crt})
        assert done.returncode == 49, done.stderr

    def remove(self, uid):
        self._as_root("ldapdelete", f"uid={uid},ou=people,{SUFFIX}")

    def group(self, name, *members):
        """Make a group of people or groups; gives its DN. Groups stand beside people."""
        dns = [f"uid={m},ou=people,{SUFFIX}" if m in self.people else f"cn={m},ou=people,{SUFFIX}" for m in members]
        dn = f"cn={name},ou=people,{SUFFIX}"
        self._as_root("ldapadd", input_text=f"dn: {dn}\nobjectClass: groupOfNames\ncn: {name}\n"
                      + "".join(f"member: {m}\n" for m in dns))
        return dn

    def join(self, group, name):
        """Nothing to do: membership goes by DN here, and a new account has the old one's."""

    def add(self, uid):
        self._as_root("ldapadd", input_text=self._entry(uid))

    def _ldif(self):
        entries = [f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n",
                   f"dn: ou=people,{SUFFIX}\nobjectClass: organizationalUnit\nou: people\n",
                   f"dn: {SERVICE_DN}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\n"
                   f"userPassword: {SERVICE_PASSWORD}\n"]
        entries += [self._entry(uid) for uid in self.people]
        path = os.path.join(self.folder, "people.ldif")
        with open(path, "w") as f:
            f.write("\n".join(entries))
        return path

    def certificate(self, expired=False):
        """Serve with a new certificate."""
        self.process.stop()
        self._configure(expired)
        self.process.start()
        self.process.wait_for("its port", lambda: procs.accepts(self.tls_port))

    def start(self):
        conf = self._configure()
        procs.run(["slapadd", "-q", "-f", conf, "-l", self._ldif()])
        self.port, self.tls_port = procs.free_port(), procs.free_port()
        self.process = procs.Process("slapd", ["slapd", "-d", "0", "-f", conf, "-h",
                                               f"{self.starttls_uri}/ {self.uri}/"], self.folder)
        self.process.start()
        self.process.wait_for("its port", lambda: procs.accepts(self.tls_port))
        return self

    def settings(self):
        """Lines for devicescout.conf."""
        password_file = os.path.join(self.folder, "reader.password")
        with open(password_file, "w") as f:
            f.write(SERVICE_PASSWORD + "\n")
        os.chmod(password_file, 0o600)
        return {"ldap-uri": [self.uri], "ldap-base": f"ou=people,{SUFFIX}", "ldap-bind-dn": SERVICE_DN,
                "ldap-bind-password-file": password_file, "ldap-ca": self.authority.crt}

    def stop(self):
        if self.process:
            self.process.stop()
