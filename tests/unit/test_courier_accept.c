/* SPDX-License-Identifier: Apache-2.0 */
/* Every way in which an order is not obeyed, as a table; then the one in which it is. */
#include "printscout/courier/accept.h"

#include "tests/unit/courier_fixture.h"

struct refusal {
    const char *because;
    enum job_reason reason;
    void (*spoil)(struct courier_fixture *f, struct accept *a);
};

static void another_recipient(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    f->order.recipient.b[0] ^= 1;
}

static void a_blob(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    f->order.source = SOURCE_BLOB;
}

static void a_site_without_raw(struct courier_fixture *f, struct accept *a)
{
    (void)f;
    a->raw_allowed = 0;
}

static void a_uri_of_another_kind(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    strcpy(f->order.printer_uri, "ipps://127.0.0.1/ipp/print");
}

static void a_uri_with_a_password(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    strcpy(f->order.printer_uri, "socket://root:secret@127.0.0.1:9100");
}

static void an_unknown_hello_key(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    f->order.hello_public[5] ^= 1;
}

static void a_hello_key_that_was_replaced_long_ago(struct courier_fixture *f, struct accept *a)
{
    assert_int_equal(hello_keys_renew(f->hello, a->now_boot_ms), OK);
    a->now_boot_ms += HELLO_KEEP_MS;
    f->order.deadline_boot_ms = a->now_boot_ms + 5000;
}

static void a_deadline_that_is_past(struct courier_fixture *f, struct accept *a)
{
    f->order.deadline_boot_ms = a->now_boot_ms;
}

static void a_job_that_nobody_knows(struct courier_fixture *f, struct accept *a)
{
    (void)f;
    a->job_state = JOB_NONE;
}

static void a_job_under_way(struct courier_fixture *f, struct accept *a)
{
    (void)f;
    a->job_state = JOB_DELIVERING;
}

static void a_job_that_was_delivered(struct courier_fixture *f, struct accept *a)
{
    (void)f;
    a->job_state = JOB_DELIVERED;
}

static void a_file_that_is_gone(struct courier_fixture *f, struct accept *a)
{
    char path[SPOOL_PATH_SIZE];

    (void)a;
    assert_int_equal(unlinkat(f->spool, spool_path(path, SPOOL_JOBS, f->order.job, SPOOL_FILE_JOB), 0), 0);
}

static void another_salt(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    f->order.payload_prefix[0] ^= 1;
}

static void another_commitment(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    f->order.payload_prefix[CHUNKED_PREFIX_LEN - 1] ^= 1;
}

static void another_length(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    f->order.payload_len++;
}

static void a_length_beyond_any_file(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    f->order.payload_len = UINT64_MAX;
}

static void a_file_with_another_jobs_header(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    flip_byte(f, 28); /* the job's id */
}

static void a_file_of_another_site(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    flip_byte(f, 12);
}

static void a_key_for_another_order(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    f->order.order.b[3] ^= 1; /* the order's id is in the wrap */
}

static void a_changed_key(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    f->order.wrapped_key[WRAP_LEN - 1] ^= 1;
}

static void a_key_of_low_order(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    memset(f->order.wrapped_key, 0, KEY_LEN);
}

static void a_header_changed_where_only_the_key_tells(struct courier_fixture *f, struct accept *a)
{
    (void)a;
    flip_byte(f, 60); /* the epoch: in the context of the payload */
}

