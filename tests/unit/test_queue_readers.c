/* SPDX-License-Identifier: Apache-2.0 */
/* The way into printscout-pages, with a program in its place that does what a broken one could. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "printscout/queue/readers.h"
#include "tests/unit/cmocka_test.h"

/* readers_new() looks beside this test, where there is no such program. */
static void without_the_program_there_are_no_readers_and_no_wait(void **state)
{
    struct readers *rs = NULL;
    const uint64_t start = clock_boot_ms();

    (void)state;
    assert_int_equal(readers_new(&rs), ERR_IO);
    assert_null(rs);
    assert_true(clock_boot_ms() - start < 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_program_there_are_no_readers_and_no_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
