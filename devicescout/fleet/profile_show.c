/* SPDX-License-Identifier: Apache-2.0 */
/* profile_show: IPP's words for what stands in the profile, and for formats what policy leaves of them. */
#include "devicescout/fleet/profile_show.h"

#include <stdio.h>

#include "proto/profile.h"

static const struct {
    const char *name;
    uint16_t bit;
} sides[] = {{"one-sided", 0},
             {"two-sided-long-edge", PROFILE_TWO_SIDED_LONG},
             {"two-sided-short-edge", PROFILE_TWO_SIDED_SHORT}};

static json_t *formats_json(const struct profile *p, uint32_t flags)
{
    json_t *array = json_array();

    for (size_t i = 0; i < PROFILE_MIMES; i++) {
        if (profile_offers(p, flags, i) && json_array_append_new(array, json_string(profile_mimes[i].name)) != 0)
            break;
    }
    return array;
}

static json_t *sides_json(const struct profile *p)
{
    json_t *array = json_array();

    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        if ((p->features & sides[i].bit) == sides[i].bit &&
            json_array_append_new(array, json_string(sides[i].name)) != 0)
            break;
    }
    return array;
}

static json_t *words_json(const struct profile_word *list, size_t len)
{
    json_t *array = json_array();

    for (size_t i = 0; i < len; i++) {
        if (json_array_append_new(array, json_string(list[i].text)) != 0)
            break;
    }
    return array;
}

static json_t *numbers_json(const uint16_t *list, size_t len)
{
    json_t *array = json_array();

    for (size_t i = 0; i < len; i++) {
        if (json_array_append_new(array, json_integer(list[i])) != 0)
            break;
    }
    return array;
}

json_t *profile_show_json(const struct bulletin *b)
{
    struct profile p;

    if (profile_read(b->profile, b->profile_len, &p) != OK)
        return json_null();
    return json_pack("{s:o, s:o, s:b, s:i, s:o, s:o, s:o, s:o}", "formats", formats_json(&p, b->flags), "sides",
                     sides_json(&p), "color", (p.features & PROFILE_COLOR) != 0, "copies", (int)p.copies_max,
                     "finishings", numbers_json(p.finishings, p.finishings_len), "media",
                     words_json(p.media, p.media_len), "media_types", words_json(p.types, p.types_len), "media_sources",
                     words_json(p.sources, p.sources_len));
}

void profile_show_print(const struct bulletin *b)
{
    struct profile p;

    if (profile_read(b->profile, b->profile_len, &p) != OK) {
        printf("queues offer what offices usually have: no printer has said what it can\n");
        return;
    }
    printf("queues offer %s, %s, %u copies, %zu finishings\n", p.features & PROFILE_COLOR ? "colour" : "grey",
           p.features & (PROFILE_TWO_SIDED_LONG | PROFILE_TWO_SIDED_SHORT) ? "both sides" : "one side",
           (unsigned)p.copies_max, p.finishings_len);
    printf("formats     ");
    for (size_t i = 0; i < PROFILE_MIMES; i++) {
        if (profile_offers(&p, b->flags, i))
            printf(" %s", profile_mimes[i].name);
    }
    printf("\nmedia       ");
    for (size_t i = 0; i < p.media_len; i++)
        printf(" %s", p.media[i].text);
    printf("\n");
}
