/* SPDX-License-Identifier: Apache-2.0 */
/* link_send: messages on their way out: numbering, sealing, repeating, and what ends the repeating. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "proto/link_state.h"

#define RESEND_MOST_MS 300000 /* PROTOCOL.md, "Messages" */
#define RESEND_AT_ONCE 64     /* sealed in one turn of the loop, so that repeats hold up nothing new */
/* No honest node ever sends so many; a number that a peer claims to have seen is believed up to here. */
#define SEQUENCE_SANE ((uint64_t)1 << 62)

static void on_resend(void *arg);

/* Have on_resend called at due_ms or before. */
static void arm(struct link *l, uint64_t due_ms)
{
    uint64_t now = clock_boot_ms();

    if (l->timer_due_ms != 0 && l->timer_due_ms <= due_ms)
        return;
    if (l->timer_due_ms != 0)
        loop_cancel(l->opts.loop, l->timer);
    l->timer_due_ms = 0;
    /* Without memory for a timer the next one that is set, or the next connection, sends again. */
    if (loop_after(l->opts.loop, due_ms > now ? due_ms - now : 0, on_resend, l, &l->timer) == OK)
        l->timer_due_ms = due_ms;
}

/* Sign, seal, and queue at one relay (NULL: at all). */
static enum err transmit(struct link *l, const struct link_peer *to, const struct message *m, struct link_relay *only)
{
    struct parcel *p = NULL;
    size_t len;
    enum err e;

    if ((e = message_seal(m, l->opts.keys, to->box_public, l->sealed, &len)) != OK)
        return e;
    if ((p = parcel_new(to->node, m->id, l->sealed, len)) == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < l->relays_len; i++) {
        if (only == NULL || l->relays[i] == only)
            link_relay_send(l->relays[i], p);
    }
    parcel_release(p);
    return OK;
}

static enum err transmit_outgoing(struct link *l, const struct dialogue *d, const struct outgoing *o,
                                  struct link_relay *only)
{
    const struct message m = {.type = o->type,
                              .recipient = d->peer.node,
                              .sender = l->opts.keys->node,
                              .id = o->id,
                              .sequence = o->sequence,
                              .seen = o->seen,
                              .body = o->body,
                              .body_len = o->body_len};

    return transmit(l, &d->peer, &m, only);
}

static enum err number(struct link *l, struct dialogue *d, struct outgoing *o)
{
    enum err e;

    /* A peer's claim is good for this peer and this run; on disk it would let one peer drive the numbers of all. */
    if (!d->caught_up && (e = sequence_reserve(&l->sequence, d->next_sequence)) != OK)
        return e;
    o->sequence = d->next_sequence++;
    o->seen = d->window.highest;
    return OK;
}

/* Send it for the first time. Takes o over on OK: it is in d->sent, or gone if it is sent once. */
static enum err start(struct link *l, struct dialogue *d, struct outgoing *o)
{
    enum err e;

    if ((e = number(l, d, o)) != OK || (e = transmit_outgoing(l, d, o, NULL)) != OK)
        return e;
    if (o->on_ack == NULL) {
        free(o);
        return OK;
    }
    o->wait_ms = l->ops->resend_ms;
    o->due_ms = clock_boot_ms() + o->wait_ms;
    outgoing_append(&d->sent, o);
    arm(l, o->due_ms);
    return OK;
}

enum err link_send(struct link *l, const struct link_peer *to, enum message_type type, const uint8_t *body, size_t len,
                   link_ack_fn *on_ack, void *arg, struct id *out)
{
    struct outgoing *o = NULL;
    struct dialogue *d;
    struct id id;
    enum err e = ERR_LIMIT;

    if (len > MESSAGE_BODY_MAX)
        goto out;
    if ((e = dialogue_get(&l->dialogues, to, l->sequence.start + 1, &d)) != OK)
        goto out;
    e = ERR_FULL;
    if (d->waiting.len >= LINK_WAITING_MAX)
        goto out;
    e = ERR_NOMEM;
    if ((o = outgoing_new(type, body, len, on_ack, arg)) == NULL)
        goto out;
    id = o->id;
    if (d->waiting.len > 0 || dialogue_is_ahead(d))
        outgoing_append(&d->waiting, o);
    else if ((e = start(l, d, o)) != OK)
        goto out;
    o = NULL; /* the dialogue has it, or it is gone */
    if (out != NULL)
        *out = id;
    e = OK;
out:
    free(o);
    return e;
}

