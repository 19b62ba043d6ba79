/* SPDX-License-Identifier: Apache-2.0 */
/* What documents have in them, as they pass: the same however the bytes are cut, and "unknown" rather than a guess. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printscout/queue/content.h"
#include "tests/unit/cmocka_test.h"

static struct ticket_content in_pieces(const void *bytes, size_t len, size_t step)
{
    struct content *c = NULL;
    struct ticket_content found;

    assert_int_equal(content_new(NULL, &c), OK);
    for (size_t at = 0; at < len; at += step)
        content_bytes(c, (const uint8_t *)bytes + at, len - at < step ? len - at : step);
    content_end(c);
    content_found(c, 1000, &found);
    content_free(c);
    return found;
}

/* What is in it, which must not depend on how the bytes come. */
static struct ticket_content found(const void *bytes, size_t len)
{
    const struct ticket_content whole = in_pieces(bytes, len, len);

    for (size_t step = 1; step < 100; step += step < 10 ? 1 : 13) {
        const struct ticket_content f = in_pieces(bytes, len, step);

        assert_memory_equal(&f, &whole, sizeof f);
    }
    return whole;
}

static uint32_t pages(const void *bytes, size_t len)
{
    return found(bytes, len).pages;
}

/* A page of height lines of 4 bytes, in units of unit_bits. */
static size_t put_page(uint8_t *out, uint32_t height, uint32_t unit_bits)
{
    memset(out, 0, 1796);
    out[379] = (uint8_t)height;
    out[391] = (uint8_t)unit_bits;
    out[395] = 4;
    return 1796;
}

static void a_broken_raster_has_no_pages(void **state)
{
    static uint8_t doc[4000];
    size_t len = 4;

    (void)state;
    memcpy(doc, "RaS2", 4);
    len += put_page(doc + len, 2, 8);
    assert_int_equal(pages(doc, len), 0); /* no lines */
    doc[len++] = 1;                       /* two lines alike */
    doc[len++] = 128;                     /* reserved */
    doc[len++] = 7;
    assert_int_equal(pages(doc, len), 0);
    doc[len - 2] = 4; /* five units on a line of four */
    assert_int_equal(pages(doc, len), 0);
    doc[len - 2] = 2; /* three: the line is not whole */
    assert_int_equal(pages(doc, len), 0);
    assert_int_equal(pages(doc, 1000), 0);
}

static void pages_of_a_raster_are_walked_line_by_line(void **state)
{
    static uint8_t doc[8000];
    size_t len = 4;

    (void)state;
    memcpy(doc, "RaS2", 4);
    len += put_page(doc + len, 3, 8);
    memcpy(doc + len, "\x01\x03\xff", 3); /* two lines: four times ff */
    len += 3;
    memcpy(doc + len, "\x00\xfe/Ty\x00\x01", 7); /* one line: three as they are, one repeated */
    len += 7;
    len += put_page(doc + len, 2, 16);
    memcpy(doc + len, "\x00\x01\xaa\xbb\x00\xff\x01\x02\x03\x04", 10); /* units of two bytes */
    len += 10;
    assert_int_equal(pages(doc, len), 2);
}

/* A page of srgb_8 or sgray_8, 2 x 1 pixels. */
static size_t put_small_page(uint8_t *out, uint32_t space, uint32_t colors, uint32_t dpi, const void *pixels)
{
    memset(out, 0, 1796);
    out[278] = out[282] = (uint8_t)(dpi >> 8);
    out[279] = out[283] = (uint8_t)dpi;
    out[379] = 1;
    out[387] = 8;
    out[391] = (uint8_t)(8 * colors);
    out[395] = (uint8_t)(2 * colors);
    out[403] = (uint8_t)space;
    out[1796] = 0;
    out[1797] = 0xff; /* two as they are */
    memcpy(out + 1798, pixels, 2 * colors);
    return 1798 + 2 * colors;
}

static void a_raster_has_colour_when_a_pixel_has(void **state)
{
    static uint8_t doc[8000];
    struct ticket_content f;
    size_t len = 4;

    (void)state;
    memcpy(doc, "RaS2", 4);
    len += put_small_page(doc + len, 19, 3, 600, "\7\7\7\xff\xff\xff");
    f = found(doc, len);
    assert_int_equal(f.pages, 1);
    assert_int_equal(f.color, TICKET_COLOR_NO);
    assert_string_equal(f.raster_type, "srgb_8");
    assert_int_equal(f.raster_dpi, 600);
    len += put_small_page(doc + len, 19, 3, 600, "\7\7\7\xff\xff\xfe");
    assert_int_equal(found(doc, len).color, TICKET_COLOR_YES);
}

static void of_pages_that_differ_no_one_type_and_resolution_is_told(void **state)
{
    static uint8_t doc[8000];
    struct ticket_content f;
    size_t len = 4;

    (void)state;
    memcpy(doc, "RaS2", 4);
    len += put_small_page(doc + len, 18, 1, 300, "\0\1");
    f = found(doc, len);
    assert_string_equal(f.raster_type, "sgray_8");
    assert_int_equal(f.raster_dpi, 300);
    assert_int_equal(f.color, TICKET_COLOR_NO);
    len += put_small_page(doc + len, 6, 4, 600, "\0\0\0\1\0\0\0\2"); /* cmyk_8: not looked into */
    f = found(doc, len);
    assert_int_equal(f.pages, 2);
    assert_string_equal(f.raster_type, "");
    assert_int_equal(f.raster_dpi, 0);
    assert_int_equal(f.color, TICKET_COLOR_UNKNOWN);
}

static const uint8_t urf[] = "UNIRAST\0\0\0\0\1"
                             "\x18\1\1\4\0\0\0\0\0\0\0\0\0\0\0\3\0\0\0\3\0\0\1\x2c\0\0\0\0\0\0\0\0"
                             "\1\0\7\7\7\x80"            /* two lines: one pixel, the rest white */
                             "\0\xfe\1\1\1\2\2\2\3\3\3"; /* one line: three as they are */

static void urf_is_walked_line_by_line(void **state)
{
    uint8_t colored[sizeof urf];
    struct ticket_content f = found(urf, sizeof urf - 1);

    (void)state;
    assert_int_equal(f.pages, 1);
    assert_int_equal(f.color, TICKET_COLOR_NO);
    assert_string_equal(f.raster_type, "srgb_8");
    assert_int_equal(f.raster_dpi, 300);
    for (size_t len = 16; len < sizeof urf - 1; len++)
        assert_int_equal(pages(urf, len), 0); /* cut */
    memcpy(colored, urf, sizeof urf);
    colored[sizeof urf - 2]++;
    assert_int_equal(found(colored, sizeof urf - 1).color, TICKET_COLOR_YES);
}

static void a_picture_is_a_page_and_the_rest_is_unknown(void **state)
{
    (void)state;
    assert_int_equal(pages("\xff\xd8\xff\xe0 a picture, surely", 22), 1);
    assert_int_equal(pages("something else altogether", 25), 0);
    assert_int_equal(pages("%PDF", 4), 0);
    assert_int_equal(pages("%PDF-1.7\n<</Type/Page>>", 23), 0); /* nobody reads it here */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_raster_has_no_pages),
        cmocka_unit_test(pages_of_a_raster_are_walked_line_by_line),
        cmocka_unit_test(a_raster_has_colour_when_a_pixel_has),
        cmocka_unit_test(of_pages_that_differ_no_one_type_and_resolution_is_told),
        cmocka_unit_test(urf_is_walked_line_by_line),
        cmocka_unit_test(a_picture_is_a_page_and_the_rest_is_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
