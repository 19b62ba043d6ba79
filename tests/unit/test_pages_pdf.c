/* SPDX-License-Identifier: Apache-2.0 */
/* Pages and colours of whole PDFs; damaged, cut and closed ones have none. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "printscout/pages/pdf.h"
#include "tests/unit/cmocka_test.h"

#define OBJECTS_MAX 32

struct doc {
    char text[65536];
    size_t len, offsets[OBJECTS_MAX];
    unsigned objects;
};

static void put(struct doc *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct doc *d, const char *format, ...)
{
    va_list values;
    int n;

    va_start(values, format);
    n = vsnprintf(d->text + d->len, sizeof d->text - d->len, format, values);
    va_end(values);
    assert_true(n >= 0 && (size_t)n < sizeof d->text - d->len);
    d->len += (size_t)n;
}

static void object(struct doc *d, const char *body)
{
    assert_true(d->objects < OBJECTS_MAX);
    d->offsets[d->objects++] = d->len;
    put(d, "%u 0 obj\n%s\nendobj\n", d->objects, body);
}

static void stream(struct doc *d, const char *dict, const char *content)
{
    char body[4096];

    snprintf(body, sizeof body, "<<%s/Length %zu>>stream\n%s\nendstream", dict, strlen(content), content);
    object(d, body);
}

/* trailer: more of it than /Size and /Root. */
static void end(struct doc *d, const char *trailer)
{
    const size_t xref = d->len;

    put(d, "xref\n0 %u\n0000000000 65535 f \n", d->objects + 1);
    for (unsigned i = 0; i < d->objects; i++)
        put(d, "%010zu 00000 n \n", d->offsets[i]);
    put(d, "trailer\n<</Size %u/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n", d->objects + 1, trailer, xref);
}

#define ROOT "<</Type/Catalog/Pages 2 0 R>>"

static void begin(struct doc *d, const char *pages)
{
    d->len = d->objects = 0;
    put(d, "%%PDF-1.7\n");
    object(d, ROOT);
    object(d, pages);
}

/* Two pages with this content and these resources, behind objects 3 (a page), 4 (the content) and 5 (a second page). */
static void two_pages(struct doc *d, const char *content, const char *resources)
{
    char pages[1024];

    snprintf(pages, sizeof pages, "<</Type/Pages/Count 2/Kids[3 0 R 5 0 R]/MediaBox[0 0 595 842]/Resources<<%s>>>>",
             resources);
    begin(d, pages);
    object(d, "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>");
    stream(d, "", content);
    object(d, "<</Type/Page/Parent 2 0 R>>");
}

static uint32_t pages(const struct doc *d)
{
    struct pdf *p = NULL;
    uint32_t n;

    if (pdf_open((const uint8_t *)d->text, d->len, &p) != OK) {
        assert_null(p);
        return 0;
    }
    n = pdf_pages(p);
    pdf_free(p);
    return n;
}

static enum pages_color color(const struct doc *d)
{
    struct pdf *p = NULL;
    enum pages_color c;

    assert_int_equal(pdf_open((const uint8_t *)d->text, d->len, &p), OK);
    c = pdf_color(p);
    pdf_free(p);
    return c;
}

static struct doc doc;

static void a_cut_document_has_no_pages(void **state)
{
    (void)state;
    two_pages(&doc, "0 g", "");
    end(&doc, "");
    assert_int_equal(pages(&doc), 2);
    for (size_t len = doc.len - 8; len > 0; len -= len < 7 ? len : 7) { /* into its last number, and so on */
        struct doc cut = doc;

        cut.len = len;
        assert_int_equal(pages(&cut), 0);
    }
}

static void a_page_tree_that_loops_has_no_pages(void **state)
{
    (void)state;
    begin(&doc, "<</Type/Pages/Count 2/Kids[2 0 R 3 0 R]>>");
    object(&doc, "<</Type/Page/Parent 2 0 R>>");
    end(&doc, "");
    assert_int_equal(pages(&doc), 0);
}

static void a_cross_reference_that_loops_has_no_pages(void **state)
{
    char prev[64];

    (void)state;
    two_pages(&doc, "0 g", "");
    snprintf(prev, sizeof prev, "/Prev %zu", doc.len); /* itself */
    end(&doc, prev);
    assert_int_equal(pages(&doc), 0);
}

