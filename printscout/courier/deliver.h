/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deliver: one document to one printer. What a delivery's thread is given, what it tells while it runs, and how it
 * ends. deliver_raw.c and deliver_ipp.c are the two ways; they know nothing of jobs, reports or the main loop.
 */
#ifndef PRINTSCOUT_COURIER_DELIVER_H
#define PRINTSCOUT_COURIER_DELIVER_H

#include <stdatomic.h>

#include "printscout/courier/document.h"
#include "printscout/courier/printer_uri.h"
#include "proto/report.h"

/* Why a delivery was told to stop. */
enum deliver_stop { STOP_NONE, STOP_CANCELED /* by the person */, STOP_SHUTDOWN /* the courier ends */ };

struct deliver_limits {
    uint32_t connect_ms; /* for one attempt to connect, TLS included */
    uint32_t idle_ms;    /* without a byte, a page or a change of state; then it is given up */
};

/* Told while it runs, on the delivery's thread. */
enum deliver_step {
    STEP_FIRST_BYTE, /* the first byte of the document is on its way */
    STEP_PROGRESS,   /* something of struct deliver_progress changed */
    STEP_SENT        /* IPP: the printer has the whole document; it may take the next */
};

struct deliver_progress {
    uint64_t sent_bytes;
    uint32_t impressions; /* IMPRESSIONS_UNKNOWN until the printer says */
    char printer_state_reasons[STATE_REASONS_SIZE];
};

struct deliver_outcome {
    enum job_event event; /* EV_PRINTED, EV_NOT_PRINTED, EV_OUTCOME_LOST */
    enum job_reason reason;
    int confirmed;       /* the printer said that it is printed */
    int left_at_printer; /* stopped while the printer worked on the whole document: ask it again by the job's name */
};

struct deliver {
    /* Given. */
    const struct order *order;
    struct document *document;
    struct printer_uri where;
    struct deliver_limits limits;
    uint64_t deadline_boot_ms;  /* no new attempt to connect after it; there is always one */
    int stop_fd;                /* becomes readable when it shall stop; -1: never */
    const atomic_int *stop_why; /* then an enum deliver_stop */
    int pjl_silent;        /* raw 9100: the printer did not answer PJL lately, so it is not asked; also an output */
    int document_was_sent; /* deliver_ipp_ask: what the journal knows */
    void (*step)(struct deliver *d, enum deliver_step step);
    void *arg; /* for step */
    /* As it stands. */
    struct deliver_progress now;
    struct deliver_outcome outcome;
};

/* Deliver. Returns when it is over; d->outcome says how. */
void deliver_raw(struct deliver *d);
void deliver_ipp(struct deliver *d);

/*
 * After a crash: ask the printer for the job that is named like the order, and follow it to its end. No document is
 * needed or sent.
 */
void deliver_ipp_ask(struct deliver *d);

/* Bytes went to the printer: keep the count, tell of the first, and of more now and then. */
void deliver_sent(struct deliver *d, size_t len);

/* Set the printer's state reasons or impressions, and tell if they changed. */
void deliver_reasons(struct deliver *d, const char *reasons);
void deliver_impressions(struct deliver *d, uint32_t impressions);

/* The end. Bytes went out or not: that decides between "not printed" and "outcome not known". */
void deliver_end(struct deliver *d, enum job_event event, enum job_reason reason);
void deliver_break(struct deliver *d, enum job_reason reason);

/* Wait ms or until it shall stop; 1: it shall. */
int deliver_pause(const struct deliver *d, int ms);
int deliver_stopped(const struct deliver *d);

#endif
