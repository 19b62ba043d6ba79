/* SPDX-License-Identifier: Apache-2.0 */
/* ports_web: what the pages ask of the other parts, and the card readers that bring badges to them. */
#include "devicescout/ports.h"

static const struct printer *printer_by_name(void *arg, const char *name)
{
    struct scout *s = arg;

    return site_printer(s->site, name);
}

static const struct printer *printer_by_id(void *arg, struct id id)
{
    struct scout *s = arg;

    return site_printer_by_id(s->site, id);
}

const struct printer *ports_printer_at(void *arg, size_t i)
{
    struct scout *s = arg;

    return site_printer_at(s->site, i);
}

static const struct abilities *abilities(void *arg, const struct printer *p)
{
    struct scout *s = arg;

    return knowledge_of(s->knowledge, p);
}

static const char *network_reader(void *arg, size_t i)
{
    const struct scout *s = arg;

    return i < conf_list_len(s->conf, "readers") ? conf_list_item(s->conf, "readers", i) : NULL;
}

static int fast_release(void *arg, const char *printer)
{
    const struct scout *s = arg;

    return people_conf_fast_release(s->people_conf, printer);
}

static int keep_allowed(void *arg)
{
    const struct scout *s = arg;

    return (site_bulletin(s->site)->flags & POLICY_KEEP_ALLOWED) != 0;
}

static void cancel_job(void *arg, struct job *j, const char *person)
{
    ports_close_job(arg, j, CLOSED_CANCELED, person);
}

static void on_swipe(void *arg, const char *printer, const char *badge)
{
    const struct scout *s = arg;

    web_swipe(s->web, printer, badge);
}

static enum err make_readers(struct scout *s)
{
    return readers_new(&(struct readers_opts){.loop = s->loop, .conf = s->conf, .on_swipe = on_swipe, .arg = s},
                       &s->readers);
}

enum err ports_make_web(struct scout *s)
{
    const struct conf *c = s->conf;
    char certificate[4096], key[4096];
    struct web_opts opts = {.loop = s->loop,
                            .address = conf_text(c, "address"),
                            .port = (uint16_t)conf_number(c, "port"),
                            .certificate_file = certificate,
                            .key_file = key,
                            .index = s->index,
                            .releases = s->releases,
                            .statistics = s->statistics,
                            .sessions = s->sessions,
                            .signin = s->signin,
                            .workers = s->workers,
                            .prover = &s->prover,
                            .roster = s->roster,
                            .delegates = s->delegates,
                            .delegates_keyholder = {.ask = lines_ask, .arg = s->lines},
                            .panel_token_required = conf_bool(c, "panel-token-required"),
                            .idle_ms = (uint64_t)conf_number(c, "session-idle-s") * 1000,
                            .printer = printer_by_name,
                            .printer_by_id = printer_by_id,
                            .printer_at = ports_printer_at,
                            .abilities = abilities,
                            .network_reader = network_reader,
                            .fast_release = fast_release,
                            .keep_allowed = keep_allowed,
                            .cancel_job = cancel_job,
                            .audit = ports_audit,
                            .arg = s};
    enum err e;

    if ((e = devicescout_conf_certificate(c, certificate, sizeof certificate)) != OK ||
        (e = devicescout_conf_private_key(c, key, sizeof key)) != OK)
        return e;
    if ((e = web_new(&opts, &s->web)) != OK)
        return e;
    return make_readers(s);
}
