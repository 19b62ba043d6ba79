/* SPDX-License-Identifier: Apache-2.0 */
/* unseal: see unseal.h. */
#include "crypto/unseal.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "crypto/label.h"

#define START_LEN    (HEADER_LEN + CHUNKED_PREFIX_LEN)
#define BATCH_CHUNKS 16 /* read together: 256 KiB stay in the processor's cache */

struct unseal { /* in locked memory */
    struct chunked_open *stream;
    uint8_t start[START_LEN];
};

enum err unseal_new(const uint8_t key[static KEY_LEN], const uint8_t *start, size_t len, struct unseal **out)
{
    struct unseal *u = NULL;
    uint8_t context[HEADER_CONTEXT_LEN];
    struct job_header header;
    enum err e;

    if ((e = header_read(start, len, &header)) != OK)
        goto out;
    e = ERR_FORMAT;
    if (len < START_LEN)
        goto out;
    e = ERR_NOMEM;
    if ((u = secret_new(sizeof *u)) == NULL)
        goto out;
    memcpy(u->start, start, START_LEN);
    if ((e = header_context(LABEL_JOB_PAYLOAD, sizeof LABEL_JOB_PAYLOAD, start, context)) != OK)
        goto out;
    if ((e = chunked_open_new(key, context, sizeof context, start + HEADER_LEN, &u->stream)) != OK)
        goto out;
    *out = u; /* the caller owns it now */
    u = NULL;
out:
    unseal_free(u);
    return e;
}

void unseal_free(struct unseal *u)
{
    if (u == NULL)
        return;
    chunked_open_free(u->stream);
    secret_free(u);
}

enum err unseal_chunk(struct unseal *u, uint64_t index, const uint8_t *sealed, size_t len, uint8_t *plain)
{
    return chunked_open_chunk(u->stream, index, sealed, len, plain);
}

/* The file has this length and begins with the bytes that the object was made from. */
static enum err check_file(const struct unseal *u, int fd, uint64_t payload_len)
{
    uint8_t start[START_LEN];
    struct stat st;
    enum err e;

    if (fstat(fd, &st) != 0)
        return ERR_IO;
    if (payload_len > UINT64_MAX - HEADER_LEN || (uint64_t)st.st_size != HEADER_LEN + payload_len)
        return ERR_FORMAT;
    if ((e = file_read_at(fd, 0, start, sizeof start)) != OK)
        return e;
    return memcmp(start, u->start, sizeof start) == 0 ? OK : ERR_AUTH;
}

/* Open a batch in place, and have it looked at. */
static enum err check_batch(struct unseal *u, uint64_t *index, uint8_t *bytes, size_t len, unseal_look_fn *look,
                            void *arg)
{
    for (size_t i = 0; i < len; i += CHUNK_SEALED_LEN) {
        size_t chunk = len - i < CHUNK_SEALED_LEN ? len - i : CHUNK_SEALED_LEN;
        enum err e;

        if ((e = unseal_chunk(u, (*index)++, bytes + i, chunk, bytes + i)) != OK)
            return e;
        if (look != NULL && (e = look(arg, bytes + i, chunk - CHUNK_TAG_LEN)) != OK)
            return e;
    }
    return OK;
}

enum err unseal_verify(struct unseal *u, int fd, uint64_t payload_len, unseal_look_fn *look, void *arg,
                       uint64_t *document_len)
{
    const size_t batch = (size_t)BATCH_CHUNKS * CHUNK_SEALED_LEN;
    const uint64_t end = HEADER_LEN + payload_len;
    uint8_t *bytes = NULL;
    uint64_t plain_len, index = 0;
    enum err e;

    if ((e = chunked_plain_len(payload_len, &plain_len)) != OK)
        goto out;
    if ((e = check_file(u, fd, payload_len)) != OK)
        goto out;
    e = ERR_NOMEM;
    if ((bytes = secret_new(batch)) == NULL) /* chunks are opened in place, so for a moment it holds the document */
        goto out;
    for (uint64_t at = START_LEN; at < end; at += batch) {
        size_t len = end - at < batch ? (size_t)(end - at) : batch;

        if ((e = file_read_at(fd, at, bytes, len)) != OK || (e = check_batch(u, &index, bytes, len, look, arg)) != OK)
            goto out;
    }
    *document_len = plain_len;
    e = OK;
out:
    secret_free(bytes);
    return e;
}
