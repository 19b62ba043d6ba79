/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdicts: what the site said of a name and a password, for a short while, so that the ten requests of one job are one
 * question. Kept under a MAC of both with a key that this process made and never tells, in locked memory; a restart
 * forgets all. For gate.c, which has a lock around it.
 */
#ifndef QUEUE_VERDICTS_H
#define QUEUE_VERDICTS_H

#include "printscout/queue/basic.h"

#define VERDICTS_MAX   256
#define VERDICT_YES_MS 120000 /* who is removed from the directory prints no longer than that */
#define VERDICT_NO_MS  30000  /* a client that repeats a wrong password learns nothing by it, and locks nobody out */
#define VERIFIER_LEN   32

struct verdict {
    uint8_t outcome; /* enum answer_outcome: YES, NO or MAY_NOT */
    uint32_t number; /* of people.h, on YES */
    char person[PERSON_SIZE];
};

struct verdicts; /* opaque; locked memory */

MUST_USE enum err verdicts_new(struct verdicts **out);
void verdicts_free(struct verdicts *v); /* wipes; NULL is fine */

/* By what this name and password are known here. */
MUST_USE enum err verdicts_verifier(const struct verdicts *v, const struct credentials *c,
                                    uint8_t out[static VERIFIER_LEN]);

/* NULL: the site must be asked. Valid until the next call. */
const struct verdict *verdicts_find(struct verdicts *v, const uint8_t verifier[static VERIFIER_LEN], uint64_t now_ms);

/* Keep it; of too many the oldest goes. */
void verdicts_put(struct verdicts *v, const uint8_t verifier[static VERIFIER_LEN], const struct verdict *verdict,
                  uint64_t now_ms);

#endif
