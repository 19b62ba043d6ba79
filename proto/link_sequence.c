/* SPDX-License-Identifier: Apache-2.0 */
/* link_sequence: see link_sequence.h. */
#include "proto/link_sequence.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "proto/record.h"

#define FILE_NAME "sequence"
#define FILE_LEN  9
#define BLOCK     4096 /* one fsync for so many messages; 2^64 numbers are enough for any number of restarts */

static enum err file_decode(const uint8_t *bytes, size_t len, uint64_t *out)
{
    struct rbuf b = rbuf_of(bytes, len);
    uint8_t version;
    enum err e;

    if ((e = rbuf_u8(&b, &version)) != OK)
        return e;
    if (version != RECORD_VERSION)
        return ERR_UNSUPPORTED;
    return (e = rbuf_u64(&b, out)) != OK ? e : rbuf_end(&b);
}

enum err sequence_start(int dir, struct sequence *out)
{
    struct sequence s = {.dir = dir};
    uint8_t *bytes = NULL;
    size_t len;
    enum err e;

    e = file_read(dir, FILE_NAME, FILE_LEN, &bytes, &len);
    if (e == OK)
        e = file_decode(bytes, len, &s.start);
    else if (e == ERR_NOTFOUND)
        e = OK; /* the first start */
    free(bytes);
    if (e != OK)
        return e == ERR_LIMIT ? ERR_FORMAT : e;
    s.reserved = s.start;
    if ((e = sequence_reserve(&s, s.start + 1)) != OK)
        return e;
    *out = s;
    return OK;
}

enum err sequence_reserve(struct sequence *s, uint64_t number)
{
    uint8_t bytes[FILE_LEN];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    uint64_t above = number + BLOCK - 1;
    enum err e;

    if (number <= s->reserved)
        return OK;
    if (above < number) /* the end of the numbers: nothing above is left for a restart */
        return ERR_LIMIT;
    if ((e = wbuf_u8(&b, RECORD_VERSION)) != OK || (e = wbuf_u64(&b, above)) != OK ||
        (e = file_replace(s->dir, FILE_NAME, b.start, b.len, 0600)) != OK)
        return e;
    s->reserved = above;
    return OK;
}
