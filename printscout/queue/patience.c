/* SPDX-License-Identifier: Apache-2.0 */
/* patience: what each of the last few people has spent; it comes back with time. */
#include "printscout/queue/patience.h"

#include <pthread.h>
#include <stdlib.h>

#define PEOPLE_KEPT 64 /* of more, who has spent least is forgotten: so many accounts are not one person's */

struct spent {
    uint32_t uid;
    uint64_t ms;    /* 0: nobody's, or nothing to remember */
    uint64_t at_ms; /* as of then */
};

struct patience {
    pthread_mutex_t lock; /* guards all below */
    struct spent people[PEOPLE_KEPT];
};

enum err patience_new(struct patience **out)
{
    struct patience *p = calloc(1, sizeof *p);

    if (p == NULL)
        return ERR_NOMEM;
    pthread_mutex_init(&p->lock, NULL);
    *out = p;
    return OK;
}

void patience_free(struct patience *p)
{
    if (p == NULL)
        return;
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* With the lock held. NULL: nothing is remembered of them. */
static struct spent *find(struct patience *p, uint32_t uid)
{
    for (size_t i = 0; i < PEOPLE_KEPT; i++) {
        if (p->people[i].ms > 0 && p->people[i].uid == uid)
            return &p->people[i];
    }
    return NULL;
}

/* With the lock held: as of now, for all. */
static void bring_up_to_date(struct patience *p, uint64_t now_ms)
{
    for (size_t i = 0; i < PEOPLE_KEPT; i++) {
        struct spent *s = &p->people[i];
        const uint64_t back = now_ms > s->at_ms ? (now_ms - s->at_ms) / PATIENCE_PART : 0;

        s->ms -= back < s->ms ? back : s->ms;
        s->at_ms += back * PATIENCE_PART; /* what is no whole millisecond yet counts the next time */
    }
}

/* With the lock held. */
static struct spent *find_or_make(struct patience *p, uint32_t uid, uint64_t now_ms)
{
    struct spent *s = find(p, uid);

    if (s != NULL)
        return s;
    s = &p->people[0];
    for (size_t i = 1; i < PEOPLE_KEPT; i++) {
        if (p->people[i].ms < s->ms)
            s = &p->people[i];
    }
    *s = (struct spent){.uid = uid, .at_ms = now_ms};
    return s;
}

uint64_t patience_take(struct patience *p, uint32_t uid, uint64_t want_ms, uint64_t now_boot_ms)
{
    struct spent *s;
    uint64_t taken;

    pthread_mutex_lock(&p->lock);
    bring_up_to_date(p, now_boot_ms);
    s = find_or_make(p, uid, now_boot_ms);
    taken = want_ms < PATIENCE_MOST_MS - s->ms ? want_ms : PATIENCE_MOST_MS - s->ms;
    s->ms += taken;
    pthread_mutex_unlock(&p->lock);
    return taken;
}

void patience_give_back(struct patience *p, uint32_t uid, uint64_t left_ms)
{
    struct spent *s;

    pthread_mutex_lock(&p->lock);
    if ((s = find(p, uid)) != NULL)
        s->ms -= left_ms < s->ms ? left_ms : s->ms;
    pthread_mutex_unlock(&p->lock);
}
