/* SPDX-License-Identifier: Apache-2.0 */
/* audit_read: pages of the log for an administrator. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "devicescout/keyholder/audit_open.h"

/* The segment that holds line number, or the first there is. ERR_NOTFOUND: no segment. */
static enum err find_segment(const struct audit *a, uint64_t number, uint64_t *first)
{
    struct audit_segments s = {0};
    enum err e;

    if ((e = audit_segments_list(a->dirfd, &s)) != OK)
        return e;
    e = s.len > 0 ? OK : ERR_NOTFOUND;
    for (size_t i = 0; i < s.len; i++) {
        if (i == 0 || s.first[i] <= number)
            *first = s.first[i];
    }
    audit_segments_free(&s);
    return e;
}

/* Place the reader at line number, or at the first line there is after it. */
static enum err seek(struct audit *a, uint64_t number, struct audit_lines *l)
{
    char name[AUDIT_NAME_SIZE];
    enum err e;

    if (a->page.number == 0 || a->page.number != number) {
        uint64_t first = 0;

        if ((e = find_segment(a, number, &first)) != OK)
            return e;
        a->page.number = a->page.segment = first;
        a->page.offset = 0;
    }
    l->fd = openat(a->dirfd, audit_segment_name(a->page.segment, name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (l->fd < 0 || lseek(l->fd, (off_t)a->page.offset, SEEK_SET) < 0)
        return ERR_IO;
    l->offset = a->page.offset;
    return OK;
}

/* Copy lines from number on. ERR_LIMIT: out is full; ERR_NOTFOUND: the segment's end. a->page moves along. */
static enum err copy(struct audit *a, uint64_t number, struct audit_lines *l, struct wbuf *out)
{
    const char *line;
    size_t len;
    enum err e;

    while ((e = audit_lines_next(l, &line, &len)) == OK) {
        if (a->page.number >= number) {
            if (out->size - out->len < len + 1)
                return ERR_LIMIT;
            if ((e = wbuf_copy(out, line, len)) != OK || (e = wbuf_u8(out, '\n')) != OK)
                return e;
        }
        a->page.number++;
        a->page.offset = l->offset;
    }
    return e;
}

enum err audit_read(struct audit *a, uint64_t from, struct wbuf *out, uint64_t *next)
{
    struct audit_lines *l = NULL;
    enum err e = ERR_NOMEM;

    *next = from;
    if (from == 0 || from > a->mark.number)
        return OK;
    if ((l = calloc(1, sizeof *l)) == NULL)
        return e;
    l->fd = -1;
    if ((e = seek(a, from, l)) != OK)
        goto out;
    e = copy(a, from, l, out);
    if (e == ERR_NOTFOUND && a->page.number <= a->mark.number) {
        a->page.segment = a->page.number; /* the next segment begins with this line */
        a->page.offset = 0;
    }
    *next = a->page.number;
    if (e == ERR_LIMIT || e == ERR_NOTFOUND)
        e = OK;
out:
    if (e != OK)
        a->page.number = 0;
    if (l->fd >= 0)
        close(l->fd);
    free(l);
    return e;
}
