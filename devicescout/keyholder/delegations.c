/* SPDX-License-Identifier: Apache-2.0 */
/* delegations: an array in memory and its file. A change is made on a copy, which counts once it is on the disk. */
#include "devicescout/keyholder/delegations.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "crypto/derive.h"

#define CHECK_LEN  32
#define ENTRY_MOST (ID_LEN + 2 * (2 + PERSON_SIZE) + 8 + 8)
#define FILE_MOST  (1 + 4 + (size_t)DELEGATIONS_MAX * ENTRY_MOST + CHECK_LEN)

struct delegations {
    int dirfd;
    struct delegation *list;
    size_t len;
};

static enum err entries_read(struct rbuf *b, struct delegations *d)
{
    uint8_t version;
    uint32_t count;
    enum err e;

    if ((e = rbuf_u8(b, &version)) != OK || (e = rbuf_u32(b, &count)) != OK)
        return e;
    if (version != RECORD_VERSION || count > DELEGATIONS_MAX)
        return ERR_FORMAT;
    if ((d->list = calloc(count + 1, sizeof *d->list)) == NULL)
        return ERR_NOMEM;
    for (; d->len < count; d->len++) {
        if ((e = delegation_read(b, &d->list[d->len])) != OK)
            return e;
    }
    return OK;
}

static enum err file_parse(const uint8_t *bytes, size_t len, struct delegations *d)
{
    struct rbuf b = rbuf_of(bytes, len);
    uint8_t is[CHECK_LEN], check[CHECK_LEN];
    size_t before;
    enum err e;

    if ((e = entries_read(&b, d)) != OK)
        return e;
    before = len - b.left;
    if ((e = derive_sha256(&(struct piece){bytes, before}, 1, is)) != OK ||
        (e = rbuf_copy(&b, check, CHECK_LEN)) != OK || (e = rbuf_end(&b)) != OK)
        return e;
    return memcmp(is, check, CHECK_LEN) == 0 ? OK : ERR_FORMAT;
}

static enum err load(struct delegations *d)
{
    uint8_t *bytes = NULL;
    size_t len;
    enum err e = file_read(d->dirfd, DELEGATIONS_FILE, FILE_MOST, &bytes, &len);

    if (e == ERR_NOTFOUND)
        return OK;
    if (e == OK)
        e = file_parse(bytes, len, d);
    if (e == ERR_FORMAT || e == ERR_LIMIT) {
        log_error("delegations_damaged", "next=nobody releases for anybody until they are named again");
        d->len = 0;
        e = OK;
    }
    free(bytes);
    return e;
}

enum err delegations_open(int dirfd, struct delegations **out)
{
    struct delegations *d = calloc(1, sizeof *d);
    enum err e = ERR_NOMEM;

    if (d == NULL)
        goto out;
    d->dirfd = dirfd;
    if ((e = load(d)) != OK)
        goto out;
    *out = d; /* the caller owns it now */
    d = NULL;
out:
    delegations_free(d);
    return e;
}

void delegations_free(struct delegations *d)
{
    if (d == NULL)
        return;
    free(d->list);
    free(d);
}

static enum err save(int dirfd, const struct delegation *list, size_t count)
{
    const size_t size = 1 + 4 + count * ENTRY_MOST + CHECK_LEN;
    uint8_t *bytes = malloc(size), check[CHECK_LEN];
    struct wbuf b = wbuf_of(bytes, size);
    enum err e = ERR_NOMEM;

    if (bytes == NULL)
        goto out;
    if ((e = wbuf_u8(&b, RECORD_VERSION)) != OK || (e = wbuf_u32(&b, (uint32_t)count)) != OK)
        goto out;
    for (size_t i = 0; i < count; i++) {
        if ((e = delegation_write(&list[i], &b)) != OK)
            goto out;
    }
    if ((e = derive_sha256(&(struct piece){bytes, b.len}, 1, check)) != OK ||
        (e = wbuf_copy(&b, check, sizeof check)) != OK)
        goto out;
    e = file_replace(dirfd, DELEGATIONS_FILE, b.start, b.len, 0600);
out:
    free(bytes);
    return e;
}

