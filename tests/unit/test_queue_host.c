/* SPDX-License-Identifier: Apache-2.0 */
/* Host headers: a web page's own name is not this computer's, whatever address it gave itself. */
#include "printscout/queue/host.h"
#include "tests/unit/cmocka_test.h"

static void names_of_other_computers_are_refused(void **state)
{
    static const char *const bad[] = {
        "evil.example",
        "evil.example:6310",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "[2001:db8::1]:6310",
        "",
        ":6310",
        "localhost:6310x",
        "localhost@evil",
        "alice-pc.local.evil",
        "alice-pcx",
        "alice-p",
        "alice-pc.evil",
        "[::1",
        "0x7f.1",
        "localhost:6310:631",
        "alice-pc.localx",
        "[evil]",
        "128.0.0.1",
    };

    (void)state;
    assert_false(host_is_ours(NULL, "alice-pc"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (host_is_ours(bad[i], "alice-pc"))
            fail_msg("'%s' was taken for this computer", bad[i]);
    }
}

static void this_computers_own_names_are_taken(void **state)
{
    static const char *const good[] = {"localhost",     "localhost:6310",      "LOCALHOST:6310", "127.0.0.1:6310",
                                       "127.1.2.3",     "[::1]:6310",          "[::1]",          "alice-pc",
                                       "alice-pc:6310", "Alice-PC.local:6310", "localhost.",     "alice-pc.local."};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!host_is_ours(good[i], "alice-pc"))
            fail_msg("'%s' was not taken", good[i]);
    }
    assert_true(host_is_ours("alice-pc.local", "alice-pc.office.example"));
    assert_true(host_is_ours("alice-pc.office.example:6310", "alice-pc.office.example"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_other_computers_are_refused),
        cmocka_unit_test(this_computers_own_names_are_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
