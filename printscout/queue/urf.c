/* SPDX-License-Identifier: Apache-2.0 */
/* urf: see urf.h. Raster is 300 and 600 dpi, whatever the printers have: printscout-courier makes PDF of it. */
#include "printscout/queue/urf.h"

#include <stdio.h>

#define COPIES_MOST 255 /* more has no key */

/* Finishings with hyphens between, as far as they fit. */
static void list_finishings(const struct profile *p, char out[static URF_WORD_SIZE])
{
    size_t len = (size_t)snprintf(out, URF_WORD_SIZE, "FN%d", PROFILE_FINISHINGS_NONE);

    for (size_t i = 0; i < p->finishings_len && len + sizeof "-65535" <= URF_WORD_SIZE; i++)
        len += (size_t)snprintf(out + len, URF_WORD_SIZE - len, "-%u", (unsigned)p->finishings[i]);
}

void urf_of(const struct profile *p, struct urf *out)
{
    static const char *const always[] = {"V1.4", "IS1", "MT1", "OB10", "RS300-600", "W8"};
    const unsigned copies = p->copies_max < COPIES_MOST ? p->copies_max : COPIES_MOST;

    out->len = 0;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        out->words[out->len++] = always[i];
    if (p->features & PROFILE_COLOR)
        out->words[out->len++] = "SRGB24";
    if (p->features & (PROFILE_TWO_SIDED_LONG | PROFILE_TWO_SIDED_SHORT))
        out->words[out->len++] = "DM1"; /* the back side as the front */
    snprintf(out->copies, sizeof out->copies, "CP%u", copies);
    snprintf(out->qualities, sizeof out->qualities, "PQ%s4%s", p->features & PROFILE_DRAFT ? "3-" : "",
             p->features & PROFILE_HIGH ? "-5" : "");
    list_finishings(p, out->finishings);
    out->words[out->len++] = out->copies;
    out->words[out->len++] = out->qualities;
    out->words[out->len++] = out->finishings; /* the last: a TXT record may have no room for it */
}
