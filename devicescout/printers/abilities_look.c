/* SPDX-License-Identifier: Apache-2.0 */
/* abilities_look: an answer's attributes, bounded, as words; what a hostile printer writes otherwise is left out. */
#include "devicescout/printers/abilities_look.h"

#include <string.h>

#include "devicescout/printers/ipp_ask.h"
#include "proto/profile.h"

static const char *const wanted[] = {"document-format-supported",
                                     "sides-supported",
                                     "print-color-mode-supported",
                                     "media-supported",
                                     "media-default",
                                     "media-type-supported",
                                     "media-source-supported",
                                     "output-bin-supported",
                                     "copies-supported",
                                     "finishings-supported",
                                     "print-quality-supported",
                                     "printer-resolution-supported",
                                     "orientation-requested-supported",
                                     "page-ranges-supported",
                                     "pwg-raster-document-type-supported",
                                     "pwg-raster-document-resolution-supported",
                                     "urf-supported",
                                     "printer-state",
                                     "printer-state-reasons"};

/* 1: something did not fit. */
static int read_words(ipp_t *ipp, const char *name, char *list, size_t size)
{
    ipp_attribute_t *a = ippFindAttribute(ipp, name, IPP_TAG_ZERO);
    int cut = 0;

    for (int i = 0; a != NULL && i < ippGetCount(a); i++) {
        const char *word = ippGetString(a, i, NULL);

        if (word != NULL && abilities_add(list, size, word) == ERR_LIMIT)
            cut = 1;
    }
    return cut;
}

static void read_numbers(ipp_t *ipp, struct abilities *out)
{
    ipp_attribute_t *a = ippFindAttribute(ipp, "copies-supported", IPP_TAG_ZERO);
    int most = 1;

    if (a != NULL && ippGetValueTag(a) == IPP_TAG_RANGE)
        ippGetRange(a, 0, &most);
    else if (a != NULL && ippGetValueTag(a) == IPP_TAG_INTEGER)
        most = ippGetInteger(a, 0);
    out->copies_max = most > 1 ? (uint32_t)most : 1;
    a = ippFindAttribute(ipp, "finishings-supported", IPP_TAG_ENUM);
    for (int i = 0; a != NULL && i < ippGetCount(a) && out->finishings_len < ABILITIES_FINISHINGS_MAX; i++)
        out->finishings[out->finishings_len++] = (uint32_t)ippGetInteger(a, i);
}

static void read_quality(ipp_t *ipp, struct abilities *out)
{
    ipp_attribute_t *a = ippFindAttribute(ipp, "print-quality-supported", IPP_TAG_ENUM);

    for (int i = 0; a != NULL && i < ippGetCount(a); i++) {
        if (ippGetInteger(a, i) == IPP_QUALITY_DRAFT)
            out->qualities |= PROFILE_DRAFT;
        if (ippGetInteger(a, i) == IPP_QUALITY_HIGH)
            out->qualities |= PROFILE_HIGH;
    }
}

static void read_orientations(ipp_t *ipp, struct abilities *out)
{
    ipp_attribute_t *a = ippFindAttribute(ipp, "orientation-requested-supported", IPP_TAG_ENUM);

    for (int i = 0; a != NULL && i < ippGetCount(a); i++) {
        const int n = ippGetInteger(a, i);

        if (n > 0 && n < 32)
            out->orientations |= 1u << n;
    }
    a = ippFindAttribute(ipp, "page-ranges-supported", IPP_TAG_BOOLEAN);
    out->page_ranges = a != NULL && ippGetBoolean(a, 0);
}

/* Those that are square, in dots per inch. Returns how many. */
static size_t read_resolutions(ipp_t *ipp, const char *name, uint32_t out[static ABILITIES_RESOLUTIONS_MAX])
{
    ipp_attribute_t *a = ippFindAttribute(ipp, name, IPP_TAG_RESOLUTION);
    size_t len = 0;

    for (int i = 0; a != NULL && i < ippGetCount(a) && len < ABILITIES_RESOLUTIONS_MAX; i++) {
        ipp_res_t units;
        int x, y;

        x = ippGetResolution(a, i, &y, &units);
        if (x == y && x > 0 && units == IPP_RES_PER_INCH)
            out[len++] = (uint32_t)x;
    }
    return len;
}

