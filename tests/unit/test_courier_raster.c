/* SPDX-License-Identifier: Apache-2.0 */
/* PWG Raster that somebody printed, read line by line and wrapped into PDF: hostile documents first. */
#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"
#include "printscout/courier/raster_pdf.h"
#include "tests/unit/cmocka_test.h"

#define HEADER 1796

static void number(uint8_t *header, size_t at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        header[at + (size_t)i] = (uint8_t)(v >> (24 - 8 * i));
}

struct doc {
    uint8_t bytes[3 * (HEADER + 64)];
    size_t len, at, step; /* step: bytes a read; 0: all */
};

static void add(struct doc *d, const void *bytes, size_t len)
{
    assert_true(d->len + len <= sizeof d->bytes);
    memcpy(d->bytes + d->len, bytes, len);
    d->len += len;
}

static uint8_t *add_header(struct doc *d, uint32_t width, uint32_t height, uint32_t colors)
{
    uint8_t h[HEADER] = "PwgRaster";

    number(h, 276, 300);
    number(h, 280, 300);
    number(h, 372, width);
    number(h, 376, height);
    number(h, 384, 8);
    number(h, 388, 8 * colors);
    number(h, 392, width * colors);
    number(h, 400, colors == 3 ? 19 : 18);
    number(h, 420, colors);
    add(d, h, sizeof h);
    return d->bytes + d->len - HEADER;
}

/* Two pages: 3 x 2 pixels in colour, then 2 x 3 in grey. */
static void good(struct doc *d)
{
    *d = (struct doc){.len = 0};
    add(d, "RaS2", 4);
    add_header(d, 3, 2, 3);
    add(d, "\0\1\1\2\3\0\4\5\6", 9);        /* once: two of 010203, one of 040506 */
    add(d, "\0\xfe\1\1\1\2\2\2\3\3\3", 11); /* once: three as they are */
    add_header(d, 2, 3, 1);
    add(d, "\2\1\x7f", 3); /* three times: two of 7f */
}

static enum err read_doc(void *arg, uint8_t *out, size_t max, size_t *len)
{
    struct doc *d = arg;

    *len = d->len - d->at < max ? d->len - d->at : max;
    if (d->step != 0 && *len > d->step)
        *len = d->step;
    memcpy(out, d->bytes + d->at, *len);
    d->at += *len;
    return OK;
}

static enum err convert(struct doc *d, size_t step, uint8_t *out, size_t size, size_t *total)
{
    struct raster_pdf *p;
    size_t len = 1;
    enum err e = OK;

    d->at = 0;
    *total = 0;
    assert_int_equal(raster_pdf_new(&(struct raster_source){.read = read_doc, .arg = d}, &p), OK);
    while (e == OK && len > 0) {
        assert_true(*total < size);
        e = raster_pdf_read(p, out + *total, step < size - *total ? step : size - *total, &len);
        *total += len;
    }
    raster_pdf_free(p);
    return e;
}

static enum err result(struct doc *d)
{
    static uint8_t out[1 << 16];
    size_t len;

    return convert(d, 4096, out, sizeof out, &len);
}

static void a_document_cut_at_any_byte_is_refused(void **state)
{
    struct doc whole, d;

    (void)state;
    good(&whole);
    for (size_t n = 0; n<whole.len; n += n> 20 && n < HEADER - 20 ? 97 : 1) {
        const size_t first_page = 4 + HEADER + 20;

        d = whole;
        d.len = n;
        assert_int_equal(result(&d), n == first_page ? OK : ERR_FORMAT); /* between pages is an end */
    }
    assert_int_equal(result(&whole), OK);
}

