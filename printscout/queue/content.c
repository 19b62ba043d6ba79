/* SPDX-License-Identifier: Apache-2.0 */
/* content: see content.h. Raster has a file of its own; PDF goes to readers.h. */
#include <stdlib.h>
#include <string.h>

#include "printscout/queue/content_parts.h"
#include "printscout/queue/format.h"
#include "printscout/queue/readers.h"

#define HEAD_LEN 16 /* format_of() asks no more */

struct content {
    uint8_t head[HEAD_LEN];
    size_t head_len;
    const char *format; /* NULL until the head is complete */
    struct readers *readers;
    struct reader *reader; /* of a PDF; NULL: nothing is known of it */
    struct content_raster raster;
};

enum err content_new(struct readers *readers, struct content **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return ERR_NOMEM;
    (*out)->readers = readers;
    return OK;
}

void content_free(struct content *c)
{
    if (c == NULL)
        return;
    reader_free(c->reader);
    explicit_bzero(c, sizeof *c);
    free(c);
}

static int is_raster(const struct content *c)
{
    return c->format != NULL && (strcmp(c->format, "image/pwg-raster") == 0 || strcmp(c->format, "image/urf") == 0);
}

static void look(struct content *c, const uint8_t *bytes, size_t len)
{
    if (c->reader != NULL)
        reader_bytes(c->reader, bytes, len);
    else if (is_raster(c))
        content_raster_bytes(&c->raster, bytes, len);
}

/* The head is complete: what is it? */
static void begin(struct content *c)
{
    c->format = format_of(c->head, HEAD_LEN);
    content_raster_start(&c->raster, strcmp(c->format, "image/urf") == 0);
    if (c->readers != NULL && strcmp(c->format, "application/pdf") == 0 && reader_new(c->readers, &c->reader) != OK)
        c->reader = NULL;
    look(c, c->head, HEAD_LEN);
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
        begin(c);
    }
    look(c, bytes, len);
}

void content_end(struct content *c)
{
    if (c->reader != NULL)
        reader_end(c->reader);
}

static enum ticket_color color_of(enum pages_color color)
{
    return color == PAGES_COLOR_YES  ? TICKET_COLOR_YES
           : color == PAGES_COLOR_NO ? TICKET_COLOR_NO
                                     : TICKET_COLOR_UNKNOWN;
}

void content_found(struct content *c, uint32_t uid, struct ticket_content *out)
{
    enum pages_color color;

    *out = (struct ticket_content){0};
    if (c->reader != NULL) {
        reader_answer(c->reader, uid, &out->pages, &color);
        out->color = color_of(color);
    } else if (is_raster(c)) {
        content_raster_found(&c->raster, out);
    } else if (c->format != NULL && strcmp(c->format, "image/jpeg") == 0) {
        out->pages = 1;
    }
    if (out->pages == 0 || out->pages > CONTENT_PAGES_MAX)
        *out = (struct ticket_content){0};
}
