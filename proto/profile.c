/* SPDX-License-Identifier: Apache-2.0 */
/* profile: fields in the order of PROTOCOL.md, "Profile"; each list's writer stands beside its reader. */
#include "proto/profile.h"

#include <string.h>

#define COUNT(list)   (sizeof(list) / sizeof *(list))
#define SIDE_MOST     200000 /* two metres: beyond A0 nothing is a sheet */
#define SIDE_LEAST    1000
#define WORD_BYTES    "abcdefghijklmnopqrstuvwxyz0123456789-._"
#define INCH          2540
#define DECIMALS_MOST 4 /* na_number-10 needs three */

static int is_listed(const char *text, size_t len, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i]) == len && memcmp(list[i], text, len) == 0)
            return 1;
    }
    return 0;
}

int profile_word_is_sound(const char *word)
{
    const size_t len = strlen(word);

    return len > 0 && len < PROFILE_WORD_SIZE && word[strspn(word, WORD_BYTES)] == '\0';
}

/* "8.5" in ten-thousandths; *at moves behind it. 0: no number, or one that no sheet has. */
static uint64_t read_decimal(const char **at)
{
    uint64_t v = 0;
    unsigned decimals = 0, digits = 0, has_point = 0;

    for (; (**at >= '0' && **at <= '9') || (**at == '.' && !has_point); (*at)++) {
        if (**at == '.') {
            has_point = 1;
            continue;
        }
        if (++digits > 9 || decimals + has_point > DECIMALS_MOST)
            return 0;
        v = v * 10 + (uint64_t)(**at - '0');
        decimals += has_point;
    }
    if (has_point && decimals == 0)
        return 0;
    for (; decimals < DECIMALS_MOST; decimals++)
        v *= 10;
    return v;
}

enum err profile_media_size(const char *name, uint32_t *width, uint32_t *length)
{
    static const char *const classes[] = {"asme", "iso", "jis", "jpn", "na", "oe", "om", "prc", "roc"};
    const char *at = strrchr(name, '_'), *first = strchr(name, '_');
    uint64_t x, y, unit;

    if (!profile_word_is_sound(name) || at == first || at - first < 2 ||
        !is_listed(name, (size_t)(first - name), classes, COUNT(classes)))
        return ERR_FORMAT;
    at++;
    x = read_decimal(&at);
    if (*at++ != 'x')
        return ERR_FORMAT;
    y = read_decimal(&at);
    unit = strcmp(at, "mm") == 0 ? 100 : strcmp(at, "in") == 0 ? INCH : 0;
    x = (x * unit + 5000) / 10000; /* rounded as PWG 5101.1 does */
    y = (y * unit + 5000) / 10000;
    if (unit == 0 || x < SIDE_LEAST || x > SIDE_MOST || y < SIDE_LEAST || y > SIDE_MOST)
        return ERR_FORMAT;
    *width = (uint32_t)x;
    *length = (uint32_t)y;
    return OK;
}

int profile_has_word(const struct profile_word *list, size_t len, const char *word)
{
    for (size_t i = 0; i < len; i++) {
        if (strcmp(list[i].text, word) == 0)
            return 1;
    }
    return 0;
}

int profile_has_number(const uint16_t *list, size_t len, uint32_t number)
{
    for (size_t i = 0; i < len; i++) {
        if (list[i] == number)
            return 1;
    }
    return 0;
}

void profile_add_word(struct profile_word *list, size_t *len, size_t max, const char *word)
{
    if (*len < max && profile_word_is_sound(word) && !profile_has_word(list, *len, word))
        strcpy(list[(*len)++].text, word);
}

void profile_add_number(uint16_t *list, size_t *len, size_t max, uint32_t number)
{
    size_t at = *len;

    if (*len >= max || number == 0 || number > UINT16_MAX || profile_has_number(list, *len, number))
        return;
    for (; at > 0 && list[at - 1] > number; at--)
        list[at] = list[at - 1];
    list[at] = (uint16_t)number;
    (*len)++;
}

static enum err numbers_write(const uint16_t *list, size_t len, struct wbuf *out)
{
    enum err e = wbuf_u8(out, (uint8_t)len);

    for (size_t i = 0; e == OK && i < len; i++)
        e = wbuf_u16(out, list[i]);
    return e;
}

static enum err numbers_read(struct rbuf *in, uint16_t *list, size_t *len, size_t max)
{
    enum err e = rbuf_count(in, max, len);

    for (size_t i = 0; e == OK && i < *len; i++)
        e = rbuf_u16(in, &list[i]);
    return e;
}

static enum err words_write(const struct profile_word *list, size_t len, struct wbuf *out)
{
    enum err e = wbuf_u8(out, (uint8_t)len);

