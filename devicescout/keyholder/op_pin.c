/* SPDX-License-Identifier: Apache-2.0 */
/* op_pin: PINs and badges. What costs Argon2 is handed to another thread; grants go on meanwhile. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "devicescout/keyholder/ask.h"

struct waiting_try {
    struct pin_try try;
    char person[PERSON_SIZE];
    struct id printer;
};

static void drop_try(void *arg)
{
    secret_free(arg);
}

static void run_try(void *arg)
{
    pin_try_run(&((struct waiting_try *)arg)->try);
}

static enum err to_thread(struct ask *a, struct waiting_try *w, enum err (*end)(struct ask *a, void *arg))
{
    a->later = (struct ask_later){.run = run_try, .end = end, .drop = drop_try, .arg = w};
    return OK;
}

static enum err bad_request(struct ask *a)
{
    return ask_refuse(a, ERR_FORMAT, "not-a-pin-request", "The request is not what its format allows.");
}

static enum err say(struct ask *a, const char *event, const char *person)
{
    char escaped[3 * PERSON_SIZE];

    return audit_add(a->k->audit, event, "person=%s", audit_escape(person, escaped, sizeof escaped));
}

static enum err end_set(struct ask *a, void *arg)
{
    struct waiting_try *w = arg;
    enum err e;

    ask_about_text(a, "person", w->person);
    if ((e = pins_end_set(a->k->pins, &w->try)) != OK)
        return ask_refuse(a, e, "pin-not-kept", "The PIN could not be kept.");
    return say(a, "pin_set", w->person);
}

static enum err refuse_rule(struct ask *a, enum err e)
{
    if (e == ERR_REFUSED)
        return ask_refuse(a, e, "pin-trivial", "That PIN is easily guessed: no repeated digits and no run.");
    if (e == ERR_LIMIT)
        return ask_refuse(a, e, "pin-length", "That PIN has too few or too many digits.");
    return ask_refuse(a, ERR_FORMAT, "pin-not-digits", "A PIN is made of digits.");
}

enum err op_pin_set(struct ask *a)
{
    struct waiting_try *w = secret_new(sizeof *w);
    char *pin = secret_new(PIN_SIZE);
    struct rbuf b = rbuf_of(a->body, a->len);
    enum err e = ERR_NOMEM;

    if (w == NULL || pin == NULL)
        goto out;
    if (rbuf_text16(&b, w->person, sizeof w->person) != OK || w->person[0] == '\0' ||
        rbuf_text16(&b, pin, PIN_SIZE) != OK || rbuf_end(&b) != OK) {
        e = bad_request(a);
        goto out;
    }
    ask_about_text(a, "person", w->person);
    if ((e = pin_check_new(pin, a->k->registry->bulletin.pin_digits_least)) != OK) {
        e = refuse_rule(a, e);
        goto out;
    }
    if ((e = pins_begin_set(a->k->pins, w->person, pin, &w->try)) != OK)
        goto out;
    e = to_thread(a, w, end_set);
    w = NULL; /* the thread has it now */
out:
    secret_free(pin);
    secret_free(w);
    return e;
}

/* Not an error of the caller's, but a line in the log like any refusal. */
static enum err answer_verdict(struct ask *a, const struct waiting_try *w, enum pin_verdict verdict, uint64_t wait_ms)
{
    static const char *const slugs[] = {[PIN_WRONG] = "pin-wrong",
                                        [PIN_WAIT] = "pin-too-soon",
                                        [PIN_LOCKED] = "pin-locked",
                                        [PIN_NONE] = "pin-not-set"};
    enum err e;

    if (verdict != PIN_RIGHT) {
        ask_about_text(a, "person", w->person);
        ask_about(a, "printer", w->printer);
        a->slug = slugs[verdict];
        a->noted = verdict == PIN_WAIT ? ERR_LIMIT : verdict == PIN_NONE ? ERR_NOTFOUND : ERR_AUTH;
    }
    if ((e = wbuf_u8(a->out, (uint8_t)verdict)) != OK)
        return e;
    return wbuf_u32(a->out, (uint32_t)((wait_ms + 999) / 1000));
}

static enum err end_check(struct ask *a, void *arg)
{
    const struct waiting_try *w = arg;
    char printer[ID_HEX_SIZE];
    enum pin_verdict verdict;
    enum err e;

    if ((e = pins_end_try(a->k->pins, &w->try, &verdict)) != OK)
        return ask_refuse(a, e, "pin-not-checked", "The PIN could not be checked.");
    if (verdict == PIN_RIGHT)
        limits_uncount(a->k->pin_printers, id_text(w->printer, printer));
    if (verdict == PIN_LOCKED && (e = say(a, "pin_locked", w->person)) != OK)
        return e;
    return answer_verdict(a, w, verdict, 0);
}