static const struct refusal refusals[] = {
    {"another recipient", REASON_ORDER_REFUSED, another_recipient},
    {"a blob, which this version has not", REASON_ORDER_REFUSED, a_blob},
    {"raw 9100 where the site does not allow it", REASON_RAW_NOT_ALLOWED, a_site_without_raw},
    {"a URI of another kind", REASON_ORDER_REFUSED, a_uri_of_another_kind},
    {"a URI with a password", REASON_ORDER_REFUSED, a_uri_with_a_password},
    {"an unknown hello key", REASON_HELLO_STALE, an_unknown_hello_key},
    {"a hello key that was replaced 30 s ago", REASON_HELLO_STALE, a_hello_key_that_was_replaced_long_ago},
    {"a deadline that is past", REASON_ORDER_EXPIRED, a_deadline_that_is_past},
    {"a job that nobody knows", REASON_NOT_HELD, a_job_that_nobody_knows},
    {"a job under way", REASON_NOT_HELD, a_job_under_way},
    {"a job that was delivered", REASON_NOT_HELD, a_job_that_was_delivered},
    {"a file that is gone", REASON_NOT_HELD, a_file_that_is_gone},
    {"another salt", REASON_FILE_DAMAGED, another_salt},
    {"another commitment", REASON_FILE_DAMAGED, another_commitment},
    {"another length", REASON_FILE_DAMAGED, another_length},
    {"a length beyond any file", REASON_FILE_DAMAGED, a_length_beyond_any_file},
    {"a file with another job's header", REASON_FILE_DAMAGED, a_file_with_another_jobs_header},
    {"a file of another site", REASON_FILE_DAMAGED, a_file_of_another_site},
    {"a key for another order", REASON_ORDER_REFUSED, a_key_for_another_order},
    {"a changed key", REASON_ORDER_REFUSED, a_changed_key},
    {"a key of low order", REASON_ORDER_REFUSED, a_key_of_low_order},
    {"a header changed where only the key tells", REASON_ORDER_REFUSED, a_header_changed_where_only_the_key_tells},
};

static struct accept accept_of(const struct courier_fixture *f)
{
    return (struct accept){.node = f->node,
                           .raw_allowed = 1,
                           .spool = f->spool,
                           .hello = f->hello,
                           .now_boot_ms = clock_boot_ms(),
                           .job_state = JOB_HELD};
}

static void each_of_these_orders_is_refused_and_opens_nothing(void **state)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct document *d = NULL;
        struct printer_uri where;
        void *fresh;
        struct courier_fixture *f;
        struct accept a;
        enum job_reason reason;

        (void)state;
        assert_int_equal(courier_new(&fresh), 0);
        f = fresh;
        a = accept_of(f);
        refusals[i].spoil(f, &a);
        if ((reason = accept_order(&a, &f->order, &where, &d)) != refusals[i].reason)
            fail_msg("%s: %s, not %s", refusals[i].because, jobreason_name(reason), jobreason_name(refusals[i].reason));
        assert_null(d);
        assert_int_equal(courier_free(&fresh), 0);
    }
}

static void a_job_whose_outcome_was_unknown_may_be_ordered_again(void **state)
{
    struct courier_fixture *f = *state;
    const enum job_state states[] = {JOB_HELD, JOB_FAILED, JOB_UNKNOWN};

    for (size_t i = 0; i < 3; i++) {
        struct accept a = accept_of(f);
        struct document *d = NULL;
        struct printer_uri where;

        a.job_state = states[i];
        assert_int_equal(accept_order(&a, &f->order, &where, &d), REASON_NONE);
        assert_non_null(d);
        assert_string_equal(where.host, "127.0.0.1");
        document_free(d);
    }
}

static void an_order_in_flight_when_the_key_was_replaced_is_obeyed(void **state)
{
    struct courier_fixture *f = *state;
    struct accept a = accept_of(f);
    struct document *d = NULL;
    struct printer_uri where;

    assert_int_equal(hello_keys_renew(f->hello, a.now_boot_ms), OK);
    a.now_boot_ms += HELLO_KEEP_MS - 1;
    f->order.deadline_boot_ms = a.now_boot_ms + 1;
    assert_int_equal(accept_order(&a, &f->order, &where, &d), REASON_NONE);
    document_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_these_orders_is_refused_and_opens_nothing),
        cmocka_unit_test_setup_teardown(a_job_whose_outcome_was_unknown_may_be_ordered_again, courier_new,
                                        courier_free),
        cmocka_unit_test_setup_teardown(an_order_in_flight_when_the_key_was_replaced_is_obeyed, courier_new,
                                        courier_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