static void numbers_that_no_page_has_are_refused(void **state)
{
    static const struct {
        size_t at;
        uint32_t value;
        enum err e;
    } bad[] = {{276, 0, ERR_FORMAT},          {280, 100000, ERR_FORMAT},
               {372, 0, ERR_FORMAT},          {372, 4, ERR_FORMAT},
               {372, 0x55555558, ERR_FORMAT}, {376, 0, ERR_FORMAT},
               {376, 0xffffffff, ERR_LIMIT},  {384, 16, ERR_UNSUPPORTED},
               {388, 8, ERR_UNSUPPORTED},     {392, 0xffffffff, ERR_LIMIT},
               {396, 1, ERR_UNSUPPORTED},     {400, 6, ERR_UNSUPPORTED},
               {420, 1, ERR_UNSUPPORTED},     {0, 0, ERR_FORMAT}};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct doc d;

        good(&d);
        number(d.bytes + 4, bad[i].at, bad[i].value);
        if (result(&d) != bad[i].e)
            fail_msg("number at %zu: %s", bad[i].at, err_name(result(&d)));
    }
}

static void a_run_beyond_its_line_and_the_reserved_code_are_refused(void **state)
{
    static const char *const runs[] = {"\0\3\1\2\3", "\0\x80\1\2\3", "\0\x81\1\2\3"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct doc d = {.len = 0};

        add(&d, "RaS2", 4);
        add_header(&d, 3, 1, 3);
        add(&d, runs[i], 5);
        assert_int_equal(result(&d), ERR_FORMAT);
    }
}

static void pages_that_claim_terabytes_are_refused_before_they_are_made(void **state)
{
    struct doc d = {.len = 0};

    (void)state;
    add(&d, "RaS2", 4);
    add_header(&d, 80000, 80000, 3);
    assert_int_equal(result(&d), ERR_LIMIT);
}

static void the_pdf_is_the_same_whatever_the_pieces_are(void **state)
{
    static uint8_t one[1 << 16], other[1 << 16];
    static const size_t steps[] = {1, 7, 1000, 65536};
    size_t one_len, other_len;
    struct doc d;

    (void)state;
    good(&d);
    assert_int_equal(convert(&d, sizeof one, one, sizeof one, &one_len), OK);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        d.step = steps[i];
        assert_int_equal(convert(&d, steps[i], other, sizeof other, &other_len), OK);
        assert_int_equal(other_len, one_len);
        assert_memory_equal(other, one, one_len);
    }
}

static void lines_are_unpacked_as_the_format_says(void **state)
{
    struct raster_reader *r;
    struct raster_page page;
    const uint8_t *line;
    struct doc d;

    (void)state;
    good(&d);
    assert_int_equal(raster_reader_new(&(struct raster_source){.read = read_doc, .arg = &d}, &r), OK);
    assert_int_equal(raster_reader_page(r, &page), OK);
    assert_int_equal(raster_reader_page(r, &page), ERR_STATE);
    assert_int_equal(raster_reader_line(r, &line), OK);
    assert_memory_equal(line, "\1\2\3\1\2\3\4\5\6", 9);
    assert_int_equal(raster_reader_line(r, &line), OK);
    assert_memory_equal(line, "\1\1\1\2\2\2\3\3\3", 9);
    assert_int_equal(raster_reader_line(r, &line), ERR_STATE);
    assert_int_equal(raster_reader_page(r, &page), OK);
    assert_int_equal(page.colors, 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(raster_reader_line(r, &line), OK);
        assert_memory_equal(line, "\x7f\x7f", 2);
    }
    assert_int_equal(raster_reader_page(r, &page), ERR_NOTFOUND);
    raster_reader_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_cut_at_any_byte_is_refused),
        cmocka_unit_test(numbers_that_no_page_has_are_refused),
        cmocka_unit_test(a_run_beyond_its_line_and_the_reserved_code_are_refused),
        cmocka_unit_test(pages_that_claim_terabytes_are_refused_before_they_are_made),
        cmocka_unit_test(the_pdf_is_the_same_whatever_the_pieces_are),
        cmocka_unit_test(lines_are_unpacked_as_the_format_says),
    };

    return crypto_start() != OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
