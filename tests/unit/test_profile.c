/* SPDX-License-Identifier: Apache-2.0 */
/* profile: what printers say of themselves reaches every computer of a site, so nothing unsound gets into it. */
#include "proto/profile.h"

#include <stdio.h>

#include "tests/unit/hostile.h"

static enum err read_it(void *arg, const uint8_t *bytes, size_t len)
{
    struct profile p;

    (void)arg;
    return profile_read(bytes, len, &p);
}

static size_t written(const struct profile *p, uint8_t out[static BULLETIN_PROFILE_MAX])
{
    struct wbuf b = wbuf_of(out, BULLETIN_PROFILE_MAX);

    assert_int_equal(profile_write(p, &b), OK);
    return b.len;
}

static void cut_or_longer_it_is_refused_and_changed_anywhere_it_is_never_unsound(void **state)
{
    static uint8_t bytes[BULLETIN_PROFILE_MAX], again[BULLETIN_PROFILE_MAX];
    struct profile p, read;
    size_t len;

    (void)state;
    profile_default(&p);
    len = written(&p, bytes);
    each_cut_is_refused(read_it, NULL, bytes, len);
    for (size_t i = 0; i < len; i++) {
        for (unsigned v = 0; v < 256; v++) {
            const uint8_t before = bytes[i];

            bytes[i] = (uint8_t)v;
            if (profile_read(bytes, len, &read) == OK) { /* then it is one that could have been written so */
                assert_int_equal(written(&read, again), len);
                assert_memory_equal(again, bytes, len);
            }
            bytes[i] = before;
        }
    }
}

static void another_version_is_told_apart_from_damage(void **state)
{
    static uint8_t bytes[BULLETIN_PROFILE_MAX];
    struct profile p;
    size_t len;

    (void)state;
    profile_default(&p);
    len = written(&p, bytes);
    bytes[0] = PROFILE_VERSION + 1;
    assert_int_equal(profile_read(bytes, len, &p), ERR_UNSUPPORTED);
}

static void no_copies(struct profile *p)
{
    p->copies_max = 0;
}
static void too_many_copies(struct profile *p)
{
    p->copies_max = PROFILE_COPIES_MAX + 1;
}
static void no_pdf(struct profile *p)
{
    p->formats &= (uint16_t)~PROFILE_PDF;
}
static void unknown_format(struct profile *p)
{
    p->formats |= PROFILE_FORMATS + 1;
}
static void unknown_feature(struct profile *p)
{
    p->features |= PROFILE_FEATURES + 1;
}
static void no_media(struct profile *p)
{
    p->media_len = 0;
}
static void a_medium_twice(struct profile *p)
{
    p->media[1] = p->media[0];
}
static void a_medium_without_size(struct profile *p)
{
    strcpy(p->media[0].text, "a4");
}
static void markup_in_a_word(struct profile *p)
{
    strcpy(p->types[0].text, "<script>");
}
static void a_quote_in_a_word(struct profile *p)
{
    strcpy(p->sources[0].text, "tray\"1");
}
static void an_empty_word(struct profile *p)
{
    p->bins[0].text[0] = '\0';
}
static void falling_finishings(struct profile *p)
{
    p->finishings[1] = p->finishings[0];
}
static void finishing_none(struct profile *p)
{
    p->finishings[0] = PROFILE_FINISHINGS_NONE;
}
static void no_dots(struct profile *p)
{
    p->resolutions[0] = 0;
}
static void list_too_long(struct profile *p)
{
    p->media_len = PROFILE_MEDIA_MAX + 1;
}

static void what_readers_refuse_is_not_written(void **state)
{
    static void (*const changes[])(struct profile *) = {
        no_copies,         too_many_copies, no_pdf,         unknown_format,        unknown_feature,
        no_media,          a_medium_twice,  no_dots,        a_medium_without_size, markup_in_a_word,
        a_quote_in_a_word, an_empty_word,   finishing_none, falling_finishings,    list_too_long};

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        static uint8_t bytes[BULLETIN_PROFILE_MAX];
        struct wbuf b = wbuf_of(bytes, sizeof bytes);
        struct profile p;

        profile_default(&p);
        changes[i](&p);
        assert_int_not_equal(profile_write(&p, &b), OK);
    }
}

static void only_names_that_tell_a_size_are_media(void **state)
{
    static const char *const unsound[] = {"",
                                          "a4",
                                          "iso_a4",
                                          "iso_a4_",
                                          "_a4_210x297mm",
                                          "iso__210x297mm",
                                          "iso_a4_210x297",
                                          "iso_a4_210x297cm",
                                          "iso_a4_210mm",
                                          "iso_a4_x297mm",
                                          "iso_a4_0x297mm",
                                          "iso_a4_210.x297mm",
                                          "iso_a4_210x297mm ",
                                          "iso_a4_-210x297mm",
                                          "iso_a4_2.1.0x297mm",
                                          "iso_a4_9999999999x297mm",
                                          "iso_a4_210x99999999mm",
                                          "na_letter_8.123456x11in",
                                          "ISO_A4_210x297mm",
                                          "custom_min_76.2x127mm",
                                          "custom_max_330x482mm",
                                          "choice_iso_a4_210x297mm_na_letter_8.5x11in",
                                          "iso_a-name-that-is-far-too-long-for-its-own-good_210x297mm"};
    uint32_t x = 0, y = 0;

    (void)state;
    for (size_t i = 0; i < sizeof unsound / sizeof *unsound; i++) {
        if (profile_media_size(unsound[i], &x, &y) == OK)
            fail_msg("%s", unsound[i]);
    }
}

