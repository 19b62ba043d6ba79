/* SPDX-License-Identifier: Apache-2.0 */
/* crypto_fixture: documents, and jobs sealed into memory, for the tests of crypto/. */
#ifndef TESTS_UNIT_CRYPTO_FIXTURE_H
#define TESTS_UNIT_CRYPTO_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "crypto/nodekeys.h"
#include "crypto/seal.h"
#include "crypto/unwrap.h"
#include "tests/unit/cmocka_test.h"

static const struct id SITE = {"site of alice  "};
static const struct id NODE = {"node of alice  "};

static inline int crypto_set_up(void **state)
{
    (void)state;
    return crypto_start() == OK ? 0 : -1;
}

/* len bytes in which no chunk is like another; free() them. */
static inline uint8_t *document_new(size_t len)
{
    uint8_t *bytes = malloc(len + 1);

    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(i * 31 + i / 251 + i / 16384 * 7);
    return bytes;
}

/* A job as the courier finds it, and what only the site knows. */
struct job {
    uint8_t *file; /* header and payload */
    size_t len, room;
    uint8_t description[DESCRIPTION_FILE_MAX];
    size_t description_len;
    struct job_header header;
    uint8_t epoch_public[KEY_LEN], epoch_secret[KEY_LEN];
    uint8_t key[KEY_LEN]; /* unwrapped with the epoch's secret key */
    struct seal *seal;    /* ended, still there for more descriptions */
};

static inline enum err job_write(void *arg, const uint8_t *sealed, size_t len)
{
    struct job *j = arg;

    if (len > j->room - j->len)
        return ERR_FULL;
    memcpy(j->file + j->len, sealed, len);
    j->len += len;
    return OK;
}

static inline void job_unwrap(struct job *j)
{
    struct wrap_info info;

    assert_int_equal(header_read(j->file, j->len, &j->header), OK);
    wrap_info_job(&info, j->header.site, j->header.job, j->header.epoch);
    assert_int_equal(unwrap_key(j->epoch_secret, j->epoch_public, info.pieces, 2, j->header.wrapped_key, j->key), OK);
}

/* Seal a document, given in pieces of piece bytes; job_free() it. */
static inline void job_new(struct job *j, const uint8_t *document, size_t len, size_t piece)
{
    const struct description d = {
        .number = 1, .owner = "alice", .ticket = (const uint8_t *)"{\"title\":\"a letter\"}", .ticket_len = 20};

    memset(j, 0, sizeof *j);
    j->room = HEADER_LEN + chunked_sealed_len(len);
    assert_non_null(j->file = malloc(j->room));
    assert_int_equal(box_pair_new(j->epoch_public, j->epoch_secret), OK);
    const struct seal_opts opts = {
        .site = SITE, .node = NODE, .epoch = 7, .epoch_public_key = j->epoch_public, .created_unix_ms = 1700000000000};
    assert_int_equal(seal_new(&opts, j->file, &j->seal), OK);
    j->len = SEAL_START_LEN;
    for (size_t at = 0; at < len; at += piece)
        assert_int_equal(seal_bytes(j->seal, document + at, len - at < piece ? len - at : piece, job_write, j), OK);
    assert_int_equal(seal_end(j->seal, job_write, j), OK);
    assert_int_equal(seal_description(j->seal, &d, j->description, &j->description_len), OK);
    job_unwrap(j);
}

static inline void job_free(struct job *j)
{
    seal_free(j->seal);
    free(j->file);
}

#endif
