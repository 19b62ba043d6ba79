/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_options: options in, those with a fitting "NAME-supported" out; paper by its size where it has a name only. */
#include "printscout/courier/ipp_options.h"

#include <cups/pwg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "printscout/ipp_bytes.h"

#define SAME_SIZE 50 /* hundredths of a millimetre: inches were rounded by somebody */
#define NAME_SIZE 80 /* longer than any registered attribute name with "-supported" */

/* The options as a message of their own: eight bytes of head, the job group's tag, they, the end tag. */
static enum err decode(const struct order *o, ipp_t **out)
{
    static const uint8_t head[] = {2, 0, 0, IPP_OP_PRINT_JOB, 0, 0, 0, 1, IPP_TAG_JOB};
    uint8_t bytes[sizeof head + OPTIONS_MAX_LEN + 1];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    enum err e;

    if ((e = wbuf_copy(&b, head, sizeof head)) != OK || (e = wbuf_copy(&b, o->options, o->options_len)) != OK ||
        (e = wbuf_u8(&b, IPP_TAG_END)) != OK)
        return e;
    return ipp_bytes_read(b.start, b.len, out);
}

/* Is value i of a among (or within) what the printer lists? */
static int value_supported(ipp_attribute_t *a, int i, ipp_attribute_t *supported)
{
    int from, to;

    switch (ippGetValueTag(a)) {
    case IPP_TAG_INTEGER:
    case IPP_TAG_ENUM:
        if (ippGetValueTag(supported) == IPP_TAG_BOOLEAN) /* page-ranges-supported and the like: it can, or not */
            return ippGetBoolean(supported, 0);
        return ippContainsInteger(supported, ippGetInteger(a, i));
    case IPP_TAG_BOOLEAN:
        return 1;
    case IPP_TAG_RANGE:
        from = ippGetRange(a, i, &to);
        if (from < 1 || to < from) /* no pages, whatever the printer would make of them */
            return 0;
        if (ippGetValueTag(supported) == IPP_TAG_BOOLEAN)
            return ippGetBoolean(supported, 0);
        return ippContainsInteger(supported, from) && ippContainsInteger(supported, to);
    case IPP_TAG_KEYWORD:
    case IPP_TAG_NAME:
    case IPP_TAG_MIMETYPE:
        return ippContainsString(supported, ippGetString(a, i, NULL));
    default: /* resolutions, collections: that the attribute is supported at all is what can be told */
        return 1;
    }
}

/* Said to the queue, which holds and ends jobs. A printer that took them would hold or end the job once more. */
static int is_the_queues(const char *name)
{
    static const char *const names[] = {"job-cancel-after", "job-hold-until", "job-release-action"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0)
            return 1;
    }
    return 0;
}

static int is_supported(ipp_t *printer, ipp_attribute_t *a)
{
    char name[NAME_SIZE];
    ipp_attribute_t *supported;
    int n = snprintf(name, sizeof name, "%s-supported", ippGetName(a));

    if (n < 0 || n >= (int)sizeof name || (supported = ippFindAttribute(printer, name, IPP_TAG_ZERO)) == NULL)
        return 0;
    for (int i = 0; i < ippGetCount(a); i++) {
        if (!value_supported(a, i, supported))
            return 0;
    }
    return 1;
}

/* A collection with those of its members that the printer lists in "NAME-supported". */
static enum err copy_collection(ipp_t *printer, ipp_attribute_t *a, ipp_t *out)
{
    ipp_attribute_t *supported = ippFindAttribute(printer, "media-col-supported", IPP_TAG_KEYWORD);
    ipp_t *from = ippGetCollection(a, 0), *some = ippNew();
    enum err e = ERR_NOMEM;

    if (some == NULL)
        goto out;
    for (ipp_attribute_t *m = ippFirstAttribute(from); m != NULL; m = ippNextAttribute(from)) {
        if (ippGetName(m) == NULL || !ippContainsString(supported, ippGetName(m)))
            continue;
        if (ippCopyAttribute(some, m, 0) == NULL)
            goto out;
    }
    e = ippAddCollection(out, IPP_TAG_JOB, ippGetName(a), some) != NULL ? OK : ERR_NOMEM;
out:
    ippDelete(some); /* counted: the attribute holds it, too */
    return e;
}

/* libcups reads any number in a printer's names, negative ones too. */
static int is_same(int64_t a, int64_t b)
{
    return a - b <= SAME_SIZE && b - a <= SAME_SIZE;
}

/* The name, among those that the printer lists, of paper as large as media-col says; NULL: it says none, or none is. */
static const char *media_of(ipp_t *printer, ipp_attribute_t *a)
{
    ipp_attribute_t *size = ippFindAttribute(ippGetCollection(a, 0), "media-size", IPP_TAG_BEGIN_COLLECTION);
    ipp_attribute_t *media = ippFindAttribute(printer, "media-supported", IPP_TAG_ZERO);
    ipp_t *in = size != NULL ? ippGetCollection(size, 0) : NULL;
    const int x = ippGetInteger(ippFindAttribute(in, "x-dimension", IPP_TAG_INTEGER), 0);
    const int y = ippGetInteger(ippFindAttribute(in, "y-dimension", IPP_TAG_INTEGER), 0);

    for (int i = 0; media != NULL && x > 0 && y > 0 && i < ippGetCount(media); i++) {
        const char *name = ippGetString(media, i, NULL);
        const pwg_media_t *m = name != NULL ? pwgMediaForPWG(name) : NULL;

        if (m != NULL && is_same(m->width, x) && is_same(m->length, y))
            return name;
    }
    return NULL;
}

/* One attribute, as far as the printer supports it. */
static enum err copy_option(ipp_t *printer, ipp_attribute_t *a, ipp_t *out)
{
    const int is_medium = strcmp(ippGetName(a), "media-col") == 0 && ippGetValueTag(a) == IPP_TAG_BEGIN_COLLECTION;
    const char *media;

    if (is_supported(printer, a)) {
        if (is_medium)
            return copy_collection(printer, a, out);
        return ippCopyAttribute(out, a, 0) != NULL ? OK : ERR_NOMEM;
    }
    if (is_medium && (media = media_of(printer, a)) != NULL)
        return ippAddString(out, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", NULL, media) != NULL ? OK : ERR_NOMEM;
    log_info("option_left_out", "option=%s", ippGetName(a));
    return OK;
}

enum err ipp_options_read(const struct order *o, ipp_t *printer, ipp_t **out)
{
    ipp_t *all = NULL, *some = NULL;
    enum err e;

    if ((e = decode(o, &all)) != OK)
        goto out;
    e = ERR_NOMEM;
    if ((some = ippNew()) == NULL)
        goto out;
    for (ipp_attribute_t *a = ippFirstAttribute(all); a != NULL; a = ippNextAttribute(all)) {
        if (ippGetGroupTag(a) != IPP_TAG_JOB || ippGetName(a) == NULL || is_the_queues(ippGetName(a)))
            continue;
        if ((e = copy_option(printer, a, some)) != OK)
            goto out;
    }
    *out = some; /* the caller owns it now */
    some = NULL;
    e = OK;
out:
    ippDelete(all);
    ippDelete(some);
    return e;
}

int ipp_options_takes_format(ipp_t *printer, const char *format)
{
    return ippContainsString(ippFindAttribute(printer, "document-format-supported", IPP_TAG_MIMETYPE), format);
}
