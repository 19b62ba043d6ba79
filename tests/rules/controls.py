#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""controls: each check of this folder, run on something made up that it must refuse. A check that cannot fail is none."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
HARD = ["-O2", "-fPIE", "-pie", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3",
        "-Wl,-z,relro,-z,now,-z,noexecstack"]
# Reads and copies what it is given, so that a protected build has something to protect.
PROGRAM = r"""
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
    char text[64];
    snprintf(text, (size_t)argc * 8, "%s", argv[0]);
    return (int)strlen(text);
}
"""


class Control(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="latchkey-rules-")
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def build(self, name, source, *flags):
        subprocess.run(["cc", "-o", self.path(name), self.write(name + ".c", source), *flags], check=True)
        return self.path(name)

    def archive(self, name, *names):
        source = self.write(name + ".c", "".join(f"int {n}(void); int {n}(void) {{ return 1; }}\n" for n in names))
        subprocess.run(["cc", "-c", "-o", self.path(name + ".o"), source], check=True)
        subprocess.run(["ar", "rcs", self.path(name + ".a"), self.path(name + ".o")], check=True)
        return self.path(name + ".a")

    def check(self, script, *argv):
        done = subprocess.run([sys.executable, os.path.join(HERE, script), *argv], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def refused(self, expected, script, *argv):
        code, said = self.check(script, *argv)
        self.assertIn(expected, said)
        self.assertEqual(code, 1, said)

    def taken(self, script, *argv):
        code, said = self.check(script, *argv)
        self.assertEqual(code, 0, said)


class Includes(Control):
    RULES = os.path.join(HERE, "allowed_includes.txt")

    def test_a_queue_that_includes_an_opening_header_is_refused(self):
        self.write("printscout/queue/a.c", '#include "base/err.h"\n#include "crypto/unseal.h"\n')
        self.refused("printscout/queue/a.c:2: printscout/queue may not include crypto/unseal.h", "includes.py",
                     self.folder.name, self.RULES)

    def test_every_folder_has_something_that_it_may_not_include(self):
        for folder, word in (("base", '"crypto/seal.h"'), ("base", "<sodium.h>"), ("crypto", '"proto/order.h"'),
                             ("crypto", "<curl/curl.h>"), ("proto", '"crypto/unseal.h"'), ("proto", '"relay/store.h"'),
                             ("printscout/queue", "<curl/curl.h>"), ("printscout/queue", '"proto/relay.h"'),
                             ("printscout/queue", '"printscout/courier/deliver.h"'),
                             ("printscout/courier", "<microhttpd.h>"), ("printscout/cli", '"crypto/unwrap.h"'),
                             ("devicescout", '"crypto/unwrap.h"'), ("devicescout/web", '"crypto/describe.h"'),
                             ("devicescout", '"devicescout/keyholder/keys.h"'),
                             ("devicescout/keyholder", "<jansson.h>"), ("devicescout/keyholder", "<netinet/in.h>"),
                             ("devicescout/keyholder", '"devicescout/jobs/index.h"'),
                             ("relay", '"crypto/seal.h"'), ("relay", "<openssl/evp.h>")):
            with self.subTest(folder=folder, word=word):
                path = self.write(folder + "/a.c", f"  #  include {word}\n")
                self.refused(f"{folder}/a.c:1: ", "includes.py", self.folder.name, self.RULES)
                os.remove(path)

    def test_an_include_behind_a_macro_is_refused(self):
        self.write("relay/a.h", "#include HEADER\n")
        self.refused("relay/a.h:1: an #include that cannot be checked", "includes.py", self.folder.name, self.RULES)

    def test_an_empty_tree_is_refused(self):
        self.refused("0 files looked at", "includes.py", self.folder.name, self.RULES)

    def test_what_is_on_the_list_is_taken(self):
        self.write("printscout/queue/a.c", '#include "crypto/seal.h"\n#include <stdio.h>\n#include <cups/ipp.h>\n')
        self.write("devicescout/web/a.c", '#include "devicescout/people/ldap.h"\n#include "devicescout_files.h"\n')
        self.taken("includes.py", self.folder.name, self.RULES)


class Symbols(Control):
    def built(self, queue="", courier="int unwrap_key(void); int unwrap_key(void) { return 1; }\n", flags=(),
              edges=()):
        """A BUILT.json of a queue, which must open nothing, and a courier, which must open."""
        programs = {}
        for name, code in (("queue", queue), ("courier", courier)):
            file = self.build(name, code + PROGRAM, *(flags if name == "queue" else ()))
            programs[name] = {"file": file, "links": {}}
        programs["queue"]["links"] = dict(edges)
        crypto = {"open": self.archive("open", "unwrap_key")}
        self.write("list.txt", "unwrap_key courier\n")
        self.write("libraries.txt", "queue: libc\ncourier: libc\n")
        self.write("built.json", json.dumps({"programs": programs, "crypto": crypto}))
        return "symbols.py", self.path("built.json"), self.path("list.txt"), self.path("libraries.txt")

    def test_what_is_right_is_taken(self):
        self.taken(*self.built())

    def test_an_opening_function_in_the_queue_is_refused(self):
        self.refused("queue: unwrap_key is in it and must not be",
                     *self.built(queue="int unwrap_key(void); int unwrap_key(void) { return 1; }\n"))

    def test_a_courier_without_the_opening_function_is_refused(self):
        self.refused("courier: unwrap_key is not in it", *self.built(courier=""))

    def test_a_link_edge_that_nothing_uses_yet_is_refused(self):
        archive = self.archive("tempting", "unwrap_key")
        self.refused("queue: links tempting, which defines unwrap_key", *self.built(edges={"tempting": archive}))

    def test_a_stripped_program_is_refused(self):
        self.refused("queue: stripped", *self.built(flags=["-s"]))

    def test_a_library_that_is_not_on_the_list_is_refused(self):
        self.refused("queue: needs libcurl", *self.built(flags=["-Wl,--no-as-needed", "-lcurl"]))

    def test_a_missing_program_is_refused_by_name(self):
        args = self.built()
        os.remove(self.path("queue"))
        self.refused("queue: the program is missing", *args)

    def test_a_program_that_the_build_does_not_know_is_refused_by_name(self):
        args = self.built()
        self.write("list.txt", "unwrap_key courier keyholder\n")
        self.refused("keyholder: the list names this program and the build has none", *args)

    def test_an_opening_function_that_is_not_on_the_list_is_refused(self):
        args = self.built()
        self.archive("open", "unwrap_key", "ticket_open")
        self.refused("crypto defines ticket_open", *args)

    def test_a_list_that_is_out_of_date_is_refused(self):
        args = self.built()
        self.write("list.txt", "unwrap_key courier\nunseal_old courier\n")
        self.refused("the list names unseal_old, which no library of crypto defines", *args)


class Hardening(Control):
    def test_a_hardened_program_is_taken(self):
        self.taken("hardening.py", self.build("hard", PROGRAM, *HARD))

    def test_each_missing_protection_is_named(self):
        for sentence, flags in (("not a position-independent executable", ["-fno-pie", "-no-pie"]),
                                ("no RELRO", ["-Wl,-z,norelro"]),
                                ("not BIND_NOW", ["-Wl,-z,lazy"]),
                                ("the stack may be executed", ["-Wl,-z,execstack"]),
                                ("no stack protector", ["-fno-stack-protector"]),
                                ("no fortified function", ["-U_FORTIFY_SOURCE"]),
                                ("a library path of the build machine", ["-Wl,-rpath,/tmp/build"])):
            with self.subTest(sentence=sentence):
                self.refused(sentence, "hardening.py", self.build("soft", PROGRAM, *HARD, *flags))

    def test_a_missing_program_is_refused_by_name(self):
        self.refused("gone: the program is missing", "hardening.py", self.path("gone"))
        self.refused("0 programs looked at", "hardening.py")


class Documents(Control):
    PAGE = "`base/` and `printscout/queue/`; see [base](base/a.c).\n## The queue's files\n`a.c`\n## Next\n`b.c`\n"

    def tree(self, page=PAGE, *more):
        for name in ("base/a.c", "printscout/queue/a.c", *more):
            self.write(name, "")
        self.write("ARCHITECTURE.md", page)
        return "documents.py", self.folder.name

    def test_what_is_all_named_is_taken(self):
        self.taken(*self.tree())

    def test_a_folder_that_is_not_named_is_refused(self):
        self.refused("the folder relay/ is not named", *self.tree(self.PAGE, "relay/a.c"))

    def test_a_file_of_the_queue_that_is_not_named_in_its_section_is_refused(self):
        self.refused("printscout/queue/b.c is not named", *self.tree(self.PAGE, "printscout/queue/b.c"))

    def test_a_file_of_the_queue_that_is_gone_is_refused(self):
        self.refused("there is no printscout/queue/c.c", *self.tree(self.PAGE.replace("`a.c`", "`a.c`, `c.c`")))

    def test_a_link_to_nothing_is_refused(self):
        self.refused("ARCHITECTURE.md: there is no base/b.c", *self.tree(self.PAGE.replace("(base/a.c)", "(base/b.c)")))

    def test_a_page_without_links_is_refused(self):
        self.refused("0 links looked at", *self.tree(self.PAGE.replace("[base](base/a.c)", "it")))


class Manuals(Control):
    HELP = "#!/bin/sh\nif [ \"$1\" = --help ]; then printf '  panel add  give\\n  --sample  one\\n'; else echo '  --token-only'; fi\n"

    def program(self, page):
        path = self.write("program", self.HELP)
        os.chmod(path, 0o755)
        return "manuals.py", path + "=" + self.write("program.8", page)

    def test_a_page_with_every_verb_and_option_is_taken(self):
        self.taken(*self.program('.B \\-\\-sample\n.BR "panel add " [" \\-\\-token\\-only ]\n'))

    def test_what_the_page_lacks_is_named(self):
        self.refused("program.8: the verb 'panel add' is missing", *self.program(".B \\-\\-sample \\-\\-token\\-only\n"))
        self.refused("program.8: --token-only is missing", *self.program(".B panel add \\-\\-sample\n"))

    def test_an_option_that_no_program_has_is_named(self):
        self.refused("program.8: no program knows --tokens",
                     *self.program(".B panel add \\-\\-sample \\-\\-token\\-only \\-\\-tokens\n"))

    def test_no_page_at_all_is_refused(self):
        self.refused("0 manual pages", "manuals.py")


class Registered(Control):
    PROPERTIES = [{"name": "WORKING_DIRECTORY", "value": "/x"}, {"name": "TIMEOUT", "value": 9.0}]

    def tree(self, *tests):
        self.write("tests/e2e/test_a.py", "")
        self.write("tests/unit/test_b.c", "")
        return "registered.py", self.folder.name, self.write("list", json.dumps({"tests": tests}))

    def test_a_file_that_no_test_runs_is_named(self):
        a = {"name": "e2e.a", "command": ["pytest", self.path("tests/e2e/test_a.py")], "properties": self.PROPERTIES}
        b = {"name": "unit.b", "properties": self.PROPERTIES}
        self.taken(*self.tree(a, b))
        self.refused("tests/e2e/test_a.py: no test of ctest's runs it", *self.tree(b))
        self.refused("tests/unit/test_b.c: no test of ctest's runs it", *self.tree(a))
        self.refused("unit.b: has no TIMEOUT", *self.tree(a, b | {"properties": []}))

    def test_no_file_at_all_is_refused(self):
        self.refused("0 files", "registered.py", self.folder.name, self.write("list", '{"tests": []}'))


if __name__ == "__main__":
    unittest.main()