    for (size_t i = 0; e == OK && i < len; i++)
        e = wbuf_text16(out, list[i].text);
    return e;
}

static enum err words_read(struct rbuf *in, struct profile_word *list, size_t *len, size_t max)
{
    enum err e = rbuf_count(in, max, len);

    for (size_t i = 0; e == OK && i < *len; i++)
        e = rbuf_text16(in, list[i].text, sizeof list[i].text);
    return e;
}

static int rise(const uint16_t *list, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (list[i] == 0 || (i > 0 && list[i] <= list[i - 1]))
            return 0;
    }
    return 1;
}

/* Sound, and each once. */
static int are_sound(const struct profile_word *list, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!profile_word_is_sound(list[i].text) || profile_has_word(list, i, list[i].text))
            return 0;
    }
    return 1;
}

/* What the layout cannot say. Writer and reader ask the same. */
static enum err check(const struct profile *p)
{
    uint32_t width, length;

    if (p->resolutions_len > PROFILE_RESOLUTIONS_MAX || p->finishings_len > PROFILE_NUMBERS_MAX ||
        p->media_len > PROFILE_MEDIA_MAX || p->types_len > PROFILE_WORDS_MAX || p->sources_len > PROFILE_WORDS_MAX ||
        p->bins_len > PROFILE_WORDS_MAX)
        return ERR_LIMIT;
    if ((p->formats & PROFILE_PDF) == 0 || p->formats > PROFILE_FORMATS || p->features > PROFILE_FEATURES ||
        p->copies_max < 1 || p->copies_max > PROFILE_COPIES_MAX)
        return ERR_FORMAT;
    if (!rise(p->resolutions, p->resolutions_len) || !rise(p->finishings, p->finishings_len) ||
        profile_has_number(p->finishings, p->finishings_len, PROFILE_FINISHINGS_NONE))
        return ERR_FORMAT;
    if (p->media_len == 0 || !are_sound(p->media, p->media_len) || !are_sound(p->types, p->types_len) ||
        !are_sound(p->sources, p->sources_len) || !are_sound(p->bins, p->bins_len))
        return ERR_FORMAT;
    for (size_t i = 0; i < p->media_len; i++) {
        if (profile_media_size(p->media[i].text, &width, &length) != OK)
            return ERR_FORMAT;
    }
    return OK;
}

enum err profile_write(const struct profile *p, struct wbuf *out)
{
    enum err e;

    if ((e = check(p)) != OK)
        return e;
    if ((e = wbuf_u8(out, PROFILE_VERSION)) != OK || (e = wbuf_u16(out, p->formats)) != OK ||
        (e = wbuf_u16(out, p->features)) != OK || (e = wbuf_u16(out, p->copies_max)) != OK ||
        (e = numbers_write(p->resolutions, p->resolutions_len, out)) != OK ||
        (e = numbers_write(p->finishings, p->finishings_len, out)) != OK ||
        (e = words_write(p->media, p->media_len, out)) != OK || (e = words_write(p->types, p->types_len, out)) != OK ||
        (e = words_write(p->sources, p->sources_len, out)) != OK)
        return e;
    return words_write(p->bins, p->bins_len, out);
}

enum err profile_read(const uint8_t *bytes, size_t len, struct profile *out)
{
    struct rbuf in = rbuf_of(bytes, len);
    struct profile p = {0};
    uint8_t version;
    enum err e;

    if ((e = rbuf_u8(&in, &version)) != OK)
        return e;
    if (version != PROFILE_VERSION)
        return ERR_UNSUPPORTED;
    if ((e = rbuf_u16(&in, &p.formats)) != OK || (e = rbuf_u16(&in, &p.features)) != OK ||
        (e = rbuf_u16(&in, &p.copies_max)) != OK ||
        (e = numbers_read(&in, p.resolutions, &p.resolutions_len, PROFILE_RESOLUTIONS_MAX)) != OK ||
        (e = numbers_read(&in, p.finishings, &p.finishings_len, PROFILE_NUMBERS_MAX)) != OK ||
        (e = words_read(&in, p.media, &p.media_len, PROFILE_MEDIA_MAX)) != OK ||
        (e = words_read(&in, p.types, &p.types_len, PROFILE_WORDS_MAX)) != OK ||
        (e = words_read(&in, p.sources, &p.sources_len, PROFILE_WORDS_MAX)) != OK ||
        (e = words_read(&in, p.bins, &p.bins_len, PROFILE_WORDS_MAX)) != OK || (e = rbuf_end(&in)) != OK ||
        (e = check(&p)) != OK)
        return e;
    *out = p;
    return OK;
}

void profile_of(const struct bulletin *b, struct profile *out)
{
    if (profile_read(b->profile, b->profile_len, out) != OK)
        profile_default(out);
}
