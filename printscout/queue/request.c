/* SPDX-License-Identifier: Apache-2.0 */
/* request: see request.h. What every request must have in its head is request_head.c. */
#include "printscout/queue/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "printscout/queue/job_draft.h"
#include "printscout/queue/offer.h"
#include "printscout/queue/operation.h"
#include "printscout/queue/request_head.h"
#include "printscout/queue/vouch.h"

#define DROPPED_MIN 1048576 /* so much may follow any refusal, or any request that takes no document */

enum err request_new(struct queue *q, const struct caller *by, struct request **out)
{
    struct request *r = calloc(1, sizeof *r);

    if (r == NULL)
        return ERR_NOMEM;
    r->queue = q;
    r->printer = by->printer;
    r->offers = by->offers;
    r->uid = by->uid;
    r->is_vouched = by->is_vouched != 0;
    if (by->person != NULL) {
        snprintf(r->account, sizeof r->account, "%s", by->account);
        snprintf(r->person, sizeof r->person, "%s", by->person);
    }
    *out = r;
    return OK;
}

int request_is_remote(const struct request *r)
{
    return r->person[0] != '\0';
}

enum err request_account(const struct request *r, char out[static ACCOUNT_SIZE])
{
    if (!request_is_remote(r))
        return owner_account(r->uid, out);
    memcpy(out, r->account, sizeof r->account);
    return OK;
}

/* The document is not going to become a job: nothing of it stays. */
static void give_up_document(struct request *r)
{
    upload_free(r->upload);
    r->upload = NULL;
    if (r->job_number != 0) {
        /* A job that its person canceled stays in the history; one that merely broke off never was. */
        if (r->makes_job && jobs_document_is_wanted(r->queue->jobs, r->job_number))
            jobs_remove(r->queue->jobs, r->job_number);
        else
            jobs_document_broke(r->queue->jobs, r->job_number);
    }
    r->job_number = 0;
}

void request_free(struct request *r)
{
    if (r == NULL)
        return;
    give_up_document(r);
    job_draft_free(r->draft);
    ippscan_free(&r->scan);
    ippDelete(r->ask);
    ippDelete(r->reply);
    offer_drop(r->offer);
    free(r);
}

int request_has_header(const struct request *r)
{
    return r->scan.done || r->is_refused;
}

/* An answer to these attributes, or to as much of them as could be read. */
static enum err start_reply(struct request *r)
{
    struct rbuf b = rbuf_of(r->scan.bytes, r->scan.len);
    uint8_t major, minor;
    uint16_t op;
    uint32_t id;

    if (r->reply != NULL)
        return OK;
    if (rbuf_u8(&b, &major) != OK || rbuf_u8(&b, &minor) != OK || rbuf_u16(&b, &op) != OK || rbuf_u32(&b, &id) != OK)
        return ERR_FORMAT;
    if ((r->reply = ippNew()) == NULL)
        return ERR_NOMEM;
    if (request_head_version_is_known(major))
        ippSetVersion(r->reply, major, minor);
    else
        ippSetVersion(r->reply, major == 0 ? 1 : 2, major == 0 ? 1 : 0);
    ippSetRequestId(r->reply, id <= INT32_MAX ? (int)id : 0);
    ippSetStatusCode(r->reply, IPP_STATUS_OK);
    ippAddString(r->reply, IPP_TAG_OPERATION, IPP_CONST_TAG(IPP_TAG_CHARSET), "attributes-charset", NULL, "utf-8");
    ippAddString(r->reply, IPP_TAG_OPERATION, IPP_CONST_TAG(IPP_TAG_LANGUAGE), "attributes-natural-language", NULL,
                 "en");
    /* Here already, because a group must not be opened twice; its text comes later. */
    ippAddString(r->reply, IPP_TAG_OPERATION, IPP_TAG_TEXT, "status-message", NULL, "successful-ok");
    return OK;
}

static void set_status(struct request *r, ipp_status_t status, const char *fmt, va_list ap)
{
    char text[256]; /* status-message is text(255) */
    ipp_attribute_t *message = ippFindAttribute(r->reply, "status-message", IPP_TAG_TEXT);

    if (vsnprintf(text, sizeof text, fmt, ap) < 0)
        text[0] = '\0';
    ippSetStatusCode(r->reply, status);
    ippSetString(r->reply, &message, 0, text);
}

enum err request_refuse(struct request *r, ipp_status_t status, const char *fmt, ...)
{
    va_list ap;

    if (r->is_refused)
        return ERR_REFUSED;
    r->is_refused = 1;
    if (r->reply != NULL || start_reply(r) == OK) {
        va_start(ap, fmt);
        set_status(r, status, fmt, ap);
        va_end(ap);
        log_info("request_refused", "op=%s uid=%u status=%s",
                 r->ask != NULL ? ippOpString(ippGetOperation(r->ask)) : "?", (unsigned)r->uid, ippErrorString(status));
    }
    give_up_document(r);
    return ERR_REFUSED;
}

