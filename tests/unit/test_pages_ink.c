/* SPDX-License-Identifier: Apache-2.0 */
/* Colours that content streams name: "unsure" rather than a guess, and no stream that leads astray. */
#include <string.h>

#include "printscout/pages/ink.h"
#include "tests/unit/cmocka_test.h"

static int space(void *arg, const char *name)
{
    (void)arg;
    return strcmp(name, "Rgb") == 0 ? 3 : strcmp(name, "Grey") == 0 ? 1 : 0;
}

static enum ink object(void *arg, const char *name)
{
    (void)arg;
    return strcmp(name, "Photo") == 0 ? INK_UNSURE : strcmp(name, "Logo") == 0 ? INK_COLOR : INK_GREY;
}

static enum ink ink(const char *content)
{
    return ink_of((const uint8_t *)content, strlen(content), &(struct ink_names){.space = space, .object = object});
}

static void what_is_no_colour_is_not_taken_for_one(void **state)
{
    (void)state;
    assert_int_equal(ink(""), INK_GREY);
    assert_int_equal(ink("(1 0 0 rg) Tj % 1 0 0 rg\n<31203020302072670a> Tj"), INK_GREY);
    assert_int_equal(ink("(a \\( \\) ( 1 0 0 rg ) b) Tj"), INK_GREY);
    assert_int_equal(ink("/rg 1 0 0 gs"), INK_GREY);
    assert_int_equal(ink("(never ends 1 0 0 rg"), INK_GREY);
}

static void grey_is_grey_in_every_space(void **state)
{
    (void)state;
    assert_int_equal(ink("0.5 g 0 G 0.2 0.2 .2 rg 1 1 1 RG 0 0 0 1 k 0 0 0 0.4 K"), INK_GREY);
    assert_int_equal(ink("/DeviceGray cs 0.3 sc /Grey CS 1 SCN /Rgb cs 0.5 0.5 0.5 scn"), INK_GREY);
    assert_int_equal(ink("/Text Do"), INK_GREY);
}

static void a_colour_is_found_wherever_it_is_named(void **state)
{
    static const char *const colored[] = {"1 0 0 rg",
                                          "0 0 1 RG",
                                          "0 1 0 0 k",
                                          "0.1 0 0 0.5 K",
                                          "/DeviceRGB cs 0 0.5 0 sc",
                                          "/Rgb CS 0 0 1 SCN",
                                          "q 1 0 0 rg Q",
                                          "BT(x)Tj ET[1 2]0 d 1 0 0 rg",
                                          "/Logo Do"};

    (void)state;
    for (size_t i = 0; i < sizeof colored / sizeof *colored; i++) {
        if (ink(colored[i]) != INK_COLOR)
            fail_msg("%s: %d", colored[i], (int)ink(colored[i]));
    }
}

static void what_cannot_be_told_is_unsure(void **state)
{
    static const char *const unsure[] = {"/Photo Do",   "/S1 sh", "/Pattern cs /P1 scn", "/Lab cs 1 0 0 sc",
                                         "rg",          "1 0 rg", "0.3 0.3 0.3 0.1 k",   "BI /W 1 ID x EI",
                                         "/Rgb cs 1 sc"};

    (void)state;
    for (size_t i = 0; i < sizeof unsure / sizeof *unsure; i++) {
        if (ink(unsure[i]) != INK_UNSURE)
            fail_msg("%s: %d", unsure[i], (int)ink(unsure[i]));
    }
}

static void states_are_restored_and_too_deep_ones_are_unsure(void **state)
{
    char deep[2000] = "";

    (void)state;
    assert_int_equal(ink("/Rgb cs q /Grey cs Q 1 0 0 sc"), INK_COLOR);
    assert_int_equal(ink("q /Rgb cs Q 0.5 sc Q Q Q 0.5 sc"), INK_GREY);
    for (int i = 0; i < 100; i++)
        strcat(deep, "q ");
    strcat(deep, "Q 0.5 sc");
    assert_int_equal(ink(deep), INK_UNSURE);
}

static void bytes_of_a_picture_in_the_stream_are_passed_over(void **state)
{
    (void)state;
    assert_int_equal(ink("BI /W 1 ID 1 0 0 rg EI 0 g"), INK_UNSURE);
    assert_int_equal(ink("BI /W 1 ID xEIx EI 1 0 0 rg"), INK_COLOR);
    assert_int_equal(ink("BI ID EI"), INK_UNSURE);
    assert_int_equal(ink("ID"), INK_UNSURE);
    assert_int_equal(ink("ID E"), INK_UNSURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_colour_is_not_taken_for_one),
        cmocka_unit_test(grey_is_grey_in_every_space),
        cmocka_unit_test(a_colour_is_found_wherever_it_is_named),
        cmocka_unit_test(what_cannot_be_told_is_unsure),
        cmocka_unit_test(states_are_restored_and_too_deep_ones_are_unsure),
        cmocka_unit_test(bytes_of_a_picture_in_the_stream_are_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
