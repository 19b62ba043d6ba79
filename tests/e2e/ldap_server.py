# SPDX-License-Identifier: Apache-2.0
"""An LDAP server that says what a test wants it to say, over real TLS: for answers that no honest server gives."""
import ssl
import threading

from harness.listener import Listener
from ldap3.protocol import rfc4511 as ldap
from pyasn1.codec.ber import decoder, encoder

WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3"


def dn_of(name):
    return f"uid={name},ou=people,dc=example,dc=test"


class Liar:
    """
    bind: result code of every bind. entries: (dn, {attribute: [values]}) of every search.
    who: what "Who am I?" answers; None: the operation is not known. readable: whether a base search finds its entry.
    search_code: result code of searches. silent_at: "accept", "bind", "search" or "who": from there on it says nothing.
    """

    def __init__(self, certificate, key, **says):
        self.says = {"bind": 0, "entries": [(dn_of("alice"), {"uid": ["alice"]})], "who": "dn:" + dn_of("alice"),
                     "search_code": 0, "readable": True, "silent_at": None, "tls": True, **says}
        self.asked = []  # the operations that arrived
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.ended = threading.Event()
        self.listener = Listener(self._serve)
        self.uri = f"ldaps://127.0.0.1:{self.listener.port}"
        self.listener.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.listener.stop()

    def _serve(self, connection, _number):
        try:
            if self.says["silent_at"] == "accept":
                self.ended.wait()
                return
            stream = self.context.wrap_socket(connection, server_side=True) if self.says["tls"] else connection
            data = b""
            while True:
                more = stream.recv(65536)
                if not more:
                    return
                data += more
                while self._is_whole(data):
                    message, data = decoder.decode(data, asn1Spec=ldap.LDAPMessage())
                    for answer in self._answer(message):
                        stream.sendall(encoder.encode(answer))
        except (OSError, ssl.SSLError):
            pass
        finally:
            connection.close()

    @staticmethod
    def _is_whole(data):
        if len(data) < 2:
            return False
        length, head = data[1], 2
        if length & 0x80:
            head += length & 0x7f
            length = int.from_bytes(data[2:head], "big")
        return len(data) >= head + length

    @staticmethod
    def _message(number, kind, response):
        op = ldap.ProtocolOp()
        op[kind] = response
        message = ldap.LDAPMessage()
        message["messageID"] = number
        message["protocolOp"] = op
        return message

    @staticmethod
    def _result(response, code):
        response["resultCode"] = code
        response["matchedDN"] = ""
        response["diagnosticMessage"] = ""
        return response

    def _quiet(self, at):
        self.asked.append(at)
        if self.says["silent_at"] == at:
            self.ended.wait()

    def _answer(self, message):
        number, op = message["messageID"], message["protocolOp"]
        kind = op.getName()
        if kind == "bindRequest":
            self._quiet("bind")
            yield self._message(number, "bindResponse", self._result(ldap.BindResponse(), self.says["bind"]))
        elif kind == "searchRequest":
            yield from self._search(number, op["searchRequest"])
        elif kind == "extendedReq":
            yield self._extended(number, str(op["extendedReq"]["requestName"]))

    def _search(self, number, request):
        base = int(request["scope"]) == 0
        self._quiet("base" if base else "search")
        if not base or self.says["readable"]:
            for dn, attributes in self.says["entries"]:
                entry = ldap.SearchResultEntry()
                entry["object"] = dn
                entry["attributes"] = ldap.PartialAttributeList()
                for i, (name, values) in enumerate(attributes.items()):
                    entry["attributes"][i] = ldap.PartialAttribute()
                    entry["attributes"][i]["type"] = name
                    entry["attributes"][i]["vals"] = ldap.Vals()
                    for k, value in enumerate(values):
                        entry["attributes"][i]["vals"][k] = value
                yield self._message(number, "searchResEntry", entry)
        yield self._message(number, "searchResDone", self._result(ldap.SearchResultDone(), self.says["search_code"]))

    def _extended(self, number, name):
        self._quiet("who")
        response = ldap.ExtendedResponse()
        if name != WHO_AM_I or self.says["who"] is None:
            return self._message(number, "extendedResp", self._result(response, 2))  # protocolError: not known
        self._result(response, 0)
        response["responseValue"] = self.says["who"]
        return self._message(number, "extendedResp", response)
