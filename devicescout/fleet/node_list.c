/* SPDX-License-Identifier: Apache-2.0 */
/* node_list: a page begins where the last one ended; a node that joins meanwhile may be seen twice or not at all. */
#include "devicescout/fleet/node_list.h"

#include <stdio.h>
#include <stdlib.h>

static enum err node_read(struct rbuf *b, struct listed_node *n)
{
    enum err e;

    if ((e = rbuf_copy(b, n->node.b, ID_LEN)) != OK || (e = rbuf_u8(b, &n->roles)) != OK ||
        (e = rbuf_text16(b, n->person, sizeof n->person)) != OK || (e = rbuf_u64(b, &n->joined_unix_ms)) != OK ||
        (e = rbuf_copy(b, n->code_id, CODE_ID_LEN)) != OK)
        return e;
    return rbuf_u8(b, &n->revoked);
}

/* *more is 0 when this was the last page. */
static enum err get_page(struct admin *a, struct node_list *l, int *more)
{
    uint8_t body[4];
    struct wbuf w = wbuf_of(body, sizeof body);
    struct listed_node *grown;
    struct rbuf b;
    uint32_t all;
    uint16_t count;
    enum err e;

    if ((e = wbuf_u32(&w, (uint32_t)l->len)) != OK || (e = admin_ask(a, KH_NODES, body, w.len)) != OK)
        return e;
    b = rbuf_of(a->answer, a->answer_len);
    if ((e = rbuf_u32(&b, &all)) != OK || (e = rbuf_u16(&b, &count)) != OK)
        return e;
    if ((grown = realloc(l->nodes, (l->len + count + 1) * sizeof *grown)) == NULL)
        return ERR_NOMEM;
    l->nodes = grown;
    for (size_t i = 0; i < count; i++) {
        if ((e = node_read(&b, &l->nodes[l->len])) != OK)
            return e;
        l->len++;
    }
    *more = count > 0 && l->len < all;
    return OK;
}

enum err node_list_get(struct admin *a, struct node_list *out)
{
    int more = 1;
    enum err e = OK;

    *out = (struct node_list){NULL, 0};
    while (e == OK && more)
        e = get_page(a, out, &more);
    if (e != OK)
        node_list_free(out);
    return e;
}

void node_list_free(struct node_list *l)
{
    free(l->nodes);
    *l = (struct node_list){NULL, 0};
}
