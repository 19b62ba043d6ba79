/* SPDX-License-Identifier: Apache-2.0 */
/* registry: the tables in memory. Their file is registry_file.c. */
#include "devicescout/keyholder/registry.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"

enum err registry_new(struct registry **out)
{
    struct registry *r = calloc(1, sizeof *r);

    if (r == NULL)
        return ERR_NOMEM;
    if ((r->codes = secret_new(REGISTRY_CODES_MAX * sizeof *r->codes)) == NULL) {
        free(r);
        return ERR_NOMEM;
    }
    *out = r;
    return OK;
}

static void *copy_of(const void *bytes, size_t len)
{
    void *p = malloc(len > 0 ? len : 1);

    if (p != NULL && len > 0)
        memcpy(p, bytes, len);
    return p;
}

enum err registry_copy(const struct registry *r, struct registry **out)
{
    struct registry *c = NULL;
    struct registry_code *codes;
    enum err e;

    if ((e = registry_new(&c)) != OK)
        return e;
    codes = c->codes;
    *c = *r;
    c->codes = codes;
    memcpy(c->codes, r->codes, r->codes_len * sizeof *r->codes);
    c->signed_bulletin = copy_of(r->signed_bulletin, r->signed_len);
    c->nodes = copy_of(r->nodes, r->nodes_len * sizeof *r->nodes);
    c->printers = copy_of(r->printers, r->printers_len * sizeof *r->printers);
    if (c->signed_bulletin == NULL || c->nodes == NULL || c->printers == NULL) {
        registry_free(c);
        return ERR_NOMEM;
    }
    *out = c;
    return OK;
}

void registry_free(struct registry *r)
{
    if (r == NULL)
        return;
    secret_free(r->codes);
    free(r->signed_bulletin);
    free(r->nodes);
    free(r->printers);
    free(r);
}

/* The place of a node, or where it would stand: nodes are kept in the order of their ids. */
static size_t node_place(const struct registry *r, struct id node)
{
    size_t low = 0, high = r->nodes_len;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (memcmp(r->nodes[middle].node.b, node.b, ID_LEN) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct registry_node *registry_node(const struct registry *r, struct id node)
{
    const size_t place = node_place(r, node);

    return place < r->nodes_len && id_equal(r->nodes[place].node, node) ? &r->nodes[place] : NULL;
}

struct registry_code *registry_code(const struct registry *r, const uint8_t code_id[static CODE_ID_LEN])
{
    for (size_t i = 0; i < r->codes_len; i++) {
        if (memcmp(r->codes[i].code_id, code_id, CODE_ID_LEN) == 0)
            return &r->codes[i];
    }
    return NULL;
}

struct printer *registry_printer(const struct registry *r, struct id printer)
{
    for (size_t i = 0; i < r->printers_len; i++) {
        if (id_equal(r->printers[i].id, printer))
            return &r->printers[i];
    }
    return NULL;
}

struct printer *registry_printer_named(const struct registry *r, const char *name)
{
    for (size_t i = 0; i < r->printers_len; i++) {
        if (strcmp(r->printers[i].name, name) == 0)
            return &r->printers[i];
    }
    return NULL;
}

const struct bulletin_epoch *registry_epoch(const struct registry *r, uint32_t number)
{
    for (size_t i = 0; i < r->bulletin.epochs_len; i++) {
        if (r->bulletin.epochs[i].number == number)
            return &r->bulletin.epochs[i];
    }
    return NULL;
}

enum err registry_add_node(struct registry *r, const struct registry_node *n)
{
    const size_t place = node_place(r, n->node);
    struct registry_node *more;

    if (r->nodes_len >= REGISTRY_NODES_MAX)
        return ERR_FULL;
    if ((more = realloc(r->nodes, (r->nodes_len + 1) * sizeof *more)) == NULL)
        return ERR_NOMEM;
    r->nodes = more;
    memmove(more + place + 1, more + place, (r->nodes_len - place) * sizeof *more);
    more[place] = *n;
    r->nodes_len++;
    return OK;
}

enum err registry_add_code(struct registry *r, const struct registry_code *c)
{
    if (r->codes_len >= REGISTRY_CODES_MAX)
        return ERR_FULL;
    r->codes[r->codes_len++] = *c;
    return OK;
}

/* All printers travel in one answer, so they must fit a frame. */
static size_t printer_size(const struct printer *p)
{
    return ID_LEN + 2 + strlen(p->name) + 2 + strlen(p->place) + 2 + strlen(p->uri) + 1 + PIN_LEN + 2 +
           strlen(p->language);
}

enum err registry_add_printer(struct registry *r, const struct printer *p)
{
    size_t size = 1 + 2 + printer_size(p);
    struct printer *more;

    for (size_t i = 0; i < r->printers_len; i++)
        size += printer_size(&r->printers[i]);
    if (size > KH_FRAME_MAX)
        return ERR_FULL;
    if ((more = realloc(r->printers, (r->printers_len + 1) * sizeof *more)) == NULL)
        return ERR_NOMEM;
    r->printers = more;
    more[r->printers_len++] = *p;
    return OK;
}

void registry_remove_printer(struct registry *r, struct id printer)
{
    struct printer *p = registry_printer(r, printer);

    if (p == NULL)
        return;
    r->printers_len--;
    memmove(p, p + 1, (size_t)(r->printers + r->printers_len - p) * sizeof *p);
}

int registry_code_is_open(const struct registry_code *c, uint64_t now_unix_ms)
{
    return c->uses_left > 0 && now_unix_ms < c->expires_unix_ms;
}

void registry_drop_codes(struct registry *r, uint64_t now_unix_ms, int used_up)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->codes_len; i++) {
        const struct registry_code *c = &r->codes[i];

        if (now_unix_ms < c->expires_unix_ms && (c->uses_left > 0 || !used_up))
            r->codes[kept++] = *c;
    }
    secret_wipe(r->codes + kept, (r->codes_len - kept) * sizeof *r->codes);
    r->codes_len = kept;
}
