/* SPDX-License-Identifier: Apache-2.0 */
/* abilities: words in lists, and a flat walk over what a ticket holds. */
#include "devicescout/jobs/abilities.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "proto/profile.h"

/* RFC 8010 §3.5 */
#define TAG_LEAST       0x10
#define TAG_INTEGER     0x21
#define TAG_ENUM        0x23
#define TAG_RANGE       0x33
#define TAG_NAME        0x42
#define TAG_KEYWORD     0x44
#define TAG_MEMBER      0x4a
#define FINISHINGS_NONE 3
#define PORTRAIT        3
#define QUALITY_DRAFT   3
#define QUALITY_HIGH    5
#define WORD_SIZE       128
#define WORD_BYTES      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/+"

static const char *const options[ABILITIES_OPTIONS] = {
    "copies",     "sides",       "print-color-mode",      "media",
    "finishings", "page-ranges", "orientation-requested", "print-quality"};

const char *abilities_option(size_t i)
{
    return options[i];
}

enum err abilities_add(char *list, size_t size, const char *word)
{
    const size_t len = strlen(list), more = strlen(word);

    if (more == 0 || more >= WORD_SIZE || word[strspn(word, WORD_BYTES)] != '\0')
        return ERR_FORMAT;
    if (len + (len == 0) + more + 2 > size)
        return ERR_LIMIT;
    snprintf(list + len, size - len, "%s%s ", len == 0 ? " " : "", word);
    return OK;
}

static int has(const char *list, const char *word, size_t len)
{
    char between[WORD_SIZE + 2];

    if (len == 0 || len >= WORD_SIZE || memchr(word, ' ', len) != NULL)
        return 0;
    between[0] = ' ';
    memcpy(between + 1, word, len);
    between[len + 1] = ' ';
    return memmem(list, strlen(list), between, len + 2) != NULL;
}

int abilities_has(const char *list, const char *word)
{
    return has(list, word, strlen(word));
}

/* The languages of `printer add --language`. */
static const struct {
    const char *language, *formats;
} raw[] = {{"pdf", " application/pdf "},
           {"pwg-raster", " image/pwg-raster "},
           {"pcl", " application/vnd.hp-pcl "},
           {"postscript", " application/postscript "}};

/* Paper that the courier names in PJL: what nearly every printer has, for nobody can ask this one. */
#define RAW_MEDIA " iso_a4_210x297mm iso_a5_148x210mm na_letter_8.5x11in na_legal_8.5x14in na_executive_7.25x10.5in "

void abilities_of_raw(const struct printer *p, struct abilities *out)
{
    const size_t len = strlen(p->uri);

    *out = (struct abilities){.copies_max = 1};
    if (len > 4 && strcmp(p->uri + len - 4, "?pjl") == 0) { /* what the courier sets in PJL */
        out->copies_max = 999;
        strcpy(out->sides, " one-sided two-sided-long-edge two-sided-short-edge ");
        strcpy(out->colors, " auto color monochrome ");
        strcpy(out->media, RAW_MEDIA);
        out->qualities = PROFILE_DRAFT;
    }
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
        if (strcmp(raw[i].language, p->language) == 0)
            strcpy(out->formats, raw[i].formats);
    }
    out->wraps = 1;
}

struct choice { /* one value of the ticket */
    uint8_t tag;
    const uint8_t *value;
    size_t len;
};

static int is_text(const struct choice *c, const char *text)
{
    return c->len == strlen(text) && memcmp(c->value, text, c->len) == 0;
}

static uint32_t number_of(const struct choice *c)
{
    struct rbuf b = rbuf_of(c->value, c->len);
    uint32_t v = 0;

    return (c->tag == TAG_INTEGER || c->tag == TAG_ENUM) && rbuf_u32(&b, &v) == OK && b.left == 0 ? v : 0;
}

static int can_finish(const struct abilities *a, uint32_t finishing)
{
    for (size_t i = 0; i < a->finishings_len; i++) {
        if (a->finishings[i] == finishing)
            return 1;
    }
    return finishing == 0 || finishing == FINISHINGS_NONE;
}

/* What every printer does by itself is never missing: one copy, one side, its own idea of colour, no staple, portrait.
 */
static int can(const struct abilities *a, unsigned option, const struct choice *c)
{
    const int is_word = c->tag == TAG_KEYWORD || c->tag == TAG_NAME;

    switch (option) {
    case LACKS_COPIES:
        return number_of(c) <= 1 || number_of(c) <= a->copies_max;
    case LACKS_FINISHINGS:
        return can_finish(a, number_of(c));
    case LACKS_PAGE_RANGES:
        return c->tag != TAG_RANGE || a->page_ranges;
    case LACKS_ORIENTATION:
        return number_of(c) <= PORTRAIT || number_of(c) > 31 || (a->orientations >> number_of(c) & 1) != 0;
    case LACKS_QUALITY:
        return number_of(c) == QUALITY_DRAFT  ? (a->qualities & PROFILE_DRAFT) != 0
               : number_of(c) == QUALITY_HIGH ? (a->qualities & PROFILE_HIGH) != 0
                                              : 1;
    case LACKS_SIDES:
        return !is_word || is_text(c, "one-sided") || has(a->sides, (const char *)c->value, c->len);
    case LACKS_COLOR:
        return !is_word || is_text(c, "auto") || has(a->colors, (const char *)c->value, c->len);
    default:
        return !is_word || a->media_cut || has(a->media, (const char *)c->value, c->len);
    }
}

/* What of media-col counts: the size, in hundredths of a millimetre. */
struct medium {
    uint32_t x, y;
    uint32_t *member; /* the one whose value comes next; NULL: another */
};

static void take_member(struct medium *m, const struct choice *c)
{
    if (c->tag == TAG_MEMBER)
        m->member = is_text(c, "x-dimension") ? &m->x : is_text(c, "y-dimension") ? &m->y : NULL;
    else if (m->member != NULL && c->tag == TAG_INTEGER)
        *m->member = number_of(c);
}

static unsigned option_of(const uint8_t *name, size_t len)
{
    for (unsigned i = 0; i < ABILITIES_OPTIONS; i++) {
        if (strlen(options[i]) == len && memcmp(options[i], name, len) == 0)
            return 1u << i;
    }
    return 0;
}

unsigned abilities_lack(const struct abilities *a, const uint8_t *ipp, size_t ipp_len)
{
    static const char collection[] = "media-col";
    struct rbuf b = rbuf_of(ipp, ipp_len);
    struct medium medium = {0};
    unsigned lacks = 0, option = 0;
    int in_medium = 0;

    while (b.left > 0) {
        struct choice c;
        const uint8_t *name;
        size_t name_len;

        if (rbuf_u8(&b, &c.tag) != OK || c.tag < TAG_LEAST || rbuf_bytes16(&b, UINT16_MAX, &name, &name_len) != OK ||
            rbuf_bytes16(&b, UINT16_MAX, &c.value, &c.len) != OK)
            break;
        if (name_len > 0) { /* an empty name: one more value of the same, or within a collection */
            option = option_of(name, name_len);
            in_medium = name_len == strlen(collection) && memcmp(name, collection, name_len) == 0;
        } else if (in_medium) {
            take_member(&medium, &c);
        }
        if (option != 0 && !can(a, option, &c))
            lacks |= option;
    }
    if (medium.x != 0 && medium.y != 0 && !a->media_cut && !abilities_has_size(a->media, medium.x, medium.y))
        lacks |= LACKS_MEDIA;
    return lacks;
}
