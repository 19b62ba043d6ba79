/* SPDX-License-Identifier: Apache-2.0 */
/* keeper: open the state and read back what was granted and closed; change the registry. */
#include "devicescout/keyholder/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/label.h"
#include "devicescout/keyholder/facts.h"

static enum err open_identity(struct keeper *k)
{
    enum err e;

    if ((k->site_secret = secret_new(SIGN_SECRET_LEN)) == NULL)
        return ERR_NOMEM;
    if ((e = file_read_secret(k->dirfd, KEEPER_IDENTITY, k->site_secret, SIGN_SECRET_LEN)) != OK)
        return e;
    /* libsodium's secret key ends with the public one. */
    memcpy(k->site_public, k->site_secret + SIGN_SECRET_LEN - KEY_LEN, KEY_LEN);
    k->site = verify_key_id(k->site_public);
    return OK;
}

static enum err open_pins(struct keeper *k)
{
    enum err e;

    if ((k->pepper = secret_new(PEPPER_LEN)) == NULL)
        return ERR_NOMEM;
    if ((e = file_read_secret(k->dirfd, KEEPER_PEPPER, k->pepper, PEPPER_LEN)) != OK ||
        (e = pins_open(k->dirfd, k->pepper, clock_boot_ms(), &k->pins)) != OK)
        return e;
    if ((e = limits_new(KEEPER_BADGES_MINUTE, &k->badges)) != OK)
        return e;
    return limits_new(KEEPER_PIN_PRINTER_MINUTE, &k->pin_printers);
}

static enum err open_delegations(struct keeper *k)
{
    enum err e = delegations_open(k->dirfd, &k->delegations);

    return e != OK ? e : limits_new(KEEPER_DELEGATIONS_MINUTE, &k->delegation_changes);
}

/* Facts about jobs that nothing can open any more are of no use. */
static uint64_t oldest_fact(const struct registry *r)
{
    return r->bulletin.epochs_len > 0 ? r->audit_from[0] : r->audit.number + 1;
}

static enum err open_parts(struct keeper *k, const struct keeper_opts *opts)
{
    struct facts facts = {.jobs = NULL};
    struct audit_opts audit = {.dirfd = k->dirfd,
                               .site_public = k->site_public,
                               .site_secret = k->site_secret,
                               .replay = facts_replay,
                               .arg = &facts};
    enum err e;

    if ((e = registry_load(k->dirfd, k->site, &k->registry)) != OK || (e = jobs_new(&k->jobs)) != OK)
        return e;
    facts.jobs = k->jobs;
    facts.epoch_from = k->registry->bulletin.epochs_len > 0 ? k->registry->bulletin.epochs[0].number : UINT32_MAX;
    facts.bar_most_ms = ORDER_START_MS + opts->delivery_timeout_ms;
    audit.facts_from = oldest_fact(k->registry);
    audit.least = k->registry->audit;
    if ((e = audit_open(&audit, &k->audit)) != OK ||
        (e = epochs_open(k->dirfd, &k->registry->bulletin, &k->epochs)) != OK)
        return e;
    if ((e = hellos_new(k->dirfd, &k->hellos)) != OK)
        return e;
    if ((e = limits_new(KEEPER_REFUSALS_MINUTE, &k->refusals)) != OK ||
        (e = limits_new(KEEPER_EVENT_MINUTE, &k->event)) != OK ||
        (e = limits_new(KEEPER_EVENTS_MINUTE, &k->events)) != OK ||
        (e = limits_new(KEEPER_CLOSES_MINUTE, &k->closes)) != OK)
        return e;
    return limits_new(opts->grants_per_minute, &k->limits);
}

enum err keeper_open(const struct keeper_opts *opts, struct keeper **out)
{
    struct keeper *k = calloc(1, sizeof *k);
    enum err e = ERR_NOMEM;

    if (k == NULL)
        goto out;
    k->lock = -1;
    k->delivery_timeout_ms = opts->delivery_timeout_ms;
    k->delegation_days = opts->delegation_days;
    if ((k->dirfd = open(opts->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        e = errno == ENOENT ? ERR_NOTFOUND : ERR_IO;
        goto out;
    }
    if ((e = open_identity(k)) != OK) /* before the lock, which would make a file in an empty folder */
        goto out;
    if ((e = file_lock(k->dirfd, &k->lock)) != OK)
        goto out;
    if ((e = open_parts(k, opts)) != OK || (e = open_pins(k)) != OK || (e = open_delegations(k)) != OK)
        goto out;
    *out = k; /* the caller owns it now */
    k = NULL;
out:
    keeper_free(k);
    return e;
}

void keeper_free(struct keeper *k)
{
    if (k == NULL)
        return;
    limits_free(k->limits);
    limits_free(k->refusals);
    limits_free(k->event);
    limits_free(k->events);
    limits_free(k->closes);
    limits_free(k->pin_printers);
    limits_free(k->badges);
    limits_free(k->delegation_changes);
    delegations_free(k->delegations);
    pins_free(k->pins);
    secret_free(k->pepper);
    hellos_free(k->hellos);
    epochs_free(k->epochs);
    audit_free(k->audit); /* signs a checkpoint, so the identity goes after it */
    jobs_free(k->jobs);
    registry_free(k->registry);
    secret_free(k->site_secret);
    if (k->lock >= 0)
        close(k->lock);
    if (k->dirfd >= 0)
        close(k->dirfd);
    free(k);
}

enum err keeper_change(struct keeper *k, struct registry **next)
{
    return registry_copy(k->registry, next);
}

static void collect_revoked(struct registry *r)
{
    struct bulletin *b = &r->bulletin;

    b->revoked_len = 0;
    for (size_t i = 0; i < r->nodes_len; i++) {
        if (r->nodes[i].revoked && b->revoked_len < BULLETIN_REVOKED_MAX)
            b->revoked[b->revoked_len++] = r->nodes[i].node;
    }
}

static enum err sign_bulletin(struct keeper *k, struct registry *r)
{
    uint8_t *bytes = NULL;
    struct wbuf b;
    enum err e;

    memcpy(r->bulletin.site_public, k->site_public, KEY_LEN);
    r->bulletin.site = k->site;
    r->bulletin.version++;
    r->bulletin.issued_unix_ms = clock_unix_ms();
    collect_revoked(r);
    if ((bytes = malloc(BULLETIN_MAX_LEN)) == NULL)
        return ERR_NOMEM;
    b = wbuf_of(bytes, BULLETIN_MAX_LEN);
    if ((e = bulletin_write(&r->bulletin, &b)) == OK)
        e = RECORD_SIGN(&b, LABEL_BULLETIN, k->site_secret);
    if (e != OK) {
        free(bytes);
        return e;
    }
    free(r->signed_bulletin);
    r->signed_bulletin = bytes;
    r->signed_len = b.len;
    return OK;
}

enum err keeper_commit(struct keeper *k, struct registry *next, int publish)
{
    enum err e = OK;

    if ((e = audit_sync(k->audit)) != OK)
        goto out;
    next->audit = audit_end(k->audit);
    if (publish && (e = sign_bulletin(k, next)) != OK)
        goto out;
    if ((e = registry_save(next, k->dirfd)) != OK)
        goto out;
    registry_free(k->registry);
    k->registry = next;
    next = NULL;
out:
    if (e != OK)
        log_error("change_failed", "reason=%s", err_name(e));
    registry_free(next);
    return e;
}
