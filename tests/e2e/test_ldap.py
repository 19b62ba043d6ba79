# SPDX-License-Identifier: Apache-2.0
"""A person signs in with the password that the directory knows, and with nothing else, whatever the directory does."""
import os
import ssl
import time

import pytest
from harness import certs, directory, procs

from ldap_server import Liar, dn_of

BASE = f"ou=people,{directory.SUFFIX}"
TOOL = os.path.join(os.environ["LATCHKEY_BUILD"], "devicescout", "people", "directory_tool")


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "bind_anon_dn"])
def server(request, scratch, authority):
    """OpenLDAP, once as it comes and once with "allow bind_anon_dn", where an empty password "succeeds"."""
    folder = os.path.join(scratch, f"directory-{request.param}")
    os.makedirs(folder)
    os.chmod(folder, 0o755)
    people = dict(directory.PEOPLE, **{"a*": ("star", "A Star")})
    d = directory.Directory(folder, authority, people, anonymous_bind_dn=request.param).start()
    d.password_file = d.settings()["ldap-bind-password-file"]
    yield d
    d.stop()


@pytest.fixture(scope="module")
def password_file(scratch):
    path = os.path.join(scratch, "liar.password")
    with open(path, "w") as f:
        f.write("service\n")
    os.chmod(path, 0o600)
    return path


@pytest.fixture(scope="module")
def identity(authority):
    return authority.issue("liar")


def ask(password_file, ca, uris, name="alice", password="alice-password", *switches, bind_dn=directory.SERVICE_DN):
    """(outcome, person, seconds, log) of one question."""
    start = time.monotonic()
    done = procs.run([TOOL, *switches, BASE, bind_dn, password_file, ca, *uris], f"{name}\n{password}\n", check=False)
    spent = time.monotonic() - start
    assert done.returncode == 0, done.stderr
    outcome, person = done.stdout.split()
    assert password == "" or password not in done.stderr, "the log holds a password"
    assert "alice" not in done.stderr, "the log holds a name as it was typed"
    return outcome, person, spent, done.stderr


def ask_server(server, *args, **kw):
    return ask(server.password_file, server.authority.crt, [server.uri], *args, **kw)


# Names and passwords ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alice", "nobody", "", "*", "bob"])
def test_an_empty_password_is_nobodys(server, name):
    assert ask_server(server, name, "")[0] == "no"


@pytest.mark.parametrize("name", ["*", "a*", "*)(uid=*", "alice)(|(uid=*", "al\\69ce", "alice\\00", "(alice)", "b*b", "&", "!",
                                  "uid=alice", "alice,ou=people", "x" * 255, "x" * 256, "\u0430lice"])
def test_a_name_that_is_a_filter_finds_nobody_else(server, name):
    assert ask_server(server, name, "alice-password")[0] == "no"


def test_a_name_with_a_star_is_that_persons_own(server):
    assert ask_server(server, "a*", "star")[:2] == ("yes", "a*")


@pytest.mark.parametrize("password", ["wrong", "alice-password ", "Alice-password", "bob-password", "x" * 1024, "*"])
def test_a_wrong_password_is_refused(server, password):
    assert ask_server(server, "alice", password)[0] == "no"


@pytest.mark.parametrize("switches", [(), ("--starttls",)], ids=["ldaps", "starttls"])
@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_the_right_password_signs_in_over_ldaps_and_starttls(server, switches, name):
    uri = server.starttls_uri if switches else server.uri
    outcome, person, _, log = ask(server.password_file, server.authority.crt, [uri], name, f"{name}-password", *switches)
    assert (outcome, person) == ("yes", name), log


def test_the_directory_says_how_the_name_is_written(server):
    assert ask_server(server, "ALICE", "alice-password")[:2] == ("yes", "alice")


def test_two_hits_are_none(server):
    assert ask_server(server, "alice", "alice-password", "--filter", "(|(uid=%s)(uid=bob))")[0] == "no"


def test_a_person_attribute_that_is_not_there_is_nobody(server):
    assert ask_server(server, "alice", "alice-password", "--attribute", "mail")[0] == "misconfigured"


def test_a_service_password_that_is_wrong_is_the_administrators_matter(server, password_file):
    outcome, _, _, log = ask(password_file, server.authority.crt, [server.uri])
    assert outcome == "misconfigured" and "service-bind" in log


# Connections ----------------------------------------------------------------------------------------------------------


def test_a_server_of_another_authority_gets_no_password(server, scratch):
    other = certs.Authority(os.path.join(scratch, "other-ca"))
    assert ask(server.password_file, other.crt, [server.uri])[0] in ("down", "misconfigured")


def test_a_server_with_another_name_gets_no_password(authority, password_file):
    crt, key = authority.issue("elsewhere", hosts=("elsewhere.test",), ips=("127.0.0.9",))
    with Liar(crt, key) as liar:
        assert ask(password_file, authority.crt, [liar.uri])[0] in ("down", "misconfigured")
        assert liar.asked == [], "nothing of LDAP was sent"


def test_ldap_without_tls_is_not_even_configured(server, authority):
    done = procs.run([TOOL, BASE, "", server.password_file, authority.crt, server.starttls_uri], "alice\nx\n", check=False)
    assert done.returncode == 2 and "ldap-uri" in done.stderr


