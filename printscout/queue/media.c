/* SPDX-License-Identifier: Apache-2.0 */
/* media: see media.h. Sizes are in hundredths of a millimetre, as in media-col. */
#include "printscout/queue/media.h"

#include <string.h>

#define MARGIN      423 /* a sixth of an inch: what every office printer can do */
#define TYPE_USUAL  "stationery"
#define AUTO        "auto" /* type or source: as the printer sees fit, so every one of them can */
#define WORDS_MAX   (PROFILE_WORDS_MAX + 2)
#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const members[] = {"media-bottom-margin", "media-left-margin", "media-right-margin", "media-size",
                                      "media-size-name",     "media-source",      "media-top-margin",   "media-type"};

struct size {
    int width, length;
};

static struct size size_of(const struct profile_word *medium)
{
    uint32_t width = 0, length = 0;

    if (profile_media_size(medium->text, &width, &length) != OK)
        return (struct size){0, 0}; /* no profile has one */
    return (struct size){(int)width, (int)length};
}

int media_name_is_known(const struct profile *p, const char *name)
{
    return name != NULL && profile_has_word(p->media, p->media_len, name);
}

static int size_is_known(const struct profile *p, ipp_t *size)
{
    ipp_attribute_t *x = ippFindAttribute(size, "x-dimension", IPP_TAG_INTEGER);
    ipp_attribute_t *y = ippFindAttribute(size, "y-dimension", IPP_TAG_INTEGER);

    for (size_t i = 0; x != NULL && y != NULL && i < p->media_len; i++) {
        const struct size s = size_of(&p->media[i]);

        if (s.width == ippGetInteger(x, 0) && s.length == ippGetInteger(y, 0))
            return 1;
    }
    return 0;
}

/* A list of the profile with first in front and auto, each once. */
static size_t words_of(const char *first, const struct profile_word *list, size_t len,
                       const char *out[static WORDS_MAX])
{
    size_t n = 0;

    out[n++] = first;
    for (size_t i = 0; i < len; i++) {
        if (strcmp(list[i].text, first) != 0)
            out[n++] = list[i].text;
    }
    if (strcmp(first, AUTO) != 0 && !profile_has_word(list, len, AUTO))
        out[n++] = AUTO;
    return n;
}

/* Plain paper, unless the printers have only other. */
static const char *type_default(const struct profile *p)
{
    return p->types_len == 0 || profile_has_word(p->types, p->types_len, TYPE_USUAL) ? TYPE_USUAL : p->types[0].text;
}

static int is_among(const struct profile_word *list, size_t len, const char *usual, const char *word)
{
    return word != NULL && (strcmp(word, usual) == 0 || strcmp(word, AUTO) == 0 || profile_has_word(list, len, word));
}

static int member_is_known(const struct profile *p, ipp_attribute_t *a)
{
    const char *name = ippGetName(a);
    int is_margin = 0;

    if (name == NULL || ippGetCount(a) != 1)
        return 0;
    if (strcmp(name, "media-size") == 0)
        return ippGetValueTag(a) == IPP_TAG_BEGIN_COLLECTION && size_is_known(p, ippGetCollection(a, 0));
    if (strcmp(name, "media-size-name") == 0)
        return media_name_is_known(p, ippGetString(a, 0, NULL));
    if (strcmp(name, "media-source") == 0)
        return is_among(p->sources, p->sources_len, AUTO, ippGetString(a, 0, NULL));
    if (strcmp(name, "media-type") == 0)
        return is_among(p->types, p->types_len, type_default(p), ippGetString(a, 0, NULL));
    for (size_t i = 0; i < COUNT(members); i++)
        is_margin = is_margin || strcmp(name, members[i]) == 0;
    /* The printer's own margins may be smaller than ours. */
    return is_margin && ippGetValueTag(a) == IPP_TAG_INTEGER && ippGetInteger(a, 0) >= 0 &&
           ippGetInteger(a, 0) <= 10 * MARGIN;
}

