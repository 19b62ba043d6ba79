/* SPDX-License-Identifier: Apache-2.0 */
/* program: see program.h. */
#include "printscout/queue/program.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/sandbox.h"
#include "printscout/conf.h"
#include "printscout/queue/dnssd.h"
#include "printscout/queue/http.h"
#include "printscout/queue/listen.h"
#include "printscout/queue/offer.h"
#include "printscout/queue/printer.h"
#include "printscout/queue/readers.h"
#include "printscout/queue/shared.h"
#include "printscout/queue/vouch.h"

#define PROGRAM     PROGRAM_NAME
#define CHECK_MS    1000  /* slow clients */
#define SWEEP_MS    10000 /* the history */
#define ARENAS      1     /* of malloc: requests are small, and each arena keeps what one of them needed at most */
#define OTHER_FILES 256   /* descriptors beside the connections; a document on its way has two */

struct program {
    const struct conf *conf;
    struct queue queue;
    struct http *http;
    struct shared *shared; /* NULL: nobody prints here over the network */
    struct dnssd *dnssd, *shared_dnssd;
    struct loop *loop;
    int lock, unix_fd, tcp_fd, port; /* descriptors: -1 when closed */
};

enum err program_fail(const char *what, const char *why)
{
    fprintf(stderr, PROGRAM ": %s: %s\n", what, why);
    return ERR_IO;
}

static const char *reason(enum err e)
{
    return e == ERR_IO && errno != 0 ? strerror(errno) : err_text(e);
}

static enum err open_spool(struct program *p)
{
    const char *path = conf_text(p->conf, CONF_SPOOL);
    int incoming;
    enum err e;

