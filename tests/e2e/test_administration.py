# SPDX-License-Identifier: Apache-2.0
"""The administrator's commands: a site is made, shown, changed, checked and brought back; mistakes get a sentence."""
import glob
import json
import os
import pty
import re
import subprocess

import pytest

from harness import directory, procs, site as sites


@pytest.fixture
def new_site(tmp_path):
    """A site of which nothing is made yet."""
    s = sites.Site(str(tmp_path), directory.NoDirectory())
    yield s
    s.keyholder.stop()


@pytest.fixture
def site(new_site):
    new_site.init()
    new_site.start_keyholder()
    return new_site


@pytest.mark.parametrize("url, port", [("https://relay.example:4322", 4322), ("https://relay.example", 443),
                                       ("https://[2001:db8::1]", 443), ("https://[2001:db8::1]:8443", 8443)])
def test_init_says_how_to_set_up_a_relay_where_scouts_will_look_for_it(new_site, url, port):
    new_site.relay_url = url
    assert f'url = {{"{url}"}}\\nport = {port}\\nsites = {{' in new_site.init().kit


def refused(site, *argv, status=1, says, **options):
    done = site.command(*argv, check=False, **options)
    assert done.returncode == status, done.stdout + done.stderr
    assert says in done.stderr, done.stderr
    assert done.stderr.count("\n") <= 4 and "Traceback" not in done.stderr
    return done


def keyholder(site, *argv, input_text=None):
    site.keyholder.write()
    return procs.run([sites.program("devicescout-keyholder"), *argv, "--config", site.keyholder.conf], input_text,
                     check=False)


def words(text):
    """The recovery kit's words in what init printed."""
    return re.findall(r"^ {4}((?:[a-z]{4} ){6}[a-z]{4})$", text, re.M)


def test_without_a_state_every_part_names_the_next_command(new_site):
    refused(new_site, "status", says="There is no site here yet. Make one: devicescout init")
    started = keyholder(new_site, "run")  # 2: systemd does not start it again and again, see RestartPreventExitStatus
    assert started.returncode == 2 and "devicescout init --relay" in started.stderr
    refused(new_site, "run", status=2, says="devicescout init")


def test_init_prints_the_kit_once_and_refuses_to_do_it_again(site):
    lines = words(site.kit)
    assert len(lines) == 4 and site.kit.count("█") > 100
    refused(site, "init", "--relay", site.relay_url, says="devicescout status")
    kept = subprocess.run(["grep", "-r", "-l", lines[0], site.folder], capture_output=True, text=True, check=False)
    assert kept.stdout == ""


def test_init_makes_certificates_that_openssl_and_browsers_take(site):
    tls = os.path.join(site.state, "tls")
    for name in ("devicescout", "relay"):
        procs.run(["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "localhost",
                   "-CAfile", f"{tls}/ca.crt", f"{tls}/{name}.crt"])
        procs.run(["openssl", "verify", "-verify_ip", "127.0.0.1", "-CAfile", f"{tls}/ca.crt", f"{tls}/{name}.crt"])
        assert os.stat(f"{tls}/{name}.key").st_mode & 0o077 == 0
    pin = json.loads(site.command("status", "--json").stdout)["relays"][0]["pin"]
    spki = subprocess.run(f"openssl x509 -in {tls}/relay.crt -pubkey -noout | openssl pkey -pubin -outform DER | "
                          "sha256sum", shell=True, capture_output=True, text=True, check=True).stdout.split()[0]
    assert pin == spki


