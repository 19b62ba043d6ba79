/* SPDX-License-Identifier: Apache-2.0 */
/* Whole requests, as http.c feeds them: hostile ones are answered in IPP's words and leave nothing behind. */
#include "printscout/queue/request.h"
#include "tests/unit/ipp_bytes.h"
#include "tests/unit/queue_fixture.h"

static struct ipp_bytes m;

/* Send what m holds in pieces of step bytes; if it is ended, the answer's status, else the request is dropped. */
static int submit(struct queue_fixture *f, uint32_t uid, size_t step, int ended)
{
    struct request *r = NULL;
    int status = -1;

    assert_int_equal(request_new(&f->queue,
                                 &(struct caller){.printer = f->queue.printer, .offers = f->queue.offers, .uid = uid},
                                 &r),
                     OK);
    for (size_t at = 0; at < m.b.len; at += step)
        assert_int_equal(request_bytes(r, m.bytes + at, m.b.len - at < step ? m.b.len - at : step), OK);
    if (ended) {
        uint8_t *answer = NULL;
        size_t len;

        if (request_end(r) == OK) {
            assert_int_equal(request_answer(r, &answer, &len), OK);
            assert_true(len >= 8);
            status = answer[2] << 8 | answer[3];
        }
        free(answer);
    }
    request_free(r);
    return status;
}

static int submit_all(struct queue_fixture *f)
{
    return submit(f, getuid(), SIZE_MAX, 1);
}

static void print_job(const char *title, const char *document)
{
    ipp_head(&m, IPP_OP_PRINT_JOB);
    ipp_text(&m, 0x42, "job-name", title);
    ipp_tag(&m, 0x03);
    assert_int_equal(wbuf_copy(&m.b, document, strlen(document)), OK);
}

static void nothing_is_left(struct queue_fixture *f)
{
    char name[33];

    assert_int_equal(queue_fixture_count(f, SPOOL_INCOMING, name), 0);
    assert_int_equal(queue_fixture_count(f, SPOOL_JOBS, name), 0);
    assert_int_equal(jobs_queued_count(f->queue.jobs), 0);
}

static void bytes_that_are_no_ipp_get_no_ipp_answer(void **state)
{
    struct queue_fixture *f = *state;

    m.b = wbuf_of(m.bytes, sizeof m.bytes);
    assert_int_equal(wbuf_copy(&m.b, "hello", 5), OK);
    assert_int_equal(submit_all(f), -1);
    nothing_is_left(f);
}

static void a_request_that_is_not_well_formed_is_a_bad_request(void **state)
{
    struct queue_fixture *f = *state;

    ipp_start(&m, IPP_OP_PRINT_JOB);
    ipp_tag(&m, 0x02);
    assert_int_equal(submit_all(f), IPP_STATUS_ERROR_BAD_REQUEST);
    ipp_head(&m, IPP_OP_PRINT_JOB); /* no end */
    assert_int_equal(submit_all(f), IPP_STATUS_ERROR_BAD_REQUEST);
    ipp_head(&m, IPP_OP_PRINT_JOB);
    ipp_tag(&m, 0x44);
    assert_int_equal(wbuf_u16(&m.b, 0xffff), OK);
    assert_int_equal(submit_all(f), IPP_STATUS_ERROR_REQUEST_ENTITY);
    nothing_is_left(f);
}

static void an_attribute_that_stands_twice_is_refused(void **state)
{
    struct queue_fixture *f = *state;

    queue_fixture_enroll(f, "alice");
    ipp_head(&m, IPP_OP_PRINT_JOB);
    ipp_text(&m, 0x42, "job-name", "one");
    ipp_text(&m, 0x42, "job-name", "two");
    ipp_tag(&m, 0x03);
    assert_int_equal(wbuf_copy(&m.b, "x", 1), OK);
    assert_int_equal(submit_all(f), IPP_STATUS_ERROR_BAD_REQUEST);
    nothing_is_left(f);
}

