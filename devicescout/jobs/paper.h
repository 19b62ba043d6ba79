/* SPDX-License-Identifier: Apache-2.0 */
/* paper: how many sides and sheets a job comes to, from the attributes chosen at the computer and at the panel. */
#ifndef DEVICESCOUT_JOBS_PAPER_H
#define DEVICESCOUT_JOBS_PAPER_H

#include <stddef.h>
#include <stdint.h>

#include "devicescout/jobs/options.h"

enum paper_color { PAPER_AUTO, PAPER_COLOR, PAPER_GRAY };

struct paper {
    uint32_t copies;
    uint32_t pages; /* of one copy that are printed; 0: nobody knows */
    uint8_t two_sided;
    uint8_t color; /* enum paper_color; PAPER_AUTO: as the document is */
};

struct paper_count {
    uint64_t pages;  /* printed sides, all copies */
    uint64_t sheets; /* that they are on */
};

/*
 * Read what was chosen at the computer, then lay over it what was changed at the panel.
 *   ipp             as struct ticket has it; what is not such attributes is left out
 *   document_pages  0: not known
 *   changed         NULL: nothing
 */
void paper_read(const uint8_t *ipp, size_t ipp_len, uint32_t document_pages, const struct options *changed,
                struct paper *out);

/*
 * impressions: what the printer itself counted, all copies; 0: it said nothing, so count the pages.
 */
struct paper_count paper_count(const struct paper *p, uint32_t impressions);

#endif