/* next is taken, also on failure. */
static enum err replace(struct delegations *d, struct delegation *next, size_t count)
{
    const enum err e = save(d->dirfd, next, count);

    if (e != OK) {
        free(next);
        return e;
    }
    free(d->list);
    d->list = next;
    d->len = count;
    return OK;
}

const struct delegation *delegations_find(const struct delegations *d, const char *from, const char *to,
                                          uint64_t now_unix_ms)
{
    for (size_t i = 0; i < d->len; i++) {
        const struct delegation *x = &d->list[i];

        if (now_unix_ms < x->until_unix_ms && strcmp(x->to, to) == 0 && strcmp(x->from, from) == 0)
            return x;
    }
    return NULL;
}

const struct delegation *delegations_by_id(const struct delegations *d, struct id id)
{
    for (size_t i = 0; i < d->len; i++) {
        if (id_equal(d->list[i].id, id))
            return &d->list[i];
    }
    return NULL;
}

/* Copy those that have not ended, without the one of this pair; its id goes to id. Room is left for one more. */
static size_t copy_others(const struct delegations *d, const struct delegation *want, uint64_t now_unix_ms,
                          struct delegation *out, struct id *id)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->len; i++) {
        const struct delegation *x = &d->list[i];

        if (strcmp(x->from, want->from) == 0 && strcmp(x->to, want->to) == 0)
            *id = x->id;
        else if (now_unix_ms < x->until_unix_ms)
            out[kept++] = *x;
    }
    return kept;
}

enum err delegations_room(const struct delegations *d, const struct delegation *want, uint64_t now_unix_ms)
{
    size_t given = 0, held = 0, all = 0;

    for (size_t i = 0; i < d->len; i++) {
        const struct delegation *x = &d->list[i];
        const int from = strcmp(x->from, want->from) == 0, to = strcmp(x->to, want->to) == 0;

        if (now_unix_ms >= x->until_unix_ms || (from && to))
            continue;
        given += (size_t)from;
        held += (size_t)to;
        all++;
    }
    return given >= DELEGATIONS_GIVEN_MAX || held >= DELEGATIONS_HELD_MAX || all >= DELEGATIONS_MAX ? ERR_FULL : OK;
}

enum err delegations_put(struct delegations *d, const struct delegation *want, uint64_t now_unix_ms, struct id *id)
{
    struct delegation *next;
    size_t count;
    enum err e;

    if ((e = delegations_room(d, want, now_unix_ms)) != OK)
        return e;
    if ((next = calloc(d->len + 1, sizeof *next)) == NULL)
        return ERR_NOMEM;
    *id = want->id;
    count = copy_others(d, want, now_unix_ms, next, id);
    next[count] = *want;
    next[count].id = *id;
    return replace(d, next, count + 1);
}

enum err delegations_drop(struct delegations *d, struct id id, struct delegation *out)
{
    const struct delegation *found = delegations_by_id(d, id);
    struct delegation *next, was;
    size_t kept = 0;
    enum err e;

    if (found == NULL)
        return ERR_NOTFOUND;
    was = *found;
    if ((next = calloc(d->len, sizeof *next)) == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < d->len; i++) {
        if (&d->list[i] != found)
            next[kept++] = d->list[i];
    }
    if ((e = replace(d, next, kept)) == OK)
        *out = was;
    return e;
}

enum err delegations_of(const struct delegations *d, const char *person, uint64_t now_unix_ms, delegations_fn *fn,
                        void *arg)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < d->len; i++) {
        const struct delegation *x = &d->list[i];

        if (now_unix_ms < x->until_unix_ms && (strcmp(x->from, person) == 0 || strcmp(x->to, person) == 0))
            e = fn(arg, x);
    }
    return e;
}

size_t delegations_count(const struct delegations *d)
{
    return d->len;
}
