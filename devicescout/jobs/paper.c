/* SPDX-License-Identifier: Apache-2.0 */
/* paper: a flat walk over the ticket's attributes, and a little arithmetic. */
#include "devicescout/jobs/paper.h"

#include <string.h>

#include "base/buf.h"

/* RFC 8010 §3.5 */
#define TAG_LEAST   0x10
#define TAG_INTEGER 0x21
#define TAG_RANGE   0x33

struct value {
    uint8_t tag;
    const uint8_t *bytes;
    size_t len;
};

static int is_named(const char *want, const uint8_t *name, size_t len)
{
    return strlen(want) == len && memcmp(want, name, len) == 0;
}

static void set_color(struct paper *p, const char *word, size_t len)
{
    if (is_named("monochrome", (const uint8_t *)word, len) || is_named("bi-level", (const uint8_t *)word, len))
        p->color = PAPER_GRAY;
    else
        p->color = is_named("color", (const uint8_t *)word, len) ? PAPER_COLOR : PAPER_AUTO;
}

static void set_sides(struct paper *p, const char *word, size_t len)
{
    p->two_sided = len > 4 && memcmp(word, "two-", 4) == 0;
}

/* Pages from and to that the document has. */
static uint32_t pages_in(uint32_t from, uint32_t to, uint32_t document_pages)
{
    if (document_pages != 0 && to > document_pages)
        to = document_pages;
    return from == 0 || to < from ? 0 : to - from + 1;
}

static void add_range(const struct value *v, uint32_t document_pages, uint32_t *pages)
{
    struct rbuf b = rbuf_of(v->bytes, v->len);
    uint32_t from, to;

    if (v->tag == TAG_RANGE && rbuf_u32(&b, &from) == OK && rbuf_u32(&b, &to) == OK)
        *pages += pages_in(from, to, document_pages);
}

static void take(struct paper *p, const struct value *v, const uint8_t *name, size_t name_len)
{
    struct rbuf b = rbuf_of(v->bytes, v->len);
    uint32_t copies;

    if (is_named("copies", name, name_len) && v->tag == TAG_INTEGER && rbuf_u32(&b, &copies) == OK && copies > 0 &&
        copies <= OPTIONS_COPIES_MAX)
        p->copies = copies;
    else if (is_named("sides", name, name_len))
        set_sides(p, (const char *)v->bytes, v->len);
    else if (is_named("print-color-mode", name, name_len))
        set_color(p, (const char *)v->bytes, v->len);
}

static void read_chosen(const uint8_t *ipp, size_t ipp_len, uint32_t document_pages, struct paper *p)
{
    struct rbuf b = rbuf_of(ipp, ipp_len);
    uint32_t in_ranges = 0;
    int is_ranges = 0;

    while (b.left > 0) {
        const uint8_t *name;
        struct value v;
        size_t name_len;

        if (rbuf_u8(&b, &v.tag) != OK || v.tag < TAG_LEAST || rbuf_bytes16(&b, UINT16_MAX, &name, &name_len) != OK ||
            rbuf_bytes16(&b, UINT16_MAX, &v.bytes, &v.len) != OK)
            break;
        if (name_len > 0) /* an empty name: one more value of the same */
            is_ranges = is_named("page-ranges", name, name_len);
        if (is_ranges)
            add_range(&v, document_pages, &in_ranges);
        else
            take(p, &v, name, name_len);
    }
    if (in_ranges > 0)
        p->pages = in_ranges;
}

static void lay_over(struct paper *p, const struct options *o, uint32_t document_pages)
{
    uint32_t in_ranges = 0;

    if (o->copies != 0)
        p->copies = o->copies;
    if (o->sides[0] != '\0')
        set_sides(p, o->sides, strlen(o->sides));
    if (o->print_color_mode[0] != '\0')
        set_color(p, o->print_color_mode, strlen(o->print_color_mode));
    for (size_t i = 0; i < o->ranges_len; i++)
        in_ranges += pages_in(o->ranges[i].from, o->ranges[i].to, document_pages);
    if (o->ranges_len > 0 && document_pages != 0) /* "5-" of nobody knows how many would be billions */
        p->pages = in_ranges;
}

void paper_read(const uint8_t *ipp, size_t ipp_len, uint32_t document_pages, const struct options *changed,
                struct paper *out)
{
    *out = (struct paper){.copies = 1, .pages = document_pages};
    read_chosen(ipp, ipp_len, document_pages, out);
    if (changed != NULL)
        lay_over(out, changed, document_pages);
    if (document_pages == 0)
        out->pages = 0;
}

struct paper_count paper_count(const struct paper *p, uint32_t impressions)
{
    const uint64_t copies = p->copies > 0 ? p->copies : 1;
    struct paper_count c = {.pages = impressions != 0 ? impressions : copies * p->pages};
    uint64_t of_one = c.pages / copies;

    c.sheets = c.pages;
    if (p->two_sided && c.pages % copies == 0) /* each copy begins on a new sheet */
        c.sheets = copies * ((of_one + 1) / 2);
    else if (p->two_sided)
        c.sheets = (c.pages + 1) / 2;
    return c;
}
