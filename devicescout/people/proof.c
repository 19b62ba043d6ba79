/* SPDX-License-Identifier: Apache-2.0 */
/* proof: three ways in. Whatever the way, it ends with the same questions: is this person still one, and may they here?
 */
#include "devicescout/people/proof.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "devicescout/people/proof_pin.h"
#include "devicescout/people/successor.h"

#define FROM_DIRECTORY "directory" /* a badge's source */

const char *proof_outcome_name(enum proof_outcome o)
{
    static const char *const names[PROOF_OUTCOMES] = {[PROOF_YES] = "yes",
                                                      [PROOF_NO] = "no",
                                                      [PROOF_TOO_OFTEN] = "too-often",
                                                      [PROOF_DOWN] = "down",
                                                      [PROOF_MISCONFIGURED] = "misconfigured",
                                                      [PROOF_BADGE_UNKNOWN] = "badge-unknown",
                                                      [PROOF_PIN_WANTED] = "pin-wanted",
                                                      [PROOF_PIN_NONE] = "pin-none",
                                                      [PROOF_PIN_LOCKED] = "pin-locked",
                                                      [PROOF_NOT_HERE] = "not-here"};

    return names[o];
}

static enum proof_outcome from_directory(enum directory_outcome o)
{
    static const enum proof_outcome outcomes[] = {[DIRECTORY_YES] = PROOF_YES,
                                                  [DIRECTORY_NO] = PROOF_NO,
                                                  [DIRECTORY_TOO_OFTEN] = PROOF_TOO_OFTEN,
                                                  [DIRECTORY_DOWN] = PROOF_DOWN,
                                                  [DIRECTORY_MISCONFIGURED] = PROOF_MISCONFIGURED};

    return outcomes[o];
}

static enum directory_outcome ask(const struct prover *v, enum directory_kind kind, const char *name,
                                  const struct proof *p, const struct proof_gate *gate, struct directory_person *who)
{
    const struct directory_question q = {.kind = kind,
                                         .name = name,
                                         .password = p->password,
                                         .deadline_boot_ms = p->deadline_boot_ms,
                                         .gate = gate != NULL ? gate->fn : NULL,
                                         .gate_arg = gate != NULL ? gate->arg : NULL};

    return v->ask(v->directory, &q, who);
}

/* The directory has just shown this person. An account that was made anew under an old name inherits nothing. */
static enum proof_outcome remember(const struct prover *v, const struct directory_person *who)
{
    int is_another;

    if (roster_is_another(v->roster, who, &is_another) != OK)
        return PROOF_DOWN;
    if (is_another) { /* before the roster knows the new one: should this fail, the next sign-in does it again */
        if (successor_inherits_nothing(v, who->person) != OK)
            return PROOF_DOWN;
        log_warn("account_replaced", "badges=dropped pin=cleared delegations=ended");
    }
    return roster_saw(v->roster, who, clock_unix_ms()) == OK ? PROOF_YES : PROOF_DOWN;
}

/* Is the person, or who has this name, still in the directory? While that is down: were they not long ago? */
static enum proof_outcome look(const struct prover *v, enum directory_kind kind, const char *name,
                               const struct proof *p, const struct proof_gate *gate, struct directory_person *who)
{
    enum proof_outcome o = from_directory(ask(v, kind, name, p, gate, who));
    uint64_t seen_unix_ms, now = clock_unix_ms();

    if (o == PROOF_YES)
        return remember(v, who);
    if (o == PROOF_NO && roster_gone(v->roster, name) != OK)
        return PROOF_DOWN;
    if (o != PROOF_DOWN && o != PROOF_MISCONFIGURED)
        return o;
    if (roster_find(v->roster, name, who, &seen_unix_ms) != OK)
        return o;
    if (gate != NULL && gate->fn(gate->arg, who->person) != OK)
        return PROOF_TOO_OFTEN;
    /* A clock that was set back makes the past look like the future: nobody is let in by that. */
    return seen_unix_ms <= now && now - seen_unix_ms <= v->rules.cache_ms ? PROOF_YES : o;
}

static int may(uint64_t wanted, uint64_t groups)
{
    return wanted == 0 || (wanted & groups) != 0;
}

int proof_may_use(const struct proof_rules *r, const char *printer, uint64_t groups)
{
    return may(r->use_groups, groups) && (r->printer_groups == NULL || may(r->printer_groups(r->arg, printer), groups));
}

