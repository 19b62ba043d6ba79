/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: what a site's printers can among them, so that the virtual queue offers that before anybody knows which of
 * them a job goes to. PROTOCOL.md, "Profile". It describes and forbids nothing: policy stands in the bulletin's flags.
 */
#ifndef PROTO_PROFILE_H
#define PROTO_PROFILE_H

#include "base/buf.h"
#include "proto/bulletin.h"

#define PROFILE_VERSION         1
#define PROFILE_WORD_SIZE       48 /* with its NUL */
#define PROFILE_MEDIA_MAX       64
#define PROFILE_WORDS_MAX       32
#define PROFILE_NUMBERS_MAX     64
#define PROFILE_RESOLUTIONS_MAX 8
#define PROFILE_COPIES_MAX      999
#define PROFILE_FINISHINGS_NONE 3 /* IPP's "none", which every printer can and no profile names */

enum profile_format {
    PROFILE_PDF = 1, /* always there */
    PROFILE_PWG_RASTER = 2,
    PROFILE_URF = 4,
    PROFILE_JPEG = 8,
    PROFILE_POSTSCRIPT = 16
};
#define PROFILE_FORMATS 31

struct profile_mime {
    const char *name;
    uint16_t bit;    /* enum profile_format */
    uint32_t policy; /* enum policy_flag that it needs; 0: none */
};
#define PROFILE_MIMES 5
extern const struct profile_mime profile_mimes[PROFILE_MIMES];

enum profile_feature {
    PROFILE_COLOR = 1,
    PROFILE_TWO_SIDED_LONG = 2, /* two-sided-long-edge */
    PROFILE_TWO_SIDED_SHORT = 4,
    PROFILE_DRAFT = 8, /* print-quality */
    PROFILE_HIGH = 16
};
#define PROFILE_FEATURES 31

struct profile_word {
    char text[PROFILE_WORD_SIZE];
};
struct profile {
    uint16_t formats;  /* enum profile_format */
    uint16_t features; /* enum profile_feature */
    uint16_t copies_max;
    size_t resolutions_len, finishings_len, media_len, types_len, sources_len, bins_len;
    uint16_t resolutions[PROFILE_RESOLUTIONS_MAX];  /* dots per inch, rising */
    uint16_t finishings[PROFILE_NUMBERS_MAX];       /* IPP's enum values, rising */
    struct profile_word media[PROFILE_MEDIA_MAX];   /* PWG 5101.1 names; the first is the default */
    struct profile_word types[PROFILE_WORDS_MAX];   /* media-type */
    struct profile_word sources[PROFILE_WORDS_MAX]; /* media-source */
    struct profile_word bins[PROFILE_WORDS_MAX];    /* output-bin */
};

/* What an office's printers can, for a site that has not said it. */
void profile_default(struct profile *out);

/*
 * As bytes, one way only: equal profiles are equal bytes.
 *   out   has room for BULLETIN_PROFILE_MAX bytes, which always suffices
 * Errors: as profile_read()
 */
MUST_USE enum err profile_write(const struct profile *p, struct wbuf *out);

/* Errors: ERR_UNSUPPORTED another version; ERR_LIMIT a list is too long; ERR_FORMAT. out is untouched by them. */
MUST_USE enum err profile_read(const uint8_t *bytes, size_t len, struct profile *out);

/* The profile of a bulletin; the default where it has none that we can read. */
void profile_of(const struct bulletin *b, struct profile *out);

/* Is the format of profile_mimes[i] one that some printer takes and policy allows? flags: enum policy_flag. */
int profile_offers(const struct profile *p, uint32_t flags, size_t i);

/* The size of a medium in hundredths of a millimetre, from its name. ERR_FORMAT: no name of PWG 5101.1. */
MUST_USE enum err profile_media_size(const char *name, uint32_t *width, uint32_t *length);

/* Is it a keyword that a profile may hold? */
int profile_word_is_sound(const char *word);

int profile_has_word(const struct profile_word *list, size_t len, const char *word);
int profile_has_number(const uint16_t *list, size_t len, uint32_t number);

/* Add what is sound and not there yet, as long as there is room; anything else is left out. */
void profile_add_word(struct profile_word *list, size_t *len, size_t max, const char *word);
void profile_add_number(uint16_t *list, size_t *len, size_t max, uint32_t number); /* keeps them rising */

#endif
