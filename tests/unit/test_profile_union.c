/* SPDX-License-Identifier: Apache-2.0 */
/* What a site's printers can among them, from what honest and odd printers say. */
#include "devicescout/jobs/profile_union.h"

#include <stdio.h>

#include "devicescout/jobs/abilities_profile.h"
#include "tests/unit/cmocka_test.h"

static const struct abilities office = {.formats = " application/pdf image/jpeg application/postscript ",
                                        .sides = " one-sided two-sided-long-edge ",
                                        .colors = " monochrome auto ",
                                        .media = " iso_a3_297x420mm iso_a4_210x297mm ",
                                        .media_default = "iso_a4_210x297mm",
                                        .types = " stationery ",
                                        .sources = " tray-1 ",
                                        .bins = " face-down ",
                                        .copies_max = 20,
                                        .finishings = {3, 20, 4},
                                        .finishings_len = 3,
                                        .resolutions = {600},
                                        .resolutions_len = 1,
                                        .wraps = 1};
static const struct abilities photo = {.formats = " image/jpeg image/urf ",
                                       .sides = " one-sided ",
                                       .colors = " color ",
                                       .media = " na_index-4x6_4x6in ",
                                       .media_default = "na_index-4x6_4x6in",
                                       .types = " photographic-glossy ",
                                       .copies_max = 100,
                                       .qualities = PROFILE_HIGH};

static struct profile profile_of_printer(const struct abilities *a)
{
    struct profile p;

    assert_int_equal(abilities_profile(a, &p), OK);
    return p;
}

static void expect_writable(const struct profile *p)
{
    static uint8_t bytes[BULLETIN_PROFILE_MAX];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    assert_int_equal(profile_write(p, &b), OK);
}

static struct profile united(const struct profile *list, size_t len)
{
    struct profile_union *u = NULL;
    struct profile out;

    assert_int_equal(profile_union_new(&u), OK);
    for (size_t i = 0; i < len; i++)
        profile_union_add(u, &list[i]);
    profile_union_read(u, &out);
    profile_union_free(u);
    expect_writable(&out);
    return out;
}

static void what_an_odd_printer_says_of_itself_is_sound_or_left_out(void **state)
{
    struct abilities odd = {.formats = " application/pdf ",
                            .media = " A4 custom_min_1x1mm iso_a4_210x297mm iso_huge_9999999x1mm choice_a_b ",
                            .media_default = "a4",
                            .types = " Stationery stationery stationery x/y ",
                            .copies_max = 100000,
                            .finishings = {0, 3, 70000, 4},
                            .finishings_len = 4,
                            .resolutions = {0, 70000, 600},
                            .resolutions_len = 3,
                            .qualities = 0xffff};
    struct profile p = profile_of_printer(&odd);

    (void)state;
    expect_writable(&p);
    assert_int_equal(p.media_len, 1);
    assert_string_equal(p.media[0].text, "iso_a4_210x297mm");
    assert_int_equal(p.types_len, 1);
    assert_int_equal(p.finishings_len, 1);
    assert_int_equal(p.resolutions_len, 1);
    assert_int_equal(p.copies_max, PROFILE_COPIES_MAX);
    assert_int_equal(p.features, PROFILE_DRAFT | PROFILE_HIGH);
}

static void a_printer_that_says_nothing_has_no_profile(void **state)
{
    const struct abilities off = {.problem = REASON_PRINTER_UNREACHABLE};
    struct profile p;

    (void)state;
    assert_int_equal(abilities_profile(&off, &p), ERR_NOTFOUND);
}

static void more_words_than_fit_leave_those_that_most_printers_have(void **state)
{
    struct profile list[40];
    struct profile sum;
    char word[PROFILE_WORD_SIZE];

    (void)state;
    for (unsigned i = 0; i < 40; i++) { /* each has ten of its own, and all have A4 as the last */
        list[i] = (struct profile){.formats = PROFILE_PDF, .copies_max = 1};
        for (unsigned k = 0; k < 10; k++) {
            snprintf(word, sizeof word, "om_a%u_%ux%umm", i * 10 + k, 100 + i, 100 + k);
            profile_add_word(list[i].media, &list[i].media_len, PROFILE_MEDIA_MAX, word);
        }
        profile_add_word(list[i].media, &list[i].media_len, PROFILE_MEDIA_MAX, "iso_a4_210x297mm");
    }
    sum = united(list, 40);
    assert_int_equal(sum.media_len, PROFILE_MEDIA_MAX);
    assert_true(profile_has_word(sum.media, sum.media_len, "iso_a4_210x297mm"));
}

static void the_order_of_the_printers_decides_nothing(void **state)
{
    const struct profile a = profile_of_printer(&office), b = profile_of_printer(&photo);
    const struct profile one = united((struct profile[]){a, b, a}, 3), other = united((struct profile[]){b, a, a}, 3);

    (void)state;
    assert_memory_equal(&one, &other, sizeof one);
}

static void what_any_printer_can_is_in_it_and_most_printers_default_is_the_default(void **state)
{
    const struct profile a = profile_of_printer(&office), b = profile_of_printer(&photo);
    const struct profile sum = united((struct profile[]){b, a, a}, 3);

    (void)state;
    assert_int_equal(a.formats, PROFILE_FORMATS); /* URF as PDF */
    assert_int_equal(sum.formats, PROFILE_FORMATS);
    assert_int_equal(sum.features, PROFILE_COLOR | PROFILE_TWO_SIDED_LONG | PROFILE_HIGH);
    assert_int_equal(sum.copies_max, 100);
    assert_int_equal(sum.media_len, 3);
    assert_string_equal(sum.media[0].text, "iso_a4_210x297mm");
    assert_int_equal(sum.types_len, 2);
    assert_int_equal(sum.finishings_len, 2);
    assert_int_equal(sum.finishings[0], 4);
}

static void no_printer_at_all_is_the_usual_office(void **state)
{
    struct profile usual, sum = united(NULL, 0);

    (void)state;
    profile_default(&usual);
    assert_memory_equal(&sum, &usual, sizeof sum);
}

static void a_raw_printer_has_the_formats_of_its_language_and_what_pjl_sets(void **state)
{
    const struct printer raw = {.protocol = DELIVERY_RAW, .uri = "socket://p:9100?pjl", .language = "postscript"};
    struct abilities a;
    struct profile p;

    (void)state;
    abilities_of_raw(&raw, &a);
    p = profile_of_printer(&a);
    assert_int_equal(p.formats, PROFILE_PDF | PROFILE_POSTSCRIPT);
    assert_int_equal(p.features, PROFILE_COLOR | PROFILE_TWO_SIDED_LONG | PROFILE_TWO_SIDED_SHORT | PROFILE_DRAFT);
    assert_int_equal(p.media_len, 5);
    assert_int_equal(p.finishings_len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_odd_printer_says_of_itself_is_sound_or_left_out),
        cmocka_unit_test(a_printer_that_says_nothing_has_no_profile),
        cmocka_unit_test(more_words_than_fit_leave_those_that_most_printers_have),
        cmocka_unit_test(the_order_of_the_printers_decides_nothing),
        cmocka_unit_test(what_any_printer_can_is_in_it_and_most_printers_default_is_the_default),
        cmocka_unit_test(no_printer_at_all_is_the_usual_office),
        cmocka_unit_test(a_raw_printer_has_the_formats_of_its_language_and_what_pjl_sets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