def test_the_qr_code_on_the_terminal_holds_the_kit(site, tmp_path):
    blocks = {" ": (0, 0), "█": (1, 1), "▀": (1, 0), "▄": (0, 1)}
    drawn = [line for line in site.kit.splitlines() if line and set(line) <= set(blocks)]
    rows = [[255 * blocks[c][half] for c in line] for line in drawn for half in (0, 1)]
    scale, picture = 8, str(tmp_path / "qr.pgm")
    with open(picture, "wb") as f:
        f.write(b"P5 %d %d 255\n" % (len(rows[0]) * scale, len(rows) * scale))
        for row in rows:
            f.write(bytes(v for v in row for _ in range(scale)) * scale)
    read = procs.run(["zbarimg", "-q", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable", picture])
    assert read.stdout.strip().lower() == " ".join(words(site.kit))


def test_the_site_is_brought_back_from_its_kit(site):
    before = site.site_id()
    site.keyholder.stop()
    subprocess.run(["rm", "-rf", site.state, site.keyholder.settings["keyholder-state"]], check=True)
    kit = "\n".join(words(site.kit)).upper()
    password = os.path.join(site.folder, "site.password")
    wrong = kit.replace(kit.split()[8], "BABA", 1)
    init = ("init", "--restore", "--relay", site.relay_url, "--password-file", password)
    refused(site, *init, input_text=wrong, says="Line 2 of the recovery kit")
    site.command(*init, input_text=kit)
    site.start_keyholder()
    assert site.site_id() == before


def test_a_lost_identity_is_restored_by_the_keyholder_alone(site):
    site.command("policy", "--retention", "24")
    before = json.loads(site.command("status", "--json").stdout)
    site.keyholder.stop()
    os.unlink(os.path.join(site.keyholder.settings["keyholder-state"], "identity.key"))
    assert keyholder(site, "run").returncode == 2
    done = keyholder(site, "restore", input_text="\n".join(words(site.kit)))
    assert done.returncode == 0 and "earlier epochs are gone" in done.stdout, done.stderr
    site.start_keyholder()
    after = json.loads(site.command("status", "--json").stdout)
    assert after["site"] == before["site"] and after["bulletin"] > before["bulletin"]
    assert after["device_scouts"] == before["device_scouts"] and after["relays"] == before["relays"]
    assert json.loads(site.command("policy", "--json").stdout)["retention_s"] == 24 * 3600


def test_a_lost_device_scout_is_certified_again(site):
    subprocess.run(["rm", "-rf", site.state], check=True)
    site.command("scout", "add")
    assert os.path.exists(site.ca) and os.path.getsize(os.path.join(site.state, "certificate")) == 148
    assert len(json.loads(site.command("status", "--json").stdout)["device_scouts"]) == 2


def test_a_second_keyholder_on_the_same_state_says_so(site):
    second = keyholder(site, "run")
    assert second.returncode == 1 and "another devicescout-keyholder runs" in second.stderr
    site.command("status")


def test_a_doubled_or_unknown_setting_is_named_with_file_and_line(site):
    with open(site.devicescout.write(), "a") as f:
        f.write("port = 1\n")
    for argv in (["devicescout", "status"], ["devicescout-keyholder", "run"]):
        done = procs.run([sites.program(argv[0]), argv[1], "--config", site.devicescout.conf], check=False)
        assert done.returncode == 2 and re.search(r"\.conf:\d+: port: set twice", done.stderr), done.stderr


def test_mistakes_on_the_command_line_get_a_sentence_and_status_2(site):
    refused(site, "nonsense", status=2, says="no verb 'nonsense'")
    refused(site, "invite", status=2, says="--for PERSON or --shared")
    refused(site, "invite", "--for", "alice", "--hours", "x", status=2, says="--hours")
    refused(site, "invite", "--for", "alice", "--hours", "48", says="24 hours")
    refused(site, "printer", "add", "a b", "host", status=2, says="letters, digits")
    refused(site, "printer", "add", "mono", "socket://host", status=2, says="--raw")
    refused(site, "relay", "set", "http://host:1", status=2, says="https://HOST:PORT")
    refused(site, "withdraw", "zz", status=2, says="16 hex digits")
    refused(site, "revoke", "0123", says="devicescout nodes")
    refused(site, "policy", "--raw", "maybe", status=2, says="yes or no")
    refused(site, "policy", "--postscript", "completed", status=2, says="--postscript: yes or no")


@pytest.mark.parametrize("name", ["printscout", "printscout-queue", "printscout-courier", "devicescout", "devicescout-keyholder", "scoutrelay"])
def test_every_program_says_its_version(name):
    assert re.fullmatch(rf"{name} \d+\.\d+\.\d+\n", procs.run([sites.program(name), "--version"]).stdout)


def test_the_code_alone_is_on_standard_output(site):
    done = site.command("invite", "--for", "alice")
    assert re.fullmatch(r"[A-Z2-7]{5}(-[A-Z2-7]{1,5})+\n", done.stdout)
    assert "printscout enroll" in done.stderr
    code_id = re.search(r"withdraw ([0-9a-f]{16})", done.stderr).group(1)
    assert "0 nodes are revoked" in site.command("withdraw", code_id).stdout
    refused(site, "withdraw", code_id, says="no such code")


def test_rotate_policy_and_relays_are_in_the_next_bulletin(site):
    first = json.loads(site.command("status", "--json").stdout)
    site.command("key", "rotate")
    site.command("relay", "set", "https://a.example:1", "https://b.example:2=" + "ab" * 32)
    site.command("policy", "--retention", "72", "--held-as", "completed", "--pin-digits", "8", "--postscript", "yes",
                 "--any-format", "yes")
    now = json.loads(site.command("status", "--json").stdout)
    policy = json.loads(site.command("policy", "--json").stdout)
    assert now["bulletin"] == first["bulletin"] + 3
    assert [e["number"] for e in now["epochs"]] == [1, 2]
    assert [r["url"] for r in now["relays"]] == ["https://a.example:1", "https://b.example:2"]
    assert now["relays"][0]["pin"] == first["relays"][0]["pin"] and now["relays"][1]["pin"] == "ab" * 32
    assert policy == {**policy, "retention_s": 72 * 3600, "held_as": "completed", "pin_digits": 8, "raw": False, "postscript": True,
                      "any_format": True}


def test_one_changed_byte_of_the_audit_log_is_found(site):
    site.command("policy", "--raw", "yes")
    assert "every byte as it was written" in site.command("audit", "verify").stdout
    shown = [json.loads(line) for line in site.command("audit", "show", "--json").stdout.splitlines()]
    assert [s["number"] for s in shown] == list(range(1, len(shown) + 1))
    assert {"init", "epoch", "start", "policy"} <= {s["event"] for s in shown}
    segment = sorted(glob.glob(os.path.join(site.keyholder.settings["keyholder-state"], "audit", "*")))[-1]
    with open(segment, "r+b") as f:
        f.seek(f.read().index(b"flags=1") + 6)
        f.write(b"0")
    refused(site, "audit", "verify", says="DAMAGED after line")
    site.keyholder.stop()
    started = keyholder(site, "run")
    assert started.returncode == 2 and "audit chain is damaged" in started.stderr


def test_a_renewed_certificate_has_the_same_key(site):
    crt = os.path.join(site.state, "tls", "devicescout.crt")
    key = lambda: procs.run(["openssl", "x509", "-in", crt, "-pubkey", "-noout"]).stdout  # noqa: E731
    serial = lambda: procs.run(["openssl", "x509", "-in", crt, "-serial", "-noout"]).stdout  # noqa: E731
    old_key, old_serial = key(), serial()
    site.command("certificate", "renew", "--host", "panel.example", "--host", "192.0.2.1")
    assert key() == old_key and serial() != old_serial
    procs.run(["openssl", "verify", "-verify_hostname", "panel.example", "-CAfile", site.ca, crt])


def test_own_certificates_are_used_and_checked(new_site, tmp_path):
    for name in ("own", "other"):
        procs.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                   f"{tmp_path}/{name}.key", "-out", f"{tmp_path}/{name}.crt", "-days", "2", "-subj", "/CN=panel"])
    password = str(tmp_path / "password")
    with open(password, "w") as f:
        f.write("correct horse\n")
    init = ("init", "--relay", new_site.relay_url, "--password-file", password, "--certificate", f"{tmp_path}/own.crt")
    refused(new_site, *init, "--key", f"{tmp_path}/other.key", status=2, says="not a PEM certificate and its private key")
    new_site.command(*init, "--key", f"{tmp_path}/own.key")
    assert os.path.realpath(os.path.join(new_site.state, "tls", "devicescout.crt")) == str(tmp_path / "own.crt")


