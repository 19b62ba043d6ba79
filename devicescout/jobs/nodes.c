/* SPDX-License-Identifier: Apache-2.0 */
/* nodes: a search tree by id, and a list to walk. */
#include "devicescout/jobs/nodes.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct kept {
    struct node node; /* first: the tree compares entries by it */
    STAILQ_ENTRY(kept) next;
};

struct nodes {
    size_t max, count;
    void *tree;
    STAILQ_HEAD(, kept) list;
};

static int compare(const void *a, const void *b)
{
    const struct node *x = a, *y = b;

    return memcmp(x->peer.node.b, y->peer.node.b, ID_LEN);
}

enum err nodes_new(size_t max, struct nodes **out)
{
    struct nodes *n = calloc(1, sizeof *n);

    if (n == NULL)
        return ERR_NOMEM;
    n->max = max;
    STAILQ_INIT(&n->list);
    *out = n;
    return OK;
}

void nodes_free(struct nodes *n)
{
    if (n == NULL)
        return;
    tdestroy(n->tree, free);
    free(n);
}

struct node *nodes_find(struct nodes *n, struct id id)
{
    struct node key = {.peer.node = id};
    struct node *const *at = tfind(&key, &n->tree, compare);

    return at != NULL ? *at : NULL;
}

enum err nodes_put(struct nodes *n, const uint8_t bytes[static CERTIFICATE_LEN], const struct certificate *c,
                   struct node **out)
{
    struct node *known = nodes_find(n, c->node);
    struct kept *e;

    if (known == NULL) {
        if (n->count >= n->max)
            return ERR_FULL;
        if ((e = calloc(1, sizeof *e)) == NULL)
            return ERR_NOMEM;
        known = &e->node;
        known->peer.node = c->node;
        if (tsearch(e, &n->tree, compare) == NULL) {
            free(e);
            return ERR_NOMEM;
        }
        STAILQ_INSERT_TAIL(&n->list, e, next);
        n->count++;
    }
    memcpy(known->peer.sign_public, c->sign_public, KEY_LEN);
    memcpy(known->peer.box_public, c->box_public, KEY_LEN);
    memcpy(known->certificate, bytes, CERTIFICATE_LEN);
    known->roles = c->roles;
    *out = known;
    return OK;
}

void nodes_each(struct nodes *n, nodes_each_fn *fn, void *arg)
{
    struct kept *e;

    STAILQ_FOREACH(e, &n->list, next)
    {
        fn(arg, &e->node);
    }
}
