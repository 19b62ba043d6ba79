/* SPDX-License-Identifier: Apache-2.0 */
/* seal: see seal.h. */
#include "crypto/seal.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/label.h"
#include "crypto/wrap.h"

/* Chunks sealed before write is called: 256 KiB stay in the processor's cache, and one write serves them all, also
 * where TLS brings the document in pieces of 16 KiB. */
#define BATCH_CHUNKS 16

enum seal_state { SEAL_OPEN, SEAL_ENDED, SEAL_BROKEN };

struct seal { /* in locked memory */
    enum seal_state state;
    struct chunked_seal *stream; /* NULL once ended */
    uint8_t *batch;              /* sealed bytes, BATCH_CHUNKS * CHUNK_SEALED_LEN */
    size_t batch_len;
    uint64_t document_len;
    struct id job;
    uint8_t start[SEAL_START_LEN];
    uint8_t description_key[KEY_LEN];
    size_t kept_len; /* plain bytes that wait for the rest of their chunk: always < CHUNK_LEN between calls */
    uint8_t *kept;   /* CHUNK_LEN bytes, in locked memory of its own: an ended job may be kept for its description */
};

static enum err write_header(const struct seal_opts *opts, struct id job, const uint8_t *job_key,
                             uint8_t out[static HEADER_LEN])
{
    struct job_header h = {.site = opts->site,
                           .job = job,
                           .node = opts->node,
                           .epoch = opts->epoch,
                           .created_unix_ms = opts->created_unix_ms};
    struct wrap_info info;
    enum err e;

    wrap_info_job(&info, h.site, h.job, h.epoch);
    if ((e = wrap_key(opts->epoch_public_key, info.pieces, 2, job_key, h.wrapped_key)) == OK)
        header_write(&h, out);
    return e;
}

enum err seal_new(const struct seal_opts *opts, uint8_t start[static SEAL_START_LEN], struct seal **out)
{
    struct seal *s = secret_new(sizeof *s);
    uint8_t *job_key = secret_new(KEY_LEN);
    uint8_t context[HEADER_CONTEXT_LEN];
    enum err e = ERR_NOMEM;

    if (s == NULL || job_key == NULL || (s->batch = malloc(BATCH_CHUNKS * CHUNK_SEALED_LEN)) == NULL ||
        (s->kept = secret_new(CHUNK_LEN)) == NULL)
        goto out;
    s->job = opts->job;
    if (id_is_zero(s->job))
        secret_random(s->job.b, ID_LEN);
    secret_random(job_key, KEY_LEN);
    if ((e = write_header(opts, s->job, job_key, s->start)) != OK)
        goto out;
    if ((e = header_context(LABEL_JOB_PAYLOAD, sizeof LABEL_JOB_PAYLOAD, s->start, context)) != OK)
        goto out;
    if ((e = chunked_seal_new(job_key, context, sizeof context, NULL, s->start + HEADER_LEN, &s->stream)) != OK)
        goto out;
    if ((e = description_key(job_key, s->description_key)) != OK)
        goto out;
    memcpy(start, s->start, SEAL_START_LEN);
    *out = s; /* the caller owns it now */
    s = NULL;
out:
    secret_free(job_key); /* from here on nothing in this process opens what it seals */
    seal_free(s);
    return e;
}

void seal_free(struct seal *s)
{
    if (s == NULL)
        return;
    chunked_seal_free(s->stream);
    free(s->batch);
    secret_free(s->kept);
    secret_free(s);
}

/* Empty the batch into write. */
static enum err flush(struct seal *s, seal_write_fn *write, void *arg)
{
    const size_t len = s->batch_len;

    s->batch_len = 0;
    return len > 0 ? write(arg, s->batch, len) : OK;
}

/* A chunk into the batch, which is written when it is full. */
static enum err batch_chunk(struct seal *s, const uint8_t *plain, size_t len, seal_write_fn *write, void *arg)
{
    enum err e;

    if ((e = chunked_seal_chunk(s->stream, plain, len, s->batch + s->batch_len)) != OK)
        return e;
    s->batch_len += len + CHUNK_TAG_LEN;
    return s->batch_len + CHUNK_SEALED_LEN > BATCH_CHUNKS * CHUNK_SEALED_LEN ? flush(s, write, arg) : OK;
}

