/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate: who is at the network's door? Takes name and password, and tells the person whom the site's device scout names.
 * Wrong ones are slowed down here already, right ones known for two minutes, and the same ones, asked at once, are one
 * question. What leaves this process is sealed to the device scout.
 */
#ifndef QUEUE_GATE_H
#define QUEUE_GATE_H

#include "base/loop.h"
#include "printscout/queue/basic.h"
#include "printscout/queue/enrollment.h"
#include "printscout/queue/people.h"

struct gate; /* opaque; any thread may ask it, the others of its calls are the loop's thread's */

struct gate_opts {
    struct loop *loop;
    int spool;
    struct enrollment *enrollment;
    struct people *people;
};

struct gate_answer {
    uint8_t outcome; /* enum answer_outcome */
    uint32_t wait_s; /* before it is tried again; 0: nothing to say on that */
    uint32_t number; /* on ANSWER_YES: of people.h */
    char person[PERSON_SIZE];
    const char *why; /* otherwise: one sentence for a person; static */
};

/* ERR_IO with errno: the socket for the courier cannot be made; ERR_NOMEM. */
MUST_USE enum err gate_new(const struct gate_opts *opts, struct gate **out);
/* After gate_close() and the last question. NULL is fine. */
void gate_free(struct gate *g);

/* Is the answer at hand? ERR_NOTFOUND: gate_ask() must be called. */
MUST_USE enum err gate_look(struct gate *g, const struct credentials *c, struct gate_answer *out);

typedef void gate_fn(void *arg, const struct gate_answer *answer);

/*
 * Ask. fn is called once, soon or within ten seconds, on any thread, perhaps before this returns.
 *   address   the client's, as digits
 */
void gate_ask(struct gate *g, const struct credentials *c, const char *address, gate_fn *fn, void *arg);

/* Give up what takes too long. Call every second. */
void gate_check(struct gate *g);

/* Answer all that wait, and whoever still asks, that nobody can be reached. Before the end. */
void gate_close(struct gate *g);

#endif
