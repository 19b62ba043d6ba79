/* SPDX-License-Identifier: Apache-2.0 */
/* The journal through crashes: cut at any byte, on a disk that fails, damaged. The linker lets this stand in for
 * fdatasync. */
#include "printscout/courier/journal.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "crypto/secret.h"
#include "tests/unit/scratch.h"

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

static int disk_fails, syncs;

int __wrap_fdatasync(int fd)
{
    syncs++;
    if (disk_fails) {
        errno = EIO;
        return -1;
    }
    return __real_fdatasync(fd);
}

static int set_up(void **state)
{
    disk_fails = syncs = 0;
    return crypto_start() == OK ? scratch_new(state) : -1;
}

static struct order order_number(uint32_t n)
{
    struct order o = {.protocol = DELIVERY_IPPS, .printer_uri = "ipps://printer:631/ipp/print"};

    memcpy(o.order.b, &n, sizeof n);
    memset(o.job.b, 'j', ID_LEN);
    memset(o.printer_pin, 7, sizeof o.printer_pin);
    return o;
}

static const uint8_t SHA[32] = {1, 2, 3};

static void accept_number(struct journal *j, uint32_t n)
{
    const struct order o = order_number(n);

    assert_int_equal(journal_accept(j, &o, SHA), OK);
}

static void answer_number(struct journal *j, uint32_t n, const char *report)
{
    assert_int_equal(journal_answer(j, order_number(n).order, SHA, (const uint8_t *)report, strlen(report)), OK);
}

static struct journal *open_it(const struct scratch *s)
{
    struct journal *j = NULL;

    assert_int_equal(journal_open(s->fd, &j), OK);
    return j;
}

static void count_open(void *arg, const struct journal_entry *entry)
{
    (void)entry;
    ++*(size_t *)arg;
}

static size_t open_orders(struct journal *j)
{
    size_t n = 0;

    journal_each_open(j, count_open, &n);
    return n;
}

