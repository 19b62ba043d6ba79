/* SPDX-License-Identifier: Apache-2.0 */
/*
 * op_grant: release a job: check everything, open its key, seal it to the recipient inside a signed order. What the
 * order says comes from the registry, the description and the recipient's own hello; devicescout only chooses.
 */
#include <stdio.h>
#include <string.h>

#include "crypto/label.h"
#include "crypto/wrap.h"
#include "devicescout/keyholder/ask.h"
#include "devicescout/keyholder/facts.h"
#include "devicescout/keyholder/grant_options.h"
#include "devicescout/keyholder/open_job.h"

struct granting { /* what the checks found */
    struct grant g;
    struct open_job *job;
    const struct registry_node *origin, *recipient;
    const struct printer *printer;
    const struct delegation *delegation; /* NULL: the person asks for their own job */
    struct hello_seen hello;
    char account[ID_HEX_SIZE + 1 + PERSON_SIZE]; /* origin and owner: whom the limit counts besides the person */
};

static enum err check_form(struct ask *a, const struct grant *g)
{
    ask_about(a, "recipient", g->recipient);
    ask_about(a, "printer", g->printer);
    if (g->person[0] == '\0' || g->whose[0] == '\0' || g->authentication < BY_PASSWORD || g->authentication > BY_PHONE)
        return ask_refuse(a, ERR_FORMAT, "nobody-asks", "The request does not say who asks.");
    if (grant_options_check(g->options, g->options_len) != OK)
        return ask_refuse(a, ERR_FORMAT, "options-unsound",
                          "The request's options are not what a printer may be asked.");
    if (g->keep > 1)
        return ask_refuse(a, ERR_FORMAT, "keep-neither", "The request does not say whether the job is to be kept.");
    if (g->keep && !(a->k->registry->bulletin.flags & POLICY_KEEP_ALLOWED))
        return ask_refuse(a, ERR_REFUSED, "keep-not-allowed", "The site does not allow to keep jobs after printing.");
    if ((g->source != SOURCE_SPOOL && g->source != SOURCE_BLOB) || (g->source == SOURCE_SPOOL) != id_is_zero(g->blob))
        return ask_refuse(a, ERR_FORMAT, "no-source", "The request does not say where the content is.");
    return OK;
}

static enum err check_printer(struct ask *a, struct granting *c)
{
    if ((c->printer = registry_printer(a->k->registry, c->g.printer)) == NULL)
        return ask_refuse(a, ERR_NOTFOUND, "printer-unknown", "No such printer is registered.");
    if (c->printer->protocol == DELIVERY_RAW && !(a->k->registry->bulletin.flags & POLICY_RAW_ALLOWED))
        return ask_refuse(a, ERR_REFUSED, "raw-not-allowed", "The site does not allow unencrypted delivery.");
    return OK;
}

/* Their own job, or one of somebody who lets them, today. */
static enum err check_right(struct ask *a, struct granting *c)
{
    if (strcmp(c->g.person, c->g.whose) == 0)
        return OK;
    ask_about_text(a, "whose", c->g.whose);
    ask_about_text(a, "person", c->g.person);
    c->delegation = delegations_find(a->k->delegations, c->g.whose, c->g.person, a->now_unix_ms);
    if (c->delegation == NULL)
        return ask_refuse(a, ERR_REFUSED, "not-delegated", "The job's person does not let this one release for them.");
    return OK;
}

/* The owner that the job itself names, and the person of the node that made it. */
static enum err check_owner(struct ask *a, struct granting *c)
{
    const char *of_node;

    if (strcmp(c->job->owner, c->g.owner) != 0)
        return ask_refuse(a, ERR_REFUSED, "owner-differs", "The job belongs to somebody else.");
    if ((c->origin = registry_node(a->k->registry, c->job->header.node)) == NULL)
        return ask_refuse(a, ERR_NOTFOUND, "origin-unknown", "The job's workstation is not registered.");
    if (c->origin->revoked)
        return ask_refuse(a, ERR_REFUSED, "origin-revoked", "The job's workstation is revoked.");
    of_node = c->origin->person;
    if (of_node[0] != '\0' && (strcmp(of_node, c->g.owner) != 0 || strcmp(of_node, c->g.whose) != 0))
        return ask_refuse(a, ERR_REFUSED, "person-differs", "The job's workstation belongs to somebody else.");
    return check_right(a, c);
}

