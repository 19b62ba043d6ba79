/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs: the table of all jobs of this queue. One lock, held for memory only: never while a file is read, written or
 * synced. What happens to a job after it was sealed is the courier's, and is read from its file in the spool when
 * somebody asks.
 */
#ifndef QUEUE_JOBS_H
#define QUEUE_JOBS_H

#include <stddef.h>

#include "printscout/queue/words.h"
#include "proto/spool.h"

#define JOBS_HISTORY_MS  300000 /* a final job is shown for so long: PROTOCOL.md, "The spool folder" */
#define JOBS_DOCUMENT_MS 120000 /* multiple-operation-time-out: a job without a document lives for so long */

struct people;
struct jobs; /* opaque; any thread may use it */

/* spool: the spool folder; used as long as the object lives. */
MUST_USE enum err jobs_new(int spool, struct jobs **out);
void jobs_free(struct jobs *j);

/*
 * Take up what the spool holds, and clear away what arrived half or is over. Call once, first.
 *   people   names who printed over the network
 *   highest  the highest job number there
 */
MUST_USE enum err jobs_restore(struct jobs *j, struct people *people, uint32_t *highest);

/* A job as it is at one moment; words are held for the viewer until job_view_clear(). */
struct job_view {
    uint32_t number;
    uint32_t uid;
    struct id id;         /* zero: no document yet */
    enum job_state state; /* as a person sees it: canceled as soon as that cannot fail any more */
    enum job_reason reason;
    int is_stopping;  /* canceled while it prints; the courier has the last word */
    int has_document; /* sealed and durable */
    uint64_t created_unix_ms;
    uint64_t processing_unix_ms; /* 0: not yet */
    uint64_t completed_unix_ms;  /* 0: not yet */
    uint64_t document_bytes;
    uint32_t impressions; /* IMPRESSIONS_UNKNOWN */
    char printer[PRINTER_URI_SIZE];
    char printer_reasons[STATE_REASONS_SIZE];
    const struct words *words;
};

/* ERR_NOTFOUND: no such job. The courier's word on it is read first. */
MUST_USE enum err jobs_view(struct jobs *j, uint32_t number, struct job_view *out);
void job_view_clear(struct job_view *v);

#define JOBS_ANY_UID UINT32_MAX

/*
 * The numbers of an account's jobs, rising.
 *   out     on OK malloc()ed numbers for free(); NULL when there is none
 */
MUST_USE enum err jobs_list(struct jobs *j, uint32_t uid, uint32_t **out, size_t *count);

/* How many jobs of this account are not final. */
size_t jobs_open_count(struct jobs *j, uint32_t uid);

/* How many jobs of all accounts are not final. */
size_t jobs_queued_count(struct jobs *j);

struct job_new {
    uint32_t number;
    uint32_t uid;
    uint64_t created_unix_ms;
    const struct words *words; /* held by the table from now on */
};

/*
 * A job that waits for its document.
 *   open_max  ERR_LIMIT when the account has that many already
 */
MUST_USE enum err jobs_add(struct jobs *j, const struct job_new *n, size_t open_max);

/* A document begins. ERR_NOTFOUND; ERR_EXISTS it has one, or one is on its way; ERR_STATE canceled or given up. */
MUST_USE enum err jobs_document_begin(struct jobs *j, uint32_t number);

/* Is the document that is on its way still wanted? 0: canceled meanwhile. */
int jobs_document_is_wanted(struct jobs *j, uint32_t number);

/* It broke off: the job waits for a document again. */
void jobs_document_broke(struct jobs *j, uint32_t number);

struct job_document {
    struct id id;
    uint64_t bytes;
    const struct words *words; /* what stands for the job from now on; NULL: what stood before */
    struct seal *seal;         /* by what its description can be changed; the table's from now on; NULL: by nothing */
};

/*
 * It is sealed and durable: the job is held.
 * Errors: ERR_STATE canceled meanwhile: the job is in the spool, and jobs_cancel() must be called to tell the courier.
 */
MUST_USE enum err jobs_document_end(struct jobs *j, uint32_t number, const struct job_document *d);

#define JOBS_CHANGEABLE_MAX 256 /* jobs whose seal is kept, the newest: each takes some pages of locked memory */

struct job_change {
    struct id id;
    struct seal *seal;
    uint32_t description_number; /* of the description that is written next */
    uint64_t created_unix_ms;
    uint64_t document_bytes;
    const struct words *words; /* held for the one who changes it */
};

/*
 * Take a held job's seal out of the table, to change its description; nobody else can change it meanwhile.
 * Errors: ERR_NOTFOUND; ERR_STATE it prints, is over, or is being changed; ERR_UNSUPPORTED its seal is gone: the queue
 * was started again since, or the job is an old one.
 */
MUST_USE enum err jobs_change_begin(struct jobs *j, uint32_t number, struct job_change *out);

/* Put it back. words: what stands for the job from now on; NULL: nothing was changed. Clears *c. */
void jobs_change_end(struct jobs *j, uint32_t number, struct job_change *c, const struct words *words);

/* Forget a job without a trace: its one document broke off. */
void jobs_remove(struct jobs *j, uint32_t number);

/*
 * Cancel. What has not ended to arrive is dropped; for a sealed job the courier is told, durably, and erases it.
 * Errors: ERR_NOTFOUND; ERR_STATE final already; ERR_FULL, ERR_IO it cannot be written down.
 */
MUST_USE enum err jobs_cancel(struct jobs *j, uint32_t number);

/* Clear away what is over: final jobs after their history, jobs that never got a document. Call now and then. */
void jobs_sweep(struct jobs *j);

#endif