/* Proven who; now what they may do. */
static enum proof_outcome admit(const struct prover *v, const struct proof *p, const struct directory_person *who,
                                uint8_t authentication, struct proven *out)
{
    const struct proof_rules *r = &v->rules;

    if (!proof_may_use(r, p->printer, who->groups))
        return PROOF_NOT_HERE;
    memcpy(out->person, who->person, sizeof out->person);
    memcpy(out->display, who->display, sizeof out->display);
    out->authentication = authentication;
    out->groups = who->groups;
    out->may_administer = r->admin_groups != 0 && (r->admin_groups & who->groups) != 0;
    proof_pin_look(v, who->person, out);
    return PROOF_YES;
}

enum err proof_badge_mac(const struct prover *v, const char *swipe, uint8_t mac[static ROSTER_MAC_LEN])
{
    uint8_t uid[BADGE_ID_MAX], body[BADGE_ID_MAX + 2], answer[KH_FRAME_MAX];
    struct wbuf b = wbuf_of(body, sizeof body);
    size_t len = 0, answer_len = 0;
    enum err e;

    if ((e = badge_text_read(&v->rules.badge, swipe, uid, &len)) == OK && (e = wbuf_bytes16(&b, uid, len)) == OK)
        e = v->keyholder(v->keyholder_arg, KH_BADGE_MAC, body, b.len, answer, &answer_len);
    if (e == OK && answer_len != ROSTER_MAC_LEN)
        e = ERR_PEER;
    if (e == OK)
        memcpy(mac, answer, ROSTER_MAC_LEN);
    secret_wipe(uid, sizeof uid);
    secret_wipe(body, sizeof body);
    return e;
}

static enum err keep_badge(const struct prover *v, const uint8_t mac[static ROSTER_MAC_LEN], const char *person,
                           const char *source)
{
    struct roster_badge b = {.registered_unix_ms = clock_unix_ms()};

    memcpy(b.mac, mac, sizeof b.mac);
    snprintf(b.person, sizeof b.person, "%s", person);
    snprintf(b.source, sizeof b.source, "%s", source);
    return roster_badge_put(v->roster, &b);
}

static enum proof_outcome by_password(const struct prover *v, const struct proof *p, const struct proof_gate *gate,
                                      struct proven *out)
{
    struct directory_person who;
    uint8_t mac[ROSTER_MAC_LEN];
    enum proof_outcome o;

    if ((o = from_directory(ask(v, DIRECTORY_PASSWORD, p->name, p, gate, &who))) != PROOF_YES)
        return o;
    if ((o = remember(v, &who)) != PROOF_YES || (o = admit(v, p, &who, BY_PASSWORD, out)) != PROOF_YES)
        return o;
    if (proof_pin_unlock(v, who.person) == OK)
        proof_pin_look(v, who.person, out);
    if (p->registration[0] != '\0' &&
        registrations_take(v->registrations, p->registration, p->address, clock_boot_ms(), mac) == OK)
        out->registered = keep_badge(v, mac, who.person, "panel") == OK;
    return PROOF_YES;
}

/*
 * Who prints from afar is at no printer: no badge is registered and no locked PIN opened again. A computer sends a
 * password by itself, and a thief who guesses PINs must not be helped by it.
 */
static enum proof_outcome by_printing(const struct prover *v, const struct proof *p, const struct proof_gate *gate,
                                      struct proven *out)
{
    struct directory_person who;
    enum proof_outcome o;

    if ((o = from_directory(ask(v, DIRECTORY_PASSWORD, p->name, p, gate, &who))) != PROOF_YES)
        return o;
    if ((o = remember(v, &who)) != PROOF_YES)
        return o;
    if (!may(v->rules.use_groups, who.groups))
        return PROOF_NOT_HERE;
    memcpy(out->person, who.person, sizeof out->person);
    memcpy(out->display, who.display, sizeof out->display);
    out->authentication = BY_PASSWORD;
    return PROOF_YES;
}

static enum proof_outcome by_name_pin(const struct prover *v, const struct proof *p, const struct proof_gate *gate,
                                      struct proven *out)
{
    struct directory_person who;
    enum proof_outcome o;

    if (!v->rules.name_pin)
        return PROOF_NO;
    if ((o = look(v, DIRECTORY_BY_NAME, p->name, p, gate, &who)) != PROOF_YES)
        return o;
    o = proof_pin_check(v, who.person, p, &out->wait_ms);
    if (o == PROOF_PIN_NONE || o == PROOF_PIN_LOCKED)
        return PROOF_NO; /* a name alone is no reason to tell about somebody's PIN */
    return o != PROOF_YES ? o : admit(v, p, &who, BY_NAME_PIN, out);
}

