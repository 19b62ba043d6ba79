/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deliver_raw: a document to port 9100. A printer that is registered without PJL gets the document's bytes and nothing
 * else; that it took them all and closed in order is all that can be known ("sent, not confirmed"). One registered with
 * ?pjl is asked who it is first; if it answers, its own word on the job's end is what counts.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "printscout/courier/deliver.h"
#include "printscout/courier/dial.h"
#include "printscout/courier/pjl.h"
#include "printscout/courier/pjl_options.h"
#include "printscout/courier/raw_shape.h"

#define PJL_ANSWER_MS 800 /* a printer that speaks PJL answers INFO ID in a tenth of it */
#define RECEIVE_LEN   4096
#define SEND_LEN      65536

struct raw {
    struct deliver *d;
    int fd;
    int pjl_answers; /* the printer speaks PJL: its word counts */
    struct pjl pjl;
    enum pjl_event end; /* PJL_JOB_END or PJL_JOB_CANCELED once it came */
    int closed;         /* the printer closed its side */
    char name[ID_HEX_SIZE];
    struct span span;            /* of the document: what goes to the printer */
    struct rendition *rendition; /* what the document becomes; NULL: it goes as it is, without a copy */
};

/* What the printer sent back. Without PJL it is read and dropped, so that its buffer never fills. */
static enum err hear(struct raw *r)
{
    uint8_t bytes[RECEIVE_LEN];
    const uint8_t *at = bytes;
    size_t left;
    ssize_t n = recv(r->fd, bytes, sizeof bytes, 0);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? OK : ERR_IO;
    if (n == 0) {
        r->closed = 1;
        return OK;
    }
    for (left = (size_t)n; r->d->where.pjl && left > 0;) {
        switch (pjl_take(&r->pjl, &at, &left, r->name)) {
        case PJL_ID:
            r->pjl_answers = 1;
            break;
        case PJL_PAGE:
            deliver_impressions(r->d, r->pjl.pages);
            break;
        case PJL_DEVICE:
            deliver_reasons(r->d, r->pjl.reason);
            break;
        case PJL_JOB_END:
            r->end = PJL_JOB_END;
            deliver_impressions(r->d, r->pjl.pages);
            break;
        case PJL_JOB_CANCELED:
            r->end = PJL_JOB_CANCELED;
            break;
        case PJL_NOTHING:
        case PJL_OTHER:
            break;
        }
    }
    return OK;
}

/* Wait until the socket takes bytes (POLLOUT) or has some (POLLIN); what comes meanwhile is heard. */
static enum err wait_for(struct raw *r, short events, int timeout_ms)
{
    struct pollfd p[2] = {{.fd = r->fd, .events = (short)(events | POLLIN)}, {.fd = r->d->stop_fd, .events = POLLIN}};
    int n;

    do
        n = poll(p, 2, timeout_ms);
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return ERR_TIMEOUT;
    if (n < 0)
        return ERR_IO;
    if (p[1].revents != 0)
        return ERR_STATE;
    return (p[0].revents & (POLLIN | POLLERR | POLLHUP)) != 0 ? hear(r) : OK;
}

/* Pass over len bytes that were sent. */
static void advance(struct msghdr *m, size_t len)
{
    while (m->msg_iovlen > 0 && len >= m->msg_iov->iov_len) {
        len -= m->msg_iov->iov_len;
        m->msg_iov++;
        m->msg_iovlen--;
    }
    if (m->msg_iovlen > 0) {
        m->msg_iov->iov_base = (uint8_t *)m->msg_iov->iov_base + len;
        m->msg_iov->iov_len -= len;
    }
}

/* ERR_IO: the printer broke the connection or closed its side before it had all. */
static enum err send_pieces(struct raw *r, struct iovec *pieces, size_t count, int is_document)
{
    struct msghdr m = {.msg_iov = pieces, .msg_iovlen = count};
    enum err e;

    while (m.msg_iovlen > 0) {
        ssize_t n = sendmsg(r->fd, &m, MSG_NOSIGNAL);

        if (n >= 0) {
            advance(&m, (size_t)n);
            if (is_document)
                deliver_sent(r->d, (size_t)n);
        } else if (errno != EAGAIN && errno != EINTR) {
            return ERR_IO;
        } else if ((e = wait_for(r, POLLOUT, (int)r->d->limits.idle_ms)) != OK) {
            return e;
        }
        if (r->closed)
            return ERR_IO;
    }
    return OK;
}

static enum err send_text(struct raw *r, char *text, size_t len)
{
    return send_pieces(r, &(struct iovec){.iov_base = text, .iov_len = len}, 1, 0);
}

/* Does it speak PJL? A printer that stays silent is not asked again for a while: the caller keeps d->pjl_silent. */
static enum err ask_pjl(struct raw *r)
{
    const uint64_t until = clock_boot_ms() + PJL_ANSWER_MS;
    char text[PJL_TEXT_SIZE];
    uint64_t now;
    enum err e;

    if (!r->d->where.pjl || r->d->pjl_silent)
        return OK;
    strcpy(text, PJL_ASK_ID);
    if ((e = send_text(r, text, strlen(text))) != OK)
        return e;
    while (!r->pjl_answers && !r->closed && (now = clock_boot_ms()) < until) {
        e = wait_for(r, 0, (int)(until - now));
        if (e != OK && e != ERR_TIMEOUT)
            return e;
    }
    if (!r->pjl_answers) {
        r->d->pjl_silent = 1;
        return r->closed ? ERR_IO : OK;
    }
    if ((e = send_text(r, text, pjl_before(r->name, text))) != OK)
        return e;
    return send_text(r, text, pjl_options(r->d->order, text));
}

