/* SPDX-License-Identifier: Apache-2.0 */
/* courier_fixture: a spool with one sealed job, the hello key that it is granted to, and the order. */
#ifndef TESTS_UNIT_COURIER_FIXTURE_H
#define TESTS_UNIT_COURIER_FIXTURE_H

#include "base/clock.h"
#include "printscout/courier/accept.h"
#include "tests/delivery/sealed_job.h"
#include "tests/unit/scratch.h"

#define DOCUMENT_LEN 40000 /* two whole chunks and a short one */

struct courier_fixture {
    struct scratch *scratch;
    int spool;
    struct hello_keys *hello;
    struct id node;
    uint8_t document[DOCUMENT_LEN];
    struct order order; /* raw 9100 on loopback, good in every way */
};

static inline int courier_new(void **state)
{
    struct courier_fixture *f = calloc(1, sizeof *f);
    void *scratch;

    if (f == NULL || crypto_start() != OK || scratch_new(&scratch) != 0)
        return -1;
    f->scratch = scratch;
    memset(f->node.b, 'n', ID_LEN);
    for (size_t i = 0; i < sizeof f->document; i++)
        f->document[i] = (uint8_t)(i * 31 + i / 251);
    if (spool_open(f->scratch->path, &f->spool) != OK || hello_keys_new(&f->hello) != OK)
        return -1;
    if (sealed_job_make(f->spool, f->document, sizeof f->document, hello_keys_public(f->hello), f->node, &f->order) !=
        OK)
        return -1;
    strcpy(f->order.printer_uri, "socket://127.0.0.1:9100");
    f->order.protocol = DELIVERY_RAW;
    *state = f;
    return 0;
}

static inline int courier_free(void **state)
{
    struct courier_fixture *f = *state;
    void *scratch = f->scratch;

    close(f->spool);
    hello_keys_free(f->hello);
    free(f);
    return scratch_free(&scratch);
}

static inline enum err open_document(struct courier_fixture *f, struct document **out)
{
    const uint8_t *secret = hello_keys_find(f->hello, f->order.hello_public, clock_boot_ms());

    assert_non_null(secret);
    return document_open(f->spool, &f->order, secret, f->order.hello_public, out);
}

/* Change one byte of the sealed job file. */
static inline void flip_byte(struct courier_fixture *f, off_t at)
{
    char path[SPOOL_PATH_SIZE];
    uint8_t byte;
    int fd = openat(f->spool, spool_path(path, SPOOL_JOBS, f->order.job, SPOOL_FILE_JOB), O_RDWR | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

#endif
