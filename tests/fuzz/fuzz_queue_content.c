/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_queue_content: any bytes as a document: its pages are the same number however the bytes come. */
#include <stdlib.h>

#include "printscout/queue/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static uint32_t pages(const uint8_t *bytes, size_t len, size_t step)
{
    struct content *c = NULL;
    uint32_t n;

    if (content_new(&c) != OK)
        abort();
    for (size_t at = 0; at < len; at += step)
        content_bytes(c, bytes + at, len - at < step ? len - at : step);
    n = content_pages(c);
    content_free(c);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return 0;
    if (pages(bytes, len, len) != pages(bytes, len, 1) || pages(bytes, len, 7) > CONTENT_PAGES_MAX)
        abort();
    return 0;
}
