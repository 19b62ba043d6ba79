/* SPDX-License-Identifier: Apache-2.0 */
/* site_publish: one copy for each relay, freed by whoever published it. */
#include "devicescout/site_publish.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

struct copy {
    struct publication p;
    uint8_t bytes[]; /* the doors, then the bulletin */
};

static void *copy_publication(const void *job)
{
    const struct publication *p = job;
    const size_t doors_size = p->doors_len * sizeof *p->doors;
    struct copy *c = malloc(sizeof *c + doors_size + p->bulletin_len);

    if (c == NULL)
        return NULL;
    c->p = *p;
    if (doors_size > 0)
        memcpy(c->bytes, p->doors, doors_size);
    memcpy(c->bytes + doors_size, p->bulletin, p->bulletin_len);
    c->p.bulletin = c->bytes + doors_size;
    return c;
}

/* A door that is used up stays, with no use left: whoever came through it last has yet to fetch the answer. */
static enum err put_door(struct relay *r, const struct door *d)
{
    enum err e;

    if (d->expires_unix_ms > clock_unix_ms())
        return relay_open_door(r, d->door, d->expires_unix_ms, d->uses_left);
    e = relay_close_door(r, d->door);
    return e == ERR_NOTFOUND ? OK : e;
}

static void publish(void *job, struct relay *r)
{
    struct copy *c = job;
    enum err e = relay_put_bulletin(r, c->p.bulletin, c->p.bulletin_len);

    for (size_t i = 0; e == OK && i < c->p.doors_len; i++) {
        struct door d;

        memcpy(&d, c->bytes + i * sizeof d, sizeof d);
        e = put_door(r, &d);
    }
    if (e != OK) {
        log_warn("publish_failed", "why=%s", err_name(e));
        atomic_store(c->p.failed, 1);
    }
    free(c);
}

enum err site_publish(struct link *link, const struct publication *p)
{
    return link_each_relay(link, publish, copy_publication, p);
}
