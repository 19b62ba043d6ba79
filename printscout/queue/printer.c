/* SPDX-License-Identifier: Apache-2.0 */
/* printer: see printer.h. What Get-Printer-Attributes says besides is printer_attributes.c. */
#include "printscout/queue/printer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "crypto/derive.h"
#include "printscout/queue/printer_parts.h"
#include "printscout/queue/queue.h"

#define UUID_LEN 16

/* RFC 9562's version 8: made from a hash of ours. */
static void write_uuid(const uint8_t hash[static UUID_LEN], char out[static PRINTER_UUID_SIZE])
{
    char hex[2 * UUID_LEN + 1];
    uint8_t b[UUID_LEN];

    memcpy(b, hash, UUID_LEN);
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x80);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    hex_write(b, UUID_LEN, hex);
    snprintf(out, PRINTER_UUID_SIZE, "urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* The same after each start, another on each computer, and no way back to the computer's own id. */
static enum err make_uuid(struct printer *p, const char *name)
{
    uint8_t *machine = NULL;
    uint8_t hash[32];
    char host[256] = "";
    size_t len = 0;
    enum err e;

    if (file_read(AT_FDCWD, "/etc/machine-id", 64, &machine, &len) != OK)
        gethostname(host, sizeof host - 1);
    e = derive_sha256(
        (const struct piece[]){
            {"latchkey printer", 17}, {machine, machine != NULL ? len : 0}, {host, strlen(host)}, {name, strlen(name)}},
        4, hash);
    memcpy(p->uuid, hash, sizeof p->uuid);
    free(machine);
    return e;
}

void printer_job_uuid(const struct printer *p, uint32_t job_number, char out[static PRINTER_UUID_SIZE])
{
    uint8_t hash[32] = {0};

    if (derive_sha256((const struct piece[]){{p->uuid, sizeof p->uuid}, {&job_number, sizeof job_number}}, 2, hash) !=
        OK)
        memcpy(hash, p->uuid, sizeof p->uuid);
    write_uuid(hash, out);
}

static void write_addresses(struct printer *p, const struct printer_opts *opts)
{
    const char *scheme = p->is_shared ? "https" : "http", *host = p->is_shared ? opts->shared_host : "localhost";

    if (opts->port != 0)
        snprintf(p->web, sizeof p->web, "%s://%s:%d", scheme, host, opts->port);
    else
        snprintf(p->web, sizeof p->web, "%s://%s", scheme, host);
    snprintf(p->uri, sizeof p->uri, "%s%s%s", p->is_shared ? "ipps" : "ipp", p->web + strlen(scheme), PRINTER_PATH);
}

enum err printer_new(const struct printer_opts *opts, struct printer **out)
{
    struct printer *p = NULL;
    enum err e = ERR_NOMEM;

    if ((p = calloc(1, sizeof *p)) == NULL)
        goto out;
    e = ERR_LIMIT;
    if (opts->shared_host != NULL && strlen(opts->shared_host) > PRINTER_HOST_MAX)
        goto out;
    if ((e = make_uuid(p, opts->name)) != OK)
        goto out;
    p->started_unix_ms = clock_unix_ms();
    p->started_boot_ms = clock_boot_ms();
    p->is_shared = opts->shared_host != NULL;
    write_addresses(p, opts);
    write_uuid(p->uuid, p->uuid_text);
    p->port = opts->port;
    snprintf(p->name, sizeof p->name, "%s", opts->name);
    *out = p;
    p = NULL;
out:
    printer_free(p);
    return e;
}

void printer_free(struct printer *p)
{
    free(p);
}

const char *printer_uri(const struct printer *p)
{
    return p->uri;
}

const char *printer_web(const struct printer *p)
{
    return p->web;
}

int printer_is_shared(const struct printer *p)
{
    return p->is_shared;
}

const char *printer_name(const struct printer *p)
{
    return p->name;
}

const char *printer_model(const struct printer *p)
{
    (void)p;
    return PRINTER_MODEL;
}

const char *printer_uuid(const struct printer *p)
{
    return p->uuid_text + strlen("urn:uuid:");
}

int printer_port(const struct printer *p)
{
    return p->port;
}

int printer_up_time(const struct printer *p)
{
    return (int)((clock_boot_ms() - p->started_boot_ms) / 1000) + 1;
}

int printer_time_at(const struct printer *p, uint64_t unix_ms)
{
    const int64_t seconds = ((int64_t)unix_ms - (int64_t)p->started_unix_ms) / 1000 + 1;

    return seconds > INT32_MAX ? INT32_MAX : seconds < INT32_MIN ? INT32_MIN : (int)seconds;
}

struct printer_state printer_state(struct queue *q)
{
    struct admission admission;
    struct statvfs fs;
    const char *why;

    if (enrollment_admit(q->enrollment, &admission, &why) != OK)
        return (struct printer_state){0, "other-error", why};
    if (fstatvfs(q->spool, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < q->spool_free_least)
        return (struct printer_state){0, "spool-area-full-error", "The disk of this computer is full."};
    return (struct printer_state){1, "none", "Takes jobs and holds them until you release them at a printer."};
}

static int is_wanted(cups_array_t *names, const char *name)
{
    return names == NULL || cupsArrayFind(names, (void *)(uintptr_t)name) != NULL;
}

void printer_add_state(struct queue *q, ipp_t *reply, cups_array_t *names)
{
    const struct printer_state s = printer_state(q);
    const struct printer *p = q->printer;

    if (is_wanted(names, "printer-state"))
        ippAddInteger(reply, IPP_TAG_PRINTER, IPP_TAG_ENUM, "printer-state",
                      s.is_accepting ? IPP_PSTATE_IDLE : IPP_PSTATE_STOPPED);
    if (is_wanted(names, "printer-state-reasons"))
        ippAddString(reply, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "printer-state-reasons", NULL, s.reason);
    if (is_wanted(names, "printer-state-message"))
        ippAddString(reply, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-state-message", NULL, s.message);
    if (is_wanted(names, "printer-is-accepting-jobs"))
        ippAddBoolean(reply, IPP_TAG_PRINTER, "printer-is-accepting-jobs", (char)s.is_accepting);
    if (is_wanted(names, "queued-job-count"))
        ippAddInteger(reply, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "queued-job-count", (int)jobs_queued_count(q->jobs));
    if (is_wanted(names, "printer-up-time"))
        ippAddInteger(reply, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "printer-up-time", printer_up_time(p));
    if (is_wanted(names, "printer-current-time"))
        ippAddDate(reply, IPP_TAG_PRINTER, "printer-current-time", ippTimeToDate(time(NULL)));
}
