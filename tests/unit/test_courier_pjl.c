/* SPDX-License-Identifier: Apache-2.0 */
#include "printscout/courier/pjl.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

#define NAME "0123456789abcdef0123456789abcdef"

/* What the last of these messages says, when they come in pieces of this size. */
static enum pjl_event take_pieces(struct pjl *p, const char *text, size_t piece)
{
    enum pjl_event last = PJL_NOTHING;
    const size_t len = strlen(text);

    for (size_t at = 0; at < len; at += piece) {
        const uint8_t *bytes = (const uint8_t *)text + at;
        size_t left = len - at < piece ? len - at : piece;

        while (left > 0) {
            enum pjl_event ev = pjl_take(p, &bytes, &left, NAME);

            if (ev != PJL_NOTHING)
                last = ev;
        }
    }
    return last;
}

static enum pjl_event take(struct pjl *p, const char *text)
{
    return take_pieces(p, text, 4096);
}

static void a_message_without_end_fills_nothing_but_its_own_room(void **state)
{
    struct pjl p = {0};
    char *flood = malloc(100001);

    (void)state;
    assert_non_null(flood);
    memset(flood, 'A', 100000);
    flood[100000] = '\0';
    assert_int_equal(take(&p, flood), PJL_NOTHING);
    assert_int_equal(take(&p, "\f"), PJL_OTHER);
    assert_int_equal(take(&p, "@PJL INFO ID\r\n\"X\"\r\n\f"), PJL_ID); /* and the next one is understood */
    free(flood);
}

static void the_end_of_another_job_is_not_ours(void **state)
{
    struct pjl p = {0};

    (void)state;
    assert_int_equal(take(&p, "@PJL USTATUS JOB\r\nEND\r\nNAME=\"somebody\"\r\nPAGES=1\r\n\f"), PJL_OTHER);
    assert_int_equal(take(&p, "@PJL USTATUS JOB\r\nEND\r\nNAME=\"" NAME "0\"\r\nPAGES=1\r\n\f"), PJL_OTHER);
}

static void nonsense_says_nothing(void **state)
{
    static const char *const messages[] = {"\f",
                                           "@PJL\f",
                                           "@PJL \f",
                                           "@PJL USTATUS JOB\f",
                                           "@PJL USTATUS JOB\r\n\f",
                                           "@PJL USTATUS JOB\r\nEND\r\nPAGES=1\r\n\f",
                                           "@PJL USTATUS JOB\r\nENDLESS\r\nNAME=\"" NAME "\"\r\n\f",
                                           "hello\r\n\f"};
    struct pjl p = {0};

    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        assert_int_equal(take(&p, messages[i]), PJL_OTHER);
    assert_int_equal(take(&p, "@PJL USTATUS PAGE\r\n99999999999999999999\r\n\f"), PJL_PAGE);
    assert_int_equal(p.pages, 0);
}

static void the_end_of_our_job_is_heard_in_pieces_of_any_size(void **state)
{
    static const char text[] = "@PJL USTATUS JOB\r\nEND\r\nNAME=\"" NAME "\"\r\nPAGES=3\r\n\f";

    (void)state;
    for (size_t piece = 1; piece < sizeof text; piece++) {
        struct pjl p = {0};

        assert_int_equal(take_pieces(&p, text, piece), PJL_JOB_END);
        assert_int_equal(p.pages, 3);
    }
}

static void a_jam_and_empty_paper_are_told_in_ipps_words(void **state)
{
    struct pjl p = {0};

    (void)state;
    assert_int_equal(take(&p, "@PJL USTATUS DEVICE\r\nCODE=40022\r\nONLINE=FALSE\r\n\f"), PJL_DEVICE);
    assert_string_equal(p.reason, "media-jam-error");
    assert_int_equal(take(&p, "@PJL USTATUS DEVICE\r\nCODE=41213\r\nONLINE=FALSE\r\n\f"), PJL_DEVICE);
    assert_string_equal(p.reason, "media-empty-error");
    assert_int_equal(take(&p, "@PJL USTATUS DEVICE\r\nCODE=10001\r\nONLINE=TRUE\r\n\f"), PJL_DEVICE);
    assert_string_equal(p.reason, "");
    assert_int_equal(take(&p, "@PJL USTATUS JOB\r\nCANCELED\r\nNAME=\"" NAME "\"\r\nPAGES=0\r\n\f"), PJL_JOB_CANCELED);
}

