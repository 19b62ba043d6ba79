/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: the folder between queue and courier. Files appear by rename, each has one writer. PROTOCOL.md, "The spool
 * folder".
 */
#ifndef PROTO_SPOOL_H
#define PROTO_SPOOL_H

#include <sys/types.h>

#include "base/hex.h"
#include "proto/certificate.h"
#include "proto/jobstate.h"
#include "proto/order.h"
#include "proto/report.h"

/* Names inside the spool. */
#define SPOOL_INCOMING         "incoming"
#define SPOOL_JOBS             "jobs"
#define SPOOL_SITE             "site"
#define SPOOL_BULLETIN         "site/bulletin"
#define SPOOL_NODE             "site/node"
#define SPOOL_STATUS           "site/status"
#define SPOOL_SITE_KEY         "site-key" /* the courier cannot write there */
#define SPOOL_FILE_JOB         "job"
#define SPOOL_FILE_DESCRIPTION "description"
#define SPOOL_FILE_QUEUE       "queue"
#define SPOOL_FILE_CANCEL      "cancel"
#define SPOOL_FILE_STATE       "state"

#define SPOOL_PATH_SIZE 80 /* "jobs/" id "/description" and more */

struct spool_node { /* site/node */
    struct id node;
    uint8_t site_public[KEY_LEN];
    uint8_t certificate[CERTIFICATE_LEN];
    char person[PERSON_SIZE]; /* empty: a shared node */
};

struct spool_queue {     /* jobs/ID/queue */
    uint32_t job_number; /* IPP job-id */
    uint32_t uid;
    uint64_t created_unix_ms;
    uint64_t document_bytes;
    uint64_t
        expires_unix_ms; /* the courier erases it then, if nobody released it; 0: when retention ends, as any job */
};

struct spool_state { /* jobs/ID/state */
    uint8_t state;   /* enum job_state */
    uint8_t reason;  /* enum job_reason */
    uint8_t report_pending;
    uint64_t changed_unix_ms;
    struct id order;
    uint64_t sent_bytes;
    uint32_t impressions;
    char printer_state_reasons[STATE_REASONS_SIZE];
    char printer[PRINTER_URI_SIZE];
    uint8_t report[REPORT_MAX_LEN];
    size_t report_len;
};

/* Open a spool, making its folders when they are absent. *out is a descriptor for close(). */
MUST_USE enum err spool_open(const char *path, int *out);

/* "jobs/ID/file" or "incoming/ID/file" into out; file NULL: the folder. Returns out. */
const char *spool_path(char out[static SPOOL_PATH_SIZE], const char *where, struct id job, const char *file);

MUST_USE enum err spool_node_read(int spool, struct spool_node *out);
MUST_USE enum err spool_node_write(int spool, const struct spool_node *n);

/*
 * The public key of the site that this computer was enrolled at. What stands in site/ is the courier's, who could put
 * another site there, and have jobs and passwords sealed to that. ERR_NOTFOUND; ERR_FORMAT; ERR_IO.
 */
MUST_USE enum err spool_site_key_read(int spool, uint8_t out[static KEY_LEN]);
MUST_USE enum err spool_site_key_write(int spool, const uint8_t key[static KEY_LEN]);
MUST_USE enum err spool_queue_read(int spool, struct id job, struct spool_queue *out);
/* Encode only: the queue writes it into incoming/ with the rest. */
MUST_USE enum err spool_queue_encode(const struct spool_queue *q, struct wbuf *out);
/* ERR_NOTFOUND: no state yet, so the job is held. */
MUST_USE enum err spool_state_read(int spool, struct id job, struct spool_state *out);
MUST_USE enum err spool_state_write(int spool, struct id job, const struct spool_state *s);

/* Call fn for each job folder in jobs/ (names that are not an id are skipped). fn's error ends it and is returned. */
typedef enum err spool_each_fn(void *arg, struct id job);
MUST_USE enum err spool_each(int spool, spool_each_fn *fn, void *arg);

#endif
