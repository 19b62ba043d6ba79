/* SPDX-License-Identifier: Apache-2.0 */
/* pjl_options: a flat walk over RFC 8010 attributes; a table for the keywords. */
#include "printscout/courier/pjl_options.h"

#include <stdio.h>
#include <string.h>

#define TAG_INTEGER   0x21
#define TAG_ENUM      0x23
#define QUALITY_DRAFT 3
#define TAG_KEYWORD   0x44
#define TAG_MEMBER    0x4a

enum kind { SIDES, COLOR, PAPER, QUALITY, KINDS };

static const struct {
    enum kind kind;
    const char *name, *value, *pjl;
} words[] = {
    {SIDES, "sides", "one-sided", "@PJL SET DUPLEX=OFF\r\n"},
    {SIDES, "sides", "two-sided-long-edge", "@PJL SET DUPLEX=ON\r\n@PJL SET BINDING=LONGEDGE\r\n"},
    {SIDES, "sides", "two-sided-short-edge", "@PJL SET DUPLEX=ON\r\n@PJL SET BINDING=SHORTEDGE\r\n"},
    {COLOR, "print-color-mode", "color", "@PJL SET RENDERMODE=COLOR\r\n"},
    {COLOR, "print-color-mode", "monochrome", "@PJL SET RENDERMODE=GRAYSCALE\r\n"},
    {PAPER, "media", "iso_a4_210x297mm", "@PJL SET PAPER=A4\r\n"},
    {PAPER, "media", "iso_a5_148x210mm", "@PJL SET PAPER=A5\r\n"},
    {PAPER, "media", "na_letter_8.5x11in", "@PJL SET PAPER=LETTER\r\n"},
    {PAPER, "media", "na_legal_8.5x14in", "@PJL SET PAPER=LEGAL\r\n"},
    {PAPER, "media", "na_executive_7.25x10.5in", "@PJL SET PAPER=EXECUTIVE\r\n"},
};

/* The same paper in media-col: hundredths of a millimetre. */
static const struct {
    uint32_t x, y;
    const char *media;
} sizes[] = {{21000, 29700, "iso_a4_210x297mm"},
             {14800, 21000, "iso_a5_148x210mm"},
             {21590, 27940, "na_letter_8.5x11in"},
             {21590, 35560, "na_legal_8.5x14in"},
             {18415, 26670, "na_executive_7.25x10.5in"}};

struct chosen {
    uint32_t copies;
    int in_medium;             /* within media-col */
    uint32_t x, y, *dimension; /* its size; the number that comes next, NULL: another */
    const char *lines[KINDS];  /* of the table; NULL: not chosen */
};

static int is(const uint8_t *bytes, size_t len, const char *text)
{
    return strlen(text) == len && memcmp(bytes, text, len) == 0;
}

static void take_word(struct chosen *c, const uint8_t *name, size_t name_len, const uint8_t *value, size_t value_len)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is(name, name_len, words[i].name) && is(value, value_len, words[i].value))
            c->lines[words[i].kind] = words[i].pjl;
    }
}

static void take_number(struct chosen *c, const uint8_t *name, size_t name_len, const uint8_t *value, size_t value_len)
{
    struct rbuf b = rbuf_of(value, value_len);
    uint32_t n;

    if (value_len != 4 || rbuf_u32(&b, &n) != OK)
        return;
    if (is(name, name_len, "copies") && n >= 1 && n <= PJL_COPIES_MAX)
        c->copies = n;
    if (is(name, name_len, "print-quality"))
        c->lines[QUALITY] = n == QUALITY_DRAFT ? "@PJL SET ECONOMODE=ON\r\n" : NULL;
}

/* What stands within media-col, of which the size counts. */
static void take_member(struct chosen *c, uint8_t tag, const uint8_t *value, size_t value_len)
{
    struct rbuf b = rbuf_of(value, value_len);

    if (tag == TAG_MEMBER)
        c->dimension = is(value, value_len, "x-dimension") ? &c->x : is(value, value_len, "y-dimension") ? &c->y : NULL;
    else if (tag == TAG_INTEGER && c->dimension != NULL && rbuf_u32(&b, c->dimension) != OK)
        c->dimension = NULL;
}

static void take_size(struct chosen *c)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i].x == c->x && sizes[i].y == c->y)
            take_word(c, (const uint8_t *)"media", 5, (const uint8_t *)sizes[i].media, strlen(sizes[i].media));
    }
}

size_t pjl_options(const struct order *o, char out[static PJL_TEXT_SIZE])
{
    struct rbuf b = rbuf_of(o->options, o->options_len);
    struct chosen c = {0};
    char copies[32] = "";
    int n;

    while (b.left > 0) {
        const uint8_t *name, *value;
        size_t name_len, value_len;
        uint8_t tag;

        if (rbuf_u8(&b, &tag) != OK || rbuf_bytes16(&b, UINT16_MAX, &name, &name_len) != OK ||
            rbuf_bytes16(&b, UINT16_MAX, &value, &value_len) != OK)
            break;
        if (name_len > 0)
            c.in_medium = is(name, name_len, "media-col");
        if (c.in_medium)
            take_member(&c, tag, value, value_len);
        else if (tag == TAG_INTEGER || tag == TAG_ENUM)
            take_number(&c, name, name_len, value, value_len);
        else if (tag == TAG_KEYWORD)
            take_word(&c, name, name_len, value, value_len);
    }
    take_size(&c);
    if (c.copies != 0)
        snprintf(copies, sizeof copies, "@PJL SET COPIES=%u\r\n", (unsigned)c.copies);
    n = snprintf(out, PJL_TEXT_SIZE, "%s", copies);
    for (size_t i = 0; i < KINDS && n >= 0 && n < PJL_TEXT_SIZE; i++) {
        if (c.lines[i] != NULL)
            n += snprintf(out + n, (size_t)(PJL_TEXT_SIZE - n), "%s", c.lines[i]);
    }
    return n > 0 && n < PJL_TEXT_SIZE ? (size_t)n : 0;
}
