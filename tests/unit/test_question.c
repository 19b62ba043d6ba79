/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/question.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

static const uint8_t KEY[KEY_LEN] = "the key that was in the question";

static struct question *some(void)
{
    struct question *q = secret_new(sizeof *q);

    assert_non_null(q);
    memset(&q->site, 1, sizeof q->site);
    memset(&q->node, 2, sizeof q->node);
    memcpy(q->answer_key, KEY, KEY_LEN);
    strcpy(q->address, "192.0.2.7");
    strcpy(q->name, "alice");
    strcpy(q->password, "right: horse");
    return q;
}

static struct answer yes(void)
{
    struct answer a = {.question = {{7}}, .outcome = ANSWER_YES, .person = "alice"};

    return a;
}

static size_t written(const struct answer *a, uint8_t out[static ANSWER_MAX_LEN])
{
    struct wbuf b = wbuf_of(out, ANSWER_MAX_LEN);

    assert_int_equal(answer_write(a, KEY, &b), OK);
    return b.len;
}

static void an_answer_that_was_changed_anywhere_is_refused(void **state)
{
    uint8_t bytes[ANSWER_MAX_LEN];
    struct answer a = yes(), out;
    const size_t len = written(&a, bytes);

    (void)state;
    for (size_t at = 0; at < len; at++) {
        bytes[at] ^= 1;
        assert_int_equal(answer_read(bytes, len, KEY, &out), ERR_AUTH);
        bytes[at] ^= 1;
    }
    for (size_t cut = 0; cut < len; cut++)
        assert_int_not_equal(answer_read(bytes, cut, KEY, &out), OK);
    assert_int_equal(answer_read(bytes, len, KEY, &out), OK); /* the control */
}

static void an_answer_made_without_the_questions_key_is_refused(void **state)
{
    static const uint8_t other[KEY_LEN] = "a courier's guess";
    uint8_t bytes[ANSWER_MAX_LEN];
    struct answer a = yes(), out;
    const size_t len = written(&a, bytes);

    (void)state;
    assert_int_equal(answer_read(bytes, len, other, &out), ERR_AUTH);
}

static void a_person_is_named_with_a_yes_and_with_nothing_else(void **state)
{
    uint8_t bytes[ANSWER_MAX_LEN];
    struct answer a = yes();
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    (void)state;
    a.person[0] = '\0';
    assert_int_equal(answer_write(&a, KEY, &b), ERR_FORMAT);
    a = yes();
    for (unsigned outcome = 0; outcome < 256; outcome++) {
        a.outcome = (uint8_t)outcome;
        if (outcome != ANSWER_YES)
            assert_int_equal(answer_write(&a, KEY, &b), ERR_FORMAT);
    }
}

static void control_characters_in_a_name_are_not_asked_about(void **state)
{
    static const char *const names[] = {"alice\n", "al\x01ice", "\xff", "a\x7f"};
    uint8_t bytes[QUESTION_LEN];
    struct question *q = some();

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        strcpy(q->name, names[i]);
        assert_int_equal(question_write(q, bytes), ERR_FORMAT);
    }
    secret_free(q);
}

static void a_question_of_another_length_or_with_something_behind_it_is_refused(void **state)
{
    uint8_t bytes[QUESTION_LEN + 1] = {0};
    struct question *q = some(), *out = some();

    (void)state;
    assert_int_equal(question_write(q, bytes), OK);
    assert_int_equal(question_read(bytes, QUESTION_LEN + 1, out), ERR_FORMAT);
    assert_int_equal(question_read(bytes, QUESTION_LEN - 1, out), ERR_FORMAT);
    assert_string_equal(out->password, ""); /* wiped */
    bytes[QUESTION_LEN - 1] = 1;
    assert_int_equal(question_read(bytes, QUESTION_LEN, out), ERR_FORMAT);
    bytes[QUESTION_LEN - 1] = 0;
    bytes[0] = 2;
    assert_int_equal(question_read(bytes, QUESTION_LEN, out), ERR_UNSUPPORTED);
    secret_free(q);
    secret_free(out);
}

static void the_longest_and_the_shortest_question_have_one_length(void **state)
{
    uint8_t bytes[QUESTION_LEN], box_public[KEY_LEN] = {9}, sealed[ENVELOPE_MAX_LEN];
    struct question *q = some(), *out = some();
    size_t len = 0;

    (void)state;
    memset(q->name, 'n', sizeof q->name - 1);
    memset(q->password, 'p', sizeof q->password - 1);
    memset(q->address, '1', sizeof q->address - 1);
    assert_int_equal(question_write(q, bytes), OK);
    assert_int_equal(question_read(bytes, sizeof bytes, out), OK);
    assert_memory_equal(q, out, sizeof *q);
    assert_int_equal(envelope_seal(box_public, bytes, sizeof bytes, sealed, &len), OK);
    assert_int_equal(len, QUESTION_SEALED_LEN);
    secret_free(q);
    secret_free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_that_was_changed_anywhere_is_refused),
        cmocka_unit_test(an_answer_made_without_the_questions_key_is_refused),
        cmocka_unit_test(a_person_is_named_with_a_yes_and_with_nothing_else),
        cmocka_unit_test(control_characters_in_a_name_are_not_asked_about),
        cmocka_unit_test(a_question_of_another_length_or_with_something_behind_it_is_refused),
        cmocka_unit_test(the_longest_and_the_shortest_question_have_one_length),
    };

    if (crypto_start() != OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
