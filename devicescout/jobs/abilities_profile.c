/* SPDX-License-Identifier: Apache-2.0 */
/* abilities_profile: from lists of words to a profile. Formats are those that come out there, wrapped ones too. */
#include "devicescout/jobs/abilities_profile.h"

#include <string.h>

/* A medium has a size in its name, any other word need only be sound. */
static void add_word(struct profile_word *list, size_t *len, size_t max, const char *word, int is_medium)
{
    uint32_t width, length;

    if (!is_medium || profile_media_size(word, &width, &length) == OK)
        profile_add_word(list, len, max, word);
}

/* Each word of " a b ". */
static void add_words(struct profile_word *list, size_t *len, size_t max, const char *words, int is_medium)
{
    char word[PROFILE_WORD_SIZE];

    for (const char *at = words; *at != '\0';) {
        const size_t n = strcspn(at += strspn(at, " "), " ");

        if (n > 0 && n < sizeof word) {
            memcpy(word, at, n);
            word[n] = '\0';
            add_word(list, len, max, word, is_medium);
        }
        at += n;
    }
}

static uint16_t formats_of(const struct abilities *a)
{
    uint16_t bits = PROFILE_PDF;

    for (size_t i = 0; i < PROFILE_MIMES; i++) {
        if (abilities_take_format(a, profile_mimes[i].name) == ABILITIES_YES)
            bits |= profile_mimes[i].bit;
    }
    return bits;
}

static uint16_t features_of(const struct abilities *a)
{
    uint16_t bits = a->qualities & (PROFILE_DRAFT | PROFILE_HIGH);

    if (abilities_has(a->colors, "color"))
        bits |= PROFILE_COLOR;
    if (abilities_has(a->sides, "two-sided-long-edge"))
        bits |= PROFILE_TWO_SIDED_LONG;
    if (abilities_has(a->sides, "two-sided-short-edge"))
        bits |= PROFILE_TWO_SIDED_SHORT;
    return bits;
}

/* Paper of which nobody can say anything is what offices have: a raw printer prints what its document says. */
static void add_usual_media(struct profile *p)
{
    struct profile usual;

    profile_default(&usual);
    memcpy(p->media, usual.media, sizeof p->media);
    p->media_len = usual.media_len;
}

enum err abilities_profile(const struct abilities *a, struct profile *out)
{
    struct profile p = {0};

    if (a->formats[0] == '\0')
        return ERR_NOTFOUND;
    p.formats = formats_of(a);
    p.features = features_of(a);
    p.copies_max = (uint16_t)(a->copies_max < 1                    ? 1
                              : a->copies_max > PROFILE_COPIES_MAX ? PROFILE_COPIES_MAX
                                                                   : a->copies_max);
    for (size_t i = 0; i < a->resolutions_len; i++)
        profile_add_number(p.resolutions, &p.resolutions_len, PROFILE_RESOLUTIONS_MAX, a->resolutions[i]);
    for (size_t i = 0; i < a->finishings_len; i++) {
        if (a->finishings[i] != PROFILE_FINISHINGS_NONE)
            profile_add_number(p.finishings, &p.finishings_len, PROFILE_NUMBERS_MAX, a->finishings[i]);
    }
    if (abilities_has(a->media, a->media_default)) /* in front */
        add_word(p.media, &p.media_len, PROFILE_MEDIA_MAX, a->media_default, 1);
    add_words(p.media, &p.media_len, PROFILE_MEDIA_MAX, a->media, 1);
    if (p.media_len == 0)
        add_usual_media(&p);
    add_words(p.types, &p.types_len, PROFILE_WORDS_MAX, a->types, 0);
    add_words(p.sources, &p.sources_len, PROFILE_WORDS_MAX, a->sources, 0);
    add_words(p.bins, &p.bins_len, PROFILE_WORDS_MAX, a->bins, 0);
    *out = p;
    return OK;
}
