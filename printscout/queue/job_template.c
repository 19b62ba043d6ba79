/* SPDX-License-Identifier: Apache-2.0 */
/* job_template: see job_template.h. The options themselves are option.c and media.c. */
#include "printscout/queue/job_template.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "printscout/queue/offer.h"
#include "printscout/queue/option.h"
#include "printscout/queue/request_head.h"

/* Around the attributes, when libcups writes or reads them alone: version, operation, request-id, the group's tag; and
 * the end tag behind. */
#define HEAD_LEN   9
#define AROUND_LEN (HEAD_LEN + 1)

static int is_job_group(ipp_attribute_t *a)
{
    const ipp_tag_t group = ippGetGroupTag(a);

    return ippGetName(a) != NULL && (group == IPP_TAG_JOB || group == IPP_TAG_DOCUMENT);
}

/* Say which attribute or value the queue does not know. */
static void add_unsupported(struct request *r, ipp_attribute_t *a, int is_known)
{
    ipp_attribute_t *copy;

    if (!is_known) {
        ippAddOutOfBand(r->reply, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_UNSUPPORTED_VALUE, ippGetName(a));
        return;
    }
    if ((copy = ippCopyAttribute(r->reply, a, 0)) != NULL)
        ippSetGroupTag(r->reply, &copy, IPP_TAG_UNSUPPORTED_GROUP);
}

/* Sort the request's options into those that are kept and those that are not. */
static size_t sort_options(struct request *r, ipp_t *kept)
{
    size_t unsupported = 0;
    ipp_attribute_t *a, *copy;

    for (a = ippFirstAttribute(r->ask); a != NULL; a = ippNextAttribute(r->ask)) {
        const struct option *o;

        if (!is_job_group(a))
            continue;
        o = option_find(ippGetName(a));
        if (o == NULL || !option_takes(o, &r->offer->profile, a)) {
            add_unsupported(r, a, o != NULL);
            unsupported++;
        } else if ((copy = ippCopyAttribute(kept, a, 0)) != NULL) {
            ippSetGroupTag(kept, &copy, IPP_TAG_JOB);
        }
    }
    return unsupported;
}

static ssize_t write_some(void *dst, ipp_uchar_t *bytes, size_t len)
{
    return wbuf_copy(dst, bytes, len) == OK ? (ssize_t)len : -1;
}

/* The attributes of kept as bytes, without what is around them. */
static enum err encode(ipp_t *kept, uint8_t *out, size_t size, size_t *len)
{
    uint8_t *bytes = NULL;
    struct wbuf b;
    enum err e = OK;

    *len = 0;
    if (ippFirstAttribute(kept) == NULL)
        goto out;
    e = ERR_NOMEM;
    if ((bytes = malloc(size + AROUND_LEN)) == NULL)
        goto out;
    b = wbuf_of(bytes, size + AROUND_LEN);
    e = ERR_LIMIT;
    ippSetState(kept, IPP_STATE_IDLE); /* from the first byte on, also what was read before */
    if (ippWriteIO(&b, write_some, 1, NULL, kept) != IPP_STATE_DATA || b.len < AROUND_LEN)
        goto out;
    *len = b.len - AROUND_LEN;
    memcpy(out, bytes + HEAD_LEN, *len);
    e = OK;
out:
    free(bytes);
    return e;
}

enum err job_template_read(struct request *r, uint8_t *out, size_t size, size_t *len)
{
    ipp_t *kept = ippNew();
    size_t unsupported;
    enum err e = ERR_NOMEM;

    if (kept == NULL)
        goto out;
    unsupported = sort_options(r, kept);
    if (unsupported > 0 && request_head_flag(r, "ipp-attribute-fidelity", 0)) {
        e = request_refuse(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES,
                           "The queue does not know some of the options that the request insists on.");
        goto out;
    }
    if ((e = encode(kept, out, size, len)) == ERR_LIMIT)
        e = request_refuse(r, IPP_STATUS_ERROR_REQUEST_ENTITY, "The job's options are too long.");
    if (e == OK && unsupported > 0)
        request_status(r, IPP_STATUS_OK_IGNORED_OR_SUBSTITUTED, "Some of the options are not known here.");
out:
    ippDelete(kept);
    return e;
}

