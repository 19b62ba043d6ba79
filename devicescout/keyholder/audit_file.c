/* SPDX-License-Identifier: Apache-2.0 */
/* audit_file: names of segments, and a bounded reader of lines. */
#include "devicescout/keyholder/audit_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *audit_segment_name(uint64_t first, char out[static AUDIT_NAME_SIZE])
{
    snprintf(out, AUDIT_NAME_SIZE, "%020" PRIu64, first);
    return out;
}

static enum err read_name(const char *name, uint64_t *out)
{
    char again[AUDIT_NAME_SIZE];

    if (strlen(name) != AUDIT_NAME_SIZE - 1 || name[strspn(name, "0123456789")] != '\0')
        return ERR_FORMAT;
    *out = strtoull(name, NULL, 10);
    return *out > 0 && strcmp(audit_segment_name(*out, again), name) == 0 ? OK : ERR_FORMAT;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static enum err add_name(struct audit_segments *s, const char *name)
{
    uint64_t first, *more;
    enum err e;

    if ((e = read_name(name, &first)) != OK)
        return e;
    if ((more = realloc(s->first, (s->len + 1) * sizeof *more)) == NULL)
        return ERR_NOMEM;
    s->first = more;
    s->first[s->len++] = first;
    return OK;
}

enum err audit_segments_list(int dirfd, struct audit_segments *out)
{
    struct audit_segments s = {0};
    DIR *dir = NULL;
    enum err e = ERR_IO;
    int fd;

    if ((fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        goto out;
    if ((dir = fdopendir(fd)) == NULL) {
        close(fd);
        goto out;
    }
    for (;;) {
        const struct dirent *d;

        errno = 0;
        if ((d = readdir(dir)) == NULL)
            break;
        if (d->d_name[0] != '.' && (e = add_name(&s, d->d_name)) != OK)
            goto out;
    }
    e = errno == 0 ? OK : ERR_IO;
    if (e == OK && s.len > 1)
        qsort(s.first, s.len, sizeof *s.first, by_number);
    if (e == OK) {
        *out = s; /* the caller frees it */
        s.first = NULL;
    }
out:
    free(s.first);
    if (dir != NULL)
        closedir(dir);
    return e;
}

void audit_segments_free(struct audit_segments *s)
{
    free(s->first);
    *s = (struct audit_segments){0};
}

/* Move what is left to the front and read behind it. ERR_NOTFOUND at the file's end. */
static enum err fill(struct audit_lines *l)
{
    ssize_t n;

    memmove(l->buf, l->buf + l->start, l->end - l->start);
    l->end -= l->start;
    l->start = 0;
    do
        n = read(l->fd, l->buf + l->end, sizeof l->buf - l->end);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return ERR_IO;
    l->end += (size_t)n;
    return n > 0 ? OK : ERR_NOTFOUND;
}

enum err audit_lines_next(struct audit_lines *l, const char **line, size_t *len)
{
    for (;;) {
        const char *start = l->buf + l->start;
        const size_t have = l->end - l->start;
        const char *newline = memchr(start, '\n', have);
        enum err e;

        if (newline != NULL) {
            *line = start;
            *len = (size_t)(newline - start);
            l->start += *len + 1;
            l->offset += *len + 1;
            return OK;
        }
        if (have >= AUDIT_LINE_MAX)
            return ERR_FORMAT;
        if ((e = fill(l)) == ERR_NOTFOUND && have > 0)
            return ERR_STATE;
        if (e != OK)
            return e;
    }
}
