/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit: the keyholder's log of what it did and refused. It is also its journal: grants, reports and closed jobs are
 * lines of it and are read back at start, so one write and one fdatasync make a grant durable, audited and barred from
 * being given twice. The log is never rewritten; the facts in it are forgotten with the epoch of their job, whose
 * segments are then no longer read (audit_file.h).
 */
#ifndef KEYHOLDER_AUDIT_H
#define KEYHOLDER_AUDIT_H

#include "base/buf.h"
#include "crypto/sign.h"
#include "devicescout/audit_fields.h"

struct audit; /* opaque; the open end of the chain */

typedef enum err audit_replay_fn(void *arg, const struct audit_entry *entry);

struct audit_opts {
    int dirfd; /* the state folder; the log is in "audit" in it */
    const uint8_t *site_public;
    const uint8_t *site_secret; /* SIGN_SECRET_LEN bytes; outlives the audit */
    uint64_t facts_from;        /* segments that end before this line are not read */
    struct audit_mark least;    /* a line that was there: the chain must hold it */
    audit_replay_fn *replay;    /* each line from there on, its hash checked */
    void *arg;
};

/*
 * Open the log, making an empty one where there is none, and check the chain. Half a line at the very end, which a
 * power cut leaves, is cut off.
 * Errors: ERR_AUTH the chain is damaged or shorter than least, after log_error named the line; what replay returned;
 * ERR_IO, ERR_FULL, ERR_NOMEM.
 */
MUST_USE enum err audit_open(const struct audit_opts *opts, struct audit **out);
/* Writes a last checkpoint; NULL is fine. */
void audit_free(struct audit *a);

/*
 * Append a line; it is in the file when this returns and survives a power cut after audit_sync().
 *   fmt     fields "key=value …", values through audit_escape()
 * Errors: ERR_FULL, ERR_IO: the line is not in the log. When it cannot be taken back or a sync failed, the log is
 * broken: every later call fails with ERR_IO until a restart has read what is really there.
 */
MUST_USE enum err audit_add(struct audit *a, const char *event, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* fdatasync what was added. Does nothing when nothing was. */
MUST_USE enum err audit_sync(struct audit *a);

/* Is there something to sync? */
int audit_is_dirty(const struct audit *a);

/* Add a signed checkpoint, unless the last line is one. */
MUST_USE enum err audit_checkpoint(struct audit *a);

/* Begin a new segment: for a new epoch. */
MUST_USE enum err audit_rotate(struct audit *a);

/* The last line's number and hash. */
struct audit_mark audit_end(const struct audit *a);

/*
 * Copy whole lines from number on to out, as many as fit.
 *   next    the number to ask for next; the same as from when there are no more
 * Errors: ERR_IO, ERR_FORMAT.
 */
MUST_USE enum err audit_read(struct audit *a, uint64_t from, struct wbuf *out, uint64_t *next);

#endif
