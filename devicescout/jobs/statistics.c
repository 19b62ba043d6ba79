/* SPDX-License-Identifier: Apache-2.0 */
/* statistics: one table, one statement that adds to a row, one that reads. */
#include "devicescout/jobs/statistics.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

#define DAY_S   (24 * 60 * 60)
#define BUSY_MS 100 /* a command reads; nothing else writes */

static const char schema[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;" /* losing the last counts in a power cut is fine */
    "CREATE TABLE IF NOT EXISTS count (day TEXT, printer TEXT, jobs INTEGER NOT NULL, uncounted INTEGER NOT NULL,"
    " pages INTEGER NOT NULL, color INTEGER NOT NULL, gray INTEGER NOT NULL, sheets INTEGER NOT NULL,"
    " saved INTEGER NOT NULL, PRIMARY KEY (day, printer)) WITHOUT ROWID;";

static const char add_text[] =
    "INSERT INTO count VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (day, printer) DO UPDATE SET"
    " jobs = jobs + 1, uncounted = uncounted + ?3, pages = pages + ?4, color = color + ?5, gray = gray + ?6,"
    " sheets = sheets + ?7, saved = saved + ?8";
static const char each_text[] = "SELECT day, printer, jobs, uncounted, pages, color, gray, sheets, saved FROM count"
                                " WHERE day >= ?1 AND (?2 IS NULL OR printer = ?2) ORDER BY day, printer";

struct statistics {
    sqlite3 *db;
    sqlite3_stmt *add, *each;
};

static enum err failed(const struct statistics *s)
{
    log_error("statistics_failed", "why=%s", sqlite3_errmsg(s->db));
    return ERR_IO;
}

enum err statistics_open(const char *path, struct statistics **out)
{
    struct statistics *s = calloc(1, sizeof *s);
    enum err e = ERR_NOMEM;

    if (s == NULL)
        return e;
    if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite3_busy_timeout(s->db, BUSY_MS) != SQLITE_OK ||
        sqlite3_exec(s->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v3(s->db, add_text, -1, SQLITE_PREPARE_PERSISTENT, &s->add, NULL) != SQLITE_OK ||
        sqlite3_prepare_v3(s->db, each_text, -1, SQLITE_PREPARE_PERSISTENT, &s->each, NULL) != SQLITE_OK) {
        e = failed(s);
        statistics_close(s);
        return e;
    }
    *out = s; /* the caller owns it now */
    return OK;
}

void statistics_close(struct statistics *s)
{
    if (s == NULL)
        return;
    sqlite3_finalize(s->add);
    sqlite3_finalize(s->each);
    sqlite3_close(s->db);
    free(s);
}

static void write_day(uint64_t unix_ms, char out[static STATISTICS_DAY_SIZE])
{
    const time_t seconds = (time_t)(unix_ms / 1000);
    struct tm tm;

    if (localtime_r(&seconds, &tm) == NULL || strftime(out, STATISTICS_DAY_SIZE, "%Y-%m-%d", &tm) == 0)
        strcpy(out, "0000-00-00");
}

static void add(struct statistics *s, uint64_t now_unix_ms, const struct statistics_row *row)
{
    const uint64_t numbers[] = {row->uncounted, row->pages, row->color_pages, row->gray_pages, row->sheets, row->saved};
    char day[STATISTICS_DAY_SIZE];

    write_day(now_unix_ms, day);
    sqlite3_bind_text(s->add, 1, day, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->add, 2, row->printer, -1, SQLITE_STATIC);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sqlite3_bind_int64(s->add, 3 + (int)i, (sqlite3_int64)numbers[i]);
    if (sqlite3_step(s->add) != SQLITE_DONE)
        (void)failed(s);
    sqlite3_reset(s->add);
    sqlite3_clear_bindings(s->add);
}

void statistics_printed(struct statistics *s, uint64_t now_unix_ms, const char *printer, const struct paper *p,
                        uint32_t impressions)
{
    const struct paper_count c = paper_count(p, impressions);
    struct statistics_row row = {.uncounted = c.pages == 0,
                                 .pages = c.pages,
                                 .color_pages = p->color == PAPER_COLOR ? c.pages : 0,
                                 .gray_pages = p->color == PAPER_GRAY ? c.pages : 0,
                                 .sheets = c.sheets,
                                 .saved = c.pages - c.sheets};

    snprintf(row.printer, sizeof row.printer, "%s", printer);
    add(s, now_unix_ms, &row);
}

void statistics_unreleased(struct statistics *s, uint64_t now_unix_ms, const struct paper *p)
{
    const struct paper_count c = paper_count(p, 0);

    add(s, now_unix_ms, &(struct statistics_row){.uncounted = c.pages == 0, .pages = c.pages, .saved = c.sheets});
}

static void read_row(sqlite3_stmt *st, struct statistics_row *row)
{
    uint64_t *const numbers[] = {&row->jobs,       &row->uncounted, &row->pages, &row->color_pages,
                                 &row->gray_pages, &row->sheets,    &row->saved};

    snprintf(row->day, sizeof row->day, "%s", (const char *)sqlite3_column_text(st, 0));
    snprintf(row->printer, sizeof row->printer, "%s", (const char *)sqlite3_column_text(st, 1));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = (uint64_t)sqlite3_column_int64(st, 2 + (int)i);
}

enum err statistics_each(struct statistics *s, uint64_t now_unix_ms, uint32_t days, const char *printer,
                         statistics_fn *fn, void *arg)
{
    const uint64_t back_ms = (uint64_t)(days > 0 ? days - 1 : 0) * DAY_S * 1000;
    char from[STATISTICS_DAY_SIZE];
    struct statistics_row row;
    enum err e = OK;
    int rc;

    write_day(now_unix_ms > back_ms ? now_unix_ms - back_ms : 0, from);
    sqlite3_bind_text(s->each, 1, from, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->each, 2, printer, -1, SQLITE_STATIC);
    while ((rc = sqlite3_step(s->each)) == SQLITE_ROW) {
        read_row(s->each, &row);
        fn(arg, &row);
    }
    if (rc != SQLITE_DONE)
        e = failed(s);
    sqlite3_reset(s->each);
    sqlite3_clear_bindings(s->each);
    return e;
}