/* Put the first len bytes of a journal in the place of this one. */
static void put_journal(const struct scratch *s, const uint8_t *bytes, size_t len)
{
    int fd = openat(s->fd, "journal", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
}

static void cut_at_any_byte_it_knows_what_was_whole_and_nothing_else(void **state)
{
    const struct scratch *s = *state;
    struct journal *j = open_it(s);
    uint8_t *bytes = NULL;
    size_t len, ends[3], whole;
    struct stat st;

    for (uint32_t n = 0; n < 3; n++) {
        accept_number(j, n);
        assert_int_equal(fstatat(s->fd, "journal", &st, 0), 0);
        ends[n] = (size_t)st.st_size;
    }
    journal_close(j);
    assert_int_equal(file_read(s->fd, "journal", 100000, &bytes, &len), OK);
    for (size_t cut = 0; cut <= len; cut++) {
        put_journal(s, bytes, cut);
        j = open_it(s);
        whole = (size_t)(cut >= ends[0]) + (cut >= ends[1]) + (cut >= ends[2]);
        assert_int_equal(open_orders(j), whole);
        accept_number(j, 77); /* what comes next stands behind what was whole */
        journal_close(j);
        j = open_it(s);
        assert_int_equal(open_orders(j), whole + 1);
        journal_close(j);
    }
    free(bytes);
}

static void a_byte_that_rots_before_the_end_is_an_alarm(void **state)
{
    const struct scratch *s = *state;
    struct journal *j = open_it(s);
    uint8_t *bytes = NULL;
    size_t len, damaged = 0;
    enum err e;

    for (uint32_t n = 0; n < 3; n++)
        accept_number(j, n);
    journal_close(j);
    assert_int_equal(file_read(s->fd, "journal", 100000, &bytes, &len), OK);
    for (size_t i = 0; i < len; i++) {
        bytes[i] ^= 0x10;
        put_journal(s, bytes, len);
        e = journal_open(s->fd, &j);
        assert_true(e == OK || e == ERR_FORMAT); /* OK: a length that now points behind the end looks like a crash */
        assert_true(open_orders(j) < 3);
        damaged += e == ERR_FORMAT;
        journal_close(j);
        bytes[i] ^= 0x10;
    }
    assert_true(damaged > len * 9 / 10);
    free(bytes);
}

static void an_order_that_did_not_reach_the_disk_is_not_accepted(void **state)
{
    const struct scratch *s = *state;
    const struct order o = order_number(1);
    struct journal *j = open_it(s);

    disk_fails = 1;
    assert_int_equal(journal_accept(j, &o, SHA), ERR_IO);
    assert_null(journal_find(j, o.order));
    disk_fails = 0;
    accept_number(j, 2);
    journal_close(j);
    j = open_it(s);
    assert_null(journal_find(j, o.order));
    assert_non_null(journal_find(j, order_number(2).order));
    journal_close(j);
}

static void an_order_is_accepted_once(void **state)
{
    struct journal *j = open_it(*state);
    const struct order o = order_number(1);

    accept_number(j, 1);
    assert_int_equal(journal_accept(j, &o, SHA), ERR_EXISTS);
    answer_number(j, 1, "report");
    assert_int_equal(journal_accept(j, &o, SHA), ERR_EXISTS);
    journal_close(j);
}

static void accepting_waits_for_the_disk_and_answering_does_not(void **state)
{
    struct journal *j = open_it(*state);

    accept_number(j, 1);
    assert_int_equal(syncs, 1);
    assert_int_equal(journal_sent(j, order_number(1).order), OK);
    answer_number(j, 1, "report");
    assert_int_equal(syncs, 1);
    journal_close(j);
}

static void after_a_restart_it_knows_where_an_open_order_went_and_what_was_answered(void **state)
{
    const struct scratch *s = *state;
    struct journal *j = open_it(s);
    const struct journal_entry *entry;

    accept_number(j, 1);
    assert_int_equal(journal_sent(j, order_number(1).order), OK);
    accept_number(j, 2);
    answer_number(j, 2, "delivered");
    answer_number(j, 3, "refused"); /* never accepted */
    journal_close(j);
    for (int again = 0; again < 2; again++) { /* the second time from the file as it was written anew */
        j = open_it(s);
        assert_int_equal(open_orders(j), 1);
        assert_non_null(entry = journal_find(j, order_number(1).order));
        assert_string_equal(entry->uri, "ipps://printer:631/ipp/print");
        assert_int_equal(entry->protocol, DELIVERY_IPPS);
        assert_int_equal(entry->pin[31], 7);
        assert_true(entry->sent);
        assert_non_null(entry = journal_find(j, order_number(2).order));
        assert_int_equal(entry->report_len, 9);
        assert_memory_equal(entry->report, "delivered", 9);
        assert_memory_equal(entry->sha256, SHA, 32);
        assert_non_null(entry = journal_find(j, order_number(3).order));
        assert_memory_equal(entry->report, "refused", 7);
        journal_close(j);
    }
}

static void the_oldest_answered_go_and_an_open_one_never(void **state)
{
    const struct scratch *s = *state;
    struct journal *j = open_it(s);
    char report[900];

    memset(report, 'r', sizeof report - 1);
    report[sizeof report - 1] = '\0';
    accept_number(j, 0);
    for (uint32_t n = 1; n <= 6000; n++)
        answer_number(j, n, report);
    assert_non_null(journal_find(j, order_number(0).order));
    assert_non_null(journal_find(j, order_number(6000).order));
    assert_null(journal_find(j, order_number(1).order));
    journal_close(j);
    j = open_it(s);
    assert_int_equal(open_orders(j), 1);
    for (uint32_t n = 6000 - JOURNAL_KEPT + 2; n <= 6000; n++)
        assert_non_null(journal_find(j, order_number(n).order));
    journal_close(j);
}

/* Else a courier that was killed while it printed such a job would erase it. */
static void that_a_job_is_to_stay_is_known_after_every_restart_until_its_order_is_answered(void **state)
{
    const struct scratch *s = *state;
    struct journal *j = open_it(s);
    struct order kept = order_number(1);

    kept.keep = 1;
    assert_int_equal(journal_accept(j, &kept, SHA), OK);
    accept_number(j, 2);
    assert_int_equal(journal_sent(j, kept.order), OK);
    for (int restart = 0; restart < 3; restart++) { /* each opening writes the file anew */
        journal_close(j);
        j = open_it(s);
        assert_int_equal(journal_find(j, kept.order)->keep, 1);
        assert_int_equal(journal_find(j, order_number(2).order)->keep, 0);
        assert_int_equal(journal_accept(j, &kept, SHA), ERR_EXISTS); /* and it is obeyed once */
    }
    answer_number(j, 1, "kept");
    journal_close(j);
    j = open_it(s);
    assert_int_equal(open_orders(j), 1);
    assert_int_equal(journal_accept(j, &kept, SHA), ERR_EXISTS);
    journal_close(j);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cut_at_any_byte_it_knows_what_was_whole_and_nothing_else),
        TEST(a_byte_that_rots_before_the_end_is_an_alarm),
        TEST(an_order_that_did_not_reach_the_disk_is_not_accepted),
        TEST(an_order_is_accepted_once),
        TEST(accepting_waits_for_the_disk_and_answering_does_not),
        TEST(after_a_restart_it_knows_where_an_open_order_went_and_what_was_answered),
        TEST(the_oldest_answered_go_and_an_open_one_never),
        TEST(that_a_job_is_to_stay_is_known_after_every_restart_until_its_order_is_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
