/* SPDX-License-Identifier: Apache-2.0 */
/*
 * survey: what the site's printers can among them, for the bulletin. Each registered printer is asked now and then, one
 * at a time, through knowledge.h; what it said last is kept over restarts. On the loop's thread.
 */
#ifndef PRINTERS_SURVEY_H
#define PRINTERS_SURVEY_H

#include "devicescout/printers/knowledge.h"
#include "proto/profile.h"

struct survey; /* opaque */

struct survey_opts {
    struct loop *loop;
    int state_dir;                                            /* that of the device scout */
    struct knowledge *knowledge;                              /* outlives the survey */
    const struct printer *(*printer_at)(void *arg, size_t i); /* all registered ones; NULL behind the last */
    const struct bulletin *(*bulletin)(void *arg);            /* the newest */
    /* Have the profile put into the next bulletin. An error: it is said again later. */
    enum err (*say)(void *arg, const uint8_t *profile, size_t len);
    void *arg;
    uint64_t tick_ms;      /* between two questions to printers */
    uint64_t round_ms;     /* each printer is asked so often */
    uint64_t say_again_ms; /* after the profile was refused */
};

MUST_USE enum err survey_new(const struct survey_opts *opts, struct survey **out);
void survey_free(struct survey *s); /* before the knowledge; NULL is fine */

/* knowledge's `changed`: a printer has said something new. NULL is fine. */
void survey_learn(struct survey *s, struct id printer);

#endif
