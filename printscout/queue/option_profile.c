/* SPDX-License-Identifier: Apache-2.0 */
/* option_profile: what any printer of the site can, and besides what each can by itself. */
#include "printscout/queue/option_parts.h"

#include <string.h>

#define RESOLUTION_USUAL 600

static void add_word(struct choices *c, const char *word)
{
    for (size_t i = 0; i < c->words_len; i++) {
        if (strcmp(c->words[i], word) == 0)
            return;
    }
    if (c->words_len < CHOICES_MAX)
        c->words[c->words_len++] = word;
}

static void add_number(struct choices *c, int number)
{
    for (size_t i = 0; i < c->numbers_len; i++) {
        if (c->numbers[i] == number)
            return;
    }
    if (c->numbers_len < CHOICES_MAX)
        c->numbers[c->numbers_len++] = number;
}

void choose_copies(const struct profile *p, struct choices *out)
{
    out->least = 1;
    out->most = p->copies_max;
}

void choose_finishings(const struct profile *p, struct choices *out)
{
    add_number(out, PROFILE_FINISHINGS_NONE);
    for (size_t i = 0; i < p->finishings_len; i++)
        add_number(out, p->finishings[i]);
}

void choose_output_bin(const struct profile *p, struct choices *out)
{
    add_word(out, "auto");
    for (size_t i = 0; i < p->bins_len; i++)
        add_word(out, p->bins[i].text);
}

void choose_color_mode(const struct profile *p, struct choices *out)
{
    add_word(out, "auto");
    if (p->features & PROFILE_COLOR)
        add_word(out, "color");
    add_word(out, "monochrome");
}

void choose_quality(const struct profile *p, struct choices *out)
{
    add_number(out, IPP_QUALITY_NORMAL);
    if (p->features & PROFILE_DRAFT)
        add_number(out, IPP_QUALITY_DRAFT);
    if (p->features & PROFILE_HIGH)
        add_number(out, IPP_QUALITY_HIGH);
}

void choose_resolution(const struct profile *p, struct choices *out)
{
    if (p->resolutions_len == 0 || profile_has_number(p->resolutions, p->resolutions_len, RESOLUTION_USUAL))
        add_number(out, RESOLUTION_USUAL);
    for (size_t i = 0; i < p->resolutions_len; i++)
        add_number(out, p->resolutions[i]);
}

void choose_sides(const struct profile *p, struct choices *out)
{
    add_word(out, "one-sided");
    if (p->features & PROFILE_TWO_SIDED_LONG)
        add_word(out, "two-sided-long-edge");
    if (p->features & PROFILE_TWO_SIDED_SHORT)
        add_word(out, "two-sided-short-edge");
}
