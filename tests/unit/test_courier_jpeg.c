/* SPDX-License-Identifier: Apache-2.0 */
/* What stands before a JPEG's picture, and the PDF around it. */
#include <stdlib.h>
#include <string.h>

#include "printscout/courier/jpeg_pdf.h"
#include "tests/unit/cmocka_test.h"

#define SOI   "\xff\xd8"
#define JFIF  "\xff\xe0\0\x10JFIF\0\1\2\1\0\x96\0\x4b\0\0"               /* 150 x 75 dpi */
#define FRAME "\xff\xc0\0\x11\x08\0\x64\0\xc8\3\1\x22\0\2\x11\1\3\x11\1" /* 200 x 100, three colours */

static enum err read_bytes(const void *bytes, size_t len, struct jpeg *out)
{
    uint8_t *copy = malloc(len + (len == 0)); /* so that a sanitizer sees a byte read beyond */
    enum err e;

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    e = jpeg_read(copy, len, out);
    free(copy);
    return e;
}

#define READ(text, out) read_bytes(text, sizeof(text) - 1, out)

static void a_picture_cut_anywhere_is_refused(void **state)
{
    static const char whole[] = SOI JFIF FRAME;
    struct jpeg j;

    (void)state;
    for (size_t len = 0; len < sizeof whole - 1; len++)
        assert_int_equal(read_bytes(whole, len, &j), ERR_FORMAT);
    assert_int_equal(READ(SOI JFIF FRAME, &j), OK);
}

static void kinds_that_pdf_does_not_take_are_refused(void **state)
{
    struct jpeg j;

    (void)state;
    assert_int_equal(READ(SOI "\xff\xc3\0\x11\x08\0\x64\0\xc8\3\1\x22\0\2\x11\1\3\x11\1", &j), ERR_UNSUPPORTED);
    assert_int_equal(READ(SOI "\xff\xc9\0\x11\x08\0\x64\0\xc8\3\1\x22\0\2\x11\1\3\x11\1", &j), ERR_UNSUPPORTED);
    assert_int_equal(READ(SOI "\xff\xc1\0\x11\x0c\0\x64\0\xc8\3\1\x22\0\2\x11\1\3\x11\1", &j), ERR_UNSUPPORTED);
    assert_int_equal(READ(SOI "\xff\xc0\0\x11\x08\0\0\0\xc8\3\1\x22\0\2\x11\1\3\x11\1", &j), ERR_UNSUPPORTED);
    assert_int_equal(READ(SOI "\xff\xda\0\2", &j), ERR_FORMAT); /* lines before they were announced */
    assert_int_equal(READ(SOI "\xff\xe2\0\1", &j), ERR_FORMAT);
}

#define EXIF(orientation)                                                                                              \
    "\xff\xe1\0\x22"                                                                                                   \
    "Exif\0\0MM\0\x2a\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0" orientation "\0\0\0\0\0\0"

static void a_picture_that_lies_on_its_side_is_set_upright_and_a_mirrored_one_refused(void **state)
{
    struct jpeg j;

    (void)state;
    assert_int_equal(READ(SOI EXIF("\1") FRAME, &j), OK);
    assert_int_equal(j.rotate, 0);
    assert_int_equal(READ(SOI EXIF("\3") FRAME, &j), OK);
    assert_int_equal(j.rotate, 180);
    assert_int_equal(READ(SOI EXIF("\6") FRAME, &j), OK);
    assert_int_equal(j.rotate, 90);
    assert_int_equal(READ(SOI EXIF("\x08") FRAME, &j), OK);
    assert_int_equal(j.rotate, 270);
    assert_int_equal(READ(SOI EXIF("\2") FRAME, &j), ERR_UNSUPPORTED);
    assert_int_equal(READ(SOI "\xff\xe1\0\x10"
                              "Exif\0\0II\x2a\0\xff\xff\xff\xff" FRAME,
                          &j),
                     OK); /* leads astray */
    assert_int_equal(j.rotate, 0);
}

static void size_colours_and_density_are_read(void **state)
{
    struct jpeg j;

    (void)state;
    assert_int_equal(READ(SOI JFIF "\xff\xff" FRAME, &j), OK); /* filled up */
    assert_int_equal(j.width, 200);
    assert_int_equal(j.height, 100);
    assert_int_equal(j.colors, 3);
    assert_int_equal(j.dpi_x, 150);
    assert_int_equal(j.dpi_y, 75);
}

static void the_page_is_as_large_as_the_picture_says_and_no_larger_than_a4(void **state)
{
    struct jpeg j = {.width = 200, .height = 100, .colors = 3, .dpi_x = 150, .dpi_y = 75};
    char text[JPEG_PDF_TEXT_MAX];

    (void)state;
    assert_true(jpeg_pdf_behind(&j, 1000, text) > 0);
    assert_non_null(strstr(text, "/MediaBox[0 0 96.00 96.00]"));
    j.dpi_x = j.dpi_y = 0;
    assert_true(jpeg_pdf_behind(&j, 1000, text) > 0);
    assert_non_null(strstr(text, "/MediaBox[0 0 842.00 421.00]"));
    j = (struct jpeg){.width = 1, .height = 65535, .colors = 1, .dpi_x = 100, .dpi_y = 100};
    assert_true(jpeg_pdf_behind(&j, UINT64_MAX / 2, text) > 0);
    assert_non_null(strstr(text, "/MediaBox[0 0 0.01 842.00]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_cut_anywhere_is_refused),
        cmocka_unit_test(kinds_that_pdf_does_not_take_are_refused),
        cmocka_unit_test(a_picture_that_lies_on_its_side_is_set_upright_and_a_mirrored_one_refused),
        cmocka_unit_test(size_colours_and_density_are_read),
        cmocka_unit_test(the_page_is_as_large_as_the_picture_says_and_no_larger_than_a4),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
