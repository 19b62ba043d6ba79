/* SPDX-License-Identifier: Apache-2.0 */
/* document: unseal, behind windows of a few chunks (ahead.h). */
#include "printscout/courier/document.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/unwrap.h"
#include "printscout/courier/ahead.h"
#include "proto/spool.h"

#define START_LEN (HEADER_LEN + CHUNKED_PREFIX_LEN)

struct document {
    struct unseal *unseal;
    int fd, verified;
    uint64_t payload_len, len;
    struct ahead *ahead;         /* NULL: nothing was read yet */
    const struct window *window; /* the one being read; NULL: none yet */
    size_t chunk, taken;         /* the chunk to read from, bytes read of it */
    struct window *block;        /* of document_read_at(); NULL: not used yet */
    uint64_t block_number;
};

/* Does the file begin as the order says, and end where it says? */
static enum err compare(const struct document *d, const struct order *o, uint8_t start[static START_LEN])
{
    struct job_header header;
    struct stat st;

    if (fstat(d->fd, &st) != 0)
        return ERR_IO;
    if (!S_ISREG(st.st_mode) || o->payload_len > INT64_MAX - HEADER_LEN ||
        (uint64_t)st.st_size != HEADER_LEN + o->payload_len)
        return ERR_FORMAT;
    if (file_read_at(d->fd, 0, start, START_LEN) != OK || header_read(start, START_LEN, &header) != OK)
        return ERR_FORMAT;
    if (!id_equal(header.job, o->job) || !id_equal(header.site, o->site))
        return ERR_FORMAT;
    return memcmp(start + HEADER_LEN, o->payload_prefix, CHUNKED_PREFIX_LEN) == 0 ? OK : ERR_FORMAT;
}

static enum err unwrap(struct document *d, const struct order *o, const uint8_t *start, const uint8_t *hello_secret,
                       const uint8_t *hello_public)
{
    uint8_t *job_key = secret_new(KEY_LEN);
    struct wrap_info info;
    enum err e = ERR_NOMEM;

    if (job_key == NULL)
        goto out;
    wrap_info_grant(&info, o->site, o->order);
    e = unwrap_key(hello_secret, hello_public, info.pieces, 2, o->wrapped_key, job_key);
    if (e == OK)
        e = unseal_new(job_key, start, START_LEN, &d->unseal);
    if (e == ERR_AUTH)
        e = ERR_REFUSED; /* the file is what the order names, so it is the key that is not */
out:
    secret_free(job_key);
    return e;
}

enum err document_open(int spool, const struct order *o, const uint8_t hello_secret[static KEY_LEN],
                       const uint8_t hello_public[static KEY_LEN], struct document **out)
{
    char path[SPOOL_PATH_SIZE];
    uint8_t start[START_LEN];
    struct document *d = secret_new(sizeof *d);
    enum err e = ERR_NOMEM;

    if (d == NULL)
        goto out;
    d->payload_len = o->payload_len;
    e = ERR_NOTFOUND;
    d->fd = openat(spool, spool_path(path, SPOOL_JOBS, o->job, SPOOL_FILE_JOB),
                   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (d->fd < 0)
        goto out;
    if ((e = compare(d, o, start)) != OK)
        goto out;
    if ((e = unwrap(d, o, start, hello_secret, hello_public)) != OK)
        goto out;
    *out = d; /* the caller owns it now */
    d = NULL;
out:
    document_free(d);
    return e;
}

void document_free(struct document *d)
{
    if (d == NULL)
        return;
    ahead_free(d->ahead); /* its thread uses unseal and fd */
    secret_free(d->block);
    unseal_free(d->unseal);
    if (d->fd >= 0)
        close(d->fd);
    secret_free(d);
}

enum err document_verify(struct document *d, unseal_look_fn *look, void *arg)
{
    enum err e = unseal_verify(d->unseal, d->fd, d->payload_len, look, arg, &d->len);

    d->verified = e == OK;
    return e;
}

uint64_t document_len(const struct document *d)
{
    return d->len;
}

void document_rewind(struct document *d)
{
    ahead_free(d->ahead);
    d->ahead = NULL;
    d->window = NULL;
    d->chunk = d->taken = 0;
}

/* On to the next window, which has no chunks at the end. */
static enum err advance(struct document *d)
{
    enum err e;

    if (!d->verified)
        return ERR_STATE;
    if (d->ahead == NULL && (e = ahead_new(d->unseal, d->fd, d->payload_len, &d->ahead)) != OK)
        return e;
    d->chunk = d->taken = 0;
    return ahead_next(d->ahead, &d->window);
}

enum err document_next(struct document *d, struct iovec pieces[static DOCUMENT_PIECES], size_t *count)
{
    enum err e;

    _Static_assert(DOCUMENT_PIECES >= WINDOW_CHUNKS, "a window is given out whole");
    *count = 0;
    if ((e = advance(d)) != OK)
        return e;
    for (size_t i = 0; i < d->window->chunks; i++) {
        if (d->window->plain_len[i] > 0)
            pieces[(*count)++] =
                (struct iovec){.iov_base = (void *)(uintptr_t)d->window->bytes[i], .iov_len = d->window->plain_len[i]};
    }
    d->chunk = d->window->chunks; /* given out */
    return OK;
}

enum err document_read(struct document *d, uint8_t *out, size_t max, size_t *len)
{
    enum err e;

    *len = 0;
    if (!d->verified)
        return ERR_STATE;
    while (*len < max) {
        size_t left;

        if (d->window == NULL || d->chunk == d->window->chunks) {
            if ((e = advance(d)) != OK)
                return e;
            if (d->window->chunks == 0)
                return OK;
        }
        left = d->window->plain_len[d->chunk] - d->taken;
        if (left > max - *len)
            left = max - *len;
        memcpy(out + *len, d->window->bytes[d->chunk] + d->taken, left);
        *len += left;
        d->taken += left;
        if (d->taken == d->window->plain_len[d->chunk]) {
            d->chunk++;
            d->taken = 0;
        }
    }
    return OK;
}

#define BLOCK_LEN ((uint64_t)WINDOW_CHUNKS * CHUNK_LEN) /* of the document: what a window holds */

static enum err load_block(struct document *d, uint64_t number)
{
    enum err e;

    if (d->block != NULL && d->block_number == number)
        return OK;
    if (d->block == NULL && (d->block = secret_new(sizeof *d->block)) == NULL)
        return ERR_NOMEM;
    d->block_number = number;
    if ((e = window_read(d->unseal, d->fd, d->payload_len, number * WINDOW_CHUNKS, d->block)) != OK)
        d->block_number = UINT64_MAX; /* half of it */
    return e;
}

enum err document_read_at(struct document *d, uint64_t at, uint8_t *out, size_t max, size_t *len)
{
    enum err e;

    *len = 0;
    if (!d->verified || d->ahead != NULL)
        return ERR_STATE;
    while (*len < max && at < d->len) {
        const size_t within = (size_t)(at % BLOCK_LEN), chunk = within / CHUNK_LEN, offset = within % CHUNK_LEN;
        size_t n;

        if ((e = load_block(d, at / BLOCK_LEN)) != OK)
            return e;
        if (chunk >= d->block->chunks || offset >= d->block->plain_len[chunk])
            return ERR_FORMAT; /* shorter than when it was verified */
        n = d->block->plain_len[chunk] - offset < max - *len ? d->block->plain_len[chunk] - offset : max - *len;
        memcpy(out + *len, d->block->bytes[chunk] + offset, n);
        *len += n;
        at += n;
    }
    return OK;
}
