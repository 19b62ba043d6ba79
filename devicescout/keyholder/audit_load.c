/* SPDX-License-Identifier: Apache-2.0 */
/* audit_load: read the log at start. What is not needed any more is skipped, what is read is checked. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "devicescout/keyholder/audit_open.h"

static enum err damaged(const struct audit *a)
{
    log_error("audit_damaged", "after_line=%" PRIu64, a->mark.number);
    return ERR_AUTH;
}

static enum err open_to_read(const struct audit *a, uint64_t first, int *out)
{
    char name[AUDIT_NAME_SIZE];

    *out = openat(a->dirfd, audit_segment_name(first, name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return *out >= 0 ? OK : ERR_IO;
}

/* A segment that nobody needs: only its last line, from which the next one goes on. */
static enum err skip_segment(struct audit *a, uint64_t first)
{
    char tail[AUDIT_LINE_MAX];
    size_t len, start;
    struct stat st;
    int fd = -1;
    enum err e;

    if ((e = open_to_read(a, first, &fd)) != OK)
        goto out;
    e = ERR_IO;
    if (fstat(fd, &st) != 0)
        goto out;
    len = (uintmax_t)st.st_size < sizeof tail ? (size_t)st.st_size : sizeof tail;
    if (file_read_at(fd, (uint64_t)st.st_size - len, tail, len) != OK)
        goto out;
    for (start = len > 0 ? len - 1 : 0; start > 0 && tail[start - 1] != '\n'; start--)
        ;
    if (len == 0 || tail[len - 1] != '\n' || audit_chain_peek(tail + start, len - 1 - start, &a->mark) != OK)
        e = damaged(a);
    else
        e = OK;
out:
    if (fd >= 0)
        close(fd);
    return e;
}

static enum err check_least(const struct audit *a, const struct audit_mark *least)
{
    if (a->mark.number != least->number || memcmp(a->mark.hash, least->hash, AUDIT_HASH_LEN) == 0)
        return OK;
    return damaged(a);
}

/* Leaves in a->size where the last whole line ends, and in a->since_checkpoint how many are not signed yet. */
static enum err read_lines(struct audit *a, const struct audit_opts *opts, struct audit_lines *lines)
{
    struct audit_entry entry;
    const char *line;
    size_t len;
    enum err e;

    a->size = 0;
    while ((e = audit_lines_next(lines, &line, &len)) == OK) {
        if (audit_chain_read(&a->mark, line, len, &entry) != OK)
            return damaged(a);
        if ((e = check_least(a, &opts->least)) != OK)
            return e;
        if (opts->replay != NULL && (e = opts->replay(opts->arg, &entry)) != OK)
            return e;
        a->size = lines->offset;
        a->since_checkpoint = strcmp(entry.event, AUDIT_CHECKPOINT) == 0 ? 0 : a->since_checkpoint + 1;
    }
    return e;
}

static enum err read_segment(struct audit *a, const struct audit_opts *opts, uint64_t first, int last)
{
    struct audit_lines *lines = NULL;
    enum err e = ERR_NOMEM;

    if ((lines = calloc(1, sizeof *lines)) == NULL)
        return e;
    if ((e = open_to_read(a, first, &lines->fd)) != OK)
        goto out;
    e = read_lines(a, opts, lines);
    if (e == ERR_STATE && last)
        log_warn("audit_cut", "after_line=%" PRIu64 " reason=half-a-line", a->mark.number);
    else if (e == ERR_STATE || e == ERR_FORMAT)
        e = damaged(a);
    if (e == ERR_NOTFOUND || e == ERR_STATE)
        e = OK;
    close(lines->fd);
out:
    free(lines);
    return e;
}

enum err audit_open_segment(struct audit *a, uint64_t first)
{
    char name[AUDIT_NAME_SIZE];
    enum err e;
    int fd;

    audit_segment_name(first, name);
    fd = openat(a->dirfd, name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return ERR_IO;
    e = ftruncate(fd, (off_t)a->size) == 0 ? file_sync(fd) : ERR_IO;
    if (e == OK)
        e = file_sync_dir(a->dirfd);
    if (e != OK) {
        close(fd);
        return e;
    }
    if (a->fd >= 0)
        close(a->fd);
    a->fd = fd;
    return OK;
}

enum err audit_load(struct audit *a, const struct audit_opts *opts)
{
    struct audit_segments s = {0};
    enum err e;

    if ((e = audit_segments_list(a->dirfd, &s)) != OK)
        goto out;
    for (size_t i = 0; i < s.len; i++) {
        const int last = i + 1 == s.len;

        /* The first one there may begin anywhere: old segments may have been moved to an archive. */
        if (i > 0 && s.first[i] != a->mark.number + 1) {
            e = damaged(a);
            goto out;
        }
        if (i == 0)
            a->mark.number = s.first[0] - 1;
        if (!last && s.first[i + 1] <= opts->facts_from)
            e = skip_segment(a, s.first[i]);
        else
            e = read_segment(a, opts, s.first[i], last);
        if (e != OK)
            goto out;
    }
    e = a->mark.number < opts->least.number ? damaged(a) : OK;
    if (e == OK)
        e = audit_open_segment(a, s.len > 0 ? s.first[s.len - 1] : 1);
out:
    audit_segments_free(&s);
    return e;
}