/* Something was acknowledged or cancelled: what waited behind it may go. */
static void release_waiting(struct link *l, struct dialogue *d)
{
    while (d->waiting.first != NULL && !dialogue_is_ahead(d)) {
        struct outgoing *o = outgoing_take(&d->waiting);
        enum err e = start(l, d, o);

        if (e == OK)
            continue;
        log_error("message_unsent", "type=%u reason=%s", o->type, err_name(e));
        if (o->on_ack != NULL)
            o->on_ack(o->arg, o->id, e);
        free(o);
    }
}

void link_cancel(struct link *l, struct id message)
{
    for (size_t i = 0; i < l->dialogues.len; i++) {
        struct dialogue *d = l->dialogues.all[i];
        struct outgoing *o = outgoing_remove(&d->sent, message);

        if (o == NULL)
            o = outgoing_remove(&d->waiting, message);
        if (o == NULL)
            continue;
        free(o);
        release_waiting(l, d);
        return;
    }
}

void link_acknowledged(struct link *l, struct dialogue *d, const struct ack *ack)
{
    struct outgoing *o = outgoing_remove(&d->sent, ack->message);

    if (o == NULL) /* a repeat, or one that only says what was seen */
        return;
    o->on_ack(o->arg, o->id, (enum err)ack->result);
    free(o);
    release_waiting(l, d);
}

void link_acknowledge(struct link *l, struct dialogue *d, struct id message, enum err result)
{
    uint8_t body[ACK_LEN];
    struct wbuf b = wbuf_of(body, sizeof body);
    const struct ack ack = {.message = message, .result = (uint8_t)result};
    struct message m = {.type = MSG_ACK,
                        .recipient = d->peer.node,
                        .sender = l->opts.keys->node,
                        .sequence = 0, /* acknowledgements are not counted: they must pass a full window */
                        .seen = d->window.highest,
                        .body = body,
                        .body_len = ACK_LEN};
    enum err e;

    secret_random(m.id.b, ID_LEN);
    if ((e = ack_write(&ack, &b)) != OK || (e = transmit(l, &d->peer, &m, NULL)) != OK)
        log_error("message_unsent", "type=%u reason=%s", MSG_ACK, err_name(e)); /* the peer's repeat asks again */
}

void link_catch_up(struct link *l, struct dialogue *d, uint64_t seen)
{
    char hex[ID_HEX_SIZE];

    if (seen < d->next_sequence || seen >= SEQUENCE_SANE)
        return;
    log_warn("sequence_set_back", "peer=%s", id_text(d->peer.node, hex));
    d->next_sequence = seen + 1;
    d->caught_up = 1;
    /* The peer refuses these under their old numbers. */
    for (struct outgoing *o = d->sent.first; o != NULL; o = o->next) {
        if (number(l, d, o) != OK)
            return;
        o->due_ms = clock_boot_ms();
        o->wait_ms = l->ops->resend_ms;
    }
    if (d->sent.first != NULL)
        arm(l, clock_boot_ms());
}

/* Send again what is due in this dialogue. *next_ms becomes the earliest that is due later. */
static void resend_due(struct link *l, const struct dialogue *d, uint64_t now_ms, unsigned *room, uint64_t *next_ms)
{
    for (struct outgoing *o = d->sent.first; o != NULL; o = o->next) {
        if (o->due_ms <= now_ms && *room > 0) {
            (*room)--;
            o->wait_ms = o->wait_ms * 2 < RESEND_MOST_MS ? o->wait_ms * 2 : RESEND_MOST_MS;
            o->due_ms = now_ms + o->wait_ms;
            if (transmit_outgoing(l, d, o, NULL) != OK)
                log_debug("message_unsent", "type=%u", o->type);
        }
        if (o->due_ms < *next_ms)
            *next_ms = o->due_ms;
    }
}

static void on_resend(void *arg)
{
    struct link *l = arg;
    uint64_t now_ms = clock_boot_ms(), next_ms = UINT64_MAX;
    unsigned room = RESEND_AT_ONCE;

    l->timer_due_ms = 0;
    for (size_t i = 0; i < l->dialogues.len; i++)
        resend_due(l, l->dialogues.all[i], now_ms, &room, &next_ms);
    if (next_ms != UINT64_MAX)
        arm(l, next_ms);
}

void link_resend_all(struct link *l, struct link_relay *r)
{
    for (size_t i = 0; i < l->dialogues.len; i++) {
        const struct dialogue *d = l->dialogues.all[i];

        for (const struct outgoing *o = d->sent.first; o != NULL; o = o->next) {
            if (transmit_outgoing(l, d, o, r) != OK)
                log_debug("message_unsent", "type=%u", o->type);
        }
    }
}
