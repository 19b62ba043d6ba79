/* SPDX-License-Identifier: Apache-2.0 */
/* abilities_formats: whether a document comes out of a printer, as the courier will see it (its ipp_shape.c). */
#include <stdio.h>
#include <string.h>

#include "devicescout/jobs/abilities.h"

/* What the courier tells by the first bytes; anything else it sends on as bytes of no known kind. */
static int is_told_by_bytes(const char *format)
{
    return abilities_has(" application/pdf image/pwg-raster image/urf image/jpeg image/png application/postscript "
                         "application/vnd.hp-pcl ",
                         format);
}

/* What the courier makes a PDF of. */
static int is_wrapped(const struct abilities *a, const char *format)
{
    return a->wraps && abilities_has(" image/pwg-raster image/urf image/jpeg ", format) &&
           abilities_has(a->formats, "application/pdf");
}

enum abilities_answer abilities_take_format(const struct abilities *a, const char *format)
{
    if (a->formats[0] == '\0' || !is_told_by_bytes(format))
        return ABILITIES_UNKNOWN;
    return abilities_has(a->formats, format) || is_wrapped(a, format) ? ABILITIES_YES : ABILITIES_NO;
}

/* Apple's key "RS300-600". */
static int urf_has_dpi(const char *urf, uint32_t dpi)
{
    const char *at = strstr(urf, " RS");
    unsigned v;
    int len;

    if (at == NULL)
        return 1;
    for (at += 3; sscanf(at, "%5u%n", &v, &len) == 1; at += len + 1) {
        if (v == dpi)
            return 1;
        if (at[len] != '-')
            break;
    }
    return 0;
}

/* Does it print such pages? What is not known of them, and what it does not say, is left to the delivery. */
static int takes_pages(const struct abilities *a, const char *format, const struct ticket_content *c)
{
    if (strcmp(format, "image/pwg-raster") == 0) {
        int has_dpi = a->raster_dpis_len == 0 || c->raster_dpi == 0;

        for (size_t i = 0; i < a->raster_dpis_len; i++)
            has_dpi |= a->raster_dpis[i] == c->raster_dpi;
        return has_dpi && (a->raster_types[0] == '\0' || c->raster_type[0] == '\0' ||
                           abilities_has(a->raster_types, c->raster_type));
    }
    if (strcmp(format, "image/urf") == 0 && a->urf[0] != '\0')
        return (c->raster_dpi == 0 || urf_has_dpi(a->urf, c->raster_dpi)) &&
               (c->raster_type[0] == '\0' ||
                abilities_has(a->urf, strcmp(c->raster_type, "srgb_8") == 0 ? "SRGB24" : "W8"));
    return 1;
}

enum abilities_answer abilities_take(const struct abilities *a, const char *format,
                                     const struct ticket_content *content)
{
    const enum abilities_answer answer = abilities_take_format(a, format);

    if (answer == ABILITIES_YES && !takes_pages(a, format, content) && !is_wrapped(a, format))
        return ABILITIES_NO;
    return answer;
}
