/* SPDX-License-Identifier: Apache-2.0 */
/* audit: append, sync, checkpoint, rotate. Loading is audit_load.c, reading pages of it audit_read.c. */
#include "devicescout/keyholder/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/label.h"
#include "devicescout/keyholder/audit_open.h"

/* What can be rewritten unseen by who cannot sign is what came after the last checkpoint. One costs 20 us. */
#define CHECKPOINT_LINES 256

static enum err open_folder(int dirfd, int *out)
{
    enum err e;

    if (mkdirat(dirfd, AUDIT_FOLDER, 0700) != 0 && errno != EEXIST)
        return ERR_IO;
    if ((e = file_sync_dir(dirfd)) != OK)
        return e;
    *out = openat(dirfd, AUDIT_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return *out >= 0 ? OK : ERR_IO;
}

enum err audit_open(const struct audit_opts *opts, struct audit **out)
{
    struct audit *a = NULL;
    enum err e = ERR_NOMEM;

    if ((a = calloc(1, sizeof *a)) == NULL)
        goto out;
    a->dirfd = a->fd = -1;
    a->site = verify_key_id(opts->site_public);
    a->site_secret = opts->site_secret;
    if ((e = open_folder(opts->dirfd, &a->dirfd)) != OK)
        goto out;
    if ((e = audit_load(a, opts)) != OK)
        goto out;
    *out = a; /* the caller owns it now */
    a = NULL;
out:
    if (a != NULL)
        a->broken = 1; /* nothing more is written to it */
    audit_free(a);
    return e;
}

void audit_free(struct audit *a)
{
    if (a == NULL)
        return;
    if (!a->broken && (audit_checkpoint(a) != OK || audit_sync(a) != OK))
        log_error("audit_end_failed", "line=%" PRIu64, a->mark.number);
    if (a->fd >= 0)
        close(a->fd);
    if (a->dirfd >= 0)
        close(a->dirfd);
    free(a);
}

static enum err break_off(struct audit *a, const char *what, enum err e)
{
    a->broken = 1;
    log_error("audit_broken", "call=%s reason=%s line=%" PRIu64, what, err_name(e), a->mark.number);
    return ERR_IO;
}

static enum err append(struct audit *a, const char *event, const char *detail)
{
    char line[AUDIT_LINE_MAX + 1];
    struct audit_mark next = a->mark;
    size_t len;
    enum err e;

    if (a->broken)
        return ERR_IO;
    if ((e = audit_chain_write(&next, clock_unix_ms(), event, detail, line, &len)) != OK)
        return e;
    if ((e = file_write(a->fd, line, len)) != OK) {
        /* Part of the line may be there; what follows must not be glued to it. */
        if (ftruncate(a->fd, (off_t)a->size) != 0)
            return break_off(a, "ftruncate", ERR_IO);
        return e;
    }
    a->mark = next;
    a->size += len;
    a->dirty = 1;
    return OK;
}

enum err audit_add(struct audit *a, const char *event, const char *fmt, ...)
{
    char detail[AUDIT_LINE_MAX];
    va_list ap;
    enum err e;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(detail, sizeof detail, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof detail)
        return ERR_LIMIT;
    if ((e = append(a, event, detail)) != OK)
        return e;
    /* The line itself is in: a checkpoint that fails now is tried again with the next line. */
    if (++a->since_checkpoint >= CHECKPOINT_LINES && audit_checkpoint(a) != OK)
        log_warn("audit_checkpoint_failed", "line=%" PRIu64, a->mark.number);
    return OK;
}

enum err audit_sync(struct audit *a)
{
    if (a->broken)
        return ERR_IO;
    if (!a->dirty)
        return OK;
    /* Not tried again: after a failed sync the kernel may have dropped the pages and would then report success. */
    if (fdatasync(a->fd) != 0)
        return break_off(a, "fdatasync", ERR_IO);
    a->dirty = 0;
    return OK;
}

int audit_is_dirty(const struct audit *a)
{
    return a->dirty;
}

enum err audit_checkpoint(struct audit *a)
{
    uint8_t bytes[AUDIT_CHECKPOINT_LEN], signature[SIGNATURE_LEN];
    char detail[sizeof "signature=" + 2 * SIGNATURE_LEN] = "signature=";
    enum err e;

    if (a->since_checkpoint == 0)
        return OK;
    audit_checkpoint_bytes(a->site, &a->mark, bytes);
    if ((e = SIGN(LABEL_AUDIT, bytes, sizeof bytes, a->site_secret, signature)) != OK)
        return e;
    hex_write(signature, sizeof signature, detail + strlen(detail));
    if ((e = append(a, AUDIT_CHECKPOINT, detail)) == OK)
        a->since_checkpoint = 0;
    return e;
}

enum err audit_rotate(struct audit *a)
{
    const uint64_t size = a->size;
    enum err e;

    if (size == 0)
        return a->broken ? ERR_IO : OK; /* it has no line: it is new enough */
    if ((e = audit_checkpoint(a)) != OK || (e = audit_sync(a)) != OK)
        return e;
    a->size = 0;
    if ((e = audit_open_segment(a, a->mark.number + 1)) != OK)
        a->size = size; /* the old one goes on */
    a->page.number = 0;
    return e;
}

struct audit_mark audit_end(const struct audit *a)
{
    return a->mark;
}
