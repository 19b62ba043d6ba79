/* SPDX-License-Identifier: Apache-2.0 */
/* options: a flat walk over encoded attributes; a changed one is left out of the old ones and written anew. */
#include "devicescout/jobs/options.h"

#include <string.h>

/* RFC 8010 §3.5: delimiters are below 0x10, values above. */
#define TAG_LEAST       0x10
#define TAG_INTEGER     0x21
#define TAG_RANGE       0x33
#define TAG_KEYWORD     0x44
#define PAGE_NUMBER_MAX 2147483647u /* an IPP integer */

static enum err set_keyword(char out[OPTIONS_KEYWORD_MAX], const char *keyword, const char *const *allowed)
{
    for (; *allowed != NULL; allowed++) {
        if (strcmp(keyword, *allowed) == 0) {
            strcpy(out, keyword);
            return OK;
        }
    }
    return ERR_FORMAT;
}

enum err options_set_sides(struct options *o, const char *keyword)
{
    static const char *const allowed[] = {"one-sided", "two-sided-long-edge", "two-sided-short-edge", NULL};

    return set_keyword(o->sides, keyword, allowed);
}

enum err options_set_color_mode(struct options *o, const char *keyword)
{
    static const char *const allowed[] = {"auto", "color", "monochrome", NULL};

    return set_keyword(o->print_color_mode, keyword, allowed);
}

static enum err read_page(const char **at, uint32_t *out)
{
    uint64_t v = 0;
    const char *start = *at;

    for (; **at >= '0' && **at <= '9'; (*at)++) {
        v = v * 10 + (uint64_t)(**at - '0');
        if (v > PAGE_NUMBER_MAX)
            return ERR_FORMAT;
    }
    if (*at == start || v == 0)
        return ERR_FORMAT;
    *out = (uint32_t)v;
    return OK;
}

static void skip_spaces(const char **at)
{
    while (**at == ' ')
        (*at)++;
}

static enum err read_range(const char **at, struct page_range *r)
{
    enum err e;

    skip_spaces(at);
    if ((e = read_page(at, &r->from)) != OK)
        return e;
    r->to = r->from;
    skip_spaces(at);
    if (**at == '-') {
        (*at)++;
        skip_spaces(at);
        if ((e = read_page(at, &r->to)) != OK)
            return e;
        skip_spaces(at);
    }
    return r->to < r->from ? ERR_FORMAT : OK;
}

enum err options_set_ranges(struct options *o, const char *text)
{
    struct page_range last = {0, 0};
    size_t count = 0;
    enum err e;

    for (;;) {
        struct page_range r;

        if ((e = read_range(&text, &r)) != OK)
            return e;
        if (r.from <= last.to) /* IPP wants them rising and apart */
            return ERR_FORMAT;
        if (count == OPTIONS_RANGES_MAX)
            return ERR_LIMIT;
        o->ranges[count++] = last = r;
        if (*text == '\0')
            break;
        if (*text++ != ',')
            return ERR_FORMAT;
    }
    o->ranges_len = count;
    return OK;
}

static int is_changed(const struct options *o, const uint8_t *name, size_t len)
{
    struct {
        const char *name;
        int changed;
    } table[] = {{"copies", o->copies != 0},
                 {"sides", o->sides[0] != '\0'},
                 {"print-color-mode", o->print_color_mode[0] != '\0'},
                 {"page-ranges", o->ranges_len != 0}};

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0)
            return table[i].changed;
    }
    return 0;
}

/* Values after the first, and what is inside a collection, have an empty name: they go with the attribute before. */
static enum err copy_unchanged(const struct options *o, const uint8_t *ipp, size_t len, struct wbuf *out)
{
    struct rbuf b = rbuf_of(ipp, len);
    int skip = -1; /* -1: no attribute has begun */
    enum err e;

    while (b.left > 0) {
        const uint8_t *name, *value, *start = b.at;
        size_t name_len, value_len;
        uint8_t tag;

        if ((e = rbuf_u8(&b, &tag)) != OK)
            return e;
        if ((e = rbuf_bytes16(&b, UINT16_MAX, &name, &name_len)) != OK)
            return e;
        if ((e = rbuf_bytes16(&b, UINT16_MAX, &value, &value_len)) != OK)
            return e;
        if (tag < TAG_LEAST || (name_len == 0 && skip < 0))
            return ERR_FORMAT;
        if (name_len > 0)
            skip = is_changed(o, name, name_len);
        if (!skip && (e = wbuf_copy(out, start, (size_t)(b.at - start))) != OK)
            return e;
    }
    return OK;
}

static enum err put_value(struct wbuf *out, uint8_t tag, const char *name, const void *value, size_t len)
{
    enum err e;

    if ((e = wbuf_u8(out, tag)) != OK)
        return e;
    if ((e = wbuf_bytes16(out, name, strlen(name))) != OK)
        return e;
    return wbuf_bytes16(out, value, len);
}

static enum err put_ranges(const struct options *o, struct wbuf *out)
{
    enum err e;

    for (size_t i = 0; i < o->ranges_len; i++) {
        uint8_t bytes[8];
        struct wbuf value = wbuf_of(bytes, sizeof bytes);

        if ((e = wbuf_u32(&value, o->ranges[i].from)) != OK || (e = wbuf_u32(&value, o->ranges[i].to)) != OK)
            return e;
        if ((e = put_value(out, TAG_RANGE, i == 0 ? "page-ranges" : "", bytes, value.len)) != OK)
            return e;
    }
    return OK;
}

enum err options_merge(const struct options *o, const uint8_t *ipp, size_t ipp_len, struct wbuf *out)
{
    uint8_t copies[4];
    struct wbuf number = wbuf_of(copies, sizeof copies);
    enum err e;

    if ((e = copy_unchanged(o, ipp, ipp_len, out)) != OK)
        return e;
    if (o->copies != 0) {
        if ((e = wbuf_u32(&number, o->copies)) != OK)
            return e;
        if ((e = put_value(out, TAG_INTEGER, "copies", copies, sizeof copies)) != OK)
            return e;
    }
    if (o->sides[0] != '\0' && (e = put_value(out, TAG_KEYWORD, "sides", o->sides, strlen(o->sides))) != OK)
        return e;
    if (o->print_color_mode[0] != '\0') {
        e = put_value(out, TAG_KEYWORD, "print-color-mode", o->print_color_mode, strlen(o->print_color_mode));
        if (e != OK)
            return e;
    }
    return put_ranges(o, out);
}
