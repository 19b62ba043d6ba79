/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_sse: an event stream as a hostile relay sends it, cut in two at any byte; the whole and the halves must agree.
 */
#include <stdlib.h>

#include "proto/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct count {
    size_t events, bytes;
};

static enum err on_event(void *arg, uint64_t cursor, const uint8_t *sealed, size_t len)
{
    struct count *c = arg;

    (void)cursor;
    c->events++;
    for (size_t i = 0; i < len; i++)
        c->bytes += sealed[i]; /* each byte is read */
    return OK;
}

static enum err feed(const uint8_t *data, size_t size, size_t cut, struct count *c)
{
    struct sse *s = NULL;
    enum err e;

    if (sse_new(on_event, c, &s) != OK)
        abort();
    if ((e = sse_feed(s, (const char *)data, cut)) == OK)
        e = sse_feed(s, (const char *)data + cut, size - cut);
    sse_free(s);
    return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct count whole = {0}, halves = {0};
    size_t cut = size > 0 ? data[0] % size : 0;

    if (feed(data, size, size, &whole) != feed(data, size, cut, &halves))
        abort();
    if (whole.events != halves.events || whole.bytes != halves.bytes)
        abort();
    return 0;
}
