/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: one IPP request from its first byte to its answer. http.c feeds it; the operation that it names is looked up
 * when its attributes are complete, and begins before the document's first byte is taken.
 */
#ifndef QUEUE_REQUEST_H
#define QUEUE_REQUEST_H

#include <cups/ipp.h>

#include "printscout/queue/ippscan.h"
#include "printscout/queue/owner.h"
#include "printscout/queue/queue.h"
#include "printscout/queue/upload.h"

struct offer;
struct offers;
struct operation;

struct caller {                    /* who asks, and where */
    const struct printer *printer; /* as it is reached there */
    struct offers *offers;         /* the same */
    uint32_t uid;                  /* of this computer; who comes over the network has a number of people.h */
    int is_vouched;                /* gave cupsd's secret */
    const char *account, *person;  /* over the network: the name as typed, and whose it is; else NULL */
};

struct request {
    struct queue *queue;
    const struct printer *printer; /* as the caller reaches it */
    struct offers *offers;         /* the same */
    uint32_t uid;                  /* the account at the other end */
    char account[ACCOUNT_SIZE];    /* of who comes over the network; "": an account of this computer */
    char person[PERSON_SIZE];      /* the same */
    struct ippscan scan;           /* until the attributes are complete */
    const struct offer *offer;     /* what the queue takes, for this request; from when its attributes are complete */
    ipp_t *ask;                    /* what came; NULL: not yet, or not readable */
    ipp_t *reply;                  /* what goes back; NULL: not yet */
    const struct operation *operation; /* NULL: not yet, or refused */
    struct upload *upload;             /* the document on its way; NULL: none is wanted */
    struct job_draft *draft;           /* of the job that it becomes */
    uint32_t job_number;               /* the job that this request brings a document for; 0: none */
    uint8_t makes_job;                 /* the job is this request's own: without its document it never was */
    uint8_t is_vouched;                /* cupsd asks, and its word on who prints is good */
    uint8_t is_challenged;             /* the answer is HTTP's: say by what you are known */
    uint8_t is_refused;                /* the answer is settled; what still comes is dropped */
    uint64_t dropped;                  /* bytes that came after that */
};

/* Start with no bytes. */
MUST_USE enum err request_new(struct queue *q, const struct caller *by, struct request **out);

/* Did it come over the network? */
int request_is_remote(const struct request *r);

/* The name of the account that asks. ERR_NOTFOUND: this computer has none for it. */
MUST_USE enum err request_account(const struct request *r, char out[static ACCOUNT_SIZE]);

/* Forget it: what it brought and did not finish leaves no trace. NULL is fine. */
void request_free(struct request *r);

/* Are all the attributes there, or is the request settled anyhow? */
int request_has_header(const struct request *r);

/*
 * Take bytes of the body as they come.
 * Errors: ERR_LIMIT, ERR_NOMEM: not even worth an answer; break the connection.
 */
MUST_USE enum err request_bytes(struct request *r, const uint8_t *bytes, size_t len);

/* The whole body has come: do what was asked. ERR_FORMAT: it was no IPP request, there is nothing to answer to. */
MUST_USE enum err request_end(struct request *r);

/* The answer as bytes, malloc()ed. After request_end(). */
MUST_USE enum err request_answer(const struct request *r, uint8_t **out, size_t *len);

/*
 * Settle the answer: a status and a sentence for the person. The first error stands, later ones are ignored. Returns
 * ERR_REFUSED, so that an operation can end with it.
 */
enum err request_refuse(struct request *r, ipp_status_t status, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Settle it as "say by what you are known, and ask again". Returns ERR_REFUSED. */
enum err request_challenge(struct request *r);

/* Set the status of an answer that is not an error. */
void request_status(struct request *r, ipp_status_t status, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
