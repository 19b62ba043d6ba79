/* SPDX-License-Identifier: Apache-2.0 */
/*
 * releases: the order verb. A released job waits for its turn at the printer, gets a grant from the keyholder, goes
 * out as an order, and is followed until its last report. One printer takes jobs one after another. On the loop's
 * thread.
 */
#ifndef DEVICESCOUT_JOBS_RELEASES_H
#define DEVICESCOUT_JOBS_RELEASES_H

#include "base/loop.h"
#include "devicescout/jobs/index.h"
#include "devicescout/jobs/options.h"
#include "proto/keyholder.h"

struct releases;

struct releases_opts {
    struct loop *loop;
    struct index *index;

    /*
     * Ask the keyholder. bytes receives at most ORDER_MAX_LEN; order its id.
     * ERR_STALE: the recipient must say hello first.
     */
    enum err (*grant)(void *arg, const struct grant *g, uint8_t *bytes, size_t *len, struct id *order);
    /* Send to the node until cancelled; message receives its number. */
    enum err (*send)(void *arg, struct id node, const uint8_t *bytes, size_t len, struct id *message);
    void (*cancel)(void *arg, struct id message);
    /* Have the node say hello; releases_hello() follows when it did. */
    void (*ask_hello)(void *arg, struct id node);
    /* Something to show has changed. */
    void (*changed)(void *arg, struct job *j);
    void *arg;

    uint64_t answer_ms;  /* for an order's first report: the order's own deadline and the way back */
    uint64_t hello_ms;   /* for a hello that was asked for */
    uint64_t silence_ms; /* between reports: then the printer is free for others and the outcome unknown */
    /* Whoever holds a job's computer may report without end; the printer's line is not theirs. The same after: */
    uint64_t standstill_ms; /* without a byte, a page or another state */
    uint64_t turn_ms;       /* in all */
};

MUST_USE enum err releases_new(const struct releases_opts *opts, struct releases **out);
void releases_free(struct releases *r);

struct release_ask {
    struct job *job;
    const char *person; /* who asks: the job's person, or somebody whom they let release for them */
    uint8_t authentication;
    int keep; /* printed, the job stays held */
    const struct printer *printer;
    const struct options *options;
};

/*
 * Put a job at the end of the printer's line.
 * Errors: ERR_STATE it is on its way already, or final; ERR_FULL; ERR_NOMEM.
 */
MUST_USE enum err releases_ask(struct releases *r, const struct release_ask *ask);

/*
 * Take a job out of the line if its order has not gone out.
 *   by   who wants it: only what this person asked for; NULL: whoever asked
 * Errors: ERR_STATE it has gone out; ERR_NOTFOUND it is not in a line; ERR_REFUSED somebody else asked.
 */
MUST_USE enum err releases_withdraw(struct releases *r, struct job *j, const char *by);

/* A hello of this node was accepted. */
void releases_hello(struct releases *r, struct id node);

enum release_paper { PAPER_NONE_CAME, PAPER_CAME, PAPER_CAME_AND_JOB_STAYS };

/*
 * A checked report. Moves the job; on the last one the next job in line starts.
 * Returns whether the job has just come to paper: PAPER_CAME: it is delivered, and the caller closes it.
 */
enum release_paper releases_report(struct releases *r, const struct report *report);

/* The courier refused the order's message for good. */
void releases_order_refused(struct releases *r, struct id message);

/* The job is leaving the index. */
void releases_forget(struct releases *r, const struct job *j);

/* Does any order of this printer wait for a report? */
int releases_printer_is_busy(const struct releases *r, struct id printer);

#endif
