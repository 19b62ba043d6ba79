/* SPDX-License-Identifier: Apache-2.0 */
/* proof_pin: the keyholder's operations on PINs. PROTOCOL.md, "PINs". */
#include "devicescout/people/proof_pin.h"

#include <string.h>

#include "crypto/secret.h"

#define BODY_MAX (2 + PERSON_SIZE + 2 + PROOF_PIN_MAX + ID_LEN)

enum verdict { RIGHT, WRONG, TOO_SOON, LOCKED, NONE };

/* answer may be NULL where the operation has none; it holds at least KH_FRAME_MAX bytes. */
static enum err ask(const struct prover *v, enum kh_op op, const char *person, const char *pin,
                    const struct id *printer, uint8_t *answer, size_t *answer_len)
{
    uint8_t body[BODY_MAX];
    struct wbuf b = wbuf_of(body, sizeof body);
    enum err e;

    if ((e = wbuf_text16(&b, person)) == OK && pin != NULL)
        e = wbuf_text16(&b, pin);
    if (e == OK && printer != NULL)
        e = wbuf_id(&b, *printer);
    if (e == OK)
        e = v->keyholder(v->keyholder_arg, op, body, b.len, answer, answer_len);
    secret_wipe(body, sizeof body);
    return e;
}

enum proof_outcome proof_pin_check(const struct prover *v, const char *person, const struct proof *p, uint64_t *wait_ms)
{
    uint8_t answer[KH_FRAME_MAX], verdict = NONE;
    uint32_t wait_s = 0;
    size_t len = 0;
    struct rbuf b;
    const enum err e = ask(v, KH_PIN_CHECK, person, p->pin, &p->printer_id, answer, &len);

    b = rbuf_of(answer, len);
    if (e != OK || rbuf_u8(&b, &verdict) != OK || rbuf_u32(&b, &wait_s) != OK)
        return e == ERR_FORMAT ? PROOF_NO : PROOF_DOWN;
    *wait_ms = (uint64_t)wait_s * 1000;
    switch (verdict) {
    case RIGHT:
        return PROOF_YES;
    case TOO_SOON:
        return PROOF_TOO_OFTEN;
    case LOCKED:
        return PROOF_PIN_LOCKED;
    case NONE:
        return PROOF_PIN_NONE;
    default:
        return PROOF_NO;
    }
}

void proof_pin_look(const struct prover *v, const char *person, struct proven *out)
{
    uint8_t answer[KH_FRAME_MAX], verdict, least;
    size_t len = 0;
    struct rbuf b;

    if (ask(v, KH_PIN_LOOK, person, NULL, NULL, answer, &len) != OK)
        return;
    b = rbuf_of(answer, len);
    if (rbuf_u8(&b, &verdict) != OK || rbuf_u8(&b, &least) != OK)
        return;
    out->has_pin = verdict == RIGHT;
    out->pin_locked = verdict == LOCKED;
    out->pin_digits_least = least;
}

enum err proof_pin_unlock(const struct prover *v, const char *person)
{
    return ask(v, KH_PIN_UNLOCK, person, NULL, NULL, NULL, NULL);
}

enum err proof_pin_clear(const struct prover *v, const char *person)
{
    const enum err e = ask(v, KH_PIN_CLEAR, person, NULL, NULL, NULL, NULL);

    return e == ERR_NOTFOUND ? OK : e;
}

enum err proof_pin_set(const struct prover *v, const char *person, const char *pin)
{
    return strlen(pin) > PROOF_PIN_MAX ? ERR_LIMIT : ask(v, KH_PIN_SET, person, pin, NULL, NULL, NULL);
}
