/* SPDX-License-Identifier: Apache-2.0 */
/* protocol_spool: the records of the spool folder, for protocol_kinds.h. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "proto/spool.h"
#include "tests/reference/protocol_kinds.h"

/* A spool of one job, in a folder that is gone afterwards. */
static const struct id SPOOL_JOB = {{1}};

static enum err with_spool(enum err (*fn)(int spool, void *arg), void *arg)
{
    char path[] = "/tmp/latchkey-reference-XXXXXX", name[SPOOL_PATH_SIZE];
    int spool = -1;
    enum err e = ERR_IO;

    if (mkdtemp(path) == NULL || spool_open(path, &spool) != OK ||
        mkdirat(spool, spool_path(name, SPOOL_JOBS, SPOOL_JOB, NULL), 0700) != 0)
        goto out;
    e = fn(spool, arg);
out:
    if (spool >= 0) {
        const char *const made[] = {name, SPOOL_JOBS, SPOOL_INCOMING, SPOOL_SITE};

        for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
            if (file_erase(spool, made[i]) != OK)
                e = ERR_IO;
        }
        close(spool);
    }
    if (rmdir(path) != 0)
        e = ERR_IO;
    return e;
}

struct spooled { /* one file of it */
    const char *file;
    const uint8_t *bytes; /* to be read */
    size_t len;
    void *out;
    const void *record; /* or to be written */
    struct wbuf *to;
    enum err (*read)(int spool, void *out);
    enum err (*write)(int spool, const void *record);
};

static enum err spooled_read(int spool, void *arg)
{
    const struct spooled *s = arg;
    enum err e = file_replace(spool, s->file, s->bytes, s->len, 0600);

    return e != OK ? e : s->read(spool, s->out);
}

static enum err spooled_write(int spool, void *arg)
{
    const struct spooled *s = arg;
    uint8_t *bytes = NULL;
    size_t len;
    enum err e;

    if ((e = s->write(spool, s->record)) != OK || (e = file_read(spool, s->file, s->to->size, &bytes, &len)) != OK)
        return e;
    e = wbuf_copy(s->to, bytes, len);
    free(bytes);
    return e;
}

#define SPOOLED(name, path, read_call, write_call)                                                                     \
    static enum err name##_from(int spool, void *out)                                                                  \
    {                                                                                                                  \
        return read_call;                                                                                              \
    }                                                                                                                  \
    static enum err name##_to(int spool, const void *record)                                                           \
    {                                                                                                                  \
        return write_call;                                                                                             \
    }                                                                                                                  \
    static enum err read_##name(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)   \
    {                                                                                                                  \
        struct spooled s = {.file = path, .bytes = bytes, .len = len, .out = out, .read = name##_from};                \
        (void)key;                                                                                                     \
        return with_spool(spooled_read, &s);                                                                           \
    }                                                                                                                  \
    static enum err write_##name(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)         \
    {                                                                                                                  \
        struct spooled s = {.file = path, .record = record, .to = out, .write = name##_to};                            \
        (void)key;                                                                                                     \
        return with_spool(spooled_write, &s);                                                                          \
    }

#define IN_JOB(file) "jobs/01000000000000000000000000000000/" file

static enum err queue_to_file(int spool, const struct spool_queue *q)
{
    uint8_t bytes[64];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    enum err e = spool_queue_encode(q, &b);

    return e != OK ? e : file_replace(spool, IN_JOB("queue"), bytes, b.len, 0600);
}

static const struct field SPOOL_NODE_FIELDS[] = {BYTES(spool_node, node), BYTES(spool_node, site_public),
                                                 BYTES(spool_node, certificate), TEXT(spool_node, person), END};
SPOOLED(spool_node, SPOOL_NODE, spool_node_read(spool, out), spool_node_write(spool, record))

static const struct field SPOOL_QUEUE_FIELDS[] = {
    NUMBER(spool_queue, job_number, 32),      NUMBER(spool_queue, uid, 32),
    NUMBER(spool_queue, created_unix_ms, 64), NUMBER(spool_queue, document_bytes, 64),
    NUMBER(spool_queue, expires_unix_ms, 64), END};
SPOOLED(spool_queue, IN_JOB("queue"), spool_queue_read(spool, SPOOL_JOB, out), queue_to_file(spool, record))

static const struct field SPOOL_STATE_FIELDS[] = {NUMBER(spool_state, state, 8),
                                                  NUMBER(spool_state, reason, 8),
                                                  NUMBER(spool_state, report_pending, 8),
                                                  NUMBER(spool_state, changed_unix_ms, 64),
                                                  BYTES(spool_state, order),
                                                  NUMBER(spool_state, sent_bytes, 64),
                                                  NUMBER(spool_state, impressions, 32),
                                                  TEXT(spool_state, printer_state_reasons),
                                                  TEXT(spool_state, printer),
                                                  VAR(spool_state, report, report_len),
                                                  END};
SPOOLED(spool_state, IN_JOB("state"), spool_state_read(spool, SPOOL_JOB, out),
        spool_state_write(spool, SPOOL_JOB, record))

const struct kind KINDS_OF_SPOOL[] = {
    {"spool_node", SPOOL_NODE_FIELDS, sizeof(struct spool_node), read_spool_node, write_spool_node},
    {"spool_queue", SPOOL_QUEUE_FIELDS, sizeof(struct spool_queue), read_spool_queue, write_spool_queue},
    {"spool_state", SPOOL_STATE_FIELDS, sizeof(struct spool_state), read_spool_state, write_spool_state},
    {NULL, NULL, 0, NULL, NULL},
};
