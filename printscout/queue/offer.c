/* SPDX-License-Identifier: Apache-2.0 */
/* offer: one that is current, remade when the bulletin says something else; the last holder of an old one frees it. */
#include "printscout/queue/offer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "printscout/queue/printer_parts.h"

struct offers {
    const struct printer *printer;
    struct enrollment *enrollment;
    pthread_mutex_t lock; /* guards all below */
    struct site_says says;
    struct offer *current;
};

/* With one holder. NULL: no memory. */
static struct offer *offer_new(const struct printer *p, const struct site_says *says, uint64_t number)
{
    struct offer *o = calloc(1, sizeof *o);

    if (o == NULL || (o->attributes = ippNew()) == NULL) {
        free(o);
        return NULL;
    }
    atomic_init(&o->holders, 1);
    o->number = number;
    o->profile = says->profile;
    o->flags = says->flags;
    o->formats_len = format_list(&o->profile, o->flags, o->formats);
    o->made_unix_ms = clock_unix_ms();
    printer_describe(p, o);
    return o;
}

void offer_drop(const struct offer *offer)
{
    struct offer *o = (struct offer *)(uintptr_t)offer;

    if (o == NULL || atomic_fetch_sub(&o->holders, 1) > 1)
        return;
    ippDelete(o->attributes);
    free(o);
}

enum err offers_new(const struct printer *p, struct enrollment *n, struct offers **out)
{
    struct offers *o = calloc(1, sizeof *o);

    if (o == NULL)
        return ERR_NOMEM;
    o->printer = p;
    o->enrollment = n;
    enrollment_says(n, &o->says);
    if ((o->current = offer_new(p, &o->says, 1)) == NULL) {
        free(o);
        return ERR_NOMEM;
    }
    pthread_mutex_init(&o->lock, NULL);
    *out = o;
    return OK;
}

void offers_free(struct offers *o)
{
    if (o == NULL)
        return;
    offer_drop(o->current);
    pthread_mutex_destroy(&o->lock);
    free(o);
}

/* A bulletin may be new and say the same of all this. */
static int is_same(const struct offer *o, const struct site_says *says)
{
    return o->flags == says->flags && memcmp(&o->profile, &says->profile, sizeof o->profile) == 0;
}

static void follow(struct offers *o)
{
    struct offer *next;

    if (is_same(o->current, &o->says))
        return;
    if ((next = offer_new(o->printer, &o->says, o->current->number + 1)) == NULL) {
        log_error("offer_not_made", "reason=%s", err_name(ERR_NOMEM));
        o->says.change = 0; /* to be asked anew */
        return;
    }
    log_info("offer", "number=%u formats=%zu media=%zu features=%u", (unsigned)next->number, next->formats_len,
             next->profile.media_len, (unsigned)next->profile.features);
    offer_drop(o->current);
    o->current = next;
}

const struct offer *offers_now(struct offers *o)
{
    struct offer *now;

    pthread_mutex_lock(&o->lock);
    if (enrollment_says(o->enrollment, &o->says))
        follow(o);
    now = o->current;
    atomic_fetch_add(&now->holders, 1);
    pthread_mutex_unlock(&o->lock);
    return now;
}
