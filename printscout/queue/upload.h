/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upload: one document on its way in: unpacked, sealed while it arrives, written to the spool's incoming folder, and at
 * its end made durable and moved among the jobs. Plaintext exists in this process's memory only.
 */
#ifndef QUEUE_UPLOAD_H
#define QUEUE_UPLOAD_H

#include "printscout/queue/enrollment.h"
#include "printscout/queue/unpack.h"
#include "proto/ticket.h"

struct readers;
struct seal;
struct upload; /* opaque; one thread uses it at a time */

struct upload_opts {
    int spool; /* used as long as the upload lives */
    const struct admission *admission;
    struct readers *readers; /* of PDFs; NULL: their pages stay unknown */
    enum unpack_method method;
    uint64_t bytes_max;  /* of the document, unpacked */
    uint64_t free_least; /* bytes that stay free on the disk */
};

#define UPLOAD_HEAD_LEN 16 /* enough to tell formats apart */

/*
 * Make a folder in incoming/ and start sealing into it.
 *   out     on OK a new object for upload_free()
 * Errors: ERR_FULL the disk; ERR_IO; ERR_NOMEM; ERR_AUTH the site's key is not a key.
 */
MUST_USE enum err upload_new(const struct upload_opts *opts, struct upload **out);

/* Remove what has not become a job, without a trace; wipe. NULL is fine. */
void upload_free(struct upload *u);

/*
 * Take bytes of the document as they come.
 * Errors: ERR_FULL the disk; ERR_LIMIT longer than bytes_max, or unpacks to too much; ERR_FORMAT not unpackable;
 * ERR_IO. The upload is then over.
 */
MUST_USE enum err upload_bytes(struct upload *u, const uint8_t *bytes, size_t len);

/* The document has ended: seal its last chunk, make the file durable. Errors as upload_bytes(). */
MUST_USE enum err upload_end(struct upload *u);

/* Bytes of the document so far, unpacked. */
uint64_t upload_len(const struct upload *u);

/* Its first bytes, at most UPLOAD_HEAD_LEN; *len receives how many. */
const uint8_t *upload_head(const struct upload *u, size_t *len);

/* After upload_end(), once: what is in it. May wait for that person's document, as content_found() does. */
void upload_content(struct upload *u, uint32_t uid, struct ticket_content *out);

struct id upload_job(const struct upload *u);

/* After upload_commit(): what writes a changed description. The caller's from then on. */
struct seal *upload_take_seal(struct upload *u);

struct upload_record {
    uint32_t job_number;
    uint32_t uid;
    uint64_t created_unix_ms;
    uint64_t expires_unix_ms; /* 0: with the site's retention */
    const char *owner;        /* a person, or on a shared node an account */
    const struct ticket *ticket;
};

/*
 * Make it a job: description and record beside the sealed file, everything fsynced, the folder moved to jobs/, jobs/
 * fsynced. After OK the job survives a power cut; after an error upload_free() leaves nothing of it.
 * Errors: ERR_FULL, ERR_IO, ERR_LIMIT the ticket is too long, ERR_NOMEM.
 */
MUST_USE enum err upload_commit(struct upload *u, const struct upload_record *r);

#endif
