/* SPDX-License-Identifier: Apache-2.0 */
/* option_parts: which values of an option are taken, for option.c and option_profile.c only. */
#ifndef QUEUE_OPTION_PARTS_H
#define QUEUE_OPTION_PARTS_H

#include "printscout/queue/option.h"

#define CHOICES_MAX (PROFILE_NUMBERS_MAX + 1) /* and what every printer can */

struct choices { /* the default first */
    const char *words[CHOICES_MAX];
    int numbers[CHOICES_MAX];
    size_t words_len, numbers_len;
    int least, most; /* integer without numbers */
};

/* option_profile.c: those that the site's printers decide. Words live as long as the profile. */
void choose_copies(const struct profile *p, struct choices *out);
void choose_finishings(const struct profile *p, struct choices *out);
void choose_output_bin(const struct profile *p, struct choices *out);
void choose_color_mode(const struct profile *p, struct choices *out);
void choose_quality(const struct profile *p, struct choices *out);
void choose_resolution(const struct profile *p, struct choices *out);
void choose_sides(const struct profile *p, struct choices *out);

#endif
