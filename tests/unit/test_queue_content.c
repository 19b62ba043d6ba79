/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of documents as they pass: the same number however the bytes are cut, and "unknown" rather than a guess. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printscout/queue/content.h"
#include "tests/unit/cmocka_test.h"

static uint32_t pages_in_pieces(const void *bytes, size_t len, size_t step)
{
    struct content *c = NULL;
    uint32_t pages;

    assert_int_equal(content_new(&c), OK);
    for (size_t at = 0; at < len; at += step)
        content_bytes(c, (const uint8_t *)bytes + at, len - at < step ? len - at : step);
    pages = content_pages(c);
    content_free(c);
    return pages;
}

/* The number, which must not depend on how the bytes come. */
static uint32_t pages(const void *bytes, size_t len)
{
    const uint32_t whole = pages_in_pieces(bytes, len, len);

    for (size_t step = 1; step < 100; step += step < 10 ? 1 : 13)
        assert_int_equal(pages_in_pieces(bytes, len, step), whole);
    return whole;
}

static uint32_t pdf_pages(const char *middle, const char *end)
{
    static char text[20000];
    const int len = snprintf(text, sizeof text, "%%PDF-1.7\n%s%s", middle, end);

    assert_true(len > 0 && (size_t)len < sizeof text);
    return pages(text, (size_t)len);
}

#define END "trailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"

static void pages_that_may_hide_in_a_pdf_are_unknown(void **state)
{
    (void)state;
    assert_int_equal(pdf_pages("<</Type /Page>> <</Type/ObjStm /N 5>>", END), 0);
    assert_int_equal(pdf_pages("<</Type/Page>>", END "<</Type/Page>>" END), 0); /* a change was appended */
    assert_int_equal(pdf_pages("<</Type/Page>>", ""), 0);                       /* cut */
    assert_int_equal(pdf_pages("", END), 0);
}

static void only_whole_names_count_in_a_pdf(void **state)
{
    (void)state;
    assert_int_equal(
        pdf_pages("<</Type/Pages>> <</Type/PageLabel>> <</Types/Page>> <</Type(/Page)>> /Page <</Type/Page>>", END), 1);
}

static void pages_of_a_pdf_are_counted_however_they_are_written(void **state)
{
    char many[16000] = "";

    (void)state;
    assert_int_equal(
        pdf_pages("<</Type /Page>> <</Type/Page/Parent 1 0 R>> <</Type\n\r\t /Page\n>> <</Type/Page\n", END), 3 + 1);
    assert_int_equal(pdf_pages("<</Linearized 1>>" END "<</Type/Page>>", END), 1);
    for (int i = 0; i < 500; i++) /* more than a window holds */
        strcat(many, "<</Type /Page /Parent 1 0 R>>\n");
    assert_int_equal(pdf_pages(many, END), 500);
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

static void urf_says_it_and_a_picture_is_a_page(void **state)
{
    (void)state;
    assert_int_equal(pages("UNIRAST\0\0\0\0\7rest of it", 22), 7);
    assert_int_equal(pages("UNIRAST\0\xff\xff\xff\xffrest of it", 22), 0);
    assert_int_equal(pages("\xff\xd8\xff\xe0 a picture, surely", 22), 1);
    assert_int_equal(pages("something else altogether", 25), 0);
    assert_int_equal(pages("%PDF", 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_that_may_hide_in_a_pdf_are_unknown),
        cmocka_unit_test(only_whole_names_count_in_a_pdf),
        cmocka_unit_test(pages_of_a_pdf_are_counted_however_they_are_written),
        cmocka_unit_test(a_broken_raster_has_no_pages),
        cmocka_unit_test(pages_of_a_raster_are_walked_line_by_line),
        cmocka_unit_test(urf_says_it_and_a_picture_is_a_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
