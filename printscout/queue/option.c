/* SPDX-License-Identifier: Apache-2.0 */
/* option: see option.h. The queue takes what some printer of the site can do; what the chosen one cannot is said before
 * release. */
#include "printscout/queue/option_parts.h"

#include <stdio.h>
#include <string.h>

#include "printscout/queue/media.h"

#define COUNT(list)  (sizeof(list) / sizeof *(list))
#define WORDS(...)   .words = (const char *const[]){__VA_ARGS__}, .count = COUNT(((const char *const[]){__VA_ARGS__}))
#define NUMBERS(...) .numbers = (const int[]){__VA_ARGS__}, .count = COUNT(((const int[]){__VA_ARGS__}))
#define NAME_SIZE    64

static int check_media(const struct profile *p, ipp_attribute_t *a)
{
    const ipp_tag_t tag = ippGetValueTag(a);

    return (tag == IPP_TAG_KEYWORD || tag == IPP_TAG_NAME) && media_name_is_known(p, ippGetString(a, 0, NULL));
}

static int check_media_col(const struct profile *p, ipp_attribute_t *a)
{
    return ippGetValueTag(a) == IPP_TAG_BEGIN_COLLECTION && media_col_is_known(p, ippGetCollection(a, 0));
}

/* Rising, without overlap (RFC 8011 section 5.2.7). */
static int check_page_ranges(const struct profile *p, ipp_attribute_t *a)
{
    int last = 0;

    (void)p;
    if (ippGetValueTag(a) != IPP_TAG_RANGE)
        return 0;
    for (int i = 0; i < ippGetCount(a); i++) {
        int upper, lower = ippGetRange(a, i, &upper);

        if (lower <= last || upper < lower)
            return 0;
        last = upper;
    }
    return 1;
}

static void describe_page_ranges(const struct profile *p, ipp_t *printer)
{
    (void)p;
    ippAddBoolean(printer, IPP_TAG_PRINTER, "page-ranges-supported", 1);
}

static const char *const override_members[] = {"document-numbers",      "pages", "media", "media-col",
                                               "orientation-requested", "sides"};

/* Each override names pages or documents, and options that are taken. */
static int check_overrides(const struct profile *p, ipp_attribute_t *a)
{
    if (ippGetValueTag(a) != IPP_TAG_BEGIN_COLLECTION)
        return 0;
    for (int i = 0; i < ippGetCount(a); i++) {
        ipp_t *col = ippGetCollection(a, i);

        for (ipp_attribute_t *m = ippFirstAttribute(col); m != NULL; m = ippNextAttribute(col)) {
            const char *name = ippGetName(m);
            const struct option *o = name != NULL ? option_find(name) : NULL;
            size_t known = 0;

            while (name != NULL && known < COUNT(override_members) && strcmp(name, override_members[known]) != 0)
                known++;
            if (name == NULL || known == COUNT(override_members) || (o != NULL && !option_takes(o, p, m)))
                return 0;
        }
    }
    return 1;
}

static void describe_overrides(const struct profile *p, ipp_t *printer)
{
    /* RFC 8011's word for the selector is document-numbers; PWG 5100.14's list says document-number. */
    static const char *const supported[] = {"document-number", "document-numbers",      "pages", "media",
                                            "media-col",       "orientation-requested", "sides"};

    (void)p;
    ippAddStrings(printer, IPP_TAG_PRINTER, IPP_CONST_TAG(IPP_TAG_KEYWORD), "overrides-supported",
                  (int)COUNT(supported), NULL, supported);
}

/* Which way up is the document's own affair until somebody says so. */
static void describe_orientation(const struct profile *p, ipp_t *printer)
{
    static const int supported[] = {3, 4, 5, 6};

    (void)p;
    ippAddOutOfBand(printer, IPP_TAG_PRINTER, IPP_TAG_NOVALUE, "orientation-requested-default");
    ippAddIntegers(printer, IPP_TAG_PRINTER, IPP_TAG_ENUM, "orientation-requested-supported", (int)COUNT(supported),
                   supported);
}

