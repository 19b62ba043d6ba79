/* SPDX-License-Identifier: Apache-2.0 */
/* picture: see picture.h. */
#include "printscout/cli/picture.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "printscout/cli/queue_ask.h"
#include "printscout/cli/spooler.h"
#include "printscout/conf.h"

#define STATUS_MAX      4096
#define STATUS_STALE_MS 150000 /* the courier writes it once a minute */
#define EPOCH_SOON_MS   ((uint64_t)3 * 24 * 3600 * 1000)

static void PRINTF_LIKE(2, 3) warn(struct picture *p, const char *fmt, ...)
{
    va_list ap;

    if (p->warnings_len == PICTURE_WARNINGS)
        return;
    va_start(ap, fmt);
    vsnprintf(p->warnings[p->warnings_len++].text, PICTURE_TEXT_SIZE, fmt, ap);
    va_end(ap);
}

const char *picture_time(uint64_t unix_ms, char out[static 40])
{
    const time_t t = (time_t)(unix_ms / 1000);
    struct tm day;

    if (unix_ms == 0 || localtime_r(&t, &day) == NULL || strftime(out, 40, "%Y-%m-%dT%H:%M:%S%z", &day) == 0)
        strcpy(out, "never");
    return out;
}

/* One line of site/status, cut into its words. */
static void take_line(struct picture *p, char *line, uint64_t *updated_ms)
{
    char *value = strchr(line, ' '), *more;

    if (value == NULL)
        return;
    *value++ = '\0';
    more = strchr(value, ' ');
    if (strcmp(line, "updated") == 0) {
        *updated_ms = strtoull(value, NULL, 10);
    } else if (strcmp(line, "relay") == 0 && more != NULL && p->relays_len < BULLETIN_RELAYS_MAX) {
        *more++ = '\0';
        snprintf(p->relays[p->relays_len].url, RELAY_URL_SIZE, "%s", value);
        p->relays[p->relays_len++].up = strcmp(more, "up") == 0;
    } else if (strcmp(line, "alarm") == 0) {
        warn(p, "%s", value);
    }
}

static void take_status(struct picture *p, int spool)
{
    const uint64_t now_ms = clock_unix_ms();
    uint64_t updated_ms = 0;
    uint8_t *text = NULL;
    size_t len;
    int any_up = 0;

    if (file_read(spool, SPOOL_STATUS, STATUS_MAX, &text, &len) == OK) {
        char *rest = (char *)text, *line;

        while ((line = strsep(&rest, "\n")) != NULL)
            take_line(p, line, &updated_ms);
    }
    free(text);
    p->courier_runs = updated_ms != 0 && now_ms < updated_ms + STATUS_STALE_MS;
    for (size_t i = 0; i < p->relays_len; i++) {
        p->relays[i].up = p->relays[i].up && p->courier_runs;
        any_up |= p->relays[i].up;
    }
    if (!p->courier_runs)
        warn(p, "printscout-courier is not running: nothing can be released from this computer");
    else if (!any_up)
        warn(p, "no relay is connected: jobs are taken, and listed at printers once one is");
    p->can_print &= p->courier_runs && any_up;
}

static void take_bulletin(struct picture *p, int spool)
{
    const uint64_t now_ms = clock_unix_ms();
    const struct bulletin_epoch *epoch;
    struct bulletin *b = NULL;
    uint8_t *bytes = NULL;
    size_t len;
    enum err e;

    if ((e = file_read(spool, SPOOL_BULLETIN, BULLETIN_MAX_LEN, &bytes, &len)) == OK)
        e = bulletin_read(bytes, len, p->site, &b);
    free(bytes);
    if (e != OK) {
        warn(p, "the site's bulletin cannot be used: %s", err_text(e));
        p->can_print = 0;
        return;
    }
    p->bulletin_version = b->version;
    p->bulletin_issued_unix_ms = b->issued_unix_ms;
    e = bulletin_epoch_now(b, now_ms, &epoch);
    if (e != OK) {
        warn(p,
             "the site's sealing key is too old, so new jobs are refused: this computer hears nothing from its site");
        p->can_print = 0;
    } else if (epoch->use_until_unix_ms < now_ms + EPOCH_SOON_MS) {
        warn(p, "the site's sealing key must be replaced within three days: this computer hears nothing from its site");
    }
    free(b);
}

static void take_queue(struct picture *p, const struct conf *conf)
{
    ipp_t *answer = NULL;
    ipp_attribute_t *message;
    const char *why;

    if (queue_ask(conf, queue_request(IPP_OP_GET_PRINTER_ATTRIBUTES), &answer) != OK) {
        warn(p, "printscout-queue is not running: nothing can be printed on this computer");
        p->can_print = 0;
        return;
    }
    p->queue_runs = 1;
    p->queue_accepts_jobs = ippGetBoolean(ippFindAttribute(answer, "printer-is-accepting-jobs", IPP_TAG_BOOLEAN), 0);
    if (!p->queue_accepts_jobs) {
        message = ippFindAttribute(answer, "printer-state-message", IPP_TAG_TEXT);
        why = ippGetString(message, 0, NULL);
        warn(p, "the queue takes no jobs: %s", why != NULL ? why : "it does not say why");
        p->can_print = 0;
    }
    ippDelete(answer);
}

void picture_take(struct picture *p, const struct conf *conf)
{
    const char *kept[SPOOLER_WARNINGS_MAX];
    size_t kept_len;
    int spool = open(conf_text(conf, CONF_SPOOL), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    *p = (struct picture){.can_print = 1};
    p->enrolled = spool >= 0 && spool_node_read(spool, &p->node) == OK;
    if (p->enrolled) {
        p->site = verify_key_id(p->node.site_public);
        take_bulletin(p, spool);
        take_status(p, spool);
    } else {
        warn(p, "this computer belongs to no site yet: run printscout enroll");
        p->can_print = 0;
    }
    if (spool >= 0)
        close(spool);
    take_queue(p, conf);
    kept_len = spooler_warnings(conf_text(conf, CONF_CUPS_ROOT), kept);
    for (size_t i = 0; i < kept_len; i++)
        warn(p, "%s", kept[i]);
}
