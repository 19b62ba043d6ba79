/* SPDX-License-Identifier: Apache-2.0 */
/*
 * question: whose name and password are these? A shared queue seals it to a device scout; courier and relay carry what
 * they cannot read. The answer is a MAC's under a key inside the question, so nobody between can make one up.
 * PROTOCOL.md, "Question" and "Answer".
 */
#ifndef PROTO_QUESTION_H
#define PROTO_QUESTION_H

#include "crypto/envelope.h"
#include "proto/order.h"

#define QUESTION_NAME_MAX     255
#define QUESTION_PASSWORD_MAX 1024
#define QUESTION_ADDRESS_SIZE 64
#define QUESTION_LEN          1500 /* filled with zeros: no length tells how long a password is */
#define QUESTION_SEALED_LEN   (2048 + ENVELOPE_OVERHEAD)

struct question {                        /* secret memory */
    struct id site, node;                /* whose queue asks */
    uint8_t answer_key[KEY_LEN];         /* fresh for each question */
    char address[QUESTION_ADDRESS_SIZE]; /* the client's, as digits */
    char name[QUESTION_NAME_MAX + 1];    /* as typed */
    char password[QUESTION_PASSWORD_MAX + 1];
};

/* ERR_LIMIT; ERR_FORMAT a name or an address with control characters. */
MUST_USE enum err question_write(const struct question *q, uint8_t out[static QUESTION_LEN]);
/* Errors: ERR_FORMAT, ERR_LIMIT, ERR_UNSUPPORTED. *out is wiped then. */
MUST_USE enum err question_read(const uint8_t *bytes, size_t len, struct question *out);

enum answer_outcome {
    ANSWER_YES = 1,
    ANSWER_NO,        /* the password is wrong, or nobody has the name */
    ANSWER_TOO_OFTEN, /* not looked at: wait */
    ANSWER_DOWN,      /* the directory does not answer */
    ANSWER_MAY_NOT    /* a person who may not print */
};

#define ANSWER_MAX_LEN (1 + ID_LEN + 1 + 4 + 2 + PERSON_SIZE + KEY_LEN)

struct answer {
    struct id question;
    uint8_t outcome;
    uint32_t wait_s;          /* of ANSWER_TOO_OFTEN */
    char person[PERSON_SIZE]; /* of ANSWER_YES; else empty */
};

MUST_USE enum err answer_write(const struct answer *a, const uint8_t key[static KEY_LEN], struct wbuf *out);
/* Errors: ERR_AUTH made without the key, or changed; ERR_FORMAT, ERR_UNSUPPORTED. */
MUST_USE enum err answer_read(const uint8_t *bytes, size_t len, const uint8_t key[static KEY_LEN], struct answer *out);
/* Which question it answers, before anything is believed. */
MUST_USE enum err answer_question(const uint8_t *bytes, size_t len, struct id *out);

/*
 * The socket between queue and courier: packets (SOCK_SEQPACKET), one question or one answer in each.
 *   question  device scout 16 · question id 16 · sealed question
 *   answer    question id 16 · error number 1 · answer record, when that is OK
 */
#define QUESTION_SOCKET     "questions" /* in the spool; the queue listens, the courier connects */
#define QUESTION_PACKET_LEN (2 * ID_LEN + QUESTION_SEALED_LEN)
#define ANSWER_PACKET_MAX   (ID_LEN + 1 + ANSWER_MAX_LEN)
#define QUESTIONS_MAX       64   /* under way at once */
#define QUESTION_WITHIN_MS  8000 /* then the courier gives it up; a device scout answers within 6 s */

/* The body of MSG_QUESTION: question id 16 · sealed question. */
#define QUESTION_BODY_LEN (ID_LEN + QUESTION_SEALED_LEN)

#endif
