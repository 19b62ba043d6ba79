/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upload_commit: verb 3, "spool". The order of these calls is the promise that an acknowledged job is never lost: fsync
 * of each file (of the document in upload_end()), fsync of their folder, rename, fsync of jobs/. A test reads it from
 * strace.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "printscout/queue/upload_parts.h"
#include "proto/spool.h"

#define QUEUE_RECORD_MAX 64

/* A small file in the folder, durable. */
static enum err write_file(struct upload *u, const char *name, const uint8_t *bytes, size_t len)
{
    enum err e;
    int fd = openat(u->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

    if (fd < 0)
        return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
    if ((e = file_write(fd, bytes, len)) == OK)
        e = file_sync(fd);
    close(fd);
    return e;
}

/* Verb 3's second half of sealing: owner and ticket, bound to the job's own key. */
static enum err write_description(struct upload *u, const struct upload_record *r)
{
    uint8_t *json = NULL, *sealed = NULL;
    size_t json_len, sealed_len;
    enum err e = ERR_NOMEM;

    if ((json = malloc(TICKET_JSON_MAX)) == NULL || (sealed = malloc(DESCRIPTION_FILE_MAX)) == NULL)
        goto out;
    if ((e = ticket_write(r->ticket, json, &json_len)) != OK)
        goto out;
    e = seal_description(u->seal,
                         &(struct description){.number = 1, .owner = r->owner, .ticket = json, .ticket_len = json_len},
                         sealed, &sealed_len);
    if (e != OK)
        goto out;
    e = write_file(u, SPOOL_FILE_DESCRIPTION, sealed, sealed_len);
out:
    if (json != NULL)
        secret_wipe(json, TICKET_JSON_MAX);
    free(json);
    free(sealed);
    return e;
}

static enum err write_record(struct upload *u, const struct upload_record *r)
{
    const struct spool_queue q = {.job_number = r->job_number,
                                  .uid = r->uid,
                                  .created_unix_ms = r->created_unix_ms,
                                  .document_bytes = upload_len(u),
                                  .expires_unix_ms = r->expires_unix_ms};
    uint8_t bytes[QUEUE_RECORD_MAX];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    enum err e;

    if ((e = spool_queue_encode(&q, &b)) != OK)
        return e;
    return write_file(u, SPOOL_FILE_QUEUE, b.start, b.len);
}

/* From incoming/ to jobs/: here the courier sees it for the first time. */
static enum err move(struct upload *u)
{
    char from[SPOOL_PATH_SIZE], to[SPOOL_PATH_SIZE];
    enum err e;
    int jobs;

    if ((jobs = openat(u->spool, SPOOL_JOBS, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return ERR_IO;
    spool_path(from, SPOOL_INCOMING, u->job, NULL);
    spool_path(to, SPOOL_JOBS, u->job, NULL);
    if (renameat(u->spool, from, u->spool, to) == 0) {
        u->is_moved = 1;
        e = file_sync_dir(jobs);
    } else {
        e = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
    }
    close(jobs);
    return e;
}

enum err upload_commit(struct upload *u, const struct upload_record *r)
{
    enum err e;

    if ((e = write_description(u, r)) != OK || (e = write_record(u, r)) != OK)
        return e;
    if ((e = file_sync_dir(u->folder)) != OK || (e = move(u)) != OK)
        return e;
    u->has_folder = 0; /* it is a job now, and the courier's */
    return OK;
}