static enum err check_recipient(struct ask *a, struct granting *c)
{
    const int is_origin = id_equal(c->g.recipient, c->job->header.node);

    if ((c->recipient = registry_node(a->k->registry, c->g.recipient)) == NULL)
        return ask_refuse(a, ERR_NOTFOUND, "recipient-unknown", "No such node is registered.");
    if (c->recipient->revoked)
        return ask_refuse(a, ERR_REFUSED, "recipient-revoked", "The node is revoked.");
    if (!is_origin && !(c->recipient->roles & ROLE_DELIVER))
        return ask_refuse(a, ERR_REFUSED, "recipient-may-not", "The node may not deliver others' jobs.");
    if (!is_origin && c->g.source == SOURCE_SPOOL)
        return ask_refuse(a, ERR_REFUSED, "not-in-its-spool", "The job is in another node's spool.");
    if (hellos_find(a->k->hellos, c->g.recipient, a->now_boot_ms, &c->hello) != OK)
        return ask_refuse(a, ERR_STALE, "no-hello", "The node has not said hello lately.");
    if (c->hello.serial != c->recipient->serial)
        return ask_refuse(a, ERR_STALE, "certificate-old", "The node has a newer certificate.");
    return OK;
}

static enum err check_limit(struct ask *a, struct granting *c)
{
    char origin[ID_HEX_SIZE];

    /* On a shared node devicescout names the person; counting the account too keeps it from inventing persons. */
    snprintf(c->account, sizeof c->account, "%s %s", id_text(c->origin->node, origin), c->g.owner);
    if (limits_check(a->k->limits, c->g.person, a->now_boot_ms) != OK ||
        limits_check(a->k->limits, c->account, a->now_boot_ms) != OK)
        return ask_refuse(a, ERR_LIMIT, "too-many", "Too many releases in this minute.");
    return OK;
}

/*
 * What the header's job id alone decides, before any key is touched: a thousand asks for one job cost a thousand
 * look-ups. The header is not believed yet; open_job() does that.
 */
static enum err check_bars(struct ask *a, const struct grant *g)
{
    struct job_header h;
    uint8_t reason;

    if (header_read(g->description, g->description_len, &h) != OK)
        return ask_refuse(a, ERR_FORMAT, "no-header", "That is not a job's description.");
    if (!jobs_is_closed(a->k->jobs, h.job, &reason) && jobs_is_ordered(a->k->jobs, h.job, a->now_boot_ms)) {
        ask_about(a, "job", h.job);
        return ask_refuse(a, ERR_STATE, "order-open", "An earlier order of this job has not been answered.");
    }
    if (jobs_is_full(a->k->jobs))
        return ask_refuse(a, ERR_FULL, "jobs-full", "The keyholder remembers as many jobs as it can.");
    return OK;
}

/* Every line of DESIGN's and PROTOCOL.md's list; the cheap ones first. */
static enum err check_all(struct ask *a, struct granting *c)
{
    enum err e;

    if (grant_read(a->body, a->len, &c->g) != OK) /* "limit" would say that the person asked too often */
        return ask_refuse(a, ERR_FORMAT, "not-a-grant", "The request is not what its format allows.");
    if ((e = check_form(a, &c->g)) != OK || (e = check_printer(a, c)) != OK || (e = check_bars(a, &c->g)) != OK)
        return e;
    if ((e = open_job(a, c->g.description, c->g.description_len, &c->job)) != OK)
        return e;
    if ((e = check_owner(a, c)) != OK || (e = check_recipient(a, c)) != OK)
        return e;
    return check_limit(a, c);
}

