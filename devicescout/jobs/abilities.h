/* SPDX-License-Identifier: Apache-2.0 */
/*
 * abilities: what a printer says that it can, and what of a job it cannot, so that a person reads it on the screen and
 * does not find it on paper. Compared as the courier will: an option that is not listed is left out at delivery.
 */
#ifndef DEVICESCOUT_JOBS_ABILITIES_H
#define DEVICESCOUT_JOBS_ABILITIES_H

#include "base/err.h"
#include "proto/jobstate.h"
#include "proto/keyholder.h"
#include "proto/report.h"
#include "proto/ticket.h"

#define ABILITIES_FINISHINGS_MAX  64
#define ABILITIES_RESOLUTIONS_MAX 16

struct abilities {           /* lists are words with one blank before and behind each: " a b " */
    char formats[1024];      /* IPP document-format-supported */
    char sides[128];         /* sides-supported */
    char colors[256];        /* print-color-mode-supported */
    char media[4096];        /* media-supported */
    char media_default[128]; /* one word, without blanks */
    char types[1024];        /* media-type-supported */
    char sources[1024];      /* media-source-supported */
    char bins[1024];         /* output-bin-supported */
    int media_cut;           /* there are more media than were kept: one that is missing may be there */
    uint32_t copies_max;     /* copies-supported */
    uint32_t finishings[ABILITIES_FINISHINGS_MAX]; /* finishings-supported */
    size_t finishings_len;
    uint32_t
        resolutions[ABILITIES_RESOLUTIONS_MAX]; /* of printer-resolution-supported, those that are square, in dpi */
    size_t resolutions_len;
    uint16_t qualities;                              /* of print-quality-supported: PROFILE_DRAFT, PROFILE_HIGH */
    uint32_t orientations;                           /* bit 1 << n: n is in orientation-requested-supported */
    int page_ranges;                                 /* page-ranges-supported */
    char raster_types[512];                          /* pwg-raster-document-type-supported; empty: it does not say */
    char urf[512];                                   /* urf-supported; empty: it does not say */
    uint32_t raster_dpis[ABILITIES_RESOLUTIONS_MAX]; /* of pwg-raster-document-resolution-supported, the square ones */
    size_t raster_dpis_len;                          /* 0: it does not say */
    int wraps; /* the courier makes a PDF of raster and JPEG for it, where it takes PDF */
    /* How it is: REASON_NONE, or why a job would not come out. */
    enum job_reason problem;
    char state_reasons[STATE_REASONS_SIZE]; /* printer-state-reasons, commas between */
};

/* Add a word to a list of size bytes. ERR_LIMIT: it does not fit; ERR_FORMAT: no keyword or MIME type. */
MUST_USE enum err abilities_add(char *list, size_t size, const char *word);
int abilities_has(const char *list, const char *word);

/* Is there a medium of this size among names that end in theirs, "iso_a4_210x297mm" (PWG 5101.1)? Hundredths of mm. */
int abilities_has_size(const char *media, uint32_t x, uint32_t y);

/* What a raw printer can, from how it is registered: nobody can ask it. */
void abilities_of_raw(const struct printer *p, struct abilities *out);

enum abilities_answer { ABILITIES_NO, ABILITIES_YES, ABILITIES_UNKNOWN /* the bytes decide, at delivery */ };

/* Will a document of this format come out? */
enum abilities_answer abilities_take_format(const struct abilities *a, const char *format);

/* The same of a job: a raster also has a type and a resolution, as far as the queue found them. */
enum abilities_answer abilities_take(const struct abilities *a, const char *format,
                                     const struct ticket_content *content);

enum {
    LACKS_COPIES = 1,
    LACKS_SIDES = 2,
    LACKS_COLOR = 4,
    LACKS_MEDIA = 8,
    LACKS_FINISHINGS = 16,
    LACKS_PAGE_RANGES = 32,
    LACKS_ORIENTATION = 64,
    LACKS_QUALITY = 128
};
#define ABILITIES_OPTIONS 8

/* The IPP name of bit 1 << i; static. */
const char *abilities_option(size_t i);

/*
 * Which of the options that were chosen will be left out? Bits as above.
 *   ipp     job attributes, RFC 8010 §3.1.4; what cannot be read of them lacks nothing
 */
unsigned abilities_lack(const struct abilities *a, const uint8_t *ipp, size_t ipp_len);

#endif
