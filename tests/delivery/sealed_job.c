/* SPDX-License-Identifier: Apache-2.0 */
/* sealed_job: queue's and keyholder's parts in one short function each. */
#include "tests/delivery/sealed_job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "crypto/label.h"
#include "crypto/nodekeys.h"
#include "crypto/seal.h"
#include "crypto/unwrap.h"

static enum err write_to(void *arg, const uint8_t *sealed, size_t len)
{
    return file_write(*(int *)arg, sealed, len);
}

static enum err write_job(int fd, const uint8_t *document, size_t len, struct seal *s)
{
    enum err e;

    if ((e = seal_bytes(s, document, len, write_to, &fd)) != OK)
        return e;
    return seal_end(s, write_to, &fd);
}

/* What the keyholder does: out of the epoch's wrap, into the hello key's. */
static enum err grant(struct order *o, const struct job_header *h, const uint8_t *epoch_public,
                      const uint8_t *epoch_secret)
{
    uint8_t key[KEY_LEN];
    struct wrap_info info;
    enum err e;

    wrap_info_job(&info, h->site, h->job, h->epoch);
    if ((e = unwrap_key(epoch_secret, epoch_public, info.pieces, 2, h->wrapped_key, key)) != OK)
        return e;
    wrap_info_grant(&info, o->site, o->order);
    e = wrap_key(o->hello_public, info.pieces, 2, key, o->wrapped_key);
    secret_wipe(key, sizeof key);
    return e;
}

static int make_file(int spool, struct id job)
{
    char path[SPOOL_PATH_SIZE];

    if (mkdirat(spool, spool_path(path, SPOOL_JOBS, job, NULL), 0700) != 0 && errno != EEXIST)
        return -1;
    return openat(spool, spool_path(path, SPOOL_JOBS, job, SPOOL_FILE_JOB), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
                  0600);
}

enum err sealed_job_make(int spool, const uint8_t *document, size_t len, const uint8_t hello_public[static KEY_LEN],
                         struct id recipient, struct order *order)
{
    struct order o = {.recipient = recipient, .person = "alice", .authentication = BY_PASSWORD};
    uint8_t start[SEAL_START_LEN], epoch_public[KEY_LEN], epoch_secret[KEY_LEN];
    struct job_header header;
    struct seal *s = NULL;
    int fd = -1;
    enum err e;

    secret_random(o.site.b, ID_LEN);
    secret_random(o.order.b, ID_LEN);
    secret_random(o.printer.b, ID_LEN);
    memcpy(o.hello_public, hello_public, KEY_LEN);
    if ((e = box_pair_new(epoch_public, epoch_secret)) != OK)
        goto out;
    if ((e = seal_new(&(struct seal_opts){.site = o.site,
                                          .node = recipient,
                                          .epoch = 1,
                                          .epoch_public_key = epoch_public,
                                          .created_unix_ms = clock_unix_ms()},
                      start, &s)) != OK)
        goto out;
    o.job = seal_job(s);
    e = ERR_IO;
    if ((fd = make_file(spool, o.job)) < 0)
        goto out;
    if ((e = file_write(fd, start, sizeof start)) != OK || (e = write_job(fd, document, len, s)) != OK ||
        (e = header_read(start, sizeof start, &header)) != OK)
        goto out;
    memcpy(o.payload_prefix, start + HEADER_LEN, CHUNKED_PREFIX_LEN);
    o.payload_len = seal_payload_len(s);
    o.deadline_boot_ms = clock_boot_ms() + ORDER_START_MS;
    if ((e = grant(&o, &header, epoch_public, epoch_secret)) == OK)
        *order = o;
out:
    if (fd >= 0)
        close(fd);
    seal_free(s);
    return e;
}
