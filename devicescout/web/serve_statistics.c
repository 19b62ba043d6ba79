/* SPDX-License-Identifier: Apache-2.0 */
/* serve_statistics: the counts of the last days, for administrators. */
#include "base/clock.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/web_state.h"

#define DAYS      30
#define DAYS_MOST 3660 /* ten years */

struct lists {
    json_t *printed, *unreleased;
};

static void add_row(void *arg, const struct statistics_row *row)
{
    const struct lists *l = arg;

    if (row->printer[0] == '\0')
        json_array_append_new(l->unreleased,
                              json_pack("{s:s, s:I, s:I, s:I}", "day", row->day, "jobs", (json_int_t)row->jobs, "pages",
                                        (json_int_t)row->pages, "sheets_saved", (json_int_t)row->saved));
    else
        json_array_append_new(l->printed,
                              json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "day", row->day, "printer",
                                        row->printer, "jobs", (json_int_t)row->jobs, "jobs_uncounted",
                                        (json_int_t)row->uncounted, "pages", (json_int_t)row->pages, "color_pages",
                                        (json_int_t)row->color_pages, "gray_pages", (json_int_t)row->gray_pages,
                                        "sheets", (json_int_t)row->sheets, "sheets_saved", (json_int_t)row->saved));
}

void serve_statistics(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    const char *printer = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "printer");
    struct lists l = {NULL, NULL};
    uint64_t days = DAYS;

    if (request_number(r, "days", 1, DAYS_MOST, &days) != OK) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-number", "days is from 1 to 3660.");
        return;
    }
    if (o->statistics == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-page", "There is nothing here.");
        return;
    }
    l = (struct lists){json_array(), json_array()};
    if (statistics_each(o->statistics, clock_unix_ms(), (uint32_t)days, printer, add_row, &l) == OK) {
        reply_json(
            r, MHD_HTTP_OK,
            json_pack("{s:I, s:o, s:o}", "days", (json_int_t)days, "printed", l.printed, "unreleased", l.unreleased));
        return;
    }
    json_decref(l.printed);
    json_decref(l.unreleased);
    reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "The statistics cannot be read now.");
}
