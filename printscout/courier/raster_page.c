/* SPDX-License-Identifier: Apache-2.0 */
/* raster_page: two layouts, one answer. */
#include "printscout/courier/raster_page.h"

#include <string.h>

#include "base/buf.h"

#define PWG_HEADER_LEN 1796
#define PWG_DPI        276
#define PWG_SIZE       372
#define PWG_BITS       384 /* of a colour, of a pixel, then bytes of a line, colour order, colour space */
#define PWG_COLORS     420
#define PWG_GREY       18
#define PWG_RGB        19
#define URF_HEADER_LEN 32 /* bits of a pixel, colour space, …; width, height, dpi from 12 on */
#define URF_SIZE       12
#define URF_DPI        20

enum err raster_kind_of(const uint8_t *start, enum raster_kind *out)
{
    if (memcmp(start, "RaS2", 4) == 0)
        *out = RASTER_PWG;
    else if (memcmp(start, "UNIRAST", 8) == 0)
        *out = RASTER_URF;
    else
        return ERR_FORMAT;
    return OK;
}

size_t raster_start_len(enum raster_kind kind)
{
    return kind == RASTER_PWG ? 4 : 12;
}

size_t raster_header_len(enum raster_kind kind)
{
    return kind == RASTER_PWG ? PWG_HEADER_LEN : URF_HEADER_LEN;
}

uint32_t raster_number(const uint8_t *header, size_t at)
{
    struct rbuf b = rbuf_of(header + at, 4);
    uint32_t v = 0;

    return rbuf_u32(&b, &v) == OK ? v : 0;
}

static int is_dpi(uint32_t dpi)
{
    return dpi >= RASTER_DPI_MIN && dpi <= RASTER_DPI_MAX;
}

static enum err read_pwg(const uint8_t *h, struct raster_page *p)
{
    const uint32_t space = raster_number(h, PWG_BITS + 16);

    *p = (struct raster_page){.kind = RASTER_PWG,
                              .width = raster_number(h, PWG_SIZE),
                              .height = raster_number(h, PWG_SIZE + 4),
                              .dpi_x = raster_number(h, PWG_DPI),
                              .dpi_y = raster_number(h, PWG_DPI + 4),
                              .colors = space == PWG_RGB ? 3 : 1,
                              .line_len = raster_number(h, PWG_BITS + 8)};
    if (memcmp(h, "PwgRaster", sizeof "PwgRaster") != 0)
        return ERR_FORMAT;
    if ((space != PWG_RGB && space != PWG_GREY) || raster_number(h, PWG_BITS) != 8 ||
        raster_number(h, PWG_BITS + 4) != 8 * p->colors || raster_number(h, PWG_BITS + 12) != 0 ||
        raster_number(h, PWG_COLORS) != p->colors)
        return ERR_UNSUPPORTED;
    return OK;
}

static enum err read_urf(const uint8_t *h, struct raster_page *p)
{
    const uint8_t bits = h[0], space = h[1]; /* 0 and 4 are grey, 1 and 5 are RGB */

    if (!(bits == 24 && (space == 1 || space == 5)) && !(bits == 8 && (space == 0 || space == 4)))
        return ERR_UNSUPPORTED;
    *p = (struct raster_page){.kind = RASTER_URF,
                              .width = raster_number(h, URF_SIZE),
                              .height = raster_number(h, URF_SIZE + 4),
                              .dpi_x = raster_number(h, URF_DPI),
                              .dpi_y = raster_number(h, URF_DPI),
                              .colors = bits / 8u};
    if (p->width > RASTER_LINE_MAX)
        return ERR_LIMIT;
    p->line_len = p->width * p->colors;
    return OK;
}

enum err raster_page_read(enum raster_kind kind, const uint8_t *header, struct raster_page *out)
{
    struct raster_page p;
    enum err e = kind == RASTER_PWG ? read_pwg(header, &p) : read_urf(header, &p);

    if (e != OK)
        return e;
    if (p.width == 0 || p.height == 0 || !is_dpi(p.dpi_x) || !is_dpi(p.dpi_y))
        return ERR_FORMAT;
    if (p.line_len > RASTER_LINE_MAX || (uint64_t)p.line_len * p.height > RASTER_PAGE_MAX)
        return ERR_LIMIT;
    if (p.line_len != (uint64_t)p.width * p.colors)
        return ERR_FORMAT;
    *out = p;
    return OK;
}

const char *raster_page_type(const struct raster_page *p)
{
    return p->colors == 3 ? "srgb_8" : "sgray_8";
}
