/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_shape: the first page's header stands for all; what differs later is found while the document is turned or
 * wrapped. */
#include "printscout/courier/ipp_shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printscout/courier/format.h"
#include "printscout/courier/ipp_options.h"

#define HEAD_LEN (RASTER_START_MAX + RASTER_HEADER_MAX)

static ipp_attribute_t *find(ipp_t *ipp, const char *name)
{
    return ippFindAttribute(ipp, name, IPP_TAG_ZERO);
}

static const char *text_of(ipp_t *ipp, const char *name)
{
    ipp_attribute_t *a = find(ipp, name);

    return a != NULL ? ippGetString(a, 0, NULL) : NULL;
}

/* What paper gets: as was chosen, else as the printer does by itself. */
static const char *sides_of(ipp_t *printer, ipp_t *options)
{
    const char *sides = text_of(options, "sides");

    if (sides == NULL)
        sides = text_of(printer, "sides-default");
    return sides != NULL ? sides : "one-sided";
}

static enum raster_back pwg_back(ipp_t *printer)
{
    static const char *const words[] = {[BACK_NORMAL] = "normal",
                                        [BACK_FLIPPED] = "flipped",
                                        [BACK_ROTATED] = "rotated",
                                        [BACK_MANUAL_TUMBLE] = "manual-tumble"};
    const char *back = text_of(printer, "pwg-raster-document-sheet-back");

    for (size_t i = 0; back != NULL && i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], back) == 0)
            return (enum raster_back)i;
    }
    return BACK_NORMAL;
}

static int has_key(ipp_t *printer, const char *key)
{
    ipp_attribute_t *a = find(printer, "urf-supported");

    return a != NULL && ippContainsString(a, key);
}

static enum raster_back urf_back(ipp_t *printer)
{
    return has_key(printer, "DM2")   ? BACK_FLIPPED
           : has_key(printer, "DM3") ? BACK_ROTATED
           : has_key(printer, "DM4") ? BACK_MANUAL_TUMBLE
                                     : BACK_NORMAL;
}

/* "RS300-600": resolutions between minus signs. */
static int urf_takes_dpi(ipp_t *printer, uint32_t dpi)
{
    ipp_attribute_t *a = find(printer, "urf-supported");

    for (int i = 0; a != NULL && i < ippGetCount(a); i++) {
        const char *key = ippGetString(a, i, NULL);

        if (key == NULL || strncmp(key, "RS", 2) != 0)
            continue;
        for (const char *at = key + 2; at != NULL; at = strchr(at, '-') != NULL ? strchr(at, '-') + 1 : NULL) {
            if (strtoul(at, NULL, 10) == dpi)
                return 1;
        }
        return 0;
    }
    return 1; /* it does not say */
}

static int pwg_takes_dpi(ipp_t *printer, const struct raster_page *p)
{
    ipp_attribute_t *a = find(printer, "pwg-raster-document-resolution-supported");

    for (int i = 0; a != NULL && i < ippGetCount(a); i++) {
        ipp_res_t units;
        int y = 0;
        const int x = ippGetResolution(a, i, &y, &units);

        if (units == IPP_RES_PER_INCH && x > 0 && y > 0 && (uint32_t)x == p->dpi_x && (uint32_t)y == p->dpi_y)
            return 1;
    }
    return a == NULL;
}

/* Does it print pages like this one? What it says nothing of is left to it. */
static int takes_page(ipp_t *printer, const struct raster_page *p)
{
    ipp_attribute_t *types = find(printer, "pwg-raster-document-type-supported");

    if (p->kind == RASTER_PWG)
        return (types == NULL || ippContainsString(types, raster_page_type(p))) && pwg_takes_dpi(printer, p);
    return (find(printer, "urf-supported") == NULL || has_key(printer, p->colors == 3 ? "SRGB24" : "W8")) &&
           urf_takes_dpi(printer, p->dpi_x);
}

/* The pages that were chosen are chosen here, since the printer would count sides after they were turned. */
static void take_ranges(ipp_t *options, struct raster_turn_opts *turn)
{
    ipp_attribute_t *a = ippFindAttribute(options, "page-ranges", IPP_TAG_RANGE);

    for (int i = 0; a != NULL && i < ippGetCount(a) && turn->ranges_len < RASTER_RANGES_MAX; i++) {
        int to = 0;
        const int from = ippGetRange(a, i, &to);

        if (from > 0 && to >= from)
            turn->ranges[turn->ranges_len++] = (struct raster_range){(uint32_t)from, (uint32_t)to};
    }
    ippDeleteAttribute(options, a);
}

static void turn_backs(ipp_t *options, enum raster_back back, const char *sides, struct rendition_opts *out)
{
    out->kind = RENDITION_TURNED;
    out->turn.back = back;
    out->turn.short_edge = strcmp(sides, "two-sided-short-edge") == 0;
    take_ranges(options, &out->turn);
}

/* A raster that the printer lists: is it one that comes out right there? */
static enum err shape_raster(const uint8_t *head, size_t len, ipp_t *printer, ipp_t *options,
                             struct rendition_opts *out)
{
    const char *sides = sides_of(printer, options);
    struct raster_page page;
    enum raster_kind kind;
    enum raster_back back;

    if (len < RASTER_START_MAX || raster_kind_of(head, &kind) != OK ||
        len < raster_start_len(kind) + raster_header_len(kind))
        return ERR_UNSUPPORTED;
    back = kind == RASTER_PWG ? pwg_back(printer) : urf_back(printer);
    if (strncmp(sides, "two-sided", 9) != 0)
        back = BACK_NORMAL;
    if (raster_page_read(kind, head + raster_start_len(kind), &page) != OK) /* of a type that we do not make */
        return back == BACK_NORMAL ? OK : ERR_UNSUPPORTED;
    if (!takes_page(printer, &page))
        return ERR_UNSUPPORTED;
    if (back != BACK_NORMAL)
        turn_backs(options, back, sides, out);
    return OK;
}

enum err ipp_shape_of(struct deliver *d, ipp_t *printer, ipp_t *options, struct rendition_opts *out)
{
    uint8_t head[HEAD_LEN];
    const char *format;
    size_t len;
    enum err e;

    *out = (struct rendition_opts){.d = d, .kind = RENDITION_AS_IS};
    document_rewind(d->document);
    if (document_read_at(d->document, 0, head, sizeof head, &len) != OK)
        return ERR_FORMAT;
    format = format_of(head, len);
    e = ERR_UNSUPPORTED;
    if (ipp_options_takes_format(printer, format))
        e = strcmp(format, FORMAT_PWG) == 0 || strcmp(format, FORMAT_URF) == 0
                ? shape_raster(head, len, printer, options, out)
                : OK;
    if (e == ERR_UNSUPPORTED && rendition_wraps(format) && ipp_options_takes_format(printer, FORMAT_PDF)) {
        out->kind = RENDITION_PDF;
        e = OK;
    }
    return e;
}
