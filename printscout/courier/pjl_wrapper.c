/* SPDX-License-Identifier: Apache-2.0 */
/* pjl_wrapper: see pjl_wrapper.h. */
#include "printscout/courier/pjl_wrapper.h"

#include <string.h>

#include "crypto/secret.h"
#include "printscout/courier/pjl.h"

#define LINE  "@PJL"
#define PIECE 65536

/* What stands here of PJL: a UEL, or a line with its end; 0: neither. is_last: the line may lack its end. */
static size_t item(const uint8_t *bytes, size_t len, int is_last)
{
    const uint8_t *end;

    if (len >= PJL_UEL_LEN && memcmp(bytes, PJL_UEL, PJL_UEL_LEN) == 0)
        return PJL_UEL_LEN;
    if (len < sizeof LINE - 1 || memcmp(bytes, LINE, sizeof LINE - 1) != 0)
        return 0;
    if ((end = memchr(bytes, '\n', len)) != NULL)
        return (size_t)(end - bytes) + 1;
    return is_last ? len : 0;
}

static size_t items(const uint8_t *bytes, size_t len, int is_last)
{
    size_t at = 0, n;

    while ((n = item(bytes + at, len - at, is_last)) > 0)
        at += n;
    return at;
}

size_t pjl_wrapper_before(const uint8_t *head, size_t len)
{
    return items(head, len, 0);
}

size_t pjl_wrapper_behind(const uint8_t *tail, size_t len)
{
    for (size_t at = 0; at + PJL_UEL_LEN <= len; at++) {
        if (tail[at] == PJL_UEL[0] && items(tail + at, len - at, 1) == len - at)
            return len - at;
    }
    return 0;
}

static enum err ends(struct document *d, uint8_t *bytes, struct span *out)
{
    const uint64_t len = document_len(d), tail_at = len > PJL_WRAPPER_MOST ? len - PJL_WRAPPER_MOST : 0;
    size_t n;
    enum err e;

    if ((e = document_read_at(d, 0, bytes, PJL_WRAPPER_MOST, &n)) != OK)
        return e;
    out->from = pjl_wrapper_before(bytes, n);
    if ((e = document_read_at(d, tail_at, bytes, PJL_WRAPPER_MOST, &n)) != OK)
        return e;
    out->to = len - pjl_wrapper_behind(bytes, n);
    return out->from < out->to ? OK : ERR_REFUSED;
}

/* Nothing inside speaks PJL: found is set when something does. */
static enum err look(struct document *d, uint8_t *bytes, const struct span *s, int *found)
{
    struct pjl_search search = {0};
    uint64_t at = 0;
    size_t n;
    enum err e;

    while ((e = document_read(d, bytes, PIECE, &n)) == OK && n > 0 && !search.found) {
        const uint64_t from = at < s->from ? s->from : at, to = at + n > s->to ? s->to : at + n;

        if (from < to)
            pjl_search(&search, bytes + (from - at), (size_t)(to - from));
        at += n;
    }
    *found = search.found;
    return e;
}

enum err pjl_wrapper_leave(struct document *d, struct span *out)
{
    uint8_t *bytes = secret_new(PIECE);
    struct span s;
    int found;
    enum err e = ERR_NOMEM;

    if (bytes == NULL)
        return e;
    document_rewind(d);
    if ((e = ends(d, bytes, &s)) != OK)
        goto out;
    document_rewind(d);
    if ((e = look(d, bytes, &s, &found)) != OK)
        goto out;
    document_rewind(d);
    e = found ? ERR_REFUSED : OK;
    if (e == OK)
        *out = s;
out:
    secret_free(bytes);
    return e;
}

uint64_t pjl_wrapper_cut(const struct span *s, uint64_t at, struct iovec *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t end = at + pieces[i].iov_len;
        const uint64_t from = at < s->from ? s->from : at, to = end > s->to ? s->to : end;

        pieces[i].iov_base = (uint8_t *)pieces[i].iov_base + (from < to ? from - at : 0);
        pieces[i].iov_len = from < to ? (size_t)(to - from) : 0;
        at = end;
    }
    return at;
}
