#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check_units: systemd takes our units without a word, rates them as closed, and makes the users and folders they need.

usage: check_units.py UNITS SOURCES     UNITS: folder of the finished *.service, SOURCES: of the other two files

Each check is first run on something made up that it must refuse. Nothing is started and nothing outside a scratch
folder is touched.
"""
import glob
import os
import re
import stat
import subprocess
import sys
import tempfile

EXPOSURE_MOST = 20  # of 100, in systemd's own figure; a unit without any hardening has 96
FOLDERS = {  # owner, group and mode below /var/lib/latchkey
    "": ("root", "root", 0o755),
    "spool": ("latchkey-queue", "latchkey-spool", 0o2750),
    "spool/incoming": ("latchkey-queue", "latchkey-spool", 0o2750),
    "spool/jobs": ("latchkey-queue", "latchkey-spool", 0o2750),
    "spool/site": ("latchkey-courier", "latchkey-spool", 0o2750),
    "courier": ("latchkey-courier", "latchkey-courier", 0o700),
    "keyholder": ("latchkey-keyholder", "latchkey-keyholder", 0o700),
    "devicescout": ("latchkey-devicescout", "latchkey-devicescout", 0o700),
    "scoutrelay": ("latchkey-relay", "latchkey-relay", 0o700),
}


def run(*argv):
    # Without the bus and without the machine's own units of our name.
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "SYSTEMD_LOG_LEVEL": "warning"}
    done = subprocess.run(argv, capture_output=True, text=True, env=environment, timeout=60)
    return done.returncode, (done.stdout + done.stderr).strip()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def with_programs(folder, text):
    """The unit with its program in folder, for nothing is installed when tests run."""

    def stand_in(found):
        program = os.path.join(folder, "bin", os.path.basename(found.group(1)))
        write(program, "#!/bin/sh\n")
        os.chmod(program, 0o755)
        return "ExecStart=" + program

    return re.sub(r"^ExecStart=(\S+)", stand_in, text, flags=re.M)


def unit_faults(folder, name, text):
    """What systemd says against a unit."""
    path = write(os.path.join(folder, name), text)
    status, said = run("systemd-analyze", "verify", "--man=no", path)
    faults = [line for line in said.splitlines() if os.path.basename(path) in line or status != 0]
    status, said = run("systemd-analyze", "security", "--offline=yes", "--no-pager", f"--threshold={EXPOSURE_MOST}", path)
    if status != 0:
        faults.append(said.splitlines()[-1])
    return faults


def root_faults(sysusers, tmpfiles):
    """Make users and folders in a scratch root; say what is not as FOLDERS has it."""
    with tempfile.TemporaryDirectory(prefix="latchkey-root-") as root:
        write(os.path.join(root, "etc/placeholder"), "")
        write(os.path.join(root, "usr/lib/sysusers.d/latchkey.conf"), sysusers)
        write(os.path.join(root, "usr/lib/tmpfiles.d/latchkey.conf"), tmpfiles)
        for tool in (("systemd-sysusers",), ("systemd-tmpfiles", "--create")):
            status, said = run(*tool, f"--root={root}", "latchkey.conf")
            if status != 0:
                return [said]
        ids = {kind: {line.split(":")[0]: int(line.split(":")[2]) for line in read(f"{root}/etc/{kind}").splitlines()}
               for kind in ("passwd", "group")}
        ids["passwd"]["root"] = ids["group"]["root"] = 0
        return list(folder_faults(root, ids))


def folder_faults(root, ids):
    for name, (owner, group, mode) in FOLDERS.items():
        path = os.path.join(root, "var/lib/latchkey", name)
        if not os.path.isdir(path):
            yield f"/var/lib/latchkey/{name}: not made"
            continue
        is_, wanted = os.stat(path), (ids["passwd"].get(owner), ids["group"].get(group), mode)
        found = (is_.st_uid, is_.st_gid, stat.S_IMODE(is_.st_mode))
        if found != wanted:
            yield f"/var/lib/latchkey/{name}: uid, gid, mode are {found}, not {wanted}"


def controls(folder, good, sysusers, tmpfiles):
    """Names of controls that were not refused."""
    bare = re.sub(r"(?ms)^Restart=.*?(?=^\[Install\])", "", good)
    for name, text in (("misspelt", good.replace("NoNewPrivileges=", "NoNewPrivilege=")),
                       ("unknown-group", good.replace("@system-service", "@sytem-service")),
                       ("no-program", re.sub(r"(?m)^ExecStart=.*", "ExecStart=/nowhere/program", good)),
                       ("not-hardened", bare)):
        assert text != good, name
        if not unit_faults(folder, name + ".service", text):
            yield name
    if os.geteuid() != 0:
        return
    for name, changed in (("unknown user", (sysusers.replace("latchkey-relay", "latchkey-rely"), tmpfiles)),
                          ("no membership line can be read", (sysusers + "m latchkey-queue\n", tmpfiles)),
                          ("open folder", (sysusers, tmpfiles.replace("0700", "0755")))):
        if not root_faults(*changed):
            yield name


def main(units, sources):
    sysusers = read(os.path.join(sources, "latchkey.sysusers.conf"))
    tmpfiles = read(os.path.join(sources, "latchkey.tmpfiles.conf"))
    paths = sorted(glob.glob(os.path.join(units, "*.service")))
    faults = [] if len(paths) == 5 else [f"{len(paths)} units in {units}, not 5"]
    with tempfile.TemporaryDirectory(prefix="latchkey-units-") as folder:
        texts = {os.path.basename(p): with_programs(folder, read(p)) for p in paths}
        faults += [f"control passed: {name}" for name in controls(folder, texts["scoutrelay.service"], sysusers, tmpfiles)]
        for name, text in texts.items():
            faults += unit_faults(folder, name, text)
            user = re.search(r"(?m)^User=(\S+)", text).group(1)
            if not re.search(rf"(?m)^u {user}\s", sysusers):
                faults.append(f"{name}: sysusers makes no user {user}")
    if os.geteuid() == 0:
        faults += root_faults(sysusers, tmpfiles)
    else:
        print("not root: users and folders were not made in a scratch root")
    print("\n".join(faults) or f"{len(paths)} units, users and folders as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
