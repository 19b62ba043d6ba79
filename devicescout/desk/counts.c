/* SPDX-License-Identifier: Apache-2.0 */
/* counts: the statistics on the command line: by printer over some days, or day by day as JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/clock.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/fleet/number.h"
#include "devicescout/jobs/statistics.h"
#include "devicescout/owner.h"
#include "devicescout/verbs.h"

#define PRINTERS_MAX 1025 /* and the jobs that were never released */

struct sums {
    struct statistics_row row[PRINTERS_MAX];
    size_t len;
};

static void add_row(void *arg, const struct statistics_row *row)
{
    struct sums *s = arg;
    size_t i;

    for (i = 0; i < s->len && strcmp(s->row[i].printer, row->printer) != 0; i++)
        ;
    if (i == PRINTERS_MAX)
        return;
    if (i == s->len) {
        s->row[s->len++] = *row;
        return;
    }
    s->row[i].jobs += row->jobs;
    s->row[i].uncounted += row->uncounted;
    s->row[i].pages += row->pages;
    s->row[i].color_pages += row->color_pages;
    s->row[i].gray_pages += row->gray_pages;
    s->row[i].sheets += row->sheets;
    s->row[i].saved += row->saved;
}

static void print_sums(const struct sums *s, uint32_t days)
{
    printf("Last %" PRIu32 " days\n%-24s %8s %8s %8s %8s %8s %8s\n", days, "printer", "jobs", "pages", "colour", "grey",
           "sheets", "saved");
    for (size_t i = 0; i < s->len; i++) {
        const struct statistics_row *r = &s->row[i];

        printf("%-24s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 "\n",
               r->printer[0] != '\0' ? r->printer : "(never released)", r->jobs, r->pages, r->color_pages,
               r->gray_pages, r->sheets, r->saved);
    }
}

static void add_json(void *arg, const struct statistics_row *r)
{
    json_t *day =
        json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "day", r->day, "printer", r->printer, "jobs",
                  (json_int_t)r->jobs, "jobs_uncounted", (json_int_t)r->uncounted, "pages", (json_int_t)r->pages,
                  "color_pages", (json_int_t)r->color_pages, "gray_pages", (json_int_t)r->gray_pages, "sheets",
                  (json_int_t)r->sheets, "sheets_saved", (json_int_t)r->saved);

    json_array_append_new(arg, day);
}

static enum err show(struct statistics *s, uint32_t days, int json)
{
    struct sums *sums = NULL;
    json_t *list;
    enum err e;

    if (json) {
        list = json_array();
        if ((e = statistics_each(s, clock_unix_ms(), days, NULL, add_json, list)) == OK)
            return admin_print_json(json_pack("{s:I, s:o}", "days", (json_int_t)days, "statistics", list));
        json_decref(list);
        return e;
    }
    if ((sums = calloc(1, sizeof *sums)) == NULL)
        return ERR_NOMEM;
    if ((e = statistics_each(s, clock_unix_ms(), days, NULL, add_row, sums)) == OK)
        print_sums(sums, days);
    free(sums);
    return e;
}

static enum err open_of(const struct conf *c, struct statistics **out)
{
    const char *state = conf_text(c, "state");
    char path[4096];
    const int n = snprintf(path, sizeof path, "%s/%s", state, STATISTICS_FILE);
    enum err e;

    if (n < 0 || (size_t)n >= sizeof path)
        return ERR_LIMIT;
    if ((e = owner_become(state)) == OK)
        e = statistics_open(path, out);
    if (e != OK)
        fprintf(stderr, "%s: cannot be opened. Run this as root, or as the device scout's user.\n", path);
    return e;
}

enum err verb_statistics(int argc, char **argv)
{
    const char *config = NULL, *days_text = NULL, *none[1];
    int json = 0;
    const struct arg args[] = {{"days", "N", "of the last N days; 30", &days_text, NULL},
                               {"json", NULL, "print JSON, a row for each printer and day", NULL, &json},
                               {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[--days N] [--json]",
                                "Count what was printed where, and what was never released.", args};
    struct statistics *s = NULL;
    struct conf *c = NULL;
    uint32_t days;
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) != OK ||
        (e = number_read("--days", days_text, 30, 1, 3660, &days)) != OK ||
        (e = devicescout_conf_read(config, &c)) != OK || (e = open_of(c, &s)) != OK)
        goto out;
    e = show(s, days, json);
out:
    statistics_close(s);
    conf_free(c);
    return e;
}
