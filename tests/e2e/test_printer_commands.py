# SPDX-License-Identifier: Apache-2.0
"""A printer is looked at before it is trusted; a changed certificate is shown beside the old one; TLS that is too old is
named and refused."""
import json
import re
import socket
import ssl
import threading
import warnings

import pytest

from harness import directory, printers, procs, site as sites


@pytest.fixture(scope="module")
def site(scratch):
    s = sites.Site(scratch, directory.NoDirectory()).init()
    s.start_keyholder()
    yield s
    s.keyholder.stop()


@pytest.fixture(scope="module")
def printer(scratch, bus, authority):
    p = printers.IppPrinter(scratch, bus, authority, "office").start()
    yield p
    p.stop()


def listed(site):
    return {p["name"]: p for p in json.loads(site.command("printer", "list", "--json").stdout)["printers"]}


def refused(site, *argv, says, status=1, **options):
    done = site.command(*argv, check=False, **options)
    assert done.returncode == status and says in done.stderr, f"{done.returncode}\n{done.stdout}{done.stderr}"
    return done


class TlsServer:
    """Speaks TLS as it is told and nothing behind it; counts the bytes of application data that it was sent."""

    def __init__(self, crt, key, least=ssl.TLSVersion.TLSv1_2, most=ssl.TLSVersion.TLSv1_3):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # old versions are what is wanted
            self.context.minimum_version, self.context.maximum_version = least, most
        self.context.load_cert_chain(crt, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.received = self.listener.getsockname()[1], 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            try:
                with self.context.wrap_socket(raw, server_side=True) as s:
                    self.received += len(s.recv(65536))
            except OSError:
                raw.close()

    def close(self):
        self.listener.close()


def test_nothing_is_registered_without_a_yes(site, printer):
    done = refused(site, "printer", "add", "office", f"localhost:{printer.port}", input_text="n\n",
                   says="Nothing was registered")
    assert re.search(r"pin +[0-9a-f]{64}", done.stdout) and "EC 256" in done.stdout
    refused(site, "printer", "add", "office", f"localhost:{printer.port}", input_text="", says="Nothing was registered")
    assert "office" not in listed(site)


def test_add_finds_the_path_shows_what_it_pins_and_list_has_it(site, printer):
    done = site.command("printer", "add", "office", f"localhost:{printer.port}", "--place", "2nd floor",
                        input_text="y\n")
    assert f"ipps://localhost:{printer.port}/ipp/print" in done.stdout and "application/pdf" in done.stdout
    entry = listed(site)["office"]
    assert entry["pin"] in done.stdout and entry["place"] == "2nd floor" and not entry["raw"]
    refused(site, "printer", "add", "office", f"localhost:{printer.port}", "--yes", says="registered already")
    checked = json.loads(site.command("printer", "check", "office", "--json").stdout)["printers"][0]
    assert checked["same_key"] and checked["result"] == "ok" and checked["ipp"]["state"] == "idle"


def test_a_changed_certificate_is_noticed_and_accepted_only_after_both_were_shown(site, printer):
    old = listed(site)["office"]["pin"]
    printer.stop()
    printer.new_certificate()
    printer.start()
    done = site.command("printer", "check", "office", check=False)
    assert done.returncode == 1 and "printer trust office" in done.stdout
    said_no = refused(site, "printer", "trust", "office", input_text="n\n", says="The old pin stays")
    assert old in said_no.stdout and listed(site)["office"]["pin"] == old
    site.command("printer", "trust", "office", input_text="y\n")
    assert listed(site)["office"]["pin"] != old
    site.command("printer", "check", "office")
    assert "nothing to accept" in site.command("printer", "trust", "office").stdout


def test_a_raw_printer_needs_policy_and_a_language(site, scratch):
    raw = printers.RawPrinter(scratch, "post").start()
    where = raw.uri
    add = ("printer", "add", "post", where, "--raw", "--language", "pdf")
    refused(site, *add, says="policy --raw yes")
    site.command("policy", "--raw", "yes")
    site.command(*add)
    assert listed(site)["post"]["uri"] == where and listed(site)["post"]["language"] == "pdf"
    raw.stop()
    refused(site, "printer", "check", "post", says="does not answer")
    site.command("printer", "remove", "post")
    assert "post" not in listed(site)
    refused(site, "printer", "remove", "post", says="printer list")


def test_what_is_no_printer_is_not_registered(site, authority):
    closed = procs.free_port()
    refused(site, "printer", "add", "p", f"localhost:{closed}", "--yes", says="does not answer")
    refused(site, "printer", "add", "p", "no-such-host.invalid", "--yes", says="no host")
    server = TlsServer(*authority.issue("web"))
    refused(site, "printer", "add", "p", f"localhost:{server.port}", "--yes", says="not as an IPP printer")
    server.close()
    plain = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: [c.sendall(b"HTTP/1.1 400 no\r\n\r\n") or c.close() for c, _ in
                                     iter(plain.accept, None)], daemon=True).start()
    refused(site, "printer", "add", "p", f"localhost:{plain.getsockname()[1]}", "--yes", says="not as an IPP printer")
    assert "p" not in listed(site)


def test_old_tls_is_named_and_nothing_is_said_to_it(site, authority):
    server = TlsServer(*authority.issue("old"), least=ssl.TLSVersion.TLSv1, most=ssl.TLSVersion.TLSv1_1)
    refused(site, "printer", "add", "p", f"localhost:{server.port}", "--yes", says="TLSv1.1 at most")
    assert server.received == 0
    server.close()


def test_a_weak_key_and_an_expired_certificate_are_named(site, tmp_path):
    crt, key, request = (str(tmp_path / ("weak." + end)) for end in ("crt", "key", "csr"))
    procs.run(["openssl", "req", "-newkey", "rsa:1024", "-nodes", "-keyout", key, "-out", request, "-subj",
               "/CN=old printer\x1b[2J"])
    with open(tmp_path / "index", "w"), open(tmp_path / "ca.conf", "w") as conf:
        conf.write(f"[ca]\ndefault_ca = own\n[own]\ndatabase = {tmp_path}/index\nnew_certs_dir = {tmp_path}\n"
                   "rand_serial = yes\npolicy = any\n[any]\ncommonName = optional\n")
    procs.run(["openssl", "ca", "-batch", "-notext", "-selfsign", "-config", tmp_path / "ca.conf", "-keyfile", key, "-in",
               request, "-out", crt, "-md", "sha1", "-startdate", "20100101000000Z", "-enddate", "20150101000000Z"])
    server = TlsServer(crt, key)
    done = refused(site, "printer", "add", "p", f"localhost:{server.port}", input_text="n\n", says="Nothing was")
    assert "RSA 1024" in done.stdout and "its key is weak" in done.stdout
    assert "broken hash" in done.stdout and "has expired" in done.stdout and "\x1b" not in done.stdout
    server.close()
