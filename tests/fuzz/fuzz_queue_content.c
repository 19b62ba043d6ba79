/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_queue_content: any bytes as a document: what is found in it is the same however the bytes come. */
#include <stdlib.h>
#include <string.h>

#include "printscout/queue/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct ticket_content found(const uint8_t *bytes, size_t len, size_t step)
{
    struct content *c = NULL;
    struct ticket_content f;

    if (content_new(NULL, &c) != OK)
        abort();
    for (size_t at = 0; at < len; at += step)
        content_bytes(c, bytes + at, len - at < step ? len - at : step);
    content_end(c);
    content_found(c, 1000, &f);
    content_free(c);
    return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct ticket_content whole, pieces;

    if (len == 0)
        return 0;
    whole = found(bytes, len, len);
    pieces = found(bytes, len, 1 + bytes[len - 1] % 7);
    if (whole.pages != pieces.pages || whole.color != pieces.color || whole.raster_dpi != pieces.raster_dpi ||
        strcmp(whole.raster_type, pieces.raster_type) != 0 || whole.pages > CONTENT_PAGES_MAX)
        abort();
    return 0;
}
