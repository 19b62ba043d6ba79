/* SPDX-License-Identifier: Apache-2.0 */
/* gate_parts: what gate.c and gate_answer.c share. For those two only. */
#ifndef QUEUE_GATE_PARTS_H
#define QUEUE_GATE_PARTS_H

#include <pthread.h>

#include "base/tries.h"
#include "printscout/queue/courier_line.h"
#include "printscout/queue/gate.h"
#include "printscout/queue/verdicts.h"

#define PAIR_SIZE (TRIES_ADDRESS_SIZE + QUESTION_NAME_MAX + 1)

struct waiter {
    struct waiter *next;
    gate_fn *fn;
    void *arg;
};

struct pending { /* a question that is under way; locked memory */
    struct pending *next;
    struct id id;
    uint8_t answer_key[KEY_LEN], verifier[VERIFIER_LEN];
    char group[TRIES_ADDRESS_SIZE]; /* what counts tries of the client's address, */
    char pair[PAIR_SIZE];           /* and of its name from there */
    size_t turn;                    /* which device scout was asked */
    uint64_t due_ms;
    struct waiter *waiters; /* at least one */
};

struct packet; /* gate.c's: a sealed question on its way to the loop's thread */

struct gate {
    struct gate_opts opts;
    struct courier_line *line;
    struct tries *pairs, *addresses;
    pthread_mutex_t lock; /* guards all below */
    struct verdicts *verdicts;
    struct pending *pending;
    size_t count;
    struct packet *outgoing;
    size_t turn; /* the device scout that is asked next: the one that answered last */
    int is_closed;
};

/* Address and name as one key. */
void gate_pair(const char *group, const char *name, char out[static PAIR_SIZE]);

/* An answer that is no yes, with its sentence. */
struct gate_answer gate_refusal(enum answer_outcome outcome, uint32_t wait_s);
struct gate_answer gate_answer_of(const struct verdict *v);

/* For courier_line.h; arg is the gate. */
void gate_on_answer(void *gate, struct id question, enum err result, const uint8_t *record, size_t len);
void gate_on_lost(void *gate);

#endif
