/* SPDX-License-Identifier: Apache-2.0 */
/* fake_relay: see fake_relay.h. One lock, one condition; a mailbox is a list of sealed messages with rising cursors. */
#include "tests/unit/fake_relay.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAILBOXES 4

struct mail {
    struct mail *next;
    uint64_t cursor;
    size_t len;
    uint8_t sealed[];
};

struct mailbox {
    struct id node;
    struct mail *first, *held; /* held: comes behind the next one */
    struct mail *history;      /* all that was ever appended, newest first */
    uint64_t last_cursor;
    size_t appended;
};

struct relay {
    struct id node;
    int stopped;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct mailbox mailboxes[MAILBOXES];
static size_t mailboxes_len;
static struct fake_malice malice;
static int reachable;
static unsigned era;          /* a stream ends when it changes */
static uint64_t random_state; /* fixed at the start, so that a run that failed fails again */

static int one_in(unsigned n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return n != 0 && random_state % n == 0;
}

static struct mailbox *mailbox_of(struct id node)
{
    for (size_t i = 0; i < mailboxes_len; i++) {
        if (id_equal(mailboxes[i].node, node))
            return &mailboxes[i];
    }
    if (mailboxes_len == MAILBOXES)
        abort();
    mailboxes[mailboxes_len] = (struct mailbox){.node = node};
    return &mailboxes[mailboxes_len++];
}

static struct mail *mail_new(const uint8_t *sealed, size_t len)
{
    struct mail *m = calloc(1, sizeof *m + len);

    if (m == NULL)
        abort();
    memcpy(m->sealed, sealed, len);
    m->len = len;
    return m;
}

static void mails_free(struct mail **list)
{
    for (struct mail *m; (m = *list) != NULL;) {
        *list = m->next;
        free(m);
    }
}

static void put(struct mailbox *box, struct mail *m)
{
    struct mail **end = &box->first;

    while (*end != NULL)
        end = &(*end)->next;
    m->next = NULL;
    m->cursor = ++box->last_cursor;
    *end = m;
}

static void misbehave(struct mailbox *box, const uint8_t *sealed, size_t len)
{
    if (one_in(malice.drop))
        return;
    if (one_in(malice.reorder) && box->held == NULL) {
        box->held = mail_new(sealed, len);
        return;
    }
    put(box, mail_new(sealed, len));
    if (one_in(malice.twice))
        put(box, mail_new(sealed, len));
    if (box->held != NULL)
        put(box, box->held);
    box->held = NULL;
}

void fake_relay_start(const struct fake_malice *m)
{
    pthread_mutex_lock(&lock);
    malice = *m;
    reachable = 1;
    random_state = 88172645463325252U;
    pthread_mutex_unlock(&lock);
}

void fake_relay_end(void)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < mailboxes_len; i++) {
        mails_free(&mailboxes[i].first);
        mails_free(&mailboxes[i].held);
        mails_free(&mailboxes[i].history);
    }
    mailboxes_len = 0;
    pthread_mutex_unlock(&lock);
}

void fake_relay_reachable(int yes)
{
    pthread_mutex_lock(&lock);
    reachable = yes;
    era++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

void fake_relay_lose_all(void)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < mailboxes_len; i++) {
        mails_free(&mailboxes[i].first);
        mails_free(&mailboxes[i].held);
        mailboxes[i].last_cursor = 0;
    }
    era++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

void fake_relay_replay(struct id node)
{
    struct mailbox *box;

    pthread_mutex_lock(&lock);
    box = mailbox_of(node);
    for (const struct mail *m = box->history; m != NULL; m = m->next)
        put(box, mail_new(m->sealed, m->len));
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

size_t fake_relay_waiting(struct id node)
{
    size_t n = 0;

    pthread_mutex_lock(&lock);
    for (const struct mail *m = mailbox_of(node)->first; m != NULL; m = m->next)
        n++;
    pthread_mutex_unlock(&lock);
    return n;
}

size_t fake_relay_appended(struct id node)
{
    size_t n;

    pthread_mutex_lock(&lock);
    n = mailbox_of(node)->appended;
    pthread_mutex_unlock(&lock);
    return n;
}

static enum err fake_new(const struct relay_opts *opts, struct relay **out)
{
    struct relay *r = calloc(1, sizeof *r);

    if (r == NULL)
        return ERR_NOMEM;
    r->node = opts->keys->node;
    *out = r;
    return OK;
}

static void fake_free(struct relay *r)
{
    free(r);
}

static enum err fake_append(struct relay *r, struct id recipient, struct id message, const uint8_t *sealed, size_t len)
{
    struct mailbox *box;
    struct mail *m;
    enum err e = ERR_UNREACHABLE;

    (void)r;
    (void)message; /* a real relay takes an id once; this one repeats what it likes */
    pthread_mutex_lock(&lock);
    if (reachable) {
        box = mailbox_of(recipient);
        box->appended++;
        m = mail_new(sealed, len);
        m->next = box->history;
        box->history = m;
        misbehave(box, sealed, len);
        pthread_cond_broadcast(&changed);
        e = OK;
    }
    pthread_mutex_unlock(&lock);
    return e;
}

/* A copy of the first message behind cursor, or NULL. */
static struct mail *next_mail(struct id node, uint64_t cursor)
{
    for (const struct mail *m = mailbox_of(node)->first; m != NULL; m = m->next) {
        if (m->cursor > cursor) {
            struct mail *copy = mail_new(m->sealed, m->len);

            copy->cursor = m->cursor;
            return copy;
        }
    }
    return NULL;
}

static enum err fake_read(struct relay *r, uint64_t *cursor, relay_read_fn *fn, void *arg)
{
    enum err e = ERR_UNREACHABLE;
    unsigned started;

    pthread_mutex_lock(&lock);
    started = era;
    if (!reachable)
        goto out;
    pthread_mutex_unlock(&lock);
    e = fn(arg, *cursor, NULL, 0);
    pthread_mutex_lock(&lock);
    while (e == OK) {
        struct mail *m;

        e = r->stopped ? ERR_STATE : started != era ? ERR_UNREACHABLE : OK;
        if (e != OK)
            break;
        if ((m = next_mail(r->node, *cursor)) == NULL) {
            pthread_cond_wait(&changed, &lock);
            continue;
        }
        pthread_mutex_unlock(&lock);
        if ((e = fn(arg, m->cursor, m->sealed, m->len)) == OK)
            *cursor = m->cursor;
        free(m);
        pthread_mutex_lock(&lock);
        if (e == OK && one_in(malice.break_stream))
            e = ERR_UNREACHABLE;
    }
out:
    pthread_mutex_unlock(&lock);
    return e;
}

static void fake_stop(struct relay *r)
{
    pthread_mutex_lock(&lock);
    r->stopped = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static enum err fake_acknowledge(struct relay *r, uint64_t cursor)
{
    struct mailbox *box;

    pthread_mutex_lock(&lock);
    box = mailbox_of(r->node);
    for (struct mail *m; (m = box->first) != NULL && m->cursor <= cursor;) {
        box->first = m->next;
        free(m);
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return OK;
}

const struct link_ops fake_relay_ops = {
    .relay_new = fake_new,
    .relay_free = fake_free,
    .relay_append = fake_append,
    .relay_read = fake_read,
    .relay_stop = fake_stop,
    .relay_acknowledge = fake_acknowledge,
    .resend_ms = 200, /* a test has no time for two seconds */
};
