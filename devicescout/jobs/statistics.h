/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statistics: what was printed where, a row for each printer and day, and what never came to paper. Counts only: no
 * title, no person, no job. SQLite, in the device scout's state; a command may read it beside the daemon.
 */
#ifndef DEVICESCOUT_JOBS_STATISTICS_H
#define DEVICESCOUT_JOBS_STATISTICS_H

#include "devicescout/jobs/paper.h"
#include "proto/keyholder.h"

#define STATISTICS_FILE     "statistics.sqlite"
#define STATISTICS_DAY_SIZE 11 /* "2026-11-20", where the device scout is */

struct statistics;

/* ERR_IO after a log line; ERR_NOMEM. */
MUST_USE enum err statistics_open(const char *path, struct statistics **out);
void statistics_close(struct statistics *s);

/* A job came to paper. What cannot be written is logged: printing goes on. */
void statistics_printed(struct statistics *s, uint64_t now_unix_ms, const char *printer, const struct paper *p,
                        uint32_t impressions);
/* A job ended that nobody ever released: paper that was not used. */
void statistics_unreleased(struct statistics *s, uint64_t now_unix_ms, const struct paper *p);

struct statistics_row {
    char day[STATISTICS_DAY_SIZE];
    char printer[PRINTER_NAME_SIZE]; /* "": of jobs that were never released */
    uint64_t jobs;
    uint64_t uncounted;                              /* of them, those whose pages nobody knows */
    uint64_t pages, color_pages, gray_pages, sheets; /* neither colour nor grey: as the documents were */
    uint64_t saved;                                  /* sheets, by two sides or by not printing */
};
typedef void statistics_fn(void *arg, const struct statistics_row *row);
/*
 * Each row of the last days, today being one of them, oldest first.
 *   printer  NULL: all, and the jobs that were never released
 */
MUST_USE enum err statistics_each(struct statistics *s, uint64_t now_unix_ms, uint32_t days, const char *printer,
                                  statistics_fn *fn, void *arg);

#endif