static void a_mediums_size_is_in_its_name(void **state)
{
    static const struct {
        const char *name;
        uint32_t width, length;
    } media[] = {{"iso_a4_210x297mm", 21000, 29700},         {"na_letter_8.5x11in", 21590, 27940},
                 {"na_number-10_4.125x9.5in", 10478, 24130}, {"na_executive_7.25x10.5in", 18415, 26670},
                 {"om_small-photo_100x150mm", 10000, 15000}, {"iso_a0_841x1189mm", 84100, 118900}};

    (void)state;
    for (size_t i = 0; i < sizeof media / sizeof *media; i++) {
        uint32_t x = 0, y = 0;

        assert_int_equal(profile_media_size(media[i].name, &x, &y), OK);
        assert_int_equal(x, media[i].width);
        assert_int_equal(y, media[i].length);
    }
}

static void words_and_numbers_that_are_known_unsound_or_too_many_are_not_added(void **state)
{
    struct profile_word words[2];
    uint16_t numbers[3];
    size_t words_len = 0, numbers_len = 0;

    (void)state;
    profile_add_word(words, &words_len, 2, "Tray 1");
    profile_add_word(words, &words_len, 2, "tray-1");
    profile_add_word(words, &words_len, 2, "tray-1");
    assert_int_equal(words_len, 1);
    profile_add_word(words, &words_len, 2, "tray-2");
    profile_add_word(words, &words_len, 2, "tray-3");
    assert_int_equal(words_len, 2);
    profile_add_number(numbers, &numbers_len, 3, 600);
    profile_add_number(numbers, &numbers_len, 3, 0);
    profile_add_number(numbers, &numbers_len, 3, 65536);
    profile_add_number(numbers, &numbers_len, 3, 300);
    profile_add_number(numbers, &numbers_len, 3, 600);
    profile_add_number(numbers, &numbers_len, 3, 1200);
    profile_add_number(numbers, &numbers_len, 3, 150);
    assert_int_equal(numbers_len, 3);
    assert_memory_equal(numbers, ((const uint16_t[]){300, 600, 1200}), sizeof numbers);
}

static void the_fullest_profile_fits(void **state)
{
    static uint8_t bytes[BULLETIN_PROFILE_MAX];
    char word[PROFILE_WORD_SIZE];
    struct profile p, read;

    (void)state;
    profile_default(&p);
    p.media_len = p.types_len = p.sources_len = p.bins_len = 0;
    for (uint32_t i = 0; i < 2 * PROFILE_NUMBERS_MAX; i++) {
        profile_add_number(p.finishings, &p.finishings_len, PROFILE_NUMBERS_MAX, 1000 + i);
        profile_add_number(p.resolutions, &p.resolutions_len, PROFILE_RESOLUTIONS_MAX, 1000 + i);
        snprintf(word, sizeof word, "na_%034u_8.5x11in", (unsigned)i);
        profile_add_word(p.media, &p.media_len, PROFILE_MEDIA_MAX, word);
        snprintf(word, sizeof word, "%047u", (unsigned)i);
        profile_add_word(p.types, &p.types_len, PROFILE_WORDS_MAX, word);
        profile_add_word(p.sources, &p.sources_len, PROFILE_WORDS_MAX, word);
        profile_add_word(p.bins, &p.bins_len, PROFILE_WORDS_MAX, word);
    }
    assert_int_equal(p.media_len, PROFILE_MEDIA_MAX);
    assert_int_equal(p.bins_len, PROFILE_WORDS_MAX);
    assert_int_equal(profile_read(bytes, written(&p, bytes), &read), OK);
    assert_memory_equal(&read, &p, sizeof p);
}

static void a_bulletin_that_says_nothing_or_what_we_cannot_read_gives_the_default(void **state)
{
    static struct bulletin b;
    struct profile p, usual;
    struct wbuf out = wbuf_of(b.profile, sizeof b.profile);

    (void)state;
    profile_default(&usual);
    profile_of(&b, &p);
    assert_memory_equal(&p, &usual, sizeof p);
    p.features = 0;
    assert_int_equal(profile_write(&p, &out), OK);
    b.profile_len = out.len;
    profile_of(&b, &p);
    assert_int_equal(p.features, 0);
    b.profile[0]++;
    profile_of(&b, &p);
    assert_memory_equal(&p, &usual, sizeof p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_or_longer_it_is_refused_and_changed_anywhere_it_is_never_unsound),
        cmocka_unit_test(another_version_is_told_apart_from_damage),
        cmocka_unit_test(what_readers_refuse_is_not_written),
        cmocka_unit_test(only_names_that_tell_a_size_are_media),
        cmocka_unit_test(a_mediums_size_is_in_its_name),
        cmocka_unit_test(words_and_numbers_that_are_known_unsound_or_too_many_are_not_added),
        cmocka_unit_test(the_fullest_profile_fits),
        cmocka_unit_test(a_bulletin_that_says_nothing_or_what_we_cannot_read_gives_the_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