/* The registered URI; a raw printer, which cannot be asked, is told of: what it takes stands behind it. */
static enum err write_uri(const struct printer *p, char out[static PRINTER_URI_SIZE])
{
    const int raw = p->protocol == DELIVERY_RAW;
    const int n =
        snprintf(out, PRINTER_URI_SIZE, "%s%s%s", p->uri,
                 raw ? strchr(p->uri, '?') != NULL ? "&language=" : "?language=" : "", raw ? p->language : "");

    return n > 0 && n < PRINTER_URI_SIZE ? OK : ERR_LIMIT;
}

static enum err compose(struct ask *a, const struct granting *c, struct order *o)
{
    struct wrap_info info;
    enum err e;

    *o = (struct order){.site = a->k->site,
                        .job = c->job->header.job,
                        .recipient = c->g.recipient,
                        .deadline_boot_ms = hello_deadline(&c->hello, a->now_boot_ms),
                        .printer = c->printer->id,
                        .protocol = c->printer->protocol,
                        .source = c->g.source,
                        .blob = c->g.blob,
                        .payload_len = c->job->d.payload_len,
                        .options_len = c->g.options_len,
                        .authentication = c->g.authentication,
                        .keep = c->g.keep};
    secret_random(o->order.b, ID_LEN);
    memcpy(o->hello_public, c->hello.hello_public, KEY_LEN);
    if ((e = write_uri(c->printer, o->printer_uri)) != OK)
        return e;
    memcpy(o->printer_pin, c->printer->pin, PIN_LEN);
    memcpy(o->payload_prefix, c->job->d.payload_prefix, CHUNKED_PREFIX_LEN);
    memcpy(o->options, c->g.options, c->g.options_len);
    memcpy(o->person, c->g.person, sizeof o->person);
    wrap_info_grant(&info, o->site, o->order);
    return wrap_key(o->hello_public, info.pieces, 2, c->job->key, o->wrapped_key);
}

/*
 * The order is durable before it leaves. If it left first and the power went, a restarted keyholder would not know of
 * it and could give a second grant while the first still prints. One line carries the audit and the bar; its fdatasync
 * is all that a grant waits for. The opposite slip, a line whose order never left, only makes the person wait.
 */
static enum err record(struct ask *a, const struct granting *c, const struct order *o)
{
    const uint64_t bar_ms = ORDER_START_MS + a->k->delivery_timeout_ms;
    const struct fact_grant fact = {.order = o,
                                    .epoch = c->job->header.epoch,
                                    .origin = c->origin->node,
                                    .printer_name = c->printer->name,
                                    .owner = c->g.owner,
                                    .whose = c->g.whose,
                                    .delegation = c->delegation != NULL ? &c->delegation->id : NULL,
                                    .bar_unix_ms = a->now_unix_ms + bar_ms};
    const struct jobs_order row = {.order = o->order,
                                   .job = o->job,
                                   .node = o->recipient,
                                   .bar_boot_ms = a->now_boot_ms + bar_ms,
                                   .keep = o->keep};
    enum err e;

    if ((e = facts_grant(a->k->audit, &fact)) != OK || (e = audit_sync(a->k->audit)) != OK)
        return ask_refuse(a, e, "not-recorded", "The release could not be recorded.");
    if ((e = jobs_grant(a->k->jobs, &row, fact.epoch)) != OK)
        return ask_refuse(a, e, "not-remembered", err_text(e));
    limits_count(a->k->limits, c->g.person, a->now_boot_ms);
    limits_count(a->k->limits, c->account, a->now_boot_ms);
    return OK;
}

enum err op_grant(struct ask *a)
{
    struct granting c = {.job = NULL};
    struct order o;
    enum err e;

    if ((e = check_all(a, &c)) != OK)
        goto out;
    if ((e = compose(a, &c, &o)) != OK || (e = order_write(&o, a->out)) != OK ||
        (e = RECORD_SIGN(a->out, LABEL_ORDER, a->k->site_secret)) != OK) {
        e = ask_refuse(a, e, "no-order", "No order could be made of this.");
        goto out;
    }
    e = record(a, &c, &o);
out:
    secret_free(c.job); /* the job key goes here */
    return e;
}