int media_col_is_known(const struct profile *p, ipp_t *col)
{
    ipp_attribute_t *a;

    for (a = ippFirstAttribute(col); a != NULL; a = ippNextAttribute(col)) {
        if (!member_is_known(p, a))
            return 0;
    }
    return 1;
}

/* A new collection for ippDelete(); NULL without memory, which libcups takes. */
static ipp_t *size_new(const struct profile_word *medium)
{
    const struct size s = size_of(medium);
    ipp_t *size = ippNew();

    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", s.width);
    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", s.length);
    return size;
}

static ipp_t *col_new(const struct profile *p, const struct profile_word *medium)
{
    ipp_t *size = size_new(medium);
    ipp_t *col = ippNew();

    ippAddCollection(col, IPP_TAG_ZERO, "media-size", size);
    ippAddString(col, IPP_TAG_ZERO, IPP_TAG_KEYWORD, "media-size-name", NULL, medium->text);
    ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "media-bottom-margin", MARGIN);
    ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "media-left-margin", MARGIN);
    ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "media-right-margin", MARGIN);
    ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "media-top-margin", MARGIN);
    ippAddString(col, IPP_TAG_ZERO, IPP_CONST_TAG(IPP_TAG_KEYWORD), "media-source", NULL, AUTO);
    ippAddString(col, IPP_TAG_ZERO, IPP_TAG_KEYWORD, "media-type", NULL, type_default(p));
    ippDelete(size);
    return col;
}

static void add_cols(const struct profile *p, ipp_t *ipp, const char *name, size_t count)
{
    ipp_attribute_t *a = ippAddCollections(ipp, IPP_TAG_PRINTER, name, (int)count, NULL);

    for (size_t i = 0; i < count; i++) {
        ipp_t *col = col_new(p, &p->media[i]);

        ippSetCollection(ipp, &a, (int)i, col);
        ippDelete(col);
    }
}

static void add_sizes(const struct profile *p, ipp_t *ipp)
{
    ipp_attribute_t *a = ippAddCollections(ipp, IPP_TAG_PRINTER, "media-size-supported", (int)p->media_len, NULL);

    for (size_t i = 0; i < p->media_len; i++) {
        ipp_t *size = size_new(&p->media[i]);

        ippSetCollection(ipp, &a, (int)i, size);
        ippDelete(size);
    }
}

static void add_words(ipp_t *ipp, const char *name, const char *const *words, size_t count)
{
    ippAddStrings(ipp, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, name, (int)count, NULL, words);
}

void media_describe(const struct profile *p, ipp_t *printer)
{
    static const char *const margins[] = {"media-bottom-margin-supported", "media-left-margin-supported",
                                          "media-right-margin-supported", "media-top-margin-supported"};
    const char *names[PROFILE_MEDIA_MAX], *words[WORDS_MAX];

    for (size_t i = 0; i < p->media_len; i++)
        names[i] = p->media[i].text;
    add_words(printer, "media-default", names, 1);
    add_words(printer, "media-supported", names, p->media_len);
    add_words(printer, "media-ready", names, p->media_len);
    add_words(printer, "media-col-supported", members, COUNT(members));
    add_words(printer, "media-source-supported", words, words_of(AUTO, p->sources, p->sources_len, words));
    add_words(printer, "media-type-supported", words, words_of(type_default(p), p->types, p->types_len, words));
    for (size_t i = 0; i < COUNT(margins); i++)
        ippAddInteger(printer, IPP_TAG_PRINTER, IPP_TAG_INTEGER, margins[i], MARGIN);
    add_sizes(p, printer);
    add_cols(p, printer, "media-col-default", 1);
    add_cols(p, printer, "media-col-ready", p->media_len);
}

void media_add_database(const struct profile *p, ipp_t *reply)
{
    add_cols(p, reply, "media-col-database", p->media_len);
}
