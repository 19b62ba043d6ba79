/* SPDX-License-Identifier: Apache-2.0 */
/* ask: the table of operations, and what a refusal leaves behind. */
#include "devicescout/keyholder/ask.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

static const struct {
    const char *name;
    uint8_t sockets;
    enum err (*run)(struct ask *a);
} ops[] = {
    [KH_BULLETIN] = {"bulletin", SOCKET_SCOUT | SOCKET_ADMIN, op_bulletin},
    [KH_DESCRIBE] = {"describe", SOCKET_SCOUT, op_describe},
    [KH_HELLO] = {"hello", SOCKET_SCOUT, op_hello},
    [KH_GRANT] = {"grant", SOCKET_SCOUT, op_grant},
    [KH_CLOSE] = {"close", SOCKET_SCOUT, op_close},
    [KH_JOIN] = {"join", SOCKET_SCOUT, op_join},
    [KH_AUDIT] = {"audit", SOCKET_SCOUT | SOCKET_ADMIN, op_audit},
    [KH_PRINTERS] = {"printers", SOCKET_SCOUT | SOCKET_ADMIN, op_printers},
    [KH_DOORS] = {"doors", SOCKET_SCOUT, op_doors},
    [KH_REPORT] = {"report", SOCKET_SCOUT, op_report},
    [KH_PIN_SET] = {"pin-set", SOCKET_SCOUT, op_pin_set},
    [KH_PIN_CHECK] = {"pin-check", SOCKET_SCOUT, op_pin_check},
    [KH_PIN_UNLOCK] = {"pin-unlock", SOCKET_SCOUT, op_pin_unlock},
    [KH_PIN_CLEAR] = {"pin-clear", SOCKET_SCOUT | SOCKET_ADMIN, op_pin_clear},
    [KH_PIN_LOOK] = {"pin-look", SOCKET_SCOUT, op_pin_look},
    [KH_BADGE_MAC] = {"badge-mac", SOCKET_SCOUT | SOCKET_ADMIN, op_badge_mac},
    [KH_DELEGATE] = {"delegate", SOCKET_SCOUT, op_delegate},
    [KH_UNDELEGATE] = {"undelegate", SOCKET_SCOUT | SOCKET_ADMIN, op_undelegate},
    [KH_DELEGATIONS] = {"delegations", SOCKET_SCOUT | SOCKET_ADMIN, op_delegations},
    [KH_PROFILE] = {"profile", SOCKET_SCOUT, op_profile},
    [KH_PRINTER_ADD] = {"printer-add", SOCKET_ADMIN, op_printer_add},
    [KH_PRINTER_REMOVE] = {"printer-remove", SOCKET_ADMIN, op_printer_remove},
    [KH_PRINTER_TRUST] = {"printer-trust", SOCKET_ADMIN, op_printer_trust},
    [KH_INVITE] = {"invite", SOCKET_ADMIN, op_invite},
    [KH_WITHDRAW] = {"withdraw", SOCKET_ADMIN, op_withdraw},
    [KH_NODES] = {"nodes", SOCKET_ADMIN, op_nodes},
    [KH_REVOKE] = {"revoke", SOCKET_ADMIN, op_revoke},
    [KH_ROTATE] = {"rotate", SOCKET_ADMIN, op_rotate},
    [KH_POLICY] = {"policy", SOCKET_ADMIN, op_policy},
    [KH_RELAYS] = {"relays", SOCKET_ADMIN, op_relays},
    [KH_AUDIT_READ] = {"audit-read", SOCKET_ADMIN, op_audit_read},
    [KH_SCOUT_ADD] = {"scout-add", SOCKET_ADMIN, op_scout_add},
};

enum err ask_refuse(struct ask *a, enum err e, const char *slug, const char *why)
{
    a->slug = slug;
    a->why = why;
    return e;
}

static void about(struct ask *a, const char *key, const char *value)
{
    const size_t len = strlen(a->ids);
    const int n = snprintf(a->ids + len, sizeof a->ids - len, " %s=%s", key, value);

    if (n < 0 || (size_t)n >= sizeof a->ids - len)
        a->ids[len] = '\0'; /* a field that does not fit whole is left out */
}

