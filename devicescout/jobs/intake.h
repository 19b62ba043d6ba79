/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake: what couriers say that they hold, on its way into the index. An announcement is believed when it is newer
 * than the list in which its courier has said everything; after a restart a list is asked for with a fresh number (a
 * sync), and until it is complete nothing of that courier is shown. So no relay can bring back a job that is gone. On
 * the loop's thread.
 */
#ifndef DEVICESCOUT_JOBS_INTAKE_H
#define DEVICESCOUT_JOBS_INTAKE_H

#include "base/loop.h"
#include "devicescout/jobs/index.h"
#include "devicescout/jobs/nodes.h"
#include "devicescout/jobs/store.h"
#include "proto/message.h"

struct intake;

struct described { /* what the keyholder reads from a description */
    uint32_t number;
    char owner[PERSON_SIZE];
    struct ticket ticket;
};

struct intake_opts {
    struct loop *loop;
    struct index *index;
    struct nodes *nodes;
    struct store *store; /* may be NULL */
    struct id site;
    /* Ask the keyholder. ERR_UNREACHABLE, ERR_TIMEOUT: it may be asked again; ERR_REPLAY: the job is closed. */
    enum err (*describe)(void *arg, const uint8_t *file, size_t len, struct described *out);
    /* Is this id closed? Then an announcement of it is old. */
    int (*is_closed)(void *arg, struct id job);
    /* The origin holds a job that is closed: let it know. */
    void (*tell_closed)(void *arg, struct id job, struct id origin);
    /* Send a sync until cancelled. */
    enum err (*send_sync)(void *arg, const struct node *node, const uint8_t *body, size_t len, struct id *message);
    void (*cancel)(void *arg, struct id message);
    void (*changed)(void *arg, struct job *j); /* it may be shown now, or differently */
    void (*leaving)(void *arg, struct job *j); /* called before it leaves the index */
    void *arg;
    uint64_t retry_ms; /* for a keyholder that did not answer */
    uint64_t round_ms; /* before a list is asked for again: most of what is missing is on its way already */
};

MUST_USE enum err intake_new(const struct intake_opts *opts, struct intake **out);
void intake_free(struct intake *in);

/* A job of the store, at start. */
void intake_restore(struct intake *in, const struct job *row);

/*
 * An announcement from node; sequence is its message's.
 * Errors: ERR_STATE, ERR_UNREACHABLE, ERR_TIMEOUT: not now, let it be sent again. Others: never.
 */
MUST_USE enum err intake_announce(struct intake *in, struct node *node, const uint8_t *file, size_t len,
                                  uint64_t sequence);

/* A part of a list. ERR_STALE: it answers no sync of ours. */
MUST_USE enum err intake_list(struct intake *in, struct node *node, const struct list *part, uint64_t sequence);

/* The node says that a job is gone: an announcement of it that comes later is old. */
void intake_gone(struct intake *in, struct id job);

/* Have the node say what it holds. Does nothing when that is under way. */
void intake_sync(struct intake *in, struct node *node);

/* The node's first hello in this process: what it lists can now be described. */
void intake_introduced(struct intake *in, struct node *node);

#endif
