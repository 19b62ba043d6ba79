/* SPDX-License-Identifier: Apache-2.0 */
/* printscout-courier: the program: command line, what must be there, start, stop. */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/args.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "printscout/conf.h"
#include "printscout/courier/announce.h"
#include "printscout/courier/deliveries.h"
#include "printscout/courier/greet.h"
#include "printscout/courier/messages.h"
#include "printscout/courier/questions.h"
#include "printscout/courier/recover.h"
#include "printscout/courier/reports.h"
#include "printscout/courier/retire.h"
#include "printscout/courier/site.h"
#include "printscout/courier/site_status.h"
#include "printscout/courier/watch.h"
#include "printscout/courier/wiped_memory.h"

#define PROGRAM      "printscout-courier"
#define KEY_FILE     "node.key"
#define BREAK_MS     8000 /* for deliveries that were told to stop: canceling a printer's job takes up to 4 s */
#define NOT_ENROLLED "this computer belongs to no site yet; run printscout enroll"

static int complain(const char *sentence)
{
    fprintf(stderr, PROGRAM ": %s\n", sentence);
    return 1;
}

static enum err open_folders(struct courier *c, const struct conf *conf, int *lock)
{
    enum err e;

    if ((e = file_open_dir(conf_text(conf, CONF_STATE), 0700, &c->state_dir)) != OK) {
        fprintf(stderr, PROGRAM ": cannot open %s: %s\n", conf_text(conf, CONF_STATE), err_text(e));
        return e;
    }
    if ((e = file_lock(c->state_dir, lock)) != OK) {
        fprintf(stderr, PROGRAM ": %s: %s\n", conf_text(conf, CONF_STATE),
                e == ERR_EXISTS ? "another courier runs on this state" : err_text(e));
        return e;
    }
    if ((e = spool_open(conf_text(conf, CONF_SPOOL), &c->spool)) != OK)
        fprintf(stderr, PROGRAM ": cannot open %s: %s\n", conf_text(conf, CONF_SPOOL), err_text(e));
    return e;
}

/* Who this node is. Says what is wrong. */
static enum err load_identity(struct courier *c)
{
    struct certificate certificate;
    enum err e;

    if ((e = spool_node_read(c->spool, &c->node)) != OK ||
        (e = node_keys_load(c->state_dir, KEY_FILE, &c->keys)) != OK) {
        if (e == ERR_NOTFOUND)
            complain(NOT_ENROLLED);
        else
            fprintf(stderr, PROGRAM ": the node's keys or certificate cannot be used: %s\n", err_text(e));
        return e;
    }
    e = certificate_read(c->node.certificate, CERTIFICATE_LEN, c->node.site_public, &certificate);
    if (e != OK || !id_equal(certificate.node, c->keys->node) || !id_equal(c->node.node, c->keys->node)) {
        complain("the node's keys are not those of its certificate; run printscout enroll --again");
        return ERR_AUTH;
    }
    if ((e = site_start(c)) != OK) {
        if (e == ERR_NOTFOUND)
            complain(NOT_ENROLLED);
        else
            fprintf(stderr, PROGRAM ": the site's bulletin cannot be used: %s\n", err_text(e));
    }
    return e;
}

static enum err load_journal(struct courier *c)
{
    enum err e = journal_open(c->state_dir, &c->journal);

    if (e != ERR_FORMAT)
        return e;
    log_error("journal_damaged", "kept=%s", "what stands before the damage");
    snprintf(c->site->alarm, sizeof c->site->alarm, "The courier's journal was damaged; look at this computer's disk.");
    return OK;
}

static enum err open_link(struct courier *c)
{
    const struct link_opts opts = {.loop = c->loop,
                                   .keys = c->keys,
                                   .certificate = c->node.certificate,
                                   .site_public = c->node.site_public,
                                   .state_dir = c->state_dir,
                                   .find_peer = messages_find_peer,
                                   .on_message = messages_take,
                                   .on_connection = messages_connection,
                                   .arg = c};

    return link_new(&opts, &c->link);
}

static enum err start(struct courier *c, const struct conf *conf)
{
    enum err e;

    c->limits.connect_ms = (uint32_t)conf_number(conf, CONF_PRINTER_CONNECT_S) * 1000;
    c->limits.idle_ms = (uint32_t)conf_number(conf, CONF_PRINTER_IDLE_S) * 1000;
    c->deliveries_max = (size_t)conf_number(conf, CONF_DELIVERIES_MAX);
    c->stop_grace_ms = (uint64_t)conf_number(conf, CONF_STOP_GRACE_S) * 1000;
    if ((e = jobs_start(&c->jobs)) != OK || (e = hello_keys_new(&c->hello)) != OK || (e = load_journal(c)) != OK ||
        (e = inbox_new(c->loop, &c->inbox)) != OK || (e = open_link(c)) != OK || (e = announce_start(c)) != OK ||
        (e = watch_start(c, conf_text(conf, CONF_SPOOL))) != OK)
        return e;
    recover(c);
    if ((e = site_connect(c)) != OK || (e = greet_start(c)) != OK || (e = retire_start(c)) != OK ||
        (e = questions_start(c)) != OK)
        return e;
    return site_status_start(c);
}

