/* SPDX-License-Identifier: Apache-2.0 */
/* op_site: the bulletin, its policy and relays, doors, the audit log. */
#include <inttypes.h>
#include <string.h>

#include "devicescout/keyholder/ask.h"
#include "devicescout/keyholder/calendar.h"

#define RETENTION_LEAST_S 3600
#define RETENTION_MOST_S  (90 * 24 * 3600) /* with weekly epochs, 32 in a bulletin leave room for some by hand */
#define PIN_LEAST         4
#define PIN_MOST          16

enum err op_bulletin(struct ask *a)
{
    return wbuf_copy(a->out, a->k->registry->signed_bulletin, a->k->registry->signed_len);
}

enum err op_rotate(struct ask *a)
{
    enum err e = calendar_rotate(a->k, a->now_unix_ms, "administrator");

    if (e == ERR_FULL)
        return ask_refuse(a, e, "epochs-full", "32 epochs live already; wait until the oldest is destroyed.");
    return e == OK ? op_bulletin(a) : e;
}

enum err op_policy(struct ask *a)
{
    struct rbuf b = rbuf_of(a->body, a->len);
    struct registry *next = NULL;
    uint32_t retention_s, flags;
    uint8_t digits;
    enum err e;

    if (rbuf_u32(&b, &retention_s) != OK || rbuf_u32(&b, &flags) != OK || rbuf_u8(&b, &digits) != OK ||
        rbuf_end(&b) != OK || (flags & ~(uint32_t)POLICY_KNOWN) != 0)
        return ask_refuse(a, ERR_FORMAT, "not-a-policy", "The request is not what its format allows.");
    if (retention_s < RETENTION_LEAST_S || retention_s > RETENTION_MOST_S)
        return ask_refuse(a, ERR_LIMIT, "retention", "Jobs are kept from an hour to 90 days.");
    if (digits < PIN_LEAST || digits > PIN_MOST)
        return ask_refuse(a, ERR_LIMIT, "digits", "A PIN has from 4 to 16 digits.");
    if ((e = audit_add(a->k->audit, "policy", "retention_s=%" PRIu32 " flags=%" PRIu32 " pin_digits=%u", retention_s,
                       flags, (unsigned)digits)) != OK ||
        (e = keeper_change(a->k, &next)) != OK)
        return e;
    next->bulletin.retention_s = retention_s;
    next->bulletin.flags = flags;
    next->bulletin.pin_digits_least = digits;
    calendar_prolong(&next->bulletin);
    if ((e = keeper_commit(a->k, next, 1)) != OK)
        return e;
    return op_bulletin(a);
}

static enum err read_relays(struct rbuf *b, struct bulletin_relay *relays, uint8_t *count)
{
    enum err e = rbuf_u8(b, count);

    if (e == OK && *count > BULLETIN_RELAYS_MAX)
        e = ERR_LIMIT;
    for (size_t i = 0; e == OK && i < *count; i++) {
        if ((e = rbuf_text16(b, relays[i].url, sizeof relays[i].url)) == OK)
            e = rbuf_copy(b, relays[i].pin, PIN_LEN);
        if (e == OK && !relay_url_is_sound(relays[i].url))
            e = ERR_FORMAT;
    }
    return e == OK ? rbuf_end(b) : e;
}

enum err op_relays(struct ask *a)
{
    struct bulletin_relay relays[BULLETIN_RELAYS_MAX] = {0};
    struct rbuf b = rbuf_of(a->body, a->len);
    struct registry *next = NULL;
    uint8_t count = 0;
    enum err e;

    if ((e = read_relays(&b, relays, &count)) != OK)
        return ask_refuse(a, e, "not-relays", "A relay is https://HOST:PORT with its pin, and a site has at most 8.");
    if (count == 0)
        return ask_refuse(a, ERR_FORMAT, "no-relay", "A site needs at least one relay.");
    if ((e = audit_add(a->k->audit, "relays", "count=%u", (unsigned)count)) != OK)
        return e;
    for (size_t i = 0; i < count; i++) {
        char url[3 * RELAY_URL_SIZE], pin[2 * PIN_LEN + 1];

        hex_write(relays[i].pin, PIN_LEN, pin);
        if ((e = audit_add(a->k->audit, "relay", "url=%s pin=%s", audit_escape(relays[i].url, url, sizeof url), pin)) !=
            OK)
            return e;
    }
    if ((e = keeper_change(a->k, &next)) != OK)
        return e;
    memcpy(next->bulletin.relays, relays, sizeof relays);
    next->bulletin.relays_len = count;
    if ((e = keeper_commit(a->k, next, 1)) != OK)
        return e;
    return op_bulletin(a);
}

enum err op_doors(struct ask *a)
{
    const struct registry *r = a->k->registry;
    struct wbuf count_at = wbuf_of(a->out->start, 2);
    uint16_t count = 0;
    enum err e;

    if ((e = wbuf_u16(a->out, 0)) != OK)
        return e;
    for (size_t i = 0; i < r->codes_len; i++) {
        const struct registry_code *c = &r->codes[i];

        if (!registry_code_is_open(c, a->now_unix_ms))
            continue;
        if ((e = wbuf_copy(a->out, c->door, DOOR_LEN)) != OK || (e = wbuf_u64(a->out, c->expires_unix_ms)) != OK ||
            (e = wbuf_u32(a->out, c->uses_left)) != OK)
            return e;
        count++;
    }
    return wbuf_u16(&count_at, count);
}

/* 0: a flood, of which only the number is kept. */
static int may_write(struct ask *a, const char *event)
{
    struct keeper *k = a->k;

    if (limits_check(k->events, "", a->now_boot_ms) != OK || limits_check(k->event, event, a->now_boot_ms) != OK) {
        k->events_unwritten++; /* calendar_tick() writes how many */
        return 0;
    }
    limits_count(k->events, "", a->now_boot_ms);
    limits_count(k->event, event, a->now_boot_ms);
    return 1;
}

/* What devicescout, or an administrator's command, wants remembered. "scout." or "admin." in front, and fields behind
 * it: it can look like nothing that the keyholder itself says. */
enum err op_audit(struct ask *a)
{
    char event[AUDIT_EVENT_SIZE] = "", fields[AUDIT_FIELDS_SIZE];
    struct rbuf b = rbuf_of(a->body, a->len);
    const char *who = a->socket == SOCKET_SCOUT ? "scout." : "admin.";
    const size_t prefix = strlen(who);

    memcpy(event, who, prefix);
    if (rbuf_text16(&b, event + prefix, sizeof event - prefix) != OK || rbuf_text16(&b, fields, sizeof fields) != OK ||
        rbuf_end(&b) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-an-event", "The request is not what its format allows.");
    if (audit_fields_check(fields) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-fields", "What is to be written down is no list of fields.");
    if (!may_write(a, event))
        return OK;
    if (audit_add(a->k->audit, event, "%s", fields) != OK)
        return ask_refuse(a, ERR_FORMAT, "event-not-kept", "An event is a word of lower-case letters.");
    return OK;
}

enum err op_audit_read(struct ask *a)
{
    struct rbuf b = rbuf_of(a->body, a->len);
    struct wbuf next_at = wbuf_of(a->out->start, 8);
    uint64_t from, next;
    enum err e;

    if (rbuf_u64(&b, &from) != OK || rbuf_end(&b) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-a-line", "The request is not what its format allows.");
    if ((e = wbuf_u64(a->out, 0)) != OK || (e = audit_read(a->k->audit, from, a->out, &next)) != OK)
        return e;
    return wbuf_u64(&next_at, next);
}
