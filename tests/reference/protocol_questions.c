/* SPDX-License-Identifier: Apache-2.0 */
/* protocol_questions: what a shared queue asks and a device scout answers; for protocol_kinds.h. */
#include "proto/question.h"
#include "tests/reference/protocol_kinds.h"

static const struct field QUESTION[] = {BYTES(question, site),
                                        BYTES(question, node),
                                        BYTES(question, answer_key),
                                        TEXT(question, address),
                                        TEXT(question, name),
                                        TEXT(question, password),
                                        END};

static enum err read_question(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    (void)key;
    return question_read(bytes, len, out);
}

static enum err write_question(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    uint8_t bytes[QUESTION_LEN];
    enum err e = question_write(record, bytes);

    (void)key;
    return e != OK ? e : wbuf_copy(out, bytes, sizeof bytes);
}

static const struct field ANSWER[] = {BYTES(answer, question), NUMBER(answer, outcome, 8), NUMBER(answer, wait_s, 32),
                                      TEXT(answer, person), END};

/* key: the answer key. */
static enum err read_answer(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    return answer_read(bytes, len, key, out);
}

static enum err write_answer(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    return answer_write(record, key, out);
}

const struct kind KINDS_OF_QUESTIONS[] = {
    {"question", QUESTION, sizeof(struct question), read_question, write_question},
    {"answer", ANSWER, sizeof(struct answer), read_answer, write_answer},
    {NULL, NULL, 0, NULL, NULL},
};