/* Without it the site's retention ends a job, whose length is not the printer's to know. */
static void describe_cancel_after(const struct profile *p, ipp_t *printer)
{
    (void)p;
    ippAddOutOfBand(printer, IPP_TAG_PRINTER, IPP_TAG_NOVALUE, "job-cancel-after-default");
    ippAddRange(printer, IPP_TAG_PRINTER, "job-cancel-after-supported", 1, INT32_MAX);
}

static void describe_priority(const struct profile *p, ipp_t *printer)
{
    (void)p;
    ippAddInteger(printer, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "job-priority-default", 50);
    ippAddInteger(printer, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "job-priority-supported", 100);
}

static const struct option options[] = {
    {.name = "copies", .tag = IPP_TAG_INTEGER, .choose = choose_copies},
    {.name = "finishings", .tag = IPP_TAG_ENUM, .many = 1, .choose = choose_finishings},
    {.name = "job-cancel-after", /* seconds from its making: PWG 5100.7, which counts processing, never holds */
     .tag = IPP_TAG_INTEGER,
     .is_fixed = 1,
     .least = 1,
     .most = INT32_MAX,
     .describe = describe_cancel_after},
    {.name = "job-hold-until", .tag = IPP_TAG_ZERO, WORDS("no-hold", "indefinite")}, /* every job is held */
    {.name = "job-priority", .tag = IPP_TAG_INTEGER, .least = 1, .most = 100, .describe = describe_priority},
    {.name = "job-release-action", .tag = IPP_TAG_KEYWORD, WORDS("owner-authorized")}, /* PWG 5100.11 */
    {.name = "job-sheets", .tag = IPP_TAG_ZERO, WORDS("none")},
    {.name = "media", .tag = IPP_TAG_ZERO, .check = check_media, .describe = media_describe},
    {.name = "media-col", .tag = IPP_TAG_BEGIN_COLLECTION, .check = check_media_col},
    {.name = "multiple-document-handling",
     .tag = IPP_TAG_KEYWORD,
     WORDS("separate-documents-collated-copies", "separate-documents-uncollated-copies")},
    {.name = "number-up", .tag = IPP_TAG_INTEGER, NUMBERS(1, 2, 4, 6, 9, 16)},
    {.name = "orientation-requested", .tag = IPP_TAG_ENUM, NUMBERS(3, 4, 5, 6), .describe = describe_orientation},
    {.name = "output-bin", .tag = IPP_TAG_ZERO, .choose = choose_output_bin},
    {.name = "overrides",
     .tag = IPP_TAG_BEGIN_COLLECTION,
     .many = 1,
     .check = check_overrides,
     .describe = describe_overrides},
    {.name = "page-ranges",
     .tag = IPP_TAG_RANGE,
     .many = 1,
     .check = check_page_ranges,
     .describe = describe_page_ranges},
    {.name = "print-color-mode", .tag = IPP_TAG_KEYWORD, .choose = choose_color_mode},
    {.name = "print-content-optimize",
     .tag = IPP_TAG_KEYWORD,
     WORDS("auto", "graphic", "photo", "text", "text-and-graphic")},
    {.name = "print-quality", .tag = IPP_TAG_ENUM, .choose = choose_quality},
    {.name = "print-rendering-intent",
     .tag = IPP_TAG_KEYWORD,
     WORDS("auto", "absolute", "perceptual", "relative", "relative-bpc", "saturation")},
    {.name = "print-scaling", .tag = IPP_TAG_KEYWORD, WORDS("auto", "auto-fit", "fill", "fit", "none")},
    {.name = "printer-resolution", .tag = IPP_TAG_RESOLUTION, .choose = choose_resolution},
    {.name = "sides", .tag = IPP_TAG_KEYWORD, .choose = choose_sides},
};

const struct option *option_table(size_t *count)
{
    *count = COUNT(options);
    return options;
}

const struct option *option_find(const char *name)
{
    for (size_t i = 0; i < COUNT(options); i++) {
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    }
    return NULL;
}

static void choices_of(const struct option *o, const struct profile *p, struct choices *out)
{
    *out = (struct choices){.least = o->least, .most = o->most};
    if (o->choose != NULL) {
        o->choose(p, out);
        return;
    }
    for (size_t i = 0; i < o->count; i++) {
        if (o->words != NULL)
            out->words[out->words_len++] = o->words[i];
        else
            out->numbers[out->numbers_len++] = o->numbers[i];
    }
}