def test_starttls_that_is_refused_ends_the_connection(authority, identity, password_file):
    with Liar(*identity, tls=False) as liar:
        uri = liar.uri.replace("ldaps", "ldap")
        assert ask(password_file, authority.crt, [uri], "alice", "alice-password", "--starttls")[0] in ("down", "misconfigured")
        assert "bind" not in liar.asked, "no password went out"


def test_tls_1_1_is_too_old(authority, identity, password_file):
    with Liar(*identity) as liar:
        liar.context.minimum_version = ssl.TLSVersion.TLSv1
        liar.context.maximum_version = ssl.TLSVersion.TLSv1_1
        liar.context.set_ciphers("ALL:@SECLEVEL=0")
        assert ask(password_file, authority.crt, [liar.uri])[0] in ("down", "misconfigured")
        assert liar.asked == []


# Servers that lie ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["", "dn:", "dn:" + dn_of("bob"), "u:bob", "u:", "alice", "dn:" + dn_of("alice") + ",dc=x",
                                 "u:EXAMPLE\\bob"])
def test_a_bind_that_ends_as_somebody_else_is_refused(authority, identity, password_file, who):
    with Liar(*identity, who=who) as liar:
        assert ask(password_file, authority.crt, [liar.uri])[0] == "no"


@pytest.mark.parametrize("who", ["u:EXAMPLE\\Alice.A", "u:alice.a", "dn:UID=alice, ou=People,dc=example,dc=test"])
def test_active_directorys_and_other_spellings_are_the_same_person(authority, identity, password_file, who):
    entry = (dn_of("alice"), {"uid": ["alice"], "sAMAccountName": ["alice.a"]})
    with Liar(*identity, who=who, entries=[entry]) as liar:
        assert ask(password_file, authority.crt, [liar.uri])[:2] == ("yes", "alice")


def test_without_who_am_i_the_new_connection_must_see_its_own_entry(authority, identity, password_file):
    with Liar(*identity, who=None) as liar:
        assert ask(password_file, authority.crt, [liar.uri])[0] == "yes"
        assert "base" in liar.asked
    with Liar(*identity, who=None, readable=False) as liar:
        assert ask(password_file, authority.crt, [liar.uri])[0] == "no"


def test_a_referral_is_not_followed(authority, identity, password_file):
    with Liar(*identity, search_code=10, entries=[]) as liar:
        assert ask(password_file, authority.crt, [liar.uri])[0] == "misconfigured"


@pytest.mark.parametrize("values", [["alice", "alicia"], [], ["a\x01"], [""], ["x" * 256]])
def test_a_person_attribute_that_is_not_one_clean_name_is_nobody(authority, identity, password_file, values):
    with Liar(*identity, entries=[(dn_of("alice"), {"uid": values})]) as liar:
        assert ask(password_file, authority.crt, [liar.uri])[0] in ("no", "misconfigured")


def test_an_entry_without_a_name_is_nobody(authority, identity, password_file):
    with Liar(*identity, entries=[("", {"uid": ["alice"]})], who="dn:") as liar:
        assert ask(password_file, authority.crt, [liar.uri])[0] == "no"


# Servers that are slow or gone ------------------------------------------------------------------------------------


@pytest.mark.parametrize("silent_at", ["accept", "bind", "search", "who"])
def test_a_server_that_falls_silent_is_given_up_in_time(authority, identity, password_file, silent_at):
    with Liar(*identity, silent_at=silent_at) as liar:
        outcome, _, spent, log = ask(password_file, authority.crt, [liar.uri], "alice", "alice-password", "--within", "1500")
        assert outcome in ("down", "misconfigured") and spent < 8, log


def test_the_next_server_answers_when_the_first_is_gone_or_silent(server, authority, identity):
    gone = f"ldaps://127.0.0.1:{procs.free_port()}"
    with Liar(*identity, silent_at="accept") as silent:
        for first in (gone, silent.uri):
            outcome, person, spent, log = ask(server.password_file, authority.crt, [first, server.uri], "alice",
                                              "alice-password", "--within", "4000")
            assert (outcome, person) == ("yes", "alice") and spent < 8, log


def test_a_server_that_was_silent_is_asked_last_for_a_while(server, authority, identity):
    with Liar(*identity, silent_at="accept") as silent:
        done = procs.run([TOOL, "--within", "2000", BASE, directory.SERVICE_DN, server.password_file, authority.crt, silent.uri,
                          server.uri], "alice\nalice-password\n" * 6)
        assert done.stdout.split() == ["yes", "alice"] * 6
        assert silent.listener.count == 1, "only the first question waited"


def test_all_servers_down_is_said_at_once(authority, password_file):
    uris = [f"ldaps://127.0.0.1:{procs.free_port()}" for _ in range(3)]
    outcome, _, spent, _ = ask(password_file, authority.crt, uris)
    assert outcome == "down" and spent < 5


def test_a_refusal_of_one_server_is_not_asked_again_of_the_next(server, authority, identity):
    with Liar(*identity) as liar:
        assert ask(server.password_file, authority.crt, [server.uri, liar.uri], "alice", "wrong")[0] == "no"
        assert liar.asked == []
