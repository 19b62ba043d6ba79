/* SPDX-License-Identifier: Apache-2.0 */
/* content: see content.h. What URF and JPEG need is here; PDF and PWG Raster have files of their own. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "printscout/queue/content_parts.h"
#include "printscout/queue/format.h"

#define HEAD_LEN 16 /* format_of() asks no more; URF's page count stands within */

struct content {
    uint8_t head[HEAD_LEN];
    size_t head_len;
    const char *format; /* NULL until the head is complete */
    struct content_pdf pdf;
    struct content_pwg pwg;
};

enum err content_new(struct content **out)
{
    *out = calloc(1, sizeof **out);
    return *out != NULL ? OK : ERR_NOMEM;
}

void content_free(struct content *c)
{
    if (c == NULL)
        return;
    explicit_bzero(c, sizeof *c);
    free(c);
}

static int is_format(const struct content *c, const char *mime)
{
    return c->format != NULL && strcmp(c->format, mime) == 0;
}

static void look(struct content *c, const uint8_t *bytes, size_t len)
{
    if (is_format(c, "application/pdf"))
        content_pdf_bytes(&c->pdf, bytes, len);
    else if (is_format(c, "image/pwg-raster"))
        content_pwg_bytes(&c->pwg, bytes, len);
}

void content_bytes(struct content *c, const uint8_t *bytes, size_t len)
{
    size_t take = HEAD_LEN - c->head_len;

    if (c->format == NULL) {
        if (take > len)
            take = len;
        memcpy(c->head + c->head_len, bytes, take);
        c->head_len += take;
        bytes += take;
        len -= take;
        if (c->head_len < HEAD_LEN)
            return;
        c->format = format_of(c->head, HEAD_LEN);
        look(c, c->head, HEAD_LEN);
    }
    look(c, bytes, len);
}

static uint32_t urf_pages(const struct content *c)
{
    struct rbuf b = rbuf_of(c->head + 8, 4);
    uint32_t pages = 0;

    return rbuf_u32(&b, &pages) == OK ? pages : 0;
}

uint32_t content_pages(struct content *c)
{
    uint32_t pages = 0;

    if (is_format(c, "application/pdf"))
        pages = content_pdf_pages(&c->pdf);
    else if (is_format(c, "image/pwg-raster"))
        pages = content_pwg_pages(&c->pwg);
    else if (is_format(c, "image/urf"))
        pages = urf_pages(c);
    else if (is_format(c, "image/jpeg"))
        pages = 1;
    return pages <= CONTENT_PAGES_MAX ? pages : 0;
}