def test_init_ends_with_what_is_to_be_typed_next_and_where_panels_are(new_site, tmp_path):
    password = tmp_path / "password"
    password.write_text("correct horse\n")
    new_site.devicescout.settings["port"] = 4321
    new_site.devicescout.write()
    said = new_site.command("init", "--relay", new_site.relay_url, "--password-file", str(password), "--host", "print.example",
                            "--host", "192.0.2.1").stdout
    assert "\nPanels are at https://print.example:4321/panel/NAME; " in said
    for verb in ("printer add NAME HOST", "panel add NAME", "invite --for PERSON", "certificate renew --host OTHER"):
        assert f"\n  devicescout {verb} --config {new_site.devicescout.conf}\n" in said, verb
    new_site.command("certificate", "renew", "--host", "192.0.2.1")  # and these words are a command
    refused(new_site, "status", says="systemctl start devicescout-keyholder\n")  # there is a site now: nobody is told to make one


def test_a_short_password_makes_nothing(new_site, tmp_path):
    password = str(tmp_path / "password")
    with open(password, "w") as f:
        f.write("short\n")
    refused(new_site, "init", "--relay", new_site.relay_url, "--password-file", password, status=2, says="8 characters")
    assert not os.path.exists(new_site.keyholder.settings["keyholder-state"])


def at_a_terminal(argv, answers):
    """Run argv on a terminal of its own, type each answer when its question stands there; (what was shown, status)."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(argv[0], argv)
    shown = ""
    try:
        while part := os.read(terminal, 4096):
            shown += part.decode(errors="replace")
            if answers and answers[0][0] in shown:
                question, answer = answers.pop(0)
                shown = shown.replace(question, "", 1)
                os.write(terminal, answer.encode() + b"\n")
    except OSError:  # the terminal's other end is closed
        pass
    os.close(terminal)
    return shown, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_the_password_is_asked_for_twice_and_never_shown(new_site):
    argv = [sites.program("devicescout"), "init", "--relay", new_site.relay_url, "--config", new_site.devicescout.write()]
    shown, status = at_a_terminal(argv, [("Password: ", "correct horse"), ("Again: ", "correct hose")])
    assert status == 2 and "differ" in shown and "horse" not in shown
    assert not os.path.exists(new_site.keyholder.settings["keyholder-state"])
    shown, status = at_a_terminal(argv, [("Password: ", "correct horse"), ("Again: ", "correct horse")])
    assert status == 0 and "RECOVERY KIT" in shown and "horse" not in shown
