/* SPDX-License-Identifier: Apache-2.0 */
/* upload: see upload.h. What happens at its end is upload_commit.c. */
#include "printscout/queue/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "printscout/queue/upload_parts.h"
#include "proto/spool.h"

/* How much is written before the disk is set to work on it and its free space is looked at again. The disk then writes
 * while the rest arrives, and the fsync at the end waits for little. */
#define WRITEBACK_BYTES (UINT64_C(4) << 20)

static enum err check_free(const struct upload *u)
{
    struct statvfs fs;

    if (fstatvfs(u->spool, &fs) != 0)
        return ERR_IO;
    return (uint64_t)fs.f_bavail * fs.f_frsize < u->free_least ? ERR_FULL : OK;
}

static enum err from_errno(void)
{
    return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
}

/* incoming/ID and the file in it. */
static enum err make_files(struct upload *u)
{
    char path[SPOOL_PATH_SIZE];

    if (mkdirat(u->spool, spool_path(path, SPOOL_INCOMING, u->job, NULL), 0700) != 0)
        return from_errno();
    u->has_folder = 1;
    if ((u->folder = openat(u->spool, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return ERR_IO;
    /* The courier, another user of the same group, erases what is in it. */
    if (fchmod(u->folder, 02770) != 0)
        return ERR_IO;
    u->file = openat(u->folder, SPOOL_FILE_JOB, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    return u->file >= 0 ? OK : from_errno();
}

static enum err write_sealed(void *arg, const uint8_t *bytes, size_t len)
{
    struct upload *u = arg;
    enum err e;

    if ((e = file_write(u->file, bytes, len)) != OK)
        return e;
    u->written += len;
    if (u->written - u->set_to_work < WRITEBACK_BYTES)
        return OK;
    /* Only a hint: what it could not do, or what failed, fsync will say. */
    (void)sync_file_range(u->file, (off_t)u->set_to_work, (off_t)(u->written - u->set_to_work), SYNC_FILE_RANGE_WRITE);
    u->set_to_work = u->written;
    return check_free(u);
}

enum err upload_new(const struct upload_opts *opts, struct upload **out)
{
    const struct admission *a = opts->admission;
    uint8_t start[SEAL_START_LEN];
    struct upload *u = NULL;
    enum err e = ERR_NOMEM;

    if ((u = calloc(1, sizeof *u)) == NULL)
        goto out;
    u->spool = opts->spool;
    u->folder = u->file = -1;
    u->bytes_max = opts->bytes_max;
    u->free_least = opts->free_least;
    if ((e = check_free(u)) != OK)
        goto out;
    if ((e = content_new(opts->readers, &u->content)) != OK)
        goto out;
    if (opts->method != UNPACK_NONE && (e = unpack_new(opts->method, &u->unpack)) != OK)
        goto out;
    e = seal_new(&(struct seal_opts){.site = a->site,
                                     .node = a->node,
                                     .epoch = a->epoch,
                                     .epoch_public_key = a->epoch_public_key,
                                     .created_unix_ms = clock_unix_ms()},
                 start, &u->seal);
    if (e != OK)
        goto out;
    u->job = seal_job(u->seal);
    if ((e = make_files(u)) != OK)
        goto out;
    if ((e = write_sealed(u, start, sizeof start)) != OK)
        goto out;
    *out = u;
    u = NULL;
out:
    upload_free(u);
    return e;
}

void upload_free(struct upload *u)
{
    char path[SPOOL_PATH_SIZE];
    enum err e;

    if (u == NULL)
        return;
    if (u->file >= 0)
        close(u->file);
    if (u->folder >= 0)
        close(u->folder);
    if (u->has_folder) {
        e = file_erase(u->spool, spool_path(path, u->is_moved ? SPOOL_JOBS : SPOOL_INCOMING, u->job, NULL));
        if (e != OK && e != ERR_NOTFOUND)
            log_error("upload_not_removed", "folder=%s reason=%s", path, err_name(e));
    }
    unpack_free(u->unpack);
    content_free(u->content);
    seal_free(u->seal);
    explicit_bzero(u->head, sizeof u->head);
    free(u);
}

/* Bytes of the document itself, on their way from the unpacker to the sealer. */
static enum err take_plain(void *arg, const uint8_t *bytes, size_t len)
{
    struct upload *u = arg;
    size_t head = UPLOAD_HEAD_LEN - u->head_len;

    if (len > u->bytes_max - seal_document_len(u->seal))
        return ERR_LIMIT;
    if (head > len)
        head = len;
    memcpy(u->head + u->head_len, bytes, head);
    u->head_len += head;
    content_bytes(u->content, bytes, len);
    return seal_bytes(u->seal, bytes, len, write_sealed, u);
}

enum err upload_bytes(struct upload *u, const uint8_t *bytes, size_t len)
{
    if (u->unpack != NULL)
        return unpack_bytes(u->unpack, bytes, len, take_plain, u);
    return take_plain(u, bytes, len);
}

enum err upload_end(struct upload *u)
{
    enum err e;

    if (u->unpack != NULL && (e = unpack_end(u->unpack)) != OK)
        return e;
    if ((e = seal_end(u->seal, write_sealed, u)) != OK)
        return e;
    content_end(u->content); /* its pages are counted while the disk works */
    return file_sync(u->file);
}

uint64_t upload_len(const struct upload *u)
{
    return seal_document_len(u->seal);
}

const uint8_t *upload_head(const struct upload *u, size_t *len)
{
    *len = u->head_len;
    return u->head;
}

void upload_content(struct upload *u, uint32_t uid, struct ticket_content *out)
{
    content_found(u->content, uid, out);
}

struct id upload_job(const struct upload *u)
{
    return u->job;
}

struct seal *upload_take_seal(struct upload *u)
{
    struct seal *s = u->seal;

    u->seal = NULL;
    return s;
}
