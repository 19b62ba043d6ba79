/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the device scout from start to stop. First what needs nobody (state, configuration); then it waits for the
 * keyholder; then it serves.
 */
#include "devicescout/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "devicescout/inbox.h"
#include "devicescout/ports.h"
#include "devicescout/printers/abilities_look.h"
#include "devicescout/questions.h"
#include "devicescout/scout.h"
#include "devicescout/sign_outs.h"
#include "devicescout/sweep.h"

#define KEYHOLDER_RETRY_MS 1000

#define SURVEY_TICK_MS      250    /* a new printer's abilities are with the queues within seconds */
#define SURVEY_ROUND_MS     600000 /* paper comes and goes; trays and staplers seldom do */
#define SURVEY_SAY_AGAIN_MS 30000

#define EXIT_CONFIG 2

/* What init left: the keys of this device scout and its certificate. */
static enum err load_identity(struct scout *s)
{
    const char *state = conf_text(s->conf, "state");
    uint8_t *bytes = NULL;
    struct rbuf b;
    uint8_t version;
    size_t len = 0;
    enum err e = ERR_CONFIG;

    if ((s->state_dir = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
        faccessat(s->state_dir, "certificate", F_OK, 0) != 0) {
        fprintf(stderr, "%s: %s. Make a site first: devicescout init\n", state,
                s->state_dir < 0 && errno != ENOENT ? strerror(errno) : "there is no site here yet");
        goto out;
    }
    if (file_lock(s->state_dir, &s->lock) != OK) {
        fprintf(stderr, "%s: another devicescout runs on this state. Stop it first: systemctl stop devicescout\n",
                state);
        goto out;
    }
    if ((e = node_keys_load(s->state_dir, "node.key", &s->keys)) != OK ||
        (e = file_read(s->state_dir, "certificate", CERTIFICATE_LEN, &bytes, &len)) != OK || len != CERTIFICATE_LEN) {
        fprintf(stderr, "%s: node.key and certificate cannot be read: %s Make them again: devicescout init\n", state,
                err_text(e != OK ? e : ERR_FORMAT));
        e = ERR_CONFIG;
        goto out;
    }
    memcpy(s->certificate, bytes, CERTIFICATE_LEN);
    b = rbuf_of(bytes, len);
    if ((e = rbuf_u8(&b, &version)) == OK)
        e = rbuf_id(&b,
                    &s->site_id); /* the site it says; the bulletin must be that site's, then the whole is checked */
out:
    free(bytes);
    return e;
}

static enum err check_certificate(const struct scout *s)
{
    struct certificate c;
    enum err e = certificate_read(s->certificate, CERTIFICATE_LEN, site_bulletin(s->site)->site_public, &c);

    if (e == OK && (!id_equal(c.node, s->keys->node) || !(c.roles & ROLE_DEVICESCOUT)))
        e = ERR_AUTH;
    if (e != OK)
        log_error("certificate_refused", "why=%s", err_name(e));
    return e;
}

static enum err open_store(struct scout *s)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/index.sqlite", conf_text(s->conf, "state"));

    return n < 0 || (size_t)n >= sizeof path ? ERR_LIMIT : store_open(path, &s->store);
}

static enum err open_statistics(struct scout *s)
{
    char path[4096];
    const int n = snprintf(path, sizeof path, "%s/%s", conf_text(s->conf, "state"), STATISTICS_FILE);

    return n < 0 || (size_t)n >= sizeof path ? ERR_LIMIT : statistics_open(path, &s->statistics);
}

static enum err open_link(struct scout *s)
{
    const struct link_opts opts = {.loop = s->loop,
                                   .keys = s->keys,
                                   .certificate = s->certificate,
                                   .site_public = site_bulletin(s->site)->site_public,
                                   .state_dir = s->state_dir,
                                   .find_peer = inbox_find_peer,
                                   .on_message = inbox_on_message,
                                   .on_connection = inbox_on_connection,
                                   .arg = s};

    return link_new(&opts, &s->link);
}

static void printer_changed(void *arg, struct id printer)
{
    struct scout *s = arg;

    survey_learn(s->survey, printer);
    if (s->web != NULL)
        web_printer_changed(s->web, printer);
}

static enum err open_knowledge(struct scout *s)
{
    return knowledge_new(&(struct knowledge_opts){.loop = s->loop,
                                                  .look = abilities_look,
                                                  .fresh_ms = KNOWLEDGE_FRESH_MS,
                                                  .valid_ms = KNOWLEDGE_VALID_MS,
                                                  .changed = printer_changed,
                                                  .arg = s},
                         &s->knowledge);
}

static const struct bulletin *bulletin(void *arg)
{
    const struct scout *s = arg;

    return site_bulletin(s->site);
}

static enum err open_survey(struct scout *s)
{
    return survey_new(&(struct survey_opts){.loop = s->loop,
                                            .state_dir = s->state_dir,
                                            .knowledge = s->knowledge,
                                            .printer_at = ports_printer_at,
                                            .bulletin = bulletin,
                                            .say = ports_say_profile,
                                            .arg = s,
                                            .tick_ms = SURVEY_TICK_MS,
                                            .round_ms = SURVEY_ROUND_MS,
                                            .say_again_ms = SURVEY_SAY_AGAIN_MS},
                      &s->survey);
}

