/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_receive: a sealed message from a relay that is not believed: opened, its sender found and checked, handed over
 * if it is new, acknowledged.
 */
#include "base/clock.h"
#include "base/log.h"
#include "proto/link_state.h"
#include "proto/report.h"

#define SAY_REFUSED_MS 1000
#define TELL_SEEN_MS   1000 /* so often at most is a peer told what was seen of it, whatever a relay repeats */
#define ASK_AGAIN_MS   1000 /* so often at most is a repeat of what it asks for handed over */

/* PROTOCOL.md, "Messages": the last column. */
static int asks_for_acknowledgement(const struct message *m)
{
    switch (m->type) {
    case MSG_HELLO:
    case MSG_ANNOUNCE:
    case MSG_GONE:
    case MSG_CLOSED:
    case MSG_QUESTION:
    case MSG_ANSWER:
        return 1;
    case MSG_REPORT:
        return report_says_terminal(m->body, m->body_len);
    default:
        return 0;
    }
}

/* The answer is another message, sent once, which a relay may have lost: only answering again mends that. */
static int is_answered_by_a_message(const struct message *m)
{
    return m->type == MSG_ORDER || m->type == MSG_SYNC;
}

static int may_ask_again(struct dialogue *d)
{
    uint64_t now_ms = clock_boot_ms();

    if (d->asked_ms != 0 && now_ms - d->asked_ms < ASK_AGAIN_MS)
        return 0;
    d->asked_ms = now_ms;
    return 1;
}

/* Of these errors the next attempt may be free: the peer is left to send it again. */
static int is_passing(enum err e)
{
    return e == ERR_STATE || e == ERR_IO || e == ERR_NOMEM || e == ERR_UNREACHABLE || e == ERR_TIMEOUT;
}

/* Below the window: its sender may have been set back to an older state, and must learn where it was. */
static void tell_seen(struct link *l, struct dialogue *d)
{
    const struct id none = {{0}};
    uint64_t now_ms = clock_boot_ms();

    if (d->told_seen_ms != 0 && now_ms - d->told_seen_ms < TELL_SEEN_MS)
        return;
    d->told_seen_ms = now_ms;
    link_acknowledge(l, d, none, OK);
}

static void handle(struct link *l, struct dialogue *d, const struct message *m)
{
    const struct link_peer from = d->peer; /* a copy: the callback may send, and meet this peer with other keys */
    enum err result = OK;

    switch (window_look(&d->window, m->sequence, m->id, &result)) {
    case WINDOW_PAST:
        tell_seen(l, d);
        return;
    case WINDOW_HANDLED:
        if (result != OK || !is_answered_by_a_message(m))
            break;
        if (!may_ask_again(d))
            return;
        if (is_passing(result = l->opts.on_message(l->opts.arg, m, &from)))
            return;
        break;
    case WINDOW_NEW:
        window_reach(&d->window, m->sequence);
        result = l->opts.on_message(l->opts.arg, m, &from);
        if (is_passing(result))
            return;
        window_keep(&d->window, m->sequence, m->id, result);
        break;
    }
    if (asks_for_acknowledgement(m) || result != OK) /* a refusal ends the repeating of any type */
        link_acknowledge(l, d, m->id, result);
}

/* A verified message. */
static void take(struct link *l, const struct message *m, const struct link_peer *from)
{
    struct dialogue *d;
    struct ack ack;

    if (m->type == MSG_JOIN) { /* anybody can make one: nothing is kept of its sender */
        if (l->opts.on_message(l->opts.arg, m, from) != OK)
            log_debug("join_refused", "bytes=%zu", m->body_len);
        return;
    }
    if (dialogue_get(&l->dialogues, from, l->sequence.start + 1, &d) != OK)
        return; /* no memory: the peer sends again */
    link_catch_up(l, d, m->seen);
    if (m->type != MSG_ACK) {
        if (m->sequence > 0)
            handle(l, d, m);
    } else if (ack_read(m->body, m->body_len, &ack) == OK) {
        link_acknowledged(l, d, &ack);
    }
}

/* Anybody can seal something to us: one line in a while, so that a relay cannot fill the disk with our log. */
static void say_refused(struct link *l, const struct message *m, enum err e)
{
    uint64_t now_ms = clock_boot_ms();
    char hex[ID_HEX_SIZE];

    l->refusals++;
    if (l->refusals_said_ms != 0 && now_ms - l->refusals_said_ms < SAY_REFUSED_MS)
        return;
    log_warn("message_refused", "count=%u sender=%s type=%u reason=%s", l->refusals, id_text(m->sender, hex), m->type,
             err_name(e));
    l->refusals = 0;
    l->refusals_said_ms = now_ms;
}

void link_receive(struct link *l, const uint8_t *sealed, size_t len)
{
    struct link_peer from = {0};
    struct message m;
    size_t plain_len;
    enum err e;

    if ((e = message_open(sealed, len, l->opts.keys, l->plain, &plain_len, &m)) != OK) {
        log_debug("message_dropped", "reason=%s", err_name(e));
        return;
    }
    if ((e = l->opts.find_peer(l->opts.arg, &m, &from)) == OK &&
        (e = message_verify(l->plain, plain_len, &m, from.sign_public)) == OK)
        take(l, &m, &from);
    else
        say_refused(l, &m, e);
}