static void read_raster(ipp_t *ipp, struct abilities *out)
{
    out->resolutions_len = read_resolutions(ipp, "printer-resolution-supported", out->resolutions);
    out->raster_dpis_len = read_resolutions(ipp, "pwg-raster-document-resolution-supported", out->raster_dpis);
    read_words(ipp, "pwg-raster-document-type-supported", out->raster_types, sizeof out->raster_types);
    read_words(ipp, "urf-supported", out->urf, sizeof out->urf);
}

static void read_paper(ipp_t *ipp, struct abilities *out)
{
    ipp_attribute_t *a = ippFindAttribute(ipp, "media-default", IPP_TAG_ZERO);
    const char *word = a != NULL ? ippGetString(a, 0, NULL) : NULL;

    out->media_cut = read_words(ipp, "media-supported", out->media, sizeof out->media);
    if (word != NULL && strlen(word) < sizeof out->media_default)
        strcpy(out->media_default, word);
    read_words(ipp, "media-type-supported", out->types, sizeof out->types);
    read_words(ipp, "media-source-supported", out->sources, sizeof out->sources);
    read_words(ipp, "output-bin-supported", out->bins, sizeof out->bins);
}

/* "-error" is what stops paper (RFC 8011 §5.4.12); a keyword without an ending counts as one only when it stopped. */
static int has_error(const char *reasons)
{
    return strstr(reasons, "-error") != NULL;
}

static void read_state(ipp_t *ipp, struct abilities *out)
{
    ipp_attribute_t *a = ippFindAttribute(ipp, "printer-state", IPP_TAG_ENUM);
    const int stopped = a != NULL && ippGetInteger(a, 0) == IPP_PSTATE_STOPPED;
    char list[STATE_REASONS_SIZE] = "";

    (void)read_words(ipp, "printer-state-reasons", list, sizeof list);
    if (stopped || has_error(list))
        out->problem = REASON_PRINTER_STOPPED;
    if (list[0] == '\0' || strcmp(list, " none ") == 0)
        return;
    memcpy(out->state_reasons, list + 1, strlen(list + 1));
    out->state_reasons[strlen(list + 1) - 1] = '\0';
    for (char *c = out->state_reasons; (c = strchr(c, ' ')) != NULL;)
        *c = ',';
}

static enum job_reason reason_of(enum err e)
{
    return e == ERR_AUTH   ? REASON_CERTIFICATE_CHANGED
           : e == ERR_PEER ? REASON_PRINTER_REFUSED
                           : REASON_PRINTER_UNREACHABLE;
}

enum err abilities_look(const struct printer *p, struct abilities *out)
{
    struct target t;
    ipp_t *ipp = NULL;
    enum err e;

    *out = (struct abilities){.problem = REASON_NONE};
    if (p->protocol == DELIVERY_RAW) {
        abilities_of_raw(p, out);
        return OK;
    }
    if ((e = target_read(p->uri, &t)) != OK ||
        (e = ipp_ask(&t, p->pin, wanted, sizeof wanted / sizeof *wanted, &ipp)) != OK) {
        out->problem = reason_of(e);
        return e;
    }
    read_words(ipp, "document-format-supported", out->formats, sizeof out->formats);
    read_words(ipp, "sides-supported", out->sides, sizeof out->sides);
    read_words(ipp, "print-color-mode-supported", out->colors, sizeof out->colors);
    read_paper(ipp, out);
    read_quality(ipp, out);
    read_orientations(ipp, out);
    read_raster(ipp, out);
    out->wraps = 1;
    read_numbers(ipp, out);
    read_state(ipp, out);
    ippDelete(ipp);
    return OK;
}