static enum err write_port(const struct scout *s)
{
    const char *file = conf_text(s->conf, "port-file");
    char text[16];
    int len = snprintf(text, sizeof text, "%u\n", web_port(s->web));

    return file[0] == '\0' ? OK : file_replace(AT_FDCWD, file, text, (size_t)len, 0644);
}

static enum err serve(struct scout *s)
{
    enum err e;

    if ((e = check_certificate(s)) != OK)
        return e;
    if ((e = open_store(s)) != OK || (e = open_statistics(s)) != OK || (e = ports_make_jobs(s)) != OK ||
        (e = open_link(s)) != OK || (e = questions_new(s, &s->questions)) != OK)
        return e;
    if ((e = open_knowledge(s)) != OK || (e = open_survey(s)) != OK || (e = ports_make_web(s)) != OK ||
        (e = site_start(s->site, s->link)) != OK || (e = sweep_start(s)) != OK || (e = sign_outs_start(s)) != OK)
        return e;
    if ((e = write_port(s)) != OK)
        return e;
    log_info("serving", "port=%u jobs=%zu", web_port(s->web), index_count(s->index));
    return OK;
}

static void try_start(void *arg);

static enum err wait_for_keyholder(struct scout *s, enum err why)
{
    if (!s->waiting)
        log_warn("keyholder_absent", "socket=%s why=%s next=start devicescout-keyholder, this waits for it",
                 conf_text(s->conf, "scout-socket"), err_name(why));
    s->waiting = 1;
    return loop_after(s->loop, KEYHOLDER_RETRY_MS, try_start, s, &s->timer);
}

static void on_bulletin(void *arg)
{
    ports_tell_bulletin(arg);
    sweep_revoked(arg);
}

static enum err start(struct scout *s)
{
    enum err e = OK;

    if (s->keyholder == NULL)
        e = kh_connect(conf_text(s->conf, "scout-socket"), &s->keyholder);
    if (e == OK && s->site == NULL)
        e = site_new(
            &(struct site_opts){
                .loop = s->loop, .keyholder = s->keyholder, .site = s->site_id, .on_bulletin = on_bulletin, .arg = s},
            &s->site);
    if (e == OK)
        e = site_refresh(s->site);
    if (e == ERR_UNREACHABLE || e == ERR_TIMEOUT || e == ERR_IO)
        return wait_for_keyholder(s, e);
    return e != OK ? e : serve(s);
}

static void try_start(void *arg)
{
    struct scout *s = arg;

    s->timer = 0;
    if ((s->failed = start(s)) != OK) {
        log_error("cannot_start", "why=%s", err_name(s->failed));
        loop_stop(s->loop);
    }
}

static void on_hup(void *arg)
{
    struct scout *s = arg;

    if (s->web != NULL && web_reload_certificate(s->web) == OK)
        log_info("certificate_read", "port=%u", web_port(s->web));
}

/* Pages first, so that nothing new comes in; then the threads; then what they spoke to. */
static void scout_end(struct scout *s)
{
    readers_free(s->readers);
    web_free(s->web);
    s->web = NULL;
    survey_free(s->survey);
    s->survey = NULL;
    knowledge_free(s->knowledge);
    workers_free(s->workers);
    questions_free(s->questions);
    signin_free(s->signin);
    sessions_free(s->sessions);
    delegates_free(s->delegates);
    directory_free(s->directory);
    lines_free(s->lines);
    registrations_free(s->registrations);
    roster_close(s->roster);
    people_conf_free(s->people_conf);
    link_free(s->link);
    s->link = NULL;
    intake_free(s->intake);
    closing_free(s->closing);
    releases_free(s->releases);
    store_close(s->store);
    statistics_close(s->statistics);
    index_free(s->index);
    nodes_free(s->nodes);
    site_free(s->site);
    kh_close(s->keyholder);
    loop_free(s->loop);
    node_keys_free(s->keys);
    if (s->lock >= 0)
        close(s->lock);
    if (s->state_dir >= 0)
        close(s->state_dir);
}

int devicescout_run(const struct conf *c)
{
    struct scout s = {.conf = c, .state_dir = -1, .lock = -1};
    enum err e;

    if ((e = sandbox_no_dumps()) != OK || (e = load_identity(&s)) != OK)
        goto out;
    if ((e = loop_new(&s.loop)) != OK || (e = loop_signals(s.loop, on_hup, &s)) != OK)
        goto out;
    if ((e = ports_make_people(&s)) != OK || (e = sandbox_no_exec()) != OK)
        goto out;
    if ((e = loop_after(s.loop, 0, try_start, &s, &s.timer)) != OK)
        goto out;
    e = loop_run(s.loop);
    if (e == OK)
        e = s.failed;
    log_info("stopping", "status=%s", err_name(e));
out:
    scout_end(&s);
    return e == OK ? EXIT_SUCCESS : e == ERR_CONFIG ? EXIT_CONFIG : EXIT_FAILURE;
}
