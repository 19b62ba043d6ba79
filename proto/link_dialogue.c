/* SPDX-License-Identifier: Apache-2.0 */
/* link_dialogue: see link_dialogue.h. */
#include "proto/link_dialogue.h"

#include <stdlib.h>
#include <string.h>

struct outgoing *outgoing_new(enum message_type type, const uint8_t *body, size_t len, link_ack_fn *on_ack, void *arg)
{
    struct outgoing *o = calloc(1, sizeof *o + len);

    if (o == NULL)
        return NULL;
    secret_random(o->id.b, ID_LEN);
    o->type = (uint8_t)type;
    o->on_ack = on_ack;
    o->arg = arg;
    o->body_len = len;
    if (len > 0)
        memcpy(o->body, body, len);
    return o;
}

void outgoing_append(struct outgoing_list *l, struct outgoing *o)
{
    o->next = NULL;
    if (l->first == NULL)
        l->last = &l->first;
    *l->last = o;
    l->last = &o->next;
    l->len++;
}

static struct outgoing *unhook(struct outgoing_list *l, struct outgoing **at)
{
    struct outgoing *o = *at;

    if (o == NULL)
        return NULL;
    *at = o->next;
    if (o->next == NULL)
        l->last = at;
    l->len--;
    o->next = NULL;
    return o;
}

struct outgoing *outgoing_take(struct outgoing_list *l)
{
    return unhook(l, &l->first);
}

struct outgoing *outgoing_remove(struct outgoing_list *l, struct id id)
{
    struct outgoing **at = &l->first;

    while (*at != NULL && !id_equal((*at)->id, id))
        at = &(*at)->next;
    return unhook(l, at);
}

int dialogue_is_ahead(const struct dialogue *d)
{
    return d->sent.first != NULL && d->next_sequence - d->sent.first->sequence >= LINK_AHEAD_MAX;
}

static void dialogue_free(struct dialogue *d)
{
    struct outgoing *o;

    while ((o = outgoing_take(&d->sent)) != NULL || (o = outgoing_take(&d->waiting)) != NULL)
        free(o);
    free(d);
}

void dialogues_free(struct dialogues *ds)
{
    for (size_t i = 0; i < ds->len; i++)
        dialogue_free(ds->all[i]);
    free(ds->all);
    *ds = (struct dialogues){0};
}

/* Where it stands, or would stand. */
static size_t place_of(const struct dialogues *ds, struct id node)
{
    size_t low = 0, high = ds->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(ds->all[middle]->peer.node.b, node.b, ID_LEN) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum err dialogue_get(struct dialogues *ds, const struct link_peer *peer, uint64_t first_sequence,
                      struct dialogue **out)
{
    size_t at = place_of(ds, peer->node);
    struct dialogue *d;

    if (at < ds->len && id_equal(ds->all[at]->peer.node, peer->node)) {
        ds->all[at]->peer = *peer;
        *out = ds->all[at];
        return OK;
    }
    if (ds->len == ds->size) {
        size_t size = ds->size == 0 ? 8 : 2 * ds->size;
        struct dialogue **all = reallocarray(ds->all, size, sizeof *all);

        if (all == NULL)
            return ERR_NOMEM;
        ds->all = all;
        ds->size = size;
    }
    if ((d = calloc(1, sizeof *d)) == NULL)
        return ERR_NOMEM;
    d->peer = *peer;
    d->next_sequence = first_sequence;
    memmove(&ds->all[at + 1], &ds->all[at], (ds->len - at) * sizeof *ds->all);
    ds->all[at] = d;
    ds->len++;
    *out = d;
    return OK;
}