static enum err send_rendition(struct raw *r)
{
    uint8_t *bytes = secret_new(SEND_LEN);
    size_t len;
    enum err e = ERR_NOMEM;

    if (bytes == NULL)
        return e;
    while ((e = rendition_read(r->rendition, bytes, SEND_LEN, &len)) == OK && len > 0) {
        if ((e = send_pieces(r, &(struct iovec){.iov_base = bytes, .iov_len = len}, 1, 1)) != OK)
            break;
    }
    secret_free(bytes);
    return e;
}

static enum err send_document(struct raw *r)
{
    struct iovec pieces[DOCUMENT_PIECES];
    uint64_t at = 0;
    size_t count;
    enum err e;

    if (r->rendition != NULL)
        return send_rendition(r);
    while ((e = document_next(r->d->document, pieces, &count)) == OK && count > 0) {
        at = pjl_wrapper_cut(&r->span, at, pieces, count);
        if ((e = send_pieces(r, pieces, count, 1)) != OK)
            break;
    }
    return e;
}

/*
 * The printer closed. In order, if its side acknowledged every byte first (all but our own FIN, which a printer that
 * knows a document's end by itself does not wait for); else what it did not take is lost.
 */
static enum err check_close(const struct raw *r)
{
    int error = 0, unsent = 0;
    socklen_t len = sizeof error;

    if (ioctl(r->fd, SIOCOUTQ, &unsent) != 0 || getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        return ERR_IO;
    return error == 0 && unsent <= 1 ? OK : ERR_IO;
}

/* Nothing more comes from us. Wait for the printer's word on the job, or for it to close. */
static enum err wait_for_end(struct raw *r)
{
    char text[PJL_TEXT_SIZE];
    enum err e;

    if (r->pjl_answers) {
        if ((e = send_text(r, text, pjl_behind(r->name, text))) != OK)
            return e;
        while (r->end == PJL_NOTHING && !r->closed) {
            if ((e = wait_for(r, 0, (int)r->d->limits.idle_ms)) != OK)
                return e;
        }
        return r->end != PJL_NOTHING ? OK : ERR_IO;
    }
    if (shutdown(r->fd, SHUT_WR) != 0)
        return ERR_IO;
    while (!r->closed) {
        if ((e = wait_for(r, 0, (int)r->d->limits.idle_ms)) != OK)
            return e;
    }
    return check_close(r);
}

static void end_of(struct raw *r, enum err e)
{
    switch (e) {
    case OK:
        if (r->end == PJL_JOB_CANCELED) {
            deliver_end(r->d, r->pjl.pages == 0 ? EV_NOT_PRINTED : EV_OUTCOME_LOST, REASON_CANCELED_AT_PRINTER);
            return;
        }
        r->d->outcome.confirmed = r->end == PJL_JOB_END;
        deliver_end(r->d, EV_PRINTED, REASON_NONE);
        return;
    case ERR_STATE:
        deliver_break(r->d, REASON_RESTARTED);
        return;
    case ERR_TIMEOUT:
        deliver_break(r->d, REASON_PRINTER_STOPPED);
        return;
    case ERR_AUTH:
    case ERR_FORMAT:
        deliver_break(r->d, REASON_FILE_DAMAGED);
        return;
    case ERR_NOMEM:
        deliver_break(r->d, REASON_INTERNAL);
        return;
    default:
        deliver_break(r->d, REASON_CONNECTION_BROKEN);
    }
}

static enum job_reason reason_of(enum err e)
{
    switch (e) {
    case OK:
        return REASON_NONE;
    case ERR_REFUSED:
    case ERR_UNSUPPORTED:
        return REASON_FORMAT_NOT_SUPPORTED;
    case ERR_STATE:
        return REASON_RESTARTED;
    case ERR_NOMEM:
        return REASON_INTERNAL;
    default:
        return REASON_FILE_DAMAGED;
    }
}

void deliver_raw(struct deliver *d)
{
    struct raw r = {.d = d, .fd = -1};
    struct dial *dial = NULL;
    enum job_reason reason;
    enum err e;

    id_text(d->order->order, r.name);
    deliver_end(d, EV_NOT_PRINTED, REASON_INTERNAL);
    if (dial_new(&d->where, &dial) != OK)
        goto out;
    if ((reason = reason_of(raw_shape(d, &r.span, &r.rendition))) != REASON_NONE) {
        deliver_end(d, EV_NOT_PRINTED, reason);
        goto out;
    }
    if ((e = dial_wait(dial, d, &r.fd)) != OK) {
        deliver_end(d, EV_NOT_PRINTED, e == ERR_STATE ? REASON_RESTARTED : REASON_PRINTER_UNREACHABLE);
        goto out;
    }
    if ((e = ask_pjl(&r)) == OK && (e = send_document(&r)) == OK)
        e = wait_for_end(&r);
    end_of(&r, e);
out:
    if (r.fd >= 0)
        close(r.fd);
    dial_free(dial);
    rendition_free(r.rendition);
}