    if ((e = spool_open(path, &p->queue.spool)) != OK)
        return program_fail(path, reason(e));
    /* The lock stands in incoming/, which is the queue's alone; the courier has its own elsewhere. */
    if ((incoming = openat(p->queue.spool, SPOOL_INCOMING, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return program_fail(path, strerror(errno));
    e = file_lock(incoming, &p->lock);
    close(incoming);
    if (e == ERR_EXISTS)
        return program_fail(path,
                            "another " PROGRAM " works on this spool; stop it first (systemctl stop " PROGRAM ").");
    return e == OK ? OK : program_fail(path, reason(e));
}

static const char *vouch_reason(enum err e)
{
    switch (e) {
    case ERR_REFUSED:
        return "others may read it; make it the queue's alone (chmod 400).";
    case ERR_FORMAT:
        return "not a secret of cups-setup, which is 64 hex digits.";
    default:
        return reason(e);
    }
}

static enum err load_spool(struct program *p)
{
    struct queue *q = &p->queue;
    uint32_t highest = 0;
    enum err e;

    if ((e = jobs_new(q->spool, &q->jobs)) != OK || (e = jobs_restore(q->jobs, &highest)) != OK)
        return program_fail("the spool's jobs", reason(e));
    if ((e = numbers_new(q->spool, highest, &q->numbers)) != OK)
        return program_fail(
            "the spool's file " NUMBERS_FILE,
            e == ERR_FORMAT ? "not a number; remove it, and job-ids start above the jobs that are there." : reason(e));
    if ((e = enrollment_new(q->spool, &q->enrollment)) != OK)
        return program_fail("start", reason(e));
    e = vouch_new(conf_text(p->conf, CONF_CUPS_SECRET), conf_bool(p->conf, CONF_TRUST_USER_NAMES), &q->vouch);
    if (e != OK)
        return program_fail(conf_text(p->conf, CONF_CUPS_SECRET), vouch_reason(e));
    return OK;
}

static const char *listen_reason(enum err e)
{
    switch (e) {
    case ERR_EXISTS:
        return "another process listens there.";
    case ERR_REFUSED:
        return "not a loopback address; this queue takes jobs of this computer's own people only.";
    case ERR_FORMAT:
        return "not an address; write digits, 127.0.0.1 or ::1.";
    default:
        return reason(e);
    }
}

static enum err open_sockets(struct program *p)
{
    const char *path = conf_text(p->conf, CONF_QUEUE_SOCKET);
    const char *address = conf_text(p->conf, CONF_QUEUE_ADDRESS);
    enum err e;

    if (path[0] != '\0' && (e = listen_unix(path, &p->unix_fd)) != OK)
        return program_fail(path, listen_reason(e));
    if (address[0] != '\0') {
        e = listen_loopback(address, (int)conf_number(p->conf, CONF_QUEUE_PORT), &p->tcp_fd, &p->port);
        if (e != OK)
            return program_fail(address, listen_reason(e));
    }
    if (path[0] == '\0' && address[0] == '\0')
        return program_fail(CONF_QUEUE_SOCKET " and " CONF_QUEUE_ADDRESS, "both are empty, so nobody could print.");
    return OK;
}

/* Room for every connection that the settings allow. */
static enum err raise_file_limit(const struct program *p)
{
    const rlim_t need = (p->shared != NULL ? 3 : 2) * (rlim_t)conf_number(p->conf, CONF_CONNECTIONS_MAX) + OTHER_FILES;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return program_fail("file descriptors", strerror(errno));
    if (limit.rlim_cur >= need)
        return OK;
    limit.rlim_cur = need;
    if (limit.rlim_max < need)
        limit.rlim_max = need; /* root may */
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return program_fail(CONF_CONNECTIONS_MAX,
                            "more than this process may open files; lower it, or raise LimitNOFILE.");
    return OK;
}

static enum err start_http(struct program *p)
{
    struct http_opts opts = {
        .queue = &p->queue,
        .unix_fd = p->unix_fd,
        .tcp_fd = p->tcp_fd,
        .shared_fd = -1,
        .connections_max = (unsigned)conf_number(p->conf, CONF_CONNECTIONS_MAX),
        .header_timeout_s = (unsigned)conf_number(p->conf, CONF_HEADER_TIMEOUT_S),
        .body_timeout_s = (unsigned)conf_number(p->conf, CONF_BODY_TIMEOUT_S),
    };
    enum err e;

    if (p->shared != NULL) {
        opts.gate = p->shared->gate;
        opts.shared_fd = p->shared->fd;
        opts.shared_printer = p->shared->printer;
        opts.shared_offers = p->shared->offers;
        opts.shared_certificate = p->shared->certificate;
        opts.shared_key = p->shared->key;
    }
    e = http_start(&opts, &p->http);
    p->unix_fd = p->tcp_fd = -1; /* the server's */
    if (p->shared != NULL) {
        p->shared->fd = -1;
        shared_forget_key(p->shared);
    }
    return e == OK ? OK : program_fail("start", "the HTTP server did not.");
}

static enum err write_port(const char *path, int port)
{
    char text[16];
    const int len = snprintf(text, sizeof text, "%d\n", port);
    enum err e;

    if (path[0] == '\0')
        return OK;
    e = file_replace(AT_FDCWD, path, text, (size_t)len, 0644);
    return e == OK ? OK : program_fail(path, reason(e));
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
        return program_fail("start", reason(e));
    if ((e = open_spool(p)) != OK || (e = load_spool(p)) != OK || (e = open_sockets(p)) != OK ||
        (e = shared_new(p->conf, &p->queue, p->loop, &p->shared)) != OK || (e = raise_file_limit(p)) != OK)
        return e;
    e = printer_new(&(struct printer_opts){.name = conf_text(p->conf, CONF_QUEUE_NAME), .port = p->port},
                    &p->queue.printer);
    if (e != OK)
        return program_fail("start", reason(e));
    if ((e = offers_new(p->queue.printer, p->queue.enrollment, &p->queue.offers)) != OK)
        return program_fail("start", reason(e));
    return OK;
}

static enum err announce(struct program *p)
{
    const int is_wanted = conf_bool(p->conf, CONF_QUEUE_DNS_SD);
    enum err e = OK;

    if (is_wanted && p->port != 0)
        e = dnssd_start(p->queue.printer, p->queue.offers, &p->dnssd);
    if (is_wanted && p->shared != NULL && e == OK)
        e = dnssd_start(p->shared->printer, p->shared->offers, &p->shared_dnssd);
    return e == OK ? OK : program_fail("start", reason(e));
}

static enum err write_ports(const struct program *p)
{
    enum err e = OK;

    if (p->shared != NULL && (e = write_port(conf_text(p->conf, CONF_SHARED_PORT_FILE), p->shared->port)) != OK)
        return e;
    return write_port(conf_text(p->conf, CONF_QUEUE_PORT_FILE), p->port);
}

static enum err serve(struct program *p)
{
    struct admission admission;
    const char *why;
    enum err e;

    if ((e = sandbox_no_exec()) != OK)
        return program_fail("sandbox", reason(e));
    if ((e = start_http(p)) != OK || (e = write_ports(p)) != OK)
        return e;
    log_info("started", "uri=%s", printer_uri(p->queue.printer));
    if (p->shared != NULL)
        log_info("shared", "uri=%s", printer_uri(p->shared->printer));
    if (enrollment_admit(p->queue.enrollment, &admission, &why) != OK)
        log_warn("not_accepting_jobs", "%s", why);
    if ((e = announce(p)) != OK)
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
