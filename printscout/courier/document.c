/* SPDX-License-Identifier: Apache-2.0 */
/* document: unseal behind a window of a few chunks. */
#include "printscout/courier/document.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/unwrap.h"
#include "proto/spool.h"

#define START_LEN     (HEADER_LEN + CHUNKED_PREFIX_LEN)
#define WINDOW_CHUNKS DOCUMENT_PIECES /* read from the file at once: 256 KiB stay in the processor's cache */

struct document { /* in locked memory, for the window holds plaintext */
    struct unseal *unseal;
    int fd, verified;
    uint64_t payload_len, len;
    uint64_t next_chunk;         /* the first that is not in the window */
    size_t chunk, chunks, taken; /* in the window: the chunk to read from, how many there are, bytes read of it */
    size_t plain_len[WINDOW_CHUNKS];
    uint8_t window[WINDOW_CHUNKS][CHUNK_SEALED_LEN]; /* opened in place */
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
    d->next_chunk = 0;
    d->chunk = d->chunks = d->taken = 0;
}

/* Read the chunks that follow into the window and open them; *more is 0 at the end. */
static enum err fill(struct document *d, int *more)
{
    const uint64_t sealed_len = d->payload_len - CHUNKED_PREFIX_LEN;
    const uint64_t at = d->next_chunk * CHUNK_SEALED_LEN;
    size_t len;
    enum err e;

    *more = at < sealed_len;
    if (!*more)
        return OK;
    len = sealed_len - at < sizeof d->window ? (size_t)(sealed_len - at) : sizeof d->window;
    if ((e = file_read_at(d->fd, START_LEN + at, d->window, len)) != OK)
        return e;
    d->chunk = d->chunks = d->taken = 0;
    for (size_t i = 0; i < len; i += CHUNK_SEALED_LEN) {
        size_t sealed = len - i < CHUNK_SEALED_LEN ? len - i : CHUNK_SEALED_LEN;
        uint8_t *chunk = d->window[d->chunks];

        if ((e = unseal_chunk(d->unseal, d->next_chunk++, chunk, sealed, chunk)) != OK)
            return e;
        d->plain_len[d->chunks++] = sealed - CHUNK_TAG_LEN;
    }
    return OK;
}

enum err document_next(struct document *d, struct iovec pieces[static DOCUMENT_PIECES], size_t *count)
{
    int more;
    enum err e;

    *count = 0;
    if (!d->verified)
        return ERR_STATE;
    if ((e = fill(d, &more)) != OK || !more)
        return e;
    for (size_t i = 0; i < d->chunks; i++) {
        if (d->plain_len[i] > 0)
            pieces[(*count)++] = (struct iovec){.iov_base = d->window[i], .iov_len = d->plain_len[i]};
    }
    d->chunk = d->chunks; /* given out */
    return OK;
}

enum err document_read(struct document *d, uint8_t *out, size_t max, size_t *len)
{
    int more = 1;
    enum err e;

    *len = 0;
    if (!d->verified)
        return ERR_STATE;
    while (*len < max && more) {
        size_t left;

        if (d->chunk == d->chunks) {
            if ((e = fill(d, &more)) != OK)
                return e;
            continue;
        }
        left = d->plain_len[d->chunk] - d->taken;
        if (left > max - *len)
            left = max - *len;
        memcpy(out + *len, d->window[d->chunk] + d->taken, left);
        *len += left;
        d->taken += left;
        if (d->taken == d->plain_len[d->chunk]) {
            d->chunk++;
            d->taken = 0;
        }
    }
    return OK;
}
