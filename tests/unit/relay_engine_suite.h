/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay_engine_suite: what every engine behind relay/engine.h must do. An engine's own test opens it and runs these
 * suites, so that two engines cannot come to differ.
 */
#ifndef TESTS_UNIT_RELAY_ENGINE_SUITE_H
#define TESTS_UNIT_RELAY_ENGINE_SUITE_H

#include "relay/engine.h"
#include "tests/unit/cmocka_test.h"

struct engine_under_test {
    struct engine engine;
    void *arg;
    /* Close the engine and open it again on the same state. */
    void (*reopen)(struct engine_under_test *t);
};

/* The state that cmocka hands to each test is a struct engine_under_test, fresh and empty. */
extern const struct CMUnitTest relay_engine_mail_suite[], relay_engine_site_suite[];
extern const size_t relay_engine_mail_suite_len, relay_engine_site_suite_len;

#endif
