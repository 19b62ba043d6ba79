/* SPDX-License-Identifier: Apache-2.0 */
/* grant_options: a flat walk. Members of a collection have no name of their own, so they pass as values. */
#include "devicescout/keyholder/grant_options.h"

#include <string.h>

#include "base/buf.h"

/* RFC 8010 §3.5: delimiters are below 0x10, values above. */
#define TAG_LEAST       0x10
#define TAG_INTEGER     0x21
#define TAG_RANGE       0x33
#define TAG_KEYWORD     0x44
#define PAGE_NUMBER_MAX 2147483647u /* an IPP integer */

struct walk {
    unsigned seen;     /* a bit for each of rules[] */
    size_t rule;       /* of the attribute whose values come */
    uint32_t page;     /* the last one of the range before */
    const uint8_t *at; /* the value */
    size_t len;
};

static enum err check_copies(struct walk *w)
{
    struct rbuf b = rbuf_of(w->at, w->len);
    uint32_t n;

    if (rbuf_u32(&b, &n) != OK || rbuf_end(&b) != OK || n == 0)
        return ERR_FORMAT;
    return n <= GRANT_COPIES_MAX ? OK : ERR_LIMIT;
}

static enum err check_range(struct walk *w)
{
    struct rbuf b = rbuf_of(w->at, w->len);
    uint32_t from, to;

    if (rbuf_u32(&b, &from) != OK || rbuf_u32(&b, &to) != OK || rbuf_end(&b) != OK)
        return ERR_FORMAT;
    if (from <= w->page || to < from || to > PAGE_NUMBER_MAX)
        return ERR_FORMAT;
    w->page = to;
    return OK;
}

static enum err check_keyword(struct walk *w)
{
    for (size_t i = 0; i < w->len; i++) {
        const uint8_t c = w->at[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '_')
            return ERR_FORMAT;
    }
    return w->len > 0 ? OK : ERR_FORMAT;
}

static const struct {
    const char *name;
    uint8_t tag;
    int many; /* it may have more than one value */
    enum err (*check)(struct walk *w);
} rules[] = {{"copies", TAG_INTEGER, 0, check_copies},
             {"page-ranges", TAG_RANGE, 1, check_range},
             {"sides", TAG_KEYWORD, 0, check_keyword},
             {"print-color-mode", TAG_KEYWORD, 0, check_keyword}};
#define RULES (sizeof rules / sizeof *rules)

static size_t rule_of(const uint8_t *name, size_t len)
{
    for (size_t i = 0; i < RULES; i++) {
        if (strlen(rules[i].name) == len && memcmp(rules[i].name, name, len) == 0)
            return i;
    }
    return RULES;
}

/* A name begins an attribute; without one it is another value of the one before. */
static enum err begin(struct walk *w, const uint8_t *name, size_t len)
{
    if (len == 0)
        return w->rule == RULES || rules[w->rule].many ? OK : ERR_FORMAT;
    w->rule = rule_of(name, len);
    w->page = 0;
    if (w->rule == RULES)
        return OK;
    if (w->seen & 1u << w->rule)
        return ERR_FORMAT;
    w->seen |= 1u << w->rule;
    return OK;
}

enum err grant_options_check(const uint8_t *options, size_t len)
{
    struct rbuf b = rbuf_of(options, len);
    struct walk w = {.rule = RULES};
    enum err e;

    for (int first = 1; b.left > 0; first = 0) {
        const uint8_t *name;
        size_t name_len;
        uint8_t tag;

        if ((e = rbuf_u8(&b, &tag)) != OK || (e = rbuf_bytes16(&b, UINT16_MAX, &name, &name_len)) != OK ||
            (e = rbuf_bytes16(&b, UINT16_MAX, &w.at, &w.len)) != OK)
            return e;
        if (tag < TAG_LEAST || (first && name_len == 0))
            return ERR_FORMAT;
        if ((e = begin(&w, name, name_len)) != OK)
            return e;
        if (w.rule == RULES)
            continue;
        if (tag != rules[w.rule].tag)
            return ERR_FORMAT;
        if ((e = rules[w.rule].check(&w)) != OK)
            return e;
    }
    return OK;
}
