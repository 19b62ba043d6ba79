/* SPDX-License-Identifier: Apache-2.0 */
/* statistics: rows add up, days end, and the file holds counts and nothing else. */
#include "devicescout/jobs/statistics.h"

#include "tests/unit/scratch.h"

#define DAY_MS UINT64_C(86400000)
#define NOON   UINT64_C(1795608000000) /* some day's, in UTC */

struct rows {
    struct statistics_row row[8];
    size_t len;
};

static void note(void *arg, const struct statistics_row *row)
{
    struct rows *r = arg;

    assert_true(r->len < sizeof r->row / sizeof *r->row);
    r->row[r->len++] = *row;
}

static struct statistics *open_in(const struct scratch *dir)
{
    struct statistics *s = NULL;
    char path[128];

    snprintf(path, sizeof path, "%s/%s", dir->path, STATISTICS_FILE);
    assert_int_equal(statistics_open(path, &s), OK);
    return s;
}

static void a_file_that_is_no_database_is_not_used(void **state)
{
    const struct scratch *dir = *state;
    struct statistics *s = NULL;
    char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/broken", dir->path);
    assert_non_null(f = fopen(path, "w"));
    fputs("this is no database, and long enough for nobody to think that it might be one, whatever it is\n", f);
    fclose(f);
    assert_int_equal(statistics_open(path, &s), ERR_IO);
    assert_null(s);
}

static void counts_add_up_by_day_and_printer_and_outlive_a_restart(void **state)
{
    struct statistics *s = open_in(*state);
    const struct paper gray = {.copies = 1, .pages = 5, .two_sided = 1, .color = PAPER_GRAY};
    const struct paper color = {.copies = 2, .pages = 3, .color = PAPER_COLOR}, unknown = {.copies = 1};
    struct rows rows = {.len = 0};

    statistics_printed(s, NOON - DAY_MS, "lobby", &gray, 0);
    statistics_printed(s, NOON, "lobby", &gray, 0);
    statistics_printed(s, NOON, "lobby", &color, 0);
    statistics_printed(s, NOON, "lobby", &unknown, 0);
    statistics_printed(s, NOON, "cellar", &unknown, 4);
    statistics_unreleased(s, NOON, &gray);
    statistics_close(s);
    s = open_in(*state);
    assert_int_equal(statistics_each(s, NOON, 1, NULL, note, &rows), OK);
    assert_int_equal(rows.len, 3);
    assert_string_equal(rows.row[0].printer, "");
    assert_int_equal(rows.row[0].saved, 3);
    assert_string_equal(rows.row[1].printer, "cellar");
    assert_int_equal(rows.row[1].pages, 4);
    assert_string_equal(rows.row[2].printer, "lobby");
    assert_int_equal(rows.row[2].jobs, 3);
    assert_int_equal(rows.row[2].uncounted, 1);
    assert_int_equal(rows.row[2].pages, 11);
    assert_int_equal(rows.row[2].gray_pages, 5);
    assert_int_equal(rows.row[2].color_pages, 6);
    assert_int_equal(rows.row[2].sheets, 9);
    assert_int_equal(rows.row[2].saved, 2);
    rows.len = 0;
    assert_int_equal(statistics_each(s, NOON, 2, "lobby", note, &rows), OK);
    assert_int_equal(rows.len, 2);
    assert_true(strcmp(rows.row[0].day, rows.row[1].day) < 0);
    rows.len = 0;
    assert_int_equal(statistics_each(s, NOON, 0, "x' OR '1'='1", note, &rows), OK);
    assert_int_equal(rows.len, 0);
    statistics_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_that_is_no_database_is_not_used, scratch_new, scratch_free),
        cmocka_unit_test_setup_teardown(counts_add_up_by_day_and_printer_and_outlive_a_restart, scratch_new,
                                        scratch_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