static void an_unknown_operation_version_or_printer_is_named_so(void **state)
{
    struct queue_fixture *f = *state;

    ipp_head(&m, 0x7fff);
    ipp_tag(&m, 0x03);
    assert_int_equal(submit_all(f), IPP_STATUS_ERROR_OPERATION_NOT_SUPPORTED);
    ipp_head(&m, IPP_OP_PRINT_JOB);
    m.bytes[0] = 9;
    ipp_tag(&m, 0x03);
    assert_int_equal(submit_all(f), IPP_STATUS_ERROR_VERSION_NOT_SUPPORTED);
    ipp_start(&m, IPP_OP_GET_PRINTER_ATTRIBUTES);
    ipp_tag(&m, 0x01);
    ipp_text(&m, 0x47, "attributes-charset", "utf-8");
    ipp_text(&m, 0x48, "attributes-natural-language", "en");
    ipp_text(&m, 0x45, "printer-uri", "ipp://localhost/ipp/print/../../etc");
    ipp_tag(&m, 0x03);
    assert_int_equal(submit_all(f), IPP_STATUS_ERROR_NOT_FOUND);
}

static void a_document_is_refused_while_nobody_is_enrolled(void **state)
{
    struct queue_fixture *f = *state;

    print_job("letter", "%PDF-1.7");
    assert_int_equal(submit_all(f), IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS);
    nothing_is_left(f);
}

static void a_job_without_a_document_is_refused(void **state)
{
    struct queue_fixture *f = *state;

    queue_fixture_enroll(f, "alice");
    print_job("letter", "");
    assert_int_equal(submit_all(f), IPP_STATUS_ERROR_BAD_REQUEST);
    nothing_is_left(f);
}

static void a_document_that_is_too_long_is_refused_and_leaves_nothing(void **state)
{
    struct queue_fixture *f = *state;

    queue_fixture_enroll(f, "alice");
    f->queue.job_bytes_max = 10;
    print_job("letter", "%PDF-1.7 and more");
    assert_int_equal(submit(f, getuid(), 5, 1), IPP_STATUS_ERROR_REQUEST_ENTITY);
    nothing_is_left(f);
}

static void a_disk_without_room_refuses_and_keeps_nothing(void **state)
{
    struct queue_fixture *f = *state;

    queue_fixture_enroll(f, "alice");
    f->queue.spool_free_least = UINT64_MAX;
    print_job("letter", "%PDF-1.7");
    assert_int_equal(submit_all(f), IPP_STATUS_ERROR_TEMPORARY);
    nothing_is_left(f);
}

static void a_request_cut_at_any_byte_leaves_nothing(void **state)
{
    struct queue_fixture *f = *state;
    size_t whole;

    queue_fixture_enroll(f, "alice");
    print_job("letter", "%PDF-1.7 with some text");
    whole = m.b.len;
    for (m.b.len = 0; m.b.len <= whole; m.b.len++) {
        submit(f, getuid(), 7, 0);
        nothing_is_left(f);
    }
}

static void a_request_that_comes_byte_by_byte_becomes_a_job(void **state)
{
    struct queue_fixture *f = *state;
    struct spool_queue record;
    struct job_view v;
    char name[33];
    struct id id;

    queue_fixture_enroll(f, "alice");
    print_job("letter", "%PDF-1.7");
    assert_int_equal(submit(f, getuid(), 1, 1), IPP_STATUS_OK);
    assert_int_equal(queue_fixture_count(f, SPOOL_JOBS, name), 1);
    assert_int_equal(queue_fixture_count(f, SPOOL_INCOMING, name + 0), 0);
    assert_int_equal(queue_fixture_count(f, SPOOL_JOBS, name), 1);
    assert_int_equal(id_read(name, &id), OK);
    assert_int_equal(spool_queue_read(f->queue.spool, id, &record), OK);
    assert_int_equal(record.document_bytes, 8);
    assert_int_equal(record.uid, getuid());
    assert_int_equal(jobs_view(f->queue.jobs, record.job_number, &v), OK);
    assert_int_equal(v.state, JOB_HELD);
    assert_string_equal(v.words->title, "letter");
    assert_string_equal(v.words->format, "application/pdf");
    job_view_clear(&v);
}

