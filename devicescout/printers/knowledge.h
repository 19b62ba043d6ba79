/* SPDX-License-Identifier: Apache-2.0 */
/*
 * knowledge: what is known of each printer, kept for minutes and asked anew by threads of its own, so that a printer
 * that is slow or off delays nobody: whoever wants to know gets what is there. On the loop's thread.
 */
#ifndef PRINTERS_KNOWLEDGE_H
#define PRINTERS_KNOWLEDGE_H

#include "base/loop.h"
#include "devicescout/jobs/abilities.h"

#define KNOWLEDGE_FRESH_MS 60000  /* so long an answer is not asked for again */
#define KNOWLEDGE_VALID_MS 600000 /* and so long it counts when no newer one comes */

struct knowledge;

struct knowledge_opts {
    struct loop *loop;
    enum err (*look)(const struct printer *p, struct abilities *out); /* on a thread; blocks */
    uint64_t fresh_ms, valid_ms;
    void (*changed)(void *arg, struct id printer); /* something new is known; NULL */
    void *arg;
};

MUST_USE enum err knowledge_new(const struct knowledge_opts *opts, struct knowledge **out);
void knowledge_free(struct knowledge *k); /* waits for the questions that are out */

/*
 * What is known now; asks in the background when that is old. NULL: nothing yet, or not for long. A printer that
 * cannot be asked keeps what it can, and has a problem. Valid until the loop goes on.
 */
const struct abilities *knowledge_of(struct knowledge *k, const struct printer *p);

/* How many questions are out. */
size_t knowledge_asking(const struct knowledge *k);

#endif