static void a_document_that_leaves_its_language_is_found_wherever_it_does(void **state)
{
    uint8_t document[64];

    (void)state;
    for (size_t at = 0; at + PJL_UEL_LEN <= sizeof document; at++) {
        memset(document, 0x1b, sizeof document); /* the worst: each byte could be its beginning */
        memcpy(document + at, PJL_UEL, PJL_UEL_LEN);
        for (size_t piece = 1; piece <= sizeof document; piece++) {
            struct pjl_search s = {0};
            int found = 0;

            for (size_t i = 0; i < sizeof document && !found; i += piece)
                found = pjl_search(&s, document + i, sizeof document - i < piece ? sizeof document - i : piece);
            assert_true(found);
        }
    }
}

/* Behind "@PJL JOB NAME=…" the printer still listens for PJL: no UEL is needed there. */
static void a_document_that_begins_in_pjl_is_found_however_it_is_cut(void **state)
{
    static const char *const evil[] = {"@PJL DEFAULT PASSWORD=0\r\n", "\r\n \t\n@pjl FSDELETE NAME=\"0:\"\r\n%PDF-1.7"};

    (void)state;
    for (size_t k = 0; k < sizeof evil / sizeof *evil; k++) {
        const size_t len = strlen(evil[k]);

        for (size_t piece = 1; piece <= len; piece++) {
            struct pjl_search s = {0};
            int found = 0;

            for (size_t i = 0; i < len && !found; i += piece)
                found = pjl_search(&s, (const uint8_t *)evil[k] + i, len - i < piece ? len - i : piece);
            assert_true(found);
        }
    }
}

static void a_document_that_stays_in_its_language_is_let_through(void **state)
{
    static const char text[] = "%PDF-1.4 \x1b%-12345 X \x1b%-12345Y @PJL SET COPIES=9";
    struct pjl_search s = {0};

    (void)state;
    assert_false(pjl_search(&s, (const uint8_t *)text, sizeof text));
    assert_false(pjl_search(&s, (const uint8_t *)"\x1b%-123", 6));
    assert_false(pjl_search(&s, (const uint8_t *)"", 0));
    assert_true(pjl_search(&s, (const uint8_t *)"45X", 3));
}

static void what_was_found_stays_found_whatever_follows(void **state)
{
    struct pjl_search s = {0};

    (void)state;
    assert_true(pjl_search(&s, (const uint8_t *)"@PJL", 4));
    assert_true(pjl_search(&s, (const uint8_t *)"\0\0 harmless", 11));
}

static void what_stands_around_a_document_names_the_job(void **state)
{
    char text[PJL_TEXT_SIZE];
    size_t len;

    (void)state;
    assert_true((len = pjl_before(NAME, text)) > 0);
    assert_int_equal(len, strlen(text));
    assert_non_null(strstr(text, PJL_UEL "@PJL "));
    assert_non_null(strstr(text, "@PJL USTATUS JOB=ON\r\n@PJL JOB NAME=\"" NAME "\"\r\n"));
    assert_true((len = pjl_behind(NAME, text)) > 0);
    assert_string_equal(text, PJL_UEL "@PJL EOJ NAME=\"" NAME "\"\r\n" PJL_UEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_without_end_fills_nothing_but_its_own_room),
        cmocka_unit_test(the_end_of_another_job_is_not_ours),
        cmocka_unit_test(nonsense_says_nothing),
        cmocka_unit_test(the_end_of_our_job_is_heard_in_pieces_of_any_size),
        cmocka_unit_test(a_jam_and_empty_paper_are_told_in_ipps_words),
        cmocka_unit_test(a_document_that_leaves_its_language_is_found_wherever_it_does),
        cmocka_unit_test(a_document_that_begins_in_pjl_is_found_however_it_is_cut),
        cmocka_unit_test(a_document_that_stays_in_its_language_is_let_through),
        cmocka_unit_test(what_was_found_stays_found_whatever_follows),
        cmocka_unit_test(what_stands_around_a_document_names_the_job),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
