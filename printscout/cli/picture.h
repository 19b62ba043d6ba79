/* SPDX-License-Identifier: Apache-2.0 */
/* picture: what `printscout status` shows, gathered from the spool's site folder and the queue. */
#ifndef PRINTSCOUT_CLI_PICTURE_H
#define PRINTSCOUT_CLI_PICTURE_H

#include <jansson.h>

#include "base/conf.h"
#include "proto/bulletin.h"
#include "proto/spool.h"

#define PICTURE_WARNINGS  16
#define PICTURE_TEXT_SIZE 256

struct picture {
    int enrolled;
    struct id site;
    struct spool_node node;
    uint32_t bulletin_version;
    uint64_t bulletin_issued_unix_ms;
    int courier_runs;
    struct {
        char url[RELAY_URL_SIZE];
        int up;
    } relays[BULLETIN_RELAYS_MAX];
    size_t relays_len;
    int queue_runs, queue_accepts_jobs;
    int can_print; /* nothing of the above keeps a job from being taken and released */
    struct {
        char text[PICTURE_TEXT_SIZE];
    } warnings[PICTURE_WARNINGS];
    size_t warnings_len;
};

/* What cannot be found out becomes a warning. */
void picture_take(struct picture *p, const struct conf *conf);

/* A point in time as text of the reader's zone, or "never". Returns out. */
const char *picture_time(uint64_t unix_ms, char out[static 40]);

#endif
