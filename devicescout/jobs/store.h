/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: what the index would like to know again after a restart, in SQLite. Announcements stay sealed in it, so its
 * file holds no title and no person. It is a convenience, not the truth: couriers say again what they hold, so a
 * row that is lost or old does no harm, and writing is never waited for (a thread does it).
 */
#ifndef DEVICESCOUT_JOBS_STORE_H
#define DEVICESCOUT_JOBS_STORE_H

#include "devicescout/jobs/job.h"
#include "proto/certificate.h"
#include "proto/closed.h"

struct store;

/* Open or make the database and start the writer. A damaged file is replaced by an empty one, with a warning. ERR_IO,
 * ERR_NOMEM. */
MUST_USE enum err store_open(const char *path, struct store **out);
/* Writes what is left. */
void store_close(struct store *s);

struct store_reader {                            /* called once for each row */
    void (*job)(void *arg, const struct job *j); /* id, origin, number, description, state, reason, order */
    void (*node)(void *arg, const uint8_t certificate[static CERTIFICATE_LEN]);
    void (*closed)(void *arg, struct id job, struct id node, const uint8_t record[static CLOSED_LEN]);
    void *arg;
};

/* Read all rows: once, after opening and before the first change. */
void store_read(struct store *s, const struct store_reader *reader);

/* Each of these copies what it needs and returns at once. What cannot be written is logged. */
void store_put_job(struct store *s, const struct job *j);
void store_drop_job(struct store *s, struct id job);
void store_put_node(struct store *s, struct id node, const uint8_t certificate[static CERTIFICATE_LEN]);
void store_put_closed(struct store *s, struct id job, struct id node, const uint8_t record[static CLOSED_LEN]);
void store_drop_closed(struct store *s, struct id job);

#endif