static void a_document_with_a_password_has_no_pages(void **state)
{
    (void)state;
    two_pages(&doc, "0 g", "");
    end(&doc, "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4"
              "/O<0000000000000000000000000000000000000000000000000000000000000000>"
              "/U<0000000000000000000000000000000000000000000000000000000000000000>>>");
    assert_int_equal(pages(&doc), 0);
}

static void offsets_that_lie_are_not_repaired(void **state)
{
    (void)state;
    two_pages(&doc, "0 g", "");
    doc.offsets[1] += 3;
    end(&doc, "");
    assert_int_equal(pages(&doc), 0);
}

static void a_document_that_is_written_in_grey_has_no_colour(void **state)
{
    (void)state;
    two_pages(&doc, "0 g BT (1 0 0 rg) Tj ET /Cs1 cs 0.5 sc", "/ColorSpace<</Cs1[/CalGray<<>>]>>");
    end(&doc, "");
    assert_int_equal(color(&doc), PAGES_COLOR_NO);
}

static void a_colour_is_found_in_pages_and_in_their_forms(void **state)
{
    (void)state;
    two_pages(&doc, "0 0.4 0 rg", "");
    end(&doc, "");
    assert_int_equal(color(&doc), PAGES_COLOR_YES);
    two_pages(&doc, "/Cs1 cs 1 0 0 sc", "/ColorSpace<</Cs1[/CalRGB<<>>]>>");
    end(&doc, "");
    assert_int_equal(color(&doc), PAGES_COLOR_YES);
    two_pages(&doc, "/F1 Do", "/XObject<</F1 6 0 R>>");
    stream(&doc, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F2 7 0 R>>>>", "/F2 Do");
    stream(&doc, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "0 0 1 0 k");
    end(&doc, "");
    assert_int_equal(color(&doc), PAGES_COLOR_YES);
}

static void forms_that_paint_each_other_for_ever_come_to_an_end(void **state)
{
    (void)state;
    two_pages(&doc, "/F1 Do", "/XObject<</F1 6 0 R/F2 7 0 R>>");
    stream(&doc, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "/F2 Do");
    stream(&doc, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "/F1 Do /F2 Do 0 g");
    end(&doc, "");
    assert_int_equal(color(&doc), PAGES_COLOR_NO);
}

static void pictures_in_colour_drawn_fonts_and_annotations_are_not_known(void **state)
{
    static const char *const resources[] = {"/XObject<</P 6 0 R>>", "/Font<</F1<</Type/Font/Subtype/Type3>>>>",
                                            "/XObject<<>>", "/Nothing 1"};

    (void)state;
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        two_pages(&doc, i == 1 ? "0 g" : "/P Do", resources[i]);
        stream(&doc, "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceRGB", "xxx");
        end(&doc, "");
        assert_int_equal(color(&doc), PAGES_COLOR_UNKNOWN);
    }
    two_pages(&doc, "/P Do", "/XObject<</P 6 0 R>>");
    stream(&doc, "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray", "x");
    end(&doc, "");
    assert_int_equal(color(&doc), PAGES_COLOR_NO);
    begin(&doc, "<</Type/Pages/Count 1/Kids[3 0 R]>>");
    object(&doc, "<</Type/Page/Parent 2 0 R/Annots[<</Subtype/Stamp/AP<</N 4 0 R>>>>]>>");
    stream(&doc, "", "1 0 0 rg");
    end(&doc, "");
    assert_int_equal(color(&doc), PAGES_COLOR_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_document_has_no_pages),
        cmocka_unit_test(a_page_tree_that_loops_has_no_pages),
        cmocka_unit_test(a_cross_reference_that_loops_has_no_pages),
        cmocka_unit_test(a_document_with_a_password_has_no_pages),
        cmocka_unit_test(offsets_that_lie_are_not_repaired),
        cmocka_unit_test(a_document_that_is_written_in_grey_has_no_colour),
        cmocka_unit_test(a_colour_is_found_in_pages_and_in_their_forms),
        cmocka_unit_test(forms_that_paint_each_other_for_ever_come_to_an_end),
        cmocka_unit_test(pictures_in_colour_drawn_fonts_and_annotations_are_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
