/* SPDX-License-Identifier: Apache-2.0 */
/* program: see program.h. */
#include "printscout/queue/program_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/sandbox.h"
#include "printscout/conf.h"
#include "printscout/queue/offer.h"
#include "printscout/queue/people.h"
#include "printscout/queue/printer.h"
#include "printscout/queue/readers.h"
#include "printscout/queue/vouch.h"

#define PROGRAM  PROGRAM_NAME
#define CHECK_MS 1000  /* slow clients */
#define SWEEP_MS 10000 /* the history */
#define ARENAS   1     /* of malloc: requests are small, and each arena keeps what one of them needed at most */

enum err program_fail(const char *what, const char *why)
{
    fprintf(stderr, PROGRAM ": %s: %s\n", what, why);
    return ERR_IO;
}

const char *program_reason(enum err e)
{
    return e == ERR_IO && errno != 0 ? strerror(errno) : err_text(e);
}

static enum err open_spool(struct program *p)
{
    const char *path = conf_text(p->conf, CONF_SPOOL);
    int incoming;
    enum err e;

    if ((e = spool_open(path, &p->queue.spool)) != OK)
        return program_fail(path, program_reason(e));
    /* The lock stands in incoming/, which is the queue's alone; the courier has its own elsewhere. */
    if ((incoming = openat(p->queue.spool, SPOOL_INCOMING, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return program_fail(path, strerror(errno));
    e = file_lock(incoming, &p->lock);
    close(incoming);
    if (e == ERR_EXISTS)
        return program_fail(path,
                            "another " PROGRAM " works on this spool; stop it first (systemctl stop " PROGRAM ").");
    return e == OK ? OK : program_fail(path, program_reason(e));
}

static const char *vouch_reason(enum err e)
{
    switch (e) {
    case ERR_REFUSED:
        return "others may read it; make it the queue's alone (chmod 400).";
    case ERR_FORMAT:
        return "not a secret of cups-setup, which is 64 hex digits.";
    default:
        return program_reason(e);
    }
}

static enum err load_spool(struct program *p)
{
    struct queue *q = &p->queue;
    uint32_t highest = 0;
    enum err e;

    if ((e = people_new(q->spool, &q->people)) != OK)
        return program_fail("the spool's file " PEOPLE_FILE, program_reason(e));
    if ((e = jobs_new(q->spool, &q->jobs)) != OK || (e = jobs_restore(q->jobs, q->people, &highest)) != OK)
        return program_fail("the spool's jobs", program_reason(e));
    if ((e = numbers_new(q->spool, highest, &q->numbers)) != OK)
        return program_fail("the spool's file " NUMBERS_FILE,
                            e == ERR_FORMAT
                                ? "not a number; remove it, and job-ids start above the jobs that are there."
                                : program_reason(e));
    if ((e = enrollment_new(q->spool, &q->enrollment)) != OK)
        return program_fail("start", program_reason(e));
    e = vouch_new(conf_text(p->conf, CONF_CUPS_SECRET), conf_bool(p->conf, CONF_TRUST_USER_NAMES), &q->vouch);
    if (e != OK)
        return program_fail(conf_text(p->conf, CONF_CUPS_SECRET), vouch_reason(e));
    return OK;
}

static void on_check(void *arg)
{
    struct program *p = arg;

    http_check(p->http);
    if (p->shared != NULL)
        gate_check(p->shared->gate);
    dnssd_follow(p->dnssd);
    dnssd_follow(p->shared_dnssd);
    if (loop_after(p->loop, CHECK_MS, on_check, p, NULL) != OK)
        log_error("no_more_deadlines", "reason=%s", err_name(ERR_NOMEM));
}

static void on_sweep(void *arg)
{
    struct program *p = arg;

    jobs_sweep(p->queue.jobs);
    if (loop_after(p->loop, SWEEP_MS, on_sweep, p, NULL) != OK)
        log_error("no_more_sweeps", "reason=%s", err_name(ERR_NOMEM));
}

static void read_settings(struct program *p)
{
    struct queue *q = &p->queue;

    q->job_bytes_max = (uint64_t)conf_number(p->conf, CONF_JOB_BYTES_MAX);
    q->spool_free_least = (uint64_t)conf_number(p->conf, CONF_SPOOL_FREE_LEAST);
    q->jobs_per_person_max = (size_t)conf_number(p->conf, CONF_JOBS_PER_PERSON_MAX);
    if (gethostname(q->host, sizeof q->host - 1) != 0 || !text_is_clean(q->host, strlen(q->host)))
        strcpy(q->host, "localhost");
}

/* A queue that cannot count pages still prints. */
static void start_readers(struct program *p)
{
    const enum err e = readers_new(&p->queue.readers);

    if (e != OK)
        log_warn("pages_not_counted", "program=" PAGES_PROGRAM " reason=%s", err_name(e));
}

static enum err build(struct program *p)
{
    enum err e;

    start_readers(p); /* first: it shall have none of our files, signals and threads */
    if ((e = loop_new(&p->loop)) != OK || (e = loop_signals(p->loop, NULL, NULL)) != OK)
        return program_fail("start", program_reason(e));
    if ((e = open_spool(p)) != OK || (e = load_spool(p)) != OK || (e = program_open_doors(p)) != OK ||
        (e = shared_new(p->conf, &p->queue, p->loop, &p->shared)) != OK || (e = program_raise_file_limit(p)) != OK)
        return e;
    e = printer_new(&(struct printer_opts){.name = conf_text(p->conf, CONF_QUEUE_NAME), .port = p->port},
                    &p->queue.printer);
    if (e != OK)
        return program_fail("start", program_reason(e));
    if ((e = offers_new(p->queue.printer, p->queue.enrollment, &p->queue.offers)) != OK)
        return program_fail("start", program_reason(e));
    return OK;
}

static enum err serve(struct program *p)
{
    struct admission admission;
    const char *why;
    enum err e;

    if ((e = sandbox_no_exec()) != OK)
        return program_fail("sandbox", program_reason(e));
    if ((e = program_start_http(p)) != OK || (e = program_write_ports(p)) != OK)
        return e;
    log_info("started", "uri=%s", printer_uri(p->queue.printer));
    if (p->shared != NULL)
        log_info("shared", "uri=%s", printer_uri(p->shared->printer));
    if (enrollment_admit(p->queue.enrollment, &admission, &why) != OK)
        log_warn("not_accepting_jobs", "%s", why);
    if ((e = program_announce(p)) != OK)
        return e;
    on_check(p);
    on_sweep(p);
    e = loop_run(p->loop);
    log_info("stopped", "reason=%s", e == OK ? "asked" : err_name(e));
    return e;
}

static void tear_down(struct program *p)
{
    const char *path = conf_text(p->conf, CONF_QUEUE_SOCKET);

    if (p->http != NULL && path[0] != '\0')
        unlink(path); /* before the lock goes: it is still ours */
    dnssd_stop(p->dnssd);
    dnssd_stop(p->shared_dnssd);
    http_stop(p->http);
    shared_free(p->shared);
    offers_free(p->queue.offers);
    printer_free(p->queue.printer);
    readers_free(p->queue.readers);
    vouch_free(p->queue.vouch);
    enrollment_free(p->queue.enrollment);
    numbers_free(p->queue.numbers);
    jobs_free(p->queue.jobs);
    people_free(p->queue.people);
    loop_free(p->loop);
    if (p->unix_fd >= 0)
        close(p->unix_fd);
    if (p->tcp_fd >= 0)
        close(p->tcp_fd);
    if (p->lock >= 0)
        close(p->lock);
    if (p->queue.spool >= 0)
        close(p->queue.spool);
}

enum err program_run(const struct conf *conf)
{
    struct program program = {.conf = conf, .lock = -1, .unix_fd = -1, .tcp_fd = -1, .queue.spool = -1};
    struct program *p = &program;
    enum err e;

    mallopt(M_ARENA_MAX, ARENAS);
    umask(007); /* the courier, another user of the same group, reads and erases what stands in the spool */
    read_settings(p);
    if ((e = build(p)) == OK)
        e = serve(p);
    tear_down(p);
    return e;
}
