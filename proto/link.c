/* SPDX-License-Identifier: Apache-2.0 */
/* link: its making and ending, its relays, and what their readers bring. Sending is link_send.c, receiving
 * link_receive.c. */
#include "proto/link.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "proto/link_state.h"

#define ARRIVALS_AT_ONCE 64 /* of one relay in one turn of the loop, so that a flood holds up nothing else */

static void ring(const struct link *l)
{
    const uint64_t one = 1;

    if (write(l->bell, &one, sizeof one) < 0) {
        /* Only when the counter is full, and then the bell rings already. */
    }
}

/* r is not used after a callback, which may have taken it away with link_set_relays(). */
static void on_arrival(struct link *l, struct link_relay *r, const struct arrival *a)
{
    char url[RELAY_URL_SIZE];

    strcpy(url, link_relay_url(r));
    switch (a->kind) {
    case ARRIVED_MESSAGE:
        link_receive(l, a->sealed, a->len);
        break;
    case ARRIVED_UP:
        log_info("relay_connection", "relay=%s state=up", url);
        link_relay_retry(r);
        link_resend_all(l, r);
        l->opts.on_connection(l->opts.arg, url, 1);
        break;
    case ARRIVED_DOWN:
        log_warn("relay_connection", "relay=%s state=down reason=%s", url, err_name(a->reason));
        l->opts.on_connection(l->opts.arg, url, 0);
        break;
    }
}

/* Handle what relay number i brought. Returns whether there may be more. */
static int drain(struct link *l, size_t i)
{
    for (int n = 0; n < ARRIVALS_AT_ONCE && i < l->relays_len; n++) {
        struct arrival *a = link_relay_take(l->relays[i]);

        if (a == NULL)
            return 0;
        on_arrival(l, l->relays[i], a);
        free(a);
    }
    return 1;
}

/* An eventfd and not loop_post(): a post that is still in the loop when the link is freed would find no link. */
static void on_bell(void *arg, int fd, uint32_t events)
{
    struct link *l = arg;
    uint64_t rings;

    (void)events;
    if (read(fd, &rings, sizeof rings) < 0)
        return;
    for (size_t i = 0; i < l->relays_len; i++) {
        if (drain(l, i))
            ring(l);
    }
}

enum err link_new_with(const struct link_opts *opts, const struct link_ops *ops, struct link **out)
{
    struct link *l = NULL;
    enum err e = ERR_NOMEM;

    if ((l = calloc(1, sizeof *l)) == NULL)
        goto out;
    l->bell = -1;
    l->ops = ops;
    l->opts = *opts;
    memcpy(l->certificate, opts->certificate, CERTIFICATE_LEN);
    memcpy(l->site_public, opts->site_public, KEY_LEN);
    l->opts.certificate = l->certificate;
    l->opts.site_public = l->site_public;
    if ((e = sequence_start(opts->state_dir, &l->sequence)) != OK)
        goto out;
    e = ERR_IO;
    if ((l->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) < 0)
        goto out;
    if ((e = loop_watch(opts->loop, l->bell, EPOLLIN, on_bell, l)) != OK)
        goto out;
    *out = l; /* the caller owns it now */
    l = NULL;
out:
    link_free(l);
    return e;
}

void link_free(struct link *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->relays_len; i++)
        link_relay_free(l->relays[i]);
    if (l->timer_due_ms != 0)
        loop_cancel(l->opts.loop, l->timer);
    if (l->bell >= 0) {
        loop_forget(l->opts.loop, l->bell);
        close(l->bell);
    }
    dialogues_free(&l->dialogues);
    explicit_bzero(l->plain, sizeof l->plain); /* announcements and orders passed here */
    free(l);
}

/* The relay among l's that it is, taken out of l; NULL: none. */
static struct link_relay *take_relay(struct link *l, const struct bulletin_relay *wanted)
{
    for (size_t i = 0; i < l->relays_len; i++) {
        struct link_relay *r = l->relays[i];

        if (link_relay_is(r, wanted->url, wanted->pin)) {
            l->relays[i] = l->relays[--l->relays_len];
            return r;
        }
    }
    return NULL;
}

enum err link_set_relays(struct link *l, const struct bulletin_relay *relays, size_t count)
{
    struct link_relay *next[BULLETIN_RELAYS_MAX];
    enum err e = OK, result = OK;
    size_t len = 0;

    if (count > BULLETIN_RELAYS_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++) {
        const struct relay_opts opts = {.url = relays[i].url,
                                        .pin = relays[i].pin,
                                        .keys = l->opts.keys,
                                        .certificate = l->certificate,
                                        .site_public = l->site_public};

        next[len] = take_relay(l, &relays[i]);
        if (next[len] != NULL || (e = link_relay_start(l->ops, &opts, l->bell, &next[len])) == OK)
            len++;
        else
            result = e; /* the others serve; the caller hears of it */
    }
    for (size_t i = 0; i < l->relays_len; i++)
        link_relay_free(l->relays[i]);
    memcpy(l->relays, next, len * sizeof *next);
    l->relays_len = len;
    ring(l); /* this may be a callback, in the middle of what the old ones brought */
    return result;
}

enum err link_each_relay(struct link *l, link_relay_fn *fn, void *(*copy_job)(const void *job), const void *job)
{
    enum err result = OK;

    for (size_t i = 0; i < l->relays_len; i++) {
        enum err e = link_relay_job(l->relays[i], fn, copy_job, job);

        if (e != OK)
            result = e;
    }
    return result;
}
