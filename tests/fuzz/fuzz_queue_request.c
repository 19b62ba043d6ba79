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

static const uint8_t PRINT_JOB[] = "\2\0\0\2\0\0\0\1\1\x47\0\x12"
                                   "attributes-charset\0\5utf-8\x48\0\x1b"
                                   "attributes-natural-language\0\2en\x45\0\x0b"
                                   "printer-uri\0\x19ipp://localhost/ipp/print\3%PDF-1.7";

/* Job 1, so that operations on jobs have one. */
static void print_first(struct queue_fixture *f)
{
    struct request *r = NULL;

    if (request_new(&f->queue, &(struct caller){.printer = f->queue.printer, .offers = f->queue.offers, .uid = getuid()}, &r) != OK || request_bytes(r, PRINT_JOB, sizeof PRINT_JOB - 1) != OK ||
        request_end(r) != OK || jobs_open_count(f->queue.jobs, getuid()) != 1)
        abort();
    request_free(r);
}

/* An enrolled queue with job 1 held, made again when that one was canceled. */
static struct queue_fixture *fixture(void)
{
    static struct queue_fixture *f;

    if (f != NULL && jobs_open_count(f->queue.jobs, getuid()) != 1) {
        queue_fixture_free((void **)&f);
        f = NULL;
    }
    if (f == NULL) {
        if (queue_fixture_new((void **)&f) != 0)
            abort();
        queue_fixture_enroll(f, "alice");
        print_first(f);
    }
    return f;
}

/* Forget all jobs but the first, in table and spool. */
static void clear(struct queue_fixture *f)
{
    uint32_t *numbers = NULL;
    size_t count;

    if (jobs_list(f->queue.jobs, JOBS_ANY_UID, &numbers, &count) != OK)
        abort();
    for (size_t i = 0; i < count; i++) {
        char path[SPOOL_PATH_SIZE];
        struct job_view v;

        if (numbers[i] == 1 || jobs_view(f->queue.jobs, numbers[i], &v) != OK)
            continue;
        if (v.has_document && file_erase(f->queue.spool, spool_path(path, SPOOL_JOBS, v.id, NULL)) != OK)
            abort();
        job_view_clear(&v);
        jobs_remove(f->queue.jobs, numbers[i]);
    }
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
    if (request_new(&f->queue, &(struct caller){.printer = f->queue.printer, .offers = f->queue.offers, .uid = getuid()}, &r) != OK)
        abort();
    for (size_t at = 1; at < len && e == OK; at += step)
        e = request_bytes(r, bytes + at, len - at < step ? len - at : step);
    if (e == OK && (bytes[0] & 0x80) == 0) /* the others break off */
        end(r);
    request_free(r);
    if (queue_fixture_count(f, SPOOL_INCOMING, name) != 0)
        abort();
    if ((bytes[0] & 0x80) != 0 && queue_fixture_count(f, SPOOL_JOBS, name) != 1)
        abort();
    clear(f);
    return 0;
}