/* Give what runs a moment to end by itself, then break it; each says what became of it. */
static void on_grace_over(void *arg)
{
    deliveries_stop_all(arg, STOP_SHUTDOWN);
}

static void on_break_over(void *arg)
{
    loop_stop(((struct courier *)arg)->loop);
}

static enum err drain(struct courier *c)
{
    enum err e;

    c->stopping = 1;
    if (c->deliveries == NULL)
        return OK;
    log_info("stopping", "grace_ms=%llu", (unsigned long long)c->stop_grace_ms);
    if ((e = loop_after(c->loop, c->stop_grace_ms, on_grace_over, c, NULL)) != OK ||
        (e = loop_after(c->loop, c->stop_grace_ms + BREAK_MS, on_break_over, c, NULL)) != OK)
        return e;
    if ((e = loop_run(c->loop)) != OK)
        return e;
    inbox_open_all(c->inbox);
    return OK;
}

static void end(struct courier *c)
{
    if (c->deliveries != NULL) {
        /* A thread that hears nothing, in a resolver for instance: its order stays open in the journal, and the next
         * start asks the printer. Its memory cannot be taken from under it. */
        log_warn("delivery_left_behind", "count=%d", 1);
        _exit(0);
    }
    questions_end(c);
    link_free(c->link);
    inbox_free(c->inbox);
    announce_end(c);
    reports_end(c);
    retire_end(c);
    watch_end(c);
    jobs_end(&c->jobs);
    journal_close(c->journal);
    hello_keys_free(c->hello);
    site_end(c);
    node_keys_free(c->keys);
    loop_free(c->loop);
}

static int run(struct courier *c, const struct conf *conf)
{
    enum err e;

    if ((e = loop_new(&c->loop)) != OK || (e = loop_signals(c->loop, NULL, NULL)) != OK || (e = start(c, conf)) != OK) {
        log_error("not_started", "reason=%s", err_name(e));
        return 1;
    }
    log_info("started", "bulletin=%u jobs=%zu", c->site->bulletin->version, c->jobs.count);
    if ((e = loop_run(c->loop)) != OK || (e = drain(c)) != OK) {
        log_error("stopped", "reason=%s", err_name(e));
        return 1;
    }
    log_info("stopped", "reason=%s", "asked to");
    return 0;
}

/* Gives up what a courier never needs, before it reads a byte from outside. */
static enum err confine(void)
{
    enum err e;

    /* Threads come and go with deliveries; an arena for each would keep memory that nobody uses. A sanitizer's malloc
     * knows no arenas and says so. */
    mallopt(M_ARENA_MAX, 2);
    if ((e = wiped_memory_start()) != OK || (e = crypto_start()) != OK || (e = sandbox_no_dumps()) != OK)
        return e;
    return sandbox_no_exec();
}

int main(int argc, char **argv)
{
    static struct courier c = {.state_dir = -1, .spool = -1};
    const char *config = NULL, *operands[1];
    const struct arg args[] = {{"config", "FILE", "configuration, instead of " PRINTSCOUT_CONF_PATH, &config, NULL},
                               {0}};
    const struct usage usage = {PROGRAM, "[--config FILE]",
                                "Brings this computer's sealed jobs to printers, when the site orders it.", args};
    struct conf *conf = NULL;
    enum log_level level;
    size_t count;
    int lock = -1, status = 1;

    if (args_parse(argc, argv, &usage, operands, 0, &count) != OK || printscout_conf_read(config, &conf) != OK)
        return 2;
    if (log_level_read(conf_text(conf, CONF_LOG_LEVEL), &level) != OK) {
        fprintf(stderr, PROGRAM ": " CONF_LOG_LEVEL " is none of debug, info, warn, error\n");
        status = 2;
        goto out;
    }
    log_start(PROGRAM, level);
    if (confine() != OK) {
        complain("cannot give up the rights that a courier must not have");
        goto out;
    }
    if (open_folders(&c, conf, &lock) != OK)
        goto out;
    if (load_identity(&c) != OK) {
        status = 2; /* only enrolling helps: systemd does not try again */
        goto out;
    }
    status = run(&c, conf);
out:
    end(&c);
    if (lock >= 0)
        close(lock);
    conf_free(conf);
    return status;
}