void ask_about(struct ask *a, const char *key, struct id id)
{
    char text[ID_HEX_SIZE];

    about(a, key, id_text(id, text));
}

void ask_about_text(struct ask *a, const char *key, const char *text)
{
    char escaped[ASK_IDS_SIZE / 2];

    about(a, key, audit_escape(text, escaped, sizeof escaped));
}

static const char *op_name(uint8_t op)
{
    return op < sizeof ops / sizeof *ops && ops[op].run != NULL ? ops[op].name : "unknown";
}

static enum err run(struct ask *a, enum ask_socket socket, uint8_t op)
{
    if (op >= sizeof ops / sizeof *ops || ops[op].run == NULL)
        return ask_refuse(a, ERR_UNSUPPORTED, "unknown-op", "There is no such operation.");
    if ((ops[op].sockets & socket) == 0)
        return ask_refuse(a, ERR_REFUSED, "wrong-socket", "This socket does not carry that operation.");
    return ops[op].run(a);
}

/* Not synced at once: a refusal gives nothing away, and a flood of them must not wear out the disk. */
static void record_refusal(struct ask *a, enum ask_socket socket, uint8_t op, enum err e)
{
    const char *const where = socket == SOCKET_SCOUT ? "scout" : "admin";

    if (a->slug == NULL)
        ask_refuse(a, e, err_name(e), err_text(e));
    log_debug("refused", "socket=%s op=%s reason=%s why=%s%s", where, op_name(op), err_name(e), a->slug, a->ids);
    if (limits_check(a->k->refusals, "", a->now_boot_ms) != OK) {
        a->k->refusals_unwritten++; /* calendar_tick() writes how many */
        return;
    }
    limits_count(a->k->refusals, "", a->now_boot_ms);
    if (audit_add(a->k->audit, "refused", "socket=%s op=%s number=%u reason=%s why=%s%s", where, op_name(op),
                  (unsigned)op, err_name(e), a->slug, a->ids) != OK)
        log_error("audit_failed", "event=refused op=%s", op_name(op));
}

static void finish(struct ask *a, enum ask_socket socket, uint8_t op, enum err e, struct wbuf *answer)
{
    answer->start[0] = (uint8_t)e;
    answer->len = 1 + a->out->len;
    if (e == OK && a->noted != OK)
        record_refusal(a, socket, op, a->noted);
    if (e == OK)
        return;
    record_refusal(a, socket, op, e);
    a->out->len = 0;
    answer->len = wbuf_text16(a->out, a->why) == OK ? 1 + a->out->len : 1;
}

int ask_begin(struct keeper *k, enum ask_socket socket, uint8_t op, const uint8_t *body, size_t len,
              struct wbuf *answer, struct ask_later *later)
{
    struct wbuf out = wbuf_of(answer->start + 1, answer->size - 1);
    struct ask a = {.k = k,
                    .socket = socket,
                    .body = body,
                    .len = len,
                    .out = &out,
                    .now_unix_ms = clock_unix_ms(),
                    .now_boot_ms = clock_boot_ms()};
    const enum err e = run(&a, socket, op);

    *later = a.later;
    if (a.later.run != NULL)
        return 0;
    finish(&a, socket, op, e, answer);
    return 1;
}

void ask_end(struct keeper *k, enum ask_socket socket, uint8_t op, const struct ask_later *later, struct wbuf *answer)
{
    struct wbuf out = wbuf_of(answer->start + 1, answer->size - 1);
    struct ask a = {.k = k, .out = &out, .now_unix_ms = clock_unix_ms(), .now_boot_ms = clock_boot_ms()};

    finish(&a, socket, op, later->end(&a, later->arg), answer);
    later->drop(later->arg);
}

void ask_answer(struct keeper *k, enum ask_socket socket, uint8_t op, const uint8_t *body, size_t len,
                struct wbuf *answer)
{
    struct ask_later later;

    if (ask_begin(k, socket, op, body, len, answer, &later))
        return;
    later.run(later.arg);
    ask_end(k, socket, op, &later, answer);
}
