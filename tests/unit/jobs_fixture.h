/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_fixture: jobs as devicescout's tests need them, without a keyholder. */
#ifndef TESTS_UNIT_JOBS_FIXTURE_H
#define TESTS_UNIT_JOBS_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "crypto/derive.h"
#include "devicescout/jobs/index.h"
#include "tests/unit/cmocka_test.h"

/* An id that is told by its number. */
static inline struct id id_of(uint32_t n)
{
    struct id id = {{0}};

    memcpy(id.b, &n, sizeof n);
    id.b[15] = 1;
    return id;
}

/* A description file stands for its bytes alone here. */
static inline uint32_t digest_of(const void *bytes, size_t len)
{
    const struct piece whole = {bytes, len};
    uint8_t hash[32];

    assert_int_equal(derive_sha256(&whole, 1, hash), OK);
    return (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 | hash[3];
}

static inline struct ticket ticket_of(const char *title, uint64_t created_unix_ms)
{
    struct ticket t = {.format = "application/pdf", .host = "pc", .created_unix_ms = created_unix_ms};

    snprintf(t.title, sizeof t.title, "%s", title);
    return t;
}

/* A job that is listed and may be released. */
static inline struct job *add_job(struct index *ix, uint32_t id, uint32_t origin, const char *person)
{
    const struct ticket t = ticket_of("a title", id);
    struct job *j = NULL;

    assert_int_equal(index_put(ix, id_of(id), id_of(origin), 1, (const uint8_t *)&id, sizeof id, &j), OK);
    assert_int_equal(index_describe(ix, j, person, person, &t), OK);
    j->listed = j->confirmed = 1;
    return j;
}

#endif