/* At one printer, whoever's PINs are tried there. */
static enum err count_at_printer(struct ask *a, struct id printer, enum pin_verdict *verdict, uint64_t *wait_ms)
{
    char name[ID_HEX_SIZE];
    const enum err e = limits_check(a->k->pin_printers, id_text(printer, name), a->now_boot_ms);

    *verdict = PIN_RIGHT;
    if (e == OK) {
        limits_count(a->k->pin_printers, name, a->now_boot_ms);
        return OK;
    }
    *verdict = PIN_WAIT;
    *wait_ms = KEEPER_PIN_PRINTER_WAIT_MS;
    return e == ERR_LIMIT || e == ERR_FULL ? OK : e;
}

enum err op_pin_check(struct ask *a)
{
    struct waiting_try *w = secret_new(sizeof *w);
    char *pin = secret_new(PIN_SIZE);
    struct rbuf b = rbuf_of(a->body, a->len);
    enum pin_verdict verdict;
    uint64_t wait_ms = 0;
    enum err e = ERR_NOMEM;

    if (w == NULL || pin == NULL)
        goto out;
    if (rbuf_text16(&b, w->person, sizeof w->person) != OK || w->person[0] == '\0' ||
        rbuf_text16(&b, pin, PIN_SIZE) != OK || pin[0] == '\0' || rbuf_id(&b, &w->printer) != OK ||
        rbuf_end(&b) != OK) {
        e = bad_request(a);
        goto out;
    }
    if ((e = count_at_printer(a, w->printer, &verdict, &wait_ms)) != OK)
        goto out;
    if (verdict == PIN_RIGHT &&
        (e = pins_begin_try(a->k->pins, w->person, pin, a->now_boot_ms, &w->try, &verdict, &wait_ms)) != OK) {
        e = ask_refuse(a, e, "pin-not-counted", "The try could not be counted, so it was not made.");
        goto out;
    }
    if (verdict != PIN_RIGHT) {
        e = answer_verdict(a, w, verdict, wait_ms);
        goto out;
    }
    e = to_thread(a, w, end_check);
    w = NULL; /* the thread has it now */
out:
    secret_free(pin);
    secret_free(w);
    return e;
}

static enum err read_person(struct ask *a, char person[static PERSON_SIZE])
{
    struct rbuf b = rbuf_of(a->body, a->len);

    if (rbuf_text16(&b, person, PERSON_SIZE) != OK || person[0] == '\0' || rbuf_end(&b) != OK)
        return bad_request(a);
    ask_about_text(a, "person", person);
    return OK;
}

enum err op_pin_unlock(struct ask *a)
{
    char person[PERSON_SIZE];
    enum pin_verdict before;
    enum err e;

    if ((e = read_person(a, person)) != OK || (e = pins_look(a->k->pins, person, &before)) != OK)
        return e;
    if ((e = pins_unlock(a->k->pins, person)) != OK)
        return e == ERR_NOTFOUND ? OK : ask_refuse(a, e, "pin-not-kept", err_text(e)); /* nothing was locked */
    return before == PIN_LOCKED ? say(a, "pin_unlocked", person) : OK;
}

enum err op_pin_clear(struct ask *a)
{
    char person[PERSON_SIZE];
    enum err e;

    if ((e = read_person(a, person)) != OK)
        return e;
    if ((e = pins_clear(a->k->pins, person)) != OK)
        return ask_refuse(a, e, "pin-not-cleared", err_text(e));
    return say(a, "pin_cleared", person);
}

enum err op_pin_look(struct ask *a)
{
    char person[PERSON_SIZE];
    enum pin_verdict verdict;
    enum err e;

    if ((e = read_person(a, person)) != OK || (e = pins_look(a->k->pins, person, &verdict)) != OK)
        return e;
    if ((e = wbuf_u8(a->out, (uint8_t)verdict)) != OK)
        return e;
    return wbuf_u8(a->out, a->k->registry->bulletin.pin_digits_least);
}

/* Limited, so that who holds the socket cannot make a table of all four-byte UIDs. */
enum err op_badge_mac(struct ask *a)
{
    uint8_t mac[BADGE_MAC_LEN];
    struct rbuf b = rbuf_of(a->body, a->len);
    const uint8_t *uid;
    size_t len;
    enum err e;

    if (rbuf_bytes16(&b, BADGE_UID_MAX, &uid, &len) != OK || rbuf_end(&b) != OK || len == 0)
        return ask_refuse(a, ERR_FORMAT, "not-a-badge", "The request is not what its format allows.");
    if (limits_check(a->k->badges, "", a->now_boot_ms) != OK)
        return ask_refuse(a, ERR_LIMIT, "badges-too-often", "Too many badges were asked for in this minute.");
    limits_count(a->k->badges, "", a->now_boot_ms);
    if ((e = pepper_badge(a->k->pepper, uid, len, mac)) != OK)
        return e;
    return wbuf_copy(a->out, mac, sizeof mac);
}
