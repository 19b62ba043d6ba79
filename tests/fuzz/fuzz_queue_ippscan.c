/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_queue_ippscan: any bytes as a request's attributes. However they are cut, the end is found at the same place;
 * and what passes the scan, libcups can read without surprise.
 */
#include <stdlib.h>
#include <string.h>

#include "printscout/queue/ippscan.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* The scan's verdict on bytes that come step at a time. */
static enum err scan(struct ippscan *s, const uint8_t *bytes, size_t len, size_t step)
{
    for (size_t at = 0; at < len && !s->done; at += step) {
        const size_t piece = len - at < step ? len - at : step;
        size_t used = 0;
        enum err e = ippscan_take(s, bytes + at, piece, &used);

        if (e != OK)
            return e;
        if (used > piece || (!s->done && used != piece))
            abort();
    }
    return s->done ? OK : ERR_STATE;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct ippscan whole = {0}, pieces = {0};
    ipp_t *ipp = NULL;
    enum err e;

    if (len == 0)
        return 0;
    e = scan(&whole, bytes, len, len);
    if (scan(&pieces, bytes, len, 1) != e || whole.done != pieces.done)
        abort();
    if (e == OK && (whole.len != pieces.len || memcmp(whole.bytes, pieces.bytes, whole.len) != 0))
        abort();
    if (e == OK && ippscan_read(&whole, &ipp) == OK)
        ippDelete(ipp);
    ippscan_free(&whole);
    ippscan_free(&pieces);
    return 0;
}
