/* SPDX-License-Identifier: Apache-2.0 */
/* scoutrelay: stores and forwards sealed messages between the scouts of a site. It holds no key that opens anything. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/args.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/sandbox.h"
#include "relay/engine_sqlite.h"
#include "relay/listen.h"
#include "relay/server.h"
#include "relay/tls.h"

#define HOUSEKEEPING_MS 60000
#define OTHER_FILES     64 /* descriptors beside the connections */

struct program {
    struct settings settings;
    struct engine engine;
    struct server server;
    int state, lock; /* descriptors; -1 */
};

static enum err fail(const char *what, const char *why)
{
    fprintf(stderr, "scoutrelay: %s: %s\n", what, why);
    return ERR_IO;
}

/* Why a call failed: errno's sentence where there is one. */
static const char *reason(enum err e)
{
    return e == ERR_IO && errno != 0 ? strerror(errno) : err_text(e);
}

static enum err open_state(struct program *p)
{
    char path[4096];
    enum err e;

    if ((e = file_open_dir(p->settings.state, 0700, &p->state)) != OK)
        return fail(p->settings.state, reason(e));
    e = file_lock(p->state, &p->lock);
    if (e == ERR_EXISTS)
        return fail(p->settings.state, "another scoutrelay works in this state folder; stop it first "
                                       "(systemctl stop scoutrelay).");
    if (e != OK)
        return fail(p->settings.state, reason(e));
    if (snprintf(path, sizeof path, "%s/relay.db", p->settings.state) >= (int)sizeof path)
        return fail(p->settings.state, "the name is too long.");
    if ((e = engine_sqlite_open(path, &p->engine)) != OK)
        return fail(path, e == ERR_UNSUPPORTED ? "a newer scoutrelay made it; install that one." : reason(e));
    return OK;
}

/* Room for every connection that the settings allow; where the system gives less, fewer connections. */
static enum err raise_file_limit(unsigned *connections)
{
    struct rlimit limit;
    rlim_t need = (rlim_t)*connections + OTHER_FILES;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return fail("file descriptors", strerror(errno));
    if (limit.rlim_cur >= need)
        return OK;
    limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return fail("file descriptors", strerror(errno));
    if (limit.rlim_cur >= need)
        return OK;
    if (limit.rlim_cur < 2 * OTHER_FILES)
        return fail("file descriptors", "too few; raise LimitNOFILE.");
    *connections = (unsigned)(limit.rlim_cur - OTHER_FILES);
    log_warn("connections_limited", "connections=%u reason=LimitNOFILE", *connections);
    return OK;
}

static void on_housekeeping(void *arg)
{
    struct server *s = arg;
    int more = 0;
    enum err e = s->engine->expire(s->engine->self, clock_unix_ms(), &more);

    if (e != OK)
        log_error("expiry_failed", "reason=%s", err_name(e));
    sessions_expire(s->sessions, clock_boot_ms());
    /* A piece at a time, so that requests are served between. */
    if (loop_after(s->loop, e == OK && more ? 10 : HOUSEKEEPING_MS, on_housekeeping, s, NULL) != OK)
        log_error("no_more_expiry", "reason=%s", err_name(ERR_NOMEM));
}

static void on_hup(void *arg)
{
    struct program *p = arg;

    if (tls_load(p->settings.certificate, p->settings.key) == OK)
        log_info("tls_loaded", "file=%s", p->settings.certificate);
}

static enum err build(struct program *p)
{
    struct server *s = &p->server;
    const struct settings *set = &p->settings;
    enum err e;

    s->settings = set;
    s->engine = &p->engine;
    nonces_start(&s->nonces);
    if ((e = loop_new(&s->loop)) != OK || (e = loop_signals(s->loop, on_hup, p)) != OK ||
        (e = sites_new(set->sites, set->sites_len, s->engine, &s->sites)) != OK ||
        (e = sessions_new(&s->sessions)) != OK || (e = conns_new(s->loop, set->connections_max, &s->conns)) != OK ||
        (e = waiters_new(s->loop, set->connections_max, server_poke, s, &s->waiters)) != OK)
        return fail("start", reason(e));
    s->engine->set_news(s->engine->self, waiters_news, s->waiters);
    return OK;
}