static void on_a_shared_node_an_account_without_a_name_is_refused(void **state)
{
    struct queue_fixture *f = *state;

    queue_fixture_enroll(f, "");
    print_job("letter", "%PDF-1.7");
    assert_int_equal(submit(f, 3999999999u, SIZE_MAX, 1), IPP_STATUS_ERROR_NOT_AUTHORIZED);
    nothing_is_left(f);
}

static int ask_about(struct queue_fixture *f, uint16_t operation, uint32_t number, uint32_t uid)
{
    ipp_head(&m, operation);
    ipp_integer(&m, 0x21, "job-id", number);
    ipp_tag(&m, 0x03);
    return submit(f, uid, SIZE_MAX, 1);
}

static void anothers_job_does_not_exist(void **state)
{
    static const uint16_t operations[] = {IPP_OP_GET_JOB_ATTRIBUTES, IPP_OP_CANCEL_JOB, IPP_OP_HOLD_JOB,
                                          IPP_OP_RELEASE_JOB, IPP_OP_CLOSE_JOB};
    struct queue_fixture *f = *state;

    queue_fixture_enroll(f, "alice");
    print_job("letter", "%PDF-1.7");
    assert_int_equal(submit(f, 4242, SIZE_MAX, 1), IPP_STATUS_OK);
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        assert_int_equal(ask_about(f, operations[i], 1, 4243), IPP_STATUS_ERROR_NOT_FOUND);
        assert_int_equal(ask_about(f, operations[i], 2, 4243), IPP_STATUS_ERROR_NOT_FOUND);
    }
    assert_int_equal(jobs_open_count(f->queue.jobs, 4242), 1);
    assert_int_equal(ask_about(f, IPP_OP_CANCEL_JOB, 1, 4242), IPP_STATUS_OK);
}

static void nobody_releases_a_job_from_here(void **state)
{
    struct queue_fixture *f = *state;

    queue_fixture_enroll(f, "alice");
    print_job("letter", "%PDF-1.7");
    assert_int_equal(submit_all(f), IPP_STATUS_OK);
    assert_int_equal(ask_about(f, IPP_OP_RELEASE_JOB, 1, getuid()), IPP_STATUS_ERROR_NOT_POSSIBLE);
    assert_int_equal(jobs_open_count(f->queue.jobs, getuid()), 1);
}

static void options_that_are_not_known_are_named_or_with_fidelity_refused(void **state)
{
    struct queue_fixture *f = *state;

    queue_fixture_enroll(f, "alice");
    for (uint8_t fidelity = 0; fidelity < 2; fidelity++) {
        ipp_head(&m, IPP_OP_VALIDATE_JOB);
        ipp_element(&m, 0x22, "ipp-attribute-fidelity", &fidelity, 1);
        ipp_tag(&m, 0x02);
        ipp_text(&m, 0x44, "sides", "three-sided");
        ipp_integer(&m, 0x21, "copies", 2);
        ipp_tag(&m, 0x03);
        assert_int_equal(submit_all(f), fidelity ? (int)IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES
                                                 : (int)IPP_STATUS_OK_IGNORED_OR_SUBSTITUTED);
    }
    nothing_is_left(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, queue_fixture_new, queue_fixture_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_that_are_no_ipp_get_no_ipp_answer),
        TEST(a_request_that_is_not_well_formed_is_a_bad_request),
        TEST(an_attribute_that_stands_twice_is_refused),
        TEST(an_unknown_operation_version_or_printer_is_named_so),
        TEST(a_document_is_refused_while_nobody_is_enrolled),
        TEST(a_job_without_a_document_is_refused),
        TEST(a_document_that_is_too_long_is_refused_and_leaves_nothing),
        TEST(a_disk_without_room_refuses_and_keeps_nothing),
        TEST(a_request_cut_at_any_byte_leaves_nothing),
        TEST(a_request_that_comes_byte_by_byte_becomes_a_job),
        TEST(on_a_shared_node_an_account_without_a_name_is_refused),
        TEST(anothers_job_does_not_exist),
        TEST(nobody_releases_a_job_from_here),
        TEST(options_that_are_not_known_are_named_or_with_fidelity_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