enum err request_challenge(struct request *r)
{
    r->is_challenged = 1;
    r->is_refused = 1;
    give_up_document(r);
    return ERR_REFUSED;
}

void request_status(struct request *r, ipp_status_t status, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    set_status(r, status, fmt, ap);
    va_end(ap);
}

/* The attributes do not even parse. */
static enum err refuse_scan(struct request *r, enum err e)
{
    if (e == ERR_LIMIT)
        return request_refuse(r, IPP_STATUS_ERROR_REQUEST_ENTITY,
                              "The request's attributes are too many, too long or too deep.");
    return request_refuse(r, IPP_STATUS_ERROR_BAD_REQUEST, "The request is not well formed.");
}

/* All attributes are there: check what every request needs, find the operation, let it begin. */
static enum err begin(struct request *r)
{
    enum err e;

    if ((e = start_reply(r)) != OK)
        return e;
    r->offer = offers_now(r->offers);
    if ((e = ippscan_read(&r->scan, &r->ask)) == ERR_NOMEM)
        return e;
    if (e != OK)
        return refuse_scan(r, e);
    if ((e = request_head_check(r)) != OK || (e = vouch_settle_account(r)) != OK)
        return e;
    return r->operation->begin != NULL ? r->operation->begin(r) : OK;
}

static enum err drop(struct request *r, size_t len)
{
    const uint64_t most = r->queue->job_bytes_max > DROPPED_MIN ? r->queue->job_bytes_max : DROPPED_MIN;

    r->dropped += len;
    return r->dropped <= most ? OK : ERR_LIMIT;
}

/* Errors of the request that have an answer are no errors of this function. */
static enum err settle(struct request *r, enum err e)
{
    return r->is_refused ? OK : e;
}

enum err request_bytes(struct request *r, const uint8_t *bytes, size_t len)
{
    enum err e;

    if (!request_has_header(r)) {
        size_t used = 0;

        e = ippscan_take(&r->scan, bytes, len, &used);
        if (e == ERR_NOMEM)
            return e;
        if (e != OK)
            return settle(r, refuse_scan(r, e));
        bytes += used;
        len -= used;
        if (!r->scan.done)
            return OK;
        if ((e = settle(r, begin(r))) != OK)
            return e;
    }
    if (len == 0)
        return OK;
    if (r->is_refused || r->upload == NULL)
        return drop(r, len);
    return settle(r, job_draft_bytes(r, bytes, len));
}

enum err request_end(struct request *r)
{
    enum err e = OK;

    if (!request_has_header(r))
        e = settle(r, refuse_scan(r, ERR_FORMAT));
    else if (!r->is_refused)
        e = settle(r, r->operation->end(r));
    if (e != OK)
        return e;
    return r->reply != NULL ? OK : ERR_FORMAT;
}

static ssize_t write_some(void *dst, ipp_uchar_t *bytes, size_t len)
{
    return wbuf_copy(dst, bytes, len) == OK ? (ssize_t)len : -1;
}

/* The answer as bytes, if libcups can write it. */
static enum err write_reply(ipp_t *reply, uint8_t **out, size_t *len)
{
    const size_t size = ippLength(reply);
    uint8_t *bytes = malloc(size);
    struct wbuf b = wbuf_of(bytes, size);

    if (bytes == NULL)
        return ERR_NOMEM;
    ippSetState(reply, IPP_STATE_IDLE);
    if (ippWriteIO(&b, write_some, 1, NULL, reply) != IPP_STATE_DATA) {
        free(bytes);
        return ERR_FORMAT;
    }
    *out = bytes;
    *len = b.len;
    return OK;
}

/* The unsupported group repeats what the client sent; whatever it may be, it must not cost the client its answer. */
static void drop_unsupported(ipp_t *reply)
{
    ipp_attribute_t *a = ippFirstAttribute(reply);

    while (a != NULL) {
        ipp_attribute_t *next;

        if (ippGetGroupTag(a) == IPP_TAG_UNSUPPORTED_GROUP) {
            ippDeleteAttribute(reply, a);
            next = ippFirstAttribute(reply);
        } else {
            next = ippNextAttribute(reply);
        }
        a = next;
    }
}

enum err request_answer(const struct request *r, uint8_t **out, size_t *len)
{
    enum err e = write_reply(r->reply, out, len);

    if (e != ERR_FORMAT)
        return e;
    log_warn("answer_shortened", "op=%s", r->ask != NULL ? ippOpString(ippGetOperation(r->ask)) : "?");
    drop_unsupported(r->reply);
    return write_reply(r->reply, out, len);
}
