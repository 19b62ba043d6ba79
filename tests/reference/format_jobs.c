/* SPDX-License-Identifier: Apache-2.0 */
/* format_jobs: the verbs of format_tool that seal a job, open it and read its description. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/describe.h"
#include "crypto/seal.h"
#include "crypto/unseal.h"
#include "crypto/unwrap.h"
#include "tests/reference/format_tool.h"

static enum err to_fd(void *arg, const uint8_t *sealed, size_t len)
{
    return file_write(*(int *)arg, sealed, len);
}

/* Sealed in pieces of an odd length, so that chunks are put together from several. */
static enum err seal_to(struct seal *s, int fd, const uint8_t *document, size_t len)
{
    enum err e = OK;

    for (size_t at = 0; e == OK && at < len; at += 50021)
        e = seal_bytes(s, document + at, len - at < 50021 ? len - at : 50021, to_fd, &fd);
    return e != OK ? e : seal_end(s, to_fd, &fd);
}

/* seal PUBLIC SITE JOB NODE EPOCH CREATED NUMBER OWNER DOCUMENT TICKET JOB-FILE DESCRIPTION-FILE */
enum err run_seal(char **arg)
{
    uint8_t public_key[KEY_LEN], start[SEAL_START_LEN], sealed[DESCRIPTION_FILE_MAX];
    struct seal_opts opts = {.epoch_public_key = public_key,
                             .epoch = (uint32_t)strtoul(arg[4], NULL, 10),
                             .created_unix_ms = strtoull(arg[5], NULL, 10)};
    uint8_t *document = NULL, *ticket = NULL;
    struct description d = {.number = (uint32_t)strtoul(arg[6], NULL, 10), .owner = arg[7]};
    struct seal *s = NULL;
    size_t len, sealed_len;
    int fd = -1;
    enum err e;

    if ((e = hex_read(arg[0], public_key, KEY_LEN)) != OK || (e = id_read(arg[1], &opts.site)) != OK ||
        (e = id_read(arg[2], &opts.job)) != OK || (e = id_read(arg[3], &opts.node)) != OK)
        goto out;
    if ((e = read_file(arg[8], &document, &len)) != OK || (e = read_file(arg[9], &ticket, &d.ticket_len)) != OK)
        goto out;
    d.ticket = ticket;
    e = ERR_IO;
    if ((fd = open(arg[10], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
        goto out;
    if ((e = seal_new(&opts, start, &s)) != OK || (e = file_write(fd, start, sizeof start)) != OK)
        goto out;
    if ((e = seal_to(s, fd, document, len)) != OK || (e = seal_description(s, &d, sealed, &sealed_len)) != OK)
        goto out;
    e = write_file(arg[11], sealed, sealed_len);
out:
    if (fd >= 0)
        close(fd);
    seal_free(s);
    free(document);
    free(ticket);
    return e;
}

static enum err unwrap_from_header(const char *secret_hex, const uint8_t *file, size_t len, uint8_t key[static KEY_LEN])
{
    uint8_t secret_key[KEY_LEN], public_key[KEY_LEN];
    struct job_header h;
    struct wrap_info info;
    enum err e;

    if ((e = hex_read(secret_hex, secret_key, KEY_LEN)) != OK || (e = public_of(secret_key, public_key)) != OK)
        return e;
    if ((e = header_read(file, len, &h)) != OK)
        return e;
    wrap_info_job(&info, h.site, h.job, h.epoch);
    return unwrap_key(secret_key, public_key, info.pieces, 2, h.wrapped_key, key);
}

static enum err unseal_to(struct unseal *u, const uint8_t *file, size_t len, int fd)
{
    static uint8_t plain[CHUNK_LEN];
    enum err e = OK;

    for (size_t i = 0, at = SEAL_START_LEN; e == OK && at < len; i++, at += CHUNK_SEALED_LEN) {
        size_t chunk = len - at < CHUNK_SEALED_LEN ? len - at : CHUNK_SEALED_LEN;

        if ((e = unseal_chunk(u, i, file + at, chunk, plain)) == OK)
            e = file_write(fd, plain, chunk - CHUNK_TAG_LEN);
    }
    return e;
}

/* open SECRET JOB-FILE DOCUMENT */
enum err run_open(char **arg)
{
    uint8_t key[KEY_LEN];
    uint8_t *file = NULL;
    struct unseal *u = NULL;
    uint64_t document_len;
    int in = -1, fd = -1;
    size_t len;
    enum err e;

    if ((e = read_file(arg[1], &file, &len)) != OK || (e = unwrap_from_header(arg[0], file, len, key)) != OK)
        goto out;
    if ((e = unseal_new(key, file, len, &u)) != OK)
        goto out;
    e = ERR_IO;
    if ((in = open(arg[1], O_RDONLY | O_CLOEXEC)) < 0 ||
        (fd = open(arg[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
        goto out;
    if ((e = unseal_verify(u, in, len - HEADER_LEN, NULL, NULL, &document_len)) == OK)
        e = unseal_to(u, file, len, fd);
out:
    if (in >= 0)
        close(in);
    if (fd >= 0)
        close(fd);
    unseal_free(u);
    free(file);
    return e;
}

/* describe SECRET DESCRIPTION-FILE TICKET: prints number, payload prefix, payload length, owner; one a line */
enum err run_describe(char **arg)
{
    static uint8_t plain[DESCRIPTION_MAX_PADDED];
    uint8_t key[KEY_LEN];
    char owner[OWNER_MAX_LEN + 1];
    struct description d;
    uint8_t *file = NULL;
    size_t len;
    enum err e;

    if ((e = read_file(arg[1], &file, &len)) != OK || (e = unwrap_from_header(arg[0], file, len, key)) != OK)
        goto out;
    if ((e = description_open(key, file, len, plain, owner, &d)) != OK)
        goto out;
    printf("%" PRIu32 "\n", d.number);
    print_hex(d.payload_prefix, CHUNKED_PREFIX_LEN);
    printf("%" PRIu64 "\n%s\n", d.payload_len, d.owner);
    e = write_file(arg[2], d.ticket, d.ticket_len);
out:
    free(file);
    return e;
}
