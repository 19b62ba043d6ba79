/* SPDX-License-Identifier: Apache-2.0 */
/* profile_default: what offices have: a queue that knows no better refuses nobody, and the panel says what fails. */
#include "proto/profile.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const media[] = {
    "iso_a4_210x297mm",   "iso_a3_297x420mm",  "iso_a5_148x210mm",         "iso_a6_105x148mm",
    "iso_b5_176x250mm",   "jis_b4_257x364mm",  "jis_b5_182x257mm",         "na_letter_8.5x11in",
    "na_legal_8.5x14in",  "na_ledger_11x17in", "na_executive_7.25x10.5in", "na_invoice_5.5x8.5in",
    "na_index-4x6_4x6in", "na_5x7_5x7in",      "na_number-10_4.125x9.5in", "iso_c5_162x229mm",
    "iso_dl_110x220mm"};
static const char *const types[] = {
    "stationery",          "auto",        "cardstock", "envelope", "labels", "photographic", "stationery-letterhead",
    "stationery-recycled", "transparency"};
static const char *const sources[] = {"auto", "main", "alternate", "manual", "envelope"};
static const char *const bins[] = {"auto", "face-down", "face-up"};
/* staple, punch, bind, staples by corner and edge, fold, trim: PWG 5100.1 */
static const uint16_t finishings[] = {4, 5, 10, 20, 21, 22, 23, 28, 30, 74};

void profile_default(struct profile *out)
{
    struct profile *p = out;

    *p = (struct profile){.formats = PROFILE_FORMATS, .features = PROFILE_FEATURES, .copies_max = PROFILE_COPIES_MAX};
    profile_add_number(p->resolutions, &p->resolutions_len, PROFILE_RESOLUTIONS_MAX, 300);
    profile_add_number(p->resolutions, &p->resolutions_len, PROFILE_RESOLUTIONS_MAX, 600);
    for (size_t i = 0; i < COUNT(finishings); i++)
        profile_add_number(p->finishings, &p->finishings_len, PROFILE_NUMBERS_MAX, finishings[i]);
    for (size_t i = 0; i < COUNT(media); i++)
        profile_add_word(p->media, &p->media_len, PROFILE_MEDIA_MAX, media[i]);
    for (size_t i = 0; i < COUNT(types); i++)
        profile_add_word(p->types, &p->types_len, PROFILE_WORDS_MAX, types[i]);
    for (size_t i = 0; i < COUNT(sources); i++)
        profile_add_word(p->sources, &p->sources_len, PROFILE_WORDS_MAX, sources[i]);
    for (size_t i = 0; i < COUNT(bins); i++)
        profile_add_word(p->bins, &p->bins_len, PROFILE_WORDS_MAX, bins[i]);
}
