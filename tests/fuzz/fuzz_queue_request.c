/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_queue_request: any bytes as a whole request to an enrolled queue, in pieces whose length the first byte gives.
 * An answer can be written, a request that is dropped leaves nothing, and what became a job is whole. Refusals are log
 * lines: run it with -close_fd_mask=3. fsync is left out, for speed.
 */
#include "printscout/queue/request.h"
#include "tests/unit/queue_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
    (void)fd;
    return 0;
}

static struct queue_fixture *fixture(void)
{
    static struct queue_fixture *f;

    if (f == NULL) {
        if (queue_fixture_new((void **)&f) != 0)
            abort();
        queue_fixture_enroll(f, "alice");
    }
    return f;
}

/* Forget all jobs, in table and spool. */
static void clear(struct queue_fixture *f)
{
    char name[33], path[64];
    uint32_t *numbers = NULL;
    size_t count;

    while (queue_fixture_count(f, SPOOL_JOBS, name) > 0) {
        snprintf(path, sizeof path, SPOOL_JOBS "/%s", name);
        if (file_erase(f->queue.spool, path) != OK)
            abort();
    }
    if (jobs_list(f->queue.jobs, JOBS_ANY_UID, &numbers, &count) != OK)
        abort();
    for (size_t i = 0; i < count; i++)
        jobs_remove(f->queue.jobs, numbers[i]);
    free(numbers);
}

static void end(struct request *r)
{
    uint8_t *answer = NULL;
    size_t len;

    if (request_end(r) != OK)
        return;
    if (request_answer(r, &answer, &len) != OK || len < IPPSCAN_START_LEN)
        abort();
    free(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct queue_fixture *f = fixture();
    struct request *r = NULL;
    char name[33];
    size_t step;
    enum err e = OK;

    if (len < 2)
        return 0;
    step = (size_t)(bytes[0] & 0x7f) + 1;
    if (request_new(&f->queue, getuid(), 0, &r) != OK)
        abort();
    for (size_t at = 1; at < len && e == OK; at += step)
        e = request_bytes(r, bytes + at, len - at < step ? len - at : step);
    if (e == OK && (bytes[0] & 0x80) == 0) /* the others break off */
        end(r);
    request_free(r);
    if (queue_fixture_count(f, SPOOL_INCOMING, name) != 0)
        abort();
    if ((bytes[0] & 0x80) != 0 && queue_fixture_count(f, SPOOL_JOBS, name) != 0)
        abort();
    clear(f);
    return 0;
}