static int takes_word(const struct choices *c, const char *word)
{
    for (size_t i = 0; word != NULL && i < c->words_len; i++) {
        if (strcmp(c->words[i], word) == 0)
            return 1;
    }
    return 0;
}

static int takes_number(const struct choices *c, int number)
{
    for (size_t i = 0; i < c->numbers_len; i++) {
        if (c->numbers[i] == number)
            return 1;
    }
    return c->numbers_len == 0 && number >= c->least && number <= c->most;
}

static int takes_value(const struct choices *c, ipp_attribute_t *a, int i)
{
    ipp_res_t units;
    int x, y;

    switch (ippGetValueTag(a)) {
    case IPP_TAG_KEYWORD:
    case IPP_TAG_NAME:
        return takes_word(c, ippGetString(a, i, NULL));
    case IPP_TAG_INTEGER:
    case IPP_TAG_ENUM:
        return takes_number(c, ippGetInteger(a, i));
    case IPP_TAG_RESOLUTION:
        x = ippGetResolution(a, i, &y, &units);
        return x == y && units == IPP_RES_PER_INCH && takes_number(c, x);
    default:
        return 0;
    }
}

int option_takes(const struct option *o, const struct profile *p, ipp_attribute_t *a)
{
    const ipp_tag_t tag = ippGetValueTag(a);
    struct choices c;

    if (ippGetCount(a) < 1 || (ippGetCount(a) > 1 && !o->many))
        return 0;
    if (o->check != NULL)
        return o->check(p, a);
    if (o->tag == IPP_TAG_ZERO ? tag != IPP_TAG_KEYWORD && tag != IPP_TAG_NAME : tag != o->tag)
        return 0;
    choices_of(o, p, &c);
    for (int i = 0; i < ippGetCount(a); i++) {
        if (!takes_value(&c, a, i))
            return 0;
    }
    return 1;
}

static void describe_resolutions(const struct choices *c, ipp_t *printer, const char *fallback, const char *supported)
{
    ipp_attribute_t *a;

    ippAddResolution(printer, IPP_TAG_PRINTER, fallback, IPP_RES_PER_INCH, c->numbers[0], c->numbers[0]);
    a = ippAddResolution(printer, IPP_TAG_PRINTER, supported, IPP_RES_PER_INCH, c->numbers[0], c->numbers[0]);
    for (size_t i = 1; i < c->numbers_len; i++)
        ippSetResolution(printer, &a, (int)i, IPP_RES_PER_INCH, c->numbers[i], c->numbers[i]);
}

/* Copies of the words, not the words themselves: a profile's do not live as long as the answer. */
static void describe_choices(const struct option *o, const struct choices *c, ipp_t *printer)
{
    char fallback[NAME_SIZE], supported[NAME_SIZE];

    snprintf(fallback, sizeof fallback, "%s-default", o->name);
    snprintf(supported, sizeof supported, "%s-supported", o->name);
    if (c->words_len > 0) {
        ippAddString(printer, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, fallback, NULL, c->words[0]);
        ippAddStrings(printer, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, supported, (int)c->words_len, NULL, c->words);
    } else if (o->tag == IPP_TAG_RESOLUTION) {
        describe_resolutions(c, printer, fallback, supported);
    } else if (c->numbers_len > 0) {
        ippAddInteger(printer, IPP_TAG_PRINTER, o->tag, fallback, c->numbers[0]);
        ippAddIntegers(printer, IPP_TAG_PRINTER, o->tag, supported, (int)c->numbers_len, c->numbers);
    } else if (c->most > 0) {
        ippAddInteger(printer, IPP_TAG_PRINTER, o->tag, fallback, c->least);
        ippAddRange(printer, IPP_TAG_PRINTER, supported, c->least, c->most);
    }
}

void option_describe(const struct option *o, const struct profile *p, ipp_t *printer)
{
    struct choices c;

    if (o->describe != NULL) {
        o->describe(p, printer);
        return;
    }
    choices_of(o, p, &c);
    describe_choices(o, &c, printer);
}