static enum err write_port(const char *path, uint16_t port)
{
    char text[16];
    int len = snprintf(text, sizeof text, "%u\n", (unsigned)port);
    enum err e;

    if (path[0] == '\0')
        return OK;
    if ((e = file_replace(AT_FDCWD, path, text, (size_t)len, 0644)) != OK)
        return fail(path, reason(e));
    return OK;
}

static enum err serve(struct program *p)
{
    struct server *s = &p->server;
    uint16_t port = p->settings.port;
    int fd;
    enum err e;

    e = listen_open(p->settings.address, &port, &fd);
    if (e == ERR_CONFIG)
        return fail(p->settings.address, "not an address; write digits, or :: for every one.");
    if (e != OK)
        return fail(p->settings.address, reason(e));
    if ((e = server_start(s, fd)) != OK)
        return fail("start", "the HTTP server did not.");
    if ((e = write_port(p->settings.port_file, port)) != OK)
        return e;
    if ((e = sandbox_no_exec()) != OK)
        return fail("sandbox", reason(e));
    log_info("started", "address=%s port=%u sites=%zu", p->settings.address, (unsigned)port, p->settings.sites_len);
    on_housekeeping(s);
    e = loop_run(s->loop);
    log_info("stopped", "reason=%s", e == OK ? "asked" : err_name(e));
    return e;
}

static void tear_down(struct program *p)
{
    struct server *s = &p->server;

    server_stop(s);
    waiters_free(s->waiters);
    conns_free(s->conns);
    sessions_free(s->sessions);
    sites_free(s->sites);
    loop_free(s->loop);
    if (p->engine.close != NULL)
        p->engine.close(p->engine.self);
    tls_unload();
    if (p->lock >= 0)
        close(p->lock);
    if (p->state >= 0)
        close(p->state);
}

static enum err run(struct program *p)
{
    enum err e;

    umask(077);
    if ((e = raise_file_limit(&p->settings.connections_max)) != OK || (e = open_state(p)) != OK || (e = build(p)) != OK)
        goto out;
    e = serve(p);
out:
    tear_down(p);
    return e;
}

int main(int argc, char **argv)
{
    const char *path = SETTINGS_PATH;
    int check = 0, sample = 0;
    const struct arg args[] = {
        {"config", "FILE", "the configuration; " SETTINGS_PATH " if not given", &path, NULL},
        {"check", NULL, "read configuration and certificate, say OK, and exit", NULL, &check},
        {"sample", NULL, "print a configuration with every key, and exit", NULL, &sample},
        {0},
    };
    const struct usage usage = {.program = "scoutrelay",
                                .synopsis = "[--config FILE]",
                                .purpose = "Store and forward sealed messages between the scouts of a site.",
                                .args = args};
    struct program p = {.state = -1, .lock = -1};
    size_t operands;
    enum err e;

    if (args_parse(argc, argv, &usage, NULL, 0, &operands) != OK)
        return 2;
    if (sample) {
        settings_print_sample();
        return 0;
    }
    if (sandbox_no_dumps() != OK || crypto_start() != OK) {
        (void)fail("start", "the system gives no random numbers, or no way to switch core files off.");
        return 1;
    }
    e = settings_read(path, &p.settings);
    if (e == ERR_NOTFOUND)
        fprintf(stderr, "scoutrelay: %s: no such file; 'scoutrelay --sample' prints one to start from\n", path);
    if (e != OK)
        return 2;
    log_start("scoutrelay", p.settings.log_level);
    if ((e = tls_load(p.settings.certificate, p.settings.key)) == OK) {
        if (check)
            printf("%s: OK\n", path);
        else
            e = run(&p);
    }
    settings_free(&p.settings);
    return e == OK ? 0 : 1;
}