/* Fill what is kept to a whole chunk if the input suffices, and seal it. */
static enum err take_kept(struct seal *s, const uint8_t **plain, size_t *len, seal_write_fn *write, void *arg)
{
    size_t take = CHUNK_LEN - s->kept_len;

    if (take > *len)
        take = *len;
    memcpy(s->kept + s->kept_len, *plain, take);
    s->kept_len += take;
    *plain += take;
    *len -= take;
    if (s->kept_len < CHUNK_LEN)
        return OK;
    s->kept_len = 0;
    return batch_chunk(s, s->kept, CHUNK_LEN, write, arg);
}

/* Whole chunks go from the caller's memory into the batch without a copy between. */
static enum err seal_pieces(struct seal *s, const uint8_t *plain, size_t len, seal_write_fn *write, void *arg)
{
    enum err e;

    if (s->kept_len > 0 && (e = take_kept(s, &plain, &len, write, arg)) != OK)
        return e;
    while (len >= CHUNK_LEN) {
        if ((e = batch_chunk(s, plain, CHUNK_LEN, write, arg)) != OK)
            return e;
        plain += CHUNK_LEN;
        len -= CHUNK_LEN;
    }
    if (len > 0) { /* nothing is kept here: what was has either become a chunk or taken all the input */
        memcpy(s->kept, plain, len);
        s->kept_len = len;
    }
    return OK;
}

enum err seal_bytes(struct seal *s, const void *plain, size_t len, seal_write_fn *write, void *arg)
{
    enum err e;

    if (s->state != SEAL_OPEN)
        return ERR_STATE;
    if (len == 0)
        return OK;
    if ((e = seal_pieces(s, plain, len, write, arg)) != OK)
        s->state = SEAL_BROKEN; /* chunks may be lost, so the job is */
    else
        s->document_len += len;
    return e;
}

enum err seal_end(struct seal *s, seal_write_fn *write, void *arg)
{
    enum err e;

    if (s->state != SEAL_OPEN)
        return ERR_STATE;
    if ((e = batch_chunk(s, s->kept, s->kept_len, write, arg)) == OK)
        e = flush(s, write, arg);
    s->state = e == OK ? SEAL_ENDED : SEAL_BROKEN;
    chunked_seal_free(s->stream);
    s->stream = NULL;
    secret_free(s->kept);
    s->kept = NULL;
    free(s->batch);
    s->batch = NULL;
    return e;
}

uint64_t seal_payload_len(const struct seal *s)
{
    return chunked_sealed_len(s->document_len);
}

uint64_t seal_document_len(const struct seal *s)
{
    return s->document_len;
}

struct id seal_job(const struct seal *s)
{
    return s->job;
}

enum err seal_description(struct seal *s, const struct description *d, uint8_t *out, size_t *outlen)
{
    struct description full = *d;
    uint8_t context[HEADER_CONTEXT_LEN];
    uint8_t *plain = NULL;
    size_t plain_len;
    enum err e = ERR_STATE;

    if (s->state != SEAL_ENDED)
        goto out;
    e = ERR_NOMEM;
    if ((plain = secret_new(DESCRIPTION_MAX_PADDED)) == NULL)
        goto out;
    memcpy(full.payload_prefix, s->start + HEADER_LEN, CHUNKED_PREFIX_LEN);
    full.payload_len = seal_payload_len(s);
    if ((e = description_write(&full, plain, &plain_len)) != OK)
        goto out;
    if ((e = header_context(LABEL_JOB_DESCRIPTION, sizeof LABEL_JOB_DESCRIPTION, s->start, context)) != OK)
        goto out;
    memcpy(out, s->start, HEADER_LEN);
    if ((e = chunked_seal_all(s->description_key, context, sizeof context, plain, plain_len, out + HEADER_LEN)) != OK)
        goto out;
    *outlen = HEADER_LEN + (size_t)chunked_sealed_len(plain_len);
out:
    secret_free(plain);
    return e;
}
