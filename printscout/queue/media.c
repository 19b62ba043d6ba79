/* SPDX-License-Identifier: Apache-2.0 */
/* media: see media.h. Sizes are in hundredths of a millimetre, as in media-col. */
#include "printscout/queue/media.h"

#include <string.h>

#define MARGIN      423 /* a sixth of an inch: what every office printer can do */
#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct size {
    const char *name;
    int width, length;
} sizes[] = {
    {"iso_a4_210x297mm", 21000, 29700}, /* the default is the first */
    {"iso_a3_297x420mm", 29700, 42000},     {"iso_a5_148x210mm", 14800, 21000},
    {"iso_a6_105x148mm", 10500, 14800},     {"iso_b5_176x250mm", 17600, 25000},
    {"jis_b4_257x364mm", 25700, 36400},     {"jis_b5_182x257mm", 18200, 25700},
    {"na_letter_8.5x11in", 21590, 27940},   {"na_legal_8.5x14in", 21590, 35560},
    {"na_ledger_11x17in", 27940, 43180},    {"na_executive_7.25x10.5in", 18415, 26670},
    {"na_invoice_5.5x8.5in", 13970, 21590}, {"na_index-4x6_4x6in", 10160, 15240},
    {"na_5x7_5x7in", 12700, 17780},         {"na_number-10_4.125x9.5in", 10478, 24130},
    {"iso_c5_162x229mm", 16200, 22900},     {"iso_dl_110x220mm", 11000, 22000},
};

static const char *const sources[] = {"auto", "main", "alternate", "manual", "envelope"};
static const char *const types[] = {
    "stationery",          "auto",        "cardstock", "envelope", "labels", "photographic", "stationery-letterhead",
    "stationery-recycled", "transparency"};
static const char *const members[] = {"media-bottom-margin", "media-left-margin", "media-right-margin", "media-size",
                                      "media-size-name",     "media-source",      "media-top-margin",   "media-type"};

static int is_listed(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; word != NULL && i < count; i++) {
        if (strcmp(list[i], word) == 0)
            return 1;
    }
    return 0;
}

int media_name_is_known(const char *name)
{
    for (size_t i = 0; name != NULL && i < COUNT(sizes); i++) {
        if (strcmp(sizes[i].name, name) == 0)
            return 1;
    }
    return 0;
}

static int size_is_known(ipp_t *size)
{
    ipp_attribute_t *x = ippFindAttribute(size, "x-dimension", IPP_TAG_INTEGER);
    ipp_attribute_t *y = ippFindAttribute(size, "y-dimension", IPP_TAG_INTEGER);

    for (size_t i = 0; x != NULL && y != NULL && i < COUNT(sizes); i++) {
        if (sizes[i].width == ippGetInteger(x, 0) && sizes[i].length == ippGetInteger(y, 0))
            return 1;
    }
    return 0;
}

static int member_is_known(ipp_attribute_t *a)
{
    const char *name = ippGetName(a);

    if (name == NULL || ippGetCount(a) != 1)
        return 0;
    if (strcmp(name, "media-size") == 0)
        return ippGetValueTag(a) == IPP_TAG_BEGIN_COLLECTION && size_is_known(ippGetCollection(a, 0));
    if (strcmp(name, "media-size-name") == 0)
        return media_name_is_known(ippGetString(a, 0, NULL));
    if (strcmp(name, "media-source") == 0)
        return is_listed(ippGetString(a, 0, NULL), sources, COUNT(sources));
    if (strcmp(name, "media-type") == 0)
        return is_listed(ippGetString(a, 0, NULL), types, COUNT(types));
    /* What is left of the members are margins: the printer's own may be smaller than ours. */
    return is_listed(name, members, COUNT(members)) && ippGetValueTag(a) == IPP_TAG_INTEGER &&
           ippGetInteger(a, 0) >= 0 && ippGetInteger(a, 0) <= 10 * MARGIN;
}

int media_col_is_known(ipp_t *col)
{
    ipp_attribute_t *a;

    for (a = ippFirstAttribute(col); a != NULL; a = ippNextAttribute(col)) {
        if (!member_is_known(a))
            return 0;
    }
    return 1;
}

/* A new collection for ippDelete(); NULL without memory, which libcups takes. */
static ipp_t *size_new(const struct size *s)
{
    ipp_t *size = ippNew();

    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", s->width);
    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", s->length);
    return size;
}

static ipp_t *col_new(const struct size *s, const char *source, const char *type)
{
    ipp_t *size = size_new(s);
    ipp_t *col = ippNew();

    ippAddCollection(col, IPP_TAG_ZERO, "media-size", size);
    ippAddString(col, IPP_TAG_ZERO, IPP_CONST_TAG(IPP_TAG_KEYWORD), "media-size-name", NULL, s->name);
    ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "media-bottom-margin", MARGIN);
    ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "media-left-margin", MARGIN);
    ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "media-right-margin", MARGIN);
    ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "media-top-margin", MARGIN);
    ippAddString(col, IPP_TAG_ZERO, IPP_CONST_TAG(IPP_TAG_KEYWORD), "media-source", NULL, source);
    ippAddString(col, IPP_TAG_ZERO, IPP_CONST_TAG(IPP_TAG_KEYWORD), "media-type", NULL, type);
    ippDelete(size);
    return col;
}

static void add_cols(ipp_t *ipp, const char *name, size_t count)
{
    ipp_attribute_t *a = ippAddCollections(ipp, IPP_TAG_PRINTER, name, (int)count, NULL);

    for (size_t i = 0; i < count; i++) {
        ipp_t *col = col_new(&sizes[i], sources[0], types[0]);

        ippSetCollection(ipp, &a, (int)i, col);
        ippDelete(col);
    }
}

static void add_sizes(ipp_t *ipp)
{
    ipp_attribute_t *a = ippAddCollections(ipp, IPP_TAG_PRINTER, "media-size-supported", (int)COUNT(sizes), NULL);

    for (size_t i = 0; i < COUNT(sizes); i++) {
        ipp_t *size = size_new(&sizes[i]);

        ippSetCollection(ipp, &a, (int)i, size);
        ippDelete(size);
    }
}

static void add_words(ipp_t *ipp, const char *name, const char *const *words, size_t count)
{
    ippAddStrings(ipp, IPP_TAG_PRINTER, IPP_CONST_TAG(IPP_TAG_KEYWORD), name, (int)count, NULL, words);
}

void media_describe(ipp_t *printer)
{
    static const char *const margins[] = {"media-bottom-margin-supported", "media-left-margin-supported",
                                          "media-right-margin-supported", "media-top-margin-supported"};
    const char *names[COUNT(sizes)];

    for (size_t i = 0; i < COUNT(sizes); i++)
        names[i] = sizes[i].name;
    add_words(printer, "media-default", names, 1);
    add_words(printer, "media-supported", names, COUNT(sizes));
    add_words(printer, "media-ready", names, COUNT(sizes));
    add_words(printer, "media-col-supported", members, COUNT(members));
    add_words(printer, "media-source-supported", sources, COUNT(sources));
    add_words(printer, "media-type-supported", types, COUNT(types));
    for (size_t i = 0; i < COUNT(margins); i++)
        ippAddInteger(printer, IPP_TAG_PRINTER, IPP_TAG_INTEGER, margins[i], MARGIN);
    add_sizes(printer);
    add_cols(printer, "media-col-default", 1);
    add_cols(printer, "media-col-ready", COUNT(sizes));
}

void media_add_database(ipp_t *reply)
{
    add_cols(reply, "media-col-database", COUNT(sizes));
}
