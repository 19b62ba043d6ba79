/* SPDX-License-Identifier: Apache-2.0 */
/* audit_pages: ask for page after page, until one is empty. */
#include "devicescout/fleet/audit_pages.h"

#include <stdio.h>
#include <string.h>

static enum err each_line(const uint8_t *bytes, size_t len, audit_line_fn *fn, void *arg)
{
    enum err e = OK;

    while (e == OK && len > 0) {
        const uint8_t *newline = memchr(bytes, '\n', len);
        const size_t n = newline != NULL ? (size_t)(newline - bytes) : len;

        e = fn(arg, (const char *)bytes, n);
        bytes += n + (newline != NULL);
        len -= n + (newline != NULL);
    }
    return e;
}

enum err audit_pages_read(struct admin *a, uint64_t from, audit_line_fn *fn, void *arg)
{
    for (;;) {
        uint8_t body[8];
        struct wbuf w = wbuf_of(body, sizeof body);
        struct rbuf b;
        uint64_t next;
        enum err e;

        if ((e = wbuf_u64(&w, from)) != OK || (e = admin_ask(a, KH_AUDIT_READ, body, w.len)) != OK)
            return e;
        b = rbuf_of(a->answer, a->answer_len);
        if ((e = rbuf_u64(&b, &next)) != OK || (e = each_line(b.at, b.left, fn, arg)) != OK)
            return e;
        if (next <= from || b.left == 0)
            return OK;
        from = next;
    }
}
