/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options: what a person changes at the panel before paper comes out, laid over what they chose when they printed.
 * Both are IPP job attributes as RFC 8010 §3.1.4 encodes them, without a group tag.
 */
#ifndef DEVICESCOUT_JOBS_OPTIONS_H
#define DEVICESCOUT_JOBS_OPTIONS_H

#include "base/buf.h"

#define OPTIONS_COPIES_MAX  999
#define OPTIONS_RANGES_MAX  32
#define OPTIONS_KEYWORD_MAX 32

struct page_range {
    uint32_t from, to; /* from 1 */
};

struct options {                                  /* start with {0}: nothing changed */
    uint32_t copies;                              /* IPP copies; 0: as printed */
    char sides[OPTIONS_KEYWORD_MAX];              /* IPP sides; "": as printed */
    char print_color_mode[OPTIONS_KEYWORD_MAX];   /* IPP print-color-mode */
    struct page_range ranges[OPTIONS_RANGES_MAX]; /* IPP page-ranges, rising, without overlap */
    size_t ranges_len;
};

/* Set one of the keywords. ERR_FORMAT: IPP has no such value for it. */
MUST_USE enum err options_set_sides(struct options *o, const char *keyword);
MUST_USE enum err options_set_color_mode(struct options *o, const char *keyword);

/* Pages as people write them, "1-3,7". ERR_FORMAT; ERR_LIMIT too many ranges. */
MUST_USE enum err options_set_ranges(struct options *o, const char *text);

/*
 * Write ipp (ipp_len bytes from a ticket) with the changes of o in the place of the attributes that they change.
 * Errors: ERR_FORMAT ipp is not such attributes; ERR_LIMIT it does not fit.
 */
MUST_USE enum err options_merge(const struct options *o, const uint8_t *ipp, size_t ipp_len, struct wbuf *out);

#endif
