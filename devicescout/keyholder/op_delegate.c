/* SPDX-License-Identifier: Apache-2.0 */
/*
 * op_delegate: a person lets another release for them, looks who may, and ends it. devicescout says who asks, as it
 * does for a grant; what it makes of that is in the audit chain with both names, so nothing is won in silence.
 */
#include <inttypes.h>
#include <string.h>

#include "crypto/secret.h"
#include "devicescout/keyholder/ask.h"

#define DAY_MS (UINT64_C(24) * 60 * 60 * 1000)

static enum err bad_request(struct ask *a)
{
    return ask_refuse(a, ERR_FORMAT, "not-a-delegation", "The request is not what its format allows.");
}

static enum err count_change(struct ask *a)
{
    if (limits_check(a->k->delegation_changes, "", a->now_boot_ms) != OK)
        return ask_refuse(a, ERR_LIMIT, "too-many-delegations", "Too many delegations were changed in this minute.");
    limits_count(a->k->delegation_changes, "", a->now_boot_ms);
    return OK;
}

static enum err check_rules(struct ask *a, const struct delegation *want, uint8_t authentication)
{
    const uint64_t most_ms = a->k->delegation_days * DAY_MS;

    if (most_ms == 0)
        return ask_refuse(a, ERR_UNSUPPORTED, "delegations-off", "The site does not let people release for others.");
    /* Who found a badge and saw its PIN typed must not be able to let themselves in for weeks. */
    if (authentication != BY_PASSWORD)
        return ask_refuse(a, ERR_AUTH, "password-wanted", "Only who signed in by password may name a delegate.");
    if (strcmp(want->from, want->to) == 0)
        return ask_refuse(a, ERR_EXISTS, "delegate-self", "Nobody is their own delegate.");
    if (want->until_unix_ms <= a->now_unix_ms || want->until_unix_ms - a->now_unix_ms > most_ms)
        return ask_refuse(a, ERR_EXPIRED, "until-wrong", "The end is past, or later than the site allows.");
    return OK;
}

static enum err say(struct ask *a, const char *event, const struct delegation *d, const char *more)
{
    char id[ID_HEX_SIZE], from[3 * PERSON_SIZE], to[3 * PERSON_SIZE];
    enum err e =
        audit_add(a->k->audit, event, "delegation=%s from=%s to=%s until_unix_ms=%" PRIu64 " %s", id_text(d->id, id),
                  audit_escape(d->from, from, sizeof from), audit_escape(d->to, to, sizeof to), d->until_unix_ms, more);

    return e != OK ? e : audit_sync(a->k->audit);
}

/* In the log first: what lets somebody in is never without its line. */
enum err op_delegate(struct ask *a)
{
    struct delegation want = {.since_unix_ms = a->now_unix_ms};
    struct rbuf b = rbuf_of(a->body, a->len);
    uint8_t authentication;
    const struct delegation *old;
    enum err e;

    if (rbuf_text16(&b, want.from, sizeof want.from) != OK || want.from[0] == '\0' ||
        rbuf_text16(&b, want.to, sizeof want.to) != OK || want.to[0] == '\0' ||
        rbuf_u64(&b, &want.until_unix_ms) != OK || rbuf_u8(&b, &authentication) != OK || rbuf_end(&b) != OK)
        return bad_request(a);
    ask_about_text(a, "from", want.from);
    ask_about_text(a, "to", want.to);
    if ((e = check_rules(a, &want, authentication)) != OK || (e = count_change(a)) != OK)
        return e;
    if ((e = delegations_room(a->k->delegations, &want, a->now_unix_ms)) != OK)
        return ask_refuse(a, e, "delegations-full", "One of the two, or the site, has as many delegations as may be.");
    old = delegations_find(a->k->delegations, want.from, want.to, a->now_unix_ms);
    if (old != NULL)
        want.id = old->id;
    else
        secret_random(want.id.b, ID_LEN);
    if ((e = say(a, "delegate", &want, "by=1")) != OK ||
        (e = delegations_put(a->k->delegations, &want, a->now_unix_ms, &want.id)) != OK)
        return ask_refuse(a, e, "delegation-not-kept", err_text(e));
    return wbuf_id(a->out, want.id);
}

/* Off the disk first: what is said to have ended has ended, whatever becomes of this process. */
enum err op_undelegate(struct ask *a)
{
    char person[PERSON_SIZE];
    struct rbuf b = rbuf_of(a->body, a->len);
    const struct delegation *d;
    struct delegation was;
    struct id id;
    enum err e;

    if (rbuf_id(&b, &id) != OK || rbuf_text16(&b, person, sizeof person) != OK || rbuf_end(&b) != OK)
        return bad_request(a);
    ask_about(a, "delegation", id);
    ask_about_text(a, "person", person);
    if ((e = count_change(a)) != OK)
        return e;
    d = delegations_by_id(a->k->delegations, id);
    if (d == NULL || (a->socket == SOCKET_SCOUT && strcmp(d->from, person) != 0 && strcmp(d->to, person) != 0))
        return ask_refuse(a, ERR_NOTFOUND, "no-such-delegation", "That person has no such delegation.");
    if ((e = delegations_drop(a->k->delegations, id, &was)) != OK)
        return ask_refuse(a, e, "delegation-not-ended", err_text(e));
    return say(a, "undelegate", &was,
               a->socket == SOCKET_ADMIN       ? "by=admin"
               : strcmp(was.from, person) == 0 ? "by=from"
                                               : "by=to");
}

struct listing {
    struct wbuf *out;
    uint16_t count;
};

static enum err add(void *arg, const struct delegation *d)
{
    struct listing *l = arg;

    l->count++;
    return delegation_write(d, l->out);
}

enum err op_delegations(struct ask *a)
{
    char person[PERSON_SIZE];
    struct rbuf b = rbuf_of(a->body, a->len);
    struct listing l = {.out = a->out};
    struct wbuf head;
    enum err e;

    if (rbuf_text16(&b, person, sizeof person) != OK || person[0] == '\0' || rbuf_end(&b) != OK)
        return bad_request(a);
    if ((e = wbuf_u32(a->out, a->k->delegation_days)) != OK || (e = wbuf_u16(a->out, 0)) != OK ||
        (e = delegations_of(a->k->delegations, person, a->now_unix_ms, add, &l)) != OK)
        return e;
    head = wbuf_of(a->out->start + 4, 2);
    return wbuf_u16(&head, l.count);
}