struct reader {
    struct rbuf parts[3]; /* head, attributes, end tag */
    size_t part;
};

static ssize_t read_some(void *src, ipp_uchar_t *out, size_t len)
{
    struct reader *from = src;

    while (from->part < 2 && from->parts[from->part].left == 0)
        from->part++;
    if (len > from->parts[from->part].left)
        len = from->parts[from->part].left;
    return rbuf_copy(&from->parts[from->part], out, len) == OK ? (ssize_t)len : -1;
}

/* The options behind bytes, for ippDelete(); NULL: none, or no memory. */
static ipp_t *decode(const uint8_t *bytes, size_t len)
{
    static const uint8_t head[HEAD_LEN] = {1, 1, 0, 2, 0, 0, 0, 1, IPP_TAG_JOB};
    static const uint8_t tail[] = {IPP_TAG_END};
    struct reader from = {.parts = {rbuf_of(head, sizeof head), rbuf_of(bytes, len), rbuf_of(tail, sizeof tail)}};
    ipp_t *ipp = ippNew();

    if (len == 0 || ipp == NULL || ippReadIO(&from, read_some, 1, NULL, ipp) == IPP_STATE_DATA)
        return ipp;
    ippDelete(ipp);
    return NULL;
}

/* One attribute of the request, upon the former choices. Returns whether it can be set so. */
static int change_option(struct request *r, ipp_t *kept, ipp_attribute_t *a)
{
    const struct option *o = option_find(ippGetName(a));
    const int deletes = ippGetValueTag(a) == IPP_TAG_DELETEATTR;
    ipp_attribute_t *old = ippFindAttribute(kept, ippGetName(a), IPP_TAG_ZERO);
    ipp_attribute_t *copy;

    if (o == NULL || o->is_fixed || (!deletes && !option_takes(o, &r->offer->profile, a))) {
        add_unsupported(r, a, o != NULL);
        return 0;
    }
    if (old != NULL)
        ippDeleteAttribute(kept, old);
    if (!deletes && (copy = ippCopyAttribute(kept, a, 0)) != NULL)
        ippSetGroupTag(kept, &copy, IPP_TAG_JOB);
    return 1;
}

enum err job_template_change(struct request *r, const uint8_t *before, size_t beforelen, uint8_t *out, size_t size,
                             size_t *len)
{
    ipp_t *kept = decode(before, beforelen);
    size_t unsupported = 0;
    ipp_attribute_t *a;
    enum err e = ERR_NOMEM;

    if (kept == NULL)
        goto out;
    for (a = ippFirstAttribute(r->ask); a != NULL; a = ippNextAttribute(r->ask)) {
        if (is_job_group(a) && strcmp(ippGetName(a), "job-name") != 0) /* the title is not an option */
            unsupported += !change_option(r, kept, a);
    }
    if (unsupported > 0) {
        e = request_refuse(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES,
                           "Some of these cannot be set; nothing was changed.");
        goto out;
    }
    if ((e = encode(kept, out, size, len)) == ERR_LIMIT)
        e = request_refuse(r, IPP_STATUS_ERROR_REQUEST_ENTITY, "The job's options are too long.");
out:
    ippDelete(kept);
    return e;
}

int job_template_integer(const uint8_t *bytes, size_t len, const char *name)
{
    ipp_t *ipp = decode(bytes, len);
    int value;

    if (ipp == NULL)
        return 0;
    value = ippGetInteger(ippFindAttribute(ipp, name, IPP_TAG_INTEGER), 0);
    ippDelete(ipp);
    return value;
}

static int is_wanted(void *names, ipp_t *to, ipp_attribute_t *a)
{
    (void)to;
    return names == NULL || cupsArrayFind(names, (void *)(uintptr_t)ippGetName(a)) != NULL;
}

void job_template_add(ipp_t *reply, const uint8_t *bytes, size_t len, cups_array_t *names)
{
    ipp_t *ipp;

    if (len == 0 || (ipp = decode(bytes, len)) == NULL)
        return;
    ippCopyAttributes(reply, ipp, 0, is_wanted, names);
    ippDelete(ipp);
}

void job_template_describe(const struct profile *p, ipp_t *printer)
{
    size_t count;
    const struct option *options = option_table(&count);

    for (size_t i = 0; i < count; i++)
        option_describe(&options[i], p, printer);
}