/* Whose card is it, as the directory has it now? */
static enum directory_outcome ask_card(const struct prover *v, const struct proof *p, struct directory_person *who)
{
    char card[2 * BADGE_ID_MAX + 1];
    uint8_t uid[BADGE_ID_MAX];
    size_t len = 0;

    if (!v->rules.cards_in_directory || badge_text_read(&v->rules.badge, p->badge, uid, &len) != OK)
        return DIRECTORY_NO;
    hex_write(uid, len, card);
    return ask(v, DIRECTORY_BY_CARD, card, p, NULL, who);
}

/* Nobody's badge: the directory may know the card, else its person signs in once. */
static enum proof_outcome unknown_badge(const struct prover *v, const struct proof *p,
                                        const uint8_t mac[static ROSTER_MAC_LEN], struct roster_badge *badge,
                                        struct proven *out)
{
    struct directory_person who;

    if (ask_card(v, p, &who) == DIRECTORY_YES && remember(v, &who) == PROOF_YES &&
        keep_badge(v, mac, who.person, FROM_DIRECTORY) == OK && roster_badge_find(v->roster, mac, badge) == OK) {
        out->from_directory = 1;
        return PROOF_YES;
    }
    registrations_add(v->registrations, mac, p->address, clock_boot_ms(), out->registration);
    return PROOF_BADGE_UNKNOWN;
}

/* What the directory said of a card it may have taken back, or given to another. */
static enum proof_outcome known_card(const struct prover *v, const struct proof *p,
                                     const uint8_t mac[static ROSTER_MAC_LEN], struct roster_badge *badge,
                                     struct proven *out)
{
    struct directory_person who;
    const enum directory_outcome o = ask_card(v, p, &who);

    if ((o == DIRECTORY_YES && strcmp(who.person, badge->person) == 0) || o == DIRECTORY_DOWN ||
        o == DIRECTORY_MISCONFIGURED)
        return PROOF_YES;
    return roster_badge_drop(v->roster, mac, badge->person) == OK ? unknown_badge(v, p, mac, badge, out) : PROOF_DOWN;
}

static enum proof_outcome by_badge(const struct prover *v, const struct proof *p, struct proven *out)
{
    const int with_pin = p->pin[0] != '\0';
    struct directory_person who;
    struct roster_badge badge;
    uint8_t mac[ROSTER_MAC_LEN];
    enum proof_outcome o = PROOF_YES;
    enum err e;

    if ((e = proof_badge_mac(v, p->badge, mac)) == ERR_LIMIT || e == ERR_FORMAT)
        return PROOF_NO;
    if (e != OK || ((e = roster_badge_find(v->roster, mac, &badge)) != OK && e != ERR_NOTFOUND))
        return PROOF_DOWN;
    if (e == ERR_NOTFOUND)
        o = unknown_badge(v, p, mac, &badge, out);
    else if (strcmp(badge.source, FROM_DIRECTORY) == 0)
        o = known_card(v, p, mac, &badge, out);
    if (o != PROOF_YES)
        return o;
    memcpy(out->tried, badge.person, sizeof out->tried);
    if (!with_pin && !v->rules.badge_alone) {
        proof_pin_look(v, badge.person, out);
        return out->has_pin ? PROOF_PIN_WANTED : out->pin_locked ? PROOF_PIN_LOCKED : PROOF_PIN_NONE;
    }
    if ((o = look(v, DIRECTORY_BY_PERSON, badge.person, p, NULL, &who)) != PROOF_YES)
        return o;
    if (with_pin && (o = proof_pin_check(v, who.person, p, &out->wait_ms)) != PROOF_YES)
        return o;
    memcpy(out->badge, mac, sizeof out->badge);
    return admit(v, p, &who, with_pin ? BY_BADGE_PIN : BY_BADGE, out);
}

void proof_check(const struct prover *v, const struct proof *p, const struct proof_gate *gate, struct proven *out)
{
    *out = (struct proven){.outcome = PROOF_NO};
    switch (p->kind) {
    case PROOF_PASSWORD:
        out->outcome = by_password(v, p, gate, out);
        break;
    case PROOF_NAME_PIN:
        out->outcome = by_name_pin(v, p, gate, out);
        break;
    case PROOF_PRINTING:
        out->outcome = by_printing(v, p, gate, out);
        break;
    case PROOF_BADGE:
        out->outcome = by_badge(v, p, out);
        break;
    }
}
